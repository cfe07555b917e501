#!/usr/bin/python3
# test_narrow.py: every place and dialog on a screen as wide as a phone, with letters half as large again
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""A window that cannot be made 360 pixels wide wants more than the person has: fits () fails. What the toolkit
complains of meanwhile fails at the end, and so does a name that a screen reader would stumble over."""
import chart
import day
from desktop import Timeout, wait_until
from window import Window

WIDTH, HEIGHT = 360, 720


def fits(one, name):
    """Make the window of that title as narrow as a phone, and see that it becomes so."""
    window = one.window

    def narrow():
        found = window.tool('search', '--all', '--onlyvisible', '--pid', str(window.process.pid), '--name', name)
        node = window.see('window', name)
        if not found or node is None:
            return False
        xid = found.split()[-1]
        width = Window.box(node)[2]
        # What is around the window for its shadow belongs to the X window; what was asked for before a view
        # folded is asked for again.
        outer = dict(line.split('=') for line in window.tool('getwindowgeometry', '--shell', xid).splitlines())
        window.tool('windowsize', xid, str(WIDTH + int(outer['WIDTH']) - width), str(HEIGHT))
        return 0 < width <= WIDTH
    try:
        wait_until(narrow, '“%s” to be narrow' % name, 40, 250)
    except Timeout:
        node = window.find('window', name)
        raise AssertionError('“%s” wants %d pixels\n%s' % (name, Window.box(node)[2], window.tree(node))) from None
    window.check_names(window.see('window', name))
    window.picture('narrow-' + name.lower().split(',')[0].replace(' ', '-').strip('?'))


def close(one, name, *keys):
    one.window.raise_window(name)
    one.window.key(*(keys or ('Escape',)))
    one.window.gone('window', name)


def sign_in(one):
    fits(one, 'Wattle')
    day.sign_in(one)


def walk_places(one):
    window = one.window
    for number in range(1, 7):
        window.key('alt+%d' % number)
        fits(one, 'Wattle')
    for key, name in (('F1', 'Shortcuts'), ('ctrl+k', 'Find Anything')):
        window.key(key)
        window.find('window', name)
        fits(one, name)
        close(one, name)


def book_and_cancel(one):
    window = one.window
    window.raise_window('Wattle')
    window.key('alt+2')
    box = wait_until(lambda: next(iter(day.visits(one, 'Booked')), None), 'a visit', 30)
    day.open_visit(one, box)
    fits(one, 'Wattle')
    day.press_button(one, 'Cancel Visit…')
    window.find('window', 'Cancel This Visit?')
    fits(one, 'Cancel This Visit?')
    close(one, 'Cancel This Visit?')
    window.raise_window('Wattle')
    window.key('ctrl+n')
    window.find('window', 'Book a Visit')
    fits(one, 'Book a Visit')
    close(one, 'Book a Visit')


def walk_chart(one):
    window = one.window
    window.raise_window('Wattle')
    window.key('alt+3')
    people = window.find('list', 'Patients')
    one.patient = wait_until(lambda: next((name for name in window.names('label', ', ', within=people)), None),
                             'a patient', 20)
    window.focus(window.find('entry', 'Search patients'))
    window.key('Return')
    name = chart.family(one)
    window.window(name)
    for number in range(1, 9):
        window.key('ctrl+%d' % number)
        fits(one, name)
    window.key('ctrl+n')
    window.find('entry', 'Subjective', exact=True)
    fits(one, name)
    window.key('ctrl+5')
    window.click('button', 'New Prescription')
    window.find('window', 'New Prescription')
    fits(one, 'New Prescription')
    close(one, 'New Prescription')
    close(one, name, 'ctrl+w')


def walk_money(one):
    window = one.window
    window.raise_window('Wattle')
    window.key('alt+5')
    invoices = window.find('list', 'Invoices', exact=True)
    window.press(window.find('row', 'INV-', within=invoices, timeout=30))
    window.window('Invoice INV-')
    window.find(None, 'Page 1 of', timeout=30)
    fits(one, 'Invoice INV-')
    window.click('button', 'Record Payment')
    window.window('Record Payment')
    fits(one, 'Record Payment')
    close(one, 'Record Payment')
    close(one, 'Invoice INV-')


def new_patient(one):
    window = one.window
    window.raise_window('Wattle')
    window.key('alt+3')
    window.find('entry', 'Search patients')
    window.key('ctrl+n')
    window.find('window', 'New Patient')
    fits(one, 'New Patient')
    close(one, 'New Patient')


STEPS = [sign_in, walk_places, book_and_cancel, walk_chart, walk_money, new_patient]

if __name__ == '__main__':
    ONE = day.Day(patients=40, text=1.5, window_width=WIDTH, window_height=HEIGHT)
    ONE.window.strict = True
    try:
        ONE.run(STEPS)
    finally:
        ONE.end()
