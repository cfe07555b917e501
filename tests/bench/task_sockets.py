# task_sockets.py: 2,000 sockets that come back at once and are poked at once, beside npm's ws
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reconnecting: from the first connection to the last socket that was told where the practice stands. Ours looks at
the token of each in its database first; the peer has none. Poking: from one booking's request until the last socket
heard of it; the peer's write is a number in memory, ours is on the disk before anybody hears."""
import concurrent.futures
import os
import subprocess

import peer
from measuring import Result, program, say, scratch
from practice import PASSWORD, Client, server_side
from task_booking import bookings_of, request

NAME = 'sockets'
SOCKETS, EACH = 2000, 8  # as many as one person may have open


def storm(port, frames, path, requests, pokes):
    """Seconds to reconnect, and milliseconds of every poke."""
    process = subprocess.Popen([program('bench-load'), 'sockets', str(port), str(SOCKETS), path, frames, requests],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with process:
        connected = process.stdout.readline()
        if not connected:
            raise RuntimeError('the sockets were not all opened')
        answers = []
        for _ in range(pokes):
            process.stdin.write('\n')
            process.stdin.flush()
            answers.append(float(process.stdout.readline()))
        process.stdin.close()
    return float(connected), answers


def write_requests(path, each):
    with open(path, 'wb') as out:
        for data in each:
            out.write(b'%d\n' % len(data) + data)


def sign_in_many(server, path):
    """A token of as many people as it takes, a frame a line."""
    boss = server.client(role='administrator')

    def sign_in(number):
        one = Client(server)
        one.sign_in(f'rita{number}')
        one.connection.close()
        return one.access

    def employ(number):
        hand = Client(server)
        hand.access = boss.access
        answer = hand.post('/v1/users', {'login': f'rita{number}', 'display_name': 'Rita', 'password': PASSWORD,
                                         'roles': ['reception']})
        if answer.status != 200:
            raise RuntimeError(f'a person was answered with {answer}')

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        people = range(SOCKETS // EACH)
        list(pool.map(employ, people))
        tokens = list(pool.map(sign_in, people))
    with open(path, 'w', encoding='utf-8') as out:
        out.writelines('{"token":"%s"}\n' % token for token in tokens)


def measure(options):
    again = Result(f'{SOCKETS:,} sockets reconnect', 's', None, None, "npm's ws")
    poke = Result(f'{SOCKETS:,} sockets are poked', 'ms', None, None, "npm's ws")
    held = Result(f'Memory with {SOCKETS:,} sockets', 'MB', None, None, "npm's ws")
    pokes = 5
    with scratch() as folder, server_side(limits={'sockets': 4000, 'connections': 8000,
                                                  'connections_per_address': 8000}) as server:
        load = bookings_of(server, 'mara', 1)
        frames = os.path.join(folder, 'frames')
        sign_in_many(server, frames)
        with peer.node('ws.mjs') as (port, process):
            for turn in range(options.rounds):
                mine, theirs = os.path.join(folder, f'ours-{turn}'), os.path.join(folder, f'peer-{turn}')
                write_requests(mine, [load.make(0, turn * pokes + i) for i in range(pokes)])
                write_requests(theirs, [request('POST', '/', '', {}) for _ in range(pokes)])
                seconds, times = storm(server.port, frames, '/v1/events', mine, pokes)
                memory = peer.memory(server.process)
                peer_seconds, peer_times = storm(port, frames, '/', theirs, pokes)
                again.add(seconds, peer_seconds)
                poke.add(sorted(times)[pokes // 2], sorted(peer_times)[pokes // 2])
                held.add(memory, peer.memory(process))
                say(f'reconnect {seconds:.2f} s, ws {peer_seconds:.2f} s; poke {poke.ours[-1]:.1f} ms, '
                    f'ws {poke.peer[-1]:.1f} ms')
    return [again, poke, held]
