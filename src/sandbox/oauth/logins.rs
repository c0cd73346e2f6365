//! The logins under way.

use super::codes::Codes;
use super::consent::Consent;
use super::device::Devices;

/// The scopes that a token has, in Zoom's granular names, where a test has chosen no others.
const SCOPE: &str = "meeting:read:list_meetings:admin meeting:read:meeting:admin meeting:write:meeting:admin \
    meeting:update:meeting:admin meeting:delete:meeting:admin meeting:read:list_past_participants:admin \
    meeting:update:status:admin meeting:read:list_registrants:admin meeting:write:registrant:admin \
    meeting:update:registrant_status:admin \
    meeting:read:list_past_instances:admin meeting:read:past_meeting:admin meeting:read:summary:admin \
    user:read:list_users:admin user:read:user:admin cloud_recording:read:list_user_recordings:admin \
    cloud_recording:read:list_recording_files:admin cloud_recording:read:meeting_transcript:admin \
    cloud_recording:delete:meeting_recording:admin cloud_recording:update:recover_meeting_recordings:admin";

/// The logins under way.
pub(in crate::sandbox) struct Logins {
    pub(super) codes: Codes,
    pub(super) devices: Devices,
    pub(in crate::sandbox) consent: Consent,
    /// The scopes that tokens are issued with.
    pub(in crate::sandbox) scope: String,
}

impl Logins {
    /// None yet. A device is asked to pause for `interval` seconds between two polls.
    pub(in crate::sandbox) fn new(interval: u64) -> Self {
        Self {
            codes: Codes::default(),
            devices: Devices::new(interval),
            consent: Consent::default(),
            scope: SCOPE.to_owned(),
        }
    }

    /// Makes every code of a login under way expire.
    pub(in crate::sandbox) fn expire(&mut self) {
        self.codes.expire();
        self.devices.expire();
    }
}
