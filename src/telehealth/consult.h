/* consult.h: a video consult: who is in its room, how they are connected, and what is to be filed about it
 *
 * Joins a stay in a room (signalling.h) with the media of a call (engine.h): seals what the two sides tell each other,
 * keeps one connection to each person alive, generation after generation, and knows what to say about it. It has no
 * window and no store; the application gives it tokens and files its report.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "telehealth/captions.h"
#include "telehealth/engine.h"
#include "telehealth/evidence.h"
#include "telehealth/line.h"

G_BEGIN_DECLS

/* The longest line of the chat, in bytes. */
#define WATTLE_CONSULT_MAX_CHAT 4000

/**
 * WattleConsultState:
 * @WATTLE_CONSULT_GREEN_ROOM: not entered: nothing was sent to anybody
 * @WATTLE_CONSULT_ENTERING: the server is asked
 * @WATTLE_CONSULT_WAITING: in the waiting room
 * @WATTLE_CONSULT_ALONE: in the room, with nobody else there yet
 * @WATTLE_CONSULT_CONNECTING: somebody else is there
 * @WATTLE_CONSULT_CONNECTED: media flow to at least one
 * @WATTLE_CONSULT_RECONNECTING: they did, and do not just now
 * @WATTLE_CONSULT_ENDED: over
 */
typedef enum
{
  WATTLE_CONSULT_GREEN_ROOM,
  WATTLE_CONSULT_ENTERING,
  WATTLE_CONSULT_WAITING,
  WATTLE_CONSULT_ALONE,
  WATTLE_CONSULT_CONNECTING,
  WATTLE_CONSULT_CONNECTED,
  WATTLE_CONSULT_RECONNECTING,
  WATTLE_CONSULT_ENDED
} WattleConsultState;

/**
 * WattleConsultLink:
 * @WATTLE_CONSULT_UNLINKED: nothing was tried yet
 * @WATTLE_CONSULT_LINKING: the first connection is made
 * @WATTLE_CONSULT_LINKED: media flow
 * @WATTLE_CONSULT_RELINKING: they stopped, and a new connection is made
 */
typedef enum
{
  WATTLE_CONSULT_UNLINKED,
  WATTLE_CONSULT_LINKING,
  WATTLE_CONSULT_LINKED,
  WATTLE_CONSULT_RELINKING
} WattleConsultLink;

/**
 * WattleConsultRecording:
 * @WATTLE_CONSULT_NOT_RECORDING: nobody asked, or it is over
 * @WATTLE_CONSULT_ASKING: the clinician asks; nothing is recorded
 * @WATTLE_CONSULT_RECORDING: everybody in the room agreed, and it is recorded
 */
typedef enum
{
  WATTLE_CONSULT_NOT_RECORDING,
  WATTLE_CONSULT_ASKING,
  WATTLE_CONSULT_RECORDING
} WattleConsultRecording;

/**
 * WattleConsultConsent:
 * @WATTLE_CONSULT_NO_ANSWER: not asked, or not answered yet
 * @WATTLE_CONSULT_GIVEN: agreed to be recorded
 * @WATTLE_CONSULT_DECLINED: did not
 * @WATTLE_CONSULT_WITHDRAWN: did, and does not any more
 */
typedef enum
{
  WATTLE_CONSULT_NO_ANSWER,
  WATTLE_CONSULT_GIVEN,
  WATTLE_CONSULT_DECLINED,
  WATTLE_CONSULT_WITHDRAWN
} WattleConsultConsent;

/**
 * WattleConsultPerson:
 * @id: what the engine calls them
 * @number: in the room
 * @role: "clinician", "patient", ...
 * @name: (nullable): as they call themselves, or as the staff typed it; not proved by anything but @verified
 * @guest: came by a link, without an account
 * @identity: (nullable): the key of their device that the practice knows, when the device proved that it has it
 * @present: in the room or its waiting room
 * @waiting: in the waiting room
 * @away: their line to the server is broken
 * @since: when they came, microseconds since 1970
 * @link: the connection to them
 * @code: (nullable): six digits that both sides see
 * @verified: the code was compared and is the same, now or before with the same device
 * @microphone: theirs is on
 * @camera: theirs is on
 * @screen: they show their screen
 * @recording: whether they ask to record the call, or do
 * @recording_id: (nullable): which recording of theirs that is
 * @recording_words: (nullable): what they ask to agree to
 * @consent: what they answered when one asked oneself
 * @quality: "good", "fair", "poor" or empty
 * @path: "direct", "relay" or empty
 * @round_trip: milliseconds
 * @sentence: (nullable): what is wrong, for a person
 *
 * Somebody else in the room. Read only; valid until the next "changed".
 */
typedef struct
{
  char *id;
  guint number;
  char *role;
  char *name;
  gboolean guest;
  char *identity;
  gboolean present;
  gboolean waiting;
  gboolean away;
  gint64 since;
  WattleConsultLink link;
  char *code;
  gboolean verified;
  gboolean microphone;
  gboolean camera;
  gboolean screen;
  WattleConsultRecording recording;
  char *recording_id;
  char *recording_words;
  WattleConsultConsent consent;
  char *quality;
  char *path;
  int round_trip;
  char *sentence;
} WattleConsultPerson;

#define WATTLE_TYPE_CONSULT (wattle_consult_get_type ())
G_DECLARE_FINAL_TYPE (WattleConsult, wattle_consult, WATTLE, CONSULT, GObject)

/* Signals: "changed": something to show is different; "token-wanted": answer with wattle_consult_take_token();
 * "chat" (string person id, string text): somebody wrote; "said" (string): a sentence to show once; "report": evidence
 * to be filed: wattle_consult_report(); "admitted" (string person id): somebody is in; "recognised" (string identity):
 * a device that can be told again, keep it; "record" (boolean): the engine is to record from now on,
 * or not any more; "consent" (string person id, int WattleConsultConsent): somebody answered one's question;
 * "caption" (string person id, string text): what somebody says just now. */

/* Monotonic microseconds; tests give their own. */
typedef gint64 (*WattleConsultClock) (gpointer data);

WattleConsult             *wattle_consult_new               (WattleLine         *line,
                                                             WattleCallEngine   *engine);
void                       wattle_consult_set_clock         (WattleConsult      *self,
                                                             WattleConsultClock  clock,
                                                             gpointer            data);
void                       wattle_consult_tick              (WattleConsult      *self);
WattleCallEngine          *wattle_consult_engine            (WattleConsult      *self);

void                       wattle_consult_enter             (WattleConsult      *self,
                                                             const char         *room,
                                                             const char         *name);
char                      *wattle_consult_key               (WattleConsult      *self);
void                       wattle_consult_take_token        (WattleConsult      *self,
                                                             const char         *token,
                                                             const char         *proof);
void                       wattle_consult_know_device       (WattleConsult      *self,
                                                             const char         *identity);
void                       wattle_consult_network_changed   (WattleConsult      *self);
void                       wattle_consult_engine_started    (WattleConsult      *self);
void                       wattle_consult_replace           (WattleConsult      *self);

WattleConsultState         wattle_consult_state             (WattleConsult      *self);
const char                *wattle_consult_room              (WattleConsult      *self);
const char                *wattle_consult_note              (WattleConsult      *self);
gint64                     wattle_consult_waiting_since     (WattleConsult      *self);
const char                *wattle_consult_end_reason        (WattleConsult      *self);
const char                *wattle_consult_end_sentence      (WattleConsult      *self);
gboolean                   wattle_consult_server_is_silent  (WattleConsult      *self);
gboolean                   wattle_consult_may               (WattleConsult      *self,
                                                             const char         *verb);
gboolean                   wattle_consult_is_owner          (WattleConsult      *self);
gboolean                   wattle_consult_is_locked         (WattleConsult      *self);
gboolean                   wattle_consult_offers_telephone  (WattleConsult      *self);
gboolean                   wattle_consult_camera_is_paused  (WattleConsult      *self);
guint                      wattle_consult_n_people          (WattleConsult      *self);
const WattleConsultPerson *wattle_consult_person            (WattleConsult      *self,
                                                             guint               position);
const WattleConsultPerson *wattle_consult_find_person       (WattleConsult      *self,
                                                             const char         *id);
WattleCallMeans            wattle_consult_means             (WattleConsult      *self);
gint64                     wattle_consult_connected_seconds (WattleConsult      *self);
char                      *wattle_consult_report            (WattleConsult      *self,
                                                             const char         *id,
                                                             const char         *appointment,
                                                             const char         *patient);

void                       wattle_consult_admit             (WattleConsult      *self,
                                                             guint               number);
void                       wattle_consult_send_away         (WattleConsult      *self,
                                                             guint               number,
                                                             const char         *note);
void                       wattle_consult_write_note        (WattleConsult      *self,
                                                             guint               number,
                                                             const char         *note);
void                       wattle_consult_move              (WattleConsult      *self,
                                                             guint               number,
                                                             const char         *room);
void                       wattle_consult_lock              (WattleConsult      *self,
                                                             gboolean            on);
void                       wattle_consult_confirm_code      (WattleConsult      *self,
                                                             const char         *id,
                                                             gboolean            same);

gboolean                   wattle_consult_microphone        (WattleConsult      *self);
gboolean                   wattle_consult_camera            (WattleConsult      *self);
void                       wattle_consult_set_microphone    (WattleConsult      *self,
                                                             gboolean            on);
void                       wattle_consult_set_camera        (WattleConsult      *self,
                                                             gboolean            on);
void                       wattle_consult_set_screen        (WattleConsult      *self,
                                                             gboolean            on);
gboolean                   wattle_consult_chat              (WattleConsult      *self,
                                                             const char         *text,
                                                             GError            **error);
void                       wattle_consult_use_telephone     (WattleConsult      *self);
void wattle_consult_record (WattleConsult *self, gboolean on, const char *words);
WattleConsultRecording wattle_consult_recording (WattleConsult *self);
const WattleConsultPerson *wattle_consult_recorder (WattleConsult *self);
WattleConsultConsent wattle_consult_consent (WattleConsult *self);
void wattle_consult_answer_recording (WattleConsult *self, gboolean agrees);
gboolean wattle_consult_can_caption (WattleConsult *self);
gboolean wattle_consult_captions (WattleConsult *self);
void wattle_consult_set_captions (WattleConsult *self, gboolean on);
void                       wattle_consult_leave             (WattleConsult      *self,
                                                             gboolean            for_everybody);

G_END_DECLS
