/* account.c: people who sign in, their roles and their devices
 *
 * Nobody gives more than their own role may give, nobody changes their own
 * roles, and a practice always keeps an administrator.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "domain/operations/operations.h"

#define BIT(role) WATTLE_ROLE_BIT (WATTLE_ROLE_##role)

/* The roles that each role may give and take (security.md s 3 of the facts, "users, devices, roles"). */
static const guint grantable[WATTLE_N_ROLE] = {
  [WATTLE_ROLE_RECEPTION] = BIT (PATIENT),
  [WATTLE_ROLE_MANAGER] = BIT (PATIENT) | BIT (CLINICIAN) | BIT (RECEPTION),
  [WATTLE_ROLE_OWNER] = BIT (MANAGER) | BIT (OWNER) | BIT (ADMINISTRATOR),
  [WATTLE_ROLE_ADMINISTRATOR]
  = BIT (PATIENT) | BIT (CLINICIAN) | BIT (RECEPTION) | BIT (MANAGER) | BIT (ADMINISTRATOR),
};

static gboolean
may_grant (WattleOperationContext *context, guint roles, GError **error)
{
  const WattleActor *actor = context->actor;

  if (actor->role == WATTLE_ROLE_SYSTEM || (roles & ~grantable[actor->role]) == 0)
    return TRUE;
  return wattle_refuse (error, WATTLE_ERROR_FORBIDDEN, "roles", _("Your role may not give or take these roles."));
}

static guint
read_roles (WattleJsonNode args)
{
  WattleJsonIter iter = wattle_json_iter (wattle_arg (args, "roles"));
  WattleJsonNode nick;
  guint roles = 0;

  while (wattle_json_next (&iter, NULL, &nick))
    roles |= WATTLE_ROLE_BIT (wattle_enum_parse (wattle_enum_find ("role"), wattle_json_string (nick)));
  return roles;
}

/* Somebody else's account, for one who may change it. */
static WattleRecord *
load_other (WattleOperationContext *context, WattleJsonNode args, GError **error)
{
  const char *id = wattle_arg_string (args, "id");

  if (g_strcmp0 (id, context->actor->user) == 0)
    {
      wattle_refuse (error, WATTLE_ERROR_FORBIDDEN, "id", _("Nobody changes their own rights. Ask another."));
      return NULL;
    }
  return wattle_load (context, WATTLE_RECORD_USER, id, error);
}

static gboolean
is_active_administrator (WattleRecord *user)
{
  return wattle_record_get_integer (user, WATTLE_USER_STATUS) == WATTLE_USER_STATUS_ACTIVE
         && (wattle_record_get_integer (user, WATTLE_USER_ROLES) & BIT (ADMINISTRATOR)) != 0;
}

static gboolean
keeps_administrator (WattleOperationContext *context, WattleRecord *after, GError **error)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_USER);
  g_autoptr (GPtrArray) users = NULL;

  if (is_active_administrator (after))
    return TRUE;
  wattle_query_where (&query, WATTLE_USER_STATUS, WATTLE_COMPARE_EQUAL, WATTLE_USER_STATUS_ACTIVE);
  users = wattle_reader_query (context->reader, &query, error);
  if (users == NULL)
    return FALSE;
  for (guint i = 0; i < users->len; i++)
    if (g_strcmp0 (wattle_record_id (g_ptr_array_index (users, i)), wattle_record_id (after)) != 0
        && is_active_administrator (g_ptr_array_index (users, i)))
      return TRUE;
  return wattle_refuse (error, WATTLE_ERROR_CONFLICT, "id", _("A practice keeps at least one administrator."));
}

static void
take_links (WattleRecord *user, WattleJsonNode args)
{
  const char *practitioner = wattle_arg_string (args, "practitioner");
  const char *patient = wattle_arg_string (args, "patient");

  if (practitioner != NULL)
    wattle_record_set_string (user, WATTLE_USER_PRACTITIONER, practitioner);
  if (patient != NULL)
    wattle_record_set_string (user, WATTLE_USER_PATIENT, patient);
}

WATTLE_APPLY (user_invite)
{
  g_autoptr (WattleRecord) user = wattle_arg_record (args, "user", error);
  g_autofree char *login = NULL;

  if (user == NULL || !wattle_take_id (context, user, "user", error)
      || !may_grant (context, wattle_record_get_integer (user, WATTLE_USER_ROLES), error))
    return FALSE;
  if (wattle_record_get_integer (user, WATTLE_USER_ROLES) == 0)
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "roles", _("Choose at least one role."));
  if (wattle_record_has (user, WATTLE_USER_LOGIN))
    login = g_utf8_strdown (wattle_record_get_string (user, WATTLE_USER_LOGIN), -1);
  wattle_record_set_string (user, WATTLE_USER_LOGIN, login);
  wattle_record_set_integer (user, WATTLE_USER_STATUS, WATTLE_USER_STATUS_INVITED);
  wattle_outcome_put (outcome, user);
  return TRUE;
}

WATTLE_APPLY (user_change_profile)
{
  static const WattleFieldId allowed[] = { WATTLE_USER_DISPLAY_NAME, WATTLE_USER_EMAIL };
  g_autoptr (WattleRecord) user = wattle_load (context, WATTLE_RECORD_USER, context->actor->user, error);

  if (user == NULL
      || !wattle_merge_changes (user, wattle_arg (args, "changes"), allowed, G_N_ELEMENTS (allowed), outcome, error))
    return FALSE;
  wattle_outcome_put (outcome, user);
  return TRUE;
}

WATTLE_APPLY (user_set_roles)
{
  g_autoptr (WattleRecord) user = load_other (context, args, error);
  guint roles = read_roles (args);
  guint before;

  if (user == NULL)
    return FALSE;
  before = wattle_record_get_integer (user, WATTLE_USER_ROLES);
  if (roles == 0)
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "roles", _("Choose at least one role, or disable the person."));
  if (!may_grant (context, before ^ roles, error))
    return FALSE;
  /* Whose diary a person holds decides whose patients they see: only who may give that role links it. */
  if (wattle_json_exists (wattle_arg (args, "practitioner")) && !may_grant (context, BIT (CLINICIAN), error))
    return FALSE;
  wattle_record_set_integer (user, WATTLE_USER_ROLES, roles);
  take_links (user, args);
  if (!keeps_administrator (context, user, error))
    return FALSE;
  wattle_outcome_put (outcome, user);
  return TRUE;
}

static gboolean
set_status (WattleOperationContext *context,
            WattleJsonNode args,
            int status,
            WattleOutcome *outcome,
            GError **error)
{
  g_autoptr (WattleRecord) user = load_other (context, args, error);

  if (user == NULL || !may_grant (context, wattle_record_get_integer (user, WATTLE_USER_ROLES), error))
    return FALSE;
  if (status == WATTLE_USER_STATUS_ACTIVE
      && wattle_record_get_integer (user, WATTLE_USER_STATUS) != WATTLE_USER_STATUS_DISABLED)
    return wattle_refuse (error, WATTLE_ERROR_CONFLICT, "status", _("This person is not disabled."));
  wattle_record_set_integer (user, WATTLE_USER_STATUS, status);
  if (!keeps_administrator (context, user, error))
    return FALSE;
  wattle_outcome_put (outcome, user);
  return TRUE;
}

WATTLE_APPLY (user_disable)
{
  return set_status (context, args, WATTLE_USER_STATUS_DISABLED, outcome, error);
}

WATTLE_APPLY (user_enable)
{
  return set_status (context, args, WATTLE_USER_STATUS_ACTIVE, outcome, error);
}

/* Who the person is was checked by somebody who knows them; until then they see nothing but their own profile. */
WATTLE_APPLY (user_confirm)
{
  g_autoptr (WattleRecord) user = load_other (context, args, error);

  if (user == NULL || !may_grant (context, wattle_record_get_integer (user, WATTLE_USER_ROLES), error))
    return FALSE;
  if (wattle_record_get_integer (user, WATTLE_USER_STATUS) != WATTLE_USER_STATUS_ACCEPTED)
    return wattle_refuse (error, WATTLE_ERROR_CONFLICT, "status", _("This person does not wait for confirmation."));
  wattle_record_set_integer (user, WATTLE_USER_STATUS, WATTLE_USER_STATUS_ACTIVE);
  wattle_outcome_put (outcome, user);
  return TRUE;
}

WATTLE_APPLY (device_rename)
{
  g_autoptr (WattleRecord) device
    = wattle_load (context, WATTLE_RECORD_DEVICE, wattle_arg_string (args, "id"), error);

  if (device == NULL)
    return FALSE;
  wattle_record_set_string (device, WATTLE_DEVICE_NAME, wattle_arg_string (args, "name"));
  wattle_outcome_put (outcome, device);
  return TRUE;
}

WATTLE_APPLY (device_revoke)
{
  g_autoptr (WattleRecord) device
    = wattle_load (context, WATTLE_RECORD_DEVICE, wattle_arg_string (args, "id"), error);

  if (device == NULL)
    return FALSE;
  wattle_record_set_integer (device, WATTLE_DEVICE_STATUS, WATTLE_DEVICE_STATUS_REVOKED);
  wattle_outcome_put (outcome, device);
  return TRUE;
}

WATTLE_APPLY (device_approve)
{
  g_autoptr (WattleRecord) device
    = wattle_load (context, WATTLE_RECORD_DEVICE, wattle_arg_string (args, "id"), error);

  if (device == NULL)
    return FALSE;
  if (wattle_record_get_integer (device, WATTLE_DEVICE_STATUS) == WATTLE_DEVICE_STATUS_REVOKED)
    return wattle_refuse (error, WATTLE_ERROR_CONFLICT, "status",
                          _("A revoked device stays revoked. Sign in on it to enrol it anew."));
  wattle_record_set_integer (device, WATTLE_DEVICE_STATUS, WATTLE_DEVICE_STATUS_ACTIVE);
  wattle_outcome_put (outcome, device);
  return TRUE;
}
