/* places.c: the table of places of the window: a new place is one row
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/places.h"

#include <glib/gi18n-lib.h>

#include "app/billing/billing-view.h"
#include "app/figures/figures-view.h"
#include "app/messages/messages-view.h"
#include "app/patients/patients-view.h"
#include "app/portal/portal-consents.h"
#include "app/portal/portal-invoices.h"
#include "app/portal/portal-notes.h"
#include "app/portal/portal-prescriptions.h"
#include "app/portal/portal-profile.h"
#include "app/portal/portal-tasks.h"
#include "app/portal/portal-today.h"
#include "app/portal/portal-visits.h"
#include "app/schedule/schedule-view.h"
#include "app/settings/settings-view.h"
#include "app/today/today-view.h"
#include "domain/policy.h"

#define CLINICAL WATTLE_ROLE_BIT (WATTLE_ROLE_CLINICIAN)
#define DESK (WATTLE_ROLE_BIT (WATTLE_ROLE_RECEPTION) | WATTLE_ROLE_BIT (WATTLE_ROLE_MANAGER))
#define OWNER WATTLE_ROLE_BIT (WATTLE_ROLE_OWNER)
#define PATIENT WATTLE_ROLE_BIT (WATTLE_ROLE_PATIENT)
#define EVERYONE (~0u)
#define STAFF (EVERYONE & ~PATIENT)

static const WattlePlace places[] = {
  { "today", N_("Today"), "wattle-today-symbolic", wattle_today_view_get_type, STAFF & ~OWNER,
    N_("home, start, day") },
  { "figures", N_("Figures"), "wattle-today-symbolic", wattle_figures_view_get_type, OWNER,
    N_("numbers, income, visits, month, home, start") },
  { "schedule", N_("Schedule"), "x-office-calendar-symbolic", wattle_schedule_view_get_type, CLINICAL | DESK,
    N_("diary, calendar, appointments, bookings, week") },
  { "patients", N_("Patients"), "system-users-symbolic", wattle_patients_view_get_type, CLINICAL | DESK,
    N_("people, clients, chart") },
  { "my-today", N_("Today"), "wattle-today-symbolic", wattle_portal_today_get_type, PATIENT, N_("home, start") },
  { "my-visits", N_("My Visits"), "x-office-calendar-symbolic", wattle_portal_visits_get_type, PATIENT,
    N_("appointments, calendar, join") },
  { "messages", N_("Messages"), "mail-unread-symbolic", wattle_messages_view_get_type, EVERYONE,
    N_("conversations, chat, colleagues, write, reply") },
  { "billing", N_("Billing"), "x-office-spreadsheet-symbolic", wattle_billing_view_get_type, CLINICAL | DESK,
    N_("invoices, payments, money, owed, receipts") },
  { "my-notes", N_("Notes"), "text-x-generic-symbolic", wattle_portal_notes_get_type, PATIENT,
    N_("record, read, shared") },
  { "my-invoices", N_("Bills and Receipts"), "x-office-spreadsheet-symbolic", wattle_portal_invoices_get_type, PATIENT,
    N_("money, pay, owed, rebate") },
  { "my-prescriptions", N_("Prescriptions"), "x-office-document-symbolic", wattle_portal_prescriptions_get_type,
    PATIENT, N_("medicines, scripts, repeats") },
  { "my-tasks", N_("Tasks"), "object-select-symbolic", wattle_portal_tasks_get_type, PATIENT,
    N_("to do, exercises, homework") },
  { "my-consents", N_("Consents"), "security-high-symbolic", wattle_portal_consents_get_type, PATIENT,
    N_("agree, recording, telehealth, privacy") },
  { "my-profile", N_("Profile"), "avatar-default-symbolic", wattle_portal_profile_get_type, PATIENT,
    N_("name, address, phone, Medicare") },
  { "settings", N_("Settings"), "emblem-system-symbolic", wattle_settings_view_get_type, EVERYONE,
    N_("preferences, practice, devices, password, appearance") },
};

/**
 * wattle_places:
 * @n_places: (out): how many
 *
 * Returns: the table
 */
const WattlePlace *
wattle_places (guint *n_places)
{
  *n_places = G_N_ELEMENTS (places);
  return places;
}

/**
 * wattle_place_find:
 * @id: the id of a row
 *
 * Returns: (nullable): the row
 */
const WattlePlace *
wattle_place_find (const char *id)
{
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    if (g_strcmp0 (places[i].id, id) == 0)
      return &places[i];
  return NULL;
}
