/* test-identifier.c: worked values of every identifier, and those of a published test set
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "schema/identifier.h"

#include <string.h>

#define OK WATTLE_IDENTIFIER_OK
#define WARNING WATTLE_IDENTIFIER_WARNING
#define ERROR WATTLE_IDENTIFIER_ERROR

typedef struct
{
  const char *kind;
  const char *text;
  WattleIdentifierVerdict verdict;
  const char *normalised; /* %NULL: as typed */
  const char *shown;      /* %NULL: as normalised */
} Example;

static const Example examples[] = {
  { "medicare_number", "2123456701", OK, NULL, "2123 45670 1" },
  { "medicare_number", "2123 45670 1 / 1", OK, "21234567011", "2123 45670 1 / 1" },
  { "medicare_number", "3278851195-2", OK, "32788511952", "3278 85119 5 / 2" },
  { "medicare_number", "29545401611", OK, NULL, "2954 54016 1 / 1" },
  { "medicare_number", "6951449677", ERROR },
  { "medicare_number", "1123456791", ERROR },
  { "medicare_number", "7123456751", ERROR },
  { "medicare_number", "2123456700", ERROR },
  { "medicare_number", "21234567010", ERROR },
  { "medicare_number", "212345670", ERROR },
  { "medicare_number", "212345670111", ERROR },
  { "medicare_number", "212345670A", ERROR },
  { "medicare_number", "", ERROR },
  { "ihi", "8003608333647261", OK, NULL, "8003 6083 3364 7261" },
  { "ihi", "8003 6083 3342 8779", OK, "8003608333428779", "8003 6083 3342 8779" },
  { "ihi", "8003608000311613", OK, NULL, "8003 6080 0031 1613" },
  { "ihi", "8003610001218573", ERROR },
  { "ihi", "800360833364726", ERROR },
  { "hpi_i", "8003610001218573", OK, NULL, "8003 6100 0121 8573" },
  { "hpi_i", "8003611566718288", OK, NULL, "8003 6115 6671 8288" },
  { "hpi_i", "8003610001218577", ERROR },
  { "hpi_i", "8003700001218573", ERROR },
  { "hpi_o", "8003626499446203", OK, NULL, "8003 6264 9944 6203" },
  { "hpi_o", "8003621566705961", OK, NULL, "8003 6215 6670 5961" },
  { "ahpra", "PSY0001234567", OK },
  { "ahpra", "med 0000932846", OK, "MED0000932846" },
  { "ahpra", "HAC0000000369", WARNING },
  { "ahpra", "HAC00000000207", ERROR },
  { "ahpra", "MED789", ERROR },
  { "medicare_provider_number", "2426621B", OK },
  { "medicare_provider_number", "2426 621 b", OK, "2426621B" },
  { "medicare_provider_number", "4024742F", OK },
  { "medicare_provider_number", "2448261H", OK },
  { "medicare_provider_number", "988939BJ", OK },
  { "medicare_provider_number", "988939BK", WARNING },
  { "medicare_provider_number", "988939OJ", ERROR },
  { "medicare_provider_number", "12345", ERROR },
  { "medicare_provider_number", "98893BJX", ERROR },
  { "medicare_provider_number", "000011H", OK, "0000011H" },
  { "medicare_provider_number", "2426620T", WARNING },
  { "prescriber_number", "2425739", OK },
  { "prescriber_number", "2603485", OK },
  { "prescriber_number", "3326185", OK },
  { "prescriber_number", "3058925", OK },
  { "prescriber_number", "8000040", OK },
  { "prescriber_number", "0848402", OK },
  { "prescriber_number", "0123452", OK },
  { "prescriber_number", "0848403", WARNING },
  { "prescriber_number", "2425738", ERROR },
  { "prescriber_number", "453221", ERROR },
  { "prescriber_number", "12345", ERROR },
  { "dva_number", "NABC1234C", OK },
  { "dva_number", "VA123456", OK },
  { "dva_number", "QZX12345Z", OK },
  { "dva_number", "nbur 9080", OK, "NBUR9080" },
  { "dva_number", "QX144963", OK },
  { "dva_number", "WX82477A", WARNING },
  { "dva_number", "N12345", WARNING },
  { "dva_number", "ZZX12345Z", ERROR },
  { "dva_number", "NZX123456Z", ERROR },
  { "dva_number", "", ERROR },
  { "abn", "51824753556", OK, NULL, "51 824 753 556" },
  { "abn", "53 004 085 616", OK, "53004085616", "53 004 085 616" },
  { "abn", "23964290824", OK, NULL, "23 964 290 824" },
  { "abn", "12345678901", ERROR },
  { "abn", "51824753557", ERROR },
  { "abn", "5182475355", ERROR },
  { "acn", "004085616", OK, NULL, "004 085 616" },
  { "acn", "010499966", OK, NULL, "010 499 966" },
  { "acn", "004085617", ERROR },
  { "centrelink_crn", "307 111 942h", OK, "307111942H", "307 111 942H" },
  { "centrelink_crn", "307111942", ERROR },
  { "phone", "0491 570 006", OK, "+61491570006", "0491 570 006" },
  { "phone", "+61 (0)491 570 006", OK, "+61491570006", "0491 570 006" },
  { "phone", "61491570006", OK, "+61491570006", "0491 570 006" },
  { "phone", "(02) 5550 1234", OK, "+61255501234", "02 5550 1234" },
  { "phone", "08 7010 1234", OK, "+61870101234", "08 7010 1234" },
  { "phone", "1300 975 707", OK, "+611300975707", "1300 975 707" },
  { "phone", "1800\302\240160\302\240401", OK, "+611800160401", "1800 160 401" },
  { "phone", "13 11 14", OK, "+61131114", "13 11 14" },
  { "phone", "0011 64 21 123 456", OK, "+6421123456" },
  { "phone", "+44 20 7946 0000", OK, "+442079460000" },
  { "phone", "5550 1234", ERROR },
  { "phone", "0491 570 00", ERROR },
  { "phone", "000", ERROR },
  { "phone", "0491 570 006 ext 2", ERROR },
  { "phone", "+", ERROR },
  { "postcode", "0800", OK },
  { "postcode", "2000", OK },
  { "postcode", "0300", WARNING },
  { "postcode", "800", ERROR },
  { "postcode", "20000", ERROR },
  { "bsb", "062-000", OK, "062000", "062-000" },
  { "bsb", "069000", WARNING, NULL, "069-000" },
  { "bsb", "06200", ERROR },
  { "email", " Mai.Tran@Example.COM ", OK, "Mai.Tran@example.com" },
  { "email", "o'brien+clinic@mail.example.com.au", OK },
  { "email", "mai.tran", ERROR },
  { "email", "mai.tran@localhost", ERROR },
  { "email", "mai tran@example.com", ERROR },
  { "email", "a@b@example.com", ERROR },
  { "email", "mai..tran@example.com", ERROR },
  { "email", "mai@-example.com", ERROR },
  { "email", "@example.com", ERROR },
};

static void
test_examples (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      const Example *example = &examples[i];
      const WattleIdentifierKind *kind = wattle_identifier_find (example->kind);
      const char *stored = example->normalised != NULL ? example->normalised : example->text;
      g_autofree char *normalised = NULL;
      g_autofree char *message = NULL;
      g_autofree char *shown = NULL;

      g_test_message ("%s: %s", example->kind, example->text);
      g_assert_nonnull (kind);
      g_assert_cmpint (wattle_identifier_check (kind, example->text, &normalised, &message), ==, example->verdict);
      g_assert_true ((message == NULL) == (example->verdict == OK));
      if (example->verdict == ERROR)
        {
          g_assert_null (normalised);
          continue;
        }
      g_assert_cmpstr (normalised, ==, stored);
      shown = wattle_identifier_format (kind, normalised);
      g_assert_cmpstr (shown, ==, example->shown != NULL ? example->shown : stored);
    }
}

/* What is shown can be typed back, and normalising twice is normalising once. */
static void
test_stable (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      const WattleIdentifierKind *kind = wattle_identifier_find (examples[i].kind);
      g_autofree char *once = NULL;
      g_autofree char *twice = NULL;
      g_autofree char *back = NULL;
      g_autofree char *shown = NULL;

      if (wattle_identifier_check (kind, examples[i].text, &once, NULL) == ERROR)
        continue;
      shown = wattle_identifier_format (kind, once);
      wattle_identifier_check (kind, once, &twice, NULL);
      wattle_identifier_check (kind, shown, &back, NULL);
      g_assert_cmpstr (once, ==, twice);
      g_assert_cmpstr (once, ==, back);
    }
}

/* Every single wrong digit is noticed; the weights of the ACN share factors with 10, so it cannot promise that. */
static void
test_one_wrong_digit (void)
{
  static const char *const numbers[][2] = { { "medicare_number", "212345670" },
                                            { "ihi", "8003608333647261" },
                                            { "abn", "51824753556" },
                                            { "prescriber_number", "2425739" } };

  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    for (gsize at = 0; numbers[i][1][at] != '\0'; at++)
      for (char wrong = '0'; wrong <= '9'; wrong++)
        {
          g_autofree char *text = g_strdup_printf ("%s%s", numbers[i][1], i == 0 ? "1" : "");

          if (text[at] == wrong)
            continue;
          text[at] = wrong;
          if (i == 3 && at == 0 && wrong == '0')
            continue;
          g_assert_cmpint (wattle_identifier_check (wattle_identifier_find (numbers[i][0]), text, NULL, NULL), ==,
                           ERROR);
        }
}

static void
test_hostile (void)
{
  g_autofree char *long_text = g_strnfill (100000, '1');
  guint n;
  const WattleIdentifierKind *kinds = wattle_identifier_kinds (&n);
  const char *const texts[] = { "",       " ", "+",  "-",  "\xff\xfe", "1",   "N",   "٠١٢٣٤٥٦٧٨٩",
                                "%s%n%d", "@", "@@", "a@", "😀😀😀😀😀😀😀😀", "NSW", "MED", long_text };

  for (guint i = 0; i < n; i++)
    for (gsize t = 0; t < G_N_ELEMENTS (texts); t++)
      {
        g_autofree char *message = NULL;
        g_autofree char *shown = NULL;

        g_assert_cmpint (wattle_identifier_check (&kinds[i], texts[t], NULL, &message), ==, ERROR);
        g_assert_nonnull (message);
        if (texts[t] == long_text)
          g_assert_cmpstr (message, ==, "This is too long.");
        if (g_utf8_validate (texts[t], -1, NULL))
          shown = wattle_identifier_format (&kinds[i], texts[t]);
      }
}

static void
test_kinds (void)
{
  guint n;
  const WattleIdentifierKind *kinds = wattle_identifier_kinds (&n);

  g_assert_cmpuint (n, ==, 15);
  for (guint i = 0; i < n; i++)
    {
      g_assert_true (wattle_identifier_find (kinds[i].nick) == &kinds[i]);
      g_assert_cmpstr (wattle_identifier_label (&kinds[i]), !=, "");
      if (kinds[i].fhir_system != NULL)
        g_assert_true (wattle_identifier_find_by_system (kinds[i].fhir_system) == &kinds[i]);
    }
  g_assert_null (wattle_identifier_find ("tax_file_number"));
  g_assert_null (wattle_identifier_find (NULL));
  g_assert_null (wattle_identifier_find_by_system (NULL));
}

static void
test_postcode_state (void)
{
  static const char *const expected[][2] = {
    { "0200", "ACT" }, { "0299", "ACT" }, { "0800", "NT" },  { "0999", "NT" },  { "1000", "NSW" }, { "2599", "NSW" },
    { "2600", "ACT" }, { "2618", "ACT" }, { "2619", "NSW" }, { "2899", "NSW" }, { "2900", "ACT" }, { "2920", "ACT" },
    { "2921", "NSW" }, { "3000", "VIC" }, { "8999", "VIC" }, { "4000", "QLD" }, { "9999", "QLD" }, { "5799", "SA" },
    { "5999", "SA" },  { "6797", "WA" },  { "6999", "WA" },  { "7799", "TAS" }, { "7999", "TAS" }, { "0300", NULL },
    { "0000", NULL },  { "300", NULL },   { "30000", NULL }, { "3x00", NULL },
  };
  g_autofree char *message = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmpstr (wattle_postcode_state (expected[i][0]), ==, expected[i][1]);
  g_assert_cmpint (wattle_postcode_check_state ("2000", "nsw", NULL), ==, OK);
  g_assert_cmpint (wattle_postcode_check_state ("0872", "SA", NULL), ==, OK);
  g_assert_cmpint (wattle_postcode_check_state ("2620", "ACT", NULL), ==, OK);
  g_assert_cmpint (wattle_postcode_check_state ("3644", "NSW", NULL), ==, OK);
  g_assert_cmpint (wattle_postcode_check_state ("3000", NULL, NULL), ==, OK);
  g_assert_cmpint (wattle_postcode_check_state ("3000", "NSW", &message), ==, WARNING);
  g_assert_nonnull (strstr (message, "VIC"));
}

typedef struct
{
  guint all;
  guint verdicts[3];
} Tally;

static void
tally_file (const char *json, GHashTable *tallies)
{
  g_autoptr (GRegex) regex =
    g_regex_new ("\"system\"\\s*:\\s*\"([^\"]+)\"\\s*,\\s*\"value\"\\s*:\\s*\"([^\"]+)\"", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;

  for (g_regex_match (regex, json, 0, &match); g_match_info_matches (match); g_match_info_next (match, NULL))
    {
      g_autofree char *system = g_match_info_fetch (match, 1);
      g_autofree char *value = g_match_info_fetch (match, 2);
      const WattleIdentifierKind *kind = wattle_identifier_find_by_system (system);
      Tally *tally;

      if (kind == NULL)
        continue;
      tally = g_hash_table_lookup (tallies, kind->nick);
      if (tally == NULL)
        {
          tally = g_new0 (Tally, 1);
          g_hash_table_insert (tallies, (gpointer) kind->nick, tally);
        }
      tally->all++;
      tally->verdicts[wattle_identifier_check (kind, value, NULL, NULL)]++;
    }
}

static void
assert_tally (GHashTable *tallies, const char *nick, guint ok, guint warning, guint error)
{
  const Tally *tally = g_hash_table_lookup (tallies, nick);

  g_assert_nonnull (tally);
  g_test_message ("%s: %u %u %u", nick, tally->verdicts[OK], tally->verdicts[WARNING], tally->verdicts[ERROR]);
  g_assert_cmpuint (tally->verdicts[OK], ==, ok);
  g_assert_cmpuint (tally->verdicts[WARNING], ==, warning);
  g_assert_cmpuint (tally->verdicts[ERROR], ==, error);
}

/* The set is right by design, but for its Ahpra numbers (prefix of no profession, many too short or long), its
 * ABNs (invalid on purpose) and one Medicare number. */
static void
test_published_set (void)
{
  g_autofree char *folder = g_test_build_filename (G_TEST_DIST, "data", "hl7au-fhir-test-data", NULL);
  g_autoptr (GHashTable) tallies = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &error);
  const char *name;

  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *json = NULL;

      if (!g_str_has_suffix (name, ".json"))
        continue;
      g_file_get_contents (path, &json, NULL, &error);
      g_assert_no_error (error);
      tally_file (json, tallies);
    }
  assert_tally (tallies, "medicare_number", 16, 0, 1);
  assert_tally (tallies, "ihi", 17, 0, 0);
  assert_tally (tallies, "hpi_i", 24, 0, 0);
  assert_tally (tallies, "hpi_o", 6, 0, 0);
  assert_tally (tallies, "medicare_provider_number", 8, 0, 0);
  assert_tally (tallies, "prescriber_number", 16, 0, 0);
  assert_tally (tallies, "dva_number", 4, 0, 0);
  assert_tally (tallies, "abn", 0, 0, 6);
  assert_tally (tallies, "ahpra", 0, 18, 6);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/identifier/examples", test_examples);
  g_test_add_func ("/identifier/stable", test_stable);
  g_test_add_func ("/identifier/one-wrong-digit", test_one_wrong_digit);
  g_test_add_func ("/identifier/hostile", test_hostile);
  g_test_add_func ("/identifier/kinds", test_kinds);
  g_test_add_func ("/identifier/postcode-state", test_postcode_state);
  g_test_add_func ("/identifier/published-set", test_published_set);
  return g_test_run ();
}
