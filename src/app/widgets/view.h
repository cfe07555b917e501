/* view.h: what every place of the window derives from
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/context.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_VIEW (wattle_view_get_type ())
G_DECLARE_DERIVABLE_TYPE (WattleView, wattle_view, WATTLE, VIEW, AdwBin)

/**
 * WattleViewHeader:
 * @start: (nullable): what stands at the start of the header bar
 * @title: (nullable): instead of the title
 * @end: (nullable): what stands at its end
 *
 * Bound children of the template, each an object beside the <template>.
 */
typedef struct
{
  GtkWidget *start;
  GtkWidget *title;
  GtkWidget *end;
} WattleViewHeader;

/**
 * WattleViewClass:
 * @reads: bit mask of the WattleRecordType that the view shows
 * @refresh: reads the store again; called when the view is seen and its rows
 *   may have changed, never while locked
 * @create: makes a new one of what the place holds (Ctrl+N); %FALSE when it cannot
 * @reveal: shows a record; %FALSE when it is none of its own
 * @header: gives the widgets of the header bar
 * @focus_search: puts the cursor where one searches (Ctrl+F); %FALSE without one
 */
struct _WattleViewClass
{
  AdwBinClass parent_class;
  guint64 reads;
  void (*refresh) (WattleView *self);
  gboolean (*create) (WattleView *self);
  gboolean (*reveal) (WattleView *self, WattleRecordType type, const char *id);
  void (*header) (WattleView *self, WattleViewHeader *header);
  gboolean (*focus_search) (WattleView *self);
};

WattleContext *wattle_view_context      (WattleView       *self);
void wattle_view_begin (WattleView *self);
void           wattle_view_refresh      (WattleView       *self);
gboolean       wattle_view_create       (WattleView       *self);
gboolean       wattle_view_reveal       (WattleView       *self,
                                         WattleRecordType  type,
                                         const char       *id);
void           wattle_view_header       (WattleView       *self,
                                         WattleViewHeader *header);
gboolean       wattle_view_focus_search (WattleView       *self);
void           wattle_view_load         (WattleView       *self,
                                         WattleStoreWork   work,
                                         GVariant         *arguments,
                                         GDestroyNotify    free_result,
                                         WattleLoaded      loaded);

G_END_DECLS
