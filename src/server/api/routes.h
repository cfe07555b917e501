/* routes.h: the handlers of all routes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "server/api/call.h"

G_BEGIN_DECLS

void wattle_api_hello (WattleCall *call);
void wattle_api_health (WattleCall *call);
void wattle_api_metrics (WattleCall *call);
void wattle_api_openapi (WattleCall *call);
void wattle_api_docs (WattleCall *call);
void wattle_api_setup (WattleCall *call);
void wattle_api_sign_in (WattleCall *call);
void wattle_api_refresh (WattleCall *call);
void wattle_api_set_role (WattleCall *call);
void wattle_api_sign_out (WattleCall *call);
gboolean wattle_call_check_password (WattleCall *call, const char *member);
void wattle_api_confirm (WattleCall *call);
void wattle_api_emergency (WattleCall *call);
void wattle_api_threads (WattleCall *call);
void wattle_api_thread_inspect (WattleCall *call);
void wattle_api_people (WattleCall *call);
void wattle_api_figures (WattleCall *call);
void wattle_api_quarantine (WattleCall *call);
void wattle_api_quarantine_settle (WattleCall *call);
void wattle_api_password (WattleCall *call);
void wattle_api_totp_begin (WattleCall *call);
void wattle_api_totp_confirm (WattleCall *call);
void wattle_api_totp_drop (WattleCall *call);
void wattle_api_devices (WattleCall *call);
void wattle_api_device (WattleCall *call);
void wattle_api_device_approve (WattleCall *call);
void wattle_api_device_revoke (WattleCall *call);
void wattle_api_device_rename (WattleCall *call);
void wattle_api_device_wipe (WattleCall *call);
void wattle_api_device_wiped (WattleCall *call);
void wattle_api_device_code (WattleCall *call);
void wattle_api_account (WattleCall *call);
void wattle_api_recovery (WattleCall *call);
void wattle_api_invite (WattleCall *call);
void wattle_api_invitation_page (WattleCall *call);
void wattle_api_invitation_form (WattleCall *call);
void wattle_api_invitation_accept (WattleCall *call);
void wattle_api_oidc_begin (WattleCall *call);
void wattle_api_oidc_finish (WattleCall *call);
void wattle_api_oidc_link (WattleCall *call);
void wattle_api_oidc_unlink (WattleCall *call);
void wattle_api_oidc_assign (WattleCall *call);
void wattle_api_oidc_logout (WattleCall *call);
void wattle_api_users (WattleCall *call);
void wattle_api_user_create (WattleCall *call);
void wattle_api_operations (WattleCall *call);
void wattle_api_changes (WattleCall *call);
void wattle_api_snapshot (WattleCall *call);
void wattle_api_events (WattleCall *call);
void wattle_api_blob_head (WattleCall *call);
void wattle_api_blob_get (WattleCall *call);
void wattle_api_blob_patch (WattleCall *call);
void wattle_api_audit (WattleCall *call);

char *wattle_openapi_document (void);
void wattle_api_guest_invite (WattleCall *call);
void wattle_api_guest_open (WattleCall *call);
void wattle_api_call_page (WattleCall *call);
void wattle_api_call_file (WattleCall *call);
void wattle_api_rooms (WattleCall *call);
void wattle_api_room_socket (WattleCall *call);
void wattle_api_room_turn (WattleCall *call);

G_END_DECLS
