/* documents-page.c: the files in a chart
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/patients/documents-page.h"

#include <glib/gi18n-lib.h>

#include "app/papers/paper-window.h"
#include "app/telehealth/recording-window.h"
#include "app/widgets/entry-row.h"

struct _WattleDocumentsPage
{
  WattleChartPage parent;
  GtkListBox *documents;
};

G_DEFINE_FINAL_TYPE (WattleDocumentsPage, wattle_documents_page, WATTLE_TYPE_CHART_PAGE)

static void
show (WattleChartPage *page, const WattleChart *chart)
{
  WattleEntryList list = { .icon = "folder-documents-symbolic",
                           .title = _("No documents yet"),
                           .subtitle = _("“File in Chart” on an invoice, a receipt or a prescription keeps its PDF "
                                         "here.") };

  wattle_entry_list_fill (WATTLE_DOCUMENTS_PAGE (page)->documents, chart->parts[WATTLE_CHART_DOCUMENTS], 0, &list);
}

static void
activated_cb (WattleDocumentsPage *self, GtkListBoxRow *row)
{
  WattlePaperWindow *window;
  WattleRecord *document;

  if (!WATTLE_IS_ENTRY_ROW (row))
    return;
  document = wattle_entry_row_record (WATTLE_ENTRY_ROW (row));
  if (wattle_recording_is (document))
    {
      wattle_recording_show (GTK_WIDGET (self), wattle_view_context (WATTLE_VIEW (self)), document);
      return;
    }
  window = wattle_paper_window_new (GTK_WIDGET (self), wattle_view_context (WATTLE_VIEW (self)));
  wattle_paper_window_show_document (window, document);
  gtk_window_present (GTK_WINDOW (window));
}

static void
wattle_documents_page_class_init (WattleDocumentsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/patients/documents-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleDocumentsPage, documents);
  gtk_widget_class_bind_template_callback (widget_class, activated_cb);
  WATTLE_VIEW_CLASS (klass)->reads = WATTLE_TYPE_BIT (WATTLE_RECORD_DOCUMENT);
  WATTLE_CHART_PAGE_CLASS (klass)->parts = WATTLE_CHART_BIT (WATTLE_CHART_DOCUMENTS);
  WATTLE_CHART_PAGE_CLASS (klass)->show = show;
}

static void
wattle_documents_page_init (WattleDocumentsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
