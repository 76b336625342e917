"""What a word from an error message means: a code, an exit code or the state of a node."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, TypeAlias

from msgspec.structs import replace

from batchdoctor.core.meaning.catalog import load_catalog
from batchdoctor.core.meaning.exit_codes import SIGNALS, explain_exit_code, parse_exit_code
from batchdoctor.core.meaning.explained import (
    Explanation,
    of_code,
    of_exit_code,
    of_message,
    of_state,
)
from batchdoctor.core.meaning.node_states import NODE_STATES, node_state_meaning
from batchdoctor.core.meaning.windows_codes import HRESULTS, NTSTATUS
from batchdoctor.core.text.secrets import masked

if TYPE_CHECKING:
    from batchdoctor.core.meaning.mentions import Mention
    from batchdoctor.core.meaning.messages import Cause, Messages

# What gives the messages where a text may have some: most words that are asked about are codes.
Known: TypeAlias = "Callable[[], Messages]"

_MOST_SUGGESTIONS = 3
_NOTHING = "Nothing in this text is a code, an exit code or a state that batchdoctor knows."
# So much of a text is shown when nothing in it is known.
_LONGEST_WORD = 60
_AROUND = ".,;:!?\"'`()[]{}<>\u2018\u2019\u201c\u201d"
# What people leave standing around a code when they type it without quotes.
_CONNECTING = frozenset(
    {"a", "an", "and", "by", "code", "error", "exit", "exited", "failed", "is", "it", "killed"}
    | {"node", "of", "process", "returned", "signal", "state", "status", "task", "terminated"}
    | {"the", "was", "with"}
)
# Names of fields rather than of codes.
_FIELDS = {"ExitCode", "ErrorCode", "StatusCode"}
_SPELLED_LIKE_A_CODE = re.compile(r"\b[A-Z][a-z]+[A-Z]\w*")
_MOST_TYPED = 5


def explain(word: str) -> tuple[Explanation, ...]:
    """Every meaning of a word, in any case; one that says so for a word without any.

    A word may be a code of the service, an exit code in any spelling, the name of a signal or of an
    NTSTATUS value, or the state of a node.
    """
    found = (*_codes(word), *_states(word), *_exit_codes(word))
    return found or (_unknown(word),)


def explain_arguments(
    arguments: Sequence[str], messages: Known | None = None
) -> tuple[Explanation, ...]:
    """What the words or texts of a command line mean, in their order.

    Texts lose their secrets, and are searched for what can be explained. Several words may be a
    text that lost its quotes, as in `explain exit code 137`.
    """
    words = [word for word in (masked(argument).strip() for argument in arguments) if word]
    if len(words) > 1 and not any(_is_text(word) for word in words):
        known = [explain(_unwrapped(word)) for word in words]
        unknown = {found[0].word.lower() for found in known if not found[0].known}
        text = " ".join(words)
        named = _of_text(text, messages) if unknown and unknown <= _CONNECTING else ()
        # A line of a program that lost its quotes has no code in it.
        named = named or (() if len(unknown) < len(known) else said_in(text, messages))
        return named or tuple(each for found in known for each in found)
    return tuple(each for word in words for each in _of_argument(word, messages))


def explain_text(text: str, messages: Known | None = None) -> tuple[Explanation, ...]:
    """Everything in a text that can be explained; one that says so if nothing can be."""
    text = masked(text)
    if not _is_text(text.strip()):
        return _of_argument(text.strip(), messages)
    return _of_text(text, messages) or (_nothing_in(text),)


def _is_text(word: str) -> bool:
    """Whether it is more than one word."""
    return any(character.isspace() for character in word) or bool(re.search(r'\w[{:="(].*\w', word))


def _unwrapped(word: str) -> str:
    return word.strip(_AROUND) or word


def _of_argument(word: str, messages: Known | None) -> tuple[Explanation, ...]:
    if _is_text(word):
        return _of_text(word, messages) or (_nothing_in(word),)
    found = explain(_unwrapped(word))
    if found[0].known:
        return found
    return _message_named(word, messages) or _of_text(word, messages) or found


def _of_text(text: str, messages: Known | None) -> tuple[Explanation, ...]:
    from batchdoctor.core.meaning.mentions import without_fixed

    named, said = list(_of_mentions(text)), []
    named += _allocation(text, {each.name for each in named})
    spoken = without_fixed(text) if named else text
    for found in said_in(spoken, messages, unsure=not any(map(_names_cause, named))):
        # A code that is a message by itself is told of once.
        same = [place for place, each in enumerate(named) if _is_within(each, found)]
        for place in same:
            named[place] = replace(named[place], about=found.about)
        said += [] if same else [found]
    return (*named, *said)


def _names_cause(named: Explanation) -> bool:
    """Whether it is a code that says more than that a program failed."""
    return named.kind == "code" and named.name != "FailureExitCode"


def _allocation(text: str, named: set[str]) -> tuple[Explanation, ...]:
    """What the words around a failed allocation tell: its code has many causes."""
    if "AllocationFailed" not in named:
        return ()
    from batchdoctor.core.meaning.allocation_words import told_in as told_by_words

    told = next(filter(None, map(told_by_words, text.splitlines())), None)
    return () if told is None or told.code in named else (of_code(told.code, told),)


def _is_within(named: Explanation, said: Explanation) -> bool:
    return named.kind is not None and named.word.lower() in said.word.lower()


def said_in(
    text: str, messages: Known | None = None, *, unsure: bool = True
) -> tuple[Explanation, ...]:
    """What the lines of a text say of a cause, as messages of programs; each entry once.

    Not `unsure`: what is merely possible is left out, as any refused request looks like that.
    """
    from batchdoctor.core.meaning.messages import known_messages

    found = (messages or known_messages)().causes_in(text.splitlines())
    return tuple(_of_cause(each) for each in found if unsure or not _is_vague(each))


def _is_vague(cause: Cause) -> bool:
    """Whether it says no more than a code: that a request was refused, or what may be."""
    return cause.entry.sure.value == "possible" or cause.entry.name.startswith("http-")


def _of_cause(cause: Cause) -> Explanation:
    entry = of_message(cause.words or cause.line, cause.entry)
    return replace(entry, evidence=cause.line)


def _message_named(word: str, messages: Known | None) -> tuple[Explanation, ...]:
    """The messages of a name, as `cause` of a failure bears it."""
    from batchdoctor.core.meaning.messages import known_messages

    known = (messages or known_messages)()
    return tuple(of_message(word, entry) for entry in known if entry.name == word.lower())


def _of_mentions(text: str) -> tuple[Explanation, ...]:
    # Whoever asks about a word needs no patterns of texts.
    from batchdoctor.core.meaning.mentions import mentions

    named = mentions(text)
    words = {mention.word for mention in named}
    found = [each for mention in named for each in _of_mention(mention)]
    if len(text.split()) <= _MOST_TYPED:
        # Words that were typed, one of them perhaps not quite right.
        typed = dict.fromkeys(_SPELLED_LIKE_A_CODE.findall(text))
        unknown = [_unknown(word) for word in typed if word not in words | _FIELDS]
        found += [each for each in unknown if each.suggestions and not each.kind]
    return tuple(found) if named else ()


def _of_mention(mention: Mention) -> tuple[Explanation, ...]:
    found = [each for each in explain(mention.word) if each.kind in {mention.kind, None}]
    return tuple(replace(each, evidence=mention.line) for each in found)


def _nothing_in(text: str) -> Explanation:
    shown = " ".join(text.split())
    if len(shown) > _LONGEST_WORD:
        shown = f"{shown[: _LONGEST_WORD - 1]}…"
    return Explanation(word=shown, kind=None, name=shown, meaning=_NOTHING)


def _codes(word: str) -> tuple[Explanation, ...]:
    return tuple(of_code(word, entry) for entry in load_catalog().entries(word))


def _states(word: str) -> tuple[Explanation, ...]:
    state = node_state_meaning(word)
    return (of_state(word, state),) if state else ()


def _exit_codes(word: str) -> tuple[Explanation, ...]:
    number = parse_exit_code(word)
    if number is None:
        number = _by_name(word)
    return () if number is None else (of_exit_code(word, number),)


def _by_name(word: str) -> int | None:
    """The exit code that carries a name such as `SIGKILL` or `STATUS_DLL_NOT_FOUND`."""
    wanted = word.upper()
    for value, (name, _) in {**NTSTATUS, **HRESULTS}.items():
        if name.upper() in {wanted, f"STATUS_{wanted}"}:
            return explain_exit_code(value).signed
    return next((-number for number, (name, _) in SIGNALS.items() if name == wanted), None)


def _unknown(word: str) -> Explanation:
    return Explanation(
        word=word,
        kind=None,
        name=word,
        meaning="This is in no list of batchdoctor's; the service's own message is all there is.",
        suggestions=_near(word),
    )


def _near(word: str) -> tuple[str, ...]:
    states = {state.state.lower(): state.state for state in NODE_STATES}
    close = get_close_matches(word.lower(), states, n=_MOST_SUGGESTIONS, cutoff=0.7)
    return (*load_catalog().near(word), *(states[each] for each in close))[:_MOST_SUGGESTIONS]
