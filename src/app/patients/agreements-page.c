/* agreements-page.c: what a patient was asked to do, and what they agreed to
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/patients/agreements-page.h"

#include <glib/gi18n-lib.h>

#include "app/billing/reason-dialog.h"
#include "app/patients/task-dialog.h"
#include "app/widgets/entry-row.h"
#include "app/widgets/feedback.h"

struct _WattleAgreementsPage
{
  WattleChartPage parent;
  GtkWidget *tasks_group;
  GtkWidget *new_task;
  GtkListBox *tasks;
  GtkWidget *ask;
  GtkListBox *consents;
};

/* How somebody of the staff is told: words of the enum "consent_way"; the first is the usual one. */
static const struct
{
  const char *nick;
  const char *label;
} ways[] = {
  { "video", N_("In the video call") },
  { "phone", N_("By phone") },
  { "in_person", N_("In person") },
  { "written", N_("In writing, on paper or by e-mail") },
};

G_DEFINE_FINAL_TYPE (WattleAgreementsPage, wattle_agreements_page, WATTLE_TYPE_CHART_PAGE)

static char *
args_with_reason (const char *id, const char *reason)
{
  GString *text = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (text);

  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "id", id);
  wattle_json_pair_string (&writer, "reason", reason);
  wattle_json_end_object (&writer);
  return g_string_free (text, FALSE);
}

static void
withdraw_task (GtkWidget *widget, const char *reason, gpointer data)
{
  g_autofree char *id = data;
  g_autofree char *args = args_with_reason (id, reason);

  wattle_perform (widget, wattle_view_context (WATTLE_VIEW (widget)), "task.withdraw", args, NULL, NULL);
}

static void
withdraw_consent (GtkWidget *widget, const char *reason, gpointer data)
{
  g_autofree char *id = data;
  g_autofree char *args = args_with_reason (id, reason);

  wattle_perform (widget, wattle_view_context (WATTLE_VIEW (widget)), "consent.withdraw", args, NULL, NULL);
}

static void
task_act_cb (WattleAgreementsPage *self, WattleEntryRow *row)
{
  wattle_reason_dialog_open (GTK_WIDGET (self), _("Withdraw this task?"),
                             _("The patient sees that it is no longer to be done. It stays in the record."),
                             _("_Withdraw"), withdraw_task, g_strdup (wattle_entry_row_id (row)));
}

static void
answered_cb (AdwMessageDialog *dialog, const char *response, WattleAgreementsPage *self)
{
  WattleRecord *consent = g_object_get_data (G_OBJECT (dialog), "consent");
  g_autofree char *args = NULL;
  guint way = 0;

  if (g_str_equal (response, "cancel"))
    return;
  for (GtkWidget *check = gtk_widget_get_first_child (adw_message_dialog_get_extra_child (dialog));
       !gtk_check_button_get_active (GTK_CHECK_BUTTON (check)); check = gtk_widget_get_next_sibling (check))
    way++;
  args = g_strdup_printf ("{\"patient\":\"%s\",\"form\":\"%s\",\"how\":\"%s\"}",
                          wattle_chart_page_patient_id (WATTLE_CHART_PAGE (self)),
                          wattle_record_get_string (consent, WATTLE_CONSENT_FORM), ways[way].nick);
  wattle_perform (GTK_WIDGET (self), wattle_view_context (WATTLE_VIEW (self)),
                  g_str_equal (response, "decline") ? "consent.decline" : "consent.give", args, NULL, NULL);
}

static GtkWidget *
new_ways (void)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkCheckButton *first = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      GtkWidget *check = gtk_check_button_new_with_label (_(ways[i].label));

      gtk_check_button_set_group (GTK_CHECK_BUTTON (check), first);
      if (first == NULL)
        first = GTK_CHECK_BUTTON (check);
      gtk_box_append (GTK_BOX (box), check);
    }
  gtk_check_button_set_active (first, TRUE);
  gtk_widget_set_halign (box, GTK_ALIGN_CENTER);
  return box;
}

/* What the patient said to somebody of the staff: how it was said is kept with it. */
static void
ask_how (WattleAgreementsPage *self, WattleRecord *consent)
{
  GtkWidget *dialog =
    adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), _("What Did the Patient Say?"),
                            _("The patient can also answer in Wattle. What you enter is kept in your name, and how "
                               "the patient said it."));
  AdwMessageDialog *message = ADW_MESSAGE_DIALOG (dialog);

  adw_message_dialog_set_extra_child (message, new_ways ());
  adw_message_dialog_add_responses (message, "cancel", _("_Cancel"), "decline", _("_Declined"), "agree",
                                    _("_Agreed"), NULL);
  adw_message_dialog_set_response_appearance (message, "agree", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_close_response (message, "cancel");
  g_object_set_data_full (G_OBJECT (dialog), "consent", g_object_ref (consent), g_object_unref);
  g_signal_connect_object (dialog, "response", G_CALLBACK (answered_cb), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
consent_act_cb (WattleAgreementsPage *self, WattleEntryRow *row)
{
  if (wattle_entry_row_status (row) == WATTLE_CONSENT_STATUS_ASKED)
    ask_how (self, wattle_entry_row_record (row));
  else
    wattle_reason_dialog_open (GTK_WIDGET (self), _("Withdraw this consent?"),
                               _("From now on nothing may rest on it. That it was given stays in the record."),
                               _("_Withdraw"), withdraw_consent, g_strdup (wattle_entry_row_id (row)));
}

static void
ask_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autofree char *args =
    g_strdup_printf ("{\"patient\":\"%s\",\"kind\":\"%s\"}", wattle_chart_page_patient_id (WATTLE_CHART_PAGE (widget)),
                     g_variant_get_string (parameter, NULL));

  wattle_perform (widget, wattle_view_context (WATTLE_VIEW (widget)), "consent.ask", args, NULL, NULL);
}

static void
show (WattleChartPage *page, const WattleChart *chart)
{
  WattleAgreementsPage *self = WATTLE_AGREEMENTS_PAGE (page);
  WattleContext *context = wattle_view_context (WATTLE_VIEW (page));
  gboolean clinical = wattle_context_may (context, "task.give");
  WattleEntryList tasks = { .icon = "object-select-symbolic",
                            .title = _("No tasks"),
                            .subtitle = _("What you ask the patient to do stands here, and whether it is done."),
                            .act = clinical ? G_CALLBACK (task_act_cb) : NULL,
                            .data = self };
  WattleEntryList consents = { .icon = "x-office-document-symbolic",
                               .title = _("No consents"),
                               .subtitle = _("“Ask For…” puts the practice's text before the patient."),
                               .act = G_CALLBACK (consent_act_cb),
                               .data = self };

  gtk_widget_set_visible (self->tasks_group, clinical);
  wattle_entry_list_fill (self->tasks, chart->parts[WATTLE_CHART_TASKS], 0, &tasks);
  wattle_entry_list_fill (self->consents, chart->parts[WATTLE_CHART_CONSENTS], 0, &consents);
}

static void
new_task_cb (WattleAgreementsPage *self)
{
  wattle_task_dialog_open (GTK_WIDGET (self), wattle_view_context (WATTLE_VIEW (self)),
                           wattle_chart_page_patient_id (WATTLE_CHART_PAGE (self)));
}

static gboolean
create (WattleView *view)
{
  if (!wattle_context_may (wattle_view_context (view), "task.give"))
    return FALSE;
  new_task_cb (WATTLE_AGREEMENTS_PAGE (view));
  return TRUE;
}

static void
wattle_agreements_page_class_init (WattleAgreementsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/patients/agreements-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleAgreementsPage, tasks_group);
  gtk_widget_class_bind_template_child (widget_class, WattleAgreementsPage, new_task);
  gtk_widget_class_bind_template_child (widget_class, WattleAgreementsPage, tasks);
  gtk_widget_class_bind_template_child (widget_class, WattleAgreementsPage, ask);
  gtk_widget_class_bind_template_child (widget_class, WattleAgreementsPage, consents);
  gtk_widget_class_bind_template_callback (widget_class, new_task_cb);
  gtk_widget_class_install_action (widget_class, "consent.ask", "s", ask_action);
  WATTLE_VIEW_CLASS (klass)->reads = WATTLE_TYPE_BIT (WATTLE_RECORD_TASK) | WATTLE_TYPE_BIT (WATTLE_RECORD_CONSENT);
  WATTLE_VIEW_CLASS (klass)->create = create;
  WATTLE_CHART_PAGE_CLASS (klass)->parts =
    WATTLE_CHART_BIT (WATTLE_CHART_TASKS) | WATTLE_CHART_BIT (WATTLE_CHART_CONSENTS);
  WATTLE_CHART_PAGE_CLASS (klass)->show = show;
}

static void
wattle_agreements_page_init (WattleAgreementsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
