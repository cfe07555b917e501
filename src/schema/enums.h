/* enums.h: closed lists of words and their look-up
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define E(NAME, nick) enum {
#define V(NAME, VALUE, nick, label) WATTLE_##NAME##_##VALUE,
#define END(NAME) WATTLE_N_##NAME };
#include "schema/enums.def"
#undef E
#undef V
#undef END

typedef struct
{
  const char *nick;
  const char *label; /* untranslated */
} WattleEnumValue;

/**
 * WattleEnum:
 * @nick: its name in field tables
 * @values: its words, in the order of screens
 * @n_values: how many
 */
typedef struct
{
  const char *nick;
  const WattleEnumValue *values;
  guint n_values;
} WattleEnum;

const WattleEnum *wattle_enums          (guint            *n_enums);
const WattleEnum *wattle_enum_find      (const char       *nick);
int               wattle_enum_parse     (const WattleEnum *self,
                                         const char       *nick);
const char       *wattle_enum_nick      (const WattleEnum *self,
                                         int               value);
const char       *wattle_enum_label     (const WattleEnum *self,
                                         int               value);

G_END_DECLS
