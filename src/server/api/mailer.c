/* mailer.c: the thread that sends what waits in the queue of mail
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/api/mailer.h"

#include "base/clock.h"
#include "base/error.h"
#include "server/jobs/mail.h"

#define LOOK (30 * G_USEC_PER_SEC) /* what another process queued or left */

struct _WattleMailer
{
  WattleWriter *writer;
  WattleKeys *keys;
  const WattleSmtp *smtp;
  GCancellable *cancellable;
  GThread *thread;
  GMutex lock;
  GCond wake;
  gboolean kicked;
  gboolean stopping;
};

typedef struct
{
  WattleMailer *mailer;
  WattleMail *mail;
  gboolean sent;
} Job;

static gboolean
take (WattleTransaction *transaction, gpointer data, GError **error)
{
  Job *self = data;

  return wattle_mail_take (transaction, self->mailer->keys, wattle_clock_now (), &self->mail, error);
}

static gboolean
settle (WattleTransaction *transaction, gpointer data, GError **error)
{
  Job *self = data;

  return self->sent ? wattle_mail_done (transaction, self->mail, error)
                    : wattle_mail_later (transaction, self->mail, wattle_clock_now (), error);
}

/* Returns: whether there may be more */
static gboolean
send_one (WattleMailer *self)
{
  Job job = { .mailer = self };
  g_autoptr (WattleMail) mail = NULL;
  g_autoptr (GError) error = NULL;

  if (!wattle_writer_run (self->writer, take, &job, &error) || job.mail == NULL)
    return FALSE;
  mail = job.mail;
  job.sent = wattle_smtp_send (self->smtp, mail->to, mail->subject, mail->text, self->cancellable, &error);
  if (!job.sent)
    g_message ("mail %s was not sent: %s", mail->id, error->message);
  return wattle_writer_run (self->writer, settle, &job, NULL);
}

static gpointer
run (gpointer data)
{
  WattleMailer *self = data;

  g_mutex_lock (&self->lock);
  while (!self->stopping)
    {
      gint64 until = g_get_monotonic_time () + LOOK;

      self->kicked = FALSE;
      g_mutex_unlock (&self->lock);
      while (!g_cancellable_is_cancelled (self->cancellable) && send_one (self))
        ;
      g_mutex_lock (&self->lock);
      while (!self->stopping && !self->kicked && g_cond_wait_until (&self->wake, &self->lock, until))
        ;
    }
  g_mutex_unlock (&self->lock);
  return NULL;
}

/**
 * wattle_mailer_new:
 * @writer: of the server
 * @keys: of the server
 * @smtp: the mail server; used until the mailer is freed
 *
 * Returns: (transfer full): a running mailer
 */
WattleMailer *
wattle_mailer_new (WattleWriter *writer, WattleKeys *keys, const WattleSmtp *smtp)
{
  WattleMailer *self = g_new0 (WattleMailer, 1);

  g_mutex_init (&self->lock);
  g_cond_init (&self->wake);
  self->writer = writer;
  self->keys = keys;
  self->smtp = smtp;
  self->cancellable = g_cancellable_new ();
  self->thread = g_thread_new ("mail", run, self);
  return self;
}

/* Before the writer goes. */
void
wattle_mailer_free (WattleMailer *self)
{
  if (self == NULL)
    return;
  g_mutex_lock (&self->lock);
  self->stopping = TRUE;
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->lock);
  g_cancellable_cancel (self->cancellable);
  g_thread_join (self->thread);
  g_object_unref (self->cancellable);
  g_cond_clear (&self->wake);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* Something was queued and committed. */
void
wattle_mailer_kick (WattleMailer *self)
{
  g_mutex_lock (&self->lock);
  self->kicked = TRUE;
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->lock);
}
