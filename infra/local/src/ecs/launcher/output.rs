//! A container's output, line by line into the logs as it comes.

use std::fmt;
use std::sync::Arc;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};

use crate::clock::Clock;
use crate::logs::Logs;

/// A longer line is cut into parts, as awslogs does.
const MAX_LINE_BYTES: usize = 256 * 1024;

/// Where the lines of one container go.
#[derive(Clone)]
pub struct LogSink {
    logs: Arc<Logs>,
    clock: Clock,
    group: String,
    stream: String,
}

impl LogSink {
    /// A sink into one stream.
    #[must_use]
    pub fn new(logs: Arc<Logs>, clock: Clock, group: String, stream: String) -> Self {
        Self {
            logs,
            clock,
            group,
            stream,
        }
    }

    /// Adds a line.
    pub fn line(&self, line: &str) {
        self.logs
            .append(&self.group, &self.stream, self.clock.now(), line);
    }

    /// Passes everything on until the stream ends; answers the last line. Bytes
    /// that are no UTF-8 are replaced, never a reason to stop reading.
    pub(super) async fn copy(self, stream: impl AsyncRead + Unpin) -> String {
        let mut reader = BufReader::new(stream);
        let mut line = Vec::new();
        let mut last = String::new();
        loop {
            let available = match reader.fill_buf().await {
                Ok([]) | Err(_) => break,
                Ok(available) => available,
            };
            let room = MAX_LINE_BYTES - line.len();
            let within = &available[..available.len().min(room)];
            let (taken, whole) = match within.iter().position(|byte| *byte == b'\n') {
                Some(end) => (end + 1, true),
                None => (within.len(), within.len() == room),
            };
            line.extend_from_slice(&within[..taken]);
            reader.consume(taken);
            if whole {
                last = self.bytes(&line);
                line.clear();
            }
        }
        if !line.is_empty() {
            last = self.bytes(&line);
        }
        last
    }

    fn bytes(&self, line: &[u8]) -> String {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let line = String::from_utf8_lossy(line).into_owned();
        self.line(&line);
        line
    }
}

impl fmt::Debug for LogSink {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "LogSink({}, {})", self.group, self.stream)
    }
}
