#!/usr/bin/python3
# test_schedule.py: what a receptionist does in the diary, on a computer far away, beside others, and on a phone
#
# SPDX-License-Identifier: GPL-3.0-or-later
import datetime
import json
import os
import re
import sys

from gi.repository import GLib

import day
from desktop import Wattled, wait_until
from window import Window

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../server'))
import wattled  # pylint: disable=wrong-import-position

# The Sunday behind it has 23 hours in New South Wales, the Monday is Labour Day there.
MOMENT = datetime.datetime(2026, 9, 29, 10, 12, tzinfo=day.ZONE)
FAR_AWAY = {'TZ': 'America/New_York'}


class Colleague(wattled.Client):
    """Somebody else at the practice, who speaks to the server without a window."""

    def __init__(self, one, login):
        super().__init__(one.server)
        # as far from the computer's clock as the server
        ahead = MOMENT - datetime.datetime.now(datetime.timezone.utc)
        wattled.instant = lambda moment=None: (
            (moment or datetime.datetime.now(datetime.timezone.utc) + ahead).astimezone(datetime.timezone.utc)
            .strftime('%Y-%m-%dT%H:%M:%S.%fZ'))
        answer = self.sign_in(login, password=day.PASSWORD)
        assert answer.status == 200, answer

    def records(self, kind):
        return [row['put'] for row in self.snapshot()[1] if row.get('put', {}).get('type') == kind]


def today_at(hour, minute=0, days=0):
    return MOMENT.replace(hour=hour, minute=minute) + datetime.timedelta(days=days)


def open_schedule(one):
    window = one.window
    day.sign_in(one)
    window.key('alt+2')
    window.find('button', 'Forward')
    wait_until(lambda: day.visits(one, 'Booked'), 'visits', 60)
    window.key('d')
    window.find('heading', 'Tuesday 29 September 2026')
    wait_until(lambda: day.visits(one, 'Booked'), 'the visits of the day', 60)


def drag_edge(window, node, dy):
    """Take hold of the lower edge of a visit."""
    x, y = window.point(node)
    y += Window.box(node)[3] // 2 - 2
    window.tool('mousemove', str(x), str(y), 'mousedown', '1', 'mousemove_relative', '--sync', '--', '0', str(dy // 2),
                'mousemove_relative', '--sync', '--', '0', str(dy - dy // 2), 'mouseup', '1')


def undo(one, name):
    """The way back in the toast, until the visit says what it said before."""
    one.window.click('button', 'Undo')
    wait_until(lambda: any(node.get_name() == name for node in day.visits(one)), name, 20)


def choose_in_popover(one, visit, verb):
    day.open_visit(one, visit)
    one.window.click(one.window.find('button', verb, exact=True))


def lengthen_by_edge(one):
    """A visit is dragged longer by its lower edge, to the clock's five minutes."""
    window = one.window
    box = max(day.visits(one, 'Booked', 'Imogen'), key=day.start_of)
    name, start = box.get_name(), box.get_name().split(' to ')[0]
    drag_edge(window, box, 38)
    longer = wait_until(lambda: next((node for node in day.visits(one, start + ' to ', 'Imogen')
                                      if node.get_name() != name), None), 'the visit to be longer', 20)
    assert longer.get_name().split(',')[1:] == name.split(',')[1:], longer.get_name()
    window.find('label', 'Length changed')
    undo(one, name)


def drag_beside(one):
    """Drag a visit of Imogen's into the column of Tomas, and answer what it was called before."""
    window = one.window
    box = next(node for node in day.visits(one, 'Booked', 'Imogen') if day.start_of(node) >= 14 * 60)
    name, who = box.get_name(), box.get_name().split(', ')[1]
    step = Window.box(day.visits(one, 'Tomas')[0])[0] - Window.box(box)[0]
    # Behind the last visit of the day everybody is free.
    last = max(int(Window.box(node)[1] + Window.box(node)[3]) for node in day.visits(one, 'Tomas'))
    window.drag(box, step, last - Window.box(box)[1] + 20)
    moved = wait_until(lambda: next(iter(day.visits(one, who, 'Tomas Okafor')), None), 'another diary to have it', 20)
    assert 'Imogen' not in moved.get_name()
    return name


def drag_to_colleague(one):
    """A visit is dragged into another column: it is another practitioner's at the same time."""
    name = drag_beside(one)
    one.window.find('label', 'Visit moved')
    undo(one, name)


def hold_through_a_change(one):
    """The pointer goes down on a visit, the diary is read anew, the pointer goes up: the visit opens, nothing else."""
    window = one.window
    box = min(day.visits(one, 'Booked', 'Imogen'), key=day.start_of)
    who = box.get_name().split(', ')[1]
    x, y = window.point(box)
    window.tool('mousemove', str(x), str(y), 'mousedown', '1')
    other = next(visit for visit in one.visits if visit['practitioner'] != one.imogen and visit['status'] == 'booked'
                 and visit['starts_at'] > wattled.instant())
    one.mei.done('appointment.arrive', id=other['id'])
    wait_until(lambda: day.visits(one, 'Arrived'), 'the news of a colleague', 20)
    window.tool('mouseup', '1')
    window.find('button', 'Open Chart')
    window.find('label', who)
    assert window.see('window', 'Book a Visit') is None, 'a visit that was pressed was taken for a free time'
    window.key('Escape')


def did_not_attend(one):
    """Who was booked before now and is not here has not attended; that can be taken back."""
    window = one.window
    visit = next(visit for visit in one.visits if visit['practitioner'] == one.imogen and visit['status'] == 'booked'
                 and visit['starts_at'] > wattled.instant())
    one.mei.done('appointment.move', id=visit['id'], practitioner=one.imogen,
                 starts_at=wattled.instant(today_at(8, 15)), ends_at=wattled.instant(today_at(8, 30)))
    box = wait_until(lambda: next(iter(day.visits(one, '8:15 am to 8:30 am', 'Booked')), None), 'the early visit', 20)
    name = box.get_name()
    choose_in_popover(one, box, 'Did Not Attend')
    gone = wait_until(lambda: next(iter(day.visits(one, '8:15 am to 8:30 am', 'Did not attend')), None),
                      'nobody to have come', 20)
    window.picture('schedule-did-not-attend')
    assert 'Booked' not in gone.get_name()
    undo(one, name)


def book_again(one):
    """The same patient, type and time, a week later by the wall clock, though the clocks change between."""
    window = one.window
    box = max(day.visits(one, 'Booked', 'Imogen'), key=day.start_of)
    start, who = re.match(r'(.*?) to .*?, (.*?),', box.get_name()).groups()
    choose_in_popover(one, box, 'Book Again…')
    dialog = window.find('window', 'Book a Visit')
    window.find(None, who.split()[-1], within=dialog)
    wait_until(lambda: window.text(window.find('entry', 'Date', within=dialog)) == 'Tue 6 Oct 2026', 'next week')
    assert window.text(window.find('entry', 'Time', within=dialog)) == start
    window.fill('Time', '5:10 pm', within=dialog)
    window.key('ctrl+Return')
    window.gone('window', 'Book a Visit')
    window.find('label', 'Booked for ')
    window.key('Next', 'Next', 'Next', 'Next', 'Next', 'Next', 'Next')
    wait_until(lambda: day.visits(one, '5:10 pm to ', who), 'the visit of next week', 20)
    window.key('t')
    wait_until(lambda: day.visits(one, 'Completed'), 'today again', 20)


def cancel_with_reason(one):
    """The reason and what was typed stand in the record of the cancelling."""
    window = one.window
    box = max(day.visits(one, 'Booked', 'Priya'), key=day.start_of)
    name = box.get_name()
    choose_in_popover(one, box, 'Cancel Visit…')
    dialog = window.window('Cancel This Visit?')
    window.press(window.find(None, 'Reason', within=dialog, exact=True))
    window.find(None, 'Cancelled by the practice')
    window.key('Down', 'Return')
    window.gone(None, 'Booked in error')
    window.fill('Note', 'the practitioner is ill', within=dialog)
    window.picture('schedule-cancel')
    day.press_button(one, 'Cancel Visit')
    wait_until(lambda: all(node.get_name() != name for node in day.visits(one)), 'the visit to go', 20)

    def written():
        return [row for row in one.mei.records('cancellation') if row.get('note') == 'the practitioner is ill']
    row = wait_until(written, 'the server to know why', 20)[0]
    assert row['reason'] == 'practice', json.dumps(row)
    undo(one, name)


def keyboard_booking(one):
    """From an empty time to a saved booking by keys alone."""
    window = one.window
    window.key('Next')
    wait_until(lambda: window.see('button', 'Wednesday 30 September 2026') or window.see(None, 'Wednesday 30 Sep'),
               'tomorrow', 20)
    box = min(day.visits(one, 'Booked', 'Imogen'), key=day.start_of)
    day.open_visit(one, box)
    window.key('Escape')
    window.key('Up', 'Up', 'n')
    dialog = window.find('window', 'Book a Visit')
    at = window.text(window.find('entry', 'Time', within=dialog))
    window.write(one.patient_name)
    window.find('list item', one.patient_name.split()[-1], within=dialog)
    window.key('Return')
    window.key('ctrl+Return')
    window.gone('window', 'Book a Visit')
    wait_until(lambda: day.visits(one, at + ' to ', one.patient_name, 'Booked'), 'the booking in the diary', 20)
    window.key('t')
    wait_until(lambda: day.visits(one, 'Completed'), 'today again', 20)


def short_day(one):
    """4 October has no time from 2 to 3 am; the keys say so, and what is booked behind it stands where it is."""
    window = one.window
    window.key(*['Next'] * 5)
    window.find('heading', 'Sunday 4 October 2026')
    one.mei.done('appointment.book', appointment=dict(
        one.blank, id=wattled.new_id(), starts_at='2026-10-03T16:00:00Z', ends_at='2026-10-03T16:45:00Z'))
    box = wait_until(lambda: next(iter(day.visits(one, '3:00 am to 3:45 am')), None), 'the visit at three', 20)
    day.open_visit(one, box)
    window.key('Escape')
    window.key('Up')
    window.find(None, 'Sunday 4 October 2026, Not on the clock that day, ')
    window.picture('schedule-short-day')
    window.key('Up', 'Up', 'Up', 'Up')
    window.find(None, 'Sunday 4 October 2026, 1:45 am, ')
    window.key('Next')
    window.find('heading', 'Labour Day')
    window.picture('schedule-holiday')


def long_day(one):
    """4 April has the hour from 2 to 3 am twice."""
    window = one.window
    window.key('w', *['Next'] * 25, 'd', *['Next'] * 6)
    window.find('heading', 'Sunday 4 April 2027')
    for hour in (15, 16):
        one.mei.done('appointment.book', appointment=dict(
            one.blank, id=wattled.new_id(), starts_at='2027-04-03T%d:30:00Z' % hour,
            ends_at='2027-04-03T%d:45:00Z' % hour))
    first, second = wait_until(lambda: (len(day.visits(one, '2:30 am to 2:45 am')) == 2
                                        and day.visits(one, '2:30 am to 2:45 am')), 'both half past two', 20)
    # a visit of a quarter is a pixel lower than its quarter
    assert Window.box(second)[1] - Window.box(first)[1] == 4 * (Window.box(first)[3] + 1), 'not an hour apart'
    window.key('Down')
    window.find(None, 'Sunday 4 April 2027, 2:00 am, ')
    window.key(*['Down'] * 4)
    window.find(None, 'Sunday 4 April 2027, 2:00 am, ')
    window.key('Down', 'Down', 'Return')
    window.find('button', 'Book Again…')
    window.key('Escape')
    window.picture('schedule-long-day')
    window.key('t')
    wait_until(lambda: day.visits(one, 'Completed'), 'today again', 20)


def taken_meanwhile(one):
    """A colleague books the same time while the window is offline: the later one is offered others, and takes one."""
    window = one.window
    one.server.kill()
    window.find('button', 'Offline', timeout=60)
    window.key('Next')
    wait_until(lambda: not day.visits(one, 'Completed'), 'tomorrow', 20)
    window.key('ctrl+n')
    dialog = window.find('window', 'Book a Visit')
    window.write(one.patient_name)
    window.find('list item', one.patient_name.split()[-1], within=dialog)
    window.key('Return')
    window.fill('Time', '5:20 pm', within=dialog)
    window.key('ctrl+Return')
    window.gone('window', 'Book a Visit')
    mine = wait_until(lambda: next(iter(day.visits(one, '5:20 pm to ', one.patient_name)), None), 'the booking', 20)
    who = mine.get_name().split(', ')[-1]
    person = one.people[who]
    # the server is back for the colleague alone: the window looks for it elsewhere
    elsewhere = Wattled(one.desktop, one.server.data, environment=one.clock)
    one.mei.server = elsewhere
    one.mei.done('appointment.book', appointment=dict(
        one.blank, id=wattled.new_id(), patient=one.other_patient, practitioner=person,
        starts_at=wattled.instant(today_at(17, 15, 1)), ends_at=wattled.instant(today_at(17, 45, 1))))
    elsewhere.kill()
    one.server.start()
    one.mei.server = one.server
    dialog = window.find('window', 'That Time Was Taken Meanwhile', timeout=90)
    window.raise_window('That Time Was Taken Meanwhile')
    window.find('label', '%s was to see %s on Wed 30 Sep 2026, 5:20 pm.' % (one.patient_name, who), within=dialog)
    window.picture('schedule-taken')
    offered = [node for node in window.all('list item', within=dialog) if re.search(r'\d:\d\d [ap]m', node.get_name())]
    assert len(offered) > 1, window.tree(dialog)
    chosen = re.search(r'(\w+ \d+ \w+ \d+), (\d+:\d\d [ap]m)', offered[0].get_name()).group(0)
    window.press(offered[0])
    window.find('label', 'Booked at the new time')
    wait_until(lambda: not day.visits(one, '5:20 pm to ', one.patient_name), 'the lost time to be free of it', 20)
    starts = datetime.datetime.strptime(chosen, '%a %d %b %Y, %I:%M %p').replace(tzinfo=day.ZONE)

    def booked():
        return [visit for visit in one.mei.records('appointment') if visit['patient'] == one.patient
                and visit['starts_at'][:16] == wattled.instant(starts)[:16] and visit['status'] == 'booked']
    wait_until(booked, 'the server to have the booking for %s' % chosen, 30)


def ask_for_what_is_gone(one):
    """A screen reader asks for a window that has closed meanwhile: GTK 4.8 then answers with the last one there is,
    and ends the program when that one was never shown. So none may be kept for later."""
    window = one.window
    for keys, name in (((), None), (('ctrl+k',), 'Find Anything'), (('F1',), 'Shortcuts')):
        window.key(*keys)
        if name is not None:
            window.find('window', name)
            window.key('Escape')
            window.gone('window', name)
        root = window.application()
        root.clear_cache()
        count = root.get_child_count()
        try:
            root.get_child_at_index(count + 3)
        except GLib.Error:
            pass
        assert window.application() is not None, 'the program went with “%s”' % name


def open_places(one):
    """Whoever comes to Patients types at once, wherever the focus was, there or in the diary."""
    window = one.window
    window.key('alt+3')
    search = window.find('entry', 'Search patients')
    for keys in ((), ('Down', 'Down')):
        window.key(*keys, 'alt+2')
        window.find('button', 'Forward')
        window.key('alt+3')
        window.find('entry', 'Search patients')
        window.write('w')
        wait_until(lambda: window.text(search) == 'w', 'the search to have the keys')
        window.key('BackSpace')
    window.key('alt+2')
    window.find('button', 'Forward')


def from_the_right(one):
    """Where the language is read from the right days and people run from there, and drags with them."""
    window = one.window
    window.stop()
    window.environment['LD_PRELOAD'] = ' '.join(filter(None, (os.environ['WATTLE_MIRRORED'],
                                                              one.clock.get('LD_PRELOAD'))))
    window.start()
    open_schedule(one)
    imogen, tomas = (day.visits(one, 'Booked', name)[0] for name in ('Imogen', 'Tomas'))
    assert Window.box(imogen)[0] > Window.box(tomas)[0], 'the first is not at the right'
    window.picture('schedule-from-the-right')
    drag_beside(one)


def prepare(one):
    """What the steps need to know of the practice, as a colleague sees it."""
    one.mei = Colleague(one, 'mei')
    people = one.mei.records('practitioner')
    names = ('Dr Imogen Farrow', 'Tomas Okafor', 'Priya Raman')
    one.people = {name: person['id'] for person in people for name in names if person['family_name'] in name}
    one.imogen = one.people['Dr Imogen Farrow']
    start, end = wattled.instant(today_at(0)), wattled.instant(today_at(0, days=1))
    one.visits = sorted((visit for visit in one.mei.records('appointment') if start <= visit['starts_at'] < end),
                        key=lambda visit: visit['starts_at'])
    patients = one.mei.records('patient')
    one.patient, one.other_patient = patients[0]['id'], patients[1]['id']
    one.patient_name = '%s %s' % (patients[0]['given_names'].split()[0], patients[0]['family_name'])
    model = one.visits[-1]
    one.blank = {'type': 'appointment', 'patient': one.other_patient, 'practitioner': one.imogen,
                 'location': model['location'], 'modality': 'in_person', 'status': 'booked', 'zone': 'Australia/Sydney'}


STEPS = [open_schedule, ask_for_what_is_gone, open_places, lengthen_by_edge, drag_to_colleague,
         hold_through_a_change, did_not_attend, book_again, cancel_with_reason, keyboard_booking, short_day, long_day,
         taken_meanwhile, from_the_right]


def run(steps, **options):
    one = day.Day(moment=MOMENT, environment=FAR_AWAY, **options)
    try:
        prepare(one)
        one.run(steps)
    finally:
        one.end()


if __name__ == '__main__':
    wanted = os.environ.get('WATTLE_TEST')
    run([step for step in STEPS if not wanted or step is open_schedule or wanted in step.__name__], login='mei')
