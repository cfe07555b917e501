/* room-trail.c: what of a room is written down
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/clock.h"
#include "base/error.h"
#include "server/api/perform.h"
#include "server/api/room-private.h"
#include "server/auth/audit.h"

typedef struct
{
  char *practice;
  char *user;
  char *device;
  int role;
  char *address;
  const char *action;
  char *appointment;
  char *patient;
  char *reason; /* (nullable): a role and an id */
} Line;

static void
line_free (Line *self)
{
  g_free (self->practice);
  g_free (self->user);
  g_free (self->device);
  g_free (self->address);
  g_free (self->appointment);
  g_free (self->patient);
  g_free (self->reason);
  g_free (self);
}

static gboolean
write_line (WattleTransaction *transaction, gpointer data, GError **error)
{
  Line *self = data;
  WattleActor actor = { .practice = self->practice, .user = self->user, .device = self->device, .role = self->role };
  WattleAudit act = { .action = self->action,
                      .object_type = "appointment",
                      .object = self->appointment,
                      .patient = self->patient,
                      .reason = self->reason };

  return wattle_audit_write (transaction, &actor, self->address, &act, error);
}

static void
line_written (gpointer data, const GError *error)
{
  Line *self = data;

  if (error != NULL)
    g_warning ("What happened in a room was not written down: %s", error->message);
  line_free (self);
}

/**
 * wattle_room_audit:
 * @by: who did it
 * @action: such as "room.admit", a constant
 * @about: (nullable): to whom
 *
 * Ids and roles, never names; soon, off this thread.
 */
void
wattle_room_audit (WattleRoomPerson *by, const char *action, WattleRoomPerson *about)
{
  const WattleRoomEntry *entry = by->entry;
  const WattleRoomEntry *whom = about != NULL ? about->entry : entry->user == NULL ? entry : NULL;
  Line *self = g_new0 (Line, 1);

  self->practice = g_strdup (by->room->practice);
  self->user = g_strdup (entry->user);
  self->device = entry->user != NULL ? g_strdup (entry->device) : NULL;
  self->role = entry->actor_role;
  self->address = g_strdup (entry->address);
  self->action = action;
  self->appointment = g_strdup (by->room->appointment);
  self->patient = g_strdup (by->room->patient);
  if (whom != NULL)
    self->reason = g_strdup_printf ("%s %s %s", whom->role, whom->user != NULL ? "user" : "guest", whom->person);
  wattle_writer_submit (by->room->rooms->server->writer, write_line, line_written, self);
}

typedef struct
{
  char *key;
  char *room;
  gint64 until;
} Ban;

static gboolean
write_ban (WattleTransaction *transaction, gpointer data, GError **error)
{
  Ban *self = data;

  return wattle_transaction_keep_private (transaction, WATTLE_ROOM_REMOVED, self->key, self->room, "", self->until,
                                          error);
}

static void
ban_written (gpointer data, const GError *error)
{
  Ban *self = data;

  if (error != NULL)
    g_warning ("That somebody was sent out of a room was not kept: %s", error->message);
  g_free (self->key);
  g_free (self->room);
  g_free (self);
}

/**
 * wattle_room_forbid:
 * @self: who was sent away
 *
 * Their signed words of before count no more, also after a restart.
 */
void
wattle_room_forbid (WattleRoomPerson *self)
{
  Ban *ban = g_new0 (Ban, 1);

  g_hash_table_add (self->room->removed, g_strdup (self->entry->person));
  ban->key = g_strdup_printf ("%s:%s", self->room->id, self->entry->person);
  ban->room = g_strdup (self->room->id);
  ban->until = self->room->closes_at;
  wattle_writer_submit (self->room->rooms->server->writer, write_ban, ban_written, ban);
}

typedef struct
{
  WattleServer *server;
  WattleEffects *effects;
  char *visit;
} Arrival;

static gboolean
write_arrival (WattleTransaction *transaction, gpointer data, GError **error)
{
  Arrival *self = data;
  g_autoptr (WattleRecord) visit =
    wattle_reader_get (wattle_transaction_reader (transaction), WATTLE_RECORD_APPOINTMENT, self->visit, error);
  g_autoptr (WattleRecord) after = visit != NULL ? wattle_record_copy (visit) : NULL;
  g_autoptr (WattleOutcome) outcome = wattle_outcome_new ();
  gint64 status = visit != NULL ? wattle_record_get_integer (visit, WATTLE_APPOINTMENT_STATUS) : 0;
  gint64 now = wattle_clock_now ();

  if (visit == NULL)
    return FALSE;
  if (status != WATTLE_APPOINTMENT_STATUS_BOOKED && status != WATTLE_APPOINTMENT_STATUS_TENTATIVE)
    return TRUE;
  wattle_record_set_integer (after, WATTLE_APPOINTMENT_STATUS, WATTLE_APPOINTMENT_STATUS_ARRIVED);
  wattle_record_set_integer (after, WATTLE_APPOINTMENT_ARRIVED_AT, now);
  wattle_record_set_changed (after, now, NULL);
  wattle_outcome_put (outcome, after);
  return wattle_perform_keep (transaction, self->effects, outcome, error);
}

static void
arrival_written (gpointer data, const GError *error)
{
  Arrival *self = data;

  if (error != NULL)
    g_warning ("That somebody waits was not noted on the visit: %s", error->message);
  else
    wattle_effects_carry_out (self->effects, self->server);
  wattle_effects_free (self->effects);
  g_free (self->visit);
  g_free (self);
}

/**
 * wattle_room_arrive:
 * @self: a room whose patient came into the waiting room
 *
 * The visit says so to everybody who has it in a list, as for who comes through the door.
 */
void
wattle_room_arrive (WattleRoom *self)
{
  Arrival *arrival = g_new0 (Arrival, 1);

  arrival->server = self->rooms->server;
  arrival->effects = wattle_effects_new ();
  arrival->visit = g_strdup (self->appointment);
  wattle_writer_submit (arrival->server->writer, write_arrival, arrival_written, arrival);
}
