/* oidc.h: the identity provider of a practice that has one, OpenID Connect Core 1.0
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "base/json.h"

G_BEGIN_DECLS

/**
 * WattleOidcConfig:
 * @issuer: its address, https but for this machine
 * @client_id: of this practice there
 * @client_secret: (nullable): for a provider that wants one
 * @hosts: (nullable): further hosts of its endpoints, with commas between; else only the issuer's
 * @label: (nullable): what people call it
 */
typedef struct
{
  char *issuer;
  char *client_id;
  char *client_secret;
  char *hosts;
  char *label;
} WattleOidcConfig;

typedef struct _WattleOidc WattleOidc;

/**
 * WattleOidcPerson:
 * @subject: the provider's own name for them
 * @email_verified: whether the provider has seen that their address is theirs
 * @two_factors: whether the provider asked for more than one factor, RFC 8176
 */
typedef struct
{
  char *subject;
  gboolean email_verified;
  gboolean two_factors;
} WattleOidcPerson;

/**
 * WattleOidcCode:
 * @code: of the redirect
 * @verifier: RFC 7636
 * @redirect_uri: as it was asked with
 * @nonce: that the id_token must hold
 */
typedef struct
{
  const char *code;
  const char *verifier;
  const char *redirect_uri;
  const char *nonce;
} WattleOidcCode;

gboolean wattle_oidc_config_check (const WattleOidcConfig *config, GError **error);
gboolean wattle_oidc_is_loopback (const char *uri);
WattleOidc *wattle_oidc_new (const WattleOidcConfig *config);
void wattle_oidc_free (WattleOidc *self);
const char *wattle_oidc_label (WattleOidc *self);
const char *wattle_oidc_issuer (WattleOidc *self);
char *wattle_oidc_authorization_url (WattleOidc *self,
                                     const char *redirect_uri,
                                     const char *state,
                                     const char *nonce,
                                     const char *challenge,
                                     GError **error);
gboolean wattle_oidc_redeem (
  WattleOidc *self, const WattleOidcCode *code, gint64 now, WattleOidcPerson *person, GError **error);
char *wattle_oidc_read_logout (WattleOidc *self, const char *token, gint64 now, char **id, GError **error);

G_END_DECLS
