/* feedback.h: doing an operation from a view, and telling the person what came of it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"

G_BEGIN_DECLS

/**
 * WattlePerformed:
 * @widget: the widget that asked
 * @operation_id: (nullable): the id of the operation, kept on this disk
 * @error: (nullable): why it was not done
 * @data: what the caller gave
 *
 * Returns: whether an error was shown already, in a form for instance; %FALSE
 * shows it in a dialog
 */
typedef gboolean (*WattlePerformed) (GtkWidget    *widget,
                                     const char   *operation_id,
                                     const GError *error,
                                     gpointer      data);

void wattle_perform        (GtkWidget       *widget,
                            WattleContext   *context,
                            const char      *name,
                            const char      *args,
                            WattlePerformed  performed,
                            gpointer         data);
void wattle_set_busy (GtkWidget *area, gboolean busy);
void wattle_show_error     (GtkWidget       *widget,
                            const GError    *error);
GtkWidget *wattle_toasting (GtkWidget       *window);
void wattle_toast          (GtkWidget       *widget,
                            const char      *text);
void wattle_toast_dismiss (GtkWidget *widget);
void wattle_toast_undo     (GtkWidget       *widget,
                            WattleContext   *context,
                            const char      *text,
                            const char      *name,
                            const char      *args);
void wattle_confirm        (GtkWidget       *widget,
                            const char      *heading,
                            const char      *body,
                            const char      *verb,
                            gboolean         destructive,
                            GCallback        confirmed,
                            gpointer         data);

G_END_DECLS
