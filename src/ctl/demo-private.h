/* demo-private.h: what the parts of the maker share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "ctl/demo.h"

G_BEGIN_DECLS

typedef struct
{
  WattleRecord *record;
  char *user;
  gboolean doctor;
  GArray *panel; /* of guint: positions in patients */
} DemoPractitioner;

typedef struct
{
  WattleStore *store;
  WattleTransaction *transaction;
  const WattleDemoOptions *options;
  WattleDemoCounts *counts;
  WattleDemoProgress progress;
  gpointer progress_data;
  GCancellable *cancellable;
  GRand *rand;
  GTimeZone *zone;
  gint64 today;
  guint pending; /* puts since the last commit */
  WattleRecord *practice;
  WattleRecord *location;
  GPtrArray *practitioners; /* of DemoPractitioner */
  GPtrArray *patients;      /* of WattleRecord */
  GPtrArray *talked;        /* of WattleRecord: visits of the first practitioner that were written about */
  char *reception_user;
  struct
  {
    WattleRecord *type;
    WattleRecord *service;
    gint64 price_before; /* before the last indexation */
    gint64 price;
  } visits[2][3]; /* therapist or doctor; short, usual, long */
} Demo;

WattleRecord *demo_record (Demo *self, WattleRecordType type, gint64 at);
gboolean demo_put (Demo *self, WattleRecord *record, GError **error);
gboolean demo_diary (Demo *self, GError **error);
gboolean demo_messages (Demo *self, GError **error);

#define DEMO_PICK(self, list) ((list)[g_rand_int_range ((self)->rand, 0, G_N_ELEMENTS (list))])

G_END_DECLS
