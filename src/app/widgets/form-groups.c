/* form-groups.c: how the fields of a record are grouped on a form
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/widgets/form-groups.h"

#include <glib/gi18n-lib.h>

#define P(name) WATTLE_PATIENT_##name
#define R(name) WATTLE_PRACTICE_##name
#define C(name) WATTLE_PRACTITIONER_##name
#define L(name) WATTLE_LOCATION_##name
#define N(name) WATTLE_RELATED_PERSON_##name

/* A type that does not stand here has one group of all its fields that a person may set. */
static const WattleFormGroup groups[] = {
  { WATTLE_RECORD_PATIENT, N_("Who"),
    { P (GIVEN_NAMES), P (FAMILY_NAME), P (BIRTH_DATE), P (GENDER), P (TITLE), P (PREFERRED_NAME), P (PRONOUNS),
      WATTLE_FORM_END } },
  { WATTLE_RECORD_PATIENT, N_("Contact"),
    { P (MOBILE), P (PHONE), P (EMAIL), P (ADDRESS_LINE), P (SUBURB), P (STATE), P (POSTCODE), P (COUNTRY),
      P (CONTACT_METHOD), P (SMS_CONSENT), P (EMAIL_CONSENT),
      WATTLE_FORM_END } },
  { WATTLE_RECORD_PATIENT, N_("Medicare and Cards"),
    { P (MEDICARE_NUMBER), P (MEDICARE_IRN), P (MEDICARE_EXPIRES), P (MEDICARE_COLOUR), P (IHI), P (DVA_NUMBER),
      P (DVA_CARD), P (CENTRELINK_CRN),
      WATTLE_FORM_END } },
  { WATTLE_RECORD_PATIENT, N_("Care"),
    { P (STATUS), P (PRIMARY_PRACTITIONER), P (ALERT), P (INTERPRETER_NEEDED), P (LANGUAGE), P (INDIGENOUS_STATUS),
      P (ZONE), P (NO_MY_HEALTH_RECORD),
      WATTLE_FORM_END } },

  { WATTLE_RECORD_RELATED_PERSON, NULL,
    { N (RELATIONSHIP), N (GIVEN_NAMES), N (FAMILY_NAME), N (PHONE), N (EMAIL), N (EMERGENCY_CONTACT),
      N (RECEIVES_INVOICES),
      WATTLE_FORM_END } },

  { WATTLE_RECORD_PRACTICE, N_("Practice"),
    { R (NAME), R (LEGAL_NAME), R (ABN), R (ACN), R (HPI_O), R (ZONE), R (GST_REGISTERED),
      WATTLE_FORM_END } },
  { WATTLE_RECORD_PRACTICE, N_("Contact"),
    { R (PHONE), R (EMAIL), R (WEBSITE), R (ADDRESS_LINE), R (SUBURB), R (STATE), R (POSTCODE),
      WATTLE_FORM_END } },
  { WATTLE_RECORD_PRACTICE, N_("Payment"),
    { R (BANK_ACCOUNT_NAME), R (BANK_BSB), R (BANK_ACCOUNT), R (PAYMENT_TERMS_DAYS), R (INVOICE_FOOTER),
      WATTLE_FORM_END } },

  { WATTLE_RECORD_PRACTITIONER, N_("Who"),
    { C (TITLE), C (GIVEN_NAMES), C (FAMILY_NAME), C (PROFESSION), C (QUALIFICATIONS), C (COLOUR), C (ACTIVE),
      WATTLE_FORM_END } },
  { WATTLE_RECORD_PRACTITIONER, N_("Numbers"),
    { C (AHPRA), C (AHPRA_EXPIRES), C (PRESCRIBER_NUMBER), C (HPI_I), C (PHONE), C (EMAIL),
      WATTLE_FORM_END } },

  { WATTLE_RECORD_LOCATION, NULL,
    { L (NAME), L (ZONE), L (ADDRESS_LINE), L (SUBURB), L (STATE), L (POSTCODE), L (PHONE), L (OPENS), L (CLOSES),
      L (CLOSED_ON_HOLIDAYS), L (ROOMS),
      WATTLE_FORM_END } },
};

/**
 * wattle_form_groups:
 * @type: a record type
 * @n_groups: (out): how many; 0 when nobody grouped its fields
 *
 * Returns: its groups
 */
const WattleFormGroup *
wattle_form_groups (WattleRecordType type, guint *n_groups)
{
  const WattleFormGroup *first = NULL;

  *n_groups = 0;
  for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
    if (groups[i].type == type)
      {
        if (first == NULL)
          first = &groups[i];
        (*n_groups)++;
      }
  return first;
}
