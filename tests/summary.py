#!/usr/bin/python3
# summary.py: add up what meson's test log says, subtests of TAP programs counted one by one
#
# SPDX-License-Identifier: GPL-3.0-or-later
import json
import re
import sys

TAP_LINE = re.compile(r'^(not )?ok\b[^#]*(?:#\s*(\w+))?', re.IGNORECASE)
PASSED = ('OK', 'EXPECTEDFAIL')


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


def main():
    try:
        with open(sys.argv[1], encoding='utf-8') as log:
            entries = [json.loads(line) for line in log if line.strip()]
    except FileNotFoundError:
        entries = []
    if not entries:
        print('No test was run.')
        print('0 passed, 1 failed, 0 skipped')
        return 1
    totals = [sum(column) for column in zip(*map(count, entries))]
    for entry in entries:
        if entry.get('result') not in PASSED + ('SKIP',):
            print(f"failed: {entry['name']} ({entry['result']})")
    print('{} passed, {} failed, {} skipped'.format(*totals))
    return 1 if totals[1] else 0


if __name__ == '__main__':
    sys.exit(main())
