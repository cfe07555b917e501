/* record-private.h: how a record keeps its values, for the files of this room
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "schema/record.h"

G_BEGIN_DECLS

#define WATTLE_MAX_FIELDS 64

typedef union
{
  gint64 number;
  char *text;
} WattleValue;

typedef struct
{
  char *id;
  gint64 revision;
  gint64 changed_at;
  char *changed_by;
  char *unknown; /* members that a newer version wrote, as JSON text joined by commas */
  WattleValue *values;
  guint64 set;
  gboolean deleted;
} WattleRecordPrivate;

WattleRecordPrivate *wattle_record_private (WattleRecord *self);

G_END_DECLS
