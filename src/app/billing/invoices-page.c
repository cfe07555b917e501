/* invoices-page.c: the invoices of a patient
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/billing/invoices-page.h"

#include <glib/gi18n-lib.h>

#include "app/billing/invoice-panel.h"
#include "app/widgets/entry-row.h"
#include "base/money.h"

struct _WattleInvoicesPage
{
  WattleChartPage parent;
  AdwPreferencesGroup *group;
  GtkListBox *invoices;
};

G_DEFINE_FINAL_TYPE (WattleInvoicesPage, wattle_invoices_page, WATTLE_TYPE_CHART_PAGE)

static void
show (WattleChartPage *page, const WattleChart *chart)
{
  WattleInvoicesPage *self = WATTLE_INVOICES_PAGE (page);
  g_autofree char *money = wattle_money_format (chart->balance);
  g_autofree char *owed = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s owed on %u invoice",
                                                        "%s owed on %u invoices", chart->n_unpaid),
                                           money, chart->n_unpaid);
  WattleEntryList list = { .icon = "x-office-spreadsheet-symbolic",
                           .title = _("No invoices yet"),
                           .subtitle = _("Completing a visit makes its invoice.") };

  adw_preferences_group_set_description (self->group, chart->n_unpaid > 0 ? owed : NULL);
  wattle_entry_list_fill (self->invoices, chart->parts[WATTLE_CHART_INVOICES], 0, &list);
}

static void
activated_cb (WattleInvoicesPage *self, GtkListBoxRow *row)
{
  if (WATTLE_IS_ENTRY_ROW (row))
    wattle_invoice_open (GTK_WIDGET (self), wattle_view_context (WATTLE_VIEW (self)),
                         wattle_entry_row_id (WATTLE_ENTRY_ROW (row)));
}

static gboolean
reveal (WattleView *view, WattleRecordType type, const char *id)
{
  if (type != WATTLE_RECORD_INVOICE)
    return FALSE;
  wattle_invoice_open (GTK_WIDGET (view), wattle_view_context (view), id);
  return TRUE;
}

static void
wattle_invoices_page_class_init (WattleInvoicesPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/billing/invoices-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleInvoicesPage, group);
  gtk_widget_class_bind_template_child (widget_class, WattleInvoicesPage, invoices);
  gtk_widget_class_bind_template_callback (widget_class, activated_cb);
  WATTLE_VIEW_CLASS (klass)->reads = WATTLE_TYPE_BIT (WATTLE_RECORD_INVOICE);
  WATTLE_VIEW_CLASS (klass)->reveal = reveal;
  WATTLE_CHART_PAGE_CLASS (klass)->parts = WATTLE_CHART_BIT (WATTLE_CHART_INVOICES);
  WATTLE_CHART_PAGE_CLASS (klass)->show = show;
}

static void
wattle_invoices_page_init (WattleInvoicesPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
