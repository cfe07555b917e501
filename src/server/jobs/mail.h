/* mail.h: the queue of messages that wait to be sent
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "server/auth/keys.h"
#include "store/store.h"

G_BEGIN_DECLS

/**
 * WattleMail:
 * @id: of the job
 * @to: an address
 * @subject: without line breaks
 * @text: with CR LF
 * @tries: how often it was tried
 */
typedef struct
{
  char *id;
  char *to;
  char *subject;
  char *text;
  char *sealed;
  guint tries;
  gint64 expires_at;
} WattleMail;

void wattle_mail_free (WattleMail *self);
gboolean wattle_mail_queue (WattleTransaction *transaction,
                            WattleKeys *keys,
                            const char *to,
                            const char *subject,
                            const char *text,
                            gint64 expires_at,
                            GError **error);
gboolean
wattle_mail_take (WattleTransaction *transaction, WattleKeys *keys, gint64 now, WattleMail **mail, GError **error);
gboolean wattle_mail_done (WattleTransaction *transaction, const WattleMail *mail, GError **error);
gboolean wattle_mail_later (WattleTransaction *transaction, const WattleMail *mail, gint64 now, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleMail, wattle_mail_free)

G_END_DECLS
