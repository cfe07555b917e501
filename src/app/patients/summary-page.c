/* summary-page.c: the chart at a glance
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/patients/summary-page.h"

#include <glib/gi18n-lib.h>

#include "app/patients/patient-window.h"
#include "app/widgets/columns.h"
#include "app/widgets/entry-row.h"
#include "base/clock.h"
#include "base/money.h"

/* What stands at a glance; the page of each has the rest. */
#define FEW 5

struct _WattleSummaryPage
{
  WattleChartPage parent;
  GtkWidget *next;
  GtkLabel *next_when;
  GtkLabel *next_what;
  GtkLabel *next_status;
  GtkWidget *problems_group;
  GtkListBox *problems;
  GtkWidget *medications_group;
  GtkListBox *medications;
  GtkWidget *notes_group;
  GtkListBox *notes;
  GtkListBox *visits;
  AdwPreferencesGroup *invoices_group;
  GtkListBox *invoices;
};

G_DEFINE_FINAL_TYPE (WattleSummaryPage, wattle_summary_page, WATTLE_TYPE_CHART_PAGE)

static GPtrArray *
only (GPtrArray *entries, gboolean (*wanted) (const WattleEntry *entry))
{
  GPtrArray *chosen = g_ptr_array_new ();

  for (guint i = 0; i < entries->len; i++)
    if (wanted (g_ptr_array_index (entries, i)))
      g_ptr_array_add (chosen, g_ptr_array_index (entries, i));
  return chosen;
}

static gboolean
is_draft (const WattleEntry *entry)
{
  return entry->status == WATTLE_NOTE_STATUS_DRAFT;
}

static gboolean
is_active (const WattleEntry *entry)
{
  return entry->status == WATTLE_CONDITION_STATUS_ACTIVE;
}

static gboolean
is_current (const WattleEntry *entry)
{
  return entry->status == WATTLE_MEDICATION_STATUS_CURRENT;
}

static gboolean
is_owed (const WattleEntry *entry)
{
  return entry->cents > 0 && entry->status != WATTLE_INVOICE_STATUS_WRITTEN_OFF;
}

/* What was cancelled for a day to come is no visit yet. */
static gboolean
is_past (const WattleEntry *entry)
{
  return entry->status == WATTLE_APPOINTMENT_STATUS_COMPLETED
         || (entry->status > WATTLE_APPOINTMENT_STATUS_COMPLETED && entry->at <= wattle_clock_now ());
}

static void
fill (GtkListBox *box,
      GPtrArray *entries,
      gboolean (*wanted) (const WattleEntry *entry),
      const char *icon,
      const char *title,
      const char *subtitle)
{
  g_autoptr (GPtrArray) chosen = only (entries, wanted);
  WattleEntryList list = { .icon = icon, .title = title, .subtitle = subtitle };

  wattle_entry_list_fill (box, chosen, FEW, &list);
}

static void
show_next (WattleSummaryPage *self, const WattleEntry *visit)
{
  gtk_widget_set_visible (self->next, visit != NULL);
  if (visit == NULL)
    return;
  gtk_label_set_label (self->next_when, visit->title);
  gtk_label_set_label (self->next_what, visit->subtitle);
  gtk_label_set_label (self->next_status, visit->pill);
}

static void
show (WattleChartPage *page, const WattleChart *chart)
{
  WattleSummaryPage *self = WATTLE_SUMMARY_PAGE (page);
  WattleContext *context = wattle_view_context (WATTLE_VIEW (page));
  gboolean clinical = wattle_context_may (context, "read:clinical");
  g_autofree char *money = wattle_money_format (chart->balance);
  g_autofree char *balance = chart->balance > 0 ? g_strdup_printf (_("%s owed in all"), money) : NULL;

  show_next (self, chart->next_visit);
  gtk_widget_set_visible (self->problems_group, clinical);
  gtk_widget_set_visible (self->medications_group, clinical);
  gtk_widget_set_visible (self->notes_group, wattle_context_may (context, "note.save"));
  gtk_widget_set_visible (GTK_WIDGET (self->invoices_group), wattle_context_may (context, "read:financial"));
  fill (self->problems, chart->parts[WATTLE_CHART_PROBLEMS], is_active, "object-select-symbolic",
        _("No active problems"), NULL);
  fill (self->medications, chart->parts[WATTLE_CHART_MEDICATIONS], is_current, "object-select-symbolic",
        _("No current medicines"), NULL);
  fill (self->notes, chart->parts[WATTLE_CHART_NOTES], is_draft, "object-select-symbolic", _("Every note is signed"),
        _("Ctrl+N begins a new one."));
  fill (self->visits, chart->parts[WATTLE_CHART_VISITS], is_past, "x-office-calendar-symbolic", _("No visits yet"),
        NULL);
  fill (self->invoices, chart->parts[WATTLE_CHART_INVOICES], is_owed, "object-select-symbolic",
        _("Everything is paid"), NULL);
  adw_preferences_group_set_description (self->invoices_group, balance);
}

static void
go (WattleSummaryPage *self, const char *page, WattleRecordType type, GtkListBoxRow *row)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (WATTLE_IS_ENTRY_ROW (row) && WATTLE_IS_PATIENT_WINDOW (root))
    wattle_patient_window_show_page (WATTLE_PATIENT_WINDOW (root), page, type,
                                     wattle_entry_row_id (WATTLE_ENTRY_ROW (row)));
}

static void
note_cb (WattleSummaryPage *self, GtkListBoxRow *row)
{
  go (self, "notes", WATTLE_RECORD_PROGRESS_NOTE, row);
}

static void
visit_cb (WattleSummaryPage *self, GtkListBoxRow *row)
{
  go (self, "visits", WATTLE_RECORD_APPOINTMENT, row);
}

static void
invoice_cb (WattleSummaryPage *self, GtkListBoxRow *row)
{
  go (self, "invoices", WATTLE_RECORD_INVOICE, row);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/patients/summary-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleSummaryPage, next);
  gtk_widget_class_bind_template_child (widget_class, WattleSummaryPage, next_when);
  gtk_widget_class_bind_template_child (widget_class, WattleSummaryPage, next_what);
  gtk_widget_class_bind_template_child (widget_class, WattleSummaryPage, next_status);
  gtk_widget_class_bind_template_child (widget_class, WattleSummaryPage, problems_group);
  gtk_widget_class_bind_template_child (widget_class, WattleSummaryPage, problems);
  gtk_widget_class_bind_template_child (widget_class, WattleSummaryPage, medications_group);
  gtk_widget_class_bind_template_child (widget_class, WattleSummaryPage, medications);
  gtk_widget_class_bind_template_child (widget_class, WattleSummaryPage, notes_group);
  gtk_widget_class_bind_template_child (widget_class, WattleSummaryPage, notes);
  gtk_widget_class_bind_template_child (widget_class, WattleSummaryPage, visits);
  gtk_widget_class_bind_template_child (widget_class, WattleSummaryPage, invoices_group);
  gtk_widget_class_bind_template_child (widget_class, WattleSummaryPage, invoices);
  gtk_widget_class_bind_template_callback (widget_class, note_cb);
  gtk_widget_class_bind_template_callback (widget_class, visit_cb);
  gtk_widget_class_bind_template_callback (widget_class, invoice_cb);
}

static void
wattle_summary_page_class_init (WattleSummaryPageClass *klass)
{
  WattleChartPageClass *page_class = WATTLE_CHART_PAGE_CLASS (klass);

  g_type_ensure (WATTLE_TYPE_COLUMNS);
  bind_template (GTK_WIDGET_CLASS (klass));
  WATTLE_VIEW_CLASS (klass)->reads
    = WATTLE_TYPE_BIT (WATTLE_RECORD_PATIENT) | WATTLE_TYPE_BIT (WATTLE_RECORD_APPOINTMENT)
      | WATTLE_TYPE_BIT (WATTLE_RECORD_PROGRESS_NOTE) | WATTLE_TYPE_BIT (WATTLE_RECORD_CONDITION)
      | WATTLE_TYPE_BIT (WATTLE_RECORD_MEDICATION) | WATTLE_TYPE_BIT (WATTLE_RECORD_INVOICE);
  page_class->parts = WATTLE_CHART_BIT (WATTLE_CHART_VISITS) | WATTLE_CHART_BIT (WATTLE_CHART_NOTES)
                      | WATTLE_CHART_BIT (WATTLE_CHART_PROBLEMS) | WATTLE_CHART_BIT (WATTLE_CHART_MEDICATIONS)
                      | WATTLE_CHART_BIT (WATTLE_CHART_INVOICES);
  page_class->show = show;
}

static void
wattle_summary_page_init (WattleSummaryPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
