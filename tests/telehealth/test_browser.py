#!/usr/bin/python3
# test_browser.py: the media engine and headless Chromium see, hear and write to each other
#
# SPDX-License-Identifier: GPL-3.0-or-later
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'server'))
# pylint: disable=wrong-import-position
from chromium import Chromium
from wattled import main

PAGE = """<!doctype html><meta charset="utf-8"><title>other side</title><video id="v" autoplay muted></video><script>
const texts = [], candidates = []; let pc, channel;
function take(c) { channel = c; c.onmessage = (e) => texts.push(e.data); c.onopen = () => c.send('from the browser'); }
async function begin() {
  pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  pc.onicecandidate = (e) => { if (e.candidate && e.candidate.candidate) candidates.push(e.candidate.toJSON()); };
  pc.ontrack = (e) => { document.getElementById('v').srcObject = e.streams[0] || new MediaStream([e.track]); };
  pc.ondatachannel = (e) => take(e.channel);
  const media = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 640, height: 360 } });
  for (const track of media.getTracks()) pc.addTrack(track, media);
}
async function answer(sdp) {
  await begin();
  await pc.setRemoteDescription({ type: 'offer', sdp });
  await pc.setLocalDescription(await pc.createAnswer());
  return pc.localDescription.sdp;
}
async function offer() {
  await begin();
  take(pc.createDataChannel('wattle'));
  await pc.setLocalDescription(await pc.createOffer());
  return pc.localDescription.sdp;
}
async function figures() {
  const out = { frames: 0, packets: 0, texts, codec: '' };
  const stats = await pc.getStats();
  for (const s of stats.values()) if (s.type === 'inbound-rtp') {
    if (s.kind === 'video') { out.frames = s.framesDecoded || 0; out.codec = (stats.get(s.codecId) || {}).mimeType; }
    else out.packets = s.packetsReceived;
  }
  return out;
}
</script>"""


class Side:
    """An engine, its events by name as they come."""

    def __init__(self, **start):
        self.process = subprocess.Popen([os.environ['CALL_SIDE']], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, bufsize=1)
        self.events = []
        self.news = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()
        self.do('start', **start)

    def _read(self):
        for line in self.process.stdout:
            with self.news:
                self.events.append(json.loads(line))
                self.news.notify_all()

    def do(self, what, **members):
        self.process.stdin.write(json.dumps(dict(members, do=what)) + '\n')

    def until(self, good, timeout=60):
        with self.news:
            found = []
            assert self.news.wait_for(lambda: found.extend(e for e in self.events if good(e)) or found, timeout), \
                [e for e in self.events if e['is'] in ('state', 'error', 'died')]
            return found[0]

    def close(self):
        self.process.stdin.close()
        self.process.wait(20)


def exchange(side, page):
    """Candidates both ways until each has seen thirty pictures, heard the other and read a text."""
    given = taken = 0
    side.do('text', peer='browser', text='from the engine')
    for _ in range(600):
        for event in [e for e in side.events if e['is'] == 'candidate'][given:]:
            given += 1
            if event['b']:
                page.ask("pc.addIceCandidate({candidate: %s, sdpMLineIndex: %d})"
                         % (json.dumps(event["b"]), event["n"]))
        for candidate in page.ask('candidates')[taken:]:
            taken += 1
            side.do('candidate', peer='browser', mline=candidate['sdpMLineIndex'], text=candidate['candidate'])
        figures = page.ask('figures()')
        if (figures['frames'] > 30 and figures['packets'] > 30 and figures['texts'] == ['from the engine']
                and any(e['is'] == 'frames' and e['n'] > 30 for e in side.events)
                and any(e['is'] == 'stats' and e['n'] > 30 for e in side.events)
                and any(e['is'] == 'text' for e in side.events)):
            break
        threading.Event().wait(0.05)
    else:
        raise AssertionError((figures, [e for e in side.events if e['is'] != 'candidate'][-6:]))
    assert [e['b'] for e in side.events if e['is'] == 'text'] == ['from the browser']
    assert [e['b'] for e in side.events if e['is'] == 'state'] == ['connecting', 'verified'], side.events
    return figures


def call(codec, offers):
    with Chromium() as browser, tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / 'page.html'
        path.write_text(PAGE, encoding='utf-8')
        page = browser.page(path.as_uri())
        page.wait("typeof figures === 'function'")
        side = Side(codec=codec)
        try:
            if offers:
                side.do('connect', peer='browser', offers=True)
                sdp = side.until(lambda e: e['is'] == 'description')['c']
                side.do('description', peer='browser', kind='answer', text=page.ask('answer(%s)' % json.dumps(sdp)))
            else:
                side.do('description', peer='browser', kind='offer', text=page.ask('offer()'))
                answer = side.until(lambda e: e['is'] == 'description')['c']
                page.ask("pc.setRemoteDescription({type: 'answer', sdp: %s})" % json.dumps(answer))
            figures = exchange(side, page)
            assert figures['codec'] == {'vp8': 'video/VP8', 'h264': 'video/H264'}[codec], figures
        finally:
            side.close()


def test_engine_offers():
    call('vp8', True)


def test_browser_offers():
    call('vp8', False)


def test_engine_offers_h264():
    call('h264', True)


if __name__ == '__main__':
    sys.exit(main(globals()))
