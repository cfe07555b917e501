/* pdf-view.c: a PDF on the screen: pages below each other, zoom
 *
 * Opening and drawing run in other threads; at most so many pages keep their
 * picture, so that a scan of hundreds of pages does not fill the memory.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/widgets/pdf-view.h"

#include <glib/gi18n-lib.h>
#include <poppler.h>

#include "app/widgets/pdf-page.h"
#include "app/widgets/pdf-sheet.h"

#define MAX_DRAWN 12
#define MAX_PAGES 2000
#define MAX_READ 20
#define MAX_TEXT 4000
#define MAX_SIZE (25 * 1024 * 1024)

struct _WattlePdfView
{
  AdwBin parent;
  GListStore *pages;
  GQueue drawn; /* pages in the order they were drawn; borrowed from the store */
  GCancellable *opening;
  GBytes *pdf;
  double zoom;
  GtkStack *stack;
  AdwStatusPage *problem;
  GtkSingleSelection *selection;
  GtkLabel *count;
  GtkLabel *percent;
};

G_DEFINE_FINAL_TYPE (WattlePdfView, wattle_pdf_view, ADW_TYPE_BIN)

static WattlePdfPage *
read_page (GBytes *pdf, PopplerDocument *document, int number, int n_pages)
{
  PopplerPage *page = poppler_document_get_page (document, number);
  g_autofree char *text = page != NULL && number < MAX_READ ? poppler_page_get_text (page) : NULL;
  g_autofree char *start = text != NULL ? g_utf8_substring (text, 0, MIN (MAX_TEXT, g_utf8_strlen (text, -1))) : NULL;
  double width = 595;
  double height = 842;

  if (page != NULL)
    poppler_page_get_size (page, &width, &height);
  g_clear_object (&page);
  return wattle_pdf_page_new (pdf, number, n_pages, width, height, start);
}

static void
open_pdf (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GBytes *pdf = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) pages = g_ptr_array_new_with_free_func (g_object_unref);
  PopplerDocument *document
    = g_bytes_get_size (pdf) <= MAX_SIZE ? poppler_document_new_from_bytes (pdf, NULL, &error) : NULL;
  int n_pages = document != NULL ? poppler_document_get_n_pages (document) : 0;

  if (n_pages > MAX_PAGES)
    n_pages = 0;
  for (int i = 0; i < n_pages && !g_cancellable_is_cancelled (cancellable); i++)
    g_ptr_array_add (pages, read_page (pdf, document, i, n_pages));
  if (n_pages > 0)
    g_task_return_pointer (task, g_steal_pointer (&pages), (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s",
                             _("This file is not a PDF that can be shown. It was kept as it is."));
  g_clear_object (&document);
}

static void
drawn_cb (WattlePdfPage *page, GParamSpec *pspec, WattlePdfView *self)
{
  if (!wattle_pdf_page_is_drawn (page) || g_queue_find (&self->drawn, page) != NULL)
    return;
  g_queue_push_tail (&self->drawn, page);
  if (g_queue_get_length (&self->drawn) > MAX_DRAWN)
    wattle_pdf_page_forget (g_queue_pop_head (&self->drawn));
}

static void
show_zoom (WattlePdfView *self)
{
  g_autofree char *text = g_strdup_printf (_("%d %%"), (int) (self->zoom * 100 + 0.5));

  gtk_label_set_label (self->percent, text);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->pages)); i++)
    {
      g_autoptr (WattlePdfPage) page = g_list_model_get_item (G_LIST_MODEL (self->pages), i);

      wattle_pdf_page_set_zoom (page, self->zoom, gtk_widget_get_scale_factor (GTK_WIDGET (self)));
    }
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  WattlePdfView *self = WATTLE_PDF_VIEW (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) pages = g_task_propagate_pointer (G_TASK (result), &error);
  g_autofree char *count = NULL;

  if (g_task_get_cancellable (G_TASK (result)) != self->opening)
    return;
  g_clear_object (&self->opening);
  g_queue_clear (&self->drawn);
  g_list_store_remove_all (self->pages);
  if (pages == NULL)
    {
      wattle_pdf_view_set_problem (self, error->message);
      return;
    }
  for (guint i = 0; i < pages->len; i++)
    {
      g_signal_connect_object (g_ptr_array_index (pages, i), "notify::paintable", G_CALLBACK (drawn_cb), self, 0);
      wattle_pdf_page_set_zoom (g_ptr_array_index (pages, i), self->zoom,
                                gtk_widget_get_scale_factor (GTK_WIDGET (self)));
    }
  g_list_store_splice (self->pages, 0, 0, pages->pdata, pages->len);
  count = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u page", "%u pages", pages->len), pages->len);
  gtk_label_set_label (self->count, count);
  gtk_stack_set_visible_child_name (self->stack, "pages");
}

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  gtk_list_item_set_activatable (item, FALSE);
  gtk_list_item_set_selectable (item, FALSE);
  gtk_list_item_set_child (item, g_object_new (WATTLE_TYPE_PDF_SHEET, NULL));
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  wattle_pdf_sheet_set_page (WATTLE_PDF_SHEET (gtk_list_item_get_child (item)), gtk_list_item_get_item (item));
}

static void
unbind_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  wattle_pdf_sheet_set_page (WATTLE_PDF_SHEET (gtk_list_item_get_child (item)), NULL);
}

static void
zoom_in_cb (WattlePdfView *self)
{
  self->zoom = MIN (self->zoom * 1.25, 4);
  show_zoom (self);
}

static void
zoom_out_cb (WattlePdfView *self)
{
  self->zoom = MAX (self->zoom / 1.25, 0.25);
  show_zoom (self);
}

static void
zoom_in_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  zoom_in_cb (WATTLE_PDF_VIEW (widget));
}

static void
zoom_out_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  zoom_out_cb (WATTLE_PDF_VIEW (widget));
}

static void
wattle_pdf_view_dispose (GObject *object)
{
  WattlePdfView *self = WATTLE_PDF_VIEW (object);

  g_cancellable_cancel (self->opening);
  g_clear_object (&self->opening);
  g_clear_pointer (&self->pdf, g_bytes_unref);
  g_queue_clear (&self->drawn);
  g_clear_object (&self->pages);
  G_OBJECT_CLASS (wattle_pdf_view_parent_class)->dispose (object);
}

static void
wattle_pdf_view_class_init (WattlePdfViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_pdf_view_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/widgets/pdf-view.ui");
  gtk_widget_class_bind_template_child (widget_class, WattlePdfView, stack);
  gtk_widget_class_bind_template_child (widget_class, WattlePdfView, problem);
  gtk_widget_class_bind_template_child (widget_class, WattlePdfView, selection);
  gtk_widget_class_bind_template_child (widget_class, WattlePdfView, count);
  gtk_widget_class_bind_template_child (widget_class, WattlePdfView, percent);
  gtk_widget_class_bind_template_callback (widget_class, setup_cb);
  gtk_widget_class_bind_template_callback (widget_class, bind_cb);
  gtk_widget_class_bind_template_callback (widget_class, unbind_cb);
  gtk_widget_class_install_action (widget_class, "pdf.zoom-in", NULL, zoom_in_action);
  gtk_widget_class_install_action (widget_class, "pdf.zoom-out", NULL, zoom_out_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_plus, GDK_CONTROL_MASK, "pdf.zoom-in", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_equal, GDK_CONTROL_MASK, "pdf.zoom-in", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_minus, GDK_CONTROL_MASK, "pdf.zoom-out", NULL);
}

static void
wattle_pdf_view_init (WattlePdfView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_queue_init (&self->drawn);
  self->zoom = 1;
  self->pages = g_list_store_new (WATTLE_TYPE_PDF_PAGE);
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (self->pages));
  show_zoom (self);
}

/**
 * wattle_pdf_view_set_bytes:
 * @self: the view
 * @pdf: (nullable): the document; %NULL while it is being made
 */
void
wattle_pdf_view_set_bytes (WattlePdfView *self, GBytes *pdf)
{
  g_autoptr (GTask) task = NULL;

  if (pdf != NULL && self->pdf != NULL && g_bytes_equal (pdf, self->pdf))
    return;
  g_cancellable_cancel (self->opening);
  g_clear_object (&self->opening);
  g_clear_pointer (&self->pdf, g_bytes_unref);
  if (pdf == NULL)
    {
      gtk_stack_set_visible_child_name (self->stack, "waiting");
      return;
    }
  self->pdf = g_bytes_ref (pdf);
  self->opening = g_cancellable_new ();
  task = g_task_new (self, self->opening, opened_cb, NULL);
  g_task_set_task_data (task, g_bytes_ref (pdf), (GDestroyNotify) g_bytes_unref);
  g_task_run_in_thread (task, open_pdf);
}

/**
 * wattle_pdf_view_set_problem:
 * @self: the view
 * @sentence: why there is nothing to see
 */
void
wattle_pdf_view_set_problem (WattlePdfView *self, const char *sentence)
{
  adw_status_page_set_description (self->problem, sentence);
  gtk_stack_set_visible_child_name (self->stack, "problem");
}
