//! Answers of the query protocols as JSON, so that all answers are read alike.
//!
//! An element that holds only `item` or `member` elements is a list (also an
//! empty one's text is empty: [`list`] reads it as such), one with other
//! elements a map, any other its text.

use roxmltree::{Document, Node};
use serde_json::{Map, Value};

/// The document's root element as a value; none where it is not XML.
pub(crate) fn to_json(text: &str) -> Option<Value> {
    let document = Document::parse(text).ok()?;
    Some(value(document.root_element()))
}

fn value(node: Node<'_, '_>) -> Value {
    let children: Vec<Node<'_, '_>> = node.children().filter(Node::is_element).collect();
    if children.is_empty() {
        return Value::from(node.text().unwrap_or_default().trim());
    }
    let in_list = |child: &Node<'_, '_>| matches!(child.tag_name().name(), "item" | "member");
    if children.iter().all(in_list) {
        return children.into_iter().map(value).collect();
    }
    let mut fields = Map::new();
    for child in children {
        fields.insert(child.tag_name().name().to_owned(), value(child));
    }
    Value::Object(fields)
}

/// The elements of a list, whatever an empty one looks like.
pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_no_xml_is_nothing() {
        assert_eq!(to_json("{}"), None);
    }

    #[test]
    fn lists_maps_and_texts_are_told_apart() {
        let text = r#"<?xml version="1.0"?><R xmlns="urn:x"><set><item><id>a</id><tags/></item>
            <item><id>b</id></item></set><none/><one> 1 </one></R>"#;
        let value = to_json(text).unwrap();
        assert_eq!(
            value,
            json!({"set": [{"id": "a", "tags": ""}, {"id": "b"}], "none": "", "one": "1"})
        );
        assert!(list(&value["none"]).is_empty());
        assert_eq!(list(&value["set"]).len(), 2);
    }
}
