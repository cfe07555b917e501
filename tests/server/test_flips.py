#!/usr/bin/python3
# test_flips.py: bits of the server's file turn over, and wattlectl doctor and audit verify say what they find
#
# SPDX-License-Identifier: GPL-3.0-or-later
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

from practice import Practice
from wattled import main, new_id

CONTROL = os.environ.get('WATTLECTL', os.path.join(os.path.dirname(__file__), '../../_build/src/ctl/wattlectl'))
LONG = os.environ.get('WATTLE_FAULTS') == 'long'
SEED = int(os.environ.get('WATTLE_SEED', random.randrange(1 << 30)))
FLIPS = 2000 if LONG else 80

kept = None


class Original:
    """The file of a practice that was stopped, and what stands in it."""

    def __init__(self):
        self.scratch = tempfile.TemporaryDirectory(prefix='wattle-flips-')
        self.data = os.path.join(self.scratch.name, 'data')
        server = Practice(staff=('noel', 'rita'), data=self.data)
        for number in range(40):
            patient = server.patient(server.mara, 'Wren%d' % number, server.diaries['mara'],
                                     address_line='%d Banksia Street' % number, suburb='Newtown')['id']
            server.mara.done('note.save', note={'type': 'progress_note', 'id': new_id(), 'patient': patient,
                                                'kind': 'free', 'body': 'Slept badly, eats well. ' * (number % 7 + 1)})
        assert server.stop() == 0
        self.path = os.path.join(self.data, 'wattle.db')
        self.rows = rows(self.path)

    def copy(self):
        folder = os.path.join(self.scratch.name, 'copy')
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.data, folder)
        os.chmod(folder, 0o700)
        return folder


def original():
    global kept
    kept = kept or Original()
    return kept


def rows(path):
    """Every row of every table; None when the file cannot be read to its end."""
    database = sqlite3.connect('file:%s?mode=ro&immutable=1' % path, uri=True)
    database.text_factory = bytes
    try:
        found = {}
        for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
            found[name] = sorted(map(repr, database.execute('SELECT * FROM "%s"' % name.decode())))
        return found
    except (sqlite3.Error, UnicodeDecodeError):
        return None
    finally:
        database.close()


def ctl(folder, *words):
    done = subprocess.run([CONTROL, '--data', folder, *words], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode >= 0, (words, done)
    return done.returncode, done.stdout + done.stderr


def flip(path, place, bit):
    with open(path, 'r+b') as file:
        file.seek(place)
        byte = file.read(1)[0]
        file.seek(place)
        file.write(bytes([byte ^ 1 << bit]))


def test_a_whole_file():
    code, text = ctl(original().copy(), 'doctor')
    assert code == 0 and 'in order' in text, text


def test_random_bits():
    """Whatever changed a row, or the way to it, is found and said in a sentence; what is not found changed nothing."""
    chance = random.Random(SEED)
    print('# seed %d' % SEED)
    before = original()
    with open(before.path, 'rb') as file:
        used = [place for place, byte in enumerate(file.read()) if byte != 0]
    found = 0
    for _ in range(FLIPS):
        folder = before.copy()
        path = os.path.join(folder, 'wattle.db')
        place, bit = chance.choice(used), chance.randrange(8)
        flip(path, place, bit)
        code, text = ctl(folder, 'doctor')
        assert code != 0 or rows(path) == before.rows, ('nothing was said', place, bit)
        assert code == 0 or re.search(r'(?m)^(- |wattlectl: ).{20,}\.$', text), (place, bit, text)
        found += code != 0
    print('# %d bits turned over: %d found, %d in bytes that hold nothing' % (FLIPS, found, FLIPS - found))
    assert found > FLIPS / 4


def test_a_bit_of_the_trail():
    """audit verify names the event."""
    folder = original().copy()
    path = os.path.join(folder, 'wattle.db')
    with sqlite3.connect(path) as database:
        sequence, body = database.execute('SELECT sequence, body FROM audit WHERE sequence = 51').fetchone()
    database.close()
    with open(path, 'rb') as file:
        place = file.read().find(body.encode())
    assert place > 0
    flip(path, place + body.index('"action":"') + 12, 0)
    code, text = ctl(folder, 'audit', 'verify')
    assert code == 1 and 'event %d ' % sequence in text, text


def test_a_torn_page():
    """A page that is another one, as after a write that went astray."""
    folder = original().copy()
    path = os.path.join(folder, 'wattle.db')
    with open(path, 'r+b') as file:
        data = file.read()
        file.seek(4096 * 8)
        file.write(data[4096 * 5:4096 * 6])
    code, text = ctl(folder, 'doctor')
    assert code != 0 and 'damaged' in text, text
    assert os.path.exists(path)


if __name__ == '__main__':
    sys.exit(main(globals()))
