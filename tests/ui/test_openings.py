#!/usr/bin/python3
# test_openings.py: what is opened in a chart stands in the audit trail, and a manager reads it there
#
# SPDX-License-Identifier: GPL-3.0-or-later
import chart
import day
from desktop import wait_until
from wire import staff, wattled
from test_settings import open_settings


def of_the_patient(one):
    """The record of the patient of the day, and what the trail says was opened in it by the person at the window."""
    manager = staff(one, 'mei', 'manager')
    family, given = one.patient.split(' (')[0].split(', ', 1)
    one.record = next(row['put'] for row in manager.snapshot()[1] if row['put']['type'] == 'patient'
                      and row['put']['family_name'] == family
                      and row['put']['given_names'].split()[0] == given.split()[0])
    one.manager = manager


def opened(one):
    lines = one.manager.get('/v1/audit?limit=1000&patient=' + one.record['id']).json['events']
    return [line.get('object_type') for line in reversed(lines) if line['action'] == 'chart.open']


def trail_of_a_day(one):
    of_the_patient(one)
    wait_until(lambda: opened(one) == [None, 'progress_note'], 'the lines of chart and note', 30)


def open_it_offline(one):
    """It is told when the server is back, once, and nobody is bothered with it meanwhile."""
    window = one.window
    window.window(chart.family(one))
    window.key('ctrl+w')
    window.gone('window', chart.family(one))
    window.raise_window('Wattle')
    one.server.kill()
    window.find('button', 'Offline', timeout=60)
    chart.open_chart(one)
    assert window.see('button', 'change waits') is None
    window.picture('opening-offline')
    one.server.start()
    window.gone('button', 'Offline', timeout=90)
    of_the_patient(one)
    wait_until(lambda: len(opened(one)) > 2, 'the line of the opening', 60)
    assert opened(one) == [None, 'progress_note', None], opened(one)


def open_it_often(one):
    """A clinician over the wire, more often than a page is long; the manager is at the window."""
    administrator = staff(one, 'ada', 'administrator')
    one.manager = staff(one, 'mei', 'manager')
    assert administrator.do('user.set_roles', id=one.manager.user['id'], roles=['manager'])['status'] == 'ok'
    clinician = staff(one, 'imogen', 'clinician')
    one.record = next(row['put'] for row in clinician.snapshot()[1] if row['put']['type'] == 'patient')
    one.patient = '%s, %s' % (one.record['family_name'], one.record['given_names'])
    clinician.push(*[clinician.operation('chart.open', {'patient': one.record['id']}) for _ in range(60)])


def lines(one, dialog):
    return one.window.all('list item', None, within=one.window.find('list', 'Lines of the audit trail', within=dialog))


def who_opened_it(one):
    """From the chart itself, page by page."""
    window = one.window
    window.press(window.find('row', 'Patients', within=window.find('list', 'Places')))
    window.fill('Search patients', '%s %s' % (one.record['family_name'], one.record['given_names']))
    wait_until(lambda: window.see(None, one.record['family_name'], within=window.find('list', 'Patients')),
               one.patient, 20)
    window.key('Return')
    window.window(chart.family(one))
    wait_until(lambda: len(opened(one)) == 61, 'the line of this opening', 30)
    window.key('F10')
    window.find('menu item', 'Who Opened This Chart')
    window.key('o')
    dialog = window.window('Who Opened This Chart')
    window.find('label', 'Reading this list is written down', within=dialog)
    window.find('list item', 'Open a chart: Mei Carmody', within=dialog)
    window.picture('openings')
    assert len(lines(one, dialog)) == 50, len(lines(one, dialog))
    window.click('button', 'Show Earlier', within=dialog)
    wait_until(lambda: len(lines(one, dialog)) > 60, 'the lines before', 20)
    window.key('Escape')
    window.gone('window', 'Who Opened This Chart')


def of_one_person(one):
    window = one.window
    open_settings(one)
    window.press(window.find('row', 'Audit Trail'))
    dialog = window.window('Audit Trail')
    window.find('list item', 'Mei Carmody', within=dialog)
    person = window.find(None, 'Person', within=dialog, exact=True)
    for steps in range(20):
        # By keys, as Window.choose() does; Escape would close the window.
        window.press(person)
        window.settled_text(person.get_child_at_index(0))
        window.key('Home', *['Down'] * steps, 'Return')
        if 'Imogen' in window.settled_text(person.get_child_at_index(0)):
            break
    wait_until(lambda: window.names('list item', 'Imogen', within=dialog)
               and not window.names('list item', 'Mei Carmody', within=dialog), 'the lines of Imogen alone', 20)
    window.picture('trail')


def refuse_a_note(one):
    """What a clinician wrote about somebody who is not in the practice; the server keeps the words."""
    clinician = staff(one, 'imogen', 'clinician')
    _, rows = clinician.snapshot()
    note = {'type': 'progress_note', 'id': wattled.new_id(), 'patient': wattled.new_id(), 'kind': 'free',
            'status': 'draft', 'author': next(row['put']['id'] for row in rows if row['put']['type'] == 'practitioner'),
            'note_date': '2026-11-20', 'body': 'Spoke of the verandah'}
    assert clinician.do('note.save', note=note)['status'] == 'refused'


def see_to_it(one):
    """The manager reads whose it is, why it was refused and what it says, and says what became of it."""
    window = one.window
    window.key('Escape')
    window.gone('window', 'Audit Trail')
    window.raise_window('Wattle')
    window.press(window.find('row', 'Refused Changes'))
    dialog = window.window('Refused Changes')
    row = window.find('list item', 'Save a note', within=dialog)
    assert 'Imogen' in row.get_name(), row.get_name()
    window.press(row)
    window.find(None, 'Spoke of the verandah', within=dialog)
    window.picture('refused')
    window.fill('What became of it', 'Imogen wrote it into the right chart', within=dialog)
    window.key('Return')
    window.find('label', 'Nothing waits here', within=dialog)
    window.key('Escape')
    window.gone('window', 'Refused Changes')
    lines = staff(one, 'mei', 'manager').get('/v1/audit?limit=20').json['events']
    assert next(line for line in lines if line['action'] == 'quarantine.settle')['reason'] == \
        'Imogen wrote it into the right chart', lines


PARTS = {'imogen': [day.sign_in, day.see_today, day.find_patient, chart.open_chart, chart.write_note, trail_of_a_day,
                    open_it_offline],
         'mei': [open_it_often, refuse_a_note, day.sign_in, who_opened_it, of_one_person, see_to_it]}

if __name__ == '__main__':
    import subprocess
    import sys
    if len(sys.argv) == 1:
        # A process knows one accessibility bus only, and each part has a desktop of its own.
        sys.exit(any([subprocess.call([sys.executable, __file__, login]) for login in PARTS]))
    ONE = day.Day(patients=40, login=sys.argv[1])
    try:
        ONE.run(PARTS[sys.argv[1]])
    finally:
        ONE.end()
