/* recording-window.c: plays the recording of a call from the chart
 *
 * It is opened bit by bit as it is played, and handed to an engine of its own; nothing of it is written anywhere.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/telehealth/recording-window.h"

#include <glib/gi18n-lib.h>

#include "app/access/opening.h"
#include "app/telehealth/video-view.h"
#include "app/widgets/display.h"
#include "base/civil.h"

#define TRACKS 4
#define PIECE (256 * 1024)
#define OWNER "wattle-track"

struct _WattleRecordingWindow
{
  AdwWindow parent;
  WattleContext *context;
  WattleRecord *document;
  WattleCallEngine *engine;
  AdwWindowTitle *title;
  GtkGrid *grid;
  GtkStack *stack;
  AdwStatusPage *problem;
  GtkButton *button;
  GtkLabel *where;
  WattleVideoView *views[TRACKS];
  guint n_views;
  GBytes *part; /* (nullable): of the recording, read and not yet handed over */
  gsize given;  /* of it */
  gint64 read;
  gboolean reading;
  gboolean wanted; /* the engine waits for more */
  gboolean at_end; /* all was read */
  gboolean paused;
  gboolean done;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (WattleRecordingWindow, wattle_recording_window, ADW_TYPE_WINDOW)

static void
show_problem (WattleRecordingWindow *self, const char *sentence)
{
  adw_status_page_set_description (self->problem, sentence);
  gtk_stack_set_visible_child (self->stack, GTK_WIDGET (self->problem));
}

static void
show_button (WattleRecordingWindow *self)
{
  gboolean plays = !self->paused && !self->done;
  const char *label = plays ? _("Pause") : self->done ? _("Play Again") : _("Play");

  gtk_button_set_icon_name (self->button, plays ? "media-playback-pause-symbolic" : "media-playback-start-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->button), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void read_on (WattleRecordingWindow *self);

/* Hands over what is there while more is wanted. */
static void
give (WattleRecordingWindow *self)
{
  gsize left = self->part != NULL ? g_bytes_get_size (self->part) - self->given : 0;
  g_autoptr (GBytes) piece = NULL;

  if (!self->wanted || (left == 0 && !self->at_end))
    {
      if (self->wanted)
        read_on (self);
      return;
    }
  self->wanted = FALSE;
  piece = left > 0 ? g_bytes_new_from_bytes (self->part, self->given, MIN (left, PIECE)) : g_bytes_new (NULL, 0);
  self->given += g_bytes_get_size (piece);
  wattle_call_engine_play_bytes (self->engine, piece);
}

static void
read_cb (GObject *client, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleRecordingWindow) self = data;
  g_autoptr (GError) error = NULL;
  GBytes *part = wattle_client_read_recording_finish (WATTLE_CLIENT (client), result, &error);

  self->reading = FALSE;
  if (part == NULL)
    {
      if (!g_cancellable_is_cancelled (self->cancellable) && self->read == 0)
        show_problem (self, error->message);
      self->at_end = TRUE;
    }
  else
    {
      g_clear_pointer (&self->part, g_bytes_unref);
      self->part = part;
      self->given = 0;
      self->read += (gint64) g_bytes_get_size (part);
      self->at_end = g_bytes_get_size (part) == 0;
    }
  if (self->engine != NULL)
    give (self);
}

static void
read_on (WattleRecordingWindow *self)
{
  if (self->reading || !wattle_context_is_ready (self->context))
    return;
  self->reading = TRUE;
  wattle_client_read_recording_async (wattle_context_client (self->context), wattle_record_id (self->document),
                                      wattle_record_get_string (self->document, WATTLE_DOCUMENT_HASH), self->read,
                                      self->cancellable, read_cb, g_object_ref (self));
}

static void
play_cb (WattleRecordingWindow *self, const char *what, guint milliseconds)
{
  g_autofree char *where = g_strdup_printf ("%u:%02u", milliseconds / 60000, milliseconds / 1000 % 60);

  gtk_label_set_label (self->where, where);
  if (g_str_equal (what, "more"))
    {
      self->wanted = TRUE;
      give (self);
    }
  else if (g_str_equal (what, "done"))
    {
      self->done = TRUE;
      show_button (self);
    }
}

static void
sized_cb (WattleRecordingWindow *self, int width, int height, WattleVideoView *view)
{
  const char *track = g_object_get_data (G_OBJECT (view), OWNER);

  if (self->engine != NULL)
    wattle_call_engine_set_view_size (self->engine, track, (guint) width, (guint) height);
}

static int
index_of (const char *track)
{
  return track[0] == 't' && track[1] >= '1' && track[1] < '1' + TRACKS && track[2] == '\0' ? track[1] - '1' : -1;
}

/* The size is told once the picture has one: an engine draws nothing before. */
static WattleVideoView *
add_view (WattleRecordingWindow *self, int index)
{
  static const char *const names[TRACKS] = { N_("Who recorded"), N_("First of the others"),
                                             N_("Second of the others"), N_("Third of the others") };
  GtkWidget *view = g_object_new (WATTLE_TYPE_VIDEO_VIEW, "hexpand", TRUE, "vexpand", TRUE, NULL);

  self->views[index] = WATTLE_VIDEO_VIEW (view);
  g_object_set_data_full (G_OBJECT (view), OWNER, g_strdup_printf ("t%d", index + 1), g_free);
  wattle_video_view_set_person (self->views[index], _(names[index]));
  wattle_video_view_set_caption (self->views[index], _(names[index]));
  g_signal_connect_object (view, "sized", G_CALLBACK (sized_cb), self, G_CONNECT_SWAPPED);
  gtk_grid_attach (self->grid, view, (int) self->n_views % 2, (int) self->n_views / 2, 1, 1);
  self->n_views++;
  return self->views[index];
}

static void
frame_cb (WattleRecordingWindow *self, const char *track, const WattleVideoFrame *frame)
{
  int index = index_of (track);
  WattleVideoView *view = index >= 0 ? self->views[index] : NULL;

  if (index < 0)
    return;
  if (view == NULL)
    view = add_view (self, index);
  wattle_video_sink_take (WATTLE_VIDEO_SINK (wattle_video_view_paintable (view)), frame);
}

static void
died_cb (WattleRecordingWindow *self, const char *sentence)
{
  show_problem (self, _("The recording cannot be played any further: the program that shows it ended."));
}

/* From the beginning. */
static void
play (WattleRecordingWindow *self)
{
  g_clear_pointer (&self->part, g_bytes_unref);
  self->given = 0;
  self->read = 0;
  self->at_end = FALSE;
  self->wanted = FALSE;
  self->done = FALSE;
  self->paused = FALSE;
  wattle_call_engine_play (self->engine, TRUE);
  /* Before the first picture nobody knows which tracks there are. */
  for (int i = 0; i < TRACKS; i++)
    {
      g_autofree char *track = g_strdup_printf ("t%d", i + 1);
      int width = self->views[i] != NULL ? gtk_widget_get_width (GTK_WIDGET (self->views[i])) : 640;
      int height = self->views[i] != NULL ? gtk_widget_get_height (GTK_WIDGET (self->views[i])) : 360;

      wattle_call_engine_set_view_size (self->engine, track, (guint) width, (guint) height);
    }
  show_button (self);
}

static void
clicked_cb (WattleRecordingWindow *self)
{
  if (self->done)
    {
      play (self);
      return;
    }
  self->paused = !self->paused;
  wattle_call_engine_pause (self->engine, self->paused);
  show_button (self);
}

/* Locked: whoever comes to the computer now must not see it. */
static void
ready_cb (WattleRecordingWindow *self)
{
  if (!wattle_context_is_ready (self->context))
    gtk_window_destroy (GTK_WINDOW (self));
}

static void
wattle_recording_window_dispose (GObject *object)
{
  WattleRecordingWindow *self = WATTLE_RECORDING_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  if (self->engine != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->engine, self);
      wattle_call_engine_stop (self->engine);
    }
  g_clear_object (&self->engine);
  g_clear_object (&self->document);
  g_clear_object (&self->context);
  g_clear_pointer (&self->part, g_bytes_unref);
  gtk_widget_dispose_template (GTK_WIDGET (self), WATTLE_TYPE_RECORDING_WINDOW);
  G_OBJECT_CLASS (wattle_recording_window_parent_class)->dispose (object);
}

static void
wattle_recording_window_finalize (GObject *object)
{
  g_object_unref (WATTLE_RECORDING_WINDOW (object)->cancellable);
  G_OBJECT_CLASS (wattle_recording_window_parent_class)->finalize (object);
}

static void
wattle_recording_window_class_init (WattleRecordingWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_recording_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = wattle_recording_window_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/telehealth/recording-window.ui");
#define CHILD(name) gtk_widget_class_bind_template_child (widget_class, WattleRecordingWindow, name)
  CHILD (title);
  CHILD (grid);
  CHILD (stack);
  CHILD (problem);
  CHILD (button);
  CHILD (where);
#undef CHILD
  gtk_widget_class_bind_template_callback (widget_class, clicked_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
wattle_recording_window_init (WattleRecordingWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->cancellable = g_cancellable_new ();
}

static void
start (WattleRecordingWindow *self)
{
  WattleCallSettings settings = { .camera = "none", .microphone = "none" };
  g_autoptr (GError) error = NULL;

  if (g_getenv ("WATTLE_CALL_SOURCES") != NULL)
    settings.speaker = "none";
  self->engine = wattle_call_engine_new (NULL);
  g_signal_connect_object (self->engine, "play", G_CALLBACK (play_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->engine, "frame", G_CALLBACK (frame_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->engine, "died", G_CALLBACK (died_cb), self, G_CONNECT_SWAPPED);
  if (wattle_call_engine_start (self->engine, &settings, &error))
    play (self);
  else
    show_problem (self, error->message);
}

/* Whether a file in a chart is the recording of a call. */
gboolean
wattle_recording_is (WattleRecord *document)
{
  return wattle_record_get_integer (document, WATTLE_DOCUMENT_KIND) == WATTLE_DOCUMENT_KIND_RECORDING;
}

/**
 * wattle_recording_show:
 * @parent: where the person asked
 * @context: the context
 * @document: a recording in a chart
 *
 * Opens a window that plays it; that it was opened is written down.
 */
void
wattle_recording_show (GtkWidget *parent, WattleContext *context, WattleRecord *document)
{
  WattleRecordingWindow *self =
    g_object_new (WATTLE_TYPE_RECORDING_WINDOW, "transient-for", gtk_widget_get_root (parent), NULL);
  g_autofree char *until = NULL;
  g_autofree char *subtitle = NULL;

  self->context = g_object_ref (context);
  self->document = g_object_ref (document);
  g_signal_connect_object (context, "notify::ready", G_CALLBACK (ready_cb), self, G_CONNECT_SWAPPED);
  wattle_tell_opened (context, wattle_record_get_string (document, WATTLE_DOCUMENT_PATIENT), WATTLE_RECORD_DOCUMENT,
                      wattle_record_id (document));
  adw_window_title_set_title (self->title, wattle_record_get_string (document, WATTLE_DOCUMENT_TITLE));
  gtk_window_set_title (GTK_WINDOW (self), wattle_record_get_string (document, WATTLE_DOCUMENT_TITLE));
  if (wattle_record_has (document, WATTLE_DOCUMENT_RETAIN_UNTIL))
    {
      until = wattle_display_day (wattle_record_get_integer (document, WATTLE_DOCUMENT_RETAIN_UNTIL),
                                  wattle_context_today (context));
      subtitle = g_strdup_printf (_("Kept until at least %s"), until);
      adw_window_title_set_subtitle (self->title, subtitle);
    }
  start (self);
  gtk_window_present (GTK_WINDOW (self));
}
