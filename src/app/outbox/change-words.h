/* change-words.h: an operation of this device, as a person would tell it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "store/store.h"

G_BEGIN_DECLS

/**
 * WattleChangeLine:
 * @label: what it is
 * @value: as one reads it
 * @path: (nullable): where the text stands in the arguments, such as
 *   "note/subjective"; %NULL for what cannot be typed anew
 * @many: whether it has many lines
 * @field: the field of a record that it is; 0 for none
 */
typedef struct
{
  char *label;
  char *value;
  char *path;
  gboolean many;
  WattleFieldId field;
} WattleChangeLine;

/**
 * WattleChangeWords:
 * @what: the act: “Book an appointment”
 * @whom: (nullable): whom or what it is about
 * @when: (nullable): the visit that it is about
 * @lines: (element-type WattleChangeLine): all that it says, what was written at length first
 * @texts: how many of these were written at length
 */
typedef struct
{
  char *what;
  char *whom;
  char *when;
  GPtrArray *lines;
  guint texts;
} WattleChangeWords;

WattleChangeWords *wattle_change_words      (WattleReader      *reader,
                                             const char        *name,
                                             const char        *args,
                                             GTimeZone         *zone);
void               wattle_change_words_free (WattleChangeWords *self);
char              *wattle_change_words_text (WattleChangeWords *self);
char              *wattle_change_retyped    (const char        *args,
                                             GHashTable        *texts);
char              *wattle_record_whom       (WattleReader      *reader,
                                             WattleRecord      *record,
                                             GTimeZone         *zone);
char              *wattle_value_words       (WattleReader      *reader,
                                             WattleRecord      *record,
                                             WattleFieldId      field,
                                             GTimeZone         *zone);

gpointer           wattle_change_words_work (WattleTransaction *transaction,
                                             gpointer           arguments,
                                             GCancellable      *cancellable,
                                             GError           **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleChangeWords, wattle_change_words_free)

G_END_DECLS
