#!/usr/bin/python3
# test_schedule_phone.py: the diary on a screen as wide as a phone
#
# SPDX-License-Identifier: GPL-3.0-or-later
import day
from test_schedule import open_schedule, run
from window import Window


def fits_a_phone(one):
    """At 360 pixels the diary is one day as wide as the window, also when the header has something to say."""
    window = one.window
    one.server.kill()
    window.find('button', 'Offline', timeout=60)
    window.picture('schedule-phone')
    frame = window.windows()[0]
    assert Window.box(frame)[2] <= 360, Window.box(frame)
    for name in ('Forward', 'Whose diary', 'Close', 'Synchronisation: Offline'):
        x, _, width, _ = Window.box(window.find('button', name))
        assert x + width <= 360, '%s ends at %d' % (name, x + width)
    box = max(day.visits(one, 'Booked'), key=day.start_of)
    assert 250 < Window.box(box)[2] < 360, Window.box(box)
    day.open_visit(one, box)
    window.picture('schedule-phone-visit')
    window.find('button', 'Cancel Visit…')
    window.key('Escape')


run([open_schedule, fits_a_phone], size=(360, 720), window_width=360, window_height=720, window_maximized=True)
