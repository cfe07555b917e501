/* configuration.h: what wattled is told: its file of keys and its command line
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "server/api/server.h"

G_BEGIN_DECLS

/**
 * WattleConfiguration:
 * @data_dir: where everything is kept
 * @address: to listen on, when @unix_path is %NULL
 * @port: 0 takes a free one
 * @unix_path: (nullable): a socket to listen on
 * @engine: limits of the HTTP engine
 * @limits: how often one may call
 * @max_blob: largest file, in bytes
 * @public_url: (nullable): where people reach this server
 * @smtp: where mail goes; nowhere without a host
 * @smtp_password_file: (nullable): holds the password for it
 * @oidc: the identity provider; none without an issuer
 * @oidc_secret_file: (nullable): holds the client secret for it
 * @turn: the relay of calls; none without urls
 * @turn_secret_file: (nullable): holds the secret that it shares with this server
 * @turn_policy: (nullable): "all" or "relay"
 * @leave_seconds: how long a seat in a room is kept for a socket that broke
 * @public_metrics: whether figures are told to others than this machine
 */
typedef struct
{
  char *data_dir;
  char *database; /* (nullable): of PostgreSQL; NULL for SQLite in data_dir */
  char *practice; /* (nullable): its name among the practices of that database */
  char *address;
  guint16 port;
  char *unix_path;
  char *origin;
  char *checkpoints;
  WattleEngineConfig engine;
  WattleLimits limits;
  guint64 max_blob;
  gboolean public_metrics;
  guint readers;
  char *public_url;
  WattleSmtp smtp;
  char *smtp_password_file;
  WattleOidcConfig oidc;
  char *oidc_secret_file;
  WattleTurn turn;
  char *turn_secret_file;
  char *turn_policy;
  guint leave_seconds;
} WattleConfiguration;

void wattle_configuration_init (WattleConfiguration *self);
void wattle_configuration_clear (WattleConfiguration *self);
gboolean wattle_configuration_load (WattleConfiguration *self, const char *path, GError **error);
gboolean wattle_configuration_listen (WattleConfiguration *self, const char *where, GError **error);

guint wattle_configuration_n_keys (void);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WattleConfiguration, wattle_configuration_clear)

G_END_DECLS
