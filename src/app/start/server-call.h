/* server-call.h: the two calls to a server that come before any session
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "base/json.h"

G_BEGIN_DECLS

char       *wattle_server_url         (const char           *typed,
                                       GError              **error);
void        wattle_server_call_async  (const char           *url,
                                       const char           *method,
                                       const char           *path,
                                       const char           *body,
                                       GCancellable         *cancellable,
                                       GAsyncReadyCallback   callback,
                                       gpointer              user_data);
WattleJson *wattle_server_call_finish (GAsyncResult         *result,
                                       GError              **error);
gboolean    wattle_server_is_wattled  (const WattleJson     *hello,
                                       GError              **error);

G_END_DECLS
