/* guests.c: links for people without an account, and the page that such a link opens
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/api/routes.h"

#include <string.h>

#include "base/civil.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "domain/settings.h"
#include "server/api/call-page.h"
#include "server/api/room-entry.h"
#include "server/auth/audit.h"
#include "server/auth/guest.h"
#include "server/auth/tokens.h"
#include "server/jobs/mail.h"

#define MAX_NAME 80

static const char *const roles[] = { "patient", "guardian", "interpreter", "observer", NULL };

/* A link on its way to the one who asked for it. */
typedef struct
{
  WattleCall *call;
  WattleGuest *guest;
  const char *to; /* (nullable): where it goes by mail */
  gboolean for_an_hour;
  char *secret;
  char *code;
  gboolean queued;
} Invitation;

static void
invitation_clear (Invitation *self)
{
  wattle_guest_free (self->guest);
  g_free (self->secret);
  g_free (self->code);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Invitation, invitation_clear)

/* No names, no reason, no practitioner: who invites, the link, the code. */
static gboolean
queue_mail (Invitation *self, WattleTransaction *transaction, GError **error)
{
  WattleServer *server = self->call->server;
  g_autoptr (WattleRecord) practice =
    wattle_reader_get (wattle_transaction_reader (transaction), WATTLE_RECORD_PRACTICE,
                       wattle_call_actor (self->call)->practice, NULL);
  const char *name = practice != NULL ? wattle_record_get_string (practice, WATTLE_PRACTICE_NAME) : "Your practice";
  g_autofree char *subject = g_strdup_printf ("Your video visit with %s", name);
  g_autofree char *text = NULL;

  if (self->to == NULL)
    return TRUE;
  if (!server->sends_mail || server->public_url == NULL)
    {
      wattle_set_field_error (error, WATTLE_ERROR_UNSUPPORTED, "send",
                              "This server sends no e-mail. Copy the link and give it to the person.");
      return FALSE;
    }
  text = g_strdup_printf ("Hello,\r\n\r\n%s invites you to a video visit. Open this link when it is time:\r\n\r\n"
                          "%s/call#%s\r\n\r\nOr open %s/call and type this code: %s\r\n\r\n"
                          "The link works once. If you did not expect it, do nothing.\r\n",
                          name, server->public_url, self->secret, server->public_url, self->code);
  self->queued = wattle_mail_queue (transaction, server->keys, self->to, subject, text, self->guest->link_until, error);
  return self->queued;
}

static gboolean
write_guest (WattleTransaction *transaction, gpointer data, GError **error)
{
  Invitation *self = data;
  WattleReader *reader = wattle_transaction_reader (transaction);
  const char *room = wattle_request_get_param (self->call->request, "room");
  g_autoptr (WattleRecord) visit = wattle_room_find_visit (reader, room, error);
  g_autofree char *whom = g_strdup_printf ("%s guest %s", self->guest->role, self->guest->id);
  WattleAudit act = { .action = "room.guest", .object_type = "appointment", .reason = whom };
  gint64 opens_at, now = wattle_clock_now ();

  if (visit == NULL
      || !wattle_policy_check (self->call->route->rule, wattle_call_actor (self->call), reader, visit, error))
    return FALSE;
  wattle_room_window (visit, &opens_at, &self->guest->until);
  if (now >= self->guest->until)
    {
      wattle_set_field_error (error, WATTLE_ERROR_CONFLICT, "room", "This visit is over and its room is closed.");
      return FALSE;
    }
  self->guest->room = g_strdup (room);
  self->guest->link_until =
    self->for_an_hour ? MIN (self->guest->until, MAX (now, opens_at) + WATTLE_HOUR) : self->guest->until;
  act.object = wattle_record_id (visit);
  act.patient = wattle_record_scope_id (visit);
  return wattle_guest_make (transaction, self->call->server->keys, self->guest, &self->secret, &self->code, error)
         && queue_mail (self, transaction, error)
         && wattle_audit_write (transaction, wattle_call_actor (self->call),
                                wattle_request_get_peer (self->call->request), &act, error);
}

static gboolean
take_guest (Invitation *self, GError **error)
{
  const char *name = wattle_call_string (self->call, "name", TRUE, error);
  const char *role = name != NULL ? wattle_call_string (self->call, "role", TRUE, error) : NULL;
  const char *until = role != NULL ? wattle_call_string (self->call, "until", FALSE, error) : NULL;

  if (role == NULL || *error != NULL)
    return FALSE;
  self->to = wattle_call_string (self->call, "send", FALSE, error);
  if (*error != NULL)
    return FALSE;
  self->for_an_hour = g_strcmp0 (until, "hour") == 0;
  if (*name == '\0' || g_utf8_strlen (name, -1) > MAX_NAME || strpbrk (name, "\r\n") != NULL)
    wattle_set_field_error (error, WATTLE_ERROR_INVALID, "name", "A guest has a name of at most %d characters.",
                            MAX_NAME);
  else if (!g_strv_contains (roles, role))
    wattle_set_field_error (error, WATTLE_ERROR_INVALID, "role",
                            "A guest is patient, guardian, interpreter or observer.");
  else if (until != NULL && !self->for_an_hour && strcmp (until, "visit") != 0)
    wattle_set_field_error (error, WATTLE_ERROR_INVALID, "until", "A link works for an hour or until the visit ends.");
  else
    {
      self->guest = g_new0 (WattleGuest, 1);
      self->guest->id = wattle_id_new ();
      self->guest->name = g_strdup (name);
      self->guest->role = g_strdup (role);
      return TRUE;
    }
  return FALSE;
}

static void
write_instant (WattleJsonWriter *writer, const char *name, gint64 instant)
{
  char text[WATTLE_INSTANT_SIZE];

  wattle_instant_print (instant, text);
  wattle_json_pair_string (writer, name, text);
}

/* Makes a link; only the one who asked ever sees it. */
void
wattle_api_guest_invite (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  g_autoptr (GError) error = NULL;
  g_auto (Invitation) self = { .call = call };
  const char *url = call->server->public_url;
  g_autofree char *path = NULL;
  g_autofree char *link = NULL;
  g_autofree char *program = NULL;
  GString *text;
  WattleJsonWriter writer;

  if (!take_guest (&self, &error) || !wattle_writer_run (call->server->writer, write_guest, &self, &error))
    {
      wattle_call_respond_error (call, error);
      return;
    }
  if (self.queued)
    wattle_mailer_kick (call->server->mailer);
  path = g_strconcat ("/call#", self.secret, NULL);
  text = g_string_new (NULL);
  writer = wattle_json_writer (text);
  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "guest", self.guest->id);
  wattle_json_pair_string (&writer, "path", path);
  if (url != NULL)
    {
      link = g_strconcat (url, path, NULL);
      program = g_strconcat ("wattle://", strstr (url, "://") != NULL ? strstr (url, "://") + 3 : url, path, NULL);
      wattle_json_pair_string (&writer, "link", link);
      wattle_json_pair_string (&writer, "program", program);
    }
  wattle_json_pair_string (&writer, "code", self.code);
  write_instant (&writer, "expires_at", self.guest->link_until);
  wattle_json_pair_boolean (&writer, "sent", self.queued);
  wattle_json_end_object (&writer);
  wattle_call_respond (call, 200, text);
}

/* Somebody with a link or a code. */
typedef struct
{
  WattleCall *call;
  const char *secret;
  gboolean look;
  gboolean browser;
  gboolean again; /* it was exchanged before, and the answer did not arrive */
  WattleGuest *guest;
  char *token;
  char *practice;
  gboolean browsers;
  gint64 opens_at;
  gint64 closes_at;
} Opening;

static void
opening_clear (Opening *self)
{
  wattle_guest_free (self->guest);
  g_free (self->token);
  g_free (self->practice);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Opening, opening_clear)

static gboolean
look (Opening *self, WattleTransaction *transaction, GError **error)
{
  WattleReader *reader = wattle_transaction_reader (transaction);
  g_autofree char *id = wattle_transaction_meta (transaction, "practice", NULL);
  g_autoptr (WattleRecord) practice = id != NULL ? wattle_reader_get (reader, WATTLE_RECORD_PRACTICE, id, NULL) : NULL;
  g_autoptr (WattleRecord) visit = NULL;
  WattleKeys *keys = self->call->server->keys;
  gint64 now = wattle_clock_now ();

  self->guest = self->token != NULL ? wattle_guest_find (transaction, keys, self->token, now) : NULL;
  self->again = self->guest != NULL;
  if (!self->again)
    self->guest = wattle_guest_look (transaction, keys, self->secret, now, error);
  visit = self->guest != NULL ? wattle_room_find_visit (reader, self->guest->room, error) : NULL;
  if (visit == NULL)
    return FALSE;
  wattle_room_window (visit, &self->opens_at, &self->closes_at);
  self->practice = g_strdup (practice != NULL ? wattle_record_get_string (practice, WATTLE_PRACTICE_NAME) : "");
  self->browsers = wattle_setting_get_boolean (reader, "browser_calls");
  return TRUE;
}

/* Before it is time nothing is used up. */
static gboolean
write_opening (WattleTransaction *transaction, gpointer data, GError **error)
{
  Opening *self = data;
  gint64 now = wattle_clock_now ();

  if (!look (self, transaction, error))
    return FALSE;
  if (self->browser && !self->browsers)
    wattle_set_field_error (error, WATTLE_ERROR_FORBIDDEN, "browser",
                            "This practice holds video visits with the Wattle program alone. Open the link there.");
  else if (now < self->opens_at || now >= self->closes_at)
    wattle_set_field_error (error, WATTLE_ERROR_CONFLICT, now < self->opens_at ? "early" : "late",
                            now < self->opens_at
                              ? "The room opens 30 minutes before the visit. The link still works then."
                              : "This visit is over and its room is closed.");
  else if (self->again)
    return TRUE;
  else
    {
      g_clear_pointer (&self->guest, wattle_guest_free);
      return wattle_guest_redeem (transaction, self->call->server->keys, self->secret, now, &self->guest, &self->token,
                                  error);
    }
  return FALSE;
}

static gboolean
read_opening (Opening *self, GError **error)
{
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (self->call->server->store, error);

  return transaction != NULL && look (self, transaction, error);
}

/* The token may be the caller's own: then a lost answer is asked for again. */
static gboolean
take_opening (Opening *self, GError **error)
{
  g_autoptr (GError) problem = NULL;
  char hash[WATTLE_TOKEN_HASH_SIZE];

  self->secret = wattle_call_string (self->call, "secret", TRUE, error);
  self->look = wattle_json_member_boolean (self->call->body, "look");
  self->browser = wattle_json_member_boolean (self->call->body, "browser");
  if (self->secret == NULL)
    return FALSE;
  self->token = g_strdup (wattle_call_string (self->call, "token", FALSE, &problem));
  if (problem == NULL && (self->token == NULL || wattle_token_hash (self->token, hash)))
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_INVALID, "token", "A token is 32 random bytes in base64url.");
  return FALSE;
}

/* With `look` it says what the link is for; without, it exchanges it for a token, once. Whoever shows the token that a
 * link was exchanged for may look again. */
void
wattle_api_guest_open (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  g_autoptr (GError) error = NULL;
  g_auto (Opening) self = { .call = call };
  GString *text;
  WattleJsonWriter writer;

  if (!take_opening (&self, &error)
      || !(self.look ? read_opening (&self, &error)
                     : wattle_writer_run (call->server->writer, write_opening, &self, &error)))
    {
      wattle_call_respond_error (call, error);
      return;
    }
  text = g_string_new (NULL);
  writer = wattle_json_writer (text);
  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "practice", self.practice);
  wattle_json_pair_string (&writer, "role", self.guest->role);
  wattle_json_pair_boolean (&writer, "browser", self.browsers);
  write_instant (&writer, "opens_at", self.opens_at);
  write_instant (&writer, "closes_at", self.closes_at);
  if (!self.look)
    {
      wattle_json_pair_string (&writer, "room", self.guest->room);
      wattle_json_pair_string (&writer, "token", self.token);
      write_instant (&writer, "expires_at", self.guest->until);
    }
  wattle_json_end_object (&writer);
  wattle_call_respond (call, 200, text);
}

static const char page_policy[] =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; media-src 'self' blob:; "
  "form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

static void
respond_file (WattleCall *call, const char *name, const char *type)
{
  g_autofree char *path = g_strconcat ("/au/wattle/call/", name, NULL);
  g_autoptr (GBytes) bytes =
    g_resource_lookup_data (wattle_call_page_get_resource (), path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  if (bytes == NULL)
    {
      wattle_request_respond_failure (call->request, 0, WATTLE_ERROR_NOT_FOUND, NULL, "There is nothing here.");
      return;
    }
  wattle_request_set_header (call->request, "Content-Security-Policy", page_policy);
  wattle_request_set_header (call->request, "Permissions-Policy",
                             "camera=(self), microphone=(self), display-capture=(), geolocation=()");
  wattle_request_set_header (call->request, "Strict-Transport-Security", "max-age=31536000");
  wattle_request_respond (call->request, 200, type, bytes);
}

/* The secret is behind the # of the link, so no server, proxy or log ever gets it with the address. */
void
wattle_api_call_page (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;

  respond_file (call, "call.html", "text/html; charset=utf-8");
}

void
wattle_api_call_file (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  const char *name = wattle_request_get_param (call->request, "file");

  respond_file (call, g_str_has_suffix (name, ".html") ? "" : name,
                g_str_has_suffix (name, ".js") ? "text/javascript; charset=utf-8" : "text/css; charset=utf-8");
}
