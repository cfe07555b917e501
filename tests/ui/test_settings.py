#!/usr/bin/python3
# test_settings.py: second factor, password, devices and the lock, in Settings and at the sign-in page
#
# SPDX-License-Identifier: GPL-3.0-or-later
import base64
import hashlib
import hmac
import struct
import time

import day
from desktop import wait_until
from window import sensitive

NEW_PASSWORD = 'seven lorikeets over the creek'


def totp(secret, steps=0):
    """RFC 6238 with SHA-1, thirty seconds and six digits, at the time the programs believe in."""
    key = base64.b32decode(secret.replace(' ', '') + '=' * (-len(secret.replace(' ', '')) % 8))
    moment = int((time.time() + totp.offset) // 30 + steps)
    digest = hmac.new(key, struct.pack('>Q', moment), hashlib.sha1).digest()
    at = digest[-1] & 15
    return '%06d' % ((struct.unpack('>I', digest[at:at + 4])[0] & 0x7fffffff) % 1000000)


def labels(window, node):
    return [label.get_name() for label in window.all('label', None, within=node)]


def open_settings(one):
    one.window.raise_window('Wattle')
    one.window.press(one.window.find('row', 'Settings', within=one.window.find('list', 'Places')))
    one.window.find('list', 'Devices', exact=True)


def change_password(one):
    """The rules are told, a short one is refused here, a wrong old one by the server."""
    window = one.window
    open_settings(one)
    window.press(window.find('row', 'Password'))
    dialog = window.window('Change Password')
    window.find('label', 'At least 12 characters', within=dialog)
    window.fill('Password now', 'not the one', within=dialog)
    window.fill('New password', 'too short', within=dialog)
    window.fill('New password once more', 'too short', within=dialog)
    window.click('button', 'Change', within=dialog)
    window.find('label', 'it needs 12', within=dialog)
    window.fill('New password', NEW_PASSWORD, within=dialog)
    window.fill('New password once more', NEW_PASSWORD, within=dialog)
    window.click('button', 'Change', within=dialog)
    wait_until(lambda: window.see('label', 'it needs 12', within=dialog) is None, 'the answer of the server', 20)
    window.picture('settings-password')
    window.fill('Password now', day.PASSWORD, within=dialog)
    window.click('button', 'Change', within=dialog)
    window.gone('window', 'Change Password')
    window.raise_window('Wattle')


def set_up_second_factor(one):
    """The secret is shown as a picture and as text; a wrong code is refused; recovery codes are shown once."""
    window = one.window
    window.press(window.find('row', 'Second Factor'))
    dialog = window.window('Second Factor')
    window.click('button', 'Set Up', within=dialog)
    window.find('entry', 'Code that the app shows now', within=dialog)
    secret = wait_until(lambda: next((text for text in labels(window, dialog)
                                      if len(text.replace(' ', '')) >= 32 and text.replace(' ', '').isalnum()), None),
                        'the secret', 20)
    window.picture('settings-second-factor')
    window.fill('Code that the app shows now', '000000', within=dialog)
    window.click('button', 'Turn On', within=dialog)
    window.find('label', 'This code is not right', within=dialog)
    window.fill('Code that the app shows now', totp(secret), within=dialog)
    window.click('button', 'Turn On', within=dialog)
    window.find('label', 'Keep these recovery codes', within=dialog)
    one.codes = next(text for text in labels(window, dialog) if text.count('\n') == 9).split('\n')
    one.secret = secret
    window.picture('settings-recovery')
    window.key('Escape')
    window.gone('window', 'Second Factor')


def sign_in_with_code(one):
    """The second page asks for the code; a wrong one is told; a recovery code does as well."""
    window = one.window
    window.raise_window('Wattle')
    window.key('ctrl+k')
    window.window('Find Anything')
    window.write('sign in as someone else')
    window.find('label', 'Sign in as someone else')
    window.key('Return')
    window.find('label', 'Sign in to your practice', timeout=30)
    window.fill('Sign-in name', one.login)
    window.fill('Password', NEW_PASSWORD)
    window.key('Return')
    window.find('label', 'One More Step', timeout=30)
    window.picture('sign-in-code')
    window.fill('Code', 'abcd-efgh')
    window.key('Return')
    window.find('alert', None, timeout=20)
    window.fill('Code', one.codes[0])
    window.key('Return')
    window.find('row', 'Today', timeout=60)


def name_this_device(one):
    window = one.window
    open_settings(one)
    window.find('row', 'Second Factor')
    wait_until(lambda: window.see('label', '9 recovery codes left'), 'how many recovery codes are left', 30)
    entry = window.find('entry', 'This device')
    window.focus(entry)
    window.key('ctrl+a')
    window.write('Desk in room two')
    window.key('Return')
    wait_until(lambda: window.text(window.find('entry', 'This device')) == 'Desk in room two', 'the new name', 20)
    window.picture('settings-devices')


def lock_sooner(one):
    """The practice says how long at most; the person may choose less, not more."""
    window = one.window
    window.find('label', 'the practice allows up to 10')
    spin = window.find('spin button', 'Lock after')
    assert spin.get_value_iface().get_maximum_value() == 10, spin.get_value_iface().get_maximum_value()


def forget_the_password(one):
    """After five wrong ones at the lock it is the sign-in page, and nothing is lost."""
    window = one.window
    window.raise_window('Wattle')
    window.key('ctrl+l')
    window.find(None, 'Locked')
    for number in range(5):
        window.fill('Password', 'wrong number %d' % number)
        window.key('Return')
        if number < 4:
            window.find('alert', 'does not open', timeout=30)
            wait_until(lambda: sensitive(window.see('button', 'Unlock')), 'the page to rest', 30)
    window.find('label', 'five times', timeout=30)
    window.find('entry', 'Sign-in name')
    window.picture('sign-in-forgotten')


STEPS = [day.sign_in, change_password, set_up_second_factor, sign_in_with_code, name_this_device, lock_sooner,
         forget_the_password]

if __name__ == '__main__':
    ONE = day.Day(patients=20)
    totp.offset = int(ONE.clock.get('FAKETIME', '0'))
    try:
        ONE.run(STEPS)
    finally:
        ONE.end()
