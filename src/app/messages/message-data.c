/* message-data.c: conversations as they are shown, read from the cache in one go
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/messages/message-data.h"

#include <glib/gi18n-lib.h>

#include "app/widgets/display.h"
#include "base/civil-text.h"
#include "base/civil.h"
#include "base/clock.h"

#define MAX_THREADS 500
#define MAX_HITS 200
#define SNIPPET 120

typedef struct
{
  WattleTransaction *transaction;
  WattleReader *reader;
  GTimeZone *zone;
  const char *user;
  const char *practitioner; /* (nullable) */
  gboolean is_patient;
  gint64 now;
  gint64 today;
} Reading;

static gboolean
begin (Reading *self, WattleTransaction *transaction, GVariant *arguments, GError **error)
{
  const char *zone;

  self->transaction = transaction;
  self->reader = wattle_transaction_reader (transaction);
  self->now = wattle_clock_now ();
  g_variant_get (arguments, "(&sm&sb&s)", &self->user, &self->practitioner, &self->is_patient, &zone);
  self->zone = wattle_zone_lookup (zone, error);
  if (self->zone == NULL)
    return FALSE;
  wattle_zone_to_local (self->now, self->zone, &self->today, NULL, NULL);
  return TRUE;
}

static GVariant *
person (WattleContext *context)
{
  const WattleActor *actor = wattle_context_actor (context);

  return g_variant_new ("(smsbs)", actor->user, actor->role == WATTLE_ROLE_CLINICIAN ? actor->practitioner : NULL,
                        actor->role == WATTLE_ROLE_PATIENT, g_time_zone_get_identifier (wattle_context_zone (context)));
}

static char *
title_of (Reading *self, WattleRecordType type, const char *id)
{
  g_autoptr (WattleRecord) record = id != NULL ? wattle_reader_get (self->reader, type, id, NULL) : NULL;

  return record != NULL ? wattle_display_title (record) : NULL;
}

static char *
name_of_other (Reading *self, WattleRecord *thread, WattleRecord *visit)
{
  const char *patient = thread != NULL ? wattle_record_get_string (thread, WATTLE_THREAD_PATIENT)
                                       : wattle_record_get_string (visit, WATTLE_APPOINTMENT_PATIENT);
  const char *practitioner = thread != NULL ? wattle_record_get_string (thread, WATTLE_THREAD_PRACTITIONER)
                                            : wattle_record_get_string (visit, WATTLE_APPOINTMENT_PRACTITIONER);
  const char *kept = thread != NULL ? wattle_record_get_string (thread, WATTLE_THREAD_PRACTITIONER_NAME) : NULL;
  g_autofree char *name = NULL;

  if (!self->is_patient)
    {
      name = title_of (self, WATTLE_RECORD_PATIENT, patient);
      return name != NULL ? g_steal_pointer (&name) : g_strdup (_("Not among your records"));
    }
  name = kept != NULL ? g_strdup (kept) : title_of (self, WATTLE_RECORD_PRACTITIONER, practitioner);
  return name != NULL ? g_steal_pointer (&name) : g_strdup (_("Your practitioner"));
}

static gboolean
is_staff (WattleRecord *thread)
{
  return thread != NULL && wattle_record_get_integer (thread, WATTLE_THREAD_KIND) == WATTLE_THREAD_KIND_STAFF;
}

static char *
names_of_members (Reading *self, WattleRecord *thread)
{
  g_auto (GStrv) members = wattle_thread_members (thread);
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_auto (GStrv) all = NULL;

  for (guint i = 0; members[i] != NULL; i++)
    {
      g_autofree char *name
        = g_str_equal (members[i], self->user) ? g_strdup (_("you")) : title_of (self, WATTLE_RECORD_USER, members[i]);

      if (name != NULL)
        g_strv_builder_add (names, name);
    }
  all = g_strv_builder_end (names);
  return g_strjoinv (", ", all);
}

static gint64
read_upto (Reading *self, const char *thread)
{
  g_autofree char *id = wattle_thread_mark_id (thread, self->user);
  g_autoptr (WattleRecord) mark = wattle_reader_get (self->reader, WATTLE_RECORD_THREAD_MARK, id, NULL);

  return mark != NULL ? wattle_record_get_integer (mark, WATTLE_THREAD_MARK_READ_UPTO) : 0;
}

static guint
count_unread (Reading *self, WattleRecord *thread)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_MESSAGE);
  gint64 upto = read_upto (self, wattle_record_id (thread));
  g_autoptr (GPtrArray) found = NULL;
  guint n = 0;

  if (wattle_record_get_integer (thread, WATTLE_THREAD_LAST_AT) <= upto)
    return 0;
  wattle_query_where_text (&query, WATTLE_MESSAGE_THREAD, wattle_record_id (thread));
  wattle_query_where (&query, WATTLE_MESSAGE_SENT_AT, WATTLE_COMPARE_GREATER, upto);
  wattle_query_where (&query, WATTLE_MESSAGE_STATUS, WATTLE_COMPARE_EQUAL, WATTLE_MESSAGE_STATUS_SENT);
  found = wattle_reader_query (self->reader, &query, NULL);
  for (guint i = 0; found != NULL && i < found->len; i++)
    n += g_strcmp0 (wattle_record_get_string (found->pdata[i], WATTLE_MESSAGE_AUTHOR), self->user) != 0;
  return n;
}

/* The first line of what was said last, or of what was found. */
static char *
snippet_of (WattleRecord *message)
{
  const char *body = wattle_record_get_string (message, WATTLE_MESSAGE_BODY);
  g_autofree char *line = NULL;

  if (wattle_record_get_integer (message, WATTLE_MESSAGE_STATUS) == WATTLE_MESSAGE_STATUS_WITHDRAWN)
    return g_strdup (_("A message was withdrawn"));
  if (wattle_record_get_integer (message, WATTLE_MESSAGE_KIND) == WATTLE_MESSAGE_KIND_INSPECTED)
    return g_strdup (_("An administrator read this conversation"));
  if (body == NULL)
    return g_strdup (_("A file"));
  line = g_utf8_substring (body, 0, MIN (g_utf8_strlen (body, -1), SNIPPET));
  return g_strdelimit (g_steal_pointer (&line), "\n\r\t", ' ');
}

static WattleRecord *
last_message (Reading *self, const char *thread)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_MESSAGE);

  wattle_query_where_text (&query, WATTLE_MESSAGE_THREAD, thread);
  wattle_query_order_by (&query, WATTLE_MESSAGE_SENT_AT, TRUE);
  return wattle_reader_find (self->reader, &query, NULL);
}

static char *
moment (Reading *self, gint64 instant)
{
  gint64 date;

  wattle_zone_to_local (instant, self->zone, &date, NULL, NULL);
  if (date == self->today)
    return wattle_display_time (instant, self->zone);
  /* Beside the name there is no room for a date in words. */
  return ABS (date - self->today) == 1 ? wattle_display_day (date, self->today) : wattle_date_display_numeric (date);
}

static WattleEntry *
thread_entry (Reading *self, WattleRecord *thread, WattleRecord *found)
{
  WattleEntry *entry = wattle_entry_new (thread);
  g_autoptr (WattleRecord) last = found != NULL ? g_object_ref (found) : last_message (self, entry->id);
  guint unread = count_unread (self, thread);

  entry->title = is_staff (thread) ? g_strdup (wattle_record_get_string (thread, WATTLE_THREAD_SUBJECT))
                                   : name_of_other (self, thread, NULL);
  entry->subtitle = last != NULL ? snippet_of (last) : g_strdup (_("No messages yet"));
  entry->at = last != NULL ? wattle_record_get_integer (last, WATTLE_MESSAGE_SENT_AT)
                           : wattle_record_get_integer (thread, WATTLE_THREAD_LAST_AT);
  entry->detail = moment (self, entry->at);
  entry->status = (int) unread;
  if (unread > 0)
    {
      entry->pill = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u new", "%u new", unread), unread);
      entry->tone = "accent";
    }
  else if (!self->is_patient && wattle_record_get_boolean (thread, WATTLE_THREAD_NEEDS_REPLY))
    {
      entry->pill = g_strdup (_("Needs a reply"));
      entry->tone = "warning";
    }
  return entry;
}

static gboolean
is_wanted (Reading *self, WattleRecord *thread, WattleThreadFilter filter)
{
  WattleThreadPhase phase = wattle_thread_phase (self->reader, thread, self->now);

  switch (filter)
    {
    case WATTLE_THREADS_NEED_REPLY:
      return wattle_record_get_boolean (thread, WATTLE_THREAD_NEEDS_REPLY);
    case WATTLE_THREADS_ARCHIVED:
      return phase == WATTLE_THREAD_PHASE_ARCHIVED;
    default:
      /* A patient has one list of few. */
      return self->is_patient || phase != WATTLE_THREAD_PHASE_ARCHIVED;
    }
}

/* Visits of which nobody has written yet and whose messages are open. */
static void
add_visits (Reading *self, WattleThreads *threads)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_APPOINTMENT);
  g_autoptr (GPtrArray) visits = NULL;

  if (!self->is_patient && self->practitioner == NULL)
    return;
  if (self->practitioner != NULL)
    wattle_query_where_text (&query, WATTLE_APPOINTMENT_PRACTITIONER, self->practitioner);
  wattle_query_where (&query, WATTLE_APPOINTMENT_STARTS_AT, WATTLE_COMPARE_AT_LEAST, self->now - WATTLE_DAY);
  wattle_query_where (&query, WATTLE_APPOINTMENT_STARTS_AT, WATTLE_COMPARE_LESS, self->now + WATTLE_DAY);
  visits = wattle_reader_query (self->reader, &query, NULL);
  for (guint i = 0; visits != NULL && i < visits->len; i++)
    {
      WattleRecord *visit = visits->pdata[i];
      g_autofree char *id = wattle_thread_id_of_visit (visit);
      g_autoptr (WattleRecord) thread = wattle_reader_get (self->reader, WATTLE_RECORD_THREAD, id, NULL);
      WattleEntry *entry;

      if (thread != NULL || !wattle_record_has (visit, WATTLE_APPOINTMENT_PATIENT)
          || wattle_thread_phase_of_visit (self->reader, visit, self->now) != WATTLE_THREAD_PHASE_OPEN)
        continue;
      entry = wattle_entry_new (visit);
      entry->title = name_of_other (self, NULL, visit);
      entry->at = wattle_record_get_integer (visit, WATTLE_APPOINTMENT_STARTS_AT);
      entry->detail = moment (self, entry->at);
      entry->subtitle = g_strdup (_("Visit · nobody has written yet"));
      g_ptr_array_add (threads->entries, entry);
    }
}

static gint
compare_entries (gconstpointer a, gconstpointer b)
{
  const WattleEntry *one = *(const WattleEntry *const *) a;
  const WattleEntry *other = *(const WattleEntry *const *) b;

  return (one->at < other->at) - (one->at > other->at);
}

/* Messages of a day, when a date was typed. */
static GPtrArray *
messages_of_day (Reading *self, gint64 date, GError **error)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_MESSAGE);
  gint64 start, end;

  wattle_zone_day_bounds (self->zone, date, &start, &end);
  wattle_query_where (&query, WATTLE_MESSAGE_SENT_AT, WATTLE_COMPARE_AT_LEAST, start);
  wattle_query_where (&query, WATTLE_MESSAGE_SENT_AT, WATTLE_COMPARE_LESS, end);
  wattle_query_order_by (&query, WATTLE_MESSAGE_SENT_AT, TRUE);
  query.limit = MAX_HITS;
  return wattle_reader_query (self->reader, &query, error);
}

static GPtrArray *
messages_with_words (Reading *self, const char *typed, GError **error)
{
  g_autoptr (GPtrArray) hits
    = wattle_transaction_search (self->transaction, WATTLE_TYPE_BIT (WATTLE_RECORD_MESSAGE), typed, MAX_HITS, error);
  GPtrArray *messages;

  if (hits == NULL)
    return NULL;
  messages = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < hits->len; i++)
    {
      WattleRecord *message = ((WattleSearchHit *) hits->pdata[i])->record;

      if (wattle_record_get_integer (message, WATTLE_MESSAGE_STATUS) == WATTLE_MESSAGE_STATUS_SENT)
        g_ptr_array_add (messages, g_object_ref (message));
    }
  return messages;
}

static gboolean
add_found (Reading *self, WattleThreads *threads, const char *typed, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) messages = NULL;
  gint64 date;

  messages = wattle_date_parse_typed (typed, self->today, &date, NULL) ? messages_of_day (self, date, error)
                                                                       : messages_with_words (self, typed, error);
  if (messages == NULL)
    return FALSE;
  for (guint i = 0; i < messages->len; i++)
    {
      const char *id = wattle_record_get_string (messages->pdata[i], WATTLE_MESSAGE_THREAD);
      g_autoptr (WattleRecord) thread = NULL;

      if (!g_hash_table_add (seen, (gpointer) id))
        continue;
      thread = wattle_reader_get (self->reader, WATTLE_RECORD_THREAD, id, NULL);
      if (thread != NULL)
        g_ptr_array_add (threads->entries, thread_entry (self, thread, messages->pdata[i]));
    }
  return TRUE;
}

static gboolean
add_threads (Reading *self, WattleThreads *threads, WattleThreadFilter filter, gboolean listed, GError **error)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_THREAD);
  g_autoptr (GPtrArray) found = NULL;

  wattle_query_order_by (&query, WATTLE_THREAD_LAST_AT, TRUE);
  query.limit = MAX_THREADS;
  found = wattle_reader_query (self->reader, &query, error);
  for (guint i = 0; found != NULL && i < found->len; i++)
    {
      WattleRecord *thread = found->pdata[i];

      threads->unread += count_unread (self, thread);
      threads->n_need_reply += wattle_record_get_boolean (thread, WATTLE_THREAD_NEEDS_REPLY);
      if (listed && is_wanted (self, thread, filter))
        g_ptr_array_add (threads->entries, thread_entry (self, thread, NULL));
    }
  return found != NULL;
}

/**
 * wattle_threads_arguments:
 * @context: the context
 * @filter: which conversations
 * @typed: (nullable): words or a date to look for in all of them
 *
 * Returns: (transfer floating): what wattle_threads_read() wants
 */
GVariant *
wattle_threads_arguments (WattleContext *context, WattleThreadFilter filter, const char *typed)
{
  return g_variant_new ("(@(smsbs)us)", person (context), filter, typed != NULL ? typed : "");
}

/**
 * wattle_threads_read:
 * @transaction: a read transaction
 * @arguments: from wattle_threads_arguments()
 * @cancellable: polled between conversations
 * @error: the failure
 *
 * Returns: (transfer full): a WattleThreads
 */
gpointer
wattle_threads_read (WattleTransaction *transaction, gpointer arguments, GCancellable *cancellable, GError **error)
{
  g_autoptr (WattleThreads) threads = g_new0 (WattleThreads, 1);
  g_autoptr (GVariant) who = NULL;
  Reading reading = { 0 };
  const char *typed;
  guint filter;
  gboolean searching;

  threads->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) wattle_entry_free);
  g_variant_get (arguments, "(@(smsbs)u&s)", &who, &filter, &typed);
  searching = *typed != '\0';
  if (!begin (&reading, transaction, who, error) || !add_threads (&reading, threads, filter, !searching, error)
      || (searching && !add_found (&reading, threads, typed, error)))
    return NULL;
  if (!searching && filter == WATTLE_THREADS_CURRENT)
    add_visits (&reading, threads);
  g_ptr_array_sort (threads->entries, compare_entries);
  return g_steal_pointer (&threads);
}

void
wattle_threads_free (WattleThreads *self)
{
  g_clear_pointer (&self->entries, g_ptr_array_unref);
  g_free (self);
}

/**
 * wattle_conversation_arguments:
 * @context: the context
 * @type: %WATTLE_RECORD_THREAD, or %WATTLE_RECORD_APPOINTMENT for the conversation of a visit
 * @id: its id; what is no conversation's is taken for that of a visit
 * @shown: how many of the newest messages
 *
 * Returns: (transfer floating): what wattle_conversation_read() wants
 */
GVariant *
wattle_conversation_arguments (WattleContext *context, WattleRecordType type, const char *id, guint shown)
{
  return g_variant_new ("(@(smsbs)usu)", person (context), type, id, shown);
}

static gboolean
find_thread (Reading *self, WattleConversation *conversation, WattleRecordType type, const char *id, GError **error)
{
  g_autofree char *of_visit = NULL;

  if (type == WATTLE_RECORD_APPOINTMENT)
    {
      conversation->visit = wattle_reader_get (self->reader, type, id, error);
      if (conversation->visit == NULL)
        return FALSE;
      of_visit = wattle_thread_id_of_visit (conversation->visit);
      conversation->thread = wattle_reader_get (self->reader, WATTLE_RECORD_THREAD, of_visit, NULL);
      return TRUE;
    }
  conversation->thread = wattle_reader_get (self->reader, WATTLE_RECORD_THREAD, id, NULL);
  if (conversation->thread == NULL)
    return find_thread (self, conversation, WATTLE_RECORD_APPOINTMENT, id, error);
  if (!is_staff (conversation->thread))
    conversation->visit
      = wattle_reader_get (self->reader, WATTLE_RECORD_APPOINTMENT,
                           wattle_record_get_string (conversation->thread, WATTLE_THREAD_APPOINTMENT), NULL);
  return TRUE;
}

static void
describe (Reading *self, WattleConversation *conversation)
{
  WattleRecord *thread = conversation->thread;
  WattleRecord *visit = conversation->visit;
  g_autofree char *at = NULL;

  if (is_staff (thread))
    {
      conversation->title = g_strdup (wattle_record_get_string (thread, WATTLE_THREAD_SUBJECT));
      conversation->subtitle = names_of_members (self, thread);
      conversation->phase = WATTLE_THREAD_PHASE_OPEN;
      return;
    }
  conversation->title = name_of_other (self, thread, visit);
  conversation->phase = thread != NULL ? wattle_thread_phase (self->reader, thread, self->now)
                                       : wattle_thread_phase_of_visit (self->reader, visit, self->now);
  if (visit == NULL)
    return;
  at = wattle_display_date_time (wattle_record_get_integer (visit, WATTLE_APPOINTMENT_STARTS_AT), self->zone);
  conversation->subtitle = g_strdup_printf (_("Visit of %s"), at);
  conversation->opens_at = wattle_record_get_integer (visit, WATTLE_APPOINTMENT_STARTS_AT) - 15 * WATTLE_MINUTE;
}

static gboolean
read_messages (Reading *self, WattleConversation *conversation, guint shown, GError **error)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_MESSAGE);
  WattleQuery marks = wattle_query (WATTLE_RECORD_THREAD_MARK);
  g_autoptr (GPtrArray) found = NULL;
  const char *id = wattle_record_id (conversation->thread);

  wattle_query_where_text (&query, WATTLE_MESSAGE_THREAD, id);
  conversation->n_messages = wattle_reader_count (self->reader, &query, error);
  wattle_query_order_by (&query, WATTLE_MESSAGE_SENT_AT, TRUE);
  query.limit = shown;
  found = wattle_reader_query (self->reader, &query, error);
  for (guint i = found != NULL ? found->len : 0; i > 0; i--)
    {
      WattleRecord *message = found->pdata[i - 1];
      const char *file = wattle_record_get_string (message, WATTLE_MESSAGE_DOCUMENT);
      WattleRecord *document = file != NULL ? wattle_reader_get (self->reader, WATTLE_RECORD_DOCUMENT, file, NULL)
                                            : NULL;

      if (document != NULL)
        g_hash_table_insert (conversation->documents, g_strdup (file), document);
      g_ptr_array_add (conversation->messages, g_object_ref (message));
    }
  wattle_query_where_text (&marks, WATTLE_THREAD_MARK_THREAD, id);
  g_clear_pointer (&conversation->marks, g_ptr_array_unref);
  conversation->marks = wattle_reader_query (self->reader, &marks, error);
  conversation->read_upto = read_upto (self, id);
  return found != NULL && conversation->marks != NULL;
}

/**
 * wattle_conversation_read:
 * @transaction: a read transaction
 * @arguments: from wattle_conversation_arguments()
 * @cancellable: unused
 * @error: the failure
 *
 * Returns: (transfer full): a WattleConversation
 */
gpointer
wattle_conversation_read (WattleTransaction *transaction, gpointer arguments, GCancellable *cancellable,
                          GError **error)
{
  g_autoptr (WattleConversation) conversation = g_new0 (WattleConversation, 1);
  g_autoptr (GVariant) who = NULL;
  WattleQuery templates = wattle_query (WATTLE_RECORD_MESSAGE_TEMPLATE);
  Reading reading = { 0 };
  const char *id;
  guint type, shown;

  conversation->messages = g_ptr_array_new_with_free_func (g_object_unref);
  conversation->documents = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  g_variant_get (arguments, "(@(smsbs)u&su)", &who, &type, &id, &shown);
  if (!begin (&reading, transaction, who, error) || !find_thread (&reading, conversation, type, id, error))
    return NULL;
  describe (&reading, conversation);
  conversation->templates = wattle_reader_query (reading.reader, &templates, error);
  if (conversation->templates == NULL
      || (conversation->thread != NULL && !read_messages (&reading, conversation, shown, error)))
    return NULL;
  return g_steal_pointer (&conversation);
}

void
wattle_conversation_free (WattleConversation *self)
{
  g_clear_object (&self->thread);
  g_clear_object (&self->visit);
  g_free (self->title);
  g_free (self->subtitle);
  g_clear_pointer (&self->messages, g_ptr_array_unref);
  g_clear_pointer (&self->marks, g_ptr_array_unref);
  g_clear_pointer (&self->templates, g_ptr_array_unref);
  g_clear_pointer (&self->documents, g_hash_table_unref);
  g_free (self);
}
