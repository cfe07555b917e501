/* green-room.c: where one looks at oneself, listens and tries the network before anything is sent
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/telehealth/green-room.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/telehealth/call-devices.h"
#include "app/telehealth/video-view.h"
#include "app/widgets/accessible.h"

struct _WattleGreenRoom
{
  AdwBin parent;
  WattleCallSession *session;
  WattleVideoView *preview;
  GtkLabel *heading;
  GtkLabel *promise;
  GtkLabel *trouble;
  AdwButtonContent *camera_content;
  AdwButtonContent *microphone_content;
  GtkWidget *join;
  AdwComboRow *cameras;
  AdwComboRow *microphones;
  AdwComboRow *speakers;
  GtkLevelBar *level;
  AdwActionRow *level_row;
  AdwActionRow *network_row;
  GtkSpinner *spinner;
  GtkWidget *network;
  GHashTable *troubles; /* kind: sentence */
  gboolean filling;
};

enum
{
  JOIN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WattleGreenRoom, wattle_green_room, ADW_TYPE_BIN)

static WattleConsult *
consult (WattleGreenRoom *self)
{
  return wattle_call_session_consult (self->session);
}

/* One sentence at a time: the whole engine first, then what the person cares for most. */
static void
show_trouble (WattleGreenRoom *self)
{
  static const char *const order[] = { "engine", "camera", "microphone", "speaker" };
  const char *sentence = NULL;

  for (gsize i = 0; sentence == NULL && i < G_N_ELEMENTS (order); i++)
    sentence = g_hash_table_lookup (self->troubles, order[i]);
  gtk_label_set_label (self->trouble, sentence != NULL ? sentence : "");
  gtk_widget_set_visible (GTK_WIDGET (self->trouble), sentence != NULL);
}

static void
set_trouble (WattleGreenRoom *self, const char *kind, const char *sentence)
{
  if (sentence != NULL)
    g_hash_table_insert (self->troubles, g_strdup (kind), g_strdup (sentence));
  else
    g_hash_table_remove (self->troubles, kind);
  show_trouble (self);
}

static void
show_switches (WattleGreenRoom *self)
{
  gboolean camera = wattle_consult_camera (consult (self));
  gboolean microphone = wattle_consult_microphone (consult (self));

  adw_button_content_set_label (self->camera_content, camera ? _("_Camera On") : _("_Camera Off"));
  adw_button_content_set_icon_name (self->camera_content,
                                    camera ? "camera-video-symbolic" : "camera-disabled-symbolic");
  adw_button_content_set_label (self->microphone_content, microphone ? _("_Microphone On") : _("_Microphone Off"));
  adw_button_content_set_icon_name (self->microphone_content,
                                    microphone ? "audio-input-microphone-symbolic" : "microphone-disabled-symbolic");
  wattle_video_view_set_shown (self->preview, camera);
}

/* The rows of one kind, and a sentence when there is none of it. */
static void
fill (WattleGreenRoom *self, AdwComboRow *row, const char *kind, const char *none)
{
  guint n = wattle_call_devices_fill (row, self->session, kind);
  const char *chosen = wattle_call_session_device (self->session, kind);
  gboolean drawn = g_strcmp0 (chosen, "test") == 0 || g_strcmp0 (chosen, "none") == 0;
  gboolean unknown = g_str_equal (kind, "camera") && wattle_call_session_asks_for_camera (self->session);

  if (!unknown)
    set_trouble (self, kind, n == 0 && !drawn ? none : NULL);
}

static void
devices_cb (WattleGreenRoom *self)
{
  self->filling = TRUE;
  fill (self, self->cameras, "camera",
        _("No camera was found. You can join all the same: the others hear you and do not see you."));
  fill (self, self->microphones, "microphone",
        _("No microphone was found, so nobody will hear you. Connect one, or join and write to each other."));
  fill (self, self->speakers, "speaker", _("No speaker was found, so you will not hear the others. Connect one."));
  self->filling = FALSE;
}

static void
picked_cb (WattleGreenRoom *self, GParamSpec *pspec, AdwComboRow *row)
{
  if (self->session != NULL && !self->filling)
    wattle_call_devices_pick (row, self->session);
}

static void
frame_cb (WattleGreenRoom *self, const char *peer, const WattleVideoFrame *frame)
{
  if (*peer == '\0' && gtk_widget_get_mapped (GTK_WIDGET (self)))
    wattle_video_sink_take (WATTLE_VIDEO_SINK (wattle_video_view_paintable (self->preview)), frame);
}

static void
level_cb (WattleGreenRoom *self, double level)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    gtk_level_bar_set_value (self->level, CLAMP (level, 0, 1));
}

static void
tested_cb (WattleGreenRoom *self, gboolean works, guint milliseconds, const char *sentence)
{
  g_autofree char *words = NULL;

  if (!works)
    words = g_strdup (sentence != NULL ? sentence : _("Picture and sound cannot travel from here just now."));
  else if (milliseconds < 600)
    words = g_strdup (_("Works well."));
  else
    words = g_strdup_printf (_("Works, and takes its time: %.1f seconds to connect."), milliseconds / 1000.0);
  gtk_spinner_stop (self->spinner);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), FALSE);
  gtk_widget_set_sensitive (self->network, TRUE);
  adw_action_row_set_subtitle (self->network_row, words);
}

static void
network_cb (WattleGreenRoom *self)
{
  gtk_widget_set_sensitive (self->network, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), TRUE);
  gtk_spinner_start (self->spinner);
  adw_action_row_set_subtitle (self->network_row, _("Trying…"));
  wattle_call_engine_test_network (wattle_call_session_engine (self->session));
}

static void
play_cb (WattleGreenRoom *self)
{
  wattle_call_engine_test_speaker (wattle_call_session_engine (self->session));
}

static void
join_cb (WattleGreenRoom *self)
{
  g_signal_emit (self, signals[JOIN], 0);
}

static void
sized_cb (WattleGreenRoom *self, int width, int height)
{
  /* When this page has faded away the own picture belongs to the next one, which has told its size already. */
  if (self->session != NULL && width > 0)
    wattle_call_engine_set_view_size (wattle_call_session_engine (self->session), "", (guint) width, (guint) height);
}

static void
ready_cb (WattleGreenRoom *self)
{
  g_autofree char *heading = g_strdup_printf (_("Video visit with %s"), wattle_call_session_title (self->session));
  gboolean open = wattle_call_session_has_room (self->session);

  gtk_label_set_label (self->heading, heading);
  gtk_widget_set_sensitive (self->join, open);
  if (!open)
    set_trouble (self, "engine", _("This visit has no video room. The practice can change it to a visit by video."));
}

static void
failed_cb (WattleGreenRoom *self, const char *sentence)
{
  set_trouble (self, "engine", sentence);
}

static void
wattle_green_room_dispose (GObject *object)
{
  WattleGreenRoom *self = WATTLE_GREEN_ROOM (object);

  g_clear_object (&self->session);
  gtk_widget_dispose_template (GTK_WIDGET (self), WATTLE_TYPE_GREEN_ROOM);
  G_OBJECT_CLASS (wattle_green_room_parent_class)->dispose (object);
}

static void
wattle_green_room_finalize (GObject *object)
{
  g_hash_table_unref (WATTLE_GREEN_ROOM (object)->troubles);
  G_OBJECT_CLASS (wattle_green_room_parent_class)->finalize (object);
}

static void
wattle_green_room_class_init (WattleGreenRoomClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_green_room_dispose;
  G_OBJECT_CLASS (klass)->finalize = wattle_green_room_finalize;
  g_type_ensure (WATTLE_TYPE_VIDEO_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/telehealth/green-room.ui");
#define CHILD(name) gtk_widget_class_bind_template_child (widget_class, WattleGreenRoom, name)
  CHILD (preview);
  CHILD (heading);
  CHILD (promise);
  CHILD (trouble);
  CHILD (camera_content);
  CHILD (microphone_content);
  CHILD (join);
  CHILD (cameras);
  CHILD (microphones);
  CHILD (speakers);
  CHILD (level);
  CHILD (level_row);
  CHILD (network_row);
  CHILD (spinner);
  CHILD (network);
#undef CHILD
  gtk_widget_class_bind_template_callback (widget_class, join_cb);
  gtk_widget_class_bind_template_callback (widget_class, play_cb);
  gtk_widget_class_bind_template_callback (widget_class, network_cb);
  gtk_widget_class_bind_template_callback (widget_class, picked_cb);
  signals[JOIN] = g_signal_new ("join", WATTLE_TYPE_GREEN_ROOM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
wattle_green_room_init (WattleGreenRoom *self)
{
  self->troubles = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  gtk_widget_init_template (GTK_WIDGET (self));
  wattle_name_rows (GTK_WIDGET (self));
  g_signal_connect_swapped (self->preview, "sized", G_CALLBACK (sized_cb), self);
}

/**
 * wattle_green_room_set_session:
 * @self: a green room
 * @session: the consult it leads to
 *
 * Starts the engine, with the camera off.
 */
void
wattle_green_room_set_session (WattleGreenRoom *self, WattleCallSession *session)
{
  WattleCallEngine *engine = wattle_call_session_engine (session);
  g_autoptr (GError) error = NULL;

  self->session = g_object_ref (session);
  wattle_video_view_set_own (self->preview, wattle_call_session_own_name (session));
  gtk_widget_set_sensitive (self->join, FALSE);
  g_signal_connect_object (session, "ready", G_CALLBACK (ready_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "failed", G_CALLBACK (failed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "trouble", G_CALLBACK (set_trouble), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (consult (self), "changed", G_CALLBACK (show_switches), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (engine, "devices", G_CALLBACK (devices_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (engine, "frame", G_CALLBACK (frame_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (engine, "level", G_CALLBACK (level_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (engine, "network", G_CALLBACK (tested_cb), self, G_CONNECT_SWAPPED);
  if (!wattle_call_session_start (session, &error))
    set_trouble (self, "engine", error->message);
  show_switches (self);
}

/**
 * wattle_green_room_show_reason:
 * @self: a green room
 * @sentence: why one is here again
 * @verb: what the button says
 */
void
wattle_green_room_show_reason (WattleGreenRoom *self, const char *sentence, const char *verb)
{
  gtk_label_set_label (self->promise, sentence);
  gtk_button_set_label (GTK_BUTTON (self->join), verb);
}
