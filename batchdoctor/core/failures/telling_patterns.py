"""What messages of the service, of docker and of storage tell by their words, by kind of code."""

from __future__ import annotations

from batchdoctor.core.failures.sas import Wanted

# Denials of storage, and what the node wanted of it.
DENIALS = {
    "blobaccessdenied": (Wanted.READ,),
    "resourcecontaineraccessdenied": (Wanted.READ, Wanted.LIST),
    "fileuploadaccessdenied": (Wanted.WRITE,),
}
# A path below the task's directory that begins anew: that of another computer.
FOREIGN_PATH = r"(?<=.)[\\/][A-Za-z]:[\\/]|[\\/]wd(?://|\\\\)"
# What leads out of the task's directory, or has signs that names on Windows cannot have.
IMPOSSIBLE_PATH = r"[\\/]\.\.(?:[\\/]|$)|^[A-Za-z]:[\\/].*[:*?\"<>|]"

# The name of a rule of classification, and the words that tell it.
Patterns = tuple[tuple[str, str], ...]

# Whatever the code.
_EVERYWHERE: Patterns = (
    (
        "told-disk-full",
        (
            r"no space left on device|not enough space on the disk|disk quota exceeded"
            r"|insufficient (?:disk )?space|\benospc\b|errno 28\b|(?:disk|volume) is full"
            r"|out of disk space|0x80070070|\(0x70\)|not enough (?:free )?(?:disk )?space"
        ),
    ),
    ("told-disk-broken", r"input/output error|structure needs cleaning"),
)
# Of images and registries; what is named first is the surer.
_OF_CONTAINERS: Patterns = (
    (
        "told-daemon-gone",
        (
            r"docker daemon (?:is not )?running|connect to the docker daemon|error during connect"
            r"|(?:docker|containerd)\.sock|docker_engine|error while fetching server api version"
        ),
    ),
    (
        "told-pull-limit",
        r"toomanyrequests|too many requests|pull rate limit|\b429\b",
    ),
    (
        "told-wrong-processor",
        (
            r"no matching manifest|exec format error|does not match the (?:detected )?host platform"
            r"|image operating system .{0,20}cannot be used"
        ),
    ),
    ("told-registry-firewall", r"is not allowed access|aka\.ms/acr/firewall"),
    (
        "told-unauthorized",
        (
            r"unauthori[sz]ed|authentication required|access denied|no basic auth credentials"
            r"|access to the resource is denied|\b40[13]\b|docker-credential|getting credentials"
        ),
    ),
    (
        "told-image-missing",
        (
            r"manifest unknown|name unknown|manifest for .{1,200} not found|not found: manifest"
            r"|is not found in the registry|repository name not known"
        ),
    ),
    ("told-untrusted", r"x509:|certificate (?:signed by unknown|has expired|verify failed)"),
    (
        "told-no-gpu",
        r"could not select device driver|nvidia-container-cli|libnvidia-ml"
        r"|unknown runtime .{0,20}nvidia|unresolvable cdi devices?",
    ),
    (
        "told-command-missing",
        r"executable file not found|exec: .{1,200}(?:no such file|permission denied)",
    ),
    (
        "told-unreachable",
        (
            r"no such host|server misbehaving|name resolution|could not resolve|name or service not"
            r"|no route to host|network is unreachable|connection ?refused|actively refused"
        ),
    ),
    (
        "told-timed-out",
        (
            r"timed? ?out|deadline exceeded|i/o timeout|request canceled|connection reset"
            r"|\b50[0234]\b|service unavailable|bad gateway|server is busy|handshake timeout"
        ),
    ),
    (
        "told-broke-off",
        r"\beof\b|unexpected commit digest|download failed after|invalid tar header"
        r"|connection (?:aborted|closed)|broken pipe|short read"
        r"|filesystem layer verification failed",
    ),
)
# Of what is downloaded for a task.
_OF_DOWNLOADS: Patterns = (
    (
        "told-storage-busy",
        (
            r"server (?:is )?busy|\(?\b50[0234]\b\)?|timed? ?out|operation could not be completed"
            r" within|connection (?:reset|aborted|was closed)|too many requests|\b429\b"
        ),
    ),
)
# Of storage that lets nobody in.
_OF_DENIALS: Patterns = (
    (
        "told-sas-expired",
        r"signature has expired|not valid in the specified time frame",
    ),
    (
        "told-network-rules",
        r"not authorized to perform this operation\.?$",
    ),
)
_DOWNLOADS = ("blob", "resource", "applicationpackage")


def patterns_for(code: str) -> Patterns:
    """The patterns to look for in a message with this code, in small letters."""
    of_denials = _OF_DENIALS if code in DENIALS else ()
    of_containers = _OF_CONTAINERS if code.startswith("container") else ()
    of_downloads = _OF_DOWNLOADS if code.startswith(_DOWNLOADS) else ()
    everywhere = () if code == "diskfull" else _EVERYWHERE
    return (*everywhere, *of_denials, *of_containers, *of_downloads)
