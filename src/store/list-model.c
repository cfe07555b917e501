/* list-model.c: a list over the store that is read page by page
 *
 * The number of rows is counted once; a row is read when somebody asks for its
 * place. After a change the pages in use are read again and compared with what
 * was shown, so that a list tells its view only of the places that differ.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/list-model.h"

#include <string.h>

#define PAGE WATTLE_LIST_MODEL_PAGE
#define MAX_PAGES 32
#define MAX_REFRESHED 8 /* pages that are read again after a change; the rest when they are asked for */

/* What is looked for; a copy of it goes to the reading thread. */
typedef struct
{
  gboolean search;
  WattleQuery query;
  char *texts[WATTLE_QUERY_MAX_CONDITIONS];
  guint64 types;
  char *typed;
  guint limit;
} Wanted;

/* One reading: which pages, and what came of it. */
typedef struct
{
  Wanted wanted;
  gboolean count; /* whether the number of rows is wanted too */
  GArray *pages;  /* guint */
  guint version;
} Request;

typedef struct
{
  guint n_items;
  GHashTable *records; /* place to WattleRecord */
} Answer;

typedef struct
{
  GPtrArray *rows; /* PAGE of them */
  guint64 used;
  gboolean requested;
} Page;

struct _WattleListModel
{
  GObject parent_instance;

  WattleStore *store;
  GCancellable *cancellable; /* of everything about the present wanted */
  Wanted wanted;
  gboolean has_wanted;
  guint version; /* raised whenever places move */
  guint n_items;
  GHashTable *pages;
  guint64 clock;
  gboolean refreshing;
  gboolean stale;
  char *problem;
};

enum
{
  PROP_ITEM_TYPE = 1,
  PROP_N_ITEMS,
  PROP_LOADING,
  PROP_PROBLEM,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

static void list_model_init (GListModelInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WattleListModel, wattle_list_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
wanted_clear (Wanted *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->texts); i++)
    g_clear_pointer (&self->texts[i], g_free);
  g_clear_pointer (&self->typed, g_free);
}

static void
wanted_copy (const Wanted *from, Wanted *to)
{
  *to = *from;
  for (guint i = 0; i < from->query.n_conditions; i++)
    to->query.conditions[i].text = to->texts[i] = g_strdup (from->query.conditions[i].text);
  to->typed = g_strdup (from->typed);
}

static void
request_free (gpointer data)
{
  Request *self = data;

  wanted_clear (&self->wanted);
  g_array_unref (self->pages);
  g_free (self);
}

static void
answer_free (gpointer data)
{
  Answer *self = data;

  g_hash_table_unref (self->records);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Answer, answer_free)

static void
page_free (gpointer data)
{
  Page *self = data;

  g_ptr_array_unref (self->rows);
  g_free (self);
}

static void
answer_take (Answer *self, guint place, WattleRecord *record)
{
  g_hash_table_insert (self->records, GUINT_TO_POINTER (place), g_object_ref (record));
}

static gboolean
read_search (WattleTransaction *transaction, const Wanted *wanted, Answer *answer, GError **error)
{
  g_autoptr (GPtrArray) hits = wattle_transaction_search (transaction, wanted->types, wanted->typed, wanted->limit,
                                                          error);

  if (hits == NULL)
    return FALSE;
  answer->n_items = hits->len;
  for (guint i = 0; i < hits->len; i++)
    answer_take (answer, i, ((WattleSearchHit *) g_ptr_array_index (hits, i))->record);
  return TRUE;
}

static gboolean
read_page (WattleReader *reader, const Wanted *wanted, guint page, Answer *answer, GError **error)
{
  WattleQuery query = wanted->query;
  g_autoptr (GPtrArray) records = NULL;

  query.offset = page * PAGE;
  query.limit = PAGE;
  records = wattle_reader_query (reader, &query, error);
  if (records == NULL)
    return FALSE;
  for (guint i = 0; i < records->len; i++)
    answer_take (answer, page * PAGE + i, g_ptr_array_index (records, i));
  return TRUE;
}

/* In another thread. */
static gpointer
read_in_thread (WattleTransaction *transaction, gpointer data, GCancellable *cancellable, GError **error)
{
  Request *request = data;
  WattleReader *reader = wattle_transaction_reader (transaction);
  g_autoptr (Answer) answer = g_new0 (Answer, 1);

  answer->records = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
  if (request->wanted.search)
    return read_search (transaction, &request->wanted, answer, error) ? g_steal_pointer (&answer) : NULL;
  if (request->count)
    {
      gint64 count = wattle_reader_count (reader, &request->wanted.query, error);

      if (count < 0)
        return NULL;
      answer->n_items = (guint) MIN (count, G_MAXINT);
    }
  for (guint i = 0; i < request->pages->len; i++)
    if (!read_page (reader, &request->wanted, g_array_index (request->pages, guint, i), answer, error))
      return NULL;
  return g_steal_pointer (&answer);
}

static void
ask (WattleListModel *self, gboolean count, GArray *pages, GAsyncReadyCallback callback)
{
  Request *request = g_new0 (Request, 1);

  wanted_copy (&self->wanted, &request->wanted);
  request->count = count;
  request->pages = g_array_ref (pages);
  request->version = self->version;
  wattle_store_run_async (self->store, read_in_thread, request, request_free, answer_free, self->cancellable, callback,
                          g_object_ref (self));
}

static WattleRow *
row_at (WattleListModel *self, guint place)
{
  Page *page = g_hash_table_lookup (self->pages, GUINT_TO_POINTER (place / PAGE));

  return page != NULL ? g_ptr_array_index (page->rows, place % PAGE) : NULL;
}

static const char *
id_at (WattleListModel *self, guint place)
{
  WattleRow *row = row_at (self, place);

  return row != NULL && wattle_row_get_record (row) != NULL ? wattle_record_id (wattle_row_get_record (row)) : NULL;
}

static const char *
answered_id (const Answer *answer, guint place)
{
  WattleRecord *record = g_hash_table_lookup (answer->records, GUINT_TO_POINTER (place));

  return record != NULL ? wattle_record_id (record) : NULL;
}

/* Whether two places may show the same record; what was never read may be anything. */
static gboolean
may_be_same (const char *a, const char *b)
{
  return a == NULL || b == NULL || strcmp (a, b) == 0;
}

static int
compare_places (gconstpointer a, gconstpointer b)
{
  guint x = *(const guint *) a, y = *(const guint *) b;

  return x < y ? -1 : x > y;
}

/* Places that were read again, in order. */
static GArray *
answered_places (const Answer *answer)
{
  GArray *places = g_array_new (FALSE, FALSE, sizeof (guint));
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, answer->records);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      guint place = GPOINTER_TO_UINT (key);
      g_array_append_val (places, place);
    }
  g_array_sort (places, compare_places);
  return places;
}

/* How many places at the start, and at the end, show what they showed. */
static void
compare (WattleListModel *self, const Answer *answer, GArray *places, guint *start, guint *end)
{
  guint common = MIN (self->n_items, answer->n_items);

  *start = common;
  for (guint i = 0; i < places->len; i++)
    {
      guint place = g_array_index (places, guint, i);

      if (place < common && !may_be_same (id_at (self, place), answered_id (answer, place)))
        {
          *start = place;
          break;
        }
    }
  *end = common - *start;
  for (guint i = places->len; i > 0; i--)
    {
      guint place = g_array_index (places, guint, i - 1);
      guint from_end = answer->n_items - 1 - place;

      if (from_end < *end && !may_be_same (id_at (self, self->n_items - 1 - from_end), answered_id (answer, place)))
        {
          *end = from_end;
          break;
        }
    }
}

static Page *
make_page (WattleListModel *self, guint number)
{
  Page *page = g_new0 (Page, 1);

  page->rows = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < PAGE; i++)
    g_ptr_array_add (page->rows, wattle_row_new (NULL));
  page->used = ++self->clock;
  g_hash_table_insert (self->pages, GUINT_TO_POINTER (number), page);
  return page;
}

static void
set_row (WattleListModel *self, guint place, WattleRow *row)
{
  Page *page = g_hash_table_lookup (self->pages, GUINT_TO_POINTER (place / PAGE));

  if (page == NULL)
    page = make_page (self, place / PAGE);
  page->requested = TRUE;
  g_object_unref (page->rows->pdata[place % PAGE]);
  page->rows->pdata[place % PAGE] = g_object_ref (row);
}

/* The rows that were shown, by the id of their record, so that they keep their place on screen. */
static GHashTable *
rows_by_id (WattleListModel *self)
{
  GHashTable *rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->pages);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    for (guint i = 0; i < PAGE; i++)
      {
        WattleRow *row = g_ptr_array_index (((Page *) value)->rows, i);

        if (wattle_row_get_record (row) != NULL)
          g_hash_table_insert (rows, g_strdup (wattle_record_id (wattle_row_get_record (row))), g_object_ref (row));
      }
  return rows;
}

static void
apply (WattleListModel *self, const Answer *answer)
{
  g_autoptr (GArray) places = answered_places (answer);
  g_autoptr (GHashTable) rows = rows_by_id (self);
  guint was = self->n_items, start, end;

  compare (self, answer, places, &start, &end);
  self->version++;
  self->n_items = answer->n_items;
  g_hash_table_remove_all (self->pages);
  for (guint i = 0; i < places->len; i++)
    {
      guint place = g_array_index (places, guint, i);
      WattleRecord *record = g_hash_table_lookup (answer->records, GUINT_TO_POINTER (place));
      WattleRow *known = g_hash_table_lookup (rows, wattle_record_id (record));
      g_autoptr (WattleRow) row = known != NULL ? g_object_ref (known) : wattle_row_new (record);

      set_row (self, place, row);
      wattle_row_set_record (row, record);
    }
  if (start + end != was || was != self->n_items)
    g_list_model_items_changed (G_LIST_MODEL (self), start, was - start - end, self->n_items - start - end);
  if (was != self->n_items)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_ITEMS]);
}

static void
set_problem (WattleListModel *self, const GError *error)
{
  if (g_strcmp0 (self->problem, error != NULL ? error->message : NULL) == 0)
    return;
  g_free (self->problem);
  self->problem = error != NULL ? g_strdup (error->message) : NULL;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROBLEM]);
}

static void
set_refreshing (WattleListModel *self, gboolean refreshing)
{
  if (self->refreshing == refreshing)
    return;
  self->refreshing = refreshing;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADING]);
}

static gboolean
is_of_old_wanted (GAsyncResult *result, WattleListModel *self)
{
  return g_task_get_cancellable (G_TASK (result)) != self->cancellable;
}

static void
refreshed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleListModel) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (Answer) answer = wattle_store_run_finish (WATTLE_STORE (source), result, &error);

  if (is_of_old_wanted (result, self))
    return;
  set_problem (self, error);
  if (answer != NULL)
    apply (self, answer);
  set_refreshing (self, FALSE);
  if (self->stale)
    wattle_list_model_refresh (self);
}

static int
compare_used (gconstpointer a, gconstpointer b, gpointer pages)
{
  const Page *x = g_hash_table_lookup (pages, GUINT_TO_POINTER (*(const guint *) a));
  const Page *y = g_hash_table_lookup (pages, GUINT_TO_POINTER (*(const guint *) b));

  return x->used > y->used ? -1 : x->used < y->used;
}

/* Numbers of the pages in use, the last used first. */
static GArray *
pages_by_use (WattleListModel *self)
{
  GArray *numbers = g_array_new (FALSE, FALSE, sizeof (guint));
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, self->pages);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      guint number = GPOINTER_TO_UINT (key);

      if (((Page *) value)->used > 0)
        g_array_append_val (numbers, number);
    }
  g_array_sort_with_data (numbers, compare_used, self->pages);
  return numbers;
}

/**
 * wattle_list_model_refresh:
 * @self: a list
 *
 * Reads again what is in use. Happens by itself after each change of the store.
 */
void
wattle_list_model_refresh (WattleListModel *self)
{
  g_autoptr (GArray) pages = NULL;
  guint first = 0;

  if (!self->has_wanted || self->store == NULL)
    return;
  self->stale = self->refreshing;
  if (self->refreshing)
    return;
  pages = pages_by_use (self);
  if (pages->len == 0)
    g_array_append_val (pages, first);
  g_array_set_size (pages, MIN (pages->len, MAX_REFRESHED));
  set_refreshing (self, TRUE);
  ask (self, TRUE, pages, refreshed_cb);
}

static void
page_read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleListModel) self = data;
  g_autoptr (GError) error = NULL;
  Request *request = wattle_store_run_data (result);
  guint number = g_array_index (request->pages, guint, 0);
  Page *page = g_hash_table_lookup (self->pages, GUINT_TO_POINTER (number));
  g_autoptr (Answer) answer = wattle_store_run_finish (WATTLE_STORE (source), result, &error);

  if (is_of_old_wanted (result, self) || page == NULL)
    return;
  set_problem (self, error);
  page->requested = FALSE;
  /* places have moved meanwhile: what was read belongs elsewhere */
  if (answer == NULL || request->version != self->version)
    return;
  page->requested = TRUE;
  for (guint i = 0; i < PAGE; i++)
    {
      WattleRecord *record = g_hash_table_lookup (answer->records, GUINT_TO_POINTER (number * PAGE + i));

      if (record != NULL)
        wattle_row_set_record (g_ptr_array_index (page->rows, i), record);
    }
}

static void
drop_oldest (WattleListModel *self)
{
  g_autoptr (GArray) numbers = pages_by_use (self);

  for (guint i = MAX_PAGES; i < numbers->len; i++)
    g_hash_table_remove (self->pages, GUINT_TO_POINTER (g_array_index (numbers, guint, i)));
}

static void
changed_cb (WattleListModel *self, guint64 types)
{
  guint64 mine = self->wanted.search ? self->wanted.types : G_GUINT64_CONSTANT (1) << self->wanted.query.type;

  if (types & mine)
    wattle_list_model_refresh (self);
}

static GType
get_item_type (GListModel *model)
{
  return WATTLE_TYPE_ROW;
}

static guint
get_n_items (GListModel *model)
{
  return WATTLE_LIST_MODEL (model)->n_items;
}

static gpointer
get_item (GListModel *model, guint place)
{
  WattleListModel *self = WATTLE_LIST_MODEL (model);
  guint number = place / PAGE;
  Page *page;

  if (place >= self->n_items)
    return NULL;
  page = g_hash_table_lookup (self->pages, GUINT_TO_POINTER (number));
  if (page == NULL)
    {
      page = make_page (self, number);
      drop_oldest (self);
    }
  page->used = ++self->clock;
  if (!page->requested && !self->wanted.search && self->store != NULL)
    {
      g_autoptr (GArray) pages = g_array_new (FALSE, FALSE, sizeof (guint));

      g_array_append_val (pages, number);
      page->requested = TRUE;
      ask (self, FALSE, pages, page_read_cb);
    }
  return g_object_ref (g_ptr_array_index (page->rows, place % PAGE));
}

static void
list_model_init (GListModelInterface *interface)
{
  interface->get_item_type = get_item_type;
  interface->get_n_items = get_n_items;
  interface->get_item = get_item;
}

static void
wattle_list_model_dispose (GObject *object)
{
  WattleListModel *self = WATTLE_LIST_MODEL (object);

  g_cancellable_cancel (self->cancellable);
  if (self->store != NULL)
    g_signal_handlers_disconnect_by_data (self->store, self);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (wattle_list_model_parent_class)->dispose (object);
}

static void
wattle_list_model_finalize (GObject *object)
{
  WattleListModel *self = WATTLE_LIST_MODEL (object);

  g_object_unref (self->cancellable);
  g_hash_table_unref (self->pages);
  wanted_clear (&self->wanted);
  g_free (self->problem);
  G_OBJECT_CLASS (wattle_list_model_parent_class)->finalize (object);
}

static void
wattle_list_model_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  WattleListModel *self = WATTLE_LIST_MODEL (object);

  switch (prop_id)
    {
    case PROP_ITEM_TYPE:
      g_value_set_gtype (value, WATTLE_TYPE_ROW);
      break;
    case PROP_N_ITEMS:
      g_value_set_uint (value, self->n_items);
      break;
    case PROP_LOADING:
      g_value_set_boolean (value, self->refreshing);
      break;
    case PROP_PROBLEM:
      g_value_set_string (value, self->problem);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
wattle_list_model_class_init (WattleListModelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->dispose = wattle_list_model_dispose;
  object_class->finalize = wattle_list_model_finalize;
  object_class->get_property = wattle_list_model_get_property;
  properties[PROP_ITEM_TYPE] = g_param_spec_gtype ("item-type", NULL, NULL, G_TYPE_OBJECT, flags);
  properties[PROP_N_ITEMS] = g_param_spec_uint ("n-items", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_LOADING] = g_param_spec_boolean ("loading", NULL, NULL, FALSE, flags);
  properties[PROP_PROBLEM] = g_param_spec_string ("problem", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
wattle_list_model_init (WattleListModel *self)
{
  self->cancellable = g_cancellable_new ();
  self->pages = g_hash_table_new_full (NULL, NULL, NULL, page_free);
}

/**
 * wattle_list_model_new:
 * @store: a store
 *
 * Returns: (transfer full): an empty list of #WattleRow, for use on the main
 *   thread; say what it shows with wattle_list_model_set_query() or
 *   wattle_list_model_set_search()
 */
WattleListModel *
wattle_list_model_new (WattleStore *store)
{
  WattleListModel *self = g_object_new (WATTLE_TYPE_LIST_MODEL, NULL);

  self->store = g_object_ref (store);
  g_signal_connect_swapped (store, "changed", G_CALLBACK (changed_cb), self);
  return self;
}

/* What is read for the last wish is of no use; what is shown stays until the new answer is there. */
static void
begin_wanted (WattleListModel *self)
{
  GHashTableIter iter;
  gpointer value;

  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->has_wanted = TRUE;
  self->stale = FALSE;
  self->version++;
  g_hash_table_iter_init (&iter, self->pages);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    ((Page *) value)->used = 0;
  set_refreshing (self, FALSE);
  wattle_list_model_refresh (self);
}

/**
 * wattle_list_model_set_query:
 * @self: a list
 * @query: what to show; its texts are copied, its limit and offset are not used
 */
void
wattle_list_model_set_query (WattleListModel *self, const WattleQuery *query)
{
  Wanted wanted = { .query = *query };

  wanted_clear (&self->wanted);
  wanted_copy (&wanted, &self->wanted);
  begin_wanted (self);
}

/**
 * wattle_list_model_set_search:
 * @self: a list
 * @types: bit mask of #WattleRecordType
 * @typed: what was typed
 * @limit: at most so many of each type
 */
void
wattle_list_model_set_search (WattleListModel *self, guint64 types, const char *typed, guint limit)
{
  g_autofree char *text = g_strdup (typed);
  Wanted wanted = { .search = TRUE, .types = types, .typed = text, .limit = limit };

  wanted_clear (&self->wanted);
  wanted_copy (&wanted, &self->wanted);
  begin_wanted (self);
}

gboolean
wattle_list_model_get_loading (WattleListModel *self)
{
  return self->refreshing;
}

/**
 * wattle_list_model_get_problem:
 * @self: a list
 *
 * Returns: (transfer none) (nullable): why the last reading failed, a sentence
 */
const char *
wattle_list_model_get_problem (WattleListModel *self)
{
  return self->problem;
}
