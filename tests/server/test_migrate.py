#!/usr/bin/python3
# test_migrate.py: wattlectl over PostgreSQL: a practice taken there and back, and the other commands
#
# SPDX-License-Identifier: GPL-3.0-or-later
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile

import postgresql
from wattled import Client, Server, main

CTL = os.environ['WATTLECTL']
PASSWORD = 'wattle blooms in august'


def ctl(*words, stdin='', code=0):
    done = subprocess.run([CTL, *words], input=stdin, capture_output=True, text=True, timeout=200, check=False,
                          env={**os.environ, 'LC_ALL': 'C.UTF-8'})
    assert done.returncode == code, (words, done)
    return done.stdout + done.stderr


def demo(*place, patients=30):
    return ctl(*place, 'demo', '--patients', str(patients), '--years', '1', '--practitioners', '2', '--seed', '5',
               '--now', '2026-11-20T09:00:00+11:00')


def content(folder):
    found = {}
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if os.path.isfile(path) and name not in ('lock', 'wattle.db-shm', 'wattle.db-wal'):
            with open(path, 'rb') as file:
                found[name] = hashlib.sha256(file.read()).hexdigest()
    return found


def sign_in(server, login='rita'):
    client = Client(server)
    answer = client.sign_in(login, password=PASSWORD)
    assert answer.status == 200, answer
    return client


def a_login(address):
    return postgresql.sql(address, "SELECT body::json->>'login' FROM wattle.record WHERE type = 'user'"
                          " AND body LIKE '%reception%' LIMIT 1")


def records(rows):
    """All but the devices, which come with a sign-in."""
    return {row['put']['id']: row['put'] for row in rows if row['put']['type'] != 'device'}


def test_there_and_back():
    with tempfile.TemporaryDirectory(prefix='wattle-migrate-') as top:
        data, other = os.path.join(top, 'data'), os.path.join(top, 'other')
        demo('--data', data)
        before = content(data)
        address = postgresql.fresh()
        said = ctl('--data', data, 'migrate', '--to-database', address)
        assert said.count('the same') == 6 and 'audit trail holds' in said, said
        assert content(data) == before, 'the source was changed'
        assert 'already' in ctl('--data', data, 'migrate', '--to-database', address, code=3)
        said = ctl('--data', data, '--database', address, 'doctor')
        assert 'PostgreSQL' in said and 'in order' in said, said
        with Server(data=data, database=address) as server:
            assert 'in use' in ctl('--data', data, '--database', address, 'migrate', '--to-sqlite', code=3)
            client = sign_in(server, a_login(address))
            added = client.create('patient', given_names='Wren', family_name='Zzyzx', status='active')
            _, rows = client.snapshot()
        os.mkdir(other, 0o700)
        shutil.copy(os.path.join(data, 'server-key'), other)
        said = ctl('--data', other, '--database', address, 'migrate', '--to-sqlite')
        assert said.count('the same') == 6, said
        assert 'in order' in ctl('--data', other, 'doctor')
        with Server(data=other) as server:
            client = sign_in(server, a_login(address))
            _, again = client.snapshot()
            assert records(rows) == records(again)
            assert any(row['put']['id'] == added['id'] for row in again)


def test_stopped_halfway():
    with tempfile.TemporaryDirectory(prefix='wattle-migrate-') as top:
        data = os.path.join(top, 'data')
        demo('--data', data, patients=300)
        before = content(data)
        address = postgresql.fresh()
        for number, code in ((signal.SIGINT, 130), (signal.SIGKILL, -9)):
            process = subprocess.Popen([CTL, '--data', data, 'migrate', '--to-database', address],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            process.stderr.readline()  # it has begun to copy
            process.send_signal(number)
            process.communicate(timeout=100)
            assert process.returncode == code, process.returncode
            assert postgresql.sql(address, 'SELECT count (*) FROM wattle.record') == '0'
            assert content(data) == before
        said = ctl('--data', data, 'migrate', '--to-database', address)
        assert said.count('the same') == 6, said


def test_a_practice_made_there():
    with tempfile.TemporaryDirectory(prefix='wattle-migrate-') as top:
        data = os.path.join(top, 'data')
        address = postgresql.fresh()
        config = os.path.join(top, 'wattled.conf')
        with open(config, 'w', encoding='utf-8') as file:
            file.write('[server]\ndata_dir=%s\ndatabase=%s\npractice=first\n' % (data, address))
        ctl('--config', config, 'init', '--practice', 'Test Clinic', '--zone', 'Australia/Perth', '--login', 'ada',
            '--name', 'Ada Quilty', '--password-stdin', stdin='seven quiet wombats wander\n')
        ctl('--config', config, 'user', 'password', '--password-stdin', 'ada', stdin='eight loud wombats wander\n')
        ctl('--config', config, 'audit', 'verify')
        assert 'in order' in ctl('--config', config, 'doctor')
        # a second one in the same database, in a folder of its own
        demo('--data', os.path.join(top, 'second'), '--database', address, '--practice-name', 'second')
        assert 'in order' in ctl('--data', os.path.join(top, 'second'), '--database', address, '--practice-name',
                                 'second', 'doctor')
        assert postgresql.sql(address, "SELECT count (DISTINCT practice) FROM wattle.record") == '2'
        postgresql.sql(address, 'GRANT UPDATE ON wattle.audit TO wattle_app')
        assert 'may change the audit trail' in ctl('--config', config, 'doctor', code=1)
        postgresql.sql(address, "UPDATE wattle.audit SET body = replace (body, 'ada', 'eve') WHERE sequence = 2;"
                       " UPDATE wattle.audit SET hash = 'x' WHERE sequence = 2")
        ctl('--config', config, 'audit', 'verify', code=1)


if __name__ == '__main__':
    sys.exit(main(globals()))
