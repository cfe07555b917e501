/* diary-data.h: some days of some practitioners, and who and what there is to choose, read from the cache
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gdk/gdk.h>

#include "app/schedule/diary-layout.h"
#include "store/store.h"

G_BEGIN_DECLS

/**
 * WattleDiaryPerson:
 * @id: of a practitioner
 * @name: such as "Dr Amelia Hart"
 * @short_name: such as "Hart"
 * @colour: of this diary
 */
typedef struct
{
  char *id;
  char *name;
  char *short_name;
  GdkRGBA colour;
} WattleDiaryPerson;

/**
 * WattleDiaryPlace:
 * @id: of a location
 * @name: its name
 * @zone: IANA zone
 * @rooms: (array zero-terminated=1): names of its rooms
 */
typedef struct
{
  char *id;
  char *name;
  char *zone;
  GStrv rooms;
} WattleDiaryPlace;

/**
 * WattleDiaryKind:
 * @id: of an appointment type
 * @name: its name
 * @minutes: usual length
 * @modality: usual modality
 */
typedef struct
{
  char *id;
  char *name;
  int minutes;
  int modality;
} WattleDiaryKind;

/**
 * WattleDiaryRoster:
 * @people: (element-type WattleDiaryPerson): who takes bookings, by name
 * @places: (element-type WattleDiaryPlace): the locations
 * @kinds: (element-type WattleDiaryKind): the types on offer
 * @slot_minutes: the grid of free times
 */
typedef struct
{
  gatomicrefcount references;
  GPtrArray *people;
  GPtrArray *places;
  GPtrArray *kinds;
  int slot_minutes;
} WattleDiaryRoster;

/**
 * WattleDiaryVisit:
 * @id: of an appointment
 * @patient: (nullable): id; %NULL for a colleague's visit of which only the time is known
 * @who: the patient's name, or "Busy"
 * @what: (nullable): name of its type
 * @room: (nullable): name of the room
 * @place: (nullable): name of the location
 * @reason: (nullable): in the patient's words
 * @kind: (nullable): id of its type
 * @location: (nullable): id
 * @invoice: (nullable): id
 * @person: index into the practitioners shown
 * @colour: of the type, or of the practitioner
 * @modality: a WATTLE_MODALITY_… value
 * @status: a WATTLE_APPOINTMENT_STATUS_… value
 * @starts: instant
 * @ends: instant
 * @movable: whether it has not begun, and is no colleague's
 */
typedef struct
{
  char *id;
  char *patient;
  char *who;
  char *what;
  char *room;
  char *place;
  char *reason;
  char *kind;
  char *location;
  char *invoice;
  guint person;
  int modality;
  int status;
  gint64 starts;
  gint64 ends;
  GdkRGBA colour;
  gboolean movable;
} WattleDiaryVisit;

/**
 * WattleDiaryBox:
 * @visit: what it shows
 * @lane: which column of the diary: day times practitioners plus practitioner
 * @place: positions on the scale, and its share of the width
 */
typedef struct
{
  WattleDiaryVisit *visit;
  guint lane;
  WattleDiaryPlacement place;
} WattleDiaryBox;

/**
 * WattleDiary:
 * @key: what was asked for
 * @zone: whose wall clock
 * @axis: the days
 * @people: (element-type WattleDiaryPerson): the practitioners, side by side in each day
 * @visits: (element-type WattleDiaryVisit): in the order of starts
 * @boxes: (element-type WattleDiaryBox): in the order of lanes, then of starts
 * @closed: (element-type GArray): for each lane, a #GArray of #WattleSpan outside hours
 * @holidays: (element-type utf8): for each day its public holidays, or ""
 * @holiday_from: minute of the day from which it is one
 * @opens: minute of the day at which the first one begins to work
 * @any_hours: whether anybody shown has any hours on these days
 */
typedef struct
{
  gatomicrefcount references;
  char *key;
  GTimeZone *zone;
  WattleDiaryAxis axis;
  GPtrArray *people;
  GPtrArray *visits;
  GArray *boxes;
  GPtrArray *closed;
  GPtrArray *holidays;
  int holiday_from[WATTLE_DIARY_MAX_DAYS];
  int opens;
  gboolean any_hours;
} WattleDiary;

GVariant    *wattle_diary_arguments   (const char         *key,
                                       gint64              first,
                                       guint               n_days,
                                       const char         *zone,
                                       const char *const  *people,
                                       const char *const  *places);
gpointer     wattle_diary_read        (WattleTransaction  *transaction,
                                       gpointer            arguments,
                                       GCancellable       *cancellable,
                                       GError            **error);
WattleDiary *wattle_diary_ref         (WattleDiary        *self);
void         wattle_diary_unref       (WattleDiary        *self);
char        *wattle_diary_visit_name  (const WattleDiary  *self,
                                       const WattleDiaryVisit *visit);
char *wattle_diary_patient_name (WattleRecord *patient);
char        *wattle_diary_visit_times (const WattleDiary  *self,
                                       gint64              starts,
                                       gint64              ends);

gpointer     wattle_diary_roster_read (WattleTransaction  *transaction,
                                       gpointer            arguments,
                                       GCancellable       *cancellable,
                                       GError            **error);
WattleDiaryRoster *wattle_diary_roster_ref (WattleDiaryRoster *self);
void         wattle_diary_roster_unref (WattleDiaryRoster *self);
WattleDiaryPerson *wattle_diary_roster_person (WattleDiaryRoster *self,
                                       const char         *id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleDiary, wattle_diary_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleDiaryRoster, wattle_diary_roster_unref)

G_END_DECLS
