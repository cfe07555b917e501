/* test-messages.c: conversations, consents and tasks: who, when, and that what was sent stays
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "domain/consent.h"
#include "domain/messaging.h"
#include "practice.h"

#define DESK practice_actor ("desk", WATTLE_ROLE_RECEPTION)
#define NG practice_actor ("ng", WATTLE_ROLE_CLINICIAN)
#define OH practice_actor ("oh", WATTLE_ROLE_CLINICIAN)
#define MANAGER practice_actor ("manager", WATTLE_ROLE_MANAGER)
#define OWNER practice_actor ("owner", WATTLE_ROLE_OWNER)
#define ADMIN practice_actor ("admin", WATTLE_ROLE_ADMINISTRATOR)
#define ADA practice_actor ("self", WATTLE_ROLE_PATIENT)

/* A visit of Ada with Ng half an hour from now, and one with Oh later, so that both care for her. */
static Practice *
with_visits (void)
{
  Practice *practice = practice_new ();

  practice_put (practice, "{'type':'appointment','id':{visit},'patient':{ada},'practitioner':{dr-ng},'location':{city},"
                          "'modality':'video','status':'booked','zone':'Australia/Sydney',"
                          "'starts_at':'2026-11-22T22:30:00Z','ends_at':'2026-11-22T23:00:00Z'}");
  practice_put (practice, "{'type':'appointment','id':{other},'patient':{ada},'practitioner':{dr-oh},'location':{city},"
                          "'modality':'video','status':'booked','zone':'Australia/Sydney',"
                          "'starts_at':'2026-11-23T02:30:00Z','ends_at':'2026-11-23T03:00:00Z'}");
  return practice;
}

static void
set_status (Practice *practice, const char *status)
{
  practice_put (practice,
                "{'type':'appointment','id':{visit},'patient':{ada},'practitioner':{dr-ng},'location':{city},"
                "'modality':'video','status':'%s','zone':'Australia/Sydney',"
                "'completed_at':'2026-11-22T22:50:00Z',"
                "'starts_at':'2026-11-22T22:30:00Z','ends_at':'2026-11-22T23:00:00Z'}",
                status);
}

static gboolean
may_read (Practice *practice, WattleActor actor, WattleRecord *record)
{
  return wattle_policy_check_read (&actor, &practice->memory->reader, record, NULL);
}

static char *
thread_id (Practice *practice)
{
  g_autoptr (WattleRecord) visit = practice_get (practice, WATTLE_RECORD_APPOINTMENT, "visit");

  return wattle_thread_id_of_visit (visit);
}

static guint
count (Practice *practice, WattleRecordType type)
{
  WattleQuery query = wattle_query (type);

  return wattle_reader_count (&practice->memory->reader, &query, NULL);
}

static WattleThreadPhase
phase (Practice *practice, gint64 now)
{
  g_autofree char *id = thread_id (practice);
  g_autoptr (WattleRecord) thread = practice_get (practice, WATTLE_RECORD_THREAD, id);

  return wattle_thread_phase (&practice->memory->reader, thread, now);
}

static void
test_opens (void)
{
  g_autoptr (Practice) practice = with_visits ();

  assert_refused (practice, NG, "thread.open", WATTLE_ERROR_FORBIDDEN, "thread", "{'appointment':{visit}}");
  practice->now = NOW + 15 * WATTLE_MINUTE - 1;
  assert_refused (practice, ADA, "thread.open", WATTLE_ERROR_FORBIDDEN, "thread", "{'appointment':{visit}}");
  practice->now = NOW + 15 * WATTLE_MINUTE;
  assert_refused (practice, OH, "thread.open", WATTLE_ERROR_NOT_FOUND, NULL, "{'appointment':{visit}}");
  assert_refused (practice, DESK, "thread.open", WATTLE_ERROR_FORBIDDEN, NULL, "{'appointment':{visit}}");
  assert_done (practice, ADA, "thread.open", "{'appointment':{visit}}");
  assert_done (practice, NG, "thread.open", "{'appointment':{visit}}");
  g_assert_cmpuint (count (practice, WATTLE_RECORD_THREAD), ==, 1);
  /* Paid before: days before, too. */
  practice->now = NOW;
  assert_refused (practice, OH, "thread.open", WATTLE_ERROR_FORBIDDEN, "thread", "{'appointment':{other}}");
  practice_put (practice, "{'type':'invoice','id':{bill},'patient':{ada},'appointment':{other},'status':'issued'}");
  assert_refused (practice, OH, "thread.open", WATTLE_ERROR_FORBIDDEN, "thread", "{'appointment':{other}}");
  practice_put (practice, "{'type':'invoice','id':{bill},'patient':{ada},'appointment':{other},'status':'paid'}");
  assert_done (practice, OH, "thread.open", "{'appointment':{other}}");
}

static void
test_ends (void)
{
  g_autoptr (Practice) practice = with_visits ();
  g_autofree char *id = NULL;
  gint64 ends = NOW + 60 * WATTLE_MINUTE;

  practice->now = NOW + 20 * WATTLE_MINUTE;
  assert_done (practice, NG, "thread.open", "{'appointment':{visit}}");
  id = thread_id (practice);
  g_assert_cmpint (phase (practice, ends + WATTLE_HOUR - 1), ==, WATTLE_THREAD_PHASE_OPEN);
  g_assert_cmpint (phase (practice, ends + WATTLE_HOUR), ==, WATTLE_THREAD_PHASE_OVER);
  set_status (practice, "in_visit");
  g_assert_cmpint (phase (practice, ends + 2 * WATTLE_HOUR), ==, WATTLE_THREAD_PHASE_OPEN);
  set_status (practice, "completed");
  practice->now = NOW + 55 * WATTLE_MINUTE;
  assert_refused (practice, ADA, "message.send", WATTLE_ERROR_FORBIDDEN, "thread", "{'thread':'%s','body':'Late'}", id);
  /* What was written in time and arrives later. */
  practice->now = NOW + 40 * WATTLE_MINUTE;
  assert_done (practice, ADA, "message.send", "{'thread':'%s','body':'In time'}", id);
  g_assert_cmpint (phase (practice, ends + 30 * WATTLE_DAY - 1), ==, WATTLE_THREAD_PHASE_OVER);
  g_assert_cmpint (phase (practice, ends + 30 * WATTLE_DAY), ==, WATTLE_THREAD_PHASE_ARCHIVED);
  set_status (practice, "cancelled");
  g_assert_cmpint (phase (practice, practice->now), ==, WATTLE_THREAD_PHASE_OVER);
  g_assert_cmpuint (count (practice, WATTLE_RECORD_MESSAGE), ==, 1);
}

/* A conversation in which each side has written once. */
static Practice *
with_messages (char **id)
{
  Practice *practice = with_visits ();

  practice->now = NOW + 20 * WATTLE_MINUTE;
  assert_done (practice, NG, "thread.open", "{'appointment':{visit}}");
  *id = thread_id (practice);
  assert_done (practice, ADA, "message.send", "{'thread':'%s','body':'I am here'}", *id);
  assert_done (practice, NG, "message.send", "{'thread':'%s','body':'One minute'}", *id);
  return practice;
}

static WattleRecord *
message (Practice *practice, guint position)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_MESSAGE);
  g_autoptr (GPtrArray) found = NULL;

  wattle_query_order_by (&query, WATTLE_MESSAGE_SENT_AT, FALSE);
  found = wattle_reader_query (&practice->memory->reader, &query, NULL);
  g_assert_cmpuint (found->len, >, position);
  return g_object_ref (found->pdata[position]);
}

static void
test_send (void)
{
  g_autofree char *id = NULL;
  g_autoptr (Practice) practice = with_messages (&id);
  g_autoptr (WattleRecord) first = message (practice, 0);
  g_autoptr (WattleRecord) second = message (practice, 1);
  g_autoptr (WattleRecord) thread = practice_get (practice, WATTLE_RECORD_THREAD, id);

  g_assert_cmpstr (wattle_record_get_string (first, WATTLE_MESSAGE_BODY), ==, "I am here");
  g_assert_cmpstr (wattle_record_get_string (first, WATTLE_MESSAGE_AUTHOR_NAME), ==, "Ada Lee");
  g_assert_true (wattle_record_get_boolean (first, WATTLE_MESSAGE_FROM_PATIENT));
  g_assert_false (wattle_record_get_boolean (second, WATTLE_MESSAGE_FROM_PATIENT));
  g_assert_cmpint (wattle_record_get_integer (second, WATTLE_MESSAGE_SENT_AT), >,
                   wattle_record_get_integer (first, WATTLE_MESSAGE_SENT_AT));
  g_assert_cmpint (wattle_record_get_integer (thread, WATTLE_THREAD_LAST_AT), ==,
                   wattle_record_get_integer (second, WATTLE_MESSAGE_SENT_AT));
  g_assert_cmpstr (wattle_record_get_string (thread, WATTLE_THREAD_PRACTITIONER_NAME), ==, "Robin Ng");
  assert_refused (practice, NG, "message.send", WATTLE_ERROR_INVALID, "body", "{'thread':'%s','body':' \\n '}", id);
  assert_refused (practice, NG, "message.send", WATTLE_ERROR_INVALID, "body", "{'thread':'%s'}", id);
}

/* Whoever they are otherwise: colleagues who care for the same patient, their manager, an administrator. */
static void
test_private (void)
{
  g_autofree char *id = NULL;
  g_autoptr (Practice) practice = with_messages (&id);
  g_autoptr (WattleRecord) first = message (practice, 0);
  WattleActor others[] = { OH, DESK, MANAGER, OWNER, ADMIN };
  WattleActor both = practice_actor ("ng", WATTLE_ROLE_MANAGER);
  WattleReader *reader = &practice->memory->reader;

  practice_put (practice, "{'type':'setting','id':{all},'key':'clinicians_see_all_patients','value':'true'}");
  practice_put (practice, "{'type':'setting','id':{read},'key':'managers_read_notes','value':'true'}");
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      assert_refused (practice, others[i], "message.send", WATTLE_ERROR_NOT_FOUND, NULL,
                      "{'thread':'%s','body':'Hello'}", id);
      assert_refused (practice, others[i], "thread.mark", WATTLE_ERROR_NOT_FOUND, NULL, "{'id':'%s'}", id);
      g_assert_false (wattle_policy_check_read (&others[i], reader, first, NULL));
    }
  both.roles |= WATTLE_ROLE_BIT (WATTLE_ROLE_CLINICIAN);
  g_assert_false (wattle_policy_check_read (&both, reader, first, NULL));
  g_assert_true (may_read (practice, NG, first));
  g_assert_true (may_read (practice, ADA, first));
}

static void
test_needs_reply (void)
{
  g_autofree char *id = NULL;
  g_autoptr (Practice) practice = with_messages (&id);
  g_autoptr (WattleRecord) thread = practice_get (practice, WATTLE_RECORD_THREAD, id);

  g_assert_false (wattle_record_get_boolean (thread, WATTLE_THREAD_NEEDS_REPLY));
  assert_done (practice, ADA, "message.send", "{'thread':'%s','body':'Are you there?'}", id);
  g_clear_object (&thread);
  thread = practice_get (practice, WATTLE_RECORD_THREAD, id);
  g_assert_true (wattle_record_get_boolean (thread, WATTLE_THREAD_NEEDS_REPLY));
  assert_refused (practice, ADA, "thread.flag", WATTLE_ERROR_FORBIDDEN, NULL, "{'id':'%s','needs_reply':false}", id);
  assert_done (practice, NG, "thread.flag", "{'id':'%s','needs_reply':false}", id);
  g_clear_object (&thread);
  thread = practice_get (practice, WATTLE_RECORD_THREAD, id);
  g_assert_false (wattle_record_get_boolean (thread, WATTLE_THREAD_NEEDS_REPLY));
  g_assert_false (wattle_record_has (thread, WATTLE_THREAD_NEEDS_REPLY_SINCE));
}

static void
test_withdraw (void)
{
  g_autofree char *id = NULL;
  g_autoptr (Practice) practice = with_messages (&id);
  g_autoptr (WattleRecord) first = message (practice, 0);
  const char *mine = wattle_record_id (first);

  assert_refused (practice, NG, "message.withdraw", WATTLE_ERROR_FORBIDDEN, "author", "{'id':'%s'}", mine);
  assert_refused (practice, OH, "message.withdraw", WATTLE_ERROR_NOT_FOUND, NULL, "{'id':'%s'}", mine);
  assert_done (practice, ADA, "message.withdraw", "{'id':'%s','reason':'Wrong person'}", mine);
  assert_refused (practice, ADA, "message.withdraw", WATTLE_ERROR_CONFLICT, "status", "{'id':'%s'}", mine);
  g_clear_object (&first);
  first = message (practice, 0);
  g_assert_cmpint (wattle_record_get_integer (first, WATTLE_MESSAGE_STATUS), ==, WATTLE_MESSAGE_STATUS_WITHDRAWN);
  g_assert_cmpstr (wattle_record_get_string (first, WATTLE_MESSAGE_BODY), ==, "I am here");
  assert_refused (practice, MANAGER, "record.delete", WATTLE_ERROR_FORBIDDEN, "type",
                  "{'type':'message','id':'%s','reason':'x'}", wattle_record_id (first));
}

static gint64
mark_of (Practice *practice, const char *thread, const char *user, WattleFieldId field)
{
  g_autofree char *id = wattle_thread_mark_id (thread, id_of (user));
  g_autoptr (WattleRecord) mark = practice_get (practice, WATTLE_RECORD_THREAD_MARK, id);

  return wattle_record_get_integer (mark, field);
}

static void
test_marks (void)
{
  g_autofree char *id = NULL;
  g_autoptr (Practice) practice = with_messages (&id);
  g_autoptr (WattleRecord) thread = practice_get (practice, WATTLE_RECORD_THREAD, id);
  gint64 last = wattle_record_get_integer (thread, WATTLE_THREAD_LAST_AT);

  assert_done (practice, ADA, "thread.mark", "{'id':'%s','delivered_upto':'2026-11-22T22:20:00Z'}", id);
  g_assert_cmpint (mark_of (practice, id, "self", WATTLE_THREAD_MARK_DELIVERED_UPTO), ==, NOW + 20 * WATTLE_MINUTE);
  g_assert_cmpint (mark_of (practice, id, "self", WATTLE_THREAD_MARK_READ_UPTO), ==, 0);
  /* Never beyond what there is, never back, and what was read was delivered. */
  assert_done (practice, ADA, "thread.mark", "{'id':'%s','read_upto':'2030-01-01T00:00:00Z'}", id);
  assert_done (practice, ADA, "thread.mark", "{'id':'%s','read_upto':'2026-11-22T22:20:00Z'}", id);
  g_assert_cmpint (mark_of (practice, id, "self", WATTLE_THREAD_MARK_READ_UPTO), ==, last);
  g_assert_cmpint (mark_of (practice, id, "self", WATTLE_THREAD_MARK_DELIVERED_UPTO), ==, last);
  g_assert_cmpuint (count (practice, WATTLE_RECORD_THREAD_MARK), ==, 1);
}

#define FILE_OF_KIND(thread, media)                                                                                    \
  "{'thread':'" thread "','document':{'type':'document','title':'Letter','document_date':'2026-11-22',"                \
  "'media_type':'" media "','size':3,'kind':'other',"                                                                  \
  "'hash':'00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff'}}"
#define FILE_OF(thread) FILE_OF_KIND (thread, "application/pdf")

static void
test_attachment (void)
{
  g_autofree char *id = NULL;
  g_autoptr (Practice) practice = with_messages (&id);
  WattleReader *reader = &practice->memory->reader;
  WattleQuery query = wattle_query (WATTLE_RECORD_DOCUMENT);
  g_autoptr (WattleRecord) document = NULL;

  assert_refused (practice, ADA, "message.send", WATTLE_ERROR_INVALID, "media_type",
                  FILE_OF_KIND ("%s", "application/zip"), id);
  assert_done (practice, ADA, "message.send", FILE_OF ("%s"), id);
  document = wattle_reader_find (reader, &query, NULL);
  g_assert_cmpint (wattle_record_get_integer (document, WATTLE_DOCUMENT_KIND), ==, WATTLE_DOCUMENT_KIND_MESSAGE);
  g_assert_cmpstr (wattle_record_get_string (document, WATTLE_DOCUMENT_PATIENT), ==, id_of ("ada"));
  g_assert_true (may_read (practice, NG, document));
  g_assert_true (may_read (practice, ADA, document));
  g_assert_false (may_read (practice, OH, document));
  assert_refused (practice, NG, "record.delete", WATTLE_ERROR_FORBIDDEN, "kind",
                  "{'type':'document','id':'%s','reason':'x'}", wattle_record_id (document));
  assert_refused (practice, NG, "record.change", WATTLE_ERROR_FORBIDDEN, "kind",
                  "{'type':'document','id':'%s','changes':{'kind':{'old':'message','new':'letter'}}}",
                  wattle_record_id (document));
  assert_refused (practice, NG, "document.file", WATTLE_ERROR_INVALID, "kind",
                  "{'document':{'type':'document','patient':{ada},'title':'L','document_date':'2026-11-22',"
                  "'media_type':'application/pdf','size':3,'kind':'message',"
                  "'hash':'00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff'}}");
}

static void
test_staff (void)
{
  g_autoptr (Practice) practice = practice_new ();
  g_autoptr (WattleRecord) thread = NULL;
  g_autofree char *members = g_strjoin (" ", id_of ("desk"), id_of ("oh"), id_of ("desk"), NULL);
  const char *id = id_of ("talk");

  assert_refused (practice, NG, "thread.start", WATTLE_ERROR_INVALID, "members",
                  "{'thread':{'type':'thread','kind':'staff','subject':'Alone'}}");
  assert_refused (practice, NG, "thread.start", WATTLE_ERROR_INVALID, "members",
                  "{'thread':{'type':'thread','kind':'staff','subject':'Patient','members':{self}}}");
  assert_refused (practice, NG, "thread.start", WATTLE_ERROR_INVALID, "subject",
                  "{'thread':{'type':'thread','kind':'staff','members':{desk}}}");
  assert_refused (practice, NG, "thread.start", WATTLE_ERROR_INVALID, "patient",
                  "{'thread':{'type':'thread','kind':'visit','patient':{ada},'subject':'x','members':{desk}}}");
  assert_refused (practice, ADA, "thread.start", WATTLE_ERROR_FORBIDDEN, NULL,
                  "{'thread':{'type':'thread','kind':'staff','subject':'x','members':{desk}}}");
  assert_done (practice, NG, "thread.start",
               "{'thread':{'type':'thread','id':{talk},'kind':'staff','subject':'Rooms','members':'%s'}}", members);
  thread = practice_get (practice, WATTLE_RECORD_THREAD, "talk");
  g_assert_cmpuint (strlen (wattle_record_get_string (thread, WATTLE_THREAD_MEMBERS)), ==, 3 * 26 + 2);
  g_assert_true (may_read (practice, DESK, thread));
  g_assert_true (may_read (practice, OH, thread));
  g_assert_false (may_read (practice, MANAGER, thread));
  assert_done (practice, DESK, "message.send", "{'thread':'%s','body':'Which room?','needs_reply':true}", id);
  assert_done (practice, DESK, "message.send", "{'thread':'%s','body':'At ten'}", id);
  g_clear_object (&thread);
  thread = practice_get (practice, WATTLE_RECORD_THREAD, "talk");
  g_assert_true (wattle_record_get_boolean (thread, WATTLE_THREAD_NEEDS_REPLY));
  assert_done (practice, OH, "message.send", "{'thread':'%s','body':'The first'}", id);
  g_clear_object (&thread);
  thread = practice_get (practice, WATTLE_RECORD_THREAD, "talk");
  g_assert_false (wattle_record_get_boolean (thread, WATTLE_THREAD_NEEDS_REPLY));
  assert_refused (practice, MANAGER, "message.send", WATTLE_ERROR_NOT_FOUND, NULL, "{'thread':'%s','body':'x'}", id);
  assert_refused (practice, OH, "message.send", WATTLE_ERROR_INVALID, "document", FILE_OF ("%s"), id);
}

/* An administrator without the password, which only the route takes; nobody else at all. */
static void
test_inspect (void)
{
  g_autofree char *id = NULL;
  g_autoptr (Practice) practice = with_messages (&id);

  assert_refused (practice, ADMIN, "thread.inspect", WATTLE_ERROR_FORBIDDEN, "password",
                  "{'id':'%s','reason':'The patient complained'}", id);
  assert_refused (practice, MANAGER, "thread.inspect", WATTLE_ERROR_FORBIDDEN, NULL,
                  "{'id':'%s','reason':'The patient complained'}", id);
}

#define FORM "{'form':{'type':'consent_form','id':{form},'kind':'recording','title':'Recording','body':'We record.'}}"
#define RECORDING(practice)                                                                                            \
  wattle_consent_is_given (&practice->memory->reader, id_of ("ada"), WATTLE_CONSENT_KIND_RECORDING)

static void
test_consent (void)
{
  g_autoptr (Practice) practice = practice_new ();
  g_autoptr (WattleRecord) latest = NULL;

  assert_refused (practice, NG, "consent.ask", WATTLE_ERROR_INVALID, "kind", "{'patient':{ada},'kind':'recording'}");
  assert_refused (practice, NG, "consent_form.publish", WATTLE_ERROR_FORBIDDEN, NULL, FORM);
  assert_done (practice, MANAGER, "consent_form.publish", FORM);
  g_assert_false (RECORDING (practice));
  assert_done (practice, NG, "consent.ask", "{'patient':{ada},'kind':'recording'}");
  assert_refused (practice, NG, "consent.ask", WATTLE_ERROR_CONFLICT, "kind", "{'patient':{ada},'kind':'recording'}");
  assert_refused (practice, OH, "consent.ask", WATTLE_ERROR_NOT_FOUND, NULL, "{'patient':{ada},'kind':'recording'}");
  g_assert_false (RECORDING (practice));
  assert_refused (practice, NG, "consent.give", WATTLE_ERROR_INVALID, "how", "{'patient':{ada},'form':{form}}");
  assert_refused (practice, ADA, "consent.give", WATTLE_ERROR_NOT_FOUND, NULL, "{'patient':{bob},'form':{form}}");
  assert_done (practice, ADA, "consent.give", "{'patient':{ada},'form':{form}}");
  assert_done (practice, ADA, "consent.give", "{'patient':{ada},'form':{form}}");
  g_assert_true (RECORDING (practice));
  g_assert_cmpuint (count (practice, WATTLE_RECORD_CONSENT), ==, 1);
  latest = wattle_consent_latest (&practice->memory->reader, id_of ("ada"), WATTLE_CONSENT_KIND_RECORDING);
  g_assert_cmpint (wattle_record_get_integer (latest, WATTLE_CONSENT_ANSWERED_HOW), ==, WATTLE_CONSENT_WAY_SELF);
  g_assert_cmpstr (wattle_record_get_string (latest, WATTLE_CONSENT_ANSWERED_BY), ==, id_of ("self"));
  assert_refused (practice, ADA, "consent.decline", WATTLE_ERROR_CONFLICT, "status", "{'patient':{ada},'form':{form}}");
  practice->now += WATTLE_HOUR;
  assert_done (practice, ADA, "consent.withdraw", "{'id':'%s'}", wattle_record_id (latest));
  g_assert_false (RECORDING (practice));
  practice->now += WATTLE_HOUR;
  assert_done (practice, DESK, "consent.give", "{'patient':{ada},'form':{form},'how':'video'}");
  g_assert_true (RECORDING (practice));
  g_assert_cmpuint (count (practice, WATTLE_RECORD_CONSENT), ==, 2);
  g_clear_object (&latest);
  latest = wattle_consent_latest (&practice->memory->reader, id_of ("ada"), WATTLE_CONSENT_KIND_RECORDING);
  g_assert_cmpint (wattle_record_get_integer (latest, WATTLE_CONSENT_ANSWERED_HOW), ==, WATTLE_CONSENT_WAY_VIDEO);
}

/* A consent holds for the text that was read, not for the next. */
static void
test_consent_versions (void)
{
  g_autoptr (Practice) practice = practice_new ();
  g_autoptr (WattleRecord) second = NULL;

  assert_done (practice, MANAGER, "consent_form.publish", FORM);
  assert_done (practice, ADA, "consent.give", "{'patient':{ada},'form':{form}}");
  assert_done (practice, MANAGER, "consent_form.publish",
               "{'form':{'type':'consent_form','id':{two},'kind':'recording','title':'R','body':'We keep it.'}}");
  second = practice_get (practice, WATTLE_RECORD_CONSENT_FORM, "two");
  g_assert_cmpint (wattle_record_get_integer (second, WATTLE_CONSENT_FORM_VERSION), ==, 2);
  g_assert_false (RECORDING (practice));
  assert_refused (practice, ADA, "consent.give", WATTLE_ERROR_CONFLICT, "form", "{'patient':{ada},'form':{form}}");
  assert_done (practice, ADA, "consent.decline", "{'patient':{ada},'form':{two}}");
  g_assert_false (RECORDING (practice));
  assert_done (practice, ADA, "consent.give", "{'patient':{ada},'form':{two}}");
  g_assert_true (RECORDING (practice));
}

static int
task_status (Practice *practice)
{
  g_autoptr (WattleRecord) task = practice_get (practice, WATTLE_RECORD_TASK, "walk");

  return wattle_record_get_integer (task, WATTLE_TASK_STATUS);
}

static void
test_tasks (void)
{
  g_autoptr (Practice) practice = practice_new ();

  assert_refused (practice, ADA, "task.give", WATTLE_ERROR_FORBIDDEN, NULL,
                  "{'task':{'type':'task','patient':{ada},'title':'Walk','status':'open'}}");
  assert_refused (practice, OH, "task.give", WATTLE_ERROR_NOT_FOUND, NULL,
                  "{'task':{'type':'task','patient':{ada},'title':'Walk','status':'open'}}");
  assert_done (practice, NG, "task.give",
               "{'task':{'type':'task','id':{walk},'patient':{ada},'title':'Walk','due_date':'2026-11-30'}}");
  assert_done (practice, ADA, "task.done", "{'id':{walk},'done':true}");
  g_assert_cmpint (task_status (practice), ==, WATTLE_TASK_STATUS_DONE);
  assert_done (practice, ADA, "task.done", "{'id':{walk},'done':false}");
  g_assert_cmpint (task_status (practice), ==, WATTLE_TASK_STATUS_OPEN);
  assert_refused (practice, DESK, "task.done", WATTLE_ERROR_FORBIDDEN, NULL, "{'id':{walk},'done':true}");
  assert_refused (practice, ADA, "task.withdraw", WATTLE_ERROR_FORBIDDEN, NULL, "{'id':{walk}}");
  assert_done (practice, NG, "task.withdraw", "{'id':{walk},'reason':'Knee'}");
  assert_refused (practice, ADA, "task.done", WATTLE_ERROR_CONFLICT, "status", "{'id':{walk},'done':true}");
}

static void
test_formats (void)
{
  g_assert_cmpstr (wattle_attachment_media ("%PDF-1.7", 8), ==, "application/pdf");
  g_assert_cmpstr (wattle_attachment_media ("\x89PNG\r\n\x1a\n", 8), ==, "image/png");
  g_assert_cmpstr (wattle_attachment_media ("\xff\xd8\xff\xe0", 4), ==, "image/jpeg");
  g_assert_null (wattle_attachment_media ("%PDF", 4));
  g_assert_null (wattle_attachment_media ("\x89PNG\r\n\x1a", 7));
  g_assert_null (wattle_attachment_media ("MZ\x90\0", 4));
  g_assert_null (wattle_attachment_media (NULL, 0));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/messages/opens", test_opens);
  g_test_add_func ("/messages/ends", test_ends);
  g_test_add_func ("/messages/send", test_send);
  g_test_add_func ("/messages/private", test_private);
  g_test_add_func ("/messages/needs-reply", test_needs_reply);
  g_test_add_func ("/messages/withdraw", test_withdraw);
  g_test_add_func ("/messages/marks", test_marks);
  g_test_add_func ("/messages/attachment", test_attachment);
  g_test_add_func ("/messages/formats", test_formats);
  g_test_add_func ("/messages/staff", test_staff);
  g_test_add_func ("/messages/inspect", test_inspect);
  g_test_add_func ("/consent/given", test_consent);
  g_test_add_func ("/consent/versions", test_consent_versions);
  g_test_add_func ("/task", test_tasks);
  return g_test_run ();
}
