//! The plain way to place boxes: one column, the lines in lanes beside it.
//!
//! For what dagre cannot do in good time, or not without an overlap. It is
//! never pretty and always right.

use super::{
    Point,
    place::{Item, Link, Placed, Slot, Way},
};

/// From one box to the next, from one lane to the next.
const GAP: f64 = 24.0;
const LANE: f64 = 10.0;

/// Places the items below each other, in their order.
pub(super) fn column(items: &[Item], links: &[Link]) -> Placed {
    let widest = items.iter().map(|item| item.width).fold(0.0, f64::max);
    let labels = links
        .iter()
        .filter_map(|link| link.label)
        .map(|(width, _)| width)
        .fold(0.0, f64::max);
    // Every end of a line has a height of its own on its box's right side;
    // loops to the same box come first there.
    let mut ends: Vec<Vec<(usize, bool)>> = vec![Vec::new(); items.len()];
    let mut loops = vec![6.0; items.len()];
    for (at, link) in links.iter().enumerate() {
        if link.from == link.to {
            loops[link.from] += link.label.map_or(0.0, |(_, height)| height).max(22.0) + 4.0;
        } else {
            ends[link.from].push((at, true));
            ends[link.to].push((at, false));
        }
    }
    let mut boxes = Vec::new();
    let mut heights = vec![(0.0, 0.0); links.len()];
    let mut y = 0.0;
    for (at, item) in items.iter().enumerate() {
        let mut next = y + loops[at];
        for &(link, from) in &ends[at] {
            let room = match (from, links[link].label) {
                (true, Some((_, height))) => height + 4.0,
                _ => LANE,
            };
            let side = &mut heights[link];
            *(if from { &mut side.0 } else { &mut side.1 }) = next + room / 2.0;
            next += room;
        }
        let height = item.height.max(next + 6.0 - y);
        boxes.push(Slot {
            x: widest - item.width,
            y,
            width: item.width,
            height,
        });
        y += height + GAP;
    }
    let mut lane = widest + labels + 3.0 * GAP;
    let ways = links
        .iter()
        .zip(heights)
        .map(|(link, (from, to))| {
            if link.from == link.to {
                return Way::default();
            }
            lane += LANE;
            Way {
                points: [(widest, from), (lane, from), (lane, to), (widest, to)]
                    .map(|(x, y)| Point { x, y })
                    .to_vec(),
                label: link.label.map(|(width, _)| Point {
                    x: widest + GAP + width / 2.0,
                    y: from,
                }),
            }
        })
        .collect();
    Placed {
        width: 0.0,
        height: 0.0,
        boxes,
        ways,
    }
}
