//! The requests that are under way between a client and its servers, and by which ids each side knows them. Pure.
//!
//! A client has one server at a time, and for a moment two: while a new child takes over, the old one ends its calls. So the
//! ids and progress tokens of either side are replaced by numbers of the gateway, which are given once, and put back in
//! what comes in answer. An answer to nothing that is under way is dropped: a second answer, or one that was made up.

use std::collections::{HashMap, VecDeque};

/// How many requests that the client has cancelled are remembered, for servers that answer them all the same.
const CANCELLED: usize = 256;

/// The number of a server of a client, counted from its first one.
pub(crate) type Generation = u64;

/// The requests under way. `T` holds the facts about one of the client's.
#[derive(Debug)]
pub(crate) struct Flight<T> {
    next: u64,
    asked: HashMap<u64, Asked<T>>,
    /// The numbers of the client's requests by its own ids, the latest of each.
    numbers: HashMap<String, u64>,
    cancelled: VecDeque<u64>,
    from_server: HashMap<u64, FromServer>,
}

/// A request of the client.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Asked<T> {
    /// The client's id of it, as JSON.
    pub(crate) id: String,
    /// The client's token for progress, as JSON.
    pub(crate) progress: Option<String>,
    /// The server that was given it; none as long as it waits.
    pub(crate) given_to: Option<Generation>,
    /// Whether the client has cancelled it.
    pub(crate) is_cancelled: bool,
    /// The other facts about it.
    pub(crate) about: T,
}

/// A request of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FromServer {
    pub(crate) generation: Generation,
    /// The server's id of it, as JSON.
    pub(crate) id: String,
    /// The server's token for progress, as JSON.
    pub(crate) progress: Option<String>,
}

/// The effect of a client's cancellation of a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Cancelled<T> {
    /// Its server is to be notified, by this number.
    Given { number: u64, generation: Generation },
    /// No server was given it, and none will be.
    Waiting(Asked<T>),
    /// It is not under way.
    Unknown,
}

impl<T> Default for Flight<T> {
    fn default() -> Self {
        Self {
            next: 0,
            asked: HashMap::new(),
            numbers: HashMap::new(),
            cancelled: VecDeque::new(),
            from_server: HashMap::new(),
        }
    }
}

impl<T> Flight<T> {
    /// A number that was not given before.
    pub(crate) fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Takes a request of the client in, and gives its number.
    pub(crate) fn ask(&mut self, id: String, progress: Option<String>, about: T) -> u64 {
        let number = self.number();
        self.numbers.insert(id.clone(), number);
        let asked = Asked { id, progress, given_to: None, is_cancelled: false, about };
        self.asked.insert(number, asked);
        number
    }

    /// Notes that a server is given a request now. False where it is not under way any more.
    #[must_use]
    pub(crate) fn give(&mut self, number: u64, generation: Generation) -> bool {
        let Some(asked) = self.asked.get_mut(&number) else { return false };
        asked.given_to = Some(generation);
        true
    }

    /// A request of the client that is under way.
    pub(crate) fn get(&self, number: u64) -> Option<&Asked<T>> {
        self.asked.get(&number)
    }

    /// The facts about a request that is under way.
    pub(crate) fn about(&mut self, number: u64) -> Option<&mut T> {
        self.asked.get_mut(&number).map(|asked| &mut asked.about)
    }

    /// Takes a request out, since it is answered. Only the server that was given it may answer it.
    pub(crate) fn answered(&mut self, number: u64, by: Generation) -> Option<Asked<T>> {
        (self.asked.get(&number)?.given_to == Some(by)).then(|| self.remove(number))?
    }

    /// Takes a request out for a while, with [`Flight::put_back`] behind it.
    pub(crate) fn take(&mut self, number: u64) -> Option<Asked<T>> {
        self.asked.remove(&number)
    }

    /// Puts a request back that was taken out.
    pub(crate) fn put_back(&mut self, number: u64, asked: Asked<T>) {
        self.asked.insert(number, asked);
    }

    /// Takes a request out, whoever has it.
    pub(crate) fn remove(&mut self, number: u64) -> Option<Asked<T>> {
        let asked = self.asked.remove(&number)?;
        if self.numbers.get(&asked.id) == Some(&number) {
            self.numbers.remove(&asked.id);
        }
        Some(asked)
    }

    /// The client no longer wants to know of a request. Its server may still answer it, and that answer passes.
    pub(crate) fn cancel(&mut self, id: &str) -> Cancelled<T> {
        self.numbers.get(id).copied().map_or(Cancelled::Unknown, |number| self.cancel_number(number))
    }

    /// The same for the request of this number.
    pub(crate) fn cancel_number(&mut self, number: u64) -> Cancelled<T> {
        let Some(asked) = self.asked.get_mut(&number) else { return Cancelled::Unknown };
        let Some(generation) = asked.given_to else {
            return self.remove(number).map_or(Cancelled::Unknown, Cancelled::Waiting);
        };
        if !std::mem::replace(&mut asked.is_cancelled, true) {
            self.cancelled.push_back(number);
        }
        if self.cancelled.len() > CANCELLED
            && let Some(oldest) = self.cancelled.pop_front()
        {
            self.remove(oldest);
        }
        Cancelled::Given { number, generation }
    }

    /// Takes out the requests that a server had that has ended. A request that `goes_on` stays, for the next one.
    pub(crate) fn lost(&mut self, generation: Generation, goes_on: impl Fn(&T) -> bool) -> Vec<Asked<T>> {
        self.from_server.retain(|_, request| request.generation != generation);
        let lost =
            self.given_to(generation).filter(|(_, asked)| asked.is_cancelled || !goes_on(&asked.about));
        let mut lost: Vec<u64> = lost.map(|(number, _)| number).collect();
        lost.sort_unstable();
        lost.into_iter().filter_map(|number| self.remove(number)).collect()
    }

    /// The requests that a server has, in no order.
    pub(crate) fn given_to(&self, generation: Generation) -> impl Iterator<Item = (u64, &Asked<T>)> {
        self.iter().filter(move |(_, asked)| asked.given_to == Some(generation))
    }

    /// The requests of the client, in no order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u64, &Asked<T>)> {
        self.asked.iter().map(|(number, asked)| (*number, asked))
    }

    /// The request that a server reports progress of, by what stands for the client's token.
    pub(crate) fn progress(&mut self, token: &str, by: Generation) -> Option<&mut Asked<T>> {
        self.asked.get_mut(&token.parse().ok()?).filter(|asked| asked.given_to == Some(by))
    }

    /// Takes a request of a server in, and gives its number.
    pub(crate) fn ask_client(&mut self, request: FromServer) -> u64 {
        let number = self.number();
        self.from_server.insert(number, request);
        number
    }

    /// Takes a request of a server out that the client has answered.
    pub(crate) fn client_answered(&mut self, number: &str) -> Option<FromServer> {
        self.from_server.remove(&number.parse().ok()?)
    }

    /// The request of a server that the client reports progress of.
    pub(crate) fn client_progress(&self, token: &str) -> Option<&FromServer> {
        self.from_server.get(&token.parse().ok()?)
    }

    /// Takes a request of a server out that the server has cancelled.
    pub(crate) fn server_cancelled(&mut self, generation: Generation, id: &str) -> Option<u64> {
        let is = |request: &FromServer| request.generation == generation && request.id == id;
        let number = self.from_server.iter().find(|(_, request)| is(request)).map(|(number, _)| *number)?;
        self.from_server.remove(&number);
        Some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flight() -> Flight<&'static str> {
        Flight::default()
    }

    #[test]
    fn an_answer_passes_once_and_only_from_the_server_that_was_asked() {
        let mut flight = flight();
        let number = flight.ask("\"a\"".into(), Some("7".into()), "call");
        assert_eq!(flight.answered(number, 1), None, "nobody was given it");
        assert!(flight.give(number, 1));
        assert_eq!(flight.answered(number, 2), None, "another server");
        assert_eq!(flight.answered(number + 1, 1), None, "made up");
        assert_eq!(flight.progress(&number.to_string(), 1).unwrap().progress.as_deref(), Some("7"));
        assert!(flight.progress(&number.to_string(), 2).is_none());
        assert_eq!(flight.answered(number, 1).unwrap().id, "\"a\"");
        assert_eq!(flight.answered(number, 1), None, "twice");
        assert!(!flight.give(number, 1));
    }

    #[test]
    fn a_cancelled_request_is_still_answered_where_a_server_has_it() {
        let mut flight = flight();
        let waits = flight.ask("1".into(), None, "a");
        assert!(matches!(flight.cancel("1"), Cancelled::Waiting(Asked { about: "a", .. })));
        assert!(!flight.give(waits, 1));
        let number = flight.ask("1".into(), None, "b");
        assert!(flight.give(number, 1));
        assert_eq!(flight.cancel("1"), Cancelled::Given { number, generation: 1 });
        assert!(flight.given_to(1).all(|(_, asked)| asked.is_cancelled), "nobody waits for it");
        assert!(flight.answered(number, 1).is_some());
        assert_eq!(flight.cancel("1"), Cancelled::Unknown);
        for n in 0..=CANCELLED {
            let number = flight.ask(n.to_string(), None, "c");
            assert!(flight.give(number, 1));
            flight.cancel(&n.to_string());
        }
        assert_eq!(flight.asked.len(), CANCELLED, "the oldest is forgotten");
    }

    #[test]
    fn of_two_requests_with_one_id_each_is_answered() {
        let mut flight = flight();
        let (one, two) = (flight.ask("1".into(), None, "a"), flight.ask("1".into(), None, "b"));
        assert!(flight.give(one, 1) && flight.give(two, 1));
        assert_eq!(flight.answered(one, 1).unwrap().about, "a");
        assert_eq!(flight.cancel("1"), Cancelled::Given { number: two, generation: 1 });
        assert_eq!(flight.answered(two, 1).unwrap().about, "b");
    }

    #[test]
    fn a_server_that_ends_loses_what_it_was_given() {
        let mut flight = flight();
        let numbers = [1, 2, 1].map(|generation| {
            let number = flight.ask(format!("\"{generation}\""), None, "x");
            assert!(flight.give(number, generation));
            number
        });
        let waiting = flight.ask("9".into(), None, "y");
        let request = |generation| FromServer { generation, id: "5".into(), progress: None };
        let (one, two) = (flight.ask_client(request(1)), flight.ask_client(request(2)));
        let goes_on = flight.ask("8".into(), None, "goes on");
        assert!(flight.give(goes_on, 1));
        assert_eq!(flight.lost(1, |about| *about == "goes on").len(), 2);
        assert_eq!(flight.given_to(1).map(|(number, _)| number).collect::<Vec<_>>(), [goes_on]);
        assert_eq!(flight.client_answered(&one.to_string()), None);
        assert_eq!(flight.client_answered(&two.to_string()), Some(request(2)));
        assert!(flight.answered(numbers[1], 2).is_some() && flight.give(waiting, 3));
    }

    #[test]
    fn requests_of_two_servers_with_one_id_are_distinguished() {
        let mut flight = flight();
        let request = |generation| FromServer { generation, id: "1".into(), progress: Some("3".into()) };
        let (one, two) = (flight.ask_client(request(1)), flight.ask_client(request(2)));
        assert_ne!(one, two);
        assert_eq!(flight.client_progress(&two.to_string()), Some(&request(2)));
        assert_eq!(flight.server_cancelled(1, "1"), Some(one));
        assert_eq!(flight.server_cancelled(1, "1"), None);
        assert_eq!(flight.client_answered("x"), None);
        assert_eq!(flight.client_answered(&two.to_string()), Some(request(2)));
    }
}
