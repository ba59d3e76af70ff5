//! Faults that tests order: refusals, lost answers, delays.

use std::time::Duration;

/// What goes wrong with a request.
#[derive(Debug, Clone)]
pub enum FaultKind {
    /// It is refused, without effect, with this status, headers and body.
    Status(u16, Vec<(String, String)>, String),
    /// It takes effect, but the client gets a bare 502 in place of the answer.
    LoseAnswer,
    /// It is answered as ever, but only after this time.
    Delay(Duration),
}

/// Lets the next requests of a kind go wrong. See [`crate::Emulator::inject`].
#[derive(Debug, Clone)]
pub struct Fault {
    /// The HTTP method, upper case; empty for any.
    pub method: String,
    /// A part of the path; empty for any.
    pub path_contains: String,
    /// How many requests.
    pub times: u32,
    /// What happens to them.
    pub kind: FaultKind,
}

impl Fault {
    pub(crate) fn is_for(&self, method: &str, path: &str) -> bool {
        self.times > 0
            && (self.method.is_empty() || self.method.eq_ignore_ascii_case(method))
            && path.contains(&self.path_contains)
    }
}

/// Takes the first fault that is ordered for this request.
pub(crate) fn take(faults: &mut Vec<Fault>, method: &str, path: &str) -> Option<FaultKind> {
    let at = faults.iter().position(|fault| fault.is_for(method, path))?;
    faults[at].times -= 1;
    let kind = faults[at].kind.clone();
    faults.retain(|fault| fault.times > 0);
    Some(kind)
}
