/* sandbox.h: a PDF or a picture from elsewhere, drawn by a worker that can reach nothing
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

GBytes *wattle_sandbox_redraw (GBytes *file, GCancellable *cancellable, GError **error);
void wattle_sandbox_redraw_async (GBytes *file, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
GBytes *wattle_sandbox_redraw_finish (GAsyncResult       *result,
                                      GError            **error);

G_END_DECLS
