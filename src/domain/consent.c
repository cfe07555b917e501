/* consent.c: whether a patient consented, and to which text
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "domain/consent.h"

/**
 * wattle_consent_form:
 * @reader: the records
 * @kind: a WATTLE_CONSENT_KIND_… value
 *
 * Returns: (transfer full) (nullable): the newest text of that kind
 */
WattleRecord *
wattle_consent_form (WattleReader *reader, int kind)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_CONSENT_FORM);

  wattle_query_where (&query, WATTLE_CONSENT_FORM_KIND, WATTLE_COMPARE_EQUAL, kind);
  wattle_query_order_by (&query, WATTLE_CONSENT_FORM_VERSION, TRUE);
  return wattle_reader_find (reader, &query, NULL);
}

/* What was asked or said last; of one moment, the later row. */
static gint64
moment_of (WattleRecord *consent)
{
  gint64 asked = wattle_record_get_integer (consent, WATTLE_CONSENT_ASKED_AT);
  gint64 answered = wattle_record_get_integer (consent, WATTLE_CONSENT_ANSWERED_AT);

  return MAX (asked, answered);
}

/**
 * wattle_consent_latest:
 * @reader: the records
 * @patient: id of a patient
 * @kind: a WATTLE_CONSENT_KIND_… value
 *
 * Returns: (transfer full) (nullable): the last consent of that kind that was asked for or answered
 */
WattleRecord *
wattle_consent_latest (WattleReader *reader, const char *patient, int kind)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_CONSENT);
  g_autoptr (GPtrArray) consents = NULL;
  WattleRecord *latest = NULL;

  wattle_query_where_text (&query, WATTLE_CONSENT_PATIENT, patient);
  wattle_query_where (&query, WATTLE_CONSENT_KIND, WATTLE_COMPARE_EQUAL, kind);
  consents = wattle_reader_query (reader, &query, NULL);
  for (guint i = 0; consents != NULL && i < consents->len; i++)
    if (latest == NULL || moment_of (consents->pdata[i]) >= moment_of (latest))
      latest = consents->pdata[i];
  return latest != NULL ? g_object_ref (latest) : NULL;
}

/**
 * wattle_consent_is_given:
 * @reader: the records
 * @patient: (nullable): id of a patient
 * @kind: a WATTLE_CONSENT_KIND_… value
 *
 * Returns: whether the patient agreed to the text that holds now and did not withdraw; not when there is no text, and
 *   not by having agreed to an older one
 */
gboolean
wattle_consent_is_given (WattleReader *reader, const char *patient, int kind)
{
  g_autoptr (WattleRecord) form = wattle_consent_form (reader, kind);
  g_autoptr (WattleRecord) latest = NULL;

  if (form == NULL || patient == NULL)
    return FALSE;
  latest = wattle_consent_latest (reader, patient, kind);
  return latest != NULL && wattle_record_get_integer (latest, WATTLE_CONSENT_STATUS) == WATTLE_CONSENT_STATUS_GIVEN
         && g_strcmp0 (wattle_record_get_string (latest, WATTLE_CONSENT_FORM), wattle_record_id (form)) == 0;
}
