/* validate.c: what a record may hold, with errors that name the field
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/civil-text.h"
#include "base/civil.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "base/money.h"
#include "base/text.h"
#include "schema/identifier.h"
#include "schema/record-private.h"

/* A thousand million dollars: beyond it somebody slipped. */
#define MAX_MONEY G_GINT64_CONSTANT (100000000000)

/* All texts of a record together, in bytes: the request that carries it takes 1 MiB, quoted. */
#define MAX_TEXTS 700000

static gboolean
is_hexadecimal (const char *text, gsize length)
{
  return strlen (text) == length && strspn (text, "0123456789abcdef") == length;
}

static gboolean
has_control_character (const char *text, gboolean lines)
{
  for (; *text != '\0'; text++)
    if (((guchar) *text < 0x20 && !(lines && (*text == '\n' || *text == '\t'))) || *text == 0x7f)
      return TRUE;
  return FALSE;
}

/* Each check answers NULL when the value is good, or a sentence. */
static char *
check_text (const WattleField *field, const char *text)
{
  switch (field->kind)
    {
    case WATTLE_KIND_REFERENCE:
      return wattle_id_is_valid (text) ? NULL
                                       : g_strdup_printf (_("“%s” must be the id of a record."), _(field->label));
    case WATTLE_KIND_ZONE:
      return wattle_zone_lookup (text, NULL) != NULL
               ? NULL
               : g_strdup_printf (_("“%.64s” is not a time zone, such as Australia/Sydney."), text);
    case WATTLE_KIND_COLOUR:
      return text[0] == '#' && strlen (text) == 7 && strspn (text + 1, "0123456789abcdefABCDEF") == 6
               ? NULL
               : g_strdup_printf (_("“%s” must be a colour such as #3584e4."), _(field->label));
    case WATTLE_KIND_HASH:
      return is_hexadecimal (text, 64) ? NULL
                                       : g_strdup_printf (_("“%s” must be 64 hexadecimal digits."), _(field->label));
    case WATTLE_KIND_IDENTIFIER:
      {
        const WattleIdentifierKind *kind = wattle_identifier_find (field->ref);
        g_autofree char *normalised = NULL;
        char *message = NULL;

        if (wattle_identifier_check (kind, text, &normalised, &message) == WATTLE_IDENTIFIER_ERROR)
          return message;
        g_free (message);
        return NULL;
      }
    default:
      if (field->max > 0 && g_utf8_strlen (text, -1) > field->max)
        return g_strdup_printf (_("“%s” is too long: at most %u characters are kept."), _(field->label), field->max);
      if (has_control_character (text, field->kind == WATTLE_KIND_TEXT))
        return g_strdup_printf (_("“%s” holds a character that cannot be shown."), _(field->label));
      return NULL;
    }
}

static char *
check_number (const WattleField *field, gint64 number)
{
  gint64 max = field->kind == WATTLE_KIND_INTEGER && field->max == 0 ? G_MAXINT64 : field->max;
  g_autofree char *limit = NULL;

  switch (field->kind)
    {
    case WATTLE_KIND_MONEY:
      return number >= 0 && number <= MAX_MONEY
               ? NULL
               : g_strdup_printf (_("“%s” must be between $0.00 and $1,000,000,000.00."), _(field->label));
    case WATTLE_KIND_INTEGER:
      if (number >= 0 && number <= max)
        return NULL;
      limit = g_strdup_printf ("%" G_GINT64_FORMAT, max);
      return g_strdup_printf (_("“%s” must be between 0 and %s."), _(field->label), limit);
    case WATTLE_KIND_TIME:
      return number >= 0 && number <= 24 * 60 ? NULL
                                              : g_strdup_printf (_("“%s” must be a time of day."), _(field->label));
    case WATTLE_KIND_DATE:
      /* 1850 to 2200: older or later is a slip of the hand */
      return number > -43829 && number < 84005 ? NULL
                                               : g_strdup_printf (_("“%s” is not a plausible date."), _(field->label));
    default:
      return NULL;
    }
}

/* The longest text is at fault when all of them are too long together. */
static gboolean
check_size (WattleRecord *self, GError **error)
{
  const WattleType *type = wattle_record_type (self);
  const WattleField *longest = NULL;
  gsize total = 0, most = 0;

  for (guint i = 0; i < type->n_fields; i++)
    {
      WattleFieldId id = (type->id << 8) | i;
      gsize length;

      if (!wattle_field_is_text (&type->fields[i]) || !wattle_record_has (self, id))
        continue;
      length = strlen (wattle_record_get_string (self, id));
      total += length;
      if (length > most)
        longest = &type->fields[i];
      most = MAX (most, length);
    }
  if (total <= MAX_TEXTS)
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_INVALID, longest->name,
                          _("This is too long: all texts together take at most %u kilobytes. “%s” is the longest."),
                          MAX_TEXTS / 1000, _(longest->label));
  return FALSE;
}

/**
 * wattle_record_validate:
 * @self: a record
 * @error: %WATTLE_ERROR_INVALID naming the first field at fault
 *
 * Normalises identifiers on the way: what is kept is what the check read.
 *
 * Returns: whether the record may be kept
 */
gboolean
wattle_record_validate (WattleRecord *self, GError **error)
{
  const WattleType *type = wattle_record_type (self);

  for (guint i = 0; i < type->n_fields; i++)
    {
      const WattleField *field = &type->fields[i];
      WattleFieldId id = (type->id << 8) | i;
      g_autofree char *problem = NULL;

      if (!wattle_record_has (self, id))
        {
          if ((field->flags & WATTLE_FIELD_REQUIRED) == 0)
            continue;
          wattle_set_field_error (error, WATTLE_ERROR_INVALID, field->name, _("“%s” is needed."), _(field->label));
          return FALSE;
        }
      problem = wattle_field_is_text (field) ? check_text (field, wattle_record_get_string (self, id))
                                             : check_number (field, wattle_record_get_integer (self, id));
      if (problem != NULL)
        {
          wattle_set_field_error (error, WATTLE_ERROR_INVALID, field->name, "%s", problem);
          return FALSE;
        }
      if (field->kind == WATTLE_KIND_IDENTIFIER)
        {
          g_autofree char *normalised = NULL;

          wattle_identifier_check (wattle_identifier_find (field->ref), wattle_record_get_string (self, id),
                                   &normalised, NULL);
          wattle_record_set_string (self, id, normalised);
        }
    }
  return check_size (self, error);
}

/**
 * wattle_record_warning:
 * @self: a record
 * @id: one of its fields
 *
 * Returns: (transfer full) (nullable): a sentence about a value that is kept
 * and yet looks wrong, such as a provider number whose check fails
 */
char *
wattle_record_warning (WattleRecord *self, WattleFieldId id)
{
  const WattleField *field = wattle_field_get (id);
  g_autofree char *normalised = NULL;
  g_autofree char *message = NULL;

  if (field->kind != WATTLE_KIND_IDENTIFIER || !wattle_record_has (self, id))
    return NULL;
  if (wattle_identifier_check (wattle_identifier_find (field->ref), wattle_record_get_string (self, id), &normalised,
                               &message)
      != WATTLE_IDENTIFIER_WARNING)
    return NULL;
  return g_steal_pointer (&message);
}

static gboolean
parse_typed (const WattleField *field, const char *text, gint64 *number, GError **error)
{
  char *end;
  int second;

  switch (field->kind)
    {
    case WATTLE_KIND_MONEY:
      return wattle_money_parse (text, number, error);
    case WATTLE_KIND_DATE:
      return wattle_date_parse_typed (text, wattle_clock_now () / WATTLE_SECOND / WATTLE_DAY_SECONDS, number, error);
    case WATTLE_KIND_TIME:
      if (!wattle_time_parse_typed (text, &second, error))
        return FALSE;
      *number = second / 60;
      return TRUE;
    case WATTLE_KIND_ENUM:
      *number = wattle_enum_parse (wattle_field_enum (field), text);
      if (*number >= 0)
        return TRUE;
      break;
    default:
      *number = g_ascii_strtoll (text, &end, 10);
      if (end != text && *end == '\0')
        return TRUE;
      break;
    }
  wattle_set_field_error (error, WATTLE_ERROR_INVALID, field->name, _("“%.40s” is not a value for “%s”."), text,
                          _(field->label));
  return FALSE;
}

/**
 * wattle_record_set_from_text:
 * @self: a record
 * @id: one of its fields
 * @text: what a person typed; blank takes the value away
 * @error: %WATTLE_ERROR_INVALID naming the field, with a sentence for the form
 *
 * Returns: whether the value was taken
 */
gboolean
wattle_record_set_from_text (WattleRecord *self, WattleFieldId id, const char *text, GError **error)
{
  const WattleField *field = wattle_field_get (id);
  g_autofree char *trimmed = g_strstrip (g_strdup (text != NULL ? text : ""));
  g_autofree char *problem = NULL;
  g_autoptr (GError) local = NULL;
  gint64 number = 0;

  if (*trimmed == '\0')
    {
      wattle_record_unset (self, id);
      return TRUE;
    }
  /* Outside the window's entries, as in a file of another program, it may be anything. */
  if (!g_utf8_validate (trimmed, -1, NULL))
    problem = g_strdup_printf (_("“%s” holds a character that cannot be shown."), _(field->label));
  else if (wattle_field_is_text (field))
    problem = check_text (field, field->kind == WATTLE_KIND_TEXT ? text : trimmed);
  else if (parse_typed (field, trimmed, &number, &local))
    problem = check_number (field, number);
  else
    problem = g_strdup (local->message);
  if (problem != NULL)
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, field->name, "%s", problem);
      return FALSE;
    }
  if (field->kind == WATTLE_KIND_IDENTIFIER)
    {
      g_autofree char *normalised = NULL;

      wattle_identifier_check (wattle_identifier_find (field->ref), trimmed, &normalised, NULL);
      wattle_record_set_string (self, id, normalised);
    }
  else if (wattle_field_is_text (field))
    wattle_record_set_string (self, id, field->kind == WATTLE_KIND_TEXT ? text : trimmed);
  else
    wattle_record_set_integer (self, id, number);
  return TRUE;
}

/**
 * wattle_record_search_text:
 * @self: a record
 *
 * Returns: (transfer full): the values of its SEARCH fields, folded (see
 * wattle_text_fold()), joined by spaces; dates both as 1980-02-01 and 01021980
 */
char *
wattle_record_search_text (WattleRecord *self)
{
  const WattleType *type = wattle_record_type (self);
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < type->n_fields; i++)
    {
      WattleFieldId id = (type->id << 8) | i;

      if ((type->fields[i].flags & WATTLE_FIELD_SEARCH) == 0 || !wattle_record_has (self, id))
        continue;
      if (wattle_field_is_text (&type->fields[i]))
        {
          g_autofree char *folded = wattle_text_fold (wattle_record_get_string (self, id));
          g_string_append (out, folded);
        }
      else if (type->fields[i].kind == WATTLE_KIND_DATE)
        {
          int year, month, day;

          wattle_date_to_ymd (wattle_record_get_integer (self, id), &year, &month, &day);
          g_string_append_printf (out, "%04d-%02d-%02d %02d%02d%04d", year, month, day, day, month, year);
        }
      g_string_append_c (out, ' ');
    }
  return g_string_free (out, FALSE);
}
