/* today-view.c: what the person needs now
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/today/today-view.h"

struct _WattleTodayView
{
  WattleView parent;
};

G_DEFINE_FINAL_TYPE (WattleTodayView, wattle_today_view, WATTLE_TYPE_VIEW)

static void
wattle_today_view_class_init (WattleTodayViewClass *klass)
{
  gtk_widget_class_set_template_from_resource (GTK_WIDGET_CLASS (klass), "/au/wattle/Wattle/today/today-view.ui");
}

static void
wattle_today_view_init (WattleTodayView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
