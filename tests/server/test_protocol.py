#!/usr/bin/python3
# test_protocol.py: the protocol as a client meets it, over the wire
#
# SPDX-License-Identifier: GPL-3.0-or-later
import collections
import json
import os
import sys
import threading

from practice import Practice, monday
from wattled import Client, Server, Socket, eventually, instant, main, new_id

practice = None


def shared():
    global practice
    practice = practice or Practice()
    return practice


def resident(process):
    with open('/proc/%d/status' % process.pid, encoding='utf-8') as status:
        return int(next(line for line in status if line.startswith('VmRSS')).split()[1])


def test_a_setup_happens_once():
    with Server() as server:
        client = Client(server)
        hello = client.get('/v1/hello').json
        assert hello['product'] == 'wattled' and hello['practice'] is None and 'head' not in hello
        body = {'code': 'wrong-code-here', 'practice': {'name': 'X', 'zone': 'Australia/Perth'},
                'administrator': {'login': 'a', 'display_name': 'A', 'password': 'a long enough password'}}
        answer = client.post('/v1/setup', body)
        assert answer.status == 403 and answer.field == 'code', answer
        path = os.path.join(server.data, 'setup-code')
        assert os.stat(path).st_mode & 0o777 == 0o600
        with open(path, encoding='utf-8') as file:
            body['code'] = file.read()
        short = dict(body, administrator=dict(body['administrator'], password='short'))
        answer = client.post('/v1/setup', short)
        assert answer.status == 400 and answer.field == 'administrator.password', answer
        answer = client.post('/v1/setup', dict(body, practice={'name': 'X', 'zone': 'Mars/Olympus'}))
        assert answer.status == 400 and answer.field == 'zone', answer
        assert client.get('/v1/hello').json['practice'] is None, 'half a practice stayed'
        assert client.post('/v1/setup', body).status == 200
        assert not os.path.exists(path)
        assert client.post('/v1/setup', body).status == 409
        assert client.get('/v1/hello').json['practice']['name'] == 'X'
        idle = resident(server.process)
        print('# idle wattled: %d kB' % idle)
        assert idle < 300 * 1024


def test_b_idle_memory():
    with Server() as server:
        Client(server).get('/v1/hello')
        size = resident(server.process)
        print('# idle wattled with an empty practice: %d kB resident' % size)
        if 'asan' not in os.environ.get('WATTLED', ''):
            assert size < 15 * 1024, size


def test_hello_with_a_session():
    hello = shared().mara.get('/v1/hello').json
    assert hello['head'] > 0 and hello['scope_revision'] >= 0 and hello['epoch']
    assert hello['protocol'] == [1, 1] and hello['limits']['operations'] == 500


def test_old_clients_are_told():
    answer = shared().mara.get('/v1/changes?cursor=0', **{'Wattle-Schema': '0'})
    assert answer.status == 426 and answer.code == 'unsupported', answer
    assert shared().mara.get('/v1/hello', **{'Wattle-Schema': '0'}).status == 200


def test_changes_and_snapshot_agree():
    mara = shared().client()
    shared().patient(mara, 'Finch', shared().diaries['mara'])

    def both():
        at, rows = mara.snapshot()
        cursor, changed = mara.changes(0)
        return at == cursor and (at, rows, cursor, changed)
    # the server itself may write between, as once a day when it looks at who cares for whom
    at, rows, cursor, changed = eventually(both, 'something is written all the time')
    whole = {row['put']['id']: row for row in rows}
    assert whole == {row['put']['id']: row for row in changed if 'put' in row and 'state' not in row['put']}
    for limit in (1, 2, 7):
        assert mara.snapshot(limit=limit) == (at, rows), limit
        assert mara.changes(0, limit=limit) == (cursor, changed), limit
    order = [row['put']['type'] for row in rows]
    assert order == sorted(order, key=order.index), 'types are mixed'
    assert mara.changes(cursor) == (cursor, [])


def test_answers_are_packed():
    answer = shared().mara.call('GET', '/v1/snapshot', headers={'Accept-Encoding': 'gzip'})
    assert answer.headers.get('content-encoding') == 'gzip'
    answer.lines()


def test_cursor_of_another_epoch():
    mara = shared().mara
    answer = mara.get('/v1/changes?cursor=1&epoch=' + new_id())
    assert answer.status == 410 and answer.field == 'cursor', answer
    answer = mara.get('/v1/changes?cursor=99999999')
    assert answer.status == 410, answer


def test_done_twice_is_done_once():
    mara = shared().client()
    operation = mara.operation('record.create', {'record': {
        'type': 'patient', 'id': new_id(), 'given_names': 'Twice', 'family_name': 'Only', 'status': 'active',
        'primary_practitioner': shared().diaries['mara']}})
    first = mara.push(operation).json
    again = mara.push(operation).json
    assert first['results'][0]['status'] == 'ok'
    assert again['results'][0]['status'] == 'duplicate' and again['results'][0]['first'] == 'ok'
    assert again['results'][0]['revision'] == first['results'][0]['revision']
    assert again['results'][0]['records'] == first['results'][0]['records']
    assert again['head'] == first['head'] and again['last_n'] == 1
    both = mara.push(operation, operation).json['results']
    assert [result['status'] for result in both] == ['duplicate', 'duplicate']
    # a refusal is remembered too
    refused = mara.operation('record.create', {'record': {'type': 'patient', 'id': new_id()}})
    assert mara.push(refused).json['results'][0]['status'] == 'refused'
    result = mara.push(refused).json['results'][0]
    assert (result['status'], result['first']) == ('duplicate', 'refused'), result
    # somebody else's answer is not told
    other = shared().client('rita')
    stolen = dict(operation, n=1)
    result = other.push(stolen).json['results'][0]
    assert (result['status'], result['field']) == ('refused', 'id') and 'records' not in result, result


def test_numbers_go_up():
    mara = shared().client()
    shared().patient(mara, 'One', shared().diaries['mara'])
    # a home that was restored counts from where it was: nothing is refused, and an id that is known is answered first
    late = [dict(mara.operation('record.create', {'record': {
        'type': 'patient', 'id': new_id(), 'given_names': name, 'family_name': 'Late', 'status': 'active'}}), n=n)
        for n, name in ((1, 'A'), (2, 'B'))]
    answer = mara.push(*late).json
    assert [(result['status'], result.get('field')) for result in answer['results']] \
        == [('retry', 'n'), ('retry', None)] and answer['last_n'] == 1, answer
    again = [dict(operation, n=operation['n'] + answer['last_n']) for operation in late]
    assert [result['status'] for result in mara.push(*again).json['results']] == ['ok', 'ok']
    assert [result['status'] for result in mara.push(*late).json['results']] == ['duplicate', 'duplicate']


def test_the_caller_is_read_in_the_order_of_commits():
    """What an operation takes away is gone for the next one of the same batch."""
    admin = shared().client('ada')
    rita = shared().client('rita')
    answer = rita.push(
        rita.operation('device.revoke', {'id': rita.device}),
        rita.operation('record.create', {'record': {'type': 'patient', 'id': new_id(), 'given_names': 'Not',
                                                    'family_name': 'There', 'status': 'active'}}))
    statuses = [result['status'] for result in answer.json['results']]
    assert statuses == ['ok', 'retry'], answer
    assert rita.get('/v1/changes?cursor=0').status == 401
    assert admin.get('/v1/hello').status == 200


def test_a_batch_is_not_all_or_nothing():
    mara = shared().client()
    good = {'type': 'patient', 'id': new_id(), 'given_names': 'A', 'family_name': 'B', 'status': 'active',
            'primary_practitioner': shared().diaries['mara']}
    answer = mara.push(mara.operation('record.create', {'record': good}),
                       mara.operation('record.create', {'record': dict(good, id=new_id(), medicare_number='123')}),
                       mara.operation('no.such', {}),
                       mara.operation('record.create', {'record': dict(good, id=new_id())})).json
    assert [result['status'] for result in answer['results']] == ['ok', 'refused', 'refused', 'ok'], answer
    assert answer['results'][1]['field'] == 'medicare_number'
    assert answer['results'][2]['code'] == 'unsupported'
    assert answer['last_n'] == 4


def test_fifty_race_for_one_slot():
    server = shared()
    patient = server.patient(server.mara, 'Race', server.diaries['mara'])['id']
    starts = monday(2)
    clients = [server.client() for _ in range(50)]
    gate = threading.Barrier(50)
    results = [None] * 50

    def book(number):
        gate.wait()
        results[number] = clients[number].do(
            'appointment.book', appointment=server.visit(patient, server.diaries['mara'], starts))

    threads = [threading.Thread(target=book, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    count = collections.Counter(result['status'] for result in results)
    assert count == {'ok': 1, 'conflict': 49}, count
    for result in results:
        if result['status'] == 'conflict':
            assert result['field'] == 'starts_at' and result['message'] and len(result['alternatives']) > 0, result
    slot = results[[r['status'] for r in results].index('conflict')]['alternatives'][0]
    taken = server.visit(patient, server.diaries['mara'], starts)
    taken.update(slot)
    assert server.mara.do('appointment.book', appointment=taken)['status'] == 'ok', 'the alternative was not free'


def test_a_poke_follows_the_commit():
    server = shared()
    listener = server.client('rita')
    wire = Socket(listener)
    first = wire.receive()
    assert 'poke' in first, first
    record = server.patient(server.mara, 'Poked', server.diaries['mara'])
    message = wire.receive()
    while 'poke' not in message or message['poke'] < record['revision']:
        message = wire.receive()
    _, rows = listener.changes(record['revision'] - 1)
    assert record['id'] in [row['put']['id'] for row in rows if 'put' in row]
    wire.send({'at': 0})
    assert 'poke' in wire.receive()
    wire.close()


def test_sockets_need_a_token():
    wire = Socket(shared().mara, token='A' * 43)
    message = wire.receive()
    assert message in ({'signed_out': True}, None), message
    wire.close()


def test_patients_come_and_go():
    server = shared()
    noel, rita = server.client('noel'), server.client('rita')
    patient = server.patient(rita, 'Visitor')['id']
    mara_visit = rita.done('appointment.book', appointment=server.visit(
        patient, server.diaries['mara'], monday(4), reason='Sleep'))
    cursor, _ = noel.changes(0)
    wire = Socket(noel)
    assert 'poke' in wire.receive()  # the token was looked at: what happens before that is not told
    visit = rita.done('appointment.book', appointment=server.visit(patient, server.diaries['noel'], monday(4)))
    while wire.receive() != {'scope': True}:
        pass
    wire.close()
    cursor, rows = noel.changes(cursor)
    assert rows[0] == {'gained': 'patient:' + patient}, rows
    puts = {row['put']['id']: row for row in rows if 'put' in row}
    assert puts[patient]['scope'] == 'patient:' + patient
    assert puts[mara_visit['id']]['put']['reason'] == 'Sleep', 'the older visit comes with the patient'
    assert rita.do('appointment.cancel', id=visit['id'], reason='patient')['status'] == 'ok'
    cursor, rows = noel.changes(cursor)
    assert {'lost': 'patient:' + patient} in rows, rows
    puts = {row['put']['id']: row for row in rows if 'put' in row}
    assert patient not in puts
    assert puts[mara_visit['id']]['scope'] == 'diary:' + server.diaries['mara']
    assert 'patient' not in puts[mara_visit['id']]['put'] and 'reason' not in puts[mara_visit['id']]['put']
    _, rows = noel.snapshot(scope='patient:' + patient)
    assert all(row['scope'].startswith('diary:') for row in rows), rows


def test_roles_change():
    mara = shared().client()
    old = mara.access
    assert mara.role == 'clinician'
    wire = Socket(mara)
    assert 'poke' in wire.receive()
    assert mara.set_role('manager').json['role'] == 'manager'
    assert wire.receive() == {'scope': True}, 'the socket of the same device stays'
    wire.close()
    assert mara.call('GET', '/v1/devices', headers={'Authorization': 'Bearer ' + old}).status == 401
    answer = mara.set_role('reception')
    assert answer.status == 403 and answer.field == 'role', answer
    assert mara.post('/v1/sessions/role', {'role': 'king'}).status == 400


def test_a_deleted_row_is_told():
    mara = shared().client()
    condition = mara.create('condition', patient=shared().patient(mara, 'D', shared().diaries['mara'])['id'],
                            name='Insomnia', status='active')
    cursor, _ = mara.changes(0)
    assert mara.do('record.delete', type='condition', id=condition['id'], reason='Entered twice')['status'] == 'ok'
    _, rows = mara.changes(cursor)
    assert any(row.get('put', {}).get('id') == condition['id'] and row['put'].get('state') == 'deleted'
               for row in rows), rows
    assert condition['id'] not in [row['put']['id'] for row in mara.snapshot()[1]]


def test_reading_is_written_down():
    server = shared()
    mara = server.client()
    patient = server.patient(mara, 'Seen', server.diaries['mara'])['id']
    mara.create('condition', patient=patient, name='Insomnia', status='active')
    mara.changes(0)
    events = server.boss.get('/v1/audit?actor=%s&limit=50' % mara.user['id']).json['events']
    reads = [event for event in events if event['action'] == 'changes']
    assert reads and reads[0]['device'] and 'clinical=' in reads[0]['reason'], reads[:1]
    writes = [event for event in events if event['action'] == 'record.create' and event.get('patient') == patient]
    assert len(writes) == 2, writes
    assert 'Seen' not in json.dumps(events) and 'Insomnia' not in json.dumps(events)
    sequences = [event['sequence'] for event in events]
    assert sequences == sorted(sequences, reverse=True)
    older = server.boss.get('/v1/audit?before=%d&limit=3' % sequences[-1]).json['events']
    assert len(older) == 3 and older[0]['sequence'] < sequences[-1]


def test_documents_of_the_interface():
    client = Client(shared())
    document = client.get('/v1/openapi.json').json
    assert document['openapi'].startswith('3.1') and document['info']['version']
    names = [call['operationId'] for path in document['paths'].values() for call in path.values()]
    assert len(names) == len(set(names)) and 'operations' in names
    schemas = document['components']['schemas']

    def walk(node):
        if isinstance(node, dict):
            if '$ref' in node:
                assert node['$ref'].startswith('#/components/schemas/')
                assert node['$ref'].rsplit('/', 1)[1] in schemas, node
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(document)
    for path, calls in document['paths'].items():
        wanted = [part[1:-1] for part in path.split('/') if part.startswith('{')]
        for call in calls.values():
            assert [p['name'] for p in call['parameters'] if p['in'] == 'path'] == wanted, path
            assert '2XX' in call['responses'] and call['summary']
    assert schemas['operation.appointment.book']['required'] == ['appointment']
    assert schemas['patient']['properties']['birth_date']['format'] == 'date'
    page = client.get('/v1/docs')
    assert page.headers['content-type'].startswith('text/html') and b'<script' not in page.body
    assert b'appointment.book' in page.body


def test_figures_and_health():
    client = Client(shared())
    text = client.get('/v1/metrics').body.decode()
    assert 'wattled_operations_total' in text and 'wattled_head' in text
    assert client.get('/v1/health').json['status'] == 'ok'


def test_z_goodbye():
    server = shared()
    wire = Socket(server.mara)
    wire.receive()
    assert server.stop() == 0
    message = wire.receive()
    assert message == {'goodbye': 'restart', 'retry_ms': 500}, message
    wire.close()
    server.start()
    assert server.mara.get('/v1/hello').json['head'] > 0, 'the session did not outlive the restart'
    assert server.close() == 0
    assert not [line for line in server.log if 'level=error' in line], server.log


if __name__ == '__main__':
    sys.exit(main(globals()))
