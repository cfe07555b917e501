# drf.py: a durable booking with its audit row through Django REST framework on PostgreSQL
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""Served by gunicorn as drf:application; the database is that of the environment's DATABASE_HOST (a socket's folder)
and DATABASE_NAME. `drf.py prepare` makes its tables."""
import hashlib
import os
import sys

import django
from django.conf import settings

settings.configure(
    SECRET_KEY='of the benchmark', ALLOWED_HOSTS=['*'], ROOT_URLCONF='drf', USE_TZ=True, TIME_ZONE='UTC',
    INSTALLED_APPS=[],
    MIDDLEWARE=['django.middleware.common.CommonMiddleware'],
    DATABASES={'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': os.environ['DATABASE_NAME'],
                           'HOST': os.environ['DATABASE_HOST'], 'USER': os.environ.get('DATABASE_USER', ''),
                           'CONN_MAX_AGE': None}},
    REST_FRAMEWORK={'DEFAULT_AUTHENTICATION_CLASSES': [], 'DEFAULT_PERMISSION_CLASSES': [],
                    'UNAUTHENTICATED_USER': None, 'DEFAULT_RENDERER_CLASSES': ['rest_framework.renderers.JSONRenderer'],
                    'DEFAULT_PARSER_CLASSES': ['rest_framework.parsers.JSONParser']})
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, models, transaction  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework import exceptions, serializers, views  # noqa: E402
from rest_framework.response import Response  # noqa: E402

TOKEN = 'a-token-of-the-benchmark'


class Session(models.Model):
    token = models.CharField(max_length=128, primary_key=True)
    who = models.CharField(max_length=64)

    class Meta:
        app_label = 'drf'


class Practitioner(models.Model):
    id = models.CharField(max_length=26, primary_key=True)

    class Meta:
        app_label = 'drf'


class Appointment(models.Model):
    id = models.CharField(max_length=26, primary_key=True)
    patient = models.CharField(max_length=26)
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, db_index=False)
    location = models.CharField(max_length=26)
    status = models.CharField(max_length=16)
    modality = models.CharField(max_length=16)
    zone = models.CharField(max_length=64)
    reason = models.CharField(max_length=1000, null=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        app_label = 'drf'
        indexes = [models.Index(fields=['practitioner', 'starts_at'], name='diary')]


class Audit(models.Model):
    at = models.DateTimeField(auto_now_add=True)
    who = models.CharField(max_length=64)
    action = models.CharField(max_length=64)
    object = models.CharField(max_length=26)

    class Meta:
        app_label = 'drf'


class AppointmentSerializer(serializers.ModelSerializer):
    practitioner = serializers.CharField(source='practitioner_id', max_length=26)

    class Meta:
        model = Appointment
        exclude = []
        extra_kwargs = {'id': {'validators': []}}


class Appointments(views.APIView):
    def post(self, request):
        token = request.headers.get('Authorization', '')[7:]
        session = Session.objects.filter(token=hashlib.blake2b(token.encode()).hexdigest()).first()
        if session is None:
            raise exceptions.NotAuthenticated()
        form = AppointmentSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        data = form.validated_data
        with transaction.atomic():
            Practitioner.objects.select_for_update().get(id=data['practitioner_id'])
            if Appointment.objects.filter(practitioner_id=data['practitioner_id'], starts_at__lt=data['ends_at'],
                                          ends_at__gt=data['starts_at']).exists():
                return Response({'error': 'conflict'}, status=409)
            Appointment(**data).save(force_insert=True)
            Audit.objects.create(who=session.who, action='appointment.book', object=data['id'])
        return Response(form.data, status=201)


urlpatterns = [path('appointments', Appointments.as_view())]
application = get_wsgi_application()


def prepare(practitioners):
    with connection.schema_editor() as editor:
        for model in (Session, Practitioner, Appointment, Audit):
            editor.create_model(model)
    Session.objects.create(token=hashlib.blake2b(TOKEN.encode()).hexdigest(), who='mara')
    for one in practitioners:
        Practitioner.objects.create(id=one)


if __name__ == '__main__' and sys.argv[1:2] == ['prepare']:
    prepare(sys.argv[2:])
