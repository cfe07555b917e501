/* script-line.h: one medicine of a prescription that is being written
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "schema/record.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_SCRIPT_LINE (wattle_script_line_get_type ())
G_DECLARE_FINAL_TYPE (WattleScriptLine, wattle_script_line, WATTLE, SCRIPT_LINE, AdwPreferencesGroup)

/* Signal "remove": the person takes it off the prescription. */

GtkWidget    *wattle_script_line_new          (WattleRecord     *medicine,
                                               const char       *typed);
WattleRecord *wattle_script_line_take         (WattleScriptLine *self,
                                               GError          **error);
gboolean      wattle_script_line_is_s8        (WattleScriptLine *self);
gboolean      wattle_script_line_show_problem (WattleScriptLine *self,
                                               const GError     *error);

G_END_DECLS
