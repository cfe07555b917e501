/* devices.c: the computers that may sign in
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/api/routes.h"

#include <string.h>

#include "base/error.h"
#include "base/id.h"
#include "server/api/effects.h"
#include "server/auth/account.h"

#define MAX_DEVICES 1000

typedef struct
{
  WattleCall *call;
  WattleEffects *effects;
  int status; /* -1 for no change of it */
  const char *name;
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

static gboolean
write_device (WattleTransaction *transaction, gpointer data, GError **error)
{
  Work *self = data;
  g_autoptr (WattleRecord) before = find_device (self->call, wattle_transaction_reader (transaction), error);
  g_autoptr (WattleRecord) device = before != NULL ? wattle_record_copy (before) : NULL;

  if (device == NULL)
    return FALSE;
  if (self->status >= 0 && self->status != WATTLE_DEVICE_STATUS_REVOKED
      && wattle_record_get_integer (device, WATTLE_DEVICE_STATUS) == WATTLE_DEVICE_STATUS_REVOKED)
    {
      wattle_set_field_error (error, WATTLE_ERROR_CONFLICT, "status", "A revoked device stays revoked. Enrol it anew.");
      return FALSE;
    }
  if (self->status >= 0)
    wattle_record_set_integer (device, WATTLE_DEVICE_STATUS, self->status);
  if (self->name != NULL)
    wattle_record_set_string (device, WATTLE_DEVICE_NAME, self->name);
  if (!wattle_account_put (transaction, device, wattle_call_actor (self->call)->user, error)
      || !wattle_effects_note (self->effects, transaction, before, device, error)
      || !wattle_call_audit (self->call, transaction, self->call->route->name, device, error))
    return FALSE;
  self->answer = g_string_new (NULL);
  append_device (self->answer, device);
  return TRUE;
}

static void
change (WattleCall *call, int status, const char *name)
{
  g_autoptr (WattleEffects) effects = wattle_effects_new ();
  g_autoptr (GError) error = NULL;
  Work self = { .call = call, .effects = effects, .status = status, .name = name };

  if (wattle_writer_run (call->server->writer, write_device, &self, &error))
    {
      wattle_effects_carry_out (effects, call->server);
      wattle_call_respond (call, 200, g_steal_pointer (&self.answer));
    }
  else
    wattle_call_respond_error (call, error);
  if (self.answer != NULL)
    g_string_free (self.answer, TRUE);
}

void
wattle_api_device_approve (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;

  change (call, WATTLE_DEVICE_STATUS_ACTIVE, NULL);
}

void
wattle_api_device_revoke (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;

  change (call, WATTLE_DEVICE_STATUS_REVOKED, NULL);
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
    change (call, -1, name);
}
