/* bench-store.c: how long a store takes: bulk load, first sync, as-you-type search, diary, single commits
 *
 * Usage: bench-store [PEOPLE [BOOKINGS]]
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/id.h"
#include "store/store.h"

static const char *const syllables[] = { "ka", "ren", "mi", "to", "smi", "th", "al", "bro", "wn", "jo", "nes", "wil",
                                         "li", "am", "tay", "lor", "ngu", "yen", "an", "der", "son", "mar", "tin", "wh",
                                         "ite", "har", "ris", "co", "op", "er", "pat", "el" };

/* Processor time of this thread: other work on the machine does not count. */
static gint64
now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

/* Few names are borne by many and many by few. */
static char *
invent (GRand *all)
{
  double x = g_rand_double (all);
  g_autoptr (GRand) rand = g_rand_new_with_seed ((guint) (x * x * x * 30000));
  GString *name = g_string_new (NULL);
  guint n = g_rand_int_range (rand, 2, 5);

  for (guint i = 0; i < n; i++)
    g_string_append (name, syllables[g_rand_int_range (rand, 0, G_N_ELEMENTS (syllables))]);
  name->str[0] = g_ascii_toupper (name->str[0]);
  return g_string_free (name, FALSE);
}

static WattleRecord *
person (GRand *rand)
{
  WattleRecord *patient = wattle_record_new (WATTLE_RECORD_PATIENT);
  g_autofree char *id = wattle_id_new ();
  g_autofree char *given = invent (rand);
  g_autofree char *family = invent (rand);
  g_autofree char *mobile = g_strdup_printf ("+614%08d", g_rand_int_range (rand, 0, 99999999));
  g_autofree char *medicare = g_strdup_printf ("2%09d", g_rand_int_range (rand, 0, 999999999));

  wattle_record_set_id (patient, id);
  wattle_record_set_string (patient, WATTLE_PATIENT_GIVEN_NAMES, given);
  wattle_record_set_string (patient, WATTLE_PATIENT_FAMILY_NAME, family);
  wattle_record_set_string (patient, WATTLE_PATIENT_MOBILE, mobile);
  wattle_record_set_string (patient, WATTLE_PATIENT_MEDICARE_NUMBER, medicare);
  wattle_record_set_string (patient, WATTLE_PATIENT_SUBURB, given);
  wattle_record_set_integer (patient, WATTLE_PATIENT_BIRTH_DATE, g_rand_int_range (rand, -20000, 18000));
  wattle_record_set_integer (patient, WATTLE_PATIENT_STATUS, WATTLE_PATIENT_STATUS_ACTIVE);
  return patient;
}

static WattleRecord *
booking (guint i, const char *patient, GPtrArray *practitioners)
{
  WattleRecord *appointment = wattle_record_new (WATTLE_RECORD_APPOINTMENT);
  g_autofree char *id = wattle_id_new ();
  guint which = i % practitioners->len;
  gint64 starts = (gint64) (i / practitioners->len) * 50 * WATTLE_MINUTE;

  wattle_record_set_id (appointment, id);
  wattle_record_set_string (appointment, WATTLE_APPOINTMENT_PATIENT, patient);
  wattle_record_set_string (appointment, WATTLE_APPOINTMENT_PRACTITIONER, practitioners->pdata[which]);
  wattle_record_set_string (appointment, WATTLE_APPOINTMENT_LOCATION, practitioners->pdata[0]);
  wattle_record_set_integer (appointment, WATTLE_APPOINTMENT_STARTS_AT, starts);
  wattle_record_set_integer (appointment, WATTLE_APPOINTMENT_ENDS_AT, starts + 50 * WATTLE_MINUTE);
  wattle_record_set_string (appointment, WATTLE_APPOINTMENT_ZONE, "Australia/Sydney");
  wattle_record_set_integer (appointment, WATTLE_APPOINTMENT_STATUS, WATTLE_APPOINTMENT_STATUS_COMPLETED);
  wattle_record_set_integer (appointment, WATTLE_APPOINTMENT_MODALITY, WATTLE_MODALITY_IN_PERSON);
  wattle_record_set_string (appointment, WATTLE_APPOINTMENT_REASON, "Follow-up");
  return appointment;
}

static void
check (GError *error)
{
  if (error != NULL)
    g_error ("%s", error->message);
}

static WattleStore *
open_store (WattleStoreSide side, const char *folder, const char *name, const guint8 *key)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  WattleStoreOptions options = { .side = side, .path = path, .key = key };
  GError *error = NULL;
  WattleStore *store = wattle_store_open (&options, &error);

  check (error);
  return store;
}

static double
since (gint64 start)
{
  return (now () - start) / 1e6;
}

static void
load_server (WattleStore *store, guint n_people, guint n_bookings)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  g_autoptr (GPtrArray) practitioners = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) people = g_ptr_array_new_with_free_func (g_free);
  gint64 start = now ();
  GError *error = NULL;
  WattleTransaction *transaction = wattle_store_begin_write (store, &error);

  for (guint i = 0; i < 20; i++)
    g_ptr_array_add (practitioners, wattle_id_new ());
  wattle_transaction_bulk_begin (transaction, &error);
  check (error);
  for (guint i = 0; i < n_people; i++)
    {
      g_autoptr (WattleRecord) patient = person (rand);

      wattle_transaction_put (transaction, patient, &error);
      check (error);
      g_ptr_array_add (people, g_strdup (wattle_record_id (patient)));
    }
  g_print ("server: %u people put in %.2f s\n", n_people, since (start));
  start = now ();
  for (guint i = 0; i < n_bookings; i++)
    {
      g_autoptr (WattleRecord) appointment = booking (i, people->pdata[g_rand_int_range (rand, 0, n_people)],
                                                      practitioners);

      wattle_transaction_put (transaction, appointment, &error);
      check (error);
    }
  g_print ("server: %u bookings put in %.2f s\n", n_bookings, since (start));
  start = now ();
  wattle_transaction_bulk_end (transaction, NULL, NULL, NULL, &error);
  check (error);
  g_print ("server: bulk end %.2f s\n", since (start));
  start = now ();
  wattle_transaction_commit (transaction, &error);
  check (error);
  wattle_transaction_free (transaction);
  g_print ("server: commit %.2f s\n", since (start));
}

static gboolean
feed_cb (const WattleFeedRow *row, gpointer data, GError **error)
{
  return wattle_transaction_put_feed_row (data, row->type, row->json, row->json_length, NULL, error);
}

static void
first_sync (WattleStore *server, WattleStore *client, guint limit, const char *label)
{
  gint64 start = now ();
  GError *error = NULL;
  WattleTransaction *from = wattle_store_begin_read (server, &error);
  WattleTransaction *to = wattle_store_begin_write (client, &error);

  wattle_transaction_bulk_begin (to, &error);
  wattle_transaction_feed (from, 0, limit, feed_cb, to, &error);
  check (error);
  wattle_transaction_bulk_end (to, NULL, NULL, NULL, &error);
  wattle_transaction_commit (to, &error);
  check (error);
  wattle_transaction_free (to);
  wattle_transaction_free (from);
  g_print ("%s: first sync of %u rows %.2f s\n", label, limit, since (start));
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return x < y ? -1 : x > y;
}

static void
print_times (const char *label, GArray *times)
{
  g_array_sort (times, compare_times);
  g_print ("%s: p50 %.3f ms, p95 %.3f ms, p99 %.3f ms, max %.3f ms\n", label,
           g_array_index (times, gint64, times->len / 2) / 1e3,
           g_array_index (times, gint64, times->len * 95 / 100) / 1e3,
           g_array_index (times, gint64, times->len * 99 / 100) / 1e3,
           g_array_index (times, gint64, times->len - 1) / 1e3);
}

static void
type_letters (WattleTransaction *transaction, const char *text, GArray *times)
{
  for (gsize length = 1; text[length - 1] != '\0'; length++)
    {
      g_autofree char *typed = g_strndup (text, length);
      gint64 start = now ();
      GError *error = NULL;
      g_autoptr (GPtrArray) hits = wattle_transaction_search (transaction, 1ull << WATTLE_RECORD_PATIENT, typed, 20,
                                                              &error);
      gint64 took = now () - start;

      check (error);
      g_array_append_val (times, took);
      if (took > 4000)
        g_print ("  slow: “%s” %.1f ms, %u hits\n", typed, took / 1e3, hits->len);
    }
}

static void
type_names (WattleStore *store)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (9);
  g_autoptr (GArray) one = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) two = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) wrong = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) number = g_array_new (FALSE, FALSE, sizeof (gint64));
  WattleTransaction *transaction = wattle_store_begin_read (store, NULL);

  for (guint i = 0; i < 150; i++)
    {
      g_autofree char *a = invent (rand);
      g_autofree char *b = invent (rand);
      g_autofree char *both = g_strdup_printf ("%s %s", a, b);
      g_autofree char *short_both = g_strdup_printf ("%.2s %.2s", a, b);
      g_autofree char *mobile = g_strdup_printf ("04%08d", g_rand_int_range (rand, 0, 99999999));

      type_letters (transaction, a, one);
      type_letters (transaction, both, two);
      type_letters (transaction, short_both, two);
      type_letters (transaction, mobile, number);
      if (strlen (a) > 3)
        a[2] = 'x';
      type_letters (transaction, a, wrong);
    }
  wattle_transaction_free (transaction);
  print_times ("search, one name", one);
  print_times ("search, two names", two);
  print_times ("search, one typing error", wrong);
  print_times ("search, mobile", number);
}

static void
look_at_days (WattleStore *store, guint n_bookings)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (9);
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  WattleTransaction *transaction = wattle_store_begin_read (store, NULL);
  gint64 horizon = (gint64) n_bookings / 20 * 50 * WATTLE_MINUTE;

  for (guint i = 0; i < 200; i++)
    {
      WattleQuery query = wattle_query (WATTLE_RECORD_APPOINTMENT);
      gint64 day = (gint64) (g_rand_double (rand) * horizon);
      gint64 start = now (), took;
      g_autoptr (GPtrArray) found = NULL;

      wattle_query_where (&query, WATTLE_APPOINTMENT_STARTS_AT, WATTLE_COMPARE_AT_LEAST, day);
      wattle_query_where (&query, WATTLE_APPOINTMENT_STARTS_AT, WATTLE_COMPARE_LESS, day + 4 * WATTLE_HOUR);
      wattle_query_order_by (&query, WATTLE_APPOINTMENT_STARTS_AT, FALSE);
      found = wattle_reader_query (wattle_transaction_reader (transaction), &query, NULL);
      took = now () - start;
      g_array_append_val (times, took);
    }
  wattle_transaction_free (transaction);
  print_times ("diary, some 90 bookings", times);
}

static void
commit_singly (WattleStore *store)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < 1000; i++)
    {
      g_autoptr (WattleRecord) patient = person (rand);
      gint64 start = now (), took;
      WattleTransaction *transaction = wattle_store_begin_write (store, NULL);

      wattle_transaction_put (transaction, patient, NULL);
      wattle_transaction_commit (transaction, NULL);
      wattle_transaction_free (transaction);
      took = now () - start;
      g_array_append_val (times, took);
    }
  print_times ("one put and commit, full sync", times);
}

int
main (int argc, char **argv)
{
  guint n_people = argc > 1 ? g_ascii_strtoull (argv[1], NULL, 10) : 50000;
  guint n_bookings = argc > 2 ? g_ascii_strtoull (argv[2], NULL, 10) : 50000;
  g_autofree char *folder = g_dir_make_tmp ("wattle-bench-XXXXXX", NULL);
  static const guint8 key[32] = "thirty-two bytes of a bench key";
  WattleStore *server = open_store (WATTLE_STORE_SERVER, folder, "server.db", NULL);
  WattleStore *plain = open_store (WATTLE_STORE_CLIENT, folder, "plain.db", NULL);
  WattleStore *sealed = open_store (WATTLE_STORE_CLIENT, folder, "sealed.db", key);
  guint rows = MIN (n_people + n_bookings, 100000);

  load_server (server, n_people, n_bookings);
  first_sync (server, plain, rows, "plain client");
  first_sync (server, sealed, rows, "sealed client");
  type_names (server);
  look_at_days (server, n_bookings);
  commit_singly (server);
  g_object_unref (server);
  g_object_unref (plain);
  g_object_unref (sealed);
  g_print ("files in %s\n", folder);
  return 0;
}
