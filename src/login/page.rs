//! The pages that a browser ends on. They share a head, and load nothing.

/// A page with this title, sign and content.
macro_rules! page {
    ($title:literal, $sign:literal, $content:literal) => {
        concat!(
            include_str!("pages/head.html"),
            "<title>",
            $title,
            " - zoomtok</title>\n</head>\n<body>\n<main>\n<div class=\"sign\" aria-hidden=\"true\">",
            $sign,
            "</div>\n",
            $content,
            "</main>\n</body>\n</html>\n"
        )
    };
}

/// The page once the browser has brought the code.
pub(super) const DONE: &str = page!(
    "Allowed",
    "&#9989;",
    "<h1>Zoom has sent you back</h1>
<p>zoomtok finishes the login in its terminal, which shows whether it worked.</p>
<p>You can close this page.</p>
"
);

/// The page where the person has not allowed the app.
pub(super) const DENIED: &str = page!(
    "Not allowed",
    "&#128683;",
    "<h1>The app was not allowed</h1>
<p>Nothing was changed. The terminal shows what Zoom said and what to do.</p>
<p>You can close this page.</p>
"
);

/// The page for a request that belongs to no login.
pub(super) const OTHER: &str = page!(
    "Nothing here",
    "&#128269;",
    "<h1>No login waits for this address</h1>
<p>If zoomtok waits in a terminal, open the address that it shows there.</p>
"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_are_whole_and_load_nothing() {
        for page in [DONE, DENIED, OTHER] {
            assert!(page.starts_with("<!DOCTYPE html>\n<html lang=\"en\">") && page.ends_with("</html>\n"));
            for tag in ["html", "head", "style", "title", "body", "main", "div", "h1"] {
                let count = |text: &str| page.matches(text).count();
                let opened = count(&format!("<{tag}>")) + count(&format!("<{tag} "));
                assert_eq!((opened, count(&format!("</{tag}>"))), (1, 1), "{tag} in {page}");
            }
            for loaded in ["src=", "href=", "url(", "@import", "<script", "<link", "<iframe", "http"] {
                assert!(!page.contains(loaded), "{loaded} in {page}");
            }
        }
    }
}
