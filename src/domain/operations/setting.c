/* setting.c: making a choice of the practice
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "domain/operations/operations.h"

#include "domain/settings.h"

/* Whether the choice is still the one that the person saw, or already the one they make. */
static gboolean
check_unchanged (
  WattleOperationContext *context, const WattleSettingSpec *spec, const char *seen, const char *value, GError **error)
{
  g_autofree char *now = wattle_setting_get (context->reader, spec->key);

  if (seen == NULL || g_strcmp0 (seen, now) == 0 || g_strcmp0 (value, now) == 0)
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_CONFLICT, "value",
                          _("Somebody else changed “%s” to “%s”. Your choice “%s” was not made."), _(spec->label),
                          now, value);
  return FALSE;
}

WATTLE_APPLY (setting_set)
{
  const char *key = wattle_arg_string (args, "key");
  const char *value = wattle_arg_string (args, "value");
  const WattleSettingSpec *spec = wattle_setting_find (key);
  WattleQuery query = wattle_query (WATTLE_RECORD_SETTING);
  g_autoptr (WattleRecord) found = NULL;
  g_autoptr (WattleRecord) setting = NULL;

  if (spec == NULL)
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "key", _("There is no such setting."));
  if (spec->administrators_only && context->actor->role == WATTLE_ROLE_MANAGER)
    return wattle_refuse (error, WATTLE_ERROR_FORBIDDEN, "key",
                          _("Who sees clinical content is chosen by an administrator."));
  if (!wattle_setting_check (spec, value, error)
      || !check_unchanged (context, spec, wattle_arg_string (args, "old"), value, error))
    return FALSE;
  wattle_query_where_text (&query, WATTLE_SETTING_KEY, key);
  found = wattle_reader_find (context->reader, &query, NULL);
  setting = found != NULL ? wattle_record_copy (found) : wattle_record_new (WATTLE_RECORD_SETTING);
  if (found == NULL)
    {
      g_autofree char *id = wattle_operation_new_id (context, "setting");

      wattle_record_set_id (setting, id);
      wattle_record_set_string (setting, WATTLE_SETTING_KEY, key);
    }
  wattle_record_set_string (setting, WATTLE_SETTING_VALUE, value);
  wattle_outcome_put (outcome, setting);
  return TRUE;
}
