/* diary-model.c: the days that are shown, read in the background and kept for a while
 *
 * The days before and after are read ahead, so that turning the page shows them
 * in the same frame. A change in the cache makes everything stale: what is on
 * screen stays until the new reading is there.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/schedule/diary-model.h"

/* The pages around the one that is shown, and those one comes from. */
#define MAX_KEPT 12

typedef struct
{
  gint64 first;
  guint n_days;
  char *zone;
  GStrv people;
  GStrv places;
} Wanted;

struct _WattleDiaryModel
{
  GObject parent;
  WattleContext *context;
  Wanted wanted;
  char *key;
  GQueue kept; /* of WattleDiary, the latest in front; none is stale */
  WattleDiary *diary;
  GCancellable *reading;
  guint generation;
};

enum
{
  LOADED,
  FAILED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WattleDiaryModel, wattle_diary_model, G_TYPE_OBJECT)

static char *
make_key (WattleDiaryModel *self, gint64 first)
{
  g_autofree char *people = g_strjoinv (" ", self->wanted.people);
  g_autofree char *places = g_strjoinv (" ", self->wanted.places);

  return g_strdup_printf ("%u %" G_GINT64_FORMAT " %u %s | %s | %s", self->generation, first, self->wanted.n_days,
                          self->wanted.zone, people, places);
}

static WattleDiary *
find_kept (WattleDiaryModel *self, const char *key)
{
  for (GList *l = self->kept.head; l != NULL; l = l->next)
    if (g_str_equal (((WattleDiary *) l->data)->key, key))
      return l->data;
  return NULL;
}

static void
forget_kept (WattleDiaryModel *self)
{
  g_queue_clear_full (&self->kept, (GDestroyNotify) wattle_diary_unref);
}

static void
show (WattleDiaryModel *self, WattleDiary *diary)
{
  if (self->diary == diary)
    return;
  g_clear_pointer (&self->diary, wattle_diary_unref);
  self->diary = wattle_diary_ref (diary);
  g_signal_emit (self, signals[LOADED], 0);
}

static void loaded_cb (gpointer owner, gpointer result, const GError *error);

static void
read_page (WattleDiaryModel *self, gint64 first)
{
  g_autofree char *key = make_key (self, first);

  if (find_kept (self, key) == NULL)
    wattle_context_load (self->context, wattle_diary_read,
                         wattle_diary_arguments (key, first, self->wanted.n_days, self->wanted.zone,
                                                 (const char *const *) self->wanted.people,
                                                 (const char *const *) self->wanted.places),
                         (GDestroyNotify) wattle_diary_unref, self->reading, self, loaded_cb);
}

static void
loaded_cb (gpointer owner, gpointer result, const GError *error)
{
  WattleDiaryModel *self = owner;
  WattleDiary *diary = result;

  if (error != NULL)
    {
      g_signal_emit (self, signals[FAILED], 0, error->message);
      return;
    }
  if (find_kept (self, diary->key) == NULL)
    g_queue_push_head (&self->kept, wattle_diary_ref (diary));
  while (self->kept.length > MAX_KEPT)
    wattle_diary_unref (g_queue_pop_tail (&self->kept));
  if (!g_str_equal (diary->key, self->key))
    return;
  show (self, diary);
  read_page (self, self->wanted.first + self->wanted.n_days);
  read_page (self, self->wanted.first - self->wanted.n_days);
}

static void
wanted_clear (Wanted *wanted)
{
  g_clear_pointer (&wanted->zone, g_free);
  g_clear_pointer (&wanted->people, g_strfreev);
  g_clear_pointer (&wanted->places, g_strfreev);
}

static void
stop_reading (WattleDiaryModel *self)
{
  g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
  self->reading = g_cancellable_new ();
}

static void
wattle_diary_model_dispose (GObject *object)
{
  WattleDiaryModel *self = WATTLE_DIARY_MODEL (object);

  g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
  g_clear_object (&self->context);
  forget_kept (self);
  g_clear_pointer (&self->diary, wattle_diary_unref);
  g_clear_pointer (&self->key, g_free);
  wanted_clear (&self->wanted);
  G_OBJECT_CLASS (wattle_diary_model_parent_class)->dispose (object);
}

static void
wattle_diary_model_class_init (WattleDiaryModelClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wattle_diary_model_dispose;
  signals[LOADED] = g_signal_new ("loaded", WATTLE_TYPE_DIARY_MODEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 0);
  signals[FAILED] = g_signal_new ("failed", WATTLE_TYPE_DIARY_MODEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
wattle_diary_model_init (WattleDiaryModel *self)
{
  g_queue_init (&self->kept);
  self->reading = g_cancellable_new ();
}

/**
 * wattle_diary_model_new:
 *
 * Returns: (transfer full): a model that shows nothing yet
 */
WattleDiaryModel *
wattle_diary_model_new (void)
{
  return g_object_new (WATTLE_TYPE_DIARY_MODEL, NULL);
}

/**
 * wattle_diary_model_show:
 * @self: the model
 * @context: the context
 * @first: the first date
 * @n_days: how many
 * @zone: IANA zone of the wall clock
 * @people: (array zero-terminated=1): ids of practitioners
 * @places: (array zero-terminated=1): ids of locations
 *
 * What is kept is there when this returns; the rest follows with "loaded".
 */
void
wattle_diary_model_show (WattleDiaryModel *self,
                         WattleContext *context,
                         gint64 first,
                         guint n_days,
                         const char *zone,
                         const char *const *people,
                         const char *const *places)
{
  WattleDiary *kept;

  g_set_object (&self->context, context);
  wanted_clear (&self->wanted);
  self->wanted
    = (Wanted){ first, n_days, g_strdup (zone), g_strdupv ((GStrv) people), g_strdupv ((GStrv) places) };
  g_free (self->key);
  self->key = make_key (self, first);
  stop_reading (self);
  kept = find_kept (self, self->key);
  if (kept != NULL)
    {
      show (self, kept);
      read_page (self, first + n_days);
      read_page (self, first - n_days);
    }
  else
    read_page (self, first);
}

/**
 * wattle_diary_model_invalidate:
 * @self: the model
 *
 * Forgets what is kept: rows have changed.
 */
void
wattle_diary_model_invalidate (WattleDiaryModel *self)
{
  self->generation++;
  forget_kept (self);
}

/**
 * wattle_diary_model_diary:
 * @self: the model
 *
 * Returns: (transfer none) (nullable): what is to be shown
 */
WattleDiary *
wattle_diary_model_diary (WattleDiaryModel *self)
{
  return self->diary;
}
