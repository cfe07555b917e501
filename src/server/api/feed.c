/* feed.c: GET /changes and GET /snapshot: what a caller may see, in order
 *
 * A page is made whole in memory from one read transaction and bounded in rows
 * and bytes, so that a slow client holds no connection of the store. A page with
 * clinical rows is sent when its audit row is on the disk.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/api/routes.h"

#include <sodium.h>
#include <string.h>

#include "base/civil.h"
#include "base/error.h"
#include "base/id.h"
#include "server/api/readings.h"
#include "server/api/scopes.h"
#include "server/api/sight.h"

#define MAX_BYTES (4 * 1024 * 1024)
#define MAX_WALK 200000 /* rows that are read for one page, most of them perhaps not the caller's */
#define LEAST_ID "00000000000000000000000000"

typedef struct
{
  WattleCall *call;
  WattleTransaction *transaction;
  WattleSight *sight;
  GString *out;
  GPtrArray *moves; /* WattleScopeMove of these revisions */
  guint next_move;
  gint64 last; /* revision of the last row */
  char *last_id;
  guint walked; /* rows read, seen or not */
  guint limit;
  gboolean full;
} Page;

static void
page_clear (Page *self)
{
  g_clear_pointer (&self->sight, wattle_sight_free);
  g_clear_pointer (&self->transaction, wattle_transaction_free);
  g_clear_pointer (&self->moves, g_ptr_array_unref);
  g_clear_pointer (&self->last_id, g_free);
  if (self->out != NULL)
    g_string_free (self->out, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Page, page_clear)

/* The page is full: not a failure, but the only way to stop the store's walk. */
static gboolean
stop (Page *self, GError **error)
{
  self->full = TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_CANCELLED, NULL, "The page is full.");
  return FALSE;
}

static gboolean
is_full (Page *self)
{
  return wattle_sight_rows (self->sight) >= self->limit || self->out->len >= MAX_BYTES || self->walked >= MAX_WALK;
}

static gboolean
emit_scope_row (const WattleFeedRow *row, gpointer data, GError **error)
{
  Page *self = data;

  return row->deleted || wattle_sight_write_row (self->sight, row, self->out, error);
}

/* What comes into or leaves this sight up to a revision. Rows of a patient who leaves stay as nameless diary rows, and
 * those of one who comes are sent whole, whatever their age. */
static gboolean
emit_moves (Page *self, gint64 revision, GError **error)
{
  while (self->moves != NULL && self->next_move < self->moves->len)
    {
      const WattleScopeMove *move = self->moves->pdata[self->next_move];

      if (move->revision > revision)
        break;
      self->next_move++;
      if (move->kind == WATTLE_MOVE_LEFT)
        {
          g_string_append_printf (self->out, "{\"delete\":\"%s\"}\n", move->what);
          continue;
        }
      g_string_append_printf (self->out, "{\"%s\":\"patient:%s\"}\n",
                              move->kind == WATTLE_MOVE_GAINED ? "gained" : "lost", move->what);
      if (!wattle_transaction_scope_rows (self->transaction, move->what, emit_scope_row, self, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
emit_change (const WattleFeedRow *row, gpointer data, GError **error)
{
  Page *self = data;

  if (is_full (self))
    return stop (self, error);
  if (!emit_moves (self, row->revision, error) || !wattle_sight_write_row (self->sight, row, self->out, error))
    return FALSE;
  self->last = row->revision;
  self->walked++;
  return TRUE;
}

static gboolean
emit_snapshot_row (const WattleFeedRow *row, gpointer data, GError **error)
{
  Page *self = data;

  if (is_full (self))
    return stop (self, error);
  if (!row->deleted && !wattle_sight_write_row (self->sight, row, self->out, error))
    return FALSE;
  g_free (self->last_id);
  self->last_id = g_strdup (row->id);
  self->walked++;
  return TRUE;
}

/* A walk that stopped because the page is full went well. */
static gboolean
walked (Page *self, gboolean ok, GError *local, GError **error)
{
  if (ok || self->full)
    {
      g_clear_error (&local);
      return TRUE;
    }
  g_propagate_error (error, local);
  return FALSE;
}

static gboolean
open_page (Page *self, WattleCall *call, GError **error)
{
  self->call = call;
  self->transaction = wattle_store_begin_read (call->server->store, error);
  if (self->transaction == NULL)
    return FALSE;
  self->sight = wattle_sight_new (wattle_call_actor (call), wattle_transaction_reader (self->transaction));
  self->out = g_string_sized_new (64 * 1024);
  return TRUE;
}

/* Writes down a page of clinical rows: whose it is where it is one patient's, else a list that the line names. */
static gboolean
write_audit (WattleTransaction *transaction, gpointer data, GError **error)
{
  Page *self = data;
  const WattleActor *actor = wattle_call_actor (self->call);
  WattleReading reading = { .action = self->call->route->name,
                            .rows = wattle_sight_rows (self->sight),
                            .clinical = wattle_sight_clinical (self->sight),
                            .to = self->last };
  g_autoptr (GPtrArray) patients = wattle_sight_read (self->sight);

  reading.patients = patients;
  return wattle_readings_write (transaction, actor, wattle_request_get_peer (self->call->request), &reading, error);
}

/* Closes the page: counts, checksum of every byte before, audit; then it is sent. */
static void
send_page (Page *self, const char *closing)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  guint8 digest[32];
  char hex[65];

  crypto_generichash (digest, sizeof digest, (const guint8 *) self->out->str, self->out->len, NULL, 0);
  sodium_bin2hex (hex, sizeof hex, digest, sizeof digest);
  g_string_append_printf (self->out, "{%s,\"rows\":%u,\"checksum\":\"%s\"}\n", closing, wattle_sight_rows (self->sight),
                          hex);
  g_clear_pointer (&self->transaction, wattle_transaction_free);
  if (wattle_sight_clinical (self->sight) > 0
      && !wattle_writer_run (self->call->server->writer, write_audit, self, &error))
    {
      wattle_call_respond_error (self->call, error);
      return;
    }
  bytes = g_string_free_to_bytes (g_steal_pointer (&self->out));
  wattle_request_respond (self->call->request, 200, "application/x-ndjson", bytes);
}

static gboolean
check_epoch (Page *self, gint64 cursor, char **epoch, GError **error)
{
  const char *wanted = wattle_request_get_query (self->call->request, "epoch");

  *epoch = wattle_transaction_meta (self->transaction, "epoch", NULL);
  if ((wanted == NULL || g_strcmp0 (wanted, *epoch) == 0) && cursor <= wattle_transaction_revision (self->transaction))
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_UNSUPPORTED, "cursor",
                          "The server was restored since. Take a new snapshot; what waits to be sent is kept.");
  return FALSE;
}

static void
respond_page_error (WattleCall *call, const GError *error)
{
  if (g_strcmp0 (wattle_error_get_field (error), "cursor") == 0
      && wattle_error_get_code (error) == WATTLE_ERROR_UNSUPPORTED)
    wattle_request_respond_failure (call->request, 410, WATTLE_ERROR_UNSUPPORTED, "cursor", error->message);
  else
    wattle_call_respond_error (call, error);
}

static gboolean
fill_changes (Page *self, gint64 cursor, GError **error)
{
  GError *local = NULL;
  gint64 head = wattle_transaction_revision (self->transaction);
  g_autoptr (GPtrArray) audiences = wattle_sight_audiences (self->sight);
  gboolean ok;

  self->last = cursor;
  self->moves = wattle_scopes_moves (self->transaction, audiences, cursor, head, error);
  if (self->moves == NULL)
    return FALSE;
  ok = wattle_transaction_feed (self->transaction, cursor, G_MAXINT32, emit_change, self, &local);
  if (!walked (self, ok, local, error))
    return FALSE;
  if (!self->full)
    self->last = head;
  return self->full || emit_moves (self, head, error);
}

void
wattle_api_changes (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  g_autoptr (GError) error = NULL;
  g_auto (Page) page = { 0 };
  g_autofree char *epoch = NULL;
  g_autofree char *closing = NULL;
  gint64 cursor, limit;

  if (!wattle_call_begin_download (call))
    return;
  if (!wattle_call_number (call, "cursor", 0, G_MAXINT64, &cursor, &error)
      || !wattle_call_number (call, "limit", WATTLE_DEFAULT_PAGE, WATTLE_MAX_PAGE, &limit, &error)
      || !open_page (&page, call, &error) || !check_epoch (&page, cursor, &epoch, &error))
    {
      respond_page_error (call, error);
      return;
    }
  page.limit = MAX (limit, 1);
  g_string_append_printf (page.out, "{\"from\":%" G_GINT64_FORMAT ",\"epoch\":\"%s\",\"schema\":%d}\n", cursor,
                          epoch != NULL ? epoch : "", WATTLE_SCHEMA_VERSION);
  if (!fill_changes (&page, cursor, &error))
    {
      wattle_call_respond_error (call, error);
      return;
    }
  closing = g_strdup_printf ("\"to\":%" G_GINT64_FORMAT ",\"more\":%s", page.last, page.full ? "true" : "false");
  send_page (&page, closing);
}

/* "patient:<id>": where a page of a snapshot goes on. */
static gboolean
parse_after (const char *text, WattleRecordType *type, char **id, GError **error)
{
  g_auto (GStrv) parts = text != NULL ? g_strsplit (text, ":", 2) : NULL;
  const WattleType *found;

  *type = 0;
  *id = NULL;
  if (text == NULL)
    return TRUE;
  found = parts[0] != NULL ? wattle_type_find (parts[0]) : NULL;
  if (found == NULL || parts[1] == NULL || !wattle_id_is_valid (parts[1]))
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, "after", "“after” is “type:id”, as the last page gave it.");
      return FALSE;
    }
  *type = found->id;
  *id = g_strdup (parts[1]);
  return TRUE;
}

/* Fills a page with rows in the order of types and ids. Sets @type to where it stopped. */
static gboolean
fill_snapshot (Page *self, WattleRecordType *type, const char *after, GError **error)
{
  for (; *type < WATTLE_N_RECORDS; (*type)++)
    {
      GError *local = NULL;
      gboolean ok;

      if (!wattle_sight_reads_type (self->sight, *type))
        {
          after = NULL;
          continue;
        }
      ok = wattle_transaction_type_rows (self->transaction, *type, after, 0, emit_snapshot_row, self, &local);
      if (!walked (self, ok, local, error))
        return FALSE;
      if (self->full)
        return TRUE;
      after = NULL;
      g_clear_pointer (&self->last_id, g_free);
    }
  return TRUE;
}

static gint64
count_rows (Page *self)
{
  gint64 total = 0;

  for (guint t = 0; t < WATTLE_N_RECORDS; t++)
    total += wattle_sight_count (self->sight, t);
  return total;
}

static gboolean
fill_scope (Page *self, const char *scope, GError **error)
{
  const char *id = g_str_has_prefix (scope, "patient:") ? scope + strlen ("patient:") : NULL;

  if (id == NULL || !wattle_id_is_valid (id))
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, "scope", "“scope” is “patient:” and an id.");
      return FALSE;
    }
  return wattle_transaction_scope_rows (self->transaction, id, emit_scope_row, self, error);
}

void
wattle_api_snapshot (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  g_autoptr (GError) error = NULL;
  g_auto (Page) page = { 0 };
  g_autofree char *epoch = NULL;
  g_autofree char *after = NULL;
  g_autofree char *closing = NULL;
  const char *scope = wattle_request_get_query (call->request, "scope");
  WattleRecordType type;
  gint64 limit;
  gboolean ok;

  if (!wattle_call_begin_download (call))
    return;
  if (!wattle_call_number (call, "limit", WATTLE_MAX_PAGE, WATTLE_MAX_PAGE, &limit, &error)
      || !parse_after (wattle_request_get_query (call->request, "after"), &type, &after, &error)
      || !open_page (&page, call, &error))
    {
      wattle_call_respond_error (call, error);
      return;
    }
  page.limit = MAX (limit, 1);
  page.last = wattle_transaction_revision (page.transaction);
  epoch = wattle_transaction_meta (page.transaction, "epoch", NULL);
  g_string_append_printf (page.out,
                          "{\"from\":0,\"at\":%" G_GINT64_FORMAT ",\"total\":%" G_GINT64_FORMAT
                          ",\"epoch\":\"%s\",\"schema\":%d}\n",
                          page.last, after == NULL && scope == NULL ? count_rows (&page) : 0,
                          epoch != NULL ? epoch : "", WATTLE_SCHEMA_VERSION);
  ok = scope != NULL ? fill_scope (&page, scope, &error) : fill_snapshot (&page, &type, after, &error);
  if (!ok)
    {
      wattle_call_respond_error (call, error);
      return;
    }
  if (page.full)
    closing = g_strdup_printf ("\"to\":%" G_GINT64_FORMAT ",\"more\":true,\"after\":\"%s:%s\"", page.last,
                               wattle_type_get (type)->nick, page.last_id != NULL ? page.last_id : LEAST_ID);
  else
    closing = g_strdup_printf ("\"to\":%" G_GINT64_FORMAT ",\"more\":false,\"after\":null", page.last);
  send_page (&page, closing);
}
