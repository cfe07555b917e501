/* people.c: patients, the people around them, practitioners and the places where they work
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/civil.h"
#include "ctl/fhir/import-private.h"

#define EXTENSION "http://hl7.org/fhir/StructureDefinition/"
#define AU_EXTENSION "http://hl7.org.au/fhir/StructureDefinition/"
#define NO_FIELD 0

static char *
join (WattleJsonNode node, const char *name, const char *separator)
{
  FhirEach each = fhir_each (node, name);
  WattleJsonNode part;
  GString *out = g_string_new (NULL);

  while (fhir_next (&each, &part))
    if (wattle_json_string (part) != NULL)
      g_string_append_printf (out, "%s%s", out->len > 0 ? separator : "", wattle_json_string (part));
  if (out->len > 0)
    return g_string_free (out, FALSE);
  g_string_free (out, TRUE);
  return NULL;
}

static gboolean
is_over (WattleJsonNode node)
{
  return fhir_text (node, "period.end") != NULL || g_strcmp0 (fhir_text (node, "use"), "old") == 0;
}

/* The official name, else the usual one, else the first that still holds. */
static WattleJsonNode
best_name (WattleJsonNode node)
{
  static const char *const uses[] = { "official", "usual" };
  WattleJsonNode name, best = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (uses); i++)
    {
      FhirEach each = fhir_each (node, "name");

      while (fhir_next (&each, &name))
        if (g_strcmp0 (fhir_text (name, "use"), uses[i]) == 0 && fhir_text (name, "period.end") == NULL)
          return name;
    }
  for (FhirEach each = fhir_each (node, "name"); fhir_next (&each, &name);)
    if (!wattle_json_exists (best) || (is_over (best) && !is_over (name)))
      best = name;
  return best;
}

/**
 * fhir_set_name:
 * @self: the import
 * @entry: a person
 * @record: what it becomes
 * @given: field of the given names
 * @family: field of the family name
 * @title: (nullable): field of the title, 0 for none
 *
 * Returns: whether both names are there; otherwise the person was refused
 */
gboolean
fhir_set_name (FhirImport *self,
               FhirEntry *entry,
               WattleRecord *record,
               WattleFieldId given,
               WattleFieldId family,
               WattleFieldId title)
{
  WattleJsonNode name = best_name (entry->node);
  g_autofree char *given_names = join (name, "given", " ");
  g_autofree char *prefix = join (name, "prefix", " ");
  g_autofree char *family_name = g_strdup (fhir_text (name, "family"));
  const char *text = fhir_text (name, "text");
  const char *other;

  if (text != NULL && given_names == NULL && family_name == NULL && strrchr (text, ' ') != NULL)
    {
      given_names = g_strndup (text, strrchr (text, ' ') - text);
      family_name = g_strdup (strrchr (text, ' ') + 1);
      fhir_warn (self, entry, _("the name was one text: its last word was taken as the family name"));
    }
  fhir_set_text (self, entry, record, given, given_names);
  fhir_set_text (self, entry, record, family, family_name);
  if (title != NO_FIELD)
    fhir_set_text (self, entry, record, title, prefix);
  if (wattle_record_has (record, given) && wattle_record_has (record, family))
    return TRUE;
  /* A patient may have one name, but not lose the other. */
  other = wattle_record_has (record, given) ? family_name : given_names;
  if (wattle_record_type (record)->id == WATTLE_RECORD_PATIENT && (other == NULL || *other == '\0')
      && (wattle_record_has (record, given) || wattle_record_has (record, family)))
    return TRUE;
  fhir_refuse (self, entry,
               wattle_record_has (record, family)  ? _("it has no given name")
               : wattle_record_has (record, given) ? _("it has no family name")
                                                   : _("it has no name"));
  return FALSE;
}

static gboolean
is_mobile (const char *text, WattleJsonNode telecom)
{
  g_autofree char *normalised = NULL;

  if (g_strcmp0 (fhir_text (telecom, "use"), "mobile") == 0)
    return TRUE;
  wattle_identifier_check (wattle_identifier_find ("phone"), text, &normalised, NULL);
  return normalised != NULL && g_str_has_prefix (normalised, "+614");
}

/* Takes the first current phone, mobile and e-mail; a field of 0 is none. */
void
fhir_set_telecom (FhirImport *self,
                  FhirEntry *entry,
                  WattleRecord *record,
                  WattleFieldId mobile,
                  WattleFieldId phone,
                  WattleFieldId email)
{
  FhirEach each = fhir_each (entry->node, "telecom");
  WattleJsonNode telecom;

  while (fhir_next (&each, &telecom))
    {
      const char *value = fhir_text (telecom, "value");
      const char *system = fhir_text (telecom, "system");
      WattleFieldId field = NO_FIELD;

      if (value == NULL || is_over (telecom))
        continue;
      if (g_strcmp0 (system, "email") == 0)
        field = email;
      else if (g_strcmp0 (system, "phone") == 0 || g_strcmp0 (system, "sms") == 0)
        field = mobile != NO_FIELD && is_mobile (value, telecom) ? mobile : phone;
      if (field != NO_FIELD && !wattle_record_has (record, field))
        fhir_set_text (self, entry, record, field, value);
    }
}

static WattleJsonNode
best_address (WattleJsonNode node)
{
  FhirEach each = fhir_each (node, "address");
  WattleJsonNode address, best = { 0 };

  while (fhir_next (&each, &address))
    {
      if (is_over (address))
        continue;
      if (g_strcmp0 (fhir_text (address, "use"), "home") == 0)
        return address;
      if (!wattle_json_exists (best))
        best = address;
    }
  return best;
}

static gboolean
is_australia (const char *country)
{
  return country == NULL || g_ascii_strcasecmp (country, "AU") == 0 || g_ascii_strcasecmp (country, "AUS") == 0
         || g_ascii_strcasecmp (country, "Australia") == 0;
}

/* "NSW", "nsw" or "New South Wales" as we write it; anything else as it is. */
static char *
state_code (const char *text)
{
  const WattleEnum *states = wattle_enum_find ("au_state");

  for (guint i = 0; text != NULL && i < states->n_values; i++)
    if (g_ascii_strcasecmp (text, states->values[i].nick) == 0
        || g_ascii_strcasecmp (text, states->values[i].label) == 0)
      return g_strdup (states->values[i].nick);
  return g_strdup (text);
}

/* State and postcode are Australian ones; an address abroad keeps its own in the line. */
static void
set_address (FhirImport *self, FhirEntry *entry, WattleRecord *patient)
{
  WattleJsonNode address = best_address (entry->node);
  const char *country = fhir_text (address, "country");
  g_autofree char *line = join (address, "line", ", ");
  g_autofree char *state = state_code (fhir_text (address, "state"));
  const char *postcode = fhir_text (address, "postalCode");

  if (!is_australia (country))
    {
      g_autofree char *abroad =
        g_strjoin (", ", line != NULL ? line : "", state != NULL ? state : "", postcode != NULL ? postcode : "", NULL);

      fhir_set_text (self, entry, patient, WATTLE_PATIENT_ADDRESS_LINE, abroad);
      fhir_set_text (self, entry, patient, WATTLE_PATIENT_COUNTRY, country);
      fhir_warn (self, entry, _("the address is abroad: its state and postcode were put into the line"));
    }
  else
    {
      fhir_set_text (self, entry, patient, WATTLE_PATIENT_ADDRESS_LINE, line);
      fhir_set_text (self, entry, patient, WATTLE_PATIENT_STATE, state);
      fhir_set_text (self, entry, patient, WATTLE_PATIENT_POSTCODE, postcode);
    }
  fhir_set_text (self, entry, patient, WATTLE_PATIENT_SUBURB, fhir_text (address, "city"));
}

static void
set_medicare (FhirImport *self, FhirEntry *entry, WattleRecord *patient, WattleJsonNode identifier)
{
  const char *value = fhir_text (identifier, "value");
  g_autofree char *digits = g_strdup (value);
  g_autofree char *card = NULL;
  const char *end = fhir_text (identifier, "period.end");
  char *to = digits;

  for (const char *from = value; *from != '\0'; from++)
    if (strchr (" -/", *from) == NULL)
      *to++ = *from;
  *to = '\0';
  card = g_strndup (digits, 10);
  fhir_set_text (self, entry, patient, WATTLE_PATIENT_MEDICARE_NUMBER, strlen (digits) == 11 ? card : digits);
  if (!wattle_record_has (patient, WATTLE_PATIENT_MEDICARE_NUMBER))
    return;
  if (strlen (digits) == 11 && digits[10] >= '1' && digits[10] <= '9')
    wattle_record_set_integer (patient, WATTLE_PATIENT_MEDICARE_IRN, digits[10] - '0');
  if (end == NULL || strlen (end) != 7)
    fhir_set_date (self, entry, patient, WATTLE_PATIENT_MEDICARE_EXPIRES, end);
  else
    {
      /* A card shows the month alone and holds to its last day. */
      int year = g_ascii_strtoll (end, NULL, 10), month = g_ascii_strtoll (end + 5, NULL, 10);
      g_autofree char *day = year >= 1 && month >= 1 && month <= 12
                               ? g_strdup_printf ("%s-%02d", end, wattle_date_days_in (year, month))
                               : g_strdup (end);

      fhir_set_date (self, entry, patient, WATTLE_PATIENT_MEDICARE_EXPIRES, day);
    }
}

static void
set_dva (FhirImport *self, FhirEntry *entry, WattleRecord *patient, WattleJsonNode identifier)
{
  static const struct
  {
    const char *code;
    int card;
  } cards[] = {
    { "DVG", WATTLE_DVA_CARD_GOLD },
    { "DVW", WATTLE_DVA_CARD_WHITE },
    { "DVO", WATTLE_DVA_CARD_ORANGE },
    { "DVL", WATTLE_DVA_CARD_LILAC },
  };

  fhir_set_text (self, entry, patient, WATTLE_PATIENT_DVA_NUMBER, fhir_text (identifier, "value"));
  for (guint i = 0; i < G_N_ELEMENTS (cards); i++)
    if (wattle_record_has (patient, WATTLE_PATIENT_DVA_NUMBER)
        && fhir_has_code (fhir_one (identifier, "type"), cards[i].code))
      wattle_record_set_integer (patient, WATTLE_PATIENT_DVA_CARD, cards[i].card);
}

static void
set_patient_identifiers (FhirImport *self, FhirEntry *entry, WattleRecord *patient)
{
  FhirEach each = fhir_each (entry->node, "identifier");
  WattleJsonNode identifier;

  while (fhir_next (&each, &identifier))
    {
      const char *system = fhir_text (identifier, "system");
      const char *value = fhir_text (identifier, "value");
      const WattleIdentifierKind *kind = system != NULL ? wattle_identifier_find_by_system (system) : NULL;

      if (kind == NULL || value == NULL || g_strcmp0 (fhir_text (identifier, "use"), "old") == 0)
        continue;
      if (strcmp (kind->nick, "medicare_number") == 0 && !wattle_record_has (patient, WATTLE_PATIENT_MEDICARE_NUMBER))
        set_medicare (self, entry, patient, identifier);
      else if (strcmp (kind->nick, "dva_number") == 0 && !wattle_record_has (patient, WATTLE_PATIENT_DVA_NUMBER))
        set_dva (self, entry, patient, identifier);
      else if (strcmp (kind->nick, "ihi") == 0 && !wattle_record_has (patient, WATTLE_PATIENT_IHI))
        {
          fhir_set_text (self, entry, patient, WATTLE_PATIENT_IHI, value);
          /* Only the HI Service verifies one, whatever the source says. */
          if (wattle_record_has (patient, WATTLE_PATIENT_IHI))
            wattle_record_set_integer (patient, WATTLE_PATIENT_IHI_STATUS, WATTLE_IHI_STATUS_UNVERIFIED);
        }
      else if (strcmp (kind->nick, "centrelink_crn") == 0
               && !wattle_record_has (patient, WATTLE_PATIENT_CENTRELINK_CRN))
        fhir_set_text (self, entry, patient, WATTLE_PATIENT_CENTRELINK_CRN, value);
    }
}

/* Codes of the Australian Indigenous status, METeOR 602543. */
static void
set_indigenous_status (FhirEntry *entry, WattleRecord *patient)
{
  static const struct
  {
    const char *code;
    int status;
  } codes[] = {
    { "1", WATTLE_INDIGENOUS_STATUS_ABORIGINAL }, { "2", WATTLE_INDIGENOUS_STATUS_TORRES_STRAIT_ISLANDER },
    { "3", WATTLE_INDIGENOUS_STATUS_BOTH },       { "4", WATTLE_INDIGENOUS_STATUS_NEITHER },
    { "9", WATTLE_INDIGENOUS_STATUS_NOT_STATED },
  };
  const char *code = fhir_text (fhir_extension (entry->node, AU_EXTENSION "indigenous-status"), "valueCoding.code");

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    if (g_strcmp0 (code, codes[i].code) == 0)
      wattle_record_set_integer (patient, WATTLE_PATIENT_INDIGENOUS_STATUS, codes[i].status);
}

static int
gender_of (WattleJsonNode node)
{
  const char *gender = fhir_text (node, "gender");
  int value = gender != NULL ? wattle_enum_parse (wattle_enum_find ("gender"), gender) : -1;

  return value >= 0 ? value : WATTLE_GENDER_UNKNOWN;
}

static void
set_language (FhirImport *self, FhirEntry *entry, WattleRecord *patient)
{
  FhirEach each = fhir_each (entry->node, "communication");
  WattleJsonNode communication, best = { 0 };
  gboolean value;

  while (fhir_next (&each, &communication))
    if (!wattle_json_exists (best) || (fhir_boolean (communication, "preferred", &value) && value))
      best = communication;
  fhir_set_text (self, entry, patient, WATTLE_PATIENT_LANGUAGE, fhir_concept_text (fhir_one (best, "language")));
  if (fhir_boolean (fhir_extension (entry->node, EXTENSION "patient-interpreterRequired"), "valueBoolean", &value))
    wattle_record_set_integer (patient, WATTLE_PATIENT_INTERPRETER_NEEDED, value);
}

static int
patient_status (WattleJsonNode node)
{
  gboolean value;

  if (fhir_text (node, "deceasedDateTime") != NULL || (fhir_boolean (node, "deceasedBoolean", &value) && value))
    return WATTLE_PATIENT_STATUS_DECEASED;
  return fhir_boolean (node, "active", &value) && !value ? WATTLE_PATIENT_STATUS_INACTIVE
                                                         : WATTLE_PATIENT_STATUS_ACTIVE;
}

/* What to call the person, when it is not the first of the given names. */
static void
set_preferred_name (FhirImport *self, FhirEntry *entry, WattleRecord *patient)
{
  FhirEach each = fhir_each (entry->node, "name");
  WattleJsonNode name;

  while (fhir_next (&each, &name))
    {
      const char *use = fhir_text (name, "use");
      const char *given = fhir_text (name, "given");

      if ((g_strcmp0 (use, "usual") == 0 || g_strcmp0 (use, "nickname") == 0) && given != NULL && !is_over (name)
          && (!wattle_record_has (patient, WATTLE_PATIENT_GIVEN_NAMES)
              || !g_str_has_prefix (wattle_record_get_string (patient, WATTLE_PATIENT_GIVEN_NAMES), given)))
        fhir_set_text (self, entry, patient, WATTLE_PATIENT_PREFERRED_NAME, given);
    }
}

/* Two sources may know the same person: that is for people to judge. */
static void
warn_of_double (FhirImport *self, FhirEntry *entry, WattleRecord *patient)
{
  static const WattleFieldId fields[] = { WATTLE_PATIENT_IHI, WATTLE_PATIENT_MEDICARE_NUMBER };
  g_autofree char *id = fhir_id (self, entry->key);

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      WattleQuery query = wattle_query (WATTLE_RECORD_PATIENT);
      g_autoptr (GPtrArray) same = NULL;

      if (!wattle_record_has (patient, fields[i]))
        continue;
      wattle_query_where_text (&query, fields[i], wattle_record_get_string (patient, fields[i]));
      same = wattle_reader_query (self->reader, &query, NULL);
      for (guint s = 0; same != NULL && s < same->len; s++)
        if (strcmp (wattle_record_id (g_ptr_array_index (same, s)), id) != 0
            && (fields[i] == WATTLE_PATIENT_IHI
                || wattle_record_equal_field (g_ptr_array_index (same, s), patient, WATTLE_PATIENT_MEDICARE_IRN)))
          {
            fhir_warn (self, entry,
                       fields[i] == WATTLE_PATIENT_IHI
                         ? _("another patient here has the same IHI: they may be one person")
                         : _("another patient here has the same Medicare number and reference: they may be"
                              " one person"));
            return;
          }
    }
}

static int
relationship_of (WattleJsonNode node)
{
  static const struct
  {
    const char *code; /* v3-RoleCode */
    int relationship;
  } codes[] = {
    { "MTH", WATTLE_RELATIONSHIP_MOTHER },      { "NMTH", WATTLE_RELATIONSHIP_MOTHER },
    { "FTH", WATTLE_RELATIONSHIP_FATHER },      { "NFTH", WATTLE_RELATIONSHIP_FATHER },
    { "SPS", WATTLE_RELATIONSHIP_PARTNER },     { "HUSB", WATTLE_RELATIONSHIP_PARTNER },
    { "WIFE", WATTLE_RELATIONSHIP_PARTNER },    { "DOMPART", WATTLE_RELATIONSHIP_PARTNER },
    { "SIGOTHR", WATTLE_RELATIONSHIP_PARTNER }, { "CHILD", WATTLE_RELATIONSHIP_CHILD },
    { "SON", WATTLE_RELATIONSHIP_CHILD },       { "SONC", WATTLE_RELATIONSHIP_CHILD },
    { "DAU", WATTLE_RELATIONSHIP_CHILD },       { "DAUC", WATTLE_RELATIONSHIP_CHILD },
    { "SIB", WATTLE_RELATIONSHIP_SIBLING },     { "BRO", WATTLE_RELATIONSHIP_SIBLING },
    { "SIS", WATTLE_RELATIONSHIP_SIBLING },     { "GUARD", WATTLE_RELATIONSHIP_GUARDIAN },
    { "CAREGIVER", WATTLE_RELATIONSHIP_CARER }, { "FRND", WATTLE_RELATIONSHIP_FRIEND },
  };
  FhirEach each = fhir_each (node, "relationship");
  WattleJsonNode concept;

  while (fhir_next (&each, &concept))
    for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
      if (fhir_has_code (concept, codes[i].code))
        return codes[i].relationship;
  return WATTLE_RELATIONSHIP_OTHER;
}

static gboolean
is_emergency_contact (WattleJsonNode node)
{
  FhirEach each = fhir_each (node, "relationship");
  WattleJsonNode concept;

  while (fhir_next (&each, &concept))
    if (fhir_has_code (concept, "C") || fhir_has_code (concept, "ECON"))
      return TRUE;
  return FALSE;
}

static gboolean
take_related (FhirImport *self, FhirEntry *entry, const char *patient, GError **error)
{
  g_autoptr (WattleRecord) person = wattle_record_new (WATTLE_RECORD_RELATED_PERSON);

  wattle_record_set_string (person, WATTLE_RELATED_PERSON_PATIENT, patient);
  if (!fhir_set_name (self, entry, person, WATTLE_RELATED_PERSON_GIVEN_NAMES, WATTLE_RELATED_PERSON_FAMILY_NAME,
                      NO_FIELD))
    return TRUE;
  wattle_record_set_integer (person, WATTLE_RELATED_PERSON_RELATIONSHIP, relationship_of (entry->node));
  if (is_emergency_contact (entry->node))
    wattle_record_set_integer (person, WATTLE_RELATED_PERSON_EMERGENCY_CONTACT, TRUE);
  fhir_set_telecom (self, entry, person, NO_FIELD, WATTLE_RELATED_PERSON_PHONE, WATTLE_RELATED_PERSON_EMAIL);
  return fhir_keep_counted (self, entry, person, error);
}

gboolean
fhir_take_related_person (FhirImport *self, FhirEntry *entry, GError **error)
{
  g_autofree char *patient = fhir_record (self, entry, fhir_one (entry->node, "patient"), WATTLE_RECORD_PATIENT);

  if (patient == NULL)
    return fhir_refuse_missing (self, entry, _("its patient is not here"));
  return take_related (self, entry, patient, error);
}

/* The contacts that stand within a patient. */
static gboolean
take_contacts (FhirImport *self, FhirEntry *entry, GError **error)
{
  FhirEach each = fhir_each (entry->node, "contact");
  g_autofree char *patient = fhir_id (self, entry->key);
  g_autoptr (WattleRecord) record = wattle_reader_get (self->reader, WATTLE_RECORD_PATIENT, patient, NULL);
  FhirEntry contact = { .type = "Patient.contact" };

  for (guint i = 1; record != NULL && fhir_next (&each, &contact.node); i++)
    {
      g_autofree char *key = contact.key = g_strdup_printf ("%s/contact/%u", entry->key, i);

      if (!take_related (self, &contact, patient, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
fhir_take_patient (FhirImport *self, FhirEntry *entry, GError **error)
{
  g_autoptr (WattleRecord) patient = wattle_record_new (WATTLE_RECORD_PATIENT);
  g_autofree char *practitioner = NULL;

  if (!fhir_set_name (self, entry, patient, WATTLE_PATIENT_GIVEN_NAMES, WATTLE_PATIENT_FAMILY_NAME,
                      WATTLE_PATIENT_TITLE))
    return TRUE;
  set_preferred_name (self, entry, patient);
  fhir_set_text (
    self, entry, patient, WATTLE_PATIENT_PRONOUNS,
    fhir_concept_text (fhir_one (fhir_one (fhir_extension (entry->node, EXTENSION "individual-pronouns"), "extension"),
                                 "valueCodeableConcept")));
  fhir_set_date (self, entry, patient, WATTLE_PATIENT_BIRTH_DATE, fhir_text (entry->node, "birthDate"));
  wattle_record_set_integer (patient, WATTLE_PATIENT_GENDER, gender_of (entry->node));
  set_indigenous_status (entry, patient);
  wattle_record_set_integer (patient, WATTLE_PATIENT_STATUS, patient_status (entry->node));
  practitioner = fhir_record (self, entry, fhir_one (entry->node, "generalPractitioner"), WATTLE_RECORD_PRACTITIONER);
  wattle_record_set_string (patient, WATTLE_PATIENT_PRIMARY_PRACTITIONER, practitioner);
  fhir_set_telecom (self, entry, patient, WATTLE_PATIENT_MOBILE, WATTLE_PATIENT_PHONE, WATTLE_PATIENT_EMAIL);
  set_address (self, entry, patient);
  set_patient_identifiers (self, entry, patient);
  set_language (self, entry, patient);
  warn_of_double (self, entry, patient);
  return fhir_keep_counted (self, entry, patient, error) && take_contacts (self, entry, error);
}

static int
profession_of (WattleRecord *practitioner)
{
  const char *ahpra = wattle_record_get_string (practitioner, WATTLE_PRACTITIONER_AHPRA);

  if (ahpra != NULL && g_str_has_prefix (ahpra, "PSY"))
    return WATTLE_PROFESSION_PSYCHOLOGIST;
  if (ahpra != NULL && g_str_has_prefix (ahpra, "NMW"))
    return WATTLE_PROFESSION_NURSE;
  if (ahpra != NULL && g_str_has_prefix (ahpra, "OCC"))
    return WATTLE_PROFESSION_OCCUPATIONAL_THERAPIST;
  return WATTLE_PROFESSION_OTHER;
}

static void
set_practitioner_identifiers (FhirImport *self, FhirEntry *entry, WattleRecord *practitioner, WattleJsonNode holder)
{
  static const struct
  {
    const char *nick;
    WattleFieldId field;
  } kinds[] = {
    { "ahpra", WATTLE_PRACTITIONER_AHPRA },
    { "hpi_i", WATTLE_PRACTITIONER_HPI_I },
    { "prescriber_number", WATTLE_PRACTITIONER_PRESCRIBER_NUMBER },
  };
  FhirEach each = fhir_each (holder, "identifier");
  WattleJsonNode identifier;

  while (fhir_next (&each, &identifier))
    {
      const char *system = fhir_text (identifier, "system");
      const WattleIdentifierKind *kind = system != NULL ? wattle_identifier_find_by_system (system) : NULL;

      for (guint i = 0; kind != NULL && i < G_N_ELEMENTS (kinds); i++)
        if (strcmp (kind->nick, kinds[i].nick) == 0 && !wattle_record_has (practitioner, kinds[i].field))
          fhir_set_text (self, entry, practitioner, kinds[i].field, fhir_text (identifier, "value"));
    }
}

/* AU Base keeps the Ahpra number with the qualification. The diary of somebody
 * imported is closed until the practice opens it. */
gboolean
fhir_take_practitioner (FhirImport *self, FhirEntry *entry, GError **error)
{
  g_autoptr (WattleRecord) practitioner = wattle_record_new (WATTLE_RECORD_PRACTITIONER);
  FhirEach each = fhir_each (entry->node, "qualification");
  WattleJsonNode qualification;
  g_autoptr (GString) words = g_string_new (NULL);

  if (!fhir_set_name (self, entry, practitioner, WATTLE_PRACTITIONER_GIVEN_NAMES, WATTLE_PRACTITIONER_FAMILY_NAME,
                      WATTLE_PRACTITIONER_TITLE))
    return TRUE;
  set_practitioner_identifiers (self, entry, practitioner, entry->node);
  while (fhir_next (&each, &qualification))
    {
      const char *text = fhir_concept_text (fhir_one (qualification, "code"));

      set_practitioner_identifiers (self, entry, practitioner, qualification);
      if (text != NULL)
        g_string_append_printf (words, "%s%s", words->len > 0 ? ", " : "", text);
    }
  if (words->len > 0)
    fhir_set_text (self, entry, practitioner, WATTLE_PRACTITIONER_QUALIFICATIONS, words->str);
  fhir_set_telecom (self, entry, practitioner, NO_FIELD, WATTLE_PRACTITIONER_PHONE, WATTLE_PRACTITIONER_EMAIL);
  wattle_record_set_integer (practitioner, WATTLE_PRACTITIONER_PROFESSION, profession_of (practitioner));
  wattle_record_set_integer (practitioner, WATTLE_PRACTITIONER_ACTIVE, FALSE);
  return fhir_keep_counted (self, entry, practitioner, error);
}

static void
set_provider_number (FhirImport *self, FhirEntry *entry, WattleRecord *place)
{
  FhirEach each = fhir_each (entry->node, "identifier");
  WattleJsonNode identifier;

  while (fhir_next (&each, &identifier))
    {
      const char *system = fhir_text (identifier, "system");
      const WattleIdentifierKind *kind = system != NULL ? wattle_identifier_find_by_system (system) : NULL;

      if (kind != NULL && strcmp (kind->nick, "medicare_provider_number") == 0)
        fhir_set_text (self, entry, place, WATTLE_PRACTITIONER_LOCATION_PROVIDER_NUMBER,
                       fhir_text (identifier, "value"));
    }
}

/* A role becomes one record for each of its locations; without one, what it says
 * is who it stands for, which visits ask. */
gboolean
fhir_take_practitioner_role (FhirImport *self, FhirEntry *entry, GError **error)
{
  g_autofree char *practitioner =
    fhir_record (self, entry, fhir_one (entry->node, "practitioner"), WATTLE_RECORD_PRACTITIONER);
  FhirEach each = fhir_each (entry->node, "location");
  WattleFhirOutcome outcome = WATTLE_FHIR_USED;
  WattleJsonNode reference;

  if (practitioner == NULL)
    return fhir_refuse_missing (self, entry, _("its practitioner is not here"));
  if (!fhir_remember (self, "role", entry, practitioner, error))
    return FALSE;
  for (guint i = 1; fhir_next (&each, &reference); i++)
    {
      g_autofree char *location = fhir_record (self, entry, reference, WATTLE_RECORD_LOCATION);
      g_autofree char *key = g_strdup_printf ("%s/%u", entry->key, i);
      g_autoptr (WattleRecord) place = wattle_record_new (WATTLE_RECORD_PRACTITIONER_LOCATION);

      if (location == NULL)
        return fhir_refuse_missing (self, entry, _("its location is not here"));
      wattle_record_set_string (place, WATTLE_PRACTITIONER_LOCATION_PRACTITIONER, practitioner);
      wattle_record_set_string (place, WATTLE_PRACTITIONER_LOCATION_LOCATION, location);
      set_provider_number (self, entry, place);
      if (!fhir_keep (self, entry, place, key, &outcome, error))
        return FALSE;
      if (outcome == WATTLE_FHIR_REFUSED)
        return TRUE;
    }
  wattle_fhir_report_count (self->report, entry->type, outcome, NULL, NULL);
  return TRUE;
}

static const char *
zone_of_state (int state)
{
  static const char *const zones[] = {
    [WATTLE_AU_STATE_ACT] = "Australia/Sydney",    [WATTLE_AU_STATE_NSW] = "Australia/Sydney",
    [WATTLE_AU_STATE_NT] = "Australia/Darwin",     [WATTLE_AU_STATE_QLD] = "Australia/Brisbane",
    [WATTLE_AU_STATE_SA] = "Australia/Adelaide",   [WATTLE_AU_STATE_TAS] = "Australia/Hobart",
    [WATTLE_AU_STATE_VIC] = "Australia/Melbourne", [WATTLE_AU_STATE_WA] = "Australia/Perth",
  };

  return zones[state];
}

gboolean
fhir_take_location (FhirImport *self, FhirEntry *entry, GError **error)
{
  g_autoptr (WattleRecord) location = wattle_record_new (WATTLE_RECORD_LOCATION);
  WattleJsonNode address = fhir_one (entry->node, "address");
  g_autofree char *state = state_code (fhir_text (address, "state"));
  const char *zone = fhir_text (fhir_extension (entry->node, EXTENSION "timezone"), "valueCode");
  g_autofree char *line = join (address, "line", ", ");

  if (fhir_text (entry->node, "name") == NULL)
    return fhir_refuse (self, entry, _("it has no name"));
  if (g_strcmp0 (fhir_text (entry->node, "mode"), "kind") == 0)
    return fhir_refuse (self, entry, _("it is a kind of place and not a place"));
  if (state == NULL || wattle_enum_parse (wattle_enum_find ("au_state"), state) < 0)
    return fhir_refuse (self, entry, _("its address names no Australian state, which decides its zone and holidays"));
  fhir_set_text (self, entry, location, WATTLE_LOCATION_NAME, fhir_text (entry->node, "name"));
  fhir_set_text (self, entry, location, WATTLE_LOCATION_STATE, state);
  fhir_set_text (self, entry, location, WATTLE_LOCATION_ZONE, zone);
  if (!wattle_record_has (location, WATTLE_LOCATION_ZONE))
    wattle_record_set_string (location, WATTLE_LOCATION_ZONE,
                              zone_of_state (wattle_record_get_integer (location, WATTLE_LOCATION_STATE)));
  fhir_set_text (self, entry, location, WATTLE_LOCATION_ADDRESS_LINE, line);
  fhir_set_text (self, entry, location, WATTLE_LOCATION_SUBURB, fhir_text (address, "city"));
  fhir_set_text (self, entry, location, WATTLE_LOCATION_POSTCODE, fhir_text (address, "postalCode"));
  fhir_set_telecom (self, entry, location, NO_FIELD, WATTLE_LOCATION_PHONE, NO_FIELD);
  return fhir_remember (self, "location", entry, "", error) && fhir_keep_counted (self, entry, location, error);
}
