//! `zoomtok policy accept`

use super::Context;
use super::confirm::is_confirmed;
use super::gateways::pins_of;
use crate::cli::failure::Result;
use crate::controls::revealed;
use crate::error::Code;
use crate::mcp::gateway::difference::Difference;
use crate::mcp::gateway::pin_file::Held;

/// Shows which tools of a gateway are held back and what differs, and accepts them as they are now, if whoever is asked
/// says so.
pub(super) fn accept(context: &Context, name: &str, yes: bool) -> Result<Code> {
    let pins = pins_of(context, name)?;
    let held = pins.held()?;
    if held.is_empty() {
        context.output.text(&format!("✅ No tool of {name} is held back"))?;
        return Ok(Code::Done);
    }
    for line in held.iter().flat_map(lines) {
        context.output.data(&line)?;
    }
    if !yes && !is_confirmed(context, &format!("Accept {} as shown?", tools(held.len())))? {
        context.output.talk("Nothing was accepted");
        return Ok(Code::Failed);
    }
    pins.accept(&held, &context.clock, &context.stop)?;
    context.output.text(&format!("✅ Accepted; {} can be used now", tools(held.len())))?;
    Ok(Code::Done)
}

fn tools(count: usize) -> String {
    if count == 1 { "1 tool".into() } else { format!("{count} tools") }
}

/// The description of a tool for a person. Every character of it is visible.
fn lines(held: &Held) -> Vec<String> {
    let name = revealed(&held.name);
    let title = if held.is_new { format!("🔍 {name} is new") } else { format!("🔍 {name} has changed") };
    let mut lines = vec![title];
    for Difference { place, before, now } in &held.differences {
        let place = revealed(place);
        let text = |text: &Option<String>| text.as_deref().map_or("nothing".into(), revealed).into_owned();
        if held.is_new {
            lines.push(format!("   {place}: {}", text(now)));
        } else {
            lines.push(format!("   {place}"));
            lines.push(format!("      was {}", text(before)));
            lines.push(format!("      is  {}", text(now)));
        }
    }
    lines
}
