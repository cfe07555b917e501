/* import.h: people, visits, problems and medicines from FHIR R4 files
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "ctl/fhir/report.h"
#include "store/store.h"

G_BEGIN_DECLS

/**
 * WattleFhirWatch:
 * @progress: (nullable): called with resources done and to do
 * @data: for @progress
 * @cancellable: (nullable): to stop; nothing of the file is kept then
 *
 * Who looks on while a file is imported.
 */
typedef struct
{
  GFileProgressCallback progress;
  gpointer data;
  GCancellable *cancellable;
} WattleFhirWatch;

gboolean wattle_fhir_import_file (WattleStore       *store,
                                  const char        *path,
                                  const char        *source,
                                  WattleFhirReport  *report,
                                  guint             *missing,
                                  const WattleFhirWatch *watch,
                                  GError           **error);
gboolean wattle_fhir_import_text (WattleStore       *store,
                                  const char        *text,
                                  gsize              length,
                                  const char        *file,
                                  const char        *source,
                                  WattleFhirReport  *report,
                                  guint             *missing,
                                  const WattleFhirWatch *watch,
                                  GError           **error);

G_END_DECLS
