#!/usr/bin/python3
# test_messages.py: a clinician and a patient write to each other about a visit, also without a server
#
# SPDX-License-Identifier: GPL-3.0-or-later
import datetime
import os
import subprocess

import day
from desktop import wait_until
from window import Atspi, Window
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
    write_long_ago(one, clinician, dict(one.visit))


def write_long_ago(one, clinician, visit):
    """In a visit of the same two that is over for more than thirty days."""
    then = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=40)).replace(hour=12, minute=0)
    times = [instant(then + datetime.timedelta(minutes=minutes)) for minutes in (0, 20)]
    past = done(clinician.do('appointment.book', appointment={
        name: visit[name] for name in ('type', 'patient', 'practitioner', 'location', 'modality', 'status', 'zone')
    } | {'id': new_id(), 'starts_at': times[0], 'ends_at': times[1]}))['records'][0]
    opened = done(clinician.push(clinician.operation('thread.open', {'appointment': past['id']}, at=times[0]))
                  .json['results'][0])
    done(clinician.push(clinician.operation('message.send', {'thread': opened['records'][0]['id'],
                                                             'body': 'From long ago'}, at=times[0])).json['results'][0])


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
    bodies = [row.get('body') for row in rows_of(the_patient(one), 'message')]
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
    assert window.see('list', 'Messages of this conversation') is None, 'what the other person had open'
    window.find('row', 'From long ago', within=conversations)
    window.press(window.find('row', '2 new', within=conversations, timeout=30))
    said(one, 'Please have your Medicare card ready')
    said(one, 'The building has a new entrance')
    wait_until(lambda: window.see('row', '1 not read', within=places), 'the mark', 30)
    write(one, 'Thank you, I have found it')
    said(one, 'You: Thank you, I have found it')


def the_patient(one):
    """On another device; not for longer than a step, since what it got to sign in with ends soon."""
    client = Client(one.server)
    assert client.sign_in(LOGIN, day.PASSWORD).status == 200
    return client


def see_each_other_type(one):
    """While the other side writes it is told here, and the other way round, over the sockets alone."""
    window = one.window
    patient = the_patient(one)
    one.thread = next(row['id'] for row in rows_of(patient, 'thread') if row['appointment'] == one.visit['id'])
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


def listed(one, words):
    """The conversation of that name or those words, when it is in the list now."""
    return one.window.see('row', words, within=one.window.find('list', 'Conversations'))


def see_how_far_it_came(one):
    """What was written has come to the other side's device, and then was read there."""
    patient = the_patient(one)
    last = max(row['sent_at'] for row in rows_of(patient, 'message') if row['thread'] == one.thread)
    for how, words in (('delivered_upto', 'Delivered'), ('read_upto', 'Read by Message Patient')):
        done(patient.do('thread.mark', id=one.thread, **{how: last}))
        said(one, words)


def work_off_the_list(one):
    """Who waits for a reply stands in a list of their own until somebody replied, or says that nothing is needed."""
    window = one.window
    done(the_patient(one).do('message.send', thread=one.thread, body='Is there a lift?'))
    window.find('label', 'Needs a reply, since ')
    window.choose('Which conversations', 'Need a reply')
    wait_until(lambda: listed(one, 'Is there a lift?'), 'the list', 30)
    window.picture('messages-worklist')
    window.click('button', 'No Reply Needed')
    wait_until(lambda: listed(one, 'Is there a lift?') is None, 'the list to be empty', 30)
    window.gone('label', 'Needs a reply, since ')
    window.choose('Which conversations', 'Current')


def insert_a_template(one):
    window = one.window
    text = window.find('text', 'Write a message')
    window.click('button', 'Insert a template')
    window.click('menu item', 'Running late')
    wait_until(lambda: 'late' in (Window.text(text) or ''), 'the text of the template')
    window.focus(text)
    window.key('ctrl+a', 'Delete')
    wait_until(lambda: not Window.text(text), 'the text to be empty')


def marked(label, word):
    """Whether that word of it stands on another ground."""
    place = label.get_name().lower().index(word)
    return 'bg-color' in Atspi.Text.get_attribute_run(label.get_text_iface(), place, False)[0]


def search(one):
    """By words, which are marked where they stand, and by the day; also what was archived."""
    window = one.window
    today = datetime.datetime.now(day.ZONE).date()
    entry = window.find('entry', 'Search messages')
    for typed, words in (('medicare', 'Please have your Medicare card ready'),
                         ('%d/%d/%d' % (today.day, today.month, today.year), 'Is there a lift?'),
                         ('long ago', 'From long ago')):
        window.focus(entry)
        window.key('ctrl+a')
        window.write(typed)
        wait_until(lambda: listed(one, words), typed, 30)
        if typed == 'medicare':
            wait_until(lambda: any(marked(label, typed) for label in window.all('label', words)), 'the marked words')
            window.picture('messages-search')
    window.press(listed(one, 'From long ago'))
    said(one, 'From long ago')
    window.find('label', 'The visit is over.')
    assert window.see('text', 'Write a message') is None
    window.focus(entry)
    window.key('ctrl+a', 'Delete')
    wait_until(lambda: listed(one, 'Is there a lift?') and not listed(one, 'From long ago'), 'those of now', 30)
    window.choose('Which conversations', 'Archived')
    wait_until(lambda: listed(one, 'From long ago') and not listed(one, 'Is there a lift?'), 'the archive', 30)
    window.choose('Which conversations', 'Current')


def ask_a_colleague(one):
    """A conversation of the staff, which a colleague reads and nobody else."""
    window = one.window
    window.click('button', 'New conversation with colleagues')
    dialog = window.window('New Conversation')
    window.fill('Subject', 'The room at four', within=dialog)
    window.click('check', 'Robin', within=dialog)
    window.picture('messages-new')
    window.click('button', 'Begin', within=dialog)
    window.gone('window', 'New Conversation')
    window.find('label', 'The room at four')
    write(one, 'Is it free?')
    said(one, 'You: Is it free?')
    colleague = staff(one, 'robin', 'reception')
    wait_until(lambda: any(row.get('body') == 'Is it free?' for row in rows_of(colleague, 'message')),
               'the colleague to have it', 30, 500)
    assert not any(row.get('body') == 'Is it free?' for row in rows_of(the_patient(one), 'message'))
    window.press(listed(one, 'Is there a lift?'))
    said(one, 'Is there a lift?')


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


def is_new(one, words):
    """Whether the conversation that these were said in last has one message that nobody here read."""
    row = listed(one, words)
    return row is not None and '1 new' in row.get_name()


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
    done(the_patient(one).do('message.send', thread=one.thread, body='Which door?'))
    wait_until(lambda: is_new(one, 'Which door?'), 'what stands behind another window to be new', 40, 200)
    close(one, 'photo.png')
    wait_until(lambda: listed(one, 'Which door?') and not is_new(one, 'Which door?'), 'the message to be read', 40, 200)


def ask_and_give(one, chart):
    """Something to do, and something to agree to: what the patient does with both is seen here."""
    window = one.window
    window.press(window.find('row', 'Tasks and Consents', within=chart))
    window.click('button', 'New Task', within=chart)
    dialog = window.window('New Task')
    window.fill('Task', 'Bring your referral', within=dialog)
    window.click('button', 'Give', within=dialog)
    window.find('row', 'Bring your referral', within=window.find('list', 'Tasks', within=chart))
    window.click('button', 'Ask For', within=chart)
    window.click('menu item', 'Telehealth')
    consents = window.find('list', 'Consents', within=chart)
    window.find('row', 'Asked', within=consents)
    patient = the_patient(one)
    task, = rows_of(patient, 'task')
    done(patient.do('task.done', id=task['id'], done=True))
    asked = next(row for row in rows_of(patient, 'consent') if row['kind'] == 'telehealth')
    done(patient.do('consent.give', patient=asked['patient'], form=asked['form']))
    window.find('row', 'Done', within=window.find('list', 'Tasks', within=chart))
    window.find('row', 'Given', within=consents)
    window.picture('messages-agreements')


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
    ask_and_give(one, chart)
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
    assert any(row['kind'] == 'inspected' and row['author_name'] == 'Ada Quilty'
               for row in rows_of(the_patient(one), 'message'))


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


STEPS = [day.sign_in, clinician_writes, see_each_other_type, see_how_far_it_came, work_off_the_list, insert_a_template,
         search, ask_a_colleague, send_a_picture, see_it_in_the_chart, wait_without_server, patient_answers,
         practitioner_sees, administrator_reads, administrator_writes_texts]

if __name__ == '__main__':
    ONE = day.Day(patients=40, moment=datetime.datetime.now(day.ZONE))
    try:
        prepare(ONE)
        ONE.run(STEPS)
        leave(ONE)
    finally:
        ONE.end()
