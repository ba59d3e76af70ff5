//! The image: the entrypoint as first process of a real container.
//!
//! Needs docker or podman and the workspace's binaries; without them it skips
//! with a word, unless `JIT_RUNNERS_TEST_ALL` is set.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::support::{JIT_CONFIG, Table, table};

#[tokio::test(flavor = "multi_thread")]
async fn the_image_s_first_process_does_its_duty() {
    let Some(image) = Image::build() else { return };

    let refused = image.run("settings", &[], None);
    assert_eq!(refused.status.code(), Some(80));
    assert!(text(&refused).contains("HANDOVER_TABLE is not set"));

    let (address, requests) = table(Table::Holds).await;
    let seen = image.run("user", &[], Some((address, WHO_AM_I)));
    let said = text(&seen);
    assert_eq!(seen.status.code(), Some(0), "{said}");
    for line in ["user 1001", "parent 1", "first entrypoint", "setuid 0"] {
        assert!(said.contains(line), "{line} is missing in: {said}");
    }
    assert!(!said.contains("may write"), "{said}");
    assert!(!said.contains(JIT_CONFIG), "{said}");
    assert_eq!(requests.lock().unwrap().len(), 1);

    let reaped = image.run("orphan", &[], Some((address, LEAVE_AN_ORPHAN)));
    assert_eq!(reaped.status.code(), Some(0), "{}", text(&reaped));

    let ended = image.terminate("signal", address);
    assert_eq!(ended.status.code(), Some(3), "{}", text(&ended));
    assert!(text(&ended).contains("signal 15 received"));

    assert_eq!(image.left_over(), "");
}

const WHO_AM_I: &str = "
echo user $(id -u); echo parent $PPID; echo first $(cat /proc/1/comm)
echo setuid $(find / -xdev -type f -perm /6000 2>/dev/null | wc -l)
for path in /opt/jit-runners /opt/jit-runners/entrypoint /home/runner/bin /home/runner/bin/Runner.Listener /etc /usr/bin; do
  if test -w $path; then echo \"may write $path\"; fi
done
test -w /home/runner";

/// The orphan's parent is the first process, which must collect it: a process
/// that nobody collects stays under /proc.
const LEAVE_AN_ORPHAN: &str = "
orphan=$(sh -c 'sleep 0.1 >/dev/null & echo $!')
tries=0
while test -e /proc/$orphan; do
  tries=$((tries + 1)); test $tries -lt 200 || exit 9
  sleep 0.05
done";

const LEAVE_ON_SIGTERM: &str =
    "trap 'exit 3' TERM; echo the program is ready; while :; do sleep 0.05; done";

struct Image {
    engine: &'static str,
    name: String,
    /// What containers of this run are called; another run has other names.
    prefix: String,
}

impl Image {
    /// Builds the demo's image as `cargo xtask image` does; `None` where that cannot be.
    fn build() -> Option<Self> {
        let engine = ["docker", "podman"].into_iter().find(|engine| {
            let answer = Command::new(engine).arg("info").output();
            answer.is_ok_and(|output| output.status.success())
        });
        let binaries = std::env::var_os("JIT_RUNNERS_BINARIES").map(PathBuf::from);
        let (Some(engine), Some(binaries)) = (engine, binaries) else {
            let all = std::env::var_os("JIT_RUNNERS_TEST_ALL").is_some();
            assert!(
                !all,
                "JIT_RUNNERS_TEST_ALL is set, but docker or podman, or JIT_RUNNERS_BINARIES, is missing"
            );
            eprintln!("skipped: the image, for want of docker or podman or JIT_RUNNERS_BINARIES");
            return None;
        };
        let built = Command::new(binaries.join("xtask"))
            .arg("image")
            .output()
            .expect("xtask is one of the binaries");
        assert!(built.status.success(), "{}", text(&built));
        Some(Self {
            engine,
            name: String::from_utf8_lossy(&built.stdout).trim().to_owned(),
            prefix: format!("jit-runners-image-test-{}", std::process::id()),
        })
    }

    fn command(&self) -> Command {
        let mut command = Command::new(self.engine);
        let runc = Command::new("runc").arg("--version").output();
        if self.engine == "podman" && runc.is_ok() {
            // Works on machines that are themselves containers.
            command.args(["--runtime", "runc"]);
        }
        command
    }

    fn start(&self, name: &str, more: &[&str], program: Option<(SocketAddr, &str)>) -> Command {
        let mut command = self.command();
        command.args(["run", "--rm", "--network=host", "--ulimit=nofile=1024:1024"]);
        command.args(["--ulimit=nproc=1024:1024", "--name"]);
        command.arg(format!("{}-{name}", self.prefix));
        if let Some((address, script)) = program {
            let program = serde_json::json!(["/bin/sh", "-c", script]);
            for setting in [
                "HANDOVER_TABLE=handover".to_owned(),
                "HANDOVER_KEY=k".to_owned(),
                "RUNNER_NAME=jit-7-1-1".to_owned(),
                "JOB_ID=7".to_owned(),
                format!("RUNNER_PROGRAM={program}"),
                format!("AWS_ENDPOINT_URL=http://{address}"),
                "AWS_REGION=us-east-1".to_owned(),
                "AWS_ACCESS_KEY_ID=id".to_owned(),
                "AWS_SECRET_ACCESS_KEY=key".to_owned(),
            ] {
                command.arg("--env").arg(setting);
            }
        }
        command.args(more).arg(&self.name);
        command
    }

    /// A container to its end.
    fn run(&self, name: &str, more: &[&str], program: Option<(SocketAddr, &str)>) -> Output {
        let output = self.start(name, more, program).output();
        output.expect("the engine answered before")
    }

    /// A container that gets SIGTERM once its program is ready.
    fn terminate(&self, name: &str, address: SocketAddr) -> Output {
        let container = self
            .start(name, &[], Some((address, LEAVE_ON_SIGTERM)))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the engine answered before");
        let full = format!("{}-{name}", self.prefix);
        let deadline = Instant::now() + Duration::from_secs(60);
        let ready = || {
            let logs = self.command().args(["logs", &full]).output();
            text(&logs.expect("the engine answered before")).contains("the program is ready")
        };
        while !ready() {
            assert!(
                Instant::now() < deadline,
                "the program was not ready in time"
            );
        }
        let kill = self
            .command()
            .args(["kill", "--signal=TERM", &full])
            .output();
        assert!(kill.expect("the engine answered before").status.success());
        container.wait_with_output().expect("the container ends")
    }

    /// Containers of this run that are still there.
    fn left_over(&self) -> String {
        let filter = format!("name={}", self.prefix);
        let list = self
            .command()
            .args(["ps", "--all", "--format={{.Names}}", "--filter", &filter])
            .output();
        text(&list.expect("the engine answered before"))
            .trim()
            .to_owned()
    }
}

fn text(output: &Output) -> String {
    let both = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8_lossy(&both).into_owned()
}
