/* test-guest-link.c: links that invite, and those that only look so
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/error.h"
#include "telehealth/guest-link.h"

#define SECRET "q8Zk2mPz0aXw71-_Tn3vLbR5cYdEfGhJ"

static void
test_good (void)
{
  static const char *const links[][3] = {
    { "wattle://clinic.example.com.au/call#" SECRET, "https://clinic.example.com.au", "clinic.example.com.au" },
    { "wattle://clinic.example:8443/call#" SECRET, "https://clinic.example:8443", "clinic.example:8443" },
    { "wattle://example.org/wattle/call#" SECRET, "https://example.org/wattle", "example.org" },
    { "wattle://127.0.0.1:40123/call#" SECRET, "http://127.0.0.1:40123", "127.0.0.1:40123" },
    { "wattle://[::1]:8080/call#" SECRET, "http://[::1]:8080", "[::1]:8080" },
    { "wattle://10.0.0.7/call#" SECRET, "https://10.0.0.7", "10.0.0.7" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (links); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (WattleGuestLink) link = wattle_guest_link_parse (links[i][0], &error);

      g_assert_no_error (error);
      g_assert_cmpstr (link->server, ==, links[i][1]);
      g_assert_cmpstr (link->host, ==, links[i][2]);
      g_assert_cmpstr (link->secret, ==, SECRET);
    }
}

/* A person types the code, pastes what a browser would open, or leaves something out. */
static void
test_typed (void)
{
  static const char *const good[][3] = {
    { "abcde-fgh1j-kmn2p", "clinic.example", "https://clinic.example" },
    { "  ABCDE-FGH1J-KMN2P ", " https://clinic.example:8443/ ", "https://clinic.example:8443" },
    { "abcde-fgh1j-kmn2p", "https://clinic.example/wattle/call", "https://clinic.example/wattle" },
    { "abcde-fgh1j-kmn2p", "http://127.0.0.1:4000", "http://127.0.0.1:4000" },
    { "https://clinic.example/call#" SECRET, "", "https://clinic.example" },
    { " clinic.example/call#" SECRET "\n", "ignored", "https://clinic.example" },
    { "wattle://clinic.example/call#" SECRET, "", "https://clinic.example" },
  };
  static const char *const bad[][3] = {
    { "", "clinic.example", "code" },
    { "abc", "clinic.example", "code" },
    { "abcde fgh1j kmn2p!", "clinic.example", "code" },
    { "abcde-fgh1j-kmn2p", "", "address" },
    { "abcde-fgh1j-kmn2p", "user@clinic.example", "address" },
    { "https://clinic.example/call", "clinic.example", "link" },
    { "https://clinic.example/../call#" SECRET, "", "link" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (WattleGuestLink) link = wattle_guest_link_parse_typed (good[i][0], good[i][1], &error);

      g_assert_no_error (error);
      g_assert_cmpstr (link->server, ==, good[i][2]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (wattle_guest_link_parse_typed (bad[i][0], bad[i][1], &error));
      g_assert_cmpstr (wattle_error_get_field (error), ==, bad[i][2]);
    }
}

static void
test_bad (void)
{
  static const char *const links[] = {
    "",
    "wattle:",
    "wattle://",
    "wattle:///call#" SECRET,
    "wattle://clinic.example",
    "wattle://clinic.example/call",
    "wattle://clinic.example/call#short",
    "wattle://clinic.example/call#" SECRET "%0a",
    "wattle://clinic.example/call?x=1#" SECRET,
    "wattle://user@clinic.example/call#" SECRET,
    "wattle://clinic.example@evil.example/call#" SECRET,
    "wattle://clinic.example/../call#" SECRET,
    "wattle://clinic.example//call#" SECRET,
    "wattle://clinic.example/setup#" SECRET,
    "wattle://clinic..example/call#" SECRET,
    "wattle://.example/call#" SECRET,
    "wattle://-x.example/call#" SECRET,
    "wattle://cl%69nic.example/call#" SECRET,
    "wattle://clïnic.example/call#" SECRET,
    "wattle://clinic.example:99999/call#" SECRET,
    "wattle://[fe80::1%25eth0]/call#" SECRET,
    "https://clinic.example/call#" SECRET,
    "file:///etc/passwd",
    "wattle://clinic.example/call#" SECRET "#" SECRET,
    "wattle://clinic.example/call#" SECRET "\n",
    "wattle://clinic.example\\evil/call#" SECRET,
    "\xff\xfe",
  };

  for (guint i = 0; i < G_N_ELEMENTS (links); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (WattleGuestLink) link = wattle_guest_link_parse (links[i], &error);

      if (link != NULL)
        g_test_message ("taken: %s", links[i]);
      g_assert_null (link);
      g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_INVALID);
    }
}

/* A name that only begins like this computer is not this computer. */
static void
test_loopback (void)
{
  static const char *const links[] = { "wattle://127.0.0.1.evil.example/call#" SECRET,
                                       "wattle://localhost.evil.example/call#" SECRET };

  for (guint i = 0; i < G_N_ELEMENTS (links); i++)
    {
      g_autoptr (WattleGuestLink) link = wattle_guest_link_parse (links[i], NULL);

      g_assert_nonnull (link);
      g_assert_true (g_str_has_prefix (link->server, "https://"));
    }
}

static void
test_long (void)
{
  g_autofree char *path = g_strnfill (2 * WATTLE_GUEST_LINK_MAX, 'a');
  g_autofree char *text = g_strconcat ("wattle://clinic.example/", path, "/call#" SECRET, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (wattle_guest_link_parse (text, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_INVALID);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/guest-link/good", test_good);
  g_test_add_func ("/guest-link/bad", test_bad);
  g_test_add_func ("/guest-link/typed", test_typed);
  g_test_add_func ("/guest-link/loopback", test_loopback);
  g_test_add_func ("/guest-link/long", test_long);
  return g_test_run ();
}
