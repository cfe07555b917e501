/* visits-page.c: the visits of a patient
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/patients/visits-page.h"

#include <glib/gi18n-lib.h>

#include "app/billing/complete-visit.h"
#include "app/patients/patient-window.h"
#include "app/portal/portal-join.h"
#include "app/widgets/entry-row.h"
#include "app/widgets/feedback.h"

struct _WattleVisitsPage
{
  WattleChartPage parent;
  GtkListBox *coming;
  GtkListBox *past;
};

G_DEFINE_FINAL_TYPE (WattleVisitsPage, wattle_visits_page, WATTLE_TYPE_CHART_PAGE)

static void
act_cb (WattleVisitsPage *self, WattleEntryRow *row)
{
  WattleContext *context = wattle_view_context (WATTLE_VIEW (self));
  int status = wattle_entry_row_status (row);
  g_autofree char *args = g_strdup_printf ("{\"id\":\"%s\"}", wattle_entry_row_id (row));

  if (status != WATTLE_APPOINTMENT_STATUS_IN_VISIT
      && wattle_portal_can_join (wattle_entry_row_record (row), wattle_context_now (context)))
    wattle_portal_join (GTK_WIDGET (self), wattle_entry_row_id (row));
  else if (status == WATTLE_APPOINTMENT_STATUS_IN_VISIT)
    wattle_complete_visit (GTK_WIDGET (self), context, wattle_entry_row_id (row));
  else
    wattle_perform (GTK_WIDGET (self), context,
                    status == WATTLE_APPOINTMENT_STATUS_BOOKED ? "appointment.arrive" : "appointment.start", args,
                    NULL, NULL);
}

static void
show (WattleChartPage *page, const WattleChart *chart)
{
  WattleVisitsPage *self = WATTLE_VISITS_PAGE (page);
  GPtrArray *visits = chart->parts[WATTLE_CHART_VISITS];
  g_autoptr (GPtrArray) coming = g_ptr_array_new ();
  g_autoptr (GPtrArray) past = g_ptr_array_new ();
  WattleEntryList list = { .icon = "x-office-calendar-symbolic",
                           .title = _("Nothing is booked"),
                           .subtitle = _("Ctrl+B books a visit for this patient."),
                           .act = G_CALLBACK (act_cb),
                           .data = self };

  for (guint i = 0; i < visits->len; i++)
    {
      WattleEntry *entry = g_ptr_array_index (visits, i);
      gboolean open = entry->status < WATTLE_APPOINTMENT_STATUS_COMPLETED;

      g_ptr_array_insert (open ? coming : past, open ? 0 : -1, entry);
    }
  wattle_entry_list_fill (self->coming, coming, 0, &list);
  list.title = _("No visits yet");
  list.subtitle = NULL;
  wattle_entry_list_fill (self->past, past, 0, &list);
}

/* A visit is about its note: one click opens it, or begins it. */
static void
activated_cb (WattleVisitsPage *self, GtkListBoxRow *row)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (WATTLE_IS_ENTRY_ROW (row)
      && !wattle_patient_window_show_page (WATTLE_PATIENT_WINDOW (root), "notes", WATTLE_RECORD_APPOINTMENT,
                                           wattle_entry_row_id (WATTLE_ENTRY_ROW (row))))
    wattle_context_open (wattle_view_context (WATTLE_VIEW (self)), WATTLE_RECORD_APPOINTMENT,
                         wattle_entry_row_id (WATTLE_ENTRY_ROW (row)));
}

static gboolean
reveal (WattleView *view, WattleRecordType type, const char *id)
{
  return type == WATTLE_RECORD_APPOINTMENT;
}

static void
wattle_visits_page_class_init (WattleVisitsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/patients/visits-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleVisitsPage, coming);
  gtk_widget_class_bind_template_child (widget_class, WattleVisitsPage, past);
  gtk_widget_class_bind_template_callback (widget_class, activated_cb);
  WATTLE_VIEW_CLASS (klass)->reads = WATTLE_TYPE_BIT (WATTLE_RECORD_APPOINTMENT);
  WATTLE_VIEW_CLASS (klass)->reveal = reveal;
  WATTLE_CHART_PAGE_CLASS (klass)->parts = WATTLE_CHART_BIT (WATTLE_CHART_VISITS);
  WATTLE_CHART_PAGE_CLASS (klass)->show = show;
}

static void
wattle_visits_page_init (WattleVisitsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
