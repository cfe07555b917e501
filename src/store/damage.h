/* damage.h: how a file of saved records is remembered as damaged until it is opened again
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

/* Ends the name of an empty file beside one in which a page did not open. Whoever opens it next sets both aside:
 * other pages may open still, and nobody would come by the bad one for days. */
#define WATTLE_DAMAGED_SUFFIX "-damaged"

/* The field of an error that tells it. */
#define WATTLE_DAMAGED_FIELD "saved_records"
