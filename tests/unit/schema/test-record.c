/* test-record.c: guard rails that loop over every record type
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "base/error.h"
#include "base/id.h"
#include "schema/record.h"

static const char *const identifier_samples[][2] = {
  { "abn", "51824753556" },          { "acn", "004085616" },       { "hpi_o", "8003626499446203" },
  { "hpi_i", "8003610001218573" },   { "ihi", "8003608333647261" }, { "phone", "+61491570006" },
  { "email", "someone@example.org" }, { "postcode", "2000" },       { "bsb", "062000" },
  { "ahpra", "PSY0001234567" },      { "medicare_provider_number", "2426621B" },
  { "prescriber_number", "2425739" }, { "medicare_number", "2123456701" },
  { "dva_number", "NABC1234C" },     { "centrelink_crn", "307111942H" },
};

static const char *
sample_identifier (const char *nick)
{
  for (guint i = 0; i < G_N_ELEMENTS (identifier_samples); i++)
    if (strcmp (identifier_samples[i][0], nick) == 0)
      return identifier_samples[i][1];
  g_error ("no sample for the identifier %s", nick);
}

static char *
random_text (GRand *rand, guint max, gboolean lines)
{
  static const gunichar letters[] = { 'a', 'Z', '9', ' ', '"', '\\', '/', '<', 0xe9, 0x1ec7, 0x4e2d, 0x1f600, '\'' };
  GString *text = g_string_new ("x");
  guint length = g_rand_int_range (rand, 0, MIN (max > 0 ? max : 40, 40));

  for (guint i = 0; i + 2 < length; i++)
    g_string_append_unichar (text,
                             lines && i % 7 == 6 ? '\n' : letters[g_rand_int_range (rand, 0, G_N_ELEMENTS (letters))]);
  return g_string_free (text, FALSE);
}

static void
fill_field (WattleRecord *record, WattleFieldId id, GRand *rand)
{
  const WattleField *field = wattle_field_get (id);
  g_autofree char *text = NULL;
  g_autofree char *other = wattle_id_new ();

  switch (field->kind)
    {
    case WATTLE_KIND_STRING:
    case WATTLE_KIND_TEXT:
      text = random_text (rand, field->max, field->kind == WATTLE_KIND_TEXT);
      wattle_record_set_string (record, id, text);
      break;
    case WATTLE_KIND_ZONE:
      wattle_record_set_string (record, id, "Australia/Hobart");
      break;
    case WATTLE_KIND_REFERENCE:
      wattle_record_set_string (record, id, other);
      break;
    case WATTLE_KIND_IDENTIFIER:
      wattle_record_set_string (record, id, sample_identifier (field->ref));
      break;
    case WATTLE_KIND_COLOUR:
      wattle_record_set_string (record, id, "#3584e4");
      break;
    case WATTLE_KIND_HASH:
      wattle_record_set_string (record, id, "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff");
      break;
    case WATTLE_KIND_BOOLEAN:
      wattle_record_set_integer (record, id, g_rand_boolean (rand));
      break;
    case WATTLE_KIND_ENUM:
      wattle_record_set_integer (record, id, g_rand_int_range (rand, 0, wattle_field_enum (field)->n_values));
      break;
    case WATTLE_KIND_FLAGS:
      wattle_record_set_integer (record, id, g_rand_int_range (rand, 0, 1 << wattle_field_enum (field)->n_values));
      break;
    case WATTLE_KIND_DATE:
      wattle_record_set_integer (record, id, g_rand_int_range (rand, -40000, 80000));
      break;
    case WATTLE_KIND_TIME:
      wattle_record_set_integer (record, id, g_rand_int_range (rand, 0, 24 * 60));
      break;
    case WATTLE_KIND_INSTANT:
      wattle_record_set_integer (record, id,
                                 (gint64) g_rand_int (rand) * 1000000 + g_rand_int_range (rand, 0, 1000) * 1000);
      break;
    default:
      wattle_record_set_integer (record, id, g_rand_int_range (rand, 0, field->max > 0 ? field->max + 1 : 1000000));
    }
}

static WattleRecord *
random_record (const WattleType *type, GRand *rand)
{
  WattleRecord *record = wattle_record_new (type->id);
  g_autofree char *id = wattle_id_new ();

  wattle_record_set_id (record, id);
  wattle_record_set_revision (record, g_rand_int_range (rand, 1, 1 << 30));
  for (guint i = 0; i < type->n_fields; i++)
    if ((type->fields[i].flags & WATTLE_FIELD_REQUIRED) || g_rand_int_range (rand, 0, 4) > 0)
      fill_field (record, (type->id << 8) | i, rand);
  return record;
}

static void
test_round_trip (gconstpointer data)
{
  const WattleType *type = data;
  guint32 seed = g_test_rand_int ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);

  g_test_message ("seed %u", seed);
  for (guint round = 0; round < 50; round++)
    {
      g_autoptr (WattleRecord) record = random_record (type, rand);
      g_autoptr (WattleRecord) back = NULL;
      g_autoptr (WattleRecord) copy = wattle_record_copy (record);
      g_autoptr (GError) error = NULL;
      g_autofree char *json = wattle_record_to_json (record);
      g_autofree char *again = NULL;
      g_autofree char *copied = wattle_record_to_json (copy);
      g_autofree char *diff = NULL;

      g_assert_true (wattle_record_validate (record, &error));
      g_assert_no_error (error);
      back = wattle_record_from_text (json, -1, &error);
      g_assert_no_error (error);
      again = wattle_record_to_json (back);
      g_assert_cmpstr (json, ==, again);
      g_assert_cmpstr (json, ==, copied);
      diff = wattle_record_diff (record, back);
      g_assert_cmpstr (diff, ==, "{}");
    }
}

static void
test_required (gconstpointer data)
{
  const WattleType *type = data;
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);

  for (guint i = 0; i < type->n_fields; i++)
    if (type->fields[i].flags & WATTLE_FIELD_REQUIRED)
      {
        g_autoptr (WattleRecord) record = random_record (type, rand);
        g_autoptr (GError) error = NULL;

        wattle_record_unset (record, (type->id << 8) | i);
        g_assert_false (wattle_record_validate (record, &error));
        g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_INVALID);
        g_assert_cmpstr (wattle_error_get_field (error), ==, type->fields[i].name);
      }
}

static void
test_properties (gconstpointer data)
{
  const WattleType *type = data;
  g_autoptr (WattleRecord) record = wattle_record_new (type->id);

  g_assert_cmpstr (G_OBJECT_TYPE_NAME (record), ==, type->type_name);
  for (guint i = 0; i < type->n_fields; i++)
    {
      g_assert_nonnull (g_object_class_find_property (G_OBJECT_GET_CLASS (record), type->fields[i].name));
      g_assert_nonnull (type->fields[i].label);
      g_assert_cmpint (strlen (type->fields[i].label), >, 0);
      for (guint other = 0; other < i; other++)
        g_assert_cmpstr (type->fields[i].name, !=, type->fields[other].name);
      if (type->fields[i].kind == WATTLE_KIND_ENUM || type->fields[i].kind == WATTLE_KIND_FLAGS)
        g_assert_nonnull (wattle_field_enum (&type->fields[i]));
      if (type->fields[i].kind == WATTLE_KIND_REFERENCE && type->fields[i].ref != NULL)
        g_assert_nonnull (wattle_type_find (type->fields[i].ref));
    }
}

static void
test_unknown_kept (void)
{
  static const char json[] =
    "{\"type\":\"patient\",\"given_names\":\"Ada\",\"family_name\":\"Test\",\"status\":\"active\","
    "\"blood_group\":{\"abo\":\"A\",\"list\":[1,2]},\"later\":null}";
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleRecord) record = wattle_record_from_text (json, -1, &error);
  g_autofree char *back = NULL;

  g_assert_no_error (error);
  back = wattle_record_to_json (record);
  g_assert_nonnull (strstr (back, "\"blood_group\":{\"abo\":\"A\",\"list\":[1,2]},\"later\":null"));
}

static void
expect_field_error (const char *json, const char *field)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleRecord) record = wattle_record_from_text (json, -1, &error);

  if (record != NULL)
    g_assert_false (wattle_record_validate (record, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_INVALID);
  g_assert_cmpstr (wattle_error_get_field (error), ==, field);
}

static void
test_bad_values (void)
{
  expect_field_error ("{\"type\":\"patient\",\"given_names\":3}", "given_names");
  expect_field_error ("{\"type\":\"patient\",\"birth_date\":\"1980-13-01\"}", "birth_date");
  expect_field_error ("{\"type\":\"patient\",\"status\":\"asleep\"}", "status");
  expect_field_error ("{\"type\":\"user\",\"roles\":[\"clinician\",\"king\"]}", "roles");
  expect_field_error ("{\"type\":\"nonsense\"}", "type");
  expect_field_error ("{\"type\":\"patient\",\"id\":\"../etc\"}", "id");
  expect_field_error ("{\"type\":\"patient\",\"given_names\":\"A\",\"family_name\":\"B\",\"status\":\"active\","
                      "\"medicare_number\":\"2123456711\"}",
                      "medicare_number");
  expect_field_error ("{\"type\":\"appointment_type\",\"name\":\"Long\",\"minutes\":481}", "minutes");
  expect_field_error ("{\"type\":\"service_price\",\"service\":\"01890a5d-ac96\",\"amount\":-1}", "service");
}

static void
test_lock (void)
{
  g_autofree char *path = g_build_filename (g_getenv ("WATTLE_SOURCE"), "src", "schema", "schema.lock", NULL);
  g_autofree char *committed = NULL;
  g_autofree char *now = wattle_schema_lock ();
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &committed, NULL, &error);
  g_assert_no_error (error);
  if (strcmp (committed, now) != 0)
    g_test_message ("print the new one with: wattlectl schema --lock > src/schema/schema.lock");
  g_assert_true (strcmp (committed, now) == 0);
}

int
main (int argc, char **argv)
{
  if (g_strcmp0 (g_getenv ("WATTLE_PRINT_LOCK"), "1") == 0)
    {
      g_autofree char *lock = wattle_schema_lock ();

      g_print ("%s", lock);
      return 0;
    }
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < WATTLE_N_RECORDS; i++)
    {
      g_autofree char *round_trip = g_strconcat ("/record/round-trip/", wattle_types[i].nick, NULL);
      g_autofree char *required = g_strconcat ("/record/required/", wattle_types[i].nick, NULL);
      g_autofree char *properties = g_strconcat ("/record/properties/", wattle_types[i].nick, NULL);

      g_test_add_data_func (round_trip, &wattle_types[i], test_round_trip);
      g_test_add_data_func (required, &wattle_types[i], test_required);
      g_test_add_data_func (properties, &wattle_types[i], test_properties);
    }
  g_test_add_func ("/record/unknown-kept", test_unknown_kept);
  g_test_add_func ("/record/bad-values", test_bad_values);
  g_test_add_func ("/record/lock", test_lock);
  return g_test_run ();
}
