/* demo.c: an invented practice: its people, places, services and patients
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "ctl/demo.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/civil.h"
#include "base/error.h"
#include "base/id.h"
#include "base/text.h"
#include "ctl/demo-private.h"
#include "ctl/demo-words.h"
#include "server/auth/account.h"
#include "server/auth/credential.h"

#define ZONE "Australia/Sydney"

static gboolean
put_json (Demo *self, const char *json, WattleRecord **made, GError **error)
{
  g_autoptr (WattleRecord) parsed = wattle_record_from_text (json, -1, error);
  g_autoptr (WattleRecord) named = NULL;

  if (parsed == NULL)
    return FALSE;
  named = demo_record (self, wattle_record_type (parsed)->id, self->options->now - WATTLE_DAY_SECONDS * WATTLE_SECOND);
  wattle_record_set_id (parsed, wattle_record_id (named));
  wattle_record_set_changed (parsed, wattle_record_changed_at (named), NULL);
  if (!demo_put (self, parsed, error))
    return FALSE;
  if (made != NULL)
    *made = g_object_ref (parsed);
  return TRUE;
}

static gboolean
make_practice (Demo *self, GError **error)
{
  static const char practice[]
    = "{\"type\":\"practice\",\"name\":\"Banksia Street Clinic\",\"legal_name\":\"Banksia Street Health Pty Ltd\","
      "\"abn\":\"51824753556\",\"gst_registered\":true,\"phone\":\"+61255501234\","
      "\"email\":\"hello@banksia-street.example\",\"zone\":\"" ZONE "\",\"address_line\":\"12 Banksia Street\","
      "\"suburb\":\"Newtown\",\"state_code\":\"NSW\",\"postcode\":\"2042\","
      "\"bank_account_name\":\"Banksia Street Health\",\"bank_bsb\":\"062000\",\"bank_account\":\"12345678\","
      "\"payment_terms_days\":14,\"invoice_footer\":\"Thank you for coming to Banksia Street.\"}";
  static const char location[]
    = "{\"type\":\"location\",\"name\":\"Banksia Street\",\"zone\":\"" ZONE "\",\"address_line\":\"12 Banksia Street\","
      "\"suburb\":\"Newtown\",\"state_code\":\"NSW\",\"postcode\":\"2042\",\"phone\":\"+61255501234\","
      "\"rooms\":\"Room 1\\nRoom 2\\nRoom 3\\nTreatment room\",\"closed_on_holidays\":true,"
      "\"opens\":\"08:00\",\"closes\":\"18:00\"}";
  static const char *const settings[][2] = {
    { "clinicians_see_all_patients", "true" },
    { "lock_after_minutes", "10" },
  };

  if (!put_json (self, practice, &self->practice, error) || !put_json (self, location, &self->location, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    {
      g_autofree char *json = g_strdup_printf ("{\"type\":\"setting\",\"key\":\"%s\",\"value\":\"%s\"}", settings[i][0],
                                               settings[i][1]);

      if (!put_json (self, json, NULL, error))
        return FALSE;
    }
  return wattle_account_settle (self->transaction, self->practice, error);
}

static gboolean
make_user (Demo *self, const char *login, const char *name, const char *roles, const char *practitioner, char **id,
           GError **error)
{
  g_autofree char *link = practitioner != NULL ? g_strdup_printf (",\"practitioner\":\"%s\"", practitioner) : NULL;
  g_autofree char *json = g_strdup_printf (
    "{\"type\":\"user\",\"login\":\"%s\",\"display_name\":\"%s\",\"roles\":[%s],\"status\":\"active\"%s}", login, name,
    roles, link != NULL ? link : "");
  g_autoptr (WattleRecord) user = NULL;
  g_autoptr (WattleCredential) credential = NULL;

  if (!put_json (self, json, &user, error))
    return FALSE;
  credential = wattle_credential_new (wattle_record_id (user), self->options->password_hash);
  if (!wattle_credential_save (credential, self->transaction, error))
    return FALSE;
  if (id != NULL)
    *id = g_strdup (wattle_record_id (user));
  return TRUE;
}

static gboolean
make_staff (Demo *self, GError **error)
{
  return make_user (self, "robin", "Robin Ellery", "\"reception\"", NULL, &self->reception_user, error)
         && make_user (self, "mei", "Mei Carmody", "\"manager\",\"reception\"", NULL, NULL, error)
         && make_user (self, "owen", "Owen Sinclair", "\"owner\"", NULL, NULL, error)
         && make_user (self, "ada", "Ada Quilty", "\"administrator\"", NULL, NULL, error);
}

/* The hours of one practitioner: Monday to Friday, and today whatever day it is
 * for the first, so that a demonstration at a weekend has something to show. */
static gboolean
make_hours (Demo *self, DemoPractitioner *practitioner, gboolean also_today, GError **error)
{
  static const char *const days[] = { "monday", "tuesday", "wednesday", "thursday", "friday" };
  char from[WATTLE_DATE_SIZE];
  const char *id = wattle_record_id (practitioner->record);
  const char *location = wattle_record_id (self->location);

  wattle_date_print (self->today - 366 * (gint64) self->options->years, from);
  for (guint i = 0; i < G_N_ELEMENTS (days) * 2; i++)
    {
      g_autofree char *json = g_strdup_printf (
        "{\"type\":\"availability\",\"practitioner\":\"%s\",\"location\":\"%s\",\"kind\":\"hours\",\"weekday\":\"%s\","
        "\"starts\":\"%s\",\"ends\":\"%s\",\"from_date\":\"%s\"}",
        id, location, days[i / 2], i % 2 == 0 ? "09:00" : "13:30", i % 2 == 0 ? "12:30" : "17:00", from);

      if (!put_json (self, json, NULL, error))
        return FALSE;
    }
  if (also_today && wattle_date_weekday (self->today) >= 6)
    {
      g_autofree char *day = wattle_date_format (self->today);
      g_autofree char *json =
        g_strdup_printf ("{\"type\":\"availability\",\"practitioner\":\"%s\",\"location\":\"%s\",\"kind\":\"extra\","
                         "\"starts\":\"09:00\","
                         "\"ends\":\"17:00\",\"from_date\":\"%s\",\"to_date\":\"%s\",\"reason\":\"Weekend clinic\"}",
                         id, location, day, day);

      return put_json (self, json, NULL, error);
    }
  return TRUE;
}

static const struct
{
  const char *login;
  const char *title;
  const char *given;
  const char *family;
  const char *profession;
  const char *letters;
  const char *colour;
} known[] = {
  { "imogen", "Dr", "Imogen", "Farrow", "general_practitioner", "MBBS, FRACGP", "#26a269" },
  { "tomas", "", "Tomas", "Okafor", "clinical_psychologist", "MPsych (Clin), MAPS", "#3584e4" },
  { "priya", "", "Priya", "Raman", "psychologist", "BPsych (Hons), MAPS", "#9141ac" },
  { "daniel", "Dr", "Daniel", "Whitlock", "general_practitioner", "MBChB, FRACGP", "#c64600" },
  { "niamh", "", "Niamh", "Gallagher", "psychologist", "MProfPsych", "#986a44" },
};

static const char *const colours[] = { "#26a269", "#3584e4", "#9141ac", "#c64600",
                                       "#986a44", "#1c71d8", "#a51d2d", "#613583" };

static char *
practitioner_json (Demo *self, guint i, gboolean doctor)
{
  /* Worked values that pass the checks; the same few for everyone, and nobody's. */
  static const char *const prescribers[] = { "2425739", "2603485", "3326185", "3058925" };
  g_autofree char *prescriber = NULL;

  if (doctor)
    prescriber = g_strdup_printf (",\"prescriber_number\":\"%s\"", prescribers[i % G_N_ELEMENTS (prescribers)]);
  if (i < G_N_ELEMENTS (known))
    return g_strdup_printf (
      "{\"type\":\"practitioner\",\"title\":\"%s\",\"given_names\":\"%s\",\"family_name\":\"%s\",\"profession\":\"%s\","
      "\"qualifications\":\"%s\",\"ahpra\":\"%s00012345%02u\",\"ahpra_expires\":\"2027-11-30\",\"phone\":\"+612555012%"
      "02u\","
      "\"colour\":\"%s\",\"active\":true%s}",
      known[i].title, known[i].given, known[i].family, known[i].profession, known[i].letters, doctor ? "MED" : "PSY", i,
      30 + i, known[i].colour, doctor ? prescriber : "");
  return g_strdup_printf (
    "{\"type\":\"practitioner\",\"title\":\"%s\",\"given_names\":\"%s\",\"family_name\":\"%s\",\"profession\":\"%s\","
    "\"ahpra\":\"%s%010u\",\"colour\":\"%s\",\"active\":true%s}",
    doctor ? "Dr" : "", i % 2 ? DEMO_PICK (self, demo_female_names) : DEMO_PICK (self, demo_male_names),
    DEMO_PICK (self, demo_family_names), doctor ? "general_practitioner" : "psychologist", doctor ? "MED" : "PSY",
    20000 + i, colours[i % G_N_ELEMENTS (colours)], doctor ? prescriber : "");
}

static gboolean
make_practitioner (Demo *self, guint i, GError **error)
{
  gboolean doctor = i % 3 == 0;
  g_autofree char *json = practitioner_json (self, i, doctor);
  DemoPractitioner *made = g_new0 (DemoPractitioner, 1);
  g_autofree char *login = NULL;
  g_autofree char *name = NULL;
  g_autofree char *place = NULL;

  made->doctor = doctor;
  made->panel = g_array_new (FALSE, FALSE, sizeof (guint));
  g_ptr_array_add (self->practitioners, made);
  if (!put_json (self, json, &made->record, error))
    return FALSE;
  login = i < G_N_ELEMENTS (known) ? g_strdup (known[i].login) : g_strdup_printf ("clinician%u", i + 1);
  name = g_strdup_printf ("%s %s", wattle_record_get_string (made->record, WATTLE_PRACTITIONER_GIVEN_NAMES),
                          wattle_record_get_string (made->record, WATTLE_PRACTITIONER_FAMILY_NAME));
  place = g_strdup_printf ("{\"type\":\"practitioner_location\",\"practitioner\":\"%s\",\"location\":\"%s\"%s}",
                           wattle_record_id (made->record), wattle_record_id (self->location),
                           i == 0   ? ",\"provider_number\":\"2426621B\""
                           : i == 1 ? ",\"provider_number\":\"4024742F\""
                           : i == 2 ? ",\"provider_number\":\"2448261H\""
                                    : "");
  return put_json (self, place, NULL, error)
         && make_user (self, login, name, i == 0 ? "\"clinician\",\"manager\"" : "\"clinician\"",
                       wattle_record_id (made->record), &made->user, error)
         && make_hours (self, made, i < 2, error);
}

static const struct
{
  const char *type;
  const char *code;
  const char *service;
  int minutes;
  gint64 price_before;
  gint64 price;
  const char *colour;
} offers[2][3] = {
  { { "Brief session", "80100", "Psychological therapy, 20 to 50 minutes", 30, 13500, 14000, "#99c1f1" },
    { "Therapy session", "80110", "Psychological therapy, 50 minutes or more", 50, 21500, 22500, "#62a0ea" },
    { "First visit", "80110", "Psychological assessment, first visit", 80, 29000, 30000, "#dc8add" } },
  { { "Standard consultation", "23", "Consultation, standard", 15, 9200, 9600, "#8ff0a4" },
    { "Long consultation", "36", "Consultation, long", 30, 15600, 16200, "#57e389" },
    { "Mental health plan", "2715", "Mental health treatment plan", 45, 21000, 21800, "#f9f06b" } },
};

static gboolean
make_price (Demo *self, WattleRecord *service, gint64 before, gint64 now, GError **error)
{
  char start[WATTLE_DATE_SIZE];
  g_autofree char *old = NULL;
  g_autofree char *current = NULL;

  wattle_date_print (self->today - 366 * (gint64) (self->options->years + 1), start);
  old = g_strdup_printf ("{\"type\":\"service_price\",\"service\":\"%s\",\"amount\":%" G_GINT64_FORMAT
                         ",\"from_date\":\"%s\",\"to_date\":\"2026-06-30\"}",
                         wattle_record_id (service), before, start);
  current = g_strdup_printf ("{\"type\":\"service_price\",\"service\":\"%s\",\"amount\":%" G_GINT64_FORMAT
                             ",\"from_date\":\"2026-07-01\"}",
                             wattle_record_id (service), now);
  return put_json (self, old, NULL, error) && put_json (self, current, NULL, error);
}

static gboolean
make_services (Demo *self, GError **error)
{
  g_autoptr (WattleRecord) report = NULL;

  for (guint doctor = 0; doctor < 2; doctor++)
    for (guint i = 0; i < 3; i++)
      {
        g_autofree char *service = g_strdup_printf (
          "{\"type\":\"service\",\"code\":\"%s\",\"name\":\"%s\",\"tax_code\":\"gst_free\",\"active\":true}",
          offers[doctor][i].code, offers[doctor][i].service);
        g_autofree char *type = NULL;

        if (!put_json (self, service, &self->visits[doctor][i].service, error)
            || !make_price (self, self->visits[doctor][i].service, offers[doctor][i].price_before,
                            offers[doctor][i].price, error))
          return FALSE;
        type = g_strdup_printf ("{\"type\":\"appointment_type\",\"name\":\"%s\",\"minutes\":%d,\"service\":\"%s\","
                                "\"modality\":\"in_person\",\"colour\":\"%s\",\"active\":true}",
                                offers[doctor][i].type, offers[doctor][i].minutes,
                                wattle_record_id (self->visits[doctor][i].service), offers[doctor][i].colour);
        if (!put_json (self, type, &self->visits[doctor][i].type, error))
          return FALSE;
        self->visits[doctor][i].price_before = offers[doctor][i].price_before;
        self->visits[doctor][i].price = offers[doctor][i].price;
      }
  return put_json (
           self,
           "{\"type\":\"service\",\"code\":\"REPORT\",\"name\":\"Report for a third party\",\"tax_code\":\"gst\","
           "\"active\":true}",
           &report, error)
         && make_price (self, report, 31900, 33000, error);
}

static gboolean
make_medicines (Demo *self, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (demo_medicines); i++)
    {
      const DemoMedicine *medicine = &demo_medicines[i];
      g_autofree char *json = g_strdup_printf (
        "{\"type\":\"medicine\",\"active_ingredient\":\"%s\",\"brand\":\"%s\",\"strength\":\"%s\",\"form\":\"%s\","
        "\"pack_size\":%d,\"maximum_repeats\":%d,\"schedule\":\"%s\",\"directions\":\"%s\"}",
        medicine->ingredient, medicine->brand, medicine->strength, medicine->form, medicine->pack, medicine->repeats,
        medicine->schedule, medicine->directions);

      if (!put_json (self, json, NULL, error))
        return FALSE;
    }
  return TRUE;
}

/* Ten digits that pass the check of a Medicare number: invented, issue number 1. */
static void
set_medicare (Demo *self, WattleRecord *patient)
{
  static const int weights[] = { 1, 3, 7, 9, 1, 3, 7, 9 };
  char digits[11];
  int sum = 0;

  digits[0] = '2' + g_rand_int_range (self->rand, 0, 5);
  for (guint i = 1; i < 8; i++)
    digits[i] = '0' + g_rand_int_range (self->rand, 0, 10);
  for (guint i = 0; i < 8; i++)
    sum += (digits[i] - '0') * weights[i];
  digits[8] = '0' + sum % 10;
  digits[9] = '1';
  digits[10] = '\0';
  wattle_record_set_string (patient, WATTLE_PATIENT_MEDICARE_NUMBER, digits);
  wattle_record_set_integer (patient, WATTLE_PATIENT_MEDICARE_IRN, g_rand_int_range (self->rand, 1, 5));
  wattle_record_set_integer (patient, WATTLE_PATIENT_MEDICARE_EXPIRES,
                             self->today + g_rand_int_range (self->rand, -60, 1400));
  wattle_record_set_integer (patient, WATTLE_PATIENT_MEDICARE_COLOUR, WATTLE_MEDICARE_CARD_COLOUR_GREEN);
}

static void
set_contact (Demo *self, WattleRecord *patient, guint i)
{
  const DemoSuburb *suburb = &DEMO_PICK (self, demo_suburbs);
  g_autofree char *street =
    g_strdup_printf ("%d %s", g_rand_int_range (self->rand, 1, 180), DEMO_PICK (self, demo_streets));
  g_autofree char *email = g_strdup_printf ("patient%u@mail.example", i + 1);

  wattle_record_set_string (patient, WATTLE_PATIENT_ADDRESS_LINE, street);
  wattle_record_set_string (patient, WATTLE_PATIENT_SUBURB, suburb->suburb);
  wattle_record_set_integer (patient, WATTLE_PATIENT_STATE, WATTLE_AU_STATE_NSW);
  wattle_record_set_string (patient, WATTLE_PATIENT_POSTCODE, suburb->postcode);
  wattle_record_set_string (patient, WATTLE_PATIENT_MOBILE, DEMO_PICK (self, demo_mobiles));
  if (g_rand_int_range (self->rand, 0, 10) < 8)
    wattle_record_set_string (patient, WATTLE_PATIENT_EMAIL, email);
  wattle_record_set_integer (patient, WATTLE_PATIENT_CONTACT_METHOD, WATTLE_CONTACT_METHOD_SMS);
  wattle_record_set_integer (patient, WATTLE_PATIENT_SMS_CONSENT, TRUE);
}

static void
set_needs (Demo *self, WattleRecord *patient)
{
  if (g_rand_int_range (self->rand, 0, 40) == 0)
    {
      wattle_record_set_integer (patient, WATTLE_PATIENT_INTERPRETER_NEEDED, TRUE);
      wattle_record_set_string (patient, WATTLE_PATIENT_LANGUAGE, DEMO_PICK (self, demo_languages));
    }
  if (g_rand_int_range (self->rand, 0, 50) == 0)
    wattle_record_set_string (patient, WATTLE_PATIENT_ALERT, DEMO_PICK (self, demo_alerts));
}

static gboolean
make_patient (Demo *self, guint i, GError **error)
{
  guint owner = i % self->practitioners->len;
  DemoPractitioner *practitioner = g_ptr_array_index (self->practitioners, owner);
  gint64 since = self->options->now - (gint64) self->options->years * 365 * WATTLE_DAY_SECONDS * WATTLE_SECOND;
  g_autoptr (WattleRecord) patient = demo_record (self, WATTLE_RECORD_PATIENT, since);
  gboolean female = g_rand_int_range (self->rand, 0, 100) < 56;
  int age = g_rand_int_range (self->rand, 4, 92);
  gint64 born = self->today - age * 365 - age / 4 - g_rand_int_range (self->rand, 1, 365);

  wattle_record_set_string (patient, WATTLE_PATIENT_GIVEN_NAMES,
                            female ? DEMO_PICK (self, demo_female_names) : DEMO_PICK (self, demo_male_names));
  wattle_record_set_string (patient, WATTLE_PATIENT_FAMILY_NAME, DEMO_PICK (self, demo_family_names));
  if (i >= 12 && i < 12 + G_N_ELEMENTS (demo_hard_names))
    {
      wattle_record_set_string (patient, WATTLE_PATIENT_GIVEN_NAMES, demo_hard_names[i - 12][0]);
      wattle_record_set_string (patient, WATTLE_PATIENT_FAMILY_NAME, demo_hard_names[i - 12][1]);
    }
  wattle_record_set_integer (patient, WATTLE_PATIENT_BIRTH_DATE, born);
  wattle_record_set_integer (patient, WATTLE_PATIENT_GENDER, female ? WATTLE_GENDER_FEMALE : WATTLE_GENDER_MALE);
  wattle_record_set_integer (patient, WATTLE_PATIENT_STATUS, WATTLE_PATIENT_STATUS_ACTIVE);
  wattle_record_set_string (patient, WATTLE_PATIENT_PRIMARY_PRACTITIONER, wattle_record_id (practitioner->record));
  set_contact (self, patient, i);
  if (g_rand_int_range (self->rand, 0, 20) > 0)
    set_medicare (self, patient);
  set_needs (self, patient);
  g_array_append_val (practitioner->panel, i);
  g_ptr_array_add (self->patients, g_object_ref (patient));
  self->counts->patients++;
  return demo_put (self, patient, error);
}

static gboolean
make_patients (Demo *self, GError **error)
{
  for (guint i = 0; i < self->options->patients; i++)
    {
      if (!make_patient (self, i, error))
        return FALSE;
      if (i % 1024 == 0 && self->progress != NULL)
        self->progress (_("Patients"), (double) i / self->options->patients, self->progress_data);
    }
  return TRUE;
}

static void
free_practitioner (gpointer data)
{
  DemoPractitioner *self = data;

  g_clear_object (&self->record);
  g_free (self->user);
  g_array_unref (self->panel);
  g_free (self);
}

static void
report_index (goffset done, goffset total, gpointer data)
{
  Demo *self = data;

  if (self->progress != NULL && total > 0)
    self->progress (_("Index"), (double) done / total, self->progress_data);
}

static gboolean
make_everything (Demo *self, GError **error)
{
  /* A visit's usual year: four visits a patient, some 1,500 visits a practitioner. */
  guint n =
    self->options->practitioners > 0 ? self->options->practitioners : MAX (3, self->options->patients * 4 / 1500);

  if (!wattle_transaction_bulk_begin (self->transaction, error) || !make_practice (self, error)
      || !make_staff (self, error) || !make_services (self, error) || !make_medicines (self, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (!make_practitioner (self, i, error))
      return FALSE;
  self->counts->practitioners = n;
  return make_patients (self, error) && demo_diary (self, error) && demo_messages (self, error)
         && wattle_transaction_bulk_end (self->transaction, self->cancellable, report_index, self, error)
         && wattle_transaction_commit (self->transaction, error);
}

static void
clear (Demo *self)
{
  g_clear_pointer (&self->transaction, wattle_transaction_free);
  g_clear_pointer (&self->rand, g_rand_free);
  g_clear_object (&self->practice);
  g_clear_object (&self->location);
  g_clear_pointer (&self->practitioners, g_ptr_array_unref);
  g_clear_pointer (&self->patients, g_ptr_array_unref);
  g_clear_pointer (&self->talked, g_ptr_array_unref);
  g_free (self->reception_user);
  for (guint i = 0; i < 6; i++)
    {
      g_clear_object (&self->visits[i / 3][i % 3].type);
      g_clear_object (&self->visits[i / 3][i % 3].service);
    }
}

/**
 * wattle_demo_make:
 * @store: an empty store of a server
 * @options: how large, which seed
 * @counts: (out): what was made
 * @progress: (nullable): told of the steps, on this thread
 * @data: for @progress
 * @cancellable: (nullable): stops between records
 * @error: the failure; the store is then to be thrown away
 *
 * Writes an invented practice with past and coming bookings, notes, invoices and
 * payments. Every user has the same password.
 */
gboolean
wattle_demo_make (WattleStore *store, const WattleDemoOptions *options, WattleDemoCounts *counts,
                  WattleDemoProgress progress, gpointer data, GCancellable *cancellable, GError **error)
{
  Demo self = {
    .store = store,
    .options = options,
    .counts = counts,
    .progress = progress,
    .progress_data = data,
    .cancellable = cancellable,
    .rand = g_rand_new_with_seed (options->seed),
    .zone = wattle_zone_lookup (ZONE, error),
    .practitioners = g_ptr_array_new_with_free_func (free_practitioner),
    .patients = g_ptr_array_new_with_free_func (g_object_unref),
    .talked = g_ptr_array_new_with_free_func (g_object_unref),
  };
  gboolean ok = FALSE;

  memset (counts, 0, sizeof *counts);
  if (self.zone != NULL)
    {
      wattle_zone_to_local (options->now, self.zone, &self.today, NULL, NULL);
      self.transaction = wattle_store_begin_write (store, error);
      ok = self.transaction != NULL && make_everything (&self, error);
    }
  clear (&self);
  return ok;
}
