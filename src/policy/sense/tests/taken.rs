//! The conditions that are accepted.

use serde_json::json;

use super::*;

#[test]
fn a_condition_is_taken_only_where_it_says_something() {
    let mut seen = std::collections::BTreeMap::<(bool, &str), usize>::new();
    for (tool, path, schema, is_always_there) in arguments() {
        // An object is compared as a whole, or by its fields, which have rows of their own.
        let is_object = schema["type"] == "object";
        for operator in OPERATORS {
            for value in candidates(&schema) {
                let value = match operator {
                    "in" | "not_in" => json!([value]),
                    "regex" => json!("7"),
                    "exists" => json!(value == json!(true)),
                    _ => value,
                };
                let Some(Ok(test)) = Test::new(operator, &value) else { continue };
                let mut possible = possible(&schema);
                // A value that is taken must itself be one that is possible: what it is spelt as is what it is.
                let argument = Argument { name: "x", schema: &schema, is_always_there };
                let named = match &test {
                    Test::Equal(one) | Test::Unequal(one) => std::slice::from_ref(one),
                    Test::In(all) | Test::NotIn(all) => all.as_slice(),
                    _ => &[],
                };
                for one in named.iter().filter(|one| argument.value(one).is_ok()) {
                    let again = spelling::value(&schema, one.clone(), false).unwrap().unwrap();
                    assert!(same(&again, one), "{path} {one}");
                    possible.push(one.clone());
                }
                let mut holds: Vec<bool> = possible.iter().map(|value| test.holds(Some(value))).collect();
                if !is_always_there {
                    holds.push(test.holds(None));
                }
                let (ever, always) = (holds.contains(&true), !holds.contains(&false));
                for list in ["require", "deny_if"] {
                    let taken = policy(&tool, list, &path, operator, &value);
                    let case = format!("{tool} {list} {path} {operator} {value}");
                    *seen.entry((taken.is_ok(), operator)).or_default() += 1;
                    match &taken {
                        Err(faults) => {
                            let place = format!("tools.{tool}.{list}[0]: ");
                            assert!(faults.len() == 1 && faults[0].starts_with(&place), "{case}: {faults:?}");
                            let is_guard = operator == "exists" && list == "deny_if" && value == json!(false);
                            let given: Vec<bool> =
                                possible.iter().map(|value| test.holds(Some(value))).collect();
                            let constant = given.iter().all(|one| *one == given[0]);
                            assert!(constant || is_guard, "it says something: {case}: {faults:?}");
                        }
                        Ok(policy) => {
                            let warned = !policy.warnings().is_empty();
                            // Whether a text can have some part is known by its form alone.
                            let ever = ever || operator == "contains";
                            assert!(ever || is_object, "it never holds: {case}");
                            assert!(!always || warned || is_object, "it always holds: {case}");
                        }
                    }
                }
            }
        }
    }
    for operator in OPERATORS {
        assert!(seen.contains_key(&(true, operator)), "{operator} is never taken");
        assert!(seen.contains_key(&(false, operator)), "{operator} is always taken");
    }
}
