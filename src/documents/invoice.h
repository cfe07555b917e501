/* invoice.h: invoices, tax invoices and receipts as PDF
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "schema/record.h"

G_BEGIN_DECLS

/**
 * WattleInvoiceInput:
 * @practice: who bills
 * @location: (nullable): where the service was given
 * @practitioner: (nullable): who gave it
 * @practitioner_location: (nullable): their provider number there
 * @patient: for whom
 * @invoice: the invoice
 * @lines: (element-type WattleRecord): its lines, in order
 * @payments: (element-type WattleRecord) (nullable): what was received
 */
typedef struct
{
  WattleRecord *practice;
  WattleRecord *location;
  WattleRecord *practitioner;
  WattleRecord *practitioner_location;
  WattleRecord *patient;
  WattleRecord *invoice;
  GPtrArray *lines;
  GPtrArray *payments;
} WattleInvoiceInput;

GBytes *wattle_invoice_pdf (const WattleInvoiceInput *input,
                            GError                  **error);
GBytes *wattle_receipt_pdf (const WattleInvoiceInput *input,
                            WattleRecord             *payment,
                            GError                  **error);

G_END_DECLS
