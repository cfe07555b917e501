/* policy-table.c: who may ask what of which objects: the one table
 *
 * The columns follow enum role: patient, clinician, reception, manager, owner,
 * administrator. Anonymous callers and people who are not confirmed yet come
 * into it by flags, and so do deleted and held objects.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "domain/policy.h"

#define NONE WATTLE_REACH_NONE
#define SELF WATTLE_REACH_SELF
#define OWN WATTLE_REACH_OWN_PATIENTS
#define ALL WATTLE_REACH_PRACTICE

#define PUBLIC WATTLE_POLICY_PUBLIC
#define UNCONFIRMED WATTLE_POLICY_UNCONFIRMED
#define EMERGENCY WATTLE_POLICY_EMERGENCY
#define NOT_HELD WATTLE_POLICY_NOT_HELD
#define DELETED WATTLE_POLICY_DELETED
#define PASSWORD WATTLE_POLICY_PASSWORD
#define OUTSIDER WATTLE_POLICY_OUTSIDER

/* Columns that many rows share. */
#define EVERYONE { ALL, ALL, ALL, ALL, ALL, ALL }
#define EVERYONE_SELF { SELF, SELF, SELF, SELF, SELF, SELF }
#define STAFF { NONE, ALL, ALL, ALL, ALL, ALL }
#define CARE { NONE, OWN, ALL, ALL, NONE, NONE }
#define CARE_AND_SELF                                                                                                  \
  {                                                                                                                    \
    SELF, OWN, ALL, ALL, NONE, NONE                                                                                    \
  }
#define TAKING_PART                                                                                                    \
  {                                                                                                                    \
    SELF, OWN, SELF, SELF, SELF, SELF                                                                                  \
  }
#define CLINICIANS { NONE, OWN, NONE, NONE, NONE, NONE }
#define MANAGERS { NONE, NONE, NONE, ALL, NONE, NONE }
#define RUNNING { NONE, NONE, NONE, ALL, NONE, ALL }
#define ACCOUNTS { NONE, NONE, NONE, ALL, ALL, ALL }

static const WattlePolicyRule rules[] = {
  /* reading rows, by access class */
  { "read:practice", { SELF, ALL, ALL, ALL, ALL, ALL }, UNCONFIRMED, "Places, people on the staff, services, prices." },
  { "read:account", { SELF, SELF, SELF, SELF, SELF, ALL }, UNCONFIRMED, "Devices." },
  { "read:contact", { SELF, OWN, ALL, ALL, NONE, NONE }, EMERGENCY, "Who a patient is and how to reach them." },
  { "read:schedule", { SELF, OWN, ALL, ALL, NONE, NONE }, EMERGENCY, "Visits with the names of patients." },
  { "read:diary", { NONE, ALL, ALL, ALL, NONE, NONE }, 0, "Busy times without names." },
  { "read:clinical",
    { SELF, OWN, NONE, NONE, NONE, NONE },
    EMERGENCY,
    "Clinical content; a manager's by managers_read_notes." },
  { "read:financial", { SELF, OWN, ALL, ALL, NONE, NONE }, EMERGENCY, "Invoices and payments." },
  { "read:portal",
    { SELF, NONE, ALL, ALL, NONE, NONE },
    UNCONFIRMED,
    "Accounts of patients; an administrator sees them without names." },
  { "read:account_of_patient",
    { NONE, NONE, NONE, NONE, NONE, ALL },
    0,
    "Accounts of patients without names: sign-in name, roles and state." },
  { "read:grant",
    { NONE, OWN, NONE, ALL, NONE, NONE },
    EMERGENCY,
    "Who was let into a record that is not otherwise theirs, and why." },
  { "read:message", TAKING_PART, 0, "Conversations: for those who take part alone, whatever else they may read." },
  { "read:audit", { SELF, SELF, NONE, ALL, ALL, ALL }, 0, "Who did or saw what: a person's own, or the practice's." },

  /* writing plain rows with record.create and its kin, by access class */
  { "write:practice", { NONE, SELF, NONE, ALL, NONE, ALL }, 0, "Places, services, prices; a clinician's own diary." },
  { "write:account", { NONE, NONE, NONE, NONE, NONE, NONE }, 0, "Devices change by their own operations." },
  { "write:contact", CARE, 0, "Who a patient is and how to reach them." },
  { "write:schedule", CARE, 0, "Visits." },
  { "write:clinical", CLINICIANS, 0, "Problems and medicines." },
  { "write:financial", CARE, 0, "Invoices and payments." },
  { "write:grant", { NONE, NONE, NONE, NONE, NONE, NONE }, 0, "Accesses change by their own operations." },
  { "write:message", { NONE, NONE, NONE, NONE, NONE, NONE }, 0, "Messages have operations of their own." },
  { "write:audit", { NONE, NONE, NONE, NONE, NONE, NONE }, 0, "Nobody writes the audit trail by hand." },

  /* rooms of video visits: the object is the visit */
  { "room:enter", { SELF, OWN, NONE, NONE, NONE, NONE }, 0, "Be in the call, once admitted." },
  { "room:admit", CLINICIANS, 0, "Let people in and remove them, lock; enters without being admitted." },
  { "room:close", { NONE, OWN, NONE, ALL, NONE, NONE }, 0, "End a call for everybody in it." },
  { "room:triage", CARE, 0, "See who waits, tell them something, send them to another room or away." },

  /* marks over the socket that are passed on and kept nowhere: the object is the conversation */
  { "thread:typing", TAKING_PART, 0, "Let the others of a conversation see that one is writing." },

  /* operations */
  { "record.create", { NONE, ALL, ALL, ALL, NONE, ALL }, 0, "Further limited by write:…" },
  { "record.change", { NONE, ALL, ALL, ALL, NONE, ALL }, 0, "Further limited by write:…" },
  { "record.delete", { NONE, ALL, ALL, ALL, NONE, ALL }, NOT_HELD, "Further limited by write:…" },
  { "record.restore", { NONE, ALL, ALL, ALL, NONE, ALL }, DELETED, "Further limited by write:…" },
  { "appointment.book", CARE, 0, "Book a visit." },
  { "appointment.move", CARE, 0, "Move a visit." },
  { "appointment.change", CARE, 0, "Change what a visit is about." },
  { "appointment.cancel", CARE, 0, "Cancel a visit." },
  { "appointment.arrive", CARE, 0, "Note that the patient is there." },
  { "appointment.start", CARE, 0, "Begin a visit." },
  { "appointment.no_show", CARE, 0, "Note that the patient did not come." },
  { "appointment.revert", CARE, DELETED, "Take back the last of these." },
  { "visit.complete", CARE, 0, "End a visit and bill it." },
  { "call.report", CLINICIANS, 0, "File one's own video consult as evidence on its visit." },
  { "note.save", CLINICIANS, EMERGENCY, "Keep one's own draft." },
  { "note.sign", CLINICIANS, EMERGENCY, "Sign one's own note." },
  { "note.addend", CLINICIANS, EMERGENCY, "Add to a signed note." },
  { "note.discard", CLINICIANS, EMERGENCY | NOT_HELD, "Throw one's own draft away." },
  { "note.release", CLINICIANS, 0, "Let the patient read one's own signed note." },
  { "invoice.create", CARE, 0, "Make an invoice by hand." },
  { "invoice.issue", CARE, 0, "Issue a draft." },
  { "invoice.write_off", { NONE, NONE, NONE, ALL, NONE, NONE }, 0, "Give up what is owed." },
  { "payment.record", CARE, 0, "Take a payment." },
  { "payment.reverse", CARE, NOT_HELD, "Take back a payment entered by mistake." },
  { "prescription.sign", CLINICIANS, 0, "Prescribe." },
  { "prescription.cancel", CLINICIANS, 0, "Withdraw one's own prescription." },
  { "document.file", CARE, 0, "Put a file into a record." },
  { "recording.file", CLINICIANS, 0, "File the recording of one's own video consult." },
  { "thread.open", { SELF, OWN, NONE, NONE, NONE, NONE }, 0, "Begin the messages of a visit of one's own." },
  { "thread.start", STAFF, 0, "Begin a conversation among the staff." },
  { "thread.mark", TAKING_PART, 0, "Say how far messages arrived and were read." },
  { "thread.flag", { NONE, OWN, SELF, SELF, SELF, SELF }, 0, "Say whether a conversation needs a reply." },
  { "thread.inspect",
    { NONE, NONE, NONE, NONE, NONE, ALL },
    PASSWORD | OUTSIDER,
    "Read a conversation of others, with a reason that stands in it from then on." },
  { "message.send", TAKING_PART, 0, "Write in a conversation in which one takes part." },
  { "message.withdraw", TAKING_PART, 0, "Withdraw one's own message." },
  { "consent_form.publish", RUNNING, 0, "Put a new text to consent to in force." },
  { "consent.ask", CARE, 0, "Ask a patient to agree to a text." },
  { "consent.give", CARE_AND_SELF, 0, "Agree to a text, or enter that a patient did." },
  { "consent.decline", CARE_AND_SELF, 0, "Not agree to it." },
  { "consent.withdraw", CARE_AND_SELF, 0, "Withdraw a consent." },
  { "task.give", CLINICIANS, 0, "Ask a patient to do something." },
  { "task.done", { SELF, OWN, NONE, NONE, NONE, NONE }, 0, "Tick a task." },
  { "task.withdraw", CLINICIANS, 0, "End a task that is no longer to be done." },
  { "patient.hold", MANAGERS, 0, "Place a legal hold: nothing of the record is deleted." },
  { "patient.release_hold", MANAGERS, 0, "Lift a legal hold." },
  { "access.grant", { NONE, OWN, NONE, ALL, NONE, NONE }, 0, "Let a practitioner into a record." },
  { "access.revoke", { NONE, OWN, NONE, ALL, NONE, NONE }, EMERGENCY, "End an access; one's own, too." },
  { "access.emergency",
    { NONE, ALL, NONE, NONE, NONE, NONE },
    PASSWORD,
    "Open the record of any patient of the practice for an hour, with a reason that is reviewed." },
  { "access.review", MANAGERS, 0, "Say whether an emergency access was right; never one's own." },
  { "chart.open", CARE, EMERGENCY, "Write down that a chart was opened." },
  { "user.confirm", { NONE, NONE, ALL, ALL, NONE, ALL }, 0, "Let in a patient who accepted an invitation." },
  { "user.invite", ACCOUNTS, 0, "Add a person; which roles depends on one's own." },
  { "user.change_profile", EVERYONE_SELF, UNCONFIRMED, "Change one's own name and address." },
  { "user.set_roles", ACCOUNTS, 0, "Give and take roles; which depends on one's own." },
  { "user.disable", ACCOUNTS, 0, "Keep a person from signing in." },
  { "user.enable", ACCOUNTS, 0, "Let a disabled person sign in again." },
  { "device.rename", { SELF, SELF, SELF, SELF, SELF, ALL }, UNCONFIRMED, "Name a device." },
  { "device.revoke", { SELF, SELF, SELF, SELF, SELF, ALL }, UNCONFIRMED, "Refuse a device from now on." },
  { "device.approve", RUNNING, 0, "Let a new device in." },
  { "setting.set", RUNNING, 0, "Make a choice of the practice." },

  /* routes */
  { "GET /v1/hello", EVERYONE, PUBLIC, "Versions and limits; the cursor only with a session." },
  { "POST /v1/setup", EVERYONE, PUBLIC, "The first practice and administrator, once." },
  { "POST /v1/sessions", EVERYONE, PUBLIC, "Sign in." },
  { "POST /v1/sessions/refresh", EVERYONE, PUBLIC, "Rotate the tokens; proves itself by the refresh token." },
  { "POST /v1/sessions/role", EVERYONE_SELF, UNCONFIRMED, "Use another of one's roles." },
  { "DELETE /v1/sessions/current", EVERYONE_SELF, UNCONFIRMED, "Sign out." },
  { "POST /v1/sessions/confirm", EVERYONE_SELF, UNCONFIRMED, "Check one's own password." },
  { "GET /v1/account", EVERYONE_SELF, UNCONFIRMED, "One's own profile, second factor and device." },
  { "POST /v1/account/recovery", EVERYONE_SELF, UNCONFIRMED, "New recovery codes of one's own." },
  { "POST /v1/account/password", EVERYONE_SELF, UNCONFIRMED, "Change one's own password." },
  { "POST /v1/account/totp", EVERYONE_SELF, UNCONFIRMED, "Begin one's own second factor." },
  { "PUT /v1/account/totp", EVERYONE_SELF, UNCONFIRMED, "Confirm one's own second factor." },
  { "DELETE /v1/account/totp", EVERYONE_SELF, UNCONFIRMED, "Remove one's own second factor." },
  { "GET /v1/devices", { SELF, SELF, SELF, SELF, SELF, ALL }, UNCONFIRMED, "Devices." },
  { "GET /v1/devices/{id}", { SELF, SELF, SELF, SELF, SELF, ALL }, UNCONFIRMED, "One device." },
  { "POST /v1/devices/{id}/approve", RUNNING, 0, "Let a new device in." },
  { "POST /v1/devices/{id}/revoke",
    { SELF, SELF, SELF, SELF, SELF, ALL },
    UNCONFIRMED,
    "Refuse a device from now on." },
  { "POST /v1/devices/{id}/wipe", { SELF, SELF, SELF, SELF, SELF, ALL }, UNCONFIRMED, "Have a device wiped." },
  { "POST /v1/devices/wiped", EVERYONE, PUBLIC, "A device did; proves itself by its key." },
  { "POST /v1/devices/codes", RUNNING, 0, "A code that lets one new device of a person in." },
  { "PATCH /v1/devices/{id}", { SELF, SELF, SELF, SELF, SELF, ALL }, UNCONFIRMED, "Name a device." },
  { "GET /v1/users", ACCOUNTS, 0, "Everybody who may sign in." },
  { "POST /v1/users", RUNNING, 0, "Add a person with a first password; which roles depends on one's own." },
  { "POST /v1/users/{id}/invitation",
    { NONE, NONE, ALL, ALL, ALL, ALL },
    0,
    "Invite a person; whom depends on one's own role." },
  { "GET /invite/{secret}", EVERYONE, PUBLIC, "What the link of an invitation shows." },
  { "POST /invite/{secret}", EVERYONE, PUBLIC, "Accept an invitation; proves itself by its secret." },
  { "POST /v1/invitations/accept", EVERYONE, PUBLIC, "Accept an invitation; proves itself by its secret." },
  { "POST /v1/oidc/begin", EVERYONE, PUBLIC, "Begin to sign in with the identity provider." },
  { "POST /v1/oidc/finish", EVERYONE, PUBLIC, "Sign in with the identity provider." },
  { "POST /v1/oidc/logout", EVERYONE, PUBLIC, "Be signed out; proves itself by the provider's signature." },
  { "POST /v1/account/oidc", EVERYONE_SELF, UNCONFIRMED, "Link one's own account to the identity provider." },
  { "DELETE /v1/account/oidc", EVERYONE_SELF, UNCONFIRMED, "Unlink one's own account from it." },
  { "PUT /v1/users/{id}/oidc", RUNNING, 0, "Link a person to the identity provider." },
  { "POST /v1/operations", EVERYONE, UNCONFIRMED, "Each operation has its own rule." },
  { "GET /v1/changes", EVERYONE, UNCONFIRMED, "Rows by read:…" },
  { "GET /v1/snapshot", EVERYONE, UNCONFIRMED, "Rows by read:…" },
  { "GET /v1/events", EVERYONE, UNCONFIRMED, "Pokes without content." },
  { "GET /v1/rooms", { NONE, NONE, ALL, ALL, NONE, NONE }, 0, "Which video rooms are in use: ids and times alone." },
  { "GET /v1/rooms/{room}/socket", { SELF, OWN, ALL, ALL, NONE, NONE }, 0, "By room:…; guests by their link." },
  { "GET /v1/rooms/{room}/turn", { SELF, OWN, ALL, ALL, NONE, NONE }, 0, "The relay of calls." },
  { "POST /v1/rooms/{room}/guests", CARE, 0, "A link for somebody without an account." },
  { "POST /v1/rooms/guests", EVERYONE, PUBLIC, "Use such a link; proves itself by its secret." },
  { "GET /call", EVERYONE, PUBLIC, "The page that such a link opens; the secret never comes with the address." },
  { "GET /call/{file}", EVERYONE, PUBLIC, "What that page is made of." },
  { "POST /v1/people", { NONE, ALL, NONE, NONE, NONE, NONE }, 0, "Find whose record is to be opened in need." },
  { "POST /v1/emergency", { NONE, ALL, NONE, NONE, NONE, NONE }, 0, "By access.emergency." },
  { "GET /v1/threads",
    { NONE, NONE, NONE, NONE, NONE, ALL },
    0,
    "Which conversations there are: between whom and when, never what was said." },
  { "POST /v1/threads/inspect", { NONE, NONE, NONE, NONE, NONE, ALL }, 0, "By thread.inspect." },
  { "GET /v1/quarantine",
    { NONE, SELF, SELF, ALL, NONE, NONE },
    0,
    "What was refused and must not get lost, for its author and the manager." },
  { "POST /v1/quarantine/{id}", { NONE, SELF, SELF, ALL, NONE, NONE }, 0, "Say what became of it." },
  { "GET /v1/figures", { NONE, NONE, NONE, ALL, ALL, NONE }, 0, "Numbers of many people, never of few." },
  { "HEAD /v1/blobs/{hash}", EVERYONE, 0, "By the document that names it." },
  { "GET /v1/blobs/{hash}", EVERYONE, 0, "By the document that names it." },
  { "PATCH /v1/blobs/{hash}", CARE_AND_SELF, 0, "Upload a piece." },
  { "GET /v1/audit", ACCOUNTS, 0, "Who did or saw what." },
  { "GET /v1/health", EVERYONE, PUBLIC, "Whether the server is well." },
  { "GET /v1/metrics", EVERYONE, PUBLIC, "Counters without names; the server answers it on loopback alone." },
  { "GET /v1/openapi.json", EVERYONE, PUBLIC, "The description of the interface." },
  { "GET /v1/docs", EVERYONE, PUBLIC, "The readable page of the interface." },
};

/**
 * wattle_policy_rules:
 * @n_rules: (out): how many there are
 *
 * Returns: (array length=n_rules) (transfer none): every rule
 */
const WattlePolicyRule *
wattle_policy_rules (guint *n_rules)
{
  *n_rules = G_N_ELEMENTS (rules);
  return rules;
}

/**
 * wattle_policy_find:
 * @name: (nullable): a route, an operation or a class of rows
 *
 * Returns: (nullable) (transfer none): its rule
 */
const WattlePolicyRule *
wattle_policy_find (const char *name)
{
  static GHashTable *by_name;

  if (g_once_init_enter (&by_name))
    {
      GHashTable *made = g_hash_table_new (g_str_hash, g_str_equal);

      for (gsize i = 0; i < G_N_ELEMENTS (rules); i++)
        g_hash_table_insert (made, (char *) rules[i].name, (gpointer) &rules[i]);
      g_once_init_leave (&by_name, made);
    }
  return name != NULL ? g_hash_table_lookup (by_name, name) : NULL;
}
