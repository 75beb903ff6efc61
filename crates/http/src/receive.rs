//! The way of a message through the envelope, and back.

use std::sync::Arc;

use lf_center::t7203_qrcode::QrcodeRefusal;
use lf_center::{Caller, Ctx, Failure};
use lf_ports::{App, Fixmedins};
use lf_rx::{Refusal, Refused as _};
use lf_vocab::Moment;
use lf_wire::envelope::claimed_sender;
use lf_wire::json::Value;
use lf_wire::{
    Checked, CodeStyle, Envelope, Lint, Node, ReplyHead, SignForm, Transaction, Wire, commands, parse_data, route,
    seal_reply,
};

use crate::Front;
use crate::apps::{self, AppKeys};
use crate::dispatch;
use crate::guard::Pass;
use crate::outcome::Outcome;
use crate::seen::Seen;

/// What is said when a reply itself cannot be made.
const LAST_RESORT: &[u8] =
    r#"{"code":500,"message":"中心内部错误","success":false,"type":"error","encData":"","signData":""}"#.as_bytes();

/// A message as it arrived.
struct Arrived<'a> {
    path: &'a str,
    /// Of the whole body.
    size: usize,
    now: Moment,
}

/// Answers one body sent to a path.
pub async fn answer(front: &Front, path: &str, body: &[u8], seen: &mut Seen) -> Vec<u8> {
    let now = front.clock.now();
    let envelope = match Envelope::parse(body) {
        Ok(envelope) => envelope,
        Err(error) => return broken_envelope(front, body, &noted(Outcome::envelope(&error), seen), now).await,
    };
    let sender = match sender(front, envelope.app_id(), body, now).await {
        Ok(known) => known,
        Err(outcome) => return unsealed(&noted(outcome, seen), now),
    };
    let arrived = Arrived { path, size: body.len(), now };
    let (outcome, payload) = match process(front, &arrived, &envelope, &sender, seen).await {
        Ok((outcome, payload)) => (outcome, payload),
        Err(outcome) => (outcome, b"{}".to_vec()),
    };
    let Sender { app, keys, .. } = &sender;
    seal(front, app, keys, envelope.wire(), &noted(outcome, seen), &payload, now)
}

fn noted(outcome: Outcome, seen: &mut Seen) -> Outcome {
    seen.code = outcome.code;
    outcome
}

/// Who is registered under an id, also when switched off, with prepared keys.
struct Sender {
    app: App,
    keys: Arc<AppKeys>,
    /// Its institution, where it could be asked for together with the app.
    fixmedins: Option<Fixmedins>,
}

async fn sender(front: &Front, app_id: &str, body: &[u8], now: Moment) -> Result<Sender, Outcome> {
    let (store, spoke_for) = (front.center.store(), front.apps.spoke_for(app_id));
    let institution = async {
        match &spoke_for {
            Some(code) => store.fixmedins(code).await,
            None => Ok(None),
        }
    };
    let (found, institution) = tokio::join!(store.app(app_id), institution);
    let found = found.map_err(|error| Outcome::failure(&error.into(), &reference(body, now)))?;
    let app = found.ok_or_else(Outcome::unknown_app)?;
    let keys = front.apps.prepared(&app).map_err(|why| Outcome::broken(&why, &reference(body, now)))?;
    // What went wrong here goes wrong again when it is asked for alone, and is answered sealed.
    let fixmedins = institution.ok().flatten().filter(|fixmedins| fixmedins.fixmedins_code == app.fixmedins_code);
    Ok(Sender { app, keys, fixmedins })
}

/// Even then the error is sealed for whom the body names, because one client opens `encData` before it looks at
/// `code` (epc.md §1.3).
async fn broken_envelope(front: &Front, body: &[u8], outcome: &Outcome, now: Moment) -> Vec<u8> {
    let Some((app_id, wire)) = claimed_sender(body) else { return unsealed(outcome, now) };
    match sender(front, &app_id, body, now).await {
        Ok(Sender { app, keys, .. }) => seal(front, &app, &keys, wire, outcome, b"{}", now),
        Err(_) => unsealed(outcome, now),
    }
}

/// A body beyond a limit, of which nothing is known.
pub fn not_taken(front: &Front, outcome: &Outcome, seen: &mut Seen) -> Vec<u8> {
    seen.code = outcome.code;
    unsealed(outcome, front.clock.now())
}

async fn process(
    front: &Front,
    &Arrived { path, size, now }: &Arrived<'_>,
    envelope: &Envelope<'_>,
    Sender { app, keys, fixmedins }: &Sender,
    seen: &mut Seen,
) -> Result<(Outcome, Vec<u8>), Outcome> {
    // Known here and not above, so that also this error is sealed for its reader.
    if app.disabled {
        return Err(Outcome::unknown_app());
    }
    check_age(front, envelope, now)?;
    let plain = envelope.open(&keys.sm4).map_err(|error| Outcome::envelope(&error))?;
    let data = parse_data(&plain).map_err(|error| Outcome::envelope(&error))?;
    let form = envelope
        .verify(&keys.verifier, &app.app_secret, &plain, &data, keys.remembered())
        .map_err(|error| Outcome::envelope(&error))?;
    keys.remember(app, form);
    seen.sender(app);
    seen.dialect = dialect(form, envelope.wire());
    // Only now: what an unproved message claims must not use up anybody's limits.
    let pass = front.guards.enter(app)?;
    pass.check_size(size)?;
    let transaction = route(path).map_err(|error| Outcome::route(&error))?;
    seen.transaction = Some(transaction);
    let node = valid(app, transaction, &data)?;
    seen.reference = reference(&plain, now);
    let ctx = ctx(front, (app, fixmedins.clone()), transaction, &data, envelope, now)
        .await
        .map_err(|failure| Outcome::failure(&failure, &seen.reference))?;
    let (payload, reminders) = run(front, &pass, &ctx, transaction, &node, seen).await?;
    Ok((Outcome::success(&reminders), payload))
}

/// The letter of a dialect, for figures.
fn dialect(form: SignForm, wire: Wire<'_>) -> &'static str {
    match form {
        SignForm::Cipher => "C",
        _ if wire.enc_type == "sm4" => "B",
        _ => "A",
    }
}

/// Runs a transaction for either front.
pub async fn run(
    front: &Front,
    pass: &Pass,
    ctx: &Ctx,
    transaction: Transaction,
    node: &Node<'_>,
    seen: &mut Seen,
) -> Result<(Vec<u8>, Vec<Refusal>), Outcome> {
    if transaction == Transaction::T7203 {
        pass.may_show_code()?;
    }
    let done = counted(pass, transaction, dispatch::run(&front.center, ctx, transaction, node).await, seen)?;
    if transaction == Transaction::T7103
        && let Some(reviewed) = node.moment("phar_chk_time")
    {
        // From now on every pharmacy can fetch it.
        lf_vocab::covers!("WH-3.4");
        front.metrics.synced(reviewed, ctx.now);
    }
    Ok(done)
}

/// What a transaction that was run ended with, for whoever counts.
pub fn counted<T>(
    pass: &Pass,
    transaction: Transaction,
    done: Result<T, dispatch::Stopped>,
    seen: &mut Seen,
) -> Result<T, Outcome> {
    match done {
        Ok(done) => Ok(done),
        Err(dispatch::Stopped::Malformed(defects)) => Err(Outcome::malformed(&defects)),
        Err(dispatch::Stopped::Failed(failure)) => {
            seen.failed(&failure);
            if transaction == Transaction::T7203 && is_wrong_code(&failure) {
                pass.showed_wrong_code();
            }
            Err(Outcome::failure(&failure, &seen.reference))
        }
    }
}

/// A code of no prescription or without its proof.
fn is_wrong_code(failure: &Failure) -> bool {
    let wrong = [QrcodeRefusal::Form.code(), QrcodeRefusal::Unknown.code()];
    matches!(failure, Failure::Refused(refusals) if refusals.iter().any(|refusal| wrong.contains(&refusal.code.as_str())))
}

/// The message as its table reads it, or everything that is wrong with it, the forms of its texts included.
pub fn valid<'a>(app: &App, transaction: Transaction, data: &Value<'a>) -> Result<Node<'a>, Outcome> {
    let checked = lf_wire::validate_partial(transaction, data);
    for Lint { place, what } in &checked.lints {
        tracing::debug!(%transaction, app_id = app.app_id, place, what, "tolerated");
    }
    match checked {
        Checked { node: Some(node), defects, .. } if defects.is_empty() => Ok(node),
        checked => Err(Outcome::malformed(&commands::all_defects(transaction, checked))),
    }
}

fn check_age(front: &Front, envelope: &Envelope<'_>, now: Moment) -> Result<(), Outcome> {
    let window = front.limits.timestamp_window_seconds;
    let off_ms = envelope.timestamp_ms() - now.millis();
    let inside = off_ms.abs() <= window.saturating_mul(1_000);
    if inside { Ok(()) } else { Err(Outcome::stale(window, off_ms)) }
}

async fn ctx(
    front: &Front,
    (app, fixmedins): (&App, Option<Fixmedins>),
    transaction: Transaction,
    data: &Value<'_>,
    envelope: &Envelope<'_>,
    now: Moment,
) -> Result<Ctx, lf_center::Failure> {
    let fixmedins = match fixmedins {
        Some(fixmedins) => fixmedins,
        None => front.institution(app).await?,
    };
    let grants = front.center.grants(fixmedins.poolarea_no, now).await?;
    let digest = if dispatch::needs_digest(transaction) { meaning(transaction, data) } else { [0; 32] };
    let mut exact = lf_gm::Sm3::new();
    exact.update(&digest).update(&envelope.timestamp_ms().to_be_bytes());
    Ok(Ctx {
        caller: Caller { app_id: app.app_id.clone(), fixmedins },
        digest,
        envelope_digest: exact.finish(),
        msgid: None,
        now,
        grants,
    })
}

/// SM3 of a message's meaning: order of keys, empties and the writing of scalars do not count.
pub fn meaning(transaction: Transaction, data: &Value<'_>) -> [u8; 32] {
    let mut hash = lf_gm::Sm3::new();
    hash.update(transaction.number().as_bytes()).update(&lf_wire::sign_text::canonical_data(data));
    hash.finish()
}

fn seal(
    front: &Front,
    app: &App,
    keys: &AppKeys,
    wire: Wire<'_>,
    outcome: &Outcome,
    payload: &[u8],
    now: Moment,
) -> Vec<u8> {
    let style = apps::style(app);
    let head = ReplyHead { code: outcome.code, style, message: &outcome.message, now_ms: now.millis(), wire };
    seal_reply(keys.reply_keys(app, &front.platform), head, payload).unwrap_or_else(|error| {
        tracing::error!(%error, "a payload of ours is no JSON");
        LAST_RESORT.to_vec()
    })
}

fn unsealed(outcome: &Outcome, now: Moment) -> Vec<u8> {
    lf_wire::envelope::unsealed_reply(ReplyHead {
        code: outcome.code,
        style: CodeStyle::Number,
        message: &outcome.message,
        now_ms: now.millis(),
        wire: Wire::default(),
    })
}

/// A number under which the log tells more; from the message and the time, so that it needs no chance.
fn reference(bytes: &[u8], now: Moment) -> String {
    let mut hash = lf_gm::Sm3::new();
    hash.update(&bytes[..bytes.len().min(4096)]).update(&now.micros().to_be_bytes());
    lf_gm::hex::upper(&hash.finish()[..6])
}
