"""Attacks by text: secrets in every spelling that logs have, and what a terminal would obey."""

from __future__ import annotations

import base64
import itertools
import json

from hypothesis import given
from hypothesis import strategies as st

from batchdoctor.core.text.gate import json_line, shown, shown_lines
from tests.attacks.raw import JOB, Asked, answer, raw, task
from tests.box import NOW, Run, run_with

SECRET = "c2VjcmV0LW9mLXRoZS1hdHRhY2s"
KEY = base64.b64encode(bytes(range(190, 254))).decode()
EQUALS: tuple[str, ...] = (
    "=",
    "%3D",
    "%3d",
    "%253D",
    "%25253D",
    "%u003D",
    "\\u003d",
    "\\\\u003D",
    "\\x3d",
    "&#61;",
)
EQUALS += ("&#x3D;", "&#061;", "&equals;", "&amp;#61;")
QUOTES = (('"', '"'), ("'", "'"), ('\\"', '\\"'), ("&quot;", "&quot;"), ("\\u0022", "\\u0022"))
KEYS: tuple[str, ...] = (
    "AccountKey",
    "accountKey",
    "account_key",
    "ACCOUNT_KEY",
    "account-key",
    "SharedAccessKey",
)
KEYS += (
    "AZURE_BATCH_ACCESS_KEY",
    "AZURE_STORAGE_KEY",
    "storage_account_key",
    "primaryKey",
    "api-key",
)
WORDS = ("password", "client_secret", "AZURE_CLIENT_SECRET", "access_token", "refresh_token")
SPELLINGS = [
    *(f"https://a.blob/c?sv=1&sig{mark}{SECRET}&se=2" for mark in EQUALS),
    *(f"sv%3D1%26{name}{mark}{SECRET}" for name in ("sig", "SIG", "Sig") for mark in EQUALS[:4]),
    *(f"{a}sig{b}{gap}{a}{SECRET}{b}" for (a, b) in QUOTES for gap in (":", ": ", " : ")),
    *(f"sig{mark}{SECRET}" for mark in (" = ", ": ", " =", '="', "='", "=\n")),
    *(f"{key}{mark}{SECRET};x" for key in KEYS for mark in ("=", " = ", ": ", "%3D", "&#61;")),
    *(f"{a}{key}{b}: {a}{SECRET}{b}" for key in KEYS for (a, b) in QUOTES),
    *(f"{word}{mark}{SECRET}" for word in WORDS for mark in ("=", "%3D", "='", "&#61;")),
    *(f'{{"{word}": "{SECRET}"}}' for word in WORDS),
    *(
        f"{word} {SECRET}"
        for word in ("BEARER", "bearer", "Authorization: Bearer", "Basic", "Bearer:")
    ),
    *(f"Bearer{gap}{SECRET}" for gap in ("%20", "+", "\t", "%2520")),
    *(f"{word} acct:{SECRET}" for word in ("SharedKey", "sharedkey", "SharedKeyLite")),
    *(
        f"{scheme}user:{SECRET}@host:1"
        for scheme in ("http://", "https://", "ftp://", "http:\\/\\/")
    ),
    f"http%3A%2F%2Fuser%3A{SECRET}%40host",
    f"https://{SECRET}@github.example/x",
    f"--account-key {SECRET}",
    f"--password {SECRET}",
    f"Server=x;Uid=me;Pwd={SECRET};",
    f"<AccountKey>{SECRET}</AccountKey>",
]
SPELLINGS += [
    KEY,
    f"the key {KEY}",
    KEY.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D"),
    KEY.replace("/", "\\/"),
    KEY.replace("+", "\\u002b").replace("=", "\\u003d"),
]
HARMLESS = (
    "the signal = SIGTERM",
    "sig: 15",
    "design=good",
    "the password is wrong",
    "password: it must not be empty",
    "key: value",
    "monkey=see",
    "PWD=/mnt/batch/tasks",
    "Basic authentication is off",
    "http://registry:4873/@scope/package",
    "access key was not found",
    "sha256:" + "0123456789abcdef" * 4,
)


def leaks(text: str) -> bool:
    return SECRET in text or KEY[20:40] in text


def test_209_spellings_of_secrets_pass_no_gate() -> None:
    assert len(SPELLINGS) == 209
    told = []
    for text in SPELLINGS:
        doors = (
            shown(text),
            shown_lines(text),
            json_line({"message": text}),
            json_line([text, [text]]),
        )
        told += [text] if any(map(leaks, doors)) else []
    assert told == []


def test_12_texts_without_a_secret_stay_as_they_are() -> None:
    assert len(HARMLESS) == 12
    assert [text for text in HARMLESS if shown(text) != text] == []


@given(
    st.lists(st.sampled_from([*SPELLINGS, "\\", '"', "'", "=", "sig", "key=", ",", "}", ":", " "]))
)
def test_masked_documents_are_documents_still(pieces: list[str]) -> None:
    value = {
        "a": "".join(pieces),
        "sig": 1,
        "accountKey": None,
        "b": pieces,
        "c": {"".join(pieces): 2},
    }
    assert set(json.loads(json_line(value))) == set(value)


FORMATS = ("table", "json", "jsonl", "csv", "tsv", "ids")
# One of each kind is enough for the whole way from the wire to each format.
FEW = SPELLINGS[::12]
HOSTILE = "\x1b[2J\x1b]8;;http://x\x07\x9b31m\u202e\u2066\x00\x7f\r\n=cmd()"


def with_text(text: str) -> dict[str, object]:
    """A task whose free text, and whatever should be an enumeration, is this."""
    sick = {
        "category": text,
        "code": text,
        "message": text,
        "details": [{"name": text, "value": text}],
    }
    ran = {
        "result": "failure",
        "exitCode": 1,
        "failureInfo": sick,
        "endTime": "2026-11-20T02:01:00Z",
    }
    return task(
        "t", executionInfo=ran, displayName=text, commandLine=text, nodeInfo={"poolId": "p"}
    )


def test_145_texts_of_a_task_reach_no_reader_with_secrets_or_escapes() -> None:
    cases = list(itertools.product([*FEW, HOSTILE, HOSTILE + SPELLINGS[0], HOSTILE * 9], FORMATS))
    cases += [(text, "show") for text in (*FEW, HOSTILE)]
    assert len(cases) == 145
    current = [task("t")]

    def answering(asked: Asked) -> bytes:
        if asked.path == "/jobs":
            return answer(200, {"value": [JOB]})
        if asked.path == "/jobs/j/tasks":
            return answer(200, {"value": current})
        return answer(200, current[0]) if asked.path == "/jobs/j/tasks/t" else answer(404)

    told = []
    with raw(answering) as service:
        run = run_with(service.environ, lambda: NOW, lambda _seconds: None)
        for text, form in cases:
            current[0] = with_text(text)
            argv = ("task", "show", "j/t") if form == "show" else ("tasks", "failed", "-o", form)
            result = run(*argv, "-v", terminal=form in {"table", "show"})
            said = result.stdout + result.stderr
            if leaks(said) or "itself failed" in said or obeyed(said):
                told.append(f"{text!r} {form}: {result.status} {said[:300]!r}")
    assert told == []


def obeyed(text: str) -> bool:
    """Whether a terminal would do more than show it; our own colours and progress are ours."""
    for ours in ("\x1b[K", "\r", "\n", "\t"):
        text = text.replace(ours, "")
    parts = text.split("\x1b[")
    rest = parts[0] + "".join(part.partition("m")[2] for part in parts[1:] if "m" in part[:9])
    return "\x1b[2J" in text or not rest.replace("\xa0", " ").isprintable()


def test_8_names_with_ends_of_lines_are_one_line_each_in_ids(run_offline: Run) -> None:
    names = ["a\nb", "a\r\nb", "a\rb", "a\u2028b", "a\x0bb", "a\x85b", "\n", "plain"]
    files = [
        {"name": name, "isDirectory": False, "properties": {"contentLength": 1}} for name in names
    ]

    def answering(asked: Asked) -> bytes:
        return answer(200, {"value": files})

    with raw(answering) as service:
        run = run_with(service.environ, lambda: NOW)
        result = run("files", "list", "--task", "j/t", "-o", "ids")
    assert len(result.stdout.splitlines()) == len(names) == 8
