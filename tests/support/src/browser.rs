//! A script of tests/browser as a process: Node with playwright-core, and
//! Debian's chromium.
//!
//! Script and test meet without a clock: the script says on standard output how
//! far it has come (`at: WORDS`), the test lets the next thing happen, and the
//! script waits until the page shows it.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// How long a script may say nothing; far more than it takes.
const PATIENCE: Duration = Duration::from_secs(240);

/// A running script.
pub struct Browser {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    said: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Where scripts put their screenshots; continuous integration keeps them.
pub fn screenshots() -> PathBuf {
    root().join("target/screenshots")
}

/// Whether a browser can be driven here; where not, that is said aloud. Under
/// `JIT_RUNNERS_TEST_ALL` it must be possible.
pub fn can_browse() -> bool {
    let chromium = std::env::var_os("CHROMIUM").unwrap_or_else(|| "/usr/bin/chromium".into());
    let installed = |package: &str| {
        root()
            .join("tests/browser/node_modules")
            .join(package)
            .exists()
    };
    let missing = if !Path::new(&chromium).exists() {
        "chromium (Debian's package of that name)"
    } else if !installed("playwright-core") || !installed("axe-core") {
        "playwright-core or axe-core (npm ci in tests/browser)"
    } else {
        return true;
    };
    assert!(
        std::env::var_os("JIT_RUNNERS_TEST_ALL").is_none(),
        "{missing} is not here: install it first"
    );
    eprintln!("skipped: there is no {missing}");
    false
}

impl Browser {
    /// Starts a script of tests/browser.
    pub fn start(script: &str, words: &[&str]) -> Self {
        let mut child = Command::new("node")
            .arg(script)
            .args(words)
            .current_dir(root().join("tests/browser"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("node starts");
        let output = child.stdout.take().expect("its output is piped");
        Self {
            child,
            lines: BufReader::new(output).lines(),
            said: String::new(),
        }
    }

    /// Waits until the script is at a point of its story.
    pub async fn comes_to(&mut self, point: &str) {
        let wanted = format!("at: {point}");
        loop {
            match self.line().await {
                Some(line) if line == wanted => return,
                Some(_) => {}
                None => panic!("the script ended before {point:?}:\n{}", self.said),
            }
        }
    }

    /// Waits for the end, which must be a good one; everything that it said.
    pub async fn ends_well(mut self) -> String {
        while self.line().await.is_some() {}
        let status = self.child.wait().await.expect("node can be waited for");
        assert!(status.success(), "{status}:\n{}", self.said);
        self.said
    }

    /// The next line; none once it has ended.
    async fn line(&mut self) -> Option<String> {
        let line = tokio::time::timeout(PATIENCE, self.lines.next_line()).await;
        let line = line.unwrap_or_else(|_| panic!("the script says no more:\n{}", self.said));
        let line = line.expect("its output is text")?;
        self.said.push_str(&line);
        self.said.push('\n');
        Some(line)
    }
}
