/* messaging.h: who takes part in a conversation, and when it may be written in
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "domain/operation.h"

G_BEGIN_DECLS

#define WATTLE_THREAD_MAX_MEMBERS 50

/**
 * WattleThreadPhase:
 *
 * What can be done in a conversation now. It is a matter of the clock and of
 * the visit; nothing is ever deleted by it.
 */
typedef enum
{
  WATTLE_THREAD_PHASE_AHEAD, /* it opens before the visit, or once that is paid */
  WATTLE_THREAD_PHASE_OPEN,
  WATTLE_THREAD_PHASE_OVER,     /* may be read */
  WATTLE_THREAD_PHASE_ARCHIVED, /* may be read, and stands apart in lists */
} WattleThreadPhase;

WattleThreadPhase wattle_thread_phase_of_visit (WattleReader *reader, WattleRecord *appointment, gint64 now);
WattleThreadPhase wattle_thread_phase (WattleReader *reader, WattleRecord *thread, gint64 now);
char *wattle_thread_id_of_visit (WattleRecord *appointment);
char *wattle_thread_mark_id (const char *thread, const char *user);
char **wattle_thread_members (WattleRecord *thread);
gboolean wattle_thread_has (WattleRecord *thread, const WattleActor *actor);
const char *wattle_attachment_media (gconstpointer start, gsize length);
gboolean wattle_attachment_check (WattleRecord *document, GError **error);
gboolean wattle_thread_withholds (WattleReader *reader, const WattleActor *actor, WattleRecord *object);

G_END_DECLS
