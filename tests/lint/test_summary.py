#!/usr/bin/python3
# test_summary.py: the sum that ./dev test ends with
#
# SPDX-License-Identifier: GPL-3.0-or-later
import json
import os
import subprocess
import sys
import tempfile
import unittest

SUMMARY = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'summary.py')


def write_log(path, entries):
    with open(path, 'w', encoding='utf-8') as log:
        for name, (result, output) in entries:
            log.write(json.dumps({'name': 'wattle:unit / ' + name, 'result': result, 'stdout': output}) + '\n')


def run(*arguments):
    return subprocess.run([sys.executable, SUMMARY, *arguments], capture_output=True, text=True, check=False)


def summary(*entries, again=None):
    """The last line and the exit status for a log of (result, output) pairs; again: name -> pair, once more."""
    with tempfile.TemporaryDirectory() as folder:
        logs = [os.path.join(folder, 'first')]
        write_log(logs[0], [(str(number), entry) for number, entry in enumerate(entries)])
        if again is not None:
            logs.append(os.path.join(folder, 'second'))
            write_log(logs[1], again.items())
        ran = run(*logs)
    return ran.stdout.splitlines()[-1], ran.returncode


class Summary(unittest.TestCase):
    def test_counts_subtests(self):
        tap = '1..4\nok 1 /a\n# note\nok 2 /b # SKIP no display\nok 3 - c\nnot ok 4 /d\n'
        self.assertEqual(('2 passed, 1 failed, 1 skipped', 1), summary(('FAIL', tap)))

    def test_counts_programs_without_subtests(self):
        self.assertEqual(('2 passed, 0 failed, 1 skipped', 0),
                         summary(('OK', ''), ('OK', 'okay then'), ('SKIP', '')))

    def test_a_crash_after_passing_subtests_fails(self):
        for result in ('ERROR', 'TIMEOUT', 'INTERRUPT', 'FAIL'):
            with self.subTest(result):
                self.assertEqual(('1 passed, 1 failed, 0 skipped', 1), summary((result, 'ok 1 /a\n')))

    def test_a_skipped_program_counts_its_subtests(self):
        self.assertEqual(('0 passed, 0 failed, 2 skipped', 0),
                         summary(('SKIP', '1..2\nok 1 /a # SKIP\nok 2 /b # SKIP\n')))

    def test_nothing_run_is_a_failure(self):
        self.assertEqual(('0 passed, 1 failed, 0 skipped', 1), summary())

    def test_what_failed_may_pass_alone(self):
        entries = ('OK', 'ok 1 /a\nok 2 /b\n'), ('FAIL', 'ok 1 /a\nnot ok 2 /b\n')
        self.assertEqual(('4 passed, 0 failed, 0 skipped', 0), summary(*entries, again={'1': ('OK', 'ok 1\nok 2\n')}))
        self.assertEqual(('3 passed, 1 failed, 0 skipped', 1), summary(*entries, again={'1': entries[1]}))
        self.assertEqual(('3 passed, 1 failed, 0 skipped', 1), summary(*entries, again={}))

    def test_the_names_of_those_that_failed(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, 'log')
            write_log(path, [('a', ('OK', '')), ('b', ('FAIL', '')), ('c', ('SKIP', '')), ('d', ('TIMEOUT', ''))])
            self.assertEqual('b\nd\n', run('--failed', path).stdout)


if __name__ == '__main__':
    unittest.main()
