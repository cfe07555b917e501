#!/usr/bin/python3
# test_access.py: who is let into which record: given, taken in need, supervised, ended; and what is left of it
#
# SPDX-License-Identifier: GPL-3.0-or-later
import datetime
import hashlib
import json
import sys
import time

from practice import STAFF, Practice, monday
from wattled import PASSWORD, eventually, main, new_id

practice = None


def shared():
    global practice
    if practice is None:
        practice = Practice()
        practice.people = {login: practice.client(login) for login in STAFF}
        practice.manager = practice.people['max']
    return practice


def chart(name):
    """A patient of Mara's with a visit and a signed note; Noel has nothing to do with them."""
    server = shared()
    patient = server.patient(server.mara, name, server.diaries['mara'])['id']
    note = {'type': 'progress_note', 'id': new_id(), 'patient': patient, 'kind': 'free', 'status': 'draft',
            'author': server.diaries['mara'], 'note_date': '2026-11-20', 'body': name + ' said'}
    server.mara.done('note.save', note=note)
    assert server.mara.do('note.sign', id=note['id'])['status'] == 'ok'
    return patient, note['id']


def sees(client, patient):
    """Whether a whole look says so; and that a single look agrees."""
    rows = [row for row in client.snapshot()[1] if row.get('scope') == 'patient:' + patient]
    single = client.snapshot(scope='patient:' + patient)[1]
    assert bool(rows) == any(row['put']['id'] == patient for row in single), (rows, single)
    return bool(rows)


def moves(rows, patient):
    return [name for row in rows for name in ('gained', 'lost') if row.get(name) == 'patient:' + patient]


def head(client):
    return client.get('/v1/hello').json['head']


def emergency(client, patient, reason='She called and sounded lost', password=PASSWORD):
    return client.post('/v1/emergency', {'patient': patient, 'reason': reason, 'password': password})


def test_given_and_taken_back():
    server, noel = shared(), shared().people['noel']
    patient, _ = chart('Given')
    start = head(noel)
    grant = server.manager.done('access.grant', patient=patient, practitioner=server.diaries['noel'],
                                reason='Stands in for a week')
    _, rows = noel.changes(start)
    assert moves(rows, patient) == ['gained'] and b'Given said' in json.dumps(rows).encode()
    assert sees(noel, patient)
    middle = head(noel)
    assert server.mara.do('access.revoke', id=grant['id'])['status'] == 'ok'
    _, rows = noel.changes(middle)
    assert moves(rows, patient) == ['lost'], rows
    assert not sees(noel, patient)
    _, rows = noel.changes(start)
    assert moves(rows, patient) == ['gained', 'lost'] and 'Given' not in json.dumps(rows), rows


def test_only_who_may_gives():
    server = shared()
    patient, _ = chart('Guarded')
    for login, code in (('noel', 'not_found'), ('rita', 'forbidden'), ('ora', 'forbidden'), ('ada', 'forbidden')):
        result = server.people[login].do('access.grant', patient=patient, practitioner=server.diaries['noel'],
                                         reason='I want to')
        assert (result['status'], result['code']) == ('refused', code), (login, result)
    assert server.mara.do('access.grant', patient=patient, practitioner=server.diaries['noel'],
                          reason='While I am away')['status'] == 'ok'
    assert sees(server.people['noel'], patient)


def test_a_given_access_ends_by_itself():
    server, noel = shared(), shared().people['noel']
    patient, _ = chart('Brief')
    until = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=1)
    server.manager.done('access.grant', patient=patient, practitioner=server.diaries['noel'], reason='For a moment',
                        until=until.strftime('%Y-%m-%dT%H:%M:%SZ'))
    start = head(noel)
    deadline = time.monotonic() + 60
    while 'lost' not in moves(noel.changes(start)[1], patient):
        assert time.monotonic() < deadline, 'the access did not end'
        time.sleep(0.2)  # lint: allow banned-call: the server's own clock is what is waited for
    assert not sees(noel, patient)


def test_emergency():
    server, noel = shared(), shared().people['noel']
    patient, note = chart('Urgent')
    other, _ = chart('Unrelated')
    found = noel.post('/v1/people', {'words': 'urgent'}).json['people']
    assert [person['id'] for person in found] == [patient] and found[0]['own'] is False, found
    assert set(found[0]) <= {'id', 'given_names', 'family_name', 'birth_date', 'own'}
    assert emergency(noel, patient, password='wrong').field == 'password'
    assert emergency(noel, patient, reason='short').field == 'reason'
    assert noel.do('access.emergency', patient=patient, reason='Without a password')['field'] == 'password'
    for login in ('rita', 'max', 'ora', 'ada'):
        assert emergency(server.people[login], patient).status == 403, login
    assert emergency(noel, new_id()).status == 404
    assert not sees(noel, patient)

    start = head(noel)
    answer = emergency(noel, patient)
    assert answer.status == 200, answer
    grant = answer.json['grant']
    assert grant['kind'] == 'emergency' and grant['until_at'] and grant['review_due_at'], grant
    assert moves(noel.changes(start)[1], patient) == ['gained']
    assert sees(noel, patient) and not sees(noel, other)
    assert emergency(noel, patient).status == 409
    # It reads all and writes a note, and nothing else.
    draft = {'type': 'progress_note', 'id': new_id(), 'patient': patient, 'kind': 'free', 'status': 'draft',
             'author': server.diaries['noel'], 'note_date': '2026-11-20', 'body': 'Advised on the phone'}
    assert noel.do('note.save', note=draft)['status'] == 'ok'
    assert noel.do('note.sign', id=draft['id'])['status'] == 'ok'
    for name, args in (
            ('record.create', {'record': {'type': 'condition', 'id': new_id(), 'patient': patient, 'name': 'X',
                                          'status': 'active'}}),
            ('record.change', {'type': 'patient', 'id': patient, 'changes': {
                'preferred_name': {'old': None, 'new': 'X'}}}),
            ('appointment.book', {'appointment': server.visit(patient, server.diaries['noel'], monday(7))}),
            ('prescription.sign', {'prescription': {'type': 'prescription', 'id': new_id(), 'patient': patient,
                                                    'prescriber': server.diaries['noel'], 'status': 'draft',
                                                    'prescribed_date': '2026-11-20'}, 'lines': []}),
            ('access.grant', {'patient': patient, 'practitioner': server.diaries['noel'], 'reason': 'Stay'})):
        result = noel.do(name, **args)
        assert (result['status'], result.get('code')) == ('refused', 'forbidden'), (name, result)
    # What is done and read under it carries the reason.
    assert noel.do('chart.open', patient=patient)['status'] == 'ok'
    events = server.manager.get('/v1/audit?patient=' + patient).json['events']
    opened = next(event for event in events if event['action'] == 'chart.open')
    assert opened['reason'] == 'She called and sounded lost', opened
    reads = [event for event in events if event['action'] in ('changes', 'snapshot')]
    assert any(event['reason'] == 'She called and sounded lost' for event in reads), reads
    # The privacy officer has it in front of them, and reviews it; nobody reviews their own.
    rows = [row['put'] for row in server.manager.snapshot()[1] if row['put']['id'] == grant['id']]
    assert rows and 'review_outcome' not in rows[0]
    assert noel.do('access.review', id=grant['id'], outcome='justified')['code'] == 'forbidden'
    middle = head(noel)
    assert noel.do('access.revoke', id=grant['id'])['status'] == 'ok'
    assert moves(noel.changes(middle)[1], patient) == ['lost'] and not sees(noel, patient)
    assert noel.do('note.addend', note=dict(draft, id=new_id(), kind='addendum', status='signed',
                                            addendum_to=draft['id']))['code'] == 'not_found'
    reviewed = server.manager.done('access.review', id=grant['id'], outcome='justified', note='Rang her back')
    assert reviewed['review_outcome'] == 'justified' and reviewed['reviewed_by'] == server.manager.user['id']
    assert server.manager.do('access.review', id=grant['id'], outcome='justified')['code'] == 'conflict'


def test_supervision():
    server, noel = shared(), shared().people['noel']
    patient, _ = chart('Supervised')
    start = head(noel)
    change = {'supervisor': {'old': None, 'new': server.diaries['noel']}}
    assert server.manager.do('record.change', type='practitioner', id=server.diaries['mara'],
                             changes=change)['status'] == 'ok'
    assert moves(noel.changes(start)[1], patient) == ['gained'] and sees(noel, patient)
    fresh, _ = chart('Newcomer')
    assert sees(noel, fresh)
    middle = head(noel)
    change = {'supervisor': {'old': server.diaries['noel'], 'new': None}}
    assert server.manager.do('record.change', type='practitioner', id=server.diaries['mara'],
                             changes=change)['status'] == 'ok'
    _, rows = noel.changes(middle)
    assert moves(rows, patient) == ['lost'] and moves(rows, fresh) == ['lost'], rows
    assert not sees(noel, patient)


def test_rows_that_leave():
    server = shared()
    patient, note = chart('Released')
    answer = server.boss.post('/v1/users', {'login': 'released', 'display_name': 'R', 'roles': ['patient'],
                                            'password': PASSWORD, 'patient': patient})
    assert answer.status == 200, answer
    robin = server.client('released')
    assert server.mara.do('note.release', id=note, released=True)['status'] == 'ok'
    start, rows = robin.snapshot()
    assert note in [row['put']['id'] for row in rows]
    assert server.mara.do('note.release', id=note, released=False)['status'] == 'ok'
    _, rows = robin.changes(start)
    assert [row for row in rows if row.get('delete') == note], rows
    assert b'Released said' not in robin.get('/v1/changes?cursor=0').body
    rita = server.people['rita']
    data = b'%PDF-1.7 Bill 7'
    name = hashlib.blake2b(data, digest_size=32).hexdigest()
    answer = rita.call('PATCH', '/v1/blobs/' + name, raw=data, headers={
        'Upload-Offset': '0', 'Upload-Length': str(len(data)), 'Content-Type': 'application/octet-stream'})
    assert answer.status == 204, answer
    document = rita.done('document.file', document={
        'type': 'document', 'id': new_id(), 'patient': patient, 'kind': 'invoice', 'title': 'Bill 7',
        'document_date': '2026-11-20', 'media_type': 'application/pdf', 'size': len(data), 'hash': name})
    assert document and document['title'] == 'Bill 7', 'reception sees what it files'
    start, rows = rita.snapshot()
    assert document['id'] in [row['put']['id'] for row in rows]
    assert server.mara.do('record.change', type='document', id=document['id'],
                          changes={'kind': {'old': 'invoice', 'new': 'letter'}})['status'] == 'ok'
    _, rows = rita.changes(start)
    assert [row for row in rows if row.get('delete') == document['id']], rows
    assert document['id'] not in [row['put']['id'] for row in rita.snapshot()[1]]


def test_accounts_of_patients():
    server = shared()
    patient, _ = chart('Portal')
    user = server.boss.post('/v1/users', {
        'login': 'portal', 'display_name': 'Portal Person', 'email': 'portal@example.org', 'roles': ['patient'],
        'password': PASSWORD, 'patient': patient}).json['user']
    assert 'display_name' not in user and 'patient' not in user, user
    for login, wanted in (('ora', None), ('noel', None), ('ada', {'login', 'roles', 'status'}), ('rita', 'all'),
                          ('max', 'all')):
        client = server.people[login]
        rows = {row['put']['id']: row['put'] for row in client.snapshot()[1]}
        found = rows.get(user['id'])
        if wanted is None:
            assert found is None, (login, found)
            continue
        fields = set(found) - {'type', 'id', 'revision', 'changed_at', 'changed_by'}
        assert wanted == fields or (wanted == 'all' and 'display_name' in fields), (login, fields)
    assert b'Portal Person' not in server.people['ora'].get('/v1/users').body
    assert b'Portal Person' not in server.people['ada'].get('/v1/users').body
    # One who works here and is treated here is a colleague to everybody else.
    both = server.boss.post('/v1/users', {'login': 'both', 'display_name': 'Both', 'roles': ['reception', 'patient'],
                                          'password': PASSWORD, 'patient': patient}).json['user']
    for login in ('noel', 'ora', 'ada'):
        found = next(row['put'] for row in server.people[login].snapshot()[1] if row['put']['id'] == both['id'])
        assert found['display_name'] == 'Both' and 'patient' not in found, found


def test_hold():
    server = shared()
    patient, note = chart('Held')
    draft = {'type': 'progress_note', 'id': new_id(), 'patient': patient, 'kind': 'free', 'status': 'draft',
             'author': server.diaries['mara'], 'note_date': '2026-11-20', 'body': 'Draft'}
    server.mara.done('note.save', note=draft)
    assert server.mara.do('patient.hold', id=patient, reason='Court')['code'] == 'forbidden'
    assert server.manager.done('patient.hold', id=patient, reason='Court order 12')['legal_hold'] is True
    for client, name, args in ((server.manager, 'record.delete', {'type': 'patient', 'id': patient, 'reason': 'x'}),
                               (server.mara, 'note.discard', {'id': draft['id']})):
        result = client.do(name, **args)
        assert (result['code'], result['field']) == ('forbidden', 'legal_hold'), result
    assert server.mara.do('note.sign', id=draft['id'])['status'] == 'ok', 'a hold keeps, it does not freeze'
    assert server.manager.do('patient.release_hold', id=patient, reason='Lifted')['status'] == 'ok'
    assert server.manager.do('record.delete', type='patient', id=patient, reason='x')['status'] == 'ok'


def test_the_window_of_visits():
    with Practice(staff=('noel',)) as server:
        noel = server.client('noel')
        patient = server.patient(server.mara, 'Window', server.diaries['mara'])['id']
        visit = server.visit(patient, server.diaries['noel'], datetime.datetime.now(datetime.timezone.utc)
                             - datetime.timedelta(days=70))
        assert server.mara.do('appointment.book', appointment=visit)['status'] == 'ok'
        assert sees(noel, patient)
        eventually(lambda: any(row['put'].get('key') == 'care_since' for row in noel.snapshot()[1]),
                   'there is no window', 60)
        start = head(noel)
        # From two years to one month: the visit is behind the window.
        assert server.boss.do('setting.set', key='care_months', value='1')['status'] == 'ok'
        eventually(lambda: 'lost' in moves(noel.changes(start)[1], patient), 'the window did not move', 60)
        assert not sees(noel, patient) and sees(server.mara, patient)
        before = noel.get('/v1/hello').json['scope_revision']
        assert server.boss.do('setting.set', key='care_months', value='0')['status'] == 'ok'
        # Backwards everybody is told to look again at everything.
        eventually(lambda: noel.get('/v1/hello').json['scope_revision'] != before, 'the window did not open', 60)
        assert sees(noel, patient)


def test_readings_are_named():
    server = shared()
    one, _ = chart('Reader one')
    two, _ = chart('Reader two')
    client = server.client()
    start = head(client)
    client.snapshot()
    events = server.manager.get('/v1/audit?actor=%s' % client.user['id']).json
    event = next(event for event in events['events'] if event['action'] == 'snapshot')
    assert {one, two} <= set(events['read'][event['changes']]), events['read']
    draft = {'type': 'progress_note', 'id': new_id(), 'patient': one, 'kind': 'free', 'status': 'draft',
             'author': server.diaries['mara'], 'note_date': '2026-11-20', 'body': 'More'}
    server.mara.done('note.save', note=draft)
    client.changes(start)
    event = next(event for event in server.manager.get('/v1/audit?patient=' + one).json['events']
                 if event['action'] == 'changes')
    assert event['actor'] == client.user['id'] and event['device'] == client.device, event
    # A page that tells of many is found by each of them, and the pages of the trail follow each other.
    lines = server.manager.get('/v1/audit?patient=' + one).json['events']
    wide = [event for event in lines if event['action'] == 'snapshot' and event['actor'] == client.user['id']]
    assert wide and 'patient' not in wide[0] and wide[0]['id'] in {
        event['id'] for event in server.manager.get('/v1/audit?patient=' + two).json['events']}, wide
    numbers = [event['sequence'] for event in lines]
    assert numbers == sorted(numbers, reverse=True)
    paged, before = [], ''
    while True:
        page = server.manager.get('/v1/audit?patient=%s&limit=2%s' % (one, before)).json['events']
        paged += [event['sequence'] for event in page]
        if len(page) < 2:
            break
        before = '&before=%d' % paged[-1]
    assert paged[-len(numbers):] == numbers, (paged, numbers)
    by = server.manager.get('/v1/audit?patient=%s&actor=%s' % (one, client.user['id'])).json['events']
    assert by and {event['actor'] for event in by} == {client.user['id']}
    # Who looks at what became of a chart stands in its lines, too, and who looks at all of them in nobody's.
    server.manager.get('/v1/audit')
    own = server.manager.get('/v1/audit?actor=' + server.manager.user['id']).json['events'][:3]
    assert [(event['action'], event.get('patient')) for event in own] == [
        ('audit.read', None), ('audit.read', None), ('audit.read', one)], own
    # A page of no clinical row, and one of somebody who reads none, leaves no line.
    before = server.manager.get('/v1/audit?actor=%s' % server.people['rita'].user['id']).json['events']
    server.people['rita'].snapshot()
    after = server.manager.get('/v1/audit?actor=%s' % server.people['rita'].user['id']).json['events']
    assert [event['id'] for event in before] == [event['id'] for event in after]


def test_what_is_opened_is_named():
    server = shared()
    one, _ = chart('Opened')
    other, _ = chart('Another')
    mara = server.client()
    problem = mara.create('condition', patient=one, name='X', status='active')
    for kind, id, status in (('condition', problem['id'], 'ok'), ('condition', new_id(), 'refused'),
                             ('nothing', problem['id'], 'refused'), ('user', mara.user['id'], 'refused')):
        answer = mara.do('chart.open', patient=one, type=kind, id=id)
        assert answer['status'] == status, (kind, answer)
    assert mara.do('chart.open', patient=other, type='condition', id=problem['id'])['code'] == 'invalid'
    operation = mara.operation('chart.open', {'patient': one, 'type': 'condition', 'id': problem['id']})
    assert [mara.push(operation).json['results'][0]['status'] for _ in range(2)] == ['ok', 'duplicate']
    lines = [event for event in server.manager.get('/v1/audit?patient=' + one).json['events']
             if event['action'] == 'chart.open' and event['outcome'] == 'ok']
    assert [(line['object_type'], line['object']) for line in lines] == [('condition', problem['id'])] * 2, lines
    # Whoever may not see what is in it, may not say that they opened it.
    assert server.people['rita'].do('chart.open', patient=one)['status'] == 'ok'
    answer = server.people['rita'].do('chart.open', patient=one, type='condition', id=problem['id'])
    assert answer['code'] in ('forbidden', 'not_found'), answer


def test_refused_words_are_kept():
    """What a clinician wrote and the server did not take stands for them and the manager, until somebody saw to it."""
    server = shared()
    noel = server.client('noel')
    stranger, _ = chart('Nobody of Noel')
    note = {'type': 'progress_note', 'id': new_id(), 'patient': stranger, 'kind': 'free', 'status': 'draft',
            'author': server.diaries['noel'], 'note_date': '2026-11-20', 'body': 'Spoke of the verandah'}
    operation = noel.operation('note.save', {'note': note})
    for _ in range(2):
        noel.push(operation)
    for client in (noel, server.manager):
        rows = client.get('/v1/quarantine').json['refused']
        row = next(row for row in rows if row['id'] == operation['id'])
        assert row['args']['note']['body'] == 'Spoke of the verandah' and row['code'] and row['message'], row
        assert row['user'] == noel.user['id'] and row['device'] == noel.device and row['label'] == 'Save a note', row
    assert len([row for row in rows if row['id'] == operation['id']]) == 1
    # Nobody else sees them or has them go, and looking is written down.
    path = '/v1/quarantine/' + operation['id']
    assert not server.people['rita'].get('/v1/quarantine').json['refused']
    assert server.people['rita'].post(path, {'reason': 'Mine'}).status == 404
    assert server.people['ora'].get('/v1/quarantine').status == 403
    assert server.manager.post(path, {'reason': ''}).field == 'reason'
    assert server.manager.post(path, {'reason': 'Written into the right chart by Noel'}).status == 204
    assert server.manager.post(path, {'reason': 'Again'}).status == 404
    assert operation['id'] not in [row['id'] for row in noel.get('/v1/quarantine').json['refused']]
    lines = server.manager.get('/v1/audit?actor=' + server.manager.user['id']).json['events']
    settled = next(line for line in lines if line['action'] == 'quarantine.settle')
    assert settled['object'] == operation['id'] and settled['reason'] == 'Written into the right chart by Noel', settled
    assert any(line['action'] == 'quarantine.read' for line in lines)
    # What is no clinician's writing and was simply not allowed is not kept.
    rita = server.people['rita']
    before = noel.get('/v1/quarantine').json
    rita.do('note.save', note=dict(note, id=new_id()))
    noel.do('appointment.cancel', id=new_id(), reason='patient')
    assert not rita.get('/v1/quarantine').json['refused'] and noel.get('/v1/quarantine').json == before


def test_figures():
    server = shared()
    for login, status in (('ora', 200), ('max', 200), ('noel', 403), ('rita', 403), ('ada', 403)):
        assert server.people[login].get('/v1/figures').status == status, login
    figures = server.people['ora'].get('/v1/figures').json
    assert len(figures['months']) == 12 and figures['smallest'] == 5
    for month in figures['months']:
        for name in ('completed', 'cancelled', 'no_show', 'booked'):
            assert month[name] is None or month[name] == 0 or month[name] >= 5, month


if __name__ == '__main__':
    sys.exit(main(globals()))
