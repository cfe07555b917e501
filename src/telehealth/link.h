/* link.h: the messages between a window and its media engine
 *
 * A socket pair that keeps messages whole. A message is one line of JSON, after it bytes that are not JSON when there
 * are any (a text, a piece of a recording), and at most one open file beside it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "base/json.h"

G_BEGIN_DECLS

/* The longest message in bytes; the system's buffers take it whole. */
#define WATTLE_LINK_MAX_MESSAGE (128 * 1024)

typedef struct _WattleLink WattleLink;

/**
 * WattleLinkMessageFunc:
 * @message: the JSON, an object
 * @bytes: (nullable): what came after it
 * @fd: an open file that now belongs to the function, or -1
 * @data: of wattle_link_new()
 */
typedef void (*WattleLinkMessageFunc) (WattleJsonNode message, GBytes *bytes, int fd, gpointer data);

/**
 * WattleLinkClosedFunc:
 * @data: of wattle_link_new()
 *
 * Called once, when the other side went away or sent what is not a message.
 */
typedef void (*WattleLinkClosedFunc) (gpointer data);

WattleLink *wattle_link_new (int fd, WattleLinkMessageFunc message, WattleLinkClosedFunc closed, gpointer data);
WattleLink *wattle_link_ref (WattleLink *self);
void wattle_link_unref (WattleLink *self);
void wattle_link_close (WattleLink *self);
gboolean wattle_link_send (WattleLink *self, const char *text, GBytes *bytes, int fd);
gsize wattle_link_waits (WattleLink *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleLink, wattle_link_unref)

G_END_DECLS
