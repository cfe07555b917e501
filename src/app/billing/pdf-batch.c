/* pdf-batch.c: the PDFs of many invoices into a folder, with progress, off the main thread
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/billing/pdf-batch.h"

#include "app/papers/papers.h"

#define PAGE 200

struct _WattlePdfBatch
{
  GFile *folder;
  GVariant *listed;
  int done; /* atomic */
  int all;  /* atomic */
};

static gboolean
write_one (WattlePdfBatch *self,
           WattleTransaction *transaction,
           WattleRecord *invoice,
           GCancellable *cancellable,
           GError **error)
{
  g_autoptr (GVariant) arguments = g_variant_ref_sink (g_variant_new ("(ss)", wattle_record_id (invoice), ""));
  WattlePaper *paper = wattle_paper_invoice (transaction, arguments, cancellable, error);
  const char *number = wattle_record_get_string (invoice, WATTLE_INVOICE_NUMBER);
  g_autofree char *name = g_strdup_printf ("%s.pdf", number != NULL ? number : wattle_record_id (invoice));
  g_autoptr (GFile) file = g_file_get_child (self->folder, g_strdelimit (name, "/\\:", '-'));
  gboolean was_there = g_file_query_exists (file, NULL);
  gboolean ok;

  if (paper == NULL)
    return FALSE;
  /* Not stopped in the middle, and not left in the middle by a full disk: each file is whole, or not there. */
  ok = g_file_replace_contents (file, g_bytes_get_data (paper->pdf, NULL), g_bytes_get_size (paper->pdf), NULL, FALSE,
                                G_FILE_CREATE_PRIVATE, NULL, NULL, error);
  if (!ok && !was_there)
    g_file_delete (file, NULL, NULL);
  wattle_paper_free (paper);
  return ok;
}

static gboolean
write_page (
  WattlePdfBatch *self, WattleTransaction *transaction, GPtrArray *invoices, GCancellable *cancellable, GError **error)
{
  for (guint i = 0; i < invoices->len; i++)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error)
          || !write_one (self, transaction, g_ptr_array_index (invoices, i), cancellable, error))
        return FALSE;
      g_atomic_int_inc (&self->done);
    }
  return TRUE;
}

/* What a search lists is short. */
static gboolean
write_found (WattlePdfBatch *self, WattleTransaction *transaction, GCancellable *cancellable, GError **error)
{
  WattleBilling *found = wattle_billing_read (transaction, self->listed, cancellable, error);
  g_autoptr (GPtrArray) invoices = g_ptr_array_new_with_free_func (g_object_unref);

  if (found == NULL)
    return FALSE;
  for (guint i = 0; i < found->entries->len; i++)
    {
      const WattleEntry *entry = g_ptr_array_index (found->entries, i);

      if (entry->status != WATTLE_INVOICE_STATUS_DRAFT)
        g_ptr_array_add (invoices, g_object_ref (entry->record));
    }
  wattle_billing_free (found);
  g_atomic_int_set (&self->all, invoices->len);
  return write_page (self, transaction, invoices, cancellable, error);
}

static gboolean
write_all (WattlePdfBatch *self, WattleTransaction *transaction, GCancellable *cancellable, GError **error)
{
  WattleReader *reader = wattle_transaction_reader (transaction);
  WattleQuery query = wattle_query (WATTLE_RECORD_INVOICE);
  gint64 today;
  guint filter;
  guint found;

  g_variant_get (self->listed, "(xu&s)", &today, &filter, NULL);
  wattle_billing_restrict (&query, filter, today);
  wattle_query_where (&query, WATTLE_INVOICE_STATUS, WATTLE_COMPARE_GREATER, WATTLE_INVOICE_STATUS_DRAFT);
  query.limit = PAGE;
  g_atomic_int_set (&self->all, MAX (0, wattle_reader_count (reader, &query, NULL)));
  do
    {
      g_autoptr (GPtrArray) page = wattle_reader_query (reader, &query, error);

      if (page == NULL || !write_page (self, transaction, page, cancellable, error))
        return FALSE;
      found = page->len;
      query.offset += found;
    }
  while (found == PAGE);
  return TRUE;
}

/**
 * wattle_pdf_batch_new:
 * @folder: where the files go
 * @listed: of wattle_billing_arguments(): which invoices; consumed when floating
 *
 * Returns: (transfer full): work for wattle_pdf_batch_run()
 */
WattlePdfBatch *
wattle_pdf_batch_new (GFile *folder, GVariant *listed)
{
  WattlePdfBatch *self = g_atomic_rc_box_new0 (WattlePdfBatch);

  self->folder = g_object_ref (folder);
  self->listed = g_variant_ref_sink (listed);
  return self;
}

/**
 * wattle_pdf_batch_ref:
 * @self: a batch
 *
 * Returns: (transfer full): it, once more
 */
WattlePdfBatch *
wattle_pdf_batch_ref (WattlePdfBatch *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  WattlePdfBatch *self = data;

  g_clear_object (&self->folder);
  g_clear_pointer (&self->listed, g_variant_unref);
}

/**
 * wattle_pdf_batch_unref:
 * @self: (transfer full): a batch
 */
void
wattle_pdf_batch_unref (WattlePdfBatch *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

/**
 * wattle_pdf_batch_count:
 * @self: a batch, running in whatever thread
 * @done: (out): files written
 * @all: (out): files in all; 0 while they are counted
 */
void
wattle_pdf_batch_count (WattlePdfBatch *self, int *done, int *all)
{
  *done = g_atomic_int_get (&self->done);
  *all = g_atomic_int_get (&self->all);
}

/**
 * wattle_pdf_batch_run:
 * @transaction: a reading transaction, which sees one moment
 * @data: a #WattlePdfBatch
 * @cancellable: (nullable): stops between two files; those that are written stay
 * @error: the failure; the file that could not be written is not there
 *
 * Returns: %NULL
 */
gpointer
wattle_pdf_batch_run (WattleTransaction *transaction, gpointer data, GCancellable *cancellable, GError **error)
{
  WattlePdfBatch *self = data;
  const char *typed;

  g_variant_get (self->listed, "(xu&s)", NULL, NULL, &typed);
  if (*typed != '\0')
    write_found (self, transaction, cancellable, error);
  else
    write_all (self, transaction, cancellable, error);
  return NULL;
}
