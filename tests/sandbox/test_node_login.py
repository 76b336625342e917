"""Users and addresses to log in with, and logs that a node sends."""

from __future__ import annotations

import pytest
from azure.batch import BatchClient, models
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError

from batchdoctor.sandbox import Sandbox
from tests.sandbox.wire import Clock

POOL = "render-linux"


def busy_node(sandbox: Sandbox) -> str:
    """The sick node: it runs two tasks."""
    return next(node.id for node in sandbox.store.pool(POOL).nodes if len(node.running) == 2)


def node_in(sandbox: Sandbox, pool: str, state: str) -> str:
    return next(node.id for node in sandbox.store.pool(pool).nodes if node.state == state)


def refusal(caught: pytest.ExceptionInfo[HttpResponseError]) -> tuple[int | None, str | None]:
    assert caught.value.error is not None
    return caught.value.status_code, caught.value.error.code


def test_users_come_and_go(sandbox: Sandbox, client: BatchClient) -> None:
    name = busy_node(sandbox)
    user = models.BatchNodeUserCreateOptions(name="oncall", ssh_public_key="ssh-ed25519 AAAA")
    client.create_node_user(POOL, name, user)
    with pytest.raises(ResourceExistsError) as caught:
        client.create_node_user(POOL, name, user)
    assert refusal(caught) == (409, "NodeUserExists")
    client.replace_node_user(POOL, name, "OnCall", models.BatchNodeUserReplaceOptions(password="x"))
    client.delete_node_user(POOL, name, "oncall")
    with pytest.raises(ResourceNotFoundError) as missing:
        client.delete_node_user(POOL, name, "oncall")
    assert refusal(missing) == (404, "NodeUserNotFound")


def test_a_user_on_windows_needs_a_password_and_takes_no_key(
    sandbox: Sandbox, client: BatchClient
) -> None:
    name = node_in(sandbox, "etl-windows", "idle")
    for user, code in (
        (models.BatchNodeUserCreateOptions(name="x"), "MissingRequiredProperty"),
        (
            models.BatchNodeUserCreateOptions(name="x", password="p", ssh_public_key="k"),
            "InvalidPropertyValue",
        ),
    ):
        with pytest.raises(HttpResponseError) as caught:
            client.create_node_user("etl-windows", name, user)
        assert refusal(caught) == (400, code)


def test_a_user_needs_a_node_that_works(sandbox: Sandbox, client: BatchClient) -> None:
    user = models.BatchNodeUserCreateOptions(name="x", password="p")
    with pytest.raises(ResourceExistsError) as caught:
        client.create_node_user("etl-windows", node_in(sandbox, "etl-windows", "unusable"), user)
    assert refusal(caught) == (409, "NodeStateUnusable")


def test_the_address_to_log_in_to_is_told(sandbox: Sandbox, client: BatchClient) -> None:
    settings = client.get_node_remote_login_settings(POOL, busy_node(sandbox))
    assert settings.remote_login_ip_address.startswith("20.73.")
    assert settings.remote_login_port > 50_000


def test_logs_are_uploaded_from_a_node_that_answers(
    sandbox: Sandbox, client: BatchClient, clock: Clock
) -> None:
    name = busy_node(sandbox)
    options = models.UploadBatchServiceLogsOptions(
        container_url="https://logs.blob.core.windows.net/agent?sig=abc", start_time=clock()
    )
    result = client.upload_node_logs(POOL, name, options)
    assert result.virtual_directory_name.startswith(f"{POOL}/{name}/")
    assert result.number_of_files_uploaded > 0
    silent = node_in(sandbox, "etl-windows", "unusable")
    with pytest.raises(ResourceExistsError) as caught:
        client.upload_node_logs("etl-windows", silent, options)
    assert refusal(caught) == (409, "NodeStateUnusable")
