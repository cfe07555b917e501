/* import-private.h: what the takers of an import share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "ctl/fhir/import.h"
#include "ctl/fhir/node.h"
#include "schema/identifier.h"

G_BEGIN_DECLS

/* One resource of a file. */
typedef struct
{
  const char *type;
  char *key; /* "Patient/123": what makes it the same one in the next import */
  WattleJsonNode node;
  gboolean contained; /* within another: taken with that one */
} FhirEntry;

typedef struct
{
  WattleTransaction *transaction;
  WattleReader *reader;
  const char *source;
  const char *file;
  gint64 now;
  WattleFhirReport *report;
  const WattleFhirWatch *watch;
  guint done; /* resources so far */
  GPtrArray *entries;  /* of FhirEntry */
  GHashTable *by_name; /* "Patient/123", "urn:uuid:…", address: FhirEntry */
  guint missing;       /* resources that wait for another file */
  char *zone;          /* of the practice */
  char *location;      /* id: where visits without one were */
} FhirImport;

/* Says what became of it; a taker returns FALSE only when the store failed. */
gboolean    fhir_refuse      (FhirImport        *self,
                              FhirEntry         *entry,
                              const char        *reason);
gboolean    fhir_refuse_missing (FhirImport     *self,
                              FhirEntry         *entry,
                              const char        *reason);
void        fhir_warn        (FhirImport        *self,
                              FhirEntry         *entry,
                              const char        *sentence);
char       *fhir_id          (FhirImport        *self,
                              const char        *key);
FhirEntry  *fhir_find        (FhirImport        *self,
                              FhirEntry         *from,
                              WattleJsonNode     reference,
                              char             **key);
char       *fhir_record      (FhirImport        *self,
                              FhirEntry         *from,
                              WattleJsonNode     reference,
                              WattleRecordType   type);
gboolean    fhir_keep        (FhirImport        *self,
                              FhirEntry         *entry,
                              WattleRecord      *record,
                              const char        *key,
                              WattleFhirOutcome *outcome,
                              GError           **error);
gboolean    fhir_keep_counted (FhirImport       *self,
                              FhirEntry         *entry,
                              WattleRecord      *record,
                              GError           **error);
gboolean    fhir_remember    (FhirImport        *self,
                              const char        *kind,
                              FhirEntry         *entry,
                              const char        *value,
                              GError           **error);
char       *fhir_recall      (FhirImport        *self,
                              const char        *kind,
                              const char        *key);

void        fhir_set_text    (FhirImport        *self,
                              FhirEntry         *entry,
                              WattleRecord      *record,
                              WattleFieldId      field,
                              const char        *text);
void        fhir_set_date    (FhirImport        *self,
                              FhirEntry         *entry,
                              WattleRecord      *record,
                              WattleFieldId      field,
                              const char        *text);
gboolean    fhir_set_name    (FhirImport        *self,
                              FhirEntry         *entry,
                              WattleRecord      *record,
                              WattleFieldId      given,
                              WattleFieldId      family,
                              WattleFieldId      title);
void        fhir_set_telecom (FhirImport        *self,
                              FhirEntry         *entry,
                              WattleRecord      *record,
                              WattleFieldId      mobile,
                              WattleFieldId      phone,
                              WattleFieldId      email);

/* The takers: one resource type each. */
gboolean    fhir_take_location          (FhirImport *self, FhirEntry *entry, GError **error);
gboolean    fhir_take_practitioner      (FhirImport *self, FhirEntry *entry, GError **error);
gboolean    fhir_take_practitioner_role (FhirImport *self, FhirEntry *entry, GError **error);
gboolean    fhir_take_patient           (FhirImport *self, FhirEntry *entry, GError **error);
gboolean    fhir_take_related_person    (FhirImport *self, FhirEntry *entry, GError **error);
gboolean    fhir_take_appointment       (FhirImport *self, FhirEntry *entry, GError **error);
gboolean    fhir_take_encounter         (FhirImport *self, FhirEntry *entry, GError **error);
gboolean    fhir_take_condition         (FhirImport *self, FhirEntry *entry, GError **error);
gboolean    fhir_take_medication        (FhirImport *self, FhirEntry *entry, GError **error);
gboolean    fhir_take_medication_use    (FhirImport *self, FhirEntry *entry, GError **error);

/* The practitioner of visits whose own is not known here. */
char       *fhir_imported_practitioner  (FhirImport *self, GError **error);

G_END_DECLS
