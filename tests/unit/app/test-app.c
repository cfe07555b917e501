/* test-app.c: what the window reads and says, without a window
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <glib/gstdio.h>

#include "app/palette/palette-item.h"
#include "app/palette/palette-search.h"
#include "app/places.h"
#include "app/start/server-call.h"
#include "app/today/today-data.h"
#include "app/widgets/display.h"
#include "app/widgets/form-groups.h"
#include "base/civil.h"
#include "base/error.h"
#include "base/id.h"

#define ZONE "Australia/Sydney"
/* 10:00 on Tuesday 24 November 2026 in Sydney */
#define NOW (G_GINT64_CONSTANT (1795474800) * WATTLE_SECOND)

typedef struct
{
  char *folder;
  WattleStore *store;
  GPtrArray *records;
  WattleRecord *practitioner;
  WattleRecord *other;
} Practice;

static WattleRecord *
add (Practice *practice, WattleRecordType type)
{
  WattleRecord *record = wattle_record_new (type);
  g_autofree char *id = wattle_id_new ();

  wattle_record_set_id (record, id);
  g_ptr_array_add (practice->records, record);
  return record;
}

static WattleRecord *
add_patient (Practice *practice, const char *given, const char *family)
{
  WattleRecord *patient = add (practice, WATTLE_RECORD_PATIENT);

  wattle_record_set_string (patient, WATTLE_PATIENT_GIVEN_NAMES, given);
  wattle_record_set_string (patient, WATTLE_PATIENT_FAMILY_NAME, family);
  wattle_record_set_integer (patient, WATTLE_PATIENT_STATUS, WATTLE_PATIENT_STATUS_ACTIVE);
  return patient;
}

static WattleRecord *
add_visit (Practice *practice, WattleRecord *patient, WattleRecord *practitioner, gint64 minutes, int status)
{
  WattleRecord *visit = add (practice, WATTLE_RECORD_APPOINTMENT);
  gint64 at = NOW + minutes * WATTLE_MINUTE;

  wattle_record_set_string (visit, WATTLE_APPOINTMENT_PATIENT, wattle_record_id (patient));
  wattle_record_set_string (visit, WATTLE_APPOINTMENT_PRACTITIONER, wattle_record_id (practitioner));
  wattle_record_set_string (visit, WATTLE_APPOINTMENT_LOCATION, wattle_record_id (practitioner));
  wattle_record_set_string (visit, WATTLE_APPOINTMENT_ZONE, ZONE);
  wattle_record_set_integer (visit, WATTLE_APPOINTMENT_MODALITY, WATTLE_MODALITY_IN_PERSON);
  wattle_record_set_integer (visit, WATTLE_APPOINTMENT_STARTS_AT, at);
  wattle_record_set_integer (visit, WATTLE_APPOINTMENT_ENDS_AT, at + 10 * WATTLE_MINUTE);
  wattle_record_set_integer (visit, WATTLE_APPOINTMENT_STATUS, status);
  return visit;
}

static void
add_invoice (Practice *practice, WattleRecord *patient, WattleRecord *practitioner, int status, gint64 balance)
{
  WattleRecord *invoice = add (practice, WATTLE_RECORD_INVOICE);

  wattle_record_set_string (invoice, WATTLE_INVOICE_PATIENT, wattle_record_id (patient));
  wattle_record_set_string (invoice, WATTLE_INVOICE_PRACTITIONER, wattle_record_id (practitioner));
  wattle_record_set_integer (invoice, WATTLE_INVOICE_STATUS, status);
  wattle_record_set_integer (invoice, WATTLE_INVOICE_BALANCE, balance);
}

static void
add_note (Practice *practice, WattleRecord *patient, WattleRecord *author, int status)
{
  WattleRecord *note = add (practice, WATTLE_RECORD_PROGRESS_NOTE);

  wattle_record_set_string (note, WATTLE_PROGRESS_NOTE_PATIENT, wattle_record_id (patient));
  wattle_record_set_string (note, WATTLE_PROGRESS_NOTE_AUTHOR, wattle_record_id (author));
  wattle_record_set_integer (note, WATTLE_PROGRESS_NOTE_KIND, WATTLE_NOTE_KIND_SOAP);
  wattle_record_set_integer (note, WATTLE_PROGRESS_NOTE_STATUS, status);
  wattle_record_set_integer (note, WATTLE_PROGRESS_NOTE_NOTE_DATE, 20000);
}

static WattleRecord *
add_practitioner (Practice *practice, const char *family)
{
  WattleRecord *practitioner = add (practice, WATTLE_RECORD_PRACTITIONER);

  wattle_record_set_string (practitioner, WATTLE_PRACTITIONER_GIVEN_NAMES, "Imogen");
  wattle_record_set_string (practitioner, WATTLE_PRACTITIONER_FAMILY_NAME, family);
  wattle_record_set_integer (practitioner, WATTLE_PRACTITIONER_PROFESSION, WATTLE_PROFESSION_PSYCHOLOGIST);
  return practitioner;
}

static void
practice_set_up (Practice *practice, gconstpointer data)
{
  g_autofree char *path = NULL;
  WattleStoreOptions options = { .side = WATTLE_STORE_CLIENT };
  GError *error = NULL;

  wattle_clock_fix (NOW);
  practice->folder = g_dir_make_tmp ("wattle-app-XXXXXX", NULL);
  path = g_build_filename (practice->folder, "cache.db", NULL);
  options.path = path;
  practice->store = wattle_store_open (&options, &error);
  g_assert_no_error (error);
  practice->records = g_ptr_array_new_with_free_func (g_object_unref);
  practice->practitioner = add_practitioner (practice, "Farrow");
  practice->other = add_practitioner (practice, "Raman");
}

static void
practice_tear_down (Practice *practice, gconstpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (practice->folder, 0, NULL);
  const char *name;

  g_clear_object (&practice->store);
  g_clear_pointer (&practice->records, g_ptr_array_unref);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (practice->folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (practice->folder);
  g_free (practice->folder);
  wattle_clock_fix (0);
}

static void
keep (Practice *practice)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_write (practice->store, &error);

  for (guint i = 0; i < practice->records->len && error == NULL; i++)
    wattle_transaction_put (transaction, g_ptr_array_index (practice->records, i), &error);
  g_assert_no_error (error);
  wattle_transaction_commit (transaction, &error);
  g_assert_no_error (error);
}

static WattleToday *
read_today (Practice *practice, int role, guint shown)
{
  g_autoptr (GError) error = NULL;
  WattleActor actor = { .role = role, .practitioner = wattle_record_id (practice->practitioner) };
  g_autoptr (GVariant) arguments = g_variant_ref_sink (wattle_today_arguments (&actor, ZONE, shown));
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (practice->store, &error);
  WattleToday *today = wattle_today_read (transaction, arguments, NULL, &error);

  g_assert_no_error (error);
  return today;
}

static void
test_today (Practice *practice, gconstpointer data)
{
  WattleRecord *ann = add_patient (practice, "Ann", "Abbott");
  WattleRecord *ben = add_patient (practice, "Ben", "Burke");
  WattleRecord *cleo = add_patient (practice, "Cleo", "Chan");
  g_autoptr (WattleToday) mine = NULL;
  g_autoptr (WattleToday) all = NULL;

  add_visit (practice, ann, practice->practitioner, -60, WATTLE_APPOINTMENT_STATUS_COMPLETED);
  add_visit (practice, ann, practice->practitioner, 30, WATTLE_APPOINTMENT_STATUS_BOOKED);
  add_visit (practice, ben, practice->practitioner, 60, WATTLE_APPOINTMENT_STATUS_ARRIVED);
  add_visit (practice, cleo, practice->practitioner, 90, WATTLE_APPOINTMENT_STATUS_CANCELLED);
  add_visit (practice, cleo, practice->other, 90, WATTLE_APPOINTMENT_STATUS_BOOKED);
  /* 23:59 of the evening before and 00:00 of the day after in Sydney, which are the same day in London */
  add_visit (practice, cleo, practice->practitioner, -601, WATTLE_APPOINTMENT_STATUS_BOOKED);
  add_visit (practice, cleo, practice->practitioner, 14 * 60, WATTLE_APPOINTMENT_STATUS_BOOKED);
  keep (practice);

  mine = read_today (practice, WATTLE_ROLE_CLINICIAN, WATTLE_TODAY_SHOWN);
  g_assert_cmpuint (mine->visits->len, ==, 3);
  g_assert_cmpuint (mine->coming, ==, 2);
  g_assert_cmpuint (mine->arrived, ==, 1);
  /* who is there already comes before who is booked earlier */
  g_assert_cmpstr (mine->next->title, ==, "Burke, Ben");
  g_assert_cmpstr (mine->next_day, ==, "Wed 25 Nov 2026, 12:00 am");

  all = read_today (practice, WATTLE_ROLE_RECEPTION, WATTLE_TODAY_SHOWN);
  g_assert_cmpuint (all->visits->len, ==, 4);
  /* to the desk, who waits already has been dealt with */
  g_assert_cmpstr (all->next->title, ==, "Abbott, Ann");
}

static void
test_next_in_visit (Practice *practice, gconstpointer data)
{
  WattleRecord *ann = add_patient (practice, "Ann", "Abbott");
  WattleRecord *ben = add_patient (practice, "Ben", "Burke");
  g_autoptr (WattleToday) today = NULL;

  add_visit (practice, ann, practice->practitioner, -15, WATTLE_APPOINTMENT_STATUS_IN_VISIT);
  add_visit (practice, ben, practice->practitioner, 0, WATTLE_APPOINTMENT_STATUS_ARRIVED);
  /* booked, and over: nobody noted that they came; it is not what comes next */
  add_visit (practice, ben, practice->practitioner, -60, WATTLE_APPOINTMENT_STATUS_BOOKED);
  keep (practice);
  today = read_today (practice, WATTLE_ROLE_CLINICIAN, WATTLE_TODAY_SHOWN);
  g_assert_cmpint (today->next->status, ==, WATTLE_APPOINTMENT_STATUS_IN_VISIT);
  g_assert_cmpstr (today->next->title, ==, "Abbott, Ann");
}

static void
test_unsigned_and_unpaid (Practice *practice, gconstpointer data)
{
  WattleRecord *ann = add_patient (practice, "Ann", "Abbott");
  g_autoptr (WattleToday) few = NULL;
  g_autoptr (WattleToday) more = NULL;
  g_autoptr (WattleToday) desk = NULL;

  for (guint i = 0; i < 3; i++)
    add_note (practice, ann, practice->practitioner, WATTLE_NOTE_STATUS_DRAFT);
  add_note (practice, ann, practice->practitioner, WATTLE_NOTE_STATUS_SIGNED);
  add_note (practice, ann, practice->other, WATTLE_NOTE_STATUS_DRAFT);
  add_invoice (practice, ann, practice->practitioner, WATTLE_INVOICE_STATUS_ISSUED, 9500);
  add_invoice (practice, ann, practice->practitioner, WATTLE_INVOICE_STATUS_PART_PAID, 505);
  add_invoice (practice, ann, practice->practitioner, WATTLE_INVOICE_STATUS_PAID, 0);
  add_invoice (practice, ann, practice->other, WATTLE_INVOICE_STATUS_ISSUED, 100);
  keep (practice);

  few = read_today (practice, WATTLE_ROLE_CLINICIAN, 1);
  g_assert_cmpuint (few->notes->len, ==, 1);
  g_assert_cmpint (few->n_notes, ==, 3);
  g_assert_cmpuint (few->invoices->len, ==, 1);
  g_assert_cmpint (few->n_invoices, ==, 2);
  g_assert_cmpint (few->owed, ==, 10005);

  more = read_today (practice, WATTLE_ROLE_CLINICIAN, WATTLE_TODAY_ALL);
  g_assert_cmpuint (more->notes->len, ==, 3);

  desk = read_today (practice, WATTLE_ROLE_RECEPTION, WATTLE_TODAY_SHOWN);
  g_assert_cmpint (desk->n_notes, ==, 0);
  g_assert_cmpint (desk->owed, ==, 10105);
}

static void
test_palette (Practice *practice, gconstpointer data)
{
  WattleRecord *ann = add_patient (practice, "Ann", "Abbott");
  WattleRecord *visit;
  WattleRecord *past;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) arguments = g_variant_ref_sink (g_variant_new ("(ss)", "abb", ZONE));
  g_autoptr (GVariant) day = g_variant_ref_sink (g_variant_new ("(ss)", "24 Nov 2026", ZONE));
  g_autoptr (GVariant) next_day = g_variant_ref_sink (g_variant_new ("(ss)", "25/11/2026", ZONE));
  g_autoptr (GPtrArray) of_day = NULL;
  g_autoptr (GPtrArray) of_next_day = NULL;
  g_autoptr (WattleTransaction) transaction = NULL;
  g_autoptr (GPtrArray) items = NULL;
  WattlePaletteItem *item;

  past = add_visit (practice, ann, practice->practitioner, -90, WATTLE_APPOINTMENT_STATUS_COMPLETED);
  visit = add_visit (practice, ann, practice->practitioner, 90, WATTLE_APPOINTMENT_STATUS_BOOKED);
  add_patient (practice, "Ben", "Burke");
  keep (practice);
  transaction = wattle_store_begin_read (practice->store, &error);
  items = wattle_palette_search (transaction, arguments, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (items->len, ==, 3);
  item = g_ptr_array_index (items, 0);
  g_assert_cmpstr (item->title, ==, "Abbott, Ann");
  item = g_ptr_array_index (items, 1);
  g_assert_cmpint (item->type, ==, WATTLE_RECORD_APPOINTMENT);
  g_assert_cmpstr (item->target, ==, wattle_record_id (visit));
  item = g_ptr_array_index (items, 2);
  g_assert_cmpstr (item->target, ==, wattle_record_id (past));

  /* the bookings of a day, in the order of the clock */
  of_day = wattle_palette_search (transaction, day, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (of_day->len, ==, 2);
  item = g_ptr_array_index (of_day, 0);
  g_assert_cmpstr (item->target, ==, wattle_record_id (past));
  of_next_day = wattle_palette_search (transaction, next_day, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (of_next_day->len, ==, 0);
}

static void
test_server_url (void)
{
  static const struct
  {
    const char *typed;
    const char *url; /* NULL: refused */
  } cases[] = {
    { "clinic.example.com.au", "https://clinic.example.com.au" },
    { "  https://clinic.example.com.au/some/page  ", "https://clinic.example.com.au" },
    { "clinic.example.com.au:8443", "https://clinic.example.com.au:8443" },
    { "http://127.0.0.1:8080", "http://127.0.0.1:8080" },
    { "http://[::1]:8080", "http://[::1]:8080" },
    { "http://localhost", "http://localhost" },
    { "http://clinic.example.com.au", NULL },
    { "http://127.0.0.1.example.com", NULL },
    { "ftp://clinic.example.com.au", NULL },
    { "file:///etc/passwd", NULL },
    { "https://", NULL },
    { "", NULL },
    { "two words", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *url = wattle_server_url (cases[i].typed, &error);

      g_assert_cmpstr (url, ==, cases[i].url);
      if (cases[i].url == NULL)
        {
          g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_INVALID);
          g_assert_cmpstr (wattle_error_get_field (error), ==, "url");
        }
    }
}

static void
test_is_wattled (void)
{
  g_autoptr (WattleJson) ours = wattle_json_parse ("{\"product\":\"wattled\"}", -1, &WATTLE_JSON_WIRE_LIMITS, NULL);
  g_autoptr (WattleJson) other = wattle_json_parse ("{\"product\":\"teapot\"}", -1, &WATTLE_JSON_WIRE_LIMITS, NULL);
  g_autoptr (WattleJson) list = wattle_json_parse ("[1, 2]", -1, &WATTLE_JSON_WIRE_LIMITS, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (wattle_server_is_wattled (ours, NULL));
  g_assert_false (wattle_server_is_wattled (other, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_UNSUPPORTED);
  g_assert_false (wattle_server_is_wattled (list, NULL));
}

/* Every field that must be set stands on the form of its type exactly once; whose the record is, the page knows. */
static void
test_form_groups (void)
{
  for (guint type = 0; type < WATTLE_N_RECORDS; type++)
    {
      const WattleType *what = wattle_type_get (type);
      guint n;
      const WattleFormGroup *groups = wattle_form_groups (type, &n);
      g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

      for (guint g = 0; g < n; g++)
        for (guint f = 0; groups[g].fields[f] != WATTLE_FORM_END; f++)
          {
            g_assert_cmpint (groups[g].type, ==, type);
            g_assert_cmpint (WATTLE_FIELD_TYPE (groups[g].fields[f]), ==, type);
            g_assert_true (g_hash_table_add (seen, GUINT_TO_POINTER (groups[g].fields[f] + 1)));
          }
      for (guint f = 0; n > 0 && f < what->n_fields; f++)
        if ((what->fields[f].flags & WATTLE_FIELD_REQUIRED) != 0
            && g_strcmp0 (what->fields[f].name, what->scope_field) != 0)
          g_assert_true (g_hash_table_contains (seen, GUINT_TO_POINTER (((type << 8) | f) + 1)));
    }
}

static void
test_display (void)
{
  g_autoptr (WattleRecord) patient = wattle_record_new (WATTLE_RECORD_PATIENT);
  g_autofree char *plain = NULL;
  g_autofree char *preferred = NULL;
  g_autofree char *line = NULL;
  gint64 born;

  wattle_record_set_string (patient, WATTLE_PATIENT_GIVEN_NAMES, "Robert");
  wattle_record_set_string (patient, WATTLE_PATIENT_FAMILY_NAME, "Hawke");
  plain = wattle_display_patient (patient);
  g_assert_cmpstr (plain, ==, "Hawke, Robert");
  wattle_record_set_string (patient, WATTLE_PATIENT_PREFERRED_NAME, "Bob");
  preferred = wattle_display_patient (patient);
  g_assert_cmpstr (preferred, ==, "Hawke, Robert (Bob)");
  wattle_date_from_ymd (1980, 11, 25, &born);
  wattle_record_set_integer (patient, WATTLE_PATIENT_BIRTH_DATE, born);
  line = wattle_display_patient_line (patient, wattle_date_add_months (born, 12 * 46) - 1);
  g_assert_cmpstr (line, ==, "25/11/1980, aged 45");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/app/today/day", Practice, NULL, practice_set_up, test_today, practice_tear_down);
  g_test_add ("/app/today/in-visit", Practice, NULL, practice_set_up, test_next_in_visit, practice_tear_down);
  g_test_add ("/app/today/waiting", Practice, NULL, practice_set_up, test_unsigned_and_unpaid, practice_tear_down);
  g_test_add ("/app/palette", Practice, NULL, practice_set_up, test_palette, practice_tear_down);
  g_test_add_func ("/app/server/url", test_server_url);
  g_test_add_func ("/app/server/hello", test_is_wattled);
  g_test_add_func ("/app/form-groups", test_form_groups);
  g_test_add_func ("/app/display", test_display);
  return g_test_run ();
}
