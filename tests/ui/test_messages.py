#!/usr/bin/python3
# test_messages.py: a clinician and a patient write to each other about a visit, also without a server
#
# SPDX-License-Identifier: GPL-3.0-or-later
import datetime
import os
import subprocess

import day
from desktop import wait_until
from window import Window
from wire import Client, Socket, done, instant, new_id, rows_of, staff

LOGIN = 'message-patient'


def prepare(one):
    """A patient of Imogen's with an account, and a visit that begins in ten minutes."""
    clinician = staff(one, 'imogen', 'clinician')
    records = rows_of(clinician)
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
    window.find('row', 'Messages, 3 not read', within=places, timeout=60)
    go(one, 'Messages')
    conversations = window.find('list', 'Conversations')
    window.press(window.find('row', '3 new', within=conversations, timeout=30))
    said(one, 'Please have your Medicare card ready')
    said(one, 'The building has a new entrance')
    wait_until(lambda: window.see('row', 'not read', within=places) is None, 'the mark', 30)
    write(one, 'Thank you, I have found it')
    said(one, 'You: Thank you, I have found it')


def see_each_other_type(one):
    """While the other side writes it is told here, and the other way round, over the sockets alone."""
    window = one.window
    patient = Client(one.server)
    assert patient.sign_in(LOGIN, day.PASSWORD).status == 200
    records = [row['put'] for row in patient.snapshot()[1] if 'put' in row]
    one.thread = next(row['id'] for row in records if row['type'] == 'thread')
    socket = Socket(patient)
    assert 'poke' in socket.receive()
    socket.send({'typing': one.thread})
    window.find('label', 'is writing…')
    window.picture('messages-typing')
    text = window.find('text', 'Write a message')
    window.focus(text)
    window.write('Now')
    heard = (socket.receive() for _ in range(50))
    assert any(message['typing']['thread'] == one.thread for message in heard if message and 'typing' in message)
    window.key('ctrl+a', 'Delete')
    wait_until(lambda: not Window.text(text), 'the text to be empty')
    wait_until(lambda: window.see('label', 'is writing…') is None, 'the mark to go', 30)
    socket.stream.close()


def close(one, title):
    """Escape closes a window, once it has the keyboard again from what stood over it."""
    window = one.window

    def closed():
        if window.on_screen(title):
            window.raise_window(title)
            window.key('Escape')
        return not window.on_screen(title)
    wait_until(closed, '%s to close' % title, 20, 500)


def choose_file(one, path):
    window = one.window
    window.click('button', 'Send a PDF or a picture')
    window.window('Send a File')
    window.key('ctrl+l', 'ctrl+a')
    window.write(path)

    def chosen():
        # The chooser may still be reading the folder, and then takes no answer.
        if window.on_screen('Send a File'):
            window.key('Return')
        return not window.on_screen('Send a File')
    wait_until(chosen, 'the file to be chosen', 30, 500)


def send_a_picture(one):
    """A picture goes with a message and is opened in the sandbox; a file of another kind is refused with a sentence."""
    window = one.window
    folder = one.desktop.folder('files')
    script, picture = os.path.join(folder, 'letter.png'), os.path.join(folder, 'photo.png')
    with open(script, 'w', encoding='utf-8') as out:
        out.write('#!/bin/sh')
    subprocess.run(['convert', '-size', '640x480', 'gradient:red-blue', picture], check=True)
    choose_file(one, script)
    window.find(None, 'none of those that a message takes')
    window.picture('messages-refused')
    window.key('Escape')
    wait_until(lambda: window.see(None, 'none of those that') is None, 'the refusal to close')
    choose_file(one, picture)
    row = window.find('button', 'Open the file photo.png', timeout=30)
    window.press(row)
    window.window('photo.png')
    wait_until(lambda: window.see('image', 'Page 1 of 1') or window.see(None, 'lacks the sandbox'), 'the picture', 30)
    window.picture('messages-picture')
    close(one, 'photo.png')


def see_it_in_the_chart(one):
    """The conversation is part of the chart, and is printed as a whole."""
    window = one.window
    window.palette(one.person['family_name'])
    name = one.person['family_name']
    window.find(None, name, within=window.find('window', 'Find Anything'))
    window.key('Return')
    chart = wait_until(lambda: next((node for node in window.windows() if name.lower() in node.get_name().lower()),
                                    None), 'the chart', 30)
    title = chart.get_name()
    window.raise_window(title)
    window.press(window.find('row', 'Messages', within=chart))
    threads = window.find('list', 'Conversations with this patient')
    window.press(window.find('row', 'Visit of ', within=threads))
    window.find('row', 'Please have your Medicare card ready', within=chart)
    window.picture('messages-chart')
    window.click('button', 'Print the conversation')
    window.window('Messages of a Visit')
    window.find('image', 'Page 1 of 1', timeout=30)
    window.picture('messages-paper')
    close(one, 'Messages of a Visit')
    window.raise_window(title)
    window.key('ctrl+w')
    wait_until(lambda: not window.on_screen(title), 'the chart to close')
    window.raise_window('Wattle')


def sign_in_as(one, login):
    window = one.window
    window.raise_window('Wattle')
    window.click('push button', 'Account: ')
    window.click('menu item', 'Sign in as Someone Else')
    window.find('entry', 'Sign-in name', timeout=60)
    window.fill('Sign-in name', login)
    window.fill('Password', day.PASSWORD)
    window.key('Return')
    window.find('list', 'Places', timeout=90)


def administrator_reads(one):
    """With a reason and the password; those whose conversation it is see it there."""
    window = one.window
    sign_in_as(one, 'ada')
    go(one, 'Settings')
    window.press(window.find('row', 'Read a Conversation of Others', timeout=60))
    dialog = window.window('Read a Conversation of Others')
    window.press(window.find('check', 'and ' + LOGIN, within=dialog, timeout=30))
    window.fill('Why you read it', 'The patient complained about a word', within=dialog)
    window.fill('Your password', day.PASSWORD, within=dialog)
    window.picture('messages-inspect')
    window.click('button', 'Read', within=dialog)
    window.find('row', 'Please have your Medicare card ready', within=dialog, timeout=30)
    window.find('row', 'Read this conversation as an administrator: The patient complained', within=dialog)
    window.picture('messages-inspected')
    close(one, 'Read a Conversation of Others')
    wren = Client(one.server)
    assert wren.sign_in(LOGIN, day.PASSWORD).status == 200
    rows = [row['put'] for row in wren.snapshot()[1] if 'put' in row]
    assert any(row['type'] == 'message' and row['kind'] == 'inspected' and row['author_name'] == 'Ada Quilty'
               for row in rows)


def administrator_writes_texts(one):
    """The next version of a text to consent to, with the one before kept; and a template of messages."""
    window = one.window
    window.raise_window('Wattle')
    window.press(window.find('row', 'Consent Texts'))
    dialog = window.window('Consent Texts')
    window.find('label', 'In force', within=dialog, timeout=30)
    text = window.find('text', 'Text that is agreed to', within=dialog)
    old = Window.text(text)
    window.focus(text)
    window.key('ctrl+End')
    window.write(' You can ask us at any time.')
    window.click('button', 'Publish Version 2', within=dialog)
    window.find(None, 'Publish this version?')
    window.key('Tab', 'Return')
    window.find('button', 'Publish Version 3', within=dialog, timeout=30)
    window.picture('consent-texts')
    close(one, 'Consent Texts')
    forms = [row['put'] for row in staff(one, 'ada', 'administrator').snapshot()[1]
             if row.get('put', {}).get('type') == 'consent_form' and row['put']['kind'] == 'telehealth']
    assert sorted(form['version'] for form in forms) == [1, 2], forms
    assert {form['body'] for form in forms} == {old, old + ' You can ask us at any time.'}
    window.raise_window('Wattle')
    window.press(window.find('row', 'Message Templates'))
    window.find('row', 'Running late', within=window.window('Message templates'), timeout=30)
    window.picture('templates')
    close(one, 'Message templates')


def leave(one):
    """Whoever leaves with windows open ends the program in order."""
    window = one.window
    window.raise_window('Wattle')
    window.key('ctrl+q')
    assert window.process.wait(30) == 0, window.process.returncode


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


STEPS = [day.sign_in, clinician_writes, see_each_other_type, send_a_picture, see_it_in_the_chart, wait_without_server,
         patient_answers, practitioner_sees, administrator_reads, administrator_writes_texts]

if __name__ == '__main__':
    ONE = day.Day(patients=40, moment=datetime.datetime.now(day.ZONE))
    try:
        prepare(ONE)
        ONE.run(STEPS)
        leave(ONE)
    finally:
        ONE.end()
