/* record-form.c: a form for a record, made from its field table
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/widgets/record-form.h"

#include <glib/gi18n-lib.h>

#include "app/widgets/feedback.h"
#include "app/widgets/form-groups.h"
#include "app/widgets/form-row.h"
#include "base/error.h"
#include "base/id.h"

struct _WattleRecordForm
{
  WattleView parent;
  WattleRecordType type;
  WattleRecord *record; /* as it was; a new one has revision 0 */
  GPtrArray *rows;      /* WattleFormRow, in the order of the form */
  gboolean edited;
  GCallback saved;
  gpointer saved_data;
  GtkBox *groups;
};

enum
{
  EDITED,
  ENTERED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WattleRecordForm, wattle_record_form, WATTLE_TYPE_VIEW)

static void
row_edited_cb (WattleRecordForm *self)
{
  self->edited = TRUE;
  g_signal_emit (self, signals[EDITED], 0);
}

static void
row_entered_cb (WattleRecordForm *self)
{
  g_signal_emit (self, signals[ENTERED], 0);
}

static void
add_row (WattleRecordForm *self, AdwPreferencesGroup *group, WattleFieldId field)
{
  GtkWidget *row = wattle_form_row_new (field);

  g_signal_connect_swapped (row, "edited", G_CALLBACK (row_edited_cb), self);
  g_signal_connect_swapped (row, "entered", G_CALLBACK (row_entered_cb), self);
  adw_preferences_group_add (group, row);
  g_ptr_array_add (self->rows, row);
}

static AdwPreferencesGroup *
add_group (WattleRecordForm *self, const char *title)
{
  AdwPreferencesGroup *group = g_object_new (ADW_TYPE_PREFERENCES_GROUP, NULL);

  if (title != NULL)
    adw_preferences_group_set_title (group, _(title));
  gtk_box_append (self->groups, GTK_WIDGET (group));
  return group;
}

static void
build (WattleRecordForm *self)
{
  const WattleType *type = wattle_type_get (self->type);
  guint n;
  const WattleFormGroup *groups = wattle_form_groups (self->type, &n);

  for (guint i = 0; i < n; i++)
    {
      AdwPreferencesGroup *group = add_group (self, groups[i].title);

      for (guint f = 0; groups[i].fields[f] != WATTLE_FORM_END; f++)
        add_row (self, group, groups[i].fields[f]);
    }
  if (n == 0)
    {
      AdwPreferencesGroup *group = add_group (self, NULL);

      for (guint i = 0; i < type->n_fields; i++)
        if ((type->fields[i].flags & WATTLE_FIELD_SERVER) == 0)
          add_row (self, group, (self->type << 8) | i);
    }
}

/* Which records a field may refer to: read together, a type at a time. */
typedef struct
{
  GPtrArray *of_type[WATTLE_N_RECORDS];
} Choices;

static void
choices_free (gpointer data)
{
  Choices *choices = data;

  for (guint i = 0; i < WATTLE_N_RECORDS; i++)
    g_clear_pointer (&choices->of_type[i], g_ptr_array_unref);
  g_free (choices);
}

static gpointer
read_choices (WattleTransaction *transaction, gpointer arguments, GCancellable *cancellable, GError **error)
{
  guint64 types = g_variant_get_uint64 (arguments);
  Choices *choices = g_new0 (Choices, 1);

  for (guint i = 0; i < WATTLE_N_RECORDS; i++)
    if ((types & WATTLE_TYPE_BIT (i)) != 0)
      {
        WattleQuery query = wattle_query (i);

        query.limit = 500;
        choices->of_type[i] = wattle_reader_query (wattle_transaction_reader (transaction), &query, error);
        if (choices->of_type[i] == NULL)
          {
            choices_free (choices);
            return NULL;
          }
      }
  return choices;
}

static WattleRecordType
refers_to (WattleFormRow *row)
{
  const WattleField *field = wattle_field_get (wattle_form_row_field (row));
  const WattleType *type = field->kind == WATTLE_KIND_REFERENCE && field->ref != NULL ? wattle_type_find (field->ref)
                                                                                      : NULL;

  return type != NULL ? type->id : WATTLE_N_RECORDS;
}

static void
choices_cb (gpointer owner, gpointer result, const GError *error)
{
  WattleRecordForm *self = owner;
  Choices *choices = result;

  for (guint i = 0; choices != NULL && i < self->rows->len; i++)
    {
      WattleFormRow *row = g_ptr_array_index (self->rows, i);
      WattleRecordType type = refers_to (row);

      if (type < WATTLE_N_RECORDS && choices->of_type[type] != NULL)
        {
          wattle_form_row_set_choices (row, choices->of_type[type]);
          wattle_form_row_show (row, self->record);
        }
    }
}

static void
load_choices (WattleRecordForm *self)
{
  guint64 types = 0;

  for (guint i = 0; i < self->rows->len; i++)
    {
      WattleRecordType type = refers_to (g_ptr_array_index (self->rows, i));

      /* Patients are too many for a list; a form that needs one has a search of its own. */
      if (type < WATTLE_N_RECORDS && type != WATTLE_RECORD_PATIENT)
        types |= WATTLE_TYPE_BIT (type);
    }
  if (types != 0)
    wattle_view_load (WATTLE_VIEW (self), read_choices, g_variant_new_uint64 (types), choices_free, choices_cb);
}

static void
wattle_record_form_dispose (GObject *object)
{
  WattleRecordForm *self = WATTLE_RECORD_FORM (object);

  g_clear_object (&self->record);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  G_OBJECT_CLASS (wattle_record_form_parent_class)->dispose (object);
}

static void
wattle_record_form_class_init (WattleRecordFormClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_record_form_dispose;
  signals[EDITED] = g_signal_new ("edited", WATTLE_TYPE_RECORD_FORM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 0);
  signals[ENTERED] = g_signal_new ("entered", WATTLE_TYPE_RECORD_FORM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/widgets/record-form.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleRecordForm, groups);
}

static void
wattle_record_form_init (WattleRecordForm *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->rows = g_ptr_array_new ();
}

/**
 * wattle_record_form_new:
 * @context: the context
 * @type: of which record
 *
 * Returns: (transfer floating): the form, with a new record in it
 */
GtkWidget *
wattle_record_form_new (WattleContext *context, WattleRecordType type)
{
  WattleRecordForm *self = g_object_new (WATTLE_TYPE_RECORD_FORM, "context", context, NULL);

  self->type = type;
  build (self);
  wattle_record_form_set_record (self, NULL);
  return GTK_WIDGET (self);
}

/**
 * wattle_record_form_set_record:
 * @self: the form
 * @record: (nullable): what it shows; a new record of its type when %NULL
 */
void
wattle_record_form_set_record (WattleRecordForm *self, WattleRecord *record)
{
  g_autofree char *id = wattle_id_new ();

  if (self->record == NULL || self->record != record)
    {
      g_clear_object (&self->record);
      self->record = record != NULL ? wattle_record_copy (record) : wattle_record_new (self->type);
    }
  if (record == NULL)
    wattle_record_set_id (self->record, id);
  for (guint i = 0; i < self->rows->len; i++)
    wattle_form_row_show (g_ptr_array_index (self->rows, i), self->record);
  self->edited = FALSE;
  load_choices (self);
}

/**
 * wattle_record_form_take:
 * @self: the form
 *
 * Returns: (transfer full) (nullable): the record as it is typed; %NULL when a
 * field cannot be taken: it says why and has the cursor
 */
WattleRecord *
wattle_record_form_take (WattleRecordForm *self)
{
  g_autoptr (WattleRecord) taken = wattle_record_copy (self->record);
  GtkWidget *first_bad = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < self->rows->len; i++)
    {
      WattleFormRow *row = g_ptr_array_index (self->rows, i);
      g_autoptr (GError) problem = NULL;

      if (wattle_form_row_take (row, taken, &problem))
        continue;
      wattle_form_row_set_problem (row, problem->message, FALSE);
      if (first_bad == NULL)
        first_bad = GTK_WIDGET (row);
    }
  if (first_bad != NULL)
    {
      gtk_widget_grab_focus (first_bad);
      return NULL;
    }
  if (!wattle_record_validate (taken, &error))
    {
      if (!wattle_record_form_show_problem (self, error))
        wattle_show_error (GTK_WIDGET (self), error);
      return NULL;
    }
  return g_steal_pointer (&taken);
}

/**
 * wattle_record_form_show_problem:
 * @self: the form
 * @error: what a check, an operation or the server said
 *
 * Returns: whether a field of the form was named, which says it now
 */
gboolean
wattle_record_form_show_problem (WattleRecordForm *self, const GError *error)
{
  const char *name = wattle_error_get_field (error);

  for (guint i = 0; name != NULL && i < self->rows->len; i++)
    {
      WattleFormRow *row = g_ptr_array_index (self->rows, i);

      if (g_str_equal (wattle_field_get (wattle_form_row_field (row))->name, name))
        {
          wattle_form_row_set_problem (row, error->message, FALSE);
          gtk_widget_grab_focus (GTK_WIDGET (row));
          return TRUE;
        }
    }
  return FALSE;
}

/**
 * wattle_record_form_is_edited:
 * @self: the form
 *
 * Returns: whether the person changed anything since it was shown or saved
 */
gboolean
wattle_record_form_is_edited (WattleRecordForm *self)
{
  return self->edited;
}

static gboolean
saved_cb (GtkWidget *widget, const char *operation_id, const GError *error, gpointer data)
{
  WattleRecordForm *self = WATTLE_RECORD_FORM (widget);
  g_autoptr (WattleRecord) taken = data;

  wattle_set_busy (widget, FALSE);
  if (error != NULL)
    return wattle_record_form_show_problem (self, error);
  g_set_object (&self->record, taken);
  self->edited = FALSE;
  if (self->saved != NULL)
    ((void (*) (WattleRecord *, gpointer)) self->saved) (taken, self->saved_data);
  return TRUE;
}

/**
 * wattle_record_form_save:
 * @self: the form
 * @saved: (nullable): `void (*) (WattleRecord *record, gpointer data)`: told when it is safe on this disk
 * @data: for @saved
 *
 * Creates or changes the record by what is typed; says under the field what is wrong with it.
 */
void
wattle_record_form_save (WattleRecordForm *self, GCallback saved, gpointer data)
{
  g_autoptr (WattleRecord) taken = wattle_record_form_take (self);
  gboolean new = wattle_record_revision (self->record) == 0 && wattle_record_changed_at (self->record) == 0;
  GString *args = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (args);
  g_autofree char *json = NULL;

  self->saved = saved;
  self->saved_data = data;
  wattle_json_begin_object (&writer);
  if (taken != NULL && new)
    {
      wattle_json_name (&writer, "record");
      wattle_record_write_json (taken, &writer);
    }
  else if (taken != NULL)
    {
      g_autofree char *changes = wattle_record_diff (self->record, taken);

      wattle_json_pair_string (&writer, "type", wattle_type_get (self->type)->nick);
      wattle_json_pair_string (&writer, "id", wattle_record_id (taken));
      wattle_json_name (&writer, "changes");
      wattle_json_put_raw (&writer, changes, -1);
    }
  wattle_json_end_object (&writer);
  json = g_string_free (args, FALSE);
  if (taken == NULL)
    return;
  wattle_set_busy (GTK_WIDGET (self), TRUE);
  wattle_perform (GTK_WIDGET (self), wattle_view_context (WATTLE_VIEW (self)),
                  new ? "record.create" : "record.change", json, saved_cb, g_steal_pointer (&taken));
}
