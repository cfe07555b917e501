/* certificate.c: the key that a call of ours is known by
 *
 * A new one each time the engine starts, on the curve P-256 (RFC 8827 s 6.5): its handshake is short, and making it
 * takes no time. Certificate and name say nothing about anybody; the fingerprint is what counts.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "telehealth/media/certificate.h"

#include <string.h>

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "base/error.h"

#define DAY (24 * 60 * 60)

static int
make (gnutls_x509_privkey_t key, gnutls_x509_crt_t certificate)
{
  guint8 serial[16];
  time_t now = time (NULL);
  int result = gnutls_rnd (GNUTLS_RND_NONCE, serial, sizeof serial);

  serial[0] &= 0x7f;
  serial[0] |= 0x01;
  if (result == 0)
    result =
      gnutls_x509_privkey_generate (key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0);
  if (result == 0)
    result = gnutls_x509_crt_set_version (certificate, 3);
  if (result == 0)
    result = gnutls_x509_crt_set_serial (certificate, serial, sizeof serial);
  if (result == 0)
    result = gnutls_x509_crt_set_activation_time (certificate, now - DAY);
  if (result == 0)
    result = gnutls_x509_crt_set_expiration_time (certificate, now + 30 * DAY);
  if (result == 0)
    result = gnutls_x509_crt_set_dn (certificate, "CN=call", NULL);
  if (result == 0)
    result = gnutls_x509_crt_set_key (certificate, key);
  if (result == 0)
    result = gnutls_x509_crt_sign2 (certificate, certificate, key, GNUTLS_DIG_SHA256, 0);
  return result;
}

static gboolean
digest (gnutls_x509_crt_t certificate, guint8 fingerprint[32])
{
  size_t size = 32;

  return gnutls_x509_crt_get_fingerprint (certificate, GNUTLS_DIG_SHA256, fingerprint, &size) == 0 && size == 32;
}

/**
 * wattle_certificate_make:
 * @fingerprint: (out): SHA-256 of the certificate
 * @error: (out) (optional): FAILED
 *
 * Returns: (transfer full): certificate and key as PEM, or %NULL
 */
char *
wattle_certificate_make (guint8 fingerprint[32], GError **error)
{
  gnutls_x509_privkey_t key = NULL;
  gnutls_x509_crt_t certificate = NULL;
  gnutls_datum_t text[2] = { { NULL, 0 }, { NULL, 0 } };
  char *pem = NULL;

  if (gnutls_x509_privkey_init (&key) == 0 && gnutls_x509_crt_init (&certificate) == 0 && make (key, certificate) == 0
      && gnutls_x509_crt_export2 (certificate, GNUTLS_X509_FMT_PEM, &text[0]) == 0
      && gnutls_x509_privkey_export2_pkcs8 (key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &text[1]) == 0
      && digest (certificate, fingerprint))
    pem = g_strdup_printf ("%.*s%.*s", (int) text[0].size, (char *) text[0].data, (int) text[1].size,
                           (char *) text[1].data);
  else
    wattle_set_field_error (error, WATTLE_ERROR_FAILED, NULL, "The key of the call could not be made.");
  gnutls_free (text[0].data);
  if (text[1].data != NULL)
    gnutls_memset (text[1].data, 0, text[1].size);
  gnutls_free (text[1].data);
  if (certificate != NULL)
    gnutls_x509_crt_deinit (certificate);
  if (key != NULL)
    gnutls_x509_privkey_deinit (key);
  return pem;
}

/**
 * wattle_certificate_fingerprint:
 * @pem: a certificate
 * @fingerprint: (out): SHA-256 of it
 *
 * Returns: whether @pem is a certificate
 */
gboolean
wattle_certificate_fingerprint (const char *pem, guint8 fingerprint[32])
{
  gnutls_datum_t text = { (unsigned char *) pem, (unsigned) strlen (pem) };
  gnutls_x509_crt_t certificate = NULL;
  gboolean good = FALSE;

  if (gnutls_x509_crt_init (&certificate) != 0)
    return FALSE;
  good = gnutls_x509_crt_import (certificate, &text, GNUTLS_X509_FMT_PEM) == 0 && digest (certificate, fingerprint);
  gnutls_x509_crt_deinit (certificate);
  return good;
}
