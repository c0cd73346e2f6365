//! Goes through all states that a model can reach, the nearest first, so that a counterexample is a shortest one.
//!
//! It is ours since the model checkers there are bring a web server and second versions of crates that zoomtok has once.

use std::collections::HashMap;
use std::collections::hash_map::{DefaultHasher, Entry};
use std::fmt::Debug;
use std::hash::{Hash, Hasher as _};

/// Something that goes from state to state.
pub(super) trait Model {
    type State: Clone + Hash;
    type Action: Copy + Debug;

    fn start(&self) -> Self::State;

    /// All that can happen in a state.
    fn actions(&self, state: &Self::State) -> Vec<Self::Action>;

    /// The state after that.
    fn after(&self, state: &Self::State, action: Self::Action) -> Self::State;

    /// The property that is violated, if one is.
    fn wrong(&self, state: &Self::State) -> Option<&'static str>;
}

/// The result of an exploration.
pub(super) struct Explored<A> {
    /// The number of different states.
    pub(super) states: usize,
    /// The violated property and the way there, if one is.
    pub(super) wrong: Option<(&'static str, Vec<A>)>,
}

/// A state by 128 bits of its hash: of ten million states two are taken for one with a probability below 10^-24.
type Name = (u64, u64);

fn name(state: &impl Hash) -> Name {
    let half = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        (salt, state).hash(&mut hasher);
        hasher.finish()
    };
    (half(0), half(1))
}

/// Visits every state, up to the first that is wrong.
pub(super) fn explore<M: Model>(model: &M) -> Explored<M::Action> {
    let start = model.start();
    let mut reached: HashMap<Name, Option<(Name, M::Action)>> = HashMap::from([(name(&start), None)]);
    let mut level = vec![(name(&start), start)];
    while !level.is_empty() {
        let mut next = Vec::new();
        for (here, state) in level {
            if let Some(wrong) = model.wrong(&state) {
                return Explored { states: reached.len(), wrong: Some((wrong, way(&reached, here))) };
            }
            for action in model.actions(&state) {
                let after = model.after(&state, action);
                let there = name(&after);
                if let Entry::Vacant(unknown) = reached.entry(there) {
                    unknown.insert(Some((here, action)));
                    next.push((there, after));
                }
            }
        }
        level = next;
    }
    Explored { states: reached.len(), wrong: None }
}

/// The actions that lead to a state.
fn way<A: Copy>(reached: &HashMap<Name, Option<(Name, A)>>, mut to: Name) -> Vec<A> {
    let mut way = Vec::new();
    while let Some(Some((from, action))) = reached.get(&to) {
        way.push(*action);
        to = *from;
    }
    way.reverse();
    way
}
