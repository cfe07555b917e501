/* demo-words.h: what the people, places and notes of an invented practice are made of
 *
 * Nobody here exists. Telephone numbers come from the set that ACMA keeps for
 * creative works; addresses are made up street by street.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

static const char *const demo_female_names[] = {
  "Amelia",   "Olivia",  "Isla",   "Charlotte", "Mia",     "Ava",       "Matilda", "Grace",    "Chloe",   "Zoe",
  "Ruby",     "Ivy",     "Willow", "Hannah",    "Priya",   "Anjali",    "Mei",     "Xiu Ying", "Hoa",     "Thảo",
  "Fatima",   "Layla",   "Amina",  "Zainab",    "Sofia",   "Giulia",    "Eleni",   "Despina",  "Ngaire",  "Aroha",
  "Kirra",    "Jedda",   "Marama", "Siobhán",   "Niamh",   "Freya",     "Astrid",  "Ingrid",   "Beatriz", "Camila",
  "Yuki",     "Sakura",  "Ji-woo", "Soo-jin",   "Nadia",   "Katarzyna", "Zofia",   "Adaeze",   "Wanjiru", "Margaret",
  "Patricia", "Dorothy", "Joan",   "Shirley",   "Maureen", "Heather",   "Robyn",   "Denise",   "Leanne",  "Tracey",
};

static const char *const demo_male_names[] = {
  "Oliver", "Noah", "Jack", "William", "Leo", "Henry", "Lucas", "Thomas", "Hudson", "Archie", "Theo", "Max", "Angus",
  "Lachlan", "Arjun", "Rohan", "Wei", "Jian", "Minh", "Đức", "Omar", "Yusuf", "Ali", "Hassan", "Marco", "Luca",
  "Nikos", "Stavros", "Tane", "Wiremu", "Jarrah", "Koa", "Cillian", "Oisín", "Erik", "Lars", "Mateo", "Diego", "Haruto",
  "Kenji", "Min-jun", "Tomasz", "Piotr", "Chidi", "Kwame", "Kevin", "Brian", "Graham", "Trevor", "Neville", "Colin",
  "Raymond", "Barry", "Gary", "Wayne", "Darren", "Craig", "Scott", "Brett", "Shane",
};

static const char *const demo_family_names[] = {
  "Smith", "Nguyen", "Williams", "Brown", "Taylor", "Singh", "Wilson", "Kaur", "Martin", "Anderson", "Tran", "Lee",
  "Thompson", "White", "Walker", "Chen", "Harris", "Ryan", "Robinson", "Kelly", "King", "Davis", "Wright", "Wang",
  "Khan", "Evans", "Roberts", "Green", "Hall", "Wood", "Patel", "Li", "Clarke", "Edwards", "Hughes", "Murphy", "Ali",
  "Papadopoulos", "Rossi", "Russo", "Kowalski", "Novák", "O'Brien", "O'Connor", "McDonald", "MacKenzie", "Campbell",
  "Stewart", "Hassan", "Haddad", "Nasser", "Abdi", "Okafor", "Mensah", "Silva", "Santos", "García", "Fernández",
  "Tanaka", "Sato", "Kim", "Park", "Choi", "Lim", "Tan", "Wong", "Phạm", "Lê", "Ngata", "Tūhoe", "Parata", "Ah Kee",
  "Watson", "Fraser", "Sinclair", "Ashworth", "Blackwood", "Carmody", "Dunstan", "Ellery", "Farquhar", "Gilchrist",
  "Hawthorne", "Ibrahim", "Jankowski", "Kirkbride", "Lonsdale", "Merriweather", "Northcote", "Ormond", "Pemberton",
  "Quilty", "Ravenscroft", "Somerville", "Thistlethwaite", "Underwood", "Vasquez", "Whitlam", "Yeoman", "Zammit",
};

/* Names that break forms: each stands in every practice once. */
static const char *const demo_hard_names[][2] = {
  { "Maximiliana-Theodora Alexandrina", "Featherstonehaugh-Cholmondeley" },
  { "Nguyễn Thị Phương", "Thảo-Huỳnh" },
  { "Þórdís", "Ásgeirsdóttir" },
  { "秀英", "王" },
  { "محمد", "العلي" },
  { "X", "Æ" },
  { "Siobhán", "Ní Dhomhnaill" },
  { "Jean-Luc", "d'Arcy-O'Shaughnessy" },
};

typedef struct
{
  const char *suburb;
  const char *postcode;
} DemoSuburb;

static const DemoSuburb demo_suburbs[] = {
  { "Newtown", "2042" },    { "Marrickville", "2204" }, { "Enmore", "2042" },      { "Petersham", "2049" },
  { "Stanmore", "2048" },   { "Leichhardt", "2040" },   { "Camperdown", "2050" },  { "Glebe", "2037" },
  { "Ashfield", "2131" },   { "Dulwich Hill", "2203" }, { "St Peters", "2044" },   { "Erskineville", "2043" },
  { "Summer Hill", "2130" }, { "Lewisham", "2049" },    { "Tempe", "2044" },       { "Annandale", "2038" },
};

static const char *const demo_streets[] = {
  "Wattlebird Lane",   "Paperbark Street", "Lilly Pilly Road", "Grevillea Avenue",
  "Bottlebrush Close", "Kurrajong Street", "Ironbark Road",    "Callistemon Way",
  "Waratah Parade",    "Boronia Street",   "Casuarina Drive",  "Tea Tree Crescent",
};

static const char *const demo_mobiles[] = {
  "+61491570006", "+61491570156", "+61491570157", "+61491570158", "+61491570159", "+61491570110",
};

static const char *const demo_languages[] = { "Vietnamese", "Mandarin", "Arabic", "Greek",
                                              "Italian",    "Korean",   "Punjabi" };

static const char *const demo_alerts[] = {
  "Prefers a ground-floor room: uses a wheelchair",
  "Call the mobile only; do not leave messages on the home number",
  "Allergic to latex",
  "Hearing impaired: face the patient and speak clearly",
};

static const char *const demo_reasons[] = {
  "Trouble sleeping", "Feeling low", "Anxiety at work", "Follow-up", "Relationship difficulties", "Panic attacks",
  "Repeat script", "Blood pressure review", "Grief", "Stress", "Back pain", "Annual check", "Mental health plan review",
};

static const char *const demo_therapy_notes[4][6] = {
  { "Reports sleeping about six hours, up from four. Worry is worst in the early morning.",
    "Describes a difficult week after a disagreement with a sibling. Mood low on three days.",
    "Says the breathing exercises help on the bus. Avoided the staff meeting again.",
    "Has kept the thought record on five of seven days. Notes fewer catastrophic predictions.",
    "Feels flat since returning to work. Appetite has come back.",
    "Talks about the anniversary of the loss next month and how to spend the day." },
  { "Casually dressed, good eye contact. Speech of normal rate. Affect reactive.",
    "Tearful when speaking of work; settled with grounding. Thought form normal. No perceptual change.",
    "On time, engaged. Mood described as “okay”; affect congruent. Insight good.",
    "Restless in the first ten minutes, calmer later. No evidence of psychosis.",
    "Quiet, slow to answer at first. Oriented. Judgement intact.",
    "Bright and talkative. Sleep diary brought along and complete." },
  { "Generalised anxiety, improving with exposure work. No thoughts of self-harm; protective factors present.",
    "Adjustment disorder with mixed features. Risk assessed as low today.",
    "Social anxiety maintained by avoidance. Motivation for graded exposure is good.",
    "Depressive episode, moderate, partial response. Denies suicidal thoughts when asked directly.",
    "Insomnia secondary to worry. Behavioural activation has begun to lift activity.",
    "Grief within the expected range. Strong support at home." },
  { "Continue cognitive restructuring; introduce worry time at 5 pm. Review in two weeks.",
    "Agreed a graded list of three steps for the coming week. Homework: attend one meeting.",
    "Sleep restriction with a fixed rise time of 6:30. Diary to be brought next visit.",
    "Letter to the general practitioner after the sixth session. Next visit booked.",
    "Values exercise at home; plan two pleasant activities before the weekend.",
    "Safety plan reviewed and unchanged. Call the practice if mood drops before then." },
};

static const char *const demo_doctor_notes[4][6] = {
  { "Cough for five days, dry, worse at night. No fever at home.",
    "Here for blood pressure review. Taking the tablets most days.",
    "Low mood since June, early waking, poor concentration at work.",
    "Lower back pain after gardening on Sunday. No leg symptoms.",
    "Repeat script. No side effects. Walking thirty minutes a day.",
    "Headaches on three afternoons a week, better with rest." },
  { "T 36.8, BP 128/76, chest clear, throat mildly red.",
    "BP 142/88 seated, repeated 138/84. Heart sounds dual, no oedema.",
    "Looks tired. Speech soft. No psychomotor change. K10 score 27.",
    "Tender paraspinal muscles, full power and sensation, straight leg raise negative.",
    "BP 124/78, weight 81 kg. Examination otherwise unremarkable.",
    "Neurological screen normal. Neck movement full. Fundi normal." },
  { "Viral upper respiratory infection.", "Hypertension, nearly at target.",
    "Major depressive episode, mild to moderate. No suicidal intent.", "Mechanical low back pain without red flags.",
    "Stable on current treatment.", "Tension-type headache." },
  { "Fluids, rest, honey at night. Return if short of breath or not better in a week.",
    "Continue, home readings twice a week, review in six weeks with the log.",
    "Mental health treatment plan made, referral to a psychologist, review in four weeks.",
    "Heat, keep moving, simple pain relief. Physiotherapy if no better in two weeks.",
    "Script renewed. Bloods before the next visit.",
    "Screen breaks, hydration, headache diary. Review in a month." },
};

typedef struct
{
  const char *ingredient;
  const char *brand;
  const char *strength;
  const char *form;
  int pack;
  int repeats;
  const char *schedule;
  const char *directions;
} DemoMedicine;

/* Brands are invented; packs and directions are for show, not for treatment. */
static const DemoMedicine demo_medicines[] = {
  { "sertraline", "Serovale", "50 mg", "tablet", 30, 5, "s4", "Take ONE tablet in the morning." },
  { "sertraline", "Serovale", "100 mg", "tablet", 30, 5, "s4", "Take ONE tablet in the morning." },
  { "escitalopram", "Escivara", "10 mg", "tablet", 28, 5, "s4", "Take ONE tablet once a day." },
  { "fluoxetine", "Fluomira", "20 mg", "capsule", 28, 5, "s4", "Take ONE capsule in the morning." },
  { "mirtazapine", "Mirtelle", "15 mg", "tablet", 30, 5, "s4", "Take ONE tablet at night." },
  { "venlafaxine", "Venlora", "75 mg", "modified release capsule", 28, 5, "s4",
    "Take ONE capsule once a day with food." },
  { "melatonin", "Melanox", "2 mg", "modified release tablet", 30, 2, "s4",
    "Take ONE tablet one to two hours before bed." },
  { "propranolol", "Propanda", "10 mg", "tablet", 100, 2, "s4",
    "Take ONE tablet up to three times a day when needed." },
  { "amoxicillin", "Amoxara", "500 mg", "capsule", 20, 0, "s4", "Take ONE capsule three times a day until finished." },
  { "cefalexin", "Cefaline", "500 mg", "capsule", 20, 0, "s4", "Take ONE capsule four times a day until finished." },
  { "perindopril arginine", "Perindel", "5 mg", "tablet", 30, 5, "s4", "Take ONE tablet in the morning." },
  { "amlodipine", "Amlovia", "5 mg", "tablet", 30, 5, "s4", "Take ONE tablet once a day." },
  { "atorvastatin", "Atorwell", "20 mg", "tablet", 30, 5, "s4", "Take ONE tablet at night." },
  { "metformin hydrochloride", "Metforda", "500 mg", "tablet", 100, 5, "s4", "Take ONE tablet twice a day with food." },
  { "pantoprazole", "Pantovel", "40 mg", "enteric tablet", 30, 2, "s4", "Take ONE tablet before breakfast." },
  { "salbutamol", "Salbaire", "100 microgram/actuation", "inhalation", 200, 2, "s3", "Inhale TWO puffs when needed." },
  { "ibuprofen", "Ibuwell", "400 mg", "tablet", 30, 1, "s4",
    "Take ONE tablet three times a day with food when needed." },
  { "oxycodone hydrochloride", "Oxydell", "5 mg", "tablet", 10, 0, "s8",
    "Take ONE tablet every six hours when needed." },
  { "methylphenidate hydrochloride", "Methyra", "10 mg", "tablet", 100, 0, "s8", "Take ONE tablet in the morning." },
  { "estradiol", "Estrava", "50 microgram/24 hours", "transdermal patch", 8, 5, "s4", "Apply ONE patch twice a week." },
};

G_END_DECLS
