//! `statemachine/README.md` and `statemachine/runner.svg` show the definition
//! as it is.
//!
//! After a change of the definition: `UPDATE_DOCS=1 cargo test -p contract`.

use contract::{definition, picture, repo};
use observe::graph::{Graph, Paint, Style, layout, svg};

#[test]
fn the_readme_shows_the_definition_as_a_graph_and_as_a_table() {
    let definition = definition::load();
    let file = "statemachine/README.md";
    repo::keep_section(file, "graph", &picture::graph(&definition));
    repo::keep_section(file, "states", &picture::table(&definition));
}

#[test]
fn the_drawing_beside_it_is_the_definitions_own() {
    let graph = Graph::of(&definition::load()).expect("the definition has a graph");
    let drawing = svg(
        &graph,
        &layout(&graph),
        &Paint::default(),
        Style::Standalone,
    );
    repo::keep_file("statemachine/runner.svg", &format!("{drawing}\n"));
}
