//! One `States` object placed: boxes in rows, lines between them.
//!
//! `dagre` finds rows and columns. A label is a box of its own on the way, so
//! that nothing can lie on it; loops are turned around before, and a state
//! that leads to itself is done here, since for both the place of the label
//! would be dagre's guess. What dagre answers is checked; if it ever placed
//! two boxes on each other, the plain column of [`super::column`] is drawn.

use super::{Point, column, route, tighten};
use dagre::{EdgeLabel, LayoutOptions, NodeLabel, Ranker, graph as dagre_graph};

/// A box to be placed.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) width: f64,
    pub(super) height: f64,
    /// Lines meet it in the middle only.
    pub(super) circle: bool,
}

/// A way to be drawn, from and to places among the items.
#[derive(Debug, Clone)]
pub(super) struct Link {
    pub(super) from: usize,
    pub(super) to: usize,
    /// Width and height.
    pub(super) label: Option<(f64, f64)>,
    pub(super) weight: i32,
}

impl Link {
    /// The upper and the lower item of a link that may be turned around.
    pub(super) fn ends(&self, turned: bool) -> (usize, usize) {
        if turned {
            (self.to, self.from)
        } else {
            (self.from, self.to)
        }
    }
}

/// Where a link passes a row between its items; as wide as its label there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bend {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
}

/// Upper left corner and size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Slot {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// A way drawn; the label's middle.
#[derive(Debug, Clone, Default)]
pub(super) struct Way {
    pub(super) points: Vec<Point>,
    pub(super) label: Option<Point>,
}

/// Everything placed, from (0, 0).
#[derive(Debug)]
pub(super) struct Placed {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) boxes: Vec<Slot>,
    pub(super) ways: Vec<Way>,
}

/// Beyond this many boxes and labels dagre takes too long for a page.
const MOST: usize = 700;
/// Beyond this many it finds the rows the quick way.
const MANY: usize = 160;

/// Places items and draws links; both keep their order.
pub(super) fn place(mut items: Vec<Item>, links: &[Link]) -> Placed {
    let loops = Loops::new(&mut items, links);
    let labels = links.iter().filter(|link| link.label.is_some()).count();
    let layered = if items.len() + labels <= MOST {
        layered(&items, &loops, links)
    } else {
        None
    };
    let mut placed = layered.unwrap_or_else(|| column::column(&items, links));
    loops.draw(links, &mut placed);
    fit(&mut placed, links);
    placed
}

/// By dagre; `None` if boxes or labels overlap.
fn layered(items: &[Item], loops: &Loops, links: &[Link]) -> Option<Placed> {
    let mut graph: dagre_graph::Graph<NodeLabel, EdgeLabel> =
        dagre_graph::Graph::with_options(dagre_graph::GraphOptions {
            directed: true,
            multigraph: true,
            compound: false,
        });
    let mut add = |id: String, width: f64, height: f64| {
        let label = NodeLabel {
            width,
            height,
            ..NodeLabel::default()
        };
        graph.set_node(id, Some(label));
    };
    for (at, item) in items.iter().enumerate() {
        add(box_id(at), item.width + 2.0 * loops.room[at], item.height);
    }
    for (at, link) in links.iter().enumerate() {
        if let (Some((width, height)), true) = (link.label, link.from != link.to) {
            add(label_id(at), width, height);
        }
    }
    let turned = route::turned(items.len(), links);
    for (at, link) in links.iter().enumerate() {
        if link.from == link.to {
            continue;
        }
        let (top, bottom) = link.ends(turned[at]);
        // A label stays close to where the choice is made.
        let (near, far) = if turned[at] { (1, 2) } else { (2, 1) };
        if link.label.is_some() {
            join(
                &mut graph,
                &box_id(top),
                &label_id(at),
                at,
                link.weight * near,
                1,
            );
            join(
                &mut graph,
                &label_id(at),
                &box_id(bottom),
                at,
                link.weight * far,
                1,
            );
        } else {
            join(
                &mut graph,
                &box_id(top),
                &box_id(bottom),
                at,
                link.weight * 2,
                2,
            );
        }
    }
    let many = items.len() + links.len() > MANY;
    dagre::layout(
        &mut graph,
        Some(LayoutOptions {
            nodesep: 26.0,
            edgesep: 16.0,
            ranksep: 26.0,
            ranker: if many {
                Ranker::TightTree
            } else {
                Ranker::NetworkSimplex
            },
            ..LayoutOptions::default()
        }),
    );
    let slot = |id: &str| {
        let node = graph.node(id)?;
        let (x, y) = (node.x?, node.y?);
        Some(Slot {
            x: x - node.width / 2.0,
            y: y - node.height / 2.0,
            width: node.width,
            height: node.height,
        })
        .filter(|slot| slot.x.is_finite() && slot.y.is_finite())
    };
    let mut slots = Vec::new();
    for at in 0..items.len() {
        slots.push(slot(&box_id(at))?);
    }
    let mut labels = Vec::new();
    for (at, link) in links.iter().enumerate() {
        labels.push(match link.label {
            Some(_) if link.from != link.to => Some(slot(&label_id(at))?),
            _ => None,
        });
    }
    let all: Vec<Slot> = slots
        .iter()
        .chain(labels.iter().flatten())
        .copied()
        .collect();
    if overlap(&all) {
        return None;
    }
    let mut bends: Vec<Vec<Bend>> = Vec::new();
    for (at, link) in links.iter().enumerate() {
        let (top, bottom) = link.ends(turned[at]);
        let inner = |from: &str, to: &str| -> Vec<Bend> {
            let points = graph
                .edge(from, to, Some(&at.to_string()))
                .map_or(&[][..], |edge| &edge.points);
            // The first and the last one are at the boxes' borders.
            let inner = points.get(1..points.len().saturating_sub(1)).unwrap_or(&[]);
            inner
                .iter()
                .map(|point| Bend {
                    x: point.x,
                    y: point.y,
                    width: 0.0,
                })
                .collect()
        };
        bends.push(if let Some(label) = labels[at] {
            let mut way = inner(&box_id(top), &label_id(at));
            way.push(Bend {
                x: label.x + label.width / 2.0,
                y: label.y + label.height / 2.0,
                width: label.width,
            });
            way.extend(inner(&label_id(at), &box_id(bottom)));
            way
        } else if link.from == link.to {
            Vec::new()
        } else {
            inner(&box_id(top), &box_id(bottom))
        });
    }
    tighten::tighten(&mut slots, &mut bends, links, &turned);
    for (label, bends) in labels.iter_mut().zip(&bends) {
        if let (Some(label), Some(bend)) = (label, bends.iter().find(|bend| bend.width > 0.0)) {
            label.x = bend.x - label.width / 2.0;
        }
    }
    // The room for loops is no part of the box.
    for (slot, room) in slots.iter_mut().zip(&loops.room) {
        slot.x += room;
        slot.width -= 2.0 * room;
    }
    let ways = route::route(items, links, &turned, &slots, &labels, &bends);
    Some(Placed {
        width: 0.0,
        height: 0.0,
        boxes: slots,
        ways,
    })
}

fn box_id(at: usize) -> String {
    format!("box {at}")
}

fn label_id(at: usize) -> String {
    format!("label {at}")
}

fn join(
    graph: &mut dagre_graph::Graph<NodeLabel, EdgeLabel>,
    from: &str,
    to: &str,
    at: usize,
    weight: i32,
    rows: i32,
) {
    let label = EdgeLabel {
        weight,
        minlen: rows,
        ..EdgeLabel::default()
    };
    graph.set_edge(from, to, Some(label), Some(&at.to_string()));
}

/// Whether any two lie on each other.
fn overlap(slots: &[Slot]) -> bool {
    slots.iter().enumerate().any(|(at, a)| {
        slots[at + 1..].iter().any(|b| {
            a.x + 0.5 < b.x + b.width
                && b.x + 0.5 < a.x + a.width
                && a.y + 0.5 < b.y + b.height
                && b.y + 0.5 < a.y + a.height
        })
    })
}

/// Moves everything to (0, 0) and says how much room it takes.
fn fit(placed: &mut Placed, links: &[Link]) {
    let mut low = (f64::INFINITY, f64::INFINITY);
    let mut high = (0.0_f64, 0.0_f64);
    let mut see = |x: f64, y: f64| {
        low = (low.0.min(x), low.1.min(y));
        high = (high.0.max(x), high.1.max(y));
    };
    for slot in &placed.boxes {
        see(slot.x, slot.y);
        see(slot.x + slot.width, slot.y + slot.height);
    }
    for (way, link) in placed.ways.iter().zip(links) {
        for point in &way.points {
            see(point.x, point.y);
        }
        if let (Some(at), Some((width, height))) = (way.label, link.label) {
            see(at.x - width / 2.0, at.y - height / 2.0);
            see(at.x + width / 2.0, at.y + height / 2.0);
        }
    }
    if !low.0.is_finite() {
        return;
    }
    for slot in &mut placed.boxes {
        slot.x -= low.0;
        slot.y -= low.1;
    }
    for way in &mut placed.ways {
        for point in way.points.iter_mut().chain(&mut way.label) {
            point.x -= low.0;
            point.y -= low.1;
        }
    }
    placed.width = high.0 - low.0;
    placed.height = high.1 - low.1;
}

/// Ways from a state to itself: one below the other on the box's right side.
struct Loops {
    /// Per item: what is to be kept free on its right (and, to keep it in the
    /// middle, on its left).
    room: Vec<f64>,
}

impl Loops {
    const REACH: f64 = 22.0;
    const HIGH: f64 = 22.0;

    /// Makes boxes high enough for their loops.
    fn new(items: &mut [Item], links: &[Link]) -> Self {
        let mut room = vec![0.0; items.len()];
        let mut high = vec![8.0; items.len()];
        for link in links.iter().filter(|link| link.from == link.to) {
            let (width, height) = link.label.unwrap_or_default();
            room[link.from] = f64::max(room[link.from], Self::REACH + width + 4.0);
            high[link.from] += height.max(Self::HIGH) + 4.0;
        }
        for (item, high) in items.iter_mut().zip(high) {
            item.height = item.height.max(high);
        }
        Self { room }
    }

    fn draw(&self, links: &[Link], placed: &mut Placed) {
        let mut next: Vec<f64> = placed.boxes.iter().map(|slot| slot.y + 6.0).collect();
        for (link, way) in links.iter().zip(&mut placed.ways) {
            if link.from != link.to {
                continue;
            }
            let slot = placed.boxes[link.from];
            let (width, height) = link.label.unwrap_or_default();
            let high = height.max(Self::HIGH);
            let middle = next[link.from] + high / 2.0;
            next[link.from] += high + 4.0;
            let (left, right) = (slot.x + slot.width, slot.x + slot.width + Self::REACH);
            let at = |x, y| Point { x, y: middle + y };
            way.points = vec![
                at(left, -7.0),
                at(right, -7.0),
                at(right, 7.0),
                at(left, 7.0),
            ];
            way.label = link.label.map(|_| at(right + 2.0 + width / 2.0, 0.0));
        }
    }
}
