# desktop.py: a screen, a session bus, a keyring and a home of their own for a program under test
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing here touches the person's own session: everything lives in one scratch folder and ends with it."""
import os
import shutil
import signal
import socket
import subprocess
import tempfile

from gi.repository import GLib

BUILD = os.environ.get('WATTLE_BUILD') or os.path.abspath(os.path.join(os.path.dirname(__file__), '../../_build'))
FONT = 'Cantarell 11'


class Timeout(AssertionError):
    """A condition did not come true in its time."""


def wait_until(condition, what, timeout=40.0, interval=40):
    """Answer the first true value of condition(); raise Timeout naming what was waited for."""
    context = GLib.MainContext.default()
    state = {'over': False}

    def end():
        state['over'] = True
        return GLib.SOURCE_REMOVE

    deadline = GLib.timeout_add(int(timeout * 1000), end)
    tick = GLib.timeout_add(interval, lambda: GLib.SOURCE_CONTINUE)
    try:
        while True:
            value = condition()
            if value:
                return value
            if state['over']:
                raise Timeout('waited %.0f s for %s' % (timeout, what))
            context.iteration(True)
    finally:
        if not state['over']:
            GLib.source_remove(deadline)
        GLib.source_remove(tick)


def read_line(stream, what):
    line = stream.readline()
    if not line:
        raise RuntimeError('%s ended at once' % what)
    return line.strip()


class Desktop:
    """Starts the screen and the session; environ() is what a program in it is started with."""

    def __init__(self, width=1280, height=800, own_display=True, keep=None, services=None, text=1):
        self.xsettings = None
        self.services = services  # those that the bus may start by itself; all there are when None
        self.scratch = keep or tempfile.mkdtemp(prefix='wattle-ui-')
        self.keep = keep is not None
        self.size = (width, height)
        self.children = []
        self.display = None if own_display else os.environ.get('DISPLAY')
        self.home = self.folder('home')
        self.runtime = self.folder('run')
        self.stand_still()
        if own_display:
            self.start_screen()
        if text != 1:
            self.text_scale(text)
        self.start_bus()
        self.start_keyring()

    def folder(self, *names):
        path = os.path.join(self.scratch, *names)
        os.makedirs(path, mode=0o700, exist_ok=True)
        return path

    def stand_still(self):
        """No animations: a person waits until a page has come; a click of the test would meet it half way."""
        path = os.path.join(self.folder('home', '.config', 'gtk-4.0'), 'settings.ini')
        with open(path, 'w', encoding='utf-8') as out:
            out.write('[Settings]\ngtk-enable-animations=0\n')

    def environ(self, **more):
        env = {name: value for name, value in os.environ.items()
               if not name.startswith('XDG_') or name in ('XDG_DATA_DIRS', 'XDG_CONFIG_DIRS')}
        env.update(HOME=self.home, XDG_RUNTIME_DIR=self.runtime, XDG_CONFIG_HOME=self.folder('home', '.config'),
                   XDG_DATA_HOME=self.folder('home', '.local', 'share'),
                   XDG_CACHE_HOME=self.folder('home', '.cache'), XDG_STATE_HOME=self.folder('home', '.local', 'state'),
                   XDG_SESSION_TYPE='x11', GDK_BACKEND='x11', GSK_RENDERER='cairo', GSETTINGS_BACKEND='keyfile',
                   LC_ALL='C.UTF-8', TZ='UTC')
        for name in ('WAYLAND_DISPLAY', 'AT_SPI_BUS_ADDRESS', 'DBUS_SESSION_BUS_ADDRESS', 'GTK_A11Y'):
            env.pop(name, None)
        if self.display:
            env['DISPLAY'] = self.display
        if hasattr(self, 'bus'):
            env['DBUS_SESSION_BUS_ADDRESS'] = self.bus
        env.update(more)
        return env

    def start(self, argv, **options):
        log = open(os.path.join(self.scratch, os.path.basename(argv[0]) + '.log'), 'ab')
        options.setdefault('stderr', log)
        options.setdefault('stdout', log)
        options.setdefault('env', self.environ())
        process = subprocess.Popen(argv, start_new_session=True, **options)
        self.children.append(process)
        return process

    def start_screen(self):
        read, write = os.pipe()
        self.start(['Xvfb', '-displayfd', str(write), '-screen', '0', '%dx%dx24' % self.size, '-nolisten', 'tcp'],
                   pass_fds=[write])
        os.close(write)
        with os.fdopen(read) as stream:
            self.display = ':' + read_line(stream, 'Xvfb')
        self.start(['openbox', '--sm-disable'])

    def text_scale(self, factor):
        """Letters so many times as large from now on, also in windows that are open: as the desktop's setting does."""
        path = os.path.join(self.scratch, 'xsettings')
        with open(path, 'w', encoding='utf-8') as out:
            out.write('Xft/DPI %d\n' % (96 * 1024 * factor))
        if self.xsettings is None:
            self.xsettings = self.start(['xsettingsd', '--config', path])
        else:
            self.xsettings.send_signal(signal.SIGHUP)

    def write_bus(self):
        """A bus that starts only the named services: where there is no keyring, none comes."""
        folder = self.folder('services')
        for name in self.services:
            shutil.copy('/usr/share/dbus-1/services/%s.service' % name, folder)
        path = os.path.join(self.scratch, 'bus.conf')
        with open(path, 'w', encoding='utf-8') as out:
            out.write('<busconfig><type>session</type><listen>unix:tmpdir=%s</listen><servicedir>%s</servicedir>'
                      '<policy context="default"><allow send_destination="*" eavesdrop="true"/>'
                      '<allow eavesdrop="true"/><allow own="*"/></policy></busconfig>' % (self.runtime, folder))
        return path

    def start_bus(self):
        kind = '--session' if self.services is None else '--config-file=' + self.write_bus()
        bus = self.start(['dbus-daemon', kind, '--print-address', '--nofork', '--nopidfile'],
                         stdout=subprocess.PIPE, text=True)
        self.bus = read_line(bus.stdout, 'dbus-daemon')
        os.environ['DBUS_SESSION_BUS_ADDRESS'] = self.bus
        os.environ['XDG_RUNTIME_DIR'] = self.runtime
        if self.display:
            os.environ['DISPLAY'] = self.display

    def start_keyring(self):
        self.keyring = self.start(['gnome-keyring-daemon', '--unlock', '--components=secrets', '--foreground'],
                                  stdin=subprocess.PIPE)
        self.keyring.stdin.write(b'keyring password')
        self.keyring.stdin.close()

        def ready():
            asked = subprocess.run(['gdbus', 'call', '--session', '--dest', 'org.freedesktop.DBus',
                                    '--object-path', '/', '--method', 'org.freedesktop.DBus.NameHasOwner',
                                    'org.freedesktop.secrets'],
                                   env=self.environ(), capture_output=True, text=True, check=False)
            return 'true' in asked.stdout
        wait_until(ready, 'the keyring', 20, 100)

    def settings(self, **values):
        """Choices of the program, as its settings hold them, before it starts."""
        path = os.path.join(self.folder('home', '.config', 'glib-2.0', 'settings'), 'keyfile')
        with open(path, 'w', encoding='utf-8') as out:
            out.write('[au/wattle/Wattle]\n')
            for name, value in values.items():
                kind = 'b' if isinstance(value, bool) else 'i' if isinstance(value, int) else 's'
                out.write('%s=%s\n' % (name.replace('_', '-'), GLib.Variant(kind, value).print_(False)))

    def picture(self, path, window='root'):
        os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
        subprocess.run(['import', '-window', str(window), path], env=self.environ(), check=True)
        return path

    def end(self):
        for process in reversed(self.children):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if not self.keep:
            shutil.rmtree(self.scratch, ignore_errors=True)


class Wattled:
    """The server of a practice; may be killed and started again on the same port."""

    def __init__(self, desktop, data, environment=None):
        self.desktop = desktop
        self.environment = environment or {}
        self.data = data
        with socket.create_server(('127.0.0.1', 0)) as free:
            self.port = free.getsockname()[1]
        self.process = None
        self.config = os.path.join(desktop.scratch, 'wattled.conf')
        with open(self.config, 'w', encoding='utf-8') as out:
            # Browsers come to a server that knows its own address.
            out.write('[limits]\nsign_ins_per_minute=1000\ndevices_per_user=0\n[server]\npublic_url=%s\n' % self.url)
        self.start()

    @property
    def url(self):
        return 'http://127.0.0.1:%d' % self.port

    def start(self):
        os.makedirs(self.data, mode=0o700, exist_ok=True)
        self.process = self.desktop.start(
            [os.path.join(BUILD, 'src/server/wattled'), '--config', self.config, '--data', self.data,
             '--listen', '127.0.0.1:%d' % self.port],
            stdout=subprocess.PIPE, text=True, env=self.desktop.environ(**self.environment))
        while True:
            line = read_line(self.process.stdout, 'wattled')
            if '127.0.0.1:' in line:
                self.port = int(line.rsplit(':', 1)[1].rstrip('/'))
                return

    def kill(self):
        self.process.kill()
        self.process.wait()
