/* prescription-editor.h: writing a prescription: medicines, directions, quantities, a signature
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_PRESCRIPTION_EDITOR (wattle_prescription_editor_get_type ())
G_DECLARE_FINAL_TYPE (WattlePrescriptionEditor, wattle_prescription_editor, WATTLE, PRESCRIPTION_EDITOR, AdwWindow)

void     wattle_prescription_editor_open (GtkWidget         *widget,
                                          WattleContext     *context,
                                          const char        *patient_id);

/* WattleStoreWork: why this person cannot prescribe, NULL when they can. Data:
 * "s", the practitioner or "". The result is text, freed with g_free(). */
gpointer wattle_prescriber_problem       (WattleTransaction *transaction,
                                          gpointer           data,
                                          GCancellable      *cancellable,
                                          GError           **error);

G_END_DECLS
