/* visit.c: ending a visit, which makes its invoice
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "domain/operations/operations.h"

#include "base/civil.h"
#include "domain/billing.h"

#define MAY_COMPLETE \
  ((1u << WATTLE_APPOINTMENT_STATUS_TENTATIVE) | (1u << WATTLE_APPOINTMENT_STATUS_BOOKED) \
   | (1u << WATTLE_APPOINTMENT_STATUS_ARRIVED) | (1u << WATTLE_APPOINTMENT_STATUS_IN_VISIT))

/* What a visit bills: its own service, or that of its type. NULL without an error when it bills nothing. */
static gboolean
find_service (WattleOperationContext *context, WattleRecord *appointment, WattleRecord **service, GError **error)
{
  const char *id = wattle_record_get_string (appointment, WATTLE_APPOINTMENT_SERVICE);
  const char *kind = wattle_record_get_string (appointment, WATTLE_APPOINTMENT_TYPE);
  g_autoptr (WattleRecord) type = NULL;

  *service = NULL;
  if (id == NULL && kind != NULL)
    {
      type = wattle_reader_get (context->reader, WATTLE_RECORD_APPOINTMENT_TYPE, kind, error);
      if (type == NULL)
        return FALSE;
      id = wattle_record_get_string (type, WATTLE_APPOINTMENT_TYPE_SERVICE);
    }
  if (id == NULL)
    return TRUE;
  *service = wattle_reader_get (context->reader, WATTLE_RECORD_SERVICE, id, error);
  return *service != NULL;
}

static gboolean
find_price (WattleOperationContext *context,
            WattleRecord *appointment,
            WattleRecord *service,
            gint64 date,
            gint64 *price,
            gboolean *has_price,
            GError **error)
{
  g_autoptr (GError) local = NULL;

  *price = wattle_record_get_integer (appointment, WATTLE_APPOINTMENT_PRICE);
  *has_price = wattle_record_has (appointment, WATTLE_APPOINTMENT_PRICE);
  if (*has_price || service == NULL)
    return TRUE;
  *has_price = wattle_service_price_on (context->reader, wattle_record_id (service), date, price, &local);
  if (*has_price || g_error_matches (local, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static WattleRecord *
new_line (WattleOperationContext *context,
          WattleRecord *invoice,
          WattleRecord *appointment,
          WattleRecord *service,
          gint64 date,
          gint64 price)
{
  WattleRecord *line = wattle_record_new (WATTLE_RECORD_INVOICE_LINE);
  g_autofree char *id = wattle_operation_new_id (context, "invoice_line/1");

  wattle_record_set_id (line, id);
  wattle_record_set_string (line, WATTLE_INVOICE_LINE_INVOICE, wattle_record_id (invoice));
  wattle_record_set_string (line, WATTLE_INVOICE_LINE_PATIENT, wattle_record_scope_id (appointment));
  wattle_record_set_integer (line, WATTLE_INVOICE_LINE_POSITION, 1);
  wattle_record_set_integer (line, WATTLE_INVOICE_LINE_SERVICE_DATE, date);
  wattle_record_set_integer (line, WATTLE_INVOICE_LINE_QUANTITY, WATTLE_QUANTITY_ONE);
  wattle_record_set_integer (line, WATTLE_INVOICE_LINE_UNIT_PRICE, price);
  wattle_record_set_integer (line, WATTLE_INVOICE_LINE_TAX_CODE,
                             service != NULL ? wattle_record_get_integer (service, WATTLE_SERVICE_TAX_CODE)
                                             : WATTLE_TAX_CODE_GST_FREE);
  wattle_record_set_string (line, WATTLE_INVOICE_LINE_DESCRIPTION,
                            service != NULL ? wattle_record_get_string (service, WATTLE_SERVICE_NAME)
                                            : _("Consultation"));
  if (service != NULL)
    {
      wattle_record_set_string (line, WATTLE_INVOICE_LINE_SERVICE, wattle_record_id (service));
      wattle_record_set_string (line, WATTLE_INVOICE_LINE_CODE,
                                wattle_record_get_string (service, WATTLE_SERVICE_CODE));
    }
  return line;
}

static WattleRecord *
new_invoice (WattleOperationContext *context, WattleRecord *appointment)
{
  WattleRecord *invoice = wattle_record_new (WATTLE_RECORD_INVOICE);
  g_autofree char *id = wattle_operation_new_id (context, "invoice");

  wattle_record_set_id (invoice, id);
  wattle_record_set_string (invoice, WATTLE_INVOICE_PATIENT, wattle_record_scope_id (appointment));
  wattle_record_set_string (invoice, WATTLE_INVOICE_APPOINTMENT, wattle_record_id (appointment));
  wattle_record_set_string (invoice, WATTLE_INVOICE_PRACTITIONER,
                            wattle_record_get_string (appointment, WATTLE_APPOINTMENT_PRACTITIONER));
  wattle_record_set_string (invoice, WATTLE_INVOICE_LOCATION,
                            wattle_record_get_string (appointment, WATTLE_APPOINTMENT_LOCATION));
  wattle_record_set_integer (invoice, WATTLE_INVOICE_STATUS, WATTLE_INVOICE_STATUS_DRAFT);
  return invoice;
}

/* The date of service is that of the wall clock where the service was given. */
static gint64
service_date (WattleRecord *appointment)
{
  const char *name = wattle_record_get_string (appointment, WATTLE_APPOINTMENT_ZONE);
  GTimeZone *zone = wattle_zone_lookup (name != NULL ? name : "UTC", NULL);
  gint64 date;

  wattle_zone_to_local (wattle_record_get_integer (appointment, WATTLE_APPOINTMENT_STARTS_AT),
                        zone != NULL ? zone : wattle_zone_lookup ("UTC", NULL), &date, NULL, NULL);
  return date;
}

static gboolean
bill (WattleOperationContext *context, WattleRecord *appointment, WattleOutcome *outcome, GError **error)
{
  gint64 date = service_date (appointment);
  g_autoptr (WattleRecord) practice = wattle_load_practice (context, error);
  g_autoptr (WattleRecord) service = NULL;
  g_autoptr (WattleRecord) invoice = NULL;
  g_autoptr (WattleRecord) line = NULL;
  g_autoptr (GPtrArray) lines = g_ptr_array_new ();
  gboolean has_price;
  gint64 price;

  if (practice == NULL || !find_service (context, appointment, &service, error)
      || !find_price (context, appointment, service, date, &price, &has_price, error))
    return FALSE;
  if (service == NULL && !has_price)
    return TRUE;
  invoice = new_invoice (context, appointment);
  line = new_line (context, invoice, appointment, service, date, price);
  g_ptr_array_add (lines, line);
  if (!wattle_invoice_sum_up (practice, invoice, lines, date, error)
      || (has_price && !wattle_invoice_issue (context, invoice, error)))
    return FALSE;
  wattle_record_set_string (appointment, WATTLE_APPOINTMENT_INVOICE, wattle_record_id (invoice));
  wattle_outcome_put (outcome, invoice);
  wattle_outcome_put (outcome, line);
  return TRUE;
}

WATTLE_APPLY (visit_complete)
{
  g_autoptr (WattleRecord) appointment
    = wattle_load (context, WATTLE_RECORD_APPOINTMENT, wattle_arg_string (args, "id"), error);
  gint64 status;

  if (appointment == NULL)
    return FALSE;
  status = wattle_record_get_integer (appointment, WATTLE_APPOINTMENT_STATUS);
  if (status == WATTLE_APPOINTMENT_STATUS_COMPLETED)
    {
      wattle_outcome_put (outcome, appointment);
      return TRUE;
    }
  if ((MAY_COMPLETE >> status & 1) == 0)
    return wattle_refuse (error, WATTLE_ERROR_CONFLICT, "status",
                          _("This visit was cancelled or missed, so that it cannot be completed."));
  wattle_record_set_integer (appointment, WATTLE_APPOINTMENT_STATUS, WATTLE_APPOINTMENT_STATUS_COMPLETED);
  wattle_record_set_integer (appointment, WATTLE_APPOINTMENT_COMPLETED_AT, context->now);
  if (!wattle_record_has (appointment, WATTLE_APPOINTMENT_INVOICE) && !bill (context, appointment, outcome, error))
    return FALSE;
  wattle_outcome_put (outcome, appointment);
  return TRUE;
}
