/* record-dialog.h: a dialog that makes or changes one record
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_RECORD_DIALOG (wattle_record_dialog_get_type ())
G_DECLARE_FINAL_TYPE (WattleRecordDialog, wattle_record_dialog, WATTLE, RECORD_DIALOG, AdwWindow)

/**
 * WattleRecordSaved:
 * @record: as it is on this disk now
 * @data: what the caller gave
 */
typedef void (*WattleRecordSaved) (WattleRecord *record, gpointer data);

void wattle_record_dialog_open (GtkWidget         *widget,
                                WattleContext     *context,
                                WattleRecordType   type,
                                WattleRecord      *record,
                                WattleRecordSaved  saved,
                                gpointer           data);
void wattle_record_dialog_open_new (GtkWidget         *widget,
                                    WattleContext     *context,
                                    WattleRecord      *start,
                                    WattleRecordSaved  saved,
                                    gpointer           data);

G_END_DECLS
