/* test-billing.c: invoices, payments, prices and debts
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "base/civil.h"
#include "base/error.h"
#include "domain/billing.h"
#include "practice.h"

#define DESK practice_actor ("desk", WATTLE_ROLE_RECEPTION)
#define NG practice_actor ("ng", WATTLE_ROLE_CLINICIAN)
#define MANAGER practice_actor ("manager", WATTLE_ROLE_MANAGER)

/* A visit of Ada's at noon on the day of the tests. */
static void
book (Practice *practice, const char *more)
{
  assert_done (practice, DESK, "appointment.book",
               "{'appointment':{'type':'appointment','id':{visit},'patient':{ada},'practitioner':{dr-ng},"
               "'location':{city},'starts_at':'2026-11-23T01:00:00Z','ends_at':'2026-11-23T01:50:00Z'%s}}",
               more);
}

static WattleRecord *
invoice_of_visit (Practice *practice)
{
  g_autoptr (WattleRecord) visit = practice_get (practice, WATTLE_RECORD_APPOINTMENT, "visit");

  g_assert_true (wattle_record_has (visit, WATTLE_APPOINTMENT_INVOICE));
  return practice_get (practice, WATTLE_RECORD_INVOICE, wattle_record_get_string (visit, WATTLE_APPOINTMENT_INVOICE));
}

static void
test_complete (void)
{
  g_autoptr (Practice) practice = practice_new ();
  g_autoptr (WattleRecord) invoice = NULL;
  g_autoptr (GPtrArray) lines = NULL;
  WattleRecord *line;

  book (practice, ",'appointment_type':{standard}");
  assert_done (practice, NG, "visit.complete", "{'id':{visit}}");
  invoice = invoice_of_visit (practice);
  g_assert_cmpstr (wattle_record_get_string (invoice, WATTLE_INVOICE_NUMBER), ==, "INV-000001");
  g_assert_cmpint (wattle_record_get_integer (invoice, WATTLE_INVOICE_STATUS), ==, WATTLE_INVOICE_STATUS_ISSUED);
  g_assert_cmpint (wattle_record_get_integer (invoice, WATTLE_INVOICE_TOTAL), ==, 22000);
  g_assert_cmpint (wattle_record_get_integer (invoice, WATTLE_INVOICE_BALANCE), ==, 22000);
  g_assert_cmpint (wattle_record_get_integer (invoice, WATTLE_INVOICE_GST), ==, 0);
  g_assert_cmpint (wattle_record_get_integer (invoice, WATTLE_INVOICE_DUE_DATE)
                     - wattle_record_get_integer (invoice, WATTLE_INVOICE_ISSUED_DATE),
                   ==, 7);
  g_assert_cmpstr (wattle_record_get_string (invoice, WATTLE_INVOICE_PAYER_NAME), ==, "Ada Lee");
  g_assert_cmpstr (wattle_record_get_string (invoice, WATTLE_INVOICE_PAYER_ADDRESS), ==,
                   "1 Example Street\nSydney NSW 2000");
  lines = wattle_invoice_lines (&practice->memory->reader, wattle_record_id (invoice), NULL);
  g_assert_cmpuint (lines->len, ==, 1);
  line = g_ptr_array_index (lines, 0);
  g_assert_cmpstr (wattle_record_get_string (line, WATTLE_INVOICE_LINE_CODE), ==, "C50");
  g_assert_cmpint (wattle_record_get_integer (line, WATTLE_INVOICE_LINE_AMOUNT), ==, 22000);
  /* Twice completes nothing twice. */
  assert_done (practice, NG, "visit.complete", "{'id':{visit}}");
  g_assert_cmpint (practice->numbers, ==, 1);
}

/* What was booked is billed, also when the place and the service have gone since; nothing new is booked there. */
static void
test_complete_after_deletion (void)
{
  g_autoptr (Practice) practice = practice_new ();
  g_autoptr (WattleRecord) invoice = NULL;

  book (practice, ",'appointment_type':{standard}");
  assert_done (practice, MANAGER, "record.delete", "{'type':'service','id':{consult},'reason':'renamed'}");
  assert_done (practice, MANAGER, "record.delete", "{'type':'location','id':{city},'reason':'closed'}");
  assert_done (practice, NG, "visit.complete", "{'id':{visit}}");
  invoice = invoice_of_visit (practice);
  g_assert_cmpint (wattle_record_get_integer (invoice, WATTLE_INVOICE_TOTAL), ==, 22000);
  assert_refused (practice, DESK, "appointment.book", WATTLE_ERROR_INVALID, "location",
                  "{'appointment':{'type':'appointment','patient':{ada},'practitioner':{dr-ng},'location':{city},"
                  "'starts_at':'2026-11-24T01:00:00Z','ends_at':'2026-11-24T01:50:00Z'}}");
}

static void
test_complete_tax (void)
{
  g_autoptr (Practice) practice = practice_new ();
  g_autoptr (WattleRecord) invoice = NULL;

  book (practice, ",'service':{report},'price':9999");
  assert_done (practice, NG, "visit.complete", "{'id':{visit}}");
  invoice = invoice_of_visit (practice);
  g_assert_cmpint (wattle_record_get_integer (invoice, WATTLE_INVOICE_TOTAL), ==, 9999);
  g_assert_cmpint (wattle_record_get_integer (invoice, WATTLE_INVOICE_GST), ==, 909);
}

/* No price, no number: a draft for somebody to finish. No service and no price: nothing to bill. */
static void
test_complete_without_price (void)
{
  g_autoptr (Practice) practice = practice_new ();
  g_autoptr (Practice) other = practice_new ();
  g_autoptr (WattleRecord) invoice = NULL;
  g_autoptr (WattleRecord) visit = NULL;

  book (practice, ",'service':{report}");
  assert_done (practice, NG, "visit.complete", "{'id':{visit}}");
  invoice = invoice_of_visit (practice);
  g_assert_cmpint (wattle_record_get_integer (invoice, WATTLE_INVOICE_STATUS), ==, WATTLE_INVOICE_STATUS_DRAFT);
  g_assert_false (wattle_record_has (invoice, WATTLE_INVOICE_NUMBER));
  g_assert_cmpint (practice->numbers, ==, 0);
  assert_done (practice, NG, "appointment.revert", "{'id':{visit},'to':'in_visit'}");
  g_clear_object (&invoice);

  book (other, "");
  assert_done (other, NG, "visit.complete", "{'id':{visit}}");
  visit = practice_get (other, WATTLE_RECORD_APPOINTMENT, "visit");
  g_assert_false (wattle_record_has (visit, WATTLE_APPOINTMENT_INVOICE));
}

static void
test_complete_revert (void)
{
  g_autoptr (Practice) practice = practice_new ();
  g_autoptr (WattleRecord) invoice = NULL;
  g_autoptr (WattleRecord) after = NULL;

  book (practice, ",'appointment_type':{standard}");
  assert_done (practice, NG, "visit.complete", "{'id':{visit}}");
  invoice = invoice_of_visit (practice);
  assert_done (practice, DESK, "payment.record",
               "{'payment':{'type':'payment','id':{pay},'invoice':'%s','amount':100,'method':'card'}}",
               wattle_record_id (invoice));
  assert_refused (practice, NG, "appointment.revert", WATTLE_ERROR_CONFLICT, "id", "{'id':{visit},'to':'booked'}");
  assert_done (practice, DESK, "payment.reverse", "{'id':{pay},'reason':'wrong patient'}");
  assert_done (practice, NG, "appointment.revert", "{'id':{visit},'to':'booked'}");
  after = practice_get (practice, WATTLE_RECORD_INVOICE, wattle_record_id (invoice));
  g_assert_cmpint (wattle_record_get_integer (after, WATTLE_INVOICE_STATUS), ==, WATTLE_INVOICE_STATUS_WRITTEN_OFF);
  g_assert_cmpint (wattle_record_get_integer (after, WATTLE_INVOICE_BALANCE), ==, 0);
  g_assert_cmpstr (wattle_record_get_string (after, WATTLE_INVOICE_NUMBER), ==, "INV-000001");
  assert_done (practice, NG, "visit.complete", "{'id':{visit}}");
  g_assert_cmpint (practice->numbers, ==, 3); /* two invoices and a receipt */
}

#define INVOICE "'invoice':{'type':'invoice','id':{inv},'patient':{ada}}"
#define LINE(price, code) "{'type':'invoice_line','description':'Thing','unit_price':" price ",'tax_code':'" code "'}"

static void
test_invoice (void)
{
  g_autoptr (Practice) practice = practice_new ();
  g_autoptr (WattleRecord) invoice = NULL;
  g_autoptr (GPtrArray) lines = NULL;

  assert_refused (practice, DESK, "invoice.create", WATTLE_ERROR_INVALID, "lines", "{" INVOICE ",'lines':[]}");
  assert_refused (practice, DESK, "invoice.create", WATTLE_ERROR_INVALID, "unit_price",
                  "{" INVOICE ",'lines':[" LINE ("-1", "gst") "]}");
  assert_done (practice, DESK, "invoice.create", "{" INVOICE ",'lines':[" LINE ("500", "gst") "]}");
  assert_done (practice, DESK, "invoice.create",
               "{" INVOICE ",'lines':[" LINE ("11000", "gst") "," LINE ("5000", "gst_free") "]}");
  lines = wattle_invoice_lines (&practice->memory->reader, id_of ("inv"), NULL);
  g_assert_cmpuint (lines->len, ==, 2);
  invoice = practice_get (practice, WATTLE_RECORD_INVOICE, "inv");
  g_assert_cmpint (wattle_record_get_integer (invoice, WATTLE_INVOICE_TOTAL), ==, 16000);
  g_assert_cmpint (wattle_record_get_integer (invoice, WATTLE_INVOICE_GST), ==, 1000);
  assert_refused (practice, DESK, "payment.record", WATTLE_ERROR_CONFLICT, "invoice",
                  "{'payment':{'type':'payment','invoice':{inv},'amount':100,'method':'card'}}");
  assert_done (practice, DESK, "invoice.issue", "{'id':{inv}}");
  assert_refused (practice, DESK, "invoice.issue", WATTLE_ERROR_CONFLICT, "status", "{'id':{inv}}");
  assert_refused (practice, DESK, "invoice.create", WATTLE_ERROR_FORBIDDEN, "status",
                  "{" INVOICE ",'lines':[" LINE ("500", "gst") "]}");
  assert_refused (practice, DESK, "invoice.write_off", WATTLE_ERROR_FORBIDDEN, NULL, "{'id':{inv},'reason':'x'}");
  assert_refused (practice, MANAGER, "invoice.write_off", WATTLE_ERROR_INVALID, "reason", "{'id':{inv},'reason':''}");
  assert_done (practice, MANAGER, "invoice.write_off", "{'id':{inv},'reason':'hardship'}");
  assert_refused (practice, MANAGER, "invoice.write_off", WATTLE_ERROR_CONFLICT, "status",
                  "{'id':{inv},'reason':'again'}");
}

#define PAY(id, amount, method) \
  "{'payment':{'type':'payment','id':{" id "},'invoice':{inv},'amount':" amount ",'method':'" method "'}}"

static void
assert_invoice (Practice *practice, int status, gint64 paid, gint64 balance)
{
  g_autoptr (WattleRecord) invoice = practice_get (practice, WATTLE_RECORD_INVOICE, "inv");

  g_assert_cmpint (wattle_record_get_integer (invoice, WATTLE_INVOICE_STATUS), ==, status);
  g_assert_cmpint (wattle_record_get_integer (invoice, WATTLE_INVOICE_PAID), ==, paid);
  g_assert_cmpint (wattle_record_get_integer (invoice, WATTLE_INVOICE_BALANCE), ==, balance);
}

static void
test_payment (void)
{
  g_autoptr (Practice) practice = practice_new ();
  g_autoptr (WattleRecord) payment = NULL;

  assert_done (practice, DESK, "invoice.create", "{" INVOICE ",'lines':[" LINE ("10002", "gst_free") "]}");
  assert_done (practice, DESK, "invoice.issue", "{'id':{inv}}");
  assert_refused (practice, DESK, "payment.record", WATTLE_ERROR_INVALID, "amount", PAY ("p1", "0", "card"));
  assert_refused (practice, DESK, "payment.record", WATTLE_ERROR_INVALID, "amount", PAY ("p1", "10003", "card"));
  assert_refused (practice, DESK, "payment.record", WATTLE_ERROR_INVALID, "amount", PAY ("p1", "1001", "cash"));
  assert_refused (practice, DESK, "payment.record", WATTLE_ERROR_INVALID, "method",
                  "{'payment':{'type':'payment','invoice':{inv},'amount':100}}");
  assert_done (practice, DESK, "payment.record", PAY ("p1", "4000", "card"));
  assert_invoice (practice, WATTLE_INVOICE_STATUS_PART_PAID, 4000, 6002);
  payment = practice_get (practice, WATTLE_RECORD_PAYMENT, "p1");
  g_assert_cmpstr (wattle_record_get_string (payment, WATTLE_PAYMENT_RECEIPT_NUMBER), ==, "REC-000002");
  g_assert_cmpstr (wattle_record_get_string (payment, WATTLE_PAYMENT_PATIENT), ==, id_of ("ada"));
  g_assert_cmpstr (wattle_record_get_string (payment, WATTLE_PAYMENT_RECEIVED_BY), ==, id_of ("desk"));
  /* $60.02 in cash is $60.00, and that settles it. */
  assert_done (practice, DESK, "payment.record", PAY ("p2", "6000", "cash"));
  assert_invoice (practice, WATTLE_INVOICE_STATUS_PAID, 10000, 0);
  assert_refused (practice, DESK, "payment.record", WATTLE_ERROR_CONFLICT, "invoice", PAY ("p3", "5", "cash"));
  assert_refused (practice, DESK, "payment.reverse", WATTLE_ERROR_INVALID, "reason", "{'id':{p2},'reason':''}");
  assert_done (practice, DESK, "payment.reverse", "{'id':{p2},'reason':'wrong invoice'}");
  assert_invoice (practice, WATTLE_INVOICE_STATUS_PART_PAID, 4000, 6002);
  assert_refused (practice, DESK, "payment.reverse", WATTLE_ERROR_NOT_FOUND, "id", "{'id':{p2},'reason':'again'}");
  assert_done (practice, DESK, "payment.record",
               "{'overpay':true,'payment':{'type':'payment','id':{p4},'invoice':{inv},'amount':7000,'method':'card'}}");
  assert_invoice (practice, WATTLE_INVOICE_STATUS_PAID, 11000, 0);
}

/* Offline, the draft of a completed visit takes its payment: nobody is asked to pay twice. */
static void
test_payment_offline (void)
{
  g_autoptr (Practice) practice = practice_new ();
  g_autoptr (WattleOutcome) outcome = NULL;
  g_autoptr (GError) error = NULL;
  WattleRecord *invoice;

  practice_put (practice, "{'type':'invoice','id':{inv},'patient':{ada},'status':'draft','total':9000,'paid':0,"
                          "'balance':9000}");
  outcome = practice_run (practice, DESK, FALSE, id_of ("operation"), "payment.record", PAY ("p", "4000", "card"),
                          &error);
  g_assert_no_error (error);
  invoice = g_ptr_array_index (outcome->records, 1);
  g_assert_cmpint (wattle_record_get_integer (invoice, WATTLE_INVOICE_STATUS), ==, WATTLE_INVOICE_STATUS_DRAFT);
  g_assert_cmpint (wattle_record_get_integer (invoice, WATTLE_INVOICE_BALANCE), ==, 5000);
  g_assert_false (wattle_record_has (g_ptr_array_index (outcome->records, 0), WATTLE_PAYMENT_RECEIPT_NUMBER));
}

static void
test_price (void)
{
  g_autoptr (Practice) practice = practice_new ();
  WattleReader *reader = &practice->memory->reader;
  g_autoptr (GError) error = NULL;
  gint64 june, price;

  g_assert_true (wattle_date_parse ("2026-06-30", &june, NULL));
  g_assert_true (wattle_service_price_on (reader, id_of ("consult"), june, &price, &error));
  g_assert_cmpint (price, ==, 20000);
  g_assert_true (wattle_service_price_on (reader, id_of ("consult"), june + 1, &price, &error));
  g_assert_cmpint (price, ==, 22000);
  g_assert_false (wattle_service_price_on (reader, id_of ("consult"), june - 9999, &price, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND);
}

static void
test_aged (void)
{
  static const struct
  {
    const char *due;
    int balance;
  } debts[] = { { "2026-11-23", 1 }, { "2026-11-22", 10 }, { "2026-10-24", 100 }, { "2026-10-23", 1000 },
                { "2026-08-25", 10000 }, { "2026-08-24", 100000 } };
  g_autoptr (Practice) practice = practice_new ();
  WattleAgedDebt debt;
  gint64 today;

  g_assert_true (wattle_date_parse ("2026-11-23", &today, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (debts); i++)
    practice_put (practice,
                  "{'type':'invoice','id':{i%u},'patient':{ada},'status':'issued','due_date':'%s','balance':%d}", i,
                  debts[i].due, debts[i].balance);
  practice_put (practice, "{'type':'invoice','id':{p},'patient':{bob},'status':'paid','balance':0}");
  g_assert_true (wattle_aged_debt (&practice->memory->reader, NULL, today, &debt, NULL));
  g_assert_cmpint (debt.current, ==, 1);
  g_assert_cmpint (debt.days_30, ==, 110);
  g_assert_cmpint (debt.days_60, ==, 1000);
  g_assert_cmpint (debt.days_90, ==, 10000);
  g_assert_cmpint (debt.older, ==, 100000);
  g_assert_cmpint (debt.total, ==, 111111);
  g_assert_cmpuint (debt.n_invoices, ==, 6);
  g_assert_true (wattle_aged_debt (&practice->memory->reader, id_of ("bob"), today, &debt, NULL));
  g_assert_cmpint (debt.total, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/billing/complete", test_complete);
  g_test_add_func ("/billing/complete/after-deletion", test_complete_after_deletion);
  g_test_add_func ("/billing/complete/tax", test_complete_tax);
  g_test_add_func ("/billing/complete/without-price", test_complete_without_price);
  g_test_add_func ("/billing/complete/revert", test_complete_revert);
  g_test_add_func ("/billing/invoice", test_invoice);
  g_test_add_func ("/billing/payment", test_payment);
  g_test_add_func ("/billing/payment/offline", test_payment_offline);
  g_test_add_func ("/billing/price", test_price);
  g_test_add_func ("/billing/aged", test_aged);
  return g_test_run ();
}
