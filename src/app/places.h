/* places.h: the table of places of the window: a new place is one row
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/widgets/view.h"

G_BEGIN_DECLS

/**
 * WattlePlace:
 * @id: its name in settings, in actions and for a test
 * @title: untranslated
 * @icon: symbolic icon
 * @type: the WattleView subclass that shows it, made when it is first seen
 * @roles: bit mask of the roles that have it
 * @keywords: untranslated further words it is found by
 *
 * The order of rows is the order in the sidebar and of Alt+1, Alt+2 and so on.
 */
typedef struct
{
  const char *id;
  const char *title;
  const char *icon;
  GType (*type) (void);
  guint roles;
  const char *keywords;
} WattlePlace;

const WattlePlace *wattle_places     (guint      *n_places);
const WattlePlace *wattle_place_find (const char *id);

G_END_DECLS
