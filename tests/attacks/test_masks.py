"""Attacks on the masks: what else opens a door, as it is spelt, and what takes them long."""

from __future__ import annotations

import itertools
import json
import time

from batchdoctor.core.text.gate import json_line, shown, shown_lines
from batchdoctor.core.text.secrets import masked

SECRET = "c2VjcmV0LW9mLXRoZS1hdHRhY2s"
PASSWORD = "hunter2Xq9"
LINES = "\n".join(f"MIIEpAIBAAKCAQ{number}{SECRET.replace('-', 'x')}abc" for number in range(4))
PRIVATE = [
    f"-----BEGIN {kind}PRIVATE KEY-----{end}{LINES.replace(chr(10), end)}{end}-----END"
    for kind in ("", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED ")
    for end in ("\n", "\r\n", " ", "\\n", "\\\\n", "\\r\\n")
]
NAMES = ("password", "Password", "DB_PASSWORD", "spring.datasource.password", "passphrase")
MARKS = ("={}", " = {}", "='{}'", '="{}"', ': "{}"', ": {}", ":{}", " => {}", ":= {}")
KEYS = ("AccountKey", "account key", "x-functions-key", "encryption_key", "key1", "key")
TOKENS = ("token", "accessToken", "refreshToken", "BEARER_TOKEN", "secret", "APP_SECRET", "sas")
LISTS = (
    '{{"name": "{}", "value": "{}"}}',
    '{{"name":"{}","value":"{}"}}',
    "<setting name='{}' value='{}'/>",
    '<add key="{}" value="{}"/>',
    "('{}', '{}')",
    '["{}", "{}"]',
)
COMMANDS = (
    "docker login -u me -p {} registry.example",
    "docker login --password={}",
    "sshpass -p {} ssh node",
    "sshpass -p{} ssh node",
    "mysql -uroot -p{}",
    "sqlcmd -S host -P {}",
    "az login --service-principal -u me -p {} --tenant t",
    "curl -u me:{} https://host",
    "curl --user me:{} https://host",
    "cmdkey /user:me /pass:{}",
    "xfreerdp /u:me /p:{}",
    "tool --passphrase '{}'",
    "tool --password\t{}",
    '["tool", "--password", "{}"]',
    "mount -o username=me,password={},vers=3.0",
    "MYSQL_PWD={}",
    "DB_PASS={}",
    "https://host/x?pwd={}&y",
    "java -Dpassword={}",
    "password='words and {} and more'",
    "password=back\\slash{}",
)
HEADERS = (
    f"Authorization: {SECRET}",
    f"Authorization: token {SECRET}",
    f"'Authorization': 'Bearer {SECRET}'",
    f"'Bearer', '{SECRET}'",
    f"Bearer={SECRET}",
    f'bearer "{SECRET}"',
    f"Cookie: session={SECRET}",
    f"Set-Cookie: Affinity={SECRET}; path=/",
    f"https://host/api?code={SECRET}Xx1",
    f"tool --token {SECRET}",
    f"tool --sas-token {SECRET}",
    f"tool --account-key '{SECRET}'",
    f"['--account-key', '{SECRET}']",
    f"github_pat_11ABCDEFG0{SECRET}",
    f"'sig', '{SECRET}'",
    f"sig=>{SECRET}",
    f"\\x26sig\\x3d{SECRET}",
    f"%252526sig%25253D{SECRET}",
)
SPELLINGS = [
    *PRIVATE,
    *(name + mark.format(PASSWORD) for name in NAMES for mark in MARKS),
    *(name + mark.format(SECRET) for name in (*KEYS, *TOKENS) for mark in MARKS),
    *(each.format(name, PASSWORD) for each in LISTS for name in ("DB_PASSWORD", "password")),
    *(each.format(name, SECRET) for each in LISTS for name in ("AccountKey", "API_TOKEN")),
    *(each.format(PASSWORD) for each in COMMANDS),
    *HEADERS,
]
# Short, and so told from a word only by what it is made of.
BASIC = ("Authorization: Basic dTpwaHVudGVy", "basic dTpwaHVudGVyMg==", "Basic%20dTpwYXNzdzByZA==")


def leaks(text: str) -> bool:
    return any(part in text for part in (SECRET, PASSWORD, LINES[30:45], "dTpwaH", "dTpwYX"))


def test_258_more_spellings_of_secrets_pass_no_gate() -> None:
    cases = [*SPELLINGS, *BASIC]
    told = []
    for text in cases:
        documents = [json_line({"message": text}), json_line([text, json.dumps([text])])]
        assert all(map(json.loads, documents))
        told += [text] if any(map(leaks, [shown(text), shown_lines(text), *documents])) else []
    assert (told, len(cases)) == ([], 258)


HARMLESS = (
    "incorrect username or password",
    "password: it must not be empty",
    "Password for oncall: ",
    "the token has expired: run az login",
    "no basic auth credentials",
    "Basic Multilingual Plane",
    "unauthorized: authentication required",
    "requires one of password, token or key",
    "ssh -p 22 me@host",
    "docker run -p 8080:80 -u 1000 image",
    "tests: pass=31 fail=2",
    "pass: 31 of 33",
    "PWD=/mnt/batch/tasks/workitems/job-1",
    "https://host/jobs/j/tasks?$skiptoken=WATV2:1:2",
    "key=render/frame-000123.exr",
    "cache key: frames-20261121-0001",
    "Cookie: mstshash=TVM#TVM_IN_0",
    "npm_config_cache=/tmp/npm-cache-folder-0001",
    "files list --token",
    "-----BEGIN CERTIFICATE-----",
)


def test_20_more_texts_without_a_secret_stay_as_they_are() -> None:
    assert len(HARMLESS) == 20
    assert [text for text in HARMLESS if masked(text) != text] == []


# What a pattern begins with, and never comes to its end. All hints stand before, so that all look.
BITS = (
    *("://", "://a:", "://a:b@", "%3a%2f%2f", "%3a%2f%2fa%3a", "%40", "%2b", "%252f", "%25"),
    *("\\/", "\\/a", "\\u002b", "\\u003d", "\\", "\\n", "&amp;", " ", "sig ", "sig\\", "key "),
    *("password ", "password: a", "token=a", "basic ", "eyja.", "login -p", "mysql ", " -u a"),
    *("-----BEGIN RSA PRIVATE KEY-----", "cookie: a", '"password", ', '"', "a=", "x" * 41),
)
HINTS = "sig=x password= token= key= @a %40 %3d \\/ eyj basic -u -p /p 8q~ cookie "


def test_34_long_runs_of_beginnings_take_what_their_length_takes() -> None:
    def seconds(bit: str, length: int) -> float:
        begun = time.process_time()
        masked(HINTS + bit * (length // len(bit)) + "@a")
        return time.process_time() - begun

    assert len(BITS) == 34
    masked(HINTS + "".join(itertools.chain(BITS)))  # patterns are made when they are first needed
    assert [bit for bit in BITS if seconds(bit, 40_000) > 1] == []
