/* portal.c: what a place of a patient shows, read from the cache in one go
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/portal/portal.h"

#include <glib/gi18n-lib.h>

#include "app/widgets/display.h"
#include "base/civil.h"
#include "base/clock.h"
#include "base/error.h"
#include "domain/policy.h"

/* Of each kind so many of the newest are shown: decades of weekly visits. */
#define LIMIT 1000

static void
group_free (gpointer data)
{
  WattlePortalGroup *self = data;

  g_free (self->heading);
  g_free (self->text);
  g_ptr_array_unref (self->entries);
  g_free (self);
}

/**
 * wattle_portal_arguments:
 * @context: the context
 *
 * Returns: (transfer floating): what wattle_portal_begin() wants
 */
GVariant *
wattle_portal_arguments (WattleContext *context)
{
  const WattleActor *actor = wattle_context_actor (context);

  return g_variant_new ("(ss)", actor != NULL && actor->patient != NULL ? actor->patient : "",
                        g_time_zone_get_identifier (wattle_context_zone (context)));
}

/**
 * wattle_portal_begin:
 * @self: (out caller-allocates): to be read with; borrows from @arguments
 * @transaction: a reading transaction
 * @arguments: from wattle_portal_arguments()
 * @error: the account belongs to no patient
 *
 * Returns: (transfer full) (nullable): to be filled
 */
WattlePortal *
wattle_portal_begin (WattlePortalReading *self, WattleTransaction *transaction, gpointer arguments, GError **error)
{
  g_autoptr (WattleRecord) person = NULL;
  WattlePortal *portal;
  const char *zone;

  self->reader = wattle_transaction_reader (transaction);
  self->now = wattle_clock_now ();
  g_variant_get (arguments, "(&s&s)", &self->patient, &zone);
  if (*self->patient == '\0')
    {
      wattle_set_field_error (error, WATTLE_ERROR_NOT_FOUND, "patient", "%s",
                              _("The practice has not linked this account to your record yet. Ask the practice; "
                                 "nothing is lost."));
      return NULL;
    }
  self->zone = wattle_zone_lookup (zone, error);
  if (self->zone == NULL)
    return NULL;
  wattle_zone_to_local (self->now, self->zone, &self->today, NULL, NULL);
  person = wattle_reader_get (self->reader, WATTLE_RECORD_PATIENT, self->patient, NULL);
  portal = g_new0 (WattlePortal, 1);
  portal->is_known = person != NULL;
  portal->groups = g_ptr_array_new_with_free_func (group_free);
  return portal;
}

void
wattle_portal_free (WattlePortal *self)
{
  g_free (self->heading);
  g_free (self->text);
  g_clear_pointer (&self->card, wattle_entry_free);
  g_ptr_array_unref (self->groups);
  g_free (self);
}

/**
 * wattle_portal_group:
 * @self: what is read
 * @heading: (nullable): what the rows have in common
 * @text: (nullable): a sentence under that
 *
 * Returns: (transfer none) (element-type WattleEntry): rows to fill
 */
GPtrArray *
wattle_portal_group (WattlePortal *self, const char *heading, const char *text)
{
  WattlePortalGroup *group = g_new0 (WattlePortalGroup, 1);

  group->heading = g_strdup (heading);
  group->text = g_strdup (text);
  group->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) wattle_entry_free);
  g_ptr_array_add (self->groups, group);
  return group->entries;
}

/**
 * wattle_portal_fact:
 * @group: rows
 * @label: what it is
 * @value: (transfer full) (nullable): no row when it is empty
 *
 * Returns: (transfer none) (nullable): the row
 */
WattleEntry *
wattle_portal_fact (GPtrArray *group, const char *label, char *value)
{
  WattleEntry *entry;

  if (value == NULL || *value == '\0')
    {
      g_free (value);
      return NULL;
    }
  entry = g_new0 (WattleEntry, 1);
  entry->title = g_strdup (label);
  entry->subtitle = value;
  g_ptr_array_add (group, entry);
  return entry;
}

/**
 * wattle_portal_released:
 * @self: the reading
 * @query: of a type of a patient's rows, with its order
 * @owner: the field that names the patient
 * @error: the failure
 *
 * The cache of somebody who works here too may hold more than their own record, so both are asked again.
 *
 * Returns: (transfer full) (nullable) (element-type WattleRecord): those of the patient that the patient may see
 */
GPtrArray *
wattle_portal_released (WattlePortalReading *self, WattleQuery *query, WattleFieldId owner, GError **error)
{
  g_autoptr (GPtrArray) found = NULL;
  GPtrArray *released;

  wattle_query_where_text (query, owner, self->patient);
  query->limit = LIMIT;
  found = wattle_reader_query (self->reader, query, error);
  if (found == NULL)
    return NULL;
  released = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < found->len; i++)
    if (wattle_policy_is_released (found->pdata[i]))
      g_ptr_array_add (released, g_object_ref (found->pdata[i]));
  return released;
}

/**
 * wattle_portal_name:
 * @self: the reading
 * @practitioner: (nullable): id
 *
 * Returns: (transfer full) (nullable): the name, if it is here
 */
char *
wattle_portal_name (WattlePortalReading *self, const char *practitioner)
{
  g_autoptr (WattleRecord) record =
    practitioner != NULL ? wattle_reader_get (self->reader, WATTLE_RECORD_PRACTITIONER, practitioner, NULL) : NULL;

  return record != NULL ? wattle_display_practitioner (record) : NULL;
}
