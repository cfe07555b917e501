/* open-paper.c: a window with a receipt or a prescription as it prints
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/papers/open-paper.h"

#include "app/papers/paper-window.h"
#include "app/papers/papers.h"

/**
 * wattle_receipt_open:
 * @parent: where the person asked
 * @context: the context
 * @invoice_id: what was paid
 * @payment_id: the payment
 *
 * Shows a receipt as it prints.
 *
 * Returns: (transfer none): a widget in its window, for wattle_toast()
 */
GtkWidget *
wattle_receipt_open (GtkWidget *parent, WattleContext *context, const char *invoice_id, const char *payment_id)
{
  WattlePaperWindow *window = wattle_paper_window_new (parent, context);

  wattle_paper_window_show_work (window, wattle_paper_invoice, g_variant_new ("(ss)", invoice_id, payment_id),
                                 WATTLE_PAPER_INVOICE_READS);
  gtk_window_present (GTK_WINDOW (window));
  return wattle_paper_window_body (window);
}

/**
 * wattle_prescription_open:
 * @parent: where the person asked
 * @context: the context
 * @prescription_id: which
 *
 * Shows a prescription as it prints.
 */
void
wattle_prescription_open (GtkWidget *parent, WattleContext *context, const char *prescription_id)
{
  WattlePaperWindow *window = wattle_paper_window_new (parent, context);

  wattle_paper_window_show_work (window, wattle_paper_prescription, g_variant_new_string (prescription_id),
                                 WATTLE_PAPER_PRESCRIPTION_READS);
  gtk_window_present (GTK_WINDOW (window));
}
