/* prescription.c: private prescriptions as PDF
 *
 * What a private script for a Schedule 4 medicine shows (Poisons and Therapeutic
 * Goods Regulation 2008 (NSW) cl 35, followed by the other states in substance):
 * the date; the patient's name, address and date of birth; medicine, strength,
 * form, quantity, directions, repeats; the prescriber's name, designation,
 * address and telephone; a signature by hand. The active ingredient comes first.
 * A Schedule 8 line has its quantity in words too.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "documents/prescription.h"

#include <glib/gi18n-lib.h>

#include "base/civil-text.h"
#include "base/error.h"
#include "documents/letterhead.h"
#include "documents/page.h"

/**
 * wattle_number_in_words:
 * @number: 0 to 999,999
 *
 * Returns: (transfer full): the number in English words, as the law of
 * Schedule 8 medicines asks, whatever the language of the screen
 */
char *
wattle_number_in_words (gint64 number)
{
  static const char *const small[] = { "zero",     "one",     "two",     "three",     "four",     "five",    "six",
                                       "seven",    "eight",   "nine",    "ten",       "eleven",   "twelve",  "thirteen",
                                       "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen" };
  static const char *const tens[] = { "",      "",      "twenty",  "thirty", "forty",
                                      "fifty", "sixty", "seventy", "eighty", "ninety" };
  g_autofree char *rest = NULL;
  g_autofree char *head = NULL;

  g_return_val_if_fail (number >= 0 && number <= 999999, NULL);
  if (number < 20)
    return g_strdup (small[number]);
  if (number < 100)
    return number % 10 == 0 ? g_strdup (tens[number / 10])
                            : g_strconcat (tens[number / 10], "-", small[number % 10], NULL);
  if (number < 1000)
    {
      if (number % 100 == 0)
        return g_strconcat (small[number / 100], " hundred", NULL);
      rest = wattle_number_in_words (number % 100);
      return g_strconcat (small[number / 100], " hundred and ", rest, NULL);
    }
  head = wattle_number_in_words (number / 1000);
  if (number % 1000 == 0)
    return g_strconcat (head, " thousand", NULL);
  rest = wattle_number_in_words (number % 1000);
  return g_strconcat (head, number % 1000 < 100 ? " thousand and " : " thousand ", rest, NULL);
}

static double
draw_field (WattlePages *pages, double x, double y, double width, const char *label, const char *value)
{
  double height;

  if (value == NULL || *value == '\0')
    return 0;
  height = wattle_pages_text (pages, WATTLE_STYLE_LABEL, x, y, width, WATTLE_ALIGN_START, label);
  return height + wattle_pages_text (pages, WATTLE_STYLE_BODY, x, y + height, width, WATTLE_ALIGN_START, value) + 5;
}

static double
draw_people (WattlePages *pages, const WattlePrescriptionInput *input, double y)
{
  double left = wattle_pages_left (pages), right = wattle_pages_right (pages);
  double half = (right - left) / 2 - 8, x = left + half + 16;
  g_autofree char *patient = wattle_patient_print_name (input->patient);
  g_autofree char *address = wattle_patient_print_address (input->patient);
  g_autofree char *prescriber = wattle_practitioner_print_name (input->prescriber);
  g_autofree char *phone = wattle_identifier_text (input->prescriber, WATTLE_PRACTITIONER_PHONE);
  g_autofree char *born =
    wattle_record_has (input->patient, WATTLE_PATIENT_BIRTH_DATE)
      ? wattle_date_display_numeric (wattle_record_get_integer (input->patient, WATTLE_PATIENT_BIRTH_DATE))
      : NULL;
  g_autofree char *date =
    wattle_date_display_numeric (wattle_record_get_integer (input->prescription, WATTLE_PRESCRIPTION_PRESCRIBED_DATE));
  const char *profession = wattle_enum_label (
    wattle_enum_find ("profession"), wattle_record_get_integer (input->prescriber, WATTLE_PRACTITIONER_PROFESSION));
  const char *letters = wattle_record_get_string (input->prescriber, WATTLE_PRACTITIONER_QUALIFICATIONS);
  g_autofree char *designation =
    letters != NULL ? g_strdup_printf ("%s, %s", profession, letters) : g_strdup (profession);
  double a = y, b = y;

  a += wattle_pages_text (pages, WATTLE_STYLE_LABEL, left, a, half, WATTLE_ALIGN_START, _("Patient"));
  a += wattle_pages_text (pages, WATTLE_STYLE_HEADING, left, a, half, WATTLE_ALIGN_START, patient);
  a += wattle_pages_text (pages, WATTLE_STYLE_BODY, left, a, half, WATTLE_ALIGN_START, address) + 5;
  draw_field (pages, left + half / 2, a, half / 2, _("Prescribed on"), date);
  a += draw_field (pages, left, a, half / 2 - 6, _("Date of birth"), born);
  b += wattle_pages_text (pages, WATTLE_STYLE_LABEL, x, b, half, WATTLE_ALIGN_START, _("Prescriber"));
  b += wattle_pages_text (pages, WATTLE_STYLE_HEADING, x, b, half, WATTLE_ALIGN_START, prescriber);
  b += wattle_pages_text (pages, WATTLE_STYLE_SMALL, x, b, half, WATTLE_ALIGN_START, designation) + 5;
  draw_field (pages, x + half / 2, b, half / 2, _("Phone"), phone);
  b += draw_field (pages, x, b, half / 2 - 6, _("Prescriber no."),
                   wattle_record_get_string (input->prescriber, WATTLE_PRACTITIONER_PRESCRIBER_NUMBER));
  return MAX (a, b) + 4;
}

static gboolean
is_controlled (WattleRecord *line)
{
  return wattle_record_get_integer (line, WATTLE_PRESCRIPTION_LINE_SCHEDULE) == WATTLE_POISON_SCHEDULE_S8;
}

static char *
supply_text (WattleRecord *line)
{
  int quantity = wattle_record_get_integer (line, WATTLE_PRESCRIPTION_LINE_QUANTITY);
  int repeats = wattle_record_get_integer (line, WATTLE_PRESCRIPTION_LINE_REPEATS);
  int interval = wattle_record_get_integer (line, WATTLE_PRESCRIPTION_LINE_REPEAT_INTERVAL_DAYS);
  g_autofree char *words = wattle_number_in_words (quantity);
  GString *out = g_string_new (NULL);

  g_string_append_printf (out, _("Quantity %d"), quantity);
  if (is_controlled (line))
    g_string_append_printf (out, " (%s)", words);
  g_string_append (out, "    ");
  if (repeats == 0)
    g_string_append (out, _("No repeats"));
  else
    g_string_append_printf (out, _("Repeats %d"), repeats);
  if (repeats > 0 && interval > 0)
    g_string_append_printf (
      out, g_dngettext (GETTEXT_PACKAGE, ", at least %d day apart", ", at least %d days apart", interval), interval);
  return g_string_free (out, FALSE);
}

static double
draw_line (WattlePages *pages, WattleRecord *line, guint position, double y)
{
  double left = wattle_pages_left (pages), right = wattle_pages_right (pages), x = left + 18;
  const char *strength = wattle_record_get_string (line, WATTLE_PRESCRIPTION_LINE_STRENGTH);
  const char *form = wattle_record_get_string (line, WATTLE_PRESCRIPTION_LINE_FORM);
  const char *brand = wattle_record_get_string (line, WATTLE_PRESCRIPTION_LINE_BRAND);
  g_autofree char *number = g_strdup_printf ("%u.", position);
  g_autofree char *medicine =
    g_strjoin (" ", wattle_record_get_string (line, WATTLE_PRESCRIPTION_LINE_ACTIVE_INGREDIENT),
               strength != NULL ? strength : "", form != NULL ? form : "", NULL);
  g_autofree char *brand_line = NULL;
  g_autofree char *supply = supply_text (line);

  if (brand != NULL)
    brand_line = g_strdup_printf (wattle_record_get_boolean (line, WATTLE_PRESCRIPTION_LINE_SUBSTITUTION_ALLOWED)
                                    ? _("Brand: %s")
                                    : _("Brand: %s. Brand substitution not permitted"),
                                  brand);
  wattle_pages_text (pages, WATTLE_STYLE_HEADING, left, y, 18, WATTLE_ALIGN_START, number);
  y += wattle_pages_text (pages, WATTLE_STYLE_HEADING, x, y, right - x, WATTLE_ALIGN_START, medicine);
  y += wattle_pages_text (pages, WATTLE_STYLE_SMALL, x, y, right - x, WATTLE_ALIGN_START, brand_line);
  if (is_controlled (line))
    y += wattle_pages_text (pages, WATTLE_STYLE_SMALL, x, y, right - x, WATTLE_ALIGN_START, _("Schedule 8"));
  y += wattle_pages_text (pages, WATTLE_STYLE_BODY, x, y + 1, right - x, WATTLE_ALIGN_START,
                          wattle_record_get_string (line, WATTLE_PRESCRIPTION_LINE_DIRECTIONS));
  y += wattle_pages_text (pages, WATTLE_STYLE_STRONG, x, y + 2, right - x, WATTLE_ALIGN_START, supply);
  return y + 12;
}

static void
draw_signature (WattlePages *pages, const WattlePrescriptionInput *input, double y)
{
  double left = wattle_pages_left (pages), right = wattle_pages_right (pages);
  double x = left + (right - left) * 0.45;
  g_autofree char *prescriber = wattle_practitioner_print_name (input->prescriber);
  g_autofree char *count = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "End of prescription: %u medicine",
                                                         "End of prescription: %u medicines", input->lines->len),
                                            input->lines->len);

  wattle_pages_rule (pages, left, right, y, 0.8);
  wattle_pages_text (pages, WATTLE_STYLE_SMALL, left, y + 4, right - left, WATTLE_ALIGN_START, count);
  y += 58;
  wattle_pages_rule (pages, x, right, y, 0.8);
  wattle_pages_text (pages, WATTLE_STYLE_LABEL, x, y + 2, right - x, WATTLE_ALIGN_START,
                     _("Signature of the prescriber"));
  wattle_pages_text (pages, WATTLE_STYLE_BODY, x, y + 13, right - x, WATTLE_ALIGN_START, prescriber);
  wattle_pages_text (
    pages, WATTLE_STYLE_SMALL, left, y + 32, right - left, WATTLE_ALIGN_START,
    _("Private prescription. Valid only when signed by hand by the prescriber. This is a printed form, "
       "not an electronic prescription."));
}

/* What a line and the signature need, so that neither is torn across pages. */
#define LINE_HEIGHT 76
#define SIGNATURE_HEIGHT 110

static void
draw_prescription (WattlePages *pages, gconstpointer data)
{
  const WattlePrescriptionInput *input = data;
  const char *number = wattle_record_get_string (input->prescription, WATTLE_PRESCRIPTION_NUMBER);
  double y = wattle_letterhead_draw (pages, input->practice, input->location, _("Prescription"));

  y = draw_people (pages, input, y);
  wattle_pages_rule (pages, wattle_pages_left (pages), wattle_pages_right (pages), y, 0.8);
  y += 10;
  for (guint i = 0; i < input->lines->len; i++)
    {
      if (y + LINE_HEIGHT > wattle_pages_bottom (pages))
        {
          wattle_letterhead_footer (pages, number);
          wattle_pages_next (pages);
          y = draw_people (pages, input,
                           wattle_letterhead_draw (pages, input->practice, input->location, _("Prescription")));
        }
      y = draw_line (pages, g_ptr_array_index (input->lines, i), i + 1, y);
    }
  if (y + SIGNATURE_HEIGHT > wattle_pages_bottom (pages))
    {
      wattle_letterhead_footer (pages, number);
      wattle_pages_next (pages);
      y = draw_people (pages, input,
                       wattle_letterhead_draw (pages, input->practice, input->location, _("Prescription")));
    }
  draw_signature (pages, input, y);
  wattle_letterhead_footer (pages, number);
}

/**
 * wattle_prescription_pdf:
 * @input: the prescription and what stands around it
 * @error: %WATTLE_ERROR_INVALID or %WATTLE_ERROR_FAILED
 *
 * May run on any thread. An unsigned draft is refused: a form on paper is taken
 * for a prescription.
 *
 * Returns: (transfer full) (nullable): a PDF on A5; the same input gives the same bytes
 */
GBytes *
wattle_prescription_pdf (const WattlePrescriptionInput *input, GError **error)
{
  const char *number = wattle_record_get_string (input->prescription, WATTLE_PRESCRIPTION_NUMBER);
  g_autofree char *title = g_strdup_printf ("%s %s", _("Prescription"), number != NULL ? number : "");
  WattlePagesInfo info = {
    .width = WATTLE_A5_WIDTH,
    .height = WATTLE_A5_HEIGHT,
    .margin = 32,
    .title = g_strchomp (title),
    .author = wattle_record_get_string (input->practice, WATTLE_PRACTICE_NAME),
    .date = wattle_record_get_integer (input->prescription, WATTLE_PRESCRIPTION_PRESCRIBED_DATE),
  };

  if (wattle_record_get_integer (input->prescription, WATTLE_PRESCRIPTION_STATUS) != WATTLE_PRESCRIPTION_STATUS_SIGNED)
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, "status",
                              _("Only a signed prescription can be printed. Sign it first; nothing was changed."));
      return NULL;
    }
  if (input->lines->len == 0)
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, "lines",
                              _("A prescription without medicines cannot be printed."));
      return NULL;
    }
  return wattle_pages_print (&info, draw_prescription, input, error);
}
