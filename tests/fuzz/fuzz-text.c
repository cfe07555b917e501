/* fuzz-text.c: any text where a person or a file gives a date, a time, a zone, an id, an amount, a number of a card
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "fuzz.h"

#include <string.h>

#include "base/civil-text.h"
#include "base/civil.h"
#include "base/id.h"
#include "base/money.h"
#include "domain/settings.h"
#include "schema/enums.h"
#include "schema/identifier.h"

#define TODAY 20000 /* days since 1970 */

static void
civil (const char *text)
{
  char printed[WATTLE_INSTANT_SIZE];
  gint64 date, instant, again;
  int second;

  if (wattle_date_parse (text, &date, NULL))
    {
      g_autofree char *formatted = wattle_date_format (date);

      g_assert_true (wattle_date_is_valid (date));
      g_assert_true (wattle_date_parse (formatted, &again, NULL) && again == date);
    }
  if (wattle_date_parse_typed (text, TODAY, &date, NULL))
    {
      g_autofree char *shown = wattle_date_display (date);

      g_assert_true (wattle_date_is_valid (date));
    }
  if (wattle_time_parse_typed (text, &second, NULL))
    g_assert_true (second >= 0 && second <= 86400);
  if (wattle_instant_parse (text, &instant, NULL))
    {
      wattle_instant_print (instant, printed);
      g_assert_true (wattle_instant_parse (printed, &again, NULL) && again == instant);
    }
}

static void
zone (const char *text)
{
  GTimeZone *found = wattle_zone_lookup (text, NULL);
  gint64 start, end;

  if (found == NULL)
    return;
  wattle_zone_day_bounds (found, TODAY, &start, &end);
  g_assert_cmpint (start, <, end);
}

static void
id (const char *text)
{
  guint8 bytes[WATTLE_ID_BYTES];
  char again[WATTLE_ID_LENGTH + 1];

  if (!wattle_id_is_valid (text))
    return;
  g_assert_true (wattle_id_to_bytes (text, bytes));
  wattle_id_to_text (bytes, again);
  g_assert_cmpstr (again, ==, text);
}

static void
money (const char *text)
{
  gint64 cents;

  if (wattle_money_parse (text, &cents, NULL))
    g_assert_cmpint (cents, >=, 0);
  wattle_money_parse_signed (text, &cents, NULL);
}

static void
identifier (const char *text)
{
  guint n;
  const WattleIdentifierKind *kinds = wattle_identifier_kinds (&n);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *normalised = NULL;
      g_autofree char *message = NULL;
      g_autofree char *formatted = NULL;
      g_autofree char *second = NULL;
      g_autofree char *ignored = NULL;
      WattleIdentifierVerdict verdict = wattle_identifier_check (&kinds[i], text, &normalised, &message);

      if (normalised == NULL)
        continue;
      formatted = wattle_identifier_format (&kinds[i], normalised);
      g_assert_cmpint (wattle_identifier_check (&kinds[i], normalised, &second, &ignored), ==, verdict);
      g_assert_cmpstr (second, ==, normalised);
    }
  if (strlen (text) < 20)
    wattle_postcode_state (text);
}

static void
setting (const char *text)
{
  guint n;
  const WattleSettingSpec *specs = wattle_setting_specs (&n);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (wattle_setting_check (&specs[i], text, &error) == (error == NULL));
    }
}

static const struct
{
  const char *name;
  void (*read) (const char *text);
} readers[] = {
  { "civil", civil }, { "zone", zone }, { "id", id }, { "money", money }, { "identifier", identifier },
  { "setting", setting },
};

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  FUZZ_TEXT (data, size);

  for (guint i = 0; i < G_N_ELEMENTS (readers); i++)
    if (strcmp (readers[i].name, WATTLE_FUZZ_TARGET) == 0)
      readers[i].read (text);
  return 0;
}
