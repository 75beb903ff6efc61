//! `liufang keys`: key pairs and key rings in files that only their owner can read. Secrets are never printed.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, bail};
use lf_gm::{AppSecret, KeyFile, KeyOwner, MAX_KEY_FILE, PrivateKey, RingFile, hex};
use lf_ports::{Chance, Clock as _};
use zeroize::Zeroizing;

use crate::cli::{KeysArgs, KeysCommand};
use crate::edge::{self, OsChance, SystemClock};
use crate::{ring, rotate};

/// `liufang keys …`
pub fn run(args: KeysArgs) -> anyhow::Result<bool> {
    match args.command {
        KeysCommand::New { file, store: true, .. } => {
            let ring = ring::new(&file, &OsChance)?;
            println!("wrote {}", file.display());
            show_ring(&ring);
        }
        KeysCommand::New { file, app, store: false } => {
            let key = draw(app.as_deref(), &OsChance)?;
            write(&file, &key)?;
            println!("wrote {}", file.display());
            show(&key);
        }
        KeysCommand::Show { file } => match ring::read(&file) {
            Ok(ring) => show_ring(&ring),
            Err(no_ring) => show(&read(&file).map_err(|error| if says_store(&file) { no_ring } else { error })?),
        },
        KeysCommand::Rotate(args) => return edge::runtime()?.block_on(rotate::run(&args)),
    }
    Ok(true)
}

/// A new pair: of the platform, or of an app whose id is given or drawn.
pub fn draw(app: Option<&str>, chance: &dyn Chance) -> anyhow::Result<KeyFile> {
    let owner = match app {
        None => KeyOwner::Platform,
        Some(id) => {
            let app_id = if id.is_empty() { hex::upper(&chance.draw()) } else { id.to_owned() };
            if app_id.len() != 32 || !app_id.bytes().all(|b| b.is_ascii_digit() || (b'A'..=b'F').contains(&b)) {
                bail!("--app: an app id is 32 upper-case hexadecimal digits");
            }
            KeyOwner::App { app_id, app_secret: AppSecret::new(hex::upper(&chance.draw())) }
        }
    };
    let created = SystemClock.now().to_string();
    Ok(KeyFile { owner, private_key: private_key(chance)?, created })
}

/// A private key from chance; a draw out of range happens once in four thousand million.
pub fn private_key(chance: &dyn Chance) -> anyhow::Result<PrivateKey> {
    for _ in 0..4 {
        let mut seed = Zeroizing::new([0u8; 32]);
        seed[..16].copy_from_slice(&chance.draw());
        seed[16..].copy_from_slice(&chance.draw());
        if let Ok(key) = PrivateKey::from_seed_bytes(&seed) {
            return Ok(key);
        }
    }
    bail!("the source of chance gives no usable SM2 key")
}

/// Reads a key file.
pub fn read(path: &Path) -> anyhow::Result<KeyFile> {
    let length = fs::metadata(path).with_context(|| format!("cannot read the key file {}", path.display()))?.len();
    if length > MAX_KEY_FILE as u64 {
        bail!("{} is larger than any key file", path.display());
    }
    let text = Zeroizing::new(fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?);
    KeyFile::parse(&text).with_context(|| format!("{} is no key file", path.display()))
}

/// Writes a key file that does not exist yet, for its owner only.
pub fn write(path: &Path, key: &KeyFile) -> anyhow::Result<()> {
    let mut file = private_file(path, false)?;
    file.write_all(key.render().as_bytes()).with_context(|| format!("cannot write {}", path.display()))
}

/// Opens a file for writing that only its owner can read.
pub fn private_file(path: &Path, replace: bool) -> anyhow::Result<fs::File> {
    use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
    let mut options = OpenOptions::new();
    options.write(true).mode(0o600);
    if replace {
        options.create(true).truncate(true)
    } else {
        options.create_new(true)
    };
    let file = options.open(path).with_context(|| format!("cannot create {}", path.display()))?;
    file.set_permissions(fs::Permissions::from_mode(0o600))?;
    Ok(file)
}

/// Whether a file that is neither a key file nor a ring means to be a ring.
fn says_store(path: &Path) -> bool {
    fs::read_to_string(path).is_ok_and(|text| Zeroizing::new(text).contains("kind = \"store\""))
}

fn show_ring(ring: &RingFile) {
    println!("kind       store");
    for key in ring.secrets() {
        let seals = if key.version == ring.newest() { "  (newest)" } else { "" };
        println!("version    {}  {}{seals}", key.version, key.created);
    }
}

fn show(key: &KeyFile) {
    match &key.owner {
        KeyOwner::Platform => println!("kind       platform"),
        KeyOwner::App { app_id, .. } => println!("kind       app\napp_id     {app_id}"),
    }
    println!("public_key {}\ncreated    {}", key.public_key().to_base64(), key.created);
}
