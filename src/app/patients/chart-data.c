/* chart-data.c: what a chart shows of one patient, read from the cache in one go
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/patients/chart-data.h"

#include <glib/gi18n-lib.h>

#include "app/portal/portal-join.h"
#include "app/widgets/display.h"
#include "base/civil-text.h"
#include "base/civil.h"
#include "base/money.h"
#include "domain/messaging.h"

/* The rows of a part that a chart shows; a patient with more is found by search. */
#define MAX_ROWS 400

/* How much of a note stands in a list. */
#define GIST 120

typedef struct
{
  WattleReader *reader;
  WattleChart *chart;
  const char *practitioner;
  GTimeZone *zone;
  gint64 now;
  gint64 today;
  GHashTable *names;
} Reading;

typedef void (*Describe) (Reading *reading, WattleRecord *record, WattleEntry *entry);

static const char *
name_of (Reading *reading, WattleRecordType type, const char *id)
{
  g_autoptr (WattleRecord) record = NULL;
  char *name;

  if (id == NULL)
    return NULL;
  name = g_hash_table_lookup (reading->names, id);
  if (name != NULL)
    return name;
  record = wattle_reader_get (reading->reader, type, id, NULL);
  if (record == NULL)
    return NULL;
  name = wattle_display_title (record);
  g_hash_table_insert (reading->names, g_strdup (id), name);
  return name;
}

static void
append (GString *text, const char *more)
{
  if (more != NULL && *more != '\0')
    g_string_append_printf (text, "%s%s", text->len > 0 ? " · " : "", more);
}

static char *
word_of (WattleRecord *record, WattleFieldId field)
{
  return g_strdup (_(wattle_enum_label (wattle_field_enum (wattle_field_get (field)),
                                        wattle_record_get_integer (record, field))));
}

static const char *
visit_verb (int status)
{
  switch (status)
    {
    case WATTLE_APPOINTMENT_STATUS_BOOKED:
      return _("Arrive");
    case WATTLE_APPOINTMENT_STATUS_ARRIVED:
      return _("Start");
    case WATTLE_APPOINTMENT_STATUS_IN_VISIT:
      return _("Complete");
    default:
      return NULL;
    }
}

static void
describe_visit (Reading *reading, WattleRecord *visit, WattleEntry *entry)
{
  GString *text = g_string_new (NULL);
  int modality = wattle_record_get_integer (visit, WATTLE_APPOINTMENT_MODALITY);
  gint64 date;

  entry->at = wattle_record_get_integer (visit, WATTLE_APPOINTMENT_STARTS_AT);
  entry->status = wattle_record_get_integer (visit, WATTLE_APPOINTMENT_STATUS);
  entry->title = wattle_display_date_time (entry->at, reading->zone);
  append (text, name_of (reading, WATTLE_RECORD_APPOINTMENT_TYPE,
                         wattle_record_get_string (visit, WATTLE_APPOINTMENT_TYPE)));
  append (text, name_of (reading, WATTLE_RECORD_PRACTITIONER,
                         wattle_record_get_string (visit, WATTLE_APPOINTMENT_PRACTITIONER)));
  if (modality != WATTLE_MODALITY_IN_PERSON)
    append (text, _(wattle_enum_label (wattle_enum_find ("modality"), modality)));
  append (text, wattle_record_get_string (visit, WATTLE_APPOINTMENT_REASON));
  entry->subtitle = g_string_free (text, FALSE);
  entry->pill = word_of (visit, WATTLE_APPOINTMENT_STATUS);
  entry->tone = entry->status == WATTLE_APPOINTMENT_STATUS_ARRIVED    ? "success"
                : entry->status == WATTLE_APPOINTMENT_STATUS_IN_VISIT ? "accent"
                : entry->status == WATTLE_APPOINTMENT_STATUS_NO_SHOW  ? "warning"
                                                                      : NULL;
  wattle_zone_to_local (entry->at, reading->zone, &date, NULL, NULL);
  if (date <= reading->today)
    entry->verb = visit_verb (entry->status);
  if (entry->status != WATTLE_APPOINTMENT_STATUS_IN_VISIT && wattle_portal_can_join (visit, reading->now))
    entry->verb = _("Join");
  if (entry->at > reading->now - WATTLE_HOUR && entry->status < WATTLE_APPOINTMENT_STATUS_COMPLETED
      && (reading->chart->next_visit == NULL || entry->at < reading->chart->next_visit->at))
    reading->chart->next_visit = entry;
}

static char *
gist_of (WattleRecord *note)
{
  static const WattleFieldId fields[] = { WATTLE_PROGRESS_NOTE_ASSESSMENT, WATTLE_PROGRESS_NOTE_SUBJECTIVE,
                                          WATTLE_PROGRESS_NOTE_OBJECTIVE, WATTLE_PROGRESS_NOTE_PLAN,
                                          WATTLE_PROGRESS_NOTE_BODY };

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      const char *text = wattle_record_get_string (note, fields[i]);
      g_autofree char *start = text != NULL ? g_utf8_substring (text, 0, MIN (GIST, g_utf8_strlen (text, -1))) : NULL;

      if (start != NULL && *start != '\0')
        return g_strdelimit (g_steal_pointer (&start), "\n\r\t", ' ');
    }
  return NULL;
}

static void
describe_note (Reading *reading, WattleRecord *note, WattleEntry *entry)
{
  const char *author = wattle_record_get_string (note, WATTLE_PROGRESS_NOTE_AUTHOR);
  g_autofree char *gist = gist_of (note);
  GString *text = g_string_new (NULL);

  entry->at = wattle_record_get_integer (note, WATTLE_PROGRESS_NOTE_NOTE_DATE);
  entry->status = wattle_record_get_integer (note, WATTLE_PROGRESS_NOTE_STATUS);
  entry->own = author != NULL && g_strcmp0 (author, reading->practitioner) == 0;
  entry->title = wattle_date_display (entry->at);
  if (!entry->own)
    append (text, name_of (reading, WATTLE_RECORD_PRACTITIONER, author));
  append (text, gist);
  entry->subtitle = g_string_free (text, FALSE);
  if (entry->status == WATTLE_NOTE_STATUS_DRAFT)
    {
      entry->pill = g_strdup (_("Draft"));
      entry->tone = "warning";
      reading->chart->n_drafts += entry->own;
    }
}

static void
describe_problem (Reading *reading, WattleRecord *problem, WattleEntry *entry)
{
  entry->title = g_strdup (wattle_record_get_string (problem, WATTLE_CONDITION_NAME));
  entry->status = wattle_record_get_integer (problem, WATTLE_CONDITION_STATUS);
  if (wattle_record_has (problem, WATTLE_CONDITION_ONSET_DATE))
    {
      g_autofree char *date = wattle_date_display_numeric (
        wattle_record_get_integer (problem, WATTLE_CONDITION_ONSET_DATE));

      entry->subtitle = g_strdup_printf (_("Since %s"), date);
    }
  if (entry->status != WATTLE_CONDITION_STATUS_ACTIVE)
    entry->pill = word_of (problem, WATTLE_CONDITION_STATUS);
}

static void
describe_medication (Reading *reading, WattleRecord *medication, WattleEntry *entry)
{
  entry->title = g_strdup (wattle_record_get_string (medication, WATTLE_MEDICATION_NAME));
  entry->subtitle = g_strdup (wattle_record_get_string (medication, WATTLE_MEDICATION_DIRECTIONS));
  entry->status = wattle_record_get_integer (medication, WATTLE_MEDICATION_STATUS);
  if (entry->status != WATTLE_MEDICATION_STATUS_CURRENT)
    entry->pill = word_of (medication, WATTLE_MEDICATION_STATUS);
}

static char *
list_medicines (Reading *reading, const char *prescription)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_PRESCRIPTION_LINE);
  g_autoptr (GPtrArray) lines = NULL;
  GString *text = g_string_new (NULL);

  wattle_query_where_text (&query, WATTLE_PRESCRIPTION_LINE_PRESCRIPTION, prescription);
  query.limit = 20;
  lines = wattle_reader_query (reading->reader, &query, NULL);
  for (guint i = 0; lines != NULL && i < lines->len; i++)
    {
      WattleRecord *line = g_ptr_array_index (lines, i);
      const char *strength = wattle_record_get_string (line, WATTLE_PRESCRIPTION_LINE_STRENGTH);

      g_string_append_printf (text, "%s%s %s", i > 0 ? ", " : "",
                              wattle_record_get_string (line, WATTLE_PRESCRIPTION_LINE_ACTIVE_INGREDIENT),
                              strength != NULL ? strength : "");
    }
  return g_string_free (text, FALSE);
}

static void
describe_prescription (Reading *reading, WattleRecord *prescription, WattleEntry *entry)
{
  const char *prescriber = wattle_record_get_string (prescription, WATTLE_PRESCRIPTION_PRESCRIBER);
  const char *number = wattle_record_get_string (prescription, WATTLE_PRESCRIPTION_NUMBER);
  GString *text = g_string_new (NULL);
  g_autofree char *date = NULL;

  entry->at = wattle_record_get_integer (prescription, WATTLE_PRESCRIPTION_PRESCRIBED_DATE);
  entry->status = wattle_record_get_integer (prescription, WATTLE_PRESCRIPTION_STATUS);
  entry->own = prescriber != NULL && g_strcmp0 (prescriber, reading->practitioner) == 0;
  entry->title = list_medicines (reading, entry->id);
  date = wattle_date_display (entry->at);
  append (text, date);
  append (text, name_of (reading, WATTLE_RECORD_PRACTITIONER, prescriber));
  append (text, number != NULL ? number : _("number to follow"));
  append (text, wattle_record_get_string (prescription, WATTLE_PRESCRIPTION_CANCELLED_REASON));
  entry->subtitle = g_string_free (text, FALSE);
  if (entry->status == WATTLE_PRESCRIPTION_STATUS_CANCELLED)
    {
      entry->pill = g_strdup (_("Withdrawn"));
      entry->tone = "warning";
    }
}

static void
describe_invoice (Reading *reading, WattleRecord *invoice, WattleEntry *entry)
{
  gint64 due = wattle_record_get_integer (invoice, WATTLE_INVOICE_DUE_DATE);
  gint64 balance = wattle_record_get_integer (invoice, WATTLE_INVOICE_BALANCE);
  GString *text = g_string_new (NULL);
  g_autofree char *issued = NULL;

  entry->at = wattle_record_get_integer (invoice, WATTLE_INVOICE_ISSUED_DATE);
  entry->status = wattle_record_get_integer (invoice, WATTLE_INVOICE_STATUS);
  entry->cents = balance;
  entry->title = wattle_invoice_title (invoice);
  entry->detail = wattle_money_format (wattle_record_get_integer (invoice, WATTLE_INVOICE_TOTAL));
  entry->pill = word_of (invoice, WATTLE_INVOICE_STATUS);
  entry->tone = wattle_invoice_tone (entry->status);
  if (wattle_record_has (invoice, WATTLE_INVOICE_ISSUED_DATE))
    issued = wattle_date_display (entry->at);
  append (text, issued);
  if (balance > 0 && entry->status != WATTLE_INVOICE_STATUS_WRITTEN_OFF)
    {
      g_autofree char *money = wattle_money_format (balance);
      g_autofree char *owed = g_strdup_printf (_("%s owed"), money);

      append (text, owed);
      if (due != 0 && due < reading->today)
        append (text, _("overdue"));
      reading->chart->balance += balance;
      reading->chart->n_unpaid++;
    }
  entry->subtitle = g_string_free (text, FALSE);
}

static void
describe_document (Reading *reading, WattleRecord *document, WattleEntry *entry)
{
  g_autofree char *kind = word_of (document, WATTLE_DOCUMENT_KIND);
  g_autofree char *date = NULL;
  g_autofree char *size = g_format_size (wattle_record_get_integer (document, WATTLE_DOCUMENT_SIZE));

  entry->at = wattle_record_get_integer (document, WATTLE_DOCUMENT_DOCUMENT_DATE);
  date = wattle_date_display (entry->at);
  entry->title = g_strdup (wattle_record_get_string (document, WATTLE_DOCUMENT_TITLE));
  entry->subtitle = g_strjoin (" · ", kind, date, size, NULL);
}

static void
describe_related (Reading *reading, WattleRecord *person, WattleEntry *entry)
{
  const char *family = wattle_record_get_string (person, WATTLE_RELATED_PERSON_FAMILY_NAME);
  g_autofree char *relation = word_of (person, WATTLE_RELATED_PERSON_RELATIONSHIP);
  g_autofree char *phone = wattle_display_value (person, WATTLE_RELATED_PERSON_PHONE);
  GString *text = g_string_new (relation);

  append (text, phone);
  append (text, wattle_record_get_string (person, WATTLE_RELATED_PERSON_EMAIL));
  if (wattle_record_get_boolean (person, WATTLE_RELATED_PERSON_RECEIVES_INVOICES))
    append (text, _("receives invoices"));
  entry->title = g_strjoin (family != NULL ? " " : "",
                            wattle_record_get_string (person, WATTLE_RELATED_PERSON_GIVEN_NAMES),
                            family != NULL ? family : "", NULL);
  entry->subtitle = g_string_free (text, FALSE);
  if (wattle_record_get_boolean (person, WATTLE_RELATED_PERSON_EMERGENCY_CONTACT))
    entry->pill = g_strdup (_("Emergency"));
}

/* Only conversations in which the person takes part are on this computer at all. */
static void
describe_thread (Reading *reading, WattleRecord *thread, WattleEntry *entry)
{
  static const char *const words[] = { N_("Not open yet"), N_("Open"), N_("Over"), N_("Archived") };
  WattleQuery query = wattle_query (WATTLE_RECORD_MESSAGE);
  WattleThreadPhase phase = wattle_thread_phase (reading->reader, thread, reading->now);
  g_autoptr (WattleRecord) visit = wattle_reader_get (
    reading->reader, WATTLE_RECORD_APPOINTMENT, wattle_record_get_string (thread, WATTLE_THREAD_APPOINTMENT), NULL);
  gint64 starts = visit != NULL ? wattle_record_get_integer (visit, WATTLE_APPOINTMENT_STARTS_AT) : 0;
  g_autofree char *at = visit != NULL ? wattle_display_date_time (starts, reading->zone) : NULL;
  gint64 n;

  wattle_query_where_text (&query, WATTLE_MESSAGE_THREAD, entry->id);
  n = wattle_reader_count (reading->reader, &query, NULL);
  entry->at = wattle_record_get_integer (thread, WATTLE_THREAD_LAST_AT);
  entry->title = at != NULL ? g_strdup_printf (_("Visit of %s"), at) : g_strdup (_("Messages of a visit"));
  entry->subtitle = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%d message", "%d messages", n), (int) n);
  entry->status = phase;
  entry->pill = g_strdup (_(words[phase]));
  entry->tone = phase == WATTLE_THREAD_PHASE_OPEN ? "success" : NULL;
  if (wattle_record_get_boolean (thread, WATTLE_THREAD_NEEDS_REPLY))
    {
      g_free (entry->pill);
      entry->pill = g_strdup (_("Needs a reply"));
      entry->tone = "warning";
    }
}

/* Who it was: a person of the practice by name, the patient as such. */
static void
append_person (Reading *reading, GString *text, WattleRecord *consent, WattleFieldId field, const char *words)
{
  const char *id = wattle_record_get_string (consent, field);
  const char *name = name_of (reading, WATTLE_RECORD_USER, id);
  g_autofree char *said = name != NULL ? g_strdup_printf (words, name) : NULL;

  append (text, said);
}

static void
describe_task (Reading *reading, WattleRecord *task, WattleEntry *entry)
{
  GString *text = g_string_new (NULL);
  gint64 due = wattle_record_get_integer (task, WATTLE_TASK_DUE_DATE);
  g_autofree char *date = wattle_record_has (task, WATTLE_TASK_DUE_DATE) ? wattle_date_display (due) : NULL;
  g_autofree char *by = date != NULL ? g_strdup_printf (_("due %s"), date) : NULL;

  entry->status = wattle_record_get_integer (task, WATTLE_TASK_STATUS);
  entry->at = wattle_record_get_integer (task, WATTLE_TASK_GIVEN_AT);
  entry->title = g_strdup (wattle_record_get_string (task, WATTLE_TASK_TITLE));
  append (text, by);
  append (text, wattle_record_get_string (task, WATTLE_TASK_INSTRUCTIONS));
  if (wattle_record_has (task, WATTLE_TASK_DONE_AT))
    {
      const char *name = name_of (reading, WATTLE_RECORD_USER, wattle_record_get_string (task, WATTLE_TASK_DONE_BY));
      g_autofree char *at =
        wattle_display_date_time (wattle_record_get_integer (task, WATTLE_TASK_DONE_AT), reading->zone);
      g_autofree char *done = g_strdup_printf (_("done %s by %s"), at, name != NULL ? name : _("the patient"));

      append (text, done);
    }
  entry->subtitle = g_strdelimit (g_string_free (text, FALSE), "\n\r\t", ' ');
  entry->pill = word_of (task, WATTLE_TASK_STATUS);
  if (entry->status == WATTLE_TASK_STATUS_DONE)
    entry->tone = "success";
  else if (entry->status == WATTLE_TASK_STATUS_OPEN)
    {
      entry->tone = date != NULL && due < reading->today ? "warning" : "accent";
      entry->verb = _("Withdraw");
    }
}

static void
describe_consent (Reading *reading, WattleRecord *consent, WattleEntry *entry)
{
  static const WattleFieldId moments[WATTLE_N_CONSENT_STATUS] = {
    [WATTLE_CONSENT_STATUS_ASKED] = WATTLE_CONSENT_ASKED_AT,
    [WATTLE_CONSENT_STATUS_GIVEN] = WATTLE_CONSENT_ANSWERED_AT,
    [WATTLE_CONSENT_STATUS_DECLINED] = WATTLE_CONSENT_ANSWERED_AT,
    [WATTLE_CONSENT_STATUS_WITHDRAWN] = WATTLE_CONSENT_WITHDRAWN_AT,
  };
  static const char *const tones[WATTLE_N_CONSENT_STATUS] = { "accent", "success", "warning", "warning" };
  GString *text = g_string_new (NULL);
  g_autofree char *kind = word_of (consent, WATTLE_CONSENT_KIND);
  g_autofree char *at = NULL;

  entry->status = wattle_record_get_integer (consent, WATTLE_CONSENT_STATUS);
  entry->at = wattle_record_get_integer (consent, moments[entry->status]);
  at = wattle_display_date_time (entry->at, reading->zone);
  entry->title =
    g_strdup_printf (_("%s, version %d"), kind, (int) wattle_record_get_integer (consent, WATTLE_CONSENT_VERSION));
  append (text, at);
  if (wattle_record_has (consent, WATTLE_CONSENT_ANSWERED_HOW))
    {
      g_autofree char *how = word_of (consent, WATTLE_CONSENT_ANSWERED_HOW);

      append (text, how);
      if (wattle_record_get_integer (consent, WATTLE_CONSENT_ANSWERED_HOW) != WATTLE_CONSENT_WAY_SELF)
        append_person (reading, text, consent, WATTLE_CONSENT_ANSWERED_BY, _("entered by %s"));
    }
  else
    append_person (reading, text, consent, WATTLE_CONSENT_ASKED_BY, _("asked by %s"));
  append_person (reading, text, consent, WATTLE_CONSENT_WITHDRAWN_BY, _("withdrawal entered by %s"));
  append (text, wattle_record_get_string (consent, WATTLE_CONSENT_WITHDRAWN_REASON));
  entry->subtitle = g_string_free (text, FALSE);
  entry->pill = word_of (consent, WATTLE_CONSENT_STATUS);
  entry->tone = tones[entry->status];
  if (entry->status == WATTLE_CONSENT_STATUS_GIVEN)
    entry->verb = _("Withdraw");
  else if (entry->status == WATTLE_CONSENT_STATUS_ASKED)
    entry->verb = _("Answer");
}

static const struct
{
  WattleRecordType type;
  WattleFieldId patient;
  WattleFieldId order;
  Describe describe;
} parts[WATTLE_N_CHART_PARTS] = {
  [WATTLE_CHART_VISITS] = { WATTLE_RECORD_APPOINTMENT, WATTLE_APPOINTMENT_PATIENT, WATTLE_APPOINTMENT_STARTS_AT,
                            describe_visit },
  [WATTLE_CHART_NOTES] = { WATTLE_RECORD_PROGRESS_NOTE, WATTLE_PROGRESS_NOTE_PATIENT, WATTLE_PROGRESS_NOTE_NOTE_DATE,
                           describe_note },
  [WATTLE_CHART_PROBLEMS] = { WATTLE_RECORD_CONDITION, WATTLE_CONDITION_PATIENT, 0, describe_problem },
  [WATTLE_CHART_MEDICATIONS] = { WATTLE_RECORD_MEDICATION, WATTLE_MEDICATION_PATIENT, 0, describe_medication },
  [WATTLE_CHART_PRESCRIPTIONS] = { WATTLE_RECORD_PRESCRIPTION, WATTLE_PRESCRIPTION_PATIENT,
                                   WATTLE_PRESCRIPTION_PRESCRIBED_DATE, describe_prescription },
  [WATTLE_CHART_INVOICES] = { WATTLE_RECORD_INVOICE, WATTLE_INVOICE_PATIENT, WATTLE_INVOICE_ISSUED_DATE,
                              describe_invoice },
  [WATTLE_CHART_DOCUMENTS] = { WATTLE_RECORD_DOCUMENT, WATTLE_DOCUMENT_PATIENT, WATTLE_DOCUMENT_DOCUMENT_DATE,
                               describe_document },
  [WATTLE_CHART_RELATED] = { WATTLE_RECORD_RELATED_PERSON, WATTLE_RELATED_PERSON_PATIENT, 0, describe_related },
  [WATTLE_CHART_TASKS] = { WATTLE_RECORD_TASK, WATTLE_TASK_PATIENT, 0, describe_task },
  [WATTLE_CHART_MESSAGES] = { WATTLE_RECORD_THREAD, WATTLE_THREAD_PATIENT, WATTLE_THREAD_LAST_AT, describe_thread },
  [WATTLE_CHART_CONSENTS] = { WATTLE_RECORD_CONSENT, WATTLE_CONSENT_PATIENT, 0, describe_consent },
};

/* A draft is its author's alone; an addendum stands with the note that it adds to. */
static gboolean
is_hidden (WattleRecord *record, const WattleEntry *entry)
{
  return entry->type == WATTLE_RECORD_PROGRESS_NOTE
         && ((entry->status == WATTLE_NOTE_STATUS_DRAFT && !entry->own)
             || wattle_record_has (record, WATTLE_PROGRESS_NOTE_ADDENDUM_TO));
}

static gboolean
read_part (Reading *reading, WattleChartPart part, const char *patient, GError **error)
{
  WattleQuery query = wattle_query (parts[part].type);
  g_autoptr (GPtrArray) records = NULL;

  wattle_query_where_text (&query, parts[part].patient, patient);
  if (parts[part].order != 0)
    wattle_query_order_by (&query, parts[part].order, TRUE);
  query.limit = MAX_ROWS;
  records = wattle_reader_query (reading->reader, &query, error);
  for (guint i = 0; records != NULL && i < records->len; i++)
    {
      WattleRecord *record = g_ptr_array_index (records, i);
      WattleEntry *entry = wattle_entry_new (record);

      parts[part].describe (reading, record, entry);
      if (is_hidden (record, entry))
        wattle_entry_free (entry);
      else
        g_ptr_array_add (reading->chart->parts[part], entry);
    }
  return records != NULL;
}

static GPtrArray *
read_devices (WattleReader *reader)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_DEVICE);
  g_autoptr (GPtrArray) devices = wattle_reader_query (reader, &query, NULL);
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; devices != NULL && i < devices->len; i++)
    g_ptr_array_add (ids, g_strdup (wattle_record_id (g_ptr_array_index (devices, i))));
  return ids;
}

/**
 * wattle_chart_arguments:
 * @context: the context
 * @patient: whose
 * @parts: bit mask of WATTLE_CHART_BIT()
 *
 * Returns: (transfer floating): what wattle_chart_read() is given
 */
GVariant *
wattle_chart_arguments (WattleContext *context, const char *patient, guint parts)
{
  const WattleActor *actor = wattle_context_actor (context);

  return g_variant_new ("(sssxxu)", patient, actor != NULL && actor->practitioner != NULL ? actor->practitioner : "",
                        g_time_zone_get_identifier (wattle_context_zone (context)), wattle_context_now (context),
                        wattle_context_today (context), parts);
}

/**
 * wattle_chart_read:
 * @transaction: a reading transaction
 * @data: of wattle_chart_arguments()
 * @cancellable: (nullable): stops between two parts
 * @error: the failure
 *
 * Returns: (transfer full): a #WattleChart
 */
gpointer
wattle_chart_read (WattleTransaction *transaction, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  Reading reading = { .reader = wattle_transaction_reader (transaction), .names = names };
  const char *patient;
  const char *zone;
  guint wanted;

  g_variant_get (data, "(&s&s&sxxu)", &patient, &reading.practitioner, &zone, &reading.now, &reading.today, &wanted);
  reading.zone = wattle_zone_lookup (zone, error);
  if (reading.zone == NULL)
    return NULL;
  reading.chart = g_new0 (WattleChart, 1);
  for (guint i = 0; i < WATTLE_N_CHART_PARTS; i++)
    reading.chart->parts[i] = g_ptr_array_new_with_free_func ((GDestroyNotify) wattle_entry_free);
  reading.chart->devices =
    (wanted & WATTLE_CHART_BIT (WATTLE_CHART_NOTES)) != 0 ? read_devices (reading.reader) : g_ptr_array_new ();
  reading.chart->patient = wattle_reader_get (reading.reader, WATTLE_RECORD_PATIENT, patient, NULL);
  if (reading.chart->patient != NULL)
    reading.chart->primary = g_strdup (
      name_of (&reading, WATTLE_RECORD_PRACTITIONER,
               wattle_record_get_string (reading.chart->patient, WATTLE_PATIENT_PRIMARY_PRACTITIONER)));
  for (guint i = 0; i < WATTLE_N_CHART_PARTS; i++)
    if ((wanted & WATTLE_CHART_BIT (i)) != 0
        && (g_cancellable_set_error_if_cancelled (cancellable, error) || !read_part (&reading, i, patient, error)))
      {
        wattle_chart_free (reading.chart);
        return NULL;
      }
  return reading.chart;
}

/**
 * wattle_chart_free:
 * @self: (transfer full): what was read
 */
void
wattle_chart_free (WattleChart *self)
{
  g_clear_object (&self->patient);
  g_free (self->primary);
  for (guint i = 0; i < WATTLE_N_CHART_PARTS; i++)
    g_ptr_array_unref (self->parts[i]);
  g_ptr_array_unref (self->devices);
  g_free (self);
}

/**
 * wattle_invoice_tone:
 * @status: of an invoice
 *
 * Returns: (nullable): the style class of the word for it
 */
const char *
wattle_invoice_tone (int status)
{
  switch (status)
    {
    case WATTLE_INVOICE_STATUS_PAID:
      return "success";
    case WATTLE_INVOICE_STATUS_ISSUED:
    case WATTLE_INVOICE_STATUS_PART_PAID:
      return "warning";
    default:
      return NULL;
    }
}

/**
 * wattle_invoice_title:
 * @invoice: an invoice
 *
 * Returns: (transfer full): its number, or that the server has yet to give it one
 */
char *
wattle_invoice_title (WattleRecord *invoice)
{
  const char *number = wattle_record_get_string (invoice, WATTLE_INVOICE_NUMBER);

  return g_strdup (number != NULL ? number : _("Invoice, number to follow"));
}
