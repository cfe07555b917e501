/* frozen.c: records that never change again, and what little of them may
 *
 * The last gate of every operation: whatever an operation makes, signed notes
 * and prescriptions, issued invoices, payments and audit events stay as they
 * are but for the fields of this table.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "domain/operations/operations.h"

#define MAX_FREE 4

/* From which value of its status field on a record is final; -1 when it is from the start. What may still change. */
typedef struct
{
  WattleRecordType type;
  int final_from;
  WattleFieldId status;
  WattleFieldId free[MAX_FREE];
  guint n_free;
  gboolean deletable;
} Frozen;

static const Frozen table[] = {
  { WATTLE_RECORD_PROGRESS_NOTE,
    WATTLE_NOTE_STATUS_SIGNED,
    WATTLE_PROGRESS_NOTE_STATUS,
    { WATTLE_PROGRESS_NOTE_RELEASED },
    1 },
  { WATTLE_RECORD_PRESCRIPTION,
    WATTLE_PRESCRIPTION_STATUS_SIGNED,
    WATTLE_PRESCRIPTION_STATUS,
    { WATTLE_PRESCRIPTION_STATUS, WATTLE_PRESCRIPTION_CANCELLED_REASON },
    2 },
  { WATTLE_RECORD_PRESCRIPTION_LINE, -1 },
  { WATTLE_RECORD_INVOICE,
    WATTLE_INVOICE_STATUS_ISSUED,
    WATTLE_INVOICE_STATUS,
    { WATTLE_INVOICE_STATUS, WATTLE_INVOICE_PAID, WATTLE_INVOICE_BALANCE },
    3 },
  { WATTLE_RECORD_PAYMENT, -1, .deletable = TRUE },
  { WATTLE_RECORD_CANCELLATION, -1, .deletable = TRUE },
  { WATTLE_RECORD_DOCUMENT,
    -1,
    0,
    { WATTLE_DOCUMENT_TITLE, WATTLE_DOCUMENT_KIND, WATTLE_DOCUMENT_DOCUMENT_DATE },
    3,
    .deletable = TRUE },
  { WATTLE_RECORD_MESSAGE,
    -1,
    0,
    { WATTLE_MESSAGE_STATUS, WATTLE_MESSAGE_WITHDRAWN_AT, WATTLE_MESSAGE_WITHDRAWN_BY,
      WATTLE_MESSAGE_WITHDRAWN_REASON },
    4 },
  { WATTLE_RECORD_CONSENT_FORM, -1 },
  { WATTLE_RECORD_CONSENT, WATTLE_CONSENT_STATUS_WITHDRAWN, WATTLE_CONSENT_STATUS },
  { WATTLE_RECORD_TASK, WATTLE_TASK_STATUS_WITHDRAWN, WATTLE_TASK_STATUS },
  { WATTLE_RECORD_AUDIT_EVENT, -1 },
};

static gboolean
may_change (const Frozen *frozen, WattleFieldId field)
{
  for (guint i = 0; i < frozen->n_free; i++)
    if (frozen->free[i] == field)
      return TRUE;
  return FALSE;
}

static const Frozen *
find_frozen (WattleRecord *record)
{
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    if (table[i].type == wattle_record_type (record)->id
        && (table[i].final_from < 0 || wattle_record_get_integer (record, table[i].status) >= table[i].final_from))
      return &table[i];
  return NULL;
}

static const Frozen line_of_issued_invoice = { WATTLE_RECORD_INVOICE_LINE, -1 };

/* A line is as final as its invoice. */
static gboolean
find_frozen_line (WattleOperationContext *context, WattleRecord *line, const Frozen **frozen, GError **error)
{
  g_autoptr (WattleRecord) invoice
    = wattle_reader_get (context->reader, WATTLE_RECORD_INVOICE,
                         wattle_record_get_string (line, WATTLE_INVOICE_LINE_INVOICE), error);

  if (invoice == NULL)
    return FALSE;
  if (wattle_record_get_integer (invoice, WATTLE_INVOICE_STATUS) >= WATTLE_INVOICE_STATUS_ISSUED)
    *frozen = &line_of_issued_invoice;
  return TRUE;
}

/**
 * wattle_frozen_check:
 * @context: an operation's context
 * @before: (nullable): the record as it is
 * @after: the record as it shall be
 * @error: %WATTLE_ERROR_FORBIDDEN, naming the field
 *
 * Returns: whether the change leaves final content as it is
 */
gboolean
wattle_frozen_check (WattleOperationContext *context, WattleRecord *before, WattleRecord *after, GError **error)
{
  const WattleType *type = wattle_record_type (after);
  const Frozen *frozen = before != NULL ? find_frozen (before) : NULL;

  if (before != NULL && type->id == WATTLE_RECORD_INVOICE_LINE && !find_frozen_line (context, before, &frozen, error))
    return FALSE;
  if (frozen == NULL)
    return TRUE;
  if (wattle_record_is_deleted (after) && !wattle_record_is_deleted (before) && !frozen->deletable)
    return wattle_refuse (error, WATTLE_ERROR_FORBIDDEN, NULL, _("This is final and cannot be deleted."));
  if (frozen->final_from >= 0 && wattle_record_get_integer (after, frozen->status) < frozen->final_from)
    return wattle_refuse (error, WATTLE_ERROR_FORBIDDEN, "status", _("This is final and cannot become a draft again."));
  for (guint i = 0; i < type->n_fields; i++)
    {
      WattleFieldId field = (type->id << 8) | i;

      if (wattle_record_equal_field (after, before, field) || may_change (frozen, field))
        continue;
      wattle_set_field_error (error, WATTLE_ERROR_FORBIDDEN, type->fields[i].name,
                              _("This is final: “%s” cannot be changed."), _(type->fields[i].label));
      return FALSE;
    }
  return TRUE;
}
