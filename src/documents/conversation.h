/* conversation.h: the messages of a visit as PDF
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "schema/record.h"

G_BEGIN_DECLS

/**
 * WattleConversationInput:
 * @practice: whose letterhead
 * @location: (nullable): of the visit
 * @patient: whose record it is part of
 * @thread: the conversation
 * @visit: (nullable): the visit
 * @messages: (element-type WattleRecord): all of it, oldest first
 * @documents: (element-type utf8 WattleRecord): id to the file of a message
 * @zone: of the times
 * @date: on which it is printed, days since 1970-01-01
 */
typedef struct
{
  WattleRecord *practice;
  WattleRecord *location;
  WattleRecord *patient;
  WattleRecord *thread;
  WattleRecord *visit;
  GPtrArray *messages;
  GHashTable *documents;
  GTimeZone *zone;
  gint64 date;
} WattleConversationInput;

GBytes *wattle_conversation_pdf (const WattleConversationInput *input, GError **error);

G_END_DECLS
