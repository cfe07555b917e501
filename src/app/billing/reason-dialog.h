/* reason-dialog.h: asks why, before something that is kept in the audit trail
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define WATTLE_TYPE_REASON_DIALOG (wattle_reason_dialog_get_type ())
G_DECLARE_FINAL_TYPE (WattleReasonDialog, wattle_reason_dialog, WATTLE, REASON_DIALOG, AdwMessageDialog)

/**
 * WattleReasonGiven:
 * @widget: the widget that asked
 * @reason: what the person wrote; never empty
 * @data: what the caller gave; the function frees it
 */
typedef void (*WattleReasonGiven) (GtkWidget *widget, const char *reason, gpointer data);

void wattle_reason_dialog_open (GtkWidget         *widget,
                                const char        *heading,
                                const char        *body,
                                const char        *verb,
                                WattleReasonGiven  given,
                                gpointer           data);

G_END_DECLS
