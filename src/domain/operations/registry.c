/* registry.c: every operation there is, with its arguments
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "domain/operations/operations.h"

#define END { NULL }

static const WattleArgument record_create_args[] = {
  { "record", "record", NULL, TRUE, "The new record, with an id of its own or none." },
  END,
};

static const WattleArgument record_change_args[] = {
  { "type", "string", NULL, TRUE, "Its type." },
  { "id", "id", NULL, TRUE, "Its id." },
  { "changes", "changes", NULL, TRUE, "Old and new value of each field." },
  END,
};

static const WattleArgument record_delete_args[] = {
  { "type", "string", NULL, TRUE, "Its type." },
  { "id", "id", NULL, TRUE, "Its id." },
  { "reason", "string", NULL, TRUE, "Why." },
  END,
};

static const WattleArgument record_restore_args[] = {
  { "type", "string", NULL, TRUE, "Its type." },
  { "id", "id", NULL, TRUE, "Its id." },
  END,
};

static const WattleArgument appointment_book_args[] = {
  { "appointment", "record", "appointment", TRUE, "The visit." },
  END,
};

static const WattleArgument appointment_move_args[] = {
  { "id", "id", "appointment", TRUE, "The visit." },
  { "starts_at", "instant", NULL, TRUE, "Its new start." },
  { "from", "instant", NULL, FALSE, "Its start as it was seen: when it was moved meanwhile, this move is not done." },
  { "ends_at", "instant", NULL, FALSE, "Its new end; as long as before when absent." },
  { "practitioner", "id", "practitioner", FALSE, "Who sees now." },
  { "room", "string", NULL, FALSE, "The new room; empty for none." },
  { "location", "id", "location", FALSE, "Where now." },
  END,
};

static const WattleArgument appointment_change_args[] = {
  { "id", "id", "appointment", TRUE, "The visit." },
  { "changes", "changes", NULL, TRUE, "Old and new value of each field." },
  END,
};

static const WattleArgument appointment_cancel_args[] = {
  { "id", "id", "appointment", TRUE, "The visit." },
  { "reason", "enum", "cancellation_reason", TRUE, "Who or what." },
  { "note", "string", NULL, FALSE, "More about it." },
  END,
};

static const WattleArgument appointment_arrive_args[] = {
  { "id", "id", "appointment", TRUE, "The visit." },
  END,
};

static const WattleArgument appointment_revert_args[] = {
  { "id", "id", "appointment", TRUE, "The visit." },
  { "to", "enum", "appointment_status", TRUE, "What it was before." },
  END,
};

static const WattleArgument call_report_args[] = {
  { "report", "record", "call_report", TRUE, "The call so far; the same id again replaces what it was before." },
  END,
};

static const WattleArgument note_save_args[] = {
  { "note", "record", "progress_note", TRUE, "The draft." },
  { "base", "id", NULL, FALSE, "Stamp of the text it was written on, none when new; other text is kept beside it." },
  END,
};

static const WattleArgument note_sign_args[] = {
  { "id", "id", "progress_note", TRUE, "One's own draft." },
  { "subjective", "text", NULL, FALSE, "Final text." },
  { "objective", "text", NULL, FALSE, "Final text." },
  { "assessment", "text", NULL, FALSE, "Final text." },
  { "plan", "text", NULL, FALSE, "Final text." },
  { "body", "text", NULL, FALSE, "Final text." },
  { "released", "boolean", NULL, FALSE, "Whether the patient may read it." },
  { "base", "id", NULL, FALSE, "Stamp of the text that was read before signing." },
  END,
};

static const WattleArgument note_addend_args[] = {
  { "note", "record", "progress_note", TRUE, "The addendum, signed at once; addendum_to names the note." },
  END,
};

static const WattleArgument note_discard_args[] = {
  { "id", "id", "progress_note", TRUE, "One's own draft." },
  { "base", "id", NULL, FALSE, "Stamp of the text that was read: other text is not thrown away." },
  END,
};

static const WattleArgument note_release_args[] = {
  { "id", "id", "progress_note", TRUE, "A note that one signed." },
  { "released", "boolean", NULL, TRUE, "Whether the patient may read it from now on." },
  END,
};

static const WattleArgument invoice_create_args[] = {
  { "invoice", "record", "invoice", TRUE, "The draft; one that is there is replaced." },
  { "lines", "records", "invoice_line", TRUE, "All of its lines." },
  { "base", "id", NULL, FALSE, "Stamp of the draft that is replaced: one that was changed meanwhile stays." },
  END,
};

static const WattleArgument invoice_issue_args[] = {
  { "id", "id", "invoice", TRUE, "A draft." },
  END,
};

static const WattleArgument invoice_write_off_args[] = {
  { "id", "id", "invoice", TRUE, "An invoice on which money is owed." },
  { "reason", "string", NULL, TRUE, "Why." },
  END,
};

static const WattleArgument payment_record_args[] = {
  { "payment", "record", "payment", TRUE, "The payment; the invoice decides the patient." },
  { "overpay", "boolean", NULL, FALSE, "Whether more than is owed is meant." },
  END,
};

static const WattleArgument payment_reverse_args[] = {
  { "id", "id", "payment", TRUE, "The payment." },
  { "reason", "string", NULL, TRUE, "Why." },
  END,
};

static const WattleArgument prescription_sign_args[] = {
  { "prescription", "record", "prescription", TRUE, "The prescription." },
  { "lines", "records", "prescription_line", TRUE, "Its medicines." },
  END,
};

static const WattleArgument prescription_cancel_args[] = {
  { "id", "id", "prescription", TRUE, "One's own prescription." },
  { "reason", "string", NULL, TRUE, "Why." },
  END,
};

static const WattleArgument recording_file_args[] = {
  { "document", "record", "document", TRUE, "The recording; its bytes are a blob." },
  { "appointment", "id", "appointment", TRUE, "The visit that was recorded." },
  { "started_at", "instant", NULL, FALSE, "When it began: the consent that held then counts, or that holds now." },
  END,
};

static const WattleArgument document_file_args[] = {
  { "document", "record", "document", TRUE, "The document; its bytes are a blob." },
  END,
};

static const WattleArgument thread_open_args[] = {
  { "appointment", "id", "appointment", TRUE, "The visit." },
  END,
};

static const WattleArgument thread_start_args[] = {
  { "thread", "record", "thread", TRUE, "Its subject and members." },
  END,
};

static const WattleArgument thread_mark_args[] = {
  { "id", "id", "thread", TRUE, "A conversation in which one takes part." },
  { "delivered_upto", "instant", NULL, FALSE, "When the latest message was sent that arrived." },
  { "read_upto", "instant", NULL, FALSE, "When the latest message was sent that was read." },
  END,
};

static const WattleArgument thread_flag_args[] = {
  { "id", "id", "thread", TRUE, "A conversation in which one takes part." },
  { "needs_reply", "boolean", NULL, TRUE, "Whether it needs a reply." },
  END,
};

static const WattleArgument thread_inspect_args[] = {
  { "id", "id", "thread", TRUE, "The conversation." },
  { "reason", "string", NULL, TRUE, "Why, in at least ten characters." },
  END,
};

static const WattleArgument message_send_args[] = {
  { "thread", "id", "thread", TRUE, "A conversation in which one takes part." },
  { "body", "text", NULL, FALSE, "What is said." },
  { "document", "record", "document", FALSE, "A file that goes with it; its bytes are a blob." },
  { "needs_reply", "boolean", NULL, FALSE, "Among the staff: whether it asks for a reply." },
  END,
};

static const WattleArgument message_withdraw_args[] = {
  { "id", "id", "message", TRUE, "One's own message." },
  { "reason", "string", NULL, FALSE, "Why." },
  END,
};

static const WattleArgument consent_form_publish_args[] = {
  { "form", "record", "consent_form", TRUE, "The new text; it takes the next version." },
  END,
};

static const WattleArgument consent_ask_args[] = {
  { "patient", "id", "patient", TRUE, "Who is asked." },
  { "kind", "enum", "consent_kind", TRUE, "For what." },
  END,
};

static const WattleArgument consent_give_args[] = {
  { "patient", "id", "patient", TRUE, "Who answers." },
  { "form", "id", "consent_form", TRUE, "The text that was read." },
  { "how", "enum", "consent_way", FALSE, "How the patient said it, when somebody else enters it." },
  END,
};

static const WattleArgument consent_withdraw_args[] = {
  { "id", "id", "consent", TRUE, "The consent, or the question for it." },
  { "reason", "string", NULL, FALSE, "Why." },
  END,
};

static const WattleArgument task_give_args[] = {
  { "task", "record", "task", TRUE, "The task." },
  END,
};

static const WattleArgument task_done_args[] = {
  { "id", "id", "task", TRUE, "The task." },
  { "done", "boolean", NULL, TRUE, "Whether it is done." },
  END,
};

static const WattleArgument task_withdraw_args[] = {
  { "id", "id", "task", TRUE, "The task." },
  { "reason", "string", NULL, FALSE, "Why." },
  END,
};

static const WattleArgument access_grant_args[] = {
  { "patient", "id", "patient", TRUE, "Whose record is opened." },
  { "practitioner", "id", "practitioner", TRUE, "To whom." },
  { "reason", "string", NULL, TRUE, "Why." },
  { "until", "instant", NULL, FALSE, "When it ends by itself; never when absent." },
  END,
};

static const WattleArgument access_revoke_args[] = {
  { "id", "id", "access_grant", TRUE, "The access." },
  END,
};

static const WattleArgument access_emergency_args[] = {
  { "patient", "id", "patient", TRUE, "Whose record is opened." },
  { "reason", "string", NULL, TRUE, "Why, in at least ten characters." },
  END,
};

static const WattleArgument access_review_args[] = {
  { "id", "id", "access_grant", TRUE, "An emergency access of somebody else." },
  { "outcome", "enum", "access_review", TRUE, "What the review found." },
  { "note", "string", NULL, FALSE, "More about it." },
  END,
};

static const WattleArgument chart_open_args[] = {
  { "patient", "id", "patient", TRUE, "Whose chart." },
  { "type", "string", NULL, FALSE, "Type of what was opened in it; none for the chart itself." },
  { "id", "id", NULL, FALSE, "Its id." },
  END,
};

static const WattleArgument patient_hold_args[] = {
  { "id", "id", "patient", TRUE, "The patient." },
  { "reason", "string", NULL, TRUE, "Why." },
  END,
};

static const WattleArgument user_invite_args[] = {
  { "user", "record", "user", TRUE, "The person, with roles." },
  END,
};

static const WattleArgument user_change_profile_args[] = {
  { "changes", "changes", NULL, TRUE, "Old and new value of display_name or email." },
  END,
};

static const WattleArgument user_set_roles_args[] = {
  { "id", "id", "user", TRUE, "The person." },
  { "roles", "flags", "role", TRUE, "All roles from now on." },
  { "practitioner", "id", "practitioner", FALSE, "Whose diary the person holds." },
  { "patient", "id", "patient", FALSE, "Whose record is the person's own." },
  END,
};

static const WattleArgument user_disable_args[] = {
  { "id", "id", "user", TRUE, "The person." },
  END,
};

static const WattleArgument device_rename_args[] = {
  { "id", "id", "device", TRUE, "The device." },
  { "name", "string", NULL, TRUE, "Its new name." },
  END,
};

static const WattleArgument device_revoke_args[] = {
  { "id", "id", "device", TRUE, "The device." },
  END,
};

static const WattleArgument setting_set_args[] = {
  { "key", "string", NULL, TRUE, "Which setting." },
  { "value", "string", NULL, TRUE, "Its value as text." },
  { "old", "string", NULL, FALSE, "The value that was seen: one that was changed meanwhile stays." },
  END,
};

static const WattleOperation operations[] = {
  { "record.create", wattle_apply_record_create, record_create_args, FALSE, N_("Add a record"),
    "Makes a plain record." },
  { "record.change", wattle_apply_record_change, record_change_args, FALSE, N_("Change a record"),
    "Changes fields of a plain record, each against the value it had." },
  { "record.delete", wattle_apply_record_delete, record_delete_args, FALSE, N_("Delete a record"),
    "Marks a plain record as deleted." },
  { "record.restore", wattle_apply_record_restore, record_restore_args, FALSE, N_("Restore a record"),
    "Takes a deletion back." },
  { "appointment.book", wattle_apply_appointment_book, appointment_book_args, FALSE, N_("Book an appointment"),
    "Books a visit where practitioner and room are free." },
  { "appointment.move", wattle_apply_appointment_move, appointment_move_args, FALSE, N_("Move an appointment"),
    "Moves or lengthens a visit that has not begun." },
  { "appointment.change", wattle_apply_appointment_change, appointment_change_args, FALSE, N_("Change an appointment"),
    "Changes what a visit is about." },
  { "appointment.cancel", wattle_apply_appointment_cancel, appointment_cancel_args, FALSE, N_("Cancel an appointment"),
    "Cancels a visit that has not begun." },
  { "appointment.arrive", wattle_apply_appointment_arrive, appointment_arrive_args, FALSE, N_("Mark as arrived"),
    "The patient is there." },
  { "appointment.start", wattle_apply_appointment_start, appointment_arrive_args, FALSE, N_("Start a visit"),
    "The visit begins." },
  { "appointment.no_show", wattle_apply_appointment_no_show, appointment_arrive_args, FALSE,
    N_("Mark as not attended"), "The patient did not come." },
  { "appointment.revert", wattle_apply_appointment_revert, appointment_revert_args, FALSE, N_("Take back a step"),
    "Takes back an arrival, a start, a completion, a missed visit or a cancellation." },
  { "visit.complete", wattle_apply_visit_complete, appointment_arrive_args, FALSE, N_("Complete a visit"),
    "Ends a visit and makes its invoice." },
  { "call.report", wattle_apply_call_report, call_report_args, FALSE, N_("File a call on its visit"),
    "Keeps how long a video consult was, by which means and with whom." },
  { "note.save", wattle_apply_note_save, note_save_args, FALSE, N_("Save a note"),
    "Keeps one's own draft, or replaces it." },
  { "note.sign", wattle_apply_note_sign, note_sign_args, FALSE, N_("Sign a note"),
    "Signs one's own draft, which never changes from then on." },
  { "note.addend", wattle_apply_note_addend, note_addend_args, FALSE, N_("Add to a note"), "Adds to a signed note." },
  { "note.discard", wattle_apply_note_discard, note_discard_args, FALSE, N_("Discard a draft"),
    "Throws one's own draft away." },
  { "note.release", wattle_apply_note_release, note_release_args, FALSE, N_("Release a note to the patient"),
    "Lets the patient read a note that one signed, or no longer; its text stays." },
  { "invoice.create", wattle_apply_invoice_create, invoice_create_args, FALSE, N_("Make an invoice"),
    "Makes or replaces a draft." },
  { "invoice.issue", wattle_apply_invoice_issue, invoice_issue_args, FALSE, N_("Issue an invoice"),
    "Numbers and dates a draft, which never changes from then on." },
  { "invoice.write_off", wattle_apply_invoice_write_off, invoice_write_off_args, FALSE, N_("Write off an invoice"),
    "Gives up what is owed." },
  { "payment.record", wattle_apply_payment_record, payment_record_args, FALSE, N_("Record a payment"),
    "Takes money towards an invoice." },
  { "payment.reverse", wattle_apply_payment_reverse, payment_reverse_args, FALSE, N_("Reverse a payment"),
    "Takes back a payment that was entered by mistake." },
  { "prescription.sign", wattle_apply_prescription_sign, prescription_sign_args, TRUE, N_("Sign a prescription"),
    "Signs a prescription, which never changes from then on." },
  { "prescription.cancel", wattle_apply_prescription_cancel, prescription_cancel_args, FALSE,
    N_("Withdraw a prescription"), "Marks one's own prescription as withdrawn." },
  { "document.file", wattle_apply_document_file, document_file_args, FALSE, N_("File a document"),
    "Puts a file into a patient's record." },
  { "recording.file", wattle_apply_recording_file, recording_file_args, FALSE, N_("File a recording"),
    "Puts what was recorded of a video consult into the record, with the date until which it is kept." },
  { "thread.open", wattle_apply_thread_open, thread_open_args, FALSE, N_("Begin the messages of a visit"),
    "Opens the conversation of a visit, or finds it open." },
  { "thread.start", wattle_apply_thread_start, thread_start_args, FALSE, N_("Begin a conversation"),
    "Begins a conversation among members of the staff." },
  { "thread.mark", wattle_apply_thread_mark, thread_mark_args, FALSE, N_("Mark messages as read"),
    "Says how far messages arrived and were read.", TRUE },
  { "thread.flag", wattle_apply_thread_flag, thread_flag_args, FALSE, N_("Mark as needing a reply"),
    "Says whether a conversation needs a reply." },
  { "thread.inspect", wattle_apply_thread_inspect, thread_inspect_args, TRUE, N_("Read a conversation of others"),
    "Writes into a conversation that it was read; by POST /v1/threads/inspect alone." },
  { "message.send", wattle_apply_message_send, message_send_args, FALSE, N_("Send a message"),
    "Adds a message to a conversation, for ever." },
  { "message.withdraw", wattle_apply_message_withdraw, message_withdraw_args, FALSE, N_("Withdraw a message"),
    "Marks one's own message as withdrawn; its text is kept." },
  { "consent_form.publish", wattle_apply_consent_form_publish, consent_form_publish_args, TRUE,
    N_("Publish a consent text"), "Puts the next version of a text to consent to in force." },
  { "consent.ask", wattle_apply_consent_ask, consent_ask_args, FALSE, N_("Ask for consent"),
    "Asks a patient to agree to the text in force." },
  { "consent.give", wattle_apply_consent_give, consent_give_args, FALSE, N_("Give consent"),
    "Keeps that a patient agreed to a text." },
  { "consent.decline", wattle_apply_consent_decline, consent_give_args, FALSE, N_("Decline consent"),
    "Keeps that a patient did not agree to a text." },
  { "consent.withdraw", wattle_apply_consent_withdraw, consent_withdraw_args, FALSE, N_("Withdraw consent"),
    "Ends a consent, or takes the question back." },
  { "task.give", wattle_apply_task_give, task_give_args, FALSE, N_("Give a task"), "Asks a patient to do something." },
  { "task.done", wattle_apply_task_done, task_done_args, FALSE, N_("Tick a task"),
    "Marks a task as done, or as open again." },
  { "task.withdraw", wattle_apply_task_withdraw, task_withdraw_args, FALSE, N_("Withdraw a task"),
    "Ends a task that is no longer to be done." },
  { "access.grant", wattle_apply_access_grant, access_grant_args, FALSE, N_("Open a record to a colleague"),
    "Lets a practitioner into the record of a patient." },
  { "access.revoke", wattle_apply_access_revoke, access_revoke_args, FALSE, N_("End an access"),
    "Ends an access that was given or taken." },
  { "access.emergency", wattle_apply_access_emergency, access_emergency_args, TRUE,
    N_("Open a record in an emergency"), "Lets a clinician into a record for an hour; by POST /v1/emergency alone." },
  { "access.review", wattle_apply_access_review, access_review_args, FALSE, N_("Review an emergency access"),
    "Says whether an emergency access was right." },
  { "chart.open", wattle_apply_chart_open, chart_open_args, FALSE, N_("Open a chart"),
    "Writes down that a chart was opened, or a note, a document or a prescription in it.", TRUE },
  { "patient.hold", wattle_apply_patient_hold, patient_hold_args, FALSE, N_("Place a legal hold"),
    "Keeps everything of a patient from being deleted." },
  { "patient.release_hold", wattle_apply_patient_release_hold, patient_hold_args, FALSE, N_("Lift a legal hold"),
    "Ends a legal hold." },
  { "user.confirm", wattle_apply_user_confirm, user_disable_args, TRUE, N_("Confirm a person"),
    "Lets in a person who accepted an invitation." },
  { "user.invite", wattle_apply_user_invite, user_invite_args, TRUE, N_("Invite a person"),
    "Adds a person who will choose a password." },
  { "user.change_profile", wattle_apply_user_change_profile, user_change_profile_args, TRUE, N_("Change my profile"),
    "Changes one's own name or address." },
  { "user.set_roles", wattle_apply_user_set_roles, user_set_roles_args, TRUE, N_("Change roles"),
    "Gives and takes roles." },
  { "user.disable", wattle_apply_user_disable, user_disable_args, TRUE, N_("Disable a person"),
    "Keeps a person from signing in." },
  { "user.enable", wattle_apply_user_enable, user_disable_args, TRUE, N_("Enable a person"),
    "Lets a disabled person sign in again." },
  { "device.rename", wattle_apply_device_rename, device_rename_args, TRUE, N_("Rename a device"),
    "Gives a device another name." },
  { "device.revoke", wattle_apply_device_revoke, device_revoke_args, TRUE, N_("Revoke a device"),
    "Refuses a device from now on." },
  { "device.approve", wattle_apply_device_approve, device_revoke_args, TRUE, N_("Approve a device"),
    "Lets a new device in." },
  { "setting.set", wattle_apply_setting_set, setting_set_args, FALSE, N_("Change a setting"),
    "Makes a choice of the practice." },
};

/**
 * wattle_operations:
 * @n_operations: (out): how many there are
 *
 * Returns: (array length=n_operations) (transfer none): every operation
 */
const WattleOperation *
wattle_operations (guint *n_operations)
{
  *n_operations = G_N_ELEMENTS (operations);
  return operations;
}

/**
 * wattle_operation_find:
 * @name: (nullable): the name of an operation
 *
 * Returns: (nullable) (transfer none): the operation
 */
const WattleOperation *
wattle_operation_find (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (operations); i++)
    if (g_strcmp0 (operations[i].name, name) == 0)
      return &operations[i];
  return NULL;
}
