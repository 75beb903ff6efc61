//! Each limit at its end and one past it, on a clock that stands until it is moved.

use std::sync::atomic::{AtomicI64, Ordering};

use lf_ports::{AppLimits, CodeStyle};
use lf_vocab::Moment;

use super::*;

struct Standing(AtomicI64);

impl Clock for Standing {
    fn now(&self) -> Moment {
        Moment::from_micros(self.0.load(Ordering::SeqCst))
    }
}

fn number(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap()
}

fn app(name: &str, limits: AppLimits) -> App {
    App {
        app_id: name.to_owned(),
        app_secret: String::new(),
        public_key: String::new(),
        fixmedins_code: "H36090200101".parse().unwrap(),
        code_style: CodeStyle::Number,
        disabled: false,
        gateway: None,
        limits: Some(limits),
    }
}

fn guards() -> (Arc<Standing>, Guards) {
    let clock = Arc::new(Standing(AtomicI64::new(1_000_000_000)));
    let limits = Limits { app_burst: number(3), app_per_second: number(2), ..Limits::default() };
    (clock.clone(), Guards::new(clock, &limits))
}

fn code(entered: Result<Pass, Outcome>) -> i32 {
    entered.map_or_else(|outcome| outcome.code, |_| 0)
}

#[test]
fn a_burst_and_not_one_more_until_time_has_passed() {
    let (clock, guards) = guards();
    let usual = app("A", AppLimits::default());
    for nth in 1..=3 {
        assert_eq!(code(guards.enter(&usual)), 0, "{nth}");
    }
    let refused = guards.enter(&usual).err().unwrap();
    assert_eq!((refused.code, refused.message.contains("每秒2笔") && refused.message.contains("连续3笔")), (429, true));
    assert_eq!(code(guards.enter(&app("B", AppLimits::default()))), 0, "another app has its own");
    clock.0.fetch_add(499_999, Ordering::SeqCst);
    assert_eq!(code(guards.enter(&usual)), 429);
    clock.0.fetch_add(1, Ordering::SeqCst);
    assert_eq!((code(guards.enter(&usual)), code(guards.enter(&usual))), (0, 429));
    let own = AppLimits { burst: Some(number(5)), ..AppLimits::default() };
    let codes: Vec<_> = (0..6).map(|_| code(guards.enter(&app("A", own)))).collect();
    assert_eq!(codes, [0, 0, 0, 0, 0, 429], "the register's word counts at once");
}

#[test]
fn so_many_under_way_and_not_one_more() {
    let (_, guards) = guards();
    let two = app("A", AppLimits { concurrent: Some(number(2)), burst: Some(number(9)), ..AppLimits::default() });
    let (first, second) = (guards.enter(&two), guards.enter(&two));
    assert!(first.is_ok() && second.is_ok());
    let refused = guards.enter(&two).err().unwrap();
    assert_eq!((refused.code, refused.message.contains("上限2")), (503, true));
    drop(first);
    assert_eq!(code(guards.enter(&two)), 0, "an answered message leaves its place");
}

#[test]
fn a_body_of_its_own_size_and_not_one_byte_more() {
    let (_, guards) = guards();
    let own = app("A", AppLimits { body_max: Some(number(10)), ..AppLimits::default() });
    let pass = guards.enter(&own).ok().unwrap();
    assert_eq!((pass.check_size(10), pass.check_size(11).map_err(|o| o.code)), (Ok(()), Err(413)));
    let huge = app("B", AppLimits { body_max: Some(number(u32::MAX)), ..AppLimits::default() });
    let pass = guards.enter(&huge).ok().unwrap();
    assert_eq!(pass.body_max(), Limits::default().body_max, "nobody may send more than the front takes");
}

#[test]
fn wrong_codes_are_counted_in_a_window_that_slides() {
    let (clock, guards) = guards();
    let many = AppLimits { burst: Some(number(100)), ..AppLimits::default() };
    let pass = guards.enter(&app("A", many)).ok().unwrap();
    for nth in 0..QRCODE_FAILURES_MAX {
        assert!(pass.may_show_code().is_ok(), "{nth}");
        pass.showed_wrong_code();
        clock.0.fetch_add(1_000_000, Ordering::SeqCst);
    }
    let refused = pass.may_show_code().unwrap_err();
    assert_eq!((refused.code, refused.message.contains("20次")), (429, true));
    // A change of the register forgets nothing.
    let changed = AppLimits { burst: Some(number(101)), ..AppLimits::default() };
    let pass = guards.enter(&app("A", changed)).ok().unwrap();
    assert!(pass.may_show_code().is_err());
    let window = i64::try_from(QRCODE_WINDOW.as_micros()).unwrap();
    clock.0.store(1_000_000_000 + window - 1, Ordering::SeqCst);
    assert!(pass.may_show_code().is_err(), "the first is one microsecond inside");
    clock.0.fetch_add(1, Ordering::SeqCst);
    assert!(pass.may_show_code().is_ok());
    pass.showed_wrong_code();
    assert!(pass.may_show_code().is_err(), "only one place was free");
}

#[test]
fn what_is_kept_has_an_end_and_those_at_rest_go_first() {
    let (_, mut guards) = guards();
    guards.kept_max = 3;
    let named = |name: &str| app(name, AppLimits::default());
    let busy = guards.enter(&named("busy"));
    let guessing = guards.enter(&named("guessing")).ok().unwrap();
    guessing.showed_wrong_code();
    drop(guessing);
    drop(guards.enter(&named("rest")));
    let names = |guards: &Guards| guards.kept.lock().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&guards), ["busy", "guessing", "rest"], "as many as there is room for");
    drop(guards.enter(&named("new")));
    assert_eq!(names(&guards), ["busy", "guessing", "new"]);
    drop(busy);
}
