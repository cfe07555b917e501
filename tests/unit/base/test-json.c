/* test-json.c: what is JSON, what is refused and in which words, and that writing and reading agree
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/json.h"

#include <string.h>

#include "base/error.h"

#define RANDOM_DOCUMENTS 3000

static const char *const good[] = {
  "null",
  " true ",
  "false\n",
  "\"\"",
  "0",
  "-0",
  "9223372036854775807",
  "-9223372036854775808",
  "1.5",
  "-1.5e+10",
  "1E400",
  "[]",
  "{}",
  "[[],{}]",
  "{\"a\":{\"a\":1},\"b\":[1,2,{\"a\":2}]}",
  "\t{ \"a\" :\r\n[ 1 , 2 ] } ",
  "\"\\u0041\\n\\/\\\\\\\"\"",
  "\"\\ud83d\\ude00\"",
  "\"\xf0\x9f\x98\x80\"",
  "\"\x7f\"",
  "{\"\":1}",
};

static const struct
{
  const char *text;
  const char *word; /* of the error's sentence */
} bad[] = {
  { "", "number" },
  { " ", "number" },
  { "[", "number" },
  { "]", "number" },
  { "{", "name" },
  { "[1", "comma" },
  { "[1,]", "number" },
  { "[,1]", "number" },
  { "[1 2]", "comma" },
  { "[1}", "comma" },
  { "{\"a\"}", "name" },
  { "{\"a\":}", "number" },
  { "{\"a\":1,}", "name" },
  { "{\"a\":1 \"b\":2}", "comma" },
  { "{a:1}", "name" },
  { "{'a':1}", "name" },
  { "{1:1}", "name" },
  { "{\"a\":1,\"a\":2}", "twice" },
  { "{\"a\":1,\"\\u0061\":2}", "twice" },
  { "{\"x\":{\"a\":1,\"b\":2,\"a\":3}}", "twice" },
  { "\"a", "unfinished" },
  { "\"a\\\"", "unfinished" },
  { "\"\\", "escape" },
  { "\"\\x\"", "escape" },
  { "\"\\u12\"", "escape" },
  { "\"\\u12g4\"", "escape" },
  { "\"\\ud800\"", "surrogate" },
  { "\"\\udc00\"", "surrogate" },
  { "\"\\ud800\\u0041\"", "surrogate" },
  { "\"\\ud800\\ud800\"", "surrogate" },
  { "\"\\u0000\"", "NUL" },
  { "\"a\nb\"", "control" },
  { "\"\x01\"", "control" },
  { "01", "number" },
  { "-", "number" },
  { "+1", "number" },
  { ".5", "number" },
  { "1.", "number" },
  { "1e", "number" },
  { "1e+", "number" },
  { "0x10", "behind" },
  { "Infinity", "number" },
  { "NaN", "number" },
  { "-Infinity", "number" },
  { "9223372036854775808", "large" },
  { "-9223372036854775809", "large" },
  { "123456789012345678901234567890", "large" },
  { "nul", "word" },
  { "True", "number" },
  { "truefalse", "behind" },
  { "1 2", "behind" },
  { "{}{}", "behind" },
  { "[] // why", "behind" },
  { "\xef\xbb\xbf{}", "number" },
  { "\"\xff\"", "UTF-8" },
  { "\"\xc0\x80\"", "UTF-8" },
  { "\"\xed\xa0\x80\"", "UTF-8" },
  { "\"\xf4\x90\x80\x80\"", "UTF-8" },
  { "\"\xc3\"", "UTF-8" },
};

static void
test_good (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (WattleJson) json = wattle_json_parse (good[i], -1, NULL, &error);

      g_test_message ("%s", good[i]);
      g_assert_no_error (error);
      g_assert_nonnull (json);
    }
}

static void
test_bad (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (WattleJson) json = wattle_json_parse (bad[i].text, -1, NULL, &error);
      g_autofree char *shown = g_strescape (bad[i].text, NULL);

      g_test_message ("%s", shown);
      g_assert_null (json);
      g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_INVALID);
      if (strstr (error->message, bad[i].word) == NULL)
        g_error ("“%s” does not say “%s”", error->message, bad[i].word);
    }
}

/* A NUL byte within the given length is no end. */
static void
test_nul_bytes (void)
{
  static const char text[] = "[1]\0[2]", within[] = "\"a\0b\"";
  g_autoptr (WattleJson) behind = wattle_json_parse (text, sizeof text - 1, NULL, NULL);
  g_autoptr (WattleJson) inside = wattle_json_parse (within, sizeof within - 1, NULL, NULL);

  g_assert_null (behind);
  g_assert_null (inside);
}

static void
expect_too_large (const char *text, gssize length, const WattleJsonLimits *limits)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleJson) json = wattle_json_parse (text, length, limits, &error);

  g_assert_null (json);
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_TOO_LARGE);
}

static void
test_limits (void)
{
  const WattleJsonLimits small = { 10, 3, 5 };
  g_autofree char *arrays = g_strnfill (90000, '[');
  g_autoptr (GString) objects = g_string_new (NULL);
  g_autoptr (GString) many = g_string_new ("[0");
  g_autoptr (WattleJson) fits = NULL;

  for (guint i = 0; i < 90000; i++)
    g_string_append (objects, "{\"a\":");
  for (guint i = 0; i < 200000; i++)
    g_string_append (many, ",0");
  g_string_append_c (many, ']');
  expect_too_large (arrays, -1, NULL);
  expect_too_large (objects->str, -1, NULL);
  expect_too_large (many->str, -1, NULL);
  expect_too_large ("[1,2,3,4,5]", -1, &small);
  expect_too_large ("[1,2,3,4,5,6]", 11, &small);
  expect_too_large ("[[[[]]]]", -1, &small);
  fits = wattle_json_parse ("[[[]]]", -1, &small, NULL);
  g_assert_nonnull (fits);
}

/* Past the size where the walk gives way to a table. */
static void
test_many_members (void)
{
  for (guint twice = 0; twice < 2; twice++)
    {
      g_autoptr (GString) text = g_string_new ("{\"n0\":0");
      g_autoptr (WattleJson) json = NULL;
      g_autoptr (GError) error = NULL;

      for (guint i = 1; i < 500; i++)
        g_string_append_printf (text, ",\"n%u\":%u", i, i);
      g_string_append (text, twice ? ",\"n250\":1}" : "}");
      json = wattle_json_parse (text->str, -1, NULL, &error);
      g_assert_true ((json == NULL) == twice);
      if (json != NULL)
        g_assert_cmpint (wattle_json_member_integer (wattle_json_root (json), "n499", -1), ==, 499);
    }
}

static void
test_look_up (void)
{
  static const char text[] = "{\"s\":\"a\\u00e9\\ud83d\\ude00\",\"i\":-7,\"d\":1.50,\"t\":true,\"f\":false,\"n\":null,"
                             "\"a\":[1,[2,3],{\"x\":\"y\"}]}";
  g_autoptr (WattleJson) json = wattle_json_parse (text, -1, NULL, NULL);
  WattleJsonNode root = wattle_json_root (json), list = wattle_json_member (root, "a");
  gboolean boolean;
  gint64 number;
  gsize length;
  const char *raw;

  g_assert_cmpstr (wattle_json_member_string (root, "s"), ==, "aé😀");
  g_assert_cmpint (wattle_json_member_integer (root, "i", 0), ==, -7);
  g_assert_cmpint (wattle_json_member_integer (root, "d", 99), ==, 99);
  g_assert_cmpint (wattle_json_kind (wattle_json_member (root, "d")), ==, WATTLE_JSON_DECIMAL);
  g_assert_true (wattle_json_member_boolean (root, "t"));
  g_assert_true (wattle_json_boolean (wattle_json_member (root, "f"), &boolean));
  g_assert_false (boolean);
  g_assert_cmpint (wattle_json_kind (wattle_json_member (root, "n")), ==, WATTLE_JSON_NULL);
  g_assert_false (wattle_json_exists (wattle_json_member (root, "absent")));
  g_assert_null (wattle_json_member_string (root, "i"));
  g_assert_false (wattle_json_integer (wattle_json_member (root, "s"), &number));
  g_assert_cmpuint (wattle_json_length (list), ==, 3);
  g_assert_cmpuint (wattle_json_length (root), ==, 7);
  g_assert_cmpstr (wattle_json_member_string (wattle_json_element (list, 2), "x"), ==, "y");
  g_assert_false (wattle_json_exists (wattle_json_element (list, 3)));
  g_assert_false (wattle_json_exists (wattle_json_member (list, "x")));
  /* What is not there answers every question with nothing. */
  g_assert_false (wattle_json_exists (wattle_json_member (wattle_json_member (root, "absent"), "deeper")));
  raw = wattle_json_raw (wattle_json_element (list, 1), &length);
  g_assert_cmpmem (raw, length, "[2,3]", 5);
}

static void
append_random (GRand *rand, WattleJsonWriter *writer, guint depth)
{
  static const gunichar letters[] = { 'a', '"', '\\', '/', '\n', '\t', 1, 0x7f, 0xe9, 0x2028, 0x1f600, 0xffff };
  g_autoptr (GString) text = g_string_new (NULL);
  guint kind = g_rand_int_range (rand, 0, depth > 0 ? 7 : 5), n = g_rand_int_range (rand, 0, 6);

  for (guint i = 0; i < n; i++)
    g_string_append_unichar (text, letters[g_rand_int_range (rand, 0, G_N_ELEMENTS (letters))]);
  if (kind == 0)
    wattle_json_put_null (writer);
  else if (kind == 1)
    wattle_json_put_boolean (writer, n % 2);
  else if (kind < 4)
    wattle_json_put_integer (writer, (gint64) (((guint64) g_rand_int (rand) << 32) | g_rand_int (rand)));
  else if (kind == 4)
    wattle_json_put_string (writer, text->str);
  else if (kind == 5)
    {
      wattle_json_begin_array (writer);
      for (guint i = 0; i < n; i++)
        append_random (rand, writer, depth - 1);
      wattle_json_end_array (writer);
    }
  else
    {
      wattle_json_begin_object (writer);
      for (guint i = 0; i < n; i++)
        {
          g_autofree char *name = g_strdup_printf ("%s%u", text->str, i);

          wattle_json_name (writer, name);
          append_random (rand, writer, depth - 1);
        }
      wattle_json_end_object (writer);
    }
}

static void
write_again (WattleJsonNode node, WattleJsonWriter *writer)
{
  WattleJsonIter iter = wattle_json_iter (node);
  WattleJsonNode value;
  const char *name;
  gboolean boolean;
  gint64 number;

  if (wattle_json_string (node) != NULL)
    wattle_json_put_string (writer, wattle_json_string (node));
  else if (wattle_json_integer (node, &number))
    wattle_json_put_integer (writer, number);
  else if (wattle_json_boolean (node, &boolean))
    wattle_json_put_boolean (writer, boolean);
  else if (wattle_json_kind (node) == WATTLE_JSON_NULL)
    wattle_json_put_null (writer);
  else if (wattle_json_kind (node) == WATTLE_JSON_ARRAY)
    {
      wattle_json_begin_array (writer);
      while (wattle_json_next (&iter, NULL, &value))
        write_again (value, writer);
      wattle_json_end_array (writer);
    }
  else
    {
      wattle_json_begin_object (writer);
      while (wattle_json_next (&iter, &name, &value))
        {
          wattle_json_name (writer, name);
          write_again (value, writer);
        }
      wattle_json_end_object (writer);
    }
}

/* What was written, read and written again is the same text; half of it is refused. */
static void
test_round_trip (void)
{
  guint seed = g_test_rand_int ();
  GRand *rand = g_rand_new_with_seed (seed);

  g_test_message ("seed %u", seed);
  for (guint i = 0; i < RANDOM_DOCUMENTS; i++)
    {
      g_autoptr (GString) first = g_string_new (NULL);
      g_autoptr (GString) second = g_string_new (NULL);
      WattleJsonWriter writer = wattle_json_writer (first), again = wattle_json_writer (second);
      g_autoptr (WattleJson) json = NULL;
      g_autoptr (WattleJson) half = NULL;
      g_autoptr (GError) error = NULL;

      append_random (rand, &writer, 4);
      json = wattle_json_parse (first->str, first->len, NULL, &error);
      g_assert_no_error (error);
      write_again (wattle_json_root (json), &again);
      g_assert_cmpstr (first->str, ==, second->str);
      if (strchr ("[{\"", first->str[0]) != NULL)
        {
          half = wattle_json_parse (first->str, g_rand_int_range (rand, 0, first->len), NULL, NULL);
          g_assert_null (half);
        }
    }
  g_rand_free (rand);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json/good", test_good);
  g_test_add_func ("/json/bad", test_bad);
  g_test_add_func ("/json/nul-bytes", test_nul_bytes);
  g_test_add_func ("/json/limits", test_limits);
  g_test_add_func ("/json/many-members", test_many_members);
  g_test_add_func ("/json/look-up", test_look_up);
  g_test_add_func ("/json/round-trip", test_round_trip);
  return g_test_run ();
}
