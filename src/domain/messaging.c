/* messaging.c: who takes part in a conversation, and when it may be written in
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "domain/messaging.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"

#define OPENS_BEFORE (15 * WATTLE_MINUTE)
#define ARCHIVED_AFTER (30 * WATTLE_DAY)
/* A visit that nobody marked runs late by so much; one that began, by the length of a day's work. */
#define GRACE WATTLE_HOUR
#define GRACE_OF_BEGUN (12 * WATTLE_HOUR)

static gboolean
is_paid (WattleReader *reader, WattleRecord *appointment)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_INVOICE);

  wattle_query_where_text (&query, WATTLE_INVOICE_APPOINTMENT, wattle_record_id (appointment));
  wattle_query_where (&query, WATTLE_INVOICE_STATUS, WATTLE_COMPARE_EQUAL, WATTLE_INVOICE_STATUS_PAID);
  return wattle_reader_count (reader, &query, NULL) > 0;
}

static gboolean
is_over (WattleRecord *appointment, gint64 now)
{
  gint64 status = wattle_record_get_integer (appointment, WATTLE_APPOINTMENT_STATUS);
  gint64 ends = wattle_record_get_integer (appointment, WATTLE_APPOINTMENT_ENDS_AT);

  switch (status)
    {
    case WATTLE_APPOINTMENT_STATUS_COMPLETED:
      /* What was written before it ended and arrives later was written in time. */
      return now >= wattle_record_get_integer (appointment, WATTLE_APPOINTMENT_COMPLETED_AT);
    case WATTLE_APPOINTMENT_STATUS_NO_SHOW:
    case WATTLE_APPOINTMENT_STATUS_CANCELLED:
      return TRUE;
    case WATTLE_APPOINTMENT_STATUS_ARRIVED:
    case WATTLE_APPOINTMENT_STATUS_IN_VISIT:
      return now >= ends + GRACE_OF_BEGUN;
    default:
      return now >= ends + GRACE;
    }
}

static WattleThreadPhase
phase_behind (WattleRecord *appointment, gint64 now)
{
  return now >= wattle_record_get_integer (appointment, WATTLE_APPOINTMENT_ENDS_AT) + ARCHIVED_AFTER
           ? WATTLE_THREAD_PHASE_ARCHIVED
           : WATTLE_THREAD_PHASE_OVER;
}

/**
 * wattle_thread_phase_of_visit:
 * @reader: the records
 * @appointment: a visit
 * @now: microseconds since the epoch
 *
 * Returns: what can be done in its conversation: it opens 15 minutes before the start or when an invoice of the visit
 *   is paid, ends with the visit, and is archived 30 days after it
 */
WattleThreadPhase
wattle_thread_phase_of_visit (WattleReader *reader, WattleRecord *appointment, gint64 now)
{
  if (wattle_record_is_deleted (appointment) || is_over (appointment, now))
    return phase_behind (appointment, now);
  if (now >= wattle_record_get_integer (appointment, WATTLE_APPOINTMENT_STARTS_AT) - OPENS_BEFORE
      || is_paid (reader, appointment))
    return WATTLE_THREAD_PHASE_OPEN;
  return WATTLE_THREAD_PHASE_AHEAD;
}

/**
 * wattle_thread_phase:
 * @reader: the records
 * @thread: a conversation
 * @now: microseconds since the epoch
 *
 * Returns: what can be done in it; one among the staff stays open, and one whose visit went to another practitioner is
 *   over
 */
WattleThreadPhase
wattle_thread_phase (WattleReader *reader, WattleRecord *thread, gint64 now)
{
  g_autoptr (WattleRecord) visit = NULL;

  if (wattle_record_get_integer (thread, WATTLE_THREAD_KIND) == WATTLE_THREAD_KIND_STAFF)
    return WATTLE_THREAD_PHASE_OPEN;
  visit = wattle_reader_get (reader, WATTLE_RECORD_APPOINTMENT,
                             wattle_record_get_string (thread, WATTLE_THREAD_APPOINTMENT), NULL);
  if (visit == NULL)
    return WATTLE_THREAD_PHASE_OVER;
  if (g_strcmp0 (wattle_record_get_string (visit, WATTLE_APPOINTMENT_PRACTITIONER),
                 wattle_record_get_string (thread, WATTLE_THREAD_PRACTITIONER))
      != 0)
    return phase_behind (visit, now);
  return wattle_thread_phase_of_visit (reader, visit, now);
}

/**
 * wattle_thread_id_of_visit:
 * @appointment: a visit
 *
 * Returns: (transfer full): the id of the conversation of its patient with whoever sees them now: the same on both
 *   sides, and another one when the visit goes to another practitioner, who does not read what was said before
 */
char *
wattle_thread_id_of_visit (WattleRecord *appointment)
{
  return wattle_id_derive (wattle_record_id (appointment),
                           wattle_record_get_string (appointment, WATTLE_APPOINTMENT_PRACTITIONER));
}

/**
 * wattle_thread_mark_id:
 * @thread: id of a conversation
 * @user: id of somebody who takes part
 *
 * Returns: (transfer full): the id of their mark
 */
char *
wattle_thread_mark_id (const char *thread, const char *user)
{
  return wattle_id_derive (thread, user);
}

/**
 * wattle_thread_members:
 * @thread: a conversation of the staff
 *
 * Returns: (transfer full): ids of the users who take part
 */
char **
wattle_thread_members (WattleRecord *thread)
{
  const char *members = wattle_record_get_string (thread, WATTLE_THREAD_MEMBERS);

  return g_strsplit (members != NULL ? members : "", " ", WATTLE_THREAD_MAX_MEMBERS + 1);
}

/**
 * wattle_thread_has:
 * @thread: a conversation
 * @actor: somebody, in one of their roles
 *
 * Returns: whether they take part in it
 */
gboolean
wattle_thread_has (WattleRecord *thread, const WattleActor *actor)
{
  g_auto (GStrv) members = NULL;

  if (actor->user == NULL)
    return FALSE;
  if (wattle_record_get_integer (thread, WATTLE_THREAD_KIND) == WATTLE_THREAD_KIND_VISIT)
    return (actor->role == WATTLE_ROLE_PATIENT && actor->patient != NULL
            && g_strcmp0 (wattle_record_get_string (thread, WATTLE_THREAD_PATIENT), actor->patient) == 0)
           || (actor->role == WATTLE_ROLE_CLINICIAN && actor->practitioner != NULL
               && g_strcmp0 (wattle_record_get_string (thread, WATTLE_THREAD_PRACTITIONER), actor->practitioner) == 0);
  if (actor->role == WATTLE_ROLE_PATIENT)
    return FALSE;
  members = wattle_thread_members (thread);
  return g_strv_contains ((const char *const *) members, actor->user);
}

/* How files begin that a message takes (ISO 32000-1 s 7.5.2, PNG s 5.2, JFIF and Exif: SOI and the next marker). */
static const struct
{
  const char *media;
  const char *start;
  gsize length;
} attachments[] = {
  { "application/pdf", "%PDF-", 5 },
  { "image/png", "\x89PNG\r\n\x1a\n", 8 },
  { "image/jpeg", "\xff\xd8\xff", 3 },
};

/**
 * wattle_attachment_media:
 * @start: the first bytes of a file
 * @length: how many there are
 *
 * Returns: (nullable): the format that they are the beginning of, if it is one that a message takes
 */
const char *
wattle_attachment_media (gconstpointer start, gsize length)
{
  for (guint i = 0; i < G_N_ELEMENTS (attachments); i++)
    if (length >= attachments[i].length && memcmp (start, attachments[i].start, attachments[i].length) == 0)
      return attachments[i].media;
  return NULL;
}

/**
 * wattle_attachment_check:
 * @document: what says of what format the file of a message is
 * @error: %WATTLE_ERROR_INVALID, with a sentence that names those that are taken
 */
gboolean
wattle_attachment_check (WattleRecord *document, GError **error)
{
  const char *media = wattle_record_get_string (document, WATTLE_DOCUMENT_MEDIA_TYPE);

  for (guint i = 0; i < G_N_ELEMENTS (attachments); i++)
    if (g_strcmp0 (media, attachments[i].media) == 0)
      return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_INVALID, "media_type", "%s",
                          _("A message takes PDF documents and PNG or JPEG pictures. Nothing was sent."));
  return FALSE;
}

static const char *
thread_of (WattleRecord *object)
{
  switch (wattle_record_type (object)->id)
    {
    case WATTLE_RECORD_THREAD:
      return wattle_record_id (object);
    case WATTLE_RECORD_MESSAGE:
      return wattle_record_get_string (object, WATTLE_MESSAGE_THREAD);
    case WATTLE_RECORD_THREAD_MARK:
      return wattle_record_get_string (object, WATTLE_THREAD_MARK_THREAD);
    case WATTLE_RECORD_DOCUMENT:
      return wattle_record_get_integer (object, WATTLE_DOCUMENT_KIND) == WATTLE_DOCUMENT_KIND_MESSAGE
               ? wattle_record_get_string (object, WATTLE_DOCUMENT_SOURCE)
               : NULL;
    default:
      return NULL;
    }
}

/**
 * wattle_thread_withholds:
 * @reader: the records
 * @actor: who asks
 * @object: any record
 *
 * Returns: whether it is part of a conversation in which the actor takes no part
 */
gboolean
wattle_thread_withholds (WattleReader *reader, const WattleActor *actor, WattleRecord *object)
{
  const char *id = thread_of (object);
  g_autoptr (WattleRecord) thread = NULL;

  if (id == NULL)
    return FALSE;
  if (wattle_record_type (object)->id == WATTLE_RECORD_THREAD)
    return !wattle_thread_has (object, actor);
  thread = wattle_reader_get (reader, WATTLE_RECORD_THREAD, id, NULL);
  return thread == NULL || !wattle_thread_has (thread, actor);
}
