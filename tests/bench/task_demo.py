# task_demo.py: how fast an invented practice is made
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""wattlectl demo: patients with their bookings, notes, invoices and payments, into a server's database."""
import contextlib
import os
import sqlite3

import practice
from measuring import Result, say, scratch

NAME = 'demo'


def count(folder):
    path = os.path.join(folder, 'wattle.db')
    with contextlib.closing(sqlite3.connect(f'file:{path}?mode=ro', uri=True)) as database:
        return dict(database.execute('SELECT type, count (*) FROM record GROUP BY type'))


def measure(options):
    patients, years = (100000, 2) if options.full else (1000, 1) if options.quick else (10000, 1)
    with scratch() as folder:
        data = os.path.join(folder, 'practice')
        took, processor = practice.make(data, patients, years)
        made = count(data)
        size = os.path.getsize(os.path.join(data, 'wattle.db')) / 1e6
    bookings, records = made['appointment'], sum(made.values())
    say(f'{records:,} records, {size:,.0f} MB, {processor:.1f} s of the processor')
    rate = Result(f'Demo practice of {patients:,} patients, {bookings:,} bookings', 'records/s')
    rate.add(records / took)
    seconds = Result(f'Demo practice of {records:,} records', 's')
    seconds.add(took)
    return [rate, seconds]
