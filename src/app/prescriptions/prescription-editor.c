/* prescription-editor.c: writing a prescription: medicines, directions, quantities, a signature
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/prescriptions/prescription-editor.h"

#include <glib/gi18n-lib.h>

#include "app/papers/open-paper.h"
#include "app/prescriptions/script-line.h"
#include "app/widgets/entry-row.h"
#include "app/widgets/feedback.h"
#include "base/error.h"
#include "base/id.h"
#include "domain/naming.h"
#include "domain/prescribing.h"

#define MAX_FOUND 8
#define MAX_LINES 6

struct _WattlePrescriptionEditor
{
  AdwWindow parent;
  WattleContext *context;
  GWeakRef widget;
  GCancellable *searching;
  char *patient_id;
  char *location_id;
  char *id; /* of the prescription, the same however often it is tried */
  GPtrArray *lines; /* borrowed WattleScriptLine */
  AdwWindowTitle *title;
  GtkSearchEntry *search;
  GtkRevealer *found_revealer;
  GtkListBox *found;
  GtkWidget *hint;
  GtkLabel *note;
  GtkBox *form;
  GtkWidget *sign;
};

G_DEFINE_FINAL_TYPE (WattlePrescriptionEditor, wattle_prescription_editor, ADW_TYPE_WINDOW)

/* Whose prescription it is, and the address that it bears. */
typedef struct
{
  char *patient;
  char *location;
} Setting;

static void
setting_free (gpointer data)
{
  Setting *self = data;

  g_free (self->patient);
  g_free (self->location);
  g_free (self);
}

static gpointer
read_setting (WattleTransaction *transaction, gpointer data, GCancellable *cancellable, GError **error)
{
  WattleReader *reader = wattle_transaction_reader (transaction);
  WattleQuery query = wattle_query (WATTLE_RECORD_PRACTITIONER_LOCATION);
  const char *patient_id;
  const char *practitioner;
  g_autoptr (WattleRecord) patient = NULL;
  g_autoptr (WattleRecord) works = NULL;
  Setting *setting;

  g_variant_get (data, "(&s&s)", &patient_id, &practitioner);
  patient = wattle_reader_get (reader, WATTLE_RECORD_PATIENT, patient_id, error);
  if (patient == NULL)
    return NULL;
  wattle_query_where_text (&query, WATTLE_PRACTITIONER_LOCATION_PRACTITIONER, practitioner);
  works = wattle_reader_find (reader, &query, NULL);
  setting = g_new0 (Setting, 1);
  setting->patient = wattle_patient_display_name (patient);
  if (works != NULL)
    setting->location = g_strdup (wattle_record_get_string (works, WATTLE_PRACTITIONER_LOCATION_LOCATION));
  else
    {
      WattleQuery all = wattle_query (WATTLE_RECORD_LOCATION);
      g_autoptr (WattleRecord) first = wattle_reader_find (reader, &all, NULL);

      setting->location = g_strdup (first != NULL ? wattle_record_id (first) : NULL);
    }
  return setting;
}

static void
set_up_cb (gpointer owner, gpointer result, const GError *error)
{
  WattlePrescriptionEditor *self = owner;
  const Setting *setting = result;

  if (error != NULL)
    {
      wattle_show_error (GTK_WIDGET (self), error);
      return;
    }
  adw_window_title_set_subtitle (self->title, setting->patient);
  g_free (self->location_id);
  self->location_id = g_strdup (setting->location);
}

static gpointer
find_medicines (WattleTransaction *transaction, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) hits
    = wattle_transaction_search (transaction, WATTLE_TYPE_BIT (WATTLE_RECORD_MEDICINE),
                                 g_variant_get_string (data, NULL), MAX_FOUND, error);
  GPtrArray *entries;

  if (hits == NULL)
    return NULL;
  entries = g_ptr_array_new_with_free_func ((GDestroyNotify) wattle_entry_free);
  for (guint i = 0; i < hits->len; i++)
    {
      WattleRecord *medicine = ((WattleSearchHit *) g_ptr_array_index (hits, i))->record;
      WattleEntry *entry = wattle_entry_new (medicine);
      const char *brand = wattle_record_get_string (medicine, WATTLE_MEDICINE_BRAND);

      entry->title = g_strdup_printf ("%s %s %s",
                                      wattle_record_get_string (medicine, WATTLE_MEDICINE_ACTIVE_INGREDIENT),
                                      wattle_record_get_string (medicine, WATTLE_MEDICINE_STRENGTH),
                                      wattle_record_get_string (medicine, WATTLE_MEDICINE_FORM));
      entry->subtitle = brand != NULL ? g_strdup_printf (_("also sold as %s"), brand) : NULL;
      if (wattle_record_get_integer (medicine, WATTLE_MEDICINE_SCHEDULE) == WATTLE_POISON_SCHEDULE_S8)
        {
          entry->pill = g_strdup (_("Schedule 8"));
          entry->tone = "warning";
        }
      g_ptr_array_add (entries, entry);
    }
  return entries;
}

static void
found_cb (gpointer owner, gpointer result, const GError *error)
{
  WattlePrescriptionEditor *self = owner;
  const char *typed = gtk_editable_get_text (GTK_EDITABLE (self->search));
  g_autofree char *title = g_strdup_printf (_("Prescribe “%s” as typed"), typed);
  WattleEntry as_typed = { .title = title,
                           .subtitle = (char *) _("It is not in the table of medicines: give strength and form.") };
  WattleEntryList list = { .icon = "system-search-symbolic", .title = _("No such medicine in the table") };

  if (error != NULL || *typed == '\0')
    return;
  wattle_entry_list_fill (self->found, result, 0, &list);
  gtk_list_box_append (self->found, wattle_entry_row_new (&as_typed));
  gtk_revealer_set_reveal_child (self->found_revealer, TRUE);
}

static void
search_cb (WattlePrescriptionEditor *self)
{
  const char *typed = gtk_editable_get_text (GTK_EDITABLE (self->search));

  g_cancellable_cancel (self->searching);
  g_clear_object (&self->searching);
  if (*typed == '\0')
    {
      gtk_revealer_set_reveal_child (self->found_revealer, FALSE);
      return;
    }
  self->searching = g_cancellable_new ();
  wattle_context_load (self->context, find_medicines, g_variant_new_string (typed),
                       (GDestroyNotify) g_ptr_array_unref, self->searching, self, found_cb);
}

static void
show_lines (WattlePrescriptionEditor *self)
{
  gboolean s8 = FALSE;

  for (guint i = 0; i < self->lines->len; i++)
    s8 = s8 || wattle_script_line_is_s8 (g_ptr_array_index (self->lines, i));
  gtk_widget_set_visible (self->hint, self->lines->len == 0);
  gtk_widget_set_sensitive (self->sign, self->lines->len > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->note), s8);
  gtk_label_set_label (self->note,
                       self->lines->len > 1
                         ? _("A Schedule 8 medicine stands alone on its prescription. Remove the others, and write "
                             "them on another.")
                         : _("Schedule 8: the quantity is printed in words too, repeats need the days between them, "
                             "and the law of your state may ask for more, such as your handwriting."));
}

static void
remove_cb (WattleScriptLine *line, WattlePrescriptionEditor *self)
{
  g_ptr_array_remove (self->lines, line);
  gtk_box_remove (self->form, GTK_WIDGET (line));
  show_lines (self);
}

static void
found_activated_cb (WattlePrescriptionEditor *self, GtkListBoxRow *row)
{
  GtkWidget *line;

  if (!WATTLE_IS_ENTRY_ROW (row) || self->lines->len >= MAX_LINES)
    return;
  line = wattle_script_line_new (wattle_entry_row_record (WATTLE_ENTRY_ROW (row)),
                                 gtk_editable_get_text (GTK_EDITABLE (self->search)));
  g_signal_connect (line, "remove", G_CALLBACK (remove_cb), self);
  g_ptr_array_add (self->lines, line);
  gtk_box_append (self->form, line);
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  gtk_revealer_set_reveal_child (self->found_revealer, FALSE);
  show_lines (self);
  gtk_widget_grab_focus (line);
}

/* The entry keeps the key for itself: first it is emptied, then the window closes. */
static void
stop_search_cb (WattlePrescriptionEditor *self)
{
  if (*gtk_editable_get_text (GTK_EDITABLE (self->search)) != '\0')
    gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  else
    gtk_window_close (GTK_WINDOW (self));
}

static void
search_activated_cb (WattlePrescriptionEditor *self)
{
  GtkListBoxRow *first = gtk_list_box_get_row_at_index (self->found, 0);

  if (first != NULL && gtk_revealer_get_reveal_child (self->found_revealer))
    found_activated_cb (self, first);
}

static char *
to_args (WattlePrescriptionEditor *self, GError **error)
{
  const WattleActor *actor = wattle_context_actor (self->context);
  g_autoptr (WattleRecord) prescription = wattle_record_new (WATTLE_RECORD_PRESCRIPTION);
  g_autofree char *json = NULL;
  g_autoptr (GString) lines = g_string_new (NULL);

  wattle_record_set_id (prescription, self->id);
  wattle_record_set_string (prescription, WATTLE_PRESCRIPTION_PATIENT, self->patient_id);
  wattle_record_set_string (prescription, WATTLE_PRESCRIPTION_PRESCRIBER, actor->practitioner);
  if (self->location_id != NULL)
    wattle_record_set_string (prescription, WATTLE_PRESCRIPTION_LOCATION, self->location_id);
  wattle_record_set_integer (prescription, WATTLE_PRESCRIPTION_PRESCRIBED_DATE, wattle_context_today (self->context));
  wattle_record_set_integer (prescription, WATTLE_PRESCRIPTION_STATUS, WATTLE_PRESCRIPTION_STATUS_DRAFT);
  for (guint i = 0; i < self->lines->len; i++)
    {
      WattleRecord *line = wattle_script_line_take (g_ptr_array_index (self->lines, i), error);
      g_autofree char *text = NULL;

      if (line == NULL)
        return NULL;
      wattle_record_set_string (line, WATTLE_PRESCRIPTION_LINE_PRESCRIPTION, self->id);
      wattle_record_set_string (line, WATTLE_PRESCRIPTION_LINE_PATIENT, self->patient_id);
      wattle_record_set_integer (line, WATTLE_PRESCRIPTION_LINE_POSITION, i + 1);
      text = wattle_record_to_json (line);
      g_string_append_printf (lines, "%s%s", i > 0 ? "," : "", text);
    }
  json = wattle_record_to_json (prescription);
  return g_strdup_printf ("{\"prescription\":%s,\"lines\":[%s]}", json, lines->str);
}

static gboolean
signed_cb (GtkWidget *widget, const char *operation_id, const GError *error, gpointer data)
{
  WattlePrescriptionEditor *self = WATTLE_PRESCRIPTION_EDITOR (widget);
  g_autoptr (GtkWidget) page = g_weak_ref_get (&self->widget);
  gboolean shown = FALSE;

  gtk_widget_set_sensitive (self->sign, TRUE);
  if (error == NULL)
    {
      if (page != NULL)
        wattle_prescription_open (page, self->context, self->id);
      gtk_window_destroy (GTK_WINDOW (self));
      return TRUE;
    }
  for (guint i = 0; i < self->lines->len && !shown; i++)
    shown = wattle_script_line_show_problem (g_ptr_array_index (self->lines, i), error);
  return shown;
}

static void
confirmed_cb (WattlePrescriptionEditor *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *args = wattle_context_is_ready (self->context) ? to_args (self, &error) : NULL;

  if (args == NULL)
    return;
  gtk_widget_set_sensitive (self->sign, FALSE);
  wattle_perform (GTK_WIDGET (self), self->context, "prescription.sign", args, signed_cb, NULL);
}

static void
sign_cb (WattlePrescriptionEditor *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *args = NULL;

  if (!gtk_widget_get_sensitive (self->sign) || !wattle_context_is_ready (self->context))
    return;
  args = to_args (self, &error);
  if (args != NULL)
    wattle_confirm (GTK_WIDGET (self), _("Sign This Prescription?"),
                    _("A signed prescription never changes. It can be withdrawn, with a reason."), _("_Sign"), FALSE,
                    G_CALLBACK (confirmed_cb), self);
}

static gboolean
close_cb (WattlePrescriptionEditor *self)
{
  if (self->lines->len == 0)
    return GDK_EVENT_PROPAGATE;
  wattle_confirm (GTK_WIDGET (self), _("Throw This Prescription Away?"), _("It has not been signed."),
                  _("_Throw Away"), TRUE, G_CALLBACK (gtk_window_destroy), self);
  return GDK_EVENT_STOP;
}

static void
cancel_cb (WattlePrescriptionEditor *self)
{
  gtk_window_close (GTK_WINDOW (self));
}

static void
sign_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  sign_cb (WATTLE_PRESCRIPTION_EDITOR (widget));
}

static void
wattle_prescription_editor_dispose (GObject *object)
{
  WattlePrescriptionEditor *self = WATTLE_PRESCRIPTION_EDITOR (object);

  g_cancellable_cancel (self->searching);
  g_clear_object (&self->searching);
  g_clear_object (&self->context);
  g_weak_ref_set (&self->widget, NULL);
  G_OBJECT_CLASS (wattle_prescription_editor_parent_class)->dispose (object);
}

static void
wattle_prescription_editor_finalize (GObject *object)
{
  WattlePrescriptionEditor *self = WATTLE_PRESCRIPTION_EDITOR (object);

  g_ptr_array_unref (self->lines);
  g_free (self->patient_id);
  g_free (self->location_id);
  g_free (self->id);
  G_OBJECT_CLASS (wattle_prescription_editor_parent_class)->finalize (object);
}

static void
wattle_prescription_editor_class_init (WattlePrescriptionEditorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_prescription_editor_dispose;
  G_OBJECT_CLASS (klass)->finalize = wattle_prescription_editor_finalize;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_DIALOG);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/au/wattle/Wattle/prescriptions/prescription-editor.ui");
  gtk_widget_class_bind_template_child (widget_class, WattlePrescriptionEditor, title);
  gtk_widget_class_bind_template_child (widget_class, WattlePrescriptionEditor, search);
  gtk_widget_class_bind_template_child (widget_class, WattlePrescriptionEditor, found_revealer);
  gtk_widget_class_bind_template_child (widget_class, WattlePrescriptionEditor, found);
  gtk_widget_class_bind_template_child (widget_class, WattlePrescriptionEditor, hint);
  gtk_widget_class_bind_template_child (widget_class, WattlePrescriptionEditor, note);
  gtk_widget_class_bind_template_child (widget_class, WattlePrescriptionEditor, form);
  gtk_widget_class_bind_template_child (widget_class, WattlePrescriptionEditor, sign);
  gtk_widget_class_bind_template_callback (widget_class, search_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_search_cb);
  gtk_widget_class_bind_template_callback (widget_class, found_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, sign_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_cb);
  gtk_widget_class_bind_template_callback (widget_class, close_cb);
  gtk_widget_class_install_action (widget_class, "script.sign", NULL, sign_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
wattle_prescription_editor_init (WattlePrescriptionEditor *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_weak_ref_init (&self->widget, NULL);
  self->lines = g_ptr_array_new ();
  self->id = wattle_id_new ();
  show_lines (self);
}

/**
 * wattle_prescription_editor_open:
 * @widget: where the person asked; the signed prescription is shown from there
 * @context: the context
 * @patient_id: for whom; the editor never changes it
 */
void
wattle_prescription_editor_open (GtkWidget *widget, WattleContext *context, const char *patient_id)
{
  const WattleActor *actor = wattle_context_actor (context);
  GtkRoot *root = gtk_widget_get_root (widget);
  WattlePrescriptionEditor *self;

  if (actor == NULL || actor->practitioner == NULL)
    return;
  self = g_object_new (WATTLE_TYPE_PRESCRIPTION_EDITOR, "transient-for",
                       GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, NULL);
  self->context = g_object_ref (context);
  self->patient_id = g_strdup (patient_id);
  g_weak_ref_set (&self->widget, widget);
  wattle_context_load (context, read_setting, g_variant_new ("(ss)", patient_id, actor->practitioner), setting_free,
                       NULL, self, set_up_cb);
  gtk_window_present (GTK_WINDOW (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}

/**
 * wattle_prescriber_problem:
 * @transaction: a reading transaction
 * @data: a #GVariant "s": the practitioner, "" for somebody who is none
 * @cancellable: (nullable): not polled
 * @error: the failure
 *
 * Returns: (transfer full) (nullable): why this person cannot prescribe; %NULL when they can
 */
gpointer
wattle_prescriber_problem (WattleTransaction *transaction, gpointer data, GCancellable *cancellable, GError **error)
{
  const char *id = g_variant_get_string (data, NULL);
  g_autoptr (WattleRecord) practitioner = NULL;
  g_autoptr (GError) problem = NULL;

  if (*id == '\0')
    return g_strdup (_("Only a practitioner prescribes."));
  practitioner = wattle_reader_get (wattle_transaction_reader (transaction), WATTLE_RECORD_PRACTITIONER, id, error);
  if (practitioner == NULL || wattle_prescriber_check (practitioner, &problem))
    return NULL;
  return g_strdup (problem->message);
}
