/* conflict-table.c: every two acts on one record by devices that do not hear of each other, and the rule for them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "conflicts.h"

#define FIRST 1
#define SECOND 2

#define NEW_PATIENT                                                                                                    \
  {                                                                                                                    \
    "enter", MAX, "record.create",                                                                                     \
      "{\"record\":{\"type\":\"patient\",\"id\":\"$patient\",\"given_names\":\"Ada\",\"family_name\":\"Example\","     \
      "\"status\":\"active\",\"primary_practitioner\":\"$mara\",\"birth_date\":\"1980-02-01\","                        \
      "\"address_line\":\"1 Example Street\",\"suburb\":\"Sydney\",\"state_code\":\"NSW\",\"postcode\":\"2000\"}}"     \
  }

#define VISIT(id, from, to, more)                                                                                      \
  "{\"appointment\":{\"type\":\"appointment\",\"id\":\"" id "\",\"patient\":\"$patient\",\"practitioner\":\"$mara\","  \
  "\"location\":\"$location\",\"modality\":\"in_person\",\"status\":\"booked\",\"zone\":\"Australia/Sydney\","         \
  "\"starts_at\":\"" from "\",\"ends_at\":\"" to "\"" more "}}"

#define CHANGE(type, id, field, old, new)                                                                              \
  "{\"type\":\"" type "\",\"id\":\"" id "\",\"changes\":{\"" field "\":{\"old\":" old ",\"new\":" new "}}}"

#define BILL(amount, base)                                                                                             \
  "{\"invoice\":{\"type\":\"invoice\",\"id\":\"$invoice\",\"patient\":\"$patient\",\"status\":\"draft\",\"note\":"     \
  "\"$mark\"},\"lines\":[{\"type\":\"invoice_line\",\"id\":\"$fresh\",\"invoice\":\"$invoice\",\"patient\":"           \
  "\"$patient\",\"position\":1,\"description\":\"Visit\",\"quantity\":1000,\"unit_price\":" amount                     \
  ",\"tax_code\":\"gst_free\"}]" base "}"

#define PAYMENT(id, amount)                                                                                            \
  "{\"payment\":{\"type\":\"payment\",\"id\":\"" id "\",\"invoice\":\"$invoice\",\"patient\":\"$patient\","            \
  "\"amount\":" amount ",\"method\":\"card\",\"received_at\":\"$now\",\"reference\":\"$mark\"}}"

#define NOTE(id, body)                                                                                                 \
  "{\"type\":\"progress_note\",\"id\":\"" id "\",\"patient\":\"$patient\",\"kind\":\"free\",\"body\":\"" body "\"}"

#define SCRIPT(id)                                                                                                     \
  "{\"prescription\":{\"type\":\"prescription\",\"id\":\"" id "\",\"patient\":\"$patient\","                        \
  "\"prescriber\":\"$mara\"},"                                                                                        \
  "\"lines\":[{\"type\":\"prescription_line\",\"active_ingredient\":\"Sertraline\",\"schedule\":\"s4\","              \
  "\"strength\":\"50 mg\",\"form\":\"tablet\",\"directions\":\"$mark\",\"quantity\":30}]}"

const SimSubject sim_subjects[] = {
  { .name = "a free time",
    .devices = { RITA, MAX },
    .before = { NEW_PATIENT,
                { "book", MAX, "appointment.book", VISIT ("$own0", "$t8", "$t9", "") },
                { "book", MAX, "appointment.book", VISIT ("$own1", "$t6", "$t7", "") } },
    .acts = { { "book", 0, "appointment.book", VISIT ("$fresh", "$t0", "$t2", ",\"reason\":\"$mark\"") },
              { "book across", 0, "appointment.book", VISIT ("$fresh", "$t1", "$t3", ",\"reason\":\"$mark\"") },
              { "book beside", 0, "appointment.book", VISIT ("$fresh", "$t2", "$t3", ",\"reason\":\"$mark\"") },
              { "move there", 0, "appointment.move",
                "{\"id\":\"$own\",\"starts_at\":\"$t0\",\"ends_at\":\"$t1\",\"room\":\"$mark\"}" } },
    .rules = { "ccoc", "ccco", "occo", "cooc" } },
  { .name = "a visit",
    .devices = { MARA, RITA },
    .before = { NEW_PATIENT, { "book", MAX, "appointment.book", VISIT ("$visit", "$p0", "$p1", "") } },
    .acts = { { "move", 0, "appointment.move",
                "{\"id\":\"$visit\",\"starts_at\":\"$p_own\",\"from\":\"$p0\",\"room\":\"$mark\"}" },
              { "reason", 0, "appointment.change",
                "{\"id\":\"$visit\",\"changes\":{\"reason\":{\"old\":null,\"new\":\"$mark\"}}}" },
              { "notes", 0, "appointment.change",
                "{\"id\":\"$visit\",\"changes\":{\"notes\":{\"old\":null,\"new\":\"$mark\"}}}" },
              { "cancel", 0, "appointment.cancel", "{\"id\":\"$visit\",\"reason\":\"patient\",\"note\":\"$mark\"}" },
              { "arrive", 0, "appointment.arrive", "{\"id\":\"$visit\"}" },
              { "start", 0, "appointment.start", "{\"id\":\"$visit\"}", FIRST },
              { "no show", 0, "appointment.no_show", "{\"id\":\"$visit\"}" },
              { "complete", 0, "visit.complete", "{\"id\":\"$visit\"}", FIRST } },
    .rules = { "cooooooo", "ofoooooo", "oofooooo", "cccccccc", "ooooooco", "cooccoco", "coocccoc", "cooccoco" } },
  { .name = "a chart's first page",
    .devices = { MARA, RITA },
    .before = { NEW_PATIENT },
    .acts = { { "suburb", 0, "record.change", CHANGE ("patient", "$patient", "suburb", "\"Sydney\"", "\"$mark\"") },
              { "same", 0, "record.change", CHANGE ("patient", "$patient", "suburb", "\"Sydney\"", "\"Newtown\"") },
              { "alert", 0, "record.change", CHANGE ("patient", "$patient", "alert", "null", "\"$mark\"") },
              { "archive", 0, "record.change",
                CHANGE ("patient", "$patient", "status", "\"active\"", "\"inactive\"") },
              { "delete", 0, "record.delete", "{\"type\":\"patient\",\"id\":\"$patient\",\"reason\":\"$mark\"}" } },
    .rules = { "ffooo", "foooo", "oofoo", "ooooo", "rrrro" } },
  { .name = "a condition",
    .devices = { MARA, MARA_AT_HOME },
    .before = { NEW_PATIENT,
                { "note", MARA, "record.create",
                  "{\"record\":{\"type\":\"condition\",\"id\":\"$condition\",\"patient\":\"$patient\","
                  "\"name\":\"Asthma\",\"status\":\"active\"}}" } },
    .acts = { { "code", 0, "record.change", CHANGE ("condition", "$condition", "code", "null", "\"$mark\"") },
              { "resolve", 0, "record.change",
                CHANGE ("condition", "$condition", "status", "\"active\"", "\"resolved\"") },
              { "delete", 0, "record.delete",
                "{\"type\":\"condition\",\"id\":\"$condition\",\"reason\":\"$mark\"}" } },
    .rules = { "foo", "ooo", "rro" } },
  { .name = "a draft note",
    .devices = { MARA, MARA_AT_HOME },
    .before = { NEW_PATIENT, { "write", MARA, "note.save", "{\"note\":" NOTE ("$note", "First words.") "}" } },
    .acts = { { "write", 0, "note.save", "{\"note\":" NOTE ("$note", "$mark") ",\"base\":\"$base\"}" },
              { "sign", 0, "note.sign", "{\"id\":\"$note\",\"body\":\"$mark\",\"base\":\"$base\"}" },
              { "discard", 0, "note.discard", "{\"id\":\"$note\",\"base\":\"$base\"}" } },
    .rules = { "scc", "rrr", "orr" } },
  { .name = "a signed note",
    .devices = { MARA, MARA_AT_HOME },
    .before = { NEW_PATIENT,
                { "write", MARA, "note.save", "{\"note\":" NOTE ("$note", "First words.") "}" },
                { "sign", MARA, "note.sign", "{\"id\":\"$note\"}" } },
    .acts = { { "addend", 0, "note.addend",
                "{\"note\":{\"type\":\"progress_note\",\"id\":\"$fresh\",\"patient\":\"$patient\","
                "\"kind\":\"addendum\",\"addendum_to\":\"$note\",\"body\":\"$mark\"}}" },
              { "release", 0, "note.release", "{\"id\":\"$note\",\"released\":true}" },
              { "hold back", 0, "note.release", "{\"id\":\"$note\",\"released\":false}" } },
    .rules = { "ooo", "ooo", "ooo" } },
  { .name = "a draft invoice",
    .devices = { RITA, MAX },
    .before = { NEW_PATIENT, { "bill", MAX, "invoice.create", BILL ("10000", "") } },
    .acts = { { "replace", 0, "invoice.create", BILL ("12000", ",\"base\":\"$bill\"") },
              { "issue", 0, "invoice.issue", "{\"id\":\"$invoice\"}" } },
    .rules = { "co", "rc" } },
  { .name = "an invoice",
    .devices = { RITA, MAX },
    .before = { NEW_PATIENT,
                { "bill", MAX, "invoice.create", BILL ("10000", "") },
                { "issue", MAX, "invoice.issue", "{\"id\":\"$invoice\"}" },
                { "pay", MAX, "payment.record", PAYMENT ("$payment", "2000") } },
    .acts = { { "pay some", 0, "payment.record", PAYMENT ("$fresh", "1500") },
              { "pay the rest", 0, "payment.record", PAYMENT ("$fresh", "8000") },
              { "reverse", 0, "payment.reverse", "{\"id\":\"$payment\",\"reason\":\"$mark\"}", SECOND },
              { "write off", 0, "invoice.write_off", "{\"id\":\"$invoice\",\"reason\":\"$mark\"}", SECOND } },
    .rules = { "oroo", "ccoc", "oo..", "cc.." } },
  { .name = "a prescription",
    .devices = { MARA, MARA_AT_HOME },
    .before = { NEW_PATIENT, { "sign", MARA, "prescription.sign", SCRIPT ("$script") } },
    .acts = { { "withdraw", 0, "prescription.cancel", "{\"id\":\"$script\",\"reason\":\"$mark\"}" },
              { "sign", 0, "prescription.sign", SCRIPT ("$fresh") } },
    .rules = { "cx", "ox" } },
  { .name = "a chart that was opened to a colleague",
    .devices = { MARA, NOEL },
    .before = { NEW_PATIENT,
                { "grant", MAX, "access.grant",
                  "{\"patient\":\"$patient\",\"practitioner\":\"$noel\",\"reason\":\"Second opinion\"}" } },
    .acts = { { "revoke", 0, "access.revoke", "{\"id\":\"$grant\"}", FIRST },
              { "hand over", 0, "record.change",
                CHANGE ("patient", "$patient", "primary_practitioner", "\"$mara\"", "\"$noel\""), FIRST },
              { "alert", 0, "record.change", CHANGE ("patient", "$patient", "alert", "null", "\"$mark\"") },
              { "write", 0, "note.save", "{\"note\":" NOTE ("$fresh", "$mark") "}" } },
    .rules = { "..rr", "..oo", "oofo", "oooo" } },
  { .name = "a choice of the practice",
    .devices = { MAX, MARA_AT_HOME },
    .second_role = WATTLE_ROLE_MANAGER,
    .before = { { "choose", MAX, "setting.set", "{\"key\":\"slot_minutes\",\"value\":\"10\"}" } },
    .acts = { { "20", 0, "setting.set", "{\"key\":\"slot_minutes\",\"value\":\"20\",\"old\":\"10\"}" },
              { "30", 0, "setting.set", "{\"key\":\"slot_minutes\",\"value\":\"30\",\"old\":\"10\"}" },
              { "another", 0, "setting.set", "{\"key\":\"lock_after_minutes\",\"value\":\"6\"}" } },
    .rules = { "oco", "coo", "ooo" } },
  { .name = NULL },
};
