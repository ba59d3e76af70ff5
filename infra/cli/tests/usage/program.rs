//! The binary as a process whose streams are read while it runs.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

/// How long anything may take; far more than it does, since machines are slow.
const PATIENCE: Duration = Duration::from_secs(120);

/// What a program that has ended said.
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) said: String,
    pub(crate) complained: String,
}

/// A running program.
pub(crate) struct Program {
    child: Child,
    output: Stream,
    errors: Stream,
    /// Where it makes its temporary folders.
    folder: TempDir,
}

/// A stream, gathered as it comes.
struct Stream {
    text: Arc<Mutex<Vec<u8>>>,
    reader: JoinHandle<()>,
}

/// The binary that Cargo built for these tests.
pub(crate) fn alone() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_jit-runners"))
}

/// The binary beside those that it starts.
pub(crate) fn with_the_others() -> PathBuf {
    support::binaries().join("jit-runners")
}

/// Runs a program to its end.
pub(crate) async fn run(program: &Path, words: &[&str]) -> Ended {
    run_with(program, words, &[]).await
}

/// The same with more environment.
pub(crate) async fn run_with(program: &Path, words: &[&str], variables: &[(&str, &str)]) -> Ended {
    Program::start_in(program, words, variables).ended().await
}

impl Program {
    pub(crate) fn start(program: &Path, words: &[&str]) -> Self {
        Self::start_in(program, words, &[])
    }

    /// The same with more environment; a value that is empty takes a variable away.
    pub(crate) fn start_in(program: &Path, words: &[&str], environment: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(program);
        for (name, value) in environment {
            if value.is_empty() {
                command.env_remove(name);
            } else {
                command.env(name, value);
            }
        }
        let mut child = command
            .args(words)
            .env("TMPDIR", folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let output = Stream::read(child.stdout.take().unwrap());
        let errors = Stream::read(child.stderr.take().unwrap());
        Self {
            child,
            output,
            errors,
            folder,
        }
    }

    /// Waits for a line with these words on either stream; the line.
    pub(crate) async fn line(&mut self, words: &str) -> String {
        let began = Instant::now();
        loop {
            let all = format!("{}\n{}", self.output.text(), self.errors.text());
            let lines = all
                .split_inclusive('\n')
                .filter(|line| line.ends_with('\n'));
            if let Some(line) = lines.into_iter().find(|line| line.contains(words)) {
                return line.trim().to_owned();
            }
            let ended = self.child.try_wait().unwrap();
            assert!(
                ended.is_none(),
                "ended ({ended:?}) without {words:?}: {all}"
            );
            assert!(began.elapsed() < PATIENCE, "never said {words:?}: {all}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// The address after these words.
    pub(crate) async fn address_after(&mut self, words: &str) -> String {
        let line = self.line(words).await;
        let (_, rest) = line.split_once(words).unwrap();
        let end = rest.find([' ', ';']).unwrap_or(rest.len());
        rest[..end].to_owned()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.child.id().unwrap()).unwrap();
        kill(Pid::from_raw(id), signal).unwrap();
    }

    /// Everything on standard output so far.
    pub(crate) fn said(&self) -> String {
        self.output.text()
    }

    /// Waits for the end; the program's temporary folders must be gone then.
    pub(crate) async fn ended(mut self) -> Ended {
        let status = tokio::time::timeout(PATIENCE, self.child.wait()).await;
        let status = status.expect("the program ends").unwrap();
        let ended = Ended {
            status,
            said: self.output.end().await,
            complained: self.errors.end().await,
        };
        let left: Vec<_> = std::fs::read_dir(self.folder.path()).unwrap().collect();
        assert!(left.is_empty(), "left in TMPDIR: {left:?}");
        ended
    }
}

impl Stream {
    fn read(mut from: impl AsyncRead + Send + Unpin + 'static) -> Self {
        let text = Arc::new(Mutex::new(Vec::new()));
        let into = Arc::clone(&text);
        let reader = tokio::spawn(async move {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = from.read(&mut bytes).await {
                into.lock().unwrap().extend_from_slice(&bytes[..count]);
            }
        });
        Self { text, reader }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.text.lock().unwrap()).into_owned()
    }

    /// The whole text. A process left behind would hold the stream open.
    async fn end(self) -> String {
        let ended = tokio::time::timeout(Duration::from_secs(10), self.reader).await;
        ended.expect("nobody holds the stream open").unwrap();
        String::from_utf8(self.text.lock().unwrap().clone()).unwrap()
    }
}

impl Ended {
    /// It failed with this code and one sentence, and said nothing else.
    pub(crate) fn assert_sentence(&self, code: i32, wanted: &[&str]) {
        assert_eq!(self.status.code(), Some(code), "{}", self.complained);
        assert_eq!(self.said, "");
        let lines: Vec<&str> = self.complained.lines().collect();
        assert_eq!(lines.len(), 1, "{}", self.complained);
        assert!(lines[0].starts_with("jit-runners: "), "{}", lines[0]);
        for words in wanted {
            assert!(lines[0].contains(words), "{words:?} in {}", lines[0]);
        }
    }
}

/// The processes whose environment names the place at `endpoint`: everything
/// that a place starts is told its address.
pub(crate) fn processes_of(endpoint: &str) -> Vec<PathBuf> {
    let address = endpoint.trim_start_matches("http://").as_bytes();
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let environment = std::fs::read(entry.path().join("environ")).unwrap_or_default();
        let names_it = environment
            .split(|byte| *byte == 0)
            .any(|variable| variable.windows(address.len()).any(|part| part == address));
        if names_it {
            found.push(entry.path());
        }
    }
    found
}
