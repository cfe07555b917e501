/* operation.c: running an operation: its arguments before, its records after
 *
 * An operation's own code says what changes. What must hold for every change
 * whoever makes it stands here: the policy, signed content that never changes,
 * references that lead somewhere, and fields the actor may not see.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "domain/operation.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/civil.h"
#include "base/error.h"
#include "base/id.h"
#include "base/money.h"
#include "domain/operations/operations.h"
#include "domain/policy.h"

#define MAX_RECORDS 100
#define MAX_STRING 2000
#define MAX_TEXT 500000
/* With what stands around it an operation fits into a request, which the server takes up to 1 MiB. */
#define MAX_ARGUMENTS (960 * 1024)

static void
conflict_free (gpointer data)
{
  WattleConflict *conflict = data;

  g_free (conflict->type);
  g_free (conflict->id);
  g_free (conflict->field);
  g_free (conflict->mine);
  g_free (conflict->theirs);
  g_free (conflict);
}

/**
 * wattle_outcome_new:
 *
 * Returns: (transfer full): an outcome in which nothing changes
 */
WattleOutcome *
wattle_outcome_new (void)
{
  WattleOutcome *self = g_new0 (WattleOutcome, 1);

  self->records = g_ptr_array_new_with_free_func (g_object_unref);
  self->conflicts = g_ptr_array_new_with_free_func (conflict_free);
  return self;
}

void
wattle_outcome_free (WattleOutcome *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->records);
  g_ptr_array_unref (self->conflicts);
  g_free (self);
}

/**
 * wattle_outcome_put:
 * @self: an outcome
 * @record: (transfer none): a record as it shall be
 */
void
wattle_outcome_put (WattleOutcome *self, WattleRecord *record)
{
  g_ptr_array_add (self->records, g_object_ref (record));
}

/**
 * wattle_operation_new_id:
 * @context: an operation's context
 * @what: which of the records that it makes
 *
 * Returns: (transfer full): an id; the same wherever and whenever the operation runs
 */
char *
wattle_operation_new_id (WattleOperationContext *context, const char *what)
{
  return wattle_id_derive (context->operation_id, what);
}

static gboolean
is_string (WattleJsonNode node, gsize max)
{
  const char *text = wattle_json_string (node);

  return text != NULL && strlen (text) <= max;
}

static gboolean
is_record (WattleJsonNode node, const char *ref)
{
  const char *type = wattle_json_member_string (node, "type");

  return type != NULL && (ref == NULL || strcmp (type, ref) == 0);
}

static gboolean
is_records (WattleJsonNode node, const char *ref)
{
  WattleJsonIter iter = wattle_json_iter (node);
  WattleJsonNode element;

  if (wattle_json_kind (node) != WATTLE_JSON_ARRAY || wattle_json_length (node) > MAX_RECORDS)
    return FALSE;
  while (wattle_json_next (&iter, NULL, &element))
    if (!is_record (element, ref))
      return FALSE;
  return TRUE;
}

static gboolean
is_changes (WattleJsonNode node)
{
  WattleJsonIter iter = wattle_json_iter (node);
  WattleJsonNode change;

  if (wattle_json_kind (node) != WATTLE_JSON_OBJECT || wattle_json_length (node) == 0)
    return FALSE;
  while (wattle_json_next (&iter, NULL, &change))
    if (wattle_json_kind (change) != WATTLE_JSON_OBJECT || wattle_json_length (change) != 2
        || !wattle_json_exists (wattle_json_member (change, "old"))
        || !wattle_json_exists (wattle_json_member (change, "new")))
      return FALSE;
  return TRUE;
}

static gboolean
is_enum (WattleJsonNode node, const char *ref)
{
  const char *nick = wattle_json_string (node);

  return nick != NULL && wattle_enum_parse (wattle_enum_find (ref), nick) >= 0;
}

static gboolean
is_flags (WattleJsonNode node, const char *ref)
{
  WattleJsonIter iter = wattle_json_iter (node);
  WattleJsonNode element;

  if (wattle_json_kind (node) != WATTLE_JSON_ARRAY)
    return FALSE;
  while (wattle_json_next (&iter, NULL, &element))
    if (!is_enum (element, ref))
      return FALSE;
  return TRUE;
}

/* Whether a value is of the argument's kind, and what is wanted when it is not. */
static gboolean
fits (const WattleArgument *argument, WattleJsonNode node, const char **wanted)
{
  const char *kind = argument->kind;
  const char *text = wattle_json_string (node);
  gboolean flag;
  gint64 number;

  *wanted = kind;
  if (strcmp (kind, "id") == 0)
    return text != NULL && wattle_id_is_valid (text);
  if (strcmp (kind, "record") == 0)
    return is_record (node, argument->ref);
  if (strcmp (kind, "records") == 0)
    return is_records (node, argument->ref);
  if (strcmp (kind, "changes") == 0)
    return is_changes (node);
  if (strcmp (kind, "string") == 0)
    return is_string (node, MAX_STRING);
  if (strcmp (kind, "text") == 0)
    return is_string (node, MAX_TEXT);
  if (strcmp (kind, "integer") == 0)
    return wattle_json_integer (node, &number) && number >= 0;
  if (strcmp (kind, "money") == 0)
    return wattle_json_integer (node, &number) && number >= 0 && number <= WATTLE_MONEY_MAX;
  if (strcmp (kind, "instant") == 0)
    return text != NULL && wattle_instant_parse (text, &number, NULL);
  if (strcmp (kind, "date") == 0)
    return text != NULL && wattle_date_parse (text, &number, NULL);
  if (strcmp (kind, "enum") == 0)
    {
      *wanted = argument->ref;
      return is_enum (node, argument->ref);
    }
  if (strcmp (kind, "flags") == 0)
    return is_flags (node, argument->ref);
  g_assert (strcmp (kind, "boolean") == 0);
  return wattle_json_boolean (node, &flag);
}

static const WattleArgument *
find_argument (const WattleOperation *self, const char *name)
{
  for (const WattleArgument *argument = self->args; argument->name != NULL; argument++)
    if (strcmp (argument->name, name) == 0)
      return argument;
  return NULL;
}

/* The member that takes the most room, and within it. */
static const char *
largest_member (WattleJsonNode node)
{
  WattleJsonIter iter = wattle_json_iter (node);
  WattleJsonNode value, largest = { NULL, 0 };
  const char *name, *found = NULL;
  gsize length, most = 0;

  while (wattle_json_next (&iter, &name, &value))
    {
      wattle_json_raw (value, &length);
      if (name == NULL || length <= most)
        continue;
      most = length;
      found = name;
      largest = value;
    }
  if (wattle_json_kind (largest) == WATTLE_JSON_OBJECT)
    {
      const char *within = largest_member (largest);

      return within != NULL ? within : found;
    }
  return found;
}

/* What could never be sent is refused where it is written, not when it is too late. */
static gboolean
check_size (WattleJsonNode args, GError **error)
{
  gsize length;

  wattle_json_raw (args, &length);
  if (length <= MAX_ARGUMENTS)
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_INVALID, largest_member (args),
                          _("This is too long to be sent in one piece. Shorten it, or save part of it on its own."));
  return FALSE;
}

static gboolean
check_arguments (const WattleOperation *self, WattleJsonNode args, GError **error)
{
  WattleJsonIter iter = wattle_json_iter (args);
  WattleJsonNode value;
  const char *name;
  const char *wanted;

  if (wattle_json_kind (args) != WATTLE_JSON_OBJECT)
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "args", _("The arguments of an operation are an object."));
  while (wattle_json_next (&iter, &name, &value))
    {
      const WattleArgument *argument = find_argument (self, name);

      if (argument == NULL)
        {
          wattle_set_field_error (error, WATTLE_ERROR_INVALID, name, _("“%s” takes no argument “%.40s”."), self->name,
                                  name);
          return FALSE;
        }
      if (wattle_json_kind (value) != WATTLE_JSON_NULL && !fits (argument, value, &wanted))
        {
          wattle_set_field_error (error, WATTLE_ERROR_INVALID, name, _("The argument “%s” is not a good %s."), name,
                                  wanted);
          return FALSE;
        }
    }
  for (const WattleArgument *argument = self->args; argument->name != NULL; argument++)
    if (argument->required && !wattle_json_exists (wattle_arg (args, argument->name)))
      {
        wattle_set_field_error (error, WATTLE_ERROR_INVALID, argument->name, _("“%s” needs the argument “%s”."),
                                self->name, argument->name);
        return FALSE;
      }
  return TRUE;
}

/* The record in an outcome, or among those that are. NULL without an error when there is none. */
static gboolean
look_up (WattleOperationContext *context,
         WattleOutcome *outcome,
         WattleRecordType type,
         const char *id,
         WattleRecord **found,
         GError **error)
{
  g_autoptr (GError) local = NULL;

  *found = NULL;
  for (guint i = outcome != NULL ? outcome->records->len : 0; i > 0; i--)
    {
      WattleRecord *made = g_ptr_array_index (outcome->records, i - 1);

      if (wattle_record_type (made)->id == type && g_strcmp0 (wattle_record_id (made), id) == 0)
        {
          *found = g_object_ref (made);
          return TRUE;
        }
    }
  *found = wattle_reader_get (context->reader, type, id, &local);
  if (*found != NULL || g_error_matches (local, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* What tells of something that happened, such as a bill, may name a place or a service that has gone since. */
static gboolean
may_name_deleted (WattleRecord *record, const WattleType *target)
{
  WattleAccess access = wattle_record_type (record)->access;

  return target->scope == WATTLE_SCOPE_PRACTICE
         && (access == WATTLE_ACCESS_FINANCIAL || access == WATTLE_ACCESS_CLINICAL);
}

static gboolean
is_of_another_patient (WattleRecord *record, WattleRecord *target)
{
  return wattle_record_type (record)->scope == WATTLE_SCOPE_PATIENT
         && wattle_record_type (target)->scope == WATTLE_SCOPE_PATIENT
         && g_strcmp0 (wattle_record_scope_id (record), wattle_record_scope_id (target)) != 0;
}

/* A reference leads to a record that is there, and of the same patient; the words do not tell which it is not. Only the
 * authority holds all records. */
static gboolean
check_reference (WattleOperationContext *context,
                 WattleOutcome *outcome,
                 WattleRecord *record,
                 WattleFieldId id,
                 GError **error)
{
  const WattleField *field = wattle_field_get (id);
  const WattleType *type = wattle_type_find (field->ref);
  g_autoptr (WattleRecord) target = NULL;

  if (type == NULL || !look_up (context, outcome, type->id, wattle_record_get_string (record, id), &target, error))
    return type == NULL;
  if (target == NULL && !context->authority)
    return TRUE;
  if (target == NULL || (wattle_record_is_deleted (target) && !may_name_deleted (record, type))
      || is_of_another_patient (record, target))
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, field->name, _("“%s” names something that is not there."),
                              _(field->label));
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_unique (WattleOperationContext *context, WattleRecord *record, WattleFieldId id, GError **error)
{
  WattleQuery query = wattle_query (wattle_record_type (record)->id);
  g_autoptr (GPtrArray) others = NULL;

  wattle_query_where_text (&query, id, wattle_record_get_string (record, id));
  query.limit = 2;
  others = wattle_reader_query (context->reader, &query, error);
  if (others == NULL)
    return FALSE;
  for (guint i = 0; i < others->len; i++)
    if (strcmp (wattle_record_id (g_ptr_array_index (others, i)), wattle_record_id (record)) != 0)
      {
        wattle_set_field_error (error, WATTLE_ERROR_CONFLICT, wattle_field_get (id)->name,
                                _("Another %s has this already. Choose another."), wattle_record_type (record)->nick);
        return FALSE;
      }
  return TRUE;
}

static gboolean
check_fields (WattleOperationContext *context,
              WattleOutcome *outcome,
              WattleRecord *before,
              WattleRecord *after,
              GError **error)
{
  const WattleType *type = wattle_record_type (after);
  guint hidden = WATTLE_FIELD_MASKED & ~wattle_policy_field_mask (context->actor, context->reader);

  for (guint i = 0; i < type->n_fields; i++)
    {
      const WattleField *field = &type->fields[i];
      WattleFieldId id = (type->id << 8) | i;

      if (wattle_record_equal_field (after, before, id))
        continue;
      if ((field->flags & hidden) != 0)
        {
          wattle_set_field_error (error, WATTLE_ERROR_FORBIDDEN, field->name, _("Your role may not change “%s”."),
                                  _(field->label));
          return FALSE;
        }
      if (before != NULL && (field->flags & WATTLE_FIELD_IMMUTABLE) != 0)
        {
          wattle_set_field_error (error, WATTLE_ERROR_FORBIDDEN, field->name, _("“%s” can never be changed."),
                                  _(field->label));
          return FALSE;
        }
      if (!wattle_record_has (after, id))
        continue;
      if (field->kind == WATTLE_KIND_REFERENCE && !check_reference (context, outcome, after, id, error))
        return FALSE;
      if ((field->flags & WATTLE_FIELD_UNIQUE) != 0 && !check_unique (context, after, id, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_same (WattleRecord *before, WattleRecord *after)
{
  const WattleType *type = wattle_record_type (after);

  if (before == NULL || wattle_record_is_deleted (before) != wattle_record_is_deleted (after))
    return FALSE;
  for (guint i = 0; i < type->n_fields; i++)
    if (!wattle_record_equal_field (after, before, (type->id << 8) | i))
      return FALSE;
  return TRUE;
}

/* Checks one record that an operation made, and signs it with who and when. */
static gboolean
accept_record (const WattleOperation *self,
               WattleOperationContext *context,
               WattleOutcome *made,
               WattleRecord *after,
               WattleOutcome *outcome,
               GError **error)
{
  const WattleType *type = wattle_record_type (after);
  g_autoptr (WattleRecord) before = NULL;

  g_assert (wattle_record_id (after) != NULL);
  if (!wattle_record_validate (after, error)
      || !look_up (context, NULL, type->id, wattle_record_id (after), &before, error))
    return FALSE;
  if (is_same (before, after))
    return TRUE;
  if (wattle_record_is_deleted (after) && before != NULL && !wattle_policy_check_hold (context->reader, before, error))
    return FALSE;
  if ((before != NULL && !wattle_policy_check (self->name, context->actor, context->reader, before, error))
      || !wattle_policy_check (self->name, context->actor, context->reader, after, error)
      || !wattle_frozen_check (context, before, after, error) || !check_fields (context, made, before, after, error))
    return FALSE;
  wattle_record_set_revision (after, before != NULL ? wattle_record_revision (before) : 0);
  wattle_record_set_changed (after, context->now, context->actor->user);
  wattle_outcome_put (outcome, after);
  return TRUE;
}

/* A conflict shows the value that is there, so it is only for who may see that. */
static gboolean
check_conflicts (WattleOperationContext *context, WattleOutcome *made, GError **error)
{
  guint mask = wattle_policy_field_mask (context->actor, context->reader);
  guint hidden = WATTLE_FIELD_MASKED & ~mask;

  for (guint i = 0; i < made->conflicts->len; i++)
    {
      const WattleConflict *conflict = g_ptr_array_index (made->conflicts, i);
      WattleFieldId id;

      if (!wattle_field_find (wattle_type_find (conflict->type), conflict->field, &id)
          || (wattle_field_get (id)->flags & hidden) == 0)
        continue;
      wattle_set_field_error (error, WATTLE_ERROR_FORBIDDEN, conflict->field, _("Your role may not change “%s”."),
                              _(wattle_field_get (id)->label));
      return FALSE;
    }
  return TRUE;
}

/* What an argument names: a row that the actor may not see is answered like one that is not there, before its state
 * is looked at: "signed already" would tell that it exists. So is a deleted one, where the rule does not say else. */
static gboolean
check_object (
  const WattlePolicyRule *rule, WattleOperationContext *context, const char *name, WattleRecord *object, GError **error)
{
  gboolean everything = wattle_policy_reach (rule->name, context->actor, context->reader) == WATTLE_REACH_PRACTICE;

  if (wattle_record_type (object)->scope == WATTLE_SCOPE_PATIENT && !everything
      && !wattle_policy_check_read (context->actor, context->reader, object, error))
    return FALSE;
  if (strcmp (name, "id") == 0 && wattle_record_is_deleted (object) && !(rule->flags & WATTLE_POLICY_DELETED))
    return wattle_refuse (error, WATTLE_ERROR_NOT_FOUND, "id", _("This has been deleted. Restore it first."));
  return TRUE;
}

static gboolean
check_sight (const WattleOperation *self, WattleOperationContext *context, WattleJsonNode args, GError **error)
{
  const WattlePolicyRule *rule = wattle_policy_find (self->name);

  for (const WattleArgument *argument = self->args; argument->name != NULL; argument++)
    {
      const WattleType *type = strcmp (argument->kind, "id") == 0 ? wattle_type_find (argument->ref) : NULL;
      const char *id = wattle_json_string (wattle_json_member (args, argument->name));
      g_autoptr (WattleRecord) object = NULL;

      if (type == NULL || id == NULL)
        continue;
      object = wattle_reader_get (context->reader, type->id, id, NULL);
      if (object != NULL && !check_object (rule, context, argument->name, object, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
check_password (const WattleOperation *self, WattleOperationContext *context, GError **error)
{
  if (!(wattle_policy_find (self->name)->flags & WATTLE_POLICY_PASSWORD) || context->password_given)
    return TRUE;
  return wattle_refuse (error, WATTLE_ERROR_FORBIDDEN, "password", _("This needs your password again."));
}

/**
 * wattle_operation_run:
 * @self: an operation
 * @context: records, actor and time
 * @args: its arguments, an object
 * @outcome: gets the records as they shall be; nothing when it fails
 * @error: the failure, naming the argument or field at fault
 *
 * Changes nothing itself. A record that would stay as it is is left out.
 *
 * Returns: whether the operation may be done
 */
gboolean
wattle_operation_run (const WattleOperation *self,
                      WattleOperationContext *context,
                      WattleJsonNode args,
                      WattleOutcome *outcome,
                      GError **error)
{
  g_autoptr (WattleOutcome) made = wattle_outcome_new ();
  g_autoptr (WattleOutcome) accepted = wattle_outcome_new ();

  if (!wattle_policy_check (self->name, context->actor, context->reader, NULL, error)
      || !check_password (self, context, error) || !check_arguments (self, args, error) || !check_size (args, error)
      || !check_sight (self, context, args, error) || !self->apply (context, args, made, error)
      || !check_conflicts (context, made, error))
    return FALSE;
  for (guint i = 0; i < made->records->len; i++)
    if (!accept_record (self, context, made, g_ptr_array_index (made->records, i), accepted, error))
      return FALSE;
  g_ptr_array_extend_and_steal (outcome->records, g_steal_pointer (&accepted->records));
  g_ptr_array_extend_and_steal (outcome->conflicts, g_steal_pointer (&made->conflicts));
  accepted->records = g_ptr_array_new ();
  made->conflicts = g_ptr_array_new ();
  return TRUE;
}
