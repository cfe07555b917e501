/* thread.c: the thread that steps an engine: when to push, pull and listen, and how long to wait
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "sync/thread.h"

#include <sodium.h>

#include "base/error.h"
#include "base/json.h"

#define POLL (60 * G_USEC_PER_SEC)
#define FIRST_RETRY (G_USEC_PER_SEC / 2)
#define LAST_RETRY (30 * G_USEC_PER_SEC)
#define APPROVAL_RETRY (5 * G_USEC_PER_SEC)

struct _WattleThread
{
  WattleEngine *engine;
  WattleSession *session;
  WattleThreadReport report;
  WattleThreadTyping typing;
  WattleThreadRooms rooms;
  gpointer data;

  GThread *thread;
  GMainContext *context;
  GMainLoop *loop;
  GCancellable *cancellable;
  GSource *stepper;
  GSource *listener;
  gboolean failing; /* atomic */
  gboolean kicked;  /* atomic: since the last step began */

  /* Only the thread itself: */
  guint retries;
  guint line_retries;
  gboolean listening;
  gboolean polling; /* the next step that comes by itself asks for changes */
};

/* Clients that lost the same server must not come back in one wave: half to the whole of the time. */
static gint64
jitter (gint64 time)
{
  return time / 2 + (gint64) (randombytes_uniform (1000) / 1000.0 * (time / 2));
}

static gint64
backoff (guint retries)
{
  return jitter (MIN (FIRST_RETRY << MIN (retries, 10), LAST_RETRY));
}

static void
set_ready_in (GSource *source, gint64 time)
{
  g_source_set_ready_time (source, g_get_monotonic_time () + time);
}

/* TRUE when that was what the server said. */
static gboolean
take_typing (WattleThread *self, WattleJsonNode message)
{
  WattleJsonNode typing = wattle_json_member (message, "typing");
  const char *conversation = wattle_json_member_string (typing, "thread");
  const char *user = wattle_json_member_string (typing, "user");

  if (!wattle_json_exists (typing))
    return FALSE;
  if (conversation != NULL && user != NULL)
    self->typing (conversation, user, self->data);
  return TRUE;
}

/* Likewise. */
static gboolean
take_rooms (WattleThread *self, WattleJsonNode message)
{
  if (!wattle_json_member_boolean (message, "rooms"))
    return FALSE;
  self->rooms (self->data);
  return TRUE;
}

static void
event_cb (const char *message, gpointer data)
{
  WattleThread *self = data;
  g_autoptr (WattleJson) json = message != NULL ? wattle_json_parse (message, -1, NULL, NULL) : NULL;
  gint64 head, retry;

  if (message == NULL)
    {
      self->listening = FALSE;
      set_ready_in (self->listener, backoff (self->line_retries++));
      return;
    }
  self->line_retries = 0;
  if (json == NULL || take_typing (self, wattle_json_root (json)) || take_rooms (self, wattle_json_root (json)))
    return;
  head = wattle_json_member_integer (wattle_json_root (json), "poke", -1);
  retry = wattle_json_member_integer (wattle_json_root (json), "retry_ms", 500);
  if (wattle_json_exists (wattle_json_member (wattle_json_root (json), "goodbye")))
    {
      wattle_transport_hang_up (wattle_session_transport (self->session));
      wattle_engine_greet_again (self->engine);
      self->listening = FALSE;
      set_ready_in (self->listener, jitter (2 * CLAMP (retry, 10, 60000) * 1000));
      return;
    }
  if (wattle_json_member_boolean (wattle_json_root (json), "signed_out"))
    wattle_session_expire (self->session);
  if (wattle_json_exists (wattle_json_member (wattle_json_root (json), "scope")))
    {
      /* Perhaps another role: the tokens are renewed, and their answer says who the person is now. */
      wattle_session_expire (self->session);
      wattle_engine_greet_again (self->engine);
    }
  wattle_engine_poke (self->engine, head);
  self->polling = FALSE;
  g_source_set_ready_time (self->stepper, 0);
}

static gboolean
listen_cb (gpointer data)
{
  WattleThread *self = data;
  g_autofree char *token = NULL;

  g_source_set_ready_time (self->listener, -1);
  if (self->listening || __atomic_load_n (&self->failing, __ATOMIC_RELAXED))
    return G_SOURCE_CONTINUE;
  token = wattle_session_token (self->session, self->cancellable, NULL);
  if (token == NULL)
    return G_SOURCE_CONTINUE;
  self->listening = TRUE;
  wattle_transport_listen (wattle_session_transport (self->session), token, event_cb, self);
  /* What changed while nobody listened, and what one may see since. */
  wattle_engine_greet_again (self->engine);
  g_source_set_ready_time (self->stepper, 0);
  return G_SOURCE_CONTINUE;
}

static gint64
after_failure (WattleThread *self, const GError *error)
{
  gint64 wait;

  if (g_error_matches (error, WATTLE_ERROR, WATTLE_ERROR_FORBIDDEN)
      && (g_strcmp0 (wattle_error_get_field (error), "device") == 0
          || g_strcmp0 (wattle_error_get_field (error), "second_factor") == 0))
    return jitter (APPROVAL_RETRY);
  if (g_error_matches (error, WATTLE_ERROR, WATTLE_ERROR_UNSUPPORTED))
    return jitter (2 * POLL);
  /* The server knows best when it can take more; those it told the same come back spread over a quarter more. */
  wait = wattle_session_wait (self->session);
  return MAX (backoff (self->retries++), wait + jitter (wait / 4));
}

static void
step_once (WattleThread *self, gboolean kicked)
{
  g_autoptr (GError) error = NULL;
  WattleStep step;

  if (self->polling && !kicked)
    wattle_engine_poke (self->engine, -1);
  self->polling = FALSE;
  g_source_set_ready_time (self->stepper, -1);
  step = wattle_engine_step (self->engine, self->cancellable, &error);
  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  __atomic_store_n (&self->failing, step == WATTLE_STEP_FAILED, __ATOMIC_RELAXED);
  self->report (step, error, self->data);
  if (step == WATTLE_STEP_FAILED)
    {
      set_ready_in (self->stepper, after_failure (self, error));
      return;
    }
  self->retries = 0;
  if (!self->listening && g_source_get_ready_time (self->listener) < 0)
    set_ready_in (self->listener, self->line_retries > 0 ? backoff (self->line_retries) : 0);
  if (step == WATTLE_STEP_MORE)
    g_source_set_ready_time (self->stepper, 0);
  else if (g_source_get_ready_time (self->stepper) < 0)
    {
      gint64 poll = jitter (2 * POLL) - POLL / 2;
      gint64 wait = wattle_engine_wait (self->engine);

      self->polling = wait < 0 || wait > poll;
      set_ready_in (self->stepper, self->polling ? poll : wait + jitter (wait / 4));
    }
}

static gboolean
step_cb (gpointer data)
{
  WattleThread *self = data;

  step_once (self, __atomic_exchange_n (&self->kicked, FALSE, __ATOMIC_SEQ_CST));
  /* A kick that came while the next time was being set must not wait for that. */
  if (__atomic_load_n (&self->kicked, __ATOMIC_SEQ_CST))
    g_source_set_ready_time (self->stepper, 0);
  return G_SOURCE_CONTINUE;
}

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  return callback (data);
}

static GSourceFuncs source_funcs = { .dispatch = dispatch };

static GSource *
make_source (WattleThread *self, GSourceFunc func)
{
  GSource *source = g_source_new (&source_funcs, sizeof (GSource));

  g_source_set_callback (source, func, self, NULL);
  g_source_attach (source, self->context);
  return source;
}

static gpointer
run (gpointer data)
{
  WattleThread *self = data;

  g_main_context_push_thread_default (self->context);
  g_main_loop_run (self->loop);
  wattle_transport_hang_up (wattle_session_transport (self->session));
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

/**
 * wattle_thread_start:
 * @engine: an engine that was started; used until the thread is stopped
 * @session: its session
 * @report: told of every step, on the thread
 * @typing: told when somebody else writes in a conversation, on the thread
 * @rooms: told when the list of video rooms changed, on the thread
 * @data: for all of them
 *
 * Returns: (transfer full): the running thread
 */
WattleThread *
wattle_thread_start (WattleEngine *engine,
                     WattleSession *session,
                     WattleThreadReport report,
                     WattleThreadTyping typing,
                     WattleThreadRooms rooms,
                     gpointer data)
{
  WattleThread *self = g_new0 (WattleThread, 1);

  self->engine = engine;
  self->session = session;
  self->report = report;
  self->typing = typing;
  self->rooms = rooms;
  self->data = data;
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->cancellable = g_cancellable_new ();
  self->stepper = make_source (self, step_cb);
  self->listener = make_source (self, listen_cb);
  g_source_set_ready_time (self->stepper, 0);
  wattle_engine_set_fetch_ahead (engine, TRUE);
  self->thread = g_thread_new ("sync", run, self);
  return self;
}

static gboolean
quit_cb (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

/**
 * wattle_thread_stop:
 * @self: (transfer full): the thread; what it waits for is cancelled
 */
void
wattle_thread_stop (WattleThread *self)
{
  g_autoptr (GSource) quit = g_idle_source_new ();

  g_cancellable_cancel (self->cancellable);
  g_source_set_callback (quit, quit_cb, self->loop, NULL);
  g_source_set_priority (quit, G_PRIORITY_HIGH);
  g_source_attach (quit, self->context);
  g_thread_join (self->thread);
  g_source_destroy (self->stepper);
  g_source_unref (self->stepper);
  g_source_destroy (self->listener);
  g_source_unref (self->listener);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_object_unref (self->cancellable);
  g_free (self);
}

typedef struct
{
  WattleThread *thread;
  char *text;
} Telling;

static gboolean
tell_cb (gpointer data)
{
  Telling *self = data;

  if (self->thread->listening)
    wattle_transport_tell (wattle_session_transport (self->thread->session), self->text);
  return G_SOURCE_REMOVE;
}

static void
telling_free (gpointer data)
{
  Telling *self = data;

  g_free (self->text);
  g_free (self);
}

/**
 * wattle_thread_tell_typing:
 * @self: the thread
 * @conversation: id of the conversation that the person writes in
 *
 * Tells the others, if somebody listens. From any thread.
 */
void
wattle_thread_tell_typing (WattleThread *self, const char *conversation)
{
  Telling *telling = g_new0 (Telling, 1);

  telling->thread = self;
  telling->text = g_strdup_printf ("{\"typing\":\"%s\"}", conversation);
  g_main_context_invoke_full (self->context, G_PRIORITY_DEFAULT, tell_cb, telling, telling_free);
}

/**
 * wattle_thread_kick:
 * @self: the thread
 * @now: also while it waits after a failure
 *
 * There is something to do. From any thread.
 */
void
wattle_thread_kick (WattleThread *self, gboolean now)
{
  if (!now && __atomic_load_n (&self->failing, __ATOMIC_RELAXED))
    return;
  __atomic_store_n (&self->kicked, TRUE, __ATOMIC_SEQ_CST);
  g_source_set_ready_time (self->stepper, 0);
}
