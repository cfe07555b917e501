/* trail-note.c: a signed word on how long the audit trail is and where its chain of hashes stands
 *
 * The text is a signed note as of C2SP tlog-checkpoint: origin, size, root, a line of our own with the time, an empty
 * line and a line with name and signature. The root is the end of our chain of hashes, not of a Merkle tree.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/trail-note.h"

#include <sodium.h>
#include <string.h>

#include "base/civil.h"
#include "base/error.h"

#define DASH "— " /* an em dash and a space begin the line of a signature */
#define KEY_HASH 4
#define ED25519 0x01 /* C2SP signed-note: what the key is for */
#define SIGNATURE (KEY_HASH + crypto_sign_BYTES)
#define MAX_ORIGIN 200

G_STATIC_ASSERT (WATTLE_TRAIL_PUBLIC == crypto_sign_PUBLICKEYBYTES);
G_STATIC_ASSERT (WATTLE_TRAIL_SECRET == crypto_sign_SECRETKEYBYTES);

void
wattle_trail_note_free (WattleTrailNote *self)
{
  if (self == NULL)
    return;
  g_free (self->origin);
  g_free (self);
}

/* Which key of this name it is, C2SP signed-note. */
static void
hash_key (const char *name, const guint8 public[WATTLE_TRAIL_PUBLIC], guint8 hash[KEY_HASH])
{
  const guint8 separator[] = { '\n', ED25519 };
  guint8 digest[crypto_hash_sha256_BYTES];
  crypto_hash_sha256_state state;

  crypto_hash_sha256_init (&state);
  crypto_hash_sha256_update (&state, (const guint8 *) name, strlen (name));
  crypto_hash_sha256_update (&state, separator, sizeof separator);
  crypto_hash_sha256_update (&state, public, WATTLE_TRAIL_PUBLIC);
  crypto_hash_sha256_final (&state, digest);
  memcpy (hash, digest, KEY_HASH);
}

/**
 * wattle_trail_note_sign:
 * @self: what to say
 * @secret: the server's signing key
 *
 * Returns: (transfer full): the text of the note
 */
char *
wattle_trail_note_sign (const WattleTrailNote *self, const guint8 secret[WATTLE_TRAIL_SECRET])
{
  g_autofree char *root = g_base64_encode (self->root, sizeof self->root);
  g_autofree char *body = NULL;
  g_autofree char *signature = NULL;
  guint8 bytes[SIGNATURE], public[WATTLE_TRAIL_PUBLIC];
  char at[WATTLE_INSTANT_SIZE];

  wattle_instant_print (self->at, at);
  body = g_strdup_printf ("%s\n%" G_GINT64_FORMAT "\n%s\n%s\n", self->origin, self->size, root, at);
  crypto_sign_ed25519_sk_to_pk (public, secret);
  hash_key (self->origin, public, bytes);
  crypto_sign_detached (bytes + KEY_HASH, NULL, (const guint8 *) body, strlen (body), secret);
  signature = g_base64_encode (bytes, sizeof bytes);
  return g_strdup_printf ("%s\n" DASH "%s %s\n", body, self->origin, signature);
}

static WattleTrailNote *
malformed (GError **error)
{
  wattle_set_field_error (error, WATTLE_ERROR_CORRUPT, "checkpoint", "This is not a checkpoint of an audit trail.");
  return NULL;
}

/* Returns: where the line after @text ends, or NULL when it has no end */
static const char *
line_end (const char *text, const char *end)
{
  return text < end ? memchr (text, '\n', end - text) : NULL;
}

/* The lines of a note. Returns: how many there are, no more than @n; those behind are not looked at */
static guint
split (const char *text, const char *end, char *lines[], guint n, const char **after)
{
  guint i;

  *after = text;
  for (i = 0; i < n; i++)
    {
      const char *stop = line_end (*after, end);

      if (stop == NULL)
        break;
      lines[i] = g_strndup (*after, stop - *after);
      *after = stop + 1;
    }
  return i;
}

enum
{
  ORIGIN,
  SIZE,
  ROOT,
  AT,
  EMPTY,
  SIGNED,
  N_LINES,
};

static WattleTrailNote *
read_lines (char *lines[N_LINES], GError **error)
{
  g_autoptr (WattleTrailNote) self = g_new0 (WattleTrailNote, 1);
  gsize length, origin = strlen (lines[ORIGIN]);
  g_autofree guint8 *root = g_base64_decode (lines[ROOT], &length);
  g_autofree char *prefix = g_strconcat (DASH, lines[ORIGIN], " ", NULL);

  self->origin = g_strdup (lines[ORIGIN]);
  if (origin == 0 || origin > MAX_ORIGIN || strchr (lines[ORIGIN], ' ') != NULL || length != WATTLE_TRAIL_HASH
      || lines[EMPTY][0] != '\0' || !g_str_has_prefix (lines[SIGNED], prefix)
      || !g_ascii_string_to_signed (lines[SIZE], 10, 1, G_MAXINT64, &self->size, NULL)
      || !wattle_instant_parse (lines[AT], &self->at, NULL))
    return malformed (error);
  memcpy (self->root, root, WATTLE_TRAIL_HASH);
  return g_steal_pointer (&self);
}

/**
 * wattle_trail_note_parse:
 * @text: begins with a note
 * @length: its bytes, or -1
 * @taken: (out) (optional): bytes of the note
 * @error: %WATTLE_ERROR_CORRUPT
 *
 * Reads a note without asking who signed it.
 *
 * Returns: (transfer full) (nullable): what it says
 */
WattleTrailNote *
wattle_trail_note_parse (const char *text, gssize length, gsize *taken, GError **error)
{
  char *lines[N_LINES] = { NULL };
  const char *end = text + MIN (length < 0 ? strlen (text) : (gsize) length, WATTLE_TRAIL_MAX_NOTE), *after;
  guint n = split (text, end, lines, N_LINES, &after);
  WattleTrailNote *self = n == N_LINES ? read_lines (lines, error) : malformed (error);

  for (guint i = 0; i < n; i++)
    g_free (lines[i]);
  if (taken != NULL)
    *taken = after - text;
  return self;
}

/**
 * wattle_trail_note_is_signed:
 * @text: begins with a note that wattle_trail_note_parse() took
 * @length: its bytes, or -1
 * @public: a public key
 *
 * Returns: whether it is signed with the key of @public
 */
gboolean
wattle_trail_note_is_signed (const char *text, gssize length, const guint8 public[WATTLE_TRAIL_PUBLIC])
{
  const char *end = text + (length < 0 ? strlen (text) : (gsize) length);
  const char *gap = g_strstr_len (text, end - text, "\n\n" DASH);
  const char *stop = gap != NULL ? line_end (gap + 2, end) : NULL;
  g_autofree char *line = stop != NULL ? g_strndup (gap + 2, stop - gap - 2) : NULL;
  const char *space = line != NULL ? strrchr (line, ' ') : NULL;
  g_autofree char *origin = stop != NULL ? g_strndup (text, (char *) memchr (text, '\n', end - text) - text) : NULL;
  g_autofree guint8 *bytes = NULL;
  guint8 hash[KEY_HASH];
  gsize size;

  if (space == NULL)
    return FALSE;
  bytes = g_base64_decode (space + 1, &size);
  hash_key (origin, public, hash);
  return size == SIGNATURE && memcmp (bytes, hash, KEY_HASH) == 0
         && crypto_sign_verify_detached (bytes + KEY_HASH, (const guint8 *) text, gap + 1 - text, public) == 0;
}

/**
 * wattle_trail_note_open:
 * @text: a note
 * @public: the key that must have signed it
 * @error: %WATTLE_ERROR_CORRUPT
 *
 * Returns: (transfer full) (nullable): what it says
 */
WattleTrailNote *
wattle_trail_note_open (const char *text, const guint8 public[WATTLE_TRAIL_PUBLIC], GError **error)
{
  gsize taken;
  g_autoptr (WattleTrailNote) self = wattle_trail_note_parse (text, -1, &taken, error);

  if (self == NULL)
    return NULL;
  if (text[taken] == '\0' && wattle_trail_note_is_signed (text, taken, public))
    return g_steal_pointer (&self);
  return malformed (error);
}

/**
 * wattle_trail_key_print:
 * @origin: whose key it is
 * @public: the key
 *
 * Returns: (transfer full): name, hash and key in one line, as C2SP signed-note writes them
 */
char *
wattle_trail_key_print (const char *origin, const guint8 public[WATTLE_TRAIL_PUBLIC])
{
  guint8 hash[KEY_HASH], typed[1 + WATTLE_TRAIL_PUBLIC] = { ED25519 };
  g_autofree char *text = NULL;
  char hex[2 * KEY_HASH + 1];

  hash_key (origin, public, hash);
  memcpy (typed + 1, public, WATTLE_TRAIL_PUBLIC);
  text = g_base64_encode (typed, sizeof typed);
  return g_strdup_printf ("%s+%s+%s", origin, sodium_bin2hex (hex, sizeof hex, hash, sizeof hash), text);
}

/**
 * wattle_trail_key_parse:
 * @text: what wattle_trail_key_print() made
 * @public: (out): the key
 *
 * Returns: whether it is one
 */
gboolean
wattle_trail_key_parse (const char *text, guint8 public[WATTLE_TRAIL_PUBLIC])
{
  const char *first = strchr (text, '+');
  const char *second = first != NULL ? strchr (first + 1, '+') : NULL;
  g_autofree char *origin = first != NULL ? g_strndup (text, first - text) : NULL;
  g_autofree guint8 *bytes = NULL;
  g_autofree char *again = NULL;
  gsize length;

  if (second == NULL)
    return FALSE;
  bytes = g_base64_decode (second + 1, &length);
  if (length != 1 + WATTLE_TRAIL_PUBLIC || bytes[0] != ED25519)
    return FALSE;
  memcpy (public, bytes + 1, WATTLE_TRAIL_PUBLIC);
  again = wattle_trail_key_print (origin, public);
  return strcmp (again, text) == 0;
}
