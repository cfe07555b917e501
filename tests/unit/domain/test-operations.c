/* test-operations.c: operations on plain records, visits and notes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "domain/note.h"
#include "practice.h"

#define DESK practice_actor ("desk", WATTLE_ROLE_RECEPTION)
#define NG practice_actor ("ng", WATTLE_ROLE_CLINICIAN)
#define OH practice_actor ("oh", WATTLE_ROLE_CLINICIAN)
#define MANAGER practice_actor ("manager", WATTLE_ROLE_MANAGER)
#define ADMIN practice_actor ("admin", WATTLE_ROLE_ADMINISTRATOR)
#define OWNER practice_actor ("owner", WATTLE_ROLE_OWNER)

#define VISIT(id, patient, practitioner, starts, ends)                                                                 \
  "{'appointment':{'type':'appointment','id':{" id "},'patient':{" patient "},'practitioner':{" practitioner           \
  "},'location':{city},'appointment_type':{standard},'starts_at':'2026-11-23T" starts "Z','ends_at':'2026-11-23T" ends \
  "Z'}}"

static gint64
status_of (Practice *practice, const char *visit)
{
  g_autoptr (WattleRecord) record = practice_get (practice, WATTLE_RECORD_APPOINTMENT, visit);

  return wattle_record_get_integer (record, WATTLE_APPOINTMENT_STATUS);
}

static void
test_registry (void)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  guint n;
  const WattleOperation *operations = wattle_operations (&n);

  g_assert_cmpuint (n, >=, 30);
  for (guint i = 0; i < n; i++)
    {
      g_assert_true (g_hash_table_add (names, (gpointer) operations[i].name));
      g_assert_true (wattle_operation_find (operations[i].name) == &operations[i]);
      g_assert_nonnull (wattle_policy_find (operations[i].name));
      g_assert_nonnull (operations[i].label);
      g_assert_nonnull (operations[i].doc);
      for (const WattleArgument *argument = operations[i].args; argument->name != NULL; argument++)
        {
          g_assert_nonnull (argument->doc);
          if (strcmp (argument->kind, "enum") == 0 || strcmp (argument->kind, "flags") == 0)
            g_assert_nonnull (wattle_enum_find (argument->ref));
          else if (argument->ref != NULL)
            g_assert_nonnull (wattle_type_find (argument->ref));
        }
    }
  g_assert_null (wattle_operation_find ("record.obliterate"));
  g_assert_null (wattle_operation_find (NULL));
}

static void
test_arguments (void)
{
  g_autoptr (Practice) practice = practice_new ();

  assert_refused (practice, DESK, "appointment.arrive", WATTLE_ERROR_INVALID, "args", "[]");
  assert_refused (practice, DESK, "appointment.arrive", WATTLE_ERROR_INVALID, "id", "{}");
  assert_refused (practice, DESK, "appointment.arrive", WATTLE_ERROR_INVALID, "id", "{'id':null}");
  assert_refused (practice, DESK, "appointment.arrive", WATTLE_ERROR_INVALID, "id", "{'id':'7'}");
  assert_refused (practice, DESK, "appointment.arrive", WATTLE_ERROR_INVALID, "who", "{'id':{ada},'who':1}");
  assert_refused (practice, DESK, "appointment.arrive", WATTLE_ERROR_NOT_FOUND, NULL, "{'id':{ada}}");
  assert_refused (practice, DESK, "appointment.move", WATTLE_ERROR_INVALID, "starts_at",
                  "{'id':{ada},'starts_at':'tomorrow'}");
  assert_refused (practice, DESK, "appointment.cancel", WATTLE_ERROR_INVALID, "reason", "{'id':{ada},'reason':'rain'}");
  assert_refused (practice, DESK, "record.create", WATTLE_ERROR_INVALID, "record", "{'record':7}");
  assert_refused (practice, DESK, "record.change", WATTLE_ERROR_INVALID, "changes",
                  "{'type':'patient','id':{ada},'changes':{}}");
  assert_refused (practice, DESK, "record.change", WATTLE_ERROR_INVALID, "changes",
                  "{'type':'patient','id':{ada},'changes':{'title':{'new':'Dr'}}}");
  assert_refused (practice, DESK, "invoice.create", WATTLE_ERROR_INVALID, "lines",
                  "{'invoice':{'type':'invoice'},'lines':[{'type':'patient'}]}");
  assert_refused (practice, ADMIN, "user.set_roles", WATTLE_ERROR_INVALID, "roles", "{'id':{ng},'roles':['king']}");
}

static void
test_record_create (void)
{
  g_autoptr (Practice) practice = practice_new ();
  g_autoptr (WattleRecord) made = NULL;

  assert_done (practice, DESK, "record.create",
               "{'record':{'type':'patient','id':{new},'given_names':'Dee','family_name':'Fox','status':'active'}}");
  made = practice_get (practice, WATTLE_RECORD_PATIENT, "new");
  g_assert_cmpint (wattle_record_changed_at (made), ==, NOW);
  g_assert_cmpstr (wattle_record_changed_by (made), ==, id_of ("desk"));
  assert_refused (practice, DESK, "record.create", WATTLE_ERROR_CONFLICT, "id",
                  "{'record':{'type':'patient','id':{new},'given_names':'Dee','family_name':'Fox','status':'active'}}");
  assert_refused (practice, DESK, "record.create", WATTLE_ERROR_INVALID, "family_name",
                  "{'record':{'type':'patient','preferred_name':'Dee','status':'active'}}");
  assert_refused (practice, DESK, "record.create", WATTLE_ERROR_INVALID, "birth_date",
                  "{'record':{'type':'patient','given_names':'D','family_name':'F','status':'active',"
                  "'birth_date':'2026-12-24'}}");
  assert_refused (practice, DESK, "record.create", WATTLE_ERROR_INVALID, "primary_practitioner",
                  "{'record':{'type':'patient','given_names':'D','family_name':'F','status':'active',"
                  "'primary_practitioner':{nobody}}}");
  assert_refused (practice, MANAGER, "record.create", WATTLE_ERROR_INVALID, "ends",
                  "{'record':{'type':'availability','practitioner':{dr-ng},'kind':'hours','weekday':'monday',"
                  "'starts':'17:00','ends':'09:00','from_date':'2026-01-01'}}");
  assert_refused (practice, MANAGER, "record.create", WATTLE_ERROR_INVALID, "weekday",
                  "{'record':{'type':'availability','practitioner':{dr-ng},'kind':'hours',"
                  "'starts':'09:00','ends':'17:00','from_date':'2026-01-01'}}");
  assert_refused (practice, DESK, "record.create", WATTLE_ERROR_FORBIDDEN, NULL,
                  "{'record':{'type':'service','name':'X','tax_code':'gst'}}");
  assert_refused (practice, DESK, "record.create", WATTLE_ERROR_FORBIDDEN, NULL,
                  "{'record':{'type':'condition','patient':{ada},'name':'X','status':'active'}}");
  assert_refused (practice, DESK, "record.create", WATTLE_ERROR_NOT_FOUND, NULL,
                  "{'record':{'type':'related_person','patient':{foreign},'given_names':'X','relationship':'friend'}}");
  assert_refused (practice, OH, "record.create", WATTLE_ERROR_NOT_FOUND, NULL,
                  "{'record':{'type':'condition','patient':{ada},'name':'X','status':'active'}}");
}

/* Whom a clinician enters is theirs: they can go on with the chart. */
static void
test_record_create_own (void)
{
  g_autoptr (Practice) practice = practice_new ();
  g_autoptr (WattleRecord) made = NULL;

  assert_done (practice, OH, "record.create",
               "{'record':{'type':'patient','id':{new},'given_names':'Dee','family_name':'Fox','status':'active'}}");
  made = practice_get (practice, WATTLE_RECORD_PATIENT, "new");
  g_assert_cmpstr (wattle_record_get_string (made, WATTLE_PATIENT_PRIMARY_PRACTITIONER), ==, id_of ("dr-oh"));
  assert_refused (practice, OH, "record.create", WATTLE_ERROR_FORBIDDEN, "primary_practitioner",
                  "{'record':{'type':'patient','given_names':'Gil','family_name':'Hay','status':'active',"
                  "'primary_practitioner':{dr-ng}}}");
  assert_done (practice, OH, "record.create",
               "{'record':{'type':'condition','patient':{new},'name':'Worry','status':'active'}}");
  assert_done (practice, OH, "record.create",
               "{'record':{'type':'availability','practitioner':{dr-oh},'kind':'leave','from_date':'2026-12-24'}}");
  assert_refused (practice, OH, "record.create", WATTLE_ERROR_FORBIDDEN, NULL,
                  "{'record':{'type':'availability','practitioner':{dr-ng},'kind':'leave','from_date':'2026-12-24'}}");
}

/* Types with operations of their own are refused by all four. */
static void
test_record_refuses_commands (void)
{
  static const WattleRecordType types[] = {
    WATTLE_RECORD_USER,         WATTLE_RECORD_DEVICE,       WATTLE_RECORD_APPOINTMENT,       WATTLE_RECORD_CANCELLATION,
    WATTLE_RECORD_PROGRESS_NOTE, WATTLE_RECORD_INVOICE,     WATTLE_RECORD_INVOICE_LINE,      WATTLE_RECORD_PAYMENT,
    WATTLE_RECORD_PRESCRIPTION, WATTLE_RECORD_SETTING,      WATTLE_RECORD_PRESCRIPTION_LINE, WATTLE_RECORD_AUDIT_EVENT,
  };
  g_autoptr (Practice) practice = practice_new ();

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      const char *nick = wattle_type_get (types[i])->nick;

      assert_refused (practice, MANAGER, "record.create", WATTLE_ERROR_FORBIDDEN, "type", "{'record':{'type':'%s'}}",
                      nick);
      assert_refused (practice, MANAGER, "record.change", WATTLE_ERROR_FORBIDDEN, "type",
                      "{'type':'%s','id':{ng},'changes':{'status':{'old':null,'new':'x'}}}", nick);
      assert_refused (practice, MANAGER, "record.delete", WATTLE_ERROR_FORBIDDEN, "type",
                      "{'type':'%s','id':{ng},'reason':'why'}", nick);
      assert_refused (practice, MANAGER, "record.restore", WATTLE_ERROR_FORBIDDEN, "type", "{'type':'%s','id':{ng}}",
                      nick);
    }
  assert_refused (practice, MANAGER, "record.delete", WATTLE_ERROR_FORBIDDEN, "type",
                  "{'type':'practice','id':{practice},'reason':'why'}");
}

static void
test_record_merge (void)
{
  g_autoptr (Practice) practice = practice_new ();
  g_autoptr (WattleOutcome) outcome = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleRecord) ada = NULL;
  WattleConflict *conflict;

  /* Two people, two fields: both stand. */
  assert_done (practice, DESK, "record.change",
               "{'type':'patient','id':{ada},'changes':{'suburb':{'old':'Sydney','new':'Glebe'}}}");
  assert_done (practice, MANAGER, "record.change",
               "{'type':'patient','id':{ada},'changes':{'preferred_name':{'old':null,'new':'Addie'}}}");
  /* The same field: theirs stands, mine is kept. */
  outcome = practice_run (practice, NG, TRUE, id_of ("operation"), "record.change",
                          "{'type':'patient','id':{ada},'changes':{'suburb':{'old':'Sydney','new':'Newtown'},"
                          "'title':{'old':null,'new':'Dr'}}}",
                          &error);
  g_assert_no_error (error);
  g_assert_cmpuint (outcome->conflicts->len, ==, 1);
  conflict = g_ptr_array_index (outcome->conflicts, 0);
  g_assert_cmpstr (conflict->type, ==, "patient");
  g_assert_cmpstr (conflict->id, ==, id_of ("ada"));
  g_assert_cmpstr (conflict->field, ==, "suburb");
  g_assert_cmpstr (conflict->mine, ==, "\"Newtown\"");
  g_assert_cmpstr (conflict->theirs, ==, "\"Glebe\"");
  wattle_memory_reader_apply (practice->memory, outcome);
  ada = practice_get (practice, WATTLE_RECORD_PATIENT, "ada");
  g_assert_cmpstr (wattle_record_get_string (ada, WATTLE_PATIENT_SUBURB), ==, "Glebe");
  g_assert_cmpstr (wattle_record_get_string (ada, WATTLE_PATIENT_PREFERRED_NAME), ==, "Addie");
  g_assert_cmpstr (wattle_record_get_string (ada, WATTLE_PATIENT_TITLE), ==, "Dr");
  /* The same value twice is no conflict and no change. */
  g_clear_pointer (&outcome, wattle_outcome_free);
  outcome = practice_run (practice, DESK, TRUE, id_of ("operation"), "record.change",
                          "{'type':'patient','id':{ada},'changes':{'suburb':{'old':'Sydney','new':'Glebe'}}}", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (outcome->conflicts->len, ==, 0);
  g_assert_cmpuint (outcome->records->len, ==, 0);
}

static void
test_record_change_refused (void)
{
  g_autoptr (Practice) practice = practice_new ();

  assert_refused (practice, DESK, "record.change", WATTLE_ERROR_INVALID, "shoe_size",
                  "{'type':'patient','id':{ada},'changes':{'shoe_size':{'old':null,'new':42}}}");
  assert_refused (practice, DESK, "record.change", WATTLE_ERROR_INVALID, "birth_date",
                  "{'type':'patient','id':{ada},'changes':{'birth_date':{'old':'1980-02-01','new':'yesterday'}}}");
  assert_refused (practice, DESK, "record.change", WATTLE_ERROR_INVALID, "family_name",
                  "{'type':'patient','id':{ada},'changes':{'family_name':{'old':'Lee','new':null},"
                  "'given_names':{'old':'Ada','new':null}}}");
  assert_refused (practice, DESK, "record.change", WATTLE_ERROR_INVALID, "type",
                  "{'type':'ghost','id':{ada},'changes':{'title':{'old':null,'new':'Dr'}}}");
  assert_refused (practice, OH, "record.change", WATTLE_ERROR_NOT_FOUND, NULL,
                  "{'type':'patient','id':{ada},'changes':{'title':{'old':null,'new':'Dr'}}}");
  /* A conflict would show the value that is there. */
  practice_put (practice, "{'type':'practice','id':{practice},'name':'P','zone':'Australia/Sydney','status':'active',"
                          "'bank_account_name':'Theirs'}");
  assert_refused (practice, ADMIN, "record.change", WATTLE_ERROR_FORBIDDEN, "bank_account_name",
                  "{'type':'practice','id':{practice},'changes':{'bank_account_name':{'old':'Guess','new':'Mine'}}}");
  assert_refused (practice, ADMIN, "record.change", WATTLE_ERROR_FORBIDDEN, "bank_account_name",
                  "{'type':'practice','id':{practice},'changes':{'bank_account_name':{'old':null,'new':'Mine'}}}");
  practice_put (practice, "{'type':'related_person','id':{aunt},'patient':{ada},'given_names':'Eve',"
                          "'relationship':'other'}");
  assert_refused (practice, DESK, "record.change", WATTLE_ERROR_FORBIDDEN, "patient",
                  "{'type':'related_person','id':{aunt},'changes':{'patient':{'old':{ada},'new':{bob}}}}");
}

static void
test_record_delete (void)
{
  g_autoptr (Practice) practice = practice_new ();

  assert_refused (practice, DESK, "record.delete", WATTLE_ERROR_INVALID, "reason",
                  "{'type':'patient','id':{bob},'reason':''}");
  assert_done (practice, DESK, "record.delete", "{'type':'patient','id':{bob},'reason':'entered twice'}");
  {
    g_autoptr (WattleRecord) bob = practice_get (practice, WATTLE_RECORD_PATIENT, "bob");

    g_assert_true (wattle_record_is_deleted (bob));
  }
  assert_refused (practice, DESK, "record.change", WATTLE_ERROR_NOT_FOUND, "id",
                  "{'type':'patient','id':{bob},'changes':{'title':{'old':null,'new':'Dr'}}}");
  assert_done (practice, DESK, "record.restore", "{'type':'patient','id':{bob}}");
  assert_done (practice, DESK, "record.change",
               "{'type':'patient','id':{bob},'changes':{'title':{'old':null,'new':'Dr'}}}");
  assert_done (practice, DESK, "appointment.book", VISIT ("visit", "bob", "dr-ng", "01:00:00", "01:50:00"));
  assert_refused (practice, DESK, "record.delete", WATTLE_ERROR_CONFLICT, "id",
                  "{'type':'patient','id':{bob},'reason':'entered twice'}");
  assert_refused (practice, MANAGER, "record.delete", WATTLE_ERROR_CONFLICT, "id",
                  "{'type':'practitioner','id':{dr-ng},'reason':'left'}");
}

/* A clinician takes back a cancellation of their own, also of a patient whom only that visit made theirs. */
static void
test_own_cancellation (void)
{
  g_autoptr (Practice) practice = practice_new ();

  assert_done (practice, DESK, "appointment.book", VISIT ("visit", "cyd", "dr-ng", "01:00:00", "01:50:00"));
  assert_done (practice, NG, "appointment.cancel", "{'id':{visit},'reason':'practice'}");
  assert_refused (practice, NG, "record.change", WATTLE_ERROR_NOT_FOUND, NULL,
                  "{'type':'patient','id':{cyd},'changes':{'title':{'old':null,'new':'Dr'}}}");
  assert_done (practice, NG, "appointment.revert", "{'id':{visit},'to':'booked'}");
  g_assert_cmpint (status_of (practice, "visit"), ==, WATTLE_APPOINTMENT_STATUS_BOOKED);
}

static void
test_book (void)
{
  g_autoptr (Practice) practice = practice_new ();
  g_autoptr (WattleRecord) visit = NULL;

  assert_done (practice, DESK, "appointment.book",
               "{'appointment':{'type':'appointment','id':{visit},'patient':{ada},'practitioner':{dr-ng},"
               "'location':{city},'room':'1','appointment_type':{standard},'starts_at':'2026-11-23T01:00:00Z',"
               "'status':'completed'}}");
  visit = practice_get (practice, WATTLE_RECORD_APPOINTMENT, "visit");
  g_assert_cmpint (status_of (practice, "visit"), ==, WATTLE_APPOINTMENT_STATUS_BOOKED);
  g_assert_cmpint (wattle_record_get_integer (visit, WATTLE_APPOINTMENT_BOOKED_AT), ==, NOW);
  g_assert_cmpint (wattle_record_get_integer (visit, WATTLE_APPOINTMENT_ENDS_AT)
                     - wattle_record_get_integer (visit, WATTLE_APPOINTMENT_STARTS_AT),
                   ==, 50 * WATTLE_MINUTE);
  g_assert_cmpstr (wattle_record_get_string (visit, WATTLE_APPOINTMENT_ZONE), ==, "Australia/Sydney");
  g_assert_cmpint (wattle_record_get_integer (visit, WATTLE_APPOINTMENT_MODALITY), ==, WATTLE_MODALITY_IN_PERSON);

  assert_refused (practice, DESK, "appointment.book", WATTLE_ERROR_CONFLICT, "starts_at",
                  VISIT ("two", "bob", "dr-ng", "01:49:00", "02:00:00"));
  assert_done (practice, DESK, "appointment.book", VISIT ("two", "bob", "dr-ng", "01:50:00", "02:00:00"));
  assert_refused (practice, DESK, "appointment.book", WATTLE_ERROR_CONFLICT, "room",
                  "{'appointment':{'type':'appointment','patient':{cyd},'practitioner':{dr-oh},'location':{city},"
                  "'room':'1','starts_at':'2026-11-23T00:30:00Z','ends_at':'2026-11-23T01:01:00Z'}}");
  assert_refused (practice, DESK, "appointment.book", WATTLE_ERROR_INVALID, "room",
                  "{'appointment':{'type':'appointment','patient':{cyd},'practitioner':{dr-oh},'location':{city},"
                  "'room':'9','starts_at':'2026-11-23T00:30:00Z','ends_at':'2026-11-23T01:01:00Z'}}");
  assert_refused (practice, DESK, "appointment.book", WATTLE_ERROR_INVALID, "ends_at",
                  VISIT ("three", "bob", "dr-oh", "03:00:00", "03:00:00"));
  assert_refused (practice, DESK, "appointment.book", WATTLE_ERROR_INVALID, "ends_at",
                  "{'appointment':{'type':'appointment','patient':{cyd},'practitioner':{dr-oh},'location':{city},"
                  "'starts_at':'2026-11-23T00:30:00Z','ends_at':'2026-11-24T00:31:00Z'}}");
  assert_refused (practice, DESK, "appointment.book", WATTLE_ERROR_INVALID, "zone",
                  "{'appointment':{'type':'appointment','patient':{cyd},'practitioner':{dr-oh},'location':{city},"
                  "'zone':'Mars/Base','starts_at':'2026-11-23T00:30:00Z','ends_at':'2026-11-23T01:31:00Z'}}");
  assert_refused (practice, OH, "appointment.book", WATTLE_ERROR_NOT_FOUND, NULL,
                  VISIT ("three", "ada", "dr-oh", "03:00:00", "03:30:00"));
  assert_refused (practice, OWNER, "appointment.book", WATTLE_ERROR_FORBIDDEN, NULL,
                  VISIT ("three", "ada", "dr-oh", "03:00:00", "03:30:00"));
  practice_put (practice, "{'type':'patient','id':{late},'given_names':'L','family_name':'L','status':'deceased'}");
  assert_refused (practice, DESK, "appointment.book", WATTLE_ERROR_INVALID, "patient",
                  VISIT ("three", "late", "dr-oh", "03:00:00", "03:30:00"));
}

static void
test_move (void)
{
  g_autoptr (Practice) practice = practice_new ();
  g_autoptr (WattleRecord) visit = NULL;

  assert_done (practice, DESK, "appointment.book", VISIT ("visit", "ada", "dr-ng", "01:00:00", "01:50:00"));
  assert_done (practice, DESK, "appointment.book", VISIT ("other", "bob", "dr-ng", "03:00:00", "03:50:00"));
  assert_done (practice, DESK, "appointment.move",
               "{'id':{visit},'starts_at':'2026-11-23T01:10:00Z','room':'2','location':{city}}");
  visit = practice_get (practice, WATTLE_RECORD_APPOINTMENT, "visit");
  g_assert_cmpint (wattle_record_get_integer (visit, WATTLE_APPOINTMENT_ENDS_AT)
                     - wattle_record_get_integer (visit, WATTLE_APPOINTMENT_STARTS_AT),
                   ==, 50 * WATTLE_MINUTE);
  assert_refused (practice, DESK, "appointment.move", WATTLE_ERROR_CONFLICT, "starts_at",
                  "{'id':{visit},'starts_at':'2026-11-23T02:30:00Z'}");
  assert_refused (practice, DESK, "appointment.move", WATTLE_ERROR_INVALID, "ends_at",
                  "{'id':{visit},'starts_at':'2026-11-23T02:30:00Z','ends_at':'2026-11-23T02:00:00Z'}");
  assert_done (practice, DESK, "appointment.move",
               "{'id':{visit},'starts_at':'2026-11-23T03:00:00Z','practitioner':{dr-oh},'room':'','location':{west}}");
  g_clear_object (&visit);
  visit = practice_get (practice, WATTLE_RECORD_APPOINTMENT, "visit");
  g_assert_cmpstr (wattle_record_get_string (visit, WATTLE_APPOINTMENT_ZONE), ==, "Australia/Perth");
  g_assert_false (wattle_record_has (visit, WATTLE_APPOINTMENT_ROOM));
  assert_done (practice, DESK, "appointment.start", "{'id':{visit}}");
  assert_refused (practice, DESK, "appointment.move", WATTLE_ERROR_CONFLICT, "status",
                  "{'id':{visit},'starts_at':'2026-11-23T05:00:00Z'}");
}

static void
test_day (void)
{
  g_autoptr (Practice) practice = practice_new ();
  WattleQuery query = wattle_query (WATTLE_RECORD_CANCELLATION);

  assert_done (practice, DESK, "appointment.book", VISIT ("visit", "ada", "dr-ng", "01:00:00", "01:50:00"));
  assert_done (practice, DESK, "appointment.change",
               "{'id':{visit},'changes':{'reason':{'old':null,'new':'Sleep'}}}");
  assert_refused (practice, DESK, "appointment.change", WATTLE_ERROR_FORBIDDEN, "status",
                  "{'id':{visit},'changes':{'status':{'old':'booked','new':'completed'}}}");
  assert_refused (practice, DESK, "appointment.no_show", WATTLE_ERROR_INVALID, "id", "{'id':{visit}}");
  assert_done (practice, DESK, "appointment.arrive", "{'id':{visit}}");
  assert_done (practice, DESK, "appointment.arrive", "{'id':{visit}}");
  assert_done (practice, DESK, "appointment.revert", "{'id':{visit},'to':'booked'}");
  assert_done (practice, DESK, "appointment.cancel", "{'id':{visit},'reason':'illness','note':'a cold'}");
  g_assert_cmpint (status_of (practice, "visit"), ==, WATTLE_APPOINTMENT_STATUS_CANCELLED);
  wattle_query_where_text (&query, WATTLE_CANCELLATION_APPOINTMENT, id_of ("visit"));
  g_assert_cmpint (wattle_reader_count (&practice->memory->reader, &query, NULL), ==, 1);
  assert_refused (practice, DESK, "appointment.cancel", WATTLE_ERROR_CONFLICT, "status",
                  "{'id':{visit},'reason':'illness'}");
  assert_refused (practice, DESK, "appointment.arrive", WATTLE_ERROR_CONFLICT, "status", "{'id':{visit}}");
  assert_refused (practice, DESK, "visit.complete", WATTLE_ERROR_CONFLICT, "status", "{'id':{visit}}");
  /* The time has been given away: the cancellation stands. */
  assert_done (practice, DESK, "appointment.book", VISIT ("next", "bob", "dr-ng", "01:30:00", "02:00:00"));
  assert_refused (practice, DESK, "appointment.revert", WATTLE_ERROR_CONFLICT, "starts_at",
                  "{'id':{visit},'to':'booked'}");
  assert_done (practice, DESK, "appointment.cancel", "{'id':{next},'reason':'practice'}");
  assert_done (practice, DESK, "appointment.revert", "{'id':{visit},'to':'booked'}");
  g_assert_cmpint (wattle_reader_count (&practice->memory->reader, &query, NULL), ==, 0);
  practice->now += 20 * WATTLE_HOUR;
  assert_done (practice, DESK, "appointment.no_show", "{'id':{visit}}");
  assert_refused (practice, DESK, "appointment.revert", WATTLE_ERROR_CONFLICT, "status",
                  "{'id':{visit},'to':'in_visit'}");
  assert_done (practice, DESK, "appointment.revert", "{'id':{visit},'to':'booked'}");
}

#define NOTE(id, body) "{'note':{'type':'progress_note','id':{" id "},'patient':{ada},'kind':'free'," body "}}"

#define NOTE_ON(id, body, base)                                                                                        \
  "{'note':{'type':'progress_note','id':{" id "},'patient':{ada},'kind':'free'," body "},'base':'" base "'}"

static void
test_notes (void)
{
  g_autoptr (Practice) practice = practice_new ();
  g_autoptr (WattleRecord) note = NULL;
  g_autofree char *first = NULL;

  assert_done (practice, NG, "note.save", NOTE ("note", "'body':'First'"));
  note = practice_get (practice, WATTLE_RECORD_PROGRESS_NOTE, "note");
  first = wattle_note_stamp (id_of ("note"), note);
  g_clear_object (&note);
  assert_done (practice, NG, "note.save", NOTE_ON ("note", "'body':'Second'", "%s"), first);
  note = practice_get (practice, WATTLE_RECORD_PROGRESS_NOTE, "note");
  g_assert_cmpstr (wattle_record_get_string (note, WATTLE_PROGRESS_NOTE_BODY), ==, "Second");
  g_assert_cmpstr (wattle_record_get_string (note, WATTLE_PROGRESS_NOTE_AUTHOR), ==, id_of ("dr-ng"));
  g_assert_true (wattle_record_has (note, WATTLE_PROGRESS_NOTE_NOTE_DATE));
  /* Another who cares for the patient too. */
  assert_done (practice, DESK, "appointment.book", VISIT ("visit", "ada", "dr-oh", "01:00:00", "01:50:00"));
  assert_refused (practice, OH, "note.save", WATTLE_ERROR_FORBIDDEN, "author", NOTE ("note", "'body':'Mine'"));
  assert_refused (practice, OH, "note.sign", WATTLE_ERROR_NOT_FOUND, NULL, "{'id':{note}}");
  assert_refused (practice, OH, "note.discard", WATTLE_ERROR_NOT_FOUND, NULL, "{'id':{note}}");
  assert_refused (practice, OH, "note.save", WATTLE_ERROR_FORBIDDEN, "author",
                  NOTE ("other", "'author':{dr-ng},'body':'Forged'"));
  assert_refused (practice, DESK, "note.save", WATTLE_ERROR_FORBIDDEN, NULL, NOTE ("note", "'body':'Desk'"));
  assert_refused (practice, NG, "note.addend", WATTLE_ERROR_INVALID, "addendum_to",
                  NOTE ("add", "'addendum_to':{note},'body':'More'"));
  assert_refused (practice, NG, "note.sign", WATTLE_ERROR_INVALID, "body", "{'id':{note},'body':''}");
  assert_done (practice, NG, "note.sign", "{'id':{note},'body':'Final','released':true}");
  g_clear_object (&note);
  note = practice_get (practice, WATTLE_RECORD_PROGRESS_NOTE, "note");
  g_assert_cmpstr (wattle_record_get_string (note, WATTLE_PROGRESS_NOTE_BODY), ==, "Final");
  g_assert_cmpint (wattle_record_get_integer (note, WATTLE_PROGRESS_NOTE_SIGNED_AT), ==, NOW);
  g_assert_cmpstr (wattle_record_get_string (note, WATTLE_PROGRESS_NOTE_SIGNED_BY), ==, id_of ("ng"));
  assert_refused (practice, NG, "note.sign", WATTLE_ERROR_FORBIDDEN, "status", "{'id':{note},'body':'Changed'}");
  assert_refused (practice, NG, "note.discard", WATTLE_ERROR_FORBIDDEN, "status", "{'id':{note}}");
  assert_done (practice, OH, "note.addend", NOTE ("add", "'addendum_to':{note},'body':'More'"));
  assert_refused (practice, NG, "note.addend", WATTLE_ERROR_INVALID, "addendum_to",
                  "{'note':{'type':'progress_note','patient':{bob},'kind':'free','addendum_to':{note},'body':'More'}}");
}

/* A draft that was written on elsewhere meanwhile is not written over: both texts are there. */
static void
test_two_drafts (void)
{
  g_autoptr (Practice) practice = practice_new ();
  g_autoptr (WattleRecord) note = NULL;
  g_autoptr (WattleRecord) other = NULL;
  g_autofree char *first = NULL;
  g_autofree char *offline = NULL;
  g_autofree char *beside = wattle_id_derive (id_of ("note"), id_of ("laptop"));

  assert_done (practice, NG, "note.save", NOTE ("note", "'body':'First'"));
  note = practice_get (practice, WATTLE_RECORD_PROGRESS_NOTE, "note");
  first = wattle_note_stamp (id_of ("note"), note);
  assert_done (practice, NG, "note.save", NOTE_ON ("note", "'body':'From the other computer'", "%s"), first);
  assert_done (practice, NG, "note.save", NOTE_ON ("note", "'body':'Offline'", "%s"), first);
  other = practice_get (practice, WATTLE_RECORD_PROGRESS_NOTE, beside);
  g_assert_cmpstr (wattle_record_get_string (other, WATTLE_PROGRESS_NOTE_BODY), ==, "Offline");
  offline = wattle_note_stamp (id_of ("note"), other);
  assert_done (practice, NG, "note.save", NOTE_ON ("note", "'body':'Offline and on'", "%s"), offline);
  g_clear_object (&other);
  other = practice_get (practice, WATTLE_RECORD_PROGRESS_NOTE, beside);
  g_assert_cmpstr (wattle_record_get_string (other, WATTLE_PROGRESS_NOTE_BODY), ==, "Offline and on");
  g_clear_object (&note);
  note = practice_get (practice, WATTLE_RECORD_PROGRESS_NOTE, "note");
  g_assert_cmpstr (wattle_record_get_string (note, WATTLE_PROGRESS_NOTE_BODY), ==, "From the other computer");
  /* The first text of all comes late, as after a restore: it was written on nothing, so it replaces nothing. */
  assert_done (practice, NG, "note.save", NOTE ("note", "'body':'First'"));
  g_clear_object (&note);
  note = practice_get (practice, WATTLE_RECORD_PROGRESS_NOTE, "note");
  g_assert_cmpstr (wattle_record_get_string (note, WATTLE_PROGRESS_NOTE_BODY), ==, "From the other computer");
  assert_refused (practice, NG, "note.sign", WATTLE_ERROR_CONFLICT, "base",
                  "{'id':{note},'body':'Offline and on','base':'%s'}", offline);
}

/* What client and authority make of one operation is the same, and so is what each makes of it twice. */
static void
test_both_sides (void)
{
  static const char *const operations[][2] = {
    { "record.create", "{'record':{'type':'patient','given_names':'Dee','family_name':'Fox','status':'active'}}" },
    { "note.save", "{'note':{'type':'progress_note','patient':{ada},'kind':'free','body':'Text'}}" },
    { "visit.complete", "{'id':{visit}}" },
    { "appointment.cancel", "{'id':{visit},'reason':'illness'}" },
    { "appointment.book", VISIT ("new", "ada", "dr-ng", "05:00:00", "05:50:00") },
  };
  g_autoptr (Practice) practice = practice_new ();

  assert_done (practice, DESK, "appointment.book", VISIT ("visit", "ada", "dr-ng", "01:00:00", "01:50:00"));
  for (guint i = 0; i < G_N_ELEMENTS (operations); i++)
    {
      g_autoptr (GError) error = NULL;
      WattleOutcome *outcomes[4];

      for (guint j = 0; j < 4; j++)
        {
          outcomes[j] = practice_run (practice, NG, j >= 2, id_of ("operation"), operations[i][0], operations[i][1],
                                      &error);
          g_assert_no_error (error);
          g_assert_cmpuint (outcomes[j]->records->len, ==, outcomes[0]->records->len);
          g_assert_cmpuint (outcomes[j]->records->len, >, 0);
        }
      for (guint k = 0; k < outcomes[0]->records->len; k++)
        {
          g_autofree char *once = wattle_record_to_json (g_ptr_array_index (outcomes[0]->records, k));
          g_autofree char *twice = wattle_record_to_json (g_ptr_array_index (outcomes[1]->records, k));
          WattleRecord *client = g_ptr_array_index (outcomes[0]->records, k);
          WattleRecord *server = g_ptr_array_index (outcomes[2]->records, k);
          const WattleType *type = wattle_record_type (client);

          g_assert_cmpstr (once, ==, twice);
          g_assert_cmpstr (wattle_record_id (client), ==, wattle_record_id (server));
          for (guint f = 0; f < type->n_fields; f++)
            {
              WattleFieldId field = (type->id << 8) | f;

              if (field != WATTLE_INVOICE_NUMBER && field != WATTLE_INVOICE_STATUS
                  && field != WATTLE_INVOICE_ISSUED_DATE && field != WATTLE_INVOICE_DUE_DATE
                  && field != WATTLE_APPOINTMENT_STATUS)
                g_assert_true (wattle_record_equal_field (client, server, field));
            }
        }
      for (guint j = 0; j < 4; j++)
        wattle_outcome_free (outcomes[j]);
    }
}

/* A broken store is an error, never a yes. */
static void
test_broken_reader (void)
{
  g_autoptr (Practice) practice = practice_new ();
  g_autoptr (GError) error = NULL;

  practice->memory->fails = TRUE;
  g_assert_false (practice_do (practice, DESK, "appointment.book", &error,
                               VISIT ("visit", "ada", "dr-ng", "01:00:00", "01:50:00")));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_false (practice_do (practice, NG, "visit.complete", &error, "{'id':{visit}}"));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_CORRUPT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/operations/registry", test_registry);
  g_test_add_func ("/operations/arguments", test_arguments);
  g_test_add_func ("/operations/record/create", test_record_create);
  g_test_add_func ("/operations/record/create-own", test_record_create_own);
  g_test_add_func ("/operations/record/refuses-commands", test_record_refuses_commands);
  g_test_add_func ("/operations/record/merge", test_record_merge);
  g_test_add_func ("/operations/record/change-refused", test_record_change_refused);
  g_test_add_func ("/operations/record/delete", test_record_delete);
  g_test_add_func ("/operations/appointment/book", test_book);
  g_test_add_func ("/operations/appointment/move", test_move);
  g_test_add_func ("/operations/appointment/day", test_day);
  g_test_add_func ("/operations/appointment/own-cancellation", test_own_cancellation);
  g_test_add_func ("/operations/note", test_notes);
  g_test_add_func ("/operations/note/two-drafts", test_two_drafts);
  g_test_add_func ("/operations/both-sides", test_both_sides);
  g_test_add_func ("/operations/broken-reader", test_broken_reader);
  return g_test_run ();
}
