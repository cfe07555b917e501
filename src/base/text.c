/* text.c: folding text so that people are found however their name is typed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/text.h"

/**
 * wattle_text_fold:
 * @text: UTF-8 text
 *
 * Lower case without accents; apostrophes and hyphens fall away inside a word,
 * so that O'Brien, O’Brien and obrien meet.
 *
 * Returns: (transfer full): the folded text
 */
char *
wattle_text_fold (const char *text)
{
  g_autofree char *decomposed = NULL;
  GString *out;

  for (const char *at = text;; at++)
    {
      if (*at == '\0')
        {
          char *plain = g_ascii_strdown (text, -1);
          char *to = plain;

          for (const char *from = plain; *from != '\0'; from++)
            if (*from != '\'' && *from != '-')
              *to++ = *from;
          *to = '\0';
          return plain;
        }
      if ((guchar) *at >= 0x80)
        break;
    }

  decomposed = g_utf8_normalize (text, -1, G_NORMALIZE_ALL);
  out = g_string_new (NULL);
  for (const char *at = decomposed; at != NULL && *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (g_unichar_ismark (c) || c == '\'' || c == '-' || c == 0x2019 || c == 0x2010)
        continue;
      g_string_append_unichar (out, g_unichar_tolower (c));
    }
  return g_string_free (out, FALSE);
}
