//! Progress on standard error: a bar on a terminal, else a line now and then,
//! so that a log of it stays short.

use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

/// Without a terminal: no more often than that, unless a tenth was done.
const BETWEEN: Duration = Duration::from_secs(5);

/// One bar, or lines.
pub(crate) struct Progress {
    what: &'static str,
    bar: Option<ProgressBar>,
    said: Option<(Instant, usize, String)>,
}

impl Progress {
    /// Progress of `what`, for example `Redriving`.
    pub(crate) fn new(what: &'static str) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(0);
            let style = ProgressStyle::with_template(
                "{prefix} [{bar:30}] {pos} of {len} {wide_msg} {elapsed}",
            );
            if let Ok(style) = style {
                bar.set_style(style.progress_chars("=> "));
            }
            bar.set_prefix(what);
            bar
        });
        Self {
            what,
            bar,
            said: None,
        }
    }

    /// `done` of `of`, and how it goes, for example `3 failed`.
    pub(crate) fn set(&mut self, done: usize, of: usize, how: &str) {
        if let Some(bar) = &self.bar {
            bar.set_length(of as u64);
            bar.set_position(done as u64);
            bar.set_message(how.to_owned());
            return;
        }
        let how = if how.is_empty() {
            String::new()
        } else {
            format!(": {how}")
        };
        let line = format!("{}: {done} of {of}{how}", self.what);
        let due = match &self.said {
            None => true,
            Some((_, _, before)) if *before == line => false,
            Some((at, before, _)) => {
                done == of || done >= before + of.div_ceil(10) || at.elapsed() >= BETWEEN
            }
        };
        if due {
            eprintln!("{line}");
            self.said = Some((Instant::now(), done, line));
        }
    }

    /// Takes the bar away.
    pub(crate) fn end(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}
