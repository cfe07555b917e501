# call_figures.py: what is reckoned from pictures and processes of a call, and the table that it goes into
#
# SPDX-License-Identifier: GPL-3.0-or-later
import contextlib
import os
import threading

from measuring import Result

LOSSES = (0, 5, 10, 20)
FREEZE = 0.15
TICK = os.sysconf('SC_CLK_TCK')
YARDSTICK = 'Chromium'


def pause(seconds):
    threading.Event().wait(seconds)


def middle(values, part=0.5):
    values = sorted(values)
    return values[min(int(len(values) * part), len(values) - 1)] if values else None


def freezes(times, start, end):
    """Seconds frozen, and how often, by the rule of the W3C: a gap over 3 usual ones and over a usual one + 150 ms."""
    times = [start, *[one for one in times if start <= one <= end], end]
    gaps, frozen, count = [], 0, 0
    for before, after in zip(times, times[1:]):
        gap = after - before
        usual = sum(gaps[-30:]) / len(gaps[-30:]) if gaps else 1 / 30
        if gap > max(3 * usual, usual + FREEZE):
            frozen, count = frozen + gap, count + 1
        else:
            gaps.append(gap)
    return frozen, count


def ages(here, there):
    """How old each picture is, in ms: against when the same place of the ball was seen at the other end's own camera.
    Chromium reckons it from the sender's reports."""
    if not here['own'] and not there['own']:
        return [about / 1000 for _, about, _ in here['others'] if about]
    found = []
    for t, x, y in here['others']:
        near = [(abs(x - a) + abs(y - b), t - s) for s, a, b in there['own'] if 0 <= t - s < 2e6]
        if near:
            found.append(min(near)[1] / 1000)
    return found


def processor(pids):
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError), open(f'/proc/{pid}/stat', encoding='utf-8') as file:
            words = file.read().rsplit(')', 1)[1].split()
            total += (int(words[11]) + int(words[12])) / TICK
    return total


def holdings(pids):
    """Megabytes, threads and descriptors."""
    sums = [0, 0, 0]
    for pid in pids:
        with open(f'/proc/{pid}/status', encoding='utf-8') as file:
            status = dict(line.split(':', 1) for line in file)
        sums[0] += int(status['VmRSS'].split()[0]) / 1024
        sums[1] += int(status['Threads'])
        sums[2] += len(os.listdir(f'/proc/{pid}/fd'))
    return sums


class Table:
    """Figures by name; each line says how often it was measured."""

    def __init__(self):
        self.rows, self.failed = {}, []

    def fail(self, step):
        self.failed.append(step)

    def add(self, name, unit, ours, peer=None, aim=None, kind='at most'):
        row = self.rows.setdefault(name, (unit, aim, kind, [], []))
        row[3].extend([ours] if isinstance(ours, (int, float)) else ours)
        row[4].extend([] if peer is None else [peer] if isinstance(peer, (int, float)) else peer)

    def results(self):
        for name, (unit, aim, kind, ours, peer) in self.rows.items():
            result = Result(f'{name} (n={len(ours)})', unit, kind if aim else None, aim, YARDSTICK)
            for at, one in enumerate(ours):
                if at < len(peer):
                    # Nothing against nothing is no loss; something against nothing is.
                    result.add(one, peer[at], one / peer[at] if peer[at] else 1 if one <= 0 else 100)
                else:
                    result.add(one)
            yield result
        for step in self.failed:
            result = Result(f'{step} failed, see above (n=0)', '', 'at most', -1)
            result.add(0)
            yield result
