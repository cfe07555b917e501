/* guest-link.h: the link that invites somebody into the room of a visit, as a stranger may have written it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WATTLE_GUEST_LINK_MAX 1024 /* bytes */

/**
 * WattleGuestLink:
 * @server: address of the server, "https://…", or "http://…" of this computer
 * @host: what a person is shown of it
 * @secret: what opens the room, once
 */
typedef struct
{
  char *server;
  char *host;
  char *secret;
} WattleGuestLink;

WattleGuestLink *wattle_guest_link_parse (const char *text, GError **error);
gboolean wattle_guest_link_is_link (const char *text);
WattleGuestLink *wattle_guest_link_parse_typed (const char *text, const char *address, GError **error);
void wattle_guest_link_free (WattleGuestLink *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleGuestLink, wattle_guest_link_free)

G_END_DECLS
