/* notes-page.c: the notes of a patient: a list, and the one that is open
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/notes/notes-page.h"

struct _WattleNotesPage
{
  WattleChartPage parent;
};

G_DEFINE_FINAL_TYPE (WattleNotesPage, wattle_notes_page, WATTLE_TYPE_CHART_PAGE)

static void
show (WattleChartPage *page, const WattleChart *chart)
{
}

static void
wattle_notes_page_class_init (WattleNotesPageClass *klass)
{
  WATTLE_CHART_PAGE_CLASS (klass)->show = show;
}

static void
wattle_notes_page_init (WattleNotesPage *self)
{
}
