/* enums.c: closed lists of words and their look-up
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "schema/enums.h"

#include <glib/gi18n-lib.h>

#define E(NAME, nick) static const WattleEnumValue values_##NAME[] = {
#define V(NAME, VALUE, nick, label) { nick, label },
#define END(NAME) };
#include "schema/enums.def"
#undef E
#undef V
#undef END

static const WattleEnum enums[] = {
#define E(NAME, nick) { #nick, values_##NAME, G_N_ELEMENTS (values_##NAME) },
#define V(NAME, VALUE, nick, label)
#define END(NAME)
#include "schema/enums.def"
#undef E
#undef V
#undef END
};

const WattleEnum *
wattle_enums (guint *n_enums)
{
  *n_enums = G_N_ELEMENTS (enums);
  return enums;
}

/**
 * wattle_enum_find:
 * @nick: (nullable): the name of a list, such as "role"
 *
 * Returns: (nullable): the list
 */
const WattleEnum *
wattle_enum_find (const char *nick)
{
  for (guint i = 0; i < G_N_ELEMENTS (enums); i++)
    if (g_strcmp0 (enums[i].nick, nick) == 0)
      return &enums[i];
  return NULL;
}

/**
 * wattle_enum_parse:
 * @self: a list
 * @nick: (nullable): a word
 *
 * Returns: the value of @nick, or -1 when the list does not have it
 */
int
wattle_enum_parse (const WattleEnum *self, const char *nick)
{
  for (guint i = 0; i < self->n_values; i++)
    if (g_strcmp0 (self->values[i].nick, nick) == 0)
      return i;
  return -1;
}

const char *
wattle_enum_nick (const WattleEnum *self, int value)
{
  g_return_val_if_fail (value >= 0 && (guint) value < self->n_values, NULL);
  return self->values[value].nick;
}

/**
 * wattle_enum_label:
 * @self: a list
 * @value: a value of it
 *
 * Returns: its label in the reader's language
 */
const char *
wattle_enum_label (const WattleEnum *self, int value)
{
  g_return_val_if_fail (value >= 0 && (guint) value < self->n_values, "");
  return _(self->values[value].label);
}
