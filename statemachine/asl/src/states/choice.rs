//! Choice: the first rule whose condition is true, or the default.

use jsonata_core::value::JValue;
use serde_json::Value;

use super::{State, Target};
use crate::{
    definition::Reader,
    engine::{Exit, Failure, Place, Step},
    jsonata::{Available, Expression, Fault, Template, Values},
    text::Text,
};

/// The fields of a Choice state.
#[derive(Debug)]
pub(crate) struct Choice {
    pub(super) rules: Vec<Rule>,
    pub(super) default: Option<Target>,
}

/// One entry of `Choices`.
#[derive(Debug)]
pub(crate) struct Rule {
    condition: Condition,
    pub(super) assign: Vec<(Text, Template)>,
    output: Option<Template>,
    pub(super) next: Target,
}

#[derive(Debug)]
enum Condition {
    Literal(bool),
    Expression(Box<Expression>),
}

impl Choice {
    pub(super) fn read(reader: &mut Reader<'_>) -> Choice {
        let mut rules = Vec::new();
        for (index, value) in reader
            .array("Choices")
            .unwrap_or_default()
            .iter()
            .enumerate()
        {
            let path = format!("{}[{index}]", reader.at("Choices"));
            let Some(mut entry) = Reader::open(value, &path, reader.problems) else {
                continue;
            };
            entry.skip(&["Comment"]);
            rules.push(Rule {
                condition: Condition::read(&mut entry),
                assign: entry.assign(Available::Neither),
                output: entry.template("Output"),
                next: Target::Next(Text::from(
                    entry.required_string("Next").unwrap_or_default(),
                )),
            });
            entry.finish();
        }
        if rules.is_empty() {
            reader.problem("Choices", "This must be an array of at least one rule.");
        }
        let default = reader
            .string("Default")
            .map(|name| Target::Next(Text::from(name)));
        Choice { rules, default }
    }

    pub(super) fn begin(&self, state: &State, place: &mut Place<'_>) -> Result<Step, Failure> {
        let input = place.frame.input.clone();
        for (index, rule) in self.rules.iter().enumerate() {
            let holds = match &rule.condition {
                Condition::Literal(holds) => *holds,
                Condition::Expression(expression) => {
                    let location = format!("Choices[{index}]/Condition");
                    place.evaluate(Values::default(), |view| {
                        match view.value(expression, &location)? {
                            JValue::Bool(holds) => Ok(holds),
                            other => {
                                Err(Fault::unexpected(expression, &location, "boolean", &other))
                            }
                        }
                    })?
                }
            };
            if holds {
                return place.leave(Exit {
                    at: &format!("Choices[{index}]/"),
                    assign: &rule.assign,
                    output: rule.output.as_ref(),
                    values: Values::default(),
                    otherwise: &input,
                    next: rule.next.clone(),
                });
            }
        }
        match &self.default {
            Some(default) => place.leave(Exit {
                at: "",
                assign: &state.assign,
                output: state.output.as_ref(),
                values: Values::default(),
                otherwise: &input,
                next: default.clone(),
            }),
            // AWS has the name States.NoChoiceMatched as well, and does not use it here.
            None => Err(place.failure(
                "States.Runtime",
                "Failed to transition out of the state. The state does not point to a next state.",
            )),
        }
    }
}

impl Condition {
    fn read(entry: &mut Reader<'_>) -> Condition {
        match entry.take("Condition") {
            Some(Value::Bool(holds)) => return Condition::Literal(*holds),
            Some(value) => {
                let path = entry.at("Condition");
                if let Template::Expression(expression) =
                    Template::parse(value, &path, entry.problems)
                {
                    return Condition::Expression(expression);
                }
            }
            None => {}
        }
        entry.problem(
            "Condition",
            "This must be true, false or one JSONata expression.",
        );
        Condition::Literal(false)
    }
}
