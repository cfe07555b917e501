/* perform.c: an operation inside a write transaction, with all that follows from it
 *
 * Whoever asked for it: what it changed is put, who gains or loses a patient by
 * it is kept in the same transaction, and so is its line in the audit trail.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/api/perform.h"

#include <sodium.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "domain/policy.h"
#include "server/api/readings.h"
#include "server/api/scopes.h"
#include "server/auth/audit.h"

#define MAX_REASON 300

gint64
wattle_perform_number (WattleOperationContext *context, const char *sequence, GError **error)
{
  return wattle_transaction_next_in_sequence (context->data, sequence, error);
}

static void
unref_record (gpointer record)
{
  g_clear_object (&record);
}

/**
 * wattle_perform_keep:
 * @transaction: the write transaction
 * @effects: gets what follows for sessions and sockets
 * @outcome: the records that an operation made
 * @error: the failure
 *
 * Puts what an operation made, and notes what follows from it.
 */
gboolean
wattle_perform_keep (WattleTransaction *transaction, WattleEffects *effects, WattleOutcome *outcome, GError **error)
{
  WattleReader *reader = wattle_transaction_reader (transaction);
  g_autoptr (WattleScopes) scopes = wattle_scopes_new ();
  g_autoptr (GPtrArray) befores = g_ptr_array_new_with_free_func (unref_record);
  gint64 first = wattle_transaction_revision (transaction) + 1;
  gboolean ok = TRUE;

  for (guint i = 0; i < outcome->records->len; i++)
    {
      WattleRecord *after = outcome->records->pdata[i];
      WattleRecord *before = wattle_reader_get (reader, wattle_record_type (after)->id, wattle_record_id (after), NULL);

      g_ptr_array_add (befores, before);
      wattle_scopes_watch (scopes, reader, before, after);
    }
  for (guint i = 0; ok && i < outcome->records->len; i++)
    ok = wattle_transaction_put (transaction, outcome->records->pdata[i], error)
         && wattle_effects_note (effects, transaction, befores->pdata[i], outcome->records->pdata[i], error);
  return ok && wattle_scopes_keep (scopes, transaction, first, wattle_effects_practitioners (effects), error);
}

/* Whose record an operation is about when it changed none: what was refused, and what only looks. */
static const char *
patient_of (WattleReader *reader, WattleJsonNode args)
{
  const char *id = wattle_json_member_string (args, "patient");
  g_autoptr (WattleRecord) patient = NULL;

  if (id != NULL && wattle_id_is_valid (id))
    patient = wattle_reader_get (reader, WATTLE_RECORD_PATIENT, id, NULL);
  return patient != NULL ? id : NULL;
}

/* What an operation that changed nothing was about, when there is such a thing: what was opened. */
static WattleRecord *
object_of (WattleReader *reader, WattleJsonNode args)
{
  const char *name = wattle_json_member_string (args, "type");
  const WattleType *type = name != NULL ? wattle_type_find (name) : NULL;
  const char *id = wattle_json_member_string (args, "id");

  return type != NULL && wattle_id_is_valid (id) ? wattle_reader_get (reader, type->id, id, NULL) : NULL;
}

/**
 * wattle_perform_audit:
 * @transaction: the write transaction of the act
 * @actor: who
 * @address: (nullable): from where
 * @name: of the operation
 * @args: its arguments
 * @outcome: what it made; nothing when it was refused
 * @status: "ok", or how it was refused
 * @error: the failure
 *
 * Writes the line of an operation, with the reason that was given or the one of the emergency it was done in.
 */
gboolean
wattle_perform_audit (WattleTransaction *transaction,
                      const WattleActor *actor,
                      const char *address,
                      const char *name,
                      WattleJsonNode args,
                      WattleOutcome *outcome,
                      const char *status,
                      GError **error)
{
  WattleReader *reader = wattle_transaction_reader (transaction);
  WattleAudit act = { .action = wattle_operation_find (name) != NULL ? name : "unknown", .outcome = status };
  const char *given = wattle_json_member_string (args, "reason");
  g_autofree char *reason = given != NULL ? g_utf8_substring (given, 0, MIN (g_utf8_strlen (given, -1), MAX_REASON))
                                          : NULL;
  gsize length = 0;
  const char *raw = wattle_json_raw (args, &length);
  g_autoptr (WattleRecord) opened = outcome->records->len == 0 ? object_of (reader, args) : NULL;
  WattleRecord *object = opened;
  guint8 digest[32];
  char hex[65];

  crypto_generichash (digest, sizeof digest, (const guint8 *) raw, length, NULL, 0);
  act.changes = sodium_bin2hex (hex, sizeof hex, digest, sizeof digest);
  act.patient = patient_of (reader, args);
  if (outcome->records->len > 0)
    object = outcome->records->pdata[0];
  if (object != NULL)
    {
      act.object_type = wattle_record_type (object)->nick;
      act.object = wattle_record_id (object);
      if (wattle_record_type (object)->scope == WATTLE_SCOPE_PATIENT)
        act.patient = wattle_record_scope_id (object);
    }
  if (reason == NULL && act.patient != NULL)
    reason = wattle_readings_emergency (reader, actor, act.patient);
  act.reason = reason;
  return wattle_audit_write (transaction, actor, address, &act, error);
}

/**
 * wattle_perform:
 * @transaction: the write transaction
 * @actor: who; the system for what the server does by itself
 * @address: (nullable): from where
 * @act: what
 * @effects: gets what follows for sessions and sockets
 * @outcome: gets the records as they are now
 * @error: why it was not done; the transaction is then to be rolled back
 */
gboolean
wattle_perform (WattleTransaction *transaction,
                const WattleActor *actor,
                const char *address,
                const WattleAct *act,
                WattleEffects *effects,
                WattleOutcome *outcome,
                GError **error)
{
  g_autoptr (WattleJson) json = wattle_json_parse (act->args, -1, NULL, error);
  g_autofree char *id = wattle_id_new ();
  WattleOperationContext context = { .reader = wattle_transaction_reader (transaction),
                                     .actor = actor,
                                     .operation_id = id,
                                     .now = wattle_clock_now (),
                                     .authority = TRUE,
                                     .guarded = TRUE,
                                     .next_number = wattle_perform_number,
                                     .data = transaction,
                                     .password_given = act->password_given };

  return json != NULL
         && wattle_operation_run (wattle_operation_find (act->name), &context, wattle_json_root (json), outcome, error)
         && wattle_perform_keep (transaction, effects, outcome, error)
         && wattle_perform_audit (transaction, actor, address, act->name, wattle_json_root (json), outcome, "ok",
                                  error);
}
