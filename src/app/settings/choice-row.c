/* choice-row.c: one choice of the practice, with the editor that fits it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/settings/choice-row.h"

#include <glib/gi18n-lib.h>

#include "app/widgets/accessible.h"
#include "app/widgets/feedback.h"

/* A number that is being turned is kept when it rests. */
#define PAUSE 600

struct _WattleChoiceRow
{
  AdwActionRow parent;
  WattleContext *context;
  const WattleSettingSpec *spec;
  char *value;
  gboolean quiet;
  guint timer;
  GtkSwitch *toggle;
  GtkSpinButton *number;
  GtkAdjustment *adjustment;
  GtkEditable *text;
};

G_DEFINE_FINAL_TYPE (WattleChoiceRow, wattle_choice_row, ADW_TYPE_ACTION_ROW)

static void
set_value (WattleChoiceRow *self, const char *value)
{
  GString *args = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (args);
  g_autofree char *json = NULL;

  if (g_strcmp0 (self->value, value) == 0)
    {
      g_string_free (args, TRUE);
      return;
    }
  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "key", self->spec->key);
  wattle_json_pair_string (&writer, "value", value);
  if (self->value != NULL)
    wattle_json_pair_string (&writer, "old", self->value);
  g_free (self->value);
  self->value = g_strdup (value);
  wattle_json_end_object (&writer);
  json = g_string_free (args, FALSE);
  wattle_perform (GTK_WIDGET (self), self->context, "setting.set", json, NULL, NULL);
}

static void
toggled_cb (WattleChoiceRow *self)
{
  if (!self->quiet)
    set_value (self, gtk_switch_get_active (self->toggle) ? "true" : "false");
}

static gboolean
rested_cb (gpointer data)
{
  WattleChoiceRow *self = data;
  g_autofree char *value = g_strdup_printf ("%d", gtk_spin_button_get_value_as_int (self->number));

  self->timer = 0;
  set_value (self, value);
  return G_SOURCE_REMOVE;
}

static void
number_cb (WattleChoiceRow *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  if (!self->quiet)
    self->timer = g_timeout_add (PAUSE, rested_cb, self);
}

static void
text_cb (WattleChoiceRow *self)
{
  if (!self->quiet)
    set_value (self, gtk_editable_get_text (self->text));
}

static void
wattle_choice_row_dispose (GObject *object)
{
  WattleChoiceRow *self = WATTLE_CHOICE_ROW (object);

  self->quiet = TRUE;
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_object (&self->context);
  g_clear_pointer (&self->value, g_free);
  G_OBJECT_CLASS (wattle_choice_row_parent_class)->dispose (object);
}

static void
wattle_choice_row_class_init (WattleChoiceRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_choice_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/settings/choice-row.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleChoiceRow, toggle);
  gtk_widget_class_bind_template_child (widget_class, WattleChoiceRow, number);
  gtk_widget_class_bind_template_child (widget_class, WattleChoiceRow, adjustment);
  gtk_widget_class_bind_template_child (widget_class, WattleChoiceRow, text);
  gtk_widget_class_bind_template_callback (widget_class, toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, number_cb);
  gtk_widget_class_bind_template_callback (widget_class, text_cb);
}

static void
wattle_choice_row_init (WattleChoiceRow *self)
{
  self->quiet = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
show_value (WattleChoiceRow *self)
{
  switch (self->spec->kind)
    {
    case WATTLE_KIND_BOOLEAN:
      gtk_widget_set_visible (GTK_WIDGET (self->toggle), TRUE);
      gtk_switch_set_active (self->toggle, g_strcmp0 (self->value, "true") == 0);
      adw_action_row_set_activatable_widget (ADW_ACTION_ROW (self), GTK_WIDGET (self->toggle));
      break;
    case WATTLE_KIND_INTEGER:
      gtk_widget_set_visible (GTK_WIDGET (self->number), TRUE);
      gtk_adjustment_set_lower (self->adjustment, self->spec->min);
      gtk_adjustment_set_upper (self->adjustment, self->spec->max);
      gtk_spin_button_set_value (self->number, self->value != NULL ? g_ascii_strtod (self->value, NULL) : 0);
      break;
    default:
      gtk_widget_set_visible (GTK_WIDGET (self->text), TRUE);
      gtk_editable_set_text (self->text, self->value != NULL ? self->value : "");
    }
}

/**
 * wattle_choice_row_new:
 * @context: the context
 * @spec: which choice
 * @value: (nullable): what the practice chose
 *
 * Returns: (transfer floating): its row
 */
GtkWidget *
wattle_choice_row_new (WattleContext *context, const WattleSettingSpec *spec, const char *value)
{
  WattleChoiceRow *self = g_object_new (WATTLE_TYPE_CHOICE_ROW, "title", _(spec->label), "subtitle", _(spec->doc),
                                        NULL);
  const WattleActor *actor = wattle_context_actor (context);

  self->context = g_object_ref (context);
  self->spec = spec;
  self->value = g_strdup (value);
  show_value (self);
  wattle_name_rows (GTK_WIDGET (self));
  gtk_widget_set_sensitive (GTK_WIDGET (self),
                            !spec->administrators_only || (actor != NULL && actor->role == WATTLE_ROLE_ADMINISTRATOR));
  self->quiet = FALSE;
  return GTK_WIDGET (self);
}
