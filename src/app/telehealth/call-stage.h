/* call-stage.h: the pictures of a call, arranged
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/telehealth/stage-layout.h"
#include "app/telehealth/video-view.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_CALL_STAGE (wattle_call_stage_get_type ())
G_DECLARE_FINAL_TYPE (WattleCallStage, wattle_call_stage, WATTLE, CALL_STAGE, GtkWidget)

/* Signal: "chosen" (WattleVideoView): the person pointed at a picture. */

void wattle_call_stage_add (WattleCallStage *self, WattleVideoView *view);
void wattle_call_stage_set_own (WattleCallStage *self, WattleVideoView *view);
void wattle_call_stage_set_own_width (WattleCallStage *self, int width);
void wattle_call_stage_remove (WattleCallStage *self, WattleVideoView *view);
void wattle_call_stage_set_layout (WattleCallStage *self, WattleStageLayout layout);
WattleVideoView *wattle_call_stage_large (WattleCallStage *self);
void wattle_call_stage_set_large (WattleCallStage *self, WattleVideoView *view);

G_END_DECLS
