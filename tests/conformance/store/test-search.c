/* test-search.c: people found the way a receptionist types
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "base/civil.h"
#include "base/error.h"
#include "fixture.h"

static WattleRecord *
person (const char *given, const char *family, const char *mobile, const char *phone, const char *medicare, int year,
        int month, int day)
{
  WattleRecord *patient = fixture_patient (given, family);
  gint64 date;

  wattle_record_set_string (patient, WATTLE_PATIENT_MOBILE, mobile);
  wattle_record_set_string (patient, WATTLE_PATIENT_PHONE, phone);
  wattle_record_set_string (patient, WATTLE_PATIENT_MEDICARE_NUMBER, medicare);
  g_assert_true (wattle_date_from_ymd (year, month, day, &date));
  wattle_record_set_integer (patient, WATTLE_PATIENT_BIRTH_DATE, date);
  return patient;
}

static void
fill (WattleStore *store)
{
  WattleRecord *people[] = {
    person ("Siobhán Mary", "O’Brien", "+61491570006", NULL, "2123456701", 1980, 2, 1),
    person ("Nguyễn Thị", "Trần", "+61491570156", "+61255501234", NULL, 1975, 12, 31),
    person ("Jean-Luc", "de Souza", NULL, "+6421555123", "3456789011", 2001, 1, 2),
    person ("Katharine", "Smith", NULL, NULL, NULL, 1990, 6, 15),
    person ("Smitha", "Alvarez", NULL, NULL, NULL, 1991, 6, 15),
    person ("Aaron", "Smith", NULL, NULL, NULL, 1992, 6, 15),
    person ("小明", "王", NULL, NULL, NULL, 1993, 6, 15),
  };

  wattle_record_set_string (people[0], WATTLE_PATIENT_PREFERRED_NAME, "Shiv");
  wattle_record_set_string (people[0], WATTLE_PATIENT_EMAIL, "siobhan.ob@example.com");
  wattle_record_set_string (people[2], WATTLE_PATIENT_SUBURB, "Wagga Wagga");
  for (guint i = 0; i < G_N_ELEMENTS (people); i++)
    {
      fixture_put (store, people[i]);
      g_object_unref (people[i]);
    }
}

static char *
search (WattleTransaction *transaction, const char *typed)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) hits =
    wattle_transaction_search (transaction, 1ull << WATTLE_RECORD_PATIENT, typed, 10, &error);
  GString *names = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < hits->len; i++)
    {
      const WattleSearchHit *hit = hits->pdata[i];

      g_assert_cmpuint (hit->rank, ==, i);
      g_string_append_printf (names, "%s%s", i > 0 ? "|" : "",
                              wattle_record_get_string (hit->record, WATTLE_PATIENT_GIVEN_NAMES));
    }
  return g_string_free (names, FALSE);
}

static void
test_typed (void)
{
  static const struct
  {
    const char *typed, *found;
  } cases[] = {
    /* accents, apostrophes, hyphens */
    { "obrien", "Siobhán Mary" },
    { "O'Brien", "Siobhán Mary" },
    { "o’BRI", "Siobhán Mary" },
    { "siobhan", "Siobhán Mary" },
    { "tran", "Nguyễn Thị" },
    { "nguyen", "Nguyễn Thị" },
    { "trần", "Nguyễn Thị" },
    { "jeanluc", "Jean-Luc" },
    { "jean-luc", "Jean-Luc" },
    { "王", "小明" },
    /* any order, parts, preferred name */
    { "brie", "Siobhán Mary" },
    { "luc", "Jean-Luc" },
    { "bri", "Siobhán Mary" },
    { "rie", "" },
    { "mary obr", "Siobhán Mary" },
    { "obr mar sio", "Siobhán Mary" },
    { "de sou", "Jean-Luc" },
    { "souza jean", "Jean-Luc" },
    { "shiv", "Siobhán Mary" },
    { "obrien kath", "" },
    { "wagga souza", "Jean-Luc" },
    /* the family name first, then in order */
    { "smith", "Aaron|Katharine|Smitha" },
    { "smith a", "Aaron|Smitha" },
    { "smith k", "Katharine" },
    /* numbers */
    { "0491 570 006", "Siobhán Mary" },
    { "0491570", "Siobhán Mary|Nguyễn Thị" },
    { "+61491570006", "Siobhán Mary" },
    { "+61 491 570 006", "Siobhán Mary" },
    { "61491570006", "Siobhán Mary" },
    { "(02) 5550 1234", "Nguyễn Thị" },
    { "5550 1234", "Nguyễn Thị" },
    { "+64 21 555 123", "Jean-Luc" },
    { "2123 45670 1", "Siobhán Mary" },
    { "2123456701", "Siobhán Mary" },
    { "21234", "Siobhán Mary" },
    { "9999 9999", "" },
    /* dates of birth */
    { "1/2/1980", "Siobhán Mary" },
    { "01021980", "Siobhán Mary" },
    { "1980-02-01", "Siobhán Mary" },
    { "01/02/1980", "Siobhán Mary" },
    { "1-2-1980", "Siobhán Mary" },
    { "1.2.80", "Siobhán Mary" },
    { "2/1/01", "Jean-Luc" },
    { "2/1/1980", "" },
    { "obrien 1/2/80", "Siobhán Mary" },
    { "smith 1/2/80", "" },
    { "31/12/1975 tran", "Nguyễn Thị" },
    { "32/13/1980", "" },
    /* one typing error */
    { "obrein", "Siobhán Mary" },
    { "obrienn", "Siobhán Mary" },
    { "obien", "Siobhán Mary" },
    { "pbrien", "Siobhán Mary" },
    { "katherine", "Katharine" },
    { "katherine simth", "Katharine" },
    { "suoza", "Jean-Luc" },
    { "obreein", "" },
    /* e-mail, and what means nothing */
    { "siobhan.ob@example.com", "Siobhán Mary" },
    { "\"*' OR (", "" },
    { "AND", "" },
    { "NEAR(a b)", "" },
    { "mary\" OR \"smith", "" },
    { "zzzz", "" },
  };
  WattleStore *store = fixture_open (WATTLE_STORE_SERVER);
  WattleTransaction *transaction;

  fill (store);
  transaction = fixture_read (store);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *found = search (transaction, cases[i].typed);

      if (strcmp (found, cases[i].found) != 0)
        {
          g_test_message ("typed “%s”: “%s” instead of “%s”", cases[i].typed, found, cases[i].found);
          g_test_fail ();
        }
    }
  {
    g_autofree char *all = search (transaction, "");
    g_assert_cmpuint (strlen (all), >, 0);
    g_assert_true (g_str_has_prefix (all, "Smitha|Jean-Luc|Siobhán Mary|Aaron|Katharine"));
  }
  wattle_transaction_free (transaction);
  fixture_close (store);
}

/* What a record was found by before, it is not found by after a change. */
static void
test_changes (void)
{
  WattleStore *store = fixture_open (WATTLE_STORE_SERVER);
  g_autoptr (WattleRecord) patient = fixture_patient ("Mai", "Abernathy");
  WattleTransaction *transaction;
  const char *steps[][2] = { { "Abernathy", "Featherstone" }, { "Featherstone", "Abernathy" } };

  fixture_put (store, patient);
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autofree char *old = NULL;
      g_autofree char *new = NULL;
      g_autofree char *near = NULL;

      wattle_record_set_string (patient, WATTLE_PATIENT_FAMILY_NAME, steps[i][1]);
      fixture_put (store, patient);
      transaction = fixture_read (store);
      old = search (transaction, steps[i][0]);
      new = search (transaction, steps[i][1]);
      near = search (transaction, i == 0 ? "aberanthy" : "faetherstone");
      g_assert_cmpstr (old, ==, "");
      g_assert_cmpstr (near, ==, "");
      g_assert_cmpstr (new, ==, "Mai");
      wattle_transaction_free (transaction);
    }
  wattle_record_set_deleted (patient, TRUE);
  fixture_put (store, patient);
  fixture_put (store, patient);
  transaction = fixture_read (store);
  {
    g_autofree char *found = search (transaction, "abernathy");
    g_assert_cmpstr (found, ==, "");
  }
  wattle_transaction_free (transaction);
  wattle_record_set_deleted (patient, FALSE);
  fixture_put (store, patient);
  transaction = fixture_read (store);
  {
    g_autofree char *found = search (transaction, "abernathy");
    g_assert_cmpstr (found, ==, "Mai");
  }
  wattle_transaction_free (transaction);
  fixture_close (store);
}

/* A name that was first learned in a transaction that was undone is still found with a typing error. */
static void
test_undone (void)
{
  WattleStore *store = fixture_open (WATTLE_STORE_SERVER);
  g_autoptr (WattleRecord) undone = fixture_patient ("Mai", "Abernathy");
  g_autoptr (WattleRecord) undone_step = fixture_patient ("Kim", "Featherstone");
  g_autoptr (WattleRecord) kept = fixture_patient ("Mai", "Abernathy");
  g_autoptr (WattleRecord) kept_step = fixture_patient ("Kim", "Featherstone");
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  WattleTransaction *transaction = fixture_write (store);

  g_assert_true (wattle_transaction_put (transaction, undone, NULL));
  wattle_transaction_free (transaction);
  transaction = fixture_write (store);
  g_assert_true (wattle_transaction_put (transaction, kept, NULL));
  g_assert_true (wattle_transaction_savepoint (transaction, NULL));
  g_assert_true (wattle_transaction_put (transaction, undone_step, NULL));
  g_assert_true (wattle_transaction_rollback_to (transaction, NULL));
  g_assert_true (wattle_transaction_put (transaction, kept_step, NULL));
  fixture_commit (transaction);
  transaction = fixture_read (store);
  first = search (transaction, "aberanthy");
  second = search (transaction, "faetherstone");
  g_assert_cmpstr (first, ==, "Mai");
  g_assert_cmpstr (second, ==, "Kim");
  wattle_transaction_free (transaction);
  fixture_close (store);
}

/* Clinical text is found only by who asks for notes. */
static void
test_types (void)
{
  WattleStore *store = fixture_open (WATTLE_STORE_SERVER);
  g_autoptr (WattleRecord) note = wattle_record_new (WATTLE_RECORD_PROGRESS_NOTE);
  g_autoptr (WattleRecord) patient = fixture_patient ("Headache", "Person");
  g_autoptr (GPtrArray) people = NULL;
  g_autoptr (GPtrArray) all = NULL;
  WattleTransaction *transaction;

  wattle_record_set_id (note, "01900000000000000000000nt1");
  wattle_record_set_string (note, WATTLE_PROGRESS_NOTE_PATIENT, FIXTURE_PATIENT);
  wattle_record_set_string (note, WATTLE_PROGRESS_NOTE_SUBJECTIVE, "Headache since Tuesday; sleeps badly.");
  fixture_put (store, note);
  fixture_put (store, patient);
  transaction = fixture_read (store);
  people = wattle_transaction_search (transaction, 1ull << WATTLE_RECORD_PATIENT, "headache", 10, NULL);
  g_assert_cmpuint (people->len, ==, 1);
  all = wattle_transaction_search (transaction, G_MAXUINT64, "headache", 10, NULL);
  g_assert_cmpuint (all->len, ==, 2);
  g_assert_cmpuint (((WattleSearchHit *) all->pdata[0])->type, ==, WATTLE_RECORD_PATIENT);
  g_assert_cmpuint (((WattleSearchHit *) all->pdata[1])->type, ==, WATTLE_RECORD_PROGRESS_NOTE);
  wattle_transaction_free (transaction);
  fixture_close (store);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/search/typed", test_typed);
  g_test_add_func ("/store/search/changes", test_changes);
  g_test_add_func ("/store/search/undone", test_undone);
  g_test_add_func ("/store/search/types", test_types);
  return g_test_run ();
}
