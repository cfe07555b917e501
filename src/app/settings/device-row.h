/* device-row.h: an enrolled device: rename, revoke, approve
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_DEVICE_ROW (wattle_device_row_get_type ())
G_DECLARE_FINAL_TYPE (WattleDeviceRow, wattle_device_row, WATTLE, DEVICE_ROW, AdwEntryRow)

GtkWidget *wattle_device_row_new (WattleContext *context,
                                  WattleRecord  *device,
                                  const char    *person);

G_END_DECLS
