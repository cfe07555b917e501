/* room-monitor.c: the window of active sessions: which video rooms are in use, and by whom
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/telehealth/room-monitor.h"

#include <glib/gi18n-lib.h>

#include "app/portal/portal-join.h"
#include "app/telehealth/call-names.h"
#include "app/telehealth/open-rooms.h"
#include "app/widgets/accessible.h"
#include "app/widgets/display.h"
#include "base/civil-text.h"
#include "base/civil.h"
#include "base/clock.h"
#include "base/error.h"

#define RULE "GET /v1/rooms"
#define MAX_ROOMS 500
#define MAX_PEOPLE 16
/* How long somebody waits is said in minutes, so it is said again; also when news of a change was lost. */
#define AGAIN_SECONDS 30

#define WATTLE_TYPE_ROOM_MONITOR (wattle_room_monitor_get_type ())
G_DECLARE_FINAL_TYPE (WattleRoomMonitor, wattle_room_monitor, WATTLE, ROOM_MONITOR, AdwWindow)

struct _WattleRoomMonitor
{
  AdwWindow parent;
  WattleContext *context;
  WattleClient *client;
  GCancellable *asking; /* (nullable): of the last question */
  WattleJson *answer;   /* (nullable): to the last one */
  guint again;
  GtkStack *stack;
  AdwStatusPage *problem;
  GtkListBox *rooms;
};

G_DEFINE_FINAL_TYPE (WattleRoomMonitor, wattle_room_monitor, ADW_TYPE_WINDOW)

static const WattleOpenRoom *
visit_of (GPtrArray *visits, const char *room)
{
  for (guint i = 0; room != NULL && i < visits->len; i++)
    if (g_str_equal (((WattleOpenRoom *) visits->pdata[i])->room, room))
      return visits->pdata[i];
  return NULL;
}

/* How somebody is there, as the server knows it: it never sees the call itself. */
static const char *
means_words (WattleJsonNode person)
{
  static const struct
  {
    const char *state;
    const char *words;
  } means[] = {
    { "video", N_("by video") },
    { "audio", N_("by sound alone") },
    { "text", N_("in writing") },
    { "telephone", N_("by telephone") },
  };
  const char *state = wattle_json_member_string (person, "state");

  if (wattle_json_member_boolean (person, "away"))
    return _("lost the line");
  for (gsize i = 0; i < G_N_ELEMENTS (means); i++)
    if (g_strcmp0 (means[i].state, state) == 0)
      return _(means[i].words);
  return _("not connected yet");
}

/* "Patient, by video, since 10:20" or "Interpreter waits since 10:25 (3 min)". */
static char *
person_line (WattleRoomMonitor *self, WattleJsonNode person)
{
  const char *role = wattle_call_role_label (wattle_json_member_string (person, "role"));
  const char *place = wattle_json_member_string (person, "place");
  g_autofree char *time = NULL;
  g_autofree char *length = NULL;
  gint64 since = 0;

  wattle_json_member_instant (person, "since", &since);
  time = wattle_display_time (since, wattle_context_zone (self->context));
  length = wattle_duration_display (MAX (wattle_clock_now () - since, 0) / WATTLE_MINUTE);
  if (g_strcmp0 (place, "desk") == 0)
    return g_strdup_printf (_("%s looks after the waiting room"), role);
  if (g_strcmp0 (place, "waiting") != 0)
    return g_strdup_printf (_("%s, %s, since %s"), role, means_words (person), time);
  return g_strdup_printf (wattle_json_member_boolean (person, "away") ? _("%s waits since %s (%s), and lost the line")
                                                                      : _("%s waits since %s (%s)"),
                          role, time, length);
}

static guint
count (WattleJsonNode people, const char *place)
{
  guint n = 0;

  for (guint i = 0; i < wattle_json_length (people); i++)
    n += g_strcmp0 (wattle_json_member_string (wattle_json_element (people, i), "place"), place) == 0;
  return n;
}

static void
open_cb (GtkWidget *button)
{
  wattle_portal_join (button, g_object_get_data (G_OBJECT (button), "visit"));
}

static GtkWidget *
open_button (WattleRoomMonitor *self, const WattleOpenRoom *visit)
{
  GtkWidget *button = gtk_button_new_with_label (_("Waiting Room"));
  g_autofree char *name = g_strdup_printf (_("Waiting Room: %s"), visit->patient);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  wattle_name_button (button, name);
  g_object_set_data_full (G_OBJECT (button), "visit", g_strdup (visit->visit), g_free);
  g_signal_connect (button, "clicked", G_CALLBACK (open_cb), NULL);
  return button;
}

static void
add_room (WattleRoomMonitor *self, const WattleOpenRoom *visit, const char *about, const char *pill, gboolean waits)
{
  const char *title = visit != NULL ? visit->patient : _("A visit that is not among your records");
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "title", title, "subtitle", about,
                                 "subtitle-lines", 0, NULL);
  GtkWidget *label = gtk_label_new (pill);

  gtk_widget_add_css_class (label, "wattle-pill");
  gtk_widget_add_css_class (label, waits ? "warning" : "success");
  gtk_widget_set_valign (label, GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
  if (visit != NULL)
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), open_button (self, visit));
  gtk_list_box_append (self->rooms, row);
}

static void
show_room (WattleRoomMonitor *self, GPtrArray *visits, WattleJsonNode room)
{
  const WattleOpenRoom *visit = visit_of (visits, wattle_json_member_string (room, "room"));
  WattleJsonNode people = wattle_json_member (room, "people");
  guint waiting = count (people, "waiting");
  guint in = count (people, "in");
  GTimeZone *zone = wattle_context_zone (self->context);
  g_autofree char *starts = visit != NULL ? wattle_display_time (visit->starts_at, zone) : NULL;
  GString *about = g_string_new (NULL);
  g_autofree char *closes = NULL;
  g_autofree char *text = NULL;
  gint64 closes_at = 0;

  wattle_json_member_instant (room, "closes_at", &closes_at);
  closes = wattle_display_time (closes_at, zone);
  if (visit != NULL)
    g_string_append_printf (about, "%s · %s · ", starts, visit->practitioner);
  g_string_append_printf (about, _("closes by itself at %s"), closes);
  if (wattle_json_member_boolean (room, "locked"))
    g_string_append_printf (about, " · %s", _("locked"));
  for (guint i = 0; i < MIN (wattle_json_length (people), MAX_PEOPLE); i++)
    {
      g_autofree char *line = person_line (self, wattle_json_element (people, i));

      g_string_append_printf (about, "\n%s", line);
    }
  text = g_string_free (about, FALSE);
  add_room (self, visit, text,
            waiting > 0 ? _("Waiting")
            : in > 1    ? _("In call")
            : in > 0    ? _("Alone")
                        : _("Open"),
            waiting > 0);
}

static void
show_problem (WattleRoomMonitor *self, const char *sentence)
{
  g_autofree char *escaped = g_markup_escape_text (sentence, -1);

  adw_status_page_set_description (self->problem, escaped);
  gtk_stack_set_visible_child_name (self->stack, "problem");
}

static void
named_cb (gpointer owner, gpointer result, const GError *error)
{
  WattleRoomMonitor *self = owner;
  GPtrArray *visits = result;
  WattleJsonNode rooms, elsewhere;
  GtkListBoxRow *row;

  if (self->answer == NULL)
    return;
  if (error != NULL)
    {
      show_problem (self, error->message);
      return;
    }
  rooms = wattle_json_member (wattle_json_root (self->answer), "rooms");
  elsewhere = wattle_json_member (wattle_json_root (self->answer), "elsewhere");
  while ((row = gtk_list_box_get_row_at_index (self->rooms, 0)) != NULL)
    gtk_list_box_remove (self->rooms, GTK_WIDGET (row));
  for (guint i = 0; i < MIN (wattle_json_length (rooms), MAX_ROOMS); i++)
    show_room (self, visits, wattle_json_element (rooms, i));
  for (guint i = 0; i < MIN (wattle_json_length (elsewhere), MAX_ROOMS); i++)
    add_room (self, visit_of (visits, wattle_json_string (wattle_json_element (elsewhere, i))),
              _("In use. Another server of the practice looks after it; its waiting room tells more."), _("Open"),
              FALSE);
  wattle_name_rows (GTK_WIDGET (self->rooms));
  row = gtk_list_box_get_row_at_index (self->rooms, 0);
  gtk_stack_set_visible_child_name (self->stack, row != NULL ? "rooms" : "none");
}

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleRoomMonitor) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleJson) answer = wattle_client_call_finish (WATTLE_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
      || wattle_error_get_code (error) == WATTLE_ERROR_CANCELLED || self->client == NULL
      || !wattle_context_is_ready (self->context))
    return;
  if (answer == NULL)
    {
      show_problem (self, error != NULL ? error->message : _("The server gave no answer."));
      return;
    }
  g_clear_pointer (&self->answer, wattle_json_free);
  self->answer = g_steal_pointer (&answer);
  wattle_context_load (self->context, wattle_open_rooms_read, NULL, (GDestroyNotify) g_ptr_array_unref, self->asking,
                       self, named_cb);
}

static void
ask (WattleRoomMonitor *self)
{
  if (!wattle_context_is_ready (self->context))
    return;
  g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
  self->asking = g_cancellable_new ();
  wattle_client_call_async (self->client, "GET", "/rooms", NULL, self->asking, answered_cb, g_object_ref (self));
}

static gboolean
again_cb (gpointer data)
{
  ask (data);
  return G_SOURCE_CONTINUE;
}

/* Another role may not see it. */
static void
role_cb (WattleRoomMonitor *self)
{
  if (wattle_context_is_ready (self->context) && !wattle_context_may (self->context, RULE))
    gtk_window_destroy (GTK_WINDOW (self));
}

static void
wattle_room_monitor_dispose (GObject *object)
{
  WattleRoomMonitor *self = WATTLE_ROOM_MONITOR (object);

  g_clear_handle_id (&self->again, g_source_remove);
  g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
  g_clear_object (&self->client);
  g_clear_object (&self->context);
  g_clear_pointer (&self->answer, wattle_json_free);
  G_OBJECT_CLASS (wattle_room_monitor_parent_class)->dispose (object);
}

static void
wattle_room_monitor_class_init (WattleRoomMonitorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_room_monitor_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/telehealth/room-monitor.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleRoomMonitor, stack);
  gtk_widget_class_bind_template_child (widget_class, WattleRoomMonitor, problem);
  gtk_widget_class_bind_template_child (widget_class, WattleRoomMonitor, rooms);
  gtk_widget_class_bind_template_callback (widget_class, ask);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
wattle_room_monitor_init (WattleRoomMonitor *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->again = g_timeout_add_seconds (AGAIN_SECONDS, again_cb, self);
}

static void
open_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GtkApplication *application = data;
  WattleContext *context = g_object_get_data (G_OBJECT (action), "wattle-context");
  WattleRoomMonitor *self;

  if (!wattle_context_is_ready (context))
    return;
  for (GList *l = gtk_application_get_windows (application); l != NULL; l = l->next)
    if (WATTLE_IS_ROOM_MONITOR (l->data))
      {
        gtk_window_present (l->data);
        return;
      }
  self = g_object_new (WATTLE_TYPE_ROOM_MONITOR, "application", application, NULL);
  self->context = g_object_ref (context);
  self->client = g_object_ref (wattle_context_client (context));
  g_signal_connect_object (self->client, "rooms", G_CALLBACK (ask), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->client, "notify::online", G_CALLBACK (ask), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->client, "notify::role", G_CALLBACK (role_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (context, "notify::ready", G_CALLBACK (ask), self, G_CONNECT_SWAPPED);
  ask (self);
  gtk_window_present (GTK_WINDOW (self));
}

static void
allowed_cb (GSimpleAction *action)
{
  WattleContext *context = g_object_get_data (G_OBJECT (action), "wattle-context");

  g_simple_action_set_enabled (action, wattle_context_is_ready (context) && wattle_context_may (context, RULE));
}

static void
client_cb (WattleContext *context, GParamSpec *pspec, GSimpleAction *action)
{
  WattleClient *client = wattle_context_client (context);

  if (client != NULL)
    g_signal_connect_object (client, "notify::role", G_CALLBACK (allowed_cb), action, G_CONNECT_SWAPPED);
}

/**
 * wattle_room_monitor_add_actions:
 * @application: the application
 * @context: the context
 *
 * Adds "app.active-sessions", enabled for whoever may see which rooms are in use.
 */
void
wattle_room_monitor_add_actions (GtkApplication *application, WattleContext *context)
{
  g_autoptr (GSimpleAction) action = g_simple_action_new ("active-sessions", NULL);

  g_object_set_data_full (G_OBJECT (action), "wattle-context", g_object_ref (context), g_object_unref);
  g_signal_connect_object (action, "activate", G_CALLBACK (open_action), application, 0);
  g_signal_connect_object (context, "notify::ready", G_CALLBACK (allowed_cb), action, G_CONNECT_SWAPPED);
  g_signal_connect_object (context, "notify::client", G_CALLBACK (client_cb), action, 0);
  g_action_map_add_action (G_ACTION_MAP (application), G_ACTION (action));
  allowed_cb (action);
}
