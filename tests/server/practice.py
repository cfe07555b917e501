# practice.py: a small practice on a server under test, with somebody in every role
#
# SPDX-License-Identifier: GPL-3.0-or-later
import datetime

from wattled import PASSWORD, Server, instant, new_id

STAFF = {'noel': 'clinician', 'rita': 'reception', 'max': 'manager', 'ora': 'owner', 'ada': 'administrator'}


def monday(hour=0, minute=0):
    """A Monday some weeks ahead, in the morning of Sydney."""
    now = datetime.datetime.now(datetime.timezone.utc)
    day = now.replace(hour=0, minute=0, second=0, microsecond=0) + datetime.timedelta(days=21 - now.weekday())
    return day + datetime.timedelta(hours=hour, minutes=minute)


class Practice(Server):
    """Mara founds it and is a clinician; the others, all of STAFF or those that are named, have one role each."""

    def __init__(self, staff=tuple(STAFF), **options):
        super().__init__(**options)
        self.setup()
        self.mara = self.client()
        self.boss = self.client(role='administrator')
        for login in staff:
            role = STAFF[login]
            body = {'login': login, 'display_name': login.title(), 'password': PASSWORD, 'roles': [role]}
            if role == 'clinician':
                body['practitioner'] = {'given_names': 'Noel', 'family_name': 'Tern', 'profession': 'psychologist'}
            answer = self.boss.post('/v1/users', body)
            assert answer.status == 200, answer
        _, rows = self.mara.snapshot()
        records = [row['put'] for row in rows]
        self.location = next(record['id'] for record in records if record['type'] == 'location')
        self.diaries = {record['given_names'].lower(): record['id'] for record in records
                        if record['type'] == 'practitioner'}
        if len(staff) < len(STAFF):
            return
        manager = self.client(role='manager')
        for diary in self.diaries.values():
            for weekday in ('monday', 'tuesday', 'wednesday', 'thursday', 'friday'):
                manager.create('availability', practitioner=diary, location=self.location, kind='hours',
                               weekday=weekday, starts='08:00', ends='18:00', from_date='2026-01-01')

    def patient(self, client, name='Wren', diary=None, **fields):
        return client.create('patient', given_names=name, family_name='Example', status='active',
                             primary_practitioner=diary, **fields)

    def visit(self, patient, diary, starts, minutes=50, **fields):
        return dict(fields, type='appointment', id=new_id(), patient=patient, practitioner=diary,
                    location=self.location, modality='in_person', status='booked', zone='Australia/Sydney',
                    starts_at=instant(starts), ends_at=instant(starts + datetime.timedelta(minutes=minutes)))

    def prescribe(self, client):
        """Signs a prescription of one line in the name of the client's practitioner; the result."""
        diary = client.user['practitioner']
        chart = self.patient(client, diary=diary, birth_date='1980-02-01', address_line='1 Example Street',
                             suburb='Sydney', state_code='NSW', postcode='2000')['id']
        return client.do('prescription.sign',
                         prescription={'type': 'prescription', 'id': new_id(), 'patient': chart, 'prescriber': diary},
                         lines=[{'type': 'prescription_line', 'active_ingredient': 'Sertraline', 'schedule': 's4',
                                 'strength': '50 mg', 'form': 'tablet', 'directions': 'One daily', 'quantity': 30}])
