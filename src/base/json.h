/* json.h: a bounded JSON reader and a plain string writer
 *
 * The reader refuses what an untrusted sender could use against us (size, depth,
 * member count, duplicate names, bad UTF-8, numbers outside int64) while it
 * parses, in one pass, without recursion. It serves the wire, the records at
 * rest and every import.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  WATTLE_JSON_NONE, /* absent: what a look-up of a missing member answers */
  WATTLE_JSON_NULL,
  WATTLE_JSON_FALSE,
  WATTLE_JSON_TRUE,
  WATTLE_JSON_INTEGER,
  WATTLE_JSON_DECIMAL, /* a number with a fraction or exponent; kept as text */
  WATTLE_JSON_STRING,
  WATTLE_JSON_ARRAY,
  WATTLE_JSON_OBJECT
} WattleJsonKind;

/**
 * WattleJsonLimits:
 * @max_bytes: size of the text, in bytes
 * @max_depth: how deep arrays and objects may nest
 * @max_nodes: how many values and names there may be in all
 */
typedef struct
{
  gsize max_bytes;
  guint max_depth;
  guint max_nodes;
} WattleJsonLimits;

/* What a request body may be (security.md s 4). */
#define WATTLE_JSON_WIRE_LIMITS ((WattleJsonLimits){ 1024 * 1024, 32, 200000 })
/* What a file that an administrator names may be. */
#define WATTLE_JSON_FILE_LIMITS ((WattleJsonLimits){ 256 * 1024 * 1024, 64, 40000000 })

typedef struct _WattleJson WattleJson;

/**
 * WattleJsonNode:
 *
 * One value of a document. Valid as long as its #WattleJson is.
 */
typedef struct
{
  const WattleJson *json;
  guint32 index;
} WattleJsonNode;

WattleJson    *wattle_json_parse         (const char             *text,
                                          gssize                  length,
                                          const WattleJsonLimits *limits,
                                          GError                **error);
void           wattle_json_free          (WattleJson             *self);
WattleJsonNode wattle_json_root          (const WattleJson       *self);

WattleJsonKind wattle_json_kind          (WattleJsonNode          node);
const char    *wattle_json_kind_nick     (WattleJsonKind          kind);
gboolean       wattle_json_exists        (WattleJsonNode          node);
const char    *wattle_json_string        (WattleJsonNode          node);
gboolean       wattle_json_integer       (WattleJsonNode          node,
                                          gint64                 *value);
gboolean       wattle_json_boolean       (WattleJsonNode          node,
                                          gboolean               *value);
guint          wattle_json_length        (WattleJsonNode          node);
const char    *wattle_json_raw           (WattleJsonNode          node,
                                          gsize                  *length);

WattleJsonNode wattle_json_member        (WattleJsonNode          object,
                                          const char             *name);
const char    *wattle_json_member_string (WattleJsonNode          object,
                                          const char             *name);
gint64         wattle_json_member_integer (WattleJsonNode         object,
                                          const char             *name,
                                          gint64                  fallback);
gboolean       wattle_json_member_boolean (WattleJsonNode         object,
                                          const char             *name);
gboolean wattle_json_member_instant (WattleJsonNode object, const char *name, gint64 *instant);
WattleJsonNode wattle_json_element       (WattleJsonNode          array,
                                          guint                   position);

/**
 * WattleJsonIter:
 *
 * Walks the members of an object or the elements of an array:
 *
 * |[
 * WattleJsonIter iter = wattle_json_iter (node);
 * WattleJsonNode value;
 * const char *name;
 * while (wattle_json_next (&iter, &name, &value))
 *   ...
 * ]|
 */
typedef struct
{
  const WattleJson *json;
  guint32 next;
  guint32 end;
  gboolean object;
} WattleJsonIter;

WattleJsonIter wattle_json_iter          (WattleJsonNode          container);
gboolean       wattle_json_next          (WattleJsonIter         *iter,
                                          const char            **name,
                                          WattleJsonNode         *value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleJson, wattle_json_free)

/**
 * WattleJsonWriter:
 *
 * Appends JSON to a #GString. Put it on the stack with wattle_json_writer().
 */
typedef struct
{
  GString *out;
  gboolean comma;
} WattleJsonWriter;

WattleJsonWriter wattle_json_writer      (GString                *out);
void           wattle_json_begin_object  (WattleJsonWriter       *self);
void           wattle_json_end_object    (WattleJsonWriter       *self);
void           wattle_json_begin_array   (WattleJsonWriter       *self);
void           wattle_json_end_array     (WattleJsonWriter       *self);
void           wattle_json_name          (WattleJsonWriter       *self,
                                          const char             *name);
void           wattle_json_put_string    (WattleJsonWriter       *self,
                                          const char             *value);
void           wattle_json_put_integer   (WattleJsonWriter       *self,
                                          gint64                  value);
void           wattle_json_put_boolean   (WattleJsonWriter       *self,
                                          gboolean                value);
void           wattle_json_put_null      (WattleJsonWriter       *self);
void           wattle_json_put_raw       (WattleJsonWriter       *self,
                                          const char             *text,
                                          gssize                  length);
void           wattle_json_pair_string   (WattleJsonWriter       *self,
                                          const char             *name,
                                          const char             *value);
void           wattle_json_pair_integer  (WattleJsonWriter       *self,
                                          const char             *name,
                                          gint64                  value);
void           wattle_json_pair_boolean  (WattleJsonWriter       *self,
                                          const char             *name,
                                          gboolean                value);

G_END_DECLS
