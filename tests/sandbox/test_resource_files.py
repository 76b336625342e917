"""Resource files of tasks that really run, from the real Azurite: single ones, and containers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from batchdoctor.sandbox import Sandbox, load_scenario
from tests.azurite import ACCOUNT, KEY, emulated_storage
from tests.sandbox.test_running_jobs import SCENARIO, ended, submit

storage = pytest.importorskip("azure.storage.blob", reason="the extra `blob` is not installed")


def test_files_are_there_before_the_command_and_a_missing_one_is_told(
    start: Callable[..., Sandbox], tmp_path: Path
) -> None:
    scenario = tmp_path / "work.toml"
    scenario.write_text(SCENARIO, encoding="utf-8")
    with emulated_storage() as account:
        container = storage.ContainerClient(account, "input", credential=KEY)
        container.create_container()
        for name in ("in/a & b.txt", "in/deep/c.txt", "out.txt"):
            container.upload_blob(name, name.encode())
        signature = storage.generate_container_sas(
            ACCOUNT,
            "input",
            account_key=KEY,
            permission="rl",
            expiry=datetime.now(UTC) + timedelta(hours=1),
        )
        one = {"httpUrl": f"{container.url}/out.txt?{signature}", "filePath": "x/one.txt"}
        many = {"storageContainerUrl": f"{container.url}?{signature}", "blobPrefix": "in/"}
        none = {"httpUrl": f"{container.url}/none.txt?{signature}"}
        sandbox = start(load_scenario(str(scenario)), run_jobs=True)
        command = "/bin/sh -c 'cat x/one.txt \"d/in/a & b.txt\" d/in/deep/c.txt'"
        files = [one, {**many, "filePath": "d"}]
        wire = submit(
            sandbox,
            {"id": "all", "commandLine": command, "resourceFiles": files},
            {"id": "none", "commandLine": "true", "resourceFiles": [none]},
        )
        assert ended(sandbox, "all").exit_code == 0
        missing = ended(sandbox, "none")
    said = wire.get("/jobs/mine/tasks/all/files/stdout.txt").body
    assert said == b"out.txtin/a & b.txtin/deep/c.txt"
    assert missing.recipe is not None
    assert (missing.recipe.code, missing.exit_code) == ("BlobNotFound", None)
