/* paper-window.h: a document on the screen: look at it, print it, save it, file it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/papers/papers.h"
#include "app/context.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_PAPER_WINDOW (wattle_paper_window_get_type ())
G_DECLARE_FINAL_TYPE (WattlePaperWindow, wattle_paper_window, WATTLE, PAPER_WINDOW, AdwWindow)

/* Signal "paper" (gpointer WattlePaper): it was made, or made again since what it prints has changed. */

WattlePaperWindow *wattle_paper_window_new       (GtkWidget         *parent,
                                                  WattleContext     *context);
void               wattle_paper_window_show_work (WattlePaperWindow *self,
                                                  WattleStoreWork    work,
                                                  GVariant          *arguments,
                                                  guint64            reads);
void               wattle_paper_window_show_document (WattlePaperWindow *self,
                                                  WattleRecord      *document);
void               wattle_paper_window_set_panel (WattlePaperWindow *self,
                                                  GtkWidget         *panel);
void               wattle_paper_window_print     (WattlePaperWindow *self);
GtkWidget         *wattle_paper_window_body      (WattlePaperWindow *self);

G_END_DECLS
