//! An execution's graph, drawn from its state machine's definition as the
//! Step Functions console draws it.
//!
//! [`Graph::of`] reads a definition, [`layout`] places it, [`svg`] and
//! [`text`] draw it with what an execution did ([`Paint`]). Pure: nothing is
//! read or written but the arguments, and nothing in a definition makes it
//! panic. The same arguments always give the same picture.

mod clean;
mod colours;
mod column;
mod condition;
mod edges;
mod grid;
mod icons;
mod layout;
mod measure;
mod order;
mod paint;
mod place;
mod read;
mod route;
mod service;
mod svg;
mod terminal;
mod tighten;

pub use colours::{CSS, DARK, LIGHT};
pub use layout::{Box, Label, Layout, Line, Point, layout};
pub use paint::{Paint, StatePaint};
pub use svg::{Style, svg};
pub use terminal::text;

use serde::Serialize;

/// The states of a definition and the ways between them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Graph {
    /// As an execution meets them: breadth first from the start, those that
    /// nothing leads to last; the states inside another one after it.
    pub nodes: Vec<Node>,
    /// Between nodes of one `States` object only, as the language has it.
    pub edges: Vec<Edge>,
}

/// One state, or the circle where an execution starts or ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Node {
    /// Unique in the graph; the name, where no other node has it already.
    pub id: String,
    /// The state's name, as an execution's events give it.
    pub name: String,
    /// What it does.
    pub kind: Kind,
    /// The id of the Parallel or Map state that it stands in.
    pub parent: Option<String>,
    /// Which of the parent's branches it belongs to, from 0.
    pub branch: usize,
    /// The definition's comment on the state.
    pub comment: Option<String>,
    /// What a task calls (`Lambda: Invoke`, `ECS: RunTask (sync)`), how long a
    /// wait is, which error a failure has.
    pub detail: Option<String>,
}

/// A state's type, by the language's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Kind {
    /// The circle before the first state.
    Start,
    /// The circle after the last one.
    End,
    /// Passes its input on.
    Pass,
    /// Calls a service.
    Task,
    /// Branches by conditions.
    Choice,
    /// Waits for a time.
    Wait,
    /// Ends in success.
    Succeed,
    /// Ends in failure.
    Fail,
    /// Runs several branches at once.
    Parallel,
    /// Runs its states for every item.
    Map,
    /// A type that this version does not know; [`Node::detail`] names it.
    Other,
}

impl Kind {
    /// The word, as it stands in a definition.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Start => "Start",
            Kind::End => "End",
            Kind::Pass => "Pass",
            Kind::Task => "Task",
            Kind::Choice => "Choice",
            Kind::Wait => "Wait",
            Kind::Succeed => "Succeed",
            Kind::Fail => "Fail",
            Kind::Parallel => "Parallel",
            Kind::Map => "Map",
            Kind::Other => "Other",
        }
    }
}

/// A way from one node to another. Rules of a choice that lead to one state
/// are one edge, and so are the catchers of a state that lead to one state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Edge {
    /// Node id.
    pub from: String,
    /// Node id; the same as `from` for a state that leads to itself.
    pub to: String,
    /// Why it is taken. A choice's default that leads where a rule leads too
    /// is part of that rule's edge.
    pub kind: EdgeKind,
    /// What stands on it, shortened: conditions, `Default`, error names.
    pub label: Option<String>,
    /// The same at full length, one condition or error a line.
    pub title: Option<String>,
}

/// Why an edge is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum EdgeKind {
    /// The state's `Next`.
    Next,
    /// A rule of a Choice state.
    Choice,
    /// A Choice state's `Default`.
    Default,
    /// A catcher.
    Catch,
    /// From the start circle.
    Start,
    /// To the end circle.
    End,
}

/// Why a definition has no graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GraphError {
    /// The JSON is not an object.
    #[error(
        "the definition is not a JSON object, so it has no graph: give the state machine's definition"
    )]
    NotAnObject,
    /// There is no `States` object with a state in it.
    #[error(
        "the definition has no states, so it has no graph: give the state machine's definition"
    )]
    NoStates,
}

impl Graph {
    /// The node with an id.
    pub fn node(&self, id: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.id == id)
    }

    /// The nodes directly inside a Parallel or Map state.
    pub fn children<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Node> {
        self.nodes
            .iter()
            .filter(move |node| node.parent.as_deref() == Some(id))
    }
}
