//! The drawing as SVG.
//!
//! Everything that has a colour has a class and no style of its own, so that
//! the page's strict content security policy allows it. What comes from a
//! definition is escaped by maud and cleaned of control characters. There are
//! no ids in it: several drawings can stand on one page.

use super::{
    CSS, Edge, EdgeKind, Graph, Kind, Label, Layout, Line, Node, Paint, Point, StatePaint,
    clean::{clean, one_line},
    icons,
    layout::{Box, LABEL_LINE, TEXT_LEFT, caption, name},
    measure,
};
use maud::{Markup, PreEscaped, html};
use std::collections::{BTreeSet, HashMap};

/// Where a drawing is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Inside a page that serves [`CSS`].
    Embedded,
    /// As a file: with a `<style>` element and a ground.
    Standalone,
}

/// A graph as an `<svg>` element. In an empty paint no state is said to be
/// not reached.
pub fn svg(graph: &Graph, layout: &Layout, paint: &Paint, style: Style) -> String {
    let nodes: HashMap<&str, &Node> = graph
        .nodes
        .iter()
        .map(|node| (node.id.as_str(), node))
        .collect();
    let parents: BTreeSet<&str> = graph
        .nodes
        .iter()
        .filter_map(|node| node.parent.as_deref())
        .collect();
    let (groups, leaves): (Vec<_>, Vec<_>) = layout
        .boxes
        .iter()
        .filter_map(|place| Some((place, *nodes.get(place.node.as_str())?)))
        .partition(|(place, _)| parents.contains(place.node.as_str()));
    let mut ways: Vec<(&Line, &Edge, bool)> = layout
        .lines
        .iter()
        .filter_map(|line| {
            let edge = graph.edges.get(line.edge)?;
            Some((line, edge, paint.took(graph, edge)))
        })
        .collect();
    // What was taken is drawn above what was not.
    ways.sort_by_key(|(.., taken)| *taken);
    let (width, height) = (number(layout.width), number(layout.height));
    html! {
        svg xmlns="http://www.w3.org/2000/svg" class="graph" width=(width) height=(height)
            viewBox=(format!("0 0 {width} {height}")) role="group" aria-label="State machine graph" {
            @if style == Style::Standalone {
                style { (PreEscaped(CSS)) }
                rect class="ground" width=(width) height=(height) {}
            }
            @for (place, node) in groups { (state(place, node, paint, true)) }
            @for (line, edge, taken) in &ways { (way(line, edge, &nodes, *taken)) }
            @for (line, edge, taken) in &ways {
                @if let Some(label) = &line.label { (words(label, edge, *taken)) }
            }
            @for (place, node) in leaves {
                @if matches!(node.kind, Kind::Start | Kind::End) {
                    (circle(place, node, graph, paint))
                } @else {
                    (state(place, node, paint, false))
                }
            }
        }
    }
    .into_string()
}

fn circle(place: &Box, node: &Node, graph: &Graph, paint: &Paint) -> Markup {
    let reached = graph
        .edges
        .iter()
        .any(|edge| (edge.from == node.id || edge.to == node.id) && paint.took(graph, edge));
    let (x, y) = (place.x + place.width / 2.0, place.y + place.height / 2.0);
    html! {
        g class={ "terminal " (node.kind.word().to_lowercase()) @if reached { " reached" } }
            data-kind=(node.kind.word()) {
            circle class="box" cx=(number(x)) cy=(number(y)) r=(number(place.width / 2.0)) {}
            text x=(number(x)) y=(number(y + 4.0)) { (node.name) }
        }
    }
}

fn state(place: &Box, node: &Node, paint: &Paint, group: bool) -> Markup {
    let done = paint.states.get(&node.name);
    let sign = done.and_then(|done| icons::status(done.status));
    let (width, height) = (number(place.width), number(place.height));
    // A group's heading, and a box that is higher for its loops, keep their
    // text at the top.
    html! {
        g class={ "state" @if group { " group" } @if let (Some(done), Some(_)) = (done, sign) { " " (done.status) } }
            data-state=(clean(&node.name)) data-id=(clean(&node.id)) data-kind=(node.kind.word())
            tabindex="0" role="button" aria-label=(spoken(node, done, paint))
            transform=(format!("translate({} {})", number(place.x), number(place.y))) {
            title { (title(node, done, paint)) }
            rect class="box" width=(width) height=(height) rx="8" {}
            path class="icon" transform="translate(11 15)" d=(icons::kind(node.kind)) {}
            text class="caption" x=(TEXT_LEFT) y="20" { (caption(node)) }
            text class="name" x=(TEXT_LEFT) y="38" { (name(node)) }
            @if let Some(sign) = sign {
                g class="status" transform=(format!("translate({} 25)", number(place.width - 17.0))) {
                    circle r="9" {}
                    path class="glyph" d=(sign) {}
                }
            }
            @if let Some(done) = done { (badge(place, done)) }
        }
    }
}

/// `×2` for visits, `↻1` for retries, where there is more than one or any.
fn badge(place: &Box, done: &StatePaint) -> Markup {
    let mut text = Vec::new();
    if done.visits > 1 {
        text.push(format!("×{}", done.visits));
    }
    if done.retries > 0 {
        text.push(format!("↻{}", done.retries));
    }
    let text = text.join(" ");
    let width = measure::width(&text, 11.0) + 12.0;
    let left = place.width - width - 6.0;
    html! {
        @if !text.is_empty() {
            g class="badge" transform=(format!("translate({} -9)", number(left))) {
                rect width=(number(width)) height="17" rx="8.5" {}
                text x=(number(width / 2.0)) y="12.5" { (text) }
            }
        }
    }
}

/// `Mint, Task, succeeded, 2 visits, 1 retry`.
fn spoken(node: &Node, done: Option<&StatePaint>, paint: &Paint) -> String {
    let mut parts = vec![one_line(&node.name), node.kind.word().to_owned()];
    match done {
        Some(done) => {
            parts.push(done.status.replace('_', " "));
            if done.visits > 1 {
                parts.push(format!("{} visits", done.visits));
            }
            match done.retries {
                0 => {}
                1 => parts.push("1 retry".to_owned()),
                more => parts.push(format!("{more} retries")),
            }
        }
        None if paint.is_empty() => {}
        None => parts.push("not reached".to_owned()),
    }
    parts.join(", ")
}

/// What is said of it, what it calls and the definition's comment.
fn title(node: &Node, done: Option<&StatePaint>, paint: &Paint) -> String {
    let mut lines = vec![spoken(node, done, paint)];
    lines.extend(node.detail.as_deref().map(one_line));
    lines.extend(node.comment.as_deref().map(one_line));
    lines.join("\n")
}

fn way(line: &Line, edge: &Edge, nodes: &HashMap<&str, &Node>, taken: bool) -> Markup {
    let name = |id: &str| clean(nodes.get(id).map_or(id, |node| &node.name));
    html! {
        g class={ "edge " (class(edge.kind)) @if taken { " taken" } }
            data-from=(name(&edge.from)) data-to=(name(&edge.to)) {
            title { (whole(edge, &name(&edge.from), &name(&edge.to))) }
            path class="line" d=(path(&line.points)) {}
            path class="arrow" d=(arrow(&line.points)) {}
        }
    }
}

fn words(label: &Label, edge: &Edge, taken: bool) -> Markup {
    html! {
        g class={ "label " (class(edge.kind)) @if taken { " taken" } } {
            title { (edge.title.as_deref().unwrap_or_default().split('\n').map(one_line).collect::<Vec<_>>().join("\n")) }
            rect x=(number(label.x)) y=(number(label.y)) width=(number(label.width)) height=(number(label.height)) rx="3" {}
            @for (at, text) in label.lines.iter().enumerate() {
                text x=(number(label.x + label.width / 2.0))
                    y=(number(label.y + 13.0 + LABEL_LINE * at as f64)) { (text) }
            }
        }
    }
}

/// `Size to MarkFailed`, and all conditions or errors at full length.
fn whole(edge: &Edge, from: &str, to: &str) -> String {
    let kind = match edge.kind {
        EdgeKind::Catch => ", when it fails with",
        EdgeKind::Choice => ", when",
        _ => "",
    };
    let mut lines = vec![format!("{from} to {to}{kind}")];
    if let Some(title) = &edge.title {
        lines.extend(title.split('\n').map(one_line));
    }
    lines.join("\n")
}

fn class(kind: EdgeKind) -> &'static str {
    match kind {
        EdgeKind::Next => "next",
        EdgeKind::Choice => "choice",
        EdgeKind::Default => "default",
        EdgeKind::Catch => "catch",
        EdgeKind::Start => "start",
        EdgeKind::End => "end",
    }
}

/// Straight where two points stand above or beside each other, otherwise a
/// curve that leaves and arrives vertically.
fn path(points: &[Point]) -> String {
    let mut text = String::new();
    for (at, point) in points.iter().enumerate() {
        let (x, y) = (number(point.x), number(point.y));
        match at.checked_sub(1).map(|before| points[before]) {
            None => text.push_str(&format!("M{x} {y}")),
            Some(before)
                if (before.x - point.x).abs() < 0.05 || (before.y - point.y).abs() < 0.05 =>
            {
                text.push_str(&format!("L{x} {y}"));
            }
            Some(before) => {
                let (from, middle) = (number(before.x), number((before.y + point.y) / 2.0));
                text.push_str(&format!("C{from} {middle} {x} {middle} {x} {y}"));
            }
        }
    }
    text
}

/// A triangle with its tip at the last point.
fn arrow(points: &[Point]) -> String {
    let [.., before, tip] = points else {
        return String::new();
    };
    let (x, y) = (tip.x, tip.y);
    let (a, b) = if (before.y - y).abs() < 0.05 {
        let back = if before.x < x { -8.0 } else { 8.0 };
        ((x + back, y - 4.0), (x + back, y + 4.0))
    } else {
        let back = if before.y < y { -8.0 } else { 8.0 };
        ((x - 4.0, y + back), (x + 4.0, y + back))
    };
    format!(
        "M{} {}L{} {}L{} {}Z",
        number(x),
        number(y),
        number(a.0),
        number(a.1),
        number(b.0),
        number(b.1)
    )
}

/// To a tenth of a unit.
fn number(value: f64) -> String {
    let tenths = (value * 10.0).round() / 10.0;
    // No minus before a nought.
    format!("{}", tenths + 0.0)
}
