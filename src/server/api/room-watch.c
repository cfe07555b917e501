/* room-watch.c: looks now and then whether the visit of a room takes place, until when, and who may be there
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/error.h"
#include "server/api/room-private.h"

/* Somebody in the room, as the rows are asked about them. */
typedef struct
{
  char *person;
  char *user;
  int role;
  const char *rule;
  gboolean gone;
} Seat;

typedef struct
{
  WattleRooms *rooms;
  char *room;
  GPtrArray *seats;
  gboolean known; /* the rows could be read */
  gboolean takes_place;
  gint64 closes_at;
} Look;

static void
seat_free (gpointer data)
{
  Seat *self = data;

  g_free (self->person);
  g_free (self->user);
  g_free (self);
}

static void
look_free (gpointer data)
{
  Look *self = data;

  g_ptr_array_unref (self->seats);
  g_free (self->room);
  g_free (self);
}

/* Who lost the right to be there. A guest's link and whoever was sent here by the staff stand in no rule. */
static Seat *
seat_new (const WattleRoomPerson *person)
{
  Seat *self = g_new0 (Seat, 1);

  self->person = g_strdup (person->entry->person);
  self->user = person->entry->passed ? NULL : g_strdup (person->entry->user);
  self->role = person->entry->actor_role;
  self->rule = person->place == WATTLE_ROOM_DESK ? "room:triage" : "room:enter";
  return self;
}

static void
send_away (WattleRoom *room, const Seat *seat)
{
  for (guint i = room->people->len; i > 0; i--)
    {
      WattleRoomPerson *person = room->people->pdata[i - 1];

      if (g_str_equal (person->entry->person, seat->person))
        wattle_room_drop (person, "forbidden",
                          "You may not be in this call any more, because your rights were changed. Ask the practice.");
    }
}

/* Who waits would wait for nobody. Whoever is in the call goes on: it may be the wrong visit that was cancelled. */
static gboolean
looked_cb (gpointer data)
{
  Look *self = data;
  WattleRoom *room = g_hash_table_lookup (self->rooms->rooms, self->room);

  if (room == NULL || !self->known)
    return G_SOURCE_REMOVE;
  for (guint i = 0; i < self->seats->len; i++)
    if (((Seat *) self->seats->pdata[i])->gone)
      send_away (room, self->seats->pdata[i]);
  if (self->takes_place)
    {
      room->closes_at = self->closes_at;
      return G_SOURCE_REMOVE;
    }
  for (guint i = room->people->len; i > 0; i--)
    {
      WattleRoomPerson *person = room->people->pdata[i - 1];

      if (person->place == WATTLE_ROOM_WAITING)
        wattle_room_drop (person, "closed",
                          "This visit was cancelled, or does not take place by video any more. Call the practice if "
                          "you expected it.");
    }
  return G_SOURCE_REMOVE;
}

/* On a thread that may read rows. */
static void
look_at_visit (gpointer data, gpointer data_of_pool)
{
  WattleAsk *ask = data;
  WattleServer *server = data_of_pool;
  Look *self = ask->data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (server->store, NULL);
  g_autoptr (WattleRecord) visit = NULL;
  gint64 opens_at;

  if (transaction != NULL)
    {
      visit = wattle_room_find_visit (wattle_transaction_reader (transaction), self->room, &error);
      self->known = visit != NULL || wattle_error_get_code (error) == WATTLE_ERROR_NOT_FOUND;
      self->takes_place = visit != NULL && wattle_room_takes_place (visit);
    }
  if (visit != NULL)
    wattle_room_window (visit, &opens_at, &self->closes_at);
  for (guint i = 0; visit != NULL && i < self->seats->len; i++)
    {
      Seat *seat = self->seats->pdata[i];

      seat->gone = seat->user != NULL
                   && !wattle_room_permits (wattle_transaction_reader (transaction), seat->user, seat->role, visit,
                                            seat->rule);
    }
  g_main_context_invoke_full (self->rooms->context, G_PRIORITY_DEFAULT, looked_cb, self, look_free);
  g_free (ask);
}

/**
 * wattle_room_watch:
 * @self: a room
 *
 * Asks the rows about its visit and its people; what they say is carried out soon.
 */
void
wattle_room_watch (WattleRoom *self)
{
  WattleAsk *ask = g_new0 (WattleAsk, 1);
  Look *look = g_new0 (Look, 1);

  look->rooms = self->rooms;
  look->room = g_strdup (self->id);
  look->seats = g_ptr_array_new_with_free_func (seat_free);
  for (guint i = 0; i < self->people->len; i++)
    g_ptr_array_add (look->seats, seat_new (self->people->pdata[i]));
  ask->run = look_at_visit;
  ask->data = look;
  g_thread_pool_push (self->rooms->server->askers, ask, NULL);
}
