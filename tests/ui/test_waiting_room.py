#!/usr/bin/python3
# test_waiting_room.py: the desk sees who waits for video visits, says something, and sends somebody elsewhere
#
# SPDX-License-Identifier: GPL-3.0-or-later
import datetime
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../server'))

import day
import test_call
from desktop import wait_until
from test_call import LOGIN, SOURCES, WORDS, rows_of, staff
from test_rooms import Peer
from wattled import Client, instant, new_id


def prepare(one):
    """The visit of test_call.py, and another that the same clinician holds by video."""
    test_call.prepare(one)
    clinician = staff(one, 'clinician')
    other = next(record for record in rows_of(clinician, 'patient') if record['id'] != one.person['id'])
    one.other_name = other['family_name']
    starts = datetime.datetime.now(datetime.timezone.utc).replace(second=0, microsecond=0)
    starts += datetime.timedelta(minutes=26)
    result = clinician.do('appointment.book', appointment={
        'type': 'appointment', 'id': new_id(), 'patient': other['id'], 'practitioner': clinician.user['practitioner'],
        'location': rows_of(clinician, 'location')[0]['id'], 'modality': 'video', 'status': 'booked',
        'zone': 'Australia/Sydney', 'starts_at': instant(starts),
        'ends_at': instant(starts + datetime.timedelta(minutes=20))})
    assert result['status'] == 'ok', result
    one.other_room = result['records'][0]['call_room']


def somebody_waits(one):
    """Whoever comes into a waiting room has arrived, in every list of the practice."""
    client = Client(one.server)
    assert client.sign_in(LOGIN, WORDS).status == 200
    room = next(record for record in rows_of(client, 'appointment') if record['id'] == one.visit)['call_room']
    one.patient = Peer(client, room)
    one.patient.until('lobby')
    one.window.find('label', 'Waits since ', timeout=30)
    one.window.find(None, 'is waiting')


def open_the_waiting_room(one):
    """The desk is neither seen nor heard: no camera, no microphone, no chat."""
    one.window.click('button', 'Waiting Room: ' + one.person['family_name'])
    one.window.find('label', 'Waits since ', within=one.window.find('list', 'People in the room'))
    call = one.window.window(one.person['family_name'].upper())
    one.window.find(None, 'The waiting room of this visit', within=call)
    for name in ('Microphone', 'Camera', 'Admit'):
        assert one.window.see('button', name, within=call, exact=True) is None, name


def menu_of(one, verb):
    """Things to do with who waits."""
    one.window.click('button', 'More for this person')
    one.window.click('menu item', verb)


def write_to_them(one):
    menu_of(one, 'Write')
    one.window.fill('A word to them', 'Ten minutes yet')
    one.window.click('button', 'Send', exact=True)
    assert one.patient.until('note')['note'] == 'Ten minutes yet'


def invite_somebody(one):
    """A link for somebody without an account, shown once."""
    one.window.click('button', 'Invite Somebody')
    one.window.fill('Name', 'Ines Aldous')
    one.window.click('button', 'Make the Link')
    one.window.find('label', one.server.url + '/call#')
    one.window.picture('invitation')
    one.window.click('button', 'Close', within=one.window.find('window', 'Invitation to the Video Visit'))
    one.window.gone('window', 'Invitation to the Video Visit')


def move_them(one):
    menu_of(one, 'Move to Another Visit')
    one.window.picture('move')
    one.window.press(one.window.find('row', one.other_name.upper(), within=one.window.find('list', 'Open rooms')))
    assert one.patient.until('moved')['room'] == one.other_room
    wait_until(lambda: one.window.see('row', one.person['family_name'],
                                      within=one.window.find('list', 'People in the room')) is None, 'them to go')


STEPS = [test_call.sign_in, somebody_waits, open_the_waiting_room, write_to_them, invite_somebody, move_them]


def main():
    one = day.Day(patients=30, size=(1280, 900), moment=datetime.datetime.now(datetime.timezone.utc), login='robin',
                  environment=SOURCES)
    try:
        prepare(one)
        one.run(STEPS)
    finally:
        one.end()


if __name__ == '__main__':
    main()
