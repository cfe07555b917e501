/* naming.c: how people are shown
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "domain/naming.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/civil-text.h"
#include "base/civil.h"
#include "schema/identifier.h"

/* The words that are there, with a space between them. */
static char *
join_words (const char *first, const char *second, const char *third)
{
  const char *words[] = { first, second, third };
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (words[i] != NULL)
      g_string_append_printf (out, "%s%s", out->len > 0 ? " " : "", words[i]);
  return g_string_free (out, FALSE);
}

/**
 * wattle_patient_display_name:
 * @patient: a patient
 *
 * Family name first and in capitals, so that two people are not mixed up in a list.
 *
 * Returns: (transfer full): such as "NGUYEN, Thi Mai (May)"
 */
char *
wattle_patient_display_name (WattleRecord *patient)
{
  const char *family = wattle_record_get_string (patient, WATTLE_PATIENT_FAMILY_NAME);
  const char *given = wattle_record_get_string (patient, WATTLE_PATIENT_GIVEN_NAMES);
  const char *preferred = wattle_record_get_string (patient, WATTLE_PATIENT_PREFERRED_NAME);
  g_autofree char *capitals = g_utf8_strup (family != NULL ? family : "", -1);
  GString *out = g_string_new (capitals);

  if (given != NULL)
    g_string_append_printf (out, "%s%s", out->len > 0 ? ", " : "", given);
  if (preferred != NULL && g_strcmp0 (preferred, given) != 0)
    g_string_append_printf (out, " (%s)", preferred);
  return g_string_free (out, FALSE);
}

/**
 * wattle_patient_full_name:
 * @patient: a patient
 *
 * Returns: (transfer full): as on a letter: "Ms Thi Mai Nguyen"
 */
char *
wattle_patient_full_name (WattleRecord *patient)
{
  return join_words (wattle_record_get_string (patient, WATTLE_PATIENT_TITLE),
                     wattle_record_get_string (patient, WATTLE_PATIENT_GIVEN_NAMES),
                     wattle_record_get_string (patient, WATTLE_PATIENT_FAMILY_NAME));
}

/**
 * wattle_patient_salutation:
 * @patient: a patient
 *
 * Returns: (transfer full): what to call the person: the preferred name, the given names, or the only name
 */
char *
wattle_patient_salutation (WattleRecord *patient)
{
  const char *preferred = wattle_record_get_string (patient, WATTLE_PATIENT_PREFERRED_NAME);
  const char *given = wattle_record_get_string (patient, WATTLE_PATIENT_GIVEN_NAMES);

  if (preferred == NULL)
    preferred = given != NULL ? given : wattle_record_get_string (patient, WATTLE_PATIENT_FAMILY_NAME);
  return g_strdup (preferred);
}

/**
 * wattle_practitioner_display_name:
 * @practitioner: a practitioner
 *
 * Returns: (transfer full): such as "Dr Robin Ng"
 */
char *
wattle_practitioner_display_name (WattleRecord *practitioner)
{
  return join_words (wattle_record_get_string (practitioner, WATTLE_PRACTITIONER_TITLE),
                     wattle_record_get_string (practitioner, WATTLE_PRACTITIONER_GIVEN_NAMES),
                     wattle_record_get_string (practitioner, WATTLE_PRACTITIONER_FAMILY_NAME));
}

/* Whole months between two dates. */
static int
months_between (gint64 from, gint64 to)
{
  int months = 0;

  while (wattle_date_add_months (from, months + 1) <= to)
    months++;
  return months;
}

/**
 * wattle_age_display:
 * @birth_date: date of birth
 * @today: the date to count to
 *
 * Days under a month, weeks under three months, months under two years: what matters at that age.
 *
 * Returns: (transfer full): such as "46 y", "14 m", "7 w" or "3 d"; empty before birth
 */
char *
wattle_age_display (gint64 birth_date, gint64 today)
{
  gint64 days = today - birth_date;

  if (days < 0)
    return g_strdup ("");
  if (days < 28)
    return g_strdup_printf (_("%d d"), (int) days);
  if (days < 92)
    return g_strdup_printf (_("%d w"), (int) (days / 7));
  if (wattle_date_age (birth_date, today) < 2)
    return g_strdup_printf (_("%d m"), months_between (birth_date, today));
  return g_strdup_printf (_("%d y"), wattle_date_age (birth_date, today));
}

/**
 * wattle_patient_identity:
 * @patient: a patient
 * @today: the date there
 *
 * Three identifiers side by side, as safe practice asks for: name, date of birth, and gender or number.
 *
 * Returns: (transfer full): one line for the head of a chart
 */
char *
wattle_patient_identity (WattleRecord *patient, gint64 today)
{
  g_autofree char *name = wattle_patient_display_name (patient);
  g_autofree char *medicare = wattle_medicare_display (patient);
  GString *out = g_string_new (name);

  if (wattle_record_has (patient, WATTLE_PATIENT_BIRTH_DATE))
    {
      gint64 born = wattle_record_get_integer (patient, WATTLE_PATIENT_BIRTH_DATE);
      g_autofree char *date = wattle_date_display (born);
      g_autofree char *age = wattle_age_display (born, today);

      g_string_append_printf (out, " · %s (%s)", date, age);
    }
  if (wattle_record_has (patient, WATTLE_PATIENT_GENDER))
    g_string_append_printf (out, " · %s",
                            _(wattle_enum_label (wattle_enum_find ("gender"),
                                                 wattle_record_get_integer (patient, WATTLE_PATIENT_GENDER))));
  if (wattle_record_has (patient, WATTLE_PATIENT_PRONOUNS))
    g_string_append_printf (out, " · %s", wattle_record_get_string (patient, WATTLE_PATIENT_PRONOUNS));
  if (*medicare != '\0')
    g_string_append_printf (out, " · %s", medicare);
  return g_string_free (out, FALSE);
}

/**
 * wattle_medicare_display:
 * @patient: a patient
 *
 * Returns: (transfer full): the number as on the card and the place on it, such as
 *   "2123 45670 1 / 1"; empty without one
 */
char *
wattle_medicare_display (WattleRecord *patient)
{
  const char *number = wattle_record_get_string (patient, WATTLE_PATIENT_MEDICARE_NUMBER);
  g_autofree char *card
    = number != NULL ? wattle_identifier_format (wattle_identifier_find ("medicare_number"), number) : NULL;

  if (card == NULL)
    return g_strdup ("");
  if (!wattle_record_has (patient, WATTLE_PATIENT_MEDICARE_IRN) || strchr (card, '/') != NULL)
    return g_steal_pointer (&card);
  return g_strdup_printf ("%s / %d", card, (int) wattle_record_get_integer (patient, WATTLE_PATIENT_MEDICARE_IRN));
}

/**
 * wattle_patient_address:
 * @patient: a patient
 *
 * Returns: (transfer full): the postal address in lines; empty when nothing is known
 */
char *
wattle_patient_address (WattleRecord *patient)
{
  const char *street = wattle_record_get_string (patient, WATTLE_PATIENT_ADDRESS_LINE);
  const char *country = wattle_record_get_string (patient, WATTLE_PATIENT_COUNTRY);
  const char *state = wattle_record_has (patient, WATTLE_PATIENT_STATE)
                        ? wattle_enum_nick (wattle_enum_find ("au_state"),
                                            wattle_record_get_integer (patient, WATTLE_PATIENT_STATE))
                        : NULL;
  g_autofree char *place = join_words (wattle_record_get_string (patient, WATTLE_PATIENT_SUBURB), state,
                                       wattle_record_get_string (patient, WATTLE_PATIENT_POSTCODE));
  GString *out = g_string_new (street);

  if (*place != '\0')
    g_string_append_printf (out, "%s%s", out->len > 0 ? "\n" : "", place);
  if (country != NULL)
    g_string_append_printf (out, "%s%s", out->len > 0 ? "\n" : "", country);
  return g_string_free (out, FALSE);
}
