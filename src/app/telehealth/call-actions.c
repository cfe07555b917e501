/* call-actions.c: what the buttons, the menu and the keys of a call do
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/telehealth/call-actions.h"

#include <glib/gi18n-lib.h>

#include "app/telehealth/screen-portal.h"
#include "app/widgets/feedback.h"

struct _WattleCallActions
{
  GtkWindow *window;
  WattleCallPage *page;
  GtkMenuButton *verify;
  WattleCallSession *session; /* the window's */
  GSimpleActionGroup *group;  /* "call" of the window */
  WattleScreenPortal *screen;
  GtkWindow *small; /* (nullable) */
  WattleVideoView *small_view; /* in it */
  gboolean in_call;
};

/* What makes no sense at the desk, which has no picture and sends none. */
static const char *const of_who_is_in[] = { "screen", "veil", "verify", "small", "layout", "self-view", "fullscreen" };

static WattleConsult *
consult (WattleCallActions *self)
{
  return wattle_call_session_consult (self->session);
}

static void
set_state (WattleCallActions *self, const char *name, gboolean state)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->group), name);

  g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_boolean (state));
}

static void
enable (WattleCallActions *self, const char *name, gboolean enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->group), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

static void
microphone_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  WattleConsult *of = consult (data);

  wattle_consult_set_microphone (of, !wattle_consult_microphone (of));
}

static void
camera_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  WattleCallActions *self = data;

  wattle_call_session_set_camera (self->session, !wattle_consult_camera (consult (self)));
}

static void
record_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  WattleCallActions *self = data;

  wattle_call_session_record (self->session);
}

static void
captions_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  WattleConsult *of = consult (data);

  wattle_consult_set_captions (of, !wattle_consult_captions (of));
}

static void
lock_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  WattleConsult *of = consult (data);

  wattle_consult_lock (of, !wattle_consult_is_locked (of));
}

static void
veil_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  WattleCallActions *self = data;
  g_autoptr (GVariant) state = g_action_get_state (G_ACTION (action));
  gboolean on = !g_variant_get_boolean (state);

  wattle_call_engine_set_veil (wattle_call_session_engine (self->session), on);
  g_simple_action_set_state (action, g_variant_new_boolean (on));
}

static void
shared_cb (gpointer data, int fd, guint32 node, const char *sentence)
{
  WattleCallActions *self = data;

  wattle_call_engine_share_screen (wattle_call_session_engine (self->session), fd, node);
  wattle_consult_set_screen (consult (self), fd >= 0);
  set_state (self, "screen", fd >= 0);
  if (sentence != NULL)
    wattle_call_page_say (self->page, sentence);
}

/* The desktop goes on to hand out the screen, and the others to be told of it, until somebody says that it is over. */
static void
stop_screen (WattleCallActions *self)
{
  g_autoptr (GVariant) state = g_action_group_get_action_state (G_ACTION_GROUP (self->group), "screen");

  if (g_variant_get_boolean (state))
    wattle_screen_portal_stop (self->screen);
}

static void
trouble_cb (WattleCallActions *self, const char *kind)
{
  if (g_str_equal (kind, "screen"))
    stop_screen (self);
}

/* Locked: whoever comes to the computer now must not be in the call. */
static void
ready_cb (WattleCallActions *self)
{
  if (!wattle_context_is_ready (wattle_call_session_context (self->session)))
    stop_screen (self);
}

static void
screen_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  WattleCallActions *self = data;
  g_autoptr (GVariant) state = g_action_get_state (G_ACTION (action));

  if (g_variant_get_boolean (state))
    wattle_screen_portal_stop (self->screen);
  else
    wattle_screen_portal_ask (self->screen);
}

static void
panel_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  WattleCallActions *self = data;

  if (self->in_call)
    wattle_call_page_show_panel (self->page, g_variant_get_string (parameter, NULL));
}

static void
note_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  WattleCallActions *self = data;

  wattle_call_page_show_panel (self->page, "note");
}

static void
device_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  WattleCallActions *self = data;
  const char *kind, *id;

  g_variant_get (parameter, "(&s&s)", &kind, &id);
  wattle_call_session_use_device (self->session, kind, id);
}

static void
self_view_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  WattleCallActions *self = data;

  wattle_call_page_set_self_view (self->page, g_variant_get_string (parameter, NULL));
  g_simple_action_set_state (action, parameter);
}

static void
layout_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  WattleCallActions *self = data;

  wattle_call_page_set_layout (self->page, g_variant_get_string (parameter, NULL));
  g_simple_action_set_state (action, parameter);
}

static void
fullscreen_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  WattleCallActions *self = data;

  if (gtk_window_is_fullscreen (self->window))
    gtk_window_unfullscreen (self->window);
  else if (self->in_call)
    gtk_window_fullscreen (self->window);
}

static void
small_closed_cb (GtkWindow *small, WattleCallActions *self)
{
  self->small = NULL;
  set_state (self, "small", FALSE);
}

/* The small window shows who is large in the other one, as they are now: people come and go, and so do pictures. */
static void
follow_small (WattleCallActions *self)
{
  WattleVideoView *main_view = wattle_call_page_main_view (self->page);

  if (self->small == NULL)
    return;
  if (main_view != NULL)
    wattle_video_view_share (self->small_view, main_view);
  else
    wattle_video_view_set_shown (self->small_view, FALSE);
}

/* The picture alone, so that something else can be worked on beside it. */
static void
small_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  WattleCallActions *self = data;
  GtkWidget *handle;

  if (self->small != NULL)
    {
      gtk_window_destroy (self->small);
      return;
    }
  self->small_view = g_object_new (WATTLE_TYPE_VIDEO_VIEW, "cover", TRUE, NULL);
  handle = g_object_new (GTK_TYPE_WINDOW_HANDLE, "child", self->small_view, NULL);
  self->small =
    g_object_new (ADW_TYPE_WINDOW, "title", gtk_window_get_title (self->window), "default-width", 320, "default-height",
                  180, "content", handle, "application", gtk_window_get_application (self->window), NULL);
  g_signal_connect (self->small, "destroy", G_CALLBACK (small_closed_cb), self);
  follow_small (self);
  set_state (self, "small", TRUE);
  gtk_window_present (self->small);
}

static void
verify_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  WattleCallActions *self = data;

  if (gtk_widget_get_visible (GTK_WIDGET (self->verify)))
    gtk_menu_button_popup (self->verify);
}

static void
telephone_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  wattle_consult_use_telephone (consult (data));
}

static void
pause_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  wattle_consult_leave (consult (data), FALSE);
}

static void
close_cb (WattleCallActions *self)
{
  wattle_consult_leave (consult (self), TRUE);
}

static void
close_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  WattleCallActions *self = data;

  wattle_confirm (GTK_WIDGET (self->window), _("Close This Room?"),
                  _("The call ends for everybody in it, and whoever waits is told that it is over."),
                  _("_Close Room"), TRUE, G_CALLBACK (close_cb), self);
}

static void
end_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  WattleCallActions *self = data;

  /* Without its clinician it is no visit: the others are told that it has ended. */
  wattle_consult_leave (consult (self), wattle_consult_is_owner (consult (self)));
}

/**
 * wattle_call_actions_new:
 * @window: of a call
 * @page: where the call is seen
 * @verify: opens the code that is compared
 *
 * Returns: (transfer full): the actions "call.…" of @window
 */
WattleCallActions *
wattle_call_actions_new (GtkWindow *window, WattleCallPage *page, GtkMenuButton *verify)
{
  static const GActionEntry actions[] = {
    { "microphone", microphone_action, NULL, "true" },
    { "camera", camera_action, NULL, "false" },
    { "record", record_action, NULL, "false" },
    { "captions", captions_action, NULL, "false" },
    { "lock", lock_action, NULL, "false" },
    { "veil", veil_action, NULL, "false" },
    { "screen", screen_action, NULL, "false" },
    { "small", small_action, NULL, "false" },
    { "fullscreen", fullscreen_action, NULL, "false" },
    { "self-view", self_view_action, "s", "'corner'" },
    { "layout", layout_action, "s", "'speaker'" },
    { "panel", panel_action, "s" },
    { "device", device_action, "(ss)" },
    { "note", note_action },
    { "verify", verify_action },
    { "telephone", telephone_action },
    { "end", end_action },
    { "pause", pause_action },
    { "close", close_action },
  };

  WattleCallActions *self = g_new0 (WattleCallActions, 1);

  self->window = window;
  self->page = page;
  self->verify = verify;
  self->group = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->group), actions, G_N_ELEMENTS (actions), self);
  gtk_widget_insert_action_group (GTK_WIDGET (window), "call", G_ACTION_GROUP (self->group));
  self->screen = wattle_screen_portal_new (shared_cb, self);
  return self;
}

void
wattle_call_actions_free (WattleCallActions *self)
{
  if (self->session != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->session, self);
      g_signal_handlers_disconnect_by_data (wattle_call_session_engine (self->session), self);
      g_signal_handlers_disconnect_by_data (wattle_call_session_context (self->session), self);
    }
  wattle_screen_portal_free (self->screen);
  if (self->small != NULL)
    g_signal_handlers_disconnect_by_data (self->small, self);
  g_clear_pointer (&self->small, gtk_window_destroy);
  gtk_widget_insert_action_group (GTK_WIDGET (self->window), "call", NULL);
  g_object_unref (self->group);
  g_free (self);
}

/* Before anything is done. */
void
wattle_call_actions_set_session (WattleCallActions *self, WattleCallSession *session)
{
  self->session = session;
  g_signal_connect_swapped (session, "trouble", G_CALLBACK (trouble_cb), self);
  g_signal_connect_swapped (wattle_call_session_engine (session), "died", G_CALLBACK (stop_screen), self);
  g_signal_connect_swapped (wattle_call_session_context (session), "notify::ready", G_CALLBACK (ready_cb), self);
}

/**
 * wattle_call_actions_update:
 * @self: the actions
 * @in_call: whether the call is what the window shows
 *
 * What can be done, and what is on, follows the consult.
 */
void
wattle_call_actions_update (WattleCallActions *self, gboolean in_call)
{
  gboolean desk = wattle_call_session_is_desk (self->session);

  self->in_call = in_call;
  set_state (self, "microphone", wattle_consult_microphone (consult (self)));
  set_state (self, "camera", wattle_consult_camera (consult (self)));
  set_state (self, "lock", wattle_consult_is_locked (consult (self)));
  enable (self, "lock", wattle_consult_may (consult (self), "admit"));
  enable (self, "pause", wattle_consult_is_owner (consult (self)));
  enable (self, "record", in_call && wattle_consult_is_owner (consult (self)));
  set_state (self, "record", wattle_consult_recording (consult (self)) != WATTLE_CONSULT_NOT_RECORDING);
  enable (self, "note", in_call && wattle_call_session_may_write (self->session));
  enable (self, "captions", wattle_consult_can_caption (consult (self)));
  set_state (self, "captions", wattle_consult_captions (consult (self)));
  enable (self, "telephone", !wattle_call_session_is_patient (self->session) && !desk && in_call);
  for (guint i = 0; i < G_N_ELEMENTS (of_who_is_in); i++)
    enable (self, of_who_is_in[i], !desk);
  follow_small (self);
  enable (self, "close", desk && wattle_consult_may (consult (self), "close"));
  if (wattle_consult_state (consult (self)) == WATTLE_CONSULT_ENDED)
    {
      stop_screen (self);
      g_clear_pointer (&self->small, gtk_window_destroy);
      gtk_window_unfullscreen (self->window);
    }
}

void
wattle_call_actions_set_fullscreen (WattleCallActions *self, gboolean on)
{
  set_state (self, "fullscreen", on);
}

/* The keys of these actions, for every window of that class. */
void
wattle_call_actions_bind_keys (GtkWidgetClass *widget_class)
{
  static const struct
  {
    guint key;
    GdkModifierType modifiers;
    const char *action;
    const char *panel;
  } keys[] = {
    { GDK_KEY_d, GDK_CONTROL_MASK, "call.microphone", NULL }, { GDK_KEY_e, GDK_CONTROL_MASK, "call.camera", NULL },
    { GDK_KEY_t, GDK_CONTROL_MASK, "call.panel", "chat" },    { GDK_KEY_p, GDK_CONTROL_MASK, "call.panel", "people" },
    { GDK_KEY_n, GDK_CONTROL_MASK, "call.note", NULL },       { GDK_KEY_F11, 0, "call.fullscreen", NULL },
    { GDK_KEY_y, GDK_CONTROL_MASK, "call.verify", NULL },     { GDK_KEY_r, GDK_CONTROL_MASK, "call.record", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    if (keys[i].panel != NULL)
      gtk_widget_class_add_binding_action (widget_class, keys[i].key, keys[i].modifiers, keys[i].action, "s",
                                           keys[i].panel);
    else
      gtk_widget_class_add_binding_action (widget_class, keys[i].key, keys[i].modifiers, keys[i].action, NULL);
}
