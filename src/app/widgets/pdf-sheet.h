/* pdf-sheet.h: where one page of a PDF is seen, and read aloud
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/widgets/pdf-page.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_PDF_SHEET (wattle_pdf_sheet_get_type ())
G_DECLARE_FINAL_TYPE (WattlePdfSheet, wattle_pdf_sheet, WATTLE, PDF_SHEET, AdwBin)

void wattle_pdf_sheet_set_page (WattlePdfSheet *self,
                                WattlePdfPage  *page);

G_END_DECLS
