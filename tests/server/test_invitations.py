#!/usr/bin/python3
# test_invitations.py: links and codes with which people open their accounts, and the mail they come in
#
# SPDX-License-Identifier: GPL-3.0-or-later
import email
import os
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import urllib.parse

from aiosmtpd.controller import Controller

from practice import Practice
from wattled import PASSWORD, Client, eventually, main, new_id

BORN = '1980-02-01'
practice = None


def shared():
    global practice
    practice = practice or Practice(staff=('rita', 'noel', 'max'))
    return practice


def invite_user(client, login, roles, server=None, **fields):
    user = dict(fields, type='user', id=new_id(), login=login, display_name=login.title(), roles=roles)
    result = client.do('user.invite', user=user)
    assert result['status'] == 'ok', result
    return result['records'][0] if result['records'] else user


def invited_patient(name, server=None, **fields):
    server = server or shared()
    manager = server.client('max')
    chart = server.patient(server.mara, name, server.diaries['mara'], birth_date=BORN)['id']
    return manager, invite_user(manager, name.lower(), ['patient'], patient=chart, **fields)


def invitation(client, user, **body):
    answer = client.post('/v1/users/%s/invitation' % user['id'], body)
    assert answer.status == 200, answer
    return answer.json


def accept(server, secret, born=BORN, password=PASSWORD):
    return Client(server).post('/v1/invitations/accept',
                               {'secret': secret, 'date_of_birth': born, 'password': password})


def submit(server, path, **fields):
    return Client(server).call('POST', path, raw=urllib.parse.urlencode(fields).encode(),
                               headers={'Content-Type': 'application/x-www-form-urlencoded'})


def test_by_link():
    manager, user = invited_patient('Robin')
    made = invitation(manager, user)
    assert re.fullmatch(r'/invite/[A-Za-z0-9_-]{43}', made['path']), made
    assert made['sent'] is False and 'link' not in made, made
    for _ in range(3):  # a mail scanner looks
        page = Client(shared()).get(made['path'])
        assert page.status == 200 and page.headers['content-type'].startswith('text/html'), page
        assert b'<script' not in page.body.lower() and b'<form method="post">' in page.body
        policy = page.headers['content-security-policy']
        assert "default-src 'none'" in policy and "form-action 'self'" in policy, policy
        assert page.headers['referrer-policy'] == 'no-referrer' and page.headers['cache-control'] == 'no-store'
        assert b'Robin' not in page.body, 'tells whose it is'
    assert Client(shared()).sign_in('robin').status == 401
    answer = submit(shared(), made['path'], date_of_birth=BORN, password=PASSWORD, again='something else')
    assert answer.status == 400 and b'not the same' in answer.body, answer
    answer = submit(shared(), made['path'], date_of_birth=BORN, password='short', again='short')
    assert answer.status == 400 and b'characters' in answer.body, answer
    answer = submit(shared(), made['path'], date_of_birth=BORN, password=PASSWORD, again=PASSWORD)
    assert answer.status == 200 and b'is open' in answer.body, answer
    assert submit(shared(), made['path'], date_of_birth=BORN, password=PASSWORD, again=PASSWORD).status == 404
    assert Client(shared()).get(made['path']).status == 404
    assert accept(shared(), made['code']).status == 404, 'the code outlived the link'
    # accepted: nothing but the own profile
    client = shared().client('robin')
    assert client.get('/v1/account').json['user']['status'] == 'accepted'
    _, rows = client.snapshot()
    kinds = {row['put']['type'] for row in rows}
    assert kinds <= {'user', 'device', 'practice', 'setting'}, kinds
    assert client.do('appointment.book', appointment={'type': 'appointment'})['code'] == 'forbidden'
    # confirmed
    result = shared().client('rita').do('user.confirm', id=user['id'])
    assert result['status'] == 'ok', result
    _, rows = client.snapshot()
    assert 'patient' in {row['put']['type'] for row in rows}


def test_by_code():
    manager, user = invited_patient('Casey')
    made = invitation(manager, user)
    answer = accept(shared(), ' %s ' % made['code'].upper())
    assert answer.status == 200 and answer.json == {'login': 'casey', 'status': 'accepted'}, answer
    assert accept(shared(), made['code']).status == 404
    assert accept(shared(), made['path'].split('/')[-1]).status == 404


def test_five_dates_of_birth():
    manager, user = invited_patient('Jo')
    made = invitation(manager, user)
    for tries in range(5):
        answer = accept(shared(), made['code'], '1980-02-0%d' % (tries + 2))
        assert answer.status == 403 and answer.field == 'date_of_birth', answer
    assert accept(shared(), made['code']).status == 404, 'a sixth try'
    assert Client(shared()).get(made['path']).status == 404
    made = invitation(manager, user)
    assert accept(shared(), made['code'], None).status == 403, 'none is wrong too'
    assert accept(shared(), made['code']).status in (200, 429)


def test_a_new_invitation_ends_the_old():
    manager, user = invited_patient('Kim')
    old = invitation(manager, user)
    new = invitation(manager, user)
    assert Client(shared()).get(old['path']).status == 404
    assert Client(shared()).get(new['path']).status == 200


def test_staff_need_no_date_of_birth():
    boss = shared().boss
    user = invite_user(boss, 'newcomer', ['reception'])
    made = invitation(boss, user)
    with Practice(staff=()) as other:  # of another practice
        assert accept(other, made['code']).status == 404
    assert submit(shared(), made['path'], date_of_birth='', password=PASSWORD, again=PASSWORD).status == 200
    assert shared().client('newcomer').get('/v1/changes?cursor=0').status == 200
    assert boss.post('/v1/users/%s/invitation' % user['id']).status == 409


def test_who_invites_whom():
    boss = shared().boss
    clerk = invite_user(boss, 'clerk', ['reception'])
    chief = invite_user(boss, 'chief', ['administrator'])
    _, patient = invited_patient('Lee')
    path = '/v1/users/%s/invitation'
    rita, noel, manager = (shared().client(login) for login in ('rita', 'noel', 'max'))
    assert rita.post(path % patient['id']).status == 200
    assert rita.post(path % clerk['id']).status == 403
    assert noel.post(path % patient['id']).status == 403
    assert manager.post(path % clerk['id']).status == 200
    assert manager.post(path % chief['id']).status == 403
    assert Client(shared()).post(path % patient['id']).status == 401
    assert boss.post(path % new_id()).status == 404
    manager.create('patient', given_names='No', family_name='Birthday', status='active')
    nobody = invite_user(manager, 'nobirthday', ['patient'])
    answer = manager.post(path % nobody['id'])
    assert answer.status == 400 and answer.field == 'birth_date', answer


def test_secrets_are_hashed():
    manager, user = invited_patient('Ash')
    made = invitation(manager, user)
    shared().stop()
    at_rest = shared().at_rest()
    shared().start()
    assert made['code'].encode() not in at_rest
    assert made['path'].split('/')[-1].encode() not in at_rest


class Mailbox:
    """A mail server that takes mail over TLS alone."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix='wattled-mail-')
        self.certificate = os.path.join(self.folder.name, 'certificate.pem')
        key = os.path.join(self.folder.name, 'key.pem')
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
                        '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-days', '2',
                        '-keyout', key, '-out', self.certificate], check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, key)
        self.messages = []
        self.refuse = 0
        self.came = threading.Condition()
        with socket.create_server(('127.0.0.1', 0)) as free:
            self.port = free.getsockname()[1]
        self.controller = Controller(self, hostname='127.0.0.1', port=self.port, tls_context=context,
                                     require_starttls=True)
        self.controller.start()

    async def handle_DATA(self, _server, _session, envelope):
        with self.came:
            if self.refuse:
                self.refuse -= 1
                self.came.notify_all()
                return '451 later'
            self.messages.append(envelope)
            self.came.notify_all()
        return '250 taken'

    def wait(self, condition):
        with self.came:
            assert self.came.wait_for(condition, 60)

    def config(self, **more):
        keys = dict({'host': 'localhost', 'port': self.port, 'from': 'practice@wattle.example',
                     'ca_file': self.certificate}, **more)
        return ('[server]\npublic_url=https://wattle.example\n[smtp]\n'
                + ''.join('%s=%s\n' % item for item in keys.items() if item[1] is not None))

    def close(self):
        self.controller.stop()
        self.folder.cleanup()


def test_by_mail():
    box = Mailbox()
    with Practice(staff=('max',), extra=box.config()) as server:
        manager, user = invited_patient('Robin', server, email='robin@example.org')
        made = invitation(manager, user, send=True)
        assert made['sent'] is True and made['link'] == 'https://wattle.example' + made['path'], made
        box.wait(lambda: box.messages)
        envelope = box.messages[0]
        assert envelope.rcpt_tos == ['robin@example.org'] and envelope.mail_from == 'practice@wattle.example'
        message = email.message_from_bytes(envelope.content)
        text = message.get_payload(decode=True).decode()
        assert made['link'] in text and 'Banksia Street' in text, text
        assert str(email.header.make_header(email.header.decode_header(message['Subject']))) == \
            'Your account at Banksia Street'
        for word in ('Robin Example', BORN, 'Quill', 'visit', 'psycholog'):
            assert word not in text, 'tells %s' % word
        answer = manager.post('/v1/users/%s/invitation' % invited_patient('Nomail', server)[1]['id'], {'send': True})
        assert answer.status == 426 and answer.field == 'send', answer
    box.close()


def test_mail_waits_for_its_server():
    box = Mailbox()
    box.refuse = 1
    with Practice(staff=('max',), extra=box.config()) as server:
        manager, user = invited_patient('Robin', server, email='robin@example.org')
        made = invitation(manager, user, send=True)
        box.wait(lambda: box.refuse == 0)
        server.kill()
        assert made['path'].split('/')[-1].encode() not in server.at_rest(), 'the secret lies open in the queue'
        assert not box.messages
    box.close()


def test_mail_needs_a_good_certificate():
    box = Mailbox()
    with Practice(staff=('max',), extra=box.config(ca_file=None)) as server:
        manager, user = invited_patient('Robin', server, email='robin@example.org')
        invitation(manager, user, send=True)
        eventually(lambda: any('was not sent' in line for line in list(server.log)), 'nobody is told that it failed')
        assert not box.messages
        assert not any('robin' in line for line in server.log), server.log
    box.close()


if __name__ == '__main__':
    sys.exit(main(globals()))
