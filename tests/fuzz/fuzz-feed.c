/* fuzz-feed.c: any bytes as a page of the feed: nothing of a bad page is taken
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "fuzz.h"

#include <sodium.h>

#include "sync/feed.h"

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  return sodium_init () < 0;
}

static gboolean
take (const WattleFeedLine *line, gpointer data, GError **error)
{
  g_autoptr (WattleRecord) record = NULL;
  g_autoptr (GError) local = NULL;

  if (line->kind == WATTLE_FEED_PUT)
    {
      record = wattle_feed_line_record (line, &local);
      g_assert_true ((record == NULL) == (local != NULL));
    }
  (*(guint *) data)++;
  return TRUE;
}

/* The lines as they are, and closed with the checksum that a server would give them. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) plain = g_bytes_new (data, size);
  g_autoptr (GString) closed = g_string_new_len ((const char *) data, size);
  g_autoptr (GBytes) whole = NULL;
  guint8 digest[32];
  char hex[65];
  guint rows = 0, lines = 0;

  for (size_t i = 0; i < size; i++)
    lines += data[i] == '\n';
  crypto_generichash (digest, sizeof digest, data, size, NULL, 0);
  g_string_append_printf (closed, "{\"to\":9,\"more\":false,\"rows\":%u,\"checksum\":\"%s\"}\n",
                          lines > 0 ? lines - 1 : 0,
                          sodium_bin2hex (hex, sizeof hex, digest, sizeof digest));
  whole = g_bytes_new (closed->str, closed->len);
  for (guint i = 0; i < 2; i++)
    {
      GBytes *body = i == 0 ? plain : whole;
      g_auto (WattleFeedPage) page = { 0 };
      g_autoptr (GError) error = NULL;
      gboolean good = wattle_feed_check (body, &page, &error);

      g_assert_true (good == (error == NULL));
      if (good)
        wattle_feed_each (body, take, &rows, NULL);
    }
  return 0;
}
