/* bench-sync.c: the desktop's own client at work; every mode is given URL LOGIN PASSWORD first
 *
 * first: signs in, fetches all; prints seconds on the clock, processor seconds of this process, and records.
 * change N [URL]: two clients, the second of another server process when it is named; prints N lines: milliseconds from
 * the act in the first until the store of the second has told that it changed.
 * watch: after a first sync prints how many people and records it has; then, for each number it reads, waits until it
 * has so many people and no more to fetch, and prints how many records it has.
 * push N: adds N people out of the server's reach; prints the seconds from the first call that reaches it again until
 * all are acknowledged and read back, N, and processor seconds of this process meanwhile.
 * fill FOLDER PEOPLE BOOKINGS: as first, kept in FOLDER; then puts so many people and bookings more into its cache.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "sync/desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/civil.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "people.h"

#define RECORDS_PER_COMMIT 20000

static void
check (const GError *error)
{
  if (error == NULL)
    return;
  fprintf (stderr, "bench-sync: %s\n", error->message);
  exit (1);
}

static double
seconds (clockid_t clock)
{
  struct timespec time;

  clock_gettime (clock, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

/* The way to the server, with a gate in it. */
#define BENCH_TYPE_GATE (bench_gate_get_type ())
G_DECLARE_FINAL_TYPE (BenchGate, bench_gate, BENCH, GATE, GObject)

struct _BenchGate
{
  GObject parent_instance;
  WattleTransport *inner;
  int closed;       /* atomic */
  gint64 passed_at; /* atomic enough: written once, by the thread that calls, after the gate was opened */
};

static gboolean
bench_gate_send (WattleTransport *transport,
                 const WattleRequest *request,
                 WattleResponse *response,
                 GCancellable *cancellable,
                 GError **error)
{
  BenchGate *self = BENCH_GATE (transport);

  if (g_atomic_int_get (&self->closed))
    {
      g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_OFFLINE, "The gate is closed.");
      return FALSE;
    }
  if (self->passed_at == 0)
    self->passed_at = g_get_monotonic_time ();
  return wattle_transport_send (self->inner, request, response, cancellable, error);
}

static void
bench_gate_listen (WattleTransport *transport, const char *token, WattleEventsFunc func, gpointer data)
{
  wattle_transport_listen (BENCH_GATE (transport)->inner, token, func, data);
}

static void
bench_gate_hang_up (WattleTransport *transport)
{
  wattle_transport_hang_up (BENCH_GATE (transport)->inner);
}

static gint64
bench_gate_waiting_since (WattleTransport *transport)
{
  return wattle_transport_waiting_since (BENCH_GATE (transport)->inner);
}

static void
bench_gate_iface_init (WattleTransportInterface *iface)
{
  iface->send = bench_gate_send;
  iface->listen = bench_gate_listen;
  iface->hang_up = bench_gate_hang_up;
  iface->waiting_since = bench_gate_waiting_since;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BenchGate,
                               bench_gate,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WATTLE_TYPE_TRANSPORT, bench_gate_iface_init))

static void
bench_gate_finalize (GObject *object)
{
  g_object_unref (BENCH_GATE (object)->inner);
  G_OBJECT_CLASS (bench_gate_parent_class)->finalize (object);
}

static void
bench_gate_class_init (BenchGateClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bench_gate_finalize;
}

static void
bench_gate_init (BenchGate *self)
{
}

static gboolean
count_row (const WattleFeedRow *row, gpointer data, GError **error)
{
  ++*(guint *) data;
  return TRUE;
}

static guint
count (WattleClient *client)
{
  guint rows = 0;
  GError *error = NULL;
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (wattle_client_store (client), &error);

  check (error);
  wattle_transaction_feed (transaction, -1, 0, count_row, &rows, &error);
  check (error);
  return rows;
}

static void
open_desk (Desk *desk, const char *url)
{
  g_autoptr (WattleTransport) transport = wattle_transport_soup_new (url);

  desk_open (desk, url, transport);
}

static void
sign_in (Desk *desk, char **argv)
{
  GError *error = NULL;

  desk_sign_in (desk, argv[3], argv[4], NULL, &error);
  check (error);
}

static gboolean
is_whole (WattleClient *client)
{
  double progress;
  gboolean online, syncing;

  g_object_get (client, "progress", &progress, "online", &online, "syncing", &syncing, NULL);
  return online && !syncing && progress < 0;
}

static void
fetch_all (Desk *desk, char **argv)
{
  double clock, processor;
  guint rows;

  sign_in (desk, argv);
  clock = seconds (CLOCK_MONOTONIC);
  processor = seconds (CLOCK_PROCESS_CPUTIME_ID);
  while (!is_whole (desk->client))
    g_main_context_iteration (NULL, TRUE);
  clock = seconds (CLOCK_MONOTONIC) - clock;
  processor = seconds (CLOCK_PROCESS_CPUTIME_ID) - processor;
  rows = count (desk->client);
  printf ("%.3f %.3f %u\n", clock, processor, rows);
  fflush (stdout);
}

static void
first (char **argv)
{
  Desk desk = { 0 };

  open_desk (&desk, argv[2]);
  fetch_all (&desk, argv);
  desk_close (&desk);
}

/* Visits of fifty minutes, eight a day, nine in ten in the past; none of today, whose real ones are there. */
static WattleRecord *
booking (guint i, guint n, const char *patient, const char *practitioner, guint n_practitioners)
{
  WattleRecord *appointment = wattle_record_new (WATTLE_RECORD_APPOINTMENT);
  g_autofree char *id = wattle_id_new ();
  gint64 slot = i / n_practitioners, days = n / n_practitioners / 8;
  gint64 day = slot / 8 - days * 9 / 10;
  gint64 today = wattle_clock_now () / WATTLE_DAY * WATTLE_DAY;
  gint64 starts = today + (day < 0 ? day : day + 2) * WATTLE_DAY - 2 * WATTLE_HOUR + slot % 8 * 50 * WATTLE_MINUTE;

  wattle_record_set_id (appointment, id);
  wattle_record_set_string (appointment, WATTLE_APPOINTMENT_PATIENT, patient);
  wattle_record_set_string (appointment, WATTLE_APPOINTMENT_PRACTITIONER, practitioner);
  wattle_record_set_integer (appointment, WATTLE_APPOINTMENT_STARTS_AT, starts);
  wattle_record_set_integer (appointment, WATTLE_APPOINTMENT_ENDS_AT, starts + 50 * WATTLE_MINUTE);
  wattle_record_set_string (appointment, WATTLE_APPOINTMENT_ZONE, "Australia/Sydney");
  wattle_record_set_integer (appointment, WATTLE_APPOINTMENT_STATUS,
                             day < 0 ? WATTLE_APPOINTMENT_STATUS_COMPLETED : WATTLE_APPOINTMENT_STATUS_BOOKED);
  wattle_record_set_integer (appointment, WATTLE_APPOINTMENT_MODALITY, WATTLE_MODALITY_IN_PERSON);
  wattle_record_set_string (appointment, WATTLE_APPOINTMENT_REASON, "Follow-up");
  return appointment;
}

static GPtrArray *
read_practitioners (WattleStore *store)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_PRACTITIONER);
  GError *error = NULL;
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (store, &error);
  GPtrArray *found;

  check (error);
  found = wattle_reader_query (wattle_transaction_reader (transaction), &query, &error);
  check (error);
  return found;
}

static void
put_many (WattleStore *store, guint n_people, guint n_bookings)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  g_autoptr (GPtrArray) practitioners = read_practitioners (store);
  g_autoptr (GPtrArray) people = g_ptr_array_new_with_free_func (g_free);
  WattleTransaction *transaction = NULL;
  GError *error = NULL;

  for (guint i = 0; i < n_people + n_bookings; i++)
    {
      g_autoptr (WattleRecord) record = NULL;

      if (i % RECORDS_PER_COMMIT == 0)
        {
          if (transaction != NULL)
            wattle_transaction_commit (transaction, &error);
          g_clear_pointer (&transaction, wattle_transaction_free);
          transaction = wattle_store_begin_write (store, &error);
          check (error);
          wattle_transaction_bulk_begin (transaction, &error);
        }
      if (i < n_people)
        record = bench_person (rand);
      else
        record =
          booking (i - n_people, n_bookings, people->pdata[g_rand_int_range (rand, 0, people->len)],
                   wattle_record_id (practitioners->pdata[(i - n_people) % practitioners->len]), practitioners->len);
      wattle_transaction_put (transaction, record, &error);
      check (error);
      if (i < n_people)
        g_ptr_array_add (people, g_strdup (wattle_record_id (record)));
    }
  wattle_transaction_bulk_end (transaction, NULL, NULL, NULL, &error);
  check (error);
  wattle_transaction_commit (transaction, &error);
  check (error);
  wattle_transaction_free (transaction);
}

static void
fill (char **argv)
{
  Desk desk = { 0 };

  open_desk (&desk, argv[2]);
  desk_without_keyring (&desk, argv[5]);
  fetch_all (&desk, argv);
  put_many (wattle_client_store (desk.client), (guint) g_ascii_strtoull (argv[6], NULL, 10),
            (guint) g_ascii_strtoull (argv[7], NULL, 10));
  g_object_run_dispose (G_OBJECT (desk.client));
  g_object_unref (desk.client);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

typedef struct
{
  Desk *desk;
  const char *id;
  double seen;
} Watch;

static void
changed_cb (WattleStore *store, guint64 types, Watch *watch)
{
  g_autoptr (WattleRecord) record = NULL;

  if (watch->id == NULL || watch->seen > 0)
    return;
  record = desk_get (watch->desk, WATTLE_RECORD_PATIENT, watch->id);
  if (record != NULL)
    watch->seen = seconds (CLOCK_MONOTONIC);
}

static char *
patient_args (const char *id)
{
  return g_strdup_printf ("{\"record\":{\"type\":\"patient\",\"id\":\"%s\",\"given_names\":\"Matilda\","
                          "\"family_name\":\"Sørensen\",\"status\":\"active\"}}",
                          id);
}

static gboolean
over_cb (gpointer over)
{
  *(gboolean *) over = TRUE;
  return G_SOURCE_REMOVE;
}

/* People do not act again at once: a server that gathers the changes of a moment is not what is measured. */
static void
rest (void)
{
  gboolean over = FALSE;

  g_timeout_add (60, over_cb, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
}

static void
change (char **argv)
{
  Desk one = { 0 }, two = { 0 };
  Watch watch = { &two, NULL, 0 };
  guint n = (guint) g_ascii_strtoull (argv[5], NULL, 10);

  open_desk (&one, argv[2]);
  open_desk (&two, argv[6] != NULL ? argv[6] : argv[2]);
  sign_in (&one, argv);
  sign_in (&two, argv);
  while (!is_whole (one.client) || !is_whole (two.client))
    g_main_context_iteration (NULL, TRUE);
  g_signal_connect (wattle_client_store (two.client), "changed", G_CALLBACK (changed_cb), &watch);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *id = wattle_id_new ();
      g_autofree char *args = patient_args (id);
      double start = seconds (CLOCK_MONOTONIC);

      watch.id = id;
      watch.seen = 0;
      wattle_client_perform_async (one.client, "record.create", args, NULL, NULL, NULL);
      while (watch.seen == 0)
        g_main_context_iteration (NULL, TRUE);
      printf ("%.3f\n", (watch.seen - start) * 1e3);
      watch.id = NULL;
      while (!desk_is_idle (&one) || !desk_is_idle (&two))
        g_main_context_iteration (NULL, TRUE);
      rest ();
    }
  fflush (stdout);
  desk_close (&one);
  desk_close (&two);
}

/* Turns the main loop at least every tick, for the end of the outbox is nobody's signal. */
static void
wait_for_outbox (Desk *desk)
{
  guint tick = g_timeout_add (1, desk_tick, NULL);

  while (!desk_is_idle (desk))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (tick);
}

static void
push (char **argv)
{
  g_autoptr (BenchGate) gate = g_object_new (BENCH_TYPE_GATE, NULL);
  guint n = (guint) g_ascii_strtoull (argv[5], NULL, 10);
  Desk desk = { 0 };
  double processor;

  gate->inner = wattle_transport_soup_new (argv[2]);
  desk_open (&desk, argv[2], WATTLE_TRANSPORT (gate));
  fetch_all (&desk, argv);
  g_atomic_int_set (&gate->closed, TRUE);
  for (guint i = 0; i < n; i++)
    g_free (desk_add_patient (&desk, "Matilda", "Sørensen"));
  gate->passed_at = 0;
  processor = seconds (CLOCK_PROCESS_CPUTIME_ID);
  g_atomic_int_set (&gate->closed, FALSE);
  wait_for_outbox (&desk);
  printf ("%.4f %u %.3f\n", (double) (g_get_monotonic_time () - gate->passed_at) / 1e6, n,
          seconds (CLOCK_PROCESS_CPUTIME_ID) - processor);
  fflush (stdout);
  desk_close (&desk);
}

static guint
count_people (WattleClient *client)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_PATIENT);
  g_autoptr (GPtrArray) found = NULL;
  GError *error = NULL;
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (wattle_client_store (client), &error);

  check (error);
  found = wattle_reader_query (wattle_transaction_reader (transaction), &query, &error);
  check (error);
  return found->len;
}

static void
watch_people (char **argv)
{
  Desk desk = { 0 };
  char line[32];
  guint tick;

  open_desk (&desk, argv[2]);
  sign_in (&desk, argv);
  while (!is_whole (desk.client))
    g_main_context_iteration (NULL, TRUE);
  printf ("%u %u\n", count_people (desk.client), count (desk.client));
  fflush (stdout);
  tick = g_timeout_add (5, desk_tick, NULL);
  while (fgets (line, sizeof line, stdin) != NULL)
    {
      guint64 wanted = g_ascii_strtoull (line, NULL, 10);

      while (!is_whole (desk.client) || count_people (desk.client) != wanted)
        g_main_context_iteration (NULL, TRUE);
      printf ("%u\n", count (desk.client));
      fflush (stdout);
    }
  g_source_remove (tick);
  desk_close (&desk);
}

int
main (int argc, char **argv)
{
  if (argc > 4 && strcmp (argv[1], "first") == 0)
    first (argv);
  else if (argc > 4 && strcmp (argv[1], "watch") == 0)
    watch_people (argv);
  else if (argc > 5 && strcmp (argv[1], "change") == 0)
    change (argv);
  else if (argc > 5 && strcmp (argv[1], "push") == 0)
    push (argv);
  else if (argc > 7 && strcmp (argv[1], "fill") == 0)
    fill (argv);
  else
    return 2;
  return 0;
}
