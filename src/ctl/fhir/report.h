/* report.h: what an import took, what it did not and why
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "base/json.h"

G_BEGIN_DECLS

/**
 * WattleFhirOutcome:
 *
 * What became of one resource.
 */
typedef enum
{
  WATTLE_FHIR_NEW,
  WATTLE_FHIR_CHANGED,
  WATTLE_FHIR_UNCHANGED,
  WATTLE_FHIR_KEPT,  /* somebody edited or deleted it here: theirs stands */
  WATTLE_FHIR_USED,  /* no record of its own: others took what it says */
  WATTLE_FHIR_REFUSED,
  WATTLE_FHIR_N_OUTCOMES
} WattleFhirOutcome;

typedef struct _WattleFhirReport WattleFhirReport;

WattleFhirReport *wattle_fhir_report_new     (void);
void              wattle_fhir_report_free    (WattleFhirReport       *self);
void              wattle_fhir_report_count   (WattleFhirReport       *self,
                                              const char             *type,
                                              WattleFhirOutcome       outcome,
                                              const char             *reason,
                                              const char             *where);
void              wattle_fhir_report_warn    (WattleFhirReport       *self,
                                              const char             *type,
                                              const char             *sentence,
                                              const char             *where);
void              wattle_fhir_report_fail    (WattleFhirReport       *self,
                                              const char             *file,
                                              const char             *sentence);
void              wattle_fhir_report_file    (WattleFhirReport       *self);
void              wattle_fhir_report_merge   (WattleFhirReport       *self,
                                              const WattleFhirReport *other);
void              wattle_fhir_report_add_round (WattleFhirReport     *self,
                                              WattleFhirReport       *again);
guint             wattle_fhir_report_total   (const WattleFhirReport *self,
                                              WattleFhirOutcome       outcome);
guint             wattle_fhir_report_failures (const WattleFhirReport *self);
char             *wattle_fhir_report_text    (const WattleFhirReport *self);
char             *wattle_fhir_report_json    (const WattleFhirReport *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleFhirReport, wattle_fhir_report_free)

G_END_DECLS
