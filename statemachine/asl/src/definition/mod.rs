//! A definition: read, checked as a whole, and then never changed.
//!
//! Whatever this interpreter cannot run is refused here, with the path of the
//! field, so that an execution never meets it.

mod amount;
mod check;
mod errors;
mod machine;
mod problems;
mod reader;

use std::sync::Arc;

use serde_json::Value;

pub(crate) use amount::Amount;
pub(crate) use errors::{Catcher, Retrier, matches};
pub(crate) use machine::{Language, Machine};
pub use problems::Problem;
pub(crate) use problems::Problems;
pub(crate) use reader::Reader;

/// A definition that can be run. Cloning it is cheap.
#[derive(Clone, Debug)]
pub struct Definition {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) machine: Machine,
    /// The limit of a whole execution, in seconds.
    pub(crate) timeout: Option<u64>,
}

impl Definition {
    /// Reads a definition.
    ///
    /// # Errors
    /// Everything that is wrong with it, or not supported here, each with the
    /// path of its field, for example `/States/Mint/Retry[0]`.
    pub fn parse(text: &str) -> Result<Definition, Vec<Problem>> {
        let mut problems = Problems::default();
        if text.trim().is_empty() {
            problems.add("", "Definition must be a valid JSON object");
            return Err(problems.into_vec());
        }
        let value: Value = match serde_json::from_str(text) {
            Ok(value) => value,
            Err(error) => {
                problems.add_as(
                    "INVALID_JSON_DESCRIPTION",
                    "",
                    format!("The definition is not valid JSON: {error}."),
                );
                return Err(problems.into_vec());
            }
        };
        let mut timeout = None;
        let machine = Reader::open(&value, "", &mut problems).and_then(|mut reader| {
            reader.skip(&["Comment", "Version"]);
            timeout = reader.whole_number("TimeoutSeconds", 1, 99_999_999);
            let language = Language::read(&mut reader, Language::JsonPath);
            let machine = Machine::read(&mut reader, language);
            reader.finish();
            machine
        });
        if let (Some(machine), true) = (&machine, problems.is_empty()) {
            check::check(machine, &mut problems);
        }
        let problems = problems.into_vec();
        match machine {
            Some(machine) if problems.is_empty() => Ok(Definition {
                inner: Arc::new(Inner { machine, timeout }),
            }),
            _ => Err(problems),
        }
    }
}
