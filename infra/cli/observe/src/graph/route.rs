//! The lines' ways between the rows.
//!
//! Inside a row a line is vertical, and only between two rows does it go
//! sideways; no box stands there, so no line crosses one. Along a box's edge
//! the lines are spread, in the order in which they come.

use super::{
    Point,
    place::{Bend, Item, Link, Slot, Way},
};

/// Lines keep this distance on a box's edge, where there is room for it.
const APART: f64 = 14.0;
/// From a box's corner to the first line.
const CORNER: f64 = 16.0;

/// Which links lead back, depth first from the first item: those to a box
/// that is still on the way.
pub(super) fn turned(items: usize, links: &[Link]) -> Vec<bool> {
    let mut out: Vec<Vec<usize>> = vec![Vec::new(); items];
    for (at, link) in links.iter().enumerate() {
        if link.from != link.to {
            out[link.from].push(at);
        }
    }
    let mut turned = vec![false; links.len()];
    let (mut seen, mut open) = (vec![false; items], vec![false; items]);
    for root in 0..items {
        if seen[root] {
            continue;
        }
        (seen[root], open[root]) = (true, true);
        let mut stack = vec![(root, 0)];
        while let Some((item, next)) = stack.last_mut() {
            let Some(&link) = out[*item].get(*next) else {
                open[*item] = false;
                stack.pop();
                continue;
            };
            *next += 1;
            let to = links[link].to;
            if open[to] {
                turned[link] = true;
            } else if !seen[to] {
                (seen[to], open[to]) = (true, true);
                stack.push((to, 0));
            }
        }
    }
    turned
}

/// A stretch of a way inside a row, straight down.
struct Stretch {
    x: f64,
    top: f64,
    bottom: f64,
}

/// Draws every link that does not lead to its own box.
pub(super) fn route(
    items: &[Item],
    links: &[Link],
    turned: &[bool],
    slots: &[Slot],
    labels: &[Option<Slot>],
    bends: &[Vec<Bend>],
) -> Vec<Way> {
    let rows = Rows::new(slots.iter().chain(labels.iter().flatten()));
    let stretches: Vec<Vec<Stretch>> = bends.iter().map(|bends| between(&rows, bends)).collect();
    // Where each link meets its upper box's lower edge and its lower box's upper one.
    let mut leave = vec![0.0; links.len()];
    let mut arrive = vec![0.0; links.len()];
    for item in 0..items.len() {
        for below in [true, false] {
            let mut meets: Vec<(f64, usize)> = Vec::new();
            for (at, link) in links.iter().enumerate() {
                let (upper, lower) = link.ends(turned[at]);
                if link.from == link.to || (if below { upper } else { lower }) != item {
                    continue;
                }
                let other = if below { lower } else { upper };
                let towards = if below {
                    stretches[at].first()
                } else {
                    stretches[at].last()
                };
                let middle = slots[other].x + slots[other].width / 2.0;
                meets.push((towards.map_or(middle, |stretch| stretch.x), at));
            }
            meets.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            let wanted: Vec<f64> = meets.iter().map(|(x, _)| *x).collect();
            let side = if below { &mut leave } else { &mut arrive };
            for ((_, at), x) in meets
                .iter()
                .zip(spread(&items[item], &slots[item], &wanted))
            {
                side[*at] = x;
            }
        }
    }
    let mut ways = Vec::new();
    for (at, link) in links.iter().enumerate() {
        if link.from == link.to {
            ways.push(Way::default());
            continue;
        }
        let (upper, lower) = link.ends(turned[at]);
        let (upper, lower) = (&slots[upper], &slots[lower]);
        let mut points = vec![
            Point {
                x: leave[at],
                y: upper.y + upper.height,
            },
            Point {
                x: leave[at],
                y: rows.of(upper).1,
            },
        ];
        for stretch in &stretches[at] {
            points.push(Point {
                x: stretch.x,
                y: stretch.top,
            });
            points.push(Point {
                x: stretch.x,
                y: stretch.bottom,
            });
        }
        points.push(Point {
            x: arrive[at],
            y: rows.of(lower).0,
        });
        points.push(Point {
            x: arrive[at],
            y: lower.y,
        });
        straighten(&mut points);
        if turned[at] {
            points.reverse();
        }
        ways.push(Way {
            points,
            label: labels[at].map(|label| Point {
                x: label.x + label.width / 2.0,
                y: label.y + label.height / 2.0,
            }),
        });
    }
    ways
}

/// The rows that a way passes between its two boxes.
fn between(rows: &Rows, bends: &[Bend]) -> Vec<Stretch> {
    bends
        .iter()
        .map(|bend| {
            let (top, bottom) = rows.at(bend.y);
            Stretch {
                x: bend.x,
                top,
                bottom,
            }
        })
        .collect()
}

/// Takes out what is no corner.
fn straighten(points: &mut Vec<Point>) {
    points.dedup_by(|a, b| (a.x - b.x).abs() < 0.05 && (a.y - b.y).abs() < 0.05);
    let mut at = 1;
    while at + 1 < points.len() {
        let x = points[at].x;
        if (points[at - 1].x - x).abs() < 0.05 && (points[at + 1].x - x).abs() < 0.05 {
            points.remove(at);
        } else {
            at += 1;
        }
    }
}

/// Where lines meet a box's edge: straight ahead where they can.
fn spread(item: &Item, slot: &Slot, wanted: &[f64]) -> Vec<f64> {
    let middle = slot.x + slot.width / 2.0;
    if item.circle || wanted.is_empty() {
        return vec![middle; wanted.len()];
    }
    let (low, high) = (slot.x + CORNER, slot.x + slot.width - CORNER);
    let apart = APART.min((high - low) / wanted.len().max(1) as f64);
    let mut at: Vec<f64> = wanted.iter().map(|x| x.clamp(low, high)).collect();
    for next in 1..at.len() {
        at[next] = at[next].max(at[next - 1] + apart);
    }
    let mut limit = high;
    for x in at.iter_mut().rev() {
        *x = x.min(limit);
        limit = *x - apart;
    }
    at
}

/// The rows' upper and lower ends, by their middles.
struct Rows(Vec<(f64, f64)>);

impl Rows {
    fn new<'a>(slots: impl Iterator<Item = &'a Slot>) -> Self {
        let mut rows: Vec<(f64, f64)> = Vec::new();
        let mut all: Vec<(f64, f64)> = slots
            .map(|slot| (slot.y + slot.height / 2.0, slot.height / 2.0))
            .collect();
        all.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (middle, half) in all {
            match rows.last_mut() {
                Some(last) if (last.0 - middle).abs() < 0.5 => last.1 = last.1.max(half),
                _ => rows.push((middle, half)),
            }
        }
        Self(rows)
    }

    /// Upper and lower end of the row whose middle is at `y`; of a row without
    /// boxes, `y` itself.
    fn at(&self, y: f64) -> (f64, f64) {
        self.0
            .iter()
            .find(|(middle, half)| (middle - y).abs() <= *half + 0.5)
            .map_or((y, y), |(middle, half)| (middle - half, middle + half))
    }

    fn of(&self, slot: &Slot) -> (f64, f64) {
        self.at(slot.y + slot.height / 2.0)
    }
}
