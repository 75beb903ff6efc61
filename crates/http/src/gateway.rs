//! The way of a message through the gateway front, and back: headers → app → head → `input` opened → validated → the
//! same command and the same center as on the REST front → rendered → sealed as it came.
//!
//! Invariants: nothing of a body is parsed before its sender is known; the transaction, its validation and its rendering
//! are those of the REST front; every answer is HTTP 200, a refusal at the gate with `code`, any other with `infcode`.

use lf_center::{Caller, Ctx, Failure};
use lf_ports::{App, Gateway, StoredFile};
use lf_vocab::Moment;
use lf_wire::Transaction;
use lf_wire::gateway::auth::CONSTANT_NAME;
use lf_wire::gateway::{
    AuthError, Credentials, Form, GatewayReply, Head, Headers, Input, InputError, Message, Output, input, multipart,
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
    payload: Payload,
    outcome: Outcome,
    seal: Seal,
}

/// What goes back.
enum Payload {
    /// Into the envelope.
    Json(Vec<u8>),
    /// In its place (9102).
    File(StoredFile),
}

/// An answer of this front.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replied {
    /// Its body.
    pub bytes: Vec<u8>,
    /// The name of the file that the body is; without one it is JSON.
    pub filename: Option<String>,
}

impl From<Vec<u8>> for Replied {
    fn from(bytes: Vec<u8>) -> Self {
        Self { bytes, filename: None }
    }
}

/// A message whose sender, head and path agree.
struct Case<'c> {
    front: &'c Front,
    transaction: Transaction,
    head: &'c Head,
    admitted: &'c Admitted<'c>,
    /// The part of a form (9101).
    file: Option<&'c [u8]>,
}

/// A sender that was let in, until its message is answered.
pub struct Admitted<'h> {
    sender: Sender,
    credentials: Credentials<'h>,
    headers: &'h Headers,
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
        Ok(pass) => Ok(Admitted { sender, credentials, headers, pass, received }),
        Err(outcome) => {
            seen.reference = reply::refmsgid(sender.app.fixmedins_code.admdvs(), received, None, b"");
            Err(failed(front, &outcome, received, seen))
        }
    }
}

/// Answers one body sent to a path.
pub async fn answer(front: &Front, path: &str, admitted: &Admitted<'_>, body: &[u8], seen: &mut Seen) -> Replied {
    let received = admitted.received;
    seen.reference = reply::refmsgid(admitted.sender.app.fixmedins_code.admdvs(), received, None, body);
    let done = match read(front, path, admitted, body, seen).await {
        Ok(done) => good(front, admitted, done, &seen.reference),
        Err(outcome) => Err(outcome),
    };
    match done {
        Ok(reply) => reply,
        Err(outcome) => failed(front, &outcome, received, seen).into(),
    }
}

async fn read(
    front: &Front,
    path: &str,
    admitted: &Admitted<'_>,
    body: &[u8],
    seen: &mut Seen,
) -> Result<Done, Outcome> {
    admitted.pass.check_size(body.len())?;
    let (json, file) = parts(admitted.headers, body)?;
    let json = unquoted(json).map_err(|error| Outcome::envelope(&error))?;
    let Message { head, input } = Message::parse(&json).map_err(|error| Outcome::said(400, &error))?;
    let region = admitted.sender.app.fixmedins_code.admdvs();
    seen.reference = reply::refmsgid(region, admitted.received, Some(&head), &json);
    let transaction = check_head(path, &head, &admitted.sender, &admitted.credentials)?;
    process(&Case { front, transaction, head: &head, admitted, file }, input, seen).await
}

/// The envelope, and the file beside it where the body is a form.
fn parts<'b>(headers: &Headers, body: &'b [u8]) -> Result<(&'b [u8], Option<&'b [u8]>), Outcome> {
    let refused = |error: multipart::FormError| Outcome::said(400, &error);
    match multipart::boundary(headers.content_type()).map_err(refused)? {
        None => Ok((body, None)),
        Some(boundary) => {
            let form = Form::parse(body, boundary).map_err(refused)?;
            Ok((form.json, form.file))
        }
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

async fn process(case: &Case<'_>, input: Value<'_>, seen: &mut Seen) -> Result<Done, Outcome> {
    let Case { front, transaction, head, admitted, file } = *case;
    seen.transaction = Some(transaction);
    if file.is_some() && transaction != Transaction::T9101 {
        return Err(Outcome::said(400, &"只有9101可以在表单中带文件"));
    }
    let refused = |error: InputError| Outcome::said(400, &error);
    let sender = &admitted.sender;
    let sealed = head.sealed || sender.gateway.sealed;
    match Input::of(input).map_err(refused)? {
        Input::Plain(_) if head.sealed => Err(refused(InputError::NotCipher)),
        Input::Plain(_) if sealed => Err(refused(InputError::NotSealed)),
        Input::Plain(data) => run(case, &data, Seal::None, seen).await,
        Input::Text(text) if sealed => {
            let keys = keys(front, sender, &seen.reference)?;
            let plain = keys
                .sm4
                .open_hex(text.as_bytes())
                .map_err(|error| Outcome::said(400, &InputError::Inside(lf_wire::EnvelopeError::Open(error))))?;
            let data = input::payload(&plain).map_err(refused)?;
            run(case, &data, Seal::Whole, seen).await
        }
        Input::Text(text) => {
            let data = input::payload(text.as_bytes()).map_err(refused)?;
            run(case, &data, Seal::None, seen).await
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
            keys.remember(&sender.app, form);
            run(case, &data, Seal::Signed, seen).await
        }
    }
}

fn keys(front: &Front, sender: &Sender, reference: &str) -> Result<std::sync::Arc<AppKeys>, Outcome> {
    front.apps.prepared(&sender.app).map_err(|why| Outcome::broken(&why, reference))
}

async fn run(case: &Case<'_>, data: &Value<'_>, seal: Seal, seen: &mut Seen) -> Result<Done, Outcome> {
    let Case { front, transaction, admitted, .. } = *case;
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
    let ctx = ctx(case, data).await.map_err(&mut failed)?;
    if dispatch::writes(transaction) {
        front.center.check_msgid(&ctx, transaction.number()).await.map_err(failed)?;
    }
    let center = &front.center;
    let (payload, reminders) = match transaction {
        Transaction::T9102 => {
            let file = dispatch::fetch(center, &ctx, &node).await;
            (Payload::File(receive::counted(&admitted.pass, transaction, file, seen)?), Vec::new())
        }
        Transaction::T9101 => {
            let done = dispatch::upload(center, &ctx, &node, case.file).await;
            json(receive::counted(&admitted.pass, transaction, done, seen)?)
        }
        _ => json(receive::run(front, &admitted.pass, &ctx, transaction, &node, seen).await?),
    };
    Ok(Done { transaction, payload, outcome: Outcome::reminded(&reminders), seal })
}

fn json((payload, reminders): (Vec<u8>, Vec<lf_rx::Refusal>)) -> (Payload, Vec<lf_rx::Refusal>) {
    (Payload::Json(payload), reminders)
}

async fn ctx(case: &Case<'_>, data: &Value<'_>) -> Result<Ctx, Failure> {
    let (front, app) = (case.front, &case.admitted.sender.app);
    let fixmedins = front.institution(app).await?;
    let grants = front.center.grants(fixmedins.poolarea_no, case.admitted.received).await?;
    // Without the wrapper it is the digest of the REST front, so that a message may be repeated on the other front.
    // Of what only asks nobody keeps a digest.
    let mut digest =
        if dispatch::writes(case.transaction) { meaning(case.transaction, unwrapped(data)) } else { [0; 32] };
    if let Some(file) = case.file {
        let mut both = lf_gm::Sm3::new();
        both.update(&digest).update(&lf_gm::sm3(file));
        digest = both.finish();
    }
    let mut exact = lf_gm::Sm3::new();
    exact.update(&digest).update(case.head.msgid.as_bytes());
    Ok(Ctx {
        caller: Caller { app_id: app.app_id.clone(), fixmedins },
        digest,
        envelope_digest: exact.finish(),
        msgid: Some(case.head.msgid.clone()),
        now: case.admitted.received,
        grants,
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

fn good(front: &Front, admitted: &Admitted<'_>, done: Done, inf_refmsgid: &str) -> Result<Replied, Outcome> {
    let Done { transaction, payload, outcome, seal } = done;
    let payload = match payload {
        Payload::File(file) => return Ok(Replied { bytes: file.body, filename: Some(file.filename) }),
        Payload::Json(payload) => payload,
    };
    let broken = |why: String| Outcome::broken(&why, inf_refmsgid);
    let output = output(front, &admitted.sender, (transaction, &payload, seal), inf_refmsgid)?;
    let output = output.map_err(|error| broken(error.to_string()))?;
    let warn_msg = (!outcome.message.is_empty()).then_some(outcome.message.as_str());
    let (received, responded) = (admitted.received, front.clock.now());
    Ok(GatewayReply { good: true, err_msg: None, warn_msg, output, inf_refmsgid, received, responded }.to_json().into())
}

/// Inner error: a payload of ours is no JSON.
fn output(
    front: &Front,
    sender: &Sender,
    (transaction, payload, seal): (Transaction, &[u8], Seal),
    reference: &str,
) -> Result<Result<Output, lf_wire::json::JsonError>, Outcome> {
    if seal == Seal::Signed {
        let keys = keys(front, sender, reference)?;
        let owner = (sender.app.app_id.as_str(), sender.app.app_secret.as_str());
        return Ok(reply::signed_output(owner, &keys.sm4, &front.platform, payload).map(Output::Json));
    }
    let json = match reply::shown(transaction, payload) {
        Ok(Some(json)) => json,
        Ok(None) => return Ok(Ok(Output::None)),
        Err(error) => return Ok(Err(error)),
    };
    Ok(Ok(match seal {
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
