/* hall.c: a server with one room, and two consults in this process whose clock a test holds
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "hall.h"

#include <string.h>

#include "base/clock.h"
#include "base/json.h"

#define STEP (WATTLE_SECOND / 4)

#define FAKE_TYPE_LINE (fake_line_get_type ())
G_DECLARE_FINAL_TYPE (FakeLine, fake_line, FAKE, LINE, GObject)

struct _FakeLine
{
  GObject parent_instance;

  Guest *guest;
  WattleLineFunc func;
  gpointer data;
  guint opened; /* counts, so that what was under way to an older socket is lost */
  gboolean open;
  guint seq;   /* of the server's messages */
  guint heard; /* of the client's */
};

typedef struct
{
  FakeLine *line;
  guint opened;
  WattleLineEvent event;
  char *text; /* (nullable) */
  gboolean upwards;
} Letter;

static void fake_line_iface_init (WattleLineInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FakeLine,
                               fake_line,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WATTLE_TYPE_LINE, fake_line_iface_init))

static void
put (FakeLine *line, WattleLineEvent event, const char *text, gboolean upwards)
{
  Letter *letter = g_new0 (Letter, 1);

  letter->line = line;
  letter->opened = line->opened;
  letter->event = event;
  letter->text = g_strdup (text);
  letter->upwards = upwards;
  g_queue_push_tail (&line->guest->hall->letters, letter);
}

static void
fake_line_open (WattleLine *base, const char *path, WattleLineFunc func, gpointer data)
{
  FakeLine *self = FAKE_LINE (base);

  g_assert_true (g_str_equal (path, "/rooms/" HALL_ROOM "/socket")
                 || g_str_equal (path, "/rooms/" HALL_OTHER "/socket"));
  self->func = func;
  self->data = data;
  self->opened++;
  self->open = !self->guest->hall->down;
  put (self, self->open ? WATTLE_LINE_OPENED : WATTLE_LINE_CLOSED, NULL, FALSE);
}

static void
fake_line_send (WattleLine *base, const char *text)
{
  if (FAKE_LINE (base)->open)
    put (FAKE_LINE (base), WATTLE_LINE_MESSAGE, text, TRUE);
}

static void
fake_line_close (WattleLine *base)
{
  FAKE_LINE (base)->open = FALSE;
  FAKE_LINE (base)->opened++;
}

static void
fake_line_iface_init (WattleLineInterface *iface)
{
  iface->open = fake_line_open;
  iface->send = fake_line_send;
  iface->close = fake_line_close;
}

static void
fake_line_class_init (FakeLineClass *klass)
{
}

static void
fake_line_init (FakeLine *self)
{
}

static Guest *
other (Guest *guest)
{
  return guest == &guest->hall->clinician ? &guest->hall->patient : &guest->hall->clinician;
}

/* Sends @format with "seq" before it. */
static void
say (Guest *guest, const char *text)
{
  FakeLine *line = FAKE_LINE (guest->line);
  g_autofree char *whole = g_strdup_printf ("{\"seq\":%u,%s", ++line->seq, text + 1);

  put (line, WATTLE_LINE_MESSAGE, whole, FALSE);
}

void
hall_send (Guest *guest, const char *text)
{
  say (guest, text);
}

static char *
describe (Guest *guest, const char *type, const char *what)
{
  g_autofree char *key = wattle_consult_key (guest->consult);

  return g_strdup_printf ("{\"type\":\"%s\",\"what\":\"%s\",\"n\":%u,\"role\":\"%s\",\"owner\":%s,"
                          "\"key\":\"%s\"}", type, what, guest->number, guest->role,
                          g_str_equal (guest->role, "clinician") ? "true" : "false", key);
}

static void
welcome (Guest *guest, gboolean fresh, gboolean with_other)
{
  g_autofree char *peer = with_other ? describe (other (guest), "peer", "join") : g_strdup ("");
  g_autofree char *text = g_strdup_printf (
    "{\"type\":\"welcome\",\"fresh\":%s,"
    "\"you\":{\"n\":%u,\"role\":\"%s\",\"owner\":%s,\"verbs\":[\"enter\",\"admit\"]},"
    "\"peers\":[%s],\"waiting\":[],\"locked\":false,\"resume\":\"again\",\"heard\":%u,"
    "\"turn\":{\"urls\":[\"turn:relay\"],\"username\":\"u\",\"credential\":\"c\",\"policy\":\"relay\"}}",
    fresh ? "true" : "false", guest->number, guest->role, g_str_equal (guest->role, "clinician") ? "true" : "false",
    peer, fresh ? 0 : FAKE_LINE (guest->line)->heard);

  if (fresh)
    FAKE_LINE (guest->line)->heard = FAKE_LINE (guest->line)->seq = 0;
  put (FAKE_LINE (guest->line), WATTLE_LINE_MESSAGE, text, FALSE);
}

static void
take_hello (Guest *guest, WattleJsonNode message)
{
  g_autofree char *waiting = NULL;

  g_assert_cmpstr (wattle_json_member_string (message, "token"), ==, "token");
  if (wattle_json_member_string (message, "pass") != NULL)
    g_string_append_printf (guest->heard, "pass: %s\n", wattle_json_member_string (message, "pass"));
  if (wattle_json_member_string (message, "resume") != NULL)
    {
      welcome (guest, guest->hall->restarted, TRUE);
      return;
    }
  if (g_str_equal (guest->role, "clinician"))
    {
      welcome (guest, TRUE, FALSE);
      return;
    }
  say (guest, "{\"type\":\"lobby\",\"fresh\":true,\"you\":2,\"state\":\"waiting\",\"note\":\"Soon\","
              "\"resume\":\"again\",\"heard\":0}");
  waiting = describe (guest, "waiting", "here");
  say (other (guest), waiting);
}

static void
admit (Guest *guest)
{
  g_autofree char *join = describe (guest, "peer", "join");

  say (other (guest), join);
  say (other (guest), "{\"type\":\"waiting\",\"what\":\"gone\",\"n\":2,\"role\":\"patient\"}");
  welcome (guest, FALSE, TRUE);
}

/* The message goes on to the other as it is, with "from" for "to". */
static void
forward (Guest *guest, WattleJsonNode message)
{
  WattleJsonWriter writer = wattle_json_writer (g_string_new (NULL));
  g_autofree char *text = NULL;

  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "type", wattle_json_member_string (message, "type"));
  wattle_json_pair_integer (&writer, "from", guest->number);
  wattle_json_pair_integer (&writer, "gen", wattle_json_member_integer (message, "gen", 0));
  if (wattle_json_member_string (message, "blob") != NULL)
    wattle_json_pair_string (&writer, "blob", wattle_json_member_string (message, "blob"));
  wattle_json_end_object (&writer);
  text = g_string_free (writer.out, FALSE);
  say (other (guest), text);
  if (guest->hall->twice)
    say (other (guest), text);
}

static void
take_upwards (FakeLine *line, const char *text)
{
  Guest *guest = line->guest;
  g_autoptr (WattleJson) json = wattle_json_parse (text, -1, NULL, NULL);
  WattleJsonNode message = wattle_json_root (json);
  const char *type = wattle_json_member_string (message, "type");
  guint seq = (guint) wattle_json_member_integer (message, "seq", 0);

  if (seq > 0 && seq <= line->heard)
    return;
  line->heard = MAX (line->heard, seq);
  if (strcmp (type, "hello") == 0)
    take_hello (guest, message);
  else if (strcmp (type, "admit") == 0)
    admit (other (guest));
  else if (strcmp (type, "sealed") == 0 || strcmp (type, "need-offer") == 0)
    forward (guest, message);
  else if (strcmp (type, "ping") == 0)
    put (line, WATTLE_LINE_MESSAGE, "{\"type\":\"pong\",\"resume\":\"again\"}", FALSE);
  else
    g_string_append_printf (guest->heard, "to server: %s\n", type);
}

void
hall_run (Hall *self)
{
  Letter *letter;

  while ((letter = g_queue_pop_head (&self->letters)) != NULL)
    {
      FakeLine *line = letter->line;

      if (line->func != NULL && letter->opened == line->opened
          && !(self->down && letter->event == WATTLE_LINE_MESSAGE))
        {
          if (letter->upwards)
            take_upwards (line, letter->text);
          else
            line->func (letter->event, letter->text, line->data);
        }
      g_free (letter->text);
      g_free (letter);
    }
}

/* Lets time pass, and what is due happen. */
void
hall_wait (Hall *self, double seconds)
{
  gint64 until = self->now + (gint64) (seconds * WATTLE_SECOND);

  hall_run (self);
  while (self->now < until)
    {
      self->now += STEP;
      wattle_clock_fix (self->now);
      wattle_consult_tick (self->clinician.consult);
      wattle_consult_tick (self->patient.consult);
      hall_run (self);
    }
}

void
hall_cut (Guest *guest)
{
  put (FAKE_LINE (guest->line), WATTLE_LINE_CLOSED, NULL, FALSE);
  hall_run (guest->hall);
}

static gint64
clock_cb (gpointer data)
{
  return ((Hall *) data)->now;
}

static void
token_cb (WattleConsult *consult, Guest *guest)
{
  wattle_consult_take_token (consult, guest->no_token ? NULL : "token", NULL);
}

static void
chat_cb (WattleConsult *consult, const char *person, const char *text, Guest *guest)
{
  g_string_append_printf (guest->heard, "chat: %s\n", text);
}

static void
said_cb (WattleConsult *consult, const char *sentence, Guest *guest)
{
  g_string_append_printf (guest->heard, "said: %s\n", sentence);
}

static void
report_cb (WattleConsult *consult, Guest *guest)
{
  g_string_append (guest->heard, "report\n");
}

static void
come (Hall *self, Guest *guest, guint number, const char *role)
{
  FakeLine *line = g_object_new (FAKE_TYPE_LINE, NULL);

  line->guest = guest;
  guest->hall = self;
  guest->number = number;
  guest->role = role;
  guest->line = WATTLE_LINE (line);
  guest->engine = wattle_call_engine_new (NULL);
  guest->consult = wattle_consult_new (guest->line, guest->engine);
  guest->heard = g_string_new (NULL);
  wattle_consult_set_clock (guest->consult, clock_cb, self);
  g_signal_connect (guest->consult, "token-wanted", G_CALLBACK (token_cb), guest);
  g_signal_connect (guest->consult, "chat", G_CALLBACK (chat_cb), guest);
  g_signal_connect (guest->consult, "said", G_CALLBACK (said_cb), guest);
  g_signal_connect (guest->consult, "report", G_CALLBACK (report_cb), guest);
}

void
hall_set_up (Hall *self, gconstpointer data)
{
  self->now = G_GINT64_CONSTANT (1795219200) * WATTLE_SECOND;
  wattle_clock_fix (self->now);
  g_queue_init (&self->letters);
  come (self, &self->clinician, 1, "clinician");
  come (self, &self->patient, 2, "patient");
}

static void
leave (Guest *guest)
{
  g_object_unref (guest->consult);
  g_object_unref (guest->engine);
  g_object_unref (guest->line);
  g_string_free (guest->heard, TRUE);
}

void
hall_tear_down (Hall *self, gconstpointer data)
{
  self->down = TRUE;
  hall_run (self);
  leave (&self->clinician);
  leave (&self->patient);
  while (!g_queue_is_empty (&self->letters))
    {
      Letter *letter = g_queue_pop_head (&self->letters);

      g_free (letter->text);
      g_free (letter);
    }
  wattle_clock_fix (0);
}

/* Both enter, and the patient is let in. */
void
hall_meet (Hall *self)
{
  wattle_consult_enter (self->clinician.consult, HALL_ROOM, "Dr Ng");
  hall_run (self);
  wattle_consult_enter (self->patient.consult, HALL_ROOM, "Ada");
  hall_run (self);
  wattle_consult_admit (self->clinician.consult, 2);
  hall_run (self);
}

/* Media flow over @generation. */
void
hall_link (Hall *self, guint generation)
{
  fake_engine_tell (self->clinician.engine, "p1", generation, WATTLE_CALL_PEER_VERIFIED);
  fake_engine_tell (self->patient.engine, "p1", generation, WATTLE_CALL_PEER_VERIFIED);
  hall_run (self);
}
