//! Uploaded files: whole, an institution's own, for a while.

use lf_ports::{ChangeSet, CommitError, FILE_SM3, FileChange, FileHead, FileOwner, IdemKey, StoredFile};

use super::{Ground, fixture as f};

/// An upload of the pharmacy, of one second, that is kept until another.
pub fn upload(file_qury_no: &str, now: i64, until: i64) -> FileChange {
    let file = StoredFile {
        owner: FileOwner::Fixmedins(f::pharmacy()),
        file_qury_no: file_qury_no.to_owned(),
        filename: "明细.zip".to_owned(),
        row_cnt: 3,
        until: f::at(until),
        body: vec![0, 1, 254, 255],
    };
    FileChange { file, now: f::at(now), sm3: None }
}

fn put(change: FileChange) -> ChangeSet {
    ChangeSet { file: Some(change), ..ChangeSet::default() }
}

pub async fn a_file_is_its_institutions_until_its_time_is_over(ground: &dyn Ground) {
    let store = ground.open();
    let (here, there) = (FileOwner::Fixmedins(f::pharmacy()), FileOwner::Fixmedins(f::hospital()));
    assert_eq!(store.file(&here, "N1").await.unwrap(), None);
    for (number, until) in [("N1", 10), ("N2", 20)] {
        store.commit(put(upload(number, 0, until))).await.unwrap();
    }
    assert_eq!(store.file(&here, "N1").await.unwrap(), Some(upload("N1", 0, 10).file));
    assert_eq!(store.file(&there, "N1").await.unwrap(), None);
    let head = FileHead { row_cnt: upload("N1", 0, 10).file.row_cnt, until: f::at(10) };
    assert_eq!(store.file_head(&here, "N1").await.unwrap(), Some(head));
    assert_eq!(store.file_head(&there, "N1").await.unwrap(), None);
    for (now, left) in [(9, 2), (10, 1), (19, 1), (20, 0)] {
        assert_eq!(store.file_count(&here, f::at(now)).await.unwrap(), left, "{now}");
    }
    assert_eq!(store.file_count(&there, f::at(0)).await.unwrap(), 0);
    // The next upload drops what is past its time, of this institution only.
    let mut other = upload("N1", 0, 5);
    other.file.owner = there.clone();
    store.commit(put(other)).await.unwrap();
    store.commit(put(upload("N3", 10, 30))).await.unwrap();
    assert_eq!(store.file(&here, "N1").await.unwrap(), None);
    assert!(store.file(&here, "N2").await.unwrap().is_some());
    assert!(store.file(&there, "N1").await.unwrap().is_some());
    // What people signed is the institution's own too, and counted apart.
    let mut pair = upload("N3", 10, 30);
    pair.file.owner = FileOwner::Pairs(f::pharmacy());
    pair.file.body = vec![8; 1 << 16];
    store.commit(put(pair.clone())).await.unwrap();
    assert_eq!(store.file(&FileOwner::Pairs(f::pharmacy()), "N3").await.unwrap(), Some(pair.file));
    assert_eq!(store.file(&FileOwner::Pairs(f::hospital()), "N3").await.unwrap(), None);
    for owner in [&here, &FileOwner::Pairs(f::pharmacy())] {
        assert_eq!(store.file_count(owner, f::at(20)).await.unwrap(), 1);
    }
    // What a file hashes to stands beside it, by its owner and number, also when the file has gone.
    let mut hashed = upload("N4", 10, 15);
    hashed.sm3 = Some([7; 32]);
    store.commit(put(hashed)).await.unwrap();
    store.commit(put(upload("N5", 15, 30))).await.unwrap();
    assert_eq!(store.file(&here, "N4").await.unwrap(), None);
    for (code, number, known) in
        [(f::pharmacy(), "N4", Some([7; 32])), (f::hospital(), "N4", None), (f::pharmacy(), "N5", None)]
    {
        let key = IdemKey { fixmedins_code: code, infno: FILE_SM3, key: number.to_owned() };
        assert_eq!(store.idem(&key).await.unwrap().map(|row| row.digest), known, "{number}");
    }
    // Everybody's stands apart from any institution's.
    let mut list = upload("N3", 10, 30);
    list.file.owner = FileOwner::Plc;
    store.commit(put(list.clone())).await.unwrap();
    assert_eq!(store.file(&FileOwner::Plc, "N3").await.unwrap(), Some(list.file));
    assert_eq!(store.file_count(&FileOwner::Plc, f::at(10)).await.unwrap(), 1);
}

pub async fn a_number_is_a_files_once(ground: &dyn Ground) {
    let (store, here) = (ground.open(), FileOwner::Fixmedins(f::pharmacy()));
    store.commit(put(upload("N1", 0, 10))).await.unwrap();
    let mut other = upload("N1", 1, 20);
    other.file.body = vec![7];
    assert_eq!(store.commit(put(other)).await, Err(CommitError::Stale("file")));
    assert_eq!(store.file(&here, "N1").await.unwrap(), Some(upload("N1", 0, 10).file));
}
