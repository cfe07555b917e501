/* record-list-view.h: the list inside the dialog of records of one type
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/widgets/view.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_RECORD_LIST_VIEW (wattle_record_list_view_get_type ())
G_DECLARE_FINAL_TYPE (WattleRecordListView, wattle_record_list_view, WATTLE, RECORD_LIST_VIEW, WattleView)

GtkWidget *wattle_record_list_view_new (WattleContext        *context,
                                        WattleRecordType      type);
void       wattle_record_list_view_add (WattleRecordListView *self);

G_END_DECLS
