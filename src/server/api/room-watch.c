/* room-watch.c: looks now and then whether the visit of a room still takes place, and until when
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/error.h"
#include "server/api/room-private.h"

typedef struct
{
  WattleRooms *rooms;
  char *room;
  gboolean known; /* the rows could be read */
  gboolean takes_place;
  gint64 closes_at;
} Look;

static void
look_free (gpointer data)
{
  Look *self = data;

  g_free (self->room);
  g_free (self);
}

/* Who waits would wait for nobody. Whoever is in the call goes on: it may be the wrong visit that was cancelled. */
static gboolean
looked_cb (gpointer data)
{
  Look *self = data;
  WattleRoom *room = g_hash_table_lookup (self->rooms->rooms, self->room);

  if (room == NULL || !self->known)
    return G_SOURCE_REMOVE;
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
  g_main_context_invoke_full (self->rooms->context, G_PRIORITY_DEFAULT, looked_cb, self, look_free);
  g_free (ask);
}

/**
 * wattle_room_watch:
 * @self: a room
 *
 * Asks the rows about its visit; what they say is carried out soon.
 */
void
wattle_room_watch (WattleRoom *self)
{
  WattleAsk *ask = g_new0 (WattleAsk, 1);
  Look *look = g_new0 (Look, 1);

  look->rooms = self->rooms;
  look->room = g_strdup (self->id);
  ask->run = look_at_visit;
  ask->data = look;
  g_thread_pool_push (self->rooms->server->askers, ask, NULL);
}
