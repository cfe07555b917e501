/* conflicts.c: walks the table of conflicts: every two acts, in three orders, and what each person is told
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "conflicts.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "domain/billing.h"
#include "domain/note.h"
#include "sync/items.h"

#define HALF_HOURS 10

/**
 * SimOrder:
 * @ORDER_FIRST: the first device reaches the server first
 * @ORDER_SECOND: the second does
 * @ORDER_REPEATED: the first does, hears nothing, and sends again after the other
 */
typedef enum
{
  ORDER_FIRST,
  ORDER_SECOND,
  ORDER_REPEATED,
  N_ORDERS
} SimOrder;

static const char *const order_names[N_ORDERS] = { "first device first", "second device first", "answer lost" };

typedef struct
{
  SimWorld *world;
  const SimSubject *subject;
  GHashTable *words; /* what stands for $word */
  guint drafts;
} Cell;

/* What somebody did, and what they were told. */
typedef struct
{
  SimClient *client;
  const SimMove *act;
  char *mark;
  char *operation; /* NULL when it could not be done at all */
} Deed;

static gboolean print_all;
static guint n_cells, n_wrong;

static const char *
word (Cell *cell, const char *name)
{
  return g_hash_table_lookup (cell->words, name);
}

static void
set_word (Cell *cell, const char *name, char *value)
{
  if (value != NULL)
    g_hash_table_insert (cell->words, g_strdup (name), value);
}

static char *
find_id (SimClient *client, WattleRecordType type, WattleFieldId field, const char *value)
{
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (client->cache, NULL);
  WattleQuery query = wattle_query (type);
  g_autoptr (GPtrArray) found = NULL;

  query.limit = G_MAXINT;
  found = wattle_reader_query (wattle_transaction_reader (transaction), &query, NULL);
  for (guint i = 0; i < found->len; i++)
    if (value == NULL || g_strcmp0 (wattle_record_get_string (found->pdata[i], field), value) == 0)
      return g_strdup (wattle_record_id (found->pdata[i]));
  return NULL;
}

/* The stamp of the note as this device shows it. */
static char *
stamp_of (SimClient *client, const char *id)
{
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (client->cache, NULL);
  g_autoptr (WattleRecord) note =
    wattle_reader_get (wattle_transaction_reader (transaction), WATTLE_RECORD_PROGRESS_NOTE, id, NULL);

  return note != NULL ? wattle_note_stamp (id, note) : g_strdup ("");
}

/* The same of a draft invoice. */
static char *
invoice_stamp_of (SimClient *client, const char *id)
{
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (client->cache, NULL);
  WattleReader *reader = wattle_transaction_reader (transaction);
  g_autoptr (WattleRecord) invoice = wattle_reader_get (reader, WATTLE_RECORD_INVOICE, id, NULL);
  g_autoptr (GPtrArray) lines = invoice != NULL ? wattle_invoice_lines (reader, id, NULL) : NULL;

  return lines != NULL ? wattle_invoice_stamp (invoice, lines) : g_strdup ("");
}

static gboolean
longer_first (gpointer a, gpointer b)
{
  return strlen (a) < strlen (b);
}

static char *
fill_in (Cell *cell, SimClient *client, guint side, const char *args, const char *mark)
{
  g_autoptr (GString) text = g_string_new (args);
  g_autoptr (GList) names = g_hash_table_get_keys (cell->words);
  g_autofree char *base = stamp_of (client, word (cell, "$note"));
  g_autofree char *bill = invoice_stamp_of (client, word (cell, "$invoice"));
  g_autofree char *fresh = wattle_id_new ();

  g_string_replace (text, "$bill", bill, 0);
  g_string_replace (text, "$mark", mark, 0);
  g_string_replace (text, "$base", base, 0);
  g_string_replace (text, "$fresh", fresh, 0);
  g_string_replace (text, "$own\"", side == 0 ? "$own0\"" : "$own1\"", 0);
  g_string_replace (text, "$p_own", side == 0 ? "$p3" : "$p5", 0);
  names = g_list_sort (g_steal_pointer (&names), (GCompareFunc) longer_first);
  for (GList *l = names; l != NULL; l = l->next)
    g_string_replace (text, l->data, word (cell, l->data), 0);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static WattleOutboxEntry *
entry_of (Deed *deed)
{
  return wattle_outbox_find (deed->client->outbox, deed->operation, NULL);
}

static void
do_before (Cell *cell, const SimMove *move)
{
  Deed deed = { .client = cell->world->clients[move->client] };
  g_autofree char *args = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleOutboxEntry) entry = NULL;

  sim_world_calm (cell->world, deed.client);
  args = fill_in (cell, deed.client, 0, move->args, "before");
  deed.operation = wattle_engine_perform (deed.client->engine, move->operation, args, &error);
  if (error != NULL)
    g_error ("%s: %s: %s", cell->subject->name, move->operation, error->message);
  sim_world_calm (cell->world, deed.client);
  entry = entry_of (&deed);
  if (entry->status != WATTLE_OUTBOX_OK)
    g_error ("%s: %s: %s", cell->subject->name, move->operation, entry->message);
  g_free (deed.operation);
}

static Deed
act (Cell *cell, guint side, const SimMove *move)
{
  Deed deed = { .client = cell->world->clients[cell->subject->devices[side]], .act = move };
  g_autofree char *args = NULL;
  g_autoptr (GError) error = NULL;

  deed.mark = g_strdup_printf ("m%u;", ++cell->world->markers);
  args = fill_in (cell, deed.client, side, move->args, deed.mark);
  deed.operation = wattle_engine_perform (deed.client->engine, move->operation, args, &error);
  if (deed.operation == NULL && wattle_error_get_code (error) != WATTLE_ERROR_OFFLINE)
    g_error ("%s: %s: %s", cell->subject->name, move->operation, error->message);
  if (strstr (args, deed.mark) == NULL)
    g_clear_pointer (&deed.mark, g_free);
  return deed;
}

/* Whether words stand at the server: in a record, a deleted one that can be restored, or the reason in its ledger. */
static gboolean
server_has (Cell *cell, const char *mark)
{
  g_autoptr (WattleTransaction) transaction =
    wattle_store_begin_read (sim_server_store (cell->world->server), NULL);

  for (guint type = 0; type < WATTLE_N_RECORDS; type++)
    {
      WattleQuery query = wattle_query (type);
      g_autoptr (GPtrArray) records = NULL;

      query.limit = G_MAXINT;
      query.with_deleted = TRUE;
      records = wattle_reader_query (wattle_transaction_reader (transaction), &query, NULL);
      for (guint i = 0; records != NULL && i < records->len; i++)
        {
          g_autofree char *text = wattle_record_to_json (records->pdata[i]);

          if (strstr (text, mark) != NULL)
            return TRUE;
        }
    }
  return FALSE;
}

static guint
count_drafts (Cell *cell)
{
  g_autoptr (WattleTransaction) transaction =
    wattle_store_begin_read (sim_server_store (cell->world->server), NULL);
  WattleQuery query = wattle_query (WATTLE_RECORD_PROGRESS_NOTE);

  wattle_query_where_text (&query, WATTLE_PROGRESS_NOTE_PATIENT, word (cell, "$patient"));
  return wattle_reader_count (wattle_transaction_reader (transaction), &query, NULL);
}

static void
wrong (Cell *cell, SimOrder order, Deed *first, Deed *second, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  n_wrong++;
  printf ("# %s: %s, then %s, %s: %s\n", cell->subject->name, first->act->what, second->act->what, order_names[order],
          text);
}

/* The newest choice that waits at a client, as its window says it. */
static char *
choice_text (Deed *deed)
{
  g_autoptr (GPtrArray) conflicts = wattle_outbox_conflicts (deed->client->outbox, NULL);
  g_autoptr (WattleConflictItem) item = NULL;
  g_autofree char *label = NULL, *mine = NULL, *theirs = NULL;

  if (conflicts->len == 0)
    return NULL;
  item = wattle_conflict_item_new (conflicts->pdata[conflicts->len - 1]);
  g_object_get (item, "label", &label, "mine", &mine, "theirs", &theirs, NULL);
  return g_strdup_printf ("%s: mine “%s”, theirs “%s”", label, mine, theirs);
}

/* The letter of what became of the second act, and what its person is told. */
static char
outcome (Cell *cell, Deed *first, Deed *second, guint drafts, char **told)
{
  g_autoptr (WattleOutboxEntry) entry = second->operation != NULL ? entry_of (second) : NULL;

  if (second->operation == NULL)
    return 'x';
  *told = entry->status == WATTLE_OUTBOX_OK ? choice_text (second) : g_strdup (entry->message);
  if (entry->status != WATTLE_OUTBOX_OK)
    return entry->status == WATTLE_OUTBOX_CONFLICT ? 'c' : entry->status == WATTLE_OUTBOX_REFUSED ? 'r' : '?';
  if (*told != NULL)
    return 'f';
  if (strcmp (second->act->operation, "note.save") == 0 && strcmp (cell->subject->name, "a draft note") == 0
      && count_drafts (cell) > drafts)
    return 's';
  return first->mark != NULL && !server_has (cell, first->mark) ? '!' : 'o'; /* gone without a word */
}

/* What a no has to come with: every word, a sentence, and for a visit that finds its time taken free ones. */
static void
check_refusal (Cell *cell, SimOrder order, Deed *first, Deed *second, char letter)
{
  g_autoptr (WattleOutboxEntry) entry = entry_of (second);

  if (second->mark != NULL && strstr (entry->args, second->mark) == NULL)
    wrong (cell, order, first, second, "the words are gone");
  if (entry->message == NULL || !g_str_has_suffix (entry->message, "."))
    wrong (cell, order, first, second, "no sentence");
  if (letter == 'c' && strcmp (cell->subject->name, "a free time") == 0
      && (entry->alternatives == NULL || strstr (entry->alternatives, "starts_at") == NULL))
    wrong (cell, order, first, second, "no free times");
}

/* Both values are shown, and the person's choice is done: their own value then stands at the server. */
static void
check_choice (Cell *cell, SimOrder order, Deed *first, Deed *second, const char *told)
{
  g_autoptr (GPtrArray) conflicts = wattle_outbox_conflicts (second->client->outbox, NULL);
  g_autoptr (GError) error = NULL;

  if ((first->mark != NULL && strstr (told, first->mark) == NULL)
      || (second->mark != NULL && strstr (told, second->mark) == NULL))
    wrong (cell, order, first, second, "both values are not shown: %s", told);
  if (!wattle_engine_resolve (second->client->engine, conflicts->pdata[conflicts->len - 1], TRUE, &error))
    wrong (cell, order, first, second, "one's own value cannot be chosen: %s", error->message);
  sim_world_calm (cell->world, second->client);
  if (second->mark != NULL && !server_has (cell, second->mark))
    wrong (cell, order, first, second, "the chosen value is not there");
}

static void
check (Cell *cell, SimOrder order, Deed *first, Deed *second, char rule, guint drafts)
{
  g_autofree char *told = NULL;
  char letter = outcome (cell, first, second, drafts, &told);
  g_autoptr (WattleOutboxEntry) entry = first->operation != NULL ? entry_of (first) : NULL;

  n_cells++;
  if (entry == NULL || entry->status != WATTLE_OUTBOX_OK)
    wrong (cell, order, first, second, "the first was not done");
  if (letter != rule)
    wrong (cell, order, first, second, "%c instead of %c: %s", letter, rule, told != NULL ? told : "");
  else if (print_all)
    printf ("# %-40s %-12s %-12s %-20s %c %s\n", cell->subject->name, first->act->what, second->act->what,
            order_names[order], letter, told != NULL ? told : "");
  if (letter == 'c' || letter == 'r')
    check_refusal (cell, order, first, second, letter);
  else if (letter == 'f')
    check_choice (cell, order, first, second, told);
  else if (letter != 'x' && second->mark != NULL && !server_has (cell, second->mark))
    wrong (cell, order, first, second, "what was done is not there");
}

static void
open_cell (Cell *cell, SimWorld *world, const SimSubject *subject)
{
  static const char *const fresh[] = { "$patient", "$visit", "$own0", "$own1", "$note", "$invoice",
                                       "$payment", "$script", "$condition" };
  gint64 day = (world->now / WATTLE_DAY + 1 + n_cells) * WATTLE_DAY + 22 * WATTLE_HOUR;
  gint64 past = (world->now / WATTLE_DAY - 2 - n_cells) * WATTLE_DAY + 22 * WATTLE_HOUR;
  char instant[WATTLE_INSTANT_SIZE];

  *cell = (Cell){ world, subject, g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free), 0 };
  for (guint i = 0; i < G_N_ELEMENTS (fresh); i++)
    set_word (cell, fresh[i], wattle_id_new ());
  for (guint i = 0; i < HALF_HOURS; i++)
    {
      g_autofree char *ahead = g_strdup_printf ("$t%u", i), *behind = g_strdup_printf ("$p%u", i);

      wattle_instant_print (day + i * 30 * WATTLE_MINUTE, instant);
      set_word (cell, ahead, g_strdup (instant));
      wattle_instant_print (past + i * 30 * WATTLE_MINUTE, instant);
      set_word (cell, behind, g_strdup (instant));
    }
  wattle_instant_print (world->now, instant);
  set_word (cell, "$now", g_strdup (instant));
  set_word (cell, "$mara",
            find_id (world->clients[MAX], WATTLE_RECORD_PRACTITIONER, WATTLE_PRACTITIONER_GIVEN_NAMES, "Mara"));
  set_word (cell, "$noel",
            find_id (world->clients[MAX], WATTLE_RECORD_PRACTITIONER, WATTLE_PRACTITIONER_GIVEN_NAMES, "Noel"));
  set_word (cell, "$location", find_id (world->clients[MAX], WATTLE_RECORD_LOCATION, 0, NULL));
  for (guint i = 0; subject->before[i].operation != NULL; i++)
    do_before (cell, &subject->before[i]);
  for (guint i = 0; i < world->n_clients; i++)
    sim_world_calm (world, world->clients[i]);
  set_word (cell, "$grant",
            find_id (world->clients[MAX], WATTLE_RECORD_ACCESS_GRANT, WATTLE_ACCESS_GRANT_PATIENT,
                     word (cell, "$patient")));
}

/* Nobody hears of the other until both have acted; then they reach the server one after the other. */
static void
run_cell (SimWorld *world, const SimSubject *subject, guint i, guint j, SimOrder order)
{
  guint side = order == ORDER_SECOND ? 1 : 0;
  Cell cell;
  Deed first, second;
  guint drafts;

  open_cell (&cell, world, subject);
  drafts = count_drafts (&cell);
  first.client = world->clients[subject->devices[side]];
  second.client = world->clients[subject->devices[1 - side]];
  second.client->cut_off = TRUE;
  wattle_engine_greet_again (second.client->engine);
  sim_client_step (second.client);
  second = act (&cell, 1 - side, &subject->acts[j]);
  first = act (&cell, side, &subject->acts[i]);
  if (order == ORDER_REPEATED)
    {
      first.client->deaf = TRUE;
      for (guint step = 0; step < 4; step++)
        sim_client_step (first.client);
      first.client->deaf = FALSE;
      first.client->cut_off = TRUE;
    }
  else
    sim_world_calm (world, first.client);
  second.client->cut_off = FALSE;
  sim_world_calm (world, second.client);
  first.client->cut_off = FALSE;
  sim_world_calm (world, first.client);
  check (&cell, order, &first, &second, subject->rules[i][j], drafts);
  g_free (first.mark);
  g_free (first.operation);
  g_free (second.mark);
  g_free (second.operation);
  g_hash_table_unref (cell.words);
}

static gboolean
may (const SimMove *move, guint side)
{
  return move->sides == 0 || (move->sides >> side & 1) != 0;
}

static void
take_role (SimClient *client, int role)
{
  g_autoptr (GError) error = NULL;

  wattle_session_set_role (client->session, role, NULL, &error);
  g_assert_no_error (error);
  wattle_engine_take_identity (client->engine, &error);
  g_assert_no_error (error);
}

static void
run_subject (SimWorld *world, const SimSubject *subject)
{
  if (subject->second_role != 0)
    take_role (world->clients[subject->devices[1]], subject->second_role);
  for (guint i = 0; subject->acts[i].operation != NULL; i++)
    for (guint j = 0; subject->acts[j].operation != NULL; j++)
      for (SimOrder order = 0; order < N_ORDERS; order++)
        {
          guint side = order == ORDER_SECOND ? 1 : 0;

          if (may (&subject->acts[i], side) && may (&subject->acts[j], 1 - side))
            run_cell (world, subject, i, j, order);
        }
  sim_world_settle (world);
  sim_world_check (world);
  if (world->complaint != NULL)
    {
      n_wrong++;
      printf ("# %s: %s\n", subject->name, world->complaint);
      g_clear_pointer (&world->complaint, g_free);
    }
}

int
main (int argc, char **argv)
{
  SimWorld *world;
  guint number = 0, failed = 0;

  if (sodium_init () < 0)
    return 1;
  print_all = argc > 1 && strcmp (argv[1], "--print") == 0;
  world = sim_world_new (1, SIM_BUG_NONE, NULL);
  sim_world_settle (world);
  for (const SimSubject *subject = sim_subjects; subject->name != NULL; subject++)
    {
      guint before = n_wrong, cells = n_cells;

      run_subject (world, subject);
      failed += n_wrong > before;
      printf ("%sok %u - %s, %u times\n", n_wrong > before ? "not " : "", ++number, subject->name, n_cells - cells);
      fflush (stdout);
    }
  printf ("1..%u\n# %u cells, %u wrong\n", number, n_cells, n_wrong);
  sim_world_free (world, FALSE);
  return failed > 0;
}
