#!/usr/bin/python3
# postgresql.py: a private PostgreSQL for tests: a temporary directory, a Unix socket, an unprivileged user
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""
In Python:    database = postgresql.fresh ()            # postgresql://... of a new, empty database
              cluster = postgresql.Cluster ()           # one of one's own, to be killed and promoted
Elsewhere:    postgresql.py serve                       # prints the folder of its socket, ends with its standard input

All cases of one program share a cluster, each with a database of its own. It ends with the program, however that ends.
"""
import atexit
import glob
import os
import pwd
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

# The tests kill processes and not the machine: what was written to the kernel is not lost.
SETTINGS = {'listen_addresses': "''", 'fsync': 'off', 'shared_buffers': '64MB', 'max_connections': '200',
            'timezone': 'UTC', 'log_min_messages': 'fatal', 'log_destination': 'stderr', 'autovacuum_naptime': '10s'}
PATIENCE = 60


def programs():
    """The folder of the newest PostgreSQL that Debian has here."""
    found = [path for path in glob.glob('/usr/lib/postgresql/*/bin') if os.path.exists(os.path.join(path, 'initdb'))]
    if not found:
        raise RuntimeError('there is no PostgreSQL here; ./dev setup test installs it')
    return max(found, key=lambda path: int(re.search(r'/(\d+)/', path).group(1)))


def unprivileged():
    """What to put before a command so that it does not run as root."""
    if os.geteuid() != 0:
        return []
    return ['setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups', '--inh-caps=-all', '--no-new-privs']


class Cluster:
    """One PostgreSQL. kill () is a crash; start () recovers from it. standby () makes a second one that follows."""

    def __init__(self, settings=None, primary=None, name='postgresql'):
        self.folder = tempfile.mkdtemp(prefix='wattle-pg-')
        self.data = os.path.join(self.folder, 'data')
        self.log = os.path.join(self.folder, 'log')
        self.name = name
        self.settings = dict(SETTINGS, **(settings or {}))
        self.environment = {'PATH': programs() + ':/usr/bin:/bin', 'HOME': self.folder, 'LC_ALL': 'C.UTF-8',
                            'PGHOST': self.folder, 'PGUSER': 'postgres'}
        self.process = None
        self.count = 0
        if os.geteuid() == 0:
            nobody = pwd.getpwnam('nobody')
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
        atexit.register(self.close)
        if primary is None:
            self.run('initdb', '--pgdata', self.data, '--username', 'postgres', '--auth', 'trust', '--no-sync',
                     '--encoding', 'UTF8', '--locale', 'C.UTF-8', '--no-instructions')
        else:
            self.run('pg_basebackup', '--pgdata', self.data, '--host', primary.folder, '--username', 'postgres',
                     '--write-recovery-conf', '--no-sync', '--checkpoint', 'fast', '--wal-method', 'stream',
                     '--dbname', 'application_name=' + name)
        self.start()

    def run(self, *words):
        done = subprocess.run(unprivileged() + list(words), env=self.environment, cwd=self.folder, text=True,
                              capture_output=True, timeout=PATIENCE, check=False)
        if done.returncode != 0:
            raise RuntimeError('%s: %s%s' % (words[0], done.stdout, done.stderr))
        return done.stdout

    def start(self):
        words = ['postgres', '-D', self.data, '-k', self.folder]
        for name, value in self.settings.items():
            words += ['-c', '%s=%s' % (name, value.strip("'"))]
        deadline = time.monotonic() + PATIENCE
        while not self.try_start(words, deadline):
            pass

    def try_start(self, words, deadline):
        """Whether it runs; it does not while the processes of one that was killed still hold its memory."""
        with open(self.log, 'wb') as log:
            self.process = subprocess.Popen(unprivileged() + words, env=self.environment, cwd=self.folder,
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        while subprocess.run(['pg_isready', '-q', '-h', self.folder], env=self.environment, check=False).returncode:
            try:
                self.process.wait(0.02)
            except subprocess.TimeoutExpired:
                if time.monotonic() < deadline:
                    continue
            with open(self.log, encoding='utf-8', errors='replace') as log:
                text = log.read()
            if 'shared memory block' in text and time.monotonic() < deadline:
                return False
            raise RuntimeError('PostgreSQL did not start: ' + text[-2000:])
        return True

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(PATIENCE)

    def kill(self):
        """The postmaster and all its processes at once, as when the machine goes."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)

    def close(self):
        atexit.unregister(self.close)
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def standby(self, name='standby', **settings):
        return Cluster(settings, self, name)

    def promote(self):
        self.sql('SELECT pg_promote(true, 60)')

    def fresh(self, name=None):
        """A new database; its address for wattled.conf."""
        self.count += 1
        name = name or 'practice%d_%d' % (os.getpid(), self.count)
        self.run('createdb', name)
        return self.address(name)

    def address(self, name='postgres'):
        return 'postgresql:///%s?host=%s&user=postgres' % (name, self.folder)

    def sql(self, text, database='postgres'):
        """What psql answers, fields apart by |."""
        return self.run('psql', '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-d', database, '-c', text).strip()


def database_of(address):
    return re.match(r'postgresql:///(\w+)\?', address).group(1)


class Shared:
    """The cluster of this program, in a process that ends when the program does."""
    process = None
    folder = None
    count = 0


def fresh(template=None):
    """The address of a new database in the cluster that this program shares: empty, or like the one at that address."""
    if Shared.process is None:
        Shared.process = subprocess.Popen([sys.executable or '/usr/bin/python3', os.path.abspath(__file__), 'serve'],
                                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        Shared.folder = Shared.process.stdout.readline().strip()
        if not Shared.folder:
            raise RuntimeError('no PostgreSQL could be started for the tests')
        atexit.register(end_shared)
    Shared.count += 1
    name = 'practice%d' % Shared.count
    like = ['-T', database_of(template)] if template else []
    subprocess.run([os.path.join(programs(), 'createdb'), '-h', Shared.folder, '-U', 'postgres', *like, name],
                   check=True, timeout=PATIENCE)
    return 'postgresql:///%s?host=%s&user=postgres' % (name, Shared.folder)


def sql(address, text):
    """What psql answers in that database, fields apart by |."""
    return subprocess.run([os.path.join(programs(), 'psql'), '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-d',
                           address, '-c', text], check=True, timeout=PATIENCE, text=True,
                          capture_output=True).stdout.strip()


def dump(address):
    """The whole database as SQL."""
    return subprocess.run([os.path.join(programs(), 'pg_dump'), '-d', address], check=True, timeout=PATIENCE,
                          capture_output=True).stdout


def end_shared():
    Shared.process.stdin.close()
    Shared.process.wait(PATIENCE)


def serve():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cluster = Cluster()
    print(cluster.folder, flush=True)
    # a line on standard input asks for a new database of that name
    while True:
        select.select([sys.stdin], [], [])
        line = sys.stdin.readline()
        if not line:
            break
        print(cluster.fresh(line.strip()), flush=True)
    cluster.close()


if __name__ == '__main__':
    if sys.argv[1:] != ['serve']:
        sys.exit('usage: postgresql.py serve')
    serve()
