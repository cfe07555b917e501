/* invitations.c: inviting a person, and the page and the call with which they accept
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/api/routes.h"

#include <string.h>

#include "base/civil.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "server/auth/account.h"
#include "server/auth/audit.h"
#include "server/auth/counters.h"
#include "server/auth/credential.h"
#include "server/auth/invitation.h"
#include "server/jobs/mail.h"

#define MAX_FORM 8192

static const char page_policy[] =
  "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/* A person on the way from the form to their account. */
typedef struct
{
  WattleCall *call;
  const char *secret;
  const char *password;
  const char *born; /* ISO date, or NULL */
  char *user;
  char *hash;
  char *login;
  gboolean confirmed; /* nobody has to confirm it any more */
  guint wait;
  GError *refusal; /* counted, so what was written stays */
} Acceptance;

static void
acceptance_clear (Acceptance *self)
{
  g_free (self->user);
  g_free (self->hash);
  g_free (self->login);
  g_clear_error (&self->refusal);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Acceptance, acceptance_clear)

typedef struct
{
  WattleCall *call;
  char *token;
  char *code;
  gboolean queued;
  gint64 expires_at;
} Invitation;

static void
invitation_clear (Invitation *self)
{
  g_free (self->token);
  g_free (self->code);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Invitation, invitation_clear)

/* Records of a person's patient, for the date of birth. */
static WattleRecord *
patient_of (WattleReader *reader, WattleRecord *user)
{
  const char *id = wattle_record_get_string (user, WATTLE_USER_PATIENT);

  return id != NULL ? wattle_reader_get (reader, WATTLE_RECORD_PATIENT, id, NULL) : NULL;
}

static gboolean
is_patient (WattleRecord *user)
{
  return wattle_record_get_integer (user, WATTLE_USER_ROLES) == 1 << WATTLE_ROLE_PATIENT;
}

static gboolean
check_invitable (WattleCall *call, WattleReader *reader, WattleRecord *user, GError **error)
{
  g_autoptr (WattleRecord) patient = NULL;

  if (wattle_record_get_integer (user, WATTLE_USER_STATUS) != WATTLE_USER_STATUS_INVITED)
    {
      wattle_set_field_error (error, WATTLE_ERROR_CONFLICT, "status", "This person has an account already.");
      return FALSE;
    }
  if (!wattle_account_may_grant (wattle_call_actor (call), wattle_record_get_integer (user, WATTLE_USER_ROLES), error))
    return FALSE;
  if (!is_patient (user))
    return TRUE;
  patient = patient_of (reader, user);
  if (patient != NULL && wattle_record_has (patient, WATTLE_PATIENT_BIRTH_DATE))
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_INVALID, "birth_date",
                          "Who accepts is asked for their date of birth. Link the account to a patient and enter it "
                          "there first.");
  return FALSE;
}

/* No clinical content: who invites, the link, how long it holds. */
static gboolean
queue_mail (Invitation *self, WattleTransaction *transaction, WattleRecord *user, GError **error)
{
  WattleServer *server = self->call->server;
  WattleReader *reader = wattle_transaction_reader (transaction);
  const char *to = wattle_record_get_string (user, WATTLE_USER_EMAIL);
  g_autoptr (WattleRecord) practice =
    wattle_reader_get (reader, WATTLE_RECORD_PRACTICE, wattle_call_actor (self->call)->practice, NULL);
  const char *name = practice != NULL ? wattle_record_get_string (practice, WATTLE_PRACTICE_NAME) : "Your practice";
  g_autofree char *subject = g_strdup_printf ("Your account at %s", name);
  g_autofree char *text = NULL;

  if (!wattle_json_member_boolean (self->call->body, "send"))
    return TRUE;
  if (!server->sends_mail || server->public_url == NULL || to == NULL)
    {
      wattle_set_field_error (error, WATTLE_ERROR_UNSUPPORTED, "send",
                              to == NULL ? "This person has no e-mail address. Copy the link and give it to them."
                                         : "This server sends no e-mail. Copy the link and give it to the person.");
      return FALSE;
    }
  text = g_strdup_printf ("Hello,\r\n\r\n%s invites you to open your account:\r\n\r\n%s/invite/%s\r\n\r\n"
                          "The link works once and for three days. If you did not expect it, do nothing.\r\n",
                          name, server->public_url, self->token);
  self->queued = wattle_mail_queue (transaction, server->keys, to, subject, text, self->expires_at, error);
  return self->queued;
}

static gboolean
write_invitation (WattleTransaction *transaction, gpointer data, GError **error)
{
  Invitation *self = data;
  const char *id = wattle_request_get_param (self->call->request, "id");
  WattleReader *reader = wattle_transaction_reader (transaction);
  g_autoptr (WattleRecord) user = NULL;

  user = wattle_id_is_valid (id) ? wattle_reader_get (reader, WATTLE_RECORD_USER, id, NULL) : NULL;
  if (user == NULL)
    {
      wattle_set_field_error (error, WATTLE_ERROR_NOT_FOUND, "id", "There is no such person.");
      return FALSE;
    }
  self->expires_at = wattle_clock_now () + WATTLE_INVITATION_LIFE * WATTLE_SECOND;
  return check_invitable (self->call, reader, user, error)
         && wattle_invitation_make (transaction, self->call->server->keys, id, self->expires_at, &self->token,
                                    &self->code, error)
         && queue_mail (self, transaction, user, error)
         && wattle_call_audit (self->call, transaction, "user.invitation", user, error);
}

void
wattle_api_invite (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  g_autoptr (GError) error = NULL;
  g_auto (Invitation) self = { .call = call };
  g_autofree char *path = NULL;
  g_autofree char *link = NULL;
  char until[WATTLE_INSTANT_SIZE];
  GString *text;
  WattleJsonWriter writer;

  if (!wattle_writer_run (call->server->writer, write_invitation, &self, &error))
    {
      wattle_call_respond_error (call, error);
      return;
    }
  if (self.queued)
    wattle_mailer_kick (call->server->mailer);
  path = g_strconcat ("/invite/", self.token, NULL);
  text = g_string_new (NULL);
  writer = wattle_json_writer (text);
  wattle_instant_print (self.expires_at, until);
  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "path", path);
  if (call->server->public_url != NULL)
    {
      link = g_strconcat (call->server->public_url, path, NULL);
      wattle_json_pair_string (&writer, "link", link);
    }
  wattle_json_pair_string (&writer, "code", self.code);
  wattle_json_pair_string (&writer, "expires_at", until);
  wattle_json_pair_boolean (&writer, "sent", self.queued);
  wattle_json_end_object (&writer);
  wattle_call_respond (call, 200, text);
}

/* Compares the date of birth where there is one to compare. */
static gboolean
is_born_then (WattleReader *reader, WattleRecord *user, const char *born)
{
  g_autoptr (WattleRecord) patient = NULL;
  gint64 date;

  if (!is_patient (user))
    return TRUE;
  patient = patient_of (reader, user);
  return patient != NULL && born != NULL && wattle_date_parse (born, &date, NULL)
         && wattle_record_has (patient, WATTLE_PATIENT_BIRTH_DATE)
         && date == wattle_record_get_integer (patient, WATTLE_PATIENT_BIRTH_DATE);
}

static gboolean
open_account (Acceptance *self, WattleTransaction *transaction, WattleRecord *user, GError **error)
{
  g_autoptr (WattleRecord) after = wattle_record_copy (user);
  g_autoptr (WattleCredential) credential = wattle_credential_new (self->user, self->hash);
  WattleActor actor = { .user = self->user, .role = -1 };
  WattleAudit act = { .action = "invitation.accept", .object_type = "user", .object = self->user };

  self->confirmed = !is_patient (user);
  wattle_record_set_integer (after, WATTLE_USER_STATUS,
                             self->confirmed ? WATTLE_USER_STATUS_ACTIVE : WATTLE_USER_STATUS_ACCEPTED);
  self->login = g_strdup (wattle_record_get_string (user, WATTLE_USER_LOGIN));
  return wattle_account_put (transaction, after, self->user, error)
         && wattle_credential_save (credential, transaction, error)
         && wattle_invitation_end (transaction, self->user, error)
         && wattle_audit_write (transaction, &actor, wattle_request_get_peer (self->call->request), &act, error);
}

static gboolean
write_acceptance (WattleTransaction *transaction, gpointer data, GError **error)
{
  Acceptance *self = data;
  WattleReader *reader = wattle_transaction_reader (transaction);
  WattleKeys *keys = self->call->server->keys;
  g_autoptr (WattleInvitation) invitation =
    wattle_invitation_find (transaction, keys, self->secret, wattle_clock_now (), error);
  g_autoptr (WattleRecord) user = NULL;

  if (invitation == NULL)
    return FALSE;
  user = wattle_reader_get (reader, WATTLE_RECORD_USER, invitation->user, error);
  if (user == NULL)
    return FALSE;
  if (wattle_record_get_integer (user, WATTLE_USER_STATUS) != WATTLE_USER_STATUS_INVITED)
    {
      wattle_set_field_error (error, WATTLE_ERROR_CONFLICT, "secret", "This account was opened or closed already.");
      return FALSE;
    }
  if (is_born_then (reader, user, self->born))
    return open_account (self, transaction, user, error);
  wattle_set_field_error (&self->refusal, WATTLE_ERROR_FORBIDDEN, "date_of_birth",
                          "This is not the date of birth that the practice has for you. You have %u more tries; then "
                          "ask the practice for a new invitation.",
                          WATTLE_INVITATION_TRIES - invitation->tries - 1);
  return wattle_invitation_failed (invitation, transaction, error);
}

static gboolean
write_accept_try (WattleTransaction *transaction, gpointer data, GError **error)
{
  Acceptance *self = data;
  WattleCounter counter = { "accept", wattle_request_get_network (self->call->request) };

  guint limit = 2 * self->call->server->limits.sign_ins_per_minute;

  return wattle_counter_take (transaction, self->call->server->keys, counter, limit, 60, wattle_clock_now (),
                              &self->wait, error);
}

static gboolean
find_user (Acceptance *self, GError **error)
{
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (self->call->server->store, error);
  g_autoptr (WattleInvitation) invitation = NULL;

  if (transaction != NULL)
    invitation = wattle_invitation_find (transaction, self->call->server->keys, self->secret, wattle_clock_now (),
                                         error);
  if (invitation == NULL)
    return FALSE;
  self->user = g_strdup (invitation->user);
  return TRUE;
}

/* Only this consumes the invitation. */
static gboolean
accept (Acceptance *self, GError **error)
{
  WattleWriter *writer = self->call->server->writer;

  if (!wattle_writer_run (writer, write_accept_try, self, error))
    return FALSE;
  if (self->wait > 0)
    {
      wattle_set_field_error (error, WATTLE_ERROR_RATE_LIMITED, NULL,
                              "There were too many attempts. Wait %u seconds before you try again.", self->wait);
      return FALSE;
    }
  if (!find_user (self, error)
      || (self->hash = wattle_call_hash_password (self->call, self->password, self->user, NULL, "password", error))
           == NULL
      || !wattle_writer_run (writer, write_acceptance, self, error))
    return FALSE;
  if (self->refusal != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&self->refusal));
      return FALSE;
    }
  wattle_server_forget_sessions (self->call->server);
  return TRUE;
}

static void
respond_accept_error (Acceptance *self, const GError *error)
{
  if (self->wait > 0)
    wattle_call_respond_wait (self->call, self->wait, error->message);
  else
    wattle_call_respond_error (self->call, error);
}

void
wattle_api_invitation_accept (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  g_autoptr (GError) error = NULL;
  g_auto (Acceptance) self = { .call = call };
  GString *text;
  WattleJsonWriter writer;

  self.secret = wattle_call_string (call, "secret", TRUE, &error);
  self.password = error == NULL ? wattle_call_string (call, "password", TRUE, &error) : NULL;
  self.born = error == NULL ? wattle_call_string (call, "date_of_birth", FALSE, &error) : NULL;
  if (error != NULL || !accept (&self, &error))
    {
      respond_accept_error (&self, error);
      return;
    }
  text = g_string_new (NULL);
  writer = wattle_json_writer (text);
  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "login", self.login);
  wattle_json_pair_string (&writer, "status", self.confirmed ? "active" : "accepted");
  wattle_json_end_object (&writer);
  wattle_call_respond (call, 200, text);
}

static void
respond_page (WattleCall *call, guint status, const char *title, const char *body)
{
  g_autofree char *safe = g_markup_escape_text (title, -1);
  g_autofree char *page = g_strdup_printf (
    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>%s</title></head>\n"
    "<body><main><h1>%s</h1>\n%s</main></body></html>\n",
    safe, safe, body);

  wattle_request_set_header (call->request, "Content-Security-Policy", page_policy);
  wattle_request_set_header (call->request, "Strict-Transport-Security", "max-age=31536000");
  wattle_request_respond_text (call->request, status, "text/html; charset=utf-8", page);
}

static const char form[] =
  "<form method=\"post\">\n"
  "<p><label>Date of birth<br><input type=\"date\" name=\"date_of_birth\" autocomplete=\"bday\"></label><br>"
  "Patients only; staff leave it empty.</p>\n"
  "<p><label>New password<br><input type=\"password\" name=\"password\" required minlength=\"12\" maxlength=\"128\""
  " autocomplete=\"new-password\"></label><br>At least 15 characters; a few words in a row are easy to remember.</p>\n"
  "<p><label>The same again<br><input type=\"password\" name=\"again\" required maxlength=\"128\""
  " autocomplete=\"new-password\"></label></p>\n"
  "<p><button type=\"submit\">Open my account</button></p>\n</form>\n";

static void
respond_form (WattleCall *call, guint status, const char *problem)
{
  g_autofree char *safe = problem != NULL ? g_markup_escape_text (problem, -1) : NULL;
  g_autofree char *body =
    safe != NULL
      ? g_strdup_printf ("<p role=\"alert\"><strong>%s</strong></p>\n%s", safe, form)
      : g_strdup_printf ("<p>Your practice invites you to open an account. Looking at this page uses nothing up; the "
                         "button below does, once. The invitation holds for three days.</p>\n%s"
                         "<p>Or open Wattle, choose “I have an invitation”, and type the code from the practice.</p>\n",
                         form);

  respond_page (call, status, "Open your account", body);
}

static void
respond_invalid (WattleCall *call, const GError *error)
{
  g_autofree char *safe = g_markup_escape_text (error->message, -1);
  g_autofree char *body = g_strdup_printf ("<p>%s</p>\n", safe);

  respond_page (call, wattle_error_code_status (wattle_error_get_code (error)), "Invitation", body);
}

/* Looking uses nothing up: programs that check mail open every link. */
void
wattle_api_invitation_page (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  g_autoptr (GError) error = NULL;
  g_auto (Acceptance) self = { .call = call, .secret = wattle_request_get_param (call->request, "secret") };

  if (find_user (&self, &error))
    respond_form (call, 200, NULL);
  else
    respond_invalid (call, error);
}

void
wattle_api_invitation_form (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  g_autoptr (GError) error = NULL;
  g_auto (Acceptance) self = { .call = call, .secret = wattle_request_get_param (call->request, "secret") };
  gsize length;
  const char *data = g_bytes_get_data (wattle_request_get_body (call->request), &length);
  g_autofree char *text = g_strndup (data != NULL ? data : "", MIN (length, MAX_FORM));
  g_autoptr (GHashTable) fields = NULL;

  if (length <= MAX_FORM)
    fields = g_uri_parse_params (text, -1, "&", G_URI_PARAMS_WWW_FORM, NULL);
  if (fields == NULL)
    {
      respond_form (call, 400, "This form could not be read.");
      return;
    }
  self.password = g_hash_table_lookup (fields, "password");
  self.born = g_hash_table_lookup (fields, "date_of_birth");
  if (g_strcmp0 (self.password, g_hash_table_lookup (fields, "again")) != 0)
    respond_form (call, 400, "The two passwords are not the same.");
  else if (accept (&self, &error))
    respond_page (call, 200, "Your account is open",
                  self.confirmed ? "<p>Sign in with Wattle and your new password.</p>\n"
                                 : "<p>Sign in with Wattle and your new password. The practice still confirms that the "
                                   "account is yours; until then you see your own profile.</p>\n");
  else if (wattle_error_get_code (error) == WATTLE_ERROR_NOT_FOUND)
    respond_invalid (call, error);
  else
    respond_form (call, wattle_error_code_status (wattle_error_get_code (error)), error->message);
}
