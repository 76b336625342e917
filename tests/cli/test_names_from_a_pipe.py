"""`-` stands for the ids of standard input in every place that takes ids."""

from __future__ import annotations

import pytest

from tests.box import Open

JOB, POOL, OTHER = "risk-var-20261121", "sim-spot", "render-linux"
NODE = f"{POOL}/tvm-129948156_8-20261109t105111z"
UP = f"{OTHER}/tvm-283647310_8-20261109t212451z"
TASK = f"{JOB}/book-048"

# A form with a dash -> the ids that are piped in.
FORMS: tuple[tuple[str, str], ...] = (
    ("triage --pool -", f"{POOL} {OTHER}"),
    ("triage --job -", JOB),
    ("tasks failed -", JOB),
    ("tasks failed --job -", JOB),
    ("tasks failed --pool -", OTHER),
    ("tasks failed --node -", NODE),
    ("tasks list -", JOB),
    ("tasks list --pool -", OTHER),
    ("tasks list --node -", NODE),
    ("jobs list -", JOB),
    ("jobs list --pool -", POOL),
    ("pools list -", f"{POOL} {OTHER}"),
    ("nodes list -", f"{POOL} {OTHER}"),
    ("nodes list --node -", NODE),
    ("nodes suspect -", POOL),
    ("nodes suspect --pool -", POOL),
    ("nodes suspect --job -", JOB),
    ("job diagnose -", JOB),
    ("job show --job -", JOB),
    ("pool diagnose -", POOL),
    ("pool show --pool -", POOL),
    ("task show -", TASK),
    ("task show --task -", TASK),
    ("task show --job - --task book-048", JOB),
    ("node show -", NODE),
    ("files list -", UP),
    ("files list --node -", UP),
    ("files list wd/ -", TASK),
    ("files get stderr -", TASK),
    ("files get stderr --task -", TASK),
    ("files tail stderr -", TASK),
    ("files tail stderr -", f"{TASK} {JOB}/book-049"),
    ("files tail stderr --task -", f"{TASK} {JOB}/book-049"),
    ("files grep error --job -", JOB),
    ("node disable - -n", NODE),
    ("node login - -n --user me", NODE),
    ("job disable - -n", JOB),
    ("job terminate --job - -n", JOB),
    ("task terminate - -n", TASK),
    ("task terminate --task - -n", TASK),
    ("tasks reactivate - -n", TASK),
    ("wait pool - --until steady", POOL),
    ("wait task - --until done", TASK),
)


def in_full(typed: str, ids: str) -> list[str]:
    """The same with the ids in the place of the dash, an option as often as there are ids."""
    words = typed.split()
    at = words.index("-")
    option = words[at - 1] if words[at - 1].startswith("--") else None
    named = [word for each in ids.split() for word in ([option, each] if option else [each])]
    if "tail" in words and option is None and len(ids.split()) > 1:
        named = [word for each in ids.split() for word in ("--task", each)]
    return [*words[: at - bool(option)], *named, *words[at + 1 :]]


@pytest.mark.parametrize(("typed", "ids"), FORMS, ids=[typed for typed, _ in FORMS])
def test_a_dash_is_the_same_as_the_ids_that_are_piped_in(
    open_box: Open, typed: str, ids: str
) -> None:
    box = open_box("night-shift")
    piped = "".join(f"{each}\r\n\n" for each in ids.split()).encode()
    result = box.run(*typed.split(), stdin=piped)
    named = box.run(*in_full(typed, ids))
    assert (result.status, result.stdout, result.stderr) == (
        named.status,
        named.stdout,
        named.stderr,
    )
    assert named.status == 0


@pytest.mark.parametrize(
    ("typed", "ids", "says"),
    [
        ("task show --task -", f"{TASK} {TASK}", "Standard input names 2 tasks, and one is taken."),
        ("tasks failed --pool -", "", "Standard input names 0 pools, and one is taken."),
        ("files get stderr -", f"{TASK} a/b", "Standard input names 2 tasks or nodes"),
        ("files list -", "", "Say whose file it is"),
        ("node disable -", "", "No node was named."),
    ],
)
def test_more_or_fewer_ids_than_are_taken_is_told(
    open_box: Open, typed: str, ids: str, says: str
) -> None:
    piped = "\n".join(ids.split()).encode()
    result = open_box("night-shift").run(*typed.split(), stdin=piped)
    assert (result.status, result.stdout) == (2, "")
    assert result.stderr.startswith(f"error: {says}")
