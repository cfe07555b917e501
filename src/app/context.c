/* context.c: what the window hands to every view: client, store, person, practice, zone, settings
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/context.h"

#include "base/civil.h"
#include "base/clock.h"
#include "base/error.h"
#include "domain/policy.h"
#include "domain/settings.h"

#define LOOK_SECONDS 10 /* between two looks at whether anybody is here */

struct _WattleContext
{
  GObject parent;
  GSettings *settings;
  WattleClient *client;
  WattleStore *store;
  GTimeZone *zone;
  gboolean ready;
  gboolean fetching;
  int lock_limit; /* minutes */
  guint idle_timer;
  gint64 touched_at; /* monotonic: when somebody was here last */
  gint64 touched_on; /* the same as an instant */
};

enum
{
  PROP_0,
  PROP_CLIENT,
  PROP_READY,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

enum
{
  CHANGED,
  OPEN_RECORD,
  OPEN_PLACE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WattleContext, wattle_context, G_TYPE_OBJECT)

static gpointer
read_lock_limit (WattleTransaction *transaction, gpointer arguments, GCancellable *cancellable, GError **error)
{
  return GINT_TO_POINTER (
    (int) wattle_setting_get_integer (wattle_transaction_reader (transaction), "lock_after_minutes"));
}

static void
lock_limit_cb (gpointer owner, gpointer result, const GError *error)
{
  WattleContext *self = owner;

  if (error != NULL || self->lock_limit == GPOINTER_TO_INT (result))
    return;
  self->lock_limit = GPOINTER_TO_INT (result);
}

static void
learn_lock_limit (WattleContext *self)
{
  wattle_context_load (self, read_lock_limit, NULL, NULL, NULL, self, lock_limit_cb);
}

static void
store_changed_cb (WattleStore *store, guint64 types, WattleContext *self)
{
  if ((types & WATTLE_TYPE_BIT (WATTLE_RECORD_SETTING)) != 0)
    learn_lock_limit (self);
  if ((types & WATTLE_TYPE_BIT (WATTLE_RECORD_PRACTICE)) != 0)
    g_clear_pointer (&self->zone, g_time_zone_unref);
  g_signal_emit (self, signals[CHANGED], 0, types);
}

static void
set_store (WattleContext *self, WattleStore *store)
{
  if (self->store == store)
    return;
  if (self->store != NULL)
    g_signal_handlers_disconnect_by_data (self->store, self);
  g_set_object (&self->store, store);
  if (store != NULL)
    g_signal_connect (store, "changed", G_CALLBACK (store_changed_cb), self);
}

static void
note_presence (WattleContext *self)
{
  self->touched_at = g_get_monotonic_time ();
  self->touched_on = wattle_clock_now ();
}

/* The clock that cannot be set stands still while the computer sleeps; the other one does not: the later one counts. */
static gboolean
is_deserted (WattleContext *self)
{
  gint64 limit = CLAMP (g_settings_get_int (self->settings, "lock-after"), 1, self->lock_limit) * WATTLE_MINUTE;

  return g_get_monotonic_time () - self->touched_at >= limit || wattle_clock_now () - self->touched_on >= limit;
}

static gboolean
idle_cb (gpointer data)
{
  WattleContext *self = data;

  if (is_deserted (self))
    wattle_context_lock (self);
  return G_SOURCE_CONTINUE;
}

static void
state_cb (WattleClient *client, GParamSpec *pspec, WattleContext *self)
{
  WattleClientState state = client != NULL ? wattle_client_state (client) : WATTLE_CLIENT_SIGNED_OUT;
  gboolean ready = state == WATTLE_CLIENT_READY || state == WATTLE_CLIENT_READ_ONLY;

  g_clear_pointer (&self->zone, g_time_zone_unref);
  set_store (self, ready ? wattle_client_store (client) : NULL);
  if (self->ready != ready)
    {
      self->ready = ready;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_READY]);
    }
  g_clear_handle_id (&self->idle_timer, g_source_remove);
  if (ready)
    {
      note_presence (self);
      self->idle_timer = g_timeout_add_seconds (LOOK_SECONDS, idle_cb, self);
      learn_lock_limit (self);
      g_signal_emit (self, signals[CHANGED], 0, WATTLE_ALL_TYPES);
    }
}

/* What was empty because it had not come yet is read again when all of it is here. */
static void
progress_cb (WattleClient *client, GParamSpec *pspec, WattleContext *self)
{
  gboolean fetching = wattle_context_is_fetching (self);

  if (self->fetching && !fetching && self->ready)
    g_signal_emit (self, signals[CHANGED], 0, WATTLE_ALL_TYPES);
  self->fetching = fetching;
}

static void
wattle_context_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  WattleContext *self = WATTLE_CONTEXT (object);

  if (id == PROP_CLIENT)
    g_value_set_object (value, self->client);
  else
    g_value_set_boolean (value, self->ready);
}

static void
wattle_context_dispose (GObject *object)
{
  WattleContext *self = WATTLE_CONTEXT (object);

  g_clear_handle_id (&self->idle_timer, g_source_remove);
  set_store (self, NULL);
  if (self->client != NULL)
    g_signal_handlers_disconnect_by_data (self->client, self);
  g_clear_object (&self->client);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->zone, g_time_zone_unref);
  G_OBJECT_CLASS (wattle_context_parent_class)->dispose (object);
}

static void
wattle_context_class_init (WattleContextClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = wattle_context_get_property;
  object_class->dispose = wattle_context_dispose;
  properties[PROP_CLIENT] = g_param_spec_object ("client", NULL, NULL, WATTLE_TYPE_CLIENT,
                                                 G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_READY] = g_param_spec_boolean ("ready", NULL, NULL, FALSE,
                                                 G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[CHANGED] = g_signal_new ("changed", WATTLE_TYPE_CONTEXT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, G_TYPE_UINT64);
  signals[OPEN_RECORD] = g_signal_new ("open-record", WATTLE_TYPE_CONTEXT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_STRING);
  signals[OPEN_PLACE] = g_signal_new ("open-place", WATTLE_TYPE_CONTEXT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                      G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
wattle_context_init (WattleContext *self)
{
  self->lock_limit = g_ascii_strtoll (wattle_setting_find ("lock_after_minutes")->fallback, NULL, 10);
}

/**
 * wattle_context_new:
 * @settings: the choices of this computer
 *
 * Returns: (transfer full): a context without a client
 */
WattleContext *
wattle_context_new (GSettings *settings)
{
  WattleContext *self = g_object_new (WATTLE_TYPE_CONTEXT, NULL);

  self->settings = g_object_ref (settings);
  return self;
}

/**
 * wattle_context_set_client:
 * @self: the context
 * @client: (nullable): the person's session from now on
 */
void
wattle_context_set_client (WattleContext *self, WattleClient *client)
{
  if (self->client != NULL)
    g_signal_handlers_disconnect_by_data (self->client, self);
  g_set_object (&self->client, client);
  if (client != NULL)
    {
      g_signal_connect (client, "notify::state", G_CALLBACK (state_cb), self);
      g_signal_connect (client, "notify::progress", G_CALLBACK (progress_cb), self);
    }
  state_cb (client, NULL, self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CLIENT]);
}

/**
 * wattle_context_client:
 * @self: the context
 *
 * Returns: (transfer none) (nullable): the session
 */
WattleClient *
wattle_context_client (WattleContext *self)
{
  return self->client;
}

/**
 * wattle_context_is_ready:
 * @self: the context
 *
 * Returns: whether somebody is signed in and the cache is open
 */
gboolean
wattle_context_is_ready (WattleContext *self)
{
  return self->ready;
}

/**
 * wattle_context_is_fetching:
 * @self: the context
 *
 * Returns: whether the first sync still runs, so that nothing found means nothing yet
 */
gboolean
wattle_context_is_fetching (WattleContext *self)
{
  double progress = -1;

  if (self->client != NULL)
    g_object_get (self->client, "progress", &progress, NULL);
  return progress >= 0;
}

/**
 * wattle_context_store:
 * @self: the context
 *
 * Returns: (transfer none) (nullable): the cache; %NULL while locked
 */
WattleStore *
wattle_context_store (WattleContext *self)
{
  return self->store;
}

/**
 * wattle_context_actor:
 * @self: the context
 *
 * Returns: (transfer none) (nullable): who acts
 */
const WattleActor *
wattle_context_actor (WattleContext *self)
{
  return self->ready ? wattle_client_actor (self->client) : NULL;
}

/**
 * wattle_context_user:
 * @self: the context
 *
 * Returns: (transfer none) (nullable): the user record of who acts
 */
WattleRecord *
wattle_context_user (WattleContext *self)
{
  return self->ready ? wattle_client_user (self->client) : NULL;
}

/**
 * wattle_context_practice:
 * @self: the context
 *
 * Returns: (transfer none) (nullable): the practice
 */
WattleRecord *
wattle_context_practice (WattleContext *self)
{
  return self->ready ? wattle_client_practice (self->client) : NULL;
}

/**
 * wattle_context_settings:
 * @self: the context
 *
 * Returns: (transfer none): the choices of this computer
 */
GSettings *
wattle_context_settings (WattleContext *self)
{
  return self->settings;
}

/**
 * wattle_context_zone:
 * @self: the context
 *
 * Returns: (transfer none): the zone of the practice, wherever this computer
 * stands; this computer's own while nobody has signed in
 */
GTimeZone *
wattle_context_zone (WattleContext *self)
{
  WattleRecord *practice = wattle_context_practice (self);
  GTimeZone *zone = NULL;

  if (self->zone == NULL)
    {
      if (practice == NULL)
        return self->zone = g_time_zone_new_local ();
      zone = wattle_zone_lookup (wattle_record_get_string (practice, WATTLE_PRACTICE_ZONE), NULL);
      self->zone = zone != NULL ? g_time_zone_ref (zone) : g_time_zone_new_utc ();
    }
  return self->zone;
}

/**
 * wattle_context_now:
 * @self: the context
 *
 * Returns: the instant, from the clock that tests can fix
 */
gint64
wattle_context_now (WattleContext *self)
{
  return wattle_clock_now ();
}

/**
 * wattle_context_today:
 * @self: the context
 *
 * Returns: the date it is at the practice
 */
gint64
wattle_context_today (WattleContext *self)
{
  gint64 date;

  wattle_zone_to_local (wattle_clock_now (), wattle_context_zone (self), &date, NULL, NULL);
  return date;
}

/**
 * wattle_context_may:
 * @self: the context
 * @rule: an operation or reading class of the policy table
 *
 * For showing or hiding a button; the rule itself is checked when the operation runs.
 *
 * Returns: whether the role in use reaches anything by it
 */
gboolean
wattle_context_may (WattleContext *self, const char *rule)
{
  const WattleActor *actor = wattle_context_actor (self);

  return actor != NULL && wattle_policy_reach (rule, actor, NULL) != WATTLE_REACH_NONE;
}

/**
 * wattle_context_open:
 * @self: the context
 * @type: what it is
 * @id: its id
 *
 * Asks the window to show a record where it lives.
 */
void
wattle_context_open (WattleContext *self, WattleRecordType type, const char *id)
{
  g_signal_emit (self, signals[OPEN_RECORD], 0, (guint) type, id);
}

/**
 * wattle_context_open_place:
 * @self: the context
 * @place: id of a row of the table of places
 */
void
wattle_context_open_place (WattleContext *self, const char *place)
{
  g_signal_emit (self, signals[OPEN_PLACE], 0, place);
}

/**
 * wattle_context_lock_limit:
 * @self: the context
 *
 * Returns: the most minutes that the practice leaves a window open which nobody uses
 */
int
wattle_context_lock_limit (WattleContext *self)
{
  return self->lock_limit;
}

/**
 * wattle_context_touch:
 * @self: the context
 *
 * Says that a person is here: the lock waits its full time again. Who comes too late, as to a computer that slept,
 * finds it locked.
 */
void
wattle_context_touch (WattleContext *self)
{
  if (self->ready && is_deserted (self))
    wattle_context_lock (self);
  else
    note_presence (self);
}

/**
 * wattle_context_lock:
 * @self: the context
 *
 * Closes the cache until the password is given again.
 */
void
wattle_context_lock (WattleContext *self)
{
  if (self->ready)
    wattle_client_lock (self->client);
}

typedef struct
{
  GWeakRef owner;
  GDestroyNotify free_result;
  WattleLoaded loaded;
} Load;

static void
variant_free (gpointer variant)
{
  g_clear_pointer ((GVariant **) &variant, g_variant_unref);
}

static void
load_free (Load *load)
{
  g_weak_ref_clear (&load->owner);
  g_free (load);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Load, load_free)

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Load) load = data;
  g_autoptr (GError) error = NULL;
  gpointer found = wattle_store_run_finish (WATTLE_STORE (source), result, &error);
  g_autoptr (GObject) owner = g_weak_ref_get (&load->owner);

  if (owner != NULL && !g_error_matches (error, WATTLE_ERROR, WATTLE_ERROR_CANCELLED)
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    load->loaded (owner, found, error);
  if (found != NULL && load->free_result != NULL)
    load->free_result (found);
}

/**
 * wattle_context_load:
 * @self: the context
 * @work: what reads the store, in another thread; its data is @arguments
 * @arguments: (nullable): consumed when floating
 * @free_result: (nullable): frees what @work returns
 * @cancellable: (nullable): to stop
 * @owner: a #GObject; nothing is called once it is gone
 * @loaded: told on the main context
 *
 * Reads the cache without keeping the window waiting. Does nothing while locked.
 */
void
wattle_context_load (WattleContext *self,
                     WattleStoreWork work,
                     GVariant *arguments,
                     GDestroyNotify free_result,
                     GCancellable *cancellable,
                     gpointer owner,
                     WattleLoaded loaded)
{
  g_autoptr (GVariant) kept = arguments != NULL ? g_variant_ref_sink (arguments) : NULL;
  Load *load;

  if (self->store == NULL)
    return;
  load = g_new0 (Load, 1);
  g_weak_ref_init (&load->owner, owner);
  load->free_result = free_result;
  load->loaded = loaded;
  wattle_store_run_async (self->store, work, g_steal_pointer (&kept), variant_free, free_result, cancellable,
                          loaded_cb, load);
}
