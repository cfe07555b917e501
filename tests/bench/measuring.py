# measuring.py: what every task of the benchmark shares: workers, interleaved rounds, scratch folders, results
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two things are compared by turns, A B A B, and by the ratio within each round, so that what else the machine does in
the meantime touches both."""
import os
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BUILD = os.environ.get('WATTLE_BENCH_BUILD', os.path.join(ROOT, '_build'))


def program(name):
    """The path of a program of the benchmark."""
    return os.path.join(BUILD, 'tests', 'bench', name)


def built(name):
    """The path of one of Wattle's own programs."""
    return os.path.join(BUILD, 'src', *name.split('/'))


def say(text):
    print(f'  {text}', file=sys.stderr, flush=True)


def one_core(command):
    """The command held to the first processor this process may use."""
    return ['taskset', '-c', str(min(os.sched_getaffinity(0))), *command]


def without_pinning(command):
    """The numbers a program prints, run wherever the system puts it."""
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return [float(word) for word in output.split()]


def scratch():
    """A folder that goes away with its `with`."""
    return tempfile.TemporaryDirectory(prefix='measure-wattle-')


class Worker:
    """A program that answers a line of its input with a line of numbers."""

    def __init__(self, command):
        self.process = subprocess.Popen(one_core(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()

    def ask(self, line):
        self.process.stdin.write(f'{line}\n')
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f'{self.process.args[-2:]} ended without an answer')
        return [float(word) for word in answer.split()]


class Result:
    """One line of the table: a figure of ours, and where there is a peer the ratio ours / peer of every round.

    The aim, 'at least' or 'at most' so much, is of the ratio where there is a peer, else of the figure.
    """

    def __init__(self, task, unit, aim_kind=None, aim=None, peer_name=None):
        self.task, self.unit, self.aim_kind, self.aim, self.peer_name = task, unit, aim_kind, aim, peer_name
        self.ours, self.peer, self.ratios = [], [], []

    def add(self, ours, peer=None, ratio=None):
        self.ours.append(ours)
        if peer is not None:
            self.peer.append(peer)
            self.ratios.append(ratio if ratio is not None else ours / peer)

    def value(self):
        return statistics.median(self.ratios or self.ours)

    def met(self):
        if self.aim is None:
            return None
        return self.value() >= self.aim if self.aim_kind == 'at least' else self.value() <= self.aim

    def spread(self):
        return (min(self.ratios), statistics.median(self.ratios), max(self.ratios)) if self.ratios else None

    def as_json(self):
        return {'task': self.task, 'unit': self.unit, 'ours': self.ours, 'peer_name': self.peer_name, 'peer': self.peer,
                'ratios': self.ratios, 'aim_kind': self.aim_kind, 'aim': self.aim, 'met': self.met()}
