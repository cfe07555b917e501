#!/usr/bin/python3
# test_emergency.py: a chart that is not one's own, opened in need, and who is told of it
#
# SPDX-License-Identifier: GPL-3.0-or-later
import subprocess
import sys

import day
from desktop import wait_until
from wire import staff

REASON = 'Her sister rang, she stopped her medicine'
NOTE = 'Talked it over with Imogen'


def enter_a_stranger(one):
    """Clinicians see their own here; a manager enters somebody who is nobody's patient yet."""
    administrator = staff(one, 'ada', 'administrator')
    assert administrator.do('setting.set', key='clinicians_see_all_patients', value='false')['status'] == 'ok'
    one.manager = staff(one, 'mei', 'manager')
    one.patient = one.manager.create('patient', given_names='Orla', family_name='Quandong', status='active',
                                     birth_date='1979-03-21')
    one.name = 'Orla Quandong'


def look_for_them(one):
    window = one.window
    window.press(window.find('row', 'Patients', within=window.find('list', 'Places')))
    window.fill('Search patients', one.patient['family_name'] + ' ' + one.patient['given_names'])
    window.click('button', 'Open in an Emergency')


def open_the_record(one):
    window = one.window
    dialog = window.window('Emergency Access')
    row = window.find('check', one.name, within=dialog, timeout=30)
    window.press(row)
    window.fill('Why it cannot wait', REASON, within=dialog)
    window.fill('Your password', 'not this one', within=dialog)
    window.picture('emergency-dialog')
    window.click('button', 'Open for an Hour', within=dialog)
    window.find('label', 'not your password', within=dialog, timeout=30)
    window.fill('Your password', day.PASSWORD, within=dialog)
    window.click('button', 'Open for an Hour', within=dialog)
    window.window('Quandong', timeout=40)
    window.find('label', 'Open in an emergency', timeout=20)
    window.find('label', 'Reason given: ' + REASON)


def who_is_told(one):
    grants = [row['put'] for row in one.manager.snapshot()[1] if row['put']['type'] == 'access_grant']
    assert [grant['reason'] for grant in grants if 'review_outcome' not in grant] == [REASON], grants

    def opened():
        events = one.manager.get('/v1/audit?patient=' + one.patient['id']).json['events']
        return [event['reason'] for event in events if event['action'] == 'chart.open'] == [REASON]
    wait_until(opened, 'the line of the opening', 20)


def end_it(one):
    window = one.window
    window.click('button', 'End Now')
    window.find('label', 'your role may not see the chart', timeout=30)
    window.gone('button', 'End Now')
    window.raise_window('Wattle')
    window.find('button', 'Open in an Emergency', timeout=30)
    grant = next(row['put'] for row in one.manager.snapshot()[1] if row['put']['type'] == 'access_grant')
    assert grant['status'] == 'ended' and grant['ended_by'], grant


def take_it_without_a_window(one):
    """What a clinician did, for the manager who now signs in."""
    enter_a_stranger(one)
    administrator = staff(one, 'ada', 'administrator')
    assert administrator.do('user.set_roles', id=one.manager.user['id'], roles=['manager'])['status'] == 'ok'
    answer = staff(one, 'imogen', 'clinician').post(
        '/v1/emergency', {'patient': one.patient['id'], 'reason': REASON, 'password': day.PASSWORD})
    assert answer.status == 200, answer


def review_it(one):
    window = one.window
    window.press(window.find('row', 'Patients', within=window.find('list', 'Places')))
    window.find('label', 'opened the record of', timeout=30)
    window.find('label', 'Review due by')
    window.fill('Note on the review', NOTE)
    window.picture('emergency-review')
    window.click('button', 'Justified', exact=True)
    window.gone('label', 'opened the record of')

    def reviewed():
        grant = next(row['put'] for row in one.manager.snapshot()[1] if row['put']['type'] == 'access_grant')
        return grant.get('review_outcome') == 'justified' and grant['review_note'] == NOTE
    wait_until(reviewed, 'the review with its note', 20)


REVIEW = [take_it_without_a_window, day.sign_in, review_it]
STEPS = [enter_a_stranger, day.sign_in, look_for_them, open_the_record, who_is_told, end_it]

PARTS = {'imogen': STEPS, 'mei': REVIEW}

if __name__ == '__main__':
    if len(sys.argv) == 1:
        # A process knows one accessibility bus only, and each part has a desktop of its own.
        sys.exit(any([subprocess.call([sys.executable, __file__, login]) for login in PARTS]))
    ONE = day.Day(patients=30, login=sys.argv[1])
    try:
        ONE.run(PARTS[sys.argv[1]])
    finally:
        ONE.end()
