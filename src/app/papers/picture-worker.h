/* picture-worker.h: what the program wattle-picture and who runs it agree on
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

/* Pixels along the longer side of what is drawn, and in all of what is read. */
#define WATTLE_PICTURE_MAX_SIDE 1600
#define WATTLE_PICTURE_MAX_PIXELS 40000000

/* How the program ends. */
#define WATTLE_PICTURE_DRAWN 0
#define WATTLE_PICTURE_BROKEN 2
#define WATTLE_PICTURE_TOO_LARGE 3
