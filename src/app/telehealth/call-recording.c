/* call-recording.c: recording one call: the files, and what people agreed to, in their records
 *
 * What a patient who signed in answers they enter themselves. For guests, whom the practice knows by nothing but a
 * link, the clinician's program enters what the patient answered; what others answer stands in the report of the call.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/telehealth/call-recording.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/telehealth/call-recorder.h"
#include "app/telehealth/recordings.h"
#include "base/clock.h"
#include "domain/consent.h"

/* What fits into one message of the call, with room for the rest of it. */
#define MAX_WORDS 3600

struct _WattleCallRecording
{
  WattleContext *context;
  WattleConsult *consult;
  char *visit;
  char *patient; /* (nullable) */
  gboolean is_patient;
  WattleCallRecorder *recorder; /* (nullable) */
  WattleCallRecordingTrouble trouble;
  gpointer data;
};

/* What is to be entered, and what the record says already. */
typedef struct
{
  WattleConsultConsent consent;
  char *patient;
  gboolean self;
  WattleRecord *form;   /* (nullable) */
  WattleRecord *latest; /* (nullable) */
} Answer;

static void
answer_free (gpointer data)
{
  Answer *self = data;

  g_clear_object (&self->form);
  g_clear_object (&self->latest);
  g_free (self->patient);
  g_free (self);
}

static gpointer
read_answer (WattleTransaction *transaction, gpointer data, GCancellable *cancellable, GError **error)
{
  WattleReader *reader = wattle_transaction_reader (transaction);
  Answer *found = g_new0 (Answer, 1);
  const char *patient;
  int consent;

  g_variant_get (data, "(&sib)", &patient, &consent, &found->self);
  found->patient = g_strdup (patient);
  found->consent = consent;
  found->form = wattle_consent_form (reader, WATTLE_CONSENT_KIND_RECORDING);
  found->latest = wattle_consent_latest (reader, patient, WATTLE_CONSENT_KIND_RECORDING);
  return found;
}

static void
entered_cb (GObject *client, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *operation = wattle_client_perform_finish (WATTLE_CLIENT (client), result, &error);

  if (operation == NULL)
    g_warning ("what was agreed to in a call was not entered: %s", error->message);
}

static void
enter (WattleContext *context, const Answer *answer)
{
  gboolean has = answer->latest != NULL
                 && wattle_record_get_integer (answer->latest, WATTLE_CONSENT_STATUS) == WATTLE_CONSENT_STATUS_GIVEN;
  WattleJsonWriter writer = wattle_json_writer (g_string_new (NULL));
  const char *name = answer->consent == WATTLE_CONSULT_GIVEN ? "consent.give" : "consent.decline";
  g_autofree char *arguments = NULL;

  wattle_json_begin_object (&writer);
  if (has && answer->consent != WATTLE_CONSULT_GIVEN)
    {
      name = "consent.withdraw";
      wattle_json_pair_string (&writer, "id", wattle_record_id (answer->latest));
    }
  else if (answer->form != NULL)
    {
      wattle_json_pair_string (&writer, "patient", answer->patient);
      wattle_json_pair_string (&writer, "form", wattle_record_id (answer->form));
      if (!answer->self)
        wattle_json_pair_string (&writer, "how", "video");
    }
  wattle_json_end_object (&writer);
  arguments = g_string_free (writer.out, FALSE);
  if (answer->form != NULL || has)
    wattle_client_perform_async (wattle_context_client (context), name, arguments, NULL, entered_cb, NULL);
}

static void
read_cb (gpointer owner, gpointer result, const GError *error)
{
  if (error == NULL)
    enter (WATTLE_CONTEXT (owner), result);
  else
    g_warning ("what was agreed to in a call was not entered: %s", error->message);
}

static void
keep (WattleCallRecording *self, WattleConsultConsent consent)
{
  if (self->patient != NULL)
    wattle_context_load (self->context, read_answer,
                         g_variant_new ("(sib)", self->patient, (int) consent, self->is_patient), answer_free, NULL,
                         self->context, read_cb);
}

static void
consent_cb (WattleCallRecording *self, const char *id, int consent)
{
  const WattleConsultPerson *person = wattle_consult_find_person (self->consult, id);

  if (!self->is_patient && person != NULL && g_strcmp0 (person->role, "patient") == 0 && person->identity == NULL)
    keep (self, consent);
}

/* What everybody is asked, of a length that fits into a message; empty when the practice has no words for it. */
static gpointer
read_words (WattleTransaction *transaction, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autoptr (WattleRecord) form =
    wattle_consent_form (wattle_transaction_reader (transaction), WATTLE_CONSENT_KIND_RECORDING);
  g_autofree char *all = NULL;
  const char *end;

  if (form == NULL)
    return g_strdup ("");
  all = g_strdup_printf ("%s\n\n%s", wattle_record_get_string (form, WATTLE_CONSENT_FORM_TITLE),
                         wattle_record_get_string (form, WATTLE_CONSENT_FORM_BODY));
  if (strlen (all) <= MAX_WORDS)
    return g_steal_pointer (&all);
  g_utf8_validate (all, MAX_WORDS, &end);
  return g_strdup_printf ("%.*s…", (int) (end - all), all);
}

static void
words_cb (gpointer owner, gpointer result, const GError *error)
{
  const char *words = result;

  if (error != NULL)
    g_signal_emit_by_name (owner, "said", error->message);
  else if (*words == '\0')
    g_signal_emit_by_name (
      owner, "said",
      _("The practice has no text on recording that people could agree to. A manager writes it in "
         "the settings; until then nothing is recorded."));
  else
    wattle_consult_record (owner, TRUE, words);
}

static void
failed_cb (WattleCallRecording *self, const char *sentence)
{
  wattle_consult_record (self->consult, FALSE, NULL);
  self->trouble (self->data, sentence);
}

static void
kept_cb (WattleCallRecorder *recorder, WattleContext *context)
{
  wattle_recordings_file (context);
}

static void
drop_recorder (WattleCallRecording *self)
{
  if (self->recorder == NULL)
    return;
  wattle_call_recorder_stop (self->recorder);
  g_signal_handlers_disconnect_by_data (self->recorder, self);
  g_clear_object (&self->recorder);
}

static void
begin (WattleCallRecording *self)
{
  g_autofree char *about = NULL;

  if (self->recorder != NULL && wattle_call_recorder_is_on (self->recorder))
    return;
  drop_recorder (self);
  about = wattle_recording_about (self->visit, self->patient, wattle_clock_now ());
  self->recorder = wattle_call_recorder_new (self->context, wattle_consult_engine (self->consult), about);
  g_signal_connect_swapped (self->recorder, "failed", G_CALLBACK (failed_cb), self);
  g_signal_connect_object (self->recorder, "kept", G_CALLBACK (kept_cb), self->context, 0);
}

static void
record_cb (WattleCallRecording *self, gboolean on)
{
  if (on)
    begin (self);
  else if (self->recorder != NULL)
    wattle_call_recorder_stop (self->recorder);
}

/* The engine went with the call: its last piece does not come any more. */
static void
changed_cb (WattleCallRecording *self)
{
  if (self->recorder != NULL && wattle_consult_state (self->consult) == WATTLE_CONSULT_ENDED)
    wattle_call_recorder_stop (self->recorder);
}

/**
 * wattle_call_recording_new:
 * @context: the context
 * @consult: the call
 * @trouble: told what is wrong
 * @data: for @trouble
 *
 * Returns: (transfer full): records when everybody agreed
 */
WattleCallRecording *
wattle_call_recording_new (WattleContext *context,
                           WattleConsult *consult,
                           WattleCallRecordingTrouble trouble,
                           gpointer data)
{
  WattleCallRecording *self = g_new0 (WattleCallRecording, 1);

  self->context = g_object_ref (context);
  self->consult = g_object_ref (consult);
  self->trouble = trouble;
  self->data = data;
  g_signal_connect_swapped (consult, "record", G_CALLBACK (record_cb), self);
  g_signal_connect_swapped (consult, "consent", G_CALLBACK (consent_cb), self);
  g_signal_connect_swapped (consult, "changed", G_CALLBACK (changed_cb), self);
  return self;
}

void
wattle_call_recording_free (WattleCallRecording *self)
{
  g_signal_handlers_disconnect_by_data (self->consult, self);
  drop_recorder (self);
  g_object_unref (self->consult);
  g_object_unref (self->context);
  g_free (self->visit);
  g_free (self->patient);
  g_free (self);
}

/**
 * wattle_call_recording_set_visit:
 * @self: a recording of a call
 * @visit: id of the appointment
 * @patient: whose
 * @is_patient: whether the patient sits at this computer, signed in
 *
 * Guests have none of these, and enter nothing.
 */
void
wattle_call_recording_set_visit (WattleCallRecording *self, const char *visit, const char *patient, gboolean is_patient)
{
  self->visit = g_strdup (visit);
  self->patient = g_strdup (patient);
  self->is_patient = is_patient;
}

/* After the engine died and runs again: what it records now is a recording of its own. */
void
wattle_call_recording_engine_started (WattleCallRecording *self)
{
  drop_recorder (self);
  if (wattle_consult_recording (self->consult) == WATTLE_CONSULT_RECORDING)
    begin (self);
}

/**
 * wattle_call_recording_toggle:
 * @self: the recording of the clinician of the visit
 *
 * Asks everybody in the words of the practice, or ends the recording.
 */
void
wattle_call_recording_toggle (WattleCallRecording *self)
{
  if (wattle_consult_recording (self->consult) != WATTLE_CONSULT_NOT_RECORDING)
    wattle_consult_record (self->consult, FALSE, NULL);
  else
    wattle_context_load (self->context, read_words, NULL, g_free, NULL, self->consult, words_cb);
}

/* What the person at this computer answers to who asks. */
void
wattle_call_recording_answer (WattleCallRecording *self, gboolean agrees)
{
  wattle_consult_answer_recording (self->consult, agrees);
  if (self->is_patient)
    keep (self, wattle_consult_consent (self->consult));
}
