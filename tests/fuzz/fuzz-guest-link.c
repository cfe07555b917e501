/* fuzz-guest-link.c: any bytes as a link into the room of a visit
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "fuzz.h"

#include <string.h>

#include "telehealth/guest-link.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  FUZZ_TEXT (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleGuestLink) link = wattle_guest_link_parse (text, &error);

  g_assert_true ((link == NULL) == (error != NULL));
  if (link != NULL)
    {
      g_autofree char *page = g_strconcat (link->server, "/call#", link->secret, NULL);
      g_autoptr (GUri) uri = g_uri_parse (page, G_URI_FLAGS_NONE, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (g_uri_get_fragment (uri), ==, link->secret);
      g_assert_true (g_str_has_prefix (link->server, "https://") || g_str_has_prefix (link->server, "http://127.0.0.1")
                     || g_str_has_prefix (link->server, "http://[::1]")
                     || g_ascii_strncasecmp (link->server, "http://localhost", strlen ("http://localhost")) == 0);
    }
  return 0;
}
