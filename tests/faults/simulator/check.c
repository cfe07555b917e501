/* check.c: what must be true once everything that waited has arrived
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "world.h"

#include <sodium.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"

/* Acts in the audit trail that succeeded, by the digest of their arguments. */
static GHashTable *
count_acts (WattleReader *reader)
{
  GHashTable *counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  WattleQuery query = wattle_query (WATTLE_RECORD_AUDIT_EVENT);
  g_autoptr (GPtrArray) events = NULL;
  g_autoptr (GError) error = NULL;

  query.limit = G_MAXINT;
  events = wattle_reader_query (reader, &query, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < events->len; i++)
    {
      const char *digest = wattle_record_get_string (events->pdata[i], WATTLE_AUDIT_EVENT_CHANGES);
      gpointer before = digest != NULL ? g_hash_table_lookup (counts, digest) : NULL;

      if (digest != NULL
          && g_strcmp0 (wattle_record_get_string (events->pdata[i], WATTLE_AUDIT_EVENT_OUTCOME), "ok") == 0)
        g_hash_table_insert (counts, g_strdup (digest), GUINT_TO_POINTER (GPOINTER_TO_UINT (before) + 1));
    }
  return counts;
}

static guint
times_done (GHashTable *counts, const char *args)
{
  guint8 digest[32];
  char hex[65];

  crypto_generichash (digest, sizeof digest, (const guint8 *) args, strlen (args), NULL, 0);
  return GPOINTER_TO_UINT (g_hash_table_lookup (counts, sodium_bin2hex (hex, sizeof hex, digest, sizeof digest)));
}

/* Whether the words of an act make it one of a kind: arguments without them may be those of another act. */
static gboolean
is_marked (const SimDeed *deed)
{
  return strstr (deed->args, deed->marker) != NULL;
}

static char *
all_notes (WattleReader *reader)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_PROGRESS_NOTE);
  g_autoptr (GPtrArray) notes = NULL;
  GString *text = g_string_new (NULL);

  query.limit = G_MAXINT;
  query.with_deleted = TRUE;
  notes = wattle_reader_query (reader, &query, NULL);
  for (guint i = 0; i < notes->len; i++)
    g_string_append_printf (text, "%s\n", wattle_record_get_string (notes->pdata[i], WATTLE_PROGRESS_NOTE_BODY));
  return g_string_free (text, FALSE);
}

/* Whether the server has the bytes of a document that it took. */
static gboolean
has_bytes (SimWorld *self, const SimDeed *deed)
{
  g_autoptr (WattleJson) json = wattle_json_parse (deed->args, -1, NULL, NULL);
  const char *hash =
    wattle_json_member_string (wattle_json_member (wattle_json_root (json), "document"), "hash");
  g_autofree char *start = g_strndup (hash, 2);
  g_autofree char *path = g_build_filename (self->server_dir, "blobs", start, hash, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static gboolean
server_says_done (WattleTransaction *transaction, const char *id)
{
  g_autofree char *kept = wattle_transaction_operation (transaction, id, NULL);
  g_autoptr (WattleJson) json = kept != NULL ? wattle_json_parse (kept, -1, NULL, NULL) : NULL;

  return json != NULL && g_strcmp0 (wattle_json_member_string (wattle_json_root (json), "status"), "ok") == 0;
}

static void
check_deed (SimWorld *self, WattleTransaction *transaction, GHashTable *counts, const char *notes, SimDeed *deed)
{
  SimClient *client = self->clients[deed->client];
  g_autoptr (WattleOutboxEntry) entry = wattle_outbox_find (client->outbox, deed->id, NULL);
  gboolean done = server_says_done (transaction, deed->id);

  if (deed->fate == SIM_UNKNOWN)
    return;
  if (deed->never && done)
    sim_complain (self, "%s %s was withdrawn and done all the same", deed->name, deed->marker);
  if (is_marked (deed) && times_done (counts, deed->args) > 1)
    sim_complain (self, "%s %s was done %u times", deed->name, deed->marker, times_done (counts, deed->args));
  if (deed->fate == SIM_GONE)
    return;
  if (entry == NULL)
    sim_complain (self, "%s %s is gone from the outbox", deed->name, deed->marker);
  else if (1u << entry->status & WATTLE_OUTBOX_PENDING)
    sim_complain (self, "%s %s still waits", deed->name, deed->marker);
  else if (entry->status == WATTLE_OUTBOX_OK && (!done || (is_marked (deed) && times_done (counts, deed->args) == 0)))
    sim_complain (self, "%s %s was acknowledged and is not there", deed->name, deed->marker);
  else if (entry->status != WATTLE_OUTBOX_OK && (strcmp (entry->args, deed->args) != 0 || entry->message == NULL))
    sim_complain (self, "%s %s was refused without its words", deed->name, deed->marker);
  else if (entry->status != WATTLE_OUTBOX_OK && deed->fate == SIM_ACKNOWLEDGED && self->restores == 0)
    sim_complain (self, "%s %s was acknowledged and then refused", deed->name, deed->marker);
  else if (entry->status == WATTLE_OUTBOX_OK && g_str_has_prefix (deed->name, "note.") && is_marked (deed)
           && strstr (notes, deed->marker) == NULL)
    sim_complain (self, "the words %s of %s are nowhere", deed->marker, deed->name);
  else if (entry->status == WATTLE_OUTBOX_OK && strcmp (deed->name, "document.file") == 0 && !has_bytes (self, deed))
    sim_complain (self, "the bytes of the letter %s are nowhere", deed->marker);
}

static void
check_bookings (SimWorld *self, WattleReader *reader)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_APPOINTMENT);
  g_autoptr (GPtrArray) visits = NULL;

  query.limit = G_MAXINT;
  visits = wattle_reader_query (reader, &query, NULL);
  for (guint i = 0; i < visits->len; i++)
    for (guint j = 0; j < i; j++)
      {
        WattleRecord *a = visits->pdata[i], *b = visits->pdata[j];

        if (wattle_record_get_integer (a, WATTLE_APPOINTMENT_STATUS) != WATTLE_APPOINTMENT_STATUS_CANCELLED
            && wattle_record_get_integer (b, WATTLE_APPOINTMENT_STATUS) != WATTLE_APPOINTMENT_STATUS_CANCELLED
            && strcmp (wattle_record_get_string (a, WATTLE_APPOINTMENT_PRACTITIONER),
                       wattle_record_get_string (b, WATTLE_APPOINTMENT_PRACTITIONER))
                 == 0
            && wattle_record_get_integer (a, WATTLE_APPOINTMENT_STARTS_AT)
                 < wattle_record_get_integer (b, WATTLE_APPOINTMENT_ENDS_AT)
            && wattle_record_get_integer (b, WATTLE_APPOINTMENT_STARTS_AT)
                 < wattle_record_get_integer (a, WATTLE_APPOINTMENT_ENDS_AT))
          sim_complain (self, "two visits of one practitioner overlap");
      }
}

/* What the server gives somebody who asks for everything: id and record as text. */
static GHashTable *
fresh_rows (SimWorld *self, SimClient *client)
{
  GHashTable *rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GError) error = NULL;
  g_autofree char *token = wattle_session_token (client->session, NULL, &error);
  SimCall call = { .method = "GET", .path = "/snapshot", .token = token };
  g_auto (SimAnswer) answer = { 0 };
  g_auto (GStrv) lines = NULL;
  g_autofree char *text = NULL;
  gsize length;
  const char *bytes;

  g_assert_no_error (error);
  sim_server_ask (self->server, &call, &answer);
  g_assert_cmpuint (answer.status, ==, 200);
  bytes = g_bytes_get_data (answer.body, &length);
  text = g_strndup (bytes, length);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_autoptr (WattleJson) json = wattle_json_parse (lines[i], -1, &WATTLE_JSON_FILE_LIMITS, NULL);
      WattleJsonNode put = { 0 };
      g_autoptr (WattleRecord) record = NULL;

      if (json != NULL)
        put = wattle_json_member (wattle_json_root (json), "put");
      if (json == NULL || !wattle_json_exists (put))
        continue;
      record = wattle_record_from_json (put, &error);
      g_assert_no_error (error);
      g_hash_table_insert (rows, g_strdup (wattle_record_id (record)), wattle_record_to_json (record));
    }
  return rows;
}

typedef struct
{
  SimWorld *world;
  SimClient *client;
  GHashTable *fresh;
  guint same;
} Comparison;

static gboolean
compare_row (const WattleFeedRow *row, gpointer data, GError **error)
{
  Comparison *self = data;
  const char *wanted = g_hash_table_lookup (self->fresh, row->id);
  g_autoptr (WattleRecord) record = wattle_record_from_text (row->json, row->json_length, error);
  g_autofree char *text = NULL;

  if (record == NULL)
    return FALSE;
  if (row->deleted)
    return TRUE;
  text = wattle_record_to_json (record);
  if (wanted == NULL)
    sim_complain (self->world, "client %u holds a row that it may not see: %s", self->client->index, text);
  else if (strcmp (wanted, text) != 0)
    sim_complain (self->world, "client %u differs: %s instead of %s", self->client->index, text, wanted);
  else
    self->same++;
  return TRUE;
}

static void
check_client (SimWorld *self, SimClient *client)
{
  g_autoptr (GHashTable) fresh = fresh_rows (self, client);
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (client->cache, &error);
  Comparison comparison = { self, client, fresh, 0 };

  wattle_transaction_feed (transaction, -1, 0, compare_row, &comparison, &error);
  g_assert_no_error (error);
  if (comparison.same != g_hash_table_size (fresh))
    sim_complain (self, "client %u has %u of %u rows", client->index, comparison.same, g_hash_table_size (fresh));
}

/**
 * sim_world_check:
 * @self: a world that has come to rest
 *
 * Every acknowledged act is there once; what was refused has its words; what
 * was withdrawn was not done; every client has what the server would give it,
 * and nothing else; visits do not overlap; every written word can be found.
 */
void
sim_world_check (SimWorld *self)
{
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (sim_server_store (self->server), NULL);
  WattleReader *reader = wattle_transaction_reader (transaction);
  g_autoptr (GHashTable) counts = count_acts (reader);
  g_autofree char *notes = all_notes (reader);

  if (self->complaint != NULL)
    return;
  for (guint i = 0; i < self->deeds->len; i++)
    check_deed (self, transaction, counts, notes, self->deeds->pdata[i]);
  check_bookings (self, reader);
  g_clear_pointer (&transaction, wattle_transaction_free);
  for (guint i = 0; i < self->n_clients; i++)
    check_client (self, self->clients[i]);
}
