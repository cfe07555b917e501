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
#include "app/widgets/display.h"
#include "app/widgets/feedback.h"
#include "base/civil.h"
#include "base/id.h"

#define CONTEXT "wattle-bookings-context"
#define WAITING "wattle-bookings-waiting"
#define MAX_OFFERED 4

/* A booking or move that waits for the server. */
typedef struct
{
  char *name;
  char *args;
} Waiting;

static void
waiting_free (gpointer data)
{
  Waiting *waiting = data;

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

/* A dialog has no overlay above it: toasts go to the window's own. */
static GtkWidget *
find_toasting (GtkWidget *widget)
{
  if (ADW_IS_TOAST_OVERLAY (widget))
    return adw_toast_overlay_get_child (ADW_TOAST_OVERLAY (widget));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = gtk_widget_get_mapped (child) ? find_toasting (child) : NULL;

      if (found != NULL)
        return found;
    }
  return NULL;
}

static GtkWidget *
active_widget (GtkApplication *application)
{
  GtkWindow *window = gtk_application_get_active_window (application);
  GtkWidget *found = window != NULL ? find_toasting (GTK_WIDGET (window)) : NULL;

  return found != NULL ? found : GTK_WIDGET (window);
}

/* The same arguments with another time; a booking that was refused needs another id as well. */
static char *
with_times (const Waiting *waiting, WattleJsonNode slot)
{
  g_autoptr (WattleJson) json = wattle_json_parse (waiting->args, -1, &WATTLE_JSON_WIRE_LIMITS, NULL);
  gboolean books = g_str_equal (waiting->name, "appointment.book");
  g_autofree char *new_id = wattle_id_new ();
  GString *text = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (text);
  WattleJsonNode object, value;
  WattleJsonIter iter;
  const char *name;

  object = books ? wattle_json_member (wattle_json_root (json), "appointment") : wattle_json_root (json);
  wattle_json_begin_object (&writer);
  if (books)
    {
      wattle_json_name (&writer, "appointment");
      wattle_json_begin_object (&writer);
    }
  iter = wattle_json_iter (object);
  while (wattle_json_next (&iter, &name, &value))
    {
      gsize length;
      const char *raw = wattle_json_raw (value, &length);

      if (wattle_json_member_string (slot, name) != NULL)
        wattle_json_pair_string (&writer, name, wattle_json_member_string (slot, name));
      else if (books && g_str_equal (name, "id"))
        wattle_json_pair_string (&writer, name, new_id);
      else
        {
          wattle_json_name (&writer, name);
          wattle_json_put_raw (&writer, raw, (gssize) length);
        }
    }
  if (books)
    wattle_json_end_object (&writer);
  wattle_json_end_object (&writer);
  return g_string_free (text, FALSE);
}

/* The choice between the free times that the server named. */
typedef struct
{
  GtkApplication *application;
  WattleContext *context;
  Waiting *waiting;
  WattleJson *slots;
} Choice;

static void
choice_free (gpointer data, GClosure *closure)
{
  Choice *choice = data;

  g_object_unref (choice->context);
  waiting_free (choice->waiting);
  g_clear_pointer (&choice->slots, wattle_json_free);
  g_free (choice);
}

typedef struct
{
  WattleContext *context;
  Waiting *waiting;
} Retry;

static gboolean
retried_cb (GtkWidget *widget, const char *operation_id, const GError *error, gpointer data)
{
  Retry *retry = data;

  if (error == NULL)
    {
      wattle_bookings_remember (retry->context, operation_id, retry->waiting->name, retry->waiting->args);
      wattle_toast (widget, _("Booked at the new time"));
    }
  g_object_unref (retry->context);
  waiting_free (retry->waiting);
  g_free (retry);
  return FALSE;
}

static void
chosen_cb (AdwMessageDialog *dialog, const char *response, gpointer data)
{
  Choice *choice = data;
  guint64 index;
  Retry *retry;

  if (!g_ascii_string_to_unsigned (response, 10, 0, MAX_OFFERED, &index, NULL))
    return;
  retry = g_new0 (Retry, 1);
  retry->context = g_object_ref (choice->context);
  retry->waiting = g_new0 (Waiting, 1);
  retry->waiting->name = g_strdup (choice->waiting->name);
  retry->waiting->args = with_times (choice->waiting,
                                     wattle_json_element (wattle_json_root (choice->slots), (guint) index));
  wattle_perform (active_widget (choice->application), choice->context, retry->waiting->name, retry->waiting->args,
                  retried_cb, retry);
}

static void
offer (GtkApplication *application, WattleContext *context, Waiting *waiting, const char *message,
       const char *alternatives)
{
  Choice *choice = g_new0 (Choice, 1);
  GtkWidget *dialog = adw_message_dialog_new (gtk_application_get_active_window (application),
                                              _("That Time Was Taken Meanwhile"), message);
  AdwMessageDialog *message_dialog = ADW_MESSAGE_DIALOG (dialog);
  guint n;

  choice->application = application;
  choice->context = g_object_ref (context);
  choice->waiting = waiting;
  choice->slots = alternatives != NULL ? wattle_json_parse (alternatives, -1, &WATTLE_JSON_WIRE_LIMITS, NULL) : NULL;
  n = choice->slots != NULL ? MIN (wattle_json_length (wattle_json_root (choice->slots)), MAX_OFFERED) : 0;
  adw_message_dialog_add_response (message_dialog, "later", _("Not _Now"));
  for (guint i = 0; i < n; i++)
    {
      WattleJsonNode slot = wattle_json_element (wattle_json_root (choice->slots), i);
      const char *text = wattle_json_member_string (slot, "starts_at");
      g_autofree char *id = g_strdup_printf ("%u", i);
      g_autofree char *label = NULL;
      gint64 starts;

      if (text == NULL || !wattle_instant_parse (text, &starts, NULL))
        continue;
      label = wattle_display_date_time (starts, wattle_context_zone (context));
      adw_message_dialog_add_response (message_dialog, id, label);
      if (i == 0)
        adw_message_dialog_set_response_appearance (message_dialog, id, ADW_RESPONSE_SUGGESTED);
    }
  adw_message_dialog_set_close_response (message_dialog, "later");
  g_signal_connect_data (dialog, "response", G_CALLBACK (chosen_cb), choice, choice_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
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
    offer (application, context, waiting, message, alternatives);
  else
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

  waiting->name = g_strdup (name);
  waiting->args = g_strdup (args);
  g_hash_table_insert (waiting_of (context), g_strdup (operation_id), waiting);
}
