/* microphone.c: the own sound
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "telehealth/media/microphone.h"

#include <math.h>

#include <glib/gi18n-lib.h>

#include "telehealth/media/playback.h"
#include "telehealth/media/source.h"

#define SOUND "audio/x-raw,format=S16LE,rate=48000,channels=1,layout=interleaved"
/* What is shown as no sound at all, in decibels. */
#define QUIET -60.0

struct _WattleMicrophone
{
  GstClock *clock;
  GstClockTime base_time;
  WattleDevices *devices;
  const WattleMicrophoneEvents *events;
  gpointer data;
  WattleSender *sender;
  WattleSource *source;
};

static void
sample_cb (GstSample *sample, gpointer data)
{
  WattleMicrophone *self = data;

  wattle_sender_push (self->sender, sample);
}

static void open_wave (WattleMicrophone *self, const char *wave);

static void
broken_cb (gpointer data)
{
  WattleMicrophone *self = data;

  g_clear_pointer (&self->source, wattle_source_free);
  open_wave (self, "silence");
  self->events->trouble (_("The microphone does not work: it may have been unplugged. The others do not hear you; "
                           "choose another one."),
                         self->data);
}

static const WattleSourceEvents source_events = { sample_cb, broken_cb };

static void
open_chain (WattleMicrophone *self, GstElement *head, const char *chain)
{
  self->source = wattle_source_new (self->clock, self->base_time, head, chain, &source_events, self);
}

static void
open_wave (WattleMicrophone *self, const char *wave)
{
  g_autofree char *chain =
    g_strdup_printf ("audiotestsrc name=head is-live=true wave=%s samplesperbuffer=960 "
                     "timestamp-offset=%" G_GUINT64_FORMAT " ! " SOUND,
                     wave, gst_clock_get_time (self->clock) - self->base_time);

  open_chain (self, NULL, chain);
}

static gboolean
bus_cb (GstBus *bus, GstMessage *message, gpointer data)
{
  WattleMicrophone *self = data;
  const GstStructure *structure = gst_message_get_structure (message);
  const GValue *list = NULL;
  double decibels = QUIET;

  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_ELEMENT || !gst_structure_has_name (structure, "level"))
    return G_SOURCE_CONTINUE;
  list = gst_structure_get_value (structure, "rms");
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  if (list != NULL && ((GValueArray *) g_value_get_boxed (list))->n_values > 0)
    decibels = g_value_get_double (g_value_array_get_nth (g_value_get_boxed (list), 0));
  G_GNUC_END_IGNORE_DEPRECATIONS
  if (!isfinite (decibels))
    decibels = QUIET;
  self->events->level ((guint) (1000 * (CLAMP (decibels, QUIET, 0.0) - QUIET) / -QUIET), self->data);
  return G_SOURCE_CONTINUE;
}

/**
 * wattle_microphone_new:
 * @clock: of all pipelines
 * @base_time: of all pipelines
 * @devices: where microphones are looked for
 * @ssrc: of the packets
 * @events: what the microphone calls
 * @data: for @events
 *
 * Returns: (transfer full) (nullable): a microphone that hears nothing yet; %NULL when the library lacks the codec
 */
WattleMicrophone *
wattle_microphone_new (GstClock *clock, GstClockTime base_time, WattleDevices *devices, guint32 ssrc,
                       const WattleMicrophoneEvents *events, gpointer data)
{
  g_autofree char *chain =
    g_strdup_printf ("audioconvert ! audioresample ! " SOUND " ! level interval=100000000 ! volume name=volume "
                     "mute=true ! opusenc name=coder bitrate=32000 audio-type=voice frame-size=20 inband-fec=true "
                     "packet-loss-percentage=10 ! rtpopuspay pt=111 ssrc=%u auto-header-extension=false",
                     ssrc);
  WattleMicrophone *self = g_new0 (WattleMicrophone, 1);

  self->clock = clock;
  self->base_time = base_time;
  self->devices = devices;
  self->events = events;
  self->data = data;
  self->sender = wattle_sender_new (clock, base_time, FALSE, chain, &events->sender, data);
  if (self->sender == NULL)
    {
      g_free (self);
      return NULL;
    }
  wattle_sender_watch (self->sender, bus_cb, self);
  return self;
}

/**
 * wattle_microphone_free:
 * @self: a microphone
 */
void
wattle_microphone_free (WattleMicrophone *self)
{
  g_clear_pointer (&self->source, wattle_source_free);
  wattle_sender_free (self->sender);
  g_free (self);
}

/**
 * wattle_microphone_set_on:
 * @self: a microphone
 * @on: whether the others hear it; its level is told either way
 */
void
wattle_microphone_set_on (WattleMicrophone *self, gboolean on)
{
  g_autoptr (GstElement) volume = wattle_sender_element (self->sender, "volume");

  g_object_set (volume, "mute", !on, NULL);
}

/**
 * wattle_microphone_use:
 * @self: a microphone
 * @device: (nullable): "microphone:ID", "test", "test:noise", "none", or %NULL for the default
 * @echoes: whether a speaker plays that it may hear
 */
void
wattle_microphone_use (WattleMicrophone *self, const char *device, gboolean echoes)
{
  g_autofree char *chain =
    g_strdup_printf ("audioconvert name=head ! audioresample ! " SOUND " ! webrtcdsp noise-suppression=true "
                     "gain-control=true delay-agnostic=true extended-filter=true echo-cancel=%s probe=%s",
                     echoes ? "true" : "false", WATTLE_PLAYBACK_PROBE);
  GstElement *head = NULL;
  gboolean another = FALSE;

  g_clear_pointer (&self->source, wattle_source_free);
  if (device != NULL && g_str_has_prefix (device, "test"))
    open_wave (self, g_str_equal (device, "test:noise") ? "pink-noise" : "ticks");
  else if (g_strcmp0 (device, "none") != 0)
    {
      head = wattle_devices_make (self->devices, "microphone", device);
      if (head == NULL && device != NULL)
        {
          head = wattle_devices_make (self->devices, "microphone", NULL);
          another = head != NULL;
        }
      if (head != NULL)
        open_chain (self, head, chain);
    }
  self->events->trouble (another ? _("The microphone that was chosen is not there, so the others hear you by another "
                                      "one.")
                         : self->source != NULL || g_strcmp0 (device, "none") == 0
                           ? NULL
                           : _("There is no microphone. Connect one or a headset; the others do not hear you."),
                         self->data);
  if (self->source == NULL)
    open_wave (self, "silence");
}
