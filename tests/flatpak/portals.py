#!/usr/bin/python3
# portals.py: stands in for the dialogs of a desktop: camera, screen, files, printer and notifications
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""The portal itself is Debian's; this is what it asks, as that of GNOME or KDE: a person who lets nobody have the
camera, shows the screen of that name, saves into the folder SAVED and prints into the file PRINTED of their home, and
whose notifications are lines of the file TOLD there."""
import json
import os
import subprocess

from gi.repository import Gio, GLib

NAME = 'org.freedesktop.impl.portal.desktop.wattle'
SCREEN = 'desk-screen'
SAVED = 'Documents'
PRINTED = 'printed.pdf'
TOLD = 'told.json'
INTERFACES = Gio.DBusNodeInfo.new_for_xml('''<node>
<interface name="org.freedesktop.impl.portal.Access">
  <method name="AccessDialog">
    <arg type="o" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>
    <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>
    <arg type="a{sv}" direction="in"/><arg type="u" direction="out"/><arg type="a{sv}" direction="out"/></method>
</interface>
<interface name="org.freedesktop.impl.portal.ScreenCast">
  <method name="CreateSession">
    <arg type="o" direction="in"/><arg type="o" direction="in"/><arg type="s" direction="in"/>
    <arg type="a{sv}" direction="in"/><arg type="u" direction="out"/><arg type="a{sv}" direction="out"/></method>
  <method name="SelectSources">
    <arg type="o" direction="in"/><arg type="o" direction="in"/><arg type="s" direction="in"/>
    <arg type="a{sv}" direction="in"/><arg type="u" direction="out"/><arg type="a{sv}" direction="out"/></method>
  <method name="Start"><arg type="o" direction="in"/><arg type="o" direction="in"/><arg type="s" direction="in"/>
    <arg type="s" direction="in"/><arg type="a{sv}" direction="in"/>
    <arg type="u" direction="out"/><arg type="a{sv}" direction="out"/></method>
  <property name="AvailableSourceTypes" type="u" access="read"/>
  <property name="AvailableCursorModes" type="u" access="read"/>
  <property name="version" type="u" access="read"/>
</interface>
<interface name="org.freedesktop.impl.portal.FileChooser">
  <method name="SaveFile">
    <arg type="o" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>
    <arg type="s" direction="in"/><arg type="a{sv}" direction="in"/>
    <arg type="u" direction="out"/><arg type="a{sv}" direction="out"/></method>
</interface>
<interface name="org.freedesktop.impl.portal.Print">
  <method name="PreparePrint">
    <arg type="o" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>
    <arg type="s" direction="in"/><arg type="a{sv}" direction="in"/><arg type="a{sv}" direction="in"/>
    <arg type="a{sv}" direction="in"/><arg type="u" direction="out"/><arg type="a{sv}" direction="out"/></method>
  <method name="Print">
    <arg type="o" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>
    <arg type="s" direction="in"/><arg type="h" direction="in"/><arg type="a{sv}" direction="in"/>
    <arg type="u" direction="out"/><arg type="a{sv}" direction="out"/></method>
</interface>
<interface name="org.freedesktop.impl.portal.Notification">
  <method name="AddNotification">
    <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="a{sv}" direction="in"/></method>
  <method name="RemoveNotification"><arg type="s" direction="in"/><arg type="s" direction="in"/></method>
</interface>
<interface name="org.freedesktop.impl.portal.Session">
  <method name="Close"/><signal name="Closed"/><property name="version" type="u" access="read"/>
</interface>
</node>''')
NO = 1
PROPERTIES = {'AvailableSourceTypes': 3, 'AvailableCursorModes': 7, 'version': 3}


def number_of(name):
    """PipeWire's number of a node, by a tool of its own age: what an older one prints of it cannot be read."""
    dump = subprocess.run(['chroot', os.environ['WATTLE_DEBIAN13'], 'pw-dump'], capture_output=True, text=True,
                          check=True).stdout
    for thing in json.loads(dump):
        if (thing.get('info') or {}).get('props', {}).get('node.name') == name:
            return thing['id']
    raise RuntimeError('no ' + name)


def in_home(name):
    return os.path.join(os.path.expanduser('~'), name)


def save(arguments, _fds):
    os.makedirs(in_home(SAVED), exist_ok=True)
    path = os.path.join(in_home(SAVED), arguments[4]['current_name'])
    return {'uris': GLib.Variant('as', [GLib.filename_to_uri(path)])}


def prepare(arguments, _fds):
    """As the program proposed it."""
    settings, setup = (arguments.get_child_value(number) for number in (4, 5))
    return {'settings': settings, 'page-setup': setup, 'token': GLib.Variant('u', 1)}


def print_out(arguments, fds):
    with open(fds.get(arguments[4]), 'rb') as paper, open(in_home(PRINTED), 'wb') as out:
        out.write(paper.read())
    return {}


def tell(arguments, _fds):
    with open(in_home(TOLD), 'a', encoding='utf-8') as out:
        out.write(json.dumps(arguments.unpack()[2]) + '\n')


def show_screen(_arguments, _fds):
    return {'streams': GLib.Variant('a(ua{sv})', [(number_of(SCREEN), {})])}


ANSWERS = {'SaveFile': save, 'PreparePrint': prepare, 'Print': print_out, 'Start': show_screen}
DIALOGS = ('Access', 'ScreenCast', 'FileChooser', 'Print', 'Notification')


class Dialogs:
    def __init__(self):
        self.sessions = {}

    def acquired(self, bus, _name):
        for interface in DIALOGS:
            self.export(bus, '/org/freedesktop/portal/desktop', 'org.freedesktop.impl.portal.' + interface)

    def export(self, bus, path, interface):
        return bus.register_object(path, INTERFACES.lookup_interface(interface), self.called,
                                   lambda *asked: GLib.Variant('u', PROPERTIES[asked[4]]), None)

    def called(self, bus, _sender, path, _interface, method, arguments, invocation):
        fds = invocation.get_message().get_unix_fd_list()
        if method in ('Close', 'AddNotification', 'RemoveNotification'):
            if method == 'Close':
                bus.unregister_object(self.sessions.pop(path))
            elif method == 'AddNotification':
                tell(arguments, fds)
            invocation.return_value(None)
            return
        if method == 'CreateSession':
            session = arguments.unpack()[1]
            self.sessions[session] = self.export(bus, session, 'org.freedesktop.impl.portal.Session')
        results = ANSWERS[method](arguments, fds) if method in ANSWERS else {}
        invocation.return_value(GLib.Variant('(ua{sv})', (NO if method == 'AccessDialog' else 0, results)))


if __name__ == '__main__':
    Gio.bus_own_name(Gio.BusType.SESSION, NAME, Gio.BusNameOwnerFlags.NONE, Dialogs().acquired, None, None)
    GLib.MainLoop().run()
