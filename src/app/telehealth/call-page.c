/* call-page.c: the call itself: pictures, what stands beside them, and the buttons below
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/telehealth/call-page.h"

#include <glib/gi18n-lib.h>

#include "app/notes/notes-page.h"
#include "app/telehealth/call-chat.h"
#include "app/telehealth/call-devices.h"
#include "app/telehealth/call-stage.h"
#include "app/telehealth/guest-dialog.h"
#include "app/telehealth/person-row.h"
#include "app/telehealth/recording-mark.h"

#define MAX_VIEWS WATTLE_CALL_MAX_PEERS
#define SAID_SECONDS 6

typedef struct
{
  char *person;
  WattleVideoView *view;
} Place;

struct _WattleCallPage
{
  AdwBin parent;
  WattleCallSession *session;
  GtkRevealer *notice;
  GtkLabel *notice_text;
  GtkButton *notice_button;
  AdwFlap *flap;
  AdwToastOverlay *toasts;
  AdwToast *trouble; /* (nullable): weak */
  char *trouble_kind;
  GtkWidget *scene;
  WattleCallStage *stage;
  AdwStatusPage *desk_page;
  GtkLabel *status;
  GtkLabel *captions;
  WattleRecordingMark *mark;
  GtkWidget *record;
  WattleVideoView *own;
  WattleStageLayout layout;
  gboolean desk;
  gboolean own_hidden;
  char *pinned; /* (nullable): who is large because the person wants it */
  GtkStack *panels;
  GtkListBox *people;
  GtkWidget *invite;
  GtkStackPage *chat_page;
  WattleCallChat *chat;
  GtkStackPage *note_page;
  AdwBin *note;
  GtkToggleButton *microphone;
  GtkToggleButton *camera;
  GtkMenuButton *devices;
  GtkToggleButton *chat_button;
  GtkToggleButton *people_button;
  Place places[MAX_VIEWS];
  guint admits; /* number of who waits and is offered in the notice; 0: the notice is about something else */
  gboolean told_people;
};

G_DEFINE_FINAL_TYPE (WattleCallPage, wattle_call_page, ADW_TYPE_BIN)

static WattleConsult *
consult (WattleCallPage *self)
{
  return wattle_call_session_consult (self->session);
}

static Place *
place_of (WattleCallPage *self, const char *person)
{
  for (guint i = 0; i < MAX_VIEWS; i++)
    if (g_strcmp0 (self->places[i].person, person) == 0)
      return &self->places[i];
  return NULL;
}

static void
sized_cb (WattleCallPage *self, int width, int height, WattleVideoView *view)
{
  const char *peer = "";

  if (self->session == NULL)
    return;
  for (guint i = 0; i < MAX_VIEWS; i++)
    if (self->places[i].view == view)
      peer = self->places[i].person;
  wattle_call_engine_set_view_size (wattle_call_session_engine (self->session), peer, (guint) width, (guint) height);
}

/* Oneself stands among the others where all are the same size, else in the corner. */
static void
show_own (WattleCallPage *self)
{
  static const char *const corner[] = { "wattle-picture", NULL };
  static const char *const none[] = { NULL };
  gboolean among = self->layout != WATTLE_STAGE_SPEAKER;

  gtk_widget_set_visible (GTK_WIDGET (self->own), !self->desk && !self->own_hidden);
  gtk_widget_set_css_classes (GTK_WIDGET (self->own), (const char **) (among ? none : corner));
  wattle_video_view_set_caption (self->own, among ? _("You") : NULL);
  g_object_set (self->own, "cover", !among, NULL);
}

static void
add_view (WattleCallPage *self, const WattleConsultPerson *person)
{
  Place *place = place_of (self, NULL);
  GtkWidget *view;

  if (place == NULL)
    return;
  view = g_object_new (WATTLE_TYPE_VIDEO_VIEW, "hexpand", TRUE, "vexpand", TRUE, NULL);
  place->person = g_strdup (person->id);
  place->view = WATTLE_VIDEO_VIEW (view);
  g_signal_connect_object (view, "sized", G_CALLBACK (sized_cb), self, G_CONNECT_SWAPPED);
  wattle_call_stage_add (self->stage, WATTLE_VIDEO_VIEW (view));
}

static void
drop_view (WattleCallPage *self, Place *place)
{
  wattle_call_stage_remove (self->stage, place->view);
  place->view = NULL;
  g_clear_pointer (&place->person, g_free);
}

static void
show_view (WattleCallPage *self, const WattleConsultPerson *person)
{
  Place *place = place_of (self, person->id);
  g_autofree char *name = wattle_call_session_name_of (self->session, person);
  g_autofree char *caption = NULL;

  if (!person->present || person->waiting)
    {
      if (place != NULL)
        drop_view (self, place);
      return;
    }
  if (place == NULL)
    add_view (self, person);
  place = place_of (self, person->id);
  if (place == NULL)
    return;
  if (person->screen)
    caption = g_strdup_printf (_("%s shows the screen"), name);
  else if (!person->microphone && person->link == WATTLE_CONSULT_LINKED)
    caption = g_strdup_printf (_("%s, microphone off"), name);
  else
    caption = g_strdup (name);
  wattle_video_view_set_person (place->view, name);
  wattle_video_view_set_caption (place->view, caption);
  wattle_video_view_set_shown (place->view, person->camera || person->screen);
}

static WattlePersonRow *
row_of (WattleCallPage *self, const char *person)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->people, i)) != NULL; i++)
    if (g_str_equal (wattle_person_row_person (WATTLE_PERSON_ROW (row)), person))
      return WATTLE_PERSON_ROW (row);
  return NULL;
}

static void
show_row (WattleCallPage *self, const WattleConsultPerson *person)
{
  WattlePersonRow *row = row_of (self, person->id);

  if (!person->present)
    {
      if (row != NULL)
        gtk_list_box_remove (self->people, GTK_WIDGET (row));
      return;
    }
  if (row != NULL)
    wattle_person_row_show (row, person);
  else
    gtk_list_box_append (self->people, wattle_person_row_new (self->session, person));
}

/* Nobody is there any more, or nobody was yet. */
static const char *
alone_text (WattleCallPage *self)
{
  if (!wattle_consult_may (consult (self), "enter"))
    return _("The waiting room of this visit.");
  for (guint i = 0; i < wattle_consult_n_people (consult (self)); i++)
    if (!wattle_consult_person (consult (self), i)->present && !wattle_consult_person (consult (self), i)->waiting)
      return wattle_call_session_is_patient (self->session)
               ? _("The others have left. Wait here if they said that they come back, else leave.")
               : _("The others have left. The room stays open until its time is over.");
  return _("Nobody else is in the room yet.");
}

static const char *
status_text (WattleCallPage *self)
{
  switch (wattle_consult_state (consult (self)))
    {
    case WATTLE_CONSULT_ENTERING:
      return _("Going to the room…");
    case WATTLE_CONSULT_ALONE:
      return alone_text (self);
    case WATTLE_CONSULT_CONNECTING:
      return _("Connecting…");
    case WATTLE_CONSULT_RECONNECTING:
      return _("The connection was lost. Trying again…");
    case WATTLE_CONSULT_GREEN_ROOM:
    case WATTLE_CONSULT_WAITING:
    case WATTLE_CONSULT_CONNECTED:
    case WATTLE_CONSULT_ENDED:
    default:
      return NULL;
    }
}

static void
set_notice (WattleCallPage *self, const char *text, const char *verb)
{
  /* A screen reader finds what is folded away, too. */
  gtk_label_set_label (self->notice_text, text != NULL ? text : "");
  /* A button gets its name, without the mnemonic, as it appears. */
  if (g_strcmp0 (gtk_button_get_label (self->notice_button), verb) != 0)
    {
      gtk_widget_set_visible (GTK_WIDGET (self->notice_button), FALSE);
      gtk_button_set_label (self->notice_button, verb != NULL ? verb : "");
    }
  gtk_widget_set_visible (GTK_WIDGET (self->notice_button), verb != NULL);
  gtk_revealer_set_reveal_child (self->notice, text != NULL);
}

static const WattleConsultPerson *
first_waiting (WattleCallPage *self)
{
  for (guint i = 0; i < wattle_consult_n_people (consult (self)); i++)
    {
      const WattleConsultPerson *person = wattle_consult_person (consult (self), i);

      if (person->present && person->waiting)
        return person;
    }
  return NULL;
}

static char *
telephone_text (WattleCallPage *self)
{
  const char *phone = wattle_call_session_phone (self->session);

  if (phone == NULL)
    return g_strdup (_("The connection does not come back. Go on by telephone."));
  return g_strdup_printf (_("The connection does not come back. Go on by telephone: %s."), phone);
}

/* The one thing that the person should know or do next. */
static void
show_notice (WattleCallPage *self)
{
  const WattleConsultPerson *waiting = first_waiting (self);
  gboolean may_admit = wattle_consult_may (consult (self), "admit");
  g_autofree char *name = waiting != NULL ? wattle_call_session_name_of (self->session, waiting) : NULL;
  g_autofree char *text = NULL;

  self->admits = 0;
  if (wattle_consult_means (consult (self)) == WATTLE_CALL_TELEPHONE)
    set_notice (self, _("This visit goes on by telephone. You can leave the room when you are done."), NULL);
  else if (wattle_consult_offers_telephone (consult (self)))
    {
      text = telephone_text (self);
      set_notice (self, text, wattle_call_session_is_patient (self->session) ? NULL : _("_By Telephone"));
    }
  else if (waiting != NULL && may_admit)
    {
      self->admits = waiting->number;
      text = g_strdup_printf (_("%s is in the waiting room."), name);
      set_notice (self, text, _("_Admit"));
    }
  else if (wattle_consult_server_is_silent (consult (self)))
    set_notice (self,
                _("The practice’s server does not answer just now. Wattle keeps trying; a call that is connected "
                   "goes on."),
                NULL);
  else if (wattle_consult_camera_is_paused (consult (self)))
    set_notice (self, _("The connection is weak. Your picture is paused, so that the sound stays clear."), NULL);
  else
    set_notice (self, NULL, NULL);
}

static void
show_self (WattleCallPage *self)
{
  wattle_video_view_set_shown (self->own, wattle_consult_camera (consult (self)));
  gtk_button_set_icon_name (GTK_BUTTON (self->camera), wattle_consult_camera (consult (self))
                                                         ? "camera-video-symbolic"
                                                         : "camera-disabled-symbolic");
  gtk_button_set_icon_name (GTK_BUTTON (self->microphone), wattle_consult_microphone (consult (self))
                                                             ? "audio-input-microphone-symbolic"
                                                             : "microphone-disabled-symbolic");
}

static void
show_buttons (WattleCallPage *self)
{
  const char *panel = adw_flap_get_reveal_flap (self->flap) ? gtk_stack_get_visible_child_name (self->panels) : NULL;

  gtk_toggle_button_set_active (self->chat_button, g_strcmp0 (panel, "chat") == 0);
  gtk_toggle_button_set_active (self->people_button, g_strcmp0 (panel, "people") == 0);
}

/* The desk has no pictures to look at: words stand in their place. */
static void
show_desk (WattleCallPage *self, const char *status)
{
  guint waiting = 0;
  guint in = 0;
  g_autofree char *numbers = NULL;
  g_autofree char *text = NULL;

  for (guint i = 0; i < wattle_consult_n_people (consult (self)); i++)
    {
      const WattleConsultPerson *person = wattle_consult_person (consult (self), i);

      waiting += person->present && person->waiting;
      in += person->present && !person->waiting;
    }
  numbers = waiting > 0 ? g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u waits", "%u wait", waiting), waiting)
            : in > 0    ? g_strdup_printf (_("%u in the call, nobody waits"), in)
                        : g_strdup (_("Nobody Is Here"));
  text = g_strjoin (" ", status != NULL ? status : _("The waiting room of this visit."),
                    _("You are neither seen nor heard, and see no picture."), NULL);
  adw_status_page_set_title (self->desk_page, numbers);
  adw_status_page_set_description (self->desk_page, text);
}

static void
changed_cb (WattleCallPage *self)
{
  const char *status = status_text (self);

  for (guint i = 0; i < wattle_consult_n_people (consult (self)); i++)
    {
      if (!self->desk)
        show_view (self, wattle_consult_person (consult (self), i));
      show_row (self, wattle_consult_person (consult (self), i));
    }
  if (self->desk)
    show_desk (self, status);
  gtk_label_set_label (self->status, status != NULL ? status : "");
  gtk_widget_set_visible (GTK_WIDGET (self->status), status != NULL && !self->desk);
  gtk_widget_set_visible (self->invite, wattle_consult_may (consult (self), "triage"));
  show_notice (self);
  show_self (self);
  gtk_widget_set_visible (GTK_WIDGET (self->captions), wattle_consult_captions (consult (self)));
  gtk_widget_set_visible (self->record, wattle_consult_is_owner (consult (self)));
}

static void
frame_cb (WattleCallPage *self, const char *peer, const WattleVideoFrame *frame)
{
  Place *place = *peer != '\0' ? place_of (self, peer) : NULL;
  WattleVideoView *view = *peer == '\0' ? self->own : place != NULL ? place->view : NULL;

  if (view != NULL)
    wattle_video_sink_take (WATTLE_VIDEO_SINK (wattle_video_view_paintable (view)), frame);
}

static void
devices_cb (WattleCallPage *self)
{
  g_autoptr (GMenu) menu = wattle_call_devices_menu (self->session);

  gtk_menu_button_set_menu_model (self->devices, G_MENU_MODEL (menu));
  gtk_widget_set_sensitive (GTK_WIDGET (self->devices), g_menu_model_get_n_items (G_MENU_MODEL (menu)) > 0);
}

/* What is new does not wait until what was said before is gone. 0 seconds: until it is closed. */
static AdwToast *
say (WattleCallPage *self, const char *sentence, guint seconds)
{
  /* A toast reads markup, and what others write is none. */
  g_autofree char *escaped = g_markup_escape_text (sentence, -1);
  AdwToast *toast = adw_toast_new (escaped);

  adw_toast_set_timeout (toast, seconds);
  adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
  adw_toast_overlay_add_toast (self->toasts, toast);
  return toast;
}

static void
written_cb (WattleCallPage *self)
{
  GPtrArray *lines = wattle_call_session_lines (self->session);
  const WattleCallLine *line = g_ptr_array_index (lines, lines->len - 1);
  g_autofree char *text = NULL;

  if (line->own
      || (adw_flap_get_reveal_flap (self->flap)
          && g_strcmp0 (gtk_stack_get_visible_child_name (self->panels), "chat") == 0))
    return;
  text = g_strdup_printf (_("%s wrote: %s"), line->who, line->text);
  wattle_call_page_say (self, text);
}

/* What is wrong stands there until it is right again, something else is wrong, or the person has read it. */
static void
trouble_cb (WattleCallPage *self, const char *kind, const char *sentence)
{
  AdwToast *before = self->trouble;

  if (before != NULL && (sentence != NULL || g_strcmp0 (self->trouble_kind, kind) == 0))
    {
      g_clear_weak_pointer (&self->trouble);
      adw_toast_dismiss (before);
    }
  if (sentence == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  g_free (self->trouble_kind);
  self->trouble_kind = g_strdup (kind);
  g_set_weak_pointer (&self->trouble, say (self, sentence, 0));
}

static void
said_cb (WattleCallPage *self, const char *sentence)
{
  wattle_call_page_say (self, sentence);
}

static void
caption_cb (WattleCallPage *self, const char *person, const char *text)
{
  const WattleConsultPerson *speaker = wattle_consult_find_person (consult (self), person);
  g_autofree char *name = wattle_call_session_name_of (self->session, speaker);
  g_autofree char *line = g_strdup_printf (_("%s: %s"), name, text);

  gtk_label_set_label (self->captions, *text != '\0' ? line : "");
}

static void
make_large (WattleCallPage *self, const char *person)
{
  Place *place = person != NULL ? place_of (self, person) : NULL;

  wattle_call_stage_set_large (self->stage, place != NULL ? place->view : NULL);
}

/* Who speaks is large, unless the person chose somebody. */
static void
speaker_cb (WattleCallPage *self, const char *person)
{
  if (self->pinned == NULL || place_of (self, self->pinned) == NULL)
    make_large (self, person);
}

/* A picture that is pointed at stays large; once more, and it follows who speaks again. */
static void
chosen_cb (WattleCallPage *self, WattleVideoView *view)
{
  const char *person = NULL;

  for (guint i = 0; i < MAX_VIEWS; i++)
    if (self->places[i].view == view)
      person = self->places[i].person;
  if (person == NULL || g_strcmp0 (self->pinned, person) == 0)
    {
      g_clear_pointer (&self->pinned, g_free);
      return;
    }
  g_free (self->pinned);
  self->pinned = g_strdup (person);
  make_large (self, person);
}

static void
notice_cb (WattleCallPage *self)
{
  if (self->admits > 0)
    wattle_consult_admit (consult (self), self->admits);
  else
    wattle_consult_use_telephone (consult (self));
}

static void
invite_cb (WattleCallPage *self)
{
  wattle_guest_dialog_open (GTK_WIDGET (self), self->session);
}

static void
chat_clicked_cb (WattleCallPage *self)
{
  wattle_call_page_show_panel (self, "chat");
}

static void
people_clicked_cb (WattleCallPage *self)
{
  wattle_call_page_show_panel (self, "people");
}

static void
ready_cb (WattleCallPage *self)
{
  WattleContext *context = wattle_call_session_context (self->session);
  GtkWidget *page;

  if (wattle_call_session_is_patient (self->session) || !wattle_context_may (context, "note.save"))
    {
      gtk_stack_page_set_visible (self->note_page, FALSE);
      return;
    }
  page = g_object_new (WATTLE_TYPE_NOTES_PAGE, "context", context, "patient-id",
                       wattle_call_session_patient_id (self->session), NULL);
  adw_bin_set_child (self->note, page);
}

static void
wattle_call_page_dispose (GObject *object)
{
  WattleCallPage *self = WATTLE_CALL_PAGE (object);

  for (guint i = 0; i < MAX_VIEWS; i++)
    g_clear_pointer (&self->places[i].person, g_free);
  g_clear_pointer (&self->pinned, g_free);
  g_clear_weak_pointer (&self->trouble);
  g_clear_pointer (&self->trouble_kind, g_free);
  g_clear_object (&self->session);
  gtk_widget_dispose_template (GTK_WIDGET (self), WATTLE_TYPE_CALL_PAGE);
  G_OBJECT_CLASS (wattle_call_page_parent_class)->dispose (object);
}

static void
wattle_call_page_class_init (WattleCallPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_call_page_dispose;
  g_type_ensure (WATTLE_TYPE_VIDEO_VIEW);
  g_type_ensure (WATTLE_TYPE_CALL_CHAT);
  g_type_ensure (WATTLE_TYPE_CALL_STAGE);
  g_type_ensure (WATTLE_TYPE_RECORDING_MARK);
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/telehealth/call-page.ui");
#define CHILD(name) gtk_widget_class_bind_template_child (widget_class, WattleCallPage, name)
  CHILD (notice);
  CHILD (notice_text);
  CHILD (notice_button);
  CHILD (flap);
  CHILD (toasts);
  CHILD (scene);
  CHILD (stage);
  CHILD (desk_page);
  CHILD (status);
  CHILD (captions);
  CHILD (mark);
  CHILD (record);
  CHILD (panels);
  CHILD (people);
  CHILD (invite);
  CHILD (chat_page);
  CHILD (chat);
  CHILD (note_page);
  CHILD (note);
  CHILD (microphone);
  CHILD (camera);
  CHILD (devices);
  CHILD (chat_button);
  CHILD (people_button);
#undef CHILD
  gtk_widget_class_bind_template_callback (widget_class, notice_cb);
  gtk_widget_class_bind_template_callback (widget_class, invite_cb);
  gtk_widget_class_bind_template_callback (widget_class, chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, chat_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, people_clicked_cb);
}

static void
wattle_call_page_init (WattleCallPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->own = g_object_new (WATTLE_TYPE_VIDEO_VIEW, "mirror", TRUE, NULL);
  wattle_call_stage_set_own (self->stage, self->own);
  wattle_call_page_set_self_view (self, "corner");
  g_signal_connect_object (self->own, "sized", G_CALLBACK (sized_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->flap, "notify::reveal-flap", G_CALLBACK (show_buttons), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->panels, "notify::visible-child", G_CALLBACK (show_buttons), self, G_CONNECT_SWAPPED);
}

void
wattle_call_page_set_session (WattleCallPage *self, WattleCallSession *session)
{
  WattleCallEngine *engine = wattle_call_session_engine (session);

  self->session = g_object_ref (session);
  wattle_video_view_set_own (self->own, wattle_call_session_own_name (session));
  wattle_call_chat_set_session (self->chat, session);
  wattle_recording_mark_set_session (self->mark, session);
  g_signal_connect_object (session, "ready", G_CALLBACK (ready_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "written", G_CALLBACK (written_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "trouble", G_CALLBACK (trouble_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (consult (self), "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (consult (self), "caption", G_CALLBACK (caption_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (consult (self), "said", G_CALLBACK (said_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (engine, "frame", G_CALLBACK (frame_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (engine, "speaker", G_CALLBACK (speaker_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (engine, "devices", G_CALLBACK (devices_cb), self, G_CONNECT_SWAPPED);
  devices_cb (self);
}

/* What was typed into the chat and not sent; never %NULL. */
const char *
wattle_call_page_unsent (WattleCallPage *self)
{
  return wattle_call_chat_unsent (self->chat);
}

/**
 * wattle_call_page_show_panel:
 * @self: a page
 * @panel: "people", "chat" or "note"; the one that is shown goes away
 */
void
wattle_call_page_show_panel (WattleCallPage *self, const char *panel)
{
  gboolean shown =
    adw_flap_get_reveal_flap (self->flap) && g_strcmp0 (gtk_stack_get_visible_child_name (self->panels), panel) == 0;
  GtkWidget *note = adw_bin_get_child (self->note);

  gtk_stack_set_visible_child_name (self->panels, panel);
  adw_flap_set_reveal_flap (self->flap, !shown);
  show_buttons (self);
  if (shown)
    return;
  if (g_str_equal (panel, "chat"))
    gtk_widget_grab_focus (GTK_WIDGET (self->chat));
  else if (g_str_equal (panel, "note") && note != NULL)
    wattle_view_reveal (WATTLE_VIEW (note), WATTLE_RECORD_APPOINTMENT, wattle_call_session_visit_id (self->session));
}

/* Without picture and sound of one's own. */
void
wattle_call_page_set_desk (WattleCallPage *self, gboolean desk)
{
  self->desk = desk;
  show_own (self);
  gtk_widget_set_visible (GTK_WIDGET (self->stage), !desk);
  gtk_widget_set_visible (GTK_WIDGET (self->desk_page), desk);
  if (desk)
    gtk_widget_remove_css_class (self->scene, "wattle-stage");
  gtk_widget_set_visible (GTK_WIDGET (self->microphone), !desk);
  gtk_widget_set_visible (GTK_WIDGET (self->camera), !desk);
  gtk_widget_set_visible (GTK_WIDGET (self->devices), !desk);
  gtk_widget_set_visible (GTK_WIDGET (self->chat_button), !desk);
  gtk_stack_page_set_visible (self->chat_page, !desk);
}

/**
 * wattle_call_page_set_self_view:
 * @self: a page
 * @place: "corner", "beside" or "hidden"
 */
void
wattle_call_page_set_self_view (WattleCallPage *self, const char *place)
{
  self->own_hidden = g_str_equal (place, "hidden");
  show_own (self);
  wattle_call_stage_set_own_width (self->stage, g_str_equal (place, "beside") ? 320 : 160);
}

/**
 * wattle_call_page_set_layout:
 * @self: a page
 * @layout: "speaker", "side" or "grid"
 */
void
wattle_call_page_set_layout (WattleCallPage *self, const char *layout)
{
  self->layout = g_str_equal (layout, "side")   ? WATTLE_STAGE_SIDE_BY_SIDE
                 : g_str_equal (layout, "grid") ? WATTLE_STAGE_GRID
                                                : WATTLE_STAGE_SPEAKER;
  wattle_call_stage_set_layout (self->stage, self->layout);
  show_own (self);
}

/* Of who is large, or else of the first person in the room (nullable). */
WattleVideoView *
wattle_call_page_main_view (WattleCallPage *self)
{
  if (wattle_call_stage_large (self->stage) != NULL)
    return wattle_call_stage_large (self->stage);
  for (guint i = 0; i < MAX_VIEWS; i++)
    if (self->places[i].view != NULL)
      return self->places[i].view;
  return NULL;
}

/* A sentence that goes away by itself. */
void
wattle_call_page_say (WattleCallPage *self, const char *sentence)
{
  say (self, sentence, SAID_SECONDS);
}
