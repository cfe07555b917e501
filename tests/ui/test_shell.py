#!/usr/bin/python3
# test_shell.py: what waits, what was refused, what two people changed, and a client that is too old
#
# SPDX-License-Identifier: GPL-3.0-or-later
import chart
import day
from desktop import wait_until

DIALOG = 'Change of This Computer'


def open_outbox(window):
    window.click('button', 'Synchronisation: ')
    return window.find('list', 'Changes of this computer', within=window.window('Outbox'))


def look_at_change(window):
    """The first of them, in words."""
    changes = open_outbox(window)
    row = window.find('list item', None, within=changes)
    wait_until(lambda: any(', ' in (label.get_name() or '') for label in window.all('label', None, within=row)),
               'the change to be told in words', 20)
    window.press(row)
    return window.window(DIALOG)


def close_outbox(window):
    window.gone('window', DIALOG)
    window.click('button', 'Close', within=window.window('Outbox'))
    window.gone('window', 'Outbox')
    window.raise_window('Wattle')


def arrive(window):
    button = window.find('button', 'Arrive: ', timeout=30)
    who = button.get_name().split(': ')[1]
    window.click(button)
    return who


def go_offline(one):
    one.proxy.cut = True
    one.window.find('button', 'Synchronisation: Offline', timeout=60)


def look_and_take_back(one):
    """What waits is told in words, can be looked at, taken back, and done after all."""
    window = one.window
    window.key('alt+1')
    go_offline(one)
    who = arrive(window)
    window.find('button', 'Offline: 1 change waits')
    changes = open_outbox(window)
    window.find('label', who, within=changes)
    window.picture('outbox-waiting')
    window.press(window.find('list item', 'Mark as arrived', within=changes))
    dialog = window.window(DIALOG)
    window.find('label', 'Mark as arrived', within=dialog)
    window.find('label', who, within=dialog)
    window.find('label', 'not sent yet', within=dialog)
    window.click('button', 'Take Back', within=dialog)
    window.find('label', 'Change taken back')
    window.gone('button', 'change waits')
    window.find('button', 'Arrive: ' + who)
    window.click('button', 'Undo', within=window.find('window', 'Outbox'))
    window.find('button', 'Offline: 1 change waits')
    close_outbox(window)
    window.find('button', 'Start: ' + who)
    # it is there after the night, and goes when the line is back
    window.stop()
    window.start()
    day.sign_in(one)
    window.find('button', 'Offline: 1 change waits', timeout=60)
    one.proxy.cut = False
    window.gone('button', 'Offline', timeout=90)
    assert [entry['name'] for entry in one.proxy.seen] == ['appointment.arrive'], one.proxy.seen


def put_right_what_was_refused(one):
    """The words of a note that the server refused are shown with the reason, typed anew and sent again."""
    window = one.window
    day.find_patient(one)
    chart.open_chart(one)
    window.key('ctrl+n')
    one.proxy.operations['note.save'] = {'status': 'refused', 'code': 'forbidden', 'message': 'Ask the practice first.'}
    window.focus(window.find('entry', 'Plan', exact=True))
    window.write('Review in four weeks.')
    window.told('Kept on this computer', window.window(chart.family(one)).get_name())
    wait_until(lambda: one.proxy.seen[-1]['name'] == 'note.save', 'the note to be sent', 30)
    window.key('ctrl+w')
    window.gone('window', chart.family(one))
    window.raise_window('Wattle')
    window.find('button', '1 change was not taken', timeout=30)
    dialog = look_at_change(window)
    window.find('label', 'Ask the practice first.', within=dialog)
    window.picture('outbox-refused')
    # it is not thrown away by a slip of the hand
    window.click('button', 'Throw Away', within=dialog)
    window.click('button', 'Cancel', within=window.window('Throw This Change Away?'))
    window.gone('window', 'Throw This Change Away?')
    window.raise_window(DIALOG)
    window.focus(window.find('entry', 'Plan', within=dialog))
    window.key('ctrl+End')
    window.write(' Blood test first.')
    del one.proxy.operations['note.save']
    window.click('button', 'Send Again', within=dialog)
    close_outbox(window)
    window.gone('button', 'not taken')
    text = 'Review in four weeks. Blood test first.'
    wait_until(lambda: one.proxy.seen[-1]['args'].get('note', {}).get('plan') == text, 'the new text to be sent', 30)


def throw_away(one):
    window = one.window
    window.key('alt+1')
    one.proxy.operations['appointment.arrive'] = {'status': 'refused', 'code': 'forbidden', 'message': 'Not today.'}
    who = arrive(window)
    window.find('button', '1 change was not taken', timeout=30)
    window.find('button', 'Arrive: ' + who)
    dialog = look_at_change(window)
    window.click('button', 'Throw Away', within=dialog)
    window.click('button', 'Throw Away', within=window.window('Throw This Change Away?'))
    close_outbox(window)
    window.gone('button', 'not taken')
    del one.proxy.operations['appointment.arrive']


def choose_another_time(one):
    """Somebody else had the time: the free ones stay to choose from, also later."""
    window = one.window
    starts = one.moment.replace(microsecond=0).astimezone(day.datetime.timezone.utc)
    free = [(starts + day.datetime.timedelta(days=days)).strftime('%Y-%m-%dT%H:%M:%SZ') for days in (35, 36)]
    one.proxy.operations['appointment.book'] = {
        'status': 'conflict', 'code': 'conflict', 'message': 'Dr Farrow has another visit then.',
        'alternatives': [{'starts_at': time, 'ends_at': time.replace(':00Z', ':30Z')} for time in free]}
    day.book(one)
    window.find('window', 'That Time Was Taken Meanwhile', timeout=30)
    window.click('button', 'Not Now')
    window.gone('window', 'That Time Was Taken Meanwhile')
    del one.proxy.operations['appointment.book']
    window.find('button', '1 change was not taken')
    dialog = look_at_change(window)
    window.find('label', 'another visit then', within=dialog)
    times = window.find('list', 'Free times', within=dialog)
    assert len(window.all('list item', None, within=times)) == 2, window.tree(dialog)
    window.picture('outbox-conflict')
    window.press(window.find('list item', None, within=times))
    close_outbox(window)
    wait_until(lambda: one.proxy.seen[-1]['args'].get('appointment', {}).get('starts_at') == free[0],
               'the booking at the free time', 30)
    window.gone('button', 'not taken')


def choose_between_values(one):
    """Both values in words; the one that was chosen goes to the server."""
    window = one.window
    patient = next(entry['args']['note']['patient'] for entry in one.proxy.seen if entry['name'] == 'note.save')
    one.proxy.conflicts['appointment.arrive'] = [
        {'type': 'patient', 'id': patient, 'field': 'mobile', 'mine': '+61491570156', 'theirs': '+61491570157'}]
    window.key('alt+1')
    arrive(window)
    window.find('button', '1 choice to make', timeout=30)
    open_outbox(window)
    window.find('label', 'Two people changed the same thing')
    window.click('button', 'Make the Choices')
    dialog = window.window('Choices to Make')
    window.find('label', 'Mobile', within=dialog)
    window.find('label', '0491 570 156', within=dialog)
    window.find('label', '0491 570 157', within=dialog)
    window.picture('choices')
    del one.proxy.conflicts['appointment.arrive']
    day.use_mine(window, dialog)
    window.key('Escape')
    window.gone('window', 'Choices to Make')
    close_outbox(window)
    window.gone('button', 'choice to make')
    wait_until(lambda: one.proxy.seen[-1]['name'] == 'record.change', 'the choice to be sent', 30)
    assert one.proxy.seen[-1]['args']['changes']['mobile']['new'] == '+61491570156', one.proxy.seen[-1]


def find_any_booking(one):
    """By a day, and by the person: what was and what will be; an invoice by its number."""
    window = one.window
    window.palette('yesterday' if one.moment.weekday() else 'today')
    palette = window.find('window', 'Find Anything')
    window.find('label', 'Visit of ', within=palette)
    window.key('ctrl+a')
    window.write(one.patient.split(',')[0])
    wait_until(lambda: len(window.all('label', 'Visit of ' + one.patient.split(',')[0], within=palette)) > 2,
               'the visits of %s' % one.patient, 20)
    assert any('Completed' in label.get_name() for label in window.all('label', None, within=palette))
    window.picture('palette-visits')
    window.key('ctrl+a')
    window.write('inv-0')
    window.find('label', 'Invoice INV-0', within=palette)
    window.key('Escape')
    window.gone('window', 'Find Anything')


def too_old(one):
    """The server wants a newer client: all can be read, nothing changed, and what waits stays."""
    window = one.window
    window.key('alt+1')
    go_offline(one)
    arrive(window)
    window.find('button', 'Offline: 1 change waits')
    one.proxy.answers['GET /v1/hello'] = (426, {'error': {'code': 'unsupported', 'field': 'schema',
                                                          'message': 'This server needs a newer version.'}})
    one.proxy.cut = False
    window.find('button', 'Read only', timeout=90)
    window.find('label', 'too old for the server')
    before = len(one.proxy.seen)
    arrive(window)
    window.find(None, 'update Wattle to go on', timeout=30)
    window.click('button', 'Close', within=window.windows()[0])
    changes = open_outbox(window)
    assert len(window.all('list item', None, within=changes)) == 1, window.tree()
    window.picture('too-old')
    close_outbox(window)
    del one.proxy.answers['GET /v1/hello']
    window.key('F5')
    window.gone('button', 'Read only', timeout=120)
    wait_until(lambda: len(one.proxy.seen) == before + 1, 'what waited to be sent', 60)


STEPS = [day.sign_in, day.see_today, look_and_take_back, put_right_what_was_refused, throw_away, choose_another_time,
         choose_between_values, find_any_booking, too_old]

if __name__ == '__main__':
    ONE = day.Day(proxied=True)
    try:
        ONE.run(STEPS)
    finally:
        ONE.end()
