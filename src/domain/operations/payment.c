/* payment.c: taking money towards an invoice, and taking that back
 *
 * What an invoice has received is always summed from its payments, so that a
 * reversal cannot leave a difference behind.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "domain/operations/operations.h"

#include "base/civil.h"
#include "base/money.h"
#include "domain/billing.h"
#include "domain/settings.h"

/* A client may hold the invoice as a draft still, while its number is on its way. */
static WattleRecord *
load_payable (WattleOperationContext *context, const char *id, GError **error)
{
  g_autoptr (WattleRecord) invoice = wattle_load (context, WATTLE_RECORD_INVOICE, id, error);
  gint64 status;

  if (invoice == NULL)
    return NULL;
  status = wattle_record_get_integer (invoice, WATTLE_INVOICE_STATUS);
  if (status == WATTLE_INVOICE_STATUS_ISSUED || status == WATTLE_INVOICE_STATUS_PART_PAID
      || (status == WATTLE_INVOICE_STATUS_DRAFT && !context->authority))
    return g_steal_pointer (&invoice);
  wattle_refuse (error, WATTLE_ERROR_CONFLICT, "invoice",
                 status == WATTLE_INVOICE_STATUS_DRAFT ? _("Issue the invoice before you take a payment.")
                                                       : _("Nothing is owed on this invoice."));
  return NULL;
}

/* Whether cash is rounded here: an invoice keeps its cents, and the coin of one cent is gone. */
static gboolean
is_rounded_cash (WattleOperationContext *context, WattleRecord *payment)
{
  return wattle_record_get_integer (payment, WATTLE_PAYMENT_METHOD) == WATTLE_PAYMENT_METHOD_CASH
         && wattle_setting_get_boolean (context->reader, "cash_rounding");
}

static gboolean
check_amount (WattleOperationContext *context, WattleRecord *payment, gint64 balance, gboolean overpay, GError **error)
{
  gint64 amount = wattle_record_get_integer (payment, WATTLE_PAYMENT_AMOUNT);
  gboolean cash = is_rounded_cash (context, payment);
  gint64 most = cash ? wattle_cash_round (balance) : balance;
  g_autofree char *owed = wattle_money_format (most);

  if (amount <= 0)
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "amount", _("Enter the amount that was paid."));
  if (cash && amount % 5 != 0)
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, "amount",
                              _("Cash is paid in steps of five cents: %s settles this invoice."), owed);
      return FALSE;
    }
  if (amount <= most || overpay)
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_INVALID, "amount",
                          _("That is more than the %s owed. Enter less, or say that it is meant."), owed);
  return FALSE;
}

/* A draft on a client keeps its status: only the server's answer says that it is issued. */
static void
set_paid (WattleRecord *invoice, gint64 paid)
{
  gint64 status = wattle_record_get_integer (invoice, WATTLE_INVOICE_STATUS);

  wattle_invoice_set_paid (invoice, paid);
  if (status == WATTLE_INVOICE_STATUS_DRAFT || status == WATTLE_INVOICE_STATUS_WRITTEN_OFF)
    wattle_record_set_integer (invoice, WATTLE_INVOICE_STATUS, status);
  if (status == WATTLE_INVOICE_STATUS_WRITTEN_OFF)
    wattle_record_set_integer (invoice, WATTLE_INVOICE_BALANCE, 0);
}

/* Books what has been received. Cash that was rounded down settles the one or two cents it leaves. */
static void
settle (WattleOperationContext *context, WattleRecord *invoice, WattleRecord *payment)
{
  gint64 amount = wattle_record_get_integer (payment, WATTLE_PAYMENT_AMOUNT);
  gint64 balance = wattle_record_get_integer (invoice, WATTLE_INVOICE_BALANCE);
  gboolean draft = wattle_record_get_integer (invoice, WATTLE_INVOICE_STATUS) == WATTLE_INVOICE_STATUS_DRAFT;

  set_paid (invoice, wattle_record_get_integer (invoice, WATTLE_INVOICE_PAID) + amount);
  if (!is_rounded_cash (context, payment) || amount < wattle_cash_round (balance))
    return;
  wattle_record_set_integer (invoice, WATTLE_INVOICE_BALANCE, 0);
  if (!draft)
    wattle_record_set_integer (invoice, WATTLE_INVOICE_STATUS, WATTLE_INVOICE_STATUS_PAID);
}

static gboolean
fill_in (WattleOperationContext *context, WattleRecord *payment, WattleRecord *invoice, GError **error)
{
  g_autoptr (WattleRecord) practice = wattle_load_practice (context, error);
  g_autofree char *number = NULL;
  const char *zone_name;
  GTimeZone *zone;
  gint64 date;

  if (practice == NULL)
    return FALSE;
  zone_name = wattle_record_get_string (practice, WATTLE_PRACTICE_ZONE);
  zone = wattle_zone_lookup (zone_name != NULL ? zone_name : "UTC", error);
  if (zone == NULL)
    return FALSE;
  if (!wattle_record_has (payment, WATTLE_PAYMENT_RECEIVED_AT))
    wattle_record_set_integer (payment, WATTLE_PAYMENT_RECEIVED_AT, context->now);
  wattle_zone_to_local (wattle_record_get_integer (payment, WATTLE_PAYMENT_RECEIVED_AT), zone, &date, NULL, NULL);
  wattle_record_set_integer (payment, WATTLE_PAYMENT_RECEIVED_DATE, date);
  wattle_record_set_string (payment, WATTLE_PAYMENT_PATIENT, wattle_record_scope_id (invoice));
  wattle_record_set_string (payment, WATTLE_PAYMENT_RECEIVED_BY, context->actor->user);
  wattle_record_unset (payment, WATTLE_PAYMENT_RECEIPT_NUMBER);
  if (!wattle_record_validate (payment, error))
    return FALSE;
  if (!context->authority)
    return TRUE;
  number = wattle_next_number (context, "receipt", "REC-", error);
  wattle_record_set_string (payment, WATTLE_PAYMENT_RECEIPT_NUMBER, number);
  return number != NULL;
}

WATTLE_APPLY (payment_record)
{
  g_autoptr (WattleRecord) payment = wattle_arg_record (args, "payment", error);
  g_autoptr (WattleRecord) invoice = NULL;
  gboolean overpay = wattle_json_member_boolean (args, "overpay");

  if (payment == NULL)
    return FALSE;
  invoice = load_payable (context, wattle_record_get_string (payment, WATTLE_PAYMENT_INVOICE), error);
  if (invoice == NULL
      || !check_amount (context, payment, wattle_record_get_integer (invoice, WATTLE_INVOICE_BALANCE), overpay, error)
      || !wattle_take_id (context, payment, "payment", error) || !fill_in (context, payment, invoice, error))
    return FALSE;
  settle (context, invoice, payment);
  wattle_outcome_put (outcome, payment);
  wattle_outcome_put (outcome, invoice);
  return TRUE;
}

static gboolean
sum_others (WattleOperationContext *context, WattleRecord *payment, gint64 *sum, GError **error)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_PAYMENT);
  g_autoptr (GPtrArray) payments = NULL;

  *sum = 0;
  wattle_query_where_text (&query, WATTLE_PAYMENT_INVOICE, wattle_record_get_string (payment, WATTLE_PAYMENT_INVOICE));
  payments = wattle_reader_query (context->reader, &query, error);
  for (guint i = 0; payments != NULL && i < payments->len; i++)
    if (g_strcmp0 (wattle_record_id (g_ptr_array_index (payments, i)), wattle_record_id (payment)) != 0)
      *sum += wattle_record_get_integer (g_ptr_array_index (payments, i), WATTLE_PAYMENT_AMOUNT);
  return payments != NULL;
}

WATTLE_APPLY (payment_reverse)
{
  g_autoptr (WattleRecord) payment
    = wattle_load (context, WATTLE_RECORD_PAYMENT, wattle_arg_string (args, "id"), error);
  g_autoptr (WattleRecord) invoice = NULL;
  gint64 paid;

  if (payment == NULL)
    return FALSE;
  if (*wattle_arg_string (args, "reason") == '\0')
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "reason", _("Say why: the reason is kept in the audit trail."));
  invoice = wattle_load (context, WATTLE_RECORD_INVOICE, wattle_record_get_string (payment, WATTLE_PAYMENT_INVOICE),
                         error);
  if (invoice == NULL || !sum_others (context, payment, &paid, error))
    return FALSE;
  set_paid (invoice, paid);
  wattle_record_set_deleted (payment, TRUE);
  wattle_outcome_put (outcome, payment);
  wattle_outcome_put (outcome, invoice);
  return TRUE;
}
