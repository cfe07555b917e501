# test-http.py: hostile and honest clients against the HTTP engine, over raw sockets
#
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Usage: test-http.py FIXTURE [NAME...]; prints TAP. Time-outs of the server are made short and the test waits for the
# server to act; nothing here sleeps for a fixed time.
import base64
import gzip
import hashlib
import json
import os
import random
import re
import select
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import traceback

FIXTURE = sys.argv[1]
PATIENCE = 20
LOOK = threading.Event()
TESTS = []


def test(*arguments):
    """Registers a test; its server is started with these arguments."""
    def register(function):
        TESTS.append((function.__name__, arguments, function))
        return function
    return register


class Server:
    def __init__(self, arguments):
        self.process = subprocess.Popen([FIXTURE, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.port = int(self.process.stdout.readline())
        self.path = next((a[5:] for a in arguments if a.startswith('unix=')), None)

    def connect(self, receive_buffer=None):
        s = socket.socket(socket.AF_UNIX if self.path else socket.AF_INET)
        if receive_buffer:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        s.settimeout(PATIENCE)
        s.connect(self.path or ('127.0.0.1', self.port))
        return s

    def ask(self, request):
        """One request over a connection of its own."""
        with self.connect() as s:
            send(s, request)
            return Answer(s)

    def get(self, path, *headers):
        return self.ask(head('GET', path, *headers))

    def figure(self, name):
        text = self.get('/v1/metrics').body.decode()
        return int(re.search(r'^%s (\d+)$' % re.escape(name), text, re.M).group(1))

    def memory(self):
        """Resident KiB, without pages of files; 0 under a sanitizer, which keeps freed memory."""
        with open('/proc/%d/maps' % self.process.pid) as f:
            if re.search('lib[at]san', f.read()):
                return 0
        with open('/proc/%d/status' % self.process.pid) as f:
            return int(re.search(r'^RssAnon:\s+(\d+)', f.read(), re.M).group(1))

    def is_alive(self):
        answer = self.get('/v1/hello/still')
        assert answer.status == 200 and answer.body.startswith(b'hello still'), answer
        return True

    def stop(self):
        if not self.process.stdin.closed:
            self.process.stdin.close()
        said = self.process.stdout.read()
        self.process.stdout.close()
        code = self.process.wait(PATIENCE)
        assert code == 0 and said == b'stopped\n', (code, said)


def head(method, path, *headers, version='HTTP/1.1', body=b''):
    lines = ['%s %s %s' % (method, path, version), 'Host: test', *headers]
    if body:
        lines.append('Content-Length: %d' % len(body))
        if not any(h.lower().startswith('content-type') for h in headers):
            lines.append('Content-Type: application/json')
    return '\r\n'.join(lines).encode('latin-1') + b'\r\n\r\n' + body


def send(s, data):
    try:
        s.sendall(data)
    except (BrokenPipeError, ConnectionResetError):
        pass  # the server may answer and close before it has everything


class Answer:
    """Reads one answer, whole, off a socket."""
    def __init__(self, s, is_head=False, data=b''):
        self.data = data
        while b'\r\n\r\n' not in self.data:
            self.more(s)
        top, self.data = self.data.split(b'\r\n\r\n', 1)
        lines = top.decode('latin-1').split('\r\n')
        self.status = int(lines[0].split(' ')[1])
        self.headers = {k.lower(): v for k, v in (line.split(': ', 1) for line in lines[1:])}
        if is_head or self.status in (101, 204, 304):
            self.body = b''
        elif self.headers.get('transfer-encoding') == 'chunked':
            self.body = self.chunks(s)
        else:
            length = int(self.headers['content-length'])
            while len(self.data) < length:
                self.more(s)
            self.body, self.data = self.data[:length], self.data[length:]

    def more(self, s):
        block = s.recv(1 << 16)
        if not block:
            raise EOFError('the answer is torn')
        self.data += block

    def chunks(self, s):
        parts = []
        while True:
            while b'\r\n' not in self.data:
                self.more(s)
            size, self.data = self.data.split(b'\r\n', 1)
            size = int(size, 16)
            while len(self.data) < size + 2:
                self.more(s)
            parts.append(self.data[:size])
            self.data = self.data[size + 2:]
            if size == 0:
                return b''.join(parts)

    def error(self):
        return json.loads(self.body)['error']

    def __repr__(self):
        return '%d %r %r' % (self.status, self.headers, self.body[:200])


def wait_closed(s):
    """Waits until the server closes; returns what it said before."""
    said = b''
    try:
        while True:
            block = s.recv(1 << 16)
            if not block:
                return said
            said += block
    except ConnectionResetError:
        return said


def eventually(check):
    until = time.monotonic() + PATIENCE
    while True:
        value = check()
        if value:
            return value
        assert time.monotonic() < until, 'it never came to be'
        LOOK.wait(0.01)  # between two looks


def equal(got, wanted):
    assert got == wanted, 'got %r, wanted %r' % (got, wanted)


# Routes and requests

@test()
def routes(server):
    equal(server.get('/v1/hello/b%C3%A9%20o?q=1+2%26').body, 'hello bé o 1 2&'.encode())
    equal(server.get('/v1/hello/me').body, b'127.0.0.1')  # a literal wins over a parameter
    equal(server.get('/v1/nothing').status, 404)
    equal(server.get('/v1/hello/').status, 404)
    equal(server.get('/v1/hello/x/').status, 404)
    answer = server.ask(head('POST', '/v1/hello/x', body=b'{}'))
    equal((answer.status, answer.headers['allow']), (405, 'GET'))
    answer = server.get('/v1/echo')
    equal((answer.status, answer.headers['allow']), (405, 'POST, PUT, DELETE'))
    equal(server.ask(head('BREW', '/v1/echo')).status, 501)
    equal(server.ask(head('get', '/v1/hello/x')).status, 501)
    equal(server.get('/v1/forget').status, 500)
    equal(server.get('http://other/v1/hello/x').status, 400)


@test()
def head_requests(server):
    with server.connect() as s:
        send(s, head('HEAD', '/v1/hello/x') + head('GET', '/v1/hello/y'))
        first = Answer(s, is_head=True)
        equal((first.status, first.headers['content-length']), (200, str(len('hello x (null)'))))
        equal(Answer(s, data=first.data).body, b'hello y (null)')
        send(s, head('HEAD', '/v1/nothing'))
        equal(Answer(s, is_head=True).status, 404)
        send(s, head('GET', '/v1/hello/z'))
        equal(Answer(s).body, b'hello z (null)')
    with server.connect() as s:
        send(s, head('HEAD', '/v1/stream'))
        first = Answer(s, is_head=True)
        equal((first.status, first.headers['connection']), (200, 'close'))
        equal(first.data + s.recv(100), b'')  # not even the end of a chunked body


@test()
def bad_addresses(server):
    for path in ('/v1/hello/%', '/v1/hello/%4', '/v1/hello/%zz', '/v1/hello/%00', '/v1/hello/a%0ab', '/v1/hello/%ff',
                 '/v1/hello/a%2fb', '/v1/hello/..', '/v1/hello/%2e%2e', '/v1/hello/x?q=%g1', '/v1/hello/x?q=%00',
                 '/v1/hello/' + 'x' * 257, 'v1/hello/x', '*', '/a' * 50):
        answer = server.get(path)
        equal((path, answer.status, answer.error()['code']), (path, 400, 'invalid'))
    equal(server.get('/v1/hello/' + 'x' * 256).status, 200)
    equal(server.get('/v1/hello/x?' + '&'.join('a=%d' % i for i in range(33))).status, 413)
    equal(server.get('/v1/hello/x?q=' + 'y' * 9000).status, 414)
    for raw in (b'GET /v1/hello/a\0b HTTP/1.1\r\nHost: t\r\n\r\n', b'GET /v1/hello/a\x01b HTTP/1.1\r\nHost: t\r\n\r\n',
                b'GET /v1/hello/a HTTP/1.1\r\nHost: t\r\nX-A: b\x01c\r\n\r\n'):
        with server.connect() as s:
            send(s, raw)
            said = wait_closed_or_answer(s)
            assert said.startswith(b'HTTP/1.1 400'), said
    server.is_alive()


def wait_closed_or_answer(s):
    said = b''
    while b'\r\n\r\n' not in said:
        block = s.recv(65536)
        if not block:
            break
        said += block
    return said


@test()
def smuggling(server):
    second = head('GET', '/v1/hello/smuggled')
    for lines, status in ((['Host: other'], 400),
                          (['Transfer-Encoding: chunked', 'Content-Length: 4'], 400),
                          (['Content-Length: 4', 'Transfer-Encoding: identity'], 400),
                          (['Content-Length: 3', 'Content-Length: 4'], 400),
                          (['Content-Length: 4', 'Content-Length: 4'], 400),
                          (['Content-Length: -4'], 400),
                          (['Content-Length: 4x'], 400),
                          (['Transfer-Encoding: chunked'], 411),
                          (['Transfer-Encoding: xchunked'], 411)):
        with server.connect() as s:
            send(s, head('POST', '/v1/echo', 'Content-Type: application/json', *lines) + b'0\r\n\r\n' + second)
            said = wait_closed(s)
            assert said.startswith(b'HTTP/1.1 %d' % status), (lines, said)
            assert b'hello smuggled' not in said, (lines, said)
    with server.connect() as s:
        send(s, b'GET /v1/hello/x HTTP/1.1\r\n\r\n')
        equal(Answer(s).status, 400)
    equal(server.get('/v1/hello/x', 'Host: again').status, 400)


@test()
def errors(server):
    answer = server.get('/v1/refuse', 'X-Request-Id: my-id_1.2')
    equal(answer.status, 409)
    equal(answer.error(), {'code': 'conflict', 'field': 'start', 'message': 'The time "10:00" is taken.',
                           'request': 'my-id_1.2'})
    for answer in (answer, server.get('/v1/nothing'), server.get('/v1/hello/x')):
        for name, value in (('x-content-type-options', 'nosniff'), ('cache-control', 'no-store'),
                            ('content-security-policy', "default-src 'none'; frame-ancestors 'none'"),
                            ('referrer-policy', 'no-referrer')):
            equal(answer.headers[name], value)
        assert 'server' not in answer.headers
    for bad in ('a b', 'x' * 65, 'a"b', ''):
        answer = server.get('/v1/refuse', 'X-Request-Id: ' + bad)
        assert re.fullmatch('[0-9a-f-]{36}', answer.headers['x-request-id']), answer
        equal(answer.error()['request'], answer.headers['x-request-id'])


@test()
def bodies(server):
    whole = json.dumps({'a': 'x' * 300000}).encode()
    equal(server.ask(head('POST', '/v1/echo', body=whole)).body, whole)
    equal(server.ask(head('POST', '/v1/echo')).body, b'')
    equal(server.ask(head('PUT', '/v1/echo', 'Content-Type: a/b', body=b'x' * 1000)).status, 200)
    equal(server.ask(head('PUT', '/v1/echo', body=b'x' * 1001)).status, 413)
    equal(server.ask(head('DELETE', '/v1/echo', body=b'x')).status, 413)
    equal(server.ask(head('GET', '/v1/hello/x', body=b'x')).status, 413)
    equal(server.ask(head('POST', '/v1/echo', 'Content-Type: text/plain', body=b'x')).status, 415)
    equal(server.ask(head('POST', '/v1/echo', 'Content-Type: application/jsonx', body=b'x')).status, 415)
    equal(server.ask(head('POST', '/v1/echo', 'Content-Type: Application/JSON; charset=utf-8', body=b'1')).body, b'1')
    with server.connect() as s:  # a little too large is read, so that the client sees why, and the connection goes on
        send(s, head('POST', '/v1/echo', body=b'x' * (1024 * 1024 + 1)))
        equal(Answer(s).error()['code'], 'too_large')
        send(s, head('GET', '/v1/hello/x'))
        equal(Answer(s).status, 200)


@test()
def huge_bodies(server):
    before = server.memory()
    for expect in ([], ['Expect: 100-continue']):
        with server.connect() as s:
            send(s, head('POST', '/v1/echo', 'Content-Type: application/json', 'Content-Length: 200000000', *expect))
            equal(Answer(s).status, 413)  # before a byte of it is sent
            send(s, b'x' * 20000000)
            wait_closed(s)
    with server.connect() as s:
        send(s, head('POST', '/v1/echo', 'Transfer-Encoding: chunked', 'Content-Type: application/json'))
        equal(Answer(s).status, 411)
        wait_closed(s)
    assert server.memory() < before + 8192, (before, server.memory())
    server.is_alive()


@test()
def expect_continue(server):
    with server.connect() as s:
        send(s, head('POST', '/v1/echo', 'Content-Type: application/json', 'Content-Length: 2', 'Expect: 100-continue'))
        said = wait_closed_or_answer(s)
        equal(said, b'HTTP/1.1 100 Continue\r\n\r\n')
        send(s, b'{}')
        equal(Answer(s).body, b'{}')


@test('budget=1000000')
def body_budget(server):
    with server.connect() as a, server.connect() as b:
        send(a, head('POST', '/v1/echo', 'Content-Type: application/json', 'Content-Length: 900000', 'X-Known: 1')
             + b'x' * 899999)
        eventually(lambda: server.figure('wattle_http_body_bytes_held') == 899999)
        send(b, head('POST', '/v1/echo', 'X-Known: 1', body=b'x' * 200000))
        answer = Answer(b)
        equal((answer.status, 'retry-after' in answer.headers), (503, True))
        send(a, b'x')
        equal(Answer(a).status, 200)
    eventually(lambda: server.figure('wattle_http_body_bytes_held') == 0)
    equal(server.ask(head('POST', '/v1/echo', 'X-Known: 1', body=b'x' * 200000)).status, 200)


@test('budget=1000000')
def body_budget_of_strangers(server):
    with server.connect() as a:
        send(a, head('POST', '/v1/echo', 'Content-Type: application/json', 'Content-Length: 120000') + b'x' * 119999)
        eventually(lambda: server.figure('wattle_http_body_bytes_held') == 119999)
        equal(server.ask(head('POST', '/v1/echo', body=b'x' * 20000)).status, 503)
        equal(server.ask(head('POST', '/v1/echo', 'X-Known: 1', body=b'x' * 200000)).status, 200)
    eventually(lambda: server.figure('wattle_http_body_bytes_held') == 0)
    equal(server.ask(head('POST', '/v1/echo', body=b'x' * 20000)).status, 200)


@test()
def admission(server):
    answer = server.ask(head('POST', '/v1/echo', 'X-Often: 1', body=b'x' * 500000))
    equal((answer.status, answer.error()['code'], answer.headers['retry-after']), (429, 'rate_limited', '2'))


@test()
def keep_alive(server):
    with server.connect() as s:
        for i in range(200):
            send(s, head('GET', '/v1/hello/%d' % i))
            equal(Answer(s).body, b'hello %d (null)' % i)
        send(s, b''.join(head('GET', '/v1/hello/%d' % i) + head('POST', '/v1/echo', body=b'[%d]' % i)
                         for i in range(100)))
        rest = b''
        for i in range(100):
            first = Answer(s, data=rest)
            second = Answer(s, data=first.data)
            equal((first.body, second.body), (b'hello %d (null)' % i, b'[%d]' % i))
            rest = second.data
        equal(server.figure('wattle_http_connections_accepted_total') <= 3, True)
    with server.connect() as s:
        send(s, head('GET', '/v1/hello/x', version='HTTP/1.0'))
        assert wait_closed(s).endswith(b'hello x (null)')
    with server.connect() as s:
        send(s, head('GET', '/v1/hello/x', 'Connection: close'))
        assert wait_closed(s).endswith(b'hello x (null)')


# Time

@test('header=300', 'idle=300', 'body=300')
def half_open(server):
    silent = [server.connect() for i in range(200)]
    half = [server.connect() for i in range(200)]
    for s in half:
        send(s, b'GET /v1/hello/x HTTP/1.1\r\nHost: t\r\nX-A: ')
    server.is_alive()
    for s in silent + half:
        equal(wait_closed(s), b'')
        s.close()
    eventually(lambda: server.figure('wattle_http_connections') == 1)
    assert server.figure('wattle_http_connections_timed_out_total') >= 400


def drip(s, data):
    """Sends one byte at a time, as fast as the server takes them, until it closes."""
    s.settimeout(0.02)
    for i in range(100000):
        try:
            s.send(data)
            if s.recv(1) == b'':
                return
        except socket.timeout:
            continue
        except (BrokenPipeError, ConnectionResetError):
            return
    raise AssertionError('dripping never ended')


@test('header=400', 'body=400', 'idle=400')
def dripping(server):
    with server.connect() as s:  # the head, line by line, for ever
        send(s, b'GET /v1/hello/x HTTP/1.1\r\nHost: t\r\nX-A: ')
        drip(s, b'a')
    with server.connect() as s:  # the request line
        drip(s, b'G')
    with server.connect() as s:  # the body
        send(s, head('POST', '/v1/echo', 'Content-Type: application/json', 'Content-Length: 100000'))
        drip(s, b'a')
    with server.connect() as s:  # a body that is refused anyway
        send(s, head('POST', '/v1/none', 'Content-Type: application/json', 'Content-Length: 100000'))
        drip(s, b'a')
    with server.connect() as s:  # a second request on a kept connection
        send(s, head('GET', '/v1/hello/x'))
        Answer(s)
        drip(s, b'G')
    with server.connect() as s:  # empty lines before a request
        drip(s, b'\r\n')
    server.is_alive()


@test('idle=300')
def idle(server):
    with server.connect() as s:
        send(s, head('GET', '/v1/hello/x'))
        Answer(s)
        equal(wait_closed(s), b'')


@test('idle=300')
def taking_nothing(server):
    before = server.memory()
    slow = [server.connect(receive_buffer=4096) for i in range(40)]
    for s in slow:
        send(s, head('GET', '/v1/stream'))
    eventually(lambda: server.figure('wattle_http_connections_timed_out_total') >= 40)
    assert server.memory() < before + 40 * 400, (before, server.memory())
    for s in slow:
        s.close()
    eventually(lambda: server.figure('wattle_http_requests_in_flight') == 1)


@test('handler=300')
def lost_request(server):
    answer = server.get('/v1/lose')
    equal((answer.status, answer.error()['code'], 'retry-after' in answer.headers), (503, 'busy', True))
    server.is_alive()


# Counts

@test()
def header_flood(server):
    for lines, statuses in ((['X-%d: a' % i for i in range(99)], (200,)),
                            (['X-%d: a' % i for i in range(150)], (431,)),
                            (['X-%d: a' % i for i in range(20000)], (400, 413, 431)),
                            (['X-A: ' + 'a' * 15000], (200,)),
                            (['X-A: ' + 'a' * 17000], (431,)),
                            (['X-A: ' + 'a' * 40000], (400, 413, 431)),
                            (['A' * 90000 + ': a'], (400, 413, 431))):
        with server.connect() as s:
            send(s, head('GET', '/v1/hello/x', *lines))
            said = wait_closed_or_answer(s)
            assert int(said.split(b' ')[1]) in statuses, (lines[0][:20], len(lines), said[:100])
    before = server.memory()
    with server.connect() as s:
        send(s, b'GET /v1/hello/x HTTP/1.1\r\n')
        for i in range(2000):
            send(s, b'X-Flood: %s\r\n' % (b'a' * 5000))
        wait_closed(s)
    assert server.memory() < before + 4096, (before, server.memory())
    server.is_alive()


@test('connections=20', 'header=500')
def connection_cap(server):
    crowd = [server.connect() for i in range(60)]
    server.is_alive()  # after the first twenty timed out
    for s in crowd:
        s.close()


@test('per_address=5')
def address_cap(server):
    first = [server.connect() for i in range(5)]
    for s in first:
        send(s, head('GET', '/v1/hello/x'))
        equal(Answer(s).status, 200)
    with server.connect() as s:
        equal(wait_closed(s), b'')
    for s in first:
        s.close()

    def is_back():
        try:
            return server.is_alive()
        except (EOFError, OSError):
            return False
    eventually(is_back)


@test('nofile=64', 'header=1000')
def descriptors(server):
    crowd = [server.connect() for i in range(200)]
    for s in crowd[:60]:
        send(s, b'GET / HTTP/1.1\r\n')
    eventually(lambda: len(os.listdir('/proc/%d/fd' % server.process.pid)) >= 40)
    server.is_alive()  # comes to its turn when those before it have timed out
    for s in crowd:
        s.close()
    eventually(lambda: server.figure('wattle_http_connections') == 1)
    server.is_alive()


@test('threads=2', 'queue=4')
def full_queue(server):
    blocked = [server.connect() for i in range(2)]
    for s in blocked:
        send(s, head('GET', '/v1/block'))
        equal(server.process.stdout.readline(), b'blocked\n')
    crowd = [server.connect() for i in range(20)]
    for s in crowd:
        send(s, head('GET', '/v1/hello/x'))
    refused = []  # all but the four that wait
    while len(refused) < 16:
        ready = select.select([s for s in crowd if s not in refused], [], [], PATIENCE)[0]
        assert ready, len(refused)
        for s in ready:
            answer = Answer(s)
            equal((answer.status, answer.headers['retry-after']), (503, '2'))
            refused.append(s)
    for s in crowd:
        s.close()

    server.process.stdin.close()
    answers = [Answer(s).status for s in blocked]  # held until the drain ends, then 503
    equal(answers, [503, 503])
    server.process.kill()
    server.process.wait()
    server.process.stdout.close()
    return 'killed'


# Answers

@test()
def held(server):
    crowd = [server.connect() for i in range(100)]
    for s in crowd:
        send(s, head('GET', '/v1/hold'))
    for s in crowd:
        equal(Answer(s).body, b'later')
        s.close()
    for i in range(100):  # clients that do not wait
        with server.connect() as s:
            send(s, head('GET', '/v1/hold'))
    server.is_alive()
    eventually(lambda: server.figure('wattle_http_requests_in_flight') == 1)


@test()
def streams(server):
    before = server.memory()
    for size in (0, 1, 65535, 65536, 65537, 1000000):
        equal(server.get('/v1/stream?size=%d' % size).body, b'w' * size)
    with server.connect() as s:
        send(s, head('GET', '/v1/stream', 'Connection: close'))
        taken = 0
        while True:
            block = s.recv(1 << 20)
            if not block:
                break
            taken += len(block)
    assert taken > 256 * 1024 * 1024, taken
    assert server.memory() < before + 4096, (before, server.memory())
    try:
        server.get('/v1/stream?size=100000&torn=1')
        raise AssertionError('a torn stream looked whole')
    except EOFError:
        pass
    for i in range(20):
        with server.connect() as s:
            send(s, head('GET', '/v1/stream'))
            s.recv(10)
    eventually(lambda: server.figure('wattle_http_requests_in_flight') == 1)


@test()
def ranges(server):
    whole = server.get('/v1/file')
    equal((whole.status, len(whole.body), whole.headers['accept-ranges']), (200, 3 * 1024 * 1024, 'bytes'))
    size = len(whole.body)
    for text, first, length in (('0-0', 0, 1), ('1000-1999', 1000, 1000), ('%d-' % (size - 5), size - 5, 5),
                                ('-7', size - 7, 7), ('100-99999999', 100, size - 100), ('-99999999', 0, size)):
        answer = server.get('/v1/file', 'Range: bytes=' + text)
        equal((text, answer.status, answer.headers['content-range']),
              (text, 206, 'bytes %d-%d/%d' % (first, first + length - 1, size)))
        assert answer.body == whole.body[first:first + length], text
    for text in ('bytes=%d-' % size, 'bytes=-0'):
        answer = server.get('/v1/file', 'Range: ' + text)
        equal((answer.status, answer.headers['content-range']), (416, 'bytes */%d' % size))
    for text in ('bytes=5-3', 'bytes=a-b', 'bytes=0-1,3-4', 'lines=1-2', 'bytes=-', 'bytes=99999999999999999999-'):
        equal((text, server.get('/v1/file', 'Range: ' + text).status), (text, 200))


@test()
def compressed(server):
    answer = server.get('/v1/large', 'Accept-Encoding: br, gzip')
    equal((answer.headers['content-encoding'], gzip.decompress(answer.body)), ('gzip', b'x' * 100000))
    assert len(answer.body) < 2000
    for header in ('Accept: */*', 'Accept-Encoding: identity', 'Accept-Encoding: gzip;q=0'):
        answer = server.get('/v1/large', header)
        equal(('content-encoding' in answer.headers, len(answer.body)), (False, 100000))


@test('trust=1')
def forwarded(server):
    equal(server.get('/v1/hello/me', 'X-Forwarded-For: 1.2.3.4, 203.0.113.9').body, b'203.0.113.9')
    equal(server.get('/v1/hello/me', 'X-Forwarded-For: 203.0.113.9, <script>').body, b'127.0.0.1')
    equal(server.get('/v1/hello/me', 'X-Forwarded-For: 2001:db8::1').body, b'2001:db8::1')


@test()
def forwarded_untrusted(server):
    equal(server.get('/v1/hello/me', 'X-Forwarded-For: 203.0.113.9').body, b'127.0.0.1')


@test('unix=' + os.path.join(tempfile.gettempdir(), 'wattle-http-%d.socket' % os.getpid()))
def unix_socket(server):
    equal(server.get('/v1/hello/me').body, b'unix')
    server.stop()
    assert not os.path.exists(server.path)
    return 'stopped'


# WebSockets

KEY = base64.b64encode(b'0123456789abcdef').decode()
UPGRADE = ('Upgrade: websocket', 'Connection: keep-alive, Upgrade', 'Sec-WebSocket-Version: 13',
           'Sec-WebSocket-Key: ' + KEY)


def frame(data, opcode=1, last=True, mask=b'\1\2\3\4', reserved=0):
    first = (0x80 if last else 0) | reserved | opcode
    if len(data) < 126:
        length = struct.pack('>BB', first, len(data) | (0x80 if mask else 0))
    elif len(data) < 65536:
        length = struct.pack('>BBH', first, 126 | (0x80 if mask else 0), len(data))
    else:
        length = struct.pack('>BBQ', first, 127 | (0x80 if mask else 0), len(data))
    if not mask:
        return length + data
    key = (mask * (len(data) // 4 + 1))[:len(data)]
    return length + mask + (int.from_bytes(data, 'big') ^ int.from_bytes(key, 'big')).to_bytes(len(data), 'big')


class WebSocket:
    def __init__(self, server, *headers, behind=b'', receive_buffer=None):
        self.s = server.connect(receive_buffer)
        send(self.s, head('GET', '/v1/events', *(headers or UPGRADE)) + behind)
        answer = Answer(self.s)
        self.status, self.data, self.answer = answer.status, answer.data, answer

    def take(self, n):
        while len(self.data) < n:
            block = self.s.recv(1 << 16)
            if not block:
                raise EOFError
            self.data += block
        taken, self.data = self.data[:n], self.data[n:]
        return taken

    def read(self):
        first, length = self.take(2)
        assert first & 0x80 and not first & 0x70 and not length & 0x80, (first, length)
        if length == 126:
            length, = struct.unpack('>H', self.take(2))
        elif length == 127:
            length, = struct.unpack('>Q', self.take(8))
        return first & 0x0f, self.take(length)

    def say(self, text):
        send(self.s, frame(text.encode()))

    def hear(self):
        opcode, data = self.read()
        equal(opcode, 1)
        return data.decode()

    def closed(self):
        """Waits for the server's close frame and for the end; returns its code."""
        while True:
            opcode, data = self.read()
            if opcode == 8:
                break
        wait_closed(self.s)
        self.s.close()
        return struct.unpack('>H', data[:2])[0] if data else None


@test('origin=https://own.example')
def handshake(server):
    ws = WebSocket(server)
    equal(ws.status, 101)
    equal(ws.answer.headers['sec-websocket-accept'],
          base64.b64encode(hashlib.sha1((KEY + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').encode()).digest()).decode())
    ws.s.close()
    ws = WebSocket(server, *UPGRADE, 'Origin: https://own.example', 'Sec-WebSocket-Extensions: permessage-deflate')
    equal((ws.status, 'sec-websocket-extensions' in ws.answer.headers), (101, False))
    ws.s.close()
    for i, header, status in ((0, 'Upgrade: h2c', 426), (1, 'Connection: close', 426),
                              (2, 'Sec-WebSocket-Version: 8', 426), (3, 'Sec-WebSocket-Key: abc', 400),
                              (3, 'Sec-WebSocket-Key: ' + '!' * 24, 400),
                              (3, 'X-Nothing: x', 400)):
        headers = list(UPGRADE)
        headers[i] = header
        equal((header, WebSocket(server, *headers).status), (header, status))
    equal(WebSocket(server, *UPGRADE, 'Origin: https://evil.example').status, 403)
    eventually(lambda: server.figure('wattle_http_sockets') == 0)


@test()
def socket_echo(server):
    ws = WebSocket(server, behind=frame(b'early'))
    equal(ws.hear(), 'early')
    for text in ('', 'a', 'ü' * 60, 'x' * 125, 'x' * 126, 'x' * 65535, 'x' * 65536):
        ws.say(text)
        equal(ws.hear(), text)
    send(ws.s, frame(b'one ', last=False) + frame(b'mid', opcode=9) + frame(b'two ', opcode=0, last=False)
         + frame(b'three', opcode=0))
    equal(ws.read(), (10, b'mid'))
    equal(ws.hear(), 'one two three')
    for byte in frame(b'dripped'):
        ws.s.send(bytes([byte]))
    equal(ws.hear(), 'dripped')
    send(ws.s, frame(struct.pack('>H', 1000) + b'bye', opcode=8))
    equal(ws.closed(), 1000)
    ws = WebSocket(server)
    ws.say('leave')
    equal(ws.read(), (8, struct.pack('>H', 1000) + b'asked'))
    send(ws.s, frame(struct.pack('>H', 1000), opcode=8))
    equal(wait_closed(ws.s), b'')
    eventually(lambda: server.figure('wattle_http_sockets') == 0)


@test()
def socket_violations(server):
    for name, data, code in (
            ('unmasked', frame(b'hello', mask=None), 1002), ('reserved', frame(b'hello', reserved=0x40), 1002),
            ('opcode', frame(b'hello', opcode=3), 1002), ('control opcode', frame(b'', opcode=11), 1002),
            ('binary', frame(b'hello', opcode=2), 1003), ('not UTF-8', frame(b'\xff\xfe'), 1007),
            ('cut UTF-8', frame('ü'.encode()[:1], last=False) + frame(b'x', opcode=0), 1007),
            ('continuation of nothing', frame(b'x', opcode=0), 1002),
            ('new within', frame(b'x', last=False) + frame(b'x'), 1002),
            ('long ping', frame(b'x' * 126, opcode=9), 1002), ('split ping', frame(b'x', opcode=9, last=False), 1002),
            ('close of one byte', frame(b'x', opcode=8), 1002),
            ('close code', frame(struct.pack('>H', 1005), opcode=8), 1002),
            ('close reason', frame(struct.pack('>H', 1000) + b'\xff', opcode=8), 1007),
            ('long form', b'\x81\xfe\x00\x05\1\2\3\4hello', 1002),
            ('negative', b'\x81\xff' + b'\xff' * 8 + b'\1\2\3\4', 1002),
            ('too large', b'\x81\xff' + struct.pack('>Q', 65537) + b'\1\2\3\4', 1009),
            ('huge', b'\x81\xff' + struct.pack('>Q', 1 << 62) + b'\1\2\3\4', 1009)):
        ws = WebSocket(server)
        send(ws.s, data)
        equal((name, ws.closed()), (name, code))
    eventually(lambda: server.figure('wattle_http_sockets') == 0)


@test()
def fragments_bomb(server):
    before = server.memory()
    ws = WebSocket(server)
    ws.say('ready')
    equal(ws.hear(), 'ready')
    send(ws.s, frame(b'x' * 30000, last=False))
    for i in range(500):
        send(ws.s, frame(b'x' * 30000, opcode=0, last=False))
    equal(ws.closed(), 1009)
    ws = WebSocket(server)
    send(ws.s, frame(b'x' * 4097)[:20])  # too much of somebody who was not declared good
    equal(ws.closed(), 1009)
    ws = WebSocket(server)
    send(ws.s, frame(b'', last=False) + frame(b'', opcode=0, last=False) * 50000)  # weigh nothing
    equal(ws.closed(), 1008)
    ws = WebSocket(server)
    send(ws.s, frame(b'x' * 125, opcode=9) * 50000)
    equal(ws.closed(), 1008)
    assert server.memory() < before + 4096, (before, server.memory())


@test('messages=20')
def message_rate(server):
    ws = WebSocket(server)
    send(ws.s, frame(b'x') * 60)
    equal(ws.closed(), 1008)


@test()
def slow_socket(server):
    before = server.memory()
    ws = WebSocket(server, receive_buffer=4096)
    ws.say('flood')
    eventually(lambda: server.figure('wattle_http_sockets_kicked_total') == 1)
    eventually(lambda: server.figure('wattle_http_sockets') == 0)
    assert server.memory() < before + 4096, (before, server.memory())


@test('ready=300')
def no_sign_in(server):
    equal(WebSocket(server).closed(), 1008)


@test('ping=300')
def pings(server):
    ws = WebSocket(server)
    ws.say('ready')
    equal(ws.hear(), 'ready')
    for i in range(3):
        equal(ws.read(), (9, b''))
        send(ws.s, frame(b'', opcode=10))
    equal([ws.read()[0] for i in range(1)], [9])
    wait_closed(ws.s)  # for not answering


@test('sockets=300')
def many_sockets(server):
    crowd = [WebSocket(server) for i in range(300)]
    equal({ws.status for ws in crowd}, {101})
    equal(WebSocket(server).status, 503)
    for round in range(3):
        for i, ws in enumerate(crowd):
            ws.say('%d %d' % (round, i))
        for i, ws in enumerate(crowd):
            equal(ws.hear(), '%d %d' % (round, i))
    server.is_alive()
    for ws in crowd[:150]:
        ws.s.close()
    eventually(lambda: server.figure('wattle_http_sockets') == 150)
    for ws in crowd[150:]:
        send(ws.s, frame(struct.pack('>H', 1001), opcode=8))
        equal(ws.closed(), 1001)
    eventually(lambda: server.figure('wattle_http_sockets') == 0)


# The end

@test()
def graceful_stop(server):
    with server.connect() as s, server.connect() as half:
        ws = WebSocket(server)
        ws.say('hello')
        equal(ws.hear(), 'hello')
        send(s, head('GET', '/v1/hold'))
        send(half, b'GET /v1/hello/x HTTP/1.1\r\n')
        equal(Answer(s).body, b'later')
        server.process.stdin.close()
        equal(ws.hear(), 'goodbye')
        equal(ws.closed_politely(), 1001)
        wait_closed(half)
        server.stop()
    return 'stopped'


def closed_politely(self):
    opcode, data = self.read()
    equal(opcode, 8)
    send(self.s, frame(data[:2], opcode=8))
    wait_closed(self.s)
    return struct.unpack('>H', data[:2])[0]


WebSocket.closed_politely = closed_politely


@test('header=500', 'body=500')
def storm(server):
    """Good and bad clients at once; the good ones are all served."""
    failures = []

    def good():
        try:
            for i in range(40):
                equal(server.get('/v1/hold').body, b'later')
                equal(server.ask(head('POST', '/v1/echo', body=b'[1]')).body, b'[1]')
        except Exception as problem:
            failures.append(repr(problem))

    def bad():
        for i in range(40):
            for data in (b'\0' * 100, b'GET / HTTP/9.9\r\n\r\n',
                         head('POST', '/v1/echo', 'Content-Length: 1000') + b'x',
                         head('GET', '/v1/stream'), b'\x16\x03\x01\x02\x00\x01\x00\x01\xfc'):
                with server.connect() as s:
                    send(s, data)
            ws = WebSocket(server)
            send(ws.s, b'\x81')
            ws.s.close()

    threads = [threading.Thread(target=t) for t in [good] * 6 + [bad] * 6]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    equal(failures, [])
    eventually(lambda: server.figure('wattle_http_requests_in_flight') == 1)
    eventually(lambda: server.figure('wattle_http_sockets') == 0)


@test('header=80', 'body=80', 'idle=80')
def noise(server):
    """Good bytes with random harm; WATTLE_NOISE is how many, WATTLE_SEED repeats a run."""
    seed = int(os.environ.get('WATTLE_SEED', time.time_ns()))
    print('# seed %d' % seed)
    dice = random.Random(seed)
    upgrade = head('GET', '/v1/events', *UPGRADE)
    good = [head('GET', '/v1/hello/a%20b?q=1&r=%41'), head('POST', '/v1/echo', body=b'{"a":[1,2,3]}'),
            head('GET', '/v1/file', 'Range: bytes=1-20'), head('GET', '/v1/large', 'Accept-Encoding: gzip'),
            head('HEAD', '/v1/stream?size=70000'), head('GET', '/v1/stream?size=70000') + head('GET', '/v1/hold'),
            upgrade + frame(b'hello') + frame(b'a', last=False) + frame(b'x', opcode=9) + frame(b'b', opcode=0),
            upgrade + frame(b'y' * 300) + frame(struct.pack('>H', 1000), opcode=8)]
    for i in range(int(os.environ.get('WATTLE_NOISE', 300))):
        data = bytearray(dice.choice(good))
        start = len(upgrade) if data.startswith(upgrade) and dice.random() < 0.8 else 0
        for harm in range(dice.randrange(1, 6)):
            at = dice.randrange(start, len(data))
            kind = dice.randrange(4)
            if kind == 0:
                data[at] = dice.randrange(256)
            elif kind == 1:
                data[at:at] = bytes(dice.randrange(256) for i in range(dice.randrange(1, 9)))
            elif kind == 2 and len(data) - start > 40:
                del data[at:at + dice.randrange(1, 9)]
            else:
                data[at:at] = data[start:start + dice.randrange(1, 200)]
        with server.connect() as s:
            send(s, data)
            try:
                s.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # gone already
            wait_closed(s)
    server.is_alive()
    eventually(lambda: server.figure('wattle_http_requests_in_flight') == 1)
    eventually(lambda: server.figure('wattle_http_sockets') == 0)


def main():
    chosen = [t for t in TESTS if len(sys.argv) < 3 or t[0] in sys.argv[2:]]
    failed = 0
    print('1..%d' % len(chosen))
    for i, (name, arguments, function) in enumerate(chosen):
        server = Server(arguments)
        try:
            if function(server) is None:
                server.stop()
            print('ok %d %s' % (i + 1, name), flush=True)
        except Exception:
            failed += 1
            print('not ok %d %s' % (i + 1, name), flush=True)
            print(re.sub('^', '# ', traceback.format_exc(), flags=re.M), flush=True)
        finally:
            if server.process.poll() is None:
                server.process.kill()
                server.process.wait()
    return failed > 0


sys.exit(main())
