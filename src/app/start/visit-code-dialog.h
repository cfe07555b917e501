/* visit-code-dialog.h: somebody who was invited to a video visit types the code, or pastes the link
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "app/context.h"

G_BEGIN_DECLS

void wattle_visit_code_add_actions (GtkApplication *application, WattleContext *context);

G_END_DECLS
