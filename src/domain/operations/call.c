/* call.c: what a video consult was, as evidence on its visit
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "domain/operations/operations.h"

#include <string.h>

#include "base/civil.h"
#include "base/clock.h"

#define MAX_LINES 64
#define MAX_WORDS 4

static const char *const means[] = { "video", "audio", "text", "telephone", NULL };
static const char *const roles[] = { "clinician", "patient", "guardian", "interpreter", "observer", NULL };
static const char *const moments[] = { "asked", "started", "stopped", NULL };
static const char *const answers[] = { "given", "declined", "withdrawn", NULL };
static const char *const paths[] = { "direct", "relay", "-", NULL };

static gboolean
is_instant (const char *word)
{
  gint64 instant;

  return wattle_instant_parse (word, &instant, NULL);
}

static gboolean
is_step (char **words)
{
  return g_strv_length (words) == 2 && is_instant (words[0]) && g_strv_contains (means, words[1]);
}

static gboolean
is_participant (char **words)
{
  return g_strv_length (words) == 4 && g_strv_contains (roles, words[0]) && is_instant (words[1])
         && (strcmp (words[2], "-") == 0 || is_instant (words[2])) && g_strv_contains (paths, words[3]);
}

static gboolean
is_recording (char **words)
{
  guint n = g_strv_length (words);

  return n >= 2 && is_instant (words[0])
         && ((n == 2 && g_strv_contains (moments, words[1]))
             || (n == 3 && g_strv_contains (answers, words[1]) && g_strv_contains (roles, words[2])));
}

/* Words of closed lists and instants alone: no name and nothing of what was said can get into them. */
static gboolean
check_lines (WattleRecord *report, WattleFieldId field, gboolean (*is_good) (char **words), GError **error)
{
  const char *text = wattle_record_get_string (report, field);
  g_auto (GStrv) lines = g_strsplit (text != NULL ? text : "", "\n", MAX_LINES + 1);
  gboolean good = g_strv_length (lines) <= MAX_LINES;

  for (guint i = 0; text != NULL && good && lines[i] != NULL; i++)
    {
      g_auto (GStrv) words = g_strsplit (lines[i], " ", MAX_WORDS + 1);

      good = is_good (words);
    }
  if (good)
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_INVALID, wattle_field_get (field)->name,
                          _("“%s” of a call are lines of an instant and known words."),
                          _(wattle_field_get (field)->label));
  return FALSE;
}

static gboolean
check_visit (WattleOperationContext *context, WattleRecord *report, GError **error)
{
  const char *id = wattle_record_get_string (report, WATTLE_CALL_REPORT_APPOINTMENT);
  g_autoptr (WattleRecord) visit = wattle_load (context, WATTLE_RECORD_APPOINTMENT, id, error);

  if (visit == NULL || !wattle_policy_check ("call.report", context->actor, context->reader, visit, error))
    return FALSE;
  if (!wattle_record_has (visit, WATTLE_APPOINTMENT_CALL_ROOM))
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "appointment", _("This visit never had a video room."));
  if (g_strcmp0 (wattle_record_scope_id (visit), wattle_record_scope_id (report)) == 0)
    return TRUE;
  return wattle_refuse (error, WATTLE_ERROR_INVALID, "patient", _("This is the visit of another patient."));
}

static gboolean
check_times (WattleOperationContext *context, WattleRecord *report, GError **error)
{
  gboolean is_over = wattle_record_has (report, WATTLE_CALL_REPORT_ENDED_AT);
  gint64 started = wattle_record_get_integer (report, WATTLE_CALL_REPORT_STARTED_AT);
  gint64 ended =
    is_over ? wattle_record_get_integer (report, WATTLE_CALL_REPORT_ENDED_AT) : MAX (started, context->now);
  gint64 connected = wattle_record_get_integer (report, WATTLE_CALL_REPORT_CONNECTED_SECONDS) * WATTLE_SECOND;
  /* Of a call that goes on, one clock says when it started and another what time it is. */
  gint64 slack = is_over ? WATTLE_MINUTE : WATTLE_HOUR;

  if (ended < started)
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "ended_at", _("A call must end after it starts."));
  if (connected > ended - started + slack)
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "connected_seconds",
                          _("A call cannot be connected for longer than it lasted."));
  return TRUE;
}

/* Whether a report that is kept knows more than one that comes late. */
static gboolean
is_overtaken (WattleRecord *kept, WattleRecord *report)
{
  return wattle_record_get_integer (kept, WATTLE_CALL_REPORT_CONNECTED_SECONDS)
           > wattle_record_get_integer (report, WATTLE_CALL_REPORT_CONNECTED_SECONDS)
         || (wattle_record_has (kept, WATTLE_CALL_REPORT_ENDED_AT)
             && !wattle_record_has (report, WATTLE_CALL_REPORT_ENDED_AT));
}

/* Told again and again while a call goes on, so that a crash loses no more than the last moment; it only grows. */
static gboolean
follow (WattleOperationContext *context, WattleRecord *report, WattleOutcome *outcome, GError **error)
{
  g_autoptr (WattleRecord) kept =
    wattle_load (context, WATTLE_RECORD_CALL_REPORT, wattle_record_id (report), error);

  if (kept == NULL)
    return FALSE;
  if (g_strcmp0 (wattle_record_get_string (kept, WATTLE_CALL_REPORT_REPORTED_BY), context->actor->user) != 0
      || !wattle_record_equal_field (kept, report, WATTLE_CALL_REPORT_APPOINTMENT)
      || !wattle_record_equal_field (kept, report, WATTLE_CALL_REPORT_STARTED_AT))
    return wattle_refuse (error, WATTLE_ERROR_CONFLICT, "id", _("This call was reported by somebody else."));
  if (is_overtaken (kept, report))
    {
      wattle_outcome_put (outcome, kept);
      return TRUE;
    }
  wattle_record_set_revision (report, wattle_record_revision (kept));
  wattle_outcome_put (outcome, report);
  return TRUE;
}

WATTLE_APPLY (call_report)
{
  g_autoptr (WattleRecord) report = wattle_arg_record (args, "report", error);
  g_autoptr (WattleRecord) kept = NULL;

  if (report == NULL)
    return FALSE;
  wattle_record_set_string (report, WATTLE_CALL_REPORT_REPORTED_BY, context->actor->user);
  if (!wattle_record_validate (report, error) || !check_visit (context, report, error)
      || !check_times (context, report, error)
      || !check_lines (report, WATTLE_CALL_REPORT_STEPS, is_step, error)
      || !check_lines (report, WATTLE_CALL_REPORT_PARTICIPANTS, is_participant, error)
      || !check_lines (report, WATTLE_CALL_REPORT_RECORDING, is_recording, error))
    return FALSE;
  kept = wattle_record_id (report) != NULL
           ? wattle_reader_get (context->reader, WATTLE_RECORD_CALL_REPORT, wattle_record_id (report), NULL)
           : NULL;
  if (kept != NULL)
    return follow (context, report, outcome, error);
  if (!wattle_take_id (context, report, "report", error))
    return FALSE;
  wattle_outcome_put (outcome, report);
  return TRUE;
}
