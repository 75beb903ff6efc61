//! From documents to law: relations, inheritance, conditions, dated values, places.
//!
//! Invariants: a provision is compiled after the one it excepts from and takes over what it does not say itself;
//! exceptions to another authority's provision are only what that provision delegates.

mod dated;
mod examples;
mod relations;

use std::collections::HashMap;
use std::sync::Arc;

use lf_vocab::Admdvs;

use crate::expr::{Expr, ExprError, Reader};
use crate::field::{Field, Kind, Need, Scope};
use crate::format::{OneOrMany, ProvisionDoc, ReckonedDoc};
use crate::load::{Instruments, LoadedFile, day_of};
use crate::model::{Absent, Gate, GrantRule, InstrumentInfo, Jurisdiction, Law, PackInfo, Provision, Rule, Severity};
use crate::source::{Defects, PackError, PackErrorKind};
use crate::template::Template;
use crate::value::Quantity;

/// One provision as written, with its file and full id.
pub(crate) struct Written<'d> {
    pub file: &'d LoadedFile<'d>,
    pub doc: &'d ProvisionDoc,
    pub id: String,
    pub target: Option<usize>,
}

/// Everything written, with what is needed to compile it.
pub(crate) struct Compiler<'d> {
    pub written: Vec<Written<'d>>,
    pub by_id: HashMap<String, usize>,
    pub instruments: &'d Instruments,
}

/// Compiles the files; `None` when defects make the result meaningless.
pub(crate) fn compile<'d>(
    files: &'d [LoadedFile<'d>],
    instruments: &'d Instruments,
    found: &mut Vec<PackError>,
) -> Option<Law> {
    let before = found.len();
    let mut compiler = Compiler { written: Vec::new(), by_id: HashMap::new(), instruments };
    compiler.gather(files, found);
    if found.len() > before {
        return None;
    }
    compiler.relate(found);
    compiler.refuse_unknown_switches(files, found);
    if found.len() > before {
        return None;
    }
    let mut done: Vec<Option<Provision>> = compiler.written.iter().map(|_| None).collect();
    for index in compiler.order() {
        let provision = compiler.provision(index, &done, found);
        done[index] = provision;
    }
    if done.iter().any(Option::is_none) {
        return None;
    }
    let provisions: Vec<Provision> = done.into_iter().flatten().collect();
    if let Some(index) = relations::loops(&provisions) {
        let written = &compiler.written[index];
        let sentence = format!("判断{}时又要先判断它自己，永远得不出结论", written.id);
        let mut defects = Defects::new(written.file.path, written.file.text, found);
        defects.at(written.doc.id.span().start, PackErrorKind::CircularException, sentence);
        return None;
    }
    let by_id = provisions.iter().enumerate().map(|(index, provision)| (provision.id.clone(), index)).collect();
    let jurisdictions = jurisdictions(files, &provisions);
    let mut law = Law {
        edition: String::new(),
        provisions,
        by_id,
        jurisdictions,
        examples: Vec::new(),
        index_lock: None,
        packs: files.iter().map(pack_info).collect(),
        instruments: instrument_infos(files, instruments),
    };
    law.examples = examples::examples(files, &law, found);
    Some(law)
}

impl<'d> Compiler<'d> {
    fn gather(&mut self, files: &'d [LoadedFile<'d>], found: &mut Vec<PackError>) {
        for file in files {
            let mut defects = Defects::new(file.path, file.text, found);
            for doc in &file.doc.provision {
                let id = format!("{}/{}", file.pack, doc.id.get_ref());
                if doc.id.get_ref().contains(['/', '@', ' ']) || doc.id.get_ref().is_empty() {
                    defects.at(doc.id.span().start, PackErrorKind::Syntax, "规定的id不能为空或含有“/”“@”和空格");
                }
                if self.by_id.insert(id.clone(), self.written.len()).is_some() {
                    defects.at(doc.id.span().start, PackErrorKind::Duplicate, format!("规定{id}写了两次"));
                }
                self.written.push(Written { file, doc, id, target: None });
            }
        }
    }

    /// What a provision says itself, or takes over from the one it excepts from.
    fn said<T>(&self, index: usize, get: impl Fn(&'d ProvisionDoc) -> Option<&'d T>) -> Option<&'d T> {
        self.said_by(index, get).map(|(_, said)| said)
    }

    /// The same, with the provision where it is written: a defect is told there.
    fn said_by<T>(&self, index: usize, get: impl Fn(&'d ProvisionDoc) -> Option<&'d T>) -> Option<(usize, &'d T)> {
        let mut at = Some(index);
        while let Some(index) = at {
            let written = &self.written[index];
            if let Some(said) = get(written.doc) {
                return Some((index, said));
            }
            at = written.target;
        }
        None
    }

    /// What neither a provision nor one above it says: told at the highest, which is told for itself.
    fn lacking(&self, index: usize, what: &str, defects: &mut Defects<'_>) {
        let written = &self.written[index];
        if written.target.is_none() {
            let sentence = format!("规定{}没有写明{what}", written.id);
            defects.at(written.doc.id.span().start, PackErrorKind::MissingKey, sentence);
        }
    }

    /// A defect at the line where it is written, which may be another provision's.
    fn tell(&self, by: usize, at: usize, defects: &mut Defects<'_>, kind: PackErrorKind, sentence: String) {
        let file = self.written[by].file;
        defects.of(file.path, file.text).at(at, kind, sentence);
    }

    fn provision(&self, index: usize, done: &[Option<Provision>], found: &mut Vec<PackError>) -> Option<Provision> {
        let written = &self.written[index];
        let (file, doc) = (written.file, written.doc);
        let mut defects = Defects::new(file.path, file.text, found);
        let Some((by, name)) = self.said_by(index, |doc| doc.quantity.as_ref()) else {
            self.lacking(index, "是什么量（quantity）", &mut defects);
            return None;
        };
        let Some(quantity) = Quantity::from_name(name.get_ref()) else {
            let known = "days、count、fen、ratio、flag、text、texts或scale";
            let sentence = format!("quantity“{}”应为{known}", name.get_ref());
            self.tell(by, name.span().start, &mut defects, PackErrorKind::WrongType, sentence);
            return None;
        };
        let gates = self.gates(index, &mut defects)?;
        let reckoned = self.reckoned(index, &gates, &mut defects)?;
        let each = match self.said_by(index, |doc| doc.each.as_ref()) {
            None => None,
            Some((by, node)) => match Scope::from_name(node.get_ref()) {
                Some(scope) => Some(scope),
                None => {
                    let known = Scope::REPEATED.map(Scope::name).join("、");
                    let sentence = format!("没有节点“{}”，可写的有{known}", node.get_ref());
                    self.tell(by, node.span().start, &mut defects, PackErrorKind::UnknownField, sentence);
                    return None;
                }
            },
        };
        let scope = each.unwrap_or(Scope::Case);
        // All three are read before any is given up, so that every defect is answered at once.
        let values = self.values(index, quantity, &mut defects);
        let when = self.when(index, scope, quantity, done, &mut defects);
        let rule = self.rule(index, scope, quantity, &mut defects);
        let (values, when, rule) = (values?, when?, rule?);
        if let Some(checked) = &doc.checked {
            day_of(&checked.on, &mut defects)?;
        }
        Some(Provision {
            id: Arc::from(written.id.as_str()),
            pack: file.pack,
            file: Arc::from(file.path),
            title: Arc::from(doc.title.as_str()),
            requirement: doc.requirement.clone(),
            gates,
            quantity,
            unit: self.said(index, |doc| doc.unit.as_ref()).cloned(),
            reckoned,
            order: *self.said(index, |doc| doc.order.as_ref()).unwrap_or(&u32::MAX),
            each,
            when,
            rule,
            when_text: text_of(self.said(index, |doc| doc.when.as_ref())),
            violated_text: text_of(self.said(index, |doc| doc.violated_if.as_ref())),
            relation: self.relation(index),
            grant: doc.grant.as_ref().map(|grant| GrantRule { max: grant.max, max_days: grant.max_days }),
            formalised_from: file.formalised_from,
            note: doc.note.clone(),
            values,
        })
    }

    fn gates(&self, index: usize, defects: &mut Defects<'_>) -> Option<Vec<Gate>> {
        let named = self.said_by(index, |doc| doc.gate.as_ref());
        let Some((by, names)) = named.filter(|(_, names)| !names.get_ref().as_slice().is_empty()) else {
            self.lacking(index, "在哪个环节适用（gate）", defects);
            return None;
        };
        let mut gates = Vec::new();
        for name in names.get_ref().as_slice() {
            match Gate::from_name(name) {
                Some(gate) => gates.push(gate),
                None => {
                    let known = Gate::ALL.map(|gate| format!("{}（{}）", gate.name(), gate.cn())).join("、");
                    let sentence = format!("没有环节“{name}”，可写的有{known}");
                    self.tell(by, names.span().start, defects, PackErrorKind::WrongType, sentence);
                    return None;
                }
            }
        }
        Some(gates)
    }

    /// The governing date at each gate.
    fn reckoned(&self, index: usize, gates: &[Gate], defects: &mut Defects<'_>) -> Option<Vec<Field>> {
        let Some((by, reckoned)) = self.said_by(index, |doc| doc.reckoned.as_ref()) else {
            self.lacking(index, "以哪个日期为准（reckoned）", defects);
            return None;
        };
        let name_at = |gate: &Gate| match reckoned.get_ref() {
            ReckonedDoc::One(name) => Some(name.as_str()),
            ReckonedDoc::ByGate(names) => names.get(gate.name()).map(String::as_str),
        };
        let mut fields = Vec::with_capacity(gates.len());
        for gate in gates {
            let Some(name) = name_at(gate) else {
                let sentence = format!("reckoned没有写明{}（{}）环节以哪个日期为准", gate.cn(), gate.name());
                self.tell(by, reckoned.span().start, defects, PackErrorKind::MissingKey, sentence);
                return None;
            };
            let field = Field::from_name(name, Scope::Case);
            match field.filter(|field| field.kind() == Kind::Time && field.need() != Need::Derived) {
                Some(field) => fields.push(field),
                None => {
                    let sentence = format!("reckoned“{name}”不是字段词典中的日期");
                    self.tell(by, reckoned.span().start, defects, PackErrorKind::UnknownField, sentence);
                    return None;
                }
            }
        }
        Some(fields)
    }

    /// The provision's own condition, or that of the one it excepts from, under the condition of its file.
    fn when(
        &self,
        index: usize,
        scope: Scope,
        quantity: Quantity,
        done: &[Option<Provision>],
        defects: &mut Defects<'_>,
    ) -> Option<Option<Expr>> {
        let written = &self.written[index];
        let mut parts = Vec::new();
        match (&written.doc.when, written.target) {
            (Some(when), _) => parts.push(self.read((index, when), scope, quantity, defects)?),
            (None, Some(target)) => parts.extend(done[target].as_ref().and_then(|upper| upper.when.clone())),
            (None, None) => {}
        }
        if let Some(file_scope) = written.file.doc.scope.as_ref().filter(|_| written.doc.scoped) {
            parts.push(self.read((index, &file_scope.when), scope, quantity, defects)?);
        }
        Some(if parts.len() > 1 { Some(Expr::All(parts)) } else { parts.pop() })
    }

    fn read(
        &self,
        (by, condition): (usize, &toml::Spanned<toml::Value>),
        scope: Scope,
        quantity: Quantity,
        defects: &mut Defects<'_>,
    ) -> Option<Expr> {
        let find = |id: &str| {
            let index = *self.by_id.get(id)?;
            let quantity = self.said(index, |doc| doc.quantity.as_ref())?;
            Some((index, Quantity::from_name(quantity.get_ref())?))
        };
        let error = match (Reader { scope, quantity, provision: &find }.read(condition.get_ref())) {
            Ok(expr) => return Some(expr),
            Err(error) => error,
        };
        let id = &self.written[by].id;
        let (kind, sentence) = match error {
            ExprError::UnknownField(name) => {
                let seen = match scope {
                    Scope::Case => String::new(),
                    node => format!("节点{}或", node.name()),
                };
                let sentence = format!("规定{id}的条件用了“{name}”，{seen}案件的字段中没有它（见docs/FACTS.md）");
                (PackErrorKind::UnknownField, sentence)
            }
            ExprError::WrongType(why) => (PackErrorKind::WrongType, format!("规定{id}的条件不成立：{why}")),
            ExprError::Shape(why) => (PackErrorKind::Syntax, format!("规定{id}的条件写法不对：{why}")),
            ExprError::Dangling(name) => {
                (PackErrorKind::DanglingException, format!("规定{id}的条件引用了不存在的规定“{name}”"))
            }
        };
        self.tell(by, condition.span().start, defects, kind, sentence);
        None
    }

    fn rule(&self, index: usize, scope: Scope, quantity: Quantity, defects: &mut Defects<'_>) -> Option<Option<Rule>> {
        let Some(violated_if) = self.said_by(index, |doc| doc.violated_if.as_ref()) else { return Some(None) };
        let violated_if = self.read(violated_if, scope, quantity, defects)?;
        let severity = self.said_by(index, |doc| doc.severity.as_ref());
        let field = self.said_by(index, |doc| doc.field.as_ref());
        let code = self.said(index, |doc| doc.code.as_ref());
        let sentence = self.said_by(index, |doc| doc.sentence.as_ref());
        let (Some((by, word)), Some((field_by, name)), Some(code), Some(sentence)) = (severity, field, code, sentence)
        else {
            let asked = [
                ("severity", severity.is_some()),
                ("field", field.is_some()),
                ("code", code.is_some()),
                ("sentence", sentence.is_some()),
            ];
            let missing: Vec<_> = asked.iter().filter(|(_, there)| !there).map(|(key, _)| *key).collect();
            // Told at the rule itself, not again at each of its exceptions.
            let own = self.said_by(index, |doc| doc.violated_if.as_ref()).map_or(index, |(own, _)| own);
            let sentence = format!("规定{}是判断规则，还须写明{}", self.written[own].id, missing.join("、"));
            self.tell(own, self.written[own].doc.id.span().start, defects, PackErrorKind::MissingKey, sentence);
            return None;
        };
        let Some(severity) = Severity::from_name(word.get_ref()) else {
            let sentence = format!("severity“{}”应为refuse（拒绝）、remind（提醒）或record（记录）", word.get_ref());
            self.tell(by, word.span().start, defects, PackErrorKind::WrongType, sentence);
            return None;
        };
        let known = Field::from_name(name.get_ref(), scope).or_else(|| Field::from_name(name.get_ref(), Scope::Case));
        let Some(field) = known else {
            let sentence = format!("field“{}”不在字段词典中", name.get_ref());
            self.tell(field_by, name.span().start, defects, PackErrorKind::UnknownField, sentence);
            return None;
        };
        let sentence = self.template(sentence, scope, defects)?;
        let absent = self.absent(index, scope, &violated_if, defects)?;
        Some(Some(Rule { violated_if, severity, field, code: Arc::from(code.as_str()), sentence, absent }))
    }

    fn template(
        &self,
        (by, text): (usize, &toml::Spanned<String>),
        scope: Scope,
        defects: &mut Defects<'_>,
    ) -> Option<Template> {
        match Template::read(text.get_ref(), scope) {
            Ok(template) => Some(template),
            Err(name) => {
                let sentence = format!("说明文字中的“{{{name}}}”不是字段词典中的字段");
                self.tell(by, text.span().start, defects, PackErrorKind::UnknownField, sentence);
                None
            }
        }
    }

    /// What follows when a fact is absent; must be spoken when the rule uses an optional fact.
    fn absent(&self, index: usize, scope: Scope, violated_if: &Expr, defects: &mut Defects<'_>) -> Option<Absent> {
        let written = &self.written[index];
        let Some((by, word)) = self.said_by(index, |doc| doc.absent.as_ref()) else {
            let (mut used, mut asked) = (Vec::new(), Vec::new());
            violated_if.fields(&mut |field, presence| if presence { asked.push(field) } else { used.push(field) });
            let silent = used.iter().find(|field| field.need() == Need::May && !asked.contains(field));
            if let Some(field) = silent {
                let sentence = format!(
                    "规定{}用了可能没有的{}（{}），须用absent写明没有时如何",
                    written.id,
                    field.cn(),
                    field.name()
                );
                defects.at(written.doc.id.span().start, PackErrorKind::AbsenceUnspoken, sentence);
                return None;
            }
            return Some(Absent::Pass);
        };
        if word.get_ref() == "pass" {
            return Some(Absent::Pass);
        }
        let sentence = self.said_by(index, |doc| doc.absent_sentence.as_ref());
        match (Severity::from_name(word.get_ref()), sentence) {
            (Some(severity), Some(sentence)) => Some(Absent::Say(severity, self.template(sentence, scope, defects)?)),
            _ => {
                let sentence = "absent应为pass、refuse、remind或record，后三者须写明absent_sentence".to_owned();
                self.tell(by, word.span().start, defects, PackErrorKind::AbsenceUnspoken, sentence);
                None
            }
        }
    }
}

fn pack_info(file: &LoadedFile<'_>) -> PackInfo {
    PackInfo {
        admdvs: file.pack,
        title: file.doc.title.clone(),
        edition: file.doc.edition,
        file: file.path.to_owned(),
        formalised_from: file.formalised_from,
    }
}

fn instrument_infos(files: &[LoadedFile<'_>], instruments: &Instruments) -> Vec<InstrumentInfo> {
    let mut infos = Vec::new();
    for file in files {
        for (id, doc) in &file.doc.instrument {
            let Some(known) = instruments.get(&(file.pack, id.get_ref().clone())).and_then(Option::as_ref) else {
                continue;
            };
            infos.push(InstrumentInfo {
                file: file.path.to_owned(),
                admdvs: file.pack,
                id: id.get_ref().clone(),
                title: known.title.clone(),
                doc_no: doc.doc_no.clone(),
                aliases: doc.aliases.clone(),
                excerpt: doc.excerpt.clone(),
                from: known.from,
                until: known.until,
            });
        }
    }
    infos
}

fn text_of(condition: Option<&toml::Spanned<toml::Value>>) -> Option<String> {
    condition.map(|condition| condition.get_ref().to_string())
}

fn jurisdictions(files: &[LoadedFile<'_>], provisions: &[Provision]) -> Vec<Jurisdiction> {
    let mut packs: Vec<Admdvs> = files.iter().map(|file| file.pack).collect();
    packs.sort_unstable();
    packs.dedup();
    packs.into_iter().map(|pack| jurisdiction(pack, provisions)).collect()
}

fn jurisdiction(admdvs: Admdvs, provisions: &[Provision]) -> Jurisdiction {
    let chain = admdvs.chain();
    let mut place = Jurisdiction {
        admdvs,
        exceptions: vec![Vec::new(); provisions.len()],
        gates: Default::default(),
        bare: HashMap::new(),
        chain,
    };
    for (index, provision) in provisions.iter().enumerate().filter(|(_, one)| place.chain.contains(&one.pack)) {
        match provision.relation {
            Some((target, _)) => place.exceptions[target].push(index),
            None if provision.rule.is_some() => {
                for gate in &provision.gates {
                    place.gates[*gate as usize].push(index);
                }
            }
            None => {}
        }
        place.bare.entry(provision.bare_id().to_owned()).or_default().push(index);
    }
    for heads in &mut place.gates {
        heads.sort_by(|a, b| {
            let (a, b) = (&provisions[*a], &provisions[*b]);
            (a.order, &a.id).cmp(&(b.order, &b.id))
        });
    }
    place
}

impl From<&OneOrMany> for Vec<String> {
    fn from(written: &OneOrMany) -> Self {
        written.as_slice().to_vec()
    }
}
