/* entry.h: one record as a row of a list shows it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "schema/record.h"

G_BEGIN_DECLS

/**
 * WattleEntry:
 * @type: of the record
 * @id: of the record
 * @title: first line
 * @subtitle: (nullable): second line
 * @detail: (nullable): at the end, such as an amount
 * @pill: (nullable): a word on how it stands
 * @tone: (nullable): style class of @pill: "accent", "success" or "warning"
 * @verb: (nullable): what the button of the row says
 * @status: the record's status
 * @own: whether the person who looks made it
 * @at: instant or date that it is sorted by
 * @cents: amount of money, where it has one
 * @record: (nullable): the record itself
 */
typedef struct
{
  WattleRecordType type;
  char *id;
  char *title;
  char *subtitle;
  char *detail;
  char *pill;
  const char *tone;
  const char *verb;
  int status;
  gboolean own;
  gint64 at;
  gint64 cents;
  WattleRecord *record;
} WattleEntry;

WattleEntry *wattle_entry_new  (WattleRecord *record);
void         wattle_entry_free (WattleEntry  *self);

G_END_DECLS
