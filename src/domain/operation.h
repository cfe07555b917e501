/* operation.h: named operations, the only way a record changes
 *
 * An operation is a pure function of records, arguments, an actor and a time.
 * The client runs it at once on its cache; the server runs it again, as the
 * authority, inside its transaction. It never writes: it says what would change.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "base/json.h"
#include "domain/reader.h"

G_BEGIN_DECLS

/**
 * WattleActor:
 * @practice: id of the practice
 * @user: id of the user; %NULL for the system itself (jobs, imports, demo)
 * @device: (nullable): id of the device
 * @role: the one of the roles that is in use, a WATTLE_ROLE_… value;
 *   WATTLE_ROLE_SYSTEM when there is no @user
 * @roles: all roles of the user, as a bit mask
 * @practitioner: (nullable): the diary of the user
 * @patient: (nullable): the record of the user
 * @unconfirmed: the user accepted an invitation and nobody confirmed them yet
 */
typedef struct
{
  const char *practice;
  const char *user;
  const char *device;
  int role;
  guint roles;
  const char *practitioner;
  const char *patient;
  gboolean unconfirmed;
} WattleActor;

/**
 * WattleOperationContext:
 * @reader: records as they are now, within the transaction
 * @actor: who asks
 * @operation_id: id of the operation; ids of made records derive from it, so
 *   that both sides make the same ones (see wattle_operation_new_id())
 * @now: microseconds since the epoch
 * @authority: whether this is the server: it gives numbers and has the last word
 * @guarded: whether the records are put where two visits at a time are refused anyhow, with the same words
 * @next_number: (nullable): the next of a gapless sequence such as "invoice";
 *   only called with @authority, inside the transaction
 * @data: for @next_number
 * @password_given: whether the person gave their password again just now
 */
typedef struct _WattleOperationContext WattleOperationContext;
struct _WattleOperationContext
{
  WattleReader *reader;
  const WattleActor *actor;
  const char *operation_id;
  gint64 now;
  gboolean authority;
  gboolean guarded;
  gint64 (*next_number) (WattleOperationContext *context, const char *sequence, GError **error);
  gpointer data;
  gboolean password_given;
};

/**
 * WattleConflict:
 *
 * A field that somebody else changed meanwhile: theirs stands, mine is kept for
 * the person to choose. Values are JSON text.
 */
typedef struct
{
  char *type;
  char *id;
  char *field;
  char *mine;
  char *theirs;
} WattleConflict;

/**
 * WattleOutcome:
 * @records: (element-type WattleRecord): the records as they shall be; later
 *   entries of the same id win
 * @conflicts: (element-type WattleConflict): fields where the other side stands
 */
typedef struct
{
  GPtrArray *records;
  GPtrArray *conflicts;
} WattleOutcome;

typedef gboolean (*WattleOperationApply) (WattleOperationContext *context,
                                          WattleJsonNode          args,
                                          WattleOutcome          *outcome,
                                          GError                **error);

/**
 * WattleArgument:
 * @name: JSON name
 * @kind: "id", "record", "records", "changes", "string", "text", "integer",
 *   "money", "instant", "date", "enum", "flags", "boolean"
 * @ref: (nullable): record type or enum
 * @required: whether it must be there
 * @doc: one sentence
 */
typedef struct
{
  const char *name;
  const char *kind;
  const char *ref;
  gboolean required;
  const char *doc;
} WattleArgument;

/**
 * WattleOperation:
 * @name: "appointment.book"
 * @apply: what it does
 * @args: ends with an entry without a name
 * @needs_server: cannot be done offline (numbers, identities)
 * @label: untranslated words for the outbox: N_("Book an appointment")
 * @doc: one sentence
 * @is_reading: only tells what was looked at: it waits and is sent as the
 *   others, but nobody is bothered with it
 */
typedef struct
{
  const char *name;
  WattleOperationApply apply;
  const WattleArgument *args;
  gboolean needs_server;
  const char *label;
  const char *doc;
  gboolean is_reading;
} WattleOperation;

const WattleOperation *wattle_operations          (guint                  *n_operations);
const WattleOperation *wattle_operation_find      (const char             *name);
gboolean               wattle_operation_run       (const WattleOperation  *self,
                                                   WattleOperationContext *context,
                                                   WattleJsonNode          args,
                                                   WattleOutcome          *outcome,
                                                   GError                **error);
char                  *wattle_operation_new_id    (WattleOperationContext *context,
                                                   const char             *what);

WattleOutcome         *wattle_outcome_new         (void);
void                   wattle_outcome_free        (WattleOutcome          *self);
void                   wattle_outcome_put         (WattleOutcome          *self,
                                                   WattleRecord           *record);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleOutcome, wattle_outcome_free)

G_END_DECLS
