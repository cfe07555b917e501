#!/usr/bin/python3
# tsv-rows.py: turn a table of reference data into the rows of a C array
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""Usage: tsv-rows.py TABLE.tsv ROWS.inc

The first line of the table names its columns as name:type. Types: text, number, minute (-1 when empty), date,
first_date and last_date (the ends of the calendar when empty), flag (0 when empty).
"""
import datetime
import json
import sys

EPOCH = datetime.date(1970, 1, 1)


def days(value):
    return str((datetime.date.fromisoformat(value) - EPOCH).days)


CONVERT = {
    'text': lambda value: json.dumps(value, ensure_ascii=False),
    'number': lambda value: str(int(value)),
    'minute': lambda value: str(int(value)) if value else '-1',
    'flag': lambda value: str(int(value or 0)),
    'date': days,
    'first_date': lambda value: days(value or '0001-01-01'),
    'last_date': lambda value: days(value or '9999-12-31'),
}


def main():
    source, target = sys.argv[1:]
    with open(source, encoding='utf-8') as table:
        types = [column.split(':')[1] for column in table.readline().rstrip('\n').split('\t')]
        rows = []
        for number, line in enumerate(table, 2):
            cells = line.rstrip('\n').split('\t')
            if len(cells) != len(types):
                sys.exit(f'{source}:{number}: {len(cells)} cells; the first line names {len(types)} columns')
            try:
                rows.append('{ ' + ', '.join(CONVERT[kind](cell) for kind, cell in zip(types, cells)) + ' },\n')
            except ValueError as problem:
                sys.exit(f'{source}:{number}: {problem}')
    with open(target, 'w', encoding='utf-8') as out:
        out.writelines(rows)


main()
