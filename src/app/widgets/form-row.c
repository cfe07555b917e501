/* form-row.c: an editor for one field of a record, chosen by the kind of the field
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/widgets/form-row.h"

#include <glib/gi18n-lib.h>

#include "app/widgets/display.h"
#include "base/error.h"

struct _WattleFormRow
{
  AdwPreferencesRow parent;
  WattleFieldId field;
  GPtrArray *choices; /* ids of the records to choose from; NULL until they are known */
  gboolean quiet;     /* while a value is put in by the program */
  GtkWidget *line;
  GtkLabel *label;
  GtkWidget *needed;
  GtkSwitch *toggle;
  GtkEntry *entry;
  GtkDropDown *choice;
  GtkWidget *text_frame;
  GtkTextView *text;
  GtkTextBuffer *buffer;
  GtkBox *flags;
  GtkLabel *message;
};

enum
{
  EDITED,
  ENTERED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WattleFormRow, wattle_form_row, ADW_TYPE_PREFERENCES_ROW)

static const char *
hint_of (WattleKind kind)
{
  switch (kind)
    {
    case WATTLE_KIND_DATE:
      return _("day/month/year");
    case WATTLE_KIND_TIME:
      return _("such as 9:30 am");
    case WATTLE_KIND_MONEY:
      return _("dollars, such as 95.00");
    case WATTLE_KIND_ZONE:
      return _("such as Australia/Sydney");
    case WATTLE_KIND_COLOUR:
      return _("such as #3584e4");
    default:
      return NULL;
    }
}

static gboolean
is_optional (WattleFormRow *self)
{
  return (wattle_field_get (self->field)->flags & WATTLE_FIELD_REQUIRED) == 0;
}

static void
set_up_choice (WattleFormRow *self, GtkStringList *words)
{
  if (is_optional (self))
    gtk_string_list_splice (words, 0, 0, (const char *[]){ _("Not stated"), NULL });
  gtk_drop_down_set_model (self->choice, G_LIST_MODEL (words));
}

static void
set_up_enum (WattleFormRow *self, const WattleEnum *values)
{
  g_autoptr (GtkStringList) words = gtk_string_list_new (NULL);

  for (guint i = 0; i < values->n_values; i++)
    gtk_string_list_append (words, _(values->values[i].label));
  set_up_choice (self, words);
}

static void
set_up_flags (WattleFormRow *self, const WattleEnum *values)
{
  for (guint i = 0; i < values->n_values; i++)
    {
      GtkWidget *check = gtk_check_button_new_with_label (_(values->values[i].label));

      g_signal_connect_swapped (check, "toggled", G_CALLBACK (gtk_widget_queue_resize), self);
      gtk_box_append (self->flags, check);
    }
}

static void
edited_cb (WattleFormRow *self)
{
  if (self->quiet)
    return;
  wattle_form_row_set_problem (self, NULL, FALSE);
  g_signal_emit (self, signals[EDITED], 0);
}

static void
entered_cb (WattleFormRow *self)
{
  g_signal_emit (self, signals[ENTERED], 0);
}

/* On leaving a field it says at once what is wrong or odd, and shows the value as it will be kept. */
static void
left_cb (WattleFormRow *self)
{
  g_autoptr (WattleRecord) scratch = wattle_record_new (WATTLE_FIELD_TYPE (self->field));
  g_autoptr (GError) error = NULL;
  g_autofree char *warning = NULL;

  if (!wattle_form_row_take (self, scratch, &error))
    {
      wattle_form_row_set_problem (self, error->message, FALSE);
      return;
    }
  if (wattle_record_has (scratch, self->field))
    wattle_form_row_show (self, scratch);
  warning = wattle_record_warning (scratch, self->field);
  wattle_form_row_set_problem (self, warning, TRUE);
}

static void
wattle_form_row_finalize (GObject *object)
{
  WattleFormRow *self = WATTLE_FORM_ROW (object);

  g_clear_pointer (&self->choices, g_ptr_array_unref);
  G_OBJECT_CLASS (wattle_form_row_parent_class)->finalize (object);
}

static gboolean
wattle_form_row_grab_focus (GtkWidget *widget)
{
  WattleFormRow *self = WATTLE_FORM_ROW (widget);
  GtkWidget *editors[] = { GTK_WIDGET (self->entry), GTK_WIDGET (self->choice), GTK_WIDGET (self->toggle),
                           GTK_WIDGET (self->text), GTK_WIDGET (self->flags) };

  for (guint i = 0; i < G_N_ELEMENTS (editors); i++)
    if (gtk_widget_get_visible (editors[i]) && (editors[i] != GTK_WIDGET (self->text)
                                                || gtk_widget_get_visible (self->text_frame)))
      return gtk_widget_grab_focus (editors[i]);
  return FALSE;
}

static void
wattle_form_row_class_init (WattleFormRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = wattle_form_row_finalize;
  widget_class->grab_focus = wattle_form_row_grab_focus;
  signals[EDITED] = g_signal_new ("edited", WATTLE_TYPE_FORM_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                  0);
  signals[ENTERED] = g_signal_new ("entered", WATTLE_TYPE_FORM_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/widgets/form-row.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleFormRow, line);
  gtk_widget_class_bind_template_child (widget_class, WattleFormRow, label);
  gtk_widget_class_bind_template_child (widget_class, WattleFormRow, needed);
  gtk_widget_class_bind_template_child (widget_class, WattleFormRow, toggle);
  gtk_widget_class_bind_template_child (widget_class, WattleFormRow, entry);
  gtk_widget_class_bind_template_child (widget_class, WattleFormRow, choice);
  gtk_widget_class_bind_template_child (widget_class, WattleFormRow, text_frame);
  gtk_widget_class_bind_template_child (widget_class, WattleFormRow, text);
  gtk_widget_class_bind_template_child (widget_class, WattleFormRow, buffer);
  gtk_widget_class_bind_template_child (widget_class, WattleFormRow, flags);
  gtk_widget_class_bind_template_child (widget_class, WattleFormRow, message);
  gtk_widget_class_bind_template_callback (widget_class, edited_cb);
  gtk_widget_class_bind_template_callback (widget_class, entered_cb);
  gtk_widget_class_bind_template_callback (widget_class, left_cb);
}

static void
wattle_form_row_init (WattleFormRow *self)
{
  self->quiet = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
}

static GtkWidget *
editor_of (WattleFormRow *self, const WattleField *field)
{
  switch (field->kind)
    {
    case WATTLE_KIND_BOOLEAN:
      return GTK_WIDGET (self->toggle);
    case WATTLE_KIND_ENUM:
      set_up_enum (self, wattle_field_enum (field));
      return GTK_WIDGET (self->choice);
    case WATTLE_KIND_FLAGS:
      set_up_flags (self, wattle_field_enum (field));
      return GTK_WIDGET (self->flags);
    case WATTLE_KIND_REFERENCE:
      return GTK_WIDGET (self->choice);
    case WATTLE_KIND_TEXT:
      gtk_widget_set_visible (self->text_frame, TRUE);
      return GTK_WIDGET (self->text);
    default:
      gtk_entry_set_placeholder_text (self->entry, hint_of (field->kind));
      return GTK_WIDGET (self->entry);
    }
}

/**
 * wattle_form_row_new:
 * @field: a field of a record type
 *
 * Returns: (transfer floating): its editor
 */
GtkWidget *
wattle_form_row_new (WattleFieldId field)
{
  WattleFormRow *self = g_object_new (WATTLE_TYPE_FORM_ROW, NULL);
  const WattleField *what = wattle_field_get (field);
  GtkWidget *editor;

  self->field = field;
  editor = editor_of (self, what);
  gtk_widget_set_visible (editor, TRUE);
  gtk_label_set_label (self->label, _(what->label));
  if (what->kind == WATTLE_KIND_BOOLEAN)
    {
      gtk_widget_remove_css_class (GTK_WIDGET (self->label), "caption");
      gtk_widget_remove_css_class (GTK_WIDGET (self->label), "dim-label");
    }
  gtk_widget_set_visible (self->needed, !is_optional (self) && what->kind != WATTLE_KIND_BOOLEAN);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), _(what->label));
  gtk_accessible_update_property (GTK_ACCESSIBLE (editor), GTK_ACCESSIBLE_PROPERTY_LABEL, _(what->label), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _(what->label), -1);
  if (editor == GTK_WIDGET (self->entry))
    {
      GtkEditable *inner = gtk_editable_get_delegate (GTK_EDITABLE (self->entry));

      gtk_accessible_update_property (GTK_ACCESSIBLE (inner), GTK_ACCESSIBLE_PROPERTY_LABEL, _(what->label), -1);
    }
  self->quiet = FALSE;
  return GTK_WIDGET (self);
}

/**
 * wattle_form_row_field:
 * @self: a row
 *
 * Returns: its field
 */
WattleFieldId
wattle_form_row_field (WattleFormRow *self)
{
  return self->field;
}

/**
 * wattle_form_row_set_choices:
 * @self: a row whose field refers to a record
 * @records: (element-type WattleRecord): what can be chosen
 */
void
wattle_form_row_set_choices (WattleFormRow *self, GPtrArray *records)
{
  g_autoptr (GtkStringList) words = gtk_string_list_new (NULL);

  self->quiet = TRUE;
  g_clear_pointer (&self->choices, g_ptr_array_unref);
  self->choices = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < records->len; i++)
    {
      gtk_string_list_take (words, wattle_display_title (g_ptr_array_index (records, i)));
      g_ptr_array_add (self->choices, g_strdup (wattle_record_id (g_ptr_array_index (records, i))));
    }
  set_up_choice (self, words);
  self->quiet = FALSE;
}

static void
show_flags (WattleFormRow *self, gint64 mask)
{
  GtkWidget *check = gtk_widget_get_first_child (GTK_WIDGET (self->flags));

  for (guint i = 0; check != NULL; i++, check = gtk_widget_get_next_sibling (check))
    gtk_check_button_set_active (GTK_CHECK_BUTTON (check), (mask & (G_GINT64_CONSTANT (1) << i)) != 0);
}

static guint
position_of (WattleFormRow *self, const char *id)
{
  for (guint i = 0; self->choices != NULL && i < self->choices->len; i++)
    if (g_strcmp0 (g_ptr_array_index (self->choices, i), id) == 0)
      return i + is_optional (self);
  return is_optional (self) ? 0 : GTK_INVALID_LIST_POSITION;
}

/**
 * wattle_form_row_show:
 * @self: a row
 * @record: the record whose value it shall show
 */
void
wattle_form_row_show (WattleFormRow *self, WattleRecord *record)
{
  const WattleField *field = wattle_field_get (self->field);
  gboolean has = wattle_record_has (record, self->field);
  g_autofree char *text = NULL;

  self->quiet = TRUE;
  switch (field->kind)
    {
    case WATTLE_KIND_BOOLEAN:
      gtk_switch_set_active (self->toggle, wattle_record_get_boolean (record, self->field));
      break;
    case WATTLE_KIND_ENUM:
      gtk_drop_down_set_selected (self->choice,
                                  has ? wattle_record_get_integer (record, self->field) + is_optional (self) : 0);
      break;
    case WATTLE_KIND_FLAGS:
      show_flags (self, has ? wattle_record_get_integer (record, self->field) : 0);
      break;
    case WATTLE_KIND_REFERENCE:
      gtk_drop_down_set_selected (self->choice, position_of (self, wattle_record_get_string (record, self->field)));
      break;
    case WATTLE_KIND_TEXT:
      gtk_text_buffer_set_text (self->buffer, has ? wattle_record_get_string (record, self->field) : "", -1);
      break;
    default:
      text = wattle_display_value (record, self->field);
      gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
    }
  wattle_form_row_set_problem (self, NULL, FALSE);
  self->quiet = FALSE;
}

static void
take_choice (WattleFormRow *self, WattleRecord *record)
{
  guint at = gtk_drop_down_get_selected (self->choice);
  gboolean none = at == GTK_INVALID_LIST_POSITION || (is_optional (self) && at == 0);

  if (wattle_field_get (self->field)->kind == WATTLE_KIND_REFERENCE && self->choices == NULL)
    return; /* not known yet what there is to choose from: the value stays */
  if (none)
    wattle_record_unset (record, self->field);
  else if (wattle_field_get (self->field)->kind == WATTLE_KIND_ENUM)
    wattle_record_set_integer (record, self->field, at - is_optional (self));
  else
    wattle_record_set_string (record, self->field, g_ptr_array_index (self->choices, at - is_optional (self)));
}

static gint64
take_flags (WattleFormRow *self)
{
  GtkWidget *check = gtk_widget_get_first_child (GTK_WIDGET (self->flags));
  gint64 mask = 0;

  for (guint i = 0; check != NULL; i++, check = gtk_widget_get_next_sibling (check))
    if (gtk_check_button_get_active (GTK_CHECK_BUTTON (check)))
      mask |= G_GINT64_CONSTANT (1) << i;
  return mask;
}

/**
 * wattle_form_row_take:
 * @self: a row
 * @record: where its value goes
 * @error: %WATTLE_ERROR_INVALID with a sentence about what was typed
 *
 * Returns: whether the value could be taken
 */
gboolean
wattle_form_row_take (WattleFormRow *self, WattleRecord *record, GError **error)
{
  const WattleField *field = wattle_field_get (self->field);
  GtkTextIter start;
  GtkTextIter end;
  g_autofree char *text = NULL;

  switch (field->kind)
    {
    case WATTLE_KIND_BOOLEAN:
      if (wattle_record_has (record, self->field) || gtk_switch_get_active (self->toggle))
        wattle_record_set_integer (record, self->field, gtk_switch_get_active (self->toggle));
      return TRUE;
    case WATTLE_KIND_ENUM:
    case WATTLE_KIND_REFERENCE:
      take_choice (self, record);
      return TRUE;
    case WATTLE_KIND_FLAGS:
      wattle_record_set_integer (record, self->field, take_flags (self));
      return TRUE;
    case WATTLE_KIND_TEXT:
      gtk_text_buffer_get_bounds (self->buffer, &start, &end);
      text = gtk_text_buffer_get_text (self->buffer, &start, &end, FALSE);
      return wattle_record_set_from_text (record, self->field, text, error);
    default:
      return wattle_record_set_from_text (record, self->field, gtk_editable_get_text (GTK_EDITABLE (self->entry)),
                                          error);
    }
}

/**
 * wattle_form_row_set_problem:
 * @self: a row
 * @sentence: (nullable): what is wrong, or odd, with its value
 * @warning: whether it may be kept all the same
 */
void
wattle_form_row_set_problem (WattleFormRow *self, const char *sentence, gboolean warning)
{
  GtkWidget *message = GTK_WIDGET (self->message);

  gtk_label_set_label (self->message, sentence != NULL ? sentence : "");
  gtk_widget_set_visible (message, sentence != NULL);
  gtk_widget_remove_css_class (message, warning ? "error" : "warning");
  gtk_widget_add_css_class (message, warning ? "warning" : "error");
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_STATE_INVALID,
                               sentence != NULL && !warning ? GTK_ACCESSIBLE_INVALID_TRUE
                                                            : GTK_ACCESSIBLE_INVALID_FALSE,
                               -1);
  if (sentence != NULL && !warning)
    gtk_widget_add_css_class (GTK_WIDGET (self->entry), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->entry), "error");
}
