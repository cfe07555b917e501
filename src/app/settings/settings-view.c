/* settings-view.c: settings of the practice, the person and this computer
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/settings/settings-view.h"

struct _WattleSettingsView
{
  WattleView parent;
};

G_DEFINE_FINAL_TYPE (WattleSettingsView, wattle_settings_view, WATTLE_TYPE_VIEW)

static void
wattle_settings_view_class_init (WattleSettingsViewClass *klass)
{
  gtk_widget_class_set_template_from_resource (GTK_WIDGET_CLASS (klass), "/au/wattle/Wattle/settings/settings-view.ui");
}

static void
wattle_settings_view_init (WattleSettingsView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
