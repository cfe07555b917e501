#!/usr/bin/python3
# test_call.py: a clinician and a patient meet by video in two windows, from the link to what is filed
#
# SPDX-License-Identifier: GPL-3.0-or-later
import datetime
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../telehealth'))

import day
from desktop import BUILD, Desktop, wait_until
from network import Network
from window import Window
from wire import Skipped, instant, new_id, rows_of, staff

LOGIN = 'video-patient'
WORDS = 'a quiet river in june'
ASKED = 'Can you hear <me> & my dog'
ENGINE = os.environ.get('WATTLE_CALL') or os.path.join(BUILD, 'src/telehealth/wattle-call')
SOURCES = {'WATTLE_CALL_SOURCES': 'test', 'WATTLE_CALL': ENGINE}


def prepare(one):
    """A patient with an account, whom Imogen sees by video in a few minutes."""
    clinician = staff(one, 'imogen', 'clinician')
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
    answer = staff(one, 'imogen', 'manager').post('/v1/users', {
        'login': LOGIN, 'display_name': 'Video Patient', 'roles': ['patient'], 'password': WORDS,
        'patient': one.person['id']})
    assert answer.status == 200, answer


def invite(one, role='patient'):
    """The secret of a link into the room, which the practice sends to somebody."""
    visit = next(record for record in rows_of(staff(one, 'imogen', 'clinician'), 'appointment')
                 if record['id'] == one.visit)
    answer = staff(one, 'imogen', 'clinician').post('/v1/rooms/%s/guests' % visit['call_room'],
                                          {'name': 'Guest by Link', 'role': role})
    assert answer.status == 200, answer
    return answer.json['path'].split('#')[1]


def accessibility_bus(desktop):
    """Where the first session says what is on the screen; the second tells it to the same."""
    asked = subprocess.run(['gdbus', 'call', '--session', '--dest', 'org.a11y.Bus', '--object-path', '/org/a11y/bus',
                            '--method', 'org.a11y.Bus.GetAddress'],
                           env=desktop.environ(), capture_output=True, text=True, check=True)
    return re.search(r"'(.*)'", asked.stdout).group(1)


def make_network(one):
    """The media of the patient come from a network of their own; the windows and the server do without."""
    try:
        one.network = Network()
    except Skipped as reason:
        print('   left out what happens to the network:', reason)
        return
    one.network.here()
    one.node = one.network.node('patient')


def engine_in(node):
    """What starts the engine there."""
    if node is None:
        return ENGINE
    path = os.path.join(tempfile.mkdtemp(prefix='wattle-engine-'), 'wattle-call')
    with open(path, 'w', encoding='utf-8') as out:
        out.write('#!/bin/sh\nexec %s "$@"\n' % shlex.join(node.command([ENGINE])))
    os.chmod(path, 0o700)
    return path


def open_elsewhere(one, arguments=(), engine=ENGINE, **settings):
    """Another program on the same screen, with a home, a bus and a keyring of its own."""
    address = accessibility_bus(one.desktop)
    bus = os.environ['DBUS_SESSION_BUS_ADDRESS'], os.environ['XDG_RUNTIME_DIR']
    one.elsewhere = Desktop(own_display=False)
    os.environ['DBUS_SESSION_BUS_ADDRESS'], os.environ['XDG_RUNTIME_DIR'] = bus
    one.elsewhere.settings(**dict({'server_url': one.server.url}, **settings))
    return Window(one.elsewhere, arguments, AT_SPI_BUS_ADDRESS=address, **dict(SOURCES, WATTLE_CALL=engine))


def open_guest(one):
    """Without one: the link from the message opens the program, which asks before any server hears of it."""
    link = 'wattle://127.0.0.1:%d/call#%s' % (one.server.port, invite(one))
    one.other = open_elsewhere(one, [link], engine_in(one.node), server_url='')
    one.other.find(None, 'where this Wattle has never been')
    one.other.click('button', 'Go On')


def sign_in(one):
    day.sign_in(one)


def clinician_green_room(one):
    """One click from Today; the camera is off, and nothing is sent."""
    one.window.click('button', 'Join: next visit', timeout=30)
    one.window.find('label', 'Video visit with ')
    one.window.find('label', 'Nothing is sent until you join')
    one.window.find('label', 'Camera Off')
    assert not rows_of(staff(one, 'imogen', 'clinician'), 'call_report')


def clinician_enters(one):
    one.window.click('button', 'Join', exact=True)
    one.window.find(None, 'Nobody else is in the room yet.')


def one_note_in_two_windows(one):
    """What is typed beside the pictures goes along into the chart, and back; it is one draft, and nothing is lost."""
    window = one.window
    call = window.window(one.person['family_name'].upper())
    window.key('ctrl+n')
    window.focus(window.find('entry', 'Plan', exact=True, within=call))
    window.write('Walk daily')
    window.find(None, 'Draft saved', timeout=40, within=call)
    window.write(', first')
    window.raise_window('Wattle')
    window.click('button', 'Open Chart')
    pages = window.find('list', 'Pages of the chart', timeout=30)
    window.press(window.find('row', 'Notes', within=pages))
    window.press(window.find('row', 'Walk daily', within=window.find('list', 'Notes')))
    window.find(None, 'This Note Is Open in Another Window', within=call)
    assert window.see('entry', 'Plan', exact=True, within=call) is None, 'one draft has two editors'
    assert window.text(window.find('entry', 'Plan', exact=True)) == 'Walk daily, first'
    window.focus(window.find('entry', 'Plan', exact=True))
    window.write(' slowly')
    window.picture('note-elsewhere')
    # By the accessible action: the two windows have one title, and the chart lies over the call.
    window.click('button', 'Write Here', within=call)
    assert window.text(window.find('entry', 'Plan', exact=True, within=call)) == 'Walk daily, first slowly'
    window.find(None, 'Draft saved', timeout=40, within=call)
    chart = next(node for node in window.windows() if window.see('list', 'Pages of the chart', within=node))
    window.click('button', 'Close', exact=True, within=chart)
    window.gone('list', 'Pages of the chart')


def choose_camera(one, name):
    one.window.click('button', 'Choose camera, microphone and speaker')
    one.window.click('menu item', name)


def a_camera_is_pulled_out(one):
    """Another one takes its place, and it is said until somebody chooses."""
    one.window.click('button', 'Camera', exact=True)
    one.window.find(None, 'Video of you', timeout=40)
    choose_camera(one, 'Brief Camera')
    one.window.find(None, 'your picture comes from another one', timeout=40)
    one.window.find(None, 'Video of you')
    one.window.picture('camera-gone')
    choose_camera(one, 'Drawn Camera')
    one.window.gone(None, 'your picture comes from another one', timeout=40)
    one.window.click('button', 'Camera', exact=True)
    one.window.gone(None, 'Video of you', timeout=40)


def look_at_oneself(one):
    """Before anybody else can."""
    one.other.find('label', 'Video visit with ')
    one.other.find('label', 'Camera Off')
    one.other.click('button', 'Camera Off')
    one.other.find('label', 'Camera On')
    one.other.find(None, 'Video of you')


def patient_waits(one):
    one.other.click('button', 'Join', exact=True)
    one.other.find(None, 'You are in the waiting room')


def the_guests_program_falls(one):
    """The link is used up, and what it gave lies in the keyring: started without it, the program finds the way back."""
    one.other.kill()
    one.other.arguments = []
    one.other.start()
    look_at_oneself(one)
    assert not one.other.see(None, 'where this Wattle has never been')
    patient_waits(one)


def clinician_writes_to_the_waiting_room(one):
    one.window.find(None, 'is in the waiting room.')
    one.window.click('button', 'People', exact=True)
    one.window.find('label', 'Waits since')


def clinician_admits(one):
    one.window.click('button', 'Admit', exact=True)
    call = one.window.find('window', one.person['family_name'].upper())
    one.window.find(None, 'Video of ', within=call, timeout=90)
    one.window.find('label', 'connection', within=call, timeout=90)
    one.other.find('label', 'connection', within=one.other.find('window', 'Banksia'), timeout=90)


def clinician_is_seen(one):
    """The camera was off until now; the picture goes both ways."""
    one.window.click('button', 'Camera', exact=True)
    one.window.find(None, 'Video of you')
    wait_until(lambda: any(name.startswith('Video of ') for name in one.other.names('image', 'Imogen Farrow')),
               'the picture of the clinician', 60)


def not_yet_verified(one):
    """Nobody compared the code yet, and both sides are told so."""
    one.window.find('button', 'Not verified')
    one.other.find('button', 'Not verified')


def they_write(one):
    # the clinician has the chat open, where words stay: a toast may go before a busy machine sees it
    one.window.click('button', 'Chat', exact=True)
    one.other.click('button', 'Chat', exact=True)
    one.other.raise_window('Imogen Farrow|Banksia')
    one.other.fill('Message', ASKED)
    one.other.key('Return')
    one.window.find('label', ASKED)


def gone(one, window, role, name, **options):
    """Only the call's own window is looked through: one that draws a picture answers slowly."""
    title = one.person['family_name'].upper() if window is one.window else 'Banksia'
    window.gone(role, name, within=window.find('window', title), **options)


def heard(one):
    """Bytes that came out of the patient's network."""
    return one.node.count()[1]


def stays_together(one, before):
    """Pictures come from the patient's network again, and both windows say so."""
    if one.node:
        wait_until(lambda: heard(one) > before + 30000, 'pictures of the patient', 60)
    for window in (one.window, one.other):
        window.find('label', 'connection', timeout=60)
        gone(one, window, None, 'Trying again')


def they_write_more(one, words):
    one.other.fill('Message', words)
    one.other.key('Return')
    one.window.find('label', words)


def the_line_is_cut(one):
    """Nothing goes through but what the server carries: they write to each other until it is mended."""
    if one.node is None:
        return
    one.node.cut()
    for window in (one.window, one.other):
        window.find(None, 'The connection was lost. Trying again', timeout=60)
    one.window.picture('call-cut')
    they_write_more(one, 'I lost your picture')
    before = heard(one)
    one.node.mend()
    stays_together(one, before)


def the_server_is_killed(one):
    """The call goes on without it, and finds it again."""
    before = heard(one) if one.node else 0
    one.server.kill()
    for window in (one.window, one.other):
        window.find(None, 'server does not answer just now', timeout=60)
    stays_together(one, before)
    one.server.start()
    for window in (one.window, one.other):
        gone(one, window, None, 'server does not answer just now', timeout=60)


def the_address_changes(one):
    if one.node is None:
        return
    one.node.change()
    stays_together(one, heard(one))
    they_write_more(one, 'I went to another room')


def recordings(one):
    """What lies on the clinician's disk, by name and size."""
    return {os.path.join(folder, name): os.path.getsize(os.path.join(folder, name))
            for folder, _, names in os.walk(one.window.desktop.scratch) for name in names
            if name.endswith('.recording')}


def filed_recordings(one):
    return [record for record in rows_of(staff(one, 'imogen', 'clinician'), 'document')
            if record['kind'] == 'recording']


def consent_is(one, status):
    def found():
        return any(record['kind'] == 'recording' and record['status'] == status
                   for record in rows_of(staff(one, 'imogen', 'clinician'), 'consent')
                   if record['patient'] == one.person['id'])
    wait_until(found, 'the consent %s in the record' % status, 30)


def ask_to_record(one):
    one.window.click('button', 'Record', exact=True)
    one.other.find(None, 'Asks to Record This Call')
    one.window.find(None, 'Waiting until everybody agrees')


def recorded(one, least):
    """Both see it, and it is on the disk, sealed."""
    one.window.find('status bar', 'Recording', exact=True, timeout=30)
    one.other.find(None, 'This call is recorded', timeout=30)
    wait_until(lambda: any(size > least for size in recordings(one).values()), 'the recording on the disk', 60)
    for path in recordings(one):
        with open(path, 'rb') as file:
            start = file.read(65536)
        assert b'\x1a\x45\xdf\xa3' not in start and b'matroska' not in start and b'visit' not in start, path


def nobody_is_recorded_who_did_not_agree(one):
    ask_to_record(one)
    one.window.picture('call-asking')
    one.other.click('button', 'I Do Not Agree')
    gone(one, one.window, None, 'Waiting until everybody agrees')
    assert not recordings(one)
    consent_is(one, 'declined')


def they_record(one):
    ask_to_record(one)
    one.other.click('button', 'I Agree')
    recorded(one, 30000)
    one.window.picture('call-recorded')
    consent_is(one, 'given')


def engines_of(window):
    asked = subprocess.run(['ps', '-o', 'pid=,comm=', '--ppid', str(window.process.pid)], capture_output=True,
                           text=True, check=True)
    return [int(line.split()[0]) for line in asked.stdout.splitlines() if 'wattle-call' in line]


def the_engine_is_killed(one):
    """What it recorded is filed, and what the next one records is a recording of its own."""
    before = set(recordings(one))
    os.kill(engines_of(one.window)[0], signal.SIGKILL)
    wait_until(lambda: len(filed_recordings(one)) == 1, 'the first recording in the chart', 150)
    wait_until(lambda: any(size > 30000 for path, size in recordings(one).items() if path not in before),
               'the second recording on the disk', 90)
    one.window.find('status bar', 'Recording', exact=True)


def consent_is_withdrawn(one):
    one.other.click('button', 'Withdraw Consent')
    gone(one, one.window, 'status bar', 'Recording')
    gone(one, one.other, None, 'This call is recorded')
    consent_is(one, 'withdrawn')
    wait_until(lambda: len(filed_recordings(one)) == 2, 'the second recording in the chart', 150)


def the_program_is_killed(one):
    """It is found at the next start, up to the last second, told and filed."""
    ask_to_record(one)
    one.other.click('button', 'I Agree')
    recorded(one, 30000)
    one.window.kill()
    one.window.start()
    sign_in(one)
    one.window.find(None, 'A Recording Was Kept', timeout=60)
    one.window.picture('recording-kept')
    one.window.click('button', 'Close', exact=True)
    wait_until(lambda: len(filed_recordings(one)) == 3, 'the third recording in the chart', 150)
    one.window.click('button', 'Join: next visit', timeout=30)
    one.window.click('button', 'Join', exact=True)
    one.window.find('label', 'connection', timeout=60)
    one.window.find(None, 'Video of ', timeout=60)
    gone(one, one.other, None, 'This call is recorded')


def it_is_played(one):
    """From the chart; where it came from is not asked, for it is read bit by bit."""
    for record in filed_recordings(one):
        assert record['source'] == one.visit and record['retain_until'] > record['document_date'], record
    one.window.click('button', 'Open chart')
    one.window.press(one.window.find('row', 'Documents', within=one.window.find('list', 'Pages of the chart')))
    one.window.press(one.window.find('row', 'Recording of the video visit', timeout=30))
    wait_until(lambda: any(name > '0:00' for name in one.window.names('label', '0:0')), 'the recording to play', 60)
    assert not one.window.see(None, 'The Recording Cannot Be Played')
    one.window.picture('recording-played')


def they_leave(one):
    """The clinician ends it for everybody; what was filed is said, and so is what was typed and not sent."""
    one.other.raise_window('Banksia')
    one.other.fill('Message', 'And <one> more &')
    one.window.click('button', 'Leave the call')
    one.window.find('label', 'Filed on the visit')
    one.other.find(None, 'The call is over')
    one.other.find(None, 'The visit has ended.')
    one.other.find('label', 'And <one> more &')


def it_is_filed(one):
    def filed():
        return next((record for record in rows_of(staff(one, 'imogen', 'clinician'), 'call_report')
                     if record['appointment'] == one.visit and record.get('ended_at')), None)
    report = wait_until(filed, 'the call on its visit', 30)
    assert report['connected_seconds'] > 0, report
    assert 'video' in report['steps'], report
    assert 'patient ' in report['participants'], report
    wait_until(lambda: any((message.get('body') or '').endswith(ASKED)
                           for message in rows_of(staff(one, 'imogen', 'clinician'), 'message')),
               'the chat on its visit', 30)


STEPS = [sign_in, clinician_green_room, clinician_enters, a_camera_is_pulled_out, one_note_in_two_windows, open_guest,
         look_at_oneself, patient_waits, the_guests_program_falls, clinician_writes_to_the_waiting_room,
         clinician_admits, clinician_is_seen, not_yet_verified, they_write, the_line_is_cut, the_server_is_killed,
         the_address_changes, nobody_is_recorded_who_did_not_agree, they_record, the_engine_is_killed,
         consent_is_withdrawn, the_program_is_killed, they_leave, it_is_filed, it_is_played]


def main():
    one = day.Day(patients=30, size=(1600, 1000), moment=datetime.datetime.now(datetime.timezone.utc),
                  environment=SOURCES)
    one.elsewhere = one.other = one.network = one.node = None
    try:
        prepare(one)
        make_network(one)
        one.run(STEPS)
    finally:
        try:
            if one.other is not None:
                one.other.stop()
        finally:
            if one.elsewhere is not None:
                one.elsewhere.end()
            if one.network is not None:
                one.network.close()
            one.end()


if __name__ == '__main__':
    main()
