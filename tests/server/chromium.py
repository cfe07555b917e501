# chromium.py: headless Chromium under a test, driven by its own protocol
#
# SPDX-License-Identifier: GPL-3.0-or-later
import contextlib
import base64
import json
import os
import socket
import struct
import subprocess
import tempfile
import threading
import time

from wattled import Skipped, Socket

PROGRAM = '/usr/bin/chromium'
FLAGS = ('--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-extensions', '--mute-audio',
         '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', '--remote-debugging-port=0',
         '--disable-features=WebRtcHideLocalIpsWithMdns', '--autoplay-policy=no-user-gesture-required')


class Wire(Socket):
    """The WebSocket of the protocol, whose messages may be long."""

    def __init__(self, port, path):  # pylint: disable=super-init-not-called
        self.stream = socket.create_connection(('127.0.0.1', port), timeout=60)
        self.stream.sendall(('GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
                             'Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\n\r\n'
                             % (path, port, 'dGhlIHNhbXBsZSBub25jZQ==')).encode())
        self.buffer = b''
        while b'\r\n\r\n' not in self.buffer:
            self.buffer += self.stream.recv(4096)
        self.buffer = self.buffer.split(b'\r\n\r\n', 1)[1]

    def receive(self):
        text = b''
        while True:
            first, second = self._need(2)
            length = second & 127
            if length == 126:
                length = struct.unpack('>H', self._need(2))[0]
            elif length == 127:
                length = struct.unpack('>Q', self._need(8))[0]
            text += self._need(length)
            if first & 0x80:
                return json.loads(text)


class Chromium:
    def __init__(self, node=None, flags=()):
        """node: of a network of tests/telehealth/network.py, where it runs."""
        if not os.path.exists(PROGRAM):
            raise Skipped('there is no Chromium here')
        self.folder = tempfile.TemporaryDirectory(prefix='wattle-chromium-', ignore_cleanup_errors=True)
        command = [PROGRAM, *FLAGS, *flags, '--user-data-dir=' + self.folder.name, 'about:blank']
        self.process = subprocess.Popen(node.command(command) if node else command, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        port = os.path.join(self.folder.name, 'DevToolsActivePort')
        deadline = time.monotonic() + 60
        while not (os.path.exists(port) and os.path.getsize(port) > 10):
            assert time.monotonic() < deadline and self.process.poll() is None, 'Chromium did not start'
            threading.Event().wait(0.05)
        with open(port, encoding='utf-8') as file:
            number, path = file.read().split('\n')[:2]
        with node.inside() if node else contextlib.nullcontext():
            self.wire = Wire(int(number), path)
        self.number = 0
        self.said = []

    def call(self, method, session=None, **params):
        self.number += 1
        message = {'id': self.number, 'method': method, 'params': params}
        if session:
            message['sessionId'] = session
        self.wire.send(message)
        while True:
            answer = self.wire.receive()
            if answer.get('id') == self.number:
                assert 'error' not in answer, answer
                return answer['result']
            if answer.get('method') in ('Log.entryAdded', 'Runtime.exceptionThrown', 'Runtime.consoleAPICalled'):
                self.said.append(json.dumps(answer['params'])[:400])

    def page(self, address, script=None, beside=None):
        """A page of its own, with nothing remembered from another but @beside; @script runs before its own."""
        context = beside.context if beside else self.call('Target.createBrowserContext')['browserContextId']
        target = self.call('Target.createTarget', url='about:blank', browserContextId=context)['targetId']
        session = self.call('Target.attachToTarget', targetId=target, flatten=True)['sessionId']
        page = Page(self, session, context)
        for domain in ('Runtime', 'Log', 'Page'):
            self.call(domain + '.enable', session)
        if script:
            self.call('Page.addScriptToEvaluateOnNewDocument', session, source=script)
        self.call('Page.navigate', session, url=address)
        return page

    def close(self):
        self.process.terminate()
        self.process.wait(20)
        self.folder.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Page:
    def __init__(self, browser, session, context=None):
        self.browser, self.session, self.context = browser, session, context

    def ask(self, script):
        result = self.browser.call('Runtime.evaluate', self.session, expression=script, returnByValue=True,
                                   awaitPromise=True, userGesture=True)
        assert 'exceptionDetails' not in result, result
        return result['result'].get('value')

    def go(self, method, **params):
        """Away from what is shown: 'Page.reload', or 'Page.navigate' with a url."""
        self.browser.call(method, self.session, **params)

    def be_a_phone(self):
        """A narrow, dark screen with large letters."""
        self.browser.call('Emulation.setDeviceMetricsOverride', self.session, width=360, height=720,
                          deviceScaleFactor=1, mobile=True)
        self.browser.call('Emulation.setEmulatedMedia', self.session,
                          features=[{'name': 'prefers-color-scheme', 'value': 'dark'}])
        self.ask("document.documentElement.style.fontSize = '150%'")

    def picture(self, path):
        self.browser.call('Page.bringToFront', self.session)
        image = self.browser.call('Page.captureScreenshot', self.session)['data']
        with open(path, 'wb') as file:
            file.write(base64.b64decode(image))

    def wait(self, script, what=None):
        """Until a script says something true."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            value = self.ask('(() => { try { return (%s); } catch { return null; } })()' % script)
            if value:
                return value
            threading.Event().wait(0.05)
        raise AssertionError('%s; the page says %r; %s' % (
            what or script, self.ask('document.body.innerText'), self.browser.said[-5:]))

    def click(self, name):
        self.wait("(() => { const e = document.getElementById('%s'); return e && !e.closest('[hidden]'); })()" % name,
                  'no button ' + name)
        self.ask("document.getElementById('%s').click()" % name)
