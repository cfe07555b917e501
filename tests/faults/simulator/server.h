/* server.h: wattled without sockets: its real calls, writer, feed and store, asked from the same thread
 *
 * Names of the server's own headers stay out of here: client and server call
 * different things by the same names.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "store/store.h"

G_BEGIN_DECLS

#define SIM_PASSWORD "thirteen quiet parrots"

/**
 * SimCall:
 * @path: below /v1, with its query
 * @token: (nullable): access token
 * @body: (nullable): bytes
 * @upload_offset: only with @upload_length
 */
typedef struct
{
  const char *method;
  const char *path;
  const char *token;
  GBytes *body;
  gint64 upload_offset;
  gint64 upload_length;
} SimCall;

typedef struct
{
  guint status;
  GBytes *body;
  guint retry_after;
  gint64 upload_offset; /* -1 without one */
} SimAnswer;

typedef struct _SimServer SimServer;

void sim_answer_clear (SimAnswer *self);
SimServer *sim_server_new (const char *dir);
void sim_server_free (SimServer *self);
void sim_server_ask (SimServer *self, const SimCall *call, SimAnswer *answer);
WattleStore *sim_server_store (SimServer *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SimAnswer, sim_answer_clear)

G_END_DECLS
