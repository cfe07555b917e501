#!/usr/bin/python3
# test_faults.py: a server that is killed loses nothing that it acknowledged, and does nothing twice
#
# SPDX-License-Identifier: GPL-3.0-or-later
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time

from ledger import Ledger
from practice import Practice
from wattled import PROGRAM, Client, Server, main, new_id

ROUNDS = int(os.environ.get('WATTLE_ROUNDS', '8'))


def test_killed_while_pushing():
    seed = int(time.time())
    print('# seed %d, %d rounds' % (seed, ROUNDS))
    chance = random.Random(seed)
    with Practice(staff=()) as server:
        ledger = Ledger(server)
        for _ in range(ROUNDS):
            ledger.grow(chance.randint(5, 60))
            server.kill()
            server.start()
        ledger.stop()
        acknowledged, lost, doubled = ledger.check(server.mara)
        print('# %d acknowledged, %d lost, %d doubled' % (acknowledged, lost, doubled))
        assert acknowledged and not lost and not doubled
        events = server.boss.get('/v1/audit?limit=1000').json['events']
        sequences = [event['sequence'] for event in events]
        assert sequences == list(range(sequences[0], sequences[0] - len(sequences), -1)), 'a gap in the trail'


def test_one_damaged_row_holds_up_no_outbox():
    """What fails for no reason that passes is refused after some tries; what stands behind it goes on."""
    with Practice(staff=()) as server:
        mara = server.client()
        chart = server.patient(mara, 'Damaged', server.diaries['mara'])['id']
        server.stop()
        base = sqlite3.connect(os.path.join(server.data, 'wattle.db'))
        assert base.execute('UPDATE record SET body = ? WHERE instr (body, ?)', ('{broken', 'Damaged')).rowcount == 1
        base.commit()
        base.close()
        server.start()
        change = mara.operation('record.change', {'type': 'patient', 'id': chart, 'changes': {
            'alert': {'old': None, 'new': 'Xanthippe'}}})
        behind = mara.operation('record.create', {'record': {
            'type': 'patient', 'id': new_id(), 'given_names': 'Behind', 'family_name': 'It', 'status': 'active'}})
        tries = 0
        while True:
            statuses = [result['status'] for result in mara.push(change, behind).json['results']]
            if statuses != ['retry', 'retry']:
                break
            tries += 1
            assert tries < 50
        assert statuses == ['refused', 'ok'] and tries >= 3, (statuses, tries)
        result = mara.push(change).json['results'][0]
        assert (result['status'], result['first'], result['code']) == ('duplicate', 'refused', 'corrupt'), result
        # What was filled in is there for the manager, also when the computer it was done at is not.
        rows = server.client(role='manager').get('/v1/quarantine').json['refused']
        assert [(row['id'], row['code']) for row in rows] == [(change['id'], 'corrupt')], rows
        assert rows[0]['args']['changes']['alert']['new'] == 'Xanthippe' and 'administrator' in rows[0]['message'], rows
        assert not any('Xanthippe' in line or 'Damaged' in line for line in server.log), server.log


def test_one_server_a_directory():
    with Server() as server:
        other = subprocess.run([PROGRAM, '--data', server.data, '--listen', '127.0.0.1:0'], capture_output=True,
                               text=True, timeout=20)
        assert other.returncode == 1 and 'in use' in other.stderr, other
        server.kill()
        server.start()
        assert Client(server).get('/v1/hello').status == 200


def test_a_lost_key_is_not_replaced():
    with Server() as server:
        server.setup()
        server.stop()
        key = os.path.join(server.data, 'server-key')
        os.rename(key, key + '.away')
        broken = subprocess.run([PROGRAM, '--data', server.data, '--listen', '127.0.0.1:0'], capture_output=True,
                                text=True, timeout=20)
        assert broken.returncode == 1 and 'server-key' in broken.stderr, broken
        assert not os.path.exists(key), 'a new key was made for old data'
        os.rename(key + '.away', key)
        server.start()
        server.client()


def test_a_foreign_database_is_left_alone():
    with Server() as server:
        server.stop()
        path = os.path.join(server.data, 'wattle.db')
        for leftover in ('-wal', '-shm'):
            if os.path.exists(path + leftover):
                os.unlink(path + leftover)
        with open(path, 'wb') as file:
            file.write(b'this is not a database, but somebody wants to keep it' * 200)
        broken = subprocess.run([PROGRAM, '--data', server.data, '--listen', '127.0.0.1:0'], capture_output=True,
                                text=True, timeout=20)
        assert broken.returncode == 1 and broken.stderr.startswith('wattled: '), broken
        with open(path, 'rb') as file:
            assert file.read(20) == b'this is not a databa'


def test_words_on_the_command_line():
    for arguments, code, words in ((['--version'], 0, 'wattled '), (['--nonsense'], 2, 'nonsense'),
                                   (['--listen', 'everywhere'], 2, 'listen'),
                                   (['--config', '/no/such/file'], 2, '/no/'),
                                   (['--data', '/proc/nowhere', '--listen', '127.0.0.1:0'], 1, '/proc/nowhere')):
        done = subprocess.run([PROGRAM] + arguments, capture_output=True, text=True, timeout=20)
        assert done.returncode == code and words in done.stdout + done.stderr, (arguments, done)


def test_unknown_keys_are_named():
    with Server() as server:
        path = os.path.join(server.data, 'other.conf')
        for text, word in (('[server]\nporrt=1\n', 'porrt'), ('[limits]\nconnections=many\n', 'connections'),
                           ('[server]\ntrust_forwarded=perhaps\n', 'trust_forwarded'), ('[other]\nx=1\n', 'other'),
                           ('no key file', 'other.conf')):
            with open(path, 'w', encoding='utf-8') as file:
                file.write(text)
            done = subprocess.run([PROGRAM, '--config', path], capture_output=True, text=True, timeout=20)
            assert done.returncode == 2 and word in done.stderr, (text, done)


def test_stopped_by_a_signal():
    for number in (signal.SIGTERM, signal.SIGINT):
        with Server() as server:
            server.process.send_signal(number)
            assert server.process.wait(20) == 0


if __name__ == '__main__':
    sys.exit(main(globals()))
