/* trail.c: a device's memory of the server's audit trail, which the server cannot take back
 *
 * Each hello brings the latest signed checkpoint and says where the chain stood at the newest one kept here. A trail
 * that was cut short or written anew does not have that place any more. They are kept beside the outbox, which no new
 * cache touches.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "sync/trail.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/error.h"
#include "store/trail-note.h"

#define KIND "checkpoint"
#define KEY_KIND "checkpoint-key"
#define KEPT 100

/* The names of what is kept of one epoch: a restored server begins anew. */
static GPtrArray *
kept_of (WattleOutbox *outbox, const char *epoch)
{
  g_auto (GStrv) keys = wattle_outbox_kept_keys (outbox, KIND, NULL);
  g_autofree char *prefix = g_strconcat (epoch, ":", NULL);
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; keys != NULL && keys[i] != NULL; i++)
    if (g_str_has_prefix (keys[i], prefix))
      g_ptr_array_add (names, g_strdup (keys[i]));
  return names;
}

static WattleTrailNote *
newest (WattleOutbox *outbox, const char *epoch)
{
  g_autoptr (GPtrArray) names = kept_of (outbox, epoch);
  WattleTrailNote *found = NULL;

  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *text = wattle_outbox_kept (outbox, KIND, names->pdata[i], NULL);
      WattleTrailNote *note = text != NULL ? wattle_trail_note_parse (text, -1, NULL, NULL) : NULL;

      if (note != NULL && (found == NULL || note->size > found->size))
        {
          wattle_trail_note_free (found);
          found = g_steal_pointer (&note);
        }
      wattle_trail_note_free (note);
    }
  return found;
}

/**
 * wattle_trail_newest:
 * @outbox: where they are kept
 * @epoch: of the server
 *
 * Returns: events of the newest checkpoint kept here; 0 when there is none
 */
gint64
wattle_trail_newest (WattleOutbox *outbox, const char *epoch)
{
  g_autoptr (WattleTrailNote) note = epoch != NULL ? newest (outbox, epoch) : NULL;

  return note != NULL ? note->size : 0;
}

static void
keep (WattleOutbox *outbox, const char *epoch, const char *text, gint64 size, gint64 now)
{
  g_autofree char *name = g_strdup_printf ("%s:%020" G_GINT64_FORMAT, epoch, size);
  g_auto (GStrv) keys = NULL;
  guint n;

  wattle_outbox_keep (outbox, KIND, name, text, now, NULL);
  keys = wattle_outbox_kept_keys (outbox, KIND, NULL);
  n = keys != NULL ? g_strv_length (keys) : 0;
  for (guint i = 0; i + KEPT < n; i++)
    wattle_outbox_keep (outbox, KIND, keys[i], NULL, now, NULL);
}

/* The key that the server showed first is the one it goes on with. */
static gboolean
is_same_key (WattleOutbox *outbox, const char *key, gint64 now)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *first = wattle_outbox_kept (outbox, KEY_KIND, "key", &error);

  if (g_error_matches (error, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND))
    wattle_outbox_keep (outbox, KEY_KIND, "key", key, now, NULL);
  return first == NULL || strcmp (first, key) == 0;
}

static gboolean
agrees (const WattleTrailNote *kept, gint64 asked, const WattleTrailNote *note, const char *root)
{
  gsize length = 0;
  g_autofree guint8 *bytes = root != NULL ? g_base64_decode (root, &length) : NULL;

  if (kept == NULL || kept->size != asked)
    return TRUE;
  return note->size >= kept->size && length == WATTLE_TRAIL_HASH && memcmp (bytes, kept->root, length) == 0;
}

/**
 * wattle_trail_compare:
 * @outbox: where checkpoints are kept
 * @epoch: of the server
 * @asked: events of the checkpoint that was asked about, see wattle_trail_newest()
 * @hello: the server's answer
 * @now: instant
 *
 * Keeps the checkpoint of a hello among the last 100 when the trail it ends goes on from what is kept here.
 *
 * Returns: (transfer full) (nullable): a complaint for the person when it does not
 */
char *
wattle_trail_compare (WattleOutbox *outbox, const char *epoch, gint64 asked, WattleJsonNode hello, gint64 now)
{
  const char *text = wattle_json_member_string (hello, "checkpoint");
  const char *key = wattle_json_member_string (hello, "checkpoint_key");
  g_autoptr (WattleTrailNote) kept = asked > 0 ? newest (outbox, epoch) : NULL;
  g_autoptr (WattleTrailNote) note = NULL;
  guint8 public[WATTLE_TRAIL_PUBLIC];

  if (text == NULL && kept == NULL)
    return NULL;
  if (text != NULL && key != NULL && wattle_trail_key_parse (key, public) && is_same_key (outbox, key, now))
    note = wattle_trail_note_open (text, public, NULL);
  if (note == NULL || !agrees (kept, asked, note, wattle_json_member_string (hello, "checkpoint_root")))
    return g_strdup (_("The server's record of who saw and did what is not the one it had before: it was changed or "
                       "cut short. Tell whoever runs the server. What it said before is kept here."));
  if (kept == NULL || note->size > kept->size)
    keep (outbox, epoch, text, note->size, now);
  return NULL;
}
