# test-ctl.py: wattlectl as an administrator runs it
#
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Usage: test-ctl.py WATTLECTL SOURCE-ROOT [NAME...]; prints TAP.
import fcntl
import glob
import json
import os
import pty
import select
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import traceback

CTL, ROOT = sys.argv[1:3]
sys.path.insert(0, os.path.join(ROOT, 'tests/server'))
import wattled  # the clients of the server's own tests

PASSWORD = 'seven quiet wombats wander'
NOW = '2026-11-20T09:00:00+11:00'
PATIENCE = 300
TESTS = []


def test(function):
    TESTS.append(function)
    return function


class Result:
    def __init__(self, done):
        self.code, self.out, self.err = done.returncode, done.stdout.decode(), done.stderr.decode()

    def expect(self, code, *words):
        assert self.code == code, f'exit {self.code} instead of {code}\n{self.out}\n{self.err}'
        for word in words:
            assert word in self.out + self.err, f'no “{word}” in\n{self.out}\n{self.err}'
        return self


class Folder:
    """A data directory of its own."""
    def __init__(self):
        self.top = tempfile.mkdtemp(prefix='wattle-ctl-')
        self.data = os.path.join(self.top, 'data')

    def __enter__(self):
        return self

    def __exit__(self, *what):
        shutil.rmtree(self.top)

    def run(self, *words, stdin=''):
        return Result(subprocess.run([CTL, '--data', self.data, *words], input=stdin.encode(), capture_output=True,
                                     timeout=PATIENCE, env={**os.environ, 'LC_ALL': 'C.UTF-8'}))

    def init(self):
        return self.run('init', '--practice', 'Test Clinic', '--zone', 'Australia/Perth', '--login', 'ada', '--name',
                        'Ada Quilty', '--password-stdin', stdin=PASSWORD + '\n').expect(0)

    def demo(self, patients=40, *more):
        return self.run('demo', '--patients', str(patients), '--years', '1', '--practitioners', '2', '--seed', '5',
                        '--now', NOW, *more)

    def report(self, *words, code=0):
        path = os.path.join(self.top, 'report.json')
        self.run('import', 'fhir', '--report', path, *words).expect(code)
        with open(path, encoding='utf-8') as file:
            return json.load(file)

    def file(self, name, content):
        path = os.path.join(self.top, name)
        if not isinstance(content, (bytes, str)):
            content = json.dumps(content)
        with open(path, 'wb') as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        return path

    def database(self):
        return sqlite3.connect(os.path.join(self.data, 'wattle.db'))

    def records(self, kind):
        with self.database() as database:
            rows = database.execute('SELECT body FROM record WHERE type = ? ORDER BY id', (kind,)).fetchall()
        return [json.loads(row[0]) for row in rows]


def bundle(*resources, kind='transaction'):
    return {'resourceType': 'Bundle', 'type': kind,
            'entry': [{'fullUrl': f'urn:uuid:{r["id"]}', 'resource': r} for r in resources]}


def patient(ident='p1', **more):
    return {'resourceType': 'Patient', 'id': ident, 'name': [{'family': 'Okoro', 'given': ['Wren']}],
            'birthDate': '1984-02-29', 'gender': 'female', **more}


def encounter(ident, start, end, **more):
    return {'resourceType': 'Encounter', 'id': ident, 'status': 'finished', 'class': {'code': 'VR'},
            'subject': {'reference': 'urn:uuid:p1'}, 'period': {'start': start, 'end': end}, **more}


def booking(ident, start, end):
    return {'resourceType': 'Appointment', 'id': ident, 'status': 'booked', 'start': start, 'end': end,
            'participant': [{'actor': {'reference': 'Patient/p1'}, 'status': 'accepted'},
                            {'actor': {'reference': 'Practitioner/d1'}, 'status': 'accepted'}]}


PRACTITIONER = {'resourceType': 'Practitioner', 'id': 'd1', 'name': [{'family': 'Ellery', 'given': ['Sol']}],
                'identifier': [{'system': 'http://hl7.org.au/id/ahpra-registration-number',
                                'value': 'PSY0001234567'}]}


@test
def commands_explain_themselves():
    with Folder() as folder:
        folder.run('help').expect(0, 'import fhir', 'doctor', 'Exit codes')
        folder.run('help', 'import', 'fhir').expect(0, '--source')
        folder.run('--help').expect(0, 'import fhir')
        folder.run('version').expect(0, 'wattlectl')
        folder.run('--version').expect(0, 'wattlectl')
        folder.run('frobnicate').expect(2, 'frobnicate')
        folder.run('help', 'frobnicate').expect(2)
        folder.run('schema', '--sql', 'oracle').expect(2, 'postgresql')
        folder.run('schema', 'surplus').expect(2, 'too much')
        folder.run('import', 'fhir').expect(2, 'missing')
        folder.run('demo', '--patients', '0').expect(2)
        folder.run('demo', '--frobnicate').expect(2)
        folder.run('import', 'fhir', 'x.json').expect(3, 'There is no practice')
        assert not os.path.exists(folder.data)


@test
def schema_is_that_of_the_tree():
    with Folder() as folder:
        with open(os.path.join(ROOT, 'src/schema/schema.lock'), encoding='utf-8') as file:
            assert folder.run('schema', '--lock').expect(0).out == file.read()
        sqlite3.connect(':memory:').executescript(folder.run('schema', '--sql', 'sqlite').expect(0).out)
        folder.run('schema', '--sql', 'postgresql').expect(0, 'CREATE TABLE')
        folder.run('schema', '--markdown').expect(0, 'Medicare')


@test
def init_makes_one_practice():
    with Folder() as folder:
        weak = folder.run('init', '--practice', 'X', '--zone', 'Australia/Perth', '--login', 'a', '--name', 'A',
                          '--password-stdin', stdin='short\n')
        weak.expect(3, 'password')
        folder.run('init', '--practice', 'X', '--zone', 'Mars/Olympus', '--login', 'a', '--name', 'A',
                   '--password-stdin', stdin=PASSWORD + '\n').expect(3, 'zone')
        folder.init()
        practice, = folder.records('practice')
        location, = folder.records('location')
        user, = folder.records('user')
        assert practice['name'] == 'Test Clinic' and location['zone'] == 'Australia/Perth'
        assert 'administrator' in user['roles'] and user['login'] == 'ada'
        again = folder.run('init', '--practice', 'Y', '--zone', 'Australia/Perth', '--login', 'b', '--name', 'B',
                           '--password-stdin', stdin=PASSWORD + '\n')
        again.expect(3, 'already')
        folder.demo().expect(3, 'already')
        assert len(folder.records('practice')) == 1
        folder.run('doctor').expect(0, 'in order')
        for name in ('wattle.db', 'server-key', ''):
            assert os.stat(os.path.join(folder.data, name)).st_mode & 0o77 == 0, name


@test
def passwords_are_asked_without_echo():
    with Folder() as folder:
        folder.init()
        pid, terminal = pty.fork()
        if pid == 0:
            os.execv(CTL, [CTL, '--data', folder.data, 'user', 'password', 'ada'])
        shown = b''
        answers = [b'nine purple lanterns glow\n', b'nine purple lanterns glow\n']
        while True:
            ready, _, _ = select.select([terminal], [], [], PATIENCE)
            assert ready, shown
            try:
                piece = os.read(terminal, 1000)
            except OSError:
                break
            if not piece:
                break
            shown += piece
            if piece.rstrip(b' ').endswith(b':') and answers:
                os.write(terminal, answers.pop(0))
        _, status = os.waitpid(pid, 0)
        assert os.waitstatus_to_exitcode(status) == 0, shown
        assert b'lanterns' not in shown and b'signed out' in shown, shown
        folder.run('user', 'password', '--password-stdin', 'nobody', stdin=PASSWORD + '\n').expect(3)
        folder.run('audit', 'verify').expect(0, 'whole')


@test
def same_seed_same_practice():
    def dump(folder):
        with folder.database() as database:
            return database.execute('SELECT id, body FROM record ORDER BY id').fetchall()

    with Folder() as one, Folder() as two, Folder() as other:
        one.demo().expect(0, 'imogen', 'password')
        two.demo().expect(0)
        other.demo(40, '--seed', '6').expect(0)
        assert dump(one) == dump(two)
        assert dump(one) != dump(other)
        assert len(one.records('patient')) == 40
        assert len({i['number'] for i in one.records('invoice')}) == len(one.records('invoice')) > 100
        one.run('doctor').expect(0, 'in order')
        assert {n['status'] for n in one.records('progress_note')} == {'draft', 'signed'}
        one.demo().expect(3, 'already')


@test
def a_cancelled_demo_leaves_nothing():
    with Folder() as folder:
        process = subprocess.Popen([CTL, '--data', folder.data, 'demo', '--patients', '20000', '--years', '5'],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for line in process.stderr:
            if line.startswith(b'Diary'):
                break
        process.send_signal(signal.SIGINT)
        rest = process.stderr.read()
        process.stdout.read()
        assert process.wait(PATIENCE) == 130, rest
        assert b'nothing of it is kept' in rest, rest
        assert not glob.glob(os.path.join(folder.data, 'wattle.db*'))
        folder.demo().expect(0)


@test
def history_of_another_system_comes_once():
    files = sorted(glob.glob(os.path.join(ROOT, 'tests/data/synthea/*.json')))
    with Folder() as folder:
        folder.init()
        first = folder.report(*files)
        assert first['resources']['Patient']['new'] == 2, first['resources']
        assert first['resources']['Encounter'] == {'new': 14, 'changed': 0, 'unchanged': 0, 'kept': 0, 'used': 0,
                                                   'not_taken': 1}, first['resources']
        assert first['resources']['Condition']['new'] == 4
        assert first['resources']['MedicationRequest']['new'] == 3
        reasons = {(r['type'], r['reason']): r['count'] for r in first['not_taken']}
        assert ('Observation', 'this type has no home here yet') in reasons
        before = {kind: folder.records(kind) for kind in ('patient', 'appointment', 'condition', 'medication')}
        second = folder.report(*files)
        assert second['resources']['Patient']['unchanged'] == 2 and second['resources']['Encounter']['unchanged'] == 14
        assert all(r['new'] == 0 and r['changed'] == 0 for r in second['resources'].values()), second
        assert before == {kind: folder.records(kind) for kind in before}
        for record in before['patient']:
            assert 'postcode' not in record and record['country'] == 'US' and record['imported_from']
        folder.run('audit', 'verify').expect(0)
        folder.run('doctor').expect(0)


@test
def australian_examples_in_xml():
    files = sorted(glob.glob(os.path.join(ROOT, 'tests/data/au-core/*.xml')))
    with Folder() as folder:
        folder.init()
        report = folder.report(*files)
        assert report['broken_files'] == []
        assert report['resources']['Patient']['new'] == 5
        assert report['resources']['RelatedPerson']['new'] == 2
        # Encounters stand before patients in the order of names: they are found in the second round.
        assert report['resources']['Encounter']['new'] == 3 and report['resources']['Encounter']['not_taken'] == 0
        wang, = [p for p in folder.records('patient') if p['family_name'] == 'Wang']
        assert wang['given_names'] == 'Li' and wang['birth_date'] == '1975-05-03', wang
        assert wang['indigenous_status'] == 'neither' and wang['language'] == 'Cantonese', wang
        assert wang['state_code'] == 'NSW' and wang['postcode'] == '2148' and 'country' not in wang, wang
        father, = [p for p in folder.records('related_person') if p['given_names'] == 'Bob']
        assert father['relationship'] == 'father'
        visit, = [v for v in folder.records('appointment') if v['imported_from'].endswith('Encounter/telehealth')]
        doctor, = [p for p in folder.records('practitioner') if p['id'] == visit['practitioner']]
        assert visit['modality'] == 'video' and doctor['family_name'] == 'Bobrester', (visit, doctor)
        again = folder.report(*files)
        assert all(r['new'] == 0 and r['changed'] == 0 for r in again['resources'].values()), again


@test
def identifiers_are_checked():
    health = 'http://ns.electronichealth.net.au/id/'
    with Folder() as folder:
        folder.init()
        good = patient(identifier=[{'system': health + 'medicare-number', 'value': '3278 85119 5 / 2',
                                    'period': {'end': '2027-02'}},
                                   {'system': health + 'hi/ihi/1.0', 'value': '8003608333647261'},
                                   {'system': health + 'dva', 'value': 'NBUR9080',
                                    'type': {'coding': [{'code': 'DVG'}]}}],
                       telecom=[{'system': 'phone', 'value': '0491 570 006'}, {'system': 'phone', 'value': '123'},
                                {'system': 'email', 'value': 'wren@mail.example'}],
                       address=[{'state': 'Western Australia', 'postalCode': '6000', 'city': 'Perth'}])
        bad = patient('p2', birthDate='1984', identifier=[{'system': health + 'medicare-number',
                                                           'value': '69514496771'},
                                                          {'system': health + 'hi/ihi/1.0',
                                                           'value': '8003608333647262'}],
                      address=[{'state': 'NSW', 'postalCode': '20000'}])
        good['contact'] = [{'name': {'family': 'Okoro', 'given': ['Ada']}, 'relationship': [
            {'coding': [{'code': 'C'}]}, {'coding': [{'code': 'MTH'}]}]}, {'organization': {'display': 'Someone'}}]
        report = folder.report(folder.file('b.json', bundle(good, bad, patient('p3', name=[{'family': 'Solo'}]))))
        mother, = folder.records('related_person')
        assert mother['relationship'] == 'mother' and mother['emergency_contact'] is True, mother
        assert report['resources']['Patient.contact']['new'] == 1, report
        assert report['resources']['Patient']['new'] == 3 and report['resources']['Patient']['not_taken'] == 0
        assert [(r['reason'], r['first']) for r in report['not_taken']] == [
            ('it has no name', ['b.json: Patient/p1/contact/2'])]
        first, second, third = sorted(folder.records('patient'), key=lambda p: p['imported_from'])
        assert first['medicare_number'] == '3278851195' and first['medicare_irn'] == 2, first
        assert first['medicare_expires'] == '2027-02-28' and first['ihi_status'] == 'unverified', first
        assert third['family_name'] == 'Solo' and 'given_names' not in third, third
        assert first['dva_card'] == 'gold' and first['mobile'] == '+61491570006' and first['state_code'] == 'WA', first
        assert not {'medicare_number', 'ihi', 'postcode', 'birth_date'} & set(second), second
        assert len([w for w in report['warnings'] if 'left out' in w['reason']]) == 5, report['warnings']


@test
def what_was_edited_here_stays():
    with Folder() as folder:
        folder.init()
        path = folder.file('p.json', bundle(patient()))
        folder.report(path)
        folder.file('p.json', bundle(patient(telecom=[{'system': 'phone', 'value': '0491570006'}])))
        assert folder.report(path)['resources']['Patient']['changed'] == 1
        record, = folder.records('patient')
        assert record['mobile'] == '+61491570006'
        user, = folder.records('user')
        with folder.database() as database:
            body = json.dumps({**record, 'changed_by': user['id'], 'alert': 'Edited here'})
            database.execute("UPDATE record SET body = ? WHERE type = 'patient'", (body,))
        folder.file('p.json', bundle(patient(telecom=[{'system': 'phone', 'value': '0491570156'}])))
        report = folder.report(path)
        assert report['resources']['Patient']['kept'] == 1, report
        assert folder.records('patient')[0]['alert'] == 'Edited here'


@test
def another_person_with_the_same_id_is_not_overwritten():
    with Folder() as folder:
        folder.init()
        path = folder.file('p.json', patient())
        folder.report(path)
        other = patient(name=[{'family': 'Tran', 'given': ['Minh']}], birthDate='1950-01-01')
        path = folder.file('q.json', other)
        assert folder.report(path)['resources']['Patient']['kept'] == 1
        assert folder.report('--source', 'second', path)['resources']['Patient']['new'] == 1
        assert {p['family_name'] for p in folder.records('patient')} == {'Okoro', 'Tran'}
        folder.run('import', 'fhir', '--source', 'two words', path).expect(2, '--source')


@test
def past_visits_may_overlap_and_bookings_may_not():
    with Folder() as folder:
        folder.init()
        report = folder.report(folder.file('v.json', bundle(
            patient(), PRACTITIONER,
            encounter('e1', '2020-03-01T09:00:00+08:00', '2020-03-01T09:30:00+08:00'),
            encounter('e2', '2020-03-01T09:15:00+08:00', '2020-03-01T09:45:00+08:00'),
            encounter('e3', '2020-03-01T09:45:00+08:00', '2020-03-01T09:45:00+08:00'),
            encounter('e4', '2020-03-01', '2020-03-02'),
            encounter('e5', '2020-03-01T09:45:00+08:00', '2020-03-04T09:45:00+08:00'),
            encounter('e6', '2020-03-01T09:45:00+08:00', '2020-03-01T10:45:00+08:00', status='planned'),
            booking('a1', '2031-03-03T09:00:00+08:00', '2031-03-03T09:30:00+08:00'),
            booking('a2', '2031-03-03T09:15:00+08:00', '2031-03-03T09:45:00+08:00'),
            booking('a3', '2031-03-03T09:30:00+08:00', '2031-03-03T10:00:00+08:00'))))
        assert report['resources']['Encounter']['new'] == 2, report
        assert report['resources']['Appointment']['new'] == 2, report
        reasons = {r['reason'] for r in report['not_taken']}
        assert reasons == {'it does not end after it starts', 'its start has no time of day with a zone',
                           'it lasts longer than a day: stays in hospital have no home here yet', 'it is not finished',
                           'its time is taken by another visit'}, reasons
        assert {v['modality'] for v in folder.records('appointment') if v['status'] == 'completed'} == {'video'}
        folder.run('doctor').expect(0)


@test
def files_that_point_to_each_other_come_in_any_order():
    with Folder() as folder:
        folder.init()
        visit = folder.file('a.json', {**encounter('e1', '2020-03-01T09:00:00Z', '2020-03-01T09:30:00Z'),
                                       'subject': {'reference': 'https://x.example/fhir/Patient/p1/_history/3'},
                                       'participant': [{'individual': {'reference': 'PractitionerRole/r1'}}]})
        medicine = folder.file('b.json', {'resourceType': 'MedicationRequest', 'id': 'm1', 'status': 'active',
                                          'intent': 'order', 'subject': {'reference': 'Patient/p1'},
                                          'medicationReference': {'reference': 'Medication/x1'}})
        role = folder.file('c.json', {'resourceType': 'PractitionerRole', 'id': 'r1',
                                      'practitioner': {'reference': 'Practitioner/d1'}})
        name = folder.file('d.json', {'resourceType': 'Medication', 'id': 'x1', 'code': {'text': 'Example 5 mg'}})
        report = folder.report(visit, medicine, folder.file('e.json', patient()), role, name,
                               folder.file('f.json', PRACTITIONER))
        assert report['not_taken'] == [], report
        assert report['resources']['Encounter']['new'] == 1 and report['resources']['MedicationRequest']['new'] == 1
        assert folder.records('medication')[0]['name'] == 'Example 5 mg'


@test
def broken_files_are_named_and_others_go_on():
    whole = json.dumps(bundle(patient())).encode()
    deep = b'{"resourceType":"Patient","x":' + b'[' * 90000 + b']' * 90000 + b'}'
    fhir = b'<Patient xmlns="http://hl7.org/fhir">%s</Patient>'
    with Folder() as folder:
        folder.init()
        broken = {
            'half.json': whole[:-40],
            'deep.json': deep,
            'double.json': b'{"resourceType":"Patient","id":"a","id":"b"}',
            'text.json': b'once upon a time',
            'empty.json': b'',
            'number.json': b'7',
            'nameless.json': b'{"a":1}',
            'latin.json': b'{"resourceType":"Patient","id":"\xe9"}',
            'history.json': json.dumps(bundle(patient(), kind='history')).encode(),
            'half.xml': fhir[:-9] % b'<id value="x"/>',
            'entity.xml': b'<!DOCTYPE p [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + fhir % b'<id value="&e;"/>',
            'foreign.xml': b'<html><body/></html>',
            'deep.xml': fhir % (b'<extension url="x">' * 200 + b'</extension>' * 200),
            'apart.xml': fhir % b'<name><family value="a"/></name><id value="b"/><name><family value="c"/></name>',
            'bytes.json': bytes(range(256)) * 64,
        }
        paths = [folder.file(name, content) for name, content in broken.items()]
        good = folder.file('good.json', whole)
        report = folder.report(*paths, os.path.join(folder.top, 'absent.json'), folder.top, good, code=1)
        named = {os.path.basename(f['file']) for f in report['broken_files']}
        assert named == {*broken, 'absent.json', os.path.basename(folder.top)}, named
        assert all(len(f['reason']) > 20 for f in report['broken_files']), report['broken_files']
        assert report['resources']['Patient']['new'] == 1
        assert len(folder.records('patient')) == 1
        assert 'root:' not in json.dumps(report)


@test
def odd_shapes_are_refused_one_by_one():
    with Folder() as folder:
        folder.init()
        odd = [patient('o1', name='Wren'), patient('o2', name=[7]), patient('o3', birthDate=19840229),
               patient('o4', gender=['x']), patient('o5', telecom={'system': 'phone', 'value': 7}),
               patient('o6', name=[{'family': 'x' * 500, 'given': ['y']}]),
               patient('o7', name=[{'family': 'Bell\u0007', 'given': ['y']}]), patient('o8', address='here'),
               {'resourceType': 'Patient', 'id': 'z' * 300}, {'resourceType': 7, 'id': 'o9'}, {'id': 'o10'},
               {'resourceType': 'Encounter', 'id': 'o11', 'status': 'finished', 'period': 7, 'subject': 'Patient/o3'},
               {'resourceType': 'MedicationRequest', 'id': 'o12', 'status': 'active', 'contained': 7,
                'medicationReference': {'reference': '#x'}, 'subject': {'reference': '#'}}]
        report = folder.report(folder.file('odd.json', bundle(*odd)))
        assert report['resources']['Patient']['new'] == 4, report
        assert sum(r['not_taken'] for r in report['resources'].values()) == 9, report
        assert report['broken_files'] == []


@test
def a_directory_in_use_is_left_alone():
    with Folder() as folder:
        folder.init()
        with open(os.path.join(folder.data, 'lock'), 'a', encoding='utf-8') as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            folder.run('import', 'fhir', folder.file('p.json', patient())).expect(3, 'in use')
            folder.demo().expect(3, 'in use')
            folder.run('user', 'password', '--password-stdin', 'ada', stdin=PASSWORD + '\n').expect(3, 'in use')
            folder.run('doctor').expect(0, 'has it open now', 'in order')
        assert folder.records('patient') == []
        folder.run('import', 'fhir', folder.file('p.json', patient())).expect(0)


@test
def doctor_says_what_is_wrong():
    with Folder() as folder:
        folder.run('doctor').expect(1, 'There is no folder')
        folder.demo(10).expect(0)
        invoice = folder.records('invoice')[3]
        key = os.path.join(folder.data, 'server-key')
        os.chmod(folder.data, 0o755)
        os.rename(key, key + '.away')
        with folder.database() as database:
            database.execute("DELETE FROM record WHERE json_extract (body, '$.id') = ?", (invoice['id'],))
            database.execute('DELETE FROM index_invoice WHERE number = ?', (invoice['number'],))
            database.execute("UPDATE record SET body = replace (body, '\"administrator\"', '\"manager\"')"
                             " WHERE type = 'user'")
        found = folder.run('doctor').expect(1, 'server-key', 'missing', '755', 'chmod', 'not gapless', 'administrator')
        assert all(line.startswith('- ') for line in found.out.splitlines()[1:]), found.out
        found.expect(1, 'The records are in SQLite')
        os.chmod(folder.data, 0o700)
        with open(key, 'wb') as file:
            file.write(b'short')
        os.chmod(key, 0o600)
        folder.run('doctor', '--quick').expect(1, 'damaged')
        path = os.path.join(folder.data, 'wattle.db')
        with open(path, 'r+b') as file:
            file.write(b'this is no database at all' * 100)
        folder.run('doctor').expect(1)
        with open(path, 'rb') as file:
            assert file.read(4) == b'this', 'the doctor wrote into a file that it could not open'


@test
def the_audit_trail_is_listed_in_ids():
    with Folder() as folder:
        folder.init()
        folder.run('import', 'fhir', folder.file('a.json', patient('a'))).expect(0)
        lines = folder.run('audit', 'list').expect(0).out.splitlines()
        head, rows = lines[0].split('\t'), [line.split('\t') for line in lines[1:]]
        assert head[:3] == ['sequence', 'at', 'actor'] and rows, lines
        assert [int(row[0]) for row in rows] == list(range(len(rows), 0, -1)), lines
        assert all(len(row) == len(head) for row in rows), lines
        first = folder.run('audit', 'list', '--limit', '1').expect(0).out.splitlines()
        assert len(first) == 2 and 'audit.read' in first[1], 'the reading before is the newest event: %s' % first
        before = folder.run('audit', 'list', '--before', '2').expect(0).out.splitlines()
        assert before[1:] == lines[-1:], before
        shown = folder.run('audit', 'show', '1').expect(0, 'action: ' + rows[-1][head.index('action')]).out
        assert 'hash: ' in shown and 'reason' not in shown, shown
        folder.run('audit', 'show', '9999').expect(3)
        folder.run('audit', 'show', 'x').expect(2)
        folder.run('audit', 'list', '--actor', 'mara').expect(2)


@test
def a_touched_audit_trail_shows():
    with Folder() as folder:
        folder.init()
        for name in ('a', 'b', 'c'):
            folder.run('import', 'fhir', folder.file(f'{name}.json', patient(name))).expect(0)
        folder.run('audit', 'verify').expect(0, 'whole')
        with folder.database() as database:
            database.execute('DROP TRIGGER audit_no_update')
            database.execute("UPDATE audit SET body = replace (body, '1 new', '0 new') WHERE sequence = 2")
        folder.run('audit', 'verify').expect(1, 'event 2')
        folder.run('doctor').expect(1, 'event 2')


@test
def the_server_takes_it_from_there():
    with Folder() as folder:
        folder.demo().expect(0)
        with wattled.Server(data=folder.data) as server:
            answer = wattled.Client(server).sign_in('imogen', 'wattle blooms in august')
            assert answer.status == 200, answer
            folder.run('import', 'fhir', folder.file('p.json', patient())).expect(3, 'in use')
            folder.run('doctor').expect(0, 'has it open now', 'in order')
        folder.run('import', 'fhir', folder.file('p.json', patient())).expect(0)
        folder.run('user', 'password', '--password-stdin', 'imogen', stdin=PASSWORD + '\n').expect(0)
        with wattled.Server(data=folder.data) as server:
            assert wattled.Client(server).sign_in('imogen', 'wattle blooms in august').status == 401
            assert wattled.Client(server).sign_in('imogen', PASSWORD).status == 200


def main():
    chosen = [t for t in TESTS if not sys.argv[3:] or t.__name__ in sys.argv[3:]]
    failed = 0
    print(f'1..{len(chosen)}', flush=True)
    for number, function in enumerate(chosen, 1):
        try:
            function()
            print(f'ok {number} {function.__name__}', flush=True)
        except Exception:  # lint: allow broad-except: any failure of a case is reported as that case's
            failed += 1
            print(f'not ok {number} {function.__name__}', flush=True)
            for line in traceback.format_exc().splitlines():
                print('# ' + line, flush=True)
    return failed > 0


sys.exit(main())
