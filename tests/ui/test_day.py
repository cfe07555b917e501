#!/usr/bin/python3
# test_day.py: the core of a clinician's day in the real window, the server killed in the middle of it
#
# SPDX-License-Identifier: GPL-3.0-or-later
import day

DAY = day.Day()
try:
    DAY.run(day.STEPS)
finally:
    DAY.end()
