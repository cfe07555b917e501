/* devices.c: the cameras, microphones and speakers of this computer
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "telehealth/media/devices.h"

#include <fcntl.h>
#include <unistd.h>

struct _WattleDevices
{
  GstDeviceMonitor *monitor;
  guint watch;
  GstDeviceProvider *remote; /* (nullable): cameras of the portal */
  int remote_fd;
  guint remote_watch;
  void (*changed) (gpointer data);
  gpointer data;
};

static const struct
{
  const char *kind;
  const char *classes;
} kinds[] = {
  { "camera", "Video/Source" },
  { "microphone", "Audio/Source" },
  { "speaker", "Audio/Sink" },
};

static const char *
kind_of (GstDevice *device)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (gst_device_has_classes (device, kinds[i].classes))
      return kinds[i].kind;
  return NULL;
}

/* A name that stays the same when the device is plugged in again, and whether it is one to talk with. */
static char *
id_of (GstDevice *device, gboolean *usable)
{
  static const char *const names[] = { "device.path", "api.v4l2.path", "node.name", "device.name", "object.path" };
  g_autoptr (GstStructure) properties = gst_device_get_properties (device);
  const char *id = NULL;

  /* What a speaker plays is not a microphone. */
  *usable = properties == NULL || g_strcmp0 (gst_structure_get_string (properties, "device.class"), "monitor") != 0;
  for (gsize i = 0; properties != NULL && i < G_N_ELEMENTS (names) && id == NULL; i++)
    id = gst_structure_get_string (properties, names[i]);
  return id != NULL ? g_strdup (id) : gst_device_get_display_name (device);
}

static gboolean
is_default (GstDevice *device)
{
  g_autoptr (GstStructure) properties = gst_device_get_properties (device);
  gboolean value = FALSE;

  return properties != NULL && gst_structure_get_boolean (properties, "is-default", &value) && value;
}

/* All of them; (transfer full). */
static GList *
all (WattleDevices *self)
{
  return g_list_concat (gst_device_monitor_get_devices (self->monitor),
                        self->remote != NULL ? gst_device_provider_get_devices (self->remote) : NULL);
}

static gboolean
bus_cb (GstBus *bus, GstMessage *message, gpointer data)
{
  WattleDevices *self = data;

  GstMessageType type = GST_MESSAGE_TYPE (message);

  if (type == GST_MESSAGE_DEVICE_ADDED || type == GST_MESSAGE_DEVICE_REMOVED)
    self->changed (self->data);
  return G_SOURCE_CONTINUE;
}

/**
 * wattle_devices_new:
 * @changed: called on the main thread when there are others
 * @data: for @changed
 *
 * Returns: (transfer full): the devices
 */
WattleDevices *
wattle_devices_new (void (*changed) (gpointer data), gpointer data)
{
  WattleDevices *self = g_new0 (WattleDevices, 1);
  g_autoptr (GstBus) bus = NULL;

  self->changed = changed;
  self->data = data;
  self->monitor = gst_device_monitor_new ();
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    gst_device_monitor_add_filter (self->monitor, kinds[i].classes, NULL);
  bus = gst_device_monitor_get_bus (self->monitor);
  self->watch = gst_bus_add_watch (bus, bus_cb, self);
  gst_device_monitor_start (self->monitor);
  return self;
}

static void
close_remote (WattleDevices *self)
{
  if (self->remote == NULL)
    return;
  g_source_remove (self->remote_watch);
  gst_device_provider_stop (self->remote);
  g_clear_pointer (&self->remote, gst_object_unref);
  close (self->remote_fd);
}

/**
 * wattle_devices_free:
 * @self: the devices
 */
void
wattle_devices_free (WattleDevices *self)
{
  close_remote (self);
  g_source_remove (self->watch);
  gst_device_monitor_stop (self->monitor);
  gst_object_unref (self->monitor);
  g_free (self);
}

/**
 * wattle_devices_open_remote:
 * @self: the devices
 * @fd: where the camera portal lets us find cameras; copied
 */
void
wattle_devices_open_remote (WattleDevices *self, int fd)
{
  g_autoptr (GstDeviceProviderFactory) found = gst_device_provider_factory_find ("pipewiredeviceprovider");
  g_autoptr (GstPluginFeature) factory = found != NULL ? gst_plugin_feature_load (GST_PLUGIN_FEATURE (found)) : NULL;
  g_autoptr (GstBus) bus = NULL;

  close_remote (self);
  if (factory == NULL)
    return;
  self->remote_fd = fcntl (fd, F_DUPFD_CLOEXEC, 3);
  /* One of its own: that of the monitor looks for what is outside of a sandbox. */
  self->remote = gst_object_ref_sink (
    g_object_new (gst_device_provider_factory_get_device_provider_type (GST_DEVICE_PROVIDER_FACTORY (factory)), "fd",
                  self->remote_fd, NULL));
  bus = gst_device_provider_get_bus (self->remote);
  self->remote_watch = gst_bus_add_watch (bus, bus_cb, self);
  if (!gst_device_provider_start (self->remote))
    close_remote (self);
}

static void
put (WattleJsonWriter *json, const char *kind, const char *id, const char *name)
{
  wattle_json_begin_object (json);
  wattle_json_pair_string (json, "kind", kind);
  wattle_json_pair_string (json, "id", id);
  wattle_json_pair_string (json, "name", name);
  wattle_json_end_object (json);
}

/* Where a test gives the sources there is something to choose from. */
static void
put_tests (WattleJsonWriter *json)
{
  static const char *const tests[][3] = {
    { "camera", "test", "Drawn Camera" },           { "camera", "test:green", "Green Camera" },
    { "camera", "test:busy", "Busy Camera" },       { "camera", "test:brief", "Brief Camera" },
    { "microphone", "test", "Ticking Microphone" }, { "microphone", "test:noise", "Noisy Microphone" },
  };

  const char *sources = g_getenv ("WATTLE_CALL_SOURCES");
  gboolean drawn = sources != NULL && g_str_has_prefix (sources, "test");

  for (gsize i = 0; drawn && i < G_N_ELEMENTS (tests); i++)
    put (json, tests[i][0], tests[i][1], tests[i][2]);
}

/**
 * wattle_devices_put:
 * @self: the devices
 * @json: where an array of them is written
 */
void
wattle_devices_put (WattleDevices *self, WattleJsonWriter *json)
{
  GList *list = all (self);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  wattle_json_begin_array (json);
  for (GList *at = list; at != NULL; at = at->next)
    {
      gboolean usable = FALSE;
      g_autofree char *id = id_of (at->data, &usable);
      g_autofree char *name = gst_device_get_display_name (at->data);
      const char *kind = kind_of (at->data);
      g_autofree char *full = g_strdup_printf ("%s:%s", kind, id);

      if (kind == NULL || !usable || !g_utf8_validate (full, -1, NULL) || !g_utf8_validate (name, -1, NULL)
          || !g_hash_table_add (seen, g_strdup (full)))
        continue;
      put (json, kind, full, name);
    }
  put_tests (json);
  wattle_json_end_array (json);
  g_list_free_full (list, gst_object_unref);
}

/**
 * wattle_devices_make:
 * @self: the devices
 * @kind: "camera", "microphone" or "speaker"
 * @id: (nullable): "KIND:..." of one of them; %NULL is the default, or the first
 *
 * Returns: (transfer floating) (nullable): an element for it, or %NULL when it is not there
 */
GstElement *
wattle_devices_make (WattleDevices *self, const char *kind, const char *id)
{
  GList *list = all (self);
  GstDevice *chosen = NULL;
  GstElement *element = NULL;

  for (GList *at = list; at != NULL; at = at->next)
    {
      gboolean usable = FALSE;
      g_autofree char *own = id_of (at->data, &usable);
      g_autofree char *full = g_strdup_printf ("%s:%s", kind, own);

      if (g_strcmp0 (kind_of (at->data), kind) != 0 || !usable)
        continue;
      if (id != NULL ? g_str_equal (full, id) : chosen == NULL || is_default (at->data))
        chosen = at->data;
    }
  if (chosen != NULL)
    element = gst_device_create_element (chosen, NULL);
  if (element != NULL && g_object_class_find_property (G_OBJECT_GET_CLASS (element), "always-copy") != NULL)
    g_object_set (element, "always-copy", TRUE, "do-timestamp", TRUE, NULL);
  g_list_free_full (list, gst_object_unref);
  return element;
}
