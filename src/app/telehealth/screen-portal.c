/* screen-portal.c: asking the desktop for a picture of the screen
 *
 * org.freedesktop.portal.ScreenCast: CreateSession, SelectSources, Start, OpenPipeWireRemote. Each of the first three
 * answers on an object of its own, whose path follows from our name on the bus and a token.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/telehealth/screen-portal.h"

#include <gio/gunixfdlist.h>
#include <glib/gi18n-lib.h>
#include <unistd.h>

#define PORTAL "org.freedesktop.portal.Desktop"
#define OBJECT "/org/freedesktop/portal/desktop"
#define SCREEN_CAST "org.freedesktop.portal.ScreenCast"
#define REQUEST "org.freedesktop.portal.Request"
#define SESSION "org.freedesktop.portal.Session"
#define MONITOR_AND_WINDOW 3
#define CURSOR_IN_PICTURE 2

typedef enum
{
  IDLE,
  CREATING,
  SELECTING,
  STARTING,
  OPENING,
  SHARING
} Step;

struct _WattleScreenPortal
{
  WattleScreenFunc func;
  gpointer data;
  GDBusConnection *bus;
  GCancellable *cancellable;
  Step step;
  guint request; /* subscription */
  guint closed;  /* subscription */
  guint token;
  char *session;
  guint32 node;
};

static void go_on (WattleScreenPortal *self, GVariant *results);

static void
forget (WattleScreenPortal *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->request > 0)
    g_dbus_connection_signal_unsubscribe (self->bus, self->request);
  if (self->closed > 0)
    g_dbus_connection_signal_unsubscribe (self->bus, self->closed);
  self->request = self->closed = 0;
  if (self->session != NULL)
    g_dbus_connection_call (self->bus, PORTAL, self->session, SESSION, "Close", NULL, NULL, G_DBUS_CALL_FLAGS_NONE, -1,
                            NULL, NULL, NULL);
  g_clear_pointer (&self->session, g_free);
  self->step = IDLE;
}

static void
fail (WattleScreenPortal *self, const char *sentence)
{
  forget (self);
  self->func (self->data, -1, 0, sentence);
}

static void
response_cb (GDBusConnection *bus,
             const char *sender,
             const char *path,
             const char *interface,
             const char *signal,
             GVariant *parameters,
             gpointer data)
{
  WattleScreenPortal *self = data;
  g_autoptr (GVariant) results = NULL;
  guint32 response;

  g_dbus_connection_signal_unsubscribe (self->bus, self->request);
  self->request = 0;
  g_variant_get (parameters, "(u@a{sv})", &response, &results);
  if (response == 0)
    go_on (self, results);
  else
    fail (self, NULL); /* the person changed their mind */
}

static void
called_cb (GObject *bus, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (bus), result, &error);

  if (answer == NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    fail (data, _("This desktop does not let Wattle show the screen."));
}

/* Calls @method, whose options take a token; @before are the arguments before them. */
static void
call (WattleScreenPortal *self, const char *method, const char *before, GVariantBuilder *options)
{
  g_autofree char *token = g_strdup_printf ("wattle%u", ++self->token);
  g_autofree char *sender = g_strdelimit (g_strdup (g_dbus_connection_get_unique_name (self->bus) + 1), ".", '_');
  g_autofree char *path = g_strdup_printf (OBJECT "/request/%s/%s", sender, token);
  GVariantBuilder arguments;

  g_variant_builder_add (options, "{sv}", "handle_token", g_variant_new_string (token));
  g_variant_builder_init (&arguments, G_VARIANT_TYPE_TUPLE);
  for (const char *c = before; *c != '\0'; c++)
    g_variant_builder_add_value (&arguments,
                                 *c == 'o' ? g_variant_new_object_path (self->session) : g_variant_new_string (""));
  g_variant_builder_add_value (&arguments, g_variant_builder_end (options));
  self->request = g_dbus_connection_signal_subscribe (self->bus, PORTAL, REQUEST, "Response", path, NULL,
                                                      G_DBUS_SIGNAL_FLAGS_NONE, response_cb, self, NULL);
  g_dbus_connection_call (self->bus, PORTAL, OBJECT, SCREEN_CAST, method, g_variant_builder_end (&arguments), NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, self->cancellable, called_cb, self);
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
opened_cb (GObject *bus, GAsyncResult *result, gpointer data)
{
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer =
    g_dbus_connection_call_with_unix_fd_list_finish (G_DBUS_CONNECTION (bus), &fds, result, &error);
  WattleScreenPortal *self = data;
  int handle = -1;
  int fd = -1;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (answer != NULL)
    {
      g_variant_get (answer, "(h)", &handle);
      fd = fds != NULL ? g_unix_fd_list_get (fds, handle, NULL) : -1;
    }
  if (fd < 0)
    {
      fail (self, _("This desktop does not let Wattle show the screen."));
      return;
    }
  self->step = SHARING;
  self->func (self->data, fd, self->node, _("Your screen is shown to the others."));
  close (fd);
}

static void
take_session (WattleScreenPortal *self, GVariant *results)
{
  GVariantBuilder options;
  const char *session = NULL;

  if (!g_variant_lookup (results, "session_handle", "&s", &session) || !g_variant_is_object_path (session))
    {
      fail (self, _("This desktop does not let Wattle show the screen."));
      return;
    }
  self->session = g_strdup (session);
  self->closed = g_dbus_connection_signal_subscribe (self->bus, PORTAL, SESSION, "Closed", session, NULL,
                                                     G_DBUS_SIGNAL_FLAGS_NONE, session_closed_cb, self, NULL);
  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "types", g_variant_new_uint32 (MONITOR_AND_WINDOW));
  g_variant_builder_add (&options, "{sv}", "cursor_mode", g_variant_new_uint32 (CURSOR_IN_PICTURE));
  self->step = SELECTING;
  call (self, "SelectSources", "o", &options);
}

static void
take_streams (WattleScreenPortal *self, GVariant *results)
{
  g_autoptr (GVariant) streams = g_variant_lookup_value (results, "streams", G_VARIANT_TYPE ("a(ua{sv})"));
  GVariantBuilder options;

  if (streams == NULL || g_variant_n_children (streams) == 0)
    {
      fail (self, NULL);
      return;
    }
  g_variant_get_child (streams, 0, "(ua{sv})", &self->node, NULL);
  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  self->step = OPENING;
  g_dbus_connection_call_with_unix_fd_list (self->bus, PORTAL, OBJECT, SCREEN_CAST, "OpenPipeWireRemote",
                                            g_variant_new ("(oa{sv})", self->session, &options), NULL,
                                            G_DBUS_CALL_FLAGS_NONE, -1, NULL, self->cancellable, opened_cb, self);
}

static void
go_on (WattleScreenPortal *self, GVariant *results)
{
  GVariantBuilder options;

  if (self->step == CREATING)
    take_session (self, results);
  else if (self->step == SELECTING)
    {
      g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
      self->step = STARTING;
      call (self, "Start", "os", &options);
    }
  else if (self->step == STARTING)
    take_streams (self, results);
}

static void
bus_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *bus = g_bus_get_finish (result, &error);
  WattleScreenPortal *self = data;
  GVariantBuilder options;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (bus == NULL)
    {
      fail (self, _("This desktop does not let Wattle show the screen."));
      return;
    }
  g_clear_object (&self->bus);
  self->bus = bus;
  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "session_handle_token", g_variant_new_string ("wattle"));
  call (self, "CreateSession", "", &options);
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
  g_clear_object (&self->bus);
  g_free (self);
}

/* Lets the person choose a screen or a window in the desktop's own dialog. */
void
wattle_screen_portal_ask (WattleScreenPortal *self)
{
  if (self->step != IDLE)
    return;
  self->step = CREATING;
  self->cancellable = g_cancellable_new ();
  g_bus_get (G_BUS_TYPE_SESSION, self->cancellable, bus_cb, self);
}

/* Shows it no more. */
void
wattle_screen_portal_stop (WattleScreenPortal *self)
{
  fail (self, NULL);
}
