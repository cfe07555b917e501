/* test-id.c: ids are unique, in the order of time, and the same text both ways
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/id.h"

#include <string.h>

#define IDS 20000

static void
test_unique (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < IDS; i++)
    {
      char *id = wattle_id_new ();

      g_assert_cmpuint (strlen (id), ==, WATTLE_ID_LENGTH);
      g_assert_true (wattle_id_is_valid (id));
      g_assert_true (g_hash_table_add (seen, id));
    }
}

/* The order of ids as texts and as bytes is the order of their moments, to the millisecond. */
static void
test_order (void)
{
  static const gint64 moments[] = { 0,
                                    1000,
                                    999999000,
                                    G_GINT64_CONSTANT (1700000000000000),
                                    G_GINT64_CONSTANT (1700000000001000),
                                    G_GINT64_CONSTANT (4102444800000000) };

  for (guint i = 1; i < G_N_ELEMENTS (moments); i++)
    {
      g_autofree char *before = wattle_id_new_at (moments[i - 1]);
      g_autofree char *after = wattle_id_new_at (moments[i]);
      guint8 first[WATTLE_ID_BYTES], second[WATTLE_ID_BYTES];

      g_assert_cmpstr (before, <, after);
      g_assert_true (wattle_id_to_bytes (before, first));
      g_assert_true (wattle_id_to_bytes (after, second));
      g_assert_cmpint (memcmp (first, second, sizeof first), <, 0);
    }
}

static void
test_bytes (void)
{
  for (guint i = 0; i < IDS; i++)
    {
      guint8 bytes[WATTLE_ID_BYTES], back[WATTLE_ID_BYTES];
      char text[WATTLE_ID_LENGTH + 1];

      for (guint b = 0; b < sizeof bytes; b++)
        bytes[b] = i < 2 ? i * 0xff : (guint8) g_test_rand_int ();
      wattle_id_to_text (bytes, text);
      g_assert_true (wattle_id_to_bytes (text, back));
      g_assert_cmpmem (bytes, sizeof bytes, back, sizeof back);
    }
}

static void
test_derived (void)
{
  g_autofree char *first = wattle_id_derive ("fhir", "Patient/1");
  g_autofree char *same = wattle_id_derive ("fhir", "Patient/1");
  g_autofree char *other = wattle_id_derive ("fhir", "Patient/2");
  g_autofree char *space = wattle_id_derive ("fhirPatient", "/1");

  g_assert_cmpstr (first, ==, same);
  g_assert_cmpstr (first, !=, other);
  g_assert_cmpstr (first, !=, space);
  g_assert_true (wattle_id_is_valid (first));
}

static void
test_built (void)
{
  static const guint8 random[10] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };
  static const guint8 more[10] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 11 };
  g_autofree char *first = wattle_id_build (5000000, random);
  g_autofree char *same = wattle_id_build (5000000, random);
  g_autofree char *other = wattle_id_build (5000000, more);

  g_assert_cmpstr (first, ==, same);
  g_assert_cmpstr (first, !=, other);
  g_assert_true (wattle_id_is_valid (first));
}

static void
test_refused (void)
{
  static const char *const bad[] = {
    "",
    "01m7xs2qhmfee8mfvkbtc5edy",   /* one short */
    "01m7xs2qhmfee8mfvkbtc5edyk0", /* one long */
    "81m7xs2qhmfee8mfvkbtc5edyk",  /* beyond 128 bits */
    "01M7XS2QHMFEE8MFVKBTC5EDYK",  /* one spelling alone */
    "01m7xs2qhmfee8mfvkbtc5edyi",
    "01m7xs2qhmfee8mfvkbtc5edyl",
    "01m7xs2qhmfee8mfvkbtc5edyo",
    "01m7xs2qhmfee8mfvkbtc5edyu",
    "01m7xs2qhmfee8mfvkbtc5edy'",
    " 01m7xs2qhmfee8mfvkbtc5edy",
    "01m7xs2qhmfee8mfvkbtc5edé",
  };

  g_assert_false (wattle_id_is_valid (NULL));
  g_assert_true (wattle_id_is_valid ("01m7xs2qhmfee8mfvkbtc5edyk"));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_test_message ("%s", bad[i]);
      g_assert_false (wattle_id_is_valid (bad[i]));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/id/unique", test_unique);
  g_test_add_func ("/id/order", test_order);
  g_test_add_func ("/id/bytes", test_bytes);
  g_test_add_func ("/id/derived", test_derived);
  g_test_add_func ("/id/built", test_built);
  g_test_add_func ("/id/refused", test_refused);
  return g_test_run ();
}
