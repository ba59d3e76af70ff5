//! The small signs: what kind a state is, and what became of it. Paths and
//! not letters, so that they look the same wherever the file is opened.

use super::Kind;

/// A kind's sign in a square of 20 by 20, drawn with a line.
pub(super) fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Pass => "M3 10H16M11 5L16 10L11 15",
        Kind::Task => "M4 4H16V16H4ZM8 1V4M12 1V4M8 16V19M12 16V19M1 8H4M1 12H4M16 8H19M16 12H19",
        Kind::Choice => "M10 2L18 10L10 18L2 10ZM8 8.2A2 2 0 1 1 10 10.6V11.4M10 13.8V14",
        Kind::Wait => "M10 2A8 8 0 1 1 9.99 2M10 5.5V10L13 12",
        Kind::Succeed => "M10 2A8 8 0 1 1 9.99 2M6.5 10.5L9 13L13.5 7.5",
        Kind::Fail => "M10 2A8 8 0 1 1 9.99 2M7 7L13 13M13 7L7 13",
        Kind::Parallel => {
            "M10 1V5M4 15V9Q4 5 10 5Q16 5 16 9V15M10 5V15M2 15H6V19H2ZM8 15H12V19H8ZM14 15H18V19H14Z"
        }
        Kind::Map => "M3 3H14V9H3ZM6 9V12H17V6H14M9 12V15H19V9H17",
        Kind::Start | Kind::End | Kind::Other => "M4 4H16V16H4Z",
    }
}

/// A status's sign around (0, 0), in a disc of radius 9; `None` for a word
/// that is no status.
pub(super) fn status(status: &str) -> Option<&'static str> {
    Some(match status {
        "succeeded" => "M-4 .5L-1 3.5L4 -3",
        "running" => "M-4 0H-3.9M0 0H.1M4 0H4.1",
        "failed" => "M-3 -3L3 3M3 -3L-3 3",
        "caught" => "M0 -5V1M0 4.4V4.5",
        "aborted" => "M-3 -3H3V3H-3Z",
        "timed_out" => "M0 -5V0L3.5 2",
        _ => return None,
    })
}
