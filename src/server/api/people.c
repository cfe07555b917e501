/* people.c: POST /people: who of the practice's patients that might be, for one who would open the record in need
 *
 * A clinician's own device holds their own patients alone. This finds others by
 * what somebody knows of them and says no more than it takes to tell them
 * apart; each who is named is written down.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/api/routes.h"

#include "base/civil.h"
#include "base/error.h"

#define SHORTEST 3
#define LONGEST 100
#define MOST 5

typedef struct
{
  WattleCall *call;
  GPtrArray *hits; /* WattleSearchHit */
} Work;

static gboolean
write_reading (WattleTransaction *transaction, gpointer data, GError **error)
{
  Work *self = data;

  for (guint i = 0; i < self->hits->len; i++)
    {
      const WattleSearchHit *hit = self->hits->pdata[i];

      if (!wattle_call_audit (self->call, transaction, self->call->route->name, hit->record, error))
        return FALSE;
    }
  return self->hits->len > 0 || wattle_call_audit (self->call, transaction, self->call->route->name, NULL, error);
}

static void
copy_field (WattleJsonWriter *writer, WattleRecord *record, WattleFieldId field)
{
  if (wattle_record_has (record, field))
    wattle_json_pair_string (writer, wattle_field_get (field)->name, wattle_record_get_string (record, field));
}

static void
write_person (WattleCall *call, WattleReader *reader, WattleRecord *patient, WattleJsonWriter *writer)
{
  wattle_json_begin_object (writer);
  wattle_json_pair_string (writer, "id", wattle_record_id (patient));
  copy_field (writer, patient, WATTLE_PATIENT_GIVEN_NAMES);
  copy_field (writer, patient, WATTLE_PATIENT_FAMILY_NAME);
  if (wattle_record_has (patient, WATTLE_PATIENT_BIRTH_DATE))
    {
      g_autofree char *born = wattle_date_format (wattle_record_get_integer (patient, WATTLE_PATIENT_BIRTH_DATE));

      wattle_json_pair_string (writer, "birth_date", born);
    }
  wattle_json_pair_boolean (writer, "own",
                            wattle_policy_check_read (wattle_call_actor (call), reader, patient, NULL));
  wattle_json_end_object (writer);
}

static const char *
read_words (WattleCall *call, GError **error)
{
  const char *words = wattle_call_string (call, "words", TRUE, error);
  glong length = words != NULL ? g_utf8_strlen (words, -1) : 0;

  if (words == NULL || (length >= SHORTEST && length <= LONGEST))
    return words;
  wattle_set_field_error (error, WATTLE_ERROR_INVALID, "words", "Type at least %d characters of a name.", SHORTEST);
  return NULL;
}

void
wattle_api_people (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleTransaction) transaction = NULL;
  g_autoptr (GPtrArray) hits = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (text);
  const char *words = read_words (call, &error);

  if (words == NULL || (transaction = wattle_store_begin_read (call->server->store, &error)) == NULL
      || (hits = wattle_transaction_search (transaction, G_GUINT64_CONSTANT (1) << WATTLE_RECORD_PATIENT, words, MOST,
                                            &error))
           == NULL
      || !wattle_writer_run (call->server->writer, write_reading, &(Work){ call, hits }, &error))
    {
      wattle_call_respond_error (call, error);
      return;
    }
  wattle_json_begin_object (&writer);
  wattle_json_name (&writer, "people");
  wattle_json_begin_array (&writer);
  for (guint i = 0; i < hits->len; i++)
    write_person (call, wattle_transaction_reader (transaction), ((WattleSearchHit *) hits->pdata[i])->record, &writer);
  wattle_json_end_array (&writer);
  wattle_json_end_object (&writer);
  wattle_call_respond (call, 200, g_steal_pointer (&text));
}
