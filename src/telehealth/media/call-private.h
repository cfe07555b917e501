/* call-private.h: what the parts of the program wattle-call share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "base/json.h"
#include "telehealth/link.h"
#include "telehealth/media/camera.h"
#include "telehealth/media/line.h"
#include "telehealth/media/microphone.h"
#include "telehealth/media/playback.h"
#include "telehealth/media/player.h"
#include "telehealth/media/recorder.h"
#include "telehealth/media/ring.h"

G_BEGIN_DECLS

/* Somebody else. The line shown, and the one that is to take its place. */
typedef struct
{
  char *name;
  guint place; /* from 1, for the recording */
  WattleLine *line;
  WattleLine *next;
  WattleRing *ring;
  guint loud; /* how loud they are, slowly falling; under the mutex */
} WattlePeer;

typedef struct
{
  GMainLoop *loop;
  WattleLink *link;
  GstClock *clock;
  GstClockTime base_time;
  gboolean started;
  WattleLineSettings lines;
  char *authorities;
  GPtrArray *ways; /* WattleTls */
  WattleDevices *devices;
  WattlePlayback *playback;
  WattleCamera *camera;
  WattleMicrophone *microphone;
  WattleRecorder *recorder;
  WattlePlayer *player; /* (nullable) */
  gint listens;         /* atomic: somebody writes down what is said */
  char *microphone_device;
  guint limit;
  guint size[2];
  guint next_ring;
  guint ticks;
  int coded; /* bytes of own pictures since the last tick; atomic */
  guint used; /* kilobits a second of them, smoothed */
  char *speaker; /* (nullable): who spoke last */
  WattleLine *test[2];
  gint64 test_begun;
  GMutex mutex; /* for what follows */
  GPtrArray *peers;
  WattleRing *own;
} WattleCall;

/* call-orders.c */
void        wattle_call_take_order   (WattleJsonNode       message,
                                      GBytes              *bytes,
                                      int                  fd,
                                      gpointer             data);
/* call-peers.c */
WattlePeer *wattle_call_find_peer    (WattleCall          *call,
                                      const char          *name);
WattleLine *wattle_call_connect_peer (WattleCall          *call,
                                      const char          *name,
                                      guint                generation,
                                      gboolean             offers);
void        wattle_call_drop_line    (WattleCall          *call,
                                      WattleLine          *line);
void        wattle_call_free_peer    (gpointer             data);
void        wattle_call_fit_sending  (WattleCall          *call);
/* call-say.c */
void        wattle_call_say          (WattleCall          *call,
                                      const char          *format,
                                      ...) G_GNUC_PRINTF (2, 3);
void        wattle_call_say_texts    (WattleCall          *call,
                                      const char          *what,
                                      ...) G_GNUC_NULL_TERMINATED;
void        wattle_call_say_state    (WattleCall          *call,
                                      const char          *peer,
                                      guint                generation,
                                      WattleCallPeerState  state,
                                      const char          *sentence);
void        wattle_call_say_stats    (WattleCall          *call,
                                      WattleLine          *line);
void        wattle_call_say_devices  (gpointer             data);
/* call-start.c */
void wattle_call_start (WattleCall *call, WattleJsonNode order, GBytes *authorities);
void        wattle_call_take_servers (WattleCall          *call,
                                      WattleJsonNode       order);
guint       wattle_call_bounded      (WattleJsonNode       order,
                                      const char          *name,
                                      guint                fallback,
                                      guint                most);
/* call-test.c */
void        wattle_call_begin_test   (WattleCall          *call);
void        wattle_call_tick_test    (WattleCall          *call,
                                      gint64               now);

G_END_DECLS
