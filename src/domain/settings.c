/* settings.c: the choices a practice can make, and what they are when it made none
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "domain/settings.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/civil.h"
#include "base/error.h"

static const WattleSettingSpec specs[] = {
  { "clinicians_see_all_patients", WATTLE_KIND_BOOLEAN, "false", 0, 1, TRUE, N_("Clinicians see all patients"),
    N_("Off: a clinician sees the patients they mainly care for or have a visit with.") },
  { "care_months", WATTLE_KIND_INTEGER, "24", 0, 240, TRUE, N_("Visits make a patient one's own for (months)"),
    N_("After it a clinician sees the patient only as primary practitioner or by a new visit. 0: for ever.") },
  { "managers_read_notes", WATTLE_KIND_BOOLEAN, "false", 0, 1, TRUE, N_("Managers read clinical notes"),
    N_("Every such reading is kept in the audit trail.") },
  { "second_factor_required", WATTLE_KIND_BOOLEAN, "false", 0, 1, TRUE, N_("Second factor for the staff"),
    N_("Whoever has none yet can do nothing but set one up.") },
  { "approve_devices", WATTLE_KIND_BOOLEAN, "false", 0, 1, TRUE, N_("Approve new devices"),
    N_("A new device of the staff waits until an administrator lets it in.") },
  { "password_minimum", WATTLE_KIND_INTEGER, "12", 12, 64, TRUE, N_("Shortest password (characters)"),
    N_("At least fifteen hold for whoever has no second factor and need not have one.") },
  { "session_hours", WATTLE_KIND_INTEGER, "12", 1, 72, TRUE, N_("Longest session (hours)"),
    N_("After it everybody signs in again; what waits to be sent is kept.") },
  { "patient_idle_minutes", WATTLE_KIND_INTEGER, "15", 5, 60, TRUE, N_("End of a patient's session (minutes)"),
    N_("How long a patient stays signed in without doing anything.") },
  { "lock_after_minutes", WATTLE_KIND_INTEGER, "5", 1, 15, FALSE, N_("Lock after (minutes)"),
    N_("How long a window stays open when nobody uses it.") },
  { "offline_days", WATTLE_KIND_INTEGER, "7", 1, 30, FALSE, N_("Days without the server"),
    N_("How long a device may work before it must reach the server again.") },
  { "slot_minutes", WATTLE_KIND_INTEGER, "15", 5, 60, FALSE, N_("Grid of the diary (minutes)"),
    N_("Free times start at multiples of this from the opening hour.") },
  { "card_surcharge_note", WATTLE_KIND_STRING, "", 0, 300, FALSE, N_("Note about card surcharges"),
    N_("Shown where a card payment is taken.") },
  { "cash_rounding", WATTLE_KIND_BOOLEAN, "true", 0, 1, FALSE, N_("Round cash to five cents"),
    N_("Applies to cash handed over, never to the invoice.") },
  { "browser_calls", WATTLE_KIND_BOOLEAN, "true", 0, 1, TRUE, N_("Guests may join calls with a browser"),
    N_("Off: a link to a video visit opens the Wattle program alone.") },
  { "no_show_fee_service", WATTLE_KIND_STRING, "", 0, 26, FALSE, N_("Service billed for a missed visit"),
    N_("Empty: a missed visit is not billed.") },
};

const WattleSettingSpec *
wattle_setting_specs (guint *n_specs)
{
  *n_specs = G_N_ELEMENTS (specs);
  return specs;
}

/**
 * wattle_setting_find:
 * @key: (nullable): a name
 *
 * Returns: (nullable) (transfer none): what is known of it
 */
const WattleSettingSpec *
wattle_setting_find (const char *key)
{
  for (gsize i = 0; i < G_N_ELEMENTS (specs); i++)
    if (g_strcmp0 (specs[i].key, key) == 0)
      return &specs[i];
  return NULL;
}

/**
 * wattle_setting_check:
 * @self: a setting
 * @value: a value as text
 * @error: %WATTLE_ERROR_INVALID for the field "value"
 *
 * Returns: whether the setting can have that value
 */
gboolean
wattle_setting_check (const WattleSettingSpec *self, const char *value, GError **error)
{
  g_autofree char *least = g_strdup_printf ("%" G_GINT64_FORMAT, self->min);
  g_autofree char *most = g_strdup_printf ("%" G_GINT64_FORMAT, self->max);
  gint64 number;

  if (self->kind == WATTLE_KIND_BOOLEAN && strcmp (value, "true") != 0 && strcmp (value, "false") != 0)
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, "value", _("“%s” is true or false."), _(self->label));
      return FALSE;
    }
  if (self->kind == WATTLE_KIND_INTEGER && !g_ascii_string_to_signed (value, 10, self->min, self->max, &number, NULL))
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, "value", _("“%s” is a number from %s to %s."),
                              _(self->label), least, most);
      return FALSE;
    }
  if (self->kind == WATTLE_KIND_STRING && g_utf8_strlen (value, -1) > self->max)
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, "value", _("“%s” has at most %s characters."),
                              _(self->label), most);
      return FALSE;
    }
  return TRUE;
}

/**
 * wattle_setting_get:
 * @reader: (nullable): the practice's records
 * @key: the name of a setting that is known
 *
 * A value that an older or newer version left and this one cannot use counts as none.
 *
 * Returns: (transfer full): the practice's choice, or what holds when it made none
 */
char *
wattle_setting_get (WattleReader *reader, const char *key)
{
  const WattleSettingSpec *spec = wattle_setting_find (key);
  WattleQuery query = wattle_query (WATTLE_RECORD_SETTING);
  g_autoptr (WattleRecord) setting = NULL;
  const char *value = NULL;

  g_assert (spec != NULL);
  wattle_query_where_text (&query, WATTLE_SETTING_KEY, key);
  setting = reader != NULL ? wattle_reader_find (reader, &query, NULL) : NULL;
  if (setting != NULL)
    value = wattle_record_get_string (setting, WATTLE_SETTING_VALUE);
  return g_strdup (value != NULL && wattle_setting_check (spec, value, NULL) ? value : spec->fallback);
}

gint64
wattle_setting_get_integer (WattleReader *reader, const char *key)
{
  g_autofree char *value = wattle_setting_get (reader, key);

  return g_ascii_strtoll (value, NULL, 10);
}

gboolean
wattle_setting_get_boolean (WattleReader *reader, const char *key)
{
  g_autofree char *value = wattle_setting_get (reader, key);

  return strcmp (value, "true") == 0;
}

/**
 * wattle_setting_care_since:
 * @reader: (nullable): the practice's records
 *
 * The server moves it once a day by care_months: a row of the practice like any setting, so that everybody counts
 * from the same instant, and its place in the order of changes is known.
 *
 * Returns: the instant from which on a visit makes a patient one's own; 0 for any visit
 */
gint64
wattle_setting_care_since (WattleReader *reader)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_SETTING);
  g_autoptr (WattleRecord) setting = NULL;
  gint64 instant = 0;

  wattle_query_where_text (&query, WATTLE_SETTING_KEY, WATTLE_SETTING_CARE_SINCE);
  setting = reader != NULL ? wattle_reader_find (reader, &query, NULL) : NULL;
  if (setting == NULL || !wattle_record_has (setting, WATTLE_SETTING_VALUE)
      || !wattle_instant_parse (wattle_record_get_string (setting, WATTLE_SETTING_VALUE), &instant, NULL))
    return 0;
  return instant;
}
