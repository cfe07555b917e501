#!/usr/bin/python3
# test_lint.py: a bad sample of every rule must be found, and its good twin must not
#
# SPDX-License-Identifier: GPL-3.0-or-later
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lint

HEADER = '/* x.c: sample\n *\n * SPDX-License-Identifier: GPL-3.0-or-later\n */\n'
MARKER = 'TO' + 'DO'


def rules(path, text):
    with tempfile.TemporaryDirectory() as root:
        full = os.path.join(root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, 'w', encoding='utf-8') as file:
            file.write(text)
        linter = lint.Linter(root)
        linter.check(path)
        return [rule for _path, _line, rule, _sentence in linter.found]


def in_function(line, params='void'):
    return f'{HEADER}static gboolean\nsample ({params})\n{{\n  {line}\n}}\n'


class Rules(unittest.TestCase):
    def bad(self, rule, path, text):
        self.assertIn(rule, rules(path, text))

    def good(self, path, text):
        self.assertEqual([], rules(path, text))

    def test_banned_calls(self):
        for name in list(lint.BANNED_CALLS) + ['g_slice_new0', 'g_slice_free']:
            with self.subTest(name):
                self.bad('banned-call', 'src/base/x.c', in_function(f'{name} (a, b);'))
                self.bad('banned-call', 'tests/unit/x.c', in_function(f'x = {name}(a, b);'))
        self.good('src/base/x.c', in_function('g_rand_int (r); self->system (a); my_sleep (3); /* system (x) */'))
        self.good('src/base/x.c', in_function('puts ("system (x)");'))
        self.good('src/base/x.c', in_function('/* lint: allow banned-call: back-off of the retry */\n  g_usleep (1);'))

    def test_scripts_do_not_sleep(self):
        licence = '# SPDX-License-Identifier: GPL-3.0-or-later\n'
        self.bad('banned-call', 'tests/ui/x.py', licence + 'time' + '.sleep(1)\n')
        self.bad('banned-call', 'tests/ui/x.sh', licence + 'true; sleep 1\n')
        self.good('tests/ui/x.sh', licence + 'echo no sleep here\n')

    def test_goto(self):
        self.bad('goto', 'src/base/x.c', in_function('goto out;'))

    def test_sql(self):
        self.bad('sql-exec', 'src/store/x.c', in_function('sqlite3_exec (db, text, NULL, NULL, NULL);'))
        self.bad('sql-exec', 'src/store/x.c', in_function('sqlite3_exec (db, make ("a"), NULL, NULL, NULL);'))
        self.good('src/store/x.c', in_function('sqlite3_exec (db, "COMMIT", NULL, NULL, NULL);'))
        self.good('src/store/x.c', in_function('sqlite3_exec (db, "PRAGMA a;"\n "PRAGMA b;" SCHEMA, 0, 0, 0);'))
        self.good('src/store/x.c', HEADER + 'static const char schema[] = "CREATE TABLE a (b)";\n'
                  'static int\nx (void)\n{\n  return sqlite3_exec (db, schema, 0, 0, 0);\n}\n')
        for text in ('SELECT %s FROM a', 'INSERT INTO %s', 'UPDATE %s SET b = 1', 'DELETE FROM %s',
                     'INSERT OR REPLACE INTO %s'):
            with self.subTest(text):
                self.bad('sql-text', 'src/store/x.c', in_function(f'g_strdup_printf ("{text}", a);'))
                self.bad('sql-text', 'src/store/x.c', in_function(f'g_string_append_printf (s, "{text}", a);'))
        self.good('src/store/x.c', in_function('g_strdup_printf ("DELETE %s", path); f ("SELECT 1");'))

    def test_direction(self):
        for path, include in (('src/base/x.c', 'schema/a.h'), ('src/schema/x.c', 'domain/a.h'),
                              ('src/domain/x.c', 'store/a.h'), ('src/documents/x.c', 'store/a.h'),
                              ('src/telehealth/x.c', 'documents/a.h'), ('src/store/x.c', 'sync/a.h'),
                              ('src/sync/x.c', 'app/a.h'), ('src/app/notes/x.c', 'server/api/a.h'),
                              ('src/server/api/x.c', 'app/a.h'), ('src/server/http/x.c', 'server/auth/a.h'),
                              ('src/server/auth/x.c', 'server/api/a.h'), ('src/server/api/x.c', 'sync/a.h')):
            with self.subTest(f'{path} {include}'):
                self.bad('direction', path, f'{HEADER}#include "{include}"\n')
        self.good('src/app/notes/x.c', HEADER + '#include "sync/a.h"\n#include "app/widgets/b.h"\n')
        self.good('src/server/api/x.c', HEADER + '#include "server/http/a.h"\n#include "store/sqlite/a.h"\n')
        self.good('src/server/jobs/x.c', HEADER + '#include "documents/a.h"\n')
        self.good('src/base/x.c', HEADER + '#include <glib.h>\n#include "base/a.h"\n#include "config.h"\n')

    def test_gtk(self):
        for name in ('gtk/gtk.h', 'adwaita.h', 'gdk/gdk.h'):
            with self.subTest(name):
                self.bad('gtk', 'src/documents/x.c', f'{HEADER}#include <{name}>\n')
                self.good('src/app/x.c', f'{HEADER}#include <{name}>\n')

        line = "gtk_dep = dependency('gtk4', version: '>= 4.8')\n"
        self.bad('gtk', 'src/documents/meson.build', line)
        self.bad('gtk', 'meson.build', line)
        self.good('src/app/meson.build', line)

    def test_silent_failure(self):
        self.bad('silent-failure', 'src/base/x.c', in_function('return FALSE;', 'int a, GError **error'))
        self.bad('silent-failure', 'src/base/x.c', in_function('if (a)\n    return NULL;', 'int a, GError **error'))
        self.good('src/base/x.c', in_function('if (!f (error))\n    return FALSE;', 'GError **error'))
        self.good('src/base/x.c', in_function('wattle_set_field_error (error, 1, NULL, "no");\n  return FALSE;',
                                              'GError **error'))
        self.good('src/base/x.c', in_function('return FALSE;'))

    def test_labels(self):
        self.bad('untranslated', 'src/app/x.c', in_function('gtk_label_set_label (l, "Save");'))
        self.bad('untranslated', 'src/app/x.c', in_function('gtk_window_set_title (w, "Today");'))
        self.bad('untranslated', 'src/app/x.c', in_function('adw_toast_new ("Saved");'))
        self.bad('untranslated', 'src/app/x.c', in_function('gtk_label_set_markup (l, "<b>Save</b>");'))
        self.good('src/app/x.c', in_function('gtk_label_set_label (l, _("Save"));'))
        self.good('src/app/x.c', in_function('gtk_label_set_label (l, "");'))
        self.good('src/app/x.c', in_function('gtk_label_set_label (l, "%d:%02d");'))

    def test_ui_labels(self):
        ui = '<interface><object class="GtkLabel"><property name="{}"{}>{}</property></object></interface>\n'
        for name in ('label', 'title', 'tooltip-text', 'subtitle'):
            with self.subTest(name):
                self.bad('untranslated', 'src/app/x.ui', ui.format(name, '', 'Save'))
                self.good('src/app/x.ui', ui.format(name, ' translatable="yes"', 'Save'))
        self.good('src/app/x.ui', ui.format('label', '', '–'))
        self.good('src/app/x.ui', ui.format('icon-name', '', 'edit-undo-symbolic'))
        self.good('src/app/x.ui', '<!-- lint: allow untranslated: a name -->\n' + ui.format('label', '', 'Wattle'))
        self.bad('xml', 'src/app/x.ui', '<interface>\n')

    def test_form(self):
        self.bad('trailing-space', 'src/base/x.c', HEADER + 'int a; \n')
        self.bad('tab', 'src/base/x.c', HEADER + '\tint a;\n')
        self.bad('long-line', 'src/base/x.c', HEADER + 'int ' + 'a' * 120 + ';\n')
        self.good('src/base/x.c', HEADER + 'int ' + 'a' * 115 + ';\n')
        self.good('src/schema/x.def', HEADER + 'X (' + 'a' * 150 + ')\n')
        self.bad('licence', 'src/base/x.h', '#pragma once\n')
        self.bad('unfinished', 'src/base/x.c', HEADER + f'/* {MARKER}: more */\n')
        self.good('src/base/x.c', HEADER + 'static char name[] = "wattle-XXXXXX";\n')
        self.bad('long-file', 'src/base/x.c', HEADER + 'int a;\n' * lint.MAX_FILE)
        self.good('src/base/x.c', HEADER + 'int a;\n' * (lint.MAX_FILE - 10))

    def test_long_function(self):
        self.bad('long-function', 'src/base/x.c', in_function('f ();\n' * lint.MAX_FUNCTION))
        self.good('src/base/x.c', in_function('f ();\n' * (lint.MAX_FUNCTION - 10)))
        self.good('src/base/x.c', HEADER + 'static const int a[] =\n{\n' + '  1,\n' * 200 + '};\n')

    def test_encoding(self):
        with tempfile.TemporaryDirectory() as root:
            with open(os.path.join(root, 'x.c'), 'wb') as file:
                file.write(b'\xff\xfe')
            linter = lint.Linter(root)
            linter.check('x.c')
            self.assertEqual(['encoding'], [rule for _path, _line, rule, _sentence in linter.found])

    def test_the_allowed_rule_is_the_named_one(self):
        self.bad('goto', 'src/base/x.c', in_function('/* lint: allow banned-call: no */\n  goto out;'))
        self.bad('goto', 'src/base/x.c', in_function('/* lint: allow goto: */\n  goto out;'))


if __name__ == '__main__':
    unittest.main()
