# practice.py: an invented practice at work: its data made by wattlectl, its wattled on a free port
#
# SPDX-License-Identifier: GPL-3.0-or-later
import contextlib
import os
import subprocess
import sys
import time

from measuring import ROOT, built, say

os.environ['WATTLED'] = built('server/wattled')
sys.path.insert(0, os.path.join(ROOT, 'tests', 'server'))
import postgresql  # noqa: E402
from wattled import PASSWORD, Client, Server, instant, new_id  # noqa: E402, F401  (looks for WATTLED on import)

# Patients and years of history of practices of some 10,000, 50,000, 100,000 and 1,000,000 records.
SIZES = {10_000: (6_630, 0), 50_000: (1_900, 1), 100_000: (4_100, 1), 1_000_000: (48_000, 1)}

# Reception and the practice manager see everyone's bookings and bills.
LOGIN = 'mei'


def make(folder, patients, years):
    """Makes a practice; seconds on the clock, and of the processor."""
    start, before = time.monotonic(), os.times()
    size = ['--patients', str(patients), '--years', str(years)]
    subprocess.run([built('ctl/wattlectl'), '--data', folder, 'demo', *size, '--seed', '1', '--password', PASSWORD],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = os.times()
    took = time.monotonic() - start
    say(f'made a practice of {patients:,} patients in {took:.1f} s')
    return took, after.children_user + after.children_system - before.children_user - before.children_system


def serve(folder):
    """A wattled over the folder; a context manager with .port and .process."""
    return Server(data=folder)


def url(server):
    return f'http://127.0.0.1:{server.port}'


def token(server):
    client = Client(server)
    answer = client.sign_in(LOGIN)
    if answer.status != 200:
        raise RuntimeError(f'signing in was answered with {answer}')
    return client.access


def server_side(database=None, limits=None):
    """A new practice on an own wattled, of one clinician who is its administrator; SQLite when no database is given."""
    server = Server(limits=limits, database=database)
    server.setup()
    return server


@contextlib.contextmanager
def durable_postgresql():
    """A PostgreSQL that tells of a commit when it is on the disk, as for real use."""
    cluster = postgresql.Cluster(settings={'fsync': 'on', 'synchronous_commit': 'on', 'shared_buffers': '256MB'})
    try:
        yield cluster
    finally:
        cluster.close()


def django_database(cluster, name):
    cluster.fresh(name)
    return {'DATABASE_HOST': cluster.folder, 'DATABASE_NAME': name, 'DATABASE_USER': 'postgres'}
