#!/usr/bin/python3
# test_billing.py: payments, their way back, writing off and many PDFs in the real window
#
# SPDX-License-Identifier: GPL-3.0-or-later
import billing
import day

DAY = day.Day(patients=60)
try:
    DAY.run(billing.STEPS)
finally:
    DAY.end()
