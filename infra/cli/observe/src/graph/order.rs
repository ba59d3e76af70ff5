//! The order in which a terminal lists states: each after those that lead to
//! it, loops aside, and the way that was taken without gaps where it can be.

use super::{Graph, Kind, Node, Paint};
use std::collections::{BTreeMap, HashMap};

/// One state of the listing.
pub(super) struct Listed<'a> {
    pub(super) node: &'a Node,
    /// How many Parallel and Map states it stands in.
    pub(super) depth: usize,
    /// It is the first one of a branch with this number, beside others.
    pub(super) branch: Option<usize>,
}

/// The states that `shown` names, by order; inner ones after their parent.
pub(super) fn order<'a>(
    graph: &'a Graph,
    paint: &Paint,
    shown: impl Fn(&Node) -> bool,
) -> Vec<Listed<'a>> {
    let mut scopes: BTreeMap<(Option<&str>, usize), Vec<usize>> = BTreeMap::new();
    for (at, node) in graph.nodes.iter().enumerate() {
        if !matches!(node.kind, Kind::Start | Kind::End) && shown(node) {
            scopes
                .entry((node.parent.as_deref(), node.branch))
                .or_default()
                .push(at);
        }
    }
    let at: HashMap<&str, usize> = graph
        .nodes
        .iter()
        .enumerate()
        .map(|(at, node)| (node.id.as_str(), at))
        .collect();
    // What was taken comes last: finished last, it is listed first.
    let mut next: Vec<Vec<(bool, usize)>> = vec![Vec::new(); graph.nodes.len()];
    for edge in graph.edges.iter().rev() {
        if let (Some(&from), Some(&to)) = (at.get(edge.from.as_str()), at.get(edge.to.as_str())) {
            next[from].push((paint.took(graph, edge), to));
        }
    }
    for next in &mut next {
        next.sort_by_key(|(taken, _)| *taken);
    }
    let mut listed = Vec::new();
    inside(graph, &scopes, &next, None, 0, &mut listed);
    listed
}

fn inside<'a>(
    graph: &'a Graph,
    scopes: &BTreeMap<(Option<&str>, usize), Vec<usize>>,
    next: &[Vec<(bool, usize)>],
    parent: Option<&'a str>,
    depth: usize,
    listed: &mut Vec<Listed<'a>>,
) {
    let branches: Vec<_> = scopes
        .range((parent, 0)..=(parent, usize::MAX))
        .map(|((_, branch), nodes)| (*branch, nodes))
        .collect();
    let several = graph
        .nodes
        .iter()
        .any(|node| node.parent.as_deref() == parent && node.branch > 0);
    for (branch, nodes) in branches {
        for (at, node) in sorted(nodes, next).into_iter().enumerate() {
            let node = &graph.nodes[node];
            listed.push(Listed {
                node,
                depth,
                branch: (several && at == 0).then_some(branch),
            });
            inside(graph, scopes, next, Some(&node.id), depth + 1, listed);
        }
    }
}

/// Reverse postorder, depth first.
fn sorted(nodes: &[usize], next: &[Vec<(bool, usize)>]) -> Vec<usize> {
    let mut seen = vec![true; next.len()];
    nodes.iter().for_each(|node| seen[*node] = false);
    let mut done = Vec::new();
    let mut trees: Vec<Vec<usize>> = Vec::new();
    for &root in nodes {
        if std::mem::replace(&mut seen[root], true) {
            continue;
        }
        let mut stack = vec![(root, 0)];
        while let Some((node, at)) = stack.last_mut() {
            let Some(&(_, to)) = next[*node].get(*at) else {
                done.push(*node);
                stack.pop();
                continue;
            };
            *at += 1;
            if !std::mem::replace(&mut seen[to], true) {
                stack.push((to, 0));
            }
        }
        done.reverse();
        trees.push(std::mem::take(&mut done));
    }
    trees.concat()
}
