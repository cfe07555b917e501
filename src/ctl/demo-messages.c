/* demo-messages.c: conversations, consents and tasks of the invented practice
 *
 * Made last, so that what was made before is the same with them and without.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "ctl/demo-private.h"

#include <string.h>

#include "base/clock.h"
#include "domain/messaging.h"

static const struct
{
  int kind;
  const char *title;
  const char *body;
} forms[] = {
  { WATTLE_CONSENT_KIND_TELEHEALTH, "Seeing us by video",
    "A video visit is as private as one in our rooms: nobody listens, and nothing is recorded unless you agree to that "
    "separately. You can ask for a visit in person at any time." },
  { WATTLE_CONSENT_KIND_RECORDING, "Recording a visit",
    "With your agreement a visit may be recorded. The recording is kept sealed in your record, for seven years. You "
    "can withdraw this at any time; nothing is recorded from then on." },
  { WATTLE_CONSENT_KIND_PRIVACY_NOTICE, "How we keep your information",
    "We collect what we need to care for you, keep it in Australia, and show it to nobody who does not care for you." },
  { WATTLE_CONSENT_KIND_MESSAGES, "Writing to us",
    "Messages about a visit are part of your record. They are not for emergencies: call 000." },
};

static const struct
{
  const char *title;
  const char *body;
} templates[] = {
  { "Running late", "I am running about ten minutes late. Please stay in the waiting room; I will be with you soon." },
  { "Before a video visit", "Please have your Medicare card at hand, and sit where nobody can overhear you." },
};

static const struct
{
  const char *title;
  const char *body;
  int days;
} tasks[] = {
  { "Sleep diary", "Write down each morning when you went to bed, woke and got up.", 7 },
  { "Walk for twenty minutes", "On three days of this week, at a pace at which you can still talk.", 5 },
  { "Blood test", "Fasting, at any collection centre. Take the request form with you.", 10 },
};

static void
set_text (WattleRecord *record, WattleFieldId field, const char *text)
{
  wattle_record_set_string (record, field, text);
}

static gboolean
make_forms (Demo *self, GPtrArray *made, GError **error)
{
  gint64 at = self->options->now - 90 * WATTLE_DAY;

  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      WattleRecord *form = demo_record (self, WATTLE_RECORD_CONSENT_FORM, at);

      g_ptr_array_add (made, form);
      wattle_record_set_integer (form, WATTLE_CONSENT_FORM_KIND, forms[i].kind);
      wattle_record_set_integer (form, WATTLE_CONSENT_FORM_VERSION, 1);
      set_text (form, WATTLE_CONSENT_FORM_TITLE, forms[i].title);
      set_text (form, WATTLE_CONSENT_FORM_BODY, forms[i].body);
      wattle_record_set_integer (form, WATTLE_CONSENT_FORM_PUBLISHED_AT, at);
      if (!demo_put (self, form, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
make_templates (Demo *self, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (templates); i++)
    {
      g_autoptr (WattleRecord) made =
        demo_record (self, WATTLE_RECORD_MESSAGE_TEMPLATE, self->options->now - 90 * WATTLE_DAY);

      set_text (made, WATTLE_MESSAGE_TEMPLATE_TITLE, templates[i].title);
      set_text (made, WATTLE_MESSAGE_TEMPLATE_BODY, templates[i].body);
      wattle_record_set_integer (made, WATTLE_MESSAGE_TEMPLATE_ACTIVE, TRUE);
      if (!demo_put (self, made, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
make_consent (Demo *self, WattleRecord *patient, WattleRecord *form, int status, const char *user, GError **error)
{
  gint64 at = self->options->now - 20 * WATTLE_DAY;
  g_autoptr (WattleRecord) consent = demo_record (self, WATTLE_RECORD_CONSENT, at);

  set_text (consent, WATTLE_CONSENT_PATIENT, wattle_record_id (patient));
  set_text (consent, WATTLE_CONSENT_FORM, wattle_record_id (form));
  wattle_record_set_integer (consent, WATTLE_CONSENT_KIND, wattle_record_get_integer (form, WATTLE_CONSENT_FORM_KIND));
  wattle_record_set_integer (consent, WATTLE_CONSENT_VERSION, 1);
  wattle_record_set_integer (consent, WATTLE_CONSENT_STATUS, status);
  wattle_record_set_integer (consent, WATTLE_CONSENT_ASKED_AT, at);
  set_text (consent, WATTLE_CONSENT_ASKED_BY, user);
  if (status == WATTLE_CONSENT_STATUS_GIVEN)
    {
      wattle_record_set_integer (consent, WATTLE_CONSENT_ANSWERED_AT, at + WATTLE_HOUR);
      set_text (consent, WATTLE_CONSENT_ANSWERED_BY, user);
      wattle_record_set_integer (consent, WATTLE_CONSENT_ANSWERED_HOW, WATTLE_CONSENT_WAY_IN_PERSON);
    }
  return demo_put (self, consent, error);
}

static gboolean
make_task (Demo *self, WattleRecord *patient, guint i, DemoPractitioner *by, GError **error)
{
  g_autoptr (WattleRecord) task = demo_record (self, WATTLE_RECORD_TASK, self->options->now - 3 * WATTLE_DAY);

  set_text (task, WATTLE_TASK_PATIENT, wattle_record_id (patient));
  set_text (task, WATTLE_TASK_TITLE, tasks[i].title);
  set_text (task, WATTLE_TASK_INSTRUCTIONS, tasks[i].body);
  wattle_record_set_integer (task, WATTLE_TASK_DUE_DATE, self->today + tasks[i].days);
  wattle_record_set_integer (task, WATTLE_TASK_STATUS, i == 1 ? WATTLE_TASK_STATUS_DONE : WATTLE_TASK_STATUS_OPEN);
  wattle_record_set_integer (task, WATTLE_TASK_GIVEN_AT, self->options->now - 3 * WATTLE_DAY);
  set_text (task, WATTLE_TASK_GIVEN_BY, by->user);
  if (i == 1)
    wattle_record_set_integer (task, WATTLE_TASK_DONE_AT, self->options->now - WATTLE_DAY);
  return demo_put (self, task, error);
}

static gboolean
make_message (
  Demo *self, WattleRecord *thread, const char *user, const char *name, const char *body, gint64 at, GError **error)
{
  g_autoptr (WattleRecord) message = demo_record (self, WATTLE_RECORD_MESSAGE, at);
  const char *patient = wattle_record_get_string (thread, WATTLE_THREAD_PATIENT);

  if (patient != NULL)
    set_text (message, WATTLE_MESSAGE_PATIENT, patient);
  set_text (message, WATTLE_MESSAGE_THREAD, wattle_record_id (thread));
  wattle_record_set_integer (message, WATTLE_MESSAGE_KIND, WATTLE_MESSAGE_KIND_TEXT);
  set_text (message, WATTLE_MESSAGE_AUTHOR, user);
  set_text (message, WATTLE_MESSAGE_AUTHOR_NAME, name);
  wattle_record_set_integer (message, WATTLE_MESSAGE_SENT_AT, at);
  wattle_record_set_integer (message, WATTLE_MESSAGE_STATUS, WATTLE_MESSAGE_STATUS_SENT);
  set_text (message, WATTLE_MESSAGE_BODY, body);
  wattle_record_set_integer (thread, WATTLE_THREAD_LAST_AT, at);
  set_text (thread, WATTLE_THREAD_LAST_BY, user);
  return demo_put (self, message, error);
}

static gboolean
make_talk (Demo *self, DemoPractitioner *practitioner, GError **error)
{
  gint64 at = self->options->now - 2 * WATTLE_HOUR;
  g_autoptr (WattleRecord) thread = demo_record (self, WATTLE_RECORD_THREAD, at);
  const char *name = wattle_record_get_string (practitioner->record, WATTLE_PRACTITIONER_GIVEN_NAMES);
  g_autofree char *members = strcmp (self->reception_user, practitioner->user) < 0
                               ? g_strjoin (" ", self->reception_user, practitioner->user, NULL)
                               : g_strjoin (" ", practitioner->user, self->reception_user, NULL);

  wattle_record_set_integer (thread, WATTLE_THREAD_KIND, WATTLE_THREAD_KIND_STAFF);
  set_text (thread, WATTLE_THREAD_SUBJECT, "Rooms on Thursday");
  set_text (thread, WATTLE_THREAD_MEMBERS, members);
  set_text (thread, WATTLE_THREAD_STARTED_BY, practitioner->user);
  if (!make_message (self, thread, practitioner->user, name, "Is the large room free on Thursday at two?", at, error)
      || !make_message (self, thread, self->reception_user, "Robin Ellery",
                        "It is. Shall I keep it for you all afternoon?", at + WATTLE_HOUR, error))
    return FALSE;
  wattle_record_set_integer (thread, WATTLE_THREAD_NEEDS_REPLY, TRUE);
  wattle_record_set_integer (thread, WATTLE_THREAD_NEEDS_REPLY_SINCE, at + WATTLE_HOUR);
  return demo_put (self, thread, error);
}

static gboolean
make_patient_talk (Demo *self, WattleRecord *visit, DemoPractitioner *practitioner, GError **error)
{
  gint64 at = wattle_record_get_integer (visit, WATTLE_APPOINTMENT_STARTS_AT) - 10 * WATTLE_MINUTE;
  g_autoptr (WattleRecord) thread = demo_record (self, WATTLE_RECORD_THREAD, at);
  g_autofree char *id = wattle_thread_id_of_visit (visit);
  const char *name = wattle_record_get_string (practitioner->record, WATTLE_PRACTITIONER_GIVEN_NAMES);

  wattle_record_set_id (thread, id);
  wattle_record_set_integer (thread, WATTLE_THREAD_KIND, WATTLE_THREAD_KIND_VISIT);
  set_text (thread, WATTLE_THREAD_PATIENT, wattle_record_get_string (visit, WATTLE_APPOINTMENT_PATIENT));
  set_text (thread, WATTLE_THREAD_APPOINTMENT, wattle_record_id (visit));
  set_text (thread, WATTLE_THREAD_PRACTITIONER, wattle_record_id (practitioner->record));
  set_text (thread, WATTLE_THREAD_STARTED_BY, practitioner->user);
  return make_message (self, thread, practitioner->user, name, templates[0].body, at, error)
         && demo_put (self, thread, error);
}

/**
 * demo_messages:
 * @self: the practice, all else made
 * @error: the failure
 *
 * Returns: whether a few conversations, consents and tasks were made
 */
gboolean
demo_messages (Demo *self, GError **error)
{
  DemoPractitioner *first = g_ptr_array_index (self->practitioners, 0);
  g_autoptr (GPtrArray) made = g_ptr_array_new_with_free_func (g_object_unref);

  if (!make_forms (self, made, error) || !make_templates (self, error) || !make_talk (self, first, error))
    return FALSE;
  for (guint i = 0; i < MIN (first->panel->len, G_N_ELEMENTS (tasks)); i++)
    {
      WattleRecord *patient = g_ptr_array_index (self->patients, g_array_index (first->panel, guint, i));

      if (!make_task (self, patient, i, first, error)
          || !make_consent (self, patient, made->pdata[0], WATTLE_CONSENT_STATUS_GIVEN, first->user, error)
          || !make_consent (self, patient, made->pdata[2], WATTLE_CONSENT_STATUS_ASKED, first->user, error))
        return FALSE;
    }
  for (guint i = 0; i < self->talked->len; i++)
    if (!make_patient_talk (self, self->talked->pdata[i], first, error))
      return FALSE;
  return TRUE;
}
