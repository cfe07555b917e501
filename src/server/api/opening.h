/* opening.h: opening a session: the device proves itself or is enrolled, tokens are made, the answer is written
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "server/api/call.h"

G_BEGIN_DECLS

/**
 * WattleOpening:
 * @call: the call that asks for a session; its body has "device"
 * @user: (nullable): who it is, once that is known
 * @login: the name that a known device signs with
 * @device: of the body
 * @device_id: (nullable): id of a known device
 * @new_device: (nullable): id of the device that was enrolled
 * @role: the role in use
 * @tokens: what the client gets
 * @answer: (nullable): what the call answers
 *
 * What signing in with a password and with a provider share.
 */
typedef struct
{
  WattleCall *call;
  WattleRecord *user;
  char *login;
  WattleJsonNode device;
  const char *device_id;
  char *new_device;
  int role;
  WattleTokens tokens;
  GString *answer;
} WattleOpening;

void wattle_opening_clear (WattleOpening *self);
gboolean wattle_opening_read_device (WattleOpening *self, GError **error);
gboolean wattle_opening_check_device (WattleOpening *self, WattleTransaction *transaction, GError **error);
gboolean wattle_opening_write (WattleOpening *self, WattleTransaction *transaction, const char *how, GError **error);

/**
 * WattleSignature:
 * @device: (nullable): id of a device
 * @user: (nullable): whose it must be
 * @message: what must have been signed
 * @time: (nullable): the instant in it
 * @signature: (nullable): base64
 */
typedef struct
{
  const char *device;
  const char *user;
  const char *message;
  const char *time;
  const char *signature;
} WattleSignature;

WattleRecord *
wattle_opening_check_signature (WattleTransaction *transaction, const WattleSignature *given, GError **error);
gboolean wattle_opening_check_status (WattleRecord *device, GError **error);
GString *wattle_opening_describe (
  WattleTransaction *transaction, WattleRecord *user, const char *device_id, int role, const WattleTokens *tokens);
void wattle_opening_write_account (WattleTransaction *transaction,
                                   WattleRecord *user,
                                   WattleRecord *device,
                                   WattleJsonWriter *writer);

G_END_DECLS
