/* list-model.h: a list over the store that is read page by page
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "store/row.h"
#include "store/store.h"

G_BEGIN_DECLS

#define WATTLE_LIST_MODEL_PAGE 128

#define WATTLE_TYPE_LIST_MODEL (wattle_list_model_get_type ())
G_DECLARE_FINAL_TYPE (WattleListModel, wattle_list_model, WATTLE, LIST_MODEL, GObject)

WattleListModel *wattle_list_model_new         (WattleStore       *store);
void             wattle_list_model_set_query   (WattleListModel   *self,
                                                const WattleQuery *query);
void             wattle_list_model_set_search  (WattleListModel   *self,
                                                guint64            types,
                                                const char        *typed,
                                                guint              limit);
void             wattle_list_model_refresh     (WattleListModel   *self);
gboolean         wattle_list_model_get_loading (WattleListModel   *self);
const char      *wattle_list_model_get_problem (WattleListModel   *self);

G_END_DECLS
