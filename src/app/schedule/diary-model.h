/* diary-model.h: the days that are shown, read in the background and kept for a while
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/context.h"
#include "app/schedule/diary-data.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_DIARY_MODEL (wattle_diary_model_get_type ())
G_DECLARE_FINAL_TYPE (WattleDiaryModel, wattle_diary_model, WATTLE, DIARY_MODEL, GObject)

/* Signals: "loaded": there is another diary to show; "failed" (string): a sentence. */

WattleDiaryModel *wattle_diary_model_new        (void);
void              wattle_diary_model_show       (WattleDiaryModel   *self,
                                                 WattleContext      *context,
                                                 gint64              first,
                                                 guint               n_days,
                                                 const char         *zone,
                                                 const char *const  *people,
                                                 const char *const  *places);
void              wattle_diary_model_invalidate (WattleDiaryModel   *self);
WattleDiary      *wattle_diary_model_diary      (WattleDiaryModel   *self);

G_END_DECLS
