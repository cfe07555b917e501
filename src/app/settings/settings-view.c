/* settings-view.c: settings of the practice, the person and this computer
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/settings/settings-view.h"

#include <glib/gi18n-lib.h>

#include "app/access/refused-window.h"
#include "app/access/trail-window.h"
#include "app/messages/inspect-window.h"
#include "app/settings/choice-row.h"
#include "app/settings/code-dialog.h"
#include "app/settings/consent-texts.h"
#include "app/settings/device-row.h"
#include "app/settings/password-dialog.h"
#include "app/settings/profile-dialog.h"
#include "app/settings/record-list.h"
#include "app/settings/second-factor-dialog.h"
#include "app/widgets/accessible.h"
#include "app/widgets/feedback.h"
#include "app/widgets/hint-row.h"
#include "app/widgets/record-dialog.h"
#include "domain/settings.h"

/* Nobody reads more rows than this in one place. */
#define MAX_DEVICES 60

static const char *const schemes[] = { "system", "light", "dark" };

struct _WattleSettingsView
{
  WattleView parent;
  gboolean quiet;
  AdwActionRow *profile;
  AdwComboRow *scheme;
  GtkSpinButton *lock;
  AdwActionRow *server_row;
  AdwActionRow *lock_row;
  AdwActionRow *second_row;
  int password_minimum;
  GtkListBox *devices;
  GtkWidget *code;
  GtkWidget *all_group;
  GtkListBox *all_devices;
  GtkWidget *refused_row;
  GtkWidget *people_group;
  GtkWidget *practice_group;
  GtkWidget *choices_group;
  GtkListBox *choices;
  GtkWidget *users_row;
  GtkWidget *practitioners_row;
  GtkWidget *provider_numbers_row;
  GtkWidget *locations_row;
  GtkWidget *services_row;
  GtkWidget *prices_row;
  GtkWidget *types_row;
  GtkWidget *hours_row;
  GtkWidget *templates_row;
  GtkWidget *inspect_row;
};

G_DEFINE_FINAL_TYPE (WattleSettingsView, wattle_settings_view, WATTLE_TYPE_VIEW)

/* What the view shows of the store. */
typedef struct
{
  GPtrArray *devices;
  GPtrArray *others; /* devices of everybody else, for those who may see them */
  GHashTable *people; /* user: name */
  int password_minimum;
  char **values; /* of the choices of the practice, in the order of their table */
} Loaded;

static void
loaded_free (gpointer data)
{
  Loaded *loaded = data;

  g_clear_pointer (&loaded->devices, g_ptr_array_unref);
  g_clear_pointer (&loaded->others, g_ptr_array_unref);
  g_clear_pointer (&loaded->people, g_hash_table_unref);
  g_strfreev (loaded->values);
  g_free (loaded);
}

/* Who waits stands first, then who was seen last. */
static int
by_urgency (gconstpointer a, gconstpointer b)
{
  WattleRecord *one = *(WattleRecord **) a;
  WattleRecord *other = *(WattleRecord **) b;
  gint64 status = wattle_record_get_integer (one, WATTLE_DEVICE_STATUS);
  gint64 other_status = wattle_record_get_integer (other, WATTLE_DEVICE_STATUS);
  gint64 seen = wattle_record_get_integer (one, WATTLE_DEVICE_LAST_SEEN_AT);
  gint64 other_seen = wattle_record_get_integer (other, WATTLE_DEVICE_LAST_SEEN_AT);

  return status != other_status ? (status > other_status) - (status < other_status)
                                : (seen < other_seen) - (seen > other_seen);
}

static GHashTable *
read_people (WattleReader *reader)
{
  GHashTable *people = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  WattleQuery query = wattle_query (WATTLE_RECORD_USER);
  g_autoptr (GPtrArray) users = wattle_reader_query (reader, &query, NULL);

  for (guint i = 0; users != NULL && i < users->len; i++)
    g_hash_table_insert (people, g_strdup (wattle_record_id (users->pdata[i])),
                         g_strdup (wattle_record_get_string (users->pdata[i], WATTLE_USER_DISPLAY_NAME)));
  return people;
}

static gpointer
read_settings (WattleTransaction *transaction, gpointer arguments, GCancellable *cancellable, GError **error)
{
  WattleReader *reader = wattle_transaction_reader (transaction);
  WattleQuery query = wattle_query (WATTLE_RECORD_DEVICE);
  const char *mine = g_variant_get_string (arguments, NULL);
  g_autoptr (GPtrArray) devices = wattle_reader_query (reader, &query, error);
  Loaded *loaded;
  guint n;
  const WattleSettingSpec *specs = wattle_setting_specs (&n);

  if (devices == NULL)
    return NULL;
  loaded = g_new0 (Loaded, 1);
  loaded->devices = g_ptr_array_new_with_free_func (g_object_unref);
  loaded->others = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < devices->len; i++)
    g_ptr_array_add (g_strcmp0 (wattle_record_get_string (devices->pdata[i], WATTLE_DEVICE_USER), mine) == 0
                       ? loaded->devices
                       : loaded->others,
                     g_object_ref (devices->pdata[i]));
  g_ptr_array_sort (loaded->devices, by_urgency);
  g_ptr_array_sort (loaded->others, by_urgency);
  loaded->people = read_people (reader);
  loaded->password_minimum = wattle_setting_get_integer (reader, "password_minimum");
  loaded->values = g_new0 (char *, n + 1);
  for (guint i = 0; i < n; i++)
    loaded->values[i] = wattle_setting_get (reader, specs[i].key);
  return loaded;
}

static void
clear (GtkListBox *list)
{
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (list, 0)) != NULL)
    gtk_list_box_remove (list, GTK_WIDGET (row));
}

static void
loaded_cb (gpointer owner, gpointer result, const GError *error)
{
  WattleSettingsView *self = owner;
  WattleContext *context = wattle_view_context (owner);
  Loaded *loaded = result;
  guint n;
  const WattleSettingSpec *specs = wattle_setting_specs (&n);

  if (error != NULL)
    {
      wattle_toast (owner, error->message);
      return;
    }
  self->password_minimum = loaded->password_minimum;
  clear (self->devices);
  clear (self->all_devices);
  for (guint i = 0; i < loaded->devices->len; i++)
    gtk_list_box_append (self->devices, wattle_device_row_new (context, loaded->devices->pdata[i], NULL));
  for (guint i = 0; i < MIN (loaded->others->len, MAX_DEVICES); i++)
    {
      WattleRecord *device = loaded->others->pdata[i];
      const char *user = wattle_record_get_string (device, WATTLE_DEVICE_USER);
      const char *name = user != NULL ? g_hash_table_lookup (loaded->people, user) : NULL;

      gtk_list_box_append (self->all_devices,
                           wattle_device_row_new (context, device, name != NULL ? name : _("Somebody")));
    }
  gtk_widget_set_visible (self->all_group, loaded->others->len > 0);
  if (loaded->devices->len == 0)
    gtk_list_box_append (self->devices,
                         wattle_hint_row_new ("computer-symbolic", _("No devices are known here yet"),
                                              _("They stand here when the server has been reached.")));
  clear (self->choices);
  for (guint i = 0; i < n; i++)
    gtk_list_box_append (self->choices, wattle_choice_row_new (context, &specs[i], loaded->values[i]));
}

/* The practice says how long at most, the person how long. */
static void
show_lock (WattleSettingsView *self, WattleContext *context)
{
  int limit = wattle_context_lock_limit (context);
  g_autofree char *subtitle =
    g_strdup_printf (_("Minutes without a key or a move of the mouse; the practice allows up to %d"), limit);

  gtk_adjustment_set_upper (gtk_spin_button_get_adjustment (self->lock), limit);
  adw_action_row_set_subtitle (self->lock_row, subtitle);
}

static void
account_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleSettingsView) self = data;
  g_autoptr (WattleJson) answer = wattle_client_call_finish (WATTLE_CLIENT (source), result, NULL);
  WattleJsonNode root = answer != NULL ? wattle_json_root (answer) : (WattleJsonNode){ NULL, 0 };
  g_autofree char *subtitle = NULL;

  if (answer == NULL)
    return;
  if (g_strcmp0 (wattle_json_member_string (root, "second_factor"), "enrolled") == 0)
    subtitle = g_strdup_printf (_("On: a code at each sign-in · %d recovery codes left"),
                                (int) wattle_json_member_integer (root, "recovery_codes", 0));
  else
    subtitle = g_strdup (wattle_json_member_boolean (root, "second_factor_required")
                           ? _("Off, and the practice asks for it")
                           : _("Off: your password alone lets you in"));
  adw_action_row_set_subtitle (self->second_row, subtitle);
}

static void
refresh (WattleView *view)
{
  WattleSettingsView *self = WATTLE_SETTINGS_VIEW (view);
  WattleContext *context = wattle_view_context (view);
  GSettings *settings = wattle_context_settings (context);
  g_autofree char *scheme = g_settings_get_string (settings, "colour-scheme");
  WattleRecord *user = wattle_context_user (context);
  gboolean manages = wattle_context_may (context, "setting.set");

  self->quiet = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (g_str_equal (scheme, schemes[i]))
      adw_combo_row_set_selected (self->scheme, i);
  self->quiet = FALSE;
  show_lock (self, context);
  g_settings_bind (settings, "lock-after", gtk_spin_button_get_adjustment (self->lock), "value",
                   G_SETTINGS_BIND_DEFAULT);
  adw_action_row_set_subtitle (self->profile, wattle_record_get_string (user, WATTLE_USER_DISPLAY_NAME));
  adw_action_row_set_subtitle (self->server_row, wattle_client_server_url (wattle_context_client (context)));
  gtk_widget_set_visible (self->refused_row, wattle_context_may (context, "GET /v1/quarantine"));
  gtk_widget_set_visible (self->people_group, manages);
  gtk_widget_set_visible (self->code, wattle_context_may (context, "POST /v1/devices/codes"));
  gtk_widget_set_visible (self->practice_group, manages);
  gtk_widget_set_visible (self->inspect_row, wattle_context_may (context, "POST /v1/threads/inspect"));
  gtk_widget_set_visible (self->choices_group, manages);
  wattle_client_call_async (wattle_context_client (context), "GET", "/account", NULL, NULL, account_cb,
                            g_object_ref (self));
  wattle_view_load (view, read_settings, g_variant_new_string (wattle_record_id (user)), loaded_free, loaded_cb);
}

static void
scheme_cb (WattleSettingsView *self)
{
  guint at = adw_combo_row_get_selected (self->scheme);

  if (!self->quiet && at < G_N_ELEMENTS (schemes) && wattle_view_context (WATTLE_VIEW (self)) != NULL)
    g_settings_set_string (wattle_context_settings (wattle_view_context (WATTLE_VIEW (self))), "colour-scheme",
                           schemes[at]);
}

static void
profile_cb (WattleSettingsView *self)
{
  wattle_profile_dialog_open (GTK_WIDGET (self), wattle_view_context (WATTLE_VIEW (self)));
}

static void
password_cb (WattleSettingsView *self)
{
  wattle_password_dialog_open (GTK_WIDGET (self), wattle_view_context (WATTLE_VIEW (self)),
                               MAX (self->password_minimum, 8));
}

static void
second_cb (WattleSettingsView *self)
{
  wattle_second_factor_dialog_open (GTK_WIDGET (self), wattle_view_context (WATTLE_VIEW (self)));
}

static void
code_cb (WattleSettingsView *self)
{
  WattleContext *context = wattle_view_context (WATTLE_VIEW (self));

  wattle_code_dialog_device (GTK_WIDGET (self), context, wattle_record_id (wattle_context_user (context)));
}

static void
practice_cb (WattleSettingsView *self)
{
  WattleContext *context = wattle_view_context (WATTLE_VIEW (self));

  wattle_record_dialog_open (GTK_WIDGET (self), context, WATTLE_RECORD_PRACTICE, wattle_context_practice (context),
                             NULL, NULL);
}

static void
refused_cb (WattleSettingsView *self)
{
  wattle_refused_window_open (GTK_WIDGET (self), wattle_view_context (WATTLE_VIEW (self)));
}

static void
trail_cb (WattleSettingsView *self)
{
  wattle_trail_window_open (GTK_WIDGET (self), wattle_view_context (WATTLE_VIEW (self)), NULL);
}

static void
inspect_cb (WattleSettingsView *self)
{
  wattle_inspect_window_open (GTK_WIDGET (self), wattle_view_context (WATTLE_VIEW (self)));
}

static void
consents_cb (WattleSettingsView *self)
{
  wattle_consent_texts_open (GTK_WIDGET (self), wattle_view_context (WATTLE_VIEW (self)));
}

static void
list_cb (WattleSettingsView *self, gpointer sender)
{
  const struct
  {
    GtkWidget *row;
    WattleRecordType type;
  } lists[] = {
    { self->users_row, WATTLE_RECORD_USER },
    { self->practitioners_row, WATTLE_RECORD_PRACTITIONER },
    { self->provider_numbers_row, WATTLE_RECORD_PRACTITIONER_LOCATION },
    { self->locations_row, WATTLE_RECORD_LOCATION },
    { self->services_row, WATTLE_RECORD_SERVICE },
    { self->prices_row, WATTLE_RECORD_SERVICE_PRICE },
    { self->types_row, WATTLE_RECORD_APPOINTMENT_TYPE },
    { self->hours_row, WATTLE_RECORD_AVAILABILITY },
    { self->templates_row, WATTLE_RECORD_MESSAGE_TEMPLATE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    if (lists[i].row == sender)
      wattle_record_list_open (GTK_WIDGET (self), wattle_view_context (WATTLE_VIEW (self)), lists[i].type);
}

static void
row_activated_cb (AdwActionRow *row, WattleSettingsView *self)
{
  list_cb (self, row);
}

static void
forgotten_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleSettingsView) self = data;
  g_autoptr (GError) error = NULL;

  if (!wattle_client_sign_out_finish (WATTLE_CLIENT (source), result, &error))
    wattle_show_error (GTK_WIDGET (self), error);
}

static void
forget (gpointer data)
{
  WattleSettingsView *self = data;

  wattle_client_sign_out_async (wattle_context_client (wattle_view_context (WATTLE_VIEW (self))), TRUE, NULL,
                                forgotten_cb, g_object_ref (self));
}

static void
forget_cb (WattleSettingsView *self)
{
  guint pending = 0;
  g_autofree char *body = NULL;

  g_object_get (wattle_context_client (wattle_view_context (WATTLE_VIEW (self))), "pending", &pending, NULL);
  body = pending > 0
           ? g_strdup_printf (g_dngettext (GETTEXT_PACKAGE,
                                           "%u change has not reached the server. Let it be sent first.",
                                           "%u changes have not reached the server. Let them be sent first.", pending),
                              pending)
           : g_strdup (_("What is kept here is destroyed, and you are signed out. The server keeps everything."));
  wattle_confirm (GTK_WIDGET (self), _("Remove the Practice from This Computer?"), body, _("_Remove"), TRUE,
                  G_CALLBACK (forget), self);
}

static void
wattle_settings_view_class_init (WattleSettingsViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  WattleViewClass *view_class = WATTLE_VIEW_CLASS (klass);

  view_class->reads = WATTLE_TYPE_BIT (WATTLE_RECORD_DEVICE) | WATTLE_TYPE_BIT (WATTLE_RECORD_SETTING)
                      | WATTLE_TYPE_BIT (WATTLE_RECORD_USER) | WATTLE_TYPE_BIT (WATTLE_RECORD_PRACTICE);
  view_class->refresh = refresh;
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/settings/settings-view.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleSettingsView, profile);
  gtk_widget_class_bind_template_child (widget_class, WattleSettingsView, scheme);
  gtk_widget_class_bind_template_child (widget_class, WattleSettingsView, lock);
  gtk_widget_class_bind_template_child (widget_class, WattleSettingsView, server_row);
  gtk_widget_class_bind_template_child (widget_class, WattleSettingsView, lock_row);
  gtk_widget_class_bind_template_child (widget_class, WattleSettingsView, second_row);
  gtk_widget_class_bind_template_child (widget_class, WattleSettingsView, devices);
  gtk_widget_class_bind_template_child (widget_class, WattleSettingsView, code);
  gtk_widget_class_bind_template_child (widget_class, WattleSettingsView, all_group);
  gtk_widget_class_bind_template_child (widget_class, WattleSettingsView, all_devices);
  gtk_widget_class_bind_template_child (widget_class, WattleSettingsView, refused_row);
  gtk_widget_class_bind_template_child (widget_class, WattleSettingsView, people_group);
  gtk_widget_class_bind_template_child (widget_class, WattleSettingsView, practice_group);
  gtk_widget_class_bind_template_child (widget_class, WattleSettingsView, choices_group);
  gtk_widget_class_bind_template_child (widget_class, WattleSettingsView, choices);
  gtk_widget_class_bind_template_child (widget_class, WattleSettingsView, users_row);
  gtk_widget_class_bind_template_child (widget_class, WattleSettingsView, practitioners_row);
  gtk_widget_class_bind_template_child (widget_class, WattleSettingsView, provider_numbers_row);
  gtk_widget_class_bind_template_child (widget_class, WattleSettingsView, locations_row);
  gtk_widget_class_bind_template_child (widget_class, WattleSettingsView, services_row);
  gtk_widget_class_bind_template_child (widget_class, WattleSettingsView, prices_row);
  gtk_widget_class_bind_template_child (widget_class, WattleSettingsView, types_row);
  gtk_widget_class_bind_template_child (widget_class, WattleSettingsView, hours_row);
  gtk_widget_class_bind_template_child (widget_class, WattleSettingsView, templates_row);
  gtk_widget_class_bind_template_child (widget_class, WattleSettingsView, inspect_row);
  gtk_widget_class_bind_template_callback (widget_class, scheme_cb);
  gtk_widget_class_bind_template_callback (widget_class, profile_cb);
  gtk_widget_class_bind_template_callback (widget_class, password_cb);
  gtk_widget_class_bind_template_callback (widget_class, second_cb);
  gtk_widget_class_bind_template_callback (widget_class, code_cb);
  gtk_widget_class_bind_template_callback (widget_class, practice_cb);
  gtk_widget_class_bind_template_callback (widget_class, refused_cb);
  gtk_widget_class_bind_template_callback (widget_class, trail_cb);
  gtk_widget_class_bind_template_callback (widget_class, consents_cb);
  gtk_widget_class_bind_template_callback (widget_class, inspect_cb);
  gtk_widget_class_bind_template_callback_full (widget_class, "list_cb", G_CALLBACK (row_activated_cb));
  gtk_widget_class_bind_template_callback (widget_class, forget_cb);
}

static void
wattle_settings_view_init (WattleSettingsView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  wattle_name_rows (GTK_WIDGET (self));
}
