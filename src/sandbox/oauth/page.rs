//! The page on which a person allows or denies.

use crate::sandbox::message::{Fields, Reply};

/// Asks a person. The links lead to the same path with the same fields, and with the decision.
pub(super) fn question(path: &str, query: &Fields, what: &str) -> Reply {
    let link = |decision| {
        let fields = query.iter().filter(|(name, _)| *name != "decision");
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .append_pair("decision", decision)
            .finish();
        format!("{path}?{}", query.replace('&', "&amp;"))
    };
    let page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Authorize - made-up Zoom</title></head>\n\
         <body><h1>Authorize the made-up app</h1>\n<p>You are Ada Example. The app would:</p>\n<ul><li>{what}</li></ul>\n\
         <p><a id=\"allow\" href=\"{}\">Allow</a> <a id=\"deny\" href=\"{}\">Deny</a></p></body></html>\n",
        link("allow"),
        link("deny"),
    );
    Reply::text(200, "text/html;charset=UTF-8", page)
}

/// Reports to a person.
pub(super) fn notice(text: &'static str) -> Reply {
    Reply::html(200, text)
}
