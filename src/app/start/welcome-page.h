/* welcome-page.h: first run: connect to a server, or start a practice on this computer
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/start/local-server.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_WELCOME_PAGE (wattle_welcome_page_get_type ())
G_DECLARE_FINAL_TYPE (WattleWelcomePage, wattle_welcome_page, WATTLE, WELCOME_PAGE, AdwBin)

/* Signals: "server" (string url): the person chose a server that answers;
 * "practice" (string url, string login, string password): a practice was made
 * on this computer and its server runs. */

WattleWelcomePage *wattle_welcome_page_new (WattleLocalServer *server);

G_END_DECLS
