/* devices.c: the computers that may sign in
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/api/routes.h"

#include <string.h>

#include "base/civil.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "server/api/effects.h"
#include "server/api/opening.h"
#include "server/auth/account.h"
#include "server/auth/audit.h"
#include "server/auth/enrolment.h"
#include "store/fingerprint.h"

#define MAX_DEVICES 1000
#define CODE_LIFE WATTLE_DAY
#define MAX_SET_ASIDE (900 * 1024)

typedef enum
{
  RENAME,
  APPROVE,
  REVOKE,
  WIPE,
} Act;

typedef struct
{
  WattleCall *call;
  WattleEffects *effects;
  Act act;
  const char *name;
  char *owner;
  GString *answer;
} Work;

static void
append_device (GString *text, WattleRecord *device)
{
  WattleJsonWriter writer = wattle_json_writer (text);

  wattle_json_begin_object (&writer);
  wattle_json_name (&writer, "device");
  wattle_record_write_json (device, &writer);
  wattle_json_end_object (&writer);
}

/* The device that the path names, if it is within the caller's reach. */
static WattleRecord *
find_device (WattleCall *call, WattleReader *reader, GError **error)
{
  const char *id = wattle_request_get_param (call->request, "id");
  g_autoptr (WattleRecord) device = NULL;

  if (id == NULL || strcmp (id, "current") == 0)
    id = wattle_call_actor (call)->device;
  device = wattle_id_is_valid (id) ? wattle_reader_get (reader, WATTLE_RECORD_DEVICE, id, NULL) : NULL;
  if (device == NULL)
    {
      wattle_set_field_error (error, WATTLE_ERROR_NOT_FOUND, "id", "There is no such device.");
      return NULL;
    }
  return wattle_policy_check (call->route->rule, wattle_call_actor (call), reader, device, error)
           ? g_steal_pointer (&device)
           : NULL;
}

void
wattle_api_devices (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (call->server->store, &error);
  WattleReader *reader = transaction != NULL ? wattle_transaction_reader (transaction) : NULL;
  const WattleActor *actor = wattle_call_actor (call);
  WattleQuery query = wattle_query (WATTLE_RECORD_DEVICE);
  gboolean all = g_strcmp0 (wattle_request_get_query (call->request, "all"), "1") == 0;
  g_autoptr (GPtrArray) devices = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (text);

  if (!all || wattle_policy_reach (call->route->rule, actor, reader) != WATTLE_REACH_PRACTICE)
    wattle_query_where_text (&query, WATTLE_DEVICE_USER, actor->user);
  query.limit = MAX_DEVICES;
  devices = reader != NULL ? wattle_reader_query (reader, &query, &error) : NULL;
  if (devices == NULL)
    {
      wattle_call_respond_error (call, error);
      return;
    }
  wattle_json_begin_object (&writer);
  wattle_json_name (&writer, "devices");
  wattle_json_begin_array (&writer);
  for (guint i = 0; i < devices->len; i++)
    wattle_record_write_json (devices->pdata[i], &writer);
  wattle_json_end_array (&writer);
  wattle_json_end_object (&writer);
  wattle_call_respond (call, 200, g_steal_pointer (&text));
}

void
wattle_api_device (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (call->server->store, &error);
  g_autoptr (WattleRecord) device = NULL;
  GString *text;

  device = transaction != NULL ? find_device (call, wattle_transaction_reader (transaction), &error) : NULL;
  if (device == NULL)
    {
      wattle_call_respond_error (call, error);
      return;
    }
  text = g_string_new (NULL);
  append_device (text, device);
  wattle_call_respond (call, 200, text);
}

/* Who approves compares what stands on both screens; a program sends it so that nobody approves another's key. */
static gboolean
check_fingerprint (WattleCall *call, WattleRecord *device, GError **error)
{
  g_autofree char *fingerprint = wattle_key_fingerprint (wattle_record_get_string (device, WATTLE_DEVICE_PUBLIC_KEY));
  const char *given = wattle_json_member_string (call->body, "fingerprint");

  if (given == NULL || g_strcmp0 (given, fingerprint) == 0)
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_CONFLICT, "fingerprint",
                          "The new device shows another fingerprint. Nothing was approved; find out whose device it "
                          "is.");
  return FALSE;
}

static gboolean
apply (Work *self, WattleRecord *device, GError **error)
{
  gboolean revoked = wattle_record_get_integer (device, WATTLE_DEVICE_STATUS) == WATTLE_DEVICE_STATUS_REVOKED;

  switch (self->act)
    {
    case RENAME:
      wattle_record_set_string (device, WATTLE_DEVICE_NAME, self->name);
      return TRUE;
    case APPROVE:
      if (revoked)
        {
          wattle_set_field_error (error, WATTLE_ERROR_CONFLICT, "status",
                                  "A revoked device stays revoked. Enrol it anew.");
          return FALSE;
        }
      wattle_record_set_integer (device, WATTLE_DEVICE_STATUS, WATTLE_DEVICE_STATUS_ACTIVE);
      return check_fingerprint (self->call, device, error);
    case WIPE:
      if (!wattle_record_has (device, WATTLE_DEVICE_WIPE_REQUESTED_AT))
        wattle_record_set_integer (device, WATTLE_DEVICE_WIPE_REQUESTED_AT, wattle_clock_now ());
      if (wattle_json_member_boolean (self->call->body, "send_first"))
        return TRUE;
      break;
    case REVOKE:
      break;
    }
  wattle_record_set_integer (device, WATTLE_DEVICE_STATUS, WATTLE_DEVICE_STATUS_REVOKED);
  return TRUE;
}

static gboolean
write_device (WattleTransaction *transaction, gpointer data, GError **error)
{
  Work *self = data;
  g_autoptr (WattleRecord) before = find_device (self->call, wattle_transaction_reader (transaction), error);
  g_autoptr (WattleRecord) device = before != NULL ? wattle_record_copy (before) : NULL;

  if (device == NULL || !apply (self, device, error))
    return FALSE;
  if (!wattle_account_put (transaction, device, wattle_call_actor (self->call)->user, error)
      || !wattle_effects_note (self->effects, transaction, before, device, error)
      || !wattle_call_audit (self->call, transaction, self->call->route->name, device, error))
    return FALSE;
  self->owner = g_strdup (wattle_record_get_string (device, WATTLE_DEVICE_USER));
  self->answer = g_string_new (NULL);
  append_device (self->answer, device);
  return TRUE;
}

static void
change (WattleCall *call, Act act, const char *name)
{
  g_autoptr (WattleEffects) effects = wattle_effects_new ();
  g_autoptr (GError) error = NULL;
  Work self = { .call = call, .effects = effects, .act = act, .name = name };

  if (wattle_writer_run (call->server->writer, write_device, &self, &error))
    {
      wattle_effects_carry_out (effects, call->server);
      if (act == WIPE)
        wattle_hub_scope (call->server->hub, self.owner, NULL);
      wattle_call_respond (call, 200, g_steal_pointer (&self.answer));
    }
  else
    wattle_call_respond_error (call, error);
  g_free (self.owner);
  if (self.answer != NULL)
    g_string_free (self.answer, TRUE);
}

void
wattle_api_device_approve (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;

  change (call, APPROVE, NULL);
}

void
wattle_api_device_revoke (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;

  change (call, REVOKE, NULL);
}

/* A device that is lost is refused at once and seals what it had not sent; one that comes back may send it first. */
void
wattle_api_device_wipe (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;

  change (call, WIPE, NULL);
}

void
wattle_api_device_rename (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  g_autoptr (GError) error = NULL;
  const char *name = wattle_call_string (call, "name", TRUE, &error);

  if (name == NULL)
    wattle_call_respond_error (call, error);
  else
    change (call, RENAME, name);
}

/* What the device had not sent, sealed for this server alone, is kept until somebody looks at it. */
static gboolean
keep_set_aside (WattleCall *call, WattleTransaction *transaction, WattleRecord *device, gint64 now, GError **error)
{
  const char *sealed = wattle_call_string (call, "set_aside", FALSE, error);
  g_autofree char *key = g_strdup_printf ("%s:%" G_GINT64_FORMAT, wattle_record_id (device), now);

  if (sealed == NULL)
    return TRUE;
  if (strlen (sealed) > MAX_SET_ASIDE)
    {
      wattle_set_field_error (error, WATTLE_ERROR_TOO_LARGE, "set_aside", "This is too large; keep it as a file.");
      return FALSE;
    }
  return wattle_transaction_keep_private (transaction, "set-aside", key,
                                          wattle_record_get_string (device, WATTLE_DEVICE_USER), sealed, 0, error);
}

static gboolean
write_wiped (WattleTransaction *transaction, gpointer data, GError **error)
{
  Work *self = data;
  const char *id = wattle_call_string (self->call, "device", TRUE, error);
  const char *time = wattle_call_string (self->call, "time", FALSE, NULL);
  g_autofree char *message = g_strdup_printf ("wattle-wiped:%s:%s", id != NULL ? id : "", time != NULL ? time : "");
  WattleSignature given = { .device = id, .message = message, .time = time };
  g_autoptr (WattleRecord) before = NULL;
  g_autoptr (WattleRecord) device = NULL;
  WattleActor actor = { .device = id, .role = -1 };
  WattleAudit act = { .action = "device.wiped", .object_type = "device", .object = id };
  gint64 now = wattle_clock_now ();

  given.signature = wattle_call_string (self->call, "signature", FALSE, NULL);
  before = id != NULL ? wattle_opening_check_signature (transaction, &given, error) : NULL;
  if (before == NULL)
    return FALSE;
  if (!wattle_record_has (before, WATTLE_DEVICE_WIPE_REQUESTED_AT))
    {
      wattle_set_field_error (error, WATTLE_ERROR_CONFLICT, "device", "Nobody asked this device to destroy anything.");
      return FALSE;
    }
  device = wattle_record_copy (before);
  actor.user = wattle_record_get_string (device, WATTLE_DEVICE_USER);
  wattle_record_set_integer (device, WATTLE_DEVICE_WIPED_AT, now);
  wattle_record_set_integer (device, WATTLE_DEVICE_STATUS, WATTLE_DEVICE_STATUS_REVOKED);
  return keep_set_aside (self->call, transaction, device, now, error)
         && wattle_account_put (transaction, device, actor.user, error)
         && wattle_effects_note (self->effects, transaction, before, device, error)
         && wattle_audit_write (transaction, &actor, wattle_request_get_peer (self->call->request), &act, error);
}

/* The device proves itself with its key: its sessions may have ended long ago. */
void
wattle_api_device_wiped (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  g_autoptr (WattleEffects) effects = wattle_effects_new ();
  g_autoptr (GError) error = NULL;
  Work self = { .call = call, .effects = effects };

  if (!wattle_writer_run (call->server->writer, write_wiped, &self, &error))
    {
      wattle_call_respond_error (call, error);
      return;
    }
  wattle_effects_carry_out (effects, call->server);
  wattle_call_respond_empty (call);
}

static gboolean
write_code (WattleTransaction *transaction, gpointer data, GError **error)
{
  Work *self = data;
  const char *id = wattle_call_string (self->call, "user", TRUE, error);
  WattleReader *reader = wattle_transaction_reader (transaction);
  g_autoptr (WattleRecord) user = NULL;
  g_autofree char *code = NULL;
  gint64 expires_at = wattle_clock_now () + CODE_LIFE;
  char until[WATTLE_INSTANT_SIZE];
  WattleJsonWriter writer;

  if (id == NULL)
    return FALSE;
  user = wattle_id_is_valid (id) ? wattle_reader_get (reader, WATTLE_RECORD_USER, id, NULL) : NULL;
  if (user == NULL)
    {
      wattle_set_field_error (error, WATTLE_ERROR_NOT_FOUND, "user", "There is no such person.");
      return FALSE;
    }
  code = wattle_enrolment_new_code (transaction, self->call->server->keys, id, expires_at, error);
  if (code == NULL || !wattle_call_audit (self->call, transaction, "device.code", user, error))
    return FALSE;
  wattle_instant_print (expires_at, until);
  self->answer = g_string_new (NULL);
  writer = wattle_json_writer (self->answer);
  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "code", code);
  wattle_json_pair_string (&writer, "expires_at", until);
  wattle_json_end_object (&writer);
  return TRUE;
}

void
wattle_api_device_code (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  g_autoptr (GError) error = NULL;
  Work self = { .call = call };

  if (wattle_writer_run (call->server->writer, write_code, &self, &error))
    wattle_call_respond (call, 200, g_steal_pointer (&self.answer));
  else
    wattle_call_respond_error (call, error);
  if (self.answer != NULL)
    g_string_free (self.answer, TRUE);
}
