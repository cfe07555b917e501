/* device-row.c: an enrolled device: rename, revoke, approve
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/settings/device-row.h"

#include <glib/gi18n-lib.h>

#include "app/widgets/accessible.h"
#include "app/widgets/feedback.h"
#include "base/civil-text.h"
#include "store/fingerprint.h"

struct _WattleDeviceRow
{
  AdwEntryRow parent;
  WattleContext *context;
  WattleRecord *device;
  GtkWidget *approve;
  GtkWidget *revoke;
  GtkWidget *wipe;
};

G_DEFINE_FINAL_TYPE (WattleDeviceRow, wattle_device_row, ADW_TYPE_ENTRY_ROW)

static void
rename_cb (WattleDeviceRow *self)
{
  GString *args = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (args);
  g_autofree char *json = NULL;

  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "id", wattle_record_id (self->device));
  wattle_json_pair_string (&writer, "name", gtk_editable_get_text (GTK_EDITABLE (self)));
  wattle_json_end_object (&writer);
  json = g_string_free (args, FALSE);
  wattle_perform (GTK_WIDGET (self), self->context, "device.rename", json, NULL, NULL);
}

static void
revoke_device (gpointer data)
{
  WattleDeviceRow *self = data;
  g_autofree char *args = g_strdup_printf ("{\"id\":\"%s\"}", wattle_record_id (self->device));

  wattle_perform (GTK_WIDGET (self), self->context, "device.revoke", args, NULL, NULL);
}

static void
revoke_cb (WattleDeviceRow *self)
{
  const WattleActor *actor = wattle_context_actor (self->context);
  gboolean here = actor != NULL && g_strcmp0 (actor->device, wattle_record_id (self->device)) == 0;

  wattle_confirm (GTK_WIDGET (self), _("Revoke This Device?"),
                  here ? _("This is the device you are using: you are signed out, and it is refused from now on. What "
                           "is kept here stays sealed.")
                       : _("It is refused at once, and can send and fetch nothing any more. What it keeps stays there, "
                           "sealed; if it was lost or stolen, wipe it instead."),
                  _("_Revoke"), TRUE, G_CALLBACK (revoke_device), self);
}

static void
called_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleDeviceRow) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleJson) answer = wattle_client_call_finish (WATTLE_CLIENT (source), result, &error);

  if (error != NULL)
    wattle_show_error (GTK_WIDGET (self), error);
  else
    wattle_client_sync_now (WATTLE_CLIENT (source));
}

static void
call_server (WattleDeviceRow *self, const char *verb, const char *body)
{
  g_autofree char *path = g_strdup_printf ("/devices/%s/%s", wattle_record_id (self->device), verb);

  wattle_client_call_async (wattle_context_client (self->context), "POST", path, body, NULL, called_cb,
                            g_object_ref (self));
}

static char *
fingerprint_of (WattleDeviceRow *self)
{
  return wattle_key_fingerprint (wattle_record_get_string (self->device, WATTLE_DEVICE_PUBLIC_KEY));
}

static void
approve (gpointer data)
{
  WattleDeviceRow *self = data;
  g_autofree char *fingerprint = fingerprint_of (self);
  g_autofree char *body = g_strdup_printf ("{\"fingerprint\":\"%s\"}", fingerprint != NULL ? fingerprint : "");

  call_server (self, "approve", body);
}

static void
approve_cb (WattleDeviceRow *self)
{
  g_autofree char *fingerprint = fingerprint_of (self);
  g_autofree char *body =
    g_strdup_printf (_("Ask the person to read to you what stands on the new computer. It must be %s. If it is "
                       "anything else, do not approve it: somebody else is trying to get in."),
                     fingerprint != NULL ? fingerprint : "");

  wattle_confirm (GTK_WIDGET (self), _("Approve This Device?"), body, _("_Approve"), FALSE, G_CALLBACK (approve), self);
}

static void
wipe (gpointer data)
{
  call_server (data, "wipe", "{}");
}

static void
wipe_cb (WattleDeviceRow *self)
{
  wattle_confirm (GTK_WIDGET (self), _("Wipe This Device?"),
                  _("It is refused at once, and destroys everything Wattle keeps there when it next reaches the "
                    "server. What was not sent yet is sealed for the practice first. This is for a computer "
                    "that was lost or stolen."),
                  _("_Wipe"), TRUE, G_CALLBACK (wipe), self);
}

static void
wattle_device_row_dispose (GObject *object)
{
  WattleDeviceRow *self = WATTLE_DEVICE_ROW (object);

  g_clear_object (&self->context);
  g_clear_object (&self->device);
  G_OBJECT_CLASS (wattle_device_row_parent_class)->dispose (object);
}

static void
wattle_device_row_class_init (WattleDeviceRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_device_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/settings/device-row.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleDeviceRow, approve);
  gtk_widget_class_bind_template_child (widget_class, WattleDeviceRow, revoke);
  gtk_widget_class_bind_template_callback (widget_class, rename_cb);
  gtk_widget_class_bind_template_callback (widget_class, revoke_cb);
  gtk_widget_class_bind_template_child (widget_class, WattleDeviceRow, wipe);
  gtk_widget_class_bind_template_callback (widget_class, approve_cb);
  gtk_widget_class_bind_template_callback (widget_class, wipe_cb);
}

static void
wattle_device_row_init (WattleDeviceRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static gboolean
is_here (WattleDeviceRow *self)
{
  const WattleActor *actor = wattle_context_actor (self->context);

  return actor != NULL && g_strcmp0 (actor->device, wattle_record_id (self->device)) == 0;
}

static char *
describe (WattleDeviceRow *self)
{
  int status = wattle_record_get_integer (self->device, WATTLE_DEVICE_STATUS);
  WattleFieldId moment =
    wattle_record_has (self->device, WATTLE_DEVICE_WIPED_AT) ? WATTLE_DEVICE_WIPED_AT : WATTLE_DEVICE_LAST_SEEN_AT;
  g_autofree char *when = NULL;

  if (is_here (self))
    return g_strdup (_("This device"));
  if (wattle_record_has (self->device, moment))
    when = wattle_relative_display (wattle_record_get_integer (self->device, moment),
                                    wattle_context_now (self->context));
  if (moment == WATTLE_DEVICE_WIPED_AT)
    return g_strdup_printf (_("Wiped %s"), when);
  if (wattle_record_has (self->device, WATTLE_DEVICE_WIPE_REQUESTED_AT))
    return g_strdup (_("Wiped when it next reaches the server"));
  if (status != WATTLE_DEVICE_STATUS_ACTIVE)
    return g_strdup (_(wattle_enum_label (wattle_enum_find ("device_status"), status)));
  return when != NULL ? g_strdup_printf (_("Last seen %s"), when) : g_strdup (_("Another device"));
}

static void
name_button (GtkWidget *button, const char *format, const char *name)
{
  g_autofree char *label = g_strdup_printf (format, name != NULL ? name : "");

  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

/**
 * wattle_device_row_new:
 * @context: the context
 * @device: a device
 * @person: (nullable): whose it is, when it is somebody else's
 *
 * Returns: (transfer floating): its row
 */
GtkWidget *
wattle_device_row_new (WattleContext *context, WattleRecord *device, const char *person)
{
  WattleDeviceRow *self = g_object_new (WATTLE_TYPE_DEVICE_ROW, NULL);
  const char *name = wattle_record_get_string (device, WATTLE_DEVICE_NAME);
  int status = wattle_record_get_integer (device, WATTLE_DEVICE_STATUS);
  g_autofree char *state = NULL;
  g_autofree char *title = NULL;

  self->context = g_object_ref (context);
  self->device = g_object_ref (device);
  state = describe (self);
  title = person != NULL ? g_strdup_printf ("%s · %s", person, state) : g_strdup (state);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), title);
  gtk_editable_set_text (GTK_EDITABLE (self), name != NULL ? name : "");
  gtk_widget_set_visible (self->revoke, status != WATTLE_DEVICE_STATUS_REVOKED);
  gtk_widget_set_visible (self->wipe, !is_here (self) && !wattle_record_has (device, WATTLE_DEVICE_WIPE_REQUESTED_AT));
  gtk_widget_set_visible (self->approve, status == WATTLE_DEVICE_STATUS_PENDING
                                           && wattle_context_may (context, "device.approve"));
  name_button (self->approve, _("Approve %s"), name);
  name_button (self->revoke, _("Revoke %s"), name);
  name_button (self->wipe, _("Wipe %s"), name);
  wattle_name_rows (GTK_WIDGET (self));
  return GTK_WIDGET (self);
}
