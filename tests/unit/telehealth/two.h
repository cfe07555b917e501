/* two.h: two engines that call each other inside a test
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "telehealth/engine.h"

G_BEGIN_DECLS

/**
 * TestSide:
 *
 * One engine and what it said.
 */
typedef struct _TestSide TestSide;
struct _TestSide
{
  WattleCallEngine *engine;
  const char *name; /* what the others call it */
  TestSide *others[WATTLE_CALL_MAX_PEERS];
  guint n_others;
  gboolean hold;        /* candidates and descriptions are not passed on */
  gboolean forge;       /* the fingerprints it sends are changed */
  gboolean relay_seen;  /* candidates that were not relayed */
  guint frames;         /* of the others */
  guint frames_of[WATTLE_CALL_MAX_PEERS];
  guint own_frames;
  guint width;
  guint height;
  guint brightness; /* of the last frame of the others, 0 to 255 */
  guint own_brightness;
  guint detail; /* of the finest frame of the others: how many of a hundred points are unlike their neighbour */
  gint64 last_frame;
  gint64 longest_gap;
  guint direct;
  guint relayed;
  guint levels;
  double level;
  WattleCallPeerState state;
  guint generation; /* of the state */
  WattleCallPeerState state_of[WATTLE_CALL_MAX_PEERS];
  guint generation_of[WATTLE_CALL_MAX_PEERS];
  char *sentence;
  GString *texts;
  GByteArray *recording;
  gboolean recording_ended;
  GHashTable *figures; /* char *: gint64 */
  char *path;
  char *died;
  char *trouble;
  gboolean network_told;
  gboolean network_works;
  guint network_ms;
  guint devices;
};

TestSide *test_side_new      (const char               *name);
void      test_side_free     (TestSide                 *self);
void      test_side_start    (TestSide                 *self,
                              const WattleCallSettings *settings);
void      test_join          (TestSide                 *one,
                              TestSide                 *other);
guint test_meet (TestSide *offerer, TestSide *answerer);
guint test_deceive (TestSide *offerer, TestSide *answerer);
gint64    test_figure        (TestSide                 *self,
                              const char               *name);

extern const WattleCallSettings test_settings;

/* Runs the main loop until the condition holds; two minutes are a failure. */
#define test_wait(condition)                                                                                           \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    guint late_ = g_timeout_add_seconds (120, test_late_cb, (gpointer) #condition);                                    \
    while (!(condition))                                                                                               \
      g_main_context_iteration (NULL, TRUE);                                                                           \
    g_source_remove (late_);                                                                                           \
  }                                                                                                                    \
  G_STMT_END

gboolean test_late_cb (gpointer condition);

G_END_DECLS
