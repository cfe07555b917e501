# record.py: what is written about a patient: a note that survives a crash, its addendum and release, a prescription
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""Steps of day.py for a clinician in one chart."""
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
    one.window.find(None, 'Kept on this computer')


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


STEPS = [day.sign_in, day.see_today, day.find_patient, begin_note, lose_the_window, lock_while_typing, sign_and_add,
         release]
