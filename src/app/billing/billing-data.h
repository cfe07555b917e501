/* billing-data.h: invoices as the billing place lists them, read from the cache
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/context.h"
#include "app/widgets/entry.h"

G_BEGIN_DECLS

typedef enum
{
  WATTLE_BILLING_UNPAID,
  WATTLE_BILLING_OVERDUE,
  WATTLE_BILLING_ALL,
} WattleBillingFilter;

/* What a list shows at once; the search finds the rest. */
#define WATTLE_BILLING_PAGE 300

/**
 * WattleBilling:
 * @entries: (element-type WattleEntry): at most %WATTLE_BILLING_PAGE
 * @n_all: how many match
 * @owed: cents owed on all unpaid invoices that the person may see
 * @overdue: cents of them that are past their date
 * @n_owed: on how many invoices
 */
typedef struct
{
  GPtrArray *entries;
  gint64 n_all;
  gint64 owed;
  gint64 overdue;
  guint n_owed;
} WattleBilling;

void      wattle_billing_restrict  (WattleQuery        *query,
                                    WattleBillingFilter filter,
                                    gint64              today);
GVariant *wattle_billing_arguments (WattleContext      *context,
                                    WattleBillingFilter filter,
                                    const char         *typed);
gpointer  wattle_billing_read      (WattleTransaction  *transaction,
                                    gpointer            data,
                                    GCancellable       *cancellable,
                                    GError            **error);
void      wattle_billing_free      (WattleBilling      *self);

G_END_DECLS
