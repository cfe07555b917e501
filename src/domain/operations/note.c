/* note.c: progress notes: drafts of one author, signed for ever, added to afterwards
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "domain/operations/operations.h"

#include "base/civil.h"

static gboolean
is_author (WattleOperationContext *context, WattleRecord *note)
{
  const char *author = wattle_record_get_string (note, WATTLE_PROGRESS_NOTE_AUTHOR);

  return author != NULL && g_strcmp0 (author, context->actor->practitioner) == 0;
}

static gboolean
has_content (WattleRecord *note)
{
  return wattle_record_has (note, WATTLE_PROGRESS_NOTE_SUBJECTIVE)
         || wattle_record_has (note, WATTLE_PROGRESS_NOTE_OBJECTIVE)
         || wattle_record_has (note, WATTLE_PROGRESS_NOTE_ASSESSMENT)
         || wattle_record_has (note, WATTLE_PROGRESS_NOTE_PLAN) || wattle_record_has (note, WATTLE_PROGRESS_NOTE_BODY);
}

/* The draft that is there, when there is one: it must be one's own, and not signed. */
static gboolean
check_draft (WattleOperationContext *context, WattleRecord *draft, GError **error)
{
  if (wattle_record_get_integer (draft, WATTLE_PROGRESS_NOTE_STATUS) != WATTLE_NOTE_STATUS_DRAFT)
    return wattle_refuse (error, WATTLE_ERROR_FORBIDDEN, "status",
                          _("This note is signed and never changes. Write an addendum."));
  if (!is_author (context, draft))
    return wattle_refuse (error, WATTLE_ERROR_FORBIDDEN, "author", _("This draft belongs to its author alone."));
  return TRUE;
}

static gint64
note_date (WattleOperationContext *context, WattleRecord *note, WattleRecord *practice)
{
  const char *visit = wattle_record_get_string (note, WATTLE_PROGRESS_NOTE_APPOINTMENT);
  g_autoptr (WattleRecord) appointment
    = visit != NULL ? wattle_reader_get (context->reader, WATTLE_RECORD_APPOINTMENT, visit, NULL) : NULL;
  const char *name = appointment != NULL ? wattle_record_get_string (appointment, WATTLE_APPOINTMENT_ZONE) : NULL;
  GTimeZone *zone = name != NULL ? wattle_zone_lookup (name, NULL) : NULL;
  gint64 date;

  if (zone == NULL)
    return wattle_today (context, wattle_record_get_string (practice, WATTLE_PRACTICE_ZONE));
  wattle_zone_to_local (wattle_record_get_integer (appointment, WATTLE_APPOINTMENT_STARTS_AT), zone, &date, NULL, NULL);
  return date;
}

/* A note as its author sends it, ready to be kept as a draft. */
static WattleRecord *
read_note (WattleOperationContext *context, WattleJsonNode args, GError **error)
{
  g_autoptr (WattleRecord) practice = wattle_load_practice (context, error);
  g_autoptr (WattleRecord) note = practice != NULL ? wattle_arg_record (args, "note", error) : NULL;

  if (note == NULL)
    return NULL;
  if (context->actor->practitioner == NULL)
    {
      wattle_refuse (error, WATTLE_ERROR_FORBIDDEN, "author", _("Only a practitioner writes notes."));
      return NULL;
    }
  if (!wattle_record_has (note, WATTLE_PROGRESS_NOTE_AUTHOR))
    wattle_record_set_string (note, WATTLE_PROGRESS_NOTE_AUTHOR, context->actor->practitioner);
  if (!is_author (context, note))
    {
      wattle_refuse (error, WATTLE_ERROR_FORBIDDEN, "author", _("Nobody writes a note in another's name."));
      return NULL;
    }
  wattle_record_set_integer (note, WATTLE_PROGRESS_NOTE_STATUS, WATTLE_NOTE_STATUS_DRAFT);
  wattle_record_unset (note, WATTLE_PROGRESS_NOTE_SIGNED_AT);
  wattle_record_unset (note, WATTLE_PROGRESS_NOTE_SIGNED_BY);
  if (!wattle_record_has (note, WATTLE_PROGRESS_NOTE_NOTE_DATE))
    wattle_record_set_integer (note, WATTLE_PROGRESS_NOTE_NOTE_DATE, note_date (context, note, practice));
  return g_steal_pointer (&note);
}

/* Gives a note its id. One that is there already is replaced, when it is the author's own draft. */
static gboolean
take_note_id (WattleOperationContext *context, WattleRecord *note, GError **error)
{
  g_autoptr (WattleRecord) draft = NULL;

  if (wattle_record_id (note) == NULL)
    return wattle_take_id (context, note, "note", error);
  draft = wattle_reader_get (context->reader, WATTLE_RECORD_PROGRESS_NOTE, wattle_record_id (note), NULL);
  return draft == NULL || check_draft (context, draft, error);
}

WATTLE_APPLY (note_save)
{
  g_autoptr (WattleRecord) note = read_note (context, args, error);

  if (note == NULL || !take_note_id (context, note, error))
    return FALSE;
  if (wattle_record_get_integer (note, WATTLE_PROGRESS_NOTE_KIND) == WATTLE_NOTE_KIND_ADDENDUM)
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "kind", _("An addendum is added to a signed note."));
  wattle_outcome_put (outcome, note);
  return TRUE;
}

/* Takes the final text, when it comes with the signature. */
static gboolean
take_final_text (WattleRecord *note, WattleJsonNode args, GError **error)
{
  static const WattleFieldId fields[] = {
    WATTLE_PROGRESS_NOTE_SUBJECTIVE, WATTLE_PROGRESS_NOTE_OBJECTIVE, WATTLE_PROGRESS_NOTE_ASSESSMENT,
    WATTLE_PROGRESS_NOTE_PLAN,       WATTLE_PROGRESS_NOTE_BODY,      WATTLE_PROGRESS_NOTE_RELEASED,
  };

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      WattleJsonNode value = wattle_json_member (args, wattle_field_get (fields[i])->name);

      if (wattle_json_exists (value) && !wattle_record_read_field (note, fields[i], value, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
sign (WattleOperationContext *context, WattleRecord *note, GError **error)
{
  if (!has_content (note))
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "body", _("There is nothing to sign: the note is empty."));
  wattle_record_set_integer (note, WATTLE_PROGRESS_NOTE_STATUS, WATTLE_NOTE_STATUS_SIGNED);
  wattle_record_set_integer (note, WATTLE_PROGRESS_NOTE_SIGNED_AT, context->now);
  wattle_record_set_string (note, WATTLE_PROGRESS_NOTE_SIGNED_BY, context->actor->user);
  return TRUE;
}

WATTLE_APPLY (note_sign)
{
  g_autoptr (WattleRecord) note
    = wattle_load (context, WATTLE_RECORD_PROGRESS_NOTE, wattle_arg_string (args, "id"), error);

  if (note == NULL || !check_draft (context, note, error) || !take_final_text (note, args, error)
      || !sign (context, note, error))
    return FALSE;
  wattle_outcome_put (outcome, note);
  return TRUE;
}

WATTLE_APPLY (note_addend)
{
  g_autoptr (WattleRecord) note = read_note (context, args, error);
  g_autoptr (WattleRecord) original = NULL;

  if (note == NULL || !wattle_take_id (context, note, "note", error))
    return FALSE;
  original = wattle_load (context, WATTLE_RECORD_PROGRESS_NOTE,
                          wattle_record_get_string (note, WATTLE_PROGRESS_NOTE_ADDENDUM_TO), error);
  if (original == NULL)
    return FALSE;
  if (wattle_record_get_integer (original, WATTLE_PROGRESS_NOTE_STATUS) != WATTLE_NOTE_STATUS_SIGNED)
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "addendum_to", _("That note is a draft still: change it."));
  wattle_record_set_integer (note, WATTLE_PROGRESS_NOTE_KIND, WATTLE_NOTE_KIND_ADDENDUM);
  if (!sign (context, note, error))
    return FALSE;
  wattle_outcome_put (outcome, note);
  return TRUE;
}

WATTLE_APPLY (note_discard)
{
  g_autoptr (WattleRecord) note
    = wattle_load (context, WATTLE_RECORD_PROGRESS_NOTE, wattle_arg_string (args, "id"), error);

  if (note == NULL || !check_draft (context, note, error))
    return FALSE;
  wattle_record_set_deleted (note, TRUE);
  wattle_outcome_put (outcome, note);
  return TRUE;
}

/* Who may read is no part of what was signed: the text stays as it is. */
WATTLE_APPLY (note_release)
{
  g_autoptr (WattleRecord) note
    = wattle_load (context, WATTLE_RECORD_PROGRESS_NOTE, wattle_arg_string (args, "id"), error);
  gboolean released = FALSE;

  if (note == NULL)
    return FALSE;
  if (!is_author (context, note))
    return wattle_refuse (error, WATTLE_ERROR_FORBIDDEN, "author", _("Only its author releases a note."));
  if (wattle_record_get_integer (note, WATTLE_PROGRESS_NOTE_STATUS) != WATTLE_NOTE_STATUS_SIGNED)
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "status", _("This note is a draft still. Sign it first."));
  wattle_json_boolean (wattle_arg (args, "released"), &released);
  wattle_record_set_integer (note, WATTLE_PROGRESS_NOTE_RELEASED, released);
  wattle_outcome_put (outcome, note);
  return TRUE;
}
