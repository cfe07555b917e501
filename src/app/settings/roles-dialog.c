/* roles-dialog.c: a person who signs in: new ones, their roles and their diary
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/settings/roles-dialog.h"

#include <glib/gi18n-lib.h>

#include "app/settings/code-dialog.h"
#include "app/widgets/feedback.h"
#include "app/widgets/form-row.h"
#include "base/error.h"
#include "base/id.h"

struct _WattleRolesDialog
{
  AdwWindow parent;
  WattleContext *context;
  WattleRecord *user;
  gboolean new;
  WattleFormRow *login;
  WattleFormRow *name;
  WattleFormRow *roles;
  WattleFormRow *practitioner;
  AdwPreferencesGroup *person;
  GtkEditable *password;
  GtkWidget *invite;
  GtkWidget *code;
  GtkButton *disable;
  GtkWidget *save;
  GtkLabel *problem;
};

G_DEFINE_FINAL_TYPE (WattleRolesDialog, wattle_roles_dialog, ADW_TYPE_WINDOW)

static void
show_problem (WattleRolesDialog *self, const char *sentence)
{
  gtk_label_set_label (self->problem, sentence);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), TRUE);
}

static gboolean
take (WattleRolesDialog *self, WattleRecord *taken)
{
  WattleFormRow *rows[] = { self->login, self->name, self->roles, self->practitioner };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      if (wattle_form_row_take (rows[i], taken, &error))
        continue;
      wattle_form_row_set_problem (rows[i], error->message, FALSE);
      gtk_widget_grab_focus (GTK_WIDGET (rows[i]));
      return FALSE;
    }
  return TRUE;
}

static gboolean
performed_cb (GtkWidget *widget, const char *operation_id, const GError *error, gpointer data)
{
  WattleRolesDialog *self = WATTLE_ROLES_DIALOG (widget);

  gtk_widget_set_sensitive (self->save, TRUE);
  if (error != NULL)
    show_problem (self, error->message);
  else
    gtk_window_destroy (GTK_WINDOW (self));
  return TRUE;
}

static void
added_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleRolesDialog) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleJson) answer = wattle_client_call_finish (WATTLE_CLIENT (source), result, &error);

  performed_cb (GTK_WIDGET (self), NULL, error, NULL);
  if (error == NULL)
    wattle_client_sync_now (WATTLE_CLIENT (source));
}

/* The person is known from now on, and may be given a link and a code. */
static void
show_known (WattleRolesDialog *self)
{
  int status = wattle_record_get_integer (self->user, WATTLE_USER_STATUS);

  gtk_widget_set_sensitive (GTK_WIDGET (self->name), self->new);
  gtk_widget_set_sensitive (GTK_WIDGET (self->login), self->new);
  gtk_widget_set_visible (GTK_WIDGET (self->password), self->new);
  gtk_widget_set_visible (GTK_WIDGET (self->disable), !self->new);
  gtk_widget_set_visible (self->invite, !self->new &&status
                                          == WATTLE_USER_STATUS_INVITED &&wattle_context_may (
                                            self->context, "POST /v1/users/{id}/invitation"));
  gtk_widget_set_visible (
    self->code,
    !self->new &&status == WATTLE_USER_STATUS_ACTIVE &&wattle_context_may (self->context, "POST /v1/devices/codes"));
}

static gboolean
invited_cb (GtkWidget *widget, const char *operation_id, const GError *error, gpointer data)
{
  WattleRolesDialog *self = WATTLE_ROLES_DIALOG (widget);
  g_autoptr (WattleRecord) taken = data;

  gtk_widget_set_sensitive (self->save, TRUE);
  if (error != NULL)
    {
      show_problem (self, error->message);
      return TRUE;
    }
  self->new = FALSE;
  g_set_object (&self->user, taken);
  wattle_record_set_integer (self->user, WATTLE_USER_STATUS, WATTLE_USER_STATUS_INVITED);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), FALSE);
  show_known (self);
  gtk_widget_grab_focus (self->invite);
  return TRUE;
}

/* Without a first password: the person chooses one, by the invitation that stands in their dialog from now on. */
static void
invite_person (WattleRolesDialog *self, WattleRecord *taken)
{
  GString *args = g_string_new ("{\"user\":");
  WattleJsonWriter writer;
  g_autofree char *id = wattle_id_new ();
  g_autofree char *json = NULL;

  wattle_record_set_id (taken, id);
  writer = wattle_json_writer (args);
  wattle_record_write_json (taken, &writer);
  g_string_append_c (args, '}');
  json = g_string_free (args, FALSE);
  wattle_perform (GTK_WIDGET (self), self->context, "user.invite", json, invited_cb, g_object_ref (taken));
}

/* A person with a password can only be made where passwords are kept: on the server. */
static void
add_person (WattleRolesDialog *self, WattleRecord *taken)
{
  GString *body = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (body);
  const char *practitioner = wattle_record_get_string (taken, WATTLE_USER_PRACTITIONER);
  g_autofree char *json = NULL;

  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "login", wattle_record_get_string (taken, WATTLE_USER_LOGIN));
  wattle_json_pair_string (&writer, "display_name", wattle_record_get_string (taken, WATTLE_USER_DISPLAY_NAME));
  wattle_json_name (&writer, "roles");
  wattle_record_write_field (taken, WATTLE_USER_ROLES, &writer);
  wattle_json_pair_string (&writer, "password", gtk_editable_get_text (self->password));
  if (practitioner != NULL)
    wattle_json_pair_string (&writer, "practitioner", practitioner);
  wattle_json_end_object (&writer);
  json = g_string_free (body, FALSE);
  wattle_client_call_async (wattle_context_client (self->context), "POST", "/users", json, NULL, added_cb,
                            g_object_ref (self));
}

static void
set_roles (WattleRolesDialog *self, WattleRecord *taken)
{
  GString *args = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (args);
  const char *practitioner = wattle_record_get_string (taken, WATTLE_USER_PRACTITIONER);
  g_autofree char *json = NULL;

  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "id", wattle_record_id (self->user));
  wattle_json_name (&writer, "roles");
  wattle_record_write_field (taken, WATTLE_USER_ROLES, &writer);
  if (practitioner != NULL)
    wattle_json_pair_string (&writer, "practitioner", practitioner);
  wattle_json_end_object (&writer);
  json = g_string_free (args, FALSE);
  wattle_perform (GTK_WIDGET (self), self->context, "user.set_roles", json, performed_cb, NULL);
}

static void
save_cb (WattleRolesDialog *self)
{
  g_autoptr (WattleRecord) taken = wattle_record_copy (self->user);

  if (!take (self, taken))
    return;
  gtk_widget_set_sensitive (self->save, FALSE);
  if (self->new &&*gtk_editable_get_text (self->password) == '\0')
    invite_person (self, taken);
  else if (self->new)
    add_person (self, taken);
  else
    set_roles (self, taken);
}

static void
disable_cb (WattleRolesDialog *self)
{
  gboolean disabled = wattle_record_get_integer (self->user, WATTLE_USER_STATUS) == WATTLE_USER_STATUS_DISABLED;
  g_autofree char *args = g_strdup_printf ("{\"id\":\"%s\"}", wattle_record_id (self->user));

  wattle_perform (GTK_WIDGET (self), self->context, disabled ? "user.enable" : "user.disable", args, performed_cb,
                  NULL);
}

static void
invite_cb (WattleRolesDialog *self)
{
  wattle_code_dialog_invite (GTK_WIDGET (self), self->context, wattle_record_id (self->user));
}

static void
code_cb (WattleRolesDialog *self)
{
  wattle_code_dialog_device (GTK_WIDGET (self), self->context, wattle_record_id (self->user));
}

static gpointer
read_practitioners (WattleTransaction *transaction, gpointer arguments, GCancellable *cancellable, GError **error)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_PRACTITIONER);

  return wattle_reader_query (wattle_transaction_reader (transaction), &query, error);
}

static void
practitioners_cb (gpointer owner, gpointer result, const GError *error)
{
  WattleRolesDialog *self = owner;

  if (error != NULL)
    show_problem (self, error->message);
  else
    {
      wattle_form_row_set_choices (self->practitioner, result);
      wattle_form_row_show (self->practitioner, self->user);
    }
}

static void
wattle_roles_dialog_dispose (GObject *object)
{
  WattleRolesDialog *self = WATTLE_ROLES_DIALOG (object);

  g_clear_object (&self->context);
  g_clear_object (&self->user);
  G_OBJECT_CLASS (wattle_roles_dialog_parent_class)->dispose (object);
}

static void
wattle_roles_dialog_class_init (WattleRolesDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_roles_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/settings/roles-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleRolesDialog, person);
  gtk_widget_class_bind_template_child (widget_class, WattleRolesDialog, password);
  gtk_widget_class_bind_template_child (widget_class, WattleRolesDialog, invite);
  gtk_widget_class_bind_template_child (widget_class, WattleRolesDialog, code);
  gtk_widget_class_bind_template_child (widget_class, WattleRolesDialog, disable);
  gtk_widget_class_bind_template_child (widget_class, WattleRolesDialog, save);
  gtk_widget_class_bind_template_child (widget_class, WattleRolesDialog, problem);
  gtk_widget_class_bind_template_callback (widget_class, save_cb);
  gtk_widget_class_bind_template_callback (widget_class, invite_cb);
  gtk_widget_class_bind_template_callback (widget_class, code_cb);
  gtk_widget_class_bind_template_callback (widget_class, disable_cb);
}

static void
wattle_roles_dialog_init (WattleRolesDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static WattleFormRow *
add_row (WattleRolesDialog *self, WattleFieldId field)
{
  GtkWidget *row = wattle_form_row_new (field);

  adw_preferences_group_add (self->person, row);
  wattle_form_row_show (WATTLE_FORM_ROW (row), self->user);
  return WATTLE_FORM_ROW (row);
}

/**
 * wattle_roles_dialog_open:
 * @widget: where the person asked
 * @context: the context
 * @user: (nullable): who; somebody new when %NULL, or when the record has no id yet
 */
void
wattle_roles_dialog_open (GtkWidget *widget, WattleContext *context, WattleRecord *user)
{
  WattleRolesDialog *self = g_object_new (WATTLE_TYPE_ROLES_DIALOG, "transient-for", gtk_widget_get_root (widget),
                                          NULL);
  gboolean disabled = user != NULL
                      && wattle_record_get_integer (user, WATTLE_USER_STATUS) == WATTLE_USER_STATUS_DISABLED;

  self->context = g_object_ref (context);
  self->new = user == NULL || wattle_record_id (user) == NULL;
  self->user = user != NULL ? g_object_ref (user) : wattle_record_new (WATTLE_RECORD_USER);
  self->name = add_row (self, WATTLE_USER_DISPLAY_NAME);
  self->login = add_row (self, WATTLE_USER_LOGIN);
  self->roles = add_row (self, WATTLE_USER_ROLES);
  self->practitioner = add_row (self, WATTLE_USER_PRACTITIONER);
  show_known (self);
  gtk_button_set_label (self->disable, disabled ? _("Let In Again") : _("Keep Out"));
  if (!disabled)
    gtk_widget_add_css_class (GTK_WIDGET (self->disable), "destructive-action");
  wattle_context_load (context, read_practitioners, NULL, (GDestroyNotify) g_ptr_array_unref, NULL, self,
                       practitioners_cb);
  gtk_window_present (GTK_WINDOW (self));
}
