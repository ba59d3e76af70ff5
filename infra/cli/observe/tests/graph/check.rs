//! What holds for the coordinates of every drawing.

use observe::graph::{Box, Graph, Layout, Point, layout};
use serde_json::Value;
use std::collections::HashMap;

/// A rectangle: left, top, right, bottom.
type Rectangle = (f64, f64, f64, f64);

/// Reads and places a definition and checks its drawing; the first thing that
/// is wrong, in words.
pub(crate) fn definition(definition: &Value) -> Result<(Graph, Layout), String> {
    let graph = Graph::of(definition).map_err(|error| error.to_string())?;
    let layout = layout(&graph);
    drawing(&graph, &layout)?;
    Ok((graph, layout))
}

pub(crate) fn drawing(graph: &Graph, layout: &Layout) -> Result<(), String> {
    let parents: HashMap<&str, Option<&str>> = graph
        .nodes
        .iter()
        .map(|node| (node.id.as_str(), node.parent.as_deref()))
        .collect();
    if parents.len() != graph.nodes.len() {
        return Err("two nodes have one id".to_owned());
    }
    let boxes: HashMap<&str, &Box> = layout
        .boxes
        .iter()
        .map(|one| (one.node.as_str(), one))
        .collect();
    if boxes.len() != graph.nodes.len() || layout.boxes.len() != graph.nodes.len() {
        return Err(format!(
            "{} nodes, {} boxes",
            graph.nodes.len(),
            layout.boxes.len()
        ));
    }
    let inside = |inner: &str, outer: &str| {
        let mut at = parents[inner];
        while let Some(parent) = at {
            if parent == outer {
                return true;
            }
            at = parents[parent];
        }
        false
    };
    for a in &layout.boxes {
        within(layout, rectangle(a)).map_err(|why| format!("{}: {why}", a.node))?;
        if a.width < 20.0 || a.height < 20.0 {
            return Err(format!("{} is too small", a.node));
        }
        if let Some(parent) = parents[a.node.as_str()] {
            let (outer, inner) = (rectangle(boxes[parent]), rectangle(a));
            if inner.0 < outer.0 + 8.0
                || inner.1 < outer.1 + 48.0
                || inner.2 > outer.2 - 8.0
                || inner.3 > outer.3 - 8.0
            {
                return Err(format!("{} is not well inside {parent}", a.node));
            }
        }
        for b in &layout.boxes {
            let related = a.node == b.node || inside(&a.node, &b.node) || inside(&b.node, &a.node);
            if !related && overlap(rectangle(a), rectangle(b)) {
                return Err(format!("{} lies on {}", a.node, b.node));
            }
        }
    }
    lines(graph, layout, &boxes, &inside)
}

fn lines(
    graph: &Graph,
    layout: &Layout,
    boxes: &HashMap<&str, &Box>,
    inside: &impl Fn(&str, &str) -> bool,
) -> Result<(), String> {
    let mut drawn: Vec<usize> = layout.lines.iter().map(|line| line.edge).collect();
    drawn.sort_unstable();
    if !drawn.into_iter().eq(0..graph.edges.len()) {
        return Err("not every edge has one line".to_owned());
    }
    let mut labels: Vec<Rectangle> = Vec::new();
    for line in &layout.lines {
        let edge = &graph.edges[line.edge];
        let name = format!("{} to {}", edge.from, edge.to);
        let [first, .., last] = line.points.as_slice() else {
            return Err(format!("{name} has no line"));
        };
        for (point, end) in [(first, &edge.from), (last, &edge.to)] {
            if !on_border(point, rectangle(boxes[end.as_str()])) {
                return Err(format!("{name} does not meet the border of {end}"));
            }
        }
        for pair in line.points.windows(2) {
            let way = (
                pair[0].x.min(pair[1].x),
                pair[0].y.min(pair[1].y),
                pair[0].x.max(pair[1].x),
                pair[0].y.max(pair[1].y),
            );
            within(layout, way).map_err(|why| format!("{name}: {why}"))?;
            for one in &layout.boxes {
                if !inside(&edge.from, &one.node) && overlap(way, rectangle(one)) {
                    return Err(format!("{name} crosses {}", one.node));
                }
            }
        }
        if line.label.is_some() != edge.label.is_some() {
            return Err(format!("{name} has lost its label"));
        }
        if let Some(label) = &line.label {
            let place = (
                label.x,
                label.y,
                label.x + label.width,
                label.y + label.height,
            );
            within(layout, place).map_err(|why| format!("label of {name}: {why}"))?;
            for one in &layout.boxes {
                if !inside(&edge.from, &one.node) && overlap(place, rectangle(one)) {
                    return Err(format!("the label of {name} lies on {}", one.node));
                }
            }
            if labels.iter().any(|other| overlap(place, *other)) {
                return Err(format!("the label of {name} lies on another one"));
            }
            labels.push(place);
        }
    }
    Ok(())
}

fn rectangle(one: &Box) -> Rectangle {
    (one.x, one.y, one.x + one.width, one.y + one.height)
}

/// Deeper than rounding.
fn overlap(a: Rectangle, b: Rectangle) -> bool {
    const SLACK: f64 = 0.6;
    a.0 + SLACK < b.2 && b.0 + SLACK < a.2 && a.1 + SLACK < b.3 && b.1 + SLACK < a.3
}

fn on_border(point: &Point, (left, top, right, bottom): Rectangle) -> bool {
    let close = |a: f64, b: f64| (a - b).abs() < 0.6;
    let between = |x: f64, low: f64, high: f64| low - 0.6 < x && x < high + 0.6;
    ((close(point.x, left) || close(point.x, right)) && between(point.y, top, bottom))
        || ((close(point.y, top) || close(point.y, bottom)) && between(point.x, left, right))
}

fn within(layout: &Layout, (left, top, right, bottom): Rectangle) -> Result<(), String> {
    let finite = [left, top, right, bottom].iter().all(|one| one.is_finite());
    if finite && left >= 0.0 && top >= 0.0 && right <= layout.width && bottom <= layout.height {
        return Ok(());
    }
    Err(format!(
        "({left}, {top}, {right}, {bottom}) is not within {} by {}",
        layout.width, layout.height
    ))
}
