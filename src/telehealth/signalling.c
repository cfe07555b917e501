/* signalling.c: one's stay in a room of the server: coming, coming back, and the messages of both sides
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "telehealth/signalling.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/civil.h"
#include "base/clock.h"
#include "base/error.h"
#include "telehealth/sealing.h"

#define LIMITS ((WattleJsonLimits){ WATTLE_LINE_MAX_MESSAGE, 8, 4000 })
#define MAX_KEPT 256
#define PING_EVERY (10 * WATTLE_SECOND)
#define DEAF_AFTER (25 * WATTLE_SECOND)
#define RELAYS_BEFORE (2 * WATTLE_MINUTE)
#define LAST_BACKOFF 8

typedef enum
{
  AT_REST,    /* not entered, or over */
  OPENING,    /* the socket is being opened */
  ASKING,     /* it is open; the token is on its way */
  GREETING,   /* hello was sent */
  INSIDE,     /* waiting, or in */
  BETWEEN     /* broken; opened again at @retry_at */
} Step;

typedef struct
{
  guint seq;
  char *text; /* without its number: what follows it */
  gboolean sent;
} Said;

struct _WattleSignalling
{
  WattleLine *line;
  WattleRoomClock clock;
  WattleRoomFunc func;
  gpointer data;

  Step step;
  char *room;
  char *key;
  char *resume;
  char *pass; /* (nullable): what lets one into this room, each time, after one was moved there */
  gboolean replace;
  guint last;  /* of the server's numbers, the highest that was heard */
  guint seq;   /* of one's own, the last given */
  GQueue said; /* Said: what the server may not have heard */
  guint attempts;
  gint64 retry_at;
  gint64 heard_at;
  gint64 pinged_at;
  gint64 relays_until; /* 0: no credentials */
  gboolean told_down;
};

typedef struct
{
  const char *type;
  WattleRoomEvent event;
} Word;

static const Word words[] = {
  { "lobby", WATTLE_ROOM_LOBBY },
  { "welcome", WATTLE_ROOM_WELCOME },
  { "note", WATTLE_ROOM_NOTE },
  { "peer", WATTLE_ROOM_PEER },
  { "waiting", WATTLE_ROOM_WAITING },
  { "locked", WATTLE_ROOM_LOCKED },
  { "need-offer", WATTLE_ROOM_NEED_OFFER },
  { "sealed", WATTLE_ROOM_SEALED },
  { "error", WATTLE_ROOM_REFUSED },
  { "bye", WATTLE_ROOM_BYE },
};

static void open_line (WattleSignalling *self);

static void
said_free (gpointer data)
{
  Said *said = data;

  g_free (said->text);
  g_free (said);
}

static gint64
now (WattleSignalling *self)
{
  return self->clock (self->data);
}

static void
tell (WattleSignalling *self, WattleRoomEvent event, const char *text)
{
  self->func (event, (WattleJsonNode){ NULL, 0 }, text, self->data);
}

static void
rest (WattleSignalling *self)
{
  self->step = AT_REST;
  wattle_line_close (self->line);
  g_queue_clear_full (&self->said, said_free);
}

/* 0, 1, 2, 4, 8, 8 ... seconds. */
static gint64
backoff (guint attempts)
{
  return attempts == 0 ? 0 : MIN (1 << MIN (attempts - 1, 10), LAST_BACKOFF) * WATTLE_SECOND;
}

static void
come_again (WattleSignalling *self, gint64 least)
{
  wattle_line_close (self->line);
  self->step = BETWEEN;
  self->retry_at = now (self) + MAX (backoff (self->attempts++), least);
  if (self->told_down)
    return;
  self->told_down = TRUE;
  tell (self, WATTLE_ROOM_DOWN, _("The practice's server does not answer just now. Wattle keeps trying."));
}

static void
forget_stay (WattleSignalling *self)
{
  g_clear_pointer (&self->resume, g_free);
  self->last = 0;
  self->seq = 0;
  g_queue_clear_full (&self->said, said_free);
}

static void
send (WattleSignalling *self, Said *said)
{
  g_autofree char *text = g_strdup_printf ("{\"seq\":%u,%s", said->seq, said->text);

  said->sent = TRUE;
  wattle_line_send (self->line, text);
}

/* A stay that goes on: what the server did not hear is said again. One that began anew has numbers of its own, and
 * hears what nobody was there to hear. */
static void
resend (WattleSignalling *self, gboolean fresh, guint heard)
{
  guint n = g_queue_get_length (&self->said);

  if (fresh)
    self->seq = 0;
  for (guint i = 0; i < n; i++)
    {
      Said *said = g_queue_pop_head (&self->said);

      if (fresh ? said->sent : said->seq <= heard)
        {
          said_free (said);
          continue;
        }
      if (fresh)
        said->seq = ++self->seq;
      g_queue_push_tail (&self->said, said);
      send (self, said);
    }
}

static guint
member_count (WattleJsonNode message, const char *name)
{
  return (guint) CLAMP (wattle_json_member_integer (message, name, 0), 0, G_MAXINT);
}

static void
take_resume (WattleSignalling *self, WattleJsonNode message)
{
  const char *resume = wattle_json_member_string (message, "resume");

  if (resume == NULL)
    return;
  g_free (self->resume);
  self->resume = g_strdup (resume);
}

static void
take_relays (WattleSignalling *self, WattleJsonNode message)
{
  WattleJsonNode turn = wattle_json_member (message, "turn");
  gint64 sent_at = 0, expires = 0;

  if (wattle_json_kind (turn) != WATTLE_JSON_OBJECT)
    return;
  wattle_json_member_instant (message, "now", &sent_at);
  wattle_json_member_instant (turn, "expires_at", &expires);
  self->relays_until = expires > sent_at ? now (self) + (expires - sent_at) : 0;
  self->func (WATTLE_ROOM_RELAYS, message, NULL, self->data);
}

static void
arrive (WattleSignalling *self, WattleJsonNode message)
{
  gboolean fresh = wattle_json_member_boolean (message, "fresh");

  if (fresh)
    self->last = 0;
  take_resume (self, message);
  if (self->step == GREETING)
    resend (self, fresh, member_count (message, "heard"));
  self->step = INSIDE;
  self->attempts = 0;
  self->told_down = FALSE;
  self->replace = FALSE;
}

static void
take_bye (WattleSignalling *self, WattleJsonNode message)
{
  const char *why = wattle_json_member_string (message, "why");
  const char *text = wattle_json_member_string (message, "message");

  if (g_strcmp0 (why, "moved") == 0)
    return;
  if (g_strcmp0 (why, "slow") == 0 || g_strcmp0 (why, "failed") == 0
      || (g_strcmp0 (why, "signed_out") == 0 && self->attempts == 0))
    {
      come_again (self, wattle_json_member_integer (message, "retry_ms", 1000) * 1000);
      return;
    }
  rest (self);
  self->func (WATTLE_ROOM_BYE, message, text != NULL ? text : _("The practice closed this room."), self->data);
}

static void
take_move (WattleSignalling *self, WattleJsonNode message)
{
  const char *room = wattle_json_member_string (message, "room");

  if (room == NULL)
    return;
  g_free (self->room);
  self->room = g_strdup (room);
  g_free (self->pass);
  self->pass = g_strdup (wattle_json_member_string (message, "pass"));
  forget_stay (self);
  self->attempts = 0;
  open_line (self);
}

/* Whether a message is one that was heard before. */
static gboolean
is_old (WattleSignalling *self, WattleJsonNode message)
{
  guint seq = member_count (message, "seq");

  if (seq == 0)
    return FALSE;
  if (seq <= self->last)
    return TRUE;
  self->last = seq;
  return FALSE;
}

static void
take_word (WattleSignalling *self, const char *type, WattleJsonNode message)
{
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    {
      if (strcmp (words[i].type, type) != 0)
        continue;
      if (words[i].event == WATTLE_ROOM_BYE)
        take_bye (self, message);
      else
        {
          if (words[i].event == WATTLE_ROOM_LOBBY || words[i].event == WATTLE_ROOM_WELCOME)
            {
              arrive (self, message);
              take_relays (self, message);
            }
          self->func (words[i].event, message, wattle_json_member_string (message, "message"), self->data);
        }
      return;
    }
}

static void
take_message (WattleSignalling *self, const char *text)
{
  g_autoptr (WattleJson) json = NULL;
  WattleJsonNode message;
  const char *type;

  self->heard_at = now (self);
  json = wattle_json_parse (text, -1, &LIMITS, NULL);
  if (json == NULL)
    return;
  message = wattle_json_root (json);
  type = wattle_json_member_string (message, "type");
  if (wattle_json_exists (wattle_json_member (message, "goodbye")))
    come_again (self, wattle_json_member_integer (message, "retry_ms", 500) * 1000);
  else if (type == NULL || is_old (self, message))
    return;
  else if (strcmp (type, "pong") == 0)
    {
      take_resume (self, message);
      take_relays (self, message);
    }
  else if (strcmp (type, "moved") == 0)
    take_move (self, message);
  else
    take_word (self, type, message);
}

static void
line_cb (WattleLineEvent event, const char *text, gpointer data)
{
  WattleSignalling *self = data;

  if (self->step == AT_REST || self->step == BETWEEN)
    return;
  switch (event)
    {
    case WATTLE_LINE_OPENED:
      self->step = ASKING;
      self->heard_at = now (self);
      tell (self, WATTLE_ROOM_TOKEN_WANTED, NULL);
      break;
    case WATTLE_LINE_MESSAGE:
      take_message (self, text);
      break;
    case WATTLE_LINE_CLOSED:
    default:
      come_again (self, 0);
      break;
    }
}

static void
open_line (WattleSignalling *self)
{
  g_autofree char *path = g_strdup_printf ("/rooms/%s/socket", self->room);

  self->step = OPENING;
  self->heard_at = now (self);
  wattle_line_open (self->line, path, line_cb, self);
}

static WattleJsonWriter
begin (const char *type)
{
  WattleJsonWriter writer = wattle_json_writer (g_string_new (NULL));

  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "type", type);
  return writer;
}

/* Sends it, and keeps it until it is known to be heard. */
static void
end (WattleSignalling *self, WattleJsonWriter *writer)
{
  Said *said = g_new0 (Said, 1);

  wattle_json_end_object (writer);
  said->seq = ++self->seq;
  said->text = g_strdup (writer->out->str + 1);
  g_string_free (writer->out, TRUE);
  g_queue_push_tail (&self->said, said);
  if (g_queue_get_length (&self->said) > MAX_KEPT)
    said_free (g_queue_pop_head (&self->said));
  if (self->step == INSIDE)
    send (self, said);
}

/**
 * wattle_signalling_new:
 * @line: how the server is reached
 * @clock: monotonic microseconds
 * @func: told what happens, never from within a function that is called here except wattle_signalling_tick()
 * @data: for both
 *
 * Returns: (transfer full): a stay that has not begun
 */
WattleSignalling *
wattle_signalling_new (WattleLine *line, WattleRoomClock clock, WattleRoomFunc func, gpointer data)
{
  WattleSignalling *self = g_new0 (WattleSignalling, 1);

  self->line = g_object_ref (line);
  self->clock = clock;
  self->func = func;
  self->data = data;
  g_queue_init (&self->said);
  return self;
}

void
wattle_signalling_free (WattleSignalling *self)
{
  if (self == NULL)
    return;
  rest (self);
  g_object_unref (self->line);
  g_free (self->room);
  g_free (self->key);
  g_free (self->resume);
  g_free (self->pass);
  g_free (self);
}

/**
 * wattle_signalling_enter:
 * @self: a stay
 * @room: id of the room
 * @key: this device's public key in base64
 *
 * Goes to the room; a lobby, a welcome or a bye follows.
 */
void
wattle_signalling_enter (WattleSignalling *self, const char *room, const char *key)
{
  forget_stay (self);
  g_clear_pointer (&self->pass, g_free);
  g_free (self->room);
  self->room = g_strdup (room);
  g_free (self->key);
  self->key = g_strdup (key);
  self->attempts = 0;
  self->told_down = FALSE;
  self->relays_until = 0;
  open_line (self);
}

/**
 * wattle_signalling_take_token:
 * @self: a stay that asked for one
 * @token: (nullable): of the session or the guest; %NULL when there is none just now
 * @proof: (nullable): what others may check that this device's key is its own by
 */
void
wattle_signalling_take_token (WattleSignalling *self, const char *token, const char *proof)
{
  g_autoptr (GString) out = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (out);

  if (self->step != ASKING)
    return;
  if (token == NULL)
    {
      come_again (self, 0);
      return;
    }
  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "type", "hello");
  wattle_json_pair_string (&writer, "token", token);
  wattle_json_pair_string (&writer, "key", self->key);
  wattle_json_pair_string (&writer, "client", "native");
  if (proof != NULL)
    wattle_json_pair_string (&writer, "proof", proof);
  if (self->pass != NULL)
    wattle_json_pair_string (&writer, "pass", self->pass);
  if (self->resume != NULL)
    {
      wattle_json_pair_string (&writer, "resume", self->resume);
      wattle_json_pair_integer (&writer, "last", self->last);
    }
  if (self->replace)
    wattle_json_pair_boolean (&writer, "replace", TRUE);
  wattle_json_end_object (&writer);
  self->step = GREETING;
  wattle_line_send (self->line, out->str);
}

/**
 * wattle_signalling_replace:
 * @self: a stay that ended because another device of the same person is in the room
 *
 * Goes there all the same, and sends the other device away.
 */
void
wattle_signalling_replace (WattleSignalling *self)
{
  self->replace = TRUE;
  wattle_signalling_again (self);
}

/**
 * wattle_signalling_again:
 * @self: a stay that ended, or that waits until it tries again
 *
 * Tries at once.
 */
void
wattle_signalling_again (WattleSignalling *self)
{
  if (self->room == NULL || self->step == INSIDE)
    return;
  if (self->step == AT_REST)
    forget_stay (self);
  self->attempts = 0;
  open_line (self);
}

/**
 * wattle_signalling_leave:
 * @self: a stay
 *
 * Goes for good; nothing is told any more.
 */
void
wattle_signalling_leave (WattleSignalling *self)
{
  if (self->step == INSIDE)
    wattle_signalling_say (self, "leave", 0, NULL, NULL);
  rest (self);
  forget_stay (self);
}

/**
 * wattle_signalling_tick:
 * @self: a stay
 *
 * Does what is due: opens a broken line again, sees that one is dead, asks for
 * relays before their credentials end.
 */
void
wattle_signalling_tick (WattleSignalling *self)
{
  gint64 at = now (self);
  gboolean relays;

  if (self->step == BETWEEN && at >= self->retry_at)
    open_line (self);
  else if (self->step != AT_REST && self->step != BETWEEN && at - self->heard_at > DEAF_AFTER)
    come_again (self, 0);
  if (self->step != INSIDE || at - self->pinged_at < PING_EVERY)
    return;
  relays = self->relays_until > 0 && at > self->relays_until - RELAYS_BEFORE;
  self->pinged_at = at;
  wattle_line_send (self->line, relays ? "{\"type\":\"ping\",\"turn\":true}" : "{\"type\":\"ping\"}");
}

/* Whether the server hears what is said now. */
gboolean
wattle_signalling_is_up (WattleSignalling *self)
{
  return self->step == INSIDE;
}

/* The room one is in, or goes to; it changes when one is moved. */
const char *
wattle_signalling_room (WattleSignalling *self)
{
  return self->room;
}

/**
 * wattle_signalling_say:
 * @self: a stay
 * @type: of the message
 * @to: (or 0): number of a person
 * @name: (nullable): a member of the message
 * @value: (nullable): its text; nothing is added without one
 *
 * Says something to the server; it is kept and said again when the line breaks.
 */
void
wattle_signalling_say (WattleSignalling *self, const char *type, guint to, const char *name, const char *value)
{
  WattleJsonWriter writer = begin (type);

  if (to > 0)
    wattle_json_pair_integer (&writer, "to", to);
  if (value != NULL)
    wattle_json_pair_string (&writer, name, value);
  end (self, &writer);
}

/* As wattle_signalling_say(), of one generation of the connection. */
void
wattle_signalling_say_about (
  WattleSignalling *self, const char *type, guint to, guint generation, const char *name, const char *value)
{
  WattleJsonWriter writer = begin (type);

  wattle_json_pair_integer (&writer, "to", to);
  wattle_json_pair_integer (&writer, "gen", generation);
  if (value != NULL)
    wattle_json_pair_string (&writer, name, value);
  end (self, &writer);
}

/* While it is on nobody new may come. */
void
wattle_signalling_lock (WattleSignalling *self, gboolean on)
{
  WattleJsonWriter writer = begin ("lock");

  wattle_json_pair_boolean (&writer, "on", on);
  end (self, &writer);
}

/* The certificate of @with was not the one of their description. */
void
wattle_signalling_mismatch (WattleSignalling *self, guint with)
{
  WattleJsonWriter writer = begin ("mismatch");

  wattle_json_pair_integer (&writer, "with", with);
  end (self, &writer);
}

/**
 * wattle_room_person_parse:
 * @message: "peer", "waiting", or one of those in "welcome"
 * @person: (out caller-allocates): who it is about; texts belong to @message
 *
 * Returns: whether @message names somebody
 */
gboolean
wattle_room_person_parse (WattleJsonNode message, WattleRoomPerson *person)
{
  WattleJsonNode suites = wattle_json_member (message, "suites");
  gboolean box = wattle_json_kind (suites) != WATTLE_JSON_ARRAY;

  memset (person, 0, sizeof *person);
  person->number = member_count (message, "n");
  person->role = wattle_json_member_string (message, "role");
  if (person->number == 0 || person->role == NULL || strlen (person->role) > WATTLE_ROOM_ROLE_LENGTH)
    return FALSE;
  for (guint i = 0; !box && i < wattle_json_length (suites); i++)
    box = g_strcmp0 (wattle_json_string (wattle_json_element (suites, i)), "box") == 0;
  person->owner = wattle_json_member_boolean (message, "owner");
  person->has_key = wattle_seal_key_parse (wattle_json_member_string (message, "key"), person->key, NULL);
  person->aesgcm = !box;
  person->browser = g_strcmp0 (wattle_json_member_string (message, "client"), "browser") == 0;
  person->away = wattle_json_member_boolean (message, "away");
  wattle_json_member_instant (message, "since", &person->since);
  person->guest = wattle_json_member_string (message, "user") == NULL;
  person->name = wattle_json_member_string (message, "name");
  person->identity = wattle_json_member_string (message, "identity");
  person->proof = wattle_json_member_string (message, "proof");
  person->state = wattle_json_member_string (message, "state");
  return TRUE;
}
