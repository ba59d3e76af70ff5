//! The container's log: our own lines, and the runner program's as they come.

use std::fmt;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::unix::pipe;
use tokio::sync::mpsc;

/// What the listener prints when a job begins.
const JOB_STARTED: &str = "Running job: ";
/// Longer lines are passed on in pieces.
const MAX_LINE_BYTES: usize = 64 * 1024;

/// Which of the two standard streams a line belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

type Write = dyn Fn(Stream, &str) + Send + Sync;

/// Where lines go. They come without their line end.
#[derive(Clone)]
pub struct Log(Arc<Write>);

impl Log {
    /// A log that calls `write` for each line.
    pub fn new(write: impl Fn(Stream, &str) + Send + Sync + 'static) -> Self {
        Self(Arc::new(write))
    }

    pub(crate) fn line(&self, line: fmt::Arguments<'_>) {
        (self.0)(Stream::Out, &line.to_string());
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Log")
    }
}

/// Passes a pipe's lines on until its end; tells `started` when a job begins.
pub(crate) async fn pass_on(
    pipe: OwnedFd,
    stream: Stream,
    log: Log,
    started: mpsc::UnboundedSender<()>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(pipe::Receiver::from_owned_fd(pipe)?);
    let mut line = Vec::new();
    loop {
        let available = reader.fill_buf().await?;
        if available.is_empty() {
            break;
        }
        let end = available.iter().position(|&byte| byte == b'\n');
        let take = end.map_or(available.len(), |at| at + 1);
        line.extend_from_slice(&available[..end.unwrap_or(take)]);
        reader.consume(take);
        if end.is_some() || line.len() >= MAX_LINE_BYTES {
            emit(&mut line, stream, &log, &started);
        }
    }
    if !line.is_empty() {
        emit(&mut line, stream, &log, &started);
    }
    Ok(())
}

fn emit(line: &mut Vec<u8>, stream: Stream, log: &Log, started: &mpsc::UnboundedSender<()>) {
    let text = String::from_utf8_lossy(line);
    let text = text.trim_end_matches('\r');
    (log.0)(stream, text);
    if stream == Stream::Out && text.contains(JOB_STARTED) {
        // Nobody listens any more once the runner has ended.
        let _ = started.send(());
    }
    line.clear();
}
