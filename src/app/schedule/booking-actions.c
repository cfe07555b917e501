/* booking-actions.c: the actions of the application that book and show visits, and what to do when the server says no
 *
 * Only the server knows whether a time is free. When somebody else had it first,
 * the person is told at once and offered the free times nearest to it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/schedule/booking-actions.h"

#include <glib/gi18n-lib.h>

#include "app/billing/complete-visit.h"
#include "app/schedule/booking-dialog.h"
#include "app/schedule/bookings.h"
#include "app/schedule/taken-dialog.h"
#include "app/widgets/feedback.h"

#define CONTEXT "wattle-bookings-context"

static GtkWidget *
active_widget (GtkApplication *application)
{
  GtkWindow *window = gtk_application_get_active_window (application);

  return window != NULL ? wattle_toasting (GTK_WIDGET (window)) : NULL;
}

static void
settled_cb (WattleClient *client, WattleOutboxItem *item, GtkApplication *application)
{
  WattleContext *context = g_object_get_data (G_OBJECT (application), CONTEXT);
  g_autofree char *id = NULL;
  g_autofree char *status = NULL;
  g_autofree char *message = NULL;
  g_autofree char *alternatives = NULL;
  g_autoptr (WattleWaitingBooking) waiting = NULL;

  g_object_get (item, "operation-id", &id, "status", &status, "message", &message, "alternatives", &alternatives, NULL);
  waiting = id != NULL ? wattle_bookings_take (context, id) : NULL;
  if (waiting != NULL && g_strcmp0 (status, "conflict") == 0)
    wattle_taken_dialog_open (
      gtk_application_get_active_window (application), context,
      &(WattleRefusedBooking){ waiting->id, waiting->name, waiting->args, message, alternatives });
}

static void
client_cb (WattleContext *context, GParamSpec *pspec, GtkApplication *application)
{
  WattleClient *client = wattle_context_client (context);

  if (client != NULL)
    g_signal_connect_object (client, "operation-settled", G_CALLBACK (settled_cb), application, 0);
}

static void
book_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  WattleContext *context = g_object_get_data (data, CONTEXT);
  const char *patient = g_variant_get_string (parameter, NULL);
  WattleBooking booking = { .patient = *patient != '\0' ? patient : NULL };
  GtkWidget *widget = active_widget (data);

  if (widget != NULL && wattle_context_is_ready (context) && wattle_context_may (context, "appointment.book"))
    wattle_booking_dialog_open (widget, context, &booking);
}

static void
show_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  WattleContext *context = g_object_get_data (data, CONTEXT);

  if (wattle_context_is_ready (context))
    wattle_context_open (context, WATTLE_RECORD_APPOINTMENT, g_variant_get_string (parameter, NULL));
}

static void
complete_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  WattleContext *context = g_object_get_data (data, CONTEXT);
  GtkWidget *widget = active_widget (data);

  if (widget != NULL && wattle_context_is_ready (context))
    wattle_complete_visit (widget, context, g_variant_get_string (parameter, NULL));
}

/**
 * wattle_booking_actions_add:
 * @application: the application
 * @context: the context
 */
void
wattle_booking_actions_add (GtkApplication *application, WattleContext *context)
{
  static const GActionEntry actions[] = {
    { "book", book_action, "s" },
    { "show-appointment", show_action, "s" },
    { "complete-visit", complete_action, "s" },
  };

  g_object_set_data_full (G_OBJECT (application), CONTEXT, g_object_ref (context), g_object_unref);
  g_action_map_add_action_entries (G_ACTION_MAP (application), actions, G_N_ELEMENTS (actions), application);
  g_signal_connect_object (context, "notify::client", G_CALLBACK (client_cb), application, 0);
}
