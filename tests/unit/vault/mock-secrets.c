/* mock-secrets.c: a keyring service whose prompt answers as told
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "mock-secrets.h"

#define SERVICE_PATH "/org/freedesktop/secrets"
#define RING_PATH "/org/freedesktop/secrets/collection/login"
#define PROMPT_PATH "/org/freedesktop/secrets/prompt/p1"

struct _MockSecrets
{
  GThread *thread;
  GMainContext *context;
  GMainLoop *loop;
  GDBusConnection *connection;
  char *address;
  GMutex mutex; /* guards what follows */
  GCond changed;
  gboolean ready;
  gboolean locked;
  MockPrompt prompt;
  guint prompts;
};

static const char interfaces[] =
  "<node>"
  "<interface name='org.freedesktop.Secret.Service'>"
  "<method name='ReadAlias'><arg type='s' direction='in'/><arg type='o' direction='out'/></method>"
  "<method name='Unlock'><arg type='ao' direction='in'/><arg type='ao' direction='out'/>"
  "<arg type='o' direction='out'/></method>"
  "<property name='Collections' type='ao' access='read'/>"
  "</interface>"
  "<interface name='org.freedesktop.Secret.Collection'>"
  "<property name='Items' type='ao' access='read'/><property name='Label' type='s' access='read'/>"
  "<property name='Locked' type='b' access='read'/><property name='Created' type='t' access='read'/>"
  "<property name='Modified' type='t' access='read'/>"
  "</interface>"
  "<interface name='org.freedesktop.Secret.Prompt'>"
  "<method name='Prompt'><arg type='s' direction='in'/></method><method name='Dismiss'/>"
  "<signal name='Completed'><arg type='b'/><arg type='v'/></signal>"
  "</interface>"
  "</node>";

static void
complete (MockSecrets *self, gboolean dismissed)
{
  const char *unlocked[] = { RING_PATH, NULL };

  g_dbus_connection_emit_signal (self->connection, NULL, PROMPT_PATH, "org.freedesktop.Secret.Prompt", "Completed",
                                 g_variant_new ("(bv)", dismissed, g_variant_new_objv (unlocked, dismissed ? 0 : 1)),
                                 NULL);
}

static void
show_prompt (MockSecrets *self)
{
  g_mutex_lock (&self->mutex);
  self->prompts++;
  g_cond_broadcast (&self->changed);
  if (self->prompt == MOCK_PROMPT_ACCEPTED)
    self->locked = FALSE;
  if (self->prompt != MOCK_PROMPT_IGNORED)
    complete (self, self->prompt == MOCK_PROMPT_DISMISSED);
  g_mutex_unlock (&self->mutex);
}

static void
call_cb (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *method,
         GVariant *arguments, GDBusMethodInvocation *invocation, gpointer data)
{
  MockSecrets *self = data;

  if (g_str_equal (method, "ReadAlias"))
    g_dbus_method_invocation_return_value (invocation, g_variant_new ("(o)", RING_PATH));
  else if (g_str_equal (method, "Unlock"))
    g_dbus_method_invocation_return_value (invocation, g_variant_new ("(@aoo)", g_variant_new_objv (NULL, 0),
                                                                      PROMPT_PATH));
  else
    {
      g_dbus_method_invocation_return_value (invocation, NULL);
      if (g_str_equal (method, "Prompt"))
        show_prompt (self);
      else if (g_str_equal (method, "Dismiss"))
        complete (self, TRUE);
    }
}

static GVariant *
property_cb (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
             const char *property, GError **error, gpointer data)
{
  MockSecrets *self = data;
  gboolean locked;

  g_mutex_lock (&self->mutex);
  locked = self->locked;
  g_mutex_unlock (&self->mutex);

  if (g_str_equal (property, "Locked"))
    return g_variant_new_boolean (locked);
  if (g_str_equal (property, "Label"))
    return g_variant_new_string ("Login");
  if (g_str_equal (property, "Created") || g_str_equal (property, "Modified"))
    return g_variant_new_uint64 (1);
  return g_variant_new_objv (NULL, 0);
}

static gpointer
serve (gpointer data)
{
  static const GDBusInterfaceVTable vtable = { .method_call = call_cb, .get_property = property_cb };
  static const char *const paths[] = { SERVICE_PATH, RING_PATH, PROMPT_PATH };
  MockSecrets *self = data;
  g_autoptr (GDBusNodeInfo) info = g_dbus_node_info_new_for_xml (interfaces, NULL);
  g_autoptr (GVariant) owned = NULL;
  g_autoptr (GError) error = NULL;

  g_main_context_push_thread_default (self->context);
  self->connection = g_dbus_connection_new_for_address_sync (self->address,
                                                             G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                                               | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                                             NULL, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    g_dbus_connection_register_object (self->connection, paths[i], info->interfaces[i], &vtable, self, NULL, &error);
  g_assert_no_error (error);
  owned = g_dbus_connection_call_sync (self->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                       "org.freedesktop.DBus", "RequestName",
                                       g_variant_new ("(su)", "org.freedesktop.secrets", 0), NULL, 0, -1, NULL, &error);
  g_assert_no_error (error);

  g_mutex_lock (&self->mutex);
  self->ready = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->mutex);
  g_main_loop_run (self->loop);

  g_dbus_connection_close_sync (self->connection, NULL, NULL);
  g_clear_object (&self->connection);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

/* A locked keyring on the bus at @address, in a thread of its own. */
MockSecrets *
mock_secrets_start (const char *address)
{
  MockSecrets *self = g_new0 (MockSecrets, 1);

  self->address = g_strdup (address);
  self->locked = TRUE;
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->changed);
  self->thread = g_thread_new ("mock-secrets", serve, self);

  g_mutex_lock (&self->mutex);
  while (!self->ready)
    g_cond_wait (&self->changed, &self->mutex);
  g_mutex_unlock (&self->mutex);
  return self;
}

void
mock_secrets_set_prompt (MockSecrets *self, MockPrompt prompt)
{
  g_mutex_lock (&self->mutex);
  self->prompt = prompt;
  g_mutex_unlock (&self->mutex);
}

/* Waits until the person has been asked @prompts times. */
void
mock_secrets_await (MockSecrets *self, guint prompts)
{
  g_mutex_lock (&self->mutex);
  while (self->prompts < prompts)
    g_cond_wait (&self->changed, &self->mutex);
  g_mutex_unlock (&self->mutex);
}

void
mock_secrets_stop (MockSecrets *self)
{
  g_main_loop_quit (self->loop);
  g_thread_join (self->thread);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->changed);
  g_free (self->address);
  g_free (self);
}
