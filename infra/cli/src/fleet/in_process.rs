//! Functions that are closures of this process: for running the whole fleet in
//! one thread and in virtual time. Who runs it so brings the closures.

use local::Program;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// Makes a function of its handler setting and its environment.
#[derive(Clone)]
pub struct InProcess(Arc<Make>);

type Make = dyn Fn(&str, &BTreeMap<String, String>) -> Program + Send + Sync;

impl InProcess {
    /// By `make`, which is given the handler setting and the function's environment.
    pub fn new(
        make: impl Fn(&str, &BTreeMap<String, String>) -> Program + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(make))
    }

    pub(super) fn program(&self, handler: &str, environment: &BTreeMap<String, String>) -> Program {
        (self.0)(handler, environment)
    }
}

impl fmt::Debug for InProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InProcess")
    }
}
