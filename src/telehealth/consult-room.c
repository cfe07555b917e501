/* consult-room.c: what the room tells a consult, and what its clinician tells the room
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "telehealth/consult-private.h"

#include "base/civil.h"
#include "base/clock.h"

#define MAX_RELAYS 8

static guint
own_number (WattleJsonNode message)
{
  WattleJsonNode you = wattle_json_member (message, "you");
  gint64 number = 0;

  if (!wattle_json_integer (you, &number))
    number = wattle_json_member_integer (you, "n", 0);
  return (guint) CLAMP (number, 0, G_MAXINT);
}

static void
set_text (char **field, const char *text)
{
  g_free (*field);
  *field = g_strdup (text);
}

static void
take_note (WattleConsult *self, WattleJsonNode message)
{
  const char *note = wattle_json_member_string (message, "note");

  if (note != NULL)
    set_text (&self->note, note);
}

static void
take_lobby (WattleConsult *self, WattleJsonNode message)
{
  self->number = own_number (message);
  self->waiting = TRUE;
  self->silent = FALSE;
  take_note (self, message);
  if (self->since == 0 && !wattle_json_member_instant (message, "since", &self->since))
    self->since = wattle_clock_now ();
}

static void
take_verbs (WattleConsult *self, WattleJsonNode verbs)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < MIN (wattle_json_length (verbs), 8); i++)
    if (wattle_json_string (wattle_json_element (verbs, i)) != NULL)
      g_strv_builder_add (builder, wattle_json_string (wattle_json_element (verbs, i)));
  g_strfreev (self->verbs);
  self->verbs = g_strv_builder_end (builder);
}

static void
take_welcome (WattleConsult *self, WattleJsonNode message)
{
  WattleJsonNode you = wattle_json_member (message, "you");

  self->number = own_number (message);
  self->owner = wattle_json_member_boolean (you, "owner");
  set_text (&self->role, wattle_json_member_string (you, "role"));
  take_verbs (self, wattle_json_member (you, "verbs"));
  self->locked = wattle_json_member_boolean (message, "locked");
  self->waiting = FALSE;
  self->silent = FALSE;
  if (!self->inside && self->role != NULL)
    {
      self->inside = TRUE;
      wattle_evidence_start (self->evidence, wattle_clock_now ());
      wattle_evidence_come (self->evidence, "me", self->role, wattle_clock_now ());
    }
  wattle_peer_take_room (self, message);
  for (guint i = 0; i < self->peers->len; i++)
    wattle_peer_hurry (self, g_ptr_array_index (self->peers, i));
}

static void
take_relays (WattleConsult *self, WattleJsonNode message)
{
  WattleJsonNode turn = wattle_json_member (message, "turn");
  WattleJsonNode urls = wattle_json_member (turn, "urls");
  gboolean relay_only = g_strcmp0 (wattle_json_member_string (turn, "policy"), "relay") == 0;
  WattleCallServer servers[MAX_RELAYS];
  gsize n = 0;

  for (guint i = 0; i < wattle_json_length (urls) && n < MAX_RELAYS; i++)
    {
      servers[n].uri = wattle_json_string (wattle_json_element (urls, i));
      servers[n].username = wattle_json_member_string (turn, "username");
      servers[n].credential = wattle_json_member_string (turn, "credential");
      if (servers[n].uri != NULL)
        n++;
    }
  wattle_call_engine_set_servers (self->engine, servers, n, relay_only);
}

/* What the room tells, see signalling.h; @data is the consult. */
void
wattle_consult_room_cb (WattleRoomEvent event, WattleJsonNode message, const char *text, gpointer data)
{
  WattleConsult *self = data;

  switch (event)
    {
    case WATTLE_ROOM_TOKEN_WANTED:
      g_signal_emit_by_name (self, "token-wanted");
      return;
    case WATTLE_ROOM_LOBBY:
      take_lobby (self, message);
      break;
    case WATTLE_ROOM_NOTE:
      take_note (self, message);
      break;
    case WATTLE_ROOM_WELCOME:
      take_welcome (self, message);
      break;
    case WATTLE_ROOM_PEER:
      wattle_peer_take (self, message, FALSE);
      wattle_consult_settle_recording (self);
      break;
    case WATTLE_ROOM_WAITING:
      wattle_peer_take (self, message, TRUE);
      break;
    case WATTLE_ROOM_LOCKED:
      self->locked = wattle_json_member_boolean (message, "on");
      break;
    case WATTLE_ROOM_NEED_OFFER:
      wattle_peer_need_offer (self, message);
      return;
    case WATTLE_ROOM_SEALED:
      wattle_peer_sealed (self, message);
      return;
    case WATTLE_ROOM_RELAYS:
      take_relays (self, message);
      return;
    case WATTLE_ROOM_REFUSED:
      if (text != NULL)
        wattle_consult_say (self, text);
      return;
    case WATTLE_ROOM_DOWN:
      self->silent = TRUE;
      break;
    case WATTLE_ROOM_BYE:
      wattle_consult_end (self, wattle_json_member_string (message, "why"), text);
      return;
    default:
      return;
    }
  wattle_consult_changed (self);
}

/* Lets somebody in who waits. */
void
wattle_consult_admit (WattleConsult *self, guint number)
{
  wattle_signalling_say (self->signalling, "admit", number, NULL, NULL);
}

/* Sends somebody away for good, with a word when they wait. */
void
wattle_consult_send_away (WattleConsult *self, guint number, const char *note)
{
  WattlePeer *peer = wattle_peer_find (self, number);

  if (peer != NULL)
    wattle_signalling_say (self->signalling, peer->seen.waiting ? "deny" : "remove", number, "note", note);
}

/* A word to somebody who waits. */
void
wattle_consult_write_note (WattleConsult *self, guint number, const char *note)
{
  wattle_signalling_say (self->signalling, "note", number, "note", note);
}

/* Sends somebody who waits to the waiting room of another visit. */
void
wattle_consult_move (WattleConsult *self, guint number, const char *room)
{
  wattle_signalling_say (self->signalling, "move", number, "room", room);
}

/* While it is on nobody new may come. */
void
wattle_consult_lock (WattleConsult *self, gboolean on)
{
  wattle_signalling_lock (self->signalling, on);
}
