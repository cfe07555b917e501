#!/usr/bin/python3
# test_call.py: a clinician and a patient meet by video in two windows, from the green room to what is filed
#
# SPDX-License-Identifier: GPL-3.0-or-later
import datetime
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../server'))

import day
from desktop import BUILD, Desktop, wait_until
from wattled import Client, instant, new_id
from window import Window

LOGIN = 'video-patient'
WORDS = 'a quiet river in june'
ENGINE = os.environ.get('WATTLE_CALL') or os.path.join(BUILD, 'src/telehealth/wattle-call')
SOURCES = {'WATTLE_CALL_SOURCES': 'test', 'WATTLE_CALL': ENGINE}


def staff(one, role):
    client = Client(one.server)
    assert client.sign_in('imogen', day.PASSWORD).status == 200
    if client.role != role:
        assert client.set_role(role).status == 200
    return client


def rows_of(client, kind):
    _, rows = client.snapshot()
    return [row['put'] for row in rows if 'put' in row and row['put']['type'] == kind]


def prepare(one):
    """A patient with an account, whom Imogen sees by video in a few minutes."""
    clinician = staff(one, 'clinician')
    one.person = next(record for record in rows_of(clinician, 'patient') if record.get('mobile'))
    starts = datetime.datetime.now(datetime.timezone.utc).replace(second=0, microsecond=0)
    starts += datetime.timedelta(minutes=5)
    one.visit = new_id()
    result = clinician.do('appointment.book', appointment={
        'type': 'appointment', 'id': one.visit, 'patient': one.person['id'],
        'practitioner': clinician.user['practitioner'], 'location': rows_of(clinician, 'location')[0]['id'],
        'modality': 'video', 'status': 'booked', 'zone': 'Australia/Sydney', 'starts_at': instant(starts),
        'ends_at': instant(starts + datetime.timedelta(minutes=20))})
    assert result['status'] == 'ok', result
    answer = staff(one, 'manager').post('/v1/users', {
        'login': LOGIN, 'display_name': 'Video Patient', 'roles': ['patient'], 'password': WORDS,
        'patient': one.person['id']})
    assert answer.status == 200, answer


def accessibility_bus(desktop):
    """Where the first session says what is on the screen; the second tells it to the same."""
    asked = subprocess.run(['gdbus', 'call', '--session', '--dest', 'org.a11y.Bus', '--object-path', '/org/a11y/bus',
                            '--method', 'org.a11y.Bus.GetAddress'],
                           env=desktop.environ(), capture_output=True, text=True, check=True)
    return re.search(r"'(.*)'", asked.stdout).group(1)


def open_elsewhere(one):
    """Another program on the same screen, with a home, a bus and a keyring of its own."""
    address = accessibility_bus(one.desktop)
    bus = os.environ['DBUS_SESSION_BUS_ADDRESS'], os.environ['XDG_RUNTIME_DIR']
    one.elsewhere = Desktop(own_display=False)
    os.environ['DBUS_SESSION_BUS_ADDRESS'], os.environ['XDG_RUNTIME_DIR'] = bus
    one.elsewhere.settings(server_url=one.server.url)
    return Window(one.elsewhere, AT_SPI_BUS_ADDRESS=address, **SOURCES)


def open_patient(one):
    one.other = open_elsewhere(one)
    fill = one.other.fill
    one.other.raise_window('Wattle')
    fill('Sign-in name', LOGIN)
    fill('Password', WORDS)
    one.other.key('Return')
    one.other.click('row', 'Today', timeout=90)
    one.other.find('button', 'Join the Visit', timeout=60)


def sign_in(one):
    day.sign_in(one)


def clinician_green_room(one):
    """One click from Today; the camera is off, and nothing is sent."""
    one.window.click('button', 'Join: next visit', timeout=30)
    one.window.find('label', 'Video visit with ')
    one.window.find('label', 'Nothing is sent until you join')
    one.window.find('label', 'Camera Off')
    assert not rows_of(staff(one, 'clinician'), 'call_report')


def clinician_enters(one):
    one.window.click('button', 'Join', exact=True)
    one.window.find(None, 'Nobody else is in the room yet.')


def patient_green_room(one):
    """A patient looks at oneself before anybody else can."""
    one.other.click('button', 'Join the Visit')
    one.other.find('label', 'Video visit with ')
    one.other.find('label', 'Camera Off')
    one.other.click('button', 'Camera Off')
    one.other.find('label', 'Camera On')
    one.other.find(None, 'Video of you')


def patient_waits(one):
    one.other.click('button', 'Join', exact=True)
    one.other.find(None, 'You are in the waiting room')


def clinician_writes_to_the_waiting_room(one):
    one.window.find(None, 'is in the waiting room.')
    one.window.click('button', 'People', exact=True)
    one.window.find('label', 'Waits since')


def clinician_admits(one):
    one.window.click('button', 'Admit', exact=True)
    one.window.find(None, 'Video of ', timeout=30)
    one.other.find('label', 'connection', timeout=30)
    one.window.find('label', 'connection', timeout=30)


def clinician_is_seen(one):
    """The camera was off until now; the picture goes both ways."""
    one.window.click('button', 'Camera', exact=True)
    one.window.find(None, 'Video of you')
    one.other.find(None, 'Video of Dr Imogen Farrow', timeout=30)


def not_yet_verified(one):
    """Nobody compared the code yet, and both sides are told so."""
    one.window.find('button', 'Not verified')
    one.other.find('button', 'Not verified')


def they_write(one):
    one.other.click('button', 'Chat', exact=True)
    one.other.raise_window('Dr Imogen Farrow')
    one.other.fill('Message', 'Can you hear me?')
    one.other.key('Return')
    one.window.find('label', 'wrote: Can you hear me?')


def they_leave(one):
    """The clinician ends it for everybody; what was filed is said."""
    one.window.click('button', 'Leave the call')
    one.window.find('label', 'Filed on the visit')
    one.other.click('button', 'Leave the call')
    one.other.find(None, 'The call is over')


def it_is_filed(one):
    def filed():
        return next((record for record in rows_of(staff(one, 'clinician'), 'call_report')
                     if record['appointment'] == one.visit and record.get('ended_at')), None)
    report = wait_until(filed, 'the call on its visit', 30)
    assert report['connected_seconds'] > 0, report
    assert 'video' in report['steps'], report
    assert 'patient ' in report['participants'], report
    wait_until(lambda: any(message.get('body') == 'Can you hear me?'
                           for message in rows_of(staff(one, 'clinician'), 'message')), 'the chat on its visit', 30)


STEPS = [sign_in, clinician_green_room, clinician_enters, open_patient, patient_green_room, patient_waits,
         clinician_writes_to_the_waiting_room, clinician_admits, clinician_is_seen,
         not_yet_verified, they_write, they_leave, it_is_filed]


def main():
    one = day.Day(patients=30, size=(1600, 1000), moment=datetime.datetime.now(datetime.timezone.utc),
                  environment=SOURCES)
    one.elsewhere = one.other = None
    try:
        prepare(one)
        one.run(STEPS)
    finally:
        try:
            if one.other is not None:
                one.other.stop()
        finally:
            if one.elsewhere is not None:
                one.elsewhere.end()
            one.end()


if __name__ == '__main__':
    main()
