/* line.c: one connection to one other side: a generation
 *
 * A pipeline with one webrtcbin in it. Packets of the own picture and sound are given to it; what arrives is decoded
 * and given out. Nothing goes either way before the other side has shown that it holds the key its description named:
 * the library does not look, so this does.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define GST_USE_UNSTABLE_API

#include "telehealth/media/line-private.h"

#include <string.h>

#include <glib/gi18n-lib.h>
#include <gst/video/video.h>
#include <gst/webrtc/webrtc.h>

#include "telehealth/media/certificate.h"

#define CONNECT_SECONDS 20
#define SILENCE_MS 2000
/* When nothing at all arrives for that long, no sound either, it is not because the path is full. */
#define DEAD_MS 250
#define FIRST_FEEDBACK (G_USEC_PER_SEC / 2)
#define MAX_CANDIDATES 64
/* Of connectivity checks: between two of them, before one is repeated (then twice that, and so on), and how often. */
#define STUN_PACE_MS 5
#define STUN_PATIENCE_MS 50
#define STUN_TRIES 9
/* What the other side may miss of the sound, in thousandths, and how long an answer may take, when a picture that the
 * path did not carry is tried again. */
#define CALM_LOSS 60
#define CALM_TRIP_MS 600
/* How long a line that closes has for its last words. */
#define LINGER_MS 100
/* The number of the transport-wide sequence in our own offers. */
#define TWCC 1

/* News from a thread of the library for the main thread. */
typedef struct
{
  WattleLine *line;
  WattleLineTake take;
  char *text;
  GBytes *bytes;
  guint number;
} News;

static void
news_free (gpointer data)
{
  News *news = data;

  wattle_line_unref (news->line);
  g_clear_pointer (&news->bytes, g_bytes_unref);
  g_free (news->text);
  g_free (news);
}

static gboolean
news_cb (gpointer data)
{
  News *news = data;

  if (!g_atomic_int_get (&news->line->closed))
    news->take (news->line, news->text, news->bytes, news->number);
  return G_SOURCE_REMOVE;
}

/**
 * wattle_line_tell:
 * @self: a line
 * @take: called with what follows on the main thread, unless the line is closed then
 * @text: (nullable) (transfer full): a text
 * @bytes: (nullable) (transfer full): bytes
 * @number: a number
 *
 * Any thread.
 */
void
wattle_line_tell (WattleLine *self, WattleLineTake take, char *text, GBytes *bytes, guint number)
{
  News *news = g_new0 (News, 1);

  news->line = wattle_line_ref (self);
  news->take = take;
  news->text = text;
  news->bytes = bytes;
  news->number = number;
  g_idle_add_full (G_PRIORITY_DEFAULT, news_cb, news, news_free);
}

static void
set_state (WattleLine *self, WattleCallPeerState state, const char *sentence)
{
  if (self->state == state || self->state == WATTLE_CALL_PEER_FORGED)
    return;
  self->state = state;
  self->events->state (self, state, sentence, self->data);
}

static void
fail (WattleLine *self, const char *sentence)
{
  g_atomic_int_set (&self->open, 0);
  set_state (self, WATTLE_CALL_PEER_FAILED, sentence);
}

static void
take_failure (WattleLine *self, char *text, GBytes *bytes, guint number)
{
  fail (self, text);
}

/* Own descriptions. */

static void
take_described (WattleLine *self, char *text, GBytes *bytes, guint number)
{
  self->events->description (self, number == 0 ? "offer" : "answer", text, self->data);
}

static void
described_cb (GstPromise *promise, gpointer data)
{
  WattleLine *self = data;
  const GstStructure *reply = gst_promise_get_reply (promise);
  gboolean offer = reply != NULL && gst_structure_has_field (reply, "offer");
  g_autoptr (GstWebRTCSessionDescription) made = NULL;
  g_autoptr (GstWebRTCSessionDescription) mended = NULL;
  g_autofree char *text = NULL;
  char *own = NULL;
  GstSDPMessage *message = NULL;

  if (reply != NULL)
    gst_structure_get (reply, offer ? "offer" : "answer", GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &made, NULL);
  if (made != NULL)
    {
      /* The library names another certificate than the one it was given. */
      text = gst_sdp_message_as_text (made->sdp);
      own = wattle_sdp_set_fingerprint (text, self->settings->fingerprint);
    }
  if (made == NULL || gst_sdp_message_new_from_text (own, &message) != GST_SDP_OK)
    {
      g_free (own);
      wattle_line_tell (self, take_failure, g_strdup (_("The connection could not be described.")), NULL, 0);
      gst_promise_unref (promise);
      return;
    }
  mended = gst_webrtc_session_description_new (made->type, message);
  g_signal_emit_by_name (self->rtc, "set-local-description", mended, NULL);
  wattle_line_tell (self, take_described, own, NULL, offer ? 0 : 1);
  gst_promise_unref (promise);
}

static GstPromise *
promise (WattleLine *self, GstPromiseChangeFunc function)
{
  return gst_promise_new_with_change_func (function, wattle_line_ref (self), (GDestroyNotify) wattle_line_unref);
}

/* Who is there. */

static char *
remote_certificate (WattleLine *self)
{
  g_autoptr (GstWebRTCRTPTransceiver) transceiver = NULL;
  g_autoptr (GstWebRTCRTPSender) sender = NULL;
  g_autoptr (GstWebRTCDTLSTransport) transport = NULL;
  char *pem = NULL;

  g_signal_emit_by_name (self->rtc, "get-transceiver", 0, &transceiver);
  if (transceiver != NULL)
    g_object_get (transceiver, "sender", &sender, NULL);
  if (sender != NULL)
    g_object_get (sender, "transport", &transport, NULL);
  if (transport != NULL)
    g_object_get (transport, "remote-certificate", &pem, NULL);
  return pem;
}

static void
verify (WattleLine *self)
{
  g_autofree char *pem = remote_certificate (self);
  guint8 fingerprint[32] = { 0 };

  if (pem == NULL || *pem == '\0' || g_atomic_int_get (&self->open))
    return;
  if (!wattle_certificate_fingerprint (pem, fingerprint)
      || memcmp (fingerprint, self->remote.fingerprint, sizeof fingerprint) != 0)
    {
      set_state (self, WATTLE_CALL_PEER_FORGED,
                 _("The other side is not who the invitation names: its key is another one. The call was ended and "
                   "nothing was sent or shown."));
      wattle_line_close (self);
      return;
    }
  wattle_line_watch_session (self);
  /* The first feedback takes a round trip and more. */
  g_mutex_lock (&self->mutex);
  wattle_rate_start (&self->rate, g_get_monotonic_time () + FIRST_FEEDBACK);
  g_mutex_unlock (&self->mutex);
  g_atomic_int_set (&self->opened, (int) (g_get_monotonic_time () / 1000));
  g_atomic_int_set (&self->heard, g_atomic_int_get (&self->opened));
  g_atomic_int_set (&self->open, 1);
  self->measured = g_get_monotonic_time ();
  wattle_line_open_channel (self);
  set_state (self, WATTLE_CALL_PEER_VERIFIED, NULL);
  self->events->keyframe (self, self->data);
}

static void
take_connection (WattleLine *self, char *text, GBytes *bytes, guint number)
{
  if (number == GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTED)
    verify (self);
  else if (number == GST_WEBRTC_PEER_CONNECTION_STATE_FAILED)
    fail (self, _("The other side could not be reached over this network."));
}

static void
connection_cb (GstElement *rtc, GParamSpec *property, gpointer data)
{
  int state = 0;

  g_object_get (rtc, "connection-state", &state, NULL);
  wattle_line_tell (data, take_connection, NULL, NULL, (guint) state);
}

/* Candidates. */

static void
take_own_candidate (WattleLine *self, char *text, GBytes *bytes, guint number)
{

  WattleCandidate candidate;

  if (*text != '\0'
      && (!wattle_candidate_parse (text, strlen (text), &candidate, NULL) || candidate.tcp
          || (candidate.link_local && candidate.kind == WATTLE_CANDIDATE_HOST)
          || (self->settings->relay_only && candidate.kind != WATTLE_CANDIDATE_RELAY)))
    return;
  self->events->candidate (self, number, text, self->data);
}

static void
candidate_cb (GstElement *rtc, guint mline, char *text, gpointer data)
{
  wattle_line_tell (data, take_own_candidate, g_strdup (text), NULL, mline);
}

static void
gathering_cb (GstElement *rtc, GParamSpec *property, gpointer data)
{
  int state = 0;

  g_object_get (rtc, "ice-gathering-state", &state, NULL);
  if (state == GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE)
    wattle_line_tell (data, take_own_candidate, g_strdup (""), NULL, 0);
}

/* The pipeline. */

static void
pad_added_cb (GstElement *rtc, GstPad *pad, gpointer data)
{
  if (gst_pad_get_direction (pad) == GST_PAD_SRC)
    wattle_line_take_pad (data, pad);
}

static gboolean
bus_cb (GstBus *bus, GstMessage *message, gpointer data)
{
  WattleLine *self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *detail = NULL;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_LATENCY)
    gst_bin_recalculate_latency (GST_BIN (self->pipeline));
  else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    {
      gst_message_parse_error (message, &error, &detail);
      g_debug ("line: %s: %s", error->message, detail);
      fail (self, _("The connection to the other side broke."));
    }
  return G_SOURCE_CONTINUE;
}

/* No asking routers for holes, and no ICE over TCP: a relay does that better. What is asked of the other side follows
 * closely and is soon repeated: a question that got lost, or came before its hole was open, cost half a second. */
static void
fit_agent (WattleLine *self)
{
  g_autoptr (GObject) ice = NULL;
  g_autoptr (GObject) agent = NULL;

  g_object_get (self->rtc, "ice-agent", &ice, NULL);
  if (ice != NULL)
    g_object_get (ice, "agent", &agent, NULL);
  if (agent != NULL)
    g_object_set (agent, "upnp", FALSE, "ice-tcp", FALSE, "stun-pacing-timer", STUN_PACE_MS, "stun-initial-timeout",
                  STUN_PATIENCE_MS, "stun-max-retransmissions", STUN_TRIES, NULL);
}

static void
make_pipeline (WattleLine *self)
{
  const WattleLineSettings *settings = self->settings;
  g_autoptr (GstBus) bus = NULL;

  self->pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  gst_pipeline_use_clock (GST_PIPELINE (self->pipeline), settings->clock);
  gst_element_set_start_time (self->pipeline, GST_CLOCK_TIME_NONE);
  gst_element_set_base_time (self->pipeline, settings->base_time);
  self->rtc = gst_element_factory_make ("webrtcbin", NULL);
  g_object_set (self->rtc, "bundle-policy", GST_WEBRTC_BUNDLE_POLICY_MAX_BUNDLE, "latency", WATTLE_LINE_LATENCY, NULL);
  if (settings->relay_only)
    g_object_set (self->rtc, "ice-transport-policy", GST_WEBRTC_ICE_TRANSPORT_POLICY_RELAY, NULL);
  else if (settings->stun != NULL)
    g_object_set (self->rtc, "stun-server", settings->stun, NULL);
  for (guint i = 0; settings->turns != NULL && settings->turns[i] != NULL; i++)
    {
      gboolean added = FALSE;

      g_signal_emit_by_name (self->rtc, "add-turn-server", settings->turns[i], &added);
    }
  fit_agent (self);
  gst_bin_add (GST_BIN (self->pipeline), self->rtc);
  wattle_line_watch_elements (self);
  g_signal_connect (self->rtc, "notify::connection-state", G_CALLBACK (connection_cb), self);
  g_signal_connect (self->rtc, "notify::ice-gathering-state", G_CALLBACK (gathering_cb), self);
  g_signal_connect (self->rtc, "on-ice-candidate", G_CALLBACK (candidate_cb), self);
  g_signal_connect (self->rtc, "on-data-channel", G_CALLBACK (wattle_line_take_channel), self);
  g_signal_connect (self->rtc, "pad-added", G_CALLBACK (pad_added_cb), self);
  bus = gst_pipeline_get_bus (GST_PIPELINE (self->pipeline));
  self->bus_watch = gst_bus_add_watch (bus, bus_cb, self);
  gst_element_set_state (self->pipeline, GST_STATE_READY);
}

static void
offer (WattleLine *self)
{
  g_autoptr (GObject) channel = NULL;

  wattle_line_add_source (self, PICTURE);
  wattle_line_add_source (self, SOUND);
  g_signal_emit_by_name (self->rtc, "create-data-channel", "wattle", NULL, &channel);
  wattle_line_watch_channel (self, channel);
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
  g_signal_emit_by_name (self->rtc, "create-offer", NULL, promise (self, described_cb));
}

static void
add_candidate (WattleLine *self, guint mline, const char *text)
{
  g_signal_emit_by_name (self->rtc, "add-ice-candidate", mline, text);
}

static void
take_ready (WattleLine *self, char *text, GBytes *bytes, guint number)
{
  self->ready = TRUE;
  for (guint i = 0; i < self->early->len; i++)
    {
      const char *early = g_ptr_array_index (self->early, i);

      add_candidate (self, (guint) (early[0] - '0'), early + 1);
    }
  g_ptr_array_set_size (self->early, 0);
  wattle_line_watch_session (self);
  if (!self->offers)
    g_signal_emit_by_name (self->rtc, "create-answer", NULL, promise (self, described_cb));
}

static void
remote_set_cb (GstPromise *promise, gpointer data)
{
  WattleLine *self = data;
  const GstStructure *reply = gst_promise_get_reply (promise);

  if (reply != NULL && gst_structure_has_field (reply, "error"))
    wattle_line_tell (self, take_failure, g_strdup (_("The other side's description of the call could not be used.")),
                      NULL, 0);
  else
    wattle_line_tell (self, take_ready, NULL, NULL, 0);
  gst_promise_unref (promise);
}

/* The numbers that an offer gives to what we send. */
static void
adopt_offer (WattleLine *self)
{
  for (guint i = 0; i < self->remote.n_sections; i++)
    {
      const WattleSdpSection *section = &self->remote.sections[i];
      int side = section->media == WATTLE_SDP_VIDEO ? PICTURE : SOUND;

      if (section->media == WATTLE_SDP_DATA || self->source[side] != NULL)
        continue;
      self->payload[side] = section->payload;
      if (side == PICTURE)
        self->twcc = section->twcc;
      wattle_line_add_source (self, side);
    }
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
}

static gpointer
close_thread (gpointer data)
{
  WattleLine *self = data;
  gint64 until = g_get_monotonic_time () + LINGER_MS * 1000;

  g_mutex_lock (&self->mutex);
  while (g_get_monotonic_time () < until)
    g_cond_wait_until (&self->paced, &self->mutex, until);
  g_mutex_unlock (&self->mutex);
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  wattle_line_unref (self);
  return NULL;
}

/**
 * wattle_line_new:
 * @peer: the other side
 * @generation: of the connection
 * @offers: whether this side offers
 * @settings: outlives the line
 * @events: what the line calls
 * @data: for @events
 *
 * Returns: (transfer full): a line; when it offers, its description is on the way
 */
WattleLine *
wattle_line_new (const char *peer, guint generation, gboolean offers, const WattleLineSettings *settings,
                 const WattleLineEvents *events, gpointer data)
{
  WattleLine *self = g_new0 (WattleLine, 1);

  g_atomic_ref_count_init (&self->references);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->paced);
  self->peer = g_strdup (peer);
  self->generation = generation;
  self->offers = offers;
  self->settings = settings;
  self->events = events;
  self->data = data;
  self->early = g_ptr_array_new_with_free_func (g_free);
  self->flight = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_unref);
  for (guint i = 0; i < G_N_ELEMENTS (self->buffers); i++)
    self->buffers[i] = g_ptr_array_new_with_free_func (gst_object_unref);
  self->sequence = (guint16) g_random_int_range (0, G_MAXINT16);
  self->broken_in = TRUE;
  self->payload[PICTURE] = 96;
  self->payload[SOUND] = 111;
  self->twcc = TWCC;
  self->latency = WATTLE_LINE_LATENCY;
  self->patience = WATTLE_LINE_PATIENCE;
  self->begun = self->measured = g_get_monotonic_time ();
  wattle_rate_start (&self->rate, self->begun);
  make_pipeline (self);
  if (offers)
    offer (self);
  return self;
}

/**
 * wattle_line_ref:
 * @self: a line
 *
 * Returns: (transfer full): @self
 */
WattleLine *
wattle_line_ref (WattleLine *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * wattle_line_unref:
 * @self: a line that was closed
 */
void
wattle_line_unref (WattleLine *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_clear_object (&self->channel);
  g_clear_pointer (&self->shown, gst_object_unref);
  g_clear_pointer (&self->voice, gst_object_unref);
  for (guint i = 0; i < G_N_ELEMENTS (self->buffers); i++)
    g_ptr_array_unref (self->buffers[i]);
  g_ptr_array_unref (self->flight);
  g_clear_pointer (&self->spoken, gst_buffer_unref);
  g_clear_object (&self->way_out);
  gst_object_unref (self->rtpbin);
  gst_object_unref (self->pipeline);
  g_ptr_array_unref (self->early);
  g_queue_clear_full (&self->texts, (GDestroyNotify) g_bytes_unref);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->paced);
  g_free (self->peer);
  g_free (self);
}

/**
 * wattle_line_close:
 * @self: a line
 *
 * Nothing is sent or told any more. The library takes its time to end, on a thread of its own.
 */
void
wattle_line_close (WattleLine *self)
{
  if (!g_atomic_int_compare_and_exchange (&self->closed, 0, 1))
    return;
  g_atomic_int_set (&self->open, 0);
  g_clear_handle_id (&self->bus_watch, g_source_remove);
  g_thread_unref (g_thread_new ("close", close_thread, wattle_line_ref (self)));
}

/**
 * wattle_line_peer:
 * @self: a line
 *
 * Returns: (transfer none): the other side
 */
const char *
wattle_line_peer (WattleLine *self)
{
  return self->peer;
}

/**
 * wattle_line_generation:
 * @self: a line
 *
 * Returns: its number
 */
guint
wattle_line_generation (WattleLine *self)
{
  return self->generation;
}

/**
 * wattle_line_state:
 * @self: a line
 *
 * Returns: how it is
 */
WattleCallPeerState
wattle_line_state (WattleLine *self)
{
  return self->state;
}

/**
 * wattle_line_take_description:
 * @self: a line
 * @kind: "offer" or "answer"
 * @sdp: of the other side
 * @length: its bytes
 *
 * A second one is ignored, and so is one that the line does not wait for.
 */
void
wattle_line_take_description (WattleLine *self, const char *kind, const char *sdp, gsize length)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *clean = NULL;
  g_autoptr (GstWebRTCSessionDescription) description = NULL;
  GstSDPMessage *message = NULL;
  gboolean answer = g_strcmp0 (kind, "answer") == 0;

  if (self->asked || answer != self->offers || g_atomic_int_get (&self->closed))
    return;
  clean = wattle_sdp_clean (sdp, length, &self->remote, &error);
  if (clean == NULL || gst_sdp_message_new_from_text (clean, &message) != GST_SDP_OK)
    {
      fail (self, error != NULL ? error->message : _("The other side's description of the call could not be used."));
      return;
    }
  self->asked = TRUE;
  if (!answer)
    adopt_offer (self);
  description =
    gst_webrtc_session_description_new (answer ? GST_WEBRTC_SDP_TYPE_ANSWER : GST_WEBRTC_SDP_TYPE_OFFER, message);
  g_signal_emit_by_name (self->rtc, "set-remote-description", description, promise (self, remote_set_cb));
}

/**
 * wattle_line_take_candidate:
 * @self: a line
 * @mline: the section
 * @text: "candidate:...", or empty for the last
 */
void
wattle_line_take_candidate (WattleLine *self, guint mline, const char *text)
{
  WattleCandidate candidate;

  if (*text == '\0' || mline >= WATTLE_SDP_MAX_SECTIONS || g_atomic_int_get (&self->closed)
      || ++self->n_candidates > MAX_CANDIDATES || !wattle_candidate_parse (text, strlen (text), &candidate, NULL)
      || candidate.tcp)
    return;
  if (g_str_has_prefix (text, "a="))
    text += 2;
  if (self->ready)
    add_candidate (self, mline, text);
  else
    g_ptr_array_add (self->early, g_strdup_printf ("%u%s", mline, text));
}

/**
 * wattle_line_ask_keyframe:
 * @self: a line
 *
 * Asks the other side for a picture that stands for itself.
 */
void
wattle_line_ask_keyframe (WattleLine *self)
{
  g_autoptr (GstElement) shown = NULL;
  g_autoptr (GstPad) pad = NULL;

  g_mutex_lock (&self->mutex);
  g_set_object (&shown, self->shown);
  g_mutex_unlock (&self->mutex);
  if (shown == NULL)
    return;
  pad = gst_element_get_static_pad (shown, "sink");
  gst_pad_push_event (pad, gst_video_event_new_upstream_force_key_unit (GST_CLOCK_TIME_NONE, TRUE, 0));
}

/* On a path that does not even carry the smallest picture the sound has it for itself. */
static void
tick_rate (WattleLine *self, guint silent, gint64 now)
{
  gboolean calm = self->loss_out < CALM_LOSS && self->trip < CALM_TRIP_MS;
  gboolean resumed = FALSE;

  g_mutex_lock (&self->mutex);
  if (silent > DEAD_MS)
    wattle_rate_rest (&self->rate, now);
  else if (self->twcc != 0)
    wattle_rate_tick (&self->rate, calm, now);
  resumed = g_atomic_int_get (&self->paused) && !self->rate.paused;
  g_atomic_int_set (&self->paused, self->rate.paused);
  g_mutex_unlock (&self->mutex);
  if (resumed)
    self->events->keyframe (self, self->data);
}

/**
 * wattle_line_tick:
 * @self: a line
 * @now: monotonic, microseconds
 *
 * Called a few times a second: looks whether anything arrives.
 */
void
wattle_line_tick (WattleLine *self, gint64 now)
{
  guint silent = (guint) (now / 1000) - (guint) g_atomic_int_get (&self->heard);

  if (g_atomic_int_get (&self->closed))
    return;
  if (self->state == WATTLE_CALL_PEER_CONNECTING)
    {
      int state = 0;

      g_object_get (self->rtc, "connection-state", &state, NULL);
      if (state == GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTED)
        verify (self);
      else if (now - self->begun > CONNECT_SECONDS * G_USEC_PER_SEC)
        fail (self, _("The other side could not be reached within twenty seconds."));
    }
  else if (self->state == WATTLE_CALL_PEER_VERIFIED && silent > SILENCE_MS && silent < G_MAXINT32)
    set_state (self, WATTLE_CALL_PEER_SILENT, _("Nothing arrives from the other side."));
  else if (self->state == WATTLE_CALL_PEER_SILENT && silent < SILENCE_MS)
    {
      set_state (self, WATTLE_CALL_PEER_VERIFIED, NULL);
      self->events->keyframe (self, self->data);
    }
  wattle_line_fit_latency (self, silent, now);
  tick_rate (self, silent, now);
}

/**
 * wattle_line_target:
 * @self: a line
 *
 * Returns: what may be sent of the picture, kilobits a second; 0 when nothing may
 */
guint
wattle_line_target (WattleLine *self)
{
  guint target = 0;

  if (!g_atomic_int_get (&self->open))
    return 0;
  g_mutex_lock (&self->mutex);
  target = self->rate.paused ? 0 : (guint) self->rate.target;
  g_mutex_unlock (&self->mutex);
  return target;
}

/**
 * wattle_line_latency:
 * @self: a line
 *
 * Returns: how long packets are waited for, in milliseconds
 */
guint
wattle_line_latency (WattleLine *self)
{
  return self->latency;
}
