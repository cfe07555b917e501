/* websocket.c: RFC 6455 over the upgraded connection: framing, limits and the socket thread
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Everything one peer can make us keep is bounded: a message with all its fragments by 64 KiB, known from the header of
 * the frame that breaks it; frames and messages by the second; what waits to be sent by a count. Extensions, and so
 * compression, are never agreed to.
 */
#include "server/http/http-private.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define HANDSHAKE_SECRET  "258EAFA5-E914-47DA-95CA-C5AB0DC85B11" /* RFC 6455 s 1.3 */
#define MAX_FRAMES_FACTOR 5    /* frames, pings among them, for each message allowed in a second */
#define MAX_QUEUED_BYTES  (1024 * 1024)
#define CLOSE_WAIT_MS     2000 /* for the peer to answer a close */
#define READ_BLOCK        16384

enum { CONTINUATION = 0x0, TEXT = 0x1, BINARY = 0x2, CLOSE = 0x8, PING = 0x9, PONG = 0xa };

typedef enum
{
  SOCKET_OPEN,
  SOCKET_CLOSING, /* a close frame is sent or queued */
  SOCKET_DEAD,    /* to be torn down by the socket thread */
} SocketState;

struct _WattleSocket
{
  gatomicrefcount                    references;
  GList                              link; /* in engine->sockets */
  WattleEngine                      *engine;
  struct MHD_UpgradeResponseHandle  *handle;
  WattleSocketEvents                 events;
  gpointer                           user_data;
  GDestroyNotify                     destroy;
  char                              *peer;
  char                              *request_id;
  gpointer                           user;
  GDestroyNotify                     user_destroy;

  /* socket thread only */
  GByteArray                        *input;
  GByteArray                        *message;
  gboolean                           in_message;
  gboolean                           is_deaf;  /* what still comes is dropped */
  gboolean                           is_doomed;
  guint                              close_code;
  gint64                             window_began;
  guint                              window_messages;
  guint                              window_frames;
  gint64                             opened_at;
  gint64                             heard_at;
  gint64                             pinged_at;

  GMutex                             lock; /* guards what follows */
  int                                fd;
  SocketState                        state;
  gboolean                           is_ready;
  GQueue                             output; /* GBytes: frames */
  gsize                              output_bytes;
  gsize                              output_sent; /* of the first frame */
  gboolean                           wants_out;
  gboolean                           last_word; /* shut our side when the output is sent, then await theirs */
  gint64                             close_deadline;
};

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
  g_clear_pointer (&self->input, g_byte_array_unref);
  g_clear_pointer (&self->message, g_byte_array_unref);
  g_free (self->peer);
  g_free (self->request_id);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* Ends the connection from any thread: the socket thread sees the end of file and tears down. */
static void
kick_locked (WattleSocket *self)
{
  if (self->state == SOCKET_DEAD)
    return;
  self->state = SOCKET_DEAD;
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

static void
flush_locked (WattleSocket *self)
{
  while (self->output.length > 0 && self->state != SOCKET_DEAD)
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
  if (self->state == SOCKET_DEAD)
    return;
  watch_locked (self, FALSE);
  if (self->last_word)
    shutdown (self->fd, SHUT_WR);
}

static void
push_locked (WattleSocket *self, guint8 opcode, const void *data, gsize length)
{
  guint8 *frame = g_malloc (length + 10);
  gsize header = 2;

  frame[0] = 0x80 | opcode;
  if (length < 126)
    frame[1] = length;
  else
    {
      guint width = length > 0xffff ? 8 : 2;

      frame[1] = width == 8 ? 127 : 126;
      for (guint i = 0; i < width; i++)
        frame[2 + i] = (guint64) length >> (8 * (width - 1 - i));
      header += width;
    }
  if (length > 0)
    memcpy (frame + header, data, length);
  g_queue_push_tail (&self->output, g_bytes_new_take (frame, header + length));
  self->output_bytes += header + length;
  if (self->output.length == 1 && self->fd >= 0)
    flush_locked (self);
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
  if (self->state == SOCKET_OPEN)
    {
      is_kicked = self->output.length >= self->engine->config.socket_queue ||
                  self->output_bytes + length > MAX_QUEUED_BYTES;
      if (is_kicked)
        kick_locked (self);
      else
        push_locked (self, TEXT, text, length);
      is_sent = self->state == SOCKET_OPEN;
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

  if (self->state != SOCKET_OPEN)
    return;
  if (code != 0 && reason != NULL)
    {
      gsize size = MIN (strlen (reason), sizeof payload - 2);

      memcpy (payload + 2, reason, size);
      length += size;
    }
  self->state = SOCKET_CLOSING;
  self->last_word = last_word;
  self->close_deadline = g_get_monotonic_time () + CLOSE_WAIT_MS * 1000;
  push_locked (self, CLOSE, payload, length);
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
static gboolean
fail (WattleSocket *self, guint code, const char *reason)
{
  self->is_deaf = TRUE;
  self->close_code = code;
  g_mutex_lock (&self->lock);
  close_locked (self, code, reason, TRUE);
  g_mutex_unlock (&self->lock);
  return FALSE;
}

static gboolean
is_valid_close_code (guint code)
{
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1011) || (code >= 3000 && code <= 4999);
}

static gboolean
receive_close (WattleSocket *self, const guint8 *payload, gsize length)
{
  guint code = length >= 2 ? payload[0] << 8 | payload[1] : 1005;

  if (length == 1 || (length >= 2 && !is_valid_close_code (code)))
    return fail (self, WATTLE_SOCKET_CLOSE_PROTOCOL, "bad close");
  if (length > 2 && !g_utf8_validate ((const char *) payload + 2, length - 2, NULL))
    return fail (self, WATTLE_SOCKET_CLOSE_NOT_UTF8, "bad close reason");
  self->is_deaf = TRUE;
  g_mutex_lock (&self->lock);
  if (self->close_code == 0)
    self->close_code = code;
  if (self->state == SOCKET_OPEN)
    close_locked (self, length >= 2 ? code : 0, NULL, TRUE);
  else
    {
      self->last_word = TRUE;
      flush_locked (self);
    }
  g_mutex_unlock (&self->lock);
  return FALSE;
}

static gboolean
receive_control (WattleSocket *self, guint opcode, const guint8 *payload, gsize length)
{
  if (opcode == CLOSE)
    return receive_close (self, payload, length);
  if (opcode == PING)
    {
      g_mutex_lock (&self->lock);
      if (self->state == SOCKET_OPEN && self->output.length < self->engine->config.socket_queue)
        push_locked (self, PONG, payload, length);
      g_mutex_unlock (&self->lock);
    }
  return TRUE;
}

static gboolean
receive_data (WattleSocket *self, gboolean is_last, const guint8 *payload, gsize length)
{
  gboolean is_open;

  g_byte_array_append (self->message, payload, length);
  self->in_message = !is_last;
  if (!is_last)
    return TRUE;
  if (++self->window_messages > self->engine->config.socket_messages)
    return fail (self, WATTLE_SOCKET_CLOSE_POLICY, "too many messages");
  if (!g_utf8_validate ((const char *) self->message->data, self->message->len, NULL))
    return fail (self, WATTLE_SOCKET_CLOSE_NOT_UTF8, "not UTF-8");
  g_mutex_lock (&self->lock);
  is_open = self->state == SOCKET_OPEN;
  g_mutex_unlock (&self->lock);
  if (is_open)
    {
      g_mutex_lock (&self->engine->lock);
      self->engine->stats.messages_in++;
      g_mutex_unlock (&self->engine->lock);
      g_byte_array_append (self->message, (const guint8 *) "", 1);
      self->events.message (self, (const char *) self->message->data, self->message->len - 1, self->user_data);
    }
  g_byte_array_set_size (self->message, 0);
  return TRUE;
}

/* What a frame's first bytes may not say. @length is what follows. */
static gboolean
check_frame (WattleSocket *self, guint8 first, guint8 second, guint64 length)
{
  guint opcode = first & 0x0f;
  gboolean is_control = opcode & 0x8;

  if ((first & 0x70) != 0 || !(second & 0x80) || opcode > PONG || (opcode > BINARY && opcode < CLOSE) ||
      (is_control && (!(first & 0x80) || length > 125)) || (opcode == CONTINUATION && !self->in_message) ||
      (!is_control && opcode != CONTINUATION && self->in_message))
    return fail (self, WATTLE_SOCKET_CLOSE_PROTOCOL, "bad frame");
  if (opcode == BINARY)
    return fail (self, WATTLE_SOCKET_CLOSE_BINARY, "text only");
  if (!is_control && length + self->message->len > WATTLE_SOCKET_MAX_MESSAGE)
    return fail (self, WATTLE_SOCKET_CLOSE_TOO_LARGE, "message too large");
  return TRUE;
}

/* Takes one frame off the input. Returns: %FALSE when there is no whole frame, or no more is to be read */
static gboolean
receive_frame (WattleSocket *self)
{
  guint8 *data = self->input->data;
  gsize available = self->input->len, header = 6;
  guint64 length;
  gboolean goes_on;

  if (available < 2)
    return FALSE;
  length = data[1] & 0x7f;
  if (length >= 126)
    {
      guint width = length == 127 ? 8 : 2;

      header += width;
      if (available < 2 + width)
        return FALSE;
      length = 0;
      for (guint i = 0; i < width; i++)
        length = length << 8 | data[2 + i];
      if (length < (width == 8 ? 0x10000 : 126) || length > G_MAXINT64)
        return fail (self, WATTLE_SOCKET_CLOSE_PROTOCOL, "bad length");
    }
  if (!check_frame (self, data[0], data[1], length))
    return FALSE;
  if (available < header + length)
    return FALSE;
  if (++self->window_frames > self->engine->config.socket_messages * MAX_FRAMES_FACTOR)
    return fail (self, WATTLE_SOCKET_CLOSE_POLICY, "too many frames");
  for (gsize i = 0; i < length; i++)
    data[header + i] ^= data[header - 4 + i % 4];
  goes_on = (data[0] & 0x8) ? receive_control (self, data[0] & 0x0f, data + header, length)
                            : receive_data (self, data[0] & 0x80, data + header, length);
  if (goes_on)
    g_byte_array_remove_range (self->input, 0, header + length);
  return goes_on;
}

static void
receive (WattleSocket *self, const guint8 *data, gsize length, gint64 now)
{
  self->heard_at = now;
  if (now - self->window_began >= G_USEC_PER_SEC)
    {
      self->window_began = now;
      self->window_messages = self->window_frames = 0;
    }
  if (!self->is_deaf)
    g_byte_array_append (self->input, data, length);
  while (!self->is_deaf && receive_frame (self))
    ;
  if (self->is_deaf)
    g_byte_array_set_size (self->input, 0);
}

static void
doom (WattleSocket *self)
{
  if (!self->is_doomed)
    g_queue_push_tail (&self->engine->doomed, self);
  self->is_doomed = TRUE;
}

static void
handle_events (WattleSocket *self, guint32 events, gint64 now)
{
  guint8 block[READ_BLOCK];
  ssize_t n = -1;
  gboolean is_dead;

  if (events & EPOLLOUT)
    {
      g_mutex_lock (&self->lock);
      flush_locked (self);
      g_mutex_unlock (&self->lock);
    }
  if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
    {
      n = recv (self->fd, block, sizeof block, MSG_DONTWAIT);
      if (n > 0)
        receive (self, block, n, now);
      else if (n == 0 || (errno != EAGAIN && errno != EINTR))
        doom (self);
    }
  g_mutex_lock (&self->lock);
  is_dead = self->state == SOCKET_DEAD;
  g_mutex_unlock (&self->lock);
  if (is_dead)
    doom (self);
}

static void
bury (WattleEngine *engine)
{
  WattleSocket *self;

  while ((self = g_queue_pop_head (&engine->doomed)) != NULL)
    {
      g_mutex_lock (&self->lock);
      epoll_ctl (engine->epoll_fd, EPOLL_CTL_DEL, self->fd, NULL);
      self->state = SOCKET_DEAD;
      self->fd = -1;
      g_mutex_unlock (&self->lock);
      g_queue_unlink (&engine->sockets, &self->link);
      g_atomic_int_add (&engine->n_sockets, -1);
      MHD_upgrade_action (self->handle, MHD_UPGRADE_ACTION_CLOSE);
      if (self->events.closed != NULL)
        self->events.closed (self, self->close_code != 0 ? self->close_code : WATTLE_SOCKET_CLOSE_ABNORMAL,
                             self->user_data);
      wattle_socket_unref (self);
      g_mutex_lock (&engine->lock);
      g_cond_broadcast (&engine->changed);
      g_mutex_unlock (&engine->lock);
    }
}

static gboolean
sockets_cb (int fd, GIOCondition condition, gpointer user_data)
{
  WattleEngine *engine = user_data;
  struct epoll_event events[64];
  int n = epoll_wait (engine->epoll_fd, events, G_N_ELEMENTS (events), 0);
  gint64 now = g_get_monotonic_time ();

  for (int i = 0; i < n; i++)
    handle_events (events[i].data.ptr, events[i].events, now);
  bury (engine);
  return G_SOURCE_CONTINUE;
}

static void
tick_socket (WattleSocket *self, gint64 now)
{
  const WattleEngineConfig *config = &self->engine->config;
  gboolean is_late, is_overdue;

  g_mutex_lock (&self->lock);
  is_late = self->state == SOCKET_OPEN && !self->is_ready &&
            now - self->opened_at > (gint64) config->socket_ready_ms * 1000;
  is_overdue = self->state == SOCKET_DEAD || (self->state == SOCKET_CLOSING && now > self->close_deadline) ||
               now - self->heard_at > (gint64) config->socket_ping_ms * 2000;
  if (self->state == SOCKET_OPEN && now - self->pinged_at > (gint64) config->socket_ping_ms * 1000)
    {
      self->pinged_at = now;
      push_locked (self, PING, NULL, 0);
    }
  g_mutex_unlock (&self->lock);
  if (is_late)
    fail (self, WATTLE_SOCKET_CLOSE_POLICY, "no sign-in");
  if (is_overdue)
    doom (self);
}

void
wattle_sockets_tick (WattleEngine *engine, gint64 now)
{
  for (GList *l = engine->sockets.head; l != NULL; l = l->next)
    tick_socket (l->data, now);
  bury (engine);
}

static gboolean
tick_cb (gpointer user_data)
{
  WattleEngine *engine = user_data;
  gint64 now = g_get_monotonic_time ();

  wattle_limits_tick (engine, now);
  wattle_sockets_tick (engine, now);
  return G_SOURCE_CONTINUE;
}

static gboolean
opened_cb (gpointer user_data)
{
  WattleSocket *self = user_data;
  WattleEngine *engine = self->engine;
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = self };
  g_autoptr (GByteArray) early = self->input;

  g_queue_push_tail_link (&engine->sockets, &self->link);
  g_mutex_lock (&engine->lock);
  engine->stats.sockets_opened++;
  g_mutex_unlock (&engine->lock);
  self->opened_at = self->heard_at = self->pinged_at = self->window_began = g_get_monotonic_time ();
  self->input = g_byte_array_new ();
  if (epoll_ctl (engine->epoll_fd, EPOLL_CTL_ADD, self->fd, &event) != 0)
    doom (self);
  if (self->events.opened != NULL)
    self->events.opened (self, self->user_data);
  if (early->len > 0)
    receive (self, early->data, early->len, self->opened_at);
  bury (engine);
  return G_SOURCE_REMOVE;
}

/* Runs @function on the socket thread, in the order of the calls. */
static void
invoke (WattleEngine *engine, GSourceFunc function, gpointer data)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, function, data, NULL);
  g_source_attach (source, engine->context);
}

/* MHD_UpgradeHandler, on the listener's thread. What was read behind the handshake goes first. */
static void
upgraded_cb (void *cls, struct MHD_Connection *connection, void *context, const char *extra, size_t extra_size,
             MHD_socket fd, struct MHD_UpgradeResponseHandle *handle)
{
  WattleSocket *self = cls;
  WattleEngine *engine = self->engine;
  WattleRequest *request = context;
  gboolean is_late;

  wattle_limits_set_deadline (engine, request->socket, 0);
  wattle_engine_finish (engine, request);
  self->fd = fd;
  self->handle = handle;
  g_unix_set_fd_nonblocking (fd, TRUE, NULL);
  g_byte_array_append (self->input, (const guint8 *) extra, extra_size);
  g_mutex_lock (&engine->lock);
  is_late = engine->sockets_closed;
  if (!is_late)
    {
      g_atomic_int_add (&engine->n_sockets, 1);
      invoke (engine, opened_cb, wattle_socket_ref (self));
    }
  g_mutex_unlock (&engine->lock);
  if (is_late)
    MHD_upgrade_action (handle, MHD_UPGRADE_ACTION_CLOSE);
}

static gboolean
has_token (const char *list, const char *token)
{
  g_auto (GStrv) parts = g_strsplit (list != NULL ? list : "", ",", 16);

  for (guint i = 0; parts[i] != NULL; i++)
    if (g_ascii_strcasecmp (g_strstrip (parts[i]), token) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
is_valid_key (const char *key)
{
  gsize length = 0;
  g_autofree guchar *nonce = key != NULL && strlen (key) == 24 ? g_base64_decode (key, &length) : NULL;

  return length == 16;
}

/* RFC 6455 s 4.2.1, and an Origin that is absent (our client) or our own (a browser on our page). */
gboolean
wattle_socket_check_handshake (WattleRequest *self)
{
  const char *origin = wattle_request_get_header (self, "Origin");
  const char *version = wattle_request_get_header (self, "Sec-WebSocket-Version");

  if (!has_token (wattle_request_get_header (self, "Upgrade"), "websocket") ||
      !has_token (wattle_request_get_header (self, "Connection"), "upgrade") || g_strcmp0 (version, "13") != 0)
    {
      wattle_request_set_header (self, "Upgrade", "websocket");
      wattle_request_set_header (self, "Sec-WebSocket-Version", "13");
      wattle_request_respond_failure (self, 426, WATTLE_ERROR_UNSUPPORTED, NULL, "This address speaks WebSocket 13.");
    }
  else if (!is_valid_key (wattle_request_get_header (self, "Sec-WebSocket-Key")) || strcmp (self->method, "GET") != 0)
    wattle_request_respond_failure (self, 0, WATTLE_ERROR_INVALID, NULL, "The WebSocket handshake is not valid.");
  else if (origin != NULL && g_strcmp0 (origin, self->engine->config.origin) != 0)
    wattle_request_respond_failure (self, 0, WATTLE_ERROR_FORBIDDEN, NULL, "Another site may not open this socket.");
  else if ((guint) g_atomic_int_get (&self->engine->n_sockets) >= self->engine->config.max_sockets)
    wattle_request_respond_failure (self, 0, WATTLE_ERROR_BUSY, NULL, "The server is busy. Try again in a moment.");
  else
    return TRUE;
  return FALSE;
}

/**
 * wattle_request_accept_socket:
 * @self: a request of a %WATTLE_ROUTE_WEBSOCKET route
 * @events: what to call; copied
 * @user_data: (transfer full): for @events
 * @destroy: (nullable): frees @user_data when the socket is gone
 *
 * Answers with 101. The handshake was checked before the handler ran. If the
 * client is gone already, @destroy runs and nothing else.
 */
void
wattle_request_accept_socket (WattleRequest *self, const WattleSocketEvents *events, gpointer user_data,
                              GDestroyNotify destroy)
{
  const char *key = wattle_request_get_header (self, "Sec-WebSocket-Key");
  g_autofree char *joined = g_strconcat (key, HANDSHAKE_SECRET, NULL);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  g_autofree char *accept = NULL;
  guint8 digest[20];
  gsize digest_length = sizeof digest;
  WattleSocket *socket;
  struct MHD_Response *response;

  g_return_if_fail (self->upgrade == NULL);
  socket = g_new0 (WattleSocket, 1);
  g_atomic_ref_count_init (&socket->references);
  g_mutex_init (&socket->lock);
  socket->link.data = socket;
  socket->fd = -1;
  socket->engine = self->engine;
  socket->events = *events;
  socket->user_data = user_data;
  socket->destroy = destroy;
  socket->peer = g_strdup (self->peer);
  socket->request_id = g_strdup (self->id);
  socket->input = g_byte_array_new ();
  socket->message = g_byte_array_new ();

  g_checksum_update (checksum, (const guchar *) joined, -1);
  g_checksum_get_digest (checksum, digest, &digest_length);
  accept = g_base64_encode (digest, digest_length);
  response = MHD_create_response_for_upgrade (upgraded_cb, socket);
  if (response != NULL)
    {
      MHD_add_response_header (response, "Upgrade", "websocket");
      MHD_add_response_header (response, "Sec-WebSocket-Accept", accept);
    }
  self->upgrade = socket;
  wattle_request_deliver (self, MHD_HTTP_SWITCHING_PROTOCOLS, response, 0);
}

static gpointer
run_sockets (gpointer data)
{
  WattleEngine *engine = data;

  g_main_context_push_thread_default (engine->context);
  g_main_loop_run (engine->loop);
  g_main_context_pop_thread_default (engine->context);
  return NULL;
}

void
wattle_sockets_start (WattleEngine *engine)
{
  engine->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  engine->events_source = g_unix_fd_source_new (engine->epoll_fd, G_IO_IN);
  g_source_set_callback (engine->events_source, G_SOURCE_FUNC (sockets_cb), engine, NULL);
  g_source_attach (engine->events_source, engine->context);
  engine->tick_source = g_timeout_source_new (wattle_limits_tick_ms (&engine->config));
  g_source_set_callback (engine->tick_source, tick_cb, engine, NULL);
  g_source_attach (engine->tick_source, engine->context);
  engine->loop = g_main_loop_new (engine->context, FALSE);
  engine->thread = g_thread_new ("http-sockets", run_sockets, engine);
}

typedef struct
{
  WattleEngine *engine;
  char         *text;
} Goodbye;

static gboolean
goodbye_cb (gpointer user_data)
{
  Goodbye *goodbye = user_data;

  for (GList *l = goodbye->engine->sockets.head; l != NULL; l = l->next)
    {
      if (goodbye->text != NULL)
        wattle_socket_send_text (l->data, goodbye->text, -1);
      wattle_socket_close (l->data, WATTLE_SOCKET_CLOSE_GOING_AWAY, "restart");
    }
  g_free (goodbye->text);
  g_free (goodbye);
  return G_SOURCE_REMOVE;
}

void
wattle_sockets_goodbye (WattleEngine *engine, const char *text)
{
  Goodbye *goodbye = g_new (Goodbye, 1);

  *goodbye = (Goodbye){ engine, g_strdup (text) };
  invoke (engine, goodbye_cb, goodbye);
}

static gboolean
stop_cb (gpointer user_data)
{
  WattleEngine *engine = user_data;

  for (GList *l = engine->sockets.head; l != NULL; l = l->next)
    doom (l->data);
  bury (engine);
  g_main_loop_quit (engine->loop);
  return G_SOURCE_REMOVE;
}

/* After this no upgraded connection is left, as the listener's end demands. */
void
wattle_sockets_stop (WattleEngine *engine)
{
  g_mutex_lock (&engine->lock);
  engine->sockets_closed = TRUE;
  invoke (engine, stop_cb, engine);
  g_mutex_unlock (&engine->lock);
  g_thread_join (g_steal_pointer (&engine->thread));
  g_source_destroy (engine->events_source);
  g_source_destroy (engine->tick_source);
  g_clear_pointer (&engine->events_source, g_source_unref);
  g_clear_pointer (&engine->tick_source, g_source_unref);
  g_clear_pointer (&engine->loop, g_main_loop_unref);
  close (engine->epoll_fd);
}
