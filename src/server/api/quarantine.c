/* quarantine.c: GET /quarantine: what the server did not take, until somebody has seen to it
 *
 * The words of a clinician that were refused, and whatever the server failed at,
 * are kept here beside the outbox of the device, which may be lost or wiped. The
 * author sees their own, a manager all of them, and each goes when somebody says
 * what became of it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/api/quarantine.h"

#include <string.h>

#include "base/civil.h"
#include "base/error.h"
#include "base/id.h"
#include "server/api/routes.h"
#include "server/auth/audit.h"

#define KIND "quarantine"
#define MOST_OF_ONE 100 /* rows; who has more has a broken program, which keeps them itself */
#define LARGEST (256 * 1024)
#define LISTED 50
#define LONGEST_REASON 300

/* Whether it holds words that exist nowhere else but on that device. */
static gboolean
is_kept (const WattleActor *actor, const WattleRefused *refused)
{
  static const char *const clinical[] = { "note.save", "note.sign", "note.addend", "prescription.sign", NULL };
  const WattleOperation *operation = wattle_operation_find (refused->name);
  WattleErrorCode code = wattle_error_get_code (refused->error);

  if (operation == NULL || operation->is_reading || actor->role == WATTLE_ROLE_PATIENT)
    return FALSE;
  return code == WATTLE_ERROR_FAILED || code == WATTLE_ERROR_CORRUPT
         || (actor->role == WATTLE_ROLE_CLINICIAN && g_strv_contains (clinical, refused->name));
}

static char *
describe (const WattleActor *actor, const WattleRefused *refused, const char *raw, gsize length)
{
  GString *text = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (text);
  g_autofree char *at = wattle_instant_format (refused->at);

  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "id", refused->id);
  wattle_json_pair_string (&writer, "user", actor->user);
  wattle_json_pair_string (&writer, "device", actor->device);
  wattle_json_pair_string (&writer, "at", at);
  wattle_json_pair_string (&writer, "name", refused->name);
  wattle_json_pair_string (&writer, "label", wattle_operation_find (refused->name)->label);
  wattle_json_pair_string (&writer, "code", wattle_error_code_nick (wattle_error_get_code (refused->error)));
  wattle_json_pair_string (&writer, "message", refused->error->message);
  wattle_json_name (&writer, "args");
  wattle_json_put_raw (&writer, raw, length);
  wattle_json_end_object (&writer);
  return g_string_free (text, FALSE);
}

/**
 * wattle_quarantine_keep:
 * @transaction: the write transaction of the refusal
 * @actor: who did it
 * @refused: what was refused
 * @error: the failure
 *
 * Keeps it when there are words in it that must not get lost.
 */
gboolean
wattle_quarantine_keep (WattleTransaction *transaction,
                        const WattleActor *actor,
                        const WattleRefused *refused,
                        GError **error)
{
  g_autoptr (GPtrArray) before = NULL;
  g_autofree char *value = NULL;
  gsize length = 0;
  const char *raw = wattle_json_raw (refused->args, &length);

  if (length > LARGEST || !is_kept (actor, refused))
    return TRUE;
  before = wattle_transaction_privates (transaction, KIND, actor->user, MOST_OF_ONE, error);
  if (before == NULL || before->len >= MOST_OF_ONE)
    return before != NULL;
  value = describe (actor, refused, raw, length);
  return wattle_transaction_keep_private (transaction, KIND, refused->id, actor->user, value, 0, error);
}

/* %NULL for somebody who sees all of them. */
static const char *
owner_of (WattleCall *call)
{
  const WattleActor *actor = wattle_call_actor (call);

  return wattle_policy_reach (call->route->rule, actor, NULL) == WATTLE_REACH_PRACTICE ? NULL : actor->user;
}

static gboolean
write_read (WattleTransaction *transaction, gpointer data, GError **error)
{
  return wattle_call_audit (data, transaction, "quarantine.read", NULL, error);
}

void
wattle_api_quarantine (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleTransaction) transaction = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (text);

  if (!wattle_writer_run (call->server->writer, write_read, call, &error)
      || (transaction = wattle_store_begin_read (call->server->store, &error)) == NULL
      || (rows = wattle_transaction_privates (transaction, KIND, owner_of (call), LISTED, &error)) == NULL)
    {
      wattle_call_respond_error (call, error);
      return;
    }
  wattle_json_begin_object (&writer);
  wattle_json_name (&writer, "refused");
  wattle_json_begin_array (&writer);
  for (guint i = 0; i < rows->len; i++)
    wattle_json_put_raw (&writer, ((WattlePrivateRow *) rows->pdata[i])->value, -1);
  wattle_json_end_array (&writer);
  wattle_json_end_object (&writer);
  wattle_call_respond (call, 200, g_steal_pointer (&text));
}

static gboolean
write_settled (WattleTransaction *transaction, gpointer data, GError **error)
{
  WattleCall *call = data;
  const char *id = wattle_request_get_param (call->request, "id");
  const char *reason = wattle_call_string (call, "reason", TRUE, error);
  g_autoptr (WattlePrivateRow) row = NULL;
  WattleAudit act = { .action = "quarantine.settle", .object_type = "operation", .object = id, .reason = reason };

  if (reason == NULL)
    return FALSE;
  if (*reason == '\0' || g_utf8_strlen (reason, -1) > LONGEST_REASON)
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, "reason", "Say in a few words what became of it.");
      return FALSE;
    }
  row = wattle_id_is_valid (id) ? wattle_transaction_private (transaction, KIND, id, NULL) : NULL;
  if (row == NULL || (owner_of (call) != NULL && g_strcmp0 (row->owner, owner_of (call)) != 0))
    {
      wattle_set_field_error (error, WATTLE_ERROR_NOT_FOUND, NULL, "There is nothing here that you may see.");
      return FALSE;
    }
  return wattle_transaction_drop_private (transaction, KIND, id, error)
         && wattle_audit_write (transaction, wattle_call_actor (call), wattle_request_get_peer (call->request), &act,
                                error);
}

void
wattle_api_quarantine_settle (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  g_autoptr (GError) error = NULL;

  if (wattle_writer_run (call->server->writer, write_settled, call, &error))
    wattle_call_respond_empty (call);
  else
    wattle_call_respond_error (call, error);
}
