#!/usr/bin/python3
# test_call_browser.py: a clinician at the window and a patient in Chromium meet by video, from link to filing
#
# SPDX-License-Identifier: GPL-3.0-or-later
import datetime
import os
import sys
import time

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), folder)
                for folder in ('../server', '../telehealth')]

import day
import test_call
from chromium import Chromium
from desktop import wait_until
from network import Door
from test_call import SOURCES, heard, invite
from wire import rows_of, staff

CAMERA = ('--use-fake-device-for-media-stream=device-count=1,fps=10', '--disable-background-timer-throttling')
CUT_SECONDS = 10

# Pictures of the others that were drawn and seconds that were played, over any connection; whether it was lost.
COUNT = """
window.seen = window.played = 0;
window.lost = false;
setInterval(() => {
  window.lost ||= document.getElementById('state').textContent.includes('The connection was lost');
  for (const video of document.querySelectorAll('#others video')) {
    window.played += Math.max(0, video.currentTime - (video.wasAt || 0));
    video.wasAt = video.currentTime;
  }
}, 100);
setInterval(() => {
  for (const video of document.querySelectorAll('#others video:not(.counted)')) {
    const next = () => { window.seen++; video.requestVideoFrameCallback(next); };
    video.classList.add('counted');
    next();
  }
}, 100);
"""
SPARED = "document.getElementById('others').textContent.includes('camera off')"
WELL = "document.getElementById('state').textContent === ''"


def hidden(name):
    return "document.getElementById('%s').hidden" % name


def look(one, name):
    """Nothing of the page is wider than a narrow phone, with large letters."""
    one.page.wait('document.documentElement.scrollWidth <= 360', 'the page %s to fit' % name)
    wide = one.page.ask("""[...document.querySelectorAll('main *')].filter((e) => e.getBoundingClientRect().right > 361)
        .map((e) => e.tagName + '#' + e.id).join(' ')""")
    assert not wide, (name, wide)
    if os.environ.get('WATTLE_PICTURES'):
        one.page.picture(os.path.join(os.environ['WATTLE_PICTURES'], 'phone-%s.png' % name))


def begin_browser(one):
    """In a network of its own where that can be made: the way to the server goes over it, too."""
    test_call.make_network(one)
    one.chromium = Chromium(one.node, CAMERA)
    if one.node:
        Door(one.node, one.server.port)


def open_link(one):
    """What the message holds: who invites, the program, and this browser."""
    one.page = one.chromium.page('%s/call#%s' % (one.server.url, invite(one)), COUNT)
    one.page.wait("!document.getElementById('ways').hidden", 'what the link is for')
    one.page.be_a_phone()
    look(one, 'link')
    assert one.page.ask("document.getElementById('program').href").startswith(
        'wattle://127.0.0.1:%d/call#' % one.server.port)
    assert 'Banksia' in one.page.ask("document.getElementById('about').textContent")
    one.page.click('browser')


def green_room(one):
    """Nothing is on before it is turned on."""
    one.page.wait("!document.getElementById('green').hidden", 'the green room')
    assert one.page.ask("document.getElementById('preview').srcObject === null || "
                        "document.getElementById('preview').srcObject.getTracks().length === 0")
    one.page.click('green-camera')
    one.page.click('green-microphone')
    one.page.wait("document.getElementById('preview').videoWidth > 0", 'the own picture')
    look(one, 'green')


def patient_waits(one):
    one.page.click('join')
    one.page.wait("!document.getElementById('lobby').hidden", 'the waiting room')
    look(one, 'lobby')


def a_word(one):
    """The practice says something to who waits."""
    one.window.find(None, 'is in the waiting room.')
    one.window.click('button', 'People', exact=True)
    one.window.find('label', 'Waits since')


def pictures_go_both_ways(one):
    one.window.click('button', 'Admit', exact=True)
    one.window.find('label', 'connection', timeout=60)
    one.window.find(None, 'Video of ', timeout=30)
    one.window.click('button', 'Camera', exact=True)
    one.window.find(None, 'Video of you')
    one.page.wait('seen > 10', 'pictures of the clinician')


def same_code(one):
    """The six digits are the same on both sides, and a screen reader can say them."""
    code = one.page.wait("(document.getElementById('codes').textContent.match(/[0-9]{3} [0-9]{3}/) || [''])[0]",
                         'the code')
    one.window.click('button', 'Not verified')
    one.window.find('label', code.replace(' ', ''))
    one.window.click('button', 'The Same')
    one.window.find('button', 'Verified', exact=True)


def they_write(one):
    one.window.click('button', 'Chat', exact=True)
    one.window.find('entry', 'Message')
    one.page.ask("document.getElementById('line').value = 'Hello from the browser'")
    one.page.click('send')
    one.window.find('label', 'Hello from the browser')
    one.window.raise_window(one.person['family_name'].upper())
    one.window.fill('Message', 'Hello from the practice')
    one.window.key('Return')
    one.page.wait("document.getElementById('lines').textContent.includes('Hello from the practice')", 'the answer')
    look(one, 'call')


def stays_together(one, heard_before, seen, played):
    """Pictures go both ways again, and both sides say so; a busy program saves its own camera for the sound."""
    if one.node:
        wait_until(lambda: heard(one) > heard_before + 30000, 'pictures of the patient', 60)
    one.page.wait('%s && (seen > %d || %s) && played > %f' % (WELL, seen + 5, SPARED, played + 1),
                  'pictures of the clinician')
    one.window.find('label', 'connection', timeout=60)
    one.window.gone(None, 'Trying again', timeout=60)


def marks(one):
    return heard(one) if one.node else 0, one.page.ask('seen'), one.page.ask('played')


def the_line_is_cut(one):
    """Nothing goes through, neither pictures nor words, for ten seconds; nobody is asked again."""
    if one.node is None:
        return
    begun = time.monotonic()
    one.page.ask('window.lost = false')
    one.node.cut()
    one.page.wait('lost', 'the page to say that nothing comes')
    look(one, 'cut')
    one.window.find(None, 'The connection was lost. Trying again', timeout=60)
    wait_until(lambda: time.monotonic() > begun + CUT_SECONDS, 'ten seconds', 30)
    one.node.mend()
    stays_together(one, *marks(one))


def the_address_changes(one):
    if one.node is None:
        return
    one.node.change()
    stays_together(one, *marks(one))


def the_server_is_killed(one):
    """The call goes on without it: sound, at least, for a slow computer may hold back the pictures."""
    before = marks(one)
    one.server.kill()
    one.window.find(None, 'server does not answer just now', timeout=60)
    one.page.wait("document.getElementById('state').textContent.includes('server does not answer')", 'to say so')
    one.page.wait('played > %f' % (before[2] + 1), 'the call without the server')
    one.server.start()
    one.window.gone(None, 'server does not answer just now', timeout=60)
    stays_together(one, *before)


def ask_to_record(one):
    """In the words of the practice."""
    one.window.click('button', 'Record', exact=True)
    one.page.wait('!' + hidden('question'), 'the question')
    form = next(record for record in rows_of(staff(one, 'imogen', 'clinician'), 'consent_form')
                if record['kind'] == 'recording')
    words = one.page.ask("document.getElementById('question-words').textContent")
    assert words == '%s\n\n%s' % (form['title'], form['body']), words
    one.window.find(None, 'Waiting until everybody agrees')
    assert one.page.ask(hidden('recorded'))


def nobody_is_recorded_who_did_not_agree(one):
    ask_to_record(one)
    look(one, 'question')
    one.page.click('decline')
    one.window.gone(None, 'Waiting until everybody agrees')
    one.page.wait(hidden('question'))
    assert not test_call.recordings(one)
    test_call.consent_is(one, 'declined')


def they_record(one):
    """Both are in it; what was said is entered as said by video."""
    ask_to_record(one)
    one.page.click('agree')
    one.window.find('status bar', 'Recording', exact=True, timeout=60)
    one.page.wait('!' + hidden('recorded'), 'the mark')
    look(one, 'recorded')
    wait_until(lambda: any(size > 100000 for size in test_call.recordings(one).values()), 'the recording on the disk',
               60)
    test_call.consent_is(one, 'given')
    ways = {record.get('answered_how') for record in rows_of(staff(one, 'imogen', 'clinician'), 'consent')
            if record['kind'] == 'recording' and record['patient'] == one.person['id']}
    assert ways == {'video'}, ways


def consent_is_withdrawn(one):
    one.page.click('withdraw')
    one.window.gone('status bar', 'Recording', timeout=60)
    one.page.wait(hidden('recorded'))
    test_call.consent_is(one, 'withdrawn')
    wait_until(lambda: len(test_call.filed_recordings(one)) == 1, 'the recording in the chart', 60)


def the_page_is_loaded_again(one):
    """One click, no waiting room; camera and microphone are off until they are turned on."""
    one.page.go('Page.reload')
    one.page.wait('!' + hidden('green'), 'the green room')
    assert one.page.ask("document.getElementById('green-camera').getAttribute('aria-pressed')") == 'false'
    look(one, 'again')
    one.page.click('join')
    one.page.wait('!' + hidden('call'), 'the call')
    one.page.click('camera')
    one.page.click('microphone')
    stays_together(one, *marks(one))


def they_leave(one):
    one.page.click('leave')
    one.page.wait("document.body.innerText.includes('You have left the visit')", 'the end')
    one.window.find(None, 'The others have left.')
    one.window.click('button', 'Leave the call')
    one.window.find('label', 'Filed on the visit')


def it_is_filed(one):
    def filed():
        return next((record for record in rows_of(staff(one, 'imogen', 'clinician'), 'call_report')
                     if record['appointment'] == one.visit and record.get('ended_at')), None)
    report = wait_until(filed, 'the call on its visit', 30)
    assert report['connected_seconds'] > 0 and 'video' in report['steps'], report
    for words in ('wrote: Hello from the browser', 'Hello from the practice'):
        wait_until(lambda words=words: any((message.get('body') or '').endswith(words)
                                           for message in rows_of(staff(one, 'imogen', 'clinician'), 'message')),
                   words, 30)


def it_is_played(one):
    """With the pictures that came from the browser; a busy computer may have saved the clinician's own."""
    test_call.it_is_played(one)
    one.window.find(None, 'First of the others', timeout=60)


STEPS = [test_call.sign_in, test_call.clinician_green_room, test_call.clinician_enters, open_link, green_room,
         patient_waits, a_word, pictures_go_both_ways, same_code, they_write, the_line_is_cut,
         the_server_is_killed, the_address_changes, nobody_is_recorded_who_did_not_agree, they_record,
         consent_is_withdrawn, the_page_is_loaded_again, they_leave, it_is_filed, it_is_played]


def main():
    one = day.Day(patients=30, size=(1600, 1000), moment=datetime.datetime.now(datetime.timezone.utc),
                  environment=SOURCES)
    one.chromium = one.page = one.network = one.node = None
    try:
        test_call.prepare(one)
        begin_browser(one)
        one.run(STEPS)
    except AssertionError:
        if one.page:
            print('the page says', repr(one.page.ask('document.body.innerText')), one.chromium.said[-5:])
        raise
    finally:
        if one.chromium:
            one.chromium.close()
        if one.network:
            one.network.close()
        one.end()


if __name__ == '__main__':
    main()
