/* start-page.h: what stands in the window while nobody is signed in
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_START_PAGE (wattle_start_page_get_type ())
G_DECLARE_FINAL_TYPE (WattleStartPage, wattle_start_page, WATTLE, START_PAGE, AdwBin)

WattleStartPage *wattle_start_page_new            (WattleContext   *context);
gboolean         wattle_start_page_is_same_person (WattleStartPage *self);
void             wattle_start_page_stop           (WattleStartPage *self);

G_END_DECLS
