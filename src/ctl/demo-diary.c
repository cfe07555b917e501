/* demo-diary.c: the visits of an invented practice and what came of them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <glib/gi18n-lib.h>

#include "base/civil.h"
#include "base/money.h"
#include "ctl/demo-private.h"
#include "ctl/demo-words.h"
#include "domain/holidays.h"

#define TALKED 5 /* visits about which somebody wrote */
#define FUTURE_DAYS 70

/* One visit being made. */
typedef struct
{
  DemoPractitioner *practitioner;
  WattleRecord *patient;
  WattleRecord *appointment;
  guint kind;
  gint64 date;
  gint64 starts_at;
  gint64 ends_at;
} Visit;

static gboolean
chance (Demo *self, guint percent)
{
  return (guint) g_rand_int_range (self->rand, 0, 100) < percent;
}

static void
refer (WattleRecord *record, WattleFieldId field, WattleRecord *to)
{
  wattle_record_set_string (record, field, wattle_record_id (to));
}

static void
set_time (WattleRecord *record, WattleFieldId field, gint64 instant)
{
  wattle_record_set_integer (record, field, instant);
}

/* Every twenty-fifth note of the last fortnight still waits for its signature. */
static gboolean
make_note (Demo *self, Visit *visit, GError **error)
{
  const char *const(*texts)[6] = visit->practitioner->doctor ? demo_doctor_notes : demo_therapy_notes;
  static const WattleFieldId parts[] = { WATTLE_PROGRESS_NOTE_SUBJECTIVE, WATTLE_PROGRESS_NOTE_OBJECTIVE,
                                         WATTLE_PROGRESS_NOTE_ASSESSMENT, WATTLE_PROGRESS_NOTE_PLAN };
  g_autoptr (WattleRecord) note = demo_record (self, WATTLE_RECORD_PROGRESS_NOTE, visit->ends_at);
  gboolean recent = visit->date > self->today - 14;
  guint theme = g_rand_int_range (self->rand, 0, 6);

  refer (note, WATTLE_PROGRESS_NOTE_PATIENT, visit->patient);
  refer (note, WATTLE_PROGRESS_NOTE_APPOINTMENT, visit->appointment);
  refer (note, WATTLE_PROGRESS_NOTE_AUTHOR, visit->practitioner->record);
  wattle_record_set_integer (note, WATTLE_PROGRESS_NOTE_KIND, WATTLE_NOTE_KIND_SOAP);
  wattle_record_set_integer (note, WATTLE_PROGRESS_NOTE_NOTE_DATE, visit->date);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    wattle_record_set_string (note, parts[i], texts[i][theme]);
  if (recent && chance (self, 6))
    wattle_record_set_integer (note, WATTLE_PROGRESS_NOTE_STATUS, WATTLE_NOTE_STATUS_DRAFT);
  else
    {
      wattle_record_set_integer (note, WATTLE_PROGRESS_NOTE_STATUS, WATTLE_NOTE_STATUS_SIGNED);
      set_time (note, WATTLE_PROGRESS_NOTE_SIGNED_AT, visit->ends_at + 5 * WATTLE_MINUTE);
      wattle_record_set_string (note, WATTLE_PROGRESS_NOTE_SIGNED_BY, visit->practitioner->user);
    }
  self->counts->notes++;
  return demo_put (self, note, error);
}

static gboolean
make_payment (Demo *self, Visit *visit, WattleRecord *invoice, gint64 cents, GError **error)
{
  g_autoptr (WattleRecord) payment = demo_record (self, WATTLE_RECORD_PAYMENT, visit->ends_at + WATTLE_MINUTE);
  gint64 number = wattle_transaction_next_in_sequence (self->transaction, "receipt", error);
  g_autofree char *receipt = g_strdup_printf ("REC-%06" G_GINT64_FORMAT, number);

  if (number < 0)
    return FALSE;
  refer (payment, WATTLE_PAYMENT_INVOICE, invoice);
  refer (payment, WATTLE_PAYMENT_PATIENT, visit->patient);
  wattle_record_set_integer (payment, WATTLE_PAYMENT_AMOUNT, cents);
  wattle_record_set_integer (payment, WATTLE_PAYMENT_METHOD,
                             chance (self, 85) ? WATTLE_PAYMENT_METHOD_CARD : WATTLE_PAYMENT_METHOD_BANK_TRANSFER);
  set_time (payment, WATTLE_PAYMENT_RECEIVED_AT, visit->ends_at + 10 * WATTLE_MINUTE);
  wattle_record_set_integer (payment, WATTLE_PAYMENT_RECEIVED_DATE, visit->date);
  wattle_record_set_string (payment, WATTLE_PAYMENT_RECEIPT_NUMBER, receipt);
  wattle_record_set_string (payment, WATTLE_PAYMENT_RECEIVED_BY, self->reception_user);
  self->counts->payments++;
  return demo_put (self, payment, error);
}

static gboolean
make_line (Demo *self, Visit *visit, WattleRecord *invoice, gint64 price, GError **error)
{
  g_autoptr (WattleRecord) line = demo_record (self, WATTLE_RECORD_INVOICE_LINE, visit->ends_at);
  WattleRecord *service = self->visits[visit->practitioner->doctor][visit->kind].service;

  refer (line, WATTLE_INVOICE_LINE_INVOICE, invoice);
  refer (line, WATTLE_INVOICE_LINE_PATIENT, visit->patient);
  refer (line, WATTLE_INVOICE_LINE_SERVICE, service);
  wattle_record_set_integer (line, WATTLE_INVOICE_LINE_POSITION, 1);
  wattle_record_set_string (line, WATTLE_INVOICE_LINE_CODE, wattle_record_get_string (service, WATTLE_SERVICE_CODE));
  wattle_record_set_string (line, WATTLE_INVOICE_LINE_DESCRIPTION,
                            wattle_record_get_string (service, WATTLE_SERVICE_NAME));
  wattle_record_set_integer (line, WATTLE_INVOICE_LINE_SERVICE_DATE, visit->date);
  wattle_record_set_integer (line, WATTLE_INVOICE_LINE_QUANTITY, 1000);
  wattle_record_set_integer (line, WATTLE_INVOICE_LINE_UNIT_PRICE, price);
  wattle_record_set_integer (line, WATTLE_INVOICE_LINE_TAX_CODE, WATTLE_TAX_CODE_GST_FREE);
  wattle_record_set_integer (line, WATTLE_INVOICE_LINE_AMOUNT, price);
  return demo_put (self, line, error);
}

/* What was received so far: nearly everything old, most of what is recent. */
static gint64
paid_of (Demo *self, Visit *visit, gint64 price)
{
  guint roll = g_rand_int_range (self->rand, 0, 100);

  if (visit->date < self->today - 90)
    return roll < 99 ? price : 0;
  return roll < 86 ? price : roll < 91 ? price / 2 : 0;
}

static gint64
price_on (Demo *self, Visit *visit)
{
  gint64 indexed;

  wattle_date_from_ymd (2026, 7, 1, &indexed);
  return visit->date < indexed ? self->visits[visit->practitioner->doctor][visit->kind].price_before
                               : self->visits[visit->practitioner->doctor][visit->kind].price;
}

static gboolean
make_invoice (Demo *self, Visit *visit, GError **error)
{
  g_autoptr (WattleRecord) invoice = demo_record (self, WATTLE_RECORD_INVOICE, visit->ends_at);
  gint64 number = wattle_transaction_next_in_sequence (self->transaction, "invoice", error);
  g_autofree char *text = g_strdup_printf ("INV-%06" G_GINT64_FORMAT, number);
  g_autofree char *payer = g_strdup_printf ("%s %s",
                                            wattle_record_get_string (visit->patient, WATTLE_PATIENT_GIVEN_NAMES),
                                            wattle_record_get_string (visit->patient, WATTLE_PATIENT_FAMILY_NAME));
  gint64 price = price_on (self, visit), paid = paid_of (self, visit, price);

  if (number < 0)
    return FALSE;
  refer (invoice, WATTLE_INVOICE_PATIENT, visit->patient);
  refer (invoice, WATTLE_INVOICE_APPOINTMENT, visit->appointment);
  refer (invoice, WATTLE_INVOICE_PRACTITIONER, visit->practitioner->record);
  refer (invoice, WATTLE_INVOICE_LOCATION, self->location);
  wattle_record_set_string (invoice, WATTLE_INVOICE_NUMBER, text);
  wattle_record_set_integer (invoice, WATTLE_INVOICE_STATUS,
                             paid == price ? WATTLE_INVOICE_STATUS_PAID
                             : paid > 0    ? WATTLE_INVOICE_STATUS_PART_PAID
                                           : WATTLE_INVOICE_STATUS_ISSUED);
  wattle_record_set_integer (invoice, WATTLE_INVOICE_ISSUED_DATE, visit->date);
  wattle_record_set_integer (invoice, WATTLE_INVOICE_DUE_DATE, visit->date + 14);
  wattle_record_set_string (invoice, WATTLE_INVOICE_PAYER_NAME, payer);
  wattle_record_set_integer (invoice, WATTLE_INVOICE_TOTAL, price);
  wattle_record_set_integer (invoice, WATTLE_INVOICE_GST, 0);
  wattle_record_set_integer (invoice, WATTLE_INVOICE_PAID, paid);
  wattle_record_set_integer (invoice, WATTLE_INVOICE_BALANCE, price - paid);
  refer (visit->appointment, WATTLE_APPOINTMENT_INVOICE, invoice);
  self->counts->invoices++;
  return demo_put (self, invoice, error) && make_line (self, visit, invoice, price, error)
         && (paid == 0 || make_payment (self, visit, invoice, paid, error));
}

static gboolean
make_cancellation (Demo *self, Visit *visit, GError **error)
{
  gint64 at = MIN (visit->starts_at, self->options->now) - g_rand_int_range (self->rand, 1, 72) * WATTLE_HOUR;
  g_autoptr (WattleRecord) cancellation = demo_record (self, WATTLE_RECORD_CANCELLATION, at);

  refer (cancellation, WATTLE_CANCELLATION_APPOINTMENT, visit->appointment);
  refer (cancellation, WATTLE_CANCELLATION_PATIENT, visit->patient);
  wattle_record_set_integer (cancellation, WATTLE_CANCELLATION_REASON, g_rand_int_range (self->rand, 0, 4));
  set_time (cancellation, WATTLE_CANCELLATION_CANCELLED_AT, at);
  wattle_record_set_string (cancellation, WATTLE_CANCELLATION_CANCELLED_BY, self->reception_user);
  return demo_put (self, cancellation, error);
}

static int
status_of (Demo *self, const Visit *visit)
{
  gint64 now = self->options->now;
  guint roll = g_rand_int_range (self->rand, 0, 100);

  if (roll < 6)
    return WATTLE_APPOINTMENT_STATUS_CANCELLED;
  if (visit->ends_at <= now)
    return roll < 10 ? WATTLE_APPOINTMENT_STATUS_NO_SHOW : WATTLE_APPOINTMENT_STATUS_COMPLETED;
  if (visit->starts_at <= now)
    return WATTLE_APPOINTMENT_STATUS_IN_VISIT;
  if (visit->starts_at <= now + 20 * WATTLE_MINUTE)
    return WATTLE_APPOINTMENT_STATUS_ARRIVED;
  return WATTLE_APPOINTMENT_STATUS_BOOKED;
}

static void
fill_appointment (Demo *self, Visit *visit, int status)
{
  WattleRecord *appointment = visit->appointment;
  guint roll = g_rand_int_range (self->rand, 0, 100);

  refer (appointment, WATTLE_APPOINTMENT_PATIENT, visit->patient);
  refer (appointment, WATTLE_APPOINTMENT_PRACTITIONER, visit->practitioner->record);
  refer (appointment, WATTLE_APPOINTMENT_LOCATION, self->location);
  refer (appointment, WATTLE_APPOINTMENT_TYPE, self->visits[visit->practitioner->doctor][visit->kind].type);
  wattle_record_set_integer (appointment, WATTLE_APPOINTMENT_MODALITY,
                             roll < 72   ? WATTLE_MODALITY_IN_PERSON
                             : roll < 92 ? WATTLE_MODALITY_VIDEO
                                         : WATTLE_MODALITY_PHONE);
  set_time (appointment, WATTLE_APPOINTMENT_STARTS_AT, visit->starts_at);
  set_time (appointment, WATTLE_APPOINTMENT_ENDS_AT, visit->ends_at);
  wattle_record_set_string (appointment, WATTLE_APPOINTMENT_ZONE, g_time_zone_get_identifier (self->zone));
  wattle_record_set_integer (appointment, WATTLE_APPOINTMENT_STATUS, status);
  if (chance (self, 60))
    wattle_record_set_string (appointment, WATTLE_APPOINTMENT_REASON, DEMO_PICK (self, demo_reasons));
  set_time (appointment, WATTLE_APPOINTMENT_BOOKED_AT, wattle_record_changed_at (appointment));
  if (status == WATTLE_APPOINTMENT_STATUS_ARRIVED || status == WATTLE_APPOINTMENT_STATUS_IN_VISIT
      || status == WATTLE_APPOINTMENT_STATUS_COMPLETED)
    set_time (appointment, WATTLE_APPOINTMENT_ARRIVED_AT,
              MIN (visit->starts_at, self->options->now) - g_rand_int_range (self->rand, 1, 15) * WATTLE_MINUTE);
  if (status == WATTLE_APPOINTMENT_STATUS_IN_VISIT || status == WATTLE_APPOINTMENT_STATUS_COMPLETED)
    set_time (appointment, WATTLE_APPOINTMENT_STARTED_AT, visit->starts_at);
  if (status == WATTLE_APPOINTMENT_STATUS_COMPLETED)
    set_time (appointment, WATTLE_APPOINTMENT_COMPLETED_AT, visit->ends_at);
}

static gboolean
make_visit (Demo *self, Visit *visit, GError **error)
{
  gint64 booked_at =
    MIN (visit->starts_at, self->options->now) - g_rand_int_range (self->rand, 24, 24 * 30) * WATTLE_HOUR;
  GArray *panel = visit->practitioner->panel;
  g_autoptr (WattleRecord) appointment = demo_record (self, WATTLE_RECORD_APPOINTMENT, booked_at);
  int status = status_of (self, visit);

  if (panel->len == 0)
    return TRUE;
  visit->patient
    = g_ptr_array_index (self->patients, g_array_index (panel, guint, g_rand_int_range (self->rand, 0, panel->len)));
  visit->appointment = appointment;
  fill_appointment (self, visit, status);
  self->counts->appointments++;
  if (status == WATTLE_APPOINTMENT_STATUS_COMPLETED
      && (!make_note (self, visit, error) || !make_invoice (self, visit, error)))
    return FALSE;
  if (status == WATTLE_APPOINTMENT_STATUS_COMPLETED && visit->practitioner == self->practitioners->pdata[0]
      && visit->date > self->today - 7 && self->talked->len < TALKED)
    g_ptr_array_add (self->talked, g_object_ref (appointment));
  if (status == WATTLE_APPOINTMENT_STATUS_CANCELLED && !make_cancellation (self, visit, error))
    return FALSE;
  return demo_put (self, appointment, error);
}

/* How full the diary is, in percent: the past as it went, the future as it fills. */
static guint
fill_of (Demo *self, gint64 date)
{
  gint64 ahead = date - self->today;

  return ahead <= 0 ? 82 : ahead < 7 ? 70 : ahead < 28 ? 45 : 18;
}

static gboolean
make_day (Demo *self, DemoPractitioner *practitioner, gint64 date, GError **error)
{
  static const int stretches[][2] = { { 9 * 60, 12 * 60 + 30 }, { 13 * 60 + 30, 17 * 60 } };
  static const int minutes[2][3] = { { 30, 50, 80 }, { 15, 30, 45 } };
  guint fill = fill_of (self, date);
  gint64 nine;

  if (!wattle_zone_to_instant (self->zone, date, stretches[0][0] * 60, WATTLE_WALL_FORWARD, &nine, error))
    return FALSE;
  for (guint s = 0; s < G_N_ELEMENTS (stretches); s++)
    for (int at = stretches[s][0]; at < stretches[s][1];)
      {
        guint roll = g_rand_int_range (self->rand, 0, 100);
        guint kind = practitioner->doctor ? (roll < 68 ? 0 : roll < 94 ? 1 : 2) : (roll < 12 ? 0 : roll < 90 ? 1 : 2);
        int length = minutes[practitioner->doctor][kind];
        int taken = practitioner->doctor ? length : length + 10;
        Visit visit = { .practitioner = practitioner, .kind = kind, .date = date };

        if (at + length > stretches[s][1])
          break;
        visit.starts_at = nine + (at - stretches[0][0]) * WATTLE_MINUTE;
        visit.ends_at = visit.starts_at + length * WATTLE_MINUTE;
        if (chance (self, fill) && !make_visit (self, &visit, error))
          return FALSE;
        at += taken;
      }
  return TRUE;
}

static gboolean
is_open (Demo *self, gint64 date, GHashTable *holidays, guint practitioner)
{
  if (date == self->today && practitioner < 2)
    return TRUE;
  return wattle_date_weekday (date) <= 5 && !g_hash_table_contains (holidays, GINT_TO_POINTER ((int) date));
}

/* Makes every visit, day by day, so that ids and the feed follow time. */
gboolean
demo_diary (Demo *self, GError **error)
{
  gint64 first = self->today - (gint64) self->options->years * 365, last = self->today + FUTURE_DAYS;
  g_autoptr (GPtrArray) list = wattle_holidays_for ("NSW", first, last);
  g_autoptr (GHashTable) holidays = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < list->len; i++)
    g_hash_table_add (holidays, GINT_TO_POINTER ((int) ((const WattleHoliday *) g_ptr_array_index (list, i))->date));
  for (gint64 date = first; date <= last; date++)
    {
      for (guint i = 0; i < self->practitioners->len; i++)
        if (is_open (self, date, holidays, i)
            && !make_day (self, g_ptr_array_index (self->practitioners, i), date, error))
          return FALSE;
      if (self->progress != NULL)
        self->progress (_("Diary"), (double) (date - first) / (last - first), self->progress_data);
    }
  return TRUE;
}
