"""Where files of a task are saved beside its node: by its `outputFiles`, and by the conventions.

Paths are below the task's own folder (`stderr.txt`, `wd/out.csv`), patterns below its working
folder (`../stderr.txt`, `out.csv`).

https://learn.microsoft.com/azure/batch/batch-task-output-files
https://github.com/Azure/azure-sdk-for-net/tree/main/sdk/batch/Microsoft.Azure.Batch.Conventions.Files
"""

from __future__ import annotations

import hashlib
import re
from posixpath import basename, dirname, normpath, relpath

from batchdoctor.core.names import folded
from batchdoctor.core.records.output_file import OutputFile

_WORKING_FOLDER = "wd"
# Variables that a pattern may begin with, as any shell writes them.
_FOLDERS = {"AZ_BATCH_TASK_DIR": "..", "AZ_BATCH_TASK_WORKING_DIR": "."}
_VARIABLE = re.compile(r"\$\{(\w+)\}|\$(\w+)|%(\w+)%")
_WILD = re.compile(r"[*?\[]")
_ESCAPED = r"\\\1"
# Literals and wildcards of a pattern; with more of them matching could take long.
_MOST_WILD = 21
# A container's name has 63 characters at most, of which `job-` takes four.
_LONGEST_JOB = 59
_KEPT_OF_JOB = 15
_PLAIN_JOB = re.compile(r"[a-z0-9](?:-?[a-z0-9])*")
_NO_LETTERS = re.compile(r"[:_-]+")


def saved_names(output: OutputFile, path: str) -> tuple[str, ...]:
    """The names that the blob of a file may have, the likeliest first; none if it is not saved.

    A pattern without wildcards gives the blob its whole name, one with wildcards the folder of it;
    what stands behind that folder is the file's name, or its path where the pattern has folders.
    """
    if not container_of(output) or not output.file_pattern:
        return ()
    wanted = path.replace("\\", "/")
    pattern = _from_task_folder(output.file_pattern)
    folder = saved_below(output)
    if not _WILD.search(pattern):
        return (folder or basename(wanted),) if pattern == wanted else ()
    if not _fits(pattern, wanted):
        return ()
    fixed = dirname(_WILD.split(pattern, maxsplit=1)[0])
    names = (relpath(wanted, fixed or "."), basename(wanted))
    return tuple(dict.fromkeys(f"{folder}/{name}".lstrip("/") for name in names))


def saved_path(output: OutputFile, name: str) -> str | None:
    """The path of the file that a blob of this name was saved from; None for any other blob."""
    pattern, folder = _from_task_folder(output.file_pattern or ""), saved_below(output)
    if not _WILD.search(pattern):
        return pattern if name == (folder or basename(pattern)) else None
    below = name.removeprefix(f"{folder}/") if folder else name
    path = normpath(f"{dirname(_WILD.split(pattern, maxsplit=1)[0])}/{below}").lstrip("/")
    return path if name.startswith(folder) and _fits(pattern, path) else None


def saved_prefix(output: OutputFile) -> str:
    """What the names of all blobs begin with that a pattern saves."""
    pattern, folder = _from_task_folder(output.file_pattern or ""), saved_below(output)
    fixed = _WILD.split(pattern, maxsplit=1)[0]
    if fixed == pattern:
        return folder or basename(pattern)
    return f"{folder}/{basename(fixed)}".lstrip("/")


def may_have_saved(output: OutputFile, result: str | None) -> bool:
    """Whether files are saved of a task that ended with this result; None is not known."""
    when = output.upload_options.upload_condition if output.upload_options else None
    return (
        result is None
        or when is None
        or when.lower() in {"taskcompletion", f"task{result}".lower()}
    )


def container_of(output: OutputFile) -> str:
    """The URL of the container that files are saved to; empty for none."""
    container = output.destination.container if output.destination else None
    return (container.container_url if container else None) or ""


def saved_below(output: OutputFile) -> str:
    """The beginning of the names of all blobs that a pattern saves."""
    container = output.destination.container if output.destination else None
    return ((container.path if container else None) or "").replace("\\", "/").strip("/")


def conventional_container(job_id: str) -> str:
    """The container of a job's files: `job-` and its id, cut and with a digest if it must be."""
    job = folded(job_id)
    if len(job) <= _LONGEST_JOB and _PLAIN_JOB.fullmatch(job):
        return f"job-{job}"
    digest = hashlib.sha1(job.encode(), usedforsecurity=False).hexdigest()
    plain = _NO_LETTERS.sub("-", job).strip("-")[:_KEPT_OF_JOB].strip("-")
    return f"job-{plain or 'job'}-{digest}"


def conventional_name(task_id: str, path: str) -> str:
    """The name of a file's blob there: logs are kept apart from what a task made."""
    plain = path.replace("\\", "/")
    inside = plain.removeprefix(f"{_WORKING_FOLDER}/")
    return f"{task_id}/{'$TaskLog' if inside == plain else '$TaskOutput'}/{inside}"


def conventional_path(task_id: str, name: str) -> str | None:
    """The path that a blob of a task was saved from; None for a blob of another kind."""
    log, output = f"{task_id}/$TaskLog/", f"{task_id}/$TaskOutput/"
    if name.startswith(log):
        return name.removeprefix(log)
    return f"{_WORKING_FOLDER}/{name.removeprefix(output)}" if name.startswith(output) else None


def _from_task_folder(pattern: str) -> str:
    """A pattern below the task's folder, its separators forward, its folders without variables."""

    def folder(found: re.Match[str]) -> str:
        return _FOLDERS.get(next(filter(None, found.groups())).upper(), found[0])

    plain = _VARIABLE.sub(folder, pattern.replace("\\", "/"))
    return normpath(f"{_WORKING_FOLDER}/{plain}")


def _fits(pattern: str, path: str) -> bool:
    """Whether a path matches: `**/` is any folders, `*` and `?` stay in theirs, `[a-c]` is one."""
    pieces = re.split(r"(\*\*+/?|\*|\?|\[[^\]/]+\])", pattern)
    if len(pieces) > _MOST_WILD:
        return False
    try:
        return re.fullmatch("".join(map(_expression, pieces)), path, re.IGNORECASE) is not None
    except re.error:  # a range that runs backwards
        return False


def _expression(piece: str) -> str:
    if piece.startswith("**"):
        return r"(?:[^/]+/)*+" if piece.endswith("/") else r".*"
    if _WILD.match(piece) and piece.endswith("]"):
        return f"[{re.sub(r'([^A-Za-z0-9-])', _ESCAPED, piece[1:-1])}]"
    return {"*": r"[^/]*", "?": r"[^/]"}.get(piece) or re.escape(piece)
