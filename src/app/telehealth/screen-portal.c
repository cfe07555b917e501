/* screen-portal.c: asking the desktop for a picture of the screen
 *
 * org.freedesktop.portal.ScreenCast: CreateSession, SelectSources, Start, OpenPipeWireRemote.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/telehealth/screen-portal.h"

#include <glib/gi18n-lib.h>
#include <unistd.h>

#include "app/telehealth/desktop-portal.h"
#include "base/error.h"

#define SCREEN_CAST "org.freedesktop.portal.ScreenCast"
#define SESSION "org.freedesktop.portal.Session"
#define MONITOR_AND_WINDOW 3
#define CURSOR_IN_PICTURE 2

struct _WattleScreenPortal
{
  WattleScreenFunc func;
  gpointer data;
  GCancellable *cancellable; /* while it is asked or shared */
  guint closed;              /* subscription */
  char *session;
  guint32 node;
};

static void
forget (WattleScreenPortal *self)
{
  GDBusConnection *bus = wattle_desktop_portal_bus ();

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->closed > 0)
    g_dbus_connection_signal_unsubscribe (bus, self->closed);
  self->closed = 0;
  if (self->session != NULL)
    g_dbus_connection_call (bus, WATTLE_DESKTOP_PORTAL, self->session, SESSION, "Close", NULL, NULL,
                            G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
  g_clear_pointer (&self->session, g_free);
}

static void
fail (WattleScreenPortal *self, const char *sentence)
{
  forget (self);
  self->func (self->data, -1, 0, sentence);
}

/* Whether to go on; the person may have changed their mind, the desktop may have no such portal. */
static gboolean
may_go_on (WattleScreenPortal *self, gboolean answered, const GError *error)
{
  if (answered)
    return TRUE;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return FALSE;
  fail (self, g_error_matches (error, WATTLE_ERROR, WATTLE_ERROR_FORBIDDEN)
                ? NULL
                : _("This desktop does not let Wattle show the screen."));
  return FALSE;
}

static void
opened_cb (GObject *bus, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  int fd = wattle_desktop_portal_open_finish (result, &error);
  WattleScreenPortal *self = data;

  if (!may_go_on (self, fd >= 0, error))
    return;
  self->func (self->data, fd, self->node, _("Your screen is shown to the others."));
  close (fd);
}

static void
started_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) results = wattle_desktop_portal_ask_finish (result, &error);
  g_autoptr (GVariant) streams = NULL;
  WattleScreenPortal *self = data;

  if (!may_go_on (self, results != NULL, error))
    return;
  streams = g_variant_lookup_value (results, "streams", G_VARIANT_TYPE ("a(ua{sv})"));
  if (streams == NULL || g_variant_n_children (streams) == 0)
    {
      fail (self, NULL);
      return;
    }
  g_variant_get_child (streams, 0, "(ua{sv})", &self->node, NULL);
  wattle_desktop_portal_open_async (SCREEN_CAST, self->session, self->cancellable, opened_cb, self);
}

static void
selected_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) results = wattle_desktop_portal_ask_finish (result, &error);
  WattleScreenPortal *self = data;
  GVariantBuilder options;

  if (!may_go_on (self, results != NULL, error))
    return;
  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  wattle_desktop_portal_ask_async (SCREEN_CAST, "Start", g_variant_new ("(os)", self->session, ""), &options,
                                   self->cancellable, started_cb, self);
}

static void
session_closed_cb (GDBusConnection *bus,
                   const char *sender,
                   const char *path,
                   const char *interface,
                   const char *signal,
                   GVariant *parameters,
                   gpointer data)
{
  fail (data, _("Your screen is not shown any more."));
}

static void
created_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) results = wattle_desktop_portal_ask_finish (result, &error);
  WattleScreenPortal *self = data;
  GVariantBuilder options;
  const char *session = NULL;

  if (!may_go_on (self, results != NULL, error))
    return;
  if (!g_variant_lookup (results, "session_handle", "&s", &session) || !g_variant_is_object_path (session))
    {
      fail (self, _("This desktop does not let Wattle show the screen."));
      return;
    }
  self->session = g_strdup (session);
  self->closed =
    g_dbus_connection_signal_subscribe (wattle_desktop_portal_bus (), WATTLE_DESKTOP_PORTAL, SESSION, "Closed", session,
                                        NULL, G_DBUS_SIGNAL_FLAGS_NONE, session_closed_cb, self, NULL);
  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "types", g_variant_new_uint32 (MONITOR_AND_WINDOW));
  g_variant_builder_add (&options, "{sv}", "cursor_mode", g_variant_new_uint32 (CURSOR_IN_PICTURE));
  wattle_desktop_portal_ask_async (SCREEN_CAST, "SelectSources", g_variant_new ("(o)", session), &options,
                                   self->cancellable, selected_cb, self);
}

/**
 * wattle_screen_portal_new:
 * @func: told when the screen is shown, and when it is not any more
 * @data: for @func
 *
 * Returns: (transfer full): a portal that was asked nothing yet
 */
WattleScreenPortal *
wattle_screen_portal_new (WattleScreenFunc func, gpointer data)
{
  WattleScreenPortal *self = g_new0 (WattleScreenPortal, 1);

  self->func = func;
  self->data = data;
  return self;
}

void
wattle_screen_portal_free (WattleScreenPortal *self)
{
  forget (self);
  g_free (self);
}

/* Lets the person choose a screen or a window in the desktop's own dialog. */
void
wattle_screen_portal_ask (WattleScreenPortal *self)
{
  GVariantBuilder options;

  if (self->cancellable != NULL)
    return;
  self->cancellable = g_cancellable_new ();
  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "session_handle_token", g_variant_new_string ("wattle"));
  wattle_desktop_portal_ask_async (SCREEN_CAST, "CreateSession", NULL, &options, self->cancellable, created_cb, self);
}

/* Shows it no more. */
void
wattle_screen_portal_stop (WattleScreenPortal *self)
{
  fail (self, NULL);
}
