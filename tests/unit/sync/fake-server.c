/* fake-server.c: a practice in the same process: the real rules and store behind a transport that can be made to fail
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "fake-server.h"

#include <sodium.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"

struct _FakeServer
{
  GObject parent_instance;

  GMutex mutex;
  WattleStore *store;
  WattleRecord *practice;
  WattleRecord *location;
  WattleRecord *practitioner;
  WattleRecord *user;
  GPtrArray *transports; /* of those that listen */
  GString *extra;        /* lines for the next page of changes */
  GHashTable *devices;   /* ids that signed in */
  GHashTable *blobs;     /* hashes of bytes that arrived */
  char *password;
  guint sessions;        /* generation: tokens of an older one count no more */
  guint tokens;
  guint done; /* operations that were carried out */
  int minimum_schema;
  guint scope;            /* revision of what the person may see as a whole */
  gboolean scope_changed; /* the next pokes say so */
  char *leaving;          /* (nullable): what is hidden once the first page of a snapshot has gone */
};

G_DEFINE_FINAL_TYPE (FakeServer, fake_server, G_TYPE_OBJECT)

struct _FakeTransport
{
  GObject parent_instance;

  FakeServer *server;
  FakeFaults faults;
  GHashTable *calls;
  WattleEventsFunc func;
  gpointer data;
  GMainContext *context;
  gboolean scope_changed; /* its next poke says so */
};

static void fake_transport_iface_init (WattleTransportInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FakeTransport,
                               fake_transport,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WATTLE_TYPE_TRANSPORT, fake_transport_iface_init))

static void
answer (WattleResponse *response, guint status, GString *text)
{
  response->status = status;
  response->body = g_string_free_to_bytes (text);
}

static void
answer_error (WattleResponse *response, guint status, WattleErrorCode code, const char *field, const char *message)
{
  GString *text = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (text);

  wattle_json_begin_object (&writer);
  wattle_json_name (&writer, "error");
  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "code", wattle_error_code_nick (code));
  if (field != NULL)
    wattle_json_pair_string (&writer, "field", field);
  wattle_json_pair_string (&writer, "message", message);
  wattle_json_end_object (&writer);
  wattle_json_end_object (&writer);
  answer (response, status, text);
}

static WattleTransaction *
begin (FakeServer *self, gboolean write)
{
  g_autoptr (GError) error = NULL;
  WattleTransaction *transaction =
    write ? wattle_store_begin_write (self->store, &error) : wattle_store_begin_read (self->store, &error);

  g_assert_no_error (error);
  return transaction;
}

static void
answer_hello (FakeServer *self, WattleResponse *response)
{
  g_autoptr (WattleTransaction) transaction = begin (self, FALSE);
  g_autofree char *epoch = wattle_transaction_meta (transaction, "epoch", NULL);
  GString *text = g_string_new (NULL);

  g_string_printf (text,
                   "{\"product\":\"wattled\",\"protocol\":[1,1],\"schema\":1,\"minimum_schema\":%d,\"epoch\":\"%s\","
                   "\"practice\":{\"id\":\"%s\"},\"limits\":{\"operations\":500},\"head\":%" G_GINT64_FORMAT
                   ",\"scope_revision\":%u}",
                   self->minimum_schema, epoch, wattle_record_id (self->practice),
                   wattle_transaction_revision (transaction), self->scope);
  answer (response, 200, text);
}

static void
answer_session (FakeServer *self, const char *device, const char *role, WattleResponse *response)
{
  g_autoptr (WattleTransaction) transaction = begin (self, FALSE);
  g_autofree char *epoch = wattle_transaction_meta (transaction, "epoch", NULL);
  g_autofree char *user = wattle_record_to_json (self->user);
  g_autofree char *practice = wattle_record_to_json (self->practice);
  GString *text = g_string_new (NULL);

  self->tokens++;
  g_string_printf (text,
                   "{\"access_token\":\"a.%u.%s.%u\",\"access_expires_at\":\"2999-01-01T00:00:00Z\","
                   "\"refresh_token\":\"r.%u.%s.%u\",\"refresh_expires_at\":\"2999-01-01T00:00:00Z\","
                   "\"user\":%s,\"practice\":%s,\"device\":{\"type\":\"device\",\"id\":\"%s\"},"
                   "\"roles\":[\"clinician\",\"manager\"],\"role\":\"%s\",\"epoch\":\"%s\","
                   "\"second_factor\":\"enrolled\",\"device_status\":\"active\"}",
                   self->sessions, device, self->tokens, self->sessions, device, self->tokens, user, practice, device,
                   role, epoch);
  answer (response, 200, text);
}

static void
sign_in (FakeServer *self, WattleJsonNode body, WattleResponse *response)
{
  const char *given = wattle_json_member_string (wattle_json_member (body, "device"), "id");
  g_autofree char *device = given != NULL ? g_strdup (given) : wattle_id_new ();

  if (g_strcmp0 (wattle_json_member_string (body, "password"), self->password) != 0)
    answer_error (response, 401, WATTLE_ERROR_UNAUTHENTICATED, NULL, "The name or the password is not right.");
  else if (given != NULL && !g_hash_table_contains (self->devices, given))
    answer_error (response, 401, WATTLE_ERROR_UNAUTHENTICATED, "device.id", "This device is not one of yours.");
  else if (g_strcmp0 (wattle_json_member_string (body, "login"), "coded") == 0
           && wattle_json_member_string (body, "code") == NULL)
    answer_error (response, 401, WATTLE_ERROR_UNAUTHENTICATED, "code", "A code is needed.");
  else
    {
      g_hash_table_add (self->devices, g_strdup (device));
      answer_session (self, device, "clinician", response);
    }
}

static void
change_password (FakeServer *self, WattleJsonNode body, WattleResponse *response)
{
  if (g_strcmp0 (wattle_json_member_string (body, "old"), self->password) != 0)
    {
      answer_error (response, 401, WATTLE_ERROR_UNAUTHENTICATED, "old", "This is not your password.");
      return;
    }
  fake_server_set_password (self, wattle_json_member_string (body, "new"));
  answer (response, 204, g_string_new (NULL));
}

/* The device of a token, NULL for one that does not count. */
static char *
device_of (FakeServer *self, const char *token, const char *kind)
{
  g_auto (GStrv) parts = token != NULL ? g_strsplit (token, ".", 4) : NULL;
  g_autofree char *sessions = g_strdup_printf ("%u", self->sessions);

  if (parts == NULL || g_strv_length (parts) != 4 || strcmp (parts[0], kind) != 0 || strcmp (parts[1], sessions) != 0)
    return NULL;
  return g_strdup (parts[2]);
}

static gint64
next_number (WattleOperationContext *context, const char *sequence, GError **error)
{
  return wattle_transaction_next_in_sequence (context->data, sequence, error);
}

static gboolean
run_operation (FakeServer *self,
               WattleTransaction *transaction,
               const char *device,
               WattleJsonNode node,
               WattleOutcome *outcome,
               GError **error)
{
  const WattleOperation *operation = wattle_operation_find (wattle_json_member_string (node, "name"));
  WattleActor actor = {
    .practice = wattle_record_id (self->practice),
    .user = wattle_record_id (self->user),
    .device = device,
    .role = WATTLE_ROLE_CLINICIAN,
    .roles = wattle_record_get_integer (self->user, WATTLE_USER_ROLES),
    .practitioner = wattle_record_id (self->practitioner),
  };
  WattleOperationContext context = {
    .reader = wattle_transaction_reader (transaction),
    .actor = &actor,
    .operation_id = wattle_json_member_string (node, "id"),
    .now = wattle_clock_now (),
    .authority = TRUE,
    .next_number = next_number,
    .data = transaction,
  };

  g_assert_nonnull (operation);
  if (!wattle_operation_run (operation, &context, wattle_json_member (node, "args"), outcome, error))
    return FALSE;
  for (guint i = 0; i < outcome->records->len; i++)
    if (!wattle_transaction_put (transaction, g_ptr_array_index (outcome->records, i), error))
      return FALSE;
  return TRUE;
}

static void
write_result (WattleJsonWriter *writer, WattleJsonNode node, WattleOutcome *outcome, const GError *error)
{
  const char *status = error == NULL                                                  ? "ok"
                       : g_error_matches (error, WATTLE_ERROR, WATTLE_ERROR_CONFLICT) ? "conflict"
                                                                                      : "refused";

  wattle_json_pair_integer (writer, "n", wattle_json_member_integer (node, "n", 0));
  wattle_json_pair_string (writer, "id", wattle_json_member_string (node, "id"));
  wattle_json_pair_string (writer, "status", status);
  if (error != NULL)
    {
      wattle_json_pair_string (writer, "code", wattle_error_code_nick (wattle_error_get_code (error)));
      if (wattle_error_get_field (error) != NULL)
        wattle_json_pair_string (writer, "field", wattle_error_get_field (error));
      wattle_json_pair_string (writer, "message", error->message);
      wattle_json_name (writer, "alternatives");
      wattle_json_put_raw (writer, "[{\"starts_at\":\"2026-11-23T02:00:00Z\",\"ends_at\":\"2026-11-23T02:30:00Z\"}]",
                           -1);
      return;
    }
  wattle_json_name (writer, "records");
  wattle_json_begin_array (writer);
  for (guint i = 0; i < outcome->records->len; i++)
    wattle_record_write_json (g_ptr_array_index (outcome->records, i), writer);
  wattle_json_end_array (writer);
  wattle_json_name (writer, "conflicts");
  wattle_json_begin_array (writer);
  for (guint i = 0; i < outcome->conflicts->len; i++)
    {
      WattleConflict *conflict = g_ptr_array_index (outcome->conflicts, i);

      wattle_json_begin_object (writer);
      wattle_json_pair_string (writer, "type", conflict->type);
      wattle_json_pair_string (writer, "id", conflict->id);
      wattle_json_pair_string (writer, "field", conflict->field);
      wattle_json_name (writer, "mine");
      wattle_json_put_raw (writer, conflict->mine, -1);
      wattle_json_name (writer, "theirs");
      wattle_json_put_raw (writer, conflict->theirs, -1);
      wattle_json_end_object (writer);
    }
  wattle_json_end_array (writer);
}

static void
do_operation (
  FakeServer *self, WattleTransaction *transaction, const char *device, WattleJsonNode node, WattleJsonWriter *writer)
{
  const char *id = wattle_json_member_string (node, "id");
  gint64 number = wattle_json_member_integer (node, "n", 0);
  g_autofree char *stored = wattle_transaction_operation (transaction, id, NULL);
  g_autoptr (WattleOutcome) outcome = wattle_outcome_new ();
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  WattleJsonWriter result = wattle_json_writer (text);

  if (stored != NULL)
    {
      char *status = strstr (stored, "\"status\":\"ok\"");

      g_string_append (text, stored);
      if (status != NULL)
        g_string_replace (text, "\"status\":\"ok\"", "\"status\":\"duplicate\"", 1);
      wattle_json_put_raw (writer, text->str, text->len);
      return;
    }
  g_assert_cmpint (number, >, wattle_transaction_last_number (transaction, device, NULL));
  g_assert_true (wattle_transaction_savepoint (transaction, NULL));
  if (run_operation (self, transaction, device, node, outcome, &error))
    g_assert_true (wattle_transaction_release (transaction, NULL));
  else
    g_assert_true (wattle_transaction_rollback_to (transaction, NULL));
  wattle_json_begin_object (&result);
  write_result (&result, node, outcome, error);
  wattle_json_end_object (&result);
  g_assert_true (wattle_transaction_keep_operation (transaction, id, device, number, text->str, NULL));
  wattle_json_put_raw (writer, text->str, text->len);
  self->done++;
}

static void
answer_later (const FakeFaults *faults, WattleJsonNode node, WattleJsonWriter *writer)
{
  wattle_json_begin_object (writer);
  wattle_json_pair_string (writer, "id", wattle_json_member_string (node, "id"));
  wattle_json_pair_string (writer, "status", "retry");
  if (faults->put_off)
    wattle_json_pair_integer (writer, "retry_after", 1);
  else
    wattle_json_pair_string (writer, "field", "n");
  wattle_json_pair_string (writer, "message", "That was often enough for now.");
  wattle_json_end_object (writer);
}

static void
operations (
  FakeServer *self, const FakeFaults *faults, const char *device, WattleJsonNode body, WattleResponse *response)
{
  g_autoptr (WattleTransaction) transaction = begin (self, TRUE);
  WattleJsonIter iter = wattle_json_iter (wattle_json_member (body, "operations"));
  GString *text = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (text);
  WattleJsonNode node;
  gboolean later = FALSE;

  g_assert_cmpstr (wattle_json_member_string (body, "device"), ==, device);
  wattle_json_begin_object (&writer);
  wattle_json_name (&writer, "results");
  wattle_json_begin_array (&writer);
  while (wattle_json_next (&iter, NULL, &node))
    if ((later = later || faults->put_off || wattle_json_member_integer (node, "n", 0) <= faults->used_numbers))
      answer_later (faults, node, &writer);
    else
      do_operation (self, transaction, device, node, &writer);
  wattle_json_end_array (&writer);
  wattle_json_pair_integer (&writer, "last_n",
                            MAX (faults->used_numbers, wattle_transaction_last_number (transaction, device, NULL)));
  wattle_json_pair_integer (&writer, "head", wattle_transaction_revision (transaction));
  wattle_json_end_object (&writer);
  g_assert_true (wattle_transaction_commit (transaction, NULL));
  answer (response, 200, text);
}

typedef struct
{
  GString *out;
  guint rows;
  gint64 last;
  char *last_id;
} Page;

static gboolean
write_row (const WattleFeedRow *row, gpointer data, GError **error)
{
  Page *page = data;

  g_string_append_printf (page->out, "{\"put\":%.*s,\"scope\":\"%s%s\"}\n", (int) row->json_length, row->json,
                          row->scope != NULL ? "patient:" : "practice", row->scope != NULL ? row->scope : "");
  page->rows++;
  page->last = row->revision;
  g_free (page->last_id);
  page->last_id = g_strdup (row->id);
  return TRUE;
}

static void
close_page (Page *page, const char *closing, WattleResponse *response)
{
  guint8 hash[32];
  char sum[65];

  crypto_generichash (hash, sizeof hash, (const guint8 *) page->out->str, page->out->len, NULL, 0);
  sodium_bin2hex (sum, sizeof sum, hash, sizeof hash);
  g_string_append_printf (page->out, "{%s,\"rows\":%u,\"checksum\":\"%s\"}\n", closing, page->rows, sum);
  g_free (page->last_id);
  answer (response, 200, page->out);
}

static gint64
query_number (GHashTable *query, const char *name, gint64 fallback)
{
  const char *text = g_hash_table_lookup (query, name);

  return text != NULL ? g_ascii_strtoll (text, NULL, 10) : fallback;
}

static void
changes (FakeServer *self, GHashTable *query, guint limit, WattleResponse *response)
{
  g_autoptr (WattleTransaction) transaction = begin (self, FALSE);
  g_autofree char *epoch = wattle_transaction_meta (transaction, "epoch", NULL);
  g_autofree char *closing = NULL;
  gint64 cursor = query_number (query, "cursor", 0);
  Page page = { .out = g_string_new (NULL), .last = cursor };

  if (g_strcmp0 (g_hash_table_lookup (query, "epoch"), epoch) != 0)
    {
      g_string_free (page.out, TRUE);
      answer_error (response, 410, WATTLE_ERROR_UNSUPPORTED, "cursor", "The server was restored.");
      return;
    }
  g_string_printf (page.out, "{\"from\":%" G_GINT64_FORMAT ",\"epoch\":\"%s\",\"schema\":1}\n", cursor, epoch);
  g_assert_true (wattle_transaction_feed (transaction, cursor, limit, write_row, &page, NULL));
  g_string_append (page.out, self->extra->str);
  g_string_truncate (self->extra, 0);
  closing = g_strdup_printf ("\"to\":%" G_GINT64_FORMAT ",\"more\":%s", page.last,
                             page.last < wattle_transaction_revision (transaction) ? "true" : "false");
  close_page (&page, closing, response);
}

static void
snapshot (FakeServer *self, GHashTable *query, guint limit, WattleResponse *response)
{
  g_autoptr (WattleTransaction) transaction = begin (self, FALSE);
  g_autofree char *epoch = wattle_transaction_meta (transaction, "epoch", NULL);
  const char *after = g_hash_table_lookup (query, "after");
  g_auto (GStrv) parts = after != NULL ? g_strsplit (after, ":", 2) : NULL;
  guint type = parts != NULL ? wattle_type_find (parts[0])->id : 0;
  const char *id = parts != NULL ? parts[1] : NULL;
  Page page = { .out = g_string_new (NULL) };
  g_autofree char *closing = NULL;

  g_string_printf (page.out,
                   "{\"from\":0,\"at\":%" G_GINT64_FORMAT ",\"total\":%" G_GINT64_FORMAT ",\"epoch\":\"%s\"}\n",
                   wattle_transaction_revision (transaction), wattle_transaction_revision (transaction), epoch);
  if (g_hash_table_contains (query, "scope"))
    {
      const char *scope = g_hash_table_lookup (query, "scope");

      g_assert_true (wattle_transaction_scope_rows (transaction, strchr (scope, ':') + 1, write_row, &page, NULL));
      type = WATTLE_N_RECORDS;
    }
  for (; type < WATTLE_N_RECORDS; type++)
    {
      if (type == WATTLE_RECORD_AUDIT_EVENT)
        continue;
      g_assert_true (wattle_transaction_type_rows (transaction, type, id, limit - page.rows, write_row, &page, NULL));
      id = NULL;
      if (page.rows == limit)
        break;
    }
  closing = type < WATTLE_N_RECORDS
              ? g_strdup_printf ("\"to\":0,\"more\":true,\"after\":\"%s:%s\"", wattle_types[type].nick, page.last_id)
              : g_strdup ("\"to\":0,\"more\":false,\"after\":null");
  close_page (&page, closing, response);
}

static void
spoil (FakeTransport *self, const char *path, WattleResponse *response)
{
  gsize length;
  const char *text = g_bytes_get_data (response->body, &length);
  g_autoptr (GBytes) body = response->body;

  if (self->faults.tear_pages > 0)
    {
      self->faults.tear_pages--;
      response->body = g_bytes_new (text, length / 2);
    }
  else if (self->faults.damage_pages > 0)
    {
      char *changed = g_memdup2 (text, length);
      char *name = memmem (changed, length, "Hopper", 6);

      /* Still a good page to look at: only the checksum tells. */
      self->faults.damage_pages--;
      *(name != NULL ? name : changed + length / 2) ^= 1;
      response->body = g_bytes_new_take (changed, length);
    }
  else
    response->body = g_steal_pointer (&body);
}

static void
hide (FakeServer *self, const char *id)
{
  g_autoptr (WattleTransaction) transaction = begin (self, TRUE);

  g_assert_true (wattle_transaction_forget (transaction, id, NULL));
  g_assert_true (wattle_transaction_commit (transaction, NULL));
  self->scope++;
  self->scope_changed = TRUE;
}

/* Bytes in one piece, as small ones come. */
static void
blob (FakeTransport *transport, const WattleRequest *request, const char *hash, WattleResponse *response)
{
  FakeServer *self = transport->server;

  if (strcmp (request->method, "PATCH") != 0)
    {
      if (g_hash_table_contains (self->blobs, hash))
        answer (response, 200, g_string_new (NULL));
      else
        answer_error (response, 404, WATTLE_ERROR_NOT_FOUND, NULL, "There is nothing here.");
      return;
    }
  if (transport->faults.refuse_blobs > 0)
    {
      transport->faults.refuse_blobs--;
      answer_error (response, 409, WATTLE_ERROR_CORRUPT, NULL, "These are not the bytes.");
      return;
    }
  g_hash_table_add (self->blobs, g_strdup (hash));
  answer (response, 204, g_string_new (NULL));
  response->upload_offset = request->upload_length;
}

static void
serve (FakeTransport *transport,
       const WattleRequest *request,
       const char *path,
       GHashTable *query,
       WattleJsonNode body,
       WattleResponse *response)
{
  FakeServer *self = transport->server;
  g_autofree char *device = NULL;
  guint limit = query_number (query, "limit", 1000);

  if (strcmp (path, "/hello") == 0)
    {
      answer_hello (self, response);
      return;
    }
  if (transport->faults.busy > 0)
    {
      transport->faults.busy--;
      answer_error (response, 503, WATTLE_ERROR_BUSY, NULL, "The server is busy.");
      response->retry_after = 1;
      return;
    }
  if (strcmp (path, "/sessions") == 0)
    {
      sign_in (self, body, response);
      return;
    }
  if (strcmp (path, "/sessions/refresh") == 0)
    {
      device = device_of (self, wattle_json_member_string (body, "refresh_token"), "r");
      if (device != NULL)
        answer_session (self, device, "clinician", response);
      else
        answer_error (response, 401, WATTLE_ERROR_UNAUTHENTICATED, NULL, "The session has ended.");
      return;
    }
  device = device_of (self, request->token, "a");
  if (device == NULL || transport->faults.refuse_tokens > 0)
    {
      transport->faults.refuse_tokens -= transport->faults.refuse_tokens > 0;
      answer_error (response, 401, WATTLE_ERROR_UNAUTHENTICATED, NULL, "The token has expired.");
      return;
    }
  if (strcmp (path, "/sessions/role") == 0)
    {
      answer_session (self, device, wattle_json_member_string (body, "role"), response);
      return;
    }
  if (transport->faults.page_limit > 0)
    limit = transport->faults.page_limit;
  if (strcmp (path, "/operations") == 0)
    operations (self, &transport->faults, device, body, response);
  else if (g_str_has_prefix (path, "/blobs/"))
    blob (transport, request, path + strlen ("/blobs/"), response);
  else if (strcmp (path, "/account/password") == 0)
    change_password (self, body, response);
  else if (strcmp (path, "/changes") == 0)
    changes (self, query, limit, response);
  else if (strcmp (path, "/snapshot") == 0)
    {
      if (self->leaving != NULL && g_hash_table_contains (query, "after"))
        {
          hide (self, self->leaving);
          g_clear_pointer (&self->leaving, g_free);
          transport->faults.tear_pages = 1;
        }
      snapshot (self, query, limit, response);
    }
  else
    answer_error (response, 404, WATTLE_ERROR_NOT_FOUND, NULL, "There is nothing here.");
  if (strcmp (path, "/changes") == 0 || strcmp (path, "/snapshot") == 0)
    spoil (transport, path, response);
}

static gboolean
set_offline (GError **error)
{
  wattle_set_field_error (error, WATTLE_ERROR_OFFLINE, NULL, "The server cannot be reached.");
  return FALSE;
}

static void
count_call (FakeTransport *self, const char *path)
{
  gpointer count = g_hash_table_lookup (self->calls, path);

  g_hash_table_insert (self->calls, g_strdup (path), GUINT_TO_POINTER (GPOINTER_TO_UINT (count) + 1));
}

static gboolean
fake_transport_send (WattleTransport *transport,
                     const WattleRequest *request,
                     WattleResponse *response,
                     GCancellable *cancellable,
                     GError **error)
{
  FakeTransport *self = FAKE_TRANSPORT (transport);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->server->mutex);
  g_auto (GStrv) parts = g_strsplit (request->path, "?", 2);
  g_autoptr (GHashTable) query = parts[1] != NULL ? g_uri_parse_params (parts[1], -1, "&", G_URI_PARAMS_NONE, NULL)
                                                  : g_hash_table_new (g_str_hash, g_str_equal);
  gsize length = 0;
  gboolean is_json = request->body != NULL && request->content_type == NULL;
  const char *text = is_json ? g_bytes_get_data (request->body, &length) : "{}";
  g_autoptr (WattleJson) body = wattle_json_parse (text, is_json ? (gssize) length : -1, NULL, NULL);

  count_call (self, parts[0]);
  if (self->faults.offline)
    return set_offline (error);
  g_assert_nonnull (body);
  if (self->faults.garbage != NULL && !g_str_has_prefix (parts[0], "/sessions"))
    {
      answer (response, 200, g_string_new (self->faults.garbage));
      return TRUE;
    }
  if (self->faults.strangers > 0 && strcmp (parts[0], "/operations") == 0)
    {
      self->faults.strangers--;
      answer (response, 400, g_string_new ("<html><h1>400 Bad Request</h1></html>"));
      return TRUE;
    }
  serve (self, request, parts[0], query, wattle_json_root (body), response);
  if (self->faults.lose_answers > 0)
    {
      self->faults.lose_answers--;
      wattle_response_clear (response);
      return set_offline (error);
    }
  return TRUE;
}

static void
fake_transport_listen (WattleTransport *transport, const char *token, WattleEventsFunc func, gpointer data)
{
  FakeTransport *self = FAKE_TRANSPORT (transport);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->server->mutex);

  self->func = func;
  self->data = data;
  g_clear_pointer (&self->context, g_main_context_unref);
  self->context = g_main_context_ref_thread_default ();
  if (!g_ptr_array_find (self->server->transports, self, NULL))
    g_ptr_array_add (self->server->transports, self);
}

static void
fake_transport_hang_up (WattleTransport *transport)
{
  FakeTransport *self = FAKE_TRANSPORT (transport);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->server->mutex);

  g_ptr_array_remove (self->server->transports, self);
  self->func = NULL;
}

static void
fake_transport_iface_init (WattleTransportInterface *iface)
{
  iface->send = fake_transport_send;
  iface->listen = fake_transport_listen;
  iface->hang_up = fake_transport_hang_up;
}

static void
fake_transport_finalize (GObject *object)
{
  FakeTransport *self = FAKE_TRANSPORT (object);

  g_clear_pointer (&self->context, g_main_context_unref);
  g_hash_table_unref (self->calls);
  g_object_unref (self->server);
  G_OBJECT_CLASS (fake_transport_parent_class)->finalize (object);
}

static void
fake_transport_class_init (FakeTransportClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fake_transport_finalize;
}

static void
fake_transport_init (FakeTransport *self)
{
  self->calls = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

static void
fake_server_finalize (GObject *object)
{
  FakeServer *self = FAKE_SERVER (object);

  wattle_store_close (self->store, NULL);
  g_object_unref (self->store);
  g_object_unref (self->practice);
  g_object_unref (self->location);
  g_object_unref (self->practitioner);
  g_object_unref (self->user);
  g_ptr_array_unref (self->transports);
  g_string_free (self->extra, TRUE);
  g_hash_table_unref (self->devices);
  g_hash_table_unref (self->blobs);
  g_free (self->password);
  g_mutex_clear (&self->mutex);
  G_OBJECT_CLASS (fake_server_parent_class)->finalize (object);
}

static void
fake_server_class_init (FakeServerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fake_server_finalize;
}

static WattleRecord *
make (WattleRecordType type)
{
  WattleRecord *record = wattle_record_new (type);
  g_autofree char *id = wattle_id_new ();

  wattle_record_set_id (record, id);
  return record;
}

static void
set_epoch (FakeServer *self)
{
  g_autoptr (WattleTransaction) transaction = begin (self, TRUE);
  g_autofree char *epoch = wattle_id_new ();

  g_assert_true (wattle_transaction_set_meta (transaction, "epoch", epoch, NULL));
  g_assert_true (wattle_transaction_commit (transaction, NULL));
}

static void
put (FakeServer *self, WattleRecord *record)
{
  g_autoptr (WattleTransaction) transaction = begin (self, TRUE);
  g_autoptr (GError) error = NULL;

  wattle_transaction_put (transaction, record, &error);
  g_assert_no_error (error);
  wattle_transaction_commit (transaction, &error);
  g_assert_no_error (error);
}

/* A new store with what every practice begins with. */
static void
fill (FakeServer *self)
{
  WattleStoreOptions options = { .side = WATTLE_STORE_SERVER, .path = ":memory:" };
  g_autoptr (GError) error = NULL;

  self->store = wattle_store_open (&options, &error);
  g_assert_no_error (error);
  set_epoch (self);
  put (self, self->practice);
  put (self, self->location);
  put (self, self->practitioner);
  put (self, self->user);
}

static void
fake_server_init (FakeServer *self)
{
  g_mutex_init (&self->mutex);
  self->minimum_schema = 1;
  self->transports = g_ptr_array_new ();
  self->extra = g_string_new (NULL);
  self->devices = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->blobs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->password = g_strdup ("thirteen quiet parrots");
  self->practice = make (WATTLE_RECORD_PRACTICE);
  wattle_record_set_string (self->practice, WATTLE_PRACTICE_NAME, "Banksia Street Clinic");
  wattle_record_set_string (self->practice, WATTLE_PRACTICE_ZONE, "Australia/Sydney");
  self->location = make (WATTLE_RECORD_LOCATION);
  wattle_record_set_string (self->location, WATTLE_LOCATION_NAME, "Banksia Street");
  wattle_record_set_string (self->location, WATTLE_LOCATION_ZONE, "Australia/Sydney");
  wattle_record_set_integer (self->location, WATTLE_LOCATION_STATE, WATTLE_AU_STATE_NSW);
  self->practitioner = make (WATTLE_RECORD_PRACTITIONER);
  wattle_record_set_string (self->practitioner, WATTLE_PRACTITIONER_FAMILY_NAME, "Nguyen");
  wattle_record_set_string (self->practitioner, WATTLE_PRACTITIONER_GIVEN_NAMES, "Thi");
  wattle_record_set_integer (self->practitioner, WATTLE_PRACTITIONER_PROFESSION, WATTLE_PROFESSION_PSYCHOLOGIST);
  self->user = make (WATTLE_RECORD_USER);
  wattle_record_set_string (self->user, WATTLE_USER_LOGIN, "nguyen");
  wattle_record_set_string (self->user, WATTLE_USER_DISPLAY_NAME, "Dr Nguyen");
  wattle_record_set_integer (self->user, WATTLE_USER_ROLES, 1 << WATTLE_ROLE_CLINICIAN | 1 << WATTLE_ROLE_MANAGER);
  wattle_record_set_integer (self->user, WATTLE_USER_STATUS, WATTLE_USER_STATUS_ACTIVE);
  wattle_record_set_string (self->user, WATTLE_USER_PRACTITIONER, wattle_record_id (self->practitioner));
  fill (self);
}

FakeServer *
fake_server_new (void)
{
  return g_object_new (FAKE_TYPE_SERVER, NULL);
}

/* As if it was changed on another computer. */
void
fake_server_set_password (FakeServer *self, const char *password)
{
  g_free (self->password);
  self->password = g_strdup (password);
}

void
fake_server_forget_devices (FakeServer *self)
{
  g_hash_table_remove_all (self->devices);
}

WattleStore *
fake_server_store (FakeServer *self)
{
  return self->store;
}

const char *
fake_server_practice (FakeServer *self)
{
  return wattle_record_id (self->practice);
}

const char *
fake_server_location (FakeServer *self)
{
  return wattle_record_id (self->location);
}

const char *
fake_server_practitioner (FakeServer *self)
{
  return wattle_record_id (self->practitioner);
}

const char *
fake_server_user (FakeServer *self)
{
  return wattle_record_id (self->user);
}

/* Somebody else changes a record. */
void
fake_server_put (FakeServer *self, WattleRecord *record)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  put (self, record);
}

WattleRecord *
fake_server_get (FakeServer *self, WattleRecordType type, const char *id)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  g_autoptr (WattleTransaction) transaction = begin (self, FALSE);

  return wattle_reader_get (wattle_transaction_reader (transaction), type, id, NULL);
}

/* As after a backup from before everything: another epoch. */
void
fake_server_restore (FakeServer *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  wattle_store_close (self->store, NULL);
  g_object_unref (self->store);
  fill (self);
}

/* As after a backup of this very moment: another epoch, and nothing is missing. */
void
fake_server_set_epoch (FakeServer *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  set_epoch (self);
}

gboolean
fake_server_has_blob (FakeServer *self, const char *hash)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  return g_hash_table_contains (self->blobs, hash);
}

/* What the next answer of a sign-in or a renewal says of the person; sockets are told that something changed. */
void
fake_server_rename_user (FakeServer *self, const char *name)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  wattle_record_set_string (self->user, WATTLE_USER_DISPLAY_NAME, name);
  self->scope_changed = TRUE;
}

void
fake_server_end_sessions (FakeServer *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  self->sessions++;
}

guint
fake_server_done (FakeServer *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  return self->done;
}

void
fake_server_set_minimum_schema (FakeServer *self, int schema)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  self->minimum_schema = schema;
}

void
fake_server_say (FakeServer *self, const char *line)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  g_string_append_printf (self->extra, "%s\n", line);
}

/* A row that is there for others, but no more for this person. */
void
fake_server_hide (FakeServer *self, const char *id)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  hide (self, id);
}

void
fake_server_hide_in_snapshot (FakeServer *self, const char *id)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  self->leaving = g_strdup (id);
}

static gboolean
poke_cb (gpointer data)
{
  FakeTransport *self = data;
  WattleEventsFunc func;
  gpointer func_data;
  g_autofree char *message = NULL;

  g_mutex_lock (&self->server->mutex);
  func = self->func;
  func_data = self->data;
  {
    g_autoptr (WattleTransaction) transaction = begin (self->server, FALSE);
    message = self->scope_changed
                ? g_strdup ("{\"scope\":true}")
                : g_strdup_printf ("{\"poke\":%" G_GINT64_FORMAT "}", wattle_transaction_revision (transaction));
    self->scope_changed = FALSE;
  }
  g_mutex_unlock (&self->server->mutex);
  if (func != NULL)
    func (message, func_data);
  return G_SOURCE_REMOVE;
}

void
fake_server_poke (FakeServer *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  for (guint i = 0; i < self->transports->len; i++)
    {
      FakeTransport *transport = g_ptr_array_index (self->transports, i);
      g_autoptr (GSource) source = g_idle_source_new ();

      transport->scope_changed = transport->scope_changed || self->scope_changed;
      g_source_set_priority (source, G_PRIORITY_DEFAULT);
      g_source_set_callback (source, poke_cb, g_object_ref (transport), g_object_unref);
      g_source_attach (source, transport->context);
    }
  self->scope_changed = FALSE;
}

FakeTransport *
fake_transport_new (FakeServer *server)
{
  FakeTransport *self = g_object_new (FAKE_TYPE_TRANSPORT, NULL);

  self->server = g_object_ref (server);
  return self;
}

FakeFaults *
fake_transport_faults (FakeTransport *self)
{
  return &self->faults;
}

guint
fake_transport_calls (FakeTransport *self, const char *path)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->server->mutex);

  return GPOINTER_TO_UINT (g_hash_table_lookup (self->calls, path));
}
