/* link.c: the messages between a window and its media engine
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "telehealth/link.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <glib-unix.h>

/* What may wait for a side that does not read, in bytes. More than that and it is gone. */
#define MAX_WAITING (32 * 1024 * 1024)
/* Messages taken in one turn of the main loop. */
#define MAX_BATCH 64

typedef struct
{
  GBytes *bytes;
  int fd;
} Waiting;

struct _WattleLink
{
  gatomicrefcount references;
  WattleLinkMessageFunc message;
  WattleLinkClosedFunc closed;
  gpointer data;
  GMainContext *context;
  GSource *reader;
  GMutex mutex; /* for what follows */
  int fd;
  GQueue waiting;
  gsize waiting_bytes;
  GSource *writer;
};

static void
waiting_free (gpointer data)
{
  Waiting *waiting = data;

  g_bytes_unref (waiting->bytes);
  if (waiting->fd >= 0)
    close (waiting->fd);
  g_free (waiting);
}

/* 1: sent; 0: the other side must read first; -1: it is gone. */
static int
send_now (int socket, GBytes *bytes, int fd)
{
  gsize length = 0;
  const void *text = g_bytes_get_data (bytes, &length);
  union
  {
    struct cmsghdr header;
    char room[CMSG_SPACE (sizeof (int))];
  } control = { 0 };
  struct iovec part = { (void *) text, length };
  struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
  ssize_t sent = 0;

  if (fd >= 0)
    {
      message.msg_control = &control;
      message.msg_controllen = sizeof control;
      control.header.cmsg_level = SOL_SOCKET;
      control.header.cmsg_type = SCM_RIGHTS;
      control.header.cmsg_len = CMSG_LEN (sizeof (int));
      memcpy (CMSG_DATA (&control.header), &fd, sizeof fd);
    }
  do
    sent = sendmsg (socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  while (sent < 0 && errno == EINTR);
  if (sent >= 0)
    return 1;
  return errno == EAGAIN || errno == ENOBUFS ? 0 : -1;
}

static gboolean
writable_cb (int fd, GIOCondition condition, gpointer data)
{
  WattleLink *self = data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  while (self->fd >= 0 && self->waiting.length > 0)
    {
      Waiting *first = g_queue_peek_head (&self->waiting);
      int sent = send_now (self->fd, first->bytes, first->fd);

      if (sent == 0)
        return G_SOURCE_CONTINUE;
      self->waiting_bytes -= g_bytes_get_size (first->bytes);
      waiting_free (g_queue_pop_head (&self->waiting));
    }
  g_clear_pointer (&self->writer, g_source_unref);
  return G_SOURCE_REMOVE;
}

/* The file that came with a message; any second one is closed. */
static int
take_file (struct msghdr *message)
{
  int taken = -1;

  for (struct cmsghdr *part = CMSG_FIRSTHDR (message); part != NULL; part = CMSG_NXTHDR (message, part))
    {
      gsize count = 0;

      if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS)
        continue;
      count = (part->cmsg_len - CMSG_LEN (0)) / sizeof (int);
      for (gsize i = 0; i < count; i++)
        {
          int fd = -1;

          memcpy (&fd, CMSG_DATA (part) + i * sizeof fd, sizeof fd);
          if (taken < 0)
            taken = fd;
          else
            close (fd);
        }
    }
  return taken;
}

static gboolean
deliver (WattleLink *self, const char *text, gsize length, int fd)
{
  static const WattleJsonLimits limits = { WATTLE_LINK_MAX_MESSAGE, 6, 8192 };
  const char *end = memchr (text, '\n', length);
  gsize json_length = end != NULL ? (gsize) (end - text) : length;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (WattleJson) json = wattle_json_parse (text, json_length, &limits, NULL);

  if (json == NULL || wattle_json_kind (wattle_json_root (json)) != WATTLE_JSON_OBJECT)
    {
      if (fd >= 0)
        close (fd);
      return FALSE;
    }
  if (end != NULL)
    bytes = g_bytes_new (end + 1, length - json_length - 1);
  self->message (wattle_json_root (json), bytes, fd, self->data);
  return TRUE;
}

static gboolean
readable_cb (int fd, GIOCondition condition, gpointer data)
{
  WattleLink *self = data;
  g_autoptr (WattleLink) kept = wattle_link_ref (self);
  g_autofree char *text = g_malloc (WATTLE_LINK_MAX_MESSAGE);

  for (guint i = 0; i < MAX_BATCH && self->fd >= 0; i++)
    {
      union
      {
        struct cmsghdr header;
        char room[CMSG_SPACE (4 * sizeof (int))];
      } control = { 0 };
      struct iovec part = { text, WATTLE_LINK_MAX_MESSAGE };
      struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control
      };
      ssize_t length = recvmsg (fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

      if (length < 0 && (errno == EAGAIN || errno == EINTR))
        return G_SOURCE_CONTINUE;
      if (length <= 0 || (message.msg_flags & MSG_TRUNC) != 0
          || !deliver (self, text, (gsize) length, take_file (&message)))
        {
          gboolean was_open = self->fd >= 0;

          wattle_link_close (self);
          if (was_open)
            self->closed (self->data);
          return G_SOURCE_REMOVE;
        }
    }
  return self->fd >= 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/**
 * wattle_link_new:
 * @fd: one end of a socket pair of the type SOCK_SEQPACKET; it now belongs to the link
 * @message: called for each message, on the thread-default main context of this call
 * @closed: called once when there will be no more
 * @data: for both
 *
 * Returns: (transfer full): a link. Both functions are called until wattle_link_close()
 */
WattleLink *
wattle_link_new (int fd, WattleLinkMessageFunc message, WattleLinkClosedFunc closed, gpointer data)
{
  WattleLink *self = g_new0 (WattleLink, 1);

  g_atomic_ref_count_init (&self->references);
  g_mutex_init (&self->mutex);
  self->fd = fd;
  self->message = message;
  self->closed = closed;
  self->data = data;
  self->context = g_main_context_ref_thread_default ();
  g_unix_set_fd_nonblocking (fd, TRUE, NULL);
  self->reader = g_unix_fd_source_new (fd, G_IO_IN | G_IO_HUP | G_IO_ERR);
  g_source_set_callback (self->reader, (GSourceFunc) (gpointer) readable_cb, self, NULL);
  g_source_attach (self->reader, self->context);
  return self;
}

/**
 * wattle_link_ref:
 * @self: a link
 *
 * Returns: (transfer full): @self; any thread may hold and send
 */
WattleLink *
wattle_link_ref (WattleLink *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * wattle_link_unref:
 * @self: a link; whoever made it closes it first
 */
void
wattle_link_unref (WattleLink *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  wattle_link_close (self);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/**
 * wattle_link_close:
 * @self: a link
 *
 * No function is called any more and nothing is sent. What waited is dropped.
 */
void
wattle_link_close (WattleLink *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  if (self->reader != NULL)
    g_source_destroy (self->reader);
  g_clear_pointer (&self->reader, g_source_unref);
  if (self->writer != NULL)
    g_source_destroy (self->writer);
  g_clear_pointer (&self->writer, g_source_unref);
  g_queue_clear_full (&self->waiting, waiting_free);
  self->waiting_bytes = 0;
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
}

/**
 * wattle_link_send:
 * @self: a link
 * @text: a JSON object in one line
 * @bytes: (nullable): what goes with it
 * @fd: an open file that the other side gets a copy of, or -1
 *
 * Sends in order, from any thread, and never blocks: what the other side has no room for yet waits.
 *
 * Returns: %FALSE when there is no other side any more or the message is too long
 */
gboolean
wattle_link_send (WattleLink *self, const char *text, GBytes *bytes, int fd)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  g_autoptr (GByteArray) whole = g_byte_array_new ();
  g_autoptr (GBytes) message = NULL;
  int sent = 0;

  g_byte_array_append (whole, (const guint8 *) text, strlen (text));
  if (bytes != NULL)
    {
      g_byte_array_append (whole, (const guint8 *) "\n", 1);
      g_byte_array_append (whole, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
    }
  if (self->fd < 0 || whole->len > WATTLE_LINK_MAX_MESSAGE || self->waiting_bytes > MAX_WAITING)
    return FALSE;
  message = g_byte_array_free_to_bytes (g_steal_pointer (&whole));
  if (self->waiting.length == 0)
    sent = send_now (self->fd, message, fd);
  if (sent == 0)
    {
      Waiting *waiting = g_new0 (Waiting, 1);

      waiting->fd = fd >= 0 ? fcntl (fd, F_DUPFD_CLOEXEC, 3) : -1;
      self->waiting_bytes += g_bytes_get_size (message);
      waiting->bytes = g_steal_pointer (&message);
      g_queue_push_tail (&self->waiting, waiting);
      if (self->writer == NULL)
        {
          self->writer = g_unix_fd_source_new (self->fd, G_IO_OUT | G_IO_HUP | G_IO_ERR);
          g_source_set_callback (self->writer, (GSourceFunc) (gpointer) writable_cb, self, NULL);
          g_source_attach (self->writer, self->context);
        }
    }
  return sent >= 0;
}

/**
 * wattle_link_waits:
 * @self: a link
 *
 * Returns: how many messages wait for the other side to read
 */
gsize
wattle_link_waits (WattleLink *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  return self->waiting.length;
}
