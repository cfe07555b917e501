/* account.c: the practice of a new server, its people and its choices about them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/auth/account.h"

#include <string.h>

#include "base/civil.h"
#include "base/error.h"
#include "base/id.h"
#include "server/auth/credential.h"

/**
 * wattle_login_fold:
 * @login: (nullable): a sign-in name as typed
 * @error: %WATTLE_ERROR_INVALID with the field "login"
 *
 * Returns: (transfer full) (nullable): the name as it is kept
 */
char *
wattle_login_fold (const char *login, GError **error)
{
  g_autofree char *folded = login != NULL ? g_utf8_strdown (login, -1) : NULL;

  if (folded != NULL)
    g_strstrip (folded);
  if (folded == NULL || *folded == '\0' || strlen (folded) > 120 || strpbrk (folded, " \t\r\n:\"'<>\\") != NULL)
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, "login",
                              "A sign-in name has 1 to 120 letters, digits or marks such as . - _ @, without spaces.");
      return NULL;
    }
  return g_steal_pointer (&folded);
}

/**
 * wattle_account_find:
 * @reader: records
 * @login: a folded sign-in name
 * @error: %WATTLE_ERROR_NOT_FOUND
 *
 * Returns: (transfer full) (nullable): the user
 */
WattleRecord *
wattle_account_find (WattleReader *reader, const char *login, GError **error)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_USER);

  wattle_query_where_text (&query, WATTLE_USER_LOGIN, login);
  return wattle_reader_find (reader, &query, error);
}

/**
 * wattle_account_put:
 * @transaction: a write transaction
 * @record: a record, its id set
 * @by: (nullable): id of the user who changes it
 * @error: names the field at fault
 *
 * Checks and keeps a record that no operation makes.
 */
gboolean
wattle_account_put (WattleTransaction *transaction, WattleRecord *record, const char *by, GError **error)
{
  wattle_record_set_changed (record, wattle_clock_now (), by);
  return wattle_record_validate (record, error) && wattle_transaction_put (transaction, record, error);
}

/**
 * wattle_account_is_open:
 * @user: a user
 *
 * Returns: whether they may sign in: also who accepted an invitation and waits to be confirmed, for their own profile
 */
gboolean
wattle_account_is_open (WattleRecord *user)
{
  gint64 status = wattle_record_get_integer (user, WATTLE_USER_STATUS);

  return !wattle_record_is_deleted (user)
         && (status == WATTLE_USER_STATUS_ACTIVE || status == WATTLE_USER_STATUS_ACCEPTED);
}

/* A record of the given type from an object of its fields; what an operation alone may set is refused. */
static WattleRecord *
read_record (WattleRecordType type, WattleJsonNode object, GError **error)
{
  g_autoptr (WattleRecord) record = wattle_record_new (type);
  g_autofree char *id = wattle_id_new ();
  WattleJsonIter iter = wattle_json_iter (object);
  WattleJsonNode value;
  const char *name;

  wattle_record_set_id (record, id);
  while (wattle_json_kind (object) == WATTLE_JSON_OBJECT && wattle_json_next (&iter, &name, &value))
    {
      WattleFieldId field;

      if (!wattle_field_find (wattle_type_get (type), name, &field)
          || wattle_field_get (field)->flags & WATTLE_FIELD_SERVER)
        {
          wattle_set_field_error (error, WATTLE_ERROR_INVALID, name, "There is no field “%s” here.", name);
          return NULL;
        }
      if (!wattle_record_read_field (record, field, value, error))
        return NULL;
    }
  return g_steal_pointer (&record);
}

static gboolean
read_roles (WattleJsonNode list, guint *roles, GError **error)
{
  WattleJsonIter iter = wattle_json_iter (list);
  WattleJsonNode value;

  while (wattle_json_kind (list) == WATTLE_JSON_ARRAY && wattle_json_next (&iter, NULL, &value))
    {
      const char *nick = wattle_json_string (value);
      int role = nick != NULL ? wattle_enum_parse (wattle_enum_find ("role"), nick) : -1;

      if (role < 0)
        {
          wattle_set_field_error (error, WATTLE_ERROR_INVALID, "roles", "There is no such role.");
          return FALSE;
        }
      *roles |= 1u << role;
    }
  return TRUE;
}

/* Nobody grants more than they may: the first account may have everything, an administrator gives all but ownership,
 * a manager the people who work with patients. */
static guint
grantable (const WattleActor *actor)
{
  guint care = 1u << WATTLE_ROLE_PATIENT | 1u << WATTLE_ROLE_CLINICIAN | 1u << WATTLE_ROLE_RECEPTION;

  if (actor == NULL)
    return ~0u;
  if (actor->role == WATTLE_ROLE_RECEPTION)
    return 1u << WATTLE_ROLE_PATIENT;
  if (actor->role == WATTLE_ROLE_OWNER)
    return 1u << WATTLE_ROLE_MANAGER | 1u << WATTLE_ROLE_OWNER | 1u << WATTLE_ROLE_ADMINISTRATOR;
  if (actor->role == WATTLE_ROLE_ADMINISTRATOR)
    return care | 1u << WATTLE_ROLE_MANAGER | 1u << WATTLE_ROLE_ADMINISTRATOR | actor->roles;
  return care;
}

/**
 * wattle_account_may_grant:
 * @actor: (nullable): who gives; %NULL for the first account and for tools of the machine's administrator
 * @roles: what somebody shall get
 * @error: %WATTLE_ERROR_FORBIDDEN with the field "roles"
 */
gboolean
wattle_account_may_grant (const WattleActor *actor, guint roles, GError **error)
{
  if ((roles & ~grantable (actor)) == 0)
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_FORBIDDEN, "roles", "You cannot give a role beyond your own.");
  return FALSE;
}

static gboolean
put_practitioner (
  WattleTransaction *transaction, WattleJsonNode fields, const char *by, WattleRecord *user, GError **error)
{
  g_autoptr (WattleRecord) practitioner = read_record (WATTLE_RECORD_PRACTITIONER, fields, error);

  if (practitioner == NULL)
    return FALSE;
  if (!wattle_record_has (practitioner, WATTLE_PRACTITIONER_ACTIVE))
    wattle_record_set_integer (practitioner, WATTLE_PRACTITIONER_ACTIVE, TRUE);
  wattle_record_set_string (user, WATTLE_USER_PRACTITIONER, wattle_record_id (practitioner));
  return wattle_account_put (transaction, practitioner, by, error);
}

/* @first: whether this is the account that founds the practice: without other wishes it runs it alone. */
static WattleRecord *
create (WattleTransaction *transaction,
        const WattleActor *actor,
        WattleJsonNode wanted,
        const char *password_hash,
        gboolean first,
        GError **error)
{
  g_autoptr (WattleRecord) user = wattle_record_new (WATTLE_RECORD_USER);
  g_autoptr (WattleRecord) same = NULL;
  g_autoptr (WattleCredential) credential = NULL;
  g_autofree char *login = wattle_login_fold (wattle_json_member_string (wanted, "login"), error);
  g_autofree char *id = wattle_id_new ();
  WattleJsonNode practitioner = wattle_json_member (wanted, "practitioner");
  const char *by = actor != NULL ? actor->user : NULL;
  guint roles = 0;

  if (login == NULL || !read_roles (wattle_json_member (wanted, "roles"), &roles, error))
    return NULL;
  if (first && roles == 0)
    roles = 1u << WATTLE_ROLE_MANAGER | 1u << WATTLE_ROLE_OWNER;
  if (first)
    roles |= 1u << WATTLE_ROLE_ADMINISTRATOR;
  if (first && wattle_json_exists (practitioner))
    roles |= 1u << WATTLE_ROLE_CLINICIAN;
  if (!wattle_account_may_grant (actor, roles, error))
    return NULL;
  same = wattle_account_find (wattle_transaction_reader (transaction), login, NULL);
  if (same != NULL)
    {
      wattle_set_field_error (error, WATTLE_ERROR_CONFLICT, "login", "Somebody has this sign-in name already.");
      return NULL;
    }
  wattle_record_set_id (user, id);
  wattle_record_set_string (user, WATTLE_USER_LOGIN, login);
  wattle_record_set_string (user, WATTLE_USER_DISPLAY_NAME, wattle_json_member_string (wanted, "display_name"));
  wattle_record_set_string (user, WATTLE_USER_EMAIL, wattle_json_member_string (wanted, "email"));
  wattle_record_set_integer (user, WATTLE_USER_STATUS,
                             wattle_json_member_boolean (wanted, "unconfirmed") ? WATTLE_USER_STATUS_ACCEPTED
                                                                                : WATTLE_USER_STATUS_ACTIVE);
  wattle_record_set_integer (user, WATTLE_USER_ROLES, roles);
  if (wattle_json_string (practitioner) != NULL)
    wattle_record_set_string (user, WATTLE_USER_PRACTITIONER, wattle_json_string (practitioner));
  else if (wattle_json_exists (practitioner) && !put_practitioner (transaction, practitioner, by, user, error))
    return NULL;
  wattle_record_set_string (user, WATTLE_USER_PATIENT, wattle_json_member_string (wanted, "patient"));
  credential = wattle_credential_new (id, password_hash);
  if (!wattle_account_put (transaction, user, by, error) || !wattle_credential_save (credential, transaction, error))
    return NULL;
  return g_steal_pointer (&user);
}

/**
 * wattle_account_create:
 * @transaction: a write transaction
 * @actor: (nullable): who creates it; %NULL for the first account and for tools of the machine's administrator
 * @wanted: object with login, display_name, roles, email, practitioner, patient
 * @password_hash: of wattle_password_hash()
 * @error: names the field at fault
 *
 * Returns: (transfer full) (nullable): the user
 */
WattleRecord *
wattle_account_create (WattleTransaction *transaction,
                       const WattleActor *actor,
                       WattleJsonNode wanted,
                       const char *password_hash,
                       GError **error)
{
  return create (transaction, actor, wanted, password_hash, FALSE, error);
}

static int
state_of_zone (const char *zone)
{
  static const struct
  {
    const char *zone;
    int state;
  } states[] = {
    { "Australia/Brisbane", WATTLE_AU_STATE_QLD },  { "Australia/Lindeman", WATTLE_AU_STATE_QLD },
    { "Australia/Melbourne", WATTLE_AU_STATE_VIC }, { "Australia/Adelaide", WATTLE_AU_STATE_SA },
    { "Australia/Perth", WATTLE_AU_STATE_WA },      { "Australia/Hobart", WATTLE_AU_STATE_TAS },
    { "Australia/Darwin", WATTLE_AU_STATE_NT },     { "Australia/Canberra", WATTLE_AU_STATE_ACT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    if (g_strcmp0 (zone, states[i].zone) == 0)
      return states[i].state;
  return WATTLE_AU_STATE_NSW;
}

static gboolean
put_location (WattleTransaction *transaction, WattleRecord *practice, WattleJsonNode wanted, GError **error)
{
  g_autoptr (WattleRecord) location = read_record (WATTLE_RECORD_LOCATION, wanted, error);
  const char *zone = wattle_record_get_string (practice, WATTLE_PRACTICE_ZONE);

  if (location == NULL)
    return FALSE;
  if (!wattle_record_has (location, WATTLE_LOCATION_NAME))
    wattle_record_set_string (location, WATTLE_LOCATION_NAME,
                              wattle_record_get_string (practice, WATTLE_PRACTICE_NAME));
  if (!wattle_record_has (location, WATTLE_LOCATION_ZONE))
    wattle_record_set_string (location, WATTLE_LOCATION_ZONE, zone);
  if (!wattle_record_has (location, WATTLE_LOCATION_STATE))
    wattle_record_set_integer (location, WATTLE_LOCATION_STATE,
                               wattle_record_has (practice, WATTLE_PRACTICE_STATE)
                                 ? wattle_record_get_integer (practice, WATTLE_PRACTICE_STATE)
                                 : state_of_zone (zone));
  wattle_record_set_integer (location, WATTLE_LOCATION_CLOSED_ON_HOLIDAYS, TRUE);
  return wattle_account_put (transaction, location, NULL, error);
}

/**
 * wattle_account_settle:
 * @transaction: a write transaction of a store without a practice
 * @practice: the practice that it shall keep
 * @error: the failure
 *
 * Names the practice of a store and begins its first epoch.
 */
gboolean
wattle_account_settle (WattleTransaction *transaction, WattleRecord *practice, GError **error)
{
  g_autofree char *epoch = wattle_id_new ();

  return wattle_transaction_set_meta (transaction, "practice", wattle_record_id (practice), error)
         && wattle_transaction_set_meta (transaction, "epoch", epoch, error);
}

/**
 * wattle_account_setup:
 * @transaction: a write transaction of an empty store
 * @wanted: object with practice, location and administrator, as `POST /v1/setup` takes them
 * @password_hash: of the administrator's password
 * @error: names the field at fault; %WATTLE_ERROR_CONFLICT when there is a practice
 *
 * Returns: (transfer full) (nullable): the first user
 */
WattleRecord *
wattle_account_setup (WattleTransaction *transaction, WattleJsonNode wanted, const char *password_hash, GError **error)
{
  g_autofree char *present = wattle_transaction_meta (transaction, "practice", NULL);
  g_autoptr (WattleRecord) practice = NULL;

  if (present != NULL)
    {
      wattle_set_field_error (error, WATTLE_ERROR_CONFLICT, NULL, "This server has a practice already.");
      return NULL;
    }
  practice = read_record (WATTLE_RECORD_PRACTICE, wattle_json_member (wanted, "practice"), error);
  if (practice == NULL || !wattle_account_put (transaction, practice, NULL, error)
      || !wattle_account_settle (transaction, practice, error))
    return NULL;
  if (!put_location (transaction, practice, wattle_json_member (wanted, "location"), error))
    return NULL;
  return create (transaction, NULL, wattle_json_member (wanted, "administrator"), password_hash, TRUE, error);
}
