/* pdf-view.h: a PDF on the screen: pages below each other, zoom
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define WATTLE_TYPE_PDF_VIEW (wattle_pdf_view_get_type ())
G_DECLARE_FINAL_TYPE (WattlePdfView, wattle_pdf_view, WATTLE, PDF_VIEW, AdwBin)

void wattle_pdf_view_set_bytes   (WattlePdfView *self,
                                  GBytes        *pdf);
void wattle_pdf_view_set_problem (WattlePdfView *self,
                                  const char    *sentence);

G_END_DECLS
