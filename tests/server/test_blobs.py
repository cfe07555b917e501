#!/usr/bin/python3
# test_blobs.py: the bytes of documents: in pieces, in parts, sealed, and only for those who may
#
# SPDX-License-Identifier: GPL-3.0-or-later
import hashlib
import os
import secrets
import sys

from practice import Practice
from wattled import PASSWORD, main, new_id

PIECE = 300000
practice = None


def shared():
    global practice
    practice = practice or Practice()
    return practice


def name_of(data):
    return hashlib.blake2b(data, digest_size=32).hexdigest()


def send(client, name, data, offset, total, **headers):
    return client.call('PATCH', '/v1/blobs/' + name, raw=data, headers=dict({
        'Upload-Offset': str(offset), 'Upload-Length': str(total), 'Content-Type': 'application/octet-stream'},
        **headers))


def upload(client, data):
    name = name_of(data)
    for offset in range(0, len(data), PIECE) or [0]:
        answer = send(client, name, data[offset:offset + PIECE], offset, len(data))
        assert answer.status == 204, answer
        assert int(answer.headers['upload-offset']) == min(offset + PIECE, len(data))
    return name


def file_it(client, data, patient):
    name = name_of(data)
    client.done('document.file', document={
        'type': 'document', 'id': new_id(), 'patient': patient, 'kind': 'letter', 'title': 'Letter',
        'document_date': '2026-11-20', 'media_type': 'application/pdf', 'size': len(data), 'hash': name})
    return name


def test_a_document_waits_for_its_bytes():
    """The operation overtook the upload: it is put off, and does not name what is not there."""
    server, mara = shared(), shared().client()
    patient = server.patient(mara, 'W', server.diaries['mara'])['id']
    data = secrets.token_bytes(3000)
    operation = mara.operation('document.file', {'document': {
        'type': 'document', 'id': new_id(), 'patient': patient, 'kind': 'letter', 'title': 'Letter',
        'document_date': '2026-11-20', 'media_type': 'application/pdf', 'size': len(data), 'hash': name_of(data)}})
    result = mara.push(operation).json['results'][0]
    assert result['status'] == 'retry' and result['retry_after'] > 0, result
    upload(mara, data)
    assert mara.push(operation).json['results'][0]['status'] == 'ok'
    # bytes that never come hold up nothing for ever
    lost = mara.operation('document.file', {'document': dict(operation['args']['document'], id=new_id(),
                                                             hash='ab' * 32)})
    statuses = [mara.push(lost).json['results'][0] for _ in range(10)]
    assert statuses[0]['status'] == 'retry', statuses
    assert any((result['status'], result.get('field')) == ('refused', 'hash') for result in statuses), statuses


def test_there_and_back():
    server, mara = shared(), shared().mara
    patient = server.patient(mara, 'Paper', server.diaries['mara'])['id']
    for size in (1, 65535, 65536, 65537, 131072, 1000001):
        data = secrets.token_bytes(size)
        name = upload(mara, data)
        assert mara.get('/v1/blobs/' + name).status == 404, 'nothing names it yet'
        file_it(mara, data, patient)
        answer = mara.get('/v1/blobs/' + name)
        assert answer.status == 200 and answer.body == data, (size, answer.status)
        answer = mara.call('HEAD', '/v1/blobs/' + name)
        assert answer.status == 200 and int(answer.headers['upload-offset']) == size
        for first, last in ((0, 0), (0, 9), (size // 2, size // 2 + 70000), (size - 1, size - 1)):
            part = mara.get('/v1/blobs/' + name, Range='bytes=%d-%d' % (first, last))
            assert part.status == 206 and part.body == data[first:last + 1], (size, first, last, part.status)
        assert mara.get('/v1/blobs/' + name, Range='bytes=%d-' % size).status == 416


def test_an_upload_goes_on():
    mara = shared().client()
    data = secrets.token_bytes(PIECE * 3)
    name = name_of(data)
    assert mara.call('HEAD', '/v1/blobs/' + name).status == 404
    assert send(mara, name, data[:PIECE], 0, len(data)).status == 204
    assert int(mara.call('HEAD', '/v1/blobs/' + name).headers['upload-offset']) == PIECE
    shared().kill()
    shared().start()
    assert int(mara.call('HEAD', '/v1/blobs/' + name).headers['upload-offset']) == PIECE, 'lost with the server'
    answer = send(mara, name, data[:PIECE], 0, len(data))
    assert answer.status == 409 and int(answer.headers['upload-offset']) == PIECE, answer
    assert send(mara, name, data[2 * PIECE:], 2 * PIECE, len(data)).status == 409
    assert send(mara, name, data[PIECE:2 * PIECE], PIECE, len(data)).status == 204
    assert send(mara, name, data[2 * PIECE:], 2 * PIECE, len(data)).status == 204
    patient = shared().patient(mara, 'P', shared().diaries['mara'])['id']
    file_it(mara, data, patient)
    assert mara.get('/v1/blobs/' + name).body == data


def test_other_bytes_than_announced():
    mara = shared().client()
    name = name_of(b'one thing')
    answer = send(mara, name, b'otherwise', 0, 9)
    assert answer.status == 409 and answer.code == 'corrupt', answer
    assert mara.call('HEAD', '/v1/blobs/' + name).status == 404, 'the pieces stayed'
    assert send(mara, name, b'one thing', 0, 9).status == 204


def test_bad_heads():
    mara = shared().client()
    name = 'a' * 64
    for offset, total in ((0, 2 ** 40), (-1, 5), ('x', 5), (0, ''), (6, 5)):
        assert send(mara, name, b'x', offset, total).status in (400, 413), (offset, total)
    assert send(mara, name, b'too long', 0, 3).status == 409
    for bad in ('A' * 64, 'a' * 63, 'a' * 65, '..%2f..%2fetc%2fpasswd', '%00' * 64):
        assert mara.get('/v1/blobs/' + bad).status in (400, 404), bad
    assert send(mara, name, b'x' * (4 * 1024 * 1024 + 1), 0, 10 ** 7).status == 413


def test_only_for_those_who_may():
    server, mara = shared(), shared().client()
    patient = server.patient(mara, 'Private', server.diaries['mara'])['id']
    data = b'private letter ' * 100
    name = upload(mara, data)
    file_it(mara, data, patient)
    for login in ('noel', 'rita', 'ora', 'ada'):
        client = server.client(login)
        assert client.get('/v1/blobs/' + name).status == 404, login
        assert client.call('HEAD', '/v1/blobs/' + name).status == 404, login
    assert send(server.client('ora'), name, data, 0, len(data)).status == 403
    assert mara.get('/v1/blobs/' + name).body == data
    events = server.boss.get('/v1/audit?patient=' + patient).json['events']
    assert 'blobs.get' in [event['action'] for event in events], 'reading was not written down'


def test_patients_send_so_many_files_a_day():
    with Practice(staff=(), limits={'patient_uploads_per_day': 2}) as server:
        chart = server.patient(server.mara, 'Robin', server.diaries['mara'])['id']
        answer = server.boss.post('/v1/users', {'login': 'robin', 'display_name': 'Robin', 'password': PASSWORD,
                                                'roles': ['patient'], 'patient': chart})
        assert answer.status == 200, answer
        robin = server.client('robin')
        upload(robin, b'x' * (PIECE + 1))
        upload(robin, b'y')
        for offset in ('0', '00'):
            answer = send(robin, name_of(b'z'), b'z', offset, 1)
            assert answer.status == 413 and 0 < int(answer.headers['retry-after']) <= 86400, answer
        for data in (b'x', b'y', b'z'):
            upload(server.mara, data)


def test_nothing_plain_on_the_disk():
    server, mara = shared(), shared().client()
    data = b'Casuarina-glauca-in-plain-text ' * 20000
    assert send(mara, name_of(data), data[:PIECE], 0, len(data)).status == 204
    whole = b'Casuarina-glauca-in-plain-text'
    upload(mara, whole)
    for folder, _, files in os.walk(server.data):
        for file in files:
            path = os.path.join(folder, file)
            with open(path, 'rb') as stream:
                assert b'Casuarina' not in stream.read(), path
            assert os.stat(path).st_mode & 0o077 == 0 or file == 'test.conf', path


def test_damage_is_seen():
    server, mara = shared(), shared().client()
    data = secrets.token_bytes(200000)
    name = upload(mara, data)
    file_it(mara, data, server.patient(mara, 'D', server.diaries['mara'])['id'])
    path = os.path.join(server.data, 'blobs', name[:2], name)
    with open(path, 'r+b') as file:
        file.seek(100000)
        byte = file.read(1)
        file.seek(100000)
        file.write(bytes([byte[0] ^ 1]))
    try:
        body = mara.get('/v1/blobs/' + name).body
    except Exception:
        body = None
    assert body is None or len(body) < len(data), 'damaged bytes were given out as whole'


def test_zz_well():
    assert shared().close() == 0


if __name__ == '__main__':
    sys.exit(main(globals()))
