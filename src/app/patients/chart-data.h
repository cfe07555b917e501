/* chart-data.h: what a chart shows of one patient, read from the cache in one go
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/context.h"
#include "app/widgets/entry.h"

G_BEGIN_DECLS

typedef enum
{
  WATTLE_CHART_VISITS,
  WATTLE_CHART_NOTES,
  WATTLE_CHART_PROBLEMS,
  WATTLE_CHART_MEDICATIONS,
  WATTLE_CHART_PRESCRIPTIONS,
  WATTLE_CHART_INVOICES,
  WATTLE_CHART_DOCUMENTS,
  WATTLE_CHART_RELATED,
  WATTLE_CHART_TASKS,
  WATTLE_CHART_CONSENTS,
  WATTLE_CHART_MESSAGES,
  WATTLE_N_CHART_PARTS
} WattleChartPart;

#define WATTLE_CHART_BIT(part) (1u << (part))

/**
 * WattleChart:
 * @patient: whose; %NULL when the record is not among those here
 * @primary: (nullable): name of the primary practitioner
 * @parts: (element-type WattleEntry): what was asked for; empty otherwise
 * @next_visit: (nullable): the next one; borrowed from @parts
 * @balance: cents owed on all invoices
 * @n_unpaid: on how many
 * @n_drafts: notes of one's own that are not signed
 * @devices: (element-type utf8): ids of those that can have split a draft in two, when notes were asked for
 */
typedef struct
{
  WattleRecord *patient;
  char *primary;
  GPtrArray *parts[WATTLE_N_CHART_PARTS];
  const WattleEntry *next_visit;
  gint64 balance;
  guint n_unpaid;
  guint n_drafts;
  GPtrArray *devices;
} WattleChart;

GVariant    *wattle_chart_arguments    (WattleContext     *context,
                                        const char        *patient,
                                        guint              parts);
gpointer     wattle_chart_read         (WattleTransaction *transaction,
                                        gpointer           data,
                                        GCancellable      *cancellable,
                                        GError           **error);
void         wattle_chart_free         (WattleChart       *self);
const char  *wattle_invoice_tone       (int                status);
char        *wattle_invoice_title      (WattleRecord      *invoice);

G_END_DECLS
