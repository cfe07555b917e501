/* fuzz-address.c: any bytes as address, query and Range of a request
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "fuzz.h"

#include <string.h>

#include "server/http/http-private.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  FUZZ_TEXT (data, size);
  gsize length = strcspn (text, "?");
  WattlePath path = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) query_error = NULL;
  g_autoptr (GPtrArray) queries = wattle_query_parse (text, &query_error);
  guint64 offset, part;

  g_assert_true ((queries == NULL) == (query_error != NULL));
  for (guint i = 0; queries != NULL && i < queries->len; i++)
    g_assert_true (g_utf8_validate (queries->pdata[i], -1, NULL));
  if (wattle_path_parse (&path, text, length, FALSE, &error))
    for (guint i = 0; i < path.n_segments; i++)
      g_assert_true (path.segments[i] != NULL && strchr (path.segments[i], '/') == NULL
                     && g_utf8_validate (path.segments[i], -1, NULL));
  else
    g_assert_nonnull (error);
  wattle_path_clear (&path);
  for (guint64 whole = 0; whole <= 1000; whole += 500)
    if (wattle_range_parse (text, whole, &offset, &part) == WATTLE_RANGE_PART)
      g_assert_true (part > 0 && offset + part <= whole);
  return 0;
}
