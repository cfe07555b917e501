/* fuzz-frame.c: any bytes as frames of a WebSocket, whole and in pieces: both are read as the same
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "fuzz.h"

#include "server/http/frame.h"

#define MAX_MESSAGE 4096

/* A word for all that was read, with @step bytes at a time. */
static GString *
read_all (const uint8_t *data, size_t size, size_t step)
{
  GString *seen = g_string_new (NULL);
  WattleFrameReader reader;
  gboolean is_bad = FALSE;

  wattle_frame_reader_init (&reader, MAX_MESSAGE);
  for (size_t at = 0; at < size && !is_bad; at += step)
    {
      WattleFrame frame;

      wattle_frame_reader_feed (&reader, data + at, MIN (step, size - at));
      while (!is_bad && (frame = wattle_frame_reader_next (&reader)).kind != WATTLE_FRAME_MORE)
        {
          is_bad = frame.kind == WATTLE_FRAME_BAD;
          g_assert_cmpuint (frame.length, <=, MAX_MESSAGE);
          g_assert_true (!is_bad || (frame.code >= 1002 && frame.reason != NULL));
          if (frame.kind == WATTLE_FRAME_TEXT)
            g_assert_true (frame.payload[frame.length] == '\0'
                           && g_utf8_validate ((const char *) frame.payload, frame.length, NULL));
          g_string_append_printf (seen, "%d %u %" G_GSIZE_FORMAT ";", frame.kind, frame.code, frame.length);
        }
      g_assert_cmpuint (reader.message->len, <=, MAX_MESSAGE + 1);
    }
  wattle_frame_reader_clear (&reader);
  return seen;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GString) whole = read_all (data, size, MAX (size, 1));
  g_autoptr (GString) dripped = read_all (data, size, 1);

  g_assert_cmpstr (whole->str, ==, dripped->str);
  if (size > 0)
    {
      g_autoptr (GBytes) written = wattle_frame_write (WATTLE_OPCODE_TEXT, data, size);

      g_assert_cmpuint (g_bytes_get_size (written), >, size);
    }
  return 0;
}
