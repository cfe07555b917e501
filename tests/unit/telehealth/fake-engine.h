/* fake-engine.h: the facade of the engine without an engine: it remembers what it was told, and says what a test wants
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "telehealth/engine.h"

G_BEGIN_DECLS

/* What it was told, a line each, since the last time this was asked (transfer full). */
char *fake_engine_take_log (WattleCallEngine *self);
void fake_engine_tell (WattleCallEngine *self, const char *peer, guint generation, WattleCallPeerState state);
void fake_engine_tell_quality (WattleCallEngine *self, const char *peer, const char *quality);
void fake_engine_text (WattleCallEngine *self, const char *peer, const char *text);
void fake_engine_die (WattleCallEngine *self);

G_END_DECLS
