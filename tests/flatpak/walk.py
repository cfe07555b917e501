#!/usr/bin/python3
# walk.py: a patient in the Flatpak's sandbox signs in to a real server and meets the clinician in a call
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""./dev flatpak runs it; FLATPAK_USER_DIR is where the program is installed."""
import datetime
import functools
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '../ui'), os.path.join(HERE, '../server')]

import day
import portals
import test_call
import test_portal
from desktop import BUILD, wait_until
from gi.repository import GLib
from window import Atspi, Window

APP = 'au.wattle.Wattle'
NEWER = ['chroot', os.environ['WATTLE_DEBIAN13']]
PICTURE = 'spa-node-factory', 'factory.name=videotestsrc library.name=videotestsrc/libspa-videotestsrc'
SOUND = 'adapter', 'factory.name=support.null-audio-sink audio.position=[FL FR]'
FLATPAK = ['flatpak', 'run', '--user']


class SandboxedWindow(Window):
    """The program has another number in its sandbox than outside: its windows are those that are not the other's."""

    other = None

    def application(self):
        if self.process.poll() is not None:
            raise AssertionError('the program ended with %d' % self.process.returncode)
        root = Atspi.get_desktop(0)
        root.clear_cache()
        found = [root.get_child_at_index(i) for i in range(root.get_child_count())]
        return next((child for child in found if child is not None and self.is_own(child)), None)

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
        self.settle()
        self.window = SandboxedWindow(self.desktop, ['run', '--user', APP], program='/usr/bin/flatpak',
                                      **self.sandbox())
        self.meeting = None

    def sandbox(self):
        return {'FLATPAK_USER_DIR': os.environ['FLATPAK_USER_DIR'], 'XDG_CURRENT_DESKTOP': 'GNOME',
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
            out.write('[portal]\nDBusName=%s\nUseIn=gnome\nInterfaces=org.freedesktop.impl.portal.Access;'
                      'org.freedesktop.impl.portal.ScreenCast;\n' % portals.NAME)

    def settle(self):
        """The program's own settings folder, which is inside of its sandbox."""
        folder = self.desktop.folder('home', '.var', 'app', APP, 'config', 'glib-2.0', 'settings')
        with open(os.path.join(folder, 'keyfile'), 'w', encoding='utf-8') as out:
            out.write("[au/wattle/Wattle]\nserver-url='%s'\n" % self.server.url)
        self.plug_in()
        self.desktop.start([os.path.join(HERE, 'portals.py')])
        wait_until(lambda: self.owner(portals.NAME), 'the dialogs', 20, 100)
        # The bus may have started others by itself, which know no dialogs.
        for program, name in (('xdg-desktop-portal', 'Desktop'), ('flatpak-portal', 'Flatpak')):
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


class Meeting:
    """The two of a call by the names that the steps of test_call.py have for them."""
    login = 'imogen'
    elsewhere = None

    def __init__(self, one):
        self.desktop, self.server, self.visit = one.desktop, one.server, one.visit
        self.other = one.window
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


def go_home(one):
    test_portal.go(one, 'Today')


def command_of(number):
    with open('/proc/%s/comm' % number, encoding='utf-8') as file:
        return file.read().strip()


def engine_is_inside(one):
    """Beside the window, in its sandbox, and not on this computer."""
    def engines():
        for number in filter(str.isdigit, os.listdir('/proc')):
            try:
                with open('/proc/%s/root/.flatpak-info' % number, encoding='utf-8') as file:
                    if 'name=%s\n' % APP in file.read() and command_of(number) == 'wattle-call':
                        yield number
            except OSError:  # outside of a sandbox, or it went away
                continue
    assert list(engines()), 'no wattle-call in the sandbox'


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
        test_call.patient_waits, test_call.clinician_writes_to_the_waiting_room, test_call.clinician_admits,
        test_call.clinician_is_seen, engine_is_inside, test_call.not_yet_verified, test_call.they_write,
        test_call.they_leave, test_call.it_is_filed]
STEPS = [test_portal.accept_invitation, feel_the_walls, test_portal.sign_in_as_patient,
         test_portal.see_my_day, test_portal.see_my_prescriptions, go_home, draw_a_stranger,
         clinician_signs_in, *map(together, CALL)]

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
