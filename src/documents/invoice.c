/* invoice.c: invoices, tax invoices and receipts as PDF
 *
 * What a tax invoice must show: A New Tax System (Goods and Services Tax) Act
 * 1999 s 29-70 and GST Regulations s 29-70.01: the words, the seller and ABN,
 * the date, what was sold with quantity and price, the GST and which lines it is
 * in; from $1,000 also who bought.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "documents/invoice.h"

#include <glib/gi18n-lib.h>

#include "base/civil-text.h"
#include "base/civil.h"
#include "base/error.h"
#include "base/money.h"
#include "documents/letterhead.h"
#include "documents/page.h"

typedef struct
{
  const WattleInvoiceInput *input;
  WattleRecord *payment; /* (nullable): print its receipt */
} Job;

typedef struct
{
  const char *title;
  double from; /* share of the width */
  double to;
  WattleTextAlign align;
} Column;

static const Column columns[] = {
  { N_ ("Date"), 0.00, 0.14, WATTLE_ALIGN_START },   { N_ ("Service"), 0.15, 0.56, WATTLE_ALIGN_START },
  { N_ ("Quantity"), 0.57, 0.66, WATTLE_ALIGN_END }, { N_ ("Price"), 0.67, 0.79, WATTLE_ALIGN_END },
  { N_ ("GST"), 0.80, 0.86, WATTLE_ALIGN_END },      { N_ ("Amount"), 0.87, 1.00, WATTLE_ALIGN_END },
};

static double
column_x (WattlePages *pages, const Column *column)
{
  return wattle_pages_left (pages) + column->from * (wattle_pages_right (pages) - wattle_pages_left (pages));
}

static double
column_width (WattlePages *pages, const Column *column)
{
  return (column->to - column->from) * (wattle_pages_right (pages) - wattle_pages_left (pages));
}

static gboolean
has_gst (const WattleInvoiceInput *input)
{
  return wattle_record_get_boolean (input->practice, WATTLE_PRACTICE_GST_REGISTERED);
}

/* "1", "1.5", "0.25" out of thousandths. */
static char *
quantity_text (gint64 thousandths)
{
  GString *out = g_string_new (NULL);

  g_string_append_printf (out, "%" G_GINT64_FORMAT, thousandths / 1000);
  if (thousandths % 1000 != 0)
    {
      g_string_append_printf (out, ".%03" G_GINT64_FORMAT, thousandths % 1000);
      while (out->str[out->len - 1] == '0')
        g_string_truncate (out, out->len - 1);
    }
  return g_string_free (out, FALSE);
}

static char *
date_text (WattleRecord *record, WattleFieldId field)
{
  return wattle_record_has (record, field) ? wattle_date_display_numeric (wattle_record_get_integer (record, field))
                                           : NULL;
}

/* A label over a value. Returns the height. */
static double
draw_pair (WattlePages *pages, double x, double y, double width, const char *label, const char *value)
{
  double height;

  if (value == NULL || *value == '\0')
    return 0;
  height = wattle_pages_text (pages, WATTLE_STYLE_LABEL, x, y, width, WATTLE_ALIGN_START, label);
  height += wattle_pages_text (pages, WATTLE_STYLE_BODY, x, y + height, width, WATTLE_ALIGN_START, value);
  return height + 6;
}

static double
draw_payer (WattlePages *pages, const Job *job, double x, double y, double width)
{
  WattleRecord *invoice = job->input->invoice;
  g_autofree char *patient = wattle_patient_print_name (job->input->patient);
  g_autofree char *home = wattle_patient_print_address (job->input->patient);
  const char *payer = wattle_record_get_string (invoice, WATTLE_INVOICE_PAYER_NAME);
  const char *address = wattle_record_get_string (invoice, WATTLE_INVOICE_PAYER_ADDRESS);
  g_autofree char *born = date_text (job->input->patient, WATTLE_PATIENT_BIRTH_DATE);
  g_autofree char *who = born != NULL ? g_strdup_printf (_ ("%s, born %s"), patient, born) : g_strdup (patient);
  double start = y;

  y += wattle_pages_text (pages, WATTLE_STYLE_LABEL, x, y, width, WATTLE_ALIGN_START, _ ("Billed to"));
  y +=
    wattle_pages_text (pages, WATTLE_STYLE_HEADING, x, y, width, WATTLE_ALIGN_START, payer != NULL ? payer : patient);
  y += wattle_pages_text (pages, WATTLE_STYLE_BODY, x, y, width, WATTLE_ALIGN_START, address != NULL ? address : home);
  y += 8;
  y += draw_pair (pages, x, y, width, _ ("Patient"), who);
  return y - start;
}

static double
draw_facts (WattlePages *pages, const Job *job, double x, double y, double width)
{
  const WattleInvoiceInput *input = job->input;
  g_autofree char *issued = date_text (input->invoice, WATTLE_INVOICE_ISSUED_DATE);
  g_autofree char *due = date_text (input->invoice, WATTLE_INVOICE_DUE_DATE);
  g_autofree char *name = input->practitioner != NULL ? wattle_practitioner_print_name (input->practitioner) : NULL;
  g_autofree char *provider =
    input->practitioner_location != NULL
      ? wattle_identifier_text (input->practitioner_location, WATTLE_PRACTITIONER_LOCATION_PROVIDER_NUMBER)
      : NULL;
  const char *number = wattle_record_get_string (input->invoice, WATTLE_INVOICE_NUMBER);
  double start = y, half = width / 2 - 6, left, right;

  left = draw_pair (pages, x, y, half, _ ("Invoice number"), number != NULL ? number : _ ("Not yet issued"));
  right = draw_pair (pages, x + half + 12, y, half, _ ("Date of issue"), issued);
  y += MAX (left, right);
  left = draw_pair (pages, x, y, half, _ ("Practitioner"), name);
  right = draw_pair (pages, x + half + 12, y, half, _ ("Payment due"), job->payment == NULL ? due : NULL);
  y += MAX (left, right);
  y += draw_pair (pages, x, y, half, _ ("Provider number"), provider);
  return y - start;
}

static double
draw_table_head (WattlePages *pages, const Job *job, double y)
{
  double height = 0;

  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    if (i != 4 || has_gst (job->input))
      height =
        MAX (height, wattle_pages_text (pages, WATTLE_STYLE_LABEL, column_x (pages, &columns[i]), y,
                                        column_width (pages, &columns[i]), columns[i].align, _ (columns[i].title)));
  wattle_pages_rule (pages, wattle_pages_left (pages), wattle_pages_right (pages), y + height + 3, 0.8);
  return height + 9;
}

static const char *
footer_text (const Job *job)
{
  const char *number = wattle_record_get_string (job->input->invoice, WATTLE_INVOICE_NUMBER);
  return job->payment != NULL ? wattle_record_get_string (job->payment, WATTLE_PAYMENT_RECEIPT_NUMBER) : number;
}

/* A new page when what comes next would not fit. Returns where to go on. */
static double
need (WattlePages *pages, const Job *job, double y, double height)
{
  if (y + height <= wattle_pages_bottom (pages))
    return y;
  wattle_letterhead_footer (pages, footer_text (job));
  wattle_pages_next (pages);
  return wattle_pages_top (pages);
}

static void
cell (WattlePages *pages, guint column, double y, const char *text)
{
  wattle_pages_text (pages, WATTLE_STYLE_BODY, column_x (pages, &columns[column]), y,
                     column_width (pages, &columns[column]), columns[column].align, text);
}

static double
draw_line (WattlePages *pages, const Job *job, WattleRecord *line, double y)
{
  g_autofree char *day = date_text (line, WATTLE_INVOICE_LINE_SERVICE_DATE);
  g_autofree char *quantity = quantity_text (wattle_record_get_integer (line, WATTLE_INVOICE_LINE_QUANTITY));
  g_autofree char *price = wattle_money_format (wattle_record_get_integer (line, WATTLE_INVOICE_LINE_UNIT_PRICE));
  g_autofree char *amount = wattle_money_format (wattle_record_get_integer (line, WATTLE_INVOICE_LINE_AMOUNT));
  const char *code = wattle_record_get_string (line, WATTLE_INVOICE_LINE_CODE);
  const char *description = wattle_record_get_string (line, WATTLE_INVOICE_LINE_DESCRIPTION);
  g_autofree char *item = code != NULL ? g_strdup_printf (_ ("Item %s"), code) : NULL;
  gboolean taxable = wattle_record_get_integer (line, WATTLE_INVOICE_LINE_TAX_CODE) == WATTLE_TAX_CODE_GST;
  double width = column_width (pages, &columns[1]);
  double height = wattle_pages_measure (pages, WATTLE_STYLE_BODY, width, description)
                  + wattle_pages_measure (pages, WATTLE_STYLE_SMALL, width, item);
  double from = need (pages, job, y, height + 8);

  if (from < y)
    from += draw_table_head (pages, job, from);
  y = from;
  cell (pages, 0, y, day);
  cell (pages, 2, y, quantity);
  cell (pages, 3, y, price);
  if (has_gst (job->input))
    cell (pages, 4, y, taxable ? _ ("Yes") : _ ("Free"));
  cell (pages, 5, y, amount);
  height = wattle_pages_text (pages, WATTLE_STYLE_BODY, column_x (pages, &columns[1]), y, width, WATTLE_ALIGN_START,
                              description);
  height += wattle_pages_text (pages, WATTLE_STYLE_SMALL, column_x (pages, &columns[1]), y + height, width,
                               WATTLE_ALIGN_START, item);
  wattle_pages_rule (pages, wattle_pages_left (pages), wattle_pages_right (pages), y + height + 4, 0.3);
  return y + height + 8;
}

static double
draw_sum (WattlePages *pages, WattleTextStyle style, double y, const char *label, gint64 cents)
{
  double left = wattle_pages_left (pages), right = wattle_pages_right (pages);
  double x = left + (right - left) * 0.55;
  g_autofree char *text = wattle_money_format (cents);
  double height = wattle_pages_text (pages, style, x, y, (right - x) * 0.6, WATTLE_ALIGN_START, label);

  wattle_pages_text (pages, style, x, y, right - x, WATTLE_ALIGN_END, text);
  return height + 3;
}

static double
draw_totals (WattlePages *pages, const Job *job, double y)
{
  WattleRecord *invoice = job->input->invoice;
  gint64 total = wattle_record_get_integer (invoice, WATTLE_INVOICE_TOTAL);
  gint64 gst = wattle_record_get_integer (invoice, WATTLE_INVOICE_GST);
  gint64 paid = wattle_record_get_integer (invoice, WATTLE_INVOICE_PAID);

  y = need (pages, job, y, 96) + 6;
  if (has_gst (job->input))
    {
      y += draw_sum (pages, WATTLE_STYLE_BODY, y, _ ("Total without GST"), total - gst);
      y += draw_sum (pages, WATTLE_STYLE_BODY, y, _ ("GST"), gst);
    }
  y += draw_sum (pages, WATTLE_STYLE_HEADING, y, has_gst (job->input) ? _ ("Total including GST") : _ ("Total"), total);
  if (paid > 0)
    y += draw_sum (pages, WATTLE_STYLE_BODY, y, _ ("Paid"), paid);
  y += draw_sum (pages, WATTLE_STYLE_HEADING, y, _ ("Amount due"),
                 wattle_record_get_integer (invoice, WATTLE_INVOICE_BALANCE));
  return y + 10;
}

static double
draw_payments (WattlePages *pages, const Job *job, double y)
{
  GPtrArray *payments = job->input->payments;

  for (guint i = 0; payments != NULL && i < payments->len; i++)
    {
      WattleRecord *payment = g_ptr_array_index (payments, i);
      g_autofree char *day = date_text (payment, WATTLE_PAYMENT_RECEIVED_DATE);
      g_autofree char *amount = wattle_money_format (wattle_record_get_integer (payment, WATTLE_PAYMENT_AMOUNT));
      const char *method = wattle_enum_label (wattle_enum_find ("payment_method"),
                                              wattle_record_get_integer (payment, WATTLE_PAYMENT_METHOD));
      const char *receipt = wattle_record_get_string (payment, WATTLE_PAYMENT_RECEIPT_NUMBER);
      g_autofree char *text = g_strdup_printf (_ ("Received %s on %s (%s)%s%s"), amount, day != NULL ? day : "", method,
                                               receipt != NULL ? ", " : "", receipt != NULL ? receipt : "");

      y = need (pages, job, y, 14);
      y += wattle_pages_text (pages, WATTLE_STYLE_SMALL, wattle_pages_left (pages), y,
                              wattle_pages_right (pages) - wattle_pages_left (pages), WATTLE_ALIGN_START, text);
    }
  return y + 6;
}

/* How to pay, in a quiet panel, while something is owed. */
static double
draw_advice (WattlePages *pages, const Job *job, double y)
{
  WattleRecord *practice = job->input->practice;
  double left = wattle_pages_left (pages), right = wattle_pages_right (pages);
  g_autofree char *bsb = wattle_identifier_text (practice, WATTLE_PRACTICE_BANK_BSB);
  const char *account = wattle_record_get_string (practice, WATTLE_PRACTICE_BANK_ACCOUNT);
  const char *name = wattle_record_get_string (practice, WATTLE_PRACTICE_BANK_ACCOUNT_NAME);
  const char *number = wattle_record_get_string (job->input->invoice, WATTLE_INVOICE_NUMBER);
  g_autofree char *text = NULL;
  double height;

  if (wattle_record_get_integer (job->input->invoice, WATTLE_INVOICE_BALANCE) <= 0 || bsb == NULL || account == NULL)
    return y;
  text = g_strdup_printf (_ ("Bank transfer to %s, BSB %s, account %s. Please quote %s."), name != NULL ? name : "",
                          bsb, account, number != NULL ? number : "");
  height = wattle_pages_measure (pages, WATTLE_STYLE_BODY, right - left - 24, text)
           + wattle_pages_measure (pages, WATTLE_STYLE_STRONG, right - left - 24, _ ("How to pay"));
  y = need (pages, job, y, height + 26);
  wattle_pages_box (pages, left, y, right - left, height + 18);
  height = wattle_pages_text (pages, WATTLE_STYLE_STRONG, left + 12, y + 8, right - left - 24, WATTLE_ALIGN_START,
                              _ ("How to pay"));
  height += wattle_pages_text (pages, WATTLE_STYLE_BODY, left + 12, y + 8 + height, right - left - 24,
                               WATTLE_ALIGN_START, text);
  return y + height + 26;
}

static void
draw_notes (WattlePages *pages, const Job *job, double y)
{
  double left = wattle_pages_left (pages), right = wattle_pages_right (pages);
  const char *texts[] = { wattle_record_get_string (job->input->invoice, WATTLE_INVOICE_NOTE),
                          wattle_record_get_string (job->input->practice, WATTLE_PRACTICE_INVOICE_FOOTER) };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      y = need (pages, job, y, wattle_pages_measure (pages, WATTLE_STYLE_SMALL, right - left, texts[i]));
      y += wattle_pages_text (pages, WATTLE_STYLE_SMALL, left, y, right - left, WATTLE_ALIGN_START, texts[i]) + 4;
    }
}

static const char *
title_of (const Job *job)
{
  if (job->payment != NULL)
    return _ ("Receipt");
  return has_gst (job->input) ? _ ("Tax Invoice") : _ ("Invoice");
}

static double
draw_received (WattlePages *pages, const Job *job, double y)
{
  double left = wattle_pages_left (pages), right = wattle_pages_right (pages);
  g_autofree char *amount = wattle_money_format (wattle_record_get_integer (job->payment, WATTLE_PAYMENT_AMOUNT));
  g_autofree char *day = date_text (job->payment, WATTLE_PAYMENT_RECEIVED_DATE);
  const char *receipt = wattle_record_get_string (job->payment, WATTLE_PAYMENT_RECEIPT_NUMBER);
  const char *method = wattle_enum_label (wattle_enum_find ("payment_method"),
                                          wattle_record_get_integer (job->payment, WATTLE_PAYMENT_METHOD));
  g_autofree char *line = g_strdup_printf (_ ("Received with thanks: %s"), amount);
  g_autofree char *how = g_strdup_printf (
    _ ("Receipt %s, %s, by %s"), receipt != NULL ? receipt : _ ("(number to follow)"), day != NULL ? day : "", method);
  double height = wattle_pages_measure (pages, WATTLE_STYLE_NAME, right - left - 24, line)
                  + wattle_pages_measure (pages, WATTLE_STYLE_BODY, right - left - 24, how);

  wattle_pages_box (pages, left, y, right - left, height + 20);
  height = wattle_pages_text (pages, WATTLE_STYLE_NAME, left + 12, y + 8, right - left - 24, WATTLE_ALIGN_START, line);
  height += wattle_pages_text (pages, WATTLE_STYLE_BODY, left + 12, y + 10 + height, right - left - 24,
                               WATTLE_ALIGN_START, how);
  return y + height + 34;
}

static void
draw_invoice (WattlePages *pages, gconstpointer data)
{
  const Job *job = data;
  double left = wattle_pages_left (pages), right = wattle_pages_right (pages);
  double half = (right - left) * 0.5;
  double y = wattle_letterhead_draw (pages, job->input->practice, job->input->location, title_of (job));
  double payer = draw_payer (pages, job, left, y, half - 12);
  double facts = draw_facts (pages, job, left + half + 12, y, half - 12);

  y += MAX (payer, facts) + 8;
  if (job->payment != NULL)
    y = draw_received (pages, job, y);
  y += draw_table_head (pages, job, y);
  for (guint i = 0; i < job->input->lines->len; i++)
    y = draw_line (pages, job, g_ptr_array_index (job->input->lines, i), y);
  y = draw_totals (pages, job, y);
  if (job->payment == NULL)
    {
      y = draw_payments (pages, job, y);
      y = draw_advice (pages, job, y);
    }
  draw_notes (pages, job, y);
  wattle_letterhead_footer (pages, footer_text (job));
}

static GBytes *
print (const Job *job, gint64 date, GError **error)
{
  const char *number = footer_text (job);
  g_autofree char *title =
    number != NULL ? g_strdup_printf ("%s %s", title_of (job), number) : g_strdup (title_of (job));
  WattlePagesInfo info = {
    .width = WATTLE_A4_WIDTH,
    .height = WATTLE_A4_HEIGHT,
    .margin = 48,
    .title = title,
    .author = wattle_record_get_string (job->input->practice, WATTLE_PRACTICE_NAME),
    .date = date,
  };

  if (job->input->lines->len == 0)
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, "lines", _ ("An invoice without lines cannot be printed."));
      return NULL;
    }
  return wattle_pages_print (&info, draw_invoice, job, error);
}

/**
 * wattle_invoice_pdf:
 * @input: the invoice and what stands around it
 * @error: %WATTLE_ERROR_INVALID or %WATTLE_ERROR_FAILED
 *
 * A tax invoice when the practice is registered for GST, else an invoice. May
 * run on any thread.
 *
 * Returns: (transfer full) (nullable): a PDF; the same input gives the same bytes
 */
GBytes *
wattle_invoice_pdf (const WattleInvoiceInput *input, GError **error)
{
  Job job = { .input = input };
  return print (&job, wattle_record_get_integer (input->invoice, WATTLE_INVOICE_ISSUED_DATE), error);
}

/**
 * wattle_receipt_pdf:
 * @input: the invoice that was paid and what stands around it
 * @payment: the payment
 * @error: %WATTLE_ERROR_INVALID or %WATTLE_ERROR_FAILED
 *
 * Returns: (transfer full) (nullable): a PDF; the same input gives the same bytes
 */
GBytes *
wattle_receipt_pdf (const WattleInvoiceInput *input, WattleRecord *payment, GError **error)
{
  Job job = { .input = input, .payment = payment };
  return print (&job, wattle_record_get_integer (payment, WATTLE_PAYMENT_RECEIVED_DATE), error);
}
