/* readings.c: writing down who read what of whom
 *
 * A page that tells of one patient names them in its line. One that tells of
 * many names a list by its hash, so that the chain of the trail covers it; the
 * list itself is a private row. What is read under an emergency access has a
 * line of its own for each patient, with the reason.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/api/readings.h"

#include <sodium.h>
#include <string.h>

#include "server/auth/audit.h"

/**
 * wattle_readings_emergency:
 * @reader: the practice's records
 * @actor: who reads or acts
 * @patient: in whose record
 *
 * Returns: (transfer full) (nullable): why they opened that record, when an emergency access alone lets them in
 */
char *
wattle_readings_emergency (WattleReader *reader, const WattleActor *actor, const char *patient)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_ACCESS_GRANT);
  g_autoptr (WattleRecord) grant = NULL;

  if (wattle_policy_care (actor, reader, patient) != WATTLE_CARE_EMERGENCY)
    return NULL;
  wattle_query_where_text (&query, WATTLE_ACCESS_GRANT_PATIENT, patient);
  wattle_query_where_text (&query, WATTLE_ACCESS_GRANT_PRACTITIONER, actor->practitioner);
  wattle_query_where (&query, WATTLE_ACCESS_GRANT_STATUS, WATTLE_COMPARE_EQUAL, WATTLE_ACCESS_STATUS_ACTIVE);
  grant = wattle_reader_find (reader, &query, NULL);
  return grant != NULL ? g_strdup (wattle_record_get_string (grant, WATTLE_ACCESS_GRANT_REASON)) : NULL;
}

/* Whether the actor has an emergency access at all: asked once, so that a page costs nothing to all others. */
static gboolean
has_emergency (WattleReader *reader, const WattleActor *actor)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_ACCESS_GRANT);

  if (actor->practitioner == NULL)
    return FALSE;
  wattle_query_where_text (&query, WATTLE_ACCESS_GRANT_PRACTITIONER, actor->practitioner);
  wattle_query_where (&query, WATTLE_ACCESS_GRANT_STATUS, WATTLE_COMPARE_EQUAL, WATTLE_ACCESS_STATUS_ACTIVE);
  wattle_query_where (&query, WATTLE_ACCESS_GRANT_KIND, WATTLE_COMPARE_EQUAL, WATTLE_ACCESS_KIND_EMERGENCY);
  return wattle_reader_count (reader, &query, NULL) > 0;
}

static gboolean
write_emergencies (WattleTransaction *transaction,
                   const WattleActor *actor,
                   const char *address,
                   const WattleReading *reading,
                   GError **error)
{
  WattleReader *reader = wattle_transaction_reader (transaction);

  if (!has_emergency (reader, actor))
    return TRUE;
  for (guint i = 0; i < reading->patients->len; i++)
    {
      const char *patient = reading->patients->pdata[i];
      g_autofree char *reason = wattle_readings_emergency (reader, actor, patient);
      WattleAudit act = { .action = reading->action, .patient = patient, .reason = reason };

      if (reason != NULL && !wattle_audit_write (transaction, actor, address, &act, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
write_list (WattleTransaction *transaction,
            const WattleActor *actor,
            const char *address,
            const WattleReading *reading,
            const WattleAudit *act,
            GError **error)
{
  g_autoptr (GString) list = g_string_new (NULL);
  guint8 digest[32];
  char hash[65];

  for (guint i = 0; i < reading->patients->len; i++)
    g_string_append_printf (list, "%s%s", i > 0 ? " " : "", (char *) reading->patients->pdata[i]);
  crypto_generichash (digest, sizeof digest, (const guint8 *) list->str, list->len, NULL, 0);
  sodium_bin2hex (hash, sizeof hash, digest, sizeof digest);
  return wattle_audit_write_list (transaction, actor, address, act, hash, list->str, error);
}

/**
 * wattle_readings_write:
 * @transaction: a write transaction; what was read is sent when it is on the disk
 * @actor: who
 * @address: from where
 * @reading: what
 * @error: the failure; nothing may then be sent
 */
gboolean
wattle_readings_write (WattleTransaction *transaction,
                       const WattleActor *actor,
                       const char *address,
                       const WattleReading *reading,
                       GError **error)
{
  g_autofree char *reason = g_strdup_printf ("rows=%u clinical=%u to=%" G_GINT64_FORMAT, reading->rows,
                                             reading->clinical, reading->to);
  WattleAudit act = { .action = reading->action, .reason = reason };

  if (reading->patients->len == 1)
    act.patient = reading->patients->pdata[0];
  return (reading->patients->len > 1 ? write_list (transaction, actor, address, reading, &act, error)
                                     : wattle_audit_write (transaction, actor, address, &act, error))
         && write_emergencies (transaction, actor, address, reading, error);
}
