/* secret.h: asking for words and passwords
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "ctl/ctl.h"

G_BEGIN_DECLS

char *wattle_ctl_ask          (WattleCtl   *ctl,
                               const char  *question,
                               gboolean     hidden,
                               GError     **error);
char *wattle_ctl_new_password (WattleCtl   *ctl,
                               gboolean     from_stdin,
                               const char  *login,
                               GError     **error);

G_END_DECLS
