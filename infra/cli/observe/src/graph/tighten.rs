//! Columns closer together.
//!
//! dagre's own columns follow the straightness of long lines and grow twice as
//! wide as a page. Here its rows and the order in them stay, and everything is
//! pulled towards what it is joined to and pushed off its neighbours, over and
//! over. A line is one straight piece wherever the rows' orders let it.

use super::place::{Bend, Link, Slot};

/// How often everything is pulled, and how often pushed each time.
const PULLS: usize = 160;
const PUSHES: usize = 6;
/// How much stiffer than at its ends a line is that had to be cut in pieces.
const STIFF: f64 = 6.0;

/// Something in a row: a box, or a line where it passes.
struct Part {
    x: f64,
    y: f64,
    half: f64,
    line: bool,
    /// What it moves with.
    piece: usize,
}

/// What moves as one: a box, or a line in all the rows that it passes.
#[derive(Default, Clone)]
struct Piece {
    x: f64,
    pulls: Vec<(usize, f64)>,
    weight: f64,
}

/// One piece stays left of another by a distance.
struct Order {
    left: usize,
    right: usize,
    apart: f64,
}

/// Moves boxes and bends sideways. Boxes are given with their room for loops.
pub(super) fn tighten(
    slots: &mut [Slot],
    bends: &mut [Vec<Bend>],
    links: &[Link],
    turned: &[bool],
) {
    let mut parts: Vec<Part> = slots
        .iter()
        .enumerate()
        .map(|(piece, slot)| Part {
            x: slot.x + slot.width / 2.0,
            y: slot.y + slot.height / 2.0,
            half: slot.width / 2.0,
            line: false,
            piece,
        })
        .collect();
    let mut pieces = slots.len();
    let mut ways: Vec<Vec<usize>> = Vec::new();
    for ((link, bends), turned) in links.iter().zip(&*bends).zip(turned) {
        let first = parts.len();
        parts.extend(bends.iter().map(|bend| Part {
            x: bend.x,
            y: bend.y,
            half: bend.width / 2.0,
            line: true,
            piece: pieces,
        }));
        pieces += usize::from(!bends.is_empty());
        let (upper, lower) = link.ends(*turned);
        ways.push(
            std::iter::once(upper)
                .chain(first..parts.len())
                .chain([lower])
                .collect(),
        );
    }
    let rows = rows(&parts);
    let (orders, sorted) = loop {
        let orders = orders(&parts, &rows);
        let sorted = sorted(pieces, &orders);
        if sorted.len() == pieces {
            break (orders, sorted);
        }
        // Lines that pass each other cannot be straight both: cut them.
        let mut free = vec![false; pieces];
        sorted.iter().for_each(|piece| free[*piece] = true);
        let mut first = vec![true; pieces];
        for part in &mut parts {
            if free[part.piece] {
                continue;
            }
            if std::mem::take(&mut first[part.piece]) {
                continue;
            }
            part.piece = pieces;
            pieces += 1;
        }
    };
    let mut found = joined(&parts, pieces, &ways, links);
    settle(&mut found, &orders, &sorted);
    for (slot, part) in slots.iter_mut().zip(&parts) {
        slot.x = found[part.piece].x - slot.width / 2.0;
    }
    for (bend, part) in bends.iter_mut().flatten().zip(&parts[slots.len()..]) {
        bend.x = found[part.piece].x;
    }
}

/// The parts of each row, from left to right.
fn rows(parts: &[Part]) -> Vec<Vec<usize>> {
    let mut all: Vec<usize> = (0..parts.len()).collect();
    all.sort_by(|a, b| parts[*a].y.total_cmp(&parts[*b].y));
    let mut rows: Vec<Vec<usize>> = Vec::new();
    for part in all {
        match rows.last_mut() {
            Some(row) if (parts[row[0]].y - parts[part].y).abs() < 0.5 => row.push(part),
            _ => rows.push(vec![part]),
        }
    }
    for row in &mut rows {
        row.sort_by(|a, b| parts[*a].x.total_cmp(&parts[*b].x).then(a.cmp(b)));
    }
    rows
}

fn orders(parts: &[Part], rows: &[Vec<usize>]) -> Vec<Order> {
    let mut orders = Vec::new();
    for pair in rows.iter().flat_map(|row| row.windows(2)) {
        let (a, b) = (&parts[pair[0]], &parts[pair[1]]);
        let gap = match (a.line && a.half == 0.0, b.line && b.half == 0.0) {
            (true, true) => 14.0,
            (false, false) => 26.0,
            _ => 16.0,
        };
        orders.push(Order {
            left: a.piece,
            right: b.piece,
            apart: a.half + b.half + gap,
        });
    }
    orders
}

/// The pieces from left to right; those that are in each other's way, and
/// what is right of them, are not among them.
fn sorted(pieces: usize, orders: &[Order]) -> Vec<usize> {
    let mut before = vec![0_usize; pieces];
    let mut right: Vec<Vec<usize>> = vec![Vec::new(); pieces];
    for order in orders {
        before[order.right] += 1;
        right[order.left].push(order.right);
    }
    let mut sorted: Vec<usize> = (0..pieces).filter(|piece| before[*piece] == 0).collect();
    let mut at = 0;
    while let Some(&piece) = sorted.get(at) {
        for &next in &right[piece] {
            before[next] -= 1;
            if before[next] == 0 {
                sorted.push(next);
            }
        }
        at += 1;
    }
    sorted
}

/// The pieces with what pulls them.
fn joined(parts: &[Part], pieces: usize, ways: &[Vec<usize>], links: &[Link]) -> Vec<Piece> {
    let mut found = vec![Piece::default(); pieces];
    let mut counts = vec![0.0; pieces];
    for part in parts {
        let piece = &mut found[part.piece];
        piece.x += part.x;
        counts[part.piece] += 1.0;
    }
    for (piece, count) in found.iter_mut().zip(counts) {
        piece.x /= f64::max(count, 1.0);
        // So that a piece that nothing pulls has a weight too.
        piece.weight = 0.01;
    }
    for (way, link) in ways.iter().zip(links) {
        for pair in way.windows(2) {
            let (a, b) = (&parts[pair[0]], &parts[pair[1]]);
            if a.piece == b.piece {
                continue;
            }
            let stiff = if a.line && b.line { STIFF } else { 1.0 };
            let weight = f64::from(link.weight) * stiff;
            for (one, other) in [(a.piece, b.piece), (b.piece, a.piece)] {
                found[one].pulls.push((other, weight));
                found[one].weight += weight;
            }
        }
    }
    found
}

fn settle(pieces: &mut [Piece], orders: &[Order], sorted: &[usize]) {
    for _ in 0..PULLS {
        for at in 0..pieces.len() {
            let piece = &pieces[at];
            let sum: f64 = piece
                .pulls
                .iter()
                .map(|(other, weight)| pieces[*other].x * weight)
                .sum();
            let aim = (sum + piece.x * 0.01) / piece.weight;
            pieces[at].x += (aim - piece.x) * 0.6;
        }
        for push in 0..PUSHES {
            if push % 2 == 0 {
                orders.iter().for_each(|order| apart(pieces, order));
            } else {
                orders.iter().rev().for_each(|order| apart(pieces, order));
            }
        }
    }
    for _ in 0..PULLS {
        orders.iter().for_each(|order| apart(pieces, order));
        orders.iter().rev().for_each(|order| apart(pieces, order));
    }
    // What is still too close moves right: from left to right that is the end of it.
    let mut right: Vec<Vec<&Order>> = vec![Vec::new(); pieces.len()];
    for order in orders {
        right[order.left].push(order);
    }
    for piece in sorted {
        for order in &right[*piece] {
            let least = pieces[*piece].x + order.apart;
            let next = &mut pieces[order.right];
            next.x = next.x.max(least);
        }
    }
}

/// Pushes two pieces off each other, the lighter one further.
fn apart(pieces: &mut [Piece], order: &Order) {
    let lack = pieces[order.left].x + order.apart - pieces[order.right].x;
    if lack > 0.0 {
        let (left, right) = (pieces[order.left].weight, pieces[order.right].weight);
        pieces[order.left].x -= lack * right / (left + right);
        pieces[order.right].x += lack * left / (left + right);
    }
}
