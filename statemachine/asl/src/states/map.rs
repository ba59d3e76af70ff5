//! Map, inline: the same states for each item of an array, so many at a time;
//! its result is the array of the iterations' outputs.

mod run;

use std::collections::VecDeque;

use jsonata_core::value::JValue;

use super::State;
pub(crate) use run::MapRun;

use crate::{
    definition::{Amount, Language, Machine, Reader},
    engine::{Activity, Delivery, Failure, Place, Step},
    history::Details,
    jsonata::{Fault, Template, Values},
    text::Text,
};

/// The fields of a Map state.
#[derive(Debug)]
pub(crate) struct Map {
    pub(crate) processor: Machine,
    items: Option<Template>,
    selector: Option<Template>,
    concurrency: Option<Amount>,
    tolerated_count: Option<Amount>,
    tolerated_percentage: Option<Amount>,
}

impl Map {
    pub(super) fn read(reader: &mut Reader<'_>, language: Language) -> Option<Map> {
        for field in ["ItemReader", "ItemBatcher", "ResultWriter", "Label"] {
            if reader.take(field).is_some() {
                reader.problem(
                    field,
                    "This belongs to a Distributed Map, which is not supported.",
                );
            }
        }
        let Some(value) = reader.take("ItemProcessor") else {
            reader.problem("ItemProcessor", "This field is required.");
            return None;
        };
        let path = reader.at("ItemProcessor");
        let mut fields = Reader::open(value, &path, reader.problems)?;
        fields.skip(&["Comment"]);
        if let Some(config) = fields.take("ProcessorConfig")
            && config
                .get("Mode")
                .and_then(|mode| mode.as_str())
                .unwrap_or("INLINE")
                != "INLINE"
        {
            fields.problem(
                "ProcessorConfig/Mode",
                "A Distributed Map is not supported; use INLINE.",
            );
        }
        let processor = Machine::read(&mut fields, language)?;
        fields.finish();
        Some(Map {
            processor,
            items: reader.template("Items"),
            selector: reader.template("ItemSelector"),
            concurrency: Amount::read(reader, "MaxConcurrency", 0),
            tolerated_count: Amount::read(reader, "ToleratedFailureCount", 0),
            tolerated_percentage: Amount::read(reader, "ToleratedFailurePercentage", 0),
        })
    }

    pub(super) fn begin(&self, state: &State, place: &mut Place<'_>) -> Result<Step, Failure> {
        let run = self.open(place)?;
        let length = run.items.len();
        place.frame.activity = Activity::Map(run);
        place.emit("MapStateStarted", Details::MapStarted { length });
        let started = *place.last;
        if let Activity::Map(run) = &mut place.frame.activity {
            run.started = started;
        }
        self.advance(state, place, None)
    }

    pub(super) fn deliver(
        &self,
        state: &State,
        place: &mut Place<'_>,
        delivery: &Delivery<'_>,
    ) -> Result<Step, Failure> {
        let Activity::Map(run) = &mut place.frame.activity else {
            return Ok(Step::Pending);
        };
        let Some(at) = run
            .iterations
            .iter()
            .position(|one| one.branch.awaits(delivery))
        else {
            return Ok(Step::Pending);
        };
        let branch = &mut run.iterations[at].branch;
        let flow = branch.deliver(place.core, &self.processor, Some(&place.scope), delivery);
        match self.took(state, place, at, flow)? {
            None => Ok(Step::Pending),
            freed => self.advance(state, place, freed),
        }
    }

    /// Runs again the iterations that failed or were stopped, then the rest.
    pub(super) fn redrive(&self, state: &State, place: &mut Place<'_>) -> Result<Step, Failure> {
        let redriven = *place.last;
        let Activity::Map(run) = &mut place.frame.activity else {
            return self.begin(state, place);
        };
        run.started = redriven;
        run.take_up_again();
        self.advance(state, place, None)
    }

    /// Evaluates the state's fields.
    fn open(&self, place: &mut Place<'_>) -> Result<MapRun, Failure> {
        let items = self.evaluate_items(place)?;
        let amount = |place: &mut Place<'_>, amount: Option<&Amount>, field: &str| match amount {
            None => Ok(None),
            Some(amount) => place
                .evaluate(Values::default(), |view| amount.evaluate(view, field))
                .map(Some),
        };
        let concurrency = amount(place, self.concurrency.as_ref(), "MaxConcurrency")?.unwrap_or(0);
        let count = amount(
            place,
            self.tolerated_count.as_ref(),
            "ToleratedFailureCount",
        )?;
        let percentage = amount(
            place,
            self.tolerated_percentage.as_ref(),
            "ToleratedFailurePercentage",
        )?;
        let share = percentage.unwrap_or(0).min(100) * items.len() as u64 / 100;
        Ok(MapRun {
            next: 0,
            concurrency,
            given_up: Vec::new(),
            redriven: VecDeque::new(),
            tolerated: count.unwrap_or(0).max(share),
            started: 0,
            iterations: Vec::new(),
            outputs: vec![None; items.len()],
            items,
        })
    }

    fn evaluate_items(&self, place: &mut Place<'_>) -> Result<Vec<Text>, Failure> {
        let input = place.frame.input.clone();
        place.evaluate(Values::default(), |view| {
            let items = match &self.items {
                None => match input.to_jvalue() {
                    JValue::Array(items) => items,
                    _ => {
                        return Err(Fault {
                            location: None,
                            message: format!("Map state input must be an array but was: {input}"),
                        });
                    }
                },
                Some(Template::Expression(expression)) => match view.value(expression, "Items")? {
                    JValue::Array(items) => items,
                    other => return Err(Fault::unexpected(expression, "Items", "array", &other)),
                },
                Some(template) => match template.evaluate(view, "Items")?.to_jvalue() {
                    JValue::Array(items) => items,
                    other => {
                        return Err(Fault {
                            location: Some(Text::from("Items")),
                            message: format!(
                                "The Items field must be an array but was: {}",
                                other.to_json_string().unwrap_or_default()
                            ),
                        });
                    }
                },
            };
            items
                .iter()
                .map(|item| {
                    item.to_json_string()
                        .map(Text::from)
                        .map_err(|error| Fault {
                            location: Some(Text::from("Items")),
                            message: error.to_string(),
                        })
                })
                .collect()
        })
    }
}
