/* server.h: everything that the calls of wattled share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "server/api/hub.h"
#include "server/api/mailer.h"
#include "server/api/writer.h"
#include "server/auth/keys.h"
#include "server/auth/rates.h"
#include "server/auth/session.h"
#include "server/auth/turn.h"
#include "server/http/engine.h"
#include "server/integrations/oidc/oidc.h"
#include "store/store.h"

G_BEGIN_DECLS

#define WATTLE_PROTOCOL 1
#define WATTLE_MINIMUM_SCHEMA 1
#define WATTLE_MAX_OPERATIONS 500
#define WATTLE_MAX_BODY (1024 * 1024)
#define WATTLE_MAX_PUBLIC_BODY (64 * 1024)
#define WATTLE_MAX_PAGE 5000
#define WATTLE_DEFAULT_PAGE 2000
#define WATTLE_BLOB_PIECE (4 * 1024 * 1024)

/**
 * WattleLimits:
 *
 * How often one may call; 0 is no limit.
 */
typedef struct
{
  guint sign_ins_per_minute;     /* of one address */
  guint calls_per_minute;        /* of one user, what a person does */
  guint sync_calls_per_minute;   /* of one user, what a program does to stay in step */
  guint public_calls_per_minute; /* of one address, without a session */
  guint prescriptions_per_hour;  /* signed by one user */
  guint patient_bookings_per_hour;
  guint patient_uploads_per_day; /* files begun by one patient; what nothing names yet fills the disk, too */
  guint devices_per_user;
} WattleLimits;

/**
 * WattleAsk:
 * @run: called on a thread that may read rows, with this and the server; frees it
 * @data: for @run
 *
 * A question of the thread of sockets, which itself must not wait.
 */
typedef struct
{
  void (*run) (gpointer ask, gpointer server);
  gpointer data;
} WattleAsk;

typedef struct _WattleRooms WattleRooms;
typedef struct _WattleRelay WattleRelay;

/**
 * WattleServer:
 *
 * One running server. Made before the engine starts and freed after it stopped;
 * its members do their own locking.
 */
typedef struct
{
  const char *version;
  char *data_dir;
  WattleLimits limits;
  guint64 max_blob;
  gboolean public_metrics;
  const char *public_url; /* (nullable): where people reach this server, without a slash at the end */
  gboolean sends_mail;
  WattleMailer *mailer;
  WattleOidc *oidc; /* (nullable) */
  WattleStore *store;
  WattleKeys *keys;
  WattleRates *rates;
  WattleWriter *writer;
  WattleHub *hub;
  WattleRooms *rooms;
  WattleRelay *relay;
  WattleTurn turn;     /* the relay of calls */
  guint leave_seconds; /* how long a seat in a room is kept for a socket that broke */
  WattleEngine *engine;
  GThreadPool *slow;    /* of WattleCall: hashing passwords must not take the workers of others */
  GThreadPool *outside; /* of WattleCall: those that ask an outside system */
  GThreadPool *askers;  /* of WattleAsk */
  GMutex lock;          /* guards sessions and downloads */
  GHashTable *sessions; /* hash of an access token: WattleSession */
  GHashTable *downloads; /* user: number of large answers under way */
  guint generation;     /* atomic: sessions of an older one are read again */
  guint64 operations;   /* atomic: done since the start */
  gint64 started_at;
  gboolean is_one_of_many; /* other servers of the practice may have ended a session a moment ago */
} WattleServer;

WattleServer *
wattle_server_new (const char *data_dir, WattleStore *store, WattleKeys *keys, const WattleLimits *limits);
gboolean wattle_server_start (WattleServer *self, const WattleEngineConfig *config, GError **error);
void wattle_server_stop (WattleServer *self);
void wattle_server_free (WattleServer *self);
WattleSession *wattle_server_known_session (WattleServer *self, const char *token);
WattleSession *wattle_server_find_session (WattleServer *self, const char *token, GError **error);
void wattle_server_forget_sessions (WattleServer *self);
char *wattle_server_setup_code_path (WattleServer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleServer, wattle_server_free)

G_END_DECLS
