#!/usr/bin/python3
# test_network.py: the tests' own network does to packets what it was asked for
#
# SPDX-License-Identifier: GPL-3.0-or-later
import pathlib
import socket
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
# pylint: disable=wrong-import-position
from network import Door, Network
from wattled import main


def port(node, number=0):
    """A UDP socket at a node."""
    with node.inside():
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind(('0.0.0.0', number))
    made.settimeout(20)
    return made


def flood(seed, **words):
    """Which of two hundred packets arrive, and where they seem to come from."""
    with Network(seed) as network:
        one, other = network.node('one'), network.node('other')
        one.shape('up', **words)
        away, home = port(one), port(other, 5000)
        for number in range(200):
            away.sendto(b'%d' % number, (other.address, 5000))
        one.shape('up', loss=0)
        away.sendto(b'end', (other.address, 5000))
        arrived = []
        while (data := home.recv(100)) != b'end':
            arrived.append(int(data))
        return arrived


def test_chance():
    lossy = flood(7, loss=0.3)
    assert 100 < len(lossy) < 180, lossy
    assert flood(7, loss=0.3) == lossy
    assert flood(8, loss=0.3) != lossy
    gaps = [after - before - 1 for before, after in zip(lossy, lossy[1:])]
    bursts = flood(7, loss=0.3, burst=8)
    longer = [after - before - 1 for before, after in zip(bursts, bursts[1:])]
    assert max(longer) > max(gaps), (gaps, longer)
    assert flood(7, delay=5, jitter=4) == list(range(200))


def test_speed():
    """What is delayed is late; what is too much for a rate is dropped when the queue is full."""
    with Network() as network:
        one, other = network.node('one'), network.node('other')
        one.shape('up', delay=150)
        away, home = port(one), port(other, 5000)
        before = time.monotonic()
        away.sendto(b'late', (other.address, 5000))
        home.recv(100)
        assert time.monotonic() - before >= 0.15
        one.shape('up', delay=0, rate=1000, queue=50)
        for _ in range(100):
            away.sendto(b'x' * 1200, (other.address, 5000))
        deadline = time.monotonic() + 20
        while one.count()[0] < 101 and time.monotonic() < deadline:
            threading.Event().wait(0.01)
        packets, _, lost = one.count()[:3]
        assert packets == 101 and 30 < lost < 98, (packets, lost)


def test_routers():
    with Network() as network:
        far, third = network.node('far'), network.node('third')
        sides = {kind: network.node(kind, kind) for kind in ('cone', 'symmetric')}
        home, away = port(far, 5000), port(third, 5000)
        for kind, node in sides.items():
            own = port(node, 6000)
            own.sendto(b'to far', (far.address, 5000))
            seen = home.recvfrom(100)[1]
            own.sendto(b'to third', (third.address, 5000))
            seen_there = away.recvfrom(100)[1]
            assert seen[0] == node.address != node.inner
            assert (seen == seen_there) == (kind == 'cone'), (seen, seen_there)
            # An answer comes in; what nobody inside asked for does not.
            port(far, 5001).sendto(b'a stranger', seen)
            home.sendto(b'an answer', seen)
            assert own.recv(100) == b'an answer'
        with far.inside():
            server = socket.create_server(('0.0.0.0', 80))
        with sides['cone'].inside():
            client = socket.create_connection((far.address, 80), timeout=20)
        taken, peer = server.accept()
        assert peer[0] == sides['cone'].address
        client.sendall(b'x' * 100000 + b'.')
        received = b''
        while not received.endswith(b'.'):
            received += taken.recv(65536)
        assert len(received) == 100001


def test_cut_and_change():
    with Network() as network:
        one, other = network.node('one', 'cone'), network.node('other')
        away, home = port(one, 6000), port(other, 5000)
        one.cut()
        away.sendto(b'never', (other.address, 5000))
        deadline = time.monotonic() + 20
        while one.count()[2] == 0 and time.monotonic() < deadline:
            threading.Event().wait(0.01)
        one.mend()
        away.sendto(b'again', (other.address, 5000))
        data, before = home.recvfrom(100)
        assert data == b'again'
        one.change()
        away.sendto(b'elsewhere', (other.address, 5000))
        data, after = home.recvfrom(100)
        assert data == b'elsewhere' and after[0] == one.address != before[0]


def test_side_by_side():
    """The test itself is in two networks at once, and each answers at the address it was asked at."""
    with Network() as one, Network() as other:
        for network in (one, other):
            here, far = network.here(), network.node('far')
            home = port(far, 5000)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as away:
                away.sendto(b'hello', (far.address, 5000))
            data, seen = home.recvfrom(100)
            assert data == b'hello' and seen[0] == here.address, seen


def test_door():
    """What listens on this computer alone is there in a node, until its network is cut."""
    with Network() as network, socket.create_server(('127.0.0.1', 0)) as server:
        network.here()
        node = network.node('far')
        number = server.getsockname()[1]
        Door(node, number)
        with node.inside():
            client = socket.create_connection(('127.0.0.1', number), timeout=20)
        taken = server.accept()[0]
        client.sendall(b'question')
        assert taken.recv(100) == b'question'
        taken.sendall(b'answer')
        assert client.recv(100) == b'answer'
        node.cut()
        taken.sendall(b'never')
        before = node.count()[5]
        deadline = time.monotonic() + 20
        while node.count()[5] == before and time.monotonic() < deadline:
            threading.Event().wait(0.01)
        node.mend()
        assert client.recv(100) == b'never', 'what was lost comes again'


if __name__ == '__main__':
    sys.exit(main(globals()))
