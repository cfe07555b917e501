# task_search.py: how long the list of patients takes to follow what is typed
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""One sealed cache a size; the names, parts of names, typing errors, mobiles, birthdays and Medicare numbers of some of
its people are typed letter by letter. Milliseconds of processor time: what else runs then does not count."""
import subprocess

from measuring import Result, one_core, program, say, scratch

NAME = 'search'
AIM = 8


def measure(options):
    results = []
    for people, typed in [(100000, 60)] if options.quick else [(100000, 60), (1000000, 60)]:
        with scratch() as folder:
            command = one_core([program('bench-search'), folder, str(people), str(typed)])
            output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        for line in output.splitlines():
            way, strokes, p50, p95, p99, longest, clock, found = line.split()
            say(f'{people:,} patients, {way}: {strokes} keystrokes, p50 {p50}, p95 {p95}, p99 {p99}, longest {longest}'
                f' ms (p95 on the clock {clock} ms); found {float(found):.0%}')
            result = Result(f'Search as you type, {people:,} patients, {way}, p95', 'ms', 'at most', AIM)
            result.add(float(p95))
            if way == 'all':
                results.append(result)
                tail = Result(f'Search as you type, {people:,} patients, all, p99', 'ms')
                tail.add(float(p99))
                results.append(tail)
    return results
