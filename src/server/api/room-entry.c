/* room-entry.c: who stands at the door of a room, and what they may do there
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/api/room-entry.h"

#include <sodium.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "domain/policy.h"
#include "domain/scheduling.h"
#include "domain/settings.h"
#include "server/api/rooms.h"
#include "server/auth/credential.h"
#include "server/auth/guest.h"
#include "server/auth/seat.h"

#define MAX_PROOF 256
#define MAX_SUITES 4
#define KEY_BYTES 32
#define SOCKET_RULE "GET /v1/rooms/{room}/socket"

static const char *const suites[] = { "box", "aesgcm", NULL };

/* The texts of an entry, for its end and for its way to another server. */
static const struct
{
  const char *name;
  gsize offset;
} texts[] = {
  { "room", G_STRUCT_OFFSET (WattleRoomEntry, room) },
  { "appointment", G_STRUCT_OFFSET (WattleRoomEntry, appointment) },
  { "patient", G_STRUCT_OFFSET (WattleRoomEntry, patient) },
  { "practice", G_STRUCT_OFFSET (WattleRoomEntry, practice) },
  { "user", G_STRUCT_OFFSET (WattleRoomEntry, user) },
  { "person", G_STRUCT_OFFSET (WattleRoomEntry, person) },
  { "device", G_STRUCT_OFFSET (WattleRoomEntry, device) },
  { "role", G_STRUCT_OFFSET (WattleRoomEntry, role) },
  { "name", G_STRUCT_OFFSET (WattleRoomEntry, name) },
  { "identity", G_STRUCT_OFFSET (WattleRoomEntry, identity) },
  { "key", G_STRUCT_OFFSET (WattleRoomEntry, key) },
  { "suites", G_STRUCT_OFFSET (WattleRoomEntry, suites) },
  { "proof", G_STRUCT_OFFSET (WattleRoomEntry, proof) },
  { "client", G_STRUCT_OFFSET (WattleRoomEntry, client) },
  { "address", G_STRUCT_OFFSET (WattleRoomEntry, address) },
  { "session", G_STRUCT_OFFSET (WattleRoomEntry, session) },
  { "family", G_STRUCT_OFFSET (WattleRoomEntry, family) },
};

static char **
text_at (const WattleRoomEntry *self, guint i)
{
  return (char **) G_STRUCT_MEMBER_P (self, texts[i].offset);
}

void
wattle_room_entry_free (WattleRoomEntry *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (*text_at (self, i));
  g_free (self);
}

/**
 * wattle_room_entry_write:
 * @self: an entry
 * @writer: where an object goes
 *
 * For the server that holds the room.
 */
void
wattle_room_entry_write (const WattleRoomEntry *self, WattleJsonWriter *writer)
{
  wattle_json_begin_object (writer);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (*text_at (self, i) != NULL)
      wattle_json_pair_string (writer, texts[i].name, *text_at (self, i));
  wattle_json_pair_integer (writer, "actor_role", self->actor_role);
  wattle_json_pair_integer (writer, "verbs", self->verbs);
  wattle_json_pair_boolean (writer, "owner", self->owner);
  wattle_json_pair_boolean (writer, "passed", self->passed);
  wattle_json_pair_boolean (writer, "seated", self->seated);
  wattle_json_pair_integer (writer, "n", self->n);
  wattle_json_pair_integer (writer, "last", self->last);
  wattle_json_pair_boolean (writer, "replace", self->replace);
  wattle_json_pair_integer (writer, "opens_at", self->opens_at);
  wattle_json_pair_integer (writer, "closes_at", self->closes_at);
  wattle_json_end_object (writer);
}

WattleRoomEntry *
wattle_room_entry_read (WattleJsonNode node)
{
  g_autoptr (WattleRoomEntry) self = g_new0 (WattleRoomEntry, 1);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    *text_at (self, i) = g_strdup (wattle_json_member_string (node, texts[i].name));
  self->actor_role = wattle_json_member_integer (node, "actor_role", -1);
  self->verbs = wattle_json_member_integer (node, "verbs", 0);
  self->owner = wattle_json_member_boolean (node, "owner");
  self->passed = wattle_json_member_boolean (node, "passed");
  self->seated = wattle_json_member_boolean (node, "seated");
  self->n = wattle_json_member_integer (node, "n", 0);
  self->last = wattle_json_member_integer (node, "last", 0);
  self->replace = wattle_json_member_boolean (node, "replace");
  self->opens_at = wattle_json_member_integer (node, "opens_at", 0);
  self->closes_at = wattle_json_member_integer (node, "closes_at", 0);
  return self->room != NULL && self->person != NULL && self->key != NULL ? g_steal_pointer (&self) : NULL;
}

/**
 * wattle_room_find_visit:
 * @reader: the practice's records
 * @room: (nullable): a room
 * @error: %WATTLE_ERROR_NOT_FOUND, or why the rows could not be read
 *
 * Returns: (transfer full) (nullable): its visit
 */
WattleRecord *
wattle_room_find_visit (WattleReader *reader, const char *room, GError **error)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_APPOINTMENT);
  g_autoptr (WattleRecord) visit = NULL;
  g_autoptr (GError) failure = NULL;

  wattle_query_where_text (&query, WATTLE_APPOINTMENT_CALL_ROOM, room);
  visit = wattle_id_is_valid (room) ? wattle_reader_find (reader, &query, &failure) : NULL;
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  else if (visit == NULL)
    wattle_set_field_error (error, WATTLE_ERROR_NOT_FOUND, "room", "There is no such room.");
  return g_steal_pointer (&visit);
}

/**
 * wattle_room_takes_place:
 * @visit: a visit
 *
 * Returns: whether people meet for it in its room: it is by video, and was neither cancelled nor missed
 */
gboolean
wattle_room_takes_place (WattleRecord *visit)
{
  gint64 status = wattle_record_get_integer (visit, WATTLE_APPOINTMENT_STATUS);

  return wattle_record_get_integer (visit, WATTLE_APPOINTMENT_MODALITY) == WATTLE_MODALITY_VIDEO
         && !wattle_record_is_deleted (visit) && status != WATTLE_APPOINTMENT_STATUS_CANCELLED
         && status != WATTLE_APPOINTMENT_STATUS_NO_SHOW;
}

void
wattle_room_window (WattleRecord *visit, gint64 *opens_at, gint64 *closes_at)
{
  *opens_at = wattle_record_get_integer (visit, WATTLE_APPOINTMENT_STARTS_AT) - WATTLE_ROOM_EARLY * WATTLE_SECOND;
  *closes_at = wattle_record_get_integer (visit, WATTLE_APPOINTMENT_ENDS_AT) + WATTLE_ROOM_LATE * WATTLE_SECOND;
}

static gboolean
refuse (const char **why, const char *word, GError **error, WattleErrorCode code, const char *sentence)
{
  *why = word;
  wattle_set_field_error (error, code, NULL, "%s", sentence);
  return FALSE;
}

static gboolean
is_bytes (const char *text, gsize size)
{
  guint8 bytes[64];
  gsize length = 0;

  return text != NULL && strlen (text) <= 64
         && sodium_base642bin (bytes, sizeof bytes, text, strlen (text), NULL, &length, NULL,
                               sodium_base64_VARIANT_ORIGINAL)
              == 0
         && length == size;
}

/* Returns: (transfer full) (nullable): the suites as JSON, in our own words */
static char *
take_suites (WattleJsonNode node)
{
  g_autoptr (GString) text = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (text);
  WattleJsonIter iter = wattle_json_iter (node);
  WattleJsonNode element;
  guint n = 0;

  if (!wattle_json_exists (node))
    return g_strdup ("[\"box\",\"aesgcm\"]");
  wattle_json_begin_array (&writer);
  while (wattle_json_kind (node) == WATTLE_JSON_ARRAY && n < MAX_SUITES && wattle_json_next (&iter, NULL, &element))
    if (wattle_json_string (element) != NULL && g_strv_contains (suites, wattle_json_string (element)))
      {
        wattle_json_put_string (&writer, wattle_json_string (element));
        n++;
      }
  wattle_json_end_array (&writer);
  return n > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}

static gboolean
take_hello (WattleRoomEntry *self, WattleJsonNode hello, const char **why, GError **error)
{
  const char *proof = wattle_json_member_string (hello, "proof");
  const char *client = wattle_json_member_string (hello, "client");

  self->key = g_strdup (wattle_json_member_string (hello, "key"));
  self->suites = take_suites (wattle_json_member (hello, "suites"));
  self->proof = g_strdup (proof);
  self->client = g_strdup (g_strcmp0 (client, "browser") == 0 ? "browser" : "native");
  self->last = wattle_json_member_integer (hello, "last", 0);
  self->replace = wattle_json_member_boolean (hello, "replace");
  if (is_bytes (self->key, KEY_BYTES) && self->suites != NULL && (proof == NULL || strlen (proof) <= MAX_PROOF))
    return TRUE;
  return refuse (why, "bad", error, WATTLE_ERROR_INVALID, "This program says hello in a way that was not understood.");
}

/* A second window of the same guest has another key, and that is all that tells it apart. */
static void
take_guest (WattleRoomEntry *self, const WattleGuest *guest)
{
  self->person = g_strdup (guest->id);
  self->device = g_strdup (self->key);
  self->role = g_strdup (guest->role);
  self->name = g_strdup (guest->name);
  self->actor_role = -1;
  self->verbs = WATTLE_ROOM_ENTER;
}

static void
take_session (WattleRoomEntry *self, const WattleSession *session, WattleReader *reader)
{
  g_autoptr (WattleRecord) device =
    wattle_reader_get (reader, WATTLE_RECORD_DEVICE, session->actor.device, NULL);

  self->user = g_strdup (session->actor.user);
  self->person = g_strdup (session->actor.user);
  self->device = g_strdup (session->actor.device);
  self->family = g_strdup (session->family);
  self->actor_role = session->actor.role;
  self->role = g_strdup (wattle_enum_nick (wattle_enum_find ("role"), session->actor.role));
  self->identity = device != NULL ? g_strdup (wattle_record_get_string (device, WATTLE_DEVICE_PUBLIC_KEY)) : NULL;
}

static gboolean
check_rules (
  WattleRoomEntry *self, const WattleActor *actor, WattleReader *reader, WattleRecord *visit, const char **why,
  GError **error)
{
  static const struct
  {
    const char *rule;
    guint verb;
  } rules[] = { { "room:enter", WATTLE_ROOM_ENTER },
                { "room:admit", WATTLE_ROOM_ADMIT },
                { "room:triage", WATTLE_ROOM_TRIAGE },
                { "room:close", WATTLE_ROOM_CLOSE } };

  if (!wattle_policy_check (SOCKET_RULE, actor, reader, visit, error))
    {
      *why = *error != NULL && wattle_error_get_code (*error) == WATTLE_ERROR_NOT_FOUND ? "not_found" : "forbidden";
      return FALSE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    if (wattle_policy_check (rules[i].rule, actor, reader, visit, NULL))
      self->verbs |= rules[i].verb;
  self->owner = actor->role == WATTLE_ROLE_CLINICIAN
                && g_strcmp0 (actor->practitioner, wattle_record_get_string (visit, WATTLE_APPOINTMENT_PRACTITIONER))
                     == 0;
  return TRUE;
}

/* A word signed by whoever moved somebody here: they may wait, as what they were. */
static gboolean
takes_pass (WattleRoomEntry *self, const WattleSeat *pass)
{
  if (pass == NULL || strcmp (pass->room, self->room) != 0 || strcmp (pass->person, self->person) != 0
      || strcmp (pass->session, WATTLE_SEAT_PASS) != 0)
    return FALSE;
  g_free (self->role);
  self->role = g_strdup (pass->role);
  self->verbs = WATTLE_ROOM_ENTER;
  self->passed = TRUE;
  return TRUE;
}

static void
take_resume (WattleRoomEntry *self, const WattleSeat *seat)
{
  if (seat == NULL || strcmp (seat->room, self->room) != 0 || strcmp (seat->person, self->person) != 0
      || strcmp (seat->role, self->role) != 0 || strcmp (seat->session, WATTLE_SEAT_PASS) == 0)
    return;
  self->seated = seat->seated;
  self->n = seat->n;
  self->session = g_strdup (seat->session);
}

static gboolean
check_visit (WattleRoomEntry *self, WattleRecord *visit, const char **why, GError **error)
{
  gint64 now = wattle_clock_now ();

  self->appointment = g_strdup (wattle_record_id (visit));
  self->patient = g_strdup (wattle_record_scope_id (visit));
  wattle_room_window (visit, &self->opens_at, &self->closes_at);
  if (!wattle_room_takes_place (visit))
    return refuse (why, "closed", error, WATTLE_ERROR_CONFLICT, "This visit does not take place by video.");
  if (now < self->opens_at)
    return refuse (why, "early", error, WATTLE_ERROR_CONFLICT,
                   "The room opens 30 minutes before the visit. Come back then.");
  if (now >= self->closes_at)
    return refuse (why, "late", error, WATTLE_ERROR_CONFLICT, "This visit is over and its room is closed.");
  return TRUE;
}

/**
 * wattle_room_permits:
 * @reader: the practice's records
 * @user: (nullable): who
 * @role: the role in use
 * @visit: of a room
 * @rule: one of the policy table: "room:…"
 *
 * Returns: whether they may now, as the rows stand
 */
gboolean
wattle_room_permits (WattleReader *reader, const char *user, int role, WattleRecord *visit, const char *rule)
{
  g_autoptr (WattleRecord) record =
    user != NULL ? wattle_reader_get (reader, WATTLE_RECORD_USER, user, NULL) : NULL;
  WattleActor actor = { .user = user, .role = role };

  if (record == NULL)
    return FALSE;
  actor.roles = wattle_record_get_integer (record, WATTLE_USER_ROLES);
  actor.practitioner = wattle_record_get_string (record, WATTLE_USER_PRACTITIONER);
  actor.patient = wattle_record_get_string (record, WATTLE_USER_PATIENT);
  return wattle_policy_check (rule, &actor, reader, visit, NULL);
}

/**
 * wattle_room_may_triage:
 * @reader: the practice's records
 * @user: (nullable): who
 * @role: the role in use
 * @room: a room
 *
 * Returns: whether they may see and order who waits there now
 */
gboolean
wattle_room_may_triage (WattleReader *reader, const char *user, int role, const char *room)
{
  g_autoptr (WattleRecord) visit = wattle_room_find_visit (reader, room, NULL);
  gint64 opens_at, closes_at, now = wattle_clock_now ();

  if (visit == NULL)
    return FALSE;
  wattle_room_window (visit, &opens_at, &closes_at);
  return now >= opens_at && now < closes_at && wattle_room_permits (reader, user, role, visit, "room:triage");
}

/* Removed or denied for this room: the signed word of before counts no more. */
static void
check_ban (WattleRoomEntry *self, WattleTransaction *transaction)
{
  g_autofree char *key = g_strdup_printf ("%s:%s", self->room, self->person);
  g_autoptr (WattlePrivateRow) row = wattle_private_find (transaction, WATTLE_ROOM_REMOVED, key, NULL);

  if (row == NULL)
    return;
  self->seated = FALSE;
  g_clear_pointer (&self->session, g_free);
}

static gboolean
check_guest (
  WattleRoomEntry *self, const WattleGuest *guest, const WattleSeat *pass, WattleReader *reader, const char **why,
  GError **error)
{
  if (guest == NULL)
    return refuse (why, "signed_out", error, WATTLE_ERROR_UNAUTHENTICATED,
                   "This link is over. Ask the practice for a new one.");
  take_guest (self, guest);
  if (strcmp (guest->room, self->room) != 0 && !takes_pass (self, pass))
    return refuse (why, "not_found", error, WATTLE_ERROR_NOT_FOUND, "There is no such room.");
  if (strcmp (self->client, "browser") == 0 && !wattle_setting_get_boolean (reader, "browser_calls"))
    return refuse (why, "browser", error, WATTLE_ERROR_FORBIDDEN,
                   "This practice holds video visits with the Wattle program alone. Open the link there.");
  return TRUE;
}

static gboolean
check_session (WattleRoomEntry *self,
               const WattleSession *session,
               const WattleSeat *pass,
               WattleReader *reader,
               WattleRecord *visit,
               const char **why,
               GError **error)
{
  if (session->pending || session->missing_factor || session->parting)
    return refuse (why, "forbidden", error, WATTLE_ERROR_FORBIDDEN, "This device may not join calls yet.");
  take_session (self, session, reader);
  return takes_pass (self, pass) || check_rules (self, &session->actor, reader, visit, why, error);
}

/**
 * wattle_room_entry_find:
 * @server: the server
 * @room: a room, as it stands in the address
 * @hello: the first message
 * @address: from where
 * @why: (out): a word for the client when it is refused
 * @error: a sentence for the person
 *
 * Reads rows: not for the thread of sockets. A room of another practice, one that is not there and one whose visit
 * is hidden from the caller are the same.
 *
 * Returns: (transfer full) (nullable): who comes
 */
WattleRoomEntry *
wattle_room_entry_find (
  WattleServer *server, const char *room, WattleJsonNode hello, const char *address, const char **why, GError **error)
{
  const char *token = wattle_json_member_string (hello, "token");
  g_autoptr (WattleRoomEntry) self = g_new0 (WattleRoomEntry, 1);
  g_autoptr (WattleSession) session = token != NULL ? wattle_server_find_session (server, token, NULL) : NULL;
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (server->store, error);
  WattleReader *reader = transaction != NULL ? wattle_transaction_reader (transaction) : NULL;
  gint64 now = wattle_clock_now ();
  g_autoptr (WattleSeat) pass = wattle_seat_parse (wattle_json_member_string (hello, "pass"), server->keys, now);
  g_autoptr (WattleSeat) seat = wattle_seat_parse (wattle_json_member_string (hello, "resume"), server->keys, now);
  g_autoptr (WattleGuest) guest = NULL;
  g_autoptr (WattleRecord) visit = NULL;
  gboolean ok;

  *why = "failed";
  if (reader == NULL || !take_hello (self, hello, why, error))
    return NULL;
  self->room = g_strdup (room);
  self->address = g_strdup (address);
  self->practice = wattle_transaction_meta (transaction, "practice", NULL);
  guest = session == NULL ? wattle_guest_find (transaction, server->keys, token, now) : NULL;
  if (session == NULL && guest == NULL)
    {
      refuse (why, "signed_out", error, WATTLE_ERROR_UNAUTHENTICATED, "Sign in again, or open the link again.");
      return NULL;
    }
  visit = wattle_room_find_visit (reader, room, error);
  if (visit != NULL || (*error != NULL && wattle_error_get_code (*error) == WATTLE_ERROR_NOT_FOUND))
    *why = "not_found";
  ok = visit != NULL
       && (session != NULL ? check_session (self, session, pass, reader, visit, why, error)
                           : check_guest (self, guest, pass, reader, why, error))
       && check_visit (self, visit, why, error);
  if (!ok)
    return NULL;
  take_resume (self, seat);
  check_ban (self, transaction);
  return g_steal_pointer (&self);
}
