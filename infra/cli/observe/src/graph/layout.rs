//! Where everything goes: top down, the states inside a Parallel or Map state
//! within its box, one branch beside the other.
//!
//! An edge never leaves its `States` object, so each of them is placed for
//! itself, the innermost first, and then stands as one box in the outer one.
//! That a child lies inside its parent is so by construction.

use super::{
    Edge, EdgeKind, Graph, Kind, Node,
    clean::{clean, one_line},
    measure,
    place::{self, Item, Link},
};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// A drawing's coordinates, in SVG user units, from the upper left corner.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Layout {
    /// Of the whole drawing, its margin included.
    pub width: f64,
    /// Of the whole drawing, its margin included.
    pub height: f64,
    /// One for each node, a parent before its children.
    pub boxes: Vec<Box>,
    /// One for each edge between nodes of one `States` object.
    pub lines: Vec<Line>,
}

/// A node's place: the upper left corner and the size. A circle fills its box.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Box {
    /// The node's id.
    pub node: String,
    /// Left.
    pub x: f64,
    /// Top.
    pub y: f64,
    /// To the right.
    pub width: f64,
    /// Downwards.
    pub height: f64,
}

/// An edge's way.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// Its place in [`Graph::edges`].
    pub edge: usize,
    /// From the border of one box to that of the other. Points above each
    /// other are joined by a straight line, others by a curve that leaves and
    /// arrives vertically.
    pub points: Vec<Point>,
    /// Where the words stand, if it has any.
    pub label: Option<Label>,
}

/// A point of a line.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Point {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
}

/// The words on a line: upper left corner, size and text.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Label {
    /// Left.
    pub x: f64,
    /// Top.
    pub y: f64,
    /// To the right.
    pub width: f64,
    /// Downwards.
    pub height: f64,
    /// What is written, line by line.
    pub lines: Vec<String>,
}

/// The name's and the caption's font size, and the label's.
pub(super) const NAME: f64 = 13.0;
pub(super) const CAPTION: f64 = 11.0;
pub(super) const LABEL_LINE: f64 = 14.0;
/// A state's box: its height, where its text begins, and what is kept free
/// for the status on the right.
pub(super) const HEIGHT: f64 = 50.0;
pub(super) const TEXT_LEFT: f64 = 40.0;
const STATUS_ROOM: f64 = 30.0;
const CIRCLE: f64 = 46.0;
const MARGIN: f64 = 20.0;
const PADDING: f64 = 16.0;
const BRANCH_GAP: f64 = 24.0;
/// Columns of a name and of a label's line.
const NAME_COLUMNS: usize = 32;
const LABEL_COLUMNS: usize = 26;

/// Places a graph. Edges that lead out of their `States` object, which
/// [`Graph::of`] never makes, have no line.
pub fn layout(graph: &Graph) -> Layout {
    let at: HashMap<&str, usize> = graph
        .nodes
        .iter()
        .enumerate()
        .map(|(index, node)| (node.id.as_str(), index))
        .collect();
    let mut scopes = Scopes {
        graph,
        nodes: BTreeMap::new(),
        edges: BTreeMap::new(),
    };
    let scope = |node: &Node| (node.parent.clone(), node.branch);
    for (index, node) in graph.nodes.iter().enumerate() {
        scopes.nodes.entry(scope(node)).or_default().push(index);
    }
    for (index, edge) in graph.edges.iter().enumerate() {
        if let (Some(&from), Some(&to)) = (at.get(edge.from.as_str()), at.get(edge.to.as_str()))
            && scope(&graph.nodes[from]) == scope(&graph.nodes[to])
        {
            scopes
                .edges
                .entry(scope(&graph.nodes[from]))
                .or_default()
                .push((index, from, to));
        }
    }
    let mut whole = scopes.part(None, 0);
    whole.shift(MARGIN, MARGIN);
    Layout {
        width: whole.width + 2.0 * MARGIN,
        height: whole.height + 2.0 * MARGIN,
        boxes: whole.boxes,
        lines: whole.lines,
    }
}

/// Of which state, and which of its branches.
type Scope = (Option<String>, usize);

struct Scopes<'a> {
    graph: &'a Graph,
    nodes: BTreeMap<Scope, Vec<usize>>,
    edges: BTreeMap<Scope, Vec<(usize, usize, usize)>>,
}

/// A finished part of the drawing, from its own upper left corner.
struct Part {
    width: f64,
    height: f64,
    boxes: Vec<Box>,
    lines: Vec<Line>,
}

impl Scopes<'_> {
    /// One `States` object with everything inside.
    fn part(&self, parent: Option<&str>, branch: usize) -> Part {
        let scope = (parent.map(str::to_owned), branch);
        let nodes = self.nodes.get(&scope).map_or(&[][..], Vec::as_slice);
        let edges = self.edges.get(&scope).map_or(&[][..], Vec::as_slice);
        let inner: Vec<Option<Part>> = nodes.iter().map(|&node| self.inside(node)).collect();
        let items: Vec<Item> = nodes
            .iter()
            .zip(&inner)
            .map(|(&node, inner)| {
                let node = &self.graph.nodes[node];
                let (width, height) = size(node);
                Item {
                    width: inner.as_ref().map_or(width, |part| part.width.max(width)),
                    height: inner.as_ref().map_or(height, |part| part.height),
                    circle: matches!(node.kind, Kind::Start | Kind::End),
                }
            })
            .collect();
        let local: HashMap<usize, usize> =
            nodes.iter().enumerate().map(|(at, &n)| (n, at)).collect();
        let labels: Vec<Option<Label>> = edges
            .iter()
            .map(|&(edge, ..)| label(&self.graph.edges[edge]))
            .collect();
        let links: Vec<Link> = edges
            .iter()
            .zip(&labels)
            .map(|(&(edge, from, to), label)| Link {
                from: local[&from],
                to: local[&to],
                label: label.as_ref().map(|label| (label.width, label.height)),
                weight: weight(self.graph.edges[edge].kind),
            })
            .collect();
        let placed = place::place(items, &links);
        let mut part = Part {
            width: placed.width,
            height: placed.height,
            boxes: Vec::new(),
            lines: Vec::new(),
        };
        for ((&node, slot), inner) in nodes.iter().zip(placed.boxes).zip(inner) {
            part.boxes.push(Box {
                node: self.graph.nodes[node].id.clone(),
                x: slot.x,
                y: slot.y,
                width: slot.width,
                height: slot.height,
            });
            if let Some(mut inner) = inner {
                inner.shift(slot.x + (slot.width - inner.width) / 2.0, slot.y);
                part.boxes.append(&mut inner.boxes);
                part.lines.append(&mut inner.lines);
            }
        }
        for ((&(edge, ..), way), label) in edges.iter().zip(placed.ways).zip(labels) {
            part.lines.push(Line {
                edge,
                points: way.points,
                label: label.zip(way.label).map(|(label, at)| Label {
                    x: at.x - label.width / 2.0,
                    y: at.y - label.height / 2.0,
                    ..label
                }),
            });
        }
        part
    }

    /// The branches of a node beside each other, below room for its heading.
    fn inside(&self, node: usize) -> Option<Part> {
        let id = &self.graph.nodes[node].id;
        let branches: Vec<usize> = self
            .nodes
            .range((Some(id.clone()), 0)..)
            .map(|((parent, branch), _)| (parent, *branch))
            .take_while(|(parent, _)| parent.as_ref() == Some(id))
            .map(|(_, branch)| branch)
            .collect();
        if branches.is_empty() {
            return None;
        }
        let mut whole = Part {
            width: PADDING,
            height: 0.0,
            boxes: Vec::new(),
            lines: Vec::new(),
        };
        for branch in branches {
            let mut part = self.part(Some(id), branch);
            part.shift(whole.width, HEIGHT + PADDING / 2.0);
            whole.width += part.width + BRANCH_GAP;
            whole.height = whole.height.max(part.height);
            whole.boxes.append(&mut part.boxes);
            whole.lines.append(&mut part.lines);
        }
        whole.width += PADDING - BRANCH_GAP;
        whole.height += HEIGHT + PADDING * 1.5;
        Some(whole)
    }
}

impl Part {
    fn shift(&mut self, x: f64, y: f64) {
        for one in &mut self.boxes {
            one.x += x;
            one.y += y;
        }
        for line in &mut self.lines {
            for point in &mut line.points {
                point.x += x;
                point.y += y;
            }
            if let Some(label) = &mut line.label {
                label.x += x;
                label.y += y;
            }
        }
    }
}

/// The name as it is drawn.
pub(super) fn name(node: &Node) -> String {
    measure::clip(&clean(&node.name), NAME_COLUMNS)
}

/// The small text above the name: what it calls, or which kind it is.
pub(super) fn caption(node: &Node) -> String {
    let text = match (node.kind, &node.detail) {
        (Kind::Task, Some(detail)) | (Kind::Other, Some(detail)) => one_line(detail),
        (kind, Some(detail)) => format!("{}: {}", kind.word(), one_line(detail)),
        (kind, None) => format!("{} state", kind.word()),
    };
    measure::clip(&text, NAME_COLUMNS)
}

fn size(node: &Node) -> (f64, f64) {
    if matches!(node.kind, Kind::Start | Kind::End) {
        return (CIRCLE, CIRCLE);
    }
    let text = f64::max(
        // Names are semibold.
        measure::width(&name(node), NAME) * 1.04,
        measure::width(&caption(node), CAPTION),
    );
    ((TEXT_LEFT + text + STATUS_ROOM).max(150.0).ceil(), HEIGHT)
}

/// The label of an edge, at no place yet.
fn label(edge: &Edge) -> Option<Label> {
    let text = one_line(edge.label.as_deref()?);
    let lines = measure::wrap(&text, LABEL_COLUMNS, 2);
    let widest = lines
        .iter()
        .map(|line| measure::width(line, CAPTION))
        .fold(0.0, f64::max);
    Some(Label {
        x: 0.0,
        y: 0.0,
        width: (widest + 10.0).ceil(),
        height: lines.len() as f64 * LABEL_LINE + 4.0,
        lines,
    })
}

/// How much an edge's straightness and shortness are worth.
fn weight(kind: EdgeKind) -> i32 {
    match kind {
        EdgeKind::Start | EdgeKind::Next => 8,
        EdgeKind::Choice => 3,
        EdgeKind::Default | EdgeKind::Catch | EdgeKind::End => 1,
    }
}
