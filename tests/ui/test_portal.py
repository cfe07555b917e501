#!/usr/bin/python3
# test_portal.py: a patient is invited, signs in, and finds what is their own, and nothing of anybody else
#
# SPDX-License-Identifier: GPL-3.0-or-later
import datetime
import os
import subprocess
import urllib.parse
import urllib.request

import day
from desktop import BUILD, wait_until
from window import Window
from wire import Client, done, instant, new_id, rows_of, staff

LOGIN = 'portal-patient'
PLACES = ('Today', 'My Visits', 'Messages', 'Notes', 'Bills and Receipts', 'Prescriptions', 'Tasks', 'Consents',
          'Profile')
WORDS = 'a quiet river in june'
SECRET = 'q8Zk2mPz0aXw71-_Tn3vLbR5cYdEfGhJ'


def of_type(records, kind, **fields):
    return [record for record in records if record['type'] == kind
            and all(record.get(name) == value for name, value in fields.items())]


def choose(one):
    """A patient of Imogen's with a signed note, and with an address, for the prescription."""
    clinician = staff(one, 'imogen', 'clinician')
    records = rows_of(clinician)
    signed = of_type(records, 'progress_note', status='signed', author=clinician.user['practitioner'])
    assert signed, 'the demonstration has no signed note'
    one.note = signed[0]
    one.person = of_type(records, 'patient', id=one.note['patient'])[0]
    one.others = [record for record in of_type(records, 'patient') if record['id'] != one.person['id']]
    one.location = of_type(records, 'location')[0]['id']
    return clinician


def prepare(one):
    """What a practice does for a patient: a note is shared, a medicine prescribed, a video visit booked for now."""
    clinician = choose(one)
    practitioner = clinician.user['practitioner']
    done(clinician.do('note.release', id=one.note['id'], released=True))
    done(clinician.do('prescription.sign',
                      prescription={'type': 'prescription', 'id': new_id(), 'patient': one.person['id'],
                                    'prescriber': practitioner, 'location': one.location},
                      lines=[{'type': 'prescription_line', 'active_ingredient': 'Sertraline', 'schedule': 's4',
                              'strength': '50 mg', 'form': 'tablet', 'directions': 'One tablet in the morning',
                              'quantity': 30, 'repeats': 5}]))
    manager = staff(one, 'imogen', 'manager')
    done(manager.do('consent_form.publish', form={'type': 'consent_form', 'id': new_id(), 'kind': 'recording',
                                                  'title': 'Recording of video visits', 'body': 'We may record.'}))
    done(clinician.do('consent.ask', patient=one.person['id'], kind='recording'))
    done(clinician.do('task.give', task={'type': 'task', 'id': new_id(), 'patient': one.person['id'],
                                         'title': 'Keep a sleep diary', 'instructions': 'Each morning, a line.',
                                         'due_date': '2027-01-15'}))
    now = datetime.datetime.now(datetime.timezone.utc).replace(second=0, microsecond=0)
    starts = now + datetime.timedelta(minutes=10)
    one.visit = new_id()
    done(clinician.do('appointment.book', appointment={
        'type': 'appointment', 'id': one.visit, 'patient': one.person['id'], 'practitioner': practitioner,
        'location': one.location, 'modality': 'video', 'status': 'booked', 'zone': 'Australia/Sydney',
        'starts_at': instant(starts), 'ends_at': instant(starts + datetime.timedelta(minutes=20))}))


def accept_invitation(one):
    """The link is opened in a browser, where the person says when they were born and chooses a password."""
    manager = staff(one, 'imogen', 'manager')
    user = {'type': 'user', 'id': new_id(), 'login': LOGIN, 'display_name': 'Portal Patient', 'roles': ['patient'],
            'patient': one.person['id']}
    user = (done(manager.do('user.invite', user=user))['records'] or [user])[0]
    answer = manager.post('/v1/users/%s/invitation' % user['id'], {})
    assert answer.status == 200, answer
    form = urllib.parse.urlencode({'date_of_birth': one.person['birth_date'], 'password': WORDS, 'again': WORDS})
    with urllib.request.urlopen(one.server.url + answer.json['path'], form.encode(), 30) as page:
        assert b'is open' in page.read()
    done(manager.do('user.confirm', id=user['id']))


def sign_in_as_patient(one):
    window = one.window
    window.fill('Sign-in name', LOGIN)
    window.fill('Password', WORDS)
    window.key('Return')
    places = window.find('list', 'Places', timeout=90)
    for name in PLACES + ('Settings',):
        window.find('row', name, within=places)
    for name in ('Schedule', 'Patients', 'Billing'):
        assert window.see('row', name, within=places) is None, name


def see_my_day(one):
    window = one.window
    window.find('label', 'Hello, ', timeout=60)
    window.find('label', 'Your next visit')
    window.find('label', 'Today, ')
    window.find('label', 'Dr Imogen Farrow')
    window.find('button', 'Join the Visit')
    window.find('label', 'Camera and microphone stay off until you turn them on.')


def join_my_visit(one):
    """One click from Today to where camera and microphone are tried, one more into the waiting room, and out again."""
    window = one.window
    window.click('button', 'Join the Visit')
    window.find('label', 'Video visit with ')
    room = window.window('Dr Imogen Farrow')
    window.find('label', 'Nothing is sent until you join', within=room)
    window.find('label', 'Camera Off', within=room)
    window.click('button', 'Join', exact=True, within=room)
    window.find(None, 'You are in the waiting room', within=room)
    window.picture('portal-waiting')
    window.click('button', 'Leave', exact=True, within=room)
    window.find('label', 'The call is over', within=room)
    window.click('button', 'Close', exact=True, within=room)
    wait_until(lambda: not window.on_screen('Dr Imogen Farrow'), 'the room to close')


def go(one, place):
    one.window.press(one.window.find('row', place, within=one.window.find('list', 'Places')))


def see_my_visits(one):
    go(one, 'My Visits')
    one.window.find(None, 'Coming')
    one.window.find('button', 'Join: ')
    one.window.find('row', 'Dr Imogen Farrow')
    one.window.find('label', 'Past')


def read_a_note(one):
    window = one.window
    go(one, 'Notes')
    window.find('label', 'Shared with You')
    rows = [node for node in window.all('row', None) if 'Dr Imogen Farrow' in node.get_name()]
    assert len(rows) == 1, [node.get_name() for node in rows]
    window.press(rows[0])
    note = window.window('Note')
    text = next(one.note[name] for name in ('subjective', 'body') if one.note.get(name))
    wait_until(lambda: any(text[:40] in (Window.text(node) or '') for node in window.walk(note)), 'the words')
    assert window.see('button', 'Add Addendum', within=note) is None
    window.picture('portal-note')
    window.key('Escape')
    wait_until(lambda: not window.on_screen('^Note$'), 'the note to close')


def see_my_invoices(one):
    """The bill of a visit as it was printed, with nothing on it that only staff may do."""
    window = one.window
    go(one, 'Bills and Receipts')
    window.press(window.find('row', 'Invoice INV-'))
    paper = window.window('Invoice INV-')
    window.find('button', 'Save', within=paper)
    window.find('button', 'Print', within=paper)
    for name in ('Record Payment', 'Write Off', 'File'):
        assert window.see('button', name, within=paper) is None, name
    window.picture('portal-invoice')
    window.key('ctrl+w')
    wait_until(lambda: not window.on_screen('Invoice INV-'), 'the paper to close')


def see_my_prescriptions(one):
    go(one, 'Prescriptions')
    one.window.find('row', 'Sertraline 50 mg tablet')
    one.window.find('label', 'One tablet in the morning')


def tick_a_task(one):
    window = one.window
    go(one, 'Tasks')
    window.find('row', 'Keep a sleep diary, Each morning, a line.')
    window.press(window.find('button', 'Done: Keep a sleep diary'))
    window.find('label', 'Task done')
    window.find('label', 'Earlier')
    wait_until(lambda: window.see('button', 'Done: ') is None, 'the task to be done')
    clinician = staff(one, 'imogen', 'clinician')
    wait_until(lambda: of_type(rows_of(clinician), 'task', title='Keep a sleep diary', status='done'),
               'the clinician to see it', 30, 1000)


def answer_a_consent(one):
    """The text is read before it is agreed to, and what was agreed to can be withdrawn."""
    window = one.window
    go(one, 'Consents')
    window.find('label', 'Your Practice Asks You')
    window.press(window.find('row', 'Recording of video visits'))
    text = window.window('Recording of video visits')
    window.find(None, 'We may record.', within=text)
    window.picture('portal-consent')
    window.click('button', 'I Agree', within=text)
    window.find('label', 'You Agreed')
    window.press(window.find('row', 'Recording of video visits'))
    window.click('button', 'Withdraw My Consent', within=window.window('Recording of video visits'))
    window.find('label', 'You Withdrew')
    window.find('row', 'Recording of video visits, Version ')
    # A text that nobody asked about can be agreed to as well.
    window.press(window.find('row', 'Writing to us'))
    text = window.window('Writing to us')
    window.find('label', 'Version 1, of ', within=text)
    window.click('button', 'I Agree', within=text)
    window.find('label', 'You Agreed')
    clinician = staff(one, 'imogen', 'clinician')
    wait_until(lambda: [row for row in of_type(rows_of(clinician), 'consent', patient=one.person['id'], version=1,
                                               status='given', answered_how='self') if row['kind'] == 'messages'],
               'the practice to know', 30, 1000)


def see_my_profile(one):
    window = one.window
    go(one, 'Profile')
    window.find('label', one.person['family_name'])
    window.find('label', 'Your Practice')


def see_nobody_else(one):
    """On no page, in no list that is searched, and not on the wire."""
    window = one.window
    mine = {one.person['given_names'], one.person['family_name']}
    names = ['%s %s' % (other['given_names'], other['family_name']) for other in one.others
             if other.get('given_names') and not {other['given_names'], other.get('family_name')} & mine]
    assert len(names) > 5
    for place in PLACES:
        go(one, place)
        seen = '\n'.join(node.get_name() or '' for node in window.walk())
        assert not [name for name in names if name in seen], place
    client = Client(one.server)
    assert client.sign_in(LOGIN, WORDS).status == 200
    records = rows_of(client)
    for record in records:
        assert record.get('patient') in (None, one.person['id']), record
        if record['type'] == 'patient':
            assert record['id'] == one.person['id']
        if record['type'] == 'practitioner':
            assert not {'hpi_i', 'colour', 'phone', 'email', 'supervisor', 'ahpra_expires'} & set(record), record
    assert len(of_type(records, 'progress_note')) == 1


def open_link(one, link):
    """What a desktop does with a link that was clicked: it starts the program, which hands it to the one that runs."""
    subprocess.run([one.window.program, link], env=one.desktop.environ(), check=True, timeout=30)


def open_by_bus(one, link):
    """What a desktop does that starts programs by the bus, as our desktop file asks for."""
    subprocess.run(['gdbus', 'call', '--session', '--dest', 'au.wattle.Wattle', '--object-path', '/au/wattle/Wattle',
                    '--method', 'org.freedesktop.Application.Open', "['%s']" % link, '{}'],
                   env=one.desktop.environ(), check=True, timeout=30, stdout=subprocess.DEVNULL)


def follow_links(one):
    """A hostile link is refused with a sentence; before a strange server hears anything the person is asked."""
    window = one.window
    for link in ('wattle://user@clinic.example/call#' + SECRET, 'wattle://clinic.example/call#' + 'x' * 5000):
        open_link(one, link)
        window.find(None, 'not an invitation that Wattle understands')
        window.picture('link-hostile')
        window.key('Escape')
        wait_until(lambda: window.see(None, 'not an invitation that') is None, 'the refusal to close')
    open_link(one, 'wattle://clinic.example/call#' + SECRET)
    window.find(None, 'The link leads to clinic.example, where this Wattle has never been')
    window.picture('link-strange')
    window.key('Escape')
    wait_until(lambda: window.see(None, 'has never been') is None, 'the question to close')
    open_by_bus(one, 'wattle://127.0.0.1:%d/call#%s' % (one.server.port, SECRET))
    window.find(None, 'The link leads to your practice')
    window.picture('link-practice')
    window.click('button', 'Join', within=window.find('window', 'Join a Video Visit?'), exact=True)
    window.find(None, 'This link or code is not valid')
    window.picture('link-old')
    window.click('button', 'Close', within=window.find('window', 'Video Visit', exact=True))
    wait_until(lambda: not window.on_screen('^Video Visit$'), 'the green room to close')


def fit_a_phone(one):
    """At 360 pixels, dark, with large letters: every page is as wide as the window."""
    window = one.window
    window.stop()
    with open(os.path.join(one.desktop.folder('home', '.config', 'gtk-4.0'), 'settings.ini'), 'a',
              encoding='utf-8') as out:
        out.write('gtk-xft-dpi=%d\n' % (96 * 1024 * 1.25))
    one.desktop.settings(server_url=one.server.url, window_width=360, window_height=720, window_maximized=False,
                         colour_scheme='dark')
    window.start()
    window.fill('Sign-in name', LOGIN)
    window.fill('Password', WORDS)
    window.key('Return')
    window.find('label', 'Hello, ', timeout=60)
    for number, place in enumerate(PLACES, 1):
        window.key('alt+%d' % number)
        wait_until(lambda: window.see('label', place, exact=True), place, 30)
        frame = window.windows()[0]
        assert Window.box(frame)[2] <= 360, (place, Window.box(frame))
        window.picture('portal-phone-%d' % number)


STEPS = [accept_invitation, sign_in_as_patient, see_my_day, join_my_visit, see_my_visits, read_a_note, see_my_invoices,
         see_my_prescriptions, tick_a_task, answer_a_consent, see_my_profile, see_nobody_else,
         follow_links, fit_a_phone]

if __name__ == '__main__':
    os.environ.setdefault('WATTLED', os.path.join(BUILD, 'src/server/wattled'))
    ONE = day.Day(patients=120, login=LOGIN, moment=datetime.datetime.now(day.ZONE),
                  environment={'WATTLE_CALL_SOURCES': 'test'})
    try:
        prepare(ONE)
        ONE.run(STEPS)
    finally:
        ONE.end()
