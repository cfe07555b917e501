#!/usr/bin/python3
# test_sign_in.py: a keyring that is absent, locked or has lost the key, a password changed elsewhere, a new computer
#
# SPDX-License-Identifier: GPL-3.0-or-later
import os
import subprocess

import day

def give_password(one, password=day.PASSWORD):
    window = one.window
    window.fill('Sign-in name', one.login)
    window.fill('Password', password)
    window.key('Return')


def end_keyring(one):
    one.desktop.keyring.terminate()
    one.desktop.keyring.wait(10)


def start_keyring(one, locked=False):
    if not locked:
        one.desktop.start_keyring()
        return
    one.desktop.keyring = one.desktop.start(['gnome-keyring-daemon', '--start', '--components=secrets', '--foreground'])


def without_keyring(one):
    """The first time here, and no keyring: the page says so and what can be done."""
    end_keyring(one)
    give_password(one)
    one.window.find('label', 'No Keyring Here', timeout=60)
    one.window.find('button', 'Use My Password Alone')
    one.window.picture('sign-in-no-keyring')
    start_keyring(one)
    one.window.click('button', 'Try Again')
    one.window.find('row', 'Today', timeout=60)


def locked_keyring(one):
    """A keyring that is locked is not a key that is lost."""
    one.window.stop()
    end_keyring(one)
    start_keyring(one, locked=True)
    one.window.start()
    give_password(one)
    one.window.find('label', 'The Keyring Is Locked', timeout=60)
    one.window.find('label', 'Nothing is lost')
    one.window.picture('sign-in-keyring-locked')
    end_keyring(one)
    start_keyring(one)
    one.window.click('button', 'Try Again')
    one.window.find('row', 'Today', timeout=60)


def lost_key(one):
    """Somebody deleted the key from the keyring: what is saved is set aside, never deleted, and fetched again."""
    window = one.window
    window.stop()
    found = subprocess.run(['gdbus', 'call', '--session', '--dest', 'org.freedesktop.secrets', '--object-path',
                            '/org/freedesktop/secrets/collection/login', '--method',
                            'org.freedesktop.DBus.Properties.Get', 'org.freedesktop.Secret.Collection', 'Items'],
                           env=one.desktop.environ(), capture_output=True, text=True, check=True).stdout
    for item in [part for part in found.split("'") if part.startswith('/org')]:
        subprocess.run(['gdbus', 'call', '--session', '--dest', 'org.freedesktop.secrets', '--object-path', item,
                        '--method', 'org.freedesktop.Secret.Item.Delete'], env=one.desktop.environ(), check=True,
                       stdout=subprocess.DEVNULL)
    before = {os.path.join(folder, name) for folder, _, names in os.walk(one.desktop.home) for name in names
              if name.endswith('.db')}
    assert before, 'nothing was saved here'
    window.start()
    give_password(one)
    window.find('label', 'The Key Is Gone', timeout=60)
    window.find('label', 'not deleted')
    window.picture('sign-in-key-lost')
    window.click('button', 'Sign In and Fetch Again')
    window.find('row', 'Today', timeout=60)
    after = sum(name.endswith('.db') for _, _, names in os.walk(one.desktop.home) for name in names)
    assert after >= 2 * len(before), 'what could not be opened was not set aside'


def changed_elsewhere(one):
    """The password was changed on another computer: the one before opens what is saved here, once."""
    window = one.window
    window.stop()
    one.server.kill()
    subprocess.run([os.path.join(day.BUILD, 'src/ctl/wattlectl'), '--data', one.server.data, 'user', 'password',
                    one.login, '--password-stdin'], input='nine galahs on the water tank\n', text=True,
                   env=one.desktop.environ(), check=True, stdout=subprocess.DEVNULL)
    one.server.start()
    window.start()
    give_password(one, 'nine galahs on the water tank')
    window.find('label', 'New Password', timeout=60)
    window.find('button', 'I No Longer Know It')
    window.picture('sign-in-old-password')
    window.fill('Password used here last', 'something else')
    window.key('Return')
    window.find('alert', 'not the password', timeout=30)
    window.fill('Password used here last', day.PASSWORD)
    window.key('Return')
    window.find('row', 'Today', timeout=60)


STEPS = [without_keyring, locked_keyring, lost_key, changed_elsewhere]

if __name__ == '__main__':
    ONE = day.Day(patients=20, services=['org.a11y.Bus'])
    try:
        ONE.run(STEPS)
    finally:
        ONE.end()
