# record.py: what is written about a patient: a note that survives a crash, its addendum and release, a prescription
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""Steps of day.py for a clinician in one chart."""
import subprocess

import chart
import day
from desktop import wait_until


def confirm(one, heading, verb):
    """Say yes to a question of the window."""
    window = one.window
    window.press(window.find('button', verb, within=window.window(heading)))
    window.gone('window', heading)


def type_into(one, name, text):
    window = one.window
    window.focus(window.find('entry', name, exact=True))
    window.write(text)


def show_chart(one):
    """By the search, since the list begins with another person."""
    window = one.window
    window.raise_window('Wattle')
    window.key('alt+3')
    family, given = one.patient.split(' (')[0].split(', ', 1)
    window.fill('Search patients', '%s %s' % (given, family))
    people = window.find('list', 'Patients')
    wait_until(lambda: window.see(None, one.patient, within=people), one.patient, 20)
    window.key('Return')
    window.window(chart.family(one))
    window.find('list', 'Pages of the chart')


def begin_note(one):
    show_chart(one)
    one.window.key('ctrl+n')
    type_into(one, 'Subjective', 'Headache since Tuesday.')
    type_into(one, 'Plan', 'Rest, review on Friday.')
    one.window.told('Kept on this computer', one.window.window(chart.family(one)).get_name())


def lose_the_window(one):
    """Killed while a note is typed: what was kept at the last pause comes back."""
    window = one.window
    window.kill()
    window.start()
    window.fill('Password', day.PASSWORD)
    window.key('Return')
    window.find(None, 'Today', timeout=90)
    show_chart(one)
    window.press(window.find('row', 'Notes', within=window.find('list', 'Pages of the chart')))
    window.find(None, 'Restored what you typed', timeout=30)
    assert window.text(window.find('entry', 'Subjective', exact=True)) == 'Headache since Tuesday.'
    assert window.text(window.find('entry', 'Plan', exact=True)) == 'Rest, review on Friday.'
    window.picture('note-restored')
    window.click('button', 'Keep')
    window.find(None, 'Draft saved', timeout=30)


def lock_while_typing(one):
    """What was typed just before the lock is there after it."""
    window = one.window
    window.window(chart.family(one))
    window.focus(window.find('entry', 'Objective', exact=True))
    window.write('BP 120/80')
    window.key('ctrl+l')
    window.find(None, 'Locked')
    window.raise_window('Wattle')
    window.fill('Password', day.PASSWORD)
    window.key('Return')
    window.find('row', 'Today', timeout=60)
    show_chart(one)
    window.press(window.find('row', 'Notes', within=window.find('list', 'Pages of the chart')))
    wait_until(lambda: window.see('list', 'Notes'), 'the notes', 20)
    if window.see('entry', 'Objective', exact=True) is None:
        window.press(window.find('row', 'Draft', within=window.find('list', 'Notes')))
    kept = window.find('entry', 'Objective', exact=True)
    wait_until(lambda: window.text(kept) == 'BP 120/80', 'the last words before the lock', 20)


def sign_and_add(one):
    """Signed, it is final; an addendum stands under it."""
    window = one.window
    window.focus(window.find('entry', 'Objective', exact=True))
    window.key('ctrl+Return')
    confirm(one, 'Sign This Note?', 'Sign')
    window.find(None, 'Signed by Dr')
    window.click('button', 'Add Addendum')
    window.focus(window.find('entry', 'Addendum', exact=True))
    window.write('Told by phone: the headache is gone.')
    window.key('ctrl+Return')
    confirm(one, 'Sign This Addendum?', 'Sign')
    window.find('label', 'Told by phone: the headache is gone.')
    assert window.see('entry', 'Objective', exact=True) is None, 'a signed note can still be typed into'
    window.picture('addendum')


def release(one):
    """The patient may read it; withdrawn, not any more."""
    window = one.window
    window.click('button', 'Release to the Patient')
    confirm(one, 'Release This Note to the Patient?', 'Release')
    window.find('label', 'The patient may read this note', exact=True)
    window.picture('note-released')
    window.click('button', 'Withdraw from the Patient')
    confirm(one, 'Withdraw This Note From the Patient?', 'Withdraw')
    window.find('button', 'Release to the Patient')
    assert window.see('label', 'The patient may read this note', exact=True) is None


def add_medicine(one, words):
    window = one.window
    window.focus(window.find('entry', 'Find a medicine'))
    window.write(words)
    window.find('row', words, within=window.find('list', 'Medicines found'))
    window.key('Return')


def new_prescription(one):
    window = one.window
    window.window(chart.family(one))
    window.key('ctrl+5')
    window.click('button', 'New Prescription')
    window.find('entry', 'Find a medicine')
    window.raise_window('New Prescription')


def sign_prescription(one):
    window = one.window
    window.key('ctrl+Return')
    confirm(one, 'Sign This Prescription?', 'Sign')
    window.window('Prescription 20', timeout=60)
    return window.find('image', 'Page 1 of', timeout=30).get_name()


def throw_away_and_search(one):
    """A form that was given up leaves nothing behind, and the keys work on where it was asked for."""
    window = one.window
    new_prescription(one)
    add_medicine(one, 'sertraline')
    window.find('entry', 'Directions')
    window.key('Escape')
    confirm(one, 'Throw This Prescription Away?', 'Throw Away')
    window.gone('window', 'New Prescription')
    assert window.see('row', 'sertraline', within=window.find('list', 'Prescriptions')) is None
    window.window(chart.family(one))
    window.key('ctrl+k')
    window.find('window', 'Find Anything')
    window.key('Escape')
    window.gone('window', 'Find Anything')
    window.raise_window(chart.family(one))


def prescribe_several(one):
    """Two medicines on one form; in the chart it is one row that cannot be changed."""
    window = one.window
    new_prescription(one)
    add_medicine(one, 'sertraline')
    add_medicine(one, 'amoxicillin')
    wait_until(lambda: len(window.all('entry', 'Directions')) == 2, 'two medicines', 20)
    window.picture('prescription-several')
    said = sign_prescription(one)
    assert 'sertraline' in said.lower() and 'amoxicillin' in said.lower(), said


def sandbox_opens():
    """Some containers refuse the namespaces that the sandbox is made of."""
    return subprocess.call(['bwrap', '--unshare-all', '--ro-bind', '/', '/', '--', '/usr/bin/true'],
                           stderr=subprocess.DEVNULL) == 0


def file_and_open(one):
    """Filed in the chart, its bytes are opened again, in the sandbox; without one nothing is opened, and it is said."""
    window = one.window
    window.click('button', 'File in chart')
    window.find(None, 'Filed in the chart')
    window.key('Escape')
    window.gone('window', 'Prescription 20')
    window.window(chart.family(one))
    window.key('ctrl+7')
    window.press(window.find('row', 'Prescription 20', within=window.find('list', 'Documents'), timeout=30))
    if not sandbox_opens():
        print('bubblewrap is refused here: the document is not looked at', flush=True)
        window.find(None, 'This computer lacks the sandbox')
        window.raise_window('Prescription 20')
        window.key('Escape')
        window.gone('window', 'Prescription 20')
        return
    window.find('image', 'Page 1 of 1', timeout=30)
    window.window('Prescription 20')
    window.picture('document')
    window.key('ctrl+p')
    wait_until(lambda: window.on_screen('Print'), 'the dialog of the printer', 20)
    window.picture('print')
    window.raise_window('Print')
    window.key('Escape')
    wait_until(lambda: not window.on_screen('Print'), 'it to close', 20)
    window.raise_window('Prescription 20')
    window.key('Escape')
    window.gone('window', 'Prescription 20')


def withdraw(one):
    """With a reason; it stays, marked."""
    window = one.window
    window.window(chart.family(one))
    window.key('ctrl+5')
    window.click('button', 'Withdraw: ')
    window.window('Withdraw This Prescription?')
    window.write('Allergic to one of them')
    window.key('Return')
    window.gone('window', 'Withdraw This Prescription?')
    window.find('row', 'Withdrawn', within=window.find('list', 'Prescriptions'))
    window.picture('prescription-withdrawn')


def prescribe_schedule_8(one):
    """Alone on its form, its quantity in words too."""
    window = one.window
    new_prescription(one)
    add_medicine(one, 'oxycodone')
    window.find(None, 'the quantity is printed in words too')
    add_medicine(one, 'sertraline')
    window.find(None, 'A Schedule 8 medicine stands alone')
    window.picture('prescription-schedule-8')
    removes = window.all('button', 'Remove')
    window.click(removes[-1])
    wait_until(lambda: len(window.all('entry', 'Directions')) == 1, 'one medicine', 20)
    said = sign_prescription(one)
    assert '(ten)' in said and 'Schedule 8' in said, said
    window.picture('prescription-schedule-8-printed')
    window.key('Escape')


STEPS = [day.sign_in, day.see_today, day.find_patient, begin_note, lose_the_window, lock_while_typing, sign_and_add,
         release, throw_away_and_search, prescribe_several, file_and_open, withdraw, prescribe_schedule_8]
