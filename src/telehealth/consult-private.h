/* consult-private.h: what the files of a consult share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "telehealth/consult.h"
#include "telehealth/sealing.h"
#include "telehealth/signalling.h"

G_BEGIN_DECLS

typedef struct
{
  WattleConsultPerson seen; /* first: what others may see of it */
  guint8 key[WATTLE_SEAL_KEY_BYTES];
  gboolean has_key;
  gboolean aesgcm;
  gboolean owner;
  gboolean named; /* by the server, since one came in or back */
  gboolean named_by_staff; /* what they call themselves does not count then */

  WattleSeal *seal; /* (nullable): until their key came */
  guint sealed_as;  /* one's own number when it was made */
  guint8 salt[WATTLE_SEAL_SALT_BYTES];
  guint8 their_hash[WATTLE_SEAL_HASH_BYTES];
  gboolean has_hash;
  gboolean has_salt;

  guint generation;    /* the newest; 0: none */
  guint linked;        /* the one that media flow over; 0: none */
  guint tries;         /* since media flowed */
  gint64 next_try;     /* a tick */
  gint64 started;      /* a tick: the newest generation */
  gint64 lost;         /* a tick since when media should flow and do not; 0: they do, or need not */
  gint64 next_chat;    /* a tick: when what they write is slow enough again */
  gboolean hushed;     /* it was said that they write too much */
} WattlePeer;

struct _WattleConsult
{
  GObject parent_instance;

  WattleSignalling *signalling;
  WattleCallEngine *engine;
  WattleConsultClock clock;
  gpointer clock_data;
  guint timer;

  WattleSealKey *key;
  char *name;
  GHashTable *known; /* identities that a person recognised before */

  gboolean entered;
  gboolean waiting;
  gboolean inside;
  gboolean ended;
  gboolean silent; /* the server */
  guint number;
  char *role;
  gboolean owner;
  gboolean locked;
  char **verbs;
  char *note;
  gint64 since;
  char *end_reason;
  char *end_sentence;

  GPtrArray *peers; /* WattlePeer: everybody that was there, present or not */
  guint serial;
  WattleEvidence *evidence;
  gboolean telephone;
  gint64 reported; /* a tick */

  WattleCaptions *captions; /* (nullable): what writes down what is said */
  gboolean captioning;

  WattleConsultRecording recording;
  char *recording_id;           /* (nullable) */
  char *recording_words;        /* (nullable) */
  WattleConsultConsent consent; /* one's own, to who asks */

  gboolean microphone;
  gboolean camera;
  gboolean screen;
  gboolean paused;   /* the own picture, so that the sound stays clear */
  gint64 poor_since; /* a tick; 0: not poor */
  gint64 good_since;
  gint64 hold; /* how long it must be good before the picture comes back */
};

/* consult.c */
gint64 wattle_consult_now (WattleConsult *self);
void wattle_consult_changed (WattleConsult *self);
void wattle_consult_say (WattleConsult *self, const char *sentence);
void wattle_consult_tell_states (WattleConsult *self);
void wattle_consult_end (WattleConsult *self, const char *reason, const char *sentence);

/* consult-room.c */
void wattle_consult_room_cb (WattleRoomEvent event, WattleJsonNode message, const char *text, gpointer data);

/* consult-recording.c */
void wattle_consult_settle_recording (WattleConsult *self);
void wattle_consult_put_recording (WattleConsult *self, WattleJsonWriter *writer);
void wattle_consult_take_recording (WattleConsult *self, WattlePeer *peer, WattleJsonNode state);

/* consult-peer.c */
void wattle_peer_free (gpointer data);
WattlePeer *wattle_peer_find (WattleConsult *self, guint number);
WattlePeer *wattle_peer_find_id (WattleConsult *self, const char *id);
void wattle_peer_take (WattleConsult *self, WattleJsonNode message, gboolean waiting);
void wattle_peer_take_room (WattleConsult *self, WattleJsonNode message);
void wattle_peer_tick (WattleConsult *self, WattlePeer *peer);
void wattle_peer_hurry (WattleConsult *self, WattlePeer *peer);
void wattle_peer_need_offer (WattleConsult *self, WattleJsonNode message);
void wattle_peer_sealed (WattleConsult *self, WattleJsonNode message);
void wattle_peer_description (
  WattleConsult *self, WattlePeer *peer, guint generation, const char *kind, const char *sdp);
void wattle_peer_candidate (
  WattleConsult *self, WattlePeer *peer, guint generation, guint mline, const char *candidate);
void wattle_peer_state (
  WattleConsult *self, WattlePeer *peer, guint generation, WattleCallPeerState state, const char *sentence);
void wattle_peer_text (WattleConsult *self, WattlePeer *peer, GBytes *text);
void wattle_peer_tell_state (WattleConsult *self, WattlePeer *peer);
gboolean wattle_peer_send (WattleConsult *self, WattlePeer *peer, const char *text);
void wattle_peer_bye (WattleConsult *self, WattlePeer *peer);
gboolean wattle_peer_is_in (WattlePeer *peer);

G_END_DECLS
