/* sign-in-page.h: name and password, second factor, approval, and the lock
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_SIGN_IN_PAGE (wattle_sign_in_page_get_type ())
G_DECLARE_FINAL_TYPE (WattleSignInPage, wattle_sign_in_page, WATTLE, SIGN_IN_PAGE, AdwBin)

/* Signal "other-server": the person wants another server. */

WattleSignInPage *wattle_sign_in_page_new        (WattleContext    *context);
void              wattle_sign_in_page_set_status (WattleSignInPage *self,
                                                  const char       *text,
                                                  gboolean          busy);
const char       *wattle_sign_in_page_person     (WattleSignInPage *self);
void              wattle_sign_in_page_fill       (WattleSignInPage *self,
                                                  const char       *login,
                                                  const char       *password);

G_END_DECLS
