#!/usr/bin/python3
# test_matrix.py: every cell of the policy table: who, does what, to whose
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is expected comes from the table that the server prints with its OpenAPI description. What is done stands here:
how to make an object of each kind, and how to name it to each operation and route. One that is missing fails."""
import datetime
import hashlib
import itertools
import sys

from practice import STAFF, Practice, monday
from wattled import PASSWORD, Client, instant, main, new_id

PRINCIPALS = ('anonymous', 'unconfirmed', 'patient', 'clinician', 'reception', 'manager', 'administrator', 'owner')
OBJECTS = ('own', 'own_patient', 'same_practice', 'foreign', 'deleted', 'held')
ROLES = {'noel': 'clinician', 'rita': 'reception', 'max': 'manager', 'ora': 'owner', 'ada': 'administrator'}

world = None


class World:
    """Two practices, and in the first somebody of each kind."""

    def __init__(self):
        self.server = Practice()
        self.other = Practice()
        document = Client(self.server).get('/v1/openapi.json').json
        self.table = document['x-policy']
        self.document = document
        self.slots = itertools.count()
        self.cache = {}
        self.manager = self.server.client(role='manager')
        self.boss = self.server.boss
        self.mara = self.server.mara
        self.people = {ROLES[login]: self.server.client(login) for login in STAFF}
        self.noel = self.people['clinician']
        self.patients = {'own': self.chart(self.mara), 'own_patient': self.chart(self.noel),
                         'same_practice': self.chart(self.mara), 'held': self.chart(self.noel),
                         'foreign': self.other.patient(self.other.mara, 'Far', self.other.diaries['mara'])['id']}
        self.manager.done('patient.hold', id=self.patients['held'], reason='A court asked')
        for login, options in (('robin', {'patient': self.patients['own']}),
                               ('quinn', {'patient': self.chart(self.mara), 'unconfirmed': True})):
            answer = self.boss.post('/v1/users', dict(options, login=login, display_name=login, roles=['patient'],
                                                      password=PASSWORD))
            assert answer.status == 200, answer
        self.people['patient'] = self.server.client('robin')
        self.people['unconfirmed'] = self.server.client('quinn')
        self.people['anonymous'] = Client(self.server)
        self.users = {}

    def chart(self, clinician):
        diary = 'mara' if clinician is self.mara else 'noel'
        return self.server.patient(clinician, 'Chart', self.server.diaries[diary])['id']

    def patient_of(self, what):
        """A patient of that kind; a deleted one is made anew each time."""
        if what != 'deleted':
            return self.patients[what]
        patient = self.chart(self.noel)
        self.manager.done('record.delete', type='patient', id=patient, reason='Twice')
        return patient

    def side(self, what):
        """Who cares for a patient of that kind: their server, client and diary."""
        if what == 'foreign':
            return self.other, self.other.mara, self.other.diaries['mara']
        if what in ('own', 'same_practice'):
            return self.server, self.mara, self.server.diaries['mara']
        return self.server, self.noel, self.server.diaries['noel']

    def reach(self, rule, principal):
        entry = self.table[rule]
        if principal == 'anonymous':
            return 'none'
        if principal == 'unconfirmed':
            return 'self' if 'unconfirmed' in entry['flags'] else 'none'
        return entry['reach'][principal]

    def covers(self, rule, principal, what):
        reach = self.reach(rule, principal)
        if what == 'own':
            return reach != 'none' and (reach != 'own_patients' or principal == 'clinician')
        return reach == 'practice' or (reach == 'own_patients' and what in ('own_patient', 'held', 'deleted'))

    def expect(self, rule, principal, what, read):
        flags = self.table[rule]['flags']
        if self.reach(rule, principal) == 'none' or 'password' in flags:
            return 'forbidden'
        if what == 'foreign' or (what == 'deleted' and 'deleted' not in flags):
            return 'not_found'
        if self.covers(rule, principal, what):
            return 'forbidden' if what == 'held' and 'not_held' in flags else 'ok'
        return 'forbidden' if self.covers(read, principal, what) else 'not_found'


def shared():
    global world
    if world is None:
        world = World()
    return world


# Objects of patients: each makes what an operation needs in a record of that kind, and its arguments.

def slot(past=False):
    number = next(shared().slots)
    weeks = -3 - number // 30 if past else number // 30
    return monday() + datetime.timedelta(days=number // 6 % 5 + weeks * 7, hours=number % 6)


def record_of(what, record_type, **fields):
    return dict(fields, type=record_type, id=new_id(), patient=shared().patient_of(what))


def new_visit(what, past=False):
    server, _, diary = shared().side(what)
    return server.visit(shared().patient_of(what), diary, slot(past))


def visit(what, *steps, past=False):
    _, client, _ = shared().side(what)
    made = client.done('appointment.book', appointment=new_visit(what, past))
    for name, args in steps:
        client.done(name, id=made['id'], **args)
    return made['id']


def call_report(what):
    _, client, _ = shared().side(what)
    made = client.done('appointment.book', appointment=dict(new_visit(what), modality='video'))
    return record_of(what, 'call_report', appointment=made['id'], started_at='2026-11-20T03:00:00Z',
                     ended_at='2026-11-20T03:10:00Z', connected_seconds=500)


def recording(what):
    """Of a patient who had agreed when it began, and withdrew later."""
    server, client, _ = shared().side(what)
    began = instant(datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=1))
    client.done('consent.withdraw', id=consent(what, 'recording'))
    made = client.done('appointment.book', appointment=dict(new_visit(what), modality='video'))
    if not hasattr(server, 'recording'):
        server.recording = send_file(client, b'recorded')
    return {'appointment': made['id'], 'started_at': began, 'document': record_of(
        what, 'document', kind='recording', title='Recording', document_date='2026-11-20',
        media_type='video/x-matroska', size=8, hash=server.recording)}


def draft(what, diary=None):
    _, client, own = shared().side(what)
    return record_of(what, 'progress_note', kind='free', status='draft', author=diary or own, note_date='2026-11-20',
                     body='Said')


def note(what, *steps):
    _, client, _ = shared().side(what)
    made = client.done('note.save', note=draft(what))
    for name, args in steps:
        assert client.do(name, id=made['id'], **args)['status'] == 'ok'
    return made['id']


def line(what, invoice):
    return {'type': 'invoice_line', 'id': new_id(), 'invoice': invoice['id'], 'patient': invoice['patient'],
            'position': 1, 'description': 'Talk', 'quantity': 1000, 'unit_price': 10000, 'tax_code': 'gst_free'}


def bill(what):
    invoice = record_of(what, 'invoice', status='draft')
    return {'invoice': invoice, 'lines': [line(what, invoice)]}


def invoice(what, issued=True):
    _, client, _ = shared().side(what)
    args = bill(what)
    assert client.do('invoice.create', **args)['status'] == 'ok'
    if issued:
        assert client.do('invoice.issue', id=args['invoice']['id'])['status'] == 'ok'
    return args['invoice']


def payment(what):
    owed = invoice(what)
    return {'type': 'payment', 'id': new_id(), 'invoice': owed['id'], 'patient': owed['patient'], 'amount': 10000,
            'method': 'cash', 'received_at': '2026-11-20T03:00:00Z'}


def paid(what):
    _, client, _ = shared().side(what)
    return client.done('payment.record', payment=payment(what))['id']


def paid_visit(what):
    """A visit to come that is paid: its messages are open."""
    _, client, _ = shared().side(what)
    key = visit(what)
    args = bill(what)
    args['invoice']['appointment'] = key
    client.done('invoice.create', **args)
    client.done('invoice.issue', id=args['invoice']['id'])
    owed = dict(payment(what), invoice=args['invoice']['id'])
    client.done('payment.record', payment=owed)
    return key


def thread(what):
    _, client, _ = shared().side(what)
    if (what, 'thread') not in shared().cache:
        shared().cache[what, 'thread'] = client.done('thread.open', appointment=paid_visit(what))['id']
    return shared().cache[what, 'thread']


def message(what, who):
    _, client, _ = shared().side(what)
    author = shared().people['patient'] if who == 'patient' and what == 'own' else client
    key = thread(what)
    result = author.do('message.send', thread=key, body='Hello')
    assert result['status'] == 'ok', result
    return next(record['id'] for record in result['records'] if record['type'] == 'message')


def form(what, kind):
    """The text in force; each practice has one of every kind."""
    server = shared().other if what == 'foreign' else shared().server
    manager = server.client(role='manager') if what == 'foreign' else shared().manager
    if (server, kind) not in shared().cache:
        shared().cache[server, kind] = manager.done('consent_form.publish', form={
            'type': 'consent_form', 'id': new_id(), 'kind': kind, 'title': kind, 'body': 'We ask you.'})['id']
    return shared().cache[server, kind]


def consent(what, kind='messages'):
    _, client, _ = shared().side(what)
    result = client.do('consent.give', patient=shared().patient_of(what), form=form(what, kind), how='phone')
    assert result['status'] == 'ok', result
    if result['records']:
        shared().cache[what, kind] = result['records'][0]['id']
    return shared().cache[what, kind]


def asked(what):
    form(what, 'recording')
    return {'patient': shared().patient_of(what), 'kind': 'recording'}


def answered(what, kind):
    return {'patient': shared().patient_of(what), 'form': form(what, kind), 'how': 'phone'}


def task(what):
    _, client, _ = shared().side(what)
    return client.done('task.give', task=record_of(what, 'task', title='Walk', status='open'))['id']


def condition(what):
    return record_of(what, 'condition', name='Fear', status='active')


def plain(what, deleted=False):
    server, client, _ = shared().side(what)
    patient = shared().patients['own_patient'] if what == 'deleted' else shared().patient_of(what)
    made = client.create('related_person', patient=patient, given_names='Kin', relationship='mother')['id']
    if deleted and what == 'held':
        shared().manager.done('patient.release_hold', id=patient, reason='For a moment')
    if deleted:
        client.done('record.delete', type='related_person', id=made, reason='Wrong')
    if deleted and what == 'held':
        shared().manager.done('patient.hold', id=patient, reason='A court asked')
    return made


def send_file(client, data):
    name = hashlib.blake2b(data, digest_size=32).hexdigest()
    answer = client.call('PATCH', '/v1/blobs/' + name, None, {
        'Content-Type': 'application/octet-stream', 'Upload-Offset': '0', 'Upload-Length': str(len(data))}, data)
    assert answer.status == 204, answer
    return name


def letter(what):
    server, client, _ = shared().side(what)
    if not hasattr(server, 'letter'):
        server.letter = send_file(client, b'abc')
    return record_of(what, 'document', kind='invoice', title='Bill', document_date='2026-11-20',
                     media_type='application/pdf', size=3, hash=server.letter)


def grant(what):
    server = shared().other if what == 'foreign' else shared().server
    manager = server.client(role='manager') if what == 'foreign' else shared().manager
    return manager.done('access.grant', patient=shared().patient_of(what), practitioner=server.diaries['mara'],
                        reason='Stands in')['id']


def held(what, place):
    if what in ('foreign', 'deleted'):
        patient = shared().patient_of(what)
    else:
        patient = shared().chart(shared().side(what)[1])
        if not place or what == 'held':
            shared().manager.done('patient.hold', id=patient, reason='A court asked')
    return {'id': patient, 'reason': 'So it is'}


def change(kind, field, old, new, **args):
    return dict(args, type=kind, changes={field: {'old': old, 'new': new}})


# name: (class of rows read, what makes the arguments)
OF_PATIENTS = {
    'appointment.book': ('read:schedule', lambda what, who: {'appointment': new_visit(what)}),
    'appointment.move': ('read:schedule', lambda what, who: {'id': visit(what), 'starts_at': slot().strftime(
        '%Y-%m-%dT%H:%M:%SZ')}),
    'appointment.change': ('read:schedule', lambda what, who: {'id': visit(what), 'changes': {
        'reason': {'old': None, 'new': 'Grief'}}}),
    'appointment.cancel': ('read:schedule', lambda what, who: {'id': visit(what), 'reason': 'patient'}),
    'appointment.arrive': ('read:schedule', lambda what, who: {'id': visit(what)}),
    'appointment.start': ('read:schedule', lambda what, who: {'id': visit(what, ('appointment.arrive', {}))}),
    'appointment.no_show': ('read:schedule', lambda what, who: {'id': visit(what, past=True)}),
    'appointment.revert': ('read:schedule', lambda what, who: {
        'id': visit(what, ('appointment.arrive', {})), 'to': 'booked'}),
    'visit.complete': ('read:schedule', lambda what, who: {'id': visit(what, ('appointment.arrive', {}))}),
    'call.report': ('read:schedule', lambda what, who: {'report': call_report(what)}),
    'note.save': ('read:clinical', lambda what, who: {'note': draft(
        what, shared().server.diaries['noel'] if who == 'clinician' else None)}),
    'note.sign': ('read:clinical', lambda what, who: {'id': note(what)}),
    'note.addend': ('read:clinical', lambda what, who: {'note': dict(
        draft(what, shared().server.diaries['noel'] if who == 'clinician' else None), kind='addendum', status='signed',
        addendum_to=note(what, ('note.sign', {})))}),
    'note.discard': ('read:clinical', lambda what, who: {'id': note(what)}),
    'note.release': ('read:clinical', lambda what, who: {'id': note(what, ('note.sign', {})), 'released': True}),
    'invoice.create': ('read:financial', lambda what, who: bill(what)),
    'invoice.issue': ('read:financial', lambda what, who: {'id': invoice(what, False)['id']}),
    'invoice.write_off': ('read:financial', lambda what, who: {'id': invoice(what)['id'], 'reason': 'Lost'}),
    'payment.record': ('read:financial', lambda what, who: {'payment': payment(what)}),
    'payment.reverse': ('read:financial', lambda what, who: {'id': paid(what), 'reason': 'Wrong'}),
    'document.file': ('read:financial', lambda what, who: {'document': letter(what)}),
    'recording.file': ('read:schedule', lambda what, who: recording(what)),
    'patient.hold': ('read:contact', lambda what, who: held(what, True)),
    'patient.release_hold': ('read:contact', lambda what, who: held(what, False)),
    'access.grant': ('read:contact', lambda what, who: {
        'patient': shared().patient_of(what), 'practitioner': shared().server.diaries['mara'], 'reason': 'Stands in'}),
    'access.revoke': ('read:grant', lambda what, who: {'id': grant(what)}),
    'access.emergency': ('read:contact', lambda what, who: {
        'patient': shared().patient_of(what), 'reason': 'She called and was lost'}),
    'thread.open': ('read:schedule', lambda what, who: {'appointment': paid_visit(what)}),
    'thread.mark': ('read:message', lambda what, who: {'id': thread(what), 'read_upto': '2026-11-20T00:00:00Z'}),
    'thread.flag': ('read:message', lambda what, who: {'id': thread(what), 'needs_reply': True}),
    'thread.inspect': ('read:message', lambda what, who: {'id': thread(what), 'reason': 'They complained of it'}),
    'message.send': ('read:message', lambda what, who: {'thread': thread(what), 'body': 'Hello'}),
    'message.withdraw': ('read:message', lambda what, who: {'id': message(what, who)}),
    'consent.ask': ('read:contact', lambda what, who: asked(what)),
    'consent.give': ('read:contact', lambda what, who: answered(what, 'telehealth')),
    'consent.decline': ('read:contact', lambda what, who: answered(what, 'privacy_notice')),
    'consent.withdraw': ('read:contact', lambda what, who: {
        'id': consent(what, 'messages' if who == 'clinician' else 'privacy_notice')}),
    'task.give': ('read:clinical', lambda what, who: {'task': record_of(what, 'task', title='Walk', status='open')}),
    'task.done': ('read:clinical', lambda what, who: {'id': task(what), 'done': True}),
    'task.withdraw': ('read:clinical', lambda what, who: {'id': task(what)}),
    'chart.open': ('read:contact', lambda what, who: {'patient': shared().patient_of(what)}),
}

# Rows that are changed as they are: the rule of the operation and that of the class both hold.
PLAIN = {
    'record.create': ('write:clinical', 'read:clinical', lambda what: {'record': condition(what)}),
    'record.change': ('write:contact', 'read:contact', lambda what: change(
        'related_person', 'phone', None, '0299990000', id=plain(what, what == 'deleted'))),
    'record.delete': ('write:contact', 'read:contact', lambda what: {
        'type': 'related_person', 'id': plain(what), 'reason': 'Wrong'}),
    'record.restore': ('write:contact', 'read:contact', lambda what: {
        'type': 'related_person', 'id': plain(what, True)}),
}

# Walked by tests of their own: they need more than a record to name.
OTHERS = {'user.invite', 'user.change_profile', 'setting.set', 'access.review', 'prescription.sign',
          'prescription.cancel', 'thread.start', 'consent_form.publish'}
# What cannot be made for a patient who was deleted, and what is so already.
WITHOUT_DELETED = {'appointment.move', 'appointment.change', 'appointment.cancel', 'appointment.arrive',
                   'appointment.start', 'appointment.no_show', 'appointment.revert', 'visit.complete', 'note.sign',
                   'note.addend', 'note.discard', 'note.release', 'invoice.issue', 'invoice.write_off',
                   'payment.record', 'payment.reverse', 'access.revoke', 'record.delete', 'record.restore',
                   'thread.open', 'thread.mark', 'thread.flag', 'thread.inspect', 'message.send', 'message.withdraw',
                   'consent.withdraw', 'task.done', 'task.withdraw', 'call.report', 'recording.file'}
# With whom and where a visit is, and what one is asked to agree to: patients read it of the whole practice.
SIGNBOARD = {'practitioner', 'practitioner_location', 'location', 'consent_form'}
BLAND = {'patient.hold': {'held'}, 'consent.ask': set(OBJECTS)}


def act(principal, name, args):
    client = shared().people[principal]
    result = client.push(client.operation(name, args)).json['results'][0]
    return 'ok' if result['status'] == 'ok' else result['code']


def walk_operation(name, rules, read, build):
    """Each principal on each object. Objects that were not touched are used again."""
    cells, wrong, spare = 0, [], {}
    for principal, what in itertools.product(PRINCIPALS[1:], OBJECTS):
        if (what == 'own' and principal != 'patient') or (what == 'deleted' and name in WITHOUT_DELETED):
            continue
        wanted = [shared().expect(rule, principal, what, read) for rule in rules]
        if what == 'deleted' and 'forbidden' in wanted:
            wanted = ['forbidden']
        wanted = next((code for code in wanted if code != 'ok'), 'ok')
        args = spare.pop((what, principal == 'clinician'), None) or build(what, principal)
        got = act(principal, name, args)
        if got != 'ok':
            spare[(what, principal == 'clinician')] = args
        cells += 1
        if wanted == 'ok' and what in BLAND.get(name, ()):
            good = got in ('ok', 'conflict')
        elif wanted == 'not_found' and what in ('foreign', 'deleted'):
            good = got in ('not_found', 'invalid')
        else:
            good = got == wanted
        if not good:
            wrong.append((name, principal, what, 'wanted ' + wanted, 'got ' + got))
    return cells, wrong


def test_operations_on_patients():
    cells, wrong = 0, []
    for name, (read, build) in OF_PATIENTS.items():
        more, bad = walk_operation(name, [name], read, build)
        cells, wrong = cells + more, wrong + bad
    for name, (write, read, build) in PLAIN.items():
        more, bad = walk_operation(name, [name, write], read, lambda what, who, build=build: build(what))
        cells, wrong = cells + more, wrong + bad
    print('# %d cells' % cells)
    assert not wrong, '\n'.join(map(str, wrong))


def test_recordings_refused():
    """Who may file a recording does not file one of another's visit, without a consent, or against an answer."""
    world = shared()
    patient = world.patients['never_asked'] = world.chart(world.noel)
    args = recording('own_patient')
    args['document']['patient'] = patient
    assert act('clinician', 'recording.file', args) == 'invalid'
    report = call_report('never_asked')
    args['appointment'] = report['appointment']
    assert act('clinician', 'recording.file', args) == 'forbidden'
    consent('never_asked', 'recording')
    for at, answer, wanted in (('03:01', 'declined', 'forbidden'), ('03:02', 'given', 'ok')):
        lines = '{0} asked\n{0} {1} patient'.format('2026-11-20T%s:00Z' % at, answer)
        world.noel.done('call.report', report=dict(report, id=new_id(), recording=lines))
        assert act('clinician', 'recording.file', args) == wanted, answer


def account(what, who):
    """Somebody of that kind whom the one who asks may have to do with, or their own account."""
    if what == 'own':
        return shared().people[who].user['id']
    server = shared().other if what == 'foreign' else shared().server
    boss = shared().other.boss if what == 'foreign' else shared().boss
    role = 'manager' if who == 'owner' else 'patient' if who == 'reception' else 'reception'
    options = {'unconfirmed': True}
    if role == 'patient':
        options['patient'] = shared().chart(shared().mara)
    answer = boss.post('/v1/users', dict(options, login=new_id(), display_name='X', roles=[role], password=PASSWORD))
    assert answer.status == 200, answer
    assert server
    return answer.json['user']['id']


def enabled(what, who, status):
    user = account(what, who)
    if status == 'active' and what != 'own':
        boss = shared().other.boss if what == 'foreign' else shared().boss
        assert boss.do('user.disable', id=user)['status'] == 'ok'
    return {'id': user}


def device(what, who):
    """A device of one's own, or of somebody else."""
    if what == 'own':
        login = {'clinician': 'noel', 'reception': 'rita', 'manager': 'max', 'owner': 'ora', 'administrator': 'ada',
                 'patient': 'robin', 'unconfirmed': 'quinn'}[who]
        return shared().server.client(login).device
    return (shared().other if what == 'foreign' else shared().server).client().device


OF_ACCOUNTS = {
    'user.set_roles': ('read:practice', lambda what, who: {
        'id': account(what, who), 'roles': ['manager' if who == 'owner' else 'clinician']}),
    'user.disable': ('read:practice', lambda what, who: {'id': account(what, who)}),
    'user.enable': ('read:practice', lambda what, who: enabled(what, who, 'active')),
    'user.confirm': ('read:practice', lambda what, who: {'id': account(what, who)}),
    'device.rename': ('read:account', lambda what, who: {'id': device(what, who), 'name': 'Laptop'}),
    'device.revoke': ('read:account', lambda what, who: {'id': device(what, who)}),
    'device.approve': ('read:account', lambda what, who: {'id': device(what, who)}),
}
# Nobody changes their own rights: that is not in the table but in the operation, for every role alike.
NOT_ONESELF = {'user.set_roles', 'user.disable', 'user.enable', 'user.confirm'}


def test_operations_on_accounts():
    cells, wrong = 0, []
    for name, (read, build) in OF_ACCOUNTS.items():
        for principal, what in itertools.product(PRINCIPALS[1:], ('own', 'same_practice', 'foreign')):
            wanted = shared().expect(name, principal, what, read)
            if what == 'own' and name in NOT_ONESELF:
                wanted = 'forbidden'
            got = act(principal, name, build(what, principal))
            cells += 1
            if got != wanted:
                wrong.append((name, principal, what, 'wanted ' + wanted, 'got ' + got))
    for name, build in (
            ('user.invite', lambda who: {'user': {
                'type': 'user', 'id': new_id(), 'login': new_id(), 'display_name': 'X', 'status': 'invited',
                'roles': ['manager' if who == 'owner' else 'reception']}}),
            ('user.change_profile', lambda who: {'changes': {
                'display_name': {'old': shared().people[who].user['display_name'], 'new': 'Other'}}}),
            ('thread.start', lambda who: {'thread': {
                'type': 'thread', 'id': new_id(), 'kind': 'staff', 'subject': 'Rooms',
                'members': shared().mara.user['id']}}),
            ('consent_form.publish', lambda who: {'form': {
                'type': 'consent_form', 'id': new_id(), 'kind': 'messages', 'title': 'M', 'body': 'We write.'}}),
            ('setting.set', lambda who: {'key': 'slot_minutes', 'value': '10'})):
        for principal in PRINCIPALS[1:]:
            wanted = 'forbidden' if shared().reach(name, principal) == 'none' else 'ok'
            got = act(principal, name, build(principal))
            cells += 1
            if got != wanted:
                wrong.append((name, principal, 'wanted ' + wanted, 'got ' + got))
    print('# %d cells' % cells)
    assert not wrong, '\n'.join(map(str, wrong))


PAYLOADS = {
    'POST /v1/operations': lambda who: {'device': shared().people[who].device, 'operations': []},
    'POST /v1/people': lambda who: {'words': 'chart'},
    'POST /v1/sessions/confirm': lambda who: {'password': PASSWORD},
    'POST /v1/users': lambda who: {'login': new_id(), 'display_name': 'X', 'roles': ['reception'],
                                   'password': PASSWORD},
}
# Those that end the session itself, or are a socket: walked one by one in other tests.
APART = {'GET /v1/rooms/{room}/socket',
         'DELETE /v1/sessions/current', 'POST /v1/sessions/role', 'GET /v1/events', 'POST /v1/account/password',
         'PUT /v1/account/totp', 'POST /v1/account/totp', 'POST /v1/account/recovery', 'DELETE /v1/account/totp'}


def routes():
    for template, calls in shared().document['paths'].items():
        for method, call in calls.items():
            yield method.upper(), template, call


def call(principal, method, path, body, data=None):
    headers = {'Content-Type': 'application/octet-stream', 'Upload-Offset': '0', 'Upload-Length': '3'} if data else None
    return shared().people[principal].call(method, path, body, headers, data)


def test_every_route_by_role():
    """The role alone: 401 for nobody, 403 for who has no reach, anything else for who has."""
    cells, wrong = 0, []
    for method, template, described in routes():
        rule = '%s %s' % (method, template)
        if rule in APART:
            continue
        path = template.replace('{id}', new_id()).replace('{hash}', 'a' * 64).replace('{room}', new_id()).replace(
            '{file}', 'call.js')
        sends = method not in ('GET', 'HEAD') and 'requestBody' in described
        data = b'abc' if rule == 'PATCH /v1/blobs/{hash}' else None
        for principal in PRINCIPALS:
            body = None if data or not sends else PAYLOADS.get(rule, lambda who: {})(principal)
            answer = call(principal, method, path, body, data)
            public = 'public' in shared().table[rule]['flags']
            assert public == (not described['security']), rule
            cells += 1
            if public:
                good = answer.status != 401 or rule == 'POST /v1/sessions/refresh'
            elif principal == 'anonymous':
                good = answer.status == 401
            elif shared().reach(rule, principal) == 'none':
                good = answer.status == 403
            else:
                good = answer.status not in (401, 403) and answer.status < 500
            if not good:
                wrong.append((rule, principal, answer.status, shared().reach(rule, principal)))
    print('# %d cells' % cells)
    assert not wrong, '\n'.join(map(str, wrong))


def walk(cases):
    """Routes on an object: by the rule of the route, and what one may know of by the rule for reading it."""
    cells, wrong = 0, []
    for rule, read, make, send, objects in cases:
        for principal, what in itertools.product(PRINCIPALS[1:], objects):
            if what == 'own' and principal in ('unconfirmed',) and read != 'read:account':
                continue
            wanted = shared().expect(rule, principal, what, read)
            answer = send(principal, make(what, principal))
            got = {403: 'forbidden', 404: 'not_found'}.get(answer.status, 'ok' if answer.status < 500 else 'failed')
            cells += 1
            if got != wanted:
                wrong.append((rule, principal, what, 'wanted ' + wanted, 'got %d' % answer.status))
    print('# %d cells' % cells)
    assert not wrong, '\n'.join(map(str, wrong))


def test_routes_on_devices():
    objects = ('own', 'same_practice', 'foreign')
    walk([(method + ' /v1/devices/{id}' + end, 'read:account', device,
           lambda who, one, method=method, end=end, body=body: call(who, method, '/v1/devices/%s%s' % (one, end), body),
           objects)
          for method, end, body in (('GET', '', None), ('PATCH', '', {'name': 'X'}), ('POST', '/approve', None),
                                    ('POST', '/revoke', None), ('POST', '/wipe', None))])


def test_routes_on_files():
    files = {}

    def make(what, who):
        server, client, _ = shared().side(what)
        if what not in files:
            bytes_ = new_id().encode()
            name = send_file(client, bytes_)
            client.done('document.file', document=dict(letter(what), size=len(bytes_), hash=name))
            files[what] = name
        return files[what]
    read, wrong = 'read:financial', []
    for method, (principal, what) in itertools.product(('GET', 'HEAD'), itertools.product(PRINCIPALS[1:], OBJECTS)):
        if what == 'deleted' or (what == 'own' and principal != 'patient'):
            continue
        answer = call(principal, method, '/v1/blobs/' + make(what, principal), None)
        allowed = what != 'foreign' and shared().covers(read, principal, what)
        wanted = 403 if shared().reach(method + ' /v1/blobs/{hash}', principal) == 'none' else 200 if allowed else 404
        if answer.status != wanted:
            wrong.append((method, principal, what, answer.status, wanted))
    assert not wrong, '\n'.join(map(str, wrong))


def test_emergency_route():
    wrong = []
    fresh = shared().chart(shared().mara)
    shared().manager.done('patient.hold', id=fresh, reason='A court asked')
    for principal, (what, patient) in itertools.product(PRINCIPALS[1:], (
            ('own_patient', shared().patients['own_patient']), ('same_practice', shared().chart(shared().mara)),
            ('foreign', shared().patients['foreign']), ('deleted', shared().patient_of('deleted')), ('held', fresh))):
        answer = call(principal, 'POST', '/v1/emergency',
                      {'patient': patient, 'reason': 'She called and was lost', 'password': PASSWORD})
        if shared().reach('POST /v1/emergency', principal) == 'none':
            wanted = 403
        else:
            wanted = {'foreign': 404, 'deleted': 404, 'own_patient': 409}.get(what, 200)
        if answer.status != wanted:
            wrong.append((principal, what, answer.status, wanted))
    assert not wrong, wrong


def rows_of(client):
    """What somebody has, once by a snapshot and once by all changes since the beginning; the two agree."""
    _, rows = client.snapshot()
    found = {row['put']['id']: row for row in rows}
    latest = {}
    for row in client.changes(0)[1]:
        if 'put' in row:
            latest[row['put']['id']] = row
    assert {key for key, row in latest.items() if row['put'].get('state') != 'deleted'} == set(found), 'two looks'
    return found


def class_of(record):
    if record['type'] == 'document' and record['kind'] in ('invoice', 'receipt'):
        return 'read:financial'
    if record['type'] == 'user' and record['roles'] == ['patient']:
        return 'read:portal'
    return shared().document['components']['schemas'][record['type']]['x-read']


def released(record):
    kind = record['type']
    if kind == 'progress_note':
        return record['status'] == 'signed' and record.get('released') is True
    if kind == 'document':
        return record['kind'] in ('invoice', 'receipt', 'prescription', 'message')
    if kind == 'invoice':
        return record['status'] != 'draft'
    if kind == 'prescription':
        return record['status'] != 'draft'
    return kind in ('prescription_line', 'task') or class_of(record) != 'read:clinical'


def test_reading_of_every_type():
    """Every row that anybody has, for everybody: who has it and who has not, by the table."""
    world = shared()
    for what in ('own', 'own_patient', 'same_practice', 'held'):
        _, client, diary = world.side(what)
        client.create('condition', patient=world.patients[what], name='Fear', status='active')
        client.create('medication', patient=world.patients[what], name='Iron', status='current')
        note(what, ('note.sign', {'released': True}))
        note(what)
        paid(what)
        visit(what, ('appointment.cancel', {'reason': 'patient'}))
        client.done('call.report', report=call_report(what))
        client.done('document.file', document=letter(what))
        client.done('document.file', document=dict(letter(what), kind='letter'))
        task(what)
        consent(what)
        shared().cache.pop((what, 'thread'), None)
        message(what, None)
        client.do('thread.mark', id=thread(what), read_upto='2040-01-01T00:00:00Z')
    colleague = world.mara.done('appointment.book', appointment=world.server.visit(
        world.patients['own_patient'], world.server.diaries['mara'],
        datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)))['id']
    private = world.mara.done('thread.open', appointment=colleague)['id']
    name = send_file(world.mara, b'\x89PNG\r\n\x1a\n' + new_id().encode())
    sent = world.mara.do('message.send', thread=private, body='Not for Noel', document={
        'type': 'document', 'id': new_id(), 'kind': 'other', 'title': 'Photo', 'document_date': '2026-11-20',
        'media_type': 'image/png', 'size': 34, 'hash': name})
    assert sent['status'] == 'ok', sent
    talk = world.mara.done('thread.start', thread={
        'type': 'thread', 'id': new_id(), 'kind': 'staff', 'subject': 'Rooms',
        'members': world.people['reception'].user['id']})['id']
    assert world.mara.do('message.send', thread=talk, body='Which room?')['status'] == 'ok'
    have = {who: rows_of(client) for who, client in world.people.items() if who != 'anonymous'}
    have['mara'] = rows_of(world.mara)
    every = {}
    for rows in have.values():
        for key, row in rows.items():
            if not row['scope'].startswith('diary:') and len(row['put']) > len(every.get(key, {})):
                every[key] = row['put']
    noel = world.server.diaries['noel']
    own = {row['id'] for row in every.values() if row['type'] == 'patient' and row.get('primary_practitioner') == noel}
    own |= {row['patient'] for row in every.values()
            if (row['type'] == 'appointment' and row['practitioner'] == noel and row['status'] != 'cancelled')
            or (row['type'] == 'access_grant' and row['practitioner'] == noel and row['status'] == 'active')}
    cells, wrong, types = 0, [], set()
    for principal, rows in have.items():
        if principal == 'mara':
            continue
        me = world.people[principal].user
        for key, record in every.items():
            patient = key if record['type'] == 'patient' else record.get('patient')
            scope = world.document['components']['schemas'][record['type']]['x-scope']
            reach = world.reach(class_of(record), principal)
            if scope == 'patient':
                what = 'own_patient' if patient in own else 'same_practice'
                wanted = reach == 'practice' or (reach == 'own_patients' and what == 'own_patient')
                if principal == 'patient':
                    wanted = reach == 'self' and patient == world.patients['own'] and released(record)
            elif reach == 'self':
                wanted = key == me['id'] or record.get('user') == me['id'] or (
                    record['type'] == 'practice' and principal in ('patient', 'unconfirmed')) or (
                    record['type'] in SIGNBOARD and principal == 'patient')
            else:
                wanted = reach == 'practice'
            of = {'thread': key, 'message': record.get('thread'), 'thread_mark': record.get('thread'),
                  'document': record.get('kind') == 'message' and record.get('source')}.get(record['type'])
            if of and 'members' in every[of]:
                wanted = me['id'] in every[of]['members'].split()
            elif of and principal != 'patient':
                wanted = wanted and every[of]['practitioner'] == me.get('practitioner')
            if record['type'] == 'progress_note' and record['status'] == 'draft':
                wanted = wanted and record['author'] == me.get('practitioner')
            if class_of(record) == 'read:portal' and not wanted:
                wanted = world.reach('read:account_of_patient', principal) == 'practice'
            got = key in rows and not rows[key]['scope'].startswith('diary:')
            cells += 1
            types.add(record['type'])
            if got != wanted:
                wrong.append((principal, record['type'], key, 'wanted %s' % wanted, 'got %s' % got))
    print('# %d cells, %d types' % (cells, len(types)))
    assert not wrong, '\n'.join(map(str, wrong[:30]))
    for principal, what in itertools.product(world.people, ('own', 'own_patient', 'same_practice', 'foreign', 'held')):
        if principal == 'anonymous':
            continue
        answer = world.people[principal].get('/v1/snapshot?scope=patient:' + world.patients[what])
        named = any('put' in row and not row['scope'].startswith('diary:') for row in answer.lines()[1:-1])
        wanted = what != 'foreign' and (world.covers('read:contact', principal, what) if what != 'own'
                                        else principal == 'patient' or world.reach('read:contact', principal)
                                        == 'practice')
        assert named == wanted, (principal, what, answer)


def test_no_operation_is_missing():
    named = {name for name in shared().document['components']['schemas'] if name.startswith('operation.')}
    named = {name.split('.', 1)[1] for name in named}
    walked = set(OF_PATIENTS) | set(PLAIN) | set(OF_ACCOUNTS) | OTHERS
    assert named == walked, (named - walked, walked - named)
    assert named <= set(shared().table), named - set(shared().table)


if __name__ == '__main__':
    sys.exit(main(globals()))
