/* limits.c: the listening socket, descriptors, and a deadline for every connection
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/http/http-private.h"

#include <errno.h>
#include <gio/gunixsocketaddress.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define BACKLOG 1024
#define FEW_CONNECTIONS 16
/* Descriptors that are not for clients: the database with its readers, the blobs, the log. */
#define DESCRIPTORS_KEPT 128
/* With three of four connections in use, one that owes us its request has no more than this; with all in use, a
 * quarter of it. */
#define CROWDED_MS 1000

void
wattle_limits_apply_defaults (WattleEngineConfig *config)
{
  const struct
  {
    guint *value;
    guint  standard;
  } defaults[] = {
    { &config->threads, 8 },           { &config->queue, 1024 },          { &config->max_connections, 4096 },
    { &config->max_sockets, 3072 },    { &config->header_ms, 10000 },     { &config->body_ms, 30000 },
    { &config->idle_ms, 60000 },       { &config->handler_ms, 60000 },    { &config->socket_ready_ms, 5000 },
    { &config->socket_ping_ms, 30000 }, { &config->socket_messages, 20 }, { &config->socket_queue, 256 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (defaults); i++)
    if (*defaults[i].value == 0)
      *defaults[i].value = defaults[i].standard;
  if (config->body_budget == 0)
    config->body_budget = 64 * 1024 * 1024;
}

/* Asks for room for every connection and as much again for files; never lowers a limit. Where that is refused, fewer
 * connections are taken, so that a file can always be opened. */
void
wattle_limits_raise_descriptors (WattleEngineConfig *config)
{
  struct rlimit limit;
  rlim_t wanted = 2 * (rlim_t) config->max_connections + 1024, spare;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
    return;
  limit.rlim_cur = limit.rlim_max == RLIM_INFINITY ? wanted : MIN (wanted, limit.rlim_max);
  if (setrlimit (RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur >= wanted)
    return;
  getrlimit (RLIMIT_NOFILE, &limit);
  spare = limit.rlim_cur > 2 * DESCRIPTORS_KEPT ? limit.rlim_cur - DESCRIPTORS_KEPT : limit.rlim_cur / 2;
  config->max_connections = MIN (config->max_connections, MAX (spare, FEW_CONNECTIONS));
  g_message ("Only %" G_GUINT64_FORMAT " open files are allowed, so at most %u connections are taken",
             (guint64) limit.rlim_cur, config->max_connections);
}

static int
failed (int fd, const char *what, GError **error)
{
  int code = errno;

  if (fd >= 0)
    close (fd);
  wattle_set_field_error (error, WATTLE_ERROR_FAILED, "listen", "%s: %s.", what, g_strerror (code));
  return -1;
}

static GSocketAddress *
listen_address (const WattleEngineConfig *config, GError **error)
{
  const char *host = config->address != NULL ? config->address : "127.0.0.1";
  GSocketAddress *address;
  struct stat info;

  if (config->unix_path != NULL)
    {
      /* A socket left by a killed server would block the name for ever; anything else there is not ours to remove. */
      if (lstat (config->unix_path, &info) == 0 && S_ISSOCK (info.st_mode))
        unlink (config->unix_path);
      return g_unix_socket_address_new (config->unix_path);
    }
  address = g_inet_socket_address_new_from_string (host, config->port);
  if (address == NULL)
    wattle_set_field_error (error, WATTLE_ERROR_INVALID, "listen", "“%s” is not an address to listen on.", host);
  return address;
}

/* Returns: a listening, non-blocking descriptor, or -1 */
int
wattle_limits_listen (const WattleEngineConfig *config, guint16 *port, GError **error)
{
  g_autoptr (GSocketAddress) address = listen_address (config, error);
  struct sockaddr_storage native = { 0 };
  socklen_t length = sizeof native;
  int fd, on = 1;

  if (address == NULL || !g_socket_address_to_native (address, &native, sizeof native, error))
    return -1;
  fd = socket (native.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return failed (fd, "No socket can be made", error);
  setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind (fd, (struct sockaddr *) &native, g_socket_address_get_native_size (address)) != 0)
    return failed (fd, "The address to listen on cannot be taken", error);
  /* The folder says who may come in: the proxy's group needs the socket itself. */
  if (config->unix_path != NULL && chmod (config->unix_path, 0660) != 0)
    return failed (fd, "The socket file cannot be opened to its group", error);
  if (listen (fd, BACKLOG) != 0)
    return failed (fd, "The server cannot listen", error);
  if (getsockname (fd, (struct sockaddr *) &native, &length) == 0 && config->unix_path == NULL)
    {
      g_autoptr (GSocketAddress) bound = g_socket_address_new_from_native (&native, length);

      *port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
    }
  return fd;
}

/* The library's own time-out starts anew with every byte, so that a client who drips one byte a second stays for
 * ever. Each connection therefore carries a fixed deadline for what it owes next. */
void
wattle_limits_set_deadline (WattleEngine *self, WattleConnection *connection, guint milliseconds)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (connection == NULL)
    return;
  connection->deadline = milliseconds == 0 ? 0 : g_get_monotonic_time () + (gint64) milliseconds * 1000;
  connection->patience = 0;
}

/* The same for one who owes us the head of a request, and has to hurry when others want in. */
void
wattle_limits_await_head (WattleEngine *self, WattleConnection *connection, guint milliseconds)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  gint64 now = g_get_monotonic_time ();

  if (connection == NULL)
    return;
  connection->deadline = now + (gint64) milliseconds * 1000;
  connection->patience = now + (gint64) MIN (milliseconds, CROWDED_MS) * 1000;
}

/* MHD_NotifyConnectionCallback; "closed" comes before the descriptor is closed. */
void
wattle_limits_connection (void *cls, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode code)
{
  WattleEngine *self = cls;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  WattleConnection *entry = *context;

  if (code == MHD_CONNECTION_NOTIFY_STARTED)
    {
      entry = g_new0 (WattleConnection, 1);
      entry->link.data = entry;
      entry->fd = MHD_get_connection_info (connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
      entry->deadline = g_get_monotonic_time () + (gint64) self->config.header_ms * 1000;
      entry->patience = g_get_monotonic_time () + (gint64) MIN (self->config.header_ms, CROWDED_MS) * 1000;
      g_queue_push_tail_link (&self->connections, &entry->link);
      self->stats.accepted++;
      *context = entry;
    }
  else if (entry != NULL)
    {
      g_queue_unlink (&self->connections, &entry->link);
      g_free (entry);
      *context = NULL;
    }
}

guint
wattle_limits_tick_ms (const WattleEngineConfig *config)
{
  const guint times[] = { config->header_ms,       config->body_ms,        config->idle_ms, config->handler_ms,
                          config->socket_ready_ms, config->socket_ping_ms };
  guint shortest = times[0];

  for (guint i = 1; i < G_N_ELEMENTS (times); i++)
    shortest = MIN (shortest, times[i]);
  return CLAMP (shortest / 8, 20, 250);
}

/* The library may sleep through the end of a client whose last bytes and whose end came together. */
static gboolean
has_left (const WattleConnection *connection, gint64 now)
{
  char byte;

  return connection->patience != 0 && connection->patience <= now
         && recv (connection->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

static gboolean
is_late (const WattleConnection *connection, gint64 haste, gint64 now)
{
  return (connection->deadline != 0 && connection->deadline <= now)
         || (connection->patience != 0 && connection->patience <= haste);
}

/* Shuts what is past its deadline; the library sees the end of file and frees it. Answers requests held too long. */
void
wattle_limits_tick (WattleEngine *self, gint64 now)
{
  g_autoptr (GPtrArray) late = g_ptr_array_new_with_free_func ((GDestroyNotify) wattle_request_unref);
  gboolean is_over;
  gint64 haste = 0;

  g_mutex_lock (&self->lock);
  if (self->connections.length >= self->config.max_connections / 4 * 3)
    haste = now + (self->connections.length >= self->config.max_connections ? CROWDED_MS / 4 * 3000 : 0);
  for (GList *l = self->connections.head; l != NULL; l = l->next)
    {
      WattleConnection *connection = l->data;

      is_over = is_late (connection, haste, now);
      if (!is_over && !has_left (connection, now))
        continue;
      connection->deadline = connection->patience = 0;
      shutdown (connection->fd, SHUT_RDWR);
      self->stats.timed_out += is_over;
    }
  for (GList *l = self->in_flight.head; l != NULL; l = l->next)
    {
      WattleRequest *request = l->data;

      if (now - request->began > (gint64) self->config.handler_ms * 1000)
        g_ptr_array_add (late, wattle_request_ref (request));
    }
  g_mutex_unlock (&self->lock);

  for (guint i = 0; i < late->len; i++)
    wattle_request_respond_busy (late->pdata[i]);
}
