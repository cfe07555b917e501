# day.py: a clinician's day at the window, step by step
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of the core of a day, in order. Each is a function of a Day and leaves a picture.

A step finds things by accessible name. day.window is the program, day.server its wattled: kill() and start() it.
day.patient is who the day is about: the steps that follow a search use it.
"""
import datetime
import os
import subprocess
import zoneinfo

import chart
from desktop import BUILD, Desktop, Wattled, wait_until
from window import Window

PASSWORD = 'wattle blooms in august'
ZONE = zoneinfo.ZoneInfo('Australia/Sydney')
FAKETIME = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1'


def working_moment():
    """The next moment that a clinic is open: now, or Tuesday morning."""
    now = datetime.datetime.now(ZONE)
    if now.weekday() < 5 and 9 <= now.hour < 16:
        return now
    ahead = (1 - now.weekday()) % 7 or 7
    return (now + datetime.timedelta(days=ahead)).replace(hour=10, minute=12, second=0, microsecond=0)


class Day:
    """A demonstration practice with its server and a window, at a moment when the clinic is open."""

    def __init__(self, patients=200, years=1, size=(1280, 860), keep=None, login='imogen', **settings):
        self.moment = working_moment()
        self.login = login
        self.patient = None
        self.desktop = Desktop(*size, keep=keep)
        try:
            self.begin(patients, years, settings)
        except BaseException:
            self.desktop.end()
            raise

    def begin(self, patients, years, settings):
        offset = int((self.moment - datetime.datetime.now(ZONE)).total_seconds())
        # Every process is the same time away from the computer's clock, also one that is started again.
        self.clock = {'LD_PRELOAD': FAKETIME, 'FAKETIME': '%+d' % offset, 'FAKETIME_DONT_FAKE_MONOTONIC': '1'}
        if abs(offset) < 60 or not os.path.exists(FAKETIME):
            self.clock = {}
        data = os.path.join(self.desktop.scratch, 'practice')
        subprocess.run([os.path.join(BUILD, 'src/ctl/wattlectl'), '--data', data, 'demo', '--patients', str(patients),
                        '--years', str(years), '--now', self.moment.isoformat(timespec='seconds'),
                        '--password', PASSWORD],
                       env=self.desktop.environ(), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.server = Wattled(self.desktop, data, environment=self.clock)
        self.desktop.settings(server_url=self.server.url, **settings)
        self.window = Window(self.desktop, **self.clock)

    def end(self, keep=False):
        self.window.stop()
        self.desktop.keep = self.desktop.keep or keep
        self.desktop.end()

    def run(self, steps):
        for number, step in enumerate(steps, 1):
            print('%2d %s' % (number, step.__name__.replace('_', ' ')), flush=True)
            try:
                step(self)
            except BaseException:
                where = os.path.join(self.desktop.scratch, 'failed.png')
                self.desktop.picture(where)
                print('failed; see', where, flush=True)
                self.desktop.keep = True
                raise
            self.window.picture('%02d-%s' % (number, step.__name__.replace('_', '-')))


def sign_in(day):
    window = day.window
    window.fill('Sign-in name', day.login)
    window.fill('Password', PASSWORD)
    window.key('Return')
    window.find(None, 'Today', timeout=90)


def see_today(day):
    """The figures are those of real rows: a visit of the day stands in the list."""
    window = day.window
    visits = window.find('list', 'Visits of today')
    wait_until(lambda: len(window.all('row', None, within=visits)) > 2, 'the visits of today', 30)
    window.find(None, 'still to come')
    window.find('list', 'Unpaid invoices')


def find_patient(day):
    """The name of a visitor of today is typed in part; the list follows."""
    window = day.window
    visits = window.find('list', 'Visits of today')
    label = next(node.get_name() for node in window.walk(visits)
                 if node.get_role_name() == 'label' and ', ' in node.get_name() and '·' not in node.get_name())
    day.patient = label
    family, given = label.split(' (')[0].split(', ', 1)
    window.key('alt+3')
    search = window.find('entry', 'Search patients')
    window.focus(search)
    window.write('%s %s' % (given[:3].lower(), family.lower()))
    people = window.find('list', 'Patients')
    wait_until(lambda: window.see(None, label, within=people), label, 20)


def find_anything(day):
    window = day.window
    window.palette(day.patient.split(',')[0])
    window.find(None, day.patient, within=window.find('window', 'Find Anything'))
    window.key('Escape')
    window.gone('window', 'Find Anything')


def work_offline(day):
    """The server dies; what is done meanwhile is kept, and sent when it is back."""
    window = day.window
    window.key('alt+1')
    day.server.kill()
    window.find('button', 'Offline', timeout=60)
    window.click('button', 'Arrive: ', timeout=30)
    window.find('button', 'change waits', timeout=30)
    window.picture('offline')
    day.server.start()
    window.gone('button', 'Offline', timeout=90)


def lock_and_unlock(day):
    window = day.window
    window.key('ctrl+l')
    window.find(None, 'Locked')
    assert not day.patient or window.see(None, day.patient) is None, 'a name shows while locked'
    window.fill('Password', PASSWORD)
    window.key('Return')
    window.find('row', 'Today', timeout=60)


STEPS = [sign_in, see_today, find_patient, *chart.STEPS, find_anything, work_offline, lock_and_unlock]
