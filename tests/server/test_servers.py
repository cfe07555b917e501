#!/usr/bin/python3
# test_servers.py: several wattled of one practice on one PostgreSQL, and several practices in one
#
# SPDX-License-Identifier: GPL-3.0-or-later
import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

import postgresql
from practice import Practice, monday
from test_invitations import Mailbox, invited_patient
from test_rooms import Clinic, Peer
from wattled import PROGRAM, Client, Server, Socket, main, new_id

ROUNDS = int(os.environ.get('WATTLE_ROUNDS', '6'))
CLIENTS = 6


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


class Beside(Server):
    """One more process of a practice."""

    def __init__(self, first):
        super().__init__(data=first.data, database=first.database, limits=first.limits)
        self.listen = '127.0.0.1:%d' % self.port


class HAProxy:
    """The proxy that a hospital would put in front, with what its example says about health."""

    def __init__(self, servers):
        self.port = free_port()
        self.folder = tempfile.TemporaryDirectory(prefix='wattle-proxy-')
        path = os.path.join(self.folder.name, 'haproxy.cfg')
        with open(path, 'w', encoding='utf-8') as file:
            file.write('defaults\n mode http\n timeout connect 2s\n timeout client 60s\n timeout server 60s\n'
                       ' timeout tunnel 1h\n retries 3\n option redispatch\n retry-on conn-failure\n'
                       'frontend practice\n bind 127.0.0.1:%d\n default_backend servers\n'
                       'backend servers\n balance roundrobin\n option httpchk GET /v1/health\n' % self.port)
            for number, server in enumerate(servers):
                file.write(' server w%d 127.0.0.1:%d check inter 200ms fall 1 rise 1\n' % (number, server.port))
        self.process = subprocess.Popen(['/usr/sbin/haproxy', '-db', '-q', '-f', path])
        deadline = time.monotonic() + 20
        while True:
            try:
                if Client(self).get('/v1/health').status == 200:
                    return
            except (OSError, http.client.HTTPException):
                pass
            assert time.monotonic() < deadline and self.process.poll() is None, 'HAProxy does not answer'
            threading.Event().wait(0.05)

    def close(self):
        self.process.terminate()
        self.process.wait(20)
        self.folder.cleanup()


class Hospital:
    """A practice with two servers behind a proxy."""

    def __init__(self, staff=(), servers=2, database=None, proxy=False):
        self.practice = Practice(staff=staff, database=database or postgresql.fresh())
        self.practice.listen = '127.0.0.1:%d' % self.practice.port
        self.servers = [self.practice] + [Beside(self.practice) for _ in range(servers - 1)]
        self.proxy = HAProxy(self.servers) if proxy else None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.proxy:
            self.proxy.close()
        for server in reversed(self.servers):
            server.close()


def at(client, server):
    """The same device and session at another server."""
    other = Client(server)
    for name in ('key', 'access', 'refresh_token', 'device', 'user', 'role', 'n'):
        setattr(other, name, getattr(client, name))
    return other


def test_pokes_cross():
    with Hospital(staff=('rita', 'max')) as both:
        first, second = both.servers
        here = first.client()
        there = Socket(at(first.client(), second))
        assert 'hello' in (there.receive() or {}) or True
        record = here.create('patient', given_names='Wren', family_name='Example', status='active',
                             primary_practitioner=first.diaries['mara'])
        while True:
            message = there.receive()
            assert message is not None, 'the other server told nothing'
            if message.get('poke', 0) >= record['revision']:
                break
        # that somebody writes is told to the others of the conversation at every server, and nobody else
        rita = first.client('rita')
        thread = here.done('thread.start', thread={'type': 'thread', 'id': new_id(), 'kind': 'staff',
                                                   'subject': 'Rooms', 'members': rita.user['id']})['id']
        window, nobody = (Socket(at(client, second)) for client in (rita, first.client('max')))
        for listener in (window, nobody):
            assert 'poke' in listener.receive()
        writer = Socket(here)
        assert 'poke' in writer.receive()
        writer.send({'typing': thread})
        mark = {'typing': {'thread': thread, 'user': here.user['id']}}
        while (message := window.receive()) != mark:
            assert message is not None, 'the mark did not cross'
        after = here.create('patient', given_names='Jay', status='active', primary_practitioner=first.diaries['mara'])
        while (message := nobody.receive()).get('poke', 0) < after['revision']:
            assert 'typing' not in message, message
        for listener in (there, writer, nobody):
            listener.close()
        # what one server ends, the other ends: its calls at once, its sockets with the news
        assert at(rita, second).get('/v1/hello').status == 200
        assert rita.call('DELETE', '/v1/sessions/current').status == 204
        assert at(rita, second).get('/v1/hello').json.get('user') is None
        assert at(rita, second).get('/v1/changes?cursor=0').status == 401, 'a session outlived its end elsewhere'
        while True:
            message = window.receive()
            if message is None or 'signed_out' in message:
                break


def test_failures_count_at_every_server():
    with Hospital(staff=('rita',)) as both:
        statuses = []
        while 429 not in statuses and len(statuses) < 20:
            server = both.servers[len(statuses) % 2]
            statuses.append(Client(server).sign_in('rita', 'not the right password').status)
        assert statuses[:5] == [401] * 5 and len(statuses) < 9, statuses


def test_calls_count_at_every_server():
    """A tenth of the limit may be out before the other server has heard of it; what the news take is little."""
    with Hospital(staff=('rita',)) as both:
        limit = 60
        for server in both.servers:
            server.stop()
            server.limits['calls_per_minute'] = limit
            server.start()
        here = both.servers[0].client('rita')
        clients = [here, at(here, both.servers[1])]
        before = [0, 0]
        refused = set()
        while len(refused) < 2 and sum(before) < 3 * limit:
            for number in {0, 1} - refused:
                answer = clients[number].get('/v1/devices')
                if answer.status == 429:
                    assert 0 < int(answer.headers['retry-after']) <= 60
                    refused.add(number)
                else:
                    assert answer.status == 200, answer
                    before[number] += 1
        assert limit - 2 <= sum(before) <= limit + limit // 2, before


def test_what_ended_at_one_has_ended_at_all():
    """A server that knew a session a moment ago lets nothing through that another has ended, and knows new rights."""
    with Hospital(staff=('rita', 'max')) as hospital:
        first, second = hospital.servers
        rita = at(first.client('rita'), second)
        assert first.patient(rita, diary=first.diaries['mara'])['id']
        assert at(rita, first).call('DELETE', '/v1/sessions/current').status == 204
        answer = rita.push(rita.operation('record.create', {'record': {
            'type': 'patient', 'id': new_id(), 'given_names': 'Too', 'family_name': 'Late', 'status': 'active'}}))
        assert answer.status == 401, answer
        assert not any(row['put'].get('family_name') == 'Late' for row in first.mara.snapshot()[1])
        manager = first.client('max')
        elsewhere = at(manager, second)
        new = [{'key': 'slot_minutes', 'value': '20'}, {'key': 'slot_minutes', 'value': '30'}]
        assert elsewhere.do('setting.set', **new[0])['status'] == 'ok'
        assert first.boss.done('user.set_roles', id=manager.user['id'], roles=['reception'])
        answer = elsewhere.push(elsewhere.operation('setting.set', new[1]))
        assert answer.status in (401, 403) or answer.json['results'][0]['status'] == 'refused', answer


def test_fifty_race_over_two_servers():
    with Hospital(staff=('noel',)) as both:
        first = both.servers[0]
        patient = first.patient(first.mara, diary=first.diaries['mara'])['id']
        clients = [at(first.client(), both.servers[i % 2]) for i in range(50)]
        barrier = threading.Barrier(len(clients))
        answers = []

        def book(client):
            visit = first.visit(patient, first.diaries['mara'], monday(1))
            barrier.wait()
            answers.append(client.do('appointment.book', appointment=visit)['status'])

        threads = [threading.Thread(target=book, args=(client,)) for client in clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert sorted(answers) == ['conflict'] * 49 + ['ok'], answers


class Pusher(threading.Thread):
    """A device behind the proxy; it sends each batch until it hears an answer, whoever gives it."""

    def __init__(self, hospital, login='mara'):
        super().__init__(daemon=True)
        self.hospital = hospital
        self.client = at(hospital.practice.client(login), hospital.proxy)
        self.acknowledged, self.sent, self.problem, self.stopping = {}, {}, None, False

    def run(self):
        try:
            while not self.stopping:
                batch = []
                for _ in range(random.randint(1, 4)):
                    record = {'type': 'patient', 'id': new_id(), 'given_names': 'N%d' % self.client.n,
                              'family_name': 'Ledger', 'status': 'active',
                              'primary_practitioner': self.hospital.practice.diaries['mara']}
                    batch.append(self.client.operation('record.create', {'record': record}))
                    self.sent[record['id']] = batch[-1]
                self.deliver(batch)
        except Exception as problem:
            self.problem = problem

    def deliver(self, batch):
        while True:
            try:
                answer = self.client.push(*batch)
            except (OSError, http.client.HTTPException):
                continue
            if answer.status in (502, 503, 504):
                continue
            assert answer.status == 200, answer
            for operation, result in zip(batch, answer.json['results']):
                if result['status'] == 'retry':
                    break
                assert result['status'] in ('ok', 'duplicate'), result
                self.acknowledged[operation['args']['record']['id']] = result['revision']
            else:
                return


def wait_for_acknowledgements(pushers, more):
    before = sum(len(pusher.acknowledged) for pusher in pushers)
    deadline = time.monotonic() + 60
    while sum(len(pusher.acknowledged) for pusher in pushers) < before + more:
        assert time.monotonic() < deadline and all(p.problem is None for p in pushers), [p.problem for p in pushers]
        threading.Event().wait(0.002)


def check_ledger(hospital, pushers):
    for pusher in pushers:
        pusher.stopping = True
    for pusher in pushers:
        pusher.join(60)
        assert not pusher.is_alive() and pusher.problem is None, pusher.problem
    reader = hospital.practice.client()
    _, rows = reader.snapshot()
    present = [row['put']['id'] for row in rows if row['put'].get('family_name') == 'Ledger']
    acknowledged = {identity for pusher in pushers for identity in pusher.acknowledged}
    sent = {identity for pusher in pushers for identity in pusher.sent}
    print('# %d acknowledged, %d present' % (len(acknowledged), len(present)))
    assert acknowledged <= set(present), 'lost: %r' % (acknowledged - set(present))
    assert len(present) == len(set(present)) and set(present) <= sent, 'doubled'
    revisions = [revision for pusher in pushers for revision in pusher.acknowledged.values()]
    assert len(revisions) == len(set(revisions)), 'two operations share a change number'
    boss = hospital.practice.client(role='administrator')
    events = boss.get('/v1/audit?limit=1000').json['events']
    sequences = [event['sequence'] for event in events]
    assert sequences == list(range(sequences[0], sequences[0] - len(sequences), -1)), 'a gap in the trail'


def test_killed_servers_lose_nothing():
    seed = int(time.time())
    chance = random.Random(seed)
    print('# seed %d, %d rounds' % (seed, ROUNDS))
    with Hospital(servers=3, proxy=True) as hospital:
        pushers = [Pusher(hospital) for _ in range(CLIENTS)]
        for pusher in pushers:
            pusher.start()
        for _ in range(ROUNDS):
            wait_for_acknowledgements(pushers, chance.randint(5, 60))
            victim = chance.choice(hospital.servers)
            victim.kill()
            wait_for_acknowledgements(pushers, chance.randint(1, 20))  # the others go on
            victim.start()
        check_ledger(hospital, pushers)


def test_killed_database_loses_nothing():
    cluster = postgresql.Cluster()
    with Hospital(database=cluster.fresh(), proxy=True) as hospital:
        pushers = [Pusher(hospital) for _ in range(CLIENTS)]
        for pusher in pushers:
            pusher.start()
        for _ in range(2):
            wait_for_acknowledgements(pushers, 20)
            cluster.kill()
            cluster.start()
            wait_for_acknowledgements(pushers, 20)
            # a single session may break too
            cluster.sql("SELECT count (pg_terminate_backend (pid)) FROM pg_stat_activity"
                        " WHERE datname LIKE 'practice%' AND pid <> pg_backend_pid ()")
        wait_for_acknowledgements(pushers, 20)
        check_ledger(hospital, pushers)
    cluster.close()


class Biller(threading.Thread):
    """Enters a patient, bills and issues, and takes a payment, again and again; what is not answered goes to the next
    server, as it was."""

    def __init__(self, hospital):
        super().__init__(daemon=True)
        first = hospital.servers[0]
        self.servers = list(hospital.servers)
        self.client = first.client()
        self.diary = first.diaries['mara']
        self.numbers = {}
        self.stopping = False
        self.problem = None

    def batch(self):
        patient, invoice = new_id(), new_id()
        return [self.client.operation(name, args) for name, args in (
            ('record.create', {'record': {'type': 'patient', 'id': patient, 'given_names': 'P', 'family_name': 'Q',
                                          'status': 'active', 'primary_practitioner': self.diary}}),
            ('invoice.create', {'invoice': {'type': 'invoice', 'id': invoice, 'patient': patient, 'status': 'draft'},
                                'lines': [{'type': 'invoice_line', 'id': new_id(), 'description': 'Visit',
                                           'quantity': 1000, 'unit_price': 9900, 'tax_code': 'gst_free'}]}),
            ('invoice.issue', {'id': invoice}),
            ('payment.record', {'payment': {'type': 'payment', 'id': new_id(), 'invoice': invoice, 'amount': 9900,
                                            'method': 'card'}}))]

    def deliver(self, batch):
        while True:
            try:
                answer = self.client.push(*batch)
                results = answer.json['results'] if answer.status == 200 else []
            except (OSError, http.client.HTTPException):
                results = []
                self.servers.append(self.servers.pop(0))
                self.client.server = self.servers[0]
            if len(results) == len(batch) and all(result['status'] in ('ok', 'duplicate') for result in results):
                break
            assert not any(result['status'] in ('refused', 'conflict') for result in results), results
        for record in (record for result in results for record in result.get('records', [])):
            for field in ('number', 'receipt_number'):
                if record['type'] in ('invoice', 'payment') and field in record:
                    self.numbers[record['id']] = record[field]

    def run(self):
        try:
            while not self.stopping:
                self.deliver(self.batch())
        except Exception as problem:
            self.problem = problem


def test_numbers_have_no_gap():
    """Invoices and receipts of two servers that are killed by turns: 1, 2, 3 ... as each was told, none twice."""
    with Hospital() as both:
        billers = [Biller(both) for _ in range(4)]
        for biller in billers:
            biller.start()

        def grow(by):
            wanted = sum(len(biller.numbers) for biller in billers) + by
            deadline = time.monotonic() + 60
            while sum(len(biller.numbers) for biller in billers) < wanted:
                assert time.monotonic() < deadline and not any(biller.problem for biller in billers), [
                    biller.problem for biller in billers]
                threading.Event().wait(0.005)

        grow(20)
        for number in range(ROUNDS):
            victim = both.servers[number % 2]
            victim.kill()
            grow(10)
            victim.start()
            grow(10)
        for biller in billers:
            biller.stopping = True
        for biller in billers:
            biller.join(60)
            assert not biller.problem, biller.problem
        _, rows = both.servers[0].client().snapshot()
        issued = {row['put']['id']: row['put'] for row in rows if row['put']['type'] in ('invoice', 'payment')}
        for field in ('number', 'receipt_number'):
            numbers = sorted(int(record[field].split('-')[1]) for record in issued.values() if field in record)
            assert numbers == list(range(1, len(numbers) + 1)), numbers
            print('# %d of %s' % (len(numbers), field))
        for biller in billers:
            for identity, number in biller.numbers.items():
                assert number in (issued[identity].get('number'), issued[identity].get('receipt_number')), number


def test_a_message_is_sent_once():
    """Two servers look into one queue of messages: each message goes once."""
    box = Mailbox()
    with Practice(staff=('max',), database=postgresql.fresh(), extra=box.config()) as first, \
            Server(data=first.data, database=first.database, extra=box.config()) as second:
        manager = first.client('max')
        managers = [manager, at(manager, second)]
        wanted = set()
        for number in range(24):
            user = invited_patient('Robin%d' % number, first, email='robin%d@example.org' % number)[1]
            wanted.add('robin%d@example.org' % number)
            answer = managers[number % 2].post('/v1/users/%s/invitation' % user['id'], {'send': True})
            assert answer.status == 200, answer
        box.wait(lambda: {envelope.rcpt_tos[0] for envelope in box.messages} >= wanted)
        # Both have looked once more when each has sent one of its own that came last.
        for number, client in enumerate(managers):
            user = invited_patient('Last%d' % number, first, email='last%d@example.org' % number)[1]
            wanted.add('last%d@example.org' % number)
            assert client.post('/v1/users/%s/invitation' % user['id'], {'send': True}).status == 200
        box.wait(lambda: {envelope.rcpt_tos[0] for envelope in box.messages} >= wanted)
        assert len(box.messages) == len(wanted), sorted(envelope.rcpt_tos[0] for envelope in box.messages)
    box.close()


def test_practices_share_a_database():
    address = postgresql.fresh()
    with Practice(staff=(), database=address) as first, \
            Practice(staff=(), database=address, extra='[server]\npractice=second\n') as second:
        ours = first.patient(first.mara, name='Canarymarker', diary=first.diaries['mara'])
        theirs = second.patient(second.mara, name='Otherside', diary=second.diaries['mara'])
        assert second.mara.get('/v1/hello').json['practice'] != first.mara.get('/v1/hello').json['practice']
        _, rows = second.mara.snapshot()
        assert b'Canarymarker' not in repr(rows).encode() and any(row['put']['id'] == theirs['id'] for row in rows)
        assert Client(second).call('GET', '/v1/changes?cursor=0',
                                   headers={'Authorization': 'Bearer ' + first.mara.access}).status == 401
        assert second.mara.do('record.change', type='patient', record=ours['id'], changes={})['status'] != 'ok'
        # the role of the servers sees no practice unless it says which, and never changes the trail
        as_server = 'SET ROLE wattle_app; SET search_path = wattle; '
        both = int(postgresql.sql(address, 'SELECT count (*) FROM wattle.record'))
        assert postgresql.sql(address, as_server + 'SELECT count (*) FROM record') == '0'
        one = int(postgresql.sql(address, as_server + "SET wattle.practice = 1; SELECT count (*) FROM record"))
        assert 0 < one < both
        for forbidden in ('UPDATE audit SET body = body', 'DELETE FROM audit', 'TRUNCATE audit',
                          'ALTER TABLE record DISABLE ROW LEVEL SECURITY',
                          'INSERT INTO meta (practice, name, value) VALUES (2, \'a\', \'b\')'):
            try:
                postgresql.sql(address, as_server + 'SET wattle.practice = 1; ' + forbidden)
            except subprocess.CalledProcessError as refused:
                assert 'permission denied' in refused.stderr or 'must be owner' in refused.stderr \
                    or 'row-level security' in refused.stderr, refused.stderr
            else:
                raise AssertionError('the role of the server could: ' + forbidden)


def refused(server, word):
    done = subprocess.run([PROGRAM, '--config', os.path.join(server.data, 'test.conf'), '--data', server.data,
                           '--listen', '127.0.0.1:0'], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1 and word in done.stderr, done


def test_a_newer_layout_is_left_alone():
    with Practice(staff=(), database=postgresql.fresh()) as server:
        server.stop()
        for column in ('version', 'schema'):
            postgresql.sql(server.database, 'UPDATE wattle.layout SET %s = %s + 1000' % (column, column))
            refused(server, 'newer version')
            postgresql.sql(server.database, 'UPDATE wattle.layout SET %s = %s - 1000' % (column, column))
        key = os.path.join(server.data, 'server-key')
        os.rename(key, key + '.away')
        refused(server, 'server-key')
        assert not os.path.exists(key), 'a new key was made for old data'
        os.rename(key + '.away', key)
        # an index that lacks what the field tables ask for is filled again
        postgresql.sql(server.database, "UPDATE wattle.layout SET fields = 'old';"
                       " UPDATE wattle.meta SET value = 'old' WHERE name = 'index';"
                       ' ALTER TABLE wattle.index_user DROP COLUMN login; DELETE FROM wattle.search_word')
        server.start()
        assert server.client().get('/v1/hello').status == 200
        # and one that has it all is left as it is, whoever starts
        rows = 'SELECT xmin, ctid FROM wattle.index_user'
        filled = postgresql.sql(server.database, rows)
        server.stop()
        server.start()
        assert filled and postgresql.sql(server.database, rows) == filled


def test_another_version_takes_over():
    with Practice(staff=(), database=postgresql.fresh()) as server:
        server.patient(server.mara, diary=server.diaries['mara'])
        postgresql.sql(server.database, "UPDATE wattle.meta SET value = 'newer' WHERE name = 'index'")
        operation = server.mara.operation('record.create', {'record': {
            'type': 'patient', 'id': new_id(), 'given_names': 'A', 'family_name': 'B', 'status': 'active'}})
        answer = server.mara.push(operation)
        assert answer.status >= 400, answer
        assert server.mara.snapshot()[1], 'reading goes on'


def back_in_the_room(client, server, old, resume=True):
    """Again and again, as a program would, until it is in; how often it had to."""
    tries = 0
    while True:
        tries += 1
        try:
            peer = Peer(at(client, server), old.room, key=old.key,
                        **({'resume': old.resume, 'last': old.last} if resume else {}))
            message = peer.receive()
        except OSError:
            message = None
        if message and message.get('type') in ('welcome', 'lobby'):
            peer.first = message
            return peer
        assert tries < 200, message
        threading.Event().wait(0.1)


def test_people_at_two_servers_meet():
    with Clinic(staff=('max',), database=postgresql.fresh()) as first:
        first.listen = '127.0.0.1:%d' % first.port
        second = Beside(first)
        try:
            mara = Peer(first.mara, first.room)
            me = mara.until('welcome')['you']['n']
            wren = Peer(at(first.wren, second), first.room)
            wren.until('lobby')
            n = mara.until('waiting', what='here')['n']
            mara.say('admit', to=n)
            assert [peer['key'] for peer in wren.until('welcome')['peers']] == [mara.key]
            for size in (4, 60000):
                wren.say('sealed', to=me, gen=1, blob='A' * size)
                assert len(mara.until('sealed')['blob']) == size
                mara.say('sealed', to=n, gen=1, blob='B' * size)
                assert len(wren.until('sealed')['blob']) == size
            assert at(first.client('max'), second).get('/v1/rooms').json == {'rooms': [], 'elsewhere': [first.room]}
            # a broken socket far away
            wren.close()
            mara.until('peer', what='away')
            wren = back_in_the_room(first.wren, second, wren)
            assert wren.first['type'] == 'welcome' and not wren.first['fresh'], wren.first
            mara.until('peer', what='back')
            # the other device of a person is seen at another server as well
            assert Peer(at(first.client('mara'), second), first.room).bye() == 'elsewhere'
            # a server that stood still for longer than its lease gives the room up, and nobody talks to nobody
            os.kill(first.process.pid, signal.SIGSTOP)
            try:
                wren = back_in_the_room(first.wren, second, wren)
            finally:
                os.kill(first.process.pid, signal.SIGCONT)
            message = mara.receive()
            while message and 'goodbye' not in message:
                message = mara.receive()
            mara = back_in_the_room(first.mara, first, mara)
            assert [peer['key'] for peer in mara.first['peers']] == [wren.key], mara.first
            # the server that has the room stops, or is killed: both meet at the other one, nobody is admitted anew
            for end in (first.stop, first.kill):
                end()
                mara, wren = (back_in_the_room(first.mara, second, mara), back_in_the_room(first.wren, second, wren))
                assert mara.first['type'] == wren.first['type'] == 'welcome', (mara.first, wren.first)
                first.start()
                wren.say('sealed', to=mara.first['you']['n'], gen=2, blob='Q0NDQw==')
                mara.until('sealed')
                # and come together where the first was again
                second.stop()
                second.start()
                mara, wren = (back_in_the_room(first.mara, first, mara), back_in_the_room(first.wren, second, wren))
                assert mara.first['type'] == wren.first['type'] == 'welcome', (mara.first, wren.first)
                mara.say('sealed', to=wren.first['you']['n'], gen=3, blob='Q0NDQw==')
                wren.until('sealed')
            # whoever signs out at one server leaves the room at the other
            assert at(first.wren, first).call('DELETE', '/v1/sessions/current').status == 204
            assert wren.bye() == 'signed_out'
        finally:
            second.close()


if __name__ == '__main__':
    sys.exit(main(globals()))
