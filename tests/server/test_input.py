#!/usr/bin/python3
# test_input.py: what a careless or hostile client may send
#
# SPDX-License-Identifier: GPL-3.0-or-later
import json
import random
import sys
import time

from practice import Practice, monday
from wattled import Client, instant, main, new_id

practice = None


def shared():
    global practice
    practice = practice or Practice()
    return practice


def raw(client, body, path='/v1/operations', method='POST', kind='application/json'):
    return client.call(method, path, headers={'Content-Type': kind}, raw=body)


def test_bodies():
    mara = shared().mara
    for body, status in ((b'', (400, 403)),  # none is as good as {}
                         (b'{', 400), (b'[]', 400), (b'null', 400), (b'"x"', 400), (b'{"a":1,"a":2}', 400),
                         (b'{"device":"\xff\xfe"}', 400), (b'{"a":1e999999}', (400, 403)), (b'{"a":NaN}', 400),
                         (b'{"a":' + b'9' * 400 + b'}', 400), (b'{} {}', 400), (b'\xef\xbb\xbf{}', 400),
                         (b'[' * 90000, (400, 413)), (b'{"a":' * 40 + b'1' + b'}' * 40, 413),
                         (b'{"a":[' + b'0,' * 300000 + b'0]}', 413), (b'x' * (1024 * 1024 + 1), 413)):
        answer = raw(mara, body)
        statuses = status if isinstance(status, tuple) else (status,)
        assert answer.status in statuses, (body[:30], len(body), answer)
        assert answer.json['error']['message'] and answer.json['error']['request']
    assert raw(mara, b'{}', kind='text/plain').status == 415
    assert shared().process.poll() is None


def test_batches():
    mara = shared().client()

    def push(**changes):
        operation = {'n': 1, 'id': new_id(), 'name': 'record.create', 'args': {}, 'at': instant()}
        operation.update(changes)
        return mara.push({name: value for name, value in operation.items() if value is not None})

    for field, values in (('n', (0, -1, '1', 1.5, None, True, 2 ** 70)), ('id', ('x', 7, None, 'a' * 26, '')),
                          ('name', (None, 7, {})), ('args', (None, [], 'x')),
                          ('at', (None, 'yesterday', 7, '2026-13-01T00:00:00Z'))):
        for value in values:
            answer = push(**{field: value})
            assert answer.status == 400, (field, value, answer)
            if isinstance(value, int) and value > 2 ** 63:
                continue
            assert answer.field == 'operations[0].' + field, (field, value, answer)
    answer = mara.push(*[mara.operation('x', {}) for _ in range(501)])
    assert answer.status == 413 and answer.field == 'operations', answer
    for body in ({'device': mara.device}, {'device': mara.device, 'operations': {}}, {'operations': []}):
        assert mara.post('/v1/operations', body).status in (400, 403)
    assert mara.push().json['results'] == []


def test_records():
    mara = shared().client()
    good = {'type': 'patient', 'id': new_id(), 'given_names': 'A', 'family_name': 'B', 'status': 'active',
            'primary_practitioner': shared().diaries['mara']}
    for field, value in (('status', 'asleep'), ('birth_date', '2026-02-30'), ('birth_date', 7),
                         ('given_names', 'x' * 81), ('medicare_number', '2123 45671 2'), ('email', 'not-an-address'),
                         ('postcode', '20000'), ('sms_consent', 'yes'), ('primary_practitioner', new_id()),
                         ('primary_practitioner', 'x'), ('medicare_irn', 10), ('id', 'x'), ('type', 'unicorn'),
                         ('given_names', ['A']), ('zone', 'Mars/Olympus')):
        result = mara.do('record.create', record=dict(good, **{field: value}))
        assert result['status'] == 'refused' and result['message'], (field, value, result)
        assert result.get('field') in (field, 'record', 'args', 'type'), (field, value, result)
    nameless = mara.do('record.create', record=dict(good, given_names='', family_name=''))
    assert (nameless['status'], nameless.get('field')) == ('refused', 'family_name'), nameless
    assert good['id'] not in [row['put']['id'] for row in mara.snapshot()[1]], 'half a record stayed'
    assert mara.do('record.create', record=dict(good, future_field={'a': [1]}))['status'] == 'ok'
    kept = next(row['put'] for row in mara.snapshot()[1] if row['put']['id'] == good['id'])
    assert kept['future_field'] == {'a': [1]}, 'what a newer version wrote is kept'


def test_bookings():
    server, mara = shared(), shared().client()
    patient = server.patient(mara, 'Booked', server.diaries['mara'])['id']
    good = server.visit(patient, server.diaries['mara'], monday(1))
    for changes in ({'ends_at': good['starts_at']}, {'ends_at': '2026-01-01T00:00:00Z'}, {'practitioner': new_id()},
                    {'patient': new_id()}, {'location': patient}, {'zone': 'Mars/Olympus'}, {'starts_at': 'soon'}):
        result = mara.do('appointment.book', appointment=dict(good, **changes))
        assert result['status'] == 'refused', (changes, result)
    assert mara.do('appointment.book', appointment=good)['status'] == 'ok'


def test_queries():
    mara = shared().mara
    for path, field in (('/v1/changes?cursor=x', 'cursor'), ('/v1/changes?cursor=-1', 'cursor'),
                        ('/v1/changes?limit=5001', 'limit'), ('/v1/changes?limit=1e3', 'limit'),
                        ('/v1/snapshot?after=unicorn:x', 'after'),
                        ('/v1/snapshot?after=patient', 'after'),
                        ('/v1/snapshot?after=patient:%27%20OR%201=1', 'after'),
                        ('/v1/snapshot?scope=practice', 'scope'), ('/v1/snapshot?scope=patient:x', 'scope')):
        answer = mara.get(path)
        assert answer.status == 400 and answer.field == field, (path, answer)
    for path, field in (('/v1/audit?patient=x', 'patient'), ('/v1/audit?limit=100000', 'limit')):
        answer = shared().boss.get(path)
        assert answer.status == 400 and answer.field == field, (path, answer)
    answer = mara.get('/v1/snapshot?scope=patient:' + new_id())
    assert answer.status == 200 and len(answer.lines()) == 2


def test_sign_ins():
    client = Client(shared())
    device = {'name': 'T', 'public_key': client.key.public_text(), 'system': 'x'}
    good = {'login': 'mara', 'password': 'thirteen quiet parrots', 'device': device}
    for field, body in (('login', dict(good, login=7)), ('login', dict(good, login='a b')),
                        ('password', {'login': 'x'}),
                        ('device.name', dict(good, device={})), ('device.name', dict(good, device='x')),
                        ('device.name', dict(good, device=dict(device, name='n' * 121))),
                        ('device.public_key', dict(good, device=dict(device, public_key='AAAA'))),
                        ('device.public_key', dict(good, device=dict(device, public_key='!' * 44)))):
        answer = client.post('/v1/sessions', body)
        assert answer.status == 400 and answer.field == field, (field, answer)
    assert client.post('/v1/sessions', dict(good, password='p' * 50000)).status == 401
    assert client.post('/v1/sessions', dict(good, password='p' * 100000)).status == 413
    assert client.post('/v1/sessions/refresh', {'refresh_token': 'x', 'device': 'y'}).status == 401
    assert client.post('/v1/sessions/refresh', {}).status == 400


def test_random_bodies():
    """Cuts and changes of good bodies: the server answers each, and none with 500."""
    server, mara = shared(), shared().client()
    seed = int(time.time())
    print('# seed %d' % seed)
    chance = random.Random(seed)
    patient = server.patient(mara, 'Fuzz', server.diaries['mara'])['id']
    good = [('appointment.book', {'appointment': server.visit(patient, server.diaries['mara'], monday(6))}),
            ('record.change', {'type': 'patient', 'id': patient,
                               'changes': {'preferred_name': {'old': None, 'new': 'F'}}}),
            ('payment.record', {'payment': {'type': 'payment', 'id': new_id(), 'amount': 5}}),
            ('setting.set', {'key': 'lock_after_minutes', 'value': '6'})]
    for _ in range(300):
        name, args = chance.choice(good)
        text = bytearray(json.dumps({'device': mara.device, 'operations': [mara.operation(name, args)]}).encode())
        for _ in range(chance.randint(1, 4)):
            place = chance.randrange(len(text))
            kind = chance.randrange(3)
            if kind == 0:
                text[place] = chance.randrange(256)
            elif kind == 1:
                del text[place:place + chance.randint(1, 20)]
            else:
                text[place:place] = chance.choice([b'null', b'[]', b'"', b'\\u0000', b'-1', b'{}', b'\x00'])
            if not text:
                text = bytearray(b'{')
        answer = raw(mara, bytes(text))
        assert answer.status < 500, (bytes(text), answer)
        if answer.status == 200:
            for result in answer.json['results']:
                assert result['status'] != 'retry', (bytes(text), result)
    assert mara.get('/v1/health').status == 200


def test_zz_still_well():
    server = shared()
    assert server.stop() == 0
    assert not [line for line in server.log if 'level=error' in line], server.log


if __name__ == '__main__':
    sys.exit(main(globals()))
