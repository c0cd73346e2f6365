//! `zoomtok completions` and `zoomtok man`: what is generated from the arguments.

use std::io::{self, Write as _};

use clap::{Arg, Command, CommandFactory as _, Id};
use clap_mangen::Man;

use super::{Context, Run};
use crate::cli::args::{self, AFTER, Cli, FIRST};
use crate::cli::failure::Result;
use crate::error::{Code, Error};

impl Run for args::Completions {
    fn run(&self, context: &Context) -> Result<Code> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "zoomtok", &mut script);
        context.output.raw(&script)?;
        Ok(Code::Done)
    }
}

/// One page for the program with all its commands, since nobody looks for `zoomtok-get(1)`.
impl Run for args::Man {
    fn run(&self, context: &Context) -> Result<Code> {
        let page = page().map_err(|source| Error::Other { action: "make the manual page".into(), source })?;
        context.output.raw(&page)?;
        Ok(Code::Done)
    }
}

/// The commands that a command is made of; itself where it is made of none.
fn typed(command: &Command) -> Vec<&Command> {
    if !command.has_subcommands() {
        return vec![command];
    }
    command.get_subcommands().filter(|command| command.get_name() != "help").flat_map(typed).collect()
}

/// Lines that stay as they are, tables and examples, with the characters that roff would set otherwise.
fn unfilled(text: &str) -> String {
    let text = text.replace('\\', "\\e").replace('-', "\\-").replace('\'', "\\(aq");
    format!(".nf\n{text}\n.fi")
}

fn page() -> io::Result<Vec<u8>> {
    let mut command = Cli::command();
    command.build();
    let above: Vec<Id> = command.get_arguments().map(|arg| arg.get_id().clone()).collect();
    let man = Man::new(command.clone());
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    // Names of variables in one piece, and no gaps between words.
    writeln!(page, ".nh\n.ad l")?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    writeln!(page, ".SH COMMANDS")?;
    for command in typed(&command) {
        // The options of every command stand above, once.
        let told = |arg: &Arg| above.contains(arg.get_id());
        let man = Man::new(command.clone().mut_args(|arg| if told(&arg) { arg.hide(true) } else { arg }));
        writeln!(page, ".SS {}", command.get_bin_name().unwrap_or_default())?;
        for render in
            [Man::render_synopsis_section, Man::render_description_section, Man::render_options_section]
        {
            let mut part = Vec::new();
            render(&man, &mut part)?;
            // These are sections of a page of their own; here they are paragraphs of this command.
            let part = String::from_utf8_lossy(&part);
            page.extend(
                part.lines()
                    .filter(|line| !line.starts_with(".SH "))
                    .flat_map(|line| [line, "\n"])
                    .flat_map(str::bytes),
            );
            writeln!(page, ".PP")?;
        }
        if let Some(examples) = command.get_after_help() {
            writeln!(page, "{}", unfilled(&examples.to_string()))?;
        }
    }
    for section in [FIRST].into_iter().chain(AFTER.split("\n\n")) {
        let (heading, table) = section.split_once(":\n").unwrap_or((section, ""));
        writeln!(page, ".SH {}\n{}", heading.to_uppercase(), unfilled(table))?;
    }
    man.render_version_section(&mut page)?;
    Ok(page)
}
