# people.py: patients and those around them, entered and put right at the window
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""Steps of day.py for the front desk."""
import day
from desktop import wait_until


def save(one):
    one.window.click('button', 'Save')


def refuse_a_bad_card(one):
    """What is wrong is named where it is typed, and nothing is lost; one name is enough."""
    window = one.window
    window.key('alt+3')
    window.find('entry', 'Search patients')
    window.key('ctrl+n')
    window.find('entry', 'Family name')
    window.raise_window('New Patient')
    save(one)
    window.find(None, 'A name is needed.')
    window.picture('patient-nameless')
    window.fill('Family name', 'Suharto')
    window.fill('Medicare number', '2123 45671 1')
    save(one)
    window.find(None, 'Medicare number')
    window.find(None, 'check digit')
    window.picture('patient-bad-card')
    window.fill('Medicare number', '2123 45670 1')
    save(one)
    window.window('SUHARTO')
    window.find(None, 'Medicare 2123 45670 1')


def add_related(one):
    """Added, changed, removed with a way back."""
    window = one.window
    window.press(window.find('row', 'Details', within=window.find('list', 'Pages of the chart')))
    window.click('button', 'Add Person')
    window.find('entry', 'Given names')
    window.fill('Given names', 'Tien')
    save(one)
    person = window.find('row', 'Tien', within=window.find('list', 'Related people'))
    window.picture('related')
    window.press(person)
    window.fill('Family name', 'Soeharto')
    save(one)
    person = window.find('row', 'Tien Soeharto', within=window.find('list', 'Related people'))
    assert not window.see('combo', 'Patient', within=window.find('window', 'SUHARTO')), 'the patient can be changed'
    window.click('button', 'Remove: ')
    window.window('Remove This Person?')
    window.write('Entered twice')
    window.key('Return')
    window.find(None, 'Person removed')
    window.click('button', 'Undo')
    window.find('row', 'Tien Soeharto', within=window.find('list', 'Related people'))


def find_by_one_name(one):
    window = one.window
    window.raise_window('Wattle')
    window.key('alt+3')
    window.fill('Search patients', 'suhar')
    people = window.find('list', 'Patients')
    wait_until(lambda: window.see(None, 'Suharto', within=people), 'Suharto', 20)
    window.picture('patient-one-name')


STEPS = [day.sign_in, refuse_a_bad_card, add_related, find_by_one_name]
