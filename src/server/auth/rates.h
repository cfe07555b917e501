/* rates.h: how often somebody may call, in a bounded table of this process
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _WattleRates WattleRates;

/* Tells the other processes of the practice; for wattle_rates_hear() of each. */
typedef void (*WattleRatesTell) (const char *words, gpointer data);

WattleRates *wattle_rates_new (guint capacity);
void wattle_rates_free (WattleRates *self);
guint wattle_rates_take (WattleRates *self, const char *what, const char *who, guint limit, guint window);
guint wattle_rates_size (WattleRates *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleRates, wattle_rates_free)
void wattle_rates_set_tell (WattleRates *self, WattleRatesTell tell, gpointer data);
gboolean wattle_rates_hear (WattleRates *self, const char *words);

G_END_DECLS
