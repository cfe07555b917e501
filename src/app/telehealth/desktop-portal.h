/* desktop-portal.h: questions to the portals of the desktop, which may ask the person
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WATTLE_DESKTOP_PORTAL "org.freedesktop.portal.Desktop"

gboolean wattle_desktop_portal_is_only_way (void);
GDBusConnection *wattle_desktop_portal_bus (void);

void wattle_desktop_portal_ask_async (const char *interface,
                                      const char *method,
                                      GVariant *arguments,
                                      GVariantBuilder *options,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer data);
GVariant *wattle_desktop_portal_ask_finish (GAsyncResult *result, GError **error);

void wattle_desktop_portal_open_async (
  const char *interface, const char *session, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
int wattle_desktop_portal_open_finish (GAsyncResult *result, GError **error);

G_END_DECLS
