/* conversation.c: the messages of a visit as PDF
 *
 * Everything that was ever written stands on it: what was withdrawn with its text
 * and that it was, and who read it from outside. A record leaves nothing out.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "documents/conversation.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/civil-text.h"
#include "base/civil.h"
#include "documents/letterhead.h"
#include "documents/page.h"

#define GAP 9

static char *
moment (const WattleConversationInput *input, gint64 instant)
{
  gint64 date;
  int second;
  g_autofree char *day = NULL;

  wattle_zone_to_local (instant, input->zone, &date, &second, NULL);
  day = wattle_date_display_numeric (date);
  return g_strdup_printf ("%s %02d:%02d", day, second / 3600, second / 60 % 60);
}

static char *
head_of (const WattleConversationInput *input, WattleRecord *message)
{
  const char *name = wattle_record_get_string (message, WATTLE_MESSAGE_AUTHOR_NAME);
  gboolean from_patient = wattle_record_get_boolean (message, WATTLE_MESSAGE_FROM_PATIENT);
  g_autofree char *at = moment (input, wattle_record_get_integer (message, WATTLE_MESSAGE_SENT_AT));
  const char *who = name != NULL ? name : from_patient ? _("The patient") : _("The practitioner");

  if (wattle_record_get_integer (message, WATTLE_MESSAGE_KIND) == WATTLE_MESSAGE_KIND_INSPECTED)
    return g_strdup_printf (_("%s, %s, read this conversation as an administrator"), at, who);
  return g_strdup_printf ("%s, %s", at, who);
}

static char *
withdrawal_of (const WattleConversationInput *input, WattleRecord *message)
{
  const char *reason = wattle_record_get_string (message, WATTLE_MESSAGE_WITHDRAWN_REASON);
  g_autofree char *at = NULL;

  if (wattle_record_get_integer (message, WATTLE_MESSAGE_STATUS) != WATTLE_MESSAGE_STATUS_WITHDRAWN)
    return NULL;
  at = moment (input, wattle_record_get_integer (message, WATTLE_MESSAGE_WITHDRAWN_AT));
  return g_strdup_printf (_("Withdrawn %s. %s"), at, reason != NULL ? reason : "");
}

static char *
file_of (const WattleConversationInput *input, WattleRecord *message)
{
  const char *id = wattle_record_get_string (message, WATTLE_MESSAGE_DOCUMENT);
  WattleRecord *document = id != NULL ? g_hash_table_lookup (input->documents, id) : NULL;

  if (id == NULL)
    return NULL;
  return g_strdup_printf (_("With a file: %s"), document != NULL
                                                   ? wattle_record_get_string (document, WATTLE_DOCUMENT_TITLE)
                                                   : _("not among these records"));
}

static double
begin_page (WattlePages *pages, const WattleConversationInput *input)
{
  double y = wattle_letterhead_draw (pages, input->practice, input->location, _("Messages"));
  double left = wattle_pages_left (pages), width = wattle_pages_right (pages) - left;
  const char *practitioner = wattle_record_get_string (input->thread, WATTLE_THREAD_PRACTITIONER_NAME);
  g_autofree char *patient = wattle_patient_print_name (input->patient);
  g_autofree char *at = input->visit != NULL
                          ? moment (input, wattle_record_get_integer (input->visit, WATTLE_APPOINTMENT_STARTS_AT))
                          : NULL;
  g_autofree char *about = g_strdup_printf (_("%s and %s. Visit of %s."), patient,
                                            practitioner != NULL ? practitioner : _("the practitioner"),
                                            at != NULL ? at : _("a day that is not among these records"));

  y += wattle_pages_text (pages, WATTLE_STYLE_BODY, left, y, width, WATTLE_ALIGN_START, about) + GAP;
  wattle_pages_rule (pages, left, wattle_pages_right (pages), y, 0.8);
  return y + GAP;
}

static double
next_page (WattlePages *pages, const WattleConversationInput *input)
{
  wattle_letterhead_footer (pages, "");
  wattle_pages_next (pages);
  return begin_page (pages, input);
}

/* A text longer than what is left of a page goes on with its next paragraph there; a paragraph longer than a page is
 * cut into lines' worth of it. */
static double
draw_text (WattlePages *pages, const WattleConversationInput *input, WattleTextStyle style, const char *text, double y)
{
  double left = wattle_pages_left (pages), width = wattle_pages_right (pages) - left;
  g_auto (GStrv) paragraphs = NULL;

  if (text == NULL || *text == '\0')
    return y;
  paragraphs = g_strsplit (text, "\n", -1);
  for (guint i = 0; paragraphs[i] != NULL; i++)
    {
      const char *rest = *paragraphs[i] != '\0' ? paragraphs[i] : " ";

      while (*rest != '\0')
        {
          glong length = MIN (g_utf8_strlen (rest, -1), 900);
          const char *end = g_utf8_offset_to_pointer (rest, length);
          g_autofree char *piece = NULL;
          double height;

          for (const char *at = end; *end != '\0' && at > rest; at = g_utf8_prev_char (at))
            if (*at == ' ')
              {
                end = at + 1;
                break;
              }
          piece = g_strndup (rest, end - rest);
          height = wattle_pages_measure (pages, style, width, piece);
          if (y + height > wattle_pages_bottom (pages))
            y = next_page (pages, input);
          y += wattle_pages_text (pages, style, left, y, width, WATTLE_ALIGN_START, piece);
          rest = end;
        }
    }
  return y;
}

static void
draw_conversation (WattlePages *pages, gconstpointer data)
{
  const WattleConversationInput *input = data;
  double y = begin_page (pages, input);

  for (guint i = 0; i < input->messages->len; i++)
    {
      WattleRecord *message = input->messages->pdata[i];
      g_autofree char *head = head_of (input, message);
      g_autofree char *withdrawn = withdrawal_of (input, message);
      g_autofree char *file = file_of (input, message);

      y = draw_text (pages, input, WATTLE_STYLE_STRONG, head, y);
      y = draw_text (pages, input, WATTLE_STYLE_SMALL, withdrawn, y);
      y = draw_text (pages, input, WATTLE_STYLE_BODY, wattle_record_get_string (message, WATTLE_MESSAGE_BODY), y);
      y = draw_text (pages, input, WATTLE_STYLE_SMALL, file, y) + GAP;
    }
  wattle_letterhead_footer (pages, "");
}

/**
 * wattle_conversation_pdf:
 * @input: the conversation and what stands around it
 * @error: %WATTLE_ERROR_FAILED
 *
 * May run on any thread.
 *
 * Returns: (transfer full) (nullable): a PDF on A4; the same input gives the same bytes
 */
GBytes *
wattle_conversation_pdf (const WattleConversationInput *input, GError **error)
{
  WattlePagesInfo info = {
    .width = WATTLE_A4_WIDTH,
    .height = WATTLE_A4_HEIGHT,
    .margin = 48,
    .title = _("Messages"),
    .author = wattle_record_get_string (input->practice, WATTLE_PRACTICE_NAME),
    .date = input->date,
  };

  return wattle_pages_print (&info, draw_conversation, input, error);
}
