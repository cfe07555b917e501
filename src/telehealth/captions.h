/* captions.h: what writes down what is said in a call, whatever it is
 *
 * Nothing of the kind comes with Wattle: sound that leaves the computer to be written down would need a consent of its
 * own. Whoever adds a provider registers its type; the window then offers captions, which are off at first.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define WATTLE_TYPE_CAPTIONS (wattle_captions_get_type ())
G_DECLARE_INTERFACE (WattleCaptions, wattle_captions, WATTLE, CAPTIONS, GObject)

/**
 * WattleCaptionsInterface:
 * @hear: takes what @speaker says: 16 kHz, one channel, signed 16 bit in this computer's order, some milliseconds of
 *   it. On the main thread: it only passes it on
 * @stop: nothing is heard any more; what was heard is forgotten
 *
 * Signal: "caption" (string speaker, string text): what they say just now, the whole line each time; on the main
 * thread.
 */
struct _WattleCaptionsInterface
{
  GTypeInterface parent_interface;
  void (*hear) (WattleCaptions *self, const char *speaker, GBytes *sound);
  void (*stop) (WattleCaptions *self);
};

void wattle_captions_hear (WattleCaptions *self, const char *speaker, GBytes *sound);
void wattle_captions_stop (WattleCaptions *self);
void wattle_captions_set_provider (GType type);
WattleCaptions *wattle_captions_new (void);

G_END_DECLS
