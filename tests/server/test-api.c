/* test-api.c: the table of routes against the policy, and the parts of signing in that need no server
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <utime.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "base/json.h"
#include "server/api/blob-file.h"
#include "server/api/routes.h"
#include "server/auth/counters.h"
#include "server/auth/passwords.h"
#include "server/auth/session.h"
#include "server/auth/tokens.h"
#include "server/auth/totp.h"
#include "server/configuration.h"

static gboolean
is_route (const char *rule)
{
  const char *space = strchr (rule, ' ');

  return space != NULL && space[1] == '/';
}

static void
test_every_route_has_a_rule (void)
{
  guint n, n_rules;
  const WattleApiRoute *routes = wattle_api_routes (&n);
  const WattlePolicyRule *rules = wattle_policy_rules (&n_rules);

  for (guint i = 0; i < n; i++)
    {
      const WattlePolicyRule *rule = wattle_policy_find (routes[i].rule);
      g_autofree char *name = g_strconcat (routes[i].method, " ", routes[i].path, NULL);

      g_assert_cmpstr (name, ==, routes[i].rule);
      if (rule == NULL)
        g_error ("no rule for %s", name);
      g_assert_true (((rule->flags & WATTLE_POLICY_PUBLIC) != 0) == ((routes[i].flags & WATTLE_CALL_PUBLIC) != 0));
      for (guint j = 0; j < i; j++)
        g_assert_cmpstr (routes[i].name, !=, routes[j].name);
    }
  for (guint i = 0; i < n_rules; i++)
    {
      gboolean found = !is_route (rules[i].name);

      for (guint j = 0; j < n && !found; j++)
        found = strcmp (routes[j].rule, rules[i].name) == 0;
      if (!found)
        g_error ("the rule %s has no route", rules[i].name);
    }
}

static void
test_every_operation_has_a_rule (void)
{
  guint n;
  const WattleOperation *operations = wattle_operations (&n);

  for (guint i = 0; i < n; i++)
    if (wattle_policy_find (operations[i].name) == NULL)
      g_error ("no rule for %s", operations[i].name);
}

static void
test_document (void)
{
  g_autofree char *text = wattle_openapi_document ();
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleJson) json = wattle_json_parse (text, -1, NULL, &error);
  WattleJsonNode paths;
  guint n, calls = 0;
  WattleJsonIter iter;
  WattleJsonNode path;

  g_assert_no_error (error);
  paths = wattle_json_member (wattle_json_root (json), "paths");
  iter = wattle_json_iter (paths);
  while (wattle_json_next (&iter, NULL, &path))
    calls += wattle_json_length (path);
  wattle_api_routes (&n);
  g_assert_cmpuint (calls, ==, n);
}

/* RFC 6238 appendix B, the SHA-1 rows, last six digits. */
static void
test_totp (void)
{
  static const struct
  {
    gint64 seconds;
    const char *code;
  } rows[] = { { 59, "287082" },          { 1111111109, "081804" }, { 1111111111, "050471" },
               { 1234567890, "005924" }, { 2000000000, "279037" }, { 20000000000, "353130" } };
  const char *secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"; /* "12345678901234567890" */
  char code[7];

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gint64 now = rows[i].seconds * WATTLE_SECOND;

      g_assert_true (wattle_totp_code (secret, wattle_totp_step (now), code));
      g_assert_cmpstr (code, ==, rows[i].code);
      g_assert_cmpint (wattle_totp_check (secret, code, now, 0), ==, rows[i].seconds / 30);
      g_assert_cmpint (wattle_totp_check (secret, code, now + 30 * WATTLE_SECOND, 0), ==, rows[i].seconds / 30);
      g_assert_cmpint (wattle_totp_check (secret, code, now + 61 * WATTLE_SECOND, 0), ==, -1);
      g_assert_cmpint (wattle_totp_check (secret, code, now, rows[i].seconds / 30), ==, -1);
    }
  g_assert_false (wattle_totp_code ("not base32!", 1, code));
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *fresh = wattle_totp_new_secret ();

      g_assert_true (wattle_totp_code (fresh, 1, code));
    }
}

static void
test_tokens (void)
{
  g_autofree char *token = wattle_token_new ();
  g_autofree char *other = wattle_token_new ();
  g_autofree char *wrapped = wattle_token_wrap (token, "the successor");
  g_autofree char *opened = wattle_token_unwrap (token, wrapped, NULL);
  g_autoptr (GError) error = NULL;
  char a[WATTLE_TOKEN_HASH_SIZE], b[WATTLE_TOKEN_HASH_SIZE];

  g_assert_cmpstr (token, !=, other);
  g_assert_true (wattle_token_hash (token, a) && wattle_token_hash (other, b));
  g_assert_cmpstr (a, !=, b);
  g_assert_null (strstr (wrapped, "successor"));
  g_assert_cmpstr (opened, ==, "the successor");
  g_assert_null (wattle_token_unwrap (other, wrapped, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_CORRUPT);
  g_assert_false (wattle_token_hash (NULL, a));
  g_assert_false (wattle_token_hash ("", a));
  g_assert_false (wattle_token_hash ("short", a));
}

static WattleTransaction *
begin (WattleStore *store)
{
  WattleTransaction *transaction = wattle_store_begin_write (store, NULL);

  g_assert_nonnull (transaction);
  return transaction;
}

/* How long a sign-in lasts that is renewed every ten minutes. */
static gint64
session_life (WattleStore *store, WattleRecord *user, int role, gint64 pause)
{
  g_autoptr (WattleTransaction) transaction = begin (store);
  g_autofree char *device = wattle_id_new ();
  gint64 began = wattle_clock_now (), now = began;
  g_auto (WattleTokens) first = { 0 };
  g_autofree char *token = NULL;

  g_assert_true (wattle_session_open (transaction, user, device, role, NULL, now, &first, NULL));
  token = g_strdup (first.refresh);
  while (now < began + WATTLE_DAY)
    {
      g_auto (WattleRefresh) refresh = { 0 };

      now += pause;
      if (!wattle_session_refresh (transaction, token, device, now, &refresh, NULL))
        break;
      g_assert_cmpint (refresh.tokens.access_expires_at, <=, now + 15 * WATTLE_MINUTE);
      g_free (token);
      token = g_strdup (refresh.tokens.refresh);
    }
  return now - began;
}

static void
choose (WattleStore *store, const char *key, const char *value)
{
  g_autoptr (WattleRecord) setting = wattle_record_new (WATTLE_RECORD_SETTING);
  g_autoptr (WattleTransaction) transaction = begin (store);
  g_autofree char *id = wattle_id_new ();

  wattle_record_set_id (setting, id);
  wattle_record_set_string (setting, WATTLE_SETTING_KEY, key);
  wattle_record_set_string (setting, WATTLE_SETTING_VALUE, value);
  g_assert_true (wattle_transaction_put (transaction, setting, NULL));
  g_assert_true (wattle_transaction_commit (transaction, NULL));
}

/* However busy, nobody stays signed in for longer than the practice wants; and a patient no longer while idle. */
static void
test_session_hours (void)
{
  WattleStoreOptions options = { .side = WATTLE_STORE_SERVER, .path = ":memory:" };
  g_autoptr (WattleStore) store = wattle_store_open (&options, NULL);
  g_autoptr (WattleRecord) user = wattle_record_new (WATTLE_RECORD_USER);
  g_autoptr (WattleTransaction) transaction = begin (store);
  g_autofree char *id = wattle_id_new ();

  wattle_record_set_id (user, id);
  wattle_record_set_string (user, WATTLE_USER_LOGIN, "imogen");
  wattle_record_set_string (user, WATTLE_USER_DISPLAY_NAME, "Imogen");
  wattle_record_set_integer (user, WATTLE_USER_ROLES, 1 << WATTLE_ROLE_CLINICIAN | 1 << WATTLE_ROLE_PATIENT);
  wattle_record_set_integer (user, WATTLE_USER_STATUS, WATTLE_USER_STATUS_ACTIVE);
  g_assert_true (wattle_transaction_put (transaction, user, NULL));
  g_assert_true (wattle_transaction_commit (transaction, NULL));
  g_clear_pointer (&transaction, wattle_transaction_free);
  g_assert_cmpint (session_life (store, user, WATTLE_ROLE_CLINICIAN, 10 * WATTLE_MINUTE), ==, 12 * WATTLE_HOUR);
  g_assert_cmpint (session_life (store, user, WATTLE_ROLE_PATIENT, 10 * WATTLE_MINUTE), ==, 12 * WATTLE_HOUR);
  g_assert_cmpint (session_life (store, user, WATTLE_ROLE_PATIENT, 31 * WATTLE_MINUTE), ==, 31 * WATTLE_MINUTE);
  choose (store, "session_hours", "2");
  g_assert_cmpint (session_life (store, user, WATTLE_ROLE_CLINICIAN, 10 * WATTLE_MINUTE), ==, 2 * WATTLE_HOUR);
  choose (store, "patient_idle_minutes", "60");
  g_assert_cmpint (session_life (store, user, WATTLE_ROLE_PATIENT, 30 * WATTLE_MINUTE), ==, 2 * WATTLE_HOUR);
  wattle_store_close (store, NULL);
}

static guint
count_rows (WattleTransaction *transaction)
{
  g_autoptr (GPtrArray) rows = wattle_transaction_privates (transaction, "counter", NULL, G_MAXINT, NULL);

  return rows->len;
}

static WattleKeys *
make_keys (void)
{
  g_autofree char *folder = g_dir_make_tmp ("wattle-keys-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "key", NULL);
  WattleKeys *keys = wattle_keys_open (path, TRUE, NULL);

  g_assert_nonnull (keys);
  g_unlink (path);
  g_rmdir (folder);
  return keys;
}

/* Delays of failed sign-ins: 1, 2, 4 … 900 seconds from the fifth on; a day of rest forgets them. */
static void
test_delays (void)
{
  WattleStoreOptions options = { .side = WATTLE_STORE_SERVER, .path = ":memory:" };
  g_autoptr (WattleStore) store = wattle_store_open (&options, NULL);
  g_autoptr (WattleTransaction) transaction = begin (store);
  g_autoptr (WattleKeys) keys = make_keys ();
  WattleCounter who = { "failures", "imogen" }, other = { "failures", "imogene" };
  gint64 now = wattle_clock_now ();
  guint wait, count;

  for (guint i = 1; i <= 20; i++)
    {
      g_assert_true (wattle_counter_try (transaction, keys, who, now, &count, NULL));
      g_assert_cmpuint (count, ==, i);
      g_assert_true (wattle_counter_wait (transaction, keys, who, now, &wait, NULL));
      g_assert_cmpuint (wait, ==, i < 5 ? 0 : i - 5 > 9 ? 900 : 1u << (i - 5));
    }
  g_assert_true (wattle_counter_wait (transaction, keys, other, now, &wait, NULL));
  g_assert_cmpuint (wait, ==, 0);
  g_assert_true (wattle_counter_take_back (transaction, keys, who, NULL));
  g_assert_true (wattle_counter_try (transaction, keys, who, now, &count, NULL));
  g_assert_cmpuint (count, ==, 20);
  g_assert_true (wattle_counter_try (transaction, keys, who, now + WATTLE_DAY, &count, NULL));
  g_assert_cmpuint (count, ==, 1);
  g_assert_true (wattle_counter_clear (transaction, keys, who, NULL));
  g_assert_cmpuint (count_rows (transaction), ==, 0);
}

/* Six in a window, whatever happened to the clock meanwhile. */
static void
test_windows (void)
{
  WattleStoreOptions options = { .side = WATTLE_STORE_SERVER, .path = ":memory:" };
  g_autoptr (WattleStore) store = wattle_store_open (&options, NULL);
  g_autoptr (WattleTransaction) transaction = begin (store);
  g_autoptr (WattleKeys) keys = make_keys ();
  WattleCounter who = { "sign-in", "192.0.2.1" };
  gint64 now = wattle_clock_now ();
  guint wait;

  for (guint i = 0; i < 5; i++)
    {
      g_assert_true (wattle_counter_take (transaction, keys, who, 5, 60, now + i * WATTLE_SECOND, &wait, NULL));
      g_assert_cmpuint (wait, ==, 0);
    }
  g_assert_true (wattle_counter_take (transaction, keys, who, 5, 60, now + 20 * WATTLE_SECOND, &wait, NULL));
  g_assert_cmpuint (wait, ==, 40);
  g_assert_true (wattle_counter_is_full (transaction, keys, who, 5, now + 21 * WATTLE_SECOND, &wait, NULL));
  g_assert_cmpuint (wait, ==, 39);
  g_assert_true (wattle_counter_take (transaction, keys, who, 5, 60, now + WATTLE_MINUTE, &wait, NULL));
  g_assert_cmpuint (wait, ==, 0);
  /* A clock that was a day ahead must not shut anybody out for a day. */
  g_assert_true (wattle_counter_take (transaction, keys, who, 1, 60, now + WATTLE_DAY, &wait, NULL));
  g_assert_true (wattle_counter_take (transaction, keys, who, 1, 60, now, &wait, NULL));
  g_assert_cmpuint (wait, ==, 0);
}

/* A flood of names that nobody has leaves a bounded table, and the failures of a name that was tried. */
static void
test_flood (void)
{
  WattleStoreOptions options = { .side = WATTLE_STORE_SERVER, .path = ":memory:" };
  const guint most = WATTLE_COUNTER_BUCKETS * WATTLE_COUNTERS_PER_BUCKET;
  guint n = g_test_slow () ? 1000000 : 115000;
  g_autoptr (WattleStore) store = wattle_store_open (&options, NULL);
  g_autoptr (WattleTransaction) transaction = begin (store);
  g_autoptr (WattleKeys) keys = make_keys ();
  gint64 now = wattle_clock_now ();
  guint count;

  for (guint i = 0; i < 3; i++)
    g_assert_true (wattle_counter_try (transaction, keys, (WattleCounter){ "failures", "imogen" }, now, &count, NULL));
  for (guint i = 0; i < n; i++)
    {
      char name[24];

      g_snprintf (name, sizeof name, "nobody-%u", i);
      g_assert_true (wattle_counter_try (transaction, keys, (WattleCounter){ "failures", name }, now, &count, NULL));
    }
  g_assert_cmpuint (count_rows (transaction), <=, most);
  g_assert_cmpuint (count_rows (transaction), >, most / 2);
  g_assert_true (wattle_counter_try (transaction, keys, (WattleCounter){ "failures", "imogen" }, now, &count, NULL));
  g_assert_cmpuint (count, ==, 4);
}

static void
make_upload (const char *folder, gint64 at)
{
  g_autofree char *piece = g_build_filename (folder, "00000000000000000000", NULL);
  struct utimbuf times = { at / WATTLE_SECOND, at / WATTLE_SECOND };

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (piece, "piece", -1, NULL));
  g_assert_cmpint (g_utime (piece, &times), ==, 0);
  g_assert_cmpint (g_utime (folder, &times), ==, 0);
}

static void
test_abandoned_uploads (void)
{
  g_autofree char *uploads = g_dir_make_tmp ("wattle-uploads-XXXXXX", NULL);
  g_autofree char *user = g_build_filename (uploads, "imogen", NULL);
  g_autofree char *old = g_build_filename (user, "old", NULL);
  g_autofree char *fresh = g_build_filename (user, "fresh", NULL);
  g_autofree char *piece = g_build_filename (fresh, "00000000000000000000", NULL);
  gint64 now = wattle_clock_now ();

  make_upload (old, now - 25 * WATTLE_HOUR);
  make_upload (fresh, now - 23 * WATTLE_HOUR);
  g_assert_cmpuint (wattle_pieces_expire (uploads, now - WATTLE_DAY), ==, 1);
  g_assert_false (g_file_test (old, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (piece, G_FILE_TEST_EXISTS));
  g_unlink (piece);
  g_rmdir (fresh);
  g_rmdir (user);
  g_rmdir (uploads);
}

static void
test_device_keys (void)
{
  guint8 key[32], secret[64], signature[64];
  char key_text[64], signature_text[128];

  crypto_sign_keypair (key, secret);
  crypto_sign_detached (signature, NULL, (const guint8 *) "message", 7, secret);
  sodium_bin2base64 (key_text, sizeof key_text, key, 32, sodium_base64_VARIANT_ORIGINAL);
  sodium_bin2base64 (signature_text, sizeof signature_text, signature, 64, sodium_base64_VARIANT_ORIGINAL);
  g_assert_true (wattle_device_key_is_valid (key_text));
  g_assert_true (wattle_device_verify (key_text, signature_text, "message"));
  g_assert_false (wattle_device_verify (key_text, signature_text, "another message"));
  g_assert_false (wattle_device_verify (key_text, NULL, "message"));
  g_assert_false (wattle_device_key_is_valid ("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="));
  g_assert_false (wattle_device_key_is_valid (NULL));
}

static void
test_passwords (void)
{
  static const char *const bad[] = { "", "short", "password1234", "PASSWORD1234", "Password!2024", "qwertyuiop123",
                                     "123456789012", "aaaaaaaaaaaa", "abababababab", "receptionist2026",
                                     "mara.quill99", "correcthorsebatterystaple" };
  g_autofree char *hash = wattle_password_hash ("a good long phrase", NULL);
  g_autofree char *weak = g_malloc0 (crypto_pwhash_STRBYTES);

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (wattle_password_check (bad[i], "mara.quill", 0, "password", &error));
      g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_INVALID);
      g_assert_cmpstr (wattle_error_get_field (error), ==, "password");
    }
  g_assert_true (wattle_password_check ("a good long phrase", "mara", 0, "password", NULL));
  g_assert_true (wattle_password_check ("eucalypt über Fluss", "mara", 15, "password", NULL));
  g_assert_false (wattle_password_check ("fourteen chars", NULL, 15, "password", NULL));
  g_assert_true (wattle_password_verify (hash, "a good long phrase"));
  g_assert_false (wattle_password_verify (hash, "a good long phrasE"));
  g_assert_false (wattle_password_verify (NULL, "a password that nobody has, ever"));
  g_assert_false (wattle_password_is_old (hash));
  g_assert_cmpint (crypto_pwhash_str (weak, "x", 1, crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN), ==, 0);
  g_assert_true (wattle_password_is_old (weak));
}

static void
test_rates (void)
{
  g_autoptr (WattleRates) rates = wattle_rates_new (100);

  for (guint i = 0; i < 5; i++)
    g_assert_cmpuint (wattle_rates_take (rates, "sign-in", "10.0.0.1", 5, 60), ==, 0);
  g_assert_cmpuint (wattle_rates_take (rates, "sign-in", "10.0.0.1", 5, 60), >, 58);
  g_assert_cmpuint (wattle_rates_take (rates, "sign-in", "10.0.0.2", 5, 60), ==, 0);
  g_assert_cmpuint (wattle_rates_take (rates, "calls", "10.0.0.1", 5, 60), ==, 0);
  g_assert_cmpuint (wattle_rates_take (rates, "calls", "10.0.0.1", 0, 60), ==, 0);
  for (guint i = 0; i < 10000; i++)
    {
      g_autofree char *name = g_strdup_printf ("name-%u", i);

      wattle_rates_take (rates, "calls", name, 5, 60);
    }
  g_assert_cmpuint (wattle_rates_size (rates), ==, 100);
}

static void
test_key_file (void)
{
  g_autofree char *folder = g_dir_make_tmp ("wattle-keys-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "server-key", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleKeys) keys = NULL;
  g_autoptr (WattleKeys) again = NULL;
  g_autofree char *sealed = NULL;
  g_autofree char *opened = NULL;
  GStatBuf info;

  g_assert_null (wattle_keys_open (path, FALSE, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_KEY_LOST);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_clear_error (&error);
  keys = wattle_keys_open (path, TRUE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  sealed = wattle_keys_seal (keys, "totp:a", "secret");
  again = wattle_keys_open (path, TRUE, NULL);
  opened = wattle_keys_unseal (again, "totp:a", sealed, NULL);
  g_assert_cmpstr (opened, ==, "secret");
  g_assert_null (wattle_keys_unseal (again, "totp:b", sealed, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_CORRUPT);
  g_clear_error (&error);
  g_assert_true (g_file_set_contents (path, "damaged", -1, NULL));
  g_assert_null (wattle_keys_open (path, TRUE, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_CORRUPT);
  g_unlink (path);
  g_rmdir (folder);
}

/* Every key stands in the example, commented with what holds without it; uncommented, the example loads. */
static void
test_example_configuration (void)
{
  g_autofree char *path = g_build_filename (g_getenv ("WATTLE_SOURCE"), "data", "wattled.conf.example", NULL);
  g_autofree char *text = NULL;
  g_autofree char *copy = NULL;
  g_autoptr (GString) plain = g_string_new (NULL);
  g_auto (GStrv) lines = NULL;
  g_auto (WattleConfiguration) example = { 0 };
  g_auto (WattleConfiguration) fresh = { 0 };
  g_autoptr (GError) error = NULL;
  guint keys = 0;
  int fd;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *line = lines[i][0] == '#' && lines[i][1] != ' ' ? lines[i] + 1 : lines[i];

      keys += line != lines[i];
      g_string_append_printf (plain, "%s\n", line);
    }
  fd = g_file_open_tmp ("wattled-XXXXXX.conf", &copy, NULL);
  g_assert_cmpint (fd, >=, 0);
  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (copy, plain->str, -1, NULL));
  wattle_configuration_init (&example);
  wattle_configuration_init (&fresh);
  g_assert_true (wattle_configuration_load (&example, path, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (&example.limits, sizeof example.limits, &fresh.limits, sizeof fresh.limits);
  g_assert_true (wattle_configuration_load (&example, copy, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (&example.limits, sizeof example.limits, &fresh.limits, sizeof fresh.limits);
  g_assert_cmpuint (example.max_blob, ==, fresh.max_blob);
  g_assert_cmpuint (example.port, ==, fresh.port);
  g_assert_cmpuint (keys, ==, wattle_configuration_n_keys ());
  g_unlink (copy);
}

/* Spent refresh tokens stay for a month: a computer that is on all day has thousands, and the one that counts may be
 * the last of them. */
static void
test_every_session_ends (void)
{
  WattleStoreOptions options = { .side = WATTLE_STORE_SERVER, .path = ":memory:" };
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleStore) store = wattle_store_open (&options, &error);
  g_autoptr (WattleTransaction) transaction = store != NULL ? wattle_store_begin_write (store, &error) : NULL;
  g_autoptr (GPtrArray) left = NULL;

  g_assert_no_error (error);
  for (guint i = 0; i < 3000; i++)
    {
      g_autofree char *key = g_strdup_printf ("%05u", i);

      wattle_transaction_keep_private (transaction, "refresh", key, "user",
                                       "{\"device\":\"d\",\"role\":1,\"family\":\"f\"}", G_MAXINT64, &error);
      g_assert_no_error (error);
    }
  wattle_session_end (transaction, &(WattleSessionEnd){ .user = "user", .family = "f" }, &error);
  g_assert_no_error (error);
  left = wattle_transaction_privates (transaction, "refresh", "user", G_MAXINT, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (left->len, ==, 0);
}

static void
test_listen (void)
{
  g_auto (WattleConfiguration) configuration = { 0 };

  wattle_configuration_init (&configuration);
  g_assert_true (wattle_configuration_listen (&configuration, "0.0.0.0:80", NULL));
  g_assert_cmpstr (configuration.address, ==, "0.0.0.0");
  g_assert_cmpuint (configuration.port, ==, 80);
  g_assert_true (wattle_configuration_listen (&configuration, "[::1]:0", NULL));
  g_assert_cmpstr (configuration.address, ==, "::1");
  g_assert_true (wattle_configuration_listen (&configuration, "unix:/run/wattle/socket", NULL));
  g_assert_cmpstr (configuration.unix_path, ==, "/run/wattle/socket");
  g_assert_false (wattle_configuration_listen (&configuration, "unix:relative", NULL));
  g_assert_false (wattle_configuration_listen (&configuration, "localhost", NULL));
  g_assert_false (wattle_configuration_listen (&configuration, "127.0.0.1:99999", NULL));
}

int
main (int argc, char **argv)
{
  if (sodium_init () < 0)
    return 1;
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/api/every-route-has-a-rule", test_every_route_has_a_rule);
  g_test_add_func ("/api/every-operation-has-a-rule", test_every_operation_has_a_rule);
  g_test_add_func ("/api/document", test_document);
  g_test_add_func ("/auth/totp", test_totp);
  g_test_add_func ("/auth/tokens", test_tokens);
  g_test_add_func ("/auth/session-hours", test_session_hours);
  g_test_add_func ("/server/abandoned-uploads", test_abandoned_uploads);
  g_test_add_func ("/auth/device-keys", test_device_keys);
  g_test_add_func ("/auth/passwords", test_passwords);
  g_test_add_func ("/auth/rates", test_rates);
  g_test_add_func ("/auth/delays", test_delays);
  g_test_add_func ("/auth/windows", test_windows);
  g_test_add_func ("/auth/flood", test_flood);
  g_test_add_func ("/auth/key-file", test_key_file);
  g_test_add_func ("/server/example-configuration", test_example_configuration);
  g_test_add_func ("/auth/every-session-ends", test_every_session_ends);
  g_test_add_func ("/server/listen", test_listen);
  return g_test_run ();
}
