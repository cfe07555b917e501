/* import.h: people, visits, problems and medicines from FHIR R4 files
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "ctl/fhir/report.h"
#include "store/store.h"

G_BEGIN_DECLS

gboolean wattle_fhir_import_file (WattleStore       *store,
                                  const char        *path,
                                  const char        *source,
                                  WattleFhirReport  *report,
                                  guint             *missing,
                                  GCancellable      *cancellable,
                                  GError           **error);
gboolean wattle_fhir_import_text (WattleStore       *store,
                                  const char        *text,
                                  gsize              length,
                                  const char        *file,
                                  const char        *source,
                                  WattleFhirReport  *report,
                                  guint             *missing,
                                  GCancellable      *cancellable,
                                  GError           **error);

G_END_DECLS
