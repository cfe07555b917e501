/* foresee.c: says what a write transaction will soon ask for
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/foresee.h"

#include "base/id.h"
#include "store/store-private.h"

static void
foresee (WattleTransaction *self, WattleSql which, const char *id, gboolean is_text)
{
  g_autoptr (WattleStatement) statement = wattle_connection_statement (self->connection, which, NULL);

  if (statement == NULL)
    return;
  if (is_text)
    wattle_bind_text (statement, 1, id);
  else
    wattle_bind_id (statement, 1, id);
  self->connection->engine->foresee (statement);
}

/**
 * wattle_transaction_foresee:
 * @self: a write transaction
 * @what: what will be asked for
 * @id: (nullable): of which
 *
 * Where each question is a journey, those that were foreseen travel with the next
 * one. It changes no answer, and where the records are at hand it does nothing.
 */
void
wattle_transaction_foresee (WattleTransaction *self, WattleForeseen what, const char *id)
{
  if (self->connection->engine->foresee == NULL || !self->write || self->ended)
    return;
  if (id == NULL || !wattle_id_is_valid (id))
    return;
  if (what == WATTLE_FORESEEN_OPERATION)
    foresee (self, WATTLE_SQL_OPERATION, id, TRUE);
  else if (what == WATTLE_FORESEEN_LAST_NUMBER)
    foresee (self, WATTLE_SQL_LAST_NUMBER, id, TRUE);
  else if (wattle_transaction_know_revision (self, NULL) && !wattle_recall_knows (self->connection->recall, id))
    foresee (self, WATTLE_SQL_GET, id, FALSE);
  if (what == WATTLE_FORESEEN_CHANGE)
    foresee (self, WATTLE_SQL_OLD, id, FALSE);
}
