/* details-page.c: who the patient is and how to reach them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/patients/details-page.h"

#include <glib/gi18n-lib.h>

#include "app/billing/reason-dialog.h"
#include "app/settings/roles-dialog.h"
#include "app/widgets/display.h"
#include "app/widgets/entry-row.h"
#include "app/widgets/feedback.h"
#include "app/widgets/form-groups.h"
#include "app/widgets/record-dialog.h"
#include "app/widgets/record-form.h"
#include "domain/naming.h"

struct _WattleDetailsPage
{
  WattleChartPage parent;
  WattleRecord *patient;
  WattleRecordForm *form; /* while the details are being changed */
  gboolean edit_next;     /* asked for before the patient was here */
  GtkLabel *hint;
  GtkWidget *cancel;
  GtkWidget *save;
  GtkWidget *edit;
  GtkWidget *invite;
  GtkStack *stack;
  GtkBox *reading;
  AdwBin *editing;
  GtkListBox *related;
};

G_DEFINE_FINAL_TYPE (WattleDetailsPage, wattle_details_page, WATTLE_TYPE_CHART_PAGE)

static char *
value_of (WattleDetailsPage *self, const WattleChart *chart, WattleFieldId field)
{
  if (field == WATTLE_PATIENT_PRIMARY_PRACTITIONER)
    return g_strdup (chart->primary != NULL ? chart->primary : "");
  return wattle_display_value (self->patient, field);
}

/* One group of what is known; a heading without anything under it is left out. */
static void
add_group (WattleDetailsPage *self, const WattleChart *chart, const WattleFormGroup *group)
{
  GtkWidget *box = NULL;

  for (guint i = 0; group->fields[i] != WATTLE_FORM_END; i++)
    {
      const WattleField *field = wattle_field_get (group->fields[i]);
      g_autofree char *value = value_of (self, chart, group->fields[i]);
      g_autofree char *warning = wattle_record_warning (self->patient, group->fields[i]);
      WattleEntry entry = { .title = (char *) _(field->label), .subtitle = value };
      GtkWidget *row;

      if (*value == '\0')
        continue;
      if (warning != NULL)
        {
          entry.pill = (char *) _("Check");
          entry.tone = "warning";
        }
      if (box == NULL)
        box = adw_preferences_group_new ();
      row = wattle_entry_row_new (&entry);
      gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
      gtk_widget_add_css_class (row, "wattle-property");
      gtk_widget_set_tooltip_text (row, warning);
      adw_preferences_group_add (ADW_PREFERENCES_GROUP (box), row);
    }
  if (box == NULL)
    return;
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (box), group->title != NULL ? _(group->title) : "");
  gtk_box_append (self->reading, box);
}

static void
show_details (WattleDetailsPage *self, const WattleChart *chart)
{
  guint n_groups;
  const WattleFormGroup *groups = wattle_form_groups (WATTLE_RECORD_PATIENT, &n_groups);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->reading))) != NULL)
    gtk_box_remove (self->reading, child);
  for (guint i = 0; i < n_groups; i++)
    add_group (self, chart, &groups[i]);
}

static void
show_mode (WattleDetailsPage *self)
{
  gboolean editing = self->form != NULL;
  gboolean may = wattle_context_may (wattle_view_context (WATTLE_VIEW (self)), "write:contact");

  gtk_stack_set_visible_child_name (self->stack, editing ? "editing" : "reading");
  gtk_widget_set_visible (self->save, editing);
  gtk_widget_set_visible (self->cancel, editing);
  gtk_widget_set_visible (self->edit, !editing && may);
  gtk_widget_set_visible (
    self->invite,
    !editing && wattle_context_may (wattle_view_context (WATTLE_VIEW (self)), "POST /v1/users/{id}/invitation"));
  gtk_label_set_label (self->hint, editing ? _("Amber is a hint and may stand; red has to be put right.")
                                           : _("What is empty is left out here; Ctrl+E shows every field."));
}

/* The data is the person's id. */
static gboolean
removed_cb (GtkWidget *widget, const char *operation_id, const GError *error, gpointer data)
{
  g_autofree char *id = data;
  g_autofree char *args = g_strdup_printf ("{\"type\":\"related_person\",\"id\":\"%s\"}", id);

  if (error == NULL)
    wattle_toast_undo (widget, wattle_view_context (WATTLE_VIEW (widget)), _("Person removed"), "record.restore", args);
  return FALSE;
}

static void
remove_given_cb (GtkWidget *widget, const char *reason, gpointer data)
{
  g_autofree char *id = data;
  GString *args = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (args);

  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "type", "related_person");
  wattle_json_pair_string (&writer, "id", id);
  wattle_json_pair_string (&writer, "reason", reason);
  wattle_json_end_object (&writer);
  wattle_perform (widget, wattle_view_context (WATTLE_VIEW (widget)), "record.delete", args->str, removed_cb,
                  g_strdup (id));
  g_string_free (args, TRUE);
}

static void
remove_cb (WattleDetailsPage *self, WattleEntryRow *row)
{
  wattle_reason_dialog_open (GTK_WIDGET (self), _("Remove This Person?"),
                             _("Invoices and letters that named the person stay as they are."), _("_Remove"),
                             remove_given_cb, g_strdup (wattle_entry_row_id (row)));
}

static gboolean
edit (WattleChartPage *page)
{
  WattleDetailsPage *self = WATTLE_DETAILS_PAGE (page);
  WattleContext *context = wattle_view_context (WATTLE_VIEW (page));

  self->edit_next = self->patient == NULL;
  if (self->patient == NULL || self->form != NULL || !wattle_context_may (context, "write:contact"))
    return self->form != NULL;
  self->form = WATTLE_RECORD_FORM (wattle_record_form_new (context, WATTLE_RECORD_PATIENT));
  wattle_record_form_set_record (self->form, self->patient);
  adw_bin_set_child (self->editing, GTK_WIDGET (self->form));
  show_mode (self);
  gtk_widget_child_focus (GTK_WIDGET (self->form), GTK_DIR_TAB_FORWARD);
  return TRUE;
}

static void
show (WattleChartPage *page, const WattleChart *chart)
{
  WattleDetailsPage *self = WATTLE_DETAILS_PAGE (page);
  GPtrArray *related = chart->parts[WATTLE_CHART_RELATED];
  WattleEntryList list = { .icon = "system-users-symbolic",
                           .title = _("Nobody yet"),
                           .subtitle = _("Add a parent, partner, carer or emergency contact."),
                           .act = G_CALLBACK (remove_cb),
                           .data = self };

  g_set_object (&self->patient, chart->patient);
  if (self->patient == NULL)
    return;
  show_details (self, chart);
  show_mode (self);
  for (guint i = 0; i < related->len; i++)
    {
      WattleEntry *entry = g_ptr_array_index (related, i);

      if (entry->verb == NULL && wattle_context_may (wattle_view_context (WATTLE_VIEW (page)), "record.delete"))
        entry->verb = _("Remove");
    }
  wattle_entry_list_fill (self->related, related, 0, &list);
  if (self->edit_next)
    edit (page);
}

static void
stop_editing (WattleDetailsPage *self)
{
  self->form = NULL;
  adw_bin_set_child (self->editing, NULL);
  show_mode (self);
}

static void
saved_cb (WattleRecord *record, gpointer data)
{
  WattleDetailsPage *self = data;

  stop_editing (self);
  wattle_toast (GTK_WIDGET (self), _("Details saved"));
  wattle_view_refresh (WATTLE_VIEW (self));
}

static void
save_cb (WattleDetailsPage *self)
{
  if (self->form != NULL)
    wattle_record_form_save (self->form, G_CALLBACK (saved_cb), self);
}

static gboolean
back (WattleChartPage *page)
{
  WattleDetailsPage *self = WATTLE_DETAILS_PAGE (page);

  if (self->form == NULL)
    return FALSE;
  if (!wattle_record_form_is_edited (self->form))
    stop_editing (self);
  else
    wattle_confirm (GTK_WIDGET (self), _("Throw Away the Changes?"), _("Nothing of them has been saved."),
                    _("_Throw Away"), TRUE, G_CALLBACK (stop_editing), self);
  return TRUE;
}

static void
cancel_cb (WattleDetailsPage *self)
{
  back (WATTLE_CHART_PAGE (self));
}

static void
related_cb (WattleDetailsPage *self, GtkListBoxRow *row)
{
  if (WATTLE_IS_ENTRY_ROW (row))
    wattle_record_dialog_open (GTK_WIDGET (self), wattle_view_context (WATTLE_VIEW (self)),
                               WATTLE_RECORD_RELATED_PERSON, wattle_entry_row_record (WATTLE_ENTRY_ROW (row)), NULL,
                               NULL);
}

static void
add_related_cb (WattleDetailsPage *self)
{
  g_autoptr (WattleRecord) person = wattle_record_new (WATTLE_RECORD_RELATED_PERSON);

  wattle_record_set_string (person, WATTLE_RELATED_PERSON_PATIENT,
                            wattle_chart_page_patient_id (WATTLE_CHART_PAGE (self)));
  wattle_record_dialog_open_new (GTK_WIDGET (self), wattle_view_context (WATTLE_VIEW (self)), person, NULL, NULL);
}

static gpointer
read_accounts (WattleTransaction *transaction, gpointer patient, GCancellable *cancellable, GError **error)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_USER);

  wattle_query_where_text (&query, WATTLE_USER_PATIENT, g_variant_get_string (patient, NULL));
  return wattle_reader_query (wattle_transaction_reader (transaction), &query, error);
}

static void
accounts_cb (gpointer owner, gpointer result, const GError *error)
{
  WattleDetailsPage *self = owner;
  WattleContext *context = wattle_view_context (WATTLE_VIEW (self));
  GPtrArray *accounts = result;
  g_autoptr (WattleRecord) user = NULL;
  g_autofree char *name = NULL;

  if (error != NULL)
    {
      wattle_show_error (owner, error);
      return;
    }
  if (self->patient == NULL)
    return;
  if (accounts->len > 0)
    {
      wattle_roles_dialog_open (owner, context, accounts->pdata[0]);
      return;
    }
  name = wattle_patient_full_name (self->patient);
  user = wattle_record_new (WATTLE_RECORD_USER);
  wattle_record_set_string (user, WATTLE_USER_DISPLAY_NAME, name);
  wattle_record_set_string (user, WATTLE_USER_LOGIN, wattle_record_get_string (self->patient, WATTLE_PATIENT_EMAIL));
  wattle_record_set_string (user, WATTLE_USER_EMAIL, wattle_record_get_string (self->patient, WATTLE_PATIENT_EMAIL));
  wattle_record_set_integer (user, WATTLE_USER_ROLES, 1 << WATTLE_ROLE_PATIENT);
  wattle_record_set_string (user, WATTLE_USER_PATIENT, wattle_record_id (self->patient));
  wattle_roles_dialog_open (owner, context, user);
}

/* The account that the patient has, or a new one filled in with what is known. */
static void
invite_cb (WattleDetailsPage *self)
{
  if (self->patient != NULL)
    wattle_context_load (wattle_view_context (WATTLE_VIEW (self)), read_accounts,
                         g_variant_new_string (wattle_record_id (self->patient)), (GDestroyNotify) g_ptr_array_unref,
                         NULL, self, accounts_cb);
}

static void
save_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  save_cb (WATTLE_DETAILS_PAGE (widget));
}

static void
wattle_details_page_dispose (GObject *object)
{
  g_clear_object (&WATTLE_DETAILS_PAGE (object)->patient);
  G_OBJECT_CLASS (wattle_details_page_parent_class)->dispose (object);
}

static void
wattle_details_page_class_init (WattleDetailsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  WattleChartPageClass *page_class = WATTLE_CHART_PAGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_details_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/patients/details-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleDetailsPage, hint);
  gtk_widget_class_bind_template_child (widget_class, WattleDetailsPage, cancel);
  gtk_widget_class_bind_template_child (widget_class, WattleDetailsPage, save);
  gtk_widget_class_bind_template_child (widget_class, WattleDetailsPage, edit);
  gtk_widget_class_bind_template_child (widget_class, WattleDetailsPage, invite);
  gtk_widget_class_bind_template_child (widget_class, WattleDetailsPage, stack);
  gtk_widget_class_bind_template_child (widget_class, WattleDetailsPage, reading);
  gtk_widget_class_bind_template_child (widget_class, WattleDetailsPage, editing);
  gtk_widget_class_bind_template_child (widget_class, WattleDetailsPage, related);
  gtk_widget_class_bind_template_callback (widget_class, save_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_cb);
  gtk_widget_class_bind_template_callback (widget_class, invite_cb);
  gtk_widget_class_bind_template_callback (widget_class, related_cb);
  gtk_widget_class_bind_template_callback (widget_class, add_related_cb);
  gtk_widget_class_install_action (widget_class, "details.save", NULL, save_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_s, GDK_CONTROL_MASK, "details.save", NULL);
  WATTLE_VIEW_CLASS (klass)->reads = WATTLE_TYPE_BIT (WATTLE_RECORD_PATIENT)
                                     | WATTLE_TYPE_BIT (WATTLE_RECORD_RELATED_PERSON);
  page_class->parts = WATTLE_CHART_BIT (WATTLE_CHART_RELATED);
  page_class->show = show;
  page_class->edit = edit;
  page_class->back = back;
}

static void
wattle_details_page_init (WattleDetailsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
