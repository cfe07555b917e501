/* invoice.c: invoices made by hand, issued and written off
 *
 * A number is given by the authority alone, at issue. Until its answer is there
 * a client shows the invoice as a draft.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "domain/operations/operations.h"

#include <string.h>

#include "domain/billing.h"
#include "domain/naming.h"

#define DEFAULT_TERMS_DAYS 14

static char *
join_name (const char *given, const char *family)
{
  return family != NULL ? g_strdup_printf ("%s %s", given != NULL ? given : "", family) : g_strdup (given);
}

/* Who pays, as it stands at issue: the relation who receives invoices, else the patient. */
static gboolean
set_payer (WattleOperationContext *context, WattleRecord *invoice, GError **error)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_RELATED_PERSON);
  const char *id = wattle_record_scope_id (invoice);
  g_autoptr (WattleRecord) patient = wattle_reader_get (context->reader, WATTLE_RECORD_PATIENT, id, error);
  g_autoptr (GPtrArray) relations = NULL;
  g_autofree char *name = NULL;
  g_autofree char *address = NULL;

  if (patient == NULL)
    return FALSE;
  wattle_query_where_text (&query, WATTLE_RELATED_PERSON_PATIENT, id);
  relations = wattle_reader_query (context->reader, &query, error);
  if (relations == NULL)
    return FALSE;
  for (guint i = 0; name == NULL && i < relations->len; i++)
    {
      WattleRecord *relation = g_ptr_array_index (relations, i);

      if (wattle_record_get_boolean (relation, WATTLE_RELATED_PERSON_RECEIVES_INVOICES))
        name = join_name (wattle_record_get_string (relation, WATTLE_RELATED_PERSON_GIVEN_NAMES),
                          wattle_record_get_string (relation, WATTLE_RELATED_PERSON_FAMILY_NAME));
    }
  if (name == NULL)
    name = join_name (wattle_record_get_string (patient, WATTLE_PATIENT_GIVEN_NAMES),
                      wattle_record_get_string (patient, WATTLE_PATIENT_FAMILY_NAME));
  address = wattle_patient_address (patient);
  if (!wattle_record_has (invoice, WATTLE_INVOICE_PAYER_NAME))
    wattle_record_set_string (invoice, WATTLE_INVOICE_PAYER_NAME, name);
  if (!wattle_record_has (invoice, WATTLE_INVOICE_PAYER_ADDRESS))
    wattle_record_set_string (invoice, WATTLE_INVOICE_PAYER_ADDRESS, address);
  return TRUE;
}

/**
 * wattle_invoice_issue:
 * @context: an operation's context
 * @invoice: a draft whose sums are formed
 * @error: the failure
 *
 * Gives the number and the dates, on the authority; on a client the draft stays one.
 *
 * Returns: whether the invoice is as issued as this side can make it
 */
gboolean
wattle_invoice_issue (WattleOperationContext *context, WattleRecord *invoice, GError **error)
{
  g_autoptr (WattleRecord) practice = wattle_load_practice (context, error);
  g_autofree char *number = NULL;
  gint64 today, terms;

  if (practice == NULL || !set_payer (context, invoice, error))
    return FALSE;
  if (!context->authority)
    return TRUE;
  number = wattle_next_number (context, "invoice", "INV-", error);
  if (number == NULL)
    return FALSE;
  today = wattle_today (context, wattle_record_get_string (practice, WATTLE_PRACTICE_ZONE));
  terms = wattle_record_has (practice, WATTLE_PRACTICE_PAYMENT_TERMS_DAYS)
            ? wattle_record_get_integer (practice, WATTLE_PRACTICE_PAYMENT_TERMS_DAYS)
            : DEFAULT_TERMS_DAYS;
  wattle_record_set_string (invoice, WATTLE_INVOICE_NUMBER, number);
  wattle_record_set_integer (invoice, WATTLE_INVOICE_ISSUED_DATE, today);
  wattle_record_set_integer (invoice, WATTLE_INVOICE_DUE_DATE, today + terms);
  wattle_invoice_set_paid (invoice, 0);
  return TRUE;
}

/* The date of supply: the latest date of service, or today. */
static gint64
supply_date (GPtrArray *lines, gint64 today)
{
  gint64 date = G_MININT64;

  for (guint i = 0; i < lines->len; i++)
    if (wattle_record_has (g_ptr_array_index (lines, i), WATTLE_INVOICE_LINE_SERVICE_DATE))
      date = MAX (date, wattle_record_get_integer (g_ptr_array_index (lines, i), WATTLE_INVOICE_LINE_SERVICE_DATE));
  return date != G_MININT64 ? date : today;
}

static gboolean
take_lines (WattleOperationContext *context, WattleRecord *invoice, GPtrArray *lines, GError **error)
{
  for (guint i = 0; i < lines->len; i++)
    {
      WattleRecord *line = g_ptr_array_index (lines, i);
      g_autofree char *what = g_strdup_printf ("invoice_line/%u", i + 1);

      if (!wattle_take_id (context, line, what, error))
        return FALSE;
      wattle_record_set_string (line, WATTLE_INVOICE_LINE_INVOICE, wattle_record_id (invoice));
      wattle_record_set_string (line, WATTLE_INVOICE_LINE_PATIENT, wattle_record_scope_id (invoice));
      wattle_record_set_integer (line, WATTLE_INVOICE_LINE_POSITION, i + 1);
      if (!wattle_record_has (line, WATTLE_INVOICE_LINE_QUANTITY))
        wattle_record_set_integer (line, WATTLE_INVOICE_LINE_QUANTITY, WATTLE_QUANTITY_ONE);
      if (!wattle_record_validate (line, error))
        return FALSE;
    }
  return TRUE;
}

/* A draft that is saved again loses the lines it had, unless they are not those that were read. */
static gboolean
replace_draft (
  WattleOperationContext *context, WattleRecord *invoice, const char *base, WattleOutcome *outcome, GError **error)
{
  g_autoptr (WattleRecord) draft
    = wattle_reader_get (context->reader, WATTLE_RECORD_INVOICE, wattle_record_id (invoice), NULL);
  g_autoptr (GPtrArray) lines = NULL;
  g_autofree char *stamp = NULL;

  if (draft == NULL)
    return TRUE;
  if (wattle_record_get_integer (draft, WATTLE_INVOICE_STATUS) != WATTLE_INVOICE_STATUS_DRAFT)
    return wattle_refuse (error, WATTLE_ERROR_FORBIDDEN, "status",
                          _("This invoice has been issued and cannot be changed. Write it off and make a new one."));
  lines = wattle_invoice_lines (context->reader, wattle_record_id (invoice), error);
  stamp = lines != NULL ? wattle_invoice_stamp (draft, lines) : NULL;
  if (base != NULL && stamp != NULL && strcmp (base, stamp) != 0)
    return wattle_refuse (error, WATTLE_ERROR_CONFLICT, "base",
                          _("This draft was changed on another computer, and stays as it is there. Read it first."));
  for (guint i = 0; lines != NULL && i < lines->len; i++)
    {
      wattle_record_set_deleted (g_ptr_array_index (lines, i), TRUE);
      wattle_outcome_put (outcome, g_ptr_array_index (lines, i));
    }
  return lines != NULL;
}

WATTLE_APPLY (invoice_create)
{
  g_autoptr (WattleRecord) practice = wattle_load_practice (context, error);
  g_autoptr (WattleRecord) invoice = wattle_arg_record (args, "invoice", error);
  g_autoptr (GPtrArray) lines = wattle_arg_records (args, "lines", error);

  if (practice == NULL || invoice == NULL || lines == NULL)
    return FALSE;
  if (lines->len == 0)
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "lines", _("An invoice needs at least one line."));
  if (wattle_record_id (invoice) == NULL && !wattle_take_id (context, invoice, "invoice", error))
    return FALSE;
  wattle_record_set_integer (invoice, WATTLE_INVOICE_STATUS, WATTLE_INVOICE_STATUS_DRAFT);
  wattle_record_unset (invoice, WATTLE_INVOICE_NUMBER);
  wattle_record_unset (invoice, WATTLE_INVOICE_ISSUED_DATE);
  wattle_record_unset (invoice, WATTLE_INVOICE_DUE_DATE);
  if (!wattle_record_validate (invoice, error)
      || !replace_draft (context, invoice, wattle_arg_string (args, "base"), outcome, error)
      || !take_lines (context, invoice, lines, error)
      || !wattle_invoice_sum_up (
        practice, invoice, lines,
        supply_date (lines, wattle_today (context, wattle_record_get_string (practice, WATTLE_PRACTICE_ZONE))), error))
    return FALSE;
  wattle_outcome_put (outcome, invoice);
  for (guint i = 0; i < lines->len; i++)
    wattle_outcome_put (outcome, g_ptr_array_index (lines, i));
  return TRUE;
}

WATTLE_APPLY (invoice_issue)
{
  const char *id = wattle_arg_string (args, "id");
  g_autoptr (WattleRecord) practice = wattle_load_practice (context, error);
  g_autoptr (WattleRecord) invoice = practice != NULL ? wattle_load (context, WATTLE_RECORD_INVOICE, id, error) : NULL;
  g_autoptr (GPtrArray) lines = NULL;
  gint64 today;

  if (invoice == NULL)
    return FALSE;
  if (wattle_record_get_integer (invoice, WATTLE_INVOICE_STATUS) != WATTLE_INVOICE_STATUS_DRAFT)
    return wattle_refuse (error, WATTLE_ERROR_CONFLICT, "status", _("This invoice has been issued already."));
  lines = wattle_invoice_lines (context->reader, id, error);
  if (lines == NULL)
    return FALSE;
  if (lines->len == 0)
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "id", _("An invoice needs at least one line."));
  today = wattle_today (context, wattle_record_get_string (practice, WATTLE_PRACTICE_ZONE));
  if (!wattle_invoice_sum_up (practice, invoice, lines, supply_date (lines, today), error)
      || !wattle_invoice_issue (context, invoice, error))
    return FALSE;
  wattle_outcome_put (outcome, invoice);
  for (guint i = 0; i < lines->len; i++)
    wattle_outcome_put (outcome, g_ptr_array_index (lines, i));
  return TRUE;
}

WATTLE_APPLY (invoice_write_off)
{
  g_autoptr (WattleRecord) invoice
    = wattle_load (context, WATTLE_RECORD_INVOICE, wattle_arg_string (args, "id"), error);
  gint64 status;

  if (invoice == NULL)
    return FALSE;
  if (*wattle_arg_string (args, "reason") == '\0')
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "reason", _("Say why: the reason is kept in the audit trail."));
  status = wattle_record_get_integer (invoice, WATTLE_INVOICE_STATUS);
  if (status != WATTLE_INVOICE_STATUS_ISSUED && status != WATTLE_INVOICE_STATUS_PART_PAID)
    return wattle_refuse (error, WATTLE_ERROR_CONFLICT, "status", _("Nothing is owed on this invoice."));
  wattle_record_set_integer (invoice, WATTLE_INVOICE_STATUS, WATTLE_INVOICE_STATUS_WRITTEN_OFF);
  wattle_record_set_integer (invoice, WATTLE_INVOICE_BALANCE, 0);
  wattle_outcome_put (outcome, invoice);
  return TRUE;
}
