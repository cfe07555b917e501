/* emergency-dialog.c: opens the record of a patient who is not one's own, in need
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/access/emergency-dialog.h"

#include <glib/gi18n-lib.h>

#include "app/widgets/accessible.h"
#include "app/widgets/feedback.h"
#include "base/civil-text.h"
#include "base/civil.h"

#define SHORTEST_REASON 10

struct _WattleEmergencyDialog
{
  AdwWindow parent;
  WattleContext *context;
  AdwPreferencesGroup *people;
  GtkEditable *words;
  GtkEditable *reason;
  GtkEditable *password;
  GtkWidget *open;
  GtkLabel *problem;
  GPtrArray *rows; /* found people */
  GtkCheckButton *group;
  char *chosen; /* id of a patient */
};

G_DEFINE_FINAL_TYPE (WattleEmergencyDialog, wattle_emergency_dialog, ADW_TYPE_WINDOW)

static void
show_problem (WattleEmergencyDialog *self, const char *sentence)
{
  gtk_label_set_label (self->problem, sentence != NULL ? sentence : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), sentence != NULL);
}

static void
changed_cb (WattleEmergencyDialog *self)
{
  gtk_widget_set_sensitive (self->open, self->chosen != NULL
                                          && g_utf8_strlen (gtk_editable_get_text (self->reason), -1) >= SHORTEST_REASON
                                          && *gtk_editable_get_text (self->password) != '\0');
}

static void
chosen_cb (GtkCheckButton *check, GParamSpec *pspec, WattleEmergencyDialog *self)
{
  if (!gtk_check_button_get_active (check))
    return;
  g_free (self->chosen);
  self->chosen = g_strdup (g_object_get_data (G_OBJECT (check), "patient"));
  changed_cb (self);
}

static void
forget_people (WattleEmergencyDialog *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (self->people, self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
  self->group = NULL;
  g_clear_pointer (&self->chosen, g_free);
  changed_cb (self);
}

static char *
line_of (WattleJsonNode person)
{
  const char *born = wattle_json_member_string (person, "birth_date");
  g_autofree char *date = NULL;
  gint64 day;

  if (born == NULL || !wattle_date_parse (born, &day, NULL))
    return g_strdup (_("Not one of your patients"));
  date = wattle_date_display (day);
  return g_strdup_printf (_("Born %s · not one of your patients"), date);
}

static void
add_person (WattleEmergencyDialog *self, WattleJsonNode person)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *check = gtk_check_button_new ();
  g_autofree char *name = g_strdup_printf ("%s %s", wattle_json_member_string (person, "given_names"),
                                           wattle_json_member_string (person, "family_name"));
  g_autofree char *title = g_markup_escape_text (name, -1);
  g_autofree char *line = line_of (person);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), line);
  gtk_widget_set_valign (check, GTK_ALIGN_CENTER);
  gtk_check_button_set_group (GTK_CHECK_BUTTON (check), self->group);
  self->group = GTK_CHECK_BUTTON (check);
  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_object_set_data_full (G_OBJECT (check), "patient", g_strdup (wattle_json_member_string (person, "id")), g_free);
  g_signal_connect_object (check, "notify::active", G_CALLBACK (chosen_cb), self, 0);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), check);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), check);
  adw_preferences_group_add (self->people, row);
  g_ptr_array_add (self->rows, row);
}

static void
found_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleEmergencyDialog) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleJson) answer = wattle_client_call_finish (WATTLE_CLIENT (source), result, &error);
  WattleJsonIter iter;
  WattleJsonNode person;

  forget_people (self);
  if (answer == NULL)
    {
      show_problem (self, error->message);
      return;
    }
  iter = wattle_json_iter (wattle_json_member (wattle_json_root (answer), "people"));
  while (wattle_json_next (&iter, NULL, &person))
    if (!wattle_json_member_boolean (person, "own"))
      add_person (self, person);
  show_problem (self, self->rows->len > 0
                        ? NULL
                        : _("Nobody else of this practice is found. Check the spelling; your own "
                            "patients are in the list."));
}

static char *
object_with (const char *const *pairs)
{
  GString *body = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (body);

  wattle_json_begin_object (&writer);
  for (guint i = 0; pairs[i] != NULL; i += 2)
    wattle_json_pair_string (&writer, pairs[i], pairs[i + 1]);
  wattle_json_end_object (&writer);
  return g_string_free (body, FALSE);
}

static void
find_cb (WattleEmergencyDialog *self)
{
  g_autofree char *body = object_with ((const char *[]){ "words", gtk_editable_get_text (self->words), NULL });

  wattle_client_call_async (wattle_context_client (self->context), "POST", "/people", body, NULL, found_cb,
                            g_object_ref (self));
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleEmergencyDialog) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleJson) answer = wattle_client_call_finish (WATTLE_CLIENT (source), result, &error);

  if (answer == NULL)
    {
      show_problem (self, error->message);
      changed_cb (self);
      return;
    }
  wattle_client_sync_now (WATTLE_CLIENT (source));
  wattle_context_open (self->context, WATTLE_RECORD_PATIENT, self->chosen);
  gtk_window_destroy (GTK_WINDOW (self));
}

static void
open_cb (WattleEmergencyDialog *self)
{
  g_autofree char *body = NULL;

  if (!gtk_widget_get_sensitive (self->open))
    return;
  body = object_with ((const char *[]){ "patient", self->chosen, "reason", gtk_editable_get_text (self->reason),
                                        "password", gtk_editable_get_text (self->password), NULL });
  show_problem (self, NULL);
  gtk_widget_set_sensitive (self->open, FALSE);
  wattle_client_call_async (wattle_context_client (self->context), "POST", "/emergency", body, NULL, opened_cb,
                            g_object_ref (self));
}

static void
wattle_emergency_dialog_dispose (GObject *object)
{
  WattleEmergencyDialog *self = WATTLE_EMERGENCY_DIALOG (object);

  g_clear_object (&self->context);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->chosen, g_free);
  G_OBJECT_CLASS (wattle_emergency_dialog_parent_class)->dispose (object);
}

static void
wattle_emergency_dialog_class_init (WattleEmergencyDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_emergency_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/access/emergency-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleEmergencyDialog, people);
  gtk_widget_class_bind_template_child (widget_class, WattleEmergencyDialog, words);
  gtk_widget_class_bind_template_child (widget_class, WattleEmergencyDialog, reason);
  gtk_widget_class_bind_template_child (widget_class, WattleEmergencyDialog, password);
  gtk_widget_class_bind_template_child (widget_class, WattleEmergencyDialog, open);
  gtk_widget_class_bind_template_child (widget_class, WattleEmergencyDialog, problem);
  gtk_widget_class_bind_template_callback (widget_class, find_cb);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, open_cb);
}

static void
wattle_emergency_dialog_init (WattleEmergencyDialog *self)
{
  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  wattle_name_rows (GTK_WIDGET (self));
}

/**
 * wattle_emergency_dialog_open:
 * @widget: where the person asked
 * @context: the context
 * @typed: what they were looking for
 */
void
wattle_emergency_dialog_open (GtkWidget *widget, WattleContext *context, const char *typed)
{
  WattleEmergencyDialog *self = g_object_new (WATTLE_TYPE_EMERGENCY_DIALOG, "transient-for",
                                              gtk_widget_get_root (widget), NULL);

  self->context = g_object_ref (context);
  gtk_editable_set_text (self->words, typed);
  gtk_window_present (GTK_WINDOW (self));
  if (g_utf8_strlen (typed, -1) >= 3)
    find_cb (self);
}
