/* hub.c: the open sockets of signed-in devices, and what they are told
 *
 * Nothing that is sent has content, not even that somebody writes: a client that hears of a change asks for it,
 * and the answer is subject to what it may see then.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/api/hub.h"

#include <string.h>

#include "base/clock.h"
#include "domain/policy.h"

#define MAX_PER_USER 8
#define QUIET (20 * WATTLE_SECOND / 1000) /* at least so long between two pokes of all */

typedef struct
{
  WattleSocket *socket;
  WattleSession *session;
} Member;

struct _WattleHub
{
  GMutex lock;
  GPtrArray *members;
  GMainContext *context;
  gint64 head;
  gint64 poked_at;
  gboolean armed;
  WattleHubTell tell; /* (nullable): to the other servers of the practice */
  gpointer tell_data;
  WattleHubEnded ended; /* (nullable) */
  gpointer ended_data;
  WattleHubTyping typing; /* (nullable) */
  gpointer typing_data;
};

static void
member_free (gpointer data)
{
  Member *self = data;

  wattle_socket_unref (self->socket);
  wattle_session_unref (self->session);
  g_free (self);
}

WattleHub *
wattle_hub_new (void)
{
  WattleHub *self = g_new0 (WattleHub, 1);

  g_mutex_init (&self->lock);
  self->members = g_ptr_array_new_with_free_func (member_free);
  return self;
}

void
wattle_hub_free (WattleHub *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->members);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/**
 * wattle_hub_set_context:
 * @self: a hub
 * @context: of the thread of sockets, for the timer of pokes
 */
void
wattle_hub_set_context (WattleHub *self, GMainContext *context)
{
  self->context = g_main_context_ref (context);
}

/* Sends from copies: a socket that is dropped while sending calls back. */
static void
send_to (WattleHub *self,
         gboolean (*fits) (Member *member, gconstpointer what),
         gconstpointer what,
         const char *text,
         gboolean close)
{
  g_autoptr (GPtrArray) sockets = g_ptr_array_new_with_free_func ((GDestroyNotify) wattle_socket_unref);

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->members->len; i++)
    {
      Member *member = self->members->pdata[i];

      if (fits == NULL || fits (member, what))
        g_ptr_array_add (sockets, wattle_socket_ref (member->socket));
    }
  g_mutex_unlock (&self->lock);
  for (guint i = 0; i < sockets->len; i++)
    {
      wattle_socket_send_text (sockets->pdata[i], text, -1);
      if (close)
        wattle_socket_close (sockets->pdata[i], WATTLE_SOCKET_CLOSE_POLICY, "signed out");
    }
}

static void
poke_all (WattleHub *self)
{
  char text[48];

  g_mutex_lock (&self->lock);
  g_snprintf (text, sizeof text, "{\"poke\":%" G_GINT64_FORMAT "}", self->head);
  self->poked_at = g_get_monotonic_time ();
  g_mutex_unlock (&self->lock);
  send_to (self, NULL, NULL, text, FALSE);
}

static gboolean
poke_later_cb (gpointer data)
{
  WattleHub *self = data;

  g_mutex_lock (&self->lock);
  self->armed = FALSE;
  g_mutex_unlock (&self->lock);
  poke_all (self);
  return G_SOURCE_REMOVE;
}

/* Tells every socket, at once when it is quiet, else once for all changes of the next moment. */
static void
move (WattleHub *self, gint64 head)
{
  gint64 now = g_get_monotonic_time ();
  gboolean later, arm;

  g_mutex_lock (&self->lock);
  self->head = MAX (self->head, head);
  later = self->context != NULL && now - self->poked_at < QUIET;
  arm = later && !self->armed;
  self->armed |= arm;
  g_mutex_unlock (&self->lock);
  if (!later)
    poke_all (self);
  else if (arm)
    {
      g_autoptr (GSource) source = g_timeout_source_new (QUIET / 1000);

      g_source_set_callback (source, poke_later_cb, self, NULL);
      g_source_attach (source, self->context);
    }
}

/**
 * wattle_hub_set_tell:
 * @self: a hub
 * @tell: called with what the other servers of the practice have to hear
 * @data: for @tell
 */
void
wattle_hub_set_tell (WattleHub *self, WattleHubTell tell, gpointer data)
{
  self->tell_data = data;
  self->tell = tell;
}

/**
 * wattle_hub_set_ended:
 * @self: a hub
 * @ended: called when sessions ended
 * @data: for @ended
 */
void
wattle_hub_set_ended (WattleHub *self, WattleHubEnded ended, gpointer data)
{
  self->ended_data = data;
  self->ended = ended;
}

static void tell_others (WattleHub *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
tell_others (WattleHub *self, const char *format, ...)
{
  g_autofree char *words = NULL;
  va_list arguments;

  if (self->tell == NULL)
    return;
  va_start (arguments, format);
  words = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  self->tell (words, self->tell_data);
}

/**
 * wattle_hub_moved:
 * @head: the last change number
 * @hub: a hub
 *
 * After a commit of this server.
 */
void
wattle_hub_moved (gint64 head, gpointer hub)
{
  move (hub, head);
  tell_others (hub, "head %" G_GINT64_FORMAT, head);
}

/**
 * wattle_hub_add:
 * @self: a hub
 * @socket: a socket whose token was good
 * @session: its session
 *
 * Returns: %FALSE when the user has too many sockets
 */
gboolean
wattle_hub_add (WattleHub *self, WattleSocket *socket, WattleSession *session)
{
  Member *member = g_new0 (Member, 1);
  guint same = 0;

  member->socket = wattle_socket_ref (socket);
  member->session = wattle_session_ref (session);
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->members->len; i++)
    same += g_strcmp0 (((Member *) self->members->pdata[i])->session->actor.user, session->actor.user) == 0;
  if (same < MAX_PER_USER)
    g_ptr_array_add (self->members, member);
  g_mutex_unlock (&self->lock);
  if (same >= MAX_PER_USER)
    member_free (member);
  return same < MAX_PER_USER;
}

void
wattle_hub_remove (WattleHub *self, WattleSocket *socket)
{
  Member *gone = NULL;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->members->len && gone == NULL; i++)
    if (((Member *) self->members->pdata[i])->socket == socket)
      gone = g_ptr_array_steal_index_fast (self->members, i);
  g_mutex_unlock (&self->lock);
  g_clear_pointer (&gone, member_free);
}

/**
 * wattle_hub_at:
 * @self: a hub
 * @socket: a socket
 * @cursor: where its client is
 *
 * Answers at once when the client is behind.
 */
void
wattle_hub_at (WattleHub *self, WattleSocket *socket, gint64 cursor)
{
  char text[48];
  gint64 head;

  g_mutex_lock (&self->lock);
  head = self->head;
  g_mutex_unlock (&self->lock);
  if (cursor >= head)
    return;
  g_snprintf (text, sizeof text, "{\"poke\":%" G_GINT64_FORMAT "}", head);
  wattle_socket_send_text (socket, text, -1);
}

typedef struct
{
  const char *user;
  const char *practitioner;
} Whose;

static gboolean
is_whose (Member *member, gconstpointer what)
{
  const Whose *whose = what;
  const WattleActor *actor = &member->session->actor;

  if (whose->user == NULL && whose->practitioner == NULL)
    return TRUE;
  return (whose->user != NULL && g_strcmp0 (actor->user, whose->user) == 0)
         || (whose->practitioner != NULL && g_strcmp0 (actor->practitioner, whose->practitioner) == 0);
}

static void
change_scope (WattleHub *self, const char *user, const char *practitioner)
{
  Whose whose = { user, practitioner };

  send_to (self, is_whose, &whose, "{\"scope\":true}", FALSE);
}

/* - stands for none: ids and families have no such word. */
static const char *
word_of (const char *text)
{
  return text != NULL ? text : "-";
}

/**
 * wattle_hub_scope:
 * @self: a hub
 * @user: (nullable): whose sight changed
 * @practitioner: (nullable): or of whose diary; both %NULL for everybody
 */
void
wattle_hub_scope (WattleHub *self, const char *user, const char *practitioner)
{
  change_scope (self, user, practitioner);
  tell_others (self, "scope %s %s", word_of (user), word_of (practitioner));
}

static gboolean
has_ended (Member *member, gconstpointer what)
{
  const WattleSessionEnd *which = what;
  const WattleSession *session = member->session;

  return g_strcmp0 (session->actor.user, which->user) == 0
         && (which->device == NULL || g_strcmp0 (session->actor.device, which->device) == 0)
         && (which->family == NULL || g_strcmp0 (session->family, which->family) == 0)
         && (which->except == NULL || g_strcmp0 (session->family, which->except) != 0);
}

static void
sign_out (WattleHub *self, const WattleSessionEnd *which)
{
  send_to (self, has_ended, which, "{\"signed_out\":true}", TRUE);
  if (self->ended != NULL)
    self->ended (which, self->ended_data);
}

/**
 * wattle_hub_sign_out:
 * @self: a hub
 * @which: the sessions that ended
 */
void
wattle_hub_sign_out (WattleHub *self, const WattleSessionEnd *which)
{
  sign_out (self, which);
  tell_others (self, "end %s %s %s %s", word_of (which->user), word_of (which->device), word_of (which->family),
               word_of (which->except));
}

static gboolean
sees_rooms (Member *member, gconstpointer what)
{
  return wattle_policy_reach ("GET /v1/rooms", &member->session->actor, NULL) != WATTLE_REACH_NONE;
}

static void
poke_rooms (WattleHub *self)
{
  send_to (self, sees_rooms, NULL, "{\"rooms\":true}", FALSE);
}

/**
 * wattle_hub_rooms:
 * @self: a hub
 *
 * Somebody came into a video room, left it, or is there in another way: who may see the list of rooms asks
 * for it again.
 */
void
wattle_hub_rooms (WattleHub *self)
{
  poke_rooms (self);
  tell_others (self, "rooms");
}

static const char *
text_of (char **words, guint place)
{
  return strcmp (words[place], "-") != 0 ? words[place] : NULL;
}

/**
 * wattle_hub_hear:
 * @self: a hub
 * @words: what the hub of another server told
 *
 * Tells the sockets of this server.
 */
void
wattle_hub_hear (WattleHub *self, const char *words)
{
  g_auto (GStrv) word = g_strsplit (words, " ", 6);
  guint n = g_strv_length (word);

  if (n == 2 && strcmp (word[0], "head") == 0)
    move (self, g_ascii_strtoll (word[1], NULL, 10));
  else if (n == 1 && strcmp (word[0], "rooms") == 0)
    poke_rooms (self);
  else if (n == 3 && strcmp (word[0], "scope") == 0)
    change_scope (self, text_of (word, 1), text_of (word, 2));
  else if (n == 5 && strcmp (word[0], "end") == 0)
    {
      WattleSessionEnd which = { text_of (word, 1), text_of (word, 2), text_of (word, 3), text_of (word, 4) };

      sign_out (self, &which);
    }
  else if (n == 3 && strcmp (word[0], "typing") == 0 && self->typing != NULL)
    self->typing (word[1], word[2], self->typing_data);
}

/**
 * wattle_hub_set_typing:
 * @self: a hub
 * @typing: called when another server found that somebody writes
 * @data: for @typing
 */
void
wattle_hub_set_typing (WattleHub *self, WattleHubTyping typing, gpointer data)
{
  self->typing_data = data;
  self->typing = typing;
}

/**
 * wattle_hub_session:
 * @self: a hub
 * @socket: a socket
 *
 * Returns: (transfer full) (nullable): whose it is, while it is signed in
 */
WattleSession *
wattle_hub_session (WattleHub *self, WattleSocket *socket)
{
  WattleSession *found = NULL;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->members->len && found == NULL; i++)
    if (((Member *) self->members->pdata[i])->socket == socket)
      found = wattle_session_ref (((Member *) self->members->pdata[i])->session);
  g_mutex_unlock (&self->lock);
  return found;
}

/**
 * wattle_hub_sessions:
 * @self: a hub
 *
 * Returns: (transfer full) (element-type WattleSession): those of all sockets, for who has to ask about each of them
 */
GPtrArray *
wattle_hub_sessions (WattleHub *self)
{
  GPtrArray *sessions = g_ptr_array_new_with_free_func ((GDestroyNotify) wattle_session_unref);

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->members->len; i++)
    g_ptr_array_add (sessions, wattle_session_ref (((Member *) self->members->pdata[i])->session));
  g_mutex_unlock (&self->lock);
  return sessions;
}

static gboolean
is_of_session (Member *member, gconstpointer session)
{
  return member->session == session;
}

/**
 * wattle_hub_send:
 * @self: a hub
 * @session: one of wattle_hub_sessions()
 * @text: what its socket is told
 */
void
wattle_hub_send (WattleHub *self, WattleSession *session, const char *text)
{
  send_to (self, is_of_session, session, text, FALSE);
}

/**
 * wattle_hub_typing:
 * @self: a hub
 * @thread: a conversation
 * @user: who writes in it
 *
 * Tells the other servers.
 */
void
wattle_hub_typing (WattleHub *self, const char *thread, const char *user)
{
  tell_others (self, "typing %s %s", thread, user);
}

/**
 * wattle_hub_start_again:
 * @self: a hub
 *
 * Something that another server told may have been missed: every client comes
 * again, with a token that is read anew.
 */
void
wattle_hub_start_again (WattleHub *self)
{
  send_to (self, NULL, NULL, "{\"goodbye\":\"restart\",\"retry_ms\":500}", TRUE);
}

/**
 * wattle_hub_seen:
 * @self: a hub
 * @head: the last change number that was read
 *
 * Pokes when no news of it has come.
 */
void
wattle_hub_seen (WattleHub *self, gint64 head)
{
  gboolean behind;

  g_mutex_lock (&self->lock);
  behind = self->head < head;
  g_mutex_unlock (&self->lock);
  if (behind)
    move (self, head);
}

guint
wattle_hub_size (WattleHub *self)
{
  guint size;

  g_mutex_lock (&self->lock);
  size = self->members->len;
  g_mutex_unlock (&self->lock);
  return size;
}
