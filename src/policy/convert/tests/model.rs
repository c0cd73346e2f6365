//! No call passes a converted condition that Intercept refuses, by a model of its `engine/operators.go`.

use super::*;

/// Whether a condition holds there. Arguments are read by `encoding/json`, where each number is floating point.
fn holds(op: &str, argument: Option<&Value>, expected: &Value) -> bool {
    if op == "exists" {
        return expected.as_bool() == Some(argument.is_some_and(|argument| !argument.is_null()));
    }
    let Some(argument) = argument else { return false };
    let is_among = || expected.as_array().is_some_and(|all| all.iter().any(|one| is_equal(argument, one)));
    let order = |holds: fn(&f64, &f64) -> bool| matches!((argument.as_f64(), expected.as_f64()), (Some(one), Some(other)) if holds(&one, &other));
    match op {
        "eq" => is_equal(argument, expected),
        "neq" => !is_equal(argument, expected),
        "in" => is_among(),
        "not_in" => !is_among(),
        "lt" => order(f64::lt),
        "lte" => order(f64::le),
        "gt" => order(f64::gt),
        "gte" => order(f64::ge),
        "contains" => match (argument, expected) {
            (Value::String(text), Value::String(part)) => text.contains(part.as_str()),
            (Value::Array(all), _) => all.iter().any(|one| is_equal(one, expected)),
            _ => false,
        },
        _ => panic!("{op}"),
    }
}

fn is_equal(argument: &Value, expected: &Value) -> bool {
    match (argument.as_f64(), expected.as_f64()) {
        (Some(one), Some(other)) => one.total_cmp(&other).is_eq(),
        _ => printed(argument, true) == printed(expected, false),
    }
}

/// As `%v` prints it. Whole numbers of YAML are whole there, those of JSON are not.
fn printed(value: &Value, is_float: bool) -> String {
    match value {
        Value::Null => "<nil>".to_owned(),
        Value::Bool(is) => is.to_string(),
        Value::Number(number) if !is_float && !number.is_f64() => number.to_string(),
        Value::Number(number) => {
            let float = number.as_f64().unwrap();
            let text = format!("{float:e}");
            let (mantissa, exponent) = text.split_once('e').unwrap();
            let exponent: i32 = exponent.parse().unwrap();
            if (-4..6).contains(&exponent) || float == 0.0 {
                return float.to_string();
            }
            format!("{mantissa}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
        }
        Value::String(text) => text.clone(),
        Value::Array(all) => {
            format!("[{}]", all.iter().map(|one| printed(one, is_float)).collect::<Vec<_>>().join(" "))
        }
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| format!("{name}:{}", printed(value, is_float)));
            format!("map[{}]", fields.collect::<Vec<_>>().join(" "))
        }
    }
}

fn values() -> impl Strategy<Value = Value> {
    let some = json!([
        null, true, false, 0, 1, -1, 60, 60.0, 1.5, 0.00001, 1e6, 1_000_000, 2_000_000.5, 1e21, 9_007_199_254_740_991_u64,
        9_007_199_254_740_992_u64, 9_007_199_254_740_993_u64, "", "0", "1", "60", "60.0", "1.5", "1e-05", "1e+06", "1000000",
        "2.0000005e+06", "1e+21", "true", "false", "null", "<nil>", "main", "[a]", "[]", "map[a:1]", [], ["a"], [1], ["1"], [60],
        {}, {"a": 1},
    ]);
    prop::sample::select(some.as_array().unwrap().clone())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]
    #[test]
    fn documents_that_intercept_refuses_are_refused(
        op in prop::sample::select(vec!["eq", "neq", "in", "not_in", "lt", "lte", "gt", "gte", "contains", "exists"]),
        one in values(),
        other in values(),
        argument in values(),
        is_given in prop::bool::weighted(0.9),
    ) {
        let expected = if matches!(op, "in" | "not_in") { json!([one, other]) } else { one };
        let Ok(converted) = convert(&rules(&condition(op, &expected.to_string()))) else { return Ok(()) };
        let policy = Policy::parse(&converted.text, Against::Gateway(None)).unwrap();
        let arguments = if is_given { json!({"a": {"b": argument}}) } else { json!({}) };
        let passes = judge(&policy, "charge", &arguments).is_ok();
        let passed = holds(op, is_given.then_some(&argument), &expected);
        prop_assert!(passed || !passes, "{op} {expected} {arguments}\n{}", converted.text);
        // A call that only the conversion refuses has a warning.
        prop_assert!(passes || !passed || !converted.warnings.is_empty() || is_odd(&argument), "{op} {expected} {arguments}");
    }
}

/// Null, which counts as missing here, and numbers that cannot be distinguished from their neighbours there.
fn is_odd(argument: &Value) -> bool {
    argument.is_null() || argument.as_f64().is_some_and(|number| number >= 9_007_199_254_740_992.0)
}
