//! Inputs made from a shape of the model: mostly what it asks for, with names that the
//! stage has, and here and there something else.

use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use serde_json::{Map, Value, json};

/// How deep shapes are followed.
const DEPTH: u32 = 7;

const ARNS: [&str; 14] = [
    "arn:aws:states:us-east-1:123456789012:stateMachine:m",
    "arn:aws:states:us-east-1:123456789012:stateMachine:m:1",
    "arn:aws:states:us-east-1:123456789012:execution:m:e",
    "arn:aws:states:us-east-1:123456789012:activity:a",
    "arn:aws:lambda:us-east-1:123456789012:function:f",
    "arn:aws:sqs:us-east-1:123456789012:q",
    "arn:aws:iam::123456789012:role/r",
    "arn:aws:events:us-east-1:123456789012:event-bus/jobs",
    "arn:aws:ecs:us-east-1:123456789012:cluster/default",
    "arn:aws:ecs:us-east-1:123456789012:task/default/0",
    "arn:aws:secretsmanager:us-east-1:123456789012:secret:s",
    "arn:aws:states:us-east-1:123456789012:",
    "arn:aws:states:::",
    "arn:",
];

const TEXTS: [&str; 62] = [
    "m",
    "e",
    "a",
    "f",
    "q",
    "r",
    "s",
    "t",
    "c",
    "x",
    "jobs",
    "default",
    "claims",
    "runner",
    "runner:1",
    "alias/k",
    "pk",
    "n",
    "",
    " ",
    "*",
    "%",
    "\\",
    "\u{0}",
    "é\u{301}\u{1F600}",
    "a b",
    "-1",
    "0",
    "1",
    "99999999999999999999",
    "1e400",
    "null",
    "{}",
    "[]",
    "{",
    r#"{"source":["s"]}"#,
    r#"{"a":[{"wildcard":"*a*"}]}"#,
    r#"{"a":[{"numeric":["<",1]}]}"#,
    r#"{"QueryLanguage":"JSONata","StartAt":"D","States":{"D":{"Type":"Succeed"}}}"#,
    r#"{"QueryLanguage":"JSONata","StartAt":"D","States":{"D":{"Type":"Pass","Output":"{% $x.y %}","End":true}}}"#,
    r#"{"StartAt":"D","States":{}}"#,
    r#"{"id":"1","account":"2","source":"s","time":"t","region":"r","detail-type":"d"}"#,
    "$.detail",
    "$.a[0].b",
    "$",
    "\"<a>\"",
    "<a",
    "pk = :x",
    "attribute_exists(pk) AND n < :x",
    "SET n = :x",
    "ADD n :x REMOVE y",
    "#n",
    ":x",
    "rate(1 minute)",
    "cron(0 * * * ? *)",
    "at(2026-11-28T10:00:01)",
    "{ $.level = \"ERROR\" }",
    "?a -b \"c d\"",
    "cG9zaXRpb246MQ",
    "TGlzdFJ1bGVzOnI",
    "UkVEUklWRU4=",
    "512",
];

/// The value of a shape.
pub(super) fn value(shapes: &Value, name: &str, random: &mut StdRng, depth: u32) -> Value {
    if depth > DEPTH || random.random_ratio(1, 60) {
        return anything(random, 0);
    }
    let shape = &shapes[name];
    let part = |part: &str| shape[part].as_str().unwrap_or_default();
    match part("type") {
        "structure" => structure(shapes, shape, random, depth),
        "list" => {
            let length = random.random_range(0..3);
            (0..length)
                .map(|_| value(shapes, part("member"), random, depth + 1))
                .collect()
        }
        "map" => {
            let length = random.random_range(0..3);
            let members = (0..length).map(|_| {
                let key = text(shapes, part("key"), random);
                (key, value(shapes, part("value"), random, depth + 1))
            });
            Value::Object(members.collect())
        }
        "string" => text(shapes, name, random).into(),
        "blob" => (*["", "AAEC", "aGFsbG8=", "=", "é"].choose(random).unwrap()).into(),
        "boolean" => random.random::<bool>().into(),
        "timestamp" => number(random),
        _ if random.random_ratio(1, 3) => number(random),
        _ => random.random_range(0..20).into(),
    }
}

fn structure(shapes: &Value, shape: &Value, random: &mut StdRng, depth: u32) -> Value {
    let required: Vec<&str> = shape["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let members = shape["members"].as_object().cloned().unwrap_or_default();
    // A value of DynamoDB has one member of many.
    let union = required.is_empty() && members.contains_key("NULL");
    if union {
        let names: Vec<&String> = members.keys().collect();
        let name = *names.choose(random).unwrap();
        let shape = members[name].as_str().unwrap();
        return json!({name: value(shapes, shape, random, depth + 1)});
    }
    let mut made = Map::new();
    for (name, shape) in &members {
        let odds = if required.contains(&name.as_str()) {
            95
        } else {
            18
        };
        if random.random_ratio(odds, 100) {
            let shape = shape.as_str().unwrap();
            made.insert(name.clone(), value(shapes, shape, random, depth + 1));
        }
    }
    Value::Object(made)
}

fn text(shapes: &Value, name: &str, random: &mut StdRng) -> String {
    let values = shapes[name]["enum"].as_array();
    let values: Vec<&str> = values
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    // A long key takes a second to make.
    let values: Vec<&str> = values
        .into_iter()
        .filter(|value| !["RSA_3072", "RSA_4096"].contains(value))
        .collect();
    if let Some(value) = values.choose(random)
        && random.random_ratio(9, 10)
    {
        return (*value).to_owned();
    }
    let arn = name.to_ascii_lowercase().contains("arn");
    match random.random_range(0..20) {
        0 => "x".repeat(*[63, 65, 81, 129, 257, 1025, 2049].choose(random).unwrap()),
        1 => (0..random.random_range(1..20))
            .map(|_| random.random::<char>())
            .collect(),
        2..6 => (*ARNS.choose(random).unwrap()).to_owned(),
        6..15 if arn => (*ARNS.choose(random).unwrap()).to_owned(),
        _ => (*TEXTS.choose(random).unwrap()).to_owned(),
    }
}

fn number(random: &mut StdRng) -> Value {
    let numbers = [
        json!(-1),
        json!(0),
        json!(1),
        json!(10),
        json!(1001),
        json!(i32::MAX),
        json!(i64::MAX),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(1.5),
        json!(1e308),
        json!(-1e308),
        json!(1_795_860_000),
        json!(8.64e15),
    ];
    numbers.choose(random).unwrap().clone()
}

/// JSON of any kind.
pub(super) fn anything(random: &mut StdRng, depth: u32) -> Value {
    match random.random_range(0..if depth > 3 { 5 } else { 8 }) {
        0 => Value::Null,
        1 => random.random::<bool>().into(),
        2 => number(random),
        3 | 4 => (*TEXTS.choose(random).unwrap()).into(),
        5 => (0..random.random_range(0..3))
            .map(|_| anything(random, depth + 1))
            .collect(),
        6 => {
            let members = (0..random.random_range(0..3)).map(|_| {
                (
                    (*TEXTS.choose(random).unwrap()).to_owned(),
                    anything(random, depth + 1),
                )
            });
            Value::Object(members.collect())
        }
        _ => {
            let deep = random.random_range(1..90);
            (0..deep).fold(Value::Null, |inside, level| {
                if level % 2 == 0 {
                    json!([inside])
                } else {
                    json!({"M": inside})
                }
            })
        }
    }
}
