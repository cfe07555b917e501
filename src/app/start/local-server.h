/* local-server.h: the server of a practice that lives on this computer
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WATTLE_TYPE_LOCAL_SERVER (wattle_local_server_get_type ())
G_DECLARE_FINAL_TYPE (WattleLocalServer, wattle_local_server, WATTLE, LOCAL_SERVER, GObject)

/* Signal "ended" (string): it stopped by itself; why. */

gboolean wattle_local_server_is_installed (void);
WattleLocalServer *wattle_local_server_new          (const char           *data_dir);
void               wattle_local_server_start_async  (WattleLocalServer    *self,
                                                     int                   port,
                                                     GCancellable         *cancellable,
                                                     GAsyncReadyCallback   callback,
                                                     gpointer              user_data);
char              *wattle_local_server_start_finish (WattleLocalServer    *self,
                                                     GAsyncResult         *result,
                                                     GError              **error);
char              *wattle_local_server_setup_code   (WattleLocalServer    *self,
                                                     GError              **error);
int                wattle_local_server_port         (WattleLocalServer    *self);
void               wattle_local_server_stop         (WattleLocalServer    *self);

G_END_DECLS
