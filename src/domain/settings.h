/* settings.h: the choices a practice can make, and what they are when it made none
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "domain/reader.h"

G_BEGIN_DECLS

/**
 * WattleSettingSpec:
 * @key: its name
 * @kind: %WATTLE_KIND_BOOLEAN, %WATTLE_KIND_INTEGER or %WATTLE_KIND_STRING
 * @fallback: its value, as text, when the practice has not chosen
 * @min: smallest number
 * @max: largest number, or most characters of a text
 * @administrators_only: whether a manager, whom it would serve, may not choose it
 * @label: untranslated label
 * @doc: one sentence, untranslated
 */
typedef struct
{
  const char *key;
  WattleKind kind;
  const char *fallback;
  gint64 min;
  gint64 max;
  gboolean administrators_only;
  const char *label;
  const char *doc;
} WattleSettingSpec;

/* The key of the row that wattle_setting_care_since() reads. */
#define WATTLE_SETTING_CARE_SINCE "care_since"

const WattleSettingSpec *wattle_setting_specs       (guint                    *n_specs);
const WattleSettingSpec *wattle_setting_find        (const char               *key);
gboolean                 wattle_setting_check       (const WattleSettingSpec  *self,
                                                     const char               *value,
                                                     GError                  **error);
char                    *wattle_setting_get         (WattleReader             *reader,
                                                     const char               *key);
gint64                   wattle_setting_get_integer (WattleReader             *reader,
                                                     const char               *key);
gint64                   wattle_setting_care_since  (WattleReader             *reader);
gboolean                 wattle_setting_get_boolean (WattleReader             *reader,
                                                     const char               *key);

G_END_DECLS
