/* socket-thread.c: the one thread that serves all WebSockets, and ticks for every deadline
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/http/socket-private.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_BLOCK 16384

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
      wattle_socket_flush_locked (self);
      g_mutex_unlock (&self->lock);
    }
  if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
    {
      n = recv (self->fd, block, sizeof block, MSG_DONTWAIT);
      if (n > 0)
        wattle_socket_receive (self, block, n, now);
      else if (n == 0 || (errno != EAGAIN && errno != EINTR))
        doom (self);
    }
  g_mutex_lock (&self->lock);
  is_dead = self->state == WATTLE_SOCKET_DEAD;
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
      self->state = WATTLE_SOCKET_DEAD;
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
  is_late = self->state == WATTLE_SOCKET_OPEN && !self->is_ready
            && now - self->opened_at > (gint64) config->socket_ready_ms * 1000;
  is_overdue = self->state == WATTLE_SOCKET_DEAD || (self->state == WATTLE_SOCKET_CLOSING && now > self->close_deadline)
               || now - self->heard_at > (gint64) config->socket_ping_ms * 2000;
  if (self->state == WATTLE_SOCKET_OPEN && now - self->pinged_at > (gint64) config->socket_ping_ms * 1000)
    {
      self->pinged_at = now;
      wattle_socket_push_locked (self, WATTLE_OPCODE_PING, NULL, 0);
    }
  g_mutex_unlock (&self->lock);
  if (is_late)
    wattle_socket_fail (self, WATTLE_SOCKET_CLOSE_POLICY, "no sign-in");
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
  g_autoptr (GByteArray) early = g_steal_pointer (&self->early);

  g_queue_push_tail_link (&engine->sockets, &self->link);
  g_mutex_lock (&engine->lock);
  engine->stats.sockets_opened++;
  g_mutex_unlock (&engine->lock);
  self->opened_at = self->heard_at = self->pinged_at = self->window_began = g_get_monotonic_time ();
  if (epoll_ctl (engine->epoll_fd, EPOLL_CTL_ADD, self->fd, &event) != 0)
    doom (self);
  if (self->events.opened != NULL)
    self->events.opened (self, self->user_data);
  if (early->len > 0)
    wattle_socket_receive (self, early->data, early->len, self->opened_at);
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
void
wattle_socket_upgraded (void *cls,
                        struct MHD_Connection *connection,
                        void *context,
                        const char *extra,
                        size_t extra_size,
                        MHD_socket fd,
                        struct MHD_UpgradeResponseHandle *handle)
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
  g_byte_array_append (self->early, (const guint8 *) extra, extra_size);
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
  char *text;
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
