"""The catalog of messages: every entry by its own examples, all of them by what programs say."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchdoctor.core.meaning.about import About
from batchdoctor.core.meaning.message_entry import (
    MessageEntry,
    Stands,
    message_catalog,
    parse_messages,
    patterns_of,
)
from batchdoctor.core.meaning.messages import Messages, known_messages
from batchdoctor.core.text.step import PLACES, places_in

HERE = Path(__file__).parent
ENTRIES = message_catalog()
each_entry = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)


def said() -> list[tuple[str, str]]:
    """Lines that programs wrote when they failed, each with what it may be taken to be about."""
    rows = (HERE / "said.tsv").read_text(encoding="utf-8").splitlines()
    split = (row.partition("\t") for row in rows)
    return [(about, line) for about, _, line in split]


def chatter() -> list[str]:
    """Lines of logs and of prose that tell no cause."""
    return (HERE / "chatter.txt").read_text(encoding="utf-8").splitlines()


def own(**fields: object) -> MessageEntry:
    table = {"name": "own", "about": "input", "means": "It is so.", "patterns": ["no cells in *"]}
    (entry,) = parse_messages({"message": [{**table, **fields}]})
    return entry


def test_there_are_eighty_entries_or_more_each_of_another_name() -> None:
    assert len({entry.name for entry in ENTRIES}) == len(ENTRIES) >= 80


def test_every_word_for_a_cause_is_used() -> None:
    assert {entry.about for entry in ENTRIES} == set(About)


@each_entry
def test_an_entry_is_found_in_its_example_and_nothing_in_what_is_near_it(
    entry: MessageEntry,
) -> None:
    assert entry.example is not None
    assert entry.near is not None
    found = known_messages().cause_in(entry.example.splitlines(), None)
    assert found is not None
    assert found.entry.name == entry.name
    assert known_messages().cause_in(entry.near.splitlines(), None) is None


@each_entry
def test_an_entry_names_a_public_page_and_what_helps(entry: MessageEntry) -> None:
    assert entry.source is not None
    assert entry.source.startswith("https://")
    assert entry.steps
    assert all(places_in(step) <= set(PLACES) for step in entry.steps)


@each_entry
def test_the_patterns_of_an_entry_mean_something_and_no_two_are_the_same(
    entry: MessageEntry,
) -> None:
    for patterns in patterns_of(entry):
        for pattern in patterns:
            pattern.check()
    assert len(set(entry.patterns)) == len(entry.patterns)


def test_what_programs_say_is_known_for_what_it_is_about() -> None:
    found = [(abouts, line, known_messages().cause_in([line], None)) for abouts, line in said()]
    assert len(found) > 500
    wrong = [
        (line, abouts, cause and cause.entry.name)
        for abouts, line, cause in found
        if cause is None or cause.entry.about not in abouts.split("|")
    ]
    assert wrong == []


def test_prose_and_chatter_tell_no_cause() -> None:
    found = [(line, known_messages().cause_in([line], None)) for line in chatter()]
    assert len(found) > 250
    assert [(line, cause.entry.name) for line, cause in found if cause] == []


def test_of_many_lines_the_surest_counts_and_of_equally_sure_ones_the_last() -> None:
    lines = [
        "OSError: [Errno 28] No space left on device",
        "retrying",
        "PermissionError: [Errno 13] Permission denied: 'a'",
        "subprocess.CalledProcessError: Command 'x' returned non-zero exit status 1.",
    ]
    found = known_messages().cause_in(lines, Stands.STDERR)
    assert found is not None
    assert (found.entry.name, found.line, found.place, found.number) == (
        "permission-denied",
        lines[2],
        "stderr",
        2,
    )
    assert found.words == "Permission denied"


def test_a_warning_counts_only_where_nothing_louder_does() -> None:
    warning = "WARNING: lookup failed: Connection refused"
    loud = "KeyError: 'frame'"
    for lines, name in (
        ([warning], "network-refused"),
        ([loud, warning], "traceback-python"),
    ):
        found = known_messages().cause_in(lines, None)
        assert found is not None
        assert found.entry.name == name


def test_a_warning_tells_no_cause_that_is_merely_possible() -> None:
    loud = known_messages().cause_in(["failed to open frame-7"], None)
    assert loud is not None
    assert (loud.entry.name, loud.entry.sure) == ("input-unreadable", "possible")
    assert known_messages().cause_in(["WARNING: failed to open frame-7"], None) is None


def test_a_warning_of_the_programs_own_code_or_input_tells_a_cause_only_where_that_is_certain() -> (
    None
):
    for line, about in (
        ("unrecognized options: --with-mesh", "code"),
        ("the index file is empty: file runs.csv is empty", "input"),
    ):
        loud = known_messages().cause_in([line], None)
        assert loud is not None
        assert (loud.entry.about, loud.entry.sure) == (about, "likely")
        assert known_messages().cause_in([f"WARNING: {line}"], None) is None
    around = known_messages().cause_in(["WARNING: Connection reset by peer"], None)
    assert around is not None
    assert (around.entry.about, around.entry.sure) == ("network", "likely")


def test_an_address_is_no_setting_and_a_hint_to_a_manual_takes_nothing_away() -> None:
    for line, name in (
        ("Error: connect ECONNREFUSED 10.0.0.4:443", "network-refused"),
        (
            "CUDA out of memory. Tried to allocate 2 GiB of 16 GiB, 12 in use. See documentation",
            "memory-gpu",
        ),
        ("failed. Additional Info: this results in exceeding quota limits", "quota-exceeded"),
    ):
        found = known_messages().cause_in([line], None)
        assert found is not None, line
        assert found.entry.name == name


def test_what_a_program_logs_of_its_own_surroundings_is_chatter() -> None:
    for line in (
        "[0101/101010.123:ERROR:bus.cc(397)] Failed to connect to the bus: Connection refused",
        "LogWindows: Failed to load 'probe.dll'",
        "mesh.c:12:3: note: undeclared identifier is told of once",
        'db-1 LOG: could not open file "stat/global": Operation not permitted',
        "-- Performing Test HAVE_REGEX -- failed to compile",
        "[2024-06-26 23:03:11.719] [info] connection refused",
        "info: acme.Worker[0] connection refused",
        'Normal BackOff 4s (x2 over 89s) kubelet Back-off pulling image "acme/web:1"',
        "W1026 00:50:04.589891 16863 manager.go:984] open x.json: no such file or directory",
        "2024-01-04 12:21:48.8: W tensorflow/core/loader.cc:5] could not find file 'a.so'",
        'time="2024-01-04T12:21:48Z" level=warn msg="no such file or directory"',
    ):
        assert known_messages().cause_in([line], None) is None, line


def test_what_is_begun_and_what_only_tells_that_something_failed_are_no_causes() -> None:
    for line in (
        "checking connection to the server, which refused connections before ...",
        "Process completed with exit code 1",
        "Some steps failed. Look above for error messages",
        "out of memory handler: on",
        "azure:identity:info ManagedIdentityCredential failed",
    ):
        assert known_messages().cause_in([line], None) is None, line


def test_an_exception_of_an_unknown_name_counts_right_below_its_traceback_only() -> None:
    traceback = ["Traceback (most recent call last):", '  File "a.py", line 1', "    go()"]
    found = known_messages().cause_in([*traceback, "acme.Broken: no mesh", "done: 12"], None)
    assert found is not None
    assert found.line == "acme.Broken: no mesh"
    assert known_messages().cause_in(["acme.Broken: no mesh"], None) is None


def test_each_line_of_a_text_is_looked_at_by_itself_and_an_entry_told_once() -> None:
    text = ["cp: x: No space left on device", "Killed", "dd: y: No space left on device"]
    assert [(each.entry.name, each.line) for each in known_messages().causes_in(text)] == [
        ("disk-full", text[0]),
        ("killed", text[1]),
    ]


def test_what_a_terminal_or_a_launcher_adds_is_no_obstacle() -> None:
    for line in (
        "\x1b[31mModuleNotFoundError: No module named 'x'\x1b[0m",
        "[1,3]<stderr>:ModuleNotFoundError: No module named 'x'",
        "2026-11-21 02:00:01,123 - ERROR - ModuleNotFoundError: No module named 'x'",
        "[2026-11-21T02:00:01.1Z] [worker-7] FATAL ModuleNotFoundError: No module named 'x'",
        "\t  ModuleNotFoundError:   No module named  'x'\r",
    ):
        found = known_messages().cause_in([line], None)
        assert found is not None, line
        assert found.entry.name == "python-module-missing"


def test_a_users_own_table_comes_first_and_the_first_of_them_wins() -> None:
    entries = [own(name="first"), own(name="second", patterns=["no cells *", "permission denied"])]
    messages = Messages(ENTRIES, own=entries)
    for line, name in (
        ("no cells in mesh-7", "first"),
        ("no cells at all", "second"),
        ("bash: ./x: Permission denied", "second"),
        ("Killed", "killed"),
    ):
        found = messages.cause_in([line], None)
        assert found is not None
        assert found.entry.name == name


def test_a_users_own_table_is_found_in_what_would_be_chatter() -> None:
    entry = own(patterns=["retrying after lease loss"])
    assert Messages((), own=[entry]).cause_in(["INFO retrying after lease loss"], None)


def test_a_message_is_found_only_where_it_may_stand() -> None:
    messages = Messages((), own=[own(places=["stdout"])])
    assert messages.cause_in(["no cells in a"], Stands.STDOUT)
    assert messages.cause_in(["no cells in a"], Stands.STDERR) is None


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"about": "weather"}, "the message own: Invalid enum value 'weather' - at `$.about`"),
        ({"patterns": []}, "the message own: Expected `array` of length >= 1 - at `$.patterns`"),
        ({"patterns": ["*"]}, "the message own: '*' has fewer than three letters or digits"),
        ({"patterns": ["@#abc"]}, "the message own: in '@#abc' two of # and @ stand in one word"),
        ({"patterns": ["in abc@"]}, "the message own: in 'in abc@' a @ stands within a word"),
        ({"patterns": ["abc\\"]}, "the message own: 'abc\\\\' ends with a backslash"),
        ({"patterns": ["a" * 201]}, "the message own: a pattern has at most 200 characters"),
        ({"odd": 1}, "the message own: Object contains unknown field `odd`"),
        ({"name": "Own Name"}, "the message Own Name: Expected `str` matching regex"),
    ],
)
def test_a_table_that_is_wrong_is_told_by_name_and_place(
    fields: dict[str, object], told: str
) -> None:
    with pytest.raises(ValueError, match=r"^the message") as caught:
        own(**fields)
    assert told in str(caught.value)


def test_a_name_that_comes_twice_is_refused() -> None:
    table = {"name": "own", "about": "input", "means": "So.", "patterns": ["abc"]}
    with pytest.raises(ValueError, match="own is there twice"):
        parse_messages({"message": [table, table]})
