/* guest-keep.c: a guest's pass in the keyring of this computer, so that it outlives the program
 *
 * A link works once, so whoever used it and whose program then fell could not come back. One pass is kept, the newest,
 * until its room closes. Without a keyring, or with a locked one, none is: nothing of it is ever written elsewhere.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/telehealth/guest-keep.h"

#include "base/civil.h"
#include "base/clock.h"
#include "base/json.h"
#include "vault/keyring.h"

static const WattleKeyringItem item = { .server = "wattle:", .account = "guest", .vault = "pass" };

/* One after the other: what was kept last stays. The text, or an empty one to forget. */
static void
keep_thread (gpointer data, gpointer user_data)
{
  char *text = data;
  g_autoptr (WattleKeyring) keyring = wattle_keyring_secret_new ();
  g_autoptr (GError) error = NULL;
  WattleKeyringStatus status;

  if (!wattle_keyring_status (keyring, &status, NULL, &error) || status != WATTLE_KEYRING_OPEN)
    g_debug ("a guest's pass is not kept: %s", error != NULL ? error->message : "no open keyring");
  else if (*text != '\0' ? !wattle_keyring_store (keyring, &item, text, NULL, &error)
                         : !wattle_keyring_clear (keyring, &item, NULL, &error))
    g_debug ("a guest's pass is not kept: %s", error->message);
  wattle_keyring_wipe_text (text);
}

static void
push (char *text)
{
  static GThreadPool *pool = NULL;

  if (g_once_init_enter (&pool))
    g_once_init_leave (&pool, g_thread_pool_new (keep_thread, NULL, 1, FALSE, NULL));
  g_thread_pool_push (pool, text, NULL);
}

/**
 * wattle_guest_keep:
 * @pass: a pass that is used, or about to be
 * @inside: whether its person goes into the room, and did not leave it by their own will
 *
 * Keeps it, in its own time.
 */
void
wattle_guest_keep (WattleGuestPass *pass, gboolean inside)
{
  WattleJsonWriter writer = wattle_json_writer (g_string_new (NULL));
  char opens[WATTLE_INSTANT_SIZE], closes[WATTLE_INSTANT_SIZE];

  if (pass->practice == NULL)
    return;
  wattle_instant_print (pass->opens_at, opens);
  wattle_instant_print (pass->closes_at, closes);
  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "server", pass->server);
  wattle_json_pair_string (&writer, "secret", pass->secret);
  wattle_json_pair_string (&writer, "wish", pass->wish);
  wattle_json_pair_string (&writer, "practice", pass->practice);
  wattle_json_pair_string (&writer, "opens_at", opens);
  wattle_json_pair_string (&writer, "closes_at", closes);
  wattle_json_pair_boolean (&writer, "inside", inside);
  wattle_json_end_object (&writer);
  push (g_string_free (writer.out, FALSE));
}

/* The room closed, or let them in no more. */
void
wattle_guest_forget (void)
{
  push (g_strdup (""));
}

typedef struct
{
  WattleGuestPass *pass;
  gboolean inside;
} Kept;

static void
kept_free (gpointer data)
{
  Kept *self = data;

  g_clear_pointer (&self->pass, wattle_guest_pass_unref);
  g_free (self);
}

/* (nullable): none that is still good. */
static Kept *
read_kept (const char *text)
{
  g_autoptr (WattleJson) json = wattle_json_parse (text, -1, &WATTLE_JSON_WIRE_LIMITS, NULL);
  WattleJsonNode root = json != NULL ? wattle_json_root (json) : (WattleJsonNode){ NULL, 0 };
  WattleGuestLink link = { (char *) wattle_json_member_string (root, "server"), NULL,
                           (char *) wattle_json_member_string (root, "secret") };
  const char *wish = wattle_json_member_string (root, "wish");
  const char *practice = wattle_json_member_string (root, "practice");
  gint64 opens, closes;
  Kept *kept;

  if (json == NULL || link.server == NULL || link.secret == NULL || wish == NULL || practice == NULL
      || !wattle_json_member_instant (root, "opens_at", &opens)
      || !wattle_json_member_instant (root, "closes_at", &closes) || closes <= wattle_clock_now ())
    return NULL;
  kept = g_new0 (Kept, 1);
  kept->pass = wattle_guest_pass_new (&link);
  g_free (kept->pass->wish);
  kept->pass->wish = g_strdup (wish);
  kept->pass->practice = g_strdup (practice);
  kept->pass->opens_at = opens;
  kept->pass->closes_at = closes;
  kept->inside = wattle_json_member_boolean (root, "inside");
  return kept;
}

static void
recall_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_autoptr (WattleKeyring) keyring = wattle_keyring_secret_new ();
  WattleKeyringStatus status;
  char *text = NULL;
  Kept *kept = NULL;

  /* A locked keyring says that there is nothing; it may know better later, so nothing is forgotten. */
  if (wattle_keyring_status (keyring, &status, cancellable, NULL) && status == WATTLE_KEYRING_OPEN
      && wattle_keyring_lookup (keyring, &item, &text, cancellable, NULL) && text != NULL)
    {
      kept = read_kept (text);
      wattle_keyring_wipe_text (text);
      if (kept == NULL)
        wattle_guest_forget ();
    }
  g_task_return_pointer (task, kept, kept_free);
}

/**
 * wattle_guest_recall_async:
 * @cancellable: (nullable): stops it
 * @callback: calls wattle_guest_recall_finish()
 * @data: for @callback
 *
 * Looks whether a pass is kept whose room has not closed.
 */
void
wattle_guest_recall_async (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);

  g_task_run_in_thread (task, recall_thread);
}

/**
 * wattle_guest_recall_finish:
 * @result: the answer
 * @inside: (out): whether its person was in the room when the program fell
 *
 * Returns: (transfer full) (nullable): the pass
 */
WattleGuestPass *
wattle_guest_recall_finish (GAsyncResult *result, gboolean *inside)
{
  Kept *kept = g_task_propagate_pointer (G_TASK (result), NULL);
  WattleGuestPass *pass;

  *inside = kept != NULL && kept->inside;
  if (kept == NULL)
    return NULL;
  pass = g_steal_pointer (&kept->pass);
  kept_free (kept);
  return pass;
}
