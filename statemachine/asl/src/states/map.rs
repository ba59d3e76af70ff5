//! Map, inline: the same states for each item of an array, so many at a time;
//! its result is the array of the iterations' outputs.

use jsonata_core::value::JValue;
use serde::{Deserialize, Serialize};

use super::State;
use crate::{
    definition::{Amount, Language, Machine, Reader},
    engine::{Activity, Branch, Delivery, Failure, Flow, Place, Step},
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

/// A Map state at work, or failed and kept for a redrive.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct MapRun {
    items: Vec<Text>,
    /// The first item without an iteration.
    next: usize,
    /// The most iterations at a time; 0 for no limit.
    concurrency: u64,
    /// The most iterations that may fail.
    tolerated: u64,
    failed: u64,
    /// The event that first iterations follow.
    started: u64,
    iterations: Vec<Iteration>,
    outputs: Vec<Option<Text>>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Iteration {
    index: usize,
    branch: Branch,
}

impl MapRun {
    pub(crate) fn branches(&self) -> impl Iterator<Item = &Branch> {
        self.iterations.iter().map(|iteration| &iteration.branch)
    }

    pub(crate) fn branches_mut(&mut self) -> impl Iterator<Item = &mut Branch> {
        self.iterations
            .iter_mut()
            .map(|iteration| &mut iteration.branch)
    }
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
            concurrency: Amount::read(reader, "MaxConcurrency"),
            tolerated_count: Amount::read(reader, "ToleratedFailureCount"),
            tolerated_percentage: Amount::read(reader, "ToleratedFailurePercentage"),
        })
    }

    pub(super) fn begin(&self, state: &State, place: &mut Place<'_>) -> Result<Step, Failure> {
        place.room_for_events()?;
        let run = self
            .open(place)
            .inspect_err(|_| place.emit("MapStateFailed", Details::None))?;
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
        let indexes: Vec<usize> = run.iterations.iter().map(|one| one.index).collect();
        for index in indexes {
            let Activity::Map(run) = &mut place.frame.activity else {
                break;
            };
            let Some(at) = run.iterations.iter().position(|one| one.index == index) else {
                continue;
            };
            let branch = &mut run.iterations[at].branch;
            let flow = branch.redrive(place.core, &self.processor, Some(&place.scope), redriven);
            self.took(state, place, at, flow)?;
        }
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
            tolerated: count.unwrap_or(0).max(share),
            failed: 0,
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

    /// Starts iterations while there is room, and leaves the state when all
    /// have ended. `freed` is the last event of the iteration that made room.
    fn advance(
        &self,
        state: &State,
        place: &mut Place<'_>,
        mut freed: Option<(u64, u64)>,
    ) -> Result<Step, Failure> {
        loop {
            let Activity::Map(run) = &mut place.frame.activity else {
                return Ok(Step::Pending);
            };
            let full = run.concurrency != 0 && run.iterations.len() as u64 >= run.concurrency;
            if run.next >= run.items.len() {
                if run.iterations.is_empty() {
                    let last = freed.map_or(run.started, |(_, ended)| ended);
                    return self.join(state, place, last);
                }
                return Ok(Step::Pending);
            }
            if full {
                return Ok(Step::Pending);
            }
            let index = run.next;
            run.next += 1;
            let follows = match freed {
                Some((last, _)) if run.concurrency != 0 => last,
                _ => run.started,
            };
            let item = run.items[index].clone();
            let input = match &self.selector {
                None => item.clone(),
                Some(selector) => place
                    .evaluate_for(Some((index, &item)), Values::default(), |view| {
                        selector.evaluate(view, "ItemSelector")
                    })
                    .or_else(|failure| self.fail(place, failure))?,
            };
            let details = Details::Iteration {
                name: state.name.clone(),
                index,
            };
            let entered = place.core.emit("MapIterationStarted", follows, details);
            let Activity::Map(run) = &mut place.frame.activity else {
                return Ok(Step::Pending);
            };
            let mut branch = Branch::new(entered, Some((index, item)));
            let flow = branch.start(place.core, &self.processor, Some(&place.scope), input);
            run.iterations.push(Iteration { index, branch });
            let at = run.iterations.len() - 1;
            // What fills an iteration's place follows the one before it.
            if let Some(ended) = self.took(state, place, at, flow)? {
                freed = Some(ended);
            }
        }
    }

    /// Records how an iteration's turn ended. When it is over: the last event
    /// of its own, and the event of its end.
    fn took(
        &self,
        state: &State,
        place: &mut Place<'_>,
        at: usize,
        flow: Flow,
    ) -> Result<Option<(u64, u64)>, Failure> {
        let Activity::Map(run) = &mut place.frame.activity else {
            return Ok(None);
        };
        let index = run.iterations[at].index;
        let last = run.iterations[at].branch.last;
        let details = Details::Iteration {
            name: state.name.clone(),
            index,
        };
        match flow {
            Flow::Pending => Ok(None),
            Flow::Ended => {
                let iteration = run.iterations.remove(at);
                run.outputs[index] = iteration.branch.output;
                let ended = place.core.emit("MapIterationSucceeded", last, details);
                Ok(Some((last, ended)))
            }
            Flow::Failed(failure) => {
                let ended = place.core.emit("MapIterationFailed", last, details);
                run.failed += 1;
                if run.failed <= run.tolerated && !failure.terminal {
                    run.iterations.remove(at);
                    return Ok(Some((last, ended)));
                }
                run.failed -= 1;
                *place.last = last;
                for other in &mut run.iterations {
                    if other.index == index {
                        continue;
                    }
                    other.branch.cancel(place.core);
                    let details = Details::Iteration {
                        name: state.name.clone(),
                        index: other.index,
                    };
                    place
                        .core
                        .emit("MapIterationAborted", other.branch.last, details);
                }
                place.emit("MapStateFailed", Details::None);
                Err(failure)
            }
        }
    }

    /// The state fails for itself, with iterations under way.
    fn fail(&self, place: &mut Place<'_>, failure: Failure) -> Result<Text, Failure> {
        if let Activity::Map(run) = &mut place.frame.activity {
            run.next -= 1;
            run.branches_mut()
                .for_each(|branch| branch.cancel(place.core));
        }
        place.emit("MapStateFailed", Details::None);
        Err(failure)
    }

    fn join(&self, state: &State, place: &mut Place<'_>, last: u64) -> Result<Step, Failure> {
        let Activity::Map(run) = &place.frame.activity else {
            return Ok(Step::Pending);
        };
        let outputs: Vec<&str> = run
            .outputs
            .iter()
            .flatten()
            .map(|output| &**output)
            .collect();
        let result = Text::from(format!("[{}]", outputs.join(",")));
        place.frame.activity = Activity::Idle;
        *place.last = last;
        // The exit follows the iteration's end, not this event.
        place.core.emit("MapStateSucceeded", last, Details::None);
        place.within_limit(&result)?;
        state.leave(place, Some(&result), &result)
    }
}
