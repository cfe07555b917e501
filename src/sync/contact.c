/* contact.c: for how long a computer has worked without the server
 *
 * A stolen or forgotten computer closes by itself after some days. Its clock is
 * not trusted: turned back, it does not give back what has passed.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "sync/contact.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"

#define SECRET "contact"
/* The disk is told so often at most. */
#define KEEP_EVERY WATTLE_HOUR

static gboolean
keep (WattleContact *self, WattleVault *vault, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%" PRId64 " %" PRId64, self->heard, self->seen);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  if (!wattle_vault_store_secret (vault, SECRET, bytes, error))
    return FALSE;
  self->kept = self->seen;
  return TRUE;
}

/**
 * wattle_contact_load:
 * @self: (out): what is known
 * @vault: an open vault
 * @error: the failure
 *
 * An account of before this was kept begins to count now.
 */
gboolean
wattle_contact_load (WattleContact *self, WattleVault *vault, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GBytes) bytes = wattle_vault_lookup_secret (vault, SECRET, &local);
  g_autofree char *text = NULL;

  if (bytes == NULL && !g_error_matches (local, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (bytes != NULL)
    {
      text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      if (sscanf (text, "%" SCNd64 " %" SCNd64, &self->heard, &self->seen) == 2)
        {
          self->kept = self->seen;
          return TRUE;
        }
    }
  return wattle_contact_note (self, vault, TRUE, error);
}

/**
 * wattle_contact_note:
 * @self: what is known
 * @vault: an open vault
 * @heard: whether the server was heard of
 * @error: it could not be kept
 *
 * Takes the time of the clock. The server's word sets both; without it the
 * highest time counts.
 */
gboolean
wattle_contact_note (WattleContact *self, WattleVault *vault, gboolean heard, GError **error)
{
  gint64 now = wattle_clock_now ();

  if (heard)
    self->heard = self->seen = now;
  else
    self->seen = MAX (self->seen, now);
  if (ABS (self->seen - self->kept) < KEEP_EVERY)
    return TRUE;
  return keep (self, vault, error);
}

/**
 * wattle_contact_check:
 * @self: what is known
 * @days: how many may pass
 * @error: %WATTLE_ERROR_UNAUTHENTICATED with the field "offline_days"
 */
gboolean
wattle_contact_check (const WattleContact *self, gint64 days, GError **error)
{
  if (self->seen - self->heard <= days * WATTLE_DAY)
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_UNAUTHENTICATED, "offline_days",
                          _("This computer has not reached the server for more than %d days, so what is saved here was "
                            "closed. Everything that you wrote is kept. Connect to the network and sign in to go on."),
                          (int) days);
  return FALSE;
}
