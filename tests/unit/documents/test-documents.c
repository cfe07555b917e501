/* test-documents.c: PDFs are made, read back with pdftotext, and the same twice
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <glib/gstdio.h>
#include <string.h>

#include "base/civil.h"
#include "base/error.h"
#include "documents/invoice.h"
#include "documents/prescription.h"

static WattleRecord *
record (const char *json)
{
  g_autoptr (GError) error = NULL;
  WattleRecord *made = wattle_record_from_text (json, -1, &error);

  g_assert_no_error (error);
  return made;
}

static char *
keep_path (const char *name)
{
  const char *folder = g_getenv ("WATTLE_KEEP_PDF");
  return g_build_filename (folder != NULL ? folder : g_get_tmp_dir (), name, NULL);
}

/* The text of a PDF in the order of the page, by Poppler. */
static char *
read_back (GBytes *pdf, const char *name)
{
  g_autofree char *path = keep_path (name);
  const char *argv[] = { "pdftotext", "-layout", path, "-", NULL };
  char *text = NULL;
  int status;
  gsize length;
  const char *data = g_bytes_get_data (pdf, &length);

  g_assert_true (g_file_set_contents (path, data, length, NULL));
  g_assert_true (
    g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &text, NULL, &status, NULL));
  g_assert_cmpint (status, ==, 0);
  if (g_getenv ("WATTLE_KEEP_PDF") == NULL)
    g_unlink (path);
  return text;
}

static void
assert_has (const char *text, const char *wanted)
{
  if (strstr (text, wanted) == NULL)
    g_error ("“%s” is missing in:\n%s", wanted, text);
}

#define PRACTICE                                                                                                       \
  "{\"type\":\"practice\",\"name\":\"Banksia Street Psychology\",\"legal_name\":\"Banksia Street Psychology Pty "      \
  "Ltd\","                                                                                                             \
  "\"abn\":\"51824753556\",\"gst_registered\":%s,\"phone\":\"+61255500123\",\"email\":\"hello@banksia.example\","      \
  "\"zone\":\"Australia/Sydney\",\"address_line\":\"12 Banksia "                                                       \
  "Street\",\"suburb\":\"Newtown\",\"state_code\":\"NSW\","                                                            \
  "\"postcode\":\"2042\",\"bank_account_name\":\"Banksia Street Psychology\",\"bank_bsb\":\"062000\","                 \
  "\"bank_account\":\"12345678\",\"invoice_footer\":\"Thank you. Please bring your referral to your first visit.\"}"
#define PATIENT                                                                                                        \
  "{\"type\":\"patient\",\"title\":\"Ms\",\"given_names\":\"Nguyễn Thị\",\"family_name\":\"Ánh-Šimůnková\","   \
  "\"birth_date\":\"1984-02-29\",\"status\":\"active\",\"address_line\":\"4/88 Wattle "                                \
  "Grove\",\"suburb\":\"Marrickville\","                                                                               \
  "\"state_code\":\"NSW\",\"postcode\":\"2204\"}"
#define PRACTITIONER                                                                                                   \
  "{\"type\":\"practitioner\",\"title\":\"Dr\",\"given_names\":\"Imogen\",\"family_name\":\"Farrow\","                 \
  "\"profession\":\"general_practitioner\",\"qualifications\":\"MBBS, FRACGP\",\"prescriber_number\":\"2425739\","     \
  "\"phone\":\"+61255500124\"}"

static WattleInvoiceInput
invoice_input (gboolean gst, guint n_lines)
{
  g_autofree char *practice = g_strdup_printf (PRACTICE, gst ? "true" : "false");
  WattleInvoiceInput input = {
    .practice = record (practice),
    .practitioner = record (PRACTITIONER),
    .practitioner_location = record ("{\"type\":\"practitioner_location\",\"provider_number\":\"2426621B\"}"),
    .patient = record (PATIENT),
    .lines = g_ptr_array_new_with_free_func (g_object_unref),
    .payments = g_ptr_array_new_with_free_func (g_object_unref),
  };
  gint64 total = 17530 + 11000 * (n_lines - 1);
  g_autofree char *invoice = g_strdup_printf ("{\"type\":\"invoice\",\"number\":\"INV-000042\",\"status\":\"part_"
                                              "paid\",\"issued_date\":\"2026-11-20\",\"due_date\":"
                                              "\"2026-12-04\",\"total\":%" G_GINT64_FORMAT ",\"gst\":%" G_GINT64_FORMAT
                                              ",\"paid\":5000,\"balance\":%" G_GINT64_FORMAT "}",
                                              total, (gint64) (gst ? 1000 * (n_lines - 1) : 0), total - 5000);

  input.invoice = record (invoice);
  for (guint i = 0; i < n_lines; i++)
    g_ptr_array_add (
      input.lines,
      record (
        i == 0
          ? "{\"type\":\"invoice_line\",\"position\":1,\"code\":\"91182\",\"description\":\"Psychological therapy, "
            "50 minutes or more, by phone\",\"service_date\":\"2026-11-20\",\"quantity\":1000,\"unit_price\":17530,"
            "\"tax_code\":\"gst_free\",\"amount\":17530}"
          : "{\"type\":\"invoice_line\",\"position\":2,\"description\":\"Report for an employer\",\"service_date\":"
            "\"2026-11-20\",\"quantity\":1000,\"unit_price\":11000,\"tax_code\":\"gst\",\"amount\":11000}"));
  g_ptr_array_add (input.payments,
                   record ("{\"type\":\"payment\",\"amount\":5000,\"method\":\"card\",\"received_date\":\"2026-11-20\","
                           "\"receipt_number\":\"REC-000007\"}"));
  return input;
}

static void
clear_invoice_input (WattleInvoiceInput *input)
{
  g_clear_object (&input->practice);
  g_clear_object (&input->practitioner);
  g_clear_object (&input->practitioner_location);
  g_clear_object (&input->patient);
  g_clear_object (&input->invoice);
  g_clear_pointer (&input->lines, g_ptr_array_unref);
  g_clear_pointer (&input->payments, g_ptr_array_unref);
}

static void
test_tax_invoice (void)
{
  static const char *const wanted[] = { "Tax Invoice",
                                        "Banksia Street Psychology Pty Ltd",
                                        "ABN 51 824 753 556",
                                        "INV-000042",
                                        "20/11/2026",
                                        "04/12/2026",
                                        "Nguyễn Thị",
                                        "29/02/1984",
                                        "Item 91182",
                                        "$175.30",
                                        "Free",
                                        "Yes",
                                        "$110.00",
                                        "$10.00",
                                        "$285.30",
                                        "$235.30",
                                        "2426621B",
                                        "062-000",
                                        "Received $50.00",
                                        "Page 1 of 1" };
  WattleInvoiceInput input = invoice_input (TRUE, 2);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) pdf = wattle_invoice_pdf (&input, &error);
  g_autoptr (GBytes) again = wattle_invoice_pdf (&input, NULL);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (pdf, again));
  text = read_back (pdf, "tax-invoice.pdf");
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    assert_has (text, wanted[i]);
  clear_invoice_input (&input);
}

static void
test_plain_invoice (void)
{
  WattleInvoiceInput input = invoice_input (FALSE, 1);
  g_autoptr (GBytes) pdf = wattle_invoice_pdf (&input, NULL);
  g_autofree char *text = read_back (pdf, "invoice.pdf");

  assert_has (text, "Invoice");
  g_assert_null (strstr (text, "Tax Invoice"));
  g_assert_null (strstr (text, "GST"));
  clear_invoice_input (&input);
}

static void
test_many_pages (void)
{
  WattleInvoiceInput input = invoice_input (TRUE, 80);
  g_autoptr (GBytes) pdf = wattle_invoice_pdf (&input, NULL);
  g_autofree char *text = read_back (pdf, "long-invoice.pdf");
  guint heads = 0;

  assert_has (text, "Page 1 of 4");
  assert_has (text, "Page 4 of 4");
  for (const char *at = text; (at = strstr (at, "Service")) != NULL; at++)
    heads++;
  g_assert_cmpuint (heads, >=, 3);
  clear_invoice_input (&input);
}

static gpointer
print_in_thread (gpointer input)
{
  return wattle_invoice_pdf (input, NULL);
}

/* What a thread keeps of other documents changes nothing in this one. */
static void
test_kept_texts (void)
{
  WattleInvoiceInput input = invoice_input (TRUE, 2);
  g_autoptr (GBytes) first = wattle_invoice_pdf (&input, NULL);
  g_autoptr (GBytes) again = NULL;
  g_autoptr (GBytes) elsewhere = NULL;
  g_autofree char *text = NULL;

  for (guint i = 0; i < 300; i++)
    {
      g_autofree char *number = g_strdup_printf ("%u", i);
      g_autofree char *note = g_strdup_printf ("Nguyễn %u", i);
      WattleInvoiceInput other = input;
      g_autoptr (WattleRecord) invoice = wattle_record_copy (input.invoice);
      g_autoptr (GBytes) pdf = NULL;

      other.invoice = invoice;
      wattle_record_set_string (invoice, WATTLE_INVOICE_NUMBER, number);
      wattle_record_set_string (invoice, WATTLE_INVOICE_NOTE, note);
      pdf = wattle_invoice_pdf (&other, NULL);
      g_assert_false (g_bytes_equal (pdf, first));
    }
  again = wattle_invoice_pdf (&input, NULL);
  g_assert_true (g_bytes_equal (again, first));
  elsewhere = g_thread_join (g_thread_new ("print", print_in_thread, &input));
  g_assert_true (g_bytes_equal (elsewhere, first));
  text = read_back (again, "wattle-kept.pdf");
  assert_has (text, "first visit");
  clear_invoice_input (&input);
}

static void
test_receipt (void)
{
  WattleInvoiceInput input = invoice_input (TRUE, 2);
  g_autoptr (GBytes) pdf = wattle_receipt_pdf (&input, g_ptr_array_index (input.payments, 0), NULL);
  g_autofree char *text = read_back (pdf, "receipt.pdf");

  assert_has (text, "Receipt");
  assert_has (text, "REC-000007");
  assert_has (text, "Received with thanks: $50.00");
  clear_invoice_input (&input);
}

static WattlePrescriptionInput
prescription_input (const char *status)
{
  g_autofree char *practice = g_strdup_printf (PRACTICE, "true");
  g_autofree char *script = g_strdup_printf (
    "{\"type\":\"prescription\",\"number\":\"2026-000019\",\"status\":\"%s\",\"prescribed_date\":\"2026-11-20\"}",
    status);
  WattlePrescriptionInput input = {
    .practice = record (practice),
    .prescriber = record (PRACTITIONER),
    .patient = record (PATIENT),
    .prescription = record (script),
    .lines = g_ptr_array_new_with_free_func (g_object_unref),
  };

  g_ptr_array_add (
    input.lines,
    record ("{\"type\":\"prescription_line\",\"position\":1,\"active_ingredient\":\"sertraline\",\"strength\":"
            "\"50 mg\",\"form\":\"tablet\",\"schedule\":\"s4\",\"directions\":\"Take ONE tablet in the morning.\","
            "\"quantity\":30,\"repeats\":2,\"substitution_allowed\":true}"));
  g_ptr_array_add (
    input.lines,
    record ("{\"type\":\"prescription_line\",\"position\":2,\"active_ingredient\":\"oxazepam\",\"brand\":\"Serepine\","
            "\"strength\":\"15 mg\",\"form\":\"tablet\",\"schedule\":\"s8\",\"directions\":\"Take ONE tablet at night "
            "when needed.\",\"quantity\":25,\"repeats\":0}"));
  return input;
}

static void
clear_prescription_input (WattlePrescriptionInput *input)
{
  g_clear_object (&input->practice);
  g_clear_object (&input->prescriber);
  g_clear_object (&input->patient);
  g_clear_object (&input->prescription);
  g_clear_pointer (&input->lines, g_ptr_array_unref);
}

static void
test_prescription (void)
{
  static const char *const wanted[] = { "Prescription",
                                        "Dr Imogen Farrow",
                                        "2425739",
                                        "29/02/1984",
                                        "sertraline 50 mg tablet",
                                        "Quantity 30",
                                        "Repeats 2",
                                        "Brand: Serepine. Brand substitution not permitted",
                                        "Quantity 25 (twenty-five)",
                                        "No repeats",
                                        "End of prescription: 2 medicines",
                                        "not an electronic prescription",
                                        "2026-000019" };
  WattlePrescriptionInput input = prescription_input ("signed");
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) pdf = wattle_prescription_pdf (&input, &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  text = read_back (pdf, "prescription.pdf");
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    assert_has (text, wanted[i]);
  clear_prescription_input (&input);
}

static void
test_draft_refused (void)
{
  WattlePrescriptionInput input = prescription_input ("draft");
  g_autoptr (GError) error = NULL;

  g_assert_null (wattle_prescription_pdf (&input, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_INVALID);
  g_assert_cmpstr (wattle_error_get_field (error), ==, "status");
  clear_prescription_input (&input);
}

static void
test_words (void)
{
  static const struct
  {
    gint64 number;
    const char *words;
  } cases[] = { { 0, "zero" },
                { 7, "seven" },
                { 20, "twenty" },
                { 28, "twenty-eight" },
                { 100, "one hundred" },
                { 112, "one hundred and twelve" },
                { 1000, "one thousand" },
                { 1001, "one thousand and one" },
                { 2150, "two thousand one hundred and fifty" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *words = wattle_number_in_words (cases[i].number);
      g_assert_cmpstr (words, ==, cases[i].words);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/documents/tax-invoice", test_tax_invoice);
  g_test_add_func ("/documents/plain-invoice", test_plain_invoice);
  g_test_add_func ("/documents/many-pages", test_many_pages);
  g_test_add_func ("/documents/kept-texts", test_kept_texts);
  g_test_add_func ("/documents/receipt", test_receipt);
  g_test_add_func ("/documents/prescription", test_prescription);
  g_test_add_func ("/documents/draft-refused", test_draft_refused);
  g_test_add_func ("/documents/words", test_words);
  return g_test_run ();
}
