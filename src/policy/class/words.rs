//! Words that say what a tool does. A verb is listed with the gravest of what it usually means.

use super::signal::Class;

/// Verbs that take something away.
const DESTRUCTIVE: &str = "\
    ban clean cleanup clear deactivate delete deprovision destroy discard drop empty erase evict expunge factory \
    flush forget kick kill nuke prune purge remove reset revoke rm rmdir shred terminate trash truncate unassign \
    uninstall unlink unpublish wipe";

/// Verbs that set something going, whose effect depends on what that is.
const EXECUTE: &str = "\
    abort boot call cancel close compile connect deploy disconnect dispatch eval evaluate exec execute failover \
    generate goto impersonate install invoke launch login logout migrate navigate new pause perform process \
    promote provision reboot redeploy refresh renew replay rerun restart resume retry rollback rotate run scale \
    select shutdown simulate spawn start stop switch test transform trigger wait wake";

/// Those of them that say so in a description too, where others have a weaker meaning.
const EXECUTE_IN_TEXT: &str = "deploy evaluate exec execute invoke launch run trigger";

/// Verbs that make or change something.
const WRITE: &str = "\
    accept add allocate append apply approve archive assign attach autofix block book change checkout click clone \
    comment commit compose configure convert copy create customize decline define disable dismiss download draft \
    drag duplicate edit email emulate enable enter establish fill fix follow format fork forward grant handle hide \
    hover import init initialise initialize initiate input insert invite join leave lock make manage mark merge \
    message modify move mute notify open overwrite patch pin post press publish push put react rebase record \
    recover register reject relabel rename reopen reorder replace reply request resize resolve restore save \
    schedule scroll send set share sign snooze stage star store submit subscribe swap sync tag tap toggle transfer type \
    unarchive unfollow unlock unmute unpin unsubscribe untag update upload upsert vote write";

/// Verbs that change nothing.
const READ: &str = "\
    access analyse analyze assess audit browse calculate capture check classify compare compute count crawl decode \
    decompile describe detect diagnose diff disassemble discover display echo enumerate estimate examine explain \
    explore extract fetch filter find get grep identify inspect introspect list locate lookup look map measure \
    monitor paginate ping poll preview profile query read recall render retrieve return scan scrape search see \
    show snapshot stat summarise summarize tail take trace translate validate verify view watch whoami";

/// Verbs that are hardly ever the name of a thing.
const PURE: &str = "describe fetch find get lookup retrieve show";

/// Verbs that read, at the end of a name that begins with a thing or right after that: `message_list`.
const READ_AT_END: &str = "describe fetch find get list read search show view";

/// Verbs that are often the name of a thing.
const THINGS: &str =
    "call comment commit draft email message post process record run schedule store tag test";

/// Verbs at the end of a name, after the name of a thing, that decide: `snapshot_delete`.
const AT_END: &str = "\
    add apply assign cancel change create disable edit enable exec execute insert invoke modify move patch put \
    rename replace restart run save send set start stop trigger update upload upsert write";

/// Last words of a name without a verb that is called after its result.
const READABLE: &str = "\
    audit content contents count data details docs documentation examples guide health help history info \
    information insights list log logs metadata metrics overview report schema screenshot snapshot spec stats \
    statistics status summary tables time tree version versions";

/// How words begin that are about money. Some have another meaning too, which is no reason to grade them lower.
const MONEY: &str = "billing charge invoice payment payout pricing purchase refund subscription";

/// The same for whole words: by their beginning they would be too many.
const MONEY_VERBS: &str = "buy deposit donate pay sell trade withdraw";

/// Whether a table has this word.
fn has(table: &str, word: &str) -> bool {
    table.split(' ').any(|one| one == word)
}

/// Words of a name, in lower case: parts of `snake_case`, `kebab-case`, `camelCase` and `dotted.names`.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = None::<char>;
    let mut letters = name.chars().peekable();
    while let Some(letter) = letters.next() {
        let begins = letter.is_uppercase()
            && (before.is_some_and(|before| before.is_lowercase() || before.is_ascii_digit())
                || before.is_some_and(char::is_uppercase)
                    && letters.peek().is_some_and(|next| next.is_lowercase()));
        if !letter.is_alphanumeric() || begins {
            words.push(String::new());
        }
        if letter.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(letter.to_lowercase());
        }
        before = Some(letter);
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The class of a word as a verb, in its base form or the third person.
pub(super) fn verb(word: &str) -> Option<Class> {
    let tables = [
        (DESTRUCTIVE, Class::Destructive),
        (EXECUTE, Class::Execute),
        (WRITE, Class::Write),
        (READ, Class::Read),
    ];
    if has(MONEY_VERBS, word) {
        return Some(Class::Financial);
    }
    tables.into_iter().find(|(table, _)| has(table, word)).map(|(_, class)| class)
}

/// The same for a word of a sentence, which may be in the third person. With each that sets something going where the name
/// says nothing, else with those alone that have no weaker meaning.
pub(super) fn verb_in_text(word: &str, is_all: bool) -> Option<Class> {
    let stem = |end: &str, add: &str| word.strip_suffix(end).map(|stem| format!("{stem}{add}"));
    let bases = [Some(word.to_owned()), stem("s", ""), stem("es", ""), stem("ies", "y")];
    bases.into_iter().flatten().find_map(|base| match verb(&base) {
        Some(Class::Execute) if !is_all && !has(EXECUTE_IN_TEXT, &base) => None,
        None if base == "purchase" => Some(Class::Financial),
        class => class,
    })
}

/// Where the verb of a name is; that of `message_get_by_id` comes after its thing.
pub(super) fn first_verb(words: &[String]) -> Option<usize> {
    let first = words.iter().position(|word| verb(word).is_some())?;
    let is_read = words.get(first + 1).is_some_and(|next| has(READ_AT_END, next));
    Some(if is_read && has(THINGS, &words[first]) { first + 1 } else { first })
}

/// The class by the last word of a name where the first verb may be the name of a thing.
pub(super) fn verb_at_end(first: &str, last: &str) -> Option<Class> {
    if has(PURE, first) {
        return None;
    }
    if has(THINGS, first) && has(READ_AT_END, last) {
        return Some(Class::Read);
    }
    verb(last).filter(|class| *class == Class::Destructive || has(AT_END, last))
}

/// Whether a word is about money.
pub(super) fn is_money(word: &str) -> bool {
    has(MONEY_VERBS, word) || MONEY.split(' ').any(|stem| word.starts_with(stem))
}

/// Whether a name that ends with this stands for what it gives.
pub(super) fn is_readable(word: &str) -> bool {
    has(READABLE, word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_taken_apart_however_it_is_written() {
        for (name, expected) in [
            ("delete_meeting", &["delete", "meeting"][..]),
            ("Run-Funnels-Query", &["run", "funnels", "query"]),
            ("getJiraIssue", &["get", "jira", "issue"]),
            ("runSEOAudit", &["run", "seo", "audit"]),
            ("listURLs", &["list", "ur", "ls"]),
            ("n8n_get_workflow", &["n8n", "get", "workflow"]),
            ("get2Pages", &["get2", "pages"]),
            ("mcp.tools/delete.all", &["mcp", "tools", "delete", "all"]),
            ("__", &[]),
            ("löscheÄste", &["lösche", "äste"]),
        ] {
            assert_eq!(words(name), expected, "{name}");
        }
    }

    #[test]
    fn no_verb_stands_in_two_tables() {
        let tables = [DESTRUCTIVE, EXECUTE, WRITE, READ, MONEY_VERBS];
        let mut all: Vec<&str> = tables.iter().flat_map(|table| table.split(' ')).collect();
        all.sort_unstable();
        let twice: Vec<_> = all.windows(2).filter(|pair| pair[0] == pair[1]).collect();
        assert!(twice.is_empty(), "{twice:?}");
        for (some, all) in [
            (EXECUTE_IN_TEXT, &[EXECUTE][..]),
            (THINGS, &[EXECUTE, WRITE]),
            (AT_END, &[EXECUTE, WRITE]),
            (PURE, &[READ]),
            (READ_AT_END, &[READ]),
        ] {
            assert!(some.split(' ').all(|verb| all.iter().any(|table| has(table, verb))), "{some}");
        }
        assert_eq!(verb_in_text("starts", true), Some(Class::Execute));
    }

    #[test]
    fn a_sentence_has_its_verbs_in_the_third_person() {
        for (word, class) in [
            ("deletes", Some(Class::Destructive)),
            ("pushes", Some(Class::Write)),
            ("queries", Some(Class::Read)),
            ("executes", Some(Class::Execute)),
            ("purchases", Some(Class::Financial)),
            ("meeting", None),
            ("starts", None),
        ] {
            assert_eq!(verb_in_text(word, false), class, "{word}");
        }
    }
}
