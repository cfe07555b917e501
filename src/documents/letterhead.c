/* letterhead.c: what every document of a practice begins and ends with
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "documents/letterhead.h"

#include <glib/gi18n-lib.h>

#include "schema/identifier.h"

static void
append_part (GString *out, const char *separator, const char *part)
{
  if (part == NULL || *part == '\0')
    return;
  if (out->len > 0)
    g_string_append (out, separator);
  g_string_append (out, part);
}

/**
 * wattle_person_name:
 * @title: (nullable): such as Dr
 * @given_names: (nullable): given names
 * @family_name: (nullable): family name
 *
 * Returns: (transfer full): the name as an envelope has it
 */
char *
wattle_person_name (const char *title, const char *given_names, const char *family_name)
{
  GString *out = g_string_new (NULL);

  append_part (out, " ", title);
  append_part (out, " ", given_names);
  append_part (out, " ", family_name);
  return g_string_free (out, FALSE);
}

/**
 * wattle_address_lines:
 * @address_line: (nullable): street
 * @suburb: (nullable): suburb
 * @state: (nullable): such as NSW
 * @postcode: (nullable): four digits
 *
 * Returns: (transfer full): the address on one to two lines, as Australia Post
 * wants the last one: suburb, state and postcode
 */
char *
wattle_address_lines (const char *address_line, const char *suburb, const char *state, const char *postcode)
{
  GString *out = g_string_new (NULL);
  GString *place = g_string_new (NULL);

  append_part (place, " ", suburb);
  append_part (place, " ", state);
  append_part (place, " ", postcode);
  append_part (out, "\n", address_line);
  append_part (out, "\n", place->str);
  g_string_free (place, TRUE);
  return g_string_free (out, FALSE);
}

static const char *
state_of (WattleRecord *record, WattleFieldId field)
{
  if (!wattle_record_has (record, field))
    return NULL;
  return wattle_enum_nick (wattle_field_enum (wattle_field_get (field)), wattle_record_get_integer (record, field));
}

char *
wattle_patient_print_name (WattleRecord *patient)
{
  return wattle_person_name (wattle_record_get_string (patient, WATTLE_PATIENT_TITLE),
                             wattle_record_get_string (patient, WATTLE_PATIENT_GIVEN_NAMES),
                             wattle_record_get_string (patient, WATTLE_PATIENT_FAMILY_NAME));
}

char *
wattle_patient_print_address (WattleRecord *patient)
{
  return wattle_address_lines (wattle_record_get_string (patient, WATTLE_PATIENT_ADDRESS_LINE),
                               wattle_record_get_string (patient, WATTLE_PATIENT_SUBURB),
                               state_of (patient, WATTLE_PATIENT_STATE),
                               wattle_record_get_string (patient, WATTLE_PATIENT_POSTCODE));
}

char *
wattle_practitioner_print_name (WattleRecord *practitioner)
{
  return wattle_person_name (wattle_record_get_string (practitioner, WATTLE_PRACTITIONER_TITLE),
                             wattle_record_get_string (practitioner, WATTLE_PRACTITIONER_GIVEN_NAMES),
                             wattle_record_get_string (practitioner, WATTLE_PRACTITIONER_FAMILY_NAME));
}

/**
 * wattle_identifier_text:
 * @record: a record
 * @field: an identifier field of it
 *
 * Returns: (transfer full) (nullable): the identifier as it is written
 */
char *
wattle_identifier_text (WattleRecord *record, WattleFieldId field)
{
  const char *value = wattle_record_get_string (record, field);

  return value != NULL ? wattle_identifier_format (wattle_identifier_find (wattle_field_get (field)->ref), value)
                       : NULL;
}

static char *
contact_lines (WattleRecord *practice, WattleRecord *location)
{
  WattleRecord *place =
    location != NULL && wattle_record_has (location, WATTLE_LOCATION_ADDRESS_LINE) ? location : NULL;
  g_autofree char *address =
    place != NULL ? wattle_address_lines (wattle_record_get_string (place, WATTLE_LOCATION_ADDRESS_LINE),
                                          wattle_record_get_string (place, WATTLE_LOCATION_SUBURB),
                                          state_of (place, WATTLE_LOCATION_STATE),
                                          wattle_record_get_string (place, WATTLE_LOCATION_POSTCODE))
                  : wattle_address_lines (wattle_record_get_string (practice, WATTLE_PRACTICE_ADDRESS_LINE),
                                          wattle_record_get_string (practice, WATTLE_PRACTICE_SUBURB),
                                          state_of (practice, WATTLE_PRACTICE_STATE),
                                          wattle_record_get_string (practice, WATTLE_PRACTICE_POSTCODE));
  g_autofree char *phone = wattle_identifier_text (practice, WATTLE_PRACTICE_PHONE);
  g_autofree char *abn = wattle_identifier_text (practice, WATTLE_PRACTICE_ABN);
  GString *out = g_string_new (address);
  GString *reach = g_string_new (NULL);

  append_part (reach, "  ·  ", phone);
  append_part (reach, "  ·  ", wattle_record_get_string (practice, WATTLE_PRACTICE_EMAIL));
  append_part (out, "\n", reach->str);
  if (abn != NULL)
    {
      g_autofree char *line = g_strdup_printf (_("ABN %s"), abn);
      append_part (out, "\n", line);
    }
  g_string_free (reach, TRUE);
  return g_string_free (out, FALSE);
}

/**
 * wattle_letterhead_draw:
 * @pages: the pages, at the top of one
 * @practice: whose document it is
 * @location: (nullable): whose address it bears
 * @title: what the document is
 *
 * Returns: where the contents may begin, in points from the top
 */
double
wattle_letterhead_draw (WattlePages *pages, WattleRecord *practice, WattleRecord *location, const char *title)
{
  double left = wattle_pages_left (pages), right = wattle_pages_right (pages);
  double half = (right - left) * 0.5; /* less for the title would break “Prescription” in the wide fonts of some */
  double y = wattle_pages_top (pages), end;
  g_autofree char *lines = contact_lines (practice, location);
  const char *legal = wattle_record_get_string (practice, WATTLE_PRACTICE_LEGAL_NAME);

  end = y + wattle_pages_text (pages, WATTLE_STYLE_TITLE, left + half, y, right - left - half, WATTLE_ALIGN_END, title);
  y += wattle_pages_text (pages, WATTLE_STYLE_NAME, left, y, half, WATTLE_ALIGN_START,
                          wattle_record_get_string (practice, WATTLE_PRACTICE_NAME));
  y += wattle_pages_text (pages, WATTLE_STYLE_SMALL, left, y, half, WATTLE_ALIGN_START, legal);
  y += wattle_pages_text (pages, WATTLE_STYLE_SMALL, left, y + 1, half, WATTLE_ALIGN_START, lines);
  y = MAX (y, end) + 10;
  wattle_pages_rule (pages, left, right, y, 0.8);
  return y + 14;
}

/**
 * wattle_letterhead_footer:
 * @pages: the pages
 * @text: (nullable): what stands left of the page's number
 */
void
wattle_letterhead_footer (WattlePages *pages, const char *text)
{
  double left = wattle_pages_left (pages), right = wattle_pages_right (pages);
  double y = wattle_pages_bottom (pages) + 8;
  g_autofree char *number =
    g_strdup_printf (_("Page %u of %u"), wattle_pages_number (pages), wattle_pages_total (pages));

  wattle_pages_rule (pages, left, right, y - 3, 0.5);
  wattle_pages_text (pages, WATTLE_STYLE_SMALL, left, y, (right - left) * 0.8, WATTLE_ALIGN_START, text);
  wattle_pages_text (pages, WATTLE_STYLE_SMALL, left, y, right - left, WATTLE_ALIGN_END, number);
}
