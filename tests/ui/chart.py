# chart.py: the part of the day that is spent in a chart: a note, a prescription, an invoice, a payment
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""Steps of day.py. They are about day.patient, whom find_patient chose."""
from desktop import wait_until


def family(day):
    """As the window of the chart shows it."""
    return day.patient.split(',')[0].upper()


def open_chart(day):
    """The chart has a window of its own; opening it again brings the same one to the front."""
    window = day.window
    window.key('alt+3')
    search = window.find('entry', 'Search patients')
    window.focus(search)
    wait_until(lambda: window.see(None, day.patient, within=window.find('list', 'Patients')), day.patient, 20)
    window.key('Return')
    window.window(family(day))
    window.find('list', 'Pages of the chart')
    window.find(None, ' · born ')


def write_note(day):
    """What is typed is a saved draft after a pause, and final when it is signed."""
    window = day.window
    window.window(family(day))
    window.key('ctrl+n')
    for name, text in (('Subjective', 'Sleeps better, wakes once.'), ('Plan', 'Review in four weeks.')):
        window.focus(window.find('entry', name, exact=True))
        window.write(text)
    window.find(None, 'Kept on this computer', timeout=20)
    window.find(None, 'Draft saved', timeout=30)
    window.picture('note-draft')
    window.key('ctrl+Return')
    window.click('button', 'Sign', within=window.window('Sign This Note?'))
    window.find(None, 'Signed by Dr')
    window.find(None, 'Sleeps better, wakes once.')
    assert window.see('entry', 'Subjective', exact=True) is None, 'a signed note can still be typed into'


def prescribe(day):
    """Active ingredient first; signed, it is shown as it prints."""
    window = day.window
    window.window(family(day))
    window.key('ctrl+5')
    window.click('button', 'New Prescription')
    editor = window.window('New Prescription')
    window.write('sertraline')
    found = window.find('list', 'Medicines found', within=editor)
    window.press(window.find('row', 'Sertraline', within=found))
    window.find('entry', 'Directions', within=editor)
    window.key('ctrl+Return')
    window.click('button', 'Sign', within=window.window('Sign This Prescription?'))
    paper = window.window('Prescription 20', timeout=60)
    window.find(None, 'Page 1 of 1', within=paper, timeout=30)
    window.picture('prescription')
    window.key('Escape')


def take_payment(day):
    """An invoice as it prints, what is owed on it, the money, the receipt."""
    window = day.window
    window.raise_window('Wattle')
    window.click('row', 'Billing')
    invoices = window.find('list', 'Invoices')
    window.press(window.find('row', 'INV-', within=invoices, timeout=30))
    paper = window.window('Invoice INV-', timeout=30)
    window.find(None, 'Page 1 of', within=paper, timeout=30)
    window.picture('invoice')
    window.click('button', 'Record Payment', within=paper)
    window.click('button', 'Record', within=window.window('Record Payment'))
    receipt = window.window('Receipt', timeout=30)
    window.find(None, 'Received with thanks', within=receipt, timeout=30)
    window.find('button', 'Undo', within=receipt)
    window.picture('receipt')
    window.key('Escape')
    window.gone('window', 'Receipt')
    window.window('Invoice INV-')
    window.find(None, 'Paid in full')
    window.key('Escape')


STEPS = [open_chart, write_note, prescribe, take_payment]
