/* message-row.h: one message of a conversation
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/messages/message-data.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define WATTLE_TYPE_MESSAGE_ROW (wattle_message_row_get_type ())
G_DECLARE_FINAL_TYPE (WattleMessageRow, wattle_message_row, WATTLE, MESSAGE_ROW, GtkListBoxRow)

/* Signals: "withdraw": the person wants to take it back; "open-file". */

GtkWidget    *wattle_message_row_new     (WattleContext            *context,
                                          const WattleConversation *conversation,
                                          WattleRecord             *message,
                                          const char               *searched);
WattleRecord *wattle_message_row_message (WattleMessageRow         *self);

G_END_DECLS
