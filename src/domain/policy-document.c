/* policy-document.c: the policy table as words, for people and for programs
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "domain/policy.h"

static const char *const reaches[] = {
  [WATTLE_REACH_NONE] = "none",
  [WATTLE_REACH_SELF] = "self",
  [WATTLE_REACH_OWN_PATIENTS] = "own_patients",
  [WATTLE_REACH_PRACTICE] = "practice",
};

static const char *const flags[] = { "public", "unconfirmed", "emergency", "not_held", "deleted", "password" };

/**
 * wattle_reach_nick:
 * @reach: how far a rule reaches
 *
 * Returns: (transfer none): its word
 */
const char *
wattle_reach_nick (WattleReach reach)
{
  return reaches[reach];
}

/**
 * wattle_policy_write_rule:
 * @rule: a rule
 * @writer: where an object goes
 *
 * Writes the reach of each role, the flags and the sentence of a rule.
 */
void
wattle_policy_write_rule (const WattlePolicyRule *rule, WattleJsonWriter *writer)
{
  wattle_json_begin_object (writer);
  wattle_json_name (writer, "reach");
  wattle_json_begin_object (writer);
  for (int role = 0; role < WATTLE_N_ROLE; role++)
    wattle_json_pair_string (writer, wattle_enum_nick (wattle_enum_find ("role"), role),
                             wattle_reach_nick (rule->reach[role]));
  wattle_json_end_object (writer);
  wattle_json_name (writer, "flags");
  wattle_json_begin_array (writer);
  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    if (rule->flags & 1u << i)
      wattle_json_put_string (writer, flags[i]);
  wattle_json_end_array (writer);
  wattle_json_pair_string (writer, "description", rule->doc);
  wattle_json_end_object (writer);
}

/**
 * wattle_policy_document:
 *
 * Returns: (transfer full): the policy table, in Markdown
 */
char *
wattle_policy_document (void)
{
  GString *out = g_string_new ("# Who may do and see what\n\n"
                               "Printed from the table in `src/domain/policy-table.c`. What is not in it is refused; "
                               "another practice's object is never there.\n\n| rule |");
  guint n_rules;
  const WattlePolicyRule *rules = wattle_policy_rules (&n_rules);

  for (int role = 0; role < WATTLE_N_ROLE; role++)
    g_string_append_printf (out, " %s |", wattle_enum_nick (wattle_enum_find ("role"), role));
  g_string_append (out, " flags | meaning |\n|---|---|---|---|---|---|---|---|---|\n");
  for (guint i = 0; i < n_rules; i++)
    {
      g_string_append_printf (out, "| `%s` |", rules[i].name);
      for (int role = 0; role < WATTLE_N_ROLE; role++)
        g_string_append_printf (out, " %s |", wattle_reach_nick (rules[i].reach[role]));
      for (guint flag = 0; flag < G_N_ELEMENTS (flags); flag++)
        if (rules[i].flags & 1u << flag)
          g_string_append_printf (out, " %s", flags[flag]);
      g_string_append_printf (out, " | %s |\n", rules[i].doc);
    }
  return g_string_free (out, FALSE);
}
