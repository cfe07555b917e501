/* desktop-portal.c: questions to the portals of the desktop, which may ask the person
 *
 * A method of a portal answers on an object of its own, whose path follows from our name on the bus and a token
 * (org.freedesktop.portal.Request).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/telehealth/desktop-portal.h"

#include <gio/gunixfdlist.h>
#include <glib/gi18n-lib.h>

#include "base/error.h"

#define OBJECT "/org/freedesktop/portal/desktop"
#define REQUEST "org.freedesktop.portal.Request"

typedef struct
{
  GDBusConnection *bus;
  char *path;
  guint response; /* subscription */
  gulong cancelled;
} Question;

static void
question_free (gpointer data)
{
  Question *self = data;

  g_clear_object (&self->bus);
  g_free (self->path);
  g_free (self);
}

/* Nothing more is heard of it; whoever returns the task comes here first. */
static void
settle (GTask *task)
{
  Question *self = g_task_get_task_data (task);

  if (self->response > 0)
    g_dbus_connection_signal_unsubscribe (self->bus, self->response);
  self->response = 0;
  if (self->cancelled > 0)
    g_signal_handler_disconnect (g_task_get_cancellable (task), self->cancelled);
  self->cancelled = 0;
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
  g_autoptr (GTask) task = g_object_ref (data);
  g_autoptr (GVariant) results = NULL;
  guint32 response = 0;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ua{sv})")))
    return;
  settle (task);
  g_variant_get (parameters, "(u@a{sv})", &response, &results);
  if (response == 0)
    g_task_return_pointer (task, g_steal_pointer (&results), (GDestroyNotify) g_variant_unref);
  else
    g_task_return_new_error (task, WATTLE_ERROR, WATTLE_ERROR_FORBIDDEN, "%s", _("The answer was no."));
}

static void
cancelled_cb (GCancellable *cancellable, gpointer data)
{
  g_autoptr (GTask) task = g_object_ref (data);
  Question *self = g_task_get_task_data (task);

  settle (task);
  g_dbus_connection_call (self->bus, WATTLE_DESKTOP_PORTAL, self->path, REQUEST, "Close", NULL, NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "%s", "cancelled");
}

static void
called_cb (GObject *bus, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Question *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (bus), result, &error);

  if (answer != NULL || self->response == 0)
    return;
  settle (task);
  g_task_return_error (task, g_steal_pointer (&error));
}

static GVariant *
whole (GVariant *arguments, GVariantBuilder *options, const char *token)
{
  g_autoptr (GVariant) before = arguments != NULL ? g_variant_ref_sink (arguments) : NULL;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_TUPLE);
  for (gsize i = 0; before != NULL && i < g_variant_n_children (before); i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (before, i);

      g_variant_builder_add_value (&builder, child);
    }
  g_variant_builder_add (options, "{sv}", "handle_token", g_variant_new_string (token));
  g_variant_builder_add_value (&builder, g_variant_builder_end (options));
  return g_variant_builder_end (&builder);
}

/* Whether what is asked of a portal cannot be had without one: in a sandbox. */
gboolean
wattle_desktop_portal_is_only_way (void)
{
  return g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS);
}

/* (transfer none) (nullable): the bus on which the desktop is. */
GDBusConnection *
wattle_desktop_portal_bus (void)
{
  GApplication *application = g_application_get_default ();

  return application != NULL ? g_application_get_dbus_connection (application) : NULL;
}

/**
 * wattle_desktop_portal_ask_async:
 * @interface: of a portal
 * @method: of it, which answers by a request
 * @arguments: (nullable): a tuple of those before the options
 * @options: of type a{sv}; ended here
 * @cancellable: (nullable): takes the question back
 * @callback: when the person or the desktop has answered
 * @data: for @callback
 */
void
wattle_desktop_portal_ask_async (const char *interface,
                                 const char *method,
                                 GVariant *arguments,
                                 GVariantBuilder *options,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer data)
{
  static guint tokens;
  GDBusConnection *bus = wattle_desktop_portal_bus ();
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
  g_autofree char *token = g_strdup_printf ("wattle%u", ++tokens);
  g_autoptr (GVariant) sent = g_variant_ref_sink (whole (arguments, options, token));
  g_autofree char *sender = NULL;
  Question *self = g_new0 (Question, 1);

  g_task_set_task_data (task, self, question_free);
  if (bus == NULL || g_cancellable_is_cancelled (cancellable))
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED, "%s", "no session bus");
      return;
    }
  self->bus = g_object_ref (bus);
  sender = g_strdelimit (g_strdup (g_dbus_connection_get_unique_name (bus) + 1), ".", '_');
  self->path = g_strdup_printf (OBJECT "/request/%s/%s", sender, token);
  self->response =
    g_dbus_connection_signal_subscribe (bus, WATTLE_DESKTOP_PORTAL, REQUEST, "Response", self->path, NULL,
                                        G_DBUS_SIGNAL_FLAGS_NONE, response_cb, g_object_ref (task), g_object_unref);
  if (cancellable != NULL)
    self->cancelled = g_signal_connect_object (cancellable, "cancelled", G_CALLBACK (cancelled_cb), task, 0);
  g_dbus_connection_call (bus, WATTLE_DESKTOP_PORTAL, OBJECT, interface, method, sent, NULL, G_DBUS_CALL_FLAGS_NONE, -1,
                          cancellable, called_cb, g_steal_pointer (&task));
}

/**
 * wattle_desktop_portal_ask_finish:
 * @result: of wattle_desktop_portal_ask_async()
 * @error: %WATTLE_ERROR_FORBIDDEN: the person does not want it; %G_IO_ERROR_CANCELLED; anything else: there is no such
 *   portal
 *
 * Returns: (transfer full) (nullable): the results, a{sv}
 */
GVariant *
wattle_desktop_portal_ask_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * wattle_desktop_portal_open_async:
 * @interface: of a portal that gives pictures
 * @session: (nullable): path of the session in which it does
 * @cancellable: (nullable): the usual
 * @callback: when it is open
 * @data: for @callback
 */
void
wattle_desktop_portal_open_async (
  const char *interface, const char *session, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  GVariantBuilder options;

  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_dbus_connection_call_with_unix_fd_list (
    wattle_desktop_portal_bus (), WATTLE_DESKTOP_PORTAL, OBJECT, interface, "OpenPipeWireRemote",
    session != NULL ? g_variant_new ("(oa{sv})", session, &options) : g_variant_new ("(a{sv})", &options), NULL,
    G_DBUS_CALL_FLAGS_NONE, -1, NULL, cancellable, callback, data);
}

/**
 * wattle_desktop_portal_open_finish:
 * @result: of wattle_desktop_portal_open_async()
 * @error: why there is none
 *
 * Returns: a descriptor that the caller closes, or -1
 */
int
wattle_desktop_portal_open_finish (GAsyncResult *result, GError **error)
{
  g_autoptr (GObject) bus = g_async_result_get_source_object (result);
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GVariant) answer =
    g_dbus_connection_call_with_unix_fd_list_finish (G_DBUS_CONNECTION (bus), &fds, result, error);
  int handle = -1;

  if (answer == NULL)
    return -1;
  if (fds != NULL && g_variant_is_of_type (answer, G_VARIANT_TYPE ("(h)")))
    {
      g_variant_get (answer, "(h)", &handle);
      return g_unix_fd_list_get (fds, handle, error);
    }
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "no descriptor");
  return -1;
}
