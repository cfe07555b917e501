/* test-sdp.c: which descriptions and candidates are taken, and what they are taken to say
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "base/error.h"
#include "telehealth/sdp.h"

#define PRINT "01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF"
#define HEAD "v=0\r\no=- 1 0 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE video0 audio1 data2\r\n"
#define ICE "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\na=setup:actpass\r\n"
#define VIDEO_LINES                                                                                                    \
  "a=mid:video0\r\na=sendrecv\r\na=rtcp-mux\r\na=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack pli\r\n"                     \
  "a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\na=ssrc:1234 cname:user@host\r\n"                                       \
  "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n"
#define VIDEO "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\nc=IN IP4 0.0.0.0\r\n" ICE VIDEO_LINES
#define AUDIO                                                                                                          \
  "m=audio 9 UDP/TLS/RTP/SAVPF 111 0\r\nc=IN IP4 0.0.0.0\r\n" ICE                                                      \
  "a=mid:audio1\r\na=rtcp-mux\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:111 opus/48000/2\r\n"                                \
  "a=fmtp:111 minptime=10;useinbandfec=1\r\n"
#define DATA                                                                                                           \
  "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\n" ICE "a=mid:data2\r\na=sctp-port:5000\r\n"
#define FINGERPRINT "a=fingerprint:sha-256 " PRINT "\r\n"
#define GOOD HEAD FINGERPRINT VIDEO AUDIO DATA

static gboolean
parse (const char *text, WattleSdp *sdp)
{
  g_autoptr (GError) error = NULL;
  gboolean good = wattle_sdp_parse (text, strlen (text), sdp, &error);

  g_assert_true (good == (error == NULL));
  return good;
}

/* GOOD with one text in place of another is bad. */
static void
assert_bad (const char *what, const char *instead)
{
  WattleSdp sdp;
  g_autoptr (GString) text = g_string_new (GOOD);

  g_assert_cmpuint (g_string_replace (text, what, instead, 1), ==, 1);
  if (parse (text->str, &sdp))
    g_error ("taken with \"%s\" in place of \"%s\"", instead, what);
}

static void
test_good (void)
{
  WattleSdp sdp;

  g_assert_true (parse (GOOD, &sdp));
  g_assert_cmpuint (sdp.n_sections, ==, 3);
  g_assert_cmpint (sdp.sections[0].media, ==, WATTLE_SDP_VIDEO);
  g_assert_cmpstr (sdp.sections[0].mid, ==, "video0");
  g_assert_cmpstr (sdp.sections[0].codec, ==, "VP8");
  g_assert_cmpuint (sdp.sections[0].payload, ==, 96);
  g_assert_cmpuint (sdp.sections[0].twcc, ==, 3);
  g_assert_cmpuint (sdp.sections[0].n_ssrc, ==, 1);
  g_assert_cmpuint (sdp.sections[0].ssrc[0], ==, 1234);
  g_assert_cmpstr (sdp.sections[1].codec, ==, "opus");
  g_assert_cmpuint (sdp.sections[1].payload, ==, 111);
  g_assert_cmpint (sdp.sections[2].media, ==, WATTLE_SDP_DATA);
  g_assert_cmpuint (sdp.fingerprint[0], ==, 0x01);
  g_assert_cmpuint (sdp.fingerprint[31], ==, 0xef);
}

static void
test_bad (void)
{
  static const char *const changes[][2] = {
    { "v=0", "v=1" },
    { "sha-256 ", "sha-1 " },
    { "sha-256 01:", "sha-256 0g:" },
    { "sha-256 01:", "sha-256 " },
    { FINGERPRINT, "" },
    { "BUNDLE video0 audio1 data2", "BUNDLE video0 audio1" },
    { "BUNDLE video0 audio1 data2", "BUNDLE video0 audio1 data9" },
    { "BUNDLE video0 audio1 data2", "BUNDLE video0 audio1 data2 data2" },
    { "a=mid:audio1", "a=mid:video0" },
    { "a=mid:audio1\r\n", "" },
    { "a=ice-ufrag:abcd", "a=ice-ufrag:abc" },
    { "a=ice-ufrag:abcd", "a=ice-ufrag:ab d" },
    { "a=ice-pwd:abcdefghijklmnopqrstuv\r\n", "" },
    { "a=setup:actpass", "a=setup:holdconn" },
    { "a=rtcp-mux\r\n", "" },
    { "a=rtpmap:96 VP8/90000", "a=rtpmap:96 AV1/90000" },
    { "a=rtpmap:96 VP8/90000", "a=rtpmap:98 VP8/90000" },
    { "a=rtpmap:96 VP8/90000", "a=rtpmap:196 VP8/90000" },
    { "SAVPF 96 97", "SAVPF 96 96" },
    { "UDP/TLS/RTP/SAVPF 96", "RTP/AVP 96" },
    { "m=video 9", "m=video 0" },
    { "m=video 9", "m=video 99999" },
    { "m=video 9", "m=image 9" },
    { "webrtc-datachannel", "something-else" },
    { "a=ssrc:1234", "a=ssrc:99999999999" },
    { "a=extmap:3 ", "a=extmap:0 " },
    { "a=extmap:3 ", "a=extmap:15 " },
    { "a=sendrecv", "a=sendrecv:1" },
    { "s=-", "s=\xc3\xa4" },
    { "t=0 0\r\n", "t=0 0\r\n\r\n" },
    { "t=0 0\r\n", "t=0 0\r\nz=0\r\n" },
    { "a=sendrecv\r\n", "a=candidate:1 1 UDP 1 example.org 1 typ host\r\n" },
    { "a=sendrecv\r\n", "a=candidate:1 1 UDP 1 192.0.2.1 1 typ guest\r\n" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    assert_bad (changes[i][0], changes[i][1]);
}

static void
test_limits (void)
{
  WattleSdp sdp;
  g_autoptr (GString) text = g_string_new (GOOD);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < WATTLE_SDP_MAX_LINES; i++)
    g_string_append (text, "a=rtcp-rsize\r\n");
  g_assert_false (parse (text->str, &sdp));
  g_string_assign (text, GOOD);
  while (text->len <= WATTLE_SDP_MAX_BYTES)
    g_string_append (text, "a=msid:somebody something-that-is-long-enough-to-come-to-the-end-of-it-soon\r\n");
  g_assert_false (wattle_sdp_parse (text->str, text->len, &sdp, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_TOO_LARGE);
  g_string_assign (text, GOOD "a=msid:");
  for (guint i = 0; i < 1200; i++)
    g_string_append_c (text, 'a');
  g_assert_false (parse (text->str, &sdp));
  /* A NUL byte hides nothing. */
  g_assert_false (wattle_sdp_parse (GOOD "a=\0b", strlen (GOOD) + 4, &sdp, NULL));
}

/* Lines that we do not know do not reach the library. */
static void
test_clean (void)
{
  WattleSdp sdp;
  g_autofree char *clean =
    wattle_sdp_clean (GOOD "a=x-unknown:1\r\nb=AS:1\r\n", strlen (GOOD "a=x-unknown:1\r\nb=AS:1\r\n"), &sdp, NULL);

  g_assert_cmpstr (clean, ==, GOOD);
}

static void
test_fingerprint (void)
{
  guint8 fingerprint[32];
  WattleSdp sdp;
  g_autofree char *text = NULL;

  memset (fingerprint, 0xa5, sizeof fingerprint);
  text = wattle_sdp_set_fingerprint (GOOD, fingerprint);
  g_assert_true (parse (text, &sdp));
  g_assert_cmpmem (sdp.fingerprint, 32, fingerprint, 32);
}

static void
test_candidates (void)
{
  static const char *const bad[] = {
    "", "candidate:", "candidate:1 1 UDP 1 192.0.2.1 1 typ", "candidate:1 1 SCTP 1 192.0.2.1 1 typ host",
    "candidate:1 3 UDP 1 192.0.2.1 1 typ host", "candidate:1 1 UDP 1 192.0.2.1 70000 typ host",
    "candidate:1 1 UDP 1 evil.example 1 typ host", "candidate:1 1 UDP 1 192.0.2.1 1 typ host extra",
    "candidate:1 1 UDP 99999999999 192.0.2.1 1 typ host", "candidate:1 1 UDP 1 192.0.2.1 1 typ host\r\na=b",
  };
  static const char relay[] = "candidate:7 1 udp 41885439 203.0.113.5 50000 typ relay raddr 192.0.2.1 rport 50001";
  static const char local[] = "a=candidate:7 1 udp 41885439 fe80::1 50000 typ host";
  static const char name[] = "candidate:7 1 udp 1 3f2504e0-4f89-11d3-9a0c-0305e82c3301.local 50000 typ host";
  WattleCandidate candidate;

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (wattle_candidate_parse (bad[i], strlen (bad[i]), &candidate, NULL));
  g_assert_true (wattle_candidate_parse (relay, strlen (relay), &candidate, NULL));
  g_assert_cmpint (candidate.kind, ==, WATTLE_CANDIDATE_RELAY);
  g_assert_cmpstr (candidate.address, ==, "203.0.113.5");
  g_assert_false (candidate.link_local);
  g_assert_true (wattle_candidate_parse (local, strlen (local), &candidate, NULL));
  g_assert_true (candidate.link_local);
  g_assert_true (wattle_candidate_parse (name, strlen (name), &candidate, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sdp/good", test_good);
  g_test_add_func ("/sdp/bad", test_bad);
  g_test_add_func ("/sdp/limits", test_limits);
  g_test_add_func ("/sdp/clean", test_clean);
  g_test_add_func ("/sdp/fingerprint", test_fingerprint);
  g_test_add_func ("/sdp/candidates", test_candidates);
  return g_test_run ();
}
