//! One fault: what goes wrong, and which occurrences it strikes.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Something that shall go wrong. `What` is an enum with the names of one emulator's
/// faults, tagged by `what`; its own fields stand beside the ones below.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(
    try_from = "Map<String, Value>",
    bound(deserialize = "What: DeserializeOwned")
)]
pub struct Fault<What> {
    /// What goes wrong.
    #[serde(flatten)]
    pub what: What,
    /// Words that an occurrence must have; `*` stands for any text, nothing for all.
    pub on: String,
    /// How many occurrences pass unharmed first.
    pub after: u64,
    /// How many occurrences it strikes at most; without limit when not given.
    pub times: Option<u64>,
    /// The share of the occurrences that it strikes, from 0 to 1.
    pub probability: f64,
}

impl<What> Fault<What> {
    /// Strikes the next occurrence of any kind that fits it.
    pub fn once(what: What) -> Self {
        Self {
            what,
            on: String::new(),
            after: 0,
            times: Some(1),
            probability: 1.0,
        }
    }

    /// Strikes every occurrence.
    pub fn always(what: What) -> Self {
        Self {
            times: None,
            ..Self::once(what)
        }
    }

    /// Strikes this share of the occurrences.
    pub fn sometimes(what: What, probability: f64) -> Self {
        Self {
            probability,
            ..Self::always(what)
        }
    }

    /// Only occurrences with these words.
    #[must_use]
    pub fn on(mut self, on: impl Into<String>) -> Self {
        self.on = on.into();
        self
    }

    /// Lets so many occurrences pass first.
    #[must_use]
    pub fn after(mut self, after: u64) -> Self {
        self.after = after;
        self
    }

    /// Strikes at most so many.
    #[must_use]
    pub fn times(mut self, times: u64) -> Self {
        self.times = Some(times);
        self
    }
}

impl<What: DeserializeOwned> TryFrom<Map<String, Value>> for Fault<What> {
    type Error = String;

    fn try_from(mut fields: Map<String, Value>) -> Result<Self, String> {
        let on = match fields.remove("on") {
            None => String::new(),
            Some(Value::String(on)) => on,
            Some(other) => return Err(format!("`on` is {other}: give words between quotes")),
        };
        let mut number = |name: &str| match fields.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(given) => match given.as_u64() {
                Some(number) => Ok(Some(number)),
                None => Err(format!(
                    "`{name}` is {given}: give a whole number, 0 or more"
                )),
            },
        };
        let (after, times) = (number("after")?, number("times")?);
        let probability = match fields.remove("probability") {
            None => None,
            Some(given) => match given.as_f64().filter(|share| (0.0..=1.0).contains(share)) {
                Some(share) => Some(share),
                None => {
                    return Err(format!(
                        "`probability` is {given}: give a number from 0 to 1"
                    ));
                }
            },
        };
        let what =
            serde_json::from_value(Value::Object(fields)).map_err(|error| error.to_string())?;
        Ok(Self {
            what,
            on,
            after: after.unwrap_or(0),
            // A share of the occurrences is a share of all of them.
            times: times.or(probability.is_none().then_some(1)),
            probability: probability.unwrap_or(1.0),
        })
    }
}

/// The name of what goes wrong, as a file has it.
pub fn name<What: Serialize>(what: &What) -> String {
    let tagged = serde_json::to_value(what).unwrap_or_default();
    let name = tagged.get("what").and_then(Value::as_str);
    name.unwrap_or_default().to_owned()
}

/// All names that `What` knows, in the order of its definition.
pub fn names<What: DeserializeOwned>() -> Vec<String> {
    let nothing = serde_json::json!({"what": ""});
    let Err(error) = serde_json::from_value::<What>(nothing) else {
        return Vec::new();
    };
    // ``unknown variant ``, expected one of `a`, `b` ``: every second piece is a name.
    let text = error.to_string();
    let known = text.split_once("expected").map_or("", |(_, known)| known);
    let names = known.split('`').skip(1).step_by(2);
    names.map(str::to_owned).collect()
}
