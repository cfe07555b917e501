/* evidence.h: what a call was, for its visit: by which means, with whom, for how long
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WattleCallMeans:
 * @WATTLE_CALL_NOT_YET: nobody could see, hear or write to another
 * @WATTLE_CALL_VIDEO: pictures and sound
 * @WATTLE_CALL_AUDIO: sound alone
 * @WATTLE_CALL_TEXT: writing alone
 * @WATTLE_CALL_TELEPHONE: it went on by telephone
 */
typedef enum
{
  WATTLE_CALL_NOT_YET,
  WATTLE_CALL_VIDEO,
  WATTLE_CALL_AUDIO,
  WATTLE_CALL_TEXT,
  WATTLE_CALL_TELEPHONE
} WattleCallMeans;

typedef struct _WattleEvidence WattleEvidence;

/* Times with "at" are microseconds since 1970; those with "tick" are monotonic, so that a clock that is set does not
 * lengthen a call. */
WattleEvidence *wattle_evidence_new               (void);
void            wattle_evidence_free              (WattleEvidence  *self);
void            wattle_evidence_start             (WattleEvidence  *self,
                                                   gint64           at);
void            wattle_evidence_end               (WattleEvidence  *self,
                                                   gint64           at,
                                                   gint64           tick);
gboolean        wattle_evidence_step              (WattleEvidence  *self,
                                                   gint64           at,
                                                   WattleCallMeans  means);
void            wattle_evidence_connect           (WattleEvidence  *self,
                                                   gint64           tick);
void            wattle_evidence_drop              (WattleEvidence  *self,
                                                   gint64           tick,
                                                   gint64           unheard);
void            wattle_evidence_come              (WattleEvidence  *self,
                                                   const char      *person,
                                                   const char      *role,
                                                   gint64           at);
void            wattle_evidence_go                (WattleEvidence  *self,
                                                   const char      *person,
                                                   gint64           at);
void            wattle_evidence_path              (WattleEvidence  *self,
                                                   const char      *person,
                                                   const char      *path);
void wattle_evidence_recording (WattleEvidence *self, gint64 at, const char *what, const char *role);
gint64          wattle_evidence_connected_seconds (WattleEvidence  *self,
                                                   gint64           tick);
WattleCallMeans wattle_evidence_means             (WattleEvidence  *self);
char           *wattle_evidence_report            (WattleEvidence  *self,
                                                   const char      *id,
                                                   const char      *appointment,
                                                   const char      *patient,
                                                   gint64           tick);
const char     *wattle_call_means_nick            (WattleCallMeans  means);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleEvidence, wattle_evidence_free)

G_END_DECLS
