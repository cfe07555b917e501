#!/usr/bin/python3
# test_messages.py: a clinician and a patient write to each other about a visit, also without a server
#
# SPDX-License-Identifier: GPL-3.0-or-later
import datetime
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../server'))

import day
from desktop import wait_until
from wattled import Client, instant, new_id
from window import Window

LOGIN = 'message-patient'


def staff(one, login, role):
    client = Client(one.server)
    answer = client.sign_in(login, day.PASSWORD)
    assert answer.status == 200, answer
    if client.role != role:
        assert client.set_role(role).status == 200
    return client


def done(result):
    assert result['status'] == 'ok', result
    return result


def prepare(one):
    """A patient of Imogen's with an account, and a visit that begins in ten minutes."""
    clinician = staff(one, 'imogen', 'clinician')
    records = [row['put'] for row in clinician.snapshot()[1] if 'put' in row]
    diary = clinician.user['practitioner']
    talked = {record.get('patient') for record in records if record['type'] in ('thread', 'task', 'consent')}
    one.person = next(record for record in records if record['type'] == 'patient'
                      and record.get('primary_practitioner') == diary and record.get('family_name')
                      and record['status'] == 'active' and record['id'] not in talked)
    location = next(record for record in records if record['type'] == 'location')['id']
    answer = staff(one, 'imogen', 'manager').post('/v1/users', {
        'login': LOGIN, 'display_name': 'Message Patient', 'roles': ['patient'], 'password': day.PASSWORD,
        'patient': one.person['id']})
    assert answer.status == 200, answer
    starts = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=10)).replace(microsecond=0)
    result = clinician.do('appointment.book', appointment={
        'type': 'appointment', 'id': new_id(), 'patient': one.person['id'], 'practitioner': diary,
        'location': location, 'modality': 'video', 'status': 'booked', 'zone': 'Australia/Sydney',
        'starts_at': instant(starts), 'ends_at': instant(starts + datetime.timedelta(minutes=20))})
    if result['status'] == 'conflict':
        result = clinician.do('appointment.book', appointment={
            'type': 'appointment', 'id': new_id(), 'patient': one.person['id'], 'practitioner': diary,
            'location': location, 'modality': 'video', 'status': 'booked', 'zone': 'Australia/Sydney',
            'starts_at': result['alternatives'][0]['starts_at'], 'ends_at': result['alternatives'][0]['ends_at']})
    one.visit = done(result)['records'][0]
    assert one.visit['starts_at'] <= instant(starts + datetime.timedelta(minutes=1)), 'the demonstration is full now'


def go(one, place):
    one.window.press(one.window.find('row', place, within=one.window.find('list', 'Places')))


def said(one, words, timeout=30):
    """The row of a message, once its name has these words."""
    window = one.window

    def look():
        messages = window.see('list', 'Messages of this conversation')
        return messages and window.see('row', words, within=messages)
    return wait_until(look, 'the message %r' % words, timeout)


def write(one, words):
    window = one.window
    text = window.find('text', 'Write a message')
    window.focus(text)
    window.write(words)
    wait_until(lambda: words in (Window.text(text) or ''), 'what was typed')
    window.key('ctrl+Return')


def clinician_writes(one):
    window = one.window
    go(one, 'Messages')
    conversations = window.find('list', 'Conversations')
    window.press(window.find('row', 'nobody has written yet', within=conversations, timeout=60))
    window.find('label', 'Nobody has written yet.')
    write(one, 'Please have your Medicare card ready')
    said(one, 'You: Please have your Medicare card ready')
    said(one, 'Sent')


def wait_without_server(one):
    """What is written without a server stands there as waiting, and goes by itself when there is one again."""
    one.server.kill()
    write(one, 'The building has a new entrance')
    said(one, 'The building has a new entrance')
    said(one, 'Waits to be sent')
    one.server.start()
    wait_until(lambda: one.window.see('row', 'Waits to be sent') is None, 'the message to go', 60)
    wren = Client(one.server)
    assert wren.sign_in(LOGIN, day.PASSWORD).status == 200
    bodies = [row['put'].get('body') for row in wren.snapshot()[1] if row.get('put', {}).get('type') == 'message']
    assert bodies.count('The building has a new entrance') == 1, bodies


def patient_answers(one):
    """The other side, in the same program: the patient's places have Messages; who reads it is told to the other."""
    window = one.window
    window.click('push button', 'Account: ')
    window.click('menu item', 'Sign in as Someone Else')
    window.find('entry', 'Sign-in name', timeout=60)
    window.fill('Sign-in name', LOGIN)
    window.fill('Password', day.PASSWORD)
    window.key('Return')
    places = window.find('list', 'Places', timeout=90)
    window.find('row', 'Messages, 2 not read', within=places, timeout=60)
    go(one, 'Messages')
    conversations = window.find('list', 'Conversations')
    window.press(window.find('row', '2 new', within=conversations, timeout=30))
    said(one, 'Please have your Medicare card ready')
    said(one, 'The building has a new entrance')
    wait_until(lambda: window.see('row', 'not read', within=places) is None, 'the mark', 30)
    write(one, 'Thank you, I have found it')
    said(one, 'You: Thank you, I have found it')


def practitioner_sees(one):
    """Marks and the wait for a reply, as the server keeps them; found by a word in the window."""
    imogen = staff(one, 'imogen', 'clinician')
    rows = [row['put'] for row in imogen.snapshot()[1] if 'put' in row]
    thread = next(row for row in rows if row['type'] == 'thread' and row.get('appointment') == one.visit['id'])
    mark = next(row for row in rows if row['type'] == 'thread_mark' and row['thread'] == thread['id']
                and row['user_name'] == 'Message Patient')
    sent = [row['sent_at'] for row in rows if row['type'] == 'message' and row['thread'] == thread['id']
            and not row.get('from_patient')]
    assert mark['read_upto'] >= max(sent), (mark, sent)
    assert thread['needs_reply'] is True
    window = one.window
    search = window.find('entry', 'Search messages')
    window.focus(search)
    window.write('medicare')
    window.find('row', 'Please have your Medicare card ready', within=window.find('list', 'Conversations'), timeout=30)


STEPS = [day.sign_in, clinician_writes, wait_without_server, patient_answers, practitioner_sees]

if __name__ == '__main__':
    ONE = day.Day(patients=40, moment=datetime.datetime.now(day.ZONE))
    try:
        prepare(ONE)
        ONE.run(STEPS)
    finally:
        ONE.end()
