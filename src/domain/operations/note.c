/* note.c: progress notes: drafts of one author, signed for ever, added to afterwards
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "domain/operations/operations.h"

#include <string.h>

#include "base/civil.h"
#include "base/id.h"
#include "domain/note.h"

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

/**
 * wattle_note_stamp:
 * @id: of the note that is edited
 * @note: a version of its text, or a draft kept beside it
 *
 * Returns: (transfer full): an id that stands for that text and no other
 */
char *
wattle_note_stamp (const char *id, WattleRecord *note)
{
  static const WattleFieldId fields[] = {
    WATTLE_PROGRESS_NOTE_SUBJECTIVE, WATTLE_PROGRESS_NOTE_OBJECTIVE, WATTLE_PROGRESS_NOTE_ASSESSMENT,
    WATTLE_PROGRESS_NOTE_PLAN,       WATTLE_PROGRESS_NOTE_BODY,
  };
  g_autoptr (GString) all = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      const char *text = wattle_record_get_string (note, fields[i]);

      g_string_append_printf (all, "%zu:", text != NULL ? strlen (text) : 0);
      g_string_append (all, text != NULL ? text : "");
    }
  return wattle_id_derive (id, all->str);
}

/* Whether a stored draft has the text that the editor started from, or the one it comes with. */
static gboolean
is_known_text (const char *id, WattleRecord *draft, WattleRecord *note, const char *base)
{
  g_autofree char *stored = wattle_note_stamp (id, draft);
  g_autofree char *sent = note != NULL ? wattle_note_stamp (id, note) : NULL;

  return g_strcmp0 (stored, base) == 0 || g_strcmp0 (stored, sent) == 0;
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

/* A text whose draft was written on elsewhere meanwhile gets a draft of its own. Those that follow from the same device
 * go on in that one. */
static void
stand_beside (WattleOperationContext *context, WattleRecord *note, const char *base)
{
  const char *device = context->actor->device;
  const char *id = wattle_record_id (note);
  g_autofree char *beside = wattle_id_derive (id, device != NULL ? device : "draft");
  g_autoptr (WattleRecord) draft = wattle_reader_get (context->reader, WATTLE_RECORD_PROGRESS_NOTE, beside, NULL);

  if (draft != NULL && (!check_draft (context, draft, NULL) || !is_known_text (id, draft, note, base)))
    {
      g_free (beside);
      beside = wattle_operation_new_id (context, "note");
    }
  wattle_record_set_id (note, beside);
}

/* Gives a note its id. One that is there already is replaced, when it is the author's own draft and the text that this
 * one was written on; without a base it was written on nothing. */
static gboolean
take_note_id (WattleOperationContext *context, WattleRecord *note, const char *base, GError **error)
{
  g_autoptr (WattleRecord) draft = NULL;

  if (wattle_record_id (note) == NULL)
    return wattle_take_id (context, note, "note", error);
  draft = wattle_reader_get (context->reader, WATTLE_RECORD_PROGRESS_NOTE, wattle_record_id (note), NULL);
  if (draft == NULL)
    return TRUE;
  if (!check_draft (context, draft, error))
    return FALSE;
  if (!is_known_text (wattle_record_id (note), draft, note, base))
    stand_beside (context, note, base);
  return TRUE;
}

WATTLE_APPLY (note_save)
{
  g_autoptr (WattleRecord) note = read_note (context, args, error);

  if (note == NULL || !take_note_id (context, note, wattle_arg_string (args, "base"), error))
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
  g_autoptr (WattleRecord) read = NULL;
  const char *base;

  if (note == NULL || !check_draft (context, note, error))
    return FALSE;
  base = wattle_arg_string (args, "base");
  read = wattle_record_copy (note);
  if (!take_final_text (note, args, error))
    return FALSE;
  if (base != NULL && !is_known_text (wattle_record_id (note), read, note, base))
    return wattle_refuse (error, WATTLE_ERROR_CONFLICT, "base",
                          _("This draft was changed on another computer. Both texts are kept: read them, then sign."));
  if (!sign (context, note, error))
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

  const char *base = wattle_arg_string (args, "base");

  if (note == NULL || !check_draft (context, note, error))
    return FALSE;
  if (base != NULL && !is_known_text (wattle_record_id (note), note, NULL, base))
    return wattle_refuse (error, WATTLE_ERROR_CONFLICT, "base",
                          _("This draft was changed on another computer, and was not thrown away. Read it first."));
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
