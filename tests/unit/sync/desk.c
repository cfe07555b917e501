/* desk.c: a client of its own folder and keyring, and waiting for things to come true
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "desk.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/id.h"

gboolean
desk_tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static void
keep_result (GObject *object, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

void
desk_open (Desk *self, const char *url, WattleTransport *transport)
{
  self->dir = g_dir_make_tmp ("wattle-sync-XXXXXX", NULL);
  self->url = g_strdup (url);
  self->keyring = wattle_keyring_memory_new ();
  self->transport = g_object_ref (transport);
  self->client = wattle_client_new_with (url, self->dir, self->keyring, transport);
}

/* As after the program was started again. */
void
desk_reopen (Desk *self)
{
  g_object_unref (self->client);
  self->client = wattle_client_new_with (self->url, self->dir, self->keyring, self->transport);
}

/* On a computer without a keyring: what is saved in dir opens in another process too. */
void
desk_without_keyring (Desk *self, const char *dir)
{
  remove_tree (self->dir);
  g_free (self->dir);
  self->dir = g_strdup (dir);
  wattle_keyring_memory_set_status (WATTLE_KEYRING_MEMORY (self->keyring), WATTLE_KEYRING_ABSENT);
  desk_reopen (self);
  wattle_client_set_vault_mode (self->client, WATTLE_VAULT_WITH_PASSPHRASE);
}

void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR))
        remove_tree (child);
      else
        g_unlink (child);
    }
  g_rmdir (path);
}

void
desk_close (Desk *self)
{
  g_object_run_dispose (G_OBJECT (self->client));
  g_object_unref (self->client);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_object_unref (self->transport);
  g_object_unref (self->keyring);
  remove_tree (self->dir);
  g_free (self->dir);
  g_free (self->url);
}

gboolean
desk_sign_in (Desk *self, const char *login, const char *password, const char *code, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  wattle_client_sign_in_async (self->client, login, password, code, NULL, keep_result, &result);
  wait_until (result != NULL);
  return wattle_client_sign_in_finish (self->client, result, error);
}

gboolean
desk_sign_in_anew (Desk *self, const char *password, const char *old_password, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  wattle_client_sign_in_anew_async (self->client, LOGIN, password, NULL, old_password, NULL, keep_result, &result);
  wait_until (result != NULL);
  return wattle_client_sign_in_finish (self->client, result, error);
}

gboolean
desk_change_password (Desk *self, const char *old, const char *new, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  wattle_client_change_password_async (self->client, old, new, keep_result, &result);
  wait_until (result != NULL);
  return wattle_client_change_password_finish (self->client, result, error);
}

/* Signs in and waits until everything is here. */
void
desk_start (Desk *self)
{
  g_autoptr (GError) error = NULL;

  desk_sign_in (self, LOGIN, PASSWORD, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (wattle_client_state (self->client), ==, WATTLE_CLIENT_READY);
  wait_until (desk_is_idle (self));
}

gboolean
desk_unlock (Desk *self, const char *password, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  wattle_client_unlock_async (self->client, password, NULL, keep_result, &result);
  wait_until (result != NULL);
  return wattle_client_unlock_finish (self->client, result, error);
}

void
desk_sign_out (Desk *self, gboolean forget)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  wattle_client_sign_out_async (self->client, forget, NULL, keep_result, &result);
  wait_until (result != NULL);
  wattle_client_sign_out_finish (self->client, result, &error);
  g_assert_no_error (error);
}

char *
desk_perform (Desk *self, const char *name, const char *args, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  wattle_client_perform_async (self->client, name, args, NULL, keep_result, &result);
  wait_until (result != NULL);
  return wattle_client_perform_finish (self->client, result, error);
}

gboolean
desk_withdraw (Desk *self, const char *id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  wattle_client_withdraw_async (self->client, id, NULL, keep_result, &result);
  wait_until (result != NULL);
  return wattle_client_withdraw_finish (self->client, result, error);
}

char *
desk_send_again (Desk *self, const char *id, const char *args, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  wattle_client_send_again_async (self->client, id, args, NULL, keep_result, &result);
  wait_until (result != NULL);
  return wattle_client_send_again_finish (self->client, result, error);
}

gboolean
desk_discard (Desk *self, const char *id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  wattle_client_discard_async (self->client, id, NULL, keep_result, &result);
  wait_until (result != NULL);
  return wattle_client_discard_finish (self->client, result, error);
}

WattleRecord *
desk_get (Desk *self, WattleRecordType type, const char *id)
{
  WattleStore *store = wattle_client_store (self->client);
  g_autoptr (WattleTransaction) transaction = store != NULL ? wattle_store_begin_read (store, NULL) : NULL;

  return transaction != NULL ? wattle_reader_get (wattle_transaction_reader (transaction), type, id, NULL) : NULL;
}

gboolean
desk_has (Desk *self, WattleRecordType type, const char *id)
{
  g_autoptr (WattleRecord) record = desk_get (self, type, id);

  return record != NULL;
}

char *
desk_text (Desk *self, WattleRecordType type, const char *id, WattleFieldId field)
{
  g_autoptr (WattleRecord) record = desk_get (self, type, id);

  return record != NULL ? g_strdup (wattle_record_get_string (record, field)) : NULL;
}

guint
desk_pending (Desk *self)
{
  guint pending;

  g_object_get (self->client, "pending", &pending, NULL);
  return pending;
}

guint
desk_conflicts (Desk *self)
{
  guint conflicts;

  g_object_get (self->client, "conflicts", &conflicts, NULL);
  return conflicts;
}

/* Online, nothing to send, everything fetched. */
gboolean
desk_is_idle (Desk *self)
{
  gboolean online, syncing;

  g_object_get (self->client, "online", &online, "syncing", &syncing, NULL);
  return online && !syncing && desk_pending (self) == 0;
}

char *
desk_add_patient (Desk *self, const char *given, const char *family)
{
  g_autofree char *id = wattle_id_new ();
  g_autofree char *args =
    g_strdup_printf ("{\"record\":{\"type\":\"patient\",\"id\":\"%s\",\"given_names\":\"%s\",\"family_name\":\"%s\","
                     "\"birth_date\":\"1980-02-03\",\"status\":\"active\"}}",
                     id, given, family);
  g_autoptr (GError) error = NULL;
  g_autofree char *operation = desk_perform (self, "record.create", args, &error);

  g_assert_no_error (error);
  g_assert_nonnull (operation);
  return g_steal_pointer (&id);
}

char *
desk_change (Desk *self, const char *id, const char *field, const char *old, const char *new)
{
  g_autofree char *args = g_strdup_printf (
    "{\"type\":\"patient\",\"id\":\"%s\",\"changes\":{\"%s\":{\"old\":%s,\"new\":%s}}}", id, field, old, new);
  g_autoptr (GError) error = NULL;
  char *operation = desk_perform (self, "record.change", args, &error);

  g_assert_no_error (error);
  return operation;
}

WattleOutboxItem *
desk_item (Desk *self, const char *id)
{
  GListModel *outbox = wattle_client_outbox (self->client);

  for (guint i = 0; i < g_list_model_get_n_items (outbox); i++)
    {
      g_autoptr (WattleOutboxItem) item = g_list_model_get_item (outbox, i);
      g_autofree char *own = NULL;

      g_object_get (item, "operation-id", &own, NULL);
      if (g_strcmp0 (own, id) == 0)
        return g_steal_pointer (&item);
    }
  return NULL;
}

char *
desk_status (Desk *self, const char *operation)
{
  g_autoptr (WattleOutboxItem) item = desk_item (self, operation);
  char *status = NULL;

  if (item != NULL)
    g_object_get (item, "status", &status, NULL);
  return status;
}

void
desk_keep_draft (Desk *self, const char *key, const char *json)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  wattle_client_keep_draft_async (self->client, key, json, NULL, keep_result, &result);
  wait_until (result != NULL);
  wattle_client_keep_draft_finish (self->client, result, &error);
  g_assert_no_error (error);
}

char *
desk_find_draft (Desk *self, const char *key)
{
  g_autoptr (GAsyncResult) result = NULL;

  wattle_client_find_draft_async (self->client, key, NULL, keep_result, &result);
  wait_until (result != NULL);
  return wattle_client_find_draft_finish (self->client, result, NULL);
}

char *
desk_put_blob (Desk *self, GBytes *bytes)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  char *hash;

  wattle_client_put_blob_async (self->client, bytes, NULL, keep_result, &result);
  wait_until (result != NULL);
  hash = wattle_client_put_blob_finish (self->client, result, &error);
  g_assert_no_error (error);
  return hash;
}

GBytes *
desk_get_blob (Desk *self, const char *hash)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GBytes *bytes;

  wattle_client_get_blob_async (self->client, hash, NULL, keep_result, &result);
  wait_until (result != NULL);
  bytes = wattle_client_get_blob_finish (self->client, result, &error);
  g_assert_no_error (error);
  return bytes;
}

typedef gboolean (*FileFunc) (const char *path, const char *text);

static guint
each_file (const char *path, FileFunc func, const char *text)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  guint found = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR))
        found += each_file (child, func, text);
      else
        found += func (child, text);
    }
  return found;
}

static gboolean
holds_text (const char *path, const char *text)
{
  g_autofree char *bytes = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  return memmem (bytes, length, text, strlen (text)) != NULL;
}

static gboolean
ends_with (const char *path, const char *suffix)
{
  return g_str_has_suffix (path, suffix);
}

guint
desk_count_files (Desk *self, const char *suffix)
{
  return each_file (self->dir, ends_with, suffix);
}

/* How many files of this desk hold a text. */
guint
desk_search_files (Desk *self, const char *text)
{
  return each_file (self->dir, holds_text, text);
}

static gboolean
damage (const char *path, const char *name)
{
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *bytes = NULL;
  gsize length;

  if (strcmp (base, name) != 0)
    return FALSE;
  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  for (gsize i = 0; i < length; i += 512)
    bytes[i] ^= 0x55;
  return g_file_set_contents (path, bytes, length, NULL);
}

/* One bit of every page but the first, in the file as it is. */
static gboolean
flip (const char *path, const char *name)
{
  g_autofree char *base = g_path_get_basename (path);
  FILE *file = strcmp (base, name) == 0 ? fopen (path, "r+b") : NULL;
  int byte;

  if (file == NULL)
    return FALSE;
  for (long at = 4096 + 100; fseek (file, at, SEEK_SET) == 0 && (byte = fgetc (file)) != EOF; at += 4096)
    g_assert_true (fseek (file, at, SEEK_SET) == 0 && fputc (byte ^ 4, file) != EOF && fflush (file) == 0);
  fclose (file);
  return TRUE;
}

void
desk_flip_file (Desk *self, const char *name)
{
  g_assert_cmpuint (each_file (self->dir, flip, name), ==, 1);
}

void
desk_damage_file (Desk *self, const char *name)
{
  g_assert_cmpuint (each_file (self->dir, damage, name), ==, 1);
}

