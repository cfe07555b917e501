/* keyring-secret.c: the desktop's keyring, through libsecret
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "vault/keyring.h"

#include "base/error.h"

#include <glib/gi18n.h>
#include <libsecret/secret.h>

#define ANSWER_SECONDS 10
#define ITEM_VERSION "1"

struct _WattleKeyringSecret
{
  GObject parent_instance;
};

static void wattle_keyring_secret_iface_init (WattleKeyringInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WattleKeyringSecret, wattle_keyring_secret, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WATTLE_TYPE_KEYRING, wattle_keyring_secret_iface_init))

static const SecretSchema schema = {
  "au.wattle.Vault",
  SECRET_SCHEMA_NONE,
  {
    { "server", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "account", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "device", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "version", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { NULL, 0 },
  },
};

/* One asynchronous call waited for on a main context of its own, so that it can
 * be given up after a time although libsecret has no time limit. */
typedef struct
{
  GMainContext *context;
  GCancellable *cancellable;
  GCancellable *outer;
  gulong        outer_handler;
  GSource      *timeout;
  GAsyncResult *result;
  gboolean      late;
} Call;

/* libsecret has one connection for the whole process, which call_end() lets go of: one call after the other. */
static GMutex one_call;

static gboolean
call_late_cb (gpointer data)
{
  Call *call = data;

  call->late = TRUE;
  g_cancellable_cancel (call->cancellable);
  return G_SOURCE_REMOVE;
}

static void
outer_cancelled_cb (GCancellable *outer, gpointer inner)
{
  g_cancellable_cancel (inner);
}

static void
call_done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Call *call = data;
  call->result = g_object_ref (result);
}

/* @seconds: 0 waits for as long as a person takes. */
static void
call_begin (Call *call, GCancellable *outer, guint seconds)
{
  g_mutex_lock (&one_call);
  *call = (Call){ 0 };
  call->context = g_main_context_new ();
  g_main_context_push_thread_default (call->context);
  call->cancellable = g_cancellable_new ();
  if (outer != NULL)
    {
      call->outer = g_object_ref (outer);
      call->outer_handler = g_cancellable_connect (outer, G_CALLBACK (outer_cancelled_cb),
                                                   g_object_ref (call->cancellable), g_object_unref);
    }
  if (seconds > 0)
    {
      call->timeout = g_timeout_source_new_seconds (seconds);
      g_source_set_callback (call->timeout, call_late_cb, call, NULL);
      g_source_attach (call->timeout, call->context);
    }
}

static GAsyncResult *
call_wait (Call *call)
{
  g_clear_object (&call->result);
  while (call->result == NULL)
    g_main_context_iteration (call->context, TRUE);
  return call->result;
}

static void
call_end (Call *call)
{
  if (call->outer != NULL)
    g_cancellable_disconnect (call->outer, call->outer_handler);
  if (call->timeout != NULL)
    g_source_destroy (call->timeout);

  /* libsecret remembers a connection that belongs to this context. Let go of it here: the next call must not see
   * what was true of a keyring that has been locked or restarted since. */
  g_clear_object (&call->result);
  secret_service_disconnect ();
  while (g_main_context_iteration (call->context, FALSE))
    ;
  g_clear_pointer (&call->timeout, g_source_unref);
  g_clear_object (&call->outer);
  g_clear_object (&call->cancellable);
  g_main_context_pop_thread_default (call->context);
  g_clear_pointer (&call->context, g_main_context_unref);
  g_mutex_unlock (&one_call);
}

/* Puts what libsecret said into our words; takes @local. */
static void
explain (GError **error, const Call *call, GError *local)
{
  g_autoptr (GError) owned = local;

  if (call->late)
    wattle_set_field_error (error, WATTLE_ERROR_BUSY, NULL,
                            _("The keyring of this computer did not answer within %d seconds. Nothing was changed; "
                              "try again."), ANSWER_SECONDS);
  else if (g_error_matches (owned, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_propagate_error (error, g_steal_pointer (&owned));
  else if (g_error_matches (owned, SECRET_ERROR, SECRET_ERROR_IS_LOCKED))
    wattle_set_field_error (error, WATTLE_ERROR_LOCKED, NULL, _("The keyring is locked. Nothing was changed."));
  else
    wattle_set_field_error (error, WATTLE_ERROR_FAILED, NULL,
                            _("The keyring of this computer refused (%s). Nothing was changed."), owned->message);
}

/* In a sandbox libsecret keeps a file of its own under a secret of the portal;
 * there is no collection that could be locked. */
static gboolean
has_own_file (void)
{
  return g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS) || g_strcmp0 (g_getenv ("SECRET_BACKEND"), "file") == 0;
}

static SecretCollection *
default_collection (Call *call, SecretService **service, GError **error)
{
  secret_service_open (SECRET_TYPE_SERVICE, NULL, SECRET_SERVICE_NONE, call->cancellable, call_done_cb, call);
  *service = secret_service_open_finish (call_wait (call), error);
  if (*service == NULL)
    return NULL;

  secret_collection_for_alias (*service, SECRET_COLLECTION_DEFAULT, SECRET_COLLECTION_NONE, call->cancellable,
                               call_done_cb, call);
  return secret_collection_for_alias_finish (call_wait (call), error);
}

static gboolean
secret_status (WattleKeyring *keyring, WattleKeyringStatus *status, GCancellable *cancellable, GError **error)
{
  g_autoptr (SecretService) service = NULL;
  g_autoptr (SecretCollection) collection = NULL;
  g_autoptr (GError) local = NULL;
  gboolean answered = TRUE;
  Call call;

  *status = WATTLE_KEYRING_OPEN;
  if (has_own_file ())
    return TRUE;

  call_begin (&call, cancellable, ANSWER_SECONDS);
  collection = default_collection (&call, &service, &local);
  if (collection != NULL)
    *status = secret_collection_get_locked (collection) ? WATTLE_KEYRING_LOCKED : WATTLE_KEYRING_OPEN;
  else if (local == NULL)
    *status = WATTLE_KEYRING_LOCKED; /* a service without a keyring yet: unlocking makes one */
  else if (call.late || g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    answered = FALSE;
  else
    *status = WATTLE_KEYRING_ABSENT;

  if (!answered)
    explain (error, &call, g_steal_pointer (&local));
  g_clear_object (&collection);
  g_clear_object (&service);
  call_end (&call);
  return answered;
}

static gboolean
secret_unlock (WattleKeyring *keyring, GCancellable *cancellable, GError **error)
{
  g_autoptr (SecretService) service = NULL;
  g_autoptr (SecretCollection) collection = NULL;
  g_autoptr (GError) local = NULL;
  gboolean open = FALSE;
  Call call;

  if (has_own_file ())
    return TRUE;

  call_begin (&call, cancellable, 0);
  collection = default_collection (&call, &service, &local);
  if (collection != NULL)
    {
      g_autoptr (GList) wanted = g_list_prepend (NULL, collection);

      secret_service_unlock (service, wanted, call.cancellable, call_done_cb, &call);
      open = secret_service_unlock_finish (service, call_wait (&call), NULL, &local) > 0;
    }
  else if (local == NULL)
    {
      secret_collection_create (service, _("Login"), SECRET_COLLECTION_DEFAULT, SECRET_COLLECTION_CREATE_NONE,
                                call.cancellable, call_done_cb, &call);
      collection = secret_collection_create_finish (call_wait (&call), &local);
      open = collection != NULL;
    }

  if (local != NULL)
    explain (error, &call, g_steal_pointer (&local));
  else if (!open)
    wattle_set_field_error (error, WATTLE_ERROR_LOCKED, NULL, _("The keyring stayed locked. Nothing was changed."));
  g_clear_object (&collection);
  g_clear_object (&service);
  call_end (&call);
  return open;
}

static GHashTable *
attributes_of (const WattleKeyringItem *item)
{
  return secret_attributes_build (&schema, "server", item->server, "account", item->account, "device", item->vault,
                                  "version", ITEM_VERSION, NULL);
}

static gboolean
secret_lookup (WattleKeyring *keyring, const WattleKeyringItem *item, char **secret, GCancellable *cancellable,
               GError **error)
{
  g_autoptr (GHashTable) attributes = attributes_of (item);
  GError *local = NULL;
  gboolean answered;
  char *found;
  Call call;

  call_begin (&call, cancellable, ANSWER_SECONDS);
  secret_password_lookupv (&schema, attributes, call.cancellable, call_done_cb, &call);
  found = secret_password_lookup_nonpageable_finish (call_wait (&call), &local);
  *secret = g_strdup (found);
  secret_password_free (found);
  answered = local == NULL;
  if (!answered)
    explain (error, &call, local);
  call_end (&call);
  return answered;
}

static gboolean
secret_store (WattleKeyring *keyring, const WattleKeyringItem *item, const char *secret, GCancellable *cancellable,
              GError **error)
{
  g_autoptr (GHashTable) attributes = attributes_of (item);
  GError *local = NULL;
  gboolean kept;
  Call call;

  call_begin (&call, cancellable, ANSWER_SECONDS);
  secret_password_storev (&schema, attributes, SECRET_COLLECTION_DEFAULT, _("Wattle: key of the saved records"), secret,
                          call.cancellable, call_done_cb, &call);
  kept = secret_password_store_finish (call_wait (&call), &local);
  if (!kept)
    explain (error, &call, local);
  call_end (&call);
  return kept;
}

static gboolean
secret_clear (WattleKeyring *keyring, const WattleKeyringItem *item, GCancellable *cancellable, GError **error)
{
  g_autoptr (GHashTable) attributes = attributes_of (item);
  GError *local = NULL;
  gboolean answered;
  Call call;

  call_begin (&call, cancellable, ANSWER_SECONDS);
  secret_password_clearv (&schema, attributes, call.cancellable, call_done_cb, &call);
  secret_password_clear_finish (call_wait (&call), &local);
  answered = local == NULL;
  if (!answered)
    explain (error, &call, local);
  call_end (&call);
  return answered;
}

static void
wattle_keyring_secret_class_init (WattleKeyringSecretClass *klass)
{
}

static void
wattle_keyring_secret_iface_init (WattleKeyringInterface *iface)
{
  iface->id = "libsecret";
  iface->status = secret_status;
  iface->unlock = secret_unlock;
  iface->lookup = secret_lookup;
  iface->store = secret_store;
  iface->clear = secret_clear;
}

static void
wattle_keyring_secret_init (WattleKeyringSecret *self)
{
}

/**
 * wattle_keyring_secret_new:
 *
 * Returns: (transfer full): the keyring of the desktop. Its calls block, for at
 *   most ten seconds except while a person is asked; call them off the main
 *   thread.
 */
WattleKeyring *
wattle_keyring_secret_new (void)
{
  return g_object_new (WATTLE_TYPE_KEYRING_SECRET, NULL);
}
