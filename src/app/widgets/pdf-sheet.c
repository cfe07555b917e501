/* pdf-sheet.c: where one page of a PDF is seen, and read aloud
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/widgets/pdf-sheet.h"

struct _WattlePdfSheet
{
  AdwBin parent;
  WattlePdfPage *page;
  AdwClamp *clamp;
  GtkPicture *picture;
};

G_DEFINE_FINAL_TYPE (WattlePdfSheet, wattle_pdf_sheet, ADW_TYPE_BIN)

static void
show_cb (WattlePdfSheet *self)
{
  g_autoptr (GdkPaintable) paintable = NULL;
  int width;

  g_object_get (self->page, "paintable", &paintable, "width", &width, NULL);
  gtk_picture_set_paintable (self->picture, paintable);
  adw_clamp_set_maximum_size (self->clamp, width);
  adw_clamp_set_tightening_threshold (self->clamp, width);
}

static void
wattle_pdf_sheet_dispose (GObject *object)
{
  wattle_pdf_sheet_set_page (WATTLE_PDF_SHEET (object), NULL);
  G_OBJECT_CLASS (wattle_pdf_sheet_parent_class)->dispose (object);
}

static void
wattle_pdf_sheet_class_init (WattlePdfSheetClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_pdf_sheet_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/widgets/pdf-sheet.ui");
  gtk_widget_class_bind_template_child (widget_class, WattlePdfSheet, clamp);
  gtk_widget_class_bind_template_child (widget_class, WattlePdfSheet, picture);
}

static void
wattle_pdf_sheet_init (WattlePdfSheet *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * wattle_pdf_sheet_set_page:
 * @self: the sheet
 * @page: (nullable): what it shows from now on
 */
void
wattle_pdf_sheet_set_page (WattlePdfSheet *self, WattlePdfPage *page)
{
  g_autofree char *words = NULL;

  if (self->page != NULL)
    g_signal_handlers_disconnect_by_data (self->page, self);
  g_set_object (&self->page, page);
  if (page == NULL)
    return;
  g_object_get (page, "description", &words, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->picture), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  g_signal_connect_swapped (page, "notify::paintable", G_CALLBACK (show_cb), self);
  g_signal_connect_swapped (page, "notify::width", G_CALLBACK (show_cb), self);
  show_cb (self);
}
