/* papers.c: documents of the practice as PDF, made from the cache off the main thread
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/papers/papers.h"

#include <glib/gi18n-lib.h>

#include "base/civil.h"
#include "base/clock.h"
#include "base/error.h"
#include "documents/conversation.h"
#include "documents/invoice.h"
#include "documents/prescription.h"
#include "domain/billing.h"
#include "domain/naming.h"

typedef struct
{
  WattleReader *reader;
  WattleRecord *practice;
  WattleRecord *location;
  WattleRecord *practitioner;
  WattleRecord *provider;
  WattleRecord *patient;
} Around;

static void
around_clear (Around *self)
{
  g_clear_object (&self->practice);
  g_clear_object (&self->location);
  g_clear_object (&self->practitioner);
  g_clear_object (&self->provider);
  g_clear_object (&self->patient);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Around, around_clear)

static WattleRecord *
get (WattleReader *reader, WattleRecordType type, const char *id)
{
  return id != NULL ? wattle_reader_get (reader, type, id, NULL) : NULL;
}

static WattleRecord *
find_provider (WattleReader *reader, const char *practitioner, const char *location)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_PRACTITIONER_LOCATION);

  if (practitioner == NULL || location == NULL)
    return NULL;
  wattle_query_where_text (&query, WATTLE_PRACTITIONER_LOCATION_PRACTITIONER, practitioner);
  wattle_query_where_text (&query, WATTLE_PRACTITIONER_LOCATION_LOCATION, location);
  return wattle_reader_find (reader, &query, NULL);
}

/* Who and where: what a document says besides its content. */
static gboolean
read_around (Around *self,
             WattleReader *reader,
             const char *patient,
             const char *practitioner,
             const char *location,
             GError **error)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_PRACTICE);

  self->reader = reader;
  self->practice = wattle_reader_find (reader, &query, error);
  self->patient = self->practice != NULL ? wattle_reader_get (reader, WATTLE_RECORD_PATIENT, patient, error) : NULL;
  self->location = get (reader, WATTLE_RECORD_LOCATION, location);
  self->practitioner = get (reader, WATTLE_RECORD_PRACTITIONER, practitioner);
  self->provider = find_provider (reader, practitioner, location);
  if (self->patient == NULL && (error == NULL || *error == NULL))
    wattle_set_field_error (error, WATTLE_ERROR_NOT_FOUND, "patient", _("The practice's own record is not here yet."));
  return self->patient != NULL;
}

static GPtrArray *
read_payments (WattleReader *reader, const char *invoice, GError **error)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_PAYMENT);

  wattle_query_where_text (&query, WATTLE_PAYMENT_INVOICE, invoice);
  wattle_query_order_by (&query, WATTLE_PAYMENT_RECEIVED_AT, FALSE);
  return wattle_reader_query (reader, &query, error);
}

static WattleRecord *
find_payment (GPtrArray *payments, const char *id)
{
  for (guint i = 0; i < payments->len; i++)
    if (g_strcmp0 (wattle_record_id (g_ptr_array_index (payments, i)), id) == 0)
      return g_ptr_array_index (payments, i);
  return NULL;
}

/* A document of the same source and kind that is in the chart already. */
static gboolean
is_filed (WattleReader *reader, const WattlePaper *paper)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_DOCUMENT);
  g_autoptr (GError) error = NULL;

  wattle_query_where_text (&query, WATTLE_DOCUMENT_SOURCE, paper->source);
  wattle_query_where (&query, WATTLE_DOCUMENT_KIND, WATTLE_COMPARE_EQUAL, paper->kind);
  return wattle_reader_count (reader, &query, &error) > 0;
}

static void
describe_invoice (WattlePaper *paper, WattleRecord *invoice, WattleRecord *payment)
{
  const char *number = payment != NULL ? wattle_record_get_string (payment, WATTLE_PAYMENT_RECEIPT_NUMBER)
                                       : wattle_record_get_string (invoice, WATTLE_INVOICE_NUMBER);
  const char *word = payment != NULL ? _("Receipt") : _("Invoice");

  paper->kind = payment != NULL ? WATTLE_DOCUMENT_KIND_RECEIPT : WATTLE_DOCUMENT_KIND_INVOICE;
  paper->source = g_strdup (wattle_record_id (payment != NULL ? payment : invoice));
  paper->title = number != NULL ? g_strdup_printf ("%s %s", word, number)
                                : g_strdup_printf (_("%s, number to follow"), word);
  paper->number = g_strdup (number != NULL ? number : word);
  paper->date = payment != NULL ? wattle_record_get_integer (payment, WATTLE_PAYMENT_RECEIVED_DATE)
                                : wattle_record_get_integer (invoice, WATTLE_INVOICE_ISSUED_DATE);
}

/* Ids say nothing of the order on the page. */
static int
compare_positions (gconstpointer a, gconstpointer b)
{
  return wattle_record_get_integer (*(WattleRecord *const *) a, WATTLE_PRESCRIPTION_LINE_POSITION)
         - wattle_record_get_integer (*(WattleRecord *const *) b, WATTLE_PRESCRIPTION_LINE_POSITION);
}

/**
 * wattle_paper_free:
 * @self: (transfer full): a document
 */
void
wattle_paper_free (WattlePaper *self)
{
  g_clear_pointer (&self->pdf, g_bytes_unref);
  g_clear_object (&self->record);
  g_clear_pointer (&self->payments, g_ptr_array_unref);
  g_free (self->title);
  g_free (self->subtitle);
  g_free (self->number);
  g_free (self->patient);
  g_free (self->source);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattlePaper, wattle_paper_free)

/**
 * wattle_paper_invoice:
 * @transaction: a reading transaction
 * @data: a #GVariant "(ss)": the invoice, and the payment whose receipt is wanted or ""
 * @cancellable: (nullable): not polled: one page is made in milliseconds
 * @error: the failure
 *
 * Returns: (transfer full) (nullable): a #WattlePaper
 */
gpointer
wattle_paper_invoice (WattleTransaction *transaction, gpointer data, GCancellable *cancellable, GError **error)
{
  WattleReader *reader = wattle_transaction_reader (transaction);
  g_autoptr (WattlePaper) paper = g_new0 (WattlePaper, 1);
  g_auto (Around) around = { NULL };
  g_autoptr (GPtrArray) lines = NULL;
  WattleRecord *payment = NULL;
  const char *id;
  const char *payment_id;
  WattleRecord *invoice;

  g_variant_get (data, "(&s&s)", &id, &payment_id);
  invoice = paper->record = wattle_reader_get (reader, WATTLE_RECORD_INVOICE, id, error);
  if (invoice == NULL
      || !read_around (&around, reader, wattle_record_scope_id (invoice),
                       wattle_record_get_string (invoice, WATTLE_INVOICE_PRACTITIONER),
                       wattle_record_get_string (invoice, WATTLE_INVOICE_LOCATION), error))
    return NULL;
  lines = wattle_invoice_lines (reader, id, error);
  paper->payments = lines != NULL ? read_payments (reader, id, error) : NULL;
  if (paper->payments == NULL)
    return NULL;
  if (*payment_id != '\0')
    {
      payment = find_payment (paper->payments, payment_id);
      if (payment == NULL)
        {
          wattle_set_field_error (error, WATTLE_ERROR_NOT_FOUND, "payment", _("This payment was taken back."));
          return NULL;
        }
    }
  describe_invoice (paper, invoice, payment);
  paper->patient = g_strdup (wattle_record_id (around.patient));
  paper->subtitle = wattle_patient_display_name (around.patient);
  paper->filed = is_filed (reader, paper);
  {
    WattleInvoiceInput input = { around.practice, around.location, around.practitioner, around.provider,
                                 around.patient,  invoice,         lines,               paper->payments };

    paper->pdf = payment != NULL ? wattle_receipt_pdf (&input, payment, error) : wattle_invoice_pdf (&input, error);
  }
  return paper->pdf != NULL ? g_steal_pointer (&paper) : NULL;
}

/**
 * wattle_paper_prescription:
 * @transaction: a reading transaction
 * @data: a #GVariant "s": the prescription
 * @cancellable: (nullable): not polled: one page is made in milliseconds
 * @error: the failure
 *
 * Returns: (transfer full) (nullable): a #WattlePaper
 */
gpointer
wattle_paper_prescription (WattleTransaction *transaction, gpointer data, GCancellable *cancellable, GError **error)
{
  WattleReader *reader = wattle_transaction_reader (transaction);
  g_autoptr (WattlePaper) paper = g_new0 (WattlePaper, 1);
  g_auto (Around) around = { NULL };
  g_autoptr (GPtrArray) lines = NULL;
  WattleQuery query = wattle_query (WATTLE_RECORD_PRESCRIPTION_LINE);
  const char *id = g_variant_get_string (data, NULL);
  const char *number;

  paper->record = wattle_reader_get (reader, WATTLE_RECORD_PRESCRIPTION, id, error);
  if (paper->record == NULL
      || !read_around (&around, reader, wattle_record_scope_id (paper->record),
                       wattle_record_get_string (paper->record, WATTLE_PRESCRIPTION_PRESCRIBER),
                       wattle_record_get_string (paper->record, WATTLE_PRESCRIPTION_LOCATION), error))
    return NULL;
  wattle_query_where_text (&query, WATTLE_PRESCRIPTION_LINE_PRESCRIPTION, id);
  lines = wattle_reader_query (reader, &query, error);
  if (lines == NULL)
    return NULL;
  g_ptr_array_sort (lines, compare_positions);
  number = wattle_record_get_string (paper->record, WATTLE_PRESCRIPTION_NUMBER);
  paper->kind = WATTLE_DOCUMENT_KIND_PRESCRIPTION;
  paper->source = g_strdup (id);
  paper->title = number != NULL ? g_strdup_printf (_("Prescription %s"), number)
                                : g_strdup (_("Prescription, number to follow"));
  paper->number = g_strdup (number != NULL ? number : _("Prescription"));
  paper->date = wattle_record_get_integer (paper->record, WATTLE_PRESCRIPTION_PRESCRIBED_DATE);
  paper->patient = g_strdup (wattle_record_id (around.patient));
  paper->subtitle = wattle_patient_display_name (around.patient);
  paper->filed = is_filed (reader, paper);
  {
    WattlePrescriptionInput input = { around.practice, around.location, around.practitioner,
                                      around.patient,  paper->record,   lines };

    paper->pdf = wattle_prescription_pdf (&input, error);
  }
  return paper->pdf != NULL ? g_steal_pointer (&paper) : NULL;
}

/* The files that came with messages, by their ids. */
static GHashTable *
read_files (WattleReader *reader, GPtrArray *messages)
{
  GHashTable *files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);

  for (guint i = 0; i < messages->len; i++)
    {
      const char *id = wattle_record_get_string (messages->pdata[i], WATTLE_MESSAGE_DOCUMENT);
      WattleRecord *file = get (reader, WATTLE_RECORD_DOCUMENT, id);

      if (file != NULL)
        g_hash_table_insert (files, g_strdup (id), file);
    }
  return files;
}

/**
 * wattle_paper_conversation:
 * @transaction: a reading transaction
 * @data: a #GVariant "(ss)": the conversation, and the zone of its times
 * @cancellable: (nullable): not polled
 * @error: the failure
 *
 * It is in the chart already, so it is not offered for filing.
 *
 * Returns: (transfer full) (nullable): a #WattlePaper of everything that was written in it
 */
gpointer
wattle_paper_conversation (WattleTransaction *transaction, gpointer data, GCancellable *cancellable, GError **error)
{
  WattleReader *reader = wattle_transaction_reader (transaction);
  g_autoptr (WattlePaper) paper = g_new0 (WattlePaper, 1);
  g_auto (Around) around = { NULL };
  g_autoptr (GPtrArray) messages = NULL;
  g_autoptr (GHashTable) files = NULL;
  g_autoptr (WattleRecord) visit = NULL;
  WattleQuery query = wattle_query (WATTLE_RECORD_MESSAGE);
  WattleConversationInput input = { 0 };
  const char *id, *zone;

  g_variant_get (data, "(&s&s)", &id, &zone);
  input.zone = wattle_zone_lookup (zone, error);
  if (input.zone != NULL)
    paper->record = wattle_reader_get (reader, WATTLE_RECORD_THREAD, id, error);
  input.thread = paper->record;
  if (input.thread == NULL)
    return NULL;
  input.visit = visit =
    get (reader, WATTLE_RECORD_APPOINTMENT, wattle_record_get_string (input.thread, WATTLE_THREAD_APPOINTMENT));
  wattle_query_where_text (&query, WATTLE_MESSAGE_THREAD, id);
  wattle_query_order_by (&query, WATTLE_MESSAGE_SENT_AT, FALSE);
  messages = wattle_reader_query (reader, &query, error);
  if (messages == NULL
      || !read_around (&around, reader, wattle_record_scope_id (input.thread),
                       wattle_record_get_string (input.thread, WATTLE_THREAD_PRACTITIONER),
                       visit != NULL ? wattle_record_get_string (visit, WATTLE_APPOINTMENT_LOCATION) : NULL, error))
    return NULL;
  input.practice = around.practice;
  input.location = around.location;
  input.patient = around.patient;
  input.messages = messages;
  input.documents = files = read_files (reader, messages);
  wattle_zone_to_local (wattle_clock_now (), input.zone, &input.date, NULL, NULL);
  paper->kind = WATTLE_DOCUMENT_KIND_OTHER;
  paper->source = g_strdup (id);
  paper->title = g_strdup (_("Messages of a Visit"));
  paper->number = g_strdup (_("Messages"));
  paper->date = input.date;
  paper->patient = g_strdup (wattle_record_id (around.patient));
  paper->subtitle = wattle_patient_display_name (around.patient);
  paper->filed = TRUE;
  paper->pdf = wattle_conversation_pdf (&input, error);
  return paper->pdf != NULL ? g_steal_pointer (&paper) : NULL;
}
