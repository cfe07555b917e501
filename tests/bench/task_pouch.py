# task_pouch.py: the same records kept in step by Wattle and by PouchDB with express-pouchdb
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""A first sync, a thousand edits made offline, and a write that another client sees. Ours keeps its cache sealed and
searchable, and every edit is an operation of its own with audit; PouchDB keeps LevelDB files in the clear. The peer is
given the records that our server gave our client."""
import json
import os
import statistics
import subprocess

import peer
import practice
from measuring import Result, program, say, scratch

NAME = 'pouch'
RECORDS = [10_000, 50_000, 100_000]
EDITS = 1000


def client(what, *arguments):
    command = ['node', os.path.join(peer.INSTALLED, 'pouch-client.mjs'), what, *map(str, arguments)]
    return lines(command)


def lines(command):
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return [[float(word) for word in line.split()] for line in output.splitlines()]


def ours(server, what, *arguments):
    return lines([program('bench-sync'), what, practice.url(server), practice.LOGIN, practice.PASSWORD,
                  *map(str, arguments)])


def write_records(server, path):
    one = practice.Client(server)
    one.sign_in(practice.LOGIN)
    _, rows = one.snapshot()
    with open(path, 'w', encoding='utf-8') as out:
        for row in rows:
            out.write(json.dumps(row['put']) + '\n')
    return len(rows)


def first_sync(result, options, server, url):
    for turn in range(min(options.rounds, 3)):
        seconds, processor, rows = ours(server, 'first')[-1]
        with scratch() as folder:
            theirs, documents = client('first', url, folder)[-1]
        result.add(seconds, theirs, theirs / seconds)
        say(f'first sync: {rows:,.0f} records in {seconds:.2f} s ({processor:.2f} s of the processor), PouchDB '
            f'{documents:,.0f} in {theirs:.2f} s')


def push(result, options, server, url):
    for _ in range(min(options.rounds, 3)):
        seconds = ours(server, 'push', EDITS)[-1][0]
        with scratch() as folder:
            theirs, written = client('push', url, folder, EDITS)[-1]
        if written != EDITS:
            raise RuntimeError(f'PouchDB pushed {written:.0f} of {EDITS}')
        result.add(seconds, theirs, theirs / seconds)
        say(f'push of {EDITS}: {seconds:.3f} s, PouchDB {theirs:.3f} s')


def change(result, options, server, url):
    for _ in range(min(options.rounds, 3)):
        seconds = statistics.median(line[0] for line in ours(server, 'change', 15))
        with scratch() as folder:
            theirs = statistics.median(line[0] for line in client('change', url, folder, 15))
        result.add(seconds, theirs, theirs / seconds)
        say(f'write to another client: {seconds:.1f} ms, PouchDB {theirs:.1f} ms')


def measure(options):
    results = []
    for records_wanted in RECORDS[:1] if options.quick else RECORDS:
        with scratch() as folder:
            data = os.path.join(folder, 'practice')
            practice.make(data, *practice.SIZES[records_wanted])
            with practice.serve(data) as server:
                records = os.path.join(folder, 'records')
                count = write_records(server, records)
                with peer.node('pouch-server.mjs', folder, records) as (port, process):
                    url = f'http://127.0.0.1:{port}'
                    results.append(Result(f'First sync of {count:,} records, times faster than PouchDB', 's',
                                          'at least', 15, 'PouchDB'))
                    first_sync(results[-1], options, server, url)
                    if records_wanted > RECORDS[0]:
                        continue
                    results.append(Result(f'Push of {EDITS} offline edits, times faster than PouchDB', 's',
                                          'at least', 40, 'PouchDB'))
                    push(results[-1], options, server, url)
                    results.append(Result('A write seen by another client, times faster than PouchDB', 'ms', None,
                                          None, 'PouchDB'))
                    change(results[-1], options, server, url)
                    results.append(Result('Memory of the server after it, against express-pouchdb', 'MB', None, None,
                                          'express-pouchdb'))
                    results[-1].add(peer.memory(server.process), peer.memory(process))
    return results
