# network.py: nodes of a network of the test's own, in namespaces, with losses, delays, cuts and routers as asked for
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""
    with Network(seed=1) as network:
        patient = network.node('patient', router='symmetric')    # or 'cone', or 'open': an address of its own
        relay = network.node('relay')
        process = patient.popen(['program'])                     # runs there; files and local sockets are shared
        patient.shape(loss=0.1, delay=25, jitter=5)              # each way; rate in kbit/s, queue in ms
        patient.cut(); patient.mend(); patient.change()          # change: another address, the old one is gone
        with patient.inside(): ...                               # what sockets this thread opens are there
        network.here()                                           # the test's own process gets an address, too
        Door(patient, 8080)                                      # there, 127.0.0.1:8080 is this machine's, far away

It needs root; without the right to make namespaces `Network` raises Skipped. Nothing stays behind: namespaces and
devices go with their processes. Each network has addresses of its own, so that tests may run side by side."""
import contextlib
import ctypes
import os
import pathlib
import socket
import subprocess
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'server'))
# pylint: disable=wrong-import-position
from wattled import Skipped

CLONE_NEWNET = 0x40000000
NUMBER_HERE = 200  # of the test's own process
NETWORKS = range(78, 142)
LIBC = ctypes.CDLL(None, use_errno=True)


def box():
    """The program that carries the packets."""
    build = os.environ.get('WATTLE_BENCH_BUILD', str(pathlib.Path(__file__).resolve().parents[2] / '_build'))
    return os.environ.get('CALL_BOX', build + '/tests/telehealth/box')


class Node:
    def __init__(self, network, name, number, router, process):
        self.network, self.name, self.number, self.router = network, name, number, router
        self.process, self.host = process, 1
        self.pid = process.pid if process else os.getpid()
        self.device = 'net0' if process else 'wattle%d' % network.number
        network.order('node %s %d %d %s %s' % (name, self.pid, number, router, self.device))
        self.run('ip', 'link', 'set', self.device, 'up')
        if process:
            self.run('ip', 'link', 'set', 'lo', 'up')
            self.run('sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=1')
            self.run('ip', 'address', 'add', self.inner + '/24', 'dev', self.device)
            self.run('ip', 'route', 'add', 'default', 'dev', self.device)
        else:
            self.run('ip', 'address', 'add', self.inner + '/16', 'dev', self.device)

    @property
    def address(self):
        """As the others see it."""
        return '10.%d.%d.%d' % (self.network.number, self.number, self.host)

    @property
    def inner(self):
        """As the node itself sees it."""
        return self.address if self.router == 'open' else '192.168.%d.%d' % (self.number, self.host)

    def command(self, arguments):
        """What runs a command there."""
        return ['nsenter', '--net=/proc/%d/ns/net' % self.pid, *arguments] if self.process else list(arguments)

    def popen(self, arguments, **options):
        return subprocess.Popen(self.command(arguments), **options)

    def run(self, *arguments):
        subprocess.run(self.command(arguments), check=True, stdout=subprocess.DEVNULL)

    @contextlib.contextmanager
    def inside(self):
        """This thread is there; what it opens stays there."""
        with open('/proc/thread-self/ns/net', 'rb') as home, open('/proc/%d/ns/net' % self.pid, 'rb') as there:
            assert LIBC.setns(there.fileno(), CLONE_NEWNET) == 0, ctypes.get_errno()
            try:
                yield
            finally:
                assert LIBC.setns(home.fileno(), CLONE_NEWNET) == 0, ctypes.get_errno()

    def shape(self, way='both', **words):
        self.network.order('shape %s %s %s' % (self.name, way, ' '.join('%s=%g' % one for one in words.items())))

    def cut(self):
        self.network.order('cut ' + self.name)

    def mend(self):
        self.network.order('mend ' + self.name)

    def change(self):
        """As when somebody walks from one wireless network into another."""
        old = self.inner
        self.host += 1
        self.run('ip', 'address', 'del', old + '/24', 'dev', self.device)
        self.network.order('renumber %s %d' % (self.name, self.host))
        self.run('ip', 'address', 'add', self.inner + '/24', 'dev', self.device)
        self.run('ip', 'route', 'replace', 'default', 'dev', self.device)

    def count(self):
        """Packets, bytes and losses up, then down."""
        return [int(word) for word in self.network.order('count ' + self.name).split()]


def claim():
    """A number that no other network has here, for as long as this process holds the socket."""
    for number in NETWORKS:
        taken = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            taken.bind('\0wattle-test-network-%d' % number)
            return number, taken
        except OSError:
            taken.close()
    raise Skipped('every network is taken')


class Network:
    def __init__(self, seed=1):
        self.nodes, self.process, self.home = [], None, None
        if subprocess.run(['unshare', '--net', 'true'], check=False, stderr=subprocess.DEVNULL).returncode:
            raise Skipped('network namespaces cannot be made here')
        if not os.access('/dev/net/tun', os.R_OK | os.W_OK):
            raise Skipped('there is no /dev/net/tun here')
        self.number, self.claimed = claim()
        self.process = subprocess.Popen([box(), str(seed), str(self.number)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, bufsize=1)

    def order(self, line):
        self.process.stdin.write(line + '\n')
        answer = self.process.stdout.readline().strip()
        assert answer not in ('', 'no'), 'the network refused: ' + line
        return answer

    def node(self, name, router='open'):
        """A new namespace and its way into the network."""
        process = subprocess.Popen(['unshare', '--net', 'sh', '-c', 'echo here; exec cat'], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, text=True)
        process.stdout.readline()
        self.nodes.append(Node(self, name, len(self.nodes) + 1, router, process))
        return self.nodes[-1]

    def here(self, name='here'):
        """The namespace that this process runs in gets an address."""
        self.home = Node(self, name, NUMBER_HERE, 'open', None)
        return self.home

    def close(self):
        if self.process:
            self.process.stdin.close()
            self.process.wait(20)
        for node in self.nodes:
            node.process.stdin.close()
            node.process.wait(20)
        self.claimed.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Door:
    """A port of this machine's own address is there under the same number in a node; its bytes go over the network."""

    def __init__(self, node, port):
        self.node, self.port = node, port
        outer = socket.create_server((node.network.home.address, 0))
        self.far = outer.getsockname()
        with node.inside():
            inner = socket.create_server(('127.0.0.1', port))
        for listener, reach in ((outer, self._from_here), (inner, self._from_there)):
            threading.Thread(target=self._listen, args=(listener, reach), daemon=True).start()

    def _from_here(self):
        return socket.create_connection(('127.0.0.1', self.port), timeout=20)

    def _from_there(self):
        with self.node.inside():
            return socket.create_connection(self.far, timeout=20)

    @staticmethod
    def _listen(listener, reach):
        while True:
            near = listener.accept()[0]
            threading.Thread(target=Door._carry, args=(near, reach), daemon=True).start()

    @staticmethod
    def _carry(near, reach):
        with contextlib.suppress(OSError), near, reach() as far:
            far.settimeout(None)
            back = threading.Thread(target=Door._pass, args=(far, near), daemon=True)
            back.start()
            Door._pass(near, far)
            back.join()

    @staticmethod
    def _pass(source, target):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
