#!/usr/bin/python3
# test_first_run.py: a practice is started on a bare computer, locked, left and opened again
#
# SPDX-License-Identifier: GPL-3.0-or-later
import sys

from desktop import Desktop
from window import Window

PASSWORD = 'quiet parrots on the verandah'


def fill_practice(window):
    window.click('row', 'Start a Practice on This Computer')
    window.fill('Name of the practice', 'Banksia Clinic')
    window.fill('Given names', 'Ruby')
    window.fill('Family name', 'Winter')
    window.fill('Sign-in name', 'ruby')
    window.fill('Password', PASSWORD)


def main():
    desktop = Desktop()
    try:
        window = Window(desktop)

        # nonsense for a server gets a sentence, and nothing else happens
        window.click('row', 'Connect to My Practice')
        window.fill('Address of the server', 'http://clinic.example.com')
        window.click('button', 'Connect')
        window.find(None, 'not encrypted')
        window.click('button', 'Back')

        fill_practice(window)
        window.fill('Password once more', PASSWORD + '!')
        window.click('button', 'Start the Practice')
        window.find(None, 'passwords differ')
        window.fill('Password once more', PASSWORD)
        window.click('button', 'Start the Practice')
        window.find('row', 'Today', timeout=60)
        window.find(None, 'Banksia Clinic')
        window.picture('first-run-today')

        # locked: no names, and only the password opens it
        window.key('ctrl+l')
        window.find(None, 'Locked')
        assert window.see(None, 'Banksia Clinic') is None, window.tree()
        window.fill('Password', 'something else')
        window.key('Return')
        window.find('alert', 'password', timeout=30)
        window.fill('Password', PASSWORD)
        window.key('Return')
        window.find('row', 'Today', timeout=30)

        # the next morning
        window.stop()
        window.start()
        window.fill('Password', PASSWORD)
        window.key('Return')
        window.find('row', 'Today', timeout=60)
        window.stop()
        print('ok')
    except BaseException:
        desktop.keep = True
        desktop.picture(desktop.scratch + '/failed.png')
        print('See', desktop.scratch, file=sys.stderr)
        raise
    finally:
        desktop.end()


if __name__ == '__main__':
    main()
