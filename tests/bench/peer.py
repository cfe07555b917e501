# peer.py: starts the peers: what npm and Debian have, each on a free port of this machine
#
# SPDX-License-Identifier: GPL-3.0-or-later
import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time

from measuring import BUILD, HERE, say

PEERS = os.path.join(HERE, 'peers')
INSTALLED = os.path.join(BUILD, 'bench-peers')
TOKEN = 'a-token-of-the-benchmark'


def install():
    """What peers/package-lock.json names, in the build folder, as npm brings it."""
    lock = os.path.join(PEERS, 'package-lock.json')
    kept = os.path.join(INSTALLED, 'installed-lock.json')
    os.makedirs(INSTALLED, exist_ok=True)
    for name in os.listdir(PEERS):
        shutil.copy(os.path.join(PEERS, name), INSTALLED)
    if os.path.exists(kept) and open(kept, 'rb').read() == open(lock, 'rb').read():
        return
    say('installing the peers from npm: some minutes')
    # better-sqlite3 is compiled here; its headers of node come with Debian's libnode-dev.
    environment = dict(os.environ, npm_config_nodedir='/usr', npm_config_update_notifier='false')
    subprocess.run(['npm', 'ci', '--no-audit', '--no-fund', '--silent'], cwd=INSTALLED, env=environment, check=True)
    shutil.copy(lock, kept)


@contextlib.contextmanager
def running(command, **options):
    """A peer that prints its port; yields the port and the process."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **options)
    try:
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f'{command[:2]} did not start')
        yield int(line), process
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def node(name, *arguments):
    """A peer of peers/, by its file's name."""
    install()
    return running(['node', os.path.join(INSTALLED, name), *arguments])


def free_port():
    with socket.socket() as one:
        one.bind(('127.0.0.1', 0))
        return one.getsockname()[1]


def until_open(port, process):
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(('127.0.0.1', port), timeout=1):
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
            break
    raise RuntimeError(f'{process.args[:2]} does not listen')


@contextlib.contextmanager
def listening(command, port, **options):
    """A peer that is told its port; yields it and the process."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
    try:
        until_open(port, process)
        yield port, process
    finally:
        process.terminate()
        process.wait()


def django(database, practitioners):
    """Two workers of Django REST framework; database is a dict of the environment's DATABASE_… values."""
    environment = dict(os.environ, **database, PYTHONPATH=PEERS, PYTHONDONTWRITEBYTECODE='1')
    subprocess.run([sys.executable, os.path.join(PEERS, 'drf.py'), 'prepare', *practitioners], env=environment,
                   check=True)
    port = free_port()
    return listening([sys.executable, '-m', 'gunicorn', '--workers', '2', '--keep-alive', '60', '--worker-class',
                      'gthread', '--threads', '4', '--bind', f'127.0.0.1:{port}', 'drf:application'], port,
                     env=environment)


def radicale(folder):
    port = free_port()
    return listening([sys.executable, '-m', 'radicale', '--server-hosts', f'127.0.0.1:{port}', '--auth-type', 'none',
                      '--storage-filesystem-folder', folder], port)


def memory(process):
    """Resident memory of a process and those it started, in MB."""
    total, wanted = 0, [process.pid]
    while wanted:
        pid = wanted.pop()
        with contextlib.suppress(OSError):
            with open(f'/proc/{pid}/status', encoding='utf-8') as status:
                total += sum(int(line.split()[1]) for line in status if line.startswith('VmRSS:'))
            with open(f'/proc/{pid}/task/{pid}/children', encoding='utf-8') as children:
                wanted += children.read().split()
    return total / 1024
