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
  WattleBillingFilter filter;
  gint64 today;
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
  gboolean ok;

  if (paper == NULL)
    return FALSE;
  ok = g_file_replace_contents (file, g_bytes_get_data (paper->pdf, NULL), g_bytes_get_size (paper->pdf), NULL, FALSE,
                                G_FILE_CREATE_PRIVATE, NULL, cancellable, error);
  wattle_paper_free (paper);
  return ok;
}

/**
 * wattle_pdf_batch_new:
 * @folder: where the files go
 * @filter: which invoices
 * @today: the date at the practice
 *
 * Returns: (transfer full): work for wattle_pdf_batch_run()
 */
WattlePdfBatch *
wattle_pdf_batch_new (GFile *folder, WattleBillingFilter filter, gint64 today)
{
  WattlePdfBatch *self = g_atomic_rc_box_new0 (WattlePdfBatch);

  self->folder = g_object_ref (folder);
  self->filter = filter;
  self->today = today;
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
  g_clear_object (&((WattlePdfBatch *) data)->folder);
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
  WattleReader *reader = wattle_transaction_reader (transaction);
  WattleQuery query = wattle_query (WATTLE_RECORD_INVOICE);
  guint found;

  wattle_billing_restrict (&query, self->filter, self->today);
  wattle_query_where (&query, WATTLE_INVOICE_STATUS, WATTLE_COMPARE_GREATER, WATTLE_INVOICE_STATUS_DRAFT);
  query.limit = PAGE;
  g_atomic_int_set (&self->all, wattle_reader_count (reader, &query, error));
  do
    {
      g_autoptr (GPtrArray) page = wattle_reader_query (reader, &query, error);

      if (page == NULL)
        return NULL;
      for (guint i = 0; i < page->len; i++)
        {
          if (g_cancellable_set_error_if_cancelled (cancellable, error)
              || !write_one (self, transaction, g_ptr_array_index (page, i), cancellable, error))
            return NULL;
          g_atomic_int_inc (&self->done);
        }
      found = page->len;
      query.offset += found;
    }
  while (found == PAGE);
  return NULL;
}
