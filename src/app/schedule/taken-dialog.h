/* taken-dialog.h: somebody else has the time of a booking: whose it was, and which times are free
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_TAKEN_DIALOG (wattle_taken_dialog_get_type ())
G_DECLARE_FINAL_TYPE (WattleTakenDialog, wattle_taken_dialog, WATTLE, TAKEN_DIALOG, AdwMessageDialog)

/**
 * WattleRefusedBooking:
 * @id: of the operation
 * @name: "appointment.book" or "appointment.move"
 * @args: its arguments
 * @message: (nullable): what the server said
 * @alternatives: (nullable): the free times that it named, an array of JSON
 */
typedef struct
{
  const char *id;
  const char *name;
  const char *args;
  const char *message;
  const char *alternatives;
} WattleRefusedBooking;

void wattle_taken_dialog_open (GtkWindow *parent, WattleContext *context, const WattleRefusedBooking *refused);

G_END_DECLS
