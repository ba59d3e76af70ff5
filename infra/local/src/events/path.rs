//! The JSON paths of input transformation: members by `.name` or `['name']`, elements by
//! `[0]`. Wildcards, slices and filters are no paths here.

use serde_json::Value;

/// Where something is in an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Path(Vec<Step>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Member(String),
    Element(usize),
}

impl Path {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut rest = text.strip_prefix('$')?;
        let mut steps = Vec::new();
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix("['") {
                let (name, after) = after.split_once("']")?;
                steps.push(Step::Member(name.to_owned()));
                rest = after;
            } else if let Some(after) = rest.strip_prefix('[') {
                let (number, after) = after.split_once(']')?;
                steps.push(Step::Element(number.parse().ok()?));
                rest = after;
            } else {
                let after = rest.strip_prefix('.')?;
                let end = after.find(['.', '[']).unwrap_or(after.len());
                let (name, after) = after.split_at(end);
                if name.is_empty() || name.contains(['*', '?', '@', '(', ' ']) {
                    return None;
                }
                steps.push(Step::Member(name.to_owned()));
                rest = after;
            }
        }
        Some(Self(steps))
    }

    pub(super) fn find<'v>(&self, value: &'v Value) -> Option<&'v Value> {
        self.0.iter().try_fold(value, |value, step| match step {
            Step::Member(name) => value.get(name),
            Step::Element(number) => value.get(number),
        })
    }
}
