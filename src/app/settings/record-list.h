/* record-list.h: the records of one type, to add, change and remove
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"

G_BEGIN_DECLS

void wattle_record_list_open (GtkWidget        *widget,
                              WattleContext    *context,
                              WattleRecordType  type);

G_END_DECLS
