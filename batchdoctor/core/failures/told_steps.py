"""What helps where the details of a failure tell its cause, with places for the ids."""

from __future__ import annotations

from batchdoctor.core.text.step import Step, run, say

_NETWORK_RULES = say(
    "Check the storage account's firewall and network rules against the pool's subnet and address."
)
_NEW_SAS = say(
    "Make a SAS that outlives the job and allows reading (sp=r); a managed identity on the pool"
    " does not expire."
)
_OTHER_KEY = say("Make a new SAS if the storage key that signed this one was rotated.")
_SAVE_OUTPUT = (
    run("batchdoctor files list --job JOB --task TASK", "Save what is still on the node"),
    run("batchdoctor files get fileuploaderr.txt --job JOB --task TASK"),
)
_SHOW_TASK = run("batchdoctor task show --job JOB --task TASK")

# By the name of the rule of classification.
TOLD_STEPS: dict[str, tuple[Step, ...]] = {
    "told-disk-full": (
        run("batchdoctor node show NODE --pool POOL"),
        run(
            "batchdoctor node reimage NODE --pool POOL",
            "To free its disk of images and old files, which a reboot may not",
        ),
        say("Use fewer or smaller images, a shorter retentionTime, or a size with a larger disk."),
    ),
    "told-timed-out": (
        run("batchdoctor tasks reactivate JOB/TASK", "Run it again: such time-outs pass"),
        say(
            "Start fewer tasks at once on a new node, or name the image in the pool's"
            " containerConfiguration, so that it is there before the first task."
        ),
    ),
    "told-pull-limit": (
        say(
            "Log in to the registry, or name the image in the pool's containerConfiguration, so"
            " that each node pulls it once."
        ),
        run("batchdoctor tasks reactivate JOB/TASK", "Run it again later"),
    ),
    "told-wrong-processor": (
        say(
            "Build the image for the nodes: docker build --platform linux/amd64, or windows for"
            " Windows pools."
        ),
        _SHOW_TASK,
    ),
    "told-unauthorized": (
        say(
            "Check the registry's login in containerRegistries: server, user name and password,"
            " or an identity of the pool with AcrPull."
        ),
        _SHOW_TASK,
    ),
    "told-disk-broken": (
        run("batchdoctor node reimage NODE --pool POOL", "To put the node's disk in order"),
        run("batchdoctor nodes suspect --pool POOL"),
        run("batchdoctor tasks reactivate JOB/TASK", "Run it again on another node"),
    ),
    "told-daemon-gone": (
        run("batchdoctor tasks reactivate JOB/TASK", "Run it again: it may have been a moment"),
        run("batchdoctor node reboot NODE --pool POOL", "If more fails on the node like this"),
        run("batchdoctor node show NODE --pool POOL"),
    ),
    "told-registry-firewall": (
        say(
            "Let the pool's subnet or public address into the registry's network rules, or give"
            " the registry a private endpoint there."
        ),
        _SHOW_TASK,
    ),
    "told-image-missing": (
        say("Check the name and tag, and whether the registry still has it."),
        _SHOW_TASK,
    ),
    "told-untrusted": (
        say(
            "Install the registry's certificate authority in the nodes' image or start task; check"
            " whether a proxy opens the connections."
        ),
        _SHOW_TASK,
    ),
    "told-no-gpu": (
        say(
            "Use a size with GPUs and an image with their driver and the NVIDIA container toolkit,"
            " or leave --gpus out of containerRunOptions."
        ),
        _SHOW_TASK,
    ),
    "told-command-missing": (
        say(
            "Check the task's command line, and the entry point and working directory of the image."
        ),
        _SHOW_TASK,
    ),
    "told-unreachable": (
        say(
            "Check the registry's name, and whether the pool's subnet may reach it: DNS, firewall,"
            " routes, private endpoint."
        ),
        run("batchdoctor tasks reactivate JOB/TASK", "Run it again when it can"),
    ),
    "told-broke-off": (
        run("batchdoctor tasks reactivate JOB/TASK", "Run it again"),
        say(
            "Name the image in the pool's containerConfiguration, so that it is there before the"
            " first task."
        ),
    ),
    "told-storage-busy": (
        run("batchdoctor tasks reactivate JOB/TASK", "Run it again: such trouble passes"),
        say(
            "If it repeats, start fewer tasks at once, or spread the files over more storage"
            " accounts."
        ),
    ),
    "told-foreign-path": (
        say(
            "Give the resource file a filePath relative to the task's directory: it is where the"
            " file goes on the node, not where it is on your computer."
        ),
        _SHOW_TASK,
    ),
    "told-impossible-path": (
        say(
            "Give the resource file a filePath below the task's directory, without .. and, for"
            ' Windows, without any of : * ? " < > |'
        ),
        _SHOW_TASK,
    ),
    "told-sas-expired": (_NEW_SAS, _SHOW_TASK),
    "told-network-rules": (
        _NETWORK_RULES,
        say("Check that the pool's identity has Storage Blob Data Reader on the account."),
        _SHOW_TASK,
    ),
    "sas-valid": (
        _NETWORK_RULES,
        _OTHER_KEY,
        _SHOW_TASK,
    ),
    "sas-expired": (_NEW_SAS, _SHOW_TASK),
    "sas-not-yet": (
        say("Let the SAS begin some minutes before it is used, or leave st= out."),
        _SHOW_TASK,
    ),
    "sas-no-read": (_NEW_SAS, _SHOW_TASK),
    "sas-key-expired": (
        say(
            "Make the SAS with a new user delegation key, which lasts 7 days at most; a managed"
            " identity on the pool does not expire."
        ),
        _SHOW_TASK,
    ),
    "sas-no-list": (
        say("Make a SAS of the container that allows reading and listing (sr=c, sp=rl)."),
        _SHOW_TASK,
    ),
    "sas-scope": (
        say("Make an account SAS for blobs and the objects in them (ss=b, srt=co), or a blob SAS."),
        _SHOW_TASK,
    ),
    "sas-address": (
        say(
            "Make the SAS without sip=, or give the pool public addresses of its own that lie"
            " within it."
        ),
        _NETWORK_RULES,
        _SHOW_TASK,
    ),
    "sas-policy": (
        say(
            "Look at that policy's expiry and permissions: az storage container policy show. If it"
            " is gone, every SAS of it is refused."
        ),
        _NETWORK_RULES,
        _SHOW_TASK,
    ),
    "sas-escaped": (
        say("Make the task again with & in place of &amp; in its URLs."),
        _SHOW_TASK,
    ),
    "sas-upload-expired": (
        say("Make a SAS that outlives the wait in the queue and the run, or name an identity."),
        *_SAVE_OUTPUT,
    ),
    "sas-upload-no-write": (
        say("Make a SAS of the container that allows writing (sp=w)."),
        *_SAVE_OUTPUT,
    ),
    "sas-upload-valid": (_NETWORK_RULES, _OTHER_KEY, *_SAVE_OUTPUT[:1]),
    "sas-missing": (
        say(
            "Add a SAS to the URL, or name an identity in the resource file: one that is on the"
            " pool and has Storage Blob Data Reader."
        ),
        _NETWORK_RULES,
        _SHOW_TASK,
    ),
}


def told_steps(rule: str) -> tuple[Step, ...]:
    """The steps of a rule of those that read the details."""
    return TOLD_STEPS[rule]
