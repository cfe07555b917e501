/* acts.c: what people do: at random, on what their own screen shows
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "world.h"

#include <string.h>

#include "base/civil.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "domain/note.h"

#define TRIES 5
#define SLOTS 24 /* half hours in which visits are booked, so that people get in each other's way */

/* NULL when there is nothing to do it with. */
typedef char *(*Make) (SimClient *self, WattleReader *reader, const char *marker);

typedef struct
{
  const char *name;
  Make make;
  guint weight;
  guint roles;
} Act;

#define CLINICIAN (1u << WATTLE_ROLE_CLINICIAN)
#define RECEPTION (1u << WATTLE_ROLE_RECEPTION)
#define MANAGER (1u << WATTLE_ROLE_MANAGER)
#define DESK (CLINICIAN | RECEPTION | MANAGER)

static WattleRecord *
pick (SimClient *self, WattleReader *reader, WattleQuery *query)
{
  g_autoptr (GPtrArray) found = wattle_reader_query (reader, query, NULL);

  return found != NULL && found->len > 0 ? g_object_ref (found->pdata[sim_chance (self->world, found->len)]) : NULL;
}

static WattleRecord *
pick_any (SimClient *self, WattleReader *reader, WattleRecordType type)
{
  WattleQuery query = wattle_query (type);

  return pick (self, reader, &query);
}

static char *
make_patient (SimClient *self, WattleReader *reader, const char *marker)
{
  g_autoptr (WattleRecord) practitioner = pick_any (self, reader, WATTLE_RECORD_PRACTITIONER);
  g_autofree char *id = wattle_id_new ();

  if (practitioner == NULL)
    return NULL;
  return g_strdup_printf ("{\"record\":{\"type\":\"patient\",\"id\":\"%s\",\"given_names\":\"%s\",\"family_name\":"
                          "\"Example\",\"status\":\"active\",\"primary_practitioner\":\"%s\"}}",
                          id, marker, wattle_record_id (practitioner));
}

static char *
json_of (WattleRecord *record, WattleFieldId field)
{
  const char *text = wattle_record_get_string (record, field);

  return text != NULL ? g_strdup_printf ("\"%s\"", text) : g_strdup ("null");
}

static char *
change_patient (SimClient *self, WattleReader *reader, const char *marker)
{
  static const WattleFieldId fields[] = { WATTLE_PATIENT_ALERT, WATTLE_PATIENT_SUBURB, WATTLE_PATIENT_PREFERRED_NAME };
  g_autoptr (WattleRecord) patient = pick_any (self, reader, WATTLE_RECORD_PATIENT);
  WattleFieldId field = fields[sim_chance (self->world, G_N_ELEMENTS (fields))];
  g_autofree char *old = patient != NULL ? json_of (patient, field) : NULL;

  if (patient == NULL)
    return NULL;
  return g_strdup_printf ("{\"type\":\"patient\",\"id\":\"%s\",\"changes\":{\"%s\":{\"old\":%s,\"new\":\"%s\"}}}",
                          wattle_record_id (patient), wattle_field_get (field)->name, old, marker);
}

/* Another clinician cares for the patient from now on: one gains the chart, one loses it. */
static char *
hand_over (SimClient *self, WattleReader *reader, const char *marker)
{
  g_autoptr (WattleRecord) patient = pick_any (self, reader, WATTLE_RECORD_PATIENT);
  g_autoptr (WattleRecord) practitioner = pick_any (self, reader, WATTLE_RECORD_PRACTITIONER);
  g_autofree char *old = patient != NULL ? json_of (patient, WATTLE_PATIENT_PRIMARY_PRACTITIONER) : NULL;
  g_autofree char *name = patient != NULL ? json_of (patient, WATTLE_PATIENT_PREFERRED_NAME) : NULL;

  if (patient == NULL || practitioner == NULL)
    return NULL;
  return g_strdup_printf (
    "{\"type\":\"patient\",\"id\":\"%s\",\"changes\":{\"primary_practitioner\":{\"old\":%s,\"new\":\"%s\"},"
    "\"preferred_name\":{\"old\":%s,\"new\":\"%s\"}}}",
    wattle_record_id (patient), old, wattle_record_id (practitioner), name, marker);
}

static void
print_slot (SimClient *self, char *starts, char *ends)
{
  gint64 day = self->world->now / WATTLE_DAY * WATTLE_DAY + WATTLE_DAY + 22 * WATTLE_HOUR;
  gint64 start = day + sim_chance (self->world, SLOTS) * 30 * WATTLE_MINUTE;

  wattle_instant_print (start, starts);
  wattle_instant_print (start + (1 + sim_chance (self->world, 2)) * 30 * WATTLE_MINUTE, ends);
}

static char *
book (SimClient *self, WattleReader *reader, const char *marker)
{
  g_autoptr (WattleRecord) patient = pick_any (self, reader, WATTLE_RECORD_PATIENT);
  g_autoptr (WattleRecord) practitioner = pick_any (self, reader, WATTLE_RECORD_PRACTITIONER);
  g_autoptr (WattleRecord) location = pick_any (self, reader, WATTLE_RECORD_LOCATION);
  g_autofree char *id = wattle_id_new ();
  char starts[WATTLE_INSTANT_SIZE], ends[WATTLE_INSTANT_SIZE];

  if (patient == NULL || practitioner == NULL || location == NULL)
    return NULL;
  print_slot (self, starts, ends);
  return g_strdup_printf (
    "{\"appointment\":{\"type\":\"appointment\",\"id\":\"%s\",\"patient\":\"%s\",\"practitioner\":\"%s\","
    "\"location\":\"%s\",\"modality\":\"in_person\",\"status\":\"booked\",\"zone\":\"Australia/Sydney\","
    "\"starts_at\":\"%s\",\"ends_at\":\"%s\",\"reason\":\"%s\"}}",
    id, wattle_record_id (patient), wattle_record_id (practitioner), wattle_record_id (location), starts, ends, marker);
}

static char *
move (SimClient *self, WattleReader *reader, const char *marker)
{
  g_autoptr (WattleRecord) visit = pick_any (self, reader, WATTLE_RECORD_APPOINTMENT);
  char starts[WATTLE_INSTANT_SIZE], ends[WATTLE_INSTANT_SIZE];

  if (visit == NULL)
    return NULL;
  print_slot (self, starts, ends);
  return g_strdup_printf ("{\"id\":\"%s\",\"starts_at\":\"%s\",\"ends_at\":\"%s\",\"room\":\"%s\"}",
                          wattle_record_id (visit), starts, ends, marker);
}

static char *
cancel (SimClient *self, WattleReader *reader, const char *marker)
{
  g_autoptr (WattleRecord) visit = pick_any (self, reader, WATTLE_RECORD_APPOINTMENT);

  return visit != NULL ? g_strdup_printf ("{\"id\":\"%s\",\"reason\":\"patient\",\"note\":\"%s\"}",
                                          wattle_record_id (visit), marker)
                       : NULL;
}

static char *
arrive (SimClient *self, WattleReader *reader, const char *marker)
{
  g_autoptr (WattleRecord) visit = pick_any (self, reader, WATTLE_RECORD_APPOINTMENT);

  /* It takes no words; the rest is not read. */
  return visit != NULL ? g_strdup_printf ("{\"id\":\"%s\"}", wattle_record_id (visit)) : NULL;
}

static WattleRecord *
pick_note (SimClient *self, WattleReader *reader, int status, gboolean own)
{
  g_autoptr (WattleIdentity) identity = wattle_session_identity (self->session);
  WattleQuery query = wattle_query (WATTLE_RECORD_PROGRESS_NOTE);

  wattle_query_where (&query, WATTLE_PROGRESS_NOTE_STATUS, WATTLE_COMPARE_EQUAL, status);
  if (own)
    wattle_query_where_text (&query, WATTLE_PROGRESS_NOTE_AUTHOR, identity->actor.practitioner);
  return pick (self, reader, &query);
}

static char *
write_note (SimClient *self, WattleReader *reader, const char *marker)
{
  g_autoptr (WattleRecord) patient = pick_any (self, reader, WATTLE_RECORD_PATIENT);
  g_autofree char *id = wattle_id_new ();

  if (patient == NULL)
    return NULL;
  return g_strdup_printf (
    "{\"note\":{\"type\":\"progress_note\",\"id\":\"%s\",\"patient\":\"%s\",\"kind\":\"free\",\"body\":\"%s\"}}", id,
    wattle_record_id (patient), marker);
}

/* Writes on: what was read stays, so every word has to stay too. */
static char *
write_on (SimClient *self, WattleReader *reader, const char *marker)
{
  g_autoptr (WattleRecord) note = pick_note (self, reader, WATTLE_NOTE_STATUS_DRAFT, TRUE);
  g_autofree char *base = note != NULL ? wattle_note_stamp (wattle_record_id (note), note) : NULL;

  if (note == NULL)
    return NULL;
  return g_strdup_printf (
    "{\"note\":{\"type\":\"progress_note\",\"id\":\"%s\",\"patient\":\"%s\",\"kind\":\"free\",\"body\":\"%s %s\"},"
    "\"base\":\"%s\"}",
    wattle_record_id (note), wattle_record_get_string (note, WATTLE_PROGRESS_NOTE_PATIENT),
    wattle_record_get_string (note, WATTLE_PROGRESS_NOTE_BODY), marker, base);
}

static char *
sign (SimClient *self, WattleReader *reader, const char *marker)
{
  g_autoptr (WattleRecord) note = pick_note (self, reader, WATTLE_NOTE_STATUS_DRAFT, TRUE);
  g_autofree char *base = note != NULL ? wattle_note_stamp (wattle_record_id (note), note) : NULL;

  return note != NULL ? g_strdup_printf ("{\"id\":\"%s\",\"body\":\"%s %s\",\"base\":\"%s\"}", wattle_record_id (note),
                                         wattle_record_get_string (note, WATTLE_PROGRESS_NOTE_BODY), marker, base)
                      : NULL;
}

static char *
addend (SimClient *self, WattleReader *reader, const char *marker)
{
  g_autoptr (WattleRecord) note = pick_note (self, reader, WATTLE_NOTE_STATUS_SIGNED, FALSE);
  g_autofree char *id = wattle_id_new ();

  if (note == NULL)
    return NULL;
  return g_strdup_printf ("{\"note\":{\"type\":\"progress_note\",\"id\":\"%s\",\"patient\":\"%s\",\"kind\":"
                          "\"addendum\",\"addendum_to\":\"%s\",\"body\":\"%s\"}}",
                          id, wattle_record_get_string (note, WATTLE_PROGRESS_NOTE_PATIENT), wattle_record_id (note),
                          marker);
}

static char *
bill (SimClient *self, WattleReader *reader, const char *marker)
{
  g_autoptr (WattleRecord) patient = pick_any (self, reader, WATTLE_RECORD_PATIENT);
  g_autofree char *id = wattle_id_new ();
  g_autofree char *line = wattle_id_new ();

  if (patient == NULL)
    return NULL;
  return g_strdup_printf (
    "{\"invoice\":{\"type\":\"invoice\",\"id\":\"%s\",\"patient\":\"%s\",\"status\":\"draft\",\"note\":\"%s\"},"
    "\"lines\":[{\"type\":\"invoice_line\",\"id\":\"%s\",\"invoice\":\"%s\",\"patient\":\"%s\",\"position\":1,"
    "\"description\":"
    "\"Visit\",\"quantity\":1000,\"unit_price\":10000,\"tax_code\":\"gst_free\"}]}",
    id, wattle_record_id (patient), marker, line, id, wattle_record_id (patient));
}

static char *
issue (SimClient *self, WattleReader *reader, const char *marker)
{
  g_autoptr (WattleRecord) invoice = pick_any (self, reader, WATTLE_RECORD_INVOICE);

  return invoice != NULL ? g_strdup_printf ("{\"id\":\"%s\"}", wattle_record_id (invoice)) : NULL;
}

/* The client gives each payment an id of its own; here it has none, so that done twice would be two. */
static char *
pay (SimClient *self, WattleReader *reader, const char *marker)
{
  g_autoptr (WattleRecord) invoice = pick_any (self, reader, WATTLE_RECORD_INVOICE);
  char now[WATTLE_INSTANT_SIZE];

  if (invoice == NULL)
    return NULL;
  wattle_instant_print (self->world->now, now);
  return g_strdup_printf ("{\"payment\":{\"type\":\"payment\",\"invoice\":\"%s\",\"patient\":\"%s\",\"amount\":1500,"
                          "\"method\":\"card\",\"received_at\":\"%s\",\"reference\":\"%s\"}}",
                          wattle_record_id (invoice), wattle_record_get_string (invoice, WATTLE_INVOICE_PATIENT), now,
                          marker);
}

static char *
reverse (SimClient *self, WattleReader *reader, const char *marker)
{
  g_autoptr (WattleRecord) payment = pick_any (self, reader, WATTLE_RECORD_PAYMENT);

  return payment != NULL ? g_strdup_printf ("{\"id\":\"%s\",\"reason\":\"%s\"}", wattle_record_id (payment), marker)
                         : NULL;
}

static char *
write_off (SimClient *self, WattleReader *reader, const char *marker)
{
  g_autoptr (WattleRecord) invoice = pick_any (self, reader, WATTLE_RECORD_INVOICE);

  return invoice != NULL ? g_strdup_printf ("{\"id\":\"%s\",\"reason\":\"%s\"}", wattle_record_id (invoice), marker)
                         : NULL;
}

static char *
prescribe (SimClient *self, WattleReader *reader, const char *marker)
{
  g_autoptr (WattleIdentity) identity = wattle_session_identity (self->session);
  g_autoptr (WattleRecord) patient = pick_any (self, reader, WATTLE_RECORD_PATIENT);
  g_autofree char *id = wattle_id_new ();

  if (patient == NULL)
    return NULL;
  return g_strdup_printf (
    "{\"prescription\":{\"type\":\"prescription\",\"id\":\"%s\",\"patient\":\"%s\",\"prescriber\":\"%s\"},\"lines\":"
    "[{\"type\":\"prescription_line\",\"active_ingredient\":\"Sertraline\",\"schedule\":\"s4\",\"strength\":\"50 mg\","
    "\"form\":\"tablet\",\"directions\":\"%s\",\"quantity\":30}]}",
    id, wattle_record_id (patient), identity->actor.practitioner, marker);
}

static char *
withdraw_prescription (SimClient *self, WattleReader *reader, const char *marker)
{
  g_autoptr (WattleRecord) script = pick_any (self, reader, WATTLE_RECORD_PRESCRIPTION);

  return script != NULL ? g_strdup_printf ("{\"id\":\"%s\",\"reason\":\"%s\"}", wattle_record_id (script), marker)
                        : NULL;
}

/* A letter, whose bytes go a way of their own. */
static char *
file_letter (SimClient *self, WattleReader *reader, const char *marker)
{
  g_autoptr (WattleRecord) patient = pick_any (self, reader, WATTLE_RECORD_PATIENT);
  guint size = 1000 + sim_chance (self->world, 100000);
  g_autofree char *id = wattle_id_new ();
  g_autoptr (GString) text = g_string_sized_new (size);
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *hash = NULL;
  g_autoptr (GError) error = NULL;

  if (patient == NULL || self->crashed)
    return NULL;
  while (text->len < size)
    g_string_append (text, marker);
  bytes = g_bytes_new (text->str, text->len);
  hash = wattle_engine_put_blob (self->engine, bytes, &error);
  g_assert_no_error (error);
  return g_strdup_printf ("{\"document\":{\"type\":\"document\",\"id\":\"%s\",\"patient\":\"%s\",\"kind\":\"letter\","
                          "\"title\":\"%s\",\"document_date\":\"2026-11-20\",\"media_type\":\"application/pdf\","
                          "\"size\":%zu,\"hash\":\"%s\"}}",
                          id, wattle_record_id (patient), marker, text->len, hash);
}

static char *
open_or_close_charts (SimClient *self, WattleReader *reader, const char *marker)
{
  return g_strdup_printf ("{\"key\":\"clinicians_see_all_patients\",\"value\":\"%s\"}",
                          sim_chance (self->world, 2) == 0 ? "true" : "false");
}

static const Act acts[] = {
  { "record.create", make_patient, 12, DESK },
  { "record.change", change_patient, 10, DESK },
  { "record.change", hand_over, 8, DESK },
  { "appointment.book", book, 16, DESK },
  { "appointment.move", move, 8, DESK },
  { "appointment.cancel", cancel, 4, DESK },
  { "appointment.arrive", arrive, 4, DESK },
  { "note.save", write_note, 8, CLINICIAN },
  { "note.save", write_on, 14, CLINICIAN },
  { "note.sign", sign, 4, CLINICIAN },
  { "note.addend", addend, 4, CLINICIAN },
  { "invoice.create", bill, 5, DESK },
  { "invoice.issue", issue, 5, DESK },
  { "payment.record", pay, 6, DESK },
  { "payment.reverse", reverse, 3, RECEPTION | MANAGER },
  { "invoice.write_off", write_off, 2, MANAGER },
  { "prescription.sign", prescribe, 5, CLINICIAN },
  { "prescription.cancel", withdraw_prescription, 3, CLINICIAN },
  { "document.file", file_letter, 5, CLINICIAN },
  { "setting.set", open_or_close_charts, 6, MANAGER },
};

static const Act *
choose_act (SimClient *self)
{
  guint total = 0, dice;

  for (guint i = 0; i < G_N_ELEMENTS (acts); i++)
    total += acts[i].roles & 1u << self->role ? acts[i].weight : 0;
  dice = sim_chance (self->world, total);
  for (guint i = 0;; i++)
    {
      guint weight = acts[i].roles & 1u << self->role ? acts[i].weight : 0;

      if (dice < weight)
        return &acts[i];
      dice -= weight;
    }
}

static void
write_down (SimClient *self, char *id, const char *name, const char *args, const char *marker)
{
  SimWorld *world = self->world;
  SimDeed *deed = g_new0 (SimDeed, 1);

  deed->id = id;
  deed->client = self->index;
  deed->name = name;
  deed->args = g_strdup (args);
  deed->marker = g_strdup (marker);
  deed->fate = self->crashed ? SIM_UNKNOWN : SIM_KEPT;
  g_ptr_array_add (world->deeds, deed);
  g_hash_table_insert (world->by_id, deed->id, deed);
  sim_log (world, "%u does %s %s", self->index, name, marker);
}

static gboolean
act_once (SimClient *self)
{
  const Act *act = choose_act (self);
  g_autofree char *marker = g_strdup_printf ("m%u;", ++self->world->markers);
  g_autofree char *args = NULL;
  g_autoptr (GError) error = NULL;
  char *id;

  {
    g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (self->cache, &error);

    g_assert_no_error (error);
    args = act->make (self, wattle_transaction_reader (transaction), marker);
  }
  if (args == NULL)
    return FALSE;
  id = wattle_engine_perform (self->engine, act->name, args, &error);
  if (id != NULL)
    write_down (self, id, act->name, args, marker);
  else
    sim_log (self->world, "%u may not %s: %s %s", self->index, act->name,
             wattle_error_code_nick (wattle_error_get_code (error)), wattle_error_get_field (error));
  return id != NULL;
}

/* A person does something that what is on the screen lets them do. */
void
sim_client_act (SimClient *self)
{
  for (guint try = 0; try < TRIES && !act_once (self); try++)
    ;
}

static void
let_go (SimClient *self, const char *id, gboolean never)
{
  SimDeed *deed = g_hash_table_lookup (self->world->by_id, id);

  if (deed == NULL)
    return;
  deed->never = never && !self->crashed;
  deed->fate = self->crashed ? SIM_UNKNOWN : SIM_GONE;
}

static void
send_again (SimClient *self, const WattleOutboxEntry *entry)
{
  SimDeed *deed = g_hash_table_lookup (self->world->by_id, entry->id);
  char *id = wattle_engine_send_again (self->engine, entry->id, NULL, NULL);

  if (id == NULL)
    return;
  let_go (self, entry->id, FALSE);
  if (deed != NULL)
    write_down (self, id, deed->name, deed->args, deed->marker);
}

static void
resolve (SimClient *self)
{
  g_autoptr (GPtrArray) conflicts = wattle_outbox_conflicts (self->outbox, NULL);

  if (conflicts->len > 0)
    wattle_engine_resolve (self->engine, conflicts->pdata[0], FALSE, NULL);
}

/* A person looks after what waits or was refused: withdraws, sends again, throws away, chooses. */
void
sim_client_tidy (SimClient *self)
{
  g_autoptr (GPtrArray) entries = wattle_outbox_entries (self->outbox, WATTLE_OUTBOX_UNSETTLED, G_MAXINT, NULL);
  WattleOutboxEntry *entry;

  if (entries->len == 0)
    {
      resolve (self);
      return;
    }
  entry = entries->pdata[sim_chance (self->world, entries->len)];
  sim_log (self->world, "%u tidies %s", self->index, wattle_outbox_status_nick (entry->status));
  if (entry->status == WATTLE_OUTBOX_WAITING)
    {
      if (wattle_engine_withdraw (self->engine, entry->id, NULL))
        let_go (self, entry->id, TRUE);
    }
  else if (entry->status == WATTLE_OUTBOX_SENT)
    g_assert_false (wattle_engine_withdraw (self->engine, entry->id, NULL));
  else if (sim_chance (self->world, 2) == 0)
    send_again (self, entry);
  else if (wattle_engine_discard (self->engine, entry->id, NULL))
    let_go (self, entry->id, FALSE);
}
