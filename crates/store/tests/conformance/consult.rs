//! Consultations are numbered per doctor, and a person's courses are those of prescriptions that stand.

use lf_ports::consult::{COURSES_LOOKED_MAX, COURSES_MAX, Course, CourseDrug, ItntSession, OVERLAPS_MAX};
use lf_ports::replay::EARLIER_MAX;
use lf_ports::{ChangeSet, CommitError, Earlier, Standing};
use lf_rx::event::{SESSION_SECONDS_MAX, Session};
use lf_vocab::{Day, DrCode, HiRxno, Moment, PsnNo};

use super::{Full, Ground, fixture as f};

fn doctor(serial: u8) -> DrCode {
    format!("D36090200000{serial}").parse().unwrap()
}

pub fn session(from: i64, until: i64) -> Session {
    Session::new(f::at(from), f::at(until)).unwrap()
}

pub fn row(seq: i64, session: Session) -> ItntSession {
    ItntSession {
        dr_code: doctor(1),
        seq,
        session,
        insu_poolarea_no: f::pool(),
        psn_no: f::psn_no(),
        fixmedins_code: f::hospital(),
        hi_rxno: f::number(seq.unsigned_abs()),
    }
}

async fn held(store: &dyn Full, row: ItntSession) -> Result<(), CommitError> {
    store.commit(ChangeSet { session: Some(row), ..ChangeSet::default() }).await
}

pub async fn of_two_consultations_one_takes_the_number(ground: &dyn Ground) {
    let store = ground.open();
    assert_eq!(store.itnt_last(&doctor(1)).await, Ok(0));
    let (one, other) = (row(1, session(0, 600)), row(1, session(300, 900)));
    let both = tokio::join!(held(&*store, one.clone()), held(&*store, other.clone()));
    let won = [&both.0, &both.1].into_iter().filter(|result| result.is_ok()).count();
    assert_eq!(won, 1, "{both:?}");
    assert!([both.0, both.1].contains(&Err(CommitError::Stale("itnt_session"))));
    assert_eq!(store.itnt_last(&doctor(1)).await, Ok(1));
    assert_eq!(store.itnt_last(&doctor(2)).await, Ok(0), "each doctor counts alone");
    assert!(matches!(held(&*store, row(0, session(0, 1))).await, Err(CommitError::Store(_))));
}

pub async fn what_has_a_moment_in_common_is_found(ground: &dyn Ground) {
    let store = ground.open();
    let hour = 3_600;
    let held_at = [(hour, 2 * hour), (2 * hour, 3 * hour), (20 * hour, 21 * hour)];
    for (seq, (from, until)) in (1..).zip(held_at) {
        held(&*store, row(seq, session(from, until))).await.unwrap();
    }
    let other: PsnNo = "36090000000002".parse().unwrap();
    let found = async |from, until| -> Vec<i64> {
        let found = store.itnt_overlaps(&doctor(1), &session(from, until), (f::pool(), &other)).await.unwrap();
        found.iter().map(|row| row.seq).collect()
    };
    assert_eq!(found(0, hour).await, [0; 0], "who ends when another begins saw one at a time");
    assert_eq!(found(0, hour + 1).await, [1]);
    assert_eq!(found(hour + 60, 2 * hour).await, [1]);
    assert_eq!(found(0, 24 * hour).await, [1, 2, 3]);
    assert_eq!(store.itnt_overlaps(&doctor(2), &session(0, 24 * hour), (f::pool(), &other)).await, Ok(Vec::new()));
    // The longest that may be, at its last second and just over.
    let long = Session::new(f::at(-SESSION_SECONDS_MAX + 1), f::at(1)).unwrap();
    assert_eq!(Session::new(f::at(0), f::at(SESSION_SECONDS_MAX + 1)), None);
    assert_eq!(Session::new(f::at(0), f::at(0)), None);
    held(&*store, row(4, long)).await.unwrap();
    assert_eq!(found(0, 60).await, [4]);
    assert_eq!(found(1, 60).await, [0; 0]);
    for seq in 5..=(5 + OVERLAPS_MAX as i64) {
        held(&*store, row(seq, session(hour, 2 * hour))).await.unwrap();
    }
    assert_eq!(found(hour, hour + 1).await.len(), OVERLAPS_MAX);
    // Of more than so many with the person himself, the one with another is found; a number of another pool is another's.
    let one = ItntSession { psn_no: other.clone(), ..row(6 + OVERLAPS_MAX as i64, session(hour, 2 * hour)) };
    held(&*store, one.clone()).await.unwrap();
    let at = session(hour, hour + 1);
    assert_eq!(store.itnt_overlaps(&doctor(1), &at, (f::pool(), &f::psn_no())).await, Ok(vec![one]));
    let elsewhere = ("360100".parse().unwrap(), &f::psn_no());
    assert_eq!(store.itnt_overlaps(&doctor(1), &at, elsewhere).await.unwrap().len(), OVERLAPS_MAX);
}

/// A course of a prescription that lasts until a day after the fixture's.
pub fn course(serial: u64, psn_no: &PsnNo, days: i32) -> Course {
    let drug = CourseDrug {
        med_list_codg: "XA10BHX048A001010100001".parse().unwrap(),
        genname: "西格列汀片".to_owned(),
        from: f::day(),
        until: f::day().plus(days),
        days: i64::from(days),
    };
    Course { poolarea_no: f::pool(), psn_no: psn_no.clone(), hi_rxno: f::number(serial), drugs: vec![drug] }
}

async fn opened(store: &dyn Full, course: &Course, serial: u64, steps: usize) {
    let change = f::open(serial);
    let mut rx = change.rx.clone();
    store.commit(ChangeSet { course: Some(course.clone()), ..f::rx_only(change) }).await.unwrap();
    for _ in 0..steps {
        let change = f::follow(&rx, &f::next_event(&rx).unwrap());
        rx = change.rx.clone();
        store.commit(f::rx_only(change)).await.unwrap();
    }
}

pub async fn a_course_counts_while_its_prescription_stands(ground: &dyn Ground) {
    let store = ground.open();
    let (psn_no, now) = (f::psn_no(), f::at(600));
    // Pre-checked, signed, uploaded, carried, sold, and revoked.
    for (serial, steps) in [(1, 0), (2, 1), (3, 2), (4, 3), (5, 6), (6, 2)] {
        opened(&*store, &course(serial, &psn_no, 7), serial, steps).await;
    }
    let rx = store.rx(&f::number(6)).await.unwrap().unwrap();
    store.commit(f::rx_only(f::follow(&rx, &f::revoked()))).await.unwrap();
    let found = async |now: Moment| -> Vec<Course> { store.courses(f::pool(), &psn_no, now).await.unwrap() };
    assert_eq!(found(now).await, [5, 4, 3].map(|serial| course(serial, &psn_no, 7)));
    // After three days nobody may dispense what was only uploaded; what was sold lasts on.
    assert_eq!(found(f::at(10).plus_days(3)).await, [course(5, &psn_no, 7)]);
    assert_eq!(
        found(f::at(0).plus_days(7)).await,
        [course(5, &psn_no, 7)],
        "it ends today, and the next may follow it"
    );
    assert_eq!(found(f::at(0).plus_days(8)).await, []);
    let other: PsnNo = "36090000000002".parse().unwrap();
    assert_eq!(store.courses(f::pool(), &other, now).await, Ok(Vec::new()));
    assert_eq!(store.courses("360100".parse().unwrap(), &psn_no, now).await, Ok(Vec::new()));
}

pub async fn the_longest_courses_of_a_person_are_read(ground: &dyn Ground) {
    let store = ground.open();
    let psn_no = f::psn_no();
    for serial in 1..=(COURSES_MAX as u64 + 1) {
        opened(&*store, &course(serial, &psn_no, serial as i32), serial, 2).await;
    }
    let found = store.courses(f::pool(), &psn_no, f::at(600)).await.unwrap();
    assert_eq!(found.len(), COURSES_MAX);
    assert_eq!(found.last().unwrap(), &course(2, &psn_no, 2), "the shortest is left out");
    // As many that were only pre-checked, and last longer, crowd none of them out.
    let long = |serial: u64| course(serial, &psn_no, 365);
    for serial in 200..=(200 + COURSES_MAX as u64) {
        opened(&*store, &long(serial), serial, 0).await;
    }
    assert_eq!(store.courses(f::pool(), &psn_no, f::at(600)).await.unwrap(), found);
}

pub async fn so_many_courses_are_looked_through_and_not_one_more(ground: &dyn Ground) {
    let store = ground.open();
    let psn_no = f::psn_no();
    let standing = course(1, &psn_no, 7);
    opened(&*store, &standing, 1, 2).await;
    // Those that last longer, of prescriptions that do not stand: all but one, so that the last one looked at is this.
    for serial in 0..COURSES_LOOKED_MAX as u64 - 1 {
        let longer = course(1_000 + serial, &psn_no, 365);
        store.commit(ChangeSet { course: Some(longer), ..ChangeSet::default() }).await.unwrap();
    }
    let found = async || store.courses(f::pool(), &psn_no, f::at(600)).await.unwrap();
    assert_eq!(found().await, [standing]);
    let one_more = course(9_000, &psn_no, 365);
    store.commit(ChangeSet { course: Some(one_more), ..ChangeSet::default() }).await.unwrap();
    assert_eq!(found().await, []);
}

pub async fn all_numbers_of_a_person_are_read_in_pages(ground: &dyn Ground) {
    let store = ground.open();
    let psn_no = f::psn_no();
    // Also of drugs that ended long ago, and of what nobody signed.
    for serial in 1..=3 {
        opened(&*store, &course(serial, &psn_no, 1), serial, 0).await;
    }
    let page = async |after: Option<u64>, most: usize| {
        let after = after.map(f::number);
        store.rxnos_of_person(f::pool(), &psn_no, after.as_ref(), most).await.unwrap()
    };
    assert_eq!(page(None, 9).await, [1, 2, 3].map(f::number));
    assert_eq!(page(None, 2).await, [1, 2].map(f::number));
    assert_eq!(page(Some(2), 2).await, [f::number(3)]);
    assert_eq!(page(Some(3), 2).await, []);
    let other: PsnNo = "36090000000002".parse().unwrap();
    assert_eq!(store.rxnos_of_person(f::pool(), &other, None, 9).await, Ok(Vec::new()));
    assert_eq!(store.rxnos_of_person("360100".parse().unwrap(), &psn_no, None, 9).await, Ok(Vec::new()));
}

fn on(day: Day, serial: u64) -> HiRxno {
    HiRxno::new(f::pool(), day, serial).unwrap()
}

/// What a replay asks: where others of the same day or earlier stand by now, whatever came of them.
pub async fn earlier_courses_are_read_with_where_they_stand(ground: &dyn Ground) {
    let store = ground.open();
    let psn_no = f::psn_no();
    for (serial, steps, days) in [(1, 0, 7), (2, 2, 9), (3, 6, 8), (4, 2, 7), (5, 2, -1)] {
        opened(&*store, &course(serial, &psn_no, days), serial, steps).await;
    }
    let rx = store.rx(&f::number(4)).await.unwrap().unwrap();
    store.commit(f::rx_only(f::follow(&rx, &f::revoked()))).await.unwrap();
    let vali_end_time = store.rx(&f::number(2)).await.unwrap().unwrap().opened.vali_end_time;
    let of = |serial, days, standing| Earlier { course: course(serial, &psn_no, days), standing };
    let [free, dispensed] = [of(2, 9, Standing::Free(vali_end_time)), of(3, 8, Standing::Dispensed)];
    let rest = [of(4, 7, Standing::Closed), of(1, 7, Standing::Unsigned)];
    let numbers = [f::number(9), f::number(2), on(f::day().plus(8), 1), on(f::day().plus(-1), 1)];
    let asked: Vec<_> = numbers.iter().map(|number| (f::pool(), &psn_no, number)).collect();
    let found = store.earlier(&asked).await.unwrap();
    assert_eq!(found[0], [&[free.clone(), dispensed.clone()][..], &rest].concat(), "the longest first");
    assert_eq!(found[1], [&[dispensed.clone()][..], &rest].concat(), "without itself");
    assert_eq!(found[2], [free, dispensed], "what ends today is the last that counts");
    assert_eq!(found[3], [], "what came later was not there");
    let elsewhere = ("360100".parse().unwrap(), &psn_no, &numbers[0]);
    assert_eq!(store.earlier(&[elsewhere]).await, Ok(vec![Vec::new()]));
    assert_eq!(store.earlier(&[]).await, Ok(Vec::new()));
}

pub async fn no_more_than_so_many_earlier_courses_are_read(ground: &dyn Ground) {
    let store = ground.open();
    let psn_no = f::psn_no();
    let last = EARLIER_MAX as u64 + 1;
    for serial in 1..=last {
        opened(&*store, &course(serial, &psn_no, serial as i32), serial, 0).await;
    }
    let later = f::number(last + 1);
    let found = async |but: &HiRxno| store.earlier(&[(f::pool(), &psn_no, but)]).await.unwrap().remove(0);
    let longest = found(&later).await;
    assert_eq!((longest.len(), &longest[0].course), (EARLIER_MAX, &course(last, &psn_no, last as i32)));
    assert_eq!(found(&f::number(last)).await.len(), EARLIER_MAX, "so many others");
}
