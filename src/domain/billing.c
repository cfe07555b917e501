/* billing.c: prices, the sums of an invoice, and who owes what
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "domain/billing.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/error.h"
#include "base/id.h"
#include "base/money.h"

/* How many rows of a query are read at a time. */
#define PAGE 500

/**
 * wattle_service_price_on:
 * @reader: the practice's records
 * @service: id of a service
 * @date: the date of the service at its place
 * @cents: (out): the price, including tax where the service is taxable
 * @error: %WATTLE_ERROR_NOT_FOUND when no price holds on that date
 *
 * Of several prices that hold, the one that began last counts.
 *
 * Returns: whether there is a price
 */
gboolean
wattle_service_price_on (WattleReader *reader, const char *service, gint64 date, gint64 *cents, GError **error)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_SERVICE_PRICE);
  g_autoptr (GPtrArray) prices = NULL;

  wattle_query_where_text (&query, WATTLE_SERVICE_PRICE_SERVICE, service);
  wattle_query_where (&query, WATTLE_SERVICE_PRICE_FROM_DATE, WATTLE_COMPARE_LESS, date + 1);
  wattle_query_order_by (&query, WATTLE_SERVICE_PRICE_FROM_DATE, TRUE);
  prices = wattle_reader_query (reader, &query, error);
  if (prices == NULL)
    return FALSE;
  for (guint i = 0; i < prices->len; i++)
    {
      WattleRecord *price = g_ptr_array_index (prices, i);

      if (wattle_record_has (price, WATTLE_SERVICE_PRICE_TO_DATE)
          && wattle_record_get_integer (price, WATTLE_SERVICE_PRICE_TO_DATE) < date)
        continue;
      *cents = wattle_record_get_integer (price, WATTLE_SERVICE_PRICE_AMOUNT);
      return TRUE;
    }
  wattle_set_field_error (error, WATTLE_ERROR_NOT_FOUND, "service", "%s",
                          _("This service has no price on that date. Add one under Settings."));
  return FALSE;
}

/* The amount of a line: quantity times price, half a cent up. */
static gboolean
line_amount (WattleRecord *line, gint64 *amount, GError **error)
{
  return wattle_money_multiply (wattle_record_get_integer (line, WATTLE_INVOICE_LINE_UNIT_PRICE),
                                wattle_record_get_integer (line, WATTLE_INVOICE_LINE_QUANTITY), amount, error);
}

/**
 * wattle_invoice_total:
 * @practice: the practice that bills
 * @lines: (element-type WattleRecord): the lines; prices include tax
 * @date: the date of supply, which decides the rate
 * @totals: (out): what to pay, and the tax in it by the total invoice rule (GST Act s 9-90)
 * @error: %WATTLE_ERROR_INVALID when the amounts are too large
 *
 * Returns: whether the sum could be formed
 */
gboolean
wattle_invoice_total (WattleRecord *practice, GPtrArray *lines, gint64 date, WattleTaxTotals *totals, GError **error)
{
  g_autofree WattleTaxLine *sums = g_new0 (WattleTaxLine, MAX (lines->len, 1));
  const WattleTaxRate *rate = NULL;
  const WattleTaxRate *rates;
  guint n_rates;

  for (guint i = 0; i < lines->len; i++)
    {
      WattleRecord *line = g_ptr_array_index (lines, i);

      sums[i].tax_code = wattle_record_get_integer (line, WATTLE_INVOICE_LINE_TAX_CODE);
      if (!line_amount (line, &sums[i].amount, error))
        return FALSE;
    }
  rates = wattle_tax_rates (&n_rates);
  if (wattle_record_get_boolean (practice, WATTLE_PRACTICE_GST_REGISTERED))
    rate = wattle_tax_rate_on (rates, n_rates, date);
  return wattle_tax_total (sums, lines->len, rate, TRUE, totals, error);
}

/**
 * wattle_invoice_sum_up:
 * @practice: the practice that bills
 * @invoice: gets total, tax and balance
 * @lines: (element-type WattleRecord): its lines; get their amounts
 * @date: the date of supply
 * @error: %WATTLE_ERROR_INVALID when the amounts are too large
 *
 * Returns: whether the sum could be formed
 */
gboolean
wattle_invoice_sum_up (WattleRecord *practice, WattleRecord *invoice, GPtrArray *lines, gint64 date, GError **error)
{
  WattleTaxTotals totals;

  if (!wattle_invoice_total (practice, lines, date, &totals, error))
    return FALSE;
  for (guint i = 0; i < lines->len; i++)
    {
      WattleRecord *line = g_ptr_array_index (lines, i);
      gint64 amount;

      if (!line_amount (line, &amount, error))
        return FALSE;
      wattle_record_set_integer (line, WATTLE_INVOICE_LINE_AMOUNT, amount);
    }
  wattle_record_set_integer (invoice, WATTLE_INVOICE_TOTAL, totals.total);
  wattle_record_set_integer (invoice, WATTLE_INVOICE_GST, totals.gst);
  wattle_record_set_integer (invoice, WATTLE_INVOICE_PAID, 0);
  wattle_record_set_integer (invoice, WATTLE_INVOICE_BALANCE, totals.total);
  return TRUE;
}

/**
 * wattle_invoice_lines:
 * @reader: the practice's records
 * @invoice: id of an invoice
 * @error: the failure
 *
 * Returns: (transfer full) (element-type WattleRecord) (nullable): copies of its lines
 */
GPtrArray *
wattle_invoice_lines (WattleReader *reader, const char *invoice, GError **error)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_INVOICE_LINE);
  g_autoptr (GPtrArray) found = NULL;
  GPtrArray *lines;

  wattle_query_where_text (&query, WATTLE_INVOICE_LINE_INVOICE, invoice);
  found = wattle_reader_query (reader, &query, error);
  if (found == NULL)
    return NULL;
  lines = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < found->len; i++)
    g_ptr_array_add (lines, wattle_record_copy (g_ptr_array_index (found, i)));
  return lines;
}

static int
compare_positions (gconstpointer a, gconstpointer b)
{
  gint64 one = wattle_record_get_integer (*(WattleRecord *const *) a, WATTLE_INVOICE_LINE_POSITION);
  gint64 two = wattle_record_get_integer (*(WattleRecord *const *) b, WATTLE_INVOICE_LINE_POSITION);

  return (one > two) - (one < two);
}

static void
append_text (GString *all, WattleRecord *record, WattleFieldId field)
{
  const char *text = wattle_record_get_string (record, field);

  g_string_append_printf (all, "%zu:%s", text != NULL ? strlen (text) : 0, text != NULL ? text : "");
}

/**
 * wattle_invoice_stamp:
 * @invoice: a draft
 * @lines: (element-type WattleRecord): its lines; they are put in order
 *
 * Returns: (transfer full): an id that stands for what a person filled in, and nothing else
 */
char *
wattle_invoice_stamp (WattleRecord *invoice, GPtrArray *lines)
{
  static const WattleFieldId numbers[] = {
    WATTLE_INVOICE_LINE_QUANTITY,
    WATTLE_INVOICE_LINE_UNIT_PRICE,
    WATTLE_INVOICE_LINE_TAX_CODE,
    WATTLE_INVOICE_LINE_SERVICE_DATE,
  };
  g_autoptr (GString) all = g_string_new (NULL);

  append_text (all, invoice, WATTLE_INVOICE_NOTE);
  g_ptr_array_sort (lines, compare_positions);
  for (guint i = 0; i < lines->len; i++)
    {
      append_text (all, g_ptr_array_index (lines, i), WATTLE_INVOICE_LINE_DESCRIPTION);
      append_text (all, g_ptr_array_index (lines, i), WATTLE_INVOICE_LINE_CODE);
      for (guint j = 0; j < G_N_ELEMENTS (numbers); j++)
        g_string_append_printf (all, "%" G_GINT64_FORMAT ";",
                                wattle_record_get_integer (g_ptr_array_index (lines, i), numbers[j]));
    }
  return wattle_id_derive (wattle_record_id (invoice), all->str);
}

/**
 * wattle_invoice_set_paid:
 * @invoice: an issued invoice
 * @paid: cents received for it in all
 *
 * Sets balance and status. What was paid beyond the total leaves no balance.
 */
void
wattle_invoice_set_paid (WattleRecord *invoice, gint64 paid)
{
  gint64 balance = MAX (0, wattle_record_get_integer (invoice, WATTLE_INVOICE_TOTAL) - paid);

  wattle_record_set_integer (invoice, WATTLE_INVOICE_PAID, paid);
  wattle_record_set_integer (invoice, WATTLE_INVOICE_BALANCE, balance);
  wattle_record_set_integer (invoice, WATTLE_INVOICE_STATUS,
                             balance == 0 ? WATTLE_INVOICE_STATUS_PAID
                             : paid > 0   ? WATTLE_INVOICE_STATUS_PART_PAID
                                          : WATTLE_INVOICE_STATUS_ISSUED);
}

static void
age (WattleRecord *invoice, gint64 today, WattleAgedDebt *debt)
{
  gint64 balance = wattle_record_get_integer (invoice, WATTLE_INVOICE_BALANCE);
  gint64 late = wattle_record_has (invoice, WATTLE_INVOICE_DUE_DATE)
                  ? today - wattle_record_get_integer (invoice, WATTLE_INVOICE_DUE_DATE)
                  : 0;
  gint64 *bucket = late <= 0    ? &debt->current
                   : late <= 30 ? &debt->days_30
                   : late <= 60 ? &debt->days_60
                   : late <= 90 ? &debt->days_90
                                : &debt->older;

  *bucket += balance;
  debt->total += balance;
  debt->n_invoices++;
}

/**
 * wattle_aged_debt:
 * @reader: the practice's records
 * @patient: (nullable): whose; %NULL for all of the practice
 * @today: the date to count from, in the practice's zone
 * @debt: (out): what is owed, by how long it is overdue
 * @error: the failure
 *
 * Returns: whether the records could be read
 */
gboolean
wattle_aged_debt (WattleReader *reader, const char *patient, gint64 today, WattleAgedDebt *debt, GError **error)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_INVOICE);
  guint found;

  *debt = (WattleAgedDebt){ 0 };
  wattle_query_where (&query, WATTLE_INVOICE_STATUS, WATTLE_COMPARE_ONE_OF,
                      (1u << WATTLE_INVOICE_STATUS_ISSUED) | (1u << WATTLE_INVOICE_STATUS_PART_PAID));
  wattle_query_where (&query, WATTLE_INVOICE_BALANCE, WATTLE_COMPARE_GREATER, 0);
  if (patient != NULL)
    wattle_query_where_text (&query, WATTLE_INVOICE_PATIENT, patient);
  query.limit = PAGE;
  do
    {
      g_autoptr (GPtrArray) page = wattle_reader_query (reader, &query, error);

      if (page == NULL)
        return FALSE;
      for (guint i = 0; i < page->len; i++)
        age (g_ptr_array_index (page, i), today, debt);
      found = page->len;
      query.offset += found;
    }
  while (found == PAGE);
  return TRUE;
}
