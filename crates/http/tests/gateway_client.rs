//! A client of the gateway front: speaks dialects E and F to a world, and reads what comes back as the REST clients
//! read theirs, so that the same cases run against every dialect.

use std::sync::atomic::{AtomicU64, Ordering};

use lf_ports::{Gateway, GatewayScheme};
use lf_wire::Transaction;
use lf_wire::client::Dialect;
use lf_wire::gateway::Headers;
use lf_wire::gateway::client::{Call, GatewayDialect, GatewayKeys, body, envelope, headers, open_reply};
use lf_wire::gateway::route::ld_name;
use serde_json::Value;

use crate::messages as m;
use crate::support::{Answer, Client, World};

/// Where the gateway is.
pub const CALL_SERVICE: &str = "/fsi/api/rsfComIfsService/callService";

/// Any dialect of any front.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speech {
    Rest(Dialect),
    Gateway(GatewayDialect),
    /// Dialect E with another shape of `input` and other headers.
    Shaped(Shape, GatewayScheme),
}

/// How provinces lay the payload under `input`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Bare,
    Array,
    Text,
    /// SM4 in hex.
    Sealed,
}

impl Speech {
    /// Every dialect of both fronts, every shape and every family of headers.
    pub const ALL: [Self; 10] = [
        Self::Rest(Dialect::Official),
        Self::Rest(Dialect::Sorted),
        Self::Rest(Dialect::Cipher),
        Self::Gateway(GatewayDialect::Plain),
        Self::Gateway(GatewayDialect::Signed),
        Self::Shaped(Shape::Bare, GatewayScheme::Csb),
        Self::Shaped(Shape::Array, GatewayScheme::Tif),
        Self::Shaped(Shape::Text, GatewayScheme::Rio),
        Self::Shaped(Shape::Text, GatewayScheme::Csb),
        Self::Shaped(Shape::Sealed, GatewayScheme::Tif),
    ];

    pub fn scheme(self) -> GatewayScheme {
        match self {
            Self::Shaped(_, scheme) => scheme,
            Self::Rest(_) | Self::Gateway(_) => GatewayScheme::Csb,
        }
    }
}

impl From<Dialect> for Speech {
    fn from(dialect: Dialect) -> Self {
        Self::Rest(dialect)
    }
}

impl From<GatewayDialect> for Speech {
    fn from(dialect: GatewayDialect) -> Self {
        Self::Gateway(dialect)
    }
}

/// A reply of this front as it was sent.
#[derive(Debug, Clone)]
pub struct Raw {
    pub json: Value,
    pub opened: lf_wire::gateway::client::Opened,
}

impl Raw {
    pub fn infcode(&self) -> i64 {
        self.opened.infcode
    }

    pub fn err_msg(&self) -> &str {
        self.opened.err_msg.as_deref().unwrap_or_default()
    }

    /// `output` in JSON.
    pub fn output(&self) -> Value {
        serde_json::from_slice(self.opened.output.as_deref().unwrap_or(b"null")).unwrap()
    }
}

/// What the register says of a client on this front.
pub fn registered(client: &Client) -> Gateway {
    Gateway {
        secret_key: format!("sk-{}", client.app_id),
        scheme: GatewayScheme::Csb,
        output_text: false,
        sealed: false,
    }
}

pub fn code_of(world: &World, client: &Client) -> &'static str {
    if std::ptr::eq(client, &world.hospital) { m::HOSPITAL } else { m::PHARMACY }
}

/// The headers of a client for a transaction, signed now.
pub fn signed_headers(world: &World, client: &Client, scheme: GatewayScheme, infno: &str) -> Headers {
    let secret_key = registered(client).secret_key;
    let keys = GatewayKeys { scheme, access_key: &client.app_id, secret_key: &secret_key };
    let all = headers(keys, infno, world.now_ms());
    Headers::of(all.iter().map(|(name, value)| (*name, value.as_str())))
}

/// A msgid that no other message of this process has.
pub fn msgid(world: &World, code: &str) -> String {
    static MESSAGES: AtomicU64 = AtomicU64::new(0);
    let stamp: String = world.now().to_string().chars().filter(char::is_ascii_digit).collect();
    format!("{code}{stamp}{:04}", MESSAGES.fetch_add(1, Ordering::SeqCst) % 10_000)
}

/// `input` in a shape. What a shape holds is the payload under `data` and also without it.
fn shaped(client: &Client, shape: Shape, infno: &str, data: &Value) -> Value {
    let wrapped = if infno.starts_with('7') { serde_json::json!({ "data": data }) } else { data.clone() };
    match shape {
        Shape::Bare => data.clone(),
        Shape::Array => serde_json::json!([wrapped]),
        Shape::Text => Value::String(wrapped.to_string()),
        Shape::Sealed => Value::String(client.sm4.seal_hex_upper(wrapped.to_string().as_bytes())),
    }
}

impl World {
    /// A world whose clients sign their headers as a speech does.
    pub async fn speaking(speech: Speech) -> Self {
        Self::with(lf_http::Limits::default(), |registry| {
            for row in registry {
                if let lf_ports::RegistryPut::App(app) = row
                    && let Some(gateway) = &mut app.gateway
                {
                    gateway.scheme = speech.scheme();
                }
            }
        })
        .await
    }

    /// Sends a body with good headers.
    pub async fn post(&self, client: &Client, infno: &str, body: &[u8]) -> Raw {
        self.post_with(client, &signed_headers(self, client, GatewayScheme::Csb, infno), CALL_SERVICE, body).await
    }

    /// Sends a body with any headers to any path.
    pub async fn post_with(&self, client: &Client, headers: &Headers, path: &str, body: &[u8]) -> Raw {
        let reply = self.front.answer_gateway(path, headers, body).await;
        let opened = open_reply(client.keys(), &reply)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&reply)));
        Raw { json: serde_json::from_slice(&reply).unwrap(), opened }
    }

    /// Sends any `input` under a msgid.
    pub async fn input(&self, client: &Client, infno: &str, msgid: &str, input: &Value) -> Raw {
        let call = Call { infno, msgid, fixmedins_code: code_of(self, client), inf_time: self.now() };
        self.post(client, infno, &envelope(call, input.to_string().as_bytes())).await
    }

    /// The same message again is answered the same, its two times apart, and writes nothing.
    async fn repeated(&self, client: &Client, (scheme, infno): (GatewayScheme, &str), body: &[u8], first: &Raw) {
        let written = self.written();
        let again = self.post_with(client, &signed_headers(self, client, scheme, infno), CALL_SERVICE, body).await;
        let told = |raw: &Raw| (raw.infcode(), raw.opened.err_msg.clone(), raw.opened.warn_msg.clone(), raw.output());
        assert_eq!(told(&again), told(first), "{infno} again");
        assert_eq!(self.written(), written, "{infno} again");
    }

    /// What [`World::call`] does on this front; the payload is what a REST client would have got.
    pub async fn call_gateway(&self, speech: Speech, transaction: Transaction, data: &Value) -> Answer {
        let client = self.client_of(transaction);
        let code = code_of(self, client);
        let signed = speech == Speech::Gateway(GatewayDialect::Signed);
        let infno = ld_name(transaction).filter(|_| signed).unwrap_or(transaction.number());
        let msgid = msgid(self, code);
        let call = Call { infno, msgid: &msgid, fixmedins_code: code, inf_time: self.now() };
        let body = match speech {
            Speech::Shaped(shape, _) => envelope(call, shaped(client, shape, infno, data).to_string().as_bytes()),
            _ => {
                let dialect = if signed { GatewayDialect::Signed } else { GatewayDialect::Plain };
                body(dialect, client.keys(), call, data.to_string().as_bytes()).unwrap()
            }
        };
        let body = match speech {
            Speech::Shaped(Shape::Sealed, _) => {
                let mut json: Value = serde_json::from_slice(&body).unwrap();
                json["enc_type"] = "SM4".into();
                json.to_string().into_bytes()
            }
            _ => body,
        };
        self.clock.forward(1);
        let scheme = speech.scheme();
        let raw = self.post_with(client, &signed_headers(self, client, scheme, infno), CALL_SERVICE, &body).await;
        self.repeated(client, (scheme, infno), &body, &raw).await;
        // Nothing to say is null, but sealed and signed where the input was.
        let silent = raw.infcode() != 0 || (silent_by_table(transaction) && !signed);
        assert_eq!(raw.json["output"].is_null(), silent, "{transaction}: {}", raw.json);
        let mut data = if silent && raw.infcode() == 0 { serde_json::json!({}) } else { raw.output() };
        let wrapped = !signed && infno.starts_with('7') && data["data"].is_object();
        if wrapped {
            data = data["data"].take();
        }
        // The settlement's own number on this front; a REST client gets the center's in its place.
        let asked = matches!(transaction, Transaction::T2102 | Transaction::T2103);
        if let Some(setlinfo) = data.get_mut("setlinfo").filter(|_| asked) {
            assert_eq!(setlinfo["medins_setl_id"], *msgid);
            setlinfo["medins_setl_id"] = setlinfo["setl_id"].clone();
        }
        let message = match (&raw.opened.err_msg, &raw.opened.warn_msg) {
            (Some(err_msg), _) => err_msg.clone(),
            (None, Some(warn_msg)) => format!("成功。{warn_msg}"),
            (None, None) => "成功".to_owned(),
        };
        Answer { code: raw.infcode(), message, plain: data.to_string(), data }
    }
}

/// What answers nothing when it is good.
fn silent_by_table(transaction: Transaction) -> bool {
    use Transaction::{T2202, T2203A, T2205, T2601};
    matches!(transaction, T2202 | T2203A | T2205 | T2601)
}
