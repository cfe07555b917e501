/* servers.h: relays as the media library names them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "base/json.h"

G_BEGIN_DECLS

GStrv wattle_servers_take (WattleJsonNode servers,
                           const char    *authorities,
                           GPtrArray     *ways,
                           char         **stun);

G_END_DECLS
