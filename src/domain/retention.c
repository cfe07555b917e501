/* retention.c: how long what is in a record is kept at least
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "domain/retention.h"

#include <string.h>

#include "base/civil.h"
#include "schema/enums.h"

#define MONTHS 12
#define ADULT 18

typedef struct
{
  const char *kind;
  gint64 from;
  gint64 to;
  int years;
  int child_until_age;
} Rule;

/* See data/reference/retention.tsv. */
static const Rule rules[] = {
#include "retention.inc"
};

static const Rule *
find_rule (int document_kind, gint64 date)
{
  const char *kind = wattle_enum_nick (wattle_enum_find ("document_kind"), document_kind);

  for (gsize i = 0; kind != NULL && i < G_N_ELEMENTS (rules); i++)
    if (strcmp (rules[i].kind, kind) == 0 && date >= rules[i].from && date <= rules[i].to)
      return &rules[i];
  return NULL;
}

/**
 * wattle_retention_until:
 * @document_kind: a WATTLE_DOCUMENT_KIND_… value
 * @date: of the document
 * @patient: (nullable): whose; somebody without a date of birth is taken for a child
 *
 * By the row of the reference data that is in force on @date. A later visit may lengthen it for the whole record.
 *
 * Returns: the last day on which it must still be there; 0 when no row says anything
 */
gint64
wattle_retention_until (int document_kind, gint64 date, WattleRecord *patient)
{
  const Rule *rule = find_rule (document_kind, date);
  gboolean has_birth = patient != NULL && wattle_record_has (patient, WATTLE_PATIENT_BIRTH_DATE);
  gint64 born = has_birth ? wattle_record_get_integer (patient, WATTLE_PATIENT_BIRTH_DATE) : date;
  gint64 until;

  if (rule == NULL)
    return 0;
  until = wattle_date_add_months (date, rule->years * MONTHS);
  if (wattle_date_age (born, date) >= ADULT)
    return until;
  return MAX (until, wattle_date_add_months (born, rule->child_until_age * MONTHS));
}

/* Whether @document must still be there on @today. */
gboolean
wattle_retention_holds (WattleRecord *document, gint64 today)
{
  return wattle_record_has (document, WATTLE_DOCUMENT_RETAIN_UNTIL)
         && wattle_record_get_integer (document, WATTLE_DOCUMENT_RETAIN_UNTIL) >= today;
}
