# wire.py: somebody at the practice who speaks to the server without a window
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a test of a window needs done elsewhere, over the wire as another device would do it."""
import os
import sys

import day

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../server'))
import wattled  # noqa: E402 pylint: disable=wrong-import-position
from wattled import Client, Skipped, Socket, instant, new_id  # noqa: E402,F401 pylint: disable=unused-import


def staff(one, login, role):
    """A client that is signed in as one of the demonstration's staff, in that role."""
    client = Client(one.server)
    answer = client.sign_in(login, day.PASSWORD)
    assert answer.status == 200, answer
    if client.role != role:
        assert client.set_role(role).status == 200
    return client


def rows_of(client, kind=None):
    """The records that this client is given, of one type or all."""
    return [row['put'] for row in client.snapshot()[1] if 'put' in row and kind in (None, row['put']['type'])]


def done(result):
    assert result['status'] == 'ok', result
    return result
