/* source.h: a device that gives pictures or sound, in a pipeline that goes with it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _WattleSource WattleSource;

/**
 * WattleSourceEvents:
 * @sample: a picture or piece of sound, on a thread of the library
 * @broken: the device is gone or refuses, on the main thread; free the source
 */
typedef struct
{
  void (*sample) (GstSample *sample, gpointer data);
  void (*broken) (gpointer data);
} WattleSourceEvents;

WattleSource *wattle_source_new  (GstClock                 *clock,
                                  GstClockTime              base_time,
                                  GstElement               *head,
                                  const char               *chain,
                                  const WattleSourceEvents *events,
                                  gpointer                  data);
void          wattle_source_free (WattleSource             *self);

G_END_DECLS
