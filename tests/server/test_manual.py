# test_manual.py: the manual pages name what the programs take
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every option and command of --help stands in its page, and every option of a page in --help."""
import os
import re
import shutil
import subprocess
import sys

from wattled import PROGRAM, Skipped, main

SOURCE = os.path.join(os.path.dirname(__file__), '../..')
CTL = os.environ.get('WATTLECTL', os.path.join(SOURCE, '_build/src/ctl/wattlectl'))


def page(name):
    with open(os.path.join(SOURCE, 'data/man', name + '.1'), encoding='utf-8') as file:
        return file.read().replace('\\-', '-')


def asked(*command):
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True,
                          env=dict(os.environ, LC_ALL='C.UTF-8')).stdout


def options(text):
    return set(re.findall(r'--[a-z][a-z-]+', text))


def test_wattled():
    assert options(page('wattled')) == options(asked(PROGRAM, '--help'))


def test_wattlectl():
    text = asked(CTL, 'help')
    names = re.findall(r'^  ([a-z-]+(?: [a-z]+)?)(?= |$)', text, re.M)
    assert {'init', 'import fhir', 'audit verify', 'user password', 'doctor'} <= set(names), names
    told = options(text)
    for name in names:
        assert name in page('wattlectl'), name
        if name != 'help':
            told |= options(asked(CTL, 'help', *name.split()))
    assert options(page('wattlectl')) == told, options(page('wattlectl')) ^ told


def test_they_can_be_set():
    if not shutil.which('groff'):
        raise Skipped('there is no groff here')
    for name in ('wattle', 'wattled', 'wattlectl'):
        said = subprocess.run(['groff', '-man', '-ww', '-Tutf8', os.path.join(SOURCE, 'data/man', name + '.1')],
                              capture_output=True, timeout=60, check=True)
        assert not said.stderr and name.encode() in said.stdout, said.stderr


if __name__ == '__main__':
    sys.exit(main(globals()))
