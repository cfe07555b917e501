/* opening.c: opening a session: the device proves itself or is enrolled, tokens are made, the answer is written
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/api/opening.h"

#include "base/civil.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "domain/settings.h"
#include "server/auth/account.h"
#include "server/auth/audit.h"
#include "server/auth/credential.h"
#include "server/auth/enrolment.h"
#include "server/auth/tokens.h"
#include "store/fingerprint.h"

#define CLOCK_WINDOW (5 * WATTLE_MINUTE)

void
wattle_opening_clear (WattleOpening *self)
{
  g_clear_object (&self->user);
  g_clear_pointer (&self->login, g_free);
  g_clear_pointer (&self->new_device, g_free);
  wattle_tokens_clear (&self->tokens);
  if (self->answer != NULL)
    g_string_free (self->answer, TRUE);
  self->answer = NULL;
}

/* The role that a person most likely came to work in. */
static int
first_role (guint roles)
{
  static const int order[] = { WATTLE_ROLE_CLINICIAN, WATTLE_ROLE_RECEPTION,     WATTLE_ROLE_MANAGER,
                               WATTLE_ROLE_OWNER,     WATTLE_ROLE_ADMINISTRATOR, WATTLE_ROLE_PATIENT };

  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    if (roles >> order[i] & 1)
      return order[i];
  return WATTLE_ROLE_PATIENT;
}

static void
write_record (WattleJsonWriter *writer, const char *name, WattleRecord *record)
{
  wattle_json_name (writer, name);
  if (record != NULL)
    wattle_record_write_json (record, writer);
  else
    wattle_json_put_null (writer);
}

static void
write_instant (WattleJsonWriter *writer, const char *name, gint64 instant)
{
  char text[WATTLE_INSTANT_SIZE];

  wattle_instant_print (instant, text);
  wattle_json_pair_string (writer, name, text);
}

/**
 * wattle_opening_write_account:
 * @transaction: any
 * @user: who
 * @device: (nullable): at which device
 * @writer: in an object
 *
 * What a person may know of their own account: records, second factor, the
 * states of account and device.
 */
void
wattle_opening_write_account (WattleTransaction *transaction,
                              WattleRecord *user,
                              WattleRecord *device,
                              WattleJsonWriter *writer)
{
  WattleReader *reader = wattle_transaction_reader (transaction);
  g_autofree char *practice_id = wattle_transaction_meta (transaction, "practice", NULL);
  g_autoptr (WattleRecord) practice = NULL;
  g_autoptr (WattleCredential) credential = wattle_credential_load (transaction, wattle_record_id (user), NULL);
  g_autofree char *fingerprint = NULL;

  if (practice_id != NULL)
    practice = wattle_reader_get (reader, WATTLE_RECORD_PRACTICE, practice_id, NULL);
  if (device != NULL)
    fingerprint = wattle_key_fingerprint (wattle_record_get_string (device, WATTLE_DEVICE_PUBLIC_KEY));
  write_record (writer, "user", user);
  write_record (writer, "practice", practice);
  write_record (writer, "device", device);
  wattle_json_name (writer, "roles");
  wattle_record_write_field (user, WATTLE_USER_ROLES, writer);
  wattle_json_pair_string (writer, "second_factor",
                           credential != NULL && credential->totp != NULL ? "enrolled" : "missing");
  wattle_json_pair_boolean (writer, "second_factor_required",
                            wattle_record_get_integer (user, WATTLE_USER_ROLES) != 1 << WATTLE_ROLE_PATIENT
                              && wattle_setting_get_boolean (reader, "second_factor_required"));
  wattle_json_pair_integer (writer, "recovery_codes", credential != NULL ? credential->recovery->len : 0);
  wattle_json_pair_string (
    writer, "device_status",
    device != NULL && wattle_record_get_integer (device, WATTLE_DEVICE_STATUS) == WATTLE_DEVICE_STATUS_ACTIVE
      ? "active"
      : "pending");
  if (fingerprint != NULL)
    wattle_json_pair_string (writer, "fingerprint", fingerprint);
}

/**
 * wattle_opening_describe:
 * @transaction: any
 * @user: who
 * @device_id: of the device
 * @role: the role in use
 * @tokens: what the client gets
 *
 * Returns: (transfer full): what sign-in, refresh and a change of role all answer
 */
GString *
wattle_opening_describe (
  WattleTransaction *transaction, WattleRecord *user, const char *device_id, int role, const WattleTokens *tokens)
{
  WattleReader *reader = wattle_transaction_reader (transaction);
  g_autofree char *epoch = wattle_transaction_meta (transaction, "epoch", NULL);
  g_autoptr (WattleRecord) device = wattle_reader_get (reader, WATTLE_RECORD_DEVICE, device_id, NULL);
  GString *text = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (text);

  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "access_token", tokens->access);
  write_instant (&writer, "access_expires_at", tokens->access_expires_at);
  wattle_json_pair_string (&writer, "refresh_token", tokens->refresh);
  write_instant (&writer, "refresh_expires_at", tokens->refresh_expires_at);
  wattle_opening_write_account (transaction, user, device, &writer);
  wattle_json_pair_string (&writer, "role", wattle_enum_nick (wattle_enum_find ("role"), role));
  wattle_json_pair_string (&writer, "epoch", epoch);
  wattle_json_end_object (&writer);
  return text;
}

static gboolean
refuse_device (const char *field, GError **error)
{
  wattle_set_field_error (error, WATTLE_ERROR_UNAUTHENTICATED, field, "This device is not one of yours.");
  return FALSE;
}

/**
 * wattle_opening_check_status:
 * @device: a device that has proved that it is the one
 * @error: %WATTLE_ERROR_UNAUTHENTICATED, with the field "device.wipe" when it shall destroy what it keeps
 *
 * Returns: whether the device may be used or waits for approval
 */
gboolean
wattle_opening_check_status (WattleRecord *device, GError **error)
{
  if (wattle_record_get_integer (device, WATTLE_DEVICE_STATUS) != WATTLE_DEVICE_STATUS_REVOKED)
    return TRUE;
  if (!wattle_record_has (device, WATTLE_DEVICE_WIPE_REQUESTED_AT))
    return refuse_device ("device", error);
  wattle_set_field_error (error, WATTLE_ERROR_UNAUTHENTICATED, "device.wipe",
                          "This device was removed from the practice, and what it keeps is to be destroyed.");
  return FALSE;
}

/**
 * wattle_opening_check_signature:
 * @transaction: any
 * @given: what the device sent
 * @error: %WATTLE_ERROR_UNAUTHENTICATED, with the field "device.id" when it is not known here
 *
 * The device proves that it is the one that was enrolled, whatever has become of it.
 *
 * Returns: (transfer full) (nullable): its record
 */
WattleRecord *
wattle_opening_check_signature (WattleTransaction *transaction, const WattleSignature *given, GError **error)
{
  g_autoptr (WattleRecord) device = NULL;
  gint64 at;

  device = given->device != NULL && wattle_id_is_valid (given->device)
             ? wattle_reader_get (wattle_transaction_reader (transaction), WATTLE_RECORD_DEVICE, given->device, NULL)
             : NULL;
  if (device == NULL
      || (given->user != NULL && g_strcmp0 (wattle_record_get_string (device, WATTLE_DEVICE_USER), given->user) != 0))
    {
      refuse_device ("device.id", error);
      return NULL;
    }
  if (!wattle_device_verify (wattle_record_get_string (device, WATTLE_DEVICE_PUBLIC_KEY), given->signature,
                             given->message))
    {
      refuse_device ("device", error);
      return NULL;
    }
  if (given->time == NULL || !wattle_instant_parse (given->time, &at, NULL)
      || ABS (at - wattle_clock_now ()) > CLOCK_WINDOW)
    {
      wattle_set_field_error (error, WATTLE_ERROR_UNAUTHENTICATED, "time",
                              "The clock of this computer is more than five minutes off. Set it and try again.");
      return NULL;
    }
  return g_steal_pointer (&device);
}

/**
 * wattle_opening_read_device:
 * @self: an opening
 * @error: names the member at fault
 *
 * Reads "device" of the body: the id of a known one, or name and key of a new one.
 */
gboolean
wattle_opening_read_device (WattleOpening *self, GError **error)
{
  const char *name;

  self->device = wattle_json_member (self->call->body, "device");
  self->device_id = wattle_json_member_string (self->device, "id");
  if (self->device_id != NULL)
    return TRUE;
  name = wattle_json_member_string (self->device, "name");
  if (name == NULL || *name == '\0' || g_utf8_strlen (name, -1) > 120)
    wattle_set_field_error (error, WATTLE_ERROR_INVALID, "device.name", "Give this device a name.");
  else if (!wattle_device_key_is_valid (wattle_json_member_string (self->device, "public_key")))
    wattle_set_field_error (error, WATTLE_ERROR_INVALID, "device.public_key", "This is not a public key.");
  else
    return TRUE;
  return FALSE;
}

/**
 * wattle_opening_check_device:
 * @self: an opening whose user is known
 * @transaction: any
 * @error: of wattle_opening_check_signature()
 *
 * Passes for a device that is new.
 */
gboolean
wattle_opening_check_device (WattleOpening *self, WattleTransaction *transaction, GError **error)
{
  const char *time = wattle_call_string (self->call, "time", FALSE, NULL);
  g_autofree char *message = NULL;
  g_autoptr (WattleRecord) device = NULL;
  WattleSignature given = { .device = self->device_id, .time = time };

  if (self->device_id == NULL)
    return TRUE;
  message = g_strdup_printf ("wattle-sign-in:%s:%s:%s", self->device_id, self->login, time != NULL ? time : "");
  given.user = wattle_record_id (self->user);
  given.message = message;
  given.signature = wattle_call_string (self->call, "challenge_signature", FALSE, NULL);
  device = wattle_opening_check_signature (transaction, &given, error);
  return device != NULL && wattle_opening_check_status (device, error);
}

static gboolean
check_number (WattleOpening *self, WattleReader *reader, GError **error)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_DEVICE);
  guint limit = self->call->server->limits.devices_per_user;

  wattle_query_where_text (&query, WATTLE_DEVICE_USER, wattle_record_id (self->user));
  wattle_query_where (&query, WATTLE_DEVICE_STATUS, WATTLE_COMPARE_ONE_OF,
                      1 << WATTLE_DEVICE_STATUS_PENDING | 1 << WATTLE_DEVICE_STATUS_ACTIVE);
  if (limit == 0 || wattle_reader_count (reader, &query, NULL) < limit)
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_FORBIDDEN, "device",
                          "You have %u devices already. Remove one that you no longer use: on another device under "
                          "Settings, or by an administrator.",
                          limit);
  return FALSE;
}

/* Whether the new device waits for an administrator: not with the code that one of them printed. */
static gboolean
must_wait (WattleOpening *self, WattleTransaction *transaction, gboolean *wait, GError **error)
{
  const char *code = wattle_json_member_string (self->device, "enrolment_code");

  *wait = wattle_record_get_integer (self->user, WATTLE_USER_ROLES) != 1 << WATTLE_ROLE_PATIENT
          && wattle_setting_get_boolean (wattle_transaction_reader (transaction), "approve_devices");
  if (code == NULL || *code == '\0')
    return TRUE;
  *wait = FALSE;
  return wattle_enrolment_use_code (transaction, self->call->server->keys, wattle_record_id (self->user), code,
                                    wattle_clock_now (), error);
}

/* The device that signs in for the first time. */
static gboolean
enrol (WattleOpening *self, WattleTransaction *transaction, GError **error)
{
  WattleReader *reader = wattle_transaction_reader (transaction);
  g_autoptr (WattleRecord) device = wattle_record_new (WATTLE_RECORD_DEVICE);
  g_autofree char *id = wattle_id_new ();
  gint64 now = wattle_clock_now ();
  gboolean wait;

  if (!check_number (self, reader, error) || !must_wait (self, transaction, &wait, error))
    return FALSE;
  wattle_record_set_id (device, id);
  wattle_record_set_string (device, WATTLE_DEVICE_USER, wattle_record_id (self->user));
  wattle_record_set_string (device, WATTLE_DEVICE_NAME, wattle_json_member_string (self->device, "name"));
  wattle_record_set_string (device, WATTLE_DEVICE_PUBLIC_KEY, wattle_json_member_string (self->device, "public_key"));
  wattle_record_set_string (device, WATTLE_DEVICE_SYSTEM, wattle_json_member_string (self->device, "system"));
  wattle_record_set_integer (device, WATTLE_DEVICE_STATUS,
                             wait ? WATTLE_DEVICE_STATUS_PENDING : WATTLE_DEVICE_STATUS_ACTIVE);
  wattle_record_set_integer (device, WATTLE_DEVICE_ENROLLED_AT, now);
  wattle_record_set_integer (device, WATTLE_DEVICE_LAST_SEEN_AT, now);
  if (!wattle_account_put (transaction, device, wattle_record_id (self->user), error))
    return FALSE;
  self->new_device = g_steal_pointer (&id);
  self->device_id = self->new_device;
  return TRUE;
}

/**
 * wattle_opening_write:
 * @self: an opening whose user and device are proved
 * @transaction: a write transaction
 * @how: (nullable): a word for the audit trail
 * @error: the failure
 *
 * Enrols a new device, makes the tokens, writes it down and prepares the answer.
 */
gboolean
wattle_opening_write (WattleOpening *self, WattleTransaction *transaction, const char *how, GError **error)
{
  WattleActor actor = { .user = wattle_record_id (self->user) };
  WattleAudit act = { .action = "session.open", .object_type = "device", .reason = how };

  self->role = first_role (wattle_record_get_integer (self->user, WATTLE_USER_ROLES));
  if (self->device_id == NULL && !enrol (self, transaction, error))
    return FALSE;
  actor.role = self->role;
  actor.device = self->device_id;
  act.object = self->device_id;
  if (!wattle_session_open (transaction, self->user, self->device_id, self->role, NULL, wattle_clock_now (),
                            &self->tokens, error)
      || !wattle_audit_write (transaction, &actor, wattle_request_get_peer (self->call->request), &act, error))
    return FALSE;
  self->answer = wattle_opening_describe (transaction, self->user, self->device_id, self->role, &self->tokens);
  return TRUE;
}
