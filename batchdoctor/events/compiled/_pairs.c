/* Counts starts and ends of tasks whose lines are like lines met before.

   Most lines of a log differ from earlier ones in a few places only: a time, a task, a node. A
   pattern is such a line with gaps in these places. A line that is a pattern's bytes, with plain
   text or digits in the gaps, says what the pattern's own line said, only of the task, the node and
   the moment in its gaps: nothing else of it has to be decoded. Where the gaps are, and what stands
   in them, is found out elsewhere (see `pairs.py`).

   A start is kept until the end of the same attempt comes. If that closes it, as when a first
   attempt completed well, both become one row; else the end is kept with it, until a failure is
   told of by the second event, too. Every line that is not
   as simple as that is left to others, and nothing of it is counted here. So all doubts end in a
   line being left: a text that is not plain, a number too long, a table too full.

   Lines come from anyone. No byte is read before it is known to be inside its line, and no table
   grows beyond its limit. */

/* One build serves this version of Python and all later ones, whichever it was made with: lengths
   are never given in a format, because before 3.13 that meant something else. */
#define Py_LIMITED_API 0x030B0000
#include <Python.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
    MOST_PATTERNS = 32,
    MOST_PARTS = 24,
    MOST_WAYS = 256,
    MOST_ENDS = 2, /* a completion and a failure */
    LONGEST_PATTERN = 16 * 1024, /* several times the length of any line of the service */
    LONGEST_TEXT = 256, /* LONGEST in core/event.py: a longer text is cut before it is counted */
    MOST_JOBS = 1 << 12,
    MOST_NODES = 1 << 14,
    KEPT_SLOTS = 1 << 17,
    MOST_KEPT = 80 * 1000,
};

/* What stands in a gap. Every pattern has each of the NEEDED ones once; END follows the last. */
enum { TIME, JOB, TASK, VERSION, POOL, NODE, NEEDED, ANYTHING = NEEDED, END, KINDS };

/* What a way to tell of an attempt is: a start, one that names its requeue count, an end that makes
   one row with a start, an end that tells of a failure, or any other end. */
enum { START, START_NAMED, CLOSE, FAILED_END, OTHER_END, WAY_KINDS };

/* ---- Texts -------------------------------------------------------------------------------- */

typedef struct {
    const char *at, *end;
} Text;

static size_t
length_of(Text text)
{
    return (size_t)(text.end - text.at);
}

static bool
is_plain(unsigned char byte)
{
    return byte >= 0x20 && byte != '"' && byte != '\\';
}

/* Whether bytes are UTF-8 as Unicode defines it: none too long, no halves, nothing beyond. */
static bool
is_utf8(const unsigned char *at, const unsigned char *end)
{
    while (at < end) {
        unsigned char first = *at++;
        if (first < 0x80)
            continue;
        int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
        if (first < 0xC2 || first > 0xF4 || end - at < more)
            return false;
        if ((first == 0xE0 && *at < 0xA0) || (first == 0xED && *at > 0x9F)
            || (first == 0xF0 && *at < 0x90) || (first == 0xF4 && *at > 0x8F))
            return false;
        for (; more > 0; more--)
            if ((*at++ & 0xC0) != 0x80)
                return false;
    }
    return true;
}

/* Where plain text ends that begins at `at`: what stands for itself in a JSON string. NULL if it
   is no UTF-8. */
static const char *
end_of_plain(const char *at, const char *end)
{
    const uint64_t each = 0x0101010101010101u, top = each * 0x80;
    const char *begin = at;
    uint64_t beyond_ascii = 0;
    while (end - at >= 8) {
        uint64_t eight, quotes, slashes, others;
        memcpy(&eight, at, 8);
        quotes = eight ^ each * '"';
        slashes = eight ^ each * '\\';
        /* Top bits of bytes that are zero, zero and below 0x20. The lowest one is right; those
           above it may be of plain bytes, from which a bit was borrowed. */
        others = (((quotes - each) & ~quotes) | ((slashes - each) & ~slashes)
                  | ((eight - each * 0x20) & ~eight)) & top;
        beyond_ascii |= eight & top;
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
        if (others) {
            at += __builtin_ctzll(others) >> 3;
            end = at;
            break;
        }
#else
        if (others)
            break;
#endif
        at += 8;
    }
    for (; at < end && is_plain((unsigned char)*at); at++)
        beyond_ascii |= *at & 0x80;
    if (beyond_ascii && !is_utf8((const unsigned char *)begin, (const unsigned char *)at))
        return NULL;
    return at;
}

static const char *
end_of_digits(const char *at, const char *end)
{
    while (at < end && *at >= '0' && *at <= '9')
        at++;
    return at;
}

/* ---- Values in gaps ----------------------------------------------------------------------- */

/* The number that some digits make, or -1 if there are others among them. */
static int
number_of(const char *at, int digits)
{
    int number = 0;
    for (; digits > 0; digits--, at++) {
        if (*at < '0' || *at > '9')
            return -1;
        number = number * 10 + (*at - '0');
    }
    return number;
}

static bool
version_of(Text text, uint32_t *version)
{
    size_t digits = length_of(text);
    uint64_t number = 0;
    if (digits < 1 || digits > 10 || (digits > 1 && *text.at == '0'))
        return false;
    for (; text.at < text.end; text.at++)
        number = number * 10 + (uint64_t)(*text.at - '0');
    *version = (uint32_t)number;
    return number <= UINT32_MAX;
}

/* Days since 1970-01-01; of the proleptic Gregorian calendar, in years that begin in March. */
static int64_t
days_since_1970(int year, int month, int day)
{
    int64_t years = month > 2 ? year : year - 1;
    int64_t days = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    return years * 365 + years / 4 - years / 100 + years / 400 + days - 719468;
}

static int
days_in(int year, int month)
{
    static const char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap);
}

/* Microseconds since 1970 of a time as the service writes it: 2026-08-01T00:00:01.1234567Z, with
   one to seven digits behind the point, or without it. */
static bool
moment_of(Text text, int64_t *moment)
{
    const char *at = text.at;
    size_t length = length_of(text);
    int fraction = 0;
    if (length < 20 || length > 28 || at[4] != '-' || at[7] != '-' || at[10] != 'T'
        || at[13] != ':' || at[16] != ':' || at[length - 1] != 'Z')
        return false;
    int year = number_of(at, 4), month = number_of(at + 5, 2), day = number_of(at + 8, 2);
    int hour = number_of(at + 11, 2), minute = number_of(at + 14, 2);
    int second = number_of(at + 17, 2);
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > days_in(year, month) || hour < 0
        || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
        return false;
    if (length > 20) {
        int digits = (int)length - 21;
        if (at[19] != '.' || digits < 1 || (fraction = number_of(at + 20, digits)) < 0)
            return false;
        for (; digits < 6; digits++)
            fraction *= 10;
        if (digits == 7)
            fraction = (fraction + 5) / 10;
    }
    *moment = ((days_since_1970(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
    *moment = *moment * 1000000 + fraction;
    return fraction < 1000000;
}

/* ---- Patterns ----------------------------------------------------------------------------- */

/* Bytes that every line of a pattern has, and what is in the gap behind them. */
typedef struct {
    const char *bytes;
    ptrdiff_t length;
    int kind;
} Part;

typedef struct {
    Part parts[MOST_PARTS];
    int way;
    char bytes[];
} Pattern;

/* What is in the gaps of the first line of a text, and where it ends; NULL if it is of another
   pattern. */
static const char *
matched(const Pattern *pattern, Text lines, Text gaps[KINDS])
{
    const char *at = lines.at, *end = lines.end;
    for (const Part *part = pattern->parts;; part++) {
        if (end - at < part->length || memcmp(at, part->bytes, (size_t)part->length))
            return NULL;
        at += part->length;
        if (part->kind == END)
            return at == end || *at == '\n' ? at : NULL;
        Text *gap = &gaps[part->kind];
        gap->at = at;
        gap->end = at = part->kind == VERSION ? end_of_digits(at, end) : end_of_plain(at, end);
        if (!at)
            return NULL;
    }
}

/* ---- Names -------------------------------------------------------------------------------- */

/* A name and its number, which is how many there were before it. */
typedef struct {
    uint64_t hash;
    size_t length;
    char bytes[2 * LONGEST_TEXT + 1];
} Name;

typedef struct {
    uint32_t count, most, slots;
    uint32_t *numbers; /* by slot: one more than the number of the name, 0 for none */
    Name **names;      /* by number */
} Names;

static void
forget_names(Names *names)
{
    for (uint32_t number = 0; number < names->count; number++)
        PyMem_Free(names->names[number]);
    names->count = 0;
    if (names->numbers)
        memset(names->numbers, 0, names->slots * sizeof *names->numbers);
}

static bool
make_names(Names *names, uint32_t most)
{
    names->most = most;
    names->slots = 2 * most;
    names->numbers = PyMem_Calloc(names->slots, sizeof *names->numbers);
    names->names = PyMem_Calloc(most, sizeof *names->names);
    return names->numbers && names->names;
}

static uint64_t
hash_of(const char *at, size_t length)
{
    const uint64_t odd = 0x9E3779B97F4A7C15u;
    uint64_t hash = length * odd, eight;
    for (; length >= 8; at += 8, length -= 8) {
        memcpy(&eight, at, 8);
        hash = (hash ^ eight) * odd;
        hash ^= hash >> 29;
    }
    eight = 0;
    memcpy(&eight, at, length);
    hash = (hash ^ eight) * odd;
    return hash ^ hash >> 32;
}

/* The number of a name, a new one if need be; `most` if there is room for no other. Names that were
   made up to collide make this slow, but there is only room for some thousands. */
static uint32_t
number_of_name(Names *names, const char *at, size_t length)
{
    uint64_t hash = hash_of(at, length);
    uint32_t slot = (uint32_t)hash & (names->slots - 1);
    for (; names->numbers[slot]; slot = (slot + 1) & (names->slots - 1)) {
        const Name *name = names->names[names->numbers[slot] - 1];
        if (name->hash == hash && name->length == length && !memcmp(name->bytes, at, length))
            return names->numbers[slot] - 1;
    }
    if (names->count == names->most)
        return names->most;
    Name *name = PyMem_Malloc(offsetof(Name, bytes) + length);
    if (!name)
        return names->most;
    name->hash = hash;
    name->length = length;
    memcpy(name->bytes, at, length);
    names->names[names->count] = name;
    names->numbers[slot] = names->count + 1;
    return names->count++;
}

/* ---- Numbers of tasks --------------------------------------------------------------------- */

#define TURNED(number, bits) ((number) << (bits) | (number) >> (64 - (bits)))

/* The number of an id that is the same on every machine, as `_portable_number` in
   core/log/attempt.py gives it. */
static int64_t
portable_number(Text id)
{
    const uint64_t one = 0x9E3779B97F4A7C15u, other = 0xC2B2AE3D27D4EB4Fu;
    size_t length = length_of(id), done = 0;
    uint64_t number = length * one;
    for (; done < length; done += 8) {
        size_t size = length - done < 8 ? length - done : 8;
        uint64_t eight = 0;
        /* The first byte is the lowest, whatever this machine thinks of it. */
        while (size > 0)
            eight = eight << 8 | (unsigned char)id.at[done + --size];
        eight *= other;
        number ^= TURNED(eight, 31) * one;
        number = TURNED(number, 27) * one + other;
    }
    number = (number ^ number >> 33) * other;
    number = (number ^ number >> 29) * one;
    return (int64_t)(number ^ number >> 32);
}

/* ---- Attempts ----------------------------------------------------------------------------- */

/* A way to tell of an attempt, and how often it was met. All attempts of a way have the same retry
   and requeue counts, which are one number here. */
typedef struct {
    int kind;
    uint32_t counters;
    long long times;
} Way;

/* An attempt that started, and the ends that it had. `place` is twice the number of its node, and
   one more if the start named a requeue count. */
typedef struct {
    int64_t task, moment, end_moments[MOST_ENDS];
    uint32_t job; /* one more than its number; 0 for none */
    uint32_t counters, version, place;
    uint16_t end_ways[MOST_ENDS], ends, kind;
} Attempt;

/* Rows of numbers, one after the other. */
typedef struct {
    int64_t *numbers;
    size_t count, room;
} Rows;

static bool
add_row(Rows *rows, const int64_t *row, size_t width)
{
    if (rows->room - rows->count < width) {
        size_t room = rows->room ? 2 * rows->room : 16 * width;
        int64_t *numbers = PyMem_Realloc(rows->numbers, room * sizeof *numbers);
        if (!numbers)
            return false;
        rows->numbers = numbers;
        rows->room = room;
    }
    memcpy(rows->numbers + rows->count, row, width * sizeof *row);
    rows->count += width;
    return true;
}

static PyObject *
bytes_of(const Rows *rows)
{
    const char *bytes = rows->numbers ? (const char *)rows->numbers : "";
    return PyBytes_FromStringAndSize(bytes, (Py_ssize_t)(rows->count * sizeof *rows->numbers));
}

static void
forget_rows(Rows *rows)
{
    PyMem_Free(rows->numbers);
    *rows = (Rows){0};
}

/* What is asked for: times from one to before another, and jobs and nodes that Python is asked
   about, each once. */
typedef struct {
    PyObject *takes; /* NULL: all of them */
    int64_t since, until;
    Names jobs, nodes;
    char *wants_job, *wants_node; /* by number */
} Choice;

typedef struct {
    PyObject_HEAD
    Pattern *patterns[MOST_PATTERNS]; /* those that match most often come first */
    int pattern_count;
    Names jobs, nodes;
    Way ways[MOST_WAYS];
    int way_count;
    Attempt *kept;
    uint32_t kept_count;
    Rows closed[MOST_JOBS]; /* by job: task, kind and version, place, when */
    Rows ended[MOST_JOBS];  /* by job: see `add_ended` */
    Rows others[MOST_JOBS]; /* by job: see `add_other` */
    int64_t failures[MOST_NODES]; /* by node: the latest moment of one, INT64_MIN for none */
    uint32_t ended_count;   /* of all of them */
    Py_ssize_t lines;       /* of what was given last, counted or left */
    int64_t first, last;
    bool full;
    bool portable; /* tasks are numbered alike on every machine */
    Choice choice;
    bool left_out; /* whether there was an event that nobody asked for */
} Pairs;

static uint32_t
home_of(int64_t task, uint32_t job, uint32_t counters)
{
    uint64_t hash = (uint64_t)task + ((uint64_t)job << 32 | counters) * 0x9E3779B97F4A7C15u;
    return (uint32_t)(hash ^ hash >> 32) & (KEPT_SLOTS - 1);
}

/* The slot of an attempt that is kept, or the free one where it would be. */
static Attempt *
slot_of(Pairs *self, int64_t task, uint32_t job, uint32_t counters)
{
    uint32_t slot = home_of(task, job, counters);
    for (;; slot = (slot + 1) & (KEPT_SLOTS - 1)) {
        Attempt *attempt = &self->kept[slot];
        if (!attempt->job
            || (attempt->task == task && attempt->job == job && attempt->counters == counters))
            return attempt;
    }
}

/* Free a slot, and move those behind it that had to go further than their home. */
static void
free_slot(Pairs *self, Attempt *attempt)
{
    uint32_t hole = (uint32_t)(attempt - self->kept), slot = hole;
    for (;;) {
        slot = (slot + 1) & (KEPT_SLOTS - 1);
        Attempt *next = &self->kept[slot];
        if (!next->job)
            break;
        uint32_t home = home_of(next->task, next->job, next->counters);
        if (((slot - home) & (KEPT_SLOTS - 1)) >= ((slot - hole) & (KEPT_SLOTS - 1))) {
            self->kept[hole] = *next;
            hole = slot;
        }
    }
    self->kept[hole].job = 0;
    self->kept_count--;
}

static uint32_t
job_of(Pairs *self, const Text gaps[KINDS])
{
    return number_of_name(&self->jobs, gaps[JOB].at, length_of(gaps[JOB]));
}

/* Pool and node together are one name, whose length is given; no plain text has a line end. */
static size_t
place_name(const Text gaps[KINDS], char name[2 * LONGEST_TEXT + 1])
{
    size_t pool = length_of(gaps[POOL]), node = length_of(gaps[NODE]);
    memcpy(name, gaps[POOL].at, pool);
    name[pool] = '\n';
    memcpy(name + pool + 1, gaps[NODE].at, node);
    return pool + 1 + node;
}

static uint32_t
node_of(Pairs *self, const Text gaps[KINDS])
{
    char name[2 * LONGEST_TEXT + 1];
    size_t length = place_name(gaps, name);
    return number_of_name(&self->nodes, name, length);
}

/* What Python's own `hash` gives for the id; -1 with an exception set if there is no memory. */
static int64_t
hash_of_id(Text id)
{
    PyObject *text = PyUnicode_FromStringAndSize(id.at, (Py_ssize_t)length_of(id));
    if (!text)
        return -1;
    int64_t number = PyObject_Hash(text);
    Py_DECREF(text);
    return number;
}

static int64_t
task_number(const Pairs *self, Text id)
{
    return self->portable ? portable_number(id) : hash_of_id(id);
}

static bool
are_short(const Text gaps[KINDS])
{
    return length_of(gaps[JOB]) && length_of(gaps[JOB]) <= LONGEST_TEXT && length_of(gaps[TASK])
           && length_of(gaps[TASK]) <= LONGEST_TEXT && length_of(gaps[POOL]) <= LONGEST_TEXT
           && length_of(gaps[NODE]) <= LONGEST_TEXT;
}

/* The pattern of the first line of a text, or NULL; `end` is set to where the line ends. */
static const Pattern *
pattern_of_line(Pairs *self, Text lines, Text gaps[KINDS], const char **end)
{
    for (int index = 0; index < self->pattern_count; index++) {
        Pattern *pattern = self->patterns[index];
        if (!(*end = matched(pattern, lines, gaps)))
            continue;
        if (index) {
            self->patterns[index] = self->patterns[index - 1];
            self->patterns[index - 1] = pattern;
        }
        return pattern;
    }
    size_t length = length_of(lines);
    *end = length ? memchr(lines.at, '\n', length) : NULL;
    if (!*end)
        *end = lines.end;
    return NULL;
}

static bool
is_letter(unsigned char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static bool
is_digit(unsigned char byte)
{
    return byte >= '0' && byte <= '9';
}

/* What `kind_of` in core/suspicion/kind.py gives for the id. */
static uint16_t
kind_of(Text id)
{
    uint32_t number = 0x811C9DC5u;
    bool found = false;
    for (const char *at = id.at; at < id.end;) {
        const char *word = at;
        bool digits = false, hexadecimal = true;
        for (; at < id.end && (is_letter((unsigned char)*at) || is_digit((unsigned char)*at)); at++) {
            digits |= is_digit((unsigned char)*at);
            hexadecimal &= is_digit((unsigned char)*at) || (*at >= 'a' && *at <= 'f')
                           || (*at >= 'A' && *at <= 'F');
        }
        for (; word < at && !(digits && hexadecimal); word++) {
            if (is_letter((unsigned char)*word)) {
                number = (number ^ (unsigned char)*word) * 0x01000193u;
                found = true;
            }
        }
        while (at < id.end && !is_letter((unsigned char)*at) && !is_digit((unsigned char)*at))
            at++;
    }
    return found ? (uint16_t)(number ^ number >> 16) : 0;
}

/* Whole seconds since 1970, as `seconds_of` in core/log/job_attempts.py gives them. */
static uint32_t
seconds_of(int64_t moment)
{
    int64_t seconds = moment / 1000000;
    return seconds < 1 ? 1 : seconds > UINT32_MAX ? UINT32_MAX : (uint32_t)seconds;
}

/* Keep a start; false if there is no room, or one of this attempt. */
static bool
keep_start(Pairs *self, Attempt *slot, Attempt attempt)
{
    if (slot->job)
        return false;
    if (self->kept_count == MOST_KEPT) {
        self->full = true;
        return false;
    }
    *slot = attempt;
    self->kept_count++;
    return true;
}

static int64_t
kind_and_version(const Attempt *attempt)
{
    return (int64_t)attempt->kind << 32 | attempt->version;
}

/* Whether there is such an end and it tells of a failure. */
static bool
has_failed(const Pairs *self, const Attempt *attempt, int end)
{
    return end < attempt->ends && self->ways[attempt->end_ways[end]].kind == FAILED_END;
}

/* How an attempt ended in one number: its place, and above that, in 16 bits each, one more than the
   way of each end. */
static int64_t
ending_of(const Attempt *attempt)
{
    int64_t ending = attempt->place;
    for (int end = 0; end < attempt->ends; end++)
        ending |= (int64_t)(attempt->end_ways[end] + 1) << 16 * (end + 1);
    return ending;
}

/* Add a first attempt to rows: task, kind and version, how it ended, and when it ran. */
static bool
add_run(Rows *rows, const Attempt *attempt, int64_t ending, int64_t end)
{
    uint64_t when = (uint64_t)seconds_of(attempt->moment) << 32 | seconds_of(end);
    int64_t row[] = {attempt->task, kind_and_version(attempt), ending, (int64_t)when};
    return add_row(rows, row, sizeof row / sizeof *row);
}

/* Add a first attempt that did not just complete well. Of several ends the first one counts, and
   only failures where there are any. */
static bool
add_ended(Pairs *self, const Attempt *attempt)
{
    bool failed = has_failed(self, attempt, 0) || has_failed(self, attempt, 1);
    int64_t first = INT64_MAX, *last = &self->failures[attempt->place / 2];
    for (int end = 0; end < attempt->ends; end++) {
        int64_t moment = attempt->end_moments[end];
        if (failed && !has_failed(self, attempt, end))
            continue;
        if (moment < first)
            first = moment;
        if (failed && moment > *last)
            *last = moment;
    }
    return add_run(&self->ended[attempt->job - 1], attempt, ending_of(attempt), first);
}

/* Add an attempt to rows: task, kind and version, counters, place, moment of the start, and twice
   the way and the moment of an end. The way is -1 for none. */
static bool
add_other(Pairs *self, const Attempt *attempt)
{
    int64_t row[5 + 2 * MOST_ENDS] = {attempt->task, kind_and_version(attempt), attempt->counters,
                                      attempt->place, attempt->moment};
    for (int end = 0; end < MOST_ENDS; end++) {
        bool is_told = end < attempt->ends;
        row[5 + 2 * end] = is_told ? attempt->end_ways[end] : -1;
        row[6 + 2 * end] = is_told ? attempt->end_moments[end] : 0;
    }
    return add_row(&self->others[attempt->job - 1], row, sizeof row / sizeof *row);
}

static bool
add_attempt(Pairs *self, const Attempt *attempt)
{
    bool has_ended = attempt->ends && !attempt->counters;
    return has_ended ? add_ended(self, attempt) : add_other(self, attempt);
}

/* Put an end to an attempt that is kept, whose slot the last end frees; false if there is no
   memory. */
static bool
add_end(Pairs *self, Attempt *attempt, int64_t moment, int way)
{
    bool added = true;
    if (self->ways[way].kind == CLOSE && !attempt->ends) {
        added = add_run(&self->closed[attempt->job - 1], attempt, attempt->place, moment);
    } else {
        attempt->end_moments[attempt->ends] = moment;
        attempt->end_ways[attempt->ends++] = (uint16_t)way;
        if (attempt->ends < MOST_ENDS)
            return true;
        added = add_attempt(self, attempt);
    }
    self->ended_count++;
    free_slot(self, attempt);
    return added;
}

/* Whether a name is asked for: 1 or 0, 2 if there is no room to remember it, -1 with an exception. */
static int
is_wanted(PyObject *takes, const char *what, Names *names, char *wants, const char *at, size_t length)
{
    uint32_t before = names->count, number = number_of_name(names, at, length);
    if (number == names->most)
        return 2;
    if (number == before) {
        PyObject *text = PyUnicode_FromStringAndSize(at, (Py_ssize_t)length);
        PyObject *answer = text ? PyObject_CallFunction(takes, "sN", what, text) : NULL;
        int wanted = answer ? PyObject_IsTrue(answer) : -1;
        Py_XDECREF(answer);
        if (wanted < 0)
            return -1;
        wants[number] = (char)wanted;
    }
    return wants[number];
}

/* The same of an event. */
static int
is_chosen(Choice *choice, const Text gaps[KINDS], int64_t moment)
{
    if (moment < choice->since || moment >= choice->until)
        return 0;
    if (!choice->takes)
        return 1;
    int chosen = is_wanted(choice->takes, "job", &choice->jobs, choice->wants_job, gaps[JOB].at,
                           length_of(gaps[JOB]));
    if (chosen != 1)
        return chosen;
    char name[2 * LONGEST_TEXT + 1];
    size_t length = place_name(gaps, name);
    return is_wanted(choice->takes, "node", &choice->nodes, choice->wants_node, name, length);
}

/* Count the event in these gaps: 1 if that was done, 0 if it is left, -1 with an exception set. */
static int
count_event(Pairs *self, int way, const Text gaps[KINDS])
{
    Attempt told = {.counters = self->ways[way].counters};
    if (!are_short(gaps) || !version_of(gaps[VERSION], &told.version)
        || !moment_of(gaps[TIME], &told.moment))
        return 0;
    int chosen = is_chosen(&self->choice, gaps, told.moment);
    if (chosen != 1) {
        self->left_out |= !chosen;
        return chosen < 0 ? -1 : !chosen;
    }
    uint32_t job = job_of(self, gaps), node = node_of(self, gaps);
    if (job == self->jobs.most || node == self->nodes.most) {
        self->full = true;
        return 0;
    }
    told.job = job + 1;
    told.kind = kind_of(gaps[TASK]);
    told.place = 2 * node + (self->ways[way].kind == START_NAMED);
    told.task = task_number(self, gaps[TASK]);
    if (told.task == -1 && PyErr_Occurred())
        return -1;
    Attempt *slot = slot_of(self, told.task, told.job, told.counters);
    if (self->ways[way].kind <= START_NAMED) {
        if (!keep_start(self, slot, told))
            return 0;
    } else {
        if (!slot->job || slot->version != told.version || slot->place / 2 != node)
            return 0;
        if (!add_end(self, slot, told.moment, way)) {
            PyErr_NoMemory();
            return -1;
        }
    }
    self->ways[way].times++;
    if (told.moment < self->first)
        self->first = told.moment;
    if (told.moment > self->last)
        self->last = told.moment;
    return 1;
}

/* ---- What Python sees --------------------------------------------------------------------- */

/* Forget what was told, but not which attempts are kept. */
static void
forget_told(Pairs *self)
{
    for (uint32_t job = 0; job < self->jobs.count; job++) {
        forget_rows(&self->closed[job]);
        forget_rows(&self->ended[job]);
        forget_rows(&self->others[job]);
    }
    for (int way = 0; way < self->way_count; way++)
        self->ways[way].times = 0;
    for (uint32_t node = 0; node < MOST_NODES; node++)
        self->failures[node] = INT64_MIN;
    self->ended_count = 0;
    self->first = INT64_MAX;
    self->last = INT64_MIN;
}

static void
forget_all(Pairs *self)
{
    forget_told(self);
    forget_names(&self->jobs);
    forget_names(&self->nodes);
    if (self->kept_count)
        memset(self->kept, 0, KEPT_SLOTS * sizeof *self->kept);
    self->kept_count = 0;
    self->full = false;
}

static bool
make_choice(Choice *choice, PyObject *takes)
{
    Py_INCREF(takes);
    choice->takes = takes;
    choice->wants_job = PyMem_Calloc(MOST_JOBS, 1);
    choice->wants_node = PyMem_Calloc(MOST_NODES, 1);
    return choice->wants_job && choice->wants_node && make_names(&choice->jobs, MOST_JOBS)
           && make_names(&choice->nodes, MOST_NODES);
}

static void
free_names(Names *names)
{
    forget_names(names);
    PyMem_Free(names->numbers);
    PyMem_Free(names->names);
}

static PyObject *
pairs_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    int portable;
    PyObject *takes;
    long long since, until;
    if (kwargs && PyDict_Size(kwargs)) {
        PyErr_SetString(PyExc_TypeError, "Pairs() takes no names of arguments");
        return NULL;
    }
    if (!PyArg_ParseTuple(args, "pOLL", &portable, &takes, &since, &until))
        return NULL;
    allocfunc alloc = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    Pairs *self = (Pairs *)alloc(type, 0);
    if (!self)
        return NULL;
    self->portable = portable;
    self->choice.since = since;
    self->choice.until = until;
    if (takes != Py_None && !make_choice(&self->choice, takes)) {
        Py_DECREF(self);
        return PyErr_NoMemory();
    }
    self->kept = PyMem_Calloc(KEPT_SLOTS, sizeof *self->kept);
    if (!self->kept || !make_names(&self->jobs, MOST_JOBS)
        || !make_names(&self->nodes, MOST_NODES)) {
        Py_DECREF(self);
        return PyErr_NoMemory();
    }
    forget_all(self);
    return (PyObject *)self;
}

static void
pairs_dealloc(Pairs *self)
{
    PyTypeObject *type = Py_TYPE((PyObject *)self);
    forget_all(self);
    for (int index = 0; index < self->pattern_count; index++)
        PyMem_Free(self->patterns[index]);
    PyMem_Free(self->kept);
    free_names(&self->jobs);
    free_names(&self->nodes);
    free_names(&self->choice.jobs);
    free_names(&self->choice.nodes);
    PyMem_Free(self->choice.wants_job);
    PyMem_Free(self->choice.wants_node);
    Py_XDECREF(self->choice.takes);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    release(self);
    Py_DECREF(type);
}

/* Whether each of the needed gaps is there once. */
static bool
is_complete(const Pattern *pattern)
{
    int found[KINDS] = {0};
    for (const Part *part = pattern->parts; part->kind != END; part++)
        found[part->kind]++;
    for (int kind = 0; kind < NEEDED; kind++)
        if (found[kind] != 1)
            return false;
    return true;
}

/* The pattern of parts that Python gives: tuples of bytes and the kind of gap behind them. */
static Pattern *
pattern_of(PyObject *parts, int way)
{
    Py_ssize_t count = PyTuple_Size(parts), length = 0;
    Py_ssize_t lengths[MOST_PARTS];
    const char *bytes[MOST_PARTS];
    int kinds[MOST_PARTS];
    bool fits = count > 0 && count <= MOST_PARTS;
    for (Py_ssize_t index = 0; fits && index < count; index++) {
        PyObject *text;
        char *start;
        if (!PyArg_ParseTuple(PyTuple_GetItem(parts, index), "O!i", &PyBytes_Type, &text,
                              &kinds[index])
            || PyBytes_AsStringAndSize(text, &start, &lengths[index]))
            return NULL;
        bytes[index] = start;
        length += lengths[index];
        fits = length <= LONGEST_PATTERN && kinds[index] >= 0
               && (index < count - 1 ? kinds[index] < END : kinds[index] == END);
    }
    Pattern *pattern = fits ? PyMem_Calloc(1, sizeof *pattern + (size_t)length) : NULL;
    if (fits && !pattern) {
        PyErr_NoMemory();
        return NULL;
    }
    char *to = fits ? pattern->bytes : NULL;
    for (Py_ssize_t index = 0; fits && index < count; index++) {
        memcpy(to, bytes[index], (size_t)lengths[index]);
        pattern->parts[index] = (Part){to, lengths[index], kinds[index]};
        to += lengths[index];
    }
    if (!fits || !is_complete(pattern)) {
        PyMem_Free(pattern);
        PyErr_SetString(PyExc_ValueError, "not the parts of a pattern");
        return NULL;
    }
    pattern->way = way;
    return pattern;
}

PyDoc_STRVAR(add_way_doc,
             "add_way(kind, counters, /)\n--\n\n"
             "The number of a new way to tell of attempts; None if there are too many.");

static PyObject *
pairs_add_way(Pairs *self, PyObject *args)
{
    int kind;
    unsigned int counters;
    if (!PyArg_ParseTuple(args, "iI", &kind, &counters))
        return NULL;
    if (kind < 0 || kind >= WAY_KINDS) {
        PyErr_SetString(PyExc_ValueError, "not a kind of way");
        return NULL;
    }
    if (self->way_count == MOST_WAYS)
        Py_RETURN_NONE;
    self->ways[self->way_count] = (Way){.kind = kind, .counters = counters};
    return PyLong_FromLong(self->way_count++);
}

PyDoc_STRVAR(learn_doc, "learn(parts, way, /)\n--\n\n"
                        "Count lines of this pattern; the one that matched least goes if it must.");

static PyObject *
pairs_learn(Pairs *self, PyObject *args)
{
    PyObject *parts;
    int way;
    if (!PyArg_ParseTuple(args, "O!i", &PyTuple_Type, &parts, &way))
        return NULL;
    if (way < 0 || way >= self->way_count) {
        PyErr_SetString(PyExc_ValueError, "not a way that was added");
        return NULL;
    }
    Pattern *pattern = pattern_of(parts, way);
    if (!pattern)
        return NULL;
    if (self->pattern_count == MOST_PATTERNS)
        PyMem_Free(self->patterns[--self->pattern_count]);
    self->patterns[self->pattern_count++] = pattern;
    Py_RETURN_NONE;
}

/* Append a new value, which may be NULL; false with an exception set. */
static bool
append(PyObject *list, PyObject *value)
{
    bool appended = list && value && !PyList_Append(list, value);
    Py_XDECREF(value);
    return appended;
}

static PyObject *
place_of(Py_ssize_t index, const char *begin, const char *at, const char *end, bool is_known)
{
    return Py_BuildValue("(nnnN)", index, (Py_ssize_t)(at - begin), (Py_ssize_t)(end - begin),
                         PyBool_FromLong(is_known));
}

PyDoc_STRVAR(count_doc, "count(lines, /)\n--\n\n"
                        "Count what can be counted here. Of each line that is left: its index,\n"
                        "where it begins and ends, and whether there is a pattern of it.");

static PyObject *
pairs_count(Pairs *self, PyObject *data)
{
    Py_buffer view;
    if (PyObject_GetBuffer(data, &view, PyBUF_SIMPLE))
        return NULL;
    PyObject *left = PyList_New(0);
    const char *begin = view.buf, *at = begin, *end = at + view.len;
    for (Py_ssize_t index = 0; left; index++) {
        Text gaps[KINDS];
        const char *line_end;
        const Pattern *pattern = pattern_of_line(self, (Text){at, end}, gaps, &line_end);
        int counted = pattern ? count_event(self, pattern->way, gaps) : 0;
        if (counted < 0
            || (!counted && !append(left, place_of(index, begin, at, line_end, pattern != NULL))))
            Py_CLEAR(left);
        self->lines = index + 1;
        if (line_end == end)
            break;
        at = line_end + 1;
    }
    PyBuffer_Release(&view);
    return left;
}

/* What was counted of one job: its name, first attempts that closed or ended, and all others. */
static PyObject *
told_of_job(Pairs *self, uint32_t job)
{
    const Name *name = self->jobs.names[job];
    return Py_BuildValue("(NNNN)",
                         PyUnicode_FromStringAndSize(name->bytes, (Py_ssize_t)name->length),
                         bytes_of(&self->closed[job]), bytes_of(&self->ended[job]),
                         bytes_of(&self->others[job]));
}

/* Count all attempts that are kept as having no more ends; false if there is no memory. */
static bool
end_all(Pairs *self)
{
    for (uint32_t slot = 0; self->kept_count && slot < KEPT_SLOTS; slot++) {
        Attempt *attempt = &self->kept[slot];
        if (!attempt->job)
            continue;
        if (!add_attempt(self, attempt))
            return false;
        attempt->job = 0;
    }
    self->kept_count = 0;
    return true;
}

static PyObject *
told_of_node(const Pairs *self, uint32_t node)
{
    const Name *name = self->nodes.names[node];
    const char *line_end = memchr(name->bytes, '\n', name->length);
    Py_ssize_t pool = line_end - name->bytes;
    bool failed = self->failures[node] > INT64_MIN;
    return Py_BuildValue("(NNN)", PyUnicode_FromStringAndSize(name->bytes, pool),
                         PyUnicode_FromStringAndSize(line_end + 1,
                                                     (Py_ssize_t)name->length - pool - 1),
                         failed ? PyLong_FromLongLong(self->failures[node]) : Py_NewRef(Py_None));
}

PyDoc_STRVAR(take_doc,
             "take(kept, /)\n--\n\n"
             "What was counted, which is forgotten here: how often each way was met; the first and\n"
             "the last moment of it in microseconds since 1970; nodes, as pool, node and the last\n"
             "moment at which an ended attempt failed there, None for no failure;\n"
             "jobs, with 64-bit numbers in rows. A closed attempt has four: task, kind and version,\n"
             "place, when it started and ended in seconds. One that ended otherwise has above its\n"
             "place one more than the way of each end, in 16 bits each.\n"
             "Any other has nine: task, version, counters, place, when it started, and twice the\n"
             "way and the moment of an end; the way is -1 for none. Unless asked for, attempts that\n"
             "are kept for another end are not among them.");

static PyObject *
pairs_take(Pairs *self, PyObject *arg)
{
    int all = PyObject_IsTrue(arg);
    if (all < 0)
        return NULL;
    PyObject *times = PyList_New(0), *moments = PyList_New(0), *told = NULL;
    PyObject *nodes = PyList_New(0), *jobs = PyList_New(0);
    bool done = !all || end_all(self);
    if (!done)
        PyErr_NoMemory();
    for (int way = 0; done && way < self->way_count; way++)
        done = append(times, PyLong_FromLongLong(self->ways[way].times));
    for (uint32_t node = 0; done && node < self->nodes.count; node++)
        done = append(nodes, told_of_node(self, node));
    for (uint32_t job = 0; done && job < self->jobs.count; job++)
        done = append(jobs, told_of_job(self, job));
    if (done && self->first <= self->last)
        done = append(moments, PyLong_FromLongLong(self->first))
               && append(moments, PyLong_FromLongLong(self->last));
    if (done)
        told = Py_BuildValue("(OOOO)", times, moments, nodes, jobs);
    if (told && all)
        forget_all(self);
    else if (told)
        forget_told(self);
    Py_XDECREF(times);
    Py_XDECREF(moments);
    Py_XDECREF(nodes);
    Py_XDECREF(jobs);
    return told;
}

static PyObject *
pairs_full(Pairs *self, void *unused)
{
    (void)unused;
    return PyBool_FromLong(self->full);
}

static PyObject *
pairs_left_out(Pairs *self, void *unused)
{
    (void)unused;
    return PyBool_FromLong(self->left_out);
}

static PyObject *
pairs_ended(Pairs *self, void *unused)
{
    (void)unused;
    return PyLong_FromUnsignedLong(self->ended_count);
}

static PyObject *
pairs_lines(Pairs *self, void *unused)
{
    (void)unused;
    return PyLong_FromSsize_t(self->lines);
}

static PyMethodDef pairs_methods[] = {
    {"add_way", (PyCFunction)pairs_add_way, METH_VARARGS, add_way_doc},
    {"learn", (PyCFunction)pairs_learn, METH_VARARGS, learn_doc},
    {"count", (PyCFunction)pairs_count, METH_O, count_doc},
    {"take", (PyCFunction)pairs_take, METH_O, take_doc},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef pairs_attributes[] = {
    {"full", (getter)pairs_full, NULL, "Whether lines may be left until all is taken.", NULL},
    {"ended", (getter)pairs_ended, NULL, "How many attempts have no other end to wait for.", NULL},
    {"left_out", (getter)pairs_left_out, NULL, "Whether an event was not asked for.", NULL},
    {"lines", (getter)pairs_lines, NULL, "How many lines were given to count last.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot pairs_slots[] = {
    {Py_tp_doc, "Attempts that started and ended, in lines like ones met before."},
    {Py_tp_new, pairs_new},
    {Py_tp_dealloc, pairs_dealloc},
    {Py_tp_methods, pairs_methods},
    {Py_tp_getset, pairs_attributes},
    {0, NULL},
};

static PyType_Spec pairs_spec = {
    .name = "batchdoctor.events.compiled._pairs.Pairs",
    .basicsize = sizeof(Pairs),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = pairs_slots,
};

static int
fill_module(PyObject *module)
{
    static const struct {
        const char *name;
        int value;
    } constants[] = {
        {"TIME", TIME},       {"JOB", JOB},   {"TASK", TASK},   {"VERSION", VERSION},
        {"POOL", POOL},       {"NODE", NODE}, {"END", END},     {"ANYTHING", ANYTHING},
        {"START", START},     {"START_NAMED", START_NAMED},     {"CLOSE", CLOSE},
        {"FAILED_END", FAILED_END},             {"OTHER_END", OTHER_END},
        {"MOST_PARTS", MOST_PARTS},             {"LONGEST_PATTERN", LONGEST_PATTERN},
    };
    for (size_t index = 0; index < sizeof constants / sizeof *constants; index++)
        if (PyModule_AddIntConstant(module, constants[index].name, constants[index].value))
            return -1;
    PyObject *type = PyType_FromModuleAndSpec(module, &pairs_spec, NULL);
    int failed = type ? PyModule_AddObjectRef(module, "Pairs", type) : -1;
    Py_XDECREF(type);
    return failed;
}

static PyModuleDef_Slot module_slots[] = {
    {Py_mod_exec, fill_module},
    {0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_pairs",
    .m_doc = "Counts starts and ends of tasks whose lines are like lines met before.",
    .m_slots = module_slots,
};

PyMODINIT_FUNC
PyInit__pairs(void)
{
    return PyModuleDef_Init(&module);
}
