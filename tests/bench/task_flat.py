# task_flat.py: what a change costs in a small practice and in a large one
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same durable bookings, 32 at once, on a practice of ten thousand records and on one of a million, by turns."""
import contextlib
import os

import practice
from measuring import Result, say, scratch
from task_booking import bookings_of

NAME = 'flat'
SMALL, LARGE, QUICK = 30, 48_000, 4_500  # patients
CALLERS, EACH = 32, 60


def measure(options):
    result = Result('Bookings a second in the large practice, against the small one', '/s', 'at least', 0.8,
                    'the small one')
    with scratch() as folder, contextlib.ExitStack() as stack:
        sides = []
        for patients in (QUICK if options.quick else LARGE, SMALL):
            data = os.path.join(folder, str(patients))
            practice.make(data, patients, 1)
            server = stack.enter_context(practice.serve(data))
            sides.append((server.port, bookings_of(server, practice.LOGIN, CALLERS)))
        for turn in range(options.rounds + 1):
            large, small = (load.run(folder, port, CALLERS, EACH)[0] for port, load in sides)
            if turn > 0:
                result.add(large, small)
                say(f'{large:,.0f}/s in the large practice, {small:,.0f}/s in the small one')
    return [result]
