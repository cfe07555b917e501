/* portal-view.h: what every place of a patient derives from: large rows in groups, plain words
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/portal/portal.h"
#include "app/widgets/entry-row.h"
#include "app/widgets/view.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_PORTAL_VIEW (wattle_portal_view_get_type ())
G_DECLARE_DERIVABLE_TYPE (WattlePortalView, wattle_portal_view, WATTLE, PORTAL_VIEW, WattleView)

/**
 * WattlePortalViewClass:
 * @read: makes a #WattlePortal of wattle_portal_arguments() in another thread
 * @icon: of an empty place
 * @empty: untranslated: what there is none of
 * @empty_text: untranslated: when there will be some
 * @open: (nullable): a row was chosen
 * @act: the button of a row was pressed; joins the visit unless a place says otherwise
 * @type: what wattle_context_open() brings here
 */
struct _WattlePortalViewClass
{
  WattleViewClass parent_class;
  WattleStoreWork read;
  const char *icon;
  const char *empty;
  const char *empty_text;
  void (*open) (WattlePortalView *self, WattleEntryRow *row);
  void (*act) (WattlePortalView *self, WattleEntryRow *row);
  WattleRecordType type;
};

G_END_DECLS
