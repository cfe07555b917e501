#!/usr/bin/python3
# convert.py: rewrite the published public holidays of Australia as public-holidays.tsv
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""Usage: convert.py DIRECTORY > public-holidays.tsv

DIRECTORY holds the AU_<STATE>.json files of the source. Keeps the years 2020 to 2035, leaves out the bank holidays of
NSW and the ACT, which close banks only, and spells the names the Australian way.
"""
import json
import pathlib
import re
import sys

STATES = ['ACT', 'NSW', 'NT', 'QLD', 'SA', 'TAS', 'VIC', 'WA']
NAMES = {
    'ANZAC Day': 'Anzac Day',
    'Labor Day': 'Labour Day',
    'Grand Final Day': 'Friday before the AFL Grand Final',
    'The Royal Queensland Show': 'Royal Queensland Show',
}
REGIONS = {'Melbourne Cup Day': 'Metropolitan Melbourne', 'The Royal Queensland Show': 'Brisbane'}


def row(state, date, text):
    start = re.search(r' \(from (\d+)pm\)$', text)
    observed = text.endswith(' (observed)')
    name = re.sub(r' \((from \d+pm|observed)\)$', '', text)
    minute = str((int(start[1]) + 12) * 60) if start else ''
    return '\t'.join([state, date, NAMES.get(name, name), minute, REGIONS.get(name, ''), '1' if observed else ''])


def main():
    print('state:text\tdate:date\tname:text\tstart_minute:minute\tregion:text\tobserved:flag')
    for state in STATES:
        days = json.loads((pathlib.Path(sys.argv[1]) / f'AU_{state}.json').read_text(encoding='utf-8'))
        for date, names in sorted(days.items()):
            for text in names.split('; '):
                if '2020' <= date[:4] <= '2035' and text != 'Bank Holiday':
                    print(row(state, date, text))


main()
