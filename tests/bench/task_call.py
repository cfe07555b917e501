# task_call.py: a call through a bad network: how soon it is there, how long it freezes, how it comes back
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two media engines, Chromium and Chromium, and one of each, by turns through the same network. The figures are taken
where both kinds can tell them: when a picture was handed to who draws it. Those of two windows are read from their
screens, from the click that admits on; Chromium has no window, server or click. A way has 25 +- 5 ms each direction;
loss is of each direction. The words that arrange a call are passed on at once, for all alike. The camera is a moving
ball for the engine and Chromium's own drawn one; where pictures are lost or too large both have the same, all of which
moves ("test:busy"). WATTLE_BENCH_CALL names the steps to run. A second table says which aims were met."""
import base64
import contextlib
import hashlib
import hmac
import os
import re
import socket
import subprocess
import sys
import tempfile
import time

import call_windows
from call_figures import LOSSES, YARDSTICK, Table, ages, freezes, holdings, middle, pause, processor
from measuring import ROOT, say

sys.path[:0] = [os.path.join(ROOT, 'tests', 'telehealth'), os.path.join(ROOT, 'tests', 'server')]
# pylint: disable=wrong-import-position
from network import Network
from sides import Browser, Engine, Call
from wattled import Skipped

NAME = 'call'
ROUNDS = 2  # with which the whole takes a quarter of an hour
PAIRS = {'two engines': (Engine, Engine), 'Chromium': (Browser, Browser), 'engine to Chromium': (Engine, Browser),
         'Chromium to engine': (Browser, Engine)}
SECRET = 'a secret of relay and bench'
STEPS = 'losses age cost recovery cliff paths rebuilds windows'
# What issue 4 asks for, and the lines of the table that tell.
AIMS = (('Joined no later than Chromium, at any loss', r'^Join, two (engines|windows), \d+ % loss \('),
        ('Frozen no longer than Chromium, at any loss', r'^Frozen, two (engines|windows), '),
        ('The first picture within 0.4 s at no loss', r'^First picture within'),
        ('The picture is back within 3 s', r'^Back after a (cut|change) [^,]*(, two windows)? \('),
        ('Under half a core each at 720p', r'^Processor of a 720p call, each, two (engines|windows) \('),
        ('Flat memory, threads and descriptors', r'^(Memory|Threads|Descriptors) of two '))


class Bench:
    def __init__(self, options, network):
        self.options, self.network, self.table = options, network, Table()
        self.nodes = [network.node('one'), network.node('other')]
        self.seen = {}

    def take(self, step):
        """A step that fails takes nothing with it but its own lines."""
        begun = time.monotonic()
        try:
            getattr(self, step)()
        except (AssertionError, OSError, RuntimeError) as error:
            say(f'{step} failed: {error}')
            self.table.fail(step)
        say(f'{step}: {time.monotonic() - begun:.0f} s')

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

    def lose(self, pair, number, joins, seconds):
        """Joining and staying at each loss."""
        self.weather()
        with Call(PAIRS[pair], self.nodes, camera='test:busy') as call:
            first = call.join()
            for loss in LOSSES:
                self.weather(loss)
                times = [call.join() for _ in range(joins)]
                self.note(pair, number, loss, times, self.watch(call, seconds))
            self.seen.setdefault(('first', pair, 0), []).append(first or 30)

    def note(self, pair, number, loss, times, watched):
        self.seen.setdefault(('join', pair, loss), []).extend(one or 30 for one in times)
        self.seen.setdefault(('watch', pair, loss), []).append(watched)
        told = ' '.join('never' if t is None else f'{t:.2f}' for t in times)
        say(f'{number + 1} {pair}, {loss} % loss: joined in {told} s; frozen {watched[0]:.1f} %, '
            f'{watched[1]:.0f} freezes a minute; sound made up {watched[2]:.1f} %')

    def losses(self):
        """Of each pair."""
        quick = self.options.quick
        rounds = 1 if quick else min(self.options.rounds, ROUNDS)
        for number, (pair, kinds) in [(n, one) for n in range(rounds) for one in PAIRS.items()]:
            # What is of both kinds is measured once: the yardstick is of one.
            if number == 0 or len(set(kinds)) == 1:
                self.lose(pair, number, *((3, 8) if quick else (5, 12)))
        for pair in PAIRS:
            if pair != YARDSTICK:
                self.tell_losses(pair)
        self.table.add('First picture within, two engines, no loss', 's', self.seen['join', 'two engines', 0], aim=0.4)

    def windows(self):
        call_windows.measure(self)

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
        self.seen['age', YARDSTICK] = peer
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
        self.table.add(name + ', two engines', unit, found['two engines'], None, 50)
        self.table.add(name + ', to Chromium', unit, found['two engines'], found['Chromium'], 1)
        self.seen['cost', YARDSTICK] = found['Chromium']

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
                    self.seen['cut', pair], self.seen['change', pair] = times['cut', pair], times['change', pair]
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
        """A hundred generations. The library's heap grows until about the fiftieth, and must not after it."""
        whole = 40 if self.options.quick else 100
        self.weather()
        with Call(PAIRS['two engines'], self.nodes) as call:
            held = []
            for number in range(whole + 1):
                if call.join() is None:
                    raise RuntimeError('a call did not come back')
                if number in (10, whole // 2, whole):
                    held.append(holdings([pid for side in call.sides for pid in side.processes()]))
        for name, unit, first, one, other in zip(('Memory', 'Threads', 'Descriptors'), ('MB', '', ''), *held):
            self.table.add(f'{name} of two after {whole} rebuilds, to {whole // 2}', unit, other, one, 1.1)
            say(f'{name.lower()} after 10 rebuilds {first:.0f}, {whole // 2} {one:.0f}, {whole} {other:.0f}')

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


def summarize(results):
    """Which aims were met, by how many runs, and where not."""
    for aim, pattern in AIMS:
        rows = [one for one in results if re.search(pattern, one.task) and one.met() is not None]
        missed = [f'{one.task.rsplit(" (", 1)[0]} {one.value():.3g}{"x" if one.ratios else " " + one.unit}'
                  for one in rows if not one.met()]
        runs = sorted({int(one.task.rsplit('n=', 1)[1].rstrip(')')) for one in rows})
        told = f'{runs[0]} to {runs[-1]}' if len(runs) > 1 else ''.join(map(str, runs))
        verdict = 'not measured' if not rows else 'MISSED' if missed else 'met'
        yield aim, verdict, told, '; '.join(missed)


def measure(options):
    steps = os.environ.get('WATTLE_BENCH_CALL', STEPS).split()
    try:
        with Network(seed=1) as network:
            bench = Bench(options, network)
            for step in [*steps, *(['hour'] if options.hour else [])]:
                bench.take(step)
            return list(bench.table.results())
    except Skipped as error:
        raise RuntimeError(str(error)) from error
