# proxy.py: stands between the window and its server: cuts the line, and gives answers a test wants
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a test does to the line, a network or another version of the server would do: nothing else is invented."""
import json
import re
import select
import socket
import threading

LOOKS = ('chart.open', 'thread.mark')


def read_head(conn):
    data = b''
    while b'\r\n\r\n' not in data:
        piece = conn.recv(65536)
        if not piece or len(data) > 1 << 20:
            return None, b''
        data += piece
    head, _, rest = data.partition(b'\r\n\r\n')
    return head.decode('latin-1'), rest


def header(head, name):
    found = re.search(r'(?im)^%s:\s*(.*?)\s*$' % re.escape(name), head)
    return found.group(1) if found else None


class Proxy:
    """cut: nobody answers. answers: (method and path) to (status, JSON) instead of the server's.
    operations: name of an operation to what replaces its result; the server never sees the operation.
    conflicts: name of an operation to the conflicts that are added to its result.
    seen: every operation that was sent, but for those that only tell of a look."""

    def __init__(self, port):
        self.upstream = port
        self.cut = False
        self.answers = {}
        self.operations = {}
        self.conflicts = {}
        self.seen = []
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.url = 'http://127.0.0.1:%d' % self.listener.getsockname()[1]
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            conn, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(conn,), daemon=True).start()

    def serve(self, conn):
        try:
            with conn:
                self.answer(conn)
        except OSError:
            pass

    def answer(self, conn):
        head, body = read_head(conn)
        if head is None or self.cut:
            return
        method, target, _ = head.split('\r\n', 1)[0].split(' ')
        if header(head, 'Upgrade'):
            self.pipe(conn, head.encode('latin-1') + b'\r\n\r\n' + body)
            return
        while len(body) < int(header(head, 'Content-Length') or 0):
            body += conn.recv(65536)
        path = target.split('?')[0]
        ready = self.answers.get('%s %s' % (method, path))
        if ready is not None:
            self.respond(conn, ready[0], json.dumps(ready[1]).encode())
        elif path == '/v1/operations':
            self.operate(conn, head, json.loads(body))
        else:
            conn.sendall(self.ask(head, body))

    def ask(self, head, body):
        head = re.sub(r'(?im)^(Connection|Accept-Encoding|Content-Length|Expect):.*\r?\n?', '', head + '\r\n').rstrip()
        head += '\r\nConnection: close\r\nContent-Length: %d\r\n\r\n' % len(body)
        with socket.create_connection(('127.0.0.1', self.upstream)) as server:
            server.sendall(head.encode('latin-1') + body)
            answer = b''
            while True:
                piece = server.recv(1 << 20)
                if not piece:
                    return answer
                answer += piece

    @staticmethod
    def respond(conn, status, body):
        conn.sendall(b'HTTP/1.1 %d Answer\r\nContent-Type: application/json\r\nConnection: close\r\n'
                     b'Content-Length: %d\r\n\r\n' % (status, len(body)) + body)

    def operate(self, conn, head, batch):
        held = [entry for entry in batch['operations'] if entry['name'] in self.operations]
        names = {entry['id']: entry['name'] for entry in batch['operations']}
        self.seen += [entry for entry in batch['operations'] if entry['name'] not in LOOKS]
        batch['operations'] = [entry for entry in batch['operations'] if entry not in held]
        answer = self.ask(head, json.dumps(batch).encode())
        status, _, body = answer.partition(b'\r\n\r\n')
        if b' 200 ' not in status.split(b'\r\n')[0]:
            conn.sendall(answer)
            return
        result = json.loads(body)
        for one in result['results']:
            if names.get(one['id']) in self.conflicts:
                one['conflicts'] = self.conflicts[names[one['id']]]
        result['results'] += [dict(self.operations[entry['name']], id=entry['id']) for entry in held]
        self.respond(conn, 200, json.dumps(result).encode())

    def pipe(self, conn, first):
        with socket.create_connection(('127.0.0.1', self.upstream)) as server:
            server.sendall(first)
            while not self.cut:
                for ready in select.select([conn, server], [], [], 0.1)[0]:
                    data = ready.recv(65536)
                    if not data:
                        return
                    (server if ready is conn else conn).sendall(data)
