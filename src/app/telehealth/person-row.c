/* person-row.c: somebody in the room or its waiting room, and what can be done with them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/telehealth/person-row.h"

#include <glib/gi18n-lib.h>

#include "app/telehealth/move-dialog.h"
#include "app/widgets/accessible.h"
#include "app/widgets/display.h"
#include "app/widgets/feedback.h"
#include "base/civil-text.h"
#include "base/clock.h"

#define MAX_NOTE 300

struct _WattlePersonRow
{
  AdwActionRow parent;
  WattleCallSession *session;
  char *person;
  guint number;
  gboolean waiting;
  GtkWidget *admit;
  GtkMenuButton *more;
};

G_DEFINE_FINAL_TYPE (WattlePersonRow, wattle_person_row, ADW_TYPE_ACTION_ROW)

static WattleConsult *
consult (WattlePersonRow *self)
{
  return wattle_call_session_consult (self->session);
}

static void
admit_cb (WattlePersonRow *self)
{
  wattle_consult_admit (consult (self), self->number);
}

static void
note_cb (AdwMessageDialog *dialog, const char *response, WattlePersonRow *self)
{
  GtkEditable *entry = GTK_EDITABLE (adw_message_dialog_get_extra_child (dialog));
  const char *text = gtk_editable_get_text (entry);

  if (g_str_equal (response, "send") && *text != '\0')
    wattle_consult_write_note (consult (self), self->number, text);
  else if (g_str_equal (response, "away"))
    wattle_consult_send_away (consult (self), self->number, *text != '\0' ? text : NULL);
}

static void
ask (WattlePersonRow *self, const char *heading, const char *body, const char *verb, const char *response)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (adw_message_dialog_new (window, heading, body));
  GtkWidget *entry = g_object_new (GTK_TYPE_ENTRY, "max-length", MAX_NOTE, "activates-default", TRUE,
                                   "placeholder-text", _("A word to them"), NULL);

  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _("A word to them"), -1);
  adw_message_dialog_set_extra_child (dialog, entry);
  adw_message_dialog_add_responses (dialog, "cancel", _("_Cancel"), response, verb, NULL);
  adw_message_dialog_set_response_appearance (
    dialog, response, g_str_equal (response, "away") ? ADW_RESPONSE_DESTRUCTIVE : ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (dialog, response);
  adw_message_dialog_set_close_response (dialog, "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (note_cb), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
write_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ask (WATTLE_PERSON_ROW (widget), _("Write to the Waiting Room"),
       _("They see it while they wait. Do not write about health here."), _("_Send"), "send");
}

static void
move_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WattlePersonRow *self = WATTLE_PERSON_ROW (widget);

  wattle_move_dialog_open (widget, self->session, self->number,
                           adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self)));
}

static void
away_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ask (WATTLE_PERSON_ROW (widget), _("Send Away?"), _("They cannot come back into this room by themselves."),
       _("Send _Away"), "away");
}

static void
wattle_person_row_dispose (GObject *object)
{
  WattlePersonRow *self = WATTLE_PERSON_ROW (object);

  g_clear_object (&self->session);
  g_clear_pointer (&self->person, g_free);
  G_OBJECT_CLASS (wattle_person_row_parent_class)->dispose (object);
}

static void
wattle_person_row_class_init (WattlePersonRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_person_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/telehealth/person-row.ui");
  gtk_widget_class_bind_template_child (widget_class, WattlePersonRow, admit);
  gtk_widget_class_bind_template_child (widget_class, WattlePersonRow, more);
  gtk_widget_class_bind_template_callback (widget_class, admit_cb);
  gtk_widget_class_install_action (widget_class, "person.write", NULL, write_action);
  gtk_widget_class_install_action (widget_class, "person.move", NULL, move_action);
  gtk_widget_class_install_action (widget_class, "person.away", NULL, away_action);
}

static void
wattle_person_row_init (WattlePersonRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
wattle_person_row_new (WattleCallSession *session, const WattleConsultPerson *person)
{
  WattlePersonRow *self = g_object_new (WATTLE_TYPE_PERSON_ROW, NULL);

  self->session = g_object_ref (session);
  self->person = g_strdup (person->id);
  wattle_person_row_show (self, person);
  return GTK_WIDGET (self);
}

static char *
about (WattlePersonRow *self, const WattleConsultPerson *person)
{
  static const char *const links[] = {
    [WATTLE_CONSULT_UNLINKED] = N_("In the room"),
    [WATTLE_CONSULT_LINKING] = N_("Connecting…"),
    [WATTLE_CONSULT_LINKED] = N_("Connected"),
    [WATTLE_CONSULT_RELINKING] = N_("Connection lost, trying again…"),
  };
  g_autofree char *time = NULL;
  g_autofree char *length = NULL;

  if (person->sentence != NULL && person->link != WATTLE_CONSULT_LINKED)
    return g_strdup (person->sentence);
  if (!person->waiting)
    return g_strdup (_(links[person->link]));
  if (person->since == 0)
    return g_strdup (person->away ? _("Waits, and lost the line") : _("Waits"));
  time = wattle_display_time (person->since, wattle_context_zone (wattle_call_session_context (self->session)));
  length = wattle_duration_display (MAX (wattle_clock_now () - person->since, 0) / WATTLE_MINUTE);
  return g_strdup_printf (person->away ? _("Waits since %s (%s), and lost the line") : _("Waits since %s (%s)"), time,
                          length);
}

/* A menu for who waits, and the one thing that can be done with who is in. */
static void
show_menu (WattlePersonRow *self, gboolean may_admit)
{
  g_autoptr (GMenu) menu = g_menu_new ();

  if (self->waiting && may_admit)
    {
      g_menu_append (menu, _("_Write…"), "person.write");
      g_menu_append (menu, _("_Move to Another Visit…"), "person.move");
    }
  if (may_admit)
    g_menu_append (menu, self->waiting ? _("Send _Away…") : _("_Remove from the Room…"), "person.away");
  gtk_menu_button_set_menu_model (self->more, G_MENU_MODEL (menu));
  gtk_widget_set_visible (GTK_WIDGET (self->more), g_menu_model_get_n_items (G_MENU_MODEL (menu)) > 0);
}

/* What is known of them now. */
void
wattle_person_row_show (WattlePersonRow *self, const WattleConsultPerson *person)
{
  gboolean admit = wattle_consult_may (consult (self), "admit");
  gboolean triage = admit || wattle_consult_may (consult (self), "triage");
  g_autofree char *name = wattle_call_session_name_of (self->session, person);
  g_autofree char *subtitle = about (self, person);
  g_autofree char *admit_name = g_strdup_printf (_("Admit %s"), name);

  if (self->number != person->number || self->waiting != person->waiting
      || gtk_menu_button_get_menu_model (self->more) == NULL)
    {
      self->number = person->number;
      self->waiting = person->waiting;
      show_menu (self, self->waiting ? triage : admit);
    }
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), subtitle);
  gtk_widget_set_visible (self->admit, person->waiting && admit);
  wattle_name_button (GTK_WIDGET (self->admit), admit_name);
}

const char *
wattle_person_row_person (WattlePersonRow *self)
{
  return self->person;
}
