# billing.py: money at the window: owed, taken, taken back, given up, and many invoices as files
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""Steps of day.py for somebody who takes payments and, as manager, writes off."""
import glob
import os

from gi.repository import GLib

import day
from desktop import wait_until
from window import sensitive


def show_billing(one):
    """Which key it has depends on the role."""
    window = one.window
    window.press(window.find('row', 'Billing', within=window.find('list', 'Places', timeout=30)))
    window.find(None, 'owed on', timeout=30)


def invoices(one):
    return one.window.find('list', 'Invoices', exact=True)


def narrow(one, words, which=None):
    """Search, and wait until the list holds no more than a page."""
    window = one.window
    if which:
        window.choose('Which invoices', which)
    window.fill('Search invoices', words)


def rows(one):
    return one.window.names('list item', 'INV-', within=invoices(one))


def open_invoice(one, row=None):
    window = one.window

    def pressed():
        try:
            window.press(window.find('row', row or 'INV-', within=invoices(one)))
            return True
        except GLib.GError:  # the list was filled anew
            return False
    wait_until(pressed, 'the row to be pressed')
    window.window('Invoice INV-')
    window.find(None, 'Page 1 of', timeout=30)


def close(one, name):
    one.window.raise_window(name)
    one.window.key('Escape')
    one.window.gone('window', name)


def see_overdue(one):
    """Only what is past its date, and of one person when one is searched for."""
    window = one.window
    show_billing(one)
    window.choose('Which invoices', 'Overdue')
    every = wait_until(lambda: rows(one), 'overdue invoices', 20)
    one.number = every[0].split(', ')[2].split(' · ')[0]
    family = every[0].split(', ')[0]
    narrow(one, family.lower())
    found = wait_until(lambda: len(rows(one)) < len(every) and rows(one), 'fewer invoices', 20)
    assert all(name.startswith(family) and 'Overdue' in name for name in found), found
    narrow(one, one.number)
    wait_until(lambda: len(rows(one)) == 1, 'that invoice alone', 20)


def pay_and_undo(one):
    """A part is paid; the toast takes it back, and the receipt is none any more."""
    window = one.window
    open_invoice(one)
    window.click('button', 'Record Payment')
    window.window('Record Payment')
    window.fill('Amount', '20')
    window.picture('payment')
    window.key('Return')
    window.find(None, 'Received with thanks: $20.00', timeout=30)
    window.click('button', 'Undo')
    window.find(None, 'This payment was taken back.')
    assert not sensitive(window.see('button', 'Print', within=window.find('window', 'Receipt'))), 'it can be printed'
    window.picture('payment-undone')
    close(one, 'Receipt')
    assert window.see('list', 'Payments') is None, 'the payment is listed still'


def refuse_too_much(one):
    """More than is owed needs a yes; nothing is taken before."""
    window = one.window
    window.raise_window('Invoice INV-')
    window.click('button', 'Record Payment')
    window.window('Record Payment')
    window.fill('Amount', '5000')
    window.key('Return')
    window.find('switch', 'More than is owed is meant')
    window.picture('payment-too-much')
    close(one, 'Record Payment')
    assert window.see('list', 'Payments') is None, 'more than is owed was taken'


def reverse(one):
    """Paid in full, then taken back with a reason."""
    window = one.window
    window.raise_window('Invoice INV-')
    window.click('button', 'Record Payment')
    window.window('Record Payment')
    window.key('Return')
    window.find(None, 'Received with thanks', timeout=30)
    window.raise_window('Receipt')
    close(one, 'Receipt')
    window.raise_window('Invoice INV-')
    window.find(None, 'Paid in full')
    window.click('button', 'Reverse: ')
    window.window('Reverse This Payment?')
    window.key('Return')
    assert window.see('window', 'Reverse This Payment?'), 'reversed without a reason'
    window.write('Charged to the wrong card')
    window.key('Return')
    window.gone('window', 'Reverse This Payment?')
    window.find(None, 'Payment reversed')
    window.find(None, ' owed', within=window.find('window', 'Invoice INV-'))
    close(one, 'Invoice INV-')


def write_off(one):
    """The manager gives up what is owed; it leaves the unpaid invoices."""
    window = one.window
    window.raise_window('Wattle')
    window.click('button', 'Account: ')
    window.click('menu item', 'Manager')
    window.find(None, 'manager', within=window.find('button', 'Account: '))
    show_billing(one)
    narrow(one, one.number)
    open_invoice(one, one.number)
    window.click('button', 'Write Off')
    window.window('Write Off What Is Owed?')
    window.write('Hardship')
    window.picture('write-off')
    window.click('button', 'Write Off', within=window.find('window', 'Write Off What Is Owed?'))
    window.find('label', 'Written off', within=window.find('window', 'Invoice INV-'), exact=True)
    assert window.see('button', 'Record Payment', within=window.find('window', 'Invoice INV-')) is None
    close(one, 'Invoice INV-')


def choose_folder(one, path):
    window = one.window
    window.click('button', 'Save the listed invoices as PDF')
    window.window('Save the Listed Invoices as PDF')
    window.key('ctrl+l', 'ctrl+a')
    window.write(path + '/')

    def accepted():
        # The first Enter may only close the list of completions.
        window.key('Return')
        return not window.on_screen('Save the Listed Invoices as PDF')
    wait_until(accepted, 'the folder to be taken', 20, 700)


def save_many(one):
    """Every invoice as PDF, with progress; stopped, what is written stays. Then those of a search alone."""
    window = one.window
    folder = one.desktop.folder('invoices')
    window.raise_window('Wattle')
    narrow(one, '', 'All')
    choose_folder(one, folder)
    window.told('Saving PDFs: ')
    window.picture('pdf-batch')
    window.click(window.told('Stop'))
    window.told('Stopped: ')
    saved = glob.glob(os.path.join(folder, 'INV-*.pdf'))
    for path in saved:
        with open(path, 'rb') as file:
            whole = file.read()
            assert whole.startswith(b'%PDF-') and whole.rstrip().endswith(b'%%EOF'), path
    folder = one.desktop.folder('found')
    narrow(one, one.number)
    wait_until(lambda: len(rows(one)) == 1, 'that invoice alone', 20)
    choose_folder(one, folder)
    window.told('1 PDF saved')
    assert os.listdir(folder) == [one.number + '.pdf'], os.listdir(folder)


STEPS = [day.sign_in, see_overdue, pay_and_undo, refuse_too_much, reverse, write_off, save_many]
