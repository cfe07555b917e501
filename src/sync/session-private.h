/* session-private.h: what the files of the session share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "sync/session.h"

G_BEGIN_DECLS

#define WATTLE_SECRET_SESSION "session"
#define WATTLE_SECRET_DEVICE_KEY "device-key"

struct _WattleSession
{
  WattleTransport *transport;

  gint64 wait_until; /* atomic, monotonic: before then the server wants no call; 0 when it said nothing */
  GMutex mutex;      /* held while tokens are renewed: two threads must not spend one refresh token */
  WattleVault *vault;
  WattleIdentity *identity;
  guint8 *device_key; /* locked memory */
  char *access_token;
  char *refresh_token;
  gint64 access_expires_at;
  char *enrolment_code;
  gboolean ended; /* the server said so */
};

gboolean wattle_session_nonsense (const char *field, GError **error);
gboolean wattle_session_keep_tokens (WattleSession *self, GError **error);
void wattle_session_pair_signature (
  WattleSession *self, WattleJsonWriter *writer, const char *name, const char *purpose, const char *subject);
void wattle_session_note_wait (WattleSession *self, const WattleResponse *response);
gboolean wattle_session_ask_for_tokens (
  WattleSession *self, const char *path, const char *token, GString *body, GCancellable *cancellable, GError **error);

G_END_DECLS
