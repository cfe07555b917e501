/* display.c: records and moments as people read them
 *
 * Pure functions, called from the threads that read the store as well.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/widgets/display.h"

#include <glib/gi18n-lib.h>

#include "base/civil-text.h"
#include "base/civil.h"
#include "base/money.h"
#include "schema/identifier.h"

static const char *
text_of (WattleRecord *record, WattleFieldId field)
{
  const char *text = wattle_record_get_string (record, field);

  return text != NULL ? text : "";
}

/**
 * wattle_display_patient:
 * @patient: a patient
 *
 * Returns: (transfer full): “Family, Given (Preferred)”; the only name of a person with one
 */
char *
wattle_display_patient (WattleRecord *patient)
{
  const char *preferred = wattle_record_get_string (patient, WATTLE_PATIENT_PREFERRED_NAME);
  const char *given = text_of (patient, WATTLE_PATIENT_GIVEN_NAMES);
  const char *family = text_of (patient, WATTLE_PATIENT_FAMILY_NAME);
  const char *only = *family == '\0' ? given : *given == '\0' ? family : NULL;

  if (only != NULL)
    return preferred != NULL && *preferred != '\0' && g_strcmp0 (preferred, only) != 0
             ? g_strdup_printf (_("%s (%s)"), only, preferred)
             : g_strdup (only);
  if (preferred != NULL && *preferred != '\0' && g_strcmp0 (preferred, given) != 0)
    return g_strdup_printf (_("%s, %s (%s)"), family, given, preferred);
  return g_strdup_printf (_("%s, %s"), family, given);
}

/**
 * wattle_display_patient_line:
 * @patient: a patient
 * @today: the date at the practice
 *
 * Returns: (transfer full): date of birth, age and mobile number, what there is of it
 */
char *
wattle_display_patient_line (WattleRecord *patient, gint64 today)
{
  GString *line = g_string_new (NULL);

  if (wattle_record_has (patient, WATTLE_PATIENT_BIRTH_DATE))
    {
      gint64 born = wattle_record_get_integer (patient, WATTLE_PATIENT_BIRTH_DATE);
      g_autofree char *date = wattle_date_display_numeric (born);

      g_string_append_printf (line, _("%s, aged %d"), date, wattle_date_age (born, today));
    }
  if (wattle_record_has (patient, WATTLE_PATIENT_MOBILE))
    {
      g_autofree char *mobile = wattle_display_value (patient, WATTLE_PATIENT_MOBILE);

      g_string_append_printf (line, "%s%s", line->len > 0 ? " · " : "", mobile);
    }
  return g_string_free (line, FALSE);
}

/**
 * wattle_display_practitioner:
 * @practitioner: a practitioner
 *
 * Returns: (transfer full): “Dr Given Family”
 */
char *
wattle_display_practitioner (WattleRecord *practitioner)
{
  const char *title = text_of (practitioner, WATTLE_PRACTITIONER_TITLE);

  return g_strdup_printf ("%s%s%s %s", title, *title != '\0' ? " " : "",
                          text_of (practitioner, WATTLE_PRACTITIONER_GIVEN_NAMES),
                          text_of (practitioner, WATTLE_PRACTITIONER_FAMILY_NAME));
}

/**
 * wattle_display_time:
 * @instant: a moment
 * @zone: whose wall clock
 *
 * Returns: (transfer full): such as “9:30 am”
 */
char *
wattle_display_time (gint64 instant, GTimeZone *zone)
{
  gint64 date;
  int second;

  wattle_zone_to_local (instant, zone, &date, &second, NULL);
  return wattle_time_display (second);
}

/**
 * wattle_display_date_time:
 * @instant: a moment
 * @zone: whose wall clock
 *
 * Returns: (transfer full): date and time
 */
char *
wattle_display_date_time (gint64 instant, GTimeZone *zone)
{
  gint64 date;
  int second;
  g_autofree char *day = NULL;
  g_autofree char *time = NULL;

  wattle_zone_to_local (instant, zone, &date, &second, NULL);
  day = wattle_date_display (date);
  time = wattle_time_display (second);
  return g_strdup_printf (_("%s, %s"), day, time);
}

/**
 * wattle_display_day:
 * @date: a date
 * @today: the date at the practice
 *
 * Returns: (transfer full): “Today”, “Tomorrow”, “Yesterday” or the date in words
 */
char *
wattle_display_day (gint64 date, gint64 today)
{
  if (date == today)
    return g_strdup (_("Today"));
  if (date == today + 1)
    return g_strdup (_("Tomorrow"));
  if (date == today - 1)
    return g_strdup (_("Yesterday"));
  return wattle_date_display_long (date);
}

static char *
display_flags (const WattleEnum *words, gint64 mask)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < words->n_values; i++)
    if ((mask & (G_GINT64_CONSTANT (1) << i)) != 0)
      g_string_append_printf (out, "%s%s", out->len > 0 ? ", " : "", _(words->values[i].label));
  return g_string_free (out, FALSE);
}

static char *
display_number (const WattleField *field, gint64 number)
{
  switch (field->kind)
    {
    case WATTLE_KIND_BOOLEAN:
      return g_strdup (number != 0 ? _("Yes") : _("No"));
    case WATTLE_KIND_MONEY:
      return wattle_money_format_plain (number);
    case WATTLE_KIND_DATE:
      return wattle_date_display_numeric (number);
    case WATTLE_KIND_TIME:
      return wattle_time_display (number * 60);
    case WATTLE_KIND_INSTANT:
      return wattle_instant_format (number);
    case WATTLE_KIND_ENUM:
      return g_strdup (_(wattle_enum_label (wattle_field_enum (field), number)));
    case WATTLE_KIND_FLAGS:
      return display_flags (wattle_field_enum (field), number);
    default:
      return g_strdup_printf ("%" G_GINT64_FORMAT, number);
    }
}

/**
 * wattle_display_value:
 * @record: a record
 * @field: one of its fields
 *
 * Returns: (transfer full): its value as one types and reads it; "" when it has none
 */
char *
wattle_display_value (WattleRecord *record, WattleFieldId field)
{
  const WattleField *what = wattle_field_get (field);

  if (!wattle_record_has (record, field))
    return g_strdup ("");
  if (what->kind == WATTLE_KIND_IDENTIFIER)
    return wattle_identifier_format (wattle_identifier_find (what->ref), wattle_record_get_string (record, field));
  if (wattle_field_is_text (what))
    return g_strdup (wattle_record_get_string (record, field));
  return display_number (what, wattle_record_get_integer (record, field));
}

/**
 * wattle_display_title:
 * @record: a record
 *
 * Returns: (transfer full): what it is called in a list
 */
char *
wattle_display_title (WattleRecord *record)
{
  const WattleType *type = wattle_record_type (record);
  WattleFieldId field;

  if (type->id == WATTLE_RECORD_PATIENT)
    return wattle_display_patient (record);
  if (type->id == WATTLE_RECORD_PRACTITIONER)
    return wattle_display_practitioner (record);
  if (wattle_field_find (type, "display_name", &field) || wattle_field_find (type, "name", &field)
      || wattle_field_find (type, "number", &field) || wattle_field_find (type, "title", &field))
    return wattle_display_value (record, field);
  return g_strdup (_(type->singular));
}
