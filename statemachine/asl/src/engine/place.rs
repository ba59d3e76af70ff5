//! Where a state runs: its frame, its scope, its thread's place in the
//! history. State types do everything through this.

use std::{cell::Cell, rc::Rc};

use super::{Core, Frame, Scope};
use crate::{
    history::Details,
    jsonata::{Cache, Fault, Template, Values, View},
    states::Target,
    text::Text,
};

/// The most bytes an input, output or result may have, and all that one
/// `Assign` assigns.
pub(crate) const PAYLOAD_LIMIT: usize = 256 * 1024;

/// The most bytes that the variables a thread sees may have together.
const VARIABLES_LIMIT: usize = 10 * 1024 * 1024;

/// How a state's turn ended, if it did not fail.
#[derive(Debug)]
pub(crate) enum Step {
    /// It waits for an event.
    Pending,
    /// It is done.
    Leave {
        output: Text,
        assigned: Vec<(Text, Text)>,
        next: Target,
    },
}

/// An error that Retry and Catch may take care of.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) error: Option<Text>,
    pub(crate) cause: Option<Text>,
    pub(crate) nature: Nature,
}

/// What an error's name does not say about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nature {
    /// Nothing.
    Own,
    /// It is about a task's own result.
    Result,
    /// A time limit that passed between two heartbeats: AWS names it
    /// `States.Timeout`, and `States.HeartbeatTimeout` matches it as well.
    Heartbeat,
}

impl Failure {
    /// An error; what is empty is none.
    pub(crate) fn new(error: &str, cause: &str) -> Failure {
        let some = |text: &str| (!text.is_empty()).then(|| Text::from(text));
        Failure {
            error: some(error),
            cause: some(cause),
            nature: Nature::Own,
        }
    }

    pub(crate) fn history_is_full() -> Failure {
        Failure::new(
            "States.Runtime",
            "The execution reached the maximum number of history events (25000).",
        )
    }

    /// Whether it ends the execution whatever is around: no Retry or Catch is
    /// asked, and neither a Parallel nor a Map has anything to say to it.
    pub(crate) fn ends_all(&self) -> bool {
        self.error.as_deref() == Some("States.Runtime")
    }
}

/// How a state is left.
pub(crate) struct Exit<'a> {
    /// What stands before `Assign` and `Output` in errors: `Catch[0]/`.
    pub(crate) at: &'a str,
    pub(crate) assign: &'a [(Text, Template)],
    pub(crate) output: Option<&'a Template>,
    pub(crate) values: Values<'a>,
    /// The output where there is no `Output`.
    pub(crate) otherwise: &'a Text,
    pub(crate) next: Target,
}

/// A state's surroundings while it runs.
pub(crate) struct Place<'a> {
    pub(crate) core: &'a mut Core,
    pub(crate) scope: Scope<'a>,
    pub(crate) frame: &'a mut Frame,
    /// The event that the thread's next one follows.
    pub(crate) last: &'a mut u64,
    /// Texts that this turn has read already.
    pub(crate) cache: &'a Cache,
    /// The token of the task at hand.
    pub(crate) token: Option<Text>,
    /// The branches or iterations have ended well: what fails now is the state's
    /// own way out.
    pub(crate) is_joined: bool,
}

impl Place<'_> {
    /// Writes an event of this thread.
    pub(crate) fn emit(&mut self, kind: &'static str, details: Details) {
        *self.last = self.core.emit(kind, *self.last, details);
    }

    /// Evaluates something; what goes wrong becomes an `EvaluationFailed`
    /// event and a `States.QueryEvaluationError`.
    pub(crate) fn evaluate<T>(
        &mut self,
        values: Values<'_>,
        what: impl FnOnce(&View<'_>) -> Result<T, Fault>,
    ) -> Result<T, Failure> {
        self.evaluate_for(None, values, what)
    }

    /// The same with the item of a Map iteration in the context object.
    pub(crate) fn evaluate_for<T>(
        &mut self,
        item: Option<(usize, &Text)>,
        values: Values<'_>,
        what: impl FnOnce(&View<'_>) -> Result<T, Fault>,
    ) -> Result<T, Failure> {
        let random = Rc::new(Cell::new(self.core.random));
        let view = View {
            core: self.core,
            scope: &Scope {
                item: item.or(self.scope.item),
                ..self.scope
            },
            input: &self.frame.input,
            state: &self.frame.name,
            entered_at: self.frame.entered_at,
            retry_count: self.frame.retry_count,
            values,
            cache: self.cache,
            token: self.token.as_ref(),
            random: Rc::clone(&random),
        };
        let outcome = what(&view);
        self.core.random = random.get();
        outcome.map_err(|fault| {
            // On AWS, what fails on entering a state follows the event before
            // the entry; what fails later follows the thread's last event.
            let previous = if *self.last == self.frame.entered_event {
                self.frame.entered_previous
            } else {
                *self.last
            };
            self.fault(previous, fault)
        })
    }

    /// Writes the event of a failed evaluation.
    pub(crate) fn fault(&mut self, previous: u64, fault: Fault) -> Failure {
        let failure = self.failure("States.QueryEvaluationError", &fault.message);
        let details = Details::EvaluationFailed {
            error: failure.error.clone().unwrap_or_else(|| Text::from("")),
            cause: failure.cause.clone().unwrap_or_else(|| Text::from("")),
            location: fault.location,
            state: self.frame.name.clone(),
        };
        *self.last = self.core.emit("EvaluationFailed", previous, details);
        failure
    }

    /// An error of this state, its cause in AWS's form.
    pub(crate) fn failure(&self, error: &str, message: &str) -> Failure {
        Failure::new(
            error,
            &format!(
                "An error occurred while executing the state '{}' (entered at the event id #{}). {message}",
                self.frame.name, self.frame.entered_event
            ),
        )
    }

    /// Refuses what is larger than Step Functions passes on.
    pub(crate) fn within_limit(&self, payload: &Text) -> Result<(), Failure> {
        if payload.len() <= PAYLOAD_LIMIT {
            return Ok(());
        }
        Err(too_large(&self.frame.name))
    }

    /// Refuses variables that are larger than Step Functions keeps.
    fn within_variables(&self, assigned: &[(Text, Text)]) -> Result<(), Failure> {
        let size = |variables: &mut dyn Iterator<Item = (&Text, &Text)>| -> usize {
            variables
                .map(|(name, value)| name.len() + value.len())
                .sum()
        };
        let now = size(&mut assigned.iter().map(|(name, value)| (name, value)));
        let mut before = 0;
        let mut scope = Some(&self.scope);
        while let Some(Scope {
            outer, variables, ..
        }) = scope
        {
            before += size(&mut variables.iter());
            scope = *outer;
        }
        if now <= PAYLOAD_LIMIT && before + now <= VARIABLES_LIMIT {
            return Ok(());
        }
        Err(Failure::new(
            "States.DataLimitExceeded",
            &format!(
                "The state/task '{}' assigned variables with a size exceeding the maximum number of bytes service limit.",
                self.frame.name
            ),
        ))
    }

    /// Evaluates `Assign` and `Output`, both with the values of this moment.
    pub(crate) fn leave(&mut self, exit: Exit<'_>) -> Result<Step, Failure> {
        let Exit {
            at,
            assign,
            output,
            values,
            otherwise,
            next,
        } = exit;
        let assigned = if assign.is_empty() {
            Vec::new()
        } else {
            self.evaluate(values, |view| {
                assign
                    .iter()
                    .map(|(name, template)| {
                        let value = template.evaluate(view, &format!("{at}Assign/{name}"))?;
                        Ok((name.clone(), value))
                    })
                    .collect()
            })?
        };
        if !assigned.is_empty() {
            self.within_variables(&assigned)?;
        }
        let output = match output {
            None => otherwise.clone(),
            Some(template) => self.evaluate(values, |view| {
                template.evaluate(view, &format!("{at}Output"))
            })?,
        };
        self.within_limit(&output)?;
        Ok(Step::Leave {
            output,
            assigned,
            next,
        })
    }
}

/// What `name` returned is larger than Step Functions passes on.
pub(crate) fn too_large(name: &str) -> Failure {
    Failure::new(
        "States.DataLimitExceeded",
        &format!(
            "The state/task '{name}' returned a result with a size exceeding the maximum number of bytes service limit."
        ),
    )
}
