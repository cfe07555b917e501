/* draft-keeper.h: keeps what is typed and not yet saved, and brings it back after a crash
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "app/context.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_DRAFT_KEEPER (wattle_draft_keeper_get_type ())
G_DECLARE_FINAL_TYPE (WattleDraftKeeper, wattle_draft_keeper, WATTLE, DRAFT_KEEPER, GObject)

/* Signals: "kept": what was typed is safe on this disk; "failed" (string): it
 * is not, and why; "restored" (boolean): the look for a draft is over, and
 * whether there was one. */

WattleDraftKeeper *wattle_draft_keeper_new     (WattleContext     *context,
                                                const char        *key);
void               wattle_draft_keeper_bind    (WattleDraftKeeper *self,
                                                const char        *name,
                                                GtkTextBuffer     *buffer);
void               wattle_draft_keeper_restore (WattleDraftKeeper *self);
void               wattle_draft_keeper_flush   (WattleDraftKeeper *self);
void               wattle_draft_keeper_drop    (WattleDraftKeeper *self);
gint64             wattle_draft_keeper_kept_at (WattleDraftKeeper *self);

G_END_DECLS
