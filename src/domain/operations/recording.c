/* recording.c: filing what was recorded of a video consult
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "domain/operations/operations.h"

#include <string.h>

#include "domain/retention.h"

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

WATTLE_APPLY (recording_file)
{
  const char *appointment = wattle_arg_string (args, "appointment");
  g_autoptr (WattleRecord) document = wattle_arg_record (args, "document", error);
  g_autoptr (WattleRecord) patient = NULL;
  gint64 until;

  if (document == NULL || !check_file (document, error) || !check_visit (context, appointment, document, error)
      || !wattle_take_id (context, document, "document", error))
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
