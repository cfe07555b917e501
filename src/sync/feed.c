/* feed.c: one page of rows as a server sends them: whole or not at all
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "sync/feed.h"

#include <glib/gi18n-lib.h>
#include <sodium.h>
#include <string.h>

#include "base/error.h"
#include "base/id.h"

#define CHECKSUM_BYTES 32
#define LINE_LIMITS ((WattleJsonLimits){ 8 * 1024 * 1024, 16, 8192 })

void
wattle_feed_page_clear (WattleFeedPage *self)
{
  g_clear_pointer (&self->epoch, g_free);
  g_clear_pointer (&self->after, g_free);
}

static gboolean
torn (GError **error)
{
  wattle_set_field_error (
    error, WATTLE_ERROR_OFFLINE, NULL,
    _("The connection broke while records were fetched. What arrived whole was kept; the rest is "
       "asked for again."));
  return FALSE;
}

static gboolean
nonsense (GError **error)
{
  wattle_set_field_error (error, WATTLE_ERROR_CORRUPT, NULL,
                          _("The server sent something that this version does not understand. Nothing of it was used; "
                             "your records and changes are as before."));
  return FALSE;
}

/* The line that begins at text, without its newline; NULL when none ends there. */
static const char *
line_end (const char *text, gsize length)
{
  return length > 0 ? memchr (text, '\n', length) : NULL;
}

static gboolean
read_head (const char *line, gsize length, WattleFeedPage *page, GError **error)
{
  g_autoptr (WattleJson) json = wattle_json_parse (line, length, NULL, NULL);
  WattleJsonNode root;

  if (json == NULL)
    return nonsense (error);
  root = wattle_json_root (json);
  page->epoch = g_strdup (wattle_json_member_string (root, "epoch"));
  page->from = wattle_json_member_integer (root, "from", 0);
  page->at = wattle_json_member_integer (root, "at", -1);
  page->total = wattle_json_member_integer (root, "total", 0);
  return page->epoch != NULL || nonsense (error);
}

static gboolean
read_foot (const char *line, gsize length, const char *sum, WattleFeedPage *page, GError **error)
{
  g_autoptr (WattleJson) json = wattle_json_parse (line, length, NULL, NULL);
  WattleJsonNode root;
  const char *checksum;

  if (json == NULL)
    return torn (error);
  root = wattle_json_root (json);
  checksum = wattle_json_member_string (root, "checksum");
  if (checksum == NULL)
    return torn (error);
  if (strcmp (checksum, sum) != 0)
    return torn (error);
  page->to = wattle_json_member_integer (root, "to", -1);
  page->more = wattle_json_member_boolean (root, "more");
  page->after = g_strdup (wattle_json_member_string (root, "after"));
  page->rows = wattle_json_member_integer (root, "rows", -1);
  return TRUE;
}

/* The bounds of the rows between the first and the last line. */
static gboolean
rows_of (GBytes *body, const char **rows, gsize *length, const char **foot, gsize *foot_length)
{
  gsize size;
  const char *text = g_bytes_get_data (body, &size);
  const char *head_end = line_end (text, size);
  const char *last;

  if (head_end == NULL || text[size - 1] != '\n')
    return FALSE;
  last = memrchr (text, '\n', size - 1);
  if (last == NULL)
    return FALSE;
  *rows = head_end + 1;
  *length = last + 1 - *rows;
  *foot = last + 1;
  *foot_length = text + size - 1 - *foot;
  return TRUE;
}

/**
 * wattle_feed_check:
 * @body: what was sent
 * @page: (out): what its first and last line say; clear it after use
 * @error: %WATTLE_ERROR_OFFLINE for one that is torn, %WATTLE_ERROR_CORRUPT for nonsense
 *
 * Returns: whether every byte is there
 */
gboolean
wattle_feed_check (GBytes *body, WattleFeedPage *page, GError **error)
{
  gsize size, length, foot_length;
  const char *text = g_bytes_get_data (body, &size);
  const char *rows, *foot;
  guint8 hash[CHECKSUM_BYTES];
  char sum[CHECKSUM_BYTES * 2 + 1];

  if (size == 0)
    return torn (error);
  if (text[0] != '{')
    return nonsense (error);
  if (!rows_of (body, &rows, &length, &foot, &foot_length))
    return torn (error);
  crypto_generichash (hash, sizeof hash, (const guint8 *) text, foot - text, NULL, 0);
  sodium_bin2hex (sum, sizeof sum, hash, sizeof hash);
  return read_head (text, rows - text, page, error) && read_foot (foot, foot_length, sum, page, error);
}

/* The usual line, {"put":{"type":"…",…},"scope":"…"}, is taken apart without parsing it: the record is parsed once,
 * where it is put, and a line that only looks like this fails there. FALSE for any other line. */
static gboolean
split_put (const char *text, gsize length, WattleFeedLine *line, gboolean *known)
{
  static const char head[] = "{\"put\":{\"type\":\"", foot[] = "},\"scope\":";
  const char *quote, *nick, *nick_end;
  const WattleType *type;
  char name[64];
  gsize head_length = sizeof head - 1, foot_length = sizeof foot - 1;

  if (length < head_length + foot_length + 4 || memcmp (text, head, head_length) != 0 || text[length - 1] != '}'
      || text[length - 2] != '"')
    return FALSE;
  nick = text + head_length;
  nick_end = memchr (nick, '"', length - head_length);
  quote = memrchr (text, '"', length - 2);
  if (nick_end - nick >= (gssize) sizeof name || quote - nick_end < (gssize) foot_length
      || memcmp (quote - foot_length, foot, foot_length) != 0)
    return FALSE;
  memcpy (name, nick, nick_end - nick);
  name[nick_end - nick] = '\0';
  type = wattle_type_find (name);
  *known = type != NULL;
  if (type == NULL)
    return TRUE;
  line->kind = WATTLE_FEED_PUT;
  line->type = type->id;
  line->json = text + strlen ("{\"put\":");
  line->length = quote - foot_length + 1 - line->json;
  return TRUE;
}

static gboolean
each_line (const char *text, gsize length, WattleFeedLineFunc func, gpointer data, GError **error)
{
  WattleJsonLimits limits = LINE_LIMITS;
  g_autoptr (WattleJson) json = NULL;
  WattleJsonNode root, put;
  WattleFeedLine line = { 0 };
  gboolean known;

  if (split_put (text, length, &line, &known))
    return !known || func (&line, data, error);
  json = wattle_json_parse (text, length, &limits, NULL);
  if (json == NULL)
    return nonsense (error);
  root = wattle_json_root (json);
  put = wattle_json_member (root, "put");
  if (wattle_json_exists (put))
    {
      const char *nick = wattle_json_member_string (put, "type");

      if (nick == NULL)
        return nonsense (error);
      /* A newer server may have types that this version has no use for. */
      if (wattle_type_find (nick) == NULL)
        return TRUE;
      line.kind = WATTLE_FEED_PUT;
      line.type = wattle_type_find (nick)->id;
      line.json = wattle_json_raw (put, &line.length);
    }
  else if ((line.id = wattle_json_member_string (root, "delete")) != NULL)
    line.kind = WATTLE_FEED_DELETE;
  else if ((line.scope = wattle_json_member_string (root, "gained")) != NULL)
    line.kind = WATTLE_FEED_GAINED;
  else if ((line.scope = wattle_json_member_string (root, "lost")) != NULL)
    line.kind = WATTLE_FEED_LOST;
  else
    return nonsense (error);
  if (line.kind == WATTLE_FEED_DELETE && !wattle_id_is_valid (line.id))
    return nonsense (error);
  return func (&line, data, error);
}

/**
 * wattle_feed_line_record:
 * @line: a line of kind %WATTLE_FEED_PUT
 * @error: %WATTLE_ERROR_CORRUPT
 *
 * Returns: (transfer full) (nullable): what is put
 */
WattleRecord *
wattle_feed_line_record (const WattleFeedLine *line, GError **error)
{
  g_autoptr (WattleRecord) record = wattle_record_from_text (line->json, line->length, NULL);

  if (record != NULL && wattle_record_id (record) != NULL)
    return g_steal_pointer (&record);
  nonsense (error);
  return NULL;
}

/**
 * wattle_feed_each:
 * @body: a page that was checked
 * @func: called for each row in order
 * @data: for @func
 * @error: %WATTLE_ERROR_CORRUPT for a row that is nonsense
 */
gboolean
wattle_feed_each (GBytes *body, WattleFeedLineFunc func, gpointer data, GError **error)
{
  const char *rows, *foot;
  gsize length, foot_length;

  if (!rows_of (body, &rows, &length, &foot, &foot_length))
    return torn (error);
  while (length > 0)
    {
      const char *end = line_end (rows, length);

      if (!each_line (rows, end - rows, func, data, error))
        return FALSE;
      length -= end + 1 - rows;
      rows = end + 1;
    }
  return TRUE;
}
