//! The tools: what each is called, what it takes, what it does.
//!
//! A tool is the type of its arguments. From that type come its schema (schemars), by which what a client sends gets its
//! one spelling (`spelling/`), the check of that (serde and garde), and what it does ([`Tool::call`]); they cannot
//! disagree. [`Definition::read`] is the one way from what a client sends to what a policy judges and a tool runs on.

mod arguments;
mod done;
mod listed;
mod masks;
mod meetings;
mod months;
mod past;
mod recordings;
mod registrants;
mod scopes;
mod token;
mod transcript;
mod users;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use garde::Validate;
use schemars::generate::SchemaSettings;
use schemars::transform::transform_subschemas;
use schemars::{JsonSchema, Schema};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use self::scopes::Scopes;
use super::failure::ToolFailure;
use super::session::Session;
use crate::spelling;

/// The arguments of a tool, and what it does with them.
trait Tool: DeserializeOwned + JsonSchema + Validate<Context = ()> + Send + 'static {
    /// Its name for clients.
    const NAME: &'static str;
    /// The scopes that its call of Zoom needs; none if it makes none of its own.
    const SCOPES: Option<Scopes>;
    /// Its name for people.
    const TITLE: &'static str;
    /// The description for a model: its result, when to use it, and caveats.
    const DESCRIPTION: &'static str;
    /// The hints for clients about its effects.
    const HINTS: Hints;

    /// The characters of its answer at most, where it has many. Such an answer is sent once, as a text, and has no
    /// structured form: clients show their model the one or the other (Claude Code and VS Code the structured one, most
    /// others the text), and some count both against what an answer may have.
    const LONG: Option<usize> = None;

    /// The form of its answer, where that is zoomtok's own and not Zoom's.
    fn output() -> Option<Schema> {
        None
    }

    /// The arguments that follow from the others or from the time: they are judged too, and are what the tool runs on.
    /// Refuses arguments that do not go together.
    fn complete(&self, _: DateTime<Utc>) -> Result<Map<String, Value>, ToolFailure> {
        Ok(Map::new())
    }

    /// Does it.
    fn call(self, session: &Session) -> impl Future<Output = Result<Reply, ToolFailure>> + Send;
}

/// The hints for clients about the effects of a tool. They are hints only; the policy decides what is allowed
/// (<https://modelcontextprotocol.io/specification/2025-11-25/schema#toolannotations>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "the protocol has these four")]
pub(in crate::mcp) struct Hints {
    /// It changes nothing.
    pub(in crate::mcp) read_only: bool,
    /// It may remove or overwrite something.
    pub(in crate::mcp) destructive: bool,
    /// Doing it twice is as doing it once.
    pub(in crate::mcp) idempotent: bool,
    /// It reaches beyond this machine.
    pub(in crate::mcp) open_world: bool,
}

impl Hints {
    /// The hints of a tool that asks Zoom and changes nothing.
    const READS: Self = Self { read_only: true, destructive: false, idempotent: true, open_world: true };
}

/// The answer of a tool.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::mcp) struct Reply {
    /// For programs.
    pub(in crate::mcp) value: Value,
    /// For the model, where a sentence says it better than the value.
    pub(in crate::mcp) text: Option<String>,
}

impl From<Value> for Reply {
    fn from(value: Value) -> Self {
        Self { value, text: None }
    }
}

pub(in crate::mcp) type Running = Pin<Box<dyn Future<Output = Result<Reply, ToolFailure>> + Send>>;

/// A call whose arguments have been read: what a policy judges, and what the tool runs on. Nothing else runs a tool, so
/// that what is asked of Zoom is what was judged.
pub(crate) struct Call {
    arguments: Map<String, Value>,
    run: Box<dyn FnOnce(Arc<Session>) -> Running + Send>,
}

impl Call {
    #[cfg(test)]
    pub(in crate::mcp) fn new(
        arguments: Map<String, Value>,
        run: impl FnOnce(Arc<Session>) -> Running + Send + 'static,
    ) -> Self {
        Self { arguments, run: Box::new(run) }
    }

    /// The arguments as they are judged.
    pub(crate) fn arguments(&self) -> &Map<String, Value> {
        &self.arguments
    }

    /// Runs the tool.
    pub(in crate::mcp) async fn run(self, session: Arc<Session>) -> Result<Reply, ToolFailure> {
        (self.run)(session).await
    }
}

/// Reads what a client sent, by the schema of a tool; see [`Definition::read`].
pub(in crate::mcp) type Read = fn(&Value, Map<String, Value>, DateTime<Utc>) -> Result<Call, ToolFailure>;

/// A tool, whatever its arguments.
#[derive(Clone)]
pub(in crate::mcp) struct Definition {
    pub(in crate::mcp) name: &'static str,
    pub(in crate::mcp) scopes: Option<Scopes>,
    pub(in crate::mcp) title: &'static str,
    pub(in crate::mcp) description: &'static str,
    pub(in crate::mcp) hints: Hints,
    /// The arguments as clients are shown them.
    pub(in crate::mcp) input: Arc<Map<String, Value>>,
    pub(in crate::mcp) output: Option<Arc<Map<String, Value>>>,
    /// See [`Tool::LONG`].
    pub(in crate::mcp) long: Option<usize>,
    /// The arguments with all that holds of them.
    pub(in crate::mcp) schema: Arc<Value>,
    pub(in crate::mcp) read: Read,
}

impl Definition {
    fn of<T: Tool>() -> Self {
        let schema = schema::<T>().to_value();
        Self {
            name: T::NAME,
            scopes: T::SCOPES,
            title: T::TITLE,
            description: T::DESCRIPTION,
            hints: T::HINTS,
            input: Arc::new(listed::schema(&schema)),
            output: T::output().map(|schema| Arc::new(listed::schema(schema.as_value()))),
            long: T::LONG,
            schema: Arc::new(schema),
            read: call::<T>,
        }
    }

    /// Reads the arguments of a call. Pure: the same arguments at the same time make the same call.
    ///
    /// # Errors
    ///
    /// They are not what the tool takes.
    pub(in crate::mcp) fn read(
        &self,
        arguments: Map<String, Value>,
        now: DateTime<Utc>,
    ) -> Result<Call, ToolFailure> {
        (self.read)(&self.schema, arguments, now)
    }
}

/// Makes of what a client sent what is judged, and reads the arguments of the tool from that alone.
fn call<T: Tool>(
    schema: &Value,
    arguments: Map<String, Value>,
    now: DateTime<Utc>,
) -> Result<Call, ToolFailure> {
    let mut arguments = spelling::arguments(schema, arguments).map_err(ToolFailure::arguments)?;
    let mut tool: T = read(&arguments)?;
    let more = tool.complete(now)?;
    if !more.is_empty() {
        arguments.extend(more);
        tool = read(&arguments)?;
    }
    let run = move |session: Arc<Session>| -> Running { Box::pin(async move { tool.call(&session).await }) };
    Ok(Call { arguments, run: Box::new(run) })
}

/// Every tool there is, in the order in which they are listed.
pub(in crate::mcp) fn all() -> Vec<Definition> {
    vec![
        Definition::of::<meetings::ListMeetings>(),
        Definition::of::<meetings::GetMeeting>(),
        Definition::of::<meetings::CreateMeeting>(),
        Definition::of::<meetings::UpdateMeeting>(),
        Definition::of::<meetings::DeleteMeeting>(),
        Definition::of::<meetings::EndMeeting>(),
        Definition::of::<meetings::GetMeetingParticipants>(),
        Definition::of::<past::GetPastMeeting>(),
        Definition::of::<past::GetMeetingInstances>(),
        Definition::of::<past::GetMeetingSummary>(),
        Definition::of::<registrants::ListMeetingRegistrants>(),
        Definition::of::<registrants::AddMeetingRegistrant>(),
        Definition::of::<registrants::UpdateRegistrantStatus>(),
        Definition::of::<users::ListUsers>(),
        Definition::of::<users::GetUser>(),
        Definition::of::<recordings::ListRecordings>(),
        Definition::of::<recordings::GetRecordingDetails>(),
        Definition::of::<recordings::GetMeetingRecordings>(),
        Definition::of::<recordings::DeleteMeetingRecordings>(),
        Definition::of::<recordings::RecoverMeetingRecordings>(),
        Definition::of::<transcript::GetMeetingTranscript>(),
        Definition::of::<token::RefreshToken>(),
        Definition::of::<token::TokenStatus>(),
    ]
}

/// The schema of a type, whole and without references: not every client follows those.
fn schema<T: JsonSchema>() -> Schema {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    let mut schema = settings.with_transform(plain).into_generator().into_root_schema_for::<T>();
    // Some clients do not take an object that says nothing of its properties.
    if schema.get("properties").is_none() {
        schema.insert("properties".into(), Map::new().into());
    }
    schema
}

/// Removes details of Rust from a schema that mean nothing to a model: that an argument that may be left out may be
/// `null`, the name of the type, the width of a number, and where the lines of a comment end.
fn plain(schema: &mut Schema) {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = &types[..] {
            let only = only.clone();
            schema.insert("type".into(), only);
        }
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum") {
        values.retain(|value| !value.is_null());
    }
    if let Some(Value::String(text)) = schema.get_mut("description") {
        *text = text.replace('\n', " ");
    }
    schema.remove("title");
    if schema.get("type").is_some_and(|name| name == "integer") {
        schema.remove("format");
    }
    transform_subschemas(&mut plain, schema);
}

/// A value without the fields that are `null`: what was not given is not sent.
fn without_nulls(value: Value) -> Value {
    let Value::Object(fields) = value else { return value };
    let given = fields.into_iter().filter(|(_, value)| !value.is_null());
    given.map(|(name, value)| (name, without_nulls(value))).collect()
}

/// Reads arguments. A problem is reported with the name of the argument, and without its value, which may be a secret.
fn read<T: Tool>(arguments: &Map<String, Value>) -> Result<T, ToolFailure> {
    let tool: T = serde_path_to_error::deserialize(arguments).map_err(|error| {
        let path = error.path().to_string();
        let problem = problem(&error.into_inner().to_string());
        ToolFailure::arguments(if path == "." { problem } else { format!("{path}: {problem}") })
    })?;
    // No tool takes an array. serde takes one for an object all the same, its fields in their order, and a policy that
    // goes by their names would not see them.
    if let Some(place) = place_of_array(arguments) {
        return Err(ToolFailure::arguments(format!("{place}: must be an object")));
    }
    tool.validate().map_err(|report| {
        let problems: Vec<String> =
            report.iter().map(|(path, problem)| format!("{path}: {problem}")).collect();
        ToolFailure::arguments(problems.join("; "))
    })?;
    Ok(tool)
}

/// Where an array stands, with dots into objects.
fn place_of_array(fields: &Map<String, Value>) -> Option<String> {
    fields.iter().find_map(|(name, value)| {
        if value.is_array() {
            return Some(name.clone());
        }
        place_of_array(value.as_object()?).map(|rest| format!("{name}.{rest}"))
    })
}

/// The problem in an error of serde. Behind `expected` stands what a value must be, before it the value itself.
fn problem(said: &str) -> String {
    match said.rsplit_once(", expected ") {
        Some((before, _)) if before.starts_with("unknown field") => said.to_owned(),
        Some((_, "u32" | "i32")) => "must be a whole number".to_owned(),
        Some((_, expected)) => format!("must be {expected}"),
        None => said.to_owned(),
    }
}

#[cfg(test)]
mod tests;
