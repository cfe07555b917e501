/* script-line.c: one medicine of a prescription that is being written
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/prescriptions/script-line.h"

#include <glib/gi18n-lib.h>

#include "app/widgets/accessible.h"
#include "app/widgets/form-row.h"
#include "base/error.h"

/* Strength and form come from the table of medicines, and are asked for only when there is no row in it. */
static const WattleFieldId fields[] = {
  WATTLE_PRESCRIPTION_LINE_STRENGTH, WATTLE_PRESCRIPTION_LINE_FORM,    WATTLE_PRESCRIPTION_LINE_DIRECTIONS,
  WATTLE_PRESCRIPTION_LINE_QUANTITY, WATTLE_PRESCRIPTION_LINE_REPEATS, WATTLE_PRESCRIPTION_LINE_REPEAT_INTERVAL_DAYS,
};

#define N_FROM_TABLE 2
#define INTERVAL 5

struct _WattleScriptLine
{
  AdwPreferencesGroup parent;
  WattleRecord *line;
  char *brand;
  WattleFormRow *rows[G_N_ELEMENTS (fields)];
  GtkWidget *s8;
  GtkWidget *remove;
  AdwActionRow *brand_row;
  GtkSwitch *with_brand;
};

enum
{
  REMOVE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WattleScriptLine, wattle_script_line, ADW_TYPE_PREFERENCES_GROUP)

static void
remove_cb (WattleScriptLine *self)
{
  g_signal_emit (self, signals[REMOVE], 0);
}

static void
copy_text (WattleRecord *line, WattleFieldId to, WattleRecord *medicine, WattleFieldId from)
{
  wattle_record_set_string (line, to, wattle_record_get_string (medicine, from));
}

/* What the table proposes; the operation copies what is binding again when it is signed. */
static void
propose (WattleRecord *line, WattleRecord *medicine)
{
  wattle_record_set_string (line, WATTLE_PRESCRIPTION_LINE_MEDICINE, wattle_record_id (medicine));
  copy_text (line, WATTLE_PRESCRIPTION_LINE_ACTIVE_INGREDIENT, medicine, WATTLE_MEDICINE_ACTIVE_INGREDIENT);
  copy_text (line, WATTLE_PRESCRIPTION_LINE_STRENGTH, medicine, WATTLE_MEDICINE_STRENGTH);
  copy_text (line, WATTLE_PRESCRIPTION_LINE_FORM, medicine, WATTLE_MEDICINE_FORM);
  copy_text (line, WATTLE_PRESCRIPTION_LINE_DIRECTIONS, medicine, WATTLE_MEDICINE_DIRECTIONS);
  wattle_record_set_integer (line, WATTLE_PRESCRIPTION_LINE_SCHEDULE,
                             wattle_record_get_integer (medicine, WATTLE_MEDICINE_SCHEDULE));
  if (wattle_record_has (medicine, WATTLE_MEDICINE_PACK_SIZE))
    wattle_record_set_integer (line, WATTLE_PRESCRIPTION_LINE_QUANTITY,
                               wattle_record_get_integer (medicine, WATTLE_MEDICINE_PACK_SIZE));
  /* Repeats of a Schedule 8 medicine are a choice, never a default. */
  wattle_record_set_integer (line, WATTLE_PRESCRIPTION_LINE_REPEATS,
                             wattle_record_get_integer (medicine, WATTLE_MEDICINE_SCHEDULE)
                                 == WATTLE_POISON_SCHEDULE_S8
                               ? 0
                               : wattle_record_get_integer (medicine, WATTLE_MEDICINE_MAXIMUM_REPEATS));
}

static void
show (WattleScriptLine *self, gboolean from_table)
{
  const char *strength = wattle_record_get_string (self->line, WATTLE_PRESCRIPTION_LINE_STRENGTH);
  const char *form = wattle_record_get_string (self->line, WATTLE_PRESCRIPTION_LINE_FORM);
  const char *name = wattle_record_get_string (self->line, WATTLE_PRESCRIPTION_LINE_ACTIVE_INGREDIENT);
  g_autofree char *about = g_strjoin (" ", strength != NULL ? strength : "", form != NULL ? form : "", NULL);
  g_autofree char *title = g_markup_escape_text (name, -1);
  g_autofree char *subtitle = g_markup_escape_text (g_strstrip (about), -1);
  g_autofree char *remove = g_strdup_printf (_("Remove %s"), name);

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self), title);
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self), subtitle);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->remove), GTK_ACCESSIBLE_PROPERTY_LABEL, remove, -1);
  gtk_widget_set_visible (self->s8, wattle_script_line_is_s8 (self));
  for (guint i = from_table ? N_FROM_TABLE : 0; i < G_N_ELEMENTS (fields); i++)
    {
      self->rows[i] = WATTLE_FORM_ROW (wattle_form_row_new (fields[i]));
      wattle_form_row_show (self->rows[i], self->line);
      adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), GTK_WIDGET (self->rows[i]));
    }
  gtk_widget_set_visible (GTK_WIDGET (self->rows[INTERVAL]), wattle_script_line_is_s8 (self));
}

static void
show_brand (WattleScriptLine *self)
{
  g_autoptr (GtkWidget) row = g_object_ref (GTK_WIDGET (self->brand_row));

  /* A brand is an afterthought: it stands below what every prescription needs. */
  adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self), row);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), row);
  gtk_widget_set_visible (row, self->brand != NULL);
  adw_action_row_set_subtitle (self->brand_row, self->brand != NULL ? self->brand : "");
}

static gboolean
wattle_script_line_grab_focus (GtkWidget *widget)
{
  WattleScriptLine *self = WATTLE_SCRIPT_LINE (widget);

  return gtk_widget_grab_focus (GTK_WIDGET (self->rows[0] != NULL ? self->rows[0] : self->rows[N_FROM_TABLE]));
}

static void
wattle_script_line_dispose (GObject *object)
{
  WattleScriptLine *self = WATTLE_SCRIPT_LINE (object);

  g_clear_object (&self->line);
  g_clear_pointer (&self->brand, g_free);
  G_OBJECT_CLASS (wattle_script_line_parent_class)->dispose (object);
}

static void
wattle_script_line_class_init (WattleScriptLineClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_script_line_dispose;
  widget_class->grab_focus = wattle_script_line_grab_focus;
  signals[REMOVE] = g_signal_new ("remove", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/prescriptions/script-line.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleScriptLine, s8);
  gtk_widget_class_bind_template_child (widget_class, WattleScriptLine, remove);
  gtk_widget_class_bind_template_child (widget_class, WattleScriptLine, brand_row);
  gtk_widget_class_bind_template_child (widget_class, WattleScriptLine, with_brand);
  gtk_widget_class_bind_template_callback (widget_class, remove_cb);
}

static void
wattle_script_line_init (WattleScriptLine *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  wattle_name_rows (GTK_WIDGET (self->brand_row));
}

/**
 * wattle_script_line_new:
 * @medicine: (nullable): a row of the table of medicines
 * @typed: (nullable): the active ingredient as the prescriber typed it, without a row
 *
 * Returns: (transfer floating): its part of the form
 */
GtkWidget *
wattle_script_line_new (WattleRecord *medicine, const char *typed)
{
  WattleScriptLine *self = g_object_new (WATTLE_TYPE_SCRIPT_LINE, NULL);

  self->line = wattle_record_new (WATTLE_RECORD_PRESCRIPTION_LINE);
  if (medicine != NULL)
    {
      propose (self->line, medicine);
      self->brand = g_strdup (wattle_record_get_string (medicine, WATTLE_MEDICINE_BRAND));
    }
  else
    wattle_record_set_string (self->line, WATTLE_PRESCRIPTION_LINE_ACTIVE_INGREDIENT, typed);
  show (self, medicine != NULL);
  show_brand (self);
  return GTK_WIDGET (self);
}

/**
 * wattle_script_line_take:
 * @self: a line
 * @error: a value that does not hold, shown already where it stands
 *
 * Returns: (transfer none) (nullable): the line as it is on the form
 */
WattleRecord *
wattle_script_line_take (WattleScriptLine *self, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      g_autoptr (GError) local = NULL;

      if (self->rows[i] == NULL)
        continue;
      wattle_form_row_set_problem (self->rows[i], NULL, FALSE);
      if (!wattle_form_row_take (self->rows[i], self->line, &local))
        {
          wattle_form_row_set_problem (self->rows[i], local->message, FALSE);
          g_propagate_error (error, g_steal_pointer (&local));
          return NULL;
        }
    }
  if (self->brand != NULL && gtk_switch_get_active (self->with_brand))
    wattle_record_set_string (self->line, WATTLE_PRESCRIPTION_LINE_BRAND, self->brand);
  else
    wattle_record_unset (self->line, WATTLE_PRESCRIPTION_LINE_BRAND);
  wattle_record_set_integer (self->line, WATTLE_PRESCRIPTION_LINE_SUBSTITUTION_ALLOWED,
                             !wattle_record_has (self->line, WATTLE_PRESCRIPTION_LINE_BRAND));
  return self->line;
}

/**
 * wattle_script_line_is_s8:
 * @self: a line
 *
 * Returns: whether the table says that it is of Schedule 8
 */
gboolean
wattle_script_line_is_s8 (WattleScriptLine *self)
{
  return wattle_record_has (self->line, WATTLE_PRESCRIPTION_LINE_SCHEDULE)
         && wattle_record_get_integer (self->line, WATTLE_PRESCRIPTION_LINE_SCHEDULE) == WATTLE_POISON_SCHEDULE_S8;
}

/**
 * wattle_script_line_show_problem:
 * @self: a line
 * @error: what was refused
 *
 * Returns: whether it names a field that is shown here
 */
gboolean
wattle_script_line_show_problem (WattleScriptLine *self, const GError *error)
{
  const char *name = wattle_error_get_field (error);

  for (guint i = 0; name != NULL && i < G_N_ELEMENTS (fields); i++)
    if (self->rows[i] != NULL && g_str_equal (wattle_field_get (fields[i])->name, name))
      {
        g_autoptr (WattleRecord) scratch = wattle_record_copy (self->line);

        /* The operation does not say which line: the ones that have a value are not meant. */
        if (wattle_form_row_take (self->rows[i], scratch, NULL) && wattle_record_has (scratch, fields[i]))
          return FALSE;
        wattle_form_row_set_problem (self->rows[i], error->message, FALSE);
        gtk_widget_grab_focus (GTK_WIDGET (self->rows[i]));
        return TRUE;
      }
  return FALSE;
}
