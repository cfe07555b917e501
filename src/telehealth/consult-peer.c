/* consult-peer.c: one other person of a consult: what is sealed to them, and the connection that is kept alive
 *
 * The clinician of the visit offers to all, of two others the lower number; so no two offers ever meet. A connection
 * that fell silent is not mended: the side that offers makes a new generation, the other asks for one.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "telehealth/consult-private.h"

#define INNER_LIMITS ((WattleJsonLimits){ WATTLE_SEAL_MAX_TEXT, 4, 200 })
#define MAX_PEERS 32
#define MAX_NAME 120
/* How far ahead a generation may be: the other side may have tried alone for some minutes. */
#define MAX_LEAP 200
/* How long a generation may take before the next is tried. */
#define PATIENCE (4 * WATTLE_SECOND)
/* How long an offer is waited for before one is asked for. */
#define FIRST_PATIENCE (3 * WATTLE_SECOND)
#define LEAST_BETWEEN (WATTLE_SECOND / 2)
/* What the engine waits before it calls a connection silent. */
#define UNHEARD (2 * WATTLE_SECOND)
#define LAST_BACKOFF 8
/* Nobody writes faster than that for long; what is more would only keep the window from drawing. */
#define CHATS_AT_ONCE 30
#define CHAT_EVERY (WATTLE_SECOND / 2)

typedef struct
{
  const char *kind;
  void (*take) (WattleConsult *self, WattlePeer *peer, guint generation, WattleJsonNode inner);
} Inner;

static void
set_text (char **field, const char *text)
{
  if (g_strcmp0 (*field, text) == 0)
    return;
  g_free (*field);
  *field = g_strdup (text);
}

/* Whether two people of the call are to be connected: in the room, neither of them waiting. */
gboolean
wattle_peer_is_in (WattlePeer *peer)
{
  return peer->seen.present && !peer->seen.waiting;
}

static gboolean
offers (WattleConsult *self, WattlePeer *peer)
{
  if (self->owner != peer->owner)
    return self->owner;
  return self->number < peer->seen.number;
}

static gint64
backoff (guint tries)
{
  return tries < 2 ? 0 : MIN (1 << MIN (tries - 2, 10), LAST_BACKOFF) * WATTLE_SECOND;
}

static gboolean
send_sealed (WattleConsult *self, WattlePeer *peer, guint generation, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *blob =
    peer->seal != NULL && wattle_peer_is_in (peer) ? wattle_seal_close (peer->seal, generation, text, &error) : NULL;

  if (blob != NULL)
    wattle_signalling_say_about (self->signalling, "sealed", peer->seen.number, generation, "blob", blob);
  else if (error != NULL)
    wattle_consult_say (self, error->message);
  return blob != NULL;
}

static WattleJsonWriter
begin_inner (const char *kind)
{
  WattleJsonWriter writer = wattle_json_writer (g_string_new (NULL));

  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "kind", kind);
  return writer;
}

static char *
end_inner (WattleJsonWriter *writer)
{
  wattle_json_end_object (writer);
  return g_string_free (writer->out, FALSE);
}

static void
pair_bytes (WattleJsonWriter *writer, const char *name, const guint8 *bytes, gsize length)
{
  g_autofree char *text = g_base64_encode (bytes, length);

  wattle_json_pair_string (writer, name, text);
}

/* The first thing that is said: who one says one is, and the hash of the salt that the code will be made with. */
static void
send_hello (WattleConsult *self, WattlePeer *peer)
{
  WattleJsonWriter writer = begin_inner ("hello");
  guint8 hash[WATTLE_SEAL_HASH_BYTES];
  g_autofree char *text = NULL;

  wattle_seal_salt_hash (peer->salt, hash);
  if (self->name != NULL)
    wattle_json_pair_string (&writer, "name", self->name);
  pair_bytes (&writer, "hash", hash, sizeof hash);
  text = end_inner (&writer);
  send_sealed (self, peer, 0, text);
}

/* Everything starts anew between two numbers in a room that have not spoken. */
static void
make_seal (WattleConsult *self, WattlePeer *peer)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&peer->seal, wattle_seal_free);
  peer->sealed_as = self->number;
  peer->seal = wattle_seal_new (self->key, peer->key, peer->aesgcm ? WATTLE_SEAL_AESGCM : WATTLE_SEAL_BOX,
                                wattle_signalling_room (self->signalling), self->number, peer->seen.number, &error);
  if (peer->seal == NULL)
    {
      set_text (&peer->seen.sentence, error->message);
      return;
    }
  if (!peer->has_salt)
    {
      peer->has_hash = FALSE;
      wattle_seal_salt (peer->salt);
    }
  send_hello (self, peer);
}

static void
start_generation (WattleConsult *self, WattlePeer *peer, guint generation)
{
  g_autoptr (GError) error = NULL;
  gint64 now = wattle_consult_now (self);

  peer->generation = generation;
  peer->started = now;
  peer->next_try = now + PATIENCE + backoff (peer->tries);
  if (peer->lost == 0)
    peer->lost = now;
  if (peer->seen.link == WATTLE_CONSULT_UNLINKED)
    peer->seen.link = WATTLE_CONSULT_LINKING;
  if (!wattle_call_engine_connect_peer (self->engine, peer->seen.id, generation, offers (self, peer), &error))
    set_text (&peer->seen.sentence, error->message);
  wattle_consult_changed (self);
}

/* One more attempt: a new generation, or the question for one. */
static void
try_again (WattleConsult *self, WattlePeer *peer)
{
  gint64 now = wattle_consult_now (self);

  peer->tries++;
  if (offers (self, peer))
    {
      start_generation (self, peer, peer->generation + 1);
      return;
    }
  peer->next_try = now + PATIENCE + backoff (peer->tries);
  if (peer->lost == 0)
    peer->lost = now;
  if (peer->seen.link == WATTLE_CONSULT_UNLINKED)
    peer->seen.link = WATTLE_CONSULT_LINKING;
  wattle_signalling_say_about (self->signalling, "need-offer", peer->seen.number, peer->generation + 1, "why",
                               peer->seen.link == WATTLE_CONSULT_LINKING ? "start" : "silent");
}

/* Begins to connect when both are in, and each knows the other's key. */
static void
begin_link (WattleConsult *self, WattlePeer *peer)
{
  if (!self->inside || !wattle_peer_is_in (peer) || peer->seal == NULL || peer->seen.link != WATTLE_CONSULT_UNLINKED)
    return;
  if (offers (self, peer))
    start_generation (self, peer, peer->generation + 1);
  else
    {
      peer->seen.link = WATTLE_CONSULT_LINKING;
      peer->lost = wattle_consult_now (self);
      peer->next_try = peer->lost + FIRST_PATIENCE;
    }
}

static void
come_in (WattleConsult *self, WattlePeer *peer)
{
  wattle_evidence_come (self->evidence, peer->seen.id, peer->seen.role, wattle_clock_now ());
  g_signal_emit_by_name (self, "admitted", peer->seen.id);
  g_signal_emit_by_name (self, "report");
}

static void
unlink_peer (WattleConsult *self, WattlePeer *peer)
{
  if (peer->seen.link != WATTLE_CONSULT_UNLINKED)
    wattle_call_engine_remove_peer (self->engine, peer->seen.id);
  peer->seen.link = WATTLE_CONSULT_UNLINKED;
  peer->linked = 0;
  peer->tries = 0;
  peer->lost = 0;
}

static void
go (WattleConsult *self, WattlePeer *peer)
{
  if (!peer->seen.present)
    return;
  unlink_peer (self, peer);
  peer->seen.present = FALSE;
  peer->seen.recording = WATTLE_CONSULT_NOT_RECORDING;
  peer->seen.consent = WATTLE_CONSULT_NO_ANSWER;
  if (peer->seen.waiting)
    return;
  wattle_evidence_go (self->evidence, peer->seen.id, wattle_clock_now ());
  g_signal_emit_by_name (self, "report");
}

static WattlePeer *
find_for (WattleConsult *self, const WattleRoomPerson *person)
{
  for (guint i = 0; i < self->peers->len; i++)
    {
      WattlePeer *peer = g_ptr_array_index (self->peers, i);
      gboolean same_key =
        peer->has_key && person->has_key && memcmp (peer->key, person->key, sizeof person->key) == 0;

      if (same_key || (peer->seen.number == person->number && (!peer->has_key || !person->has_key)))
        return peer;
    }
  return NULL;
}

/* Whoever left first makes room for who comes: a page that is loaded again and again is somebody new each time. */
static gboolean
make_room (WattleConsult *self)
{
  for (guint i = 0; self->peers->len == MAX_PEERS && i < self->peers->len; i++)
    if (!((WattlePeer *) g_ptr_array_index (self->peers, i))->seen.present)
      g_ptr_array_remove_index (self->peers, i);
  return self->peers->len < MAX_PEERS;
}

static WattlePeer *
peer_for (WattleConsult *self, const WattleRoomPerson *person)
{
  WattlePeer *peer = find_for (self, person);

  if (peer != NULL || !make_room (self))
    return peer;
  peer = g_new0 (WattlePeer, 1);
  peer->seen.id = g_strdup_printf ("p%u", ++self->serial);
  peer->seen.microphone = TRUE;
  peer->seen.quality = g_strdup ("");
  peer->seen.path = g_strdup ("");
  g_ptr_array_add (self->peers, peer);
  return peer;
}

/* A device that the practice enrolled proves by its signature that the key is its own. */
static void
check_identity (WattleConsult *self, WattlePeer *peer, const WattleRoomPerson *person)
{
  if (person->identity == NULL || !peer->has_key
      || !wattle_seal_proof_check (person->identity, person->proof, wattle_signalling_room (self->signalling),
                                   peer->key))
    return;
  set_text (&peer->seen.identity, person->identity);
  if (g_hash_table_contains (self->known, person->identity))
    peer->seen.verified = TRUE;
}

static void
take_person (WattleConsult *self, WattlePeer *peer, const WattleRoomPerson *person, gboolean waiting)
{
  gboolean was_in = wattle_peer_is_in (peer);
  gboolean renumbered = peer->seen.number != person->number;

  peer->seen.number = person->number;
  peer->seen.present = TRUE;
  peer->named = TRUE;
  peer->seen.waiting = waiting;
  peer->seen.away = person->away;
  peer->seen.guest = person->guest;
  peer->owner = person->owner;
  set_text (&peer->seen.role, person->role);
  if (person->since > 0)
    peer->seen.since = person->since;
  if (person->name != NULL)
    {
      set_text (&peer->seen.name, person->name);
      peer->named_by_staff = TRUE;
    }
  if (person->has_key)
    {
      memcpy (peer->key, person->key, sizeof peer->key);
      peer->has_key = TRUE;
      peer->aesgcm = person->aesgcm || person->browser;
      check_identity (self, peer, person);
      if (peer->seal == NULL || renumbered || peer->sealed_as != self->number)
        make_seal (self, peer);
      else if (!was_in && !waiting)
        send_hello (self, peer);
    }
  if (!was_in && !waiting)
    come_in (self, peer);
  begin_link (self, peer);
}

/**
 * wattle_peer_take:
 * @self: a consult
 * @message: what the server says of somebody
 * @waiting: whether it is about the waiting room
 */
void
wattle_peer_take (WattleConsult *self, WattleJsonNode message, gboolean waiting)
{
  const char *what = wattle_json_member_string (message, "what");
  WattleRoomPerson person;
  WattlePeer *peer;

  if (!wattle_room_person_parse (message, &person) || person.number == self->number)
    return;
  if (g_strcmp0 (what, "leave") == 0 || g_strcmp0 (what, "gone") == 0)
    {
      peer = wattle_peer_find (self, person.number);
      /* Who is let in is gone from the waiting room, and may be in the room already. */
      if (peer != NULL && peer->seen.waiting == waiting)
        go (self, peer);
      return;
    }
  person.away = person.away || g_strcmp0 (what, "away") == 0;
  peer = peer_for (self, &person);
  if (peer != NULL)
    take_person (self, peer, &person, waiting);
}

/**
 * wattle_peer_take_room:
 * @self: a consult that came into its room, or back
 * @message: the welcome
 *
 * Whom it does not name has gone, except where media still flow.
 */
void
wattle_peer_take_room (WattleConsult *self, WattleJsonNode message)
{
  WattleJsonNode peers = wattle_json_member (message, "peers");
  WattleJsonNode waiting = wattle_json_member (message, "waiting");

  for (guint i = 0; i < self->peers->len; i++)
    ((WattlePeer *) g_ptr_array_index (self->peers, i))->named = FALSE;
  for (guint i = 0; i < MIN (wattle_json_length (peers), WATTLE_ROOM_MAX_PEOPLE); i++)
    wattle_peer_take (self, wattle_json_element (peers, i), FALSE);
  for (guint i = 0; i < MIN (wattle_json_length (waiting), WATTLE_ROOM_MAX_PEOPLE); i++)
    wattle_peer_take (self, wattle_json_element (waiting, i), TRUE);
  for (guint i = 0; i < self->peers->len; i++)
    {
      WattlePeer *peer = g_ptr_array_index (self->peers, i);

      if (!peer->named && peer->linked == 0)
        go (self, peer);
    }
}

/* Tries what is due. */
void
wattle_peer_tick (WattleConsult *self, WattlePeer *peer)
{
  if (!self->inside || !wattle_peer_is_in (peer) || peer->seal == NULL || peer->linked > 0
      || peer->seen.link == WATTLE_CONSULT_UNLINKED || peer->seen.away || !wattle_signalling_is_up (self->signalling)
      || !wattle_call_engine_is_running (self->engine))
    return;
  if (wattle_consult_now (self) >= peer->next_try)
    try_again (self, peer);
}

/* Something changed that may help: tries at the next occasion. */
void
wattle_peer_hurry (WattleConsult *self, WattlePeer *peer)
{
  if (peer->linked > 0)
    return;
  peer->tries = 0;
  peer->next_try = MAX (wattle_consult_now (self), peer->started + LEAST_BETWEEN);
}

/* The other side wants a new generation. */
void
wattle_peer_need_offer (WattleConsult *self, WattleJsonNode message)
{
  WattlePeer *peer = wattle_peer_find (self, (guint) wattle_json_member_integer (message, "from", 0));
  gint64 generation = wattle_json_member_integer (message, "gen", 0);

  if (peer == NULL || !self->inside || !wattle_peer_is_in (peer) || peer->seal == NULL || !offers (self, peer)
      || generation <= peer->generation || generation > (gint64) peer->generation + MAX_LEAP
      || (peer->started > 0 && wattle_consult_now (self) - peer->started < LEAST_BETWEEN))
    return;
  start_generation (self, peer, (guint) generation);
}

static void
make_code (WattleConsult *self, WattlePeer *peer, const guint8 *their_salt)
{
  g_free (peer->seen.code);
  peer->seen.code = wattle_seal_code (wattle_seal_key_public (self->key), peer->salt, peer->key, their_salt);
  peer->has_salt = TRUE;
  wattle_consult_changed (self);
}

static gboolean
member_bytes (WattleJsonNode inner, const char *name, guint8 *bytes)
{
  return wattle_seal_key_parse (wattle_json_member_string (inner, name), bytes, NULL);
}

static void
take_hello (WattleConsult *self, WattlePeer *peer, guint generation, WattleJsonNode inner)
{
  const char *name = wattle_json_member_string (inner, "name");
  WattleJsonWriter writer = begin_inner ("salt");
  g_autofree char *text = NULL;

  if (name != NULL && *name != '\0' && strlen (name) <= MAX_NAME && !peer->named_by_staff)
    set_text (&peer->seen.name, name);
  if (!peer->has_hash)
    {
      peer->has_hash = member_bytes (inner, "hash", peer->their_hash);
      /* Who waited could not know whose bytes the first hello was. */
      send_hello (self, peer);
    }
  pair_bytes (&writer, "salt", peer->salt, sizeof peer->salt);
  text = end_inner (&writer);
  if (peer->has_hash)
    send_sealed (self, peer, 0, text);
  wattle_consult_changed (self);
}

static void
take_salt (WattleConsult *self, WattlePeer *peer, guint generation, WattleJsonNode inner)
{
  guint8 salt[WATTLE_SEAL_SALT_BYTES];
  guint8 hash[WATTLE_SEAL_HASH_BYTES];

  if (peer->has_salt || !peer->has_hash || !member_bytes (inner, "salt", salt))
    return;
  wattle_seal_salt_hash (salt, hash);
  if (memcmp (hash, peer->their_hash, sizeof hash) == 0)
    make_code (self, peer, salt);
}

static void
take_description (WattleConsult *self, WattlePeer *peer, guint generation, const char *kind, WattleJsonNode inner)
{
  const char *sdp = wattle_json_member_string (inner, "sdp");
  g_autoptr (GError) error = NULL;

  if (sdp != NULL
      && wattle_call_engine_take_description (self->engine, peer->seen.id, generation, kind, sdp, &error))
    return;
  set_text (&peer->seen.sentence, error != NULL ? error->message : NULL);
  wattle_consult_changed (self);
}

static void
take_offer (WattleConsult *self, WattlePeer *peer, guint generation, WattleJsonNode inner)
{
  if (!self->inside || !wattle_peer_is_in (peer) || offers (self, peer) || generation <= peer->generation
      || generation - peer->generation > MAX_LEAP)
    return;
  start_generation (self, peer, generation);
  take_description (self, peer, generation, "offer", inner);
}

static void
take_answer (WattleConsult *self, WattlePeer *peer, guint generation, WattleJsonNode inner)
{
  if (generation == peer->generation && generation > 0 && offers (self, peer))
    take_description (self, peer, generation, "answer", inner);
}

static void
take_candidate (WattleConsult *self, WattlePeer *peer, guint generation, WattleJsonNode inner)
{
  const char *candidate = wattle_json_member_string (inner, "candidate");
  gint64 mline = wattle_json_member_integer (inner, "mline", -1);
  g_autoptr (GError) error = NULL;

  if (candidate == NULL || mline < 0 || mline > 64 || generation != peer->generation || generation == 0)
    return;
  if (!wattle_call_engine_take_candidate (self->engine, peer->seen.id, generation, (guint) mline, candidate, &error))
    g_debug ("a candidate was refused: %s", error->message);
}

static void
take_bye (WattleConsult *self, WattlePeer *peer, guint generation, WattleJsonNode inner)
{
  unlink_peer (self, peer);
  wattle_consult_changed (self);
}

/* Says once when somebody writes too much. */
static gboolean
may_write (WattleConsult *self, WattlePeer *peer)
{
  gint64 now = wattle_consult_now (self);
  gint64 due = MAX (peer->next_chat, now - CHATS_AT_ONCE * CHAT_EVERY);

  if (due <= now)
    {
      peer->next_chat = due + CHAT_EVERY;
      peer->hushed = FALSE;
      return TRUE;
    }
  if (!peer->hushed)
    wattle_consult_say (self, _("Somebody in this call sends messages faster than they can be read. Some of them are "
                                 "left out."));
  peer->hushed = TRUE;
  return FALSE;
}

static void
take_chat (WattleConsult *self, WattlePeer *peer, guint generation, WattleJsonNode inner)
{
  const char *text = wattle_json_member_string (inner, "text");

  if (text != NULL && *text != '\0' && strlen (text) <= WATTLE_CONSULT_MAX_CHAT && may_write (self, peer))
    g_signal_emit_by_name (self, "chat", peer->seen.id, text);
}

static void
take_state (WattleConsult *self, WattlePeer *peer, guint generation, WattleJsonNode inner)
{
  peer->seen.microphone = wattle_json_member_boolean (inner, "microphone");
  peer->seen.camera = wattle_json_member_boolean (inner, "camera");
  peer->seen.screen = wattle_json_member_boolean (inner, "screen");
  wattle_consult_take_recording (self, peer, inner);
  wattle_consult_changed (self);
}

static const Inner inners[] = {
  { "hello", take_hello },         { "salt", take_salt }, { "offer", take_offer }, { "answer", take_answer },
  { "candidate", take_candidate }, { "bye", take_bye },   { "chat", take_chat },   { "state", take_state },
};

static void
take_inner (WattleConsult *self, WattlePeer *peer, guint generation, const char *text, gssize length)
{
  g_autoptr (WattleJson) json = wattle_json_parse (text, length, &INNER_LIMITS, NULL);
  const char *kind = json != NULL ? wattle_json_member_string (wattle_json_root (json), "kind") : NULL;

  for (gsize i = 0; kind != NULL && i < G_N_ELEMENTS (inners); i++)
    if (strcmp (inners[i].kind, kind) == 0)
      {
        inners[i].take (self, peer, generation, wattle_json_root (json));
        return;
      }
}

/* Bytes of another came by the server. */
void
wattle_peer_sealed (WattleConsult *self, WattleJsonNode message)
{
  WattlePeer *peer = wattle_peer_find (self, (guint) wattle_json_member_integer (message, "from", 0));
  gint64 generation = wattle_json_member_integer (message, "gen", 0);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (peer == NULL || peer->seal == NULL || generation < 0 || generation > G_MAXINT)
    return;
  text = wattle_seal_open (peer->seal, (guint) generation, wattle_json_member_string (message, "blob"), &error);
  if (text != NULL)
    take_inner (self, peer, (guint) generation, text, -1);
  else
    g_debug ("a blob was refused: %s", error->message);
}

/* The engine made a description for @peer. */
void
wattle_peer_description (
  WattleConsult *self, WattlePeer *peer, guint generation, const char *kind, const char *sdp)
{
  WattleJsonWriter writer = begin_inner (strcmp (kind, "offer") == 0 ? "offer" : "answer");
  g_autofree char *text = NULL;

  wattle_json_pair_string (&writer, "sdp", sdp);
  text = end_inner (&writer);
  if (generation == peer->generation)
    send_sealed (self, peer, generation, text);
}

void
wattle_peer_candidate (
  WattleConsult *self, WattlePeer *peer, guint generation, guint mline, const char *candidate)
{
  WattleJsonWriter writer = begin_inner ("candidate");
  g_autofree char *text = NULL;

  wattle_json_pair_integer (&writer, "mline", mline);
  wattle_json_pair_string (&writer, "candidate", candidate);
  text = end_inner (&writer);
  if (generation == peer->generation)
    send_sealed (self, peer, generation, text);
}

static void
lose (WattleConsult *self, WattlePeer *peer, const char *sentence)
{
  gint64 now = wattle_consult_now (self);

  set_text (&peer->seen.sentence, sentence);
  if (peer->linked > 0)
    {
      peer->seen.link = WATTLE_CONSULT_RELINKING;
      peer->lost = now - UNHEARD;
      peer->tries = 0;
    }
  peer->linked = 0;
  peer->next_try = now + backoff (++peer->tries);
  if (!peer->named)
    go (self, peer);
}

/**
 * wattle_peer_state:
 * @self: a consult
 * @peer: whose connection
 * @generation: of it
 * @state: what the engine says of it
 * @sentence: (nullable): for a person
 */
void
wattle_peer_state (
  WattleConsult *self, WattlePeer *peer, guint generation, WattleCallPeerState state, const char *sentence)
{
  switch (state)
    {
    case WATTLE_CALL_PEER_VERIFIED:
      if (peer->seen.link == WATTLE_CONSULT_UNLINKED)
        return;
      peer->linked = generation;
      peer->seen.link = WATTLE_CONSULT_LINKED;
      peer->tries = 0;
      peer->lost = 0;
      set_text (&peer->seen.sentence, NULL);
      wattle_peer_tell_state (self, peer);
      break;
    case WATTLE_CALL_PEER_SILENT:
    case WATTLE_CALL_PEER_FAILED:
      /* A newer attempt that fails takes nothing from a connection that works. */
      if (peer->seen.link == WATTLE_CONSULT_UNLINKED || (peer->linked > 0 && generation != peer->linked)
          || (peer->linked == 0 && generation != peer->generation))
        return;
      lose (self, peer, sentence);
      break;
    case WATTLE_CALL_PEER_FORGED:
      wattle_signalling_mismatch (self->signalling, peer->seen.number);
      wattle_consult_end (self, "forged",
                          _("The call was ended: the other device is not the one that was agreed on, so somebody may "
                            "have tried to listen. Nothing was heard or seen. The practice has been told."));
      return;
    case WATTLE_CALL_PEER_CONNECTING:
    case WATTLE_CALL_PEER_CLOSED:
    case WATTLE_CALL_N_PEER_STATES:
    default:
      return;
    }
  wattle_consult_changed (self);
}

/* Something came over the data channel; whoever holds the connection's key wrote it. */
void
wattle_peer_text (WattleConsult *self, WattlePeer *peer, GBytes *text)
{
  gsize length;
  const char *bytes = g_bytes_get_data (text, &length);
  g_autoptr (WattleJson) json = wattle_json_parse (bytes, length, &INNER_LIMITS, NULL);
  const char *kind = json != NULL ? wattle_json_member_string (wattle_json_root (json), "kind") : NULL;

  if (g_strcmp0 (kind, "chat") == 0)
    take_chat (self, peer, 0, wattle_json_root (json));
  else if (g_strcmp0 (kind, "state") == 0)
    take_state (self, peer, 0, wattle_json_root (json));
}

/**
 * wattle_peer_send:
 * @self: a consult
 * @peer: to whom
 * @text: one of the inner messages
 *
 * Sends over the connection when there is one, else sealed by the server.
 *
 * Returns: whether it is on its way
 */
gboolean
wattle_peer_send (WattleConsult *self, WattlePeer *peer, const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  if (peer->linked > 0 && wattle_call_engine_send_text (self->engine, peer->seen.id, bytes, NULL))
    return TRUE;
  return wattle_signalling_is_up (self->signalling) && !peer->seen.away && send_sealed (self, peer, 0, text);
}

/* Tells them whether one is heard and seen. */
void
wattle_peer_tell_state (WattleConsult *self, WattlePeer *peer)
{
  WattleJsonWriter writer = begin_inner ("state");
  g_autofree char *text = NULL;

  wattle_json_pair_boolean (&writer, "microphone", self->microphone);
  wattle_json_pair_boolean (&writer, "camera", self->camera && !self->paused);
  wattle_json_pair_boolean (&writer, "screen", self->screen);
  wattle_consult_put_recording (self, &writer);
  text = end_inner (&writer);
  wattle_peer_send (self, peer, text);
}

/* Says good-bye, so that they need not find out. */
void
wattle_peer_bye (WattleConsult *self, WattlePeer *peer)
{
  WattleJsonWriter writer = begin_inner ("bye");
  g_autofree char *text = end_inner (&writer);

  if (wattle_peer_is_in (peer))
    send_sealed (self, peer, peer->generation, text);
}

WattlePeer *
wattle_peer_find (WattleConsult *self, guint number)
{
  for (guint i = 0; number > 0 && i < self->peers->len; i++)
    {
      WattlePeer *peer = g_ptr_array_index (self->peers, i);

      if (peer->seen.number == number && peer->seen.present)
        return peer;
    }
  return NULL;
}

WattlePeer *
wattle_peer_find_id (WattleConsult *self, const char *id)
{
  for (guint i = 0; i < self->peers->len; i++)
    {
      WattlePeer *peer = g_ptr_array_index (self->peers, i);

      if (g_strcmp0 (peer->seen.id, id) == 0)
        return peer;
    }
  return NULL;
}

void
wattle_peer_free (gpointer data)
{
  WattlePeer *peer = data;

  wattle_seal_free (peer->seal);
  g_free (peer->seen.id);
  g_free (peer->seen.role);
  g_free (peer->seen.name);
  g_free (peer->seen.identity);
  g_free (peer->seen.code);
  g_free (peer->seen.quality);
  g_free (peer->seen.path);
  g_free (peer->seen.sentence);
  g_free (peer->seen.recording_id);
  g_free (peer->seen.recording_words);
  g_free (peer);
}
