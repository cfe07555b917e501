/* guest-pass.c: what lets somebody without an account into one room: a link, and the token it is exchanged for
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/telehealth/guest-pass.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/civil.h"
#include "base/error.h"
#include "base/id.h"
#include "base/json.h"
#include "sync/transport.h"
#include "telehealth/sealing.h"

#define MAX_ANSWER (16 * 1024)
#define MAX_NAME 200

typedef struct
{
  char *server;
  char *secret;
  char *wish; /* (nullable): the token to be given; none only looks */
} Question;

static void
question_free (gpointer data)
{
  Question *self = data;

  g_free (self->server);
  g_free (self->secret);
  g_free (self->wish);
  g_free (self);
}

static GBytes *
question_body (const Question *self)
{
  WattleJsonWriter writer = wattle_json_writer (g_string_new (NULL));

  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "secret", self->secret);
  wattle_json_pair_boolean (&writer, "look", self->wish == NULL);
  if (self->wish != NULL)
    wattle_json_pair_string (&writer, "token", self->wish);
  wattle_json_end_object (&writer);
  return g_string_free_to_bytes (writer.out);
}

/* What was kept on this computer is no matter of a guest, so the network has a sentence of its own. */
static void
set_unreached (GError **error)
{
  g_clear_error (error);
  wattle_set_field_error (error, WATTLE_ERROR_OFFLINE, NULL, "%s",
                          _("The practice cannot be reached just now. Look at your network, then open the link again. "
                             "The link was not used up."));
}

static void
ask_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Question *question = data;
  g_autoptr (WattleTransport) transport = wattle_transport_soup_new (question->server);
  g_autoptr (GBytes) body = question_body (question);
  const WattleRequest request = { .method = "POST", .path = "/rooms/guests", .body = body, .max_bytes = MAX_ANSWER };
  g_auto (WattleResponse) response = { 0 };
  g_autoptr (WattleJson) answer = NULL;
  GError *error = NULL;
  gsize length;
  const char *text;

  if (wattle_transport_send (transport, &request, &response, cancellable, &error)
      && wattle_response_check (&response, &error))
    {
      text = g_bytes_get_data (response.body, &length);
      answer = wattle_json_parse (text, (gssize) length, &WATTLE_JSON_WIRE_LIMITS, &error);
    }
  if (answer != NULL)
    {
      g_task_return_pointer (task, g_steal_pointer (&answer), (GDestroyNotify) wattle_json_free);
      return;
    }
  if (g_error_matches (error, WATTLE_ERROR, WATTLE_ERROR_OFFLINE))
    set_unreached (&error);
  g_task_return_error (task, error);
}

static void
ask (WattleGuestPass *self, gboolean look, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
  Question *question = g_new0 (Question, 1);

  question->server = g_strdup (self->server);
  question->secret = g_strdup (self->secret);
  question->wish = look ? NULL : g_strdup (self->wish);
  g_task_set_task_data (task, question, question_free);
  g_task_run_in_thread (task, ask_thread);
}

static void
clear (gpointer data)
{
  WattleGuestPass *self = data;

  g_free (self->server);
  g_free (self->secret);
  g_free (self->wish);
  g_free (self->practice);
  g_free (self->room);
  g_free (self->token);
}

/* Chosen here, so that a link whose answer was lost can be opened again: see server/api/rooms.h. */
static char *
new_token (void)
{
  guint8 bytes[WATTLE_SEAL_SALT_BYTES];
  char *text;

  wattle_seal_salt (bytes);
  text = g_base64_encode (bytes, sizeof bytes);
  g_strdelimit (text, "+", '-');
  g_strdelimit (text, "/", '_');
  text[strcspn (text, "=")] = '\0';
  return text;
}

/**
 * wattle_guest_pass_new:
 * @link: what was opened
 *
 * Returns: (transfer full): a pass; nothing was asked yet
 */
WattleGuestPass *
wattle_guest_pass_new (const WattleGuestLink *link)
{
  WattleGuestPass *self = g_rc_box_new0 (WattleGuestPass);

  self->server = g_strdup (link->server);
  self->secret = g_strdup (link->secret);
  self->wish = new_token ();
  return self;
}

WattleGuestPass *
wattle_guest_pass_ref (WattleGuestPass *self)
{
  return g_rc_box_acquire (self);
}

void
wattle_guest_pass_unref (WattleGuestPass *self)
{
  g_rc_box_release_full (self, clear);
}

/**
 * wattle_guest_pass_look_async:
 * @self: a pass
 * @cancellable: (nullable): stops it
 * @callback: calls wattle_guest_pass_finish()
 * @data: for @callback
 *
 * Asks who invites and when; nothing is used up.
 */
void
wattle_guest_pass_look_async (WattleGuestPass *self,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer data)
{
  ask (self, TRUE, cancellable, callback, data);
}

/* As wattle_guest_pass_look_async(), but uses the link up: @token and @room are known then. */
void
wattle_guest_pass_use_async (WattleGuestPass *self,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer data)
{
  ask (self, FALSE, cancellable, callback, data);
}

/**
 * wattle_guest_pass_finish:
 * @self: a pass
 * @result: of either question
 * @error: what the server said, or that it was not reached
 *
 * Returns: whether @self knows more now
 */
gboolean
wattle_guest_pass_finish (WattleGuestPass *self, GAsyncResult *result, GError **error)
{
  g_autoptr (WattleJson) answer = g_task_propagate_pointer (G_TASK (result), error);
  WattleJsonNode root;
  const char *practice, *room, *token;

  if (answer == NULL)
    return FALSE;
  root = wattle_json_root (answer);
  practice = wattle_json_member_string (root, "practice");
  room = wattle_json_member_string (root, "room");
  token = wattle_json_member_string (root, "token");
  if (practice == NULL || g_utf8_strlen (practice, -1) > MAX_NAME
      || !wattle_json_member_instant (root, "opens_at", &self->opens_at)
      || !wattle_json_member_instant (root, "closes_at", &self->closes_at)
      || (token != NULL && !wattle_id_is_valid (room)))
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, "link", "%s",
                              _("What answered at this address is no server of Wattle. Nothing was sent to it but the "
                                 "link."));
      return FALSE;
    }
  g_free (self->practice);
  self->practice = g_strdup (practice);
  if (token == NULL)
    return TRUE;
  g_free (self->room);
  g_free (self->token);
  self->room = g_strdup (room);
  self->token = g_strdup (token);
  return TRUE;
}
