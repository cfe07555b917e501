/* test-tax.c: goods and services tax, and its rounding
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "domain/tax.h"

#include "base/civil.h"
#include "base/error.h"
#include "base/money.h"
#include "schema/enums.h"

static const WattleTaxRate *
rate (void)
{
  guint n;
  const WattleTaxRate *rates = wattle_tax_rates (&n);
  gint64 date;

  g_assert_true (wattle_date_from_ymd (2026, 11, 20, &date));
  return wattle_tax_rate_on (rates, n, date);
}

static WattleTaxTotals
total (const WattleTaxLine *lines, gsize n, const WattleTaxRate *on, gboolean inclusive)
{
  g_autoptr (GError) error = NULL;
  WattleTaxTotals totals = { 0 };

  wattle_tax_total (lines, n, on, inclusive, &totals, &error);
  g_assert_no_error (error);
  g_assert_cmpint (totals.taxable + totals.untaxed + totals.gst, ==, totals.total);
  return totals;
}

static void
test_rates (void)
{
  const WattleTaxRate dated[] = { { "other", 1, 0, 9 }, { "gst", 1000, 0, 9 }, { "gst", 1250, 10, 19 } };

  g_assert_cmpint (rate ()->basis_points, ==, 1000);
  g_assert_cmpint (wattle_tax_rate_on (dated, 3, 9)->basis_points, ==, 1000);
  g_assert_cmpint (wattle_tax_rate_on (dated, 3, 10)->basis_points, ==, 1250);
  g_assert_null (wattle_tax_rate_on (dated, 3, 20));
  g_assert_null (wattle_tax_rate_on (dated, 3, -1));
  g_assert_null (wattle_tax_rate_on (rate (), 1, -1));
}

/* Three lines of 45 cents: the total invoice rule gives 14 cents; rounding each line would give 15. */
static void
test_total_invoice_rule (void)
{
  const WattleTaxLine lines[] = { { 45, WATTLE_TAX_CODE_GST },
                                  { 45, WATTLE_TAX_CODE_GST },
                                  { 45, WATTLE_TAX_CODE_GST } };
  WattleTaxTotals totals = total (lines, 3, rate (), FALSE);

  g_assert_cmpint (totals.gst, ==, 14);
  g_assert_cmpint (totals.total, ==, 149);
  g_assert_cmpint (3 * wattle_tax_of (45, rate (), FALSE), ==, 15);
}

static void
test_inclusive (void)
{
  const WattleTaxLine even = { 11000, WATTLE_TAX_CODE_GST };
  const WattleTaxLine odd = { 9999, WATTLE_TAX_CODE_GST };
  WattleTaxTotals totals = total (&even, 1, rate (), TRUE);

  g_assert_cmpint (totals.gst, ==, 1000);
  g_assert_cmpint (totals.taxable, ==, 10000);
  g_assert_cmpint (totals.total, ==, 11000);
  g_assert_true (totals.gst_is_eleventh);
  totals = total (&odd, 1, rate (), TRUE);
  g_assert_cmpint (totals.gst, ==, 909);
  g_assert_cmpint (totals.total, ==, 9999);
  g_assert_true (totals.gst_is_eleventh);
}

static void
test_mixed (void)
{
  const WattleTaxLine lines[] = { { 23000, WATTLE_TAX_CODE_GST_FREE },
                                  { 5500, WATTLE_TAX_CODE_GST },
                                  { 100, WATTLE_TAX_CODE_OUT_OF_SCOPE },
                                  { 200, WATTLE_TAX_CODE_OUT_OF_SCOPE },
                                  { -500, WATTLE_TAX_CODE_GST } };
  const WattleTaxLine coincidence[] = { { 94, WATTLE_TAX_CODE_GST }, { -4, WATTLE_TAX_CODE_GST_FREE } };
  WattleTaxTotals totals = total (lines, 5, rate (), FALSE);

  g_assert_cmpint (totals.taxable, ==, 5000);
  g_assert_cmpint (totals.untaxed, ==, 23300);
  g_assert_cmpint (totals.gst, ==, 500);
  g_assert_false (totals.gst_is_eleventh);
  totals = total (lines, 5, NULL, TRUE);
  g_assert_cmpint (totals.gst, ==, 0);
  g_assert_cmpint (totals.total, ==, 28300);
  totals = total (lines, 1, rate (), TRUE);
  g_assert_cmpint (totals.gst, ==, 0);
  g_assert_cmpint (totals.total, ==, 23000);
  g_assert_false (total (coincidence, 2, rate (), FALSE).gst_is_eleventh);
  g_assert_cmpint (total (NULL, 0, rate (), TRUE).total, ==, 0);
}

/* An adjustment takes back exactly the tax that was charged, whatever the amount. */
static void
test_refund (void)
{
  for (gint64 amount = 0; amount < 5000; amount++)
    for (int inclusive = 0; inclusive < 2; inclusive++)
      {
        const WattleTaxLine sale = { amount, WATTLE_TAX_CODE_GST };
        const WattleTaxLine refund = { -amount, WATTLE_TAX_CODE_GST };

        g_assert_cmpint (total (&sale, 1, rate (), inclusive).gst, ==, -total (&refund, 1, rate (), inclusive).gst);
      }
}

static void
test_too_large (void)
{
  const WattleTaxLine lines[] = { { WATTLE_MONEY_MAX, WATTLE_TAX_CODE_GST }, { 1, WATTLE_TAX_CODE_GST } };
  WattleTaxTotals totals;

  for (gsize n = 1; n <= 2; n++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (wattle_tax_total (lines, n, rate (), FALSE, &totals, &error));
      g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_INVALID);
    }
  g_assert_true (wattle_tax_total (lines, 1, rate (), TRUE, &totals, NULL));
}

static void
test_cash (void)
{
  static const gint64 rounded[] = { 1000, 1000, 1000, 1005, 1005, 1005, 1005, 1005, 1010, 1010, 1010 };

  for (gsize i = 0; i < G_N_ELEMENTS (rounded); i++)
    {
      g_assert_cmpint (wattle_cash_round (1000 + (gint64) i), ==, rounded[i]);
      g_assert_cmpint (wattle_cash_round (-1000 - (gint64) i), ==, -rounded[i]);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tax/rates", test_rates);
  g_test_add_func ("/tax/total-invoice-rule", test_total_invoice_rule);
  g_test_add_func ("/tax/inclusive", test_inclusive);
  g_test_add_func ("/tax/mixed", test_mixed);
  g_test_add_func ("/tax/refund", test_refund);
  g_test_add_func ("/tax/too-large", test_too_large);
  g_test_add_func ("/tax/cash", test_cash);
  return g_test_run ();
}
