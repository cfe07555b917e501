#!/usr/bin/python3
# test_call_page.py: the page that a guest's link opens, in headless Chromium
#
# SPDX-License-Identifier: GPL-3.0-or-later
import base64
import contextlib
import ctypes
import hashlib
import hmac
import json
import os
import secrets
import sys
import tempfile
import time

from chromium import Chromium
from relay import Relay, free_port
from test_rooms import Clinic, Peer, new_key, shared
from wattled import Client, main, sodium

FOLDER = os.path.join(os.path.dirname(__file__), '../../src/server/api/page')
MARA = new_key()
KINDS = {'js': 'text/javascript', 'css': 'text/css'}


def test_the_page_of_a_link():
    clinic = shared()
    files = [('/call/' + name, KINDS[name.rsplit('.')[-1]]) for name in os.listdir(FOLDER) if name != 'call.html'
             and name.rsplit('.')[-1] in KINDS]
    assert len(files) > 8, files
    for path, kind in [('/call', 'text/html'), *files]:
        answer = Client(clinic).get(path)
        assert answer.status == 200 and answer.headers['content-type'].startswith(kind), answer
        policy = answer.headers['content-security-policy']
        assert "default-src 'none'" in policy and 'unsafe' not in policy and "frame-ancestors 'none'" in policy
        assert answer.headers['referrer-policy'] == 'no-referrer'
        assert answer.headers['permissions-policy'].startswith('camera=(self), microphone=(self)')
    page = Client(clinic).get('/call').body.decode()
    assert '<script>' not in page and 'style=' not in page and ' on' + 'click' not in page
    for path in ('/call/x.js', '/call/call.html', '/call/..%2fcall.js', '/call/'):
        assert Client(clinic).get(path).status in (400, 404, 422), path


class Sealed:
    """The other side of the page's sealing, by libsodium: what the program does in src/telehealth/sealing.c."""

    def __init__(self):
        self.secret = secrets.token_bytes(32)
        self.public = ctypes.create_string_buffer(32)
        sodium.crypto_scalarmult_base(self.public, self.secret)

    def open(self, message, room, me, them, their_key):
        theirs = base64.b64decode(their_key)
        shared = ctypes.create_string_buffer(32)
        assert sodium.crypto_scalarmult(shared, self.secret, theirs) == 0
        low, high = sorted((self.public.raw, theirs))
        key = hmac.new(shared.raw, b'wattle call seal 1' + low + high, hashlib.sha256).digest()
        blob = base64.b64decode(message['blob'])
        counter = int.from_bytes(blob[1:9], 'big')
        bound = ('wattle call seal 1\n%s\n%d\n%d\n%d\n%d\n' % (room, them, me, message['gen'], counter)).encode()
        out = ctypes.create_string_buffer(len(blob))
        length = ctypes.c_ulonglong()
        code = sodium.crypto_aead_aes256gcm_decrypt(
            out, ctypes.byref(length), None, blob[21:], ctypes.c_ulonglong(len(blob) - 21), bound,
            ctypes.c_ulonglong(len(bound)), blob[9:21], key)
        assert blob[0] == 2 and code == 0, 'what the page sealed cannot be opened'
        return json.loads(out.raw[:length.value])


HAS_PICTURE = """[...document.querySelectorAll('#others video')].some((video) => video.videoWidth > 0
  && video.currentTime > 0.3)"""


# What the server says waits while `hold` is set; what the page says before an answer is counted.
HOLD = """
window.hold = false; window.held = []; window.early = [];
const Real = WebSocket;
window.WebSocket = class extends Real {
  addEventListener(kind, take) {
    super.addEventListener(kind, kind !== 'message' ? take : (event) => {
      const run = () => { this.answered = true; take(event); };
      if (window.hold) window.held.push(run); else run();
    });
  }
  send(text) {
    if (!this.answered && JSON.parse(text).type !== 'hello') window.early.push(text);
    super.send(text);
  }
};
"""


def admit_all(mara, count, stash):
    """Lets in whoever comes until so many are there; what they seal meanwhile is put aside."""
    seen = {}
    while len(seen) < count:
        message = mara.receive()
        assert message and message.get('type') != 'bye', message
        if message['type'] == 'sealed':
            stash.append(message)
        elif message['type'] == 'waiting' and message['what'] == 'here':
            mara.say('admit', to=message['n'])
        elif message['type'] == 'peer' and message['what'] == 'join':
            seen[message['n']] = message
    return seen


def test_two_browsers_meet():
    port = free_port()
    address = 'http://127.0.0.1:%d' % port
    with Clinic(staff=(), extra='[server]\npublic_url=%s\nlisten=127.0.0.1:%d\n' % (address, port),
                listen='127.0.0.1:%d' % port) as clinic, Chromium() as browser:
        links = [clinic.mara.post('/v1/rooms/%s/guests' % clinic.room, {'name': name, 'role': role}).json
                 for name, role in (('Wren Example', 'patient'), ('Ines Example', 'interpreter'))]
        assert links[0]['program'] == 'wattle://127.0.0.1:%d%s' % (port, links[0]['path']), links[0]
        sealed = Sealed()
        mara = Peer(clinic.mara, clinic.room, key=base64.b64encode(sealed.public.raw).decode())
        me = mara.until('welcome')['you']['n']
        patient = browser.page(links[0]['link'], HOLD)
        patient.wait("document.getElementById('about').textContent.startsWith('Banksia Street')")
        assert patient.ask('location.hash') == '' and patient.ask('history.length') <= 2
        assert patient.ask("document.getElementById('program').href") == links[0]['program']
        assert mara.sync() == [], 'nothing was sent before a click'
        interpreter = browser.page(address + '/call')
        interpreter.wait("!document.getElementById('ask-code').hidden")
        interpreter.ask("document.getElementById('code').value = '%s'" % links[1]['code'])
        interpreter.click('check')
        for page in (patient, interpreter):
            page.click('browser')
            page.wait("!document.getElementById('green').hidden")
            assert page.ask("document.getElementById('preview').srcObject") is None, 'a camera was opened by itself'
        assert mara.sync() == [], 'the green room sends nothing'
        patient.click('green-camera')
        patient.wait("document.getElementById('preview').videoWidth > 0")
        patient.click('join')
        stash = []
        here = admit_all(mara, 1, stash)
        interpreter.click('join')
        here.update(admit_all(mara, 1, stash))
        # what the page seals can be opened by the program's rules
        opened = {}
        while len(opened) < 2:
            message = stash.pop() if stash else mara.until('sealed')
            inner = sealed.open(message, clinic.room, me, message['from'], here[message['from']]['key'])
            if inner['kind'] == 'hello':
                opened[message['from']] = inner
        interpreter.wait(HAS_PICTURE, 'the interpreter sees the patient')
        interpreter.click('camera')
        patient.wait(HAS_PICTURE, 'a camera that is turned on later is seen')
        codes = [page.wait("(document.getElementById('codes').textContent.match(/[0-9]{3} [0-9]{3}/) || [''])[0]")
                 for page in (patient, interpreter)]
        assert codes[0] == codes[1], codes
        patient.ask("document.getElementById('line').value = 'Hello <b>there</b>'")
        patient.click('send')
        interpreter.wait("document.getElementById('lines').textContent.includes('Hello <b>there</b>')")
        # what is written to nobody, or too early, is not lost without a word
        patient.ask('window.hold = true')
        # the server restarts: the call goes on and everybody is back in their seat
        clinic.stop()
        clinic.start()
        mara = mara.again()
        mara.until('welcome')
        back = set()
        while back != set(here):
            message = mara.receive()
            assert message['type'] != 'waiting', 'a seat was lost in a restart'
            if message['type'] == 'peer':
                back.add(message['n'])
        patient.ask("document.getElementById('line').value = 'Still here'")
        patient.click('send')
        patient.ask('window.hold = false; for (const run of window.held.splice(0)) run();')
        wrens = min(here)
        while inner['kind'] != 'chat':
            message = mara.until('sealed', **{'from': wrens})
            inner = sealed.open(message, clinic.room, me, wrens, here[wrens]['key'])
        assert inner['text'] == 'Still here' and patient.ask('window.early.length') == 0, patient.ask('window.early')
        assert patient.ask("!document.getElementById('call').hidden")
        latest = "Math.max(...[...document.querySelectorAll('#others video')].map((video) => video.currentTime))"
        patient.wait('%s > %f' % (latest, patient.ask(latest)))
        # a page that is loaded again has its place as well
        interpreter.browser.call('Page.reload', interpreter.session)
        interpreter.wait("!document.getElementById('green').hidden")
        interpreter.click('join')
        interpreter.wait("!document.getElementById('call').hidden", 'the interpreter is back')
        interpreter.wait(HAS_PICTURE, 'and sees the patient again')
        patient.click('leave')
        mara.until('peer', what='leave')
        mara.say('end')
        interpreter.wait("document.getElementById('say').textContent.includes('has ended')")
        assert not [line for line in browser.said if 'Content Security' in line or 'exceptionThrown' in line]


@contextlib.contextmanager
def browsers(flags=(), extra=''):
    port = free_port()
    listen = '127.0.0.1:%d' % port
    config = '[server]\npublic_url=http://%s\nlisten=%s\n%s' % (listen, listen, extra)
    with Clinic(staff=(), extra=config, listen=listen) as clinic, Chromium(flags=flags) as browser:
        yield clinic, browser


def host_of(clinic):
    """Mara, who is in the room from now on."""
    host = Peer(clinic.mara, clinic.room, key=MARA)
    return host, host.until('welcome')


def link(clinic, role='patient', name='Wren Example'):
    answer = clinic.mara.post('/v1/rooms/%s/guests' % clinic.room, {'name': name, 'role': role})
    assert answer.status == 200, answer
    return 'http://127.0.0.1:%d%s' % (clinic.port, answer.json['path'])


def look(page, name):
    """It fits a narrow phone with large letters; a picture of it on request."""
    page.be_a_phone()
    page.wait('document.documentElement.scrollWidth <= 360', 'the page %s to fit' % name)
    if os.environ.get('WATTLE_PICTURES'):
        page.picture(os.path.join(os.environ['WATTLE_PICTURES'], 'page-%s.png' % name))


def says(page, words, where='say'):
    page.wait("document.getElementById('%s').textContent.includes(%s)" % (where, json.dumps(words)), words)


def shown(page, name):
    page.wait("(() => { const e = document.getElementById('%s'); return e && !e.closest('[hidden]'); })()" % name, name)


def hidden(page, name):
    page.wait("document.getElementById('%s').closest('[hidden]') !== null" % name, name + ' to go')


def green(browser, address, script=None, beside=None):
    page = browser.page(address, script, beside)
    page.click('browser')
    shown(page, 'green')
    return page


def let_in(clinic, page):
    """From the green room into the call."""
    page.click('join')
    host, welcome = host_of(clinic)
    waiting = welcome['waiting'] or [host.until('waiting', what='here')]
    host.say('admit', to=waiting[0]['n'])
    shown(page, 'call')
    host.close()


def test_a_page_that_cannot_be_used():
    with browsers() as (clinic, browser):
        for name, secret in (('stranger', secrets.token_urlsafe(32)), ('mistyped', 'abc')):
            page = browser.page('http://127.0.0.1:%d/call#%s' % (clinic.port, secret))
            says(page, 'Ask the practice for a new one')
            shown(page, 'code')
            hidden(page, 'browser')
            says(page, 'Banksia Street', 'whose')
            look(page, name)
        address = link(clinic)
        for name, script in (('without-webrtc', 'delete window.RTCPeerConnection'),
                             ('without-keys', 'crypto.subtle.generateKey = () => Promise.reject(new Error(1))')):
            page = browser.page(address, script)
            says(page, 'This browser cannot hold a private call')
            hidden(page, 'browser')
            shown(page, 'program')
            look(page, name)
        clinic.boss.done('setting.set', key='browser_calls', value='false')
        page = browser.page(address)
        says(page, 'with the Wattle program alone')
        hidden(page, 'browser')
        shown(page, 'program')
        look(page, 'forbidden')


def test_one_link_in_two_tabs():
    with browsers() as (clinic, browser):
        address = link(clinic)
        first = green(browser, address)
        let_in(clinic, first)
        # used up for everybody else
        says(browser.page(address), 'Ask the practice for a new one')
        # the same person again is asked; one goes on, the other says so, and neither waits anew
        second = green(browser, address, beside=first)
        second.click('join')
        says(second, 'with another device or window already')
        look(second, 'elsewhere')
        second.click('again')
        shown(second, 'call')
        says(first, 'goes on')
        shown(first, 'again')
        look(first, 'replaced')
        first.click('again')
        shown(first, 'call')
        shown(second, 'again')
        # away from the page and back: one click, no waiting
        first.go('Page.navigate', url='about:blank')
        first.go('Runtime.evaluate', expression='history.back()')
        shown(first, 'green')
        says(first, 'You were in this visit')
        look(first, 'back')
        first.click('join')
        shown(first, 'call')
        host_of(clinic)[0].say('end')
        says(first, 'has ended')
        hidden(first, 'again')
        look(first, 'ended')


REFUSES = """
navigator.mediaDevices.getUserMedia = (what) => Promise.reject(
  new DOMException('', what.video ? 'NotAllowedError' : 'NotFoundError'));
"""


def test_devices_that_are_not_there():
    """Whoever has neither camera nor microphone can see, hear and write all the same."""
    with browsers() as (clinic, browser):
        page = green(browser, link(clinic), REFUSES)
        page.click('green-camera')
        says(page, 'does not let the page use the camera')
        look(page, 'refused')
        page.click('green-microphone')
        says(page, 'No microphone was found')
        let_in(clinic, page)
        page.ask("document.getElementById('say').textContent === ''")
        other = green(browser, link(clinic, 'interpreter', 'Ines Example'))
        other.click('green-camera')
        let_in(clinic, other)
        page.wait(HAS_PICTURE, 'the picture of the other')
        page.ask("document.getElementById('line').value = 'I have no camera'")
        page.click('send')
        says(other, 'I have no camera', 'lines')
        # a camera that goes away in the call
        assert other.ask("document.getElementById('camera').getAttribute('aria-pressed')") == 'true'
        browser.call('Browser.setPermission', permission={'name': 'camera'}, setting='denied',
                     browserContextId=other.context, origin='http://127.0.0.1:%d' % clinic.port)
        says(other, 'The camera has stopped')
        assert other.ask("document.getElementById('camera').getAttribute('aria-pressed')") == 'false'
        says(page, 'camera off', 'others')
        look(other, 'vanished')


# Only one way to the relay is left; what the page asked for is kept.
ONE_WAY = """
const Real = RTCPeerConnection;
window.asked = null; window.made = [];
window.RTCPeerConnection = class extends Real {
  constructor(settings) {
    window.asked = structuredClone(settings);
    for (const server of settings.iceServers) server.urls = server.urls.filter((url) => %s);
    super(settings);
    window.made.push(this);
  }
};
async function path() {
  const stats = await window.made.at(-1).getStats();
  for (const one of stats.values()) {
    if (one.type !== 'candidate-pair' || !one.nominated || one.state !== 'succeeded') continue;
    const local = stats.get(one.localCandidateId);
    return `${local.candidateType} ${local.relayProtocol}`;
  }
  return '';
}
"""
WAYS = {'udp': "url.endsWith('=udp')", 'tcp': "url.startsWith('turn:') && url.endsWith('=tcp')",
        'tls': "url.startsWith('turns:')"}


def test_over_a_relay():
    """The practice wants a relay alone: the picture comes over it by each of its ways, with credentials for minutes."""
    secret = secrets.token_hex(32)
    with tempfile.NamedTemporaryFile('w', prefix='wattle-turn-') as file, Relay(secret) as relay:
        file.write(secret + '\n')
        file.flush()
        urls = ['turn:127.0.0.1:%d?transport=udp' % relay.port, 'turn:127.0.0.1:%d?transport=tcp' % relay.port,
                'turns:127.0.0.1:%d?transport=tcp' % relay.tls_port]
        extra = '[turn]\nurls=%s\nsecret_file=%s\npolicy=relay\n' % (', '.join(urls), file.name)
        with browsers(('--ignore-certificate-errors',), extra) as (clinic, browser):
            for way, choice in WAYS.items():
                pages = [green(browser, link(clinic, role), ONE_WAY % choice) for role in ('patient', 'interpreter')]
                pages[0].click('green-camera')
                for page in pages:
                    let_in(clinic, page)
                pages[1].wait(HAS_PICTURE, 'the picture over ' + way)
                for page in pages:
                    page.wait('path()', 'a path')
                    assert page.ask('path()') == 'relay ' + way, (way, page.ask('path()'))
                    asked = page.ask('asked')
                    assert asked['iceTransportPolicy'] == 'relay' and asked['iceServers'][0]['urls'] == urls, asked
                    until, name = asked['iceServers'][0]['username'].split(':')
                    assert 0 < int(until) - time.time() <= 600 and len(name) == 24, asked
                for page in pages:
                    page.click('leave')
                    shown(page, 'over')


if __name__ == '__main__':
    sys.exit(main({name: one for name, one in globals().items() if getattr(one, '__module__', '') == __name__}))
