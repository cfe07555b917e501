/* call-session.c: a video consult of one visit: its tokens, its devices, its names, and its filing
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/telehealth/call-session.h"

#include <glib/gi18n-lib.h>

#include "app/telehealth/call-names.h"
#include "app/telehealth/call-recording.h"
#include "app/telehealth/call-visit.h"
#include "app/telehealth/camera-portal.h"
#include "app/telehealth/desktop-portal.h"
#include "app/telehealth/guest-keep.h"
#include "app/telehealth/known-devices.h"
#include "base/civil-text.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "base/json.h"
#include "domain/messaging.h"
#include "telehealth/sealing.h"

/* An engine that keeps dying is not started for ever. */
#define MAX_STARTS 5
#define STARTS_WITHIN (2 * WATTLE_MINUTE)
#define TOUCH_SECONDS 20

static const char *const kinds[] = { "camera", "microphone", "speaker" };

struct _WattleCallSession
{
  GObject parent;
  WattleContext *context;
  WattleGuestPass *pass; /* (nullable): of whoever has no account */
  char *visit_id;        /* (nullable): a guest never learns it */
  WattleCallVisit *visit; /* (nullable): until it was read */
  gboolean is_patient;
  WattleCallEngine *engine;
  WattleConsult *consult;
  char *devices[G_N_ELEMENTS (kinds)];
  WattleCameraPortal *portal; /* (nullable): where there are no cameras without it */
  gboolean has_cameras;       /* the engine has them from there */
  WattleCallRecording *recording;
  char *report_id;
  gboolean filing;
  gboolean file_again;
  gboolean filed;
  gboolean entering;
  gboolean left;     /* a guest's room, so that the pass is kept for the next time or forgotten */
  GPtrArray *lines;  /* WattleCallLine */
  GCancellable *cancellable;
  guint touch;
  guint starts;
  gint64 started;
};

enum
{
  READY,
  FAILED,
  WRITTEN,
  TROUBLE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WattleCallSession, wattle_call_session, G_TYPE_OBJECT)

static void file_report (WattleCallSession *self);

/* The client that keeps what is said and done here; a guest's computer keeps nothing. */
static WattleClient *
keeper (WattleCallSession *self)
{
  return self->pass == NULL ? wattle_context_client (self->context) : NULL;
}

static void
found_cb (gpointer owner, gpointer result, const GError *error)
{
  WattleCallSession *self = owner;

  if (error != NULL)
    {
      g_signal_emit (self, signals[FAILED], 0, error->message);
      return;
    }
  g_clear_pointer (&self->visit, wattle_call_visit_unref);
  self->visit = wattle_call_visit_ref (result);
  wattle_call_recording_set_visit (self->recording, self->visit_id, self->visit->patient_id, self->is_patient);
  g_signal_emit (self, signals[READY], 0);
}

static void
vouched_cb (GObject *client, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleCallSession) self = data;
  g_autofree char *signature = NULL;
  g_autofree char *token = wattle_client_vouch_finish (WATTLE_CLIENT (client), result, &signature, NULL);

  if (self->consult != NULL)
    wattle_consult_take_token (self->consult, token, signature);
}

static void
token_wanted_cb (WattleCallSession *self)
{
  WattleClient *client = keeper (self);
  g_autofree char *key = wattle_consult_key (self->consult);
  g_autofree char *statement = wattle_seal_proof_text (wattle_consult_room (self->consult), key);

  if (client == NULL)
    wattle_consult_take_token (self->consult, self->pass != NULL ? self->pass->token : NULL, NULL);
  else
    wattle_client_vouch_async (client, statement, NULL, vouched_cb, g_object_ref (self));
}

static void
filed_cb (GObject *client, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleCallSession) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *operation = wattle_client_perform_finish (WATTLE_CLIENT (client), result, &error);

  self->filing = FALSE;
  if (operation != NULL)
    self->filed = TRUE;
  else
    g_warning ("a call was not filed: %s", error->message);
  if (self->file_again)
    file_report (self);
}

/* What is kept of the call; told again and again while it goes on, so that a crash loses no more than a minute. */
static void
file_report (WattleCallSession *self)
{
  WattleClient *client = keeper (self);
  g_autofree char *report = NULL;

  if (client == NULL || self->visit == NULL || self->is_patient || !wattle_context_may (self->context, "call.report"))
    return;
  self->file_again = self->filing || !wattle_context_is_ready (self->context);
  if (self->file_again)
    return;
  report = wattle_consult_report (self->consult, self->report_id, self->visit_id, self->visit->patient_id);
  if (report == NULL)
    return;
  self->filing = TRUE;
  wattle_client_perform_async (client, "call.report", report, NULL, filed_cb, g_object_ref (self));
}

/* Locked: whoever comes to the computer now must not be in the call. */
static void
ready_cb (WattleCallSession *self)
{
  if (wattle_context_is_ready (self->context))
    {
      if (self->file_again)
        file_report (self);
      return;
    }
  wattle_consult_set_camera (self->consult, FALSE);
  wattle_consult_set_microphone (self->consult, FALSE);
}

static void
add_line (WattleCallSession *self, char *who, const char *text, gboolean own)
{
  WattleCallLine *line = g_new0 (WattleCallLine, 1);

  line->who = who;
  line->text = g_strdup (text);
  line->at = wattle_clock_now ();
  line->own = own;
  g_ptr_array_add (self->lines, line);
  g_signal_emit (self, signals[WRITTEN], 0);
}

static void
kept_cb (GObject *client, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleCallSession) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *operation = wattle_client_perform_finish (WATTLE_CLIENT (client), result, &error);

  if (operation == NULL)
    g_signal_emit (self, signals[TROUBLE], 0, "chat", error->message);
}

/* What was written belongs to the conversation of the visit: each side keeps its own words, the clinician also those
 * of guests, who can keep none. */
static void
keep_line (WattleCallSession *self, const char *text)
{
  WattleClient *client = keeper (self);
  g_autofree char *thread = NULL;
  g_autofree char *open = NULL;
  WattleJsonWriter writer;
  g_autofree char *message = NULL;

  if (client == NULL || self->visit == NULL)
    return;
  thread = wattle_thread_id_of_visit (self->visit->record);
  open = g_strdup_printf ("{\"appointment\":\"%s\"}", self->visit_id);
  writer = wattle_json_writer (g_string_new (NULL));
  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "thread", thread);
  wattle_json_pair_string (&writer, "body", text);
  wattle_json_end_object (&writer);
  message = g_string_free (writer.out, FALSE);
  wattle_client_perform_async (client, "thread.open", open, NULL, NULL, NULL);
  wattle_client_perform_async (client, "message.send", message, NULL, kept_cb, g_object_ref (self));
}

static void
line_free (gpointer data)
{
  WattleCallLine *line = data;

  g_free (line->who);
  g_free (line->text);
  g_free (line);
}

static void
chat_cb (WattleCallSession *self, const char *person, const char *text)
{
  const WattleConsultPerson *writer = wattle_consult_find_person (self->consult, person);
  g_autofree char *name = wattle_call_session_name_of (self, writer);
  g_autofree char *words = NULL;

  if (writer != NULL && writer->guest && wattle_consult_is_owner (self->consult))
    {
      words = g_strdup_printf (_("%s wrote: %s"), name, text);
      keep_line (self, words);
    }
  add_line (self, g_steal_pointer (&name), text, FALSE);
}

static void
trouble_cb (WattleCallSession *self, const char *kind, const char *sentence)
{
  g_signal_emit (self, signals[TROUBLE], 0, kind, sentence);
}

static void
died_cb (WattleCallSession *self)
{
  g_autoptr (GError) error = NULL;

  if (wattle_consult_state (self->consult) == WATTLE_CONSULT_ENDED)
    return;
  if (wattle_clock_monotonic () - self->started > STARTS_WITHIN)
    self->starts = 0;
  if (self->starts >= MAX_STARTS)
    g_signal_emit (self, signals[TROUBLE], 0, "engine",
                   _("Picture and sound do not work on this computer just now. Write to each other, or use the "
                      "telephone."));
  else if (wattle_call_session_start (self, &error))
    {
      wattle_consult_engine_started (self->consult);
      wattle_call_recording_engine_started (self->recording);
    }
  else
    g_signal_emit (self, signals[TROUBLE], 0, "engine", error->message);
}

static gboolean
touch_cb (gpointer data)
{
  WattleCallSession *self = data;

  /* Somebody who talks does not type: it would lock in the middle of a sentence. */
  if (wattle_consult_state (self->consult) == WATTLE_CONSULT_CONNECTED)
    wattle_context_touch (self->context);
  return G_SOURCE_CONTINUE;
}

/* A guest who left may come again by the link; one whom the room takes no more need not try. */
static void
keep_pass_cb (WattleCallSession *self)
{
  static const char *const final[] = { "denied", "removed", "forged", "closed", "late", "ended", NULL };
  const char *reason = wattle_consult_end_reason (self->consult);

  if (self->pass == NULL || self->left || wattle_consult_state (self->consult) != WATTLE_CONSULT_ENDED)
    return;
  self->left = TRUE;
  if (reason != NULL && g_strv_contains (final, reason))
    wattle_guest_forget ();
  else
    wattle_guest_keep (self->pass, FALSE);
}

static void
recording_trouble_cb (gpointer data, const char *sentence)
{
  g_signal_emit (data, signals[TROUBLE], 0, "recording", sentence);
}

static void
network_cb (WattleCallSession *self)
{
  wattle_consult_network_changed (self->consult);
}

static void
wattle_call_session_dispose (GObject *object)
{
  WattleCallSession *self = WATTLE_CALL_SESSION (object);

  g_clear_handle_id (&self->touch, g_source_remove);
  g_clear_pointer (&self->portal, wattle_camera_portal_free);
  g_cancellable_cancel (self->cancellable);
  if (self->engine != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->engine, self);
      wattle_call_engine_stop (self->engine);
    }
  if (self->consult != NULL)
    g_signal_handlers_disconnect_by_data (self->consult, self);
  g_clear_object (&self->consult);
  g_clear_object (&self->engine);
  g_clear_pointer (&self->recording, wattle_call_recording_free);
  g_clear_pointer (&self->visit, wattle_call_visit_unref);
  g_clear_object (&self->context);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->pass, wattle_guest_pass_unref);
  G_OBJECT_CLASS (wattle_call_session_parent_class)->dispose (object);
}

static void
wattle_call_session_finalize (GObject *object)
{
  WattleCallSession *self = WATTLE_CALL_SESSION (object);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    g_free (self->devices[i]);
  g_free (self->visit_id);
  g_free (self->report_id);
  g_ptr_array_unref (self->lines);
  G_OBJECT_CLASS (wattle_call_session_parent_class)->finalize (object);
}

static void
wattle_call_session_class_init (WattleCallSessionClass *klass)
{
  GType type = WATTLE_TYPE_CALL_SESSION;

  G_OBJECT_CLASS (klass)->dispose = wattle_call_session_dispose;
  G_OBJECT_CLASS (klass)->finalize = wattle_call_session_finalize;
  signals[READY] = g_signal_new ("ready", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[FAILED] =
    g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[WRITTEN] = g_signal_new ("written", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[TROUBLE] = g_signal_new ("trouble", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                   G_TYPE_STRING, G_TYPE_STRING);
}

static void
wattle_call_session_init (WattleCallSession *self)
{
  self->cancellable = g_cancellable_new ();
  self->lines = g_ptr_array_new_with_free_func (line_free);
  self->report_id = wattle_id_new ();
  self->touch = g_timeout_add_seconds (TOUCH_SECONDS, touch_cb, self);
}

/* What was chosen here before; sources of its own where there is neither camera nor microphone. */
static void
choose_devices (WattleCallSession *self)
{
  const char *sources = g_getenv ("WATTLE_CALL_SOURCES");

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *key = g_strconcat ("call-", kinds[i], NULL);
      g_autofree char *chosen = g_settings_get_string (wattle_context_settings (self->context), key);

      if (sources != NULL)
        self->devices[i] = g_strdup (i > 1 ? "none" : g_str_equal (sources, "test:calm") ? "test" : sources);
      else if (*chosen != '\0')
        self->devices[i] = g_steal_pointer (&chosen);
    }
}

static void
tell_ready_cb (gpointer data)
{
  g_autoptr (WattleCallSession) self = data;

  if (self->consult != NULL)
    g_signal_emit (self, signals[READY], 0);
}

/* Tells why not, except somebody who has gone. */
static gboolean
take_pass (WattleCallSession *self, GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;

  if (wattle_guest_pass_finish (self->pass, result, &error))
    return self->consult != NULL;
  if (self->consult != NULL)
    g_signal_emit (self, signals[FAILED], 0, error->message);
  return FALSE;
}

static void
looked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleCallSession) self = data;

  if (take_pass (self, result))
    g_signal_emit (self, signals[READY], 0);
}

static void
used_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleCallSession) self = data;

  self->entering = FALSE;
  if (take_pass (self, result))
    wattle_consult_enter (self->consult, self->pass->room, NULL);
}

/* The cameras that the person lets us have; what was asked for is done. */
static void
cameras_cb (gpointer data, int fd, const char *sentence)
{
  WattleCallSession *self = data;

  g_signal_emit (self, signals[TROUBLE], 0, "camera", sentence);
  if (fd < 0 || (self->pass == NULL && !wattle_context_is_ready (self->context)))
    {
      wattle_consult_set_camera (self->consult, FALSE);
      return;
    }
  self->has_cameras = TRUE;
  wattle_call_engine_open_cameras (self->engine, fd);
  if (wattle_consult_camera (self->consult))
    wattle_call_engine_set_camera (self->engine, TRUE);
  else
    wattle_consult_set_camera (self->consult, TRUE);
}

static WattleCallSession *
session_new (WattleContext *context, const char *server_url)
{
  WattleCallSession *self = g_object_new (WATTLE_TYPE_CALL_SESSION, NULL);
  g_autoptr (WattleLine) line = wattle_line_soup_new (server_url);

  self->context = g_object_ref (context);
  self->engine = wattle_call_engine_new (NULL);
  self->consult = wattle_consult_new (line, self->engine);
  self->recording = wattle_call_recording_new (context, self->consult, recording_trouble_cb, self);
  choose_devices (self);
  if (g_getenv ("WATTLE_CALL_SOURCES") == NULL && wattle_desktop_portal_is_only_way ())
    self->portal = wattle_camera_portal_new (cameras_cb, self);
  g_signal_connect_swapped (self->consult, "token-wanted", G_CALLBACK (token_wanted_cb), self);
  g_signal_connect_swapped (self->consult, "report", G_CALLBACK (file_report), self);
  g_signal_connect_swapped (self->consult, "changed", G_CALLBACK (keep_pass_cb), self);
  g_signal_connect_swapped (self->consult, "chat", G_CALLBACK (chat_cb), self);
  g_signal_connect_swapped (self->engine, "died", G_CALLBACK (died_cb), self);
  g_signal_connect_swapped (self->engine, "trouble", G_CALLBACK (trouble_cb), self);
  g_signal_connect_object (context, "notify::ready", G_CALLBACK (ready_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (g_network_monitor_get_default (), "network-changed", G_CALLBACK (network_cb), self,
                           G_CONNECT_SWAPPED);
  return self;
}

/**
 * wattle_call_session_new:
 * @context: the context
 * @visit: id of an appointment
 *
 * Returns: (transfer full): a consult in its green room; "ready" or "failed" follows
 */
WattleCallSession *
wattle_call_session_new (WattleContext *context, const char *visit)
{
  WattleClient *client = wattle_context_client (context);
  WattleCallSession *self = session_new (context, wattle_client_server_url (client));

  self->visit_id = g_strdup (visit);
  self->is_patient = wattle_context_actor (context)->role == WATTLE_ROLE_PATIENT;
  wattle_known_devices_follow (client, self->consult);
  wattle_context_load (context, wattle_call_visit_read, g_variant_new_string (visit),
                       (GDestroyNotify) wattle_call_visit_unref, self->cancellable, self, found_cb);
  return self;
}

/**
 * wattle_call_session_new_guest:
 * @context: the context, of which settings alone are used
 * @pass: what lets the guest in
 *
 * Returns: (transfer full): a consult in its green room; "ready" or "failed" follows
 */
WattleCallSession *
wattle_call_session_new_guest (WattleContext *context, WattleGuestPass *pass)
{
  WattleCallSession *self = session_new (context, pass->server);

  self->pass = wattle_guest_pass_ref (pass);
  self->is_patient = TRUE;
  if (pass->practice != NULL)
    g_idle_add_once (tell_ready_cb, g_object_ref (self));
  else
    wattle_guest_pass_look_async (pass, self->cancellable, looked_cb, g_object_ref (self));
  return self;
}

WattleContext *
wattle_call_session_context (WattleCallSession *self)
{
  return self->context;
}

WattleConsult *
wattle_call_session_consult (WattleCallSession *self)
{
  return self->consult;
}

WattleCallEngine *
wattle_call_session_engine (WattleCallSession *self)
{
  return self->engine;
}

/* (nullable): what lets a guest in; of nobody else. */
WattleGuestPass *
wattle_call_session_pass (WattleCallSession *self)
{
  return self->pass;
}

/* Whether there is a room to go to. */
gboolean
wattle_call_session_has_room (WattleCallSession *self)
{
  return self->pass != NULL
         || (self->visit != NULL && wattle_record_has (self->visit->record, WATTLE_APPOINTMENT_CALL_ROOM));
}

/* (nullable): a guest never learns it. */
const char *
wattle_call_session_visit_id (WattleCallSession *self)
{
  return self->visit_id;
}

const char *
wattle_call_session_patient_id (WattleCallSession *self)
{
  return self->visit != NULL ? self->visit->patient_id : NULL;
}

/* Whom one meets. */
const char *
wattle_call_session_title (WattleCallSession *self)
{
  if (self->pass != NULL)
    return self->pass->practice;
  if (self->visit == NULL)
    return NULL;
  return self->is_patient ? self->visit->practitioner_name : self->visit->patient_name;
}

/* Where they can be called when nothing else works (nullable). */
const char *
wattle_call_session_phone (WattleCallSession *self)
{
  WattleRecord *practice = self->pass == NULL ? wattle_context_practice (self->context) : NULL;

  if (self->visit == NULL)
    return NULL;
  if (!self->is_patient)
    return self->visit->patient_phone;
  return self->visit->practice_phone != NULL || practice == NULL
           ? self->visit->practice_phone
           : wattle_record_get_string (practice, WATTLE_PRACTICE_PHONE);
}

/* What the person at this computer is called (nullable). */
const char *
wattle_call_session_own_name (WattleCallSession *self)
{
  WattleRecord *user = self->pass == NULL ? wattle_context_user (self->context) : NULL;

  return user != NULL ? wattle_record_get_string (user, WATTLE_USER_DISPLAY_NAME) : NULL;
}

gboolean
wattle_call_session_is_patient (WattleCallSession *self)
{
  return self->is_patient;
}

/**
 * wattle_call_session_name_of:
 * @self: a session
 * @person: (nullable): somebody in the room
 *
 * The record names who has a record; what others say of themselves stands with their role.
 *
 * Returns: (transfer full): what to call them
 */
char *
wattle_call_session_name_of (WattleCallSession *self, const WattleConsultPerson *person)
{
  if (person == NULL || person->role == NULL)
    return g_strdup (_("Somebody"));
  if (g_str_equal (person->role, "patient") && !self->is_patient && self->visit != NULL)
    return g_strdup (self->visit->patient_name);
  if (g_str_equal (person->role, "clinician") && self->is_patient && self->visit != NULL)
    return g_strdup (self->visit->practitioner_name);
  if (person->name != NULL && (g_str_equal (person->role, "patient") || g_str_equal (person->role, "clinician")))
    return g_strdup (person->name);
  return person->name != NULL ? g_strdup_printf ("%s (%s)", person->name, wattle_call_role_label (person->role))
                              : g_strdup (wattle_call_role_label (person->role));
}

/* (element-type WattleCallLine) (transfer none): what was written, oldest first. */
GPtrArray *
wattle_call_session_lines (WattleCallSession *self)
{
  return self->lines;
}

/**
 * wattle_call_session_start:
 * @self: a session
 * @error: why there will be no picture and no sound
 *
 * Starts the engine. Nothing is sent, and the camera stays off unless it was on.
 *
 * Returns: whether it was started
 */
gboolean
wattle_call_session_start (WattleCallSession *self, GError **error)
{
  WattleCallSettings settings = {
    .camera = self->devices[0],
    .microphone = self->devices[1],
    .speaker = self->devices[2],
    .camera_on = wattle_consult_camera (self->consult) && self->portal == NULL,
    .microphone_on = wattle_consult_microphone (self->consult),
  };

  self->has_cameras = FALSE;
  if (self->portal != NULL && wattle_consult_camera (self->consult))
    wattle_camera_portal_ask (self->portal);
  self->started = wattle_clock_monotonic ();
  self->starts++;
  return wattle_call_engine_start (self->engine, &settings, error);
}

/* Leaves the green room; a guest's link is used up now. */
void
wattle_call_session_join (WattleCallSession *self)
{
  if (self->pass == NULL)
    wattle_consult_enter (self->consult, wattle_record_get_string (self->visit->record, WATTLE_APPOINTMENT_CALL_ROOM),
                          wattle_call_session_own_name (self));
  else if (self->pass->token != NULL)
    {
      wattle_guest_keep (self->pass, TRUE);
      wattle_consult_enter (self->consult, self->pass->room, NULL);
    }
  else if (!self->entering)
    {
      self->entering = TRUE;
      wattle_guest_keep (self->pass, TRUE);
      wattle_guest_pass_use_async (self->pass, self->cancellable, used_cb, g_object_ref (self));
    }
}

/**
 * wattle_call_session_write:
 * @self: a session
 * @text: for everybody in the room
 * @error: when it did not reach everybody; it is not among the lines then
 *
 * Returns: whether it is on its way
 */
gboolean
wattle_call_session_write (WattleCallSession *self, const char *text, GError **error)
{
  if (!wattle_consult_chat (self->consult, text, error))
    return FALSE;
  add_line (self, g_strdup (_("You")), text, TRUE);
  keep_line (self, text);
  return TRUE;
}

static int
kind_index (const char *kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kinds[i], kind))
      return (int) i;
  return -1;
}

/* Opens or closes the camera. In a sandbox the desktop may ask the person first, so it opens later or not at all. */
void
wattle_call_session_set_camera (WattleCallSession *self, gboolean on)
{
  if (on && self->portal != NULL && !self->has_cameras)
    wattle_camera_portal_ask (self->portal);
  else
    wattle_consult_set_camera (self->consult, on);
}

/* Whether nothing is known of cameras before one is to be opened. */
gboolean
wattle_call_session_asks_for_camera (WattleCallSession *self)
{
  return self->portal != NULL && !self->has_cameras;
}

/* Another camera, microphone or speaker, also in the middle of a call; it is remembered. */
void
wattle_call_session_use_device (WattleCallSession *self, const char *kind, const char *id)
{
  int i = kind_index (kind);
  g_autofree char *key = g_strconcat ("call-", kind, NULL);

  if (i < 0)
    return;
  g_free (self->devices[i]);
  self->devices[i] = g_strdup (id);
  g_settings_set_string (wattle_context_settings (self->context), key, id);
  if (i == 0)
    wattle_call_engine_use_camera (self->engine, *id != '\0' ? id : NULL);
  else if (i == 1)
    wattle_call_engine_use_microphone (self->engine, *id != '\0' ? id : NULL);
  else
    wattle_call_engine_use_speaker (self->engine, *id != '\0' ? id : NULL);
}

/* The id of the one in use (nullable: the system's choice). */
const char *
wattle_call_session_device (WattleCallSession *self, const char *kind)
{
  int i = kind_index (kind);

  return i >= 0 ? self->devices[i] : NULL;
}

/* What was kept of the call, in a sentence (transfer full). */
char *
wattle_call_session_filed (WattleCallSession *self)
{
  gint64 seconds = wattle_consult_connected_seconds (self->consult);
  g_autofree char *length = wattle_duration_display ((seconds + 30) / 60);

  if (self->is_patient)
    return seconds == 0   ? g_strdup (_("You were not connected."))
           : seconds < 30 ? g_strdup (_("You were connected for less than a minute."))
                        : g_strdup_printf (_("You were connected for %s."), length);
  if (!self->filed && !self->filing)
    return g_strdup (_("Nothing was filed on the visit."));
  return seconds < 30 ? g_strdup (_("Filed on the visit: the call, which was connected for less than a minute."))
                      : g_strdup_printf (_("Filed on the visit: the call, connected for %s."), length);
}

/* Asks everybody whether the call may be recorded, or ends the recording. */
void
wattle_call_session_record (WattleCallSession *self)
{
  wattle_call_recording_toggle (self->recording);
}

/* What the person at this computer answers to who asks to record; %FALSE also withdraws what was agreed to. */
void
wattle_call_session_answer (WattleCallSession *self, gboolean agrees)
{
  wattle_call_recording_answer (self->recording, agrees);
}

/* Ends the call for oneself, if it goes on, and lets devices go. */
void
wattle_call_session_close (WattleCallSession *self)
{
  WattleConsultState state = wattle_consult_state (self->consult);

  g_cancellable_cancel (self->cancellable);
  if (state != WATTLE_CONSULT_GREEN_ROOM && state != WATTLE_CONSULT_ENDED)
    wattle_consult_leave (self->consult, FALSE);
  wattle_call_engine_stop (self->engine);
}

/* Whether the note of the visit is written here. */
gboolean
wattle_call_session_may_write (WattleCallSession *self)
{
  return !self->is_patient && wattle_context_may (self->context, "note.save");
}

/* Whether this is the desk's look at who waits. */
gboolean
wattle_call_session_is_desk (WattleCallSession *self)
{
  return self->pass == NULL && wattle_call_is_desk (self->context);
}

/* Whoever sees who waits and may not be in the call: neither seen nor heard. */
gboolean
wattle_call_is_desk (WattleContext *context)
{
  return wattle_context_may (context, "room:triage") && !wattle_context_may (context, "room:enter");
}
