#!/usr/bin/python3
# test_wiped.py: two windows: what is renamed and wiped at one computer shows at the other
#
# SPDX-License-Identifier: GPL-3.0-or-later
import os
import subprocess

import day
from desktop import read_line, wait_until
from test_settings import open_settings
from window import Window


def begin_session(one, folders):
    """A session bus with a keyring of its own; what reads the screen stands on the bus of the first."""
    asked = subprocess.run(['gdbus', 'call', '--session', '--dest', 'org.a11y.Bus', '--object-path', '/org/a11y/bus',
                            '--method', 'org.a11y.Bus.GetAddress'], env=one.desktop.environ(), capture_output=True,
                           text=True, check=True)
    bus = one.desktop.start(['dbus-daemon', '--session', '--print-address', '--nofork', '--nopidfile'],
                            stdout=subprocess.PIPE, text=True)
    session = dict(folders, DBUS_SESSION_BUS_ADDRESS=read_line(bus.stdout, 'dbus-daemon'))
    keyring = one.desktop.start(['gnome-keyring-daemon', '--unlock', '--components=secrets', '--foreground'],
                                stdin=subprocess.PIPE, env=one.desktop.environ(**session))
    keyring.stdin.write(b'keyring password')
    keyring.stdin.close()

    def ready():
        owner = subprocess.run(['gdbus', 'call', '--session', '--dest', 'org.freedesktop.DBus', '--object-path', '/',
                                '--method', 'org.freedesktop.DBus.NameHasOwner', 'org.freedesktop.secrets'],
                               env=one.desktop.environ(**session), capture_output=True, text=True, check=False)
        return 'true' in owner.stdout
    wait_until(ready, 'the other keyring', 20, 100)
    return dict(session, AT_SPI_BUS_ADDRESS=asked.stdout.split("'")[1])


def the_other_window(one):
    """A computer of a colleague: the same screen, a home of its own."""
    home = one.desktop.folder('other')
    folders = {'HOME': home, 'XDG_CONFIG_HOME': os.path.join(home, '.config'),
               'XDG_DATA_HOME': os.path.join(home, '.local', 'share'),
               'XDG_RUNTIME_DIR': os.path.join(home, 'run'),
               'XDG_CACHE_HOME': os.path.join(home, '.cache'), 'XDG_STATE_HOME': os.path.join(home, '.local', 'state')}
    for folder in folders.values():
        os.makedirs(folder, mode=0o700, exist_ok=True)
    settings = os.path.join('.config', 'glib-2.0', 'settings', 'keyfile')
    os.makedirs(os.path.dirname(os.path.join(home, settings)))
    with open(os.path.join(one.desktop.home, settings), encoding='utf-8') as ours, \
            open(os.path.join(home, settings), 'w', encoding='utf-8') as theirs:
        theirs.write(ours.read())
    one.data = folders['XDG_DATA_HOME']
    one.other = Window(one.desktop, **one.clock, **begin_session(one, folders))
    one.other.raise_window('Wattle')
    one.other.fill('Sign-in name', 'imogen')
    one.other.fill('Password', day.PASSWORD)
    one.other.key('Return')
    one.other.find('list', 'Visits of today', timeout=90)


def kept_there(one):
    return [name for _, _, names in os.walk(one.data) for name in names if name.endswith(('.db', '.db-wal'))
            or 'cache' in name or 'outbox' in name]


def rename_it(one):
    """Here the others' computers have names; there it stands under the new one."""
    window = one.window
    open_settings(one)
    entry = window.find('entry', 'Imogen', within=window.find('list', 'Devices of the others'), timeout=30)
    window.focus(entry)
    window.key('ctrl+a')
    window.write('Room three')
    window.key('Return')
    window.find('button', 'Wipe Room three', timeout=30)
    window.picture('wiped-renamed')


def wipe_it(one):
    """It goes from the screen of the other computer by itself, and nothing of the practice stays there."""
    window = one.window
    assert kept_there(one), 'the other computer keeps nothing in the first place'
    window.click('button', 'Wipe Room three')
    window.press(window.find('button', 'Wipe', within=window.window('Wipe This Device?')))
    one.other.find('entry', 'Sign-in name', timeout=60)
    assert one.other.see('list', 'Visits of today') is None
    wait_until(lambda: not kept_there(one), 'what was kept there to be destroyed: %s' % kept_there(one), 30)
    window.picture('wiped-there')
    window.find('entry', 'Wiped ', timeout=60)
    window.gone('entry', 'Wiped when it next reaches the server')
    one.other.stop()


STEPS = [day.sign_in, the_other_window, rename_it, wipe_it]

if __name__ == '__main__':
    ONE = day.Day(patients=20, login='ada')
    try:
        ONE.run(STEPS)
    finally:
        ONE.end()
