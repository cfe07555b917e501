/* keys.c: the key that the media library makes for itself, and that nobody uses
 *
 * With its first connection it makes one of RSA, which takes a third of a second of the processor and keeps everybody
 * waiting on a slow computer; each connection then gets the certificate of certificate.c. It cannot be told otherwise.
 * So this program has the two functions that it makes the key with, which are looked up by name and found here first:
 * the key is one of the curve P-256, as strong and made at once.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <dlfcn.h>

#include <gmodule.h>

#define RSA_KIND 6
#define CURVE_KIND 408
#define P_256 415

G_MODULE_EXPORT int RSA_generate_key_ex (void *rsa, int bits, void *exponent, void *callback);
G_MODULE_EXPORT int EVP_PKEY_assign (void *key, int kind, void *part);

/* What was to be made last, by this thread. */
static _Thread_local void *wanted;

/* Put off until it is known what it is for. */
int
RSA_generate_key_ex (void *rsa, int bits, void *exponent, void *callback)
{
  wanted = rsa;
  return 1;
}

/* (nullable): a function of the library itself. It was opened for the media library alone, so that it is not among
 * those that are searched by name. */
static void *
find (const char *name)
{
  void *library = dlopen ("libcrypto.so.3", RTLD_LAZY | RTLD_NOLOAD);

  return library != NULL ? dlsym (library, name) : NULL;
}

int
EVP_PKEY_assign (void *key, int kind, void *part)
{
  int (*assign) (void *, int, void *) = (int (*) (void *, int, void *)) find ("EVP_PKEY_assign");
  void *(*curve) (int) = (void *(*) (int) ) find ("EC_KEY_new_by_curve_name");
  int (*make) (void *) = (int (*) (void *)) find ("EC_KEY_generate_key");
  void (*drop) (void *) = (void (*) (void *)) find ("RSA_free");
  void *made = NULL;

  if (assign == NULL || curve == NULL || make == NULL || drop == NULL)
    return 0;
  if (kind != RSA_KIND || part != wanted)
    return assign (key, kind, part);
  made = curve (P_256);
  if (made == NULL || !make (made) || !assign (key, CURVE_KIND, made))
    return 0;
  drop (part);
  return 1;
}
