/* public.c: what anybody may ask: versions, health, figures, documents
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/api/routes.h"

#include <sodium.h>
#include <string.h>

#include "base/civil.h"
#include "base/error.h"
#include "server/auth/set-aside.h"
#include "server/jobs/trail.h"

static void
write_limits (WattleJsonWriter *writer)
{
  wattle_json_name (writer, "limits");
  wattle_json_begin_object (writer);
  wattle_json_pair_integer (writer, "operations", WATTLE_MAX_OPERATIONS);
  wattle_json_pair_integer (writer, "body", WATTLE_MAX_BODY);
  wattle_json_pair_integer (writer, "page", WATTLE_DEFAULT_PAGE);
  wattle_json_pair_integer (writer, "blob_piece", WATTLE_BLOB_PIECE);
  wattle_json_end_object (writer);
}

static void
write_practice (WattleTransaction *transaction, WattleJsonWriter *writer)
{
  g_autofree char *id = wattle_transaction_meta (transaction, "practice", NULL);
  g_autoptr (WattleRecord) practice = NULL;

  if (id != NULL)
    practice = wattle_reader_get (wattle_transaction_reader (transaction), WATTLE_RECORD_PRACTICE, id, NULL);
  wattle_json_name (writer, "practice");
  if (practice == NULL)
    {
      wattle_json_put_null (writer);
      return;
    }
  wattle_json_begin_object (writer);
  wattle_json_pair_string (writer, "id", id);
  wattle_json_pair_string (writer, "name", wattle_record_get_string (practice, WATTLE_PRACTICE_NAME));
  if (wattle_record_has (practice, WATTLE_PRACTICE_PHONE))
    wattle_json_pair_string (writer, "phone", wattle_record_get_string (practice, WATTLE_PRACTICE_PHONE));
  wattle_json_end_object (writer);
}

/* The latest checkpoint of the audit trail, and where its chain stands with the event that the caller has a checkpoint
 * of: whoever wrote the trail anew has to tell every client another story than before. */
static void
write_trail (WattleCall *call, WattleTransaction *transaction, gint64 asked, WattleJsonWriter *writer)
{
  g_autofree char *note = wattle_transaction_meta (transaction, WATTLE_TRAIL_META, NULL);
  g_autofree char *origin = wattle_trail_origin (transaction);
  guint8 public[WATTLE_TRAIL_PUBLIC], secret[WATTLE_TRAIL_SECRET], root[WATTLE_TRAIL_HASH];
  g_autofree char *key = NULL;
  gint64 sequence;

  if (note == NULL)
    return;
  wattle_keys_signer (call->server->keys, public, secret);
  sodium_memzero (secret, sizeof secret);
  key = wattle_trail_key_print (origin, public);
  wattle_json_pair_string (writer, "checkpoint", note);
  wattle_json_pair_string (writer, "checkpoint_key", key);
  if (asked == 0 || !wattle_transaction_audit_at (transaction, asked, &sequence, root, NULL))
    return;
  wattle_json_name (writer, "checkpoint_root");
  if (sequence == asked)
    {
      g_autofree char *text = g_base64_encode (root, sizeof root);

      wattle_json_put_string (writer, text);
    }
  else
    wattle_json_put_null (writer);
}

void
wattle_api_hello (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (call->server->store, &error);
  g_autoptr (GString) text = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (text);
  g_autofree char *epoch = NULL;
  g_autofree char *set_aside = NULL;
  gint64 asked;
  char now[WATTLE_INSTANT_SIZE];

  if (transaction == NULL || !wattle_call_number (call, "checkpoint", 0, G_MAXINT64, &asked, &error))
    {
      wattle_call_respond_error (call, error);
      return;
    }
  epoch = wattle_transaction_meta (transaction, "epoch", NULL);
  wattle_instant_print (wattle_clock_now (), now);
  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "product", "wattled");
  wattle_json_pair_string (&writer, "version", call->server->version);
  wattle_json_name (&writer, "protocol");
  wattle_json_begin_array (&writer);
  wattle_json_put_integer (&writer, WATTLE_PROTOCOL);
  wattle_json_put_integer (&writer, WATTLE_PROTOCOL);
  wattle_json_end_array (&writer);
  wattle_json_pair_integer (&writer, "schema", WATTLE_SCHEMA_VERSION);
  wattle_json_pair_integer (&writer, "minimum_schema", WATTLE_MINIMUM_SCHEMA);
  if (epoch != NULL)
    wattle_json_pair_string (&writer, "epoch", epoch);
  wattle_json_pair_string (&writer, "time", now);
  write_practice (transaction, &writer);
  write_limits (&writer);
  if (call->session != NULL)
    {
      wattle_json_pair_integer (&writer, "head", wattle_transaction_revision (transaction));
      wattle_json_pair_integer (&writer, "scope_revision", wattle_scope_revision (transaction, &call->session->actor));
      if (call->session->parting)
        wattle_json_pair_boolean (&writer, "wipe", TRUE);
      write_trail (call, transaction, asked, &writer);
    }
  set_aside = wattle_set_aside_key (call->server->keys);
  wattle_json_pair_string (&writer, "set_aside_key", set_aside);
  if (call->server->oidc != NULL)
    wattle_json_pair_string (&writer, "oidc", wattle_oidc_label (call->server->oidc));
  wattle_json_end_object (&writer);
  wattle_call_respond (call, 200, g_steal_pointer (&text));
}

void
wattle_api_health (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  g_autoptr (GError) error = NULL;
  gint64 began = g_get_monotonic_time ();
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (call->server->store, &error);
  g_autofree char *epoch = transaction != NULL ? wattle_transaction_meta (transaction, "epoch", &error) : NULL;
  gboolean good =
    transaction != NULL && (epoch != NULL || error == NULL || wattle_error_get_code (error) == WATTLE_ERROR_NOT_FOUND);
  g_autoptr (GString) text = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (text);

  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "status", good ? "ok" : "failing");
  wattle_json_pair_string (&writer, "database", good ? "ok" : "failing");
  wattle_json_pair_integer (&writer, "head_age_ms", (g_get_monotonic_time () - began) / 1000);
  wattle_json_end_object (&writer);
  wattle_call_respond (call, good ? 200 : 503, g_steal_pointer (&text));
}

static void
append_figure (GString *text, const char *name, const char *kind, const char *help, gint64 value)
{
  g_string_append_printf (text, "# HELP %s %s\n# TYPE %s %s\n%s %" G_GINT64_FORMAT "\n", name, help, name, kind, name,
                          value);
}

static gboolean
is_loopback (const char *peer)
{
  return strcmp (peer, "unix") == 0 || strcmp (peer, "::1") == 0 || g_str_has_prefix (peer, "127.");
}

void
wattle_api_metrics (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  WattleServer *server = call->server;
  g_autoptr (WattleTransaction) transaction = NULL;
  g_autoptr (GString) text = g_string_new (NULL);

  if (!server->public_metrics && !is_loopback (wattle_request_get_peer (call->request)))
    {
      wattle_request_respond_failure (call->request, 0, WATTLE_ERROR_NOT_FOUND, NULL, "There is nothing here.");
      return;
    }
  transaction = wattle_store_begin_read (server->store, NULL);
  append_figure (text, "wattled_head", "gauge", "Number of the last change.",
                 transaction != NULL ? wattle_transaction_revision (transaction) : 0);
  append_figure (text, "wattled_operations_total", "counter", "Operations answered since the start.",
                 (gint64) __atomic_load_n (&server->operations, __ATOMIC_RELAXED));
  append_figure (text, "wattled_writes_waiting", "gauge", "Jobs that wait for the writing thread.",
                 wattle_writer_waiting (server->writer));
  append_figure (text, "wattled_devices_listening", "gauge", "Sockets of signed-in devices.",
                 wattle_hub_size (server->hub));
  append_figure (text, "wattled_rate_entries", "gauge", "Entries of the table of rates.",
                 wattle_rates_size (server->rates));
  append_figure (text, "wattled_up_seconds", "counter", "Seconds since the start.",
                 (wattle_clock_now () - server->started_at) / WATTLE_SECOND);
  wattle_engine_append_metrics (server->engine, text);
  wattle_request_respond_text (call->request, 200, "text/plain; version=0.0.4", text->str);
}
