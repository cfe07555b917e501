/* call-window.c: a video visit from its green room to the sentence of what was filed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/telehealth/call-window.h"

#include <glib/gi18n-lib.h>

#include "app/telehealth/call-actions.h"
#include "app/telehealth/call-page.h"
#include "app/telehealth/green-room.h"
#include "app/widgets/display.h"
#include "app/widgets/feedback.h"
#include "base/civil-text.h"
#include "base/clock.h"

#define NOTIFICATION "call"

struct _WattleCallWindow
{
  AdwApplicationWindow parent;
  WattleCallSession *session;
  WattleCallActions *actions;
  GtkWidget *header;
  AdwWindowTitle *title;
  GtkMenuButton *verify;
  GtkPopover *verify_popover;
  GtkLabel *verify_text;
  GtkLabel *code;
  GtkWidget *verify_buttons;
  GtkWidget *menu;
  GtkStack *stack;
  WattleGreenRoom *green;
  AdwStatusPage *waiting;
  GtkLabel *word;
  WattleCallPage *page;
  AdwStatusPage *over;
  GtkButton *again;
  GtkWidget *write;
  gboolean waited; /* in the waiting room, when we last looked */
  guint n_waiting; /* others there, likewise */
};

G_DEFINE_FINAL_TYPE (WattleCallWindow, wattle_call_window, ADW_TYPE_APPLICATION_WINDOW)

static WattleConsult *
consult (WattleCallWindow *self)
{
  return wattle_call_session_consult (self->session);
}

static const char *
quality_words (const char *quality)
{
  if (g_strcmp0 (quality, "good") == 0)
    return _("Good connection");
  if (g_strcmp0 (quality, "fair") == 0)
    return _("Fair connection");
  if (g_strcmp0 (quality, "poor") == 0)
    return _("Weak connection");
  return _("Connected");
}

/* The one that the clinician came for, or whoever else is there (nullable). */
static const WattleConsultPerson *
counterpart (WattleCallWindow *self)
{
  const WattleConsultPerson *found = NULL;

  for (guint i = 0; i < wattle_consult_n_people (consult (self)); i++)
    {
      const WattleConsultPerson *person = wattle_consult_person (consult (self), i);

      if (person->present && !person->waiting && (found == NULL || g_str_equal (person->role, "patient")))
        found = person;
    }
  return found;
}

static void
show_subtitle (WattleCallWindow *self)
{
  const WattleConsultPerson *person = counterpart (self);
  gint64 seconds = wattle_consult_connected_seconds (consult (self));
  g_autofree char *subtitle = NULL;

  if (wattle_consult_state (consult (self)) == WATTLE_CONSULT_CONNECTED && person != NULL)
    subtitle =
      g_strdup_printf ("%d:%02d · %s", (int) (seconds / 60), (int) (seconds % 60), quality_words (person->quality));
  else if (seconds > 0 && wattle_consult_state (consult (self)) != WATTLE_CONSULT_ENDED)
    subtitle = g_strdup_printf (_("%d:%02d · paused"), (int) (seconds / 60), (int) (seconds % 60));
  adw_window_title_set_subtitle (self->title, subtitle != NULL ? subtitle : "");
}

static void
show_verification (WattleCallWindow *self)
{
  const WattleConsultPerson *person = counterpart (self);
  gboolean has_code = person != NULL && person->code != NULL
                      && wattle_consult_state (consult (self)) != WATTLE_CONSULT_ENDED;
  g_autofree char *name = NULL;
  g_autofree char *text = NULL;
  const char *state;

  gtk_widget_set_visible (GTK_WIDGET (self->verify), has_code);
  if (!has_code)
    return;
  name = wattle_call_session_name_of (self->session, person);
  state = person->verified ? _("Verified") : _("Not verified");
  gtk_menu_button_set_icon_name (self->verify,
                                 person->verified ? "channel-secure-symbolic" : "channel-insecure-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->verify), state);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->verify), GTK_ACCESSIBLE_PROPERTY_LABEL, state, -1);
  text = person->verified
           ? g_strdup_printf (_("Picture and sound go to the device of %s and to nobody else."), name)
           : g_strdup_printf (_("Picture and sound are encrypted all the way. To be sure that nobody stands between, "
                                 "read this code to %s: it must be the same there."),
                              name);
  gtk_label_set_label (self->verify_text, text);
  gtk_label_set_label (self->code, person->code);
  gtk_widget_set_visible (GTK_WIDGET (self->code), !person->verified);
  gtk_widget_set_visible (self->verify_buttons, !person->verified);
}

/* A status page reads markup; names and what others write are none. */
static void
describe (AdwStatusPage *page, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  adw_status_page_set_description (page, escaped);
}

static void
show_waiting (WattleCallWindow *self)
{
  WattleContext *context = wattle_call_session_context (self->session);
  g_autofree char *since =
    wattle_display_time (wattle_consult_waiting_since (consult (self)), wattle_context_zone (context));
  g_autofree char *text =
    g_strdup_printf (_("You came at %s. %s will let you in. You are neither seen nor heard yet."), since,
                     wattle_call_session_title (self->session));
  const char *note = wattle_consult_note (consult (self));

  describe (self->waiting, text);
  gtk_label_set_label (self->word, note != NULL ? note : "");
  gtk_widget_set_visible (GTK_WIDGET (self->word), note != NULL && *note != '\0');
}

static void
show_over (WattleCallWindow *self)
{
  const char *sentence = wattle_consult_end_sentence (consult (self));
  const char *reason = wattle_consult_end_reason (consult (self));
  g_autofree char *filed = wattle_call_session_filed (self->session);
  const char *unsent = wattle_call_page_unsent (self->page);
  g_autofree char *kept = *unsent != '\0' ? g_strdup_printf (_("You had not sent: “%s”"), unsent) : NULL;
  g_autofree char *text =
    sentence != NULL ? g_strjoin ("\n\n", sentence, filed, kept, NULL) : g_strjoin ("\n\n", filed, kept, NULL);
  gboolean elsewhere = g_strcmp0 (reason, "elsewhere") == 0;
  static const char *const final[] = { "denied", "removed", "forged", "closed", "late", NULL };

  describe (self->over, text);
  gtk_button_set_label (self->again, elsewhere ? _("_Join Here Instead") : _("_Join Again"));
  gtk_widget_set_visible (GTK_WIDGET (self->again), reason == NULL || !g_strv_contains (final, reason));
  gtk_widget_set_visible (self->write, wattle_call_session_may_write (self->session));
}

static GtkWidget *
page_for (WattleCallWindow *self, WattleConsultState state)
{
  switch (state)
    {
    case WATTLE_CONSULT_GREEN_ROOM:
      return GTK_WIDGET (self->green);
    case WATTLE_CONSULT_WAITING:
      return GTK_WIDGET (self->waiting);
    case WATTLE_CONSULT_ENDED:
      return GTK_WIDGET (self->over);
    case WATTLE_CONSULT_ENTERING:
    case WATTLE_CONSULT_ALONE:
    case WATTLE_CONSULT_CONNECTING:
    case WATTLE_CONSULT_CONNECTED:
    case WATTLE_CONSULT_RECONNECTING:
    default:
      return GTK_WIDGET (self->page);
    }
}

/* For whoever looks elsewhere. The desktop may show it to anybody, also while it is locked: it names nobody. */
static void
notify (WattleCallWindow *self, const char *title)
{
  g_autoptr (GNotification) notification = g_notification_new (title);

  if (gtk_window_is_active (GTK_WINDOW (self)))
    return;
  g_notification_set_priority (notification, G_NOTIFICATION_PRIORITY_HIGH);
  g_notification_set_default_action (notification, "app.show-call");
  g_application_send_notification (g_application_get_default (), NOTIFICATION, notification);
}

static void
active_cb (WattleCallWindow *self)
{
  if (gtk_window_is_active (GTK_WINDOW (self)))
    g_application_withdraw_notification (g_application_get_default (), NOTIFICATION);
}

/* That one is let in, and that somebody came to be let in, is waited for. */
static void
notify_waiting (WattleCallWindow *self, WattleConsultState state)
{
  guint n_waiting = 0;

  for (guint i = 0; i < wattle_consult_n_people (consult (self)); i++)
    n_waiting += wattle_consult_person (consult (self), i)->waiting ? 1 : 0;
  if (n_waiting > self->n_waiting && wattle_consult_may (consult (self), "admit"))
    notify (self, _("Somebody is in the waiting room"));
  self->n_waiting = n_waiting;
  if (self->waited && state > WATTLE_CONSULT_WAITING && state != WATTLE_CONSULT_ENDED)
    notify (self, _("You are let into your video visit"));
  /* Whoever enters again after a broken line waits still. */
  if (state != WATTLE_CONSULT_ENTERING)
    self->waited = state == WATTLE_CONSULT_WAITING;
}

static void
changed_cb (WattleCallWindow *self)
{
  WattleConsultState state = wattle_consult_state (consult (self));
  gboolean in_call = page_for (self, state) == GTK_WIDGET (self->page);

  wattle_call_actions_update (self->actions, in_call);
  notify_waiting (self, state);
  show_subtitle (self);
  show_verification (self);
  if (state == WATTLE_CONSULT_WAITING)
    show_waiting (self);
  if (state == WATTLE_CONSULT_ENDED)
    show_over (self);
  gtk_widget_set_visible (self->menu, in_call);
  gtk_stack_set_visible_child (self->stack, page_for (self, state));
}

static void
ready_cb (WattleCallWindow *self)
{
  const char *who = wattle_call_session_title (self->session);

  adw_window_title_set_title (self->title, who);
  gtk_window_set_title (GTK_WINDOW (self), who);
  if (!wattle_call_session_is_desk (self->session))
    return;
  wattle_call_session_join (self->session);
  wattle_call_page_show_panel (self->page, "people");
}

static void
join_cb (WattleCallWindow *self)
{
  wattle_call_session_join (self->session);
}

static void
again_cb (WattleCallWindow *self)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));
  WattleContext *context = wattle_call_session_context (self->session);
  WattleGuestPass *pass = wattle_call_session_pass (self->session);
  const char *visit = wattle_call_session_visit_id (self->session);
  g_autoptr (GError) error = NULL;

  if (g_strcmp0 (wattle_consult_end_reason (consult (self)), "elsewhere") == 0)
    {
      if (wattle_call_session_start (self->session, &error))
        wattle_consult_replace (consult (self));
      else
        wattle_show_error (GTK_WIDGET (self), error);
      return;
    }
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  wattle_call_session_close (self->session);
  if (pass != NULL)
    wattle_call_window_open (application, wattle_call_session_new_guest (context, pass));
  else if (wattle_context_is_ready (context))
    wattle_call_window_open (application, wattle_call_session_new (context, visit));
  gtk_window_destroy (GTK_WINDOW (self));
}

static void
write_cb (WattleCallWindow *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "app.write-note", "s", wattle_call_session_visit_id (self->session));
}

static void
confirm (WattleCallWindow *self, gboolean same)
{
  const WattleConsultPerson *person = counterpart (self);

  gtk_popover_popdown (self->verify_popover);
  if (person != NULL)
    wattle_consult_confirm_code (consult (self), person->id, same);
}

static void
same_cb (WattleCallWindow *self)
{
  confirm (self, TRUE);
}

static void
differs_cb (WattleCallWindow *self)
{
  confirm (self, FALSE);
}

static void
leave_cb (WattleCallWindow *self)
{
  wattle_call_session_close (self->session);
  gtk_window_destroy (GTK_WINDOW (self));
}

/* Closing by accident must not end a consult. */
static gboolean
wattle_call_window_close_request (GtkWindow *window)
{
  WattleCallWindow *self = WATTLE_CALL_WINDOW (window);
  WattleConsultState state = wattle_consult_state (consult (self));

  if (state == WATTLE_CONSULT_CONNECTED || state == WATTLE_CONSULT_RECONNECTING)
    {
      wattle_confirm (GTK_WIDGET (self), _("Leave the Call?"),
                      _("The others stay in the room, and you can come back."), _("_Leave"), TRUE,
                      G_CALLBACK (leave_cb), self);
      return TRUE;
    }
  wattle_call_session_close (self->session);
  return GTK_WINDOW_CLASS (wattle_call_window_parent_class)->close_request (window);
}

static void
fullscreened_cb (WattleCallWindow *self)
{
  gboolean full = gtk_window_is_fullscreen (GTK_WINDOW (self));

  gtk_widget_set_visible (self->header, !full);
  if (self->actions != NULL)
    wattle_call_actions_set_fullscreen (self->actions, full);
}

static void
escape_cb (WattleCallWindow *self)
{
  if (gtk_window_is_fullscreen (GTK_WINDOW (self)))
    gtk_window_unfullscreen (GTK_WINDOW (self));
}

static void
wattle_call_window_dispose (GObject *object)
{
  WattleCallWindow *self = WATTLE_CALL_WINDOW (object);

  if (self->session != NULL)
    wattle_call_session_close (self->session);
  g_clear_pointer (&self->actions, wattle_call_actions_free);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (wattle_call_window_parent_class)->dispose (object);
}

static void
escape_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  escape_cb (WATTLE_CALL_WINDOW (widget));
}

static void
wattle_call_window_class_init (WattleCallWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_call_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = wattle_call_window_close_request;
  g_type_ensure (WATTLE_TYPE_GREEN_ROOM);
  g_type_ensure (WATTLE_TYPE_CALL_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/telehealth/call-window.ui");
#define CHILD(name) gtk_widget_class_bind_template_child (widget_class, WattleCallWindow, name)
  CHILD (header);
  CHILD (title);
  CHILD (verify);
  CHILD (verify_popover);
  CHILD (verify_text);
  CHILD (code);
  CHILD (verify_buttons);
  CHILD (menu);
  CHILD (stack);
  CHILD (green);
  CHILD (waiting);
  CHILD (word);
  CHILD (page);
  CHILD (over);
  CHILD (again);
  CHILD (write);
#undef CHILD
  gtk_widget_class_bind_template_callback (widget_class, join_cb);
  gtk_widget_class_bind_template_callback (widget_class, again_cb);
  gtk_widget_class_bind_template_callback (widget_class, write_cb);
  gtk_widget_class_bind_template_callback (widget_class, same_cb);
  gtk_widget_class_bind_template_callback (widget_class, differs_cb);
  gtk_widget_class_install_action (widget_class, "window.leave-fullscreen", NULL, escape_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.leave-fullscreen", NULL);
  wattle_call_actions_bind_keys (widget_class);
}

static void
wattle_call_window_init (WattleCallWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->actions = wattle_call_actions_new (GTK_WINDOW (self), self->page, self->verify);
  g_signal_connect (self, "notify::is-active", G_CALLBACK (active_cb), NULL);
  g_signal_connect (self, "notify::fullscreened", G_CALLBACK (fullscreened_cb), NULL);
}

/**
 * wattle_call_window_open:
 * @application: the application
 * @session: (transfer full): a consult in its green room
 *
 * Shows it in a window of its own.
 */
void
wattle_call_window_open (GtkApplication *application, WattleCallSession *session)
{
  WattleCallWindow *self = g_object_new (WATTLE_TYPE_CALL_WINDOW, "application", application, NULL);

  self->session = session;
  wattle_call_actions_set_session (self->actions, session);
  g_signal_connect_object (self->session, "ready", G_CALLBACK (ready_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (consult (self), "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  wattle_call_page_set_desk (self->page, wattle_call_session_is_desk (self->session));
  wattle_call_page_set_session (self->page, self->session);
  if (!wattle_call_session_is_desk (self->session))
    wattle_green_room_set_session (self->green, self->session);
  changed_cb (self);
  gtk_window_present (GTK_WINDOW (self));
}

/**
 * wattle_call_window_find:
 * @application: the application
 * @visit: (nullable): id of an appointment
 * @pass: (nullable): or that of a guest
 *
 * Brings the window of that visit, or of that guest, to the front.
 *
 * Returns: whether there is one
 */
gboolean
wattle_call_window_find (GtkApplication *application, const char *visit, WattleGuestPass *pass)
{
  for (GList *l = gtk_application_get_windows (application); l != NULL; l = l->next)
    {
      WattleCallSession *session = WATTLE_IS_CALL_WINDOW (l->data) ? WATTLE_CALL_WINDOW (l->data)->session : NULL;

      if (session != NULL && gtk_widget_get_visible (l->data) && wattle_call_session_pass (session) == pass
          && g_strcmp0 (wattle_call_session_visit_id (session), visit) == 0)
        {
          gtk_window_present (l->data);
          return TRUE;
        }
    }
  return FALSE;
}
