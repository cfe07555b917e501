# task_rooms.py: 200 video rooms signalled by one wattled
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""Admitting: from the first handshake until a clinician and a guest are in each of 200 rooms, each looked up, written
into the audit trail and let in. Relaying: how long a sealed description of 2 KB takes from one to the other while all
rooms speak at once, and what that costs the server's processor. Then it is killed, and started again, and all join
again: what they say to each other goes on without it meanwhile. The clients are Python threads of the same machine."""
import base64
import concurrent.futures
import datetime
import os
import secrets
import time

import peer
from measuring import Result, say
from practice import Client, instant, new_id, server_side
from wattled import Socket

NAME = 'rooms'
ROOMS = 200
WORDS = 20  # that each of two says in a round
BLOB = base64.b64encode(secrets.token_bytes(1536)).decode()


def book(server, mara, rooms):
    """As many visits one after the other, whose rooms are all open now."""
    _, rows = mara.snapshot()
    records = [row['put'] for row in rows]
    location = next(one['id'] for one in records if one['type'] == 'location')
    diary = mara.user['practitioner']
    chart = mara.create('patient', given_names='Wren', family_name='Example', status='active',
                        primary_practitioner=diary)['id']
    first = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=rooms)
    found = []
    for number in range(rooms):
        starts = first + datetime.timedelta(minutes=number)
        made = mara.done('appointment.book', appointment={
            'type': 'appointment', 'id': new_id(), 'patient': chart, 'practitioner': diary, 'location': location,
            'modality': 'video', 'status': 'booked', 'zone': 'Australia/Sydney', 'starts_at': instant(starts),
            'ends_at': instant(starts + datetime.timedelta(minutes=1))})
        link = mara.post('/v1/rooms/%s/guests' % made['call_room'], {'name': 'Guest', 'role': 'patient'})
        opened = Client(server).post('/v1/rooms/guests', {'secret': link.json['code']})
        found.append((made['call_room'], opened.json['token']))
    return found


def until(one, *kinds):
    while True:
        message = one.receive()
        if message is None or message['type'] == 'bye':
            raise RuntimeError(f'a room answered {message}')
        if message['type'] in kinds:
            return message


def join(mara, room, token):
    """A clinician and a guest in one room."""
    def enter(proof):
        return Socket(mara, path='/v1/rooms/%s/socket' % room, hello={
            'type': 'hello', 'token': proof, 'key': base64.b64encode(secrets.token_bytes(32)).decode()})

    host = enter(mara.access)
    me = until(host, 'welcome')['you']['n']
    guest = enter(token)
    first = until(guest, 'lobby', 'welcome')
    if first['type'] == 'welcome':
        return host, me, guest, first['you']['n']
    you = until(host, 'waiting')['n']
    host.send({'type': 'admit', 'to': you})
    until(guest, 'welcome')
    return host, me, guest, you


def leave(pairs):
    for host, _, guest, _ in pairs:
        host.send({'type': 'end'})
        host.close()
        guest.close()


def speak(pair):
    """Milliseconds of each word from one to the other."""
    host, me, guest, you = pair
    times = []
    for number in range(WORDS):
        for one, other, to in ((host, guest, you), (guest, host, me)):
            before = time.monotonic()
            one.send({'type': 'sealed', 'to': to, 'gen': number, 'blob': BLOB})
            until(other, 'sealed')
            times.append((time.monotonic() - before) * 1000)
    return times


def processor(process):
    """Seconds of the processor that a process took."""
    with open(f'/proc/{process.pid}/stat', encoding='utf-8') as file:
        words = file.read().rsplit(')', 1)[1].split()
    return (int(words[11]) + int(words[12])) / os.sysconf('SC_CLK_TCK')


def measure(options):
    rooms = 40 if options.quick else ROOMS
    admitted = Result(f'{rooms} video rooms admit', 's', 'at most', 5)
    middle = Result(f'{rooms} video rooms relay, median', 'ms', 'at most', 10)
    late = Result(f'{rooms} video rooms relay, 95th', 'ms', 'at most', 50)
    cost = Result('Processor of 1,000 relayed words', 'ms', 'at most', 100)
    held = Result(f'Memory of {rooms} rooms', 'MB', 'at most', 40)
    back = Result(f'{rooms} video rooms are back after a killed server', 's', 'at most', 5)
    limits = {'connections_per_address': 2000}
    with server_side(limits=limits) as server, concurrent.futures.ThreadPoolExecutor(8) as pool:
        mara = server.client()
        people = book(server, mara, rooms)
        for _ in range(options.rounds):
            memory, start = peer.memory(server.process), time.monotonic()
            pairs = list(pool.map(lambda one: join(mara, *one), people))
            admitted.add(time.monotonic() - start)
            held.add(max(peer.memory(server.process) - memory, 0))
            before = processor(server.process)
            times = sorted(one for each in pool.map(speak, pairs) for one in each)
            cost.add((processor(server.process) - before) * 1e6 / len(times))
            middle.add(times[len(times) // 2])
            late.add(times[len(times) * 95 // 100])
            server.kill()
            start = time.monotonic()
            server.start()
            for one in pool.map(lambda pair: [side.close() for side in (pair[0], pair[2])], pairs):
                assert one
            pairs = list(pool.map(lambda one: join(mara, *one), people))
            back.add(time.monotonic() - start)
            leave(pairs)
            say(f'{rooms} rooms in {admitted.ours[-1]:.2f} s; a word {middle.ours[-1]:.1f} ms, 95th '
                f'{late.ours[-1]:.1f} ms; {cost.ours[-1]:.0f} ms of processor for 1,000; {held.ours[-1]:.1f} MB; '
                f'all back {back.ours[-1]:.2f} s after the server was killed')
    return [admitted, middle, late, cost, held, back]
