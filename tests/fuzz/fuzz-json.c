/* fuzz-json.c: any bytes as JSON: whatever is accepted can be walked, and written to be read again
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/json.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static guint
walk (WattleJsonNode node, WattleJsonWriter *writer)
{
  WattleJsonIter iter = wattle_json_iter (node);
  WattleJsonNode value;
  const char *name;
  guint n = 1;
  gint64 number;
  gsize length;

  wattle_json_integer (node, &number);
  if (wattle_json_string (node) != NULL)
    wattle_json_put_string (writer, wattle_json_string (node));
  else if (wattle_json_kind (node) == WATTLE_JSON_ARRAY)
    {
      wattle_json_begin_array (writer);
      while (wattle_json_next (&iter, NULL, &value))
        n += walk (value, writer);
      wattle_json_end_array (writer);
    }
  else if (wattle_json_kind (node) == WATTLE_JSON_OBJECT)
    {
      wattle_json_begin_object (writer);
      while (wattle_json_next (&iter, &name, &value))
        {
          wattle_json_name (writer, name);
          g_assert_true (wattle_json_exists (wattle_json_member (node, name)));
          n += walk (value, writer);
        }
      wattle_json_end_object (writer);
    }
  else
    {
      const char *raw = wattle_json_raw (node, &length);

      wattle_json_put_raw (writer, raw, length);
    }
  return n;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const WattleJsonLimits limits = { 65536, 16, 1000 };
  g_autoptr (WattleJson) json = wattle_json_parse ((const char *) data, size, &limits, NULL);
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GString) second = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (out), again = wattle_json_writer (second);
  g_autoptr (WattleJson) copy = NULL;
  g_autoptr (GError) error = NULL;

  if (json == NULL)
    return 0;
  g_assert_cmpuint (walk (wattle_json_root (json), &writer), <=, limits.max_nodes);
  copy = wattle_json_parse (out->str, out->len, NULL, &error);
  g_assert_no_error (error);
  walk (wattle_json_root (copy), &again);
  g_assert_cmpstr (out->str, ==, second->str);
  return 0;
}
