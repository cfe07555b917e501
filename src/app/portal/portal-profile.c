/* portal-profile.c: what the practice knows of who the patient is
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/portal/portal-profile.h"

#include <glib/gi18n-lib.h>

#include "app/widgets/display.h"
#include "domain/naming.h"

struct _WattlePortalProfile
{
  WattlePortalView parent;
};

G_DEFINE_FINAL_TYPE (WattlePortalProfile, wattle_portal_profile, WATTLE_TYPE_PORTAL_VIEW)

static void
add_fields (GPtrArray *group, WattleRecord *record, const WattleFieldId *fields, guint n)
{
  for (guint i = 0; i < n; i++)
    wattle_portal_fact (group, _(wattle_field_get (fields[i])->label), wattle_display_value (record, fields[i]));
}

static void
add_person (WattlePortal *portal, WattleRecord *patient)
{
  static const WattleFieldId fields[] = {
    WATTLE_PATIENT_PREFERRED_NAME, WATTLE_PATIENT_PRONOUNS, WATTLE_PATIENT_BIRTH_DATE,
    WATTLE_PATIENT_GENDER,         WATTLE_PATIENT_LANGUAGE,
  };
  GPtrArray *group = wattle_portal_group (portal, _("You"), NULL);

  wattle_portal_fact (group, _("Name"), wattle_patient_full_name (patient));
  add_fields (group, patient, fields, G_N_ELEMENTS (fields));
}

static void
add_contact (WattlePortal *portal, WattleRecord *patient)
{
  static const WattleFieldId fields[] = {
    WATTLE_PATIENT_MOBILE,
    WATTLE_PATIENT_PHONE,
    WATTLE_PATIENT_EMAIL,
    WATTLE_PATIENT_CONTACT_METHOD,
  };
  GPtrArray *group = wattle_portal_group (portal, _("How the Practice Reaches You"), NULL);

  add_fields (group, patient, fields, G_N_ELEMENTS (fields));
  wattle_portal_fact (group, _("Address"), wattle_patient_address (patient));
}

static void
add_cards (WattlePortal *portal, WattleRecord *patient)
{
  static const WattleFieldId fields[] = {
    WATTLE_PATIENT_MEDICARE_EXPIRES,
    WATTLE_PATIENT_IHI,
    WATTLE_PATIENT_DVA_NUMBER,
    WATTLE_PATIENT_CENTRELINK_CRN,
  };
  GPtrArray *group = wattle_portal_group (portal, _("Medicare and Other Cards"), NULL);

  wattle_portal_fact (group, _("Medicare number"), wattle_medicare_display (patient));
  add_fields (group, patient, fields, G_N_ELEMENTS (fields));
}

static gboolean
add_related (WattlePortalReading *reading, WattlePortal *portal, GError **error)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_RELATED_PERSON);
  GPtrArray *group = wattle_portal_group (portal, _("People Around You"), NULL);
  g_autoptr (GPtrArray) people = wattle_portal_released (reading, &query, WATTLE_RELATED_PERSON_PATIENT, error);

  for (guint i = 0; people != NULL && i < people->len; i++)
    {
      WattleRecord *person = people->pdata[i];
      const char *family = wattle_record_get_string (person, WATTLE_RELATED_PERSON_FAMILY_NAME);
      g_autofree char *relation = wattle_display_value (person, WATTLE_RELATED_PERSON_RELATIONSHIP);
      g_autofree char *phone = wattle_display_value (person, WATTLE_RELATED_PERSON_PHONE);
      g_autofree char *name =
        g_strjoin (" ", wattle_record_get_string (person, WATTLE_RELATED_PERSON_GIVEN_NAMES), family, NULL);
      WattleEntry *entry = wattle_portal_fact (
        group, name, *phone != '\0' ? g_strdup_printf (_("%s · %s"), relation, phone) : g_strdup (relation));

      if (entry != NULL && wattle_record_get_boolean (person, WATTLE_RELATED_PERSON_EMERGENCY_CONTACT))
        entry->pill = g_strdup (_("In an emergency"));
    }
  return people != NULL;
}

/* Where to say that something is wrong. */
static void
add_practice (WattlePortalReading *reading, WattlePortal *portal)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_PRACTICE);
  g_autoptr (WattleRecord) practice = wattle_reader_find (reading->reader, &query, NULL);
  static const WattleFieldId fields[] = { WATTLE_PRACTICE_NAME, WATTLE_PRACTICE_PHONE, WATTLE_PRACTICE_EMAIL,
                                          WATTLE_PRACTICE_WEBSITE };

  if (practice != NULL)
    add_fields (wattle_portal_group (portal, _("Your Practice"), NULL), practice, fields, G_N_ELEMENTS (fields));
}

static gpointer
read_portal (WattleTransaction *transaction, gpointer arguments, GCancellable *cancellable, GError **error)
{
  WattlePortalReading reading;
  g_autoptr (WattlePortal) portal = wattle_portal_begin (&reading, transaction, arguments, error);
  g_autoptr (WattleRecord) patient = NULL;

  if (portal == NULL)
    return NULL;
  patient = wattle_reader_get (reading.reader, WATTLE_RECORD_PATIENT, reading.patient, NULL);
  if (patient == NULL)
    return g_steal_pointer (&portal);
  portal->text = g_strdup (_("This is what the practice has noted about you. Tell the practice when something has "
                              "changed or is not right."));
  add_person (portal, patient);
  add_contact (portal, patient);
  add_cards (portal, patient);
  if (!add_related (&reading, portal, error))
    return NULL;
  add_practice (&reading, portal);
  return g_steal_pointer (&portal);
}

static void
wattle_portal_profile_class_init (WattlePortalProfileClass *klass)
{
  WattlePortalViewClass *portal_class = WATTLE_PORTAL_VIEW_CLASS (klass);

  WATTLE_VIEW_CLASS (klass)->reads = WATTLE_TYPE_BIT (WATTLE_RECORD_PATIENT)
                                     | WATTLE_TYPE_BIT (WATTLE_RECORD_RELATED_PERSON)
                                     | WATTLE_TYPE_BIT (WATTLE_RECORD_PRACTICE);
  portal_class->read = read_portal;
  portal_class->icon = "avatar-default-symbolic";
  portal_class->empty = N_("Nothing Here Yet");
  portal_class->empty_text = N_("What the practice has noted about you stands here.");
  portal_class->type = WATTLE_RECORD_PATIENT;
}

static void
wattle_portal_profile_init (WattlePortalProfile *self)
{
}
