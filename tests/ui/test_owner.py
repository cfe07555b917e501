#!/usr/bin/python3
# test_owner.py: an owner's window: the practice in numbers, and nobody's name
#
# SPDX-License-Identifier: GPL-3.0-or-later
import datetime
import re

import day
from desktop import wait_until
from wire import staff

TILES = {'Visits completed': 'completed', 'Visits cancelled': 'cancelled', 'Visits not attended': 'no_show'}


def sign_in(one):
    window = one.window
    window.fill('Sign-in name', one.login)
    window.fill('Password', day.PASSWORD)
    window.key('Return')
    window.find('label', 'Month by Month', timeout=90)


def tiles(one):
    """What stands under the title of each figure."""
    words = [node.get_name() for node in one.window.all('label', None)]
    found = {}
    for title in (*TILES, 'Payments received', 'Active patients today'):
        found[title] = words[words.index(title) + 1] if title in words else None
    return found


def number(text):
    return None if text == '–' else int(text.replace(',', '').replace('\u2009', '').replace(' ', ''))


def see_figures(one):
    """This month, as the server gives it to owners."""
    window = one.window
    one.figures = staff(one, one.login, 'owner').get('/v1/figures').json
    month = one.figures['months'][-1]
    shown = wait_until(lambda: tiles(one) if tiles(one)['Visits completed'] else None, 'the tiles', 20)
    for title, name in TILES.items():
        assert number(shown[title]) == month[name], (title, shown, month)
    assert number(shown['Active patients today']) == one.figures['patients'], shown
    window.find('label', 'Numbers of fewer than 5 people are not shown')
    assert len(window.all('list item', 'completed', within=window.find('list', 'Month by month'))) == 12


def choose_a_period(one):
    """The last three months are added up, without those of few people."""
    window = one.window
    months = one.figures['months'][-3:]
    window.choose('Period', 'Last three months')
    first, last = (datetime.date.fromisoformat(months[at]['month']).strftime('%B %Y') for at in (0, -1))
    window.find('label', '%s to %s' % (first, last))
    shown = tiles(one)
    for title, name in TILES.items():
        known = [month[name] for month in months if month[name] is not None]
        assert number(shown[title]) == (sum(known) if known else None), (title, shown, months)
    received = [month['income'] for month in months if month['income'] is not None]
    assert shown['Payments received'].replace(',', '') == '$%.2f' % (sum(received) / 100), (shown, received)


def see_nobody(one):
    """No place, palette or key leads to a person."""
    window = one.window
    places = [row.get_name() for row in window.all('list item', None, within=window.find('list', 'Places'))]
    assert places == ['Figures', 'Messages', 'Settings'], places
    desk = staff(one, 'robin', 'reception')
    names = {row['put']['family_name'] for row in desk.snapshot()[1]
             if row['put']['type'] == 'patient' and row['put'].get('family_name')}
    ours = {word for row in desk.snapshot()[1] if row['put']['type'] in ('practitioner', 'user')
             for word in re.split(r'\W+', ' '.join(str(value) for value in row['put'].values()))}
    names -= ours
    assert names
    for key in ('ctrl+f', 'Escape', 'alt+3', 'alt+1'):
        window.key(key)
        for word in window.names():
            assert not names & set(re.split(r'\W+', word)), word
    window.find('label', 'Month by Month')
    window.palette(sorted(names)[0].lower())
    dialog = window.find('window', 'Find Anything')
    window.find('label', 'othing', within=dialog)
    assert not [word for word in window.names('list item', None, within=dialog)], window.tree(dialog)
    window.key('Escape')
    window.gone('window', 'Find Anything')


def hold_nobody(one):
    """Nor does the computer hold anybody: what an owner's device is given names no patient."""
    rows = [row['put']['type'] for row in staff(one, one.login, 'owner').snapshot()[1]]
    assert not {'patient', 'appointment', 'progress_note', 'invoice', 'prescription'} & set(rows), set(rows)


def without_the_server(one):
    """The numbers stay, and say of when they are; a window that has none yet says why, and can be told to ask."""
    window = one.window
    one.server.kill()
    window.key('alt+3')
    window.find('list', 'Devices', exact=True)
    window.key('alt+1')
    window.find('label', 'the server cannot be reached now', timeout=30)
    one.server.start()
    wait_until(lambda: window.see('label', 'the server cannot be reached now') is None, 'the figures of now', 60)


STEPS = [sign_in, see_figures, choose_a_period, see_nobody, hold_nobody, without_the_server]

if __name__ == '__main__':
    ONE = day.Day(patients=40, login='owen')
    try:
        ONE.run(STEPS)
    finally:
        ONE.end()
