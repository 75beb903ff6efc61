//! The public pages, on a listener of their own: the drug query (JX-1.6, JX-4.5.1), the 单独支付 drugs (WH-1.3) and their pharmacies (WH-6.8).
//!
//! Invariants: only GET, nothing is changed and no person is named; a caller is counted by address before anything is asked of the
//! database, and holds only so many connections; only so many questions are under way at once, fewer than the database has readers, each on a thread of its own and
//! only for so long: whoever asks here, nobody who settles waits for him.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{Extension, Path, State};
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use lf_center::Failure;
use lf_center::offers::{Ask, OFFERS_MAX, Offers, PRICE_LOTS, Wanted, offers};
use lf_center::published::{Table, spay_drugs, spay_pharmacies};
use lf_vocab::Admdvs;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::Front;
use crate::server::{Peer, Sockets};
use crate::table::{Form, escaped, page, written};

/// Questions of one address a second, in the long run.
pub const PUBLIC_PER_SECOND: u32 = 2;
/// Questions of one address at once after a pause.
pub const PUBLIC_BURST: u32 = 20;
/// Questions under way at once; the embedded database has twice as many readers.
pub const PUBLIC_UNDER_WAY: usize = 2;
/// Connections of all who ask.
pub const PUBLIC_CONNECTIONS: usize = 256;
/// Of these, how many one address may hold: a page and what a browser opens beside it.
pub const PUBLIC_PEER_CONNECTIONS: usize = 16;
/// How long one question may take.
const ANSWER_TIME: Duration = Duration::from_secs(5);
/// Addresses remembered.
const ADDRESSES_MAX: usize = 65_536;
/// The longest query, in bytes.
const QUERY_MAX: usize = 1_000;

/// The public routes over a front's center.
pub fn public(front: Arc<Front>) -> Router {
    public_within(front, Arc::new(Semaphore::new(PUBLIC_UNDER_WAY)))
}

/// The same with places that somebody else may hold too.
pub fn public_within(front: Arc<Front>, places: Arc<Semaphore>) -> Router {
    let callers = Callers { until: Mutex::default(), places };
    let desk = Arc::new(Desk { front, callers });
    Router::new().route("/", get(home)).route("/{file}", get(answered)).with_state(desk)
}

/// The connections of those who ask, otherwise as an operator chose.
#[must_use]
pub fn public_sockets(sockets: Sockets) -> Sockets {
    let (connections_max, peer_connections_max) = (PUBLIC_CONNECTIONS, Some(PUBLIC_PEER_CONNECTIONS));
    Sockets { connections_max, peer_connections_max, ..sockets }
}

struct Desk {
    front: Arc<Front>,
    callers: Callers,
}

/// Until when an address has used up its questions, and places for questions under way.
struct Callers {
    until: Mutex<BTreeMap<IpAddr, Duration>>,
    places: Arc<Semaphore>,
}

impl Callers {
    /// Counts a question; false when there were too many.
    fn enter(&self, address: IpAddr, now: Duration) -> bool {
        let each = Duration::from_secs(1) / PUBLIC_PER_SECOND;
        let mut until = self.until.lock().unwrap_or_else(PoisonError::into_inner);
        if until.len() >= ADDRESSES_MAX {
            until.retain(|_, until| *until > now);
            if until.len() >= ADDRESSES_MAX {
                until.clear();
            }
        }
        let used = until.entry(Peer(address).network()).or_insert(now);
        let next = (*used).max(now) + each;
        let good = next <= now + each * PUBLIC_BURST;
        if good {
            *used = next;
        }
        good
    }
}

async fn home() -> Response {
    let form = "<form action=\"drugs.html\"><p><label>统筹区代码 <input name=\"pool\" required></label></p>\
        <p><label>药品名称 <input name=\"name\"></label> 或 <label>药品编码 <input name=\"code\"></label></p>\
        <p><label>所在位置（纬度,经度） <input name=\"near\"></label></p><p><button>查询</button></p></form>\
        <p>另有：spay-drugs.html?pool=统筹区 单独支付药品目录；spay-pharmacies.html?pool=统筹区 单独支付定点药店。</p>";
    told(StatusCode::OK, Form::Html, page("药品查询", form))
}

async fn answered(
    State(desk): State<Arc<Desk>>,
    peer: Option<Extension<Peer>>,
    Path(file): Path<String>,
    uri: Uri,
) -> Response {
    let Some((name, form)) = file.rsplit_once('.').and_then(|(name, end)| Some((name, Form::of_ending(end)?))) else {
        return sorry(StatusCode::NOT_FOUND, "没有这一页");
    };
    let address = peer.map_or(IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED), |Extension(Peer(address))| address);
    if !desk.callers.enter(address, desk.front.clock.steady()) {
        let mut response = sorry(StatusCode::TOO_MANY_REQUESTS, "查询过于频繁，请稍后再试");
        response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("10"));
        return response;
    }
    let Ok(place) = Arc::clone(&desk.callers.places).try_acquire_owned() else {
        return sorry(StatusCode::SERVICE_UNAVAILABLE, "查询的人较多，请稍后再试");
    };
    let asked = Question::read(uri.query().unwrap_or_default()).and_then(|question| Asked::of(name, &question));
    let asked = match asked {
        Ok(Some(asked)) => asked,
        Ok(None) => return sorry(StatusCode::NOT_FOUND, "没有这一页"),
        Err(why) => return sorry(StatusCode::BAD_REQUEST, why),
    };
    let answer = apart(place, ANSWER_TIME, move || async move { desk.answer(&asked).await });
    match answer.await.unwrap_or_else(|gone| Err(gone.into())) {
        Ok(table) => told(StatusCode::OK, form, written(&table, form)),
        Err(Failure::Refused(why)) => {
            let why: Vec<_> = why.iter().map(|one| one.sentence.as_str()).collect();
            sorry(StatusCode::BAD_REQUEST, &why.join("；"))
        }
        Err(Failure::Unavailable(_)) => sorry(StatusCode::SERVICE_UNAVAILABLE, "系统繁忙，请稍后再试"),
        Err(Failure::Broken(error)) => {
            tracing::error!(%error, "a public question was not answered");
            sorry(StatusCode::INTERNAL_SERVER_ERROR, "系统出错")
        }
    }
}

/// Why there is no answer from the other thread.
enum Gone {
    /// It took too long.
    Late,
    /// It broke.
    Broken,
}

impl From<Gone> for Failure {
    fn from(gone: Gone) -> Self {
        match gone {
            Gone::Late => Self::Unavailable("a public question took too long".to_owned()),
            Gone::Broken => Self::Broken("a public question broke off".to_owned()),
        }
    }
}

/// Answers a question on a thread of its own, because the embedded database is read in the calling thread. The place is taken
/// until the work has ended, also when the caller has gone.
async fn apart<T, Q>(
    place: OwnedSemaphorePermit,
    limit: Duration,
    question: impl FnOnce() -> Q + Send + 'static,
) -> Result<T, Gone>
where
    T: Send + 'static,
    Q: Future<Output = T>,
{
    let runtime = Handle::current();
    let work = move || {
        let _place = place;
        runtime.block_on(async move { tokio::time::timeout(limit, question()).await })
    };
    match tokio::task::spawn_blocking(work).await {
        Ok(answer) => answer.map_err(|_| Gone::Late),
        Err(_) => Err(Gone::Broken),
    }
}

/// What is to be looked up.
enum Asked {
    Drugs(Ask),
    SpayDrugs(Admdvs),
    SpayPharmacies(Admdvs),
}

impl Asked {
    /// `Ok(None)`: no such page.
    fn of(name: &str, question: &Question) -> Result<Option<Self>, &'static str> {
        Ok(Some(match name {
            "drugs" => Self::Drugs(question.ask()?),
            "spay-drugs" => Self::SpayDrugs(question.pool),
            "spay-pharmacies" => Self::SpayPharmacies(question.pool),
            _ => return Ok(None),
        }))
    }
}

impl Desk {
    async fn answer(&self, asked: &Asked) -> Result<Table, Failure> {
        let (store, now) = (self.front.center.store().as_ref(), self.front.clock.now());
        match asked {
            Asked::Drugs(ask) => offers(store, self.front.center.law(), ask, now).await.map(shown),
            Asked::SpayDrugs(place) => spay_drugs(store, *place, now.day()).await,
            Asked::SpayPharmacies(pool) => spay_pharmacies(store, *pool, now.day()).await,
        }
    }
}

/// What a caller asks.
struct Question {
    pool: Admdvs,
    fields: BTreeMap<String, String>,
}

impl Question {
    fn read(query: &str) -> Result<Self, &'static str> {
        if query.len() > QUERY_MAX {
            return Err("查询内容过长");
        }
        let mut fields = BTreeMap::new();
        for part in query.split('&').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            fields.insert(name.to_owned(), decoded(value).ok_or("查询内容不是有效的UTF-8文本")?.trim().to_owned());
        }
        let pool = fields.get("pool").and_then(|pool| pool.parse().ok());
        Ok(Self { pool: pool.ok_or("请填写统筹区（pool），6位行政区划代码")?, fields })
    }

    fn field(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str).filter(|text| !text.is_empty())
    }

    fn ask(&self) -> Result<Ask, &'static str> {
        let what = match (self.field("code"), self.field("name")) {
            (Some(code), _) => Wanted::Code(code.parse().map_err(|_| "药品编码（code）不正确")?),
            (None, Some(name)) => Wanted::Name(name.to_owned()),
            (None, None) => return Err("请填写药品编码（code）或名称（name）"),
        };
        let near = self.field("near").map(str::parse).transpose();
        let from = near.map_err(|_| "位置（near）应为“纬度,经度”，单位度，最多6位小数")?;
        Ok(Ask { place: self.pool, what, from, most: OFFERS_MAX })
    }
}

/// `%XX` and `+` of a query.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
                u8::try_from(digit(rest.next())? * 16 + digit(rest.next())?).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

/// Offers as a table.
fn shown(found: Offers) -> Table {
    const COLUMNS: &[(&str, &str)] = &[
        ("fixmedins_code", "定点医药机构编号"),
        ("fixmedins_name", "药店名称"),
        ("addr", "地址"),
        ("tel", "电话"),
        ("distance_m", "距离（米）"),
        ("med_list_codg", "医保药品编码"),
        ("drug_genname", "药品通用名"),
        ("drug_spec", "规格"),
        ("prdr_name", "生产厂家"),
        ("packs", "库存（整包装）"),
        ("pric", "参考销售单价（元）"),
        ("pric_date", "单价日期"),
        ("told", "库存更新时间"),
    ];
    let text = |value: Option<String>| value.unwrap_or_default();
    let row = |offer: lf_center::offers::Offer| {
        vec![
            offer.fixmedins_code.to_string(),
            offer.fixmedins_name,
            text(offer.addr),
            text(offer.tel),
            text(offer.distance_m.map(|metres| metres.to_string())),
            offer.med_list_codg.to_string(),
            offer.genname,
            offer.spec_name,
            offer.prdr_name,
            offer.packs.to_string(),
            text(offer.pric.map(|pric| pric.to_string())),
            text(offer.pric_date.map(|day| day.to_string())),
            offer.told.to_string(),
        ]
    };
    let mut notes = vec![format!("只显示{}小时内上传过库存的药店；距离为直线距离的估算。", found.age_hours)];
    notes.push(format!("参考销售单价：药店现有库存前{PRICE_LOTS}个批次最近的整包装售价，其他批次可能有更近的售价。"));
    if found.stale_cnt > 0 {
        notes.push(format!("{}家药店没有及时上传，未显示。", found.stale_cnt));
    }
    if found.more_cnt > 0 {
        notes.push(format!("还有{}条未显示。", found.more_cnt));
    }
    let rows = found.offers.into_iter().map(row).collect();
    Table { name: "drugs", title: "药品查询".to_owned(), columns: COLUMNS, rows, notes }
}

fn told(status: StatusCode, form: Form, text: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, form.media_type()),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"),
    ];
    (status, headers, text).into_response()
}

fn sorry(status: StatusCode, why: &str) -> Response {
    told(status, Form::Html, page("药品查询", &format!("<p>{}</p><p><a href=\"/\">返回</a></p>", escaped(why))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_so_many_questions_and_gets_them_back() {
        let callers = Callers { until: Mutex::default(), places: Arc::new(Semaphore::new(1)) };
        let (one, other): (IpAddr, IpAddr) = ("10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap());
        let now = Duration::from_secs(100);
        assert!((0..PUBLIC_BURST).all(|_| callers.enter(one, now)), "at the limit");
        assert!(!callers.enter(one, now), "one past it");
        assert!(callers.enter(other, now), "another address");
        let later = now + Duration::from_secs(1);
        assert!((0..PUBLIC_PER_SECOND).all(|_| callers.enter(one, later)));
        assert!(!callers.enter(one, later));
        let same = "::ffff:10.0.0.2".parse().unwrap();
        assert!((1..PUBLIC_BURST).all(|_| callers.enter(same, now)), "two ways to write one address");
        assert!(!callers.enter(other, now));
    }

    #[test]
    fn so_many_addresses_are_remembered() {
        let callers = Callers { until: Mutex::default(), places: Arc::new(Semaphore::new(1)) };
        for n in 0..=u32::try_from(ADDRESSES_MAX).unwrap() {
            assert!(callers.enter(IpAddr::V4(n.into()), Duration::ZERO));
        }
        assert!(callers.until.lock().unwrap().len() <= ADDRESSES_MAX);
    }

    #[test]
    fn a_query_is_read_or_says_what_is_missing() {
        let read = |query: &str| Question::read(query).and_then(|question| question.ask());
        let ask = read("pool=360900&name=%E9%98%BF%E8%8E%AB+&near=27.8,114.39").unwrap();
        assert!(matches!(ask.what, Wanted::Name(name) if name == "阿莫"));
        assert_eq!(ask.from, Some("27.8,114.39".parse().unwrap()));
        for bad in [
            "",
            "pool=36090",
            "pool=360900",
            "pool=360900&name=%E9",
            "pool=360900&name=%zz",
            "pool=360900&code=x",
            "pool=360900&name=a&near=x",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
        let padded = |more: usize| format!("pool=360900&name=aa&x={}", "y".repeat(more));
        let room = QUERY_MAX - padded(0).len();
        assert!(read(&padded(room)).is_ok());
        assert!(read(&padded(room + 1)).is_err());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn a_question_ends_and_gives_its_place_back() {
        let places = Arc::new(Semaphore::new(1));
        let place = || Arc::clone(&places).try_acquire_owned().unwrap();
        let answer = apart(place(), ANSWER_TIME, || async { 7 }).await;
        assert!(matches!(answer, Ok(7)));
        let endless = || async {
            loop {
                tokio::task::yield_now().await;
            }
        };
        let answer: Result<(), _> = apart(place(), Duration::from_millis(20), endless).await;
        assert!(matches!(answer.map_err(Failure::from), Err(Failure::Unavailable(_))), "a limit of time");
        let broken: Result<(), _> = apart(place(), ANSWER_TIME, || async { panic!("of the test") }).await;
        assert!(matches!(broken.map_err(Failure::from), Err(Failure::Broken(_))));
        // Whoever goes away leaves his place taken until the work has ended.
        let (end, ended) = std::sync::mpsc::channel::<()>();
        let waits = tokio::spawn(apart(place(), ANSWER_TIME, move || async move { ended.recv().unwrap() }));
        tokio::time::sleep(Duration::from_millis(20)).await;
        waits.abort();
        assert!(waits.await.is_err());
        assert_eq!(places.available_permits(), 0);
        end.send(()).unwrap();
        drop(places.acquire().await.unwrap());
    }
}
