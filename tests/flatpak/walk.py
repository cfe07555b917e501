#!/usr/bin/python3
# walk.py: a patient in the Flatpak's sandbox signs in to a real server and meets the clinician in a call
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""./dev flatpak runs it; FLATPAK_USER_DIR is where the program is installed."""
import datetime
import functools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '..', folder) for folder in ('ui', 'server', 'telehealth')]

import day
import portals
import test_call
import test_portal
from desktop import BUILD, wait_until
from gi.repository import GLib
from line import Line
from network import Network
from window import Atspi, Window

APP = 'au.wattle.Wattle'
NEWER = ['chroot', os.environ['WATTLE_DEBIAN13']]
PICTURE = 'spa-node-factory', 'factory.name=videotestsrc library.name=videotestsrc/libspa-videotestsrc'
SOUND = 'adapter', 'factory.name=support.null-audio-sink audio.position=[FL FR]'
FLATPAK = ['flatpak', 'run', '--user']
# Files that a person chose have the same name outside and inside of a sandbox: beneath this.
RUNTIME = '/run/user/%d' % os.getuid()
PORTALS = ('xdg-document-portal', 'Documents'), ('xdg-desktop-portal', 'Desktop'), ('flatpak-portal', 'Flatpak')


def processes(node, command):
    """Numbers of those that run on the node under that name."""
    there = os.stat('/proc/%d/ns/net' % node.pid).st_ino
    for number in filter(str.isdigit, os.listdir('/proc')):
        try:
            with open('/proc/%s/comm' % number, encoding='utf-8') as file:
                if file.read().strip() == command and os.stat('/proc/%s/ns/net' % number).st_ino == there:
                    yield int(number)
        except OSError:  # it went away
            continue


class SandboxedWindow(Window):
    """The program has another number in its sandbox than outside: its windows are those that are not the other's."""

    other = node = None

    def application(self):
        if self.process.poll() is not None:
            raise AssertionError('the program ended with %d' % self.process.returncode)
        root = Atspi.get_desktop(0)
        root.clear_cache()
        found = [root.get_child_at_index(i) for i in range(root.get_child_count())]
        return next((child for child in found if child is not None and self.is_own(child)), None)

    def kill(self):
        """The program itself: what started it outlives it, and the other way round."""
        for number in processes(self.node, 'wattle'):
            os.kill(number, signal.SIGKILL)
        self.process.wait(40)

    def is_own(self, child):
        try:
            return ((self.other is None or child.get_process_id() != self.other.process.pid)
                    and child.get_child_count() > 0)
        except GLib.GError:  # it went away while we looked
            return False

    def tool(self, *arguments):
        if '--pid' not in arguments:
            return super().tool(*arguments)
        at = arguments.index('--pid')
        found = super().tool(*arguments[:at], *arguments[at + 2:]).split()
        others = self.other.tool('search', '--all', '--pid', str(self.other.process.pid)) if self.other else ''
        return '\n'.join(number for number in found if number not in others.split())


class SandboxedDay(day.Day):
    def begin(self, patients, years, settings):
        super().begin(patients, years, settings)
        self.window.stop()
        self.network = Network()
        self.network.here()
        self.node = self.network.node('patient')
        self.line = Line(self.node, self.server.port)
        self.settle()
        program, *arguments = self.node.command(FLATPAK + [APP])
        self.window = SandboxedWindow(self.desktop, arguments, program=program, **self.sandbox())
        self.window.node = self.node
        self.meeting = None

    def end(self, keep=False):
        try:
            super().end(keep)
        finally:
            self.network.close()

    def sandbox(self):
        return {'FLATPAK_USER_DIR': os.environ['FLATPAK_USER_DIR'], 'XDG_CURRENT_DESKTOP': 'GNOME',
                'XDG_RUNTIME_DIR': RUNTIME,
                'XDG_DESKTOP_PORTAL_DIR': self.desktop.folder('portals')}

    def plug_in(self):
        """What the desktop has: a camera, a screen, a microphone and a speaker, none of them real.

        They are handed out by a PipeWire of the runtime's age: the sandbox's does not get on with an older one.
        """
        sockets = {'pipewire': 'pipewire-0', 'wireplumber': 'pipewire-0', 'pipewire-pulse': 'pulse/native'}
        for name, socket in sockets.items():
            self.desktop.start(NEWER + [name])
            wait_until(lambda: os.path.exists(os.path.join(self.desktop.runtime, socket)), name, 20, 100)
        for name, made, kind in (('desk-camera', PICTURE, 'Video/Source media.role=Camera'),
                                 (portals.SCREEN, PICTURE, 'Video/Source'),
                                 ('desk-microphone', SOUND, 'Audio/Source/Virtual'),
                                 ('desk-speaker', SOUND, 'Audio/Sink')):
            factory, what = made
            subprocess.run(NEWER + ['pw-cli', 'create-node', factory,
                                    '{ node.name=%s node.description=%s media.class=%s object.linger=true %s }'
                                    % (name, name, kind, what)],
                           env=self.desktop.environ(), stdout=subprocess.DEVNULL, check=True)
        folder = self.desktop.folder('portals')
        shutil.copy('/usr/share/xdg-desktop-portal/portals/gnome-keyring.portal', folder)
        with open(os.path.join(folder, 'wattle.portal'), 'w', encoding='utf-8') as out:
            out.write('[portal]\nDBusName=%s\nUseIn=gnome\nInterfaces='
                      '%s;\n' % (portals.NAME, ';'.join('org.freedesktop.impl.portal.' + name
                                                         for name in portals.DIALOGS)))

    def settle(self):
        """The program's own settings folder, which is inside of its sandbox."""
        folder = self.desktop.folder('home', '.var', 'app', APP, 'config', 'glib-2.0', 'settings')
        with open(os.path.join(folder, 'keyfile'), 'w', encoding='utf-8') as out:
            out.write("[au/wattle/Wattle]\nserver-url='%s'\n" % self.server.url)
        self.plug_in()
        os.makedirs(RUNTIME, mode=0o700, exist_ok=True)
        subprocess.run(['mount', '--bind', self.desktop.runtime, RUNTIME], check=True)
        self.desktop.start([os.path.join(HERE, 'portals.py')])
        wait_until(lambda: self.owner(portals.NAME), 'the dialogs', 20, 100)
        # The bus may have started others by itself, which know no dialogs.
        for program, name in PORTALS:
            started = self.desktop.start(['/usr/libexec/' + program, '--replace'],
                                         env=self.desktop.environ(**self.sandbox()))
            wait_until(lambda: self.owner('org.freedesktop.portal.' + name) == started.pid, 'the portals', 20, 100)

    def owner(self, name):
        """The number of the process that has a name on the bus, or None."""
        asked = subprocess.run(['gdbus', 'call', '--session', '--dest', 'org.freedesktop.DBus', '--object-path', '/',
                                '--method', 'org.freedesktop.DBus.GetConnectionUnixProcessID', name],
                               env=self.desktop.environ(), capture_output=True, text=True, check=False)
        found = re.search(r'uint32 (\d+)', asked.stdout)
        return int(found.group(1)) if found else None

    def inside(self, command):
        """What a command says inside of the sandbox."""
        done = subprocess.run(FLATPAK + ['--command=sh', APP, '-c', command],
                              env=self.desktop.environ(**self.sandbox()), capture_output=True, text=True, check=False,
                              timeout=60)
        return (done.stdout + done.stderr).strip()


def feel_the_walls(one):
    """What the manifest does not grant is not there."""
    secret = os.path.join(one.desktop.home, 'a-file-of-the-person')
    with open(secret, 'w', encoding='utf-8') as out:
        out.write('private')
    said = one.inside('cat %s; ls /home /media /mnt 2>&1' % secret)
    assert 'private' not in said, said
    devices = one.inside('ls /dev').split()
    assert not [name for name in devices if name.startswith(('video', 'input', 'sd', 'vd', 'kvm', 'mem'))], devices
    said = one.inside('gdbus call --session --dest org.freedesktop.secrets --object-path /org/freedesktop/secrets '
                      '--method org.freedesktop.DBus.Peer.Ping')
    assert 'Error' in said, said
    one.inside('true')
    info = one.inside('cat /.flatpak-info')
    assert 'org.gnome.Platform' in info and 'filesystems' not in info, info


def draw_a_stranger(one):
    """What draws a file from elsewhere starts in the sandbox's sandbox, which has no network."""
    said = one.inside('flatpak-spawn --sandbox --no-network --clear-env --watch-bus --directory=/ -- '
                      'prlimit --as=536870912 --cpu=10 --fsize=0 --core=0 -- pdftoppm -v')
    assert 'pdftoppm version' in said, said


def open_my_invoice(one):
    test_portal.go(one, 'Bills and Receipts')
    one.window.press(one.window.find('row', 'Invoice INV-'))
    return one.window.window('Invoice INV-')


def is_paper(path):
    def whole():
        try:
            with open(path, 'rb') as file:
                return file.read()
        except OSError:
            return b''
    wait_until(lambda: whole().startswith(b'%PDF-') and whole().rstrip().endswith(b'%%EOF'), path, 40)


def save_and_print(one):
    """Where the person says in the desktop's dialog, and nowhere else: the program sees no folder of theirs."""
    paper = open_my_invoice(one)
    folder = one.desktop.folder('home', portals.SAVED)
    one.window.click('button', 'Save as PDF', within=paper)
    name, = wait_until(lambda: [name for name in os.listdir(folder) if name.endswith('.pdf')], 'a file', 60)
    one.window.picture('invoice-saved')
    is_paper(os.path.join(folder, name))
    assert name not in one.inside('ls -R $HOME %s 2>&1' % folder)
    one.window.click('button', 'Print', within=paper, exact=True)
    is_paper(os.path.join(one.desktop.home, portals.PRINTED))
    one.window.key('ctrl+w')
    wait_until(lambda: not one.window.on_screen('Invoice INV-'), 'the paper to close')


def go_home(one):
    test_portal.go(one, 'Today')


def start_without_the_practice(one):
    """The key of what is saved here came from the sandbox's own keyring, which the desktop's secret opens."""
    keyring = os.path.join(one.desktop.home, '.var/app', APP, 'data/keyrings/default.keyring')
    assert os.path.getsize(keyring) > 0
    one.window.kill()
    one.line.cut()
    one.window.start()
    one.window.fill('Sign-in name', test_portal.LOGIN)
    one.window.fill('Password', test_portal.WORDS)
    one.window.key('Return')
    one.window.find('button', 'Offline', timeout=90)
    test_portal.see_my_prescriptions(one)
    go_home(one)
    one.window.find('label', 'Your next visit')
    one.window.picture('offline')
    one.line.mend()
    one.window.gone('button', 'Offline', timeout=90)


class Meeting:
    """The two of a call by the names that the steps of test_call.py have for them."""
    login = 'imogen'
    elsewhere = None

    def __init__(self, one):
        self.desktop, self.server, self.visit, self.person = one.desktop, one.server, one.visit, one.person
        self.other = one.window
        self.node, self.line, self.owner = one.node, one.line, one.owner
        self.sandbox = one.sandbox()
        self.window = one.window.other = test_call.open_elsewhere(self)

    def end(self):
        try:
            self.window.stop()
        finally:
            self.elsewhere.end()


def clinician_signs_in(one):
    """The practice is outside of the sandbox."""
    one.meeting = Meeting(one)
    day.sign_in(one.meeting)


def together(step):
    @functools.wraps(step)
    def walk(one):
        step(one.meeting)
    return walk


def status_of(number):
    with open('/proc/%d/status' % number, encoding='utf-8') as file:
        return dict(line.rstrip('\n').split(':\t', 1) for line in file if ':\t' in line)


def engine_is_inside(one):
    """Beside the window, in its sandbox, and not on this computer; and there it gave up more than the sandbox takes."""
    number, = processes(one.node, 'wattle-call')
    with open('/proc/%d/root/.flatpak-info' % number, encoding='utf-8') as file:
        assert 'name=%s\n' % APP in file.read()
    engine, window = status_of(number), status_of(next(processes(one.node, 'wattle')))
    assert engine['NoNewPrivs'] == '1' and engine['Seccomp'] == '2', engine
    assert int(engine['Seccomp_filters']) == int(window['Seccomp_filters']) + 1, (engine, window)


def the_engine_dies(one):
    """The window says so, starts another, and asks the desktop for the camera again."""
    old, = processes(one.node, 'wattle-call')
    before = test_call.heard(one)
    os.kill(old, signal.SIGKILL)
    wait_until(lambda: [number for number in processes(one.node, 'wattle-call') if number != old], 'another engine', 40)
    test_call.stays_together(one, before)


def share_or_stop(one):
    """By its letter, which takes no look into a window that draws."""
    one.other.raise_window('Banksia Street Clinic')
    one.other.click('toggle button', 'Menu of the call')
    one.other.find('menu item', 'Share', within=one.other.find('menu', 'Menu of the call'))
    one.other.key('s')


def patient_looks_elsewhere(one):
    one.window.raise_window('^Wattle$')


def patient_was_told(one):
    """By the desktop, which may show it to anybody: so it names nobody."""
    path = os.path.join(one.desktop.home, portals.TOLD)
    wait_until(lambda: os.path.exists(path), 'the notification', 40)
    with open(path, encoding='utf-8') as file:
        told = [json.loads(line) for line in file]
    assert [line['title'] for line in told] == ['You are let into your video visit'], told
    assert not any('body' in line for line in told), told


def show_the_screen(one):
    """The one that the person chooses in the desktop's dialog, and no longer than they want."""
    share_or_stop(one)
    one.other.find(None, 'Your screen is shown to the others.')
    one.window.find(None, ' shows the screen', timeout=40)
    one.window.picture('screen-shown')
    share_or_stop(one)
    one.window.gone(None, ' shows the screen', timeout=40)


def the_line_is_cut(one):
    """For ten seconds nothing comes through, neither the call nor the server's word; then it goes on where it was."""
    began = time.monotonic()
    one.node.cut()
    one.line.cut()
    for window in (one.window, one.other):
        window.find(None, 'The connection was lost. Trying again', timeout=60)
    one.window.picture('line-cut')
    wait_until(lambda: time.monotonic() > began + 10, 'ten seconds', 40)
    before = test_call.heard(one)
    one.line.mend()
    one.node.mend()
    test_call.stays_together(one, before)
    test_call.they_write_more(one, 'I lost your picture')


def the_address_changes(one):
    """And with it go the connections to the server."""
    before = test_call.heard(one)
    one.node.change()
    one.line.drop()
    test_call.stays_together(one, before)
    test_call.they_write_more(one, 'I went to another room')


def consent_is_withdrawn(one):
    """What was recorded until then is filed."""
    one.other.click('button', 'Withdraw Consent')
    one.window.gone('status bar', 'Recording')
    one.other.gone(None, 'This call is recorded')
    test_call.consent_is(one, 'withdrawn')
    wait_until(lambda: test_call.filed_recordings(one), 'the recording in the chart', 60)


def follow_the_link(one):
    """What a desktop does with the link from the message: the program that runs in the sandbox gets it."""
    link = 'wattle://127.0.0.1:%d/call#%s' % (one.server.port, test_call.invite(one))
    subprocess.run(FLATPAK + [APP, link], env=one.desktop.environ(**one.sandbox), check=True, timeout=60)
    one.other.find(None, 'The link leads to your practice')
    one.other.click('button', 'Join', exact=True)


def patient_green_room(one):
    """The desktop asks before there is a camera; it keeps a no until the person says otherwise in its settings."""
    one.other.find('label', 'Video visit with ')
    one.other.click('button', 'Camera Off')
    one.other.find(None, 'Wattle may not use the camera')
    one.other.find('label', 'Camera Off')
    subprocess.run(['gdbus', 'call', '--session', '--dest', 'org.freedesktop.impl.portal.PermissionStore',
                    '--object-path', '/org/freedesktop/impl/portal/PermissionStore', '--method',
                    'org.freedesktop.impl.portal.PermissionStore.SetPermission', 'devices', 'true', 'camera', APP,
                    '["yes"]'], env=one.desktop.environ(), stdout=subprocess.DEVNULL, check=True)
    one.other.click('button', 'Camera Off')
    one.other.find('label', 'Camera On')
    one.other.find(None, 'Video of you')
    assert one.other.see(None, 'Wattle may not use the camera') is None


CALL = [test_call.clinician_green_room, test_call.clinician_enters, follow_the_link, patient_green_room,
        test_call.patient_waits, test_call.clinician_writes_to_the_waiting_room, patient_looks_elsewhere,
        test_call.clinician_admits, patient_was_told, test_call.clinician_is_seen, engine_is_inside,
        test_call.not_yet_verified, test_call.they_write, show_the_screen, the_line_is_cut,
        test_call.the_server_is_killed, the_address_changes, the_engine_dies,
        test_call.nobody_is_recorded_who_did_not_agree, test_call.they_record, consent_is_withdrawn,
        test_call.they_leave, test_call.it_is_filed, test_call.it_is_played]
STEPS = [test_portal.accept_invitation, feel_the_walls, test_portal.sign_in_as_patient,
         test_portal.see_my_day, test_portal.see_my_prescriptions, save_and_print, start_without_the_practice,
         draw_a_stranger, clinician_signs_in, *map(together, CALL)]

if __name__ == '__main__':
    os.environ.setdefault('WATTLED', os.path.join(BUILD, 'src/server/wattled'))
    ONE = SandboxedDay(patients=40, size=(1600, 1000), login=test_portal.LOGIN, moment=datetime.datetime.now(day.ZONE))
    try:
        test_portal.prepare(ONE)
        ONE.run(STEPS)
        print('%d passed, 0 failed, 0 skipped' % len(STEPS))
    finally:
        try:
            if ONE.meeting is not None:
                ONE.meeting.end()
        finally:
            ONE.end()
