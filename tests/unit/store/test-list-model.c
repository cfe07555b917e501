/* test-list-model.c: long lists: read page by page, and moved as little as possible by a change
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "fixture.h"
#include "store/list-model.h"

typedef struct
{
  guint calls, position, removed, added;
} Moves;

static void
items_changed_cb (GListModel *model, guint position, guint removed, guint added, Moves *moves)
{
  moves->calls++;
  moves->position = position;
  moves->removed = removed;
  moves->added = added;
}

static void
wait_until_read (WattleListModel *model)
{
  while (wattle_list_model_get_loading (model) || g_main_context_pending (NULL))
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (wattle_list_model_get_problem (model));
}

static const char *
name_at (WattleListModel *model, guint place)
{
  g_autoptr (WattleRow) row = g_list_model_get_item (G_LIST_MODEL (model), place);

  while (wattle_row_get_record (row) == NULL)
    g_main_context_iteration (NULL, TRUE);
  return wattle_record_get_string (wattle_row_get_record (row), WATTLE_PATIENT_FAMILY_NAME);
}

static WattleRecord *
numbered_patient (guint number)
{
  g_autofree char *name = g_strdup_printf ("Name%05u", number);

  return fixture_patient ("Kim", name);
}

static void
fill (WattleStore *store, guint n)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_write (store, &error);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (WattleRecord) patient = numbered_patient (2 * i);

      wattle_transaction_put (transaction, patient, &error);
      g_assert_no_error (error);
    }
  wattle_transaction_commit (transaction, &error);
  g_assert_no_error (error);
}

static WattleListModel *
patients_by_name (WattleStore *store)
{
  WattleListModel *model = wattle_list_model_new (store);
  WattleQuery query = wattle_query (WATTLE_RECORD_PATIENT);

  wattle_query_order_by (&query, WATTLE_PATIENT_FAMILY_NAME, FALSE);
  wattle_list_model_set_query (model, &query);
  wait_until_read (model);
  return model;
}

static void
test_pages (void)
{
  WattleStore *store = fixture_open (WATTLE_STORE_CLIENT);
  WattleListModel *model;
  g_autoptr (WattleRow) row = NULL;
  g_autoptr (WattleRow) again = NULL;

  fill (store, 6000);
  model = patients_by_name (store);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, 6000);
  g_assert_cmpstr (name_at (model, 0), ==, "Name00000");
  g_assert_cmpstr (name_at (model, 5999), ==, "Name11998");
  row = g_list_model_get_item (G_LIST_MODEL (model), 3000);
  again = g_list_model_get_item (G_LIST_MODEL (model), 3000);
  g_assert_true (row == again);
  for (guint i = 0; i < 6000; i += WATTLE_LIST_MODEL_PAGE)
    {
      g_autofree char *name = g_strdup_printf ("Name%05u", 2 * i);
      g_assert_cmpstr (name_at (model, i), ==, name);
    }
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (model), 6000));
  g_object_unref (model);
  fixture_close (store);
}

static void
test_change_moves_little (void)
{
  WattleStore *store = fixture_open (WATTLE_STORE_CLIENT);
  WattleListModel *model;
  g_autoptr (WattleRecord) new_one = numbered_patient (201);
  g_autoptr (WattleRow) kept = NULL;
  g_autoptr (WattleRecord) changed = NULL;
  Moves moves = { 0 };

  fill (store, 1000);
  model = patients_by_name (store);
  g_signal_connect (model, "items-changed", G_CALLBACK (items_changed_cb), &moves);
  kept = g_list_model_get_item (G_LIST_MODEL (model), 110);
  g_assert_cmpstr (name_at (model, 110), ==, "Name00220");

  fixture_put (store, new_one);
  while (moves.calls == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (moves.position, ==, 101);
  g_assert_cmpuint (moves.removed, ==, 0);
  g_assert_cmpuint (moves.added, ==, 1);
  {
    g_autoptr (WattleRow) moved = g_list_model_get_item (G_LIST_MODEL (model), 111);
    g_assert_true (moved == kept);
  }

  changed = wattle_record_copy (wattle_row_get_record (kept));
  wattle_record_set_string (changed, WATTLE_PATIENT_SUBURB, "Glebe");
  fixture_put (store, changed);
  while (g_strcmp0 (wattle_record_get_string (wattle_row_get_record (kept), WATTLE_PATIENT_SUBURB), "Glebe") != 0)
    g_main_context_iteration (NULL, TRUE);
  wait_until_read (model);
  g_assert_cmpuint (moves.calls, ==, 1);

  wattle_record_set_deleted (new_one, TRUE);
  fixture_put (store, new_one);
  while (moves.calls == 1)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (moves.position, ==, 101);
  g_assert_cmpuint (moves.removed, ==, 1);
  g_assert_cmpuint (moves.added, ==, 0);
  g_object_unref (model);
  fixture_close (store);
}

/* A person who is renamed moves; the view is told of the places between and no others. */
static void
test_move (void)
{
  WattleStore *store = fixture_open (WATTLE_STORE_CLIENT);
  WattleListModel *model;
  g_autoptr (WattleRow) row = NULL;
  g_autoptr (WattleRow) behind = NULL;
  g_autoptr (WattleRow) behind_after = NULL;
  g_autoptr (WattleRecord) renamed = NULL;
  Moves moves = { 0 };

  fill (store, 1000);
  model = patients_by_name (store);
  g_signal_connect (model, "items-changed", G_CALLBACK (items_changed_cb), &moves);
  g_assert_cmpstr (name_at (model, 20), ==, "Name00040");
  row = g_list_model_get_item (G_LIST_MODEL (model), 20);
  behind = g_list_model_get_item (G_LIST_MODEL (model), 91);
  renamed = wattle_record_copy (wattle_row_get_record (row));
  wattle_record_set_string (renamed, WATTLE_PATIENT_FAMILY_NAME, "Name00181");
  fixture_put (store, renamed);
  while (moves.calls == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (moves.position, ==, 20);
  g_assert_cmpuint (moves.removed, ==, 71);
  g_assert_cmpuint (moves.added, ==, 71);
  g_assert_cmpstr (name_at (model, 90), ==, "Name00181");
  behind_after = g_list_model_get_item (G_LIST_MODEL (model), 91);
  g_assert_true (behind == behind_after);
  g_object_unref (model);
  fixture_close (store);
}

static void
test_search (void)
{
  WattleStore *store = fixture_open (WATTLE_STORE_CLIENT);
  g_autoptr (WattleListModel) model = wattle_list_model_new (store);
  g_autoptr (WattleRecord) patient = fixture_patient ("Ngaire", "O'Brien");

  fill (store, 300);
  fixture_put (store, patient);
  wattle_list_model_set_search (model, G_GUINT64_CONSTANT (1) << WATTLE_RECORD_PATIENT, "obrien ng", 50);
  wattle_list_model_set_search (model, G_GUINT64_CONSTANT (1) << WATTLE_RECORD_PATIENT, "name0001", 50);
  wait_until_read (model);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, 5);
  wattle_list_model_set_search (model, G_GUINT64_CONSTANT (1) << WATTLE_RECORD_PATIENT, "obrien", 50);
  wait_until_read (model);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, 1);
  g_assert_cmpstr (name_at (model, 0), ==, "O'Brien");
  g_clear_object (&model);
  fixture_close (store);
}

/* Random changes while the list is looked at: in the end it shows what the store holds. */
static void
test_random_changes (void)
{
  WattleStore *store = fixture_open (WATTLE_STORE_CLIENT);
  WattleListModel *model;
  g_autoptr (GPtrArray) shown = g_ptr_array_new ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  g_autoptr (GPtrArray) patients = g_ptr_array_new_with_free_func (g_object_unref);

  model = patients_by_name (store);
  for (guint round = 0; round < 300; round++)
    {
      if (patients->len < 50 || g_rand_boolean (rand))
        g_ptr_array_add (patients, numbered_patient (g_rand_int_range (rand, 0, 99999)));
      else
        {
          WattleRecord *patient = g_ptr_array_index (patients, g_rand_int_range (rand, 0, patients->len));
          wattle_record_set_deleted (patient, !wattle_record_is_deleted (patient));
          g_ptr_array_add (patients, g_object_ref (patient));
        }
      fixture_put (store, g_ptr_array_index (patients, patients->len - 1));
      if (round % 3 == 0)
        g_main_context_iteration (NULL, FALSE);
    }
  wait_until_read (model);
  wattle_list_model_refresh (model);
  wait_until_read (model);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (model)); i++)
    {
      g_ptr_array_add (shown, (gpointer) name_at (model, i));
      if (i > 0)
        g_assert_cmpstr (shown->pdata[i - 1], <=, shown->pdata[i]);
    }
  {
    g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (store, NULL);
    WattleQuery query = wattle_query (WATTLE_RECORD_PATIENT);

    g_assert_cmpint (wattle_reader_count (wattle_transaction_reader (transaction), &query, NULL), ==, shown->len);
  }
  g_object_unref (model);
  fixture_close (store);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/list-model/pages", test_pages);
  g_test_add_func ("/list-model/change-moves-little", test_change_moves_little);
  g_test_add_func ("/list-model/move", test_move);
  g_test_add_func ("/list-model/search", test_search);
  g_test_add_func ("/list-model/random-changes", test_random_changes);
  return g_test_run ();
}
