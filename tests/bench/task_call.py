# task_call.py: a call through a bad network: how soon it is there, how long it freezes, how it comes back
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two media engines, Chromium and Chromium, and one of each, by turns through the same network. The figures are taken
where both kinds can tell them: when a picture was handed to who draws it. A way has 25 +- 5 ms each direction; loss is
of each direction. The words that arrange a call are passed on at once, for both alike. The camera is a moving ball for
the engine and Chromium's own drawn one; where pictures are lost or too large both have the same, all of which moves
("test:busy"). WATTLE_BENCH_CALL names the steps to run (of: losses age cost recovery cliff paths rebuilds)."""
import base64
import contextlib
import hashlib
import hmac
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time

from measuring import ROOT, Result, say

sys.path[:0] = [os.path.join(ROOT, 'tests', 'telehealth'), os.path.join(ROOT, 'tests', 'server')]
# pylint: disable=wrong-import-position
from network import Network
from sides import Browser, Engine, Call
from wattled import Skipped

NAME = 'call'
ROUNDS = 2  # with which the whole takes a quarter of an hour
LOSSES = (0, 5, 10, 20)
PAIRS = {'two engines': (Engine, Engine), 'Chromium': (Browser, Browser), 'engine to Chromium': (Engine, Browser),
         'Chromium to engine': (Browser, Engine)}
YARDSTICK = 'Chromium'
SECRET = 'a secret of relay and bench'
FREEZE = 0.15
TICK = os.sysconf('SC_CLK_TCK')


def pause(seconds):
    threading.Event().wait(seconds)


def middle(values, part=0.5):
    values = sorted(values)
    return values[min(int(len(values) * part), len(values) - 1)] if values else None


def freezes(times, start, end):
    """Seconds frozen, and how often, by the rule of the W3C: a gap over 3 usual ones and over a usual one + 150 ms."""
    times = [start, *[one for one in times if start <= one <= end], end]
    gaps, frozen, count = [], 0, 0
    for before, after in zip(times, times[1:]):
        gap = after - before
        usual = sum(gaps[-30:]) / len(gaps[-30:]) if gaps else 1 / 30
        if gap > max(3 * usual, usual + FREEZE):
            frozen, count = frozen + gap, count + 1
        else:
            gaps.append(gap)
    return frozen, count


def ages(here, there):
    """How old each picture is, in ms: against when the same place of the ball was seen at the other end's own camera.
    Chromium reckons it from the sender's reports."""
    if not here['own'] and not there['own']:
        return [about / 1000 for _, about, _ in here['others'] if about]
    found = []
    for t, x, y in here['others']:
        near = [(abs(x - a) + abs(y - b), t - s) for s, a, b in there['own'] if 0 <= t - s < 2e6]
        if near:
            found.append(min(near)[1] / 1000)
    return found


def processor(pids):
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError), open(f'/proc/{pid}/stat', encoding='utf-8') as file:
            words = file.read().rsplit(')', 1)[1].split()
            total += (int(words[11]) + int(words[12])) / TICK
    return total


def holdings(pids):
    """Megabytes, threads and descriptors."""
    sums = [0, 0, 0]
    for pid in pids:
        with open(f'/proc/{pid}/status', encoding='utf-8') as file:
            status = dict(line.split(':', 1) for line in file)
        sums[0] += int(status['VmRSS'].split()[0]) / 1024
        sums[1] += int(status['Threads'])
        sums[2] += len(os.listdir(f'/proc/{pid}/fd'))
    return sums


class Table:
    """Figures by name; each line says how often it was measured."""

    def __init__(self):
        self.rows = {}

    def add(self, name, unit, ours, peer=None, aim=None, kind='at most'):
        row = self.rows.setdefault(name, (unit, aim, kind, [], []))
        row[3].extend([ours] if isinstance(ours, (int, float)) else ours)
        row[4].extend([] if peer is None else [peer] if isinstance(peer, (int, float)) else peer)

    def results(self):
        for name, (unit, aim, kind, ours, peer) in self.rows.items():
            result = Result(f'{name} (n={len(ours)})', unit, kind if aim else None, aim, YARDSTICK)
            for at, one in enumerate(ours):
                if at < len(peer):
                    # Nothing against nothing is no loss; something against nothing is.
                    result.add(one, peer[at], one / peer[at] if peer[at] else 1 if one <= 0 else 100)
                else:
                    result.add(one)
            yield result


class Bench:
    def __init__(self, options, network):
        self.options, self.network, self.table = options, network, Table()
        self.nodes = [network.node('one'), network.node('other')]
        self.seen = {}

    def weather(self, loss=0, nodes=None, **words):
        for node in nodes or self.nodes:
            node.shape('up', **dict({'delay': 25, 'jitter': 5, 'loss': loss / 100, 'rate': 0, 'queue': 200}, **words))

    def watch(self, call, seconds):
        """What both ends see and hear for a while: share frozen, freezes a minute, share of sound made up, ages."""
        call.mark()
        start, before = time.time(), [side.sound() for side in call.sides]
        pause(seconds)
        end, seen = time.time(), [side.gather() for side in call.sides]
        frozen, count, old = 0, 0, []
        for here, there in (seen, seen[::-1]):
            one, times = freezes([t / 1e6 for t, *_ in here['others']], start, end)
            frozen, count = frozen + one / 2, count + times / 2
            old += ages(here, there)
        sound = sum(side.sound() for side in call.sides) / 2 if before else 0
        return 100 * frozen / (end - start), 60 * count / (end - start), 100 * sound, old

    def losses(self):
        """Joining and staying at each loss, of each pair."""
        quick = self.options.quick
        joins, seconds = (3, 8) if quick else (5, 12)
        rounds = 1 if quick else min(self.options.rounds, ROUNDS)
        for number, (pair, kinds) in [(n, one) for n in range(rounds) for one in PAIRS.items()]:
            # What is of both kinds is measured once: the yardstick is of one.
            if number == 0 or len(set(kinds)) == 1:
                self.weather()
                with Call(kinds, self.nodes, camera='test:busy') as call:
                    first = call.join()
                    for loss in LOSSES:
                        self.weather(loss)
                        times = [call.join() for _ in range(joins)]
                        self.seen.setdefault(('join', pair, loss), []).extend(one or 30 for one in times)
                        one = self.watch(call, seconds)
                        self.seen.setdefault(('watch', pair, loss), []).append(one)
                        told = ' '.join('never' if t is None else f'{t:.2f}' for t in times)
                        say(f'{number + 1} {pair}, {loss} % loss: joined in {told} s; frozen {one[0]:.1f} %, '
                            f'{one[1]:.0f} freezes a minute; sound made up {one[2]:.1f} %')
                    self.seen.setdefault(('first', pair, 0), []).append(first or 30)
        for pair in PAIRS:
            if pair != YARDSTICK:
                self.tell_losses(pair)

    def tell_losses(self, pair):
        table = self.table
        peer = self.seen['first', YARDSTICK, 0]
        table.add(f'Join, {pair}, the first of a process', 's', self.seen['first', pair, 0], peer, 1)
        for loss in LOSSES:
            ours, peer = self.seen['join', pair, loss], self.seen['join', YARDSTICK, loss]
            table.add(f'Join, {pair}, {loss} % loss', 's', ours, peer, 1)
            late, their = middle(ours, 0.95), middle(peer, 0.95)
            table.add(f'Join, {pair}, {loss} % loss, 95th of {len(ours)}', 's', late, their, 1)
        for loss in LOSSES:
            ours, peer = self.seen['watch', pair, loss], self.seen['watch', YARDSTICK, loss]
            for at, (name, unit) in enumerate((('Frozen', '%'), ('Freezes a minute', ''), ('Sound made up', '%'))):
                table.add(f'{name}, {pair}, {loss} % loss', unit, [one[at] for one in ours],
                          [one[at] for one in peer], 1)

    def age(self):
        seconds = 5 if self.options.quick else 15
        found = {}
        for pair in ('two engines', 'Chromium'):
            self.weather()
            with Call(PAIRS[pair], self.nodes) as call:
                call.join()
                pause(2)
                found[pair] = self.watch(call, seconds)[3]
        ours, peer = found['two engines'], found['Chromium']
        for part, name in ((0.5, 'median'), (0.95, '95th')):
            old = middle(peer, part)
            self.table.add(f'Age of a picture, {name} of {len(ours)}', 'ms', middle(ours, part), old, 1)
            say(f'age of a picture, {name}: {middle(ours, part):.0f} ms, Chromium {old or 0:.0f} ms')

    def cost(self):
        seconds = 6 if self.options.quick else 20
        found = {}
        self.weather()
        for pair in ('two engines', 'Chromium'):
            with Call(PAIRS[pair], self.nodes, width=1280, height=720) as call:
                call.join()
                pause(6)
                pids = [pid for side in call.sides for pid in side.processes()]
                call.mark()
                before, start = processor(pids), time.monotonic()
                pause(seconds)
                span = time.monotonic() - start
                frames = len(call.sides[0].gather()['others']) / span
                found[pair] = 50 * (processor(pids) - before) / span
                say(f'720p, {pair}: {found[pair]:.0f} % of a core each, {frames:.0f} pictures a second, '
                    f'{call.sides[0].figures.get("height", "") if kinds_are(call, Engine) else ""}')
        name, unit = 'Processor of a 720p call, each', '% of a core'
        self.table.add(name, unit, found['two engines'], None, 50)
        self.table.add(name + ', to Chromium', unit, found['two engines'], found['Chromium'], 1)

    def recovery(self):
        for number in range(1 if self.options.quick else min(self.options.rounds, ROUNDS)):
            times = {}
            for pair in ('two engines', 'Chromium'):
                self.weather()
                with Call(PAIRS[pair], self.nodes) as call:
                    call.join()
                    pause(2)
                    self.nodes[1].cut()
                    call.hold()
                    pause(10)
                    self.nodes[1].mend()
                    call.let_go()
                    times['cut', pair] = call.recover() or 30
                    pause(3)
                    self.nodes[1].change()
                    pause(0.5)
                    times['change', pair] = 0.5 + (call.recover() or 30)
                    say(f'{number + 1} {pair}: back {times["cut", pair]:.2f} s after a cut of 10 s, '
                        f'{times["change", pair]:.2f} s after a change of address')
            for kind, name in (('cut', 'Back after a cut of 10 s'), ('change', 'Back after a change of address')):
                self.table.add(name, 's', times[kind, 'two engines'], None, 3)
                self.table.add(name + ', to Chromium', 's', times[kind, 'two engines'], times[kind, 'Chromium'], 1)

    def cliff(self):
        """2 Mbit/s, then 400 kbit/s, then 2 Mbit/s."""
        before, bad, after = (8, 10, 10) if self.options.quick else (15, 15, 20)
        found = {}
        for pair in ('two engines', 'Chromium'):
            self.weather(rate=2000)
            with Call(PAIRS[pair], self.nodes, width=1280, height=720, camera='test:busy') as call:
                call.join()
                pause(before)
                self.weather(rate=400)
                worst = self.watch(call, bad)
                self.weather(rate=2000)
                better = self.watch(call, after)
                found[pair] = worst[0] * bad / 100
                say(f'cliff, {pair}: frozen {found[pair]:.1f} of {bad} s below it, '
                    f'{better[0] * after / 100:.1f} of {after} s after it; sound made up {worst[2]:.1f} %')
        self.table.add(f'Frozen below a cliff of {bad} s', 's', found['two engines'], found['Chromium'], 1)
        self.weather()

    def paths(self):
        """By which way; a relay has the same way as everybody."""
        joins = 2 if self.options.quick else 6
        with Relay(self.network) as relay:
            ways = [('routers that keep ports', 'cone', relay.stun(), False),
                    ('routers that do not', 'symmetric', relay.servers('udp'), False),
                    *((f'relay over {kind}', 'open', relay.servers(kind), True) for kind in ('udp', 'tcp', 'tls'))]
            for at, (name, router, servers, only) in enumerate(ways):
                nodes = [self.network.node(f'way{at}{side}', router) for side in 'ab']
                self.weather(nodes=nodes)
                self.weather(nodes=[relay.node], delay=0, jitter=0)
                times = {}
                for pair in ('two engines', 'Chromium'):
                    with Call(PAIRS[pair], nodes, servers=servers, relay_only=only,
                              authorities=relay.certificate) as call:
                        call.join()
                        times[pair] = [call.join() or 30 for _ in range(joins)]
                        say(f'{name}, {pair}: {middle(times[pair]):.2f} s ({call.sides[0].path()})')
                        if only and name.endswith('udp'):
                            self.restart(relay, pair, call)
                self.table.add(f'Join by {name}', 's', times['two engines'], times['Chromium'], 1)
        if ('restart', 'two engines') in self.seen:
            self.table.add('Back after a restart of the relay', 's', self.seen['restart', 'two engines'],
                           self.seen['restart', 'Chromium'], 1)

    def restart(self, relay, pair, call):
        relay.stop()
        pause(0.5)
        relay.start()
        back = call.recover() or 30
        self.seen['restart', pair] = back
        say(f'{pair}: back {back:.2f} s after the relay is')

    def rebuilds(self):
        """A hundred generations; what is held after the first ten and after all."""
        whole = 30 if self.options.quick else 100
        self.weather()
        with Call(PAIRS['two engines'], self.nodes) as call:
            held = []
            for number in range(whole + 1):
                if call.join() is None:
                    raise RuntimeError('a call did not come back')
                if number in (10, whole):
                    held.append(holdings([pid for side in call.sides for pid in side.processes()]))
        for name, unit, one, other in zip(('Memory', 'Threads', 'Descriptors'), ('MB', '', ''), *held):
            self.table.add(f'{name} of two after {whole} rebuilds', unit, other, one, 1.1)
            say(f'{name.lower()} after 10 rebuilds {one:.0f}, after {whole} {other:.0f}')

    def hour(self):
        self.weather()
        with Call(PAIRS['two engines'], self.nodes, width=320, height=180) as call:
            call.join()
            pause(120)
            pids = [pid for side in call.sides for pid in side.processes()]
            begun = holdings(pids)
            pause(3480)
            ended = holdings(pids)
        for name, unit, one, other in zip(('Memory', 'Threads', 'Descriptors'), ('MB', '', ''), begun, ended):
            self.table.add(f'{name} of two after an hour', unit, other, one, 1.1)
            say(f'{name.lower()} after two minutes {one:.0f}, after an hour {other:.0f}')


def kinds_are(call, kind):
    return all(isinstance(side, kind) for side in call.sides)


class Relay:
    """Debian's coturn at a node of its own."""

    def __init__(self, network):
        self.node = network.node('relay')
        self.folder = tempfile.TemporaryDirectory(prefix='measure-wattle-')
        self.certificate, self.key = (os.path.join(self.folder.name, name) for name in ('certificate.pem', 'key.pem'))
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
                        '-days', '2', '-subj', '/CN=relay', '-addext', 'subjectAltName=IP:' + self.node.address,
                        '-keyout', self.key, '-out', self.certificate], check=True, stderr=subprocess.DEVNULL)
        self.process = None

    def start(self):
        self.process = self.node.popen(
            ['turnserver', '-n', '--listening-ip', self.node.address, '--relay-ip', self.node.address,
             '--listening-port', '3478', '--tls-listening-port', '5349', '--use-auth-secret',
             '--static-auth-secret=' + SECRET, '--realm=wattle', '--cert', self.certificate, '--pkey', self.key,
             '--no-cli', '--pidfile', os.path.join(self.folder.name, 'pid'), '--log-file=stdout', '--fingerprint',
             '--userdb', os.path.join(self.folder.name, 'database')],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(600):
            with contextlib.suppress(OSError), self.node.inside():
                socket.create_connection((self.node.address, 5349), timeout=5).close()
                return
            pause(0.05)
        raise RuntimeError('the relay did not start')

    def stop(self):
        self.process.terminate()
        self.process.wait(20)

    def stun(self):
        return [(f'stun:{self.node.address}:3478', None, None)]

    def servers(self, kind):
        name = f'{int(time.time()) + 7200}:bench'
        secret = base64.b64encode(hmac.new(SECRET.encode(), name.encode(), hashlib.sha1).digest()).decode()
        uri = f'turns:{self.node.address}:5349' if kind == 'tls' else f'turn:{self.node.address}:3478?transport={kind}'
        return [(uri, name, secret)]

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        self.folder.cleanup()


def measure(options):
    steps = os.environ.get('WATTLE_BENCH_CALL', 'losses age cost recovery cliff paths rebuilds').split()
    try:
        with Network(seed=1) as network:
            bench = Bench(options, network)
            for step in [*steps, *(['hour'] if options.hour else [])]:
                getattr(bench, step)()
            return list(bench.table.results())
    except Skipped as error:
        raise RuntimeError(str(error)) from error
