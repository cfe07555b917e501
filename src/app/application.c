/* application.c: the running program: its settings, its session, its windows
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/application.h"

#include <glib/gi18n-lib.h>

#include "app/patients/chart-actions.h"
#include "app/patients/patient-window.h"
#include "app/schedule/booking-actions.h"
#include "app/start/invitation.h"
#include "app/start/start-page.h"
#include "app/start/visit-code-dialog.h"
#include "app/telehealth/call-open.h"
#include "app/telehealth/recordings.h"
#include "app/telehealth/room-monitor.h"
#include "app/widgets/accessible.h"
#include "app/window.h"
#include "domain/policy.h"

struct _WattleApplication
{
  AdwApplication parent;
  GSettings *settings;
  WattleContext *context;
  WattleStartPage *start;
  WattleWindow *window;
  GPtrArray *hidden; /* windows put out of sight while locked */
};

G_DEFINE_FINAL_TYPE (WattleApplication, wattle_application, ADW_TYPE_APPLICATION)

static const struct
{
  const char *action;
  const char *keys[3];
} accelerators[] = {
  { "app.quit", { "<Control>q" } },
  { "app.preferences", { "<Control>comma" } },
  { "app.palette", { "<Control>k" } },
  { "win.find", { "<Control>f" } },
  { "win.new", { "<Control>n" } },
  { "win.lock", { "<Control>l" } },
  { "win.sync", { "F5" } },
  { "win.shortcuts", { "F1", "<Control>question" } },
  { "window.close", { "<Control>w" } },
};

static gboolean
scheme_to_style (GValue *value, GVariant *variant, gpointer data)
{
  const char *scheme = g_variant_get_string (variant, NULL);

  g_value_set_enum (value, g_str_equal (scheme, "light")  ? ADW_COLOR_SCHEME_FORCE_LIGHT
                           : g_str_equal (scheme, "dark") ? ADW_COLOR_SCHEME_FORCE_DARK
                                                          : ADW_COLOR_SCHEME_DEFAULT);
  return TRUE;
}

static gboolean
event_cb (GtkEventControllerLegacy *controller, GdkEvent *event, WattleApplication *self)
{
  GdkEventType type = gdk_event_get_event_type (event);

  if (type == GDK_KEY_PRESS || type == GDK_BUTTON_PRESS || type == GDK_MOTION_NOTIFY || type == GDK_SCROLL)
    wattle_context_touch (self->context);
  return GDK_EVENT_PROPAGATE;
}

/* Every window there ever is, dialogs too, says that a person is here. */
static void
windows_cb (GListModel *windows, guint position, guint removed, guint added, WattleApplication *self)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);
      GtkEventController *controller = gtk_event_controller_legacy_new ();

      gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
      g_signal_connect_object (controller, "event", G_CALLBACK (event_cb), self, 0);
      gtk_widget_add_controller (window, controller);
    }
}

static void
hide_windows (WattleApplication *self)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      if (window != GTK_WIDGET (self->window) && gtk_widget_get_visible (window))
        g_ptr_array_add (self->hidden, g_object_ref (window));
    }
  for (guint i = 0; i < self->hidden->len; i++)
    gtk_widget_set_visible (g_ptr_array_index (self->hidden, i), FALSE);
}

/* Another person at the same computer never gets the windows of the one before. */
static void
show_windows (WattleApplication *self)
{
  gboolean same = wattle_start_page_is_same_person (self->start);

  for (guint i = 0; i < self->hidden->len; i++)
    if (same)
      gtk_widget_set_visible (g_ptr_array_index (self->hidden, i), TRUE);
    else
      gtk_window_destroy (g_ptr_array_index (self->hidden, i));
  g_ptr_array_set_size (self->hidden, 0);
}

static void
ready_cb (WattleContext *context, GParamSpec *pspec, WattleApplication *self)
{
  if (wattle_context_is_ready (context))
    show_windows (self);
  else
    hide_windows (self);
}

static void
open_record_cb (WattleContext *context, guint type, const char *id, WattleApplication *self)
{
  /* A chart is for those who care; patients have places of their own. */
  if (type == WATTLE_RECORD_PATIENT && wattle_context_actor (context)->role != WATTLE_ROLE_PATIENT)
    wattle_application_open_patient (self, id);
}

static void
quit_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_application_quit (G_APPLICATION (data));
}

static void
preferences_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  wattle_context_open_place (WATTLE_APPLICATION (data)->context, "settings");
}

/* From a chart too; not over a dialog that waits for an answer. */
static void
palette_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  WattleApplication *self = WATTLE_APPLICATION (data);

  if (self->window != NULL && GTK_IS_APPLICATION_WINDOW (gtk_application_get_active_window (GTK_APPLICATION (self))))
    gtk_widget_activate_action (GTK_WIDGET (self->window), "win.palette", NULL);
}

static void
about_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  WattleApplication *self = WATTLE_APPLICATION (data);

  adw_show_about_window (gtk_application_get_active_window (GTK_APPLICATION (self)), "application-name", _("Wattle"),
                         "application-icon", "au.wattle.Wattle", "version", WATTLE_VERSION, "comments",
                         _("The clinic on your desktop."), "license-type", GTK_LICENSE_GPL_3_0, "developer-name",
                         _("The Wattle contributors"), NULL);
}

static void
wattle_application_startup (GApplication *application)
{
  WattleApplication *self = WATTLE_APPLICATION (application);
  static const GActionEntry actions[] = {
    { "quit", quit_action },
    { "preferences", preferences_action },
    { "palette", palette_action },
    { "about", about_action },
  };

  G_APPLICATION_CLASS (wattle_application_parent_class)->startup (application);
  wattle_mend_accessibility ();
  gtk_window_set_default_icon_name ("au.wattle.Wattle");
  self->settings = g_settings_new ("au.wattle.Wattle");
  g_settings_bind_with_mapping (self->settings, "colour-scheme", adw_style_manager_get_default (), "color-scheme",
                                G_SETTINGS_BIND_GET, scheme_to_style, NULL, NULL, NULL);
  self->context = wattle_context_new (self->settings);
  self->hidden = g_ptr_array_new_with_free_func (g_object_unref);
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  for (guint i = 0; i < G_N_ELEMENTS (accelerators); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), accelerators[i].action, accelerators[i].keys);
  for (int i = 1; i <= 9; i++)
    {
      g_autofree char *action = g_strdup_printf ("win.place(%d)", i);
      g_autofree char *alt = g_strdup_printf ("<Alt>%d", i);
      g_autofree char *control = g_strdup_printf ("<Control>%d", i);

      gtk_application_set_accels_for_action (GTK_APPLICATION (self), action, (const char *[]){ alt, control, NULL });
    }
  wattle_chart_actions_add (GTK_APPLICATION (self), self->context);
  wattle_call_open_add_actions (GTK_APPLICATION (self), self->context);
  wattle_visit_code_add_actions (GTK_APPLICATION (self), self->context);
  wattle_room_monitor_add_actions (GTK_APPLICATION (self), self->context);
  wattle_recordings_watch (GTK_APPLICATION (self), self->context);
  wattle_booking_actions_add (GTK_APPLICATION (self), self->context);
  g_signal_connect_object (gtk_window_get_toplevels (), "items-changed", G_CALLBACK (windows_cb), self, 0);
  g_signal_connect_object (self->context, "notify::ready", G_CALLBACK (ready_cb), self, 0);
  g_signal_connect_object (self->context, "open-record", G_CALLBACK (open_record_cb), self, 0);
}

static void
wattle_application_activate (GApplication *application)
{
  WattleApplication *self = WATTLE_APPLICATION (application);

  if (self->window == NULL)
    {
      self->window = wattle_window_new (GTK_APPLICATION (self), self->context);
      g_object_add_weak_pointer (G_OBJECT (self->window), (gpointer *) &self->window);
      self->start = wattle_start_page_new (self->context);
      wattle_window_set_start (self->window, GTK_WIDGET (self->start));
      wattle_call_come_back (GTK_APPLICATION (self));
    }
  gtk_window_present (GTK_WINDOW (self->window));
}

/* A link that somebody clicked: it is looked at, and the person is asked, before any server hears of it. */
static void
wattle_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  g_autofree char *text = n_files > 0 ? g_file_get_uri (files[0]) : NULL;

  g_application_activate (application);
  if (text != NULL)
    wattle_invitation_open (GTK_WIDGET (WATTLE_APPLICATION (application)->window),
                            WATTLE_APPLICATION (application)->context, text);
}

static void
wattle_application_shutdown (GApplication *application)
{
  WattleApplication *self = WATTLE_APPLICATION (application);

  if (self->start != NULL)
    wattle_start_page_stop (self->start);
  /* Whoever leaves leaves no window behind: those are put out of sight once more. */
  if (self->context != NULL)
    wattle_context_set_client (self->context, NULL);
  g_clear_pointer (&self->hidden, g_ptr_array_unref);
  G_APPLICATION_CLASS (wattle_application_parent_class)->shutdown (application);
}

static void
wattle_application_dispose (GObject *object)
{
  WattleApplication *self = WATTLE_APPLICATION (object);

  g_clear_weak_pointer (&self->window);
  g_clear_object (&self->start);
  g_clear_object (&self->context);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (wattle_application_parent_class)->dispose (object);
}

static void
wattle_application_class_init (WattleApplicationClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wattle_application_dispose;
  G_APPLICATION_CLASS (klass)->startup = wattle_application_startup;
  G_APPLICATION_CLASS (klass)->activate = wattle_application_activate;
  G_APPLICATION_CLASS (klass)->open = wattle_application_open;
  G_APPLICATION_CLASS (klass)->shutdown = wattle_application_shutdown;
}

static void
wattle_application_init (WattleApplication *self)
{
}

/**
 * wattle_application_new:
 *
 * Returns: (transfer full): the application
 */
WattleApplication *
wattle_application_new (void)
{
  return g_object_new (WATTLE_TYPE_APPLICATION, "application-id", "au.wattle.Wattle", "flags",
                       G_APPLICATION_HANDLES_OPEN, NULL);
}

/**
 * wattle_application_open_patient:
 * @self: the application
 * @patient_id: whose chart
 *
 * Shows the chart in its own window; the one that is open already comes to the front.
 */
void
wattle_application_open_patient (WattleApplication *self, const char *patient_id)
{
  wattle_patient_window_open (GTK_APPLICATION (self), self->context, patient_id);
}
