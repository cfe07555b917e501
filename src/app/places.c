/* places.c: the table of places of the window: a new place is one row
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/places.h"

#include <glib/gi18n-lib.h>

#include "app/billing/billing-view.h"
#include "app/figures/figures-view.h"
#include "app/patients/patients-view.h"
#include "app/schedule/schedule-view.h"
#include "app/settings/settings-view.h"
#include "app/today/today-view.h"
#include "domain/policy.h"

#define CLINICAL WATTLE_ROLE_BIT (WATTLE_ROLE_CLINICIAN)
#define DESK (WATTLE_ROLE_BIT (WATTLE_ROLE_RECEPTION) | WATTLE_ROLE_BIT (WATTLE_ROLE_MANAGER))
#define OWNER WATTLE_ROLE_BIT (WATTLE_ROLE_OWNER)
#define EVERYONE (~0u)

static const WattlePlace places[] = {
  { "today", N_("Today"), "wattle-today-symbolic", wattle_today_view_get_type, EVERYONE & ~OWNER,
    N_("home, start, day") },
  { "figures", N_("Figures"), "wattle-today-symbolic", wattle_figures_view_get_type, OWNER,
    N_("numbers, income, visits, month, home, start") },
  { "schedule", N_("Schedule"), "x-office-calendar-symbolic", wattle_schedule_view_get_type, CLINICAL | DESK,
    N_("diary, calendar, appointments, bookings, week") },
  { "patients", N_("Patients"), "system-users-symbolic", wattle_patients_view_get_type, CLINICAL | DESK,
    N_("people, clients, chart") },
  { "billing", N_("Billing"), "x-office-spreadsheet-symbolic", wattle_billing_view_get_type, CLINICAL | DESK,
    N_("invoices, payments, money, owed, receipts") },
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
