/* practice.h: a real wattled on loopback, its first practice, and a network that can be cut
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "sync/desk.h"

G_BEGIN_DECLS

/**
 * Practice:
 * @url: where it listens
 * @proxy_url: the same through the cutter
 * @lose_answers: how many answers the cutter is still to swallow
 * @cut: whether it takes no connection and holds none
 */
typedef struct
{
  char *dir;
  char *url;
  guint16 port;
  GPid pid;
  char *practice;
  char *user;
  char *practitioner;
  char *location;

  char *proxy_url;
  GSocketService *proxy;
  GMutex mutex;
  GPtrArray *connections; /* both sides of each */
  guint lose_answers;
  gboolean cut;
} Practice;

void     practice_open   (Practice   *self);
void     practice_close  (Practice   *self);
void     practice_kill   (Practice   *self);
void     practice_start  (Practice   *self);
void     practice_cut    (Practice   *self,
                          gboolean    cut);

G_END_DECLS
