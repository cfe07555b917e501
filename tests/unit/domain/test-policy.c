/* test-policy.c: every cell of the policy table, against a table of what is expected
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "base/error.h"
#include "domain/settings.h"
#include "practice.h"

/* What stands in the way, per role: patient, clinician, reception, manager, owner, administrator. For each a
 * letter: n nothing, s self, o own patients, a all. Written down again from the roles table, not from the code. */
static const struct
{
  const char *name;
  const char *cells;
} expected[] = {
  { "read:practice", "saaaaa" },
  { "read:account", "sssssa" },
  { "read:contact", "soaann" },
  { "read:schedule", "soaann" },
  { "read:diary", "naaann" },
  { "read:clinical", "sonnnn" },
  { "read:financial", "soaann" },
  { "read:audit", "ssnaaa" },
  { "write:practice", "nsnana" },
  { "write:account", "nnnnnn" },
  { "write:contact", "noaann" },
  { "write:schedule", "noaann" },
  { "write:clinical", "nonnnn" },
  { "write:financial", "noaann" },
  { "write:audit", "nnnnnn" },
  { "record.create", "naaana" },
  { "record.change", "naaana" },
  { "record.delete", "naaana" },
  { "record.restore", "naaana" },
  { "appointment.book", "noaann" },
  { "appointment.move", "noaann" },
  { "appointment.change", "noaann" },
  { "appointment.cancel", "noaann" },
  { "appointment.arrive", "noaann" },
  { "appointment.start", "noaann" },
  { "appointment.no_show", "noaann" },
  { "appointment.revert", "noaann" },
  { "visit.complete", "noaann" },
  { "note.save", "nonnnn" },
  { "note.sign", "nonnnn" },
  { "note.addend", "nonnnn" },
  { "note.discard", "nonnnn" },
  { "note.release", "nonnnn" },
  { "invoice.create", "noaann" },
  { "invoice.issue", "noaann" },
  { "invoice.write_off", "nnnann" },
  { "payment.record", "noaann" },
  { "payment.reverse", "noaann" },
  { "prescription.sign", "nonnnn" },
  { "prescription.cancel", "nonnnn" },
  { "document.file", "noaann" },
  { "recording.file", "nonnnn" },
  { "user.invite", "nnnaaa" },
  { "user.change_profile", "ssssss" },
  { "user.set_roles", "nnnaaa" },
  { "user.disable", "nnnaaa" },
  { "user.enable", "nnnaaa" },
  { "device.rename", "sssssa" },
  { "device.revoke", "sssssa" },
  { "device.approve", "nnnana" },
  { "setting.set", "nnnana" },
  { "read:portal", "snaann" },
  { "read:account_of_patient", "nnnnna" },
  { "read:grant", "nonann" },
  { "write:grant", "nnnnnn" },
  { "patient.hold", "nnnann" },
  { "patient.release_hold", "nnnann" },
  { "access.grant", "nonann" },
  { "access.revoke", "nonann" },
  { "access.emergency", "nannnn" },
  { "access.review", "nnnann" },
  { "chart.open", "noaann" },
  { "user.confirm", "nnaana" },
  { "call.report", "nonnnn" },
  { "room:enter", "sonnnn" },
  { "room:admit", "nonnnn" },
  { "room:close", "nonann" },
  { "room:triage", "noaann" },
  { "read:message", "sossss" },
  { "write:message", "nnnnnn" },
  { "thread.open", "sonnnn" },
  { "thread:typing", "sossss" },
  { "thread.start", "naaaaa" },
  { "thread.mark", "sossss" },
  { "thread.flag", "nossss" },
  { "message.send", "sossss" },
  { "message.withdraw", "sossss" },
  { "consent_form.publish", "nnnana" },
  { "consent.ask", "noaann" },
  { "consent.give", "soaann" },
  { "consent.decline", "soaann" },
  { "consent.withdraw", "soaann" },
  { "task.give", "nonnnn" },
  { "task.done", "sonnnn" },
  { "task.withdraw", "nonnnn" },
  { "thread.inspect", "nnnnna" },
};

static const char *const users[WATTLE_N_ROLE] = { "self", "ng", "desk", "manager", "owner", "admin" };

/* An object of each kind of target, by the role's point of view. */
typedef struct
{
  const char *what;
  WattleRecordType type;
  const char *json;
  gboolean foreign;
} Target;

static const Target targets[] = {
  { "own patient", WATTLE_RECORD_PATIENT, "ada", FALSE },
  { "patient of another", WATTLE_RECORD_PATIENT, "cyd", FALSE },
  { "own note", WATTLE_RECORD_PROGRESS_NOTE, "note-ada", FALSE },
  { "unreleased note", WATTLE_RECORD_PROGRESS_NOTE, "note-secret", FALSE },
  { "note of another", WATTLE_RECORD_PROGRESS_NOTE, "note-cyd", FALSE },
  { "own invoice", WATTLE_RECORD_INVOICE, "inv-ada", FALSE },
  { "invoice of another", WATTLE_RECORD_INVOICE, "inv-cyd", FALSE },
  { "own user", WATTLE_RECORD_USER, NULL, FALSE },
  { "another user", WATTLE_RECORD_USER, "oh", FALSE },
  { "own device", WATTLE_RECORD_DEVICE, "device-own", FALSE },
  { "another's device", WATTLE_RECORD_DEVICE, "device-oh", FALSE },
  { "service", WATTLE_RECORD_SERVICE, "consult", FALSE },
  { "foreign patient", WATTLE_RECORD_PATIENT, "foreign", TRUE },
  { "foreign note", WATTLE_RECORD_PROGRESS_NOTE, "foreign", TRUE },
  { "foreign invoice", WATTLE_RECORD_INVOICE, "foreign", TRUE },
  { "foreign user", WATTLE_RECORD_USER, "foreign", TRUE },
  { "foreign device", WATTLE_RECORD_DEVICE, "foreign", TRUE },
  { "foreign service", WATTLE_RECORD_SERVICE, "foreign", TRUE },
  { "foreign practice", WATTLE_RECORD_PRACTICE, "foreign", TRUE },
};

static Practice *
furnished (const char *user)
{
  Practice *practice = practice_new ();

  practice_put (practice, "{'type':'progress_note','id':{note-ada},'patient':{ada},'author':{dr-ng},'kind':'free',"
                          "'status':'signed','note_date':'2026-11-01','released':true}");
  practice_put (practice, "{'type':'progress_note','id':{note-secret},'patient':{ada},'author':{dr-ng},'kind':'free',"
                          "'status':'signed','note_date':'2026-11-01'}");
  practice_put (practice, "{'type':'progress_note','id':{note-cyd},'patient':{cyd},'author':{dr-oh},'kind':'free',"
                          "'status':'signed','note_date':'2026-11-01'}");
  practice_put (practice, "{'type':'invoice','id':{inv-ada},'patient':{ada},'status':'issued'}");
  practice_put (practice, "{'type':'invoice','id':{inv-cyd},'patient':{cyd},'status':'issued'}");
  practice_put (practice,
                "{'type':'device','id':{device-own},'user':{%s},'name':'D','public_key':'A','status':'active'}", user);
  practice_put (practice,
                "{'type':'device','id':{device-oh},'user':{oh},'name':'D','public_key':'A','status':'active'}");
  return practice;
}

/* A record of another practice as its own server would send it: nothing of it is known here. */
static WattleRecord *
foreign_record (WattleRecordType type)
{
  WattleRecord *record = wattle_record_new (type);
  WattleFieldId field;

  wattle_record_set_id (record, id_of ("foreign"));
  wattle_record_set_revision (record, 7);
  if (wattle_field_find (wattle_type_get (type), "patient", &field))
    wattle_record_set_string (record, field, id_of ("foreign patient"));
  if (type == WATTLE_RECORD_DEVICE)
    wattle_record_set_string (record, WATTLE_DEVICE_USER, id_of ("foreign user"));
  return record;
}

static gboolean
is_own (const Target *target, int role)
{
  if (strcmp (target->what, "own user") == 0 || strcmp (target->what, "own device") == 0)
    return TRUE;
  if (role != WATTLE_ROLE_PATIENT)
    return FALSE;
  return strcmp (target->what, "own patient") == 0 || strcmp (target->what, "own note") == 0
         || strcmp (target->what, "own invoice") == 0;
}

static gboolean
is_patient_of_ng (const Target *target)
{
  return strcmp (target->what, "own patient") == 0 || strcmp (target->what, "own note") == 0
         || strcmp (target->what, "unreleased note") == 0 || strcmp (target->what, "own invoice") == 0;
}

static gboolean
is_reached (char cell, const Target *target, int role)
{
  switch (g_ascii_tolower (cell))
    {
    case 'a':
      return TRUE;
    case 'o':
      return is_own (target, role) || is_patient_of_ng (target);
    case 's':
      return is_own (target, role);
    default:
      return FALSE;
    }
}

static char
read_cell (WattleRecordType type, int role)
{
  static const char *const classes[WATTLE_N_ACCESS] = {
    "read:practice", "read:account", "read:contact", "read:schedule", "read:clinical", "read:financial", "read:audit",
  };

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    if (strcmp (expected[i].name, classes[wattle_type_get (type)->access]) == 0)
      return expected[i].cells[role];
  g_assert_not_reached ();
}

/* 0 for allowed, or the code. */
static int
wanted (char cell, const Target *target, int role)
{
  if (target->foreign)
    return WATTLE_ERROR_NOT_FOUND;
  if (cell == 'n')
    return WATTLE_ERROR_FORBIDDEN;
  if (is_reached (cell, target, role))
    return 0;
  return is_reached (read_cell (target->type, role), target, role) ? WATTLE_ERROR_FORBIDDEN : WATTLE_ERROR_NOT_FOUND;
}

static void
test_every_cell (void)
{
  guint n_cells = 0;

  for (int role = 0; role < WATTLE_N_ROLE; role++)
    {
      g_autoptr (Practice) practice = furnished (users[role]);
      WattleActor actor = practice_actor (users[role], role);

      for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
        for (guint j = 0; j < G_N_ELEMENTS (targets); j++)
          {
            const Target *target = &targets[j];
            g_autoptr (WattleRecord) object
              = target->foreign ? foreign_record (target->type)
                                : practice_get (practice, target->type, target->json ? target->json : users[role]);
            g_autoptr (GError) error = NULL;
            gboolean ok
              = wattle_policy_check (expected[i].name, &actor, &practice->memory->reader, object, &error);
            int want = wanted (expected[i].cells[role], target, role);

            n_cells++;
            if (ok != (want == 0) || (!ok && error->code != want))
              g_error ("%s as %s on %s: wanted %d, got %d", expected[i].name, users[role], target->what, want,
                       ok ? 0 : error->code);
          }
    }
  g_test_message ("%u cells", n_cells);
}

/* Nothing is in the table that is not expected, and every route has somebody who may call it. */
static void
test_complete (void)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  guint n_rules, n_routes = 0;
  const WattlePolicyRule *rules = wattle_policy_rules (&n_rules);

  for (guint i = 0; i < n_rules; i++)
    {
      guint reached = 0;

      g_assert_true (g_hash_table_add (names, (gpointer) rules[i].name));
      g_assert_nonnull (rules[i].doc);
      if (strchr (rules[i].name, '/') == NULL)
        {
          g_assert_false (rules[i].flags & WATTLE_POLICY_PUBLIC);
          continue;
        }
      n_routes++;
      for (int role = 0; role < WATTLE_N_ROLE; role++)
        reached += rules[i].reach[role] != WATTLE_REACH_NONE;
      g_assert_cmpuint (reached, >, 0);
    }
  g_assert_cmpuint (n_rules, ==, n_routes + G_N_ELEMENTS (expected));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_nonnull (wattle_policy_find (expected[i].name));
}

/* No role, a role that the user does not hold, an empty actor: nothing, never all. */
static void
test_empty_is_nothing (void)
{
  g_autoptr (Practice) practice = practice_new ();
  WattleReader *reader = &practice->memory->reader;
  WattleActor nobody = { 0 };
  WattleActor usurper = practice_actor ("desk", WATTLE_ROLE_RECEPTION);
  WattleActor half = practice_actor ("ng", WATTLE_ROLE_CLINICIAN);
  WattleActor system = { .practice = id_of ("practice"), .role = WATTLE_ROLE_SYSTEM };
  WattleActor forged = practice_actor ("desk", WATTLE_ROLE_RECEPTION);
  guint n_rules;
  const WattlePolicyRule *rules = wattle_policy_rules (&n_rules);

  usurper.role = WATTLE_ROLE_ADMINISTRATOR;
  forged.role = WATTLE_ROLE_SYSTEM;
  half.practitioner = NULL;
  for (guint i = 0; i < n_rules; i++)
    {
      g_assert_cmpint (wattle_policy_reach (rules[i].name, &nobody, reader), ==, WATTLE_REACH_NONE);
      g_assert_cmpint (wattle_policy_reach (rules[i].name, &usurper, reader), ==, WATTLE_REACH_NONE);
      g_assert_cmpint (wattle_policy_reach (rules[i].name, &forged, reader), ==, WATTLE_REACH_NONE);
      g_assert_cmpint (wattle_policy_reach (rules[i].name, &system, reader), ==, WATTLE_REACH_PRACTICE);
    }
  g_assert_cmpint (wattle_policy_reach ("GET /v1/everything", &system, reader), ==, WATTLE_REACH_NONE);
  g_assert_cmpint (wattle_policy_reach (NULL, &system, reader), ==, WATTLE_REACH_NONE);
  g_assert_cmpuint (wattle_policy_field_mask (&nobody, reader), ==, 0);
  g_assert_cmpuint (wattle_policy_field_mask (&usurper, reader), ==, 0);
  g_assert_false (wattle_policy_cares_for (&half, reader, id_of ("ada")));
  g_assert_false (wattle_policy_cares_for (&half, reader, NULL));
}

static void
test_settings_widen (void)
{
  g_autoptr (Practice) practice = furnished ("oh");
  WattleReader *reader = &practice->memory->reader;
  WattleActor oh = practice_actor ("oh", WATTLE_ROLE_CLINICIAN);
  WattleActor manager = practice_actor ("manager", WATTLE_ROLE_MANAGER);
  WattleActor desk = practice_actor ("desk", WATTLE_ROLE_RECEPTION);
  g_autoptr (WattleRecord) note = practice_get (practice, WATTLE_RECORD_PROGRESS_NOTE, "note-ada");

  g_assert_false (wattle_policy_check_read (&oh, reader, note, NULL));
  g_assert_false (wattle_policy_check_read (&manager, reader, note, NULL));
  g_assert_cmpuint (wattle_policy_field_mask (&manager, reader) & WATTLE_FIELD_CLINICAL, ==, 0);
  assert_refused (practice, manager, "setting.set", WATTLE_ERROR_FORBIDDEN, "key",
                  "{'key':'managers_read_notes','value':'true'}");
  assert_done (practice, practice_actor ("admin", WATTLE_ROLE_ADMINISTRATOR), "setting.set",
               "{'key':'managers_read_notes','value':'true'}");
  g_assert_true (wattle_policy_check_read (&manager, reader, note, NULL));
  g_assert_cmpuint (wattle_policy_field_mask (&manager, reader) & WATTLE_FIELD_CLINICAL, !=, 0);
  g_assert_false (wattle_policy_check ("note.sign", &manager, reader, note, NULL));
  assert_done (practice, practice_actor ("admin", WATTLE_ROLE_ADMINISTRATOR), "setting.set",
               "{'key':'clinicians_see_all_patients','value':'true'}");
  g_assert_true (wattle_policy_check_read (&oh, reader, note, NULL));
  g_assert_false (wattle_policy_check_read (&desk, reader, note, NULL));
}

/* A visit makes a patient one's own, unless it was cancelled; a draft is its author's alone. */
static void
test_cares_for (void)
{
  g_autoptr (Practice) practice = furnished ("oh");
  WattleReader *reader = &practice->memory->reader;
  WattleActor oh = practice_actor ("oh", WATTLE_ROLE_CLINICIAN);
  WattleActor ng = practice_actor ("ng", WATTLE_ROLE_CLINICIAN);
  g_autoptr (WattleRecord) draft = NULL;

  g_assert_false (wattle_policy_cares_for (&oh, reader, id_of ("ada")));
  practice_put (practice, "{'type':'appointment','id':{v},'patient':{ada},'practitioner':{dr-oh},'location':{city},"
                          "'status':'cancelled'}");
  g_assert_false (wattle_policy_cares_for (&oh, reader, id_of ("ada")));
  practice_put (practice, "{'type':'appointment','id':{v},'patient':{ada},'practitioner':{dr-oh},'location':{city},"
                          "'status':'booked'}");
  g_assert_true (wattle_policy_cares_for (&oh, reader, id_of ("ada")));
  practice_put (practice, "{'type':'progress_note','id':{draft},'patient':{ada},'author':{dr-ng},'kind':'free',"
                          "'status':'draft','note_date':'2026-11-01'}");
  draft = practice_get (practice, WATTLE_RECORD_PROGRESS_NOTE, "draft");
  g_assert_false (wattle_policy_check_read (&oh, reader, draft, NULL));
  g_assert_true (wattle_policy_check_read (&ng, reader, draft, NULL));
}

/* Those who bill read the invoices they print, and no letter. */
static void
test_printed (void)
{
  static const struct
  {
    const char *kind;
    gboolean desk;
    gboolean patient;
  } cases[] = { { "invoice", TRUE, TRUE },        { "receipt", TRUE, TRUE },   { "prescription", FALSE, TRUE },
                { "letter", FALSE, FALSE },       { "referral", FALSE, FALSE }, { "other", FALSE, FALSE } };
  g_autoptr (Practice) practice = practice_new ();
  WattleActor desk = practice_actor ("desk", WATTLE_ROLE_RECEPTION);
  WattleActor patient = practice_actor ("self", WATTLE_ROLE_PATIENT);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (WattleRecord) document = NULL;

      practice_put (practice, "{'type':'document','id':{doc},'patient':{ada},'kind':'%s','title':'T'}", cases[i].kind);
      document = practice_get (practice, WATTLE_RECORD_DOCUMENT, "doc");
      g_assert_cmpint (wattle_policy_check_read (&desk, &practice->memory->reader, document, NULL), ==, cases[i].desk);
      g_assert_cmpint (wattle_policy_check_read (&patient, &practice->memory->reader, document, NULL), ==,
                       cases[i].patient);
    }
}

static void
test_settings (void)
{
  g_autoptr (Practice) practice = practice_new ();
  WattleActor admin = practice_actor ("admin", WATTLE_ROLE_ADMINISTRATOR);
  guint n;
  const WattleSettingSpec *specs = wattle_setting_specs (&n);
  g_autofree char *value = NULL;

  for (guint i = 0; i < n; i++)
    g_assert_true (wattle_setting_check (&specs[i], specs[i].fallback, NULL));
  g_assert_cmpint (wattle_setting_get_integer (&practice->memory->reader, "lock_after_minutes"), ==, 5);
  assert_refused (practice, admin, "setting.set", WATTLE_ERROR_INVALID, "key", "{'key':'colour','value':'1'}");
  assert_refused (practice, admin, "setting.set", WATTLE_ERROR_INVALID, "value",
                  "{'key':'lock_after_minutes','value':'16'}");
  assert_refused (practice, admin, "setting.set", WATTLE_ERROR_INVALID, "value",
                  "{'key':'cash_rounding','value':'yes'}");
  assert_refused (practice, practice_actor ("ng", WATTLE_ROLE_CLINICIAN), "setting.set", WATTLE_ERROR_FORBIDDEN, NULL,
                  "{'key':'lock_after_minutes','value':'10'}");
  assert_done (practice, admin, "setting.set", "{'key':'lock_after_minutes','value':'10'}");
  assert_done (practice, admin, "setting.set", "{'key':'lock_after_minutes','value':'12'}");
  value = wattle_setting_get (&practice->memory->reader, "lock_after_minutes");
  g_assert_cmpstr (value, ==, "12");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/policy/every-cell", test_every_cell);
  g_test_add_func ("/policy/complete", test_complete);
  g_test_add_func ("/policy/empty-is-nothing", test_empty_is_nothing);
  g_test_add_func ("/policy/settings-widen", test_settings_widen);
  g_test_add_func ("/policy/cares-for", test_cares_for);
  g_test_add_func ("/policy/printed", test_printed);
  g_test_add_func ("/policy/settings", test_settings);
  return g_test_run ();
}
