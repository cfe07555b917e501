/* move-dialog.c: sends somebody who waits to the waiting room of another visit
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/telehealth/move-dialog.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "app/telehealth/open-rooms.h"
#include "app/widgets/accessible.h"
#include "app/widgets/display.h"
#include "app/widgets/feedback.h"

typedef struct
{
  GtkWidget *dialog;
  GtkListBox *list;
  WattleCallSession *session;
  guint number;
} Move;

static void
move_free (gpointer data)
{
  Move *self = data;

  g_object_unref (self->session);
  g_free (self);
}

static void
activated_cb (GtkListBox *list, GtkListBoxRow *row, Move *self)
{
  const char *room = g_object_get_data (G_OBJECT (row), "wattle-room");

  wattle_consult_move (wattle_call_session_consult (self->session), self->number, room);
  gtk_window_close (GTK_WINDOW (self->dialog));
}

static void
add_row (GtkListBox *list, const WattleOpenRoom *room, GTimeZone *zone)
{
  g_autofree char *time = wattle_display_time (room->starts_at, zone);
  g_autofree char *about = g_strdup_printf ("%s · %s", time, room->practitioner);
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "title", room->patient, "subtitle", about,
                                 "activatable", TRUE, NULL);

  g_object_set_data_full (G_OBJECT (row), "wattle-room", g_strdup (room->room), g_free);
  gtk_list_box_append (list, row);
}

static void
loaded_cb (gpointer owner, gpointer result, const GError *error)
{
  GtkListBox *list = owner;
  Move *self = g_object_get_data (G_OBJECT (list), "wattle-move");
  GTimeZone *zone = wattle_context_zone (wattle_call_session_context (self->session));
  const char *here = wattle_call_session_visit_id (self->session);
  GPtrArray *rooms = result;

  for (guint i = 0; error == NULL && i < rooms->len; i++)
    {
      const WattleOpenRoom *room = rooms->pdata[i];

      if (room->is_open && g_strcmp0 (room->visit, here) != 0)
        add_row (list, room, zone);
    }
  wattle_name_rows (GTK_WIDGET (list));
  if (gtk_list_box_get_row_at_index (list, 0) != NULL)
    return;
  adw_message_dialog_set_body (ADW_MESSAGE_DIALOG (self->dialog),
                               error != NULL ? error->message : _("No other video visit has an open room now."));
  gtk_widget_set_visible (GTK_WIDGET (list), FALSE);
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
  wattle_context_load (wattle_call_session_context (session), wattle_open_rooms_read, NULL,
                       (GDestroyNotify) g_ptr_array_unref, NULL, self->list, loaded_cb);
  gtk_window_present (GTK_WINDOW (self->dialog));
}
