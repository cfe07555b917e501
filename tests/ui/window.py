# window.py: a person at the window: finds things by role and name, clicks, types, waits
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a screen reader cannot name, this cannot find: that is a fault of the window, not of the test."""
import os
import re
import subprocess
import warnings

import gi
gi.require_version('Atspi', '2.0')
from gi.repository import Atspi  # pylint: disable=wrong-import-position

from desktop import BUILD, Timeout, wait_until

warnings.simplefilter('ignore', DeprecationWarning)  # the older names are those of Debian 12

# What the log may hold, and why.
ALLOWED = (
    # GTK 4.8 tells the tree of a widget that is going away, whose parent has no path any more.
    'g_variant_is_object_path: assertion \'string != NULL\' failed',
    'g_variant_new_object_path: assertion \'g_variant_is_object_path (object_path)\' failed',
)

ROLE_NAMES = {
    'button': {'push button', 'toggle button', 'button', 'menu button'},
    'entry': {'entry', 'text', 'password text'},
    'row': {'list item', 'table row', 'row', 'button', 'generic', 'push button'},
    'switch': {'switch', 'toggle button', 'check box'},
    'check': {'check box', 'toggle button', 'radio button'},
    'menu item': {'menu item', 'check menu item', 'radio menu item'},
    'window': {'frame', 'dialog', 'window', 'alert'},
    'label': {'label', 'static', 'heading', 'alert'},
    'combo': {'combo box', 'list item', 'toggle button', 'push button', 'button'},
}


def showing(node):
    # GTK 4.8 says "showing" of windows alone, and "visible" of what is not hidden.
    try:
        return node.get_state_set().contains(Atspi.StateType.VISIBLE)
    except Exception:  # the node went away while we looked
        return False


def sensitive(node):
    return node.get_state_set().contains(Atspi.StateType.SENSITIVE)


def is_named(node, role, name, exact):
    try:
        if role is not None and node.get_role_name() not in ROLE_NAMES.get(role, {role}):
            return False
        if name is None:
            return True
        have = node.get_name() or ''
        if not have and node.get_role_name() == 'status bar':
            # To newer toolkits what is told is a text, and no name.
            have = Window.text(node) or ''
        return have == name if exact else name.lower() in have.lower()
    except Exception:
        return False


class Window:
    """The running program."""
    strict = bool(os.environ.get('WATTLE_STRICT'))

    def __init__(self, desktop, arguments=(), program=None, **environment):
        self.desktop = desktop
        self.process = None
        self.arguments = list(arguments)
        self.environment = environment
        self.program = program or os.path.join(BUILD, 'src/app/wattle')
        Atspi.init()
        Atspi.set_timeout(5000, 15000)
        self.start()

    def start(self):
        # Where the clock is another, the files keep their times: else each start would read all fonts anew.
        self.process = self.desktop.start([self.program] + self.arguments,
                                          env=self.desktop.environ(NO_FAKE_STAT='1', **self.environment))
        wait_until(self.application, 'the program to appear', 120)

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(15)
        said = self.complaints()
        assert not said, 'the program complained:\n' + ''.join(said)

    def complaints(self):
        """Lines of the log: every CRITICAL, and each WARNING of ours, which bear no domain; if strict, any WARNING."""
        name = os.path.basename(self.program)
        wrong = (r'-CRITICAL \*\*|^\*\* .*(CRITICAL|WARNING) \*\*|ERROR \*\*'
                 + (r'|(Gtk|Gdk|Gsk|Adwaita)-WARNING \*\*' if self.strict else ''))
        with open(os.path.join(self.desktop.scratch, name + '.log'), encoding='utf-8', errors='replace') as log:
            return [line for line in log if re.search(wrong, line) and not any(known in line for known in ALLOWED)]

    def kill(self):
        self.process.kill()
        self.process.wait()

    def application(self):
        if self.process.poll() is not None:
            raise AssertionError('the program ended with %d' % self.process.returncode)
        root = Atspi.get_desktop(0)
        root.clear_cache()
        for i in range(root.get_child_count()):
            child = root.get_child_at_index(i)
            try:
                if child is not None and child.get_process_id() == self.process.pid and child.get_child_count() > 0:
                    return child
            except Exception:
                pass
        return None

    def walk(self, node=None, depth=0, without=()):
        """Every node that can be seen, in the order of the tree; without what is in these roles."""
        if node is None:
            node = self.application()
            if node is None:
                return
            node.clear_cache()
        if depth > 60:
            return
        try:
            places = range(node.get_child_count())
            # the window that was opened last is the one a person looks at
            if depth == 0 and node.get_role_name() == 'application':
                places = reversed(places)
        except Exception:
            return
        for i in places:
            try:
                child = node.get_child_at_index(i)
            except Exception:
                continue
            if child is None or not (depth == 0 or showing(child)):
                continue
            yield child
            if not without or child.get_role_name() not in without:
                yield from self.walk(child, depth + 1, without)

    def all(self, role=None, name=None, within=None, exact=False):
        return [node for node in self.walk(within) if is_named(node, role, name, exact)]

    def names(self, role=None, name=None, within=None):
        """The names of what is there; what goes away while we look has none."""
        found = []
        for node in self.all(role, name, within):
            try:
                found.append(node.get_name())
            except Exception:
                pass
        return found

    def check_names(self, within=None):
        """No name holds the mark of a mnemonic or an empty part, and no control says the same words twice."""
        def wrong(node):
            try:
                name = node.get_name() or ''
                words = name.replace('_', '').split()
                half = len(words) // 2
                twice = half > 0 and words[:half] == words[half:] and node.get_role_name() not in ROLE_NAMES['label']
                return twice or '_' in name or name.startswith(', ') or name.endswith(', ')
            except Exception:  # the node went away while we looked
                return False
        said = ['%s “%s”' % (node.get_role_name(), node.get_name()) for node in self.walk(within) if wrong(node)]
        assert not said, 'a screen reader would say ' + ', '.join(said)

    def windows(self):
        """The windows themselves, without what is in them."""
        application = self.application()
        if application is None:
            return []
        application.clear_cache()
        found = [application.get_child_at_index(i) for i in range(application.get_child_count())]
        return [node for node in reversed(found) if node is not None]

    def see(self, role=None, name=None, within=None, exact=False):
        """What is there now, or None."""
        if role == 'window' and within is None:
            return next((node for node in self.windows() if is_named(node, None, name, exact)), None)
        for node in self.walk(within):
            if is_named(node, role, name, exact):
                return node
        return None

    def find(self, role=None, name=None, within=None, exact=False, timeout=40):
        """Wait for it."""
        try:
            return wait_until(lambda: self.see(role, name, within, exact), '%s “%s”' % (role or 'anything', name),
                              timeout, 80)
        except Timeout as error:
            raise Timeout('%s\n%s' % (error, self.tree())) from None

    def told(self, words, title='Wattle', timeout=20):
        """A sentence in that window outside every list, such as a toast: it goes soon, and long lists take long.

        The other windows are not looked at: GTK 4.8 falls over when it is asked for what is in a closing one.
        """
        def said():
            window = self.see('window', title, exact=True)
            nodes = self.walk(window, 0, ('list', 'table'))
            return next((node for node in nodes if is_named(node, None, words, False)), None)
        return wait_until(said, 'being told “%s”' % words, timeout)

    def gone(self, role=None, name=None, timeout=40, within=None):
        wait_until(lambda: self.see(role, name, within) is None, '%s “%s” to go' % (role or 'anything', name),
                   timeout, 80)

    def window(self, name, timeout=40):
        """The window of that title, which has the keyboard from now on."""
        node = self.find('window', name, timeout=timeout)
        self.raise_window(name)
        return node

    def on_screen(self, name):
        """Whether a window is there, without a look into it: GTK 4.8 falls over when a closing one is asked."""
        return bool(self.tool('search', '--all', '--onlyvisible', '--pid', str(self.process.pid), '--name', name))

    def raise_window(self, name):
        found = self.tool('search', '--all', '--onlyvisible', '--pid', str(self.process.pid), '--name', name).split()
        if found:
            self.tool('windowactivate', '--sync', found[-1])

    def tree(self, node=None):
        """For the person who reads why a test failed."""
        lines = []
        for child in self.walk(node):
            try:
                if child.get_name() or child.get_role_name() in ('entry', 'text', 'push button'):
                    lines.append('  %s “%s”' % (child.get_role_name(), child.get_name()))
            except Exception:
                continue
        return '\n'.join(lines[:150])

    def tool(self, *arguments):
        done = subprocess.run(['xdotool', *arguments], env=self.desktop.environ(), capture_output=True, text=True,
                              check=False, timeout=60)
        return done.stdout.strip()

    @staticmethod
    def box(node):
        """Where the node stands in its window."""
        extents = Atspi.Component.get_extents(node, Atspi.CoordType.WINDOW)
        return extents.x, extents.y, extents.width, extents.height

    def settle(self, node):
        """Wait until it stands still: pages slide and fade."""
        seen = []

        def still():
            seen.append(self.box(node))
            return len(seen) > 3 and len(set(seen[-3:])) == 1 and seen[-1][2] > 0
        wait_until(still, '“%s” to stand still' % node.get_name(), 40, 60)

    @staticmethod
    def above(node, roles):
        while node is not None and node.get_role_name() not in roles:
            node = node.get_parent()
        return node

    def point(self, node):
        """The middle of the node on the screen, scrolled into view."""
        self.settle(node)
        top = node
        while top.get_parent() is not None and top.get_parent().get_role_name() != 'application':
            top = top.get_parent()
        # the tool gives up when any window, such as that of a menu, goes away while it searches
        xid = wait_until(lambda: self.tool('search', '--all', '--onlyvisible', '--pid', str(self.process.pid), '--name',
                                           '^%s$' % re.escape(top.get_name())).split(), top.get_name())[-1]
        place = dict(line.split('=') for line in self.tool('getwindowgeometry', '--shell', xid).splitlines())
        _, _, width, height = self.box(top)
        # what is around the window for its shadow or its borders belongs to the X window, not to the widgets
        left = int(place['X']) + (int(place['WIDTH']) - width) // 2
        upper = int(place['Y']) + (int(place['HEIGHT']) - height) // 2

        def middle(thing):
            x, y, w, h = self.box(thing)
            return left + x + w // 2, upper + y + h // 2

        pane = self.above(node, {'scroll pane'})
        if pane is not None:
            _, pane_y, _, pane_h = self.box(pane)
            lost = 0
            for _ in range(100):
                _, y, _, h = self.box(node)
                if pane_y <= y + h // 2 - 8 and y + h // 2 + 8 <= pane_y + pane_h:
                    break
                self.tool('mousemove', *map(str, middle(pane)), 'click', '5' if y > pane_y else '4')
                try:
                    wait_until(lambda before=y: self.box(node)[1] != before, 'the list to scroll', 5)
                except Timeout:
                    # a screen that is busy loses a notch of the wheel now and then
                    lost += 1
                    if lost == 4:
                        raise
        return middle(node)

    def press(self, node, button=1, modifiers=()):
        """A click of the mouse in the middle of it."""
        x, y = self.point(node)
        for key in modifiers:
            self.tool('keydown', key)
        # A hand is never quite still, and the toolkit finds what lies under the pointer when it moves: after a popover
        # has closed over a pointer that rests, the next press would go nowhere.
        self.tool('mousemove', str(x - 2), str(y), 'mousemove', str(x), str(y), 'click', str(button))
        for key in modifiers:
            self.tool('keyup', key)

    def drag(self, node, dx, dy):
        """Drag from the middle of the node by so many pixels."""
        x, y = self.point(node)
        self.tool('mousemove', str(x), str(y), 'mousedown', '1', 'mousemove_relative', '--sync', '--',
                  str(dx // 2), str(dy // 2), 'mousemove_relative', '--sync', '--', str(dx - dx // 2),
                  str(dy - dy // 2), 'mouseup', '1')

    def wheel(self, node, notches):
        """Turn the wheel of the mouse over it, towards oneself."""
        before = self.box(node)
        x, y = self.point(node)
        self.tool('mousemove', str(x), str(y), 'click', '--repeat', str(notches), '5')
        wait_until(lambda: self.box(node) != before, '“%s” to scroll' % node.get_name(), 40)
        self.settle(node)

    def focus(self, node):
        """Give it the keyboard, as a click does."""
        self.press(node)
        return node

    def click(self, node_or_role, name=None, **options):
        """Do what a click does, by the accessible action; with the mouse where there is none."""
        node = node_or_role
        if isinstance(node_or_role, str):
            node = self.find(node_or_role, name, **options)
        wait_until(lambda: sensitive(node), '“%s” to be sensitive' % node.get_name(), 40)
        for i in range(node.get_n_actions() if node.get_action_iface() else 0):
            if node.get_action_name(i) in ('click', 'activate', 'toggle'):
                node.do_action(i)
                return node
        try:
            self.press(node)
        except Timeout:
            # The widget was made anew while we looked at it.
            if not isinstance(node_or_role, str):
                raise
            node = self.find(node_or_role, name, **options)
            self.press(node)
        return node

    def key(self, *keys):
        self.tool('key', '--clearmodifiers', *keys)

    def write(self, text):
        self.tool('type', '--clearmodifiers', '--delay', '4', text)

    def fill(self, name, text, within=None, role='entry'):
        """Put text into the field of that name, as a person does."""
        node = self.find(role, name, within=within)
        self.focus(node)
        self.key('ctrl+a', 'BackSpace')
        self.write(text)
        # a password shows as many dots
        wait_until(lambda: self.text(node) == text or set(self.text(node) or 'x') <= {'•', '●'},
                   '“%s” to hold what was typed' % name, 40)
        return node

    @staticmethod
    def text(node):
        try:
            iface = node.get_text_iface()
            return Atspi.Text.get_text(iface, 0, Atspi.Text.get_character_count(iface)) if iface else node.get_name()
        except Exception:
            return None

    def choose(self, name, option, within=None):
        """Pick an option of a drop-down by its words."""
        drop = self.find(None, name, within=within, exact=True)
        # By keys, without a look at the list: GTK 4.8 falls over when it is asked for a child of a closing popover.
        for steps in range(20):
            self.key('Escape')
            self.press(drop)
            self.settled_text(drop.get_child_at_index(0))
            self.key('Home', *['Down'] * steps, 'Return')
            if self.settled_text(drop.get_child_at_index(0)) == option:
                return
        raise Timeout('no option “%s” in “%s”' % (option, name))

    def settled_text(self, node):
        """The words on a button, when they have stopped to change."""
        seen = []

        def still():
            seen.append(next((label.get_name() for label in self.walk(node) if is_named(label, 'label', None, False)),
                             None))
            return len(seen) > 3 and len(set(seen[-3:])) == 1
        wait_until(still, 'the choice to stand still', 10, 60)
        return seen[-1]

    def palette(self, text):
        """Ctrl+K, type, Enter."""
        self.key('ctrl+k')
        entry = self.find(None, 'Find anything', within=self.find('window', 'Find Anything'))
        self.focus(entry)
        self.write(text)

    def picture(self, name):
        """The screen, as it is."""
        folder = os.environ.get('WATTLE_PICTURES')
        if folder:
            self.desktop.picture(os.path.join(folder, name + '.png'))
