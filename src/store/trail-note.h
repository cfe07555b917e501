/* trail-note.h: a signed word on how long the audit trail is and where its chain of hashes stands
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WATTLE_TRAIL_HASH 32
#define WATTLE_TRAIL_PUBLIC 32
#define WATTLE_TRAIL_SECRET 64
#define WATTLE_TRAIL_MAX_NOTE 1024

/**
 * WattleTrailNote:
 * @origin: which trail: "wattle/audit/" and the practice
 * @size: events in it
 * @root: hash of the last of them, which covers all before
 * @at: microseconds since 1970, when it was signed
 */
typedef struct
{
  char *origin;
  gint64 size;
  guint8 root[WATTLE_TRAIL_HASH];
  gint64 at;
} WattleTrailNote;

void wattle_trail_note_free (WattleTrailNote *self);
char *wattle_trail_note_sign (const WattleTrailNote *self, const guint8 secret[WATTLE_TRAIL_SECRET]);
WattleTrailNote *wattle_trail_note_parse (const char *text, gssize length, gsize *taken, GError **error);
gboolean wattle_trail_note_is_signed (const char *text, gssize length, const guint8 public[WATTLE_TRAIL_PUBLIC]);
WattleTrailNote *wattle_trail_note_open (const char *text, const guint8 public[WATTLE_TRAIL_PUBLIC], GError **error);

char *wattle_trail_key_print (const char *origin, const guint8 public[WATTLE_TRAIL_PUBLIC]);
gboolean wattle_trail_key_parse (const char *text, guint8 public[WATTLE_TRAIL_PUBLIC]);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleTrailNote, wattle_trail_note_free)

G_END_DECLS
