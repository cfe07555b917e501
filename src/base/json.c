/* json.c: a bounded JSON reader and a plain string writer
 *
 * A document becomes one array of cells in document order; a container knows
 * where it ends, so skipping it is one step. Strings are unescaped in place in
 * a private copy of the text, which only ever shrinks them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/json.h"

#include <string.h>

#include "base/civil.h"
#include "base/error.h"

typedef struct
{
  guint32 start;  /* offset in the text, for raw */
  guint32 length; /* of the raw text */
  guint32 end;    /* containers: index of the first cell behind it */
  guint32 count;  /* containers: members or elements */
  guint8 kind;
} Cell;

struct _WattleJson
{
  char *text;    /* as given, for raw slices */
  char *strings; /* the same length; unescaped strings, each NUL-terminated */
  gsize length;
  Cell *cells;
  guint32 n_cells;
  guint32 n_allocated;
};

typedef struct
{
  WattleJson *json;
  const WattleJsonLimits *limits;
  gsize at;
  guint32 *open;
  guint depth;
  GHashTable *names;
} Parser;

static gboolean
fail (Parser *parser, GError **error, const char *what)
{
  wattle_set_field_error (error, WATTLE_ERROR_INVALID, NULL, "This is not valid JSON: %s at byte %" G_GSIZE_FORMAT ".",
                          what, parser->at);
  return FALSE;
}

static Cell *
push_cell (Parser *parser, WattleJsonKind kind, GError **error)
{
  WattleJson *json = parser->json;
  Cell *cell;

  if (json->n_cells >= parser->limits->max_nodes)
    {
      wattle_set_field_error (error, WATTLE_ERROR_TOO_LARGE, NULL, "This JSON holds more than %u values.",
                              parser->limits->max_nodes);
      return NULL;
    }
  if (json->n_cells == json->n_allocated)
    {
      json->n_allocated = MAX (64, json->n_allocated * 2);
      json->cells = g_renew (Cell, json->cells, json->n_allocated);
    }
  cell = &json->cells[json->n_cells++];
  *cell = (Cell){ .start = parser->at, .kind = kind, .end = json->n_cells };
  if (parser->depth > 0)
    json->cells[parser->open[parser->depth - 1]].count++;
  return cell;
}

static inline void
skip_space (Parser *parser)
{
  const char *text = parser->json->text;

  while (text[parser->at] == ' ' || text[parser->at] == '\n' || text[parser->at] == '\r' || text[parser->at] == '\t')
    parser->at++;
}

static gboolean
parse_hex4 (const char *at, guint *value)
{
  *value = 0;
  for (guint i = 0; i < 4; i++)
    {
      int digit = g_ascii_xdigit_value (at[i]);
      if (digit < 0)
        return FALSE;
      *value = *value * 16 + digit;
    }
  return TRUE;
}

/* Reads one \u escape (two for a surrogate pair) behind the backslash at
 * parser->at, writes its UTF-8 to out and moves on. */
static gboolean
parse_unicode_escape (Parser *parser, char **out, GError **error)
{
  const char *text = parser->json->text;
  guint value, low;

  if (!parse_hex4 (text + parser->at + 2, &value))
    return fail (parser, error, "a broken \\u escape");
  parser->at += 6;
  if (value >= 0xd800 && value <= 0xdbff)
    {
      if (text[parser->at] != '\\' || text[parser->at + 1] != 'u' || !parse_hex4 (text + parser->at + 2, &low)
          || low < 0xdc00 || low > 0xdfff)
        return fail (parser, error, "half a surrogate pair");
      value = 0x10000 + ((value - 0xd800) << 10) + (low - 0xdc00);
      parser->at += 6;
    }
  else if (value >= 0xdc00 && value <= 0xdfff)
    return fail (parser, error, "half a surrogate pair");
  if (value == 0)
    return fail (parser, error, "a NUL character");
  *out += g_unichar_to_utf8 (value, *out);
  return TRUE;
}

static gboolean
parse_string (Parser *parser, GError **error)
{
  static const char escapes[] = "\"\\/bfnrt";
  static const char meanings[] = "\"\\/\b\f\n\r\t";
  WattleJson *json = parser->json;
  const char *text = json->text;
  guint32 start = parser->at;
  char *out = json->strings + start + 1;

  parser->at++;
  while (text[parser->at] != '"')
    {
      const char *plain = text + parser->at;
      const char *end = plain;

      while ((guchar) *end >= 0x20 && *end != '"' && *end != '\\')
        end++;
      memcpy (out, plain, end - plain);
      out += end - plain;
      parser->at += end - plain;
      if ((guchar) text[parser->at] < 0x20)
        return fail (parser, error, parser->at >= json->length ? "an unfinished string" : "a control character");
      if (text[parser->at] == '\\')
        {
          const char *which = text[parser->at + 1] ? strchr (escapes, text[parser->at + 1]) : NULL;

          if (which != NULL)
            {
              *out++ = meanings[which - escapes];
              parser->at += 2;
            }
          else if (text[parser->at + 1] == 'u')
            {
              if (!parse_unicode_escape (parser, &out, error))
                return FALSE;
            }
          else
            return fail (parser, error, "an unknown escape");
        }
    }
  *out = '\0';
  parser->at++;
  json->cells[json->n_cells - 1].length = parser->at - start;
  return TRUE;
}

static gboolean
parse_number (Parser *parser, GError **error)
{
  Cell *cell = &parser->json->cells[parser->json->n_cells - 1];
  const char *text = parser->json->text;
  gsize start = parser->at;
  gsize at = start;

  if (text[at] == '-')
    at++;
  if (!g_ascii_isdigit (text[at]) || (text[at] == '0' && g_ascii_isdigit (text[at + 1])))
    return fail (parser, error, "a broken number");
  while (g_ascii_isdigit (text[at]))
    at++;
  if (text[at] == '.')
    {
      cell->kind = WATTLE_JSON_DECIMAL;
      if (!g_ascii_isdigit (text[++at]))
        return fail (parser, error, "a broken number");
      while (g_ascii_isdigit (text[at]))
        at++;
    }
  if (text[at] == 'e' || text[at] == 'E')
    {
      cell->kind = WATTLE_JSON_DECIMAL;
      at++;
      if (text[at] == '+' || text[at] == '-')
        at++;
      if (!g_ascii_isdigit (text[at]))
        return fail (parser, error, "a broken number");
      while (g_ascii_isdigit (text[at]))
        at++;
    }
  if (cell->kind == WATTLE_JSON_INTEGER && at - start > 18)
    {
      char digits[24];

      if (at - start >= sizeof digits)
        return fail (parser, error, "a number that is too large");
      memcpy (digits, text + start, at - start);
      digits[at - start] = '\0';
      if (!g_ascii_string_to_signed (digits, 10, G_MININT64, G_MAXINT64, NULL, NULL))
        return fail (parser, error, "a number that is too large");
    }
  cell->length = at - start;
  parser->at = at;
  return TRUE;
}

static gboolean
parse_word (Parser *parser, const char *word, GError **error)
{
  gsize length = strlen (word);

  if (strncmp (parser->json->text + parser->at, word, length) != 0)
    return fail (parser, error, "an unknown word");
  parser->json->cells[parser->json->n_cells - 1].length = length;
  parser->at += length;
  return TRUE;
}

static gboolean
open_container (Parser *parser, WattleJsonKind kind, GError **error)
{
  if (parser->depth >= parser->limits->max_depth)
    {
      wattle_set_field_error (error, WATTLE_ERROR_TOO_LARGE, NULL, "This JSON is nested deeper than %u levels.",
                              parser->limits->max_depth);
      return FALSE;
    }
  if (push_cell (parser, kind, error) == NULL)
    return FALSE;
  parser->open[parser->depth++] = parser->json->n_cells - 1;
  parser->at++;
  return TRUE;
}

/* Small objects are compared name by name; large ones through a hash, so that
 * neither needs memory in the common case nor time in the hostile one. */
static gboolean
has_duplicate_name (Parser *parser, guint32 object)
{
  WattleJson *json = parser->json;
  guint32 end = json->cells[object].end;
  guint pairs = json->cells[object].count / 2;

  if (pairs <= 24)
    {
      for (guint32 a = object + 1; a < end; a = json->cells[a + 1].end)
        for (guint32 b = json->cells[a + 1].end; b < end; b = json->cells[b + 1].end)
          if (strcmp (json->strings + json->cells[a].start + 1, json->strings + json->cells[b].start + 1) == 0)
            return TRUE;
      return FALSE;
    }
  if (parser->names == NULL)
    parser->names = g_hash_table_new (g_str_hash, g_str_equal);
  g_hash_table_remove_all (parser->names);
  for (guint32 a = object + 1; a < end; a = json->cells[a + 1].end)
    if (!g_hash_table_add (parser->names, json->strings + json->cells[a].start + 1))
      return TRUE;
  return FALSE;
}

static gboolean
close_container (Parser *parser, GError **error)
{
  guint32 index = parser->open[--parser->depth];
  Cell *cell = &parser->json->cells[index];

  parser->at++;
  cell->end = parser->json->n_cells;
  cell->length = parser->at - cell->start;
  if (cell->kind == WATTLE_JSON_OBJECT)
    {
      if (has_duplicate_name (parser, index))
        return fail (parser, error, "a member that is named twice");
      cell->count /= 2;
    }
  return TRUE;
}

static gboolean
parse_value (Parser *parser, GError **error)
{
  switch (parser->json->text[parser->at])
    {
    case '{':
      return open_container (parser, WATTLE_JSON_OBJECT, error);
    case '[':
      return open_container (parser, WATTLE_JSON_ARRAY, error);
    case '"':
      return push_cell (parser, WATTLE_JSON_STRING, error) && parse_string (parser, error);
    case 't':
      return push_cell (parser, WATTLE_JSON_TRUE, error) && parse_word (parser, "true", error);
    case 'f':
      return push_cell (parser, WATTLE_JSON_FALSE, error) && parse_word (parser, "false", error);
    case 'n':
      return push_cell (parser, WATTLE_JSON_NULL, error) && parse_word (parser, "null", error);
    default:
      return push_cell (parser, WATTLE_JSON_INTEGER, error) && parse_number (parser, error);
    }
}

static gboolean
parse_name (Parser *parser, GError **error)
{
  if (parser->json->text[parser->at] != '"')
    return fail (parser, error, "a member without a name");
  if (push_cell (parser, WATTLE_JSON_STRING, error) == NULL || !parse_string (parser, error))
    return FALSE;
  skip_space (parser);
  if (parser->json->text[parser->at] != ':')
    return fail (parser, error, "a name without a value");
  parser->at++;
  skip_space (parser);
  return TRUE;
}

/* After a value: closes what ends here and stands at the next value, or at the
 * end of the document with depth 0. */
static gboolean
parse_between (Parser *parser, GError **error)
{
  while (parser->depth > 0)
    {
      const Cell *open = &parser->json->cells[parser->open[parser->depth - 1]];
      char closing = open->kind == WATTLE_JSON_OBJECT ? '}' : ']';

      skip_space (parser);
      if (parser->json->text[parser->at] == closing)
        {
          if (!close_container (parser, error))
            return FALSE;
          continue;
        }
      if (parser->json->text[parser->at] != ',')
        return fail (parser, error, "a missing comma or bracket");
      parser->at++;
      skip_space (parser);
      return closing == ']' || parse_name (parser, error);
    }
  return TRUE;
}

static gboolean
parse_document (Parser *parser, GError **error)
{
  skip_space (parser);
  do
    {
      guint depth = parser->depth;
      const char *text = parser->json->text;

      if (!parse_value (parser, error))
        return FALSE;
      if (parser->depth > depth)
        {
          gboolean object = text[parser->at - 1] == '{';

          skip_space (parser);
          if (text[parser->at] != (object ? '}' : ']'))
            {
              if (object && !parse_name (parser, error))
                return FALSE;
              continue;
            }
        }
      if (!parse_between (parser, error))
        return FALSE;
    }
  while (parser->depth > 0);

  skip_space (parser);
  if (parser->at != parser->json->length)
    return fail (parser, error, "text behind the end");
  return TRUE;
}

/**
 * wattle_json_parse:
 * @text: UTF-8 text
 * @length: its length in bytes, or -1 when NUL-terminated
 * @limits: (nullable): bounds; %NULL for those of a request body
 * @error: %WATTLE_ERROR_INVALID or %WATTLE_ERROR_TOO_LARGE
 *
 * Returns: (transfer full) (nullable): the document
 */
WattleJson *
wattle_json_parse (const char *text, gssize length, const WattleJsonLimits *limits, GError **error)
{
  WattleJsonLimits wire = WATTLE_JSON_WIRE_LIMITS;
  g_autoptr (WattleJson) json = NULL;
  g_autofree guint32 *open = NULL;
  Parser parser = { .limits = limits != NULL ? limits : &wire };
  gsize size = length < 0 ? strlen (text) : (gsize) length;
  gboolean ok;

  if (size > parser.limits->max_bytes || size > G_MAXUINT32 - 2)
    {
      wattle_set_field_error (error, WATTLE_ERROR_TOO_LARGE, NULL,
                              "This JSON has %" G_GSIZE_FORMAT " bytes; at most %" G_GSIZE_FORMAT " are accepted.",
                              size, parser.limits->max_bytes);
      return NULL;
    }
  if (!g_utf8_validate_len (text, size, NULL))
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, NULL, "This is not valid JSON: it is not UTF-8 text.");
      return NULL;
    }
  json = g_new0 (WattleJson, 1);
  json->length = size;
  json->text = g_malloc (size + 1);
  memcpy (json->text, text, size);
  json->text[size] = '\0';
  json->strings = g_malloc (size + 1);
  parser.json = json;
  parser.open = open = g_new (guint32, parser.limits->max_depth + 1);
  ok = parse_document (&parser, error);
  g_clear_pointer (&parser.names, g_hash_table_unref);
  return ok ? g_steal_pointer (&json) : NULL;
}

void
wattle_json_free (WattleJson *self)
{
  if (self == NULL)
    return;
  g_free (self->text);
  g_free (self->strings);
  g_free (self->cells);
  g_free (self);
}

WattleJsonNode
wattle_json_root (const WattleJson *self)
{
  return (WattleJsonNode){ self, 0 };
}

static inline const Cell *
cell_of (WattleJsonNode node)
{
  return node.json != NULL ? &node.json->cells[node.index] : NULL;
}

WattleJsonKind
wattle_json_kind (WattleJsonNode node)
{
  const Cell *cell = cell_of (node);
  return cell != NULL ? (WattleJsonKind) cell->kind : WATTLE_JSON_NONE;
}

/**
 * wattle_json_kind_nick:
 * @kind: a kind
 *
 * Returns: its word for an error message, such as "an object"
 */
const char *
wattle_json_kind_nick (WattleJsonKind kind)
{
  static const char *const nicks[] = { "nothing", "null",    "a boolean", "a boolean", "an integer",
                                       "a decimal number", "a string", "an array", "an object" };
  return nicks[kind];
}

gboolean
wattle_json_exists (WattleJsonNode node)
{
  return node.json != NULL;
}

/**
 * wattle_json_string:
 * @node: a value
 *
 * Returns: (nullable) (transfer none): the unescaped text, %NULL when @node is
 * not a string
 */
const char *
wattle_json_string (WattleJsonNode node)
{
  const Cell *cell = cell_of (node);

  if (cell == NULL || cell->kind != WATTLE_JSON_STRING)
    return NULL;
  return node.json->strings + cell->start + 1;
}

gboolean
wattle_json_integer (WattleJsonNode node, gint64 *value)
{
  const Cell *cell = cell_of (node);

  if (cell == NULL || cell->kind != WATTLE_JSON_INTEGER)
    return FALSE;
  *value = g_ascii_strtoll (node.json->text + cell->start, NULL, 10);
  return TRUE;
}

gboolean
wattle_json_boolean (WattleJsonNode node, gboolean *value)
{
  WattleJsonKind kind = wattle_json_kind (node);

  if (kind != WATTLE_JSON_TRUE && kind != WATTLE_JSON_FALSE)
    return FALSE;
  *value = kind == WATTLE_JSON_TRUE;
  return TRUE;
}

/**
 * wattle_json_length:
 * @node: a value
 *
 * Returns: how many members or elements it has; 0 for what is no container
 */
guint
wattle_json_length (WattleJsonNode node)
{
  const Cell *cell = cell_of (node);
  return cell != NULL ? cell->count : 0;
}

/**
 * wattle_json_raw:
 * @node: a value that exists
 * @length: (out): its length in bytes
 *
 * Returns: (transfer none): the text of @node as it came, not terminated
 */
const char *
wattle_json_raw (WattleJsonNode node, gsize *length)
{
  const Cell *cell = cell_of (node);

  *length = cell != NULL ? cell->length : 0;
  return cell != NULL ? node.json->text + cell->start : "";
}

WattleJsonIter
wattle_json_iter (WattleJsonNode container)
{
  const Cell *cell = cell_of (container);

  if (cell == NULL || cell->kind < WATTLE_JSON_ARRAY)
    return (WattleJsonIter){ NULL, 0, 0, FALSE };
  return (WattleJsonIter){ container.json, container.index + 1, cell->end, cell->kind == WATTLE_JSON_OBJECT };
}

gboolean
wattle_json_next (WattleJsonIter *iter, const char **name, WattleJsonNode *value)
{
  if (iter->json == NULL || iter->next >= iter->end)
    return FALSE;
  if (name != NULL)
    *name = iter->object ? iter->json->strings + iter->json->cells[iter->next].start + 1 : NULL;
  if (iter->object)
    iter->next++;
  *value = (WattleJsonNode){ iter->json, iter->next };
  iter->next = iter->json->cells[iter->next].end;
  return TRUE;
}

/**
 * wattle_json_member:
 * @object: a value, of any kind
 * @name: a member's name
 *
 * Returns: the member, or a node that does not exist
 */
WattleJsonNode
wattle_json_member (WattleJsonNode object, const char *name)
{
  WattleJsonIter iter = wattle_json_iter (object);
  const char *found;
  WattleJsonNode value;

  while (iter.object && wattle_json_next (&iter, &found, &value))
    if (strcmp (found, name) == 0)
      return value;
  return (WattleJsonNode){ NULL, 0 };
}

const char *
wattle_json_member_string (WattleJsonNode object, const char *name)
{
  return wattle_json_string (wattle_json_member (object, name));
}

gint64
wattle_json_member_integer (WattleJsonNode object, const char *name, gint64 fallback)
{
  gint64 value;
  return wattle_json_integer (wattle_json_member (object, name), &value) ? value : fallback;
}

gboolean
wattle_json_member_boolean (WattleJsonNode object, const char *name)
{
  gboolean value;
  return wattle_json_boolean (wattle_json_member (object, name), &value) && value;
}

/**
 * wattle_json_member_instant:
 * @object: an object, or anything else: then it has no such member
 * @name: of a member
 * @instant: (out): microseconds since 1970; left as it was without one
 *
 * Returns: whether the member is a string that is an instant
 */
gboolean
wattle_json_member_instant (WattleJsonNode object, const char *name, gint64 *instant)
{
  const char *text = wattle_json_member_string (object, name);
  gint64 value;

  if (text == NULL || !wattle_instant_parse (text, &value, NULL))
    return FALSE;
  *instant = value;
  return TRUE;
}

WattleJsonNode
wattle_json_element (WattleJsonNode array, guint position)
{
  WattleJsonIter iter = wattle_json_iter (array);
  WattleJsonNode value;

  while (!iter.object && wattle_json_next (&iter, NULL, &value))
    if (position-- == 0)
      return value;
  return (WattleJsonNode){ NULL, 0 };
}

WattleJsonWriter
wattle_json_writer (GString *out)
{
  return (WattleJsonWriter){ out, FALSE };
}

static inline void
before_value (WattleJsonWriter *self)
{
  if (self->comma)
    g_string_append_c (self->out, ',');
  self->comma = TRUE;
}

static void
begin (WattleJsonWriter *self, char bracket)
{
  before_value (self);
  g_string_append_c (self->out, bracket);
  self->comma = FALSE;
}

static void
end (WattleJsonWriter *self, char bracket)
{
  g_string_append_c (self->out, bracket);
  self->comma = TRUE;
}

void
wattle_json_begin_object (WattleJsonWriter *self)
{
  begin (self, '{');
}

void
wattle_json_end_object (WattleJsonWriter *self)
{
  end (self, '}');
}

void
wattle_json_begin_array (WattleJsonWriter *self)
{
  begin (self, '[');
}

void
wattle_json_end_array (WattleJsonWriter *self)
{
  end (self, ']');
}

static void
append_quoted (GString *out, const char *value)
{
  static const char hex[] = "0123456789abcdef";

  g_string_append_c (out, '"');
  while (*value != '\0')
    {
      const char *plain = value;

      while ((guchar) *value >= 0x20 && *value != '"' && *value != '\\')
        value++;
      g_string_append_len (out, plain, value - plain);
      if (*value == '\0')
        break;
      if (*value == '"' || *value == '\\')
        {
          g_string_append_c (out, '\\');
          g_string_append_c (out, *value);
        }
      else if (*value == '\n')
        g_string_append (out, "\\n");
      else
        {
          g_string_append (out, "\\u00");
          g_string_append_c (out, hex[(guchar) *value >> 4]);
          g_string_append_c (out, hex[*value & 15]);
        }
      value++;
    }
  g_string_append_c (out, '"');
}

void
wattle_json_name (WattleJsonWriter *self, const char *name)
{
  before_value (self);
  append_quoted (self->out, name);
  g_string_append_c (self->out, ':');
  self->comma = FALSE;
}

/**
 * wattle_json_put_string:
 * @self: a writer
 * @value: (nullable): UTF-8 text; %NULL writes null
 */
void
wattle_json_put_string (WattleJsonWriter *self, const char *value)
{
  if (value == NULL)
    {
      wattle_json_put_null (self);
      return;
    }
  before_value (self);
  append_quoted (self->out, value);
}

void
wattle_json_put_integer (WattleJsonWriter *self, gint64 value)
{
  char digits[24];
  char *at = digits + sizeof digits;
  guint64 rest = value < 0 ? -(guint64) value : (guint64) value;

  do
    *--at = '0' + rest % 10;
  while ((rest /= 10) != 0);
  if (value < 0)
    *--at = '-';
  before_value (self);
  g_string_append_len (self->out, at, digits + sizeof digits - at);
}

void
wattle_json_put_boolean (WattleJsonWriter *self, gboolean value)
{
  wattle_json_put_raw (self, value ? "true" : "false", -1);
}

void
wattle_json_put_null (WattleJsonWriter *self)
{
  wattle_json_put_raw (self, "null", -1);
}

/**
 * wattle_json_put_raw:
 * @self: a writer
 * @text: JSON text of one value, trusted to be valid
 * @length: its length, or -1
 */
void
wattle_json_put_raw (WattleJsonWriter *self, const char *text, gssize length)
{
  before_value (self);
  g_string_append_len (self->out, text, length);
}

void
wattle_json_pair_string (WattleJsonWriter *self, const char *name, const char *value)
{
  wattle_json_name (self, name);
  wattle_json_put_string (self, value);
}

void
wattle_json_pair_integer (WattleJsonWriter *self, const char *name, gint64 value)
{
  wattle_json_name (self, name);
  wattle_json_put_integer (self, value);
}

void
wattle_json_pair_boolean (WattleJsonWriter *self, const char *name, gboolean value)
{
  wattle_json_name (self, name);
  wattle_json_put_boolean (self, value);
}
