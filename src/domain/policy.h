/* policy.h: who may do and see what: one table for routes, operations and records
 *
 * Everything that can be asked of a server stands here with the roles that may
 * ask it and the objects they may ask it of. What is not in the table is
 * refused, and a test fails for a route or an operation that is not in it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "domain/operation.h"

G_BEGIN_DECLS

#define WATTLE_ROLE_BIT(role) (1u << (role))

/* The role of the program itself: jobs, imports, the demonstration. Its actor has no user. */
#define WATTLE_ROLE_SYSTEM (-1)

/**
 * WattleReach:
 *
 * Which objects a rule covers for a role.
 */
typedef enum
{
  WATTLE_REACH_NONE,         /* nothing: also what an absent rule means */
  WATTLE_REACH_SELF,         /* the user's own rows: devices, own profile, own patient record */
  WATTLE_REACH_OWN_PATIENTS, /* patients the practitioner cares for */
  WATTLE_REACH_PRACTICE,     /* every row of the practice */
} WattleReach;

/**
 * WattlePolicyFlags:
 *
 * What a rule says of callers and objects that have no column of their own.
 */
typedef enum
{
  WATTLE_POLICY_PUBLIC = 1 << 0,      /* needs no session */
  WATTLE_POLICY_UNCONFIRMED = 1 << 1, /* also for who accepted an invitation and is not confirmed: their own */
  WATTLE_POLICY_EMERGENCY = 1 << 2,   /* also for a patient whom an emergency access opened */
  WATTLE_POLICY_NOT_HELD = 1 << 3,    /* not for a patient under a legal hold */
  WATTLE_POLICY_DELETED = 1 << 4,     /* also for what was deleted */
  WATTLE_POLICY_PASSWORD = 1 << 5,    /* only just after the password was given again */
  WATTLE_POLICY_OUTSIDER = 1 << 6,    /* also for conversations in which one takes no part */
} WattlePolicyFlags;

/**
 * WattleCare:
 *
 * How a clinician stands to a patient. An emergency access opens what the
 * rules flagged so name, and no more.
 */
typedef enum
{
  WATTLE_CARE_NONE,
  WATTLE_CARE_EMERGENCY,
  WATTLE_CARE_FULL,
} WattleCare;

/**
 * WattlePolicyRule:
 * @name: a route ("GET /v1/changes"), an operation ("note.sign") or
 *   a class of rows ("read:clinical", "write:contact")
 * @reach: what each role reaches, indexed by WATTLE_ROLE_…
 * @flags: see #WattlePolicyFlags
 * @doc: one sentence
 */
typedef struct
{
  const char *name;
  WattleReach reach[WATTLE_N_ROLE];
  guint flags;
  const char *doc;
} WattlePolicyRule;

const WattlePolicyRule *wattle_policy_rules       (guint             *n_rules);
const WattlePolicyRule *wattle_policy_find        (const char        *name);
const char *wattle_reach_nick (WattleReach reach);
void wattle_policy_write_rule (const WattlePolicyRule *rule, WattleJsonWriter *writer);
char *wattle_policy_document (void);
WattleReach             wattle_policy_reach       (const char        *name,
                                                   const WattleActor *actor,
                                                   WattleReader      *reader);
WattleAccess            wattle_policy_access_of   (WattleRecord      *object);
gboolean wattle_policy_is_withheld (const WattleActor *actor, WattleReader *reader, WattleRecord *object);
gboolean                wattle_policy_is_released (WattleRecord      *object);
guint                   wattle_policy_accesses    (const WattleType  *type);
const char             *wattle_policy_read_rule   (WattleAccess       access);
guint                   wattle_policy_field_mask  (const WattleActor *actor,
                                                   WattleReader      *reader);
gboolean                wattle_policy_check_hold  (WattleReader      *reader,
                                                   WattleRecord      *object,
                                                   GError           **error);
gboolean                wattle_policy_check       (const char        *name,
                                                   const WattleActor *actor,
                                                   WattleReader      *reader,
                                                   WattleRecord      *object,
                                                   GError           **error);
gboolean                wattle_policy_check_read  (const WattleActor *actor,
                                                   WattleReader      *reader,
                                                   WattleRecord      *object,
                                                   GError           **error);
gboolean                wattle_policy_check_write (const WattleActor *actor,
                                                   WattleReader      *reader,
                                                   WattleRecord      *object,
                                                   GError           **error);
WattleCare              wattle_policy_care        (const WattleActor *actor,
                                                   WattleReader      *reader,
                                                   const char        *patient);
gboolean                wattle_policy_cares_for   (const WattleActor *actor,
                                                   WattleReader      *reader,
                                                   const char        *patient);

G_END_DECLS
