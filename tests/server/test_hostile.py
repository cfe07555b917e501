#!/usr/bin/python3
# test_hostile.py: clients that mean harm, against wattled itself without a proxy in front
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""During each attack a bystander reads and saves, and is served; afterwards memory and descriptors are where they were.

WATTLE_FAULTS=long does every attack ten times and waits for the slow deadlines, a minute and more, too.
"""
import base64
import concurrent.futures
import hashlib
import json
import os
import random
import re
import resource
import secrets
import socket
import struct
import sys
import threading
import time
import zlib

from practice import Practice
from wattled import Socket, eventually, main, new_id

LONG = os.environ.get('WATTLE_FAULTS') == 'long'
ROUNDS = 10 if LONG else 1
GROWTH = 32 * 1024  # KiB that an attack may cost while it lasts
PATIENCE = 40
UPGRADE = ('Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13',
           'Sec-WebSocket-Key: ' + base64.b64encode(b'0123456789abcdef').decode())

practice = None


def shared():
    global practice
    if practice is None:
        os.environ['MALLOC_PERTURB_'] = '0'  # it writes to what the server only reserves
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 16384), hard))
        practice = Practice(staff=())
    return practice


# What is seen of the server from outside

def resident(server):
    """KiB without pages of files; 0 under a sanitizer, which keeps what was freed."""
    with open('/proc/%d/maps' % server.process.pid, encoding='utf-8') as file:
        if re.search('lib[at]san', file.read()):
            return 0
    with open('/proc/%d/status' % server.process.pid, encoding='utf-8') as file:
        return int(re.search(r'^RssAnon:\s+(\d+)', file.read(), re.M).group(1))


def descriptors(server):
    """All, and those of connections."""
    kinds = []
    folder = '/proc/%d/fd' % server.process.pid
    for name in os.listdir(folder):
        try:
            kinds.append(os.readlink(os.path.join(folder, name)))
        except OSError:
            pass  # closed meanwhile
    return len(kinds), sum(kind.startswith('socket:') for kind in kinds)


PAUSE = threading.Event()


class Bystander:
    """Another client, who reads and saves while the attack goes on."""

    def __init__(self, server, name):
        self.server, self.name = server, name
        self.client = server.client()
        self.over = threading.Event()
        self.times, self.problem = [], None
        self.peak = 0

    def look(self):
        began = time.monotonic()
        answer = self.client.get('/v1/hello')
        assert answer.status == 200, answer
        self.client.create('patient', given_names='By', family_name='Stander', status='active')
        self.times.append(time.monotonic() - began)
        self.client.connection.close()  # each call is a new connection: it must be let in
        self.client.connection = None

    def work(self):
        try:
            while True:
                self.look()
                self.peak = max(self.peak, resident(self.server))
                if self.over.wait(0.05):
                    return
        except Exception as problem:
            self.problem = problem

    def __enter__(self):
        self.look()
        self.open_before = descriptors(self.server)[1]
        self.before = self.peak = resident(self.server)
        self.thread = threading.Thread(target=self.work)
        self.thread.start()
        return self

    def __exit__(self, kind, *_):
        self.over.set()
        self.thread.join()
        if kind:
            return
        if self.problem:
            raise self.problem
        times = sorted(self.times)
        print('# %s: %d calls and saves, median %d ms, p99 %d ms; memory %d KiB, at most %+d'
              % (self.name, len(times), times[len(times) // 2] * 1000, times[int(len(times) * 0.99)] * 1000,
                 self.before, self.peak - self.before), flush=True)
        assert len(times) >= 2, 'nobody else was served'
        assert self.peak - self.before < GROWTH, (self.before, self.peak)
        assert self.server.process.poll() is None
        eventually(lambda: descriptors(self.server)[1] <= self.open_before, 'descriptors stay open')


# What is sent

def connect(server, receive_buffer=None):
    stream = socket.socket()
    if receive_buffer:
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    stream.settimeout(PATIENCE)
    stream.connect(('127.0.0.1', server.port))
    return stream


def head(method, path, *headers, version='HTTP/1.1', host='Host: x'):
    return '\r\n'.join(['%s %s %s' % (method, path, version), *([host] if host else []), *headers, '', '']).encode(
        'latin-1')


def post(path, body, *headers):
    return head('POST', path, 'Content-Type: application/json', 'Content-Length: %d' % len(body), *headers) + body


def send(stream, data):
    """All of it, or as much as the server takes before it hangs up."""
    try:
        stream.sendall(data)
        return True
    except OSError:
        return False


def read_all(stream):
    data = b''
    try:
        while True:
            piece = stream.recv(65536)
            if not piece:
                return data
            data += piece
    except OSError:
        return data


def statuses(data):
    return [int(status) for status in re.findall(rb'HTTP/1\.1 (\d{3}) [A-Z]', data)]


def ask(server, data):
    """The statuses of the answers to @data and to the last request that follows it."""
    with connect(server) as stream:
        threading.Thread(target=send, args=(stream, data + LAST)).start()
        return statuses(read_all(stream))


LAST = head('GET', '/v1/health', 'Connection: close')


def ended(stream):
    """Whether the server has closed it."""
    stream.setblocking(False)
    try:
        while stream.recv(65536):
            pass
        return True
    except BlockingIOError:
        return False
    except OSError:
        return True


def close_all(streams):
    for stream in streams:
        stream.close()


def drip(streams, data, seconds):
    """A byte of @data to each, again and again, for so long."""
    until = time.monotonic() + seconds
    at = 0
    while time.monotonic() < until:
        for stream in streams:
            send(stream, data[at % len(data):at % len(data) + 1])
        at += 1
        PAUSE.wait(0.05)


def frame(data, opcode=1, last=True, masked=True, reserved=0):
    first = (0x80 if last else 0) | reserved | opcode
    mask = 0x80 if masked else 0
    if len(data) < 126:
        length = struct.pack('>BB', first, mask | len(data))
    elif len(data) < 65536:
        length = struct.pack('>BBH', first, mask | 126, len(data))
    else:
        length = struct.pack('>BBQ', first, mask | 127, len(data))
    return length + (b'\0\0\0\0' if masked else b'') + data  # a mask of zeros changes nothing


def upgrade(server, *headers):
    stream = connect(server)
    send(stream, head('GET', '/v1/events', *(headers or UPGRADE)))
    data = b''
    while b'\r\n\r\n' not in data:
        piece = stream.recv(4096)
        assert piece, data
        data += piece
    assert data.startswith(b'HTTP/1.1 101 '), data
    return stream


def close_code(stream):
    """Reads frames until the server's close; None when the connection just ended."""
    data = read_all(stream)
    while len(data) >= 2:
        length, size = data[1] & 127, 2
        if length == 126:
            length, size = struct.unpack('>H', data[2:4])[0], 4
        if data[0] & 15 == 8:
            return struct.unpack('>H', data[size:size + 2])[0] if length else 1005
        data = data[size + length:]
    return None


# The attacks, in the order of their names

def test_a_half_open():
    """2,000 connections that say nothing or half a line, and 200 that drip their headers."""
    server = shared()
    with Bystander(server, 'half open'):
        for _ in range(ROUNDS):
            quiet = [connect(server) for _ in range(2000)]
            for stream in quiet[::2]:
                send(stream, b'GET /v1/hello HT')
            slow = [connect(server) for _ in range(200)]
            drip(slow, b'GET /v1/hello HTTP/1.1\r\nHost: x\r\nX: ' + b'y' * 1000, 1)
            eventually(lambda: all(ended(stream) for stream in quiet + slow), 'half a request stays for ever')
            close_all(quiet + slow)


def test_b_crowd():
    """More connections than the server takes: those that owe it a request have to go."""
    server = shared()
    newcomer = server.client()
    with Bystander(server, 'crowd'):
        for _ in range(ROUNDS):
            crowd = [connect(server) for _ in range(4200)]
            assert newcomer.get('/v1/hello').status == 200
            close_all(crowd)


def test_c_descriptors():
    """Few descriptors: the server keeps some for its files, and takes the next client when one is gone."""
    with Practice(staff=(), open_files=200) as server, Bystander(server, 'descriptors'):
        for _ in range(ROUNDS):
            crowd = [connect(server) for _ in range(600)]
            assert server.mara.create('patient', given_names='A', family_name='B', status='active')
            assert descriptors(server)[0] < 200
            close_all(crowd)


def test_d_bodies():
    """Bodies that are too long, never end, or are of another length than they said."""
    server = shared()
    piece = b'x' * 65536
    with Bystander(server, 'bodies'):
        for _ in range(ROUNDS):
            for length in (b'209715200', b'1048577', b'18446744073709551615', b'99999999999999999999999'):
                with connect(server) as stream:
                    send(stream, b'POST /v1/operations HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n'
                         b'Content-Length: ' + length + b'\r\n\r\n')
                    for _ in range(3200):  # 200 MB
                        if not send(stream, piece):
                            break
                    answers = statuses(read_all(stream))
                    assert not answers or answers[0] in (400, 413), (length, answers)
            with connect(server) as stream:
                send(stream, head('POST', '/v1/operations', 'Content-Type: application/json',
                                  'Transfer-Encoding: chunked'))
                while send(stream, b'10000\r\n' + piece + b'\r\n'):
                    pass
                answers = statuses(read_all(stream))
                assert not answers or answers == [411], answers
            said_less = ask(server, post('/v1/sessions', b'{}').replace(b'h: 2', b'h: 1'))
            assert said_less and set(said_less) <= {400, 501}, said_less
            said_more = ask(server, post('/v1/sessions', b'{}').replace(b'h: 2', b'h: 50'))
            assert said_more and set(said_more) <= {400}, said_more


def test_e_body_budget():
    """Strangers who announce and keep back: what they fill is theirs alone."""
    server = shared()
    for _ in range(ROUNDS):
        with Bystander(server, 'unfinished bodies'):
            crowd = [connect(server) for _ in range(100)]
            for stream in crowd:
                send(stream, post('/v1/operations', b' ' * 1000000)[:-10])
            waiting = [connect(server) for _ in range(300)]
            for stream in waiting:
                send(stream, post('/v1/sessions', b' ' * 60000)[:-10])
            drip(waiting[:50], b' ', 0.3)
            assert server.mara.create('patient', given_names='Saved', family_name='Meanwhile', status='active')
            # her connection is one more than there were
            server.mara.connection.close()
            server.mara.connection = None
            close_all(crowd + waiting)


SMUGGLED = (
    ('both lengths', post('/v1/sessions', b'{}', 'Content-Length: 2'), 400),
    ('different lengths', post('/v1/sessions', b'{}', 'Content-Length: 44'), 400),
    ('length and chunks', post('/v1/sessions', b'0\r\n\r\n', 'Transfer-Encoding: chunked'), 400),
    ('chunks', head('POST', '/v1/sessions', 'Transfer-Encoding: chunked') + b'0\r\n\r\n', 411),
    ('strange encoding', head('POST', '/v1/sessions', 'Transfer-Encoding: xchunked'), (400, 411, 501)),
    ('folded', head('GET', '/v1/hello', 'X-A: b\r\n c'), (200, 400)),
    ('folded length', head('POST', '/v1/sessions', 'Content-Length:\r\n 2') + b'{}', 400),
    ('NUL in the line', b'GET /v1/hello\0x HTTP/1.1\r\nHost: x\r\n\r\n', 400),
    ('NUL in a header', head('GET', '/v1/hello', 'X-A: b\0c'), 400),
    ('negative length', head('POST', '/v1/sessions', 'Content-Length: -1'), 400),
    ('length in hex', head('POST', '/v1/sessions', 'Content-Length: 0x2') + b'{}', 400),
    ('length with a sign', head('POST', '/v1/sessions', 'Content-Length: +2') + b'{}', 400),
    ('no host', head('GET', '/v1/hello', host=None), 400),
    ('two hosts', head('GET', '/v1/hello', 'Host: y'), 400),
    ('space before the colon', head('GET', '/v1/hello', 'X-A : b'), (200, 400)),
    ('no version', b'GET /v1/hello\r\n\r\n', (400, 505)),
    ('version 3', head('GET', '/v1/hello', version='HTTP/3.0'), (400, 505)),
    ('8 KiB address', head('GET', '/v1/' + 'a' * 8192), 414),
    ('64 KiB address', head('GET', '/v1/' + 'a' * 65536), (413, 414, 431)),
    ('101 headers', head('GET', '/v1/hello', *('X-%d: a' % i for i in range(101))), 431),
    ('20 KiB header', head('GET', '/v1/hello', 'X-A: ' + 'a' * 20000), 431),
    ('upwards', head('GET', '/v1/../../etc/passwd'), (400, 404)),
    ('upwards in codes', head('GET', '/v1/%2e%2e%2f%2e%2e/etc/passwd'), (400, 404)),
    ('NUL in codes', head('GET', '/v1/hello%00'), 400),
    ('not UTF-8', head('GET', '/v1/%ff%fe'), 400),
    ('many parameters', head('GET', '/v1/hello?' + 'a=1&' * 500), 400),
)


# Here the end of the request is beyond doubt, so the connection goes on.
HARMLESS = ('upwards', 'upwards in codes', 'NUL in codes', 'not UTF-8', 'many parameters')


def test_f_smuggling():
    """What may mean one thing to a proxy and another to us is refused, and nothing after it is read."""
    server = shared()
    with Bystander(server, 'smuggling'):
        for _ in range(ROUNDS):
            with concurrent.futures.ThreadPoolExecutor(16) as pool:  # some are answered by a deadline
                given = pool.map(lambda case: ask(server, case[1]), SMUGGLED)
            for (name, _, wanted), answers in zip(SMUGGLED, given):
                wanted = wanted if isinstance(wanted, tuple) else (wanted,)
                assert not answers or answers[0] in wanted, (name, answers)
                assert 200 not in answers[1:] or name in HARMLESS or answers[0] == 200, (name, answers)


def test_g_floods():
    """Headers without end, requests without a look at the answers, connections without a word, noise."""
    server = shared()
    chance = random.Random(time.time_ns())
    with Bystander(server, 'floods'):
        for _ in range(ROUNDS):
            with connect(server) as stream:
                send(stream, b'GET /v1/hello HTTP/1.1\r\nHost: x\r\n')
                while send(stream, b'X-Flood: %d\r\n' % chance.getrandbits(40) * 500):
                    pass
            for _ in range(20):
                stream = connect(server, 4096)
                stream.settimeout(0.2)
                send(stream, head('GET', '/v1/openapi.json') * 2000)  # and never reads
                stream.close()
            assert ask(server, head('GET', '/v1/hello') * 3000) == [200] * 3001
            for i in range(2000):
                stream = connect(server)
                if i % 2:
                    stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
                stream.close()
            for _ in range(200):
                with connect(server) as stream:
                    send(stream, chance.randbytes(chance.randint(1, 3000)))


def clinical(server):
    """A few MiB of somebody's notes, so that a page is large."""
    patient = server.patient(server.mara, 'Long', server.diaries['mara'])['id']
    for _ in range(20):
        server.mara.done('note.save', note={
            'type': 'progress_note', 'id': new_id(), 'patient': patient, 'kind': 'free', 'status': 'draft',
            'note_date': '2026-11-20', 'body': 'The same again. ' * 6000})
    return patient


def filed(server, patient):
    data = secrets.token_bytes(3000000)
    name = hashlib.blake2b(data, digest_size=32).hexdigest()
    answer = server.mara.call('PATCH', '/v1/blobs/' + name, raw=data, headers={
        'Upload-Offset': '0', 'Upload-Length': str(len(data)), 'Content-Type': 'application/octet-stream'})
    assert answer.status == 204, answer
    server.mara.done('document.file', document={
        'type': 'document', 'id': new_id(), 'patient': patient, 'kind': 'letter', 'title': 'Letter',
        'document_date': '2026-11-20', 'media_type': 'application/pdf', 'size': len(data), 'hash': name})
    return '/v1/blobs/' + name


def test_h_slow_readers():
    """Large answers that nobody takes: a user has so many under way and no more, and others have theirs."""
    server = shared()
    blob = filed(server, clinical(server))
    greedy = server.client()
    for path in ('/v1/snapshot', '/v1/changes?cursor=0', blob):
        for _ in range(ROUNDS):
            with Bystander(server, 'slow readers of ' + path[:13]):
                crowd = [connect(server, 4096) for _ in range(100)]
                for stream in crowd:
                    send(stream, head('GET', path, 'Authorization: Bearer ' + greedy.access))
                refused = []
                eventually(lambda: len(refused) >= 80 or refused.extend(
                    stream for stream in crowd if stream not in refused and refusal(stream)), 'nobody is refused')
                close_all(crowd)
            eventually(lambda: greedy.get(path).status == 200, 'the places are not given back')


def refusal(stream):
    """Whether the answer that begins to come is a 429."""
    stream.setblocking(False)
    try:
        return stream.recv(64, socket.MSG_PEEK).startswith(b'HTTP/1.1 429 ')
    except OSError:
        return False


def bomb():
    """A megabyte of zeros as one deflated message."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(b'\0' * 1000000) + packer.flush(zlib.Z_SYNC_FLUSH)[:-4]


FRAMES = (
    ('unmasked', frame(b'{}', masked=False), 1002),
    ('reserved bit', frame(bomb(), reserved=0x40), 1002),
    ('reserved opcode', frame(b'', opcode=3), 1002),
    ('binary', frame(b'x', opcode=2), 1003),
    ('long ping', frame(b'x' * 126, opcode=9), 1002),
    ('ping in pieces', frame(b'x', opcode=9, last=False), 1002),
    ('a piece of nothing', frame(b'x', opcode=0), 1002),
    ('not UTF-8', frame(b'"\xff"'), 1007),
    ('of a stranger', frame(b'x' * 5000), 1009),
    ('64 KiB and one', frame(b'x' * 65537)[:14], 1009),
    ('8 EiB', b'\x81\xff' + struct.pack('>Q', 2 ** 62) + b'\0\0\0\0', 1009),
    ('negative', b'\x81\xff' + b'\xff' * 8 + b'\0\0\0\0', 1002),
    ('close of one byte', frame(b'x', opcode=8), 1002),
    ('endless pieces', frame(b'x' * 1000, last=False) + frame(b'x' * 1000, opcode=0, last=False) * 4000, 1009),
    ('weightless pieces', frame(b'', last=False) + frame(b'', opcode=0, last=False) * 40000, 1008),
    ('pings', frame(b'x' * 125, opcode=9) * 20000, 1008),
    ('pongs', frame(b'x' * 125, opcode=10) * 20000, 1008),
    ('deep JSON', frame(b'[' * 4000), 1008),
    ('no token', frame(b'{"at":1}'), 1008),
    ('bad token', frame(b'{"token":"' + b'x' * 3000 + b'"}'), 1008),
)


def test_i_frames():
    """Every frame that RFC 6455 forbids, and those it allows and we do not."""
    server = shared()
    with Bystander(server, 'frames'):
        silent = [upgrade(server) for _ in range(500)]
        halves = [upgrade(server) for _ in range(500)]
        for stream in halves:
            send(stream, frame(b'x' * 4000)[:3000])
        for _ in range(ROUNDS):
            for name, data, code in FRAMES:
                with upgrade(server, *UPGRADE, 'Sec-WebSocket-Extensions: permessage-deflate') as stream:
                    send(stream, data)
                    got = close_code(stream)
                    assert got in (code, None), (name, got)
        for stream in silent[:20] + halves[:20]:
            assert close_code(stream) == 1008, 'who does not sign in may not stay'
        eventually(lambda: all(ended(stream) for stream in silent + halves), 'silent sockets stay')
        close_all(silent + halves)


def test_j_signed_in_sockets():
    """What a signed-in user may do with sockets: eight of them, 20 messages a second, 64 KiB."""
    server = shared()
    mara = server.client()
    with Bystander(server, 'sockets of one user'):
        for _ in range(ROUNDS):
            members = [Socket(mara) for _ in range(8)]
            for member in members:
                assert 'poke' in member.receive()
            assert Socket(mara).receive() in (None, {'signed_out': True}), 'a ninth'
            for _ in range(100):
                members[0].send({'at': 2 ** 60})
            send(members[1].stream, frame(b'[' * 60000))
            send(members[2].stream, frame(b'{"at":' + b'9' * 60000 + b'}'))
            send(members[3].stream, frame(b'x' * 65537)[:14])
            for member in members[:4]:
                while member.receive() is not None:
                    pass
            close_all(member.stream for member in members)


BODIES = (
    ('90,000 brackets', b'[' * 90000), ('90,000 braces', b'{"a":' * 18000), ('32 deep and one', b'[' * 33 + b']' * 33),
    ('50,000 members', b'{' + b','.join(b'"%d":0' % i for i in range(50000)) + b'}'),
    ('a member twice', b'{"login":"a","login":"b"}'), ('not UTF-8', b'{"login":"\xc3\x28"}'),
    ('overlong', b'{"login":"\xc0\x80"}'), ('half a pair', b'{"login":"\\ud800"}'), ('NUL', b'{"login":"\\u0000"}'),
    ('a huge number', b'{"login":' + b'9' * 60000 + b'}'), ('a huge exponent', b'{"login":1e999999999}'),
    ('one string', b'"' + b'a' * 60000), ('escapes', b'{"login":"' + b'\\u0041' * 10000 + b'"}'), ('nothing', b''),
    ('zeros', b'\0' * 60000), ('signs', b'-' * 60000), ('cut', b'{"login":"mara","password":'),
)


def test_k_json():
    """JSON made to break its reader, from strangers and from somebody signed in."""
    server = shared()
    with Bystander(server, 'JSON'):
        for _ in range(ROUNDS):
            for name, body in BODIES:  # fifty thousand members are well within the bounds, and mean nothing
                answers = ask(server, post('/v1/sessions', body))
                assert answers and answers[0] in (400, 401, 413), (name, answers)
                answers = ask(server, post('/v1/operations', body))
                assert answers and answers[0] in (400, 401, 413), (name, answers)
                answers = ask(server, post('/v1/operations', body, 'Authorization: Bearer ' + server.mara.access))
                assert answers and answers[0] in (400, 403, 413), (name, answers)


def test_l_slow_deadlines():
    """Half a body, a connection after its answer, a signed-in socket that answers no ping: 30, 60 and 60 seconds."""
    server = shared()
    if not LONG:
        return
    listener = server.client()
    with Bystander(server, 'slow deadlines'):
        halves = [connect(server) for _ in range(50)]
        for stream in halves:
            send(stream, post('/v1/operations', b' ' * 1000)[:-10])
        kept = [connect(server) for _ in range(50)]
        for stream in kept:
            send(stream, head('GET', '/v1/health'))
        deaf = Socket(listener).stream
        for stream in (*halves, *kept, deaf):
            eventually(lambda: ended(stream), 'what owes something stays for ever', 100)
        close_all((*halves, *kept, deaf))


def test_z_still_well():
    server = shared()
    eventually(lambda: json.loads(server.mara.get('/v1/hello').body)['head'] > 0, 'no answer')
    assert server.stop() == 0
    assert not [line for line in server.log if 'level=error' in line], server.log


if __name__ == '__main__':
    sys.exit(main(globals()))
