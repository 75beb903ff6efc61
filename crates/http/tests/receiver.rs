//! A hospital's endpoint as a foreign program has it: a bare socket that reads a request, keeps it and does what the
//! script says, fails included.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use lf_wire::client::open_reply;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::support::Client;

/// What it does with one request.
#[derive(Debug, Clone)]
pub enum Does {
    /// Answers with this status and body.
    Answers(u16, String),
    /// Answers success after a while.
    Waits(Duration),
    /// Never answers.
    Hangs,
    /// Ends the connection without an answer.
    Closes,
    /// Ends the connection within the answer.
    Breaks,
}

impl Does {
    pub fn hears() -> Self {
        Self::Answers(200, r#"{"success":true}"#.to_owned())
    }
}

/// One request as it came.
#[derive(Debug, Clone, PartialEq)]
pub struct Got {
    pub path: String,
    pub body: Vec<u8>,
}

/// The endpoint; when the script is at its end, it hears.
pub struct Receiver {
    pub url: String,
    script: Arc<Mutex<VecDeque<Does>>>,
    got: Arc<Mutex<Vec<Got>>>,
    now: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

impl Receiver {
    pub async fn start(script: impl IntoIterator<Item = Does>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver = Self {
            url: format!("http://{}/his/cb", listener.local_addr().unwrap()),
            script: Arc::new(Mutex::new(script.into_iter().collect())),
            got: Arc::default(),
            now: Arc::default(),
            most: Arc::default(),
        };
        let (script, got) = (receiver.script.clone(), receiver.got.clone());
        let (now, most) = (receiver.now.clone(), receiver.most.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (script, got, now, most) = (script.clone(), got.clone(), now.clone(), most.clone());
                tokio::spawn(async move {
                    most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    serve(stream, &script, &got).await;
                    now.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        receiver
    }

    pub fn then(&self, does: impl IntoIterator<Item = Does>) {
        self.script.lock().unwrap().extend(does);
    }

    pub fn got(&self) -> Vec<Got> {
        self.got.lock().unwrap().clone()
    }

    /// The most requests that were open at once.
    pub fn most_at_once(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }

    /// Waits, not for ever, until that many have come.
    pub async fn until(&self, count: usize) -> Vec<Got> {
        for _ in 0..1_000 {
            if self.got().len() >= count {
                return self.got();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{} of {count} came", self.got().len());
    }

    /// Method and payload of all that came, opened and verified as the hospital does.
    pub fn told(&self, hospital: &Client) -> Vec<(String, Value)> {
        self.got().iter().map(|got| opened(got, hospital)).collect()
    }
}

pub fn opened(got: &Got, hospital: &Client) -> (String, Value) {
    let opened = open_reply(hospital.keys(), &got.body).unwrap();
    assert_eq!(opened.code, 0);
    let method = got.path.strip_prefix("/his/cb/").unwrap().to_owned();
    (method, serde_json::from_slice(&opened.data).unwrap())
}

async fn serve(mut stream: TcpStream, script: &Mutex<VecDeque<Does>>, got: &Mutex<Vec<Got>>) {
    let Some(request) = read(&mut stream).await else { return };
    got.lock().unwrap().push(request);
    let does = script.lock().unwrap().pop_front().unwrap_or_else(Does::hears);
    let (status, body, length) = match does {
        Does::Answers(status, body) => (status, body.clone(), body.len()),
        Does::Waits(time) => {
            tokio::time::sleep(time).await;
            (200, r#"{"success":true}"#.to_owned(), 16)
        }
        Does::Hangs => return std::future::pending().await,
        Does::Closes => return,
        Does::Breaks => (200, r#"{"success":true}"#.to_owned(), 100),
    };
    let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    // A courier that went away needs no answer.
    let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
}

async fn read(stream: &mut TcpStream) -> Option<Got> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
            let mut lines = head.lines();
            let path = lines.next()?.strip_prefix("POST ")?.split(' ').next()?.to_owned();
            let length =
                lines.find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
            let length: usize = length?;
            while bytes.len() < end + 4 + length {
                if stream.read_buf(&mut bytes).await.ok()? == 0 {
                    return None;
                }
            }
            return Some(Got { path, body: bytes[end + 4..].to_vec() });
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}
