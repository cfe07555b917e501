/* box.c: a network between network namespaces: what goes over it may be lost, late, slow, cut off or translated
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
/* Each namespace is a node with a device of its own. A packet takes the way up of the node it comes from and
 * the way down of the node it goes to; each way has its own chances, drawn from the seed, so that the n-th packet of
 * a way has the same fate in every run. A node may stand behind a router that translates its addresses.
 *
 * Orders come as lines, each is answered by one:
 *
 *     node NAME PROCESS NUMBER open|cone|symmetric DEVICE    a device in the namespace of a process
 *     shape NAME up|down|both WORD=VALUE...           loss (share), burst (packets), delay, jitter and
 *                                                     queue (ms), rate (kbit/s)
 *     cut NAME, mend NAME                             nothing comes through; everything does again
 *     renumber NAME HOST                              the router gets another address
 *     count NAME                                      packets, bytes and losses up, then down
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <math.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <glib.h>

/* Addresses outside are 10.NETWORK.NUMBER.HOST, those inside behind a router 192.168.NUMBER.HOST. */
#define OUTSIDE 0x0a000000U
#define MAX_NODES 16
#define MAX_PACKET 2048
#define MAX_FLOWS 8192
#define FIRST_PORT 20000
#define TCP 6
#define UDP 17

typedef struct
{
  GRand *chance;
  double loss;
  double burst;
  double delay; /* milliseconds, as those below */
  double jitter;
  double queue;
  double rate; /* kilobits a second, or 0 */
  gboolean losing;
  double free; /* when the last packet has left */
  double last; /* when it arrives */
  guint64 packets;
  guint64 bytes;
  guint64 lost;
} Way;

/* What a router remembers of who inside spoke to whom outside. */
typedef struct
{
  guint8 protocol;
  guint32 inside;
  guint16 inside_port;
  guint32 remote;
  guint16 remote_port;
  guint16 port;
} Flow;

typedef struct
{
  char name[16];
  int tun;
  guint number;
  guint host; /* of the router outside */
  gboolean routed;
  gboolean symmetric;
  gboolean cut;
  guint16 next_port;
  GArray *flows;
  Way way[2]; /* up, down */
} Node;

typedef struct
{
  double due;
  guint64 order;
  int node;
  int way;
  guint length;
  guint8 bytes[];
} Packet;

static Node nodes[MAX_NODES];
static guint n_nodes;
static GPtrArray *waiting; /* Packet, a heap by when it is due */
static guint64 packets;
static guint seed;
static guint network;

static double
now (void)
{
  return (double) g_get_monotonic_time () / 1000;
}

/* The heap. */

static gboolean
earlier (guint one, guint other)
{
  const Packet *a = g_ptr_array_index (waiting, one);
  const Packet *b = g_ptr_array_index (waiting, other);

  return a->due < b->due || (!(a->due > b->due) && a->order < b->order);
}

static void
swap (guint one, guint other)
{
  gpointer kept = waiting->pdata[one];

  waiting->pdata[one] = waiting->pdata[other];
  waiting->pdata[other] = kept;
}

static void
push (Packet *packet)
{
  packet->order = packets++;
  g_ptr_array_add (waiting, packet);
  for (guint at = waiting->len - 1; at > 0 && earlier (at, (at - 1) / 2); at = (at - 1) / 2)
    swap (at, (at - 1) / 2);
}

static Packet *
pop (void)
{
  Packet *first = NULL;

  swap (0, waiting->len - 1);
  first = g_ptr_array_remove_index (waiting, waiting->len - 1);
  for (guint at = 0, least = 0; 2 * at + 1 < waiting->len; at = least)
    {
      least = 2 * at + 1;
      if (least + 1 < waiting->len && earlier (least + 1, least))
        least++;
      if (!earlier (least, at))
        break;
      swap (at, least);
    }
  return first;
}

/* Packets. */

static guint32
get32 (const guint8 *at)
{
  return (guint32) at[0] << 24 | (guint32) at[1] << 16 | (guint32) at[2] << 8 | at[3];
}

static guint16
get16 (const guint8 *at)
{
  return (guint16) (at[0] << 8 | at[1]);
}

/* Changes a word that a sum covers (RFC 1624). */
static void
put16 (guint8 *at, guint16 value, guint8 *first_sum, guint8 *second_sum)
{
  guint8 *sums[] = { first_sum, second_sum };

  for (int i = 0; i < 2; i++)
    if (sums[i] != NULL)
      {
        guint32 sum = (guint32) (guint16) ~get16 (sums[i]) + (guint16) ~get16 (at) + value;

        sum = (sum & 0xffff) + (sum >> 16);
        sum = (sum & 0xffff) + (sum >> 16);
        sums[i][0] = (guint8) (~sum >> 8);
        sums[i][1] = (guint8) ~sum;
      }
  at[0] = (guint8) (value >> 8);
  at[1] = (guint8) value;
}

/* Puts another address and port in the place of the source (offset 12) or of the destination (16). */
static void
readdress (guint8 *ip, guint offset, guint32 address, guint16 port)
{
  guint8 *inner = ip + 4 * (ip[0] & 15);
  guint8 *sum = inner + (ip[9] == UDP ? 6 : 16);

  if (ip[9] == UDP && get16 (sum) == 0)
    sum = NULL;
  put16 (ip + offset, (guint16) (address >> 16), ip + 10, sum);
  put16 (ip + offset + 2, (guint16) address, ip + 10, sum);
  put16 (inner + (offset == 12 ? 0 : 2), port, sum, NULL);
}

static guint32
outside_of (const Node *node)
{
  return OUTSIDE | network << 16 | node->number << 8 | node->host;
}

/* Outwards: the port that a router gives, one for each inside (cone) or for each pair (symmetric). */
static gboolean
translate_out (Node *node, guint8 *ip)
{
  const guint8 *inner = ip + 4 * (ip[0] & 15);
  Flow flow = { ip[9], get32 (ip + 12), get16 (inner), get32 (ip + 16), get16 (inner + 2), 0 };

  for (guint i = 0; i < node->flows->len; i++)
    {
      const Flow *old = &g_array_index (node->flows, Flow, i);
      gboolean same = old->protocol == flow.protocol && old->inside == flow.inside
                      && old->inside_port == flow.inside_port;

      if (same && old->remote == flow.remote && old->remote_port == flow.remote_port)
        {
          readdress (ip, 12, outside_of (node), old->port);
          return TRUE;
        }
      if (same && !node->symmetric)
        flow.port = old->port;
    }
  if (node->flows->len >= MAX_FLOWS)
    return FALSE;
  if (flow.port == 0)
    flow.port = node->next_port++;
  g_array_append_val (node->flows, flow);
  readdress (ip, 12, outside_of (node), flow.port);
  return TRUE;
}

/* Inwards: only from whom somebody inside has spoken to. */
static gboolean
translate_in (const Node *node, guint8 *ip)
{
  const guint8 *inner = ip + 4 * (ip[0] & 15);

  for (guint i = 0; i < node->flows->len; i++)
    {
      const Flow *flow = &g_array_index (node->flows, Flow, i);

      if (flow->protocol == ip[9] && flow->port == get16 (inner + 2) && flow->remote == get32 (ip + 12)
          && flow->remote_port == get16 (inner))
        {
          readdress (ip, 16, flow->inside, flow->inside_port);
          return TRUE;
        }
    }
  return FALSE;
}

static gboolean
is_lost (Way *way)
{
  double chance = g_rand_double (way->chance);

  if (way->burst <= 1)
    return chance < way->loss;
  /* Gilbert: losses come in runs of that mean length. */
  if (way->losing)
    way->losing = chance >= 1 / way->burst;
  else
    way->losing = chance < way->loss / (way->burst * (1 - way->loss));
  return way->losing && way->loss > 0;
}

static void
enter (Packet *packet, int node, int number, double when)
{
  Way *way = &nodes[node].way[number];
  double jitter = (2 * g_rand_double (way->chance) - 1) * way->jitter;
  double free = MAX (way->free, when);

  way->packets++;
  way->bytes += packet->length;
  if (is_lost (way) || nodes[node].cut || (way->rate > 0 && free - when > way->queue))
    {
      way->lost++;
      g_free (packet);
      return;
    }
  if (way->rate > 0)
    free += packet->length * 8 / way->rate;
  way->free = free;
  /* Late and early, but never before the one in front. */
  way->last = MAX (way->last, free + MAX (0, way->delay + jitter));
  packet->due = way->last;
  packet->node = node;
  packet->way = number;
  push (packet);
}

static void
arrive (Packet *packet)
{
  guint8 *ip = packet->bytes;
  guint32 to = get32 (ip + 16);

  if (packet->way == 0)
    {
      for (guint i = 0; i < n_nodes; i++)
        if (to >> 8 == outside_of (&nodes[i]) >> 8 && (!nodes[i].routed || to == outside_of (&nodes[i])))
          {
            enter (packet, (int) i, 1, packet->due);
            return;
          }
    }
  else if (!nodes[packet->node].routed || translate_in (&nodes[packet->node], ip))
    {
      if (write (nodes[packet->node].tun, ip, packet->length) < 0 && errno != EIO)
        g_printerr ("box: %s\n", g_strerror (errno));
    }
  g_free (packet);
}

static void
leave (int node)
{
  guint8 bytes[MAX_PACKET];
  gssize length = 0;

  while ((length = read (nodes[node].tun, bytes, sizeof bytes)) > 0)
    {
      gboolean whole = length >= 28 && bytes[0] >> 4 == 4 && (gsize) length >= 4 * (bytes[0] & 15) + 8U;
      gboolean ported = whole && (bytes[9] == UDP || (bytes[9] == TCP && length >= 40));
      Packet *packet = NULL;

      if (!whole || (nodes[node].routed && (!ported || !translate_out (&nodes[node], bytes))))
        continue;
      packet = g_malloc0 (sizeof *packet + (gsize) length);
      packet->length = (guint) length;
      memcpy (packet->bytes, bytes, (gsize) length);
      enter (packet, node, 0, now ());
    }
}

/* Orders. */

static int
find (const char *name)
{
  for (guint i = 0; name != NULL && i < n_nodes; i++)
    if (g_str_equal (nodes[i].name, name))
      return (int) i;
  return -1;
}

/* A device in another namespace. */
static int
open_device (const char *process, const char *device)
{
  g_autofree char *path = g_strdup_printf ("/proc/%s/ns/net", process);
  int home = open ("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  int there = open (path, O_RDONLY | O_CLOEXEC);
  struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
  int tun = -1;

  g_strlcpy (request.ifr_name, device, sizeof request.ifr_name);
  if (there >= 0 && setns (there, CLONE_NEWNET) == 0)
    {
      tun = open ("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
      if (tun >= 0 && ioctl (tun, TUNSETIFF, &request) != 0)
        {
          close (tun);
          tun = -1;
        }
      if (setns (home, CLONE_NEWNET) != 0)
        g_error ("no way home: %s", g_strerror (errno));
    }
  close (home);
  if (there >= 0)
    close (there);
  return tun;
}

static gboolean
do_node (char **words)
{
  Node *node = &nodes[n_nodes];

  if (g_strv_length (words) < 6 || n_nodes == MAX_NODES)
    return FALSE;
  node->tun = open_device (words[2], words[5]);
  if (node->tun < 0)
    return FALSE;
  g_strlcpy (node->name, words[1], sizeof node->name);
  node->number = (guint) g_ascii_strtoull (words[3], NULL, 10) & 255;
  node->host = 1;
  node->routed = !g_str_equal (words[4], "open");
  node->symmetric = g_str_equal (words[4], "symmetric");
  node->next_port = FIRST_PORT;
  node->flows = g_array_new (FALSE, FALSE, sizeof (Flow));
  for (guint i = 0; i < 2; i++)
    node->way[i] = (Way){ .chance = g_rand_new_with_seed (seed * 64 + node->number * 2 + i), .queue = 200 };
  n_nodes++;
  return TRUE;
}

static gboolean
shape_way (Way *way, char **words)
{
  const struct
  {
    const char *name;
    double *value;
  } table[] = { { "loss", &way->loss },     { "burst", &way->burst }, { "delay", &way->delay },
                { "jitter", &way->jitter }, { "queue", &way->queue }, { "rate", &way->rate } };

  for (; *words != NULL; words++)
    {
      const char *value = strchr (*words, '=');
      gboolean known = FALSE;

      for (gsize i = 0; value != NULL && i < G_N_ELEMENTS (table); i++)
        if (strlen (table[i].name) == (gsize) (value - *words) && g_str_has_prefix (*words, table[i].name))
          {
            *table[i].value = g_ascii_strtod (value + 1, NULL);
            known = TRUE;
          }
      if (!known)
        return FALSE;
    }
  return TRUE;
}

static gboolean
do_shape (char **words, Node *node)
{
  gboolean good = TRUE;

  if (g_strv_length (words) < 3)
    return FALSE;
  for (guint i = 0; i < 2; i++)
    if (!g_str_equal (words[2], i == 0 ? "down" : "up"))
      good = shape_way (&node->way[i], words + 3) && good;
  return good;
}

static void
obey (const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  guint count = g_strv_length (words);
  int at = find (count > 1 ? words[1] : NULL);
  Node *node = at >= 0 ? &nodes[at] : NULL;
  gboolean good = FALSE;

  if (count > 0 && g_str_equal (words[0], "node"))
    good = node == NULL && do_node (words);
  else if (node != NULL && g_str_equal (words[0], "shape"))
    good = do_shape (words, node);
  else if (node != NULL && (g_str_equal (words[0], "cut") || g_str_equal (words[0], "mend")))
    {
      node->cut = g_str_equal (words[0], "cut");
      good = TRUE;
    }
  else if (node != NULL && count == 3 && g_str_equal (words[0], "renumber"))
    {
      node->host = (guint) g_ascii_strtoull (words[2], NULL, 10) & 255;
      g_array_set_size (node->flows, 0);
      good = TRUE;
    }
  else if (node != NULL && g_str_equal (words[0], "count"))
    {
      for (guint i = 0; i < 2; i++)
        g_print ("%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "%c", node->way[i].packets,
                 node->way[i].bytes, node->way[i].lost, i == 0 ? ' ' : '\n');
      return;
    }
  g_print (good ? "ok\n" : "no\n");
}

/* FALSE at the end of the orders. */
static gboolean
read_orders (GString *pending)
{
  char bytes[4096];
  gssize length = read (STDIN_FILENO, bytes, sizeof bytes);

  if (length <= 0)
    return FALSE;
  g_string_append_len (pending, bytes, length);
  for (char *end = NULL; (end = strchr (pending->str, '\n')) != NULL;)
    {
      *end = '\0';
      obey (pending->str);
      g_string_erase (pending, 0, end - pending->str + 1);
    }
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GString) pending = g_string_new (NULL);
  gboolean running = TRUE;

  setvbuf (stdout, NULL, _IOLBF, 0);
  waiting = g_ptr_array_new ();
  seed = argc > 1 ? (guint) g_ascii_strtoull (argv[1], NULL, 10) : 1;
  network = argc > 2 ? (guint) g_ascii_strtoull (argv[2], NULL, 10) & 255 : 1;
  while (running)
    {
      struct pollfd polled[MAX_NODES + 1] = { { .fd = STDIN_FILENO, .events = POLLIN } };
      double left = waiting->len > 0 ? MAX (0, ((Packet *) g_ptr_array_index (waiting, 0))->due - now ()) : 1000;
      struct timespec limit = { (time_t) (left / 1000), (long) (fmod (left, 1000) * 1e6) };

      for (guint i = 0; i < n_nodes; i++)
        polled[i + 1] = (struct pollfd){ .fd = nodes[i].tun, .events = POLLIN };
      ppoll (polled, n_nodes + 1, &limit, NULL);
      for (guint i = 0; i < n_nodes; i++)
        if ((polled[i + 1].revents & POLLIN) != 0)
          leave ((int) i);
      while (waiting->len > 0 && ((Packet *) g_ptr_array_index (waiting, 0))->due <= now ())
        arrive (pop ());
      if ((polled[0].revents & (POLLIN | POLLHUP)) != 0)
        running = read_orders (pending);
    }
  return 0;
}
