#!/usr/bin/python3
# test_canary.py: marked words in what is not one's own, looked for in every byte that one is given
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""One practice beside another, full of a marked word; and within the first, one patient whose every field is marked."""
import datetime
import hashlib
import itertools
import json
import sys

from practice import STAFF, Practice, monday
from wattled import PASSWORD, Client, Socket, main, new_id

FAR = 'Zanzibarquokka'       # in every text of the other practice
NAME = 'Quollbandicoot'      # in every text that says who a patient of Mara's is, and in their visits and bills
INNER = 'Numbatpotoroo'      # in every clinical text about them
SEEN = {'noel': (), 'ora': (), 'ada': (), 'rita': (NAME,), 'max': (NAME,)}  # what each role may come upon

world = None


def fill(client, schemas, kind, mark, **fields):
    """A record with the word in every field that takes a text; what a field refuses is left out."""
    record = dict(fields, type=kind, id=new_id())
    for name, told in schemas[kind]['properties'].items():
        if told.get('type') == 'string' and 'format' not in told and 'enum' not in told and not told.get('readOnly'):
            if name not in record and told.get('maxLength', 99) >= len(mark) and name != 'zone':
                record[name] = mark
    while True:
        result = client.do('record.create', record=record)
        if result['status'] == 'ok':
            return record['id'], sum(mark in str(value) for value in record.values())
        assert result.get('field') in record and result['field'] not in fields, result
        del record[result['field']]


def fill_conversations(server, mara, patient, who, inner):
    """Messages about a visit and among two of the staff, a task, a consent that was withdrawn."""
    now = datetime.datetime.now(datetime.timezone.utc)
    visit = mara.done('appointment.book', appointment=server.visit(patient, server.diaries['mara'], now))['id']
    thread = mara.done('thread.open', appointment=visit)['id']
    data = ('%PDF-1.7 ' + inner + new_id()).encode()
    name = hashlib.blake2b(data, digest_size=32).hexdigest()
    assert mara.call('PATCH', '/v1/blobs/' + name, None, {
        'Content-Type': 'application/octet-stream', 'Upload-Offset': '0', 'Upload-Length': str(len(data))},
        data).status == 204
    sent = mara.do('message.send', thread=thread, body=inner, document={
        'type': 'document', 'id': new_id(), 'kind': 'other', 'title': inner, 'document_date': '2026-11-20',
        'media_type': 'application/pdf', 'size': len(data), 'hash': name})
    assert sent['status'] == 'ok', sent
    message = next(record['id'] for record in sent['records'] if record['type'] == 'message')
    assert mara.do('message.withdraw', id=message, reason=who)['status'] == 'ok'
    assert mara.do('message.send', thread=thread, body=inner)['status'] == 'ok'
    colleague = server.boss.post('/v1/users', {'login': 'colleague-' + new_id()[-8:], 'display_name': 'Colleague',
                                               'roles': ['reception'], 'password': PASSWORD}).json['user']['id']
    talk = mara.done('thread.start', thread={'type': 'thread', 'id': new_id(), 'kind': 'staff', 'subject': inner,
                                             'members': colleague})['id']
    assert mara.do('message.send', thread=talk, body=inner)['status'] == 'ok'
    task = mara.done('task.give', task={'type': 'task', 'id': new_id(), 'patient': patient, 'title': inner,
                                        'instructions': inner, 'status': 'open'})['id']
    assert mara.do('task.withdraw', id=task, reason=who)['status'] == 'ok'
    form = server.client(role='manager').done('consent_form.publish', form={
        'type': 'consent_form', 'id': new_id(), 'kind': 'telehealth', 'title': 'Telehealth',
        'body': FAR if who == FAR else 'We meet by video.'})['id']
    consent = mara.done('consent.give', patient=patient, form=form, how='phone')['id']
    assert mara.do('consent.withdraw', id=consent, reason=who)['status'] == 'ok'
    return thread


def fill_chart(server, mara, schemas, who, inner):
    """Something of every kind in the record of one patient, with a marked word wherever one fits."""
    patient, marks = fill(mara, schemas, 'patient', who, status='active', primary_practitioner=server.diaries['mara'])
    for kind, mark, fields in (('related_person', who, {'relationship': 'mother'}),
                               ('condition', inner, {'status': 'active'}),
                               ('medication', inner, {'status': 'current'})):
        marks += fill(mara, schemas, kind, mark, patient=patient, **fields)[1]
    visit = mara.done('appointment.book', appointment=server.visit(patient, server.diaries['mara'], monday(2),
                                                                   reason=who, notes=who))['id']
    mara.done('appointment.cancel', id=visit, reason='patient', note=who)
    mara.done('appointment.book', appointment=server.visit(patient, server.diaries['mara'], monday(4), reason=who))
    note = {'type': 'progress_note', 'id': new_id(), 'patient': patient, 'kind': 'soap', 'status': 'draft',
            'author': server.diaries['mara'], 'note_date': '2026-11-20', 'subjective': inner, 'objective': inner,
            'assessment': inner, 'plan': inner, 'body': inner}
    mara.done('note.save', note=note)
    assert mara.do('note.sign', id=note['id'])['status'] == 'ok'
    mara.done('note.save', note=dict(note, id=new_id()))
    invoice = {'type': 'invoice', 'id': new_id(), 'patient': patient, 'status': 'draft', 'note': who,
               'payer_name': who}
    line = {'type': 'invoice_line', 'id': new_id(), 'invoice': invoice['id'], 'patient': patient, 'position': 1,
            'description': who, 'quantity': 1000, 'unit_price': 10000, 'tax_code': 'gst_free'}
    mara.done('invoice.create', invoice=invoice, lines=[line])
    mara.done('invoice.issue', id=invoice['id'])
    mara.done('payment.record', payment={
        'type': 'payment', 'id': new_id(), 'invoice': invoice['id'], 'patient': patient, 'amount': 5000,
        'method': 'cash', 'received_at': '2026-11-20T03:00:00Z', 'reference': who})
    thread = fill_conversations(server, mara, patient, who, inner)
    names = {}
    for kind, title in (('letter', inner), ('invoice', who)):
        data = (title + new_id()).encode()
        names[kind] = hashlib.blake2b(data, digest_size=32).hexdigest()
        assert mara.call('PATCH', '/v1/blobs/' + names[kind], None, {
            'Content-Type': 'application/octet-stream', 'Upload-Offset': '0', 'Upload-Length': str(len(data))},
            data).status == 204
        mara.done('document.file', document={
            'type': 'document', 'id': new_id(), 'patient': patient, 'kind': kind, 'title': title,
            'document_date': '2026-11-20', 'media_type': 'application/pdf', 'size': len(data),
            'hash': names[kind]})
    mara.done('access.grant', patient=patient, practitioner=server.diaries['mara'], reason=who)
    answer = server.boss.post('/v1/users', {'login': 'account-' + new_id()[-8:], 'display_name': who,
                                            'roles': ['patient'], 'password': PASSWORD, 'patient': patient})
    assert answer.status == 200, answer
    made = {'patient': patient, 'thread': thread,
            'visit': visit, 'note': note['id'], 'invoice': invoice['id'], 'blob': names['letter']}
    return made, marks + 31


class World:
    def __init__(self):
        self.server, self.other = Practice(), Practice()
        schemas = Client(self.server).get('/v1/openapi.json').json['components']['schemas']
        self.near, marks = fill_chart(self.server, self.server.mara, schemas, NAME, INNER)
        self.far, more = fill_chart(self.other, self.other.mara, schemas, FAR, FAR)
        manager = self.other.client(role='manager')
        for kind in ('location', 'service', 'practitioner', 'medicine', 'appointment_type'):
            fields = {'practitioner': {'profession': 'nurse'}, 'service': {'tax_code': 'gst'},
                      'appointment_type': {'minutes': 50}, 'medicine': {'schedule': 's4'},
                      'location': {'zone': 'Australia/Sydney', 'state_code': 'NSW'}}[kind]
            more += fill(manager, schemas, kind, FAR, **fields)[1]
        print('# %d marked fields within, %d beside' % (marks, more))
        self.people = {login: self.server.client(login) for login in STAFF}


def shared():
    global world
    if world is None:
        world = World()
    return world


def marks_in(data, allowed):
    data = data if isinstance(data, bytes) else data.encode()
    return [mark for mark in (FAR, NAME, INNER) if mark not in allowed and mark.lower().encode() in data.lower()]


def everything(client):
    """Every byte that the server can be brought to say, with what was asked for it."""
    targets = list(shared().near.values()) + list(shared().far.values())
    paths = ['/v1/snapshot', '/v1/snapshot?limit=3', '/v1/changes?cursor=0', '/v1/changes?cursor=5&limit=2',
             '/v1/users', '/v1/devices', '/v1/devices?all=1', '/v1/account', '/v1/hello', '/v1/health',
             '/v1/metrics', '/v1/docs',
             '/v1/openapi.json', '/v1/figures', '/v1/audit', '/v1/audit?limit=1000', '/v1/snapshot?scope=practice',
             '/v1/snapshot?after=patient:00000000000000000000000000', '/v1/everything']
    for target in targets:
        paths += ['/v1/snapshot?scope=patient:' + target, '/v1/audit?patient=' + target, '/v1/blobs/' + target,
                  '/v1/devices/' + target, '/v1/snapshot?after=appointment:' + target]
    for path in paths:
        answer = client.get(path)
        yield path, json.dumps(answer.headers).encode() + answer.body
    for kind, key in itertools.product(('patient', 'progress_note', 'appointment', 'invoice', 'document'), targets):
        result = client.push(client.operation('record.change', {
            'type': kind, 'id': key, 'changes': {'title': {'old': None, 'new': 'x'}}}))
        yield 'record.change ' + kind, result.body
    for name, key in (('note.sign', 'note'), ('appointment.arrive', 'visit'), ('invoice.issue', 'invoice'),
                      ('note.discard', 'note'), ('thread.mark', 'thread'), ('appointment.cancel', 'visit')):
        for side in (shared().near, shared().far):
            more = {'reason': 'patient'} if name == 'appointment.cancel' else {}
            yield name, client.push(client.operation(name, dict(more, id=side[key]))).body
    # A time that is taken answers with times that are free, and with nothing about whose it is.
    patient = client.push(client.operation('appointment.book', {'appointment': shared().server.visit(
        shared().near['patient'], shared().server.diaries['mara'], monday(4))}))
    yield 'appointment.book', patient.body


def test_nothing_is_found():
    found, walked, size = [], 0, 0
    for login, client in shared().people.items():
        allowed = SEEN[login]
        for asked, data in everything(client):
            walked, size = walked + 1, size + len(data)
            # Those who may know of the patient are told what they asked to change; the clinical words never.
            marks = marks_in(data, allowed)
            if marks:
                found.append((login, asked, marks))
    print('# %d answers, %d bytes' % (walked, size))
    assert not found, '\n'.join(map(str, found[:20]))


def test_nothing_is_found_by_searching():
    """The search for a record to open in need names people of this practice, each of them written down; no others."""
    for words in (FAR, FAR[:6], NAME, INNER, INNER[:5]):
        for login, client in shared().people.items():
            answer = client.post('/v1/people', {'words': words})
            assert not marks_in(answer.body, SEEN[login] + ((NAME,) if login == 'noel' else ())), (login, words, answer)


def test_sockets_say_nothing():
    sockets = {login: Socket(client) for login, client in shared().people.items()}
    heard = {login: [socket.receive()] for login, socket in sockets.items()}
    shared().server.mara.done('record.change', type='patient', id=shared().near['patient'],
                              changes={'preferred_name': {'old': NAME, 'new': NAME + ' too'}})
    for login, socket in sockets.items():
        heard[login].append(socket.receive())
        socket.close()
    assert not marks_in(json.dumps(heard), ()), heard


def test_the_log_says_nothing():
    for server in (shared().server, shared().other):
        assert not marks_in(''.join(server.log), ())


def test_a_stranger_to_both():
    anonymous = Client(shared().server)
    for path in ('/v1/hello', '/v1/openapi.json', '/v1/docs', '/v1/health', '/v1/metrics', '/v1/snapshot'):
        answer = anonymous.get(path)
        assert not marks_in(answer.body, ()), path


def test_z_the_checker_finds_what_is_there():
    """Without this the others could be blind: who may see the words is found to, in every way of asking."""
    world = shared()
    assert set(marks_in(world.server.mara.get('/v1/snapshot').body, ())) == {NAME, INNER}
    assert set(marks_in(world.server.mara.get('/v1/changes?cursor=0').body, ())) == {NAME, INNER}
    assert marks_in(world.server.mara.get('/v1/blobs/' + world.near['blob']).body, ()) == [INNER]
    assert marks_in(world.other.mara.get('/v1/snapshot').body, ()) == [FAR]
    assert marks_in(world.people['rita'].get('/v1/snapshot').body, ()) == [NAME]
    # A leak that is planted: a word of the chart in what all the staff can see.
    world.server.client(role='manager').create('location', name='Room ' + INNER, zone='Australia/Sydney',
                                               state_code='NSW')
    for login, client in world.people.items():
        assert any(INNER in marks_in(data, SEEN[login]) for _, data in everything(client)), login


if __name__ == '__main__':
    sys.exit(main(globals()))
