/* pdf-page.h: one page of a PDF, drawn off the main thread when it comes into sight
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define WATTLE_TYPE_PDF_PAGE (wattle_pdf_page_get_type ())
G_DECLARE_FINAL_TYPE (WattlePdfPage, wattle_pdf_page, WATTLE, PDF_PAGE, GObject)

/* Properties: "paintable" (GdkPaintable): empty paper until it is drawn; asking
 * for it has it drawn. "description" (string): which page it is and its text,
 * for those who cannot see it. "width" (int): how wide it is shown. */

WattlePdfPage *wattle_pdf_page_new      (GBytes        *pdf,
                                         int            number,
                                         int            n_pages,
                                         double         width,
                                         double         height,
                                         const char    *text);
void           wattle_pdf_page_set_zoom (WattlePdfPage *self,
                                         double         zoom,
                                         int            scale_factor);
void           wattle_pdf_page_forget   (WattlePdfPage *self);
gboolean       wattle_pdf_page_is_drawn (WattlePdfPage *self);

G_END_DECLS
