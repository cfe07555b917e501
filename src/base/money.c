/* money.c: amounts in whole cents of the Australian dollar
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/money.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/error.h"

static gboolean
refuse (GError **error, const char *sentence)
{
  wattle_set_field_error (error, WATTLE_ERROR_INVALID, NULL, "%s", sentence);
  return FALSE;
}

static gboolean
refuse_size (GError **error)
{
  return refuse (error, _("This amount of money is too large."));
}

/* Whole dollars: digits, or digits with commas before each group of three. */
static gboolean
scan_dollars (const char **at, gint64 *dollars, GError **error)
{
  const char *p = *at;
  guint digits = 0, since_comma = 0;
  gboolean grouped = FALSE;

  *dollars = 0;
  for (; g_ascii_isdigit (*p) || *p == ','; p++)
    {
      if (*p == ',')
        {
          if (digits == 0 || (grouped ? since_comma != 3 : digits > 3))
            return refuse (error, _("Put commas between groups of three digits only, as in $1,234.50."));
          grouped = TRUE;
          since_comma = 0;
          continue;
        }
      digits++;
      since_comma++;
      *dollars = *dollars * 10 + (*p - '0');
      if (*dollars > WATTLE_MONEY_MAX / 100)
        return refuse_size (error);
    }
  if (grouped && since_comma != 3)
    return refuse (error, _("Put commas between groups of three digits only, as in $1,234.50."));
  *at = p;
  return TRUE;
}

static gboolean
parse (const char *text, gboolean allow_negative, gint64 *cents, GError **error)
{
  const char *p = text;
  gboolean negative;
  gint64 dollars;
  guint digits = 0;

  p += strspn (p, " ");
  negative = *p == '-';
  p += negative ? 1 : 0;
  p += *p == '$' ? 1 : 0;
  if (!g_ascii_isdigit (*p) && !(*p == '.' && g_ascii_isdigit (p[1])))
    return refuse (error, _("Type an amount of money, such as 80 or 80.50."));
  if (negative && !allow_negative)
    return refuse (error, _("This amount of money cannot be negative."));
  if (!scan_dollars (&p, &dollars, error))
    return FALSE;
  *cents = dollars * 100;
  if (*p == '.')
    for (p++; g_ascii_isdigit (*p); p++)
      {
        if (++digits > 2)
          return refuse (error, _("An amount of money has at most two digits after the point."));
        *cents += (*p - '0') * (digits == 1 ? 10 : 1);
      }
  if ((p[-1] == '.') || p[strspn (p, " ")] != '\0')
    return refuse (error, _("Type an amount of money, such as 80 or 80.50."));
  if (negative)
    *cents = -*cents;
  return TRUE;
}

/**
 * wattle_money_parse:
 * @text: what was typed: "80", "80.5", "$1,234.50"
 * @cents: (out): the amount, 0 to %WATTLE_MONEY_MAX
 * @error: set with %WATTLE_ERROR_INVALID
 *
 * Returns: %FALSE with @error for anything that is not exactly an amount in cents
 */
gboolean
wattle_money_parse (const char *text, gint64 *cents, GError **error)
{
  return parse (text, FALSE, cents, error);
}

/**
 * wattle_money_parse_signed:
 * @text: what was typed, perhaps with a leading "-"
 * @cents: (out): the amount
 * @error: set with %WATTLE_ERROR_INVALID
 *
 * As wattle_money_parse(), for refunds and adjustments.
 *
 * Returns: %FALSE with @error for anything that is not exactly an amount in cents
 */
gboolean
wattle_money_parse_signed (const char *text, gint64 *cents, GError **error)
{
  return parse (text, TRUE, cents, error);
}

/**
 * wattle_money_format:
 * @cents: an amount
 *
 * Returns: (transfer full): it for the screen and for paper, such as "$1,234.50" or "-$5.00"
 */
char *
wattle_money_format (gint64 cents)
{
  guint64 size = cents < 0 ? -(guint64) cents : (guint64) cents;
  g_autofree char *dollars = g_strdup_printf ("%" G_GUINT64_FORMAT, size / 100);
  gsize length = strlen (dollars);
  GString *text = g_string_new (cents < 0 ? "-$" : "$");

  for (gsize i = 0; i < length; i++)
    {
      if (i > 0 && (length - i) % 3 == 0)
        g_string_append_c (text, ',');
      g_string_append_c (text, dollars[i]);
    }
  g_string_append_printf (text, ".%02u", (guint) (size % 100));
  return g_string_free (text, FALSE);
}

/**
 * wattle_money_format_plain:
 * @cents: an amount
 *
 * Returns: (transfer full): it for editing and for files, such as "1234.50"
 */
char *
wattle_money_format_plain (gint64 cents)
{
  guint64 size = cents < 0 ? -(guint64) cents : (guint64) cents;

  return g_strdup_printf ("%s%" G_GUINT64_FORMAT ".%02u", cents < 0 ? "-" : "", size / 100, (guint) (size % 100));
}

/**
 * wattle_money_add:
 * @a: an amount
 * @b: another
 * @sum: (out): both together
 * @error: set with %WATTLE_ERROR_INVALID when the sum is beyond %WATTLE_MONEY_MAX
 *
 * Returns: %FALSE with @error when the sum is too large
 */
gboolean
wattle_money_add (gint64 a, gint64 b, gint64 *sum, GError **error)
{
  if (__builtin_add_overflow (a, b, sum) || *sum > WATTLE_MONEY_MAX || *sum < -WATTLE_MONEY_MAX)
    return refuse_size (error);
  return TRUE;
}

/**
 * wattle_money_divide:
 * @numerator: an amount times something; above the least gint64
 * @denominator: positive, and below half the largest gint64
 *
 * Returns: the quotient to the nearest cent, a half cent up; for a negative amount down, so
 *   that a refund is as large as what it refunds
 */
gint64
wattle_money_divide (gint64 numerator, gint64 denominator)
{
  gint64 size = ABS (numerator);
  gint64 quotient;

  g_return_val_if_fail (denominator > 0, 0);

  quotient = size / denominator;
  if (size % denominator >= denominator - denominator / 2)
    quotient++;
  return numerator < 0 ? -quotient : quotient;
}

/**
 * wattle_money_multiply:
 * @cents: a price
 * @quantity_thousandths: how many, in thousandths: 1500 is one and a half
 * @product: (out): the price of that many, a half cent rounded up
 * @error: set with %WATTLE_ERROR_INVALID when the product is beyond %WATTLE_MONEY_MAX
 *
 * Returns: %FALSE with @error when the product is too large
 */
gboolean
wattle_money_multiply (gint64 cents, gint64 quantity_thousandths, gint64 *product, GError **error)
{
  gint64 exact;

  if (__builtin_mul_overflow (cents, quantity_thousandths, &exact) || exact == G_MININT64)
    return refuse_size (error);
  *product = wattle_money_divide (exact, 1000);
  if (*product > WATTLE_MONEY_MAX || *product < -WATTLE_MONEY_MAX)
    return refuse_size (error);
  return TRUE;
}
