/* sealing.h: what two devices in a room tell each other so that the server between them cannot read it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

/* Each device makes a pair of X25519 keys when it enters a room and forgets it
 * when it leaves; the server hands the public halves round. A blob is
 *
 *   base64 (suite, 1 byte; counter, 8 bytes, big endian; nonce; ciphertext)
 *
 * and is bound to
 *
 *   "wattle call seal 1\n" ROOM "\n" FROM "\n" TO "\n" GENERATION "\n" COUNTER "\n"
 *
 * with numbers in decimal. The counter of a sender grows from blob to blob and
 * starts at 1; one that does not grow is refused as a replay.
 *
 * Suite 1, "box", between two programs: crypto_box of libsodium, nonce of 24
 * bytes, the binding before the text and compared after opening.
 * Suite 2, "aesgcm", when one side is a browser: AES-256-GCM, nonce of 12 bytes,
 * tag behind the ciphertext, the binding as additional data. Its key is
 * HMAC-SHA-256 with the X25519 shared secret as key over "wattle call seal 1",
 * the lower public key and the higher public key (32 bytes each, compared as
 * bytes).
 *
 * The code that two people read to each other: each side tells the hash of a
 * salt of 32 bytes first, SHA-256 ("wattle call salt 1" SALT), and the salt when
 * it has the hash of the other. Without that, a server that stands between could
 * try keys until six digits agree. The code is the first 8 bytes, big endian, of
 * SHA-256 ("wattle call code 1" LOWER_KEY HIGHER_KEY SALT_OF_LOWER SALT_OF_HIGHER)
 * modulo a million. Fingerprints are not in it: they came sealed with these keys,
 * and a certificate can be varied after the salts are known.
 *
 * The proof of a device that the practice enrolled is its Ed25519 signature of
 * "wattle call key 1\n" ROOM "\n" KEY, with the public key in base64, itself in
 * base64.
 */

G_BEGIN_DECLS

#define WATTLE_SEAL_KEY_BYTES 32
#define WATTLE_SEAL_SALT_BYTES 32
#define WATTLE_SEAL_HASH_BYTES 32
/* The longest text that is sealed, so that its blob fits into a message of a room. */
#define WATTLE_SEAL_MAX_TEXT (44 * 1024)

/**
 * WattleSealSuite:
 * @WATTLE_SEAL_BOX: between two programs
 * @WATTLE_SEAL_AESGCM: with a browser
 */
typedef enum
{
  WATTLE_SEAL_BOX = 1,
  WATTLE_SEAL_AESGCM = 2
} WattleSealSuite;

typedef struct _WattleSealKey WattleSealKey;
typedef struct _WattleSeal    WattleSeal;

WattleSealKey *wattle_seal_key_new         (void);
WattleSealKey *wattle_seal_key_ref         (WattleSealKey   *self);
void           wattle_seal_key_unref       (WattleSealKey   *self);
const guint8  *wattle_seal_key_public      (WattleSealKey   *self);
char          *wattle_seal_key_text        (WattleSealKey   *self);
gboolean       wattle_seal_key_parse       (const char      *text,
                                            guint8          *key,
                                            GError         **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleSealKey, wattle_seal_key_unref)

WattleSeal    *wattle_seal_new             (WattleSealKey   *own,
                                            const guint8    *theirs,
                                            WattleSealSuite  suite,
                                            const char      *room,
                                            guint            me,
                                            guint            them,
                                            GError         **error);
void           wattle_seal_free            (WattleSeal      *self);
char          *wattle_seal_close           (WattleSeal      *self,
                                            guint            generation,
                                            const char      *text,
                                            GError         **error);
char          *wattle_seal_open            (WattleSeal      *self,
                                            guint            generation,
                                            const char      *blob,
                                            GError         **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleSeal, wattle_seal_free)

void           wattle_seal_salt            (guint8          *salt);
void           wattle_seal_salt_hash       (const guint8    *salt,
                                            guint8          *hash);
char          *wattle_seal_code            (const guint8    *key,
                                            const guint8    *salt,
                                            const guint8    *other_key,
                                            const guint8    *other_salt);

char          *wattle_seal_proof_text      (const char      *room,
                                            const char      *key);
gboolean       wattle_seal_proof_check     (const char      *identity,
                                            const char      *proof,
                                            const char      *room,
                                            const guint8    *key);

G_END_DECLS
