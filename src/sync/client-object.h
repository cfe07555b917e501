/* client-object.h: what the files of the client share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "sync/client-private.h"

G_BEGIN_DECLS

struct _WattleClient
{
  GObject parent_instance;

  char *server_url;
  char *data_dir;
  WattleKeyring *keyring;
  WattleTransport *transport;
  WattleVaultMode vault_mode;

  /* Main context only. */
  WattleClientState state;
  gboolean online;
  gboolean syncing;
  gboolean failed; /* the last step */
  char *enrolment_code;
  gboolean silent; /* a request waits longer than it should */
  double progress;
  char *progress_text;
  gboolean aside; /* the cache was damaged, and has not been fetched again */
  char *last_error;
  guint pending;
  WattleStore *store;
  WattleIdentity *identity;
  GListStore *outbox;
  GHashTable *items; /* operation id: WattleOutboxItem */
  GListStore *conflicts;
  guint watch;

  GThreadPool *worker;
  guint generation;  /* atomic: of the core; notes of an older one are dropped */
  GRWLock core_lock; /* read: a call that uses the core on a thread of its own */
  WattleCore *core;  /* worker, or under the lock */
};

/* client.c */
WattleCore *wattle_client_open_core (WattleClient *self, GError **error);
gboolean wattle_client_set_closed (GError **error);
gboolean wattle_client_use_core (WattleClient *self, GError **error);
void wattle_client_shut (WattleClient *self);
void wattle_client_drop_core (WattleClient *self);
void wattle_client_forget_view (WattleClient *self, WattleClientState state);
void wattle_client_close_core (WattleClient *self, WattleClientState state);
void wattle_client_show_identity (WattleClient *self);

/* client-account.c */
void wattle_client_wipe (WattleClient *self);

/* client-jobs.c */
typedef void (*WattleClientRun) (WattleClient *self, GTask *task, gpointer args);

void wattle_client_work (gpointer task, gpointer client);
GTask *wattle_client_make_task (WattleClient *self,
                                WattleClientRun run,
                                gpointer args,
                                GDestroyNotify free_args,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
void wattle_client_enqueue (WattleClient *self,
                            WattleClientRun run,
                            gpointer args,
                            GDestroyNotify free_args,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
gpointer wattle_client_job_args (gpointer task_data);
void wattle_client_return_done (GTask *task, gboolean done, GError **error);

G_END_DECLS
