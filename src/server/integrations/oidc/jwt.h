/* jwt.h: signed statements of an identity provider, RFC 7515 and RFC 7519
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "base/json.h"

G_BEGIN_DECLS

#define WATTLE_JWT_MAXIMUM 16384 /* bytes */

/**
 * WattleJwtFailure:
 * @WATTLE_JWT_BAD: not one, or its signature is wrong
 * @WATTLE_JWT_UNKNOWN_KEY: signed with a key that is not in the set: fetch that anew
 */
typedef enum
{
  WATTLE_JWT_BAD,
  WATTLE_JWT_UNKNOWN_KEY,
} WattleJwtFailure;

WattleJson *wattle_jwt_open (const char *compact, WattleJsonNode keys, WattleJwtFailure *failure, GError **error);

G_END_DECLS
