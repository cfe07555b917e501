/* trail.c: wattlectl audit list and audit show: who did or saw what, in ids and never in names
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "ctl/ctl.h"

#include <glib/gi18n-lib.h>

#include "base/civil.h"
#include "base/error.h"
#include "base/id.h"
#include "schema/enums.h"
#include "server/auth/audit.h"

#define DEFAULT_LIMIT 50
#define MAX_LIMIT 1000
#define NUMBER 24

/* What is printed of an event, in this order. What people wrote as a reason may hold a name and stays in the trail. */
static const WattleFieldId fields[] = {
  WATTLE_AUDIT_EVENT_ACTOR,       WATTLE_AUDIT_EVENT_ROLE,   WATTLE_AUDIT_EVENT_DEVICE,
  WATTLE_AUDIT_EVENT_ADDRESS,     WATTLE_AUDIT_EVENT_ACTION, WATTLE_AUDIT_EVENT_OBJECT_TYPE,
  WATTLE_AUDIT_EVENT_OBJECT,      WATTLE_AUDIT_EVENT_PATIENT, WATTLE_AUDIT_EVENT_OUTCOME,
  WATTLE_AUDIT_EVENT_CHANGES,     WATTLE_AUDIT_EVENT_PREVIOUS_HASH, WATTLE_AUDIT_EVENT_HASH,
};

/* Of these, one line of a list shows the role and what follows up to the outcome, but no device and address. */
static gboolean
is_listed (WattleFieldId field)
{
  return field != WATTLE_AUDIT_EVENT_DEVICE && field != WATTLE_AUDIT_EVENT_ADDRESS
         && field != WATTLE_AUDIT_EVENT_CHANGES && field != WATTLE_AUDIT_EVENT_PREVIOUS_HASH
         && field != WATTLE_AUDIT_EVENT_HASH;
}

static const char *
text_of (WattleRecord *event, WattleFieldId field)
{
  if (!wattle_record_has (event, field))
    return NULL;
  if (field == WATTLE_AUDIT_EVENT_ROLE)
    return wattle_enum_nick (wattle_enum_find ("role"), wattle_record_get_integer (event, field));
  return wattle_record_get_string (event, field);
}

static char *
time_of (WattleRecord *event)
{
  return wattle_instant_format (wattle_record_get_integer (event, WATTLE_AUDIT_EVENT_AT));
}

static gint64
number_of (WattleRecord *event)
{
  return wattle_record_get_integer (event, WATTLE_AUDIT_EVENT_SEQUENCE);
}

static void
print_line (WattleRecord *event)
{
  g_autofree char *at = time_of (event);

  g_print ("%" G_GINT64_FORMAT "\t%s", number_of (event), at);
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    if (is_listed (fields[i]))
      {
        const char *text = text_of (event, fields[i]);

        g_print ("\t%s", text != NULL ? text : "-");
      }
  g_print ("\n");
}

static void
print_whole (WattleRecord *event)
{
  g_autofree char *at = time_of (event);

  g_print ("sequence: %" G_GINT64_FORMAT "\nat: %s\n", number_of (event), at);
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      const char *text = text_of (event, fields[i]);

      if (text != NULL)
        g_print ("%s: %s\n", wattle_field_get (fields[i])->name, text);
    }
}

static gboolean
check_id (const char *name, const char *id, GError **error)
{
  if (id == NULL || wattle_id_is_valid (id))
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               _("“%s” must be an id, as the list prints them."), name);
  return FALSE;
}

/* The trail names what was read of whom: what is found is handed out once this reading stands in it. @number is that of
 * the only event that is asked for, so that the reading is one of its patient; 0 for a list. */
static GPtrArray *
find (WattleCtl *ctl, const WattleAuditQuery *query, gint64 number, GError **error)
{
  g_autoptr (WattleStore) store = wattle_ctl_open_beside (ctl, error);
  g_autoptr (WattleTransaction) transaction = store != NULL ? wattle_store_begin_read (store, error) : NULL;
  g_autoptr (GPtrArray) events = transaction != NULL ? wattle_audit_find (transaction, query, error) : NULL;
  WattleAudit act = { .action = "audit.read", .patient = query->patient };

  if (events == NULL)
    return NULL;
  if (number > 0 && events->len == 1 && number_of (events->pdata[0]) == number)
    act.patient = wattle_record_get_string (events->pdata[0], WATTLE_AUDIT_EVENT_PATIENT);
  return wattle_ctl_note_reading (store, &act, error) ? g_steal_pointer (&events) : NULL;
}

WattleCtlExit
wattle_ctl_audit_list (WattleCtl *ctl, char **argv, GError **error)
{
  g_autofree char *patient = NULL;
  g_autofree char *actor = NULL;
  gint64 before = 0;
  int limit = 0;
  const GOptionEntry entries[] = {
    { "patient", 0, 0, G_OPTION_ARG_STRING, &patient, N_("Only what touched this patient"), N_("ID") },
    { "actor", 0, 0, G_OPTION_ARG_STRING, &actor, N_("Only what this user did"), N_("ID") },
    { "before", 0, 0, G_OPTION_ARG_INT64, &before, N_("Only events of a smaller number"), N_("NUMBER") },
    { "limit", 0, 0, G_OPTION_ARG_INT, &limit, N_("How many at most (50; 1000 is the most)"), N_("N") },
    { NULL },
  };
  WattleAuditQuery query = { 0 };
  g_autoptr (GPtrArray) events = NULL;

  if (!wattle_ctl_options (ctl, "audit list", entries, &argv, 0, 0, error) || !check_id ("patient", patient, error)
      || !check_id ("actor", actor, error))
    return WATTLE_CTL_USAGE;
  query.patient = patient;
  query.actor = actor;
  query.before = MAX (before, 0);
  query.limit = limit > 0 ? MIN (limit, MAX_LIMIT) : DEFAULT_LIMIT;
  events = find (ctl, &query, 0, error);
  if (events == NULL)
    return WATTLE_CTL_FAILED;
  g_print ("sequence\tat");
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    if (is_listed (fields[i]))
      g_print ("\t%s", wattle_field_get (fields[i])->name);
  g_print ("\n");
  for (guint i = 0; i < events->len; i++)
    print_line (events->pdata[i]);
  return WATTLE_CTL_DONE;
}

WattleCtlExit
wattle_ctl_audit_show (WattleCtl *ctl, char **argv, GError **error)
{
  WattleAuditQuery query = { .limit = 1 };
  g_autoptr (GPtrArray) events = NULL;
  guint64 number = 0;

  if (!wattle_ctl_options (ctl, "audit show", NULL, &argv, 1, 1, error))
    return WATTLE_CTL_USAGE;
  if (!g_ascii_string_to_unsigned (argv[0], 10, 1, G_MAXINT64 - 1, &number, NULL))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   _("Give the number of an event, as the list does."));
      return WATTLE_CTL_USAGE;
    }
  query.before = number + 1;
  events = find (ctl, &query, (gint64) number, error);
  if (events == NULL)
    return WATTLE_CTL_FAILED;
  if (events->len == 0 || number_of (events->pdata[0]) != (gint64) number)
    {
      wattle_set_field_error (error, WATTLE_ERROR_NOT_FOUND, "number", _("The trail has no event of this number."));
      return WATTLE_CTL_FAILED;
    }
  print_whole (events->pdata[0]);
  return WATTLE_CTL_DONE;
}
