#!/usr/bin/python3
# test_provider.py: signing in with the practice's identity provider: a real one, and one that lies
#
# SPDX-License-Identifier: GPL-3.0-or-later
import atexit
import base64
import hashlib
import http.cookiejar
import http.server
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

from practice import Practice
from wattled import Client, DeviceKey, Skipped, Socket, eventually, instant, main, new_id

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'provider')
BUILD = os.environ.get('WATTLE_PROVIDER', os.path.join(HERE, '../../../_build/tests/server/provider'))
BACK = 'http://127.0.0.1:49152/back'


def free_port():
    with socket.create_server(('127.0.0.1', 0)) as free:
        return free.getsockname()[1]


def install():
    """What package-lock.json names, in the build folder, as npm brings it."""
    os.makedirs(BUILD, exist_ok=True)
    with open(os.path.join(HERE, 'package-lock.json'), 'rb') as file:
        wanted = hashlib.sha256(file.read()).hexdigest()
    mark = os.path.join(BUILD, 'installed')
    for name in ('package.json', 'package-lock.json', 'provider.mjs'):
        shutil.copy(os.path.join(HERE, name), BUILD)
    if not os.path.exists(mark) or open(mark, encoding='utf-8').read() != wanted:
        quiet = {'cwd': BUILD, 'stdout': sys.stderr, 'env': dict(os.environ, npm_config_update_notifier='false')}
        done = subprocess.run(['npm', 'ci', '--no-audit', '--no-fund', '--ignore-scripts', '--silent'], check=False,
                              **quiet)
        if done.returncode and subprocess.run(['npm', 'ping', '--silent'], check=False, **quiet).returncode:
            raise Skipped('the registry of npm cannot be reached')
        done.check_returncode()
        with open(mark, 'w', encoding='utf-8') as file:
            file.write(wanted)


class Provider:
    """oidc-provider from npm."""

    def __init__(self, port, logout):
        install()
        self.url = 'http://127.0.0.1:%d' % port
        self.process = subprocess.Popen(['node', 'provider.mjs', str(port), logout], cwd=BUILD, text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        atexit.register(self.close)
        line = self.process.stdout.readline()
        assert line == 'listening\n', line + self.process.stderr.read()
        threading.Thread(target=self.process.stderr.read, daemon=True).start()

    def close(self):
        atexit.unregister(self.close)
        self.process.kill()
        self.process.wait()


class StopThere(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, req, fp, code, msg, headers, newurl):
        if newurl.startswith(BACK):
            raise urllib.error.HTTPError(newurl, 302, 'there', headers, None)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class Browser:
    def __init__(self):
        self.opener = urllib.request.build_opener(
            StopThere(), urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def visit(self, url):
        """Goes where it is sent; the query with which it is sent back."""
        try:
            page = self.opener.open(url, timeout=30).read().decode()
        except urllib.error.HTTPError as there:
            assert there.url.startswith(BACK), '%s: %s' % (there, there.read())
            return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(there.url).query))
        raise AssertionError(page)

    def sign_out(self, provider):
        page = self.opener.open(provider.url + '/session/end', timeout=30).read().decode()
        xsrf = re.search(r'name="xsrf" value="([^"]+)"', page).group(1)
        form = urllib.parse.urlencode({'xsrf': xsrf, 'logout': 'yes'}).encode()
        self.opener.open(provider.url + '/session/end/confirm', form, timeout=30)


def begin(client, redirect=BACK):
    verifier = secrets.token_urlsafe(32)
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b'=').decode()
    answer = client.post('/v1/oidc/begin', {'code_challenge': challenge, 'redirect_uri': redirect})
    return verifier, answer


def through(client, browser):
    """What the browser brings back."""
    verifier, answer = begin(client)
    assert answer.status == 200, answer
    back = browser.visit(answer.json['url'])
    assert back['state'] == answer.json['state']
    return {'state': back['state'], 'code': back['code'], 'code_verifier': verifier}


def finish(client, brought):
    body = dict(brought)
    if client.device:
        body['time'] = instant()
        body['device'] = {'id': client.device}
        body['challenge_signature'] = client.key.sign(
            'wattle-sign-in:%s:%s:%s' % (client.device, client.user['login'], body['time']))
    else:
        body['device'] = {'name': 'Test', 'public_key': client.key.public_text(), 'system': 'Debian 12'}
    return client._take(client.call('POST', '/v1/oidc/finish', body, {'Authorization': ''}))


def practice(port, alg='RS256', staff=('rita',), client='wattle-%s'):
    extra = '[oidc]\nissuer=http://127.0.0.1:%d\nclient_id=%s\nlabel=Banksia ID\n' % (
        port, client % alg if '%' in client else client)
    return Practice(staff=staff, extra=extra)


def test_with_a_real_provider():
    port = free_port()
    with practice(port) as server:
        provider = Provider(port, 'http://127.0.0.1:%d/v1/oidc/logout' % server.port)
        urllib.request.urlopen(provider.url + '/who/rita-there')
        assert Client(server).get('/v1/hello').json['oidc'] == 'Banksia ID'
        browser = Browser()
        # nobody is linked yet, whatever the provider says
        answer = finish(Client(server), through(Client(server), browser))
        assert answer.status == 401 and answer.field == 'subject', answer
        # one who is signed in links their own account, once the provider knows that the address is theirs
        rita = server.client('rita')
        urllib.request.urlopen(provider.url + '/who/unknown-there')
        answer = rita.post('/v1/account/oidc', through(rita, Browser()))
        assert answer.status == 403 and answer.field == 'email_verified', answer
        urllib.request.urlopen(provider.url + '/who/rita-there')
        assert rita.post('/v1/account/oidc', through(rita, browser)).status == 204
        assert server.client('mara').post('/v1/account/oidc', through(server.mara, browser)).status == 409
        client = Client(server)
        brought = through(client, browser)
        answer = finish(client, brought)
        assert answer.status == 200 and answer.json['user']['login'] == 'rita', answer
        assert client.get('/v1/changes?cursor=0').status == 200
        assert finish(Client(server), brought).status == 401, 'a state was used twice'
        # the device signs as ever
        assert finish(client, through(client, browser)).status == 200
        client.key = DeviceKey()
        assert finish(client, through(client, browser)).field == 'device'
        # another program cannot finish what this one began
        stolen = dict(through(Client(server), browser), code_verifier=secrets.token_urlsafe(32))
        answer = finish(Client(server), stolen)
        assert answer.status == 401 and answer.field == 'code_verifier', answer
        # signed out there is signed out here
        last = Client(server)
        assert finish(last, through(last, browser)).status == 200
        wire = Socket(last)
        assert 'poke' in wire.receive()
        browser.sign_out(provider)
        message = wire.receive()
        while message and 'signed_out' not in message:
            message = wire.receive()
        assert message == {'signed_out': True}, message
        assert last.get('/v1/account').status == 401 and last.refresh().status == 401
        # an administrator's act links another, who has no password here
        user = {'type': 'user', 'id': new_id(), 'login': 'olga', 'display_name': 'Olga', 'roles': ['reception']}
        assert server.boss.do('user.invite', user=user)['status'] == 'ok'
        path = '/v1/users/%s/oidc' % user['id']
        assert rita.call('PUT', path, {'subject': 'olga-there'}).status in (401, 403)
        assert server.boss.call('PUT', path, {'subject': 'olga-there'}).status == 204
        urllib.request.urlopen(provider.url + '/who/olga-there')
        olga = Client(server)
        answer = finish(olga, through(olga, Browser()))
        assert answer.status == 200 and answer.json['user']['status'] == 'active', answer
        assert Client(server).sign_in('olga', '').status == 401
        assert olga.call('DELETE', '/v1/account/oidc').status == 204
        assert finish(Client(server), through(olga, Browser())).field == 'subject'
        provider.close()
        assert begin(Client(server))[1].status in (200, 503)


def test_every_algorithm():
    for alg in ('ES256', 'EdDSA'):
        port = free_port()
        with practice(port, alg, staff=()) as server:
            provider = Provider(port, 'http://127.0.0.1:%d/v1/oidc/logout' % server.port)
            urllib.request.urlopen(provider.url + '/who/mara-there')
            browser = Browser()
            assert server.mara.post('/v1/account/oidc', through(server.mara, browser)).status == 204, alg
            client = Client(server)
            assert finish(client, through(client, browser)).status == 200, alg
            provider.close()


class Desktop:
    """The client library in a program of its own, until it has shown a page or ended."""

    def __init__(self, url, folder, login, passphrase, **environment):
        self.process = subprocess.Popen([os.environ['SYNC_PROVIDER'], url, folder, login, passphrase], text=True,
                                        stdout=subprocess.PIPE, env=dict(os.environ, **environment))
        self.line = self.process.stdout.readline()
        self.page = self.line.split()[1] if self.line.startswith('browse ') else None

    def end(self):
        rest = self.process.stdout.read()
        assert self.process.wait() == 0
        return rest.strip() if self.page else self.line.strip()


def visit(url, opener=urllib.request.build_opener(urllib.request.HTTPCookieProcessor())):
    try:
        return opener.open(url, timeout=30).read().decode()
    except urllib.error.HTTPError as error:
        return error.code


def test_desktop():
    port = free_port()
    with practice(port) as server, tempfile.TemporaryDirectory() as folder:
        provider = Provider(port, 'http://127.0.0.1:%d/v1/oidc/logout' % server.port)
        url, words = 'http://127.0.0.1:%d' % server.port, 'a passphrase of this computer'
        urllib.request.urlopen(provider.url + '/who/rita-there')
        assert server.boss.call('PUT', '/v1/users/%s/oidc' % server.client('rita').user['id'],
                                {'subject': 'rita-there'}).status == 204
        # too short, and nobody is sent anywhere
        assert Desktop(url, folder, 'rita', 'short').end().startswith('refused password'), 'a short passphrase'
        # given up, and the port is closed
        given_up = Desktop(url, folder, 'rita', words, CANCEL='1')
        assert given_up.end().startswith('refused '), 'was not given up'
        assert not os.listdir(folder), 'something was saved for nobody'
        # somebody else's name
        other = Desktop(url, folder, 'olga', words)
        visit(other.page)
        assert other.end().startswith('refused login'), 'another name'
        # the answer of another sign-in is turned away and ends nothing; then the right one comes
        first = Desktop(url, folder, 'rita', words)
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(first.page).query))
        back = query['redirect_uri']
        assert visit(back + '?code=x&state=' + 'x' * len(query['state'])) == 404
        assert 'go back to Wattle' in visit(first.page)
        assert first.end() == 'signed in'
        # the port is closed behind it
        try:
            visit(back)
            raise AssertionError('the port is open still')
        except urllib.error.URLError:
            pass
        # the same device again, with what opens it; a wrong passphrase never gets as far as the browser
        again = Desktop(url, folder, 'rita', words)
        visit(again.page)
        assert again.end() == 'signed in'
        wrong = Desktop(url, folder, 'rita', 'another passphrase altogether')
        assert wrong.page is None and wrong.end().startswith('refused'), wrong.line
        # the provider says no
        no = Desktop(url, folder, 'rita', words)
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(no.page).query))
        visit('%s?error=access_denied&state=%s' % (query['redirect_uri'], query['state']))
        assert no.end().startswith('refused provider')
        provider.close()
        # without the server the passphrase opens what is saved
        assert Desktop('http://127.0.0.1:%d' % free_port(), folder, 'rita', words).end() == 'signed in'


def b64(data):
    data = data if isinstance(data, bytes) else json.dumps(data).encode()
    return base64.urlsafe_b64encode(data).rstrip(b'=').decode()


class Liar(http.server.BaseHTTPRequestHandler):
    """A provider whose statements the test writes."""
    claims = None
    header = None
    key = DeviceKey()
    sign = key
    answer = None

    def log_message(self, *_):
        pass

    def respond(self, body, status=200, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace('_', '-'), value)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            pass

    def do_GET(self):
        issuer = 'http://127.0.0.1:%d' % self.server.server_port
        if self.path.startswith('/.well-known/'):
            self.respond(json.dumps({'issuer': issuer, 'authorization_endpoint': issuer + '/auth',
                                     'token_endpoint': issuer + '/token', 'jwks_uri': issuer + '/keys'}).encode())
        else:
            self.respond(json.dumps({'keys': [{'kty': 'OKP', 'crv': 'Ed25519', 'kid': 'one',
                                               'x': b64(Liar.key.public.raw)}]}).encode())

    def do_POST(self):
        self.rfile.read(int(self.headers['Content-Length']))
        if Liar.answer:
            Liar.answer(self)
            return
        self.respond(json.dumps({'id_token': statement(Liar.header, Liar.claims, Liar.sign)}).encode())


def statement(header, claims, key):
    text = '%s.%s' % (b64(header), b64(claims))
    return text + '.' + b64(base64.b64decode(key.sign(text)))


def test_lies():
    provider = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Liar)
    threading.Thread(target=provider.serve_forever, daemon=True).start()
    issuer = 'http://127.0.0.1:%d' % provider.server_port
    with practice(provider.server_port, client='us', staff=()) as server:
        assert server.boss.call('PUT', '/v1/users/%s/oidc' % server.mara.user['id'], {'subject': 'm'}).status == 204
        now = int(time.time())
        good = {'iss': issuer, 'aud': 'us', 'sub': 'm', 'exp': now + 300, 'iat': now}

        def attempt(header=None, sign=None, answer=None, with_nonce=True, **change):
            client = Client(server)
            verifier, begun = begin(client)
            query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(begun.json['url']).query))
            assert query['code_challenge_method'] == 'S256' and query['redirect_uri'] == BACK, query
            Liar.header = header or {'alg': 'EdDSA', 'kid': 'one'}
            Liar.claims = dict(good, **change)
            if with_nonce:
                Liar.claims.setdefault('nonce', query['nonce'])
            Liar.claims = {name: value for name, value in Liar.claims.items() if value is not None}
            Liar.sign = sign or Liar.key
            Liar.answer = answer
            return finish(client, {'state': begun.json['state'], 'code': 'x', 'code_verifier': verifier})

        assert attempt().status == 200
        assert attempt(aud=['us', 'them'], azp='us').status == 200
        lies = [dict(iss='https://elsewhere.example'), dict(aud='them'), dict(aud=['us', 'them']),
                dict(aud='us', azp='them'), dict(exp=now - 600), dict(exp=None), dict(iat=now + 3600), dict(iat=None),
                dict(nonce='another'), dict(sub=''), dict(sub=None), dict(exp=2 ** 62),
                dict(header={'alg': 'none', 'kid': 'one'}), dict(header={'alg': 'HS256', 'kid': 'one'}),
                dict(header={'alg': 'ES256', 'kid': 'one'}), dict(header={'alg': 'EdDSA', 'kid': 'two'}),
                dict(header={'alg': 'EdDSA', 'kid': 'one', 'crit': ['x']}), dict(sign=DeviceKey())]
        for lie in lies:
            answer = attempt(**lie)
            assert answer.status == 401, (lie, answer)
        assert attempt(with_nonce=False).status == 401, 'no nonce'
        assert attempt(sub='somebody-else').field == 'subject'
        # an account that nobody has opened is opened by one whose address was verified
        user = {'type': 'user', 'id': new_id(), 'login': 'nils', 'display_name': 'Nils', 'roles': ['reception']}
        assert server.boss.do('user.invite', user=user)['status'] == 'ok'
        assert server.boss.call('PUT', '/v1/users/%s/oidc' % user['id'], {'subject': 'nils'}).status == 204
        for verified in (None, False, 'true', 1):
            answer = attempt(sub='nils', email_verified=verified)
            assert answer.status == 403 and answer.field == 'email_verified', (verified, answer)
        assert attempt(sub='nils', email_verified=True).json['user']['status'] == 'active'
        assert attempt(sub='nils').status == 200
        # it is asked at its own host, once, and reads no more than it must
        gone = []
        elsewhere = http.server.HTTPServer(('127.0.0.1', 0), type('Elsewhere', (Liar,), {
            'do_POST': lambda self: gone.append(self.path), 'do_GET': lambda self: gone.append(self.path)}))
        threading.Thread(target=elsewhere.serve_forever, daemon=True).start()
        there = 'http://127.0.0.1:%d/token' % elsewhere.server_port
        assert attempt(answer=lambda self: self.respond(b'', 307, Location=there)).status == 401
        assert not gone, 'followed a redirect'
        assert attempt(answer=lambda self: self.respond(b'{"id_token":"' + b'x' * 9000000 + b'"}')).status == 401
        assert attempt(answer=lambda self: self.respond(b'[' * 90000)).status == 401
        # a browser is sent back to this computer alone
        for redirect in ('https://evil.example/', 'http://127.0.0.1.evil.example:80/', 'http://localhost:8000/back',
                         'http://127.0.0.1/back', 'wattle:back', 'http://u@127.0.0.1:80/'):
            answer = begin(Client(server), redirect)[1]
            assert answer.status == 400 and answer.field == 'redirect_uri', (redirect, answer)
        # a sign-in with one factor is none where two are wanted, of the practice or of the person
        assert attempt(amr=['pwd']).status == 200
        assert server.boss.do('setting.set', key='second_factor_required', value='true')['status'] == 'ok'
        for amr in (None, [], ['pwd'], ['otp'], ['hwk', 'fpt'], 'mfa', ['nonsense']):
            answer = attempt(amr=amr)
            assert answer.status == 401 and answer.field == 'second_factor', (amr, answer)
        for amr in (['mfa'], ['pwd', 'otp'], ['pin', 'hwk']):
            assert attempt(amr=amr).status == 200, amr
        # the practice's own second factor still has to be set up: the password lets in without the provider
        assert attempt(amr=['mfa']).json['second_factor_required']
        # statements of logout
        event = {'http://schemas.openid.net/event/backchannel-logout': {}}

        def sign_out(**change):
            claims = dict({'iss': issuer, 'aud': 'us', 'sub': 'm', 'iat': now, 'exp': now + 120, 'jti': new_id(),
                           'events': event}, **change)
            claims = {name: value for name, value in claims.items() if value is not None}
            token = statement({'alg': 'EdDSA', 'kid': 'one'}, claims, change.pop('sign', Liar.key))
            return Client(server).call('POST', '/v1/oidc/logout', raw=urllib.parse.urlencode(
                {'logout_token': token}).encode(), headers={'Content-Type': 'application/x-www-form-urlencoded'})

        for lie in (dict(events={}), dict(events=None), dict(nonce='x'), dict(jti=None), dict(aud='them'),
                    dict(exp=now - 600)):
            assert sign_out(**lie).status == 401, lie
        assert server.mara.get('/v1/account').status == 200
        assert sign_out(sub='somebody-else').status == 204
        assert server.mara.get('/v1/account').status == 200
        assert sign_out(jti='once').status == 204
        assert server.mara.get('/v1/account').status == 401
        assert sign_out(jti='once').status == 409, 'a statement counted twice'
    provider.shutdown()


class Hanging(http.server.BaseHTTPRequestHandler):
    """Takes every question and answers none, or a byte at a time."""
    asked = []
    over = threading.Event()

    def log_message(self, *_):
        pass

    def do_GET(self):
        Hanging.asked.append(self.path)
        self.send_response(200)
        self.send_header('Content-Length', '10000')
        self.end_headers()
        try:
            while not Hanging.over.wait(0.2):
                self.wfile.write(b' ')
                self.wfile.flush()
        except OSError:
            pass


def test_a_provider_that_hangs():
    provider = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Hanging)
    threading.Thread(target=provider.serve_forever, daemon=True).start()
    with practice(provider.server_port, client='us') as server:
        answers = []
        ways = [threading.Thread(target=lambda: answers.append(begin(Client(server))[1])) for _ in range(12)]
        for way in ways:
            way.start()
        eventually(lambda: Hanging.asked, 'the provider was not asked')
        # passwords are hashed meanwhile, more of them than there are threads for them
        meanwhile = 0
        for _ in range(6):
            assert Client(server).sign_in('rita').status == 200
            meanwhile += not answers
        assert meanwhile, 'the provider answered before a password was looked at'
        for way in ways:
            way.join(60)
        assert [answer.status for answer in answers] == [503] * 12, answers
        assert len(Hanging.asked) < 4, 'one that hangs is asked by everybody in turn'
        Hanging.over.set()
        assert server.stop() == 0
    provider.shutdown()


def test_without_a_provider():
    with Practice(staff=()) as server:
        assert 'oidc' not in Client(server).get('/v1/hello').json
        assert begin(Client(server))[1].status == 404
        assert Client(server).call('POST', '/v1/oidc/logout', raw=b'logout_token=x', headers={
            'Content-Type': 'application/x-www-form-urlencoded'}).status == 404


if __name__ == '__main__':
    sys.exit(main(globals()))
