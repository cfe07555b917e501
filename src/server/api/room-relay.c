/* room-relay.c: one room for people whose sockets are at different servers of a practice
 *
 * Words on the channel: "room TO FROM WAY NUMBER PIECE PIECES VERB BASE64". A way is one socket, by the server that
 * has it. Numbers count from server to server, so that a word that was lost is seen, and then every way between the
 * two is closed: clients come again with resume, which makes nothing worse.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/api/room-relay.h"

#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "server/api/room-private.h"
#include "server/auth/credential.h"

#define HOME "room-home"
#define LEASE (8 * WATTLE_SECOND)
#define BEAT_MS 2500
#define DEAD (9 * G_USEC_PER_SEC)      /* without a beat */
#define UNANSWERED (2 * G_USEC_PER_SEC) /* after the first word of a way */
#define PIECE 2700                     /* bytes; base64 makes 3600 of them */
#define N_WORDS 8
#define GOODBYE "{\"goodbye\":\"restart\",\"retry_ms\":500}"

/* A socket here whose room is elsewhere. */
typedef struct
{
  WattleRoomLink *link;
  char *home;
  gint64 since;
  gboolean answered;
} Way;

/* A socket elsewhere whose room is here. */
typedef struct
{
  WattleRoomLink link;
  WattleRelay *relay;
  char *server;
  guint way;
} Far;

/* What is known of another server. */
typedef struct
{
  gint64 heard_at; /* monotonic */
  guint64 told;    /* numbers of words to it */
  guint64 heard;   /* and from it */
  guint pieces;    /* of the word that is coming */
  GByteArray *word;
} Other;

struct _WattleRelay
{
  WattleRooms *rooms;
  WattleServer *server;
  GMainContext *context;
  GSource *tick;
  char *host;
  char *mark; /* of this process: HOST.PID.CHANCE */
  WattleHubTell tell;
  gpointer tell_data;
  GHashTable *ways;   /* number: Way */
  GHashTable *fars;   /* "SERVER WAY": Far */
  GHashTable *others; /* mark: Other */
  guint last_way;
};

static void
way_free (gpointer data)
{
  Way *self = data;

  g_free (self->home);
  g_free (self);
}

static void
far_free (gpointer data)
{
  Far *self = data;

  if (self->link.person != NULL)
    ((WattleRoomPerson *) self->link.person)->link = NULL;
  g_free (self->server);
  g_free (self);
}

static void
other_free (gpointer data)
{
  Other *self = data;

  g_byte_array_unref (self->word);
  g_free (self);
}

static Other *
other_of (WattleRelay *self, const char *mark)
{
  Other *other = g_hash_table_lookup (self->others, mark);

  if (other != NULL)
    return other;
  other = g_new0 (Other, 1);
  other->heard_at = g_get_monotonic_time ();
  other->word = g_byte_array_new ();
  g_hash_table_insert (self->others, g_strdup (mark), other);
  return other;
}

static void
tell_to (WattleRelay *self, const char *to, guint way, const char *verb, const char *text, gsize length)
{
  guint64 number = ++other_of (self, to)->told;
  guint pieces = MAX ((length + PIECE - 1) / PIECE, 1);

  for (guint i = 0; self->tell != NULL && i < pieces; i++)
    {
      gsize size = MIN (length - (gsize) i * PIECE, PIECE);
      g_autofree char *piece = g_base64_encode ((const guchar *) text + (gsize) i * PIECE, size);
      g_autofree char *words =
        g_strdup_printf (WATTLE_RELAY_WORD "%s %s %u %" G_GUINT64_FORMAT " %u %u %s %s", to, self->mark, way, number, i,
                         pieces, verb, piece);

      self->tell (words, self->tell_data);
    }
}

static void
far_send (WattleRoomLink *link, const char *text)
{
  Far *self = (Far *) link;

  tell_to (self->relay, self->server, self->way, "tell", text, strlen (text));
}

static char *
far_key (const char *server, guint way)
{
  return g_strdup_printf ("%s %u", server, way);
}

static void
far_close (WattleRoomLink *link)
{
  Far *self = (Far *) link;
  g_autofree char *key = far_key (self->server, self->way);

  tell_to (self->relay, self->server, self->way, "shut", "", 0);
  g_hash_table_remove (self->relay->fars, key);
}

static void
far_gone (WattleRelay *self, const char *server, guint way)
{
  g_autofree char *key = far_key (server, way);
  Far *far = g_hash_table_lookup (self->fars, key);

  if (far == NULL)
    return;
  wattle_rooms_gone (self->rooms, &far->link);
  g_hash_table_remove (self->fars, key);
}

static void
far_enter (WattleRelay *self, const char *server, guint way, const char *text, gsize length)
{
  g_autoptr (WattleJson) json = wattle_json_parse (text, length, NULL, NULL);
  WattleRoomEntry *entry = json != NULL ? wattle_room_entry_read (wattle_json_root (json)) : NULL;
  Far *far;

  if (entry == NULL)
    return;
  far_gone (self, server, way);
  far = g_new0 (Far, 1);
  far->link.send = far_send;
  far->link.close = far_close;
  far->relay = self;
  far->server = g_strdup (server);
  far->way = way;
  g_hash_table_insert (self->fars, far_key (server, way), far);
  wattle_rooms_enter (self->rooms, entry, &far->link);
}

/* The client comes again with resume. */
static void
end_way (WattleRelay *self, guint number)
{
  Way *way = g_hash_table_lookup (self->ways, GUINT_TO_POINTER (number));
  WattleRoomLink *link = way != NULL ? way->link : NULL;

  g_hash_table_remove (self->ways, GUINT_TO_POINTER (number));
  if (link == NULL)
    return;
  link->send (link, GOODBYE);
  link->close (link);
}

/* Everything between this server and another, or all others, begins anew. */
static void
part (WattleRelay *self, const char *mark)
{
  g_autoptr (GList) ways = g_hash_table_get_keys (self->ways);
  g_autoptr (GList) fars = g_hash_table_get_values (self->fars);

  for (GList *l = ways; l != NULL; l = l->next)
    {
      Way *way = g_hash_table_lookup (self->ways, l->data);

      if (way != NULL && (mark == NULL || strcmp (way->home, mark) == 0))
        end_way (self, GPOINTER_TO_UINT (l->data));
    }
  for (GList *l = fars; l != NULL; l = l->next)
    {
      Far *far = l->data;

      if (mark == NULL || strcmp (far->server, mark) == 0)
        far_gone (self, far->server, far->way);
    }
}

static void
take_word (WattleRelay *self, const char *from, guint number, const char *verb, const char *text, gsize length)
{
  g_autofree char *key = far_key (from, number);
  Far *far = g_hash_table_lookup (self->fars, key);
  Way *way = g_hash_table_lookup (self->ways, GUINT_TO_POINTER (number));

  if (strcmp (verb, "enter") == 0)
    far_enter (self, from, number, text, length);
  else if (strcmp (verb, "say") == 0 && far != NULL)
    wattle_rooms_message (self->rooms, &far->link, text, length);
  else if (strcmp (verb, "gone") == 0)
    far_gone (self, from, number);
  else if (strcmp (verb, "over") == 0)
    part (self, from);
  else if (way != NULL && strcmp (way->home, from) == 0 && strcmp (verb, "tell") == 0)
    {
      way->answered = TRUE;
      way->link->send (way->link, text);
    }
  else if (way != NULL && strcmp (way->home, from) == 0 && strcmp (verb, "shut") == 0)
    {
      WattleRoomLink *link = way->link;

      g_hash_table_remove (self->ways, GUINT_TO_POINTER (number));
      link->close (link);
    }
}

/* Returns: whether the piece is the one that had to come */
static gboolean
take_piece (Other *other, guint64 number, guint piece, const char *base64)
{
  gsize length;
  g_autofree guchar *bytes = g_base64_decode (base64, &length);

  if (piece == 0 ? number != other->heard + 1 && other->heard != 0 : number != other->heard || piece != other->pieces)
    return FALSE;
  if (piece == 0)
    g_byte_array_set_size (other->word, 0);
  other->heard = number;
  other->pieces = piece + 1;
  if (other->word->len + length > 2 * WATTLE_MAX_PUBLIC_BODY)
    return FALSE;
  g_byte_array_append (other->word, bytes, length);
  return TRUE;
}

/* WORDS: TO FROM WAY NUMBER PIECE PIECES VERB BASE64 */
static void
hear (WattleRelay *self, char **words)
{
  Other *other = other_of (self, words[1]);
  guint64 number = g_ascii_strtoull (words[3], NULL, 10);
  guint piece = g_ascii_strtoull (words[4], NULL, 10);
  guint pieces = g_ascii_strtoull (words[5], NULL, 10);

  other->heard_at = g_get_monotonic_time ();
  if (strcmp (words[6], "beat") == 0)
    return;
  if (strcmp (words[0], "*") == 0)
    {
      take_word (self, words[1], 0, words[6], "", 0);
      return;
    }
  if (!take_piece (other, number, piece, words[7]))
    {
      other->heard = number;
      other->pieces = G_MAXUINT;
      part (self, words[1]);
      return;
    }
  if (piece + 1 < pieces)
    return;
  g_byte_array_append (other->word, (const guint8 *) "", 1);
  take_word (self, words[1], g_ascii_strtoull (words[2], NULL, 10), words[6], (const char *) other->word->data,
             other->word->len - 1);
}

typedef struct
{
  WattleRelay *relay;
  char **words; /* (nullable): the channel broke */
} Heard;

static void
heard_free (gpointer data)
{
  Heard *self = data;

  g_strfreev (self->words);
  g_free (self);
}

static gboolean
heard_cb (gpointer data)
{
  Heard *self = data;

  if (self->words == NULL)
    part (self->relay, NULL);
  else
    hear (self->relay, self->words);
  return G_SOURCE_REMOVE;
}

/**
 * wattle_relay_hear:
 * @self: a relay
 * @words: (nullable): what another server told; %NULL when something may have been missed
 *
 * From any thread.
 */
void
wattle_relay_hear (WattleRelay *self, const char *words)
{
  g_auto (GStrv) parts = words != NULL ? g_strsplit (words + strlen (WATTLE_RELAY_WORD), " ", N_WORDS + 1) : NULL;
  Heard *heard;

  if (parts != NULL
      && (g_strv_length (parts) != N_WORDS || (strcmp (parts[0], self->mark) != 0 && strcmp (parts[0], "*") != 0)))
    return;
  heard = g_new0 (Heard, 1);
  heard->relay = self;
  heard->words = g_steal_pointer (&parts);
  g_main_context_invoke_full (self->context, G_PRIORITY_DEFAULT, heard_cb, heard, heard_free);
}

void
wattle_relay_set_tell (WattleRelay *self, WattleHubTell tell, gpointer data)
{
  self->tell_data = data;
  self->tell = tell;
}

static void
tell_all (WattleRelay *self, const char *verb)
{
  g_autofree char *words = g_strdup_printf (
    WATTLE_RELAY_WORD "* %s 0 %" G_GINT64_FORMAT " 0 1 %s -", self->mark, g_get_monotonic_time (), verb);

  if (self->tell != NULL)
    self->tell (words, self->tell_data);
}

/* Whether a process of this machine is not there any more: then nobody has to wait until its time is over. */
static gboolean
has_died (WattleRelay *self, const char *mark)
{
  g_auto (GStrv) parts = g_strsplit (mark, ".", 3);
  pid_t pid;

  if (g_strv_length (parts) != 3 || strcmp (parts[0], self->host) != 0)
    return FALSE;
  pid = (pid_t) g_ascii_strtoll (parts[1], NULL, 10);
  return pid <= 0 || pid == getpid () || (kill (pid, 0) != 0 && errno == ESRCH);
}

typedef struct
{
  WattleRelay *relay;
  const char *room;
  char *home;
} Search;

static gboolean
claim (WattleTransaction *transaction, gpointer data, GError **error)
{
  Search *self = data;
  gint64 now = wattle_clock_now ();
  g_autoptr (WattlePrivateRow) row = wattle_private_find (transaction, HOME, self->room, NULL);

  g_clear_pointer (&self->home, g_free);
  if (row != NULL && strcmp (row->value, self->relay->mark) != 0 && row->expires_at > now
      && !has_died (self->relay, row->value))
    {
      self->home = g_strdup (row->value);
      return TRUE;
    }
  return wattle_transaction_keep_private (transaction, HOME, self->room, self->relay->mark, self->relay->mark,
                                          now + LEASE, error);
}

/**
 * wattle_relay_find_home:
 * @self: a relay
 * @room: a room
 *
 * Writes a row: not for the thread of sockets. A server alone has every room.
 *
 * Returns: (transfer full) (nullable): the server that has it; %NULL for this one
 */
char *
wattle_relay_find_home (WattleRelay *self, const char *room)
{
  Search search = { self, room };

  if (!self->server->is_one_of_many || !wattle_writer_run (self->server->writer, claim, &search, NULL))
    g_clear_pointer (&search.home, g_free);
  return search.home;
}

/**
 * wattle_relay_rooms_elsewhere:
 * @self: a relay
 * @transaction: any
 *
 * Returns: (transfer full) (element-type utf8): the rooms that other servers have
 */
GPtrArray *
wattle_relay_rooms_elsewhere (WattleRelay *self, WattleTransaction *transaction)
{
  GPtrArray *rooms = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) rows = wattle_transaction_privates (transaction, HOME, NULL, 0, NULL);
  gint64 now = wattle_clock_now ();

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      WattlePrivateRow *row = rows->pdata[i];

      if (row->expires_at > now && strcmp (row->value, self->mark) != 0)
        g_ptr_array_add (rooms, g_strdup (row->key));
    }
  return rooms;
}

/**
 * wattle_relay_enter:
 * @self: a relay
 * @home: the server that has the room
 * @entry: (transfer full): who comes
 * @link: the way to them, until wattle_relay_gone()
 *
 * Returns: the number of the way
 */
guint
wattle_relay_enter (WattleRelay *self, const char *home, WattleRoomEntry *entry, WattleRoomLink *link)
{
  g_autoptr (GString) text = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (text);
  Way *way = g_new0 (Way, 1);

  way->link = link;
  way->home = g_strdup (home);
  way->since = g_get_monotonic_time ();
  g_hash_table_insert (self->ways, GUINT_TO_POINTER (++self->last_way), way);
  wattle_room_entry_write (entry, &writer);
  wattle_room_entry_free (entry);
  tell_to (self, home, self->last_way, "enter", text->str, text->len);
  return self->last_way;
}

void
wattle_relay_say (WattleRelay *self, guint way, const char *text, gsize length)
{
  Way *found = g_hash_table_lookup (self->ways, GUINT_TO_POINTER (way));

  if (found != NULL)
    tell_to (self, found->home, way, "say", text, length);
}

void
wattle_relay_gone (WattleRelay *self, guint way)
{
  Way *found = g_hash_table_lookup (self->ways, GUINT_TO_POINTER (way));

  if (found != NULL)
    tell_to (self, found->home, way, "gone", "", 0);
  g_hash_table_remove (self->ways, GUINT_TO_POINTER (way));
}

/* The rooms of this server, as they were when it was asked, and those of them that another one has taken over. */
typedef struct
{
  WattleRelay *relay;
  GPtrArray *rooms;
  GPtrArray *lost;
} Renewal;

static void
renewal_free (gpointer data)
{
  Renewal *self = data;

  g_ptr_array_unref (self->rooms);
  g_ptr_array_unref (self->lost);
  g_free (self);
}

static gboolean
is_of_another (WattleRelay *self, WattleTransaction *transaction, const char *room, gint64 now)
{
  g_autoptr (WattlePrivateRow) row = wattle_private_find (transaction, HOME, room, NULL);

  return row != NULL && strcmp (row->value, self->mark) != 0 && row->expires_at > now && !has_died (self, row->value);
}

static gboolean
renew (WattleTransaction *transaction, gpointer data, GError **error)
{
  Renewal *self = data;
  gint64 now = wattle_clock_now ();

  g_ptr_array_set_size (self->lost, 0);
  for (guint i = 0; i < self->rooms->len; i++)
    if (is_of_another (self->relay, transaction, self->rooms->pdata[i], now))
      g_ptr_array_add (self->lost, g_strdup (self->rooms->pdata[i]));
    else if (!wattle_transaction_keep_private (transaction, HOME, self->rooms->pdata[i], self->relay->mark,
                                               self->relay->mark, now + LEASE, error))
      return FALSE;
  return TRUE;
}

/* This process stood still for longer than a lease: whoever is in such a room here would meet nobody. */
static gboolean
lost_cb (gpointer data)
{
  Renewal *self = data;

  for (guint i = 0; i < self->lost->len; i++)
    {
      WattleRoom *room = g_hash_table_lookup (self->relay->rooms->rooms, self->lost->pdata[i]);

      if (room != NULL)
        wattle_room_hand_over (room, GOODBYE);
    }
  return G_SOURCE_REMOVE;
}

static void
renewed (gpointer data, const GError *error)
{
  Renewal *self = data;

  if (error != NULL)
    g_warning ("That rooms are held here could not be kept: %s", error->message);
  if (error == NULL && self->lost->len > 0)
    g_main_context_invoke_full (self->relay->context, G_PRIORITY_DEFAULT, lost_cb, self, renewal_free);
  else
    renewal_free (self);
}

static GPtrArray *
own_rooms (WattleRelay *self)
{
  GPtrArray *rooms = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer id;

  g_hash_table_iter_init (&iter, self->rooms->rooms);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    g_ptr_array_add (rooms, g_strdup (id));
  return rooms;
}

static void
bury_dead (WattleRelay *self)
{
  g_autoptr (GList) marks = g_hash_table_get_keys (self->others);
  g_autoptr (GList) ways = g_hash_table_get_keys (self->ways);
  gint64 now = g_get_monotonic_time ();

  for (GList *l = marks; l != NULL; l = l->next)
    if (now - other_of (self, l->data)->heard_at > DEAD)
      {
        g_autofree char *mark = g_strdup (l->data);

        part (self, mark);
        g_hash_table_remove (self->others, mark);
      }
  for (GList *l = ways; l != NULL; l = l->next)
    {
      Way *way = g_hash_table_lookup (self->ways, l->data);

      if (way != NULL && ((!way->answered && now - way->since > UNANSWERED) || has_died (self, way->home)))
        end_way (self, GPOINTER_TO_UINT (l->data));
    }
}

static gboolean
tick_cb (gpointer data)
{
  WattleRelay *self = data;
  Renewal *renewal;

  if (!self->server->is_one_of_many)
    return G_SOURCE_CONTINUE;
  bury_dead (self);
  if (g_hash_table_size (self->rooms->rooms) + g_hash_table_size (self->ways) == 0)
    return G_SOURCE_CONTINUE;
  tell_all (self, "beat");
  renewal = g_new0 (Renewal, 1);
  renewal->relay = self;
  renewal->rooms = own_rooms (self);
  renewal->lost = g_ptr_array_new_with_free_func (g_free);
  wattle_writer_submit (self->server->writer, renew, renewed, renewal);
  return G_SOURCE_CONTINUE;
}

static char *
name_of_host (void)
{
  g_autofree char *boot = NULL;
  guint8 digest[16];
  char text[sizeof digest * 2 + 1];

  /* without it two machines with the same name would be one; a unit may hide the first */
  if (!g_file_get_contents ("/proc/sys/kernel/random/boot_id", &boot, NULL, NULL)
      && !g_file_get_contents ("/etc/machine-id", &boot, NULL, NULL))
    boot = g_strdup (g_get_host_name ());
  crypto_generichash (digest, sizeof digest, (const guint8 *) boot, strlen (boot), (const guint8 *) g_get_host_name (),
                      MIN (strlen (g_get_host_name ()), crypto_generichash_KEYBYTES_MAX));
  return g_strdup (sodium_bin2hex (text, sizeof text, digest, sizeof digest));
}

WattleRelay *
wattle_relay_new (WattleRooms *rooms, WattleServer *server)
{
  WattleRelay *self = g_new0 (WattleRelay, 1);

  self->rooms = rooms;
  self->server = server;
  self->host = name_of_host ();
  self->mark = g_strdup_printf ("%s.%d.%08x", self->host, getpid (), randombytes_random ());
  self->ways = g_hash_table_new_full (NULL, NULL, NULL, way_free);
  self->fars = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, far_free);
  self->others = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, other_free);
  return self;
}

void
wattle_relay_start (WattleRelay *self, GMainContext *context)
{
  self->context = g_main_context_ref (context);
  self->tick = g_timeout_source_new (BEAT_MS);
  g_source_set_callback (self->tick, tick_cb, self, NULL);
  g_source_attach (self->tick, context);
}

/* Which rows of homes are this server's, in the transaction that takes them away. */
static gboolean
leave_homes (WattleTransaction *transaction, gpointer data, GError **error)
{
  WattleRelay *self = data;
  g_autoptr (GPtrArray) rows = wattle_transaction_privates (transaction, HOME, self->mark, 0, error);

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    if (!wattle_transaction_drop_private (transaction, HOME, ((WattlePrivateRow *) rows->pdata[i])->key, error))
      return FALSE;
  return rows != NULL;
}

/**
 * wattle_relay_stop:
 * @self: a relay whose server is about to stop
 *
 * Another server may have the rooms at once.
 */
void
wattle_relay_stop (WattleRelay *self)
{
  if (!self->server->is_one_of_many || self->tick == NULL)
    return;
  g_source_destroy (self->tick);
  wattle_writer_run (self->server->writer, leave_homes, self, NULL);
  tell_all (self, "over");
}

/* After the engine stopped: no socket is left. */
void
wattle_relay_free (WattleRelay *self)
{
  if (self->tick != NULL)
    g_source_destroy (self->tick);
  g_clear_pointer (&self->tick, g_source_unref);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_hash_table_unref (self->ways);
  g_hash_table_unref (self->fars);
  g_hash_table_unref (self->others);
  g_free (self->host);
  g_free (self->mark);
  g_free (self);
}
