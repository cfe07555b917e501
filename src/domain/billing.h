/* billing.h: prices, the sums of an invoice, and who owes what
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "domain/reader.h"
#include "domain/tax.h"

G_BEGIN_DECLS

#define WATTLE_QUANTITY_ONE 1000

/**
 * WattleAgedDebt:
 * @current: cents that are not due yet
 * @days_30: cents one to thirty days overdue
 * @days_60: thirty-one to sixty
 * @days_90: sixty-one to ninety
 * @older: longer
 * @total: all of it
 * @n_invoices: from how many invoices
 */
typedef struct
{
  gint64 current;
  gint64 days_30;
  gint64 days_60;
  gint64 days_90;
  gint64 older;
  gint64 total;
  guint n_invoices;
} WattleAgedDebt;

gboolean   wattle_service_price_on (WattleReader    *reader,
                                    const char      *service,
                                    gint64           date,
                                    gint64          *cents,
                                    GError         **error);
gboolean   wattle_invoice_total    (WattleRecord    *practice,
                                    GPtrArray       *lines,
                                    gint64           date,
                                    WattleTaxTotals *totals,
                                    GError         **error);
gboolean   wattle_invoice_sum_up   (WattleRecord    *practice,
                                    WattleRecord    *invoice,
                                    GPtrArray       *lines,
                                    gint64           date,
                                    GError         **error);
GPtrArray *wattle_invoice_lines    (WattleReader    *reader,
                                    const char      *invoice,
                                    GError         **error);
char *wattle_invoice_stamp (WattleRecord *invoice, GPtrArray *lines);
void       wattle_invoice_set_paid (WattleRecord    *invoice,
                                    gint64           paid);
gboolean   wattle_aged_debt        (WattleReader    *reader,
                                    const char      *patient,
                                    gint64           today,
                                    WattleAgedDebt  *debt,
                                    GError         **error);

G_END_DECLS
