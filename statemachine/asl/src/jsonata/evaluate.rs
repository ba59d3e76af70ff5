//! Evaluating one expression: what it sees, what it may cost, how it fails.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
};

use chrono::{DateTime, SecondsFormat, Utc};
use indexmap::IndexMap;
use jsonata_core::{
    evaluator::{Context, Evaluator, EvaluatorOptions},
    value::JValue,
};

use super::{Expression, Random, functions, needs, path::follow};
use crate::{
    engine::{Core, Scope},
    text::Text,
};

/// What one evaluation may take. AWS publishes no figures; these end a
/// runaway expression and leave everything reasonable alone.
const LIMITS: EvaluatorOptions = EvaluatorOptions {
    timeout_ms: Some(5_000),
    cancel: None,
    max_stack_depth: Some(1_000),
    max_sequence_length: Some(1_000_000),
};

/// Why a field could not be evaluated, in AWS's words.
#[derive(Debug)]
pub(crate) struct Fault {
    /// The field, for example `Output/result`.
    pub(crate) location: Option<Text>,
    pub(crate) message: String,
}

/// Values that belong to one step of a state: the task's result, an error.
#[derive(Clone, Copy, Default)]
pub(crate) struct Values<'a> {
    pub(crate) result: Option<&'a Text>,
    pub(crate) error_output: Option<&'a Text>,
}

/// The last few texts of a turn, as JSONata values: what one state returns, the
/// next one reads.
#[derive(Default)]
pub(crate) struct Cache(RefCell<VecDeque<(Text, JValue)>>);

impl Cache {
    /// More is not looked through; a turn may go on for 25,000 events.
    const MOST: usize = 8;

    fn value(&self, text: &Text) -> JValue {
        let known = self.0.borrow();
        if let Some((_, value)) = known.iter().find(|(known, _)| known.is(text)) {
            return value.clone();
        }
        drop(known);
        let value = text.to_jvalue();
        self.keep(text.clone(), value.clone());
        value
    }

    /// Remembers a text's value.
    pub(super) fn keep(&self, text: Text, value: JValue) {
        let mut known = self.0.borrow_mut();
        if known.len() == Cache::MOST {
            known.pop_back();
        }
        known.push_front((text, value));
    }
}

/// What an expression sees.
pub(crate) struct View<'a> {
    pub(crate) core: &'a Core,
    pub(crate) scope: &'a Scope<'a>,
    pub(crate) input: &'a Text,
    pub(crate) state: &'a Text,
    pub(crate) entered_at: DateTime<Utc>,
    pub(crate) retry_count: u32,
    pub(crate) values: Values<'a>,
    pub(crate) cache: &'a Cache,
    /// The token of a task that someone else reports on.
    pub(crate) token: Option<&'a Text>,
    pub(crate) random: Rc<Cell<Random>>,
}

impl View<'_> {
    /// The expression's value as JSON text.
    pub(crate) fn json(&self, expression: &Expression, location: &str) -> Result<String, Fault> {
        let value = self.value(expression, location)?;
        json_of(&value, expression, location)
    }

    /// The same as shared text, with its value remembered.
    pub(crate) fn text(&self, expression: &Expression, location: &str) -> Result<Text, Fault> {
        let value = self.value(expression, location)?;
        let text = Text::from(json_of(&value, expression, location)?);
        self.cache.keep(text.clone(), value);
        Ok(text)
    }

    /// The expression's value; never undefined, never a function.
    pub(crate) fn value(&self, expression: &Expression, location: &str) -> Result<JValue, Fault> {
        let value = match self.follow(expression) {
            Some(value) => value,
            None => self.run(expression, location)?,
        };
        if value.is_undefined() {
            return Err(fault(expression, location, "returned nothing (undefined)."));
        }
        if value.is_function() || value.is_regex() {
            return Err(fault(
                expression,
                location,
                "returned an unsupported result type: a function has no JSON form.",
            ));
        }
        Ok(value)
    }

    /// The value of a plain path through objects.
    fn follow(&self, expression: &Expression) -> Option<JValue> {
        let path = expression.path.as_ref()?;
        if path.root != "states" {
            return follow(
                self.cache.value(self.scope.variable(&path.root)?),
                &path.fields,
            );
        }
        let (part, fields) = path.fields.split_first()?;
        let value = match part.as_str() {
            "input" => self.cache.value(self.input),
            "result" => self.cache.value(self.values.result?),
            "errorOutput" => self.cache.value(self.values.error_output?),
            "context" => self.context(expression.needs.context?),
            _ => return None,
        };
        follow(value, fields)
    }

    fn run(&self, expression: &Expression, location: &str) -> Result<JValue, Fault> {
        let needs = &expression.needs;
        let mut context = Context::new();
        if needs.any_state() {
            context.bind("states".to_owned(), self.states(expression));
        }
        for name in &needs.variables {
            if let Some(value) = self.scope.variable(name) {
                context.bind(name.clone(), self.cache.value(value));
            }
        }
        let mut evaluator = Evaluator::with_options(context, LIMITS);
        functions::register(
            &mut evaluator,
            &needs.functions,
            self.core.now,
            &self.random,
        )
        .map_err(|error| threw(expression, location, error.message()))?;
        evaluator
            .evaluate(&expression.ast, &JValue::Undefined)
            .map_err(|error| threw(expression, location, error.message()))
    }

    fn states(&self, expression: &Expression) -> JValue {
        let needs = &expression.needs;
        let mut states = IndexMap::new();
        if needs.input {
            states.insert("input".to_owned(), self.cache.value(self.input));
        }
        if let (true, Some(result)) = (needs.result, self.values.result) {
            states.insert("result".to_owned(), self.cache.value(result));
        }
        if let (true, Some(error)) = (needs.error_output, self.values.error_output) {
            states.insert("errorOutput".to_owned(), self.cache.value(error));
        }
        if let Some(parts) = needs.context {
            states.insert("context".to_owned(), self.context(parts));
        }
        JValue::object(states)
    }

    /// The context object, with the parts that are asked for.
    fn context(&self, parts: needs::Context) -> JValue {
        let mut context = IndexMap::new();
        if parts.execution {
            context.insert("Execution".to_owned(), self.execution(parts.input));
        }
        if let (true, Some((index, value))) = (parts.map, self.scope.item()) {
            let index = JValue::from(i64::try_from(index).unwrap_or(i64::MAX));
            let item = object([("Index", index), ("Value", self.cache.value(value))]);
            context.insert("Map".to_owned(), object([("Item", item)]));
        }
        if parts.state {
            let state = object([
                ("EnteredTime", time(self.entered_at)),
                ("Name", JValue::string(&**self.state)),
                ("RetryCount", JValue::from(i64::from(self.retry_count))),
            ]);
            context.insert("State".to_owned(), state);
        }
        if parts.machine {
            let info = &self.core.info;
            let machine = object([
                ("Id", JValue::string(&*info.state_machine_arn)),
                ("Name", JValue::string(&*info.state_machine_name)),
            ]);
            context.insert("StateMachine".to_owned(), machine);
        }
        if let (true, Some(token)) = (parts.task, self.token) {
            let task = object([("Token", JValue::string(&**token))]);
            context.insert("Task".to_owned(), task);
        }
        JValue::object(context)
    }

    fn execution(&self, with_input: bool) -> JValue {
        let core = self.core;
        let mut fields = vec![
            ("Id", JValue::string(&*core.info.arn)),
            ("Name", JValue::string(&*core.info.name)),
            ("RoleArn", JValue::string(&*core.info.role_arn)),
            ("StartTime", time(core.info.start_time)),
            ("RedriveCount", JValue::from(i64::from(core.redrive_count))),
        ];
        if with_input {
            fields.push(("Input", self.cache.value(&core.input)));
        }
        if let Some(redriven) = core.redrive_date {
            fields.push(("RedriveTime", time(redriven)));
        }
        object(fields)
    }
}

fn object(fields: impl IntoIterator<Item = (&'static str, JValue)>) -> JValue {
    JValue::object(
        fields
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect(),
    )
}

fn time(at: DateTime<Utc>) -> JValue {
    JValue::string(at.to_rfc3339_opts(SecondsFormat::Millis, true))
}

fn fault(expression: &Expression, location: &str, what: &str) -> Fault {
    Fault {
        location: Some(Text::from(location)),
        message: format!(
            "The JSONata expression '{}' specified for the field '{location}' {what}",
            expression.source
        ),
    }
}

fn json_of(value: &JValue, expression: &Expression, location: &str) -> Result<String, Fault> {
    value
        .to_json_string()
        .map_err(|error| threw(expression, location, &error.to_string()))
}

fn threw(expression: &Expression, location: &str, message: &str) -> Fault {
    fault(
        expression,
        location,
        &format!("threw an error during evaluation. {message}"),
    )
}

impl Fault {
    /// The value is not of the type that the field takes.
    pub(crate) fn unexpected(
        expression: &Expression,
        location: &str,
        expected: &str,
        value: &JValue,
    ) -> Fault {
        let shown = value.to_json_string().unwrap_or_default();
        fault(
            expression,
            location,
            &format!(
                "returned an unexpected result type. Expected '{expected}', but was '{}' for value: {shown}",
                kind_of(value)
            ),
        )
    }
}

/// A value's type as errors name it.
fn kind_of(value: &JValue) -> &'static str {
    match value {
        JValue::Null => "null",
        JValue::Bool(_) => "boolean",
        JValue::Number(_) => "number",
        JValue::String(_) => "string",
        JValue::Array(_) => "array",
        JValue::Object(_) => "object",
        _ => "undefined",
    }
}
