# sides.py: two ends of a call at nodes of a network, an engine or Chromium each, and what carries words between them
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""Both kinds of end have the same words, so that one program measures them alike: `connect`, `take_description`,
`take_candidate`, `remove`, `mark` (forget what was shown until now), `gather`, `sound`, `processes`, `close`. What they
say goes to the `hear (kind, **members)` that was given to them."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'server'))
# pylint: disable=wrong-import-position
from chromium import Chromium

FLAGS = ('--ignore-certificate-errors', '--use-fake-device-for-media-stream=device-count=1,fps=30',
         '--disable-background-timer-throttling', '--disable-renderer-backgrounding',
         '--disable-backgrounding-occluded-windows')
PAGE = """<!doctype html><meta charset="utf-8"><title>side</title><div id="place"></div><script>
const place = document.getElementById('place');
let pc = null, gen = 0, local = null, settings = {}, first = true, others = [], early = [];
const say = (is, more) => tell(JSON.stringify({ is, gen, ...more }));
async function ready(width, height, servers) {
  settings = servers;
  local = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width, height, frameRate: 30 } });
  return true;
}
function make(number) {
  if (pc) pc.close();
  gen = number; early = [];
  const mine = pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle', ...settings });
  mine.onicecandidate = (e) => {
    if (mine === pc && e.candidate && e.candidate.candidate)
      say('candidate', { mline: e.candidate.sdpMLineIndex, text: e.candidate.candidate });
  };
  mine.onconnectionstatechange = () => { if (mine === pc) say('state', { state: mine.connectionState }); };
  mine.oniceconnectionstatechange = () => { if (mine === pc) say('ice', { state: mine.iceConnectionState }); };
  mine.ontrack = (e) => show(e.track);
  for (const track of local.getTracks()) mine.addTrack(track, local);
}
function show(track) {
  const element = document.createElement(track.kind === 'video' ? 'video' : 'audio');
  element.autoplay = true; element.muted = track.kind === 'video';
  element.srcObject = new MediaStream([track]);
  for (const old of place.querySelectorAll(element.tagName)) old.remove();
  place.append(element);
  if (track.kind !== 'video') return;
  const next = (now, about) => {
    const t = performance.timeOrigin + performance.now();
    const age = about.captureTime ? performance.now() - about.captureTime : 0;
    others.push([Math.round(t * 1000), Math.round(age * 1000), about.width]);
    if (first) { first = false; say('first', { t: t * 1000 }); }
    element.requestVideoFrameCallback(next);
  };
  element.requestVideoFrameCallback(next);
}
async function connect(number, offers) {
  make(number);
  if (!offers) return;
  pc.createDataChannel('wattle');
  await pc.setLocalDescription(await pc.createOffer());
  say('description', { kind: 'offer', sdp: pc.localDescription.sdp });
}
async function take(number, kind, sdp) {
  if (kind === 'offer') {
    if (!pc || gen !== number) make(number);
    await pc.setRemoteDescription({ type: kind, sdp });
    await pc.setLocalDescription(await pc.createAnswer());
    say('description', { kind: 'answer', sdp: pc.localDescription.sdp });
  } else if (gen === number) await pc.setRemoteDescription({ type: kind, sdp });
  for (const one of early) pc.addIceCandidate(one).catch(() => 0);
  early = [];
}
function candidate(number, mline, text) {
  const one = { candidate: text, sdpMLineIndex: mline };
  if (gen !== number) return;
  if (pc.remoteDescription) pc.addIceCandidate(one).catch(() => 0); else early.push(one);
}
async function restart() {
  await pc.setLocalDescription(await pc.createOffer({ iceRestart: true }));
  say('description', { kind: 'offer', sdp: pc.localDescription.sdp });
}
async function sound() {
  for (const s of (await pc.getStats()).values())
    if (s.type === 'inbound-rtp' && s.kind === 'audio') return [s.concealedSamples, s.totalSamplesReceived];
  return [0, 0];
}
async function path() {
  const stats = await pc.getStats();
  for (const s of stats.values()) if (s.type === 'candidate-pair' && s.nominated && s.state === 'succeeded')
    return stats.get(s.localCandidateId).candidateType + ' ' + stats.get(s.remoteCandidateId).candidateType;
  return '';
}
function mark() { first = true; others = []; }
</script>"""


def tree(pid):
    """A process and those it started."""
    found = [pid]
    for task in pathlib.Path('/proc/%d/task' % pid).glob('*/children'):
        try:
            for child in task.read_text(encoding='ascii').split():
                found += tree(int(child))
        except OSError:
            pass
    return found


class Engine:
    """wattle-call behind its facade."""

    def __init__(self, node, hear, width=640, height=360, camera='test', servers=(), relay_only=False,
                 authorities=None):
        self.hear, self.node = hear, node
        environment = dict(os.environ, CALL_SIDE=self.program())
        self.process = node.popen([self.program()], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                  bufsize=1, env=environment)
        self.answers, self.news, self.figures, self.own = {}, threading.Condition(), {}, 0
        threading.Thread(target=self._read, daemon=True).start()
        self.do('start', width=width, height=height, camera=camera, relay_only=relay_only, authorities=authorities,
                servers=[{'uri': uri, 'username': name, 'credential': secret} for uri, name, secret in servers])
        self.until_seen()

    @staticmethod
    def program():
        build = os.environ.get('WATTLE_BENCH_BUILD', str(pathlib.Path(__file__).resolve().parents[2] / '_build'))
        return os.environ.get('CALL_SIDE', build + '/tests/telehealth/call-side')

    def until_seen(self):
        """Until the own camera shows something."""
        for _ in range(1200):
            if self.gather()['own']:
                return
            threading.Event().wait(0.05)
        raise AssertionError('the own picture did not come')

    def _read(self):
        for line in self.process.stdout:
            message = json.loads(line)
            kind = message['is']
            if kind in ('gathered', 'marked'):
                with self.news:
                    self.answers[kind] = message
                    self.news.notify_all()
            elif kind == 'description':
                self.hear('description', gen=message['n'], kind=message['b'], sdp=message['c'])
            elif kind == 'candidate' and message['b']:
                self.hear('candidate', gen=self.gen, mline=message['n'], text=message['b'])
            elif kind == 'state':
                self.hear('state', gen=message['n'], state=message['b'], sentence=message['c'], t=message['t'])
            elif kind == 'stats':
                self.figures = {name: int(value) for name, value in
                                re.findall(r"'(\w+)': <(?:int64 )?(-?\d+)>", message['b'])}
                self.figures.update(re.findall(r"'(\w+)': <'(\w*)'>", message['b']))
                self.hear('stats', figures=self.figures, t=message['t'])
            elif kind in ('first', 'died', 'error', 'trouble'):
                self.hear(kind, t=message['t'], text=message['b'])

    gen = 0

    def do(self, what, **members):
        self.process.stdin.write(json.dumps(dict({k: v for k, v in members.items() if v is not None}, do=what)) + '\n')

    def _ask(self, what, answer):
        with self.news:
            self.answers.pop(answer, None)
            self.do(what)
            assert self.news.wait_for(lambda: answer in self.answers, 30), what
            return self.answers[answer]

    def connect(self, gen, offers):
        self.gen = gen
        self.do('connect', peer='other', generation=gen, offers=offers)

    def take_description(self, gen, kind, sdp):
        self.gen = gen
        self.do('description', peer='other', generation=gen, kind=kind, text=sdp)

    def take_candidate(self, gen, mline, text):
        self.do('candidate', peer='other', generation=gen, mline=mline, text=text)

    def remove(self):
        self.do('remove', peer='other')

    def mark(self):
        self._ask('mark', 'marked')

    def gather(self):
        return self._ask('gather', 'gathered')

    def sound(self):
        """The share of sound that was made up."""
        return self.figures.get('concealed', 0) / 1000

    def path(self):
        return self.figures.get('path', '')

    def processes(self):
        """Of the engine alone: the driver reads each picture, which no window does like that."""
        return [pid for pid in tree(self.process.pid) if self.name(pid) == 'wattle-call']

    @staticmethod
    def name(pid):
        try:
            return pathlib.Path('/proc/%d/comm' % pid).read_text(encoding='utf-8').strip()
        except OSError:
            return ''

    def close(self):
        self.process.stdin.close()
        self.process.wait(20)


class Browser(Chromium):
    """A page of headless Chromium."""

    def __init__(self, node, hear, width=640, height=360, camera='test', servers=(), relay_only=False, **_):
        self.answers, self.news, self.ended = {}, threading.Condition(), False
        self.hear, self.node = hear, node
        self.place = tempfile.TemporaryDirectory(prefix='wattle-side-', ignore_cleanup_errors=True)
        super().__init__(node, (*FLAGS, *self.film(camera, width, height)))
        threading.Thread(target=self._read, daemon=True).start()
        path = pathlib.Path(self.place.name) / 'page.html'
        path.write_text(PAGE, encoding='utf-8')
        self.sheet = self.page('about:blank')
        self.call('Runtime.addBinding', self.sheet.session, name='tell')
        self.call('Page.navigate', self.sheet.session, url=path.as_uri())
        self.sheet.wait("typeof mark === 'function'")
        settings = {'iceServers': [{'urls': uri, 'username': name, 'credential': secret}
                                   for uri, name, secret in servers]}
        if relay_only:
            settings['iceTransportPolicy'] = 'relay'
        self.sheet.ask('ready(%d, %d, %s)' % (width, height, json.dumps(settings)))

    def film(self, camera, width, height):
        """What the engine's "test:busy" shows, ten seconds of it, instead of the camera that Chromium draws."""
        if camera != 'test:busy':
            return ()
        path = self.place.name + '/film.mjpeg'
        subprocess.run(['gst-launch-1.0', '-q', 'videotestsrc', 'num-buffers=300', 'pattern=zone-plate', 'kx2=5',
                        'ky2=5', 'kt=2', '!', 'video/x-raw,format=I420,width=%d,height=%d,framerate=30/1'
                        % (width, height), '!', 'jpegenc', '!', 'filesink', 'location=' + path], check=True)
        return ('--use-file-for-fake-video-capture=' + path,)

    def _read(self):
        while True:
            try:
                message = self.wire.receive()
            except (OSError, ValueError, EOFError):
                message = None
            if message is None:
                with self.news:
                    self.ended = True
                    self.news.notify_all()
                return
            if 'id' in message:
                with self.news:
                    self.answers[message['id']] = message
                    self.news.notify_all()
            elif message.get('method') == 'Runtime.bindingCalled':
                told = json.loads(message['params']['payload'])
                self.hear(told.pop('is'), **told)
            elif message.get('method') == 'Runtime.exceptionThrown':
                self.said.append(json.dumps(message['params'])[:400])

    def send(self, method, session=None, **params):
        with self.news:
            self.number += 1
            message = {'id': self.number, 'method': method, 'params': params}
            if session:
                message['sessionId'] = session
            self.wire.send(message)
            return self.number

    def call(self, method, session=None, **params):
        number = self.send(method, session, **params)
        with self.news:
            assert self.news.wait_for(lambda: number in self.answers or self.ended, 60) and not self.ended, method
            answer = self.answers.pop(number)
        assert 'error' not in answer, answer
        return answer['result']

    def run(self, script, *arguments):
        """A script, without waiting for it."""
        self.send('Runtime.evaluate', self.sheet.session, userGesture=True,
                  expression=script % tuple(json.dumps(one) for one in arguments))

    def connect(self, gen, offers):
        self.run('connect(%s, %s)', gen, offers)

    def take_description(self, gen, kind, sdp):
        self.run('take(%s, %s, %s)', gen, kind, sdp)

    def take_candidate(self, gen, mline, text):
        self.run('candidate(%s, %s, %s)', gen, mline, text)

    def restart(self):
        self.run('restart()')

    def remove(self):
        self.run('pc && pc.close()')

    def mark(self):
        self.sheet.ask('mark()')

    def gather(self):
        """others: microseconds, and the age of the picture where it is known."""
        return {'others': self.sheet.ask('others'), 'own': []}

    def sound(self):
        concealed, whole = self.sheet.ask('sound()')
        return concealed / whole if whole else 0

    def path(self):
        return self.sheet.ask('path()')

    def processes(self):
        return tree(self.process.pid)

    def close(self):
        super().close()
        self.place.cleanup()


class Call:
    """Two ends; what one says to the other arrives at once, unless the words are held back, too."""

    def __init__(self, kinds, nodes, **options):
        self.news, self.gen, self.held = threading.Condition(), 0, None
        self.first, self.states, self.troubles = [None, None], [[], []], []
        self.kinds = kinds
        self.begun = self.tried = 0
        self.sides = []
        try:
            for at, (kind, node) in enumerate(zip(kinds, nodes)):
                self.sides.append(kind(node, lambda what, at=at, **m: self._hear(at, what, m), **options))
        except BaseException:
            self.close()
            raise

    def _hear(self, at, what, members):
        if what in ('description', 'candidate'):
            with self.news:
                if self.held is not None:
                    self.held.append((at, what, members))
                    return
            self._pass(at, what, members)
            return
        with self.news:
            if what == 'first' and self.first[at] is None:
                self.first[at] = members['t'] / 1e6
            elif what == 'state' and members['gen'] == self.gen:
                self.states[at].append(members['state'])
            elif what in ('died', 'error', 'trouble') and members.get('text'):
                self.troubles.append(members['text'])
            self.news.notify_all()

    def _pass(self, at, what, members):
        other = self.sides[1 - at]
        if what == 'description':
            other.take_description(members['gen'], members['kind'], members['sdp'])
        else:
            other.take_candidate(members['gen'], members['mline'], members['text'])

    def hold(self):
        """The words between the two are lost in a cut of the network, too: they wait."""
        self.held = []

    def let_go(self):
        with self.news:
            held, self.held = self.held, None
        for at, what, members in held:
            self._pass(at, what, members)

    def mark(self):
        for side in self.sides:
            side.mark()
        self.first = [None, None]

    def connect(self, keep=False):
        """A new connection; the first end offers. The time of the first one is kept on request."""
        with self.news:
            self.gen += 1
            self.states = [[], []]
        self.begun = self.begun if keep else time.time()
        self.sides[1].connect(self.gen, False)
        self.sides[0].connect(self.gen, True)

    def remove(self):
        """Ends the connection, and waits for the last of its pictures."""
        for side in self.sides:
            side.remove()
        count = None
        while count != (count := [len(side.gather()['others']) for side in self.sides]):
            threading.Event().wait(0.25)

    def wait(self, condition, timeout=60, what='what was waited for'):
        with self.news:
            assert self.news.wait_for(condition, timeout), '%s did not come: %s %s' % (
                what, self.states, self.troubles)

    def join(self, timeout=30):
        """Seconds until each end has the first picture of the other, the later one counts; None when it does not."""
        if self.gen:
            self.remove()
        self.mark()
        self.connect()
        with self.news:
            if not self.news.wait_for(lambda: None not in self.first, timeout):
                return None
        return max(self.first) - self.begun

    def tend(self):
        """What a program above does when a connection falls silent: another generation, or Chromium's own restart."""
        with self.news:
            bad = any(states and states[-1] in ('silent', 'failed', 'disconnected') for states in self.states)
        if not bad or self.held is not None or time.time() < self.tried + 1:
            return
        self.tried = time.time()
        if isinstance(self.sides[0], Browser):
            self.sides[0].restart()
        else:
            self.connect(keep=True)

    def recover(self, timeout=30):
        """Seconds until both ends have a new picture again; None when they never do."""
        begun, self.tried = time.time(), 0
        self.mark()
        while time.time() < begun + timeout:
            with self.news:
                if self.news.wait_for(lambda: None not in self.first, 0.05):
                    return max(self.first) - begun
            self.tend()
        return None

    def close(self):
        for side in self.sides:
            side.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
