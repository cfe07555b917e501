/* routes.c: the one table of routes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/api/routes.h"

#define PUBLIC WATTLE_CALL_PUBLIC
#define SYNC WATTLE_CALL_SYNC
#define SLOW WATTLE_CALL_SLOW
#define EARLY WATTLE_CALL_EARLY
#define BYTES WATTLE_CALL_BYTES
#define NO_BODY WATTLE_CALL_NO_BODY
#define SOCKET WATTLE_CALL_SOCKET
#define GZIP WATTLE_CALL_GZIP
#define PARTING WATTLE_CALL_PARTING

/* R (METHOD, path, name, flags, handler, takes, summary): its rule in the policy table is "METHOD path". */
#define R(method, path, name, flags, handler, takes, summary)                                                          \
  {                                                                                                                    \
#method, path, name, #method " " path, flags, handler, takes, summary                                              \
  }

static const WattleApiRoute routes[] = {
  R (GET,
     "/v1/hello",
     "hello",
     PUBLIC | EARLY,
     wattle_api_hello,
     NULL,
     "Versions, limits and the practice; with a session also the last change number."),
  R (POST,
     "/v1/setup",
     "setup",
     PUBLIC | SLOW,
     wattle_api_setup,
     "code practice location administrator",
     "Found the practice of a new server, with the code from its data directory."),

  R (POST,
     "/v1/sessions",
     "sessions.open",
     PUBLIC | SLOW,
     wattle_api_sign_in,
     "login password code device challenge_signature time",
     "Sign in."),
  R (POST,
     "/v1/sessions/refresh",
     "sessions.refresh",
     PUBLIC,
     wattle_api_refresh,
     "refresh_token device time signature",
     "Exchange the tokens for new ones."),
  R (
    POST, "/v1/sessions/role", "sessions.role", EARLY, wattle_api_set_role, "role", "Go on in another of one's roles."),
  R (DELETE, "/v1/sessions/current", "sessions.close", EARLY | NO_BODY, wattle_api_sign_out, NULL, "Sign out."),
  R (POST,
     "/v1/sessions/confirm",
     "sessions.confirm",
     EARLY | SLOW,
     wattle_api_confirm,
     "password",
     "Check the password of who is signed in."),

  R (GET,
     "/v1/account",
     "account",
     EARLY,
     wattle_api_account,
     NULL,
     "Who is signed in: one's own profile, second factor and device."),
  R (POST,
     "/v1/account/recovery",
     "account.recovery",
     EARLY | SLOW,
     wattle_api_recovery,
     "password",
     "New recovery codes; the old ones count no more."),
  R (POST,
     "/v1/account/password",
     "account.password",
     EARLY | SLOW,
     wattle_api_password,
     "old new",
     "Change one's own password; other sessions end."),
  R (POST,
     "/v1/account/totp",
     "account.totp.begin",
     EARLY,
     wattle_api_totp_begin,
     NULL,
     "Get a secret for an authenticator."),
  R (PUT,
     "/v1/account/totp",
     "account.totp.confirm",
     EARLY,
     wattle_api_totp_confirm,
     "code",
     "Confirm it with its first code; answers the recovery codes."),
  R (DELETE,
     "/v1/account/totp",
     "account.totp.drop",
     EARLY | SLOW,
     wattle_api_totp_drop,
     "password",
     "Remove the second factor."),

  R (GET, "/v1/devices", "devices.list", EARLY, wattle_api_devices, "all", "One's own devices, or all of them."),
  R (GET, "/v1/devices/{id}", "devices.get", EARLY, wattle_api_device, NULL, "One device; “current” is this one."),
  R (POST,
     "/v1/devices/{id}/approve",
     "devices.approve",
     0,
     wattle_api_device_approve,
     "fingerprint",
     "Let a new device in, if its key has this fingerprint."),
  R (POST,
     "/v1/devices/{id}/revoke",
     "devices.revoke",
     NO_BODY,
     wattle_api_device_revoke,
     NULL,
     "Refuse a device from now on; its sessions end at once."),
  R (POST,
     "/v1/devices/{id}/wipe",
     "devices.wipe",
     0,
     wattle_api_device_wipe,
     "send_first",
     "Have a device destroy what it keeps: at once, or after it sent what waits there."),
  R (POST,
     "/v1/devices/wiped",
     "devices.wiped",
     PUBLIC,
     wattle_api_device_wiped,
     "device time signature set_aside",
     "A device says that it destroyed what it kept, and hands over what it had not sent, sealed."),
  R (POST,
     "/v1/devices/codes",
     "devices.code",
     0,
     wattle_api_device_code,
     "user",
     "A code that lets one new device of a person in without waiting; for a day, once."),
  R (PATCH, "/v1/devices/{id}", "devices.rename", 0, wattle_api_device_rename, "name", "Name a device."),
  R (GET, "/v1/users", "users.list", 0, wattle_api_users, NULL, "Everybody who may sign in."),
  R (POST,
     "/v1/users",
     "users.create",
     SLOW,
     wattle_api_user_create,
     "login display_name roles password email practitioner patient",
     "Add a person with a first password."),

  R (POST,
     "/v1/operations",
     "operations",
     SYNC | PARTING,
     wattle_api_operations,
     "device operations",
     "A batch of named operations; answered after the commit."),
  R (GET,
     "/v1/changes",
     "changes",
     SYNC | GZIP,
     wattle_api_changes,
     "cursor limit epoch",
     "What changed after a change number, as lines of JSON."),
  R (GET,
     "/v1/snapshot",
     "snapshot",
     SYNC | GZIP,
     wattle_api_snapshot,
     "after limit scope",
     "Everything one may see, in pages of lines of JSON."),
  R (GET, "/v1/events", "events", SYNC | SOCKET, wattle_api_events, NULL, "A WebSocket that says when to ask again."),

  R (POST,
     "/v1/people",
     "people",
     0,
     wattle_api_people,
     "words",
     "Patients of the practice who might be meant: no more than tells them apart, and each is written down."),
  R (POST,
     "/v1/emergency",
     "emergency",
     SLOW,
     wattle_api_emergency,
     "patient reason password",
     "Open the record of a patient who is not one's own, for an hour; it is reviewed."),
  R (GET, "/v1/figures", "figures", 0, wattle_api_figures, NULL, "The practice in numbers, month by month."),

  R (HEAD,
     "/v1/blobs/{hash}",
     "blobs.head",
     SYNC | PARTING,
     wattle_api_blob_head,
     NULL,
     "How much of a file is there."),
  R (GET, "/v1/blobs/{hash}", "blobs.get", SYNC, wattle_api_blob_get, NULL, "The bytes of a file, or a range of them."),
  R (PATCH,
     "/v1/blobs/{hash}",
     "blobs.patch",
     SYNC | BYTES | PARTING,
     wattle_api_blob_patch,
     NULL,
     "The next piece of a file."),

  R (
    GET, "/v1/audit", "audit", 0, wattle_api_audit, "patient actor before limit", "Who did or saw what, latest first."),
  R (GET, "/v1/health", "health", PUBLIC, wattle_api_health, NULL, "Whether the server is well."),
  R (GET, "/v1/metrics", "metrics", PUBLIC, wattle_api_metrics, NULL, "Figures for Prometheus, on loopback."),
  R (GET, "/v1/openapi.json", "openapi", PUBLIC | GZIP, wattle_api_openapi, NULL, "This description."),
  R (GET, "/v1/docs", "docs", PUBLIC | GZIP, wattle_api_docs, NULL, "The same as a page to read."),
};

/**
 * wattle_api_routes:
 * @n_routes: (out): how many
 *
 * Returns: (transfer none) (array length=n_routes): every route there is
 */
const WattleApiRoute *
wattle_api_routes (guint *n_routes)
{
  *n_routes = G_N_ELEMENTS (routes);
  return routes;
}
