#!/usr/bin/python3
# shots.py: pictures of the window as a person sees it: full, dark, narrow, with large letters
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes what is to be seen (full, dark, large, narrow, narrow-large) and a folder: a screen serves one process."""
import os
import sys

import chart
import day
from desktop import wait_until

OUT = os.path.abspath(sys.argv[2])


def walk_places(one, suffix):
    """A picture of every place of the sidebar."""
    window = one.window
    places = [node.get_name() for node in window.all('list item', None, within=window.find('list', 'Places'))]
    for number, name in enumerate(places, 1):
        window.key('alt+%d' % number)
        window.find('list item', name)
        picture(one, name.lower() + suffix)


def picture(one, name):
    """Take it when the window has come to rest: two pictures of the same screen are the same."""
    path = os.path.join(OUT, name + '.png')
    last = []

    def rested():
        one.desktop.picture(path)
        with open(path, 'rb') as file:
            last.append(hash(file.read()))
        return len(last) > 2 and last[-1] == last[-2]
    wait_until(rested, name + ' to come to rest', 20, 250)
    print(path)


def session(suffix, size, **settings):
    one = day.Day(size=size, window_width=size[0], window_height=size[1], window_maximized=True, **settings)
    try:
        picture(one, 'sign-in' + suffix)
        day.sign_in(one)
        if size[0] > 600:
            walk_places(one, suffix)
            one.window.palette('a')
            picture(one, 'palette' + suffix)
            one.window.key('Escape')
            one.window.gone('window', 'Find Anything')
            one.window.key('alt+1')
            day.find_patient(one)
            chart.open_chart(one)
            picture(one, 'patient' + suffix)
        else:
            picture(one, 'today' + suffix)
    finally:
        one.end()


{'full': lambda: session('', (1280, 860)),
 'dark': lambda: session('-dark', (1280, 860), colour_scheme='dark'),
 'large': lambda: session('-large', (1280, 860), text=1.5),
 'narrow': lambda: session('-narrow', (360, 720)),
 'narrow-large': lambda: session('-narrow-large', (360, 720), text=1.5)}[sys.argv[1]]()
