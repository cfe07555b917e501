/* record-row.h: a record in the list of its type
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_RECORD_ROW (wattle_record_row_get_type ())
G_DECLARE_FINAL_TYPE (WattleRecordRow, wattle_record_row, WATTLE, RECORD_ROW, AdwActionRow)

GtkWidget *wattle_record_row_new (WattleContext *context,
                                  WattleRecord  *record,
                                  const char    *title,
                                  const char    *subtitle);

G_END_DECLS
