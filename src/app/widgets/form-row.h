/* form-row.h: an editor for one field of a record, chosen by the kind of the field
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "schema/record.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_FORM_ROW (wattle_form_row_get_type ())
G_DECLARE_FINAL_TYPE (WattleFormRow, wattle_form_row, WATTLE, FORM_ROW, AdwPreferencesRow)

/* Signal "edited": the person changed the value; "entered": Enter was pressed in it. */

GtkWidget    *wattle_form_row_new         (WattleFieldId    field);
WattleFieldId wattle_form_row_field       (WattleFormRow   *self);
void          wattle_form_row_set_choices (WattleFormRow   *self,
                                           GPtrArray       *records);
void          wattle_form_row_show        (WattleFormRow   *self,
                                           WattleRecord    *record);
gboolean      wattle_form_row_take        (WattleFormRow   *self,
                                           WattleRecord    *record,
                                           GError         **error);
void          wattle_form_row_set_problem (WattleFormRow   *self,
                                           const char      *sentence,
                                           gboolean         warning);

G_END_DECLS
