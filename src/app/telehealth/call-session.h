/* call-session.h: a video consult of one visit: its tokens, its devices, its names, and its filing
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/context.h"
#include "app/telehealth/guest-pass.h"
#include "telehealth/consult.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_CALL_SESSION (wattle_call_session_get_type ())
G_DECLARE_FINAL_TYPE (WattleCallSession, wattle_call_session, WATTLE, CALL_SESSION, GObject)

/**
 * WattleCallLine:
 * @who: name of the writer
 * @text: what they wrote
 * @at: microseconds since 1970
 * @own: written here
 */
typedef struct
{
  char *who;
  char *text;
  gint64 at;
  gboolean own;
} WattleCallLine;

/* Signals: "ready": the visit was read; "failed" (string): it was not; "written": there is a new line of chat;
 * "trouble" (string kind, string or %NULL sentence) as of the engine. */

WattleCallSession *wattle_call_session_new (WattleContext *context, const char *visit);
WattleCallSession *wattle_call_session_new_guest (WattleContext *context, WattleGuestPass *pass);
WattleContext *wattle_call_session_context (WattleCallSession *self);
WattleConsult *wattle_call_session_consult (WattleCallSession *self);
WattleCallEngine *wattle_call_session_engine (WattleCallSession *self);
WattleGuestPass *wattle_call_session_pass (WattleCallSession *self);
gboolean wattle_call_session_has_room (WattleCallSession *self);
const char *wattle_call_session_visit_id (WattleCallSession *self);
const char *wattle_call_session_patient_id (WattleCallSession *self);
const char *wattle_call_session_title (WattleCallSession *self);
const char *wattle_call_session_phone (WattleCallSession *self);
const char *wattle_call_session_own_name (WattleCallSession *self);
gboolean wattle_call_session_is_patient (WattleCallSession *self);
char *wattle_call_session_name_of (WattleCallSession *self, const WattleConsultPerson *person);
GPtrArray *wattle_call_session_lines (WattleCallSession *self);

gboolean wattle_call_session_start (WattleCallSession *self, GError **error);
void wattle_call_session_join (WattleCallSession *self);
gboolean wattle_call_session_write (WattleCallSession *self, const char *text, GError **error);
void wattle_call_session_set_camera (WattleCallSession *self, gboolean on);
gboolean wattle_call_session_asks_for_camera (WattleCallSession *self);
void wattle_call_session_use_device (WattleCallSession *self, const char *kind, const char *id);
const char *wattle_call_session_device (WattleCallSession *self, const char *kind);
char *wattle_call_session_filed (WattleCallSession *self);
void wattle_call_session_record (WattleCallSession *self);
void wattle_call_session_answer (WattleCallSession *self, gboolean agrees);
void wattle_call_session_close (WattleCallSession *self);
gboolean wattle_call_session_may_write (WattleCallSession *self);
gboolean wattle_call_session_is_desk (WattleCallSession *self);
gboolean wattle_call_is_desk (WattleContext *context);

G_END_DECLS
