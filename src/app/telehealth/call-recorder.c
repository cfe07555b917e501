/* call-recorder.c: what the engine hears and sees of a call, sealed on the disk as it comes
 *
 * Pieces come on the main thread and are sealed and written on one of their own, so that a slow disk holds up nothing.
 * Nothing is ever on the disk that is not sealed.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/telehealth/call-recorder.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "base/id.h"

/* How many pieces may wait for a disk that stands still: a minute's worth. */
#define MAX_WAITING 600

struct _WattleCallRecorder
{
  GObject parent;
  WattleContext *context;
  WattleCallEngine *engine;
  WattleStreamWriter *writer; /* (nullable): the thread's, once it runs */
  GThread *thread;
  GAsyncQueue *pieces; /* GBytes; an empty one is the end */
  gboolean on;
  gboolean begun;
  gboolean ended;
  int failed; /* atomic */
};

enum
{
  FAILED,
  KEPT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WattleCallRecorder, wattle_call_recorder, G_TYPE_OBJECT)

typedef struct
{
  WattleCallRecorder *recorder;
  char *sentence; /* (nullable): none when it is kept */
} Message;

static char *
sentence_of (const GError *error)
{
  if (wattle_error_get_code (error) == WATTLE_ERROR_DISK_FULL)
    return g_strdup (
      _("Recording has stopped: the disk of this computer is full. What was recorded until now is kept, "
         "and the call goes on."));
  return g_strdup_printf (_("Recording has stopped: %s What was recorded until now is kept, and the call goes on."),
                          error->message);
}

static gboolean
message_cb (gpointer data)
{
  Message *message = data;
  WattleCallRecorder *self = message->recorder;

  if (message->sentence != NULL)
    g_signal_emit (self, signals[FAILED], 0, message->sentence);
  else
    g_signal_emit (self, signals[KEPT], 0);
  g_object_unref (self);
  g_free (message->sentence);
  g_free (message);
  return G_SOURCE_REMOVE;
}

static void
tell (WattleCallRecorder *self, char *sentence)
{
  Message *message = g_new0 (Message, 1);

  message->recorder = g_object_ref (self);
  message->sentence = sentence;
  g_idle_add (message_cb, message);
}

static gboolean
write_piece (WattleCallRecorder *self, GBytes *piece, GError **error)
{
  const guint8 *data = g_bytes_get_data (piece, NULL);
  gsize length = g_bytes_get_size (piece);

  for (gsize at = 0; at < length; at += WATTLE_STREAM_MAX_PIECE)
    if (!wattle_stream_writer_add (self->writer, data + at, MIN (length - at, WATTLE_STREAM_MAX_PIECE), error))
      return FALSE;
  return TRUE;
}

static gpointer
write_thread (gpointer data)
{
  g_autoptr (WattleCallRecorder) self = data;
  gboolean goes_on = TRUE;

  while (goes_on)
    {
      g_autoptr (GBytes) piece = g_async_queue_pop (self->pieces);
      g_autoptr (GError) error = NULL;

      goes_on = g_bytes_get_size (piece) > 0;
      if (g_atomic_int_get (&self->failed))
        continue;
      if (goes_on ? write_piece (self, piece, &error) : wattle_stream_writer_end (self->writer, &error))
        continue;
      g_atomic_int_set (&self->failed, TRUE);
      if (goes_on)
        tell (self, sentence_of (error));
    }
  g_clear_pointer (&self->writer, wattle_stream_writer_free);
  tell (self, NULL);
  return NULL;
}

static void
end (WattleCallRecorder *self)
{
  if (self->ended)
    return;
  self->ended = TRUE;
  self->on = FALSE;
  g_signal_handlers_disconnect_by_data (self->engine, self);
  g_async_queue_push (self->pieces, g_bytes_new (NULL, 0));
}

static void
fail (WattleCallRecorder *self, const char *sentence)
{
  wattle_call_engine_record (self->engine, FALSE);
  g_signal_emit (self, signals[FAILED], 0, sentence);
  end (self);
}

static void
piece_cb (WattleCallRecorder *self, GBytes *piece, gboolean last)
{
  g_autoptr (WattleCallRecorder) kept = g_object_ref (self);

  if (g_bytes_get_size (piece) > 0 && !g_atomic_int_get (&self->failed))
    g_async_queue_push (self->pieces, g_bytes_ref (piece));
  if (last)
    end (self);
  else if (g_async_queue_length (self->pieces) > MAX_WAITING)
    fail (self, _("Recording has stopped: the disk of this computer does not keep up. What was recorded until now is "
                   "kept, and the call goes on."));
}

static void
died_cb (WattleCallRecorder *self)
{
  end (self);
}

static void
begun_cb (GObject *client, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleCallRecorder) self = data;
  g_autoptr (GError) error = NULL;

  self->writer = wattle_client_begin_recording_finish (WATTLE_CLIENT (client), result, &error);
  if (self->writer == NULL)
    {
      g_autofree char *sentence = sentence_of (error);

      g_signal_emit (self, signals[FAILED], 0, sentence);
      end (self);
      tell (self, NULL);
      return;
    }
  self->begun = TRUE;
  self->thread = g_thread_new ("recording", write_thread, g_object_ref (self));
  if (!self->ended)
    wattle_call_engine_record (self->engine, TRUE);
}

static void
wattle_call_recorder_finalize (GObject *object)
{
  WattleCallRecorder *self = WATTLE_CALL_RECORDER (object);

  if (self->thread != NULL)
    g_thread_unref (self->thread);
  g_async_queue_unref (self->pieces);
  g_object_unref (self->engine);
  g_object_unref (self->context);
  G_OBJECT_CLASS (wattle_call_recorder_parent_class)->finalize (object);
}

static void
wattle_call_recorder_class_init (WattleCallRecorderClass *klass)
{
  GType type = WATTLE_TYPE_CALL_RECORDER;

  G_OBJECT_CLASS (klass)->finalize = wattle_call_recorder_finalize;
  signals[FAILED] =
    g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[KEPT] = g_signal_new ("kept", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
wattle_call_recorder_init (WattleCallRecorder *self)
{
  self->pieces = g_async_queue_new_full ((GDestroyNotify) g_bytes_unref);
}

/**
 * wattle_call_recorder_new:
 * @context: the context
 * @engine: an engine that runs
 * @about: what whoever files it must know, see recordings.h
 *
 * Begins a recording of its own.
 *
 * Returns: (transfer full): a recorder
 */
WattleCallRecorder *
wattle_call_recorder_new (WattleContext *context, WattleCallEngine *engine, const char *about)
{
  WattleCallRecorder *self = g_object_new (WATTLE_TYPE_CALL_RECORDER, NULL);
  g_autofree char *id = wattle_id_new ();

  self->context = g_object_ref (context);
  self->engine = g_object_ref (engine);
  self->on = TRUE;
  g_signal_connect_object (engine, "recording", G_CALLBACK (piece_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (engine, "died", G_CALLBACK (died_cb), self, G_CONNECT_SWAPPED);
  wattle_client_begin_recording_async (wattle_context_client (context), id, about, NULL, begun_cb, g_object_ref (self));
  return self;
}

/* Whether it records, or is about to. */
gboolean
wattle_call_recorder_is_on (WattleCallRecorder *self)
{
  return self->on;
}

/* Ends the recording, with the last piece of an engine that still runs; "kept" follows. */
void
wattle_call_recorder_stop (WattleCallRecorder *self)
{
  if (self->on)
    wattle_call_engine_record (self->engine, FALSE);
  self->on = FALSE;
  if (!self->begun || !wattle_call_engine_is_running (self->engine))
    end (self);
}
