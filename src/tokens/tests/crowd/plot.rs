//! The picture of the requests, which the page of the fleet shows.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use super::world::World;
use super::{OUTAGE, SECONDS};

/// The seconds that one bar stands for: it shows the largest figure among them.
const STEP: usize = 30;

/// The size of a panel, without its margins.
const WIDTH: usize = SECONDS / STEP;
const HEIGHT: usize = 90;

/// Draws it, or fails if the picture that is kept is another one. `ZOOMTOK_DRAW=1` keeps it.
#[expect(clippy::disallowed_methods, reason = "a test keeps a picture")]
pub(super) fn keep(user: &World, server: &World) {
    let picture = draw(user, server);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/fleet.svg");
    if std::env::var_os("ZOOMTOK_DRAW").is_some() {
        fs::write(&path, &picture).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    let how = "docs/fleet.svg is stale: ZOOMTOK_DRAW=1 cargo test --lib ten_thousand_machines";
    assert!(kept == picture, "{how}");
}

fn draw(user: &World, server: &World) -> String {
    let panels = [
        ("Commands to the store, a user's grant", &user.store),
        ("Requests to Zoom, a user's grant", &user.zoom),
        ("Commands to the store, a Server-to-Server app", &server.store),
        ("Requests to Zoom, a Server-to-Server app", &server.zoom),
    ];
    let height = panels.len() * (HEIGHT + 50) + 30;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {height}\" font-family=\"sans-serif\" \
         font-size=\"12\" role=\"img\">\n<title>The most requests in a second, of 10,000 machines over four hours</title>\n\
         <style>text{{fill:#1f2328}}rect.o{{fill:#8882}}path{{fill:#0969da}}line{{stroke:#8888}}\
         @media(prefers-color-scheme:dark){{text{{fill:#e6edf3}}path{{fill:#4493f8}}}}</style>\n",
        WIDTH + 100
    );
    for (at, (title, counts)) in panels.into_iter().enumerate() {
        panel(&mut svg, 24 + at * (HEIGHT + 50), title, counts);
    }
    svg + "</svg>\n"
}

fn panel(svg: &mut String, top: usize, title: &str, counts: &[u32]) {
    let largest = counts.iter().copied().max().unwrap_or(0).max(1);
    let bottom = top + HEIGHT;
    let place = |second: u64| 60 + usize::try_from(second).unwrap() / STEP;
    let (from, to) = (place(OUTAGE.start), place(OUTAGE.end));
    let mut path = String::new();
    for (at, step) in counts.chunks(STEP).enumerate() {
        let most = step.iter().copied().max().unwrap_or(0);
        if most > 0 {
            // The smallest figure is seen too.
            let height = (most as usize * HEIGHT / largest as usize).max(2);
            let _ = write!(path, "M{} {bottom}v-{height}h1v{height}z", 60 + at);
        }
    }
    let _ = writeln!(
        svg,
        "<text x=\"60\" y=\"{}\">{title}</text><text x=\"54\" y=\"{}\" text-anchor=\"end\">{largest}/s</text>\n\
         <rect class=\"o\" x=\"{from}\" y=\"{top}\" width=\"{}\" height=\"{HEIGHT}\"/>\n\
         <line x1=\"60\" x2=\"{}\" y1=\"{bottom}\" y2=\"{bottom}\"/><path d=\"{path}\"/>",
        top - 6,
        top + 10,
        to - from,
        60 + WIDTH,
    );
    for hour in 0..=SECONDS / 3600 {
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{hour} h</text>",
            60 + hour * 3600 / STEP,
            bottom + 16
        );
    }
}
