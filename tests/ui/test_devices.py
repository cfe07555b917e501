#!/usr/bin/python3
# test_devices.py: devices let in, put out and wiped from Settings; a second factor that the practice insists on
#
# SPDX-License-Identifier: GPL-3.0-or-later
import datetime
import subprocess
import sys

import day
from desktop import wait_until
from wire import staff, wattled
from test_settings import labels, open_settings, totp
from test_sign_in import end_keyring, give_password


def at_that_time(moment=None, instant=wattled.instant):
    """The clients over the wire believe in the time that the programs believe in."""
    now = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=totp.offset)
    return instant(moment or now)


def name_device(client, name):
    answer = client.push(client.operation('device.rename', {'id': client.device, 'name': name}))
    assert answer.json['results'][0]['status'] == 'ok', answer


def of_others(one):
    return one.window.find('list', 'Devices of the others')


def take_devices(one):
    """Two computers of a clinician; from then on a third one waits."""
    one.lost = staff(one, 'imogen', 'clinician')
    name_device(one.lost, 'Lost in the train')
    one.old = staff(one, 'imogen', 'clinician')
    name_device(one.old, 'Old desk')
    administrator = staff(one, 'ada', 'administrator')
    assert administrator.do('setting.set', key='approve_devices', value='true')['status'] == 'ok'
    one.waiting = wattled.Client(one.server)
    answer = one.waiting.sign_in('imogen', day.PASSWORD)
    one.fingerprint = answer.json['fingerprint']
    assert one.waiting.get('/v1/changes?cursor=0').status == 403


def approve(one):
    """What the new computer shows is compared; only then it is let in."""
    window = one.window
    open_settings(one)
    window.click('button', 'Approve Test', within=of_others(one))
    dialog = window.window('Approve This Device?')
    assert any(one.fingerprint in text for text in labels(window, dialog)), window.tree(dialog)
    window.picture('device-approve')
    window.press(window.find('button', 'Approve', within=dialog))
    wait_until(lambda: one.waiting.get('/v1/changes?cursor=0').status == 200, 'the device to be let in', 20)
    window.gone('button', 'Approve Test')


def revoke(one):
    """It is refused from that moment."""
    window = one.window
    window.click('button', 'Revoke Old desk', within=of_others(one))
    window.press(window.find('button', 'Revoke', within=window.window('Revoke This Device?')))
    wait_until(lambda: one.old.get('/v1/changes?cursor=0').status == 401, 'the device to be refused', 20)
    window.gone('button', 'Revoke Old desk')
    window.picture('device-revoked')


def wipe(one):
    """Asked for here, done when that computer next asks, and said here."""
    window = one.window
    window.click('button', 'Wipe Lost in the train', within=of_others(one))
    window.press(window.find('button', 'Wipe', within=window.window('Wipe This Device?')))
    wait_until(lambda: one.lost.refresh(take=False).status == 401, 'the device to be refused', 20)
    assert one.lost.refresh(take=False).field == 'device.wipe'
    window.find('entry', 'Wiped when it next reaches the server')
    moment = wattled.instant()
    done = one.lost.call('POST', '/v1/devices/wiped', {
        'device': one.lost.device, 'time': moment,
        'signature': one.lost.key.sign('wattle-wiped:%s:%s' % (one.lost.device, moment))}, {'Authorization': ''})
    assert done.status == 204, done
    window.key('F5')
    window.gone('entry', 'Wiped when it next reaches the server')
    window.find('entry', 'Wiped ')
    window.picture('device-wiped')


def revoke_this_one(one):
    """Whoever revokes the computer they sit at is signed out, and it is refused until it is enrolled anew."""
    window = one.window
    mine = window.find('entry', 'This device', within=window.find('list', 'Devices', exact=True))
    window.click('button', 'Revoke ' + window.text(mine), exact=True)
    dialog = window.window('Revoke This Device?')
    window.find('label', 'This is the device you are using', within=dialog)
    window.press(window.find('button', 'Revoke', within=dialog))
    window.find('entry', 'Sign-in name', timeout=60)
    window.picture('device-this-revoked')
    give_password(one)
    window.find('label', 'This Computer Was Revoked', timeout=60)
    window.picture('device-this-refused')
    window.click('button', 'Sign In as a New Computer')
    window.find('label', 'Waiting for Approval', timeout=60)


def insist_on_it(one):
    """The practice wants a second factor of all its staff; the computer has no keyring."""
    administrator = staff(one, 'ada', 'administrator')
    assert administrator.do('setting.set', key='second_factor_required', value='true')['status'] == 'ok'
    end_keyring(one)


def password_alone(one):
    window = one.window
    give_password(one)
    window.find('label', 'No Keyring Here', timeout=60)
    window.click('button', 'Use My Password Alone')
    dialog = window.window('Protect It With Your Password Alone?')
    window.picture('sign-in-password-alone')
    window.press(window.find('button', 'Use My Password Alone', within=dialog))


def set_it_up(one):
    """Nothing else can be done until it is."""
    window = one.window
    window.find('label', 'A Second Factor Is Wanted', timeout=60)
    window.raise_window('Wattle')
    assert window.see('row', 'Patients') is None
    window.picture('sign-in-factor-wanted')
    window.click('button', 'Set It Up')
    dialog = window.window('Second Factor')
    window.click('button', 'Set Up', within=dialog)
    window.find('entry', 'Code that the app shows now', within=dialog)
    one.secret = wait_until(lambda: next((text for text in labels(window, dialog)
                                          if len(text.replace(' ', '')) >= 32 and text.replace(' ', '').isalnum()),
                                         None), 'the secret', 20)
    window.fill('Code that the app shows now', totp(one.secret), within=dialog)
    window.click('button', 'Turn On', within=dialog)
    window.find('label', 'Keep these recovery codes', within=dialog)
    one.codes = next(text for text in labels(window, dialog) if text.count('\n') == 9).split('\n')
    window.key('Escape')
    window.gone('window', 'Second Factor')
    window.find('row', 'Today', timeout=60)


def come_back(one):
    """The password and a code open what is kept; a wrong password does not, and nothing is lost by it."""
    window = one.window
    window.stop()
    window.start()
    give_password(one, 'not the password')
    window.find('alert', None, timeout=60)
    give_password(one)
    window.find('label', 'One More Step', timeout=60)
    window.fill('Code', one.codes[0])
    window.key('Return')
    window.find('row', 'Today', timeout=60)
    window.key('ctrl+l')
    window.find('label', 'Locked')
    window.fill('Password', day.PASSWORD)
    window.key('Return')
    window.find('row', 'Today', timeout=60)


DEVICES = [day.sign_in, take_devices, approve, revoke, wipe, revoke_this_one]
FACTOR = [insist_on_it, password_alone, set_it_up, come_back]
PARTS = {'ada': DEVICES, 'imogen': FACTOR}

if __name__ == '__main__':
    if len(sys.argv) == 1:
        # A process knows one accessibility bus only, and each part has a desktop of its own.
        sys.exit(any([subprocess.call([sys.executable, __file__, login]) for login in PARTS]))
    ONE = day.Day(patients=20, login=sys.argv[1], services=['org.a11y.Bus'])
    totp.offset = int(ONE.clock.get('FAKETIME', '0'))
    wattled.instant = at_that_time
    try:
        ONE.run(PARTS[sys.argv[1]])
    finally:
        ONE.end()
