#!/usr/bin/python3
# test_manifest.py: the Flatpak is granted what it needs and nothing more, and every source has its checksum
#
# SPDX-License-Identifier: GPL-3.0-or-later
import copy
import os
import re
import subprocess
import sys

import yaml

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../..')
BUILT = sys.argv[1] if len(sys.argv) > 1 else os.path.join(TOP, '_build')
APP = 'au.wattle.Wattle'

# All that is ever granted. No file system, no other device, no name on a bus, no shared memory of the X server.
GRANTED = {'--share=network', '--socket=wayland', '--socket=fallback-x11', '--socket=pulseaudio', '--device=dri'}
# What a module may say about how it is built: among what is left out are build-args, which could open the network.
OF_MODULE = {'name', 'buildsystem', 'config-opts', 'sources', 'cleanup'}
OF_MANIFEST = {'id', 'runtime', 'runtime-version', 'sdk', 'command', 'finish-args', 'cleanup', 'modules'}


def faults(manifest):
    """Every way in which a manifest is wider or vaguer than it may be."""
    found = ['unknown: %s' % name for name in set(manifest) - OF_MANIFEST]
    arguments = manifest.get('finish-args', [])
    found += ['granted: %s' % argument for argument in arguments if argument not in GRANTED]
    found += ['missing: %s' % argument for argument in GRANTED - set(arguments)]
    for module in manifest['modules']:
        if not isinstance(module, dict):
            found.append('a module in another file: %s' % module)
            continue
        found += ['unknown in %s: %s' % (module['name'], name) for name in set(module) - OF_MODULE]
        for source in module['sources']:
            if source['type'] == 'archive':
                if not re.fullmatch('[0-9a-f]{64}', source.get('sha256', '')):
                    found.append('no sum: %s' % module['name'])
                if not source['url'].startswith('https://'):
                    found.append('not by https: %s' % module['name'])
            elif (source['type'], module['name']) != ('dir', 'wattle'):
                found.append('source of %s: %s' % (module['name'], source['type']))
    return found


def widened(manifest):
    """Manifests that must not pass."""
    for argument in ('--device=all', '--filesystem=home', '--filesystem=xdg-download:ro', '--socket=x11',
                     '--socket=session-bus', '--talk-name=org.freedesktop.secrets', '--own-name=au.wattle.Wattle',
                     '--system-talk-name=org.freedesktop.login1', '--share=ipc', '--allow=devel', '--device=shm',
                     '--persist=.', '--env=GTK_PATH=/tmp', '--socket=cups', '--usb=all', '--filesystem=host',
                     '--socket=system-bus', '--socket=ssh-auth', '--socket=inherit-wayland-socket',
                     '--system-own-name=au.wattle.Wattle', '--a11y-own-name=au.wattle.Wattle',
                     '--add-policy=a.b=c', '--allow=multiarch', '--device=input'):
        wide = copy.deepcopy(manifest)
        wide['finish-args'].append(argument)
        yield argument, wide
    for what, change in (('no sum', lambda m: m['modules'][0]['sources'][0].pop('sha256')),
                         ('a short sum', lambda m: m['modules'][0]['sources'][0].update(sha256='0' * 63)),
                         ('http', lambda m: m['modules'][1]['sources'][0].update(url='http://example.org/x.tar')),
                         ('git', lambda m: m['modules'][1]['sources'][0].update(type='git')),
                         ('build-args', lambda m: m['modules'][0].update({'build-options': {'build-args': []}})),
                         ('extension', lambda m: m.update({'add-extensions': {}})),
                         ('less', lambda m: m['finish-args'].remove('--device=dri'))):
        wide = copy.deepcopy(manifest)
        change(wide)
        yield what, wide


def checked(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return None if done.returncode == 0 else done.stdout + done.stderr


def validators():
    """What a software centre and a desktop say of the files; a hint is as bad as an error."""
    entry = os.path.join(BUILT, 'data', APP + '.desktop')
    yield 'desktop-file-validate', checked('desktop-file-validate', '--no-hints', entry)
    yield 'appstreamcli', checked('appstreamcli', 'validate', '--no-net',
                                  os.path.join(BUILT, 'data', APP + '.metainfo.xml'))
    with open(entry, encoding='utf-8') as file:
        text = file.read()
    yield 'scheme', None if 'MimeType=x-scheme-handler/wattle;' in text and '%u' in text else text
    with open(os.path.join(BUILT, 'data', APP + '.service'), encoding='utf-8') as file:
        text = file.read()
    yield 'activation', None if 'Name=%s\n' % APP in text and '/wattle --gapplication-service' in text else text
    for name in (APP, APP + '-symbolic'):
        icon = os.path.join(TOP, 'resources/icons/scalable/apps', name + '.svg')
        yield name, checked('xmllint', '--noout', icon)


def main():
    with open(os.path.join(TOP, 'flatpak', APP + '.yml'), encoding='utf-8') as file:
        manifest = yaml.safe_load(file)
    results = [('manifest', '\n'.join(faults(manifest)) or None)]
    results += [('refuses ' + what, None if faults(wide) else 'it passed') for what, wide in widened(manifest)]
    results += validators()
    print('1..%d' % len(results))
    for number, (name, fault) in enumerate(results, 1):
        print('%s %d - %s' % ('not ok' if fault else 'ok', number, name))
        for line in (fault or '').splitlines():
            print('#', line)
    return any(fault for _, fault in results)


sys.exit(main())
