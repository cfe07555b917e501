/* second-factor-dialog.c: sets up or takes away the codes of an authenticator app
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/settings/second-factor-dialog.h"

#include <glib/gi18n-lib.h>
#include <qrencode.h>

#include "app/widgets/accessible.h"
#include "app/widgets/feedback.h"

#define MODULE 4 /* pixels of one square of the code */
#define QUIET 4  /* squares of white around it, which readers need */

struct _WattleSecondFactorDialog
{
  AdwWindow parent;
  WattleContext *context;
  GtkStack *stack;
  GtkPicture *code_picture;
  GtkLabel *secret;
  GtkEditable *code;
  GtkEditable *password;
  GtkLabel *recovery;
  GtkLabel *problem;
};

G_DEFINE_FINAL_TYPE (WattleSecondFactorDialog, wattle_second_factor_dialog, ADW_TYPE_WINDOW)

typedef void (*Answered) (WattleSecondFactorDialog *self, WattleJsonNode answer);

typedef struct
{
  WattleSecondFactorDialog *dialog;
  Answered answered;
  GtkEditable *typed; /* in which the person typed what the server is asked about, or NULL */
} Call;

static void
show_problem (WattleSecondFactorDialog *self, const char *sentence)
{
  gtk_label_set_label (self->problem, sentence != NULL ? sentence : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), sentence != NULL);
}

static void
called_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Call *call = data;
  g_autoptr (WattleSecondFactorDialog) self = call->dialog;
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleJson) answer = wattle_client_call_finish (WATTLE_CLIENT (source), result, &error);

  wattle_set_busy (GTK_WIDGET (self->stack), FALSE);
  show_problem (self, error != NULL ? error->message : NULL);
  if (error != NULL && call->typed != NULL)
    {
      /* What was not sensitive has lost the keyboard; the next code replaces the wrong one. */
      gtk_widget_grab_focus (GTK_WIDGET (call->typed));
      gtk_editable_select_region (call->typed, 0, -1);
    }
  if (error == NULL)
    call->answered (self, answer != NULL ? wattle_json_root (answer) : (WattleJsonNode){ NULL, 0 });
}

static void
call_server (WattleSecondFactorDialog *self, const char *method, const char *member, GtkEditable *typed,
             Answered answered)
{
  GString *body = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (body);
  g_autofree char *json = NULL;
  Call *call = g_new0 (Call, 1);

  wattle_json_begin_object (&writer);
  if (typed != NULL)
    wattle_json_pair_string (&writer, member, gtk_editable_get_text (typed));
  wattle_json_end_object (&writer);
  json = g_string_free (body, FALSE);
  call->dialog = g_object_ref (self);
  call->answered = answered;
  call->typed = typed;
  wattle_set_busy (GTK_WIDGET (self->stack), TRUE);
  wattle_client_call_async (wattle_context_client (self->context), method, "/account/totp", json, NULL, called_cb,
                            call);
}

static GdkTexture *
draw_code (const char *text)
{
  QRcode *code = QRcode_encodeString (text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
  g_autoptr (GBytes) bytes = NULL;
  guint8 *pixels;
  int side;

  if (code == NULL)
    return NULL;
  side = (code->width + 2 * QUIET) * MODULE;
  pixels = g_malloc (side * side * 3);
  for (int y = 0; y < side; y++)
    for (int x = 0; x < side; x++)
      {
        int column = x / MODULE - QUIET;
        int row = y / MODULE - QUIET;
        gboolean inside = column >= 0 && row >= 0 && column < code->width && row < code->width;
        gboolean black = inside && (code->data[row * code->width + column] & 1) != 0;

        memset (pixels + (y * side + x) * 3, black ? 0 : 255, 3);
      }
  QRcode_free (code);
  bytes = g_bytes_new_take (pixels, side * side * 3);
  return gdk_memory_texture_new (side, side, GDK_MEMORY_R8G8B8, bytes, side * 3);
}

static void
began (WattleSecondFactorDialog *self, WattleJsonNode answer)
{
  const char *secret = wattle_json_member_string (answer, "secret");
  const char *uri = wattle_json_member_string (answer, "uri");
  g_autoptr (GString) groups = g_string_new (NULL);
  g_autoptr (GdkTexture) texture = uri != NULL ? draw_code (uri) : NULL;

  /* In groups, which are typed with fewer slips. */
  for (const char *at = secret; at != NULL && *at != '\0'; at++)
    g_string_append_printf (groups, "%s%c", at != secret && (at - secret) % 4 == 0 ? " " : "", *at);
  gtk_label_set_label (self->secret, groups->str);
  gtk_picture_set_paintable (self->code_picture, GDK_PAINTABLE (texture));
  gtk_stack_set_visible_child_name (self->stack, "scan");
  gtk_widget_grab_focus (GTK_WIDGET (self->code));
}

static void
confirmed (WattleSecondFactorDialog *self, WattleJsonNode answer)
{
  WattleJsonIter iter = wattle_json_iter (wattle_json_member (answer, "recovery_codes"));
  WattleJsonNode code;
  const char *name;
  GString *codes = g_string_new (NULL);
  g_autofree char *text = NULL;

  while (wattle_json_next (&iter, &name, &code))
    g_string_append_printf (codes, "%s%s", codes->len > 0 ? "\n" : "", wattle_json_string (code));
  text = g_string_free (codes, FALSE);
  gtk_label_set_label (self->recovery, text);
  gtk_stack_set_visible_child_name (self->stack, "done");
  /* Whoever was kept out for want of it goes on. */
  wattle_client_sync_now (wattle_context_client (self->context));
}

static void
removed (WattleSecondFactorDialog *self, WattleJsonNode answer)
{
  gtk_editable_set_text (self->password, "");
  wattle_toast (GTK_WIDGET (self->stack), _("The second factor is off"));
}

static void
begin_cb (WattleSecondFactorDialog *self)
{
  call_server (self, "POST", NULL, NULL, began);
}

static void
confirm_cb (WattleSecondFactorDialog *self)
{
  call_server (self, "PUT", "code", self->code, confirmed);
}

static void
remove_cb (WattleSecondFactorDialog *self)
{
  if (*gtk_editable_get_text (self->password) == '\0')
    show_problem (self, _("Type your password."));
  else
    call_server (self, "DELETE", "password", self->password, removed);
}

static void
copy_cb (WattleSecondFactorDialog *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), gtk_label_get_label (self->recovery));
  wattle_toast (GTK_WIDGET (self->stack), _("Copied"));
}

static void
wattle_second_factor_dialog_dispose (GObject *object)
{
  WattleSecondFactorDialog *self = WATTLE_SECOND_FACTOR_DIALOG (object);

  g_clear_object (&self->context);
  G_OBJECT_CLASS (wattle_second_factor_dialog_parent_class)->dispose (object);
}

static void
wattle_second_factor_dialog_class_init (WattleSecondFactorDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_second_factor_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/settings/second-factor-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleSecondFactorDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, WattleSecondFactorDialog, code_picture);
  gtk_widget_class_bind_template_child (widget_class, WattleSecondFactorDialog, secret);
  gtk_widget_class_bind_template_child (widget_class, WattleSecondFactorDialog, code);
  gtk_widget_class_bind_template_child (widget_class, WattleSecondFactorDialog, password);
  gtk_widget_class_bind_template_child (widget_class, WattleSecondFactorDialog, recovery);
  gtk_widget_class_bind_template_child (widget_class, WattleSecondFactorDialog, problem);
  gtk_widget_class_bind_template_callback (widget_class, begin_cb);
  gtk_widget_class_bind_template_callback (widget_class, confirm_cb);
  gtk_widget_class_bind_template_callback (widget_class, remove_cb);
  gtk_widget_class_bind_template_callback (widget_class, copy_cb);
}

static void
wattle_second_factor_dialog_init (WattleSecondFactorDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  wattle_name_rows (GTK_WIDGET (self));
}

/**
 * wattle_second_factor_dialog_open:
 * @widget: where the person asked
 * @context: the context
 */
void
wattle_second_factor_dialog_open (GtkWidget *widget, WattleContext *context)
{
  WattleSecondFactorDialog *self = g_object_new (WATTLE_TYPE_SECOND_FACTOR_DIALOG, "transient-for",
                                                 gtk_widget_get_root (widget), NULL);

  self->context = g_object_ref (context);
  gtk_window_present (GTK_WINDOW (self));
}
