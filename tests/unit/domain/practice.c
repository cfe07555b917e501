/* practice.c: a small practice in memory, and operations run against it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "practice.h"

#include "base/error.h"
#include "base/id.h"

/* Names in braces become ids, so that the records below can be read. */
static const char *const records[] = {
  "{'type':'practice','id':{practice},'name':'Example Street Practice','zone':'Australia/Sydney','gst_registered':true,"
  "'payment_terms_days':7}",
  "{'type':'location','id':{city},'name':'City','zone':'Australia/Sydney','state_code':'NSW','rooms':'1\\n2',"
  "'closed_on_holidays':true,'opens':'08:00','closes':'18:00'}",
  "{'type':'location','id':{west},'name':'West','zone':'Australia/Perth','state_code':'WA'}",
  "{'type':'practitioner','id':{dr-ng},'given_names':'Robin','family_name':'Ng','profession':'general_practitioner',"
  "'prescriber_number':'2425739','active':true}",
  "{'type':'practitioner','id':{dr-oh},'given_names':'Sam','family_name':'Oh','profession':'psychologist','active':"
  "true}",
  "{'type':'user','id':{ng},'login':'ng','display_name':'Robin Ng','roles':['clinician'],'status':'active',"
  "'practitioner':{dr-ng}}",
  "{'type':'user','id':{oh},'login':'oh','display_name':'Sam Oh','roles':['clinician'],'status':'active',"
  "'practitioner':{dr-oh}}",
  "{'type':'user','id':{desk},'login':'desk','display_name':'Desk','roles':['reception'],'status':'active'}",
  "{'type':'user','id':{manager},'login':'manager','display_name':'Manager','roles':['manager'],'status':'active'}",
  "{'type':'user','id':{owner},'login':'owner','display_name':'Owner','roles':['owner'],'status':'active'}",
  "{'type':'user','id':{admin},'login':'admin','display_name':'Admin','roles':['administrator'],'status':'active'}",
  "{'type':'user','id':{self},'login':'self','display_name':'Ada Lee','roles':['patient'],'status':'active',"
  "'patient':{ada}}",
  "{'type':'device','id':{laptop},'user':{ng},'name':'Laptop','public_key':'AAAA','status':'active'}",
  "{'type':'patient','id':{ada},'given_names':'Ada','family_name':'Lee','status':'active','birth_date':'1980-02-01',"
  "'primary_practitioner':{dr-ng},'address_line':'1 Example Street','suburb':'Sydney','state_code':'NSW',"
  "'postcode':'2000'}",
  "{'type':'patient','id':{bob},'given_names':'Bob','family_name':'Low','status':'active','primary_practitioner':{dr-"
  "ng}}",
  "{'type':'patient','id':{cyd},'given_names':'Cyd','family_name':'May','status':'active','primary_practitioner':{dr-"
  "oh}}",
  "{'type':'service','id':{consult},'code':'C50','name':'Consultation, 50 "
  "minutes','tax_code':'gst_free','active':true}",
  "{'type':'service','id':{report},'code':'R1','name':'Report','tax_code':'gst','active':true}",
  "{'type':'service_price','id':{price-old},'service':{consult},'amount':20000,'from_date':'2020-01-01',"
  "'to_date':'2026-06-30'}",
  "{'type':'service_price','id':{price-new},'service':{consult},'amount':22000,'from_date':'2026-07-01'}",
  "{'type':'appointment_type','id':{standard},'name':'Standard','minutes':50,'service':{consult},'modality':'in_person'"
  "}",
  "{'type':'medicine','id':{sertraline},'active_ingredient':'Sertraline','strength':'50 mg','form':'tablet',"
  "'schedule':'s4'}",
  "{'type':'medicine','id':{morphine},'active_ingredient':'Morphine','strength':'10 "
  "mg','form':'tablet','schedule':'s8'}",
};

/* JSON with single quotes and {names} as it is written in tests, in proper JSON. */
static char *
expand (const char *text)
{
  GString *out = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p++)
    {
      const char *end = *p == '{' && g_ascii_islower (p[1]) ? strchr (p, '}') : NULL;

      if (end != NULL)
        {
          g_autofree char *name = g_strndup (p + 1, end - p - 1);

          g_string_append_printf (out, "\"%s\"", id_of (name));
          p = end;
        }
      else
        g_string_append_c (out, *p == '\'' ? '"' : *p);
    }
  return g_string_free (out, FALSE);
}

/* The id of a name: always the same. */
const char *
id_of (const char *name)
{
  g_autofree char *id = wattle_id_derive ("practice of the tests", name);

  return g_intern_string (id);
}

static void
put_text (Practice *self, const char *text)
{
  g_autofree char *json = expand (text);
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleRecord) record = wattle_record_from_text (json, -1, &error);

  g_assert_no_error (error);
  wattle_memory_reader_put (self->memory, record);
}

void
practice_put (Practice *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  put_text (self, text);
}

Practice *
practice_new (void)
{
  Practice *self = g_new0 (Practice, 1);

  self->memory = wattle_memory_reader_new ();
  self->now = NOW;
  for (gsize i = 0; i < G_N_ELEMENTS (records); i++)
    put_text (self, records[i]);
  return self;
}

void
practice_free (Practice *self)
{
  wattle_memory_reader_free (self->memory);
  g_free (self);
}

WattleActor
practice_actor (const char *user, int role)
{
  return (WattleActor){
    .practice = id_of ("practice"),
    .user = id_of (user),
    .device = id_of ("laptop"),
    .role = role,
    .roles = WATTLE_ROLE_BIT (role),
    .practitioner = g_str_equal (user, "ng") ? id_of ("dr-ng") : g_str_equal (user, "oh") ? id_of ("dr-oh") : NULL,
    .patient = g_str_equal (user, "self") ? id_of ("ada") : NULL,
  };
}

WattleRecord *
practice_get (Practice *self, WattleRecordType type, const char *name)
{
  g_autoptr (GError) error = NULL;
  WattleRecord *found
    = wattle_reader_get (&self->memory->reader, type, wattle_id_is_valid (name) ? name : id_of (name), &error);

  g_assert_no_error (error);
  return found;
}

static gint64
next_number (WattleOperationContext *context, const char *sequence, GError **error)
{
  Practice *self = context->data;

  return ++self->numbers;
}

WattleOutcome *
practice_run (Practice *self,
              WattleActor actor,
              gboolean authority,
              const char *operation_id,
              const char *name,
              const char *args,
              GError **error)
{
  g_autofree char *json = expand (args);
  WattleOperationContext context = {
    &self->memory->reader, &actor, operation_id, self->now, authority, FALSE, authority ? next_number : NULL, self,
  };
  g_autoptr (WattleJson) parsed = wattle_json_parse (json, -1, &WATTLE_JSON_WIRE_LIMITS, NULL);
  g_autoptr (WattleOutcome) outcome = wattle_outcome_new ();

  g_assert_nonnull (parsed);
  g_assert_nonnull (wattle_operation_find (name));
  if (!wattle_operation_run (wattle_operation_find (name), &context, wattle_json_root (parsed), outcome, error))
    {
      g_assert_cmpuint (outcome->records->len, ==, 0);
      return NULL;
    }
  return g_steal_pointer (&outcome);
}

/* Runs an operation as the authority and keeps what it made. */
gboolean
practice_do (Practice *self, WattleActor actor, const char *name, GError **error, const char *format, ...)
{
  g_autofree char *args = NULL;
  g_autofree char *id = g_strdup_printf ("operation %u", ++self->n_operations);
  g_autoptr (WattleOutcome) outcome = NULL;
  va_list list;

  va_start (list, format);
  args = g_strdup_vprintf (format, list);
  va_end (list);
  outcome = practice_run (self, actor, TRUE, id_of (id), name, args, error);
  if (outcome == NULL)
    return FALSE;
  wattle_memory_reader_apply (self->memory, outcome);
  return TRUE;
}
