/* paper-window.c: a document on the screen: look at it, print it, save it, file it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/papers/paper-window.h"

#include <glib/gi18n-lib.h>

#include "app/access/opening.h"
#include "app/papers/sandbox.h"
#include "app/widgets/feedback.h"
#include "app/widgets/pdf-print.h"
#include "app/widgets/pdf-view.h"
#include "base/error.h"
#include "base/id.h"

struct _WattlePaperWindow
{
  AdwWindow parent;
  WattleContext *context;
  WattleStoreWork work;
  GVariant *arguments;
  guint64 reads;
  GCancellable *cancellable;
  GBytes *pdf;   /* the file, as it is saved */
  GBytes *shown; /* the same, or what a sandbox drew of it: only this is opened here */
  WattleRecord *document; /* what is being filed, while its bytes are kept */
  gboolean told; /* the audit trail, that it is open */
  char *number;
  const char *extension; /* (nullable): of a file from elsewhere */
  AdwWindowTitle *title;
  AdwBin *panel;
  WattlePdfView *view;
  GtkWidget *file_button;
  GtkWidget *body;
};

enum
{
  PAPER,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WattlePaperWindow, wattle_paper_window, ADW_TYPE_WINDOW)

/* What does not hold any more is neither printed nor kept: a receipt of a payment that was taken back. */
static void
set_problem (WattlePaperWindow *self, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
      || g_error_matches (error, WATTLE_ERROR, WATTLE_ERROR_CANCELLED))
    return;
  g_clear_pointer (&self->pdf, g_bytes_unref);
  g_clear_pointer (&self->shown, g_bytes_unref);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "paper.print", FALSE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "paper.save", FALSE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "paper.file", FALSE);
  wattle_pdf_view_set_problem (self->view, error->message);
}

static void
set_pdf (WattlePaperWindow *self, GBytes *pdf, GBytes *shown)
{
  g_clear_pointer (&self->pdf, g_bytes_unref);
  g_clear_pointer (&self->shown, g_bytes_unref);
  self->pdf = g_bytes_ref (pdf);
  self->shown = g_bytes_ref (shown);
  wattle_pdf_view_set_bytes (self->view, shown);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "paper.print", TRUE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "paper.save", TRUE);
}

/* What filing it will say: made now, since only this thread may be asked for the paper. */
static void
prepare_document (WattlePaperWindow *self, const WattlePaper *paper)
{
  g_clear_object (&self->document);
  self->document = wattle_record_new (WATTLE_RECORD_DOCUMENT);
  wattle_record_set_string (self->document, WATTLE_DOCUMENT_PATIENT, paper->patient);
  wattle_record_set_integer (self->document, WATTLE_DOCUMENT_KIND, paper->kind);
  wattle_record_set_string (self->document, WATTLE_DOCUMENT_TITLE, paper->title);
  wattle_record_set_integer (self->document, WATTLE_DOCUMENT_DOCUMENT_DATE,
                             paper->date != 0 ? paper->date : wattle_context_today (self->context));
  wattle_record_set_string (self->document, WATTLE_DOCUMENT_MEDIA_TYPE, "application/pdf");
  wattle_record_set_integer (self->document, WATTLE_DOCUMENT_SIZE, g_bytes_get_size (paper->pdf));
  wattle_record_set_string (self->document, WATTLE_DOCUMENT_SOURCE, paper->source);
}

static void
set_title (WattlePaperWindow *self, const char *title, const char *subtitle)
{
  adw_window_title_set_title (self->title, title);
  adw_window_title_set_subtitle (self->title, subtitle != NULL ? subtitle : "");
  gtk_window_set_title (GTK_WINDOW (self), title);
}

/* An invoice is no clinical record. */
static void
tell_opened (WattlePaperWindow *self, const char *patient, WattleRecord *record)
{
  if (!self->told && record != NULL && wattle_record_type (record)->id != WATTLE_RECORD_INVOICE)
    wattle_tell_opened (self->context, patient, wattle_record_type (record)->id, wattle_record_id (record));
  self->told = TRUE;
}

static void
made_cb (gpointer owner, gpointer result, const GError *error)
{
  WattlePaperWindow *self = owner;
  WattlePaper *paper = result;

  if (error != NULL)
    {
      set_problem (self, error);
      return;
    }
  set_title (self, paper->title, paper->subtitle);
  g_free (self->number);
  self->number = g_strdup (paper->number);
  prepare_document (self, paper);
  gtk_widget_set_visible (self->file_button, wattle_context_may (self->context, "document.file"));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "paper.file", !paper->filed);
  gtk_widget_set_tooltip_text (self->file_button, paper->filed ? _("It is in the chart already")
                                                               : _("Keep this PDF among the patient's documents"));
  set_pdf (self, paper->pdf, paper->pdf);
  tell_opened (self, paper->patient, paper->record);
  g_signal_emit (self, signals[PAPER], 0, paper);
}

static void
make (WattlePaperWindow *self)
{
  if (self->work == NULL || !wattle_context_is_ready (self->context))
    return;
  /* Of two that are made at once the later one counts, whichever is ready first. */
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  wattle_context_load (self->context, self->work, g_variant_ref (self->arguments), (GDestroyNotify) wattle_paper_free,
                       self->cancellable, self, made_cb);
}

static void
changed_cb (WattleContext *context, guint64 types, WattlePaperWindow *self)
{
  if ((types & self->reads) != 0)
    make (self);
}

/* What cannot be drawn can be saved still. */
static void
redrawn_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattlePaperWindow) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) shown = wattle_sandbox_redraw_finish (result, &error);

  if (shown != NULL && self->pdf != NULL)
    {
      g_autoptr (GBytes) pdf = g_bytes_ref (self->pdf);

      set_pdf (self, pdf, shown);
    }
  else if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    wattle_pdf_view_set_problem (self->view, error->message);
}

static void
blob_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattlePaperWindow) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = wattle_client_get_blob_finish (WATTLE_CLIENT (source), result, &error);

  if (bytes == NULL)
    {
      set_problem (self, error);
      return;
    }
  self->pdf = g_steal_pointer (&bytes);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "paper.save", TRUE);
  wattle_sandbox_redraw_async (self->pdf, self->cancellable, redrawn_cb, g_object_ref (self));
}

static gboolean
filed_cb (GtkWidget *widget, const char *operation_id, const GError *error, gpointer data)
{
  WattlePaperWindow *self = WATTLE_PAPER_WINDOW (widget);

  gtk_widget_action_set_enabled (widget, "paper.file", error != NULL);
  if (error == NULL)
    wattle_toast (self->body, _("Filed in the chart"));
  return FALSE;
}

static void
put_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattlePaperWindow) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *hash = wattle_client_put_blob_finish (WATTLE_CLIENT (source), result, &error);
  g_autofree char *json = NULL;
  g_autofree char *args = NULL;
  g_autofree char *id = NULL;

  if (hash == NULL || self->document == NULL)
    {
      gtk_widget_action_set_enabled (GTK_WIDGET (self), "paper.file", TRUE);
      wattle_show_error (GTK_WIDGET (self), error);
      return;
    }
  id = wattle_id_new ();
  wattle_record_set_id (self->document, id);
  wattle_record_set_string (self->document, WATTLE_DOCUMENT_HASH, hash);
  json = wattle_record_to_json (self->document);
  args = g_strdup_printf ("{\"document\":%s}", json);
  wattle_perform (GTK_WIDGET (self), self->context, "document.file", args, filed_cb, NULL);
}

static void
file_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WattlePaperWindow *self = WATTLE_PAPER_WINDOW (widget);

  if (self->document == NULL || self->pdf == NULL || !wattle_context_is_ready (self->context))
    return;
  gtk_widget_action_set_enabled (widget, "paper.file", FALSE);
  wattle_client_put_blob_async (wattle_context_client (self->context), self->pdf, NULL, put_cb, g_object_ref (self));
}

static void
print_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  wattle_paper_window_print (WATTLE_PAPER_WINDOW (widget));
}

static void
save_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WattlePaperWindow *self = WATTLE_PAPER_WINDOW (widget);
  const char *extension = self->extension != NULL ? self->extension : ".pdf";
  g_autofree char *file = g_strconcat (self->number, g_str_has_suffix (self->number, extension) ? "" : extension, NULL);

  wattle_pdf_save (self->body, self->pdf, g_strdelimit (file, "/\\:", '-'));
}

static void
wattle_paper_window_dispose (GObject *object)
{
  WattlePaperWindow *self = WATTLE_PAPER_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->context);
  g_clear_object (&self->document);
  g_clear_pointer (&self->arguments, g_variant_unref);
  g_clear_pointer (&self->pdf, g_bytes_unref);
  g_clear_pointer (&self->shown, g_bytes_unref);
  g_clear_pointer (&self->number, g_free);
  G_OBJECT_CLASS (wattle_paper_window_parent_class)->dispose (object);
}

static void
wattle_paper_window_class_init (WattlePaperWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_paper_window_dispose;
  signals[PAPER] = g_signal_new ("paper", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, G_TYPE_POINTER);
  g_type_ensure (WATTLE_TYPE_PDF_VIEW);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_DIALOG);
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/papers/paper-window.ui");
  gtk_widget_class_bind_template_child (widget_class, WattlePaperWindow, title);
  gtk_widget_class_bind_template_child (widget_class, WattlePaperWindow, panel);
  gtk_widget_class_bind_template_child (widget_class, WattlePaperWindow, view);
  gtk_widget_class_bind_template_child (widget_class, WattlePaperWindow, file_button);
  gtk_widget_class_bind_template_child (widget_class, WattlePaperWindow, body);
  gtk_widget_class_install_action (widget_class, "paper.print", NULL, print_action);
  gtk_widget_class_install_action (widget_class, "paper.save", NULL, save_action);
  gtk_widget_class_install_action (widget_class, "paper.file", NULL, file_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_p, GDK_CONTROL_MASK, "paper.print", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_s, GDK_CONTROL_MASK, "paper.save", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_w, GDK_CONTROL_MASK, "window.close", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
wattle_paper_window_init (WattlePaperWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->cancellable = g_cancellable_new ();
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "paper.print", FALSE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "paper.save", FALSE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "paper.file", FALSE);
}

/**
 * wattle_paper_window_new:
 * @parent: where the person asked
 * @context: the context
 *
 * Returns: (transfer none): the window, owned by the toolkit
 */
WattlePaperWindow *
wattle_paper_window_new (GtkWidget *parent, WattleContext *context)
{
  GtkRoot *root = gtk_widget_get_root (parent);
  WattlePaperWindow *self = g_object_new (WATTLE_TYPE_PAPER_WINDOW, "transient-for",
                                          GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, NULL);

  self->context = g_object_ref (context);
  g_signal_connect_object (context, "changed", G_CALLBACK (changed_cb), self, 0);
  return self;
}

/**
 * wattle_paper_window_show_work:
 * @self: the window
 * @work: makes a #WattlePaper
 * @arguments: its data; consumed when floating
 * @reads: bit mask of the WattleRecordType that it prints; it is made again when one changes
 */
void
wattle_paper_window_show_work (WattlePaperWindow *self, WattleStoreWork work, GVariant *arguments, guint64 reads)
{
  g_clear_pointer (&self->arguments, g_variant_unref);
  self->arguments = g_variant_ref_sink (arguments);
  self->work = work;
  self->reads = reads;
  make (self);
}

static const char *
extension_of (const char *media)
{
  static const char *const known[][2] = { { "application/pdf", ".pdf" },
                                          { "image/png", ".png" },
                                          { "image/jpeg", ".jpg" } };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_strcmp0 (media, known[i][0]) == 0)
      return known[i][1];
  return NULL;
}

/**
 * wattle_paper_window_show_document:
 * @self: the window
 * @document: a file in a chart, whose bytes are fetched when they are not here
 */
void
wattle_paper_window_show_document (WattlePaperWindow *self, WattleRecord *document)
{
  const char *media = wattle_record_get_string (document, WATTLE_DOCUMENT_MEDIA_TYPE);

  set_title (self, wattle_record_get_string (document, WATTLE_DOCUMENT_TITLE), NULL);
  self->number = g_strdup (wattle_record_get_string (document, WATTLE_DOCUMENT_TITLE));
  gtk_widget_set_visible (self->file_button, FALSE);
  tell_opened (self, wattle_record_get_string (document, WATTLE_DOCUMENT_PATIENT), document);
  self->extension = extension_of (media);
  if (self->extension == NULL)
    wattle_pdf_view_set_problem (self->view, _("Only PDF documents and PNG or JPEG pictures are shown here."));
  else if (wattle_context_is_ready (self->context))
    wattle_client_get_blob_async (wattle_context_client (self->context),
                                  wattle_record_get_string (document, WATTLE_DOCUMENT_HASH), self->cancellable, blob_cb,
                                  g_object_ref (self));
}

/**
 * wattle_paper_window_set_panel:
 * @self: the window
 * @panel: (transfer floating): what stands above the document
 */
void
wattle_paper_window_set_panel (WattlePaperWindow *self, GtkWidget *panel)
{
  adw_bin_set_child (self->panel, panel);
}

/**
 * wattle_paper_window_print:
 * @self: the window
 *
 * Asks for a printer, when the document is there.
 */
void
wattle_paper_window_print (WattlePaperWindow *self)
{
  if (self->shown != NULL)
    wattle_pdf_print (GTK_WIDGET (self), self->shown, self->number);
}

/**
 * wattle_paper_window_body:
 * @self: the window
 *
 * Returns: (transfer none): what is inside its toast overlay, for wattle_toast()
 */
GtkWidget *
wattle_paper_window_body (WattlePaperWindow *self)
{
  return self->body;
}
