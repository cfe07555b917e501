/* rates.h: how often somebody may call, in a bounded table of this process
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _WattleRates WattleRates;

WattleRates *wattle_rates_new (guint capacity);
void wattle_rates_free (WattleRates *self);
guint wattle_rates_take (WattleRates *self, const char *what, const char *who, guint limit, guint window);
guint wattle_rates_size (WattleRates *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleRates, wattle_rates_free)

G_END_DECLS
