#!/usr/bin/python3
# lint.py: the rules of the house that a compiler does not know
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks the files of the tree and prints `path:line: rule: sentence` for each break of a rule; exit 1 if there is one.

A line may keep what a rule forbids when it, or the line before, says why:
  /* lint: allow RULE: reason */      (C)
  # lint: allow RULE: reason          (scripts)
  <!-- lint: allow RULE: reason -->   (XML)
"""
import argparse
import os
import re
import subprocess
import sys
from xml.parsers import expat

MAX_COLUMNS = 120
MAX_FUNCTION = 150
MAX_FILE = 1500

# Which rooms a room may include, besides itself (a room is the longest prefix under src/ that stands here).
BELOW_STORE = {'base', 'schema', 'domain'}
BELOW_HTTP = BELOW_STORE | {'store'}
BELOW_AUTH = BELOW_HTTP | {'server/http'}
BELOW_JOBS = BELOW_AUTH | {'server/auth'}
BELOW_API = BELOW_JOBS | {'server/jobs', 'server/integrations'}
BELOW_SERVER = BELOW_API | {'server/api'}
ROOMS = {
    'base': set(),
    'schema': {'base'},
    'domain': {'base', 'schema'},
    'store/vfs': {'base'},
    'vault': {'base', 'store/vfs'},
    'store': BELOW_STORE | {'store/vfs'},
    'documents': BELOW_STORE,
    'telehealth': BELOW_STORE,
    'sync': BELOW_STORE | {'store', 'store/vfs', 'vault'},
    'app': BELOW_STORE | {'store', 'store/vfs', 'vault', 'documents', 'telehealth', 'sync'},
    'server/http': BELOW_HTTP,
    'server/auth': BELOW_AUTH,
    'server/jobs': BELOW_JOBS | {'documents'},
    'server/integrations': BELOW_JOBS,
    'server/api': BELOW_API,
    'server': BELOW_SERVER,
    'ctl': BELOW_SERVER | {'documents', 'server'},
}

# Call, what to use instead.
BANNED_CALLS = {
    'sprintf': 'g_snprintf or g_strdup_printf',
    'vsprintf': 'g_vsnprintf or g_strdup_vprintf',
    'strcpy': 'g_strlcpy or g_strdup',
    'strncpy': 'g_strlcpy or g_strndup',
    'strcat': 'g_strconcat or GString',
    'strncat': 'g_strlcat or GString',
    'gets': 'g_data_input_stream_read_line',
    'atoi': 'g_ascii_string_to_signed, which reports bad input',
    'atol': 'g_ascii_string_to_signed, which reports bad input',
    'atof': 'g_ascii_strtod with its end checked',
    'strtok': 'g_strsplit',
    'strtok_r': 'g_strsplit',
    'system': 'GSubprocess',
    'popen': 'GSubprocess',
    'rand': 'randombytes_uniform, or GRand with a printed seed in tests',
    'random': 'randombytes_uniform, or GRand with a printed seed in tests',
    'srand': 'GRand with a printed seed',
    'srandom': 'GRand with a printed seed',
    'sleep': 'a wait for the condition itself',
    'usleep': 'a wait for the condition itself',
    'nanosleep': 'a wait for the condition itself',
    'g_usleep': 'a wait for the condition itself',
    'localtime': 'GDateTime with the zone of the practice',
    'localtime_r': 'GDateTime with the zone of the practice',
    'mktime': 'GDateTime with the zone of the practice',
    'tmpnam': 'g_file_open_tmp in a private folder',
    'mktemp': 'g_mkstemp_full',
}
PRINTF_CALLS = ('g_strdup_printf', 'g_string_printf', 'g_string_append_printf', 'g_snprintf', 'g_strconcat',
                'g_string_append_vprintf', 'snprintf', 'asprintf', 'g_strdup_vprintf', 'sqlite3_mprintf',
                'sqlite3_snprintf')
SQL_TEXT = re.compile(
    r'\b(SELECT\s|INSERT\s+(OR\s+\w+\s+)?INTO\b|UPDATE\s+\S+\s+SET\b|DELETE\s+FROM\b|REPLACE\s+INTO\b)')
LABEL_CALL = re.compile(
    r'\b(?:gtk|adw)_\w*(?:set_(?:label|title|subtitle|text|markup|tooltip_text|tooltip_markup|description|heading|body|'
    r'placeholder_text|button_label)|new_with_label|new_with_mnemonic|label_new|toast_new|message_dialog_new)\s*\(')
LABEL_PROPERTIES = {'label', 'title', 'subtitle', 'tooltip-text', 'tooltip-markup', 'placeholder-text', 'description',
                    'heading', 'body', 'text', 'button-label'}
LETTERS = re.compile(r'[^\W\d_]{2}')
MARKER_WORDS = re.compile(r'\b(TODO|FIXME|XXX)\b')  # lint: allow unfinished: this names the words
ALLOW = re.compile(r'lint: allow ([\w-]+): \w')
NEEDS_LICENCE = ('.c', '.h', '.def', '.py', '.sh')
CHECKED = ('.c', '.h', '.def', '.py', '.sh', '.ui', '.css', '.build', '.sql', '.in')


def blank(text):
    """C with comments, strings and character constants replaced by spaces, and the strings with their offsets."""
    out = list(text)
    strings = []
    for match in re.finditer(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', text, re.DOTALL):
        token = match.group()
        start = match.start()
        inner = range(start, match.end())
        if token[0] in '"\'':
            inner = range(start + 1, match.end() - 1)
            if token[0] == '"':
                strings.append((start, token[1:-1]))
        for i in inner:
            if out[i] != '\n':
                out[i] = ' '
    return ''.join(out), strings


def arguments(code, start):
    """The [start, end) offsets of the arguments of a call whose opening parenthesis is at start - 1."""
    spans = []
    depth = 1
    begin = i = start
    while i < len(code):
        char = code[i]
        if char in '([{':
            depth += 1
        elif char in ')]}':
            depth -= 1
            if depth == 0:
                spans.append((begin, i))
                return spans
        elif char == ',' and depth == 1:
            spans.append((begin, i))
            begin = i + 1
        i += 1
    return []


def functions(code):
    """Yields (header offset, header, body offset, body) of each function definition; both braces stand in column 0."""
    for match in re.finditer(r'^\{[^\n]*\n(.*?)^\}', code, re.DOTALL | re.MULTILINE):
        before = code[:match.start()]
        cut = max(before.rfind(';'), before.rfind('\n}'), before.rfind('\n\n'), before.rfind('\n#'))
        header_at = cut + 1
        header = before[header_at:]
        header_at += len(header) - len(header.lstrip())
        header = header.strip()
        if header.endswith(')') and '=' not in header:
            yield header_at, header, match.start(), match.group()


def room_of(path):
    """The room a path such as server/api/x.c lies in, or None."""
    parts = path.split('/')[:-1]
    while parts:
        name = '/'.join(parts)
        if name in ROOMS:
            return name
        parts.pop()
    return None


class Linter:
    def __init__(self, root):
        self.root = root
        self.found = []

    def check(self, path):
        """Run every rule that fits the file at path, relative to the root."""
        try:
            with open(os.path.join(self.root, path), encoding='utf-8') as file:
                text = file.read()
        except UnicodeDecodeError:
            self.found.append((path, 1, 'encoding', 'is not UTF-8'))
            return
        self.path = path
        self.text = text
        self.lines = text.split('\n')
        self.check_lines()
        if path.endswith(('.c', '.h', '.def')):
            self.check_c()
        elif path.endswith('.ui'):
            self.check_ui()
        elif path.endswith(('.py', '.sh')):
            self.check_script()
        elif path.endswith('meson.build') and path != 'src/app/meson.build':
            self.check_meson()

    def line_of(self, offset):
        return self.text.count('\n', 0, offset) + 1

    def report(self, line, rule, sentence):
        for number in (line, line - 1):
            if 1 <= number <= len(self.lines):
                if rule in ALLOW.findall(self.lines[number - 1]):
                    return
        self.found.append((self.path, line, rule, sentence))

    def check_lines(self):
        for number, line in enumerate(self.lines, 1):
            if line != line.rstrip():
                self.report(number, 'trailing-space', 'the line ends in white space')
            if '\t' in line:
                self.report(number, 'tab', 'indent with spaces')
            if len(line) > MAX_COLUMNS and not self.path.endswith(('.def', '.ui', '.css')):
                self.report(number, 'long-line', f'{len(line)} columns; the limit is {MAX_COLUMNS}')
            marker = MARKER_WORDS.search(line)
            if marker:
                self.report(number, 'unfinished', f'{marker.group()}: finish it, or open an issue')
        if len(self.lines) - 1 > MAX_FILE:
            self.report(1, 'long-file', f'{len(self.lines) - 1} lines; split it below {MAX_FILE}')
        if self.path.endswith(NEEDS_LICENCE) and not any('SPDX-License-Identifier:' in l for l in self.lines[:12]):
            self.report(1, 'licence', 'the header lacks SPDX-License-Identifier: GPL-3.0-or-later')

    def check_script(self):
        for number, line in enumerate(self.lines, 1):
            code = line.split('#')[0]
            if re.search(r'\btime\.sleep\s*\(' if self.path.endswith('.py') else r'^\s*(.*[;&|]\s*)?sleep\s', code):
                self.report(number, 'banned-call', 'sleep: wait for the condition itself')

    def check_meson(self):
        for number, line in enumerate(self.lines, 1):
            match = re.search(r"dependency\s*\(\s*'(gtk4|libadwaita-1|gtk4-\w+)'", line)
            if match:
                self.report(number, 'gtk', f'{match.group(1)} may be looked up in src/app/meson.build only')

    def check_c(self):
        self.code, self.strings = blank(self.text)
        self.check_includes()
        self.check_calls()
        self.check_sql()
        self.check_functions()
        if self.path.startswith('src/app/'):
            self.check_labels()

    def check_includes(self):
        room = room_of(self.path[len('src/'):]) if self.path.startswith('src/') else None
        may_use_gtk = self.path.startswith(('src/app/', 'tests/ui/', 'tests/unit/app/', 'tests/bench/'))
        for number, line in enumerate(self.lines, 1):
            match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
            if match is None:
                continue
            kind, name = match.groups()
            if not may_use_gtk and re.match(r'(gtk|gdk|gsk|adwaita)\b', name) and not name.startswith('gdk-pixbuf'):
                self.report(number, 'gtk', f'{name} may be included under src/app only')
            other = room_of(name) if kind == '"' else None
            if room and other and other != room and other not in ROOMS[room]:
                self.report(number, 'direction', f'{room} may not use {other}; it may use '
                            + (', '.join(sorted(ROOMS[room])) or 'no other room'))

    def check_calls(self):
        for match in re.finditer(r'(?<![\w.>])(\w+)\s*\(', self.code):
            name = match.group(1)
            if name in BANNED_CALLS:
                self.report(self.line_of(match.start()), 'banned-call', f'{name}: use {BANNED_CALLS[name]}')
            elif name.startswith('g_slice_'):
                self.report(self.line_of(match.start()), 'banned-call', f'{name}: use g_new0 and g_free')
        for match in re.finditer(r'\bgoto\s+\w+\s*;', self.code):
            self.report(self.line_of(match.start()), 'goto', 'use g_auto* and a helper function')

    def check_sql(self):
        constants = set(re.findall(r'\bstatic const char (\w+)\[\]', self.code))
        constants.update(re.findall(r'\bstatic const char \*const (\w+)\b', self.code))
        for match in re.finditer(r'\bsqlite3_exec\s*\(', self.code):
            spans = arguments(self.code, match.end())
            if len(spans) < 2:
                continue
            rest = re.sub(r'"\s*"', '', self.code[spans[1][0]:spans[1][1]]).split()
            unknown = [word for word in rest
                       if not re.fullmatch(r'[A-Z][A-Z0-9_]*', word) and word.split('[')[0] not in constants]
            if unknown:
                self.report(self.line_of(match.start()), 'sql-exec',
                            'sqlite3_exec takes constant text only; prepare a statement and bind')
        for match in re.finditer(r'\b(\w+)\s*\(', self.code):
            if match.group(1) not in PRINTF_CALLS:
                continue
            spans = arguments(self.code, match.end())
            if spans and any(spans[0][0] <= at < spans[-1][1] and SQL_TEXT.search(string)
                             for at, string in self.strings):
                self.report(self.line_of(match.start()), 'sql-text',
                            f'{match.group(1)} builds SQL; use a constant statement and bind')

    def check_functions(self):
        for header_at, header, body_at, body in functions(self.code):
            length = header.count('\n') + body.count('\n') + 2
            name = re.search(r'(\w+)\s*\(', header)
            if length > MAX_FUNCTION:
                self.report(self.line_of(header_at), 'long-function',
                            f'{name.group(1) if name else "?"} has {length} lines; split it below {MAX_FUNCTION}')
            error = re.search(r'\bGError\s*\*\*\s*(\w+)', header)
            failure = re.search(r'\breturn\s+(FALSE|NULL)\s*;', body)
            if error and failure and not re.search(rf'\b{error.group(1)}\b', body):
                self.report(self.line_of(body_at + failure.start()), 'silent-failure',
                            f'returns {failure.group(1)} and never sets {error.group(1)}')

    def check_labels(self):
        for match in LABEL_CALL.finditer(self.code):
            for begin, end in arguments(self.code, match.end()):
                if not self.code[begin:end].lstrip().startswith('"'):
                    continue
                words = ''.join(string for at, string in self.strings if begin <= at < end)
                words = re.sub(r'<[^>]*>|%[-\d.l]*\w|\\.', ' ', words)
                if LETTERS.search(words):
                    self.report(self.line_of(match.start()), 'untranslated', f'"{words.strip()}" needs _(...)')

    def check_ui(self):
        parser = expat.ParserCreate()
        stack = []

        def start(tag, attributes):
            stack.append([tag, attributes, '', parser.CurrentLineNumber])

        def end(_tag):
            tag, attributes, words, line = stack.pop()
            name = attributes.get('name', '').replace('_', '-')
            if tag not in ('property', 'attribute') or name not in LABEL_PROPERTIES:
                return
            if attributes.get('translatable') in ('yes', 'true', '1') or not LETTERS.search(words):
                return
            self.report(line, 'untranslated', f'"{words.strip()}" needs translatable="yes"')

        def data(words):
            if stack:
                stack[-1][2] += words

        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = data
        try:
            parser.Parse(self.text.encode(), True)
        except expat.ExpatError as error:
            self.report(error.lineno, 'xml', expat.errors.messages[error.code])


def tracked(root):
    """The files of the tree that the rules are for."""
    try:
        listed = subprocess.run(['git', '-C', root, '-c', 'safe.directory=*', 'ls-files', '-co', '--exclude-standard'],
                                check=True, capture_output=True, text=True).stdout.split('\n')
    except (OSError, subprocess.CalledProcessError):
        listed = []
        for folder, folders, names in os.walk(root):
            folders[:] = [f for f in folders if f[0] not in '._']
            listed += [os.path.relpath(os.path.join(folder, name), root) for name in names]
    own = [path for path in listed if path.startswith(('src/', 'tests/', 'resources/', 'po/')) or '/' not in path]
    return sorted(path for path in own
                  if path.endswith(CHECKED) and not path.startswith('tests/data/')
                  and os.path.isfile(os.path.join(root, path)))


def translated_files(root):
    """Files with text for people, for po/POTFILES."""
    marks = re.compile(r'(?<!\w)(N?C?_|C_|g_dngettext|ngettext)\s*\(\s*"|translatable="(yes|true|1)"')
    names = []
    for path in tracked(root):
        if path.startswith('src/') and path.endswith(('.c', '.h', '.def', '.ui')):
            with open(os.path.join(root, path), encoding='utf-8') as file:
                if marks.search(file.read()):
                    names.append(path)
    return names


def check_potfiles(root, fix):
    path = os.path.join(root, 'po', 'POTFILES')
    if not os.path.exists(path):
        return
    with open(path, encoding='utf-8') as file:
        old = file.read()
    head = ''.join(line + '\n' for line in old.split('\n') if line.startswith('#'))
    new = head + ''.join(name + '\n' for name in translated_files(root))
    if new == old:
        return
    if fix:
        with open(path, 'w', encoding='utf-8') as file:
            file.write(new)
    else:
        print('advice: po/POTFILES is not up to date; ./dev lint --fix writes it')


def main():
    parser = argparse.ArgumentParser(description='Check the rules of the house.')
    parser.add_argument('--root', default=os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..'))
    parser.add_argument('--fix', action='store_true', help='refresh po/POTFILES')
    parser.add_argument('files', nargs='*', help='only these, relative to the root')
    options = parser.parse_args()
    linter = Linter(options.root)
    paths = options.files or tracked(options.root)
    for path in paths:
        linter.check(path)
    for path, line, rule, sentence in sorted(linter.found):
        print(f'{path}:{line}: {rule}: {sentence}')
    check_potfiles(options.root, options.fix)
    print(f'{len(paths)} files, {len(linter.found)} breaks of a rule')
    return 1 if linter.found else 0


if __name__ == '__main__':
    sys.exit(main())
