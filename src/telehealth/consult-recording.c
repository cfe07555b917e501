/* consult-recording.c: who is asked before a consult is recorded, and what everybody is told meanwhile
 *
 * Nothing is agreed by messages that could get lost: each side tells its own state whole, whenever it changes and
 * whenever a connection is made. The clinician's says whether they ask or record, and under which number; the others'
 * say what they answered to that number. It is recorded exactly while everybody in the room has agreed.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "telehealth/consult-private.h"

static const char *const recording_nicks[] = { "no", "asked", "on" };
static const char *const consent_nicks[] = { "", "given", "declined", "withdrawn" };

static guint
find_nick (const char *const *nicks, guint n_nicks, const char *nick)
{
  for (guint i = 1; nick != NULL && i < n_nicks; i++)
    if (strcmp (nicks[i], nick) == 0)
      return i;
  return 0;
}

/* Reception watches the door, and is neither seen nor heard. */
static gboolean
is_party (WattlePeer *peer)
{
  return wattle_peer_is_in (peer) && g_strcmp0 (peer->seen.role, "reception") != 0;
}

static void
set_recording (WattleConsult *self, WattleConsultRecording recording)
{
  gboolean was_on = self->recording == WATTLE_CONSULT_RECORDING;
  gboolean is_on = recording == WATTLE_CONSULT_RECORDING;

  if (self->recording == recording)
    return;
  self->recording = recording;
  if (was_on != is_on)
    {
      wattle_evidence_recording (self->evidence, wattle_clock_now (), is_on ? "started" : "stopped", NULL);
      g_signal_emit_by_name (self, "record", is_on);
      g_signal_emit_by_name (self, "report");
    }
  wattle_consult_tell_states (self);
}

/* Whether all in the room agreed; @refused: whether one of them did not. */
static gboolean
everybody_agreed (WattleConsult *self, guint *n_parties, gboolean *refused)
{
  gboolean all = TRUE;

  for (guint i = 0; i < self->peers->len; i++)
    {
      WattlePeer *peer = g_ptr_array_index (self->peers, i);

      if (!is_party (peer))
        continue;
      *n_parties += 1;
      all = all && peer->seen.consent == WATTLE_CONSULT_GIVEN;
      *refused =
        *refused || peer->seen.consent == WATTLE_CONSULT_DECLINED || peer->seen.consent == WATTLE_CONSULT_WITHDRAWN;
    }
  return all;
}

/* Begins, goes on or ends as those in the room, and what they answered, want it. */
void
wattle_consult_settle_recording (WattleConsult *self)
{
  guint n_parties = 0;
  gboolean refused = FALSE;
  gboolean all;

  if (self->recording == WATTLE_CONSULT_NOT_RECORDING)
    return;
  all = everybody_agreed (self, &n_parties, &refused);
  if (refused || n_parties == 0)
    {
      const char *sentence =
        n_parties == 0 ? _("Nobody else is in the room any more: nothing is recorded.")
        : self->recording == WATTLE_CONSULT_RECORDING
          ? _("Somebody in the call withdrew their consent: recording has stopped. What was recorded before is kept.")
          : _("Somebody in the call does not agree: nothing is recorded.");

      set_recording (self, WATTLE_CONSULT_NOT_RECORDING);
      wattle_consult_say (self, sentence);
    }
  else if (all)
    set_recording (self, WATTLE_CONSULT_RECORDING);
  else if (self->recording == WATTLE_CONSULT_RECORDING)
    {
      set_recording (self, WATTLE_CONSULT_ASKING);
      wattle_consult_say (self, _("Somebody came into the call: recording goes on once they have agreed to it, too."));
    }
}

/* What the others are told of it. */
void
wattle_consult_put_recording (WattleConsult *self, WattleJsonWriter *writer)
{
  const WattleConsultPerson *recorder = wattle_consult_recorder (self);

  if (self->recording != WATTLE_CONSULT_NOT_RECORDING)
    {
      wattle_json_pair_string (writer, "recording", recording_nicks[self->recording]);
      wattle_json_pair_string (writer, "recording_id", self->recording_id);
      if (self->recording == WATTLE_CONSULT_ASKING)
        wattle_json_pair_string (writer, "recording_words", self->recording_words);
    }
  if (recorder != NULL && self->consent != WATTLE_CONSULT_NO_ANSWER)
    {
      wattle_json_pair_string (writer, "consent", consent_nicks[self->consent]);
      wattle_json_pair_string (writer, "consent_to", recorder->recording_id);
    }
}

static void
take_answer (WattleConsult *self, WattlePeer *peer, WattleJsonNode state)
{
  WattleConsultConsent consent =
    find_nick (consent_nicks, G_N_ELEMENTS (consent_nicks), wattle_json_member_string (state, "consent"));

  if (self->recording == WATTLE_CONSULT_NOT_RECORDING || consent == peer->seen.consent
      || g_strcmp0 (wattle_json_member_string (state, "consent_to"), self->recording_id) != 0)
    return;
  peer->seen.consent = consent;
  if (consent != WATTLE_CONSULT_NO_ANSWER)
    {
      wattle_evidence_recording (self->evidence, wattle_clock_now (), consent_nicks[consent], peer->seen.role);
      g_signal_emit_by_name (self, "consent", peer->seen.id, (int) consent);
    }
}

/**
 * wattle_consult_take_recording:
 * @self: a consult
 * @peer: who told their state
 * @state: what they told
 *
 * Only the clinician of the visit may ask.
 */
void
wattle_consult_take_recording (WattleConsult *self, WattlePeer *peer, WattleJsonNode state)
{
  const char *id = wattle_json_member_string (state, "recording_id");
  const char *words = wattle_json_member_string (state, "recording_words");
  WattleConsultRecording recording =
    find_nick (recording_nicks, G_N_ELEMENTS (recording_nicks), wattle_json_member_string (state, "recording"));

  if (!peer->owner || !wattle_id_is_valid (id))
    recording = WATTLE_CONSULT_NOT_RECORDING;
  if (recording != WATTLE_CONSULT_NOT_RECORDING && g_strcmp0 (peer->seen.recording_id, id) != 0)
    {
      g_free (peer->seen.recording_id);
      g_clear_pointer (&peer->seen.recording_words, g_free);
      peer->seen.recording_id = g_strdup (id);
      self->consent = WATTLE_CONSULT_NO_ANSWER;
    }
  if (peer->seen.recording_words == NULL && words != NULL && strlen (words) <= WATTLE_CONSULT_MAX_CHAT)
    peer->seen.recording_words = g_strdup (words);
  peer->seen.recording = recording;
  take_answer (self, peer, state);
  wattle_consult_settle_recording (self);
}

/**
 * wattle_consult_record:
 * @self: the consult of the visit's clinician
 * @on: whether it is to be recorded
 * @words: (nullable): what everybody is asked to agree to, at most %WATTLE_CONSULT_MAX_CHAT bytes; with @on
 *
 * Asks everybody, all in the same words; "record" says when it begins, if it does, and when it has to stop.
 */
void
wattle_consult_record (WattleConsult *self, gboolean on, const char *words)
{
  if (!on)
    {
      set_recording (self, WATTLE_CONSULT_NOT_RECORDING);
      return;
    }
  if (self->recording != WATTLE_CONSULT_NOT_RECORDING || !self->inside || !self->owner)
    return;
  g_free (self->recording_id);
  self->recording_id = wattle_id_new ();
  g_free (self->recording_words);
  self->recording_words = g_strdup (words);
  for (guint i = 0; i < self->peers->len; i++)
    ((WattlePeer *) g_ptr_array_index (self->peers, i))->seen.consent = WATTLE_CONSULT_NO_ANSWER;
  wattle_evidence_recording (self->evidence, wattle_clock_now (), "asked", NULL);
  set_recording (self, WATTLE_CONSULT_ASKING);
  wattle_consult_settle_recording (self);
}

/* Whether one asks the others, or records them. */
WattleConsultRecording
wattle_consult_recording (WattleConsult *self)
{
  return self->recording;
}

/* Who asks to record this call, or records it (nullable). */
const WattleConsultPerson *
wattle_consult_recorder (WattleConsult *self)
{
  for (guint i = 0; i < self->peers->len; i++)
    {
      WattlePeer *peer = g_ptr_array_index (self->peers, i);

      if (wattle_peer_is_in (peer) && peer->seen.recording != WATTLE_CONSULT_NOT_RECORDING)
        return &peer->seen;
    }
  return NULL;
}

/* What one answered to who asks. */
WattleConsultConsent
wattle_consult_consent (WattleConsult *self)
{
  return self->consent;
}

/**
 * wattle_consult_answer_recording:
 * @self: a consult whose clinician asks
 * @agrees: %FALSE declines, or withdraws what was agreed to before
 */
void
wattle_consult_answer_recording (WattleConsult *self, gboolean agrees)
{
  if (wattle_consult_recorder (self) == NULL)
    return;
  if (agrees)
    self->consent = WATTLE_CONSULT_GIVEN;
  else
    self->consent = self->consent == WATTLE_CONSULT_GIVEN ? WATTLE_CONSULT_WITHDRAWN : WATTLE_CONSULT_DECLINED;
  wattle_consult_tell_states (self);
}
