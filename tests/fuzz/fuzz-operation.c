/* fuzz-operation.c: any bytes as name and arguments of an operation, run by every role: it is done or refused
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "fuzz.h"

#include <string.h>

#include "base/error.h"
#include "practice.h"

static gint64
next_number (WattleOperationContext *context, const char *sequence, GError **error)
{
  return 1;
}

static void
run (Practice *practice, WattleActor *actor, const WattleOperation *operation, WattleJsonNode args)
{
  WattleOperationContext context = {
    &practice->memory->reader, actor, "0190000000000000000000zzz1", practice->now, TRUE, FALSE, next_number, practice,
  };
  g_autoptr (WattleOutcome) outcome = wattle_outcome_new ();
  g_autoptr (GError) error = NULL;
  gboolean done = wattle_operation_run (operation, &context, args, outcome, &error);

  g_assert_true (done == (error == NULL));
  if (done)
    for (guint i = 0; i < outcome->records->len; i++)
      {
        g_autofree char *json = wattle_record_to_json (outcome->records->pdata[i]);
      }
  else
    g_assert_true (error->domain == WATTLE_ERROR && error->message[0] != '\0');
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static Practice *practice;
  const char *gap = memchr (data, '\n', size);
  g_autofree char *name = gap != NULL ? g_strndup ((const char *) data, gap - (const char *) data) : NULL;
  const WattleOperation *operation = name != NULL ? wattle_operation_find (name) : NULL;
  g_autoptr (WattleJson) json = NULL;

  if (operation == NULL)
    return 0;
  json = wattle_json_parse (gap + 1, size - (gap + 1 - (const char *) data), NULL, NULL);
  if (json == NULL || wattle_json_kind (wattle_json_root (json)) != WATTLE_JSON_OBJECT)
    return 0;
  if (practice == NULL)
    practice = practice_new ();
  for (int role = 0; role < 6; role++)
    {
      WattleActor actor = practice_actor ("fuzz", role);

      run (practice, &actor, operation, wattle_json_root (json));
    }
  return 0;
}
