/* thread-page.h: one conversation: what was said, and where one writes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/widgets/view.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_THREAD_PAGE (wattle_thread_page_get_type ())
G_DECLARE_FINAL_TYPE (WattleThreadPage, wattle_thread_page, WATTLE, THREAD_PAGE, WattleView)

GtkWidget  *wattle_thread_page_new (WattleContext    *context,
                                    WattleRecordType  type,
                                    const char       *id,
                                    const char       *searched);
const char *wattle_thread_page_id  (WattleThreadPage *self);
void        wattle_thread_page_set_searched (WattleThreadPage *self,
                                             const char       *searched);

G_END_DECLS
