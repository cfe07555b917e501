/* operations.h: what the groups of operations share; for this room alone
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "domain/operation.h"
#include "domain/policy.h"

G_BEGIN_DECLS

#define WATTLE_APPLY(name) \
  gboolean wattle_apply_##name (WattleOperationContext *context, WattleJsonNode args, WattleOutcome *outcome, \
                                GError **error)

WATTLE_APPLY (record_create);
WATTLE_APPLY (record_change);
WATTLE_APPLY (record_delete);
WATTLE_APPLY (record_restore);
WATTLE_APPLY (appointment_book);
WATTLE_APPLY (appointment_move);
WATTLE_APPLY (appointment_change);
WATTLE_APPLY (appointment_cancel);
WATTLE_APPLY (appointment_arrive);
WATTLE_APPLY (appointment_start);
WATTLE_APPLY (appointment_no_show);
WATTLE_APPLY (appointment_revert);
WATTLE_APPLY (visit_complete);
WATTLE_APPLY (call_report);
WATTLE_APPLY (note_save);
WATTLE_APPLY (note_sign);
WATTLE_APPLY (note_addend);
WATTLE_APPLY (note_discard);
WATTLE_APPLY (note_release);
WATTLE_APPLY (invoice_create);
WATTLE_APPLY (invoice_issue);
WATTLE_APPLY (invoice_write_off);
WATTLE_APPLY (payment_record);
WATTLE_APPLY (payment_reverse);
WATTLE_APPLY (prescription_sign);
WATTLE_APPLY (prescription_cancel);
WATTLE_APPLY (document_file);
WATTLE_APPLY (recording_file);
WATTLE_APPLY (thread_open);
WATTLE_APPLY (thread_start);
WATTLE_APPLY (thread_mark);
WATTLE_APPLY (thread_flag);
WATTLE_APPLY (thread_inspect);
WATTLE_APPLY (message_send);
WATTLE_APPLY (message_withdraw);
WATTLE_APPLY (consent_form_publish);
WATTLE_APPLY (consent_ask);
WATTLE_APPLY (consent_give);
WATTLE_APPLY (consent_decline);
WATTLE_APPLY (consent_withdraw);
WATTLE_APPLY (task_give);
WATTLE_APPLY (task_done);
WATTLE_APPLY (task_withdraw);
WATTLE_APPLY (access_grant);
WATTLE_APPLY (access_revoke);
WATTLE_APPLY (access_emergency);
WATTLE_APPLY (access_review);
WATTLE_APPLY (chart_open);
WATTLE_APPLY (patient_hold);
WATTLE_APPLY (patient_release_hold);
WATTLE_APPLY (user_confirm);
WATTLE_APPLY (user_invite);
WATTLE_APPLY (user_change_profile);
WATTLE_APPLY (user_set_roles);
WATTLE_APPLY (user_disable);
WATTLE_APPLY (user_enable);
WATTLE_APPLY (device_rename);
WATTLE_APPLY (device_revoke);
WATTLE_APPLY (device_approve);
WATTLE_APPLY (setting_set);

gboolean wattle_refuse (GError **error, WattleErrorCode code, const char *field, const char *sentence);

/* Arguments: an absent one and null are the same. */
WattleJsonNode wattle_arg (WattleJsonNode args, const char *name);
const char *wattle_arg_string (WattleJsonNode args, const char *name);
gint64 wattle_arg_enum (WattleJsonNode args, const char *name, const char *list);
WattleRecord *wattle_arg_record (WattleJsonNode args, const char *name, GError **error);
GPtrArray *wattle_arg_records (WattleJsonNode args, const char *name, GError **error);

/* Records. */
WattleRecord *wattle_load (WattleOperationContext *context, WattleRecordType type, const char *id, GError **error);
WattleRecord *wattle_load_practice (WattleOperationContext *context, GError **error);
gboolean wattle_take_id (WattleOperationContext *context, WattleRecord *record, const char *what, GError **error);
gint64 wattle_today (WattleOperationContext *context, const char *zone);
char *wattle_next_number (WattleOperationContext *context, const char *sequence, const char *format, GError **error);
gboolean wattle_merge_changes (WattleRecord *record,
                               WattleJsonNode changes,
                               const WattleFieldId *allowed,
                               guint n_allowed,
                               WattleOutcome *outcome,
                               GError **error);
gboolean wattle_actor_is (const WattleActor *actor, int role);

/* Steps that more than one operation takes. */
gboolean wattle_appointment_check_free (WattleOperationContext *context, WattleRecord *appointment, GError **error);
gboolean wattle_invoice_issue (WattleOperationContext *context, WattleRecord *invoice, GError **error);
gboolean wattle_document_check_size (WattleRecord *document, GError **error);
gboolean wattle_frozen_check (WattleOperationContext *context,
                              WattleRecord *before,
                              WattleRecord *after,
                              GError **error);

G_END_DECLS
