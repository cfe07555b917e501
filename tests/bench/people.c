/* people.c: invented patients in any number, for the benchmarks
 *
 * As in a telephone book, few names are borne by many people and many by few.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "people.h"

#include "base/id.h"

static const char *const common_given[] = { "Amelia", "Olivia", "Isla",  "Charlotte", "Mia",     "Ava", "Matilda",
                                            "Grace",  "Oliver", "Noah",  "Jack",      "Henry",   "Leo", "William",
                                            "Thảo",   "Fatima", "Priya", "Wei",       "Siobhán", "José" };
static const char *const common_family[] = { "Smith",   "Jones",   "Williams", "Brown",  "Wilson", "Taylor", "Nguyen",
                                             "Johnson", "Martin",  "White",    "Singh",  "Lee",    "Walker", "Tran",
                                             "Kelly",   "O'Brien", "Chen",     "Harris", "Ryan",   "Novák" };
static const char *const syllables[] = { "ka",  "ren", "mi",  "to",  "sel", "th", "al",  "bro", "wn",  "jo",  "nes",
                                         "wil", "li",  "am",  "tay", "lor", "ng", "yen", "an",  "der", "son", "mar",
                                         "ti",  "wh",  "it",  "ha",  "ris", "co", "op",  "er",  "pat", "el",  "ga",
                                         "bri", "sto", "ker", "du",  "van", "es", "ro",  "sa",  "fi",  "ge",  "mun" };

/* A name out of syllables; the lower the number, the more people bear it. */
static char *
rare_name (GRand *all)
{
  double x = g_rand_double (all);
  g_autoptr (GRand) rand = g_rand_new_with_seed ((guint) (x * x * 60000));
  GString *name = g_string_new (NULL);
  guint n = g_rand_int_range (rand, 2, 5);

  for (guint i = 0; i < n; i++)
    g_string_append (name, syllables[g_rand_int_range (rand, 0, G_N_ELEMENTS (syllables))]);
  name->str[0] = g_ascii_toupper (name->str[0]);
  return g_string_free (name, FALSE);
}

/* A quarter of the people share twenty names. */
static char *
name (GRand *rand, const char *const *common)
{
  double x = g_rand_double (rand);

  return x < 0.25 ? g_strdup (common[(guint) (x * x * 16 * 20)]) : rare_name (rand);
}

/**
 * bench_person:
 * @rand: where chance comes from
 *
 * Returns: (transfer full): a patient whom nobody has met
 */
WattleRecord *
bench_person (GRand *rand)
{
  WattleRecord *patient = wattle_record_new (WATTLE_RECORD_PATIENT);
  g_autofree char *id = wattle_id_new ();
  g_autofree char *given = name (rand, common_given);
  g_autofree char *family = name (rand, common_family);
  g_autofree char *suburb = rare_name (rand);
  g_autofree char *mobile = g_strdup_printf ("+614%08d", g_rand_int_range (rand, 0, 99999999));
  g_autofree char *medicare = g_strdup_printf ("2%09d", g_rand_int_range (rand, 0, 999999999));
  g_autofree char *email = g_strdup_printf ("patient%u@mail.example", g_rand_int (rand));

  wattle_record_set_id (patient, id);
  wattle_record_set_string (patient, WATTLE_PATIENT_GIVEN_NAMES, given);
  wattle_record_set_string (patient, WATTLE_PATIENT_FAMILY_NAME, family);
  wattle_record_set_string (patient, WATTLE_PATIENT_MOBILE, mobile);
  wattle_record_set_string (patient, WATTLE_PATIENT_EMAIL, email);
  wattle_record_set_string (patient, WATTLE_PATIENT_MEDICARE_NUMBER, medicare);
  wattle_record_set_string (patient, WATTLE_PATIENT_SUBURB, suburb);
  wattle_record_set_integer (patient, WATTLE_PATIENT_BIRTH_DATE, g_rand_int_range (rand, -20000, 18000));
  wattle_record_set_integer (patient, WATTLE_PATIENT_STATUS, WATTLE_PATIENT_STATUS_ACTIVE);
  return patient;
}
