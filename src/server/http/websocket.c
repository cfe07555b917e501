/* websocket.c: one WebSocket: what it sends, what it takes, and how much of it
 *
 * Everything one peer can make us keep is bounded: a message with all its fragments by 64 KiB, and by 4 KiB until it
 * said who it is; frames and messages by the second; what waits to be sent by a count and by bytes.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/http/socket-private.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define MAX_FRAMES_FACTOR 5 /* frames, pings among them, for each message allowed in a second */
#define MAX_QUEUED_BYTES (1024 * 1024)
#define CLOSE_WAIT_MS 2000 /* for the peer to answer a close */

/**
 * wattle_socket_ref:
 * @self: a socket
 *
 * Returns: (transfer full): @self
 */
WattleSocket *
wattle_socket_ref (WattleSocket *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * wattle_socket_unref:
 * @self: (transfer full): a socket
 */
void
wattle_socket_unref (WattleSocket *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  if (self->user_destroy != NULL)
    self->user_destroy (self->user);
  if (self->destroy != NULL)
    self->destroy (self->user_data);
  g_queue_clear_full (&self->output, (GDestroyNotify) g_bytes_unref);
  wattle_frame_reader_clear (&self->reader);
  g_clear_pointer (&self->early, g_byte_array_unref);
  g_free (self->peer);
  g_free (self->network);
  g_free (self->request_id);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* Ends the connection from any thread: the socket thread sees the end of file and tears down. */
static void
kick_locked (WattleSocket *self)
{
  if (self->state == WATTLE_SOCKET_DEAD)
    return;
  self->state = WATTLE_SOCKET_DEAD;
  if (self->fd >= 0)
    shutdown (self->fd, SHUT_RDWR);
}

static void
watch_locked (WattleSocket *self, gboolean wants_out)
{
  struct epoll_event event = { .events = EPOLLIN | (wants_out ? EPOLLOUT : 0), .data.ptr = self };

  if (self->wants_out != wants_out)
    epoll_ctl (self->engine->epoll_fd, EPOLL_CTL_MOD, self->fd, &event);
  self->wants_out = wants_out;
}

void
wattle_socket_flush_locked (WattleSocket *self)
{
  while (self->output.length > 0 && self->state != WATTLE_SOCKET_DEAD)
    {
      GBytes *frame = self->output.head->data;
      gsize size;
      const char *data = g_bytes_get_data (frame, &size);
      ssize_t n = send (self->fd, data + self->output_sent, size - self->output_sent, MSG_DONTWAIT | MSG_NOSIGNAL);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        {
          watch_locked (self, TRUE);
          return;
        }
      if (n < 0)
        {
          kick_locked (self);
          return;
        }
      self->output_sent += n;
      if (self->output_sent < size)
        continue;
      self->output_sent = 0;
      self->output_bytes -= size;
      g_bytes_unref (g_queue_pop_head (&self->output));
    }
  if (self->state == WATTLE_SOCKET_DEAD)
    return;
  watch_locked (self, FALSE);
  if (self->last_word)
    shutdown (self->fd, SHUT_WR);
}

void
wattle_socket_push_locked (WattleSocket *self, WattleOpcode opcode, const void *data, gsize length)
{
  GBytes *frame = wattle_frame_write (opcode, data, length);

  g_queue_push_tail (&self->output, frame);
  self->output_bytes += g_bytes_get_size (frame);
  if (self->output.length == 1 && self->fd >= 0)
    wattle_socket_flush_locked (self);
}

/**
 * wattle_socket_send_text:
 * @self: a socket
 * @text: UTF-8
 * @length: its length, or -1
 *
 * Sends or queues a message, from any thread. A peer that does not take what
 * is sent is dropped when its queue is full: it syncs anew when it returns.
 *
 * Returns: %FALSE if the socket is closed or was dropped just now
 */
gboolean
wattle_socket_send_text (WattleSocket *self, const char *text, gssize length)
{
  gboolean is_sent = FALSE, is_kicked = FALSE;

  if (length < 0)
    length = strlen (text);
  g_mutex_lock (&self->lock);
  if (self->state == WATTLE_SOCKET_OPEN)
    {
      is_kicked = self->output.length >= self->engine->config.socket_queue ||
                  self->output_bytes + length > MAX_QUEUED_BYTES;
      if (is_kicked)
        kick_locked (self);
      else
        wattle_socket_push_locked (self, WATTLE_OPCODE_TEXT, text, length);
      is_sent = self->state == WATTLE_SOCKET_OPEN;
    }
  g_mutex_unlock (&self->lock);
  if (is_sent || is_kicked)
    {
      g_mutex_lock (&self->engine->lock);
      self->engine->stats.messages_out += is_sent;
      self->engine->stats.sockets_kicked += is_kicked;
      g_mutex_unlock (&self->engine->lock);
    }
  return is_sent;
}

static void
close_locked (WattleSocket *self, guint code, const char *reason, gboolean last_word)
{
  guint8 payload[125] = { code >> 8, code };
  gsize length = code == 0 ? 0 : 2;

  if (self->state != WATTLE_SOCKET_OPEN)
    return;
  if (code != 0 && reason != NULL)
    {
      gsize size = MIN (strlen (reason), sizeof payload - 2);

      memcpy (payload + 2, reason, size);
      length += size;
    }
  self->state = WATTLE_SOCKET_CLOSING;
  self->last_word = last_word;
  self->close_deadline = g_get_monotonic_time () + CLOSE_WAIT_MS * 1000;
  wattle_socket_push_locked (self, WATTLE_OPCODE_CLOSE, payload, length);
}

/**
 * wattle_socket_close:
 * @self: a socket
 * @code: a close code, such as %WATTLE_SOCKET_CLOSE_POLICY
 * @reason: (nullable): at most 123 bytes of UTF-8, without anything personal
 *
 * Begins the closing handshake, from any thread; `closed` follows.
 */
void
wattle_socket_close (WattleSocket *self, guint code, const char *reason)
{
  g_mutex_lock (&self->lock);
  close_locked (self, code, reason, FALSE);
  g_mutex_unlock (&self->lock);
}

/**
 * wattle_socket_set_ready:
 * @self: a socket
 *
 * Says that the first message was good (it carried a valid token). Without it
 * the socket is closed with 1008 after the engine's ready time.
 */
void
wattle_socket_set_ready (WattleSocket *self)
{
  g_mutex_lock (&self->lock);
  self->is_ready = TRUE;
  g_mutex_unlock (&self->lock);
}

/**
 * wattle_socket_set_rate:
 * @self: a socket
 * @messages: how many it may send in a second, instead of the engine's number
 *
 * Only from the callbacks of the socket.
 */
void
wattle_socket_set_rate (WattleSocket *self, guint messages)
{
  self->max_messages = messages;
}

/**
 * wattle_socket_get_peer:
 * @self: a socket
 *
 * Returns: the client's address, as wattle_request_get_peer()
 */
const char *
wattle_socket_get_peer (WattleSocket *self)
{
  return self->peer;
}

/**
 * wattle_socket_get_network:
 * @self: a socket
 *
 * Returns: by what limits count the client, as wattle_request_get_network()
 */
const char *
wattle_socket_get_network (WattleSocket *self)
{
  return self->network;
}

/**
 * wattle_socket_get_request_id:
 * @self: a socket
 *
 * Returns: the id of the request that opened it
 */
const char *
wattle_socket_get_request_id (WattleSocket *self)
{
  return self->request_id;
}

/**
 * wattle_socket_set_user:
 * @self: a socket
 * @user: (nullable): anything, such as its session
 * @destroy: (nullable): frees @user
 *
 * Only from the callbacks of the socket.
 */
void
wattle_socket_set_user (WattleSocket *self, gpointer user, GDestroyNotify destroy)
{
  if (self->user_destroy != NULL)
    self->user_destroy (self->user);
  self->user = user;
  self->user_destroy = destroy;
}

/**
 * wattle_socket_get_user:
 * @self: a socket
 *
 * Returns: (nullable): what wattle_socket_set_user() was given
 */
gpointer
wattle_socket_get_user (WattleSocket *self)
{
  return self->user;
}

/* The peer broke a rule: say so and listen no more. */
gboolean
wattle_socket_fail (WattleSocket *self, guint code, const char *reason)
{
  self->is_deaf = TRUE;
  self->close_code = code;
  g_mutex_lock (&self->lock);
  close_locked (self, code, reason, TRUE);
  g_mutex_unlock (&self->lock);
  return FALSE;
}
static void
answer_close (WattleSocket *self, const WattleFrame *frame)
{
  self->is_deaf = TRUE;
  g_mutex_lock (&self->lock);
  if (self->close_code == 0)
    self->close_code = frame->code;
  if (self->state == WATTLE_SOCKET_OPEN)
    close_locked (self, frame->length >= 2 ? frame->code : 0, NULL, TRUE);
  else
    {
      self->last_word = TRUE;
      wattle_socket_flush_locked (self);
    }
  g_mutex_unlock (&self->lock);
}

static void
answer_ping (WattleSocket *self, const WattleFrame *frame)
{
  g_mutex_lock (&self->lock);
  if (self->state == WATTLE_SOCKET_OPEN && self->output.length < self->engine->config.socket_queue)
    wattle_socket_push_locked (self, WATTLE_OPCODE_PONG, frame->payload, frame->length);
  g_mutex_unlock (&self->lock);
}

static gboolean
take_message (WattleSocket *self, const WattleFrame *frame)
{
  gboolean is_open;

  if (++self->window_messages > self->max_messages)
    return wattle_socket_fail (self, WATTLE_SOCKET_CLOSE_POLICY, "too many messages");
  g_mutex_lock (&self->lock);
  is_open = self->state == WATTLE_SOCKET_OPEN;
  g_mutex_unlock (&self->lock);
  if (!is_open)
    return TRUE;
  g_mutex_lock (&self->engine->lock);
  self->engine->stats.messages_in++;
  g_mutex_unlock (&self->engine->lock);
  self->events.message (self, (const char *) frame->payload, frame->length, self->user_data);
  return TRUE;
}

/* Returns: %FALSE when there is no whole frame, or no more is to be read */
static gboolean
take_frame (WattleSocket *self)
{
  WattleFrame frame = wattle_frame_reader_next (&self->reader);

  if (frame.kind == WATTLE_FRAME_MORE)
    return FALSE;
  if (frame.kind == WATTLE_FRAME_BAD)
    return wattle_socket_fail (self, frame.code, frame.reason);
  if (++self->window_frames > self->max_messages * MAX_FRAMES_FACTOR)
    return wattle_socket_fail (self, WATTLE_SOCKET_CLOSE_POLICY, "too many frames");
  if (frame.kind == WATTLE_FRAME_TEXT)
    return take_message (self, &frame);
  if (frame.kind == WATTLE_FRAME_PING)
    answer_ping (self, &frame);
  else if (frame.kind == WATTLE_FRAME_CLOSE)
    answer_close (self, &frame);
  return TRUE;
}

/* On the socket thread. */
void
wattle_socket_receive (WattleSocket *self, const guint8 *data, gsize length, gint64 now)
{
  self->heard_at = now;
  if (now - self->window_began >= G_USEC_PER_SEC)
    {
      self->window_began = now;
      self->window_messages = self->window_frames = 0;
    }
  if (self->is_deaf)
    return;
  g_mutex_lock (&self->lock);
  if (self->is_ready)
    self->reader.max_message = WATTLE_SOCKET_MAX_MESSAGE;
  g_mutex_unlock (&self->lock);
  wattle_frame_reader_feed (&self->reader, data, length);
  while (!self->is_deaf && take_frame (self))
    ;
}
