#!/usr/bin/python3
# hardening.py: every program we build is position independent, with full RELRO, no executable stack and stack canaries
#
# SPDX-License-Identifier: GPL-3.0-or-later
import json
import os
import subprocess
import sys

SKIPPED = 77


def programs(folder):
    """The ELF programs below folder."""
    for parent, _folders, names in os.walk(folder):
        for name in names:
            path = os.path.join(parent, name)
            if os.access(path, os.X_OK) and not name.endswith('.so') and os.path.isfile(path):
                with open(path, 'rb') as file:
                    if file.read(4) == b'\x7fELF':
                        yield path


def faults(path):
    """What path lacks, as a list of words."""
    text = subprocess.run(['readelf', '-hldsW', path], check=True, capture_output=True, text=True).stdout
    lines = [line.split() for line in text.splitlines()]
    found = []
    if not any(words[:2] == ['Type:', 'DYN'] for words in lines):
        found.append('it is not position independent')
    if not any(words[:1] == ['GNU_RELRO'] for words in lines):
        found.append('no RELRO')
    if not any('BIND_NOW' in words or 'NOW' in words for words in lines):
        found.append('RELRO is partial: symbols are not bound at start')
    if any(words[:1] == ['GNU_STACK'] and 'E' in words[6] for words in lines if len(words) > 6):
        found.append('the stack is executable')
    return found


def unguarded(folder):
    """Sources compiled without canaries: in a small program no function may need one, so that it shows only there."""
    with open(os.path.join(folder, '..', 'compile_commands.json'), encoding='utf-8') as file:
        return [entry['file'] for entry in json.load(file) if entry['output'].startswith('src/')
                and '-fstack-protector-strong' not in entry['command'].split()]


def main():
    count = failed = 0
    for path in programs(sys.argv[1]):
        count += 1
        for fault in faults(path):
            print(f'{path}: {fault}')
            failed += 1
    for source in unguarded(sys.argv[1]):
        print(f'{source}: compiled without stack canaries')
        failed += 1
    print(f'{count} programs looked at')
    if count == 0:
        return SKIPPED
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
