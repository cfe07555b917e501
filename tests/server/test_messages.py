#!/usr/bin/python3
# test_messages.py: conversations over the wire: two sides, an outsider, files, and what a device keeps of them
#
# SPDX-License-Identifier: GPL-3.0-or-later
import datetime
import hashlib
import sys

from practice import Practice
from wattled import PASSWORD, Socket, instant, main, new_id

world = None


class World:
    """Wren sees Mara now; Noel cares for Wren, too."""

    def __init__(self):
        self.server = Practice()
        server = self.server
        self.mara, self.boss = server.mara, server.client('ada')
        self.noel, self.rita = server.client('noel'), server.client('rita')
        self.patient = server.patient(self.mara, 'Wren', server.diaries['mara'])['id']
        now = datetime.datetime.now(datetime.timezone.utc)
        self.visit = self.mara.done('appointment.book', appointment=server.visit(
            self.patient, server.diaries['mara'], now - datetime.timedelta(minutes=5)))['id']
        server.client(role='manager').done('access.grant', patient=self.patient, reason='Stands in',
                                           practitioner=server.diaries['noel'])
        answer = server.boss.post('/v1/users', {'login': 'wren', 'display_name': 'Wren', 'roles': ['patient'],
                                              'password': PASSWORD, 'patient': self.patient})
        assert answer.status == 200, answer
        self.wren = server.client('wren')
        self.thread = self.mara.done('thread.open', appointment=self.visit)['id']


def shared():
    global world
    if world is None:
        world = World()
    return world


def rows(client, kind):
    return {row['put']['id']: row for row in client.snapshot()[1] if row.get('put', {}).get('type') == kind}


def say(client, body, **more):
    result = client.do('message.send', thread=shared().thread, body=body, **more)
    assert result['status'] == 'ok', result
    return next(record for record in result['records'] if record['type'] == 'message')


def test_two_sides():
    me = shared()
    first = say(me.wren, 'I cannot hear you')
    second = say(me.mara, 'And now?')
    assert first['from_patient'] is True and first['author_name'] == 'Wren'
    assert first['sent_at'] < second['sent_at']
    for client in (me.wren, me.mara):
        have = rows(client, 'message')
        assert have[first['id']]['put']['body'] == 'I cannot hear you'
        assert have[second['id']]['scope'] == 'patient:' + me.patient
    for client in (me.noel, me.rita, me.boss, me.server.client('max'), me.server.client(role='manager')):
        assert not any(row['put'].get('patient') for row in rows(client, 'message').values()), client
        assert client.do('message.send', thread=me.thread, body='x')['code'] in ('not_found', 'forbidden')


def test_twice_is_once():
    me = shared()
    operation = me.wren.operation('message.send', {'thread': me.thread, 'body': 'Only once'})
    first = me.wren.push(operation).json['results'][0]
    again = me.wren.push(operation).json['results'][0]
    assert (first['status'], again['status']) == ('ok', 'duplicate')
    assert sum(row['put'].get('body') == 'Only once' for row in rows(me.mara, 'message').values()) == 1


def test_late_but_in_time():
    """What was written offline while the visit was on counts as then; what is written after its end does not."""
    me = shared()
    server = me.server
    now = datetime.datetime.now(datetime.timezone.utc)
    visit = me.mara.done('appointment.book', appointment=server.visit(
        me.patient, server.diaries['mara'], now - datetime.timedelta(hours=3)))['id']
    before = instant(now - datetime.timedelta(minutes=150))
    opened = me.mara.push(me.mara.operation('thread.open', {'appointment': visit}, at=before)).json['results'][0]
    assert opened['status'] == 'ok', opened
    thread = opened['records'][0]['id']
    sent = me.wren.push(me.wren.operation('message.send', {'thread': thread, 'body': 'From the train'}, at=before))
    assert sent.json['results'][0]['status'] == 'ok', sent
    late = me.wren.do('message.send', thread=thread, body='Now')
    assert late['status'] == 'refused' and late['field'] == 'thread', late


def test_bad_input():
    """What is too long, empty or has bytes that no keyboard makes is refused with its field; nothing else is."""
    me = shared()
    before = len(rows(me.mara, 'message'))
    for body in ('x' * 20001, '', ' \n ', 'a\x07b', 'a\x1b[2Jb'):
        result = me.wren.do('message.send', thread=me.thread, body=body)
        assert (result['status'], result['field']) == ('refused', 'body'), (body[:9], result)
        assert result['message'], body[:9]
    assert me.wren.do('message.send', thread=new_id(), body='x')['code'] == 'not_found'
    say(me.wren, '\U0001f33f' * 20000)
    say(me.wren, 'one\ntwo\tthree\u202e<b>&amp;')
    assert len(rows(me.mara, 'message')) == before + 2


def test_archived():
    """Forty days later all of it is there to read, for both, and nothing is added."""
    me = shared()
    server = me.server
    then = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=40)
    visit = me.mara.done('appointment.book', appointment=server.visit(
        me.patient, server.diaries['mara'], then))['id']
    during = instant(then + datetime.timedelta(minutes=10))
    opened = me.mara.push(me.mara.operation('thread.open', {'appointment': visit}, at=during)).json['results'][0]
    thread = opened['records'][0]['id']
    for client in (me.mara, me.wren):
        sent = client.push(client.operation('message.send', {'thread': thread, 'body': 'Then'}, at=during))
        assert sent.json['results'][0]['status'] == 'ok', sent
        late = client.do('message.send', thread=thread, body='Now')
        assert (late['status'], late['field']) == ('refused', 'thread'), late
        assert 'can be read and are kept' in late['message'], late
    for client in (me.mara, me.wren):
        kept = [row['put']['body'] for row in rows(client, 'message').values() if row['put']['thread'] == thread]
        assert kept == ['Then', 'Then'], kept


def paper(data, media='application/pdf'):
    return {'type': 'document', 'id': new_id(), 'kind': 'other', 'title': 'Scan', 'document_date': '2026-11-20',
            'media_type': media, 'size': len(data), 'hash': hashlib.blake2b(data, digest_size=32).hexdigest()}


def upload(client, data):
    name = hashlib.blake2b(data, digest_size=32).hexdigest()
    answer = client.call('PATCH', '/v1/blobs/' + name, None, {
        'Content-Type': 'application/octet-stream', 'Upload-Offset': '0', 'Upload-Length': str(len(data))}, data)
    assert answer.status == 204, answer
    return name


def test_file():
    me = shared()
    data = b'%PDF-1.4 ' + new_id().encode()
    document = paper(data)
    early = me.wren.do('message.send', thread=me.thread, document=document)
    assert early['status'] == 'retry' and early['code'] == 'busy', early
    me.wren.n -= 1
    name = upload(me.wren, data)
    say(me.wren, 'See this', document=document)
    assert me.mara.get('/v1/blobs/' + name).body == data
    assert me.wren.get('/v1/blobs/' + name).body == data
    for client in (me.noel, me.rita, me.boss):
        assert client.get('/v1/blobs/' + name).status == 404
    kept = rows(me.mara, 'document')[document['id']]['put']
    assert kept['kind'] == 'message' and kept['source'] == me.thread and kept['patient'] == me.patient


def test_only_what_it_says():
    """PDF, PNG and JPEG are taken, and only when the bytes are what they are said to be."""
    me = shared()
    png = b'\x89PNG\r\n\x1a\n' + new_id().encode()
    script = b'#!/bin/sh\n' + new_id().encode()
    for data in (png, script):
        upload(me.wren, data)
    for data, media in ((script, 'text/x-sh'), (png, 'image/svg+xml'), (script, 'application/pdf'),
                        (png, 'image/jpeg')):
        result = me.wren.do('message.send', thread=me.thread, document=paper(data, media))
        assert result['status'] == 'refused' and result['field'] == 'media_type', (media, result)
    assert 'PNG or JPEG' in me.wren.do('message.send', thread=me.thread, document=paper(png, 'image/gif'))['message']
    say(me.wren, 'A picture', document=paper(png, 'image/png'))


def test_list_of_conversations():
    """An administrator learns between whom and when, the latest first, a page at a time; not what was said."""
    me = shared()
    say(me.wren, 'Galahquoll')
    for client in (me.mara, me.rita, me.wren, me.server.client(role='manager')):
        assert client.get('/v1/threads').status == 403
    answer = me.boss.get('/v1/threads')
    assert answer.status == 200, answer
    assert b'Galahquoll' not in answer.body and b'Rooms' not in answer.body
    mine = next(row for row in answer.json['threads'] if row['id'] == me.thread)
    assert mine['account'] == 'wren' and mine['kind'] == 'visit' and mine['messages'] > 0, mine
    assert me.patient.encode() not in answer.body
    whole = [row['id'] for row in answer.json['threads']]
    pages, before = [], ''
    while True:
        page = me.boss.get('/v1/threads?limit=1' + before).json['threads']
        if not page:
            break
        pages += [row['id'] for row in page]
        before = '&before=%d' % page[-1]['before']
    assert pages == whole
    assert me.boss.get('/v1/threads?practitioner=' + me.server.diaries['noel']).json['threads'] == []
    assert me.boss.get('/v1/threads?practitioner=x').status == 400
    assert any(event['action'] == 'threads.list' for event in me.boss.get('/v1/audit?limit=20').json['events'])


def test_outsider():
    """An administrator reads with password and reason; both stand in the conversation and in the trail."""
    me = shared()
    say(me.wren, 'Between us')
    body = {'thread': me.thread, 'reason': 'The patient complained', 'password': PASSWORD}
    assert me.boss.post('/v1/threads/inspect', dict(body, password='not this one at all')).status in (401, 403)
    assert me.boss.post('/v1/threads/inspect', dict(body, reason='why')).status == 400
    assert me.boss.post('/v1/threads/inspect', dict(body, thread=new_id())).status == 404
    assert me.mara.post('/v1/threads/inspect', body).status == 403
    before = len(rows(me.wren, 'message'))
    answer = me.boss.post('/v1/threads/inspect', body)
    assert answer.status == 200, answer
    assert any(record.get('body') == 'Between us' for record in answer.json['messages'])
    have = rows(me.wren, 'message')
    seen = [row['put'] for row in have.values() if row['put']['kind'] == 'inspected']
    assert len(have) == before + 1 and seen[0]['body'] == body['reason'], seen
    events = me.server.client('max').get('/v1/audit?limit=50').json['events']
    line = next(event for event in events if event['action'] == 'thread.inspect' and event['outcome'] == 'ok')
    assert line['patient'] == me.patient and line['reason'] == body['reason'], line
    assert me.boss.get('/v1/changes?cursor=0').body.find(b'Between us') < 0


def test_leaves_with_the_patient():
    """A clinician who no longer cares for the patient has nothing of their conversation left."""
    server = Practice()
    noel, manager = server.client('noel'), server.client(role='manager')
    patient = server.patient(noel, 'Jay', server.diaries['noel'])['id']
    visit = noel.done('appointment.book', appointment=server.visit(
        patient, server.diaries['noel'], datetime.datetime.now(datetime.timezone.utc)))['id']
    thread = noel.done('thread.open', appointment=visit)['id']
    assert noel.do('message.send', thread=thread, body='Hello')['status'] == 'ok'
    cursor = noel.changes(0)[0]
    noel.done('appointment.cancel', id=visit, reason='practice')
    manager.done('record.change', type='patient', id=patient, changes={'primary_practitioner': {
        'old': server.diaries['noel'], 'new': server.diaries['mara']}})
    lines = noel.changes(cursor)[1]
    assert {'lost': 'patient:' + patient} in lines, lines
    assert not rows(noel, 'message') and not rows(server.mara, 'message')
    manager.done('record.change', type='patient', id=patient, changes={'primary_practitioner': {
        'old': server.diaries['mara'], 'new': server.diaries['noel']}})
    assert len(rows(noel, 'message')) == 1
    server.close()


def test_staff():
    me = shared()
    thread = me.mara.done('thread.start', thread={
        'type': 'thread', 'id': new_id(), 'kind': 'staff', 'subject': 'Rooms', 'members': me.rita.user['id']})
    assert me.rita.do('message.send', thread=thread['id'], body='Room two')['status'] == 'ok'
    for client in (me.mara, me.rita):
        row = next(row for row in rows(client, 'message').values() if row['put'].get('body') == 'Room two')
        assert row['scope'] == 'practice'
    for client in (me.noel, me.wren, me.boss):
        assert not any(row['put'].get('body') == 'Room two' for row in rows(client, 'message').values())


def heard_until(socket, revision):
    """What a socket was told before it was told of that change."""
    heard = []
    while True:
        message = socket.receive()
        assert message is not None, 'the socket was closed'
        if message.get('poke', 0) >= revision:
            return heard
        heard.append(message)


def test_somebody_writes():
    """Told to the others of the conversation alone, seldom, and kept nowhere."""
    me = shared()
    sockets = {name: Socket(client) for name, client in
               (('wren', me.wren), ('mara', me.mara), ('noel', me.noel), ('boss', me.boss), ('rita', me.rita))}
    for socket in sockets.values():
        assert 'poke' in socket.receive()
    head = me.mara.changes(0)[0]
    for _ in range(5):
        sockets['wren'].send({'typing': me.thread})
    mark = {'typing': {'thread': me.thread, 'user': me.wren.user['id']}}
    message = sockets['mara'].receive()
    assert message == mark, message
    for name in ('noel', 'boss', 'rita'):
        sockets[name].send({'typing': me.thread})
        sockets[name].send({'typing': new_id()})
    assert me.mara.changes(0)[0] == head, 'a mark was kept'
    said = say(me.mara, 'I see you write')
    heard = {name: heard_until(socket, said['revision']) for name, socket in sockets.items()}
    # Five at once are one, or two where two seconds went by.
    assert len([told for told in heard['mara'] if told == mark]) < 5, heard
    assert all(told == mark or 'poke' in told for told in heard['mara']), heard
    for name in ('wren', 'noel', 'boss', 'rita'):
        assert not any('typing' in told for told in heard[name]), (name, heard[name])
    sockets['rita'].send({'typing': 'not an id'})
    while sockets['rita'].receive() is not None:
        pass


def test_the_log_says_nothing():
    me = shared()
    say(me.wren, 'Kookaburraquoll')
    assert 'Kookaburraquoll' not in ''.join(me.server.log)


if __name__ == '__main__':
    sys.exit(main(globals()))
