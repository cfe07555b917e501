/* prescription.c: signing and withdrawing private prescriptions
 *
 * What a script must hold: au-health.md s 4 of the facts gives the sources. What
 * one state asks for is asked everywhere.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "domain/operations/operations.h"

#include "base/civil.h"
#include "domain/prescribing.h"
#include "schema/identifier.h"

/* What fits on one sheet, legibly. */
#define MAX_LINES 6

static const guint prescribing_professions
  = (1u << WATTLE_PROFESSION_GENERAL_PRACTITIONER) | (1u << WATTLE_PROFESSION_PSYCHIATRIST)
    | (1u << WATTLE_PROFESSION_NURSE_PRACTITIONER);

static gboolean
check_prescriber (WattleOperationContext *context, WattleRecord *prescription, GError **error)
{
  const char *id = wattle_record_get_string (prescription, WATTLE_PRESCRIPTION_PRESCRIBER);
  g_autoptr (WattleRecord) prescriber = NULL;

  if (id == NULL || g_strcmp0 (id, context->actor->practitioner) != 0)
    return wattle_refuse (error, WATTLE_ERROR_FORBIDDEN, "prescriber", _("Nobody prescribes in another's name."));
  prescriber = wattle_load (context, WATTLE_RECORD_PRACTITIONER, id, error);
  if (prescriber == NULL)
    return FALSE;
  return wattle_prescriber_check (prescriber, error);
}

/* What the table says of a medicine stands on the script as it is now, whatever the caller sent. */
static gboolean
copy_medicine (WattleOperationContext *context, WattleRecord *line, GError **error)
{
  static const WattleFieldId pairs[][2] = {
    { WATTLE_PRESCRIPTION_LINE_ACTIVE_INGREDIENT, WATTLE_MEDICINE_ACTIVE_INGREDIENT },
    { WATTLE_PRESCRIPTION_LINE_STRENGTH, WATTLE_MEDICINE_STRENGTH },
    { WATTLE_PRESCRIPTION_LINE_FORM, WATTLE_MEDICINE_FORM },
  };
  const char *id = wattle_record_get_string (line, WATTLE_PRESCRIPTION_LINE_MEDICINE);
  g_autoptr (WattleRecord) medicine = NULL;

  if (id == NULL)
    return TRUE;
  medicine = wattle_load (context, WATTLE_RECORD_MEDICINE, id, error);
  if (medicine == NULL)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    wattle_record_set_string (line, pairs[i][0], wattle_record_get_string (medicine, pairs[i][1]));
  wattle_record_set_integer (line, WATTLE_PRESCRIPTION_LINE_SCHEDULE,
                             wattle_record_get_integer (medicine, WATTLE_MEDICINE_SCHEDULE));
  return TRUE;
}

static gboolean
is_s8 (WattleRecord *line)
{
  return wattle_record_has (line, WATTLE_PRESCRIPTION_LINE_SCHEDULE)
         && wattle_record_get_integer (line, WATTLE_PRESCRIPTION_LINE_SCHEDULE) == WATTLE_POISON_SCHEDULE_S8;
}

static gboolean
check_s8 (WattleOperationContext *context, WattleRecord *line, guint n_lines, GError **error)
{
  g_autoptr (WattleRecord) patient = wattle_reader_get (
    context->reader, WATTLE_RECORD_PATIENT, wattle_record_get_string (line, WATTLE_PRESCRIPTION_LINE_PATIENT), error);

  if (patient == NULL)
    return FALSE;
  if (n_lines > 1)
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "schedule",
                          _("A Schedule 8 medicine stands alone on its prescription. Write the others on another."));
  if (!wattle_record_has (patient, WATTLE_PATIENT_BIRTH_DATE))
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "birth_date",
                          _("A Schedule 8 prescription shows the date of birth. Enter it first."));
  if (wattle_record_get_integer (line, WATTLE_PRESCRIPTION_LINE_REPEATS) > 0
      && wattle_record_get_integer (line, WATTLE_PRESCRIPTION_LINE_REPEAT_INTERVAL_DAYS) == 0)
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "repeat_interval_days",
                          _("Repeats of a Schedule 8 medicine need the days between them."));
  return TRUE;
}

static gboolean
take_line (WattleOperationContext *context,
           WattleRecord *prescription,
           WattleRecord *line,
           guint position,
           guint n_lines,
           GError **error)
{
  g_autofree char *what = g_strdup_printf ("prescription_line/%u", position);

  if (!wattle_take_id (context, line, what, error))
    return FALSE;
  wattle_record_set_string (line, WATTLE_PRESCRIPTION_LINE_PRESCRIPTION, wattle_record_id (prescription));
  wattle_record_set_string (line, WATTLE_PRESCRIPTION_LINE_PATIENT, wattle_record_scope_id (prescription));
  wattle_record_set_integer (line, WATTLE_PRESCRIPTION_LINE_POSITION, position);
  if (!copy_medicine (context, line, error) || !wattle_record_validate (line, error))
    return FALSE;
  if (wattle_record_get_integer (line, WATTLE_PRESCRIPTION_LINE_QUANTITY) == 0)
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "quantity", _("Say how many units each supply is."));
  return !is_s8 (line) || check_s8 (context, line, n_lines, error);
}

/* Signed today, in the practice's zone: a script is never dated before or after. */
static gboolean
sign (WattleOperationContext *context, WattleRecord *prescription, GError **error)
{
  g_autoptr (WattleRecord) practice = wattle_load_practice (context, error);
  g_autofree char *number = NULL;
  g_autofree char *sequence = NULL;
  g_autofree char *prefix = NULL;
  gint64 today;
  int year;

  if (practice == NULL)
    return FALSE;
  today = wattle_today (context, wattle_record_get_string (practice, WATTLE_PRACTICE_ZONE));
  if (wattle_record_has (prescription, WATTLE_PRESCRIPTION_PRESCRIBED_DATE)
      && wattle_record_get_integer (prescription, WATTLE_PRESCRIPTION_PRESCRIBED_DATE) != today)
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "prescribed_date",
                          _("A prescription bears the date of the day it is signed."));
  wattle_record_set_integer (prescription, WATTLE_PRESCRIPTION_PRESCRIBED_DATE, today);
  wattle_record_set_integer (prescription, WATTLE_PRESCRIPTION_STATUS, WATTLE_PRESCRIPTION_STATUS_SIGNED);
  wattle_record_set_integer (prescription, WATTLE_PRESCRIPTION_SIGNED_AT, context->now);
  wattle_record_set_string (prescription, WATTLE_PRESCRIPTION_SIGNED_BY, context->actor->user);
  wattle_record_unset (prescription, WATTLE_PRESCRIPTION_NUMBER);
  wattle_record_unset (prescription, WATTLE_PRESCRIPTION_CANCELLED_REASON);
  if (!wattle_record_validate (prescription, error))
    return FALSE;
  if (!context->authority)
    return TRUE;
  wattle_date_to_ymd (today, &year, NULL, NULL);
  sequence = g_strdup_printf ("prescription-%d", year);
  prefix = g_strdup_printf ("%d-", year);
  number = wattle_next_number (context, sequence, prefix, error);
  wattle_record_set_string (prescription, WATTLE_PRESCRIPTION_NUMBER, number);
  return number != NULL;
}

WATTLE_APPLY (prescription_sign)
{
  g_autoptr (WattleRecord) prescription = wattle_arg_record (args, "prescription", error);
  g_autoptr (GPtrArray) lines = prescription != NULL ? wattle_arg_records (args, "lines", error) : NULL;

  if (lines == NULL || !check_prescriber (context, prescription, error)
      || !wattle_take_id (context, prescription, "prescription", error))
    return FALSE;
  if (lines->len == 0 || lines->len > MAX_LINES)
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, "lines", _("A prescription has one to %d medicines."),
                              MAX_LINES);
      return FALSE;
    }
  for (guint i = 0; i < lines->len; i++)
    if (!take_line (context, prescription, g_ptr_array_index (lines, i), i + 1, lines->len, error))
      return FALSE;
  if (!sign (context, prescription, error))
    return FALSE;
  wattle_outcome_put (outcome, prescription);
  for (guint i = 0; i < lines->len; i++)
    wattle_outcome_put (outcome, g_ptr_array_index (lines, i));
  return TRUE;
}

WATTLE_APPLY (prescription_cancel)
{
  g_autoptr (WattleRecord) prescription
    = wattle_load (context, WATTLE_RECORD_PRESCRIPTION, wattle_arg_string (args, "id"), error);
  const char *reason = wattle_arg_string (args, "reason");

  if (prescription == NULL)
    return FALSE;
  if (g_strcmp0 (wattle_record_get_string (prescription, WATTLE_PRESCRIPTION_PRESCRIBER), context->actor->practitioner)
      != 0)
    return wattle_refuse (error, WATTLE_ERROR_FORBIDDEN, "prescriber",
                          _("A prescription is withdrawn by its prescriber."));
  if (wattle_record_get_integer (prescription, WATTLE_PRESCRIPTION_STATUS) != WATTLE_PRESCRIPTION_STATUS_SIGNED)
    return wattle_refuse (error, WATTLE_ERROR_CONFLICT, "status", _("This prescription has been withdrawn already."));
  if (*reason == '\0')
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "reason", _("Say why: the reason stays with the prescription."));
  wattle_record_set_integer (prescription, WATTLE_PRESCRIPTION_STATUS, WATTLE_PRESCRIPTION_STATUS_CANCELLED);
  wattle_record_set_string (prescription, WATTLE_PRESCRIPTION_CANCELLED_REASON, reason);
  wattle_outcome_put (outcome, prescription);
  return TRUE;
}

/**
 * wattle_prescriber_check:
 * @practitioner: a practitioner
 * @error: %WATTLE_ERROR_FORBIDDEN or %WATTLE_ERROR_INVALID with the reason
 *
 * Returns: whether the profession prescribes and the prescriber number holds
 */
gboolean
wattle_prescriber_check (WattleRecord *practitioner, GError **error)
{
  const char *number = wattle_record_get_string (practitioner, WATTLE_PRACTITIONER_PRESCRIBER_NUMBER);

  if ((prescribing_professions >> wattle_record_get_integer (practitioner, WATTLE_PRACTITIONER_PROFESSION) & 1) == 0)
    return wattle_refuse (error, WATTLE_ERROR_FORBIDDEN, "prescriber", _("Your profession does not prescribe."));
  if (number == NULL
      || wattle_identifier_check (wattle_identifier_find ("prescriber_number"), number, NULL, NULL)
           == WATTLE_IDENTIFIER_ERROR)
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "prescriber_number",
                          _("You need a valid prescriber number. Enter it under Settings."));
  return TRUE;
}
