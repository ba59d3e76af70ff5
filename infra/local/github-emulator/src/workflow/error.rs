//! What is wrong with a workflow file, in one sentence that also says what to do.

/// A workflow file that GitHub would refuse, or that asks for something the
/// emulator does not do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {problem}; {advice}", place(path, *line))]
pub struct WorkflowError {
    /// The path of the file, as committed.
    pub path: String,
    /// The line, from 1, where it is known.
    pub line: Option<usize>,
    /// What is wrong.
    pub problem: String,
    /// What to do about it.
    pub advice: String,
}

fn place(path: &str, line: Option<usize>) -> String {
    match line {
        Some(line) => format!("{path}, line {line}"),
        None => path.to_owned(),
    }
}

impl WorkflowError {
    pub(crate) fn new(problem: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            path: String::new(),
            line: None,
            problem: problem.into(),
            advice: advice.into(),
        }
    }

    pub(crate) fn on_line(mut self, line: Option<usize>) -> Self {
        self.line = self.line.or(line);
        self
    }

    pub(crate) fn in_file(mut self, path: &str) -> Self {
        path.clone_into(&mut self.path);
        self
    }
}
