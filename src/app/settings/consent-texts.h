/* consent-texts.h: the texts that patients consent to: each version, and writing the next
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"

G_BEGIN_DECLS

void wattle_consent_texts_open (GtkWidget *widget, WattleContext *context);

G_END_DECLS
