/* agent.c: how connections are tried: the first way that works is taken, and a better one when it turns up
 *
 * The media library asks for an agent that tries all ways before it takes one, and so waits for seconds where one is
 * dead, as the inner address of everybody behind a router is to everybody else. It cannot be told otherwise: which mode
 * an agent has is decided when it is made. So this program has the function that makes one, and the library, which
 * looks it up by its name, finds it here first.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <nice/agent.h>

G_MODULE_EXPORT NiceAgent *
nice_agent_new_full (GMainContext *context, NiceCompatibility compatibility, NiceAgentOption options)
{
  return g_object_new (NICE_TYPE_AGENT, "compatibility", compatibility, "main-context", context, "nomination-mode",
                       NICE_NOMINATION_MODE_AGGRESSIVE, "ice-trickle", (options & NICE_AGENT_OPTION_ICE_TRICKLE) != 0,
                       "reliable", (options & NICE_AGENT_OPTION_RELIABLE) != 0, NULL);
}
