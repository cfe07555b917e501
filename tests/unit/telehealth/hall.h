/* hall.h: a server with one room, and two consults in this process whose clock a test holds
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "fake-engine.h"
#include "telehealth/consult.h"

G_BEGIN_DECLS

#define HALL_ROOM "01JROOM0000000000000000000"
#define HALL_OTHER "01JOTHER000000000000000000"

typedef struct _Hall Hall;

typedef struct
{
  Hall *hall;
  guint number;
  const char *role;
  WattleLine *line;
  WattleCallEngine *engine;
  WattleConsult *consult;
  GString *heard; /* "chat", "said" and "report" of the consult, and "pass" by the server */
  gboolean no_token;
} Guest;

struct _Hall
{
  gint64 now;
  GQueue letters; /* what is under way */
  gboolean down;  /* lines cannot be opened, and nothing arrives */
  gboolean restarted; /* who comes back begins anew */
  gboolean twice; /* everything that is sealed is handed over twice, as a replay */
  Guest clinician;
  Guest patient;
};

void hall_set_up (Hall *self, gconstpointer data);
void hall_tear_down (Hall *self, gconstpointer data);
/* Hands over what is under way until nothing is. */
void hall_run (Hall *self);
void hall_wait (Hall *self, double seconds);
void hall_cut (Guest *guest);
void hall_send (Guest *guest, const char *text);
void hall_meet (Hall *self);
void hall_link (Hall *self, guint generation);

G_END_DECLS
