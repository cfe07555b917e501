/* mailer.h: the thread that sends what waits in the queue of mail
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "server/api/writer.h"
#include "server/auth/keys.h"
#include "server/integrations/smtp/smtp.h"

G_BEGIN_DECLS

typedef struct _WattleMailer WattleMailer;

WattleMailer *wattle_mailer_new (WattleWriter *writer, WattleKeys *keys, const WattleSmtp *smtp);
void wattle_mailer_free (WattleMailer *self);
void wattle_mailer_kick (WattleMailer *self);

G_END_DECLS
