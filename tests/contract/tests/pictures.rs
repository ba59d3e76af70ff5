//! `statemachine/README.md` shows the definition as it is.
//!
//! After a change of the definition: `UPDATE_DOCS=1 cargo test -p contract`.

use contract::{definition, picture, repo};

#[test]
fn the_readme_shows_the_definition_as_a_graph_and_as_a_table() {
    let definition = definition::load();
    let file = "statemachine/README.md";
    repo::keep_section(file, "graph", &picture::graph(&definition));
    repo::keep_section(file, "states", &picture::table(&definition));
}
