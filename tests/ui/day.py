# day.py: a clinician's day at the window, step by step
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of the core of a day, in order. Each is a function of a Day and leaves a picture.

A step finds things by accessible name. day.window is the program, day.server its wattled: kill() and start() it.
day.patient is who the day is about: the steps that follow a search use it.
"""
import datetime
import os
import re
import subprocess
import zoneinfo

import gi
gi.require_version('Atspi', '2.0')
from gi.repository import GLib

import chart
from desktop import BUILD, Desktop, Timeout, Wattled, wait_until
from proxy import Proxy
from window import Window

PASSWORD = 'wattle blooms in august'
ZONE = zoneinfo.ZoneInfo('Australia/Sydney')
FAKETIME = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1'


def working_moment():
    """A moment at which a clinic is open, the same in every run of a week: Tuesday morning."""
    now = datetime.datetime.now(ZONE)
    ahead = (1 - now.weekday()) % 7 or 7
    return (now + datetime.timedelta(days=ahead)).replace(hour=10, minute=12, second=0, microsecond=0)


class Day:
    """A demonstration practice with its server and a window, at a moment when the clinic is open."""

    def __init__(self, patients=200, years=1, size=(1280, 860), keep=None, login='imogen', proxied=False, moment=None,
                 environment=None, services=None, text=1, **settings):
        self.moment = moment or working_moment()
        self.environment = environment or {}
        self.login = login
        self.proxied = proxied
        self.proxy = None
        self.patient = None
        self.desktop = Desktop(*size, keep=keep, services=services, text=text)
        try:
            self.begin(patients, years, settings)
        except BaseException:
            self.desktop.end()
            raise

    def begin(self, patients, years, settings):
        offset = int((self.moment - datetime.datetime.now(datetime.timezone.utc)).total_seconds())
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
        if self.proxied:
            self.proxy = Proxy(self.server.port)
        self.desktop.settings(server_url=self.proxy.url if self.proxied else self.server.url, **settings)
        self.window = Window(self.desktop, **dict(self.clock, **self.environment))

    def end(self, keep=False):
        self.desktop.keep = self.desktop.keep or keep
        try:
            self.window.stop()
        finally:
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


def use_mine(window, dialog):
    """Of two values one's own, until there is nothing left to choose."""
    window.click('button', 'use mine', within=dialog)
    try:
        window.find('label', 'All Settled', within=dialog, timeout=15)
    except Timeout:
        # the row was made anew under the click
        window.click('button', 'use mine', within=dialog)
        window.find('label', 'All Settled', within=dialog)


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

    def visitor():
        # Rows are made anew when a colleague's change arrives, also while one looks at them.
        try:
            return next((node.get_name() for node in window.walk(visits) if node.get_role_name() == 'label'
                         and ', ' in node.get_name() and '·' not in node.get_name()), None)
        except GLib.Error:
            return None
    label = wait_until(visitor, 'a visitor of today')
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


def visits(day, *words):
    """The boxes of the diary whose names hold these words, by day and time."""
    def meant(node):
        try:
            return (node.get_role_name() == 'push button' and re.match(r'\d+:\d\d [ap]m to ', node.get_name())
                    and all(word in node.get_name() for word in words))
        except GLib.GError:
            # the diary was laid out anew while we looked
            return False
    return [node for node in day.window.walk() if meant(node)]


def start_of(node):
    """Minutes since midnight at which a box of the diary says it starts."""
    hour, minute, half = re.match(r'(\d+):(\d\d) ([ap]m) to ', node.get_name()).groups()
    return int(hour) % 12 * 60 + int(minute) + (720 if half == 'pm' else 0)


def press_button(day, verb):
    """The button of that word; a visit that is “Completed” is a button too."""
    day.window.click(wait_until(lambda: next((node for node in day.window.all('button')
                                              if node.get_name().endswith(verb)), None), verb, 20))


def open_visit(day, box):
    """Click until it opens: a click where a popover lay a moment ago may never reach the window."""
    def opened():
        day.window.press(box)
        try:
            return day.window.find('button', 'Book Again…', timeout=3)
        except Timeout:
            return None
    wait_until(opened, box.get_name(), 20)


def only_visit(day, who, *words):
    return wait_until(lambda: next(iter(visits(day, who, *words)), None), 'a visit of %s' % who, 20)


def book(day):
    """A free day next month: the first free time that is offered, for the patient of the day, by keys alone."""
    window = day.window
    window.key('alt+2')
    window.find(None, 'Forward')
    wait_until(lambda: visits(day), 'the visits of the week', 30)
    window.key('ctrl+n')
    dialog = window.find('window', 'Book a Visit')
    given = day.patient.split(' (')[0].split(', ', 1)
    window.find('entry', 'Find a patient', within=dialog)
    window.write('%s %s' % (given[1], given[0]))
    window.find('list item', day.patient, within=dialog)
    window.key('Return')
    window.key('ctrl+Return')
    window.gone('window', 'Book a Visit')
    window.find('label', 'Booked for ')


def move_and_lengthen(day):
    """The next booked visit of the clinician goes elsewhere: dragged, undone, by keys, and longer by keys."""
    window = day.window
    window.gone('label', 'Booked for ')
    window.key('d')
    ahead = [node for node in visits(day, 'Booked')]
    assert ahead, 'nothing is booked today'
    last = max(ahead, key=start_of)
    who = re.match(r'.*? to .*?, (.*?),', last.get_name()).group(1)
    was = last.get_name()
    # Behind the last visit of the day there is room, once that is on the screen.
    window.wheel(last, 4)
    last = next(node for node in visits(day, who) if node.get_name() == was)
    height = Window.box(last)[3]
    window.drag(last, 0, 3 * max(height, 20))
    moved = wait_until(lambda: next((node for node in visits(day, who, 'Booked')
                                     if start_of(node) > start_of_name(was)), None), 'the visit to move', 20)
    name = moved.get_name()
    window.find('label', 'Visit moved')
    window.click('button', 'Undo')
    wait_until(lambda: any(node.get_name() == was for node in visits(day, who)), 'the visit to be back', 20)
    box = next(node for node in visits(day, who) if node.get_name() == was)
    window.press(box)
    window.key('Escape')
    window.key('m', 'Down', 'Down', 'Return')
    wait_until(lambda: any(start_of(node) == start_of_name(was) + 30 for node in visits(day, who)),
               'the keys to move it from %s' % name, 20)
    length = re.match(r'.*? to (.*?),', visits(day, who)[-1].get_name()).group(1)
    window.key('plus', 'plus', 'Return')
    wait_until(lambda: any(length not in node.get_name() and start_of(node) == start_of_name(was) + 30
                           for node in visits(day, who)), 'it to be longer', 20)


def start_of_name(name):
    class Named:
        get_name = staticmethod(lambda: name)
    return start_of(Named)


def cancel_and_undo(day):
    window = day.window
    last = max(visits(day, 'Booked'), key=start_of)
    name = last.get_name()
    window.press(last)
    window.key('Escape')
    window.key('Delete')
    window.find(None, 'Cancel This Visit?')
    press_button(day, 'Cancel Visit')
    wait_until(lambda: all(node.get_name() != name for node in visits(day)), 'the visit to go', 20)
    window.find('label', 'Visit cancelled')
    window.click('button', 'Undo')
    wait_until(lambda: any(node.get_name() == name for node in visits(day)), 'the visit to be back', 20)


def arrive_and_complete(day):
    """The patient comes, is seen, and the visit makes its invoice."""
    window = day.window
    box = min(visits(day, 'Booked'), key=start_of)
    times = box.get_name().split(',')[0]
    for verb, status in (('Arrive', 'Arrived'), ('Start', 'In visit'), ('Complete', 'Completed')):
        open_visit(day, box)
        press_button(day, verb)
        box = only_visit(day, times, status)
    said = window.find('label', 'Visit completed').get_name()
    assert 'invoice' in said, said
    window.find('button', 'View Invoice')


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


STEPS = [sign_in, see_today, find_patient, book, move_and_lengthen, cancel_and_undo, arrive_and_complete, *chart.STEPS,
         find_anything, work_offline, lock_and_unlock]
