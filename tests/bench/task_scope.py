# task_scope.py: a clinician gains 500 patients, and loses them again
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the moment the manager's changes were answered until the clinician's client has all records of the patients, or
none of them any more: not in tables, index or files. PouchDB pulls the same documents by their ids; it has no way to
lose them."""
import os
import subprocess
import time

import peer
import practice
from measuring import Result, program, say, scratch
from task_pouch import client as pouch, write_records

NAME = 'scope'
PATIENTS, MOVED, CLINICIAN = 4_500, 500, 'tomas'


def assign(manager, people, practitioner):
    """Gives the patients to a practitioner; each is a dict that is kept in step."""
    for start in range(0, len(people), 100):
        operations = [manager.operation('record.change', {
            'type': 'patient', 'id': one['id'],
            'changes': {'primary_practitioner': {'old': one['primary_practitioner'], 'new': practitioner}},
        }) for one in people[start:start + 100]]
        statuses = {result['status'] for result in manager.push(*operations).json['results']}
        if statuses != {'ok'}:
            raise RuntimeError(f'the changes were answered with {statuses}')
    for one in people:
        one['primary_practitioner'] = practitioner


def choose(records, practitioner):
    """Patients of somebody else whom the practitioner never sees, and the ids of their records."""
    seen = {one['patient'] for one in records
            if one['type'] != 'patient' and one.get('practitioner') == practitioner and one.get('patient')}
    people = [one for one in records if one['type'] == 'patient' and one['id'] not in seen
              and one.get('primary_practitioner') not in (None, practitioner)][:MOVED]
    chosen = {one['id'] for one in people}
    return people, [one['id'] for one in records if one['id'] in chosen or one.get('patient') in chosen]


def measure(options):
    gain = Result(f'A clinician gains {MOVED} patients, times faster than PouchDB', 's', None, None, 'PouchDB')
    lose = Result(f'A clinician loses {MOVED} patients', 's')
    with scratch() as folder:
        data = os.path.join(folder, 'practice')
        practice.make(data, PATIENTS, 1)
        with practice.serve(data) as server:
            records = os.path.join(folder, 'records')
            write_records(server, records)
            manager = practice.Client(server)
            manager.sign_in(practice.LOGIN)
            manager.set_role('manager')
            chief = practice.Client(server)
            chief.sign_in('ada')
            chief.done('setting.set', key='clinicians_see_all_patients', value='false')
            rows = [row['put'] for row in manager.snapshot()[1]]
            mine = practice.Client(server)
            mine.sign_in(CLINICIAN)
            me = mine.user['practitioner']
            people, ids = choose(rows, me)
            before = people[0]['primary_practitioner']
            listed = os.path.join(folder, 'ids')
            with open(listed, 'w', encoding='utf-8') as out:
                out.write('\n'.join(ids))
            command = [program('bench-sync'), 'watch', practice.url(server), CLINICIAN, practice.PASSWORD]
            with peer.node('pouch-server.mjs', folder, records) as (port, _), \
                    subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as watch:
                count, kept = (int(word) for word in watch.stdout.readline().split())

                def until(wanted):
                    start = time.monotonic()
                    print(wanted, file=watch.stdin, flush=True)
                    return int(watch.stdout.readline()), time.monotonic() - start

                for _ in range(min(options.rounds, 3)):
                    assign(manager, people, me)
                    there, gained = until(count + len(people))
                    with scratch() as place:
                        theirs, documents = pouch('gain', f'http://127.0.0.1:{port}', place, listed)[-1]
                    gain.add(gained, theirs, theirs / gained)
                    assign(manager, people, before)
                    left, lost = until(count)
                    lose.add(lost)
                    say(f'gained {there - kept:,} records in {gained:.2f} s, PouchDB {documents:,.0f} in '
                        f'{theirs:.2f} s; lost them in {lost:.2f} s')
                    if left > kept + MOVED:
                        raise RuntimeError(f'{left - kept} records stayed')
                watch.stdin.close()
    return [gain, lose]
