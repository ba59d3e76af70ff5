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
    pub(crate) context: Option<Context>,
    /// `$states` is used as a whole.
    whole: bool,
    /// Names that may be variables.
    pub(crate) variables: Vec<String>,
    /// Names of functions that Step Functions adds, replaces or removes.
    pub(crate) functions: Vec<&'static str>,
}

/// What of `$states` has a value where an expression stands, besides the input
/// and the context.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Available {
    Neither,
    /// `Assign` and `Output` of a state that has a result.
    Result,
    /// `Assign` and `Output` of a catcher.
    ErrorOutput,
}

/// The parts of the context object that an expression reads.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Context {
    pub(crate) execution: bool,
    /// The execution's whole input, the one part that is large.
    pub(crate) input: bool,
    pub(crate) state: bool,
    pub(crate) machine: bool,
    pub(crate) map: bool,
    pub(crate) task: bool,
}

/// Fields of `Execution` that are not its input.
const LIGHT: &[&str] = &[
    "Id",
    "Name",
    "RoleArn",
    "StartTime",
    "RedriveCount",
    "RedriveTime",
];

impl Context {
    const ALL: Context = Context {
        execution: true,
        input: true,
        state: true,
        machine: true,
        map: true,
        task: true,
    };

    fn add(&mut self, path: &str) {
        if let Some(field) = path.strip_prefix(".Execution.") {
            self.execution = true;
            self.input |= !LIGHT.iter().any(|light| field.starts_with(light));
        } else if path.starts_with(".StateMachine.") {
            self.machine = true;
        } else if path.starts_with(".State.") {
            self.state = true;
        } else if path.starts_with(".Map.") {
            self.map = true;
        } else if path.starts_with(".Task.") {
            self.task = true;
        } else {
            *self = Context::ALL;
        }
    }
}

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
        self.input || self.result || self.error_output || self.context.is_some()
    }

    /// What is named and has no value there.
    pub(super) fn unavailable(&self, available: Available) -> Option<&'static str> {
        if self.whole {
            return None;
        }
        if self.result && available != Available::Result {
            return Some("$states.result");
        }
        (self.error_output && available != Available::ErrorOutput).then_some("$states.errorOutput")
    }

    fn states(&mut self, after: &str) {
        if let Some(rest) = after.strip_prefix(".context") {
            self.context.get_or_insert_default().add(rest);
        } else if after.starts_with(".input") {
            self.input = true;
        } else if after.starts_with(".result") {
            self.result = true;
        } else if after.starts_with(".errorOutput") {
            self.error_output = true;
        } else {
            self.whole = true;
            self.input = true;
            self.result = true;
            self.error_output = true;
            self.context = Some(Context::ALL);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Context, Needs};

    #[test]
    fn names_only_what_is_used() {
        let needs = Needs::of("$states.input.a & $name & $parse('1') & $states.context.State.Name");
        assert!(needs.input);
        assert_eq!(
            needs.context,
            Some(Context {
                state: true,
                ..Context::default()
            })
        );
        assert!(!needs.result && !needs.error_output);
        assert_eq!(needs.variables, ["name"]);
        assert_eq!(needs.functions, ["parse"]);
    }

    #[test]
    fn takes_everything_when_states_is_used_as_a_whole() {
        let needs = Needs::of("$keys($states)");
        assert!(needs.input && needs.result && needs.error_output);
        assert_eq!(needs.context, Some(Context::ALL));
    }
}
