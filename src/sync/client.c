/* client.c: a person at a device: session, encrypted cache, outbox and the running sync
 *
 * The object lives on the main context and never blocks it. What touches disk
 * runs on one worker, in the order it was asked for; what waits for the network
 * on the thread of the sync or on a thread of its own. What these have to tell
 * comes to the main context by client-news.c.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "sync/client-news.h"

#include <glib/gi18n-lib.h>

#include "base/clock.h"
#include "base/error.h"
#include "store/damage.h"
#include "sync/client-setup.h"
#include "sync/items.h"

/* A request that has heard nothing for so long means that the server is away, whatever its timeout. */
#define SILENCE (5 * G_USEC_PER_SEC / 2)
#define WATCH_MS 500

enum
{
  PROP_STATE = 1,
  PROP_ONLINE,
  PROP_SYNCING,
  PROP_PROGRESS,
  PROP_PROGRESS_TEXT,
  PROP_PENDING,
  PROP_CONFLICTS,
  PROP_LAST_ERROR,
  PROP_ROLE,
  N_PROPS
};

enum
{
  SIGNAL_OPERATION_SETTLED,
  SIGNAL_SIGNING_OUT,
  SIGNAL_SIGNED_OUT,
  SIGNAL_COMPLAINT,
  SIGNAL_TYPING,
  SIGNAL_ROOMS,
  SIGNAL_BROWSE,
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WattleClient, wattle_client, G_TYPE_OBJECT)

static guint
generation_of (WattleClient *self)
{
  return g_atomic_int_get (&self->generation);
}

static void
set_flag (WattleClient *self, gboolean *flag, gboolean value, guint prop)
{
  if (*flag == value)
    return;
  *flag = value;
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

static void
set_state (WattleClient *self, WattleClientState state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

static void
set_last_error (WattleClient *self, const char *message)
{
  if (g_strcmp0 (self->last_error, message) == 0)
    return;
  g_free (self->last_error);
  self->last_error = g_strdup (message);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_LAST_ERROR]);
}

static void
set_online (WattleClient *self, gboolean online)
{
  set_flag (self, &self->online, online && !self->silent, PROP_ONLINE);
}

static void
set_pending (WattleClient *self, guint pending)
{
  if (pending == self->pending)
    return;
  self->pending = pending;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PENDING]);
}

static void
remove_item (WattleClient *self, const char *id)
{
  WattleOutboxItem *item = g_hash_table_lookup (self->items, id);
  guint at;

  if (item != NULL && g_list_store_find (self->outbox, item, &at))
    {
      gboolean pending = wattle_outbox_item_is_pending (item);

      g_hash_table_remove (self->items, id);
      g_list_store_remove (self->outbox, at);
      set_pending (self, self->pending - pending);
    }
}

static void
take_entry (WattleClient *self, WattleOutboxItem *fresh)
{
  WattleOutboxItem *item = g_hash_table_lookup (self->items, wattle_outbox_item_id (fresh));
  g_autofree char *status = NULL;
  gboolean was_pending = item != NULL && wattle_outbox_item_is_pending (item);

  if (wattle_outbox_item_is_reading (fresh))
    return;
  if (item == NULL)
    {
      item = fresh;
      g_hash_table_insert (self->items, g_strdup (wattle_outbox_item_id (fresh)), g_object_ref (fresh));
      g_list_store_append (self->outbox, fresh);
    }
  else
    wattle_outbox_item_take (item, fresh);
  set_pending (self, self->pending - was_pending + wattle_outbox_item_is_pending (item));
  if (wattle_outbox_item_is_pending (item))
    return;
  g_object_get (item, "status", &status, NULL);
  g_object_ref (item);
  if (g_str_equal (status, "ok"))
    remove_item (self, wattle_outbox_item_id (item));
  g_signal_emit (self, signals[SIGNAL_OPERATION_SETTLED], 0, item);
  g_object_unref (item);
}

static void
take_conflict (WattleClient *self, WattleConflictItem *conflict)
{
  g_list_store_append (self->conflicts, conflict);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CONFLICTS]);
}

static void
remove_conflict (WattleClient *self, gint64 number)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->conflicts));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (WattleConflictItem) item = g_list_model_get_item (G_LIST_MODEL (self->conflicts), i);

      if (wattle_conflict_item_conflict (item)->number != number)
        continue;
      g_list_store_remove (self->conflicts, i);
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CONFLICTS]);
      return;
    }
}

static void
set_progress (WattleClient *self, double fraction, gint64 rows, gint64 total)
{
  g_autofree char *here = g_strdup_printf ("%'" G_GINT64_FORMAT, rows);
  g_autofree char *all = g_strdup_printf ("%'" G_GINT64_FORMAT, total);

  self->aside &= fraction >= 0;
  g_free (self->progress_text);
  self->progress_text = fraction < 0   ? NULL
                        : self->aside
                          ? g_strdup (_("What was saved on this computer was damaged and is kept aside. Your records "
                                        "are fetched again when the server can be reached; what waits to be sent is "
                                        "safe."))
                        : total <= 0   ? g_strdup (_("Fetching your records…"))
                        : fraction < 1 ? g_strdup_printf (_("Fetching your records: %s of %s"), here, all)
                                       : g_strdup (_("Preparing your records…"));
  self->progress = fraction;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PROGRESS]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PROGRESS_TEXT]);
}

static void
take_step (WattleClient *self, const WattleNews *news)
{
  WattleErrorCode code = wattle_error_get_code (news->error);

  set_flag (self, &self->syncing, news->step == WATTLE_STEP_MORE, PROP_SYNCING);
  if (news->step != WATTLE_STEP_FAILED)
    {
      self->silent = FALSE;
      set_online (self, TRUE);
      set_last_error (self, NULL);
      /* A greeting alone, which everybody may make, says nothing of what else is allowed. */
      if (self->failed == FALSE && self->state != WATTLE_CLIENT_READY && self->state > WATTLE_CLIENT_LOCKED)
        set_state (self, WATTLE_CLIENT_READY);
      self->failed = FALSE;
      return;
    }
  if (code == WATTLE_ERROR_CANCELLED)
    return;
  self->failed = TRUE;
  set_online (self, code != WATTLE_ERROR_OFFLINE && code != WATTLE_ERROR_BUSY && code != WATTLE_ERROR_FAILED
                      && code != WATTLE_ERROR_CORRUPT);
  set_last_error (self, news->error->message);
  if (wattle_error_is_wipe (news->error))
    wattle_client_wipe (self);
  else if (news->ended || news->too_long)
    {
      g_signal_emit (self, signals[SIGNAL_SIGNED_OUT], 0, news->error->message);
      wattle_client_close_core (self, WATTLE_CLIENT_SIGNED_OUT);
    }
  else if (code == WATTLE_ERROR_CORRUPT && g_strcmp0 (wattle_error_get_field (news->error), WATTLE_DAMAGED_FIELD) == 0)
    {
      /* nothing more is read from or written to it; the sentence stands where one unlocks */
      wattle_client_lock (self);
      g_signal_emit (self, signals[SIGNAL_SIGNED_OUT], 0, news->error->message);
    }
  else if (news->read_only)
    set_state (self, WATTLE_CLIENT_READ_ONLY);
  else if (code == WATTLE_ERROR_FORBIDDEN && g_strcmp0 (wattle_error_get_field (news->error), "device") == 0)
    set_state (self, WATTLE_CLIENT_PENDING);
  else if (code == WATTLE_ERROR_FORBIDDEN && g_strcmp0 (wattle_error_get_field (news->error), "second_factor") == 0)
    set_state (self, WATTLE_CLIENT_FACTOR_WANTED);
}

/* What a thread told, on the main context; of a core that is no more it means nothing. */
void
wattle_client_take_news (WattleClient *self, const WattleNews *news)
{
  if (news->generation != generation_of (self))
    return;
  switch (news->kind)
    {
    case WATTLE_NEWS_ENTRY:
      take_entry (self, news->item);
      break;
    case WATTLE_NEWS_REMOVED:
      remove_item (self, news->id);
      break;
    case WATTLE_NEWS_CONFLICT:
      take_conflict (self, news->conflict);
      break;
    case WATTLE_NEWS_RESOLVED:
      remove_conflict (self, news->number);
      break;
    case WATTLE_NEWS_COMPLAINT:
      g_signal_emit (self, signals[SIGNAL_COMPLAINT], 0, news->id);
      break;
    case WATTLE_NEWS_TYPING:
      g_signal_emit (self, signals[SIGNAL_TYPING], 0, news->id, news->user);
      break;
    case WATTLE_NEWS_ROOMS:
      g_signal_emit (self, signals[SIGNAL_ROOMS], 0);
      break;
    case WATTLE_NEWS_PROGRESS:
      set_progress (self, news->fraction, news->rows, news->total);
      break;
    default:
      take_step (self, news);
    }
}

gboolean
wattle_client_set_closed (GError **error)
{
  wattle_set_field_error (error, WATTLE_ERROR_LOCKED, NULL,
                          _("The records on this computer are closed. Sign in to open them."));
  return FALSE;
}

/* The core while it is open; NULL with an error otherwise. On the worker, or under the lock. */
WattleCore *
wattle_client_open_core (WattleClient *self, GError **error)
{
  if (self->core != NULL && self->core->engine != NULL)
    return self->core;
  wattle_client_set_closed (error);
  return NULL;
}

/* What the main context is given when a core was opened. */
typedef struct
{
  WattleClient *client;
  WattleStore *store;
  WattleIdentity *identity;
  GPtrArray *entries;
  GPtrArray *conflicts;
  gboolean empty; /* nothing, or not all, was fetched yet */
  gboolean aside;
  guint generation;
} Opened;

static void
opened_free (gpointer data)
{
  Opened *opened = data;

  g_clear_object (&opened->store);
  g_clear_pointer (&opened->identity, wattle_identity_unref);
  g_clear_pointer (&opened->entries, g_ptr_array_unref);
  g_clear_pointer (&opened->conflicts, g_ptr_array_unref);
  g_object_unref (opened->client);
  g_free (opened);
}

static void
clear_lists (WattleClient *self)
{
  g_hash_table_remove_all (self->items);
  g_list_store_remove_all (self->outbox);
  g_list_store_remove_all (self->conflicts);
  set_pending (self, 0);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CONFLICTS]);
}

static void
set_identity (WattleClient *self, WattleIdentity *identity)
{
  g_clear_pointer (&self->identity, wattle_identity_unref);
  self->identity = identity != NULL ? wattle_identity_ref (identity) : NULL;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ROLE]);
}

static gboolean
watch_cb (gpointer data)
{
  WattleClient *self = data;
  gint64 since = wattle_transport_waiting_since (self->transport);
  gboolean silent = since != 0 && g_get_monotonic_time () - since > SILENCE;

  if (silent && !self->silent)
    {
      self->silent = TRUE;
      set_online (self, FALSE);
    }
  return G_SOURCE_CONTINUE;
}

static gboolean
opened_cb (gpointer data)
{
  Opened *opened = data;
  WattleClient *self = opened->client;
  guint pending = 0;

  if (opened->generation != generation_of (self))
    return G_SOURCE_REMOVE;
  g_set_object (&self->store, opened->store);
  set_identity (self, opened->identity);
  clear_lists (self);
  for (guint i = 0; i < opened->entries->len; i++)
    {
      g_autoptr (WattleOutboxItem) item = wattle_outbox_item_new (g_ptr_array_index (opened->entries, i));

      if (wattle_outbox_item_is_reading (item))
        continue;
      g_hash_table_insert (self->items, g_strdup (wattle_outbox_item_id (item)), g_object_ref (item));
      g_list_store_append (self->outbox, item);
      pending += wattle_outbox_item_is_pending (item);
    }
  for (guint i = 0; i < opened->conflicts->len; i++)
    {
      g_autoptr (WattleConflictItem) item = wattle_conflict_item_new (g_ptr_array_index (opened->conflicts, i));
      g_list_store_append (self->conflicts, item);
    }
  set_pending (self, pending);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CONFLICTS]);
  if (self->watch == 0)
    self->watch = g_timeout_add (WATCH_MS, watch_cb, self);
  self->aside = opened->aside;
  if (opened->empty)
    set_progress (self, 0, 0, 0);
  set_state (self, opened->identity->approved ? WATTLE_CLIENT_READY : WATTLE_CLIENT_PENDING);
  return G_SOURCE_REMOVE;
}

/* Takes a core whose session is open into use. The main context hears of it before the task's callback does: both go
 * through the same queue at the same priority. */
gboolean
wattle_client_use_core (WattleClient *self, GError **error)
{
  const WattleEngineListener listener = wattle_client_listener (self);
  WattleCore *core = self->core;
  Opened *opened;

  g_atomic_int_inc (&self->generation);
  if (!wattle_core_start (core, &listener, error))
    return FALSE;
  opened = g_new0 (Opened, 1);
  opened->client = g_object_ref (self);
  opened->generation = generation_of (self);
  opened->store = g_object_ref (core->cache);
  opened->empty = wattle_engine_cursor (core->engine) < 0;
  opened->aside = core->aside;
  opened->identity = wattle_session_identity (core->session);
  opened->entries = wattle_outbox_entries (core->outbox, WATTLE_OUTBOX_UNSETTLED, G_MAXINT, error);
  opened->conflicts = wattle_outbox_conflicts (core->outbox, error);
  if (opened->entries == NULL || opened->conflicts == NULL)
    {
      opened_free (opened);
      return FALSE;
    }
  g_idle_add_full (G_PRIORITY_DEFAULT, opened_cb, opened, opened_free);
  core->thread = wattle_client_start_thread (self);
  return TRUE;
}

void
wattle_client_shut (WattleClient *self)
{
  if (self->core == NULL)
    return;
  g_cancellable_cancel (self->core->cancellable);
  g_rw_lock_writer_lock (&self->core_lock);
  wattle_core_close (self->core);
  g_rw_lock_writer_unlock (&self->core_lock);
}

void
wattle_client_drop_core (WattleClient *self)
{
  wattle_client_shut (self);
  g_rw_lock_writer_lock (&self->core_lock);
  g_clear_pointer (&self->core, wattle_core_free);
  g_rw_lock_writer_unlock (&self->core_lock);
}

static void
close_job (WattleClient *self, GTask *task, gpointer args)
{
  wattle_client_shut (self);
  g_task_return_boolean (task, TRUE);
}

/* On the main context: what is on screen goes at once, files and keys as soon as the worker is there. */
void
wattle_client_forget_view (WattleClient *self, WattleClientState state)
{
  g_atomic_int_inc (&self->generation);
  g_clear_object (&self->store);
  g_clear_handle_id (&self->watch, g_source_remove);
  self->silent = FALSE;
  clear_lists (self);
  set_flag (self, &self->online, FALSE, PROP_ONLINE);
  set_flag (self, &self->syncing, FALSE, PROP_SYNCING);
  if (self->progress >= 0)
    set_progress (self, -1, 0, 0);
  if (state == WATTLE_CLIENT_SIGNED_OUT)
    set_identity (self, NULL);
  set_state (self, state);
}

void
wattle_client_close_core (WattleClient *self, WattleClientState state)
{
  g_signal_emit (self, signals[SIGNAL_SIGNING_OUT], 0);
  wattle_client_forget_view (self, state);
  wattle_client_enqueue (self, close_job, NULL, NULL, NULL, NULL, NULL);
}

static gboolean
identity_cb (gpointer data)
{
  Opened *opened = data;

  if (opened->generation == generation_of (opened->client))
    set_identity (opened->client, opened->identity);
  return G_SOURCE_REMOVE;
}

/* After the role changed; on the worker, or on the thread that steps. */
void
wattle_client_show_identity (WattleClient *self)
{
  Opened *opened = g_new0 (Opened, 1);

  opened->client = g_object_ref (self);
  opened->generation = generation_of (self);
  opened->identity = wattle_session_identity (self->core->session);
  g_idle_add_full (G_PRIORITY_DEFAULT, identity_cb, opened, opened_free);
}

static void
wattle_client_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  WattleClient *self = WATTLE_CLIENT (object);

  switch (id)
    {
    case PROP_STATE:
      g_value_set_int (value, self->state);
      break;
    case PROP_ONLINE:
      g_value_set_boolean (value, self->online);
      break;
    case PROP_SYNCING:
      g_value_set_boolean (value, self->syncing);
      break;
    case PROP_PROGRESS:
      g_value_set_double (value, self->progress);
      break;
    case PROP_PROGRESS_TEXT:
      g_value_set_string (value, self->progress_text);
      break;
    case PROP_PENDING:
      g_value_set_uint (value, self->pending);
      break;
    case PROP_CONFLICTS:
      g_value_set_uint (value, g_list_model_get_n_items (G_LIST_MODEL (self->conflicts)));
      break;
    case PROP_LAST_ERROR:
      g_value_set_string (value, self->last_error);
      break;
    case PROP_ROLE:
      g_value_set_int (value, self->identity != NULL ? self->identity->actor.role : -1);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
wattle_client_dispose (GObject *object)
{
  WattleClient *self = WATTLE_CLIENT (object);

  g_atomic_int_inc (&self->generation);
  if (self->worker != NULL)
    g_thread_pool_free (g_steal_pointer (&self->worker), FALSE, TRUE);
  wattle_client_drop_core (self);
  G_OBJECT_CLASS (wattle_client_parent_class)->dispose (object);
}

static void
wattle_client_finalize (GObject *object)
{
  WattleClient *self = WATTLE_CLIENT (object);

  g_clear_handle_id (&self->watch, g_source_remove);
  g_clear_object (&self->store);
  g_clear_pointer (&self->identity, wattle_identity_unref);
  g_clear_object (&self->outbox);
  g_clear_object (&self->conflicts);
  g_clear_pointer (&self->items, g_hash_table_unref);
  g_clear_object (&self->keyring);
  g_clear_object (&self->transport);
  g_rw_lock_clear (&self->core_lock);
  g_free (self->server_url);
  g_free (self->enrolment_code);
  g_free (self->data_dir);
  g_free (self->progress_text);
  g_free (self->last_error);
  G_OBJECT_CLASS (wattle_client_parent_class)->finalize (object);
}

static void
wattle_client_class_init (WattleClientClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = wattle_client_get_property;
  object_class->dispose = wattle_client_dispose;
  object_class->finalize = wattle_client_finalize;
  props[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, 0, WATTLE_CLIENT_PENDING, 0, flags);
  props[PROP_ONLINE] = g_param_spec_boolean ("online", NULL, NULL, FALSE, flags);
  props[PROP_SYNCING] = g_param_spec_boolean ("syncing", NULL, NULL, FALSE, flags);
  props[PROP_PROGRESS] = g_param_spec_double ("progress", NULL, NULL, -1, 1, -1, flags);
  props[PROP_PROGRESS_TEXT] = g_param_spec_string ("progress-text", NULL, NULL, NULL, flags);
  props[PROP_PENDING] = g_param_spec_uint ("pending", NULL, NULL, 0, G_MAXUINT, 0, flags);
  props[PROP_CONFLICTS] = g_param_spec_uint ("conflicts", NULL, NULL, 0, G_MAXUINT, 0, flags);
  props[PROP_LAST_ERROR] = g_param_spec_string ("last-error", NULL, NULL, NULL, flags);
  props[PROP_ROLE] = g_param_spec_int ("role", NULL, NULL, -1, G_MAXINT, -1, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[SIGNAL_OPERATION_SETTLED] = g_signal_new ("operation-settled", WATTLE_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL,
                                                    NULL, NULL, G_TYPE_NONE, 1, WATTLE_TYPE_OUTBOX_ITEM);
  signals[SIGNAL_SIGNING_OUT] =
    g_signal_new ("signing-out", WATTLE_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_SIGNED_OUT] = g_signal_new ("signed-out", WATTLE_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                             G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_BROWSE] = g_signal_new ("browse", WATTLE_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_TYPING] = g_signal_new ("typing", WATTLE_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  signals[SIGNAL_ROOMS] =
    g_signal_new ("rooms", WATTLE_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_COMPLAINT] = g_signal_new ("complaint", WATTLE_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                            G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
wattle_client_init (WattleClient *self)
{
  self->progress = -1;
  self->outbox = g_list_store_new (WATTLE_TYPE_OUTBOX_ITEM);
  self->conflicts = g_list_store_new (WATTLE_TYPE_CONFLICT_ITEM);
  self->items = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->worker = g_thread_pool_new (wattle_client_work, self, 1, FALSE, NULL);
  g_rw_lock_init (&self->core_lock);
}

/**
 * wattle_client_new:
 * @server_url: such as "https://clinic.example"
 * @data_dir: where accounts are saved
 *
 * Returns: (transfer full): a client in which nobody is signed in
 */
WattleClient *
wattle_client_new (const char *server_url, const char *data_dir)
{
  g_autoptr (WattleKeyring) keyring = wattle_keyring_secret_new ();
  g_autoptr (WattleTransport) transport = wattle_transport_soup_new (server_url);

  return wattle_client_new_with (server_url, data_dir, keyring, transport);
}

/**
 * wattle_client_new_with:
 * @server_url: names the server; part of the name of what is saved
 * @data_dir: where accounts are saved
 * @keyring: where the other half of keys is
 * @transport: how to reach the server
 *
 * For tests and simulations.
 *
 * Returns: (transfer full): a client in which nobody is signed in
 */
WattleClient *
wattle_client_new_with (const char *server_url,
                        const char *data_dir,
                        WattleKeyring *keyring,
                        WattleTransport *transport)
{
  WattleClient *self = g_object_new (WATTLE_TYPE_CLIENT, NULL);

  self->server_url = g_strdup (server_url);
  self->data_dir = g_strdup (data_dir);
  self->keyring = g_object_ref (keyring);
  self->transport = g_object_ref (transport);
  return self;
}

/**
 * wattle_client_set_vault_mode:
 * @self: the client
 * @mode: what the key of a new account is kept with on this computer
 *
 * %WATTLE_VAULT_WITH_PASSPHRASE is for a computer without a keyring, when the
 * person chose so: the password alone then protects what is saved.
 */
void
wattle_client_set_vault_mode (WattleClient *self, WattleVaultMode mode)
{
  self->vault_mode = mode;
}

void
wattle_client_use_passphrase (WattleClient *self)
{
  wattle_client_set_vault_mode (self, WATTLE_VAULT_WITH_PASSPHRASE);
}

const char *
wattle_client_server_url (WattleClient *self)
{
  return self->server_url;
}

WattleClientState
wattle_client_state (WattleClient *self)
{
  return self->state;
}

gboolean
wattle_client_is_online (WattleClient *self)
{
  return self->online;
}

/**
 * wattle_client_store:
 * @self: the client
 *
 * Returns: (transfer none) (nullable): the cache; %NULL while it is closed
 */
WattleStore *
wattle_client_store (WattleClient *self)
{
  return self->store;
}

/**
 * wattle_client_actor:
 * @self: the client
 *
 * Returns: (transfer none) (nullable): who acts; valid until the role changes or nobody is signed in
 */
const WattleActor *
wattle_client_actor (WattleClient *self)
{
  return self->identity != NULL ? &self->identity->actor : NULL;
}

WattleRecord *
wattle_client_user (WattleClient *self)
{
  return self->identity != NULL ? self->identity->user : NULL;
}

WattleRecord *
wattle_client_practice (WattleClient *self)
{
  return self->identity != NULL ? self->identity->practice : NULL;
}

GListModel *
wattle_client_outbox (WattleClient *self)
{
  return G_LIST_MODEL (self->outbox);
}

GListModel *
wattle_client_conflicts (WattleClient *self)
{
  return G_LIST_MODEL (self->conflicts);
}
