//! The arguments of `create`: what ECS on Fargate would give a container, in
//! the words that podman and docker share.

use std::collections::BTreeMap;

use super::super::{ContainerSpec, Mount, TaskSpec};
use super::owner;

/// The label with the task's ARN.
pub(super) const TASK_LABEL: &str = "jit-runners-task";
/// This machine's own network: the place listens on loopback only.
pub(super) const NETWORK: &str = "--network=host";
/// A probe must show that limits can be set.
pub(super) const LIMITS_OF_A_PROBE: [&str; 5] = [
    "--memory=64m",
    "--memory-swap=64m",
    "--cpu-period=100000",
    "--cpu-quota=25000",
    "--pids-limit=64",
];
/// More than a job needs, less than this machine has.
const PIDS: u32 = 4096;
/// Microseconds; with the quota, what `--cpus` stands for. docker refuses
/// `--cpus` above what this machine has, though a limit that never bites harms
/// nobody.
const PERIOD: u64 = 100_000;

/// Variables that mean something to the engine's own command, by their
/// beginnings: their values go into the arguments. All others go through its
/// environment, where other users of this machine cannot read them.
const ENGINES_OWN: &[&str] = &[
    "BUILDAH",
    "CONTAINER",
    "DBUS_",
    "DOCKER_",
    "GO",
    "HOME",
    "HTTP",
    "LANG",
    "LC_",
    "LD_",
    "NOTIFY_",
    "NO_PROXY",
    "PATH",
    "PODMAN",
    "REGISTRY",
    "SSL_",
    "STORAGE_",
    "TERM",
    "TMP",
    "USER",
    "XDG_",
    "_",
    "http",
    "no_proxy",
];

/// What `create` is called with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Create {
    /// The arguments, `create` first.
    pub(super) arguments: Vec<String>,
    /// Variables for the engine's command, which passes them on.
    pub(super) environment: BTreeMap<String, String>,
}

/// A container's name on this machine.
pub(super) fn container_name(spec: &TaskSpec, container: &ContainerSpec) -> String {
    format!("jit-runners-{}-{}", spec.task_id, container.name)
}

/// A volume's name on this machine.
pub(super) fn volume_name(spec: &TaskSpec, volume: &str) -> String {
    format!("jit-runners-{}-{volume}", spec.task_id)
}

/// The labels of whatever belongs to a task.
pub(super) fn labels(spec: &TaskSpec, owner: &str) -> [String; 2] {
    [
        format!("--label={TASK_LABEL}={}", spec.task_arn),
        format!("--label={}={owner}", owner::LABEL),
    ]
}

/// Builds the call. `needed` is what this machine needs besides.
pub(super) fn create(
    spec: &TaskSpec,
    container: &ContainerSpec,
    owner: &str,
    given: BTreeMap<String, String>,
    needed: &[String],
) -> Create {
    let mut arguments = vec![
        "create".to_owned(),
        // A name that is not known here is nobody's to fetch from somewhere.
        "--pull=never".to_owned(),
        format!("--name={}", container_name(spec, container)),
        // The output is read while it comes and kept in the place's own logs.
        "--log-driver=none".to_owned(),
        format!("--memory={}m", spec.memory),
        // The same for memory and swap together: no swap, as on Fargate.
        format!("--memory-swap={}m", spec.memory),
        format!("--cpu-period={PERIOD}"),
        format!("--cpu-quota={}", quota(spec.cpu)),
        format!("--pids-limit={PIDS}"),
    ];
    arguments.extend(labels(spec, owner));
    if !names_network(needed) {
        arguments.push(NETWORK.to_owned());
    }
    let drops_all = container
        .drop_capabilities
        .iter()
        .any(|capability| capability.eq_ignore_ascii_case("all"));
    if drops_all {
        // A program that would raise them again has nothing to raise on Fargate either.
        arguments.push("--security-opt=no-new-privileges".to_owned());
    }
    for capability in &container.drop_capabilities {
        arguments.push(format!("--cap-drop={capability}"));
    }
    if let Some(user) = &container.user {
        arguments.push(format!("--user={user}"));
    }
    if let Some(folder) = &container.working_directory {
        arguments.push(format!("--workdir={folder}"));
    }
    if container.read_only {
        arguments.push("--read-only".to_owned());
    }
    arguments.extend(container.mounts.iter().map(|mount| volume(spec, mount)));
    arguments.extend(needed.iter().cloned());

    let mut all = given;
    all.extend(container.environment.clone());
    let mut environment = BTreeMap::new();
    for (name, value) in all {
        if ENGINES_OWN.iter().any(|own| name.starts_with(own)) {
            arguments.push(format!("--env={name}={value}"));
        } else {
            arguments.push(format!("--env={name}"));
            environment.insert(name, value);
        }
    }
    // `--entrypoint` takes one word; the others come before the command.
    let (first, others) = match container.entry_point.split_first() {
        Some((first, others)) => (Some(first), others),
        None => (None, &[][..]),
    };
    arguments.extend(first.map(|first| format!("--entrypoint={first}")));
    arguments.push(container.image.clone());
    arguments.extend(others.iter().cloned());
    arguments.extend(container.command.iter().cloned());
    Create {
        arguments,
        environment,
    }
}

/// CPU units as microseconds of each period.
fn quota(cpu: u32) -> u64 {
    u64::from(cpu) * PERIOD / 1024
}

fn volume(spec: &TaskSpec, mount: &Mount) -> String {
    let mode = if mount.read_only { ":ro" } else { "" };
    let name = volume_name(spec, &mount.volume);
    format!("--volume={name}:{}{mode}", mount.path)
}

fn names_network(arguments: &[String]) -> bool {
    arguments
        .iter()
        .any(|argument| argument.starts_with("--net"))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::super::super::LogSink;
    use super::*;
    use crate::clock::Clock;
    use crate::logs::Logs;

    fn spec() -> TaskSpec {
        TaskSpec {
            task_id: "7a".to_owned(),
            task_arn: "arn:aws:ecs:r:1:task/c/7a".to_owned(),
            family: "f".to_owned(),
            cpu: 512,
            memory: 1024,
            volumes: vec!["work".to_owned()],
            containers: vec![ContainerSpec {
                name: "runner".to_owned(),
                image: "image:tag".to_owned(),
                entry_point: Vec::new(),
                command: Vec::new(),
                environment: BTreeMap::new(),
                user: None,
                working_directory: None,
                read_only: false,
                mounts: Vec::new(),
                drop_capabilities: Vec::new(),
                essential: true,
                stop_timeout: Duration::from_secs(30),
                log: LogSink::new(
                    Arc::new(Logs::new()),
                    Clock::system(),
                    "g".to_owned(),
                    "s".to_owned(),
                ),
            }],
        }
    }

    fn created(change: impl FnOnce(&mut ContainerSpec), needed: &[&str]) -> Create {
        let mut spec = spec();
        change(&mut spec.containers[0]);
        let needed: Vec<String> = needed.iter().map(|word| (*word).to_owned()).collect();
        let given = BTreeMap::from([("AWS_REGION".to_owned(), "r".to_owned())]);
        create(&spec, &spec.containers[0], "/f.lock", given, &needed)
    }

    #[test]
    fn the_tasks_size_is_the_containers_limit_without_swap() {
        let call = created(|_| {}, &[]);
        assert_eq!(
            call.arguments,
            [
                "create",
                "--pull=never",
                "--name=jit-runners-7a-runner",
                "--log-driver=none",
                "--memory=1024m",
                "--memory-swap=1024m",
                "--cpu-period=100000",
                "--cpu-quota=50000",
                "--pids-limit=4096",
                "--label=jit-runners-task=arn:aws:ecs:r:1:task/c/7a",
                "--label=jit-runners-place=/f.lock",
                "--network=host",
                "--env=AWS_REGION",
                "image:tag",
            ]
        );
        assert_eq!(call.environment["AWS_REGION"], "r");
    }

    #[test]
    fn everything_else_comes_from_the_definition() {
        let call = created(
            |container| {
                container.entry_point = vec!["/sh".to_owned(), "-c".to_owned()];
                container.command = vec!["x y".to_owned()];
                container.user = Some("1001".to_owned());
                container.working_directory = Some("/w".to_owned());
                container.read_only = true;
                container.drop_capabilities = vec!["ALL".to_owned()];
                container.mounts = vec![Mount {
                    volume: "work".to_owned(),
                    path: "/w".to_owned(),
                    read_only: true,
                }];
            },
            &[],
        );
        let options = &call.arguments[12..];
        assert_eq!(
            options,
            [
                "--security-opt=no-new-privileges",
                "--cap-drop=ALL",
                "--user=1001",
                "--workdir=/w",
                "--read-only",
                "--volume=jit-runners-7a-work:/w:ro",
                "--env=AWS_REGION",
                "--entrypoint=/sh",
                "image:tag",
                "-c",
                "x y",
            ]
        );
    }

    #[test]
    fn a_network_that_is_asked_for_replaces_the_usual_one() {
        let call = created(|_| {}, &["--net=bridge", "--runtime=runc"]);
        let networks = call.arguments.iter().filter(|word| word.contains("net"));
        assert_eq!(networks.collect::<Vec<_>>(), ["--net=bridge"]);
        assert!(call.arguments.contains(&"--runtime=runc".to_owned()));
    }

    #[test]
    fn values_stay_out_of_the_process_list_unless_they_would_change_the_engine() {
        let call = created(
            |container| {
                let variables = [("SECRET", "s"), ("PATH", "/p"), ("DOCKER_HOST", "d")];
                container.environment = variables
                    .map(|(name, value)| (name.to_owned(), value.to_owned()))
                    .into();
            },
            &[],
        );
        for word in ["--env=SECRET", "--env=PATH=/p", "--env=DOCKER_HOST=d"] {
            assert!(call.arguments.contains(&word.to_owned()), "{word}");
        }
        assert_eq!(
            call.environment.keys().collect::<Vec<_>>(),
            ["AWS_REGION", "SECRET"]
        );
    }
}
