#!/usr/bin/python3
# walk.py: a patient signs in from inside the Flatpak's sandbox to a real server, and the sandbox is felt from inside
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""./dev flatpak runs it; FLATPAK_USER_DIR is where the program is installed."""
import datetime
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '../ui'), os.path.join(HERE, '../server')]

import day
import test_portal
from desktop import BUILD, wait_until
from window import Atspi, Window

APP = 'au.wattle.Wattle'
FLATPAK = ['flatpak', 'run', '--user']


class SandboxedWindow(Window):
    """The program has another number in its sandbox than outside, so its windows are found by their names."""

    def application(self):
        if self.process.poll() is not None:
            raise AssertionError('the program ended with %d' % self.process.returncode)
        root = Atspi.get_desktop(0)
        root.clear_cache()
        found = [root.get_child_at_index(i) for i in range(root.get_child_count())]
        return next((child for child in found if child is not None and child.get_child_count() > 0), None)

    def tool(self, *arguments):
        if '--pid' in arguments:
            at = arguments.index('--pid')
            arguments = arguments[:at] + arguments[at + 2:]
        return super().tool(*arguments)


class SandboxedDay(day.Day):
    def begin(self, patients, years, settings):
        super().begin(patients, years, settings)
        self.window.stop()
        self.settle()
        self.window = SandboxedWindow(self.desktop, ['run', '--user', APP], program='/usr/bin/flatpak',
                                      **self.sandbox())

    def sandbox(self):
        return {'FLATPAK_USER_DIR': os.environ['FLATPAK_USER_DIR'], 'XDG_CURRENT_DESKTOP': 'GNOME'}

    def settle(self):
        """The program's own settings folder, which is inside of its sandbox."""
        folder = self.desktop.folder('home', '.var', 'app', APP, 'config', 'glib-2.0', 'settings')
        with open(os.path.join(folder, 'keyfile'), 'w', encoding='utf-8') as out:
            out.write("[au/wattle/Wattle]\nserver-url='%s'\n" % self.server.url)
        for name in ('xdg-desktop-portal', 'flatpak-portal'):
            self.desktop.start(['/usr/libexec/' + name], env=self.desktop.environ(**self.sandbox()))
        for name in ('Desktop', 'Flatpak'):
            wait_until(lambda: self.has_name('org.freedesktop.portal.' + name), 'the portals', 20, 100)

    def has_name(self, name):
        asked = subprocess.run(['gdbus', 'call', '--session', '--dest', 'org.freedesktop.DBus', '--object-path', '/',
                                '--method', 'org.freedesktop.DBus.NameHasOwner', name],
                               env=self.desktop.environ(), capture_output=True, text=True, check=False)
        return 'true' in asked.stdout

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


STEPS = [test_portal.accept_invitation, feel_the_walls, test_portal.sign_in_as_patient,
         test_portal.see_my_day, test_portal.see_my_prescriptions, draw_a_stranger]

if __name__ == '__main__':
    os.environ.setdefault('WATTLED', os.path.join(BUILD, 'src/server/wattled'))
    ONE = SandboxedDay(patients=40, login=test_portal.LOGIN, moment=datetime.datetime.now(day.ZONE))
    try:
        test_portal.prepare(ONE)
        ONE.run(STEPS)
        print('%d passed, 0 failed, 0 skipped' % len(STEPS))
    finally:
        ONE.end()
