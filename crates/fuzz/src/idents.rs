//! Identifiers, amounts and days of `vocab`.
//!
//! Properties: what is accepted is written as a text that reads back as the same value; sums and products do not wrap.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use lf_vocab::{
    Admdvs, Certno, Day, DrCode, DrugTracCodg, Fen, FixmedinsCode, HiRxno, MedListCodg, Moment, PharCode, Pric, PsnNo,
    Qty, Ratio, RxTraceCode,
};

use crate::edit::edited_text;
use crate::feed::Feed;
use crate::samples::{HI_RXNO, RX_TRACE_CODE};

const GOOD: [&str; 10] = [
    HI_RXNO,
    RX_TRACE_CODE,
    "360902197904165015",
    "H36090200101",
    "XC07AAZ001A001010100001",
    "2026-11-22 09:30:00",
    "2026-11-22",
    "1234.56",
    "-12.5e-3",
    "81000000000000000001",
];

pub fn run(bytes: &[u8]) {
    let mut feed = Feed::new(bytes);
    let choice = usize::from(feed.byte());
    match GOOD.get(choice % (GOOD.len() + 1)) {
        Some(good) => all(&edited_text(good, &mut feed)),
        None => all(&String::from_utf8_lossy(feed.rest())),
    }
}

fn all(text: &str) {
    same::<Admdvs>(text);
    same::<FixmedinsCode>(text);
    same::<DrCode>(text);
    same::<PharCode>(text);
    same::<MedListCodg>(text);
    same::<DrugTracCodg>(text);
    same::<HiRxno>(text);
    same::<RxTraceCode>(text);
    same::<Day>(text);
    same::<Moment>(text);
    same::<Fen>(text);
    same::<Qty>(text);
    same::<Pric>(text);
    same::<Ratio>(text);
    if let Ok(certno) = text.parse::<Certno>() {
        let _ = (certno.check_resident().is_ok(), certno.birthday());
        assert_eq!(String::from(certno.clone()).parse().as_ref(), Ok(&certno));
    }
    if let Ok(psn_no) = text.parse::<PsnNo>() {
        assert_eq!(String::from(psn_no), text);
    }
    if let Ok(number) = text.parse::<HiRxno>() {
        assert_eq!(number.poolarea_no().as_str(), &text[..6]);
    }
    if let (Ok(fen), Ok(ratio), Ok(pric), Ok(qty)) =
        (text.parse::<Fen>(), text.parse(), text.parse::<Pric>(), text.parse())
    {
        drop((fen.times(ratio), pric.times(qty), Fen::sum([fen, fen, fen]), fen.checked_sub(fen), ratio.to_four()));
    }
    if let Ok(day) = text.parse::<Day>() {
        drop((day.plus(i32::MAX), day.plus(i32::MIN), day.compact(), day.start().plus_days(1)));
    }
}

fn same<T: FromStr<Err: Debug + PartialEq> + Display + Debug + PartialEq>(text: &str) {
    if let Ok(value) = text.parse::<T>() {
        assert_eq!(value.to_string().parse::<T>().as_ref(), Ok(&value), "{text:?}");
    }
}
