//! The use cases in process, over SQLite and the repository's law: journeys, repetitions, refusals, races, time,
//! money and permission.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

mod account;
mod benefit_law;
mod card;
mod clinic;
mod consult;
mod counter;
mod delivery;
mod goods;
mod goods_asked;
mod grants;
mod journey;
mod list_match;
mod lists;
mod money;
mod offers;
mod once;
mod online;
mod overtaken;
mod paper;
mod permission;
mod prices;
mod race;
mod reconciled;
mod refusals_counter;
mod refusals_hospital;
mod refusals_till;
mod registers;
mod reim;
mod reim_again;
mod restrictions;
mod said;
mod schemes;
mod simulation;
mod statements;
mod supervised;
mod supplied;
mod tell;
mod time;
mod trips;
mod undone;
