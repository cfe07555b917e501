/* evidence.c: what a call was, for its visit: by which means, with whom, for how long
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "telehealth/evidence.h"

#include "base/civil.h"
#include "base/clock.h"
#include "base/json.h"

/* What the record takes at most; the last line always tells how things stand. */
#define MAX_LINES 60

typedef struct
{
  gint64 at;
  WattleCallMeans means;
} Step;

typedef struct
{
  char *person;
  char *role;
  gint64 came_at;
  gint64 left_at; /* 0: still there */
  char *path;
} Stay;

struct _WattleEvidence
{
  gint64 started_at;
  gint64 ended_at; /* 0: goes on */
  gint64 connected;
  gint64 connected_since; /* a tick; -1: not now */
  GArray *steps;          /* Step */
  GPtrArray *stays;       /* Stay */
  GString *recording;     /* a line each: who was asked, what they said, from when to when */
  guint n_recording;
};

static const char *const means_nicks[] = { "", "video", "audio", "text", "telephone" };

static void
stay_free (gpointer data)
{
  Stay *stay = data;

  g_free (stay->person);
  g_free (stay->role);
  g_free (stay->path);
  g_free (stay);
}

static Stay *
find_open_stay (WattleEvidence *self, const char *person)
{
  for (guint i = 0; i < self->stays->len; i++)
    {
      Stay *stay = g_ptr_array_index (self->stays, i);

      if (stay->left_at == 0 && g_str_equal (stay->person, person))
        return stay;
    }
  return NULL;
}

static char *
steps_text (WattleEvidence *self)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (guint i = 0; i < self->steps->len; i++)
    {
      const Step *step = &g_array_index (self->steps, Step, i);
      g_autofree char *at = wattle_instant_format (step->at);

      g_string_append_printf (out, "%s%s %s", i > 0 ? "\n" : "", at, means_nicks[step->means]);
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static char *
stays_text (WattleEvidence *self)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (guint i = 0; i < self->stays->len; i++)
    {
      const Stay *stay = g_ptr_array_index (self->stays, i);
      g_autofree char *came = wattle_instant_format (stay->came_at);
      g_autofree char *left = stay->left_at > 0 ? wattle_instant_format (stay->left_at) : g_strdup ("-");

      g_string_append_printf (out, "%s%s %s %s %s", i > 0 ? "\n" : "", stay->role, came, left,
                              stay->path != NULL ? stay->path : "-");
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static void
put_instant (WattleJsonWriter *writer, const char *name, gint64 instant)
{
  g_autofree char *text = wattle_instant_format (instant);

  wattle_json_pair_string (writer, name, text);
}

WattleEvidence *
wattle_evidence_new (void)
{
  WattleEvidence *self = g_new0 (WattleEvidence, 1);

  self->connected_since = -1;
  self->steps = g_array_new (FALSE, TRUE, sizeof (Step));
  self->stays = g_ptr_array_new_with_free_func (stay_free);
  self->recording = g_string_new (NULL);
  return self;
}

void
wattle_evidence_free (WattleEvidence *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->steps);
  g_ptr_array_unref (self->stays);
  g_string_free (self->recording, TRUE);
  g_free (self);
}

/* The clinician entered the room, or came back to it from another device. */
void
wattle_evidence_start (WattleEvidence *self, gint64 at)
{
  self->ended_at = 0;
  if (self->started_at == 0)
    self->started_at = at;
}

/* The clinician left it. */
void
wattle_evidence_end (WattleEvidence *self, gint64 at, gint64 tick)
{
  wattle_evidence_drop (self, tick, 0);
  if (self->ended_at != 0 || self->started_at == 0)
    return;
  /* The clock on the wall may have been set back meanwhile. */
  self->ended_at = MAX (at, self->started_at + self->connected);
  for (guint i = 0; i < self->stays->len; i++)
    {
      Stay *stay = g_ptr_array_index (self->stays, i);

      if (stay->left_at == 0)
        stay->left_at = MAX (self->ended_at, stay->came_at);
    }
}

/**
 * wattle_evidence_step:
 * @self: evidence
 * @at: when
 * @means: how it goes on
 *
 * Returns: whether that is a change
 */
gboolean
wattle_evidence_step (WattleEvidence *self, gint64 at, WattleCallMeans means)
{
  Step step = { at, means };

  if (means == WATTLE_CALL_NOT_YET || wattle_evidence_means (self) == means)
    return FALSE;
  if (self->steps->len == MAX_LINES)
    g_array_set_size (self->steps, MAX_LINES - 1);
  g_array_append_val (self->steps, step);
  return TRUE;
}

/* The clinician and another can see or hear each other from now on. */
void
wattle_evidence_connect (WattleEvidence *self, gint64 tick)
{
  if (self->connected_since < 0)
    self->connected_since = tick;
}

/**
 * wattle_evidence_drop:
 * @self: evidence
 * @tick: when it was seen that they cannot any more
 * @unheard: for how long before that nothing had come
 */
void
wattle_evidence_drop (WattleEvidence *self, gint64 tick, gint64 unheard)
{
  if (self->connected_since >= 0)
    self->connected += MAX (tick - unheard - self->connected_since, 0);
  self->connected_since = -1;
}

/**
 * wattle_evidence_come:
 * @self: evidence
 * @person: what they are called in this call
 * @role: in the room
 * @at: when they were let in
 */
void
wattle_evidence_come (WattleEvidence *self, const char *person, const char *role, gint64 at)
{
  Stay *stay;

  if (find_open_stay (self, person) != NULL || self->stays->len == MAX_LINES)
    return;
  stay = g_new0 (Stay, 1);
  stay->person = g_strdup (person);
  stay->role = g_strdup (role);
  stay->came_at = at;
  g_ptr_array_add (self->stays, stay);
}

/* They are gone. */
void
wattle_evidence_go (WattleEvidence *self, const char *person, gint64 at)
{
  Stay *stay = find_open_stay (self, person);

  if (stay != NULL)
    stay->left_at = MAX (at, stay->came_at);
}

/* What reaches them: "direct" or "relay", the latest that is known. */
void
wattle_evidence_path (WattleEvidence *self, const char *person, const char *path)
{
  Stay *stay = find_open_stay (self, person);

  if (stay == NULL || (g_strcmp0 (path, "direct") != 0 && g_strcmp0 (path, "relay") != 0))
    return;
  g_free (stay->path);
  stay->path = g_strdup (path);
}

/**
 * wattle_evidence_recording:
 * @self: evidence
 * @at: when
 * @what: "asked", "started", "stopped", "given", "declined" or "withdrawn"
 * @role: (nullable): of who answered
 */
void
wattle_evidence_recording (WattleEvidence *self, gint64 at, const char *what, const char *role)
{
  g_autofree char *instant = wattle_instant_format (at);

  if (self->n_recording == MAX_LINES)
    return;
  g_string_append_printf (self->recording, "%s%s %s%s%s", self->n_recording > 0 ? "\n" : "", instant, what,
                          role != NULL ? " " : "", role != NULL ? role : "");
  self->n_recording++;
}

gint64
wattle_evidence_connected_seconds (WattleEvidence *self, gint64 tick)
{
  gint64 running = self->connected_since >= 0 ? MAX (tick - self->connected_since, 0) : 0;

  return (self->connected + running) / WATTLE_SECOND;
}

WattleCallMeans
wattle_evidence_means (WattleEvidence *self)
{
  return self->steps->len > 0 ? g_array_index (self->steps, Step, self->steps->len - 1).means : WATTLE_CALL_NOT_YET;
}

/**
 * wattle_evidence_report:
 * @self: evidence that was started
 * @id: of the record, the same each time
 * @appointment: id of the visit
 * @patient: id of the patient
 * @tick: now
 *
 * Returns: (transfer full): the arguments of the operation "call.report"
 */
char *
wattle_evidence_report (
  WattleEvidence *self, const char *id, const char *appointment, const char *patient, gint64 tick)
{
  g_autofree char *steps = steps_text (self);
  g_autofree char *stays = stays_text (self);
  WattleJsonWriter writer = wattle_json_writer (g_string_new (NULL));

  wattle_json_begin_object (&writer);
  wattle_json_name (&writer, "report");
  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "type", "call_report");
  wattle_json_pair_string (&writer, "id", id);
  wattle_json_pair_string (&writer, "patient", patient);
  wattle_json_pair_string (&writer, "appointment", appointment);
  put_instant (&writer, "started_at", self->started_at);
  if (self->ended_at > 0)
    put_instant (&writer, "ended_at", self->ended_at);
  wattle_json_pair_integer (&writer, "connected_seconds", wattle_evidence_connected_seconds (self, tick));
  if (*steps != '\0')
    wattle_json_pair_string (&writer, "steps", steps);
  if (*stays != '\0')
    wattle_json_pair_string (&writer, "participants", stays);
  if (self->n_recording > 0)
    wattle_json_pair_string (&writer, "recording", self->recording->str);
  wattle_json_end_object (&writer);
  wattle_json_end_object (&writer);
  return g_string_free (writer.out, FALSE);
}

/* The word of the record; empty for none. */
const char *
wattle_call_means_nick (WattleCallMeans means)
{
  return means_nicks[means];
}
