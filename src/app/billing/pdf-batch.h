/* pdf-batch.h: the PDFs of many invoices into a folder, with progress, off the main thread
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/billing/billing-data.h"

G_BEGIN_DECLS

typedef struct _WattlePdfBatch WattlePdfBatch;

WattlePdfBatch *wattle_pdf_batch_new (GFile *folder, GVariant *listed);
WattlePdfBatch *wattle_pdf_batch_ref    (WattlePdfBatch      *self);
void            wattle_pdf_batch_unref  (WattlePdfBatch      *self);
void            wattle_pdf_batch_count  (WattlePdfBatch      *self,
                                         int                 *done,
                                         int                 *all);
gpointer        wattle_pdf_batch_run    (WattleTransaction   *transaction,
                                         gpointer             data,
                                         GCancellable        *cancellable,
                                         GError             **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattlePdfBatch, wattle_pdf_batch_unref)

G_END_DECLS
