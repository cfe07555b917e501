/* tax.h: goods and services tax on the lines of an invoice
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WattleTaxRate:
 * @code: the tax: "gst"
 * @basis_points: the rate in hundredths of a per cent of the price before tax
 * @from: the first date it holds
 * @to: the last date it holds
 */
typedef struct
{
  const char *code;
  gint64 basis_points;
  gint64 from;
  gint64 to;
} WattleTaxRate;

/**
 * WattleTaxLine:
 * @amount: the price of the line in cents, all of its quantity, discounts taken off
 * @tax_code: how it is taxed, a WATTLE_TAX_CODE_… value: most health services are GST-free (GST Act s 38-7,
 *   38-10), a medico-legal report is not
 */
typedef struct
{
  gint64 amount;
  int tax_code;
} WattleTaxLine;

/**
 * WattleTaxTotals:
 * @taxable: what is taxed, in cents, without the tax
 * @untaxed: what is not
 * @gst: the tax
 * @total: all three together, to pay
 * @gst_is_eleventh: whether the tax is exactly 1/11 of @total, so that an invoice may say that the total
 *   includes GST (GST Act s 29-70)
 */
typedef struct
{
  gint64 taxable;
  gint64 untaxed;
  gint64 gst;
  gint64 total;
  gboolean gst_is_eleventh;
} WattleTaxTotals;

const WattleTaxRate *wattle_tax_rates (guint *n_rates);
const WattleTaxRate *wattle_tax_rate_on (const WattleTaxRate *rates, guint n_rates, gint64 date);
gint64 wattle_tax_of (gint64 amount, const WattleTaxRate *rate, gboolean inclusive);
gboolean wattle_tax_total (const WattleTaxLine *lines,
                           gsize n_lines,
                           const WattleTaxRate *rate,
                           gboolean inclusive,
                           WattleTaxTotals *totals,
                           GError **error);
gint64 wattle_cash_round (gint64 cents);

G_END_DECLS
