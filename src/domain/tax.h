/* tax.h: goods and services tax on the lines of an invoice
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WattleTaxCode:
 * @WATTLE_TAX_GST_FREE: a GST-free supply, as most health services are (GST Act s 38-7, 38-10)
 * @WATTLE_TAX_GST: a taxable supply, such as a medico-legal report
 * @WATTLE_TAX_INPUT_TAXED: neither taxed nor creditable
 * @WATTLE_TAX_OUT_OF_SCOPE: no supply for the tax at all
 */
typedef enum
{
  WATTLE_TAX_GST_FREE,
  WATTLE_TAX_GST,
  WATTLE_TAX_INPUT_TAXED,
  WATTLE_TAX_OUT_OF_SCOPE,
  WATTLE_N_TAX_CODES
} WattleTaxCode;

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
 * @code: how it is taxed
 */
typedef struct
{
  gint64 amount;
  WattleTaxCode code;
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

const char *wattle_tax_code_nick (WattleTaxCode code);
gboolean wattle_tax_code_from_nick (const char *nick, WattleTaxCode *code);
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
