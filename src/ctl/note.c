/* note.c: what an administrator did or read with wattlectl, written down under the account of the operating system
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "ctl/ctl.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "domain/policy.h"

#define MAX_NAME 40 /* bytes; what does not fit into the field of the address is given as its number */

/* Whoever signed in to this machine, also behind sudo; -1 where the system does not tell. */
static gint64
login_id (void)
{
  g_autofree char *text = NULL;
  guint64 id;

  if (!g_file_get_contents ("/proc/self/loginuid", &text, NULL, NULL)
      || !g_ascii_string_to_unsigned (g_strchomp (text), 10, 0, G_MAXUINT32 - 1, &id, NULL))
    return -1;
  return id;
}

/* Such as "os:root", or "os:root, login 1000" when user 1000 became root. */
static char *
account_of_system (void)
{
  const char *name = g_get_user_name ();
  gint64 login = login_id ();
  g_autoptr (GString) text = g_string_new ("os:");

  if (strlen (name) <= MAX_NAME && g_utf8_validate (name, -1, NULL))
    g_string_append (text, name);
  else
    g_string_append_printf (text, "%u", (guint) getuid ());
  if (login >= 0 && login != (gint64) getuid ())
    g_string_append_printf (text, ", login %u", (guint) login);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/**
 * wattle_ctl_note:
 * @transaction: the write transaction of the act
 * @act: what
 * @error: the failure; the act must then fail too
 *
 * Adds an act of this program to the audit trail: by the system, from an account of the operating system.
 */
gboolean
wattle_ctl_note (WattleTransaction *transaction, const WattleAudit *act, GError **error)
{
  const WattleActor system = { .role = WATTLE_ROLE_SYSTEM };
  g_autofree char *account = account_of_system ();

  return wattle_audit_write (transaction, &system, account, act, error);
}

/**
 * wattle_ctl_note_reading:
 * @store: a store that may be written
 * @act: what will be shown
 * @error: why it must not be shown
 *
 * On the disk when this returns: what is read is shown only after it was written down.
 */
gboolean
wattle_ctl_note_reading (WattleStore *store, const WattleAudit *act, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_write (store, &local);

  if (transaction != NULL && wattle_ctl_note (transaction, act, &local)
      && wattle_transaction_commit (transaction, &local))
    return TRUE;
  wattle_ctl_not_noted (local, error);
  return FALSE;
}

/**
 * wattle_ctl_not_noted:
 * @cause: why the practice cannot be written
 * @error: (out): the sentence for it
 */
void
wattle_ctl_not_noted (const GError *cause, GError **error)
{
  wattle_set_field_error (error, wattle_error_get_code (cause), NULL,
                          _("Reading this is written down in the audit trail, and that could not be done, so nothing"
                            " was shown. %s"), cause->message);
}
