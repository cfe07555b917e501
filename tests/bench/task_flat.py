# task_flat.py: what a change costs in a small practice and in a large one
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same durable bookings, 32 at once, on practices of ten thousand, a hundred thousand and a million records, by
turns."""
import contextlib
import os

import practice
from measuring import Result, say, scratch
from task_booking import bookings_of

NAME = 'flat'
SMALL, LARGER = 10_000, [100_000, 1_000_000]  # records
CALLERS, EACH = 32, 60


def measure(options):
    sizes = [SMALL, *(LARGER[:1] if options.quick else LARGER)]
    results = [Result(f'Bookings a second among {size:,} records, against {SMALL:,}', '/s', 'at least', 0.8,
                      f'{SMALL:,} records') for size in sizes[1:]]
    with scratch() as folder, contextlib.ExitStack() as stack:
        sides = []
        for size in sizes:
            data = os.path.join(folder, str(size))
            practice.make(data, *practice.SIZES[size])
            server = stack.enter_context(practice.serve(data))
            sides.append((server.port, bookings_of(server, practice.LOGIN, CALLERS)))
        for turn in range(options.rounds + 1):
            small, *larger = (load.run(folder, port, CALLERS, EACH)[0] for port, load in sides)
            if turn > 0:
                for result, speed in zip(results, larger):
                    result.add(speed, small)
                say(f'{small:,.0f}/s among {SMALL:,} records; larger: {", ".join(f"{one:,.0f}/s" for one in larger)}')
    return results
