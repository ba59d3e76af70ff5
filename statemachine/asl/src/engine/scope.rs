//! The variables that an expression sees: those of its own thread of control,
//! then those of the threads around it.

use std::collections::BTreeMap;

use crate::text::Text;

/// Names and their values as JSON text.
pub(crate) type Variables = BTreeMap<Text, Text>;

/// One thread's variables, and the way to those around it.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub(crate) outer: Option<&'a Scope<'a>>,
    pub(crate) variables: &'a Variables,
    /// The item of a Map iteration.
    pub(crate) item: Option<(usize, &'a Text)>,
}

impl<'a> Scope<'a> {
    pub(crate) fn variable(&self, name: &str) -> Option<&'a Text> {
        match self.variables.get(name) {
            Some(value) => Some(value),
            None => self.outer?.variable(name),
        }
    }

    /// The item of the innermost Map iteration.
    pub(crate) fn item(&self) -> Option<(usize, &'a Text)> {
        match self.item {
            Some(item) => Some(item),
            None => self.outer?.item(),
        }
    }
}
