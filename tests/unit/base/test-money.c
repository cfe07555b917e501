/* test-money.c: what is an amount, how it is shown, and that arithmetic never wraps
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/money.h"

#include "base/error.h"

static void
test_parse (void)
{
  static const struct
  {
    const char *text;
    gint64 cents;
  } good[] = {
    { "80", 8000 },   { "80.00", 8000 },
    { "80.5", 8050 }, { "$1,234.5", 123450 },
    { " 0.05 ", 5 },  { ".50", 50 },
    { "$0", 0 },      { "1,234,567.89", 123456789 },
    { "007", 700 },   { "999999999999.99", WATTLE_MONEY_MAX },
  };
  static const char *const bad[] = { "",
                                     " ",
                                     "$",
                                     ".",
                                     "80.",
                                     "80.005",
                                     "80.000",
                                     "1,23",
                                     "1234,567",
                                     "12,34,567",
                                     ",123",
                                     "1,,234",
                                     "1,234,",
                                     "-5",
                                     "5-",
                                     "$$5",
                                     "5 0",
                                     "1e3",
                                     "0x10",
                                     "٥",
                                     "five",
                                     "NaN",
                                     "+5",
                                     "1000000000000",
                                     "99999999999999999999999999" };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 cents = -1;

      g_assert_true (wattle_money_parse (good[i].text, &cents, &error));
      g_assert_no_error (error);
      g_assert_cmpint (cents, ==, good[i].cents);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 cents;

      g_test_message ("%s", bad[i]);
      g_assert_false (wattle_money_parse (bad[i], &cents, &error));
      g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_INVALID);
    }
}

static void
test_signed (void)
{
  gint64 cents;

  g_assert_true (wattle_money_parse_signed ("-$1,234.50", &cents, NULL));
  g_assert_cmpint (cents, ==, -123450);
  g_assert_true (wattle_money_parse_signed ("5", &cents, NULL));
  g_assert_cmpint (cents, ==, 500);
  g_assert_false (wattle_money_parse_signed ("--5", &cents, NULL));
  g_assert_false (wattle_money_parse_signed ("-", &cents, NULL));
}

static void
test_format (void)
{
  static const struct
  {
    gint64 cents;
    const char *shown;
    const char *plain;
  } rows[] = {
    { 0, "$0.00", "0.00" },
    { 5, "$0.05", "0.05" },
    { 99999, "$999.99", "999.99" },
    { 100000, "$1,000.00", "1000.00" },
    { 123450, "$1,234.50", "1234.50" },
    { -500, "-$5.00", "-5.00" },
    { 123456789, "$1,234,567.89", "1234567.89" },
    { G_MININT64, "-$92,233,720,368,547,758.08", "-92233720368547758.08" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *shown = wattle_money_format (rows[i].cents);
      g_autofree char *plain = wattle_money_format_plain (rows[i].cents);

      g_assert_cmpstr (shown, ==, rows[i].shown);
      g_assert_cmpstr (plain, ==, rows[i].plain);
    }
}

static void
test_round_trip (void)
{
  for (guint i = 0; i < 2000; i++)
    {
      gint64 cents = ((gint64) g_test_rand_int () * 65536 + g_test_rand_int ()) % WATTLE_MONEY_MAX;
      g_autofree char *shown = wattle_money_format (cents);
      g_autofree char *plain = wattle_money_format_plain (cents);
      gint64 back = 0, again = 0;

      g_assert_true (wattle_money_parse_signed (shown, &back, NULL));
      g_assert_true (wattle_money_parse_signed (plain, &again, NULL));
      g_assert_cmpint (back, ==, cents);
      g_assert_cmpint (again, ==, cents);
    }
}

static void
test_arithmetic (void)
{
  gint64 out;

  g_assert_true (wattle_money_multiply (8000, 1500, &out, NULL));
  g_assert_cmpint (out, ==, 12000);
  g_assert_true (wattle_money_multiply (1, 500, &out, NULL));
  g_assert_cmpint (out, ==, 1);
  g_assert_true (wattle_money_multiply (1, 499, &out, NULL));
  g_assert_cmpint (out, ==, 0);
  g_assert_true (wattle_money_multiply (-1, 500, &out, NULL));
  g_assert_cmpint (out, ==, -1);
  g_assert_true (wattle_money_multiply (3333, 333, &out, NULL));
  g_assert_cmpint (out, ==, 1110);
  g_assert_false (wattle_money_multiply (WATTLE_MONEY_MAX, 1001, &out, NULL));
  g_assert_false (wattle_money_multiply (G_MAXINT64, G_MAXINT64, &out, NULL));
  g_assert_false (wattle_money_multiply (G_MININT64, -1, &out, NULL));
  g_assert_false (wattle_money_multiply (G_MININT64, 1, &out, NULL));
  g_assert_true (wattle_money_add (1, -2, &out, NULL));
  g_assert_cmpint (out, ==, -1);
  g_assert_false (wattle_money_add (WATTLE_MONEY_MAX, 1, &out, NULL));
  g_assert_false (wattle_money_add (G_MAXINT64, G_MAXINT64, &out, NULL));
  g_assert_cmpint (wattle_money_divide (11000, 11), ==, 1000);
  g_assert_cmpint (wattle_money_divide (9999, 11), ==, 909);
  g_assert_cmpint (wattle_money_divide (5, 2), ==, 3);
  g_assert_cmpint (wattle_money_divide (-5, 2), ==, -3);
  g_assert_cmpint (wattle_money_divide (1, 3), ==, 0);
  g_assert_cmpint (wattle_money_divide (2, 3), ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/money/parse", test_parse);
  g_test_add_func ("/money/signed", test_signed);
  g_test_add_func ("/money/format", test_format);
  g_test_add_func ("/money/round-trip", test_round_trip);
  g_test_add_func ("/money/arithmetic", test_arithmetic);
  return g_test_run ();
}
