//! Updates by example: first what cannot be made, then what comes out.

use serde_json::{Value, json};

use super::super::update;
use super::{item, placeholders};
use crate::dynamodb::value::attributes_to_wire;

fn updated(text: &str, values: Value, old: Value) -> Result<Value, String> {
    let mut placeholders = placeholders(json!({ "#s": "state" }), values);
    let update = update(text, &mut placeholders).map_err(|error| error.message)?;
    Ok(attributes_to_wire(&update.apply(&item(old))?))
}

#[test]
fn updates_that_cannot_be_made_are_refused() {
    let values = || json!({ ":n": { "N": "1" }, ":s": { "S": "x" }, ":l": { "L": [] }, ":ss": { "SS": ["a"] } });
    for (text, message) in [
        (
            "",
            "Invalid UpdateExpression: The expression can not be empty;",
        ),
        (
            "SET a",
            "Invalid UpdateExpression: Syntax error; token: \"<EOF>\", near: \"a\"",
        ),
        (
            "CHANGE a = :n",
            "Invalid UpdateExpression: Syntax error; token: \"CHANGE\", near: \"CHANGE a\"",
        ),
        (
            "SET a = :n, SET b = :n",
            "Invalid UpdateExpression: Syntax error; token: \"b\", near: \"SET b =\"",
        ),
        (
            "SET a = :n SET b = :n",
            "Invalid UpdateExpression: The \"SET\" section can only be used once in an update expression;",
        ),
        (
            "SET state = :n",
            "Invalid UpdateExpression: Attribute name is a reserved keyword; reserved keyword: state",
        ),
        (
            "SET a = :n, a.b = :n",
            "Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a, b]",
        ),
        (
            "SET a.b = :n REMOVE a[0]",
            "Invalid UpdateExpression: Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a, [0]]",
        ),
        (
            "SET a = other(b, :n)",
            "Invalid UpdateExpression: Invalid function name; function: other",
        ),
        (
            "SET a = if_not_exists(:n, :n)",
            "Invalid UpdateExpression: Operator or function requires a document path; operator or function: if_not_exists",
        ),
        (
            "SET a = n + :s",
            "Invalid UpdateExpression: Incorrect operand type for operator or function; operator or function: +, operand type: S",
        ),
        (
            "SET a = list_append(n, :n)",
            "Invalid UpdateExpression: Incorrect operand type for operator or function; operator or function: list_append, operand type: N",
        ),
        (
            "ADD a :s",
            "Invalid UpdateExpression: Incorrect operand type for operator or function; operator: ADD, operand type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND",
        ),
        (
            "DELETE a :n",
            "Invalid UpdateExpression: Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER, typeSet: ALLOWED_FOR_DELETE_OPERAND",
        ),
        (
            "SET a = gone",
            "The provided expression refers to an attribute that does not exist in the item",
        ),
        (
            "SET a = txt + :n",
            "An operand in the update expression has an incorrect data type",
        ),
        (
            "SET a = list_append(txt, :l)",
            "An operand in the update expression has an incorrect data type",
        ),
        (
            "ADD txt :n",
            "An operand in the update expression has an incorrect data type",
        ),
        (
            "SET gone.a = :n",
            "The document path provided in the update expression is invalid for update",
        ),
        (
            "REMOVE txt[0]",
            "The document path provided in the update expression is invalid for update",
        ),
    ] {
        let old = json!({ "txt": { "S": "x" }, "n": { "N": "1" } });
        assert_eq!(updated(text, values(), old).unwrap_err(), message, "{text}");
    }
}

#[test]
fn updates_see_the_item_as_it_was() {
    let old = || {
        json!({
            "n": { "N": "5" }, "m": { "N": "7" }, "tags": { "SS": ["a", "b"] },
            "li": { "L": [{ "N": "0" }, { "N": "1" }, { "N": "2" }] }, "mp": { "M": { "x": { "S": "y" } } },
        })
    };
    let values = || json!({ ":1": { "N": "1" }, ":x": { "S": "x" }, ":more": { "L": [{ "S": "z" }] }, ":set": { "SS": ["b", "c"] }, ":all": { "SS": ["a", "b"] } });
    let after = |text: &str, path: &str| updated(text, values(), old()).unwrap()[path].clone();
    assert_eq!(after("SET n = m, m = n", "n"), json!({ "N": "7" }));
    assert_eq!(after("SET n = m, m = n", "m"), json!({ "N": "5" }));
    assert_eq!(after("SET n = n + :1", "n"), json!({ "N": "6" }));
    assert_eq!(after("SET n = (n - m)", "n"), json!({ "N": "-2" }));
    assert_eq!(
        after("SET k = if_not_exists(k, :1) + :1", "k"),
        json!({ "N": "2" })
    );
    assert_eq!(
        after("SET li = list_append(li, :more)", "li")["L"][3],
        json!({ "S": "z" })
    );
    assert_eq!(after("SET li[9] = :x", "li")["L"][3], json!({ "S": "x" }));
    assert_eq!(
        after("SET mp.#s = :x", "mp")["M"]["state"],
        json!({ "S": "x" })
    );
    assert_eq!(
        after("REMOVE li[0], li[2]", "li"),
        json!({ "L": [{ "N": "1" }] })
    );
    assert_eq!(after("REMOVE gone, mp.x", "mp"), json!({ "M": {} }));
    assert_eq!(after("ADD n :1, k :1", "n"), json!({ "N": "6" }));
    assert_eq!(after("ADD n :1, k :1", "k"), json!({ "N": "1" }));
    assert_eq!(
        after("ADD tags :set", "tags"),
        json!({ "SS": ["a", "b", "c"] })
    );
    assert_eq!(after("DELETE tags :set", "tags"), json!({ "SS": ["a"] }));
    assert_eq!(after("DELETE tags :all", "tags"), Value::Null);
    assert_eq!(
        after("set n = :1 remove m add k :1 delete tags :set", "m"),
        Value::Null
    );
}
