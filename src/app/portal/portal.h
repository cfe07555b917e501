/* portal.h: what a place of a patient shows, read from the cache in one go
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/context.h"
#include "app/widgets/entry.h"

G_BEGIN_DECLS

/**
 * WattlePortalGroup:
 * @heading: (nullable): what its rows have in common
 * @text: (nullable): a sentence under that
 * @entries: (element-type WattleEntry): its rows
 */
typedef struct
{
  char *heading;
  char *text;
  GPtrArray *entries;
} WattlePortalGroup;

/**
 * WattlePortal:
 * @is_known: whether the patient's own record is here: until then nothing is said to be empty
 * @heading: (nullable): what stands above everything
 * @text: (nullable): a sentence under that
 * @card: (nullable): the one thing that matters most; its verb is the large button, its pill the sentence under it
 * @groups: (element-type WattlePortalGroup): in order; one without rows is not shown
 */
typedef struct
{
  gboolean is_known;
  char *heading;
  char *text;
  WattleEntry *card;
  GPtrArray *groups;
} WattlePortal;

/**
 * WattlePortalReading:
 * @reader: the cache
 * @patient: whose rows alone are read
 * @zone: of the practice
 * @now: the moment
 * @today: the date at the practice
 *
 * What wattle_portal_begin() makes of the arguments of a load.
 */
typedef struct
{
  WattleReader *reader;
  const char *patient;
  GTimeZone *zone;
  gint64 now;
  gint64 today;
} WattlePortalReading;

GVariant *wattle_portal_arguments (WattleContext *context);
WattlePortal *
wattle_portal_begin (WattlePortalReading *self, WattleTransaction *transaction, gpointer arguments, GError **error);

void wattle_portal_free (WattlePortal *self);
GPtrArray *wattle_portal_group (WattlePortal *self, const char *heading, const char *text);
WattleEntry *wattle_portal_fact (GPtrArray *group, const char *label, char *value);
GPtrArray *wattle_portal_released (WattlePortalReading *self, WattleQuery *query, WattleFieldId owner, GError **error);
char *wattle_portal_name (WattlePortalReading *self, const char *practitioner);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattlePortal, wattle_portal_free)

G_END_DECLS
