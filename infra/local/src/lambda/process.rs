//! One operating system process in its own process group, logged line by line.
//!
//! The process is ended by its group, so that nothing it started outlives it.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

/// A process that runs, or has run.
pub(crate) struct Process {
    id: i32,
    stop: Arc<Notify>,
    ended: watch::Receiver<Option<String>>,
}

impl Process {
    /// Starts `program` with exactly these variables. Every line it prints goes to `print`.
    pub(crate) fn start(
        program: &Path,
        variables: &BTreeMap<String, String>,
        print: impl Fn(&str) + Send + Sync + 'static,
    ) -> std::io::Result<Self> {
        let mut command = Command::new(program);
        command
            .env_clear()
            .envs(variables)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            // Only if the place itself is dropped without a shutdown.
            .kill_on_drop(true);
        if let Some(folder) = program.parent() {
            command.current_dir(folder);
        }
        let mut child = command.spawn()?;
        let id = child
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .ok_or_else(|| std::io::Error::other("no process id"))?;
        let print: Arc<dyn Fn(&str) + Send + Sync> = Arc::new(print);
        let readers = [
            child
                .stdout
                .take()
                .map(|out| tokio::spawn(copy_lines(out, Arc::clone(&print)))),
            child
                .stderr
                .take()
                .map(|out| tokio::spawn(copy_lines(out, print))),
        ];
        let stop = Arc::new(Notify::new());
        let (end, ended) = watch::channel(None);
        tokio::spawn(supervise(child, id, Arc::clone(&stop), readers, end));
        Ok(Self { id, stop, ended })
    }

    /// Its process id, also the id of its group.
    pub(crate) fn id(&self) -> i32 {
        self.id
    }

    /// True until the process was reaped.
    pub(crate) fn alive(&self) -> bool {
        self.ended.borrow().is_none()
    }

    /// Kills the whole group. [`Process::ended`] tells when that is done.
    pub(crate) fn stop(&self) {
        self.stop.notify_one();
    }

    /// Waits for the end and says what it was, in Lambda's words:
    /// `exit status 1`, `signal: killed`.
    pub(crate) async fn ended(&self) -> String {
        let mut ended = self.ended.clone();
        match ended.wait_for(Option::is_some).await {
            Ok(end) => end.clone().unwrap_or_default(),
            Err(_) => "exit status unknown".to_owned(),
        }
    }
}

async fn supervise(
    mut child: Child,
    id: i32,
    stop: Arc<Notify>,
    readers: [Option<JoinHandle<()>>; 2],
    end: watch::Sender<Option<String>>,
) {
    let group = Pid::from_raw(id);
    let status = tokio::select! {
        status = child.wait() => status,
        () = stop.notified() => {
            let _ = killpg(group, Signal::SIGKILL);
            child.wait().await
        }
    };
    // Whatever the process started and left behind; ESRCH means nothing was.
    let _ = killpg(group, Signal::SIGKILL);
    for reader in readers.into_iter().flatten() {
        // A grandchild in another group could hold the pipe open for ever.
        let _ = tokio::time::timeout(Duration::from_secs(1), reader).await;
    }
    end.send_replace(Some(
        status.map_or_else(|error| error.to_string(), describe),
    ));
}

fn describe(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit status {code}"),
        (None, Some(9)) => "signal: killed".to_owned(),
        (None, Some(signal)) => format!("signal: {signal}"),
        (None, None) => "exit status unknown".to_owned(),
    }
}

async fn copy_lines(from: impl AsyncRead + Unpin, print: Arc<dyn Fn(&str) + Send + Sync>) {
    let mut from = BufReader::new(from);
    let mut line = Vec::new();
    while let Ok(1..) = from.read_until(b'\n', &mut line).await {
        print(String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r']));
        line.clear();
    }
}
