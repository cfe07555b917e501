/* draft-keeper.c: keeps what is typed and not yet saved, and brings it back after a crash
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/widgets/draft-keeper.h"

#include "base/clock.h"
#include "base/error.h"

/* A pause of so many milliseconds in the typing, and it is kept; without a pause it is kept at least so often. */
#define PAUSE 400
#define AT_LEAST_EVERY 5000

typedef struct
{
  char *name;
  GtkTextBuffer *buffer;
  gulong handler;
} Binding;

struct _WattleDraftKeeper
{
  GObject parent;
  WattleClient *client;
  char *key;
  GArray *bindings;
  guint timer;
  gint64 waiting_since; /* monotonic; 0 when nothing waits */
  gint64 kept_at;       /* of the draft that came back; 0 when none did */
};

enum
{
  KEPT,
  FAILED,
  RESTORED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WattleDraftKeeper, wattle_draft_keeper, G_TYPE_OBJECT)

static void
clear_binding (gpointer data)
{
  Binding *binding = data;

  g_signal_handler_disconnect (binding->buffer, binding->handler);
  g_clear_object (&binding->buffer);
  g_clear_pointer (&binding->name, g_free);
}

static char *
buffer_text (GtkTextBuffer *buffer)
{
  GtkTextIter start;
  GtkTextIter end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
}

static char *
to_json (WattleDraftKeeper *self)
{
  GString *out = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (out);

  wattle_json_begin_object (&writer);
  wattle_json_pair_integer (&writer, "at", wattle_clock_now ());
  for (guint i = 0; i < self->bindings->len; i++)
    {
      Binding *binding = &g_array_index (self->bindings, Binding, i);
      g_autofree char *text = buffer_text (binding->buffer);

      wattle_json_pair_string (&writer, binding->name, text);
    }
  wattle_json_end_object (&writer);
  return g_string_free (out, FALSE);
}

static void
kept_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleDraftKeeper) self = data;
  g_autoptr (GError) error = NULL;

  if (wattle_client_keep_draft_finish (WATTLE_CLIENT (source), result, &error))
    g_signal_emit (self, signals[KEPT], 0);
  else
    g_signal_emit (self, signals[FAILED], 0, error->message);
}

static gboolean
pause_cb (gpointer data)
{
  WattleDraftKeeper *self = data;

  self->timer = 0;
  wattle_draft_keeper_flush (self);
  return G_SOURCE_REMOVE;
}

static void
typed_cb (GtkTextBuffer *buffer, WattleDraftKeeper *self)
{
  gint64 now = g_get_monotonic_time ();

  if (self->waiting_since == 0)
    self->waiting_since = now;
  g_clear_handle_id (&self->timer, g_source_remove);
  if (now - self->waiting_since > AT_LEAST_EVERY * G_GINT64_CONSTANT (1000))
    wattle_draft_keeper_flush (self);
  else
    self->timer = g_timeout_add (PAUSE, pause_cb, self);
}

static gboolean
put_back (WattleDraftKeeper *self, const char *json)
{
  g_autoptr (WattleJson) parsed = wattle_json_parse (json, -1, &WATTLE_JSON_WIRE_LIMITS, NULL);
  gboolean any = FALSE;

  if (parsed != NULL)
    self->kept_at = wattle_json_member_integer (wattle_json_root (parsed), "at", 0);
  for (guint i = 0; parsed != NULL && i < self->bindings->len; i++)
    {
      Binding *binding = &g_array_index (self->bindings, Binding, i);
      const char *kept = wattle_json_member_string (wattle_json_root (parsed), binding->name);
      g_autofree char *now = buffer_text (binding->buffer);

      if (kept == NULL || g_str_equal (kept, now))
        continue;
      g_signal_handler_block (binding->buffer, binding->handler);
      gtk_text_buffer_set_text (binding->buffer, kept, -1);
      g_signal_handler_unblock (binding->buffer, binding->handler);
      any = TRUE;
    }
  return any;
}

static void
found_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleDraftKeeper) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *json = wattle_client_find_draft_finish (WATTLE_CLIENT (source), result, &error);

  if (error != NULL && !g_error_matches (error, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND))
    g_signal_emit (self, signals[FAILED], 0, error->message);
  g_signal_emit (self, signals[RESTORED], 0, json != NULL && put_back (self, json));
}

static void
wattle_draft_keeper_dispose (GObject *object)
{
  WattleDraftKeeper *self = WATTLE_DRAFT_KEEPER (object);

  if (self->client != NULL)
    wattle_draft_keeper_flush (self);
  g_clear_handle_id (&self->timer, g_source_remove);
  g_array_set_size (self->bindings, 0);
  g_clear_object (&self->client);
  G_OBJECT_CLASS (wattle_draft_keeper_parent_class)->dispose (object);
}

static void
wattle_draft_keeper_finalize (GObject *object)
{
  WattleDraftKeeper *self = WATTLE_DRAFT_KEEPER (object);

  g_array_unref (self->bindings);
  g_free (self->key);
  G_OBJECT_CLASS (wattle_draft_keeper_parent_class)->finalize (object);
}

static void
wattle_draft_keeper_class_init (WattleDraftKeeperClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_draft_keeper_dispose;
  G_OBJECT_CLASS (klass)->finalize = wattle_draft_keeper_finalize;
  signals[KEPT] = g_signal_new ("kept", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[FAILED] = g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                  G_TYPE_STRING);
  signals[RESTORED] = g_signal_new ("restored", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                    G_TYPE_BOOLEAN);
}

static void
wattle_draft_keeper_init (WattleDraftKeeper *self)
{
  self->bindings = g_array_new (FALSE, FALSE, sizeof (Binding));
  g_array_set_clear_func (self->bindings, clear_binding);
}

/**
 * wattle_draft_keeper_new:
 * @context: the context
 * @key: whose draft, such as "note:<appointment id>"
 *
 * Returns: (transfer full): a keeper; bind buffers, then restore
 */
WattleDraftKeeper *
wattle_draft_keeper_new (WattleContext *context, const char *key)
{
  WattleDraftKeeper *self = g_object_new (WATTLE_TYPE_DRAFT_KEEPER, NULL);

  g_set_object (&self->client, wattle_context_client (context));
  /* A view may outlive the account for a moment, and what it kept then would come after the outbox has closed. */
  g_signal_connect_object (self->client, "signing-out", G_CALLBACK (wattle_draft_keeper_flush), self,
                           G_CONNECT_SWAPPED);
  self->key = g_strdup (key);
  return self;
}

/**
 * wattle_draft_keeper_bind:
 * @self: the keeper
 * @name: name of the text in the draft, such as "subjective"
 * @buffer: where it is typed
 */
void
wattle_draft_keeper_bind (WattleDraftKeeper *self, const char *name, GtkTextBuffer *buffer)
{
  Binding binding = { g_strdup (name), g_object_ref (buffer), 0 };

  binding.handler = g_signal_connect (buffer, "changed", G_CALLBACK (typed_cb), self);
  g_array_append_val (self->bindings, binding);
}

/**
 * wattle_draft_keeper_restore:
 * @self: the keeper
 *
 * Looks for a draft of this key and puts its texts back into the buffers;
 * "restored" follows.
 */
void
wattle_draft_keeper_restore (WattleDraftKeeper *self)
{
  wattle_client_find_draft_async (self->client, self->key, NULL, found_cb, g_object_ref (self));
}

/**
 * wattle_draft_keeper_flush:
 * @self: the keeper
 *
 * Keeps what waits now, without the pause: before a window closes.
 */
void
wattle_draft_keeper_flush (WattleDraftKeeper *self)
{
  g_autofree char *json = NULL;

  g_clear_handle_id (&self->timer, g_source_remove);
  if (self->waiting_since == 0)
    return;
  self->waiting_since = 0;
  json = to_json (self);
  wattle_client_keep_draft_async (self->client, self->key, json, NULL, kept_cb, g_object_ref (self));
}

/**
 * wattle_draft_keeper_drop:
 * @self: the keeper
 *
 * The text is saved elsewhere now, or thrown away by the person: forgets it.
 */
void
wattle_draft_keeper_drop (WattleDraftKeeper *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  self->waiting_since = 0;
  wattle_client_drop_draft_async (self->client, self->key);
}

/**
 * wattle_draft_keeper_kept_at:
 * @self: the keeper
 *
 * Returns: when the draft that came back was kept; 0 when none came back
 */
gint64
wattle_draft_keeper_kept_at (WattleDraftKeeper *self)
{
  return self->kept_at;
}
