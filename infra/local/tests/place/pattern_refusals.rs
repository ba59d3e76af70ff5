//! Event patterns that are none, in the words of `event-ruler`.

use local::events::pattern::Pattern;

#[test]
fn patterns_that_are_not_valid_are_refused() {
    let table = [
        ("", "Filter is not valid JSON"),
        ("[]", "Filter is not an object"),
        ("{}", "Empty objects are not allowed"),
        (r#"{"a": "b"}"#, r#""a" must be an object or an array"#),
        (r#"{"a": 1}"#, r#""a" must be an object or an array"#),
        (r#"{"a": []}"#, "Empty arrays are not allowed"),
        (r#"{"a": {}}"#, "Empty objects are not allowed"),
        (
            r#"{"a": [[1]]}"#,
            "Match value must be String, number, true, false, or null",
        ),
        (r#"{"a": [{}]}"#, "Match expression name not found"),
        (
            r#"{"a": [{"prefix": "x", "suffix": "y"}]}"#,
            "Only one key allowed in match expression",
        ),
        (
            r#"{"a": [{"prefix": 1}]}"#,
            "prefix match pattern must be a string",
        ),
        (
            r#"{"a": [{"prefix": {}}]}"#,
            "Prefix expression name not found",
        ),
        (
            r#"{"a": [{"suffix": {"wildcard": "x"}}]}"#,
            "Unsupported suffix pattern: wildcard",
        ),
        (
            r#"{"a": [{"suffix": {"equals-ignore-case": 1}}]}"#,
            "equals-ignore-case match pattern must be a string",
        ),
        (
            r#"{"a": [{"equals-ignore-case": ["x"]}]}"#,
            "equals-ignore-case match pattern must be a string",
        ),
        (
            r#"{"a": [{"exactly": 1}]}"#,
            "exact match pattern must be a string",
        ),
        (r#"{"a": [{"like": "x"}]}"#, "Unrecognized match type like"),
        (
            r#"{"a": [{"exists": "yes"}]}"#,
            "exists match pattern must be either true or false.",
        ),
        (
            r#"{"a": [{"anything-but": []}]}"#,
            "Inside anything but list, either all values are number or string",
        ),
        (
            r#"{"a": [{"anything-but": ["x", 1]}]}"#,
            "mixed type is not supported",
        ),
        (
            r#"{"a": [{"anything-but": [null]}]}"#,
            "Inside anything but list, start|null|boolean is not supported.",
        ),
        (
            r#"{"a": [{"anything-but": true}]}"#,
            "Value of anything-but must be an array or single string/number value.",
        ),
        (
            r#"{"a": [{"anything-but": {}}]}"#,
            "Anything-But expression name not found",
        ),
        (
            r#"{"a": [{"anything-but": {"cidr": "x"}}]}"#,
            "Unsupported anything-but pattern: cidr",
        ),
        (
            r#"{"a": [{"anything-but": {"prefix": ""}}]}"#,
            "Null prefix/suffix not allowed",
        ),
        (
            r#"{"a": [{"anything-but": {"suffix": ["x", 1]}}]}"#,
            "prefix/suffix match pattern must be a string",
        ),
        (
            r#"{"a": [{"anything-but": {"equals-ignore-case": 1}}]}"#,
            "Inside anything-but/equals-ignore-case list, number|start|null|boolean",
        ),
        (
            r#"{"a": [{"anything-but": {"wildcard": ["a**"]}}]}"#,
            "Consecutive wildcard characters at pos 2",
        ),
        (
            r#"{"a": [{"numeric": 1}]}"#,
            "Value of numeric must be an array.",
        ),
        (
            r#"{"a": [{"numeric": []}]}"#,
            "Invalid member in numeric match: ]",
        ),
        (
            r#"{"a": [{"numeric": [1]}]}"#,
            "Invalid member in numeric match: 1",
        ),
        (
            r#"{"a": [{"numeric": [">"]}]}"#,
            "Value of > must be numeric",
        ),
        (
            r#"{"a": [{"numeric": ["=", "1"]}]}"#,
            "Value of equals must be numeric",
        ),
        (
            r#"{"a": [{"numeric": ["!", 1]}]}"#,
            "Unrecognized numeric range operator: !",
        ),
        (
            r#"{"a": [{"numeric": [">", 5, "<", 5]}]}"#,
            "Bottom must be less than top",
        ),
        (
            r#"{"a": [{"numeric": ["<", 5, ">", 1]}]}"#,
            "Too many elements in numeric expression",
        ),
        (
            r#"{"a": [{"numeric": [">", 5, "=", 1]}]}"#,
            "Bad numeric range operator: =",
        ),
        (
            r#"{"a": [{"numeric": [">", 5, 6]}]}"#,
            "Bad value in numeric range: 6",
        ),
        (
            r#"{"a": [{"numeric": [">", 5, "<", 6, 7]}]}"#,
            "Too many terms in numeric range expression",
        ),
        (
            r#"{"a": [{"numeric": ["=", 9007199254740993]}]}"#,
            "Cannot compare number : 9007199254740993",
        ),
        (
            r#"{"a": [{"wildcard": "a**b"}]}"#,
            "Consecutive wildcard characters at pos 2",
        ),
        (
            r#"{"a": [{"wildcard": "a\\b"}]}"#,
            "Invalid escape character at pos 2",
        ),
        (
            r#"{"a": [{"cidr": 1}]}"#,
            "prefix match pattern must be a string",
        ),
        (
            r#"{"a": [{"cidr": "10.0.0.0"}]}"#,
            "Malformed CIDR, one '/' required",
        ),
        (
            r#"{"a": [{"cidr": "10.0.0.0/x"}]}"#,
            "Malformed CIDR, mask bits must be an integer",
        ),
        (
            r#"{"a": [{"cidr": "10.0.0.0/-1"}]}"#,
            "Malformed CIDR, mask bits must not be negative",
        ),
        (
            r#"{"a": [{"cidr": "10.0.0.0/32"}]}"#,
            "IPv4 mask bits must be < 32",
        ),
        (
            r#"{"a": [{"cidr": "::/128"}]}"#,
            "IPv6 mask bits must be < 128",
        ),
        (
            r#"{"a": [{"cidr": "host/8"}]}"#,
            "Nonstandard IP address: host",
        ),
        (
            r#"{"a": [{"cidr": "10.0.0.999/8"}]}"#,
            "Invalid IP address: 10.0.0.999",
        ),
        (
            r#"{"$or": {"a": [1]}}"#,
            "It must be an Array followed with $or.",
        ),
        (
            r#"{"$or": [{"a": [1]}]}"#,
            "There must have at least 2 Objects in $or relationship.",
        ),
        (
            r#"{"$or": [{"a": [1]}, 2]}"#,
            "Only JSON object is allowed in array of $or relationship.",
        ),
        (
            r#"{"$or": [{"a": [1]}, {"numeric": [2]}]}"#,
            "numeric is Ruler reserved fieldName which cannot be used inside $or.",
        ),
    ];
    for (pattern, reason) in table {
        let error = Pattern::parse(pattern).unwrap_err().to_string();
        assert!(
            error.starts_with("Event pattern is not valid. Reason: "),
            "{error}"
        );
        assert!(error.contains(reason), "{pattern}: {error}");
    }
}
