#!/usr/bin/python3
# portals.py: stands in for the dialogs of a desktop: who may use the camera, and which screen is shown
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""The portal itself is Debian's; this is what it asks, as that of GNOME or KDE: a person who lets nobody have the
camera, and shows the screen of that name."""
import json
import subprocess

from gi.repository import Gio, GLib

NAME = 'org.freedesktop.impl.portal.desktop.wattle'
SCREEN = 'desk-screen'
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
<interface name="org.freedesktop.impl.portal.Session">
  <method name="Close"/><signal name="Closed"/><property name="version" type="u" access="read"/>
</interface>
</node>''')
NO = 1
PROPERTIES = {'AvailableSourceTypes': 3, 'AvailableCursorModes': 7, 'version': 3}


def number_of(name):
    """PipeWire's number of a node."""
    for thing in json.loads(subprocess.run(['pw-dump'], capture_output=True, text=True, check=True).stdout):
        if (thing.get('info') or {}).get('props', {}).get('node.name') == name:
            return thing['id']
    raise RuntimeError('no ' + name)


class Dialogs:
    def __init__(self):
        self.sessions = {}

    def acquired(self, bus, _name):
        for interface in ('Access', 'ScreenCast'):
            self.export(bus, '/org/freedesktop/portal/desktop', 'org.freedesktop.impl.portal.' + interface)

    def export(self, bus, path, interface):
        return bus.register_object(path, INTERFACES.lookup_interface(interface), self.called,
                                   lambda *asked: GLib.Variant('u', PROPERTIES[asked[4]]), None)

    def called(self, bus, _sender, path, _interface, method, arguments, invocation):
        response, results = 0, {}
        if method == 'Close':
            bus.unregister_object(self.sessions.pop(path))
            invocation.return_value(None)
            return
        if method == 'AccessDialog':
            response = NO
        elif method == 'CreateSession':
            session = arguments.unpack()[1]
            self.sessions[session] = self.export(bus, session, 'org.freedesktop.impl.portal.Session')
        elif method == 'Start':
            results = {'streams': GLib.Variant('a(ua{sv})', [(number_of(SCREEN), {})])}
        invocation.return_value(GLib.Variant('(ua{sv})', (response, results)))


if __name__ == '__main__':
    Gio.bus_own_name(Gio.BusType.SESSION, NAME, Gio.BusNameOwnerFlags.NONE, Dialogs().acquired, None, None)
    GLib.MainLoop().run()
