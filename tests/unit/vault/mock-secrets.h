/* mock-secrets.h: a keyring service whose prompt answers as told
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

typedef enum
{
  MOCK_PROMPT_ACCEPTED,
  MOCK_PROMPT_DISMISSED,
  MOCK_PROMPT_IGNORED
} MockPrompt;

typedef struct _MockSecrets MockSecrets;

MockSecrets *mock_secrets_start      (const char *address);
void         mock_secrets_stop       (MockSecrets *self);
void         mock_secrets_set_prompt (MockSecrets *self,
                                      MockPrompt   prompt);
void         mock_secrets_await      (MockSecrets *self,
                                      guint        prompts);
