/* prescriptions-page.c: the prescriptions of a patient
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/prescriptions/prescriptions-page.h"

#include <glib/gi18n-lib.h>

#include "app/billing/reason-dialog.h"
#include "app/papers/open-paper.h"
#include "app/papers/papers.h"
#include "app/prescriptions/prescription-editor.h"
#include "app/widgets/entry-row.h"
#include "app/widgets/feedback.h"

struct _WattlePrescriptionsPage
{
  WattleChartPage parent;
  GtkLabel *why_not;
  GtkWidget *new_button;
  GtkListBox *prescriptions;
};

G_DEFINE_FINAL_TYPE (WattlePrescriptionsPage, wattle_prescriptions_page, WATTLE_TYPE_CHART_PAGE)

static gboolean
said_cb (GtkWidget *widget, const char *operation_id, const GError *error, gpointer data)
{
  if (error == NULL)
    wattle_toast (widget, _("Prescription withdrawn"));
  return FALSE;
}

static void
withdrawn_cb (GtkWidget *widget, const char *reason, gpointer data)
{
  g_autofree char *id = data;
  GString *args = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (args);

  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "id", id);
  wattle_json_pair_string (&writer, "reason", reason);
  wattle_json_end_object (&writer);
  wattle_perform (widget, wattle_view_context (WATTLE_VIEW (widget)), "prescription.cancel", args->str, said_cb,
                  NULL);
  g_string_free (args, TRUE);
}

static void
act_cb (WattlePrescriptionsPage *self, WattleEntryRow *row)
{
  wattle_reason_dialog_open (GTK_WIDGET (self), _("Withdraw This Prescription?"),
                             _("It stays in the chart, marked as withdrawn, with your reason. A paper that was handed "
                               "out has to be taken back by you."),
                             _("_Withdraw"), withdrawn_cb, g_strdup (wattle_entry_row_id (row)));
}

static void
explained_cb (gpointer owner, gpointer result, const GError *error)
{
  WattlePrescriptionsPage *self = owner;
  const char *why = result;

  gtk_label_set_label (self->why_not, why != NULL ? why : "");
  gtk_widget_set_visible (GTK_WIDGET (self->why_not), why != NULL);
  gtk_widget_set_sensitive (self->new_button, error == NULL && why == NULL);
}

static void
show (WattleChartPage *page, const WattleChart *chart)
{
  WattlePrescriptionsPage *self = WATTLE_PRESCRIPTIONS_PAGE (page);
  WattleContext *context = wattle_view_context (WATTLE_VIEW (page));
  const WattleActor *actor = wattle_context_actor (context);
  GPtrArray *entries = chart->parts[WATTLE_CHART_PRESCRIPTIONS];
  WattleEntryList list = {
    .icon = "x-office-document-symbolic", .title = _("No prescriptions yet"), .act = G_CALLBACK (act_cb), .data = self
  };

  for (guint i = 0; i < entries->len; i++)
    {
      WattleEntry *entry = g_ptr_array_index (entries, i);

      if (entry->own && entry->status == WATTLE_PRESCRIPTION_STATUS_SIGNED
          && wattle_context_may (context, "prescription.cancel"))
        entry->verb = _("Withdraw");
    }
  wattle_entry_list_fill (self->prescriptions, entries, 0, &list);
  wattle_view_load (WATTLE_VIEW (page), wattle_prescriber_problem,
                    g_variant_new_string (actor->practitioner != NULL ? actor->practitioner : ""), g_free,
                    explained_cb);
}

static void
activated_cb (WattlePrescriptionsPage *self, GtkListBoxRow *row)
{
  if (WATTLE_IS_ENTRY_ROW (row))
    wattle_prescription_open (GTK_WIDGET (self), wattle_view_context (WATTLE_VIEW (self)),
                              wattle_entry_row_id (WATTLE_ENTRY_ROW (row)));
}

static void
new_cb (WattlePrescriptionsPage *self)
{
  wattle_prescription_editor_open (GTK_WIDGET (self), wattle_view_context (WATTLE_VIEW (self)),
                                   wattle_chart_page_patient_id (WATTLE_CHART_PAGE (self)));
}

static gboolean
create (WattleView *view)
{
  WattlePrescriptionsPage *self = WATTLE_PRESCRIPTIONS_PAGE (view);

  if (!gtk_widget_get_sensitive (self->new_button))
    return FALSE;
  new_cb (self);
  return TRUE;
}

static void
wattle_prescriptions_page_class_init (WattlePrescriptionsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/au/wattle/Wattle/prescriptions/prescriptions-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WattlePrescriptionsPage, why_not);
  gtk_widget_class_bind_template_child (widget_class, WattlePrescriptionsPage, new_button);
  gtk_widget_class_bind_template_child (widget_class, WattlePrescriptionsPage, prescriptions);
  gtk_widget_class_bind_template_callback (widget_class, new_cb);
  gtk_widget_class_bind_template_callback (widget_class, activated_cb);
  WATTLE_VIEW_CLASS (klass)->reads = WATTLE_PAPER_PRESCRIPTION_READS | WATTLE_TYPE_BIT (WATTLE_RECORD_PRACTITIONER);
  WATTLE_VIEW_CLASS (klass)->create = create;
  WATTLE_CHART_PAGE_CLASS (klass)->parts = WATTLE_CHART_BIT (WATTLE_CHART_PRESCRIPTIONS);
  WATTLE_CHART_PAGE_CLASS (klass)->show = show;
}

static void
wattle_prescriptions_page_init (WattlePrescriptionsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
