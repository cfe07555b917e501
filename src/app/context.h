/* context.h: what the window hands to every view: client, store, person, practice, zone, settings
 *
 * One object for each run of the program. Views get it as the property "context"
 * and never reach for the default application.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "sync/client.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_BIT(type) (G_GUINT64_CONSTANT (1) << (type))
#define WATTLE_ALL_TYPES (G_MAXUINT64)

#define WATTLE_TYPE_CONTEXT (wattle_context_get_type ())
G_DECLARE_FINAL_TYPE (WattleContext, wattle_context, WATTLE, CONTEXT, GObject)

/* Properties: "ready" (boolean): somebody is signed in and the cache is open;
 * "client" (WattleClient, nullable).
 *
 * Signals: "changed" (guint64 mask of WattleRecordType): rows that a view shows
 * may have changed; "open-record" (uint WattleRecordType, string id): somebody
 * wants to see it; "open-place" (string id). */

WattleContext     *wattle_context_new         (GSettings           *settings);
void               wattle_context_set_client  (WattleContext       *self,
                                               WattleClient        *client);
WattleClient      *wattle_context_client      (WattleContext       *self);
gboolean           wattle_context_is_ready    (WattleContext       *self);
gboolean           wattle_context_is_fetching (WattleContext     *self);
WattleStore       *wattle_context_store       (WattleContext       *self);
const WattleActor *wattle_context_actor       (WattleContext       *self);
WattleRecord      *wattle_context_user        (WattleContext       *self);
WattleRecord      *wattle_context_practice    (WattleContext       *self);
GSettings         *wattle_context_settings    (WattleContext       *self);
GTimeZone         *wattle_context_zone        (WattleContext       *self);
gint64             wattle_context_now         (WattleContext       *self);
gint64             wattle_context_today       (WattleContext       *self);
gboolean           wattle_context_may         (WattleContext       *self,
                                               const char          *rule);
void               wattle_context_open        (WattleContext       *self,
                                               WattleRecordType     type,
                                               const char          *id);
void               wattle_context_open_place  (WattleContext       *self,
                                               const char          *place);
int                wattle_context_lock_limit  (WattleContext       *self);
void               wattle_context_touch       (WattleContext       *self);
void               wattle_context_lock        (WattleContext       *self);

/**
 * WattleLoaded:
 * @owner: the widget that asked
 * @result: (nullable): what the work found; freed after the call
 * @error: (nullable): why there is none; never "cancelled"
 */
typedef void (*WattleLoaded) (gpointer owner, gpointer result, const GError *error);

void               wattle_context_load        (WattleContext       *self,
                                               WattleStoreWork      work,
                                               GVariant            *arguments,
                                               GDestroyNotify       free_result,
                                               GCancellable        *cancellable,
                                               gpointer             owner,
                                               WattleLoaded         loaded);

G_END_DECLS
