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


def summary(*entries):
    """The last line and the exit status for a log of these (result, output) pairs."""
    with tempfile.NamedTemporaryFile('w', suffix='.json') as log:
        for result, output in entries:
            log.write(json.dumps({'name': 'sample', 'result': result, 'stdout': output}) + '\n')
        log.flush()
        run = subprocess.run([sys.executable, SUMMARY, log.name], capture_output=True, text=True, check=False)
    return run.stdout.splitlines()[-1], run.returncode


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


if __name__ == '__main__':
    unittest.main()
