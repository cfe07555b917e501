#!/usr/bin/python3
# loops.py: whole programs are killed, filled up and misled, again and again, while a list of what they said is kept
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""
loops.py [LOOP...] [--rounds N] [--seed S]

Every loop counts what was acknowledged, what of it was lost and what was done twice. Nothing may be lost or doubled,
but in the loop named "asynchronous", whose set-up must lose: it shows that the others would see a loss.
"""
import argparse
import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), 'server'))
sys.dont_write_bytecode = True
import postgresql  # noqa: E402
from ledger import Ledger  # noqa: E402
from practice import Practice  # noqa: E402
from wattled import PASSWORD, PROGRAM, Client, Server, new_id  # noqa: E402

CHILD = os.environ.get('SYNC_CHILD', os.path.join(os.path.dirname(PROGRAM), '../../tests/server/sync/sync-child'))
WATTLECTL = os.environ.get('WATTLECTL', os.path.join(os.path.dirname(PROGRAM), '../ctl/wattlectl'))
PIECE = 64 * 1024


class Counts:
    """What a loop saw."""

    def __init__(self):
        self.rounds = self.acknowledged = self.lost = self.doubled = 0
        self.note = ''

    def take(self, acknowledged, lost, doubled):
        self.acknowledged += acknowledged
        self.lost += lost
        self.doubled += doubled


def killed(rounds, chance, database=None):
    """kill -9 of the only server, at any moment."""
    counts = Counts()
    with Practice(staff=(), database=database) as server:
        ledger = Ledger(server)
        for counts.rounds in range(1, rounds + 1):
            ledger.grow(chance.randint(1, 60))
            server.kill()
            server.start()
        ledger.stop()
        counts.take(*ledger.check(server.mara))
        counts.note = '%d calls without an answer' % sum(pusher.unanswered for pusher in ledger.pushers)
    return counts


def killed_on_postgresql(rounds, chance):
    """The same on PostgreSQL."""
    return killed(rounds, chance, postgresql.fresh())


def one_of_two(rounds, chance):
    """Two servers on one database; one of them is killed while both are busy."""
    counts = Counts()
    with Practice(staff=(), database=postgresql.fresh()) as server, \
            Server(data=server.data, database=server.database) as other:
        other.practice = server.practice
        ledger = Ledger(server, [other])
        for counts.rounds in range(1, rounds + 1):
            ledger.grow(chance.randint(1, 60))
            victim = chance.choice((server, other))
            victim.kill()
            ledger.grow(chance.randint(1, 20))
            victim.start()
        ledger.stop()
        counts.take(*ledger.check(server.mara))
    return counts


def failed_over(synchronous, chance):
    """A primary is killed, all at once, and its standby promoted: (acknowledged, lost, doubled)."""
    primary = postgresql.Cluster()
    standby = primary.standby()
    try:
        if synchronous:
            primary.sql("ALTER SYSTEM SET synchronous_standby_names = 'FIRST 1 (standby)'")
            primary.sql('SELECT pg_reload_conf()')
        primary.fresh('practice')
        address = 'postgresql:///practice?host=%s,%s&user=postgres&target_session_attrs=read-write' % (
            primary.folder, standby.folder)
        with Practice(staff=(), database=address) as server:
            ledger = Ledger(server)
            if not synchronous:
                os.killpg(standby.process.pid, signal.SIGSTOP)
                for pid in children(standby.process.pid):
                    os.kill(pid, signal.SIGSTOP)
            # what fits into the pipe between them reaches the one that was stopped when it goes on
            ledger.grow(chance.randint(20, 200) if synchronous else 600)
            primary.kill()
            if not synchronous:
                for pid in [*children(standby.process.pid), standby.process.pid]:
                    os.kill(pid, signal.SIGCONT)
            standby.promote()
            if synchronous:
                ledger.grow(20)
            ledger.stop()
            return ledger.check(server.mara)
    finally:
        standby.close()
        primary.close()


def children(pid):
    with open('/proc/%d/task/%d/children' % (pid, pid), encoding='utf-8') as file:
        return [int(word) for word in file.read().split()]


def primary(rounds, chance):
    """The primary of PostgreSQL is killed and its synchronous standby promoted."""
    counts = Counts()
    for counts.rounds in range(1, rounds + 1):
        counts.take(*failed_over(True, chance))
    return counts


def asynchronous(rounds, chance):
    """The same with a standby that lags: this must lose."""
    counts = Counts()
    for counts.rounds in range(1, rounds + 1):
        counts.take(*failed_over(False, chance))
    counts.note = 'must lose'
    return counts


def client(rounds, chance):
    """kill -9 of the desktop's own client at work, with its sealed cache and its outbox."""
    counts = Counts()
    safe = set()
    with Practice(staff=()) as server, tempfile.TemporaryDirectory(prefix='wattle-client-') as folder:
        answer = server.boss.post('/v1/users', {'login': 'nguyen', 'display_name': 'Linh Nguyen', 'password': PASSWORD,
                                                'roles': ['reception']})
        assert answer.status == 200, answer
        desk = server.client('nguyen')
        command = [CHILD, 'http://127.0.0.1:%d' % server.port, folder]
        for counts.rounds in range(1, rounds + 1):
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
                for _ in range(chance.randint(1, 40)):
                    line = child.stdout.readline()
                    assert line, 'the client ended by itself'
                    safe.add(line.strip())
                child.kill()
                # What was printed whole was said, a torn last line was not.
                safe.update(line.strip() for line in child.stdout if line.endswith('\n'))
        # One that is let be sends what the killed ones left; the server must come to have all.
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            while True:
                present = [row['put']['id'] for row in desk.snapshot()[1] if row['put']['type'] == 'patient']
                if safe <= set(present):
                    break
                assert child.stdout.readline(), 'the client ended by itself'
                if len(present) > len(safe) + 2000:
                    break
            child.kill()
        counts.take(len(safe), len(safe - set(present)), len(present) - len(set(present)))
    return counts


def send_file(server, client, data, stop):
    """Sends the bytes of a file, piece by piece, until the server has all of them."""
    name = hashlib.blake2b(data, digest_size=32).hexdigest()
    while not stop.is_set():
        try:
            head = client.call('HEAD', '/v1/blobs/' + name)
            at = int(head.headers.get('upload-offset', 0)) if head.status == 200 else 0
            if head.status == 200 and 'upload-offset' not in head.headers:
                return name
            answer = client.call('PATCH', '/v1/blobs/' + name, raw=data[at:at + PIECE],
                                 headers={'Upload-Offset': str(at), 'Upload-Length': str(len(data))})
            if answer.status == 204 and int(answer.headers['upload-offset']) == len(data):
                return name
        except (OSError, ValueError, KeyError):
            continue
        except Exception as problem:
            if 'http.client' not in type(problem).__module__:
                raise
    return None


def blobs(rounds, chance):
    """kill -9 of the server while files arrive: each is there whole, or is not there."""
    counts = Counts()
    kept, problems, stop = {}, [], threading.Event()
    with Practice(staff=()) as server:
        mara = server.client()
        patient = server.patient(mara, 'Files', server.diaries['mara'])['id']

        def work(one):
            try:
                while not stop.is_set():
                    data = os.urandom(random.randint(1000, 6 * PIECE))
                    name = send_file(server, one, data, stop)
                    if name:
                        kept[name] = data
            except Exception as problem:
                problems.append(problem)

        threads = [threading.Thread(target=work, args=(server.client(),), daemon=True) for _ in range(3)]
        for thread in threads:
            thread.start()
        for counts.rounds in range(1, rounds + 1):
            wanted = len(kept) + chance.randint(1, 8)
            while len(kept) < wanted and not problems:
                threading.Event().wait(0.001)
            server.kill()
            server.start()
        stop.set()
        for thread in threads:
            thread.join(60)
        if problems:
            raise problems[0]
        lost = 0
        for name, data in kept.items():
            mara.done('document.file', document={
                'type': 'document', 'id': new_id(), 'patient': patient, 'kind': 'letter', 'title': 'Letter',
                'document_date': '2026-11-20', 'media_type': 'application/pdf', 'size': len(data), 'hash': name})
            lost += mara.get('/v1/blobs/' + name).body != data
        counts.take(len(kept), lost, 0)
    return counts


def no_more_than(server, size):
    """No file of that server may grow beyond so many bytes; None ends it. A quota answers like a disk that is full."""
    subprocess.run(['prlimit', '--pid', str(server.process.pid), '--fsize=%s:' % (size or 'unlimited')], check=True)


def full(rounds, chance):
    """The server's files may not grow, then they may again: what was acknowledged stays, and it goes on by itself."""
    counts = Counts()
    with Practice(staff=(), prefix=['/usr/bin/python3', '-c', 'import os, signal, sys\n'
                                    'signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n'
                                    'os.execv(sys.argv[1], sys.argv[1:])']) as server:
        ledger = Ledger(server)
        for counts.rounds in range(1, rounds + 1):
            ledger.grow(chance.randint(1, 60))
            size = max(os.path.getsize(os.path.join(server.data, name)) for name in ('wattle.db', 'wattle.db-wal'))
            before = ledger.full()
            no_more_than(server, size + chance.randint(0, 100_000))
            ledger.wait(lambda before=before: ledger.full() > before)
            no_more_than(server, None)
        ledger.grow(20)
        ledger.stop()
        counts.take(*ledger.check(server.mara))
        counts.note = '%d calls were told so' % ledger.full()
    return counts


def clock(rounds, chance):
    """The server's clock jumps: order and ledger hold, and an old token does not come to life again."""
    counts = Counts()
    with tempfile.TemporaryDirectory(prefix='wattle-clock-') as folder:
        hands = os.path.join(folder, 'clock')

        def jump(days):
            with open(hands + '.new', 'w', encoding='utf-8') as file:
                file.write('%+dd\n' % days)
            os.rename(hands + '.new', hands)

        jump(0)
        library = '/usr/lib/%s/faketime/libfaketimeMT.so.1' % os.uname().machine.replace('x86_64', 'x86_64-linux-gnu')
        with Practice(staff=(), environment={
                'LD_PRELOAD': library, 'FAKETIME_TIMESTAMP_FILE': hands, 'FAKETIME_NO_CACHE': '1',
                'FAKETIME_DONT_FAKE_MONOTONIC': '1'}) as server:
            last = 0
            for counts.rounds in range(1, rounds + 1):
                jump(chance.choice((-1, 0, 1, 31, 400)))
                one = server.client()
                token = one.access
                made = one.create('patient', given_names='Now', family_name='Ledger', status='active',
                                  primary_practitioner=server.diaries['mara'])
                revision = one.get('/v1/hello').json['head']
                counts.doubled += revision <= last
                last = revision
                jump(800)
                counts.lost += one.call('GET', '/v1/hello', headers={'Authorization': 'Bearer ' + token}).json.get(
                    'user') is not None
                jump(0)
                again = server.client()
                counts.lost += made['id'] not in [row['put']['id'] for row in again.snapshot()[1]]
                counts.acknowledged += 1
            assert server.stop() == 0
            verify = subprocess.run([WATTLECTL, '--data', server.data, 'audit', 'verify'], capture_output=True,
                                    text=True, check=False)
            assert verify.returncode == 0, verify.stdout + verify.stderr
            server.start()
    return counts


LOOPS = {'server': killed, 'server on PostgreSQL': killed_on_postgresql, 'one of two servers': one_of_two,
         'primary': primary, 'asynchronous': asynchronous, 'client': client, 'blobs': blobs, 'full': full,
         'clock': clock}
SLOW = {'primary': 20, 'asynchronous': 40, 'client': 4, 'clock': 2}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('loops', nargs='*', metavar='LOOP', help='of: ' + ', '.join(LOOPS))
    parser.add_argument('--rounds', type=int, default=100, help='of a quick loop; slow ones do fewer (100)')
    parser.add_argument('--tap', action='store_true', help='in the form that meson reads')
    parser.add_argument('--seed', type=int, default=random.randrange(1 << 30))
    options = parser.parse_args()
    unknown = [name for name in options.loops if name not in LOOPS]
    if unknown:
        parser.error('there is no loop ' + unknown[0])
    chosen = options.loops or list(LOOPS)
    form = ('# ' if options.tap else '') + '%-22s %7s %13s %6s %8s  %s'
    print('1..%d' % len(chosen) if options.tap else 'seed %d' % options.seed)
    print(form % ('Loop', 'Rounds', 'Acknowledged', 'Lost', 'Doubled', ''), flush=True)
    failed = 0
    for number, name in enumerate(chosen, 1):
        counts = LOOPS[name](max(1, options.rounds // SLOW.get(name, 1)), random.Random(options.seed))
        if name == 'asynchronous':
            well = counts.lost > 0
        else:
            well = counts.acknowledged > 0 and counts.lost + counts.doubled == 0
        print(form % (name, counts.rounds, format(counts.acknowledged, ','), counts.lost, counts.doubled, counts.note))
        if options.tap:
            print('%s %d - %s, seed %d' % ('ok' if well else 'not ok', number, name, options.seed))
        sys.stdout.flush()
        failed += not well
    return 1 if failed else 0


sys.exit(main())
