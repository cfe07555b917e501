/* import.c: a FHIR file, its resources in an order that lets them find each other, and how one is kept
 *
 * A file is one transaction. The id of a record derives from the source system
 * and the id there, so that the same file a second time finds what it made.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "ctl/fhir/import.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/id.h"
#include "ctl/fhir/import-private.h"
#include "ctl/fhir/xml.h"

#define LONGEST_ID 100

typedef gboolean (*FhirTake) (FhirImport *self, FhirEntry *entry, GError **error);

/* In the order that makes everything stand before something points to it. */
static const struct
{
  const char *type;
  FhirTake take;
} takers[] = {
  { "Location", fhir_take_location },
  { "Practitioner", fhir_take_practitioner },
  { "PractitionerRole", fhir_take_practitioner_role },
  { "Patient", fhir_take_patient },
  { "RelatedPerson", fhir_take_related_person },
  { "Appointment", fhir_take_appointment },
  { "Encounter", fhir_take_encounter },
  { "Condition", fhir_take_condition },
  { "Medication", fhir_take_medication },
  { "MedicationRequest", fhir_take_medication_use },
  { "MedicationStatement", fhir_take_medication_use },
};

static void
free_entry (gpointer data)
{
  FhirEntry *self = data;

  g_free (self->key);
  g_free (self);
}

static char *
place (FhirImport *self, FhirEntry *entry)
{
  return g_strdup_printf ("%s: %s", self->file, entry->key);
}

/**
 * fhir_refuse:
 * @self: the import
 * @entry: a resource
 * @reason: why it is not taken, the same sentence for the same reason
 *
 * Returns: %TRUE, so that a taker can return it: the import goes on
 */
gboolean
fhir_refuse (FhirImport *self, FhirEntry *entry, const char *reason)
{
  g_autofree char *where = place (self, entry);

  wattle_fhir_report_count (self->report, entry->type, WATTLE_FHIR_REFUSED, reason, where);
  return TRUE;
}

/* As fhir_refuse(), for what another file may bring. */
gboolean
fhir_refuse_missing (FhirImport *self, FhirEntry *entry, const char *reason)
{
  self->missing++;
  return fhir_refuse (self, entry, reason);
}

void
fhir_warn (FhirImport *self, FhirEntry *entry, const char *sentence)
{
  g_autofree char *where = place (self, entry);

  wattle_fhir_report_warn (self->report, entry->type, sentence, where);
}

/* The id of the record that a resource becomes. */
char *
fhir_id (FhirImport *self, const char *key)
{
  g_autofree char *space = g_strconcat ("fhir:", self->source, NULL);

  return wattle_id_derive (space, key);
}

/* The end of an address that names a resource: "https://x/fhir/Patient/1/_history/2" gives "Patient/1". */
static char *
key_of_address (const char *address)
{
  g_auto (GStrv) parts = g_strsplit (address, "/", 0);
  guint n = g_strv_length (parts);

  if (n > 3 && strcmp (parts[n - 2], "_history") == 0)
    n -= 2;
  if (n < 2 || !g_ascii_isupper (parts[n - 2][0]) || parts[n - 1][0] == '\0')
    return NULL;
  return g_strconcat (parts[n - 2], "/", parts[n - 1], NULL);
}

static FhirEntry *
find_contained (FhirEntry *from, const char *id)
{
  FhirEach each = fhir_each (from->node, "contained");
  WattleJsonNode resource;

  while (fhir_next (&each, &resource))
    if (g_strcmp0 (fhir_text (resource, "id"), id) == 0 && fhir_text (resource, "resourceType") != NULL)
      {
        FhirEntry *entry = g_new0 (FhirEntry, 1);

        entry->type = fhir_text (resource, "resourceType");
        entry->key = g_strconcat (from->key, "#", id, NULL);
        entry->node = resource;
        entry->contained = TRUE;
        return entry;
      }
  return NULL;
}

/**
 * fhir_find:
 * @self: the import
 * @from: the resource that points
 * @reference: a Reference
 * @key: (out): the key of the target when it is not in this file
 *
 * Returns: (transfer none) (nullable): the target, when this file holds it
 */
FhirEntry *
fhir_find (FhirImport *self, FhirEntry *from, WattleJsonNode reference, char **key)
{
  const char *text = fhir_text (reference, "reference");
  FhirEntry *entry;

  *key = NULL;
  if (text == NULL)
    return NULL;
  if (text[0] == '#')
    {
      entry = find_contained (from, text + 1);
      if (entry != NULL)
        g_ptr_array_add (self->entries, entry); /* it is freed with the others; the walk over them is by count */
      return entry;
    }
  entry = g_hash_table_lookup (self->by_name, text);
  if (entry != NULL)
    return entry;
  *key = key_of_address (text);
  return *key != NULL ? g_hash_table_lookup (self->by_name, *key) : NULL;
}

/**
 * fhir_record:
 * @self: the import
 * @from: the resource that points
 * @reference: a Reference
 * @type: the record type that the target became
 *
 * Returns: (transfer full) (nullable): the id of the record, which is in the store
 */
char *
fhir_record (FhirImport *self, FhirEntry *from, WattleJsonNode reference, WattleRecordType type)
{
  g_autofree char *key = NULL;
  g_autofree char *id = NULL;
  g_autoptr (WattleRecord) record = NULL;
  FhirEntry *entry = fhir_find (self, from, reference, &key);

  if (entry == NULL && key == NULL)
    return NULL;
  id = fhir_id (self, entry != NULL ? entry->key : key);
  record = wattle_reader_get (self->reader, type, id, NULL);
  return record != NULL && !wattle_record_is_deleted (record) ? g_steal_pointer (&id) : NULL;
}

static char *
memory_kind (const char *kind)
{
  return g_strconcat ("fhir-", kind, NULL);
}

/* Keeps what a resource without a record of its own says, for files that follow. */
gboolean
fhir_remember (FhirImport *self, const char *kind, FhirEntry *entry, const char *value, GError **error)
{
  g_autofree char *full = memory_kind (kind);
  g_autofree char *id = fhir_id (self, entry->key);

  return wattle_transaction_keep_private (self->transaction, full, id, "", value, 0, error);
}

char *
fhir_recall (FhirImport *self, const char *kind, const char *key)
{
  g_autofree char *full = memory_kind (kind);
  g_autofree char *id = fhir_id (self, key);
  g_autoptr (WattlePrivateRow) row = wattle_transaction_private (self->transaction, full, id, NULL);

  return row != NULL ? g_strdup (row->value) : NULL;
}

/* A system may give a deleted person's number to another: never overwrite one with the other. */
static gboolean
is_another_person (WattleRecord *before, WattleRecord *after)
{
  return wattle_record_type (after)->id == WATTLE_RECORD_PATIENT
         && !wattle_record_equal_field (before, after, WATTLE_PATIENT_FAMILY_NAME)
         && !wattle_record_equal_field (before, after, WATTLE_PATIENT_BIRTH_DATE);
}

/* Whether it must stay as it is here; says why. */
static gboolean
must_stay (FhirImport *self, FhirEntry *entry, WattleRecord *before, WattleRecord *after, WattleFhirOutcome *outcome)
{
  g_autofree char *where = place (self, entry);
  g_autofree char *difference = wattle_record_diff (before, after);
  const char *reason = NULL;

  *outcome = WATTLE_FHIR_UNCHANGED;
  if (!wattle_record_is_deleted (before) && strcmp (difference, "{}") == 0)
    return TRUE;
  *outcome = WATTLE_FHIR_KEPT;
  if (wattle_record_is_deleted (before))
    reason = _("it was deleted here, and stays so");
  else if (wattle_record_changed_by (before) != NULL)
    reason = _("it was edited here since it was imported: what stands here is kept");
  else if (is_another_person (before, after))
    reason = _("another person has this id here; name the system that the file comes from with --source");
  else
    return FALSE;
  fhir_warn (self, entry, reason);
  return TRUE;
}

static gboolean
put (FhirImport *self, WattleRecord *record, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (!wattle_transaction_savepoint (self->transaction, error))
    return FALSE;
  if (wattle_transaction_put (self->transaction, record, &local)
      && wattle_transaction_release (self->transaction, &local))
    return TRUE;
  if (!wattle_transaction_rollback_to (self->transaction, error))
    return FALSE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* An error of the record, in one sentence that starts with the field. */
static char *
describe (const GError *error)
{
  const char *field = wattle_error_get_field (error);

  return field != NULL ? g_strconcat (field, ": ", error->message, NULL) : g_strdup (error->message);
}

/**
 * fhir_keep:
 * @self: the import
 * @entry: the resource that it comes from
 * @record: a record without an id
 * @key: what names it in the source
 * @outcome: (out): what became of it; the caller counts it. A refusal has been counted
 * @error: the store failed: nothing more can be done with this file
 *
 * Keeps a record unless it is here already, or somebody here knows better.
 */
gboolean
fhir_keep (
  FhirImport *self, FhirEntry *entry, WattleRecord *record, const char *key, WattleFhirOutcome *outcome, GError **error)
{
  g_autofree char *id = fhir_id (self, key);
  g_autofree char *reason = NULL;
  g_autoptr (WattleRecord) before = NULL;
  g_autoptr (GError) local = NULL;
  WattleFieldId imported_from;

  wattle_record_set_id (record, id);
  wattle_record_set_changed (record, self->now, NULL);
  if (wattle_field_find (wattle_record_type (record), "imported_from", &imported_from))
    {
      g_autofree char *from = g_strdup_printf ("%s %s", self->source, key);

      wattle_record_set_string (record, imported_from, from);
    }
  before = wattle_reader_get (self->reader, wattle_record_type (record)->id, id, NULL);
  if (wattle_record_validate (record, &local))
    {
      if (before != NULL && must_stay (self, entry, before, record, outcome))
        return TRUE;
      *outcome = before != NULL ? WATTLE_FHIR_CHANGED : WATTLE_FHIR_NEW;
      if (put (self, record, &local))
        return TRUE;
    }
  if (!g_error_matches (local, WATTLE_ERROR, WATTLE_ERROR_INVALID)
      && !g_error_matches (local, WATTLE_ERROR, WATTLE_ERROR_CONFLICT))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  reason = wattle_error_get_code (local) == WATTLE_ERROR_CONFLICT ? g_strdup (_("its time is taken by another visit"))
                                                                  : describe (local);
  *outcome = WATTLE_FHIR_REFUSED;
  return fhir_refuse (self, entry, reason);
}

/* Keeps the one record that a resource becomes, and counts the resource. */
gboolean
fhir_keep_counted (FhirImport *self, FhirEntry *entry, WattleRecord *record, GError **error)
{
  WattleFhirOutcome outcome;

  if (!fhir_keep (self, entry, record, entry->key, &outcome, error))
    return FALSE;
  if (outcome != WATTLE_FHIR_REFUSED)
    wattle_fhir_report_count (self->report, entry->type, outcome, NULL, NULL);
  return TRUE;
}

/**
 * fhir_set_text:
 * @self: the import
 * @entry: the resource
 * @record: what it becomes
 * @field: a field
 * @text: (nullable): its value
 *
 * Sets a field. A value that our checks refuse is left out with a warning, and
 * never keeps the rest from being taken.
 */
void
fhir_set_text (FhirImport *self, FhirEntry *entry, WattleRecord *record, WattleFieldId field, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *sentence = NULL;
  g_autofree char *doubt = NULL;

  if (text == NULL)
    return;
  if (!wattle_record_set_from_text (record, field, text, &error))
    {
      sentence = g_strdup_printf (_("%s left out: %s"), wattle_field_get (field)->name, error->message);
      wattle_record_unset (record, field);
    }
  else
    {
      doubt = wattle_record_warning (record, field);
      if (doubt != NULL)
        sentence = g_strdup_printf ("%s: %s", wattle_field_get (field)->name, doubt);
    }
  if (sentence != NULL)
    fhir_warn (self, entry, sentence);
}

/* Sets a date, when it is a whole and plausible one. */
void
fhir_set_date (FhirImport *self, FhirEntry *entry, WattleRecord *record, WattleFieldId field, const char *text)
{
  g_autofree char *sentence = NULL;
  gint64 date;

  switch (fhir_date (text, &date))
    {
    case FHIR_DATE_DAY:
      wattle_record_set_integer (record, field, date);
      return;
    case FHIR_DATE_PARTIAL:
      sentence =
        g_strdup_printf (_("%s left out: only the year or the month is known"), wattle_field_get (field)->name);
      break;
    case FHIR_DATE_BAD:
      sentence = g_strdup_printf (_("%s left out: it is not a date"), wattle_field_get (field)->name);
      break;
    case FHIR_DATE_NONE:
      return;
    }
  fhir_warn (self, entry, sentence);
}

static const char *
reason_without_home (const char *type)
{
  if (strcmp (type, "Organization") == 0)
    return _("other organisations have no home here yet");
  if (strcmp (type, "Bundle") == 0)
    return _("a bundle within a bundle is not opened");
  return _("this type has no home here yet");
}

static void
add_name (FhirImport *self, const char *name, FhirEntry *entry)
{
  if (name != NULL && !g_hash_table_contains (self->by_name, name))
    g_hash_table_insert (self->by_name, g_strdup (name), entry);
}

/* What names a resource in its source: its id, or else its address, or else what it says. */
static char *
key_of (WattleJsonNode resource, const char *type, const char *full_url)
{
  const char *id = fhir_text (resource, "id");
  g_autofree char *hash = NULL;
  gsize length;

  if (id == NULL && full_url != NULL)
    {
      const char *end = strrchr (full_url, g_str_has_prefix (full_url, "urn:") ? ':' : '/');

      id = end != NULL ? end + 1 : full_url;
    }
  if (id == NULL || *id == '\0')
    {
      const char *raw = wattle_json_raw (resource, &length);
      g_autofree char *text = g_strndup (raw, length);

      id = hash = wattle_id_derive ("fhir-content", text);
    }
  return strlen (id) > LONGEST_ID ? NULL : g_strconcat (type, "/", id, NULL);
}

static void
add_resource (FhirImport *self, WattleJsonNode resource, const char *full_url)
{
  const char *type = fhir_text (resource, "resourceType");
  FhirEntry *entry;
  g_autofree char *key = NULL;

  if (type == NULL || strlen (type) > 64)
    {
      wattle_fhir_report_count (self->report, "?", WATTLE_FHIR_REFUSED, _("it does not say which resource it is"),
                                self->file);
      return;
    }
  key = key_of (resource, type, full_url);
  if (key == NULL)
    {
      wattle_fhir_report_count (self->report, type, WATTLE_FHIR_REFUSED, _("its id is too long"), self->file);
      return;
    }
  entry = g_new0 (FhirEntry, 1);
  entry->type = type;
  entry->node = resource;
  entry->key = g_steal_pointer (&key);
  g_ptr_array_add (self->entries, entry);
  add_name (self, entry->key, entry);
  add_name (self, full_url, entry);
}

static gboolean
add_bundle (FhirImport *self, WattleJsonNode bundle, GError **error)
{
  FhirEach each = fhir_each (bundle, "entry");
  WattleJsonNode item;

  if (g_strcmp0 (fhir_text (bundle, "type"), "history") == 0)
    {
      wattle_set_field_error (
        error, WATTLE_ERROR_UNSUPPORTED, "Bundle.type",
        _("A history holds superseded versions and is not imported. Nothing was taken from it."));
      return FALSE;
    }
  while (fhir_next (&each, &item))
    {
      WattleJsonNode resource = fhir_one (item, "resource");

      if (wattle_json_kind (resource) == WATTLE_JSON_OBJECT)
        add_resource (self, resource, fhir_text (item, "fullUrl"));
    }
  return TRUE;
}

static gboolean
collect (FhirImport *self, WattleJsonNode root, GError **error)
{
  const char *type = fhir_text (root, "resourceType");

  if (type == NULL)
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, "resourceType",
                              _("This is not a FHIR resource: it does not say which. Nothing was taken from it."));
      return FALSE;
    }
  if (strcmp (type, "Bundle") == 0)
    return add_bundle (self, root, error);
  add_resource (self, root, NULL);
  return TRUE;
}

/* Tells who looks on; whether to go on. */
static gboolean
report_step (FhirImport *self, GError **error)
{
  self->done++;
  if (self->watch == NULL)
    return TRUE;
  if (self->watch->progress != NULL)
    self->watch->progress (self->done, self->entries->len, self->watch->data);
  return !g_cancellable_set_error_if_cancelled (self->watch->cancellable, error);
}

static gboolean
take_type (FhirImport *self, const char *type, FhirTake take, GError **error)
{
  /* What a taker finds inside a resource is added behind and is not for this walk. */
  guint n = self->entries->len;

  for (guint i = 0; i < n; i++)
    {
      FhirEntry *entry = g_ptr_array_index (self->entries, i);

      if (entry->contained || strcmp (entry->type, type) != 0)
        continue;
      if (!report_step (self, error) || !take (self, entry, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
has_taker (const char *type)
{
  for (guint i = 0; i < G_N_ELEMENTS (takers); i++)
    if (strcmp (takers[i].type, type) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
take_all (FhirImport *self, GError **error)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      FhirEntry *entry = g_ptr_array_index (self->entries, i);

      if (has_taker (entry->type))
        continue;
      self->done++;
      fhir_refuse (self, entry, reason_without_home (entry->type));
    }
  for (guint i = 0; i < G_N_ELEMENTS (takers); i++)
    if (!take_type (self, takers[i].type, takers[i].take, error))
      return FALSE;
  return TRUE;
}

/* Who imported is the machine's administrator; what is in the report. */
static gboolean
write_audit (FhirImport *self, GError **error)
{
  g_autoptr (WattleRecord) event = wattle_record_new (WATTLE_RECORD_AUDIT_EVENT);
  g_autofree char *reason = g_strdup_printf ("%s: %u new, %u changed, %u not taken", self->source,
                                             wattle_fhir_report_total (self->report, WATTLE_FHIR_NEW),
                                             wattle_fhir_report_total (self->report, WATTLE_FHIR_CHANGED),
                                             wattle_fhir_report_total (self->report, WATTLE_FHIR_REFUSED));

  wattle_record_set_integer (event, WATTLE_AUDIT_EVENT_AT, self->now);
  wattle_record_set_string (event, WATTLE_AUDIT_EVENT_ACTION, "import.fhir");
  wattle_record_set_string (event, WATTLE_AUDIT_EVENT_OUTCOME, "ok");
  wattle_record_set_string (event, WATTLE_AUDIT_EVENT_REASON, reason);
  return wattle_transaction_audit (self->transaction, event, error);
}

/* The practice's own location: not one that an import brought, unless there is no other. */
static char *
home_location (FhirImport *self)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_LOCATION);
  g_autoptr (GPtrArray) locations = wattle_reader_query (self->reader, &query, NULL);

  for (guint i = 0; locations != NULL && i < locations->len; i++)
    {
      const char *id = wattle_record_id (g_ptr_array_index (locations, i));
      g_autoptr (WattlePrivateRow) row = wattle_transaction_private (self->transaction, "fhir-location", id, NULL);

      if (row == NULL)
        return g_strdup (id);
    }
  return locations != NULL && locations->len > 0 ? g_strdup (wattle_record_id (g_ptr_array_index (locations, 0)))
                                                 : NULL;
}

static gboolean
read_practice (FhirImport *self, GError **error)
{
  WattleQuery practices = wattle_query (WATTLE_RECORD_PRACTICE);
  g_autoptr (WattleRecord) practice = wattle_reader_find (self->reader, &practices, NULL);

  if (practice == NULL)
    {
      wattle_set_field_error (error, WATTLE_ERROR_NOT_FOUND, NULL,
                              _("There is no practice to import into. Make one with “wattlectl init”."));
      return FALSE;
    }
  self->zone = g_strdup (wattle_record_get_string (practice, WATTLE_PRACTICE_ZONE));
  self->location = home_location (self);
  return TRUE;
}

static gboolean
import_tree (FhirImport *self, WattleJsonNode root, GError **error)
{
  if (!read_practice (self, error) || !collect (self, root, error) || !take_all (self, error))
    return FALSE;
  if (wattle_fhir_report_total (self->report, WATTLE_FHIR_NEW)
          + wattle_fhir_report_total (self->report, WATTLE_FHIR_CHANGED)
        > 0
      && !write_audit (self, error))
    return FALSE;
  return wattle_transaction_commit (self->transaction, error);
}

static WattleJson *
parse (const char *text, gsize length, GError **error)
{
  const WattleJsonLimits limits = WATTLE_JSON_FILE_LIMITS;
  g_autofree char *converted = NULL;
  g_autoptr (GError) local = NULL;
  WattleJson *json;
  gsize at = 0;

  if (length >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0)
    at = 3;
  text += at;
  length -= at;
  for (at = 0; at < length && strchr (" \t\r\n", text[at]) != NULL && text[at] != '\0';)
    at++;
  if (at == length || text[at] != '<')
    return wattle_json_parse (text, length, &limits, error);
  converted = wattle_fhir_xml_to_json (text, length, &length, error);
  json = converted != NULL ? wattle_json_parse (converted, length, &limits, &local) : NULL;
  /* Its bytes are not those of the file: say what it means there. */
  if (g_error_matches (local, WATTLE_ERROR, WATTLE_ERROR_INVALID))
    wattle_set_field_error (error, WATTLE_ERROR_INVALID, NULL,
                            _("Elements of the same name do not stand together, as FHIR wants them."));
  else if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return json;
}

/**
 * wattle_fhir_import_text:
 * @store: the store of a server, with a practice
 * @text: JSON or XML
 * @length: its bytes
 * @file: what to call it in the report
 * @source: the system that it comes from
 * @report: (inout): the report of this file alone
 * @missing: (out): resources that point to what another file may bring
 * @watch: (nullable): who looks on
 * @error: why nothing of it was taken
 *
 * Takes one file, in one transaction.
 */
gboolean
wattle_fhir_import_text (WattleStore *store,
                         const char *text,
                         gsize length,
                         const char *file,
                         const char *source,
                         WattleFhirReport *report,
                         guint *missing,
                         const WattleFhirWatch *watch,
                         GError **error)
{
  g_autoptr (WattleJson) json = parse (text, length, error);
  FhirImport self = { .source = source, .file = file, .report = report, .watch = watch, .now = wattle_clock_now () };
  gboolean ok = FALSE;

  *missing = 0;
  if (json == NULL)
    return FALSE;
  self.transaction = wattle_store_begin_write (store, error);
  if (self.transaction == NULL)
    return FALSE;
  self.reader = wattle_transaction_reader (self.transaction);
  self.entries = g_ptr_array_new_with_free_func (free_entry);
  self.by_name = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  ok = import_tree (&self, wattle_json_root (json), error);
  *missing = self.missing;
  wattle_transaction_free (self.transaction);
  g_hash_table_unref (self.by_name);
  g_ptr_array_unref (self.entries);
  g_free (self.zone);
  g_free (self.location);
  if (ok)
    wattle_fhir_report_file (report);
  return ok;
}

/* As wattle_fhir_import_text(), of a file of at most 256 MiB. */
gboolean
wattle_fhir_import_file (WattleStore *store,
                         const char *path,
                         const char *source,
                         WattleFhirReport *report,
                         guint *missing,
                         const WattleFhirWatch *watch,
                         GError **error)
{
  const WattleJsonLimits limits = WATTLE_JSON_FILE_LIMITS;
  g_autoptr (GBytes) bytes = wattle_file_read (path, limits.max_bytes, error);
  g_autofree char *name = g_path_get_basename (path);
  gsize length;
  const char *text;

  *missing = 0;
  if (bytes == NULL)
    return FALSE;
  text = g_bytes_get_data (bytes, &length);
  return wattle_fhir_import_text (store, text != NULL ? text : "", length, name, source, report, missing, watch, error);
}
