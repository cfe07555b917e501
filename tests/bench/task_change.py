# task_change.py: a change in one client until it is in another's store, in round trips of a bare WebSocket echo
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the call that does the operation until the other client's store tells its views. Through loopback, where the
disk's commits count most, and over a link with a round trip of 40 ms, as a clinic has to its server."""
import contextlib
import os
import statistics
import subprocess
import sys

import practice
from measuring import HERE, Result, program, say, scratch

NAME = 'change'
AIM = 3


@contextlib.contextmanager
def running(command):
    """A program that prints a port and serves until the end of the block."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def link(port, delay):
    return running([sys.executable, os.path.join(HERE, 'link.py'), str(port), str(delay)])


def times(command):
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return statistics.median(float(line) for line in output.split())


def rounds(result, options, server_port, echo_port, login=practice.LOGIN, other_port=None):
    other = [f'http://127.0.0.1:{other_port}'] if other_port else []
    for _ in range(options.rounds):
        ours = times([program('bench-sync'), 'change', f'http://127.0.0.1:{server_port}', login, practice.PASSWORD,
                      '15', *other])
        result.add(ours, times([program('bench-echo'), 'ask', str(echo_port), '30']))
    say(f'{result.task}: {result.value():.1f} round trips')
    return result


def measure(options):
    results = []
    with scratch() as folder:
        data = os.path.join(folder, 'practice')
        practice.make(data, 100, 1)
        with practice.serve(data) as server, running([program('bench-echo'), 'serve']) as echo:
            near = Result('A change on the other screen, loopback', 'ms', 'at most', AIM, 'echo')
            results.append(rounds(near, options, server.port, echo))
            with link(server.port, 20) as far_server, link(echo, 20) as far_echo:
                far = Result('A change on the other screen, 40 ms link', 'ms', 'at most', AIM, 'echo')
                results.append(rounds(far, options, far_server, far_echo))
            with practice.durable_postgresql() as cluster, practice.server_side(cluster.fresh('practice')) as first, \
                    practice.Server(data=first.data, database=first.database) as second:
                across = Result('A change on the other screen, two server processes', 'ms', None, None, 'echo')
                results.append(rounds(across, options, first.port, echo, 'mara', second.port))
    return results
