/* bookings.c: the actions of the application that book and show visits, and what to do when the server says no
 *
 * Only the server knows whether a time is free. When somebody else had it first,
 * the person is told at once and offered the free times nearest to it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/schedule/bookings.h"

#include <glib/gi18n-lib.h>

#include "app/billing/complete-visit.h"
#include "app/schedule/booking-dialog.h"
#include "app/schedule/taken-dialog.h"
#include "app/widgets/feedback.h"
#include "base/id.h"

#define CONTEXT "wattle-bookings-context"
#define WAITING "wattle-bookings-waiting"

/* A booking or move that waits for the server. */
typedef struct
{
  char *id; /* of the operation */
  char *name;
  char *args;
} Waiting;

static void
waiting_free (gpointer data)
{
  Waiting *waiting = data;

  g_free (waiting->id);
  g_free (waiting->name);
  g_free (waiting->args);
  g_free (waiting);
}

static GHashTable *
waiting_of (WattleContext *context)
{
  GHashTable *waiting = g_object_get_data (G_OBJECT (context), WAITING);

  if (waiting == NULL)
    {
      waiting = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, waiting_free);
      g_object_set_data_full (G_OBJECT (context), WAITING, waiting, (GDestroyNotify) g_hash_table_unref);
    }
  return waiting;
}

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
  g_autofree char *key = NULL;
  Waiting *waiting;

  g_object_get (item, "operation-id", &id, "status", &status, "message", &message, "alternatives", &alternatives,
                NULL);
  if (id == NULL || !g_hash_table_steal_extended (waiting_of (context), id, (gpointer *) &key, (gpointer *) &waiting))
    return;
  if (g_strcmp0 (status, "conflict") == 0)
    wattle_taken_dialog_open (
      gtk_application_get_active_window (application), context,
      &(WattleRefusedBooking){ waiting->id, waiting->name, waiting->args, message, alternatives });
  waiting_free (waiting);
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
 * wattle_bookings_add_actions:
 * @application: the application
 * @context: the context
 */
void
wattle_bookings_add_actions (GtkApplication *application, WattleContext *context)
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

/**
 * wattle_bookings_remember:
 * @context: the context
 * @operation_id: of a booking or move that the server has still to confirm
 * @name: the operation
 * @args: its arguments
 *
 * Lets it be tried again at another time when the server says that somebody else was first.
 */
void
wattle_bookings_remember (WattleContext *context, const char *operation_id, const char *name, const char *args)
{
  Waiting *waiting = g_new0 (Waiting, 1);

  waiting->id = g_strdup (operation_id);
  waiting->name = g_strdup (name);
  waiting->args = g_strdup (args);
  g_hash_table_insert (waiting_of (context), g_strdup (operation_id), waiting);
}

/**
 * wattle_bookings_at_time:
 * @name: a booking or a move that the server refused
 * @args: its arguments
 * @slot: a free time that it named
 *
 * A booking that was refused needs another id as well.
 *
 * Returns: (transfer full): the arguments with that time
 */
char *
wattle_bookings_at_time (const char *name, const char *args, WattleJsonNode slot)
{
  g_autoptr (WattleJson) json = wattle_json_parse (args, -1, &WATTLE_JSON_WIRE_LIMITS, NULL);
  gboolean books = g_str_equal (name, "appointment.book");
  g_autofree char *new_id = wattle_id_new ();
  GString *text = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (text);
  WattleJsonNode object, value;
  WattleJsonIter iter;
  const char *member;

  object = books ? wattle_json_member (wattle_json_root (json), "appointment") : wattle_json_root (json);
  wattle_json_begin_object (&writer);
  if (books)
    {
      wattle_json_name (&writer, "appointment");
      wattle_json_begin_object (&writer);
    }
  iter = wattle_json_iter (object);
  while (wattle_json_next (&iter, &member, &value))
    {
      gsize length;
      const char *raw = wattle_json_raw (value, &length);

      if (wattle_json_member_string (slot, member) != NULL)
        wattle_json_pair_string (&writer, member, wattle_json_member_string (slot, member));
      else if (books && g_str_equal (member, "id"))
        wattle_json_pair_string (&writer, member, new_id);
      else
        {
          wattle_json_name (&writer, member);
          wattle_json_put_raw (&writer, raw, (gssize) length);
        }
    }
  if (books)
    wattle_json_end_object (&writer);
  wattle_json_end_object (&writer);
  return g_string_free (text, FALSE);
}
