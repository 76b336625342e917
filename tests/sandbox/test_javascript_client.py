"""Microsoft's JavaScript client over the sandbox: it signs and reads in its own way."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from batchdoctor.sandbox import Sandbox

CI = Path(__file__).parents[2] / ".ci"
pytestmark = pytest.mark.skipif(
    not shutil.which("node") or not (CI / "node_modules" / "@azure" / "batch").exists(),
    reason="needs node and the npm package @azure/batch in .ci",
)
PROGRAM = """
const { BatchServiceClient, BatchSharedKeyCredentials } = require('@azure/batch');
const { url, name, key, job, task, pool, node } = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const client = new BatchServiceClient(new BatchSharedKeyCredentials(name, key), url,
    { noRetryPolicy: true });
async function all(first, next) {
  const found = [...first];
  for (let page = first; page.odatanextLink; ) {
    page = await next(page.odatanextLink);
    found.push(...page);
  }
  return found.map((item) => item.id || item.name);
}
async function tried(call) {
  try { const told = await call(); return told && told._response ? told._response.status : 0; }
  catch (error) { return [error.statusCode, error.body && error.body.code || error.code]; }
}
async function text(told) {
  let read = '';
  for await (const part of told.readableStreamBody) read += part;
  return read;
}
(async () => {
  const c = client, said = {};
  said.pools = await all(await c.pool.list(), (link) => c.pool.listNext(link));
  said.pool = (await c.pool.get(pool)).vmSize;
  said.nodes = await all(await c.computeNode.list(pool), (link) => c.computeNode.listNext(link));
  said.node = (await c.computeNode.get(pool, node)).state;
  said.images = (await c.account.listSupportedImages()).length;
  said.jobs = await all(await c.job.list(), (link) => c.job.listNext(link));
  said.counts = (await c.job.getTaskCounts(job)).taskCounts.completed;
  said.tasks = (await all(await c.task.list(job), (link) => c.task.listNext(link))).length;
  said.task = (await c.task.get(job, task)).executionInfo.exitCode;
  said.files = await all(await c.file.listFromTask(job, task), (l) => c.file.listFromTaskNext(l));
  said.stdout = (await text(await c.file.getFromTask(job, task, 'stdout.txt'))).length;
  said.length = (await c.file.getPropertiesFromTask(job, task, 'stdout.txt')).contentLength;
  said.user = [
    await tried(() => c.computeNode.addUser(pool, node, { name: 'oncall', password: 'x' })),
    await tried(() => c.computeNode.updateUser(pool, node, 'oncall', { password: 'y' })),
    await tried(() => c.computeNode.deleteUser(pool, node, 'oncall')),
    await tried(() => c.computeNode.deleteUser(pool, node, 'oncall')),
  ];
  said.scheduling = [
    await tried(() => c.computeNode.disableScheduling(pool, node)),
    await tried(() => c.computeNode.enableScheduling(pool, node)),
  ];
  said.missing = await tried(() => c.job.get('nothing'));
  said.refused = [
    await tried(() => c.job.deleteMethod(job)),
    await tried(() => c.pool.deleteMethod(pool)),
    await tried(() => c.task.deleteMethod(job, task)),
  ];
  said.made = [
    await tried(() => c.job.add({ id: 'new', poolInfo: { poolId: pool } })),
    await tried(() => c.task.add('new', { id: 'one', commandLine: 'true' })),
  ];
  console.log(JSON.stringify(said));
})().catch((error) => { console.error(error); process.exit(1); });
"""


def said_by_javascript(sandbox: Sandbox) -> Any:
    pool = sandbox.store.pool("render-linux")
    asked = {
        "url": sandbox.url,
        "name": sandbox.account_name,
        "key": sandbox.key,
        "job": "render-20261120",
        "task": "frame-0001",
        "pool": pool.id,
        "node": next(node.id for node in pool.nodes if node.state == "idle"),
    }
    told = subprocess.run(
        ["node", "-e", PROGRAM],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        cwd=CI,
        check=False,
        timeout=100,
    )
    assert told.returncode == 0, told.stderr
    return json.loads(told.stdout)


def test_it_reads_and_changes_what_is_there_and_is_refused_the_rest(sandbox: Sandbox) -> None:
    said = said_by_javascript(sandbox)
    store = sandbox.store
    job = store.job("render-20261120")
    assert said["pools"] == [pool.id for pool in store.pools]
    assert said["pool"] == "standard_d8s_v5"
    assert said["nodes"] == [node.id for node in store.pool("render-linux").nodes]
    assert said["node"] == "idle"
    assert said["images"] == 6
    assert [*said["jobs"], "new"] == [each.id for each in store.jobs]
    assert said["counts"] == sum(task.state == "completed" for task in job.tasks)
    assert said["tasks"] == len(job.tasks)
    assert said["task"] == 0
    assert said["files"] == ["stderr.txt", "stdout.txt", "wd"]
    assert said["stdout"] == said["length"] > 0
    assert said["user"] == [201, 200, 200, [404, "NodeUserNotFound"]]
    assert said["scheduling"] == [200, 200]
    assert said["missing"] == [404, "JobNotFound"]
    assert said["refused"] == [[405, "UnsupportedHttpVerb"]] * 3
    assert said["made"] == [201, 201]
