/* pdf-print.c: a PDF to the printer, or to a file of the person's choice
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/widgets/pdf-print.h"

#include <glib/gi18n-lib.h>
#include <poppler.h>

#include "app/widgets/feedback.h"

typedef struct
{
  GtkWidget *widget;
  GBytes *pdf;
  PopplerDocument *document;
} Job;

static void
job_free (gpointer data, GClosure *closure)
{
  Job *job = data;

  g_object_unref (job->widget);
  g_bytes_unref (job->pdf);
  g_clear_object (&job->document);
  g_free (job);
}

static GtkWindow *
window_of (GtkWidget *widget)
{
  GtkRoot *root = gtk_widget_get_root (widget);

  return GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL;
}

static void
draw_page_cb (GtkPrintOperation *operation, GtkPrintContext *context, int number, Job *job)
{
  PopplerPage *page = poppler_document_get_page (job->document, number);
  cairo_t *cr = gtk_print_context_get_cairo_context (context);
  double width;
  double height;
  double scale;

  if (page == NULL)
    return;
  poppler_page_get_size (page, &width, &height);
  scale = MIN (gtk_print_context_get_width (context) / width, gtk_print_context_get_height (context) / height);
  cairo_save (cr);
  /* A sheet of the size of the page prints as it is; a smaller one gets all of it. */
  if (scale < 1)
    cairo_scale (cr, scale, scale);
  poppler_page_render_for_printing (page, cr);
  cairo_restore (cr);
  g_object_unref (page);
}

static void
done_cb (GtkPrintOperation *operation, GtkPrintOperationResult result, Job *job)
{
  g_autoptr (GError) error = NULL;

  if (result != GTK_PRINT_OPERATION_RESULT_ERROR)
    return;
  gtk_print_operation_get_error (operation, &error);
  if (error != NULL)
    wattle_show_error (job->widget, error);
}

/**
 * wattle_pdf_print:
 * @widget: where the person asked
 * @pdf: the document
 * @title: its name in the queue of the printer: a number, never a patient's name
 *
 * Asks for a printer and prints.
 */
void
wattle_pdf_print (GtkWidget *widget, GBytes *pdf, const char *title)
{
  g_autoptr (GtkPrintOperation) operation = gtk_print_operation_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GtkPageSetup) setup = gtk_page_setup_new ();
  g_autoptr (GtkPaperSize) paper = gtk_paper_size_new (GTK_PAPER_NAME_A4);
  Job *job = g_new0 (Job, 1);

  job->widget = g_object_ref (widget);
  job->pdf = g_bytes_ref (pdf);
  job->document = poppler_document_new_from_bytes (pdf, NULL, &error);
  if (job->document == NULL)
    {
      job_free (job, NULL);
      wattle_show_error (widget, error);
      return;
    }
  gtk_page_setup_set_paper_size (setup, paper);
  gtk_print_operation_set_default_page_setup (operation, setup);
  gtk_print_operation_set_n_pages (operation, poppler_document_get_n_pages (job->document));
  gtk_print_operation_set_use_full_page (operation, TRUE);
  gtk_print_operation_set_unit (operation, GTK_UNIT_POINTS);
  gtk_print_operation_set_job_name (operation, title);
  gtk_print_operation_set_allow_async (operation, TRUE);
  g_signal_connect (operation, "draw-page", G_CALLBACK (draw_page_cb), job);
  g_signal_connect_data (operation, "done", G_CALLBACK (done_cb), job, job_free, 0);
  gtk_print_operation_run (operation, GTK_PRINT_OPERATION_ACTION_PRINT_DIALOG, window_of (widget), &error);
  if (error != NULL)
    wattle_show_error (widget, error);
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GtkWidget) widget = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_file_get_basename (G_FILE (source));
  g_autofree char *text = NULL;

  if (!g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    {
      wattle_show_error (widget, error);
      return;
    }
  text = g_strdup_printf (_("Saved as %s"), name);
  wattle_toast (widget, text);
}

static void
chosen_cb (GtkNativeDialog *dialog, int response, Job *job)
{
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog))
                                                           : NULL;

  if (file != NULL)
    g_file_replace_contents_bytes_async (file, job->pdf, NULL, FALSE, G_FILE_CREATE_PRIVATE, NULL, saved_cb,
                                         g_object_ref (job->widget));
  g_object_unref (dialog);
}

/**
 * wattle_pdf_save:
 * @widget: where the person asked, inside a toast overlay
 * @pdf: the document
 * @file_name: what to propose
 *
 * Asks for a file and writes there.
 */
void
wattle_pdf_save (GtkWidget *widget, GBytes *pdf, const char *file_name)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (_("Save PDF"), window_of (widget),
                                                              GTK_FILE_CHOOSER_ACTION_SAVE, _("_Save"), _("_Cancel"));
  Job *job = g_new0 (Job, 1);

  job->widget = g_object_ref (widget);
  job->pdf = g_bytes_ref (pdf);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), file_name);
  g_signal_connect_data (dialog, "response", G_CALLBACK (chosen_cb), job, job_free, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}
