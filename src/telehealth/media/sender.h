/* sender.h: own picture or sound, encoded once for everybody
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * WattleSenderEvents:
 * @packet: an RTP packet to be sent to each side
 * @coded: a whole coded picture or piece of sound
 *
 * Both on threads of the library.
 */
typedef struct
{
  void (*packet) (gboolean video, GstBuffer *packet, gpointer data);
  void (*coded) (gboolean video, GstBuffer *buffer, gpointer data);
} WattleSenderEvents;

/* One side of what is sent: a pipeline from raw to packets. */
typedef struct _WattleSender WattleSender;

WattleSender *wattle_sender_new          (GstClock                 *clock,
                                          GstClockTime              base_time,
                                          gboolean                  video,
                                          const char               *chain,
                                          const WattleSenderEvents *events,
                                          gpointer                  data);
void          wattle_sender_free         (WattleSender             *self);
void          wattle_sender_push         (WattleSender             *self,
                                          GstSample                *sample);
GstElement   *wattle_sender_element      (WattleSender             *self,
                                          const char               *name);
void          wattle_sender_keyframe     (WattleSender             *self);
void          wattle_sender_watch        (WattleSender             *self,
                                          GstBusFunc                function,
                                          gpointer                  data);

G_END_DECLS
