//! The files in Zoom's lists of recordings, each once.

use std::collections::BTreeMap;

use serde_json::Value;

use super::name::name;

/// A file that is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    /// Its bytes, if Zoom says how many.
    pub(super) size: Option<u64>,
    /// Where it is, or why it cannot be had.
    pub(super) address: Result<String, &'static str>,
}

/// The files by their names, which sort by time.
#[derive(Debug, Default)]
pub(super) struct Plan(BTreeMap<String, Wanted>);

impl Plan {
    /// Adds the files of a page of a list. A meeting over midnight may be in two lists.
    pub(super) fn add(&mut self, page: &Value) {
        for recording in page["meetings"].as_array().into_iter().flatten() {
            for file in recording["recording_files"].as_array().into_iter().flatten() {
                self.0.insert(name(recording, file), wanted(file));
            }
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Their bytes, as far as they are known.
    pub(super) fn bytes(&self) -> u64 {
        self.0.values().filter_map(|wanted| wanted.size).fold(0, u64::saturating_add)
    }

    /// The files in the order of their names.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Wanted)> {
        self.0.iter().map(|(name, wanted)| (name.as_str(), wanted))
    }
}

fn wanted(file: &Value) -> Wanted {
    let size = file["file_size"].as_u64().or_else(|| file["file_size"].as_str()?.parse().ok());
    let is_processed = file["status"].as_str().is_none_or(|status| status.eq_ignore_ascii_case("completed"));
    let address = match file["download_url"].as_str() {
        _ if !is_processed => Err("Zoom is still processing it"),
        Some(address) if !address.is_empty() => Ok(address.to_owned()),
        // Accounts that keep recordings on their premises get a path instead.
        _ => Err("Zoom names no address for it"),
    };
    Wanted { size: size.filter(|size| *size > 0), address }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_file_is_planned_once_with_its_size_or_why_it_cannot_be_had() {
        let file = |id: &str, more: Value| {
            let mut file =
                json!({"id": id, "file_extension": "MP4", "recording_start": "2026-03-01T14:05:00Z"});
            file.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            file
        };
        let page = |files: Value| json!({"meetings": [{"topic": "x", "recording_files": files}]});
        let mut plan = Plan::default();
        plan.add(&page(json!([
            file("b", json!({"file_size": 5, "download_url": "https://zoom.us/b", "status": "completed"})),
            file("a", json!({"file_size": "7", "download_url": "https://zoom.us/a"})),
        ])));
        plan.add(&page(json!([
            file("b", json!({"file_size": 5, "download_url": "https://zoom.us/b"})),
            file("c", json!({"file_size": 0, "status": "processing", "download_url": "https://zoom.us/c"})),
            file("d", json!({"file_path": "/mnt/d"})),
        ])));
        plan.add(&json!({"meetings": [{"topic": "without files"}]}));
        plan.add(&Value::Null);
        let found: Vec<_> =
            plan.iter().map(|(name, wanted)| (name.rsplit('-').next().unwrap(), wanted.clone())).collect();
        let there = |id: &str| Ok(format!("https://zoom.us/{id}"));
        assert_eq!(
            found,
            [
                ("a.mp4", Wanted { size: Some(7), address: there("a") }),
                ("b.mp4", Wanted { size: Some(5), address: there("b") }),
                ("c.mp4", Wanted { size: None, address: Err("Zoom is still processing it") }),
                ("d.mp4", Wanted { size: None, address: Err("Zoom names no address for it") }),
            ]
        );
        assert_eq!((plan.len(), plan.bytes()), (4, 12));
    }
}
