//! A place on the map, in millionths of a degree, and how far another one is: in metres, by whole numbers alone.
//!
//! Serves the drug query of patients (JX-4.5.1). Reckoned on a ball of 6 371 009 m with the meridians taken as parallel at the middle
//! latitude: from 18° to 54° north and up to 300 km at most 2 m and one part in 5 000 beside the great circle; the ball itself is up
//! to one part in 200 beside the earth. Invariant: both ends must come from one system (WGS-84, GCJ-02 …), which nobody here can tell.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A latitude and a longitude.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "(i32, i32)", into = "(i32, i32)")]
pub struct Spot {
    lat_e6: i32,
    lng_e6: i32,
}

/// Why a text is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SpotError {
    /// Not two numbers of degrees.
    #[error("格式应为“纬度,经度”，单位度，最多6位小数")]
    Form,
    /// Beyond the poles or the date line.
    #[error("纬度应在±90度、经度应在±180度以内")]
    Range,
}

/// Millionths in a degree.
const DEGREE: i32 = 1_000_000;
/// Metres of a degree of latitude.
const DEGREE_METRES: u128 = 111_195;

/// The cosine of each whole degree, in millionths.
#[rustfmt::skip]
const COS_E6: [i64; 91] = [
    1_000_000, 999_848, 999_391, 998_630, 997_564, 996_195, 994_522, 992_546, 990_268, 987_688,
    984_808, 981_627, 978_148, 974_370, 970_296, 965_926, 961_262, 956_305, 951_057, 945_519,
    939_693, 933_580, 927_184, 920_505, 913_545, 906_308, 898_794, 891_007, 882_948, 874_620,
    866_025, 857_167, 848_048, 838_671, 829_038, 819_152, 809_017, 798_636, 788_011, 777_146,
    766_044, 754_710, 743_145, 731_354, 719_340, 707_107, 694_658, 681_998, 669_131, 656_059,
    642_788, 629_320, 615_661, 601_815, 587_785, 573_576, 559_193, 544_639, 529_919, 515_038,
    500_000, 484_810, 469_472, 453_990, 438_371, 422_618, 406_737, 390_731, 374_607, 358_368,
    342_020, 325_568, 309_017, 292_372, 275_637, 258_819, 241_922, 224_951, 207_912, 190_809,
    173_648, 156_434, 139_173, 121_869, 104_528, 87_156, 69_756, 52_336, 34_899, 17_452,
    0,
];

impl Spot {
    /// From millionths of a degree.
    ///
    /// # Errors
    /// [`SpotError::Range`].
    pub fn new(lat_e6: i32, lng_e6: i32) -> Result<Self, SpotError> {
        let within = lat_e6.unsigned_abs() <= 90_000_000 && lng_e6.unsigned_abs() <= 180_000_000;
        if within { Ok(Self { lat_e6, lng_e6 }) } else { Err(SpotError::Range) }
    }

    /// From degrees as they are written, at most six decimals each.
    ///
    /// # Errors
    /// [`SpotError`].
    pub fn of_degrees(lat: &str, lng: &str) -> Result<Self, SpotError> {
        Self::new(micro_degrees(lat)?, micro_degrees(lng)?)
    }

    /// How far another place is, in metres rounded down.
    pub fn metres_to(self, other: Self) -> u32 {
        let north = i64::from(self.lat_e6) - i64::from(other.lat_e6);
        let east = (i64::from(self.lng_e6) - i64::from(other.lng_e6)).abs();
        let east = east.min(360 * i64::from(DEGREE) - east);
        let middle = i64::midpoint(self.lat_e6.into(), other.lat_e6.into());
        let east = east * cos_e6(middle) / i64::from(DEGREE);
        let square = u128::from(north.unsigned_abs()).pow(2) + u128::from(east.unsigned_abs()).pow(2);
        let metres = square.isqrt() * DEGREE_METRES / u128::from(DEGREE.unsigned_abs());
        u32::try_from(metres).unwrap_or(u32::MAX)
    }
}

/// Between whole degrees in a straight line, which is less than 4 millionths of a hundredth off.
fn cos_e6(lat_e6: i64) -> i64 {
    let (lat, degree) = (lat_e6.unsigned_abs(), u64::from(DEGREE.unsigned_abs()));
    let at = |whole: u64| usize::try_from(whole).ok().and_then(|whole| COS_E6.get(whole)).copied().unwrap_or(0);
    let (low, high) = (at(lat / degree), at(lat / degree + 1));
    low - (low - high) * i64::try_from(lat % degree).unwrap_or(0) / i64::from(DEGREE)
}

fn micro_degrees(text: &str) -> Result<i32, SpotError> {
    let text = text.trim();
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let number = |text: &str, most: usize| {
        let good = !text.is_empty() && text.len() <= most && text.bytes().all(|byte| byte.is_ascii_digit());
        if good { text.parse::<i32>().map_err(|_| SpotError::Form) } else { Err(SpotError::Form) }
    };
    let (whole, decimals) = (number(whole, 3)?, number(part, 6)?);
    let scale = (part.len()..6).fold(1, |scale, _| scale * 10);
    Ok(sign * (whole * DEGREE + decimals * scale))
}

impl FromStr for Spot {
    type Err = SpotError;
    fn from_str(text: &str) -> Result<Self, SpotError> {
        let (lat, lng) = text.split_once([',', '，']).ok_or(SpotError::Form)?;
        Self::of_degrees(lat, lng)
    }
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let one = |f: &mut fmt::Formatter<'_>, e6: i32| {
            let sign = if e6 < 0 { "-" } else { "" };
            let (abs, degree) = (e6.unsigned_abs(), DEGREE.unsigned_abs());
            write!(f, "{sign}{}.{:06}", abs / degree, abs % degree)
        };
        one(f, self.lat_e6)?;
        f.write_str(",")?;
        one(f, self.lng_e6)
    }
}

impl TryFrom<(i32, i32)> for Spot {
    type Error = SpotError;
    fn try_from((lat_e6, lng_e6): (i32, i32)) -> Result<Self, SpotError> {
        Self::new(lat_e6, lng_e6)
    }
}

impl From<Spot> for (i32, i32) {
    fn from(spot: Spot) -> Self {
        (spot.lat_e6, spot.lng_e6)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spot(text: &str) -> Spot {
        text.parse().unwrap()
    }

    #[test]
    fn distances_are_those_of_the_great_circle_within_what_is_promised() {
        // Great circles on a ball of 6 371 008.8 m, by the haversine formula, in metres.
        for (from, to, known) in [
            ("28.1917,115.7712", "27.8043,114.391", 142_191),
            ("23.0207,113.7518", "22.5431,114.0579", 61_686),
            ("30.5928,114.3055", "27.8043,114.391", 310_178),
            ("27.8043,114.391", "27.8043,114.4", 885),
            ("18.25,109.5", "18.25,109.5", 0),
            ("30,120", "31,120", 111_195),
        ] {
            let metres = i64::from(spot(from).metres_to(spot(to)));
            assert_eq!(metres, i64::from(spot(to).metres_to(spot(from))), "the same both ways");
            assert!((metres - known).abs() <= 2 + known / 5_000, "{from} to {to}: {metres}, known {known}");
        }
        // Far away it is an estimate still: Beijing to Shanghai.
        let far = spot("39.9042,116.4074").metres_to(spot("31.2304,121.4737"));
        assert!(far.abs_diff(1_067_312) < 1_000, "{far}");
    }

    #[test]
    fn the_date_line_and_the_poles_are_no_edge() {
        assert_eq!(spot("0,179.999999").metres_to(spot("0,-180")), 0);
        assert!(spot("0,179.5").metres_to(spot("0,-179.5")).abs_diff(111_195) <= 1);
        assert_eq!(spot("90,0").metres_to(spot("90,120")), 0);
        assert_eq!(spot("-90,0").metres_to(spot("90,0")), 20_015_100);
    }

    #[test]
    fn a_text_is_a_place_or_says_why_not() {
        assert_eq!(spot("27.804300,114.391").to_string(), "27.804300,114.391000");
        assert_eq!(spot("-0.5, 180").to_string(), "-0.500000,180.000000");
        let why = |text: &str| text.parse::<Spot>().unwrap_err();
        for text in ["", "27", "27;114", "27.1234567,114", "a,1", "1e3,1", "+1,1", "27.,114", "0027,114"] {
            assert_eq!(why(text), SpotError::Form, "{text}");
        }
        for text in ["90.000001,0", "0,180.000001", "-91,0", "0,-181"] {
            assert_eq!(why(text), SpotError::Range, "{text}");
        }
        assert_eq!(spot("90,-180").to_string(), "90.000000,-180.000000");
        assert!(serde_json::from_str::<Spot>("[90000001,0]").is_err());
    }
}
