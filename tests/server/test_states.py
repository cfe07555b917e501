#!/usr/bin/python3
# test_states.py: what each state of a session may call, on the key routes
#
# SPDX-License-Identifier: GPL-3.0-or-later
import sys

from practice import Practice
from wattled import PASSWORD, Client, instant, main, new_id

# Method and path; what they answer in each state: 2 for success, or the status.
ALWAYS = [('GET', '/v1/hello'), ('GET', '/v1/health')]
EARLY = [('GET', '/v1/account'), ('GET', '/v1/devices'), ('GET', '/v1/devices/current'),
         ('POST', '/v1/sessions/confirm')]
KEY = [('GET', '/v1/changes?cursor=0'), ('GET', '/v1/snapshot'), ('POST', '/v1/operations'), ('GET', '/v1/users'),
       ('GET', '/v1/audit'), ('POST', '/v1/users'), ('HEAD', '/v1/blobs/' + '0' * 64), ('GET', '/v1/blobs/' + '0' * 64),
       ('POST', '/v1/devices/codes'), ('POST', '/v1/users/' + '0' * 26 + '/invitation'),
       ('PUT', '/v1/users/' + '0' * 26 + '/oidc'), ('POST', '/v1/devices/' + '0' * 26 + '/approve'),
       ('POST', '/v1/devices/' + '0' * 26 + '/revoke'), ('POST', '/v1/devices/' + '0' * 26 + '/wipe')]
SENDING = {('POST', '/v1/operations'), ('HEAD', '/v1/blobs/' + '0' * 64)}


def ask(client, method, path):
    body = {'device': client.device, 'operations': []} if path == '/v1/operations' else \
        {'password': PASSWORD} if path.endswith('/confirm') else {}
    if method in ('GET', 'HEAD') or path.endswith('/revoke'):
        return client.call(method, path)
    return client.call(method, path, body)


def walk(client, early, key, field=None, sending=None):
    """Asks every route; `early` and `key` are the wanted statuses, None for anything that is not refused."""
    for method, path in ALWAYS:
        assert ask(client, method, path).status == 200, (method, path)
    for wanted, routes in ((early, EARLY), (key, KEY)):
        for method, path in routes:
            answer = ask(client, method, path)
            want = sending if sending is not None and (method, path) in SENDING else wanted
            if want is None or want == 0:
                assert answer.status not in (401,) and (want == 0 or answer.status != 403), (method, path, answer)
            else:
                assert answer.status == want, (method, path, answer)
            if field and want == 403 and method != 'HEAD':
                assert answer.field == field, (method, path, answer)


def test_every_state():
    with Practice(staff=('ada', 'rita', 'max')) as server:
        boss = server.boss
        ada = server.client('ada')
        walk(ada, None, None)

        # nobody, and a token that was made up
        walk_out = Client(server)
        walk_out.access = None
        walk(walk_out, 401, 401)
        walk_out.access = 'A' * 43
        walk(walk_out, 401, 401)

        # signed out; its refresh token counts no more either
        gone = server.client('ada')
        assert gone.call('DELETE', '/v1/sessions/current').status == 204
        walk(gone, 401, 401)
        assert gone.refresh().status == 401

        # a spent refresh token was used by another: the family has ended
        robbed = server.client('ada')
        spent = robbed.refresh_token
        assert robbed.refresh().status == 200
        thief = server.client('ada')
        assert thief.refresh(spent, take=False).status == 401
        walk(robbed, 401, 401)

        # the device was revoked; or shall be wiped at once
        for act in ('revoke', 'wipe'):
            lost = server.client('ada')
            assert boss.call('POST', '/v1/devices/%s/%s' % (lost.device, act)).status == 200
            walk(lost, 401, 401)

        # it shall send what waits first
        parting = server.client('ada')
        assert boss.post('/v1/devices/%s/wipe' % parting.device, {'send_first': True}).status == 200
        walk(parting, None, 403, 'device.wipe', sending=0)

        # the device waits
        assert boss.do('setting.set', key='approve_devices', value='true')['status'] == 'ok'
        waiting = server.client('ada')
        walk(waiting, None, 403, 'device')
        assert boss.do('setting.set', key='approve_devices', value='false')['status'] == 'ok'

        # the second factor is missing
        assert boss.do('setting.set', key='second_factor_required', value='true')['status'] == 'ok'
        walk(ada, None, 403, 'second_factor')


def test_unconfirmed():
    with Practice(staff=('max',)) as server:
        manager = server.client('max')
        chart = server.patient(server.mara, 'Robin', server.diaries['mara'], birth_date='1980-02-01')['id']
        user = {'type': 'user', 'id': new_id(), 'login': 'robin', 'display_name': 'Robin', 'roles': ['patient'],
                'patient': chart}
        assert manager.do('user.invite', user=user)['status'] == 'ok'
        # invited: there is nothing to sign in with
        assert Client(server).sign_in('robin').status == 401
        code = manager.post('/v1/users/%s/invitation' % user['id']).json['code']
        answer = Client(server).post('/v1/invitations/accept',
                                     {'secret': code, 'date_of_birth': '1980-02-01', 'password': PASSWORD})
        assert answer.status == 200, answer
        robin = server.client('robin')
        own = {('GET', '/v1/changes?cursor=0'), ('GET', '/v1/snapshot'), ('POST', '/v1/operations')}
        for method, path in KEY:
            answer = ask(robin, method, path)
            if (method, path) not in own:
                assert answer.status in (403, 404), (method, path, answer)
        assert robin.get('/v1/account').status == 200
        # closed
        assert manager.do('user.disable', id=user['id'])['status'] == 'ok'
        walk(robin, 401, 401)


def test_a_changed_clock_opens_nothing():
    with Practice(staff=('rita',)) as server:
        rita = server.client('rita')
        for moment in ('2020-01-01T00:00:00.000000Z', '2100-01-01T00:00:00.000000Z', 'x', instant() + 'Z'):
            answer = rita.call('POST', '/v1/sessions/refresh', {
                'refresh_token': rita.refresh_token, 'device': rita.device, 'time': moment,
                'signature': rita.key.sign('wattle-refresh:%s:%s' % (rita.refresh_token, moment))},
                {'Authorization': ''})
            assert answer.status == 401 and answer.field == 'time', answer


if __name__ == '__main__':
    sys.exit(main(globals()))
