#!/usr/bin/python3
# test_audit.py: six ways to touch the audit trail, each found by its chain or its signed checkpoints
#
# SPDX-License-Identifier: GPL-3.0-or-later
import base64
import hashlib
import json
import os
import pwd
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

import postgresql
from practice import Practice
from wattled import Server, main

CONTROL = os.environ.get('WATTLECTL', os.path.join(os.path.dirname(__file__), '../../_build/src/ctl/wattlectl'))
EVENTS = 400
ON_POSTGRESQL = os.environ.get('WATTLE_TEST_DATABASE') == 'postgresql'
PRACTICE = 'practice, ' if ON_POSTGRESQL else ''

kept = None
databases = {}


class Trail:
    """A stopped practice whose trail has checkpoints in its middle and at its end, and copies of it to harm."""

    def __init__(self):
        self.scratch = tempfile.TemporaryDirectory(prefix='wattle-audit-')
        self.data = os.path.join(self.scratch.name, 'data')
        self.copies = os.path.join(self.scratch.name, 'copies')
        self.database = databases[self.data] = postgresql.fresh() if ON_POSTGRESQL else None
        server = Practice(staff=(), data=self.data, database=self.database,
                          extra='[server]\ncheckpoints=%s\n' % self.copies)
        for _ in range(3):
            for i in range(EVENTS // 6):
                server.mara.create('patient', given_names='P%d' % i, family_name='Q', status='active')
                server.mara.do('note.read', id='x')
            server.stop()  # which signs where the trail stands
            server.start()
            server.mara.connection = None
        assert server.stop() == 0
        self.sizes = [note[0] for note in notes(os.path.join(self.data, 'audit', 'checkpoints'))]

    def copy(self):
        folder = os.path.join(self.scratch.name, 'copy%d' % len(databases))
        shutil.copytree(self.data, folder)
        os.chmod(folder, 0o700)
        databases[folder] = postgresql.fresh(self.database) if ON_POSTGRESQL else None
        return folder


def shared():
    global kept
    kept = kept or Trail()
    return kept


def notes(path):
    """Size, root and lines of each checkpoint of a file."""
    with open(path, encoding='utf-8') as file:
        text = file.read()
    found = []
    lines = text.split('\n')
    for i in range(0, len(lines) - 5, 6):
        assert lines[i].startswith('wattle/audit/') and lines[i + 4] == '', lines[i:i + 6]
        assert lines[i + 5].startswith('— ' + lines[i] + ' ')
        found.append((int(lines[i + 1]), base64.b64decode(lines[i + 2]), lines[i:i + 6]))
    return found


def control(folder, *arguments, before=()):
    where = ['--database', databases[folder]] if ON_POSTGRESQL else []
    done = subprocess.run([*before, CONTROL, '--data', folder, *where, 'audit', *arguments], capture_output=True,
                          text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def verify(folder, *arguments):
    return control(folder, 'verify', *arguments)


class OverPostgresql:
    """The owner of the tables, who may do everything; it speaks as sqlite3 does."""

    def __init__(self, address):
        import psycopg2
        self.connection = psycopg2.connect(address, options='-c search_path=wattle')
        self.connection.autocommit = True

    def execute(self, text, values=()):
        cursor = self.connection.cursor()
        cursor.execute(text.replace('?', '%s'), values)
        return cursor

    def close(self):
        self.connection.close()


def connect(folder):
    if ON_POSTGRESQL:
        return OverPostgresql(databases[folder])
    return sqlite3.connect(os.path.join(folder, 'wattle.db'), isolation_level=None)


def opened(folder):
    database = connect(folder)
    if not ON_POSTGRESQL:
        for name in ('audit_no_update', 'audit_no_delete', 'audit_no_gap'):
            database.execute('DROP TRIGGER ' + name)
    return database


def rehash(database, first):
    """What somebody with time and the source does: a chain that is whole again from there on."""
    previous = database.execute('SELECT hash FROM audit WHERE sequence = ?', (first - 1,)).fetchone()
    previous = bytes(previous[0]) if previous else bytes(32)
    for sequence, body in database.execute('SELECT sequence, body FROM audit WHERE sequence >= ? ORDER BY sequence',
                                           (first,)).fetchall():
        event = json.loads(body)
        event['sequence'] = sequence
        event['previous_hash'] = previous.hex()
        body = json.dumps(event, separators=(',', ':'))
        previous = hashlib.blake2b(previous + body.encode(), digest_size=32).digest()
        database.execute('UPDATE audit SET body = ?, hash = ? WHERE sequence = ?', (body, previous, sequence))


def falsify(database, sequence):
    """Another outcome of one event, whatever that was: which events stand where depends on when checkpoints came."""
    body = database.execute('SELECT body FROM audit WHERE sequence = ?', (sequence,)).fetchone()[0]
    altered = json.dumps(dict(json.loads(body), outcome='altered'), separators=(',', ':'))
    assert altered != body, body
    database.execute('UPDATE audit SET body = ? WHERE sequence = ?', (altered, sequence))


def counted(database):
    last = database.execute('SELECT max (sequence) FROM audit').fetchone()[0]
    database.execute("UPDATE counter SET value = ? WHERE name = 'audit'", (last,))


def expect(folder, code, *words, checkpoints=None):
    got, text = verify(folder, *(('--checkpoints', checkpoints) if checkpoints else ()))
    assert got == code, (got, text)
    for word in words:
        assert word in text, (word, text)


def may_not_change(database):
    """The role of the server adds, and nothing else."""
    import psycopg2
    database.execute('SET ROLE wattle_app')
    for act in ('UPDATE audit SET body = body', 'DELETE FROM audit', 'TRUNCATE audit'):
        try:
            database.execute(act)
            raise AssertionError(act)
        except psycopg2.errors.InsufficientPrivilege:
            pass
    database.close()


def test_a_whole():
    trail = shared()
    assert len(trail.sizes) >= 3, trail.sizes
    expect(trail.data, 0, 'whole', '%d events' % trail.sizes[-1], checkpoints=trail.copies)
    assert os.stat(os.path.join(trail.data, 'audit', 'checkpoints')).st_mode & 0o777 == 0o600
    assert notes(os.path.join(trail.copies, 'checkpoints')) == notes(os.path.join(trail.data, 'audit', 'checkpoints'))
    database = connect(trail.data)
    for size, root, _ in notes(os.path.join(trail.data, 'audit', 'checkpoints')):
        assert bytes(database.execute('SELECT hash FROM audit WHERE sequence = ?', (size,)).fetchone()[0]) == root
    if ON_POSTGRESQL:
        may_not_change(database)
        return
    for act in ('UPDATE audit SET body = body', 'DELETE FROM audit',
                "INSERT OR REPLACE INTO audit VALUES (1, randomblob (16), '{}', randomblob (32))",
                "INSERT INTO audit VALUES (999999, randomblob (16), '{}', randomblob (32))"):
        try:
            database.execute(act)
            raise AssertionError(act)
        except sqlite3.IntegrityError as problem:
            assert 'only grows' in str(problem), problem


def test_altered():
    trail = shared()
    folder = trail.copy()
    database = opened(folder)
    falsify(database, 37)
    database.close()
    expect(folder, 1, 'event 37 ')
    database = connect(folder)
    rehash(database, 37)
    database.close()
    expect(folder, 1, 'first event that is not what was signed is 1 or one up to %d' % trail.sizes[0])


def test_altered_after_a_checkpoint():
    trail = shared()
    folder = trail.copy()
    place = trail.sizes[0] + 5
    database = opened(folder)
    falsify(database, place)
    rehash(database, place)
    database.close()
    expect(folder, 1, 'is %d or one up to %d' % (trail.sizes[0] + 1, trail.sizes[1]))


def test_deleted():
    folder = shared().copy()
    database = opened(folder)
    database.execute('DELETE FROM audit WHERE sequence = 55')
    database.close()
    expect(folder, 1, 'event 55 ')
    database = connect(folder)
    database.execute('UPDATE audit SET sequence = -sequence WHERE sequence > 55')
    database.execute('UPDATE audit SET sequence = -sequence - 1 WHERE sequence < 0')
    rehash(database, 55)
    counted(database)
    database.close()
    expect(folder, 1, 'is 1 or one up to')


def test_inserted():
    folder = shared().copy()
    database = opened(folder)
    database.execute('UPDATE audit SET sequence = -sequence WHERE sequence > 60')
    database.execute('UPDATE audit SET sequence = 1 - sequence WHERE sequence < 0')
    database.execute('INSERT INTO audit (%ssequence, id, body, hash) SELECT %s61, ?, body, hash FROM audit'
                     ' WHERE sequence = 60' % (PRACTICE, PRACTICE), (os.urandom(16),))
    counted(database)
    database.close()
    expect(folder, 1, 'event 61 ')


def test_reordered():
    folder = shared().copy()
    database = opened(folder)
    database.execute('UPDATE audit SET sequence = -1 WHERE sequence = 70')
    database.execute('UPDATE audit SET sequence = 70 WHERE sequence = 71')
    database.execute('UPDATE audit SET sequence = 71 WHERE sequence = -1')
    database.close()
    expect(folder, 1, 'event 70 ')


def test_cut_off():
    trail = shared()
    folder = trail.copy()
    database = opened(folder)
    last = trail.sizes[-1]
    database.execute('DELETE FROM audit WHERE sequence > ?', (last - 10,))
    database.close()
    expect(folder, 1, 'event %d ' % (last - 9))
    database = connect(folder)
    counted(database)
    database.execute("DELETE FROM meta WHERE name = 'audit_checkpoint'")
    database.close()
    expect(folder, 1, 'event %d is the first that is missing' % (last - 9), 'of %d signed' % last)


def test_forked():
    """The same practice goes on twice from one moment: each is whole, and each knows of the other by its checkpoint."""
    trail = shared()
    folder = trail.copy()
    other = trail.copy()
    for where, name in ((folder, 'One'), (other, 'Two')):
        server = Server(data=where, database=databases[where])
        client = server.client()
        client.create('patient', given_names=name, family_name='Fork', status='active')
        assert server.stop() == 0
        expect(where, 0, 'whole')
    expect(folder, 1, 'two trails', 'is %d or one up to' % (trail.sizes[-1] + 1),
           checkpoints=os.path.join(other, 'audit'))


def test_forged_checkpoints():
    trail = shared()
    folder = trail.copy()
    path = os.path.join(folder, 'audit', 'checkpoints')
    with open(path, encoding='utf-8') as file:
        text = file.read()
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text.replace('\n%d\n' % trail.sizes[1], '\n%d\n' % (trail.sizes[1] - 1)))
    expect(folder, 1, 'checkpoint of event %d' % (trail.sizes[1] - 1), 'not signed by this server')
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text[:-30])
    expect(folder, 1, 'no checkpoint and was passed over')


def test_hello_carries_it():
    trail = shared()
    folder = trail.copy()
    server = Server(data=folder, database=databases[folder])
    client = server.client()
    hello = client.get('/v1/hello?checkpoint=%d' % trail.sizes[0]).json
    _, root, lines = notes(os.path.join(trail.data, 'audit', 'checkpoints'))[0]
    assert base64.b64decode(hello['checkpoint_root']) == root
    assert hello['checkpoint'].startswith(lines[0] + '\n') and hello['checkpoint_key'].startswith(lines[0] + '+')
    assert client.get('/v1/hello?checkpoint=99999999').json['checkpoint_root'] is None
    client.access = None
    assert 'checkpoint' not in client.get('/v1/hello').json
    assert server.stop() == 0


def readings(client):
    """What the trail says of those who read it with wattlectl, the newest first."""
    events = client.get('/v1/audit?limit=50').json['events']
    return [event for event in events if event['action'] == 'audit.read' and event['address'].startswith('os:')]


def test_reading_is_written_down():
    """Beside a server that goes on writing: who read the trail, and of whom, stands in it."""
    scratch = tempfile.TemporaryDirectory(prefix='wattle-audit-')
    data = os.path.join(scratch.name, 'data')
    databases[data] = postgresql.fresh() if ON_POSTGRESQL else None
    with Practice(staff=(), data=data, database=databases[data]) as server:
        chart = server.mara.create('patient', given_names='P', family_name='Q', status='active')['id']
        code, text = control(data, 'list', '--patient', chart)
        assert code == 0, text
        number = text.splitlines()[1].split('\t')[0]
        assert chart in text and 'audit.read' not in text, text
        server.mara.create('patient', given_names='R', family_name='Q', status='active')
        code, text = control(data, 'show', number)
        assert code == 0 and 'patient: ' + chart in text, text
        code, text = control(data, 'show', '99999999')
        assert code != 0 and chart not in text, (code, text)
        server.mara.create('patient', given_names='S', family_name='Q', status='active')
        read = readings(server.boss)
        account = 'os:' + pwd.getpwuid(os.getuid()).pw_name
        assert [event.get('patient') for event in read] == [None, chart, chart], read
        assert all(event['address'].startswith(account) and 'actor' not in event for event in read), read
        expect(data, 0, 'whole')
    expect(data, 0, 'whole')


def test_no_reading_without_a_line():
    """Where the trail cannot be written, it is not shown either, and says so."""
    if ON_POSTGRESQL or os.getuid() != 0:
        return
    folder = shared().copy()
    mount = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'
    fixed = ['unshare', '--mount', 'sh', '-c', mount, folder]
    # a container may forbid it, and in a changed root there is no mount to begin with
    if subprocess.run([*fixed, 'true'], stderr=subprocess.DEVNULL, check=False).returncode != 0:
        return
    for what in (('list',), ('show', '3')):
        code, text = control(folder, *what, before=fixed)
        assert code == 3 and 'nothing was shown' in text and 'os:' not in text and 'action' not in text, (code, text)
    # What only reads says what to do there: SQLite would have to make files beside the database.
    code, text = control(folder, 'verify', before=fixed)
    assert code == 3 and 'can only be read' in text and 'Copy the folder' in text, (code, text)
    before = verify(folder)
    assert before[0] == 0 and control(folder, 'show', '3')[0] == 0
    assert verify(folder) != before, before


def test_many():
    """200,000 events in one go, and how long they take to check."""
    if ON_POSTGRESQL:
        return
    folder = shared().copy()
    database = opened(folder)
    size, previous = database.execute('SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1').fetchone()
    body = json.loads(database.execute('SELECT body FROM audit WHERE sequence = ?', (size,)).fetchone()[0])
    rows = []
    alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
    for sequence in range(size + 1, size + 200001):
        name = (1 << 100) + sequence
        text = ''.join(alphabet[name >> shift & 31] for shift in range(125, -1, -5))
        body.update(sequence=sequence, id=text, previous_hash=previous.hex())
        line = json.dumps(body, separators=(',', ':'))
        previous = hashlib.blake2b(previous + line.encode(), digest_size=32).digest()
        rows.append((sequence, name.to_bytes(16, 'big'), line, previous))
    database.execute('BEGIN')
    database.executemany('INSERT INTO audit VALUES (?, ?, ?, ?)', rows)
    counted(database)
    database.execute('COMMIT')
    database.close()
    began = time.monotonic()
    expect(folder, 0, 'whole', '%d events' % (size + 200000))
    print('# 200,000 events were checked in %.2f s' % (time.monotonic() - began))


if __name__ == '__main__':
    sys.exit(main(globals()))
