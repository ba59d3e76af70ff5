//! The graph in a terminal.
//!
//! Of an execution: the states that it reached, one a line, in order; the way
//! that it took as heavy lines, onwards between the lines, over others and
//! back on the left. The rest is one line that counts it. Of a definition:
//! all states, each with the names of those that it leads to.

use super::{
    Edge, EdgeKind, Graph, Kind, Node, Paint,
    clean::{clean, one_line},
    grid::Grid,
    layout::caption,
    measure,
    order::{self, Listed},
};
use std::collections::HashMap;

/// Ways beside the lines; what is more is said in words.
const MOST_LANES: usize = 8;
/// Columns of a name before its details are no longer in line.
const NAME_COLUMNS: usize = 28;

/// A graph for a terminal of `width` columns. Without `colour` there is no
/// escape sequence in it; control characters of a definition are never.
pub fn text(graph: &Graph, paint: &Paint, width: usize, colour: bool) -> String {
    let width = width.max(20);
    if paint.is_empty() {
        definition(graph, paint, width, colour)
    } else {
        execution(graph, paint, width, colour)
    }
}

/// Looks of a piece of text.
#[derive(Clone, Copy, PartialEq)]
enum Look {
    Plain,
    Strong,
    Dim,
    Status(&'static str),
}

/// One line's pieces, cut at the terminal's width.
fn line(pieces: &[(Look, String)], width: usize, colour: bool) -> String {
    let mut text = String::new();
    let mut left = width;
    for (look, piece) in pieces {
        let piece = measure::clip(piece, left);
        left -= measure::columns(&piece).min(left);
        let code = match look {
            Look::Plain => "",
            Look::Strong => "1",
            Look::Dim => "2",
            Look::Status("succeeded") => "32",
            Look::Status("running") => "34",
            Look::Status("caught") => "33",
            Look::Status("failed" | "timed_out") => "31",
            Look::Status(_) => "90",
        };
        if colour && !code.is_empty() && !piece.trim().is_empty() {
            text.push_str(&format!("\u{1b}[{code}m{piece}\u{1b}[0m"));
        } else {
            text.push_str(&piece);
        }
        if left == 0 {
            break;
        }
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

fn glyph(status: &str) -> &'static str {
    match status {
        "succeeded" => "✔",
        "running" => "●",
        "caught" => "⚠",
        "failed" | "timed_out" => "✖",
        _ => "■",
    }
}

fn name(node: &Node) -> String {
    one_line(&node.name)
}

/// The names' common width.
fn name_columns(listed: &[Listed]) -> usize {
    listed
        .iter()
        .map(|one| measure::columns(&name(one.node)) + 2 * one.depth)
        .max()
        .unwrap_or(0)
        .min(NAME_COLUMNS)
}

fn padded(text: &str, columns: usize) -> String {
    let lack = columns.saturating_sub(measure::columns(text));
    format!("{text}{}", " ".repeat(lack))
}

fn definition(graph: &Graph, paint: &Paint, width: usize, colour: bool) -> String {
    let listed = order::order(graph, paint, |_| true);
    let columns = name_columns(&listed);
    let mut text = String::new();
    for one in &listed {
        let indent = "  ".repeat(one.depth);
        if let Some(branch) = one.branch {
            let words = format!("  {indent}branch {}", branch + 1);
            text.push_str(&line(&[(Look::Dim, words)], width, colour));
        }
        let mut ways: Vec<String> = Vec::new();
        for edge in graph.edges.iter().filter(|edge| edge.from == one.node.id) {
            let target = graph.node(&edge.to).map(name).unwrap_or_default();
            let word = match edge.kind {
                EdgeKind::Catch => format!("⚠ {target}"),
                EdgeKind::End => continue,
                _ => target,
            };
            if !ways.contains(&word) {
                ways.push(word);
            }
        }
        let mut pieces = vec![
            (Look::Dim, format!("{indent}○ ")),
            (
                Look::Strong,
                padded(&name(one.node), columns - (2 * one.depth).min(columns)),
            ),
            (Look::Dim, format!("  {}", padded(&caption(one.node), 20))),
        ];
        if !ways.is_empty() {
            pieces.push((Look::Plain, format!("  → {}", ways.join(", "))));
        }
        text.push_str(&line(&pieces, width, colour));
    }
    text
}

/// A line of the picture.
enum Row<'a> {
    State(&'a Listed<'a>),
    /// Between two states: the words of the way from one to the other.
    Between(usize, String),
}

/// A way beside the lines, between two rows.
struct Arc {
    from: usize,
    to: usize,
    lane: usize,
}

fn execution(graph: &Graph, paint: &Paint, width: usize, colour: bool) -> String {
    let listed = order::order(graph, paint, |node| paint.states.contains_key(&node.name));
    let taken: Vec<&Edge> = graph
        .edges
        .iter()
        .filter(|edge| !matches!(edge.kind, EdgeKind::Start | EdgeKind::End))
        .filter(|edge| paint.took(graph, edge))
        .collect();
    let mut rows: Vec<Row> = Vec::new();
    let mut at: HashMap<&str, usize> = HashMap::new();
    let mut straight: Vec<(usize, usize)> = Vec::new();
    let mut rest: Vec<&Edge> = Vec::new();
    let after = successors(&listed);
    for (index, one) in listed.iter().enumerate() {
        if let Some(branch) = one.branch {
            rows.push(Row::Between(one.depth, format!("branch {}", branch + 1)));
        }
        at.insert(&one.node.id, rows.len());
        rows.push(Row::State(one));
        // The words stand above the next state, below those inside this one.
        if let Some(&before) = after
            .iter()
            .find(|(_, next)| *next == index + 1)
            .map(|(a, _)| a)
        {
            let edge = taken.iter().find(|edge| {
                edge.from == listed[before].node.id && edge.to == listed[index + 1].node.id
            });
            if let Some(edge) = edge {
                straight.push((before, index + 1));
                rows.push(Row::Between(listed[before].depth, words(edge)));
            }
        }
    }
    for edge in &taken {
        let is_straight = straight
            .iter()
            .any(|(a, b)| edge.from == listed[*a].node.id && edge.to == listed[*b].node.id);
        if !is_straight {
            rest.push(edge);
        }
    }
    let (arcs, told) = arcs(&rest, &at);
    let lanes = arcs.iter().map(|arc| arc.lane + 1).max().unwrap_or(0);
    let deepest = listed.iter().map(|one| one.depth).max().unwrap_or(0);
    let left = if lanes == 0 { 0 } else { 2 * lanes + 1 };
    let mut grid = Grid::new(left + 2 * deepest + 1, rows.len());
    let column = |depth: usize| left + 2 * depth;
    let depth_of = |row: usize| match &rows[row] {
        Row::State(one) => one.depth,
        Row::Between(depth, _) => *depth,
    };
    for (a, b) in &straight {
        let (from, to) = (
            at[listed[*a].node.id.as_str()],
            at[listed[*b].node.id.as_str()],
        );
        grid.down(column(listed[*a].depth), from, to);
    }
    for arc in &arcs {
        let lane = 2 * (lanes - 1 - arc.lane);
        grid.down(lane, arc.from.min(arc.to), arc.from.max(arc.to));
        for row in [arc.from, arc.to] {
            grid.across(row, lane, column(depth_of(row)));
        }
    }
    let columns = name_columns(&listed);
    let mut text = String::new();
    for (at, row) in rows.iter().enumerate() {
        let mut pieces = Vec::new();
        match row {
            Row::Between(depth, words) => {
                pieces.push((Look::Strong, grid.line(at, column(*depth) + 1)));
                pieces.push((Look::Dim, format!("  {words}")));
            }
            Row::State(one) => {
                let mut before = grid.line(at, column(one.depth));
                if arcs.iter().any(|arc| arc.to == at) {
                    before.pop();
                    before.push('▶');
                }
                pieces.push((Look::Strong, before));
                pieces.extend(state(one, paint, columns));
                let told: Vec<&str> = told
                    .iter()
                    .filter(|(from, _)| *from == one.node.id)
                    .map(|(_, to)| *to)
                    .collect();
                if !told.is_empty() {
                    pieces.push((Look::Plain, format!("  ↷ {}", clean(&told.join(", ")))));
                }
            }
        }
        text.push_str(&line(&pieces, width, colour));
    }
    text.push_str(&unreached(graph, paint, width, colour));
    text
}

/// Each state and the next one of its depth and parent, if that is listed
/// right after it or after what stands inside it.
fn successors(listed: &[Listed]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut last: HashMap<(Option<&str>, usize), usize> = HashMap::new();
    for (index, one) in listed.iter().enumerate() {
        let scope = (one.node.parent.as_deref(), one.node.branch);
        if let Some(before) = last.insert(scope, index) {
            found.push((before, index));
        }
    }
    found
}

/// Ways over other lines and back, each in the nearest free lane; those that
/// find none, as names.
fn arcs<'a>(edges: &[&'a Edge], at: &HashMap<&str, usize>) -> (Vec<Arc>, Vec<(&'a str, &'a str)>) {
    let mut arcs: Vec<Arc> = Vec::new();
    let mut told = Vec::new();
    let mut ways: Vec<(&Edge, usize, usize)> = edges
        .iter()
        .filter_map(|edge| {
            Some((
                *edge,
                *at.get(edge.from.as_str())?,
                *at.get(edge.to.as_str())?,
            ))
        })
        .collect();
    ways.sort_by_key(|(_, from, to)| from.abs_diff(*to));
    for (edge, from, to) in ways {
        if arcs.iter().any(|arc| (arc.from, arc.to) == (from, to)) {
            continue;
        }
        let (low, high) = (from.min(to), from.max(to));
        let lane = (0..MOST_LANES).find(|lane| {
            from != to
                && !arcs.iter().any(|arc| {
                    arc.lane == *lane && low <= arc.from.max(arc.to) && arc.from.min(arc.to) <= high
                })
        });
        match lane {
            Some(lane) => arcs.push(Arc { from, to, lane }),
            None => told.push((edge.from.as_str(), edge.to.as_str())),
        }
    }
    (arcs, told)
}

/// What stands on a way.
fn words(edge: &Edge) -> String {
    let label = edge.label.as_deref().map(one_line).unwrap_or_default();
    match edge.kind {
        EdgeKind::Catch => format!("⚠ {label}"),
        _ => label,
    }
}

/// Glyph, name, what it is and what became of it.
fn state(one: &Listed, paint: &Paint, columns: usize) -> Vec<(Look, String)> {
    let Some(done) = paint.states.get(&one.node.name) else {
        return Vec::new();
    };
    let look = Look::Status(done.status);
    let mut words = Vec::new();
    if done.status != "succeeded" {
        words.push(clean(&done.status.replace('_', " ")));
    }
    if done.visits > 1 {
        words.push(format!("{} visits", done.visits));
    }
    match done.retries {
        0 => {}
        1 => words.push("1 retry".to_owned()),
        more => words.push(format!("{more} retries")),
    }
    let room = columns - (2 * one.depth).min(columns);
    vec![
        (look, format!("{} ", glyph(done.status))),
        (Look::Strong, padded(&name(one.node), room)),
        (Look::Dim, format!("  {}", padded(&caption(one.node), 20))),
        (look, format!("  {}", words.join(" · "))),
    ]
}

/// `○ 10 of 20 states not reached: …`
fn unreached(graph: &Graph, paint: &Paint, width: usize, colour: bool) -> String {
    let states: Vec<&Node> = graph
        .nodes
        .iter()
        .filter(|node| !matches!(node.kind, Kind::Start | Kind::End))
        .collect();
    let names: Vec<String> = states
        .iter()
        .filter(|node| !paint.states.contains_key(&node.name))
        .map(|node| name(node))
        .collect();
    if names.is_empty() {
        return String::new();
    }
    let (count, all) = (names.len(), states.len());
    let words = format!(
        "○ {count} of {all} states not reached: {}",
        names.join(", ")
    );
    line(&[(Look::Dim, words)], width, colour)
}
