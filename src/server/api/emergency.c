/* emergency.c: POST /emergency: opening a record that is not one's own, for an hour and with a reason
 *
 * The only way to the operation access.emergency: the password comes with the
 * call and is checked before anything else, and is written down nowhere.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/api/routes.h"

#include "base/error.h"
#include "server/api/perform.h"
#include "server/api/sight.h"

typedef struct
{
  WattleCall *call;
  char *args;
  WattleEffects *effects;
  GString *answer;
} Work;

static void
work_clear (Work *self)
{
  g_clear_pointer (&self->args, g_free);
  g_clear_pointer (&self->effects, wattle_effects_free);
  if (self->answer != NULL)
    g_string_free (self->answer, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Work, work_clear)

static char *
write_args (WattleCall *call, GError **error)
{
  const char *patient = wattle_call_string (call, "patient", TRUE, error);
  const char *reason = patient != NULL ? wattle_call_string (call, "reason", TRUE, error) : NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (text);

  if (reason == NULL)
    return NULL;
  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "patient", patient);
  wattle_json_pair_string (&writer, "reason", reason);
  wattle_json_end_object (&writer);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
open_record (WattleTransaction *transaction, gpointer data, GError **error)
{
  Work *self = data;
  WattleAct act = { "access.emergency", self->args, TRUE };
  g_autoptr (WattleOutcome) outcome = wattle_outcome_new ();
  g_autoptr (WattleSight) sight = NULL;
  WattleJsonWriter writer;

  if (!wattle_call_read_session (self->call, transaction, error)
      || !wattle_perform (transaction, wattle_call_actor (self->call), wattle_request_get_peer (self->call->request),
                          &act, self->effects, outcome, error))
    return FALSE;
  sight = wattle_sight_new (wattle_call_actor (self->call), wattle_transaction_reader (transaction));
  self->answer = g_string_new ("{\"grant\":");
  wattle_sight_write_record (sight, outcome->records->pdata[0], self->answer);
  writer = wattle_json_writer (self->answer);
  g_string_append (self->answer, ",\"head\":");
  wattle_json_put_integer (&writer, wattle_transaction_revision (transaction));
  g_string_append_c (self->answer, '}');
  return TRUE;
}

void
wattle_api_emergency (WattleCall *arg)
{
  g_autoptr (WattleCall) call = arg;
  g_auto (Work) self = { .call = call, .effects = wattle_effects_new () };
  g_autoptr (GError) error = NULL;

  self.args = write_args (call, &error);
  if (self.args != NULL && !wattle_call_check_password (call, "password"))
    return;
  if (self.args == NULL || !wattle_writer_run (call->server->writer, open_record, &self, &error))
    {
      wattle_call_respond_error (call, error);
      return;
    }
  wattle_effects_carry_out (self.effects, call->server);
  wattle_call_respond (call, 200, g_steal_pointer (&self.answer));
}
