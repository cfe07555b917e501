/* consent.c: whether a patient consented, and to which text
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "domain/consent.h"

#include "base/clock.h"

/* What is said in a call another program enters a little later, by another clock. */
#define ENTERED_LATE (10 * WATTLE_MINUTE)

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

static GPtrArray *
all_consents (WattleReader *reader, const char *patient, int kind)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_CONSENT);

  wattle_query_where_text (&query, WATTLE_CONSENT_PATIENT, patient);
  wattle_query_where (&query, WATTLE_CONSENT_KIND, WATTLE_COMPARE_EQUAL, kind);
  return wattle_reader_query (reader, &query, NULL);
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
  g_autoptr (GPtrArray) consents = all_consents (reader, patient, kind);
  WattleRecord *latest = NULL;

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

/* What the patient answered last between two moments; rows that nobody answered say nothing. */
static WattleRecord *
answer_between (GPtrArray *consents, gint64 after, gint64 until)
{
  WattleRecord *last = NULL;

  for (guint i = 0; consents != NULL && i < consents->len; i++)
    {
      WattleRecord *consent = consents->pdata[i];
      gint64 answered = wattle_record_get_integer (consent, WATTLE_CONSENT_ANSWERED_AT);

      if (wattle_record_has (consent, WATTLE_CONSENT_ANSWERED_AT) && answered > after && answered <= until
          && (last == NULL || answered >= wattle_record_get_integer (last, WATTLE_CONSENT_ANSWERED_AT)))
        last = consent;
    }
  return last;
}

static gboolean
agreed_at (WattleRecord *consent, gint64 at)
{
  int status =
    consent != NULL ? wattle_record_get_integer (consent, WATTLE_CONSENT_STATUS) : WATTLE_CONSENT_STATUS_DECLINED;

  return status == WATTLE_CONSENT_STATUS_GIVEN
         || (status == WATTLE_CONSENT_STATUS_WITHDRAWN
             && wattle_record_get_integer (consent, WATTLE_CONSENT_WITHDRAWN_AT) > at);
}

/**
 * wattle_consent_held:
 * @reader: the records
 * @patient: id of a patient
 * @kind: a WATTLE_CONSENT_KIND_… value
 * @at: a moment, microseconds since 1970; 0 for none
 *
 * To whichever version of the text: what somebody had agreed to is not undone by what they, or the practice, say later.
 * An answer counts from somewhat before it was entered.
 *
 * Returns: whether the consent holds now, or held at that moment
 */
gboolean
wattle_consent_held (WattleReader *reader, const char *patient, int kind, gint64 at)
{
  g_autoptr (WattleRecord) latest = wattle_consent_latest (reader, patient, kind);
  g_autoptr (GPtrArray) consents = NULL;

  if (latest != NULL && wattle_record_get_integer (latest, WATTLE_CONSENT_STATUS) == WATTLE_CONSENT_STATUS_GIVEN)
    return TRUE;
  consents = all_consents (reader, patient, kind);
  return agreed_at (answer_between (consents, G_MININT64, at), at)
         || agreed_at (answer_between (consents, at, at + ENTERED_LATE), at);
}
