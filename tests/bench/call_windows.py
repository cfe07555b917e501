# call_windows.py: two windows of the program in a call, each on a screen of its own, from which their pictures are read
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""A clinician with an account and a guest by a link, with a server of their own. The media of both go through the
network of the tests; what the windows say to the server does not. The camera draws the time into its picture, and
`bench-screen` reads it from the other's screen: a figure holds everything, server, engine, window and drawing."""
import contextlib
import datetime
import os
import re
import subprocess
import sys
import threading
import time

from call_figures import LOSSES, YARDSTICK, freezes, middle, pause, processor
from measuring import ROOT, program, say

sys.path.append(os.path.join(ROOT, 'tests', 'ui'))
# pylint: disable=wrong-import-position
import day
import test_call
from desktop import Desktop, wait_until
from window import Window

SIZE = (1280, 800)
PAIR = 'two windows'
FOREVER = float('inf')
FAR = 30  # seconds after which nothing is waited for any more


class Screen:
    """What `bench-screen` reads: when each picture was first seen, and how old it was, in seconds."""

    def __init__(self, desktop):
        self.seen, self.news = [], threading.Condition()
        self.process = subprocess.Popen([program('bench-screen')], env=desktop.environ(), stdout=subprocess.PIPE,
                                        text=True, bufsize=1)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            moment, age = line.split()
            with self.news:
                self.seen.append((int(moment) / 1e6, int(age) / 1e3))
                self.news.notify_all()

    def first(self, after, timeout=FAR):
        """When the first picture was seen that was made after that moment; None when none came."""
        def found():
            return next((moment for moment, age in self.seen if moment - age > after), None)
        with self.news:
            return self.news.wait_for(found, timeout)

    def between(self, start, end):
        with self.news:
            return [one for one in self.seen if start <= one[0] <= end]

    def close(self):
        self.process.terminate()
        self.process.wait(20)
        self.process.stdout.close()


class Windows:
    """The clinician's, then the guest's. The first join is that of the constructor."""

    def __init__(self, nodes, source='test:clock'):
        self.nodes, self.screens, self.guest, self.elsewhere = nodes, [], None, None
        settings = dict(WATTLE_CALL_SOURCES=source, G_MESSAGES_DEBUG='all')
        self.one = day.Day(patients=5, size=SIZE, moment=datetime.datetime.now(datetime.timezone.utc),
                           environment=dict(settings, WATTLE_CALL=test_call.engine_in(nodes[0])))
        try:
            self._open_clinician()
            self._open_guest(dict(settings, WATTLE_CALL=test_call.engine_in(nodes[1])))
            self.screens = [Screen(self.one.desktop), Screen(self.elsewhere)]
            self.first = self._admit()
        except BaseException:
            self.close()
            raise

    def _open_clinician(self):
        window = self.one.window
        test_call.prepare(self.one)
        day.sign_in(self.one)
        window.click('button', 'Join: next visit', timeout=60)
        self._enter(window, 60)
        window.find(None, 'Nobody else is in the room yet.', timeout=60)
        self.call = window.find('window', self.one.person['family_name'].upper())

    def _open_guest(self, settings):
        link = 'wattle://127.0.0.1:%d/call#%s' % (self.one.server.port, test_call.invite(self.one))
        address = test_call.accessibility_bus(self.one.desktop)
        kept = {name: os.environ[name] for name in ('DBUS_SESSION_BUS_ADDRESS', 'XDG_RUNTIME_DIR', 'DISPLAY')}
        self.elsewhere = Desktop(*SIZE)
        os.environ.update(kept)
        self.elsewhere.settings(server_url='')
        self.guest = Window(self.elsewhere, [link], AT_SPI_BUS_ADDRESS=address, **settings)
        self.guest.find(None, 'where this Wattle has never been', timeout=60)
        self.guest.click('button', 'Go On')
        self._enter(self.guest, 60)

    @staticmethod
    def _enter(window, timeout):
        """Through the green room, with the camera on."""
        window.click('button', 'Camera Off', timeout=timeout)
        window.find('label', 'Camera On')
        window.click('button', 'Join', exact=True)

    def _admit(self):
        """Seconds from the click until each screen shows the other; None when one never does."""
        self.guest.find(None, 'You are in the waiting room', timeout=60)
        button = self.one.window.find('button', 'Admit', exact=True, within=self.call, timeout=60)
        start = time.monotonic()
        self.one.window.click(button)
        return self.since(start)

    def since(self, start, after=None):
        times = [screen.first(after or start, FAR) for screen in self.screens]
        return None if None in times else max(times) - start

    def join(self):
        """The guest leaves, comes again and is admitted; seconds from that click on."""
        self.guest.click('button', 'Leave the call')
        self.guest.click('button', 'Join Again', timeout=60)
        self._enter(self.guest, 60)
        return self._admit()

    def figures(self, at):
        """The last ones that the engine told that window, from its log."""
        desktop = (self.one.desktop, self.elsewhere)[at]
        with open(os.path.join(desktop.scratch, 'wattle.log'), 'rb') as file:
            file.seek(max(0, os.path.getsize(file.name) - 4000000))
            lines = [line for line in file.read().decode(errors='replace').splitlines() if 'a line fares' in line]
        return {name: int(value) for name, value in re.findall(r"'(\w+)': <(?:int64 )?(-?\d+)>", lines[-1])} \
            if lines else {}

    def sound(self):
        """The share of the sound that was made up."""
        return sum(self.figures(at).get('concealed', 0) / 1000 for at in range(2)) / 2

    def engines(self):
        return [pid for window in (self.one.window, self.guest) for pid in test_call.engines_of(window)]

    def programs(self):
        return [window.process.pid for window in (self.one.window, self.guest)]

    def restart_server(self, pause):
        self.one.server.kill()
        pause()
        self.one.server.start()

    def wait_for_server(self):
        """Until neither window says that it does not answer."""
        for window in (self.one.window, self.guest):
            wait_until(lambda window=window: not window.see(None, 'server does not answer just now'), 'the server', 60)

    def close(self):
        for screen in self.screens:
            screen.close()
        with contextlib.ExitStack() as stack:
            stack.callback(self.one.end)
            if self.elsewhere is not None:
                stack.callback(self.elsewhere.end)
            if self.guest is not None:
                stack.callback(self.guest.kill)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def watch(windows, seconds):
    """As `Bench.watch`, on the screens."""
    start = time.monotonic()
    pause(seconds)
    end = time.monotonic()
    frozen, count, old = 0, 0, []
    for screen in windows.screens:
        seen = screen.between(start, end)
        one, times = freezes([moment for moment, _ in seen], start, end)
        frozen, count = frozen + one / 2, count + times / 2
        old += [1000 * age for _, age in seen]
    return 100 * frozen / (end - start), 60 * count / (end - start), 100 * windows.sound(), old


def join_and_stay(bench, losses):
    joins, seconds = (2, 8) if bench.options.quick else (5, 12)
    if ('join', YARDSTICK, 0) not in bench.seen:
        bench.lose(YARDSTICK, 0, joins, seconds)
    bench.weather()
    with Windows(bench.nodes) as windows:
        bench.seen['first', PAIR, 0] = [windows.first or FAR]
        for loss in losses:
            bench.weather(loss)
            times = [windows.join() for _ in range(joins)]
            one = watch(windows, seconds)
            bench.note(PAIR, 0, loss, times, one)
            if loss == 0:
                ages, peer = one[3], bench.seen.get(('age', YARDSTICK))
                for part, name in ((0.5, 'median'), (0.95, '95th')):
                    bench.table.add(f'Age of a picture on the screen, {name} of {len(ages)}', 'ms', middle(ages, part),
                                    middle(peer, part) if peer else None, 1 if peer else None)
                say(f'age on the screen: {middle(ages):.0f} ms, 95th {middle(ages, 0.95):.0f} ms')
        bench.weather()
        recover(bench, windows)
    bench.tell_losses(PAIR)
    bench.table.add(f'First picture within, {PAIR}, no loss', 's', bench.seen['join', PAIR, 0], None, 0.4)


def recover(bench, windows):
    """From the moment the network is whole again, or is another one."""
    times, node = {}, bench.nodes[1]
    for _ in range(1 if bench.options.quick else 2):
        windows.join()
        pause(2)
        node.cut()
        pause(10)
        node.mend()
        start = time.monotonic()
        times.setdefault('a cut of 10 s', []).append(windows.since(start) or FAR)
        pause(3)
        start = time.monotonic()
        node.change()
        times.setdefault('a change of address', []).append(windows.since(start, start + 0.5) or FAR)
        pause(3)
    for name, found in times.items():
        bench.table.add(f'Back after {name}, two windows', 's', found, None, 3)
        say(f'windows back after {name}: ' + ' '.join(f'{one:.2f}' for one in found) + ' s')
    start = time.monotonic()
    windows.restart_server(lambda: pause(2))
    pause(8)
    frozen = sum(freezes([moment for moment, _ in screen.between(start, FOREVER)], start, time.monotonic())[0]
                 for screen in windows.screens) / 2
    windows.wait_for_server()
    bench.table.add('Frozen while the server is killed and started, two windows', 's', frozen, None, 3)
    say(f'frozen {frozen:.2f} s while the server was killed and started')


def cost(bench):
    """The picture of a whole call at 720p: what the engine takes is told beside what the window takes to draw it."""
    seconds = 6 if bench.options.quick else 15
    with Windows(bench.nodes, 'test:large-clock') as windows:
        pause(6)
        pids = windows.engines(), windows.programs()
        before, start = [processor(each) for each in pids], time.monotonic()
        pause(seconds)
        span = time.monotonic() - start
        engine, window = (50 * (processor(each) - one) / span for each, one in zip(pids, before))
        frames = len(windows.screens[0].between(start, start + span)) / span
        height = windows.figures(0).get('height', 0)
    say(f'720p windows: engine {engine:.0f} % of a core, window {window:.0f} %, {frames:.0f} pictures a second of '
        f'{height} rows')
    name, unit = 'Processor of a 720p call, each', '% of a core'
    bench.table.add(f'{name}, {PAIR}', unit, engine, None, 50)
    bench.table.add(f'{name}, {PAIR}, drawing without a graphics card', unit, window)


def measure(bench):
    join_and_stay(bench, LOSSES)
    cost(bench)
