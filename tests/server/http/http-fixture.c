/* http-fixture.c: a small server on the HTTP engine, for the hostile clients of test-http.py
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Arguments are NAME=NUMBER for fields of the configuration, unix=PATH, nofile=N and origin=URL. It prints its port,
 * stops gracefully at the end of its standard input and then prints "stopped".
 */
#include "server/http/engine.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#define FILE_SIZE   (3 * 1024 * 1024)
#define STREAM_SIZE (256 * 1024 * 1024)

static WattleEngine *engine;
static GMutex lock;
static GCond changed;
static GQueue held = G_QUEUE_INIT;
static int sealed_file = -1;

static void
hello (WattleRequest *request, gpointer user_data)
{
  g_autofree char *text = g_strdup_printf ("hello %s %s", wattle_request_get_param (request, "name"),
                                           wattle_request_get_query (request, "q"));

  wattle_request_respond_text (request, 200, "text/plain", text);
}

static void
me (WattleRequest *request, gpointer user_data)
{
  wattle_request_respond_text (request, 200, "text/plain", wattle_request_get_peer (request));
}

static void
echo (WattleRequest *request, gpointer user_data)
{
  wattle_request_respond (request, 200, "application/json", wattle_request_get_body (request));
}

static void
forget (WattleRequest *request, gpointer user_data)
{
}

static void
refuse (WattleRequest *request, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  wattle_set_field_error (&error, WATTLE_ERROR_CONFLICT, "start", "The time \"10:00\" is taken.");
  wattle_request_respond_error (request, error);
}

static void
hold (WattleRequest *request, gpointer user_data)
{
  g_mutex_lock (&lock);
  g_queue_push_tail (&held, wattle_request_hold (request));
  g_cond_signal (&changed);
  g_mutex_unlock (&lock);
}

/* Holds a request for ever: the engine must answer it. */
static void
lose (WattleRequest *request, gpointer user_data)
{
  wattle_request_unref (wattle_request_hold (request));
}

/* Holds a worker until the gate opens. */
static void
block (WattleRequest *request, gpointer user_data)
{
  static gboolean is_open = FALSE;

  g_mutex_lock (&lock);
  if (wattle_request_get_query (request, "open") != NULL)
    is_open = TRUE;
  g_cond_broadcast (&changed);
  g_print ("blocked\n");
  while (!is_open)
    g_cond_wait (&changed, &lock);
  g_mutex_unlock (&lock);
  wattle_request_respond_text (request, 200, "text/plain", "free");
}

static gpointer
answer_held (gpointer data)
{
  for (;;)
    {
      g_autoptr (WattleRequest) request = NULL;

      g_mutex_lock (&lock);
      while (held.length == 0)
        g_cond_wait (&changed, &lock);
      request = g_queue_pop_head (&held);
      g_mutex_unlock (&lock);
      wattle_request_respond_text (request, 200, "text/plain", "later");
      wattle_request_respond_text (request, 500, "text/plain", "a second answer does not count");
    }
  return NULL;
}

static gssize
pull (gpointer data, char *buffer, gsize size, GError **error)
{
  gint64 *left = data;
  gsize n = MIN (size, (gsize) MAX (*left, 0));

  if (*left < 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "torn");
      return -1;
    }
  memset (buffer, 'w', n);
  *left -= n;
  return n;
}

static gssize
pull_torn (gpointer data, char *buffer, gsize size, GError **error)
{
  gint64 *left = data;
  gssize n = pull (data, buffer, size, error);

  if (*left == 0)
    *left = -1;
  return n;
}

static void
stream (WattleRequest *request, gpointer user_data)
{
  gboolean is_torn = wattle_request_get_query (request, "torn") != NULL;
  const char *size = wattle_request_get_query (request, "size");
  gint64 *left = g_new (gint64, 1);

  *left = size != NULL ? g_ascii_strtoll (size, NULL, 10) : STREAM_SIZE;
  wattle_request_respond_stream (request, 200, "application/x-ndjson", -1, is_torn ? pull_torn : pull, left, g_free);
}

static void
file (WattleRequest *request, gpointer user_data)
{
  wattle_request_respond_fd (request, "application/octet-stream", dup (sealed_file), FILE_SIZE);
}

static void
large (WattleRequest *request, gpointer user_data)
{
  g_autofree char *text = g_strnfill (100000, 'x');

  wattle_request_respond_text (request, 200, "application/json", text);
}

static void
metrics (WattleRequest *request, gpointer user_data)
{
  g_autoptr (GString) text = g_string_new (NULL);

  wattle_engine_append_metrics (engine, text);
  wattle_request_respond_text (request, 200, "text/plain", text->str);
}

/* "flood" fills the queue of a client that does not read; anything else comes back. */
static void
message (WattleSocket *socket, const char *text, gsize length, gpointer user_data)
{
  wattle_socket_set_ready (socket);
  if (strcmp (text, "flood") == 0)
    for (guint i = 0; i < 100000; i++)
      {
        if (!wattle_socket_send_text (socket, "01234567890123456789012345678901234567890123456789", -1))
          break;
      }
  else if (strcmp (text, "leave") == 0)
    wattle_socket_close (socket, WATTLE_SOCKET_CLOSE_NORMAL, "asked");
  else
    wattle_socket_send_text (socket, text, length);
}

static void
open_socket (WattleRequest *request, gpointer user_data)
{
  static const WattleSocketEvents events = { .message = message };

  wattle_request_accept_socket (request, &events, NULL, NULL);
}

static gboolean
admit (WattleRequest *request, gpointer user_data)
{
  if (wattle_request_get_header (request, "X-Known") != NULL)
    wattle_request_set_known (request);
  if (wattle_request_get_header (request, "X-Often") == NULL)
    return TRUE;
  wattle_request_respond_failure (request, 0, WATTLE_ERROR_RATE_LIMITED, NULL, "Too many calls.");
  return FALSE;
}

static const WattleRoute routes[] = {
  { "GET", "/v1/hello/{name}", "hello", WATTLE_ROUTE_PUBLIC, .handler = hello },
  { "GET", "/v1/hello/me", "me", WATTLE_ROUTE_PUBLIC, .handler = me },
  { "POST", "/v1/echo", "echo", 0, .handler = echo },
  { "PUT", "/v1/echo", "echo-small", 0, .max_body = 1000, .consumes = "*", .handler = echo },
  { "DELETE", "/v1/echo", "echo-none", WATTLE_ROUTE_NO_BODY, .handler = echo },
  { "GET", "/v1/forget", "forget", 0, .handler = forget },
  { "GET", "/v1/refuse", "refuse", 0, .handler = refuse },
  { "GET", "/v1/hold", "hold", 0, .handler = hold },
  { "GET", "/v1/lose", "lose", 0, .handler = lose },
  { "GET", "/v1/block", "block", 0, .handler = block },
  { "GET", "/v1/stream", "stream", 0, .handler = stream },
  { "GET", "/v1/file", "file", 0, .handler = file },
  { "GET", "/v1/large", "large", WATTLE_ROUTE_GZIP, .handler = large },
  { "GET", "/v1/metrics", "metrics", WATTLE_ROUTE_PUBLIC, .handler = metrics },
  { "GET", "/v1/events", "events", WATTLE_ROUTE_WEBSOCKET, .handler = open_socket },
};

static guint
number (const char *text)
{
  guint64 value = 0;

  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT, &value, NULL))
    g_error ("%s is not a number", text);
  return value;
}

static gboolean
configure (WattleEngineConfig *config, const char *argument)
{
  const struct
  {
    const char *name;
    guint      *value;
  } fields[] = {
    { "threads", &config->threads },         { "queue", &config->queue },
    { "connections", &config->max_connections }, { "per_address", &config->max_per_address },
    { "sockets", &config->max_sockets },     { "header", &config->header_ms },
    { "body", &config->body_ms },            { "idle", &config->idle_ms },
    { "handler", &config->handler_ms },      { "ready", &config->socket_ready_ms },
    { "ping", &config->socket_ping_ms },     { "messages", &config->socket_messages },
    { "socket_queue", &config->socket_queue }, { "trust", (guint *) &config->trust_forwarded },
  };
  const char *value = strchr (argument, '=') + 1;

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    if (strncmp (argument, fields[i].name, strlen (fields[i].name)) == 0 && argument[strlen (fields[i].name)] == '=')
      {
        *fields[i].value = number (value);
        return TRUE;
      }
  if (g_str_has_prefix (argument, "unix="))
    config->unix_path = value;
  else if (g_str_has_prefix (argument, "origin="))
    config->origin = value;
  else if (g_str_has_prefix (argument, "budget="))
    config->body_budget = number (value);
  else
    return FALSE;
  return TRUE;
}

int
main (int argc, char **argv)
{
  WattleEngineConfig config = { .admit = admit };
  g_autoptr (GError) error = NULL;
  struct rlimit limit = { 0 };
  char c;

  for (int i = 1; i < argc; i++)
    if (g_str_has_prefix (argv[i], "nofile="))
      limit.rlim_cur = limit.rlim_max = number (strchr (argv[i], '=') + 1);
    else if (strchr (argv[i], '=') == NULL || !configure (&config, argv[i]))
      g_error ("What is %s?", argv[i]);
  if (limit.rlim_cur > 0)
    setrlimit (RLIMIT_NOFILE, &limit);
  sealed_file = memfd_create ("file", MFD_CLOEXEC);
  for (guint i = 0; i < FILE_SIZE / 256; i++)
    for (guint j = 0; j < 256; j += 64)
      {
        guint8 block[64];

        for (guint k = 0; k < 64; k++)
          block[k] = (guint8) (i + j + k);
        if (write (sealed_file, block, sizeof block) != sizeof block)
          g_error ("The test file cannot be written");
      }
  g_thread_unref (g_thread_new ("held", answer_held, NULL));
  engine = wattle_engine_new (&config, routes, G_N_ELEMENTS (routes), NULL);
  if (!wattle_engine_start (engine, &error))
    g_error ("%s", error->message);
  printf ("%u\n", wattle_engine_get_port (engine));
  fflush (stdout);
  while (read (STDIN_FILENO, &c, 1) > 0)
    ;
  wattle_engine_stop (engine, 2000, "goodbye");
  wattle_engine_free (engine);
  close (sealed_file);
  printf ("stopped\n");
  return 0;
}
