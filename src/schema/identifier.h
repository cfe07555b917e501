/* identifier.h: the numbers Australian health care knows people, practices and places by
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WattleIdentifierVerdict:
 * @WATTLE_IDENTIFIER_OK: the text passes every rule known to us
 * @WATTLE_IDENTIFIER_WARNING: unusual, and possibly right: say so, and let it be kept
 * @WATTLE_IDENTIFIER_ERROR: cannot be such an identifier: refuse it
 */
typedef enum
{
  WATTLE_IDENTIFIER_OK,
  WATTLE_IDENTIFIER_WARNING,
  WATTLE_IDENTIFIER_ERROR,
} WattleIdentifierVerdict;

typedef struct _WattleIdentifierKind WattleIdentifierKind;

/**
 * WattleIdentifierKind:
 * @nick: the name of the kind in field tables and on the wire
 * @label: untranslated label; see wattle_identifier_label()
 * @fhir_system: (nullable): the identifier system of AU Base for this kind
 * @max_bytes: longer input is refused unread
 * @pattern: (nullable): how it is shown: each `#` stands for one character
 * @normalise: brings what was typed into the form that is stored
 * @check: judges a normalised text; sets a sentence unless the verdict is OK
 */
struct _WattleIdentifierKind
{
  const char *nick;
  const char *label;
  const char *fhir_system;
  gsize max_bytes;
  const char *pattern;
  char *(*normalise) (const char *text);
  WattleIdentifierVerdict (*check) (const WattleIdentifierKind *kind, const char *normalised, char **message);
};

const WattleIdentifierKind *wattle_identifier_kinds          (guint                       *n_kinds);
const WattleIdentifierKind *wattle_identifier_find           (const char                  *nick);
const WattleIdentifierKind *wattle_identifier_find_by_system (const char                  *fhir_system);
const char                 *wattle_identifier_label          (const WattleIdentifierKind  *kind);
WattleIdentifierVerdict     wattle_identifier_check          (const WattleIdentifierKind  *kind,
                                                              const char                  *text,
                                                              char                       **normalised,
                                                              char                       **message);
char                       *wattle_identifier_format         (const WattleIdentifierKind  *kind,
                                                              const char                  *normalised);

const char                 *wattle_postcode_state            (const char                  *postcode);
WattleIdentifierVerdict     wattle_postcode_check_state      (const char                  *postcode,
                                                              const char                  *state,
                                                              char                       **message);

G_END_DECLS
