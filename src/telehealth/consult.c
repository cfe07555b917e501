/* consult.c: a video consult: who is in its room, how they are connected, and what is to be filed about it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "telehealth/consult.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/civil.h"
#include "base/clock.h"
#include "base/error.h"
#include "telehealth/consult-private.h"

#define TICK_MS 250
/* What the engine waits before it calls a connection silent. */
#define UNHEARD (2 * WATTLE_SECOND)
#define TEXT_AFTER (10 * WATTLE_SECOND)
#define TELEPHONE_AFTER (60 * WATTLE_SECOND)
#define REPORT_EVERY WATTLE_MINUTE
/* The own picture is given up when the connection was poor for so long, and comes back when it was good for longer
 * each time, so that it does not come and go. */
#define POOR_FOR (8 * WATTLE_SECOND)
#define FIRST_HOLD (20 * WATTLE_SECOND)
#define LAST_HOLD (160 * WATTLE_SECOND)
#define NO_LIMIT 100000

enum
{
  SIGNAL_CHANGED,
  SIGNAL_TOKEN_WANTED,
  SIGNAL_CHAT,
  SIGNAL_SAID,
  SIGNAL_REPORT,
  SIGNAL_ADMITTED,
  SIGNAL_RECOGNISED,
  SIGNAL_RECORD,
  SIGNAL_CONSENT,
  SIGNAL_CAPTION,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WattleConsult, wattle_consult, G_TYPE_OBJECT)

static WattlePeer *
peer_at (WattleConsult *self, guint position)
{
  return g_ptr_array_index (self->peers, position);
}

static gboolean
any_linked (WattleConsult *self)
{
  for (guint i = 0; i < self->peers->len; i++)
    if (peer_at (self, i)->linked > 0)
      return TRUE;
  return FALSE;
}

/* Since when media should flow and do not; 0 when they do. */
static gint64
lost_since (WattleConsult *self)
{
  gint64 since = 0;

  for (guint i = 0; i < self->peers->len; i++)
    {
      WattlePeer *peer = peer_at (self, i);

      if (wattle_peer_is_in (peer) && peer->lost > 0 && (since == 0 || peer->lost < since))
        since = peer->lost;
    }
  return any_linked (self) ? 0 : since;
}

static gboolean
any_picture (WattleConsult *self)
{
  if ((self->camera && !self->paused) || self->screen)
    return TRUE;
  for (guint i = 0; i < self->peers->len; i++)
    {
      WattlePeer *peer = peer_at (self, i);

      if (peer->linked > 0 && (peer->seen.camera || peer->seen.screen))
        return TRUE;
    }
  return FALSE;
}

static gboolean
can_write (WattleConsult *self)
{
  for (guint i = 0; i < self->peers->len; i++)
    {
      WattlePeer *peer = peer_at (self, i);

      if (wattle_peer_is_in (peer) && peer->seal != NULL && !peer->seen.away)
        return wattle_signalling_is_up (self->signalling);
    }
  return FALSE;
}

static WattleCallMeans
means_now (WattleConsult *self)
{
  gint64 lost = lost_since (self);

  if (self->telephone)
    return WATTLE_CALL_TELEPHONE;
  if (any_linked (self))
    return any_picture (self) ? WATTLE_CALL_VIDEO : WATTLE_CALL_AUDIO;
  if (lost > 0 && wattle_consult_now (self) - lost >= TEXT_AFTER && can_write (self))
    return WATTLE_CALL_TEXT;
  return WATTLE_CALL_NOT_YET;
}

/* The minutes and the steps of the evidence. */
static void
keep_evidence (WattleConsult *self)
{
  gint64 now = wattle_consult_now (self);
  WattleCallMeans means = means_now (self);

  if (any_linked (self))
    wattle_evidence_connect (self->evidence, now);
  else
    wattle_evidence_drop (self->evidence, now, UNHEARD);
  if (!wattle_evidence_step (self->evidence, wattle_clock_now (), means))
    return;
  wattle_signalling_say (self->signalling, "state", 0, "state", wattle_call_means_nick (means));
  self->reported = now;
  g_signal_emit (self, signals[SIGNAL_REPORT], 0);
}

gint64
wattle_consult_now (WattleConsult *self)
{
  return self->clock != NULL ? self->clock (self->clock_data) : wattle_clock_monotonic ();
}

void
wattle_consult_changed (WattleConsult *self)
{
  if (self->entered && !self->ended)
    keep_evidence (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

void
wattle_consult_say (WattleConsult *self, const char *sentence)
{
  g_signal_emit (self, signals[SIGNAL_SAID], 0, sentence);
}

/**
 * wattle_consult_end:
 * @self: a consult
 * @reason: (nullable): the server's word, "left" or "forged"
 * @sentence: (nullable): for a person
 *
 * Everything stops: no picture and no sound leaves this computer any more.
 */
void
wattle_consult_end (WattleConsult *self, const char *reason, const char *sentence)
{
  if (self->ended)
    return;
  wattle_consult_record (self, FALSE, NULL);
  for (guint i = 0; i < self->peers->len; i++)
    wattle_peer_bye (self, peer_at (self, i));
  self->ended = TRUE;
  self->waiting = FALSE;
  self->inside = FALSE;
  self->end_reason = g_strdup (reason);
  self->end_sentence = g_strdup (sentence);
  for (guint i = 0; i < self->peers->len; i++)
    peer_at (self, i)->linked = 0;
  wattle_evidence_end (self->evidence, wattle_clock_now (), wattle_consult_now (self));
  wattle_signalling_leave (self->signalling);
  wattle_call_engine_stop (self->engine);
  g_clear_handle_id (&self->timer, g_source_remove);
  g_signal_emit (self, signals[SIGNAL_REPORT], 0);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static gint64
room_clock (gpointer data)
{
  return wattle_consult_now (data);
}

static gboolean
timer_cb (gpointer data)
{
  wattle_consult_tick (data);
  return G_SOURCE_CONTINUE;
}

static void
set_paused (WattleConsult *self, gboolean paused)
{
  self->paused = paused;
  self->poor_since = 0;
  self->good_since = 0;
  wattle_call_engine_set_video_limit (self->engine, paused ? 0 : NO_LIMIT);
  if (paused)
    self->hold = self->hold == 0 ? FIRST_HOLD : MIN (self->hold * 2, LAST_HOLD);
  for (guint i = 0; i < self->peers->len; i++)
    if (peer_at (self, i)->linked > 0)
      wattle_peer_tell_state (self, peer_at (self, i));
  wattle_consult_changed (self);
}

static gboolean
any_of_quality (WattleConsult *self, const char *quality)
{
  for (guint i = 0; i < self->peers->len; i++)
    if (peer_at (self, i)->linked > 0 && g_strcmp0 (peer_at (self, i)->seen.quality, quality) == 0)
      return TRUE;
  return FALSE;
}

/* Sound before picture: the first step of the ladder is taken by itself. */
static void
watch_quality (WattleConsult *self)
{
  gint64 now = wattle_consult_now (self);
  gboolean poor = any_of_quality (self, "poor");
  gboolean good = any_linked (self) && !poor && !any_of_quality (self, "fair");

  self->poor_since = !poor ? 0 : self->poor_since > 0 ? self->poor_since : now;
  self->good_since = !good ? 0 : self->good_since > 0 ? self->good_since : now;
  if (!self->paused && self->camera && self->poor_since > 0 && now - self->poor_since >= POOR_FOR)
    set_paused (self, TRUE);
  else if (self->paused && self->good_since > 0 && now - self->good_since >= self->hold)
    set_paused (self, FALSE);
}

static void
description_cb (
  WattleCallEngine *engine, const char *id, guint generation, const char *kind, const char *sdp, WattleConsult *self)
{
  WattlePeer *peer = wattle_peer_find_id (self, id);

  if (peer != NULL && !self->ended)
    wattle_peer_description (self, peer, generation, kind, sdp);
}

static void
candidate_cb (
  WattleCallEngine *engine, const char *id, guint generation, guint mline, const char *text, WattleConsult *self)
{
  WattlePeer *peer = wattle_peer_find_id (self, id);

  if (peer != NULL && !self->ended)
    wattle_peer_candidate (self, peer, generation, mline, text);
}

static void
peer_state_cb (
  WattleCallEngine *engine, const char *id, guint generation, int state, const char *sentence, WattleConsult *self)
{
  WattlePeer *peer = wattle_peer_find_id (self, id);

  if (peer != NULL && !self->ended)
    wattle_peer_state (self, peer, generation, state, sentence);
}

static void
text_cb (WattleCallEngine *engine, const char *id, GBytes *text, WattleConsult *self)
{
  WattlePeer *peer = wattle_peer_find_id (self, id);

  if (peer != NULL && !self->ended)
    wattle_peer_text (self, peer, text);
}

static void
stats_cb (WattleCallEngine *engine, const char *id, GVariant *figures, WattleConsult *self)
{
  WattlePeer *peer = wattle_peer_find_id (self, id);
  const char *quality = NULL;
  const char *path = NULL;
  gint64 round_trip = 0;

  if (peer == NULL || self->ended)
    return;
  g_variant_lookup (figures, "quality", "&s", &quality);
  g_variant_lookup (figures, "path", "&s", &path);
  g_variant_lookup (figures, "round_trip", "x", &round_trip);
  g_free (peer->seen.quality);
  peer->seen.quality = g_strdup (quality != NULL ? quality : "");
  g_free (peer->seen.path);
  peer->seen.path = g_strdup (path != NULL ? path : "");
  peer->seen.round_trip = (int) CLAMP (round_trip, 0, 60000);
  wattle_evidence_path (self->evidence, id, path);
  wattle_evidence_path (self->evidence, "me", path);
  wattle_consult_changed (self);
}

static void
died_cb (WattleCallEngine *engine, const char *sentence, WattleConsult *self)
{
  if (self->ended)
    return;
  for (guint i = 0; i < self->peers->len; i++)
    {
      WattlePeer *peer = peer_at (self, i);

      if (peer->linked > 0)
        wattle_peer_state (self, peer, peer->linked, WATTLE_CALL_PEER_SILENT, NULL);
    }
  wattle_consult_say (self, sentence);
  wattle_consult_changed (self);
}

static void
sound_cb (WattleCallEngine *engine, const char *id, GBytes *sound, WattleConsult *self)
{
  if (self->captioning && self->captions != NULL)
    wattle_captions_hear (self->captions, id, sound);
}

static void
caption_cb (WattleCaptions *captions, const char *id, const char *text, WattleConsult *self)
{
  if (self->captioning && wattle_peer_find_id (self, id) != NULL)
    g_signal_emit (self, signals[SIGNAL_CAPTION], 0, id, text);
}

static void
wattle_consult_dispose (GObject *object)
{
  WattleConsult *self = WATTLE_CONSULT (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  if (self->engine != NULL)
    g_signal_handlers_disconnect_by_data (self->engine, self);
  if (self->captions != NULL)
    g_signal_handlers_disconnect_by_data (self->captions, self);
  g_clear_object (&self->captions);
  g_clear_pointer (&self->signalling, wattle_signalling_free);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (wattle_consult_parent_class)->dispose (object);
}

static void
wattle_consult_finalize (GObject *object)
{
  WattleConsult *self = WATTLE_CONSULT (object);

  g_ptr_array_unref (self->peers);
  wattle_evidence_free (self->evidence);
  wattle_seal_key_unref (self->key);
  g_hash_table_unref (self->known);
  g_strfreev (self->verbs);
  g_free (self->name);
  g_free (self->role);
  g_free (self->note);
  g_free (self->end_reason);
  g_free (self->end_sentence);
  g_free (self->recording_id);
  g_free (self->recording_words);
  G_OBJECT_CLASS (wattle_consult_parent_class)->finalize (object);
}

static guint
add_signal (const char *name, guint n_parameters, GType first, GType second)
{
  return g_signal_new (name, WATTLE_TYPE_CONSULT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, n_parameters,
                       first, second);
}

static void
wattle_consult_class_init (WattleConsultClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = wattle_consult_dispose;
  object_class->finalize = wattle_consult_finalize;
  signals[SIGNAL_CHANGED] = add_signal ("changed", 0, G_TYPE_NONE, G_TYPE_NONE);
  signals[SIGNAL_TOKEN_WANTED] = add_signal ("token-wanted", 0, G_TYPE_NONE, G_TYPE_NONE);
  signals[SIGNAL_CHAT] = add_signal ("chat", 2, G_TYPE_STRING, G_TYPE_STRING);
  signals[SIGNAL_SAID] = add_signal ("said", 1, G_TYPE_STRING, G_TYPE_NONE);
  signals[SIGNAL_REPORT] = add_signal ("report", 0, G_TYPE_NONE, G_TYPE_NONE);
  signals[SIGNAL_ADMITTED] = add_signal ("admitted", 1, G_TYPE_STRING, G_TYPE_NONE);
  signals[SIGNAL_RECOGNISED] = add_signal ("recognised", 1, G_TYPE_STRING, G_TYPE_NONE);
  signals[SIGNAL_RECORD] = add_signal ("record", 1, G_TYPE_BOOLEAN, G_TYPE_NONE);
  signals[SIGNAL_CAPTION] = add_signal ("caption", 2, G_TYPE_STRING, G_TYPE_STRING);
  signals[SIGNAL_CONSENT] = add_signal ("consent", 2, G_TYPE_STRING, G_TYPE_INT);
}

static void
wattle_consult_init (WattleConsult *self)
{
  self->key = wattle_seal_key_new ();
  self->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->peers = g_ptr_array_new_with_free_func (wattle_peer_free);
  self->evidence = wattle_evidence_new ();
  self->verbs = g_new0 (char *, 1);
  self->microphone = TRUE;
}

/**
 * wattle_consult_new:
 * @line: how the server is reached
 * @engine: what makes picture and sound; whoever calls starts it, at first and after "died"
 *
 * Returns: (transfer full): a consult in its green room
 */
WattleConsult *
wattle_consult_new (WattleLine *line, WattleCallEngine *engine)
{
  WattleConsult *self = g_object_new (WATTLE_TYPE_CONSULT, NULL);

  self->signalling = wattle_signalling_new (line, room_clock, wattle_consult_room_cb, self);
  self->engine = g_object_ref (engine);
  g_signal_connect (engine, "description", G_CALLBACK (description_cb), self);
  g_signal_connect (engine, "candidate", G_CALLBACK (candidate_cb), self);
  g_signal_connect (engine, "peer-state", G_CALLBACK (peer_state_cb), self);
  g_signal_connect (engine, "text", G_CALLBACK (text_cb), self);
  g_signal_connect (engine, "stats", G_CALLBACK (stats_cb), self);
  g_signal_connect (engine, "died", G_CALLBACK (died_cb), self);
  g_signal_connect (engine, "sound", G_CALLBACK (sound_cb), self);
  self->captions = wattle_captions_new ();
  if (self->captions != NULL)
    g_signal_connect (self->captions, "caption", G_CALLBACK (caption_cb), self);
  return self;
}

/**
 * wattle_consult_set_clock:
 * @self: a consult that was not entered
 * @clock: gives monotonic microseconds; wattle_consult_tick() is then called by whoever gave it
 * @data: for @clock
 */
void
wattle_consult_set_clock (WattleConsult *self, WattleConsultClock clock, gpointer data)
{
  self->clock = clock;
  self->clock_data = data;
}

/* Does what is due: tries again, counts, reports. */
void
wattle_consult_tick (WattleConsult *self)
{
  gint64 now = wattle_consult_now (self);

  if (!self->entered || self->ended)
    return;
  wattle_signalling_tick (self->signalling);
  for (guint i = 0; !self->ended && i < self->peers->len; i++)
    wattle_peer_tick (self, peer_at (self, i));
  if (self->ended)
    return;
  watch_quality (self);
  keep_evidence (self);
  if (self->inside && now - self->reported >= REPORT_EVERY)
    {
      self->reported = now;
      g_signal_emit (self, signals[SIGNAL_REPORT], 0);
    }
}

WattleCallEngine *
wattle_consult_engine (WattleConsult *self)
{
  return self->engine;
}

/**
 * wattle_consult_enter:
 * @self: a consult in its green room
 * @room: id of the room
 * @name: (nullable): what the others are told, sealed, that one is called
 *
 * Leaves the green room; from now on something may be sent.
 */
void
wattle_consult_enter (WattleConsult *self, const char *room, const char *name)
{
  g_autofree char *key = wattle_seal_key_text (self->key);

  if (self->entered)
    return;
  self->entered = TRUE;
  self->name = g_strdup (name);
  self->reported = wattle_consult_now (self);
  if (self->clock == NULL)
    self->timer = g_timeout_add (TICK_MS, timer_cb, self);
  wattle_signalling_enter (self->signalling, room, key);
  wattle_consult_changed (self);
}

/* The public key of this stay in base64 (transfer full). */
char *
wattle_consult_key (WattleConsult *self)
{
  return wattle_seal_key_text (self->key);
}

/**
 * wattle_consult_take_token:
 * @self: a consult that emitted "token-wanted"
 * @token: (nullable): %NULL when there is none just now
 * @proof: (nullable): the signature of this device, see sealing.h
 */
void
wattle_consult_take_token (WattleConsult *self, const char *token, const char *proof)
{
  wattle_signalling_take_token (self->signalling, token, proof);
}

/* A device that somebody here compared the code with before. */
void
wattle_consult_know_device (WattleConsult *self, const char *identity)
{
  g_hash_table_add (self->known, g_strdup (identity));
  for (guint i = 0; i < self->peers->len; i++)
    if (g_strcmp0 (peer_at (self, i)->seen.identity, identity) == 0)
      peer_at (self, i)->seen.verified = TRUE;
}

/* The computer has another address, or a network again: what is broken is tried at once. */
void
wattle_consult_network_changed (WattleConsult *self)
{
  if (!self->entered || self->ended)
    return;
  wattle_signalling_again (self->signalling);
  for (guint i = 0; i < self->peers->len; i++)
    wattle_peer_hurry (self, peer_at (self, i));
}

/* After "died" of the engine, when it runs again. */
void
wattle_consult_engine_started (WattleConsult *self)
{
  if (self->paused)
    wattle_call_engine_set_video_limit (self->engine, 0);
  if (self->captioning)
    wattle_call_engine_listen (self->engine, TRUE);
  for (guint i = 0; i < self->peers->len; i++)
    wattle_peer_hurry (self, peer_at (self, i));
}

/**
 * wattle_consult_replace:
 * @self: a consult that ended with "elsewhere": another device of the same person is in the room
 *
 * Comes in all the same; the other device is sent away.
 */
void
wattle_consult_replace (WattleConsult *self)
{
  if (!self->ended || g_strcmp0 (self->end_reason, "elsewhere") != 0)
    return;
  self->ended = FALSE;
  g_clear_pointer (&self->end_reason, g_free);
  g_clear_pointer (&self->end_sentence, g_free);
  if (self->clock == NULL)
    self->timer = g_timeout_add (TICK_MS, timer_cb, self);
  wattle_signalling_replace (self->signalling);
  wattle_consult_changed (self);
}

WattleConsultState
wattle_consult_state (WattleConsult *self)
{
  gboolean somebody = FALSE;
  gboolean lost = FALSE;

  if (self->ended)
    return WATTLE_CONSULT_ENDED;
  if (!self->entered)
    return WATTLE_CONSULT_GREEN_ROOM;
  if (!self->inside)
    return self->waiting ? WATTLE_CONSULT_WAITING : WATTLE_CONSULT_ENTERING;
  for (guint i = 0; i < self->peers->len; i++)
    {
      WattlePeer *peer = peer_at (self, i);

      if (peer->linked > 0)
        return WATTLE_CONSULT_CONNECTED;
      if (!wattle_peer_is_in (peer))
        continue;
      somebody = TRUE;
      lost = lost || peer->seen.link == WATTLE_CONSULT_RELINKING;
    }
  if (!somebody)
    return WATTLE_CONSULT_ALONE;
  return lost ? WATTLE_CONSULT_RECONNECTING : WATTLE_CONSULT_CONNECTING;
}

/* The room one is in or goes to (nullable). */
const char *
wattle_consult_room (WattleConsult *self)
{
  return wattle_signalling_room (self->signalling);
}

/* The latest word of the practice for who waits (nullable). */
const char *
wattle_consult_note (WattleConsult *self)
{
  return self->note;
}

/* Since when one waits, microseconds since 1970. */
gint64
wattle_consult_waiting_since (WattleConsult *self)
{
  return self->since;
}

/* The word of the server's table, "left" or "forged" (nullable). */
const char *
wattle_consult_end_reason (WattleConsult *self)
{
  return self->end_reason;
}

/* Why it is over, for a person (nullable). */
const char *
wattle_consult_end_sentence (WattleConsult *self)
{
  return self->end_sentence;
}

/* Whether the server does not answer just now; media go on without it. */
gboolean
wattle_consult_server_is_silent (WattleConsult *self)
{
  return self->silent && !self->ended;
}

/* Whether one may "enter", "admit" or "triage" here. */
gboolean
wattle_consult_may (WattleConsult *self, const char *verb)
{
  return g_strv_contains ((const char *const *) self->verbs, verb);
}

gboolean
wattle_consult_is_owner (WattleConsult *self)
{
  return self->owner;
}

gboolean
wattle_consult_is_locked (WattleConsult *self)
{
  return self->locked;
}

/* Whether it is time to say that there is a telephone. */
gboolean
wattle_consult_offers_telephone (WattleConsult *self)
{
  gint64 lost = lost_since (self);

  return !self->ended && lost > 0 && wattle_consult_now (self) - lost >= TELEPHONE_AFTER;
}

/* Whether the own picture is held back so that the sound stays clear. */
gboolean
wattle_consult_camera_is_paused (WattleConsult *self)
{
  return self->paused;
}

guint
wattle_consult_n_people (WattleConsult *self)
{
  return self->peers->len;
}

/* Everybody who was there, in the order in which they came; see "present". */
const WattleConsultPerson *
wattle_consult_person (WattleConsult *self, guint position)
{
  return &peer_at (self, position)->seen;
}

/* (nullable) */
const WattleConsultPerson *
wattle_consult_find_person (WattleConsult *self, const char *id)
{
  WattlePeer *peer = wattle_peer_find_id (self, id);

  return peer != NULL ? &peer->seen : NULL;
}

WattleCallMeans
wattle_consult_means (WattleConsult *self)
{
  return means_now (self);
}

/* For how long people could see or hear each other; it does not run while they cannot. */
gint64
wattle_consult_connected_seconds (WattleConsult *self)
{
  return wattle_evidence_connected_seconds (self->evidence, wattle_consult_now (self));
}

/**
 * wattle_consult_report:
 * @self: a consult
 * @id: of the record, the same each time
 * @appointment: id of the visit
 * @patient: id of the patient
 *
 * Returns: (transfer full) (nullable): arguments of "call.report"; %NULL before one was in the room
 */
char *
wattle_consult_report (WattleConsult *self, const char *id, const char *appointment, const char *patient)
{
  if (self->role == NULL)
    return NULL;
  return wattle_evidence_report (self->evidence, id, appointment, patient, wattle_consult_now (self));
}

/**
 * wattle_consult_confirm_code:
 * @self: a consult
 * @id: of a person
 * @same: whether they read the same code
 *
 * A code that differs ends the call: somebody stands between.
 */
void
wattle_consult_confirm_code (WattleConsult *self, const char *id, gboolean same)
{
  WattlePeer *peer = wattle_peer_find_id (self, id);

  if (peer == NULL || peer->seen.code == NULL)
    return;
  if (!same)
    {
      wattle_signalling_mismatch (self->signalling, peer->seen.number);
      wattle_consult_end (self, "forged",
                          _("The call was ended because the two codes differ: somebody may have listened. The practice "
                            "has been told. Go on by telephone."));
      return;
    }
  peer->seen.verified = TRUE;
  if (peer->seen.identity != NULL)
    g_signal_emit (self, signals[SIGNAL_RECOGNISED], 0, peer->seen.identity);
  wattle_consult_changed (self);
}

gboolean
wattle_consult_microphone (WattleConsult *self)
{
  return self->microphone;
}

gboolean
wattle_consult_camera (WattleConsult *self)
{
  return self->camera;
}

/* What one shows and says of oneself, to everybody who is connected. */
void
wattle_consult_tell_states (WattleConsult *self)
{
  for (guint i = 0; i < self->peers->len; i++)
    if (peer_at (self, i)->linked > 0)
      wattle_peer_tell_state (self, peer_at (self, i));
  wattle_consult_changed (self);
}

void
wattle_consult_set_microphone (WattleConsult *self, gboolean on)
{
  if (self->microphone == on)
    return;
  self->microphone = on;
  wattle_call_engine_set_microphone (self->engine, on);
  wattle_consult_tell_states (self);
}

/* The person's own will: a picture that was held back for the sound's sake comes at once. */
void
wattle_consult_set_camera (WattleConsult *self, gboolean on)
{
  if (self->paused)
    set_paused (self, FALSE);
  if (self->camera == on)
    return;
  self->camera = on;
  wattle_call_engine_set_camera (self->engine, on);
  wattle_consult_tell_states (self);
}

/* Whether the screen is shown; the engine is told by whoever asked the portal. */
void
wattle_consult_set_screen (WattleConsult *self, gboolean on)
{
  if (self->screen == on)
    return;
  self->screen = on;
  wattle_consult_tell_states (self);
}

/**
 * wattle_consult_chat:
 * @self: a consult
 * @text: what to write to everybody in the room
 * @error: when nobody could be reached: keep it, and try again
 *
 * Returns: whether it is on its way to everybody in the room
 */
gboolean
wattle_consult_chat (WattleConsult *self, const char *text, GError **error)
{
  WattleJsonWriter writer = wattle_json_writer (g_string_new (NULL));
  g_autofree char *whole = NULL;
  guint sent = 0;
  guint people = 0;

  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "kind", "chat");
  wattle_json_pair_string (&writer, "text", text);
  wattle_json_end_object (&writer);
  whole = g_string_free (writer.out, FALSE);
  if (strlen (text) > WATTLE_CONSULT_MAX_CHAT)
    {
      wattle_set_field_error (error, WATTLE_ERROR_TOO_LARGE, "text",
                              _("This is too long for one message. It was not sent; send it in parts."));
      return FALSE;
    }
  for (guint i = 0; i < self->peers->len; i++)
    if (wattle_peer_is_in (peer_at (self, i)))
      {
        people++;
        sent += wattle_peer_send (self, peer_at (self, i), whole);
      }
  if (people > 0 && sent == people)
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_OFFLINE, "text",
                          people == 0 ? _("Nobody else is in the room yet. It was not sent; send it again then.")
                                      : _("It did not reach everybody: the connection is broken. Send it again when "
                                          "it is back."));
  return FALSE;
}

/* Whether there is anything here that writes down what is said. */
gboolean
wattle_consult_can_caption (WattleConsult *self)
{
  return self->captions != NULL;
}

gboolean
wattle_consult_captions (WattleConsult *self)
{
  return self->captioning;
}

/* Whether what the others say is written down for who sits here; nothing is heard for it while it is off. */
void
wattle_consult_set_captions (WattleConsult *self, gboolean on)
{
  if (self->captions == NULL || self->captioning == on)
    return;
  self->captioning = on;
  wattle_call_engine_listen (self->engine, on);
  if (!on)
    wattle_captions_stop (self->captions);
  wattle_consult_changed (self);
}

/* The visit goes on by telephone. */
void
wattle_consult_use_telephone (WattleConsult *self)
{
  self->telephone = TRUE;
  wattle_consult_changed (self);
}

/**
 * wattle_consult_leave:
 * @self: a consult
 * @for_everybody: whether the room is closed for all, which only the clinician may do
 */
void
wattle_consult_leave (WattleConsult *self, gboolean for_everybody)
{
  if (for_everybody && self->inside)
    wattle_signalling_say (self->signalling, "end", 0, NULL, NULL);
  wattle_consult_end (self, "left", NULL);
}
