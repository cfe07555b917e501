/* bench-load.c: many callers at once, from one thread: what a server is loaded with, ours and the peers' alike
 *
 * Usage: bench-load calls PORT FOLDER EXPECT: every file of FOLDER holds the requests of one connection, each after a
 * line with its length in bytes; a connection sends its next request when the last one is answered. An answer without
 * the text EXPECT counts as failed. Prints seconds, answers, failed answers, and the median and the 99th percentile of
 * an answer's milliseconds.
 * bench-load sockets PORT N PATH FRAMES REQUEST: opens N WebSockets at PATH at once, sends on each a line of the file
 * FRAMES, one after the other and from the start again, waits for a message on each and prints the seconds; then, for
 * every line of its input, sends what the file REQUEST holds next on its own connection and prints the milliseconds
 * until every socket has heard a message.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <errno.h>
#include <gio/gio.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_EVENTS 256

typedef struct
{
  int fd;
  char *requests; /* owned by the connection */
  gsize length, at, sent, end;
  GString *in;
  gint64 asked;
  guint heard; /* messages of a WebSocket */
  gboolean upgraded;
} Connection;

static void
fail (const char *what)
{
  fprintf (stderr, "bench-load: %s: %s\n", what, g_strerror (errno));
  exit (1);
}

static guint
number (const char *text)
{
  GError *error = NULL;
  guint64 value = 0;

  if (!g_ascii_string_to_unsigned (text, 10, 1, 65535, &value, &error))
    {
      fprintf (stderr, "bench-load: %s\n", error->message);
      exit (2);
    }
  return (guint) value;
}

static int
connect_to (guint port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons ((guint16) port) };
  int on = 1, fd = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  if (fd < 0 || setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0)
    fail ("socket");
  if (connect (fd, (struct sockaddr *) &address, sizeof address) != 0 && errno != EINPROGRESS)
    fail ("connect");
  return fd;
}

static void
watch (int epoll, Connection *connection, int how, guint32 events)
{
  struct epoll_event event = { .events = events, .data.ptr = connection };

  if (epoll_ctl (epoll, how, connection->fd, &event) != 0)
    fail ("epoll");
}

/* The length of the whole answer that @in begins with; 0 while some of it is missing. */
static gsize
whole_answer (const GString *in)
{
  const char *head_end = strstr (in->str, "\r\n\r\n");
  gsize head, body = 0;

  if (head_end == NULL)
    return 0;
  head = (gsize) (head_end - in->str) + 4;
  for (const char *line = strstr (in->str, "\r\n"); line != NULL && line < head_end; line = strstr (line + 2, "\r\n"))
    if (g_ascii_strncasecmp (line + 2, "content-length:", 15) == 0)
      body = (gsize) g_ascii_strtoull (line + 17, NULL, 10);
  return in->len >= head + body ? head + body : 0;
}

/* Takes the next request of the connection's file; FALSE at its end. */
static gboolean
next_request (Connection *self)
{
  char *line_end;

  if (self->at >= self->length)
    return FALSE;
  self->end = (gsize) g_ascii_strtoull (self->requests + self->at, &line_end, 10);
  self->sent = (gsize) (line_end + 1 - self->requests);
  self->end += self->sent;
  self->at = self->end;
  self->asked = g_get_monotonic_time ();
  return TRUE;
}

static void
send_more (Connection *self)
{
  ssize_t n = send (self->fd, self->requests + self->sent, self->end - self->sent, MSG_NOSIGNAL);

  if (n < 0 && errno != EAGAIN)
    fail ("send");
  if (n > 0)
    self->sent += (gsize) n;
}

static void
receive_more (Connection *self)
{
  char piece[65536];
  ssize_t n = recv (self->fd, piece, sizeof piece, 0);

  if (n == 0 || (n < 0 && errno != EAGAIN))
    {
      fprintf (stderr, "bench-load: the server hung up\n");
      exit (1);
    }
  if (n > 0)
    g_string_append_len (self->in, piece, n);
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  gint64 one = *(const gint64 *) a, two = *(const gint64 *) b;

  return (one > two) - (one < two);
}

static Connection *
connection_new (guint port)
{
  Connection *self = g_new0 (Connection, 1);

  self->fd = connect_to (port);
  self->in = g_string_new (NULL);
  return self;
}

static guint
open_files (int epoll, guint port, const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint n = 0;

  if (dir == NULL)
    fail (folder);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      Connection *connection = connection_new (port);

      if (!g_file_get_contents (path, &connection->requests, &connection->length, NULL) || !next_request (connection))
        fail (path);
      watch (epoll, connection, EPOLL_CTL_ADD, EPOLLIN | EPOLLOUT);
      n++;
    }
  return n;
}

/* A server that closes after every answer, as those of HTTP/1.0 do, is called anew. */
static void
call_anew (int epoll, Connection *self, guint port)
{
  close (self->fd);
  self->fd = connect_to (port);
  watch (epoll, self, EPOLL_CTL_ADD, EPOLLIN | EPOLLOUT);
}

/* Goes on with one connection; TRUE when it has no more to ask. */
static gboolean
go_on (int epoll, Connection *self, guint port, GArray *times, guint *failed, const char *expect)
{
  gboolean closes;
  gsize answer;
  gint64 took;

  if (self->sent < self->end)
    {
      send_more (self);
      if (self->sent == self->end)
        watch (epoll, self, EPOLL_CTL_MOD, EPOLLIN);
      return FALSE;
    }
  receive_more (self);
  if ((answer = whole_answer (self->in)) == 0)
    return FALSE;
  took = g_get_monotonic_time () - self->asked;
  g_array_append_val (times, took);
  if (g_strstr_len (self->in->str, (gssize) answer, expect) == NULL && (*failed)++ == 0)
    fprintf (stderr, "bench-load: answered with %.*s\n", (int) MIN (answer, 600), self->in->str);
  closes = g_str_has_prefix (self->in->str, "HTTP/1.0");
  g_string_erase (self->in, 0, (gssize) answer);
  if (!next_request (self))
    return TRUE;
  if (closes)
    {
      call_anew (epoll, self, port);
      return FALSE;
    }
  send_more (self);
  if (self->sent < self->end)
    watch (epoll, self, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
  return FALSE;
}

static void
calls (char **argv)
{
  int epoll = epoll_create1 (EPOLL_CLOEXEC);
  guint port = number (argv[2]), left = open_files (epoll, port, argv[3]), failed = 0;
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 start = g_get_monotonic_time ();
  double took;

  while (left > 0)
    {
      struct epoll_event events[MAX_EVENTS];
      int n = epoll_wait (epoll, events, MAX_EVENTS, 60000);

      if (n <= 0)
        fail ("no answer for a minute");
      for (int i = 0; i < n; i++)
        {
          Connection *connection = events[i].data.ptr;

          if (!go_on (epoll, connection, port, times, &failed, argv[4]))
            continue;
          epoll_ctl (epoll, EPOLL_CTL_DEL, connection->fd, NULL);
          left--;
        }
    }
  took = (double) (g_get_monotonic_time () - start) / 1e6;
  g_array_sort (times, compare_times);
  printf ("%.4f %u %u %.3f %.3f\n", took, times->len, failed,
          (double) g_array_index (times, gint64, times->len / 2) / 1e3,
          (double) g_array_index (times, gint64, times->len * 99 / 100) / 1e3);
}

static void
put_frame (GString *out, const char *text)
{
  gsize length = strlen (text);

  g_string_append_c (out, (char) 0x81);
  if (length < 126)
    g_string_append_c (out, (char) (0x80 | length));
  else
    g_string_append_printf (out, "%c%c%c", 0x80 | 126, (int) (length >> 8), (int) (length & 255));
  g_string_append_len (out, "\0\0\0\0", 4);
  g_string_append_len (out, text, (gssize) length);
}

static void
say_hello (Connection *self, const char *path, const char *frame)
{
  GString *hello = g_string_new (NULL);

  g_string_append_printf (hello,
                          "GET %s HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n",
                          path);
  put_frame (hello, frame);
  self->end = hello->len;
  self->requests = g_string_free (hello, FALSE);
}

/* Counts the messages in what came; pings are left unanswered, for the run is shorter than their patience. */
static void
count_messages (Connection *self)
{
  if (!self->upgraded)
    {
      const char *head_end = strstr (self->in->str, "\r\n\r\n");

      if (head_end == NULL)
        return;
      if (strstr (self->in->str, " 101 ") == NULL)
        {
          fprintf (stderr, "bench-load: a socket was refused: %s\n", self->in->str);
          exit (1);
        }
      g_string_erase (self->in, 0, head_end + 4 - self->in->str);
      self->upgraded = TRUE;
    }
  while (self->in->len >= 2)
    {
      gsize length = (guint8) self->in->str[1] & 127;

      if (self->in->len < length + 2)
        return;
      if (((guint8) self->in->str[0] & 15) == 8)
        {
          fprintf (stderr, "bench-load: a socket was closed: %.*s\n", (int) length, self->in->str + 2);
          exit (1);
        }
      self->heard += ((guint8) self->in->str[0] & 15) == 1;
      g_string_erase (self->in, 0, (gssize) length + 2);
    }
}

/* Until every socket has heard more messages than @before. */
static void
hear_all (int epoll, Connection **sockets, guint n, const guint *before)
{
  guint left = n;

  for (guint i = 0; i < n; i++)
    left -= sockets[i]->heard > before[i];
  while (left > 0)
    {
      struct epoll_event events[MAX_EVENTS];
      int ready = epoll_wait (epoll, events, MAX_EVENTS, 60000);

      if (ready <= 0)
        fail ("no poke for a minute");
      for (int i = 0; i < ready; i++)
        {
          Connection *socket = events[i].data.ptr;
          guint number = (guint) socket->at;
          gboolean heard = socket->heard > before[number];

          if (socket->sent < socket->end)
            {
              send_more (socket);
              if (socket->sent == socket->end)
                watch (epoll, socket, EPOLL_CTL_MOD, EPOLLIN);
              continue;
            }
          receive_more (socket);
          count_messages (socket);
          left -= !heard && socket->heard > before[number];
        }
    }
}

static double
poke (int epoll, Connection **all, guint n, Connection *caller, guint *before)
{
  gint64 start;

  for (guint i = 0; i < n; i++)
    before[i] = all[i]->heard;
  start = g_get_monotonic_time ();
  next_request (caller);
  while (caller->sent < caller->end)
    send_more (caller);
  hear_all (epoll, all, n, before);
  return (double) (g_get_monotonic_time () - start) / 1e3;
}

static void
sockets (char **argv)
{
  int epoll = epoll_create1 (EPOLL_CLOEXEC);
  guint port = number (argv[2]), n = number (argv[3]);
  g_autofree guint *before = g_new0 (guint, n);
  g_autofree Connection **all = g_new0 (Connection *, n);
  struct rlimit limit = { 65536, 65536 };
  Connection *caller;
  g_autofree char *text = NULL;
  g_auto (GStrv) frames = NULL;
  guint n_frames;
  gint64 start;
  char line[64];

  setrlimit (RLIMIT_NOFILE, &limit);
  if (!g_file_get_contents (argv[5], &text, NULL, NULL))
    fail (argv[5]);
  frames = g_strsplit (g_strchomp (text), "\n", -1);
  n_frames = g_strv_length (frames);
  start = g_get_monotonic_time ();
  for (guint i = 0; i < n; i++)
    {
      all[i] = connection_new (port);
      say_hello (all[i], argv[4], frames[i % n_frames]);
      all[i]->at = i;
      watch (epoll, all[i], EPOLL_CTL_ADD, EPOLLIN | EPOLLOUT);
    }
  hear_all (epoll, all, n, before);
  printf ("%.4f\n", (double) (g_get_monotonic_time () - start) / 1e6);
  fflush (stdout);

  caller = connection_new (port);
  if (!g_file_get_contents (argv[6], &caller->requests, &caller->length, NULL))
    fail (argv[6]);
  while (fgets (line, sizeof line, stdin) != NULL && caller->at < caller->length)
    {
      printf ("%.3f\n", poke (epoll, all, n, caller, before));
      fflush (stdout);
    }
}

int
main (int argc, char **argv)
{
  if (argc > 4 && strcmp (argv[1], "calls") == 0)
    calls (argv);
  else if (argc > 6 && strcmp (argv[1], "sockets") == 0)
    sockets (argv);
  else
    return 2;
  return 0;
}
