//! `liufang online`: stands for a channel in which a person chooses pharmacy and prescriptions (7202). Serves DG-3.5a.
//!
//! The token of the person's credential comes on standard input, so that no list of processes shows it; it proves who chooses.
//! What may flow to that pharmacy is decided as at its counter.

use std::io::Read as _;
use std::sync::Arc;

use anyhow::Context as _;
use lf_center::t7202_online::{Choice, Chosen};
use lf_center::{Caller, Center, Ctx, Failure, Settings};
use lf_law::Law;
use lf_ports::{Clock as _, Store};
use lf_vocab::Moment;

use crate::beside::with_law;
use crate::cli::OnlineArgs;
use crate::edge::{OsChance, SystemClock};
use crate::words::in_words;

/// The longest token, in bytes.
const TOKEN_MAX: usize = 256;

/// `liufang online`
pub async fn run(args: &OnlineArgs) -> anyhow::Result<bool> {
    let ec_token = token(std::io::stdin())?;
    let now = SystemClock.now();
    let chosen =
        with_law(&args.lawful, async |store, law| choose(store.clone(), law.clone(), args, &ec_token, now).await);
    match chosen.await? {
        Ok(chosen) => {
            println!("authCircBizSn {} until {}", chosen.auth_circ_biz_sn, chosen.expires_in);
            for (hi_rxno, shown) in chosen.list {
                println!("{hi_rxno} {} {}", shown.prsc_time, shown.fixmedins_name);
            }
            Ok(true)
        }
        Err(why) => {
            eprintln!("{why}");
            Ok(false)
        }
    }
}

/// The token that comes in, without the line's end. One that is too long is nobody's, and is refused whole, not cut.
fn token(from: impl std::io::Read) -> anyhow::Result<String> {
    let mut text = String::new();
    // Room for a line's end, and for the one byte that is too many.
    let most = TOKEN_MAX as u64 + 3;
    from.take(most).read_to_string(&mut text).context("the token on standard input")?;
    let token = text.trim();
    anyhow::ensure!(token.len() <= TOKEN_MAX && text.len() < most as usize, "a token has at most {TOKEN_MAX} bytes");
    Ok(token.to_owned())
}

/// The choice, or why it is refused.
pub async fn choose(
    store: Arc<dyn Store>,
    law: Arc<Law>,
    args: &OnlineArgs,
    ec_token: &str,
    now: Moment,
) -> anyhow::Result<Result<Chosen, String>> {
    let Some(fixmedins) = store.fixmedins(&args.pharmacy).await? else {
        return Ok(Err(format!("no pharmacy {}", args.pharmacy)));
    };
    let settings = Settings { token_minutes: args.token_minutes, ..Settings::default() };
    let center = Center::new(store, law, Arc::new(OsChance), settings);
    let grants = center.grants(fixmedins.poolarea_no, now).await?;
    let caller = Caller { app_id: args.channel.clone(), fixmedins };
    let ctx = Ctx { caller, digest: [0; 32], envelope_digest: [0; 32], msgid: None, now, grants };
    let choice = Choice { ec_token: ec_token.to_owned(), hi_rxno: args.hi_rxno.clone() };
    match center.authorise_online(&ctx, &choice).await {
        Ok(chosen) => Ok(Ok(chosen)),
        Err(refused @ Failure::Refused(_)) => Ok(Err(refused.in_words())),
        Err(failure) => Err(in_words(failure)),
    }
}

#[cfg(test)]
mod tests {
    use lf_testkit::region::PHARMACY;
    use lf_testkit::{Step, TestCenter, law_with};

    use super::*;
    use crate::cli::{Beside, Lawful};

    #[test]
    fn a_token_has_so_many_bytes_and_one_that_has_more_is_not_cut() {
        let longest = "t".repeat(TOKEN_MAX);
        for end in ["", "\n", "\r\n"] {
            assert_eq!(token(format!("{longest}{end}").as_bytes()).unwrap(), longest);
            for more in [1, 2, 3, 1_000] {
                let longer = "t".repeat(TOKEN_MAX + more);
                assert!(token(format!("{longer}{end}").as_bytes()).is_err(), "{more}");
            }
        }
        // What follows far behind is no part of a token either.
        assert!(token(format!("{longest}    t").as_bytes()).is_err());
    }

    #[tokio::test]
    async fn what_may_flow_is_decided_by_the_law_that_is_named() {
        let center = TestCenter::new().await;
        let person = &center.people.active;
        center.life(person).up_to(Step::Uploaded).await;
        let args = OnlineArgs {
            lawful: Lawful { beside: Beside { database: String::new(), store_key: None }, packs: None },
            pharmacy: PHARMACY.parse().unwrap(),
            channel: "CHANNEL".to_owned(),
            hi_rxno: Vec::new(),
            token_minutes: 30,
        };
        let chosen = async |law: Law| {
            let store: Arc<dyn Store> = center.store.clone();
            choose(store, Arc::new(law), &args, &person.ec_token, center.now()).await.unwrap()
        };
        // There who consents is refused, where here it is who does not.
        let other = |_: &str, text: String| {
            text.replace("violated_if = { psn_agre_flag = false }", "violated_if = { psn_agre_flag = true }")
        };
        let refused = chosen(law_with(other)).await.unwrap_err();
        assert!(refused.contains("RX-7202-06"), "{refused}");
        assert_eq!(chosen(law_with(|_, text| text)).await.unwrap().list.len(), 1);
    }
}
