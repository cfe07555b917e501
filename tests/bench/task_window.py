# task_window.py: the first window with today's figures, and what client and server weigh then
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cache with a large practice; from the start of the process to the first frame with the visits of today, beside an
empty libadwaita window. The time in which the password opens the cache is left out and told: a person has just typed,
and the key is meant to take long. Then the memory of the client, and of a server that has nothing to do."""
import contextlib
import datetime
import os
import subprocess
import sys
import time

import practice
from measuring import BUILD, ROOT, Result, built, program, say, scratch

sys.path.insert(0, os.path.join(ROOT, 'tests', 'ui'))

NAME = 'window'
LOGIN = 'imogen'


@contextlib.contextmanager
def at_work():
    """Every program that is started meanwhile takes it for a Tuesday morning: on a Sunday there is nothing to show."""
    from day import FAKETIME, working_moment

    offset = int((working_moment() - datetime.datetime.now(datetime.timezone.utc)).total_seconds())
    # A file's time stays as it is, or every start would read all fonts anew.
    clock = {'LD_PRELOAD': FAKETIME, 'FAKETIME': f'{offset:+d}', 'FAKETIME_DONT_FAKE_MONOTONIC': '1',
             'NO_FAKE_STAT': '1'}
    os.environ.update(clock)
    try:
        yield
    finally:
        for name in clock:
            del os.environ[name]


def memory(pid, key):
    """Megabytes of a line of smaps_rollup or status."""
    name = 'smaps_rollup' if key == 'Pss' else 'status'
    with open(f'/proc/{pid}/{name}', encoding='ascii') as file:
        for line in file:
            if line.startswith(f'{key}:'):
                return int(line.split()[1]) * 1024 / 1e6
    raise RuntimeError(f'no {key} of process {pid}')


def show(desktop, *arguments):
    """Starts bench-window; its process and the two numbers it prints."""
    mode, rest = arguments[0], arguments[1:]
    environment = desktop.environ(GSETTINGS_SCHEMA_DIR=os.path.join(BUILD, 'data'), GSETTINGS_BACKEND='memory')
    process = subprocess.Popen([program('bench-window'), mode, f'{time.monotonic():.6f}', *rest], env=environment,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    line = process.stdout.readline()
    if not line:
        raise RuntimeError(f'bench-window {mode} ended with {process.wait()}')
    return process, [float(word) for word in line.split()]


def end(process):
    process.stdin.close()
    process.wait(30)
    process.stdout.close()


def measure_windows(options, desktop, client):
    window = Result('First window with today\'s figures', 'ms', 'at most', 1.5, 'empty libadwaita window')
    opening = Result('The password opens the cache', 'ms')
    pss = Result('Client with that practice cached, PSS', 'MB', 'at most', 120)
    for _ in range(options.rounds + 2):
        process, (empty, _nothing) = show(desktop, 'empty')
        end(process)
        process, (ours, unlock) = show(desktop, 'today', *client)
        process.stdout.readline()  # it has nothing left to do; what it did after its first frame is in its weight
        pss.add(memory(process.pid, 'Pss'))
        end(process)
        window.add(ours, empty)
        opening.add(unlock)
    say(f'window {window.value():.2f}x, PSS {pss.value():.0f} MB')
    return [window, opening, pss]


def measure(options):
    from desktop import Desktop

    people, bookings = (20000, 100000) if options.quick else (100000, 1000000)
    desktop = Desktop(1280, 860)
    try:
        with at_work(), scratch() as folder:
            data = os.path.join(folder, 'practice')
            practice.make(data, 500, 1)
            with practice.serve(data) as server:
                idle = Result('wattled, idle, RSS', 'MB', 'at most', 15)
                idle.add(memory(server.process.pid, 'VmRSS'))
                client = [practice.url(server), LOGIN, practice.PASSWORD, os.path.join(folder, 'client')]
                subprocess.run([program('bench-sync'), 'fill', *client, str(people), str(bookings)], check=True,
                               stdout=subprocess.DEVNULL)
                size = f'{people:,} patients and {bookings:,} bookings'
                say(f'made a cache of {size}')
                results = measure_windows(options, desktop, client)
                for result in results:
                    result.task += f', {size}' if result.peer_name else ''
                served = Result('wattled after serving a first sync, RSS', 'MB')
                served.add(memory(server.process.pid, 'VmRSS'))
                return [*results, idle, served]
    finally:
        desktop.end()
