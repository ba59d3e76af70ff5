//! What an execution did, for the pictures.

use super::{Edge, EdgeKind, Graph, Kind};
use std::collections::{BTreeMap, BTreeSet};

/// What an execution did: the states it reached and the ways it took. States
/// go by name, as in an execution's events; an empty paint is a definition's
/// own picture.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Paint {
    /// The states that were reached, by name.
    pub states: BTreeMap<String, StatePaint>,
    /// From which state to which one it went.
    pub taken: BTreeSet<(String, String)>,
}

/// What became of one state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatePaint {
    /// Of the last visit: `running`, `succeeded`, `failed`, `caught`,
    /// `aborted` or `timed_out`.
    pub status: &'static str,
    /// How often it was entered; in a Map, by all items together.
    pub visits: u32,
    /// How often it was tried again, all visits together.
    pub retries: u32,
}

impl Paint {
    /// Nothing was reached: the picture is of the definition alone.
    pub(super) fn is_empty(&self) -> bool {
        self.states.is_empty() && self.taken.is_empty()
    }

    /// Whether the execution went along an edge of the graph.
    ///
    /// A pair of states can have two edges, of success and of failure; the
    /// state's own status says which one.
    pub(super) fn took(&self, graph: &Graph, edge: &Edge) -> bool {
        let (Some(from), Some(to)) = (graph.node(&edge.from), graph.node(&edge.to)) else {
            return false;
        };
        match edge.kind {
            EdgeKind::Start => self.states.contains_key(&to.name),
            EdgeKind::End => {
                let status = self.states.get(&from.name).map(|state| state.status);
                match from.kind {
                    Kind::Fail => status == Some("failed"),
                    _ => status == Some("succeeded"),
                }
            }
            kind => {
                let pair = (from.name.clone(), to.name.clone());
                let two = graph.edges.iter().any(|other| {
                    other.from == edge.from && other.to == edge.to && other.kind != kind
                });
                let caught = self
                    .states
                    .get(&from.name)
                    .is_some_and(|state| state.status == "caught");
                self.taken.contains(&pair) && (!two || caught == (kind == EdgeKind::Catch))
            }
        }
    }
}
