/* engine-private.h: what the parts of the engine's facade share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "base/json.h"
#include "telehealth/engine.h"
#include "telehealth/link.h"

G_BEGIN_DECLS

struct _WattleCallEngine
{
  GObject parent;
  char *program;
  GSubprocess *process;
  WattleLink *link;
  GHashTable *pictures; /* char *peer: WattlePictures */
  GHashTable *sizes;    /* char *peer: WattleViewSize, also of those who come yet and for a process that comes yet */
  gboolean veil;
  GPtrArray *devices;   /* WattleCallDevice */
  guint watch;
  guint mute; /* looks since it said something */
};

/* An order being written: wattle_order_begin(), its members, wattle_order_send(). */
typedef struct
{
  GString *text;
  WattleJsonWriter json;
} WattleOrder;

/* How large pictures are drawn. */
typedef struct
{
  guint width;
  guint height;
} WattleViewSize;

/* engine-news.c */
void        wattle_call_engine_add_signals (void);
void        wattle_call_engine_take        (WattleCallEngine       *self,
                                            WattleJsonNode          message,
                                            GBytes                 *bytes,
                                            int                     fd);
void        wattle_call_device_free        (gpointer                data);
/* engine-orders.c */
void wattle_order_view (WattleCallEngine *self, const char *peer);
WattleOrder wattle_order_begin             (const char             *what);
gboolean    wattle_order_send              (WattleCallEngine       *self,
                                            WattleOrder            *order,
                                            GBytes                 *bytes,
                                            int                     fd);
void        wattle_order_put_servers       (WattleJsonWriter       *json,
                                            const WattleCallServer *servers,
                                            gsize                   n_servers,
                                            gboolean                relay_only);

G_END_DECLS
