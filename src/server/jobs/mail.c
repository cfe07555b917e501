/* mail.c: the queue of messages that wait to be sent
 *
 * A message is sealed at rest, for it holds the secret of a link. Whoever takes
 * one has it for two minutes: a process that dies meanwhile leaves it to
 * another, and then it may go twice.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/jobs/mail.h"

#include <sodium.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"

#define KIND "mail"
#define LEASE (2 * WATTLE_MINUTE)
#define FIRST_DELAY WATTLE_MINUTE
#define LAST_DELAY WATTLE_HOUR
#define MAX_SCAN 1000

static void
wipe (char *text)
{
  if (text != NULL)
    sodium_memzero (text, strlen (text));
  g_free (text);
}

void
wattle_mail_free (WattleMail *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self->to);
  g_free (self->subject);
  wipe (self->text);
  g_free (self->sealed);
  g_free (self);
}

static gboolean
keep (WattleTransaction *transaction, const WattleMail *mail, gint64 not_before, GError **error)
{
  g_autofree char *value = g_strdup_printf ("%" G_GINT64_FORMAT " %u %s", not_before, mail->tries, mail->sealed);

  return wattle_transaction_keep_private (transaction, KIND, mail->id, KIND, value, mail->expires_at, error);
}

/**
 * wattle_mail_queue:
 * @transaction: the write transaction of what it is about
 * @keys: the server's key
 * @to: an address
 * @subject: a line
 * @text: what it says; no clinical content
 * @expires_at: when it is no use any more
 * @error: %WATTLE_ERROR_INVALID when @to or @subject has a line break
 *
 * It goes once the transaction is committed.
 */
gboolean
wattle_mail_queue (WattleTransaction *transaction,
                   WattleKeys *keys,
                   const char *to,
                   const char *subject,
                   const char *text,
                   gint64 expires_at,
                   GError **error)
{
  g_autofree char *id = wattle_id_new ();
  g_autofree char *context = g_strconcat ("mail:", id, NULL);
  g_autofree char *all = NULL;
  g_autofree char *sealed = NULL;
  WattleMail mail = { .id = id, .expires_at = expires_at };

  if (strpbrk (to, "\r\n <>,;\"") != NULL || strchr (to, '@') == NULL || strpbrk (subject, "\r\n") != NULL)
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, "email", "This is no e-mail address.");
      return FALSE;
    }
  all = g_strjoin ("\n", to, subject, text, NULL);
  mail.sealed = sealed = wattle_keys_seal (keys, context, all);
  sodium_memzero (all, strlen (all));
  return keep (transaction, &mail, 0, error);
}

/* Returns: (nullable): what a row holds, if it may be taken now */
static WattleMail *
read_row (WattlePrivateRow *row, WattleKeys *keys, gint64 now, gint64 *not_before)
{
  g_auto (GStrv) parts = g_strsplit (row->value, " ", 3);
  g_autofree char *context = g_strconcat ("mail:", row->key, NULL);
  g_autofree char *all = NULL;
  g_auto (GStrv) lines = NULL;
  WattleMail *mail;

  if (g_strv_length (parts) != 3 || row->expires_at <= now)
    return NULL;
  *not_before = g_ascii_strtoll (parts[0], NULL, 10);
  if (*not_before > now)
    return NULL;
  all = wattle_keys_unseal (keys, context, parts[2], NULL);
  lines = all != NULL ? g_strsplit (all, "\n", 3) : NULL;
  if (lines == NULL || g_strv_length (lines) != 3)
    return NULL;
  mail = g_new0 (WattleMail, 1);
  mail->id = g_strdup (row->key);
  mail->to = g_strdup (lines[0]);
  mail->subject = g_strdup (lines[1]);
  mail->text = g_strdup (lines[2]);
  mail->sealed = g_strdup (parts[2]);
  mail->tries = g_ascii_strtoull (parts[1], NULL, 10);
  mail->expires_at = row->expires_at;
  return mail;
}

/**
 * wattle_mail_take:
 * @transaction: a write transaction
 * @keys: the server's key
 * @now: the instant
 * @mail: (out) (nullable): the next one; nobody else gets it for two minutes
 * @error: the failure
 */
gboolean
wattle_mail_take (WattleTransaction *transaction, WattleKeys *keys, gint64 now, WattleMail **mail, GError **error)
{
  g_autoptr (GPtrArray) rows = wattle_transaction_privates (transaction, KIND, NULL, MAX_SCAN, error);
  gint64 not_before;

  *mail = NULL;
  for (guint i = 0; rows != NULL && i < rows->len && *mail == NULL; i++)
    *mail = read_row (rows->pdata[i], keys, now, &not_before);
  if (*mail == NULL)
    return rows != NULL;
  (*mail)->tries++;
  return keep (transaction, *mail, now + LEASE, error);
}

gboolean
wattle_mail_done (WattleTransaction *transaction, const WattleMail *mail, GError **error)
{
  return wattle_transaction_drop_private (transaction, KIND, mail->id, error);
}

/* After a failure: again in 1, 2, 4 … 60 minutes, until it is no use any more. */
gboolean
wattle_mail_later (WattleTransaction *transaction, const WattleMail *mail, gint64 now, GError **error)
{
  return keep (transaction, mail, now + MIN (FIRST_DELAY << MIN (mail->tries - 1, 10), LAST_DELAY), error);
}
