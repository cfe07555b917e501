#!/usr/bin/python3
# test_record.py: notes through a crash, a lock, a signature and a release, and prescriptions, in the real window
#
# SPDX-License-Identifier: GPL-3.0-or-later
import day
import record

DAY = day.Day(patients=60)
try:
    DAY.run(record.STEPS)
finally:
    DAY.end()
