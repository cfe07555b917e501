/* rooms.c: who is in a room and who waits, how they come and how they leave
 *
 * Everything happens on the thread of sockets, so nothing is locked; what reads or writes rows happens elsewhere.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/api/room-private.h"

#include <string.h>

#include "base/civil.h"
#include "base/clock.h"
#include "base/id.h"
#include "server/auth/seat.h"

#define MAX_N 1000000
#define DESKS 4
#define TICK_MS 500
#define WATCH_EVERY (3 * G_USEC_PER_SEC)
/* Messages and bytes a second of one person, and how much of it at once. */
#define MESSAGES 40
#define MESSAGES_AT_ONCE 160
#define BYTES (256 * 1024)
#define BYTES_AT_ONCE (1024 * 1024)

static void
kept_free (gpointer data)
{
  WattleRoomKept *self = data;

  g_free (self->text);
  g_free (self);
}

static void
person_free (gpointer data)
{
  WattleRoomPerson *self = data;

  if (self->link != NULL)
    self->link->person = NULL;
  wattle_room_entry_free (self->entry);
  g_queue_clear_full (&self->kept, kept_free);
  g_free (self->session);
  g_free (self->state);
  g_free (self->note);
  g_free (self);
}

static void
room_free (gpointer data)
{
  WattleRoom *self = data;

  g_ptr_array_unref (self->people);
  g_hash_table_unref (self->removed);
  g_free (self->id);
  g_free (self->appointment);
  g_free (self->patient);
  g_free (self->practice);
  g_free (self);
}

gboolean
wattle_room_may (const WattleRoomPerson *self, guint verb)
{
  return (self->entry->verbs & verb) != 0;
}

WattleRoomPerson *
wattle_room_find (WattleRoom *self, gint64 n)
{
  for (guint i = 0; i < self->people->len; i++)
    if (((WattleRoomPerson *) self->people->pdata[i])->n == n)
      return self->people->pdata[i];
  return NULL;
}

static WattleRoomPerson *
find_person (WattleRoom *self, const char *person)
{
  for (guint i = 0; i < self->people->len; i++)
    if (strcmp (((WattleRoomPerson *) self->people->pdata[i])->entry->person, person) == 0)
      return self->people->pdata[i];
  return NULL;
}

static guint
count (WattleRoom *self, WattleRoomPlace place)
{
  guint n = 0;

  for (guint i = 0; i < self->people->len; i++)
    n += ((WattleRoomPerson *) self->people->pdata[i])->place == place;
  return n;
}

/**
 * wattle_room_bye:
 * @link: the way to a client
 * @why: a word of the table
 * @sentence: for the person
 *
 * Says the last word and closes.
 */
void
wattle_room_bye (WattleRoomLink *link, const char *why, const char *sentence)
{
  g_autoptr (GString) text = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (text);

  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "type", "bye");
  wattle_json_pair_string (&writer, "why", why);
  wattle_json_pair_string (&writer, "message", sentence);
  wattle_json_end_object (&writer);
  if (link->person != NULL)
    ((WattleRoomPerson *) link->person)->link = NULL;
  link->person = NULL;
  link->send (link, text->str);
  link->close (link);
}

static void
forget_old (WattleRoomPerson *self, gint64 now)
{
  WattleRoomKept *first;

  while ((first = g_queue_peek_head (&self->kept)) != NULL
         && (self->kept.length > WATTLE_ROOM_KEPT || self->kept_bytes > WATTLE_ROOM_KEPT_BYTES
             || now - first->at > WATTLE_ROOM_KEPT_SECONDS * G_USEC_PER_SEC))
    {
      self->kept_bytes -= first->size;
      kept_free (g_queue_pop_head (&self->kept));
    }
}

/**
 * wattle_room_emit:
 * @self: a person
 * @members: a JSON object
 *
 * Sends it with the next number, and keeps it for a socket that comes back.
 */
void
wattle_room_emit (WattleRoomPerson *self, const char *members)
{
  WattleRoomKept *kept = g_new0 (WattleRoomKept, 1);

  kept->seq = ++self->seq;
  kept->at = g_get_monotonic_time ();
  kept->text = g_strdup_printf ("{\"seq\":%" G_GINT64_FORMAT ",%s", kept->seq, members + 1);
  kept->size = strlen (kept->text);
  g_queue_push_tail (&self->kept, kept);
  self->kept_bytes += kept->size;
  if (self->link != NULL)
    self->link->send (self->link, kept->text);
  forget_old (self, kept->at);
}

static void
write_instant (WattleJsonWriter *writer, const char *name, gint64 instant)
{
  char text[WATTLE_INSTANT_SIZE];

  wattle_instant_print (instant, text);
  wattle_json_pair_string (writer, name, text);
}

static void
write_optional (WattleJsonWriter *writer, const char *name, const char *value)
{
  if (value != NULL)
    wattle_json_pair_string (writer, name, value);
}

/* The members of a person as @reader may know them. */
static void
write_person (WattleJsonWriter *writer, const WattleRoomPerson *self, const WattleRoomPerson *reader)
{
  const WattleRoomEntry *entry = self->entry;

  wattle_json_pair_integer (writer, "n", self->n);
  wattle_json_pair_string (writer, "role", entry->role);
  wattle_json_pair_boolean (writer, "owner", entry->owner);
  wattle_json_pair_string (writer, "key", entry->key);
  wattle_json_name (writer, "suites");
  wattle_json_put_raw (writer, entry->suites, -1);
  wattle_json_pair_string (writer, "client", entry->client);
  write_instant (writer, "since", self->since);
  wattle_json_pair_boolean (writer, "away", self->link == NULL);
  write_optional (writer, "user", entry->user);
  if (entry->user != NULL)
    write_optional (writer, "device", entry->device);
  write_optional (writer, "identity", entry->identity);
  write_optional (writer, "proof", entry->proof);
  write_optional (writer, "state", self->state);
  if (wattle_room_may (reader, WATTLE_ROOM_TRIAGE))
    write_optional (writer, "name", entry->name);
}

static void
tell_about (WattleRoomPerson *about, const char *type, const char *what, WattleRoomPerson *to)
{
  g_autoptr (GString) text = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (text);

  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "type", type);
  wattle_json_pair_string (&writer, "what", what);
  write_person (&writer, about, to);
  wattle_json_end_object (&writer);
  wattle_room_emit (to, text->str);
}

/* Those in the call and at the desk hear of those in the call. */
void
wattle_room_tell_peer (WattleRoomPerson *about, const char *what)
{
  for (guint i = 0; i < about->room->people->len; i++)
    {
      WattleRoomPerson *to = about->room->people->pdata[i];

      if (to != about && to->place != WATTLE_ROOM_WAITING)
        tell_about (about, "peer", what, to);
    }
}

void
wattle_room_tell_waiting (WattleRoomPerson *about, const char *what)
{
  for (guint i = 0; i < about->room->people->len; i++)
    {
      WattleRoomPerson *to = about->room->people->pdata[i];

      if (to != about && to->place != WATTLE_ROOM_WAITING && wattle_room_may (to, WATTLE_ROOM_TRIAGE))
        tell_about (about, "waiting", what, to);
    }
}

static void
tell (WattleRoomPerson *about, const char *in, const char *waiting)
{
  if (about->place == WATTLE_ROOM_IN)
    wattle_room_tell_peer (about, in);
  else if (about->place == WATTLE_ROOM_WAITING)
    wattle_room_tell_waiting (about, waiting);
}

/**
 * wattle_room_resume:
 * @self: a person
 *
 * Returns: (transfer full): the signed word that brings them back to their place
 */
char *
wattle_room_resume (WattleRoomPerson *self)
{
  WattleSeat seat = { .room = self->room->id,
                      .person = self->entry->person,
                      .role = self->entry->role,
                      .session = self->session,
                      .n = self->n,
                      .seated = self->place == WATTLE_ROOM_IN,
                      .expires_at = wattle_clock_now () + WATTLE_ROOM_RESUME * WATTLE_SECOND };

  return wattle_seat_print (&seat, self->room->rooms->server->keys);
}

static void
write_people (WattleJsonWriter *writer, const char *name, WattleRoomPerson *self, WattleRoomPlace place)
{
  wattle_json_name (writer, name);
  wattle_json_begin_array (writer);
  for (guint i = 0; i < self->room->people->len; i++)
    {
      WattleRoomPerson *other = self->room->people->pdata[i];

      if (other == self || other->place != place)
        continue;
      wattle_json_begin_object (writer);
      write_person (writer, other, self);
      wattle_json_end_object (writer);
    }
  wattle_json_end_array (writer);
}

static void
write_you (WattleJsonWriter *writer, const WattleRoomPerson *self)
{
  static const struct
  {
    guint verb;
    const char *word;
  } verbs[] = { { WATTLE_ROOM_ENTER, "enter" },
                { WATTLE_ROOM_ADMIT, "admit" },
                { WATTLE_ROOM_TRIAGE, "triage" },
                { WATTLE_ROOM_CLOSE, "close" } };

  wattle_json_name (writer, "you");
  wattle_json_begin_object (writer);
  wattle_json_pair_integer (writer, "n", self->n);
  wattle_json_pair_string (writer, "role", self->entry->role);
  wattle_json_pair_boolean (writer, "owner", self->entry->owner);
  wattle_json_name (writer, "verbs");
  wattle_json_begin_array (writer);
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (wattle_room_may (self, verbs[i].verb))
      wattle_json_put_string (writer, verbs[i].word);
  wattle_json_end_array (writer);
  wattle_json_end_object (writer);
}

/**
 * wattle_room_welcome:
 * @self: a person
 * @fresh: whether the numbers of messages begin anew
 *
 * Says where they are and who else is there: welcome, or lobby for who waits.
 */
void
wattle_room_welcome (WattleRoomPerson *self, gboolean fresh)
{
  gboolean waits = self->place == WATTLE_ROOM_WAITING;
  g_autofree char *resume = wattle_room_resume (self);
  g_autoptr (GString) text = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (text);

  if (self->link == NULL)
    return;
  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "type", waits ? "lobby" : "welcome");
  wattle_json_pair_boolean (&writer, "fresh", fresh);
  wattle_json_pair_string (&writer, "room", self->room->id);
  write_you (&writer, self);
  if (waits)
    {
      wattle_json_pair_string (&writer, "state", "waiting");
      write_instant (&writer, "since", self->since);
      write_optional (&writer, "note", self->note);
    }
  else
    {
      write_people (&writer, "peers", self, WATTLE_ROOM_IN);
      if (wattle_room_may (self, WATTLE_ROOM_TRIAGE))
        write_people (&writer, "waiting", self, WATTLE_ROOM_WAITING);
      wattle_json_pair_boolean (&writer, "locked", self->room->locked);
    }
  wattle_json_pair_integer (&writer, "heard", self->heard);
  wattle_json_pair_string (&writer, "resume", resume);
  if (self->place != WATTLE_ROOM_DESK)
    wattle_turn_write (&self->room->rooms->server->turn, wattle_clock_now (), &writer);
  write_instant (&writer, "opens_at", self->entry->opens_at);
  write_instant (&writer, "closes_at", self->entry->closes_at);
  write_instant (&writer, "now", wattle_clock_now ());
  wattle_json_end_object (&writer);
  self->link->send (self->link, text->str);
}

/* The person is gone from the list; others hear of it. */
static void
take_away (WattleRoomPerson *self)
{
  WattleRoom *room = self->room;

  tell (self, "leave", "gone");
  if (self->place == WATTLE_ROOM_IN)
    wattle_room_audit (self, "room.leave", NULL);
  g_ptr_array_remove (room->people, self);
}

/**
 * wattle_room_drop:
 * @self: a person, who is freed
 * @why: a word of the table
 * @sentence: for them
 */
void
wattle_room_drop (WattleRoomPerson *self, const char *why, const char *sentence)
{
  if (self->link != NULL)
    wattle_room_bye (self->link, why, sentence);
  take_away (self);
}

/**
 * wattle_room_end:
 * @self: a room; freed at the next tick
 * @why: a word of the table
 * @sentence: for everybody
 */
void
wattle_room_end (WattleRoom *self, const char *why, const char *sentence)
{
  /* first all words, so that nobody hears how the others leave one by one */
  for (guint i = 0; i < self->people->len; i++)
    {
      WattleRoomPerson *person = self->people->pdata[i];

      if (person->link != NULL)
        wattle_room_bye (person->link, why, sentence);
    }
  while (self->people->len > 0)
    take_away (self->people->pdata[self->people->len - 1]);
}

/**
 * wattle_room_hand_over:
 * @self: a room that another server has; freed at the next tick
 * @word: the last message: come again
 *
 * Nobody leaves by it: everybody comes again, and finds the room there.
 */
void
wattle_room_hand_over (WattleRoom *self, const char *word)
{
  for (guint i = 0; i < self->people->len; i++)
    {
      WattleRoomPerson *person = self->people->pdata[i];
      WattleRoomLink *link = person->link;

      person->link = NULL;
      if (link == NULL)
        continue;
      link->person = NULL;
      link->send (link, word);
      link->close (link);
    }
  g_ptr_array_set_size (self->people, 0);
}

static WattleRoom *
open_room (WattleRooms *self, const WattleRoomEntry *entry)
{
  WattleRoom *room = g_hash_table_lookup (self->rooms, entry->room);

  if (room == NULL)
    {
      room = g_new0 (WattleRoom, 1);
      room->rooms = self;
      room->id = g_strdup (entry->room);
      room->appointment = g_strdup (entry->appointment);
      room->patient = g_strdup (entry->patient);
      room->practice = g_strdup (entry->practice);
      room->started_at = wattle_clock_now ();
      room->watched_at = g_get_monotonic_time ();
      room->removed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      room->people = g_ptr_array_new_with_free_func (person_free);
      g_hash_table_insert (self->rooms, room->id, room);
    }
  room->closes_at = entry->closes_at;
  return room;
}

static void
attach (WattleRoomPerson *self, WattleRoomLink *link)
{
  self->link = link;
  self->away_since = 0;
  link->person = self;
}

static void
start_anew (WattleRoomPerson *self)
{
  self->seq = self->heard = 0;
  g_queue_clear_full (&self->kept, kept_free);
  self->kept_bytes = 0;
  g_free (self->session);
  self->session = wattle_id_new ();
}

/* Whether all that came after what they got is still kept. */
static gboolean
has_all_after (WattleRoomPerson *self, gint64 last)
{
  WattleRoomKept *first = g_queue_peek_head (&self->kept);

  return last <= self->seq && last >= 0 && (last == self->seq || (first != NULL && first->seq <= last + 1));
}

/* The same person with the same key: what they have agreed with others goes on. */
static void
come_back (WattleRoomPerson *self, WattleRoomEntry *entry, WattleRoomLink *link)
{
  gboolean resumes = entry->session != NULL && strcmp (entry->session, self->session) == 0
                     && has_all_after (self, entry->last);
  gboolean was_away = self->link == NULL;
  gint64 last = entry->last;

  if (self->link != NULL)
    wattle_room_bye (self->link, "replaced", "This call goes on in another window.");
  wattle_room_entry_free (self->entry);
  self->entry = entry;
  if (!resumes)
    start_anew (self);
  attach (self, link);
  wattle_room_welcome (self, !resumes);
  for (GList *l = self->kept.head; resumes && l != NULL; l = l->next)
    if (((WattleRoomKept *) l->data)->seq > last)
      link->send (link, ((WattleRoomKept *) l->data)->text);
  if (was_away)
    tell (self, "back", "back");
}

static WattleRoomPlace
place_of (const WattleRoomEntry *entry)
{
  if (!(entry->verbs & WATTLE_ROOM_ENTER))
    return WATTLE_ROOM_DESK;
  return entry->verbs & WATTLE_ROOM_ADMIT || entry->seated ? WATTLE_ROOM_IN : WATTLE_ROOM_WAITING;
}

static gboolean
check_space (WattleRoom *self, const WattleRoomEntry *entry, WattleRoomLink *link)
{
  static const guint most[] = { [WATTLE_ROOM_WAITING] = WATTLE_ROOM_CHAIRS,
                                [WATTLE_ROOM_IN] = WATTLE_ROOM_SEATS,
                                [WATTLE_ROOM_DESK] = DESKS };
  WattleRoomPlace place = place_of (entry);

  if (self->locked && place == WATTLE_ROOM_WAITING)
    wattle_room_bye (link, "locked", "The clinician has locked this room. Call the practice if you should be in it.");
  else if (count (self, place) >= most[place])
    wattle_room_bye (link, "full", "There is no seat left in this room. Try again when somebody has left.");
  else
    return TRUE;
  return FALSE;
}

static void
come_in (WattleRoom *room, WattleRoomEntry *entry, WattleRoomLink *link)
{
  static const char *const acts[] = { [WATTLE_ROOM_WAITING] = "room.wait",
                                      [WATTLE_ROOM_IN] = "room.enter",
                                      [WATTLE_ROOM_DESK] = "room.triage" };
  WattleRoomPerson *self = g_new0 (WattleRoomPerson, 1);

  self->room = room;
  self->entry = entry;
  self->place = place_of (entry);
  self->n = entry->n > 0 && entry->n < MAX_N && wattle_room_find (room, entry->n) == NULL ? entry->n : room->last_n + 1;
  room->last_n = MAX (room->last_n, self->n);
  self->since = wattle_clock_now ();
  self->tokens = MESSAGES_AT_ONCE;
  self->bytes = BYTES_AT_ONCE;
  self->filled_at = g_get_monotonic_time ();
  g_queue_init (&self->kept);
  start_anew (self);
  attach (self, link);
  g_ptr_array_add (room->people, self);
  wattle_room_audit (self, acts[self->place], NULL);
  if (self->place == WATTLE_ROOM_WAITING && !entry->passed && g_str_equal (entry->role, "patient"))
    wattle_room_arrive (room);
  wattle_room_welcome (self, TRUE);
  tell (self, "join", "here");
}

/**
 * wattle_rooms_enter:
 * @self: the rooms
 * @entry: (transfer full): who comes
 * @link: the way to them
 *
 * On the thread of sockets. They get welcome, lobby or bye.
 */
void
wattle_rooms_enter (WattleRooms *self, WattleRoomEntry *entry, WattleRoomLink *link)
{
  WattleRoom *room = open_room (self, entry);
  WattleRoomPerson *there = find_person (room, entry->person);
  gboolean same = there != NULL && strcmp (there->entry->device, entry->device) == 0;

  entry->seated = entry->seated && !g_hash_table_contains (room->removed, entry->person);
  if (there != NULL && !same && there->link != NULL && !entry->replace)
    {
      wattle_room_bye (link, "elsewhere",
                       "You are in this call with another device or window already. Leave there, or take the call over "
                       "here.");
      wattle_room_entry_free (entry);
      return;
    }
  if (there != NULL && strcmp (there->entry->key, entry->key) == 0 && place_of (entry) != WATTLE_ROOM_DESK
      && there->place != WATTLE_ROOM_DESK)
    {
      come_back (there, entry, link);
      return;
    }
  if (there != NULL)
    {
      entry->seated |= there->place == WATTLE_ROOM_IN;
      entry->n = 0;
      wattle_room_drop (there, "replaced", "This call goes on on another device or in another window.");
    }
  if (check_space (room, entry, link))
    come_in (room, entry, link);
  else
    wattle_room_entry_free (entry);
}

static gboolean
is_too_much (WattleRoomPerson *self, gsize length)
{
  gint64 now = g_get_monotonic_time ();
  double seconds = (now - self->filled_at) / (double) G_USEC_PER_SEC;

  self->tokens = MIN (self->tokens + seconds * MESSAGES, MESSAGES_AT_ONCE) - 1;
  self->bytes = MIN (self->bytes + seconds * BYTES, BYTES_AT_ONCE) - length;
  self->filled_at = now;
  return self->tokens < 0 || self->bytes < 0;
}

/**
 * wattle_rooms_message:
 * @self: the rooms
 * @link: of somebody who entered
 * @text: a message
 * @length: its length in bytes
 */
void
wattle_rooms_message (WattleRooms *self, WattleRoomLink *link, const char *text, gsize length)
{
  WattleRoomPerson *person = link->person;
  g_autoptr (WattleJson) json = NULL;
  WattleJsonNode root;
  gint64 seq;

  if (person == NULL)
    return;
  if (is_too_much (person, length))
    {
      wattle_room_drop (person, "slow", "This program sends more than a call can need, so it was disconnected.");
      return;
    }
  json = wattle_json_parse (text, length, NULL, NULL);
  root = json != NULL ? wattle_json_root (json) : (WattleJsonNode){ NULL, 0 };
  if (json == NULL || wattle_json_kind (root) != WATTLE_JSON_OBJECT || !wattle_json_member_string (root, "type"))
    {
      wattle_room_drop (person, "bad", "This program sent something that was not understood.");
      return;
    }
  seq = wattle_json_member_integer (root, "seq", 0);
  if (seq > 0 && seq <= person->heard)
    return;
  person->heard = MAX (person->heard, seq);
  wattle_room_say (person, root);
}

/**
 * wattle_rooms_gone:
 * @self: the rooms
 * @link: a way that ended
 *
 * The person may come back for a while.
 */
void
wattle_rooms_gone (WattleRooms *self, WattleRoomLink *link)
{
  WattleRoomPerson *person = link->person;

  if (person == NULL)
    return;
  link->person = NULL;
  person->link = NULL;
  person->away_since = g_get_monotonic_time ();
  tell (person, "away", "away");
}

static void
tick_room (WattleRoom *self, gint64 now, gint64 patience)
{
  if (self->closes_at <= wattle_clock_now ())
    {
      wattle_room_end (self, "closed", "The time of this visit is over, so its room was closed.");
      return;
    }
  if (self->people->len > 0 && now - self->watched_at > WATCH_EVERY)
    {
      self->watched_at = now;
      wattle_room_watch (self);
    }
  for (guint i = self->people->len; i > 0; i--)
    {
      WattleRoomPerson *person = self->people->pdata[i - 1];

      forget_old (person, now);
      if (person->away_since > 0 && now - person->away_since > patience)
        take_away (person);
    }
}

/* A number that is another one as soon as the list of rooms says something else. */
static guint
look_of (WattleRoom *self)
{
  guint look = g_str_hash (self->id) + self->locked;

  for (guint i = 0; i < self->people->len; i++)
    {
      const WattleRoomPerson *person = self->people->pdata[i];

      look = look * 31 + person->n * 8 + person->place * 2 + (person->link == NULL);
      look = look * 31 + (person->state != NULL ? g_str_hash (person->state) : 0);
    }
  return look;
}

static gboolean
tick_cb (gpointer data)
{
  WattleRooms *self = data;
  gint64 now = g_get_monotonic_time ();
  guint look = 0;
  GHashTableIter iter;
  gpointer room;

  g_hash_table_iter_init (&iter, self->rooms);
  while (g_hash_table_iter_next (&iter, NULL, &room))
    {
      tick_room (room, now, (gint64) self->server->leave_seconds * G_USEC_PER_SEC);
      if (((WattleRoom *) room)->people->len == 0)
        g_hash_table_iter_remove (&iter);
      else
        look += look_of (room);
    }
  if (look != self->look)
    wattle_hub_rooms (self->server->hub);
  self->look = look;
  return G_SOURCE_CONTINUE;
}

typedef struct
{
  WattleRooms *rooms;
  char *user;
  char *device;
  char *family;
  char *except;
} End;

static void
end_free (gpointer data)
{
  End *self = data;

  g_free (self->user);
  g_free (self->device);
  g_free (self->family);
  g_free (self->except);
  g_free (self);
}

static gboolean
has_ended (const WattleRoomEntry *entry, const End *end)
{
  return g_strcmp0 (entry->user, end->user) == 0
         && (end->device == NULL || g_strcmp0 (entry->device, end->device) == 0)
         && (end->family == NULL || g_strcmp0 (entry->family, end->family) == 0)
         && (end->except == NULL || g_strcmp0 (entry->family, end->except) != 0);
}

static gboolean
sign_out_cb (gpointer data)
{
  End *end = data;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, end->rooms->rooms);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      WattleRoom *room = value;

      for (guint i = room->people->len; i > 0; i--)
        if (has_ended (((WattleRoomPerson *) room->people->pdata[i - 1])->entry, end))
          wattle_room_drop (room->people->pdata[i - 1], "signed_out", "You were signed out.");
    }
  return G_SOURCE_REMOVE;
}

/**
 * wattle_rooms_sign_out:
 * @self: the rooms
 * @which: sessions that ended
 *
 * From any thread.
 */
void
wattle_rooms_sign_out (WattleRooms *self, const WattleSessionEnd *which)
{
  End *end = g_new0 (End, 1);

  end->rooms = self;
  end->user = g_strdup (which->user);
  end->device = g_strdup (which->device);
  end->family = g_strdup (which->family);
  end->except = g_strdup (which->except);
  if (self->context != NULL)
    g_main_context_invoke_full (self->context, G_PRIORITY_DEFAULT, sign_out_cb, end, end_free);
  else
    end_free (end);
}

/**
 * wattle_rooms_write:
 * @self: the rooms
 * @writer: where an array goes
 *
 * The rooms with somebody in them, as ids, roles and times.
 */
void
wattle_rooms_write (WattleRooms *self, WattleJsonWriter *writer)
{
  static const char *const places[] = { "waiting", "in", "desk" };
  GHashTableIter iter;
  gpointer value;

  wattle_json_begin_array (writer);
  g_hash_table_iter_init (&iter, self->rooms);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      WattleRoom *room = value;

      wattle_json_begin_object (writer);
      wattle_json_pair_string (writer, "room", room->id);
      wattle_json_pair_string (writer, "appointment", room->appointment);
      write_instant (writer, "started_at", room->started_at);
      write_instant (writer, "closes_at", room->closes_at);
      wattle_json_pair_boolean (writer, "locked", room->locked);
      wattle_json_name (writer, "people");
      wattle_json_begin_array (writer);
      for (guint i = 0; i < room->people->len; i++)
        {
          WattleRoomPerson *person = room->people->pdata[i];

          wattle_json_begin_object (writer);
          wattle_json_pair_integer (writer, "n", person->n);
          wattle_json_pair_string (writer, "role", person->entry->role);
          wattle_json_pair_string (writer, "place", places[person->place]);
          write_optional (writer, "user", person->entry->user);
          write_optional (writer, "state", person->state);
          write_instant (writer, "since", person->since);
          wattle_json_pair_boolean (writer, "away", person->link == NULL);
          wattle_json_end_object (writer);
        }
      wattle_json_end_array (writer);
      wattle_json_end_object (writer);
    }
  wattle_json_end_array (writer);
}

WattleRooms *
wattle_rooms_new (WattleServer *server)
{
  WattleRooms *self = g_new0 (WattleRooms, 1);

  self->server = server;
  self->rooms = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, room_free);
  return self;
}

/**
 * wattle_rooms_start:
 * @self: the rooms
 * @context: of the thread of sockets
 */
void
wattle_rooms_start (WattleRooms *self, GMainContext *context)
{
  self->context = g_main_context_ref (context);
  self->tick = g_timeout_source_new (TICK_MS);
  g_source_set_callback (self->tick, tick_cb, self, NULL);
  g_source_attach (self->tick, context);
}

/* After the engine stopped: no socket is left. */
void
wattle_rooms_free (WattleRooms *self)
{
  if (self == NULL)
    return;
  if (self->tick != NULL)
    g_source_destroy (self->tick);
  g_clear_pointer (&self->tick, g_source_unref);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_hash_table_unref (self->rooms);
  g_free (self);
}
