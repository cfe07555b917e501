/* consent.h: whether a patient consented, and to which text
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "domain/reader.h"

G_BEGIN_DECLS

WattleRecord *wattle_consent_form (WattleReader *reader, int kind);
WattleRecord *wattle_consent_latest (WattleReader *reader, const char *patient, int kind);
gboolean wattle_consent_is_given (WattleReader *reader, const char *patient, int kind);
gboolean wattle_consent_held (WattleReader *reader, const char *patient, int kind, gint64 at);

G_END_DECLS
