/* effects.c: what a change of records means for sessions, sockets and sight
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/api/effects.h"

#include "server/auth/account.h"

#define EVERYBODY "all"

typedef struct
{
  char *user;
  char *device;
  char *family;
  char *except;
} End;

struct _WattleEffects
{
  GPtrArray *ends;          /* End */
  GPtrArray *users;         /* whose sight changed as a whole */
  GPtrArray *practitioners; /* whose patients changed */
  gboolean everybody;
  gboolean sessions;
  gboolean read_again; /* sessions changed since somebody asked */
};

static void
end_free (gpointer data)
{
  End *self = data;

  g_free (self->user);
  g_free (self->device);
  g_free (self->family);
  g_free (self->except);
  g_free (self);
}

WattleEffects *
wattle_effects_new (void)
{
  WattleEffects *self = g_new0 (WattleEffects, 1);

  self->ends = g_ptr_array_new_with_free_func (end_free);
  self->users = g_ptr_array_new_with_free_func (g_free);
  self->practitioners = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
wattle_effects_free (WattleEffects *self)
{
  g_ptr_array_unref (self->ends);
  g_ptr_array_unref (self->users);
  g_ptr_array_unref (self->practitioners);
  g_free (self);
}

GPtrArray *
wattle_effects_practitioners (WattleEffects *self)
{
  return self->practitioners;
}

/**
 * wattle_effects_touch_sessions:
 * @self: effects
 *
 * Returns: whether users, devices or sessions changed since this was asked last
 */
gboolean
wattle_effects_touch_sessions (WattleEffects *self)
{
  gboolean again = self->read_again;

  self->read_again = FALSE;
  return again;
}

static void
touch_sessions (WattleEffects *self)
{
  self->sessions = self->read_again = TRUE;
}

/**
 * wattle_effects_sign_out:
 * @self: effects
 * @transaction: the write transaction
 * @which: sessions that end with it
 * @error: the failure
 */
gboolean
wattle_effects_sign_out (WattleEffects *self,
                         WattleTransaction *transaction,
                         const WattleSessionEnd *which,
                         GError **error)
{
  End *end = g_new0 (End, 1);

  end->user = g_strdup (which->user);
  end->device = g_strdup (which->device);
  end->family = g_strdup (which->family);
  end->except = g_strdup (which->except);
  g_ptr_array_add (self->ends, end);
  touch_sessions (self);
  return wattle_session_end (transaction, which, error);
}

static gboolean
differs (WattleRecord *before, WattleRecord *after, WattleFieldId field)
{
  return before == NULL || !wattle_record_equal_field (after, before, field);
}

static gboolean
note_user (
  WattleEffects *self, WattleTransaction *transaction, WattleRecord *before, WattleRecord *after, GError **error)
{
  const char *id = wattle_record_id (after);

  if (!wattle_account_is_open (after))
    return wattle_effects_sign_out (self, transaction, &(WattleSessionEnd){ .user = id }, error);
  if (before == NULL
      || !(differs (before, after, WATTLE_USER_ROLES) || differs (before, after, WATTLE_USER_PRACTITIONER)
           || differs (before, after, WATTLE_USER_PATIENT) || differs (before, after, WATTLE_USER_STATUS)))
    return TRUE;
  g_ptr_array_add (self->users, g_strdup (id));
  return wattle_scope_count (transaction, id, error);
}

/* Choices of the practice that widen or narrow what a role sees. */
static gboolean
is_about_sight (WattleRecord *setting)
{
  const char *key = wattle_record_get_string (setting, WATTLE_SETTING_KEY);

  return g_strcmp0 (key, "clinicians_see_all_patients") == 0 || g_strcmp0 (key, "managers_read_notes") == 0;
}

/**
 * wattle_effects_look_again:
 * @self: effects
 * @transaction: the write transaction
 * @error: the failure
 *
 * What everybody sees changed as a whole: each device takes everything anew.
 */
gboolean
wattle_effects_look_again (WattleEffects *self, WattleTransaction *transaction, GError **error)
{
  self->sessions = TRUE;
  self->everybody = TRUE;
  return wattle_scope_count (transaction, EVERYBODY, error);
}

/**
 * wattle_effects_note:
 * @self: effects
 * @transaction: the write transaction, @after put
 * @before: (nullable): a record as it was
 * @after: as it is now
 * @error: the failure
 */
gboolean
wattle_effects_note (
  WattleEffects *self, WattleTransaction *transaction, WattleRecord *before, WattleRecord *after, GError **error)
{
  switch (wattle_record_type (after)->id)
    {
    case WATTLE_RECORD_USER:
      touch_sessions (self);
      return note_user (self, transaction, before, after, error);
    case WATTLE_RECORD_DEVICE:
      touch_sessions (self);
      if (wattle_record_get_integer (after, WATTLE_DEVICE_STATUS) != WATTLE_DEVICE_STATUS_REVOKED)
        return TRUE;
      return wattle_effects_sign_out (self, transaction,
                                      &(WattleSessionEnd){ .user = wattle_record_get_string (after, WATTLE_DEVICE_USER),
                                                           .device = wattle_record_id (after) },
                                      error);
    case WATTLE_RECORD_SETTING:
      touch_sessions (self);
      if (!is_about_sight (after))
        return TRUE;
      return wattle_effects_look_again (self, transaction, error);
    default:
      return TRUE;
    }
}

/**
 * wattle_effects_carry_out:
 * @self: effects of a transaction that is committed
 * @server: where
 */
void
wattle_effects_carry_out (WattleEffects *self, WattleServer *server)
{
  if (self->sessions)
    wattle_server_forget_sessions (server);
  for (guint i = 0; i < self->ends->len; i++)
    {
      End *end = self->ends->pdata[i];

      wattle_hub_sign_out (server->hub, &(WattleSessionEnd){ end->user, end->device, end->family, end->except });
    }
  if (self->everybody)
    wattle_hub_scope (server->hub, NULL, NULL);
  for (guint i = 0; i < self->users->len; i++)
    wattle_hub_scope (server->hub, self->users->pdata[i], NULL);
  for (guint i = 0; i < self->practitioners->len; i++)
    wattle_hub_scope (server->hub, NULL, self->practitioners->pdata[i]);
}
