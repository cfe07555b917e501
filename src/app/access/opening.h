/* opening.h: telling the audit trail what a person opened
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/context.h"

G_BEGIN_DECLS

void wattle_tell_opened (WattleContext *context, const char *patient, WattleRecordType type, const char *id);

G_END_DECLS
