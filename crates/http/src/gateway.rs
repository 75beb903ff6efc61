//! The way of a message through the gateway front, and back: headers → app → head → `input` opened → validated → the
//! same command and the same center as on the REST front → rendered → sealed as it came.
//!
//! Invariants: nothing of a body is parsed before its sender is known; the transaction, its validation and its rendering
//! are those of the REST front; every answer is HTTP 200, a refusal at the gate with `code`, any other with `infcode`.

use lf_center::{Caller, Ctx, Failure};
use lf_ports::{App, Gateway};
use lf_vocab::Moment;
use lf_wire::Transaction;
use lf_wire::gateway::auth::CONSTANT_NAME;
use lf_wire::gateway::{
    AuthError, Credentials, GatewayReply, Head, Headers, Input, InputError, Message, Output, input,
    refused_at_the_gate, reply, transaction, unquoted,
};
use lf_wire::json::Value;

use crate::apps::AppKeys;
use crate::guard::Pass;
use crate::outcome::Outcome;
use crate::receive::{self, meaning, valid};
use crate::seen::Seen;
use crate::{Front, dispatch};

/// How the payload came, and so how it goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seal {
    /// Open.
    None,
    /// The whole of it as SM4 in hex.
    Whole,
    /// With the fields of dialect F.
    Signed,
}

/// A sender whose headers verified.
struct Sender {
    app: App,
    gateway: Gateway,
}

/// A payload with its transaction.
struct Done {
    transaction: Transaction,
    payload: Vec<u8>,
    outcome: Outcome,
    seal: Seal,
}

/// A sender that was let in, until its message is answered.
pub struct Admitted<'h> {
    sender: Sender,
    credentials: Credentials<'h>,
    pass: Pass,
    received: Moment,
}

impl Admitted<'_> {
    /// The largest body that it may send.
    pub fn body_max(&self) -> usize {
        self.pass.body_max()
    }
}

/// Lets a sender in by its headers, before anything of its body is read, or answers why not.
pub async fn admit<'h>(front: &Front, headers: &'h Headers, seen: &mut Seen) -> Result<Admitted<'h>, Vec<u8>> {
    let received = front.clock.now();
    seen.dialect = "gateway";
    let at_the_gate = |error, seen: &mut Seen| {
        seen.code = 401;
        refused_at_the_gate(error)
    };
    let credentials = Credentials::read(headers).map_err(|error| at_the_gate(error, seen))?;
    let sender = match sender(front, &credentials, received).await {
        Ok(Ok(sender)) => sender,
        Ok(Err(error)) => return Err(at_the_gate(error, seen)),
        Err(failure) => {
            seen.reference = reply::refmsgid(lf_vocab::Admdvs::NATIONAL, received, None, b"");
            return Err(failed(front, &Outcome::failure(&failure, &seen.reference), received, seen));
        }
    };
    seen.sender(&sender.app);
    match front.guards.enter(&sender.app) {
        Ok(pass) => Ok(Admitted { sender, credentials, pass, received }),
        Err(outcome) => {
            seen.reference = reply::refmsgid(sender.app.fixmedins_code.admdvs(), received, None, b"");
            Err(failed(front, &outcome, received, seen))
        }
    }
}

/// Answers one body sent to a path.
pub async fn answer(front: &Front, path: &str, admitted: &Admitted<'_>, body: &[u8], seen: &mut Seen) -> Vec<u8> {
    let received = admitted.received;
    let region = admitted.sender.app.fixmedins_code.admdvs();
    seen.reference = reply::refmsgid(region, received, None, body);
    if let Err(outcome) = admitted.pass.check_size(body.len()) {
        return failed(front, &outcome, received, seen);
    }
    let body = match unquoted(body) {
        Ok(body) => body,
        Err(error) => return failed(front, &Outcome::envelope(&error), received, seen),
    };
    let message = match Message::parse(&body) {
        Ok(message) => message,
        Err(error) => return failed(front, &Outcome::said(400, &error), received, seen),
    };
    seen.reference = reply::refmsgid(region, received, Some(&message.head), &body);
    let done = match check_head(path, &message.head, &admitted.sender, &admitted.credentials) {
        Ok(transaction) => process(front, transaction, message, admitted, seen).await,
        Err(outcome) => Err(outcome),
    };
    match done.and_then(|done| good(front, admitted, &done, &seen.reference)) {
        Ok(reply) => reply,
        Err(outcome) => failed(front, &outcome, received, seen),
    }
}

/// Who sends. Outer error: us; inner: them.
async fn sender(
    front: &Front,
    credentials: &Credentials<'_>,
    now: Moment,
) -> Result<Result<Sender, AuthError>, Failure> {
    if let Err(stale) = credentials.fresh(now.millis(), front.limits.gateway_window_seconds) {
        return Ok(Err(stale));
    }
    let app = front.center.store().app(credentials.access_key).await?.filter(|app| !app.disabled);
    let Some((app, gateway)) = app.and_then(|app| app.gateway.clone().map(|gateway| (app, gateway))) else {
        return Ok(Err(AuthError::Unknown));
    };
    Ok(credentials.verify(&gateway).map(|()| Sender { app, gateway }))
}

/// The transaction, if head, path and headers agree about it and about who sends it.
fn check_head(path: &str, head: &Head, sender: &Sender, credentials: &Credentials<'_>) -> Result<Transaction, Outcome> {
    if credentials.name.is_some_and(|name| name != CONSTANT_NAME && !name.eq_ignore_ascii_case(&head.infno)) {
        return Err(Outcome::said(400, &"请求头_api_name与报文的infno不符"));
    }
    if head.fixmedins_code != sender.app.fixmedins_code {
        let refusal = lf_center::ctx::CallerRefusal::OtherInstitution;
        return Err(Outcome::failure(&Failure::from_refusal(refusal), ""));
    }
    transaction(path, &head.infno).map_err(|error| Outcome::said(404, &error))
}

async fn process(
    front: &Front,
    transaction: Transaction,
    message: Message<'_>,
    admitted: &Admitted<'_>,
    seen: &mut Seen,
) -> Result<Done, Outcome> {
    seen.transaction = Some(transaction);
    let refused = |error: InputError| Outcome::said(400, &error);
    let Message { head, input } = message;
    let sender = &admitted.sender;
    let sealed = head.sealed || sender.gateway.sealed;
    match Input::of(input).map_err(refused)? {
        Input::Plain(_) if head.sealed => Err(refused(InputError::NotCipher)),
        Input::Plain(_) if sealed => Err(refused(InputError::NotSealed)),
        Input::Plain(data) => run(front, transaction, &data, &head, admitted, (Seal::None, seen)).await,
        Input::Text(text) if sealed => {
            let keys = keys(front, sender, &seen.reference)?;
            let plain = keys
                .sm4
                .open_hex(text.as_bytes())
                .map_err(|error| Outcome::said(400, &InputError::Inside(lf_wire::EnvelopeError::Open(error))))?;
            let data = input::payload(&plain).map_err(refused)?;
            run(front, transaction, &data, &head, admitted, (Seal::Whole, seen)).await
        }
        Input::Text(text) => {
            let data = input::payload(text.as_bytes()).map_err(refused)?;
            run(front, transaction, &data, &head, admitted, (Seal::None, seen)).await
        }
        Input::Signed(signed) => {
            if signed.app_id != sender.app.app_id {
                return Err(Outcome::said(401, &"input中的appid与请求头不符"));
            }
            let keys = keys(front, sender, &seen.reference)?;
            let inside = |error| Outcome::said(401, &InputError::Inside(error));
            let plain = signed.open(&keys.sm4).map_err(inside)?;
            let data = input::payload(&plain).map_err(refused)?;
            let app_secret = &sender.app.app_secret;
            let form = signed.verify(&keys.verifier, app_secret, &plain, &data, keys.remembered()).map_err(inside)?;
            if keys.remember(form) {
                tracing::info!(app_id = sender.app.app_id, sign_form = form.name(), "sign form of app");
            }
            run(front, transaction, &data, &head, admitted, (Seal::Signed, seen)).await
        }
    }
}

fn keys(front: &Front, sender: &Sender, reference: &str) -> Result<std::sync::Arc<AppKeys>, Outcome> {
    front.apps.prepared(&sender.app).map_err(|why| Outcome::broken(&why, reference))
}

async fn run(
    front: &Front,
    transaction: Transaction,
    data: &Value<'_>,
    head: &Head,
    admitted: &Admitted<'_>,
    (seal, seen): (Seal, &mut Seen),
) -> Result<Done, Outcome> {
    seen.dialect = match seal {
        Seal::None => "E",
        Seal::Whole => "E-sealed",
        Seal::Signed => "F",
    };
    let node = valid(&admitted.sender.app, transaction, data)?;
    let mut failed = |failure: Failure| {
        seen.failed(&failure);
        Outcome::failure(&failure, &seen.reference)
    };
    let ctx = ctx(front, transaction, data, head, &admitted.sender, admitted.received).await.map_err(&mut failed)?;
    if dispatch::writes(transaction) {
        front.center.check_msgid(&ctx, transaction.number()).await.map_err(failed)?;
    }
    let (payload, reminders) = receive::run(front, &admitted.pass, &ctx, transaction, &node, seen).await?;
    Ok(Done { transaction, payload, outcome: Outcome::reminded(&reminders), seal })
}

async fn ctx(
    front: &Front,
    transaction: Transaction,
    data: &Value<'_>,
    head: &Head,
    sender: &Sender,
    now: Moment,
) -> Result<Ctx, Failure> {
    let app = &sender.app;
    let missing = || Failure::Broken(format!("app {} speaks for an unknown institution", app.app_id));
    let fixmedins = front.center.store().fixmedins(&app.fixmedins_code).await?.ok_or_else(missing)?;
    // Without the wrapper it is the digest of the REST front, so that a message may be repeated on the other front.
    let digest = meaning(transaction, unwrapped(data));
    let mut exact = lf_gm::Sm3::new();
    exact.update(&digest).update(head.msgid.as_bytes());
    Ok(Ctx {
        caller: Caller { app_id: app.app_id.clone(), fixmedins },
        digest,
        envelope_digest: exact.finish(),
        msgid: Some(head.msgid.clone()),
        now,
    })
}

/// The payload inside `{"data":{…}}` or `[{…}]`.
fn unwrapped<'v, 'a>(data: &'v Value<'a>) -> &'v Value<'a> {
    match data {
        Value::Array(items) if items.len() == 1 => unwrapped(&items[0]),
        Value::Object(members) => match members.as_slice() {
            [(key, inner @ (Value::Object(_) | Value::Array(_)))] if key == "data" => unwrapped(inner),
            _ => data,
        },
        _ => data,
    }
}

fn good(front: &Front, admitted: &Admitted<'_>, done: &Done, inf_refmsgid: &str) -> Result<Vec<u8>, Outcome> {
    let broken = |why: String| Outcome::broken(&why, inf_refmsgid);
    let output = output(front, &admitted.sender, done, inf_refmsgid)?.map_err(|error| broken(error.to_string()))?;
    let warn_msg = (!done.outcome.message.is_empty()).then_some(done.outcome.message.as_str());
    let (received, responded) = (admitted.received, front.clock.now());
    Ok(GatewayReply { good: true, err_msg: None, warn_msg, output, inf_refmsgid, received, responded }.to_json())
}

/// Inner error: a payload of ours is no JSON.
fn output(
    front: &Front,
    sender: &Sender,
    done: &Done,
    reference: &str,
) -> Result<Result<Output, lf_wire::json::JsonError>, Outcome> {
    if done.seal == Seal::Signed {
        let keys = keys(front, sender, reference)?;
        let owner = (sender.app.app_id.as_str(), sender.app.app_secret.as_str());
        return Ok(reply::signed_output(owner, &keys.sm4, &front.platform, &done.payload).map(Output::Json));
    }
    let json = match reply::shown(done.transaction, &done.payload) {
        Ok(Some(json)) => json,
        Ok(None) => return Ok(Ok(Output::None)),
        Err(error) => return Ok(Err(error)),
    };
    Ok(Ok(match done.seal {
        Seal::Whole => Output::Sealed(keys(front, sender, reference)?.sm4.seal_hex_upper(&json)),
        _ if sender.gateway.output_text => Output::Text(json),
        _ => Output::Json(json),
    }))
}

fn failed(front: &Front, outcome: &Outcome, received: Moment, seen: &mut Seen) -> Vec<u8> {
    seen.code = outcome.code;
    let (err_msg, inf_refmsgid) = (Some(outcome.message.as_str()), seen.reference.as_str());
    let (output, responded) = (Output::None, front.clock.now());
    GatewayReply { good: false, err_msg, warn_msg: None, output, inf_refmsgid, received, responded }.to_json()
}

/// A body that was not taken: beyond its limit, too slow, or one too many; nothing of it is known.
pub fn not_taken(front: &Front, admitted: &Admitted<'_>, outcome: &Outcome, seen: &mut Seen) -> Vec<u8> {
    let region = admitted.sender.app.fixmedins_code.admdvs();
    seen.reference = reply::refmsgid(region, admitted.received, None, b"");
    failed(front, outcome, admitted.received, seen)
}
