/* ring.h: pictures put where the window sees them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gst/gst.h>

#include "telehealth/link.h"

G_BEGIN_DECLS

typedef struct _WattleRing WattleRing;

WattleRing *wattle_ring_new      (const char *peer,
                                  guint       number,
                                  WattleLink *link);
WattleRing *wattle_ring_ref      (WattleRing *self);
void        wattle_ring_unref    (WattleRing *self);
guint       wattle_ring_number   (WattleRing *self);
void        wattle_ring_set_size (WattleRing *self,
                                  guint       width,
                                  guint       height);
void        wattle_ring_put      (WattleRing *self,
                                  GstSample  *sample,
                                  gint64      age);
void        wattle_ring_release  (WattleRing *self,
                                  guint       place);

G_END_DECLS
