# chart.py: the part of the day that is spent in a chart: a note, a prescription, an invoice, a payment
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""Steps of day.py. They are about day.patient, whom find_patient chose."""
import os

from desktop import wait_until


def family(day):
    """As the window of the chart shows it."""
    return day.patient.split(',')[0].upper()


def dialog(day, name, timeout=20):
    """A window that stands over the chart; it has the keyboard from now on."""
    node = day.window.find(None, name, timeout=timeout)
    day.window.raise_window(name)
    return node


def save_pdf(day, name):
    """What is shown is saved as a file, where a person types, and is a PDF."""
    window = day.window
    path = os.path.join(os.environ.get('WATTLE_PICTURES') or day.desktop.scratch, name + '.pdf')
    window.key('ctrl+s')
    window.find(None, 'Save PDF')
    window.raise_window('Save PDF')
    window.key('ctrl+a')
    window.write(path)
    window.key('Return')

    def saved():
        try:
            with open(path, 'rb') as file:
                return file.read(5) == b'%PDF-'
        except FileNotFoundError:
            return False
    wait_until(saved, path, 20)


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
    window.find(None, 'Draft saved', timeout=40)
    window.picture('note-draft')
    window.key('ctrl+Return')
    window.press(window.find('button', 'Sign', within=window.window('Sign This Note?')))
    window.gone('window', 'Sign This Note?')
    window.find(None, 'Signed by Dr')
    window.find(None, 'Sleeps better, wakes once.')
    assert window.see('entry', 'Subjective', exact=True) is None, 'a signed note can still be typed into'


def prescribe(day):
    """Active ingredient first; signed, it is shown as it prints."""
    window = day.window
    window.window(family(day))
    window.key('ctrl+5')
    window.click('button', 'New Prescription')
    search = window.find('entry', 'Find a medicine')
    window.raise_window('New Prescription')
    window.focus(search)
    window.write('sertraline')
    found = window.find('list', 'Medicines found')
    window.find('row', 'sertraline', within=found)
    window.key('Return')
    window.find('entry', 'Directions')
    window.key('ctrl+Return')
    window.press(window.find('button', 'Sign', within=window.window('Sign This Prescription?')))
    window.gone('window', 'Sign This Prescription?')
    dialog(day, 'Prescription 20', timeout=60)
    window.find(None, 'Page 1 of 1', timeout=30)
    window.picture('prescription')
    save_pdf(day, 'prescription')
    window.raise_window('Prescription 20')
    window.key('Escape')


def take_payment(day):
    """An invoice as it prints, what is owed on it, the money, the receipt."""
    window = day.window
    window.window(family(day))
    window.key('ctrl+w')
    window.gone('window', family(day))
    window.raise_window('Wattle')

    def billing():
        window.press(window.find('row', 'Billing', within=window.find('list', 'Places')))
        return window.see('list', 'Invoices', exact=True)
    invoices = wait_until(billing, 'the place of invoices', 30, 500)
    window.press(window.find('row', 'INV-', within=invoices, timeout=30))
    dialog(day, 'Invoice INV-', timeout=30)
    window.find(None, 'Page 1 of', timeout=30)
    window.picture('invoice')
    save_pdf(day, 'invoice')
    window.raise_window('Invoice INV-')
    window.click('button', 'Record Payment')
    window.find('entry', 'Reference')
    window.raise_window('Record Payment')
    window.key('Return')
    window.find(None, 'Received with thanks', timeout=30)
    window.raise_window('Receipt')
    window.picture('receipt')
    window.key('Escape')
    window.gone(None, 'Received with thanks')
    window.find(None, 'Paid in full')
    window.raise_window('Invoice INV-')
    window.key('Escape')


STEPS = [open_chart, write_note, prescribe, take_payment]
