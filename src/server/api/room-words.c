/* room-words.c: what somebody in a room may say, and what it does
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "base/civil.h"
#include "base/clock.h"
#include "base/id.h"
#include "server/api/room-private.h"
#include "server/auth/seat.h"

#define MAX_BLOB (60 * 1024)
#define MAX_WHY 40
#define MAX_GENERATION 1000000
#define PASS_LIFE (12 * WATTLE_HOUR) /* shown at each hello; the room it leads to closes sooner */
#define MAX_MISMATCHES 8             /* of one stay that are written down */
#define BASE64 "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=_-"

#define HERE (1u << WATTLE_ROOM_IN)
#define STAFF (1u << WATTLE_ROOM_IN | 1u << WATTLE_ROOM_DESK)
#define ANYWHERE (STAFF | 1u << WATTLE_ROOM_WAITING)

static const char *const states[] = { "video", "audio", "text", "telephone", NULL };

typedef struct
{
  const char *type;
  guint verb;   /* needed; 0 for none */
  guint places; /* where one must be */
  void (*run) (WattleRoomPerson *self, WattleJsonNode message);
} Word;

static void
fail (WattleRoomPerson *self, WattleJsonNode message, const char *code, const char *sentence)
{
  g_autoptr (GString) text = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (text);

  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "type", "error");
  wattle_json_pair_string (&writer, "for", wattle_json_member_string (message, "type"));
  wattle_json_pair_string (&writer, "code", code);
  wattle_json_pair_string (&writer, "message", sentence);
  wattle_json_end_object (&writer);
  if (self->link != NULL)
    self->link->send (self->link, text->str);
}

/* Returns: (nullable): who "to" names, if they are at @place */
static WattleRoomPerson *
addressee (WattleRoomPerson *self, WattleJsonNode message, WattleRoomPlace place)
{
  WattleRoomPerson *other = wattle_room_find (self->room, wattle_json_member_integer (message, "to", 0));

  if (other != NULL && other != self && other->place == place)
    return other;
  fail (self, message, "not_found", "That person is not there any more.");
  return NULL;
}

/* Returns: (nullable): the note; "" when it is too long, and then that was said */
static const char *
note_of (WattleRoomPerson *self, WattleJsonNode message)
{
  const char *note = wattle_json_member_string (message, "note");

  if (note == NULL || g_utf8_strlen (note, -1) <= WATTLE_ROOM_MAX_NOTE)
    return note;
  fail (self, message, "invalid", "A note has at most 300 characters.");
  return "";
}

static void
emit_simple (WattleRoomPerson *to, const char *type, const char *name, const char *value)
{
  g_autoptr (GString) text = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (text);

  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "type", type);
  wattle_json_pair_string (&writer, name, value);
  wattle_json_end_object (&writer);
  wattle_room_emit (to, text->str);
}

static void
admit (WattleRoomPerson *self, WattleJsonNode message)
{
  WattleRoomPerson *other = addressee (self, message, WATTLE_ROOM_WAITING);
  guint seats = 0;

  for (guint i = 0; i < self->room->people->len; i++)
    seats += ((WattleRoomPerson *) self->room->people->pdata[i])->place == WATTLE_ROOM_IN;
  if (other == NULL)
    return;
  if (seats >= WATTLE_ROOM_SEATS)
    {
      fail (self, message, "full", "Four are in this call already. Somebody has to leave first.");
      return;
    }
  wattle_room_tell_waiting (other, "gone");
  other->place = WATTLE_ROOM_IN;
  wattle_room_audit (self, "room.admit", other);
  wattle_room_welcome (other, FALSE);
  wattle_room_tell_peer (other, "join");
}

static void
send_away (WattleRoomPerson *self, WattleJsonNode message, WattleRoomPlace place, const char *why, const char *act,
           const char *sentence)
{
  const char *note = note_of (self, message);
  WattleRoomPerson *other = g_strcmp0 (note, "") != 0 ? addressee (self, message, place) : NULL;

  if (other == NULL)
    return;
  wattle_room_audit (self, act, other);
  wattle_room_forbid (other);
  wattle_room_drop (other, why, note != NULL ? note : sentence);
}

static void
deny (WattleRoomPerson *self, WattleJsonNode message)
{
  send_away (self, message, WATTLE_ROOM_WAITING, "denied", "room.deny",
             "The practice did not let you in. Call them if you should be in this visit.");
}

static void
remove_other (WattleRoomPerson *self, WattleJsonNode message)
{
  send_away (self, message, WATTLE_ROOM_IN, "removed", "room.remove", "The clinician ended the visit for you.");
}

static void
note (WattleRoomPerson *self, WattleJsonNode message)
{
  const char *text = note_of (self, message);
  WattleRoomPerson *other = text != NULL && *text != '\0' ? addressee (self, message, WATTLE_ROOM_WAITING) : NULL;

  if (other == NULL)
    return;
  g_free (other->note);
  other->note = g_strdup (text);
  emit_simple (other, "note", "note", text);
}

/* Where to is asked of the rows, elsewhere; what comes back is wattle_room_moved(). */
static void
move (WattleRoomPerson *self, WattleJsonNode message)
{
  WattleRoomPerson *other = addressee (self, message, WATTLE_ROOM_WAITING);
  const char *room = wattle_json_member_string (message, "room");

  if (other == NULL)
    return;
  if (!wattle_id_is_valid (room) || strcmp (room, self->room->id) == 0)
    fail (self, message, "not_found", "There is no such room.");
  else
    wattle_room_ask_move (self, other, room);
}

static void
lock (WattleRoomPerson *self, WattleJsonNode message)
{
  gboolean on = wattle_json_member_boolean (message, "on");

  self->room->locked = on;
  wattle_room_audit (self, on ? "room.lock" : "room.unlock", NULL);
  for (guint i = 0; i < self->room->people->len; i++)
    {
      WattleRoomPerson *to = self->room->people->pdata[i];
      g_autofree char *text =
        g_strdup_printf ("{\"type\":\"locked\",\"on\":%s,\"by\":%u}", on ? "true" : "false", self->n);

      if (to->place != WATTLE_ROOM_WAITING)
        wattle_room_emit (to, text);
    }
}

static void
end (WattleRoomPerson *self, WattleJsonNode message)
{
  wattle_room_audit (self, "room.end", NULL);
  wattle_room_end (self->room, "ended", "The visit has ended. You can close this window.");
}

static void
set_state (WattleRoomPerson *self, WattleJsonNode message)
{
  const char *state = wattle_json_member_string (message, "state");

  if (state == NULL || !g_strv_contains (states, state))
    {
      fail (self, message, "invalid", "A state is video, audio, text or telephone.");
      return;
    }
  g_free (self->state);
  self->state = g_strdup (state);
  wattle_room_tell_peer (self, "state");
}

static gboolean
take_generation (WattleRoomPerson *self, WattleJsonNode message, gint64 *generation)
{
  *generation = wattle_json_member_integer (message, "gen", -1);
  if (*generation >= 0 && *generation <= MAX_GENERATION)
    return TRUE;
  fail (self, message, "invalid", "A generation is a number from 0.");
  return FALSE;
}

static void
need_offer (WattleRoomPerson *self, WattleJsonNode message)
{
  WattleRoomPerson *other = addressee (self, message, WATTLE_ROOM_IN);
  const char *why = wattle_json_member_string (message, "why");
  g_autoptr (GString) text = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (text);
  gint64 generation;

  if (other == NULL || !take_generation (self, message, &generation))
    return;
  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "type", "need-offer");
  wattle_json_pair_integer (&writer, "from", self->n);
  wattle_json_pair_integer (&writer, "gen", generation);
  if (why != NULL && strlen (why) <= MAX_WHY && strspn (why, "abcdefghijklmnopqrstuvwxyz-") == strlen (why))
    wattle_json_pair_string (&writer, "why", why);
  wattle_json_end_object (&writer);
  wattle_room_emit (other, text->str);
}

/* Only its alphabet and its length are looked at. */
static void
sealed (WattleRoomPerson *self, WattleJsonNode message)
{
  WattleRoomPerson *other = addressee (self, message, WATTLE_ROOM_IN);
  const char *blob = wattle_json_member_string (message, "blob");
  g_autofree char *text = NULL;
  gint64 generation;

  if (other == NULL || !take_generation (self, message, &generation))
    return;
  if (blob == NULL || strlen (blob) > MAX_BLOB || strspn (blob, BASE64) != strlen (blob))
    {
      fail (self, message, "invalid", "A blob is base64 and at most 60 KiB.");
      return;
    }
  text = g_strdup_printf ("{\"type\":\"sealed\",\"from\":%u,\"gen\":%" G_GINT64_FORMAT ",\"blob\":\"%s\"}", self->n,
                          generation, blob);
  wattle_room_emit (other, text);
}

static void
mismatch (WattleRoomPerson *self, WattleJsonNode message)
{
  WattleRoomPerson *other = wattle_room_find (self->room, wattle_json_member_integer (message, "with", 0));

  if (self->mismatches++ < MAX_MISMATCHES)
    wattle_room_audit (self, "room.mismatch", other);
}

static void
ping (WattleRoomPerson *self, WattleJsonNode message)
{
  g_autofree char *resume = wattle_room_resume (self);
  g_autoptr (GString) text = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (text);
  char now[WATTLE_INSTANT_SIZE];

  if (self->link == NULL)
    return;
  wattle_instant_print (wattle_clock_now (), now);
  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "type", "pong");
  wattle_json_pair_string (&writer, "now", now);
  wattle_json_pair_string (&writer, "resume", resume);
  if (wattle_json_member_boolean (message, "turn") && self->place != WATTLE_ROOM_DESK)
    wattle_turn_write (&self->room->rooms->server->turn, wattle_clock_now (), &writer);
  wattle_json_end_object (&writer);
  self->link->send (self->link, text->str);
}

static void
leave (WattleRoomPerson *self, WattleJsonNode message)
{
  wattle_room_drop (self, "left", "You have left the call.");
}

static const Word words[] = {
  { "admit", WATTLE_ROOM_ADMIT, STAFF, admit },
  { "deny", WATTLE_ROOM_TRIAGE, STAFF, deny },
  { "remove", WATTLE_ROOM_ADMIT, STAFF, remove_other },
  { "note", WATTLE_ROOM_TRIAGE, STAFF, note },
  { "move", WATTLE_ROOM_TRIAGE, STAFF, move },
  { "lock", WATTLE_ROOM_ADMIT, STAFF, lock },
  { "end", WATTLE_ROOM_CLOSE, STAFF, end },
  { "state", WATTLE_ROOM_ENTER, HERE, set_state },
  { "need-offer", WATTLE_ROOM_ENTER, HERE, need_offer },
  { "sealed", WATTLE_ROOM_ENTER, HERE, sealed },
  { "mismatch", WATTLE_ROOM_ENTER, HERE, mismatch },
  { "ping", 0, ANYWHERE, ping },
  { "leave", 0, ANYWHERE, leave },
};

/**
 * wattle_room_say:
 * @self: a person, who may be freed by it
 * @message: an object with a type
 */
void
wattle_room_say (WattleRoomPerson *self, WattleJsonNode message)
{
  const char *type = wattle_json_member_string (message, "type");

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      if (strcmp (words[i].type, type) != 0)
        continue;
      if ((words[i].verb != 0 && !wattle_room_may (self, words[i].verb)) || !(words[i].places >> self->place & 1))
        fail (self, message, "forbidden", "You may not do this in this room.");
      else
        words[i].run (self, message);
      return;
    }
  fail (self, message, "unknown", "This server does not know this message.");
}

typedef struct
{
  WattleRooms *rooms;
  char *room;
  char *target;
  char *user;
  int role;
  guint by;
  guint n;
  gboolean good;
} Move;

static void
move_free (gpointer data)
{
  Move *self = data;

  g_free (self->room);
  g_free (self->target);
  g_free (self->user);
  g_free (self);
}

static void
hand_pass (WattleRoomPerson *by, WattleRoomPerson *other, const char *target)
{
  WattleSeat seat = { .room = (char *) target,
                      .person = other->entry->person,
                      .role = other->entry->role,
                      .session = (char *) WATTLE_SEAT_PASS,
                      .expires_at = wattle_clock_now () + PASS_LIFE };
  g_autofree char *pass = wattle_seat_print (&seat, by->room->rooms->server->keys);
  g_autoptr (GString) text = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (text);

  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "type", "moved");
  wattle_json_pair_string (&writer, "room", target);
  wattle_json_pair_string (&writer, "pass", pass);
  wattle_json_end_object (&writer);
  wattle_room_emit (other, text->str);
  wattle_room_audit (by, "room.move", other);
  wattle_room_drop (other, "moved", "The practice asks you to wait in another room.");
}

/* Back on the thread of sockets: both may have left meanwhile. */
static gboolean
moved_cb (gpointer data)
{
  Move *self = data;
  WattleRoom *room = g_hash_table_lookup (self->rooms->rooms, self->room);
  WattleRoomPerson *by = room != NULL ? wattle_room_find (room, self->by) : NULL;
  WattleRoomPerson *other = room != NULL ? wattle_room_find (room, self->n) : NULL;
  g_autoptr (WattleJson) message = wattle_json_parse ("{\"type\":\"move\"}", -1, NULL, NULL);

  if (by == NULL)
    return G_SOURCE_REMOVE;
  if (!self->good)
    fail (by, wattle_json_root (message), "not_found", "There is no such room that you may send somebody to.");
  else if (other == NULL || other->place != WATTLE_ROOM_WAITING)
    fail (by, wattle_json_root (message), "not_found", "That person is not there any more.");
  else
    hand_pass (by, other, self->target);
  return G_SOURCE_REMOVE;
}

/* On a thread that may read rows. Whoever moves must have a say in the other room as well. */
static void
look_at_target (gpointer data, gpointer data_of_pool)
{
  WattleAsk *ask = data;
  WattleServer *server = data_of_pool;
  Move *self = ask->data;
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (server->store, NULL);

  if (transaction != NULL)
    self->good =
      wattle_room_may_triage (wattle_transaction_reader (transaction), self->user, self->role, self->target);
  g_main_context_invoke_full (self->rooms->context, G_PRIORITY_DEFAULT, moved_cb, self, move_free);
  g_free (ask);
}

void
wattle_room_ask_move (WattleRoomPerson *by, WattleRoomPerson *other, const char *target)
{
  WattleAsk *ask = g_new0 (WattleAsk, 1);
  Move *self = g_new0 (Move, 1);

  self->rooms = by->room->rooms;
  self->room = g_strdup (by->room->id);
  self->target = g_strdup (target);
  self->user = g_strdup (by->entry->user);
  self->role = by->entry->actor_role;
  self->by = by->n;
  self->n = other->n;
  ask->run = look_at_target;
  ask->data = self;
  g_thread_pool_push (self->rooms->server->askers, ask, NULL);
}
