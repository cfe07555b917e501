/* bookings.c: bookings that the server has still to confirm, and the times that it offers instead
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/schedule/bookings.h"

#include <adwaita.h>

#include "app/widgets/display.h"
#include "base/civil.h"
#include "base/id.h"

#define WAITING "wattle-bookings-waiting"
#define MAX_OFFERED 4

void
wattle_waiting_booking_free (WattleWaitingBooking *self)
{
  g_free (self->id);
  g_free (self->name);
  g_free (self->args);
  g_free (self);
}

static GHashTable *
waiting_of (WattleContext *context)
{
  GHashTable *waiting = g_object_get_data (G_OBJECT (context), WAITING);

  if (waiting == NULL)
    {
      waiting = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) wattle_waiting_booking_free);
      g_object_set_data_full (G_OBJECT (context), WAITING, waiting, (GDestroyNotify) g_hash_table_unref);
    }
  return waiting;
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
  WattleWaitingBooking *waiting = g_new0 (WattleWaitingBooking, 1);

  waiting->id = g_strdup (operation_id);
  waiting->name = g_strdup (name);
  waiting->args = g_strdup (args);
  g_hash_table_replace (waiting_of (context), waiting->id, waiting);
}

/**
 * wattle_bookings_take:
 * @context: the context
 * @operation_id: of an operation that is settled
 *
 * Returns: (transfer full) (nullable): what was remembered of it, which is forgotten now
 */
WattleWaitingBooking *
wattle_bookings_take (WattleContext *context, const char *operation_id)
{
  WattleWaitingBooking *waiting = NULL;

  g_hash_table_steal_extended (waiting_of (context), operation_id, NULL, (gpointer *) &waiting);
  return waiting;
}

/* The arguments of an operation with the time of a slot. A booking that was refused needs another id as well. */
static char *
at_time (const char *name, const char *args, WattleJsonNode slot)
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

static void
add_time (GtkListBox *times, gint64 starts, GTimeZone *zone, char *args)
{
  g_autofree char *label = wattle_display_date_time (starts, zone);
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "title", label, "activatable", TRUE, NULL);

  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_object_set_data_full (G_OBJECT (row), "args", args, g_free);
  gtk_list_box_append (times, row);
}

/**
 * wattle_bookings_offer:
 * @times: gets a row for each of the first few free times; its data "args" are what books it
 * @context: the context
 * @name: a booking or a move that the server refused
 * @args: its arguments
 * @alternatives: (nullable): the free times that the server named, an array of JSON
 *
 * Returns: whether there is any
 */
gboolean
wattle_bookings_offer (
  GtkListBox *times, WattleContext *context, const char *name, const char *args, const char *alternatives)
{
  g_autoptr (WattleJson) slots =
    alternatives != NULL ? wattle_json_parse (alternatives, -1, &WATTLE_JSON_WIRE_LIMITS, NULL) : NULL;
  WattleJsonIter iter;
  WattleJsonNode slot;
  int n = 0;

  if (slots == NULL || wattle_json_kind (wattle_json_root (slots)) != WATTLE_JSON_ARRAY)
    return FALSE;
  iter = wattle_json_iter (wattle_json_root (slots));
  while (n < MAX_OFFERED && wattle_json_next (&iter, NULL, &slot))
    {
      gint64 starts;

      if (!wattle_json_member_instant (slot, "starts_at", &starts))
        continue;
      add_time (times, starts, wattle_context_zone (context), at_time (name, args, slot));
      n++;
    }
  return n > 0;
}
