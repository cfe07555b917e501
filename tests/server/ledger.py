# ledger.py: devices that push until they hear an answer, and a list outside of what they were told is safe
#
# SPDX-License-Identifier: GPL-3.0-or-later
import http.client
import random
import threading
import time

from wattled import new_id


class Pusher(threading.Thread):
    """A device with an outbox: it sends each operation until it hears an answer, however often the server dies. With
    more than one server it goes to the next when one does not answer."""

    def __init__(self, server, others=(), family='Ledger'):
        super().__init__(daemon=True)
        self.servers = [server, *others]
        self.practitioner = server.diaries['mara']
        self.family = family
        self.client = server.client()
        self.acknowledged = {}
        self.sent = {}
        self.unanswered = self.full = 0
        self.stopping = False
        self.problem = None

    def run(self):
        try:
            while not self.stopping:
                batch = []
                for _ in range(random.randint(1, 5)):
                    record = {'type': 'patient', 'id': new_id(), 'given_names': 'N%d' % self.client.n,
                              'family_name': self.family, 'status': 'active',
                              'primary_practitioner': self.practitioner}
                    batch.append(self.client.operation('record.create', {'record': record}))
                    self.sent[record['id']] = batch[-1]
                self.deliver(batch)
        except Exception as problem:
            self.problem = problem

    def deliver(self, batch):
        while True:
            try:
                answer = self.client.push(*batch)
            except (OSError, http.client.HTTPException):
                self.unanswered += 1
                if self.stopping and self.client.server.process.poll() is not None:
                    return
                self.servers.append(self.servers.pop(0))
                self.client.server = self.servers[0]
                continue
            if answer.status in (500, 502, 503, 507):
                self.full += answer.status == 507
                if self.stopping:
                    return
                continue
            if answer.status == 401 and self.stopping:
                return  # the session itself was among what a standby that lagged never had
            assert answer.status == 200, answer
            for operation, result in zip(batch, answer.json['results']):
                if result['status'] == 'retry':
                    break
                assert result['status'] in ('ok', 'duplicate'), result
                self.acknowledged[operation['args']['record']['id']] = result['revision']
            else:
                return
            if self.stopping:
                return


class Ledger:
    """Some devices at work on one practice, and what they were told."""

    def __init__(self, server, others=(), devices=4):
        self.pushers = [Pusher(server, others) for _ in range(devices)]
        for pusher in self.pushers:
            pusher.start()

    def count(self):
        return sum(len(pusher.acknowledged) for pusher in self.pushers)

    def grow(self, by, patience=60):
        """Waits until so many more were acknowledged."""
        wanted = self.count() + by
        self.wait(lambda: self.count() >= wanted, patience)

    def full(self):
        """Calls that were told that the disk is full."""
        return sum(pusher.full for pusher in self.pushers)

    def wait(self, condition, patience=60):
        end = time.monotonic() + patience
        while not condition():
            problems = [pusher.problem for pusher in self.pushers if pusher.problem]
            if problems:
                raise problems[0]
            assert time.monotonic() < end, 'nothing is acknowledged any more'
            threading.Event().wait(0.001)

    def stop(self):
        for pusher in self.pushers:
            pusher.stopping = True
        for pusher in self.pushers:
            pusher.join(60)
            if pusher.problem:
                raise pusher.problem

    def check(self, client):
        """(acknowledged, lost, doubled) by what the client is given of the practice."""
        _, rows = client.snapshot()
        present = [row['put']['id'] for row in rows if row['put'].get('family_name') == 'Ledger']
        acknowledged = {identity for pusher in self.pushers for identity in pusher.acknowledged}
        revisions = [revision for pusher in self.pushers for revision in pusher.acknowledged.values()]
        doubled = len(present) - len(set(present)) + len(revisions) - len(set(revisions))
        head = client.get('/v1/hello').json['head']
        for pusher in self.pushers:
            again = list(pusher.sent.values())[-300:]
            results = pusher.client.push(*again).json['results'] if again else []
            doubled += sum(result['status'] != 'duplicate' for operation, result in zip(again, results)
                           if operation['args']['record']['id'] in pusher.acknowledged)
        assert client.get('/v1/hello').json['head'] >= head
        return len(acknowledged), len(acknowledged - set(present)), doubled
