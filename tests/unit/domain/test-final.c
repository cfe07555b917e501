/* test-final.c: prescriptions and accounts, and that what is final never changes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "base/civil.h"
#include "base/error.h"
#include "base/id.h"
#include "domain/retention.h"
#include "practice.h"

#define DESK practice_actor ("desk", WATTLE_ROLE_RECEPTION)
#define NG practice_actor ("ng", WATTLE_ROLE_CLINICIAN)
#define OH practice_actor ("oh", WATTLE_ROLE_CLINICIAN)
#define MANAGER practice_actor ("manager", WATTLE_ROLE_MANAGER)
#define ADMIN practice_actor ("admin", WATTLE_ROLE_ADMINISTRATOR)
#define OWNER practice_actor ("owner", WATTLE_ROLE_OWNER)

#define SCRIPT(id, patient, prescriber, lines) \
  "{'prescription':{'type':'prescription','id':{" id "},'patient':{" patient "},'prescriber':{" prescriber \
  "}},'lines':[" lines "]}"
#define SERTRALINE \
  "{'type':'prescription_line','medicine':{sertraline},'active_ingredient':'?','directions':'One daily','quantity':30}"
#define MORPHINE(more) \
  "{'type':'prescription_line','medicine':{morphine},'active_ingredient':'?','schedule':'s2','directions':'One',"  \
  "'quantity':20" more "}"

static void
test_prescribe (void)
{
  g_autoptr (Practice) practice = practice_new ();
  g_autoptr (WattleRecord) script = NULL;
  g_autoptr (WattleRecord) line = NULL;
  WattleQuery query = wattle_query (WATTLE_RECORD_PRESCRIPTION_LINE);

  assert_done (practice, NG, "prescription.sign", SCRIPT ("rx", "ada", "dr-ng", SERTRALINE "," SERTRALINE));
  script = practice_get (practice, WATTLE_RECORD_PRESCRIPTION, "rx");
  g_assert_cmpstr (wattle_record_get_string (script, WATTLE_PRESCRIPTION_NUMBER), ==, "2026-000001");
  g_assert_cmpint (wattle_record_get_integer (script, WATTLE_PRESCRIPTION_STATUS), ==,
                   WATTLE_PRESCRIPTION_STATUS_SIGNED);
  wattle_query_where_text (&query, WATTLE_PRESCRIPTION_LINE_PRESCRIPTION, id_of ("rx"));
  line = wattle_reader_find (&practice->memory->reader, &query, NULL);
  g_assert_cmpstr (wattle_record_get_string (line, WATTLE_PRESCRIPTION_LINE_ACTIVE_INGREDIENT), ==, "Sertraline");
  g_assert_cmpint (wattle_record_get_integer (line, WATTLE_PRESCRIPTION_LINE_SCHEDULE), ==, WATTLE_POISON_SCHEDULE_S4);
  assert_refused (practice, OH, "prescription.cancel", WATTLE_ERROR_NOT_FOUND, NULL, "{'id':{rx},'reason':'x'}");
  assert_refused (practice, NG, "prescription.cancel", WATTLE_ERROR_INVALID, "reason", "{'id':{rx},'reason':''}");
  assert_done (practice, NG, "prescription.cancel", "{'id':{rx},'reason':'allergy'}");
  assert_refused (practice, NG, "prescription.cancel", WATTLE_ERROR_CONFLICT, "status", "{'id':{rx},'reason':'x'}");
}

static void
test_prescribe_refused (void)
{
  g_autoptr (Practice) practice = practice_new ();

  assert_refused (practice, OH, "prescription.sign", WATTLE_ERROR_FORBIDDEN, "prescriber",
                  SCRIPT ("rx", "cyd", "dr-oh", SERTRALINE));
  assert_refused (practice, OH, "prescription.sign", WATTLE_ERROR_FORBIDDEN, "prescriber",
                  SCRIPT ("rx", "cyd", "dr-ng", SERTRALINE));
  assert_refused (practice, NG, "prescription.sign", WATTLE_ERROR_NOT_FOUND, NULL,
                  SCRIPT ("rx", "cyd", "dr-ng", SERTRALINE));
  assert_refused (practice, DESK, "prescription.sign", WATTLE_ERROR_FORBIDDEN, NULL,
                  SCRIPT ("rx", "ada", "dr-ng", SERTRALINE));
  assert_refused (practice, NG, "prescription.sign", WATTLE_ERROR_INVALID, "lines", SCRIPT ("rx", "ada", "dr-ng", ""));
  assert_refused (practice, NG, "prescription.sign", WATTLE_ERROR_INVALID, "lines",
                  SCRIPT ("rx", "ada", "dr-ng",
                          SERTRALINE "," SERTRALINE "," SERTRALINE "," SERTRALINE "," SERTRALINE "," SERTRALINE
                                     "," SERTRALINE));
  assert_refused (practice, NG, "prescription.sign", WATTLE_ERROR_INVALID, "directions",
                  SCRIPT ("rx", "ada", "dr-ng",
                          "{'type':'prescription_line','medicine':{sertraline},'quantity':30}"));
  assert_refused (practice, NG, "prescription.sign", WATTLE_ERROR_INVALID, "quantity",
                  SCRIPT ("rx", "ada", "dr-ng",
                          "{'type':'prescription_line','medicine':{sertraline},'directions':'x','quantity':0}"));
  assert_refused (practice, NG, "prescription.sign", WATTLE_ERROR_INVALID, "active_ingredient",
                  SCRIPT ("rx", "ada", "dr-ng",
                          "{'type':'prescription_line','brand':'Brand','directions':'x','quantity':1}"));
  assert_refused (practice, NG, "prescription.sign", WATTLE_ERROR_INVALID, "prescribed_date",
                  "{'prescription':{'type':'prescription','patient':{ada},'prescriber':{dr-ng},"
                  "'prescribed_date':'2026-11-22'},'lines':[" SERTRALINE "]}");
  /* The table says Schedule 8, whatever the caller says. */
  assert_refused (practice, NG, "prescription.sign", WATTLE_ERROR_INVALID, "schedule",
                  SCRIPT ("rx", "ada", "dr-ng", SERTRALINE "," MORPHINE ("")));
  assert_refused (practice, NG, "prescription.sign", WATTLE_ERROR_INVALID, "birth_date",
                  SCRIPT ("rx", "bob", "dr-ng", MORPHINE ("")));
  assert_refused (practice, NG, "prescription.sign", WATTLE_ERROR_INVALID, "repeat_interval_days",
                  SCRIPT ("rx", "ada", "dr-ng", MORPHINE (",'repeats':1")));
  assert_done (practice, NG, "prescription.sign",
               SCRIPT ("rx", "ada", "dr-ng", MORPHINE (",'repeats':1,'repeat_interval_days':14")));
  practice_put (practice, "{'type':'practitioner','id':{dr-ng},'given_names':'Robin','family_name':'Ng',"
                          "'profession':'general_practitioner'}");
  assert_refused (practice, NG, "prescription.sign", WATTLE_ERROR_INVALID, "prescriber_number",
                  SCRIPT ("rx2", "ada", "dr-ng", SERTRALINE));
}

static void
test_accounts (void)
{
  g_autoptr (Practice) practice = practice_new ();
  g_autoptr (WattleRecord) user = NULL;

  assert_done (practice, MANAGER, "user.invite",
               "{'user':{'type':'user','id':{new},'login':'New.Person','display_name':'N','roles':['clinician'],"
               "'status':'active'}}");
  user = practice_get (practice, WATTLE_RECORD_USER, "new");
  g_assert_cmpstr (wattle_record_get_string (user, WATTLE_USER_LOGIN), ==, "new.person");
  g_assert_cmpint (wattle_record_get_integer (user, WATTLE_USER_STATUS), ==, WATTLE_USER_STATUS_INVITED);
  assert_refused (practice, MANAGER, "user.invite", WATTLE_ERROR_CONFLICT, "login",
                  "{'user':{'type':'user','login':'NG','display_name':'N','roles':['clinician'],'status':'active'}}");
  assert_refused (practice, MANAGER, "user.invite", WATTLE_ERROR_FORBIDDEN, "roles",
                  "{'user':{'type':'user','login':'x','display_name':'N','roles':['administrator'],"
                  "'status':'active'}}");
  assert_refused (practice, DESK, "user.invite", WATTLE_ERROR_FORBIDDEN, NULL,
                  "{'user':{'type':'user','login':'x','display_name':'N','roles':['clinician'],'status':'active'}}");
  assert_refused (practice, ADMIN, "user.set_roles", WATTLE_ERROR_FORBIDDEN, "id",
                  "{'id':{admin},'roles':['administrator','clinician']}");
  assert_refused (practice, ADMIN, "user.set_roles", WATTLE_ERROR_FORBIDDEN, "roles", "{'id':{ng},'roles':['owner']}");
  assert_refused (practice, ADMIN, "user.set_roles", WATTLE_ERROR_INVALID, "roles", "{'id':{ng},'roles':[]}");
  assert_refused (practice, MANAGER, "user.set_roles", WATTLE_ERROR_FORBIDDEN, "roles",
                  "{'id':{admin},'roles':['clinician']}");
  assert_refused (practice, OWNER, "user.set_roles", WATTLE_ERROR_CONFLICT, "id", "{'id':{admin},'roles':['manager']}");
  assert_refused (practice, OWNER, "user.disable", WATTLE_ERROR_CONFLICT, "id", "{'id':{admin}}");
  assert_refused (practice, MANAGER, "user.disable", WATTLE_ERROR_FORBIDDEN, "roles", "{'id':{admin}}");
  assert_done (practice, ADMIN, "user.set_roles", "{'id':{ng},'roles':['clinician','administrator']}");
  assert_done (practice, OWNER, "user.disable", "{'id':{admin}}");
  assert_refused (practice, MANAGER, "user.enable", WATTLE_ERROR_CONFLICT, "status", "{'id':{desk}}");
  assert_done (practice, NG, "user.change_profile", "{'changes':{'email':{'old':null,'new':'ng@example.com'}}}");
  assert_refused (practice, NG, "user.change_profile", WATTLE_ERROR_FORBIDDEN, "roles",
                  "{'changes':{'roles':{'old':['clinician'],'new':['owner']}}}");
  assert_refused (practice, NG, "user.change_profile", WATTLE_ERROR_FORBIDDEN, "practitioner",
                  "{'changes':{'practitioner':{'old':{dr-ng},'new':{dr-oh}}}}");
  assert_done (practice, NG, "device.rename", "{'id':{laptop},'name':'Desk'}");
  assert_refused (practice, OH, "device.revoke", WATTLE_ERROR_NOT_FOUND, NULL, "{'id':{laptop}}");
  assert_done (practice, NG, "device.revoke", "{'id':{laptop}}");
}

static void
test_documents (void)
{
  g_autoptr (Practice) practice = practice_new ();
  const char *hash = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

  assert_done (practice, DESK, "document.file",
               "{'document':{'type':'document','id':{doc},'patient':{ada},'kind':'letter','title':'L',"
               "'document_date':'2026-11-01','media_type':'application/pdf','size':10,'hash':'%s'}}",
               hash);
  assert_refused (practice, DESK, "document.file", WATTLE_ERROR_TOO_LARGE, "size",
                  "{'document':{'type':'document','patient':{ada},'kind':'letter','title':'L',"
                  "'document_date':'2026-11-01','media_type':'application/pdf','size':99999999,'hash':'%s'}}",
                  hash);
  assert_done (practice, NG, "record.change",
               "{'type':'document','id':{doc},'changes':{'title':{'old':'L','new':'Letter'}}}");
  assert_refused (practice, NG, "record.change", WATTLE_ERROR_FORBIDDEN, "hash",
                  "{'type':'document','id':{doc},'changes':{'hash':{'old':'%s','new':'f%s'}}}", hash, hash + 1);
}

#define MATROSKA "video/x-matroska"
#define AT(time) "2026-11-21T" time ":00Z"
#define BEGAN AT ("02:00")

#define RECORDING(id, patient, size, media)                                                                            \
  "{'appointment':{visit},'started_at':'" BEGAN "','document':{'type':'document','id':{" id "},"                       \
  "'patient':{" patient "},'kind':'recording','title':'R','document_date':'2026-11-21',"                               \
  "'media_type':'" media "','size':" size ",'hash':'%s'}}"

#define RECORDED(patient) RECORDING ("rec", patient, "10", MATROSKA)

static void
put_consent (Practice *practice, const char *status, const char *answered, const char *withdrawn)
{
  practice_put (practice,
                "{'type':'consent','id':{consent},'patient':{ada},'form':{form},'kind':'recording',"
                "'status':'%s','answered_at':'%s'%s%s%s}",
                status, answered, withdrawn != NULL ? ",'withdrawn_at':'" : "", withdrawn != NULL ? withdrawn : "",
                withdrawn != NULL ? "'" : "");
}

static void
put_report (Practice *practice, const char *recording)
{
  practice_put (practice,
                "{'type':'call_report','id':{report},'patient':{ada},'appointment':{visit},"
                "'started_at':'2026-11-21T01:00:00Z','connected_seconds':60,'recording':'%s'}",
                recording);
}

/* What counts is the consent that held when the recording began, of everybody who was asked. */
static void
test_recording_consent (void)
{
  const char *hash = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
  const struct
  {
    const char *status;
    const char *answered;
    const char *withdrawn;
    const char *report;
    gboolean filed;
  } cases[] = {
    { "declined", AT ("01:00"), NULL, "", FALSE },
    { "given", AT ("03:00"), NULL, "", TRUE },
    { "withdrawn", AT ("01:00"), AT ("01:30"), "", FALSE },
    { "withdrawn", AT ("01:00"), AT ("02:01"), "", TRUE },
    { "withdrawn", AT ("02:30"), AT ("03:00"), "", FALSE },
    { "withdrawn", AT ("02:01"), AT ("02:05"), "", TRUE },
    { "given", AT ("01:00"), NULL, AT ("01:50") " asked\\n" AT ("01:51") " declined observer", FALSE },
    { "given", AT ("01:00"), NULL,
      AT ("01:50") " asked\\n" AT ("01:51") " declined observer\\n" AT ("01:52") " asked\\n" AT (
        "01:53") " given observer\\n" AT ("02:10") " withdrawn observer",
      TRUE },
    { "asked", AT ("01:00"), NULL, AT ("01:50") " asked\\n" AT ("01:51") " given guardian", TRUE },
    { "asked", AT ("01:00"), NULL,
      AT ("01:50") " asked\\n" AT ("01:51") " given guardian\\n" AT ("01:52") " given patient", FALSE },
    { "asked", AT ("01:00"), NULL, AT ("01:50") " asked\\n" AT ("02:51") " given guardian", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Practice) practice = practice_new ();

      g_test_message ("case %u", i);
      practice_put (practice, "{'type':'patient','id':{ada},'family_name':'A','primary_practitioner':{dr-ng}}");
      assert_done (practice, DESK, "appointment.book",
                   "{'appointment':{'type':'appointment','id':{visit},'patient':{ada},'practitioner':{dr-ng},"
                   "'modality':'video','location':{city},'starts_at':'2026-11-23T01:00:00Z',"
                   "'ends_at':'2026-11-23T01:50:00Z'}}");
      put_consent (practice, cases[i].status, cases[i].answered, cases[i].withdrawn);
      put_report (practice, cases[i].report);
      if (cases[i].filed)
        assert_done (practice, NG, "recording.file", RECORDED ("ada"), hash);
      else
        assert_refused (practice, NG, "recording.file", WATTLE_ERROR_FORBIDDEN, "consent", RECORDED ("ada"), hash);
    }
}

/* What was recorded is the clinician's to file, and stays for as long as the law wants it to. */
static void
test_recordings (void)
{
  g_autoptr (Practice) practice = practice_new ();
  g_autoptr (WattleRecord) document = NULL;
  g_autofree char *until = NULL;
  const char *hash = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

  practice_put (practice, "{'type':'patient','id':{ada},'family_name':'A','birth_date':'1990-01-01',"
                          "'primary_practitioner':{dr-ng}}");
  assert_done (practice, DESK, "appointment.book",
               "{'appointment':{'type':'appointment','id':{visit},'patient':{ada},'practitioner':{dr-ng},"
               "'modality':'video','location':{city},'starts_at':'2026-11-23T01:00:00Z',"
               "'ends_at':'2026-11-23T01:50:00Z'}}");
  assert_refused (practice, DESK, "recording.file", WATTLE_ERROR_FORBIDDEN, NULL, RECORDED ("ada"), hash);
  assert_refused (practice, OH, "recording.file", WATTLE_ERROR_NOT_FOUND, NULL, RECORDED ("ada"), hash);
  assert_refused (practice, NG, "recording.file", WATTLE_ERROR_INVALID, "patient", RECORDED ("bob"), hash);
  assert_refused (practice, NG, "recording.file", WATTLE_ERROR_TOO_LARGE, "size",
                  RECORDING ("rec", "ada", "9999999999", MATROSKA), hash);
  assert_refused (practice, NG, "recording.file", WATTLE_ERROR_INVALID, "media_type",
                  RECORDING ("rec", "ada", "10", "application/pdf"), hash);
  assert_refused (practice, NG, "document.file", WATTLE_ERROR_INVALID, "kind",
                  "{'document':{'type':'document','id':{rec},'patient':{ada},'kind':'recording','title':'R',"
                  "'document_date':'2026-11-21','media_type':'video/x-matroska','size':10,'hash':'%s'}}",
                  hash);
  assert_refused (practice, NG, "recording.file", WATTLE_ERROR_FORBIDDEN, "consent", RECORDED ("ada"), hash);
  put_consent (practice, "given", "2026-11-21T01:00:00Z", NULL);
  assert_done (practice, NG, "recording.file", RECORDED ("ada"), hash);
  document = practice_get (practice, WATTLE_RECORD_DOCUMENT, "rec");
  until = wattle_date_format (wattle_record_get_integer (document, WATTLE_DOCUMENT_RETAIN_UNTIL));
  g_assert_cmpstr (until, ==, "2033-11-21");
  g_assert_cmpstr (wattle_record_get_string (document, WATTLE_DOCUMENT_SOURCE), ==, id_of ("visit"));
  g_assert_false (wattle_policy_is_released (document));
  assert_refused (practice, NG, "record.change", WATTLE_ERROR_FORBIDDEN, "kind",
                  "{'type':'document','id':{rec},'changes':{'kind':{'old':'recording','new':'letter'}}}");
  assert_refused (practice, NG, "record.change", WATTLE_ERROR_FORBIDDEN, "retain_until",
                  "{'type':'document','id':{rec},'changes':{'retain_until':{'old':'2033-11-21','new':null}}}");
  assert_refused (practice, NG, "record.delete", WATTLE_ERROR_FORBIDDEN, "retain_until",
                  "{'type':'document','id':{rec},'reason':'Not wanted'}");
}

static void
assert_kept_until (const char *born, const char *date, const char *wanted)
{
  g_autoptr (WattleRecord) patient = wattle_record_new (WATTLE_RECORD_PATIENT);
  gint64 birth, day;
  char found[WATTLE_DATE_SIZE];

  g_assert_true (wattle_date_parse (date, &day, NULL));
  if (born != NULL && wattle_date_parse (born, &birth, NULL))
    wattle_record_set_integer (patient, WATTLE_PATIENT_BIRTH_DATE, birth);
  wattle_date_print (wattle_retention_until (WATTLE_DOCUMENT_KIND_RECORDING, day, patient), found);
  g_assert_cmpstr (found, ==, wanted);
}

static void
test_retention (void)
{
  assert_kept_until ("1980-05-05", "2026-11-21", "2033-11-21");
  assert_kept_until ("2008-11-21", "2026-11-21", "2033-11-21");
  assert_kept_until ("2008-11-22", "2026-11-21", "2033-11-22");
  assert_kept_until ("2016-02-29", "2026-11-21", "2041-02-28");
  assert_kept_until (NULL, "2026-11-21", "2051-11-21");
  g_assert_cmpint (wattle_retention_until (WATTLE_DOCUMENT_KIND_LETTER, 20000, NULL), ==, 0);
}

/* A practice in which a visit was completed, its invoice issued and part paid, a note and a script signed. */
static Practice *
practice_with_final_records (void)
{
  Practice *practice = practice_new ();

  assert_done (practice, DESK, "appointment.book",
               "{'appointment':{'type':'appointment','id':{visit},'patient':{ada},'practitioner':{dr-ng},"
               "'location':{city},'starts_at':'2026-11-23T01:00:00Z','ends_at':'2026-11-23T01:50:00Z'}}");
  assert_done (practice, DESK, "invoice.create",
               "{'invoice':{'type':'invoice','id':{inv},'patient':{ada}},'lines':[{'type':'invoice_line','id':{line},"
               "'description':'X','unit_price':9000,'tax_code':'gst_free'}]}");
  assert_done (practice, DESK, "invoice.issue", "{'id':{inv}}");
  assert_done (practice, DESK, "payment.record",
               "{'payment':{'type':'payment','id':{pay},'invoice':{inv},'amount':100,'method':'card'}}");
  assert_done (practice, NG, "note.save",
               "{'note':{'type':'progress_note','id':{note},'patient':{ada},'kind':'free','body':'Signed words'}}");
  assert_done (practice, NG, "note.sign", "{'id':{note}}");
  assert_done (practice, NG, "prescription.sign",
               SCRIPT ("rx", "ada", "dr-ng",
                       "{'type':'prescription_line','id':{rxl},'medicine':{sertraline},'directions':'One',"
                       "'quantity':30}"));
  return practice;
}

/* What may never change of a final record, as text. */
static char *
final_content (Practice *practice)
{
  static const struct
  {
    WattleRecordType type;
    const char *name;
  } records[] = {
    { WATTLE_RECORD_PROGRESS_NOTE, "note" }, { WATTLE_RECORD_PRESCRIPTION, "rx" },
    { WATTLE_RECORD_PRESCRIPTION_LINE, "rxl" }, { WATTLE_RECORD_INVOICE, "inv" },
    { WATTLE_RECORD_INVOICE_LINE, "line" }, { WATTLE_RECORD_PAYMENT, "pay" },
  };
  static const WattleFieldId may_move[] = {
    WATTLE_PRESCRIPTION_STATUS, WATTLE_PRESCRIPTION_CANCELLED_REASON,
    WATTLE_INVOICE_STATUS,      WATTLE_INVOICE_PAID,
    WATTLE_INVOICE_BALANCE,     WATTLE_PROGRESS_NOTE_RELEASED,
  };
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (records); i++)
    {
      g_autoptr (WattleRecord) found = practice_get (practice, records[i].type, records[i].name);
      g_autoptr (WattleRecord) copy = wattle_record_copy (found);
      g_autofree char *json = NULL;

      for (guint j = 0; j < G_N_ELEMENTS (may_move); j++)
        if (WATTLE_FIELD_TYPE (may_move[j]) == records[i].type)
          wattle_record_unset (copy, may_move[j]);
      wattle_record_set_revision (copy, 0);
      wattle_record_set_changed (copy, 0, NULL);
      if (records[i].type == WATTLE_RECORD_PAYMENT)
        wattle_record_set_deleted (copy, FALSE);
      json = wattle_record_to_json (copy);
      g_string_append_printf (out, "%s\n", json);
    }
  return g_string_free (out, FALSE);
}

static void
write_record (WattleJsonWriter *writer, WattleRecordType type, const char *id, gboolean hostile)
{
  const WattleType *info = wattle_type_get (type);

  wattle_json_begin_object (writer);
  wattle_json_pair_string (writer, "type", info->nick);
  wattle_json_pair_string (writer, "id", id);
  for (guint i = 0; hostile && i < info->n_fields; i++)
    {
      const WattleField *field = &info->fields[i];

      if (strcmp (field->name, "patient") == 0)
        wattle_json_pair_string (writer, "patient", id_of ("ada"));
      else if (strcmp (field->name, "author") == 0 || strcmp (field->name, "prescriber") == 0
               || strcmp (field->name, "practitioner") == 0)
        wattle_json_pair_string (writer, field->name, id_of ("dr-ng"));
      else if (strcmp (field->name, "invoice") == 0)
        wattle_json_pair_string (writer, "invoice", id_of ("inv"));
      else if (strcmp (field->name, "prescription") == 0)
        wattle_json_pair_string (writer, "prescription", id_of ("rx"));
      else if (strcmp (field->name, "addendum_to") == 0)
        wattle_json_pair_string (writer, "addendum_to", id_of ("note"));
      else if (field->kind == WATTLE_KIND_STRING || field->kind == WATTLE_KIND_TEXT)
        wattle_json_pair_string (writer, field->name, "altered");
      else if (field->kind == WATTLE_KIND_ENUM)
        wattle_json_pair_string (writer, field->name, wattle_enum_nick (wattle_enum_find (field->ref), 0));
      else if (field->kind == WATTLE_KIND_MONEY)
        wattle_json_pair_integer (writer, field->name, 1);
      else if (field->kind == WATTLE_KIND_INTEGER)
        wattle_json_pair_integer (writer, field->name, 1000);
    }
  wattle_json_end_object (writer);
}

/* An attempt to change a record with whatever an operation takes. */
static void
write_argument (WattleJsonWriter *writer, const WattleArgument *argument, WattleRecordType target, const char *id,
                guint round)
{
  const WattleType *ref = argument->ref != NULL ? wattle_type_find (argument->ref) : NULL;

  wattle_json_name (writer, argument->name);
  if (strcmp (argument->kind, "id") == 0)
    wattle_json_put_string (writer, argument->required ? id : id_of ("dr-ng"));
  else if (strcmp (argument->kind, "record") == 0)
    write_record (writer, ref != NULL ? ref->id : target, id, TRUE);
  else if (strcmp (argument->kind, "records") == 0)
    {
      wattle_json_begin_array (writer);
      write_record (writer, ref->id, round % 2 != 0 ? id : id_of ("line"), TRUE);
      wattle_json_end_array (writer);
    }
  else if (strcmp (argument->kind, "changes") == 0)
    {
      wattle_json_begin_object (writer);
      wattle_json_name (writer, round % 2 != 0 ? "body" : "status");
      wattle_json_begin_object (writer);
      wattle_json_pair_string (writer, "old", round % 2 != 0 ? "Signed words" : "signed");
      wattle_json_pair_string (writer, "new", round % 2 != 0 ? "altered" : "draft");
      wattle_json_end_object (writer);
      wattle_json_end_object (writer);
    }
  else if (strcmp (argument->kind, "enum") == 0)
    {
      const WattleEnum *list = wattle_enum_find (argument->ref);

      wattle_json_put_string (writer, wattle_enum_nick (list, round % list->n_values));
    }
  else if (strcmp (argument->kind, "flags") == 0)
    {
      wattle_json_begin_array (writer);
      wattle_json_put_string (writer, "clinician");
      wattle_json_end_array (writer);
    }
  else if (strcmp (argument->kind, "instant") == 0)
    wattle_json_put_string (writer, "2026-11-25T01:00:00Z");
  else if (strcmp (argument->kind, "boolean") == 0)
    wattle_json_put_boolean (writer, TRUE);
  else if (strcmp (argument->name, "type") == 0)
    wattle_json_put_string (writer, wattle_type_get (target)->nick);
  else
    wattle_json_put_string (writer, "altered");
}

/* Every operation there is, in every role, aimed at each final record: nothing of its content moves. */
static void
test_nothing_moves (void)
{
  static const struct
  {
    WattleRecordType type;
    const char *name;
  } targets[] = {
    { WATTLE_RECORD_PROGRESS_NOTE, "note" }, { WATTLE_RECORD_PRESCRIPTION, "rx" },
    { WATTLE_RECORD_PRESCRIPTION_LINE, "rxl" }, { WATTLE_RECORD_INVOICE, "inv" },
    { WATTLE_RECORD_INVOICE_LINE, "line" }, { WATTLE_RECORD_PAYMENT, "pay" }, { WATTLE_RECORD_APPOINTMENT, "visit" },
  };
  static const char *const users[WATTLE_N_ROLE] = { "self", "ng", "desk", "manager", "owner", "admin" };
  g_autoptr (Practice) practice = practice_with_final_records ();
  g_autofree char *before = final_content (practice);
  guint n, done = 0;
  const WattleOperation *operations = wattle_operations (&n);

  for (guint i = 0; i < n * G_N_ELEMENTS (targets) * WATTLE_N_ROLE * 4; i++)
    {
      const WattleOperation *operation = &operations[i % n];
      guint target = i / n % G_N_ELEMENTS (targets);
      int role = i / n / G_N_ELEMENTS (targets) % WATTLE_N_ROLE;
      guint round = i / n / G_N_ELEMENTS (targets) / WATTLE_N_ROLE;
      g_autoptr (GString) args = g_string_new (NULL);
      WattleJsonWriter writer = wattle_json_writer (args);
      g_autofree char *name = g_strdup_printf ("attempt %u", i);
      g_autofree char *id = wattle_id_derive ("attempts", name);
      g_autofree char *after = NULL;
      g_autoptr (WattleOutcome) outcome = NULL;

      wattle_json_begin_object (&writer);
      for (const WattleArgument *argument = operation->args; argument->name != NULL; argument++)
        if (argument->required || round < 2)
          write_argument (&writer, argument, targets[target].type, id_of (targets[target].name), round);
      wattle_json_end_object (&writer);
      outcome = practice_run (practice, practice_actor (users[role], role), TRUE, id, operation->name,
                              args->str, NULL);
      if (outcome == NULL)
        continue;
      done++;
      wattle_memory_reader_apply (practice->memory, outcome);
      after = final_content (practice);
      if (strcmp (before, after) != 0)
        g_error ("%s as %s with %s changed what is final:\n%s\n%s", operation->name, users[role], args->str, before,
                 after);
    }
  g_assert_cmpuint (done, >, 10);
}

/* The gate itself, with records that no operation would make. */
static void
test_every_field_is_guarded (void)
{
  g_autoptr (Practice) practice = practice_with_final_records ();

  assert_refused (practice, NG, "note.sign", WATTLE_ERROR_FORBIDDEN, "status", "{'id':{note},'body':'altered'}");
  assert_refused (practice, NG, "note.save", WATTLE_ERROR_FORBIDDEN, "status",
                  "{'note':{'type':'progress_note','id':{note},'patient':{ada},'kind':'free','body':'altered'}}");
  assert_refused (practice, NG, "prescription.sign", WATTLE_ERROR_CONFLICT, "id",
                  SCRIPT ("rx", "ada", "dr-ng", SERTRALINE));
  assert_refused (practice, DESK, "invoice.create", WATTLE_ERROR_CONFLICT, "id",
                  "{'invoice':{'type':'invoice','id':{inv2},'patient':{ada}},'lines':[{'type':'invoice_line',"
                  "'id':{line},'description':'altered','unit_price':1,'tax_code':'gst_free'}]}");
  assert_refused (practice, DESK, "payment.record", WATTLE_ERROR_CONFLICT, "id",
                  "{'payment':{'type':'payment','id':{pay},'invoice':{inv},'amount':1,'method':'card'}}");
}

static void
test_release (void)
{
  g_autoptr (Practice) practice = practice_new ();
  g_autoptr (WattleRecord) before = NULL;
  g_autoptr (WattleRecord) after = NULL;
  WattleActor ada = practice_actor ("ada-user", WATTLE_ROLE_PATIENT);

  ada.patient = id_of ("ada");
  assert_done (practice, NG, "note.save",
               "{'note':{'type':'progress_note','id':{note},'patient':{ada},'kind':'free','body':'Sleeps better'}}");
  assert_refused (practice, NG, "note.release", WATTLE_ERROR_INVALID, "status", "{'id':{note},'released':true}");
  assert_done (practice, NG, "note.sign", "{'id':{note}}");
  before = practice_get (practice, WATTLE_RECORD_PROGRESS_NOTE, "note");
  g_assert_false (wattle_policy_check_read (&ada, &practice->memory->reader, before, NULL));
  assert_refused (practice, OH, "note.release", WATTLE_ERROR_NOT_FOUND, NULL, "{'id':{note},'released':true}");
  assert_refused (practice, MANAGER, "note.release", WATTLE_ERROR_FORBIDDEN, NULL, "{'id':{note},'released':true}");
  assert_refused (practice, NG, "note.release", WATTLE_ERROR_INVALID, "released", "{'id':{note}}");
  assert_done (practice, NG, "note.release", "{'id':{note},'released':true}");
  after = practice_get (practice, WATTLE_RECORD_PROGRESS_NOTE, "note");
  g_assert_true (wattle_policy_check_read (&ada, &practice->memory->reader, after, NULL));
  g_assert_cmpstr (wattle_record_get_string (after, WATTLE_PROGRESS_NOTE_BODY), ==, "Sleeps better");
  g_assert_cmpint (wattle_record_get_integer (after, WATTLE_PROGRESS_NOTE_SIGNED_AT), ==,
                   wattle_record_get_integer (before, WATTLE_PROGRESS_NOTE_SIGNED_AT));
  assert_done (practice, NG, "note.release", "{'id':{note},'released':false}");
  assert_refused (practice, NG, "record.change", WATTLE_ERROR_FORBIDDEN, "type",
                  "{'type':'progress_note','id':{note},'changes':{'released':{'old':false,'new':true}}}");
  assert_refused (practice, NG, "note.sign", WATTLE_ERROR_FORBIDDEN, "status", "{'id':{note},'body':'altered'}");
}

static void
test_approve (void)
{
  g_autoptr (Practice) practice = practice_new ();
  g_autoptr (WattleRecord) device = NULL;

  practice_put (practice,
                "{'type':'device','id':{tablet},'user':{ng},'name':'Tablet','public_key':'BBBB','status':'pending'}");
  assert_refused (practice, NG, "device.approve", WATTLE_ERROR_FORBIDDEN, NULL, "{'id':{tablet}}");
  assert_refused (practice, DESK, "device.approve", WATTLE_ERROR_FORBIDDEN, NULL, "{'id':{tablet}}");
  assert_done (practice, MANAGER, "device.approve", "{'id':{tablet}}");
  device = practice_get (practice, WATTLE_RECORD_DEVICE, "tablet");
  g_assert_cmpint (wattle_record_get_integer (device, WATTLE_DEVICE_STATUS), ==, WATTLE_DEVICE_STATUS_ACTIVE);
  assert_done (practice, ADMIN, "device.revoke", "{'id':{tablet}}");
  assert_refused (practice, ADMIN, "device.approve", WATTLE_ERROR_CONFLICT, "status", "{'id':{tablet}}");
}

/* What could never be sent is refused before it is kept. */
static void
test_too_long (void)
{
  g_autoptr (Practice) practice = practice_new ();
  g_autofree char *part = g_strnfill (190000, 'x');
  g_autofree char *longest = g_strnfill (199000, 'x');
  g_autofree char *lines = g_strnfill (150000, '~');
  g_autofree char *accented = NULL;
  g_auto (GStrv) split = g_strsplit (lines, "~", -1);

  assert_done (practice, NG, "note.save",
               "{'note':{'type':'progress_note','id':{note},'patient':{ada},'kind':'soap','subjective':'%s',"
               "'plan':'%s','objective':'%s'}}", part, longest, part);
  assert_refused (practice, NG, "note.save", WATTLE_ERROR_INVALID, "plan",
                  "{'note':{'type':'progress_note','id':{note},'patient':{ada},'kind':'soap','subjective':'%s',"
                  "'plan':'%s','objective':'%s','assessment':'%s'}}", part, longest, part, part);
  /* Few characters, and many bytes. */
  accented = g_strjoinv ("\xe2\x80\x93", split);
  assert_refused (practice, NG, "note.save", WATTLE_ERROR_INVALID, "plan",
                  "{'note':{'type':'progress_note','id':{note},'patient':{ada},'kind':'soap','subjective':'%s',"
                  "'plan':'%s','objective':'%s'}}", part, accented, part);
  assert_refused (practice, NG, "note.save", WATTLE_ERROR_INVALID, "plan",
                  "{'note':{'type':'progress_note','id':{note},'patient':{ada},'kind':'soap','subjective':'%s',"
                  "'plan':'%s','objective':'%s','assessment':'%s'}}", part, accented, part, part);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/prescription/sign", test_prescribe);
  g_test_add_func ("/prescription/refused", test_prescribe_refused);
  g_test_add_func ("/account/roles", test_accounts);
  g_test_add_func ("/document/file", test_documents);
  g_test_add_func ("/document/recording", test_recordings);
  g_test_add_func ("/document/recording-consent", test_recording_consent);
  g_test_add_func ("/document/retention", test_retention);
  g_test_add_func ("/final/nothing-moves", test_nothing_moves);
  g_test_add_func ("/final/every-field", test_every_field_is_guarded);
  g_test_add_func ("/final/release", test_release);
  g_test_add_func ("/final/approve", test_approve);
  g_test_add_func ("/final/too-long", test_too_long);
  return g_test_run ();
}
