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
 * WattlePolicyRule:
 * @name: a route ("GET /v1/changes"), an operation ("note.sign") or
 *   a class of rows ("read:clinical", "write:contact")
 * @reach: what each role reaches, indexed by WATTLE_ROLE_…
 * @public_: whether it needs no session at all
 * @doc: one sentence
 */
typedef struct
{
  const char *name;
  WattleReach reach[WATTLE_N_ROLE];
  gboolean public_;
  const char *doc;
} WattlePolicyRule;

const WattlePolicyRule *wattle_policy_rules       (guint             *n_rules);
const WattlePolicyRule *wattle_policy_find        (const char        *name);
WattleReach             wattle_policy_reach       (const char        *name,
                                                   const WattleActor *actor,
                                                   WattleReader      *reader);
WattleReach             wattle_policy_read_reach  (const WattleType  *type,
                                                   const WattleActor *actor,
                                                   WattleReader      *reader);
guint                   wattle_policy_field_mask  (const WattleActor *actor,
                                                   WattleReader      *reader);
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
gboolean                wattle_policy_cares_for   (const WattleActor *actor,
                                                   WattleReader      *reader,
                                                   const char        *patient);

G_END_DECLS
