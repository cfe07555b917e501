/* tax.c: goods and services tax on the lines of an invoice
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "domain/tax.h"

#include "base/money.h"
#include "schema/enums.h"

/* See data/reference/tax-rates.tsv. */
static const WattleTaxRate reference_rates[] = {
#include "tax-rates.inc"
};

/**
 * wattle_tax_rates:
 * @n_rates: (out): how many there are
 *
 * Returns: (array length=n_rates) (transfer none): the rates of the reference data
 */
const WattleTaxRate *
wattle_tax_rates (guint *n_rates)
{
  *n_rates = G_N_ELEMENTS (reference_rates);
  return reference_rates;
}

/**
 * wattle_tax_rate_on:
 * @rates: (array length=n_rates): rates
 * @n_rates: how many
 * @date: the date of the supply
 *
 * Returns: (nullable) (transfer none): the rate of the goods and services tax on that date
 */
const WattleTaxRate *
wattle_tax_rate_on (const WattleTaxRate *rates, guint n_rates, gint64 date)
{
  for (guint i = 0; i < n_rates; i++)
    if (g_strcmp0 (rates[i].code, "gst") == 0 && date >= rates[i].from && date <= rates[i].to)
      return &rates[i];
  return NULL;
}

/**
 * wattle_tax_of:
 * @amount: a price in cents, at most %WATTLE_MONEY_MAX
 * @rate: (nullable): the rate; %NULL for a practice that is not registered for the tax
 * @inclusive: whether @amount includes the tax
 *
 * Returns: the tax in or on @amount, half a cent up (GST Act s 9-90)
 */
gint64
wattle_tax_of (gint64 amount, const WattleTaxRate *rate, gboolean inclusive)
{
  if (rate == NULL)
    return 0;
  return wattle_money_divide (amount * rate->basis_points, inclusive ? 10000 + rate->basis_points : 10000);
}

/**
 * wattle_tax_total:
 * @lines: (array length=n_lines): the lines of one invoice
 * @n_lines: how many
 * @rate: (nullable): the rate on the date of supply; %NULL for a practice that is not registered for the tax
 * @inclusive: whether the amounts of taxable lines include the tax
 * @totals: (out): the totals
 * @error: set with %WATTLE_ERROR_INVALID when the amounts are too large
 *
 * By the total invoice rule of GST Act s 9-90: the tax is worked out on the sum of the taxable lines and
 * rounded once, half a cent up.
 *
 * Returns: %FALSE with @error when the amounts are too large
 */
gboolean
wattle_tax_total (const WattleTaxLine *lines,
                  gsize n_lines,
                  const WattleTaxRate *rate,
                  gboolean inclusive,
                  WattleTaxTotals *totals,
                  GError **error)
{
  WattleTaxTotals sums = { 0 };
  gint64 payable;

  for (gsize i = 0; i < n_lines; i++)
    {
      gint64 *sum = lines[i].tax_code == WATTLE_TAX_CODE_GST ? &sums.taxable : &sums.untaxed;

      if (!wattle_money_add (*sum, lines[i].amount, sum, error))
        return FALSE;
    }
  sums.gst = wattle_tax_of (sums.taxable, rate, inclusive);
  if (inclusive)
    sums.taxable -= sums.gst;
  if (!wattle_money_add (sums.taxable, sums.untaxed, &payable, error)
      || !wattle_money_add (payable, sums.gst, &sums.total, error))
    return FALSE;
  sums.gst_is_eleventh = sums.gst != 0 && sums.untaxed == 0 && sums.gst * 11 == sums.total;
  *totals = sums;
  return TRUE;
}

/**
 * wattle_cash_round:
 * @cents: what is to pay
 *
 * Only for cash handed over: one and two cents down, three and four up. The invoice keeps its cents.
 *
 * Returns: @cents to the nearest five cents
 */
gint64
wattle_cash_round (gint64 cents)
{
  return wattle_money_divide (cents, 5) * 5;
}
