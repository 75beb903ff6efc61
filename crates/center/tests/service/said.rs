//! What a use case said, in the form in which tests compare it: code, sentence, source.

use std::collections::BTreeSet;

use lf_center::{Answer, Failure};

/// Sends a command as the institution on one side of a life.
macro_rules! send {
    ($life:expr, $method:ident, $side:ident, $command:expr) => {{
        let command = $command;
        let ctx = $life.ctx(&$life.$side, &command).await;
        $life.center.center.$method(&ctx, &command).await
    }};
}
pub(crate) use send;

/// Takes a command, changes it, gives it back.
pub fn with<C>(mut command: C, change: impl FnOnce(&mut C)) -> C {
    change(&mut command);
    command
}

/// The codes of a failure.
pub fn codes<R>(result: &Result<Answer<R>, Failure>) -> Vec<String> {
    match result {
        Ok(_) => Vec::new(),
        Err(Failure::Refused(refusals)) => refusals.iter().map(|refusal| refusal.code.clone()).collect(),
        Err(other) => vec![format!("{other:?}")],
    }
}

/// The first code of a failure, or `ok`.
pub fn code<R>(result: &Result<Answer<R>, Failure>) -> String {
    codes(result).into_iter().next().unwrap_or_else(|| "ok".to_owned())
}

/// All refusals met so far.
#[derive(Default)]
pub struct Said {
    text: String,
    codes: BTreeSet<String>,
}

impl Said {
    /// Notes the one refusal of a result.
    pub fn refused<R>(&mut self, result: Result<Answer<R>, Failure>) {
        let refusals = match result {
            Err(Failure::Refused(refusals)) => refusals,
            Err(other) => panic!("{other:?}"),
            Ok(_) => panic!("accepted after {}", self.text),
        };
        for refusal in refusals {
            self.text.push_str(&format!("{} {}〔{}〕\n", refusal.code, refusal.sentence, refusal.source));
            self.codes.insert(refusal.code);
        }
    }

    /// Notes a reminder.
    pub fn reminded(&mut self, reminder: &lf_rx::Refusal) {
        self.text.push_str(&format!("{} {}〔{}〕\n", reminder.code, reminder.sentence, reminder.source));
    }

    /// Compares with a snapshot, and that every declared code of these use cases was met.
    pub fn are(self, expected: expect_test::Expect, declared: &[&[&str]]) {
        expected.assert_eq(&self.text);
        let unmet: Vec<_> = declared.iter().copied().flatten().filter(|code| !self.codes.contains(**code)).collect();
        assert!(unmet.is_empty(), "declared, but not reached here: {unmet:?}");
    }
}
