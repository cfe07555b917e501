/* money.h: amounts in whole cents of the Australian dollar
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The largest amount either way: a sum of ninety thousand of them still fits, and JSON numbers hold it exactly. */
#define WATTLE_MONEY_MAX G_GINT64_CONSTANT (99999999999999)

gboolean wattle_money_parse (const char *text, gint64 *cents, GError **error);
gboolean wattle_money_parse_signed (const char *text, gint64 *cents, GError **error);
char *wattle_money_format (gint64 cents);
char *wattle_money_format_plain (gint64 cents);
gboolean wattle_money_add (gint64 a, gint64 b, gint64 *sum, GError **error);
gboolean wattle_money_multiply (gint64 cents, gint64 quantity_thousandths, gint64 *product, GError **error);
gint64 wattle_money_divide (gint64 numerator, gint64 denominator);

G_END_DECLS
