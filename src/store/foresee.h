/* foresee.h: says what a write transaction will soon ask for
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "store/store.h"

G_BEGIN_DECLS

/**
 * WattleForeseen:
 * @WATTLE_FORESEEN_OPERATION: the answer of an operation, by its id
 * @WATTLE_FORESEEN_LAST_NUMBER: the number of a device's last operation, by the device's id
 * @WATTLE_FORESEEN_RECORD: a record that is read, by its id
 * @WATTLE_FORESEEN_CHANGE: a record that is read and then put, by its id
 */
typedef enum
{
  WATTLE_FORESEEN_OPERATION,
  WATTLE_FORESEEN_LAST_NUMBER,
  WATTLE_FORESEEN_RECORD,
  WATTLE_FORESEEN_CHANGE,
} WattleForeseen;

void wattle_transaction_foresee (WattleTransaction *self, WattleForeseen what, const char *id);

G_END_DECLS
