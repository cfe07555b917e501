/* users.c: the first practice, and the people who sign in
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/api/routes.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "server/api/effects.h"
#include "server/api/sight.h"
#include "server/auth/account.h"
#include "server/auth/passwords.h"

#define MAX_USERS 1000

typedef struct
{
  WattleCall *call;
  char *hash;
  GString *answer;
} Work;

static void
work_clear (Work *self)
{
  g_clear_pointer (&self->hash, g_free);
  if (self->answer != NULL)
    g_string_free (self->answer, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Work, work_clear)

/* A user as the caller may see them, or nothing. */
static void
write_seen (WattleSight *sight, WattleRecord *user, WattleJsonWriter *writer)
{
  g_autoptr (GString) seen = g_string_new (NULL);

  if (wattle_sight_write_record (sight, user, seen))
    wattle_json_put_raw (writer, seen->str, seen->len);
}

static void
append_user (WattleSight *sight, GString *text, WattleRecord *user)
{
  WattleJsonWriter writer = wattle_json_writer (text);

  wattle_json_begin_object (&writer);
  wattle_json_name (&writer, "user");
  write_seen (sight, user, &writer);
  wattle_json_end_object (&writer);
}

void
wattle_api_users (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (call->server->store, &error);
  WattleQuery query = wattle_query (WATTLE_RECORD_USER);
  g_autoptr (GPtrArray) users = NULL;
  g_autoptr (WattleSight) sight = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (text);

  query.limit = MAX_USERS;
  users = transaction != NULL ? wattle_reader_query (wattle_transaction_reader (transaction), &query, &error) : NULL;
  if (users == NULL)
    {
      wattle_call_respond_error (call, error);
      return;
    }
  sight = wattle_sight_new (wattle_call_actor (call), wattle_transaction_reader (transaction));
  wattle_json_begin_object (&writer);
  wattle_json_name (&writer, "users");
  wattle_json_begin_array (&writer);
  for (guint i = 0; i < users->len; i++)
    write_seen (sight, users->pdata[i], &writer);
  wattle_json_end_array (&writer);
  wattle_json_end_object (&writer);
  wattle_call_respond (call, 200, g_steal_pointer (&text));
}

static gboolean
write_user (WattleTransaction *transaction, gpointer data, GError **error)
{
  Work *self = data;
  g_autoptr (WattleRecord) user =
    wattle_account_create (transaction, wattle_call_actor (self->call), self->call->body, self->hash, error);
  g_autoptr (WattleSight) sight = NULL;

  if (user == NULL || !wattle_call_audit (self->call, transaction, "user.create", user, error))
    return FALSE;
  sight = wattle_sight_new (wattle_call_actor (self->call), wattle_transaction_reader (transaction));
  self->answer = g_string_new (NULL);
  append_user (sight, self->answer, user);
  return TRUE;
}

void
wattle_api_user_create (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  g_auto (Work) self = { .call = call };
  g_autoptr (GError) error = NULL;
  const char *password = wattle_call_string (call, "password", TRUE, &error);
  const char *login = wattle_json_member_string (call->body, "login");
  const char *name = wattle_json_member_string (call->body, "display_name");
  g_autofree char *own = g_strdup_printf ("%s %s", login != NULL ? login : "", name != NULL ? name : "");

  if (password == NULL
      || (self.hash = wattle_call_hash_password (call, password, NULL, own, "password", &error)) == NULL
      || !wattle_writer_run (call->server->writer, write_user, &self, &error))
    {
      wattle_call_respond_error (call, error);
      return;
    }
  wattle_call_respond (call, 200, g_steal_pointer (&self.answer));
}

static gboolean
check_setup_code (WattleCall *call, GError **error)
{
  g_autofree char *path = wattle_server_setup_code_path (call->server);
  const char *code = wattle_call_string (call, "code", TRUE, error);
  g_autoptr (GBytes) bytes = NULL;
  const char *wanted;
  gsize length;

  if (code == NULL)
    return FALSE;
  bytes = wattle_file_read (path, 256, NULL);
  wanted = bytes != NULL ? g_bytes_get_data (bytes, &length) : NULL;
  while (wanted != NULL && length > 0 && g_ascii_isspace (wanted[length - 1]))
    length--;
  if (wanted != NULL && length >= 8 && strlen (code) == length && sodium_memcmp (wanted, code, length) == 0)
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_FORBIDDEN, "code",
                          "This is not the code that stands in the file “setup-code” of the server's data directory.");
  return FALSE;
}

static gboolean
write_setup (WattleTransaction *transaction, gpointer data, GError **error)
{
  Work *self = data;
  g_autoptr (WattleRecord) user = wattle_account_setup (transaction, self->call->body, self->hash, error);
  g_autofree char *practice = NULL;
  WattleJsonWriter writer;

  if (user == NULL || !wattle_call_audit (self->call, transaction, "practice.setup", user, error))
    return FALSE;
  practice = wattle_transaction_meta (transaction, "practice", NULL);
  self->answer = g_string_new (NULL);
  writer = wattle_json_writer (self->answer);
  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "practice", practice);
  wattle_json_pair_string (&writer, "user", wattle_record_id (user));
  wattle_json_end_object (&writer);
  return TRUE;
}

static gboolean
has_practice (WattleServer *server)
{
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (server->store, NULL);
  g_autofree char *practice = transaction != NULL ? wattle_transaction_meta (transaction, "practice", NULL) : NULL;

  return practice != NULL;
}

void
wattle_api_setup (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  g_auto (Work) self = { .call = call };
  g_autoptr (GError) error = NULL;
  WattleJsonNode administrator = wattle_json_member (call->body, "administrator");
  const char *password = wattle_json_member_string (administrator, "password");
  g_autofree char *path = wattle_server_setup_code_path (call->server);
  guint wait = wattle_rates_take (call->server->rates, "setup", wattle_request_get_network (call->request),
                                  call->server->limits.sign_ins_per_minute, 60);

  if (wait > 0)
    {
      wattle_call_respond_wait (call, wait, "There were too many attempts. Wait before you try again.");
      return;
    }
  if (has_practice (call->server))
    wattle_set_field_error (&error, WATTLE_ERROR_CONFLICT, NULL, "This server has a practice already.");
  if (error != NULL || !check_setup_code (call, &error)
      || !wattle_password_check (password, wattle_json_member_string (administrator, "login"),
                                 WATTLE_PASSWORD_ALONE, "administrator.password", &error)
      || (self.hash = wattle_password_hash (password, &error)) == NULL
      || !wattle_writer_run (call->server->writer, write_setup, &self, &error))
    {
      wattle_call_respond_error (call, error);
      return;
    }
  if (g_unlink (path) != 0 && errno != ENOENT)
    g_warning ("The file of the setup code could not be removed");
  wattle_call_respond (call, 200, g_steal_pointer (&self.answer));
}
