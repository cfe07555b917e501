# task_sync.py: the first sync of a desktop, beside downloading the same bytes and inserting the same rows
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real client, with its sealed cache and search index, against the real server; then the same pages downloaded and
their values inserted by a bare loop into plain tables with the same columns, indexes and full text."""
import os
import subprocess

import practice
from measuring import Result, program, say, scratch

NAME = 'sync'
PATIENTS, YEARS = 4500, 1  # some 100,000 records that a practice manager sees


def measure(options):
    with scratch() as folder:
        data = os.path.join(folder, 'practice')
        practice.make(data, PATIENTS, YEARS)
        with practice.serve(data) as server:
            result = Result('First sync', 's', 'at most', 3, 'download and bare loop')
            for turn in range(options.rounds):
                output = subprocess.run([program('bench-sync'), 'first', practice.url(server), practice.LOGIN,
                                         practice.PASSWORD], check=True, capture_output=True, text=True).stdout
                ours, processor, rows = output.split()
                bare = os.path.join(folder, f'bare-{turn}')
                os.mkdir(bare)
                output = subprocess.run([program('bench-bare'), practice.url(server), practice.token(server), bare],
                                        check=True, capture_output=True, text=True).stdout
                download, loop, bare_rows, size = output.split()
                # Every sign-in makes the record of a device.
                if int(rows) + 2 < int(bare_rows):
                    raise RuntimeError(f'{rows} of {bare_rows} records arrived')
                result.add(float(ours), float(download) + float(loop))
                say(f'{rows} records, {int(size) / 1e6:.0f} MB: {ours} s ({processor} s of the processor); download '
                    f'{download} s + loop {loop} s')
            result.task = f'First sync of {int(rows):,} records'
            return [result]
