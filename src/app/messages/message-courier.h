/* message-courier.h: tells others that messages arrived here, and the window how many are not read
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/context.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_MESSAGE_COURIER (wattle_message_courier_get_type ())
G_DECLARE_FINAL_TYPE (WattleMessageCourier, wattle_message_courier, WATTLE, MESSAGE_COURIER, GObject)

/* Property "unread" (uint): messages that the person has not read. */

WattleMessageCourier *wattle_message_courier_new (WattleContext *context);

G_END_DECLS
