/* wipe.c: a device that was removed from the practice: seal what was not sent, destroy the key, remove the rest
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "sync/client-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>

#include "base/civil.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"

#define FOLDER "set-aside"
#define MAX_HANDED_OVER (600 * 1024) /* bytes that go with the call; more stays as a file */

static void
heard_entry (const WattleOutboxEntry *entry, gpointer data)
{
}

static void
heard_id (const char *id, gpointer data)
{
}

static void
heard_conflict (const WattleOutboxConflict *conflict, gpointer data)
{
}

static void
heard_number (gint64 number, gpointer data)
{
}

static void
heard_progress (double fraction, gint64 rows, gint64 total, gpointer data)
{
}

static void
pair_raw (WattleJsonWriter *writer, const char *name, const char *json)
{
  wattle_json_name (writer, name);
  wattle_json_put_raw (writer, json != NULL ? json : "null", -1);
}

static void
write_entry (WattleJsonWriter *writer, const WattleOutboxEntry *entry)
{
  char at[WATTLE_INSTANT_SIZE];

  wattle_instant_print (entry->at, at);
  wattle_json_begin_object (writer);
  wattle_json_pair_string (writer, "id", entry->id);
  wattle_json_pair_string (writer, "name", entry->name);
  pair_raw (writer, "args", entry->args);
  wattle_json_pair_string (writer, "at", at);
  wattle_json_pair_string (writer, "status", wattle_outbox_status_nick (entry->status));
  if (entry->message != NULL)
    wattle_json_pair_string (writer, "message", entry->message);
  wattle_json_end_object (writer);
}

static gboolean
write_entries (WattleCore *self, WattleJsonWriter *writer, guint *n, GError **error)
{
  g_autoptr (GPtrArray) entries =
    wattle_outbox_entries (self->outbox, WATTLE_OUTBOX_UNSETTLED, G_MAXINT, error);

  if (entries == NULL)
    return FALSE;
  wattle_json_name (writer, "operations");
  wattle_json_begin_array (writer);
  for (guint i = 0; i < entries->len; i++)
    write_entry (writer, entries->pdata[i]);
  wattle_json_end_array (writer);
  *n += entries->len;
  return TRUE;
}

static gboolean
write_conflicts (WattleCore *self, WattleJsonWriter *writer, guint *n, GError **error)
{
  g_autoptr (GPtrArray) conflicts = wattle_outbox_conflicts (self->outbox, error);

  if (conflicts == NULL)
    return FALSE;
  wattle_json_name (writer, "conflicts");
  wattle_json_begin_array (writer);
  for (guint i = 0; i < conflicts->len; i++)
    {
      const WattleOutboxConflict *conflict = conflicts->pdata[i];

      wattle_json_begin_object (writer);
      wattle_json_pair_string (writer, "type", conflict->type);
      wattle_json_pair_string (writer, "record", conflict->record);
      wattle_json_pair_string (writer, "field", conflict->field);
      pair_raw (writer, "mine", conflict->mine);
      wattle_json_end_object (writer);
    }
  wattle_json_end_array (writer);
  *n += conflicts->len;
  return TRUE;
}

static gboolean
write_drafts (WattleCore *self, WattleJsonWriter *writer, guint *n, GError **error)
{
  g_auto (GStrv) keys = wattle_outbox_kept_keys (self->outbox, "draft", error);

  wattle_json_name (writer, "drafts");
  wattle_json_begin_array (writer);
  for (guint i = 0; keys != NULL && keys[i] != NULL; i++)
    {
      g_autofree char *value = wattle_outbox_kept (self->outbox, "draft", keys[i], error);

      if (value == NULL)
        return FALSE;
      wattle_json_begin_object (writer);
      wattle_json_pair_string (writer, "key", keys[i]);
      wattle_json_pair_string (writer, "value", value);
      wattle_json_end_object (writer);
      *n += 1;
    }
  wattle_json_end_array (writer);
  return keys != NULL;
}

/* A document whose copy here is damaged cannot be handed over; the rest is. */
static gboolean
write_blobs (WattleCore *self, WattleJsonWriter *writer, guint *n, GError **error)
{
  g_auto (GStrv) hashes = wattle_outbox_kept_keys (self->outbox, "blob", error);

  wattle_json_name (writer, "documents");
  wattle_json_begin_array (writer);
  for (guint i = 0; hashes != NULL && hashes[i] != NULL; i++)
    {
      g_autoptr (GBytes) bytes = wattle_engine_find_blob (self->engine, hashes[i], NULL);
      g_autofree char *text = NULL;
      gsize length;
      const guint8 *data;

      if (bytes == NULL)
        continue;
      data = g_bytes_get_data (bytes, &length);
      text = g_base64_encode (data, length);
      wattle_json_begin_object (writer);
      wattle_json_pair_string (writer, "hash", hashes[i]);
      wattle_json_pair_string (writer, "bytes", text);
      wattle_json_end_object (writer);
      sodium_memzero (text, strlen (text));
      *n += 1;
    }
  wattle_json_end_array (writer);
  return hashes != NULL;
}

/* What was not sent, as JSON; with nothing in it when there is none. */
static GString *
gather (WattleCore *self, GError **error)
{
  g_autoptr (WattleIdentity) identity = wattle_session_identity (self->session);
  GString *text = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (text);
  char now[WATTLE_INSTANT_SIZE];
  guint n = 0;
  gboolean written;

  wattle_instant_print (wattle_clock_now (), now);
  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "device", identity->device);
  wattle_json_pair_string (&writer, "user", identity->actor.user);
  wattle_json_pair_string (&writer, "at", now);
  written = write_entries (self, &writer, &n, error) && write_conflicts (self, &writer, &n, error)
            && write_drafts (self, &writer, &n, error) && write_blobs (self, &writer, &n, error);
  wattle_json_end_object (&writer);
  if (written && n > 0)
    return text;
  sodium_memzero (text->str, text->len);
  if (written)
    return g_string_truncate (text, 0);
  g_string_free (text, TRUE);
  return NULL;
}

/* The practice's key for what nobody but its server shall open. */
static guint8 *
ask_for_key (WattleCore *self, GCancellable *cancellable, GError **error)
{
  WattleRequest request = { .method = "GET", .path = "/hello" };
  g_auto (WattleResponse) response = { 0 };
  g_autoptr (WattleJson) json = NULL;
  gsize length = 0;
  const char *text;
  g_autofree guint8 *key = NULL;

  if (!wattle_transport_send (self->transport, &request, &response, cancellable, error)
      || !wattle_response_check (&response, error))
    return NULL;
  text = g_bytes_get_data (response.body, &length);
  json = wattle_json_parse (text, length, NULL, NULL);
  text = json != NULL ? wattle_json_member_string (wattle_json_root (json), "set_aside_key") : NULL;
  length = 0;
  key = text != NULL ? g_base64_decode (text, &length) : NULL;
  if (length == crypto_box_PUBLICKEYBYTES)
    return g_steal_pointer (&key);
  wattle_set_field_error (error, WATTLE_ERROR_CORRUPT, "set_aside_key",
                          _("The server did not say how to seal what was not sent. Nothing was destroyed."));
  return NULL;
}

static GBytes *
seal (WattleCore *self, GString *text, GCancellable *cancellable, GError **error)
{
  g_autofree guint8 *key = ask_for_key (self, cancellable, error);
  g_autofree guint8 *sealed = NULL;

  if (key == NULL)
    return NULL;
  sealed = g_malloc (text->len + crypto_box_SEALBYTES);
  if (crypto_box_seal (sealed, (const guint8 *) text->str, text->len, key) != 0)
    {
      wattle_set_field_error (error, WATTLE_ERROR_CORRUPT, "set_aside_key",
                              _("The server's key for what was not sent is not one. Nothing was destroyed."));
      return NULL;
    }
  return g_bytes_new_take (g_steal_pointer (&sealed), text->len + crypto_box_SEALBYTES);
}

/* Beside the folders of accounts: that of this one is about to go. */
static char *
make_path (WattleCore *self, GError **error)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *stamp = g_date_time_format (now, "%Y%m%dT%H%M%SZ");
  g_autofree char *accounts = g_path_get_dirname (wattle_vault_get_folder (self->vault));
  g_autofree char *data_dir = g_path_get_dirname (accounts);
  g_autofree char *folder = g_build_filename (data_dir, FOLDER, NULL);
  g_autofree char *account = g_path_get_basename (wattle_vault_get_folder (self->vault));
  g_autofree char *name = g_strdup_printf ("%s-%s.sealed", account, stamp);

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      wattle_set_errno (error, errno, folder, "create");
      return NULL;
    }
  return g_build_filename (folder, name, NULL);
}

/* Seals what was not sent, for the server alone; the file is on the disk when this returns. */
static gboolean
set_aside (WattleCore *self, GBytes **sealed, char **path, GCancellable *cancellable, GError **error)
{
  GString *text = gather (self, error);
  gboolean done = text != NULL;

  if (text != NULL && text->len > 0)
    {
      gsize length;
      gconstpointer data;

      *sealed = seal (self, text, cancellable, error);
      *path = *sealed != NULL ? make_path (self, error) : NULL;
      data = *path != NULL ? g_bytes_get_data (*sealed, &length) : NULL;
      done = data != NULL && wattle_file_replace (*path, data, length, error);
      sodium_memzero (text->str, text->len);
    }
  if (text != NULL)
    g_string_free (text, TRUE);
  return done;
}

/* The file goes only when the server has what is in it. */
static void
report (WattleCore *self, GBytes *sealed, const char *path, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gsize length = 0;
  gconstpointer data = sealed != NULL ? g_bytes_get_data (sealed, &length) : NULL;

  if (data != NULL && length <= MAX_HANDED_OVER)
    text = g_base64_encode (data, length);
  if (!wattle_session_say_wiped (self->session, text, cancellable, &error))
    g_message ("the server was not told that this device destroyed what it kept: %s",
               wattle_error_code_nick (wattle_error_get_code (error)));
  else if (text != NULL && g_unlink (path) != 0)
    g_message ("a sealed file that the server has already stays here");
}

/**
 * wattle_core_wipe:
 * @self: a core whose vault and session are open
 * @cancellable: (nullable): to stop waiting for the server
 * @error: why nothing was destroyed, or what could not be removed
 *
 * What was not sent is sealed for the server alone and kept beside the
 * accounts, before anything goes: without that nothing is destroyed and the
 * next contact tries again. Then the key goes, both halves, then the files.
 * The server is told last.
 */
gboolean
wattle_core_wipe (WattleCore *self, GCancellable *cancellable, GError **error)
{
  const WattleEngineListener silent = { .entry = heard_entry,
                                        .removed = heard_id,
                                        .conflict = heard_conflict,
                                        .resolved = heard_number,
                                        .progress = heard_progress };
  g_autoptr (GBytes) sealed = NULL;
  g_autofree char *path = NULL;
  gboolean wiped;

  g_clear_pointer (&self->thread, wattle_thread_stop);
  if (self->engine == NULL && !wattle_core_start (self, &silent, error))
    return FALSE;
  if (!set_aside (self, &sealed, &path, cancellable, error))
    return FALSE;
  wattle_core_close (self);
  wiped = wattle_vault_wipe_sync (self->vault, cancellable, error);
  report (self, sealed, path, cancellable);
  return wiped;
}

/**
 * wattle_error_is_wipe:
 * @error: (nullable): of a sign-in, a refresh or a step
 *
 * Returns: whether the server says that this device shall destroy what it keeps
 */
gboolean
wattle_error_is_wipe (const GError *error)
{
  return g_error_matches (error, WATTLE_ERROR, WATTLE_ERROR_UNAUTHENTICATED)
         && g_strcmp0 (wattle_error_get_field (error), "device.wipe") == 0;
}
