/* fuzz-record.c: any bytes as a record, as two versions of one, and as a line of the feed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "fuzz.h"

#include <string.h>

#include "schema/record.h"
#include "schema/type.h"

/* What was read is written, read again and the same. */
static WattleRecord *
read_twice (const char *text, gssize length)
{
  WattleRecord *record = wattle_record_from_text (text, length, NULL);
  g_autoptr (WattleRecord) again = NULL;
  g_autofree char *json = NULL;
  g_autofree char *second = NULL;
  g_autofree char *words = NULL;
  g_autofree char *delta = NULL;
  g_autoptr (GError) error = NULL;

  if (record == NULL)
    return NULL;
  wattle_record_validate (record, NULL);
  json = wattle_record_to_json (record);
  words = wattle_record_search_text (record);
  again = wattle_record_from_text (json, -1, &error);
  g_assert_no_error (error);
  second = wattle_record_to_json (again);
  g_assert_cmpstr (json, ==, second);
  delta = wattle_record_diff (record, again);
  g_assert_true (delta == NULL || strcmp (delta, "{}") == 0);
  return record;
}

/* Every field of the type takes the text or refuses it with a sentence. */
static void
type_in (WattleRecord *record, const char *text)
{
  const WattleType *type = wattle_record_type (record);
  g_autoptr (WattleRecord) copy = wattle_record_copy (record);

  for (guint i = 0; i < type->n_fields; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *warning = NULL;

      WattleFieldId field = type->id << 8 | i;
      g_assert_true (wattle_record_set_from_text (copy, field, text, &error) == (error == NULL));
      warning = wattle_record_warning (copy, field);
    }
  wattle_record_validate (copy, NULL);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  FUZZ_TEXT (data, size);
  const char *gap = memchr (data, '\n', size);
  gsize first = gap != NULL ? (gsize) (gap - (const char *) data) : size;
  g_autoptr (WattleRecord) before = read_twice ((const char *) data, first);
  g_autoptr (WattleRecord) after = gap != NULL ? read_twice (gap + 1, size - first - 1) : NULL;
  g_autofree char *delta = NULL;

  if (before != NULL && after != NULL && wattle_record_type (before) == wattle_record_type (after))
    delta = wattle_record_diff (before, after);
  if (before != NULL && gap != NULL && strlen (text) > first)
    type_in (before, text + first + 1);
  return 0;
}
