/* client-news.c: what the threads of a client have to tell, carried to the main context in its order
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "sync/client-news.h"

#include "base/error.h"

static void
news_free (gpointer data)
{
  WattleNews *news = data;

  g_clear_object (&news->item);
  g_clear_object (&news->conflict);
  g_clear_error (&news->error);
  g_free (news->id);
  g_free (news->user);
  g_object_unref (news->client);
  g_free (news);
}

static gboolean
news_cb (gpointer data)
{
  const WattleNews *news = data;

  wattle_client_take_news (news->client, news);
  return G_SOURCE_REMOVE;
}

static WattleNews *
news_new (WattleClient *self, WattleNewsKind kind)
{
  WattleNews *news = g_new0 (WattleNews, 1);

  news->client = g_object_ref (self);
  news->generation = g_atomic_int_get (&self->generation);
  news->kind = kind;
  return news;
}

static void
post (WattleNews *news)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, news_cb, news, news_free);
}

static void
heard_entry (const WattleOutboxEntry *entry, gpointer data)
{
  WattleNews *news = news_new (data, WATTLE_NEWS_ENTRY);

  news->item = wattle_outbox_item_new (entry);
  post (news);
}

static void
heard_identity (gpointer data)
{
  wattle_client_show_identity (data);
}

static void
heard_removed (const char *id, gpointer data)
{
  WattleNews *news = news_new (data, WATTLE_NEWS_REMOVED);

  news->id = g_strdup (id);
  post (news);
}

static void
heard_conflict (const WattleOutboxConflict *conflict, gpointer data)
{
  WattleNews *news = news_new (data, WATTLE_NEWS_CONFLICT);

  news->conflict = wattle_conflict_item_new (conflict);
  post (news);
}

static void
heard_resolved (gint64 number, gpointer data)
{
  WattleNews *news = news_new (data, WATTLE_NEWS_RESOLVED);

  news->number = number;
  post (news);
}

static void
heard_progress (double fraction, gint64 rows, gint64 total, gpointer data)
{
  WattleNews *news = news_new (data, WATTLE_NEWS_PROGRESS);

  news->fraction = fraction;
  news->rows = rows;
  news->total = total;
  post (news);
}

static void
heard_typing (const char *conversation, const char *user, gpointer data)
{
  WattleNews *news = news_new (data, WATTLE_NEWS_TYPING);

  news->id = g_strdup (conversation);
  news->user = g_strdup (user);
  post (news);
}

static void
heard_rooms (gpointer data)
{
  post (news_new (data, WATTLE_NEWS_ROOMS));
}

static void
heard_complaint (const char *sentence, gpointer data)
{
  WattleNews *news = news_new (data, WATTLE_NEWS_COMPLAINT);

  news->id = g_strdup (sentence);
  post (news);
}

/* On the sync thread; the core lives as long as that does. */
static void
heard_step (WattleStep step, const GError *error, gpointer data)
{
  WattleClient *self = data;
  WattleNews *news = news_new (self, WATTLE_NEWS_STEP);
  g_autoptr (GError) too_long = NULL;

  news->step = step;
  /* A greeting alone, which anybody answers, is no contact. */
  news->too_long = step != WATTLE_STEP_MORE
                   && !wattle_core_note_contact (self->core, step == WATTLE_STEP_IDLE, &too_long)
                   && g_strcmp0 (wattle_error_get_field (too_long), "offline_days") == 0;
  if (news->too_long)
    error = too_long;
  news->error = error != NULL ? g_error_copy (error) : NULL;
  news->ended = wattle_session_has_ended (self->core->session);
  news->read_only = wattle_engine_is_read_only (self->core->engine);
  post (news);
}

/* What the engine of @self tells it by. */
WattleEngineListener
wattle_client_listener (WattleClient *self)
{
  return (WattleEngineListener){ .entry = heard_entry,
                                 .removed = heard_removed,
                                 .conflict = heard_conflict,
                                 .resolved = heard_resolved,
                                 .progress = heard_progress,
                                 .identity = heard_identity,
                                 .complaint = heard_complaint,
                                 .data = self };
}

/* The thread of the core's sync (transfer full), which tells @self of its steps. */
WattleThread *
wattle_client_start_thread (WattleClient *self)
{
  return wattle_thread_start (self->core->engine, self->core->session, heard_step, heard_typing, heard_rooms, self);
}
