/* chart-pages.c: the table of pages of a chart: a new page is one row
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/patients/chart-pages.h"

#include <glib/gi18n-lib.h>

#include "app/billing/invoices-page.h"
#include "app/notes/notes-page.h"
#include "app/patients/agreements-page.h"
#include "app/patients/details-page.h"
#include "app/patients/documents-page.h"
#include "app/patients/messages-page.h"
#include "app/patients/summary-page.h"
#include "app/patients/visits-page.h"
#include "app/prescriptions/prescriptions-page.h"
#include "domain/policy.h"

#define CLINICAL (WATTLE_ROLE_BIT (WATTLE_ROLE_CLINICIAN))
#define STAFF (CLINICAL | WATTLE_ROLE_BIT (WATTLE_ROLE_RECEPTION) | WATTLE_ROLE_BIT (WATTLE_ROLE_MANAGER))

static const WattlePlace pages[] = {
  { "summary", N_("Summary"), "view-list-symbolic", wattle_summary_page_get_type, STAFF, "" },
  { "details", N_("Details"), "contact-new-symbolic", wattle_details_page_get_type, STAFF, "" },
  { "visits", N_("Visits"), "x-office-calendar-symbolic", wattle_visits_page_get_type, STAFF, "" },
  { "notes", N_("Notes"), "accessories-text-editor-symbolic", wattle_notes_page_get_type, CLINICAL, "" },
  { "prescriptions", N_("Prescriptions"), "x-office-document-symbolic", wattle_prescriptions_page_get_type, CLINICAL,
    "" },
  { "invoices", N_("Invoices"), "x-office-spreadsheet-symbolic", wattle_invoices_page_get_type, STAFF, "" },
  { "documents", N_("Documents"), "folder-documents-symbolic", wattle_documents_page_get_type, CLINICAL, "" },
  { "messages", N_("Messages"), "mail-unread-symbolic", wattle_messages_page_get_type, CLINICAL, "" },
  { "agreements", N_("Tasks and Consents"), "object-select-symbolic", wattle_agreements_page_get_type, STAFF, "" },
};

/**
 * wattle_chart_pages:
 * @n_pages: (out): how many
 *
 * Returns: the table, in the order of Ctrl+1, Ctrl+2 and so on
 */
const WattlePlace *
wattle_chart_pages (guint *n_pages)
{
  *n_pages = G_N_ELEMENTS (pages);
  return pages;
}
