/* move-dialog.c: sends somebody who waits to the waiting room of another visit
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/telehealth/move-dialog.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "app/portal/portal-join.h"
#include "app/widgets/accessible.h"
#include "app/widgets/display.h"
#include "app/widgets/feedback.h"
#include "base/clock.h"
#include "domain/naming.h"

#define BEFORE (6 * WATTLE_HOUR)
#define MAX_ROOMS 50

/* A visit whose room is open now. */
typedef struct
{
  char *room;
  char *patient;
  char *practitioner;
  gint64 starts_at;
} Room;

typedef struct
{
  GtkWidget *dialog;
  GtkListBox *list;
  WattleCallSession *session;
  guint number;
} Move;

static void
room_free (gpointer data)
{
  Room *self = data;

  g_free (self->room);
  g_free (self->patient);
  g_free (self->practitioner);
  g_free (self);
}

static void
move_free (gpointer data)
{
  Move *self = data;

  g_object_unref (self->session);
  g_free (self);
}

static Room *
room_new (WattleReader *reader, WattleRecord *visit)
{
  Room *self = g_new0 (Room, 1);
  g_autoptr (WattleRecord) patient = wattle_reader_get (
    reader, WATTLE_RECORD_PATIENT, wattle_record_get_string (visit, WATTLE_APPOINTMENT_PATIENT), NULL);
  g_autoptr (WattleRecord) practitioner = wattle_reader_get (
    reader, WATTLE_RECORD_PRACTITIONER, wattle_record_get_string (visit, WATTLE_APPOINTMENT_PRACTITIONER), NULL);

  self->room = g_strdup (wattle_record_get_string (visit, WATTLE_APPOINTMENT_CALL_ROOM));
  self->patient = patient != NULL ? wattle_patient_display_name (patient) : g_strdup (_("Patient"));
  self->practitioner = practitioner != NULL ? wattle_display_practitioner (practitioner) : g_strdup ("");
  self->starts_at = wattle_record_get_integer (visit, WATTLE_APPOINTMENT_STARTS_AT);
  return self;
}

/* The rooms that are open, but for that of the visit @data. */
static gpointer
find_rooms (WattleTransaction *transaction, gpointer data, GCancellable *cancellable, GError **error)
{
  WattleReader *reader = wattle_transaction_reader (transaction);
  WattleQuery query = wattle_query (WATTLE_RECORD_APPOINTMENT);
  gint64 now = wattle_clock_now ();
  g_autoptr (GPtrArray) visits = NULL;
  g_autoptr (GPtrArray) rooms = g_ptr_array_new_with_free_func (room_free);

  wattle_query_where (&query, WATTLE_APPOINTMENT_STARTS_AT, WATTLE_COMPARE_AT_LEAST, now - BEFORE);
  wattle_query_where (&query, WATTLE_APPOINTMENT_STARTS_AT, WATTLE_COMPARE_LESS, now + WATTLE_HOUR);
  query.limit = G_MAXINT;
  visits = wattle_reader_query (reader, &query, error);
  if (visits == NULL)
    return NULL;
  for (guint i = 0; i < visits->len && rooms->len < MAX_ROOMS; i++)
    if (wattle_portal_can_join (visits->pdata[i], now)
        && !g_str_equal (wattle_record_id (visits->pdata[i]), g_variant_get_string (data, NULL)))
      g_ptr_array_add (rooms, room_new (reader, visits->pdata[i]));
  return g_steal_pointer (&rooms);
}

static void
activated_cb (GtkListBox *list, GtkListBoxRow *row, Move *self)
{
  const char *room = g_object_get_data (G_OBJECT (row), "wattle-room");

  wattle_consult_move (wattle_call_session_consult (self->session), self->number, room);
  gtk_window_close (GTK_WINDOW (self->dialog));
}

static void
loaded_cb (gpointer owner, gpointer result, const GError *error)
{
  GtkListBox *list = owner;
  Move *self = g_object_get_data (G_OBJECT (list), "wattle-move");
  GTimeZone *zone = wattle_context_zone (wattle_call_session_context (self->session));
  GPtrArray *rooms = result;

  if (error != NULL || rooms->len == 0)
    {
      adw_message_dialog_set_body (ADW_MESSAGE_DIALOG (self->dialog),
                                   error != NULL ? error->message : _("No other video visit has an open room now."));
      gtk_widget_set_visible (GTK_WIDGET (list), FALSE);
      return;
    }
  for (guint i = 0; i < rooms->len; i++)
    {
      const Room *room = rooms->pdata[i];
      g_autofree char *time = wattle_display_time (room->starts_at, zone);
      g_autofree char *about = g_strdup_printf ("%s · %s", time, room->practitioner);
      GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "title", room->patient, "subtitle",
                                     about, "activatable", TRUE, NULL);

      g_object_set_data_full (G_OBJECT (row), "wattle-room", g_strdup (room->room), g_free);
      gtk_list_box_append (list, row);
    }
  wattle_name_rows (GTK_WIDGET (list));
}

/**
 * wattle_move_dialog_open:
 * @widget: where somebody asked
 * @session: of the room one is in
 * @number: who waits in it
 * @name: what they are called
 *
 * Offers the rooms that are open; whoever is moved waits there.
 */
void
wattle_move_dialog_open (GtkWidget *widget, WattleCallSession *session, guint number, const char *name)
{
  g_autofree char *body = g_strdup_printf (_("%s goes on waiting there, until somebody lets them in."), name);
  const char *visit = wattle_call_session_visit_id (session);
  Move *self = g_new0 (Move, 1);

  self->dialog =
    adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (widget)), _("Move to Another Visit"), body);
  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  self->session = g_object_ref (session);
  self->number = number;
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "boxed-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Open rooms"), -1);
  g_object_set_data_full (G_OBJECT (self->list), "wattle-move", self, move_free);
  g_signal_connect (self->list, "row-activated", G_CALLBACK (activated_cb), self);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (self->dialog), GTK_WIDGET (self->list));
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (self->dialog), "cancel", _("_Cancel"));
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (self->dialog), "cancel");
  wattle_context_load (wattle_call_session_context (session), find_rooms, g_variant_new_string (visit),
                       (GDestroyNotify) g_ptr_array_unref, NULL, self->list, loaded_cb);
  gtk_window_present (GTK_WINDOW (self->dialog));
}
