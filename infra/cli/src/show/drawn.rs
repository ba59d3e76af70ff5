//! The execution's graph, from the definition that it runs.

use anyhow::Result;
use observe::fleet::{Execution, Fleet};
use observe::graph::{Graph, Paint, StatePaint, Style, layout, svg, text};

/// Columns where there is no terminal.
const WIDTH: usize = 100;

/// A graph with what an execution did.
#[derive(Debug)]
pub(crate) struct Drawn {
    graph: Graph,
    paint: Paint,
}

impl Drawn {
    /// Reads the definition; it may be older than the machine's.
    ///
    /// # Errors
    /// AWS cannot be read, or the definition is none.
    pub(crate) async fn of(fleet: &Fleet, execution: &Execution) -> Result<Self> {
        let definition = fleet.definition(&execution.row.arn).await?;
        let states = execution.timeline.states().into_iter();
        let states = states.map(|(name, view)| {
            let paint = StatePaint {
                status: view.end.word(),
                visits: view.visits,
                retries: view.retries,
            };
            (name, paint)
        });
        Ok(Self {
            graph: Graph::of(&definition)?,
            paint: Paint {
                states: states.collect(),
                taken: execution.timeline.taken(),
            },
        })
    }

    /// For a terminal.
    pub(crate) fn text(&self, width: Option<usize>, colour: bool) -> String {
        text(&self.graph, &self.paint, width.unwrap_or(WIDTH), colour)
    }

    /// A file of its own.
    pub(crate) fn svg(&self) -> String {
        let layout = layout(&self.graph);
        svg(&self.graph, &layout, &self.paint, Style::Standalone)
    }
}
