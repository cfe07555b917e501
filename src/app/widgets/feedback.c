/* feedback.c: doing an operation from a view, and telling the person what came of it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/widgets/feedback.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"

typedef struct
{
  GWeakRef widget;
  WattlePerformed performed;
  gpointer data;
} Call;

typedef struct
{
  GWeakRef widget;
  GWeakRef context;
  char *name;
  char *args;
} Undo;

static void
undo_free (gpointer data, GClosure *closure)
{
  Undo *undo = data;

  g_weak_ref_clear (&undo->widget);
  g_weak_ref_clear (&undo->context);
  g_free (undo->name);
  g_free (undo->args);
  g_free (undo);
}

static const char *
heading_of (const GError *error)
{
  if (error->domain != WATTLE_ERROR)
    return _("That did not work");
  switch ((WattleErrorCode) error->code)
    {
    case WATTLE_ERROR_INVALID:
      return _("Something needs correcting");
    case WATTLE_ERROR_CONFLICT:
      return _("Somebody was there first");
    case WATTLE_ERROR_FORBIDDEN:
      return _("Not allowed");
    case WATTLE_ERROR_OFFLINE:
      return _("No connection");
    case WATTLE_ERROR_DISK_FULL:
      return _("The disk is full");
    default:
      return _("That did not work");
    }
}

static void
performed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Call *call = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = wattle_client_perform_finish (WATTLE_CLIENT (source), result, &error);
  g_autoptr (GtkWidget) widget = g_weak_ref_get (&call->widget);
  gboolean shown = FALSE;

  if (widget != NULL && call->performed != NULL)
    shown = call->performed (widget, id, error, call->data);
  if (error != NULL && !shown)
    wattle_show_error (widget, error);
  g_weak_ref_clear (&call->widget);
  g_free (call);
}

static void
undo_cb (AdwToast *toast, gpointer data)
{
  Undo *undo = data;
  g_autoptr (GtkWidget) widget = g_weak_ref_get (&undo->widget);
  g_autoptr (WattleContext) context = g_weak_ref_get (&undo->context);

  if (widget != NULL && context != NULL)
    wattle_perform (widget, context, undo->name, undo->args, NULL, NULL);
}

/* A toast reads markup; names of files and people are none. */
static AdwToast *
new_toast (const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  return adw_toast_new (escaped);
}

static void
add_toast (GtkWidget *widget, AdwToast *toast)
{
  GtkWidget *overlay = gtk_widget_get_ancestor (widget, ADW_TYPE_TOAST_OVERLAY);
  AdwToast *last;

  if (overlay == NULL)
    {
      g_object_unref (toast);
      return;
    }
  /* The way back that is offered is that of the latest act, never of one before it in a queue. */
  last = g_object_get_data (G_OBJECT (overlay), "last-toast");
  if (last != NULL)
    adw_toast_dismiss (last);
  g_object_set_data_full (G_OBJECT (overlay), "last-toast", g_object_ref (toast), g_object_unref);
  adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), toast);
}

/**
 * wattle_perform:
 * @widget: where the person asked; nothing is called once it is gone
 * @context: the context
 * @name: the operation, such as "appointment.book"
 * @args: its arguments, a JSON object
 * @performed: (nullable): told when the change is safe on this disk, or not done
 * @data: for @performed
 *
 * Does an operation. An error is shown as a sentence unless @performed showed it.
 */
void
wattle_perform (GtkWidget *widget,
                WattleContext *context,
                const char *name,
                const char *args,
                WattlePerformed performed,
                gpointer data)
{
  Call *call;

  if (!wattle_context_is_ready (context))
    return;
  call = g_new0 (Call, 1);
  g_weak_ref_init (&call->widget, widget);
  call->performed = performed;
  call->data = data;
  wattle_client_perform_async (wattle_context_client (context), name, args, NULL, performed_cb, call);
}

/* Later, when a page that was done has gone, and a field that is wrong has the keyboard already. */
static gboolean
give_back_cb (gpointer data)
{
  GtkWidget *before = data;
  GtkRoot *root = gtk_widget_get_root (before);

  if (root == NULL || gtk_root_get_focus (root) != NULL || !gtk_widget_get_mapped (before))
    return G_SOURCE_REMOVE;
  if (GTK_IS_TEXT (before))
    gtk_text_grab_focus_without_selecting (GTK_TEXT (before));
  else
    gtk_widget_grab_focus (before);
  return G_SOURCE_REMOVE;
}

/**
 * wattle_set_busy:
 * @area: a form
 * @busy: whether it waits for an answer, and takes neither keys nor clicks until then
 *
 * What had the keyboard gets it back afterwards. It is taken away first: the
 * toolkit does not tell an entry that turns insensitive, and warns of its cursor.
 */
void
wattle_set_busy (GtkWidget *area, gboolean busy)
{
  GtkRoot *root = gtk_widget_get_root (area);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  GtkWidget *before;

  if (busy && focus != NULL && (focus == area || gtk_widget_is_ancestor (focus, area)))
    {
      g_object_set_data_full (G_OBJECT (area), "wattle-focus", g_object_ref (focus), g_object_unref);
      gtk_root_set_focus (root, NULL);
    }
  gtk_widget_set_sensitive (area, !busy);
  before = busy ? NULL : g_object_steal_data (G_OBJECT (area), "wattle-focus");
  if (before != NULL)
    g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, give_back_cb, before, g_object_unref);
}

/**
 * wattle_show_error:
 * @widget: (nullable): where it happened
 * @error: what happened, in a sentence for a person
 */
void
wattle_show_error (GtkWidget *widget, const GError *error)
{
  GtkRoot *root = widget != NULL ? gtk_widget_get_root (widget) : NULL;
  GtkWidget *dialog;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
      || g_error_matches (error, WATTLE_ERROR, WATTLE_ERROR_CANCELLED))
    return;
  dialog = adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, heading_of (error),
                                   error->message);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _("_Close"));
  gtk_window_present (GTK_WINDOW (dialog));
}

static GtkWidget *
find_toasting (GtkWidget *widget)
{
  if (ADW_IS_TOAST_OVERLAY (widget))
    return adw_toast_overlay_get_child (ADW_TOAST_OVERLAY (widget));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = gtk_widget_get_mapped (child) ? find_toasting (child) : NULL;

      if (found != NULL)
        return found;
    }
  return NULL;
}

/**
 * wattle_toasting:
 * @window: a window
 *
 * A window has no overlay above it: toasts go to the one inside.
 *
 * Returns: (transfer none): what to give wattle_toast() for the window
 */
GtkWidget *
wattle_toasting (GtkWidget *window)
{
  GtkWidget *found = find_toasting (window);

  return found != NULL ? found : window;
}

/**
 * wattle_toast:
 * @widget: anything inside the window
 * @text: a short sentence
 */
void
wattle_toast (GtkWidget *widget, const char *text)
{
  add_toast (widget, new_toast (text));
}

/**
 * wattle_toast_dismiss:
 * @widget: anything inside the window
 *
 * Takes away what the last toast says and offers: whoever sits there next did not do it.
 */
void
wattle_toast_dismiss (GtkWidget *widget)
{
  GtkWidget *overlay = gtk_widget_get_ancestor (widget, ADW_TYPE_TOAST_OVERLAY);
  AdwToast *last = overlay != NULL ? g_object_get_data (G_OBJECT (overlay), "last-toast") : NULL;

  if (last != NULL)
    adw_toast_dismiss (last);
}

/**
 * wattle_toast_undo:
 * @widget: anything inside the window
 * @context: the context
 * @text: what was done
 * @name: the operation that takes it back
 * @args: its arguments
 */
void
wattle_toast_undo (GtkWidget *widget, WattleContext *context, const char *text, const char *name, const char *args)
{
  AdwToast *toast = new_toast (text);
  GtkWidget *overlay = gtk_widget_get_ancestor (widget, ADW_TYPE_TOAST_OVERLAY);
  Undo *undo = g_new0 (Undo, 1);

  /* A row of a list is gone by then; what the toast hangs on is not. */
  g_weak_ref_init (&undo->widget, overlay != NULL ? overlay : widget);
  g_weak_ref_init (&undo->context, context);
  undo->name = g_strdup (name);
  undo->args = g_strdup (args);
  adw_toast_set_button_label (toast, _("_Undo"));
  adw_toast_set_timeout (toast, 8);
  g_signal_connect_data (toast, "button-clicked", G_CALLBACK (undo_cb), undo, undo_free, 0);
  add_toast (widget, toast);
}

typedef struct
{
  GWeakRef widget;
  GCallback confirmed;
  gpointer data;
} Question;

static void
question_free (gpointer data, GClosure *closure)
{
  Question *question = data;

  g_weak_ref_clear (&question->widget);
  g_free (question);
}

/* What is agreed to often destroys the window that asked. GTK 4.8 then leaves the question with a pointer to it. */
static void
agreed_cb (GtkWindow *dialog, const char *response, Question *question)
{
  g_autoptr (GtkWidget) widget = g_weak_ref_get (&question->widget);

  gtk_window_set_transient_for (dialog, NULL);
  if (widget != NULL)
    ((void (*) (gpointer)) question->confirmed) (question->data);
}

/**
 * wattle_confirm:
 * @widget: where the person asked
 * @heading: a question of a few words
 * @body: what it means, in a sentence
 * @verb: the label of the button that does it
 * @destructive: whether it cannot be taken back
 * @confirmed: `void (*) (gpointer data)`: called when the person agreed and @widget is still there
 * @data: for @confirmed
 */
void
wattle_confirm (GtkWidget *widget,
                const char *heading,
                const char *body,
                const char *verb,
                gboolean destructive,
                GCallback confirmed,
                gpointer data)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  GtkWidget *dialog = adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, heading, body);
  AdwMessageDialog *message = ADW_MESSAGE_DIALOG (dialog);
  Question *question = g_new0 (Question, 1);

  g_weak_ref_init (&question->widget, widget);
  question->confirmed = confirmed;
  question->data = data;
  adw_message_dialog_add_response (message, "cancel", _("_Cancel"));
  adw_message_dialog_add_response (message, "do", verb);
  adw_message_dialog_set_response_appearance (message, "do",
                                              destructive ? ADW_RESPONSE_DESTRUCTIVE : ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_close_response (message, "cancel");
  g_signal_connect_data (dialog, "response::do", G_CALLBACK (agreed_cb), question, question_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}
