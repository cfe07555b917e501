/* smtp.h: handing a message to a mail server, RFC 5321, over TLS only
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * WattleSmtp:
 * @host: of the mail server; its certificate must be for this name
 * @port: 587 for STARTTLS, 465 for TLS from the start
 * @implicit_tls: TLS from the start
 * @user: (nullable): to sign in with
 * @password: (nullable): of @user
 * @from: the sender's address
 * @ca_file: (nullable): certificates to trust instead of the system's
 */
typedef struct
{
  char *host;
  guint port;
  gboolean implicit_tls;
  char *user;
  char *password;
  char *from;
  char *ca_file;
} WattleSmtp;

gboolean wattle_smtp_send (const WattleSmtp *self,
                           const char *to,
                           const char *subject,
                           const char *text,
                           GCancellable *cancellable,
                           GError **error);

G_END_DECLS
