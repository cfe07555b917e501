/* open-rooms.h: the video visits of these hours, by the room that each has
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "store/store.h"

G_BEGIN_DECLS

/**
 * WattleOpenRoom:
 * @room: id of the room
 * @visit: id of the appointment
 * @patient: name
 * @practitioner: name, may be empty
 * @starts_at: of the visit
 * @is_open: whether one may go there now; else somebody may still be inside
 */
typedef struct
{
  char *room;
  char *visit;
  char *patient;
  char *practitioner;
  gint64 starts_at;
  gboolean is_open;
} WattleOpenRoom;

gpointer
wattle_open_rooms_read (WattleTransaction *transaction, gpointer data, GCancellable *cancellable, GError **error);

G_END_DECLS
