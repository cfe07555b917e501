/* bench-pdf.c: prints invoices of one practice, as long as a line of its input says
 *
 * Usage: bench-pdf INVOICE.json [PDF]: each line of input is a number of processor seconds; the answer is the number
 * of PDFs made and the processor seconds they took. With PDF it writes one there first.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "documents/invoice.h"

static double
processor_seconds (void)
{
  struct timespec time;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static void
check (const GError *error)
{
  if (error == NULL)
    return;
  fprintf (stderr, "bench-pdf: %s\n", error->message);
  exit (1);
}

static WattleRecord *
read_record (WattleJsonNode node)
{
  GError *error = NULL;
  WattleRecord *record = wattle_record_from_json (node, &error);

  check (error);
  return record;
}

static void
read_invoice (WattleInvoiceInput *input, WattleJsonNode root)
{
  WattleJsonIter lines = wattle_json_iter (wattle_json_member (root, "lines"));
  WattleJsonNode line;

  input->practice = read_record (wattle_json_member (root, "practice"));
  input->practitioner = read_record (wattle_json_member (root, "practitioner"));
  input->practitioner_location = read_record (wattle_json_member (root, "practitioner_location"));
  input->patient = read_record (wattle_json_member (root, "patient"));
  input->invoice = read_record (wattle_json_member (root, "invoice"));
  input->lines = g_ptr_array_new ();
  while (wattle_json_next (&lines, NULL, &line))
    g_ptr_array_add (input->lines, read_record (line));
}

/* The n-th invoice has its own number, person and prices, as peer_pages.py makes them. */
static GBytes *
print (const WattleInvoiceInput *plain, guint n)
{
  WattleInvoiceInput input = *plain;
  g_autoptr (WattleRecord) patient = wattle_record_copy (plain->patient);
  g_autoptr (WattleRecord) invoice = wattle_record_copy (plain->invoice);
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *number = g_strdup_printf ("INV-%06u", n);
  g_autofree char *name = g_strdup_printf ("%s%u", wattle_record_get_string (patient, WATTLE_PATIENT_FAMILY_NAME), n);
  gint64 more = n % 1000, total = wattle_record_get_integer (invoice, WATTLE_INVOICE_TOTAL) + more * plain->lines->len;
  GError *error = NULL;
  GBytes *pdf;

  input.patient = patient;
  input.invoice = invoice;
  input.lines = lines;
  wattle_record_set_string (patient, WATTLE_PATIENT_FAMILY_NAME, name);
  wattle_record_set_string (invoice, WATTLE_INVOICE_NUMBER, number);
  wattle_record_set_integer (invoice, WATTLE_INVOICE_TOTAL, total);
  wattle_record_set_integer (invoice, WATTLE_INVOICE_BALANCE, total);
  for (guint i = 0; i < plain->lines->len; i++)
    {
      WattleRecord *line = wattle_record_copy (plain->lines->pdata[i]);

      wattle_record_set_integer (line, WATTLE_INVOICE_LINE_UNIT_PRICE,
                                 wattle_record_get_integer (line, WATTLE_INVOICE_LINE_UNIT_PRICE) + more);
      wattle_record_set_integer (line, WATTLE_INVOICE_LINE_AMOUNT,
                                 wattle_record_get_integer (line, WATTLE_INVOICE_LINE_AMOUNT) + more);
      g_ptr_array_add (lines, line);
    }
  pdf = wattle_invoice_pdf (&input, &error);
  check (error);
  return pdf;
}

int
main (int argc, char **argv)
{
  WattleInvoiceInput input = { 0 };
  g_autoptr (WattleJson) json = NULL;
  g_autoptr (GBytes) first = NULL;
  g_autofree char *text = NULL;
  GError *error = NULL;
  guint printed = 1;
  char line[64];

  if (argc < 2 || !g_file_get_contents (argv[1], &text, NULL, &error))
    check (error);
  json = wattle_json_parse (text, -1, &WATTLE_JSON_FILE_LIMITS, &error);
  check (error);
  read_invoice (&input, wattle_json_root (json));
  first = print (&input, 0);
  if (argc > 2)
    g_file_set_contents (argv[2], g_bytes_get_data (first, NULL), g_bytes_get_size (first), &error);
  check (error);
  while (fgets (line, sizeof line, stdin) != NULL)
    {
      double start = processor_seconds (), end = start + g_ascii_strtod (line, NULL);
      guint made = 0;

      while (processor_seconds () < end)
        {
          g_bytes_unref (print (&input, printed++));
          made++;
        }
      printf ("%u %.6f\n", made, processor_seconds () - start);
      fflush (stdout);
    }
  return 0;
}
