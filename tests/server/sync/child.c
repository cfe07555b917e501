/* child.c: a client that works until it is killed: prints the id of each patient once it was told that it is safe
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "sync/desk.h"

#include <stdio.h>

#include "base/id.h"

int
main (int argc, char **argv)
{
  g_autoptr (WattleTransport) transport = wattle_transport_soup_new (argv[1]);
  g_autoptr (GError) error = NULL;
  Desk desk;

  desk_open (&desk, argv[1], transport);
  desk_without_keyring (&desk, argv[2]);
  desk_sign_in (&desk, LOGIN, PASSWORD, NULL, &error);
  g_assert_no_error (error);
  while (TRUE)
    {
      g_autofree char *id = desk_add_patient (&desk, "Grace", "Hopper");

      printf ("%s\n", id);
      fflush (stdout);
    }
}
