/* provider.c: signs in with an identity provider: prints the page to show, and then how it ended
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "sync/desk.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"

typedef struct
{
  gboolean done;
  GError *error;
} Ending;

static void
browse_cb (WattleClient *client, const char *url, GCancellable *cancellable)
{
  printf ("browse %s\n", url);
  fflush (stdout);
  if (g_getenv ("CANCEL") != NULL)
    g_cancellable_cancel (cancellable);
}

static void
done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Ending *ending = data;

  wattle_client_sign_in_provider_finish (WATTLE_CLIENT (source), result, &ending->error);
  ending->done = TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (WattleTransport) transport = wattle_transport_soup_new (argv[1]);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Ending ending = { FALSE, NULL };
  Desk desk;

  g_assert_cmpint (argc, ==, 5);
  desk_open (&desk, "http://one.example", transport);
  desk_without_keyring (&desk, argv[2]);
  g_signal_connect (desk.client, "browse", G_CALLBACK (browse_cb), cancellable);
  wattle_client_sign_in_provider_async (desk.client, argv[3], argv[4], FALSE, cancellable, done_cb, &ending);
  wait_until (ending.done);
  if (ending.error == NULL)
    {
      wait_until (wattle_client_state (desk.client) != WATTLE_CLIENT_SIGNED_OUT);
      printf ("signed in\n");
    }
  else
    printf ("refused %s %s\n", wattle_error_get_field (ending.error), ending.error->message);
  g_clear_error (&ending.error);
  return 0;
}
