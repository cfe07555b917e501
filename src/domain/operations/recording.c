/* recording.c: filing what was recorded of a video consult
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "domain/operations/operations.h"

#include <string.h>

#include "base/civil.h"
#include "domain/consent.h"
#include "domain/retention.h"

/* What those in the call answered to the question that a recording began with, as the report of the call tells it. */
typedef struct
{
  gboolean refused;
  gboolean patient;
  gboolean guardian;
} Answers;

static gboolean
check_visit (WattleOperationContext *context, const char *appointment, WattleRecord *document, GError **error)
{
  g_autoptr (WattleRecord) visit = wattle_load (context, WATTLE_RECORD_APPOINTMENT, appointment, error);

  if (visit == NULL || !wattle_policy_check ("recording.file", context->actor, context->reader, visit, error))
    return FALSE;
  if (!wattle_record_has (visit, WATTLE_APPOINTMENT_CALL_ROOM))
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "appointment", _("This visit never had a video room."));
  if (g_strcmp0 (wattle_record_scope_id (visit), wattle_record_scope_id (document)) == 0)
    return TRUE;
  return wattle_refuse (error, WATTLE_ERROR_INVALID, "patient", _("This is the visit of another patient."));
}

static gboolean
check_file (WattleRecord *document, GError **error)
{
  const char *media_type = wattle_record_get_string (document, WATTLE_DOCUMENT_MEDIA_TYPE);

  if (wattle_record_get_integer (document, WATTLE_DOCUMENT_KIND) != WATTLE_DOCUMENT_KIND_RECORDING)
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "kind", _("This is not the recording of a call."));
  if (g_strcmp0 (media_type, WATTLE_RECORDING_MEDIA_TYPE) != 0)
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "media_type", _("A recording of a call has another format."));
  if (wattle_record_get_integer (document, WATTLE_DOCUMENT_SIZE) > WATTLE_RECORDING_MAX_BYTES)
    return wattle_refuse (error, WATTLE_ERROR_TOO_LARGE, "size", _("A recording has at most 2 GB."));
  return TRUE;
}

static void
read_answers (WattleRecord *report, gint64 until, Answers *answers)
{
  const char *text = wattle_record_get_string (report, WATTLE_CALL_REPORT_RECORDING);
  g_auto (GStrv) lines = g_strsplit (text != NULL ? text : "", "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) words = g_strsplit (lines[i], " ", -1);
      guint n = g_strv_length (words);
      gint64 at;

      if (n < 2 || !wattle_instant_parse (words[0], &at, NULL) || at > until)
        continue;
      if (strcmp (words[1], "asked") == 0)
        memset (answers, 0, sizeof *answers);
      else if (n == 3 && strcmp (words[1], "given") != 0)
        answers->refused = TRUE;
      else if (n == 3)
        {
          answers->patient = answers->patient || strcmp (words[2], "patient") == 0;
          answers->guardian = answers->guardian || strcmp (words[2], "guardian") == 0;
        }
    }
}

/* What counts is what held when the recording began; what is withdrawn later ends recordings, and takes none away. The
 * consent of the patient stands in their record, that of a guardian who came for them in the report of the call. */
static gboolean
check_consent (WattleOperationContext *context, WattleJsonNode args, WattleRecord *document, GError **error)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_CALL_REPORT);
  g_autoptr (GPtrArray) reports = NULL;
  Answers answers = { 0 };
  gint64 began = 0;

  wattle_json_member_instant (args, "started_at", &began);
  wattle_query_where_text (&query, WATTLE_CALL_REPORT_APPOINTMENT, wattle_arg_string (args, "appointment"));
  wattle_query_order_by (&query, WATTLE_CALL_REPORT_STARTED_AT, FALSE);
  reports = wattle_reader_query (context->reader, &query, error);
  if (reports == NULL)
    return FALSE;
  for (guint i = 0; i < reports->len; i++)
    read_answers (reports->pdata[i], began, &answers);
  if (answers.refused)
    return wattle_refuse (error, WATTLE_ERROR_FORBIDDEN, "consent",
                          _("Somebody in the call had not agreed when this recording began. It is not filed."));
  if ((answers.guardian && !answers.patient)
      || wattle_consent_held (context->reader, wattle_record_scope_id (document), WATTLE_CONSENT_KIND_RECORDING, began))
    return TRUE;
  return wattle_refuse (error, WATTLE_ERROR_FORBIDDEN, "consent",
                        _("The record has no consent of the patient that held when this recording began. It is filed"
                           " once the consent is entered."));
}

WATTLE_APPLY (recording_file)
{
  const char *appointment = wattle_arg_string (args, "appointment");
  g_autoptr (WattleRecord) document = wattle_arg_record (args, "document", error);
  g_autoptr (WattleRecord) patient = NULL;
  gint64 until;

  if (document == NULL || !check_file (document, error) || !check_visit (context, appointment, document, error)
      || !check_consent (context, args, document, error) || !wattle_take_id (context, document, "document", error))
    return FALSE;
  patient = wattle_reader_get (context->reader, WATTLE_RECORD_PATIENT, wattle_record_scope_id (document), NULL);
  until = wattle_retention_until (WATTLE_DOCUMENT_KIND_RECORDING,
                                  wattle_record_get_integer (document, WATTLE_DOCUMENT_DOCUMENT_DATE), patient);
  if (until != 0)
    wattle_record_set_integer (document, WATTLE_DOCUMENT_RETAIN_UNTIL, until);
  wattle_record_set_string (document, WATTLE_DOCUMENT_SOURCE, appointment);
  wattle_record_set_string (document, WATTLE_DOCUMENT_AUTHOR, context->actor->user);
  wattle_outcome_put (outcome, document);
  return TRUE;
}
