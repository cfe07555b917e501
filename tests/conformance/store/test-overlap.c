/* test-overlap.c: one visit at a time for a practitioner, and in a room
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "base/civil.h"
#include "base/error.h"
#include "fixture.h"

#define OTHER_PRACTITIONER "01900000000000000000000pr2"
#define OTHER_LOCATION "01900000000000000000000jc2"

static void
set_status (WattleRecord *appointment, int status)
{
  wattle_record_set_integer (appointment, WATTLE_APPOINTMENT_STATUS, status);
}

static void
test_edges (void)
{
  WattleStore *store = fixture_open (WATTLE_STORE_SERVER);
  static const struct
  {
    gint64 starts, ends;
    gboolean free;
  } cases[] = { { 90, 100, TRUE }, { 200, 210, TRUE }, { 90, 101, FALSE }, { 199, 210, FALSE }, { 120, 130, FALSE },
                { 100, 200, FALSE }, { 50, 300, FALSE }, { 300, 301, TRUE } };
  g_autoptr (WattleRecord) first = fixture_appointment (FIXTURE_PRACTITIONER, NULL, 100, 200);
  g_autoptr (WattleRecord) backwards = fixture_appointment (FIXTURE_PRACTITIONER, NULL, 500, 500);
  g_autoptr (WattleRecord) other = fixture_appointment (OTHER_PRACTITIONER, NULL, 100, 200);

  fixture_put (store, first);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (WattleRecord) next = fixture_appointment (FIXTURE_PRACTITIONER, NULL, cases[i].starts, cases[i].ends);

      if (cases[i].free)
        fixture_put (store, next);
      else
        fixture_refuse (store, next, WATTLE_ERROR_CONFLICT, "starts_at");
    }
  fixture_refuse (store, backwards, WATTLE_ERROR_INVALID, "ends_at");
  fixture_put (store, other);
  fixture_put (store, first);
  fixture_close (store);
}

static void
test_room (void)
{
  WattleStore *store = fixture_open (WATTLE_STORE_SERVER);
  g_autoptr (WattleRecord) first = fixture_appointment (FIXTURE_PRACTITIONER, "Room 1", 100, 200);
  g_autoptr (WattleRecord) same_room = fixture_appointment (OTHER_PRACTITIONER, "Room 1", 150, 250);
  g_autoptr (WattleRecord) other_room = fixture_appointment (OTHER_PRACTITIONER, "Room 2", 150, 250);
  g_autoptr (WattleRecord) elsewhere = fixture_appointment ("01900000000000000000000pr3", "Room 1", 150, 250);

  wattle_record_set_string (elsewhere, WATTLE_APPOINTMENT_LOCATION, OTHER_LOCATION);
  fixture_put (store, first);
  fixture_refuse (store, same_room, WATTLE_ERROR_CONFLICT, "room");
  fixture_put (store, other_room);
  fixture_put (store, elsewhere);
  fixture_close (store);
}

static void
test_statuses (void)
{
  WattleStore *store = fixture_open (WATTLE_STORE_SERVER);

  for (int status = 0; status < WATTLE_N_APPOINTMENT_STATUS; status++)
    {
      gboolean frees = status == WATTLE_APPOINTMENT_STATUS_CANCELLED || status == WATTLE_APPOINTMENT_STATUS_NO_SHOW;
      g_autoptr (WattleRecord) first = fixture_appointment (FIXTURE_PRACTITIONER, NULL, status * 1000,
                                                            status * 1000 + 100);
      g_autoptr (WattleRecord) second = fixture_appointment (FIXTURE_PRACTITIONER, NULL, status * 1000 + 50,
                                                             status * 1000 + 150);

      set_status (first, status);
      fixture_put (store, first);
      if (!frees)
        {
          fixture_refuse (store, second, WATTLE_ERROR_CONFLICT, "starts_at");
          continue;
        }
      fixture_put (store, second);
      set_status (first, WATTLE_APPOINTMENT_STATUS_BOOKED);
      fixture_refuse (store, first, WATTLE_ERROR_CONFLICT, "starts_at");
      wattle_record_set_deleted (second, TRUE);
      fixture_put (store, second);
      fixture_put (store, first);
    }
  fixture_close (store);
}

/* The night when 02:30 comes twice in Sydney: two bookings of the same wall clock are an hour apart. */
static void
test_clocks_go_back (void)
{
  WattleStore *store = fixture_open (WATTLE_STORE_SERVER);
  GTimeZone *zone = wattle_zone_lookup ("Australia/Sydney", NULL);
  g_autoptr (WattleRecord) first = NULL;
  g_autoptr (WattleRecord) second = NULL;
  g_autoptr (WattleRecord) third = NULL;
  g_autoptr (GError) error = NULL;
  WattleTransaction *transaction;
  gint64 date, early, late;

  wattle_date_from_ymd (2027, 4, 4, &date);
  g_assert_true (wattle_zone_to_instant (zone, date, 2 * 3600 + 1800, WATTLE_WALL_EARLIER, &early, NULL));
  g_assert_true (wattle_zone_to_instant (zone, date, 2 * 3600 + 1800, WATTLE_WALL_LATER, &late, NULL));
  g_assert_cmpint (late - early, ==, WATTLE_HOUR);
  first = fixture_appointment (FIXTURE_PRACTITIONER, NULL, early, early + WATTLE_HOUR);
  second = fixture_appointment (FIXTURE_PRACTITIONER, NULL, late, late + WATTLE_HOUR);
  third = fixture_appointment (FIXTURE_PRACTITIONER, NULL, late - WATTLE_MINUTE, late);
  fixture_put (store, first);
  fixture_put (store, second);
  transaction = fixture_write (store);
  g_assert_false (wattle_transaction_put (transaction, third, &error));
  g_assert_nonnull (strstr (error->message, "02:30"));
  wattle_transaction_free (transaction);
  fixture_close (store);
}

#define N_DIARIES 3
#define HORIZON 400

typedef struct
{
  WattleRecord *record;
  guint diary, room;
  gint64 starts, ends;
  gboolean active;
} Booking;

static gboolean
naive_is_free (GArray *bookings, const Booking *wanted, guint except)
{
  for (guint i = 0; i < bookings->len; i++)
    {
      const Booking *other = &g_array_index (bookings, Booking, i);

      if (i != except && other->active && other->starts < wanted->ends && wanted->starts < other->ends
          && (other->diary == wanted->diary || (other->room == wanted->room && wanted->room > 0)))
        return FALSE;
    }
  return TRUE;
}

static void
choose (GRand *rand, Booking *booking)
{
  booking->diary = g_rand_int_range (rand, 0, N_DIARIES);
  booking->room = g_rand_int_range (rand, 0, 3);
  booking->starts = g_rand_int_range (rand, 0, HORIZON);
  booking->ends = booking->starts + 1 + g_rand_int_range (rand, 0, g_rand_int_range (rand, 1, 60));
}

static void
write_into (const Booking *booking, WattleRecord *record)
{
  g_autofree char *diary = g_strdup_printf ("01900000000000000000000pr%u", booking->diary);
  g_autofree char *room = booking->room > 0 ? g_strdup_printf ("Room %u", booking->room) : NULL;

  wattle_record_set_string (record, WATTLE_APPOINTMENT_PRACTITIONER, diary);
  wattle_record_set_string (record, WATTLE_APPOINTMENT_ROOM, room);
  wattle_record_set_integer (record, WATTLE_APPOINTMENT_STARTS_AT, booking->starts);
  wattle_record_set_integer (record, WATTLE_APPOINTMENT_ENDS_AT, booking->ends);
  set_status (record, booking->active ? WATTLE_APPOINTMENT_STATUS_BOOKED : WATTLE_APPOINTMENT_STATUS_CANCELLED);
}

/* Insert, move, cancel and take up again at random: the same answers as looking at every booking. */
static void
test_random (void)
{
  WattleStore *store = fixture_open (WATTLE_STORE_SERVER);
  g_autoptr (GArray) bookings = g_array_new (FALSE, TRUE, sizeof (Booking));
  g_autoptr (GRand) rand = g_rand_new_with_seed (g_test_rand_int ());
  guint rounds = g_test_slow () ? 60000 : 6000, refused = 0;
  WattleTransaction *transaction = fixture_write (store);

  for (guint round = 0; round < rounds; round++)
    {
      gboolean new_one = bookings->len == 0 || g_rand_int_range (rand, 0, 3) == 0;
      guint which = new_one ? bookings->len : (guint) g_rand_int_range (rand, 0, bookings->len);
      Booking wanted = { 0 };
      gboolean accepted, expected;

      if (new_one)
        wanted.record = fixture_appointment (FIXTURE_PRACTITIONER, NULL, 0, 1);
      else
        wanted = g_array_index (bookings, Booking, which);
      if (new_one || g_rand_boolean (rand))
        choose (rand, &wanted);
      wanted.active = new_one || g_rand_int_range (rand, 0, 3) > 0;
      write_into (&wanted, wanted.record);
      expected = !wanted.active || naive_is_free (bookings, &wanted, which);
      accepted = wattle_transaction_put (transaction, wanted.record, NULL);
      g_assert_cmpint (accepted, ==, expected);
      refused += !accepted;
      if (accepted && new_one)
        g_array_append_val (bookings, wanted);
      else if (accepted)
        g_array_index (bookings, Booking, which) = wanted;
      else if (new_one)
        g_object_unref (wanted.record);
    }
  g_test_message ("%u of %u refused, %u bookings", refused, rounds, bookings->len);
  g_assert_cmpuint (refused, >, rounds / 20);
  fixture_commit (transaction);
  for (guint i = 0; i < bookings->len; i++)
    g_object_unref (g_array_index (bookings, Booking, i).record);
  fixture_close (store);
}

static gpointer
race (gpointer store)
{
  guint won = 0;

  for (guint i = 0; i < 100; i++)
    {
      g_autoptr (WattleRecord) mine = fixture_appointment (FIXTURE_PRACTITIONER, NULL, i * 100, i * 100 + 60);
      WattleTransaction *transaction = fixture_write (store);

      if (wattle_transaction_put (transaction, mine, NULL))
        {
          fixture_commit (transaction);
          won++;
        }
      else
        wattle_transaction_free (transaction);
    }
  return GUINT_TO_POINTER (won);
}

/* Two at once for every place: one winner each. */
static void
test_race (void)
{
  WattleStore *store = fixture_open (WATTLE_STORE_SERVER);
  GThread *other = g_thread_new ("race", race, store);
  guint won = GPOINTER_TO_UINT (race (store));

  won += GPOINTER_TO_UINT (g_thread_join (other));
  g_assert_cmpuint (won, ==, 100);
  fixture_close (store);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/overlap/edges", test_edges);
  g_test_add_func ("/store/overlap/room", test_room);
  g_test_add_func ("/store/overlap/statuses", test_statuses);
  g_test_add_func ("/store/overlap/clocks-go-back", test_clocks_go_back);
  g_test_add_func ("/store/overlap/random", test_random);
  g_test_add_func ("/store/overlap/race", test_race);
  return g_test_run ();
}
