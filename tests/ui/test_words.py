#!/usr/bin/python3
# test_words.py: what two people change, what one types while leaving, and what can never be changed
#
# SPDX-License-Identifier: GPL-3.0-or-later
import chart
import day
import record
from desktop import wait_until
from wire import staff
from test_shell import go_offline


def go_online(one):
    one.proxy.cut = False
    one.window.gone('button', 'Offline', timeout=90)
    one.window.gone('button', 'waits', timeout=60)


def meet(one):
    """Somebody else of the practice, over the wire, and the patient of the day as the server has them."""
    one.colleague = staff(one, 'mei', 'manager')
    one.same = staff(one, 'imogen', 'clinician')
    family, given = one.patient.split(' (')[0].split(', ', 1)
    one.person = next(row['put'] for row in one.same.snapshot()[1]
                      if row.get('put', {}).get('type') == 'patient' and row['put']['family_name'] == family
                      and row['put']['given_names'] == given)


def change(client, person, **values):
    changes = {name: {'old': person.get(name), 'new': value} for name, value in values.items()}
    return client.do('record.change', type='patient', id=person['id'], changes=changes)


def edit_a_patient(one):
    """A flag and a telephone are put right in the chart, and stand at its top from then on."""
    window = one.window
    record.show_chart(one)
    window.key('ctrl+e')
    window.fill('Alert', 'Faints when blood is taken')
    window.press(window.find('check', 'Interpreter needed'))
    window.fill('Language', 'Auslan')
    window.fill('Mobile', '0491 570 156')
    window.picture('patient-edit')
    window.key('ctrl+s')
    window.find('label', 'Details saved')
    window.find('label', 'Faints when blood is taken')
    window.picture('patient-flags')
    wait_until(lambda: any(entry['name'] == 'record.change' for entry in one.proxy.seen), 'the change to be sent', 30)
    one.person.update(mobile='+61491570156')


def both_change_it(one):
    """Offline here, and another number there: both are shown, and the one that is chosen goes to the server."""
    window = one.window
    go_offline(one)
    window.gone('label', 'Details saved')  # it lies over the field
    window.window(chart.family(one))
    window.key('ctrl+e')
    window.fill('Mobile', '0491 570 157')
    window.key('ctrl+s')
    window.find('label', '0491 570 157')
    result = change(one.colleague, one.person, mobile='+61491570158')
    assert result['status'] == 'ok', result
    window.raise_window('Wattle')
    go_online(one)
    window.find('button', '1 choice to make', timeout=60)
    window.click('button', 'Synchronisation: ')
    window.window('Outbox')
    window.click('button', 'Make the Choices')
    dialog = window.window('Choices to Make')
    window.find('label', '0491 570 157', within=dialog)
    window.find('label', '0491 570 158', within=dialog)
    window.picture('patient-choices')
    day.use_mine(window, dialog)
    window.key('Escape')
    window.gone('window', 'Choices to Make')
    window.click('button', 'Close', within=window.window('Outbox'))
    window.gone('window', 'Outbox')

    def kept():
        rows = [row['put'] for row in one.colleague.snapshot()[1] if row.get('put', {}).get('id') == one.person['id']]
        return rows[0]['mobile'] == '+61491570157'
    wait_until(kept, 'the choice to be kept', 30)


def leave_while_typing(one):
    """The words before a sign-out that came in the middle of a sentence are there when the person is back."""
    window = one.window
    window.window(chart.family(one))
    window.key('ctrl+n')
    record.type_into(one, 'Subjective', 'Slept badly, worries about')
    window.raise_window('Wattle')
    window.palette('sign in as someone else')
    window.find('label', 'Sign in as someone else')
    window.key('Return')
    window.find('entry', 'Sign-in name', timeout=30)
    assert window.see(None, one.patient.split(',')[0]) is None, 'a name shows after the sign-out'
    day.sign_in(one)
    record.show_chart(one)
    window.press(window.find('row', 'Notes', within=window.find('list', 'Pages of the chart')))
    wait_until(lambda: window.see('list', 'Notes'), 'the notes', 20)
    if window.see('entry', 'Subjective', exact=True) is None:
        window.press(window.find('row', 'Draft', within=window.find('list', 'Notes')))
    kept = window.find('entry', 'Subjective', exact=True)
    wait_until(lambda: window.text(kept) == 'Slept badly, worries about', 'the last words before the sign-out', 20)
    window.picture('note-after-sign-out')


def write_in_two_places(one):
    """The same draft is written on here without a line and on another computer: both stay, and the screen says why."""
    window = one.window
    window.raise_window('Wattle')
    window.gone('button', 'waits', timeout=60)
    note = next(entry['args']['note'] for entry in reversed(one.proxy.seen) if entry['name'] == 'note.save')
    go_offline(one)
    window.window(chart.family(one))
    record.type_into(one, 'Plan', 'Sleep diary.')
    window.find(None, 'Draft saved', timeout=30)
    answer = one.same.do('note.save', note=dict(note, plan='Refer to the sleep clinic.'))
    assert answer['status'] == 'ok', answer
    window.raise_window('Wattle')
    go_online(one)
    window.window(chart.family(one))
    window.find('label', 'There are two drafts of this note', timeout=60)
    window.picture('note-two-drafts')
    window.click('button', 'Compare')
    dialog = window.window('Two Drafts of This Note')
    window.find('label', 'Sleep diary.', within=dialog)
    window.find('label', 'Refer to the sleep clinic.', within=dialog)
    window.picture('note-compare')


STEPS = [day.sign_in, day.see_today, day.find_patient, meet, edit_a_patient, both_change_it, leave_while_typing,
         write_in_two_places]

if __name__ == '__main__':
    ONE = day.Day(patients=60, proxied=True)
    try:
        ONE.run(STEPS)
    finally:
        ONE.end()
