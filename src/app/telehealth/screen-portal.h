/* screen-portal.h: asking the desktop for a picture of the screen
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _WattleScreenPortal WattleScreenPortal;

/**
 * WattleScreenFunc:
 * @data: of wattle_screen_portal_new()
 * @fd: where the picture comes from, closed after the call; -1 when there is none any more
 * @node: its number there
 * @sentence: (nullable): why there is none, for a person
 */
typedef void (*WattleScreenFunc) (gpointer data, int fd, guint32 node, const char *sentence);

WattleScreenPortal *wattle_screen_portal_new (WattleScreenFunc func, gpointer data);
void wattle_screen_portal_free (WattleScreenPortal *self);
void wattle_screen_portal_ask (WattleScreenPortal *self);
void wattle_screen_portal_stop (WattleScreenPortal *self);

G_END_DECLS
