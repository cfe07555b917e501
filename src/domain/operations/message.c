/* message.c: conversations about a visit and among the staff: written once, never changed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "domain/operations/operations.h"

#include <string.h>

#include "base/id.h"
#include "domain/messaging.h"
#include "domain/naming.h"

static void
set_optional (WattleRecord *record, WattleFieldId field, const char *value)
{
  if (value != NULL && *value != '\0')
    wattle_record_set_string (record, field, value);
}

static gboolean
check_phase (WattleThreadPhase phase, GError **error)
{
  switch (phase)
    {
    case WATTLE_THREAD_PHASE_OPEN:
      return TRUE;
    case WATTLE_THREAD_PHASE_AHEAD:
      return wattle_refuse (error, WATTLE_ERROR_FORBIDDEN, "thread",
                            _("Messages open 15 minutes before the visit, or when it is paid."));
    default:
      return wattle_refuse (error, WATTLE_ERROR_FORBIDDEN, "thread",
                            _("This visit is over: its messages can be read and are kept, but none are added."));
    }
}

WATTLE_APPLY (thread_open)
{
  g_autoptr (WattleRecord) visit =
    wattle_load (context, WATTLE_RECORD_APPOINTMENT, wattle_arg_string (args, "appointment"), error);
  g_autofree char *id = visit != NULL ? wattle_thread_id_of_visit (visit) : NULL;
  g_autoptr (WattleRecord) thread = wattle_record_new (WATTLE_RECORD_THREAD);
  g_autoptr (WattleRecord) there = NULL;
  g_autoptr (WattleRecord) practitioner = NULL;
  g_autofree char *name = NULL;

  if (visit == NULL)
    return FALSE;
  wattle_record_set_id (thread, id);
  wattle_record_set_integer (thread, WATTLE_THREAD_KIND, WATTLE_THREAD_KIND_VISIT);
  wattle_record_set_string (thread, WATTLE_THREAD_APPOINTMENT, wattle_record_id (visit));
  wattle_record_set_string (thread, WATTLE_THREAD_PATIENT, wattle_record_scope_id (visit));
  wattle_record_set_string (thread, WATTLE_THREAD_PRACTITIONER,
                            wattle_record_get_string (visit, WATTLE_APPOINTMENT_PRACTITIONER));
  /* Asked first: whether there is one already is not for everybody to know. */
  if (!wattle_policy_check ("thread.open", context->actor, context->reader, thread, error))
    return FALSE;
  there = wattle_reader_get (context->reader, WATTLE_RECORD_THREAD, id, NULL);
  if (there != NULL)
    return TRUE;
  if (!check_phase (wattle_thread_phase_of_visit (context->reader, visit, context->now), error))
    return FALSE;
  practitioner = wattle_reader_get (context->reader, WATTLE_RECORD_PRACTITIONER,
                                    wattle_record_get_string (visit, WATTLE_APPOINTMENT_PRACTITIONER), NULL);
  name = practitioner != NULL ? wattle_practitioner_display_name (practitioner) : NULL;
  set_optional (thread, WATTLE_THREAD_PRACTITIONER_NAME, name);
  wattle_record_set_string (thread, WATTLE_THREAD_STARTED_BY, context->actor->user);
  wattle_record_set_integer (thread, WATTLE_THREAD_LAST_AT, context->now);
  wattle_outcome_put (outcome, thread);
  return TRUE;
}

/* Somebody of the staff; a client may lack a row that the authority has. */
static gboolean
check_member (WattleOperationContext *context, const char *id, GError **error)
{
  g_autoptr (WattleRecord) user = NULL;

  if (!wattle_id_is_valid (id))
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "members", _("Members are ids of people on the staff."));
  user = wattle_reader_get (context->reader, WATTLE_RECORD_USER, id, NULL);
  if (user == NULL ? !context->authority
                   : (wattle_record_get_integer (user, WATTLE_USER_ROLES) & ~WATTLE_ROLE_BIT (WATTLE_ROLE_PATIENT)) != 0
                       && wattle_record_get_integer (user, WATTLE_USER_STATUS) != WATTLE_USER_STATUS_DISABLED)
    return TRUE;
  return wattle_refuse (error, WATTLE_ERROR_INVALID, "members", _("One of the people you named is not on the staff."));
}

/* The members in the order of their ids, each once, with whoever begins among them. */
static char *
read_members (WattleOperationContext *context, WattleRecord *thread, GError **error)
{
  g_auto (GStrv) named = wattle_thread_members (thread);
  g_autoptr (GTree) members = g_tree_new ((GCompareFunc) strcmp);
  g_autoptr (GString) out = g_string_new (NULL);

  g_tree_insert (members, (gpointer) context->actor->user, NULL);
  for (guint i = 0; named[i] != NULL; i++)
    {
      if (!check_member (context, named[i], error))
        return NULL;
      g_tree_insert (members, named[i], NULL);
    }
  if (g_tree_nnodes (members) < 2 || g_tree_nnodes (members) > WATTLE_THREAD_MAX_MEMBERS)
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, "members",
                              _("A conversation has at least one other person and at most %d."),
                              WATTLE_THREAD_MAX_MEMBERS - 1);
      return NULL;
    }
  for (GTreeNode *node = g_tree_node_first (members); node != NULL; node = g_tree_node_next (node))
    g_string_append_printf (out, "%s%s", out->len > 0 ? " " : "", (const char *) g_tree_node_key (node));
  return g_string_free (g_steal_pointer (&out), FALSE);
}

WATTLE_APPLY (thread_start)
{
  g_autoptr (WattleRecord) thread = wattle_arg_record (args, "thread", error);
  g_autofree char *members = NULL;

  if (thread == NULL || !wattle_take_id (context, thread, "thread", error))
    return FALSE;
  if (wattle_record_has (thread, WATTLE_THREAD_PATIENT) || wattle_record_has (thread, WATTLE_THREAD_APPOINTMENT)
      || wattle_record_has (thread, WATTLE_THREAD_PRACTITIONER))
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "patient",
                          _("A conversation with a patient belongs to a visit."));
  if (!wattle_record_has (thread, WATTLE_THREAD_SUBJECT))
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "subject", _("Say what it is about."));
  members = read_members (context, thread, error);
  if (members == NULL)
    return FALSE;
  wattle_record_set_integer (thread, WATTLE_THREAD_KIND, WATTLE_THREAD_KIND_STAFF);
  wattle_record_set_string (thread, WATTLE_THREAD_MEMBERS, members);
  wattle_record_unset (thread, WATTLE_THREAD_PRACTITIONER_NAME);
  wattle_record_unset (thread, WATTLE_THREAD_NEEDS_REPLY);
  wattle_record_unset (thread, WATTLE_THREAD_NEEDS_REPLY_SINCE);
  wattle_record_unset (thread, WATTLE_THREAD_LAST_BY);
  wattle_record_set_string (thread, WATTLE_THREAD_STARTED_BY, context->actor->user);
  wattle_record_set_integer (thread, WATTLE_THREAD_LAST_AT, context->now);
  wattle_outcome_put (outcome, thread);
  return TRUE;
}

static void
set_needs_reply (WattleRecord *thread, gboolean needs, gint64 now)
{
  if (needs == wattle_record_get_boolean (thread, WATTLE_THREAD_NEEDS_REPLY))
    return;
  wattle_record_set_integer (thread, WATTLE_THREAD_NEEDS_REPLY, needs);
  if (needs)
    wattle_record_set_integer (thread, WATTLE_THREAD_NEEDS_REPLY_SINCE, now);
  else
    wattle_record_unset (thread, WATTLE_THREAD_NEEDS_REPLY_SINCE);
}

/* What a patient writes waits for the practitioner; among the staff, what somebody says does, for anybody else. */
static gboolean
waits_for_reply (WattleOperationContext *context, WattleRecord *thread, WattleJsonNode args)
{
  gboolean asked = FALSE;

  wattle_json_boolean (wattle_arg (args, "needs_reply"), &asked);
  if (wattle_record_get_integer (thread, WATTLE_THREAD_KIND) == WATTLE_THREAD_KIND_VISIT)
    return context->actor->role == WATTLE_ROLE_PATIENT;
  return asked
         || (wattle_record_get_boolean (thread, WATTLE_THREAD_NEEDS_REPLY)
             && g_strcmp0 (wattle_record_get_string (thread, WATTLE_THREAD_LAST_BY), context->actor->user) == 0);
}

static void
set_author (WattleOperationContext *context, WattleRecord *record, WattleFieldId user, WattleFieldId name)
{
  g_autoptr (WattleRecord) author = wattle_reader_get (context->reader, WATTLE_RECORD_USER, context->actor->user, NULL);

  wattle_record_set_string (record, user, context->actor->user);
  if (author != NULL)
    set_optional (record, name, wattle_record_get_string (author, WATTLE_USER_DISPLAY_NAME));
}

static WattleRecord *
new_message (WattleOperationContext *context, WattleRecord *thread, int kind, const char *body)
{
  WattleRecord *message = wattle_record_new (WATTLE_RECORD_MESSAGE);
  gint64 last = wattle_record_get_integer (thread, WATTLE_THREAD_LAST_AT);
  gint64 now = MAX (context->now, last + 1);
  g_autofree char *id = wattle_operation_new_id (context, "message");

  wattle_record_set_id (message, id);
  set_optional (message, WATTLE_MESSAGE_PATIENT, wattle_record_get_string (thread, WATTLE_THREAD_PATIENT));
  wattle_record_set_string (message, WATTLE_MESSAGE_THREAD, wattle_record_id (thread));
  wattle_record_set_integer (message, WATTLE_MESSAGE_KIND, kind);
  wattle_record_set_integer (message, WATTLE_MESSAGE_STATUS, WATTLE_MESSAGE_STATUS_SENT);
  wattle_record_set_integer (message, WATTLE_MESSAGE_SENT_AT, now);
  wattle_record_set_integer (message, WATTLE_MESSAGE_FROM_PATIENT, context->actor->role == WATTLE_ROLE_PATIENT);
  set_author (context, message, WATTLE_MESSAGE_AUTHOR, WATTLE_MESSAGE_AUTHOR_NAME);
  set_optional (message, WATTLE_MESSAGE_BODY, body);
  wattle_record_set_integer (thread, WATTLE_THREAD_LAST_AT, now);
  wattle_record_set_string (thread, WATTLE_THREAD_LAST_BY, context->actor->user);
  return message;
}

/* A file that comes with a message: a document of the record that only those of the conversation see. */
static gboolean
take_attachment (WattleOperationContext *context,
                 WattleJsonNode args,
                 WattleRecord *thread,
                 WattleRecord *message,
                 WattleOutcome *outcome,
                 GError **error)
{
  g_autoptr (WattleRecord) document = NULL;

  if (!wattle_json_exists (wattle_arg (args, "document")))
    return TRUE;
  if (!wattle_record_has (thread, WATTLE_THREAD_PATIENT))
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "document",
                          _("Files go with messages about a visit: they belong to a patient's record."));
  document = wattle_arg_record (args, "document", error);
  if (document == NULL || !wattle_take_id (context, document, "document", error)
      || !wattle_document_check_size (document, error) || !wattle_attachment_check (document, error))
    return FALSE;
  wattle_record_set_string (document, WATTLE_DOCUMENT_PATIENT, wattle_record_scope_id (thread));
  wattle_record_set_integer (document, WATTLE_DOCUMENT_KIND, WATTLE_DOCUMENT_KIND_MESSAGE);
  wattle_record_set_string (document, WATTLE_DOCUMENT_SOURCE, wattle_record_id (thread));
  wattle_record_set_string (document, WATTLE_DOCUMENT_AUTHOR, context->actor->user);
  wattle_record_set_string (message, WATTLE_MESSAGE_DOCUMENT, wattle_record_id (document));
  wattle_outcome_put (outcome, document);
  return TRUE;
}

WATTLE_APPLY (message_send)
{
  g_autoptr (WattleRecord) thread =
    wattle_load (context, WATTLE_RECORD_THREAD, wattle_arg_string (args, "thread"), error);
  g_autoptr (WattleRecord) message = NULL;
  g_autofree char *body = g_strdup (wattle_arg_string (args, "body"));
  gboolean waits;

  if (thread == NULL || !check_phase (wattle_thread_phase (context->reader, thread, context->now), error))
    return FALSE;
  if (body != NULL)
    g_strchomp (body);
  if ((body == NULL || *body == '\0') && !wattle_json_exists (wattle_arg (args, "document")))
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "body", _("There is nothing to send: the message is empty."));
  waits = waits_for_reply (context, thread, args);
  message = new_message (context, thread, WATTLE_MESSAGE_KIND_TEXT, body);
  set_needs_reply (thread, waits, wattle_record_get_integer (message, WATTLE_MESSAGE_SENT_AT));
  wattle_outcome_put (outcome, message);
  wattle_outcome_put (outcome, thread);
  return take_attachment (context, args, thread, message, outcome, error);
}

WATTLE_APPLY (message_withdraw)
{
  g_autoptr (WattleRecord) message =
    wattle_load (context, WATTLE_RECORD_MESSAGE, wattle_arg_string (args, "id"), error);
  const char *reason = wattle_arg_string (args, "reason");

  if (message == NULL)
    return FALSE;
  if (g_strcmp0 (wattle_record_get_string (message, WATTLE_MESSAGE_AUTHOR), context->actor->user) != 0
      || wattle_record_get_integer (message, WATTLE_MESSAGE_KIND) != WATTLE_MESSAGE_KIND_TEXT)
    return wattle_refuse (error, WATTLE_ERROR_FORBIDDEN, "author", _("Only who wrote a message withdraws it."));
  if (wattle_record_get_integer (message, WATTLE_MESSAGE_STATUS) == WATTLE_MESSAGE_STATUS_WITHDRAWN)
    return wattle_refuse (error, WATTLE_ERROR_CONFLICT, "status", _("This message has been withdrawn already."));
  wattle_record_set_integer (message, WATTLE_MESSAGE_STATUS, WATTLE_MESSAGE_STATUS_WITHDRAWN);
  wattle_record_set_integer (message, WATTLE_MESSAGE_WITHDRAWN_AT, context->now);
  wattle_record_set_string (message, WATTLE_MESSAGE_WITHDRAWN_BY, context->actor->user);
  set_optional (message, WATTLE_MESSAGE_WITHDRAWN_REASON, reason);
  wattle_outcome_put (outcome, message);
  return TRUE;
}

static void
move_mark (WattleRecord *mark, WattleFieldId field, WattleJsonNode args, const char *name, gint64 most)
{
  gint64 upto;

  if (wattle_json_member_instant (args, name, &upto) && MIN (upto, most) > wattle_record_get_integer (mark, field))
    wattle_record_set_integer (mark, field, MIN (upto, most));
}

/* Marks only move forward, so that those of two devices need no order. */
WATTLE_APPLY (thread_mark)
{
  const char *user = context->actor->user;
  g_autoptr (WattleRecord) thread = wattle_load (context, WATTLE_RECORD_THREAD, wattle_arg_string (args, "id"), error);
  g_autofree char *id = thread != NULL ? wattle_thread_mark_id (wattle_record_id (thread), user) : NULL;
  g_autoptr (WattleRecord) mark = id != NULL ? wattle_load (context, WATTLE_RECORD_THREAD_MARK, id, NULL) : NULL;
  gint64 most;

  if (thread == NULL)
    return FALSE;
  if (mark == NULL)
    {
      mark = wattle_record_new (WATTLE_RECORD_THREAD_MARK);
      wattle_record_set_id (mark, id);
      set_optional (mark, WATTLE_THREAD_MARK_PATIENT, wattle_record_get_string (thread, WATTLE_THREAD_PATIENT));
      wattle_record_set_string (mark, WATTLE_THREAD_MARK_THREAD, wattle_record_id (thread));
      set_author (context, mark, WATTLE_THREAD_MARK_USER, WATTLE_THREAD_MARK_USER_NAME);
    }
  most = wattle_record_get_integer (thread, WATTLE_THREAD_LAST_AT);
  move_mark (mark, WATTLE_THREAD_MARK_DELIVERED_UPTO, args, "delivered_upto", most);
  move_mark (mark, WATTLE_THREAD_MARK_DELIVERED_UPTO, args, "read_upto", most);
  move_mark (mark, WATTLE_THREAD_MARK_READ_UPTO, args, "read_upto", most);
  wattle_outcome_put (outcome, mark);
  return TRUE;
}

WATTLE_APPLY (thread_flag)
{
  g_autoptr (WattleRecord) thread = wattle_load (context, WATTLE_RECORD_THREAD, wattle_arg_string (args, "id"), error);
  gboolean needs = FALSE;

  if (thread == NULL)
    return FALSE;
  wattle_json_boolean (wattle_arg (args, "needs_reply"), &needs);
  set_needs_reply (thread, needs, context->now);
  wattle_outcome_put (outcome, thread);
  return TRUE;
}

/* That somebody from outside read it stands in the conversation, with the reason, for those whose it is. */
WATTLE_APPLY (thread_inspect)
{
  g_autoptr (WattleRecord) thread = wattle_load (context, WATTLE_RECORD_THREAD, wattle_arg_string (args, "id"), error);
  g_autoptr (WattleRecord) message = NULL;
  g_autofree char *reason = g_strstrip (g_strdup (wattle_arg_string (args, "reason")));

  if (thread == NULL)
    return FALSE;
  if (g_utf8_strlen (reason, -1) < 10)
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "reason",
                          _("Say why in at least ten characters: those whose conversation it is will read it."));
  message = new_message (context, thread, WATTLE_MESSAGE_KIND_INSPECTED, reason);
  wattle_outcome_put (outcome, message);
  wattle_outcome_put (outcome, thread);
  return TRUE;
}
