/* pdf-print.h: a PDF to the printer, or to a file of the person's choice
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void wattle_pdf_print (GtkWidget  *widget,
                       GBytes     *pdf,
                       const char *title);
void wattle_pdf_save  (GtkWidget  *widget,
                       GBytes     *pdf,
                       const char *file_name);

G_END_DECLS
