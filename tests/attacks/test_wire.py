"""Attacks from the wire: whatever comes back, an answer is right or says that it is not whole."""

from __future__ import annotations

import gzip
import itertools
import json
import zlib
from codecs import BOM_UTF8
from functools import partial
from typing import Any

import pytest

from tests.attacks.raw import JOB, Answering, Asked, answer, listing, raw, task
from tests.box import NOW, Result, run_with

FAILED = ("tasks", "failed", "-o", "json")
CONTRACT = {0, 1, 3, 4, 6, 8}


def ask(environ: dict[str, str], *argv: str) -> Result:
    return run_with(environ, lambda: NOW, lambda _seconds: None)(*argv)


def wrong(result: Result) -> str:
    """What is not as the contract has it: a bug, another status, half a document, a lie."""
    if "itself failed" in result.stderr or "Traceback" in result.stderr:
        return result.stderr
    if result.status not in CONTRACT:
        return f"status {result.status}"
    if result.stdout:
        document = json.loads(result.stdout)
        if document["complete"] != (result.status == 0):
            return f"status {result.status}, complete {document['complete']}"
    elif result.status == 0:
        return "no document"
    return ""


BODIES = {
    "nothing": b"",
    "blank": b"  \r\n",
    "zeros": b"\0" * 4096,
    "text": b"hello",
    "HTML": b"<html><body>Sign in</body></html>",
    "half": b'{"value": [{"id": "t',
    "another half": b'{"value": [',
    "null": b"null",
    "number": b"17",
    "string": b'"x"',
    "array": b"[]",
    "no value": b"{}",
    "value null": b'{"value": null}',
    "value text": b'{"value": "x"}',
    "value numbers": b'{"value": [1, 2]}',
    "value nulls": b'{"value": [null]}',
    "two": b'{"value": []}{"value": []}',
    "NaN": b'{"value": [NaN]}',
    "deep": b'{"value": ' + b"[" * 100_000,
    "not UTF-8": b'{"value": [{"id": "\xff\xfe"}]}',
    "UTF-16": '{"value": []}'.encode("utf-16"),
    "UTF-32": '{"value": []}'.encode("utf-32"),
    "mark": BOM_UTF8 + b'{"code": "X", "message": {"value": "m"}}',
    "error": b'{"code": "X", "message": {"value": "m"}}',
    "odd error": b'{"code": {"a": 1}, "message": [1]}',
    "escapes": b'{"code": "A\\u001b[2J", "message": {"value": "\\u001b]0;x\\u0007"}}',
    "digits": b'{"value": ' + b"9" * 5000 + b"}",
    "surrogate": b'{"value": [{"id": "\\ud800"}]}',
}
STATUSES = (
    200,
    204,
    206,
    299,
    302,
    304,
    400,
    401,
    403,
    404,
    409,
    412,
    418,
    429,
    500,
    503,
    599,
    999,
)
ANSWERS = list(itertools.product(STATUSES, BODIES))


def test_504_answers_are_read_or_told_and_none_is_called_a_bug() -> None:
    assert len(ANSWERS) == 504
    told: dict[str, str] = {}
    current = [b""]
    with raw(lambda _: current[0]) as service:
        for status, name in ANSWERS:
            current[0] = answer(status, BODIES[name])
            if why := wrong(ask(service.environ, *FAILED)):
                told[f"{status} {name}"] = why[:300]
    assert told == {}


ODD: list[Any] = [None, True, -1, 10**400, 1.5, "", "x" * 3000, [], [{}], {}, {"a": 1}, "\x1b[2J"]


def paths_of(value: dict[str, Any], above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    paths = [(*above, name) for name in value]
    inner = [paths_of(each, (*above, name)) for name, each in value.items() if type(each) is dict]
    return paths + [path for found in inner for path in found]


def replaced(value: dict[str, Any], path: tuple[str, ...], odd: Any) -> dict[str, Any]:
    name, *rest = path
    return {**value, name: replaced(value[name], tuple(rest), odd) if rest else odd}


FIELDS = list(itertools.product(paths_of(task("t")), ODD))


def test_204_fields_of_a_wrong_type_are_passed_over_or_told() -> None:
    assert len(FIELDS) == 204
    told: dict[str, str] = {}
    current: list[bytes] = [b""]

    def answering(asked: Asked) -> bytes:
        return answer(200, {"value": [JOB]}) if asked.path == "/jobs" else current[0]

    with raw(answering) as service:
        for path, odd in FIELDS:
            tasks = [replaced(task("t"), path, odd), task("sound")]
            current[0] = answer(200, {"value": tasks})
            result = ask(service.environ, *FAILED)
            if why := wrong(result):
                told[f"{'.'.join(path)} {str(odd)[:20]}"] = why[:300]
            if result.status == 0 and "sound" not in result.stdout:
                told[f"{'.'.join(path)} {str(odd)[:20]}"] = "what was sound is lost"
    assert told == {}


# Where a link may lead that is not the account: EVIL is asked for nothing, whoever reads it how.
FORMS = (
    "http://EVIL/x",
    "https://EVIL/x",
    "//EVIL/x",
    "///EVIL/x",
    "/\\EVIL/x",
    "\\\\EVIL\\x",
    "http:\\\\EVIL/x",
    "http:/EVIL/x",
    "http:EVIL/x",
    "http://EVIL\\@GOOD/x",
    "//EVIL\\@GOOD/x",
    "http://GOOD@EVIL/x",
    "http://GOOD:80@EVIL/x",
    "http://GOOD#@EVIL/x",
    "http://GOOD?@EVIL/x",
    "http://GOOD%2f@EVIL/x",
    "http://GOOD%00.EVIL/x",
    "http://GOOD\t.EVIL/x",
    "http://GOOD\r\nHost: EVIL/x",
    " http://EVIL/x",
    "http://EVIL%5c@GOOD/x",
    "http://[EVIL]/x",
    "http://[::1/x",
    "http://GOOD\u2100/x",
    "http://GOOD:99999999/x",
    "http://GOOD.EVIL/x",
    "ftp://EVIL/x",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "http://user:pass@EVIL/x",
)
# What of an answer is followed, or looks as if: the link to the next page, and redirects.
CARRIERS = ("next page", "301", "302", "303", "307", "308")
COMMANDS = (
    FAILED,
    ("files", "get", "stdout", "--job", "j", "--task", "t"),
    ("node", "disable", "p/n1", "--yes"),
)


def _same(told: bytes, _asked: Asked) -> bytes:
    return told


def test_360_ways_out_of_the_account_lead_nowhere() -> None:
    ways = [
        (form, carrier, command)
        for form, carrier, command in itertools.product(FORMS, CARRIERS, COMMANDS)
        if carrier != "next page" or command is FAILED
    ]
    ways = [way for way in ways if way[1] == "next page" or way[0] in FORMS[:22]]
    assert len(ways) == 360
    told: list[str] = []
    current: list[Answering] = [lambda _: b""]

    def answering(asked: Asked) -> bytes | None:
        return current[0](asked)

    with raw(lambda _: answer(200, {"value": []})) as evil, raw(answering) as good:
        for form, carrier, command in ways:
            link = form.replace("GOOD", good.host).replace("EVIL", evil.host)
            if carrier == "next page":
                current[0] = listing([task("t")], link)
            else:
                clean = link.replace("\r\n", " ").encode("utf-8").decode("latin-1")
                moved = answer(int(carrier), b"", {"Location": clean})
                current[0] = partial(_same, moved)
            result = ask(good.environ, *command)
            if evil.asked or result.status != 6 or "itself failed" in result.stderr:
                told.append(
                    f"{form!r} {carrier}: {result.status}, {evil.asked}, {result.stderr[:200]}"
                )
                evil.asked.clear()
    assert told == []


# URLs in the account's own records, which nobody is to call: they are shown, at most. What a task
# saved is looked for where it says, with the signature that stands there and nothing else.
RECORDED = {
    "output file": {
        "outputFiles": [
            {
                "destination": {"container": {"containerUrl": "http://EVIL/c?sig=SIG"}},
                "filePattern": "*",
            }
        ]
    },
    "resource file": {"resourceFiles": [{"httpUrl": "http://EVIL/f?sig=SIG", "filePath": "f"}]},
    "container": {"resourceFiles": [{"storageContainerUrl": "http://EVIL/c?sig=SIG"}]},
    "own address": {"url": "http://EVIL/jobs/j/tasks/t"},
    "node's address": {"nodeInfo": {"nodeUrl": "http://EVIL/n", "poolId": "p", "nodeId": "n1"}},
    "task's folder": {"nodeInfo": {"taskRootDirectoryUrl": "http://EVIL/t", "poolId": "p"}},
}


def test_12_addresses_in_records_are_never_called() -> None:
    told: list[str] = []
    record: dict[str, Any] = {}

    def answering(asked: Asked) -> bytes:
        if asked.path == "/jobs":
            return answer(200, {"value": [JOB]})
        if asked.path == "/jobs/j/tasks":
            return answer(200, {"value": [record]})
        return answer(200, record) if asked.path == "/jobs/j/tasks/t" else answer(404)

    with raw(lambda _: answer(200)) as evil, raw(answering) as good:
        for name, more in RECORDED.items():
            text = json.dumps(more).replace("EVIL", evil.host).replace("SIG", "c2lnbmF0dXJl")
            record.clear()
            record.update(task("t", **json.loads(text)))
            for argv in (FAILED, ("task", "show", "j/t", "-o", "json")):
                result = ask(good.environ, *argv)
                called = [each for each in evil.asked if not _with_its_own(name, each)]
                evil.asked.clear()
                if called or "c2lnbmF0dXJl" in result.stdout or result.status not in {0, 3, 6}:
                    told.append(f"{name}: {result.status} {called} {result.stderr[:200]}")
    assert told == []


def _with_its_own(name: str, asked: Asked) -> bool:
    """Whether a saved file was looked for with the signature of its own address alone."""
    bears = {header for header in asked.headers if "auth" in header.lower()}
    return name == "output file" and "sig=c2lnbmF0dXJl" in asked.target and not bears


DATA = b"0123456789abcdef" * 5000
PACKINGS: dict[str, bytes] = {
    "gzip": gzip.compress(DATA),
    "x-gzip": gzip.compress(DATA),
    "GZIP": gzip.compress(DATA),
    "deflate": zlib.compress(DATA),
    "br": b"\x0b\x02\x80abc\x03",
    "zstd": b"\x28\xb5\x2f\xfd" + DATA[:50],
    "gzip, gzip": gzip.compress(gzip.compress(DATA)),
    "nonsense": DATA,
    "identity": DATA,
    "gzip ": gzip.compress(DATA)[:-30],
    " gzip": DATA,
}


def test_33_packed_answers_give_the_files_own_bytes_or_an_error() -> None:
    told: list[str] = []
    current = [("", b"")]

    def answering(asked: Asked) -> bytes:
        packing, body = current[0]
        written = {"Last-Modified": "Fri, 20 Nov 2026 02:00:00 GMT"}
        if asked.method == "HEAD":
            return answer(200, b"", {**written, "Content-Length": str(len(DATA))}, length=False)
        return answer(200, body, {**written, "Content-Encoding": packing})

    own = ("--job", "j", "--task", "t")
    commands = (
        ("files", "get", "stdout", *own),
        ("files", "tail", "stdout", "--lines", "5", *own),
        ("files", "get", "stdout", "--out", "-", *own),
    )
    with raw(answering) as service:
        for (packing, body), argv in itertools.product(PACKINGS.items(), commands):
            current[0] = packing.strip(), body
            result = ask(service.environ, *argv)
            whole = result.output == DATA
            if (result.status == 0) != whole or not DATA.startswith(result.output):
                told.append(f"{packing!r} {argv[1]}: {result.status}, {len(result.output)} bytes")
    assert told == []


def endless(kind: str) -> Answering:
    """A listing whose every page has another link to one more."""
    number = itertools.count()

    def answering(asked: Asked) -> bytes:
        if asked.path == "/jobs":
            return answer(200, {"value": [JOB]})
        page = {"empty": [], "the same": [task("t")], "null": []}[kind]
        return answer(200, {"value": page, "odata.nextLink": f"/jobs/j/tasks?n={next(number)}"})

    return answering


@pytest.mark.parametrize("kind", ["empty", "the same"])
def test_2_listings_without_an_end_are_left_with_what_was_read(kind: str) -> None:
    with raw(endless(kind)) as service:
        result = ask(service.environ, *FAILED)
    assert (result.status, result.json()["complete"]) == (6, False)
    assert "brings nothing new" in result.stderr
    assert len(result.json()["items"]) == (kind == "the same")
