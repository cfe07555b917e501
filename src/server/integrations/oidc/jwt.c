/* jwt.c: signed statements of an identity provider, RFC 7515 and RFC 7519
 *
 * Three algorithms and no other: whatever the statement itself proposes, the
 * kind of the key decides. GnuTLS and libsodium check the signatures.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/integrations/oidc/jwt.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <sodium.h>
#include <string.h>

#include "base/error.h"

#define LEAST_RSA_BITS 2048
#define HALF 32 /* bytes of each number of an ES256 signature, RFC 7518 s 3.4 */

typedef struct
{
  const char *signed_text; /* header and payload with the dot between */
  gsize signed_length;
  GBytes *signature;
} Statement;

typedef gboolean (*Check) (WattleJsonNode key, const Statement *statement);

static WattleJson *
refuse (GError **error)
{
  wattle_set_field_error (error, WATTLE_ERROR_UNAUTHENTICATED, "id_token",
                          "What the provider of your sign-in sent could not be verified. Nobody was signed in.");
  return NULL;
}

/* Base64 for URLs without padding; NULL for anything else. */
static GBytes *
decode (const char *text, gsize length)
{
  g_autofree guint8 *bytes = g_malloc (length + 1);
  gsize size = 0;

  if (sodium_base642bin (bytes, length + 1, text, length, NULL, &size, NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING)
      != 0)
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&bytes), size);
}

static GBytes *
decode_member (WattleJsonNode key, const char *name)
{
  const char *text = wattle_json_member_string (key, name);

  return text != NULL && strlen (text) <= 2048 ? decode (text, strlen (text)) : NULL;
}

static gnutls_datum_t
datum (GBytes *bytes)
{
  gsize size = 0;
  gconstpointer data = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;

  return (gnutls_datum_t){ (unsigned char *) data, size };
}

static gboolean
verify (gnutls_pubkey_t key, gnutls_sign_algorithm_t algorithm, const Statement *statement, const gnutls_datum_t *mark)
{
  gnutls_datum_t text = { (unsigned char *) statement->signed_text, statement->signed_length };

  return gnutls_pubkey_verify_data2 (key, algorithm, 0, &text, mark) >= 0;
}

static gboolean
check_rs256 (WattleJsonNode key, const Statement *statement)
{
  g_autoptr (GBytes) n = decode_member (key, "n");
  g_autoptr (GBytes) e = decode_member (key, "e");
  gnutls_datum_t modulus = datum (n), exponent = datum (e), mark = datum (statement->signature);
  gnutls_pubkey_t imported;
  unsigned int bits = 0;
  gboolean good = FALSE;

  if (n == NULL || e == NULL || gnutls_pubkey_init (&imported) < 0)
    return FALSE;
  if (gnutls_pubkey_import_rsa_raw (imported, &modulus, &exponent) >= 0
      && gnutls_pubkey_get_pk_algorithm (imported, &bits) == GNUTLS_PK_RSA && bits >= LEAST_RSA_BITS)
    good = verify (imported, GNUTLS_SIGN_RSA_SHA256, statement, &mark);
  gnutls_pubkey_deinit (imported);
  return good;
}

static gboolean
check_es256 (WattleJsonNode key, const Statement *statement)
{
  g_autoptr (GBytes) x = decode_member (key, "x");
  g_autoptr (GBytes) y = decode_member (key, "y");
  gnutls_datum_t left = datum (x), right = datum (y), both = datum (statement->signature), mark = { 0 };
  gnutls_datum_t r = { both.data, HALF }, s = { both.data + HALF, HALF };
  gnutls_pubkey_t imported;
  gboolean good = FALSE;

  if (x == NULL || y == NULL || both.size != 2 * HALF || gnutls_pubkey_init (&imported) < 0)
    return FALSE;
  if (gnutls_pubkey_import_ecc_raw (imported, GNUTLS_ECC_CURVE_SECP256R1, &left, &right) >= 0
      && gnutls_encode_rs_value (&mark, &r, &s) >= 0)
    {
      good = verify (imported, GNUTLS_SIGN_ECDSA_SHA256, statement, &mark);
      gnutls_free (mark.data);
    }
  gnutls_pubkey_deinit (imported);
  return good;
}

static gboolean
check_eddsa (WattleJsonNode key, const Statement *statement)
{
  g_autoptr (GBytes) x = decode_member (key, "x");
  gnutls_datum_t point = datum (x), mark = datum (statement->signature);

  return point.size == crypto_sign_PUBLICKEYBYTES && mark.size == crypto_sign_BYTES
         && crypto_sign_verify_detached (mark.data, (const guint8 *) statement->signed_text, statement->signed_length,
                                         point.data)
              == 0;
}

static const struct
{
  const char *algorithm;
  const char *type; /* of the key */
  const char *curve;
  Check check;
} algorithms[] = {
  { "RS256", "RSA", NULL, check_rs256 },
  { "ES256", "EC", "P-256", check_es256 },
  { "EdDSA", "OKP", "Ed25519", check_eddsa },
};

static int
find_algorithm (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (algorithms); i++)
    if (g_strcmp0 (algorithms[i].algorithm, name) == 0)
      return i;
  return -1;
}

static gboolean
fits (WattleJsonNode key, int algorithm, const char *id)
{
  const char *use = wattle_json_member_string (key, "use");
  const char *own = wattle_json_member_string (key, "alg");

  return g_strcmp0 (wattle_json_member_string (key, "kty"), algorithms[algorithm].type) == 0
         && (algorithms[algorithm].curve == NULL
             || g_strcmp0 (wattle_json_member_string (key, "crv"), algorithms[algorithm].curve) == 0)
         && (use == NULL || strcmp (use, "sig") == 0)
         && (own == NULL || strcmp (own, algorithms[algorithm].algorithm) == 0)
         && (id == NULL || g_strcmp0 (wattle_json_member_string (key, "kid"), id) == 0);
}

static WattleJson *
parse_part (const char *text, gsize length)
{
  g_autoptr (GBytes) bytes = decode (text, length);
  WattleJson *json;
  gsize size;
  const char *data;

  if (bytes == NULL)
    return NULL;
  data = g_bytes_get_data (bytes, &size);
  json = size > 0 ? wattle_json_parse (data, size, NULL, NULL) : NULL;
  if (json != NULL && wattle_json_kind (wattle_json_root (json)) == WATTLE_JSON_OBJECT)
    return json;
  g_clear_pointer (&json, wattle_json_free);
  return NULL;
}

/* A critical extension that is not understood makes the statement void, RFC 7515 s 4.1.11. */
static int
read_header (const char *text, gsize length, char **id)
{
  g_autoptr (WattleJson) json = parse_part (text, length);
  WattleJsonNode header;

  if (json == NULL)
    return -1;
  header = wattle_json_root (json);
  if (wattle_json_exists (wattle_json_member (header, "crit")))
    return -1;
  *id = g_strdup (wattle_json_member_string (header, "kid"));
  return find_algorithm (wattle_json_member_string (header, "alg"));
}

/**
 * wattle_jwt_open:
 * @compact: (nullable): three parts with dots between
 * @keys: the array "keys" of the provider's set, RFC 7517
 * @failure: (out): what is wrong when %NULL is returned
 * @error: %WATTLE_ERROR_UNAUTHENTICATED
 *
 * Checks the signature; what it says is for the caller to check.
 *
 * Returns: (transfer full) (nullable): its claims
 */
WattleJson *
wattle_jwt_open (const char *compact, WattleJsonNode keys, WattleJwtFailure *failure, GError **error)
{
  const char *first = compact != NULL && strlen (compact) <= WATTLE_JWT_MAXIMUM ? strchr (compact, '.') : NULL;
  const char *second = first != NULL ? strchr (first + 1, '.') : NULL;
  g_autoptr (GBytes) signature = NULL;
  g_autofree char *id = NULL;
  Statement statement;
  WattleJsonIter iter;
  WattleJsonNode key;
  gboolean known = FALSE;
  int algorithm;

  *failure = WATTLE_JWT_BAD;
  if (second == NULL || strchr (second + 1, '.') != NULL)
    return refuse (error);
  algorithm = read_header (compact, first - compact, &id);
  signature = decode (second + 1, strlen (second + 1));
  if (algorithm < 0 || signature == NULL)
    return refuse (error);
  statement = (Statement){ compact, second - compact, signature };
  iter = wattle_json_iter (keys);
  while (wattle_json_kind (keys) == WATTLE_JSON_ARRAY && wattle_json_next (&iter, NULL, &key))
    {
      if (!fits (key, algorithm, id))
        continue;
      known = TRUE;
      if (algorithms[algorithm].check (key, &statement))
        {
          WattleJson *claims = parse_part (first + 1, second - first - 1);

          return claims != NULL ? claims : refuse (error);
        }
    }
  if (!known)
    *failure = WATTLE_JWT_UNKNOWN_KEY;
  return refuse (error);
}
