# wattled.py: a server under test and clients of it, with the standard library and libsodium alone
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts the real wattled on a free port and speaks its protocol to it, byte by byte."""
import atexit
import base64
import ctypes
import datetime
import gzip
import hashlib
import hmac
import http.client
import json
import os
import re
import secrets
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time

import postgresql

PROGRAM = os.environ.get('WATTLED', os.path.join(os.path.dirname(__file__), '../../_build/src/server/wattled'))
ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
PASSWORD = 'thirteen quiet parrots'

sodium = ctypes.CDLL('libsodium.so.23')
sodium.sodium_init()


def new_id():
    """An id of the present moment, as the desktop makes them."""
    value = int.from_bytes(struct.pack('>Q', int(time.time() * 1000))[2:] + secrets.token_bytes(10), 'big')
    value = value & ~(0xf << 76) | (7 << 76)
    value = value & ~(0x3 << 62) | (2 << 62)
    return ''.join(ALPHABET[value >> shift & 31] for shift in range(125, -1, -5)).lower()


def instant(moment=None):
    moment = moment or datetime.datetime.now(datetime.timezone.utc)
    return moment.strftime('%Y-%m-%dT%H:%M:%S.%fZ')


class DeviceKey:
    def __init__(self):
        self.public = ctypes.create_string_buffer(32)
        self.secret = ctypes.create_string_buffer(64)
        sodium.crypto_sign_keypair(self.public, self.secret)

    def public_text(self):
        return base64.b64encode(self.public.raw).decode()

    def sign(self, text):
        data = text.encode()
        out = ctypes.create_string_buffer(64)
        sodium.crypto_sign_detached(out, None, data, ctypes.c_ulonglong(len(data)), self.secret)
        return base64.b64encode(out.raw).decode()


def eventually(check, what, patience=40):
    """The first true answer of a check that is asked again and again."""
    until = time.monotonic() + patience
    while True:
        answer = check()
        if answer:
            return answer
        assert time.monotonic() < until, what
        threading.Event().wait(0.02)


def totp(secret, moment=None):
    step = int((moment or time.time()) // 30)
    digest = hmac.new(base64.b32decode(secret), struct.pack('>Q', step), hashlib.sha1).digest()
    offset = digest[19] & 15
    return '%06d' % ((struct.unpack('>I', digest[offset:offset + 4])[0] & 0x7fffffff) % 1000000)


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()
        if self.headers.get('content-encoding') == 'gzip':
            self.body = gzip.decompress(self.body)

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        return self.json['error']['code']

    @property
    def field(self):
        return self.json['error'].get('field')

    def lines(self):
        """The rows of a page, its last line checked against every byte before."""
        text = self.body
        closing = text.rstrip(b'\n').rfind(b'\n') + 1
        rows = [json.loads(line) for line in text.splitlines()]
        assert rows[-1]['checksum'] == hashlib.blake2b(text[:closing], digest_size=32).hexdigest(), 'bad checksum'
        assert rows[-1]['rows'] == sum('put' in row for row in rows), 'bad count'
        return rows

    def __repr__(self):
        return '%d %s' % (self.status, self.body[:400])


class Server:
    LIMITS = {'sign_ins_per_minute': 0, 'calls_per_minute': 0, 'sync_calls_per_minute': 0,
              'public_calls_per_minute': 0, 'devices_per_user': 0}

    def __init__(self, data=None, limits=None, extra='', database=None, open_files=None, prefix=(), environment=None,
                 listen='127.0.0.1:0'):
        """WATTLE_TEST_DATABASE=postgresql gives every new server a database of its own there; two servers with the
        same data and database are two processes of one practice. prefix is put before the command."""
        if database is None and data is None and os.environ.get('WATTLE_TEST_DATABASE') == 'postgresql':
            database = postgresql.fresh()
        self.database = database
        self.listen = listen
        self.scratch = None if data else tempfile.TemporaryDirectory(prefix='wattled-test-')
        self.data = data or os.path.join(self.scratch.name, 'data')
        self.limits = dict(self.LIMITS, **(limits or {}))
        self.extra = extra
        self.prefix = ['prlimit', '--nofile=%d' % open_files] if open_files else list(prefix)
        self.environment = dict(os.environ, **(environment or {}))
        self.process = None
        self.port = 0
        self.practice = None
        self.log = []
        atexit.register(self.close)
        self.start()

    def start(self):
        os.makedirs(self.data, mode=0o700, exist_ok=True)
        config = os.path.join(self.data, 'test.conf')
        with open(config, 'w', encoding='utf-8') as out:
            if self.database:
                out.write('[server]\ndatabase=%s\n' % self.database)
            out.write('[limits]\n' + ''.join('%s=%s\n' % item for item in self.limits.items()) + self.extra)
        self.process = subprocess.Popen([*self.prefix, PROGRAM, '--config', config, '--data', self.data,
                                         '--listen', self.listen],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        env=self.environment)
        line = self.process.stdout.readline()
        match = re.fullmatch(r'listening on http://127\.0\.0\.1:(\d+)\n', line)
        if not match:
            raise RuntimeError('wattled said %r: %s' % (line, self.process.stderr.read()))
        self.port = int(match.group(1))
        threading.Thread(target=self._keep_log, args=(self.process.stderr,), daemon=True).start()

    def _keep_log(self, stream):
        for line in stream:
            self.log.append(line)

    def kill(self):
        self.process.kill()
        self._reap()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self._reap()

    def _reap(self):
        code = self.process.wait(30)
        self.process.stdout.close()
        return code

    def close(self):
        code = self.stop() if self.process.poll() is None else self.process.returncode
        atexit.unregister(self.close)
        if self.scratch:
            self.scratch.cleanup()
        return code

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def at_rest(self):
        """Every byte that the database keeps."""
        if self.database:
            return postgresql.dump(self.database)
        with open(os.path.join(self.data, 'wattle.db'), 'rb') as file:
            return file.read()

    def setup(self, roles=None, practitioner=True):
        with open(os.path.join(self.data, 'setup-code'), encoding='utf-8') as file:
            code = file.read().strip()
        administrator = {'login': 'mara', 'display_name': 'Mara Quill', 'password': PASSWORD}
        if roles:
            administrator['roles'] = roles
        if practitioner:
            administrator['practitioner'] = {'given_names': 'Mara', 'family_name': 'Quill',
                                             'profession': 'psychologist'}
        answer = Client(self).call('POST', '/v1/setup', {
            'code': code, 'practice': {'name': 'Banksia Street', 'zone': 'Australia/Sydney'},
            'administrator': administrator})
        assert answer.status == 200, answer
        self.practice = answer.json['practice']
        return answer.json

    def client(self, login='mara', role=None, **options):
        client = Client(self)
        answer = client.sign_in(login, **options)
        assert answer.status == 200, answer
        if role and client.role != role:
            answer = client.set_role(role)
            assert answer.status == 200, answer
        return client


class Client:
    """One device with its key, tokens and numbers."""

    def __init__(self, server):
        self.server = server
        self.key = DeviceKey()
        self.connection = None
        self.access = self.refresh_token = self.device = self.user = self.role = None
        self.n = 0

    def call(self, method, path, body=None, headers=None, raw=None):
        head = dict(headers or {})
        data = raw
        if body is not None:
            data = json.dumps(body).encode()
            head.setdefault('Content-Type', 'application/json')
        if self.access and 'Authorization' not in head:
            head['Authorization'] = 'Bearer ' + self.access
        for attempt in (1, 2):
            if self.connection is None or self.connection.port != self.server.port:
                self.connection = http.client.HTTPConnection('127.0.0.1', self.server.port, timeout=30)
            try:
                self.connection.request(method, path, body=data, headers=head)
                return Answer(self.connection.getresponse())
            except (http.client.HTTPException, OSError):
                self.connection.close()
                self.connection = None
                if attempt == 2:
                    raise
        return None

    def get(self, path, **headers):
        return self.call('GET', path, headers=headers)

    def post(self, path, body=None):
        return self.call('POST', path, {} if body is None else body)

    def _take(self, answer):
        if answer.status == 200:
            body = answer.json
            self.access = body['access_token']
            self.refresh_token = body['refresh_token']
            self.device = body['device']['id']
            self.user = body['user']
            self.role = body['role']
        return answer

    def sign_in(self, login='mara', password=PASSWORD, code=None, **device):
        body = {'login': login, 'password': password}
        if code:
            body['code'] = code
        if self.device:
            body['time'] = instant()
            body['device'] = {'id': self.device}
            body['challenge_signature'] = self.key.sign(
                'wattle-sign-in:%s:%s:%s' % (self.device, login, body['time']))
        else:
            body['device'] = dict(device, name='Test', public_key=self.key.public_text(), system='Debian 12')
        return self._take(self.call('POST', '/v1/sessions', body, {'Authorization': ''}))

    def refresh(self, token=None, take=True):
        token = token or self.refresh_token
        moment = instant()
        answer = self.call('POST', '/v1/sessions/refresh', {
            'refresh_token': token, 'device': self.device, 'time': moment,
            'signature': self.key.sign('wattle-refresh:%s:%s' % (token, moment))}, {'Authorization': ''})
        return self._take(answer) if take else answer

    def set_role(self, role):
        return self._take(self.post('/v1/sessions/role', {'role': role}))

    def operation(self, name, args, at=None, identity=None):
        self.n += 1
        return {'n': self.n, 'id': identity or new_id(), 'name': name, 'args': args, 'at': at or instant()}

    def push(self, *operations):
        return self.call('POST', '/v1/operations', {'device': self.device, 'operations': list(operations)})

    def do(self, name, **args):
        """One operation; its result."""
        answer = self.push(self.operation(name, args))
        assert answer.status == 200, answer
        return answer.json['results'][0]

    def done(self, name, **args):
        """One operation that must succeed; its first record."""
        result = self.do(name, **args)
        assert result['status'] == 'ok', result
        return result['records'][0] if result['records'] else None

    def create(self, what, **fields):
        return self.done('record.create', record=dict(fields, type=what, id=new_id()))

    def snapshot(self, limit=5000, scope=None):
        rows, after, at = [], None, None
        while True:
            path = '/v1/snapshot?limit=%d' % limit
            if after:
                path += '&after=' + after
            if scope:
                path += '&scope=' + scope
            answer = self.get(path)
            assert answer.status == 200, answer
            page = answer.lines()
            at = page[0]['at'] if at is None else at
            rows += page[1:-1]
            after = page[-1]['after']
            if not after:
                return at, rows

    def changes(self, cursor, limit=2000):
        rows = []
        while True:
            answer = self.get('/v1/changes?cursor=%d&limit=%d' % (cursor, limit))
            assert answer.status == 200, answer
            page = answer.lines()
            rows += page[1:-1]
            cursor = page[-1]['to']
            if not page[-1]['more']:
                return cursor, rows


class Socket:
    """A WebSocket, enough of RFC 6455 to be poked."""

    def __init__(self, client, token=None, path='/v1/events', hello=None):
        self.stream = socket.create_connection(('127.0.0.1', client.server.port), timeout=30)
        self.stream.sendall((
            'GET ' + path + ' HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
            'Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\n\r\n'
            % base64.b64encode(secrets.token_bytes(16)).decode()).encode())
        self.buffer = b''
        while b'\r\n\r\n' not in self.buffer:
            piece = self.stream.recv(4096)
            assert piece, 'the handshake was refused'
            self.buffer += piece
        head, self.buffer = self.buffer.split(b'\r\n\r\n', 1)
        assert b' 101 ' in head.split(b'\r\n')[0], head
        self.send(hello or {'token': token or client.access})

    def send(self, message):
        data = json.dumps(message).encode()
        mask = secrets.token_bytes(4)
        assert len(data) < 126 or len(data) < 65536
        length = bytes([0x80 | len(data)]) if len(data) < 126 else b'\xfe' + struct.pack('>H', len(data))
        size = len(data)
        masked = int.from_bytes(data, 'big') ^ int.from_bytes((mask * (size // 4 + 1))[:size], 'big')
        self.stream.sendall(b'\x81' + length + mask + masked.to_bytes(size, 'big'))

    def _need(self, n):
        while len(self.buffer) < n:
            piece = self.stream.recv(4096)
            if not piece:
                raise EOFError
            self.buffer += piece
        taken, self.buffer = self.buffer[:n], self.buffer[n:]
        return taken

    def receive(self):
        """The next message; None when the server closes."""
        while True:
            try:
                first, second = self._need(2)
                length = second & 127
                if length == 126:
                    length = struct.unpack('>H', self._need(2))[0]
                data = self._need(length)
            except EOFError:
                return None
            if first & 15 == 1:
                return json.loads(data)
            if first & 15 == 8:
                return None

    def close(self):
        self.stream.close()


class Skipped(Exception):
    """What a test needs is not on this machine and cannot be fetched; the text says what."""


def main(tests):
    """Runs functions named test_…, in the form that meson reads."""
    names = sorted(name for name in tests if name.startswith('test_'))
    wanted = os.environ.get('WATTLE_TEST')
    names = [name for name in names if not wanted or wanted in name]
    print('1..%d' % len(names), flush=True)
    failed = 0
    for number, name in enumerate(names, 1):
        try:
            tests[name]()
            print('ok %d - %s' % (number, name[5:]), flush=True)
        except Skipped as reason:
            print('ok %d - %s # SKIP %s' % (number, name[5:], reason), flush=True)
        except Exception as problem:  # a failed test must not keep the others from running
            import traceback
            failed += 1
            print('not ok %d - %s' % (number, name[5:]))
            for line in traceback.format_exc().splitlines() + [repr(problem)]:
                print('# ' + line, flush=True)
    return 1 if failed else 0
