# relay.py: Debian's coturn with the example configuration, on this machine alone
#
# SPDX-License-Identifier: GPL-3.0-or-later
import os
import socket
import subprocess
import tempfile
import threading
import time

from wattled import Skipped

EXAMPLE = os.path.join(os.path.dirname(__file__), '../../data/coturn/turnserver.conf')
LOCAL = """allow-loopback-peers
listening-ip=127.0.0.1
relay-ip=127.0.0.1
no-dtls
log-file=stdout
tls-listening-port={tls_port}
cert={folder}/certificate.pem
pkey={folder}/key.pem
pidfile={folder}/pid
userdb={folder}/db
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


class Relay:
    """Over UDP and TCP at one port, over TLS at another, with a certificate that nobody vouches for."""

    def __init__(self, secret):
        if not os.path.exists('/usr/bin/turnserver'):
            raise Skipped('there is no coturn here')
        self.port, self.tls_port = free_port(), free_port()
        self.folder = tempfile.TemporaryDirectory(prefix='wattle-turn-')
        with open(EXAMPLE, encoding='utf-8') as file:
            text = file.read()
        for old, new in (('CHANGE-THIS-SECRET', secret), ('listening-port=3478', 'listening-port=%d' % self.port),
                         ('denied-peer-ip=127.0.0.0-127.255.255.255\n', ''), ('\nsyslog\n', '\n')):
            assert old in text, old
            text = text.replace(old, new)
        path = os.path.join(self.folder.name, 'turnserver.conf')
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text + LOCAL.format(folder=self.folder.name, tls_port=self.tls_port))
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
                        '-days', '2', '-subj', '/CN=relay', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout',
                        self.folder.name + '/key.pem', '-out', self.folder.name + '/certificate.pem'],
                       check=True, stderr=subprocess.DEVNULL)
        self.process = subprocess.Popen(['/usr/bin/turnserver', '-c', path], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, cwd=self.folder.name)
        deadline = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(('127.0.0.1', self.port), timeout=1).close()
                return
            except OSError:
                assert time.monotonic() < deadline and self.process.poll() is None, 'coturn did not start'
                threading.Event().wait(0.05)

    def passes(self, turn, *flags):
        """Whether packets go through it with these credentials."""
        try:
            done = subprocess.run(['/usr/bin/turnutils_uclient', '-p', str(self.port), '-u', turn['username'], '-w',
                                   turn['credential'], '-y', '-c', '-n', '5', '-m', '2', *flags, '127.0.0.1'],
                                  capture_output=True, text=True, timeout=20, check=False)
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0 and 'Total lost packets 0' in done.stdout

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(20)
        self.folder.cleanup()


