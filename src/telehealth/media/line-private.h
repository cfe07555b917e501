/* line-private.h: what the parts of a line share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>

#include "telehealth/media/line.h"
#include "telehealth/sdp.h"

G_BEGIN_DECLS

/* The sides of an array of two. */
enum
{
  SOUND,
  PICTURE
};

/* How long packets are waited for on a good path, in milliseconds. */
#define WATTLE_LINE_LATENCY 40
/* Until when a lost packet of the picture is asked for, likewise: what is shown stands still meanwhile. */
#define WATTLE_LINE_PATIENCE 600
/* The first byte of RTP and RTCP (RFC 7983). */
#define WATTLE_LINE_IS_MEDIA(byte) ((byte) >= 128 && (byte) <= 191)

/* News from a thread of the library, taken on the main thread. */
typedef void (*WattleLineTake) (WattleLine *self, char *text, GBytes *bytes, guint number);

struct _WattleLine
{
  gatomicrefcount references;
  char *peer;
  guint generation;
  gboolean offers;
  const WattleLineSettings *settings;
  const WattleLineEvents *events;
  gpointer data;

  GstElement *pipeline;
  GstElement *rtc;
  GstElement *rtpbin;
  GstElement *source[2];
  GstPad *way_out; /* of everything */
  WattleCallPeerState state;
  gint64 begun;
  guint bus_watch;
  WattleSdp remote;
  gboolean asked;  /* a description of the other side was taken */
  gboolean ready;  /* and the library has it */
  gboolean watched; /* feedback of the session is listened to */
  GPtrArray *early; /* candidates before that: char *, the section in its first letter */
  guint n_candidates;
  GObject *channel;
  gboolean channel_open;
  GQueue texts; /* GBytes that wait for the channel */
  gint64 text_second; /* monotonic: in which so many texts were heard */
  guint texts_heard;
  guint payload[2];
  gboolean broken_in;  /* something of the picture was left out on the way in, */
  gboolean broken_out; /* or on the way out */
  guint16 sequence;    /* of the next packet of the picture */
  guint twcc;

  /* Atomic. */
  int closed;
  int open;      /* the other side is who it says it is */
  int opened;    /* monotonic milliseconds of that */
  int met;       /* media came from the other side */
  int heard;     /* monotonic milliseconds of the last media packet */
  int bytes_in;
  int bytes_out;
  int linked[2]; /* what arrives has its place */
  int repeating;
  int paused; /* no picture goes */
  int loses_in;  /* many packets are lost on the way to us */
  int loses_out; /* and on the way to them */

  GMutex mutex; /* for what follows */
  GCond paced;
  WattleRate rate;
  double allowance; /* bytes that may be sent at once */
  gint64 allowed;
  double repair; /* likewise of what is sent again */
  gint64 repair_then;
  double asking;         /* how many lost packets may be asked for now */
  GPtrArray *buffers[2]; /* the jitter buffers */
  GstBuffer *spoken;     /* the last piece of sound that left, on the thread of that */
  GPtrArray *flight;  /* GstBuffer, the last packets of the handshake that belong together */
  gint64 flown;       /* when the last of them was sent */
  guint flights;      /* how often they may be sent again */
  gboolean flying;    /* that is waited for */
  GstElement *shown;  /* where pictures come out */
  GstElement *voice;  /* what decodes the sound */
  guint64 frames;
  guint64 width;
  guint64 height;
  gint64 first_frame;
  gint64 last_frame;
  gint64 interval; /* usual, between two frames */
  gint64 frozen;
  guint64 freezes;
  guint64 sounds;

  /* Of the last measurement. */
  gint64 measured;
  guint64 frames_then;
  gint64 lost_then;
  gint64 pushed_then;
  int in_then;
  int out_then;
  gint64 repaired_then;
  gint64 late; /* packets that came after their time */
  gint64 late_then;
  gint64 loss;    /* thousandths, smoothed */
  gint64 missing; /* likewise, before anything was repaired; late ones, too */
  gint64 trip;    /* milliseconds */
  gint64 jitter;
  gint64 loss_out;
  gint64 lossy; /* when some were last missing, or 0 */
  guint latency;
  int patience;
  gint64 silent; /* when nothing had come for a while, or 0 */
};

/* line.c */
void wattle_line_tell (WattleLine *self, WattleLineTake take, char *text, GBytes *bytes, guint number);
/* line-receive.c */
void wattle_line_take_pad (WattleLine *self, GstPad *pad);
/* line-repair.c */
void wattle_line_watch_leaving (WattleLine *self, GstPad *pad);
void wattle_line_keep_buffer (WattleLine *self, GstElement *buffer, gboolean picture);
void wattle_line_fit_latency (WattleLine *self, guint silent, gint64 now);
void wattle_line_show_in_time (WattleLine *self);
/* line-send.c */
void wattle_line_add_source (WattleLine *self, int side);
void wattle_line_tell_narrower (WattleLine *self, double before);
/* line-text.c */
void wattle_line_watch_channel (WattleLine *self, GObject *channel);
void wattle_line_open_channel (WattleLine *self);
void wattle_line_take_channel (GstElement *rtc, GObject *channel, gpointer data);
/* line-transport.c */
void wattle_line_watch_elements (WattleLine *self);
void wattle_line_watch_session (WattleLine *self);

G_END_DECLS
