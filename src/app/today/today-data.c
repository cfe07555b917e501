/* today-data.c: what the person needs now, read from the cache in one go
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/today/today-data.h"

#include <glib/gi18n-lib.h>

#include "app/portal/portal-join.h"
#include "app/widgets/display.h"
#include "base/civil-text.h"
#include "base/civil.h"
#include "base/money.h"

typedef struct
{
  WattleReader *reader;
  WattleToday *today;
  const char *practitioner; /* (nullable): whose day; everybody's without */
  GTimeZone *zone;
  gint64 date;
  gint64 now;
  guint shown; /* rows of each list */
  GHashTable *names; /* id of a patient or practitioner to its name */
} Reading;

static void
row_free (gpointer data)
{
  WattleTodayRow *row = data;

  g_free (row->id);
  g_free (row->patient);
  g_free (row->lead);
  g_free (row->title);
  g_free (row->subtitle);
  g_free (row->pill);
  g_free (row);
}

static const char *
name_of (Reading *reading, WattleRecordType type, const char *id)
{
  g_autoptr (WattleRecord) record = NULL;
  char *name;

  if (id == NULL)
    return "";
  name = g_hash_table_lookup (reading->names, id);
  if (name != NULL)
    return name;
  record = wattle_reader_get (reading->reader, type, id, NULL);
  name = record != NULL ? wattle_display_title (record) : g_strdup (_("Not among your records"));
  g_hash_table_insert (reading->names, g_strdup (id), name);
  return name;
}

static WattleTodayRow *
row_new (Reading *reading, WattleRecord *record, WattleFieldId patient)
{
  WattleTodayRow *row = g_new0 (WattleTodayRow, 1);

  row->type = wattle_record_type (record)->id;
  row->id = g_strdup (wattle_record_id (record));
  row->patient = g_strdup (wattle_record_get_string (record, patient));
  row->title = g_strdup (name_of (reading, WATTLE_RECORD_PATIENT, row->patient));
  return row;
}

static const char *
tone_of (int status)
{
  switch (status)
    {
    case WATTLE_APPOINTMENT_STATUS_ARRIVED:
      return "success";
    case WATTLE_APPOINTMENT_STATUS_IN_VISIT:
      return "accent";
    case WATTLE_APPOINTMENT_STATUS_TENTATIVE:
    case WATTLE_APPOINTMENT_STATUS_NO_SHOW:
      return "warning";
    default:
      return NULL;
    }
}

static char *
about_visit (Reading *reading, WattleRecord *visit)
{
  const char *type = wattle_record_get_string (visit, WATTLE_APPOINTMENT_TYPE);
  const char *reason = wattle_record_get_string (visit, WATTLE_APPOINTMENT_REASON);
  int modality = wattle_record_get_integer (visit, WATTLE_APPOINTMENT_MODALITY);
  GString *text = g_string_new (NULL);

  if (type != NULL)
    g_string_append (text, name_of (reading, WATTLE_RECORD_APPOINTMENT_TYPE, type));
  if (modality != WATTLE_MODALITY_IN_PERSON)
    g_string_append_printf (text, "%s%s", text->len > 0 ? " · " : "",
                            _(wattle_enum_label (wattle_enum_find ("modality"), modality)));
  if (reading->practitioner == NULL)
    g_string_append_printf (text, "%s%s", text->len > 0 ? " · " : "",
                            name_of (reading, WATTLE_RECORD_PRACTITIONER,
                                     wattle_record_get_string (visit, WATTLE_APPOINTMENT_PRACTITIONER)));
  if (reason != NULL)
    g_string_append_printf (text, "%s%s", text->len > 0 ? " · " : "", reason);
  return g_string_free (text, FALSE);
}

/* Who waits, waits since some time. */
static char *
pill_of (Reading *reading, WattleRecord *visit, int status)
{
  g_autofree char *time = NULL;

  if (status != WATTLE_APPOINTMENT_STATUS_ARRIVED || !wattle_record_has (visit, WATTLE_APPOINTMENT_ARRIVED_AT))
    return g_strdup (_(wattle_enum_label (wattle_enum_find ("appointment_status"), status)));
  time = wattle_display_time (wattle_record_get_integer (visit, WATTLE_APPOINTMENT_ARRIVED_AT), reading->zone);
  return g_strdup_printf (_("Waits since %s"), time);
}

enum
{
  NOT_NEXT,
  COMING,
  HERE,
  IN_HAND
};

/* What a clinician began last comes first, then who is there already, then the next on the list that is not over. To
 * the desk, who is with somebody or waits already is no longer the next.
 */
static int
rank_of (const Reading *reading, const WattleTodayRow *row)
{
  gboolean is_desk = reading->practitioner == NULL;

  switch (row->status)
    {
    case WATTLE_APPOINTMENT_STATUS_IN_VISIT:
      return is_desk ? NOT_NEXT : IN_HAND;
    case WATTLE_APPOINTMENT_STATUS_ARRIVED:
      return is_desk ? NOT_NEXT : HERE;
    case WATTLE_APPOINTMENT_STATUS_TENTATIVE:
    case WATTLE_APPOINTMENT_STATUS_BOOKED:
      return row->ends_at > reading->now ? COMING : NOT_NEXT;
    default:
      return NOT_NEXT;
    }
}

static void
add_visit (Reading *reading, WattleRecord *visit)
{
  WattleToday *today = reading->today;
  WattleTodayRow *row = row_new (reading, visit, WATTLE_APPOINTMENT_PATIENT);
  gboolean waiting;
  int rank;

  row->status = wattle_record_get_integer (visit, WATTLE_APPOINTMENT_STATUS);
  row->starts_at = wattle_record_get_integer (visit, WATTLE_APPOINTMENT_STARTS_AT);
  row->ends_at = wattle_record_get_integer (visit, WATTLE_APPOINTMENT_ENDS_AT);
  row->lead = wattle_display_time (row->starts_at, reading->zone);
  row->subtitle = about_visit (reading, visit);
  if (row->status != WATTLE_APPOINTMENT_STATUS_BOOKED)
    row->pill = pill_of (reading, visit, row->status);
  row->tone = tone_of (row->status);
  row->joins = wattle_portal_can_join (visit, reading->now);
  g_ptr_array_add (today->visits, row);

  waiting = row->status == WATTLE_APPOINTMENT_STATUS_ARRIVED || row->status == WATTLE_APPOINTMENT_STATUS_TENTATIVE
            || row->status == WATTLE_APPOINTMENT_STATUS_BOOKED;
  today->arrived += row->status == WATTLE_APPOINTMENT_STATUS_ARRIVED;
  today->coming += waiting;
  rank = rank_of (reading, row);
  if (rank == IN_HAND || rank > (today->next != NULL ? rank_of (reading, today->next) : NOT_NEXT))
    today->next = row;
}

static gboolean
read_visits (Reading *reading, GError **error)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_APPOINTMENT);
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (WattleRecord) later = NULL;
  gint64 start;
  gint64 end;

  wattle_zone_day_bounds (reading->zone, reading->date, &start, &end);
  if (reading->practitioner != NULL)
    wattle_query_where_text (&query, WATTLE_APPOINTMENT_PRACTITIONER, reading->practitioner);
  wattle_query_where (&query, WATTLE_APPOINTMENT_STARTS_AT, WATTLE_COMPARE_AT_LEAST, start);
  wattle_query_where (&query, WATTLE_APPOINTMENT_STARTS_AT, WATTLE_COMPARE_LESS, end);
  wattle_query_where (&query, WATTLE_APPOINTMENT_STATUS, WATTLE_COMPARE_ONE_OF,
                      ~(1 << WATTLE_APPOINTMENT_STATUS_CANCELLED) & ((1 << WATTLE_N_APPOINTMENT_STATUS) - 1));
  wattle_query_order_by (&query, WATTLE_APPOINTMENT_STARTS_AT, FALSE);
  found = wattle_reader_query (reading->reader, &query, error);
  if (found == NULL)
    return FALSE;
  for (guint i = 0; i < found->len; i++)
    add_visit (reading, g_ptr_array_index (found, i));

  query = wattle_query (WATTLE_RECORD_APPOINTMENT);
  if (reading->practitioner != NULL)
    wattle_query_where_text (&query, WATTLE_APPOINTMENT_PRACTITIONER, reading->practitioner);
  wattle_query_where (&query, WATTLE_APPOINTMENT_STARTS_AT, WATTLE_COMPARE_AT_LEAST, end);
  wattle_query_where (&query, WATTLE_APPOINTMENT_STATUS, WATTLE_COMPARE_EQUAL, WATTLE_APPOINTMENT_STATUS_BOOKED);
  wattle_query_order_by (&query, WATTLE_APPOINTMENT_STARTS_AT, FALSE);
  query.limit = 1;
  later = wattle_reader_find (reading->reader, &query, NULL);
  if (later != NULL)
    reading->today->next_day = wattle_display_date_time (
      wattle_record_get_integer (later, WATTLE_APPOINTMENT_STARTS_AT), reading->zone);
  return TRUE;
}

static gboolean
read_notes (Reading *reading, GError **error)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_PROGRESS_NOTE);
  g_autoptr (GPtrArray) found = NULL;

  if (reading->practitioner == NULL)
    return TRUE;
  wattle_query_where_text (&query, WATTLE_PROGRESS_NOTE_AUTHOR, reading->practitioner);
  wattle_query_where (&query, WATTLE_PROGRESS_NOTE_STATUS, WATTLE_COMPARE_EQUAL, WATTLE_NOTE_STATUS_DRAFT);
  wattle_query_order_by (&query, WATTLE_PROGRESS_NOTE_NOTE_DATE, FALSE);
  reading->today->n_notes = wattle_reader_count (reading->reader, &query, error);
  if (reading->today->n_notes < 0)
    return FALSE;
  query.limit = reading->shown;
  found = wattle_reader_query (reading->reader, &query, error);
  if (found == NULL)
    return FALSE;
  for (guint i = 0; i < found->len; i++)
    {
      WattleRecord *note = g_ptr_array_index (found, i);
      WattleTodayRow *row = row_new (reading, note, WATTLE_PROGRESS_NOTE_PATIENT);
      g_autofree char *day = wattle_display_day (wattle_record_get_integer (note, WATTLE_PROGRESS_NOTE_NOTE_DATE),
                                                 reading->date);

      row->subtitle = g_strdup_printf (_("Draft · %s"), day);
      g_ptr_array_add (reading->today->notes, row);
    }
  return TRUE;
}

static void
add_invoice (Reading *reading, WattleRecord *invoice)
{
  WattleTodayRow *row = row_new (reading, invoice, WATTLE_INVOICE_PATIENT);
  const char *number = wattle_record_get_string (invoice, WATTLE_INVOICE_NUMBER);
  gint64 due = wattle_record_get_integer (invoice, WATTLE_INVOICE_DUE_DATE);
  g_autofree char *date = wattle_date_display_numeric (due);
  gboolean overdue = wattle_record_has (invoice, WATTLE_INVOICE_DUE_DATE) && due < reading->date;

  row->subtitle = g_strdup_printf (overdue ? _("%s · overdue since %s") : _("%s · due %s"),
                                   number != NULL ? number : _("No number yet"), date);
  row->pill = wattle_money_format (wattle_record_get_integer (invoice, WATTLE_INVOICE_BALANCE));
  row->tone = overdue ? "warning" : NULL;
  g_ptr_array_add (reading->today->invoices, row);
}

static gboolean
read_invoices (Reading *reading, GError **error)
{
  WattleToday *today = reading->today;
  WattleQuery query = wattle_query (WATTLE_RECORD_INVOICE);
  g_autoptr (GPtrArray) found = NULL;

  if (reading->practitioner != NULL)
    wattle_query_where_text (&query, WATTLE_INVOICE_PRACTITIONER, reading->practitioner);
  wattle_query_where (&query, WATTLE_INVOICE_STATUS, WATTLE_COMPARE_ONE_OF,
                      (1 << WATTLE_INVOICE_STATUS_ISSUED) | (1 << WATTLE_INVOICE_STATUS_PART_PAID));
  wattle_query_order_by (&query, WATTLE_INVOICE_DUE_DATE, FALSE);
  today->n_invoices = wattle_reader_count (reading->reader, &query, error);
  if (today->n_invoices < 0)
    return FALSE;
  /* Few enough are added up on the way; a practice that is owed on more has a report for it. */
  query.limit = today->n_invoices <= WATTLE_TODAY_ALL ? WATTLE_TODAY_ALL : reading->shown;
  found = wattle_reader_query (reading->reader, &query, error);
  if (found == NULL)
    return FALSE;
  today->owed = today->n_invoices <= WATTLE_TODAY_ALL ? 0 : -1;
  for (guint i = 0; i < found->len; i++)
    {
      if (i < reading->shown)
        add_invoice (reading, g_ptr_array_index (found, i));
      if (today->owed >= 0)
        today->owed += wattle_record_get_integer (g_ptr_array_index (found, i), WATTLE_INVOICE_BALANCE);
    }
  return TRUE;
}

/**
 * wattle_today_arguments:
 * @actor: who asks
 * @zone: IANA zone of the practice
 * @shown: rows of notes and of invoices to show; the rest is counted
 *
 * Returns: (transfer floating): what wattle_today_read() wants: a clinician sees
 * the own day, everybody else that of the practice
 */
GVariant *
wattle_today_arguments (const WattleActor *actor, const char *zone, guint shown)
{
  const char *practitioner = actor->role == WATTLE_ROLE_CLINICIAN ? actor->practitioner : NULL;

  return g_variant_new ("(mssu)", practitioner, zone, shown);
}

/**
 * wattle_today_read:
 * @transaction: a read transaction
 * @arguments: from wattle_today_arguments()
 * @cancellable: polled between questions
 * @error: the failure
 *
 * Returns: (transfer full): a WattleToday
 */
gpointer
wattle_today_read (WattleTransaction *transaction, gpointer arguments, GCancellable *cancellable, GError **error)
{
  g_autoptr (WattleToday) today = g_new0 (WattleToday, 1);
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  Reading reading = { .reader = wattle_transaction_reader (transaction), .today = today, .now = wattle_clock_now (),
                      .names = names };
  const char *zone;

  today->visits = g_ptr_array_new_with_free_func (row_free);
  today->notes = g_ptr_array_new_with_free_func (row_free);
  today->invoices = g_ptr_array_new_with_free_func (row_free);
  g_variant_get (arguments, "(m&s&su)", &reading.practitioner, &zone, &reading.shown);
  reading.zone = wattle_zone_lookup (zone, error);
  if (reading.zone == NULL)
    return NULL;
  wattle_zone_to_local (reading.now, reading.zone, &reading.date, NULL, NULL);
  if (!read_visits (&reading, error) || g_cancellable_set_error_if_cancelled (cancellable, error)
      || !read_notes (&reading, error) || !read_invoices (&reading, error))
    return NULL;
  return g_steal_pointer (&today);
}

/**
 * wattle_today_free:
 * @self: (transfer full): what was read
 */
void
wattle_today_free (WattleToday *self)
{
  g_clear_pointer (&self->visits, g_ptr_array_unref);
  g_clear_pointer (&self->notes, g_ptr_array_unref);
  g_clear_pointer (&self->invoices, g_ptr_array_unref);
  g_free (self->next_day);
  g_free (self);
}
