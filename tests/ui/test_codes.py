#!/usr/bin/python3
# test_codes.py: a code for a new device, used at the sign-in page, and an invitation that is accepted there
#
# SPDX-License-Identifier: GPL-3.0-or-later
import os
import re
import shutil

import day
from desktop import wait_until
from test_settings import labels, open_settings
from window import Atspi

NEW_WORDS = 'seven lorikeets over the creek'


def shown(one, title, matches):
    """What the dialog hands over; it is closed by its own button."""
    window = one.window
    dialog = window.window(title)
    text = wait_until(lambda: next((text for text in labels(window, dialog) if matches(text)), None), title, 20)
    window.picture(title.lower().replace(' ', '-'))
    window.click('button', 'Copy and Close', within=dialog)
    wait_until(lambda: not window.on_screen(title), 'the dialog to close')
    return text


def is_code(text):
    return re.fullmatch('[a-z0-9]{5}-[a-z0-9]{5}', text) is not None


def ask_for_a_code(one):
    """The administrator takes one for a new computer of theirs."""
    open_settings(one)
    one.window.press(one.window.find('button', 'New Code'))
    one.code = shown(one, 'Code for a New Device', is_code)


def approve_devices(one):
    """From now on a new device waits for approval."""
    window = one.window
    window.press(window.find('check', 'Approve new devices'))

    def made():
        check = window.see('check', 'Approve new devices')
        return check is not None and check.get_state_set().contains(Atspi.StateType.CHECKED)
    wait_until(made, 'the choice to be made')
    window.picture('settings-choices')


def invite_somebody(one):
    """Without a first password: a link and a code."""
    window = one.window
    open_settings(one)
    window.press(window.find('row', 'People Who Sign In'))
    window.window('Users')
    window.key('ctrl+n')
    window.find('entry', 'leave empty to invite')
    window.raise_window('Person')
    window.fill('Name', 'Wanda Ong')
    window.fill('Sign-in name', 'wanda')
    window.press(window.find('check', 'Reception'))
    window.click('button', 'Save')
    window.press(window.find('button', 'Invitation'))
    text = shown(one, 'Invitation', lambda text: '/invite/' in text)
    assert len(text.split('\n')) == 2, text
    one.invitation = text


def another_computer(one):
    """One that nobody knows."""
    one.window.stop()
    data = one.desktop.folder('home', '.local', 'share')
    for name in set(os.listdir(data)) - {'keyrings'}:
        shutil.rmtree(os.path.join(data, name))
    one.window.start()


def accept_the_invitation(one):
    """Who was invited types the code at their own computer, chooses a password and signs in."""
    window = one.window
    another_computer(one)
    window.click('button', 'I Have an Invitation')
    dialog = window.window('Open Your Account')
    window.fill('Code or link of the invitation', 'none-of-theirs', within=dialog)
    window.fill('New password', NEW_WORDS, within=dialog)
    window.fill('New password once more', NEW_WORDS, within=dialog)
    window.click('button', 'Open', within=dialog)
    window.find('alert', None, within=dialog)
    window.fill('Code or link of the invitation', next(line for line in one.invitation.split('\n') if '/' not in line),
                within=dialog)
    window.picture('invitation-accepted')
    window.click('button', 'Open', within=dialog)
    window.find('label', 'Your account is open')
    wait_until(lambda: window.text(window.find(None, 'Sign-in name')) == 'wanda', 'the sign-in name to stand there')
    window.fill('Password', NEW_WORDS)
    window.key('Return')
    window.find('label', 'Waiting for Approval', timeout=60)


def sign_in_with_code(one):
    """The code is typed beside the password, and nobody has to approve."""
    window = one.window
    another_computer(one)
    window.click('button', 'I Have a Device Code')
    window.fill('Device code', one.code)
    window.picture('sign-in-device-code')
    window.fill('Sign-in name', one.login)
    window.fill('Password', day.PASSWORD)
    window.key('Return')
    window.find('list', 'Places', timeout=60)


def wait_for_approval(one):
    """Without a code the new computer says what to read out to whom."""
    window = one.window
    another_computer(one)
    window.fill('Sign-in name', one.login)
    window.fill('Password', day.PASSWORD)
    window.key('Return')
    window.find('label', 'Waiting for Approval', timeout=60)
    wait_until(lambda: any(re.fullmatch('[0-9A-Z]{4}(-[0-9A-Z]{4}){3}', name) for name in window.names('label')),
               'the fingerprint', 20)
    window.picture('sign-in-pending')


STEPS = [day.sign_in, ask_for_a_code, approve_devices, invite_somebody, accept_the_invitation, sign_in_with_code,
         wait_for_approval]

if __name__ == '__main__':
    ONE = day.Day(patients=20, login='ada')
    try:
        ONE.run(STEPS)
    finally:
        ONE.end()
