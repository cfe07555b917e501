#!/usr/bin/python3
# test_people.py: patients and those around them in the real window
#
# SPDX-License-Identifier: GPL-3.0-or-later
import day
import people

DAY = day.Day(patients=20)
try:
    DAY.run(people.STEPS)
finally:
    DAY.end()
