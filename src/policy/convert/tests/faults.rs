//! Documents that cannot be converted.

use super::*;

/// Fails unless each of these rules has one fault that begins like this.
fn each_has_one_fault(table: &[(String, &str)]) {
    for (yaml, fault) in table {
        let actual = faults(&rules(yaml));
        assert!(
            actual.len() == 1 && actual[0].starts_with(&format!("tools.charge.rules[0]{fault}")),
            "{yaml}: {actual:?}"
        );
    }
}

#[test]
fn rules_that_are_wrong_or_have_no_counterpart_are_faults_with_their_places() {
    let state_only = |path: &str| format!("- name: r\n  conditions: [{{path: {path}, op: lte, value: 5}}]");
    each_has_one_fault(&[
        (
            state_only("state.charge.c"),
            ".conditions[0].path: state.charge.c has no counterpart: only a limit on the counter of the same rule has",
        ),
        (
            state_only("state.other.c") + "\n  state: {counter: c, window: day}",
            ".conditions[0].path: state.other.c has no counterpart: only a limit on the counter of the same rule has",
        ),
        (
            state("gte", "5", ""),
            ".conditions[0].op: gte on a counter has no counterpart: a limit is lt or lte",
        ),
        (state("lte", "-1", ""), ".conditions[0].value: must be a number from 0 on"),
        (state("lt", "0", ""), ".conditions[0].value: must be a number from 0 on"),
        (state("lte", "many", ""), ".conditions[0].value: must be a number from 0 on"),
        (state("lte", "0", ""), ": lets no call through; action deny says that"),
        (state("lte", "2", "increment: 3"), ": lets no call through; action deny says that"),
        (state("lte", "5", "increment: -1"), ".state.increment: must be a whole number from 1 on"),
        (state("lte", "5", "increment_from: amount"), ".state.increment_from: must be args.<field>"),
        (state("lte", "'5'", ""), ".conditions[0].value: must be a number from 0 on"),
        (state("lte", "[5]", ""), ".conditions[0].value: must be a number from 0 on"),
        (state("lte", "010", ""), ".conditions[0].value: 010 is octal to some readers; "),
        (
            "- name: r\n  conditions: [{path: state.charge.c, op: lte, value: 5}, {path: state.charge.c, op: lt, value: 4}]\n  \
             state: {counter: c, window: day}"
                .to_owned(),
            ".conditions[1]: is the second one on this counter; a limit has one",
        ),
        (
            "- name: r\n  conditions: [{path: args.a, op: eq, value: 1}]\n  state: {counter: '', window: day}".to_owned(),
            ".state.counter: must be the name of a counter",
        ),
        (
            state("lte", "5", "").replace("window: day", "window: week"),
            ".state.window: must be \"minute\", \"hour\" or \"day\"",
        ),
        ("- name: r".to_owned(), ": has no condition, no rate_limit, and does not deny"),
        ("- {name: r, action: ask}".to_owned(), ".action: must be \"evaluate\" or \"deny\""),
        (
            "- {name: r, action: deny, rate_limit: 5/hour}".to_owned(),
            ".rate_limit: does not go with action deny",
        ),
        (
            "- {rate_limit: five/hour}".to_owned(),
            ".rate_limit: must begin with a whole number from 1 on, as 5/hour",
        ),
        (
            "- {rate_limit: 0/hour}".to_owned(),
            ".rate_limit: must begin with a whole number from 1 on, as 5/hour",
        ),
        (
            "- {rate_limit: +5/hour}".to_owned(),
            ".rate_limit: must begin with a whole number from 1 on, as 5/hour",
        ),
        (
            "- {rate_limit: 5/week}".to_owned(),
            ".rate_limit: must be for a minute, an hour or a day, as 5/hour",
        ),
        ("- {rate_limit: [5]}".to_owned(), ".rate_limit: must be a number and a window, as 5/hour"),
        (
            "- {rate_limit: 5/hour, state: {counter: c, window: day}}".to_owned(),
            ".state: does not go with rate_limit; it needs a rule of its own",
        ),
        ("- 5/hour".to_owned(), ": must be a map, see line 6"),
    ]);
}

#[test]
fn a_condition_that_is_wrong_is_a_fault_with_its_place() {
    each_has_one_fault(&[
        (condition("less", "5"), ".conditions[0].op: unknown operator \"less\""),
        (condition("lte", "'5'"), ".conditions[0].value: must be a number for lte"),
        (condition("in", "a"), ".conditions[0].value: must be an array for in"),
        (condition("regex", "'[a'"), ".conditions[0].value: not a regular expression: "),
        (
            condition("eq", ""),
            ".conditions[0].value: null is as good as a missing argument; use the operator exists",
        ),
        (condition("lte", "010"), ".conditions[0].value: 010 is octal to some readers; "),
        (condition("eq", "0x10"), ".conditions[0].value: 0x10 is a number to some readers; "),
        (
            condition("neq", "'[a]'"),
            ".conditions[0].value: is compared with the printed form of lists and maps",
        ),
        (
            condition("not_in", "[[a]]"),
            ".conditions[0].value: is compared with the printed form of lists and maps",
        ),
        (
            condition("lt", "9007199254740993"),
            ".conditions[0].value: names a number that is too large to be compared as Intercept does",
        ),
        (
            condition("eq", "1").replace("args.a.b", "arg.a"),
            ".conditions[0].path: must be args.<field> or state.<tool>.<counter>",
        ),
    ]);
}

#[test]
fn a_fault_beyond_one_rule_has_its_place() {
    assert_eq!(
        faults(&rules("- rate_limit: 5/hour\n- rate_limit: 6/hour")),
        ["tools.charge.rules[1]: another rule of this tool counts \"charge._rate_hour\" already"]
    );
    assert_eq!(
        faults(
            "version: '1'\ndefault: deny\ntools: {'*': {rules: [{conditions: [{path: state._global.c, op: lte, value: 5}], state: {counter: c, window: day, increment_from: args.a}}]}}"
        ),
        [
            "tools.\"*\".rules[0].state.increment_from: has no counterpart here: the tools have no argument in common"
        ]
    );
    for (yaml, expected) in [
        ("default: deny\ntools: {}", "version: must be \"1\""),
        ("version: 2\ndefault: deny\ntools: {}", "version: must be \"1\""),
        ("version: 1\ndefault: maybe\ntools: {}", "default: must be \"allow\" or \"deny\""),
        ("version: 1\ndefault: deny", "tools: must be a map of tools"),
        ("version: 1\ndefault: deny\ntools: []", "tools: must be a map of tools"),
        ("version: 1\ndefault: deny\ntools: {}\nhide: x", "hide: must be a list"),
        ("version: 1\ndefault: deny\ntools: {}\nhide: [x, x]", "hide[1]: \"x\" is there twice"),
        ("version: 1\ndefault: deny\ntools: {}\nhide: [' ']", "hide[0]: must not be empty"),
        ("version: 1\ndefault: deny\ntools: {}\nhide: [[x]]", "hide[0]: must be the name of a tool"),
        ("version: 1\ndefault: deny\ntools: {x: 1}", "tools.x: must be a map, see line 3"),
        ("- 1", "the policy: must be a map, see line 1"),
        ("a: 1\na: 2", "line 2: \"a\" is there twice, first on line 1"),
    ] {
        assert_eq!(faults(yaml), [expected], "{yaml}");
    }
}
