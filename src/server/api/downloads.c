/* downloads.c: how many large answers one user may have under way
 *
 * A page of the feed is in memory until its client has taken it. Without a bound one device that asks and never reads
 * would fill the memory of all.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/api/call.h"

#define MAX_PER_USER 8

typedef struct
{
  WattleServer *server;
  char *user;
} Download;

static void
download_end (gpointer data)
{
  Download *self = data;
  guint left;

  g_mutex_lock (&self->server->lock);
  left = GPOINTER_TO_UINT (g_hash_table_lookup (self->server->downloads, self->user)) - 1;
  if (left > 0)
    g_hash_table_replace (self->server->downloads, g_strdup (self->user), GUINT_TO_POINTER (left));
  else
    g_hash_table_remove (self->server->downloads, self->user);
  g_mutex_unlock (&self->server->lock);
  g_free (self->user);
  g_free (self);
}

/**
 * wattle_call_begin_download:
 * @self: a call with a session, before its large answer is made
 *
 * Takes a place that the end of the answer gives back, however it ends.
 *
 * Returns: %FALSE after it answered that there is none
 */
gboolean
wattle_call_begin_download (WattleCall *self)
{
  const char *user = wattle_call_actor (self)->user;
  Download *download;
  guint n;

  g_mutex_lock (&self->server->lock);
  n = GPOINTER_TO_UINT (g_hash_table_lookup (self->server->downloads, user));
  if (n < MAX_PER_USER)
    g_hash_table_replace (self->server->downloads, g_strdup (user), GUINT_TO_POINTER (n + 1));
  g_mutex_unlock (&self->server->lock);
  if (n >= MAX_PER_USER)
    {
      wattle_call_respond_wait (self, 2, "Read the answers that were asked for first.");
      return FALSE;
    }
  download = g_new (Download, 1);
  *download = (Download){ self->server, g_strdup (user) };
  wattle_request_set_user (self->request, download, download_end);
  return TRUE;
}
