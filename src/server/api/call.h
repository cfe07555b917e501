/* call.h: one call on its way: route, session, body, answer
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "base/json.h"
#include "domain/policy.h"
#include "server/api/server.h"

G_BEGIN_DECLS

typedef struct _WattleCall WattleCall;

/* Takes the call: answers it and frees it, at once or later. */
typedef void (*WattleCallHandler) (WattleCall *call);

/**
 * WattleCallFlags:
 * @WATTLE_CALL_PUBLIC: needs no session
 * @WATTLE_CALL_SYNC: counted with those of a program, not of a person
 * @WATTLE_CALL_SLOW: hashes a password: waits for one of few threads
 * @WATTLE_CALL_OUTSIDE: asks an outside system, which may hang: waits for one of few threads that do nothing else
 * @WATTLE_CALL_EARLY: also for a device that waits for approval and a user without the second factor that is wanted
 * @WATTLE_CALL_PARTING: also for a device that sends what waits there before it destroys what it keeps
 * @WATTLE_CALL_BYTES: the body is not JSON
 * @WATTLE_CALL_NO_BODY: there is no body
 * @WATTLE_CALL_SOCKET: a WebSocket
 * @WATTLE_CALL_ASKS_AGAIN: reads who calls again in its transaction (wattle_call_read_session())
 * @WATTLE_CALL_GZIP: large answers are compressed
 */
typedef enum
{
  WATTLE_CALL_PUBLIC = 1 << 0,
  WATTLE_CALL_SYNC = 1 << 1,
  WATTLE_CALL_SLOW = 1 << 2,
  WATTLE_CALL_EARLY = 1 << 3,
  WATTLE_CALL_BYTES = 1 << 4,
  WATTLE_CALL_NO_BODY = 1 << 5,
  WATTLE_CALL_SOCKET = 1 << 6,
  WATTLE_CALL_GZIP = 1 << 7,
  WATTLE_CALL_PARTING = 1 << 8,
  WATTLE_CALL_OUTSIDE = 1 << 9,
  WATTLE_CALL_ASKS_AGAIN = 1 << 10,
} WattleCallFlags;

/**
 * WattleApiRoute:
 * @method: of HTTP
 * @path: with parameters in braces
 * @name: short and unique
 * @rule: its row in the policy table
 * @flags: see #WattleCallFlags
 * @handler: what answers
 * @takes: (nullable): members of the body, or parameters of the query, as words for the documents
 * @summary: a sentence for the documents
 *
 * One row of the one table of routes.
 */
typedef struct
{
  const char *method;
  const char *path;
  const char *name;
  const char *rule;
  WattleCallFlags flags;
  WattleCallHandler handler;
  const char *takes;
  const char *summary;
} WattleApiRoute;

const WattleApiRoute *wattle_api_routes (guint *n_routes);

struct _WattleCall
{
  WattleServer *server;
  WattleRequest *request;
  const WattleApiRoute *route;
  WattleSession *session; /* NULL for a public call without one */
  WattleJson *json;
  WattleJsonNode body;
  gboolean held;
};

void wattle_call_dispatch (WattleRequest *request, gpointer server);
void wattle_call_run_slow (gpointer call, gpointer server);
void wattle_call_hold (WattleCall *self);
gboolean wattle_call_begin_download (WattleCall *self);
const char *wattle_call_bearer (WattleRequest *request);
void wattle_call_free (WattleCall *self);
void wattle_call_respond (WattleCall *self, guint status, GString *json);
void wattle_call_respond_empty (WattleCall *self);
void wattle_call_respond_error (WattleCall *self, const GError *error);
void wattle_call_respond_wait (WattleCall *self, guint seconds, const char *message);
const WattleActor *wattle_call_actor (WattleCall *self);
gboolean wattle_call_read_session (WattleCall *self, WattleTransaction *transaction, GError **error);
const char *wattle_call_string (WattleCall *self, const char *name, gboolean required, GError **error);
gboolean
wattle_call_number (WattleCall *self, const char *name, gint64 fallback, gint64 max, gint64 *value, GError **error);
char *wattle_call_hash_password (
  WattleCall *self, const char *password, const char *user, const char *own, const char *field, GError **error);
gboolean wattle_call_audit (
  WattleCall *self, WattleTransaction *transaction, const char *action, WattleRecord *object, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleCall, wattle_call_free)

G_END_DECLS
