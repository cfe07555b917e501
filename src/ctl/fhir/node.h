/* node.h: reading FHIR: elements that may repeat, and the few data types
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "base/json.h"

G_BEGIN_DECLS

/**
 * FhirEach:
 *
 * Walks the values of an element, whether it stands as one value or as an array:
 *
 * |[
 * FhirEach each = fhir_each (node, "name");
 * WattleJsonNode name;
 * while (fhir_next (&each, &name))
 *   ...
 * ]|
 */
typedef struct
{
  WattleJsonIter iter;
  WattleJsonNode single;
  gboolean is_array;
} FhirEach;

FhirEach       fhir_each            (WattleJsonNode  node,
                                     const char     *name);
gboolean       fhir_next            (FhirEach       *self,
                                     WattleJsonNode *value);
WattleJsonNode fhir_one             (WattleJsonNode  node,
                                     const char     *name);
WattleJsonNode fhir_path            (WattleJsonNode  node,
                                     const char     *path);
const char    *fhir_text            (WattleJsonNode  node,
                                     const char     *path);
gboolean       fhir_boolean         (WattleJsonNode  node,
                                     const char     *name,
                                     gboolean       *value);
gboolean       fhir_integer         (WattleJsonNode  node,
                                     const char     *name,
                                     gint64         *value);
WattleJsonNode fhir_extension       (WattleJsonNode  node,
                                     const char     *url);

gboolean       fhir_has_code        (WattleJsonNode  concept,
                                     const char     *code);
const char    *fhir_concept_text    (WattleJsonNode  concept);
char          *fhir_concept_code    (WattleJsonNode  concept);

/**
 * FhirDate:
 * @FHIR_DATE_NONE: nothing there
 * @FHIR_DATE_DAY: a day of the calendar
 * @FHIR_DATE_PARTIAL: only a year or a month
 * @FHIR_DATE_BAD: no date at all
 */
typedef enum
{
  FHIR_DATE_NONE,
  FHIR_DATE_DAY,
  FHIR_DATE_PARTIAL,
  FHIR_DATE_BAD,
} FhirDate;

FhirDate       fhir_date            (const char     *text,
                                     gint64         *date);

G_END_DECLS
