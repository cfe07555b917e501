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
from test_call import LOGIN, SOURCES, WORDS, open_elsewhere
from test_rooms import Peer
from wire import Client, instant, new_id, rows_of, staff


def prepare(one):
    """The visit of test_call.py, and another that the same clinician holds by video."""
    test_call.prepare(one)
    clinician = staff(one, 'imogen', 'clinician')
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


def nobody_is_in_a_room(one):
    """The list of active sessions, from Today."""
    one.window.click('button', 'Active Sessions')
    one.window.find(None, 'No Video Room Is in Use', within=one.window.find('window', 'Active Sessions'))
    one.window.picture('sessions-none')


def somebody_waits(one):
    """Whoever comes into a waiting room has arrived, in every list of the practice."""
    client = Client(one.server)
    assert client.sign_in(LOGIN, WORDS).status == 200
    room = next(record for record in rows_of(client, 'appointment') if record['id'] == one.visit)['call_room']
    one.patient = Peer(client, room)
    one.patient.until('lobby')
    one.window.find('label', 'Waits since ', timeout=30)
    one.window.find(None, 'is waiting')


def the_list_tells_who_waits(one):
    """By itself: nobody clicked since it was empty."""
    sessions = one.window.find('window', 'Active Sessions')
    one.window.find('label', 'Patient waits since ', within=sessions)
    one.window.find('label', one.person['family_name'], within=sessions)
    one.window.picture('sessions')


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


def join_by_code(one):
    """Without a link or an account: a code that is wrong is said, the right one leads to the green room."""
    visit = next(record for record in rows_of(staff(one, 'imogen', 'clinician'), 'appointment')
                 if record['id'] == one.visit)
    made = staff(one, 'imogen', 'clinician').post('/v1/rooms/%s/guests' % visit['call_room'],
                                                  {'name': 'Guest by Code', 'role': 'guardian'}).json
    one.other = open_elsewhere(one, server_url='')
    one.other.click('row', 'Join a Visit with a Code')
    one.other.fill('Code or link of the visit', 'aaaaa-bbbbb-ccccc')
    one.other.click('button', 'Join', exact=True)
    one.other.find('label', 'Type the address of the practice')
    one.other.fill('Address of the practice', one.server.url)
    one.other.click('button', 'Join', exact=True)
    one.other.find('label', 'This link or code is not valid')
    one.other.picture('visit-code')
    one.other.fill('Code or link of the visit', made['code'].upper())
    one.other.click('button', 'Join', exact=True)
    one.other.find('label', 'Video visit with ')
    one.other.find('label', 'Nothing is sent until you join')


def move_them(one):
    menu_of(one, 'Move to Another Visit')
    one.window.picture('move')
    one.window.press(one.window.find('row', one.other_name.upper(), within=one.window.find('list', 'Open rooms')))
    assert one.patient.until('moved')['room'] == one.other_room
    wait_until(lambda: one.window.see('row', one.person['family_name'],
                                      within=one.window.find('list', 'People in the room')) is None, 'them to go')


STEPS = [test_call.sign_in, nobody_is_in_a_room, somebody_waits, the_list_tells_who_waits, open_the_waiting_room,
         write_to_them, invite_somebody, join_by_code, move_them]


def main():
    one = day.Day(patients=30, size=(1280, 900), moment=datetime.datetime.now(datetime.timezone.utc), login='robin',
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
