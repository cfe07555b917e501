#!/usr/bin/python3
# test_authorization.py: who may do and see what, asked from outside
#
# SPDX-License-Identifier: GPL-3.0-or-later
import json
import sys

from practice import STAFF, Practice, monday
from wattled import Client, main, new_id

practice = None
MARK = 'Zanthorrhoea'  # stands in every clinical word, so that it can be searched for in every byte


def shared():
    """A practice with one patient of Mara's who has something of everything."""
    global practice
    if practice is None:
        practice = Practice()
        mara = practice.mara
        practice.chart = practice.patient(mara, 'Robin', practice.diaries['mara'], mobile='0412 345 678')['id']
        practice.seen = mara.done('appointment.book', appointment=practice.visit(
            practice.chart, practice.diaries['mara'], monday(3), reason='Grief'))['id']
        mara.create('condition', patient=practice.chart, name=MARK + ' fear', status='active')
        note = {'type': 'progress_note', 'id': new_id(), 'patient': practice.chart, 'kind': 'soap', 'status': 'draft',
                'author': practice.diaries['mara'], 'note_date': '2026-11-20', 'subjective': MARK + ' said'}
        practice.note = mara.done('note.save', note=note)['id']
        assert mara.do('note.sign', id=practice.note)['status'] == 'ok'
        practice.people = {login: practice.client(login) for login in STAFF}
    return practice


def kinds(rows):
    return {row['put']['type'] for row in rows if 'put' in row}


def test_a_stranger_sees_no_chart():
    server, noel = shared(), shared().people['noel']
    _, rows = noel.snapshot()
    assert not kinds(rows) & {'patient', 'condition', 'progress_note', 'invoice'}, kinds(rows)
    visit = next(row for row in rows if row['put']['id'] == server.seen)
    assert visit['scope'] == 'diary:' + server.diaries['mara']
    assert set(visit['put']) <= {'type', 'id', 'revision', 'changed_at', 'changed_by', 'practitioner', 'location',
                                 'room', 'starts_at', 'ends_at', 'zone', 'status'}, visit
    for path in ('/v1/snapshot?scope=patient:' + server.chart, '/v1/changes?cursor=0', '/v1/snapshot'):
        body = noel.get(path).body
        assert MARK.encode() not in body and b'Robin' not in body and server.chart.encode() not in body, path


def test_a_stranger_changes_no_chart():
    server, noel = shared(), shared().people['noel']
    for name, args in (
            ('record.change', {'type': 'patient', 'id': server.chart,
                               'changes': {'preferred_name': {'old': None, 'new': 'X'}}}),
            ('record.delete', {'type': 'patient', 'id': server.chart, 'reason': 'none'}),
            ('record.create', {'record': {'type': 'condition', 'id': new_id(), 'patient': server.chart, 'name': 'X',
                                          'status': 'active'}}),
            ('note.sign', {'id': server.note}),
            ('appointment.cancel', {'id': server.seen, 'reason': 'patient'}),
            ('appointment.move', {'id': server.seen, 'starts_at': '2026-12-08T03:00:00Z'}),
            ('invoice.create', {'invoice': {'type': 'invoice', 'id': new_id(), 'patient': server.chart,
                                            'status': 'draft'}, 'lines': []})):
        result = noel.do(name, **args)
        assert result['status'] == 'refused' and result['code'] in ('not_found', 'invalid'), (name, result)
        assert 'Robin' not in json.dumps(result) and 'records' not in result, result
    for name, args in (('record.change', {'type': 'patient', 'id': new_id(), 'changes': {
            'preferred_name': {'old': None, 'new': 'X'}}}),):
        missing = noel.do(name, **args)
        foreign = noel.do(name, **dict(args, id=server.chart))
        assert (missing['code'], missing['message']) == (foreign['code'], foreign['message']), (missing, foreign)


def test_owners_get_no_patients():
    for login in ('ora', 'ada'):
        client = shared().people[login]
        _, rows = client.snapshot()
        assert not kinds(rows) & {'patient', 'related_person', 'appointment', 'condition', 'progress_note', 'invoice',
                                  'prescription', 'payment', 'document'}, (login, kinds(rows))
        body = client.get('/v1/changes?cursor=0').body
        assert b'Robin' not in body and MARK.encode() not in body and b'Grief' not in body


def test_reception_gets_no_notes():
    for login in ('rita', 'max'):
        client = shared().people[login]
        _, rows = client.snapshot()
        assert {'patient', 'appointment'} <= kinds(rows), kinds(rows)
        assert not kinds(rows) & {'condition', 'progress_note', 'medication', 'prescription'}, kinds(rows)
        for path in ('/v1/changes?cursor=0', '/v1/snapshot'):
            assert MARK.encode() not in client.get(path).body, path
        patient = next(row['put'] for row in rows if row['put']['id'] == shared().chart)
        assert patient['mobile']


def test_drafts_are_the_authors_own():
    server = shared()
    noel, rita = server.people['noel'], server.people['rita']
    patient = server.patient(rita, 'Shared', server.diaries['noel'])['id']
    rita.done('appointment.book', appointment=server.visit(patient, server.diaries['mara'], monday(5)))
    note = {'type': 'progress_note', 'id': new_id(), 'patient': patient, 'kind': 'free', 'status': 'draft',
            'author': server.diaries['mara'], 'note_date': '2026-11-20', 'body': 'Unripe'}
    server.mara.done('note.save', note=note)
    assert note['id'] in [row['put']['id'] for row in server.mara.snapshot()[1]]
    assert b'Unripe' not in noel.get('/v1/snapshot?scope=patient:' + patient).body
    assert noel.do('note.sign', id=note['id'])['status'] == 'refused'
    assert server.mara.do('note.sign', id=note['id'])['status'] == 'ok'
    assert b'Unripe' in noel.get('/v1/snapshot?scope=patient:' + patient).body


def test_choices_of_the_practice_widen_the_sight():
    with Practice(staff=('noel',)) as server:
        patient = server.patient(server.mara, 'Owl', server.diaries['mara'])['id']
        noel = server.client('noel')
        before = noel.get('/v1/hello').json['scope_revision']
        assert 'patient' not in kinds(noel.snapshot()[1])
        result = server.boss.do('setting.set', key='clinicians_see_all_patients', value='true')
        assert result['status'] == 'ok', result
        assert noel.get('/v1/hello').json['scope_revision'] != before
        assert patient in [row['put']['id'] for row in noel.snapshot()[1]]


def test_patients_see_themselves():
    server = shared()
    answer = server.boss.post('/v1/users', {'login': 'robin', 'display_name': 'Robin', 'roles': ['patient'],
                                            'password': 'thirteen quiet parrots', 'patient': server.chart})
    assert answer.status == 200, answer
    robin = server.client('robin')
    other = server.patient(server.mara, 'Stranger', server.diaries['mara'])['id']
    _, rows = robin.snapshot()
    assert server.chart in [row['put']['id'] for row in rows]
    assert other not in [row['put']['id'] for row in rows]
    body = robin.get('/v1/changes?cursor=0').body
    assert b'Stranger' not in body and MARK.encode() not in body, 'an unreleased note'
    assert robin.get('/v1/users').status == 403


def test_every_route_for_every_role():
    """Walks the whole table: no route answers somebody whom its rule does not name, and none crashes."""
    server = shared()
    document = Client(server).get('/v1/openapi.json').json
    refused = {('GET', '/v1/users'): {'noel', 'rita'},
               ('POST', '/v1/users'): {'noel', 'rita', 'ora'},
               ('GET', '/v1/audit'): {'noel', 'rita'},
               ('POST', '/v1/devices/{id}/approve'): {'noel', 'rita', 'ora'},
               ('PATCH', '/v1/blobs/{hash}'): {'ora', 'ada'}}
    skip = {'sessions.close', 'events', 'sessions.role', 'setup', 'rooms.socket'}
    anonymous = Client(server)
    walked = 0
    for template, calls in document['paths'].items():
        for method, call in calls.items():
            method = method.upper()
            if call['operationId'] in skip:
                continue
            path = template.replace('{id}', new_id()).replace('{hash}', 'a' * 64)
            body = {} if method in ('POST', 'PUT', 'PATCH', 'DELETE') and 'blobs' not in path else None
            headers = {'Upload-Offset': '5', 'Upload-Length': '9'} if 'blobs' in path and method == 'PATCH' else None
            raw = b'x' if headers else None
            if raw:
                headers['Content-Type'] = 'application/octet-stream'
            if 'requestBody' not in call:
                body = None
            answer = anonymous.call(method, path, body, headers, raw)
            if call['security']:
                assert answer.status == 401, (method, path, answer)
            else:
                assert answer.status not in (403, 500), (method, path, answer)
            for login, client in server.people.items():
                answer = client.call(method, path, body, headers, raw)
                assert answer.status < 500, (login, method, path, answer)
                assert answer.status != 401 or not call['security'], (login, method, path, answer)
                if login in refused.get((method, template), set()):
                    assert answer.status == 403, (login, method, template, answer)
                elif (method, template) in refused:
                    assert answer.status != 403, (login, method, template, answer)
                walked += 1
    print('# %d cells' % walked)


def test_what_is_not_in_the_table_is_not_there():
    for path in ('/v1/everything', '/', '/v1', '/v1/devices/x/y/z', '/v1/../etc/passwd', '/v2/hello'):
        assert shared().mara.get(path).status in (400, 404), path
    assert shared().mara.call('PUT', '/v1/hello', {}).status == 405


def test_a_body_that_nobody_asked_for():
    """It is refused from the head, before anybody asks who is calling, and nothing is done."""
    rita = shared().client('rita')
    for client in (Client(shared()), rita):
        answer = client.call('DELETE', '/v1/sessions/current', {})
        assert answer.status == 413 and answer.code == 'too_large', answer
    assert rita.get('/v1/account').status == 200
    assert rita.call('DELETE', '/v1/sessions/current').status == 204
    assert Client(shared()).call('DELETE', '/v1/sessions/current').status == 401


def test_not_the_device_of_the_session():
    mara = shared().client()
    answer = mara.call('POST', '/v1/operations', {'device': shared().people['rita'].device, 'operations': []})
    assert answer.status == 403 and answer.field == 'device', answer


if __name__ == '__main__':
    sys.exit(main(globals()))
