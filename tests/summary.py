#!/usr/bin/python3
# summary.py: add up what meson's test log says, subtests of TAP programs counted one by one
#
# SPDX-License-Identifier: GPL-3.0-or-later
import json
import re
import sys

TAP_LINE = re.compile(r'^(not )?ok\b[^#]*(?:#\s*(\w+))?', re.IGNORECASE)
PASSED = ('OK', 'EXPECTEDFAIL')
LINES = 40


def count(entry):
    """Passed, failed and skipped of one test program."""
    passed = failed = skipped = 0
    for line in (entry.get('stdout') or '').splitlines():
        match = TAP_LINE.match(line)
        if match is None:
            continue
        # lint: allow unfinished: a word of the protocol
        if (match.group(2) or '').upper() in ('SKIP', 'TODO'):
            skipped += 1
        elif match.group(1):
            failed += 1
        else:
            passed += 1
    result = entry.get('result')
    if result == 'SKIP':
        return 0, 0, max(1, skipped)
    if result not in PASSED and failed == 0:
        # It crashed, ran out of time or broke its plan: what it did before does not say what it lacked.
        failed = 1
    if passed + failed + skipped == 0:
        passed = 1
    return passed, failed, skipped


def read(path):
    try:
        with open(path, encoding='utf-8') as log:
            return {entry['name']: entry for entry in (json.loads(line) for line in log if line.strip())}
    except FileNotFoundError:
        return {}


def is_failed(entry):
    return entry.get('result') not in PASSED + ('SKIP',)


def complaint(entry):
    """What the program said of its failure, last lines first to be kept."""
    lines = (entry.get('stdout') or '').splitlines()
    told = [line for line in lines if not re.match(r'^(ok\b|1\.\.)', line)]
    return (told + (entry.get('stderr') or '').splitlines()[-LINES:])[-LINES:]


def main():
    """LOG: the sum. LOG SECOND: SECOND is of those that failed in LOG, run once more. --failed LOG: their names."""
    if sys.argv[1] == '--failed':
        print('\n'.join(name.split(' / ')[-1] for name, entry in read(sys.argv[2]).items() if is_failed(entry)))
        return 0
    first = read(sys.argv[1])
    second = read(sys.argv[2]) if len(sys.argv) > 2 else {}
    entries = {**first, **second}
    if not entries:
        print('No test was run.')
        print('0 passed, 1 failed, 0 skipped')
        return 1
    for name in second:
        print(f'once more: {name}: {first[name]["result"]}, then {second[name]["result"]}; the first said:')
        print('\n'.join('  ' + line for line in complaint(first[name])))
    for name, entry in entries.items():
        if is_failed(entry):
            print(f"failed: {name} ({entry['result']})")
            print('\n'.join('  ' + line for line in complaint(entry)))
    totals = [sum(column) for column in zip(*map(count, entries.values()))]
    print('{} passed, {} failed, {} skipped'.format(*totals))
    return 1 if totals[1] else 0


if __name__ == '__main__':
    sys.exit(main())
