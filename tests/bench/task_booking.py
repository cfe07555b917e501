# task_booking.py: durable bookings with their audit rows over HTTP, beside what npm and Debian would be used for
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every booking is one request: a token looked at, JSON read, the diary checked for an overlap, the row and its audit
row committed to disk before the answer. With one caller and with 32. Ours does more: it keeps the operation and its
answer, the feed, the search index and the chain of the audit."""
import contextlib
import datetime
import json
import os

import peer
import practice
from measuring import Result, program, say, scratch, without_pinning
from practice import Client, instant, new_id, server_side

NAME = 'booking'
AIMS = {1: None, 32: 4}
PLACE = '01ARYZ6S41TSV4RRFFQ69G5FAV'.lower()


def slot(number):
    starts = datetime.datetime(2027, 2, 1, tzinfo=datetime.timezone.utc) + datetime.timedelta(minutes=10 * number)
    return instant(starts), instant(starts + datetime.timedelta(minutes=10))


def request(method, path, token, body, kind='application/json'):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = (f'{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {token}\r\nContent-Type: {kind}\r\n'
            f'Content-Length: {len(data)}\r\n\r\n').encode()
    return head + data


class Load:
    """Makes the requests of a run and lets them loose on a port; no slot of a diary is asked for twice."""

    def __init__(self, make, expect):
        self.make, self.expect = make, expect
        self.next_slot = 0

    def run(self, folder, port, callers, each):
        """Bookings a second, and the median milliseconds of an answer."""
        with scratch() as files:
            for caller in range(callers):
                with open(os.path.join(files, str(caller)), 'wb') as out:
                    for _ in range(each):
                        data = self.make(caller, self.next_slot)
                        self.next_slot += 1
                        out.write(b'%d\n' % len(data) + data)
            seconds, answers, failed, median, _ = without_pinning(
                [program('bench-load'), 'calls', str(port), files, self.expect])
        if failed:
            raise RuntimeError(f'{failed:.0f} of {answers:.0f} bookings were not answered as they should be')
        return answers / seconds, median


def appointment(number, **more):
    starts, ends = slot(number)
    return dict(more, id=new_id(), modality='in_person', status='booked', zone='Australia/Sydney', starts_at=starts,
                ends_at=ends)


def bookings_of(server, login, callers):
    """A device each, all of one person who may book into the diary of the practice's first practitioner."""
    boss = server.client(login)
    _, rows = boss.snapshot()
    records = [row['put'] for row in rows]
    place = next(one['id'] for one in records if one['type'] == 'location')
    diary = next(one['id'] for one in records if one['type'] == 'practitioner')
    patient = boss.create('patient', given_names='Wren', family_name='Example', status='active',
                          primary_practitioner=diary)['id']
    devices = [server.client(login) for _ in range(callers)]

    def make(caller, number):
        one = devices[caller]
        booking = appointment(number, type='appointment', patient=patient, practitioner=diary, location=place)
        operation = one.operation('appointment.book', {'appointment': booking})
        return request('POST', '/v1/operations', 'Bearer ' + one.access,
                       {'device': one.device, 'operations': [operation]})

    return Load(make, '"status":"ok"')


def of_peer():
    def make(_, number):
        return request('POST', '/appointments', 'Bearer ' + peer.TOKEN,
                       appointment(number, patient=PLACE, practitioner=PLACE, location=PLACE))

    return Load(make, ' 201 ')


def of_radicale():
    def make(caller, number):
        starts, ends = (text.replace('-', '').replace(':', '')[:15] + 'Z' for text in slot(number))
        event = ('BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Wattle//bench//EN\r\nBEGIN:VEVENT\r\n'
                 f'UID:{number}\r\nDTSTAMP:20261120T000000Z\r\nDTSTART:{starts}\r\nDTEND:{ends}\r\n'
                 'SUMMARY:Follow-up\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n').encode()
        return request('PUT', f'/mara/diary/{number}.ics', 'Basic bWFyYTptYXJh', event, 'text/calendar')

    return Load(make, ' 201 ')


def make_calendar(port):
    client = Client(type('At', (), {'port': port}))
    answer = client.call('MKCALENDAR', '/mara/diary/', headers={'Authorization': 'Basic bWFyYTptYXJh'})
    if answer.status != 201:
        raise RuntimeError(f'Radicale answered {answer}')


@contextlib.contextmanager
def contenders(folder):
    """(name, port, process, load, share of the bookings it is given) of every server that takes part."""
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(server_side())
        all_of_them = [('wattled, SQLite', server.port, server.process, bookings_of(server, 'mara', 32), 1)]
        port, process = stack.enter_context(peer.node('fastify-sqlite.mjs', os.path.join(folder, 'peer.db')))
        all_of_them.append(('fastify + better-sqlite3', port, process, of_peer(), 1))
        cluster = stack.enter_context(practice.durable_postgresql())
        server = stack.enter_context(server_side(cluster.fresh('ours')))
        all_of_them.append(('wattled, PostgreSQL', server.port, server.process, bookings_of(server, 'mara', 32), 0.5))
        port, process = stack.enter_context(peer.node('fastify-pg.mjs', cluster.fresh('peer_of_node')))
        all_of_them.append(('fastify + node-postgres', port, process, of_peer(), 0.5))
        port, process = stack.enter_context(peer.django(practice.django_database(cluster, 'peer_of_django'), [PLACE]))
        all_of_them.append(('Django REST framework', port, process, of_peer(), 0.1))
        port, process = stack.enter_context(peer.radicale(os.path.join(folder, 'radicale')))
        make_calendar(port)
        all_of_them.append(('Radicale', port, process, of_radicale(), 0.02))
        yield all_of_them


PAIRS = [('wattled, SQLite', 'fastify + better-sqlite3'), ('wattled, PostgreSQL', 'fastify + node-postgres'),
         ('wattled, PostgreSQL', 'Django REST framework'), ('wattled, SQLite', 'Radicale')]


def aim(us, them, callers):
    return AIMS[callers] if them == 'fastify + better-sqlite3' else None


def measure(options):
    results = []
    with scratch() as folder, contenders(folder) as servers:
        for callers in AIMS:
            speeds = {name: [] for name, *_ in servers}
            # A second or two a turn.
            per_turn = (1500 if callers == 1 else 12000) // (5 if options.quick else 1)
            for turn in range(options.rounds + 1):
                for name, port, _, load, share in servers:
                    speed, median = load.run(folder, port, callers, max(int(per_turn * share / callers), 4))
                    if turn > 0:  # the first turn warms them
                        speeds[name].append(speed)
                        say(f'{name}, {callers} at once: {speed:,.0f}/s, median {median:.2f} ms')
            for us, them in PAIRS:
                wanted = aim(us, them, callers)
                result = Result(f'{us.split(", ")[1]}: bookings, {callers} at once, against {them}', '/s',
                                'at least' if wanted else None, wanted, them)
                for one, other in zip(speeds[us], speeds[them]):
                    result.add(one, other)
                results.append(result)
        memories = {name: peer.memory(process) for name, _, process, *_ in servers}
    for us, them in PAIRS[:3]:
        result = Result(f'{us}: memory after it, against {them}', 'MB', None, None, them)
        result.add(memories[us], memories[them])
        results.append(result)
    return results
