//! What an expression names: parts of `$states`, variables, added functions.
//!
//! Found by looking at the text alone, so a `$name` inside a string counts
//! too. That only binds more than is needed, never less.

use super::functions;

/// The names an evaluation has to bind.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Needs {
    pub(crate) input: bool,
    pub(crate) result: bool,
    pub(crate) error_output: bool,
    pub(crate) context: bool,
    /// The context object with the execution's whole input in it.
    pub(crate) execution_input: bool,
    /// Names that may be variables.
    pub(crate) variables: Vec<String>,
    /// Names of functions that Step Functions adds, replaces or removes.
    pub(crate) functions: Vec<&'static str>,
}

/// Fields of the context object that are not the execution's input.
const LIGHT: &[&str] = &[
    ".State.",
    ".StateMachine.",
    ".Map.",
    ".Execution.Id",
    ".Execution.Name",
    ".Execution.RoleArn",
    ".Execution.StartTime",
    ".Execution.RedriveCount",
    ".Execution.RedriveTime",
];

impl Needs {
    pub(crate) fn of(source: &str) -> Needs {
        let mut needs = Needs::default();
        for (at, _) in source.match_indices('$') {
            let rest = &source[at + 1..];
            let end = rest
                .find(|c: char| !c.is_alphanumeric() && c != '_')
                .unwrap_or(rest.len());
            let (name, after) = rest.split_at(end);
            if name == "states" {
                needs.states(after);
            } else if let Some(function) = functions::find(name) {
                if !needs.functions.contains(&function) {
                    needs.functions.push(function);
                }
            } else if !name.is_empty() && !needs.variables.iter().any(|known| known == name) {
                needs.variables.push(name.to_owned());
            }
        }
        needs
    }

    /// Whether the expression reads anything of `$states`.
    pub(crate) fn any_state(&self) -> bool {
        self.input || self.result || self.error_output || self.context
    }

    fn states(&mut self, after: &str) {
        if let Some(rest) = after.strip_prefix(".context") {
            self.context = true;
            if !LIGHT.iter().any(|field| rest.starts_with(field)) {
                self.execution_input = true;
            }
        } else if after.starts_with(".input") {
            self.input = true;
        } else if after.starts_with(".result") {
            self.result = true;
        } else if after.starts_with(".errorOutput") {
            self.error_output = true;
        } else {
            self.input = true;
            self.result = true;
            self.error_output = true;
            self.context = true;
            self.execution_input = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Needs;

    #[test]
    fn names_only_what_is_used() {
        let needs = Needs::of("$states.input.a & $name & $parse('1') & $states.context.State.Name");
        assert!(needs.input && needs.context);
        assert!(!needs.result && !needs.error_output && !needs.execution_input);
        assert_eq!(needs.variables, ["name"]);
        assert_eq!(needs.functions, ["parse"]);
    }

    #[test]
    fn takes_everything_when_states_is_used_as_a_whole() {
        let needs = Needs::of("$keys($states)");
        assert!(needs.input && needs.result && needs.error_output && needs.execution_input);
    }
}
