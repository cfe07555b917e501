/* papers.h: documents of the practice as PDF, made from the cache off the main thread
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "store/store.h"

G_BEGIN_DECLS

/**
 * WattlePaper:
 * @pdf: the bytes
 * @record: (nullable): the invoice or prescription that it prints
 * @payments: (element-type WattleRecord) (nullable): what was received, for an invoice
 * @title: for the window: "Invoice INV-000012"
 * @subtitle: for whom
 * @number: for the printer and the file's name; never a patient's name
 * @patient: id
 * @kind: a WATTLE_DOCUMENT_KIND_… value, for filing it
 * @source: id of what it was made from
 * @date: on the document
 * @filed: whether the same bytes are in the chart already
 */
typedef struct
{
  GBytes *pdf;
  WattleRecord *record;
  GPtrArray *payments;
  char *title;
  char *subtitle;
  char *number;
  char *patient;
  int kind;
  char *source;
  gint64 date;
  gboolean filed;
} WattlePaper;

void     wattle_paper_free         (WattlePaper       *self);

/* What they print, as bit masks: one is made again when a record of these types changes. */
#define WATTLE_PAPER_INVOICE_READS                                                                                     \
  (WATTLE_TYPE_BIT (WATTLE_RECORD_INVOICE) | WATTLE_TYPE_BIT (WATTLE_RECORD_INVOICE_LINE)                              \
   | WATTLE_TYPE_BIT (WATTLE_RECORD_PAYMENT) | WATTLE_TYPE_BIT (WATTLE_RECORD_PATIENT)                                 \
   | WATTLE_TYPE_BIT (WATTLE_RECORD_PRACTICE) | WATTLE_TYPE_BIT (WATTLE_RECORD_DOCUMENT))
#define WATTLE_PAPER_PRESCRIPTION_READS                                                                                \
  (WATTLE_TYPE_BIT (WATTLE_RECORD_PRESCRIPTION) | WATTLE_TYPE_BIT (WATTLE_RECORD_PRESCRIPTION_LINE)                    \
   | WATTLE_TYPE_BIT (WATTLE_RECORD_PATIENT) | WATTLE_TYPE_BIT (WATTLE_RECORD_DOCUMENT))

/* WattleStoreWork functions. Data: "(ss)", id of an invoice and of a payment, or
 * "" for the invoice itself; "s", id of a prescription; "(ss)", id of a
 * conversation about a visit and the zone of its times. */
gpointer wattle_paper_invoice      (WattleTransaction *transaction,
                                    gpointer           data,
                                    GCancellable      *cancellable,
                                    GError           **error);
gpointer
wattle_paper_prescription (WattleTransaction *transaction, gpointer data, GCancellable *cancellable, GError **error);
gpointer
wattle_paper_conversation (WattleTransaction *transaction, gpointer data, GCancellable *cancellable, GError **error);

G_END_DECLS
