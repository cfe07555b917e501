#!/usr/bin/python3
# test_rooms.py: the rooms of video visits over their real socket
#
# SPDX-License-Identifier: GPL-3.0-or-later
import base64
import datetime
import email
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
import time

from practice import Practice
from relay import Relay
from test_invitations import Mailbox
from wattled import PASSWORD, Client, Server, Skipped, Socket, instant, main, new_id, sodium


def now(**ahead):
    return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(**ahead)


def new_key():
    return base64.b64encode(secrets.token_bytes(32)).decode()


class Peer(Socket):
    """Somebody in a room: says hello and keeps count, as a program would."""

    def __init__(self, owner, room, token=None, key=None, **hello):
        self.owner, self.room, self.key = owner, room, key or new_key()
        self.last = 0
        self.resume = None
        super().__init__(owner, path='/v1/rooms/%s/socket' % room,
                         hello=dict(hello, type='hello', token=token or owner.access, key=self.key))

    def receive(self):
        message = super().receive()
        if message:
            self.last = message.get('seq', self.last)
            self.resume = message.get('resume', self.resume)
        return message

    def until(self, kind, **members):
        """The next message of a kind with these members; what comes before it is read over."""
        while True:
            message = self.receive()
            assert message is not None, 'the socket closed before ' + kind
            if message.get('type') == kind and all(message.get(name) == value for name, value in members.items()):
                return message
            assert message.get('type') != 'bye', message

    def bye(self):
        while True:
            message = self.receive()
            if message is None or message.get('type') == 'bye':
                return message and message['why']

    def say(self, kind, **members):
        self.send(dict(members, type=kind))

    def sync(self):
        """Everything before it has been dealt with; what came on the way."""
        self.say('ping')
        found = []
        while True:
            message = self.receive()
            assert message is not None, 'closed'
            if message['type'] == 'pong':
                return found
            found.append(message)

    def again(self, **hello):
        """The same device after its socket broke."""
        return Peer(self.owner, self.room, token=hello.pop('token', None), key=self.key, resume=self.resume,
                    last=self.last, **hello)


class Clinic(Practice):
    """Mara sees Wren, who has an account, by video today."""

    def __init__(self, staff=('noel', 'rita', 'max'), extra='', **options):
        super().__init__(staff=staff, extra='room_leave_seconds=1\n' + extra, **options)
        self.minute = -25
        self.wren_chart = self.patient(self.mara, diary=self.diaries['mara'])['id']
        self.wren = self.account('wren', self.wren_chart)
        self.visit_id, self.room = self.video()

    def account(self, login, patient):
        answer = self.boss.post('/v1/users', {'login': login, 'display_name': login, 'roles': ['patient'],
                                              'password': PASSWORD, 'patient': patient})
        assert answer.status == 200, answer
        return self.client(login)

    def video(self, client=None, patient=None, diary='mara', **ahead):
        client = client or self.mara
        self.minute += 1
        starts = now(**ahead) if ahead else now(minutes=self.minute)
        visit = self.visit(patient or self.wren_chart, self.diaries[diary], starts, minutes=1)
        made = client.done('appointment.book', appointment=dict(visit, modality='video'))
        return made['id'], made['call_room']

    def trail(self, action):
        """Until the line of an act is there; it is written after the act."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            answer = self.client('max', role='manager').get('/v1/audit?limit=200')
            assert answer.status == 200, answer
            lines = [line for line in answer.json['events'] if line['action'] == action]
            if lines:
                return lines
        raise AssertionError('no line ' + action)


CLINIC = []


def shared():
    """One clinic for all tests, with a room of its own for each."""
    if not CLINIC:
        CLINIC.append(Clinic())
    CLINIC[0].visit_id, CLINIC[0].room = CLINIC[0].video()
    return CLINIC[0]


def elsewhere():
    """Another practice."""
    if len(CLINIC) < 2:
        shared()
        CLINIC.append(Practice(staff=()))
    return CLINIC[1]


def pair(clinic, room=None):
    """Mara and Wren in the call."""
    mara = Peer(clinic.mara, room or clinic.room)
    mara.until('welcome')
    wren = Peer(clinic.wren, room or clinic.room)
    wren.until('lobby')
    waiting = mara.until('waiting', what='here')
    mara.say('admit', to=waiting['n'])
    wren.welcome = wren.until('welcome')
    mara.until('peer', what='join')
    return mara, wren


def test_a_visit_from_lobby_to_end():
    clinic = shared()
    mara = Peer(clinic.mara, clinic.room)
    welcome = mara.until('welcome')
    assert welcome['fresh'] and welcome['you']['owner']
    assert welcome['you']['verbs'] == ['enter', 'admit', 'triage', 'close']
    assert welcome['peers'] == [] and welcome['waiting'] == [] and not welcome['locked']
    wren = Peer(clinic.wren, clinic.room, proof='signature')
    lobby = wren.until('lobby')
    assert lobby['state'] == 'waiting' and lobby['you']['verbs'] == ['enter'] and 'peers' not in lobby
    here = mara.until('waiting', what='here')
    assert here['role'] == 'patient' and here['key'] == wren.key and here['proof'] == 'signature', here
    assert here['identity'] == clinic.wren.key.public_text() and 'name' not in here
    mara.say('note', to=here['n'], note='Ten minutes')
    assert wren.until('note')['note'] == 'Ten minutes'
    # who waits says nothing to those inside
    wren.say('sealed', to=welcome['you']['n'], gen=1, blob='QUJD')
    assert wren.until('error')['code'] == 'forbidden'
    mara.say('admit', to=here['n'])
    inside = wren.until('welcome')
    assert not inside['fresh'] and [peer['key'] for peer in inside['peers']] == [mara.key]
    assert 'waiting' not in inside
    assert mara.until('waiting')['what'] == 'gone'
    mara.until('peer', what='join', n=here['n'])
    mara.say('sealed', to=here['n'], gen=1, blob='QUJD')
    assert wren.until('sealed') == {'seq': wren.last, 'type': 'sealed', 'from': welcome['you']['n'], 'gen': 1,
                                    'blob': 'QUJD'}
    wren.say('need-offer', to=welcome['you']['n'], gen=2, why='silence')
    assert mara.until('need-offer')['why'] == 'silence'
    wren.say('state', state='audio')
    assert mara.until('peer', what='state')['state'] == 'audio'
    wren.say('mismatch', **{'with': welcome['you']['n']})
    for word in ('admit', 'deny', 'remove', 'note', 'move', 'lock', 'end'):
        wren.say(word, to=1, on=True, note='x', room=new_id())
        assert wren.until('error')['code'] == 'forbidden', word
    mara.say('end')
    assert mara.bye() == 'ended' and wren.bye() == 'ended'
    for action in ('room.wait', 'room.admit', 'room.enter', 'room.mismatch', 'room.end', 'room.leave'):
        line = clinic.trail(action)[0]
        assert line['object'] == clinic.visit_id and line['patient'] == clinic.wren_chart, line


def test_who_waits_has_arrived():
    clinic = shared()
    wren = Peer(clinic.wren, clinic.room)
    wren.until('lobby')

    def visit():
        return next(row['put'] for row in clinic.mara.snapshot()[1] if row.get('put', {}).get('id') == clinic.visit_id)
    deadline = time.monotonic() + 20
    while visit()['status'] != 'arrived' and time.monotonic() < deadline:
        threading.Event().wait(0.05)
    assert visit()['status'] == 'arrived' and visit()['arrived_at'], visit()


def test_rights_end_in_the_call():
    """A colleague whom a record was opened to leaves the call when that ends; the others stay."""
    clinic = shared()
    manager = clinic.client('max', role='manager')
    grant = manager.done('access.grant', patient=clinic.wren_chart, practitioner=clinic.diaries['noel'],
                         reason='A second opinion')
    mara, wren = pair(clinic)
    noel = Peer(clinic.client('noel'), clinic.room)
    noel.until('welcome')
    wren.until('peer', what='join')
    assert clinic.mara.do('access.revoke', id=grant['id'])['status'] == 'ok'
    assert noel.bye() == 'forbidden'
    wren.until('peer', what='leave')
    assert [message for message in mara.sync() if message['type'] == 'bye'] == []


def test_who_may_enter():
    clinic = shared()
    other = elsewhere()
    _, early = clinic.video(hours=1)
    _, late = clinic.video(hours=-5)
    cancelled, gone = clinic.video(minutes=10)
    clinic.mara.done('appointment.cancel', id=cancelled, reason='patient')
    at_noel = clinic.patient(clinic.client('noel'), diary=clinic.diaries['noel'])['id']
    _, noels = clinic.video(clinic.client('noel'), at_noel, 'noel', minutes=14)
    strange = other.patient(other.mara, diary=other.diaries['mara'])['id']
    foreign = other.mara.done('appointment.book', appointment=dict(
        other.visit(strange, other.diaries['mara'], now()), modality='video'))['call_room']
    in_person = clinic.mara.done('appointment.book', appointment=clinic.visit(
        clinic.wren_chart, clinic.diaries['mara'], now(minutes=20), minutes=1))
    assert 'call_room' not in in_person
    rita, boss = clinic.client('rita'), clinic.boss
    for client, room, why in ((clinic.mara, early, 'early'), (clinic.mara, late, 'late'),
                              (clinic.mara, gone, 'closed'), (clinic.mara, foreign, 'not_found'),
                              (clinic.mara, new_id(), 'not_found'), (clinic.mara, 'x', 'not_found'),
                              (clinic.wren, noels, 'not_found'), (clinic.mara, noels, 'not_found'),
                              (clinic.client('noel'), clinic.room, 'not_found'), (boss, clinic.room, 'forbidden'),
                              (other.mara, clinic.room, 'signed_out')):
        peer = Peer(clinic.mara, room, token=client.access)
        assert peer.bye() == why, (room, why)
        peer.close()
    # the desk sees who waits and is not in the call
    clinic.wren = clinic.client('wren')
    mara, wren = pair(clinic)
    desk = Peer(rita, clinic.room)
    welcome = desk.until('welcome')
    assert welcome['you']['verbs'] == ['triage'] and len(welcome['peers']) == 2 and 'turn' not in welcome
    for word in ('sealed', 'need-offer', 'state', 'admit', 'remove', 'lock', 'end', 'mismatch'):
        desk.say(word, to=1, gen=1, blob='QUJD', state='video', on=True)
        assert desk.until('error')['code'] == 'forbidden', word
    assert not any(message['type'] == 'peer' for message in mara.sync()), 'the desk is not a participant'
    # a change of hands takes rights at once
    assert clinic.wren.call('DELETE', '/v1/sessions/current').status == 204
    assert wren.bye() == 'signed_out'
    mara.until('peer', what='leave')
    clinic.wren = clinic.client('wren')
    # over HTTP
    for client in (clinic.client('max'), rita):
        assert client.get('/v1/rooms').status == 200
    for client in (clinic.mara, boss):
        assert client.get('/v1/rooms').status == 403
    assert clinic.mara.get('/v1/rooms/%s/turn' % clinic.room).status == 200
    for client, room in ((clinic.mara, foreign), (clinic.mara, noels), (clinic.mara, 'x')):
        assert client.get('/v1/rooms/%s/turn' % room).status == 404


def test_sockets_break():
    clinic = shared()
    mara, wren = pair(clinic)
    n = wren.welcome['you']['n']
    wren.say('sealed', to=1, gen=1, blob='Zmlyc3Q=', seq=1)
    mara.until('sealed')
    wren.close()
    mara.until('peer', what='away')
    mara.say('sealed', to=n, gen=1, blob='bWlzc2Vk')
    mara.sync()
    wren = wren.again()
    welcome = wren.until('welcome')
    assert not welcome['fresh'] and welcome['heard'] == 1 and welcome['you']['n'] == n
    assert wren.until('sealed')['blob'] == 'bWlzc2Vk'
    mara.until('peer', what='back')
    wren.say('sealed', to=1, gen=1, blob='Zmlyc3Q=', seq=1)  # sent again: heard before
    wren.say('sealed', to=1, gen=1, blob='c2Vjb25k', seq=2)
    assert mara.until('sealed')['blob'] == 'c2Vjb25k'
    # without the signed word the same device keeps its seat and begins to count anew
    wren.close()
    mara.until('peer', what='away')
    wren = Peer(clinic.wren, clinic.room, key=wren.key)
    assert wren.until('welcome')['fresh']
    mara.until('peer', what='back')
    # who does not come back has left, and waits again
    wren.close()
    mara.until('peer', what='leave')
    wren = Peer(clinic.wren, clinic.room)
    wren.until('lobby')
    # waiting survives a broken socket as well
    since = mara.until('waiting', what='here')['since']
    wren.close()
    mara.until('waiting', what='away')
    wren = wren.again()
    assert wren.until('lobby')['since'] == since
    mara.until('waiting', what='back')
    wren.say('leave')
    assert wren.bye() == 'left'
    mara.until('waiting', what='gone')


def test_the_server_restarts():
    clinic = shared()
    mara, wren = pair(clinic)
    n = wren.welcome['you']['n']
    wren.sync()
    waiter = clinic.account('jay', clinic.patient(clinic.mara, diary=clinic.diaries['mara'])['id'])
    clinic.listen = '127.0.0.1:%d' % clinic.port
    clinic.stop()
    clinic.start()
    mara, wren = mara.again(), wren.again()
    assert mara.until('welcome')['fresh']
    welcome = wren.until('welcome')
    assert welcome['you']['n'] == n and welcome['fresh'], 'a seat is kept through a restart'
    # killed is the same
    clinic.kill()
    clinic.start()
    wren = wren.again()
    assert wren.until('welcome')['peers'] == []
    mara = mara.again()
    wren.until('peer', what='join', key=mara.key)
    # who was removed does not come back with an old word, before nor after a restart
    old = wren.resume
    mara.say('remove', to=n, note='Goodbye')
    assert wren.bye() == 'removed'
    again = Peer(clinic.wren, clinic.room, resume=old, last=0)
    again.until('lobby')
    clinic.trail('room.remove')
    clinic.stop()
    clinic.start()
    Peer(clinic.wren, clinic.room, resume=old, last=0).until('lobby')
    # nor does a word help another person, in another room or when it was changed
    _, second = clinic.video(patient=waiter.user['patient'])
    assert Peer(waiter, clinic.room, resume=old).bye() == 'not_found'
    Peer(waiter, second, resume=old).until('lobby')
    Peer(waiter, second, resume=old[:-2] + 'AA').until('lobby')


def test_nobody_seats_themselves():
    clinic = shared()
    wren = Peer(clinic.wren, clinic.room)
    wren.until('lobby')
    wren.sync()
    words, mac = wren.resume.split('.')
    parts = base64.urlsafe_b64decode(words + '==').decode().split(' ')
    assert parts[:3] == [clinic.room, clinic.wren.user['id'], 'patient'] and parts[5] == '0', parts
    wren.say('leave')
    assert wren.bye() == 'left'
    for place, value in ((5, '1'), (2, 'clinician'), (6, str(int(parts[6]) * 2))):
        forged = ' '.join(parts[:place] + [value] + parts[place + 1:]).encode()
        text = base64.urlsafe_b64encode(forged).decode().rstrip('=') + '.' + mac
        again = Peer(clinic.wren, clinic.room, resume=text, last=0)
        assert again.until('lobby')['you']['role'] == 'patient'
        again.say('leave')
        again.bye()


def test_two_devices_of_one_person():
    clinic = shared()
    mara, wren = pair(clinic)
    phone = clinic.client('wren')
    second = Peer(phone, clinic.room)
    assert second.bye() == 'elsewhere'
    assert not any(message['type'] == 'peer' for message in mara.sync())
    second = Peer(phone, clinic.room, replace=True)
    welcome = second.until('welcome')
    assert wren.bye() == 'replaced'
    assert welcome['you']['n'] != wren.welcome['you']['n'], 'another key is another seat'
    mara.until('peer', what='leave')
    assert mara.until('peer', what='join')['key'] == second.key
    # nothing to ask when the other one is cut off
    second.close()
    mara.until('peer', what='away')
    Peer(clinic.wren, clinic.room).until('welcome')


def test_lock_deny_move():
    clinic = shared()
    mara = Peer(clinic.mara, clinic.room)
    mara.until('welcome')
    wren = Peer(clinic.wren, clinic.room)
    wren.until('lobby')
    n = mara.until('waiting')['n']
    mara.say('deny', to=n, note='Please call us')
    assert wren.bye() == 'denied'
    mara.until('waiting', what='gone')
    mara.say('lock', on=True)
    mara.until('locked', on=True)
    assert Peer(clinic.wren, clinic.room).bye() == 'locked'
    mara.say('lock', on=False)
    mara.until('locked', on=False)
    wren = Peer(clinic.wren, clinic.room)
    wren.until('lobby')
    n = mara.until('waiting', what='here')['n']
    noel = clinic.client('noel')
    chart = clinic.patient(noel, diary=clinic.diaries['noel'])['id']
    _, noels = clinic.video(noel, chart, 'noel')
    _, later = clinic.video(hours=2)
    for room in (new_id(), noels, later, 'x', clinic.room):
        mara.say('move', to=n, room=room)
        assert mara.until('error')['code'] == 'not_found', room
    desk = Peer(clinic.client('rita'), clinic.room)
    assert len(desk.until('welcome')['waiting']) == 1
    desk.say('move', to=n, room=noels)
    moved = wren.until('moved', room=noels)
    assert wren.bye() == 'moved'
    host = Peer(noel, noels)
    host.until('welcome')
    stranger = Peer(clinic.wren, noels)
    assert stranger.bye() == 'not_found'
    Peer(clinic.wren, noels, **{'pass': moved['pass'][:-3]}).bye()
    wren = Peer(clinic.wren, noels, **{'pass': moved['pass']})
    assert wren.until('lobby')['you']['verbs'] == ['enter']
    host.say('admit', to=host.until('waiting', what='here')['n'])
    n = wren.until('welcome')['you']['n']
    # the word that moved them counts for the whole visit, at each hello
    words = base64.urlsafe_b64decode(moved['pass'].split('.')[0] + '==').decode().split(' ')
    assert int(words[6]) / 1e6 - time.time() > 3 * 3600, words
    wren.close()
    again = wren.again(**{'pass': moved['pass']})
    assert again.until('welcome')['you']['n'] == n


def test_a_visit_is_cancelled():
    clinic = shared()
    mara = Peer(clinic.mara, clinic.room)
    mara.until('welcome')
    wren = Peer(clinic.wren, clinic.room)
    wren.until('lobby')
    rita = clinic.client('rita')
    mine = rita.post('/v1/rooms/%s/guests' % clinic.room, {'name': 'Ines', 'role': 'interpreter'}).json
    token = rita.post('/v1/rooms/guests', {'secret': mine['code']}).json['token']
    ines = Peer(clinic.mara, clinic.room, token=token)
    ines.until('lobby')
    mara.say('admit', to=[here for here in (mara.until('waiting'), mara.until('waiting'))
                          if here['role'] == 'interpreter'][0]['n'])
    ines.until('welcome')
    # who waits need not wait for nobody; who talks goes on
    rita.done('appointment.cancel', id=clinic.visit_id, reason='patient')
    assert wren.bye() == 'closed'
    mara.until('waiting', what='gone', role='patient')
    ines.sync()
    assert Peer(clinic.wren, clinic.room).bye() == 'closed'


def test_no_more_than_four():
    clinic = shared()
    mara, wren = pair(clinic)
    guests = [wren]
    links = [clinic.mara.post('/v1/rooms/%s/guests' % clinic.room, {'name': 'Guest', 'role': 'guardian'})
             for _ in range(3)]
    for place, link in enumerate(links):
        assert link.status == 200, link
        opened = Client(clinic).post('/v1/rooms/guests', {'secret': link.json['code']})
        assert opened.status == 200, opened
        guests.append(Peer(clinic.mara, clinic.room, token=opened.json['token']))
        guests[-1].until('lobby')
        n = mara.until('waiting', what='here')['n']
        mara.say('admit', to=n)
        if place < 2:
            mara.until('peer', what='join')
        else:
            assert mara.until('error')['code'] == 'full'


def test_bad_input():
    clinic = shared()
    mara, wren = pair(clinic)
    n = wren.welcome['you']['n']
    for hello in ({}, {'type': 'hello'}, {'type': 'hello', 'token': 'x', 'key': 'AAAA'}, [], {'type': 'ping'},
                  {'type': 'hello', 'token': clinic.mara.access, 'key': 'A' * 43 + '!'},
                  {'type': 'hello', 'token': clinic.mara.access, 'key': new_key(), 'suites': ['none']},
                  {'type': 'hello', 'token': clinic.mara.access, 'key': new_key(), 'proof': 'x' * 300}):
        peer = Socket(clinic.mara, path='/v1/rooms/%s/socket' % clinic.room, hello=hello or {'a': 1})
        message = peer.receive()
        assert message['type'] == 'bye' and message['message'], (hello, message)
        assert peer.receive() is None
        peer.close()
    assert Peer(clinic.mara, clinic.room, token=secrets.token_urlsafe(32)).bye() == 'signed_out'
    for message, code in (({'type': 'sealed', 'to': n, 'gen': 1, 'blob': 'x"y'}, 'invalid'),
                          ({'type': 'sealed', 'to': n, 'gen': 1, 'blob': 'A' * 62000}, 'invalid'),
                          ({'type': 'sealed', 'to': n, 'gen': -1, 'blob': 'QUJD'}, 'invalid'),
                          ({'type': 'sealed', 'to': n, 'blob': 'QUJD'}, 'invalid'),
                          ({'type': 'sealed', 'to': 99, 'gen': 1, 'blob': 'QUJD'}, 'not_found'),
                          ({'type': 'sealed', 'to': 'x', 'gen': 1, 'blob': 'QUJD'}, 'not_found'),
                          ({'type': 'admit'}, 'not_found'), ({'type': 'state', 'state': 'dancing'}, 'invalid'),
                          ({'type': 'note', 'to': n, 'note': 'x' * 301}, 'invalid'),
                          ({'type': 'frobnicate'}, 'unknown'), ({'type': 'move', 'to': n}, 'not_found')):
        mara.send(message)
        assert mara.until('error')['code'] == code, message
    mara.say('sealed', to=n, gen=1, blob='A' * 60000)
    assert len(wren.until('sealed')['blob']) == 60000
    # what is written down for ever is not written down for ever again
    for _ in range(60):
        wren.say('mismatch', **{'with': 1})
    wren.sync()
    wren.say('leave')
    wren.bye()
    wren = Peer(clinic.wren, clinic.room, key=wren.key)
    wren.until('lobby')
    mara.say('admit', to=mara.until('waiting', what='here')['n'])
    wren.until('welcome')
    clinic.trail('room.leave')
    lines = [line for line in clinic.trail('room.mismatch') if line['object'] == clinic.visit_id]
    assert 1 <= len(lines) <= 8, len(lines)
    # garbage and too much end one's own socket, nobody else's
    for spoil in (lambda s: s.stream.sendall(b'\x81\x84aaaa' + bytes(4)), lambda s: s.send([1]),
                  lambda s: s.send({'no': 'type'}),
                  lambda s: s.stream.sendall(b'\x81\xff' + (1 << 40).to_bytes(8, 'big') + b'aaaa')):
        wren = wren.again()
        wren.until('welcome')
        spoil(wren)
        try:
            wren.bye()
        except OSError:
            pass
        wren.close()
        wren = Peer(clinic.wren, clinic.room, key=wren.key)
        state = wren.until('welcome') if wren_is_in(wren) else None
        assert state is None or state['you']
        if state is None:
            found = mara.sync()
            mara.say('admit', to=[m for m in found if m['type'] == 'waiting' and m['what'] == 'here'][-1]['n'])
            wren.until('welcome')
    flood = wren.again()
    flood.until('welcome')
    try:
        for _ in range(2000):
            flood.say('ping')
        assert flood.bye() in ('slow', None)
    except OSError:
        pass
    mara.sync()
    assert clinic.process.poll() is None


def wren_is_in(peer):
    """Whether the first answer is welcome; a lobby is read over."""
    message = peer.receive()
    peer.receive = (lambda first=[message], read=peer.receive: first.pop() if first else read())
    return message['type'] == 'welcome'


def test_links_for_guests():
    clinic = shared()
    other = elsewhere()
    _, tomorrow = clinic.video(hours=20)
    _, over = clinic.video(hours=-6)
    path = '/v1/rooms/%s/guests'
    good = {'name': 'Ines Interpreter', 'role': 'interpreter'}
    stranger = Client(clinic)
    for client, room, body, status in ((clinic.wren, clinic.room, good, 403), (clinic.boss, clinic.room, good, 403),
                                       (clinic.client('noel'), clinic.room, good, 404),
                                       (clinic.mara, new_id(), good, 404), (clinic.mara, 'x', good, 404),
                                       (stranger, clinic.room, good, 401), (clinic.mara, over, good, 409),
                                       (clinic.mara, clinic.room, dict(good, role='clinician'), 400),
                                       (clinic.mara, clinic.room, dict(good, name=''), 400),
                                       (clinic.mara, clinic.room, dict(good, name='x' * 81), 400),
                                       (clinic.mara, clinic.room, dict(good, until='forever'), 400),
                                       (clinic.mara, clinic.room, {}, 400)):
        answer = client.post(path % room, body)
        assert answer.status == status, (room, body, answer)
    made = clinic.client('rita').post(path % clinic.room, dict(good, until='hour')).json
    assert made['path'].startswith('/call#') and len(made['path']) == 49 and not made['sent'], made
    secret = made['path'].split('#')[1]
    for _ in range(2):
        seen = stranger.post('/v1/rooms/guests', {'secret': secret, 'look': True})
        assert seen.status == 200 and 'token' not in seen.json and seen.json['practice'] == 'Banksia Street', seen
    opened = stranger.post('/v1/rooms/guests', {'secret': made['code'].upper()})
    assert opened.status == 200 and opened.json['room'] == clinic.room, opened
    for again in (secret, made['code'], '', 'x' * 43, 'x' * 100, secret[:-1]):
        assert stranger.post('/v1/rooms/guests', {'secret': again}).status == 404, again
    assert Client(other).post('/v1/rooms/guests', {'secret': secret}).status == 404
    # an answer that was lost is asked for again by whoever named the token, and by nobody else
    lost = clinic.mara.post(path % clinic.room, good).json['code']
    own = secrets.token_urlsafe(32)
    for bad in ('', 'x', own + 'A', own[:-1], 7):
        answer = stranger.post('/v1/rooms/guests', {'secret': lost, 'token': bad})
        assert answer.status == 400 and answer.field == 'token', (bad, answer)
    for _ in range(2):
        answer = stranger.post('/v1/rooms/guests', {'secret': lost, 'token': own})
        assert answer.status == 200 and answer.json['token'] == own and answer.json['room'] == clinic.room, answer
    for token in (secrets.token_urlsafe(32), clinic.mara.access):
        assert stranger.post('/v1/rooms/guests', {'secret': lost, 'token': token}).status == 404
    # before it is time nothing is used up
    early = clinic.mara.post(path % tomorrow, good).json
    for _ in range(2):
        answer = stranger.post('/v1/rooms/guests', {'secret': early['code']})
        assert answer.status == 409 and answer.field == 'early', answer
    # the guest waits, under the name that was typed, in this room alone
    token = opened.json['token']
    mara, wren = pair(clinic)
    for room in (tomorrow, new_id()):
        assert Peer(clinic.mara, room, token=token).bye() == 'not_found'
    guest = Peer(clinic.mara, clinic.room, token=token, client='browser', suites=['aesgcm'])
    lobby = guest.until('lobby')
    assert lobby['you']['role'] == 'interpreter' and lobby['you']['verbs'] == ['enter']
    here = mara.until('waiting', what='here')
    assert here['name'] == 'Ines Interpreter' and here['suites'] == ['aesgcm'] and 'user' not in here
    mara.say('admit', to=here['n'])
    guest.until('welcome')
    joined = wren.until('peer', what='join')
    assert 'name' not in joined, 'names are for the staff'
    guest.say('admit', to=1)
    assert guest.until('error')['code'] == 'forbidden'
    # a token for calls opens nothing else, and the trail has ids
    assert stranger.call('GET', '/v1/changes?cursor=0', headers={'Authorization': 'Bearer ' + token}).status == 401
    lines = clinic.trail('room.guest')
    assert made['guest'] in [line['reason'].split()[-1] for line in lines] and 'Ines' not in json.dumps(lines)
    assert b'Ines Interpreter' not in clinic.at_rest() and secret.encode() not in clinic.at_rest()
    # where the practice wants no browsers
    clinic.boss.done('setting.set', key='browser_calls', value='false')
    refused = clinic.mara.post(path % clinic.room, good).json
    answer = stranger.post('/v1/rooms/guests', {'secret': refused['code'], 'browser': True})
    assert answer.status == 403 and answer.field == 'browser', answer
    token = stranger.post('/v1/rooms/guests', {'secret': refused['code']}).json['token']
    assert Peer(clinic.mara, clinic.room, token=token, client='browser').bye() == 'browser'
    Peer(clinic.mara, clinic.room, token=token).until('lobby')


def test_the_monitor_names_nobody():
    clinic = shared()
    rita, max_ = clinic.client('rita'), clinic.client('max')
    watch = Socket(rita)
    mara, _ = pair(clinic)
    text = rita.get('/v1/rooms').body.decode()
    rooms = json.loads(text)['rooms']
    rooms = [room for room in rooms if room['room'] == clinic.room]
    assert sorted((person['role'], person['place']) for person in rooms[0]['people']) == [
        ('clinician', 'in'), ('patient', 'in')]
    assert 'Wren' not in text and 'Mara' not in text
    # who runs the practice may close a room
    desk = Peer(max_, clinic.room)
    assert desk.until('welcome')['you']['verbs'] == ['triage', 'close']
    while watch.receive() != {'rooms': True}:
        pass
    desk.say('end')
    assert mara.bye() == 'ended' and desk.bye() == 'ended'


def test_a_link_goes_by_mail():
    box = Mailbox()
    with Clinic(staff=(), extra=box.config()) as clinic:
        address = '/v1/rooms/%s/guests' % clinic.room
        guest = {'name': 'Ines Example', 'role': 'interpreter', 'send': 'ines@example.org'}
        made = clinic.mara.post(address, guest)
        assert made.status == 200 and made.json['sent'], made
        box.wait(lambda: box.messages)
        message = email.message_from_bytes(box.messages[0].content)
        text = message.get_payload(decode=True).decode()
        assert made.json['link'] in text and made.json['code'] in text and box.messages[0].rcpt_tos == [guest['send']]
        for name in ('Ines', 'Wren', 'Mara'):
            assert name not in text and name not in message['Subject'], text
        for bad in ('nobody', 'a@b\r\nBcc: c@d', 'a@b,c@d'):
            assert clinic.mara.post(address, dict(guest, send=bad)).status == 400, bad
    box.close()


def test_a_call_is_filed_on_its_visit():
    clinic = shared()
    began = now(minutes=-20)

    def report(one=None, **fields):
        return dict({'type': 'call_report', 'id': one or new_id(), 'patient': clinic.wren_chart,
                     'appointment': clinic.visit_id, 'started_at': instant(began), 'connected_seconds': 60}, **fields)

    first = report(steps='%s video\n%s audio' % (instant(began), instant(now())),
                   participants='patient %s - relay\nclinician %s %s direct' % (
                       instant(began), instant(began), instant(now())))
    operation = clinic.mara.operation('call.report', {'report': first})
    for _ in range(2):
        answer = clinic.mara.push(operation).json['results'][0]
        assert answer['status'] in ('ok', 'duplicate'), answer
    kept = clinic.mara.done('call.report', report=dict(first, connected_seconds=600, ended_at=instant(now())))
    assert kept['connected_seconds'] == 600 and kept['reported_by'] == clinic.mara.user['id']
    # the clock of a device may be fast: a report of a call that goes on is kept all the same
    ahead = clinic.mara.done('call.report', report=report(started_at=instant(now(minutes=15)), connected_seconds=600))
    assert ahead['connected_seconds'] == 600, ahead
    late = clinic.mara.done('call.report', report=dict(first, connected_seconds=300))
    assert late is None or late['connected_seconds'] == 600, 'a report that comes late takes nothing away'
    found = [row['put'] for row in clinic.wren.snapshot()[1] if row.get('put', {}).get('type') == 'call_report']
    assert [one['connected_seconds'] for one in found if one['id'] == first['id']] == [600]
    other = clinic.patient(clinic.mara, diary=clinic.diaries['mara'])['id']
    in_person = clinic.mara.done('appointment.book', appointment=clinic.visit(
        clinic.wren_chart, clinic.diaries['mara'], now(hours=30), minutes=1))['id']
    for fields, field in (({'steps': 'Wren said'}, 'steps'), ({'steps': instant() + ' dancing'}, 'steps'),
                          ({'steps': '\n'.join([instant() + ' video'] * 65)}, 'steps'),
                          ({'participants': 'Wren ' + instant() + ' - direct'}, 'participants'),
                          ({'participants': 'patient ' + instant()}, 'participants'),
                          ({'connected_seconds': 7200}, 'connected_seconds'), ({'patient': other}, 'patient'),
                          ({'ended_at': instant(now(hours=-2))}, 'ended_at'),
                          ({'appointment': in_person}, 'appointment')):
        result = clinic.mara.do('call.report', report=report(**fields))
        assert result['status'] == 'refused' and result['field'] == field, (fields, result)
    moved = clinic.mara.do('call.report', report=dict(first, started_at=instant(now(minutes=-40))))
    assert moved['code'] == 'conflict', moved
    for login in ('noel', 'rita', 'max'):
        assert clinic.client(login).do('call.report', report=report())['status'] == 'refused', login
    assert clinic.wren.do('call.report', report=report())['status'] == 'refused'


def test_visits_from_before_get_a_room():
    program = os.environ.get('WATTLECTL', os.path.join(os.path.dirname(__file__), '../../_build/src/ctl/wattlectl'))
    with tempfile.TemporaryDirectory(prefix='wattle-rooms-') as folder:
        data = os.path.join(folder, 'data')
        subprocess.run([program, '--data', data, 'demo', '--patients', '20', '--years', '1', '--practitioners', '1',
                        '--seed', '5', '--password', PASSWORD], check=True, capture_output=True)
        with Server(data=data, database='') as server:
            imogen = server.client('imogen', role='clinician')
            deadline = time.monotonic() + 30
            while True:
                ahead = [row['put'] for row in imogen.snapshot()[1] if row.get('put', {}).get('modality') == 'video'
                         and row['put']['type'] == 'appointment' and row['put']['starts_at'] > instant()]
                assert ahead, 'the demonstration has no video visits ahead'
                if all('call_room' in visit for visit in ahead):
                    break
                assert time.monotonic() < deadline, 'visits without a room'
            assert len({visit['call_room'] for visit in ahead}) == len(ahead)


def test_relay_credentials():
    assert 'turn' not in shared().mara.get('/v1/rooms/%s/turn' % shared().room).json
    secret = secrets.token_hex(32)
    with tempfile.NamedTemporaryFile('w', prefix='wattle-turn-') as file, Relay(secret) as relay:
        file.write(secret + '\n')
        file.flush()
        urls = 'turn:127.0.0.1:%d, turn:127.0.0.1:%d?transport=tcp' % (relay.port, relay.port)
        with Clinic(staff=(), extra='[turn]\nurls=%s\nsecret_file=%s\npolicy=relay\n' % (urls, file.name)) as clinic:
            turn = clinic.mara.get('/v1/rooms/%s/turn' % clinic.room).json['turn']
            until, name = turn['username'].split(':')
            assert 590 < int(until) - time.time() <= 600 and len(name) == 24, turn
            assert turn['policy'] == 'relay' and turn['urls'] == [url.strip() for url in urls.split(',')]
            for who in (clinic.mara.user['id'], clinic.wren.user['id'], clinic.wren_chart):
                assert who not in turn['username']
            assert relay.passes(turn) and relay.passes(turn, '-t')
            assert not relay.passes(dict(turn, credential='AAAA'))
            assert not relay.passes(dict(turn, username='1:' + name))
            mara = Peer(clinic.mara, clinic.room)
            first = mara.until('welcome')['turn']
            mara.say('ping', turn=True)
            again = mara.until('pong')['turn']
            assert len({one['username'] for one in (turn, first, again)}) == 3
            assert Peer(clinic.wren, clinic.room).until('lobby')['turn']['policy'] == 'relay'


if __name__ == '__main__':
    sys.exit(main(globals()))
