#!/usr/bin/python3
# test_call_browser.py: a clinician at the window and a patient in Chromium meet by video, from link to filing
#
# SPDX-License-Identifier: GPL-3.0-or-later
import datetime
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../server'))

import day
import test_call
from chromium import Chromium
from desktop import wait_until
from test_call import SOURCES, invite, rows_of, staff

PICTURES = ('document.querySelector("#others video") && document.querySelector("#others video")'
            '.getVideoPlaybackQuality().totalVideoFrames')
PLAYED = 'document.querySelector("#others video").currentTime'


def fits_a_phone(one, name):
    """Nothing of the page is wider than a narrow phone, with large letters."""
    one.page.wait('document.documentElement.scrollWidth <= 360', 'the page %s to fit' % name)
    wide = one.page.ask("""[...document.querySelectorAll('main *')].filter((e) => e.getBoundingClientRect().right > 361)
        .map((e) => e.tagName + '#' + e.id).join(' ')""")
    assert not wide, (name, wide)
    if os.environ.get('WATTLE_PICTURES'):
        one.page.picture(os.path.join(os.environ['WATTLE_PICTURES'], 'phone-%s.png' % name))


def open_link(one):
    """What the message holds: who invites, the program, and this browser."""
    one.page = one.chromium.page('%s/call#%s' % (one.server.url, invite(one)))
    one.page.wait("!document.getElementById('ways').hidden", 'what the link is for')
    one.page.be_a_phone()
    fits_a_phone(one, 'link')
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
    fits_a_phone(one, 'green')


def patient_waits(one):
    one.page.click('join')
    one.page.wait("!document.getElementById('lobby').hidden", 'the waiting room')
    fits_a_phone(one, 'lobby')


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
    one.page.wait(PICTURES + ' > 10', 'pictures of the clinician')


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
    fits_a_phone(one, 'call')


def the_server_is_killed(one):
    """Sound, at least, goes on: a slow computer may hold back the pictures."""
    one.server.kill()
    one.window.find(None, 'server does not answer just now', timeout=60)
    one.page.wait('%s > %f' % (PLAYED, one.page.ask(PLAYED) + 1), 'the call without the server')
    one.server.start()
    one.window.gone(None, 'server does not answer just now', timeout=60)


def they_leave(one):
    one.page.click('leave')
    one.page.wait("document.body.innerText.includes('You have left the visit')", 'the end')
    one.window.find(None, 'The others have left.')
    one.window.click('button', 'Leave the call')
    one.window.find('label', 'Filed on the visit')


def it_is_filed(one):
    def filed():
        return next((record for record in rows_of(staff(one, 'clinician'), 'call_report')
                     if record['appointment'] == one.visit and record.get('ended_at')), None)
    report = wait_until(filed, 'the call on its visit', 30)
    assert report['connected_seconds'] > 0 and 'video' in report['steps'], report
    for words in ('wrote: Hello from the browser', 'Hello from the practice'):
        wait_until(lambda words=words: any((message.get('body') or '').endswith(words)
                                           for message in rows_of(staff(one, 'clinician'), 'message')), words, 30)


STEPS = [test_call.sign_in, test_call.clinician_green_room, test_call.clinician_enters, open_link, green_room,
         patient_waits, a_word, pictures_go_both_ways, same_code, they_write, the_server_is_killed, they_leave,
         it_is_filed]


def main():
    one = day.Day(patients=30, size=(1600, 1000), moment=datetime.datetime.now(datetime.timezone.utc),
                  environment=SOURCES)
    try:
        test_call.prepare(one)
        with Chromium() as one.chromium:
            try:
                one.run(STEPS)
            except AssertionError:
                print('the page says', repr(one.page.ask('document.body.innerText')), one.chromium.said[-5:])
                raise
    finally:
        one.end()


if __name__ == '__main__':
    main()
