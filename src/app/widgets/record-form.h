/* record-form.h: a form for a record, made from its field table
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/widgets/view.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_RECORD_FORM (wattle_record_form_get_type ())
G_DECLARE_FINAL_TYPE (WattleRecordForm, wattle_record_form, WATTLE, RECORD_FORM, WattleView)

/* Signals: "edited": something differs from the record now; "entered": Enter in a field. */

GtkWidget    *wattle_record_form_new          (WattleContext    *context,
                                               WattleRecordType  type);
void          wattle_record_form_set_record   (WattleRecordForm *self,
                                               WattleRecord     *record);
WattleRecord *wattle_record_form_take         (WattleRecordForm *self);
gboolean      wattle_record_form_show_problem (WattleRecordForm *self,
                                               const GError     *error);
gboolean      wattle_record_form_is_edited    (WattleRecordForm *self);
void          wattle_record_form_save         (WattleRecordForm *self,
                                               GCallback         saved,
                                               gpointer          data);

G_END_DECLS
