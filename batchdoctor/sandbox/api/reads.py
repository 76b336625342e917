"""Reads of pools, nodes, jobs and tasks."""

from __future__ import annotations

from batchdoctor.sandbox.api import filterable
from batchdoctor.sandbox.api.call import Call
from batchdoctor.sandbox.api.job_shape import (
    JOB_MEMBERS,
    PREPARATION_MEMBERS,
    PreparationItem,
    write_job,
    write_preparation,
    write_task_counts,
)
from batchdoctor.sandbox.api.pool_shape import (
    NODE_MEMBERS,
    POOL_MEMBERS,
    write_counts,
    write_node,
    write_pool,
)
from batchdoctor.sandbox.api.task_shape import MEMBERS as TASK_MEMBERS
from batchdoctor.sandbox.api.task_shape import TaskWriter, write_subtasks
from batchdoctor.sandbox.protocol.conditions import check_conditions
from batchdoctor.sandbox.protocol.refusals import ServiceError
from batchdoctor.sandbox.protocol.select import parse_select, prune
from batchdoctor.sandbox.wire.messages import Reply, json_reply


def list_pools(call: Call) -> Reply:
    """GET /pools."""
    url, selection = call.store.url, parse_select(call.select, POOL_MEMBERS)
    return call.page(
        "pools",
        call.store.pools,
        lambda pool: prune(write_pool(pool, url), selection),
        filterable.POOLS,
    )


def get_pool(call: Call) -> Reply:
    """GET /pools/{pool}."""
    pool = call.store.pool(call.names["pool"])
    check_conditions(call.request, pool.modified)
    selection = parse_select(call.select, POOL_MEMBERS)
    return call.item("pools", prune(write_pool(pool, call.store.url), selection), pool.modified)


def pool_exists(call: Call) -> Reply:
    """HEAD /pools/{pool}."""
    pool = call.store.pool(call.names["pool"])
    return call.item("pools", {}, pool.modified)


def list_node_counts(call: Call) -> Reply:
    """GET /nodecounts."""
    return call.page("poolnodecounts", call.store.pools, write_counts, filterable.NODE_COUNTS)


def list_nodes(call: Call) -> Reply:
    """GET /pools/{pool}/nodes."""
    store, selection = call.store, parse_select(call.select, NODE_MEMBERS)
    pool = store.pool(call.names["pool"])
    return call.page(
        "nodes",
        pool.nodes,
        lambda node: prune(write_node(node, store.url, store.now), selection),
        filterable.NODES,
    )


def get_node(call: Call) -> Reply:
    """GET /pools/{pool}/nodes/{node}."""
    store = call.store
    node = store.node(call.names["pool"], call.names["node"])
    selection = parse_select(call.select, NODE_MEMBERS)
    return call.item("nodes", prune(write_node(node, store.url, store.now), selection))


def list_jobs(call: Call) -> Reply:
    """GET /jobs."""
    url, selection = call.store.url, parse_select(call.select, JOB_MEMBERS)
    return call.page(
        "jobs",
        call.store.jobs,
        lambda job: prune(write_job(job, url), selection),
        filterable.JOBS,
    )


def get_job(call: Call) -> Reply:
    """GET /jobs/{job}."""
    job = call.store.job(call.names["job"])
    check_conditions(call.request, job.modified)
    selection = parse_select(call.select, JOB_MEMBERS)
    return call.item("jobs", prune(write_job(job, call.store.url), selection), job.modified)


def get_task_counts(call: Call) -> Reply:
    """GET /jobs/{job}/taskcounts."""
    return call.item("taskcountsresult", write_task_counts(call.store.job(call.names["job"])))


def list_preparations(call: Call) -> Reply:
    """GET /jobs/{job}/jobpreparationandreleasetaskstatus."""
    job, url = call.store.job(call.names["job"]), call.store.url
    if not {"jobPreparationTask", "jobReleaseTask"} & job.shape.keys():
        raise ServiceError("JobPreparationTaskOrReleaseTaskNotSpecified")
    selection = parse_select(call.select, PREPARATION_MEMBERS)
    items = [PreparationItem(run.seq, job.pool_id, run) for run in job.preparations]
    return call.page(
        "jobpreparationandreleasetaskstatuslist",
        items,
        lambda item: prune(write_preparation(item, job, url), selection),
        filterable.PREPARATIONS,
    )


def list_tasks(call: Call) -> Reply:
    """GET /jobs/{job}/tasks."""
    job, url = call.store.job(call.names["job"]), call.store.url
    selection = parse_select(call.select, TASK_MEMBERS)
    return call.page("tasks", job.tasks, TaskWriter(url, selection), filterable.TASKS)


def get_task(call: Call) -> Reply:
    """GET /jobs/{job}/tasks/{task}."""
    task = call.store.task(call.names["job"], call.names["task"])
    check_conditions(call.request, task.modified)
    url = call.store.url
    text = TaskWriter(url, parse_select(call.select, TASK_MEMBERS))(task)
    head = f'{{"odata.metadata":"{url}/$metadata#tasks/@Element"'
    body = head + ("," if len(text) > len("{}") else "") + text[1:]
    reply = call.item("tasks", {}, task.modified)
    return json_reply(body.encode(), headers=reply.headers)


def list_subtasks(call: Call) -> Reply:
    """GET /jobs/{job}/tasks/{task}/subtasksinfo."""
    task = call.store.task(call.names["job"], call.names["task"])
    metadata = f"{call.store.url}/$metadata#subtaskinfo"
    return json_reply({"odata.metadata": metadata, "value": write_subtasks(task)})
